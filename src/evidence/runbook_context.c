/* ContextKeyList: entries as iam:SimulateCustomPolicy takes them, with the quotes that people paste (003-20). */
#include "base/buf.h"
#include "base/nearest.h"
#include "evidence/runbook_check.h"

enum { AWS_ENTRIES = 5, AWS_NAME = 256 };

/* ---- wrong quotes ---- */

/* Bytes of a quotation mark at `v`, 0: it is none. */
static size_t quote_at(w403_view v)
{
    static const char *const marks[] = {
        "\"",       "'", "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xc2\xab",
        "\xc2\xbb", "`"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        w403_view mark = w403_view_of(marks[i]);
        if (w403_view_starts(v, mark)) {
            return mark.n;
        }
    }
    return 0;
}

/* Is the quote in front of `rest` the last of its string? Then what follows is structure. */
static bool closes(w403_view rest)
{
    rest = w403_view_trim(rest);
    return rest.n == 0 || strchr(",:]}", rest.p[0]) != NULL;
}

static void mended(w403_runbook_reader *r, w403_view text, size_t at, size_t n)
{
    if (text.p[at] != '"') {
        w403_build_note(&r->b, "ContextKeyList: character %zu is %.*s where a \" belongs", at + 1, (int)n,
                        text.p + at);
    }
}

static w403_view mend_quotes(w403_runbook_reader *r, w403_view text)
{
    w403_buf out = {0};
    bool in_string = false;
    for (size_t i = 0; i < text.n;) {
        size_t n = quote_at(w403_view_sub(text, i, text.n));
        if (n && (!in_string || closes(w403_view_sub(text, i + n, text.n)))) {
            mended(r, text, i, n);
            w403_buf_putc(&out, '"');
            in_string = !in_string;
            i += n;
            continue;
        }
        size_t step = in_string && text.p[i] == '\\' && i + 1 < text.n ? 2 : 1;
        if (in_string && text.p[i] == '"') {
            w403_buf_putc(&out, '\\');
        }
        w403_buf_put(&out, w403_view_sub(text, i, i + step));
        i += step;
    }
    return w403_buf_take(&out, r->b.arena);
}

/* ---- one entry ---- */

static w403_status check_type(w403_runbook_reader *r, const w403_json_doc *doc, const w403_json *entry)
{
    static const char *const types[] = {"string", "stringList", "numeric", "numericList", "boolean", "booleanList",
                                        "ip",     "ipList",     "binary",  "binaryList",  "date",    "dateList"};
    w403_view type = w403_json_str(entry, "ContextKeyType");
    if (!type.p) {
        w403_build_note(&r->b, "AWS's runbook refuses a ContextKeyList entry without ContextKeyType");
        return W403_OK;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (w403_view_eq(type, w403_view_of(types[i]))) {
            return W403_OK;
        }
    }
    const char *nearest = w403_nearest(type, types, sizeof types / sizeof *types);
    (void)w403_json_error(doc, w403_json_get(entry, "ContextKeyType"), r->err, "`%.*s` is no ContextKeyType",
                          (int)(type.n > 60 ? 60 : type.n), type.p);
    w403_error_hint(r->err,
                    nearest ? "did you mean `%s`?"
                            : "it is string, numeric, boolean, ip, binary or date, or one "
                              "of them with List%.0s",
                    nearest ? nearest : "");
    return W403_SEMANTIC;
}

static w403_status read_values(w403_runbook_reader *r, const w403_json_doc *doc, const w403_json *list,
                               w403_context_entry *out)
{
    bool array = w403_json_is(list, W403_JSON_ARRAY);
    size_t n = array ? list->count : 1;
    w403_view *values = W403_NEW_N(r->b.arena, w403_view, n ? n : 1);
    W403_NEED(values, r->err);
    const w403_json *e = array ? list->first : list;
    for (size_t i = 0; i < n && e; i++, e = array ? e->next : NULL) {
        if (e->type == W403_JSON_OBJECT || e->type == W403_JSON_ARRAY || e->type == W403_JSON_NULL) {
            return w403_json_error(doc, e, r->err, "a context value is a string, not %s",
                                   w403_json_type_name((w403_json_type)e->type));
        }
        values[i] = e->text;
    }
    out->values = values;
    out->n_values = n;
    return W403_OK;
}

static w403_status read_entry(w403_runbook_reader *r, const w403_json_doc *doc, const w403_json *entry,
                              w403_contexts *out)
{
    static const char *const names[] = {"ContextKeyName", "ContextKeyValues", "ContextKeyType"};
    if (!w403_json_is(entry, W403_JSON_OBJECT)) {
        return w403_json_error(doc, entry, r->err, "an entry of ContextKeyList is an object, not %s",
                               w403_json_type_name((w403_json_type)entry->type));
    }
    for (const w403_json *m = entry->first; m; m = m->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            known |= w403_view_eq(m->key, w403_view_of(names[i]));
        }
        if (!known) {
            const char *nearest = w403_nearest(m->key, names, sizeof names / sizeof *names);
            (void)w403_json_error(doc, m, r->err, "an entry of ContextKeyList has no member `%.*s`",
                                  W403_FMT(m->key));
            w403_error_hint(r->err, "did you mean `%s`?", nearest ? nearest : names[0]);
            return W403_SEMANTIC;
        }
    }
    const w403_json *values = w403_json_get(entry, "ContextKeyValues");
    w403_view name = w403_json_str(entry, "ContextKeyName");
    if (name.n == 0 || !values) {
        (void)w403_json_error(doc, entry, r->err, "the entry has no %s", name.n == 0 ? names[0] : names[1]);
        w403_error_hint(r->err,
                        "expected {\"ContextKeyName\":\"aws:SourceIp\",\"ContextKeyValues\":[\"203.0.113.9\"],"
                        "\"ContextKeyType\":\"ip\"}");
        return W403_SEMANTIC;
    }
    W403_TRY(check_type(r, doc, entry));
    if (name.n < 5 || name.n > AWS_NAME) {
        w403_build_note(&r->b, "AWS's runbook takes key names of 5 to 256 characters: not `%.*s`", W403_FMT(name));
    }
    w403_context_entry *e = W403_PUSH(r->b.arena, out);
    W403_NEED(e, r->err);
    *e = (w403_context_entry){.key = name, .present = W403_YES};
    return read_values(r, doc, values, e);
}

/* ---- the list ---- */

/* One entry alone becomes a list. */
static w403_view listed(w403_runbook_reader *r, w403_view text)
{
    bool entry = text.n > 0 && text.p[0] == '{';
    return entry ? w403_build_printf(&r->b, "[%.*s]", (int)text.n, text.p) : text;
}

static w403_status parse(w403_runbook_reader *r, w403_view text, w403_json_doc *doc)
{
    w403_view source = W403_LIT("ContextKeyList");
    text = w403_view_trim(text);
    w403_view list = listed(r, text);
    W403_NEED(list.p, r->err);
    w403_error strict;
    w403_status status = w403_json_parse(r->b.arena, source, list, NULL, doc, NULL, &strict);
    if (status == W403_OK) {
        return W403_OK;
    }
    size_t notes = r->b.notes.n;
    w403_view better = mend_quotes(r, text);
    list = better.p ? listed(r, better) : better;
    W403_NEED(list.p, r->err);
    if (w403_json_parse(r->b.arena, source, list, NULL, doc, NULL, NULL) == W403_OK) {
        return W403_OK;
    }
    r->b.notes.n = notes; /* that was not it */
    if (r->err) {
        *r->err = strict;
    }
    return status;
}

w403_status w403_runbook_context(w403_runbook_reader *r, const w403_runbook_value *values)
{
    w403_contexts *list = W403_NEW(r->b.arena, w403_contexts);
    W403_NEED(list, r->err);
    for (size_t i = 0; i < values->n; i++) {
        w403_json_doc *doc = W403_NEW(r->b.arena, w403_json_doc);
        W403_NEED(doc, r->err);
        if (w403_view_trim(values->at[i]).n == 0) {
            continue;
        }
        W403_TRY(parse(r, values->at[i], doc));
        if (!w403_json_is(doc->root, W403_JSON_ARRAY)) {
            return w403_json_error(doc, doc->root, r->err, "ContextKeyList is a list of objects");
        }
        for (const w403_json *e = doc->root->first; e; e = e->next) {
            W403_TRY(read_entry(r, doc, e, list));
        }
    }
    if (list->n > AWS_ENTRIES) {
        w403_build_note(&r->b, "AWS's runbook takes at most %d context keys; these are %zu", AWS_ENTRIES, list->n);
    }
    r->in->request.context = list->at;
    r->in->request.n_context = list->n;
    return W403_OK;
}
