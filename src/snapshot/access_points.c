/* accounts/<id>/s3control/: the account's Block Public Access; access points/<region>/<name>.json, which is
 * get-access-point with get-access-point-policy as "Policy" and list-tags-for-resource as "Tags"; and
 * multi-region-access-points/<name>.json, an element of list-multi-region-access-points with
 * get-multi-region-access-point-policy as "Policy". */
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

static const w403_value_word origins[] = {{"VPC", true}, {"Internet", false}};

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

/* ---- multi-region-access-points/<name>.json (MR1) ---- */

static w403_status read_routes(const w403_source *src, w403_access_point *ap, w403_error *err)
{
    const w403_json *list = w403_read(src, src->root, "Regions", W403_JSON_ARRAY);
    if (!list || !list->count) {
        return W403_OK;
    }
    w403_route *routes = W403_NEW_N(src->ld->a, w403_route, list->count);
    W403_NEED(routes, err);
    for (const w403_json *v = list->first; v; v = v->next) {
        w403_view bucket = w403_read_str(src, v, "Bucket"), account = w403_read_str(src, v, "BucketAccountId");
        if (bucket.n) {
            routes[ap->n_routes++] = (w403_route){bucket, account.n ? account : ap->account_id};
        }
    }
    ap->routes = routes;
    if (ap->n_routes) {
        ap->bucket_name = routes[0].bucket;
        ap->bucket_account = routes[0].account;
    }
    return W403_OK;
}

/* The policy that is in force: a proposed one is not yet. */
static w403_status read_established(const w403_source *src, w403_access_point *ap, w403_error *err)
{
    const w403_json *both = w403_json_get(src->root, "Policy"), *in_force = w403_json_get(both, "Established");
    if (!both || both->type == W403_JSON_NULL || w403_json_get(both, "error")) {
        return w403_read_resource_policy(src, W403_POLICY_ACCESS_POINT, both, &ap->policy_fact, &ap->policy,
                                         &ap->policy_set, err);
    }
    ap->policy_fact.state = W403_FACT_NONE;
    const w403_json *policy = w403_json_get(in_force, "Policy");
    if (!policy || policy->type == W403_JSON_NULL) {
        return W403_OK;
    }
    return w403_read_resource_policy(src, W403_POLICY_ACCESS_POINT, policy, &ap->policy_fact, &ap->policy, &ap->policy_set,
                                     err);
}

w403_status w403_load_multi_region(w403_source *src, w403_error *err)
{
    w403_loader *ld = src->ld;
    w403_fact file = {0};
    w403_read_fact(src, src->root, &file);
    if (file.state != W403_FACT_KNOWN) {
        return W403_OK; /* nobody knows its alias, by which requests name it */
    }
    w403_access_point *ap = W403_NEW(ld->a, w403_access_point);
    const w403_json *alias = w403_read_needed(src, src->root, "Alias", W403_JSON_STRING);
    const w403_json *bpa = w403_json_get(src->root, "PublicAccessBlock");
    W403_NEED(ap, err);
    if (!alias) {
        return W403_OK;
    }
    ap->account = src->account;
    ap->account_id = src->part[0];
    ap->name = src->part[1];
    ap->fact = file;
    ap->fact.path = ap->policy_fact.path = ap->bpa.fact.path = ap->tags.fact.path = src->doc->source;
    ap->arn = w403_arena_printf(ld->a, "arn:%.*s:s3::%.*s:accesspoint/%.*s", W403_ARG(ld->s->partition),
                                W403_ARG(ap->account_id), W403_ARG(alias->text));
    W403_NEED(ap->arn.p, err);
    w403_read_fact(src, bpa, &ap->bpa.fact);
    if (ap->bpa.fact.state == W403_FACT_KNOWN) {
        w403_read_bpa(src, bpa, &ap->bpa);
    }
    W403_TRY(read_routes(src, ap, err));
    W403_TRY(read_established(src, ap, err));
    W403_NEED(w403_map_put(ld->a, &ld->s->access_points, ap->arn, ap), err);
    return W403_OK;
}

/* ---- object-lambda/<region>/<name>.json: get-access-point-for-object-lambda, and "Configuration" (OL1) ---- */

w403_status w403_load_object_lambda(w403_source *src, w403_error *err)
{
    w403_loader *ld = src->ld;
    const w403_json *configuration = w403_read(src, src->root, "Configuration", W403_JSON_OBJECT);
    w403_view behind = w403_read_str(src, configuration, "SupportingAccessPoint");
    w403_view *kept = W403_NEW(ld->a, w403_view);
    w403_view arn = w403_arena_printf(ld->a, "arn:%.*s:s3-object-lambda:%.*s:%.*s:accesspoint/%.*s", W403_ARG(ld->s->partition),
                                      W403_ARG(src->part[1]), W403_ARG(src->part[0]), W403_ARG(src->part[2]));
    W403_NEED(kept && arn.p, err);
    *kept = behind;
    if (behind.n) {
        W403_NEED(w403_map_put(ld->a, &ld->s->object_lambda, arn, kept), err);
    }
    return W403_OK;
}
