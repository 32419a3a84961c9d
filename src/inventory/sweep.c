/* The rows of a report through the residual: one decision a class of objects, then a few comparisons a row. */
#include "inventory/sweep.h"

#include "catalog/catalog.h"
#include "decide/residual.h"
#include "inventory/sweep_count.h"

enum {
    CLASSES = 1 << 15, /* of one residual; with more it is begun anew, so that memory stays bounded */
    PULSE = 1 << 12    /* rows between two looks at the clock and the stop flag */
};

/* One bucket, asked with or without version ids. */
typedef struct lane {
    w403_residual *residual;
    uint32_t *group_of; /* class -> group, UINT32_MAX: not known yet */
    uint32_t cap;
    unsigned generation; /* of the groups' indexes */
    uint64_t rows; /* since the residual was begun */
    bool alone;    /* nearly every object is a class of its own: classes only cost */
    w403_request request;
} lane;

typedef struct bucket_state {
    w403_view name;
    const w403_bucket *bucket; /* NULL: not in the snapshot */
    w403_view arn;
    w403_view kms_key; /* of objects under SSE-KMS; {NULL,0}: aws/s3, or not known */
    bool key_unknown;
    lane lanes[2]; /* current versions, older ones */
} bucket_state;

struct w403_sweep {
    w403_sweep_shared *shared;
    void *user;
    w403_arena *a, *work;
    w403_sweep_reader *reader;
    w403_sweep_row row;
    w403_sweep_counts counts;
    W403_ARRAY(bucket_state *) buckets;
    bucket_state *current;
    bool asks_versions; /* the operation takes a version id */
    bool stopped;
    uint64_t told_bytes;
};

/* ---- life ---- */

static bool takes_version(const w403_request *r)
{
    const w403_operation *op = r->operation.p ? w403_operation_find(r->operation) : NULL;
    for (uint16_t i = 0; op && i < op->n_permissions; i++) {
        const char *when = op->permissions[i].when_text;
        if (when && strstr(when, "q:versionId")) {
            return true;
        }
    }
    return !op;
}

w403_sweep *w403_sweep_new(w403_sweep_shared *shared, void *user)
{
    w403_sweep *s = w403_malloc(sizeof *s);
    if (!s) {
        return NULL;
    }
    memset(s, 0, sizeof *s);
    s->shared = shared;
    s->user = user;
    s->a = w403_arena_new(0);
    s->work = w403_arena_new(0);
    s->reader = w403_sweep_reader_new();
    s->asks_versions = takes_version(&shared->request);
    if (!w403_sweep_counts_open(&s->counts, s->a) || !s->work || !s->reader) {
        w403_sweep_free(s);
        return NULL;
    }
    return s;
}

static void close_lane(lane *l)
{
    w403_residual_free(l->residual);
    w403_free(l->group_of);
    *l = (lane){0};
}

void w403_sweep_free(w403_sweep *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->buckets.n && s->buckets.at[i]; i++) {
        close_lane(&s->buckets.at[i]->lanes[0]);
        close_lane(&s->buckets.at[i]->lanes[1]);
    }
    w403_sweep_counts_close(&s->counts);
    w403_sweep_reader_free(s->reader);
    w403_arena_free(s->work);
    w403_arena_free(s->a);
    w403_free(s);
}

/* ---- a bucket ---- */

static bool is_kms(w403_sse sse)
{
    return sse == W403_SSE_KMS || sse == W403_SSE_DSSE;
}

static w403_status add_bucket(w403_sweep *s, w403_view name, bucket_state **out, w403_error *err)
{
    const w403_snapshot *snap = s->shared->snapshot;
    w403_view partition = snap ? snap->partition : W403_LIT("aws");
    bucket_state *b = W403_NEW(s->a, bucket_state);
    bucket_state **slot = W403_PUSH(s->a, &s->buckets);
    W403_NEED(b && slot, err);
    b->name = w403_arena_copy(s->a, name);
    b->arn = w403_arena_printf(s->a, "arn:%.*s:s3:::%.*s", (int)partition.n, partition.p, (int)name.n, name.p);
    W403_NEED(b->name.p && b->arn.p, err);
    b->bucket = w403_snapshot_bucket(snap, name);
    b->key_unknown = !b->bucket || !is_kms(b->bucket->sse);
    if (b->bucket && is_kms(b->bucket->sse)) {
        b->kms_key = b->bucket->kms_key;
    }
    *slot = b;
    *out = b;
    return W403_OK;
}

static w403_status use_bucket(w403_sweep *s, w403_view name, w403_error *err)
{
    for (size_t i = 0; i < s->buckets.n; i++) {
        if (w403_view_eq(s->buckets.at[i]->name, name)) {
            s->current = s->buckets.at[i];
            return W403_OK;
        }
    }
    return add_bucket(s, name, &s->current, err);
}

static w403_status open_lane(w403_sweep *s, bucket_state *b, bool older, w403_error *err)
{
    lane *l = &b->lanes[older];
    close_lane(l);
    l->request = s->shared->request;
    l->request.resource = b->arn;
    l->request.version_id = older ? W403_LIT("null") : (w403_view){NULL, 0};
    return w403_residual_new(s->shared->snapshot, s->shared->policies, &l->request, &l->residual, err);
}

/* A residual of too many classes is given up: begun anew, or for good where classes do not repeat. */
static w403_status ready_lane(w403_sweep *s, bucket_state *b, lane *l, bool older, w403_error *err)
{
    l->rows++;
    if (l->alone || (l->residual && w403_residual_classes(l->residual) < CLASSES)) {
        return W403_OK;
    }
    bool alone = l->residual && l->rows < 2 * CLASSES;
    W403_TRY(open_lane(s, b, older, err));
    l->alone = alone;
    return W403_OK;
}

/* ---- a new class ---- */

/* Where a sentence names the object; a short key may stand in it by chance, and counts only where one is named. */
static size_t find_key(w403_view text, w403_view key)
{
    static const w403_view before[] = {{"object ", 7}, {"/", 1}};
    size_t at = 0, hit;
    while (key.n > 0 && (hit = w403_view_find(w403_view_sub(text, at, text.n), key)) != SIZE_MAX) {
        at += hit;
        bool named = key.n > 3;
        for (size_t i = 0; i < 2 && !named; i++) {
            named = w403_view_ends(w403_view_sub(text, 0, at), before[i]) &&
                    (at + key.n == text.n || text.p[at + key.n] == ' ');
        }
        if (named) {
            return at;
        }
        at++;
    }
    return SIZE_MAX;
}

/* What is said of the object at hand, and meant of all of its class. */
static w403_view of_all(w403_sweep *s, w403_view text, w403_view key)
{
    size_t at = find_key(text, key);
    if (at == SIZE_MAX) {
        return text;
    }
    w403_view rest = w403_view_sub(text, at + key.n, text.n);
    w403_view all = w403_arena_printf(s->work, "%.*s...%.*s", (int)at, text.p, (int)rest.n, rest.p);
    s->counts.nomem |= !all.p;
    return all.p ? all : text;
}

static void take_remarks(w403_sweep *s, const bucket_state *b, const w403_object *o, const w403_decision *d)
{
    w403_sweep_totals *t = &s->counts.t;
    for (uint32_t i = 0; i < d->n_assumptions; i++) {
        w403_sweep_remark(&s->counts, &t->assumptions, of_all(s, d->assumptions[i], o->key), s->counts.met);
    }
    for (uint32_t i = 0; d->verdict == W403_UNDETERMINED && i < d->n_unknown; i++) {
        w403_sweep_remark(&s->counts, &t->unknown, of_all(s, d->unknown[i], o->key), s->counts.met);
    }
    if (o->sse_given && is_kms(o->sse) && !b->key_unknown) {
        w403_view text = w403_arena_printf(s->work,
                                           "objects under SSE-KMS use the default key of bucket %.*s, %.*s: a report "
                                           "names no key",
                                           (int)b->name.n, b->name.p, (int)(b->kms_key.p ? b->kms_key.n : 6),
                                           b->kms_key.p ? b->kms_key.p : "aws/s3");
        w403_sweep_remark(&s->counts, &s->counts.t.assumptions, text, s->counts.met);
    }
}

static w403_status new_class(w403_sweep *s, bucket_state *b, lane *l, const w403_sweep_row *row, uint32_t *group,
                             w403_error *err)
{
    const w403_object *o = &row->object;
    w403_request request = l->request;
    w403_decision d;
    w403_sweep_group like;
    w403_arena_reset(s->work);
    request.resource = w403_arena_printf(s->work, "%.*s/%.*s", (int)b->arn.n, b->arn.p, (int)o->key.n, o->key.p);
    W403_NEED(request.resource.p, err);
    if (request.version_id.p) {
        request.version_id = o->version_id;
    }
    W403_TRY(w403_sweep_judge(s->shared->snapshot, s->shared->policies, &request, o, b->key_unknown, s->work, &d,
                              &like, err));
    like.action = like.verdict == W403_UNDETERMINED ? of_all(s, like.action, o->key) : like.action;
    like.bucket = b->name;
    like.older = !row->latest;
    take_remarks(s, b, o, &d);
    size_t at = w403_sweep_group_of(&s->counts, &like);
    W403_NEED(at != SIZE_MAX && !s->counts.nomem, err);
    *group = (uint32_t)at;
    return W403_OK;
}

/* The group of a class that has one already costs an index. */
static w403_status group_of(w403_sweep *s, bucket_state *b, lane *l, const w403_sweep_row *row,
                            const w403_residual_class *cls, uint32_t *out, w403_error *err)
{
    if (cls->id >= l->cap) {
        uint32_t cap = l->cap ? l->cap * 2 : 256;
        uint32_t *fresh = w403_realloc(l->group_of, cap * sizeof *fresh);
        W403_NEED(fresh, err);
        memset(fresh + l->cap, 0xff, (cap - l->cap) * sizeof *fresh);
        l->group_of = fresh;
        l->cap = cap;
    }
    if (l->generation != s->counts.generation) {
        memset(l->group_of, 0xff, l->cap * sizeof *l->group_of);
        l->generation = s->counts.generation;
    }
    if (l->group_of[cls->id] == UINT32_MAX) {
        W403_TRY(new_class(s, b, l, row, &l->group_of[cls->id], err));
        if (l->generation != s->counts.generation) { /* the new one made others move */
            uint32_t at = l->group_of[cls->id];
            memset(l->group_of, 0xff, l->cap * sizeof *l->group_of);
            l->group_of[cls->id] = at;
            l->generation = s->counts.generation;
        }
    }
    *out = l->group_of[cls->id];
    return W403_OK;
}

/* ---- a row ---- */

/* *out: the group that it is of; NULL: it is not asked. */
static w403_status count_row(w403_sweep *s, const w403_sweep_row *row, const w403_sweep_group **out, w403_error *err)
{
    bucket_state *b = s->current;
    lane *l = &b->lanes[!row->latest];
    const w403_residual_class *cls;
    uint32_t at = 0;
    *out = NULL;
    if (!row->latest && !s->asks_versions) {
        s->counts.t.not_asked++;
        return W403_OK;
    }
    W403_TRY(ready_lane(s, b, l, !row->latest, err));
    if (l->alone) {
        W403_TRY(new_class(s, b, l, row, &at, err));
    } else {
        W403_TRY(w403_residual_object(l->residual, &row->object, row->acl_class, &cls, err));
        W403_TRY(group_of(s, b, l, row, cls, &at, err));
    }
    w403_sweep_group *g = &s->counts.t.groups.at[at];
    *out = g;
    g->objects++;
    s->counts.t.objects[g->verdict]++;
    s->counts.t.older += !row->latest;
    if (g->n_examples < W403_SWEEP_EXAMPLES) { /* a thread's rows come in order */
        w403_sweep_example(&s->counts, g, row->object.key, s->counts.met);
    }
    if (g->verdict != W403_ALLOWED) {
        w403_sweep_count_prefix(&s->counts, row->object.key, g->verdict);
        if (s->shared->listed && !s->shared->listed(s->user, row, g)) {
            s->stopped = true;
        }
    }
    return W403_OK;
}

static void malformed(w403_sweep *s, const w403_sweep_file *file, const w403_report_row *row, w403_error *err)
{
    s->counts.t.malformed++;
    err->line = row->number > UINT32_MAX ? UINT32_MAX : (uint32_t)row->number;
    err->column = 1;
    err->offset = row->offset;
    w403_view name = w403_view_of(file->path);
    size_t n = name.n < sizeof err->source - 1 ? name.n : sizeof err->source - 1;
    memcpy(err->source, name.p, n);
    err->source[n] = '\0';
    s->shared->problem(s->user, err);
}

static w403_status one_row(w403_sweep *s, const w403_sweep_file *file, const w403_sweep_columns *c,
                           const w403_report_row *row, w403_error *err)
{
    w403_sweep_row *r = &s->row;
    w403_error bad;
    s->counts.met.row = row->number;
    if (c->at[W403_INV_BUCKET] >= 0) {
        w403_view name = row->at[c->at[W403_INV_BUCKET]];
        if (name.n == 0 || (file->bucket.p && !w403_view_eq(name, file->bucket))) {
            name.n == 0 ? w403_error_set(&bad, W403_SYNTAX, "the row names no bucket")
                        : w403_error_set(&bad, W403_SYNTAX, "the row is of bucket `%.*s`, the manifest of `%.*s`",
                                         W403_CUT(name), W403_CUT(file->bucket));
            malformed(s, file, row, &bad);
            return W403_OK;
        }
        if (!s->current || !w403_view_eq(s->current->name, name)) {
            W403_TRY(use_bucket(s, name, err));
        }
    }
    w403_status st = w403_sweep_row_read(s->reader, c, row, s->current->kms_key, r, &bad);
    if (st == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (st != W403_OK) {
        malformed(s, file, row, &bad);
    }
    const w403_sweep_group *group;
    return r->object.key.p ? count_row(s, r, &group, err) : W403_OK;
}

w403_status w403_sweep_one(w403_sweep *s, const w403_sweep_columns *c, const w403_report_row *row, const w403_sweep_group **out,
                           w403_error *bad, w403_error *err)
{
    w403_view name = row->at[c->at[W403_INV_BUCKET]];
    *out = NULL;
    bad->code = W403_OK;
    s->counts.met.row = row->number;
    if (name.n == 0) {
        (void)w403_error_set(bad, W403_SYNTAX, "the row names no bucket");
        return W403_OK;
    }
    if (!s->current || !w403_view_eq(s->current->name, name)) {
        W403_TRY(use_bucket(s, name, err));
    }
    w403_status st = w403_sweep_row_read(s->reader, c, row, s->current->kms_key, &s->row, bad);
    bad->code = st;
    if (st == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    return s->row.object.key.p ? count_row(s, &s->row, out, err) : W403_OK;
}

/* ---- a file ---- */

static void pulse(w403_sweep *s, const w403_report *r, uint64_t rows)
{
    w403_report_stats st = w403_report_progress(r);
    atomic_fetch_add_explicit(&s->shared->rows, rows, memory_order_relaxed);
    atomic_fetch_add_explicit(&s->shared->bytes, st.consumed - s->told_bytes, memory_order_relaxed);
    s->told_bytes = st.consumed;
    s->stopped |= s->shared->stop && *s->shared->stop;
}

/* ACLs are worth reading where they can count: not in a bucket whose owner owns everything. */
static bool acls_matter(const w403_sweep *s, const w403_sweep_file *file)
{
    const w403_bucket *b = file->bucket.p ? w403_snapshot_bucket(s->shared->snapshot, file->bucket) : NULL;
    return !b || b->ownership != W403_OWNER_ENFORCED || b->ownership_fact.state == W403_FACT_UNKNOWN;
}

static w403_status choose_columns(w403_sweep *s, const w403_sweep_file *file, w403_report *r, w403_sweep_columns *c,
                                  w403_error *err)
{
    const w403_report_row *row;
    w403_inv_schema header;
    const w403_inv_schema *schema = file->schema;
    if (!schema) {
        W403_TRY(w403_report_next(r, &row, err));
        const char *foreign = row ? w403_inv_foreign_table(row->at, row->n) : NULL;
        if (foreign) {
            return w403_error_set(err, W403_SEMANTIC, "`%s` is %s", file->path, foreign);
        }
        if (!row || !w403_inv_schema_of_header(row->at, row->n, &header)) {
            w403_status st =
                w403_error_set(err, W403_SEMANTIC, "`%s` has no header line that names a Key column", file->path);
            w403_error_hint(err,
                            "name its columns: `--schema 'Bucket, Key, ...'`, or give the manifest.json beside it");
            return st;
        }
        schema = &header;
    }
    if (!file->bucket.p && schema->at[W403_INV_BUCKET] == W403_INV_NO_COLUMN) {
        return w403_error_set(err, W403_SEMANTIC, "`%s` has no Bucket column: which bucket is it of?", file->path);
    }
    w403_sweep_columns_choose(schema, true, acls_matter(s, file), c);
    return w403_report_select(r, schema->n, c->wanted, c->n, err);
}

static void on_bad_row(void *user, bool warning, const w403_error *problem)
{
    w403_sweep *s = user;
    (void)warning;
    s->counts.t.malformed++;
    s->shared->problem(s->user, problem);
}

static w403_status read_rows(w403_sweep *s, const w403_sweep_file *file, w403_report *r, bool *damaged,
                             w403_error *err)
{
    w403_sweep_columns c;
    const w403_report_row *row;
    w403_error bad = {0};
    uint32_t since = 0;
    w403_status st = choose_columns(s, file, r, &c, &bad);
    if (file->bucket.p) {
        W403_TRY(use_bucket(s, file->bucket, err));
    }
    while (st == W403_OK && !s->stopped) {
        st = w403_report_next(r, &row, &bad);
        if (st != W403_OK || !row) {
            break;
        }
        W403_TRY(one_row(s, file, &c, row, err));
        if (++since == PULSE) {
            pulse(s, r, since);
            since = 0;
        }
    }
    pulse(s, r, since);
    *damaged = st != W403_OK;
    if (st != W403_OK) {
        s->shared->problem(s->user, &bad);
    }
    return W403_OK;
}

w403_status w403_sweep_file_read(w403_sweep *s, const w403_sweep_file *file, w403_error *err)
{
    w403_report_options opt = {.problem = on_bad_row, .user = s, .texts = s->shared->texts};
    w403_report *r = NULL;
    w403_error bad = {0};
    bool damaged = false;
    w403_status st = W403_OK;
    s->counts.t.files++;
    s->counts.met = (w403_sweep_at){file->number, 0};
    s->told_bytes = 0;
    s->current = NULL;
    s->row = (w403_sweep_row){0};
    if (file->stated && w403_inv_file_verify(file->stated, &bad) != W403_OK) {
        s->shared->problem(s->user, &bad); /* its rows are read all the same */
        damaged = true;
    }
    if (w403_report_open(file->path, &opt, &r, &bad) != W403_OK) {
        s->shared->problem(s->user, &bad);
        damaged = true;
    } else {
        bool cut = false;
        st = read_rows(s, file, r, &cut, err);
        damaged |= cut;
    }
    w403_report_close(r);
    s->counts.t.damaged += damaged;
    return st;
}

/* ---- results ---- */

const w403_sweep_totals *w403_sweep_found(const w403_sweep *s)
{
    return &s->counts.t;
}

w403_status w403_sweep_merge(w403_sweep *into, const w403_sweep *from, w403_error *err)
{
    W403_NEED(w403_sweep_add(&into->counts, &from->counts), err);
    return W403_OK;
}

bool w403_sweep_sort(w403_sweep *s)
{
    return w403_sweep_sort_totals(&s->counts);
}
