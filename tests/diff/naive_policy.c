/* Semantics 1.4 to 1.7: does a statement speak about this request? */
#include "naive_impl.h"

/* ---- principals ---- */

static bool signed_account(const n_who *w)
{
    return w->kind != N_ANONYMOUS && w->kind != N_SERVICE && w->kind != N_ORIGIN && w->kind != N_PROVIDER;
}

/* N-9: an origin access identity by ARN and by canonical id; whether the two are one nobody says. */
static w403_tri origin(const n_who *w, const w403_principal_entry *e)
{
    bool by_arn = e->kind == W403_PE_USER && n_eq(e->account, "cloudfront");
    bool by_id = e->kind == W403_PE_CANONICAL && e->text.n == 96;
    if (w->kind != N_ORIGIN || (!by_arn && !by_id)) {
        return W403_NO;
    }
    return by_id == (w->arn.n == 96) ? n_bool(n_same(e->text, w->arn)) : W403_UNKNOWN;
}

/* Class of one entry, -1: it does not match. */
static int entry_class(const n_who *w, const w403_principal_entry *e, bool gateway)
{
    bool is_session = w->kind == N_ROLE || w->kind == N_FEDERATED;
    switch (e->kind) {
    case W403_PE_STAR: return N_STAR;
    case W403_PE_ACCOUNT:
        if (gateway && w->kind != N_ROOT) { /* S3 3.7 */
            return -1;
        }
        return signed_account(w) && n_same(e->account, w->account) ? N_ACCOUNT : -1;
    case W403_PE_USER:
        if (!n_same(e->text, w->entity_arn)) {
            return -1;
        }
        return w->kind == N_USER ? N_USER_CLASS : w->kind == N_FEDERATED ? N_ISSUER : -1;
    case W403_PE_ROLE: return w->kind == N_ROLE && n_same(e->text, w->entity_arn) ? N_ROLE_CLASS : -1;
    case W403_PE_SESSION:
    case W403_PE_FEDERATED_USER: return is_session && n_same(e->text, w->arn) ? N_SESSION : -1;
    case W403_PE_UNIQUE_ID:
        if (!w->entity || w->kind == N_FEDERATED || !n_same(e->text, w->entity->unique_id)) {
            return -1;
        }
        return w->kind == N_USER ? N_USER_CLASS : N_ROLE_CLASS;
    case W403_PE_SERVICE: return w->kind == N_SERVICE && n_same(e->text, w->name) ? N_SERVICE_CLASS : -1;
    case W403_PE_FEDERATED: return w->kind == N_PROVIDER && n_same(e->text, w->name) ? N_SERVICE_CLASS : -1;
    case W403_PE_CANONICAL:
        return signed_account(w) && w->home && n_same(e->text, w->home->canonical_id) ? N_ACCOUNT : -1;
    default: return -1;
    }
}

/* NP2 to NP4. The chain's own links: which of them are in the list. */
static w403_tri not_principal(n_check *c, const w403_statement *st)
{
    const n_who *w = &c->run->who;
    if (w->kind == N_ORIGIN || w->kind == N_PROVIDER) {
        n_open(c->run, "NotPrincipal and a caller of no account");
    }
    bool         star = false, account = false, middle = false, leaf = false, issuer = false, accounts_only = true;
    for (uint32_t i = 0; i < st->n_principals; i++) {
        const w403_principal_entry *e = &st->principals[i];
        int                         k = entry_class(w, e, false);
        star |= k == N_STAR;
        account |= k == N_ACCOUNT;
        middle |= k == N_ROLE_CLASS;
        issuer |= k == N_ISSUER;
        leaf |= k == N_USER_CLASS || k == N_SESSION || k == N_SERVICE_CLASS;
        accounts_only &= e->kind == W403_PE_ACCOUNT || e->kind == W403_PE_CANONICAL;
    }
    if (st->effect == W403_EFFECT_ALLOW) { /* NP1 */
        bool some = account || middle || leaf || issuer;
        bool every = leaf && (account || w->kind == N_SERVICE) && (middle || w->kind != N_ROLE) && !issuer;
        if (some && !every && !(w->kind == N_ROOT && account)) {
            n_open(c->run, "NotPrincipal with Allow that lists a part of the caller's chain");
        }
        return n_bool(!star && !some);
    }
    bool entity = w->kind == N_USER || w->kind == N_ROLE;
    if (entity && w->entity && (w->entity->boundary || w->entity->boundary_fact.state == W403_FACT_UNKNOWN)) {
        return W403_YES; /* whatever that boundary says */
    }
    if (star) {
        return W403_NO;
    }
    if (w->kind == N_ROOT) {
        return n_bool(!account);
    }
    if (!leaf) {
        if (accounts_only && !account) {
            n_open(c->run, "NotPrincipal of other accounts");
        }
        return accounts_only && account ? W403_UNKNOWN : W403_YES;
    }
    bool all = w->kind == N_SERVICE || (account && (middle || w->kind != N_ROLE));
    return all ? W403_NO : W403_UNKNOWN;
}

/* What AWS would not have stored lets nobody in, and keeps out who knows whom. */
static bool bad_entries_may_match(const w403_statement *st)
{
    return st->inert || st->effect == W403_EFFECT_DENY;
}

static void maybe_all(n_classes *out)
{
    for (int k = 0; k <= N_SERVICE_CLASS; k++) {
        out->is[k] = n_or(out->is[k], W403_UNKNOWN);
    }
}

static void principal(n_check *c, const w403_statement *st, bool gateway, n_classes *out)
{
    *out = (n_classes){{0}};
    for (uint32_t i = 0; i < st->n_principals; i++) {
        const n_who *w = &c->run->who;
        if (st->principals[i].kind == W403_PE_UNIQUE_ID && w->kind == N_FEDERATED && w->entity &&
            n_same(st->principals[i].text, w->entity->unique_id)) {
            n_open(c->run, "the unique id of the user behind a federated user");
        }
    }
    if (st->unread & W403_UNREAD(W403_ELEMENT_PRINCIPAL)) {
        maybe_all(out);
        return;
    }
    if (st->not_principal) {
        out->is[N_STAR] = not_principal(c, st);
        return;
    }
    for (uint32_t i = 0; i < st->n_principals; i++) {
        if (st->principals[i].kind == W403_PE_INVALID && bad_entries_may_match(st)) {
            maybe_all(out);
        }
        out->is[N_USER_CLASS] = n_or(out->is[N_USER_CLASS], origin(&c->run->who, &st->principals[i]));
        int k = entry_class(&c->run->who, &st->principals[i], gateway);
        if (k >= 0) {
            out->is[k] = W403_YES;
        }
    }
}

/* ---- actions ---- */

static bool action_matches(w403_view pattern, w403_view action)
{
    size_t colon = 0;
    while (colon < pattern.n && pattern.p[colon] != ':') {
        colon++;
    }
    if (n_eq(pattern, "*")) {
        return true;
    }
    return colon > 0 && colon + 1 < pattern.n && n_glob_text(pattern, action, true); /* A1, A4 */
}

static bool has_wild(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '*' || v.p[i] == '?') {
            return true;
        }
    }
    return false;
}

static w403_tri action(const w403_statement *st, w403_view name)
{
    w403_tri any = W403_NO;
    if (st->unread & W403_UNREAD(W403_ELEMENT_ACTION)) {
        return W403_UNKNOWN;
    }
    for (uint32_t i = 0; i < st->n_actions; i++) {
        w403_view pattern = st->actions[i].text, rest = pattern, service = w403_view_cut(&rest, ':');
        bool      open = rest.p && has_wild(service) && !n_eq(pattern, "*:*"); /* A1: nobody says what it matches */
        any = n_or(any, !action_matches(pattern, name) ? W403_NO : open ? W403_UNKNOWN : W403_YES);
    }
    return st->not_action ? n_not(any) : any;
}

/* ---- resources ---- */

/* R8: what the parts that are missing stand for. */
static bool short_ok(w403_policy_kind kind, w403_view text)
{
    switch (kind) {
    case W403_POLICY_IDENTITY:
    case W403_POLICY_BOUNDARY:
    case W403_POLICY_SESSION: return true;
    case W403_POLICY_SCP: return text.n && text.p[text.n - 1] == '*';
    case W403_POLICY_RCP: return false;
    default: return has_wild(text);
    }
}

/* aws/s3, whose id is in no snapshot of these worlds: what holds for any key holds for it. */
static w403_tri some_key(const n_text *pattern, n_expanded how)
{
    static const char *const all[] = {"*", "key/*"};
    static const char        start[] = "key/";
    for (size_t i = 0; i < sizeof all / sizeof *all && how == N_FULL; i++) {
        bool same = pattern->n == strlen(all[i]);
        for (unsigned k = 0; same && k < pattern->n; k++) {
            same = pattern->c[k] == (uint16_t)(unsigned char)all[i][k];
        }
        if (same) {
            return W403_YES;
        }
    }
    for (unsigned k = 0; k < pattern->n && k < sizeof start - 1; k++) {
        uint16_t c = pattern->c[k];
        if (c == '*' || c == '?') {
            return W403_UNKNOWN;
        }
        if ((c & 0xff) != (unsigned char)start[k]) {
            return W403_NO;
        }
    }
    return pattern->n >= sizeof start - 1 ? W403_UNKNOWN : W403_NO;
}

static w403_tri resource_matches(n_check *c, const w403_policy *p, w403_view pattern)
{
    w403_view part[6], have[6];
    n_text    t;
    if (n_eq(pattern, "*")) { /* R1 */
        return W403_YES;
    }
    if (n_eq(c->resource, "*")) { /* R13 */
        return n_bool(n_ieq(c->action, "s3:ListAllMyBuckets") && n_eq(pattern, "arn:aws:s3:::*"));
    }
    unsigned n = n_split(pattern, part), m = n_split(c->resource, have);
    if (m < 6 || (n < 6 && !short_ok(p->kind, pattern))) {
        return W403_NO;
    }
    for (unsigned i = 0; i < n && i < 5; i++) {
        if (!n_glob_text(part[i], have[i], false)) {
            return W403_NO;
        }
    }
    if (n < 6) {
        return W403_YES;
    }
    n_expanded how = n_expand(c, part[5], p->version_2012, true, &t);
    if (n_eq(have[5], N_UNKNOWN_KEY) && how != N_UNRESOLVED) {
        return some_key(&t, how);
    }
    switch (how) {
    case N_UNRESOLVED: return W403_NO; /* PV6, R10 */
    case N_MAYBE: return n_glob(t.c, t.n, have[5].p, have[5].n, false) ? W403_UNKNOWN : W403_NO;
    case N_FULL: break;
    }
    return n_bool(n_glob(t.c, t.n, have[5].p, have[5].n, false));
}

static w403_tri resource(n_check *c, const w403_statement *st)
{
    w403_tri any = W403_NO;
    if (st->unread & W403_UNREAD(W403_ELEMENT_RESOURCE)) {
        return W403_UNKNOWN;
    }
    if (!st->has_resource) { /* G13 */
        return W403_NO;
    }
    for (uint32_t i = 0; i < st->n_resources; i++) {
        w403_view text = st->resources[i].whole.text, part[6];
        unsigned  n = n_split(text, part);
        bool      arn = n_eq(text, "*") || (n > 1 && n_eq(part[0], "arn") && !(n == 6 && has_wild(part[2])));
        if (!arn && bad_entries_may_match(st)) {
            any = n_or(any, W403_UNKNOWN);
            continue;
        }
        any = n_or(any, resource_matches(c, st->policy, st->resources[i].whole.text));
    }
    return st->not_resource ? n_not(any) : any;
}

/* ---- statements ---- */

static bool names_principals(w403_policy_kind k)
{
    return k == W403_POLICY_RESOURCE || k == W403_POLICY_ACCESS_POINT || k == W403_POLICY_KEY ||
           k == W403_POLICY_VPC_ENDPOINT || k == W403_POLICY_RCP;
}

static void statement(n_check *c, const w403_statement *st, bool gateway, n_layer *out)
{
    n_classes who = {{W403_YES}};
    w403_tri  any = W403_NO;
    bool      either = st->unread & W403_UNREAD(W403_ELEMENT_STATEMENT); /* Allow, or Deny? */
    bool      deny = st->effect == W403_EFFECT_DENY;
    w403_tri  rest = n_and(action(st, c->action), resource(c, st));
    if (rest == W403_NO) { /* or keys that are never read would count as read */
        return;
    }
    if (names_principals(st->policy->kind) || st->has_principal) {
        principal(c, st, gateway, &who);
    }
    for (int k = 0; k < 8; k++) {
        any = n_or(any, who.is[k]);
    }
    if (any == W403_NO) {
        return;
    }
    rest = n_and(rest, n_conditions(c, st));
    rest = st->inert ? n_and(rest, W403_UNKNOWN) : rest;
    if (deny || either) {
        out->deny = n_or(out->deny, n_and(any, rest));
    }
    if (deny && !either) {
        return;
    }
    out->allow = n_or(out->allow, n_and(any, rest));
    for (int k = 0; k < 8; k++) {
        out->rb.is[k] = n_or(out->rb.is[k], n_and(who.is[k], rest));
    }
}

void n_policy(n_check *c, const w403_policy *p, bool gateway, n_layer *out)
{
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        statement(c, &p->statements[i], gateway, out);
    }
}

void n_policies(n_check *c, const w403_policy_set *set, n_layer *out)
{
    for (uint32_t i = 0; i < set->n; i++) {
        n_policy(c, set->at[i], false, out);
    }
}
