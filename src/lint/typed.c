/* Policies of one kind of resource: what S3, KMS and VPC endpoints take, and what never applies there. */
#include "base/glob.h"
#include "lint/arn.h"
#include "words/words.h"

typedef struct kind {
    w403_lint_resource resource;
    const char *service, *name;
} kind;

static const kind kinds[] = {
    {W403_LINT_BUCKET, "s3", NC_("lint", "bucket")},
    {W403_LINT_ACCESS_POINT, "s3", NC_("lint", "access point")},
    {W403_LINT_MRAP, "s3", "Multi-Region Access Point"},
    {W403_LINT_OBJECT_LAMBDA, "s3-object-lambda", "Object Lambda Access Point"},
    {W403_LINT_TRUST, "sts", NC_("lint", "role")},
    {W403_LINT_TABLE, "dynamodb", NC_("lint", "table")},
    {W403_LINT_KEY, "kms", NC_("lint", "key")},
};

static const kind *kind_of(w403_lint_resource resource)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].resource == resource)
            return &kinds[i];
    }
    return NULL;
}

static bool trust_action(w403_lint_run *l, const w403_json *v)
{
    w403_view item;
    for (size_t at = 0; (item = w403_list_next(W403_LIST_TRUST_POLICY_ACTION, &at)).p;) {
        if (w403_lint_overlap(w403_lint_budget(l), v->text, item, true) != W403_NO)
            return true;
    }
    return false;
}

static void action(w403_lint_run *l, const kind *k, const w403_json *v)
{
    size_t colon = w403_view_find_char(v->text, ':');
    w403_view service = w403_view_sub(v->text, 0, colon == SIZE_MAX ? 0 : colon);
    if (colon == SIZE_MAX || w403_has_wildcard(service) || w403_ref_service(service) == W403_REF_NONE)
        return;
    bool right = w403_view_ieq(service, w403_view_of(k->service));
    if (right && k->resource == W403_LINT_TRUST)
        right = trust_action(l, v);
    if (!right)
        w403_lint_value(l, W403_L_UNSUPPORTED_ACTION_IN_POLICY, v,
                        W403_LINT_WORDS({"action", v->text}, {"type", w403_lint_said(l, k->name)}));
}

static void resource(w403_lint_run *l, const kind *k, const w403_json *v)
{
    w403_view part[6];
    bool s3 = w403_view_eq(w403_view_of(k->service), W403_LIT("s3"));
    if (w403_lint_arn_split(v->text, part) < 6 || w403_lint_open(part[2]) || w403_ref_service(part[2]) == W403_REF_NONE)
        return;
    bool right = w403_view_ieq(part[2], w403_view_of(k->service));
    bool point = w403_view_starts(part[5], W403_LIT("accesspoint/"));
    if (right && s3 && !w403_lint_open(part[3]) && !w403_lint_open(part[4]))
        right = k->resource == W403_LINT_BUCKET ? !(point && part[4].n) : part[4].n != 0;
    if (!right)
        w403_lint_value(l, W403_L_UNSUPPORTED_RESOURCE_ARN_IN_POLICY, v,
                        W403_LINT_WORDS({"arn", v->text}, {"type", w403_lint_said(l, k->name)}));
}

/* ---- KMS ---- */

static bool is_key(w403_view v)
{
    w403_view part[6];
    return w403_view_eq(v, W403_LIT("*")) ||
           (w403_lint_arn_split(v, part) == 6 && w403_view_eq(part[2], W403_LIT("kms")) &&
            (w403_view_starts(part[5], W403_LIT("key/")) || part[5].p[0] == '*'));
}

static void key_policy(w403_lint_run *l, const w403_lint_statement *st)
{
    static const char *const network[] = {"aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"};
    W403_LINT_EACH(v, st->resource) {
        if (!is_key(v->text)) /* R12, G13 */
            w403_lint_value(l, W403_L_OWN_KMS_RESOURCE, v, NULL);
    }
    if (!st->allow || w403_lint_on(st, "kms:ViaService") || w403_lint_on(st, "aws:ViaAWSService"))
        return;
    for (size_t i = 0; i < sizeof network / sizeof *network; i++) {
        const w403_lint_condition *c = w403_lint_on(st, network[i]);
        if (c && w403_lint_positive(c))
            w403_lint_key(l, W403_L_OWN_KMS_NETWORK_KEY, c->node, W403_LINT_WORDS({"k", c->key}));
    }
}

/* With a Bucket Key the context is the bucket's ARN, without one the object's. */
static void encryption_context(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_lint_condition *c = w403_lint_on(st, "kms:EncryptionContext:aws:s3:arn");
    unsigned halves = 0;
    if (!c || !st->allow || !w403_lint_positive(c))
        return;
    W403_LINT_EACH(v, c->node)
        halves |= w403_lint_halves(v->text) | (w403_lint_halves(v->text) == 0 ? W403_LINT_IS_BUCKET : 0u);
    if (halves == W403_LINT_IS_OBJECT)
        w403_lint_key(l, W403_L_OWN_KMS_CONTEXT_BUCKET_KEY, c->node, NULL);
}

void w403_lint_typed(w403_lint_run *l, const w403_lint_statement *st)
{
    const kind *k = kind_of(l->options->resource);
    encryption_context(l, st);
    if (l->options->resource == W403_LINT_KEY)
        key_policy(l, st);
    if (l->options->resource == W403_LINT_ENDPOINT) {
        const w403_json *who = w403_json_get(st->principal, "AWS");
        W403_LINT_EACH(v, who) {
            if (!w403_view_eq(v->text, W403_LIT("*")))
                w403_lint_value(l, W403_L_OWN_VPCE_PRINCIPAL, v, NULL);
        }
    }
    const w403_lint_condition *c = w403_lint_on(st, "s3:ResourceAccount");
    if (c)
        w403_lint_key(l, W403_L_IRRELEVANT_CONDITION_KEY_IN_POLICY, c->node, W403_LINT_WORDS({"k", c->key}));
    if (!k)
        return;
    W403_LINT_EACH(v, st->action)
        action(l, k, v);
    for (int i = 0; i < 2 && k->resource != W403_LINT_TRUST; i++) {
        const w403_json *list = i ? st->not_resource : st->resource;
        W403_LINT_EACH(v, list)
            resource(l, k, v);
    }
}
