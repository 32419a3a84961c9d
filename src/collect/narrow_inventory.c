/* The inventory configurations of a bucket: the one that is named, or all. */
#include "collect/names.h"
#include "collect/narrow_state.h"

static w403_status put(w403_narrow *n, const w403_narrow_bucket *b, const w403_page *page, const w403_json *v,
                       w403_error *err)
{
    w403_view id = w403_json_str(v, "Id");
    w403_buf flat = {0};
    if (!w403_name_is(W403_NAME_INVENTORY, id) || !b->owner.n) {
        return W403_OK;
    }
    w403_view path = w403_arena_printf(n->a, "accounts/%.*s/s3/%.*s/inventory/%.*s.json", W403_ARG(b->owner),
                                       W403_ARG(b->name), W403_ARG(id));
    W403_NEED(path.p, err);
    w403_buf_puts(&flat, "{\"InventoryConfiguration\": ");
    w403_buf_put(&flat, w403_narrow_raw(page, v));
    w403_buf_putc(&flat, '}');
    return w403_narrow_put_json(n, path, &flat, err);
}

static w403_status listed(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const w403_json *list = w403_json_get(page->root, "InventoryConfigurationList");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        W403_TRY(put(n, ask->into, page, v, err));
    }
    return W403_OK;
}

w403_status w403_narrow_ask_inventory(w403_narrow *n, w403_view bucket, w403_view id, w403_error *err)
{
    w403_narrow_bucket *b = w403_narrow_bucket_find(n, bucket);
    if (!b || !b->owner.n) {
        return W403_OK; /* nobody knows whose it is: nothing more is told of it either */
    }
    if (id.n) {
        w403_view path = w403_arena_printf(n->a, "accounts/%.*s/s3/%.*s/inventory/%.*s.json", W403_ARG(b->owner),
                                           W403_ARG(b->name), W403_ARG(id));
        W403_NEED(path.p, err);
        return w403_name_is(W403_NAME_INVENTORY, id) ? w403_narrow_make(n, path, b->region, err) : W403_OK;
    }
    if (!w403_narrow_once(n, "inventory configurations", bucket)) {
        return W403_OK;
    }
    w403_live_argument argument = {W403_LIT("Bucket"), b->name};
    w403_inquiry ask = {.answered = listed,
                        .row = W403_CALL_S3_LISTBUCKETINVENTORYCONFIGURATIONS,
                        .about = b->name,
                        .into = b};
    return w403_narrow_send(n, ask, b->owner, b->region, &argument, 1, err);
}
