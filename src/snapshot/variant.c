/* One changed document of a large snapshot: the thing that it is about is loaded anew, everything else is shared with the base.
 * What cannot be done so is left to load.c, which loads everything; both give the same answers. */
#include "snapshot/variant.h"

enum { VARIANT_UNITS = 16 };

typedef struct variant {
    w403_load *l;
    const w403_snapshot *base;
    const w403_file_text *files;
    size_t n;
    w403_view dirs[VARIANT_UNITS]; /* of buckets that are loaded anew */
    unsigned n_dirs;
    bool fits;
} variant;

/* ---- what is shared, and what is the variant's own ---- */

static bool own_map(w403_arena *a, w403_map *m)
{
    if (!m->cap) {
        return true;
    }
    struct w403_map_slot *slots = w403_arena_alloc(a, m->cap * sizeof *slots);
    if (slots) {
        memcpy(slots, m->slots, m->cap * sizeof *slots);
        m->slots = slots;
    }
    return slots != NULL;
}

static w403_status share(variant *v, w403_error *err)
{
    w403_loader *ld = &v->l->ld;
    w403_snapshot *s = ld->s;
    w403_arena *a = s->arena;
    *s = *v->base;
    s->arena = a;
    s->texts = NULL; /* the base's own */
    const w403_json_doc **list = W403_NEW_N(a, const w403_json_doc *, s->n_files + v->n);
    W403_NEED(list && own_map(a, &s->files), err);
    if (s->n_files) {
        memcpy(list, v->base->file_list, s->n_files * sizeof *list);
    }
    s->file_list = list;
    memset(&s->faults, 0, sizeof s->faults);
    for (size_t i = 0; i < v->base->faults.n; i++) {
        w403_fault *fault = W403_PUSH(a, &s->faults);
        W403_NEED(fault, err);
        *fault = v->base->faults.at[i];
    }
    return W403_OK;
}

/* ---- one file ---- */

static const w403_file_text *given(const variant *v, w403_view path)
{
    const w403_file_text *found = NULL;
    for (size_t k = 0; k < v->n; k++) {
        found = w403_view_eq(v->files[k].path, path) ? &v->files[k] : found; /* the last counts */
    }
    return found;
}

static w403_status load_one(variant *v, w403_view path, w403_view text, w403_error *err)
{
    w403_load_item item = w403_load_item_of(path, 0);
    v->l->seen++;
    return w403_load_text(v->l, &item, text, err);
}

/* The document of a changed file takes its place in the list; a new one comes last. */
static void list_files(variant *v)
{
    w403_snapshot *s = v->l->ld.s;
    const w403_json_doc **list = (const w403_json_doc **)(uintptr_t)s->file_list; /* our own */
    for (size_t k = 0; k < v->l->files.n; k++) {
        const w403_json_doc *doc = v->l->files.at[k], *was = w403_map_get(&v->base->files, doc->source);
        if (was && !given(v, doc->source)) {
            continue; /* the same text */
        }
        uint32_t i = 0;
        while (i < s->n_files && list[i] != was) {
            i++;
        }
        list[i] = doc;
        s->n_files += i == s->n_files;
    }
}

/* ---- buckets ---- */

static w403_status begin_bucket(variant *v, w403_view dir, const w403_bucket *old, w403_error *err)
{
    w403_bucket *b;
    for (unsigned i = 0; i < v->n_dirs; i++) {
        if (w403_view_eq(v->dirs[i], dir)) {
            return W403_OK;
        }
    }
    v->fits &= v->n_dirs < VARIANT_UNITS && old->account && old->n_inventory == 0 && !old->missing;
    if (!v->fits) {
        return W403_OK;
    }
    v->dirs[v->n_dirs++] = old->dir;
    return w403_bucket_new(&v->l->ld, old->dir, old->name, old->account, &b, err);
}

static w403_status load_bucket(variant *v, w403_view dir, w403_error *err)
{
    w403_view name;
    for (size_t i = 0; (name = w403_bucket_file_name(i)).p; i++) {
        w403_view path = w403_arena_join(v->l->ld.a, dir, "/", name);
        W403_NEED(path.p, err);
        const w403_file_text *f = given(v, path);
        const w403_json_doc *was = w403_map_get(&v->base->files, path);
        if (f || was) {
            W403_TRY(load_one(v, f ? f->path : was->source, f ? f->text : was->text, err));
        }
    }
    return W403_OK;
}

static w403_status end_bucket(variant *v, w403_view dir, w403_error *err)
{
    w403_loader *ld = &v->l->ld;
    w403_bucket *b = w403_map_get(&ld->bucket_dirs, dir);
    const w403_bucket *old = w403_map_get(&v->base->buckets, b->name);
    v->fits &= !b->missing && w403_view_eq(b->acl.owner, old->acl.owner); /* an account may be known by it */
    w403_bucket_settle(ld->s, b);
    W403_NEED(w403_map_put(ld->a, &ld->s->buckets, b->name, b), err);
    return W403_OK;
}

/* ---- keys and access points: one file each ---- */

static bool still_there(const w403_map *m, const void *old)
{
    for (size_t i = 0; i < m->cap; i++) {
        if (m->slots[i].value == old) {
            return true;
        }
    }
    return false;
}

/* The thing of a file that the base has read, by its path. */
static const void *of_file(const w403_map *m, bool key, w403_view path)
{
    for (size_t i = 0; i < m->cap; i++) {
        const void *value = m->slots[i].value;
        const w403_fact *fact = !value ? NULL : key ? &((const w403_kms_key *)value)->fact : &((const w403_access_point *)value)->fact;
        if (fact && w403_view_eq(fact->path, path)) {
            return value;
        }
    }
    return NULL;
}

static w403_status load_alone(variant *v, const w403_file_text *f, bool key, w403_error *err)
{
    w403_snapshot *s = v->l->ld.s;
    const w403_map *were = key ? &v->base->keys : &v->base->access_points;
    const void *old = of_file(were, key, f->path);
    v->fits &= old != NULL;
    if (!v->fits) {
        return W403_OK;
    }
    if (key) {
        W403_NEED(own_map(s->arena, &s->keys) && own_map(s->arena, &s->key_aliases), err);
    } else {
        W403_NEED(own_map(s->arena, &s->access_points), err);
    }
    W403_TRY(load_one(v, f->path, f->text, err));
    /* another ARN, an alias less: what else names it is not ours to find */
    v->fits &= key ? !still_there(&s->keys, old) && !still_there(&s->key_aliases, old) : !still_there(&s->access_points, old);
    return W403_OK;
}

/* ---- the whole ---- */

static w403_status plan(variant *v, const w403_file_text *f, w403_error *err)
{
    w403_load_item item = w403_load_item_of(f->path, 0);
    const w403_account *account = item.rule ? w403_snapshot_account(v->base, item.parts[0]) : NULL;
    v->fits &= !f->source.p && account && account->collected;
    for (size_t i = 0; i < v->base->faults.n; i++) { /* their order is that of the files */
        v->fits &= !w403_view_eq(v->base->faults.at[i].path, f->path);
    }
    if (!v->fits || item.rule == w403_load_kms_key || item.rule == w403_load_access_point) {
        return W403_OK;
    }
    const w403_bucket *b = item.rule == w403_load_bucket_file ? w403_snapshot_bucket(v->base, item.parts[1]) : NULL;
    w403_view dir = w403_view_sub(f->path, 0, f->path.n - item.parts[2].n - 1);
    v->fits &= b && w403_view_eq(b->dir, dir);
    return v->fits ? begin_bucket(v, dir, b, err) : W403_OK;
}

static w403_status load_units(variant *v, w403_error *err)
{
    w403_snapshot *s = v->l->ld.s;
    size_t faults = s->faults.n;
    W403_NEED(v->n_dirs == 0 || own_map(s->arena, &s->buckets), err);
    for (unsigned i = 0; i < v->n_dirs && v->fits; i++) {
        W403_TRY(load_bucket(v, v->dirs[i], err));
        W403_TRY(end_bucket(v, v->dirs[i], err));
    }
    for (size_t k = 0; k < v->n && v->fits; k++) {
        w403_load_item item = w403_load_item_of(v->files[k].path, 0);
        bool key = item.rule == w403_load_kms_key, last = given(v, v->files[k].path) == &v->files[k];
        if (last && (key || item.rule == w403_load_access_point)) {
            W403_TRY(load_alone(v, &v->files[k], key, err));
        }
    }
    v->fits &= s->faults.n == faults || s->faults.n == 1;
    return W403_OK;
}

w403_status w403_variant_load(w403_load *l, const w403_snapshot *base, const w403_file_text *files, size_t n, bool *fits,
                              w403_error *err)
{
    variant v = {.l = l, .base = base, .files = files, .n = n, .fits = n <= VARIANT_UNITS};
    l->ld.directory = true;
    l->ld.again = true;
    if (v.fits) {
        W403_TRY(share(&v, err));
    }
    for (size_t k = 0; k < n && v.fits; k++) {
        W403_TRY(plan(&v, &files[k], err));
    }
    if (v.fits) {
        W403_TRY(load_units(&v, err));
        list_files(&v);
    }
    *fits = v.fits;
    return W403_OK;
}
