/* Plain words: the sentence of a cause, the name of a policy, why a statement did not match. */
#include "base/buf.h"
#include "explain/causes.h"
#include "words/words.h"

static w403_view policy_title(const w403_check *check, const w403_layer *layer, const w403_policy *p, w403_arena *a)
{
    const w403_check_work *w = w403_work(check);
    switch (layer->kind) {
    case W403_LAYER_RESOURCE:
        if (w->target->bucket_name.p) {
            return w403_say_in(a, "policy", "of {name}", W403_P("name", w->target->bucket_name));
        }
        break;
    case W403_LAYER_ACCESS_POINT:
        if (w->target->access_point) {
            return w403_say_in(a, "policy", "of {name}", W403_P("name", w->target->access_point->name));
        }
        break;
    case W403_LAYER_VPC_ENDPOINT:
        if (layer->level.p) {
            return layer->level;
        }
        break;
    default:
        break;
    }
    if (!p) {
        return layer->source;
    }
    return p->name.p ? p->name : p->file.p ? p->file : p->doc.source;
}

w403_view w403_layer_title(const w403_check *check, const w403_layer *layer, w403_arena *arena)
{
    static const char *const kinds[] = {"SCP",
                                        "RCP",
                                        "VPC endpoint policy",
                                        "identity-based policies",
                                        "session policy",
                                        "permissions boundary",
                                        "access point policy",
                                        "bucket policy",
                                        "key policy",
                                        "KMS grants",
                                        "bucket ACL",
                                        "object ACL",
                                        "trust policy"};
    const w403_check_work *w = w403_work(check);
    bool bucket = w->target->bucket_name.p != NULL;
    const char *kind = layer->kind == W403_LAYER_RESOURCE && !bucket ? "resource policy" : kinds[layer->kind];
    if (layer->level.p) {
        return w403_arena_printf(arena, "%s at %.*s", kind, W403_ARG(layer->level));
    }
    if (layer->kind == W403_LAYER_IDENTITY || layer->kind == W403_LAYER_BOUNDARY) {
        return w403_arena_printf(arena, "%s of %.*s", kind, W403_ARG(w->call->caller.name));
    }
    if (layer->kind == W403_LAYER_RESOURCE && bucket) {
        return w403_arena_printf(arena, "%s of %.*s", kind, W403_ARG(w->target->bucket_name));
    }
    return w403_view_of(kind);
}

static w403_view sid_of(const w403_cause *c, w403_arena *a)
{
    if (!c->match || !c->match->statement) {
        return W403_LIT("");
    }
    if (c->match->statement->sid.n) {
        return w403_arena_printf(a, "`%.*s`", W403_ARG(c->match->statement->sid));
    }
    return w403_say(a, "number {n}", W403_N("n", c->match->statement->index + 1));
}

static w403_view detail_of(const w403_cause_list *list, const w403_cause *c)
{
    if (c->gate) {
        return c->gate->detail;
    }
    if (c->layer && c->layer->level.p) {
        return c->layer->level;
    }
    if (c->check) {
        const w403_check_work *w = w403_work(c->check);
        w403_view where = w403_view_of(w403_word_in(list->arena, "Block Public Access", "the bucket"));
        w403_bpa_bit bit = strcmp(c->id, "bpa.ignore-public-acls") == 0 ? W403_BPA_IGNORE_ACLS : W403_BPA_RESTRICT;
        if (strncmp(c->id, "bpa.", 4) == 0) {
            w403_call *call = w->call;
            w403_bpa_effective(call, w->target, bit, &where);
        }
        return w403_say_in(list->arena, "Block Public Access", "for {where}", W403_P("where", where));
    }
    return W403_LIT("");
}

static w403_view principal(w403_arena *a, const w403_caller *caller)
{
    switch (caller->kind) {
    case W403_CALLER_ANONYMOUS:
        return w403_view_of(w403_word(a, "an anonymous caller"));
    case W403_CALLER_SERVICE:
        return w403_say_in(a, "service", "{principal}", W403_P("principal", caller->arn));
    default:
        return w403_say_in(a, "principal", "{principal}", W403_P("principal", caller->arn));
    }
}

static w403_view place(const w403_cause_list *list, const w403_cause *c, w403_view name)
{
    const w403_call *call = w403_decision_call(list->decision);
    if (w403_view_eq(name, W403_LIT("policy"))) {
        return c->layer ? policy_title(c->check, c->layer, w403_match_policy(c->match), list->arena) : W403_LIT("");
    }
    if (w403_view_eq(name, W403_LIT("action"))) {
        return c->action;
    }
    if (w403_view_eq(name, W403_LIT("resource"))) {
        /* A masked 404 speaks of the object, not of the bucket that the permission is about. */
        bool object = strcmp(c->id, "masked-404") == 0;
        return object ? call->target.arn : c->resource;
    }
    if (w403_view_eq(name, W403_LIT("principal"))) {
        return principal(list->arena, &call->caller);
    }
    if (w403_view_eq(name, W403_LIT("sid"))) {
        return sid_of(c, list->arena);
    }
    return detail_of(list, c);
}

w403_view w403_cause_sentence(const w403_cause_list *list, const w403_cause *c)
{
    const w403_cause_info *info = w403_cause_info_find(w403_view_of(c->id));
    w403_view rest = w403_view_of(info ? w403_word(list->arena, info->sentence) : "");
    w403_buf out = {0};
    while (rest.n) {
        size_t open = w403_view_find_char(rest, '{');
        size_t close = open == SIZE_MAX ? SIZE_MAX : w403_view_find_char(rest, '}');
        if (open == SIZE_MAX || close == SIZE_MAX || close < open) {
            w403_buf_put(&out, rest);
            break;
        }
        w403_buf_put(&out, w403_view_sub(rest, 0, open));
        w403_view value = place(list, c, w403_view_sub(rest, open + 1, close));
        rest = w403_view_sub(rest, close + 1, rest.n);
        if (value.n == 0 && out.n && out.p[out.n - 1] == ' ' && rest.n && rest.p[0] == ' ') {
            rest = w403_view_sub(rest, 1, rest.n); /* an empty place leaves no double blank */
        }
        w403_buf_put(&out, value);
    }
    return w403_buf_take(&out, list->arena);
}
