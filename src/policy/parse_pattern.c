/* Action, NotAction, Resource and NotResource (semantics 1.6, 1.7). */
#include <stdio.h>

#include "base/glob.h"
#include "catalog/catalog.h"
#include "catalog/reference.h"
#include "policy/forms.h"
#include "policy/match.h"
#include "policy/parse.h"

/* ---- Action ---- */

/* A4: without a service and a name it matches nothing. */
static bool is_action_pattern(w403_view text)
{
    size_t colon = w403_view_find_char(text, ':');
    return w403_view_eq(text, W403_LIT("*")) || (colon != SIZE_MAX && colon > 0 && colon + 1 < text.n);
}

/* A1: the guide knows literal service prefixes alone. `*:*` is `*`. */
static bool is_open_pattern(w403_view text)
{
    w403_view name = text, service = w403_view_cut(&name, ':');
    return name.p && w403_has_wildcard(service) && !w403_view_eq(text, W403_LIT("*:*"));
}

/* A4: IAM stores no action without a service ("must be prefaced by a vendor"): whose it was meant to be is not known. */
static bool is_bare_pattern(w403_view text)
{
    return text.n > 0 && w403_view_find_char(text, ':') == SIZE_MAX && !w403_view_eq(text, W403_LIT("*"));
}

static void bare_action(w403_parser *p, w403_statement *st, const w403_json *str, w403_action_pattern *a, uint64_t bits[8])
{
    char hint[256];
    w403_view meant = w403_arena_printf(p->arena, "s3:%.*s", W403_SHOW(a->text));
    bool found = w403_action_exists(meant) == W403_YES || w403_action_suggest(meant, hint, sizeof hint);
    if (found && w403_action_exists(meant) == W403_YES) {
        (void)snprintf(hint, sizeof hint, "did you mean `%.200s`?", meant.p);
    }
    w403_parse_doubt(p, st, str->span, found ? hint : "write service:Name, as in s3:GetObject",
                     "`%.*s` is an action without a service: AWS would not have stored it", W403_SHOW(a->text));
    a->bare = w403_doubt_counts(st);
    st->open_actions |= a->bare;
    for (uint16_t id = 0; a->bare && id < W403_ACTION_COUNT; id++) {
        if (w403_action_may_be(a, w403_view_of(w403_action_at(id)->name))) {
            bits[id / 64] |= UINT64_C(1) << id % 64;
        }
    }
}

static void invert(uint64_t bits[8])
{
    for (uint16_t id = 0; id < W403_ACTION_COUNT; id++) {
        bits[id / 64] ^= UINT64_C(1) << id % 64;
    }
}

/* A5: what AWS stores of resource control policies made by customers. */
static void check_rcp_action(w403_parser *p, w403_statement *st, const w403_json *str, w403_view text)
{
    if (p->policy->kind == W403_POLICY_RCP && st->effect == W403_EFFECT_DENY && w403_view_eq(text, W403_LIT("*"))) {
        w403_parse_refuse(p, st, W403_ELEMENT_NONE, str->span, "name the service: s3:*",
                          "a resource control policy takes no Action `*`: AWS would not have stored it");
    }
}

w403_status w403_parse_actions(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *not_v)
{
    const w403_json *element = v ? v : not_v;
    const char *name = v ? "Action" : "NotAction";
    w403_list list;
    if (!element) {
        w403_parse_refuse(p, st, W403_ELEMENT_ACTION, st->span, "add an `Action`",
                          "a statement without `Action`: AWS would not have stored it");
        memset(st->catalog_actions, 0xff, sizeof st->catalog_actions);
        return W403_OK;
    }
    if (v && not_v) { /* G3 */
        w403_parse_refuse(p, st, W403_ELEMENT_ACTION, not_v->key_span, "remove one of them",
                          "both `Action` and `NotAction`: AWS would not have stored the statement");
    } else if (!v && p->policy->kind == W403_POLICY_RCP) {
        w403_parse_refuse(p, st, W403_ELEMENT_NONE, not_v->key_span, "list the actions in `Action`",
                          "a resource control policy takes no `NotAction`: AWS would not have stored it");
    }
    st->not_action = !v;
    st->action_span = element->span;
    W403_TRY(w403_parse_list(p, element, name, W403_TYPES_STRING, &list));
    w403_action_pattern *a = W403_NEW_N(p->arena, w403_action_pattern, list.n);
    W403_NEED(a, p->err);
    st->actions = a;
    st->n_actions = list.n;
    for (uint32_t i = 0; i < list.n; i++, list.first = list.first->next) {
        W403_TRY(w403_parse_keep(p, list.first->text, &a[i].text));
        a[i].span = list.first->span;
        a[i].valid = is_action_pattern(a[i].text);
        a[i].open = a[i].valid && is_open_pattern(a[i].text);
        st->open_actions |= a[i].open;
        uint64_t none[8] = {0}; /* of NotAction, what is perhaps listed is not left out */
        (void)w403_action_bits(&a[i], a[i].open && !v ? none : st->catalog_actions);
        if (is_bare_pattern(a[i].text)) {
            bare_action(p, st, list.first, &a[i], v ? st->catalog_actions : none);
        } else if (a[i].open) {
            w403_parse_warn(p, list.first->span, "write the service, or `*` for all",
                            "`%.*s`: AWS does not say what a wildcard in a service's name matches; where the answer hangs on it, "
                            "it is undetermined", W403_SHOW(a[i].text));
        }
        check_rcp_action(p, st, list.first, a[i].text);
    }
    if (st->unread & W403_UNREAD(W403_ELEMENT_ACTION)) {
        memset(st->catalog_actions, 0xff, sizeof st->catalog_actions);
    } else if (st->not_action) { /* A2 */
        invert(st->catalog_actions);
    }
    return W403_OK;
}

/* ---- Resource ---- */

/* PV1: variables count after the fifth colon only. SIZE_MAX: nowhere. */
static size_t variables_from(const w403_policy *policy, const w403_resource_pattern *r)
{
    return policy->version_2012 && r->n_parts == 6 ? (size_t)(r->part[5].p - r->whole.text.p) : SIZE_MAX;
}

/* In what names the resource; keys of objects may hold anything. */
static const char *placeholder_in(const w403_resource_pattern *r)
{
    w403_view text = r->whole.text;
    size_t slash = w403_view_find_char(text, '/');
    bool template = w403_view_find(text, W403_LIT("${AWS::")) != SIZE_MAX;
    return w403_form_placeholder(template || slash == SIZE_MAX ? text : w403_view_sub(text, 0, slash));
}

/* What IAM refuses of the partition and the service of an ARN, and S3 of an ARN that is short of a part. */
static void check_arn(w403_parser *p, w403_statement *st, const w403_json *str, w403_resource_pattern *r)
{
    const unsigned n = r->n_parts;
    bool is_s3 = n > 2 && w403_view_eq(r->part[2], W403_LIT("s3"));
    if (n < 3) {
        return;
    }
    r->n_parts = 0;
    if (!w403_has_wildcard(r->part[1]) && w403_view_find_char(r->part[1], '$') == SIZE_MAX &&
        !w403_ref_partition(r->part[1])) {
        w403_parse_doubt(p, st, str->span, "write arn:aws:...",
                         "`%.*s`: `%.*s` is no partition: AWS would not have stored it", W403_SHOW(r->whole.text),
                         W403_SHOW(r->part[1]));
    } else if (!r->part[2].n) {
        w403_parse_doubt(p, st, str->span, "write the service: arn:aws:s3:::bucket/*",
                         "`%.*s` names no service: AWS would not have stored it", W403_SHOW(r->whole.text));
    } else if (is_s3 && n < 6 && p->policy->kind == W403_POLICY_RESOURCE &&
               !w403_view_eq(r->part[n - 1], W403_LIT("*"))) { /* R14; R8 is about all the others */
        w403_parse_doubt(p, st, str->span, "count the colons: arn:aws:s3:::bucket/*",
                         "`%.*s` has %u of the six parts of an ARN: S3 would not have stored it",
                         W403_SHOW(r->whole.text), n);
    } else {
        r->n_parts = (uint8_t)n;
    }
}

static void scan_resource(w403_parser *p, w403_statement *st, const w403_json *str, w403_resource_pattern *r)
{
    w403_view text = r->whole.text;
    size_t literal;
    r->is_star = w403_view_eq(text, W403_LIT("*"));
    w403_arn arn = w403_arn_split(text);                /* R2 */
    if (arn.n < 6 || !w403_has_wildcard(arn.part[2])) { /* R4: else AWS would refuse it, so it is no ARN */
        r->n_parts = arn.n;
        memcpy(r->part, arn.part, sizeof r->part);
    }
    size_t from = variables_from(p->policy, r);
    r->whole = w403_template_scan(text, from, &literal);
    r->prefix = w403_view_sub(text, 0, literal);
    const char *filled = placeholder_in(r);
    if (filled) { /* what it names is not known */
        r->n_parts = 0;
        w403_parse_doubt(p, st, str->span, "write the ARN that is meant", "`%.*s` holds a placeholder: %s",
                         W403_SHOW(text), filled);
    } else if (!r->n_parts && !r->is_star) { /* R1, R4 */
        w403_parse_doubt(p, st, str->span, "write an ARN (arn:aws:s3:::bucket/*) or `*`",
                         "`%.*s` is no ARN: AWS would not have stored it", W403_SHOW(text));
    }
    check_arn(p, st, str, r);
    if (p->policy->version_2012 && w403_view_find(text, W403_LIT("${")) < from) { /* PV1 */
        w403_parse_warn(p, str->span, NULL, "`%.*s`: variables before the fifth colon are plain text", W403_SHOW(text));
    }
}

/* A role's trust policy, given as the policy of "any other resource": it says who may take this role, and has no
 * Resource. */
static bool is_trust(const w403_parser *p, const w403_statement *st)
{
    if (p->policy->kind == W403_POLICY_TRUST) {
        return true;
    }
    bool all = p->policy->kind == W403_POLICY_RESOURCE && !st->not_action && st->n_actions > 0;
    for (uint32_t i = 0; i < st->n_actions && all; i++) {
        w403_view rest = st->actions[i].text;
        all = w403_view_ieq(w403_view_cut(&rest, ':'), W403_LIT("sts"));
    }
    return all;
}

/* G3, G13. False when there is nothing to read. */
static bool resource_expected(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *not_v)
{
    if (v && not_v) {
        w403_parse_refuse(p, st, W403_ELEMENT_RESOURCE, not_v->key_span, "remove one of them",
                          "both `Resource` and `NotResource`: AWS would not have stored the statement");
    } else if ((v || not_v) && p->policy->kind == W403_POLICY_TRUST) {
        w403_parse_refuse(p, st, W403_ELEMENT_RESOURCE, (v ? v : not_v)->key_span, "remove it",
                          "a role trust policy takes no `Resource`: AWS would not have stored the statement");
    } else if (!v && !not_v && p->policy->kind == W403_POLICY_KEY) {
        w403_parse_warn(p, st->span, "add \"Resource\": \"*\", which means this key",
                        "a key policy's statement without `Resource` never applies to the key");
    } else if (!v && !not_v && is_trust(p, st)) {
        st->has_resource = st->not_resource = true; /* all but nothing: the role that it is asked for */
    } else if (!v && !not_v) {
        w403_parse_refuse(p, st, W403_ELEMENT_RESOURCE, st->span, "add a `Resource`",
                          "a statement without `Resource`: AWS would not have stored it");
    }
    return v || not_v;
}

w403_status w403_parse_resources(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *not_v)
{
    const w403_json *element = v ? v : not_v;
    w403_list list;
    if (!resource_expected(p, st, v, not_v)) {
        return W403_OK;
    }
    st->has_resource = true;
    st->not_resource = !v;
    st->resource_span = element->span;
    W403_TRY(w403_parse_list(p, element, v ? "Resource" : "NotResource", W403_TYPES_STRING, &list));
    w403_resource_pattern *r = W403_NEW_N(p->arena, w403_resource_pattern, list.n);
    W403_NEED(r, p->err);
    st->resources = r;
    st->n_resources = list.n;
    for (uint32_t i = 0; i < list.n; i++, list.first = list.first->next) {
        W403_TRY(w403_parse_keep(p, list.first->text, &r[i].whole.text));
        r[i].span = list.first->span;
        scan_resource(p, st, list.first, &r[i]);
        if (st->not_resource && !r[i].n_parts && !r[i].is_star) { /* it must not widen what the others leave */
            w403_parse_refuse(p, st, W403_ELEMENT_NONE, r[i].span, NULL,
                              "AWS would not have stored this `NotResource`");
        }
    }
    return W403_OK;
}
