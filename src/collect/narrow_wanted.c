/* What a decision wanted: each file that it read and did not find is asked for, where that can help. */
#include "collect/narrow_state.h"

static w403_view path_part(w403_view path, int index)
{
    w403_view part = {NULL, 0};
    for (int i = 0; i <= index; i++) {
        part = w403_view_cut(&path, '/');
    }
    return part;
}

/* `objects.json#acl`: of the keys that the request is about. */
static w403_status want_object(w403_narrow *n, const w403_call *c, w403_narrow_bucket *b, w403_view file,
                               w403_error *err)
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

/* Of everybody whose policies of the organization count: the caller, and the owner of what each check is about. */
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

/* The account's own Block Public Access; where it was refused, what the organization sets for it, which every account
 * may ask for itself, even one that may not ask whether there is an organization. */
static w403_status want_account_bpa(w403_narrow *n, w403_view path, w403_error *err)
{
    w403_view nowhere = {NULL, 0};
    if (!w403_narrow_asked(n, "file", path) || n->now->org.fact.state == W403_FACT_NONE) {
        return w403_narrow_make(n, path, nowhere, err);
    }
    w403_view effective =
        w403_arena_printf(n->a, "organization/effective/%.*s/S3_POLICY.json", W403_ARG(path_part(path, 1)));
    W403_NEED(effective.p, err);
    return w403_narrow_make(n, effective, nowhere, err);
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
    if (w403_view_ends(path, W403_LIT("/s3control/public-access-block.json"))) {
        return want_account_bpa(n, path, err);
    }
    return w403_is_account_id(path_part(path, 1)) ? w403_narrow_make(n, path, (w403_view){NULL, 0}, err) : W403_OK;
}

/* ---- which of it, and when ---- */

/* What is denied to the bucket's own account hangs on no object: neither on whose it is nor on its encryption. Of
 * others an ACL may be what they lack, or what Block Public Access took away. */
static bool is_settled(const w403_decision *d, w403_view path)
{
    const w403_call *c = d->detail;
    bool own = c->caller.account.n && w403_view_eq(c->caller.account, c->target.owner);
    bool object = w403_view_find(path, W403_LIT("/objects.json")) != SIZE_MAX ||
                  w403_view_ends(path, W403_LIT("/ownership-controls.json"));
    return d->verdict == W403_DENIED && own && object;
}

/* Where the bucket's owner owns every object, no ACL counts and nothing is asked of them: that is known first. */
static bool waits(const w403_narrow *n, w403_view path, const w403_view *wanted, size_t count)
{
    static const char *const later[] = {"/acl.json", "/objects.json", "/objects.json#acl", "/objects.json#head",
                                        "/public-access-block.json"};
    bool later_one = false, first = false;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        later_one |= w403_view_ends(path, w403_view_of(later[i]));
    }
    for (size_t i = 0; i < count && later_one; i++) {
        first |= w403_view_ends(wanted[i], W403_LIT("/ownership-controls.json")) &&
                 !w403_narrow_asked(n, "file", wanted[i]);
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

/* A decision may have found a bucket that is there: its Region, for its key and its endpoints. */
static w403_status want_locations(w403_narrow *n, w403_error *err)
{
    w403_status st = W403_OK;
    for (size_t i = 0; i < n->buckets.n && st == W403_OK; i++) {
        w403_narrow_bucket *b = n->buckets.at[i];
        st = b->placed && !b->missing ? w403_narrow_location_ask(n, b, err) : W403_OK;
    }
    return st;
}

/* What nothing else settles a policy or an ACL may: it names somebody by an id that may be the caller's account's. */
static w403_status want_canonical(w403_narrow *n, const w403_decision *d, w403_error *err)
{
    const w403_call *c = d->detail;
    bool missing = !n->queued && d->verdict == W403_UNDETERMINED && !c->caller.canonical_id.n && c->caller.account.n;
    return missing && names_canonical(d) ? w403_narrow_canonical_ask(n, c->caller.account, err) : W403_OK;
}

w403_status w403_narrow_want(w403_narrow *n, const w403_decision *d, w403_arena *a, w403_error *err)
{
    size_t           count;
    const w403_view *wanted = w403_decision_wanted(d, &count);
    bool             waiting = false;
    bool            *later = W403_NEW_N(a, bool, count + 1); /* before the first of them is asked for */
    W403_NEED(later, err);
    for (size_t i = 0; i < count; i++) {
        later[i] = is_settled(d, wanted[i]) || waits(n, wanted[i], wanted, count);
        waiting |= later[i];
    }
    for (size_t i = 0; i < count; i++) {
        W403_TRY(later[i] ? W403_OK : want(n, d, wanted[i], err));
    }
    if (d->verdict != W403_DENIED && !waiting) {
        W403_TRY(want_locations(n, err));
    }
    return want_canonical(n, d, err);
}
