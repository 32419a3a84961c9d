/* The closure: seed batch, decision, what it wanted, decision ... (narrow.h). */
#include "base/limits.h"
#include "base/time.h"
#include "collect/narrow_state.h"

/* ---- the snapshot so far ---- */

static w403_status write_meta(w403_narrow *n, w403_error *err)
{
    w403_buf flat = {0};
    w403_json_writer w;
    w403_jw_init(&w, &flat, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_text(&w, "collected_at", n->began);
    w403_jw_text(&w, "partition", n->partition);
    w403_jw_key(&w, "collector");
    w403_jw_object(&w);
    w403_jw_word(&w, "version", w403_version());
    w403_jw_word(&w, "mode", "narrow");
    w403_jw_text(&w, "caller", n->caller);
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    return w403_narrow_put_json(n, W403_LIT("snapshot.json"), &flat, err);
}

static w403_status load(w403_narrow *n, w403_error *err)
{
    w403_snapshot *now;
    W403_TRY(w403_snapshot_with(n->base, n->files.at, n->files.n, NULL, NULL, &now, err));
    w403_snapshot **slot = W403_PUSH(n->a, &n->earlier);
    if (!slot) {
        w403_snapshot_free(now);
        return w403_error_nomem(err);
    }
    *slot = now;
    n->now = now;
    return W403_OK;
}

w403_status w403_narrow_fetch(w403_narrow *n, w403_error *err)
{
    if (n->queued) {
        n->queued = 0;
        n->counts.rounds++;
        W403_TRY(n->o.live->run(n->o.session, w403_narrow_deliver, n, err));
        n->queued = 0; /* what answers asked for was sent in the same run */
        if (n->failed != W403_OK) {
            *err = n->error;
            return n->failed;
        }
        W403_TRY(w403_narrow_iam_write(n, err));
        W403_TRY(w403_narrow_org_write(n, err));
    }
    return load(n, err);
}

/* ---- one question ---- */

/* What nearly every decision reads, so that it need not be made for that. */
static w403_status seed(w403_narrow *n, const w403_request *r, w403_error *err)
{
    w403_arn arn = w403_arn_split(r->resource), who = w403_arn_split(r->principal);
    w403_view rest = arn.n == 6 ? arn.part[5] : (w403_view){NULL, 0};
    W403_TRY(w403_narrow_principal_ask(n, r->principal, err));
    if (who.n == 6) {
        W403_TRY(w403_narrow_org_ask(n, who.part[4], err));
    }
    if (arn.n != 6) {
        return W403_OK;
    }
    if (w403_view_eq(arn.part[2], W403_LIT("s3")) && w403_view_starts(rest, W403_LIT("accesspoint/"))) {
        return w403_narrow_access_point_ask(n, &arn, err);
    }
    if (w403_view_eq(arn.part[2], W403_LIT("s3")) && !arn.part[4].n) {
        return w403_narrow_bucket_ask(n, w403_view_cut(&rest, '/'), r->resource_account, err);
    }
    return W403_OK;
}

static w403_status round_of(w403_narrow *n, const w403_policies *policies, const w403_request *r, w403_error *err)
{
    w403_decision d;
    w403_arena   *a = w403_arena_new(0);
    W403_NEED(a, err);
    w403_status st = w403_decide(n->now, policies, r, W403_DETAIL_FULL, a, &d, err);
    st = st == W403_OK ? w403_narrow_want(n, &d, a, err) : st;
    w403_arena_free(a);
    return st;
}

w403_status w403_narrow_ask(w403_narrow *n, const w403_policies *policies, const w403_request *request,
                            w403_error *err)
{
    W403_TRY(seed(n, request, err));
    for (unsigned i = 0; i < W403_LIMIT_NARROW_ROUNDS; i++) {
        W403_TRY(w403_narrow_fetch(n, err));
        W403_TRY(round_of(n, policies, request, err));
        if (!n->queued) {
            return W403_OK;
        }
    }
    return w403_narrow_fetch(n, err);
}

w403_status w403_narrow_ask_bucket(w403_narrow *n, w403_view bucket, w403_view owner, w403_error *err)
{
    return w403_narrow_bucket_ask(n, bucket, owner, err);
}

/* ---- beginning and end ---- */

static w403_status identified(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    (void)ask;
    if (!page->root) {
        w403_view code = page->code, said = page->answer->message;
        (void)w403_error_set(err, W403_SEMANTIC, "AWS does not take the credentials: %.*s%s%.*s", W403_ARG(code),
                             said.n ? ": " : "", (int)(said.n < 300 ? said.n : 300), said.p ? said.p : "");
        w403_error_hint(err, "`aws sts get-caller-identity` must work first; `--profile NAME` takes others");
        return W403_SEMANTIC;
    }
    n->caller = w403_json_str(page->root, "Arn");
    n->account = w403_json_str(page->root, "Account");
    n->partition = w403_arn_split(n->caller).part[1];
    if (!w403_is_account_id(n->account) || !n->partition.n) {
        return w403_error_set(err, W403_SEMANTIC, "what sts:GetCallerIdentity answers names no account");
    }
    return W403_OK;
}

static w403_status begin(w403_narrow *n, w403_error *err)
{
    W403_TRY(w403_narrow_send(
        n, (w403_inquiry){.answered = identified, .row = W403_CALL_STS_GETCALLERIDENTITY, .quiet = true},
        (w403_view){NULL, 0}, (w403_view){NULL, 0}, NULL, 0, err));
    W403_TRY(n->o.live->run(n->o.session, w403_narrow_deliver, n, err));
    n->queued = 0;
    if (n->failed != W403_OK) {
        *err = n->error;
        return n->failed;
    }
    if (!n->account.n) {
        return w403_error_set(err, W403_IO, "no answer came to sts:GetCallerIdentity");
    }
    n->began = w403_instant_format(n->a, w403_instant_now());
    W403_TRY(w403_snapshot_parse(W403_LIT("AWS"), W403_LIT("{}"), NULL, NULL, &n->base, err));
    W403_TRY(write_meta(n, err));
    return load(n, err);
}

w403_status w403_narrow_open(const w403_narrow_options *options, w403_narrow **out, w403_error *err)
{
    w403_arena *a = w403_arena_new(0);
    w403_narrow *n = a ? W403_NEW(a, w403_narrow) : NULL;
    *out = NULL;
    if (!n) {
        w403_arena_free(a);
        return w403_error_nomem(err);
    }
    n->a = a;
    n->o = *options;
    w403_status st = begin(n, err);
    if (st != W403_OK) {
        w403_narrow_close(n);
        return st;
    }
    *out = n;
    return W403_OK;
}

void w403_narrow_close(w403_narrow *n)
{
    if (n) {
        for (size_t i = 0; i < n->earlier.n; i++) {
            w403_snapshot_free(n->earlier.at[i]);
        }
        w403_snapshot_free(n->base);
        w403_arena_free(n->a);
    }
}

w403_view w403_narrow_caller(const w403_narrow *n)
{
    return n->caller;
}

w403_view w403_narrow_account(const w403_narrow *n)
{
    return n->account;
}

w403_view w403_narrow_partition(const w403_narrow *n)
{
    return n->partition;
}

const w403_snapshot *w403_narrow_snapshot(const w403_narrow *n)
{
    return n->now;
}

const w403_file_text *w403_narrow_files(const w403_narrow *n, size_t *count)
{
    *count = n->files.n;
    return n->files.at;
}

const w403_narrow_refusal *w403_narrow_refusals(const w403_narrow *n, size_t *count)
{
    *count = n->refusals.n;
    return n->refusals.at;
}

bool w403_narrow_wants_head(const w403_narrow *n)
{
    return n->head_wanted;
}

w403_narrow_counts w403_narrow_count(const w403_narrow *n)
{
    return n->counts;
}
