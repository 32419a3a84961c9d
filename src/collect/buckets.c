/* A bucket: every setting of it is a file, as a value or as an error; a file that is missing would mean
 * *not configured*. */
#include "collect/state.h"

enum { BUCKET_ROWS = 24, SHARED = 1 << 7 };

typedef struct w403_run_bucket {
    w403_run_lane          *lane;
    w403_view               name, region;
    unsigned                asked, waiting, known, not_configured;
    bool                    gone, abac;
    unsigned                n_failures, n_refused;
    w403_run_failure failures[BUCKET_ROWS];
    struct w403_run_bucket *next;
} w403_run_bucket;

static w403_run_answer_fn on_setting, on_inventory;

w403_status w403_run_bucket_rows(w403_run *r, w403_error *err)
{
    for (unsigned row = 0; row < W403_CALL_COUNT; row++) {
        const w403_call_row *c = &w403_calls[row];
        if (c->service_id == W403_SERVICE_S3 && (c->modes & W403_CALL_WHOLE) && strcmp(c->scope, "bucket") == 0 &&
            c->wave == 2) {
            if (r->n_bucket_rows == BUCKET_ROWS) {
                return w403_error_set(err, W403_BUG, "the table has more calls for a bucket than there is room for");
            }
            r->bucket_rows[r->n_bucket_rows++] = (uint16_t)row;
        }
    }
    return W403_OK;
}

/* ---- the end of a bucket ---- */

static w403_status path_of(w403_run *r, const w403_run_bucket *b, const char *file, w403_view *out, w403_error *err)
{
    w403_arena_reset(r->scratch);
    *out = w403_arena_printf(r->scratch, "accounts/%.*s/s3/%.*s/%s", W403_ARG(b->lane->account->id),
                             W403_ARG(b->name), file);
    W403_NEED(out->p, err);
    return W403_OK;
}

/* As get-bucket-location prints it: us-east-1 is null. It is written last: where it stands, the bucket is whole. */
static w403_status write_location(w403_run *r, const w403_run_bucket *b, w403_error *err)
{
    w403_view path;
    w403_buf  text = {0};
    W403_TRY(path_of(r, b, "location.json", &path, err));
    if (b->gone) {
        w403_compose_error(&text, &(w403_compose_failure){.code = W403_LIT("NoSuchBucket")}, 0);
    } else if (!b->region.n) {
        w403_compose_error(&text, &(w403_compose_failure){.code = W403_LIT("why403.NoRegion"),
                                                          .call = W403_LIT("s3:ListBuckets"), .at = r->at}, 0);
    } else {
        bool first = w403_view_eq(b->region, W403_LIT("us-east-1"));
        w403_buf_puts(&text, "{\n    \"LocationConstraint\": ");
        if (first) {
            w403_buf_puts(&text, "null");
        } else {
            w403_buf_json_string(&text, b->region);
        }
        w403_buf_puts(&text, "\n}");
    }
    w403_buf_putc(&text, '\n');
    w403_status st = w403_run_write(r, path, &text, err);
    w403_buf_free(&text);
    return st;
}

/* It was deleted while it was being read: what came before says nothing about what is. */
static w403_status drop_files(w403_run *r, const w403_run_bucket *b, w403_error *err)
{
    w403_place_names names = {b->lane->account->id, b->region, b->name, {NULL, 0}};
    for (unsigned i = 0; r->folder && i <= r->n_bucket_rows; i++) {
        unsigned row = i < r->n_bucket_rows ? r->bucket_rows[i] : W403_CALL_S3_GETBUCKETTAGGING;
        w403_arena_reset(r->scratch);
        w403_view path = w403_place_path(r->scratch, row, &names);
        W403_NEED(path.p, err);
        if (row != W403_CALL_S3_LISTBUCKETINVENTORYCONFIGURATIONS) {
            W403_TRY(w403_folder_remove(r->folder, path, err));
        }
    }
    return W403_OK;
}

/* A bucket that refuses everything has a policy that shuts out even who administers it: told apart from calls that
 * the collector's role may not make anywhere. */
static w403_status tell_failures(w403_run *r, w403_run_bucket *b, w403_error *err)
{
    bool shut = b->n_refused > 1 && b->n_refused == b->asked;
    for (unsigned i = 0; i < b->n_failures; i++) {
        const w403_run_failure *f = &b->failures[i];
        if (!shut || i == 0) {
            W403_TRY(w403_run_unknown(r, shut ? W403_UNKNOWN_BUCKET : W403_UNKNOWN_CALL, shut ? 0 : f->row,
                                      b->lane->account, f->code, f->said, b->name, err));
        } else {
            r->report->unknown++;
        }
    }
    return W403_OK;
}

static w403_status finish(w403_run *r, w403_run_bucket *b, w403_error *err)
{
    if (b->gone) {
        r->report->gone++;
        W403_TRY(drop_files(r, b, err));
    } else {
        r->report->known += b->known + (b->region.n > 0);
        r->report->not_configured += b->not_configured;
        W403_TRY(tell_failures(r, b, err));
        if (!b->region.n) {
            W403_TRY(w403_run_unknown(r, W403_UNKNOWN_CALL, W403_CALL_S3_LISTBUCKETS, b->lane->account,
                                      W403_LIT("why403.NoRegion"), W403_LIT("the answer names no Region"), b->name,
                                      err));
        }
    }
    W403_TRY(write_location(r, b, err));
    w403_run_lane *lane = b->lane;
    b->next = r->free_buckets;
    r->free_buckets = b;
    w403_run_lane_done(r, lane);
    return W403_OK;
}

/* ---- what is asked of it ---- */

/* A run before, which had come to the end of the bucket, has read the inventory configurations; or was refused. */
static w403_status keeps_inventory(w403_run *r, w403_run_bucket *b, const w403_run_request *q, w403_kept *out,
                                   w403_run_failure *failed, w403_error *err)
{
    w403_view path = {q->path, q->n_path};
    bool      complete = false, marked = false;
    W403_TRY(w403_run_keeps(r, b->lane->account, q->row, path, b->name, out, NULL, failed, err));
    if (*out != W403_KEPT_NOT || !r->opt->resume || !r->folder) {
        return W403_OK;
    }
    W403_TRY(w403_run_has(r, path, &marked, err));
    W403_TRY(path_of(r, b, "location.json", &path, err));
    path = w403_arena_copy(r->page, path);
    W403_NEED(path.p, err);
    W403_TRY(w403_run_has(r, path, &complete, err));
    *out = complete && !marked ? W403_KEPT_VALUE : W403_KEPT_NOT;
    b->known += *out == W403_KEPT_VALUE;
    r->report->kept += *out == W403_KEPT_VALUE;
    return W403_OK;
}

static w403_status ask_setting(w403_run *r, w403_run_bucket *b, unsigned row, bool *abac, w403_error *err)
{
    w403_kept kept = W403_KEPT_NOT;
    w403_view text = {NULL, 0};
    bool      list = row == W403_CALL_S3_LISTBUCKETINVENTORYCONFIGURATIONS;
    w403_run_failure failed = {0};
    if (!w403_run_wants(r, row)) {
        return W403_OK;
    }
    w403_run_request *q = w403_run_request_new(r, b->lane->account, row, list ? on_inventory : on_setting, b);
    W403_NEED(q, err);
    q->region = b->region;
    q->name = b->name;
    w403_run_argument(q, "Bucket", b->name);
    W403_TRY(w403_run_path(r, q, b->name, err));
    W403_TRY(list ? keeps_inventory(r, b, q, &kept, &failed, err)
                  : w403_run_keeps(r, b->lane->account, row, (w403_view){q->path, q->n_path}, b->name, &kept, &text,
                                   &failed, err));
    if (failed.code.n && b->n_failures < BUCKET_ROWS) {
        b->failures[b->n_failures++] = failed;
        b->n_refused += w403_code_refuses(failed.code);
    }
    b->asked++;
    if (kept != W403_KEPT_NOT) {
        *abac |= row == W403_CALL_S3_GETBUCKETABAC && w403_view_find(text, W403_LIT("\"Enabled\"")) != SIZE_MAX;
        w403_run_request_free(r, q);
        return W403_OK;
    }
    b->waiting++;
    return w403_run_ask(r, q, err);
}

static w403_status start_bucket(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    w403_run_bucket *b = r->free_buckets ? r->free_buckets : w403_arena_alloc(r->arena, sizeof *b);
    bool             abac = false;
    W403_NEED(b, err);
    if (b == r->free_buckets) {
        r->free_buckets = b->next;
    }
    r->report->buckets++;
    *b = (w403_run_bucket){.lane = lane, .name = item->name, .region = item->extra};
    for (unsigned i = 0; i < r->n_bucket_rows; i++) {
        W403_TRY(ask_setting(r, b, r->bucket_rows[i], &abac, err));
    }
    if (abac || (r->opt->with & W403_WITH_TAGS)) {
        W403_TRY(ask_setting(r, b, W403_CALL_S3_GETBUCKETTAGGING, &abac, err));
    }
    return b->waiting ? W403_OK : finish(r, b, err);
}

void w403_run_buckets_init(w403_run *r, w403_run_account *account)
{
    account->buckets = (w403_run_lane){
        .start = start_bucket, .account = account, .cost = r->n_bucket_rows, .width = SHARED, .held = r->opt->probe};
}

/* ---- answers ---- */

static w403_status keep_failure(w403_run *r, w403_run_bucket *b, const w403_run_request *q, const w403_live_answer *a,
                                w403_error *err)
{
    if (b->n_failures < BUCKET_ROWS) {
        W403_TRY(w403_run_fail(r, &b->failures[b->n_failures++], q, a, b->name, err));
    }
    b->n_refused += w403_code_refuses(a->code);
    return W403_OK;
}

/* NoSuchBucket of a bucket that was listed a moment ago comes falsely under load: it is asked once more. *later: so
 * it is. */
static w403_status on_failure(w403_run *r, w403_run_request *q, const w403_live_answer *a, bool *later,
                              w403_error *err)
{
    w403_run_bucket *b = q->subject;
    w403_meaning     means = w403_meaning_of(q->row, a->code);
    *later = false;
    if (means == W403_MEANS_GONE) {
        *later = !q->again;
        b->gone |= q->again;
        if (*later) {
            w403_run_ask_later(r, q);
        }
        return W403_OK;
    }
    if (means == W403_MEANS_NOT_CONFIGURED) {
        b->not_configured++;
    } else {
        W403_TRY(keep_failure(r, b, q, a, err));
    }
    return w403_run_write_failure(r, (w403_view){q->path, q->n_path}, q->row, a->code, a->message, err);
}

static w403_status answered(w403_run *r, w403_run_bucket *b, const w403_live_answer *a, w403_error *err)
{
    if (!b->region.n && w403_name_is(W403_NAME_REGION, a->bucket_region)) { /* of a ListBuckets that names none */
        b->region = w403_arena_copy(r->arena, a->bucket_region);
        W403_NEED(b->region.p, err);
        W403_TRY(w403_run_region_of(r, b->lane->account, b->region, err));
    }
    return a->last && --b->waiting == 0 ? finish(r, b, err) : W403_OK;
}

/* Tags play a part where attribute-based access control is on. */
static w403_status on_abac(w403_run *r, w403_run_bucket *b, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    bool          abac = false;
    W403_TRY(w403_run_parse(r, a, &doc, err));
    w403_view status = w403_json_str(w403_json_get(doc.root, "AbacStatus"), "Status");
    if (w403_view_eq(status, W403_LIT("Enabled")) && !(r->opt->with & W403_WITH_TAGS)) {
        return ask_setting(r, b, W403_CALL_S3_GETBUCKETTAGGING, &abac, err);
    }
    return W403_OK;
}

static w403_status on_setting(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_bucket *b = q->subject;
    bool             later = false, whole = false;
    if (a->code.n) {
        W403_TRY(on_failure(r, q, a, &later, err));
    } else {
        W403_TRY(w403_run_take_page(r, q, a, &whole, err));
        b->known += whole;
        if (q->row == W403_CALL_S3_GETBUCKETABAC) {
            W403_TRY(on_abac(r, b, a, err));
        }
    }
    return later ? W403_OK : answered(r, b, a, err);
}

/* One file a configuration. */
static w403_status write_inventory(w403_run *r, w403_run_request *q, const w403_live_answer *a, const w403_json *v,
                                   w403_error *err)
{
    w403_run_bucket *b = q->subject;
    bool             sound;
    w403_buf         flat = {0}, text = {0}, path = {0};
    w403_view        id = w403_json_str(v, "Id");
    W403_TRY(w403_run_name(r, q->account, W403_NAME_INVENTORY, id, &sound, err));
    if (!sound) {
        return W403_OK;
    }
    w403_buf_puts(&flat, "{\"InventoryConfiguration\":");
    w403_buf_put(&flat, w403_view_sub(a->json, v->span.off, v->span.off + v->span.len));
    w403_buf_putc(&flat, '}');
    w403_compose_file(&text, w403_buf_view(&flat), (w403_view){NULL, 0});
    w403_buf_printf(&path, "accounts/%.*s/s3/%.*s/inventory/%.*s.json", W403_ARG(q->account->id), W403_ARG(b->name),
                    W403_ARG(id));
    text.failed |= flat.failed || path.failed;
    w403_status st = w403_run_write(r, w403_buf_view(&path), &text, err);
    w403_buf_free(&flat);
    w403_buf_free(&text);
    w403_buf_free(&path);
    return st;
}

/* Where the list cannot be read, a file says so in the place of the configurations. */
static w403_status on_inventory(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc    doc;
    w403_run_bucket *b = q->subject;
    bool             later = false;
    if (a->code.n) {
        W403_TRY(on_failure(r, q, a, &later, err));
        return later ? W403_OK : answered(r, b, a, err);
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    const w403_json *list = w403_json_get(doc.root, "InventoryConfigurationList");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        W403_TRY(write_inventory(r, q, a, v, err));
    }
    if (r->opt->resume && r->folder && a->page == 0) { /* what a run before could not read */
        W403_TRY(w403_folder_remove(r->folder, (w403_view){q->path, q->n_path}, err));
    }
    b->known += a->last;
    return answered(r, b, a, err);
}
