/* One document through all checks; how a finding is worded, placed and kept. */
#include <stdlib.h>

#include "base/buf.h"
#include "lint/check.h"
#include "words/words.h"

/* ---- rows ---- */

const w403_lint_check *w403_lint_check_find(w403_view code)
{
    for (size_t i = 0; i < W403_LINT_CODES; i++) {
        w403_view name = w403_view_of(w403_lint_checks[i].code);
        if (w403_view_ieq(code, name))
            return &w403_lint_checks[i];
        if (w403_lint_checks[i].ours && w403_view_ieq(code, w403_view_sub(name, 5, name.n)))
            return &w403_lint_checks[i];
    }
    return NULL;
}

const char *w403_lint_level_name(w403_lint_level level)
{
    static const char *const names[] = {"SUGGESTION", "WARNING", "SECURITY_WARNING", "ERROR"};
    return names[level];
}

bool w403_lint_wants(const w403_lint_run *l, w403_lint_code code)
{
    const w403_lint_check *row = &w403_lint_checks[code];
    const w403_lint_options *o = l->options;
    if (row->emitted == W403_LINT_NEVER || (row->emitted == W403_LINT_PEDANTIC && !o->pedantic))
        return false;
    if ((row->ours && o->aws_only) || (o->notes && row->emitted != W403_LINT_NOTE))
        return false;
    return (row->policies & o->policy) && (row->resources == 0 || (row->resources & o->resource));
}

bool w403_lint_wants_any(const w403_lint_run *l, const w403_lint_code *codes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_lint_wants(l, codes[i]))
            return true;
    }
    return false;
}

/* ---- messages ---- */

static w403_view word_of(const w403_lint_word *words, w403_view name)
{
    for (; words && words->name; words++) {
        if (w403_view_eq(name, w403_view_of(words->name)))
            return words->text;
    }
    return (w403_view){NULL, 0};
}

w403_view w403_lint_said(const w403_lint_run *l, const char *text)
{
    return w403_view_of(w403_word_in(l->arena, "lint", text));
}

enum { PLACES = 8 };

static w403_view fill(w403_lint_run *l, const char *template, const w403_lint_word *words)
{
    w403_part parts[PLACES];
    size_t n = 0;
    for (; words && words->name && n < PLACES; words++)
        parts[n++] = W403_P(words->name, words->text);
    w403_view text = w403_say_parts_in(l->arena, NULL, template, parts, n);
    l->nomem = l->nomem || !text.p;
    return text;
}

void w403_lint_add(w403_lint_run *l, w403_lint_code code, const w403_lint_place *at, uint32_t n,
                   const w403_lint_word *words)
{
    if (l->nomem || !w403_lint_wants(l, code))
        return;
    if (w403_lint_full(l)) {
        l->dropped++;
        return;
    }
    uint32_t n_words = 0;
    while (words && words[n_words].name)
        n_words++;
    w403_finding *f = W403_PUSH(l->arena, &l->found);
    w403_lint_place *places = W403_NEW_N(l->arena, w403_lint_place, n);
    w403_lint_word *kept = W403_NEW_N(l->arena, w403_lint_word, n_words);
    if (!f || !places || !kept) {
        l->nomem = true;
        return;
    }
    memcpy(places, at, n * sizeof *places);
    if (n_words)
        memcpy(kept, words, n_words * sizeof *kept);
    f->words = kept;
    f->n_words = n_words;
    f->check = &w403_lint_checks[code];
    f->at = places;
    f->n_at = n;
    f->message = fill(l, f->check->message, words);
    f->suggestion = word_of(words, W403_LIT("X"));
}

void w403_lint_value(w403_lint_run *l, w403_lint_code code, const w403_json *node, const w403_lint_word *words)
{
    w403_lint_place at = w403_lint_at_value(node);
    w403_lint_add(l, code, &at, 1, words);
}

void w403_lint_key(w403_lint_run *l, w403_lint_code code, const w403_json *member, const w403_lint_word *words)
{
    w403_lint_place at = w403_lint_at_key(member);
    w403_lint_add(l, code, &at, 1, words);
}

w403_view w403_lint_number(w403_lint_run *l, uint64_t n)
{
    char digits[32];
    size_t at = sizeof digits;
    for (unsigned count = 0; count == 0 || n; count++, n /= 10) {
        if (count && count % 3 == 0 && !w403_arena_language(l->arena)) /* grouped otherwise elsewhere, or not at all */
            digits[--at] = ',';
        digits[--at] = (char)('0' + n % 10);
    }
    w403_view v = w403_arena_copy(l->arena, (w403_view){digits + at, sizeof digits - at});
    l->nomem = l->nomem || !v.p;
    return v;
}

/* ---- places ---- */

/* RFC 6901, from the root down to the node; as deep as the parser lets a document be. */
static bool walk_to(const w403_json *v, const w403_json *node, w403_buf *out)
{
    size_t before = out->n;
    uint32_t index = 0;
    for (const w403_json *m = v->first; m; m = m->next, index++) {
        w403_json_pointer_add(out, v, m, index);
        if (m == node || walk_to(m, node, out))
            return true;
        out->n = before;
    }
    return false;
}

/* By its bytes; values of YAML may have none, or stand where their anchor is. */
static w403_view pointer_of(w403_arena *a, const w403_json_doc *doc, const w403_json *node)
{
    w403_view pointer = node->span.len ? w403_json_pointer(a, doc, node) : (w403_view){NULL, 0};
    w403_buf out = {0};
    if (pointer.p && w403_json_at(doc, pointer) == node)
        return pointer;
    if (node != doc->root)
        (void)walk_to(doc->root, node, &out);
    pointer = w403_buf_ok(&out) ? w403_arena_copy(a, w403_buf_view(&out)) : (w403_view){NULL, 0};
    w403_buf_free(&out);
    return pointer;
}

w403_view w403_lint_pointer(w403_arena *a, const w403_json_doc *doc, const w403_lint_place *place)
{
    if (!place->node || !doc->root)
        return W403_LIT("");
    w403_view pointer = pointer_of(a, doc, place->node);
    return place->key && pointer.p ? w403_arena_printf(a, "%.*s#key", W403_ARG(pointer)) : pointer;
}

/* ---- one document ---- */

static int by_place(const void *x, const void *y)
{
    const w403_finding *a = x, *b = y;
    if (a->at[0].span.off != b->at[0].span.off)
        return a->at[0].span.off < b->at[0].span.off ? -1 : 1;
    if (a->check != b->check)
        return a->check < b->check ? -1 : 1;
    return a->n_at == b->n_at ? 0 : a->n_at < b->n_at ? -1 : 1;
}

static void check_statement(w403_lint_run *l, const w403_lint_statement *st)
{
    w403_lint_actions(l, st);
    w403_lint_resources(l, st);
    w403_lint_principals(l, st);
    w403_lint_services(l, st);
    w403_lint_conditions(l, st);
    w403_lint_pass_role(l, st);
    w403_lint_trust(l, st);
    w403_lint_organization(l, st);
    w403_lint_typed(l, st);
    if (st->n_conditions <= W403_LIMIT_LINT_CONDITIONS) {
        w403_lint_keys(l, st);
        w403_lint_tags(l, st);
    }
    if (st->partial)
        return; /* values that only a deployment knows: nothing is proved of them */
    w403_lint_fit(l, st);
    w403_lint_contradictions(l, st);
    w403_lint_effects(l, st);
}

static void check_all(w403_lint_run *l)
{
    w403_lint_structure(l);
    w403_lint_sids(l);
    w403_lint_size(l);
    for (uint32_t i = 0; i < l->n_statements; i++)
        check_statement(l, &l->statements[i]);
    if (l->partial)
        return; /* what statements do together is not known either */
    w403_lint_deliveries(l);
    w403_lint_lockouts(l);
    w403_lint_shadows(l);
    w403_lint_repeated(l);
}

void w403_lint_noted(w403_lint_run *l)
{
    for (uint32_t i = 0; i < l->n_statements; i++) {
        const w403_lint_statement *st = &l->statements[i];
        w403_lint_actions(l, st);
        w403_lint_resources(l, st);
        w403_lint_conditions(l, st);
        w403_lint_typed(l, st);
        w403_lint_fit(l, st);
    }
    if (l->found.n)
        qsort(l->found.at, l->found.n, sizeof *l->found.at, by_place);
}

static w403_status finish(w403_lint_run *l, w403_lint_report *out, w403_error *err)
{
    W403_NEED(!l->nomem, err);
    if (l->found.n)
        qsort(l->found.at, l->found.n, sizeof *l->found.at, by_place);
    *out = (w403_lint_report){l->doc, l->found.at, l->found.n, l->dropped};
    return W403_OK;
}

w403_status w403_lint_tree(w403_arena *a, const w403_json_doc *doc, const w403_lint_options *options,
                           w403_lint_report *out, w403_error *err)
{
    w403_lint_run l = {.arena = a, .options = options, .doc = *doc};
    if (doc->root->span.len > W403_LIMIT_POLICY_BYTES)
        return w403_error_set(err, W403_LIMIT, "a policy of %u bytes: at most %u are read", doc->root->span.len,
                              (unsigned)W403_LIMIT_POLICY_BYTES);
    W403_NEED(w403_lint_model(&l), err);
    check_all(&l);
    return finish(&l, out, err);
}

w403_status w403_lint(w403_arena *a, w403_view source, w403_view text, const w403_lint_options *options,
                      w403_lint_report *out, w403_error *err)
{
    w403_lint_run l = {.arena = a, .options = options, .doc = {source, text, NULL}};
    w403_error problem = {0};
    if (text.n > W403_LIMIT_POLICY_BYTES)
        return w403_error_set(err, W403_LIMIT, "a policy of %zu bytes: at most %u are read", text.n,
                              (unsigned)W403_LIMIT_POLICY_BYTES);
    w403_status status =
        w403_json_parse(a, source, text, &(w403_json_options){.keep_duplicates = true}, &l.doc, NULL, &problem);
    if (status == W403_OK)
        return w403_lint_tree(a, &l.doc, options, out, err);
    if (status != W403_SYNTAX) {
        if (err)
            *err = problem;
        return status;
    }
    w403_lint_place at = {NULL, false, {(uint32_t)problem.offset, 0}};
    w403_view what = w403_arena_copy(a, w403_view_of(problem.message));
    l.doc = (w403_json_doc){source, text, NULL};
    w403_lint_add(&l, W403_L_JSON_SYNTAX_ERROR, &at, 1, W403_LINT_WORDS({"what", what}));
    return finish(&l, out, err);
}
