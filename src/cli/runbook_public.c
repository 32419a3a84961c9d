/* AWSSupport-TroubleshootS3PublicRead: an anonymous GetObject of each object, in the runbook's codes (formats 1.2),
 * with what AWS leaves out: conditions, SCPs and RCPs, and KMS in two layers. */
#include <stdarg.h>
#include <stdio.h>

#include "catalog/catalog.h"
#include "cli/runbook.h"
#include "snapshot/snapshot.h"

#define SCRIPT "aws:executeScript"
/* The canonical id of objects that nobody signed for. */
#define NOBODY "65a011a29cdf8ec533ec3d1ccaae921c"

typedef struct public_read {
    w403_runbook_run *run;
    const w403_runbook_input *in;
    const w403_bucket *bucket;
    bool ignores_acls, restricts; /* effective Block Public Access */
    size_t seen, denied, undetermined;
    bool issue; /* of the object at hand */
} public_read;

/* ---- lines ---- */

typedef enum place { OF_BUCKET, OF_OBJECTS } place;

static void line(public_read *p, place where, w403_view text)
{
    w403_arena *a = p->run->cli->arena;
    w403_view *v = where == OF_BUCKET ? W403_PUSH(a, &p->run->overall) : W403_PUSH(a, &p->run->objects);
    p->run->nomem |= !v || !text.p;
    if (v) {
        *v = text;
    }
}

static void say(public_read *p, place where, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* `[ERROR] [E06] text`; what is in order only with Verbose. */
static void say(public_read *p, place where, const char *code, const char *fmt, ...)
{
    char text[1024];
    va_list list;
    va_start(list, fmt);
    int n = vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    const char *kind = code[0] == 'E' ? "ERROR" : code[0] == 'W' ? "WARN " : "INFO ";
    p->issue |= code[0] == 'E';
    if (n >= 0 && (code[0] != 'I' || p->in->verbose)) {
        line(p, where, w403_arena_printf(p->run->cli->arena, "[%s] [%s] %s", kind, code, text));
    }
}

/* ---- one object ---- */

static const w403_check *read_check(const w403_decision *d)
{
    for (uint32_t i = 0; i < d->n_checks; i++) {
        if (w403_view_starts(d->checks[i].action, W403_LIT("s3:GetObject"))) {
            return &d->checks[i];
        }
    }
    return NULL;
}

static w403_layer_verdict layer_says(const w403_check *c, w403_layer_kind kind)
{
    for (uint32_t i = 0; c && i < c->n_layers; i++) {
        if (c->layers[i].kind == kind) {
            return c->layers[i].verdict;
        }
    }
    return W403_LAYER_NOT_APPLICABLE;
}

static bool has_cause(const w403_explanation *x, const char *id)
{
    for (uint32_t i = 0; i < x->n_causes; i++) {
        if (strcmp(x->causes[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_owner(public_read *p, const w403_object *o)
{
    w403_view owner = p->bucket->account ? p->bucket->account->canonical_id : (w403_view){NULL, 0};
    owner = owner.n ? owner : p->bucket->acl.owner;
    bool enforced = p->bucket->ownership == W403_OWNER_ENFORCED;
    if (enforced || o->owner.n == 0 || owner.n == 0 || w403_view_eq(o->owner, owner)) {
        say(p, OF_OBJECTS, "I02", "the bucket's owner owns the object");
        return false;
    }
    if (w403_view_starts(o->owner, W403_LIT(NOBODY))) {
        say(p, OF_OBJECTS, "W03", "an anonymous upload: the object belongs to nobody");
    } else {
        say(p, OF_OBJECTS, "W04", "the object belongs to another account: the bucket policy does not reach it");
    }
    return true;
}

static void check_acl(public_read *p, const w403_check *c, bool foreign)
{
    bool open = layer_says(c, W403_LAYER_OBJECT_ACL) == W403_LAYER_ALLOW;
    say(p, OF_OBJECTS, open ? "I04" : "I03", "%s",
        open ? "the object's ACL is public" : "the object's ACL is not public");
    if (foreign && p->ignores_acls) {
        say(p, OF_OBJECTS, "E02", "public ACLs are ignored, and the bucket policy does not reach a foreign object");
    } else if (foreign && !open) {
        say(p, OF_OBJECTS, "E03", "the ACL is private, and the bucket policy cannot grant on a foreign object");
    } else if (!open && p->restricts && p->bucket->policy) {
        say(p, OF_OBJECTS, "E04", "the ACL is private, and public bucket policies are restricted");
    }
}

static void check_policy(public_read *p, const w403_check *c, bool acl)
{
    if (!p->bucket->policy) {
        if (!acl) {
            say(p, OF_OBJECTS, "E18", "the ACL is private and there is no bucket policy");
        }
        return;
    }
    switch (layer_says(c, W403_LAYER_RESOURCE)) {
    case W403_LAYER_ALLOW:
        say(p, OF_OBJECTS, "I05", "the bucket policy allows it");
        break;
    case W403_LAYER_DENY:
        say(p, OF_OBJECTS, "E05", "the bucket policy denies it");
        break;
    case W403_LAYER_UNKNOWN:
        say(p, OF_OBJECTS, "W09",
            "the bucket policy hangs on conditions whose keys are not known; `--from IP` says one");
        break;
    default:
        say(p, OF_OBJECTS, "W05", "the bucket policy does not allow it");
        if (!acl) {
            say(p, OF_OBJECTS, p->ignores_acls ? "E07" : "E06", "%s",
                p->ignores_acls ? "the bucket policy does not allow it, and ACLs are ignored"
                                : "neither ACL nor bucket policy allows it");
        }
        break;
    }
}

static void check_object(public_read *p, const w403_object *o, const w403_explanation *x)
{
    bool archived = w403_list_has(W403_LIST_ARCHIVED_STORAGE_CLASS, o->storage_class);
    bool restored = w403_view_find(o->restore, W403_LIT("ongoing-request=\"false\"")) != SIZE_MAX;
    if (o->is_delete_marker) {
        say(p, OF_OBJECTS, "W06", "the latest version is a delete marker");
    }
    if (o->legal_hold) {
        say(p, OF_OBJECTS, "W07", "the object is under legal hold");
    }
    if (archived && !restored) {
        say(p, OF_OBJECTS, "E08", "the storage class %.*s cannot be read before the object is restored",
            W403_RUNBOOK_FMT(o->storage_class));
    }
    if (has_cause(x, "kms.anonymous") || (o->sse_given && (o->sse == W403_SSE_KMS || o->sse == W403_SSE_DSSE))) {
        say(p, OF_OBJECTS, "E09", "the object is encrypted with KMS: nobody can read it without signing");
    } else {
        say(p, OF_OBJECTS, "I07", "the object is not encrypted with KMS");
    }
}

static w403_status analyze(public_read *p, const w403_object *o, w403_error *err)
{
    w403_cli *cli = p->run->cli;
    w403_request q = p->in->request;
    w403_decision d;
    w403_explanation x;
    q.resource = w403_arena_printf(cli->arena, "%.*s/%.*s", W403_RUNBOOK_FMT(q.resource), W403_RUNBOOK_FMT(o->key));
    W403_NEED(q.resource.p, err);
    W403_TRY(w403_decide(p->run->snapshot, p->run->policies, &q, W403_DETAIL_FULL, cli->arena, &d, err));
    W403_TRY(w403_explain(&q, &d, cli->arena, &x, err));
    p->seen++;
    p->issue = false;
    line(p, OF_OBJECTS, o->key);
    if (d.verdict == W403_ALLOWED && d.status == 200) {
        say(p, OF_OBJECTS, "I09", "an anonymous GET is answered");
        return W403_OK;
    }
    p->denied += d.verdict != W403_UNDETERMINED;
    p->undetermined += d.verdict == W403_UNDETERMINED;
    if (p->in->http_get && d.verdict != W403_UNDETERMINED) {
        say(p, OF_OBJECTS, "E10", "an anonymous GET would fail: %d %s%s%s", d.status,
            d.error_code ? d.error_code : "", x.n_causes ? ", " : "", x.n_causes ? x.causes[0].id : "");
    }
    if (w403_view_ends(o->key, W403_LIT("."))) {
        say(p, OF_OBJECTS, "W02", "the key ends with a dot, which browsers and tools may drop");
    }
    const w403_check *c = read_check(&d);
    bool foreign = check_owner(p, o);
    check_acl(p, c, foreign);
    if (!foreign) {
        check_policy(p, c, layer_says(c, W403_LAYER_OBJECT_ACL) == W403_LAYER_ALLOW);
    }
    check_object(p, o, &x);
    say(p, OF_OBJECTS, p->issue ? "E19" : "I08", "%s",
        p->issue ? "the object cannot be read by everyone" : "no issue found");
    return W403_OK;
}

/* ---- the bucket ---- */

static void check_block_public_access(public_read *p)
{
    const w403_bpa *of_account = p->bucket->account ? &p->bucket->account->bpa : NULL, *of_bucket = &p->bucket->bpa;
    w403_runbook_step *s = w403_runbook_step_add(p->run, "GetBlockPublicAccess", SCRIPT);
    const struct {
        bool set;
        const char *code, *text;
    } flags[] = {
        {of_account && of_account->ignore_public_acls, "W11", "the account ignores public ACLs"},
        {of_account && of_account->restrict_public_buckets, "W12", "the account restricts public bucket policies"},
        {of_bucket->ignore_public_acls, "W13", "the bucket ignores public ACLs"},
        {of_bucket->restrict_public_buckets, "W14", "the bucket restricts public bucket policies"},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (flags[i].set) {
            say(p, OF_BUCKET, flags[i].code, "%s", flags[i].text);
        }
    }
    p->ignores_acls = flags[0].set || flags[2].set;
    p->restricts = flags[1].set || flags[3].set;
    bool both = p->ignores_acls && p->restricts;
    if (both && !p->in->ignore_bpa) {
        say(p, OF_BUCKET, "E01", "Block Public Access forbids both public ACLs and public bucket policies");
        s->status = "Failed";
    } else if (both) {
        say(p, OF_BUCKET, "W01", "Block Public Access forbids it; this is left out of account as asked");
    }
    w403_runbook_say(p->run, s, "%s",
                     both              ? "nothing here can be public"
                     : p->ignores_acls ? "public ACLs are ignored"
                     : p->restricts    ? "public bucket policies are restricted"
                                       : "nothing is blocked");
}

static void bucket_steps(public_read *p)
{
    w403_runbook_run *run = p->run;
    const w403_bucket *b = p->bucket;
    w403_view id = b->account ? b->account->canonical_id : (w403_view){NULL, 0};
    w403_runbook_step *s = w403_runbook_step_add(run, "TestBucketAccess", "aws:assertAwsResourceProperty");
    w403_runbook_say(run, s, "the bucket is in the snapshot");
    s = w403_runbook_step_add(run, "GetBucketInformation", SCRIPT);
    w403_runbook_put(run, s, "json",
                     w403_arena_printf(run->cli->arena, "{\"Region\":\"%.*s\",\"CanonicalId\":\"%.*s\"}",
                                       W403_RUNBOOK_FMT(b->region), W403_RUNBOOK_FMT(id)));
    w403_runbook_say(run, s, "%.*s", W403_RUNBOOK_FMT(b->region));
    check_block_public_access(p);
    s = w403_runbook_step_add(run, "CheckBucketPayer", "aws:assertAwsResourceProperty");
    s->status = b->requester_pays ? "Failed" : "Success";
    w403_runbook_say(run, s, "%s pays", b->requester_pays ? "the requester" : "the bucket's owner");
    s = w403_runbook_step_add(run, "GetBucketPolicyStatus", SCRIPT);
    w403_runbook_say(run, s, "%s", b->policy ? "judged by the policy itself" : "there is no bucket policy");
    s = w403_runbook_step_add(run, "GetBucketPolicy", SCRIPT);
    s->status = b->policy_fact.state == W403_FACT_UNKNOWN ? "Failed" : "Success";
    w403_runbook_say(run, s, "%s", b->policy ? "one policy" : "none");
    s = w403_runbook_step_add(run, "GetContextKeys", SCRIPT);
    w403_runbook_say(run, s, "not needed: conditions are judged");
    s = w403_runbook_step_add(run, "SimulateBucketPolicy", SCRIPT);
    w403_runbook_say(run, s, "object by object, below");
    s = w403_runbook_step_add(run, "GetBucketAcl", SCRIPT);
    w403_runbook_say(run, s, "%s", b->ownership == W403_OWNER_ENFORCED ? "ACLs are disabled" : "ACLs are in force");
    s = w403_runbook_step_add(run, "CreateLogandStream", SCRIPT);
    s->status = "Pending";
    if (b->requester_pays) {
        w403_runbook_note(run, "AWS's runbook stops at a bucket whose requesters pay; anonymous callers never can");
    }
}

/* ---- the objects ---- */

static bool selected(const public_read *p, const w403_object *o)
{
    bool folder = w403_view_ends(o->key, W403_LIT("/"));
    bool after = p->in->start_after.n == 0 || w403_view_cmp(o->key, p->in->start_after) > 0;
    return !folder && after && w403_view_starts(o->key, p->in->prefix);
}

static w403_status analyze_objects(public_read *p, w403_error *err)
{
    for (uint32_t i = 0; i < p->bucket->n_objects && p->seen < p->in->max_objects; i++) {
        const w403_object *o = p->bucket->object_list[i];
        if (selected(p, o) && w403_bucket_object(p->bucket, o->key, (w403_view){NULL, 0}) == o) {
            W403_TRY(analyze(p, o, err));
        }
    }
    if (p->seen == 0) {
        say(p, OF_BUCKET, "E11", "no object below `%.*s`", W403_RUNBOOK_FMT(p->in->prefix));
        if (!p->bucket->objects_complete) {
            w403_runbook_note(p->run, "the snapshot lists no such objects: objects.json of the bucket names them");
        }
    } else if (p->denied + p->undetermined > 0) {
        say(p, OF_BUCKET, "E12", "%zu of %zu objects cannot be read by everyone%s", p->denied + p->undetermined,
            p->seen, p->undetermined ? ", or it is not known" : "");
    } else {
        say(p, OF_BUCKET, "I11", "everyone can read the %zu objects looked at", p->seen);
    }
    return W403_OK;
}

static w403_view joined(public_read *p, const w403_view *at, size_t n)
{
    w403_buf text = {0};
    for (size_t i = 0; i < n; i++) {
        w403_buf_puts(&text, i > 0 ? "\n" : "");
        w403_buf_put(&text, at[i]);
    }
    w403_view copy = w403_buf_take(&text, p->run->cli->arena);
    p->run->nomem |= !copy.p;
    return copy;
}

static w403_status no_bucket(const public_read *p, w403_error *err)
{
    w403_view nearest;
    (void)w403_error_set(err, W403_NOT_FOUND, "the snapshot has no bucket `%.*s`", W403_RUNBOOK_FMT(p->in->bucket));
    if (!p->run->snapshot) {
        w403_error_hint(err, "this runbook needs a snapshot: `--snapshot DIR`");
    } else if (w403_nearest_names(&p->run->snapshot->buckets, p->in->bucket, &nearest, 1) == 1) {
        w403_error_hint(err, "did you mean `%.*s`?", W403_RUNBOOK_FMT(nearest));
    }
    return W403_NOT_FOUND;
}

w403_status w403_runbook_public(w403_runbook_run *run, w403_error *err)
{
    public_read *p = W403_NEW(run->cli->arena, public_read);
    W403_NEED(p, err);
    p->run = run;
    p->in = run->input;
    p->bucket = w403_snapshot_bucket(run->snapshot, run->input->bucket);
    if (!p->bucket || p->bucket->missing) {
        return no_bucket(p, err);
    }
    run->end = "AnalyzeObjects";
    bucket_steps(p);
    W403_TRY(analyze_objects(p, err));
    w403_runbook_step *s = w403_runbook_step_add(run, "AnalyzeObjects", SCRIPT);
    w403_runbook_put(run, s, "bucket", joined(p, run->overall.at, run->overall.n));
    w403_runbook_put(run, s, "objects", joined(p, run->objects.at, run->objects.n));
    w403_runbook_say(run, s, "%zu objects, %zu that everyone can read", p->seen,
                     p->seen - p->denied - p->undetermined);
    run->verdict = p->denied || p->seen == 0 ? W403_DENIED : p->undetermined ? W403_UNDETERMINED : W403_ALLOWED;
    W403_NEED(!run->nomem, err);
    return W403_OK;
}
