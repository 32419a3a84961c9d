/* What is asked of each Region of an account: access points, keys, VPC endpoints, and what `--with` adds. */
#include <stdio.h>

#include "collect/state.h"

static w403_run_answer_fn on_listed, on_aliases, on_endpoints, on_instance;

/* ---- calls of a Region ---- */

static w403_status ask(w403_run *r, w403_run_region *g, unsigned row, w403_run_answer_fn *on, w403_error *err)
{
    if (!w403_run_wants(r, row)) {
        return W403_OK;
    }
    w403_run_request *q = w403_run_request_new(r, g->account, row, on, g);
    W403_NEED(q, err);
    q->region = g->name;
    q->name = g->name;
    if (w403_calls[row].service_id == W403_SERVICE_S3CONTROL) {
        w403_run_argument(q, "AccountId", g->account->id);
    }
    g->asked++;
    g->waiting++;
    return w403_run_ask(r, q, err);
}

static w403_status ask_file(w403_run *r, w403_run_region *g, unsigned row, w403_run_answer_fn *on, w403_error *err)
{
    w403_place_names names = {g->account->id, g->name, {NULL, 0}, {NULL, 0}};
    w403_kept        kept = W403_KEPT_NOT;
    w403_arena_reset(r->scratch);
    w403_view path = w403_arena_copy(r->arena, w403_place_path(r->scratch, row, &names));
    W403_NEED(path.p, err);
    W403_TRY(w403_run_keeps(r, g->account, row, path, g->name, &kept, NULL, NULL, err));
    return kept == W403_KEPT_NOT ? ask(r, g, row, on, err) : W403_OK;
}

/* Who changed the policies of buckets, of the last 90 days. */
static w403_status ask_events(w403_run *r, w403_run_region *g, w403_error *err)
{
    static const char *const names[] = {"PutBucketPolicy", "DeleteBucketPolicy"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        w403_run_request *q =
            w403_run_request_new(r, g->account, W403_CALL_CLOUDTRAIL_LOOKUPEVENTS, w403_run_on_file, g);
        W403_NEED(q, err);
        q->region = g->name;
        w403_run_argument(q, "LookupAttributes.1.AttributeKey", W403_LIT("EventName"));
        w403_run_argument(q, "LookupAttributes.1.AttributeValue", w403_view_of(names[i]));
        w403_arena_reset(r->scratch);
        w403_view path = w403_arena_printf(r->scratch, "accounts/%.*s/cloudtrail/%.*s/EventName-%s.json",
                                           W403_ARG(g->account->id), W403_ARG(g->name), names[i]);
        W403_NEED(path.p, err);
        memcpy(q->path, path.p, path.n);
        q->n_path = path.n;
        W403_TRY(w403_run_ask(r, q, err));
    }
    return W403_OK;
}

static w403_status ask_all(w403_run *r, w403_run_region *g, w403_error *err)
{
    uint32_t with = r->opt->with;
    g->keys.held = true;
    g->waiting = 1; /* until all are asked */
    W403_TRY(ask(r, g, W403_CALL_S3CONTROL_LISTACCESSPOINTS, on_listed, err));
    W403_TRY(ask(r, g, W403_CALL_KMS_LISTKEYS, on_listed, err));
    if (!r->opt->probe) {
        W403_TRY(ask(r, g, W403_CALL_KMS_LISTALIASES, on_aliases, err));
        W403_TRY(ask_file(r, g, W403_CALL_EC2_DESCRIBEVPCENDPOINTS, on_endpoints, err));
    }
    if (with & W403_WITH_OBJECT_LAMBDA) {
        W403_TRY(ask(r, g, W403_CALL_S3CONTROL_LISTACCESSPOINTSFOROBJECTLAMBDA, on_listed, err));
    }
    if (with & W403_WITH_DIRECTORY_BUCKETS) {
        W403_TRY(ask(r, g, W403_CALL_S3_LISTDIRECTORYBUCKETS, on_listed, err));
        W403_TRY(ask(r, g, W403_CALL_S3CONTROL_LISTACCESSPOINTSFORDIRECTORYBUCKETS, on_listed, err));
    }
    if ((with & W403_WITH_ACCESS_GRANTS) && !r->opt->probe) {
        W403_TRY(ask(r, g, W403_CALL_S3CONTROL_GETACCESSGRANTSINSTANCE, on_instance, err));
    }
    if ((with & W403_WITH_EVENTS) && !r->opt->probe) {
        W403_TRY(ask_events(r, g, err));
    }
    g->waiting--;
    return W403_OK;
}

/* ---- what could not be read ---- */

static w403_status keep_failure(w403_run *r, w403_run_region *g, const w403_run_request *q, const w403_live_answer *a,
                                w403_error *err)
{
    size_t room = sizeof g->failures / sizeof *g->failures;
    if (g->n_failures < room) {
        W403_TRY(w403_run_fail(r, &g->failures[g->n_failures++], q, a, g->name, err));
    }
    return W403_OK;
}

/* A Region that is not enabled refuses the credentials that its siblings take: it is skipped, and told once. */
static bool is_off(const w403_run_region *g)
{
    bool off = g->asked > 0 && g->n_failures == g->asked;
    for (unsigned i = 0; i < g->n_failures && off; i++) {
        off = w403_code_region_off(g->failures[i].code);
    }
    return off;
}

static w403_status note_off(w403_run *r, const w403_run_region *g, w403_error *err)
{
    for (size_t i = 0; i < r->report->regions_off.n; i++) {
        if (w403_view_eq(r->report->regions_off.at[i], g->name)) {
            return W403_OK;
        }
    }
    w403_view *slot = W403_PUSH(r->arena, &r->report->regions_off);
    W403_NEED(slot, err);
    *slot = g->name;
    return W403_OK;
}

static w403_status settle(w403_run *r, w403_run_region *g, w403_error *err)
{
    if (is_off(g)) {
        return note_off(r, g, err);
    }
    r->report->regions++;
    bool all = g->n_failures > 1 && g->n_failures == g->asked;
    for (unsigned i = 0; i < g->n_failures && all; i++) {
        all = w403_code_refuses(g->failures[i].code);
    }
    for (unsigned i = 0; i < g->n_failures; i++) {
        const w403_run_failure *f = &g->failures[i];
        if (!all || i == 0) {
            W403_TRY(w403_run_unknown(r, all ? W403_UNKNOWN_REGION : W403_UNKNOWN_CALL, all ? 0 : f->row, g->account,
                                      f->code, f->said, g->name, err));
        }
        if (f->path.n) {
            W403_TRY(w403_run_write_failure(r, f->path, f->row, f->code, f->message, err));
        }
    }
    return W403_OK;
}

static w403_status answered(w403_run *r, w403_run_region *g, const w403_live_answer *a, w403_error *err)
{
    return a->last && --g->waiting == 0 ? settle(r, g, err) : W403_OK;
}

/* ---- VPC endpoints ---- */

static w403_status on_endpoints(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_region *g = q->subject;
    bool             whole = false;
    if (!q->n_path) {
        W403_TRY(w403_run_path(r, q, (w403_view){NULL, 0}, err));
    }
    if (a->code.n) {
        W403_TRY(keep_failure(r, g, q, a, err));
    } else {
        W403_TRY(w403_run_take_page(r, q, a, &whole, err));
        r->report->known += whole;
    }
    return answered(r, g, a, err);
}

/* ---- lists of names ---- */

static const struct list {
    unsigned       row;
    const char    *list, *member;
    w403_name_kind kind;
    size_t         lane; /* offset in w403_run_region */
} lists[] = {
    {W403_CALL_S3CONTROL_LISTACCESSPOINTS, "AccessPointList", "Name", W403_NAME_ACCESS_POINT,
     offsetof(w403_run_region, points)},
    {W403_CALL_KMS_LISTKEYS, "Keys", "KeyId", W403_NAME_KEY, offsetof(w403_run_region, keys)},
    {W403_CALL_S3CONTROL_LISTACCESSPOINTSFOROBJECTLAMBDA, "ObjectLambdaAccessPointList", "Name",
     W403_NAME_ACCESS_POINT, offsetof(w403_run_region, lambdas)},
    {W403_CALL_S3_LISTDIRECTORYBUCKETS, "Buckets", "Name", W403_NAME_BUCKET,
     offsetof(w403_run_region, express_buckets)},
    {W403_CALL_S3CONTROL_LISTACCESSPOINTSFORDIRECTORYBUCKETS, "AccessPointList", "Name", W403_NAME_ACCESS_POINT,
     offsetof(w403_run_region, express_points)},
};

static w403_status push_names(w403_run *r, w403_run_region *g, const struct list *l, const w403_json *root,
                              w403_error *err)
{
    const w403_json *list = w403_json_get(root, l->list);
    w403_run_lane   *lane = (w403_run_lane *)(void *)((char *)g + l->lane);
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        bool      sound;
        w403_view name = w403_json_str(v, l->member);
        W403_TRY(w403_run_name(r, g->account, l->kind, name, &sound, err));
        if (sound) {
            W403_TRY(w403_run_push(r, lane, name, (w403_view){NULL, 0}, err));
        }
    }
    return W403_OK;
}

static w403_status on_listed(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_region *g = q->subject;
    w403_json_doc    doc;
    if (a->code.n) {
        W403_TRY(keep_failure(r, g, q, a, err));
        return answered(r, g, a, err);
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (lists[i].row == q->row) {
            w403_run_lane *lane = (w403_run_lane *)(void *)((char *)g + lists[i].lane);
            W403_TRY(q->anew ? w403_run_lane_anew(r, lane, err) : W403_OK);
            W403_TRY(push_names(r, g, &lists[i], doc.root, err));
        }
    }
    return answered(r, g, a, err);
}

/* ---- aliases of keys ---- */

static w403_status keep_alias(w403_run *r, w403_run_region *g, const w403_live_answer *a, const w403_json *v,
                              w403_error *err)
{
    w403_view target = w403_json_str(v, "TargetKeyId");
    if (!target.n) { /* of a key that AWS will make when it is first needed */
        return W403_OK;
    }
    w403_buf *text = w403_map_get(&g->aliases, target);
    if (!text) {
        w403_view key = w403_arena_copy(r->arena, target);
        text = W403_NEW(r->arena, w403_buf);
        W403_NEED(text && key.p && w403_map_put(r->arena, &g->aliases, key, text), err);
    }
    w403_buf_puts(text, text->n ? "," : "[");
    w403_buf_put(text, w403_view_sub(a->json, v->span.off, v->span.off + v->span.len));
    W403_NEED(w403_buf_ok(text), err);
    return W403_OK;
}

void w403_run_aliases_free(w403_run_region *g)
{
    w403_buf_free(&g->aliases_error);
    for (size_t i = 0; i < g->aliases.cap; i++) {
        if (g->aliases.slots[i].value) {
            w403_buf_free(g->aliases.slots[i].value);
        }
    }
    g->aliases = (w403_map){0};
}

static w403_status on_aliases(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_region *g = q->subject;
    w403_json_doc    doc;
    if (a->code.n) {
        w403_arena_reset(r->scratch);
        w403_compose_error_flat(
            &g->aliases_error,
            &(w403_compose_failure){a->code, a->message, w403_place_call_name(r->scratch, q->row), r->at});
        W403_NEED(w403_buf_ok(&g->aliases_error), err);
        W403_TRY(keep_failure(r, g, q, a, err));
    } else {
        W403_TRY(w403_run_parse(r, a, &doc, err));
        if (q->anew) {
            w403_run_aliases_free(g);
        }
        const w403_json *list = w403_json_get(doc.root, "Aliases");
        for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
            W403_TRY(keep_alias(r, g, a, v, err));
        }
    }
    if (a->last) {
        w403_run_lane_go(r, &g->keys);
    }
    return answered(r, g, a, err);
}

/* ---- access grants: nothing more is asked where there is no instance ---- */

static w403_status on_instance(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    static const uint16_t more[] = {W403_CALL_S3CONTROL_GETACCESSGRANTSINSTANCERESOURCEPOLICY,
                                    W403_CALL_S3CONTROL_LISTACCESSGRANTSLOCATIONS,
                                    W403_CALL_S3CONTROL_LISTACCESSGRANTS};
    w403_run_region *g = q->subject;
    if (!q->n_path) {
        W403_TRY(w403_run_path(r, q, (w403_view){NULL, 0}, err));
    }
    if (w403_meaning_of(q->row, a->code) == W403_MEANS_UNKNOWN) {
        W403_TRY(keep_failure(r, g, q, a, err));
        return answered(r, g, a, err);
    }
    W403_TRY(w403_run_on_file(r, q, a, err));
    for (size_t i = 0; i < sizeof more / sizeof *more && !a->code.n && a->last; i++) {
        w403_run_request *next = w403_run_request_new(r, g->account, more[i], w403_run_on_file, g);
        W403_NEED(next, err);
        next->region = g->name;
        w403_run_argument(next, "AccountId", g->account->id);
        W403_TRY(w403_run_path(r, next, (w403_view){NULL, 0}, err));
        W403_TRY(w403_run_ask(r, next, err));
    }
    return answered(r, g, a, err);
}

/* ---- what was listed ---- */

/* A file that these calls make together, with arguments that say which thing it is. */
static w403_status start_unit(w403_run *r, w403_run_lane *lane, const w403_run_item *item, const uint16_t *rows,
                              size_t n, w403_view path, w403_run_unit **out, w403_error *err)
{
    bool key = w403_calls[rows[0]].service_id == W403_SERVICE_KMS;
    w403_run_unit *u = w403_run_unit_new(r, lane, item->name, path);
    *out = u;
    W403_NEED(u, err);
    for (size_t i = 0; i < n; i++) {
        w403_run_request *q = w403_run_request_new(r, lane->account, rows[i], w403_run_on_part, u);
        W403_NEED(q, err);
        q->region = lane->region->name;
        if (rows[i] == W403_CALL_S3CONTROL_LISTTAGSFORRESOURCE) {
            w403_view arn =
                w403_arena_printf(r->arena, "arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s", W403_ARG(r->report->partition),
                                  W403_ARG(q->region), W403_ARG(lane->account->id), W403_ARG(item->name));
            W403_NEED(arn.p, err);
            w403_run_argument(q, "ResourceArn", arn);
        } else {
            w403_run_argument(q, key ? "KeyId" : "Name", item->name);
        }
        if (!key) {
            w403_run_argument(q, "AccountId", lane->account->id);
        } else if (rows[i] == W403_CALL_KMS_GETKEYPOLICY) {
            w403_run_argument(q, "PolicyName", W403_LIT("default"));
        }
        W403_TRY(w403_run_unit_ask(r, u, q, err));
    }
    return W403_OK;
}

/* Is the file there already? Then the item is done. */
static w403_status kept_item(w403_run *r, w403_run_lane *lane, const w403_run_item *item, unsigned row,
                             w403_view path, bool *done, w403_error *err)
{
    w403_kept kept;
    W403_TRY(w403_run_keeps(r, lane->account, row, path, item->name, &kept, NULL, NULL, err));
    *done = kept != W403_KEPT_NOT;
    if (*done) {
        w403_run_lane_done(r, lane);
    }
    return W403_OK;
}

static w403_status start(w403_run *r, w403_run_lane *lane, const w403_run_item *item, const uint16_t *rows, size_t n,
                         const char *folder, w403_run_unit **out, w403_error *err)
{
    char path[W403_RUN_PATH];
    bool done = false;
    int  size = snprintf(path, sizeof path, "accounts/%.*s/%s/%.*s/%.*s.json", W403_ARG(lane->account->id), folder,
                         W403_ARG(lane->region->name), W403_ARG(item->name));
    w403_view at = {path, size > 0 && size < (int)sizeof path ? (size_t)size : 0};
    *out = NULL;
    W403_TRY(kept_item(r, lane, item, rows[0], at, &done, err));
    return done ? W403_OK : start_unit(r, lane, item, rows, n, at, out, err);
}

static bool with_tags(const w403_run *r)
{
    return (r->opt->with & W403_WITH_TAGS) != 0;
}

static w403_status start_key(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    static const uint16_t rows[] = {W403_CALL_KMS_DESCRIBEKEY, W403_CALL_KMS_GETKEYPOLICY, W403_CALL_KMS_LISTGRANTS,
                                    W403_CALL_KMS_LISTRESOURCETAGS}; /* the last one with --with tags */
    w403_run_region *g = lane->region;
    w403_run_unit   *u;
    W403_TRY(start(r, lane, item, rows, 3 + with_tags(r), "kms", &u, err));
    if (!u || g->aliases_error.n) {
        return u ? w403_run_unit_part(r, u, "Aliases", w403_buf_view(&g->aliases_error), err) : W403_OK;
    }
    w403_buf *aliases = w403_map_get(&g->aliases, item->name);
    w403_buf  text = {0};
    w403_buf_put(&text, aliases ? w403_buf_view(aliases) : W403_LIT("["));
    w403_buf_putc(&text, ']');
    w403_status st = w403_buf_ok(&text) ? w403_run_unit_part(r, u, "Aliases", w403_buf_view(&text), err)
                                        : w403_error_nomem(err);
    w403_buf_free(&text);
    return st;
}

static w403_status start_point(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    static const uint16_t rows[] = {W403_CALL_S3CONTROL_GETACCESSPOINT, W403_CALL_S3CONTROL_GETACCESSPOINTPOLICY,
                                    W403_CALL_S3CONTROL_LISTTAGSFORRESOURCE}; /* as above */
    bool           directory = lane == &lane->region->express_points;
    w403_run_unit *u;
    return start(r, lane, item, rows, 2 + (!directory && with_tags(r)),
                 directory ? "s3express/access-points" : "s3control/access-points", &u, err);
}

static w403_status start_lambda(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    static const uint16_t rows[] = {W403_CALL_S3CONTROL_GETACCESSPOINTFOROBJECTLAMBDA,
                                    W403_CALL_S3CONTROL_GETACCESSPOINTCONFIGURATIONFOROBJECTLAMBDA,
                                    W403_CALL_S3CONTROL_GETACCESSPOINTPOLICYFOROBJECTLAMBDA};
    w403_run_unit *u;
    return start(r, lane, item, rows, 3, "s3control/object-lambda", &u, err);
}

/* Two files; the lane hears of the second one. */
static w403_status on_express(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    W403_TRY(w403_run_on_file(r, q, a, err));
    if (a->last && q->row == W403_CALL_S3_GETBUCKETENCRYPTION) {
        w403_run_lane_done(r, q->subject);
    }
    return W403_OK;
}

static w403_status start_express_bucket(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    static const uint16_t rows[] = {W403_CALL_S3_GETBUCKETPOLICY, W403_CALL_S3_GETBUCKETENCRYPTION};
    static const char *const files[] = {"policy", "encryption"};
    for (size_t i = 0; i < 2; i++) {
        w403_run_request *q = w403_run_request_new(r, lane->account, rows[i], on_express, lane);
        W403_NEED(q, err);
        q->region = lane->region->name;
        q->name = item->name;
        w403_run_argument(q, "Bucket", item->name);
        int n = snprintf(q->path, sizeof q->path, "accounts/%.*s/s3express/%.*s/%s.json", W403_ARG(lane->account->id),
                         W403_ARG(item->name), files[i]);
        q->n_path = n > 0 && n < (int)sizeof q->path ? (size_t)n : 0;
        W403_TRY(w403_run_ask(r, q, err));
    }
    return W403_OK;
}

/* ---- a Region ---- */

w403_status w403_run_region_of(w403_run *r, w403_run_account *account, w403_view name, w403_error *err)
{
    w403_run_region **end = &account->regions;
    for (; *end; end = &(*end)->next) {
        if (w403_view_eq((*end)->name, name)) {
            return W403_OK;
        }
    }
    w403_run_region *g = W403_NEW(r->arena, w403_run_region);
    W403_NEED(g, err);
    g->account = account;
    g->name = w403_arena_copy(r->arena, name);
    W403_NEED(g->name.p, err);
    *end = g;
    const w403_run_lane lane = {.account = account, .region = g, .cost = 3, .width = 32, .held = r->opt->probe};
    g->keys = g->points = g->lambdas = g->express_points = g->express_buckets = lane;
    g->keys.start = start_key;
    g->points.start = g->express_points.start = start_point;
    g->points.cost = g->express_points.cost = g->express_buckets.cost = 2;
    g->lambdas.start = start_lambda;
    g->express_buckets.start = start_express_bucket;
    return ask_all(r, g, err);
}
