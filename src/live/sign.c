#include "live/sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/buf.h"
#include "base/command.h"
#include "base/hash.h"
#include "live/sign_canonical.h"

enum {
    HASH = 32,
    BLOCK = 64,
    CACHED = 512,          /* signing keys kept */
    TOLERATED = 4 * 60,    /* seconds that a clock may be off: AWS refuses at 15 minutes, some at 5 */
    SKEW_STEP = 30,        /* a Date header is that exact, delay and all: less is no new offset */
    PIECES = 4096,         /* bytes that are hashed at once: most canonical requests */
    LONGEST_SECRET = 1024, /* an AWS one has 40 letters */
};

/* A signing key and what it is for; `serial` 0: free. */
typedef struct cached {
    uint32_t      serial;
    uint32_t      day;
    uint64_t      scope; /* hash of region and service */
    unsigned char key[HASH];
} cached;

struct w403_signer {
    w403_secrets *secrets;
    cached       *keys;   /* CACHED of them, in the block */
    char         *pieces; /* PIECES bytes in there, of which n_pieces wait to be hashed: a token is among them */
    size_t        n_pieces;
    EVP_MD       *sha256;
    EVP_MD_CTX   *hash;
    w403_arena   *arena; /* of one signature */
    w403_buf      authorization, told;
    int64_t       offset; /* microseconds that this machine's clock is ahead */
    w403_instant  fixed;
    int64_t       second; /* that `date` says */
    char          date[17];
    char          body_hash[2 * HASH + 1];
    void (*tell)(void *user, w403_view text);
    void *tell_user;
    bool  failed; /* a hash could not be made */
};


/* ---- hashes ---- */

static void begin(w403_signer *s)
{
    s->failed |= EVP_DigestInit_ex2(s->hash, s->sha256, NULL) != 1;
}

static void add(w403_signer *s, const void *p, size_t n)
{
    s->failed |= n > 0 && EVP_DigestUpdate(s->hash, p, n) != 1;
}

static void end(w403_signer *s, unsigned char out[HASH])
{
    s->failed |= EVP_DigestFinal_ex(s->hash, out, NULL) != 1;
}

/* RFC 2104; a key longer than a block is hashed first. */
static void hmac(w403_signer *s, w403_view key, w403_view text, unsigned char out[HASH])
{
    unsigned char pad[BLOCK] = {0}, inner[HASH];
    if (key.n > BLOCK) {
        begin(s);
        add(s, key.p, key.n);
        end(s, pad);
    } else {
        memcpy(pad, key.p, key.n);
    }
    for (size_t i = 0; i < BLOCK; i++) {
        pad[i] ^= 0x36;
    }
    begin(s);
    add(s, pad, BLOCK);
    add(s, text.p, text.n);
    end(s, inner);
    for (size_t i = 0; i < BLOCK; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }
    begin(s);
    add(s, pad, BLOCK);
    add(s, inner, HASH);
    end(s, out);
    explicit_bzero(pad, sizeof pad);
    explicit_bzero(inner, sizeof inner);
}

static void to_hex(const unsigned char in[HASH], char out[2 * HASH + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < HASH; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    out[2 * HASH] = '\0';
}

static void hash_body(w403_signer *s, w403_view body)
{
    static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    unsigned char     out[HASH];
    if (body.n == 0) {
        memcpy(s->body_hash, empty, sizeof empty);
        return;
    }
    begin(s);
    add(s, body.p, body.n);
    end(s, out);
    to_hex(out, s->body_hash);
}

/* ---- time ---- */

static void set_date(w403_signer *s)
{
    w403_instant now = s->fixed ? s->fixed : w403_instant_now() - s->offset;
    int64_t      second = now / 1000000;
    if (second == s->second) {
        return;
    }
    int64_t  year, day = second / 86400, left = second % 86400;
    unsigned month, of_month;
    w403_civil_from_days(day, &year, &month, &of_month);
    unsigned fields[] = {(unsigned)(year / 100 % 100), (unsigned)(year % 100),       month,
                         of_month,                     (unsigned)(left / 3600),      (unsigned)(left / 60 % 60),
                         (unsigned)(left % 60)};
    char    *p = s->date;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        *p++ = (char)('0' + fields[i] / 10);
        *p++ = (char)('0' + fields[i] % 10);
        if (i == 3) {
            *p++ = 'T';
        }
    }
    *p++ = 'Z';
    *p = '\0';
    s->second = second;
}

/* Two digits at `at`, or -1. */
static int two(w403_view v, size_t at)
{
    char a = v.p[at], b = v.p[at + 1];
    return a >= '0' && a <= '9' && b >= '0' && b <= '9' ? (a - '0') * 10 + (b - '0') : -1;
}

/* RFC 9110 5.6.7, the form that is sent: `Mon, 30 Nov 2026 21:00:00 GMT`. Seconds since 1970, or -1. */
static int64_t http_date(w403_view v)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (v.n != 29 || !w403_view_ends(v, W403_LIT(" GMT"))) {
        return -1;
    }
    size_t month = w403_view_find((w403_view){months, 36}, w403_view_sub(v, 8, 11));
    int    day = two(v, 5), century = two(v, 12), year = two(v, 14), hour = two(v, 17), minute = two(v, 20),
        second = two(v, 23);
    if (month > 33 || month % 3 || day < 1 || century < 0 || year < 0 || hour < 0 || minute < 0 || second < 0) {
        return -1;
    }
    int64_t days = w403_days_from_civil(century * 100 + year, (unsigned)month / 3 + 1, (unsigned)day);
    return days * 86400 + hour * 3600 + minute * 60 + second;
}

bool w403_signer_skew(w403_signer *s, w403_view date, int64_t *seconds)
{
    int64_t theirs = http_date(w403_view_trim(date));
    if (theirs < 0) {
        return false;
    }
    int64_t off = w403_instant_now() / 1000000 - theirs;
    int64_t change = off - s->offset / 1000000;
    *seconds = off;
    if ((off > -TOLERATED && off < TOLERATED && s->offset == 0) || (change > -SKEW_STEP && change < SKEW_STEP)) {
        return false;
    }
    s->offset = off * 1000000;
    return true;
}

void w403_signer_fix_time(w403_signer *s, w403_instant now)
{
    s->fixed = now;
}

/* ---- the signature ---- */

static const unsigned char *signing_key(w403_signer *s, const w403_keys *keys, const w403_sign_input *in)
{
    uint32_t day = (uint32_t)(s->second / 86400);
    uint64_t scope = w403_hash(in->region.p, in->region.n) * 31 + w403_hash(in->service.p, in->service.n);
    cached  *found = &s->keys[(scope ^ keys->serial * 0x9E3779B1u) % CACHED];
    if (keys->serial && found->serial == keys->serial && found->day == day && found->scope == scope) {
        return found->key;
    }
    char first[4 + LONGEST_SECRET] = "AWS4";
    memcpy(first + 4, keys->secret.p, keys->secret.n);
    w403_view key = {(const char *)found->key, HASH};
    hmac(s, (w403_view){first, 4 + keys->secret.n}, (w403_view){s->date, 8}, found->key);
    explicit_bzero(first, sizeof first);
    hmac(s, key, in->region, found->key);
    hmac(s, key, in->service, found->key);
    hmac(s, key, W403_LIT("aws4_request"), found->key);
    found->serial = keys->serial;
    found->day = day;
    found->scope = scope;
    return found->key;
}

static void flush(w403_signer *s)
{
    add(s, s->pieces, s->n_pieces);
    s->n_pieces = 0;
}

static void put_piece(void *user, w403_view piece, bool secret)
{
    w403_signer *s = user;
    if (piece.n > PIECES - s->n_pieces) {
        flush(s);
    }
    if (piece.n > PIECES) {
        add(s, piece.p, piece.n);
    } else if (piece.n) {
        memcpy(s->pieces + s->n_pieces, piece.p, piece.n);
        s->n_pieces += piece.n;
    }
    if (s->tell) {
        w403_buf_put(&s->told, secret ? W403_LIT("<token>") : piece);
    }
}

static w403_view joined(w403_arena *a, const w403_view *parts, size_t n)
{
    size_t size = 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        size += parts[i].n;
    }
    char *text = w403_arena_alloc(a, size);
    for (size_t i = 0; text && i < n; i++) {
        if (parts[i].n) {
            memcpy(text + at, parts[i].p, parts[i].n);
        }
        at += parts[i].n;
    }
    return (w403_view){text, text ? size : 0};
}

static void tell(w403_signer *s, w403_view to_sign)
{
    w403_buf_puts(&s->told, "\n\nto be signed:\n");
    w403_buf_put(&s->told, to_sign);
    w403_buf_putc(&s->told, '\n');
    if (w403_buf_ok(&s->told)) {
        s->tell(s->tell_user, w403_buf_view(&s->told));
    }
}

w403_status w403_sign(w403_signer *s, const w403_keys *keys, const w403_sign_input *in, w403_signature *out,
                      w403_error *err)
{
    if (keys->secret.n > LONGEST_SECRET) {
        return w403_error_set(err, W403_LIMIT, "the secret access key is longer than any that AWS gives");
    }
    w403_arena_reset(s->arena);
    w403_buf_clear(&s->told);
    w403_buf_clear(&s->authorization);
    if (s->tell) {
        w403_buf_puts(&s->told, "canonical request:\n");
    }
    set_date(s);
    hash_body(s, in->body);
    w403_canonical canonical = {.in = in, .date = {s->date, 16}, .token = keys->token, .body_hash = {s->body_hash, 2 * HASH}};
    unsigned char  digest[HASH];
    char           hex[2 * HASH + 1];
    begin(s);
    s->n_pieces = 0;
    W403_NEED(w403_canonical_request(s->arena, &canonical, put_piece, s), err);
    flush(s);
    end(s, digest);
    to_hex(digest, hex);
    w403_view scope = joined(s->arena, W403_VALUES((w403_view){s->date, 8}, W403_LIT("/"), in->region, W403_LIT("/"),
                                                   in->service, W403_LIT("/aws4_request")));
    w403_view to_sign = joined(s->arena, W403_VALUES(W403_LIT("AWS4-HMAC-SHA256\n"), canonical.date, W403_LIT("\n"), scope,
                                                     W403_LIT("\n"), (w403_view){hex, 2 * HASH}));
    W403_NEED(scope.p && to_sign.p, err);
    if (s->tell) {
        tell(s, to_sign);
    }
    hmac(s, (w403_view){(const char *)signing_key(s, keys, in), HASH}, to_sign, digest);
    to_hex(digest, hex);
    w403_buf_put(&s->authorization, W403_LIT("AWS4-HMAC-SHA256 Credential="));
    w403_buf_put(&s->authorization, keys->id);
    w403_buf_putc(&s->authorization, '/');
    w403_buf_put(&s->authorization, scope);
    w403_buf_put(&s->authorization, W403_LIT(", SignedHeaders="));
    w403_buf_put(&s->authorization, canonical.signed_names);
    w403_buf_put(&s->authorization, W403_LIT(", Signature="));
    w403_buf_put(&s->authorization, (w403_view){hex, 2 * HASH});
    W403_NEED(w403_buf_ok(&s->authorization), err);
    if (s->failed) {
        return w403_error_set(err, W403_BUG, "OpenSSL could not make a hash");
    }
    *out = (w403_signature){.authorization = w403_buf_view(&s->authorization),
                            .date = canonical.date,
                            .body_hash = in->rules & W403_SIGN_BODY_HEADER ? canonical.body_hash : (w403_view){NULL, 0},
                            .token = keys->token};
    return W403_OK;
}

/* ---- its life ---- */

w403_status w403_signer_new(w403_secrets *secrets, w403_signer **out, w403_error *err)
{
    w403_signer *s = w403_malloc(sizeof *s);
    W403_NEED(s, err);
    *s = (w403_signer){.secrets = secrets, .second = -1};
    s->keys = w403_secrets_take(secrets, CACHED * sizeof *s->keys);
    s->pieces = w403_secrets_take(secrets, PIECES);
    s->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    s->hash = EVP_MD_CTX_new();
    s->arena = w403_arena_new(0);
    if (!s->keys || !s->pieces || !s->sha256 || !s->hash || !s->arena) {
        w403_signer_free(s);
        return w403_error_nomem(err);
    }
    *out = s;
    return W403_OK;
}

void w403_signer_free(w403_signer *s)
{
    if (s) {
        w403_secrets_wipe(s->secrets, s->keys, CACHED * sizeof *s->keys);
        w403_secrets_wipe(s->secrets, s->pieces, PIECES);
        EVP_MD_CTX_free(s->hash);
        EVP_MD_free(s->sha256);
        w403_arena_free(s->arena);
        w403_buf_free(&s->authorization);
        w403_buf_free(&s->told);
        w403_free(s);
    }
}

void w403_signer_debug(w403_signer *s, void (*fn)(void *user, w403_view text), void *user)
{
    s->tell = fn;
    s->tell_user = user;
}
