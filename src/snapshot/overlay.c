/* A document into its place: which place that is, and what the file then holds. */
#include <stdio.h>

#include "base/nearest.h"
#include "snapshot/loader.h"
#include "snapshot/places.h"

enum { CANDIDATES = 5 }; /* of a hint */

typedef struct search {
    w403_overlay    *o;
    w403_arena      *scratch;
    w403_policy_kind kind;
    w403_json_doc    doc;      /* the user's file */
    const w403_json *document; /* the policy in it; NULL: none */
    w403_places      all;
    W403_ARRAY(const w403_policy_place *) found;
    w403_view        path; /* of the file that is meant, when it is a file */
} search;

/* ---- the snapshot as it is by now ---- */

static w403_file_text *changed(const w403_overlay *o, w403_view path)
{
    for (size_t i = 0; i < o->files.n; i++) {
        if (w403_view_eq(o->files.at[i].path, path)) {
            return &o->files.at[i];
        }
    }
    return NULL;
}

static w403_view text_of(const w403_overlay *o, w403_view path)
{
    const w403_file_text *f = changed(o, path);
    const w403_json_doc  *doc = f ? NULL : w403_map_get(&o->base->files, path);
    return f ? f->text : doc ? doc->text : (w403_view){NULL, 0};
}

static w403_status list_places(search *s, w403_error *err)
{
    const w403_snapshot *base = s->o->base;
    for (uint32_t i = 0; i < base->n_files; i++) {
        w403_view path = base->file_list[i]->source;
        W403_TRY(w403_places_of(s->scratch, base, path, text_of(s->o, path), &s->all, err));
    }
    for (size_t i = 0; i < s->o->files.n; i++) {
        const w403_file_text *f = &s->o->files.at[i];
        if (!w403_map_get(&base->files, f->path)) {
            W403_TRY(w403_places_of(s->scratch, base, f->path, f->text, &s->all, err));
        }
    }
    for (size_t i = 0; i < base->buckets.cap; i++) { /* those without a policy */
        const w403_bucket *b = base->buckets.slots[i].value;
        if (b && !text_of(s->o, b->policy_fact.path).p) {
            W403_TRY(w403_places_of(s->scratch, base, b->policy_fact.path, W403_LIT(""), &s->all, err));
        }
    }
    return W403_OK;
}

static bool counts(const search *s, const w403_policy_place *p)
{
    return s->kind == W403_POLICY_KINDS || p->kind == s->kind;
}

static w403_status found(search *s, const w403_policy_place *p, w403_error *err)
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

static w403_status ambiguous(const search *s, w403_error *err)
{
    w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` may take the place of %zu documents of the snapshot",
                                    W403_SHORT(s->doc.source), s->found.n);
    hint_places("say which, as `--policy PLACE=FILE`", (w403_view){NULL, 0}, s->found.at, s->found.n, err);
    return st;
}

static w403_status nowhere(search *s, w403_view where, w403_error *err)
{
    s->found.n = 0;
    for (size_t i = 0; i < s->all.list.n; i++) {
        if (counts(s, &s->all.list.at[i])) {
            W403_TRY(found(s, &s->all.list.at[i], err));
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

static w403_status by_name(search *s, w403_view where, w403_error *err)
{
    w403_view part[3];
    bool      may_be_empty;
    for (size_t i = 0; i < s->all.list.n; i++) {
        const w403_policy_place *p = &s->all.list.at[i];
        if (counts(s, p) && is_called(p, where)) {
            W403_TRY(found(s, p, err));
        }
    }
    if (s->found.n == 0 && s->kind == W403_POLICY_KINDS && w403_rule_find(where, part, &may_be_empty)) {
        s->path = where;
        return W403_OK;
    }
    return s->found.n == 1 ? W403_OK : s->found.n ? ambiguous(s, err) : nowhere(s, where, err);
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
static bool whole_tail(search *s)
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

static void offer(search *s, w403_view path, unsigned *best, size_t *n)
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
static void by_path(search *s)
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

static w403_status take_resource(search *s, w403_view arn, w403_error *err)
{
    for (size_t i = 0; i < s->all.list.n; i++) {
        const w403_policy_place *p = &s->all.list.at[i];
        bool              known = !counts(s, p) || !is_about(p, arn);
        for (size_t k = 0; k < s->found.n && !known; k++) {
            known = s->found.at[k] == p;
        }
        if (!known) {
            W403_TRY(found(s, p, err));
        }
    }
    return W403_OK;
}

static const w403_json *items(const w403_json *v)
{
    return w403_json_is(v, W403_JSON_ARRAY) ? v->first : v;
}

static w403_status by_content(search *s, w403_error *err)
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
    return s->found.n == 1 ? W403_OK : s->found.n ? ambiguous(s, err) : nowhere(s, (w403_view){NULL, 0}, err);
}

/* ---- what the user's file is ---- */

static bool is_document(const w403_json *v)
{
    return w403_json_get(v, "Statement") || (w403_json_is(v, W403_JSON_STRING) && v->text.n);
}

/* The policy in what the aws CLI prints: get-bucket-policy, describe-policy, get-policy-version, get-role-policy. */
static const w403_json *find_document(const w403_json *root)
{
    const w403_json *forms[] = {root, w403_json_path(root, "Policy", "Content", NULL), w403_json_get(root, "Policy"),
                                w403_json_path(root, "PolicyVersion", "Document", NULL),
                                w403_json_get(root, "PolicyDocument")};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (is_document(forms[i])) {
            return forms[i];
        }
    }
    return NULL;
}

/* Does it have what only the whole file has that stands at s->path, or stand for a call that failed? `named`: the place
 * that the user named, not the file. */
static bool is_whole(const search *s, const w403_policy_place *named)
{
    static const struct {
        w403_load_fn *file;
        const char   *member;
    } marks[] = {
        {w403_load_iam, "UserDetailList"}, {w403_load_iam, "RoleDetailList"},  {w403_load_iam, "GroupDetailList"},
        {w403_load_iam, "Policies"},       {w403_load_vpc_endpoints, "VpcEndpoints"}, {w403_load_kms_key, "KeyMetadata"},
        {w403_load_access_point, "Bucket"}, {w403_load_access_point, "Name"},
    };
    w403_view        part[3];
    bool             may_be_empty;
    w403_load_fn    *file = w403_rule_find(s->path, part, &may_be_empty);
    const w403_json *root = s->doc.root;
    if (w403_json_get(root, "error")) {
        return !named || named->pointer.n == 0;
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (marks[i].file == file && w403_json_get(root, marks[i].member)) {
            return true;
        }
    }
    return file == w403_load_org_policy && w403_json_path(root, "Policy", "PolicySummary", NULL);
}

/* ---- into the place ---- */

static w403_status note_done(search *s, w403_view path, const w403_policy_place *p, w403_error *err)
{
    w403_overlay     *o = s->o;
    w403_overlay_put *put = W403_PUSH(o->arena, &o->done);
    W403_NEED(put, err);
    *put = (w403_overlay_put){.source = s->doc.source, .path = w403_arena_copy(o->arena, path),
                              .pointer = p ? w403_arena_copy(o->arena, p->pointer) : W403_LIT("")};
    W403_NEED(put->path.p && put->pointer.p, err);
    if (p && p->names[0].p) {
        put->name = w403_arena_copy(o->arena, p->names[0]);
        W403_NEED(put->name.p, err);
    }
    return W403_OK;
}

static w403_status refuse_twice(const search *s, w403_view path, w403_view pointer, w403_error *err)
{
    for (size_t i = 0; i < s->o->done.n; i++) {
        const w403_overlay_put *put = &s->o->done.at[i];
        bool whole = put->pointer.n == 0 || pointer.n == 0;
        if (w403_view_eq(put->path, path) && (whole || w403_view_eq(put->pointer, pointer))) {
            return w403_error_set(err, W403_SEMANTIC, "`%.*s` and `%.*s` take the place of the same document, `%.*s`",
                                  W403_SHORT(put->source), W403_SHORT(s->doc.source), W403_SHORT(path));
        }
    }
    return W403_OK;
}

static w403_status set_text(search *s, w403_view path, w403_view text, bool whole, w403_error *err)
{
    w403_overlay   *o = s->o;
    w403_file_text *f = changed(o, path);
    if (!f) {
        f = W403_PUSH(o->arena, &o->files);
        W403_NEED(f, err);
        *f = (w403_file_text){.path = w403_arena_copy(o->arena, path)};
        W403_NEED(f->path.p, err);
    }
    f->text = text;
    f->source = whole ? s->doc.source : (w403_view){NULL, 0}; /* a document's own problems were said */
    return W403_OK;
}

/* A file of an account or bucket that is not there would change no decision: most likely it is of another snapshot. */
static w403_status refuse_strange(const search *s, w403_error *err)
{
    const w403_snapshot *base = s->o->base;
    w403_view            part[3];
    bool                 may_be_empty;
    w403_load_fn        *file = w403_rule_find(s->path, part, &may_be_empty);
    if (!w403_view_starts(s->path, W403_LIT("accounts/"))) {
        return W403_OK;
    }
    if (!w403_snapshot_account(base, part[0])) {
        return w403_error_set(err, W403_NOT_FOUND, "`%.*s`: the snapshot has no account %.*s", W403_SHORT(s->doc.source),
                              W403_SHORT(part[0]));
    }
    if (file != w403_load_bucket_file && file != w403_load_inventory) {
        return W403_OK;
    }
    const w403_bucket *b = w403_snapshot_bucket(base, part[1]);
    return b && b->account && w403_view_eq(b->account->id, part[0])
               ? W403_OK
               : w403_error_set(err, W403_NOT_FOUND, "`%.*s`: the snapshot has no bucket %.*s of account %.*s",
                                W403_SHORT(s->doc.source), W403_SHORT(part[1]), W403_SHORT(part[0]));
}

static w403_status put_file(search *s, w403_error *err)
{
    W403_TRY(refuse_twice(s, s->path, W403_LIT(""), err));
    W403_TRY(set_text(s, s->path, s->doc.text, true, err));
    return note_done(s, s->path, NULL, err);
}

/* The file's text with the document at the pointer. */
static w403_status splice(search *s, const w403_policy_place *p, w403_view document, w403_view *out, w403_error *err)
{
    w403_json_doc doc;
    size_t        slash = p->pointer.n;
    if (p->pointer.n == 0) {
        *out = document;
        return W403_OK;
    }
    W403_TRY(w403_json_parse(s->scratch, p->path, text_of(s->o, p->path), NULL, &doc, NULL, err));
    const w403_json *old = w403_json_at(&doc, p->pointer);
    if (old) {
        return w403_json_edit_replace(s->o->arena, &doc, old, document, out, err);
    }
    while (slash && p->pointer.p[slash - 1] != '/') {
        slash--;
    }
    const w403_json *holder = w403_json_at(&doc, w403_view_sub(p->pointer, 0, slash ? slash - 1 : 0));
    return w403_json_edit_insert_member(s->o->arena, &doc, holder, w403_view_sub(p->pointer, slash, p->pointer.n),
                                        document, out, err);
}

/* What AWS would not store cannot be what is planned: an error here, though a snapshot may hold it (design 4). */
static w403_status refuse_invalid(const w403_policy *p, const w403_problems *told, w403_problems *warnings, w403_error *err)
{
    for (uint32_t i = 0; i < p->n_statements && told->n; i++) {
        if (p->statements[i].inert) {
            *err = told->at[0].error;
            err->code = W403_SEMANTIC;
            return W403_SEMANTIC;
        }
    }
    for (size_t i = 0; i < told->n && warnings; i++) {
        w403_problems_add(warnings, told->at[i].warning, &told->at[i].error);
    }
    return W403_OK;
}

static w403_status put_document(search *s, const w403_policy_place *p, w403_problems *warnings, w403_error *err)
{
    w403_problems told = {.arena = s->scratch};
    w403_policy  *parsed = NULL;
    w403_span     span = s->document->span;
    w403_view     text = w403_view_sub(s->doc.text, span.off, (size_t)span.off + span.len), all;
    W403_TRY(refuse_twice(s, p->path, p->pointer, err));
    W403_TRY(w403_policy_from_value(s->scratch, p->kind, &s->doc, s->document, &told, &parsed, err));
    W403_TRY(refuse_invalid(parsed, &told, warnings, err));
    W403_TRY(splice(s, p, text, &all, err));
    W403_TRY(set_text(s, p->path, all, false, err));
    return note_done(s, p->path, p, err);
}

/* A file is meant: it as a whole, or the one policy in it. */
static w403_status put_at_path(search *s, w403_problems *warnings, w403_error *err)
{
    W403_TRY(refuse_strange(s, err));
    s->found.n = 0;
    for (size_t i = 0; i < s->all.list.n; i++) {
        if (w403_view_eq(s->all.list.at[i].path, s->path)) {
            W403_TRY(found(s, &s->all.list.at[i], err));
        }
    }
    if (is_whole(s, NULL) || (s->found.n == 0 && !s->document)) { /* also a file that is not there yet */
        return put_file(s, err);
    }
    if (s->found.n == 0) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is a policy alone, and the snapshot has no place for one in `%.*s`",
                              W403_SHORT(s->doc.source), W403_SHORT(s->path));
    }
    if (!s->document) { /* the parser says what is wrong with it */
        s->document = s->doc.root;
        s->found.n = 1;
    }
    return s->found.n == 1 ? put_document(s, s->found.at[0], warnings, err) : ambiguous(s, err);
}

static w403_status put(search *s, w403_view where, w403_view text, w403_problems *warnings, w403_error *err)
{
    W403_TRY(w403_json_parse(s->scratch, s->doc.source, text, NULL, &s->doc, NULL, err));
    s->document = find_document(s->doc.root);
    W403_TRY(list_places(s, err));
    if (where.n) {
        W403_TRY(by_name(s, where, err));
    } else {
        by_path(s);
        if (!s->path.p) {
            W403_TRY(by_content(s, err));
        }
    }
    if (s->path.p) {
        return put_at_path(s, warnings, err);
    }
    const w403_policy_place *p = s->found.at[0];
    s->path = p->path;
    s->document = s->document ? s->document : s->doc.root;
    return is_whole(s, p) ? put_file(s, err) : put_document(s, p, warnings, err);
}

w403_status w403_overlay_add(w403_overlay *o, w403_view where, w403_policy_kind kind, w403_view source, w403_view text,
                             w403_problems *warnings, w403_error *err)
{
    search s = {.o = o, .kind = kind, .scratch = w403_arena_new(0), .doc = {.source = source}};
    W403_NEED(s.scratch, err);
    w403_status status = put(&s, where, text, warnings, err);
    w403_arena_free(s.scratch);
    return status;
}
