/* accounts/<id>/s3control/: the account's Block Public Access, and access points/<region>/<name>.json, which is
 * get-access-point with get-access-point-policy as "Policy" and list-tags-for-resource as "Tags". */
#include "snapshot/loader.h"

w403_status w403_load_account_bpa(w403_source *src, w403_error *err)
{
    (void)err;
    w403_bpa *bpa = &src->account->bpa;
    w403_read_fact(src, src->root, &bpa->fact);
    if (bpa->fact.state == W403_FACT_KNOWN) {
        w403_read_bpa(src, src->root, bpa);
    }
    return W403_OK;
}

static const w403_word origins[] = {{"VPC", true}, {"Internet", false}};

static w403_status read_access_point(w403_source *src, w403_access_point *ap, w403_error *err)
{
    const w403_json *root = src->root, *bpa = w403_json_get(root, "PublicAccessBlockConfiguration");
    w403_view        arn = w403_read_str(src, root, "AccessPointArn"), name = w403_read_str(src, root, "Name");
    w403_view        owner = w403_read_str(src, root, "BucketAccountId");
    ap->arn = arn.n ? arn : ap->arn;
    ap->name = name.n ? name : ap->name;
    ap->alias = w403_read_str(src, root, "Alias");
    ap->bucket_name = w403_read_str(src, root, "Bucket");
    ap->bucket_account = owner.n ? owner : ap->account_id;
    ap->vpc_only = w403_read_word(src, root, "NetworkOrigin", W403_WORDS(origins), false);
    ap->vpc_id = w403_read_str(src, w403_read(src, root, "VpcConfiguration", W403_JSON_OBJECT), "VpcId");
    w403_read_fact(src, bpa, &ap->bpa.fact);
    if (ap->bpa.fact.state == W403_FACT_KNOWN) {
        w403_read_bpa(src, bpa, &ap->bpa);
    }
    W403_TRY(w403_read_tag_member(src, w403_json_get(root, "Tags"), &ap->tags, err));
    return w403_read_resource_policy(src, W403_POLICY_ACCESS_POINT, w403_json_get(root, "Policy"), &ap->policy_fact,
                                     &ap->policy, &ap->policy_set, err);
}

w403_status w403_load_access_point(w403_source *src, w403_error *err)
{
    w403_loader       *ld = src->ld;
    w403_access_point *ap = W403_NEW(ld->a, w403_access_point);
    W403_NEED(ap, err);
    ap->account = src->account;
    ap->account_id = src->part[0];
    ap->region = src->part[1];
    ap->name = src->part[2];
    ap->fact.path = ap->policy_fact.path = ap->bpa.fact.path = ap->tags.fact.path = src->doc->source;
    ap->arn = w403_arena_printf(ld->a, "arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s", W403_ARG(ld->s->partition),
                                W403_ARG(ap->region), W403_ARG(ap->account_id), W403_ARG(ap->name));
    W403_NEED(ap->arn.p, err);
    w403_read_fact(src, src->root, &ap->fact);
    if (ap->fact.state == W403_FACT_KNOWN) {
        W403_TRY(read_access_point(src, ap, err));
    } else {
        ap->policy_fact.state = ap->bpa.fact.state = ap->tags.fact.state = W403_FACT_UNKNOWN;
        ap->policy_fact.code = ap->bpa.fact.code = ap->tags.fact.code = ap->fact.code;
    }
    W403_NEED(w403_map_put(ld->a, &ld->s->access_points, ap->arn, ap), err);
    if (ap->alias.n) {
        W403_NEED(w403_map_put(ld->a, &ld->s->access_points, ap->alias, ap), err);
    }
    return W403_OK;
}
