/* Access points, keys by their alias, VPC endpoints. */
#include "collect/names.h"
#include "collect/narrow_state.h"

/* arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME...: the bucket behind it follows from its file. */
w403_status w403_narrow_access_point_ask(w403_narrow *n, const w403_arn *arn, w403_error *err)
{
    w403_view name = arn->part[5];
    (void)w403_view_cut(&name, '/');
    name = name.p ? w403_view_cut(&name, '/') : name;
    if (!w403_name_is(W403_NAME_ACCESS_POINT, name) || !w403_name_is(W403_NAME_REGION, arn->part[3]) ||
        !w403_is_account_id(arn->part[4])) {
        return W403_OK;
    }
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/s3control/access-points/%.*s/%.*s.json", W403_ARG(arn->part[4]),
                                       W403_ARG(arn->part[3]), W403_ARG(name));
    W403_NEED(path.p, err);
    return w403_narrow_make(n, path, (w403_view){NULL, 0}, err);
}

/* DescribeKey takes an alias for an id, and says whose it is. */
static w403_status alias_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const w403_json *key = w403_json_get(page->root, "KeyMetadata");
    w403_view id = w403_json_str(key, "KeyId"), account = w403_json_str(key, "AWSAccountId");
    if (!key || !w403_name_is(W403_NAME_KEY, id) || !w403_is_account_id(account)) {
        return W403_OK;
    }
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/kms/%.*s/%.*s.json", W403_ARG(account), W403_ARG(ask->word),
                                       W403_ARG(id));
    W403_NEED(path.p, err);
    return w403_narrow_make(n, path, ask->word, err);
}

/* accounts/<account>/kms/<region>/alias/NAME.json, as a decision wants it that does not know the id. */
w403_status w403_narrow_alias_ask(w403_narrow *n, w403_view path, w403_error *err)
{
    if (!w403_narrow_once(n, "alias", path)) {
        return W403_OK;
    }
    w403_view copy = w403_arena_copy(n->a, path), rest = copy;
    W403_NEED(copy.p, err);
    (void)w403_view_cut(&rest, '/');
    w403_view account = w403_view_cut(&rest, '/');
    (void)w403_view_cut(&rest, '/');
    w403_view region = w403_view_cut(&rest, '/');
    w403_view alias = w403_view_sub(rest, 0, rest.n - (sizeof ".json" - 1));
    w403_view arn = w403_arena_printf(n->a, "arn:%.*s:kms:%.*s:%.*s:%.*s", W403_ARG(n->partition), W403_ARG(region),
                                      W403_ARG(account), W403_ARG(alias));
    W403_NEED(arn.p, err);
    w403_live_argument argument = {W403_LIT("KeyId"), arn};
    w403_inquiry ask = {.answered = alias_came, .row = W403_CALL_KMS_DESCRIBEKEY, .about = alias, .word = region};
    return w403_narrow_send(n, ask, account, region, &argument, 1, err);
}

/* An endpoint that is not the caller's is unknown, and none of those that have the default policy. */
static w403_status endpoint_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    w403_buf flat = {0};
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/ec2/%.*s/vpc-endpoints.json", W403_ARG(n->account),
                                       W403_ARG(ask->word));
    const w403_json *list = w403_json_get(page->root, "VpcEndpoints");
    bool found = list && list->first;
    w403_page missing = {.answer = page->answer, .code = page->code.n ? page->code : W403_LIT("InvalidVpcEndpointId.NotFound")};
    w403_view text = found ? w403_narrow_raw(page, page->root) : W403_LIT("");
    if (!found) {
        w403_compose_error_flat(&flat, &(w403_compose_failure){.code = missing.code,
                                                               .call = w403_place_call_name(n->a, ask->row)});
    }
    W403_NEED(path.p && text.p, err);
    w403_buf_put(&flat, text);
    return w403_narrow_put_json(n, path, &flat, err);
}

w403_status w403_narrow_endpoint_ask(w403_narrow *n, w403_view id, w403_view region, w403_error *err)
{
    if (!w403_narrow_once(n, "endpoint", id)) {
        return W403_OK;
    }
    w403_view copy = w403_arena_copy(n->a, id), where = w403_arena_copy(n->a, region);
    W403_NEED(copy.p && where.p, err);
    w403_live_argument argument = {W403_LIT("VpcEndpointIds"), copy};
    w403_inquiry ask = {.answered = endpoint_came, .row = W403_CALL_EC2_DESCRIBEVPCENDPOINTS, .about = copy, .word = where};
    return w403_narrow_send(n, ask, (w403_view){NULL, 0}, where, &argument, 1, err);
}
