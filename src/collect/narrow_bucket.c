/* A bucket: where it is, whose it is, its policy. The other settings follow when a decision wants them. */
#include "collect/names.h"
#include "collect/narrow_state.h"

w403_narrow_bucket *w403_narrow_bucket_find(const w403_narrow *n, w403_view name)
{
    for (size_t i = 0; i < n->buckets.n; i++) {
        if (w403_view_eq(n->buckets.at[i]->name, name)) {
            return n->buckets.at[i];
        }
    }
    return NULL;
}

w403_view w403_narrow_region(const w403_narrow *n, w403_view bucket)
{
    const w403_narrow_bucket *b = w403_narrow_bucket_find(n, bucket);
    return b ? b->region : (w403_view){NULL, 0};
}

static w403_status put(w403_narrow *n, const w403_narrow_bucket *b, const char *file, w403_buf *flat, w403_error *err)
{
    w403_view owner = b->owner.n ? b->owner : n->account;
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/s3/%.*s/%s", W403_ARG(owner), W403_ARG(b->name), file);
    W403_NEED(path.p, err);
    return w403_narrow_put_json(n, path, flat, err);
}

/* As get-bucket-location prints it. */
static w403_status put_location(w403_narrow *n, const w403_narrow_bucket *b, w403_error *err)
{
    w403_buf flat = {0};
    if (!b->region.n) {
        return W403_OK;
    }
    w403_buf_puts(&flat, "{\"LocationConstraint\": ");
    if (w403_view_eq(b->region, W403_LIT("us-east-1"))) {
        w403_buf_puts(&flat, "null");
    } else {
        w403_buf_json_string(&flat, b->region);
    }
    w403_buf_putc(&flat, '}');
    return put(n, b, "location.json", &flat, err);
}

/* Once all that can be known of whose it is has come. A bucket whose owner nobody says is left out: whatever the
 * decision makes of it would take it for somebody's. */
static w403_status place(w403_narrow *n, w403_narrow_bucket *b, w403_error *err)
{
    w403_buf flat = {0};
    if (b->open || b->placed || (!b->owner.n && !b->missing)) {
        return W403_OK;
    }
    b->placed = true;
    if (b->missing) {
        w403_buf_puts(&flat, "{\"error\": {\"code\": \"NoSuchBucket\"}}");
        return put(n, b, "location.json", &flat, err);
    }
    W403_TRY(put_location(n, b, err));
    w403_buf_put(&flat, b->policy);
    return put(n, b, "policy.json", &flat, err);
}

static void located(w403_narrow *n, w403_narrow_bucket *b, w403_view region)
{
    if (w403_name_is(W403_NAME_REGION, region) && !b->region.n) {
        b->region = w403_arena_copy(n->a, region);
    }
}

/* The canonical id of the account that was asked. */
static w403_status named(w403_narrow *n, w403_view account, const w403_page *page, w403_error *err)
{
    w403_view id = w403_json_str(w403_json_get(page->root, "Owner"), "ID");
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/account.json", W403_ARG(account));
    W403_NEED(path.p, err);
    if (!id.n || w403_map_get(&n->file_at, path)) {
        return W403_OK;
    }
    w403_buf flat = {0};
    w403_buf_puts(&flat, "{\"CanonicalId\": ");
    w403_buf_json_string(&flat, id);
    w403_buf_putc(&flat, '}');
    return w403_narrow_put_json(n, path, &flat, err);
}

static w403_status canonical_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    return named(n, ask->about, page, err);
}

w403_status w403_narrow_canonical_ask(w403_narrow *n, w403_view account, w403_error *err)
{
    w403_view copy = w403_arena_copy(n->a, account);
    bool reachable = n->o.other_accounts || w403_view_eq(account, n->account);
    if (!reachable || !w403_narrow_once(n, "canonical id", account)) {
        return W403_OK;
    }
    w403_live_argument argument = {W403_LIT("MaxBuckets"), W403_LIT("1")};
    w403_inquiry ask = {.answered = canonical_came, .row = W403_CALL_S3_LISTBUCKETS, .about = copy};
    return w403_narrow_send(n, ask, copy, (w403_view){NULL, 0}, &argument, 1, err);
}

/* ListBuckets: is it one of the caller's? */
static w403_status listed(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    w403_narrow_bucket *b = ask->into;
    const w403_json *list = w403_json_get(page->root, "Buckets");
    for (const w403_json *one = list ? list->first : NULL; one; one = one->next) {
        if (w403_view_eq(w403_json_str(one, "Name"), b->name)) {
            b->owner = n->account;
            located(n, b, w403_json_str(one, "BucketRegion"));
        }
    }
    W403_TRY(named(n, n->account, page, err));
    if (page->answer->last) {
        b->open--;
        return place(n, b, err);
    }
    return W403_OK;
}

static w403_status list(w403_narrow *n, w403_narrow_bucket *b, w403_error *err)
{
    w403_live_argument arguments[] = {{W403_LIT("Prefix"), b->name}, {W403_LIT("MaxBuckets"), W403_LIT("1")}};
    b->open++;
    return w403_narrow_send(
        n, (w403_inquiry){.answered = listed, .row = W403_CALL_S3_LISTBUCKETS, .about = b->name, .into = b},
        (w403_view){NULL, 0}, (w403_view){NULL, 0}, arguments, 2, err);
}

static w403_status headed(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    w403_narrow_bucket *b = ask->into;
    located(n, b, page->answer->bucket_region);
    located(n, b, page->root ? w403_json_str(page->root, "BucketRegion") : (w403_view){NULL, 0});
    return b->placed && !b->missing ? put_location(n, b, err) : W403_OK;
}

w403_status w403_narrow_location_ask(w403_narrow *n, w403_narrow_bucket *b, w403_error *err)
{
    w403_live_argument bucket = {W403_LIT("Bucket"), b->name};
    if (b->region.n || !w403_narrow_once(n, "location", b->name)) {
        return W403_OK;
    }
    return w403_narrow_send(
        n,
        (w403_inquiry){
            .answered = headed, .row = W403_CALL_S3_HEADBUCKET, .quiet = true, .about = b->name, .into = b},
        b->owner, (w403_view){NULL, 0}, &bucket, 1, err);
}

/* N-2: only identities of the owner's account are told the policy, or that there is none; others get 405. */
static w403_status policy_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    w403_narrow_bucket *b = ask->into;
    bool owns = page->root || w403_narrow_not_configured(ask, page);
    bool foreign = w403_view_eq(page->code, W403_LIT("MethodNotAllowed"));
    located(n, b, page->answer->bucket_region);
    b->policy = page->root ? w403_narrow_raw(page, page->root) : w403_narrow_error(n, ask, page);
    W403_NEED(b->policy.p, err);
    b->missing |= w403_view_eq(page->code, W403_LIT("NoSuchBucket"));
    if (owns && !b->owner.n) {
        b->owner = n->account;
    }
    if (!b->owner.n && !b->missing && !foreign) {
        W403_TRY(list(n, b, err));
    }
    b->open--;
    return place(n, b, err);
}

/* Of the user's own words: AWS says what is no bucket's name, but it must be one part of a path. */
static bool is_name(w403_view name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = w403_lower(name.p[i]);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || (c != '-' && c != '.' && c != '_'))) {
            return false;
        }
    }
    return name.n > 0 && name.n < 256;
}

w403_status w403_narrow_bucket_ask(w403_narrow *n, w403_view name, w403_view owner, w403_error *err)
{
    if (is_name(name) && w403_view_ends(name, W403_LIT("-s3alias"))) {
        return w403_narrow_access_point_alias(n, name, err);
    }
    if (!is_name(name) || !w403_narrow_once(n, "bucket", name)) {
        return W403_OK;
    }
    w403_narrow_bucket *b = W403_NEW(n->a, w403_narrow_bucket), **slot = W403_PUSH(n->a, &n->buckets);
    W403_NEED(b && slot, err);
    *slot = b;
    b->name = w403_arena_copy(n->a, name);
    b->owner = owner.n ? w403_arena_copy(n->a, owner) : owner;
    W403_NEED(b->name.p, err);
    b->open = 1;
    w403_live_argument bucket = {W403_LIT("Bucket"), b->name};
    return w403_narrow_send(
        n, (w403_inquiry){.answered = policy_came, .row = W403_CALL_S3_GETBUCKETPOLICY, .about = b->name, .into = b},
        b->owner, (w403_view){NULL, 0}, &bucket, 1, err);
}
