/* Any JSON as an envelope, any text as a struct, any bytes as a time: opening ends, what is found is a record that parses
 * again, and no fact is in a row's record that the row does not hold. */
#include <stdlib.h>

#include "base/time.h"
#include "evidence/envelope.h"
#include "evidence/row.h"
#include "evidence/row_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

typedef struct fuzzed {
    w403_arena *a;
    uint64_t    found;
} fuzzed;

static w403_status on_found(void *user, const w403_carried *c, w403_error *err)
{
    fuzzed       *f = user;
    w403_json_doc again;
    (void)err;
    f->found++;
    if (c->kind == W403_CARRIED_LINE) {
        return W403_OK;
    }
    w403_view text = w403_view_sub(c->doc.text, c->object->span.off, (size_t)c->object->span.off + c->object->span.len);
    if (w403_json_parse(f->a, W403_LIT("f"), text, NULL, &again, NULL, NULL) != W403_OK ||
        !w403_json_is(again.root, W403_JSON_OBJECT)) {
        abort();
    }
    return W403_OK;
}

static void on_no_record(void *user, const w403_json_doc *doc, const w403_json *at, w403_view what)
{
    (void)user;
    if (what.n == 0 || !at || (size_t)at->span.off + at->span.len > doc->text.n) {
        abort();
    }
}

static void on_damaged(void *user, const w403_json_doc *doc, const w403_json *at, const char *why)
{
    (void)user;
    (void)doc;
    if (!at || !why[0]) {
        abort();
    }
}

static bool is_line(w403_view line)
{
    return line.n > 64 && w403_view_find(line, W403_LIT(" [")) != SIZE_MAX;
}

/* Is the scalar somewhere in the text? Times and names are rewritten, `s3.amazonaws.com` follows from a bucket. */
static void check_facts(const w403_json *v, w403_view text)
{
    for (const w403_json *m = v->first; m; m = m->next) {
        if (m->type == W403_JSON_OBJECT || m->type == W403_JSON_ARRAY) {
            check_facts(m, text);
        } else if (m->type == W403_JSON_STRING && !m->escaped && m->text.n > 0 && m->text.n < 200 &&
                   !w403_view_eq(m->text, W403_LIT("s3.amazonaws.com")) && !w403_view_starts(m->text, W403_LIT("arn:aws:s3:::")) &&
                   w403_view_find(m->key, W403_LIT("ime")) == SIZE_MAX && w403_view_find(m->key, W403_LIT("ate")) == SIZE_MAX &&
                   w403_view_find(text, W403_LIT("\\")) == SIZE_MAX && w403_view_find(text, m->text) == SIZE_MAX) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const w403_view    text = {(const char *)data, n};
    w403_arena        *a = w403_arena_new(0);
    fuzzed             f = {.a = a};
    const w403_carrier to = {.user = &f, .is_line = is_line, .found = on_found, .no_record = on_no_record, .damaged = on_damaged};
    w403_json_doc      doc, row;
    w403_opened        opened;
    w403_instant       t;

    if (a && w403_json_parse(a, W403_LIT("f"), text, NULL, &doc, NULL, NULL) == W403_OK) {
        if (w403_envelope_open(a, &doc, doc.root, &to, &opened, NULL) != W403_OK || opened.found < f.found ||
            (opened.empty && opened.found + opened.no_record > 0)) {
            abort();
        }
        const w403_row_form *form = NULL;
        if (w403_row_form_of(a, doc.root, &form, NULL) != W403_OK) {
            abort();
        }
        if (form && form->writes != W403_ROW_NOTHING) {
            if (w403_row_read(a, form, W403_LIT("f"), doc.root, &row, NULL) != W403_OK) {
                abort();
            }
            check_facts(row.root, text);
        }
    }
    if (a && w403_row_struct(a, W403_LIT("f"), text, &row, NULL) != W403_OK) {
        abort();
    }
    if (n < 64 && w403_instant_read(text, &t) && a && !w403_instant_format(a, t).p) {
        abort();
    }
    w403_arena_free(a);
    return 0;
}
