/* The files of a snapshot, one after the other: which loader a path belongs to, and the order of it all. */
#include "snapshot/load.h"

#include <stdlib.h>

#include "base/limits.h"
#include "snapshot/load_state.h"
#include "snapshot/read_ahead.h"
#include "snapshot/variant.h"

/* ---- after the files ---- */

static int compare_accounts(const void *x, const void *y)
{
    return w403_view_cmp((*(w403_account *const *)x)->id, (*(w403_account *const *)y)->id);
}

static w403_status list_accounts(w403_loader *ld, w403_error *err)
{
    w403_snapshot *s = ld->s;
    s->account_list = W403_NEW_N(ld->a, w403_account *, s->accounts.n);
    W403_NEED(s->account_list, err);
    for (size_t i = 0; i < s->accounts.cap; i++) {
        if (s->accounts.slots[i].value) {
            s->account_list[s->n_accounts++] = s->accounts.slots[i].value;
        }
    }
    if (s->n_accounts) {
        qsort(s->account_list, s->n_accounts, sizeof *s->account_list, compare_accounts);
    }
    return W403_OK;
}

static void unless_there(w403_fact *fact)
{
    if (fact->state == W403_FACT_ABSENT) {
        fact->state = W403_FACT_UNKNOWN;
        fact->code = W403_NOT_COLLECTED;
    }
}

/* What a collection that is not whole leaves out of an account is unknown (bucket.c has the same of a bucket). */
static w403_status not_collected(w403_loader *ld, w403_account *account, w403_error *err)
{
    if (!ld->s->narrow && !ld->s->unfinished) {
        return W403_OK;
    }
    if (!account->bpa.fact.path.p) {
        account->bpa.fact.path = w403_arena_printf(ld->a, "accounts/%.*s/s3control/public-access-block.json",
                                                   W403_ARG(account->id));
        W403_NEED(account->bpa.fact.path.p, err);
    }
    unless_there(&account->bpa.fact);
    return W403_OK;
}

static w403_status finish(w403_load *l, w403_error *err)
{
    w403_loader   *ld = &l->ld;
    w403_snapshot *s = ld->s;
    s->file_list = l->files.at;
    s->n_files = (uint32_t)l->files.n;
    W403_TRY(w403_load_tell(l, err));
    if (s->narrow || s->unfinished) {
        unless_there(&s->org.fact);
        unless_there(&s->org.attachments);
        unless_there(&l->org.parents);
        unless_there(&s->endpoints_unread);
    }
    W403_TRY(w403_org_add_accounts(ld, err));
    W403_TRY(list_accounts(ld, err));
    W403_TRY(w403_finish_buckets(ld, err));
    W403_TRY(w403_finish_endpoints(ld, err));
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        w403_account *account = s->account_list[i];
        W403_TRY(not_collected(ld, account, err));
        if (account->canonical_id.n) {
            W403_NEED(w403_map_put(ld->a, &s->by_canonical, account->canonical_id, account), err);
        }
    }
    W403_TRY(w403_finish_organization(ld, err));
    if (l->seen && s->n_files == 0) {
        w403_error problem = {0};
        (void)w403_error_set(&problem, W403_NOT_FOUND, "`%.*s` is no snapshot: none of its paths is one of a snapshot",
                             W403_SHORT(s->root));
        w403_error_hint(&problem, "A snapshot has accounts/<id>/... and organization/... in it.");
        w403_problems_add(ld->problems, false, &problem);
    }
    return W403_OK;
}

/* ---- the two forms ---- */

/* A file of the folder; `index` of those that are read ahead, if any are. */
static w403_status load_item(w403_load *l, const char *root, const w403_load_item *item, w403_read_ahead *ahead, size_t index,
                             w403_error *err)
{
    char full[4096];
    w403_view text;
    w403_error problem = {0};
    l->seen++;
    if (!item->rule) {
        return w403_load_foreign(l, item, err);
    }
    if (!w403_full_path(root, item->path, full, err)) {
        return W403_LIMIT;
    }
    w403_status st = ahead ? w403_read_ahead_take(ahead, index, &text, &problem) : w403_file_read(l->ld.a, full, &text, &problem);
    if (st == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    return st == W403_OK ? w403_load_text(l, item, text, err) : w403_load_unread(l, item, &problem, err);
}

/* What is there and is no file: a file of the snapshot that is unknown, or a folder whose files are. */
static w403_status load_odd(w403_load *l, const char *root, w403_view path, w403_view why, w403_error *err)
{
    char full[4096];
    w403_error problem = {0};
    w403_load_item item = w403_load_item_of(path, 0);
    if (!w403_full_path(root, path, full, err)) {
        return W403_LIMIT;
    }
    (void)w403_error_set(&problem, W403_IO, "`%s` is %.*s", full, W403_ARG(why));
    l->seen++;
    if (item.rule) {
        return w403_load_unread(l, &item, &problem, err);
    }
    if (w403_load_is_folder(path)) {
        w403_problems_add(l->ld.problems, false, &problem);
        return W403_OK;
    }
    return w403_load_foreign(l, &item, err);
}

static w403_status load_odd_all(w403_load *l, const char *root, const w403_listing *all, w403_error *err)
{
    for (size_t i = 0; i < all->odd.n; i++) {
        W403_TRY(load_odd(l, root, all->odd.at[i].path, all->odd.at[i].why, err));
    }
    for (size_t i = 0; i < all->folders.n; i++) {
        if (w403_load_item_of(all->folders.at[i], 0).rule) {
            W403_TRY(load_odd(l, root, all->folders.at[i], W403_LIT("a folder, where a file belongs"), err));
        }
    }
    return W403_OK;
}

/* snapshot.json first: it says which partition ARNs are of. */
static bool is_meta(w403_view path)
{
    return w403_view_eq(path, W403_LIT("snapshot.json"));
}

typedef struct folder_files {
    w403_load_item *items;
    w403_view *read; /* the paths of those that are read, in order; snapshot.json apart */
    size_t n, n_read;
} folder_files;

static w403_status list_files(w403_load *l, const w403_listing *all, folder_files *out, w403_error *err)
{
    *out = (folder_files){W403_NEW_N(l->ld.a, w403_load_item, all->files.n + 1), W403_NEW_N(l->ld.a, w403_view, all->files.n + 1),
                          all->files.n, 0};
    W403_NEED(out->items && out->read, err);
    for (size_t i = 0; i < out->n; i++) {
        out->items[i] = w403_load_item_of(all->files.at[i], 0);
        if (out->items[i].rule && !is_meta(out->items[i].path)) {
            out->read[out->n_read++] = out->items[i].path;
        }
    }
    return W403_OK;
}

static w403_status load_files(w403_load *l, const char *root, const folder_files *files, w403_read_ahead *ahead, w403_error *err)
{
    w403_status st = W403_OK;
    for (int meta = 1; meta >= 0; meta--) {
        size_t index = 0;
        for (size_t i = 0; i < files->n && st == W403_OK; i++) {
            const w403_load_item *item = &files->items[i];
            if (is_meta(item->path) == meta) {
                st = load_item(l, root, item, meta ? NULL : ahead, index, err);
                index += item->rule != NULL;
            }
        }
    }
    return st;
}

static w403_status load_directory(w403_load *l, const char *root, w403_error *err)
{
    w403_listing all;
    folder_files files;
    l->ld.directory = l->ld.s->directory = true;
    W403_TRY(w403_file_list(l->ld.a, root, &all, err));
    l->seen = all.files.n == 0; /* an empty directory is no snapshot either */
    W403_TRY(list_files(l, &all, &files, err));
    w403_read_ahead *ahead = w403_read_ahead_open(root, files.read, files.n_read);
    w403_status st = load_files(l, root, &files, ahead, err);
    l->ld.s->texts = ahead ? w403_read_ahead_close(ahead) : NULL;
    return st == W403_OK ? load_odd_all(l, root, &all, err) : st;
}

/* What the CLI printed, kept as a string: nothing, or the text of a failure. */
static bool is_text(const w403_json *m, const w403_load_item *item)
{
    return m->type == W403_JSON_STRING &&
           (w403_load_failure(m->text).p || (m->text.n == 0 && item->may_be_empty));
}

static w403_status load_member(w403_load *l, const w403_json *m, w403_error *err)
{
    w403_loader *ld = &l->ld;
    w403_view    text = w403_view_sub(ld->whole.text, m->span.off, m->span.off + m->span.len);
    w403_view    path = w403_arena_copy(ld->a, m->key);
    W403_NEED(path.p, err);
    l->seen++;
    w403_load_item item = w403_load_item_of(path, m->span.off);
    if (!item.rule) {
        item.base = m->key_span.off;
        return w403_load_foreign(l, &item, err);
    }
    return w403_load_text(l, &item, is_text(m, &item) ? m->text : text, err);
}

static w403_status load_object(w403_load *l, const w403_json *value, w403_error *err)
{
    if (!w403_json_is(value, W403_JSON_OBJECT)) {
        w403_error problem = {0};
        (void)w403_json_error(&l->ld.whole, value, &problem,
                              "a snapshot in one file is an object that maps paths to contents");
        w403_problems_add(l->ld.problems, false, &problem);
        return W403_OK;
    }
    for (int meta = 1; meta >= 0; meta--) {
        for (const w403_json *m = value->first; m; m = m->next) {
            if (is_meta(m->key) == meta) {
                W403_TRY(load_member(l, m, err));
            }
        }
    }
    return W403_OK;
}

/* ---- over another snapshot ---- */

static w403_status load_file_text(w403_load *l, const w403_file_text *f, w403_error *err)
{
    w403_load_item item = w403_load_item_of(f->path, 0);
    l->seen++;
    l->as = f->source;
    return item.rule ? w403_load_text(l, &item, f->text, err) : w403_load_foreign(l, &item, err);
}

static w403_status load_over(w403_load *l, const w403_snapshot *base, const w403_file_text *files, size_t n, w403_error *err)
{
    l->ld.directory = true;
    l->ld.again = true;
    for (int meta = 1; meta >= 0; meta--) {
        for (uint32_t i = 0; i < base->n_files; i++) {
            w403_file_text f = {base->file_list[i]->source, base->file_list[i]->text, {NULL, 0}};
            for (size_t k = 0; k < n; k++) {
                f = w403_view_eq(files[k].path, f.path) ? files[k] : f;
            }
            if (is_meta(f.path) == meta) {
                W403_TRY(load_file_text(l, &f, err));
            }
        }
        for (size_t k = 0; k < n; k++) {
            if (is_meta(files[k].path) == meta && !w403_map_get(&base->files, files[k].path)) {
                W403_TRY(load_file_text(l, &files[k], err));
            }
        }
    }
    return W403_OK;
}

/* ---- entry points ---- */

/* The arena that outlives the call, and the two that do not. */
static w403_status begin(w403_load *l, w403_problems *problems, w403_view root, w403_error *err)
{
    w403_loader *ld = &l->ld;
    memset(l, 0, sizeof *l);
    ld->problems = problems;
    ld->org = &l->org;
    ld->a = w403_arena_new(0);
    ld->scratch = w403_arena_new(0);
    ld->s = ld->a ? W403_NEW(ld->a, w403_snapshot) : NULL;
    W403_NEED(ld->scratch && ld->s, err);
    w403_snapshot *s = ld->s;
    s->arena = ld->a;
    s->partition = W403_LIT("aws");
    s->org.all_features = true;
    s->org.fact.path = W403_LIT("organization/organization.json");
    s->org.attachments.path = W403_LIT("organization/attachments.json");
    s->org.roots.path = W403_LIT("organization/roots.json");
    s->org.scps_on = s->org.rcps_on = s->org.s3_on = W403_UNKNOWN;
    l->org.parents.path = W403_LIT("organization/parents.json");
    s->root = w403_arena_copy(ld->a, root);
    W403_NEED(s->root.p, err);
    return W403_OK;
}

/* `st` is that of the load; the snapshot is given out only when nothing was wrong. */
static w403_status end(w403_load *l, w403_status st, w403_snapshot **out, w403_error *err)
{
    w403_loader   *ld = &l->ld;
    w403_problems *ps = ld->problems;
    if (st == W403_OK) {
        st = finish(l, err);
    }
    if (st == W403_OK && ps->errors) {
        st = w403_problems_first(ps, err);
    }
    w403_arena_free(ld->scratch);
    if (st != W403_OK) {
        if (ld->s) {
            w403_arena_free(ld->s->texts);
        }
        w403_arena_free(ld->a);
        return st;
    }
    *out = ld->s;
    return W403_OK;
}

w403_status w403_snapshot_from_json(const w403_json_doc *doc, const w403_json *value, w403_problems *problems,
                                    w403_snapshot **out, w403_error *err)
{
    w403_load l;
    *out = NULL;
    w403_status st = begin(&l, problems, doc->source, err);
    l.ld.whole = *doc;
    if (st == W403_OK) {
        st = load_object(&l, value, err);
    }
    return end(&l, st, out, err);
}

/* The text of one file, kept in the snapshot's arena. Of its nodes only those of the paths stay while it is loaded:
 * each content is parsed again when its turn comes. */
static w403_status load_whole(w403_load *l, w403_view source, w403_view text, w403_error *err)
{
    w403_error  problem = {0};
    w403_arena *nodes = w403_arena_new(0);
    W403_NEED(nodes, err);
    w403_json_options options = {.below = l->ld.scratch};
    w403_status       st = w403_json_parse(nodes, source, text, &options, &l->ld.whole, NULL, &problem);
    w403_arena_reset(l->ld.scratch);
    if (st == W403_OK) {
        st = load_object(l, l->ld.whole.root, err);
    } else if (st == W403_NOMEM) {
        st = w403_error_nomem(err);
    } else {
        w403_problems_add(l->ld.problems, false, &problem);
        st = W403_OK;
    }
    w403_arena_free(nodes);
    return st;
}

static w403_status load_any(w403_load *l, const char *path, w403_error *err)
{
    w403_view text;
    if (w403_is_directory(path)) {
        return load_directory(l, path, err);
    }
    W403_TRY(w403_file_read(l->ld.a, path, &text, err));
    return load_whole(l, l->ld.s->root, text, err);
}

static void deliver(const w403_problems *ps, w403_problem_fn *fn, void *user)
{
    for (size_t i = 0; fn && i < ps->n; i++) {
        fn(user, ps->at[i].warning, &ps->at[i].error);
    }
    if (fn && ps->dropped) {
        w403_error more = {0};
        (void)w403_error_set(&more, W403_LIMIT, "%zu more problems are not shown", ps->dropped);
        fn(user, true, &more);
    }
}

/* `path`, or else `source` and `text`. */
static w403_status load_public(const char *path, w403_view source, w403_view text, bool usable, w403_problem_fn *fn,
                               void *user, w403_snapshot **out, w403_error *err)
{
    w403_load     l;
    w403_problems problems = {.arena = w403_arena_new(0)};
    *out = NULL;
    W403_NEED(problems.arena, err);
    w403_status st = begin(&l, &problems, path ? w403_view_of(path) : source, err);
    l.ld.usable = usable;
    if (st == W403_OK && path) {
        st = load_any(&l, path, err);
    } else if (st == W403_OK) {
        w403_view copy = w403_arena_copy(l.ld.a, text);
        st = copy.p ? load_whole(&l, l.ld.s->root, copy, err) : w403_error_nomem(err);
    }
    st = end(&l, st, out, err);
    deliver(&problems, fn, user);
    w403_arena_free(problems.arena);
    return st;
}

/* *out NULL with W403_OK: what the files change reaches further than the things that they are about. */
static w403_status with_shared(const w403_snapshot *base, const w403_file_text *files, size_t n, w403_problems *problems,
                               w403_snapshot **out, w403_error *err)
{
    w403_load l;
    bool      fits = false;
    w403_status st = begin(&l, problems, base->root, err);
    st = st == W403_OK ? w403_variant_load(&l, base, files, n, &fits, err) : st;
    st = st == W403_OK && fits && problems->errors ? w403_problems_first(problems, err) : st;
    st = st == W403_OK && fits ? w403_load_tell(&l, err) : st;
    w403_arena_free(l.ld.scratch);
    if (st == W403_OK && fits) {
        *out = l.ld.s;
    } else {
        w403_arena_free(l.ld.a);
    }
    return st;
}

static w403_status with_all(const w403_snapshot *base, const w403_file_text *files, size_t n, w403_problems *problems,
                            w403_snapshot **out, w403_error *err)
{
    w403_load l;
    w403_status st = begin(&l, problems, base->root, err);
    st = st == W403_OK ? load_over(&l, base, files, n, err) : st;
    return end(&l, st, out, err);
}

w403_status w403_snapshot_with(const w403_snapshot *base, const w403_file_text *files, size_t n, w403_problem_fn *fn,
                               void *user, w403_snapshot **out, w403_error *err)
{
    w403_problems problems = {.arena = w403_arena_new(0)};
    *out = NULL;
    W403_NEED(problems.arena, err);
    w403_status st = with_shared(base, files, n, &problems, out, err);
    if (st == W403_OK && !*out) {
        w403_arena_reset(problems.arena);
        problems = (w403_problems){.arena = problems.arena};
        st = with_all(base, files, n, &problems, out, err);
    }
    if (st == W403_OK) {
        (*out)->directory = base->directory;
    }
    deliver(&problems, fn, user);
    w403_arena_free(problems.arena);
    return st;
}

W403_API w403_status w403_snapshot_load(const char *path, w403_problem_fn *fn, void *user, w403_snapshot **out,
                                        w403_error *err)
{
    return load_public(path, (w403_view){NULL, 0}, (w403_view){NULL, 0}, false, fn, user, out, err);
}

w403_status w403_snapshot_load_usable(const char *path, w403_problem_fn *fn, void *user, w403_snapshot **out,
                                      w403_error *err)
{
    return load_public(path, (w403_view){NULL, 0}, (w403_view){NULL, 0}, true, fn, user, out, err);
}

const w403_error *w403_snapshot_fault(const w403_snapshot *s, const w403_view *unknown, size_t n)
{
    for (size_t i = 0; s && i < s->faults.n; i++) {
        for (size_t k = 0; k < n; k++) {
            if (w403_view_find(unknown[k], s->faults.at[i].path) != SIZE_MAX) {
                return &s->faults.at[i].error;
            }
        }
    }
    return NULL;
}

W403_API w403_status w403_snapshot_parse(w403_view source, w403_view text, w403_problem_fn *fn, void *user,
                                         w403_snapshot **out, w403_error *err)
{
    return load_public(NULL, source, text, false, fn, user, out, err);
}

W403_API void w403_snapshot_free(w403_snapshot *s)
{
    if (s) {
        w403_arena_free(s->texts);
        w403_arena_free(s->arena);
    }
}
