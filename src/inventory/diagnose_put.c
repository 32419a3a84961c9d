/* The puts that S3 makes when it delivers, with the context that it really sends (semantics 4.10): judged as any
 * other request is. */
#include "inventory/diagnosis.h"

#include <stdio.h>

#include "catalog/catalog.h"
#include "explain/explain.h"

enum { HEADERS = 3, KEYS = 4 };

/* What S3 asks of the destination. */
typedef struct put {
    w403_pair headers[HEADERS];
    w403_context_entry context[KEYS];
    w403_view values[KEYS];
} put;

static void add_context(w403_inv_work *w, put *p, const char *key, w403_view value, w403_tri present)
{
    size_t n = w->d->request.n_context++;
    p->values[n] = value;
    p->context[n] = (w403_context_entry){.key = w403_view_of(key),
                                         .present = present,
                                         .values = &p->values[n],
                                         .n_values = present == W403_YES ? 1 : 0};
}

static void add_header(w403_inv_work *w, put *p, const char *name, w403_view value)
{
    p->headers[w->d->request.n_headers++] = (w403_pair){w403_view_of(name), value};
}

/* aws:SourceOrgID and aws:SourceOrgPaths: of the source bucket's account. */
static void add_organization(w403_inv_work *w, put *p)
{
    const w403_account *a = w->d->source->account;
    w403_tri in = W403_UNKNOWN;
    if (w->snap->org.fact.state == W403_FACT_ABSENT || w->snap->org.fact.state == W403_FACT_NONE) {
        in = W403_NO;
    } else if (a && w->snap->org.fact.state == W403_FACT_KNOWN && w->snap->org.id.p && !a->in_org_unsure) {
        in = a->in_org ? W403_YES : W403_NO;
    }
    add_context(w, p, "aws:SourceOrgID", w->snap->org.id, in);
    w403_tri path = in == W403_YES && !(a && a->org_path.p) ? W403_UNKNOWN : in;
    add_context(w, p, "aws:SourceOrgPaths", a ? a->org_path : (w403_view){NULL, 0}, path);
}

static void add_encryption(w403_inv_work *w, put *p)
{
    const w403_inventory_config *c = w->d->config;
    if (c->encryption == W403_INVENTORY_ENCRYPTION_SSE_S3) {
        add_header(w, p, "x-amz-server-side-encryption", W403_LIT("AES256"));
    } else if (c->encryption == W403_INVENTORY_ENCRYPTION_SSE_KMS) {
        add_header(w, p, "x-amz-server-side-encryption", W403_LIT("aws:kms"));
        if (c->kms_key.p) {
            /* A bare id or alias is one of the account that wrote the configuration. */
            const w403_bucket *b = w->d->destination;
            const w403_kms_key *k =
                w403_snapshot_key(w->snap, c->kms_key, b ? b->region : w->d->source->region, w->d->source_account);
            add_header(w, p, "x-amz-server-side-encryption-aws-kms-key-id", k ? k->arn : c->kms_key);
        }
    }
}

static w403_status ask(w403_inv_work *w, put **out, w403_error *err)
{
    w403_inv_diagnosis *d = w->d;
    put *p = W403_NEW(w->a, put);
    W403_NEED(p, err);
    w403_request_init(&d->request);
    d->request.operation = W403_LIT("PutObject");
    d->request.principal = W403_LIT("service:s3.amazonaws.com");
    d->request.resource_account = d->destination ? (w403_view){NULL, 0} : d->destination_account;
    d->request.at = w403_instant_format(w->a, d->at);
    d->request.headers = p->headers;
    d->request.context = p->context;
    add_header(w, p, "x-amz-acl", W403_LIT("bucket-owner-full-control"));
    add_encryption(w, p);
    add_context(w, p, "aws:SourceArn", d->source_arn, W403_YES);
    add_context(w, p, "aws:SourceAccount", d->source_account, d->source_account.p ? W403_YES : W403_UNKNOWN);
    add_organization(w, p);
    *out = p;
    return W403_OK;
}

/* <prefix>/<source>/<id>/: the data files, whose probe ends in `data/` (formats 2.3), and the manifest. */
static w403_view key_of(w403_inv_work *w, int which)
{
    const w403_inventory_config *c = w->d->config;
    w403_view at = w403_instant_format(w->a, w->d->at - w->d->at % (INT64_C(60) * 1000000));
    char stamp[24] = "2000-01-01T00-00Z";
    if (at.n >= 16) {
        snprintf(stamp, sizeof stamp, "%.13s-%.2sZ", at.p, at.p + 14);
    }
    const char *rest = which == 0 ? "data/" : "";
    return w403_arena_printf(w->a, "%.*s/%.*s%s%.*s/%.*s/%s%s%s", W403_ARG(w->d->destination_arn),
                             W403_ARG(c->destination_prefix), c->destination_prefix.n ? "/" : "",
                             W403_ARG(w->d->source->name), W403_ARG(c->id), rest, which ? stamp : "",
                             which ? "/manifest.json" : "");
}

/* ---- what came of it ---- */

static bool is_kms(w403_view action)
{
    return w403_view_starts(action, W403_LIT("kms:"));
}

static void take_causes(w403_inv_work *w, const w403_explanation *e)
{
    for (uint32_t i = 0; i < e->n_causes; i++) {
        const w403_cause *from = &e->causes[i];
        if (strncmp(from->id, "not-found.", 10) == 0) {
            continue; /* the destination's own row says it */
        }
        if (strcmp(from->id, "kms.aws-managed-key") == 0) { /* 4.10: no inventory under aws/s3 */
            w403_inv_blame_of(w, W403_CAUSE_INVENTORY_KMS_MANAGED_KEY, from->gate ? from->gate->detail : W403_LIT("aws/s3"));
            w403_cause *c = w->causes.n ? &w->causes.at[w->causes.n - 1] : NULL;
            if (c && from->action.p && is_kms(from->action)) {
                c->action = from->action;
            }
            continue;
        }
        w403_cause *c = W403_PUSH(w->a, &w->causes);
        if (!c) {
            w->nomem = true;
            return;
        }
        *c = *from;
    }
}

static void take_remarks(w403_inv_work *w)
{
    const w403_decision *d = &w->d->delivery;
    const struct {
        void *list;
        const w403_view *at;
        uint32_t n;
    } rows[] = {{&w->assumptions, d->assumptions, d->n_assumptions},
                {&w->settle, d->settle, d->n_settle},
                {&w->unknown, d->unknown, d->verdict == W403_UNDETERMINED ? d->n_unknown : 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (uint32_t k = 0; k < rows[i].n; k++) {
            w403_inv_note_of(w, rows[i].list, rows[i].at[k]);
        }
    }
    if (d->verdict == W403_UNDETERMINED && w->unknown.n == 0) {
        w403_inv_note(w, &w->unknown, "what the destination's policies say");
    }
}

static unsigned count(const w403_explanation *e, const char *start, bool kms)
{
    unsigned n = 0;
    for (uint32_t i = 0; i < e->n_causes; i++) {
        n += strncmp(e->causes[i].id, start, strlen(start)) == 0 && is_kms(e->causes[i].action) == kms;
    }
    return n;
}

/* One row: what the policies say of s3:PutObject, or of kms:GenerateDataKey. */
static void say_policies(w403_inv_work *w, const char *topic, const w403_explanation *e, const w403_check *check,
                         bool kms)
{
    unsigned denies = count(e, "deny.", kms), gaps = count(e, "no-allow.", kms);
    if (denies && gaps) {
        w403_inv_say_of(w, topic, W403_INV_BAD,
                        w403_say_plural(w->a, denies, "{n} statement denies s3.amazonaws.com, and none allows it",
                                        "{n} statements deny s3.amazonaws.com, and none allows it"));
    } else if (denies) {
        w403_inv_say_of(w, topic, W403_INV_BAD,
                        w403_say_plural(w->a, denies, "{n} statement denies s3.amazonaws.com",
                                        "{n} statements deny s3.amazonaws.com"));
    } else if (gaps) {
        w403_inv_say(w, topic, W403_INV_BAD, "no statement allows s3.amazonaws.com {action}", W403_P("action", check->action));
    } else if (check->verdict == W403_UNDETERMINED) {
        w403_inv_say(w, topic, W403_INV_UNSURE, "whether it allows s3.amazonaws.com {action} cannot be told", W403_P("action", check->action));
    } else {
        w403_inv_say(w, topic, W403_INV_GOOD, "allows s3.amazonaws.com {action}", W403_P("action", check->action));
    }
}

static bool full_arn(w403_view key)
{
    return !key.p || w403_view_starts(key, W403_LIT("arn:"));
}

/* 4.8: KMS resolves a name in the requester's account, and a service has none. AWS asks for the ARN then
 * (PutBucketEncryption, KMSMasterKeyID: "with AWS service operations you must use a fully qualified KMS key ARN"), and
 * does not say what becomes of a delivery without: whose key would be used cannot be told. */
static void say_bare_name(w403_inv_work *w, w403_view key)
{
    w403_inv_say(w, NC_("topic", "encryption"), W403_INV_UNSURE, "the destination's default key is named {key}, not by its ARN: KMS looks that up in the account of whoever writes, and S3 itself has none; AWS asks for the ARN where a service writes", W403_P("key", key));
    w403_inv_settle(w, W403_AWS(w->a, "kms describe-key --key-id <key> --query KeyMetadata.Arn", key));
    w403_inv_settle(w, W403_REMARK(w->a, "name the default key by it: put-bucket-encryption --bucket <bucket>",
                                   w->d->destination->name));
}

static void say_key(w403_inv_work *w, const w403_explanation *e)
{
    const w403_inv_diagnosis *d = w->d;
    const w403_inventory_config *c = d->config;
    const w403_bucket *b = d->destination;
    bool by_config = c->encryption == W403_INVENTORY_ENCRYPTION_SSE_KMS;
    bool by_bucket =
        c->encryption == W403_INVENTORY_ENCRYPTION_NONE && b && (b->sse == W403_SSE_KMS || b->sse == W403_SSE_DSSE);
    w403_view key = by_config ? c->kms_key : by_bucket ? b->kms_key : (w403_view){NULL, 0};
    for (size_t i = 0; i < w->causes.n; i++) {
        if (strncmp(w->causes.at[i].id, "inventory.kms", 13) == 0 || strncmp(w->causes.at[i].id, "kms.", 4) == 0) {
            w403_inv_say_of(w, NC_("topic", "encryption"), W403_INV_BAD, w->causes.at[i].gate ? w->causes.at[i].gate->detail : w403_view_of(w403_word(w->a, "the key cannot be used")));
            return;
        }
    }
    if (!by_config && !by_bucket) {
        w403_inv_say(w, NC_("topic", "encryption"), W403_INV_GOOD, "no KMS key is used");
        return;
    }
    if (by_bucket && !full_arn(key)) {
        say_bare_name(w, key);
    } else {
        const char *text =
            full_arn(key)
                ? by_config ? N_("as the configuration says: key {key}") : N_("the destination's default: key {key}")
            : by_config
                ? N_("as the configuration says: key {key}; name it by its ARN, or readers of other accounts cannot open the report")
                : N_("the destination's default: key {key}; name it by its ARN, or readers of other accounts cannot open the report");
        w403_inv_say(w, NC_("topic", "encryption"), full_arn(key) ? W403_INV_GOOD : W403_INV_NOTE, text, W403_P("key", key));
    }
    for (uint32_t i = 0; i < d->delivery.n_checks; i++) {
        const w403_check *k = &d->delivery.checks[i];
        if (is_kms(k->action)) {
            say_policies(w, NC_("topic", "key policy"), e, k, true);
            if (d->destination_account.p && k->resource_account.p &&
                !w403_view_eq(d->destination_account, k->resource_account)) {
                w403_inv_say(w, NC_("topic", "key owner"), W403_INV_NOTE, "account {account}: only it can change the key's policy", W403_P("account", k->resource_account));
            }
        }
    }
}

/* S3 8: whoever sets an inventory up needs this; it has no part in the delivery. */
static w403_status say_configurer(w403_inv_work *w, w403_error *err)
{
    const w403_inventory_config *c = w->d->config;
    if (!w->q->configurer.p) {
        w403_inv_say(w, NC_("topic", "setting it up"), W403_INV_NOTE,
                     c->n_optional_fields ? N_("takes s3:PutInventoryConfiguration on {resource}; a policy may limit the fields by s3:InventoryAccessibleOptionalFields")
                                          : N_("takes s3:PutInventoryConfiguration on {resource}"),
                     W403_P("resource", w->d->source_arn));
        return W403_OK;
    }
    w403_context_entry fields = {.key = W403_LIT("s3:InventoryAccessibleOptionalFields"),
                                 .present = c->n_optional_fields ? W403_YES : W403_NO,
                                 .values = c->optional_fields,
                                 .n_values = c->n_optional_fields};
    w403_request r;
    w403_decision d;
    w403_explanation e;
    w403_request_init(&r);
    r.operation = W403_LIT("PutBucketInventoryConfiguration");
    r.principal = w->q->configurer;
    r.resource = w->d->source_arn;
    r.at = w->d->request.at;
    r.context = &fields;
    r.n_context = 1;
    W403_TRY(w403_decide(w->snap, w->policies, &r, W403_DETAIL_FULL, w->a, &d, err));
    W403_TRY(w403_explain(&r, &d, w->a, &e, err));
    w403_inv_say(w, NC_("topic", "setting it up"), W403_INV_NOTE,
                 e.n_causes ? N_("{principal}: s3:PutInventoryConfiguration is {verdict}: {why}")
                            : N_("{principal}: s3:PutInventoryConfiguration is {verdict}"),
                 W403_P("principal", w->q->configurer),
                 W403_S("verdict", w403_word_in(w->a, "permission", w403_verdict_name(d.verdict))),
                 W403_P("why", e.n_causes ? e.causes[0].sentence : W403_LIT("")));
    return W403_OK;
}

w403_status w403_inv_judge_put(w403_inv_work *w, w403_error *err)
{
    w403_inv_diagnosis *d = w->d;
    w403_explanation *e = &d->put;
    put *p;
    if (!d->config->destination_name.p) {
        return W403_OK;
    }
    W403_TRY(ask(w, &p, err));
    for (int which = 0; which < 2; which++) { /* the manifest's key is asked about when the data's passes */
        d->request.resource = key_of(w, which);
        W403_NEED(d->request.resource.p, err);
        W403_TRY(w403_decide(w->snap, w->policies, &d->request, W403_DETAIL_FULL, w->a, &d->delivery, err));
        W403_TRY(w403_explain(&d->request, &d->delivery, w->a, e, err));
        if (d->delivery.verdict != W403_ALLOWED) {
            break;
        }
    }
    if (d->destination && d->destination->missing) {
        return W403_OK;
    }
    take_causes(w, e);
    take_remarks(w);
    for (uint32_t i = 0; i < d->delivery.n_checks; i++) {
        if (w403_view_eq(d->delivery.checks[i].action, W403_LIT("s3:PutObject"))) {
            say_policies(w, NC_("topic", "destination policy"), e, &d->delivery.checks[i], false);
        }
    }
    say_key(w, e);
    return say_configurer(w, err);
}
