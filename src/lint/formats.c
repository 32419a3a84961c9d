/* Values of known form: account and organization ids, VPCs, Regions, key ARNs, service names, closed lists. */
#include "base/glob.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "lint/arn.h"

static bool alphanumeric(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= '0' && v.p[i] <= '9')))
            return false;
    }
    return true;
}

static bool is_id(w403_view v, const char *prefix) /* vpc-12345678, vpce-11223344556677889 */
{
    w403_view p = w403_view_of(prefix);
    if (!w403_view_starts(v, p))
        return false;
    w403_view rest = w403_view_sub(v, p.n, v.n);
    return (rest.n == 8 || rest.n == 17) && alphanumeric(rest);
}

static bool is_organization(w403_view v)
{
    return v.n >= 12 && v.n <= 34 && w403_view_starts(v, W403_LIT("o-")) && alphanumeric(w403_view_sub(v, 2, v.n));
}

static bool is_key_arn(w403_view v)
{
    w403_view part[6];
    return w403_lint_arn_split(v, part) == 6 && w403_view_eq(part[2], W403_LIT("kms")) &&
           w403_view_starts(part[5], W403_LIT("key/"));
}

/* ---- service names ---- */

static size_t labels(w403_view v)
{
    size_t n = 1;
    for (size_t i = 0; i < v.n; i++)
        n += v.p[i] == '.';
    return n;
}

static void service_value(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    bool via = w403_lint_is_key(c, "aws:CalledVia") || w403_lint_is_key(c, "aws:CalledViaFirst") ||
               w403_lint_is_key(c, "aws:CalledViaLast");
    bool regional = w403_lint_is_key(c, "kms:ViaService");
    bool named = w403_lint_is_key(c, "iam:PassedToService") || w403_lint_is_key(c, "iam:AWSServiceName") ||
                 w403_lint_is_key(c, "aws:PrincipalServiceName") || w403_lint_is_key(c, "aws:PrincipalServiceNamesList");
    if ((!via && !regional && !named) || w403_lint_open(v->text))
        return;
    bool right = w403_lint_service_name(v->text);
    w403_view format = W403_LIT("service.amazonaws.com");
    if (via) { /* exactly one label before the suffix */
        size_t n = labels(v->text);
        right = right && n == (w403_view_ends(v->text, W403_LIT(".cn")) ? 4u : 3u);
    } else if (regional) {
        format = W403_LIT("service.region.amazonaws.com");
        right = right && labels(v->text) >= 4;
    }
    if (!right)
        w403_lint_value(l, W403_L_INVALID_SERVICE_PRINCIPAL_FORMAT, v,
                        W403_LINT_WORDS({"v", v->text}, {"format", format}));
}

/* ---- values of a closed list ---- */

static void closed_value(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    const char *near[16];
    size_t n = 0;
    w403_view value;
    for (size_t at = 0; (value = w403_list_next(W403_LIST_CLOSED_VALUE, &at)).p;) {
        w403_view key = w403_view_cut(&value, '=');
        if (!w403_view_ieq(key, c->key))
            continue;
        if (w403_view_eq(value, v->text))
            return;
        if (n < sizeof near / sizeof *near)
            near[n++] = value.p;
    }
    if (n)
        w403_lint_value(l, W403_L_OWN_VALUE_NOT_POSSIBLE, v,
                        W403_LINT_WORDS({"k", c->key}, {"v", v->text}, {"X", w403_view_of(w403_nearest(v->text, near, n))}));
}

/* ---- what every text is looked at for ---- */

static bool blank_at_end(w403_view v)
{
    size_t i = 0, last = 0;
    uint32_t first = 0, cp = 0;
    while (i < v.n) {
        last = i;
        cp = w403_utf8_next(v, &i);
        if (last == 0)
            first = cp;
    }
    return v.n && (first == ' ' || first == '\t' || first == '\n' || cp == ' ' || cp == '\t' || cp == '\n' ||
                   w403_utf8_blank_name(first) || w403_utf8_blank_name(cp));
}

static void exact_text(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    if (w403_lint_listed(W403_LIST_ACCOUNT_ID_KEY, c->key) && !w403_lint_digits(v->text, 12))
        w403_lint_value(l, W403_L_OWN_ACCOUNT_VALUE_INVALID, v, W403_LINT_WORDS({"v", v->text}));
    if (w403_lint_listed(W403_LIST_ORGANIZATION_ID_KEY, c->key) && !is_organization(v->text))
        w403_lint_value(l, W403_L_OWN_ORG_ID_INVALID, v, W403_LINT_WORDS({"v", v->text}));
    closed_value(l, c, v);
}

static void text_value(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    bool open = w403_lint_open(v->text);
    w403_lint_word word = {"v", v->text};
    if (blank_at_end(v->text))
        w403_lint_value(l, W403_L_OWN_VALUE_BLANK, v, NULL);
    else if (c->op->compare == W403_CMP_EQ && !open)
        exact_text(l, c, v);
    if (open)
        return;
    if (w403_lint_is_key(c, "aws:SourceVpc") && !is_id(v->text, "vpc-"))
        w403_lint_value(l, W403_L_INVALID_VPC_FORMAT, v, W403_LINT_WORDS(word));
    if (w403_lint_is_key(c, "aws:SourceVpce") && !is_id(v->text, "vpce-"))
        w403_lint_value(l, W403_L_INVALID_VPCE_FORMAT, v, W403_LINT_WORDS(word));
    if (w403_lint_is_key(c, "aws:RequestedRegion") && !w403_ref_region(v->text))
        w403_lint_value(l, W403_L_INVALID_REGION, v, W403_LINT_WORDS({"r", v->text}));
}

static void arn_value(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    w403_view part[6];
    unsigned n = w403_lint_arn_split(v->text, part);
    bool variable = w403_view_find(v->text, W403_LIT("${")) != SIZE_MAX;
    if (c->op->family == W403_OP_ARN && n < 6 && !variable && !w403_view_eq(v->text, W403_LIT("*"))) /* Arn1 */
        w403_lint_value(l, W403_L_OWN_ARN_CONDITION_MALFORMED, v, NULL);
    if (w403_lint_is_key(c, "aws:PrincipalArn") && n == 6 && w403_view_eq(part[2], W403_LIT("sts")))
        w403_lint_value(l, W403_L_OWN_SESSION_ARN_IN_PRINCIPAL_ARN, v, NULL);
    if (w403_lint_is_key(c, "s3:x-amz-server-side-encryption-aws-kms-key-id") && !w403_lint_open(v->text) &&
        !is_key_arn(v->text))
        w403_lint_value(l, W403_L_INVALID_KMS_KEY_VALUE, v, NULL);
}

static void number_value(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    if (w403_lint_is_key(c, "s3:signatureAge") && w403_decimal_valid(v->text) &&
        w403_decimal_cmp(v->text, W403_LIT("10000")) < 0)
        w403_lint_value(l, W403_L_OWN_SIGNATURE_AGE_UNIT, v, NULL);
}

void w403_lint_formats(w403_lint_run *l, const w403_lint_condition *c)
{
    static const w403_lint_code codes[] = {
        W403_L_INVALID_SERVICE_PRINCIPAL_FORMAT, W403_L_OWN_VALUE_NOT_POSSIBLE, W403_L_OWN_ACCOUNT_VALUE_INVALID,
        W403_L_OWN_ORG_ID_INVALID, W403_L_OWN_VALUE_BLANK, W403_L_INVALID_VPC_FORMAT, W403_L_INVALID_VPCE_FORMAT,
        W403_L_INVALID_REGION, W403_L_OWN_ARN_CONDITION_MALFORMED, W403_L_OWN_SESSION_ARN_IN_PRINCIPAL_ARN,
        W403_L_INVALID_KMS_KEY_VALUE, W403_L_OWN_SIGNATURE_AGE_UNIT,
    };
    if (!w403_lint_wants_any(l, codes, sizeof codes / sizeof *codes))
        return;
    W403_LINT_EACH_SCALAR(v, c->node) {
        if (c->op->family == W403_OP_NUMERIC)
            number_value(l, c, v);
        if (c->op->family != W403_OP_STRING && c->op->family != W403_OP_ARN)
            continue;
        service_value(l, c, v);
        arn_value(l, c, v);
        if (c->op->family == W403_OP_STRING)
            text_value(l, c, v);
    }
}
