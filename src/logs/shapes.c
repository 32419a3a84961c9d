#include "logs/shapes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/hash.h"
#include "logs/id_table.h"
#include "logs/shape_class.h"

/* Of one thread: everything of a request but its key. */
typedef struct parent {
    uint64_t   hash;     /* first: id_table.h */
    w403_kind *kind;     /* NULL: nothing is judged */
    unsigned   prefixes; /* folders that are told apart */
} parent;

struct w403_shapes {
    const w403_shape_rules *rules;
    w403_arena             *arena; /* parents */
    w403_arena             *work;  /* of one key */
    w403_id_table           table;
    size_t                  limit;
    w403_id_table           parents;
    w403_shape            **list;
    uint64_t                spilled;
};

w403_shapes *w403_shapes_new(const w403_shape_rules *rules)
{
    w403_shapes *s = w403_malloc(sizeof *s);
    w403_arena  *a = w403_arena_new(0), *work = w403_arena_new(0);
    if (!s || !a || !work) {
        w403_free(s);
        w403_arena_free(a);
        w403_arena_free(work);
        return NULL;
    }
    *s = (w403_shapes){.rules = rules, .arena = a, .work = work,
                       .limit = rules->limit ? rules->limit : W403_SHAPE_LIMIT};
    return s;
}

static void shape_free(w403_shape *shape)
{
    if (shape) {
        w403_free(shape->raw);
        w403_free(shape->file);
        w403_free(shape->common);
        w403_free(shape);
    }
}

void w403_shapes_free(w403_shapes *s)
{
    if (s) {
        for (size_t i = 0; i < s->table.cap; i++) {
            shape_free(s->table.slots[i]);
        }
        w403_id_free(&s->parents);
        w403_id_free(&s->table);
        w403_free(s->list);
        w403_arena_free(s->arena);
        w403_arena_free(s->work);
        w403_free(s);
    }
}

static w403_view first_folder(w403_view key)
{
    size_t slash = w403_view_find_char(key, '/');
    return w403_view_sub(key, 0, slash == SIZE_MAX ? 0 : slash + 1);
}

static uint64_t shape_id(uint64_t hash, uint64_t key)
{
    hash = (hash ^ key * 0x9E3779B97F4A7C15u) * 0xC4CEB9FE1A85EC53u;
    hash ^= hash >> 29;
    return hash ? hash : 1;
}

/* ---- one record ---- */

static w403_status parent_of(w403_shapes *s, const w403_record *r, parent **out, w403_error *err)
{
    uint64_t hash = w403_shape_parent(s->rules, r);
    W403_NEED(w403_id_room(&s->parents), err);
    void **slot = w403_id_slot(&s->parents, hash);
    if (!*slot && s->parents.n < s->limit) {
        w403_kind *kind = s->rules->kinds ? w403_kinds_find(s->rules->kinds, hash) : NULL;
        parent    *fresh = kind || !s->rules->kinds ? W403_NEW(s->arena, parent) : NULL;
        W403_NEED(fresh, err);
        *fresh = (parent){.hash = hash, .kind = kind};
        *slot = fresh;
        s->parents.n++;
    }
    *out = *slot;
    return W403_OK;
}

static w403_shape *new_shape(w403_shapes *s, uint64_t id, const w403_record *r, const w403_key_class *k)
{
    w403_shape *shape = w403_id_room(&s->table) ? w403_malloc(sizeof *shape) : NULL;
    if (shape) {
        *shape = (w403_shape){.id = id, .form = r->form, .denied = w403_record_denied(r),
                              .expired = w403_shape_expired(r), .many_keys = k->many};
        memcpy(shape->verdict, k->verdict, sizeof shape->verdict);
        memcpy(shape->judged, k->judged, sizeof shape->judged);
        *w403_id_slot(&s->table, id) = shape;
        s->table.n++;
    }
    return shape;
}

w403_status w403_shapes_find(w403_shapes *s, const w403_record *r, w403_shape **out, w403_error *err)
{
    parent *p = NULL;
    w403_key_class k = {0};
    *out = NULL;
    W403_TRY(parent_of(s, r, &p, err));
    if (!p) {
        s->spilled++;
        return W403_OK;
    }
    if (r->key.n && p->kind) {
        W403_TRY(w403_key_class_of(s->rules, s->work, p->kind, r, &k, err));
    }
    w403_view folder = first_folder(r->key);
    uint64_t  id = shape_id(p->hash, k.hash + (folder.n ? w403_hash(folder.p, folder.n) : 0));
    *out = w403_id_get(&s->table, id);
    if (!*out && p->prefixes >= W403_SHAPE_PREFIXES) { /* too many folders to tell apart */
        id = shape_id(p->hash, k.hash + 1);
        k.many = true;
        *out = w403_id_get(&s->table, id);
    }
    if (*out) {
        return W403_OK;
    }
    if (s->table.n >= s->limit) {
        s->spilled++;
        return W403_OK;
    }
    p->prefixes += !k.many;
    *out = new_shape(s, id, r, &k);
    W403_NEED(*out, err);
    return W403_OK;
}

/* ---- into the shape ---- */

static bool keep(char **at, size_t *n, w403_view v)
{
    char *copy = w403_malloc(v.n + 1);
    if (!copy) {
        return false;
    }
    if (v.n) {
        memcpy(copy, v.p, v.n);
    }
    copy[v.n] = 0;
    w403_free(*at);
    *at = copy;
    if (n) {
        *n = v.n;
    }
    return true;
}

void w403_sample_keep(w403_sample *samples, const w403_sample *one)
{
    for (size_t i = 0; i < W403_SHAPE_SAMPLES && one->id[0]; i++) {
        w403_sample *s = &samples[i];
        int order = s->id[0] == 0 || one->time < s->time ? -1 : one->time > s->time ? 1 : strcmp(one->id, s->id);
        if (order == 0) {
            return;
        }
        if (order < 0) {
            memmove(s + 1, s, (W403_SHAPE_SAMPLES - 1 - i) * sizeof *s);
            *s = *one;
            return;
        }
    }
}

static void share_common(w403_shape *shape, w403_view key)
{
    size_t n = 0;
    while (n < shape->n_common && n < key.n && shape->common[n] == key.p[n]) {
        n++;
    }
    shape->same_key = shape->same_key && n == shape->n_common && n == key.n;
    shape->n_common = n;
}

/* The earliest, and of several at once the one whose text is smallest: not the one that happened to be read first. */
static bool comes_first(const w403_shape *shape, const w403_record *r)
{
    if (!shape->raw || r->time != shape->first) {
        return !shape->raw || r->time < shape->first;
    }
    return w403_view_cmp(r->raw, (w403_view){shape->raw, shape->n_raw}) < 0;
}

/* Most records come later than the samples that there are. */
static void add_sample(w403_shape *shape, const w403_record *r)
{
    const w403_sample *latest = &shape->samples[W403_SHAPE_SAMPLES - 1];
    w403_view          id = r->request_id.n ? r->request_id : r->event_id;
    w403_sample        sample = {.time = r->time};
    if (!latest->id[0] || r->time <= latest->time) {
        snprintf(sample.id, sizeof sample.id, "%.*s", (int)(id.n < 79 ? id.n : 79), id.n ? id.p : "");
        w403_sample_keep(shape->samples, &sample);
    }
}

w403_status w403_shape_add(w403_shape *shape, const w403_record *r, w403_error *err)
{
    if (comes_first(shape, r)) {
        W403_NEED(keep(&shape->raw, &shape->n_raw, r->raw) && keep(&shape->file, NULL, r->file), err);
        shape->offset = r->offset;
        shape->carried = r->carried;
        shape->first = r->time;
    }
    shape->last = r->time > shape->last || shape->last == 0 ? r->time : shape->last;
    if (r->key.n && !shape->common) {
        W403_NEED(keep(&shape->common, &shape->n_common, r->key), err);
        shape->same_key = true;
    } else if (shape->common) {
        share_common(shape, r->key);
    }
    shape->marks |= r->marks;
    shape->count++;
    w403_bins_add(&shape->bins, r->time);
    add_sample(shape, r);
    return W403_OK;
}

/* ---- afterwards ---- */

static void merge_shape(w403_shape *into, w403_shape *from)
{
    w403_view a = {into->raw, into->n_raw}, b = {from->raw, from->n_raw};
    if (from->raw && (!into->raw || from->first < into->first ||
                      (from->first == into->first && w403_view_cmp(b, a) < 0))) {
        char    *raw = into->raw, *file = into->file;
        size_t   n = into->n_raw;
        into->raw = from->raw;
        into->n_raw = from->n_raw;
        into->file = from->file;
        into->offset = from->offset;
        into->carried = from->carried;
        into->first = from->first;
        from->raw = raw;
        from->n_raw = n;
        from->file = file;
    }
    into->last = from->last > into->last ? from->last : into->last;
    if (into->common && from->common) {
        into->same_key = into->same_key && from->same_key;
        share_common(into, (w403_view){from->common, from->n_common});
    }
    into->marks |= from->marks;
    into->count += from->count;
    into->many_keys |= from->many_keys;
    w403_bins_merge(&into->bins, &from->bins);
    for (size_t i = 0; i < W403_SHAPE_SAMPLES; i++) {
        w403_sample_keep(into->samples, &from->samples[i]);
    }
}

w403_status w403_shapes_merge(w403_shapes *into, w403_shapes *from, w403_error *err)
{
    for (size_t i = 0; i < from->table.cap; i++) {
        w403_shape *shape = from->table.slots[i];
        if (!shape) {
            continue;
        }
        W403_NEED(w403_id_room(&into->table), err);
        void **slot = w403_id_slot(&into->table, shape->id);
        from->table.slots[i] = NULL;
        if (*slot) {
            merge_shape(*slot, shape);
            shape_free(shape);
        } else {
            *slot = shape;
            into->table.n++;
        }
    }
    from->table.n = 0;
    into->spilled += from->spilled;
    from->spilled = 0;
    return W403_OK;
}

static int by_time(const void *a, const void *b)
{
    const w403_shape *x = *(w403_shape *const *)a, *y = *(w403_shape *const *)b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return x->id < y->id ? -1 : x->id > y->id;
}

w403_shape *const *w403_shapes_list(w403_shapes *s, size_t *n)
{
    *n = 0;
    w403_free(s->list);
    s->list = w403_malloc((s->table.n + 1) * sizeof(w403_shape *));
    for (size_t i = 0; s->list && i < s->table.cap; i++) {
        if (s->table.slots[i]) {
            s->list[(*n)++] = s->table.slots[i];
        }
    }
    if (s->list) {
        qsort(s->list, *n, sizeof(w403_shape *), by_time);
    }
    return s->list;
}

w403_shape *w403_shapes_by_id(const w403_shapes *s, uint64_t id)
{
    return w403_id_get(&s->table, id);
}

uint64_t w403_shapes_spilled(const w403_shapes *s)
{
    return s->spilled;
}
