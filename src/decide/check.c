/* One permission: its rule, its layers, its verdict. */
#include "decide/check.h"

#include "decide/dialect.h"

enum { USUAL_LAYERS = 8 }; /* room from the start; more grow it */

static w403_grant_rule rule_of(w403_check_work *w)
{
    if (w->target->kind == W403_TARGET_KEY) {
        bool through_s3 = w->kms_leg && (w->enc->aws_managed || (w->target->kms && w->target->kms->aws_managed));
        return through_s3 ? W403_RULE_AWS_MANAGED_KEY : W403_RULE_MANDATORY;
    }
    bool takes_role = w->target->kind == W403_TARGET_ROLE || w403_view_starts(w->action, W403_LIT("sts:AssumeRole"));
    if (takes_role && w403_is_trust_action(w->action)) {
        return W403_RULE_MANDATORY; /* N-8: the role's trust policy must allow */
    }
    w->foreign = w403_foreign_object(w);
    if (w->foreign == W403_YES) {
        return W403_RULE_FOREIGN_OBJECT;
    }
    switch (w->same_account) {
    case W403_YES:
        return W403_RULE_SAME_ACCOUNT;
    case W403_NO:
        return W403_RULE_CROSS_ACCOUNT;
    case W403_UNKNOWN:
        break;
    }
    return W403_RULE_UNKNOWN_OWNER;
}

static void publish(w403_check_work *w)
{
    w403_call *c = w->call;
    w403_check *k = W403_PUSH(c->arena, &c->checks);
    if (!k) {
        c->nomem = true;
        return;
    }
    *k = (w403_check){.action = w->action,
                      .resource = w->target->arn,
                      .resource_account = w->target->owner,
                      .verdict = w->allowed == W403_YES  ? W403_ALLOWED
                                 : w->allowed == W403_NO ? W403_DENIED
                                                         : W403_UNDETERMINED,
                      .need = w->need,
                      .same_account = w->same_account == W403_YES,
                      .masking = w->masking,
                      .reason = w->reason,
                      .layers = w->layers.at,
                      .n_layers = (uint32_t)w->layers.n,
                      .detail = w};
}

w403_check_work *w403_check_new(w403_call *c, w403_view action, uint16_t action_id)
{
    w403_check_work *w = W403_NEW(c->arena, w403_check_work);
    if (!w) {
        c->nomem = true;
        return NULL;
    }
    w->call = c;
    w->action = action;
    w->action_id = action_id;
    w->need = W403_NEED_REQUIRED;
    w->needed = W403_YES;
    return w;
}

w403_check_work *w403_check_copy(const w403_check_work *w)
{
    w403_check_work *copy = w403_arena_alloc(w->call->arena, sizeof *copy);
    if (!copy) {
        w->call->nomem = true;
        return NULL;
    }
    *copy = *w;
    return copy;
}

/* The target's ARN in parts; mostly they are known already. */
static const w403_arn *split_arn(w403_check_work *w)
{
    const w403_target *t = w->target;
    if (t->split.whole.p && t->split.whole.p == t->arn.p) {
        return &t->split;
    }
    static const w403_arn none;
    w403_arn *arn = w403_arena_alloc(w->call->arena, sizeof *arn);
    if (!arn) {
        w->call->nomem = true;
        return &none;
    }
    *arn = w403_arn_split(t->arn);
    return arn;
}

void w403_check_run(w403_check_work *w)
{
    w403_call *c = w->call;
    w->layers.at = w403_arena_alloc(c->arena, sizeof *w->layers.at * USUAL_LAYERS);
    w->layers.cap = w->layers.at ? USUAL_LAYERS : 0;
    w->context = (w403_context){.get = w403_context_keys, .user = w, .arena = c->arena,
                                .rules = w403_dialect_rules(c->req->dialect)};
    w->ask = (w403_match_request){.caller = &c->caller,
                        .context = &w->context,
                        .action = w->action,
                        .action_id = w->action_id,
                        .resource = split_arn(w),
                        .id_unknown = w->key_unknown,
                        .gateway = W403_YES};
    w->same_account = w403_same_account(c, w->target->owner);
    w->rule = rule_of(w);
    w403_layers_eval(w);
    w403_grants_eval(w);
    publish(w);
}
