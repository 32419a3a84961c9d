#include "inventory/delivered.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/file.h"

/* ---- names ---- */

/* The last part of a path, cut off it; slashes at the end are skipped. */
static w403_view cut_last(w403_view *path)
{
    while (path->n && path->p[path->n - 1] == '/') {
        path->n--;
    }
    size_t from = path->n;
    while (from && path->p[from - 1] != '/') {
        from--;
    }
    w403_view last = w403_view_sub(*path, from, path->n);
    path->n = from;
    return last;
}

/* 2026-11-21T01-00Z: minutes, with `-` for `:`. */
static bool scan_time(w403_view v, w403_instant *out)
{
    static const char shape[] = "dddd-dd-ddTdd-ddZ";
    char iso[sizeof shape];
    if (v.n != sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < v.n; i++) {
        bool digit = v.p[i] >= '0' && v.p[i] <= '9';
        if (shape[i] == 'd' ? !digit : v.p[i] != shape[i]) {
            return false;
        }
        iso[i] = i == 13 ? ':' : v.p[i];
    }
    return w403_instant_parse((w403_view){iso, v.n}, out);
}

bool w403_delivery_of_key(w403_view key, w403_delivery *out)
{
    w403_view rest = key;
    *out = (w403_delivery){.path = key, .verified = W403_UNKNOWN};
    if (!w403_view_eq(cut_last(&rest), W403_LIT("manifest.json")) || !scan_time(cut_last(&rest), &out->at)) {
        return false;
    }
    out->config_id = cut_last(&rest);
    out->source_bucket = cut_last(&rest);
    while (rest.n && rest.p[rest.n - 1] == '/') {
        rest.n--;
    }
    while (rest.n && rest.p[0] == '/') {
        rest = w403_view_sub(rest, 1, rest.n);
    }
    out->prefix = rest;
    return out->config_id.n > 0 && out->source_bucket.n > 0;
}

static bool wanted(const w403_delivery *d, w403_view source_bucket, w403_view config_id)
{
    return (!source_bucket.p || w403_view_eq(d->source_bucket, source_bucket)) &&
           (!config_id.p || w403_view_eq(d->config_id, config_id));
}

/* ---- on disk ---- */

static w403_tri verdict(const w403_manifest *m)
{
    if (m->checksum == W403_NO || m->missing || m->damaged) {
        return W403_NO;
    }
    return m->checksum;
}

/* The prefix as the destination has it: the keys in the manifest know it, the place of the mirror does not. */
static void prefix_of_files(w403_delivery *d)
{
    const w403_manifest *m = d->manifest;
    if (m->n_files == 0) {
        return;
    }
    w403_view key = m->files[0].key, rest = key;
    while (rest.n) {
        w403_view id = cut_last(&rest), before = rest;
        w403_view source = cut_last(&before);
        if (w403_view_eq(id, d->config_id) && w403_view_eq(source, d->source_bucket)) {
            while (before.n && before.p[before.n - 1] == '/') {
                before.n--;
            }
            d->prefix = before;
            return;
        }
    }
}

static w403_status add_manifest(w403_arena *a, w403_view full, w403_view source_bucket, w403_view config_id,
                                w403_problems *problems, w403_deliveries *out, w403_error *err)
{
    w403_delivery d;
    if (!w403_delivery_of_key(full, &d) || !wanted(&d, source_bucket, config_id)) {
        return W403_OK;
    }
    w403_manifest *m = W403_NEW(a, w403_manifest);
    W403_NEED(m, err);
    w403_error e = {0};
    w403_status st = w403_manifest_load(a, full.p, problems, m, &e);
    if (st == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    d.verified = W403_NO;
    if (st == W403_OK) {
        d.manifest = m;
        d.verified = verdict(m);
        prefix_of_files(&d);
    } else {
        w403_problems_add(problems, false, &e);
    }
    w403_delivery *slot = W403_PUSH(a, out);
    W403_NEED(slot, err);
    *slot = d;
    return W403_OK;
}

static int by_place_and_time(const void *x, const void *y)
{
    const w403_delivery *a = x, *b = y;
    int c = w403_view_cmp(a->source_bucket, b->source_bucket);
    c = c ? c : w403_view_cmp(a->config_id, b->config_id);
    c = c ? c : (a->at > b->at) - (a->at < b->at);
    return c ? c : w403_view_cmp(a->path, b->path);
}

w403_status w403_deliveries_list(w403_arena *a, const char *root, w403_view source_bucket, w403_view config_id,
                                 w403_problems *problems, w403_deliveries *out, w403_error *err)
{
    *out = (w403_deliveries){NULL, 0, 0};
    w403_paths paths = {NULL, 0, 0};
    W403_TRY(w403_file_list_plain(a, root, &paths, err));
    char *real = realpath(root, NULL); /* `.` may be the configuration's directory: its name counts */
    w403_view base = w403_arena_copy(a, w403_view_of(real ? real : root));
    free(real);
    W403_NEED(base.p, err);
    for (size_t i = 0; i < paths.n; i++) {
        if (!w403_view_ends(paths.at[i], W403_LIT("manifest.json"))) {
            continue;
        }
        w403_view full = w403_arena_printf(a, "%s/%.*s", base.p, (int)paths.at[i].n, paths.at[i].p);
        W403_NEED(full.p, err);
        W403_TRY(add_manifest(a, full, source_bucket, config_id, problems, out, err));
    }
    if (out->n > 1) {
        qsort(out->at, out->n, sizeof *out->at, by_place_and_time);
    }
    return W403_OK;
}

const w403_delivery *w403_deliveries_latest(const w403_deliveries *d, w403_view source_bucket, w403_view config_id,
                                            w403_tri verified)
{
    const w403_delivery *latest = NULL;
    for (size_t i = 0; i < d->n; i++) {
        const w403_delivery *x = &d->at[i];
        bool good = x->verified == W403_YES || (verified == W403_UNKNOWN && x->verified == W403_UNKNOWN);
        if (good && wanted(x, source_bucket, config_id) && (!latest || x->at >= latest->at)) {
            latest = x;
        }
    }
    return latest;
}
