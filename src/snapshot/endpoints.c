/* accounts/<id>/ec2/<region>/vpc-endpoints.json: ec2 describe-vpc-endpoints. */
#include "snapshot/loader.h"

static w403_status read_endpoint(const w403_source *src, const w403_json *v, w403_error *err)
{
    w403_loader       *ld = src->ld;
    w403_vpc_endpoint *e = W403_NEW(ld->a, w403_vpc_endpoint);
    W403_NEED(e, err);
    e->id = w403_read_str(src, v, "VpcEndpointId");
    e->vpc_id = w403_read_str(src, v, "VpcId");
    e->service = w403_read_str(src, v, "ServiceName");
    e->region = src->part[1];
    e->account = src->account;
    e->gateway = w403_view_eq(w403_json_str(v, "VpcEndpointType"), W403_LIT("Gateway"));
    e->policy_fact.path = src->doc->source;
    W403_TRY(w403_read_resource_policy(src, W403_POLICY_VPC_ENDPOINT, w403_json_get(v, "PolicyDocument"),
                                       &e->policy_fact, &e->policy, &e->policy_set, err));
    if (!w403_map_get(&ld->s->endpoints, e->id)) {
        ld->s->n_endpoints++;
    }
    W403_NEED(w403_map_put(ld->a, &ld->s->endpoints, e->id, e), err);
    return W403_OK;
}

/* A list that could not be read: any endpoint may be in it. */
static w403_status add_unread(w403_loader *ld, const w403_fact *fact, w403_error *err)
{
    if (ld->s->endpoints_unread.state != W403_FACT_UNKNOWN) {
        ld->s->endpoints_unread = *fact;
        return W403_OK;
    }
    w403_fact_list *more = W403_NEW(ld->a, w403_fact_list);
    W403_NEED(more, err);
    *more = (w403_fact_list){*fact, ld->s->endpoints_unread_too};
    ld->s->endpoints_unread_too = more;
    return W403_OK;
}

w403_status w403_load_vpc_endpoints(w403_source *src, w403_error *err)
{
    w403_fact fact = {0};
    w403_read_fact(src, src->root, &fact);
    if (fact.state == W403_FACT_UNKNOWN) {
        fact.path = src->doc->source;
        return add_unread(src->ld, &fact, err);
    }
    if (fact.state != W403_FACT_KNOWN) {
        return W403_OK;
    }
    w403_fact *unread = &src->ld->s->endpoints_unread;
    unread->state = unread->state == W403_FACT_UNKNOWN ? unread->state : W403_FACT_NONE;
    const w403_json *list = w403_read_needed(src, src->root, "VpcEndpoints", W403_JSON_ARRAY);
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        if (w403_expect(src, v, W403_JSON_OBJECT, "VPC endpoint") &&
            w403_read_needed(src, v, "VpcEndpointId", W403_JSON_STRING)) {
            W403_TRY(read_endpoint(src, v, err));
        }
    }
    return W403_OK;
}

w403_status w403_finish_endpoints(w403_loader *ld, w403_error *err)
{
    w403_snapshot *s = ld->s;
    uint32_t       n = 0;
    s->endpoint_list = W403_NEW_N(ld->a, w403_vpc_endpoint *, s->n_endpoints);
    W403_NEED(s->endpoint_list, err);
    for (size_t i = 0; i < s->endpoints.cap; i++) {
        if (s->endpoints.slots[i].value) {
            s->endpoint_list[n++] = s->endpoints.slots[i].value;
        }
    }
    return W403_OK;
}
