/* Access points, of one Region and of several, keys by their alias, VPC endpoints. */
#include "collect/names.h"
#include "collect/narrow_state.h"

/* ---- NAME-...-s3alias in place of a bucket ---- */

static w403_status alias_listed(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const w403_json *list = w403_json_get(page->root, "AccessPointList");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        w403_arn arn = w403_arn_split(w403_json_str(v, "AccessPointArn"));
        if (arn.n == 6 && w403_view_eq(w403_json_str(v, "Alias"), ask->about)) {
            return w403_narrow_access_point_ask(n, &arn, err);
        }
    }
    return W403_OK;
}

/* S3 says of an alias where it is, as of a bucket. */
static w403_status alias_headed(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    w403_view region = page->answer->bucket_region;
    w403_live_argument argument = {W403_LIT("AccountId"), n->account};
    w403_inquiry next = {.answered = alias_listed,
                         .row = W403_CALL_S3CONTROL_LISTACCESSPOINTS,
                         .about = ask->about,
                         .into = ask->into};
    return w403_narrow_send(n, next, (w403_view){NULL, 0},
                            w403_name_is(W403_NAME_REGION, region) ? region : W403_LIT(""), &argument, 1, err);
}

w403_status w403_narrow_access_point_alias(w403_narrow *n, w403_view alias, w403_error *err)
{
    if (!w403_narrow_once(n, "access point alias", alias)) {
        return W403_OK;
    }
    w403_view copy = w403_arena_copy(n->a, alias);
    W403_NEED(copy.p, err);
    w403_live_argument argument = {W403_LIT("Bucket"), copy};
    w403_inquiry ask = {.answered = alias_headed, .row = W403_CALL_S3_HEADBUCKET, .quiet = true, .about = copy};
    return w403_narrow_send(n, ask, (w403_view){NULL, 0}, (w403_view){NULL, 0}, &argument, 1, err);
}

/* ---- Multi-Region Access Points: their calls are made in one Region ---- */

#define MULTI_REGION W403_LIT("us-west-2")

typedef struct of_region {
    w403_view account, alias, name, members;
} of_region;

static w403_status multi_policy_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const of_region *of = ask->into;
    const w403_json *policy = w403_json_get(page->root, "Policy");
    w403_buf flat = {0};
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/s3control/multi-region-access-points/%.*s.json",
                                       W403_ARG(of->account), W403_ARG(of->name));
    w403_view value = policy       ? w403_narrow_raw(page, policy)
                      : page->root ? W403_LIT("{}")
                                   : w403_narrow_error(n, ask, page);
    W403_NEED(path.p && value.p, err);
    w403_buf_putc(&flat, '{');
    w403_buf_put(&flat, of->members);
    w403_buf_puts(&flat, ", \"Policy\": ");
    w403_buf_put(&flat, value);
    w403_buf_putc(&flat, '}');
    return w403_narrow_put_json(n, path, &flat, err);
}

static w403_status multi_listed(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    of_region *of = ask->into;
    const w403_json *list = w403_json_get(page->root, "AccessPoints");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        w403_view name = w403_json_str(v, "Name");
        if (!w403_view_eq(w403_json_str(v, "Alias"), of->alias) || !w403_name_is(W403_NAME_ACCESS_POINT, name)) {
            continue;
        }
        of->name = name;
        of->members = w403_narrow_members(page, v);
        w403_live_argument arguments[] = {{W403_LIT("AccountId"), of->account}, {W403_LIT("Name"), name}};
        w403_inquiry next = {.answered = multi_policy_came,
                             .row = W403_CALL_S3CONTROL_GETMULTIREGIONACCESSPOINTPOLICY,
                             .about = name,
                             .into = of};
        return w403_narrow_send(n, next, of->account, MULTI_REGION, arguments, 2, err);
    }
    return W403_OK;
}

static w403_status multi_region(w403_narrow *n, w403_view account, w403_view alias, w403_error *err)
{
    w403_view once = w403_arena_printf(n->a, "%.*s %.*s", W403_ARG(account), W403_ARG(alias));
    W403_NEED(once.p, err);
    if (!w403_narrow_once(n, "multi-region access point", once)) {
        return W403_OK;
    }
    of_region *of = W403_NEW(n->a, of_region);
    W403_NEED(of, err);
    *of = (of_region){.account = w403_arena_copy(n->a, account), .alias = w403_arena_copy(n->a, alias)};
    w403_live_argument argument = {W403_LIT("AccountId"), of->account};
    w403_inquiry ask = {.answered = multi_listed,
                        .row = W403_CALL_S3CONTROL_LISTMULTIREGIONACCESSPOINTS,
                        .about = of->alias,
                        .into = of};
    return w403_narrow_send(n, ask, of->account, MULTI_REGION, &argument, 1, err);
}

/* arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME...: the bucket behind it follows from its file. */
w403_status w403_narrow_access_point_ask(w403_narrow *n, const w403_arn *arn, w403_error *err)
{
    w403_view name = arn->part[5];
    (void)w403_view_cut(&name, '/');
    name = name.p ? w403_view_cut(&name, '/') : name;
    if (!arn->part[3].n && w403_is_account_id(arn->part[4])) {
        return multi_region(n, arn->part[4], name, err);
    }
    if (!w403_name_is(W403_NAME_ACCESS_POINT, name) || !w403_name_is(W403_NAME_REGION, arn->part[3]) ||
        !w403_is_account_id(arn->part[4])) {
        return W403_OK;
    }
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/s3control/access-points/%.*s/%.*s.json",
                                       W403_ARG(arn->part[4]), W403_ARG(arn->part[3]), W403_ARG(name));
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
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/kms/%.*s/%.*s.json", W403_ARG(account),
                                       W403_ARG(ask->word), W403_ARG(id));
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

/* ---- VPC endpoints ---- */

/* Where an endpoint is looked for: an account that does not have it says so, and the next one is asked. */
typedef struct search {
    w403_view id, region;
    w403_view accounts[W403_NARROW_OWNERS];
    size_t    n, at;
} search;

static w403_status endpoint_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err);

static w403_status look_there(w403_narrow *n, search *s, w403_error *err)
{
    w403_live_argument argument = {W403_LIT("VpcEndpointIds"), s->id};
    w403_inquiry ask = {.answered = endpoint_came,
                        .row = W403_CALL_EC2_DESCRIBEVPCENDPOINTS,
                        .about = s->id,
                        .word = s->accounts[s->at],
                        .into = s};
    return w403_narrow_send(n, ask, s->accounts[s->at++], s->region, &argument, 1, err);
}

/* An endpoint that nobody has who was asked is unknown, and none of those that have the default policy. */
static w403_status endpoint_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    search *s = ask->into;
    w403_buf flat = {0};
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/ec2/%.*s/vpc-endpoints.json", W403_ARG(ask->word),
                                       W403_ARG(s->region));
    const w403_json *list = w403_json_get(page->root, "VpcEndpoints");
    bool found = list && list->first;
    w403_page missing = {.answer = page->answer,
                         .code = page->code.n ? page->code : W403_LIT("InvalidVpcEndpointId.NotFound")};
    w403_view text = found ? w403_narrow_raw(page, page->root) : W403_LIT("");
    if (!found) {
        w403_compose_error_flat(&flat, &(w403_compose_failure){.code = missing.code,
                                                               .call = w403_place_call_name(n->a, ask->row)});
    }
    W403_NEED(path.p && text.p, err);
    w403_buf_put(&flat, text);
    W403_TRY(w403_narrow_put_json(n, path, &flat, err));
    return found || s->at == s->n ? W403_OK : look_there(n, s, err);
}

static void add_account(const w403_narrow *n, search *s, w403_view account)
{
    bool can = w403_view_eq(account, n->account) || (n->o.other_accounts && w403_is_account_id(account));
    for (size_t i = 0; i < s->n; i++) {
        can &= !w403_view_eq(s->accounts[i], account);
    }
    if (can) {
        s->accounts[s->n++] = account;
    }
}

w403_status w403_narrow_endpoint_ask(w403_narrow *n, w403_view id, w403_view region,
                                     const w403_view owners[W403_NARROW_OWNERS - 1], w403_error *err)
{
    search *s = W403_NEW(n->a, search);
    W403_NEED(s, err);
    if (!w403_narrow_once(n, "endpoint", id)) {
        return W403_OK;
    }
    *s = (search){.id = w403_arena_copy(n->a, id), .region = w403_arena_copy(n->a, region)};
    W403_NEED(s->id.p && s->region.p, err);
    for (size_t i = 0; i < W403_NARROW_OWNERS - 1; i++) {
        w403_view account = w403_arena_copy(n->a, owners[i]);
        W403_NEED(account.p, err);
        add_account(n, s, account);
    }
    add_account(n, s, n->account);
    return look_there(n, s, err);
}
