#include "policy/parse.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/limits.h"
#include "policy/notes.h"

static const w403_kind_rules kinds[W403_POLICY_KINDS] = {
    [W403_POLICY_IDENTITY] = {.name = "identity-based policy", .iam = true},
    [W403_POLICY_BOUNDARY] = {.name = "permissions boundary", .iam = true},
    [W403_POLICY_SESSION] = {.name = "session policy", .iam = true},
    [W403_POLICY_SCP] = {.name = "service control policy", .iam = true, .v2012 = true},
    [W403_POLICY_RCP] = {.name = "resource control policy", .principal = true, .v2012 = true},
    [W403_POLICY_VPC_ENDPOINT] = {.name = "VPC endpoint policy", .principal = true},
    [W403_POLICY_RESOURCE] = {.name = "bucket policy", .principal = true},
    [W403_POLICY_ACCESS_POINT] = {.name = "access point policy", .principal = true},
    [W403_POLICY_KEY] = {.name = "key policy", .principal = true},
    [W403_POLICY_TRUST] = {.name = "role trust policy", .principal = true, .iam = true},
};

const w403_kind_rules *w403_kind_rules_of(w403_policy_kind k)
{
    return &kinds[k];
}

const char *w403_policy_kind_name(w403_policy_kind k)
{
    return (unsigned)k < W403_POLICY_KINDS ? kinds[k].name : "policy";
}

/* ---- a statement ---- */

enum element {
    SID,
    EFFECT,
    PRINCIPAL,
    NOT_PRINCIPAL,
    ACTION,
    NOT_ACTION,
    RESOURCE,
    NOT_RESOURCE,
    CONDITION,
    ELEMENTS
};
static const char *const element_names[ELEMENTS] = {
    [SID] = "Sid",
    [EFFECT] = "Effect",
    [PRINCIPAL] = "Principal",
    [NOT_PRINCIPAL] = "NotPrincipal",
    [ACTION] = "Action",
    [NOT_ACTION] = "NotAction",
    [RESOURCE] = "Resource",
    [NOT_RESOURCE] = "NotResource",
    [CONDITION] = "Condition",
};

/* G9: element names are case-sensitive. NULL when no element is meant. */
static const char *meant(w403_view name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_ieq(name, w403_view_of(names[i]))) {
            return names[i];
        }
    }
    return NULL;
}

/* "element names are case-sensitive: write `Effect`", or NULL. `buf` holds it. */
static const char *case_hint(char *buf, size_t room, w403_view name, const char *const *names, size_t n)
{
    const char *right = meant(name, names, n);
    if (!right) {
        return NULL;
    }
    (void)snprintf(buf, room, "element names are case-sensitive: write `%s`", right);
    return buf;
}

/* Sorts the members of a statement by element; what is none makes it inert (G8). */
static void collect(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *found[ELEMENTS])
{
    for (const w403_json *m = v->first; m; m = m->next) {
        size_t i = 0;
        while (i < ELEMENTS && !w403_view_eq(m->key, w403_view_of(element_names[i]))) {
            i++;
        }
        if (i < ELEMENTS) {
            found[i] = m;
            continue;
        }
        char hint[128];
        w403_parse_refuse(p, st, W403_ELEMENT_NONE, m->key_span,
                          case_hint(hint, sizeof hint, m->key, element_names, ELEMENTS),
                          "`%.*s` is no element of a statement: AWS would not have stored it", W403_SHOW(m->key));
    }
}

static w403_status parse_sid(w403_parser *p, w403_statement *st, const w403_json *v)
{
    if (!v) {
        return W403_OK;
    }
    W403_TRY(w403_parse_string(p, v, "Sid", &st->sid));
    if (!kinds[p->policy->kind].iam) {
        return W403_OK;
    }
    for (size_t i = 0; i < st->sid.n; i++) { /* G11: no effect on decisions */
        char c = w403_lower(st->sid.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            w403_parse_warn(p, v->span, "use letters and digits only",
                            "the Sid `%.*s` is not alphanumeric: AWS would not store it in this kind of policy",
                            W403_SHOW(st->sid));
            break;
        }
    }
    return W403_OK;
}

static w403_status parse_effect(w403_parser *p, w403_statement *st, const w403_json *v)
{
    if (!v) {
        w403_parse_refuse(p, st, W403_ELEMENT_STATEMENT, st->span,
                          "add \"Effect\": \"Allow\" or \"Effect\": \"Deny\"",
                          "a statement without `Effect`: AWS would not have stored it");
        return W403_OK;
    }
    w403_view text;
    W403_TRY(w403_parse_string(p, v, "Effect", &text));
    bool deny = w403_view_ieq(text, W403_LIT("Deny")), plain = deny || w403_view_ieq(text, W403_LIT("Allow"));
    st->effect = deny ? W403_EFFECT_DENY : W403_EFFECT_ALLOW;
    if (!w403_view_eq(text, W403_LIT("Allow")) && !w403_view_eq(text, W403_LIT("Deny"))) { /* G9 */
        w403_parse_refuse(p, st, plain ? W403_ELEMENT_NONE : W403_ELEMENT_STATEMENT, v->span,
                          "the values of `Effect` are exactly `Allow` and `Deny`",
                          "`%.*s` is no Effect: AWS would not have stored the statement", W403_SHOW(text));
    }
    return W403_OK;
}

/* A5: only AWS's own RCPFullAWSAccess allows. Nothing hangs on another, for that one is always there. */
static void check_rcp_allow(w403_parser *p, const w403_statement *st)
{
    bool all = st->n_actions == 1 && w403_view_eq(st->actions[0].text, W403_LIT("*")) && !st->n_conditions;
    if (p->policy->kind == W403_POLICY_RCP && st->effect == W403_EFFECT_ALLOW && !st->inert && !all) {
        w403_parse_warn(p, st->span, "deny what is not meant, by a condition",
                        "a resource control policy takes no `Allow`: AWS would not have stored it");
    }
}

static w403_status parse_statement(w403_parser *p, w403_statement *st, const w403_json *v)
{
    const w403_json *e[ELEMENTS] = {NULL};
    if (v->type != W403_JSON_OBJECT) {
        return w403_json_error(p->doc, v, p->err, "a statement must be an object, not %s",
                               w403_json_type_name(v->type));
    }
    st->policy = p->policy;
    st->span = v->span;
    collect(p, st, v, e);
    W403_TRY(parse_sid(p, st, e[SID]));
    W403_TRY(parse_effect(p, st, e[EFFECT]));
    W403_TRY(w403_parse_principals(p, st, e[PRINCIPAL], e[NOT_PRINCIPAL]));
    W403_TRY(w403_parse_actions(p, st, e[ACTION], e[NOT_ACTION]));
    W403_TRY(w403_parse_resources(p, st, e[RESOURCE], e[NOT_RESOURCE]));
    W403_TRY(w403_parse_conditions(p, st, e[CONDITION]));
    check_rcp_allow(p, st);
    return W403_OK;
}

/* ---- the document ---- */

/* Two Sids alike are refused by IAM, but change no decision (G11). Memory short: not looked for. */
static void check_sids(w403_parser *p)
{
    if (!kinds[p->policy->kind].iam || !w403_parse_warns(p) || p->policy->n_statements < 2) {
        return;
    }
    w403_arena *scratch = w403_arena_new(0);
    w403_map seen = {0};
    for (uint32_t i = 0; scratch && i < p->policy->n_statements; i++) {
        const w403_statement *st = &p->policy->statements[i];
        if (!st->sid.n) {
            continue;
        }
        if (w403_map_get(&seen, st->sid)) {
            w403_parse_warn(p, st->span, NULL, "the Sid `%.*s` is there twice: AWS would not store it",
                            W403_SHOW(st->sid));
        } else if (!w403_map_put(scratch, &seen, st->sid, &seen)) {
            break;
        }
    }
    w403_arena_free(scratch);
}

/* `doubt`: why AWS would refuse the document whatever its statements are; {NULL,0}: it would not. */
static w403_status parse_statements(w403_parser *p, const w403_json *v, w403_view doubt)
{
    w403_policy *policy = p->policy;
    w403_list list = {v, 1}; /* G2: a bare object is a list of one */
    if (v->type == W403_JSON_ARRAY) {
        list = (w403_list){v->first, v->count};
    } else if (v->type != W403_JSON_OBJECT) {
        return w403_json_error(p->doc, v, p->err, "`Statement` must be an object or a list of objects, not %s",
                               w403_json_type_name(v->type));
    }
    if (list.n > W403_LIMIT_STATEMENTS) {
        w403_error_set(p->err, W403_LIMIT, "%u statements: more than the %d that are read", list.n,
                       W403_LIMIT_STATEMENTS);
        w403_error_place(p->err, p->doc->source, p->doc->text, v->span.off, v->span.len);
        return W403_LIMIT;
    }
    w403_statement *st = W403_NEW_N(p->arena, w403_statement, list.n);
    W403_NEED(st, p->err);
    policy->statements = st;
    policy->n_statements = list.n;
    for (uint32_t i = 0; i < list.n; i++, list.first = list.first->next) {
        st[i].index = i;
        st[i].inert = doubt.p != NULL;
        st[i].doubt = doubt;
        W403_TRY(parse_statement(p, &st[i], list.first));
    }
    check_sids(p);
    return W403_OK;
}

/* V1, V4. Sets *doubt when AWS would refuse the document. */
static w403_status parse_version(w403_parser *p, const w403_json *root, const w403_json *v, w403_view *doubt)
{
    w403_view text = {NULL, 0};
    if (v) {
        W403_TRY(w403_parse_string(p, v, "Version", &text));
    }
    p->policy->version_2012 = w403_view_eq(text, W403_LIT("2012-10-17"));
    if (v && !p->policy->version_2012 && !w403_view_eq(text, W403_LIT("2008-10-17"))) {
        *doubt = W403_LIT("its `Version` is none");
        w403_parse_warn(p, v->span, "the versions of the policy language are `2012-10-17` and `2008-10-17`",
                        "`%.*s` is no Version: AWS would not have stored the policy", W403_SHOW(text));
    } else if (!p->policy->version_2012 && kinds[p->policy->kind].v2012) {
        w403_parse_warn(p, v ? v->span : root->span, "add \"Version\": \"2012-10-17\"",
                        "AWS stores a %s only with Version `2012-10-17`", kinds[p->policy->kind].name);
    }
    return W403_OK;
}

/* G15. The first character that IAM would not store. */
static void check_characters(w403_parser *p, const w403_json *root)
{
    w403_view text = w403_view_sub(p->doc->text, root->span.off, root->span.off + root->span.len);
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] >= 0xC4) { /* U+0100 and above */
            w403_parse_warn(p, (w403_span){root->span.off + (uint32_t)i, 1}, "write it as a \\u escape",
                            "a character outside Latin-1: AWS does not store it in this kind of policy");
            return;
        }
    }
}

static w403_status parse_document(w403_parser *p, const w403_json *root)
{
    static const char *const names[] = {"Version", "Id", "Statement"};
    const w403_json *found[3] = {NULL};
    const w403_json *other = NULL;
    w403_view doubt = {NULL, 0};
    if (root->type != W403_JSON_OBJECT) {
        return w403_json_error(p->doc, root, p->err, "a policy document must be an object, not %s",
                               w403_json_type_name(root->type));
    }
    for (const w403_json *m = root->first; m; m = m->next) {
        size_t i = 0;
        while (i < 3 && !w403_view_eq(m->key, w403_view_of(names[i]))) {
            i++;
        }
        *(i < 3 ? &found[i] : &other) = m;
    }
    char hint[128];
    if (!found[2] && (other || !root->first)) {
        w403_status s = w403_json_error(p->doc, root, p->err, "no policy document: it has no `Statement`");
        const char *h = other ? case_hint(hint, sizeof hint, other->key, names, 3) : NULL;
        if (h) {
            w403_error_hint(p->err, "%s", h);
        }
        return s;
    }
    if (other) { /* G8 */
        doubt = W403_LIT("its policy has an element that is none");
        w403_parse_warn(p, other->key_span, case_hint(hint, sizeof hint, other->key, names, 3),
                        "`%.*s` is no element of a policy: AWS would not have stored it",
                        W403_SHOW(other->key));
    }
    W403_TRY(parse_version(p, root, found[0], &doubt));
    if (found[1]) {
        W403_TRY(w403_parse_string(p, found[1], "Id", &p->policy->id));
        if (!kinds[p->policy->kind].principal) { /* G10 */
            w403_parse_warn(p, found[1]->key_span, "remove it", "`Id` is not allowed in this kind of policy: %s",
                            kinds[p->policy->kind].name);
        }
    }
    if (kinds[p->policy->kind].iam) {
        check_characters(p, root);
    }
    if (!found[2] || (found[2]->type == W403_JSON_ARRAY && !found[2]->count)) {
        w403_parse_warn(p, root->span, NULL, "a policy without statements allows and denies nothing");
    }
    return found[2] ? parse_statements(p, found[2], doubt) : W403_OK;
}

/* ---- entry points ---- */

static w403_status too_long(w403_view source, w403_view text, w403_span span, w403_error *err)
{
    w403_error_set(err, W403_LIMIT, "a policy of %u bytes: more than the %d that are read", span.len,
                   W403_LIMIT_POLICY_BYTES);
    w403_error_place(err, source, text, span.off, 1);
    return W403_LIMIT;
}

w403_status w403_policy_from_json(w403_arena *a, w403_policy_kind kind, const w403_json_doc *doc,
                                  const w403_json *value, w403_problems *warnings, w403_policy **out, w403_error *err)
{
    *out = NULL;
    if (value->span.len > W403_LIMIT_POLICY_BYTES) {
        return too_long(doc->source, doc->text, value->span, err);
    }
    w403_policy *policy = W403_NEW(a, w403_policy);
    W403_NEED(policy, err);
    policy->kind = kind;
    policy->doc = (w403_json_doc){.source = doc->source, .text = doc->text};
    policy->file = doc->source;
    policy->file_span = value->span;
    policy->pointer = value == doc->root || !doc->root ? W403_LIT("") : w403_json_pointer(a, doc, value);
    W403_NEED(policy->pointer.p, err);
    w403_parser p = {.arena = a, .doc = doc, .policy = policy, .warnings = warnings, .err = err};
    W403_TRY(parse_document(&p, value));
    if (warnings) {
        w403_policy_notes(kind, doc, value, warnings);
    }
    *out = policy;
    return W403_OK;
}

w403_status w403_policy_parse(w403_arena *a, w403_policy_kind kind, w403_view source, w403_view text,
                              w403_problems *warnings, w403_policy **out, w403_error *err)
{
    w403_json_doc doc;
    *out = NULL;
    if (text.n > W403_LIMIT_POLICY_BYTES) {
        w403_span all = {0, text.n < UINT32_MAX ? (uint32_t)text.n : UINT32_MAX};
        return too_long(source, text, all, err);
    }
    w403_arena *nodes = w403_arena_new(0); /* many times the size of what is kept */
    if (!nodes) {
        w403_arena_fail(a);
        return w403_error_nomem(err);
    }
    w403_status s = w403_json_parse(nodes, source, text, NULL, &doc, NULL, err);
    if (s == W403_OK) {
        s = w403_policy_from_json(a, kind, &doc, doc.root, warnings, out, err);
    }
    if (s == W403_NOMEM) {
        w403_arena_fail(a);
    }
    w403_arena_free(nodes);
    return s;
}
