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

static void find_keys(w403_relevant *r, w403_view text, size_t at)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        if (begins(text, at, KEYS[i].text)) {
            *(bool *)((char *)r + KEYS[i].field) = true;
        }
    }
}

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
        if (key) {
            find_keys(r, text, key);
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
            if (key) {
                find_keys(r, text, key);
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
