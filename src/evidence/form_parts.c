/* The parts of forms: characters, tests, names of operations and codes in the spellings of clients. */
#include "evidence/form_parts.h"

#include <string.h>

bool w403_part_is_free(uint8_t part)
{
    return part == W403_PART_KEY || part == W403_PART_PATH || part == W403_PART_SOURCE || part == W403_PART_PREFIX ||
           part == W403_PART_HEADERS || part == W403_PART_VALUE;
}

static bool alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

bool w403_part_char(uint8_t part, char c)
{
    switch ((w403_part)part) {
    case W403_PART_CODE:
    case W403_PART_KNOWN_CODE:
        return alnum(c) || one_of(c, "_.-");
    case W403_PART_CALL:
        return alnum(c);
    case W403_PART_OPERATION:
    case W403_PART_ALIAS:
        return alnum(c) || one_of(c, "_-");
    case W403_PART_REQUEST_ID:
    case W403_PART_ID:
        return alnum(c) || one_of(c, "-");
    case W403_PART_HOST_ID:
        return alnum(c) || one_of(c, "+/=_.-");
    case W403_PART_STATUS:
        return c >= '0' && c <= '9';
    case W403_PART_BUCKET:
        return alnum(c) || one_of(c, "._-:/");
    case W403_PART_HOST:
        return alnum(c) || one_of(c, ".-:_");
    case W403_PART_METHOD:
        return c >= 'A' && c <= 'Z';
    case W403_PART_ARN:
        return alnum(c) || one_of(c, ":/_+=,.@-*");
    case W403_PART_ACTION:
        return alnum(c) || one_of(c, ":-*");
    case W403_PART_TIME:
        return alnum(c) || one_of(c, ":.-+");
    case W403_PART_KEY:
    case W403_PART_PATH:
    case W403_PART_SOURCE:
    case W403_PART_URL:
    case W403_PART_URI:
    case W403_PART_PREFIX:
    case W403_PART_HEADERS:
    case W403_PART_VALUE:
    case W403_PART_WORD:
        return !one_of(c, " \t\"'`<>\\|{}") && c;
    case W403_PART_NONE:
    case W403_PARTS:
        break;
    }
    return false;
}

/* A bucket's name, or the ARN of an access point, up to where something else stands. */
static size_t bucket_run(w403_view text, size_t from)
{
    bool   arn = w403_view_starts(w403_view_sub(text, from, text.n), W403_LIT("arn:"));
    size_t i = from;
    while (i < text.n && i - from < 256 && w403_part_char(W403_PART_BUCKET, text.p[i]) && (arn || !one_of(text.p[i], ":/"))) {
        i++;
    }
    return i;
}

size_t w403_part_run(uint8_t part, w403_view text, size_t from)
{
    enum { LONGEST = 2200 }; /* a key of 1024 bytes, percent-encoded where it must be, with its bucket */
    size_t i = from;
    if (part == W403_PART_BUCKET || part == W403_PART_PATH || part == W403_PART_SOURCE) {
        i = bucket_run(text, from);
        if (part == W403_PART_BUCKET || (i < text.n && text.p[i] != '/' && i > from && text.p[i - 1] != '/')) {
            return i;
        }
    }
    while (i < text.n && i - from < LONGEST && w403_part_char(part, text.p[i])) {
        i++;
    }
    return i;
}

/* Closing brackets that were never opened. */
static size_t unopened(w403_view v, const char *pair)
{
    size_t opened = 0, closed = 0;
    for (size_t i = 0; i < v.n; i++) {
        opened += v.p[i] == pair[0];
        closed += v.p[i] == pair[1];
    }
    return closed > opened ? closed - opened : 0;
}

size_t w403_part_trim(uint8_t part, w403_view text, size_t from, size_t end)
{
    if (part == W403_PART_STATUS || part == W403_PART_HOST_ID || end <= from ||
        !one_of(text.p[end - 1], ".,;:!?)]")) {
        return end;
    }
    const w403_view v = w403_view_sub(text, from, end);
    size_t          round = unopened(v, "()"), square = unopened(v, "[]");
    for (bool more = true; more && end > from; end -= more) {
        char last = text.p[end - 1];
        more = one_of(last, ".,;:!?") || (last == ')' && round > 0) || (last == ']' && square > 0);
        round -= last == ')' && round > 0;
        square -= last == ']' && square > 0;
    }
    return end;
}

/* ---- names ---- */

enum { NAME = 64 };

/* Letters and digits alone, lower case: PutObject, put_object and put-object are one. */
static w403_view squeeze(w403_view word, char out[NAME])
{
    size_t n = 0;
    for (size_t i = 0; i < word.n; i++) {
        if (!one_of(word.p[i], "_-. ")) {
            if (n == NAME) {
                return (w403_view){NULL, 0};
            }
            out[n++] = w403_lower(word.p[i]);
        }
    }
    return (w403_view){out, n};
}

const w403_operation *w403_client_operation(const char *set, w403_view word)
{
    char      room[NAME];
    w403_view name = squeeze(word, room);
    if (name.n == 0) {
        return NULL;
    }
    for (size_t i = 0; i < w403_n_client_words; i++) {
        const w403_client_word *w = &w403_client_words[i];
        if (strcmp(w->set, set ? set : "*") == 0 && w403_view_eq(name, w403_view_of(w->word))) {
            return w403_operation_find(w403_view_of(w->operation));
        }
    }
    const w403_operation *op = set ? NULL : w403_operation_find(name);
    return op && strcmp(op->model, "rest") != 0 ? op : NULL;
}

const w403_code *w403_code_spelled(w403_view word)
{
    const w403_code *exact = w403_code_find(word);
    char             room[NAME], other[NAME];
    w403_view        name = squeeze(word, room);
    for (uint32_t i = 0; !exact && name.n && w403_code_at(i); i++) {
        w403_view code = squeeze(w403_view_of(w403_code_at(i)->code), other);
        exact = w403_view_eq(name, code) ? w403_code_at(i) : NULL;
    }
    return exact;
}

/* ---- tests ---- */

/* What clients print where they have nothing. */
static bool is_nothing(w403_view v)
{
    static const char *const words[] = {"null", "none", "nil", "undefined", "unknown", "nan", "redacted", "n/a",
                                        "true", "false", "some", "optional"};
    bool                     nothing = v.n == 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        nothing |= w403_view_ieq(v, w403_view_of(words[i]));
    }
    return nothing;
}

static bool is_bucket(w403_view v)
{
    if (w403_bucket_is_arn(v)) {
        return w403_view_starts(w403_arn_part(v, 2), W403_LIT("s3")) && w403_arn_part(v, 5).n > 0;
    }
    if (v.n < 3 || v.n > 63 || !alnum(v.p[0]) || !alnum(v.p[v.n - 1]) || is_nothing(v)) {
        return false;
    }
    for (size_t i = 0; i < v.n; i++) {
        if (!alnum(v.p[i]) && !one_of(v.p[i], "._-")) {
            return false;
        }
    }
    return true;
}

static bool is_path(w403_view v)
{
    w403_target t = {0};
    bool        pattern = w403_view_find_char(v, '*') < v.n; /* of a policy, or of many objects */
    return !pattern && w403_target_from_uri(v, &t) && is_bucket(t.bucket) && v.p[0] != '/';
}

/* Mixed case, or of the table: a word of a sentence is no code. */
static bool is_code(w403_hit *hit, w403_view v, bool known)
{
    bool upper = false, lower = false;
    if (known && v.n && v.p[0] >= '0' && v.p[0] <= '9') {
        return false; /* a status, not what HEAD has in place of a code */
    }
    hit->code = w403_code_spelled(v);
    for (size_t i = 0; i < v.n; i++) {
        upper |= v.p[i] >= 'A' && v.p[i] <= 'Z';
        lower |= v.p[i] >= 'a' && v.p[i] <= 'z';
    }
    return hit->code || (!known && v.n >= 3 && v.n <= 80 && upper && lower);
}

/* s3:GetObject: a service in small letters, a name that begins with a capital. */
static bool is_action(w403_view v)
{
    size_t colon = w403_view_find_char(v, ':');
    for (size_t i = 0; i < v.n; i++) {
        bool small = (v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= '0' && v.p[i] <= '9') || v.p[i] == '-';
        if ((i < colon && !small) || (i > colon && !alnum(v.p[i]))) {
            return false;
        }
    }
    return colon >= 2 && colon + 3 < v.n && v.p[colon + 1] >= 'A' && v.p[colon + 1] <= 'Z';
}

static bool fits(w403_hit *hit, uint8_t part, const char *set, w403_view v)
{
    switch ((w403_part)part) {
    case W403_PART_CODE:
    case W403_PART_KNOWN_CODE:
        return is_code(hit, v, part == W403_PART_KNOWN_CODE);
    case W403_PART_CALL:
        return v.n >= 3 && v.n <= NAME && v.p[0] >= 'A' && v.p[0] <= 'Z';
    case W403_PART_OPERATION:
        hit->operation = w403_client_operation(set, v);
        return hit->operation != NULL;
    case W403_PART_REQUEST_ID:
    case W403_PART_ID:
        return v.n >= 8 && v.n <= 64 && !is_nothing(v);
    case W403_PART_HOST_ID:
        return v.n >= 6 && v.n <= 256 && !is_nothing(v) && v.p[0] != '=' && v.p[0] != '.';
    case W403_PART_STATUS:
        return v.n == 3 && v.p[0] >= '1' && v.p[0] <= '5';
    case W403_PART_BUCKET:
        return is_bucket(v);
    case W403_PART_KEY:
        return v.n > 0 && v.n <= 1024 && !is_nothing(v);
    case W403_PART_PATH:
    case W403_PART_SOURCE:
        return is_path(v);
    case W403_PART_ALIAS:
        return v.n > 0;
    case W403_PART_URL:
    case W403_PART_HOST:
        return w403_view_find_char(v, '.') < v.n;
    case W403_PART_URI:
        return v.n > 0 && v.p[0] == '/';
    case W403_PART_METHOD:
        return v.n >= 3 && v.n <= 6;
    case W403_PART_ARN:
        return w403_view_starts(v, W403_LIT("arn:")) && w403_arn_part(v, 5).n > 0;
    case W403_PART_ACTION:
        return is_action(v);
    case W403_PART_PREFIX:
        return v.n <= 1024;
    case W403_PART_HEADERS:
        return v.n > 0 && v.n <= 1024;
    case W403_PART_VALUE:
        return v.n > 0 && v.n <= 1024 && !is_nothing(v);
    case W403_PART_TIME:
        return v.n >= 8 && v.n <= 40 && v.p[0] >= '0' && v.p[0] <= '9';
    case W403_PART_WORD:
        return v.n > 0;
    case W403_PART_NONE:
    case W403_PARTS:
        break;
    }
    return false;
}

/* Does the text say itself that more was there: `...`, `(truncated...)`? */
static bool cut_short(w403_view text, size_t end)
{
    static const char *const marks[] = {"...", "\xe2\x80\xa6", "(truncated", "[truncated", "<snip"};
    w403_view                rest = w403_view_sub(text, end, text.n);
    rest = rest.n > 1 && rest.p[0] == ' ' && one_of(rest.p[1], "([") ? w403_view_sub(rest, 1, rest.n) : rest;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (w403_view_starts(rest, w403_view_of(marks[i]))) {
            return true;
        }
    }
    return false;
}

bool w403_part_accept(w403_hit *hit, uint8_t part, const char *set, const w403_clean *c, size_t from, size_t end)
{
    w403_view v = w403_view_sub(c->text, from, end);
    size_t    behind = end;
    v = w403_part_is_free(part) ? w403_view_trim(v) : v;
    while (behind < c->text.n && one_of(c->text.p[behind], ".,;:!?)]")) {
        behind++; /* punctuation, or more of it */
    }
    if ((behind < c->text.n && c->marks[behind] & W403_MARK_TORN) || cut_short(c->text, end)) {
        return false;
    }
    for (size_t i = from; i < end; i++) {
        if (c->marks[i] & (W403_MARK_TORN | W403_MARK_BREAK)) {
            return false; /* a line ends in the middle of it */
        }
    }
    if ((part == W403_PART_REQUEST_ID || part == W403_PART_ID) && end < c->text.n && one_of(c->text.p[end], "=+/_")) {
        return false;
    }
    if (!fits(hit, part, set, v)) {
        return false;
    }
    hit->at[part] = v;
    return true;
}
