/* Is a change the reason? The first denied request is decided once with what was there before, once with what the
 * change wrote, everything else being as it is now. */
#include "explain/explain.h"
#include "fix/world.h"
#include "logs/survey_state.h"

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

/* What is in a place at some time. */
typedef enum known { UNKNOWN, AS_IT_IS, NONE, DOCUMENT, SETTING } known;
typedef struct content {
    known                  known;
    w403_view              text;    /* DOCUMENT */
    const w403_log_change *setting; /* SETTING: what it set; NULL: the default */
} content;

/* ---- which place a change writes ---- */

static bool is_setting(const w403_change_kind *k)
{
    static const char *const SETTINGS[] = {"PutBucketRequestPayment", "PutBucketPublicAccessBlock", "DisableKey",
                                           "PutAccountPublicAccessBlock", "ScheduleKeyDeletion",
                                           "PutPublicAccessBlock"};
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
        if (strcmp(k->event, SETTINGS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_policy(const w403_change_kind *k)
{
    w403_view event = w403_view_of(k->event);
    return k->document || (k->removes && w403_view_starts(event, W403_LIT("Delete")) &&
                           w403_view_ends(event, W403_LIT("Policy")));
}

static bool same_place(const w403_log_change *a, const w403_log_change *b)
{
    bool alike = is_policy(a->kind) ? is_policy(b->kind) : strcmp(a->kind->event, b->kind->event) == 0;
    return alike && a->kind->target == b->kind->target && w403_view_eq(a->target, b->target) &&
           w403_view_eq(a->policy, b->policy);
}

static content written(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c)
{
    if (c->kind->removes) {
        return (content){.known = NONE};
    }
    if (c->document.n) {
        return (content){.known = DOCUMENT, .text = c->document};
    }
    if (is_setting(c->kind)) {
        return (content){.known = SETTING, .setting = c};
    }
    /* an access log has no document: if nobody wrote later, it is the snapshot's */
    for (size_t i = c->order + 1; i < s->n_changes; i++) {
        if (same_place(s->change_list[i], c)) {
            return (content){.known = UNKNOWN};
        }
    }
    bool older = o->snapshot && o->snapshot->has_collected_at && o->snapshot->collected_at < c->time;
    return (content){.known = is_policy(c->kind) && o->snapshot && !older ? AS_IT_IS : UNKNOWN};
}

static content before(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c)
{
    for (size_t i = c->order; i-- > 0;) {
        if (same_place(s->change_list[i], c)) {
            content was = written(s, o, s->change_list[i]);
            return was.known == AS_IT_IS ? (content){.known = UNKNOWN} : was;
        }
    }
    if (is_setting(c->kind)) {
        return (content){.known = SETTING}; /* as AWS makes it: off */
    }
    bool older = o->snapshot && o->snapshot->has_collected_at && o->snapshot->collected_at < c->time;
    return (content){.known = older ? AS_IT_IS : UNKNOWN};
}

/* ---- a world with that content ---- */

static w403_policy_kind kind_of(const w403_log_change *c)
{
    switch (c->kind->target) {
    case W403_TARGET_KEY:
        return W403_POLICY_KEY;
    case W403_TARGET_ENDPOINT:
        return W403_POLICY_VPC_ENDPOINT;
    case W403_TARGET_ACCESS_POINT:
        return W403_POLICY_ACCESS_POINT;
    case W403_TARGET_ENTITY:
    case W403_TARGET_MANAGED:
        return W403_POLICY_IDENTITY;
    case W403_TARGET_ORGANIZATION:
        return W403_POLICY_SCP;
    default:
        return W403_POLICY_RESOURCE;
    }
}

typedef struct slot { /* of one policy of one resource */
    const w403_policy **policy;
    w403_policy_set    *set;
    w403_fact          *fact;
} slot;

static bool find_slot(const w403_world *w, const w403_log_change *c, slot *out)
{
    w403_snapshot *s = w->snapshot;
    if (c->kind->target == W403_TARGET_BUCKET) {
        w403_bucket *b = w403_snapshot_bucket(s, c->target);
        *out = b ? (slot){&b->policy, &b->policy_set, &b->policy_fact} : (slot){0};
    } else if (c->kind->target == W403_TARGET_KEY) {
        w403_kms_key *k = w403_snapshot_key(s, c->target, (w403_view){NULL, 0}, c->account);
        *out = k ? (slot){&k->policy, &k->policy_set, &k->policy_fact} : (slot){0};
    } else if (c->kind->target == W403_TARGET_ENDPOINT) {
        w403_vpc_endpoint *e = w403_map_get(&s->endpoints, c->target);
        *out = e ? (slot){&e->policy, &e->policy_set, &e->policy_fact} : (slot){0};
    } else {
        *out = (slot){0};
    }
    return out->policy != NULL;
}

static w403_view document_name(w403_world *w, const w403_log_change *c)
{
    w403_view time = w403_instant_format(w->arena, c->time);
    return w403_arena_printf(w->arena, "%s at %.*s", c->kind->event, FMT(time));
}

/* A parsed policy with its set, for a place of its own. */
static bool put_slot(w403_world *w, const slot *at, const w403_policy *policy)
{
    w403_fact            fact = *at->fact;
    w403_policy_set      set = {0};
    const w403_policy  **one = W403_NEW(w->arena, const w403_policy *);
    if (!one) {
        return false;
    }
    *one = policy;
    fact.state = policy ? W403_FACT_KNOWN : W403_FACT_NONE;
    set.at = policy ? one : NULL;
    set.n = policy ? 1 : 0;
    w403_world_write(w, at->policy, &policy, sizeof policy);
    w403_world_write(w, at->set, &set, sizeof set);
    w403_world_write(w, at->fact, &fact, sizeof fact);
    return !w->nomem;
}

/* A policy that others hold too: by its ARN, or as an SCP by its id. */
static const w403_policy *shared_policy(const w403_snapshot *s, const w403_log_change *c)
{
    w403_view id = c->kind->target == W403_TARGET_ORGANIZATION ? c->policy : c->target;
    for (uint32_t i = 0; id.n && i < s->n_accounts; i++) {
        const w403_account *a = s->account_list[i];
        for (uint32_t l = 0; l < a->n_levels; l++) {
            const w403_policy_set *set = &a->levels[l].scps;
            for (uint32_t p = 0; p < set->n; p++) {
                if (w403_view_find(set->at[p]->doc.source, id) != SIZE_MAX || w403_view_eq(set->at[p]->arn, id)) {
                    return set->at[p];
                }
            }
        }
        for (size_t k = 0; k < a->by_arn.cap; k++) {
            const w403_entity *e = a->by_arn.slots[k].value;
            for (uint32_t p = 0; e && p < e->identity.n; p++) {
                if (w403_view_eq(e->identity.at[p]->arn, id)) {
                    return e->identity.at[p];
                }
            }
        }
    }
    return NULL;
}

static w403_entity *entity_of(const w403_snapshot *s, const w403_log_change *c)
{
    bool          user = w403_view_find(w403_view_of(c->kind->event), W403_LIT("User")) != SIZE_MAX;
    w403_account *a = w403_snapshot_account(s, c->account);
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        w403_account *one = a ? a : s->account_list[i];
        w403_entity  *e = w403_map_get(user ? &one->users : &one->roles, c->target);
        if (e || a) {
            return e;
        }
    }
    return NULL;
}

/* An inline policy of a user or role: replaced, added or taken away. */
static bool put_inline(w403_world *w, const w403_log_change *c, w403_policy *policy)
{
    w403_entity *e = entity_of(w->snapshot, c);
    if (!e) {
        return false;
    }
    const w403_policy **list = W403_NEW_N(w->arena, const w403_policy *, e->identity.n + 1);
    w403_policy_set     set = {.at = list};
    if (!list) {
        return false;
    }
    for (uint32_t i = 0; i < e->identity.n; i++) {
        const w403_policy *p = e->identity.at[i];
        if (p->arn.n || !w403_view_eq(p->name, c->policy)) {
            list[set.n++] = p;
        }
    }
    if (policy) {
        policy->name = c->policy;
        list[set.n++] = policy;
    }
    w403_world_write(w, &e->identity, &set, sizeof set);
    return !w->nomem;
}

/* ---- settings ---- */

static w403_view parameter(w403_arena *a, const w403_log_change *c, const char *object, const char *name)
{
    w403_json_doc doc;
    if (!c || w403_json_parse(a, W403_LIT("event"), c->parameters, NULL, &doc, NULL, NULL) != W403_OK) {
        return (w403_view){NULL, 0};
    }
    const w403_json *v = w403_json_get(w403_json_get(doc.root, object), name);
    return v ? v->text : (w403_view){NULL, 0};
}

static bool flag(w403_arena *a, const w403_log_change *c, const char *name)
{
    return w403_view_ieq(parameter(a, c, "PublicAccessBlockConfiguration", name), W403_LIT("true"));
}

static bool put_setting(w403_world *w, const w403_log_change *place, const w403_log_change *value)
{
    w403_bucket  *b = w403_snapshot_bucket(w->snapshot, place->target);
    w403_kms_key *k = place->kind->target == W403_TARGET_KEY
                          ? w403_snapshot_key(w->snapshot, place->target, (w403_view){NULL, 0}, place->account)
                          : NULL;
    w403_account *account = w403_snapshot_account(w->snapshot, place->target.n ? place->target : place->account);
    if (k) {
        w403_key_state state = !value ? W403_KEY_ENABLED
                               : strcmp(value->kind->event, "DisableKey") == 0 ? W403_KEY_DISABLED
                                                                               : W403_KEY_PENDING_DELETION;
        w403_world_write(w, &k->state, &state, sizeof state);
        return !w->nomem;
    }
    if (b && strcmp(place->kind->event, "PutBucketRequestPayment") == 0) {
        bool pays = w403_view_eq(parameter(w->arena, value, "RequestPaymentConfiguration", "Payer"), W403_LIT("Requester"));
        w403_world_write(w, &b->requester_pays, &pays, sizeof pays);
        return !w->nomem;
    }
    w403_bpa *bpa = place->kind->target == W403_TARGET_ACCOUNT_S3 ? (account ? &account->bpa : NULL) : b ? &b->bpa : NULL;
    if (!bpa) {
        return false;
    }
    w403_bpa set = {.fact = bpa->fact,
                    .block_public_acls = flag(w->arena, value, "BlockPublicAcls"),
                    .ignore_public_acls = flag(w->arena, value, "IgnorePublicAcls"),
                    .block_public_policy = flag(w->arena, value, "BlockPublicPolicy"),
                    .restrict_public_buckets = flag(w->arena, value, "RestrictPublicBuckets")};
    set.fact.state = W403_FACT_KNOWN;
    w403_world_write(w, bpa, &set, sizeof set);
    return !w->nomem;
}

/* ---- a content into the world ---- */

static bool put_given(w403_world *w, const w403_log_change *c, const content *what)
{
    if (what->known == NONE) {
        return true; /* nothing is given for it */
    }
    w403_world_given given = {.kind = kind_of(c), .source = document_name(w, c), .text = what->text};
    return w403_world_give(w, w->n_given, &given, NULL) == W403_OK;
}

/* False: the place is not in the snapshot, or the text is no policy. */
static bool put(w403_world *w, const w403_log_change *c, const content *what)
{
    slot at;
    if (what->known == AS_IT_IS) {
        return true;
    }
    if (what->known == SETTING) {
        return w->snapshot && put_setting(w, c, what->setting);
    }
    bool shared = c->kind->target == W403_TARGET_MANAGED || c->kind->target == W403_TARGET_ORGANIZATION;
    bool by_hand = c->kind->target == W403_TARGET_BUCKET || c->kind->target == W403_TARGET_KEY ||
                   c->kind->target == W403_TARGET_ENDPOINT;
    bool found = w->snapshot && find_slot(w, c, &at);
    if (!found && by_hand) {
        return put_given(w, c, what);
    }
    w403_policy *policy = what->known == DOCUMENT
                              ? w403_world_policy(w, kind_of(c), document_name(w, c), what->text)
                              : NULL;
    if (!w->snapshot || (what->known == DOCUMENT && !policy)) {
        return false;
    }
    if (found) {
        return put_slot(w, &at, policy);
    }
    if (shared) {
        const w403_policy *old = shared_policy(w->snapshot, c);
        if (old && policy) {
            policy->arn = old->arn;
            w403_world_replace(w, old, policy);
        }
        return old && policy && !w->nomem;
    }
    return c->kind->target == W403_TARGET_ENTITY && put_inline(w, c, policy);
}

/* ---- deciding ---- */

typedef struct verdict { /* its statements live as long as the world */
    w403_world       world;
    bool             decided;
    w403_decision    decision;
    w403_explanation explanation;
} verdict;

static w403_status decide_with(const w403_survey_options *o, const w403_question *q, w403_arena *a,
                               const w403_log_change *c, const content *what, verdict *out, w403_error *err)
{
    const w403_request  *r = q->judgement.decided ? q->judgement.request : q->c.n_requests ? &q->c.requests[0] : NULL;
    const w403_policies *given = q->policies ? q->policies : o->policies;
    w403_world          *w = &out->world;
    w403_error           why;
    *out = (verdict){0};
    if (!r || what->known == UNKNOWN) {
        return W403_OK;
    }
    W403_TRY(w403_world_open(w, o->snapshot, given, r, a, err));
    if (put(w, c, what) && w403_decide(w->snapshot, w->policies, r, W403_DETAIL_CAUSES, a, &out->decision, &why) == W403_OK) {
        out->decided = w403_explain(r, &out->decision, a, &out->explanation, &why) == W403_OK;
    }
    W403_NEED(!w->nomem, err);
    return W403_OK;
}

static const w403_cause *cause_in(const verdict *v, const char *id)
{
    for (uint32_t i = 0; v->decided && i < v->explanation.n_causes; i++) {
        if (!id || strcmp(v->explanation.causes[i].id, id) == 0) {
            return &v->explanation.causes[i];
        }
    }
    return NULL;
}

static w403_view name_statement(w403_arena *a, const w403_match *m)
{
    if (!m || !m->statement) {
        return (w403_view){NULL, 0};
    }
    return m->statement->sid.n ? w403_arena_copy(a, m->statement->sid)
                               : w403_arena_printf(a, "statement %u", m->statement->index + 1);
}

/* The Allow that let the request pass before. */
static const w403_match *allow_in(const verdict *v, const w403_change_kind *kind)
{
    static const w403_layer_kind LAYERS[] = {
        [W403_TARGET_BUCKET] = W403_LAYER_RESOURCE, [W403_TARGET_ACCOUNT_S3] = W403_LAYER_RESOURCE,
        [W403_TARGET_ACCESS_POINT] = W403_LAYER_ACCESS_POINT, [W403_TARGET_KEY] = W403_LAYER_KEY,
        [W403_TARGET_ENTITY] = W403_LAYER_IDENTITY, [W403_TARGET_MANAGED] = W403_LAYER_IDENTITY,
        [W403_TARGET_ORGANIZATION] = W403_LAYER_SCP, [W403_TARGET_ENDPOINT] = W403_LAYER_VPC_ENDPOINT};
    for (uint32_t i = 0; v->decided && i < v->decision.n_checks; i++) {
        const w403_check *k = &v->decision.checks[i];
        for (uint32_t l = 0; l < k->n_layers; l++) {
            for (uint32_t m = 0; k->layers[l].kind == LAYERS[kind->target] && m < k->layers[l].n_matches; m++) {
                const w403_match *match = &k->layers[l].matches[m];
                if (!match->deny && match->statement && match->verdict == W403_YES) {
                    return match;
                }
            }
        }
    }
    return NULL;
}

static w403_proof judge(const verdict *was, const verdict *is, const char *cause)
{
    bool denies = is->decided && is->decision.verdict == W403_DENIED && cause_in(is, cause);
    if (!denies) {
        return W403_PROOF_NONE;
    }
    const w403_cause *now = cause_in(is, cause);
    if (!was->decided) { /* that nothing allows it may have been so before */
        return now->match && now->match->deny ? W403_PROOF_AFTER : W403_PROOF_NONE;
    }
    bool gone = was->decision.verdict == W403_ALLOWED || !cause_in(was, now->id);
    return gone ? W403_PROOF_FULL : W403_PROOF_NONE;
}

/* The statement that denies now, or the Allow that went. */
static void name_culprit(w403_arena *a, const verdict *was, const verdict *is, const char *cause, w403_began *out)
{
    const w403_cause *c = out->proof >= W403_PROOF_AFTER ? cause_in(is, cause) : NULL;
    if (c && c->match && c->match->deny) {
        out->statement = name_statement(a, c->match);
    } else if (c && out->proof == W403_PROOF_FULL) {
        out->statement = name_statement(a, allow_in(was, out->change->kind));
        out->removed = out->statement.p != NULL;
    }
}

static void conclude(const verdict *was, const verdict *is, const char *cause, w403_began *out)
{
    bool unclear = !is->decided || is->decision.verdict == W403_UNDETERMINED;
    out->proof = judge(was, is, cause);
    if (out->proof == W403_PROOF_NONE && unclear) {
        out->proof = W403_PROOF_LIKELY;
    }
    out->before = was->decided ? was->decision.verdict : W403_UNDETERMINED;
    out->after = is->decided ? is->decision.verdict : W403_UNDETERMINED;
}

w403_status w403_prove(w403_survey *s, const w403_survey_options *o, const w403_question *q, const char *cause,
                       const w403_log_change *change, w403_began *out, w403_error *err)
{
    verdict     was = {0}, is = {0};
    w403_arena *a = w403_arena_new(0);
    content     old = before(s, o, change), new = written(s, o, change);
    *out = (w403_began){.change = change, .before = W403_UNDETERMINED, .after = W403_UNDETERMINED};
    W403_NEED(a, err);
    w403_status status = decide_with(o, q, a, change, &old, &was, err);
    status = status == W403_OK ? decide_with(o, q, a, change, &new, &is, err) : status;
    if (status == W403_OK) {
        conclude(&was, &is, cause, out);
        name_culprit(s->arena, &was, &is, cause, out);
        out->was = old.known == DOCUMENT ? old.text : (w403_view){NULL, 0};
    }
    w403_world_close(&was.world);
    w403_world_close(&is.world);
    w403_arena_free(a);
    return status;
}
