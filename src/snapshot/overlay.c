/* A document into its place (overlay_find.c says which that is): what the file then holds. */
#include "snapshot/loader.h"
#include "snapshot/overlay_search.h"

/* ---- what the user's file is ---- */

/* Does it have what only the whole file has that stands at s->path, or stand for a call that failed? `named`: the place
 * that the user named, not the file. */
static bool is_whole(const w403_overlay_search *s, const w403_policy_place *named)
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

static w403_status note_done(w403_overlay_search *s, w403_view path, const w403_policy_place *p, w403_error *err)
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

static w403_status refuse_twice(const w403_overlay_search *s, w403_view path, w403_view pointer, w403_error *err)
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

static w403_status set_text(w403_overlay_search *s, w403_view path, w403_view text, bool whole, w403_error *err)
{
    w403_overlay   *o = s->o;
    w403_file_text *f = w403_overlay_changed(o, path);
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
static w403_status refuse_strange(const w403_overlay_search *s, w403_error *err)
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

static w403_status put_file(w403_overlay_search *s, w403_error *err)
{
    W403_TRY(refuse_twice(s, s->path, W403_LIT(""), err));
    W403_TRY(set_text(s, s->path, s->doc.text, true, err));
    return note_done(s, s->path, NULL, err);
}

/* The file's text with the document at the pointer. */
static w403_status splice(w403_overlay_search *s, const w403_policy_place *p, w403_view document, w403_view *out, w403_error *err)
{
    w403_json_doc doc;
    size_t        slash = p->pointer.n;
    if (p->pointer.n == 0) {
        *out = document;
        return W403_OK;
    }
    W403_TRY(w403_json_parse(s->scratch, p->path, w403_overlay_text(s->o, p->path), NULL, &doc, NULL, err));
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

static w403_status put_document(w403_overlay_search *s, const w403_policy_place *p, w403_problems *warnings, w403_error *err)
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
static w403_status put_at_path(w403_overlay_search *s, w403_problems *warnings, w403_error *err)
{
    W403_TRY(refuse_strange(s, err));
    s->found.n = 0;
    for (size_t i = 0; i < s->all.list.n; i++) {
        if (w403_view_eq(s->all.list.at[i].path, s->path)) {
            W403_TRY(w403_overlay_found(s, &s->all.list.at[i], err));
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
    return s->found.n == 1 ? put_document(s, s->found.at[0], warnings, err) : w403_overlay_ambiguous(s, err);
}

static w403_status put(w403_overlay_search *s, w403_view where, w403_view text, w403_problems *warnings, w403_error *err)
{
    W403_TRY(w403_json_parse(s->scratch, s->doc.source, text, NULL, &s->doc, NULL, err));
    s->document = w403_policy_document(s->doc.root);
    W403_TRY(w403_overlay_find(s, where, err));
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
    w403_overlay_search s = {.o = o, .kind = kind, .scratch = w403_arena_new(0), .doc = {.source = source}};
    W403_NEED(s.scratch, err);
    w403_status status = put(&s, where, text, warnings, err);
    w403_arena_free(s.scratch);
    return status;
}
