/* One file of a snapshot: what it holds, or why it holds nothing that can be read. */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "catalog/catalog.h"
#include "snapshot/load.h"
#include "snapshot/load_state.h"

enum { SCRATCH_KEPT = 1 << 20, SINGLE = 3, NAMES = 6 };

w403_load_item w403_load_item_of(w403_view path, size_t base)
{
    w403_load_item item = {.path = path, .base = base};
    item.rule = w403_rule_find(path, item.parts, &item.may_be_empty);
    return item;
}

static w403_source source_of(w403_load *l, const w403_load_item *item, const w403_json_doc *doc)
{
    return (w403_source){.ld = &l->ld,
                         .doc = doc,
                         .base = item->base,
                         .part = {item->parts[0], item->parts[1], item->parts[2]},
                         .as = l->as};
}

/* ---- reading ---- */

static w403_status run_rule(w403_source *src, w403_load_fn *rule, w403_error *err)
{
    w403_loader *ld = src->ld;
    if (w403_view_starts(src->doc->source, W403_LIT("accounts/"))) {
        W403_TRY(w403_account_of(ld, src->part[0], &src->account, err));
        if (!src->account->collected) { /* else it may be shared with other threads */
            src->account->collected = true;
        }
    }
    W403_TRY(w403_members_check(src, err));
    W403_TRY(rule(src, err));
    W403_NEED(!ld->nomem, err);
    return W403_OK;
}

/* After a large file its nodes' memory goes back, for what the files after it leave in the snapshot. */
static w403_status empty_scratch(w403_loader *ld, w403_error *err)
{
    if (w403_arena_used(ld->scratch) <= SCRATCH_KEPT) {
        w403_arena_reset(ld->scratch);
        return W403_OK;
    }
    w403_arena_free(ld->scratch);
    ld->scratch = w403_arena_new(0);
    W403_NEED(ld->scratch, err);
    return W403_OK;
}

static w403_status parse_and_run(w403_source *src, w403_load_fn *rule, w403_json_doc *doc, w403_error *err)
{
    w403_error problem = {0};
    w403_status st = W403_OK;
    src->root = NULL;
    if (w403_view_trim(doc->text).n) {
        st = w403_json_parse(src->ld->scratch, doc->source, doc->text, NULL, doc, NULL, &problem);
        src->root = doc->root;
    }
    if (st == W403_OK) {
        return run_rule(src, rule, err);
    }
    if (st == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    w403_report(src, false, &problem);
    return W403_OK;
}

/* Files that hold facts of one thing only: what else the snapshot says does not hang on them. */
static bool stands_alone(w403_load_fn *rule)
{
    return rule == w403_load_bucket_file || rule == w403_load_inventory || rule == w403_load_kms_key ||
           rule == w403_load_access_point || rule == w403_load_multi_region;
}

/* What stands for a file that nobody could read, as it does for a call that failed. */
static const w403_view unreadable = {"{\"error\": {\"code\": \"the file cannot be read\"}}",
                                     sizeof "{\"error\": {\"code\": \"the file cannot be read\"}}" - 1};

/* Its facts become those of a call that failed. */
static w403_status take_back(w403_load *l, w403_source *src, w403_load_fn *rule, w403_json_doc *doc, w403_error *err)
{
    w403_view text = doc->text;
    w403_fault *kept = W403_PUSH(l->ld.a, &l->ld.s->faults);
    W403_NEED(kept, err);
    *kept = *l->ld.fault;
    l->ld.fault = NULL;
    doc->text = unreadable;
    w403_status st = parse_and_run(src, rule, doc, err);
    doc->text = text;
    return st;
}

static w403_status load_document(w403_load *l, const w403_load_item *item, w403_view text, w403_error *err)
{
    w403_loader *ld = &l->ld;
    w403_json_doc *doc = W403_NEW(ld->a, w403_json_doc);
    const w403_json_doc **slot = W403_PUSH(ld->a, &l->files);
    w403_fault fault = {0};
    W403_NEED(doc && slot, err);
    *doc = (w403_json_doc){.source = item->path, .text = text};
    *slot = doc;
    W403_NEED(w403_map_put(ld->a, &ld->s->files, item->path, doc), err);
    w403_source src = source_of(l, item, doc);
    ld->fault = (ld->usable || ld->again) && !l->as.p && stands_alone(item->rule) ? &fault : NULL;
    w403_status st = parse_and_run(&src, item->rule, doc, err);
    if (st == W403_OK && fault.path.p) {
        st = take_back(l, &src, item->rule, doc, err);
    }
    ld->fault = NULL;
    doc->root = NULL;
    W403_TRY(st);
    return empty_scratch(ld, err);
}

/* ---- what is no JSON, and says something all the same ---- */

static bool is_code(w403_view code)
{
    bool word = code.n > 0 && code.n <= 100;
    for (size_t i = 0; i < code.n && word; i++) {
        char c = w403_lower(code.p[i]);
        word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == ':';
    }
    return word;
}

/* What stands between the two, if it is an error code; else {NULL,0}. */
static w403_view code_between(w403_view text, w403_view before, char after)
{
    size_t at = w403_view_find(text, before);
    if (at == SIZE_MAX) {
        return (w403_view){NULL, 0};
    }
    w403_view rest = w403_view_sub(text, at + before.n, text.n), code = w403_view_cut(&rest, after);
    return rest.p && is_code(code) ? code : (w403_view){NULL, 0};
}

w403_view w403_load_failure(w403_view text)
{
    w403_view trimmed = w403_view_trim(text), head = w403_view_sub(trimmed, 0, trimmed.n < 4096 ? trimmed.n : 4096);
    if (head.n && (head.p[0] == '{' || head.p[0] == '[')) {
        return (w403_view){NULL, 0};
    }
    w403_view code = code_between(head, W403_LIT("An error occurred ("), ')'), words;
    code = code.p ? code : code_between(head, W403_LIT("<Code>"), '<');
    for (size_t at = 0; !code.p && (words = w403_list_next(W403_LIST_CLI_FAILURE, &at)).p;) {
        code = w403_view_find(head, words) != SIZE_MAX ? words : code;
    }
    return code;
}

bool w403_snapshot_has_file(w403_view path)
{
    w403_view parts[3];
    bool may_be_empty;
    return w403_rule_find(path, parts, &may_be_empty) != NULL;
}

bool w403_snapshot_is_failure(w403_view text)
{
    return w403_view_trim(text).n == 0 || w403_load_failure(text).p;
}

static w403_status add_stray(w403_load *l, w403_strays *list, const w403_load_item *item, w403_error *err)
{
    w403_stray *s = W403_PUSH(l->ld.a, list);
    W403_NEED(s, err);
    *s = (w403_stray){item->path, item->base};
    return W403_OK;
}

w403_status w403_load_foreign(w403_load *l, const w403_load_item *item, w403_error *err)
{
    return add_stray(l, &l->foreign, item, err);
}

w403_status w403_load_text(w403_load *l, const w403_load_item *item, w403_view text, w403_error *err)
{
    static const w403_view empty = {"{\"error\": {\"code\": \"the file is empty\"}}",
                                    sizeof "{\"error\": {\"code\": \"the file is empty\"}}" - 1};
    if (!w403_view_trim(text).n && !item->may_be_empty) {
        if (!l->ld.again || l->as.p) {
            W403_TRY(add_stray(l, &l->empty, item, err));
        }
        return load_document(l, item, empty, err);
    }
    w403_view code = w403_load_failure(text);
    if (code.p) {
        text = w403_arena_printf(l->ld.a, "{\"error\": {\"code\": \"%.*s\"}}", W403_ARG(code));
        W403_NEED(text.p, err);
    }
    return load_document(l, item, text, err);
}

w403_status w403_load_unread(w403_load *l, const w403_load_item *item, const w403_error *why, w403_error *err)
{
    if (!stands_alone(item->rule)) {
        w403_problems_add(l->ld.problems, false, why); /* its message names the file already */
        return W403_OK;
    }
    w403_error warning = {0};
    (void)w403_error_set(&warning, why->code, "%s: what it says is unknown", why->message);
    w403_error_hint(&warning, "%s", why->hint);
    w403_problems_add(l->ld.problems, true, &warning);
    return load_document(l, item, unreadable, err);
}

/* ---- told once ---- */

static w403_view name_of(w403_view path)
{
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/') {
        n--;
    }
    return w403_view_sub(path, n, path.n);
}

static int by_name(const void *x, const void *y)
{
    return w403_view_cmp(*(const w403_view *)x, *(const w403_view *)y);
}

/* "policy.json 30, encryption.json 12, ...": the commonest first. */
static w403_status count_names(w403_load *l, const w403_strays *list, w403_view *out, w403_error *err)
{
    typedef struct count { w403_view name; size_t n; } count;
    w403_view *names = W403_NEW_N(l->ld.a, w403_view, list->n);
    count most[NAMES] = {{{NULL, 0}, 0}};
    W403_NEED(names, err);
    for (size_t i = 0; i < list->n; i++) {
        names[i] = name_of(list->at[i].path);
    }
    qsort(names, list->n, sizeof *names, by_name);
    size_t told = 0;
    for (size_t i = 0, from = 0; i < list->n; from = i) {
        while (i < list->n && w403_view_eq(names[i], names[from])) {
            i++;
        }
        count c = {names[from], i - from};
        for (size_t k = 0; k < NAMES; k++) {
            if (c.n > most[k].n) {
                count down = most[k];
                most[k] = c;
                c = down;
            }
        }
    }
    *out = W403_LIT("");
    for (size_t k = 0; k < NAMES && most[k].n; k++) {
        told += most[k].n;
        *out = w403_arena_printf(l->ld.a, "%.*s%s%.*s %zu", W403_ARG(*out), k ? ", " : "", W403_SHORT(most[k].name),
                                 most[k].n);
        W403_NEED(out->p, err);
    }
    if (told < list->n) {
        *out = w403_arena_printf(l->ld.a, "%.*s, others %zu", W403_ARG(*out), list->n - told);
        W403_NEED(out->p, err);
    }
    return W403_OK;
}

static void report_one(w403_load *l, const w403_stray *s, const w403_error *what)
{
    w403_json_doc doc = {.source = s->path, .text = W403_LIT("")};
    w403_source src = {.ld = &l->ld, .doc = &doc, .base = s->base};
    w403_error warning = *what;
    w403_error_place(&warning, s->path, doc.text, 0, 0);
    w403_report(&src, true, &warning);
}

/* A few one by one, more in one sentence. */
static w403_status tell(w403_load *l, const w403_strays *list, const char *one, const char *many, const char *hint,
                        w403_error *err)
{
    w403_error what = {0};
    w403_view names = {NULL, 0};
    if (list->n <= SINGLE) {
        (void)w403_error_set(&what, W403_SEMANTIC, "%s", one);
        w403_error_hint(&what, "%s", hint);
        for (size_t i = 0; i < list->n; i++) {
            report_one(l, &list->at[i], &what);
        }
        return W403_OK;
    }
    W403_TRY(count_names(l, list, &names, err));
    (void)w403_error_set(&what, W403_SEMANTIC, "%zu %s: %.*s", list->n, many, W403_ARG(names));
    w403_error_hint(&what, "%s", hint);
    w403_problems_add(l->ld.problems, true, &what);
    return W403_OK;
}

w403_status w403_load_tell(w403_load *l, w403_error *err)
{
    W403_TRY(tell(l, &l->empty, "the file is empty: what it would say is unknown",
                  "files are empty, and what they would say is unknown",
                  "an `aws` call that fails leaves its file empty: keep what it prints (2>&1), or write {\"error\": "
                  "{\"code\": \"...\"}} with the code",
                  err));
    return tell(l, &l->foreign, "not a file of a snapshot: ignored", "files are not of a snapshot, and ignored", "", err);
}
