/* Which place of a snapshot a document is for: by name, by the path of its file, by what it says. */
#include "snapshot/overlay_search.h"

#include <stdio.h>

#include "base/nearest.h"
#include "snapshot/loader.h"

enum { CANDIDATES = 5 }; /* of a hint */

/* ---- the snapshot as it is by now ---- */

w403_file_text *w403_overlay_changed(const w403_overlay *o, w403_view path)
{
    for (size_t i = 0; i < o->files.n; i++) {
        if (w403_view_eq(o->files.at[i].path, path)) {
            return &o->files.at[i];
        }
    }
    return NULL;
}

w403_view w403_overlay_text(const w403_overlay *o, w403_view path)
{
    const w403_file_text *f = w403_overlay_changed(o, path);
    const w403_json_doc  *doc = f ? NULL : w403_map_get(&o->base->files, path);
    return f ? f->text : doc ? doc->text : (w403_view){NULL, 0};
}

static w403_status list_places(w403_overlay_search *s, w403_error *err)
{
    const w403_snapshot *base = s->o->base;
    for (uint32_t i = 0; i < base->n_files; i++) {
        w403_view path = base->file_list[i]->source;
        W403_TRY(w403_places_of(s->scratch, base, path, w403_overlay_text(s->o, path), &s->all, err));
    }
    for (size_t i = 0; i < s->o->files.n; i++) {
        const w403_file_text *f = &s->o->files.at[i];
        if (!w403_map_get(&base->files, f->path)) {
            W403_TRY(w403_places_of(s->scratch, base, f->path, f->text, &s->all, err));
        }
    }
    for (size_t i = 0; i < base->buckets.cap; i++) { /* those without a policy */
        const w403_bucket *b = base->buckets.slots[i].value;
        if (b && !w403_overlay_text(s->o, b->policy_fact.path).p) {
            W403_TRY(w403_places_of(s->scratch, base, b->policy_fact.path, W403_LIT(""), &s->all, err));
        }
    }
    return W403_OK;
}

static bool counts(const w403_overlay_search *s, const w403_policy_place *p)
{
    return s->kind == W403_POLICY_KINDS || p->kind == s->kind;
}

w403_status w403_overlay_found(w403_overlay_search *s, const w403_policy_place *p, w403_error *err)
{
    const w403_policy_place **slot = W403_PUSH(s->scratch, &s->found);
    W403_NEED(slot, err);
    *slot = p;
    return W403_OK;
}

/* ---- what cannot be told ---- */

typedef struct candidate {
    w403_view name;
    unsigned  far;
} candidate;

/* The candidates nearest to a name, or the first ones. */
static void hint_places(const char *lead, w403_view near, const w403_policy_place *const *at, size_t n, w403_error *err)
{
    candidate best[CANDIDATES + 1];
    size_t    kept = 0;
    char      text[sizeof err->hint];
    size_t    used = (size_t)snprintf(text, sizeof text, "%s", lead);
    for (size_t i = 0; i < n; i++) {
        w403_view known = at[i]->names[0].p ? at[i]->names[0] : at[i]->path;
        candidate one = {known, near.n ? w403_edit_distance(near, known, 63) : 0};
        size_t    k = kept < CANDIDATES ? kept++ : CANDIDATES;
        for (; k && best[k - 1].far > one.far; k--) {
            best[k] = best[k - 1];
        }
        best[k] = one;
    }
    for (size_t i = 0; i < kept; i++) {
        int more = snprintf(text + used, sizeof text - used, "%s%.*s", i ? ", " : ": ", W403_SHORT(best[i].name));
        used += more > 0 && (size_t)more < sizeof text - used ? (size_t)more : 0;
    }
    if (n > kept) {
        (void)snprintf(text + used, sizeof text - used, " and %zu more", n - kept);
    }
    w403_error_hint(err, "%s", text);
}

w403_status w403_overlay_ambiguous(const w403_overlay_search *s, w403_error *err)
{
    w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` may take the place of %zu documents of the snapshot",
                                    W403_SHORT(s->doc.source), s->found.n);
    hint_places("say which, as `--policy PLACE=FILE`", (w403_view){NULL, 0}, s->found.at, s->found.n, err);
    return st;
}

static w403_status nowhere(w403_overlay_search *s, w403_view where, w403_error *err)
{
    s->found.n = 0;
    for (size_t i = 0; i < s->all.list.n; i++) {
        if (counts(s, &s->all.list.at[i])) {
            W403_TRY(w403_overlay_found(s, &s->all.list.at[i], err));
        }
    }
    w403_status st = where.n ? w403_error_set(err, W403_NOT_FOUND, "the snapshot has no place `%.*s` for a policy",
                                              W403_SHORT(where))
                             : w403_error_set(err, W403_NOT_FOUND, "neither its path nor its content tells which document "
                                              "of the snapshot `%.*s` takes the place of", W403_SHORT(s->doc.source));
    hint_places("say which, as `--policy PLACE=FILE`; there are", where, s->found.at, s->found.n, err);
    return st;
}

/* ---- by name ---- */

static bool is_called(const w403_policy_place *p, w403_view where)
{
    for (size_t i = 0; i < W403_PLACE_NAMES && p->names[i].p; i++) {
        if (w403_view_eq(p->names[i], where)) {
            return true;
        }
    }
    return p->pointer.n == 0 && w403_view_eq(p->path, where);
}

static w403_status by_name(w403_overlay_search *s, w403_view where, w403_error *err)
{
    w403_view part[3];
    bool      may_be_empty;
    for (size_t i = 0; i < s->all.list.n; i++) {
        const w403_policy_place *p = &s->all.list.at[i];
        if (counts(s, p) && is_called(p, where)) {
            W403_TRY(w403_overlay_found(s, p, err));
        }
    }
    if (s->found.n == 0 && s->kind == W403_POLICY_KINDS && w403_rule_find(where, part, &may_be_empty)) {
        s->path = where;
        return W403_OK;
    }
    return s->found.n == 1 ? W403_OK : s->found.n ? w403_overlay_ambiguous(s, err) : nowhere(s, where, err);
}

/* ---- by path ---- */

static w403_view last_part(w403_view *path)
{
    size_t at = path->n;
    while (at && path->p[at - 1] != '/') {
        at--;
    }
    w403_view part = w403_view_sub(*path, at, path->n);
    path->n = at ? at - 1 : 0;
    return part;
}

/* How many names from the end on two paths share. */
static unsigned common_tail(w403_view one, w403_view two)
{
    unsigned n = 0;
    while (one.n && two.n && w403_view_eq(last_part(&one), last_part(&two))) {
        n++;
    }
    return n;
}

/* A path that ends as one of a snapshot does needs no guess, and may be a file that was not there before. */
static bool whole_tail(w403_overlay_search *s)
{
    w403_view rest = s->doc.source, part[3];
    bool      may_be_empty;
    for (;;) {
        w403_load_fn *rule = rest.n ? w403_rule_find(rest, part, &may_be_empty) : NULL;
        if (rule && (s->kind == W403_POLICY_KINDS || (rule == w403_load_bucket_file &&
                                                      w403_view_eq(part[2], W403_LIT("policy.json"))))) {
            s->path = rest;
            return true;
        }
        size_t slash = w403_view_find_char(rest, '/');
        if (slash == SIZE_MAX) {
            return false;
        }
        rest = w403_view_sub(rest, slash + 1, rest.n);
    }
}

static void offer(w403_overlay_search *s, w403_view path, unsigned *best, size_t *n)
{
    unsigned tail = common_tail(s->doc.source, path);
    if (tail > *best) {
        *best = tail;
        *n = 0;
    }
    if (tail && tail == *best) {
        s->path = ++*n == 1 ? path : s->path;
    }
}

/* s->path: the one file that fits best. Of a bucket's files the last name alone says nothing. */
static void by_path(w403_overlay_search *s)
{
    unsigned best = 0;
    size_t   n = 0;
    if (whole_tail(s)) {
        return;
    }
    for (uint32_t i = 0; s->kind == W403_POLICY_KINDS && i < s->o->base->n_files; i++) {
        offer(s, s->o->base->file_list[i]->source, &best, &n);
    }
    for (size_t i = 0; i < s->all.list.n; i++) {
        const w403_policy_place *p = &s->all.list.at[i];
        if (p->kind == W403_POLICY_RESOURCE && (s->kind == p->kind || !w403_map_get(&s->o->base->files, p->path))) {
            offer(s, p->path, &best, &n);
        }
    }
    w403_view name = s->doc.source;
    bool      vague = best == 1 && w403_view_eq(last_part(&name), W403_LIT("policy.json"));
    s->path = n == 1 && !vague ? s->path : (w403_view){NULL, 0};
}

/* ---- by content ---- */

/* Does the Resource `arn` lie in what the place is the policy of? */
static bool is_about(const w403_policy_place *p, w403_view arn)
{
    w403_view own = p->names[0];
    bool      kind = p->kind == W403_POLICY_RESOURCE || p->kind == W403_POLICY_ACCESS_POINT;
    return kind && own.n && w403_view_starts(arn, own) && (arn.n == own.n || arn.p[own.n] == '/');
}

static w403_status take_resource(w403_overlay_search *s, w403_view arn, w403_error *err)
{
    for (size_t i = 0; i < s->all.list.n; i++) {
        const w403_policy_place *p = &s->all.list.at[i];
        bool              known = !counts(s, p) || !is_about(p, arn);
        for (size_t k = 0; k < s->found.n && !known; k++) {
            known = s->found.at[k] == p;
        }
        if (!known) {
            W403_TRY(w403_overlay_found(s, p, err));
        }
    }
    return W403_OK;
}

static const w403_json *items(const w403_json *v)
{
    return w403_json_is(v, W403_JSON_ARRAY) ? v->first : v;
}

static w403_status by_content(w403_overlay_search *s, w403_error *err)
{
    w403_json_doc    inner;
    const w403_json *v = s->document;
    if (w403_json_is(v, W403_JSON_STRING) &&
        w403_json_parse(s->scratch, s->doc.source, v->text, NULL, &inner, NULL, NULL) == W403_OK) {
        v = inner.root;
    }
    const w403_json *list = w403_json_get(v, "Statement");
    for (const w403_json *st = items(list); st; st = w403_json_is(list, W403_JSON_ARRAY) ? st->next : NULL) {
        const w403_json *resources = w403_json_get(st, "Resource");
        bool resource_policy = w403_json_get(st, "Principal") || w403_json_get(st, "NotPrincipal");
        for (const w403_json *r = items(resources); r && resource_policy;
             r = w403_json_is(resources, W403_JSON_ARRAY) ? r->next : NULL) {
            if (r->type == W403_JSON_STRING) {
                W403_TRY(take_resource(s, r->text, err));
            }
        }
    }
    return s->found.n == 1 ? W403_OK : s->found.n ? w403_overlay_ambiguous(s, err) : nowhere(s, (w403_view){NULL, 0}, err);
}

w403_status w403_overlay_find(w403_overlay_search *s, w403_view where, w403_error *err)
{
    W403_TRY(list_places(s, err));
    if (where.n) {
        return by_name(s, where, err);
    }
    by_path(s);
    return s->path.p ? W403_OK : by_content(s, err);
}
