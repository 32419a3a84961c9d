/* The request of an answer: a request of `--request` that means the same, so that an answer can be asked again. Only what is
 * secret is left out. */
#include "render/json_parts.h"

static bool is_secret(w403_view name)
{
    static const char *const secrets[] = {"authorization", "x-amz-security-token", "x-amz-signature", "x-amz-credential", "cookie"};
    for (size_t s = 0; s < sizeof secrets / sizeof *secrets; s++) {
        if (w403_view_ieq(name, w403_view_of(secrets[s]))) {
            return true;
        }
    }
    return w403_view_find(name, W403_LIT("customer-key")) != SIZE_MAX;
}

/* Pairs: a name may stand there twice. */
static void pairs(w403_json_writer *w, const char *name, const w403_pair *at, size_t n)
{
    if (n == 0) {
        return;
    }
    w403_jw_key(w, name);
    w403_jw_array(w);
    for (size_t k = 0; k < n; k++) {
        if (!is_secret(at[k].name)) {
            w403_jw_array(w);
            w403_jw_str(w, at[k].name);
            w403_jw_str(w, at[k].value);
            w403_jw_end_array(w);
        }
    }
    w403_jw_end_array(w);
}

static void tri(w403_json_writer *w, const char *name, w403_tri t)
{
    w403_jw_key(w, name);
    if (t == W403_UNKNOWN) {
        w403_jw_object(w);
        w403_jw_flag(w, "unknown", true);
        w403_jw_end_object(w);
    } else {
        w403_jw_bool(w, t == W403_YES);
    }
}

static void mfa(w403_json_writer *w, const w403_request *r)
{
    if (r->mfa == W403_YES && r->mfa_age_s != UINT64_MAX) {
        w403_jw_key(w, "mfa");
        w403_jw_object(w);
        w403_jw_number(w, "age", r->mfa_age_s);
        w403_jw_end_object(w);
    } else if (r->mfa != W403_UNKNOWN) {
        tri(w, "mfa", r->mfa);
    }
}

static void presigned(w403_json_writer *w, const w403_request *r)
{
    if (!r->presigned) {
        return;
    }
    w403_jw_key(w, "presigned");
    w403_jw_object(w);
    w403_jw_text_unless_empty(w, "signed_at", r->signed_at);
    if (r->expires_in_s != UINT64_MAX) {
        w403_jw_number(w, "expires_in", r->expires_in_s);
    }
    w403_jw_end_object(w);
}

static void upload(w403_json_writer *w, const w403_request *r)
{
    if (r->upload_initiator.n == 0 && !r->upload_kms_key.p && r->upload_checksum == W403_UNKNOWN) {
        return;
    }
    w403_jw_key(w, "upload");
    w403_jw_object(w);
    w403_jw_text_unless_empty(w, "initiator", r->upload_initiator);
    if (r->upload_kms_key.p) {
        w403_jw_text(w, "kms_key", r->upload_kms_key);
    }
    if (r->upload_checksum != W403_UNKNOWN) {
        tri(w, "checksum", r->upload_checksum);
    }
    w403_jw_end_object(w);
}

static void keys(w403_json_writer *w, const w403_request *r)
{
    if (r->n_body_keys == 0) {
        return;
    }
    w403_jw_key(w, "keys");
    w403_jw_array(w);
    for (size_t i = 0; i < r->n_body_keys; i++) {
        const w403_object_id *o = &r->body_keys[i];
        w403_jw_object(w);
        w403_jw_text(w, "Key", o->key);
        if (o->version_id.p) {
            w403_jw_text(w, "VersionId", o->version_id);
        }
        if (o->etag.p) {
            w403_jw_text(w, "ETag", o->etag);
        }
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void body(w403_json_writer *w, const w403_request *r)
{
    if (!r->body_policy.p && !r->body_acl.p && r->n_body_keys == 0 && r->n_body == 0) {
        return;
    }
    w403_jw_key(w, "body");
    w403_jw_object(w);
    if (r->body_policy.p) {
        w403_jw_text(w, "policy", r->body_policy);
    }
    if (r->body_acl.p) {
        w403_jw_text(w, "acl", r->body_acl);
    }
    keys(w, r);
    for (size_t i = 0; i < r->n_body; i++) {
        w403_jw_keyv(w, r->body[i].name);
        w403_jw_str(w, r->body[i].value);
    }
    w403_jw_end_object(w);
}

static void context(w403_json_writer *w, const w403_request *r)
{
    if (r->n_context == 0) {
        return;
    }
    w403_jw_key(w, "context");
    w403_jw_object(w);
    for (size_t i = 0; i < r->n_context; i++) {
        const w403_context_entry *e = &r->context[i];
        w403_jw_keyv(w, e->key);
        if (e->present == W403_YES) {
            w403_jw_array(w);
            for (size_t k = 0; k < e->n_values; k++) {
                w403_jw_str(w, e->values[k]);
            }
            w403_jw_end_array(w);
        } else if (e->present == W403_NO) {
            w403_jw_null(w);
        } else {
            w403_jw_object(w);
            w403_jw_flag(w, "unknown", true);
            w403_jw_end_object(w);
        }
    }
    w403_jw_end_object(w);
}

/* Whose rules decided, where they are not AWS's. */
static void dialect(w403_json_writer *w, const w403_request *r)
{
    static const char *const names[] = {[W403_DIALECT_RGW] = "rgw", [W403_DIALECT_MINIO] = "minio"};
    if (r->dialect < sizeof names / sizeof *names && names[r->dialect]) {
        w403_jw_word(w, "dialect", names[r->dialect]);
    }
}

static void unsaid(w403_json_writer *w, const w403_request *r)
{
    static const struct {
        unsigned bit;
        const char *name;
    } kinds[] = {{W403_UNSAID_HEADERS, "headers"}, {W403_UNSAID_QUERY, "query"}, {W403_UNSAID_POLICIES, "policies"}};
    if (r->unsaid == 0) {
        return;
    }
    w403_jw_key(w, "unsaid");
    w403_jw_array(w);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (r->unsaid & kinds[i].bit) {
            w403_jw_cstr(w, kinds[i].name);
        }
    }
    w403_jw_end_array(w);
}

void w403_json_request(w403_answer_writer *aw, const w403_request *r)
{
    w403_json_writer *w = &aw->jw;
    const struct {
        const char *name;
        w403_view value;
    } texts[] = {{"operation", r->operation}, {"action", r->action}, {"resource", r->resource},
                 {"resource_account", r->resource_account}, {"principal", r->principal}, {"session_name", r->session_name},
                 {"issuer", r->issuer}, {"from", r->from}, {"via", r->via}, {"at", r->at}, {"version_id", r->version_id}};
    w403_jw_key(w, "request");
    w403_jw_object(w);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_jw_text_unless_empty(w, texts[i].name, texts[i].value);
    }
    if (aw->answer->in->request) {
        if (r->secure != W403_YES) {
            tri(w, "secure", r->secure);
        }
        mfa(w, r);
        pairs(w, "headers", r->headers, r->n_headers);
        pairs(w, "query", r->query, r->n_query);
        presigned(w, r);
        upload(w, r);
        body(w, r);
        context(w, r);
        unsaid(w, r);
        dialect(w, r);
    }
    w403_jw_end_object(w);
}
