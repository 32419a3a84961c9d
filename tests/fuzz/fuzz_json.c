/* Any bytes are JSON or are refused with a place inside them. What was accepted is written, found by pointer and
 * edited, and stays JSON. */
#include <stdlib.h>

#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LOOKED_AT = 48 }; /* values of a document: pointers cost O(document) each */

static void must(bool ok)
{
    if (!ok) {
        abort();
    }
}

static w403_json_doc parse(w403_arena *a, w403_view text)
{
    w403_json_doc doc = {0};
    w403_error    err;
    must(w403_json_parse(a, W403_LIT("fuzz"), text, NULL, &doc, NULL, &err) == W403_OK);
    return doc;
}

static void check_refusal(const w403_error *err, size_t n)
{
    must(err->code == W403_SYNTAX || err->code == W403_LIMIT);
    must(err->message[0] && err->line > 0 && err->column > 0);
    must(err->offset <= n && err->length <= n - err->offset);
}

/* Writing what was parsed, and parsing that, gives the same text again. */
static void check_writer(w403_arena *a, const w403_json *root, bool pretty)
{
    w403_buf         first = {0}, second = {0};
    w403_json_writer w;
    w403_jw_init(&w, &first, pretty);
    w403_jw_value(&w, root);
    w403_json_doc again = parse(a, w403_buf_view(&first));
    w403_jw_init(&w, &second, pretty);
    w403_jw_value(&w, again.root);
    must(w403_buf_ok(&first) && w403_view_eq(w403_buf_view(&first), w403_buf_view(&second)));
    w403_buf_free(&first);
    w403_buf_free(&second);
}

static void check_edits(w403_arena *a, const w403_json_doc *doc, const w403_json *v)
{
    w403_view     out, fresh = W403_LIT("{\"n\": [1, {\"m\": null}], \"\": \"x\"}");
    w403_error    err;
    w403_json_doc edited;
    w403_view     pointer = w403_json_pointer(a, doc, v);
    must(w403_json_edit_replace(a, doc, v, fresh, &out, &err) == W403_OK);
    w403_status status = w403_json_parse(a, W403_LIT("edited"), out, NULL, &edited, NULL, &err);
    must(status == W403_OK || status == W403_LIMIT); /* it may be too deep for the place, nothing else */
    if (status == W403_OK) {
        must(w403_json_at(&edited, pointer)->count == 2);
    }
    must(w403_json_edit_add_value(a, doc, v, W403_LIT("\"y\""), &out, &err) == W403_OK);
    status = w403_json_parse(a, W403_LIT("edited"), out, NULL, &edited, NULL, &err);
    must(status == W403_OK || status == W403_LIMIT);
    if (status == W403_OK) {
        const w403_json *list = w403_json_at(&edited, pointer);
        must(list->count == (v->type == W403_JSON_ARRAY ? v->count + 1 : 2));
    }
    const w403_json *parent = w403_json_parent(doc, v);
    if (parent) {
        pointer = w403_json_pointer(a, doc, parent);
        must(w403_json_edit_remove(a, doc, v, &out, &err) == W403_OK);
        edited = parse(a, out);
        must(w403_json_at(&edited, pointer)->count == parent->count - 1);
    }
}

/* Visits the first values in document order: spans nest, pointers lead back. */
static void check_values(w403_arena *a, const w403_json_doc *doc, const w403_json *v, unsigned *left)
{
    if (*left == 0) {
        return;
    }
    --*left;
    must(v->span.off + (size_t)v->span.len <= doc->text.n && v->span.len > 0);
    must(w403_json_at(doc, w403_json_pointer(a, doc, v)) == v);
    if (v->type == W403_JSON_STRING) {
        size_t at = w403_json_source_offset(doc, v, v->text.n / 2);
        must(at > v->span.off && at < v->span.off + (size_t)v->span.len);
    }
    check_edits(a, doc, v);
    for (const w403_json *c = v->first; c; c = c->next) {
        check_values(a, doc, c, left);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_view         text = {(const char *)data, n};
    w403_json_options trailing = {.allow_trailing = true};
    w403_json_doc     doc, prefix;
    w403_error        err;
    size_t            end = 0;
    w403_arena       *a = w403_arena_new(0);
    if (!a) {
        return 0;
    }
    w403_status whole = w403_json_parse(a, W403_LIT("fuzz"), text, NULL, &doc, NULL, &err);
    if (whole != W403_OK) {
        check_refusal(&err, n);
    }
    if (w403_json_parse(a, W403_LIT("fuzz"), text, &trailing, &prefix, &end, &err) == W403_OK) {
        must(end > 0 && end <= n);
    } else {
        must(whole != W403_OK);
        check_refusal(&err, n);
    }
    if (whole == W403_OK) {
        unsigned left = LOOKED_AT;
        check_writer(a, doc.root, n % 2);
        check_values(a, &doc, doc.root, &left);
    }
    w403_arena_free(a);
    return 0;
}
