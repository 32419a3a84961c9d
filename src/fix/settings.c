/* S3's own gates: Requester Pays, expected owner, Block Public Access, ACLs disabled, Object Lock, SSE-C ... */
#include "fix/change.h"

/* The bucket that a gate is about: the source's of a copy, else the target's. */
static const w403_target *gate_target(const w403_fixer *f)
{
    const w403_call *c = w403_fix_call(f);
    const w403_gate *g = f->cause->gate;
    bool source = c->has_source && g && c->source.bucket_name.p &&
                  !w403_view_eq(c->source.bucket_name, c->target.bucket_name) &&
                  w403_view_find(g->detail, c->source.bucket_name) != SIZE_MAX;
    return source ? &c->source : &c->target;
}

static void requester_pays(w403_fixer *f)
{
    const w403_target *t = gate_target(f);
    const w403_call *call = w403_fix_call(f);
    if (call->caller.kind != W403_CALLER_ANONYMOUS) {
        w403_fix_header(f, W403_LIT("x-amz-request-payer"), W403_LIT("requester"), "request-payer", W403_RANK_HEADER,
                        W403_FIX_WORD(f, "say that the requester pays: --request-payer requester"));
        f->found.at[f->found.n - 1].side_effects.n = 0;
        w403_text_add(&f->found.at[f->found.n - 1].side_effects,
                      W403_FIX_WORD(f, "the account of the caller pays for the request and the data"));
    } else {
        w403_fix_credentials(f);
    }
    if (t->bucket) {
        bool off = false;
        w403_change *c =
            w403_candidate(f, W403_FIX_SETTING, "bucket-owner-pays", W403_RANK_SETTING,
                           W403_FIX_SAY(f, "turn Requester Pays off for {bucket}", W403_P("bucket", t->bucket->name)), t->owner);
        w403_change_write(f, c, &t->bucket->requester_pays, &off, sizeof off);
        c->opens = call->caller.kind == W403_CALLER_ANONYMOUS;
        const char *put = "s3api put-bucket-request-payment --bucket <bucket> --request-payment-configuration Payer=<payer>";
        w403_text_add(&c->commands, W403_FIX_AWS(f, put, t->bucket->name, W403_LIT("BucketOwner")));
        w403_text_add(&c->rollback, W403_FIX_AWS(f, put, t->bucket->name, W403_LIT("Requester")));
        w403_text_add(&c->side_effects, W403_FIX_WORD(f, "the bucket's owner pays for everybody's requests and data"));
    }
}

static void expected_owner(w403_fixer *f)
{
    static const struct {
        const char *header;
        bool source;
    } rows[] = {{"x-amz-expected-bucket-owner", false}, {"x-amz-source-expected-bucket-owner", true}};
    const w403_call *c = w403_fix_call(f);
    for (size_t i = 0; i < 2; i++) {
        const w403_target *t = rows[i].source ? &c->source : &c->target;
        w403_view owner = t->bucket && t->bucket->account ? t->bucket->account->id : t->owner;
        w403_view name = w403_view_of(rows[i].header);
        w403_view have = w403_request_header(&f->world->request, name);
        if (have.p && owner.p && !w403_view_eq(have, owner)) {
            w403_fix_header(f, name, owner, "expected-owner", W403_RANK_HEADER,
                            W403_FIX_SAY(f, "expect the owner that the bucket has: {account}", W403_P("account", owner)));
            w403_text_add(&f->found.at[f->found.n - 1].side_effects,
                          W403_FIX_WORD(f, "if that is not the account you mean, the bucket is not the one you mean"));
        }
    }
}

static void vpc_only(w403_fixer *f)
{
    const w403_access_point *ap = gate_target(f)->access_point;
    if (ap && ap->vpc_id.p) {
        w403_fix_network(f, true, ap->vpc_id);
    }
    if (ap && ap->bucket_name.p && gate_target(f)->key.p) {
        w403_request r = f->world->request;
        w403_arn arn = w403_arn_split(r.resource);
        r.resource = w403_sayf(f, "arn:%.*s:s3:::%.*s/%.*s", W403_ARG(arn.part[1]), W403_ARG(ap->bucket_name),
                               W403_ARG(gate_target(f)->key));
        w403_fix_request(f, &r, "use-bucket", W403_RANK_ROUTE + 1,
                         W403_FIX_WORD(f, "ask the bucket itself, not the access point"), (w403_view){NULL, 0});
    }
}

/* ---- ACLs in the request ---- */

static bool is_grant_header(w403_view name)
{
    return name.n > 12 && w403_view_ieq(w403_view_sub(name, 0, 12), W403_LIT("x-amz-grant-"));
}

/* The request without any ACL, or with the one that a bucket without ACLs takes. */
static void drop_acl(w403_fixer *f)
{
    w403_request r = f->world->request;
    w403_pair *list = W403_NEW_N(f->arena, w403_pair, r.n_headers + 1);
    size_t n = 0;
    if (!list) {
        f->nomem = true;
        return;
    }
    for (size_t i = 0; i < r.n_headers; i++) {
        if (!is_grant_header(r.headers[i].name) && !w403_view_ieq(r.headers[i].name, W403_LIT("x-amz-acl"))) {
            list[n++] = r.headers[i];
        }
    }
    r.headers = list;
    r.n_headers = n;
    w403_fix_request(f, &r, "drop-acl", W403_RANK_HEADER, W403_FIX_WORD(f, "send no ACL with the request"),
                     W403_FIX_HINT(f, "leave --acl and every --grant option out of the command"));
    list[n] = (w403_pair){W403_LIT("x-amz-acl"), W403_LIT("bucket-owner-full-control")};
    r.n_headers = n + 1;
    r.body_acl = (w403_view){NULL, 0};
    w403_fix_request(f, &r, "bucket-owner-full-control", W403_RANK_HEADER + 1,
                     W403_FIX_WORD(f, "send the ACL bucket-owner-full-control"),
                     W403_FIX_HINT(f, "add --acl bucket-owner-full-control to the command"));
    list = NULL;
    w403_fix_header(f, W403_LIT("x-amz-acl"), W403_LIT("private"), "private-acl", W403_RANK_HEADER + 2,
                    W403_FIX_WORD(f, "send the ACL private"));
}

static void acl_disabled(w403_fixer *f)
{
    w403_bucket *b = gate_target(f)->bucket;
    w403_ownership preferred = W403_OWNER_PREFERRED;
    drop_acl(f);
    if (!b) {
        return;
    }
    w403_fact fact = b->ownership_fact;
    fact.state = W403_FACT_KNOWN;
    w403_change *c = w403_candidate(
        f, W403_FIX_SETTING, "enable-acls", W403_RANK_LOOSE,
        W403_FIX_SAY(f, "enable ACLs: Object Ownership of {bucket} = BucketOwnerPreferred", W403_P("bucket", b->name)),
        b->account ? b->account->id : gate_target(f)->owner);
    w403_change_write(f, c, &b->ownership, &preferred, sizeof preferred);
    w403_change_write(f, c, &b->ownership_fact, &fact, sizeof fact);
    w403_text_add(&c->commands, w403_put_ownership(f, b->name, W403_LIT("BucketOwnerPreferred")));
    w403_text_add(&c->rollback, w403_put_ownership(f, b->name, W403_LIT("BucketOwnerEnforced")));
    w403_text_add(&c->side_effects,
                  W403_FIX_WORD(f, "ACLs that were set before count again, and objects may belong to their uploader"));
    w403_text_add(&c->side_effects, W403_FIX_WORD(f, "a bucket policy can grant the same without ACLs"));
}

/* ---- Block Public Access ---- */

/* Off at every level that has it: opens what it closed. */
static void turn_off(w403_fixer *f, size_t offset, const char *name)
{
    const w403_target *t = f->w ? f->w->target : gate_target(f);
    const w403_access_point *ap = t->access_point;
    w403_account *owner = t->bucket ? t->bucket->account : NULL;
    bool by_org = owner && owner->org_bpa.fact.state == W403_FACT_KNOWN; /* N-3: in place of the account's own */
    w403_bpa *levels[] = {by_org ? &owner->org_bpa : NULL, owner && !by_org ? &owner->bpa : NULL,
                          t->bucket ? &t->bucket->bpa : NULL};
    bool off = false;
    w403_change *c = w403_candidate(f, W403_FIX_SETTING, "turn-off-block", W403_RANK_LOOSE + 5,
                                    W403_FIX_SAY(f, "turn {setting} of Block Public Access off", W403_S("setting", name)), t->owner);
    c->opens = true;
    for (size_t i = 0; i < 3; i++) {
        bool *bit = levels[i] ? (bool *)(void *)((char *)levels[i] + offset) : NULL;
        if (bit && *bit) {
            w403_change_write(f, c, bit, &off, sizeof off);
        }
    }
    (void)ap;
    if (t->bucket_name.p) {
        w403_command line = {.arena = f->arena};
        w403_command_run(&line, "aws", "s3api get-public-access-block --bucket <bucket>", W403_VALUES(t->bucket_name));
        w403_command_remark(&line, "then put it with <setting>=false", W403_VALUES(w403_view_of(name)));
        w403_text_add(&c->commands, w403_fix_said(f, w403_command_end(&line)));
    }
    w403_text_add(&c->side_effects, W403_FIX_WORD(f, "what is public by ACL or policy is then public in fact"));
}

/* RestrictPublicBuckets: it is the public statement that cuts other accounts off; make it one for known accounts. */
static bool narrow_public(w403_fixer *f, w403_edit *e, const w403_policy *p, w403_view owner, w403_view caller)
{
    const w403_policy *now = p;
    const w403_statement *why = NULL;
    for (unsigned round = 0; round < 8 && w403_policy_is_public(now, &why) == W403_YES; round++) {
        if (!w403_edit_condition(e, why->index, "StringEquals", W403_LIT("aws:PrincipalAccount"), owner)) {
            return false;
        }
        if (!w403_view_eq(owner, caller) &&
            !w403_edit_condition(e, why->index, "StringEquals", W403_LIT("aws:PrincipalAccount"), caller)) {
            return false;
        }
        now = w403_world_policy(f->world, p->kind, p->doc.source, e->doc.text);
        if (!now) {
            return false;
        }
    }
    return e->edits > 0 && w403_policy_is_public(now, NULL) == W403_NO;
}

static void restrict_public(w403_fixer *f)
{
    const w403_check_work *w = f->w;
    const w403_policy *policies[] = {w->target->bucket ? w->target->bucket->policy : NULL,
                                     w->target->access_point ? w->target->access_point->policy : NULL};
    const w403_layer_kind layers[] = {W403_LAYER_RESOURCE, W403_LAYER_ACCESS_POINT};
    w403_view caller = w->call->caller.account;
    w403_view owner =
        w->target->bucket && w->target->bucket->account ? w->target->bucket->account->id : w->target->owner;
    for (size_t i = 0; i < 2 && caller.p && owner.p; i++) {
        w403_edit e;
        if (w403_policy_is_public(policies[i], NULL) == W403_YES && w403_edit_policy(&e, f->arena, policies[i]) &&
            narrow_public(f, &e, policies[i], owner, caller)) {
            w403_place p = w403_place_of(f, w, layers[i], policies[i]);
            w403_candidate_edit(
                f, "close-public", W403_RANK_EXCEPTION,
                W403_FIX_SAY(f, "make {place} one for known accounts: it is public, and so restricted", W403_P("place", p.name)),
                &p, &e, N_("callers of other accounts lose what the public statement said they get"));
        }
    }
    if (w->call->caller.kind == W403_CALLER_ANONYMOUS) {
        w403_fix_credentials(f);
    }
    turn_off(f, offsetof(w403_bpa, restrict_public_buckets), "RestrictPublicBuckets");
}

static void ignore_acls(w403_fixer *f)
{
    const w403_target *t = f->w->target;
    w403_place p = w403_place_for(f, f->w, W403_LAYER_RESOURCE, NULL);
    if (t->bucket) {
        w403_add_statement(f, f->w, &p, W403_RANK_STATEMENT);
    }
    w403_fix_object_acl(f);
    if (f->w->call->caller.kind == W403_CALLER_ANONYMOUS) {
        w403_fix_credentials(f);
    }
    turn_off(f, offsetof(w403_bpa, ignore_public_acls), "IgnorePublicAcls");
}

static w403_view put_body_policy(w403_fixer *f, w403_view bucket, w403_view document)
{
    w403_command c = {.arena = f->arena};
    w403_command_document(&c, W403_LIT("policy.json"), document);
    w403_command_next(&c);
    w403_command_run(&c, "aws", "s3api put-bucket-policy --bucket <bucket> --policy file://policy.json",
                     W403_VALUES(bucket));
    return w403_fix_said(f, w403_command_end(&c));
}

/* The policy that the request would put, for the bucket's own account only. */
static void close_body_policy(w403_fixer *f)
{
    const w403_target *t = gate_target(f);
    w403_request r = f->world->request;
    w403_edit e;
    w403_policy *p = r.body_policy.p
                         ? w403_world_policy(f->world, W403_POLICY_RESOURCE, W403_LIT("request body"), r.body_policy)
                         : NULL;
    if (p && t->owner.p && w403_edit_text(&e, f->arena, W403_LIT("request body"), r.body_policy) &&
        narrow_public(f, &e, p, t->owner, t->owner)) {
        r.body_policy = e.doc.text;
        w403_fix_request(
            f, &r, "close-public", W403_RANK_CORRECT,
            W403_FIX_SAY(f, "put the policy with its public statements limited to account {account}", W403_P("account", t->owner)),
            put_body_policy(f, t->bucket_name, e.doc.text));
    }
    turn_off(f, offsetof(w403_bpa, block_public_policy), "BlockPublicPolicy");
}

static void block_acls(w403_fixer *f)
{
    drop_acl(f);
    turn_off(f, offsetof(w403_bpa, block_public_acls), "BlockPublicAcls");
}

void w403_fix_public_block(w403_fixer *f)
{
    static const struct {
        const char *id;
        void (*fn)(w403_fixer *);
        bool needs_check;
    } rows[] = {{"bpa.restrict-public-buckets", restrict_public, true},
                {"bpa.ignore-public-acls", ignore_acls, true},
                {"bpa.block-public-acls", block_acls, false},
                {"bpa.block-public-policy", close_body_policy, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(f->cause->id, rows[i].id) == 0 && (f->w || !rows[i].needs_check)) {
            rows[i].fn(f);
        }
    }
}

/* ---- Object Lock ---- */

static w403_view put_hold(w403_fixer *f, const w403_target *t, const char *state)
{
    w403_command c = {.arena = f->arena};
    w403_command_run(&c, "aws", "s3api put-object-legal-hold --bucket <bucket> --key <key>",
                     W403_VALUES(t->bucket_name, t->key));
    if (t->version_id.p) {
        w403_command_option(&c, "version-id", t->version_id);
    }
    w403_command_run_on(&c, "--legal-hold Status=<state>", W403_VALUES(w403_view_of(state)));
    return w403_fix_said(f, w403_command_end(&c));
}

static void object_lock(w403_fixer *f)
{
    const w403_call *call = w403_fix_call(f);
    const w403_target *t = &call->target;
    const w403_object *o = t->object;
    if (o && o->lock_mode == W403_LOCK_GOVERNANCE && !o->legal_hold) {
        w403_fix_header(f, W403_LIT("x-amz-bypass-governance-retention"), W403_LIT("true"), "bypass-governance",
                        W403_RANK_HEADER, W403_FIX_WORD(f, "bypass the governance retention"));
        w403_text_add(&f->found.at[f->found.n - 1].side_effects, W403_FIX_WORD(f, "the protected version is gone for good"));
    }
    if (t->version_id.p) {
        w403_request r = f->world->request;
        r.version_id = (w403_view){NULL, 0};
        w403_fix_request(f, &r, "delete-marker", W403_RANK_ROUTE,
                         W403_FIX_WORD(f, "delete without a version: a delete marker hides the object, the version stays"),
                         W403_FIX_HINT(f, "leave --version-id out of the command"));
    }
    w403_object *own = o && o->legal_hold && t->bucket ? w403_world_object(f->world, t->bucket, o) : NULL;
    if (own) {
        bool off = false;
        w403_change *c = w403_candidate(f, W403_FIX_SETTING, "release-hold", W403_RANK_SETTING,
                                        W403_FIX_WORD(f, "take the legal hold off the version"), t->owner);
        w403_change_write(f, c, &own->legal_hold, &off, sizeof off);
        w403_text_add(&c->commands, put_hold(f, t, "OFF"));
        w403_text_add(&c->rollback, put_hold(f, t, "ON"));
        w403_text_add(&c->side_effects, W403_FIX_WORD(f, "ask whoever set the hold: it has no end of its own"));
    }
}

static void sse_c(w403_fixer *f)
{
    w403_request r = f->world->request;
    w403_pair *list = W403_NEW_N(f->arena, w403_pair, r.n_headers);
    size_t n = 0;
    if (!list) {
        f->nomem = true;
        return;
    }
    for (size_t i = 0; i < r.n_headers; i++) {
        w403_view prefix = W403_LIT("x-amz-server-side-encryption-customer-");
        bool customer =
            r.headers[i].name.n > prefix.n && w403_view_ieq(w403_view_sub(r.headers[i].name, 0, prefix.n), prefix);
        if (!customer) {
            list[n++] = r.headers[i];
        }
    }
    r.headers = list;
    r.n_headers = n;
    w403_fix_request(f, &r, "drop-sse-c", W403_RANK_HEADER, W403_FIX_WORD(f, "upload without a key of your own (SSE-C)"),
                     W403_FIX_HINT(f, "leave every --sse-customer option out of the command, or send --sse aws:kms instead"));
}

static void owner_only(w403_fixer *f)
{
    w403_fix_credentials(f);
}

void w403_fix_gate(w403_fixer *f)
{
    static const struct {
        const char *id;
        void (*fn)(w403_fixer *);
    } rows[] = {{"requester-pays", requester_pays},
                {"expected-bucket-owner", expected_owner},
                {"access-point-vpc-only", vpc_only},
                {"object-lock", object_lock},
                {"sse-c-blocked", sse_c},
                {"acl-disabled", acl_disabled},
                {"presigned-expired", w403_fix_presign},
                {"method-not-allowed", owner_only}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(f->cause->id, rows[i].id) == 0) {
            rows[i].fn(f);
        }
    }
}
