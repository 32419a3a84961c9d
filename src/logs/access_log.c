#include "logs/access_log.h"

#include "base/error.h"

enum { LEFT_FIELDS = 8, MIDDLE_FIELDS = 17, CIPHER_FIELD = 21, KNOWN_FIELDS = 27 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two blanks are one. */
static inline void skip_blanks(w403_view *rest)
{
    while (rest->n && rest->p[0] == ' ') {
        rest->p++;
        rest->n--;
    }
}

static inline bool cut_word(w403_view *rest, w403_view *word)
{
    const char *blank = rest->n ? memchr(rest->p, ' ', rest->n) : NULL;
    size_t      n = blank ? (size_t)(blank - rest->p) : rest->n;

    *word = (w403_view){rest->p, n};
    rest->p += blank ? n + 1 : n;
    rest->n -= blank ? n + 1 : n;
    return n > 0;
}

static __attribute__((noinline)) bool word_behind_blanks(w403_view *rest, w403_view *word)
{
    skip_blanks(rest);
    return cut_word(rest, word);
}

/* Takes the word up to the next blank; false when there is none. */
static inline bool next_word(w403_view *rest, w403_view *word)
{
    return cut_word(rest, word) || word_behind_blanks(rest, word);
}

/* `-` is "not given". */
static inline w403_view given(w403_view v)
{
    return v.n == 1 && v.p[0] == '-' ? (w403_view){NULL, 0} : v;
}

static inline int64_t given_number(w403_view v)
{
    uint64_t n;
    return w403_view_u64(v, &n) && n <= INT64_MAX ? (int64_t)n : -1;
}

static w403_status damaged(w403_view line, const char *at, const char *what, w403_error *err)
{
    w403_status code = w403_error_set(err, W403_SYNTAX, "%s", what);
    if (err) {
        err->offset = (uint64_t)(at - line.p);
        err->length = 0;
    }
    return code;
}

/* ---- time ---- */

static bool two_digits(const char *p, unsigned *out)
{
    *out = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
    return is_digit(p[0]) && is_digit(p[1]);
}

/* `name` has three letters at least. */
static unsigned month_of(w403_view name)
{
    static const char SHORT[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const char *const REST[12] = {"uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"};
    for (unsigned m = 0; m < 12; m++) {
        const char *s = SHORT + 3 * (size_t)m;
        if (name.p[0] == s[0] && name.p[1] == s[1] && name.p[2] == s[2]) {
            w403_view rest = w403_view_sub(name, 3, name.n);
            return rest.n == 0 || w403_view_eq(rest, w403_view_of(REST[m])) ? m + 1 : 0;
        }
    }
    return 0;
}

bool w403_access_log_time(w403_view v, w403_instant *out)
{
    unsigned day, hh, mm, ss, zh, zm;

    if (v.n < 26 || !two_digits(v.p, &day) || v.p[2] != '/') {
        return false;
    }
    const char *slash = memchr(v.p + 3, '/', v.n - 3);
    size_t      tail = slash ? (size_t)(slash - v.p) : v.n;
    if (v.n - tail != 20 || tail < 6) { /* Feb/2019:00:00:38 +0000 */
        return false;
    }
    const char *p = v.p + tail;
    unsigned    month = month_of((w403_view){v.p + 3, tail - 3});
    unsigned    century, year;
    if (month == 0 || !two_digits(p + 1, &century) || !two_digits(p + 3, &year) || p[5] != ':' ||
        !two_digits(p + 6, &hh) || p[8] != ':' || !two_digits(p + 9, &mm) || p[11] != ':' ||
        !two_digits(p + 12, &ss) || p[14] != ' ' || (p[15] != '+' && p[15] != '-') || !two_digits(p + 16, &zh) ||
        !two_digits(p + 18, &zm)) {
        return false;
    }
    if (day < 1 || day > 31 || hh > 23 || mm > 59 || ss > 60 || zh > 14 || zm > 59) {
        return false;
    }
    int64_t zone = ((int64_t)zh * 60 + zm) * 60 * (p[15] == '-' ? -1 : 1);
    int64_t days = w403_days_from_civil((int64_t)century * 100 + year, month, day);
    *out = (days * 86400 + (int64_t)hh * 3600 + (int64_t)mm * 60 + ss - zone) * 1000000;
    return true;
}

/* ---- the eight fields at the left ---- */

static w403_status parse_left(w403_view line, w403_view *rest, w403_record *r, w403_error *err)
{
    w403_view owner, bucket, day, zone, f[5];

    if (!next_word(rest, &owner) || !next_word(rest, &bucket) || !next_word(rest, &day) || !next_word(rest, &zone)) {
        return damaged(line, rest->p, "not an access log line: it ends before the time", err);
    }
    if (day.p[0] != '[' || zone.p[zone.n - 1] != ']') {
        return damaged(line, day.p, "not an access log line: the third field is no [time]", err);
    }
    r->time_text = (w403_view){day.p + 1, (size_t)(zone.p + zone.n - day.p) - 2};
    if (!w403_access_log_time(r->time_text, &r->time)) {
        return damaged(line, day.p, "not an access log line: the third field is no [time]", err);
    }
    for (int i = 0; i < LEFT_FIELDS - 3; i++) {
        if (!next_word(rest, &f[i])) {
            return damaged(line, rest->p, "damaged access log line: it ends before the request URI", err);
        }
    }
    r->bucket_owner = given(owner);
    r->bucket = given(bucket);
    r->source_ip = given(f[0]);
    r->requester = given(f[1]);
    r->request_id = given(f[2]);
    r->operation = given(f[3]);
    r->key_raw = given(f[4]);
    return W403_OK;
}

/* ---- status, error code and the four figures ---- */

typedef struct figures {
    w403_view status, code, number[4];
    const char *end; /* what follows them */
} figures;

static bool is_number(w403_view v)
{
    if (v.n == 1 && v.p[0] == '-') {
        return true;
    }
    for (size_t i = 0; i < v.n; i++) {
        if (!is_digit(v.p[i])) {
            return false;
        }
    }
    return v.n > 0 && v.n < 20;
}

static bool is_code(w403_view v)
{
    if (v.n == 1 && v.p[0] == '-') {
        return true;
    }
    for (size_t i = 0; i < v.n; i++) {
        char c = w403_lower(v.p[i]);
        if (!(c >= 'a' && c <= 'z') && !(i > 0 && (is_digit(c) || c == '.' || c == '_'))) {
            return false;
        }
    }
    return v.n > 0;
}

/* Do the six fields behind a Request-URI stand here, and a quoted field (or `-`) behind them? */
static bool match_figures(w403_view rest, figures *out)
{
    skip_blanks(&rest);
    if (rest.n == 0 || (!is_digit(rest.p[0]) && rest.p[0] != '-')) {
        return false; /* most quotes but the right one end here */
    }
    if (!next_word(&rest, &out->status) || !is_number(out->status) || (out->status.n != 3 && out->status.p[0] != '-') ||
        !next_word(&rest, &out->code) || !is_code(out->code)) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        if (!next_word(&rest, &out->number[i]) || !is_number(out->number[i])) {
            return false;
        }
    }
    skip_blanks(&rest);
    out->end = rest.p;
    return rest.n > 1 && (rest.p[0] == '"' || (rest.p[0] == '-' && rest.p[1] == ' '));
}

/* Does it end as a request line does? */
static bool ends_in_version(w403_view uri)
{
    return uri.n > 9 && memcmp(uri.p + uri.n - 9, " HTTP/", 6) == 0;
}

/* Finds where the Request-URI ends. Several places may fit when a client put quotes and figures into its headers;
 * Referer and User-Agent stand behind, and a raw blank cannot stand in a request line but before its version, so the
 * first place that leaves a whole request line wins, else the first. */
static bool split_uri(w403_view rest, w403_record *r, figures *out)
{
    figures  here;
    unsigned fits = 0;
    bool     whole = false;

    skip_blanks(&rest);
    if (rest.n > 1 && rest.p[0] == '-' && rest.p[1] == ' ') {
        return match_figures(w403_view_sub(rest, 2, rest.n), out);
    }
    if (rest.n == 0 || rest.p[0] != '"') {
        return false;
    }
    const char *end = rest.p + rest.n;
    for (const char *q = rest.p + 1; (q = memchr(q, '"', (size_t)(end - q))) != NULL; q++) {
        if (q + 1 >= end || q[1] != ' ' || !match_figures((w403_view){q + 2, (size_t)(end - q - 2)}, &here)) {
            continue;
        }
        w403_view uri = {rest.p + 1, (size_t)(q - rest.p - 1)};
        fits++;
        if (fits == 1 || (!whole && ends_in_version(uri))) {
            r->request_uri = given(uri);
            *out = here;
            whole = ends_in_version(uri) || r->request_uri.p == NULL;
        }
    }
    if (fits > 1) {
        r->marks |= W403_MARK_AMBIGUOUS;
    }
    if (memchr(rest.p + 1, '"', r->request_uri.n)) {
        r->marks |= W403_MARK_QUOTES;
    }
    return fits > 0;
}

/* ---- referer and user agent ---- */

/* The first `" "`, however many blanks; *next: its second quote. Quotes are rare: faster than a search for all three. */
static const char *find_split(const char *p, const char *end, const char **next)
{
    for (; end - p >= 3 && (p = memchr(p, '"', (size_t)(end - p - 2))) != NULL; p++) {
        const char *q = p + 1;
        while (q < end && *q == ' ') {
            q++;
        }
        if (q > p + 1 && q < end && *q == '"') {
            *next = q;
            return p;
        }
    }
    return NULL;
}

/* From the quote that opens the Referer (or its `-`) to the end of the User-Agent; gives what follows, NULL when the
 * quotes do not fit. */
static const char *split_agents(w403_view rest, w403_record *r)
{
    const char *end = rest.p + rest.n;
    const char *last = memrchr(rest.p, '"', rest.n);
    const char *agent = rest.p; /* its opening quote */
    const char *other;

    if (rest.p[0] == '"') {
        const char *split = last ? find_split(rest.p + 1, last, &agent) : NULL;
        if (split && agent < last) {
            r->referer = given((w403_view){rest.p + 1, (size_t)(split - rest.p - 1)});
            if (find_split(agent, last + 1, &other)) {
                r->marks |= W403_MARK_QUOTES | W403_MARK_AMBIGUOUS;
            }
        } else if (last > rest.p && end - last > 3 && memcmp(last, "\" - ", 4) == 0) {
            r->referer = given((w403_view){rest.p + 1, (size_t)(last - rest.p - 1)});
            return last + 4 - 1;
        } else {
            return NULL;
        }
    } else {
        for (agent++; agent < end && *agent == ' '; agent++) { /* `- ` */
        }
        if (end - agent > 1 && agent[0] == '-' && agent[1] == ' ') {
            return agent + 1;
        }
        if (!last || agent >= last || agent[0] != '"') {
            return NULL;
        }
    }
    r->user_agent = given((w403_view){agent + 1, (size_t)(last - agent - 1)});
    if ((r->user_agent.n && memchr(r->user_agent.p, '"', r->user_agent.n)) ||
        (r->referer.n && memchr(r->referer.p, '"', r->referer.n))) {
        r->marks |= W403_MARK_QUOTES;
    }
    return last + 1;
}

/* ---- the fields at the right ---- */

/* What a field of this name cannot be is none: a line of fewer or more words than were counted. */
static bool tail_fits(const w403_record *r)
{
    bool signed_as = !r->signature.p || w403_view_starts(r->signature, W403_LIT("SigV"));
    bool how = !r->auth_type.p || w403_view_eq(r->auth_type, W403_LIT("AuthHeader")) ||
               w403_view_eq(r->auth_type, W403_LIT("QueryString"));
    bool tls = !r->tls.p || (r->tls.n >= 3 && (r->tls.p[2] | 0x20) == ((r->tls.p[0] | 0x20) == 't' ? 's' : 'l') &&
                             ((r->tls.p[0] | 0x20) == 't' || (r->tls.p[0] | 0x20) == 's')); /* TLS, SSL */
    return signed_as && how && tls && (!r->access_point_arn.p || w403_view_starts(r->access_point_arn, W403_LIT("arn:")));
}

enum { TAIL = KNOWN_FIELDS - MIDDLE_FIELDS, TAIL_WORDS = TAIL + 3, SIGNATURE = 2, AUTH = 4, TLS = 6 };

/* How many words too many stand before the field of known form at its place: a host id may hold blanks. 0: none can be told. */
static unsigned surplus(const w403_view *words, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned place = w403_view_starts(words[i], W403_LIT("SigV"))         ? SIGNATURE
                         : w403_view_eq(words[i], W403_LIT("AuthHeader")) ||
                               w403_view_eq(words[i], W403_LIT("QueryString")) ? AUTH
                         : words[i].n > 4 && w403_view_ieq(w403_view_sub(words[i], 0, 4), W403_LIT("TLSv")) ? TLS
                                                                                                            : UINT32_MAX;
        if (place != UINT32_MAX) {
            return i > place && i - place <= TAIL_WORDS - TAIL ? i - place : 0;
        }
    }
    return 0;
}

static void tail_fields(w403_record *r, w403_view *acl, w403_view **fields)
{
    w403_view *const list[TAIL] = {
        &r->version_id,  &r->host_id, &r->signature,        &r->cipher, &r->auth_type,
        &r->host_header, &r->tls,     &r->access_point_arn, acl,        &r->source_region};
    memcpy(fields, list, sizeof list);
}

/* The fields do not fit: words too many are the host id's. What fits nowhere is nobody's value. */
static void shift_tail(w403_view rest, w403_record *r, w403_view *acl)
{
    w403_view  words[TAIL_WORDS], *fields[TAIL];
    unsigned   n = 0;
    while (n < TAIL_WORDS && next_word(&rest, &words[n])) {
        n++;
    }
    unsigned more = surplus(words, n);
    tail_fields(r, acl, fields);
    for (unsigned i = 0; more && i < TAIL; i++) {
        unsigned word = i + (i > 1 ? more : 0);
        *fields[i] = word < n ? given(words[word]) : (w403_view){NULL, 0};
    }
    if (more) {
        r->host_id = (w403_view){words[1].p, (size_t)(words[1 + more].p + words[1 + more].n - words[1].p)};
        r->n_fields -= more;
    }
    if (!tail_fits(r)) {
        r->signature = r->cipher = r->auth_type = r->tls = r->access_point_arn = *acl = (w403_view){NULL, 0};
        r->marks |= W403_MARK_AMBIGUOUS;
    }
}

static bool parse_tail(w403_view rest, w403_record *r)
{
    w403_view  word, acl = {NULL, 0}, all = rest;
    w403_view *fields[TAIL];

    if (rest.n > 0 && rest.p[0] != ' ') {
        return false;
    }
    tail_fields(r, &acl, fields);
    r->n_fields = MIDDLE_FIELDS;
    while (next_word(&rest, &word)) {
        unsigned i = r->n_fields++ - MIDDLE_FIELDS;
        if (i < TAIL) {
            *fields[i] = given(word);
        }
    }
    if (!tail_fits(r)) {
        shift_tail(all, r, &acl);
    }
    r->marks |= r->n_fields > KNOWN_FIELDS ? (unsigned)W403_MARK_EXTRA_FIELDS : 0u;
    if (r->n_fields >= KNOWN_FIELDS - 1) {
        r->acl_required = w403_view_eq(acl, W403_LIT("Yes")) ? W403_YES : W403_NO;
    }
    if (r->n_fields >= CIPHER_FIELD && !(r->marks & W403_MARK_AMBIGUOUS && !r->cipher.p && !r->tls.p)) {
        r->secure = r->cipher.p || r->tls.p ? W403_YES : W403_NO;
    }
    return true;
}

w403_status w403_access_log_parse(w403_view line, w403_record *r, w403_error *err)
{
    w403_view   rest = line;
    figures     f;
    const char *end = line.p + line.n;

    w403_record_init(r);
    r->form = W403_LOG_ACCESS;
    r->raw = line;
    W403_TRY(parse_left(line, &rest, r, err));
    if (!split_uri(rest, r, &f)) {
        return damaged(line, rest.p, "damaged access log line: no status and figures behind the request URI", err);
    }
    r->status_text = given(f.status);
    r->status = r->status_text.p ? (int)given_number(f.status) : 0;
    r->error_code = given(f.code);
    r->bytes_sent = given_number(f.number[0]);
    r->object_size = given_number(f.number[1]);
    r->total_ms = given_number(f.number[2]);
    r->turnaround_ms = given_number(f.number[3]);
    const char *tail = split_agents((w403_view){f.end, (size_t)(end - f.end)}, r);
    if (!tail || !parse_tail((w403_view){tail, (size_t)(end - tail)}, r)) {
        return damaged(line, f.end, "damaged access log line: referer, user agent and version id do not fit", err);
    }
    w403_access_log_classify(r);
    return W403_OK;
}
