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

/* ---- what a decision wanted ---- */

static w403_view path_part(w403_view path, int index)
{
    w403_view part = {NULL, 0};
    for (int i = 0; i <= index; i++) {
        part = w403_view_cut(&path, '/');
    }
    return part;
}

/* `objects.json#acl`: of the keys that the request is about. */
static w403_status want_object(w403_narrow *n, const w403_call *c, w403_narrow_bucket *b, w403_view file, w403_error *err)
{
    const w403_target *targets[] = {&c->target, &c->source};
    w403_view part = file;
    (void)w403_view_cut(&part, '#');
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const w403_target *t = targets[i];
        bool read = i == 0 || c->has_source;
        bool routed = i == 0 && c->n_routes > 1; /* another bucket of a Multi-Region Access Point */
        if (read && t->key.n && (routed || w403_view_eq(t->bucket_name, b->name))) {
            W403_TRY(w403_narrow_object_ask(n, b, t->key, t->version_id, part.p ? part : W403_LIT(""), err));
        }
    }
    return W403_OK;
}

static w403_status want_bucket(w403_narrow *n, const w403_call *c, w403_view path, w403_error *err)
{
    w403_view account = path_part(path, 1), name = path_part(path, 3), file = path_part(path, 4);
    w403_narrow_bucket *b = w403_narrow_bucket_find(n, name);
    if (!b || !b->placed) {
        return w403_narrow_bucket_ask(n, name, w403_is_account_id(account) ? account : (w403_view){NULL, 0}, err);
    }
    if (w403_view_starts(file, W403_LIT("objects.json"))) {
        return want_object(n, c, b, file, err);
    }
    if (w403_view_eq(file, W403_LIT("location.json"))) {
        return b->missing ? W403_OK : w403_narrow_location_ask(n, b, err);
    }
    bool seeded = w403_view_eq(file, W403_LIT("policy.json"));
    return seeded || b->missing ? W403_OK : w403_narrow_make(n, path, b->region, err);
}

static w403_status want_identity(w403_narrow *n, const w403_call *c, w403_error *err)
{
    W403_TRY(w403_narrow_principal_ask(n, c->caller.arn, err));
    W403_TRY(w403_narrow_principal_ask(n, c->req->issuer, err));
    return c->target.kind == W403_TARGET_ROLE ? w403_narrow_principal_ask(n, c->target.arn, err) : W403_OK;
}

static w403_status want_endpoint(w403_narrow *n, const w403_call *c, w403_view path, w403_error *err)
{
    w403_view region = path_part(path, 3);
    const w403_view owners[] = {c->caller.account, c->target.owner};
    bool known = !w403_view_eq(region, W403_LIT("REGION"));
    return known ? w403_narrow_endpoint_ask(n, c->req->via, region, owners, err) : W403_OK;
}

/* Of everybody whose policies of the organization count: the caller's, and the owner's of what each check is about. */
static w403_status want_org(w403_narrow *n, const w403_decision *d, w403_view path, w403_error *err)
{
    const w403_call *c = d->detail;
    if (w403_view_starts(path, W403_LIT("organization/effective/"))) {
        return w403_narrow_make(n, path, (w403_view){NULL, 0}, err);
    }
    W403_TRY(w403_narrow_org_ask(n, c->caller.account, err));
    W403_TRY(w403_narrow_org_ask(n, c->target.owner, err));
    for (uint32_t i = 0; i < d->n_checks; i++) { /* a key may be another account's */
        W403_TRY(w403_narrow_org_ask(n, d->checks[i].resource_account, err));
    }
    return w403_narrow_org_ask(n, c->source.owner, err);
}

static w403_status want(w403_narrow *n, const w403_decision *d, w403_view path, w403_error *err)
{
    const w403_call *c = d->detail;
    w403_view area = path_part(path, 2);
    if (w403_view_starts(path, W403_LIT("organization/"))) {
        return want_org(n, d, path, err);
    }
    if (w403_view_eq(area, W403_LIT("s3"))) {
        return want_bucket(n, c, path, err);
    }
    if (w403_view_eq(area, W403_LIT("iam"))) {
        return want_identity(n, c, err);
    }
    if (w403_view_eq(area, W403_LIT("ec2"))) {
        return want_endpoint(n, c, path, err);
    }
    if (w403_view_find(path, W403_LIT("/alias/")) != SIZE_MAX) {
        return w403_narrow_alias_ask(n, path, err);
    }
    if (w403_view_find(path, W403_LIT("/multi-region-access-points/")) != SIZE_MAX) {
        return W403_OK; /* all that there is came with the listing that named it */
    }
    if (w403_view_eq(area, W403_LIT("account.json"))) {
        return w403_narrow_canonical_ask(n, path_part(path, 1), err);
    }
    return w403_is_account_id(path_part(path, 1)) ? w403_narrow_make(n, path, (w403_view){NULL, 0}, err) : W403_OK;
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

/* Where the bucket's owner owns every object, no ACL counts and nothing is asked of them: that is known first. */
/* What is denied to the bucket's own account hangs on no object: neither on whose it is nor on its encryption. Of others an ACL
 * may be what they lack, or what Block Public Access took away. */
static bool is_settled(const w403_decision *d, w403_view path)
{
    const w403_call *c = d->detail;
    bool own = c->caller.account.n && w403_view_eq(c->caller.account, c->target.owner);
    bool object = w403_view_find(path, W403_LIT("/objects.json")) != SIZE_MAX ||
                  w403_view_ends(path, W403_LIT("/ownership-controls.json"));
    return d->verdict == W403_DENIED && own && object;
}

static bool waits(const w403_narrow *n, w403_view path, const w403_view *wanted, size_t count)
{
    static const char *const later[] = {"/acl.json", "/objects.json", "/objects.json#acl", "/objects.json#head",
                                        "/public-access-block.json"};
    bool later_one = false, first = false;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        later_one |= w403_view_ends(path, w403_view_of(later[i]));
    }
    for (size_t i = 0; i < count && later_one; i++) {
        first |= w403_view_ends(wanted[i], W403_LIT("/ownership-controls.json")) && !w403_narrow_asked(n, "file", wanted[i]);
    }
    return first;
}

static bool has_canonical(const w403_match *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const w403_statement *st = at[i].statement;
        for (uint32_t k = 0; st && k < st->n_principals; k++) {
            if (st->principals[k].kind == W403_PE_CANONICAL) {
                return true;
            }
        }
    }
    return false;
}

/* Does a policy that was looked at name somebody by a canonical user id? */
static bool names_canonical(const w403_decision *d)
{
    for (uint32_t k = 0; k < d->n_checks; k++) {
        for (uint32_t i = 0; i < d->checks[k].n_layers; i++) {
            const w403_layer *l = &d->checks[k].layers[i];
            if (has_canonical(l->matches, l->n_matches) || has_canonical(l->near, l->n_near)) {
                return true;
            }
        }
    }
    return false;
}

static w403_status round_of(w403_narrow *n, const w403_policies *policies, const w403_request *r, w403_error *err)
{
    w403_decision d;
    size_t count;
    w403_arena *a = w403_arena_new(0);
    W403_NEED(a, err);
    w403_status st = w403_decide(n->now, policies, r, W403_DETAIL_FULL, a, &d, err);
    const w403_view *wanted = st == W403_OK ? w403_decision_wanted(&d, &count) : NULL;
    bool waiting = false;
    bool *later = wanted ? W403_NEW_N(a, bool, count + 1) : NULL; /* before the first of them is asked for */
    for (size_t i = 0; later && i < count; i++) {
        later[i] = is_settled(&d, wanted[i]) || waits(n, wanted[i], wanted, count);
        waiting |= later[i];
    }
    for (size_t i = 0; later && i < count && st == W403_OK; i++) {
        st = later[i] ? W403_OK : want(n, &d, wanted[i], err);
    }
    if (wanted && !later) {
        st = w403_error_nomem(err);
    }
    bool still = d.verdict != W403_DENIED && !waiting;
    for (size_t i = 0; i < n->buckets.n && st == W403_OK && still; i++) { /* for its key, its endpoints */
        st = n->buckets.at[i]->placed && !n->buckets.at[i]->missing ? w403_narrow_location_ask(n, n->buckets.at[i], err) : W403_OK;
    }
    if (st == W403_OK && !n->queued && d.verdict == W403_UNDETERMINED) { /* a policy may name the caller by it */
        const w403_call *c = d.detail;
        bool missing = !c->caller.canonical_id.n && c->caller.account.n;
        st = missing && names_canonical(&d) ? w403_narrow_canonical_ask(n, c->caller.account, err) : W403_OK;
    }
    w403_arena_free(a);
    return st;
}

w403_status w403_narrow_ask(w403_narrow *n, const w403_policies *policies, const w403_request *request, w403_error *err)
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
    W403_TRY(w403_narrow_send(n, (w403_inquiry){.answered = identified, .row = W403_CALL_STS_GETCALLERIDENTITY, .quiet = true},
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
