/* Principal and NotPrincipal (semantics 1.4, 1.5). One bad entry is W403_PE_INVALID and matches nobody; the others
 * of its statement stay good. */
#include "base/glob.h"
#include "policy/match.h"
#include "policy/parse.h"

/* What an entry is, and what is wrong with it (why == NULL: nothing). */
typedef struct finding {
    w403_principal_kind kind;
    w403_view account;
    const char *why, *hint;
} finding;

static const char use_condition[] =
    "use \"Principal\": \"*\" with a condition on aws:PrincipalArn, which takes wildcards";
static const char use_service[] = "write {\"Service\": ...}";

static bool all_of(w403_view v, bool (*is)(char))
{
    for (size_t i = 0; i < v.n; i++) {
        if (!is(v.p[i])) {
            return false;
        }
    }
    return v.n > 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_upper_or_digit(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z');
}
static bool is_account(w403_view v)
{
    return v.n == 12 && all_of(v, is_digit);
}

/* aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b ... */
static bool is_partition(w403_view v)
{
    return w403_view_eq(v, W403_LIT("aws")) || (v.n > 4 && w403_view_starts(v, W403_LIT("aws-")));
}

/* Names of services: s3.amazonaws.com, in China also .amazonaws.com.cn, in the isolated partitions other domains. */
static bool is_service_name(w403_view v)
{
    w403_view domain;
    for (size_t at = 0; (domain = w403_list_next(W403_LIST_SERVICE_PRINCIPAL_DOMAIN, &at)).p;) {
        if (v.n > domain.n && w403_view_ends(v, domain)) {
            return true;
        }
    }
    return false;
}

/* Resource parts of iam and sts ARNs that may be principals. `names`: how many names follow, at least; with
 * `exact`, no more than that. */
static const struct form {
    const char *service, *type;
    unsigned names;
    bool exact;
    w403_principal_kind kind;
} forms[] = {
    {"iam", "root", 0, true, W403_PE_ACCOUNT},
    {"iam", "user", 1, false, W403_PE_USER}, /* with a path or without */
    {"iam", "role", 1, false, W403_PE_ROLE},
    {"sts", "assumed-role", 2, true, W403_PE_SESSION},
    {"sts", "federated-user", 1, true, W403_PE_FEDERATED_USER},
};

static bool has_form(const struct form *f, w403_view service, w403_view resource)
{
    w403_view rest = resource;
    unsigned names = 0;
    if (!w403_view_eq(service, w403_view_of(f->service)) ||
        !w403_view_eq(w403_view_cut(&rest, '/'), w403_view_of(f->type))) {
        return false;
    }
    while (rest.p) {
        names++;
        if (w403_view_cut(&rest, '/').n == 0) {
            return false;
        }
    }
    return names == f->names || (names > f->names && !f->exact);
}

static finding judge_arn(w403_view text)
{
    w403_arn arn = w403_arn_split(text);
    finding bad = {.kind = W403_PE_INVALID};
    if (w403_has_wildcard(text)) { /* PM1 */
        bad.why = "wildcards are not allowed inside a principal";
        bad.hint = use_condition;
        return bad;
    }
    if (arn.n < 6 || !is_partition(arn.part[1]) || arn.part[3].n ||
        !(is_account(arn.part[4]) ||
          w403_view_eq(arn.part[4], W403_LIT("cloudfront")))) { /* the origin access identities */
        bad.why = "it is no ARN of an account, user, role or session";
        bad.hint = "write arn:aws:iam::<account>:root, :user/<name> or :role/<name>";
        return bad;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (has_form(&forms[i], arn.part[2], arn.part[5])) {
            return (finding){.kind = forms[i].kind, .account = arn.part[4]};
        }
    }
    if (w403_view_starts(arn.part[5], W403_LIT("group/"))) { /* PM2 */
        bad.why = "a group is no principal";
        bad.hint = "list its users, or attach the policy to the group";
    } else {
        bad.why = "it is no ARN of an account, user, role or session";
    }
    return bad;
}

static finding judge_aws(w403_view text)
{
    if (w403_view_eq(text, W403_LIT("*"))) {
        return (finding){.kind = W403_PE_STAR};
    }
    if (is_account(text)) {
        return (finding){.kind = W403_PE_ACCOUNT, .account = text};
    }
    if (w403_view_starts(text, W403_LIT("arn:"))) {
        return judge_arn(text);
    }
    if (is_service_name(text)) { /* 000-12 */
        return (finding){.kind = W403_PE_INVALID, .why = "a service does not stand under `AWS`", .hint = use_service};
    }
    /* What AWS shows once the user or role is deleted: it stands for no one any more, but for that very one. */
    if (text.n > 4 && all_of(text, is_upper_or_digit) &&
        (w403_view_starts(text, W403_LIT("AIDA")) || w403_view_starts(text, W403_LIT("AROA")))) {
        return (finding){.kind = W403_PE_UNIQUE_ID,
                         .why = "the id of a user or role that was deleted, most likely: one made again under the "
                                "same name is not matched by it",
                         .hint = "write the ARN again"};
    }
    if (text.n == 64 && w403_view_is_hex(text)) {
        return (finding){.kind = W403_PE_INVALID,
                         .why = "a canonical user id does not stand under `AWS`",
                         .hint = "write {\"CanonicalUser\": ...}"};
    }
    return (finding){.kind = W403_PE_INVALID,
                     .why = w403_has_wildcard(text) ? "wildcards are not allowed inside a principal"
                                                    : "it is neither an ARN, a 12-digit account nor `*`",
                     .hint = w403_has_wildcard(text) ? use_condition : NULL};
}

static finding judge_service(w403_view text)
{
    if (w403_has_wildcard(text)) { /* PM4 */
        return (finding){.kind = W403_PE_INVALID,
                         .why = "wildcards are not allowed in the name of a service",
                         .hint = "list the services one by one"};
    }
    if (w403_view_find_char(text, '.') == SIZE_MAX || w403_view_starts(text, W403_LIT("arn:"))) {
        return (finding){.kind = W403_PE_INVALID,
                         .why = "it is no service principal",
                         .hint = "service principals look like s3.amazonaws.com"};
    }
    return (finding){.kind = W403_PE_SERVICE,
                     .why = is_service_name(text) ? NULL : "the name of a service ends in .amazonaws.com"};
}

static finding judge_canonical(w403_view text)
{
    /* 64 digits of an account, 96 of a CloudFront origin access identity */
    bool looks_right = (text.n == 64 || text.n == W403_ORIGIN_ID_DIGITS) && w403_view_is_hex(text);
    return (finding){.kind = W403_PE_CANONICAL,
                     .why = looks_right ? NULL : "a canonical user id has 64 hexadecimal digits"};
}

static finding judge_federated(w403_view text)
{
    (void)text;
    return (finding){.kind = W403_PE_FEDERATED,
                     .why = "a federated principal means something in role trust policies only: no request to S3 or "
                            "KMS matches it"};
}

static const struct principal_type {
    const char *name;
    finding (*judge)(w403_view text);
} types[] = {
    {"AWS", judge_aws},
    {"Service", judge_service},
    {"CanonicalUser", judge_canonical},
    {"Federated", judge_federated},
};
enum { TYPES = sizeof types / sizeof types[0] };

static const struct principal_type *type_of(w403_view name)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (w403_view_eq(name, w403_view_of(types[i].name))) {
            return &types[i];
        }
    }
    return NULL;
}

/* What the kind of policy adds to what an entry is by itself. */
static finding judge_in_kind(const w403_parser *p, const struct principal_type *type, w403_view text)
{
    if (!type) {
        return (finding){.kind = W403_PE_INVALID,
                         .why = "there is no such type of principal",
                         .hint = "the types are `AWS`, `Service`, `CanonicalUser` and `Federated`"};
    }
    finding f = type->judge(text);
    if (f.kind == W403_PE_FEDERATED && p->policy->kind == W403_POLICY_TRUST) {
        f.why = NULL;
    }
    if (f.kind == W403_PE_CANONICAL && p->policy->kind == W403_POLICY_KEY) {
        return (finding){.kind = W403_PE_INVALID,
                         .why = "canonical user ids are known to S3 only",
                         .hint = "write the account's 12-digit id"};
    }
    return f;
}

static w403_status add_entry(w403_parser *p, w403_statement *st, const struct principal_type *type,
                             const w403_json *v, w403_principal_entry *e)
{
    e->span = v->span;
    W403_TRY(w403_parse_keep(p, v->text, &e->text));
    finding f = judge_in_kind(p, type, e->text);
    e->kind = f.kind;
    e->account = f.account;
    bool origin_access_identity = w403_view_eq(f.account, W403_LIT("cloudfront")); /* has spaces in its name */
    w403_parse_blanks(p, v, e->text, origin_access_identity ? 0 : SIZE_MAX);
    if (f.why) {
        if (f.kind == W403_PE_INVALID) {
            w403_parse_doubt(p, st, v->span, f.hint, "principal `%.*s`: %s, so it matches nobody", W403_SHOW(e->text),
                             f.why);
        } else {
            w403_parse_warn(p, v->span, f.hint, "principal `%.*s`: %s", W403_SHOW(e->text), f.why);
        }
    }
    if (p->policy->kind == W403_POLICY_RCP && f.kind != W403_PE_STAR) {
        w403_parse_refuse(p, st, W403_ELEMENT_NONE, v->span, use_condition,
                          "a resource control policy takes no principal but `*`: AWS would not have stored it");
    } else if (f.kind == W403_PE_INVALID && st->not_principal) {
        w403_parse_refuse(p, st, W403_ELEMENT_PRINCIPAL, v->span, NULL,
                          "AWS would not have stored this `NotPrincipal`");
    }
    return W403_OK;
}

/* "Principal": "*" (or what should have been written as an object). */
static w403_status parse_lone(w403_parser *p, w403_statement *st, const w403_json *v)
{
    w403_principal_entry *e = W403_NEW(p->arena, w403_principal_entry);
    W403_NEED(e, p->err);
    st->principals = e;
    st->n_principals = 1;
    if (w403_view_eq(v->text, W403_LIT("*"))) {
        return add_entry(p, st, &types[0], v, e);
    }
    e->kind = W403_PE_INVALID;
    e->span = v->span;
    W403_TRY(w403_parse_keep(p, v->text, &e->text));
    w403_parse_refuse(p, st, W403_ELEMENT_PRINCIPAL, v->span,
                      is_service_name(e->text) ? use_service : "write {\"AWS\": ...}",
                      "principal `%.*s`: only `*` may stand by itself, so AWS would not have stored it",
                      W403_SHOW(e->text));
    return W403_OK;
}

static w403_status parse_by_type(w403_parser *p, w403_statement *st, const w403_json *v)
{
    size_t n = 0;
    w403_list list;
    for (const w403_json *m = v->first; m; m = m->next) {
        W403_TRY(w403_parse_list(p, m, "Principal", W403_TYPES_STRING, &list));
        n += list.n;
    }
    w403_principal_entry *e = W403_NEW_N(p->arena, w403_principal_entry, n);
    W403_NEED(e, p->err);
    st->principals = e;
    st->n_principals = (uint32_t)n;
    for (const w403_json *m = v->first; m; m = m->next) {
        W403_TRY(w403_parse_list(p, m, "Principal", W403_TYPES_STRING, &list));
        for (uint32_t i = 0; i < list.n; i++, list.first = list.first->next) {
            W403_TRY(add_entry(p, st, type_of(m->key), list.first, e++));
        }
    }
    return W403_OK;
}

w403_status w403_parse_principals(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *not_v)
{
    const w403_kind_rules *rules = w403_kind_rules_of(p->policy->kind);
    const w403_json *element = v ? v : not_v;
    if (!element) {
        if (!rules->principal) {
            return W403_OK;
        }
        st->has_principal = true;
        if (st->inert || p->policy->kind == W403_POLICY_RCP) { /* misspelt, it may be; of RCPs nothing has been seen */
            w403_parse_refuse(p, st, W403_ELEMENT_PRINCIPAL, st->span, "add a `Principal`",
                              "a statement of a %s without `Principal`: AWS would not have stored it", rules->name);
        } else { /* G12: an empty list of principals is what it has been seen to mean */
            w403_parse_refuse(p, st, W403_ELEMENT_NONE, st->span, "add a `Principal`",
                              "a statement of a %s without `Principal` matches nobody", rules->name);
        }
        return W403_OK;
    }
    st->has_principal = true;
    st->not_principal = !v;
    st->principal_span = element->span;
    if (v && not_v) { /* G3 */
        w403_parse_refuse(p, st, W403_ELEMENT_PRINCIPAL, not_v->key_span, "remove one of them",
                          "both `Principal` and `NotPrincipal`: AWS would not have stored the statement");
    } else if (!rules->principal) { /* G10 */
        w403_parse_refuse(p, st, W403_ELEMENT_PRINCIPAL, element->key_span, "remove it",
                          "`%s` is not allowed in this kind of policy (%s): AWS would not have stored it",
                          v ? "Principal" : "NotPrincipal", rules->name);
    } else if (!v && p->policy->kind == W403_POLICY_RCP) { /* A5 */
        w403_parse_refuse(p, st, W403_ELEMENT_NONE, not_v->key_span, use_condition,
                          "a resource control policy takes no `NotPrincipal`: AWS would not have stored it");
    } else if (!v && st->effect == W403_EFFECT_ALLOW) { /* NP1 */
        w403_parse_warn(p, not_v->key_span, "list who is allowed in `Principal`",
                        "`NotPrincipal` with `Allow` lets in everyone who is not listed, anonymous callers included");
    }
    if (element->type == W403_JSON_STRING) {
        return parse_lone(p, st, element);
    }
    if (element->type != W403_JSON_OBJECT) {
        return w403_json_error(p->doc, element, p->err, "`%s` must be `\"*\"` or an object, not %s",
                               v ? "Principal" : "NotPrincipal", w403_json_type_name(element->type));
    }
    return parse_by_type(p, st, element);
}
