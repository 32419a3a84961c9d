/* A run from its beginning to its end. */
#include "collect/collect.h"

#include "collect/state.h"

/* Lists that were read say how many calls the rest would be; nothing of it is asked. */
static void count_lane(w403_collect_estimate *e, const w403_run_lane *lane, const uint16_t *rows, size_t n)
{
    size_t names = lane->items.n;
    for (size_t i = 0; i < n; i++) {
        e->calls[rows[i]] += names;
        e->busiest[rows[i]] = names > e->busiest[rows[i]] ? names : e->busiest[rows[i]];
    }
}

static void count_lists(w403_collect_estimate *e)
{
    static const uint16_t lists[] = {W403_CALL_S3CONTROL_LISTACCESSPOINTS, W403_CALL_KMS_LISTKEYS,
                                     W403_CALL_KMS_LISTALIASES, W403_CALL_EC2_DESCRIBEVPCENDPOINTS};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        e->calls[lists[i]]++;
        e->busiest[lists[i]] = 1;
    }
}

static void count_region(w403_collect_estimate *e, const w403_run_region *g)
{
    static const uint16_t keys[] = {W403_CALL_KMS_DESCRIBEKEY, W403_CALL_KMS_GETKEYPOLICY, W403_CALL_KMS_LISTGRANTS};
    static const uint16_t points[] = {W403_CALL_S3CONTROL_GETACCESSPOINT, W403_CALL_S3CONTROL_GETACCESSPOINTPOLICY};
    count_lists(e);
    count_lane(e, &g->keys, keys, 3);
    count_lane(e, &g->points, points, 2);
}

static void count_account(const w403_run *r, w403_collect_estimate *e, const w403_run_account *a)
{
    static const uint16_t once[] = {
        W403_CALL_STS_GETCALLERIDENTITY, W403_CALL_S3_LISTBUCKETS, W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS,
        W403_CALL_S3CONTROL_GETPUBLICACCESSBLOCK, W403_CALL_S3CONTROL_LISTMULTIREGIONACCESSPOINTS};
    static const uint16_t tags[] = {W403_CALL_S3_GETBUCKETTAGGING};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
        e->calls[once[i]]++;
        e->busiest[once[i]] = 1;
    }
    count_lane(e, &a->buckets, r->bucket_rows, r->n_bucket_rows);
    r->report->buckets += a->buckets.items.n;
    if (r->opt->with & W403_WITH_TAGS) {
        count_lane(e, &a->buckets, tags, 1);
    }
    for (const w403_run_region *g = a->regions; g; g = g->next) {
        count_region(e, g);
    }
    for (size_t i = 0; !a->entered && i < r->opt->n_regions; i++) {
        count_lists(e);
    }
}

static void count_organization(const w403_run *r, w403_collect_estimate *e)
{
    static const uint16_t once[] = {W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION, W403_CALL_ORGANIZATIONS_LISTROOTS,
                                    W403_CALL_ORGANIZATIONS_LISTACCOUNTS};
    size_t policies = 0;
    for (size_t i = 0; r->org.wanted && i < sizeof once / sizeof *once; i++) {
        e->calls[once[i]] = e->busiest[once[i]] = 1;
    }
    for (unsigned t = 0; t < W403_RUN_POLICY_TYPES; t++) {
        policies += r->org.types[t].policies.n;
        e->calls[W403_CALL_ORGANIZATIONS_LISTPOLICIES] += r->org.types[t].on;
    }
    e->calls[W403_CALL_ORGANIZATIONS_LISTTARGETSFORPOLICY] = policies;
    e->calls[W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY] = policies;
    e->busiest[W403_CALL_ORGANIZATIONS_LISTTARGETSFORPOLICY] = policies;
    e->busiest[W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY] = policies;
}

static void estimate(w403_run *r)
{
    w403_collect_estimate *e = &r->report->estimate;
    for (const w403_run_account *a = r->accounts; a; a = a->next) {
        count_account(r, e, a);
    }
    count_organization(r, e);
    for (unsigned row = 0; row < W403_CALL_COUNT; row++) {
        if (!w403_run_wants(r, row) && w403_calls[row].service_id != W403_SERVICE_STS) {
            e->calls[row] = e->busiest[row] = 0;
        }
    }
}

/* ---- the run ---- */

/* Of how many that were asked of an account so many failed. */
static void count_asked(w403_run *r)
{
    for (size_t i = 0; i < r->report->unknowns.n; i++) {
        w403_collect_unknown   *u = &r->report->unknowns.at[i];
        const w403_run_account *a = w403_run_account_find(r, u->account);
        u->asked = a && u->kind == W403_UNKNOWN_CALL ? a->asked[u->row] : 0;
    }
}

static w403_status run_all(w403_run *r, w403_error *err)
{
    W403_TRY(w403_run_check_folder(r, err));
    W403_TRY(w403_run_bucket_rows(r, err));
    W403_TRY(w403_run_identify(r, err));
    if (*r->opt->stop) {
        r->report->interrupted = true;
        return W403_OK;
    }
    W403_TRY(w403_run_open_folder(r, err));
    r->at = w403_instant_format(r->arena, w403_instant_now());
    W403_NEED(r->at.p, err);
    if (r->opt->dry && !r->opt->probe) {
        r->org.wanted = w403_run_wants(r, W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION);
        return w403_run_accounts(r, err); /* they wait, and are only counted */
    }
    W403_TRY(w403_run_org_start(r, err)); /* first: it is the longest */
    W403_TRY(w403_run_accounts(r, err));
    W403_TRY(w403_run_drain(r, err));
    r->report->interrupted = *r->opt->stop != 0;
    r->report->finished = w403_instant_now();
    if (!r->report->interrupted && !r->opt->dry) {
        W403_TRY(w403_run_org_finish(r, err));
        W403_TRY(w403_run_accounts_finish(r, err));
    }
    return w403_run_close_folder(r, err);
}

w403_status w403_collect(w403_arena *a, const w403_live *live, w403_live_session *session,
                         const w403_collect_options *options, w403_collect_report *out, w403_error *err)
{
    static volatile sig_atomic_t never;
    w403_collect_options         opt = *options;
    w403_run                     r = {.opt = &opt, .live = live, .session = session, .arena = a, .report = out};
    opt.stop = opt.stop ? opt.stop : &never;
    *out = (w403_collect_report){.started = w403_instant_now()};
    r.ready_end = &r.ready;
    r.later_end = &r.later;
    r.scratch = w403_arena_new(0);
    r.page = w403_arena_new(0);
    w403_status st = r.scratch && r.page ? run_all(&r, err) : w403_error_nomem(err);
    count_asked(&r);
    if (st == W403_OK && opt.dry) {
        estimate(&r);
    }
    w403_run_release(&r);
    w403_folder_close(r.folder);
    w403_arena_free(r.scratch);
    w403_arena_free(r.page);
    return st;
}
