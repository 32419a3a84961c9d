#include "symbolic/links.h"

#include "base/glob.h"
#include "symbolic/value_forms.h"

/* A key whose value is a part of another's. */
typedef struct pair {
    uint16_t whole, part;
    const char *before, *after; /* around the part, in the whole */
    bool arn;
    bool together;              /* both or neither */
} pair;

static const pair pairs[] = {
    {W403_KEY_AWS_PRINCIPALORGPATHS, W403_KEY_AWS_PRINCIPALORGID, "", "/*", false, true},
    {W403_KEY_AWS_RESOURCEORGPATHS, W403_KEY_AWS_RESOURCEORGID, "", "/*", false, true},
    {W403_KEY_AWS_SOURCEORGPATHS, W403_KEY_AWS_SOURCEORGID, "", "/*", false, true},
    {W403_KEY_AWS_VPCEORGPATHS, W403_KEY_AWS_VPCEORGID, "", "/*", false, true},
    {W403_KEY_AWS_SOURCEARN, W403_KEY_AWS_SOURCEACCOUNT, "arn:*:*:*:", ":*", true, false},
    {W403_KEY_S3_DATAACCESSPOINTARN, W403_KEY_S3_DATAACCESSPOINTACCOUNT, "arn:*:*:*:", ":*", true, true},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };
_Static_assert((int)PAIRS == W403_HIDDEN_KEYS - W403_HIDDEN_PAIRS, "one hidden variable for each pair");

bool w403_language_wrap(w403_arena *a, const char *before, const w403_language *l, const char *after, bool arn,
                        w403_language *out)
{
    size_t b = strlen(before), e = strlen(after), n = b + l->text.n + e;
    char *text = w403_arena_alloc(a, n + 1);
    uint8_t *literal = w403_arena_zalloc(a, n + 1);
    if (!text || !literal) {
        return false;
    }
    memcpy(text, before, b);
    if (l->text.n) {
        memcpy(text + b, l->text.p, l->text.n);
    }
    memcpy(text + b + l->text.n, after, e + 1);
    for (size_t i = 0; i < l->text.n; i++) {
        literal[b + i] = l->kind == W403_LANGUAGE_TEXT || (l->literal && l->literal[i]);
    }
    *out = (w403_language){.kind = l->kind == W403_LANGUAGE_TEXT ? W403_LANGUAGE_GLOB : l->kind,
                           .text = {text, n},
                           .literal = literal,
                           .ignore_case = l->ignore_case,
                           .arn = arn};
    return true;
}

static size_t find(const w403_key_uses *uses, uint16_t id)
{
    size_t i = 0;
    while (i < uses->n && uses->at[i].id != id) {
        i++;
    }
    return i;
}

bool w403_links_before(w403_arena *a, const w403_key_uses *uses, w403_elements *const *elements)
{
    for (size_t p = 0; p < PAIRS; p++) {
        size_t whole = find(uses, pairs[p].whole), part = find(uses, pairs[p].part);
        if (whole == uses->n || part == uses->n || !elements[whole] || !elements[part]) {
            continue;
        }
        for (size_t i = 0; i < elements[part]->patterns.n; i++) {
            const w403_language *l = &elements[part]->patterns.at[i];
            w403_language wrapped;
            bool text = l->kind == W403_LANGUAGE_TEXT || l->kind == W403_LANGUAGE_GLOB;
            if (text && (!w403_language_wrap(a, pairs[p].before, l, pairs[p].after, pairs[p].arn, &wrapped) ||
                         !w403_elements_add(elements[whole], &wrapped))) {
                return false;
            }
        }
    }
    return true;
}

/* ---- one key ---- */

static bool present(const w403_class *c)
{
    return c->facts[0].present == W403_YES;
}

static void both(w403_class *c, w403_hidden h, uint64_t if_present, uint64_t if_absent)
{
    c->hidden[h] &= present(c) ? if_present : if_absent;
}

static uint64_t userid_callers(w403_view v)
{
    if (w403_view_starts(v, W403_LIT("AIDA"))) {
        return W403_CALLER_BIT(W403_CALLER_USER);
    }
    if (w403_view_starts(v, W403_LIT("AROA"))) {
        return W403_CALLER_BIT(W403_CALLER_ROLE);
    }
    if (w403_view_eq(v, W403_LIT("anonymous"))) {
        return W403_CALLER_BIT(W403_CALLER_ANONYMOUS);
    }
    return W403_CALLER_BIT(w403_view_find_char(v, ':') == SIZE_MAX ? W403_CALLER_ROOT : W403_CALLER_FEDERATED);
}

static const uint64_t all = UINT64_MAX;

static void link_caller_key(w403_class *c, uint16_t id)
{
    const uint64_t people = W403_CALLERS_SIGNED & ~W403_CALLER_BIT(W403_CALLER_ROOT);
    const uint64_t without_session = all & ~(W403_CALLER_BIT(W403_CALLER_ROLE) | W403_CALLER_BIT(W403_CALLER_FEDERATED));
    w403_view v = present(c) ? c->facts[0].values[0] : W403_LIT("");
    switch (id) {
    case W403_KEY_AWS_MULTIFACTORAUTHPRESENT:
        both(c, W403_HIDDEN_CALLER, people, without_session);
        both(c, W403_HIDDEN_MFA, w403_view_eq(v, W403_LIT("true")) ? 2 : 4, 1);
        break;
    case W403_KEY_AWS_MULTIFACTORAUTHAGE:
        both(c, W403_HIDDEN_CALLER, people, all);
        both(c, W403_HIDDEN_MFA, 2, 1 | 4);
        break;
    case W403_KEY_AWS_TOKENISSUETIME:
        both(c, W403_HIDDEN_CALLER, people, without_session);
        break;
    case W403_KEY_AWS_PRINCIPALORGID:
    case W403_KEY_AWS_PRINCIPALORGPATHS:
        both(c, W403_HIDDEN_CALLER, W403_CALLERS_SIGNED, all);
        break;
    case W403_KEY_AWS_PRINCIPALTAG:
    case W403_KEY_AWS_SOURCEIDENTITY:
    case W403_KEY_AWS_FEDERATEDPROVIDER:
        both(c, W403_HIDDEN_CALLER, people, all);
        break;
    case W403_KEY_AWS_USERID:
        both(c, W403_HIDDEN_CALLER, userid_callers(v),
             W403_CALLER_BIT(W403_CALLER_SERVICE) | W403_CALLER_BIT(W403_CALLER_PROVIDER));
        break;
    case W403_KEY_AWS_SOURCEARN:
    case W403_KEY_AWS_SOURCEACCOUNT:
    case W403_KEY_AWS_SOURCEORGID:
    case W403_KEY_AWS_SOURCEORGPATHS:
        both(c, W403_HIDDEN_CALLER, W403_CALLER_BIT(W403_CALLER_SERVICE), all);
        break;
    case W403_KEY_S3_AUTHTYPE:
    case W403_KEY_S3_SIGNATUREVERSION:
    case W403_KEY_S3_SIGNATUREAGE:
        both(c, W403_HIDDEN_CALLER, W403_CALLERS_SIGNED, all);
        break;
    default: /* of the network, the request or the resource */
        break;
    }
}

static void link_network_key(w403_class *c, uint16_t id)
{
    const uint64_t service = W403_CALLER_BIT(W403_CALLER_SERVICE);
    w403_view v = present(c) ? c->facts[0].values[0] : W403_LIT("");
    switch (id) {
    case W403_KEY_AWS_SOURCEIP:
        both(c, W403_HIDDEN_NETWORK, W403_NET_INTERNET, W403_NET_ENDPOINT | W403_NET_SERVICE);
        break;
    case W403_KEY_AWS_SOURCEVPC:
    case W403_KEY_AWS_SOURCEVPCE:
    case W403_KEY_AWS_SOURCEVPCARN:
    case W403_KEY_AWS_VPCSOURCEIP:
    case W403_KEY_AWS_VPCEACCOUNT:
        both(c, W403_HIDDEN_NETWORK, W403_NET_ENDPOINT, W403_NET_INTERNET | W403_NET_SERVICE);
        break;
    case W403_KEY_AWS_VPCEORGID:
    case W403_KEY_AWS_VPCEORGPATHS:
        both(c, W403_HIDDEN_NETWORK, W403_NET_ENDPOINT, all);
        break;
    case W403_KEY_AWS_SECURETRANSPORT:
        both(c, W403_HIDDEN_CALLER, ~service, service);
        both(c, W403_HIDDEN_TLS, w403_view_eq(v, W403_LIT("true")) ? 2 : 4, 1);
        break;
    case W403_KEY_S3_TLSVERSION:
        both(c, W403_HIDDEN_TLS, 2, all);
        both(c, W403_HIDDEN_CALLER, ~service, all);
        break;
    case W403_KEY_S3_DATAACCESSPOINTARN:
    case W403_KEY_S3_DATAACCESSPOINTACCOUNT:
    case W403_KEY_S3_ACCESSPOINTNETWORKORIGIN:
        both(c, W403_HIDDEN_ACCESS_POINT, 2, 1);
        break;
    default:
        break;
    }
}

static void link_header_key(w403_class *c, uint16_t id)
{
    w403_view v = present(c) ? c->facts[0].values[0] : W403_LIT("");
    switch (id) {
    case W403_KEY_S3_X_AMZ_ACL:
        both(c, W403_HIDDEN_ACL, 2, all);
        break;
    case W403_KEY_S3_X_AMZ_GRANT_FULL_CONTROL:
    case W403_KEY_S3_X_AMZ_GRANT_READ:
    case W403_KEY_S3_X_AMZ_GRANT_READ_ACP:
    case W403_KEY_S3_X_AMZ_GRANT_WRITE:
    case W403_KEY_S3_X_AMZ_GRANT_WRITE_ACP:
        both(c, W403_HIDDEN_ACL, 4, all);
        break;
    case W403_KEY_S3_X_AMZ_SERVER_SIDE_ENCRYPTION:
        both(c, W403_HIDDEN_SSE, w403_view_starts(v, W403_LIT("aws:kms")) ? 4 : 2, 1);
        break;
    case W403_KEY_S3_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID:
        both(c, W403_HIDDEN_SSE, 4, all);
        break;
    default:
        break;
    }
}

static bool holds(const w403_key_fact *f, w403_view name)
{
    for (uint32_t i = 0; i < f->n; i++) {
        if (w403_view_ieq(f->values[i], name)) {
            return true;
        }
    }
    return false;
}

/* The names of the tags that are sent are the values of another key. */
static void link_tag_keys(w403_class *c, uint16_t id, const w403_key_uses *uses)
{
    uint16_t tag = id == W403_KEY_S3_REQUESTOBJECTTAGKEYS ? W403_KEY_S3_REQUESTOBJECTTAG
                   : id == W403_KEY_AWS_TAGKEYS           ? W403_KEY_AWS_REQUESTTAG
                                                          : W403_KEY_NONE;
    for (size_t i = 0; tag != W403_KEY_NONE && i < uses->n; i++) {
        if (uses->at[i].id == tag) {
            c->hidden[W403_HIDDEN_KEYS + i] &=
                holds(&c->facts[0], uses->at[i].param) ? W403_KEY_IS_PRESENT : W403_KEY_IS_ABSENT;
        }
    }
}

void w403_links_key(w403_space *s, w403_dim *d, const w403_key_uses *uses, size_t index)
{
    (void)s;
    for (size_t i = 0; i < d->classes.n; i++) {
        w403_class *c = &d->classes.at[i];
        link_caller_key(c, d->id);
        link_network_key(c, d->id);
        link_header_key(c, d->id);
        link_tag_keys(c, d->id, uses);
        c->hidden[W403_HIDDEN_KEYS + index] &= present(c) ? W403_KEY_IS_PRESENT : W403_KEY_IS_ABSENT;
    }
}

/* ---- pairs ---- */

static w403_view part_of(const pair *p, w403_view whole)
{
    if (p->arn) {
        w403_arn arn = w403_arn_split(whole);
        return arn.n == 6 ? arn.part[4] : W403_LIT("");
    }
    return w403_view_cut(&whole, '/');
}

static uint64_t class_bit(const w403_dim *d, size_t i)
{
    return present(&d->classes.at[i]) ? UINT64_C(1) << (i < 62 ? i : 62) : UINT64_C(1) << 63;
}

/* The classes of the part that hold the same values as this text. */
static uint64_t bits_of(w403_space *s, const w403_dim *d, w403_view text)
{
    const w403_elements *e = d->elements;
    size_t words = w403_automaton_words(e->automaton);
    uint64_t *bits = W403_NEW_N(s->arena, uint64_t, words);
    uint64_t out = 0;
    if (!bits || !w403_automaton_read(e->automaton, text, bits)) {
        return 0;
    }
    for (size_t i = 0; i < d->classes.n; i++) {
        uint32_t k = d->classes.at[i].element;
        if (k != UINT32_MAX && memcmp(e->list.at[k].bits, bits, words * sizeof *bits) == 0) {
            out |= class_bit(d, i);
        }
    }
    return out;
}

static void link_pair(w403_space *s, const pair *p, size_t hidden, w403_dim *whole, w403_dim *part)
{
    const uint64_t none = UINT64_C(1) << 63;
    for (size_t i = 0; i < part->classes.n; i++) {
        part->classes.at[i].hidden[hidden] &= class_bit(part, i);
    }
    for (size_t i = 0; i < whole->classes.n; i++) {
        w403_class *c = &whole->classes.at[i];
        if (!present(c)) {
            c->hidden[hidden] &= p->together ? none : all;
            continue;
        }
        w403_view v = part_of(p, c->facts[0].values[0]);
        if (v.n) {
            c->hidden[hidden] &= bits_of(s, part, v) | (p->together ? 0 : none);
        }
    }
}

void w403_links_pairs(w403_space *s, const w403_key_uses *uses, w403_dim *const *dims)
{
    for (size_t p = 0; p < PAIRS; p++) {
        size_t whole = find(uses, pairs[p].whole), part = find(uses, pairs[p].part);
        if (whole < uses->n && part < uses->n && dims[whole] && dims[part] && dims[part]->elements->automaton) {
            link_pair(s, &pairs[p], W403_HIDDEN_PAIRS + p, dims[whole], dims[part]);
        }
    }
}

/* ---- callers and actions ---- */

void w403_links_caller(w403_class *c, w403_caller_kind kind)
{
    bool service = kind == W403_CALLER_SERVICE;
    c->hidden[W403_HIDDEN_CALLER] &= W403_CALLER_BIT(kind);
    c->hidden[W403_HIDDEN_NETWORK] &= service ? W403_NET_SERVICE : W403_NET_INTERNET | W403_NET_ENDPOINT;
    c->hidden[W403_HIDDEN_TLS] &= service ? 1 : 2 | 4;
}

static bool never_sent(uint16_t action, uint16_t key)
{
    return key == W403_KEY_S3_EXISTINGOBJECTTAG && /* trap 42 */
           (action == W403_ACTION_S3_PUTOBJECT || action == W403_ACTION_S3_DELETEOBJECT);
}

void w403_links_action(w403_class *c, uint16_t action, const w403_key_uses *uses)
{
    for (size_t i = 0; i < uses->n; i++) {
        uint16_t id = uses->at[i].id;
        const w403_value_form *f = w403_value_form_of(id);
        if (f && f->always && w403_action_has_key(action, id)) {
            c->hidden[W403_HIDDEN_KEYS + i] &= W403_KEY_IS_PRESENT;
        }
        if (id != W403_KEY_NONE && (!w403_action_has_key(action, id) || never_sent(action, id))) {
            c->hidden[W403_HIDDEN_KEYS + i] &= W403_KEY_IS_ABSENT;
        }
    }
}
