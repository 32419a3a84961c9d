#include "cli/judge_branches.h"

#include "base/array.h"
#include "catalog/catalog.h"
#include "policy/policy.h"

enum { BRANCH_FACTS = 6, BRANCH_VALUES = 8 }; /* keys, and values of one: some dozen decisions at most */

typedef struct brancher {
    w403_cli *cli;
    const w403_snapshot *snapshot;
    const w403_policies *policies;
    const w403_judged *j;
    w403_error *err;
    W403_ARRAY(w403_render_branch) list;
    size_t first; /* of the key at hand */
} brancher;

/* ---- one branch ---- */

static bool is_network(w403_view key)
{
    return w403_view_ieq(key, W403_LIT("aws:SourceIp")) || w403_view_ieq(key, W403_LIT("aws:SourceVpce")) ||
           w403_view_ieq(key, W403_LIT("aws:SourceVpc")) || w403_view_ieq(key, W403_LIT("aws:VpcSourceIp"));
}

/* The request with one fact more: an address and an endpoint say where it comes from, all else is a key of the context. */
static w403_status with_fact(brancher *b, const w403_render_branch *x, w403_request *out)
{
    const w403_request *r = &b->j->request;
    bool from = x->present && w403_view_ieq(x->fact, W403_LIT("aws:SourceIp"));
    bool via = x->present && w403_view_ieq(x->fact, W403_LIT("aws:SourceVpce"));
    w403_context_entry *entries = W403_NEW_N(b->cli->arena, w403_context_entry, r->n_context + 1);
    w403_view *value = W403_NEW(b->cli->arena, w403_view);
    size_t n = 0;
    W403_NEED(entries && value, b->err);
    *value = x->value;
    *out = *r;
    for (size_t i = 0; i < r->n_context; i++) {
        bool replaced = w403_view_ieq(r->context[i].key, x->fact) || ((from || via) && is_network(r->context[i].key));
        if (!replaced) {
            entries[n++] = r->context[i];
        }
    }
    if (from) {
        out->from = x->value;
    } else if (via) {
        out->via = x->value;
    } else {
        entries[n++] = (w403_context_entry){.key = x->fact, .present = x->present ? W403_YES : W403_NO, .values = value, .n_values = x->present};
    }
    out->context = entries;
    out->n_context = n;
    return W403_OK;
}

/* What cannot be asked (a value that is no address) is no branch. */
static w403_status add(brancher *b, w403_render_branch x)
{
    w403_request r;
    w403_decision d;
    w403_explanation e;
    w403_error none;
    for (size_t i = b->first; i < b->list.n; i++) {
        if (b->list.at[i].present == x.present && w403_view_eq(b->list.at[i].value, x.value)) {
            return W403_OK;
        }
    }
    if (b->list.n - b->first >= BRANCH_VALUES) {
        return W403_OK;
    }
    W403_TRY(with_fact(b, &x, &r));
    w403_status st = w403_decide(b->snapshot, b->policies, &r, W403_DETAIL_CAUSES, b->cli->arena, &d, &none);
    st = st == W403_OK ? w403_explain(&r, &d, b->cli->arena, &e, &none) : st;
    if (st != W403_OK) {
        return st == W403_NOMEM ? w403_error_nomem(b->err) : W403_OK;
    }
    x.verdict = d.verdict;
    x.cause = e.n_causes ? e.causes[0].id : NULL;
    w403_render_branch *slot = W403_PUSH(b->cli->arena, &b->list);
    W403_NEED(slot, b->err);
    *slot = x;
    return W403_OK;
}

/* ---- the values of one key ---- */

/* A value of a policy as one that a request can have: a pattern's wildcards left out, the first address of a range. */
static w403_view plain(brancher *b, const w403_condition_value *v)
{
    w403_view text = v->text.text;
    if (v->text.has_variable) {
        return (w403_view){NULL, 0};
    }
    size_t slash = w403_view_find_char(text, '/');
    w403_cidr net;
    if (slash != SIZE_MAX && w403_cidr_parse(text, &net)) {
        return w403_ip_text(b->cli->arena, &net.base);
    }
    if (!v->text.has_wildcard) {
        return text;
    }
    w403_view copy = w403_arena_copy(b->cli->arena, text);
    size_t n = 0;
    for (size_t i = 0; copy.p && i < text.n; i++) {
        if (text.p[i] != '*') {
            ((char *)(uintptr_t)copy.p)[n++] = text.p[i] == '?' ? 'x' : text.p[i];
        }
    }
    return (w403_view){copy.p, n};
}

static w403_status values_of(brancher *b, const w403_condition *c)
{
    for (uint32_t i = 0; i < c->n_values; i++) {
        w403_view value = plain(b, &c->values[i]);
        if (c->op->family == W403_OP_BOOL || c->op->family == W403_OP_NULL || !value.p) {
            continue;
        }
        W403_TRY(add(b, (w403_render_branch){.fact = c->key, .present = true, .value = value}));
    }
    return W403_OK;
}

/* A value that no policy names: of an address one that is set apart for tests (RFC 2544). */
static w403_status another(brancher *b, w403_view key, const w403_key *info)
{
    w403_view value = W403_LIT("another-value");
    switch (info ? info->type : W403_KEY_TYPE_STRING) {
    case W403_KEY_TYPE_BOOL:
        W403_TRY(add(b, (w403_render_branch){.fact = key, .present = true, .value = W403_LIT("true")}));
        return add(b, (w403_render_branch){.fact = key, .present = true, .value = W403_LIT("false")});
    case W403_KEY_TYPE_NUMERIC:
    case W403_KEY_TYPE_DATE:
    case W403_KEY_TYPE_BINARY:
        return W403_OK;
    case W403_KEY_TYPE_IP:
        value = W403_LIT("198.18.0.1");
        break;
    case W403_KEY_TYPE_ARN:
        value = W403_LIT("arn:aws:s3:::another-value");
        break;
    case W403_KEY_TYPE_STRING:
        value = w403_view_ieq(key, W403_LIT("aws:SourceVpce")) ? W403_LIT("vpce-00000000000000000") : value;
        break;
    }
    return add(b, (w403_render_branch){.fact = key, .present = true, .other = true, .value = value});
}

static w403_status conditions(brancher *b, w403_view key)
{
    const w403_decision *d = &b->j->decision;
    for (uint32_t c = 0; c < d->n_checks; c++) {
        for (uint32_t l = 0; l < d->checks[c].n_layers; l++) {
            const w403_layer *layer = &d->checks[c].layers[l];
            for (uint32_t m = 0; m < layer->n_matches; m++) {
                const w403_statement *st = layer->matches[m].verdict == W403_UNKNOWN ? layer->matches[m].statement : NULL;
                for (uint32_t k = 0; st && k < st->n_conditions; k++) {
                    if (w403_view_ieq(st->conditions[k].key, key)) {
                        W403_TRY(values_of(b, &st->conditions[k]));
                    }
                }
            }
        }
    }
    return W403_OK;
}

w403_status w403_judge_branches(w403_cli *cli, const w403_snapshot *snapshot, const w403_policies *policies,
                                const w403_judged *j, w403_render_branches *out, w403_error *err)
{
    brancher b = {.cli = cli, .snapshot = snapshot, .policies = policies, .j = j, .err = err};
    const w403_decision *d = &j->decision;
    for (uint32_t i = 0, facts = 0; d->verdict == W403_UNDETERMINED && d->n_checks && i < d->n_unknown && facts < BRANCH_FACTS; i++) {
        uint16_t id = w403_key_find(d->unknown[i], NULL);
        if (id == 0) {
            continue; /* a policy that is not known: any answer is possible */
        }
        facts++;
        b.first = b.list.n;
        W403_TRY(add(&b, (w403_render_branch){.fact = d->unknown[i]}));
        W403_TRY(conditions(&b, d->unknown[i]));
        W403_TRY(another(&b, d->unknown[i], w403_key_at(id)));
    }
    *out = (w403_render_branches){b.list.at, (uint32_t)b.list.n};
    return W403_OK;
}
