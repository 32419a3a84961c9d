/* One decision: by the world that the request came to, under the dialect and the age that the server was started with. */
#include "serve/pdp.h"

#include <stdlib.h>
#include <time.h>

#include "explain/explain.h"

static w403_unknown_kind kind_of(w403_view fact)
{
    static const struct { const char *word; w403_unknown_kind kind; } words[] = {
        {"aws:", W403_UNKNOWN_KEY}, {"s3:", W403_UNKNOWN_KEY}, {"kms:", W403_UNKNOWN_KEY}, {"sts:", W403_UNKNOWN_KEY},
        {"the name of the session", W403_UNKNOWN_CALLER}, {"the unique id", W403_UNKNOWN_CALLER}, {"the account that owns", W403_UNKNOWN_RESOURCE},
        {"the id of the KMS key", W403_UNKNOWN_RESOURCE}, {"identity", W403_UNKNOWN_POLICY}, {"resource", W403_UNKNOWN_POLICY},
        {"scp", W403_UNKNOWN_POLICY}, {"rcp", W403_UNKNOWN_POLICY}, {"boundary", W403_UNKNOWN_POLICY}, {"statement", W403_UNKNOWN_POLICY},
        {"object", W403_UNKNOWN_RESOURCE}, {"bucket", W403_UNKNOWN_RESOURCE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (w403_view_starts(fact, w403_view_of(words[i].word))) {
            return words[i].kind;
        }
    }
    return W403_UNKNOWN_OTHER;
}

static void count(w403_serving *q, w403_protocol p, const w403_pdp *d, bool old)
{
    w403_metrics *m = &q->server->metrics;
    atomic_fetch_add_explicit(&m->decisions[p][d->verdict], 1, memory_order_relaxed);
    if (d->verdict == W403_UNDETERMINED) {
        w403_unknown_kind kind = old ? W403_UNKNOWN_AGE : d->n_unknown ? kind_of(d->unknown[0]) : W403_UNKNOWN_OTHER;
        atomic_fetch_add_explicit(&m->undetermined[p][kind], 1, memory_order_relaxed);
    }
}

static void note(w403_serving *q, w403_protocol p, const w403_request *r, const w403_pdp *d)
{
    q->decision = (w403_log_decision){.made = true, .protocol = w403_protocol_name(p), .decision = w403_verdict_name(d->verdict),
                                      .cause = d->cause, .action = r->operation.p ? r->operation : r->action, .resource = r->resource,
                                      .principal = r->principal, .generation = q->world->number};
}

static bool too_old(const w403_serving *q)
{
    int64_t most = q->server->options.max_age_s;
    return most && q->world->world->snapshot && time(NULL) - q->world->collected_at > most;
}

/* Does a Deny apply, or may one? */
static bool is_denied(const w403_decision *d)
{
    for (uint32_t i = 0; i < d->n_checks; i++) {
        for (uint32_t k = 0; k < d->checks[i].n_layers; k++) {
            const w403_layer *l = &d->checks[i].layers[k];
            if (l->deny != W403_NO || l->verdict == W403_LAYER_UNKNOWN) {
                return true;
            }
        }
    }
    for (uint32_t i = 0; i < d->n_gates; i++) {
        if (d->gates[i].closed != W403_NO) {
            return true;
        }
    }
    return d->n_unknown > 0;
}

/* "bucket policy of example-reports, FinanceOnlyFromTheVpc" */
static w403_view statement_of(w403_serving *q, const w403_cause *c, bool explicit_deny)
{
    if (!c->layer) {
        return (w403_view){NULL, 0};
    }
    w403_view title = w403_layer_title(c->check, c->layer, q->arena);
    w403_view sid = c->match && c->match->statement ? c->match->statement->sid : (w403_view){NULL, 0};
    return explicit_deny && sid.n ? w403_arena_printf(q->arena, "%.*s, %.*s", W403_ALL(title), W403_ALL(sid)) : title;
}

static void explain(w403_serving *q, const w403_request *r, const w403_decision *d, w403_pdp *out)
{
    w403_explanation e;
    w403_error       err;
    out->message = W403_LIT("Access Denied");
    if (w403_explain(r, d, q->arena, &e, &err) != W403_OK || e.n_causes == 0) {
        return;
    }
    const w403_cause *c = &e.causes[0];
    out->cause = c->id;
    out->explicit_deny = c->layer && c->layer->verdict == W403_LAYER_DENY;
    out->statement = statement_of(q, c, out->explicit_deny);
    w403_view words = w403_aws_message(r, d, c, q->arena);
    bool      bare = words.n <= sizeof "Access Denied";
    if (!out->statement.p) {
        out->message = bare ? w403_arena_printf(q->arena, "Access Denied: %s", c->id) : words;
    } else if (bare) {
        out->message = w403_arena_printf(q->arena, "Access Denied: %s in the %.*s", out->explicit_deny ? "explicit deny" : "no allow",
                                         W403_ALL(out->statement));
    } else {
        out->message = w403_arena_printf(q->arena, "%.*s (%.*s)", W403_ALL(words), W403_ALL(out->statement));
    }
}

static w403_view unknown_message(w403_serving *q, const w403_pdp *d)
{
    return d->n_unknown ? w403_arena_printf(q->arena, "Access Denied: not known: %.*s", W403_ALL(d->unknown[0]))
                        : W403_LIT("Access Denied: the snapshot does not say enough");
}

w403_status w403_pdp_decide(w403_serving *q, w403_protocol p, w403_request *r, w403_pdp *out, w403_error *err)
{
    w403_decision d;
    uint64_t      began = w403_now_ns();
    bool          old = too_old(q);
    *out = (w403_pdp){.verdict = W403_UNDETERMINED};
    r->dialect = r->dialect == W403_DIALECT_AWS ? q->server->options.dialect : r->dialect;
    w403_status status = w403_decide(q->world->world->snapshot, NULL, r, W403_DETAIL_CAUSES, q->arena, &d, err);
    w403_metric_time(&q->server->metrics.decide_seconds, w403_now_ns() - began);
    if (status == W403_OK && !old) {
        out->verdict = d.verdict;
        out->unknown = d.unknown;
        out->n_unknown = d.n_unknown;
        out->not_denied = !is_denied(&d);
        if (d.verdict == W403_DENIED) {
            explain(q, r, &d, out);
        }
    }
    if (out->verdict == W403_UNDETERMINED) {
        out->message = old ? W403_LIT("Access Denied: the snapshot is too old") : unknown_message(q, out);
    }
    if (!w403_arena_ok(q->arena) && out->verdict == W403_ALLOWED) { /* something may be missing */
        out->verdict = W403_UNDETERMINED;
        out->not_denied = false;
    }
    count(q, p, out, old);
    note(q, p, r, out);
    return status;
}

void w403_pdp_refused(w403_serving *q, w403_protocol p, w403_pdp *out)
{
    static const w403_request none;
    *out = (w403_pdp){.verdict = W403_UNDETERMINED, .message = W403_LIT("Access Denied: it is not known what was asked")};
    count(q, p, out, false);
    note(q, p, &none, out);
}

w403_view w403_pdp_caller(w403_serving *q, w403_view name, w403_view key_id)
{
    const w403_snapshot *s = q->world->world->snapshot;
    const w403_view     *owner = key_id.n ? w403_map_get(&q->server->keys.by_id, key_id) : NULL;
    const w403_entity   *found = NULL;
    if (w403_view_starts(name, W403_LIT("arn:")) || w403_view_eq(name, W403_LIT("anonymous"))) {
        return name;
    }
    if (!owner && name.n) {
        owner = w403_map_get(&q->server->keys.by_id, name);
    }
    if (owner) {
        return *owner;
    }
    for (uint32_t i = 0; s && name.n && i < s->n_accounts; i++) {
        const w403_entity *one = w403_map_get(&s->account_list[i]->users, name);
        if (one && found) {
            return (w403_view){NULL, 0}; /* two accounts have one of that name */
        }
        found = one ? one : found;
    }
    return found ? found->arn : (w403_view){NULL, 0};
}
