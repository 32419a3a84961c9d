/* The bytes to underline, and what to write below them. */
#include "explain/causes.h"
#include "words/words.h"

#define LABEL_VALUE_MAX 80

static w403_view operator_words(const w403_condition *c, w403_arena *a)
{
    static const char *const sets[] = {"", "ForAnyValue:", "ForAllValues:"};
    return w403_arena_printf(a, "%s%s%s", sets[c->set], c->op->name, c->if_exists ? "IfExists" : "");
}

/* What the key is, and what the operator makes of it: `aws:SourceVpce is absent: StringNotEquals matches`. */
w403_view w403_label_condition(const w403_check_work *w, const w403_condition *c, w403_tri how, w403_arena *a)
{
    static const char *const unknown[] = {N_("{key} is not known: {operator} does not match"),
                                          N_("{key} is not known: {operator} matches"),
                                          N_("{key} is not known: {operator} may match")};
    static const char *const absent[] = {N_("{key} is absent: {operator} does not match"),
                                         N_("{key} is absent: {operator} matches"),
                                         N_("{key} is absent: {operator} may match")};
    static const char *const present[] = {N_("{key} is {value}: {operator} does not match"),
                                          N_("{key} is {value}: {operator} matches"),
                                          N_("{key} is {value}: {operator} may match")};
    static const char *const several[] = {N_("{key} is {value} and more: {operator} does not match"),
                                          N_("{key} is {value} and more: {operator} matches"),
                                          N_("{key} is {value} and more: {operator} may match")};
    w403_key_value k = {W403_NO, NULL, 0};
    w403_context_get(&w->context, c->key_id, c->key, c->key_param, &k);
    bool there = k.present == W403_YES && k.n > 0, cut = there && k.values[0].n > LABEL_VALUE_MAX;
    const char *const *text = k.present == W403_UNKNOWN ? unknown : !there ? absent : k.n > 1 ? several : present;
    w403_view value = there ? k.values[0] : (w403_view){NULL, 0};
    if (cut) {
        value = w403_arena_printf(a, "%.*s...", LABEL_VALUE_MAX, value.p);
    }
    return w403_say(a, text[how], W403_P("key", c->key), W403_P("value", value), W403_P("operator", operator_words(c, a)));
}

static uint32_t push(w403_blame *out, uint32_t n, uint32_t max, const w403_policy *p, w403_span span, w403_view label)
{
    if (n < max && span.len) {
        out[n++] = (w403_blame){p, span, label};
    }
    return n;
}

/* A Deny that matched: its conditions say why; without any, its Action does. */
static uint32_t blame_deny(const w403_check_work *w, const w403_statement *st, w403_arena *a, w403_blame *out,
                           uint32_t max)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_condition *c = &st->conditions[i];
        n = push(out, n, max, st->policy, c->values_span, w403_label_condition(w, c, W403_YES, a));
    }
    if (n == 0) {
        const char *text = st->not_action ? N_("does not exempt {action}") : N_("denies {action}");
        w403_view label = w403_say(a, text, W403_P("action", w->action));
        n = push(out, n, max, st->policy, st->action_span.len ? st->action_span : st->span, label);
    }
    return n;
}

static bool bucket_for_object(const w403_statement *st, const w403_check_work *w)
{
    const w403_arn *arn = w->ask.resource;
    bool object = arn->n == 6 && w403_view_find_char(arn->part[5], '/') != SIZE_MAX;
    for (uint32_t i = 0; object && i < st->n_resources; i++) {
        if (st->resources[i].n_parts == 6 && w403_view_find_char(st->resources[i].part[5], '/') == SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static bool object_for_bucket(const w403_statement *st, const w403_check_work *w)
{
    const w403_arn *arn = w->ask.resource;
    bool bucket =
        arn->n == 6 && w403_view_eq(arn->part[2], W403_LIT("s3")) && w403_view_find_char(arn->part[5], '/') == SIZE_MAX;
    for (uint32_t i = 0; bucket && i < st->n_resources; i++) {
        if (st->resources[i].n_parts == 6 && w403_view_find_char(st->resources[i].part[5], '/') != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static bool has_blank(const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_resources; i++) {
        w403_view v = st->resources[i].whole.text;
        for (size_t k = 0; k < v.n; k++) {
            if (v.p[k] == ' ' || v.p[k] == '\t' || (unsigned char)v.p[k] == 0xc2) {
                return true;
            }
        }
    }
    return false;
}

w403_view w403_label_resource(const w403_statement *st, const w403_check_work *w, w403_arena *a)
{
    bool open = w403_match_resource(st, &w->ask) == W403_UNKNOWN;
    if (st->not_resource || open) {
        const char *says = !st->not_resource ? N_("may match {resource}")
                           : open            ? N_("may exempt {resource}")
                                             : N_("exempts {resource}");
        return w403_say(a, says, W403_P("resource", w->ask.resource->whole));
    }
    const char *text = N_("does not match {resource}");
    if (has_blank(st)) {
        text = N_("does not match {resource} (there is a blank in it)");
    } else if (bucket_for_object(st, w)) {
        text = N_("does not match {resource} (it names the bucket, not its objects: those need `/*`)");
    } else if (object_for_bucket(st, w)) {
        text = N_("does not match {resource} (it names the objects, not the bucket itself)");
    }
    return w403_say(a, text, W403_P("resource", w->ask.resource->whole));
}

static uint32_t blame_condition(const w403_check_work *w, const w403_statement *st, w403_arena *a, w403_blame *out,
                                uint32_t max)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_condition *c = &st->conditions[i];
        w403_tri t = w403_match_condition(c, &w->context);
        if (t != W403_YES) {
            n = push(out, n, max, st->policy, c->values_span, w403_label_condition(w, c, t, a));
        }
    }
    return n;
}

/* A pattern without a service, or with a wildcard in its name, may or may not have meant the action (A1, A4). */
w403_view w403_label_action(const w403_statement *st, const w403_check_work *w, w403_arena *a)
{
    const w403_match_request ask = {.action = w->action, .action_id = w->action_id};
    const char *text = st->not_action ? N_("exempts {action}") : N_("does not list {action}");
    if (st->open_actions && w403_match_action(st, &ask) == W403_UNKNOWN) {
        text = st->not_action ? N_("may exempt {action}") : N_("may list {action}");
    }
    return w403_say(a, text, W403_P("action", w->action));
}

/* An id that stands for somebody may be the caller's, whose own is not known. */
w403_view w403_label_principal(const w403_statement *st, const w403_check_work *w, w403_arena *a)
{
    uint16_t classes, maybe;
    w403_match_principal(st, &w->ask, &classes, &maybe);
    const char *text = maybe && !classes ? N_("may name {principal}") : N_("does not name {principal}");
    return w403_say(a, text, W403_P("principal", w->call->caller.arn));
}

/* An Allow that nearly matched: the element that failed. */
static uint32_t blame_element(const w403_check_work *w, const w403_statement *st, w403_element element, w403_arena *a,
                              w403_blame *out, uint32_t max)
{
    switch (element) {
    case W403_ELEMENT_ACTION:
        return push(out, 0, max, st->policy, st->action_span, w403_label_action(st, w, a));
    case W403_ELEMENT_RESOURCE:
        return push(out, 0, max, st->policy, st->resource_span, w403_label_resource(st, w, a));
    case W403_ELEMENT_PRINCIPAL:
        return push(out, 0, max, st->policy, st->principal_span, w403_label_principal(st, w, a));
    case W403_ELEMENT_CONDITION:
        return blame_condition(w, st, a, out, max);
    case W403_ELEMENT_STATEMENT:
        return push(out, 0, max, st->policy, st->span,
                    w403_view_of(w403_word(a, "AWS would not have stored this")));
    case W403_ELEMENT_NONE:
        break;
    }
    return 0;
}

/* RestrictPublicBuckets: the statement that makes the policy public. */
static uint32_t blame_public(const w403_check_work *w, w403_arena *a, w403_blame *out, uint32_t max)
{
    const w403_policy *policies[] = {w->target->bucket ? w->target->bucket->policy : NULL,
                                     w->target->access_point ? w->target->access_point->policy : NULL};
    const w403_statement *why = NULL;
    for (size_t i = 0; i < 2; i++) {
        if (w403_policy_is_public(policies[i], &why) == W403_YES) {
            return push(out, 0, max, policies[i], why->principal_span.len ? why->principal_span : why->span,
                        w403_view_of(w403_word(a, "this statement makes the policy public")));
        }
    }
    return 0;
}

uint32_t w403_cause_blames(const w403_cause *cause, w403_arena *arena, w403_blame *out, uint32_t max)
{
    if (!cause->check || cause->gate) {
        return 0;
    }
    const w403_check_work *w = w403_work(cause->check);
    if (strcmp(cause->id, "bpa.restrict-public-buckets") == 0) {
        return blame_public(w, arena, out, max);
    }
    if (!cause->match || !cause->match->statement) {
        return 0;
    }
    const w403_statement *st = cause->match->statement;
    if (cause->match->deny) {
        return blame_deny(w, st, arena, out, max);
    }
    return blame_element(w, st, cause->element, arena, out, max);
}

w403_view w403_match_why(const w403_check *check, const w403_match *match, w403_arena *arena)
{
    w403_blame b;
    if (!match->statement) {
        return W403_LIT("");
    }
    uint32_t n = blame_element(w403_work(check), match->statement, (w403_element)match->failed, arena, &b, 1);
    static const char *const texts[] = {"{why}", "{why}", N_("Principal {why}"), N_("Action {why}"), N_("Resource {why}"), N_("Condition {why}")};
    const char *text = match->failed <= W403_ELEMENT_CONDITION ? texts[match->failed] : "{why}";
    return n ? w403_say(arena, text, W403_P("why", b.label)) : W403_LIT("");
}
