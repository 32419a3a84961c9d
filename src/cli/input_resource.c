#include "cli/input.h"

/* aws s3 cp s3://arn:aws:s3:us-east-1:111122223333:accesspoint/NAME/key: the key follows the name directly, while
 * in an ARN of a policy `/object/` stands between them. */
static w403_view access_point_path(w403_arena *a, w403_view arn)
{
    size_t at = w403_view_find(arn, W403_LIT(":accesspoint/"));
    if (at == SIZE_MAX) {
        return arn;
    }
    w403_view name = w403_view_sub(arn, at + sizeof ":accesspoint/" - 1, arn.n);
    w403_view key = name;
    name = w403_view_cut(&key, '/');
    if (!key.p || w403_view_starts(key, W403_LIT("object/"))) {
        return arn;
    }
    size_t head = (size_t)(name.p + name.n - arn.p);
    return key.n == 0 ? w403_view_sub(arn, 0, head)
                      : w403_arena_printf(a, "%.*s/object/%.*s", (int)head, arn.p, (int)key.n, key.p);
}

static w403_status from_s3_uri(w403_arena *a, w403_view text, w403_view partition, w403_view *out, w403_error *err)
{
    w403_view rest = w403_view_sub(text, sizeof "s3://" - 1, text.n);
    if (w403_view_starts(rest, W403_LIT("arn:"))) {
        *out = access_point_path(a, rest);
        W403_NEED(out->p, err);
        return W403_OK;
    }
    w403_view key = rest;
    w403_view bucket = w403_view_cut(&key, '/');
    if (bucket.n == 0) {
        w403_status status = w403_error_set(err, W403_SEMANTIC, "`%.*s` names no bucket", (int)text.n, text.p);
        w403_error_hint(err, "write `s3://bucket/key`");
        return status;
    }
    w403_view path = key.n > 0 ? rest : bucket;
    *out = w403_arena_printf(a, "arn:%.*s:s3:::%.*s", (int)partition.n, partition.p, (int)path.n, path.p);
    W403_NEED(out->p, err);
    return W403_OK;
}

w403_status w403_input_resource(w403_arena *a, w403_view text, w403_view partition, w403_view *out, w403_error *err)
{
    if (partition.n == 0) {
        partition = W403_LIT("aws");
    }
    if (w403_view_starts(text, W403_LIT("s3://"))) {
        return from_s3_uri(a, text, partition, out, err);
    }
    if (w403_view_starts(text, W403_LIT("arn:")) || w403_view_eq(text, W403_LIT("*"))) {
        *out = text;
        return W403_OK;
    }
    if (w403_view_ends(text, W403_LIT("-s3alias")) && w403_view_find_char(text, '/') == SIZE_MAX) {
        *out = w403_arena_printf(a, "arn:%.*s:s3:::%.*s", (int)partition.n, partition.p, (int)text.n, text.p);
        W403_NEED(out->p, err);
        return W403_OK;
    }
    int         shown = (int)(text.n > 200 ? 200 : text.n);
    w403_status status = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no resource", shown, text.p);
    bool        url = w403_view_find(text, W403_LIT("://")) != SIZE_MAX;
    if (url || text.n == 0) {
        w403_error_hint(err, "write `s3://bucket/key`, an ARN, or `*`");
    } else {
        w403_error_hint(err, "did you mean `s3://%.*s`? Or write an ARN, or `*`", shown, text.p);
    }
    return status;
}
