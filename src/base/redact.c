#include "base/redact.h"

#include "base/view.h"

enum { TO_DELIMITER, TO_DELIMITER_OF_EQUALS, TO_LINE_END };

static const struct {
    w403_view name; /* in small letters */
    int       what;
} SECRETS[] = {
    {{"x-amz-signature", 15}, TO_DELIMITER},
    {{"x-amz-security-token", 20}, TO_DELIMITER},
    {{"x-amz-s3session-token", 21}, TO_DELIMITER},
    {{"x-amz-server-side-encryption-customer-key", 41}, TO_DELIMITER},
    {{"x-amz-copy-source-server-side-encryption-customer-key", 53}, TO_DELIMITER},
    {{"x-amz-mfa", 9}, TO_DELIMITER},
    {{"signature", 9}, TO_DELIMITER_OF_EQUALS}, /* a word of its own elsewhere */
    {{"authorization", 13}, TO_LINE_END},
    {{"secretaccesskey", 15}, TO_DELIMITER},
    {{"aws_secret_access_key", 21}, TO_DELIMITER},
    {{"sessiontoken", 12}, TO_DELIMITER},
    {{"aws_session_token", 17}, TO_DELIMITER},
    {{"aws_security_token", 18}, TO_DELIMITER},
};

static bool is_word(char c)
{
    char l = w403_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Does the name stand at `i`, where a word begins? */
static bool name_at(const char *p, size_t n, size_t i, w403_view name)
{
    if (n - i < name.n) {
        return false;
    }
    for (size_t k = 0; k < name.n; k++) {
        if (w403_lower(p[i + k]) != name.p[k]) {
            return false;
        }
    }
    return true;
}

static size_t skip(const char *p, size_t n, size_t i, const char *set)
{
    while (i < n && p[i] && strchr(set, p[i])) {
        i++;
    }
    return i;
}

/* Behind the `=` or `:` (URL-encoded too) that follows a name; 0: none does. */
static size_t behind_separator(const char *p, size_t n, size_t i, bool equals_only)
{
    i = skip(p, n, i, "\"'\\ \t");
    bool coded = n - i >= 3 && p[i] == '%' && p[i + 1] == '3' && (w403_lower(p[i + 2]) == 'd' || (!equals_only && w403_lower(p[i + 2]) == 'a'));
    if (coded) {
        return i + 3;
    }
    return i < n && (p[i] == '=' || (p[i] == ':' && !equals_only)) ? i + 1 : 0;
}

static bool ends_value(const char *p, size_t n, size_t i, int what, char quote)
{
    if (p[i] == '\n' || p[i] == '\r' || p[i] == '\0' || (quote && p[i] == quote)) {
        return true;
    }
    if (what == TO_LINE_END) {
        return p[i] == '`' || (quote == '\0' && p[i] == '"');
    }
    bool coded = n - i >= 3 && p[i] == '%' && p[i + 1] == '2' && p[i + 2] == '6'; /* & */
    return coded || strchr(" \t&\"'`\\,;<>()[]{}#|", p[i]) != NULL;
}

/* Overwrites the value at `i`; its end. */
static size_t cover(char *p, size_t n, size_t i, int what)
{
    size_t at = skip(p, n, i, " \t\\");
    char   quote = at < n && (p[at] == '"' || p[at] == '\'') ? p[at] : '\0';
    if (!quote && at > 0 && i > 0) { /* -H 'Authorization: ...' is closed by the quote before the name */
        for (size_t k = i; k > 0 && i - k < 64 && !quote; k--) {
            quote = p[k - 1] == '\'' || p[k - 1] == '"' ? p[k - 1] : '\0';
        }
    } else if (quote) {
        at++;
    }
    while (at < n && !ends_value(p, n, at, what, quote)) {
        p[at++] = '*';
    }
    return at;
}

/* https://user:password@host/ */
static size_t cover_user(char *p, size_t n, size_t i)
{
    size_t end = i;
    while (end < n && p[end] != '@' && p[end] && !strchr("/?#\"'` \t\r\n", p[end])) {
        end++;
    }
    if (end < n && p[end] == '@') {
        memset(p + i, '*', end - i);
        return end;
    }
    return i;
}

/* Where something to cover may begin: at the colon of `://`, or at a letter that a name begins with. */
static const uint8_t BEGINS[256] = {[':'] = 1, ['x'] = 1, ['s'] = 1, ['a'] = 1, ['X'] = 1, ['S'] = 1, ['A'] = 1};

void w403_redact(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!BEGINS[(unsigned char)p[i]]) {
            continue;
        }
        if (p[i] == ':' && n - i > 3 && p[i + 1] == '/' && p[i + 2] == '/') {
            i = cover_user(p, n, i + 3) - 1;
            continue;
        }
        bool begins = p[i] != ':' && (i == 0 || !is_word(p[i - 1])); /* else no name stands here */
        for (size_t k = 0; begins && k < sizeof SECRETS / sizeof *SECRETS; k++) {
            if (!name_at(p, n, i, SECRETS[k].name)) {
                continue;
            }
            size_t value = behind_separator(p, n, i + SECRETS[k].name.n, SECRETS[k].what == TO_DELIMITER_OF_EQUALS);
            if (value) {
                i = cover(p, n, value, SECRETS[k].what) - 1;
                break;
            }
        }
    }
}
