/* What sources of credentials answer: the first byte says which. Keys come of it that can stand in a header, or an error
 * that repeats nothing of the answer. */
#include <stdlib.h>

#include "live/cred.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { SECRET_LENGTH = 16 }; /* letters and digits in a row that stand in none of our messages */

static void must(bool ok)
{
    if (!ok) {
        abort();
    }
}

static bool is_letter(char c)
{
    char l = w403_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9');
}

/* Nothing of the answer that could be a secret is in the message. */
static void check_silence(w403_view text, const w403_error *err)
{
    w403_view message = w403_view_of(err->message);
    must(message.n > 0);
    for (size_t i = 0, run = 0; i < text.n; i++) {
        run = is_letter(text.p[i]) ? run + 1 : 0;
        if (run >= SECRET_LENGTH) {
            must(w403_view_find(message, w403_view_sub(text, i + 1 - SECRET_LENGTH, i + 1)) == SIZE_MAX);
        }
    }
}

static void check_keys(w403_credentials *c, unsigned kind, w403_view text)
{
    static const w403_key_names names[] = {
        {.id = "AccessKeyId", .secret = "SecretAccessKey", .token = "SessionToken", .expires = "Expiration", .version = true},
        {.id = "AccessKeyId", .secret = "SecretAccessKey", .token = "Token", .expires = "Expiration"},
        {.id = "accessKeyId", .secret = "secretAccessKey", .token = "sessionToken", .expires = "expiration",
         .milliseconds = true, .inside = "roleCredentials"},
    };
    w403_keys   keys = {0};
    w403_error  err;
    w403_status status = kind < 3 ? w403_keys_read_json(c, &keys, text, &names[kind], W403_LIT("it"), &err)
                                  : w403_keys_read_sts(c, &keys, text, W403_LIT("it"), &err);
    if (status == W403_OK) {
        must(keys.serial && w403_is_token(keys.id) && w403_is_token(keys.secret) && (!keys.token.n || w403_is_token(keys.token)));
        (void)w403_keys_fresh(&keys, 0);
        /* the same again takes the place of the old ones */
        uint32_t before = keys.serial;
        must(w403_keys_set(c, &keys, keys.id, keys.secret, keys.token, 1, &err) == W403_OK && keys.serial > before);
    } else {
        check_silence(text, &err);
    }
}

static void check_token(w403_credentials *c, w403_view text)
{
    w403_view   token;
    const char *why;
    w403_error  err;
    must(w403_sso_token_read(c, text, &token, &why, &err) == W403_OK);
    must(token.p ? w403_is_token(token) && !why : why != NULL);
}

static void check_url(w403_view text)
{
    w403_url url;
    if (w403_url_read(text, &url)) {
        must(url.host.n > 0 && w403_view_find_char(url.host, '@') == SIZE_MAX && w403_view_find_char(url.host, '/') == SIZE_MAX);
        must(url.path.n == 0 || url.path.p[0] == '/');
        must(url.host.p + url.host.n <= text.p + text.n);
        (void)w403_host_is_loopback(url.host);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_error err;
    w403_parts parts = {0};
    if (n == 0 || w403_secrets_open(&parts.secrets, &err) != W403_OK) {
        return 0;
    }
    w403_view        text = {(const char *)data + 1, n - 1};
    w403_credentials c = {.parts = &parts, .arena = w403_arena_new(0), .scratch = w403_arena_new(0)};
    if (c.arena && c.scratch) {
        switch (data[0] % 8) {
        case 4:
            check_token(&c, text);
            break;
        case 5:
            check_url(text);
            break;
        case 0:
        case 1:
        case 2:
        case 3:
            check_keys(&c, data[0] % 8, text);
            break;
        }
    }
    w403_arena_free(c.arena);
    w403_arena_free(c.scratch);
    w403_secrets_close(parts.secrets);
    return 0;
}
