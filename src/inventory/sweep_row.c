#include "inventory/sweep_row.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/time.h"
#include "inventory/acl_column.h"

enum { ACLS = 4096, ACL_BYTES = 8 << 20 };

typedef struct acl_entry {
    w403_view column; /* own copy */
    uint64_t cls;
    w403_acl acl;
} acl_entry;

struct w403_sweep_reader {
    w403_arena *acls; /* bounded: emptied when it holds too many */
    w403_map map;     /* column -> acl_entry */
    const acl_entry *last;
    char key[W403_SWEEP_KEY_BYTES + 16];
};

w403_sweep_reader *w403_sweep_reader_new(void)
{
    w403_sweep_reader *r = w403_malloc(sizeof *r);
    if (r) {
        memset(r, 0, sizeof *r);
        r->acls = w403_arena_new(0);
        if (!r->acls) {
            w403_free(r);
            r = NULL;
        }
    }
    return r;
}

void w403_sweep_reader_free(w403_sweep_reader *r)
{
    if (r) {
        w403_arena_free(r->acls);
        w403_free(r);
    }
}

void w403_sweep_columns_choose(const w403_inv_schema *schema, bool bucket, bool acl, w403_sweep_columns *out)
{
    static const w403_inv_column read[] = {W403_INV_KEY,
                                           W403_INV_BUCKET,
                                           W403_INV_VERSION_ID,
                                           W403_INV_IS_LATEST,
                                           W403_INV_IS_DELETE_MARKER,
                                           W403_INV_ENCRYPTION_STATUS,
                                           W403_INV_LOCK_RETAIN_UNTIL,
                                           W403_INV_LOCK_MODE,
                                           W403_INV_LEGAL_HOLD,
                                           W403_INV_BUCKET_KEY_STATUS,
                                           W403_INV_CHECKSUM_ALGORITHM,
                                           W403_INV_OWNER,
                                           W403_INV_ACL};
    *out = (w403_sweep_columns){0};
    memset(out->at, -1, sizeof out->at);
    out->raw_keys = schema->raw_keys;
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        bool wanted = (read[i] != W403_INV_BUCKET || bucket) && (read[i] != W403_INV_ACL || acl);
        if (wanted && schema->at[read[i]] != W403_INV_NO_COLUMN) {
            out->at[read[i]] = (int8_t)out->n;
            out->wanted[out->n++] = schema->at[read[i]];
        }
    }
}

/* ---- keys: `+` is a blank, %XX a byte ---- */

/* Copies up to the first `%` or `+`; how many bytes that were. `out` has 16 bytes to spare. */
static size_t copy_plain(char *out, const char *in, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i percent = _mm_set1_epi8('%'), plus = _mm_set1_epi8('+');
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
        unsigned m = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, percent), _mm_cmpeq_epi8(v, plus)));
        _mm_storeu_si128((__m128i *)(void *)(out + i), v);
        if (m) {
            return i + (size_t)__builtin_ctz(m);
        }
    }
#endif
    while (i < n && in[i] != '%' && in[i] != '+') {
        out[i] = in[i];
        i++;
    }
    return i;
}

/* Of Parquet and ORC: as it is. */
static w403_view plain_key(char *out, w403_view raw)
{
    if (raw.n > W403_SWEEP_KEY_BYTES || raw.n == 0) {
        return (w403_view){NULL, 0};
    }
    memcpy(out, raw.p, raw.n);
    return (w403_view){out, raw.n};
}

static w403_view decode_key(char *out, w403_view raw)
{
    size_t n = 0;
    if (raw.n > W403_SWEEP_KEY_BYTES) {
        return (w403_view){NULL, 0};
    }
    for (size_t i = 0; i < raw.n;) {
        size_t plain = copy_plain(out + n, raw.p + i, raw.n - i);
        n += plain;
        i += plain;
        if (i == raw.n) {
            break;
        }
        if (raw.p[i] == '+') {
            out[n++] = ' ';
            i++;
            continue;
        }
        int high = i + 2 < raw.n ? w403_hex_digit(raw.p[i + 1]) : -1;
        int low = i + 2 < raw.n ? w403_hex_digit(raw.p[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return (w403_view){NULL, 0};
        }
        out[n++] = (char)(high << 4 | low);
        i += 3;
    }
    return (w403_view){out, n};
}

/* ---- ACLs: few different ones, so each is decoded once ---- */

static w403_grant grant_of(const w403_inv_grant *g)
{
    static const struct {
        const char *uri;
        w403_grantee_kind kind;
    } groups[] = {{"http://acs.amazonaws.com/groups/global/AllUsers", W403_GRANTEE_ALL_USERS},
                  {"http://acs.amazonaws.com/groups/global/AuthenticatedUsers", W403_GRANTEE_AUTHENTICATED_USERS},
                  {"http://acs.amazonaws.com/groups/s3/LogDelivery", W403_GRANTEE_LOG_DELIVERY}};
    static const struct {
        const char *name;
        uint8_t bits;
    } permissions[] = {{"READ", W403_ACL_READ},
                       {"WRITE", W403_ACL_WRITE},
                       {"READ_ACP", W403_ACL_READ_ACP},
                       {"WRITE_ACP", W403_ACL_WRITE_ACP},
                       {"FULL_CONTROL", W403_ACL_FULL}};
    w403_grant out = {.kind = g->canonical_id.n ? W403_GRANTEE_CANONICAL : W403_GRANTEE_OTHER,
                      .canonical_id = g->canonical_id,
                      .uri = g->uri};
    for (size_t i = 0; g->uri.n && i < sizeof groups / sizeof *groups; i++) {
        if (w403_view_eq(g->uri, w403_view_of(groups[i].uri))) {
            out.kind = groups[i].kind;
        }
    }
    for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) {
        if (w403_view_eq(g->permission, w403_view_of(permissions[i].name))) {
            out.permissions = permissions[i].bits;
        }
    }
    return out;
}

static w403_status acl_new(w403_sweep_reader *r, w403_view column, const acl_entry **out, w403_error *err)
{
    w403_inv_acl read;
    if (r->map.n >= ACLS || w403_arena_used(r->acls) > ACL_BYTES) {
        w403_arena_reset(r->acls);
        memset(&r->map, 0, sizeof r->map);
        r->last = NULL;
    }
    acl_entry *e = W403_NEW(r->acls, acl_entry);
    W403_NEED(e, err);
    e->column = w403_arena_copy(r->acls, column);
    W403_NEED(e->column.p, err);
    W403_TRY(w403_inv_acl_parse(r->acls, e->column, &read, err));
    w403_grant *grants = W403_NEW_N(r->acls, w403_grant, read.n);
    W403_NEED(grants, err);
    for (size_t i = 0; i < read.n; i++) {
        grants[i] = grant_of(&read.grants[i]);
    }
    e->acl = (w403_acl){.fact.state = read.known == W403_YES ? W403_FACT_KNOWN : W403_FACT_UNKNOWN,
                        .grants = grants,
                        .n_grants = (uint32_t)read.n};
    e->acl.fact.path = W403_LIT("the report's ObjectAccessControlList");
    e->acl.fact.code = W403_LIT("UNAVAILABLE");
    e->cls = read.known == W403_YES ? w403_hash(column.p, column.n) | 1 : 2;
    W403_NEED(w403_map_put(r->acls, &r->map, e->column, e), err);
    *out = e;
    return W403_OK;
}

static w403_status read_acl(w403_sweep_reader *r, w403_view column, w403_sweep_row *out, w403_error *err)
{
    const acl_entry *e = r->last;
    if (!e || !w403_view_eq(e->column, column)) {
        e = w403_map_get(&r->map, column);
        w403_status st = e ? W403_OK : acl_new(r, column, &e, err);
        if (st != W403_OK) {
            r->last = NULL;
            out->object.acl.fact = (w403_fact){.state = W403_FACT_UNKNOWN, .code = W403_LIT("malformed")};
            out->acl_class = 2;
            return st;
        }
        r->last = e;
    }
    out->object.acl = e->acl;
    out->acl_class = e->cls;
    return W403_OK;
}

/* ---- the other columns ---- */

static w403_view column(const w403_sweep_columns *c, const w403_report_row *row, w403_inv_column which)
{
    return c->at[which] < 0 ? (w403_view){NULL, 0} : row->at[c->at[which]];
}

/* Of a constant length, so that it is compared in registers. */
#define IS(v, word) ((v).n == sizeof(word) - 1 && memcmp((v).p, (word), sizeof(word) - 1) == 0)

/* The report names no key: the bucket's default one is assumed where there is one. */
static void read_encryption(w403_view v, w403_view kms_key, w403_object *o)
{
    o->sse_given = v.n > 0; /* empty: a delete marker, or not said */
    o->sse = IS(v, "SSE-S3")     ? W403_SSE_S3
             : IS(v, "SSE-KMS")  ? W403_SSE_KMS
             : IS(v, "DSSE-KMS") ? W403_SSE_DSSE
             : IS(v, "SSE-C")    ? W403_SSE_C
                                 : W403_SSE_NONE;
    bool kms = o->sse == W403_SSE_KMS || o->sse == W403_SSE_DSSE;
    o->kms_key = kms ? kms_key : (w403_view){NULL, 0};
}

static void read_lock(const w403_sweep_columns *c, const w403_report_row *row, w403_object *o)
{
    w403_view mode = column(c, row, W403_INV_LOCK_MODE);
    w403_view until = column(c, row, W403_INV_LOCK_RETAIN_UNTIL), hold = column(c, row, W403_INV_LEGAL_HOLD);
    o->legal_hold = IS(hold, "ON");
    o->lock_mode = mode.n == 0              ? W403_LOCK_NONE
                   : IS(mode, "COMPLIANCE") ? W403_LOCK_COMPLIANCE
                                            : W403_LOCK_GOVERNANCE;
    o->has_retain_until = mode.n && until.n && w403_instant_read(until, &o->retain_until);
}

static void read_state(const w403_sweep_columns *c, const w403_report_row *row, w403_view kms_key,
                       w403_sweep_row *out)
{
    w403_object *o = &out->object;
    w403_view owner = column(c, row, W403_INV_OWNER), bucket_key = column(c, row, W403_INV_BUCKET_KEY_STATUS);
    w403_view checksum = column(c, row, W403_INV_CHECKSUM_ALGORITHM), id = column(c, row, W403_INV_VERSION_ID);
    w403_view latest = column(c, row, W403_INV_IS_LATEST);
    o->size = UINT64_MAX;
    o->tagged = W403_UNKNOWN; /* reports say nothing of tags */
    w403_view marker = column(c, row, W403_INV_IS_DELETE_MARKER);
    o->is_delete_marker = marker.n == 4 && (marker.p[0] | 0x20) == 't'; /* some writers make it True */
    o->owner = owner.n ? owner : (w403_view){NULL, 0};
    o->bucket_key = IS(bucket_key, "ENABLED") ? W403_YES : IS(bucket_key, "DISABLED") ? W403_NO : W403_UNKNOWN;
    o->checksum = !checksum.p ? W403_UNKNOWN : checksum.n ? W403_YES : W403_NO;
    out->latest = latest.n != 5 || (latest.p[0] | 0x20) != 'f';
    o->is_latest = out->latest;
    out->version_id = id.n ? id : (w403_view){NULL, 0};
    o->version_id = out->latest ? (w403_view){NULL, 0} : id.n ? id : W403_LIT("null");
    read_encryption(column(c, row, W403_INV_ENCRYPTION_STATUS), kms_key, o);
    if (c->at[W403_INV_LOCK_MODE] >= 0 || c->at[W403_INV_LEGAL_HOLD] >= 0) {
        read_lock(c, row, o);
    }
}

w403_status w403_sweep_row_read(w403_sweep_reader *r, const w403_sweep_columns *c, const w403_report_row *row,
                                w403_view kms_key, w403_sweep_row *out, w403_error *err)
{
    out->bucket = column(c, row, W403_INV_BUCKET);
    w403_view raw = row->at[c->at[W403_INV_KEY]];
    out->object.key = c->raw_keys ? plain_key(r->key, raw) : decode_key(r->key, raw);
    if (!out->object.key.p || out->object.key.n == 0) {
        out->object.key.p = NULL;
        return w403_error_set(err, W403_SYNTAX, c->raw_keys ? "no key, or one that is longer than keys are"
                                                            : "the key is not URL-encoded as S3 writes it");
    }
    read_state(c, row, kms_key, out);
    w403_view acl = column(c, row, W403_INV_ACL);
    w403_status st = W403_OK;
    if (acl.p) {
        st = read_acl(r, acl, out, err);
    } else {
        out->object.acl.fact.state = W403_FACT_ABSENT;
        out->acl_class = 0;
    }
    if (IS(out->object.owner, "UNAVAILABLE")) {
        /* Whose it is nobody knows: then neither can its ACL be read against it. */
        out->object.acl = (w403_acl){.fact = {.state = W403_FACT_UNKNOWN,
                                              .code = W403_LIT("UNAVAILABLE"),
                                              .path = W403_LIT("the report's ObjectOwner")}};
        out->acl_class = 2;
    }
    return st;
}
