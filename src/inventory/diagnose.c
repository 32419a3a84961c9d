/* One configuration, judged: where the report should go, and everything that the other diagnose_*.c find. */
#include "inventory/diagnosis.h"

#include <stdio.h>

#include "catalog/catalog.h"

const char *w403_inv_state_name(w403_inv_state s)
{
    static const char *const names[] = {NC_("finding", "ok"), NC_("finding", "fails"), NC_("finding", "unknown"), NC_("finding", "note")};
    return names[s];
}

void w403_inv_say_of(w403_inv_work *w, const char *topic, w403_inv_state state, w403_view said)
{
    w403_inv_finding *f = W403_PUSH(w->a, &w->d->findings);
    if (f && said.p) {
        *f = (w403_inv_finding){topic, state, said};
    } else {
        w->nomem = true;
    }
}

typedef W403_ARRAY(w403_view) view_list;

void w403_inv_note_of(w403_inv_work *w, void *list, w403_view text)
{
    view_list *l = list;
    for (size_t i = 0; i < l->n; i++) {
        if (w403_view_eq(l->at[i], text)) {
            return;
        }
    }
    w403_view *slot = W403_PUSH(w->a, l);
    if (slot && text.p) {
        *slot = text;
    } else {
        w->nomem = true;
    }
}

void w403_inv_settle(w403_inv_work *w, w403_view command)
{
    w403_inv_note_of(w, &w->settle, command);
    w->nomem |= command.p == NULL;
}

void w403_inv_blame_of(w403_inv_work *w, unsigned cause, w403_view detail)
{
    const w403_cause_info *info = w403_cause_info_at(cause);
    w403_cause *c = W403_PUSH(w->a, &w->causes);
    w403_gate *gate = W403_NEW(w->a, w403_gate);
    if (!c || !gate || !detail.p) {
        w->nomem = true;
        return;
    }
    *gate = (w403_gate){
        .cause = info->id, .closed = W403_YES, .check = -1, .detail = detail, .source = w->d->config->fact.path};
    *c = (w403_cause){
        .id = info->id, .gate = gate, .action = W403_LIT("s3:PutObject"), .resource = w->d->destination_arn};
    c->sentence = w403_say(w->a, info->sentence, W403_P("detail", detail));
    w->nomem |= !c->sentence.p;
}

/* ---- where it should go ---- */

static void judge_destination(w403_inv_work *w)
{
    const w403_inventory_config *c = w->d->config;
    const w403_bucket *b = w->d->destination;
    if (!c->destination_name.p) { /* S3 refuses it with InvalidS3DestinationBucket (formats 2.2) */
        w403_inv_say(w, NC_("topic", "destination"), W403_INV_BAD, "`{arn}` is no bucket ARN", W403_P("arn", c->destination_bucket));
        w403_inv_blame(w, W403_CAUSE_INVENTORY_DESTINATION_MISSING, "`{arn}` is no bucket ARN, such as arn:aws:s3:::name", W403_P("arn", c->destination_bucket));
    } else if (b && b->missing) {
        w403_inv_say(w, NC_("topic", "destination"), W403_INV_BAD, "bucket {bucket} does not exist", W403_P("bucket", b->name));
        w403_inv_blame(w, W403_CAUSE_INVENTORY_DESTINATION_MISSING, "{file} says NoSuchBucket", W403_P("file", b->location_fact.path));
    } else if (b) {
        w403_inv_say(w, NC_("topic", "destination"), W403_INV_GOOD,
                     b == w->d->source ? N_("bucket {bucket}, the source itself") : N_("bucket {bucket}"), W403_P("bucket", b->name));
    } else {
        w403_inv_say(w, NC_("topic", "destination"), W403_INV_UNSURE, "bucket {bucket} is not in the snapshot", W403_P("bucket", c->destination_name));
        w403_inv_note(w, &w->unknown, "bucket {bucket}: it is not in the snapshot", W403_P("bucket", c->destination_name));
    }
    size_t n = c->destination_prefix.n;
    if (n && c->destination_prefix.p[n - 1] == '/') {
        w403_inv_say(w, NC_("topic", "destination prefix"), W403_INV_NOTE, "`{prefix}` ends in a slash: data files get `//` in their keys, and manifest.json names keys that are not there", W403_P("prefix", c->destination_prefix));
    }
}

static void judge_owner(w403_inv_work *w)
{
    const w403_inventory_config *c = w->d->config;
    const w403_bucket *b = w->d->destination;
    if (!c->destination_account.p) {
        w403_inv_say(w, NC_("topic", "destination owner"), W403_INV_NOTE, "the configuration names no AccountId, so S3 does not check whose bucket it is");
    } else if (!b || !b->account || b->missing) {
        w403_inv_say(w, NC_("topic", "destination owner"), b && b->missing ? W403_INV_NOTE : W403_INV_UNSURE, "{account} in the configuration", W403_P("account", c->destination_account));
    } else if (w403_view_eq(b->account->id, c->destination_account)) {
        w403_inv_say(w, NC_("topic", "destination owner"), W403_INV_GOOD, "account {account}, as the configuration says", W403_P("account", b->account->id));
    } else {
        w403_inv_say(w, NC_("topic", "destination owner"), W403_INV_BAD, "the configuration says {account}, the bucket belongs to {owner}", W403_P("account", c->destination_account), W403_P("owner", b->account->id));
        w403_inv_blame(w, W403_CAUSE_INVENTORY_DESTINATION_OWNER, "AccountId is {account}, bucket {bucket} belongs to {owner}", W403_P("account", c->destination_account), W403_P("bucket", b->name), W403_P("owner", b->account->id));
    }
}

static void region_unknown(w403_inv_work *w, const w403_bucket *b)
{
    if (b->location_fact.state == W403_FACT_ABSENT) {
        w403_inv_note(w, &w->assumptions, "bucket {bucket} is in the Region of the other: {file} is not in the snapshot", W403_P("bucket", b->name), W403_P("file", b->location_fact.path));
    } else {
        w403_inv_note(w, &w->unknown, "the Region of bucket {bucket}", W403_P("bucket", b->name));
    }
    w403_inv_settle(w, W403_AWS(w->a, "s3api get-bucket-location --bucket <bucket>", b->name));
}

static void judge_region(w403_inv_work *w)
{
    const w403_bucket *s = w->d->source, *b = w->d->destination;
    if (!b || b->missing) {
        return;
    }
    if (!s->region.p || !b->region.p) {
        const w403_bucket *which = s->region.p ? b : s;
        w403_inv_say(w, NC_("topic", "Region"), W403_INV_UNSURE, "of bucket {bucket} is not known", W403_P("bucket", which->name));
        if (s != b) {
            region_unknown(w, which);
        }
    } else if (w403_view_eq(s->region, b->region)) {
        w403_inv_say(w, NC_("topic", "Region"), W403_INV_GOOD, "both buckets are in {region}", W403_P("region", s->region));
    } else {
        w403_inv_say(w, NC_("topic", "Region"), W403_INV_BAD, "the source is in {region}, the destination in {other}", W403_P("region", s->region), W403_P("other", b->region));
        w403_inv_blame(w, W403_CAUSE_INVENTORY_REGION, "the source is in {region}, {bucket} in {other}", W403_P("region", s->region), W403_P("bucket", b->name), W403_P("other", b->region));
    }
}

/* What AWS's page on inventories does not settle: said, never counted. */
static void judge_settings(w403_inv_work *w)
{
    const w403_bucket *b = w->d->destination;
    if (b && b->lock_fact.state == W403_FACT_KNOWN && b->default_lock_mode != W403_LOCK_NONE) {
        w403_inv_say(w, NC_("topic", "Object Lock"), W403_INV_NOTE, "{bucket} retains new objects by default: reports cannot be deleted early, and no AWS page says whether S3 delivers there", W403_P("bucket", b->name));
    }
    if (b && b->requester_pays) {
        w403_inv_say(w, NC_("topic", "Requester Pays"), W403_INV_NOTE, "{bucket} is Requester Pays: no AWS page says whether S3 delivers there, and readers of another account must send x-amz-request-payer", W403_P("bucket", b->name));
    }
}

/* ---- finding it ---- */

static w403_status no_bucket(w403_inv_work *w, w403_error *err)
{
    w403_view near;
    w403_status st =
        w403_error_set(err, W403_NOT_FOUND, "bucket `%.*s` is not in the snapshot", W403_ARG(w->q->bucket));
    if (w->snap && w403_nearest_names(&w->snap->buckets, w->q->bucket, &near, 1)) {
        w403_error_hint(err, "did you mean `%.*s`?", W403_ARG(near));
    } else {
        w403_error_hint(err, "the source bucket's files belong below accounts/<id>/s3/%.*s/", W403_ARG(w->q->bucket));
    }
    return st;
}

static w403_status no_configuration(w403_inv_work *w, const w403_bucket *b, w403_error *err)
{
    char ids[300] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < b->n_inventory && n + 80 < sizeof ids; i++) {
        n += (size_t)snprintf(ids + n, sizeof ids - n, "%s`%.*s`", i ? ", " : "",
                              (int)(b->inventory[i].id.n < 64 ? b->inventory[i].id.n : 64), b->inventory[i].id.p);
    }
    w403_status st = w403_error_set(err, W403_NOT_FOUND, "bucket `%.*s` has no inventory configuration `%.*s`",
                                    W403_ARG(b->name), W403_ARG(w->q->configuration));
    w403_error_hint(err,
                    n ? "the snapshot has %s%.*s"
                      : "%sexpected: %.*s/inventory/<id>.json, what `aws s3api "
                        "get-bucket-inventory-configuration` prints",
                    ids, n ? 0 : (int)b->dir.n, b->dir.p);
    return st;
}

static w403_status find(w403_inv_work *w, w403_error *err)
{
    w403_inv_diagnosis *d = w->d;
    d->source = w403_snapshot_bucket(w->snap, w->q->bucket);
    if (!d->source) {
        return no_bucket(w, err);
    }
    d->config = w403_bucket_inventory(d->source, w->q->configuration);
    if (!d->config || d->config->fact.state == W403_FACT_NONE) {
        return no_configuration(w, d->source, err);
    }
    d->source_account = d->source->account ? d->source->account->id : (w403_view){NULL, 0};
    d->source_arn =
        w403_arena_printf(w->a, "arn:%.*s:s3:::%.*s", W403_ARG(w->snap->partition), W403_ARG(d->source->name));
    d->at = w403_instant_now();
    if (w->q->at.p && !w403_instant_parse(w->q->at, &d->at)) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no time", W403_ARG(w->q->at));
    }
    if (d->config->destination_name.p) {
        d->destination = w403_snapshot_bucket(w->snap, d->config->destination_name);
        d->destination_arn = w403_arena_printf(w->a, "arn:%.*s:s3:::%.*s", W403_ARG(w->snap->partition),
                                               W403_ARG(d->config->destination_name));
        d->destination_account =
            d->destination && d->destination->account ? d->destination->account->id : d->config->destination_account;
    }
    W403_NEED(d->source_arn.p, err);
    return W403_OK;
}

/* Everything that was found, as one decision. */
static void conclude(w403_inv_work *w)
{
    w403_inv_diagnosis *d = w->d;
    bool denied = w->causes.n > 0;
    d->decision =
        (w403_decision){.verdict = denied             ? W403_DENIED
                                   : w->unknown.n > 0 ? W403_UNDETERMINED
                                                      : W403_ALLOWED,
                        .status = denied ? (d->delivery.verdict == W403_DENIED ? d->delivery.status : 0) : 200,
                        .checks = d->delivery.checks,
                        .n_checks = d->delivery.n_checks,
                        .gates = d->delivery.gates,
                        .n_gates = d->delivery.n_gates,
                        .detail = d->delivery.detail,
                        .assumptions = w->assumptions.at,
                        .n_assumptions = (uint32_t)w->assumptions.n,
                        .unknown = w->unknown.at,
                        .n_unknown = (uint32_t)w->unknown.n,
                        .settle = w->settle.at,
                        .n_settle = (uint32_t)w->settle.n,
                        .notes = w->notes.at,
                        .n_notes = (uint32_t)w->notes.n};
    d->explanation.decision = &d->decision;
    d->explanation.causes = w->causes.at;
    d->explanation.n_causes = (uint32_t)w->causes.n;
}

w403_status w403_inventory_decide(const w403_snapshot *snapshot, const w403_policies *policies,
                                  const w403_inv_question *question, w403_arena *arena, w403_inv_diagnosis *out,
                                  w403_error *err)
{
    w403_inv_work w = {.snap = snapshot, .policies = policies, .q = question, .a = arena, .d = out};
    *out = (w403_inv_diagnosis){0};
    W403_TRY(find(&w, err));
    if (out->config->fact.state != W403_FACT_KNOWN) {
        w403_inv_say(&w, NC_("topic", "configuration"), W403_INV_UNSURE, "it could not be read: {code}", W403_P("code", out->config->fact.code));
        w403_inv_note(&w, &w.unknown, "the inventory configuration");
        w403_inv_settle(&w, W403_AWS(arena, "s3api get-bucket-inventory-configuration --bucket <bucket> --id <id>",
                                     out->source->name, out->config->id));
    } else {
        W403_TRY(w403_inv_judge_schedule(&w, err));
        judge_destination(&w);
        judge_owner(&w);
        judge_region(&w);
        W403_TRY(w403_inv_judge_put(&w, err));
        judge_settings(&w);
        W403_TRY(w403_inv_judge_prefix(&w, err));
        w403_inv_judge_waiting(&w);
    }
    conclude(&w);
    W403_NEED(!w.nomem, err);
    return W403_OK;
}
