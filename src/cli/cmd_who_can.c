/* why403 who-can: every caller that can do something, and when. */
#include "base/glob.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/operands.h"
#include "cli/reason_rows.h"

/* ---- what is asked ---- */

/* Each OPERATION of a list, and each catalog action that a glob matches. */
static w403_status add_what(w403_rows *r, w403_view text, w403_error *err)
{
    bool action = w403_view_find_char(text, ':') != SIZE_MAX;
    if (!action && !w403_operation_find(text)) { /* get-object, s3 ls, ListBucket */
        w403_request named = {0};
        W403_TRY(w403_input_name(r->cli, text, &named, err));
        action = named.action.p != NULL;
        text = action ? named.action : named.operation;
    }
    if (!action && !w403_operation_find(text)) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no operation", W403_ARG(text));
        char hint[256];
        w403_view meant = w403_arena_printf(r->cli->arena, "s3:%.*s", W403_ARG(text));
        bool found = meant.p && w403_action_suggest(meant, hint, sizeof hint);
        w403_error_hint(err, "%s", found ? hint : "write S3's API name (GetObject), or an action (s3:GetObject, s3:Get*)");
        return st;
    }
    if (action && !w403_has_wildcard(text) && w403_action_find(text) == W403_ACTION_NONE) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no action that this answers for", W403_ARG(text));
        w403_error_hint(err, "write an action of S3's, kms:Decrypt or another of KMS's, or sts:AssumeRole");
        return st;
    }
    if (!action || !w403_has_wildcard(text)) {
        W403_NEED(w403_rows_what(r, text, action), err);
        return W403_OK;
    }
    size_t before = r->whats.n;
    for (uint16_t i = 0; i < W403_ACTION_COUNT; i++) {
        w403_view name = w403_view_of(w403_action_at(i)->name);
        if (w403_iglob(text, name) && w403_action_target(i) != W403_ON_NEITHER) {
            W403_NEED(w403_rows_what(r, name, true), err);
        }
    }
    if (r->whats.n == before) {
        return w403_error_set(err, W403_SEMANTIC, "no action of S3's on buckets or objects matches `%.*s`", W403_ARG(text));
    }
    return W403_OK;
}

static w403_status add_whats(w403_rows *r, w403_error *err)
{
    w403_view rest = w403_view_of(r->cli->args.operands.at[0]), other = w403_view_of(r->cli->args.operands.at[1]);
    w403_input_order(r->cli, &rest, &other);
    while (rest.p) {
        w403_view one = w403_view_trim(w403_view_cut(&rest, ','));
        W403_TRY(add_what(r, one, err));
    }
    return W403_OK;
}

/* The same through each access point of the bucket. */
static w403_status add_access_points(w403_rows *r, const w403_bucket *b, w403_view resource, w403_error *err)
{
    const w403_snapshot *s = r->realm.snap[0];
    w403_view key = w403_arn_split(resource).part[5];
    w403_view_cut(&key, '/');
    for (size_t i = 0; i < s->access_points.cap; i++) {
        const w403_access_point *ap = s->access_points.slots[i].value;
        bool here = ap && w403_view_eq(ap->bucket_name, b->name) &&
                    w403_view_eq(s->access_points.slots[i].key, ap->arn);
        w403_view arn = !here    ? (w403_view){NULL, 0}
                        : key.p ? w403_arena_printf(r->cli->arena, "%.*s/object/%.*s", W403_ARG(ap->arn), W403_ARG(key))
                                : ap->arn;
        W403_NEED(!here || (arn.p && w403_rows_resource(r, arn, true)), err);
        if (here) {
            r->resources.at[r->resources.n - 1].via = ap->arn;
        }
    }
    return W403_OK;
}

/* One resource, or the classes of keys that a pattern covers. */
static w403_status add_resources(w403_rows *r, w403_error *err)
{
    w403_view partition = r->realm.snap[0] ? r->realm.snap[0]->partition : W403_LIT("aws");
    w403_view what = w403_view_of(r->cli->args.operands.at[0]), place = w403_view_of(r->cli->args.operands.at[1]);
    w403_request named = {0};
    w403_input_order(r->cli, &what, &place);
    W403_TRY(w403_input_place(r->cli, place, partition, &named, err));
    w403_view text = named.resource;
    const w403_bucket *b = w403_bucket_behind(r->realm.snap[0], text);
    W403_NEED(w403_realm_mention_resource(&r->realm, r->realm.snap[0], text), err);
    if (!w403_has_wildcard(text) || w403_view_eq(text, W403_LIT("*"))) {
        W403_NEED(w403_rows_resource(r, text, true), err);
        bool direct = w403_args_has(&r->cli->args, W403_OPT_DIRECT_ONLY) ||
                      w403_view_find(text, W403_LIT(":accesspoint/")) != SIZE_MAX;
        return b && !direct ? add_access_points(r, b, text, err) : W403_OK;
    }
    w403_policy_list policies = {0};
    w403_resource_classes classes = {0};
    if (!b) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s`: a wildcard stands in a key of a bucket that the snapshot has",
                                        W403_ARG(text));
        w403_error_hint(err, "write s3://bucket/prefix/*");
        return st;
    }
    W403_NEED(w403_bucket_policies(&r->realm, r->realm.snap[0], b, &policies) &&
                  w403_rows_identities(r, &policies) &&
                  w403_bucket_classes(&r->realm, r->realm.snap[0], b, policies.at, policies.n, text, &classes),
              err);
    W403_NEED(w403_rows_resources(r, &classes), err);
    return W403_OK;
}

static w403_status run(w403_rows *r, int *status, w403_error *err)
{
    if (!r->realm.snap[0]) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "no snapshot: who there is cannot be told");
        w403_error_hint(err, "name one with `--snapshot DIR`");
        return st;
    }
    W403_TRY(add_whats(r, err));
    W403_TRY(add_resources(r, err));
    W403_NEED(w403_askers_all(r->cli->arena, r->realm.snap[0], &r->realm.mentions, false, &r->askers), err);
    W403_TRY(w403_rows_ask(r, err));
    *status = w403_rows_exit(r);
    if (w403_reason_format_is(r->cli, "html")) {
        w403_rows_html(r);
        return W403_OK;
    }
    if (w403_reason_format_is(r->cli, "text")) {
        return w403_rows_text(r, err);
    }
    return w403_rows_json(r, w403_reason_format_is(r->cli, "ndjson"), err);
}

int w403_cmd_who_can(w403_cli *cli)
{
    w403_error err;
    if (cli->args.operands.n != 2) {
        (void)w403_error_set(&err, W403_SEMANTIC, "who-can needs an operation and a resource");
        w403_error_hint(&err, "why403 who-can GetObject s3://bucket/key");
        return w403_diag_exit(cli, &err);
    }
    return w403_rows_answer(cli, run);
}
