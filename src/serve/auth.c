#include "serve/auth.h"

#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define START_NS (600 * 1000000000ull)
#define SESSION_NS (12 * 3600 * 1000000000ull)

bool w403_random(void *out, size_t n)
{
    return getrandom(out, n, 0) == (ssize_t)n;
}

/* In constant time: how far two hashes agree tells nobody anything. */
static bool same(const uint8_t a[static W403_SHA256_BYTES], const uint8_t b[static W403_SHA256_BYTES])
{
    unsigned differ = 0;
    for (unsigned i = 0; i < W403_SHA256_BYTES; i++) {
        differ |= (unsigned)(a[i] ^ b[i]);
    }
    return differ == 0;
}

static bool make_secret(char out[static W403_SECRET_TEXT])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t           bytes[33] = {0};
    if (!w403_random(bytes, 32)) {
        return false;
    }
    for (unsigned i = 0, o = 0; i < 33; i += 3) {
        unsigned v = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (unsigned k = 0; k < 4 && o < W403_SECRET_TEXT - 1; k++) {
            out[o++] = letters[v >> (18 - 6 * k) & 63];
        }
    }
    out[W403_SECRET_TEXT - 1] = '\0';
    explicit_bzero(bytes, sizeof bytes);
    return true;
}

static bool read_scopes(w403_view v, unsigned *out)
{
    static const struct { const char *name; unsigned bit; } names[] = {
        {"pdp", W403_SCOPE_PDP}, {"ask", W403_SCOPE_ASK}, {"admin", W403_SCOPE_ADMIN}, {"metrics", W403_SCOPE_METRICS}};
    *out = 0;
    while (v.n > 0) {
        w403_view one = w403_view_cut(&v, ',');
        unsigned  bit = 0;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            bit = w403_view_eq(one, w403_view_of(names[i].name)) ? names[i].bit : bit;
        }
        if (!bit) {
            return false;
        }
        *out |= bit;
    }
    return *out != 0;
}

static bool read_hash(w403_view v, uint8_t out[static W403_SHA256_BYTES])
{
    if (v.n != 2 * W403_SHA256_BYTES || !w403_view_is_hex(v)) {
        return false;
    }
    for (unsigned i = 0; i < W403_SHA256_BYTES; i++) {
        out[i] = (uint8_t)(w403_hex_digit(v.p[2 * i]) << 4 | w403_hex_digit(v.p[2 * i + 1]));
    }
    return true;
}

static w403_view word(w403_view *rest)
{
    *rest = w403_view_trim(*rest);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t') {
        n++;
    }
    w403_view w = {rest->p, n};
    *rest = w403_view_sub(*rest, n, rest->n);
    return w;
}

static w403_status read_line(w403_auth *a, const char *path, w403_view text, w403_view line, w403_error *err)
{
    w403_view rest = w403_view_trim(line);
    if (rest.n == 0 || rest.p[0] == '#') {
        return W403_OK;
    }
    w403_token *t = W403_PUSH(a->arena, &a->tokens);
    W403_NEED(t, err);
    t->name = word(&rest);
    w403_view scopes = word(&rest), hash = w403_view_trim(rest);
    if (t->name.n >= sizeof((w403_who *)0)->name || !read_scopes(scopes, &t->scopes) || !read_hash(hash, t->hash)) {
        (void)w403_error_set(err, W403_SYNTAX, "a line of tokens is `NAME SCOPES SHA256`, with scopes of pdp, ask, admin and metrics");
        w403_error_hint(err, "the hash of a token: `printf %%s \"$TOKEN\" | sha256sum`");
        w403_error_place(err, w403_view_of(path), text, (size_t)(line.p - text.p), line.n);
        return W403_SYNTAX;
    }
    return W403_OK;
}

static w403_status read_tokens(w403_auth *a, const char *path, w403_error *err)
{
    struct stat s;
    w403_view   text, rest;
    const char *given = getenv("CREDENTIALS_DIRECTORY"); /* systemd's own: ACLs, whose mask looks like rights of a group */
    bool        kept = given && *given && strncmp(path, given, strlen(given)) == 0;
    if (!kept && stat(path, &s) == 0 && (s.st_mode & 077) != 0) {
        (void)w403_error_set(err, W403_SEMANTIC, "`%.300s` may be read by others", path);
        w403_error_hint(err, "`chmod 600` it");
        return W403_SEMANTIC;
    }
    W403_TRY(w403_file_read(a->arena, path, &text, err));
    rest = text;
    while (rest.n > 0) {
        W403_TRY(read_line(a, path, text, w403_view_cut(&rest, '\n'), err));
    }
    return W403_OK;
}

w403_status w403_auth_open(w403_auth *a, const char *tokens, w403_error *err)
{
    *a = (w403_auth){.arena = w403_arena_new(0)};
    W403_NEED(a->arena, err);
    (void)pthread_mutex_init(&a->lock, NULL);
    return tokens ? read_tokens(a, tokens, err) : W403_OK;
}

void w403_auth_close(w403_auth *a)
{
    if (a->arena) {
        w403_arena_free(a->arena);
        (void)pthread_mutex_destroy(&a->lock);
    }
}

w403_status w403_auth_start(w403_auth *a, uint64_t now_ns, char out[static W403_SECRET_TEXT], w403_error *err)
{
    if (!make_secret(out)) {
        return w403_error_set(err, W403_IO, "the system gives no random bytes");
    }
    (void)pthread_mutex_lock(&a->lock);
    w403_sha256_of(w403_view_of(out), a->start);
    a->start_until_ns = now_ns + START_NS;
    (void)pthread_mutex_unlock(&a->lock);
    return W403_OK;
}

bool w403_auth_enter(w403_auth *a, w403_view token, uint64_t now_ns, char session[static W403_SECRET_TEXT])
{
    uint8_t hash[W403_SHA256_BYTES];
    bool    good = false;
    w403_sha256_of(token, hash);
    (void)pthread_mutex_lock(&a->lock);
    if (now_ns < a->start_until_ns && same(hash, a->start) && make_secret(session)) {
        unsigned oldest = 0;
        for (unsigned i = 1; i < W403_SESSIONS; i++) {
            oldest = a->sessions[i].until_ns < a->sessions[oldest].until_ns ? i : oldest;
        }
        w403_sha256_of(w403_view_of(session), a->sessions[oldest].hash);
        a->sessions[oldest].until_ns = now_ns + SESSION_NS;
        a->start_until_ns = 0;
        good = true;
    }
    (void)pthread_mutex_unlock(&a->lock);
    return good;
}

w403_who w403_auth_session(w403_auth *a, w403_view secret, uint64_t now_ns)
{
    uint8_t  hash[W403_SHA256_BYTES];
    w403_who who = {.cookie = true, .name = "session"};
    w403_sha256_of(secret, hash);
    (void)pthread_mutex_lock(&a->lock);
    for (unsigned i = 0; i < W403_SESSIONS; i++) {
        if (same(hash, a->sessions[i].hash) && now_ns < a->sessions[i].until_ns) {
            who.scopes = W403_SCOPE_SESSION | W403_SCOPE_ASK | W403_SCOPE_METRICS;
        }
    }
    (void)pthread_mutex_unlock(&a->lock);
    return who;
}

w403_who w403_auth_token(w403_auth *a, w403_view token)
{
    uint8_t  hash[W403_SHA256_BYTES];
    w403_who who = {.scopes = 0};
    w403_sha256_of(token, hash);
    for (size_t i = 0; i < a->tokens.n; i++) { /* all of them, whichever it is */
        const w403_token *t = &a->tokens.at[i];
        if (same(hash, t->hash)) {
            who.scopes = t->scopes;
            memcpy(who.name, t->name.p, t->name.n);
            who.name[t->name.n] = '\0';
        }
    }
    return who;
}
