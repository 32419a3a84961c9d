/* What an undetermined answer hangs on, by name: condition keys, facts, statements, readings. */
#include "decide/plan.h"

static void note_key(void *user, w403_view key)
{
    w403_unknown(user, key);
}

/* A statement that AWS would not have stored is named: to mend it settles the answer. */
static void note_doubt(w403_call *c, const w403_statement *st)
{
    if (st->doubt.p && w403_doubt_counts(st)) {
        w403_view file = st->policy->file.n ? st->policy->file : st->policy->doc.source;
        w403_unknown(c, w403_arena_printf(c->arena, "statement %u%s%.*s%s of %.*s: %.*s", st->index + 1,
                                          st->sid.n ? " (" : "", W403_ARG(st->sid), st->sid.n ? ")" : "",
                                          W403_ARG(file), W403_ARG(st->doubt)));
    }
}

/* A1: `*:GetObject` */
static void note_open_actions(w403_call *c, const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_actions && st->open_actions; i++) {
        if (st->actions[i].open) {
            w403_unknown(c, w403_arena_printf(c->arena, "what the wildcard in the service of `%.*s` matches",
                                              W403_ARG(st->actions[i].text)));
        }
    }
}

/* The id by which S3 knows the caller's account, where an ACL or a Principal names somebody by such an id. */
static void note_canonical(w403_call *c)
{
    bool origin = c->caller.kind == W403_CALLER_ORIGIN;
    w403_unknown(c, origin ? W403_LIT("the canonical user id of the origin access identity")
                           : w403_arena_printf(c->arena, "the canonical user id of account %.*s", W403_ARG(c->caller.account)));
}

/* What is not known of the caller, that a Principal names. An issuer and a gateway have their own words. */
static void note_principals(w403_call *c, const w403_check_work *w, const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_principals; i++) {
        const w403_principal_entry *e = &st->principals[i];
        uint16_t cls;
        if (w403_match_principal_entry(st, e, &w->ask, &cls) != W403_UNKNOWN) {
            continue;
        }
        if (e->kind == W403_PE_CANONICAL) {
            note_canonical(c);
        } else if (e->kind == W403_PE_UNIQUE_ID) {
            w403_unknown(c, w403_arena_printf(c->arena, "the unique id of %.*s", W403_ARG(c->caller.principal_arn)));
        } else if (e->kind == W403_PE_SESSION) {
            w403_unknown(c, W403_LIT("the name of the session"));
        } else if (e->kind == W403_PE_USER && c->caller.kind == W403_CALLER_ORIGIN) {
            w403_unknown(c, W403_LIT("the ARN of the origin access identity"));
        }
    }
}

static void note_match(w403_call *c, const w403_check_work *w, const w403_layer *l, const w403_match *m)
{
    bool acl = l->kind == W403_LAYER_OBJECT_ACL || l->kind == W403_LAYER_BUCKET_ACL;
    if (m->verdict != W403_UNKNOWN) {
        return;
    }
    if (m->statement) {
        note_doubt(c, m->statement);
        note_open_actions(c, m->statement);
        note_principals(c, w, m->statement);
        if (w->key_unknown && w403_match_resource(m->statement, &w->ask) == W403_UNKNOWN) {
            w403_unknown(c, W403_LIT("the id of the KMS key"));
            w403_settle_key(w);
        }
        w403_statement_unknown_keys(m->statement, &w->context, note_key, c);
    } else if (m->grant && acl) {
        const w403_grant *g = m->grant;
        if (g->kind == W403_GRANTEE_CANONICAL && !c->caller.canonical_id.p) {
            note_canonical(c);
        } else if (g->kind == W403_GRANTEE_AUTHENTICATED_USERS && c->caller.kind == W403_CALLER_ORIGIN) {
            w403_unknown(c, W403_LIT("whether the group of all AWS accounts has origin access identities in it"));
        }
    }
}

/* An answer that is open hangs on something: on what could not be read, else on what may refuse the request. */
static void note_rest(w403_call *c)
{
    for (size_t i = 0, n = c->unknown.n ? 0 : c->unread.n; i < n; i++) {
        w403_unknown(c, c->unread.at[i]);
    }
    for (size_t i = 0, n = c->unknown.n ? 0 : c->gates.n; i < n; i++) {
        if (c->gates.at[i].closed == W403_UNKNOWN) {
            w403_unknown(c, c->gates.at[i].detail);
        }
    }
}

static void note_layer(w403_call *c, const w403_layer *l, w403_view source, w403_view why)
{
    w403_unknown(c, w403_arena_printf(c->arena, "%s (%.*s%s%.*s)", w403_layer_name(l->kind), W403_ARG(source),
                                      source.n ? ": " : "", W403_ARG(why)));
}

/* An endpoint that was not found may be in any of the lists that could not be read. */
static void note_endpoints(w403_call *c, const w403_layer *l)
{
    bool sought = l->kind == W403_LAYER_VPC_ENDPOINT && !c->endpoint && c->snap;
    for (const w403_fact_list *more = sought ? c->snap->endpoints_unread_too : NULL; more; more = more->next) {
        note_layer(c, l, more->fact.path, more->fact.code);
    }
}

void w403_note_unknowns(w403_call *c)
{
    for (size_t i = 0; i < c->checks.n; i++) {
        const w403_check_work *w = c->checks.at[i].detail;
        if (w->allowed != W403_UNKNOWN || w->need == W403_NEED_RESPONSE_ONLY || w->need == W403_NEED_DISPUTED) {
            continue;
        }
        for (size_t l = 0; l < w->layers.n; l++) {
            const w403_layer *layer = &w->layers.at[l];
            if (layer->unknown.p) {
                note_layer(c, layer, layer->source, layer->unknown);
                note_endpoints(c, layer);
            }
            for (uint32_t m = 0; m < layer->n_matches; m++) {
                note_match(c, w, layer, &layer->matches[m]);
            }
        }
        if (w->same_account == W403_UNKNOWN && w->target->owner.p == NULL &&
            w403_caller_has_account(&c->caller)) {
            w403_unknown(c, w403_arena_printf(c->arena, "the account that owns %.*s", W403_ARG(w->target->arn)));
        }
    }
    note_rest(c);
}

/* AWS denied what all that was given allows: by a policy that was not given. */
void w403_note_not_given(w403_call *c)
{
    static const struct {
        w403_policy_kind kind;
        const char *name;
    } kinds[] = {{W403_POLICY_SCP, "service control policies"},
                 {W403_POLICY_RCP, "resource control policies"},
                 {W403_POLICY_SESSION, "session policies"},
                 {W403_POLICY_BOUNDARY, "a permissions boundary"},
                 {W403_POLICY_VPC_ENDPOINT, "the policy of a VPC endpoint"}};
    bool outsider = c->caller.kind == W403_CALLER_ANONYMOUS || c->caller.kind == W403_CALLER_SERVICE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool bound = kinds[i].kind == W403_POLICY_RCP || !outsider;
        if (bound && w403_call_unsaid(c, kinds[i].kind)) {
            w403_unknown(c, w403_arena_printf(c->arena, "%s: not given", kinds[i].name));
        }
    }
}
