#include "logs/relevant.h"

#include "base/hash.h"
#include "policy/policies.h"
#include "snapshot/snapshot.h"

/* Condition keys behind their colon, which may be URL-encoded; in lower case. */
static const struct {
    const char *text;
    size_t      field;
} KEYS[] = {
    {"sourceip", offsetof(w403_relevant, source_ip)},
    {"vpcsourceip", offsetof(w403_relevant, source_ip)},
    {"useragent", offsetof(w403_relevant, user_agent)},
    {"referer", offsetof(w403_relevant, referer)},
    {"prefix", offsetof(w403_relevant, prefix)},
    {"tlsversion", offsetof(w403_relevant, tls)},
    {"userid", offsetof(w403_relevant, session)},
    {"assumed-role/", offsetof(w403_relevant, session)},
    {"rolesessionname", offsetof(w403_relevant, session)},
    {"principaltag", offsetof(w403_relevant, session_tags)},
    {"sourceidentity", offsetof(w403_relevant, session_tags)},
    {"max-keys", offsetof(w403_relevant, max_keys)},
    {"delimiter", offsetof(w403_relevant, delimiter)},
    {"versionid", offsetof(w403_relevant, version_id)},
    {"currenttime", offsetof(w403_relevant, time)},
    {"epochtime", offsetof(w403_relevant, time)},
    {"tokenissuetime", offsetof(w403_relevant, token_time)},
};

static bool begins(w403_view text, size_t at, const char *word)
{
    size_t n = strlen(word);
    if (text.n - at < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (w403_lower(text.p[at + i]) != word[i]) {
            return false;
        }
    }
    return true;
}

/* ---- times ---- */

/* How many of the times lie before `t`. */
static size_t times_before(const w403_relevant *r, w403_instant t)
{
    size_t low = 0, high = r->times.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->times.at[middle] < t) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool add_time(w403_arena *a, w403_relevant *r, w403_view text)
{
    w403_instant t;
    if (r->times.n >= W403_RELEVANT_TIMES || !w403_instant_parse(text, &t)) {
        return true;
    }
    size_t at = times_before(r, t);
    if (at < r->times.n && r->times.at[at] == t) {
        return true;
    }
    w403_instant *more = W403_PUSH(a, &r->times);
    if (!more) {
        return false;
    }
    memmove(r->times.at + at + 1, r->times.at + at, (r->times.n - 1 - at) * sizeof *r->times.at);
    r->times.at[at] = t;
    return true;
}

/* A byte of a time, its URL encoding undone; 0: none. */
static char time_byte(w403_view text, size_t at, size_t *step)
{
    char c = text.p[at];
    *step = 1;
    if (c == '%' && (begins(text, at, "%3a") || begins(text, at, "%2b"))) {
        *step = 3;
        return text.p[at + 1] == '3' ? ':' : '+';
    }
    return c && strchr("0123456789TZtz:.+-", c) ? c : 0;
}

/* The values of a condition key: they end with the brace that closes its operator. */
static bool add_times(w403_arena *a, w403_relevant *r, w403_view text, size_t at)
{
    while (at < text.n && text.p[at] != '}' && !begins(text, at, "%7d")) {
        char   run[48], c;
        size_t n = 0, step = 1;
        if (text.p[at] < '0' || text.p[at] > '9') {
            at += text.p[at] == '%' && text.n - at >= 3 ? 3 : 1;
            continue;
        }
        while (at < text.n && (c = time_byte(text, at, &step)) != 0) {
            if (n < sizeof run) {
                run[n++] = c;
            }
            at += step;
        }
        if (n < sizeof run && !add_time(a, r, (w403_view){run, n})) {
            return false;
        }
    }
    return true;
}

static bool find_keys(w403_arena *a, w403_relevant *r, w403_view text, size_t at)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        if (begins(text, at, KEYS[i].text)) {
            size_t field = KEYS[i].field;
            *(bool *)((char *)r + field) = true;
            bool time = field == offsetof(w403_relevant, time) || field == offsetof(w403_relevant, token_time);
            if (time && !add_times(a, r, text, at + strlen(KEYS[i].text))) {
                return false;
            }
        }
    }
    return true;
}

/* ---- addresses ---- */

/* `:` or `%3A`: the offset behind it, 0 when there is none at `at`. */
static size_t behind_colon(w403_view text, size_t at)
{
    if (text.p[at] == ':') {
        return at + 1;
    }
    return text.p[at] == '%' && begins(text, at, "%3a") ? at + 3 : 0;
}

static bool is_address_byte(char c)
{
    c = w403_lower(c);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '.' || c == ':' || c == '/';
}

/* A run of bytes that an address may be made of, its URL encoding undone; gives where it ends. */
static size_t read_run(w403_view text, size_t at, char *out, size_t cap, size_t *n)
{
    *n = 0;
    while (at < text.n) {
        char   c = text.p[at];
        size_t step = 1;
        if (c == '%' && (begins(text, at, "%2f") || begins(text, at, "%3a"))) {
            c = w403_lower(text.p[at + 1]) == '2' ? '/' : ':';
            step = 3;
        }
        if (!is_address_byte(c)) {
            break;
        }
        if (*n < cap) {
            out[(*n)++] = c;
        }
        at += step;
    }
    return at;
}

static bool add_net(w403_arena *a, w403_relevant *r, w403_view text)
{
    w403_cidr net;
    if (r->nets.n >= W403_RELEVANT_NETS || !w403_cidr_parse(text, &net)) {
        return true;
    }
    for (size_t i = 0; i < r->nets.n; i++) {
        if (memcmp(&r->nets.at[i].base, &net.base, sizeof net.base) == 0 && r->nets.at[i].prefix == net.prefix) {
            return true;
        }
    }
    w403_cidr *more = W403_PUSH(a, &r->nets);
    if (more) {
        *more = net;
    }
    return more != NULL;
}

static bool read_text(w403_arena *a, w403_relevant *r, w403_view text)
{
    for (size_t i = 0; i < text.n;) {
        size_t key = behind_colon(text, i);
        if (key && !find_keys(a, r, text, key)) {
            return false;
        }
        if (!is_address_byte(text.p[i])) {
            i += text.p[i] == '%' && text.n - i >= 3 ? 3 : 1; /* the digits of an escape are no address */
            continue;
        }
        char   run[64];
        size_t n = 0, end = read_run(text, i, run, sizeof run, &n);
        w403_view v = {run, n};
        if (n >= 3 && n < sizeof run && (memchr(run, '.', n) || memchr(run, ':', n)) && !add_net(a, r, v)) {
            return false;
        }
        for (size_t k = i; k < end; k++) {
            key = behind_colon(text, k);
            if (key && !find_keys(a, r, text, key)) {
                return false;
            }
        }
        i = end > i ? end : i + 1;
    }
    return true;
}

w403_status w403_relevant_snapshot(w403_arena *a, w403_relevant *r, const w403_snapshot *s, w403_error *err)
{
    for (uint32_t i = 0; s && i < s->n_files; i++) {
        W403_NEED(read_text(a, r, s->file_list[i]->text), err);
    }
    return W403_OK;
}

w403_status w403_relevant_policies(w403_arena *a, w403_relevant *r, const w403_policies *ps, w403_error *err)
{
    size_t                   n;
    const w403_given_policy *at = w403_policies_list(ps, &n);
    for (size_t i = 0; i < n; i++) {
        W403_NEED(read_text(a, r, at[i].policy->doc.text), err);
    }
    return W403_OK;
}

w403_status w403_relevant_text(w403_arena *a, w403_relevant *r, w403_view text, w403_error *err)
{
    W403_NEED(read_text(a, r, text), err);
    return W403_OK;
}

uint64_t w403_relevant_network(const w403_relevant *r, w403_view address)
{
    w403_ip  ip;
    uint64_t h = 7;
    if (!r->source_ip || !w403_ip_parse(address, &ip)) {
        return address.n ? 1 : 0;
    }
    for (size_t i = 0; i < r->nets.n; i++) {
        h = h * 31 + w403_cidr_contains(&r->nets.at[i], &ip);
    }
    return h;
}

uint64_t w403_relevant_period(const w403_relevant *r, w403_instant t)
{
    size_t before = times_before(r, t);
    return before * 2 + (before < r->times.n && r->times.at[before] == t);
}
