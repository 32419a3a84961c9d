/* Is it switched on, is it old enough, and did anything arrive (formats 2.1, 2.3)? */
#include "inventory/diagnosis.h"

#include "catalog/catalog.h"

static const w403_instant hour = INT64_C(3600) * 1000000;
static const w403_instant day = INT64_C(24) * 3600 * 1000000;

/* The first Sunday, 00:00 UTC, that is not before `t`. 1970-01-01 was a Thursday. */
static w403_instant sunday_from(w403_instant t)
{
    int64_t days = (t + day - 1) / day;
    int64_t weekday = (days + 4) % 7; /* 0: Sunday */
    return (days + (7 - weekday) % 7) * day;
}

/* A report is made every day, or on Sundays (UTC), and may take 48 hours to arrive. */
static w403_instant first_due(const w403_inventory_config *c, w403_instant created)
{
    return (c->frequency == W403_INVENTORY_WEEKLY ? sunday_from(created) : created) + 48 * hour;
}

/* ---- what was delivered ---- */

static w403_view trimmed(w403_view v)
{
    while (v.n && v.p[0] == '/') {
        v = w403_view_sub(v, 1, v.n);
    }
    while (v.n && v.p[v.n - 1] == '/') {
        v.n--;
    }
    return v;
}

static bool of_ours(const w403_inv_work *w, const w403_delivery *x)
{
    return w403_view_eq(x->source_bucket, w->d->source->name) && w403_view_eq(x->config_id, w->d->config->id);
}

/* The manifests among the destination's listed objects. manifest.checksum is written last: with it the report is
 * whole. */
static w403_status from_listing(w403_inv_work *w, w403_error *err)
{
    const w403_bucket *b = w->d->destination;
    w403_delivery best = {0}, x;
    for (uint32_t i = 0; b && i < b->n_objects; i++) {
        w403_view key = b->object_list[i]->key;
        if (!w403_view_ends(key, W403_LIT("/manifest.json")) || b->object_list[i]->is_delete_marker ||
            !w403_delivery_of_key(key, &x) || !of_ours(w, &x) || (best.path.p && x.at <= best.at) ||
            !w403_view_eq(trimmed(x.prefix), trimmed(w->d->config->destination_prefix))) {
            continue;
        }
        w403_view checksum = w403_arena_printf(w->a, "%.*schecksum", (int)(key.n - 4), key.p);
        W403_NEED(checksum.p, err);
        best = x;
        best.path = key;
        best.verified = w403_map_get(&b->objects, checksum) ? W403_YES : W403_UNKNOWN;
    }
    if (best.path.p) {
        w403_delivery *kept = W403_NEW(w->a, w403_delivery);
        W403_NEED(kept, err);
        *kept = best;
        w->d->last = kept;
    }
    return W403_OK;
}

static w403_status find_last(w403_inv_work *w, w403_error *err)
{
    if (!w->q->delivered) {
        return from_listing(w, err);
    }
    w->d->last = w403_deliveries_latest(w->q->delivered, w->d->source->name, w->d->config->id, W403_UNKNOWN);
    return W403_OK;
}

static w403_instant period(const w403_inv_work *w)
{
    return w->d->config->frequency == W403_INVENTORY_WEEKLY ? 7 * day : day;
}

/* The last report, by how whole it is and whether a later one should be there. */
static const char *last_text(const w403_delivery *x, bool late)
{
    if (x->verified == W403_YES) {
        return late ? N_("the last one, complete, is of {time}: a later one is overdue") : N_("the last one, complete, is of {time}");
    }
    if (x->verified == W403_NO) {
        return late ? N_("the last one, damaged, is of {time}: a later one is overdue") : N_("the last one, damaged, is of {time}");
    }
    return late ? N_("the last one, perhaps unfinished, is of {time}: a later one is overdue")
                : N_("the last one, perhaps unfinished, is of {time}");
}

static void say_last(w403_inv_work *w)
{
    static const char *const topic = NC_("topic", "deliveries");
    const w403_bucket *b = w->d->destination;
    const w403_delivery *x = w->d->last;
    bool listed = w->q->delivered || (b && b->objects_fact.state == W403_FACT_KNOWN);
    if (!listed) {
        w403_inv_say(w, topic, W403_INV_NOTE, "not looked at: an empty `Last export` proves nothing, manifest.json below the destination does (`--delivered DIR`)");
        return;
    }
    if (!x) {
        w403_inv_say(w, topic, w->q->delivered || b->objects_complete ? W403_INV_BAD : W403_INV_NOTE,
                     w->q->delivered || b->objects_complete ? N_("no manifest.json of this configuration")
                                                            : N_("no manifest.json of this configuration is listed, but the listing is not complete"));
        return;
    }
    w403_view at = w403_instant_format(w->a, x->at);
    bool late = x->at + period(w) + 48 * hour < w->d->at;
    w403_inv_say(w, topic, late || x->verified == W403_NO ? W403_INV_BAD : W403_INV_GOOD,
                 last_text(x, late), W403_P("time", at));
    if (late && w->d->config->is_enabled) {
        w403_inv_note(w, &w->notes, "reports came until {time}: look for what changed after it (the destination's policy, key and settings; PutBucketPolicy in CloudTrail, REST.PUT.BUCKETPOLICY in access logs)", W403_P("time", at));
    }
}

/* ---- the configuration ---- */

static void say_enabled(w403_inv_work *w)
{
    const w403_inventory_config *c = w->d->config;
    if (c->is_enabled) {
        static const char *const formats[] = {"CSV", "ORC", "Parquet"};
        w403_inv_say(w, NC_("topic", "configuration"), W403_INV_GOOD, c->frequency == W403_INVENTORY_WEEKLY ? N_("enabled, {format}, weekly (Sundays, UTC)") : N_("enabled, {format}, daily"),
                     W403_S("format", formats[c->format]));
        return;
    }
    w403_inv_say(w, NC_("topic", "configuration"), W403_INV_BAD, "IsEnabled is false");
    w403_inv_blame(w, W403_CAUSE_INVENTORY_DISABLED, "IsEnabled is false in {file}", W403_P("file", c->fact.path));
}

static void say_age(w403_inv_work *w)
{
    w403_inv_diagnosis *d = w->d;
    if (d->last && d->last->verified != W403_NO && (!w->created || d->last->at >= w->created)) {
        return; /* the first report has come: its age is of no account */
    }
    if (!w->created) {
        w403_inv_say(w, NC_("topic", "age"), W403_INV_NOTE, d->config->frequency == W403_INVENTORY_WEEKLY
                         ? N_("not known (`--created-at TIME`); the first report may take 48 hours after the first Sunday")
                         : N_("not known (`--created-at TIME`); the first report may take 48 hours"));
        w403_inv_note(w, &w->assumptions, "the configuration is old enough for a first report: AWS does not say when it was made");
        return;
    }
    d->due = first_due(d->config, w->created);
    w403_view due = w403_instant_format(w->a, d->due);
    w->too_early = d->config->is_enabled && d->at < d->due;
    w403_inv_say(w, NC_("topic", "age"), w->too_early ? W403_INV_BAD : W403_INV_GOOD,
                 w->too_early ? N_("wait until {time}, the first report may take so long") : N_("the first report was due by {time}"),
                 W403_P("time", due));
}

w403_status w403_inv_judge_schedule(w403_inv_work *w, w403_error *err)
{
    if (w->q->created_at.p && !w403_instant_parse(w->q->created_at, &w->created)) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no time", W403_ARG(w->q->created_at));
    }
    say_enabled(w);
    W403_TRY(find_last(w, err));
    say_age(w);
    say_last(w);
    return W403_OK;
}

void w403_inv_judge_waiting(w403_inv_work *w)
{
    if (w->too_early) {
        w403_view due = w403_instant_format(w->a, w->d->due);
        w403_inv_blame(w, W403_CAUSE_INVENTORY_TOO_EARLY, "waiting is right until {time}", W403_P("time", due));
    }
}
