/* Small policies, every kind of operator: what the search says of all requests against what the matcher says of each of
 * many. A request whose verdict changes must lie in a box of that change, and no other may. Then the laws: a policy
 * against itself changes nothing, a Deny more never widens, old and new swapped swap the answers.
 *
 * prop_documents [PAIRS [SEED]]   prints `N requests of M pairs, N differ`; exit 1 when some differ. */
#include <stdio.h>
#include <stdlib.h>

#include "symbolic/diff_documents.h"
#include "symbolic/document_kind.h"
#include "symbolic/relations.h"

static uint64_t seed;

static uint32_t roll(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

#define PICK(list) list[roll(sizeof list / sizeof *list)]

/* ---- policies ---- */

static const char *const actions[] = {"s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:*", "s3:Get*", "*"};
static const char *const resources[] = {"arn:aws:s3:::b",     "arn:aws:s3:::b/*",   "arn:aws:s3:::b*", "*", "arn:aws:s3:::b/a*",
                                        "arn:aws:s3:::b/?*x", "arn:aws:s3:::b/a/x", "arn:aws:s3:::*/a*"};
static const char *const conditions[] = {
    "\"StringLike\":{\"s3:prefix\":[\"a*\",\"b\"]}",
    "\"StringNotLike\":{\"s3:prefix\":\"a*\"}",
    "\"StringEqualsIfExists\":{\"s3:prefix\":\"A\"}",
    "\"StringEqualsIgnoreCase\":{\"s3:prefix\":\"A\"}",
    "\"Null\":{\"s3:prefix\":\"true\"}",
    "\"IpAddress\":{\"aws:SourceIp\":\"203.0.113.0/24\"}",
    "\"NotIpAddress\":{\"aws:SourceIp\":[\"203.0.113.0/25\",\"2001:db8::/32\"]}",
    "\"StringEquals\":{\"aws:SourceVpce\":\"vpce-0123456789abcdef0\"}",
    "\"StringNotEqualsIfExists\":{\"aws:SourceVpce\":\"vpce-0123456789abcdef0\"}",
    "\"Bool\":{\"aws:SecureTransport\":\"false\"}",
    "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}",
    "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"3600\"}",
    "\"NumericGreaterThan\":{\"s3:max-keys\":\"10\"}",
    "\"DateLessThan\":{\"aws:CurrentTime\":\"2026-12-31T00:00:00Z\"}",
    "\"DateGreaterThanEquals\":{\"aws:CurrentTime\":\"2026-06-01T00:00:00Z\"}",
    "\"StringEquals\":{\"aws:PrincipalTag/team\":[\"red\",\"blue\"]}",
    "\"StringLike\":{\"aws:PrincipalTag/team\":[\"b*\",\"r?d\"]}",
    "\"Null\":{\"aws:PrincipalTag/team\":\"false\"}",
    "\"StringNotEquals\":{\"aws:PrincipalTag/team\":\"red\"}",
    "\"StringEquals\":{\"s3:x-amz-acl\":\"public-read\"}",
    "\"StringNotEquals\":{\"s3:x-amz-acl\":[\"private\",\"bucket-owner-full-control\"]}",
    "\"ForAllValues:StringLike\":{\"s3:RequestObjectTagKeys\":[\"a*\",\"c\"]}",
    "\"ForAnyValue:StringEquals\":{\"s3:RequestObjectTagKeys\":\"a\"}",
    "\"ForAnyValue:StringNotEquals\":{\"s3:RequestObjectTagKeys\":\"a\"}",
    "\"StringEquals\":{\"s3:RequestObjectTag/a\":\"1\"}",
    "\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:role/*\"}",
    "\"ArnNotEquals\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:role/app\"}",
    "\"StringLike\":{\"aws:username\":\"al*\"}",
    "\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-exampleorgid\"}",
    "\"ForAnyValue:StringLike\":{\"aws:PrincipalOrgPaths\":\"o-exampleorgid/r-ab12/*\"}",
    "\"StringEquals\":{\"aws:PrincipalAccount\":\"111122223333\"}",
};
static const char *const principals[] = {
    "\"*\"",
    "{\"AWS\":\"111122223333\"}",
    "{\"AWS\":\"arn:aws:iam::111122223333:role/app\"}",
    "{\"AWS\":[\"arn:aws:iam::111122223333:user/alice\",\"444455556666\"]}",
    "{\"Service\":\"logging.s3.amazonaws.com\"}",
};

static void statement(w403_buf *b, bool deny_only, bool resource_policy)
{
    bool not_action = roll(8) == 0, not_resource = roll(8) == 0;
    w403_buf_printf(b, "{\"Effect\":\"%s\"", deny_only || roll(3) == 0 ? "Deny" : "Allow");
    if (resource_policy) {
        w403_buf_printf(b, ",\"Principal\":%s", PICK(principals));
    }
    w403_buf_printf(b, ",\"%s\":\"%s\"", not_action ? "NotAction" : "Action", PICK(actions));
    w403_buf_printf(b, ",\"%s\":[\"%s\",\"%s\"]", not_resource ? "NotResource" : "Resource", PICK(resources), PICK(resources));
    uint32_t n = roll(3);
    if (n) {
        const char *first = PICK(conditions), *second = PICK(conditions);
        bool two = n == 2 && strncmp(first, second, strcspn(first, ":") + 1) != 0; /* one operator once */
        w403_buf_printf(b, ",\"Condition\":{%s%s%s}", first, two ? "," : "", two ? second : "");
    }
    w403_buf_puts(b, "}");
}

static w403_view policy_text(w403_arena *a, w403_view more, bool deny_only, bool resource_policy)
{
    w403_buf b = {0};
    uint32_t n = deny_only ? 1 : 1 + roll(3);
    for (uint32_t i = 0; i < n; i++) {
        w403_buf_puts(&b, i || more.n ? "," : "");
        statement(&b, deny_only, resource_policy);
    }
    w403_view out = w403_arena_printf(a, "%.*s%.*s", W403_ARG(more), W403_ARG(w403_buf_view(&b)));
    w403_buf_free(&b);
    return out;
}

static const w403_policy *parse(w403_arena *a, w403_view statements, w403_policy_kind kind)
{
    w403_view text =
        w403_arena_printf(a, "{\"Version\":\"2012-10-17\",\"Statement\":[%.*s]}", W403_ARG(statements));
    w403_policy *p;
    w403_error err;
    if (w403_policy_parse(a, kind, W403_LIT("p"), text, NULL, &p, &err) != W403_OK) {
        printf("%s: %.*s\n", err.message, W403_ARG(text));
        exit(2);
    }
    return p;
}

/* ---- requests ---- */

typedef struct request {
    w403_class all;
    w403_caller_class caller;
    const w403_class *classes[1];
    w403_document_request r;
} request;

static w403_caller some_caller(bool resource_policy)
{
    static const w403_caller callers[] = {
        {.kind = W403_CALLER_USER, .account = {"111122223333", 12}, .name = {"alice", 5},
         .arn = {"arn:aws:iam::111122223333:user/alice", 36}, .principal_arn = {"arn:aws:iam::111122223333:user/alice", 36}},
        {.kind = W403_CALLER_ROLE, .account = {"111122223333", 12}, .name = {"app", 3}, .session = {"session", 7},
         .arn = {"arn:aws:sts::111122223333:assumed-role/app/session", 50},
         .principal_arn = {"arn:aws:iam::111122223333:role/app", 34}},
        {.kind = W403_CALLER_ROLE, .account = {"444455556666", 12}, .name = {"other", 5}, .session = {"session", 7},
         .arn = {"arn:aws:sts::444455556666:assumed-role/other/session", 52},
         .principal_arn = {"arn:aws:iam::444455556666:role/other", 36}},
        {.kind = W403_CALLER_ANONYMOUS, .name = {"anonymous", 9}, .arn = {"anonymous", 9}},
        {.kind = W403_CALLER_SERVICE, .name = {"logging.s3.amazonaws.com", 24}, .arn = {"logging.s3.amazonaws.com", 24}},
    };
    return callers[roll(resource_policy ? 5 : 3)];
}

static const struct value_row {
    const char *key, *values[5]; /* "": absent; `,` between values of one request */
} value_rows[] = {
    {"s3:prefix", {"", "a", "A", "b", "abc"}},
    {"aws:SourceIp", {"", "203.0.113.9", "203.0.113.200", "198.51.100.7", "2001:db8::7"}},
    {"aws:SourceVpce", {"", "vpce-0123456789abcdef0", "vpce-0fedcba9876543210", "", ""}},
    {"aws:SecureTransport", {"", "true", "false", "true", "true"}},
    {"aws:MultiFactorAuthPresent", {"", "true", "false", "", "true"}},
    {"aws:MultiFactorAuthAge", {"", "60", "7200", "3600", ""}},
    {"s3:max-keys", {"1000", "10", "5", "", ""}},
    {"aws:CurrentTime", {"2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-31T00:00:00Z",
                         "2026-12-30T00:00:00Z"}},
    {"aws:PrincipalTag/team", {"", "red", "blue", "green", ""}},
    {"s3:x-amz-acl", {"", "public-read", "private", "bucket-owner-full-control", ""}},
    {"s3:RequestObjectTagKeys", {"", "a", "a,c", "c", "a,zz"}},
    {"s3:RequestObjectTag/a", {"", "1", "2", "", ""}},
    {"aws:PrincipalOrgID", {"", "o-exampleorgid", "o-someotherorg", "", ""}},
    {"aws:PrincipalOrgPaths", {"", "o-exampleorgid/r-ab12/", "o-exampleorgid/r-ab12/ou-ab12-11111111/",
                               "o-someotherorg/r-ab12/", "o-exampleorgid/r-zz99/"}},
};
enum { ROWS = sizeof value_rows / sizeof *value_rows };

static void set_fact(w403_arena *a, w403_key_fact *f, const struct value_row *row)
{
    const char *text = row->values[roll(5)];
    w403_view rest = w403_view_of(text);
    w403_view *v = w403_arena_zalloc(a, 4 * sizeof *v);
    *f = (w403_key_fact){.name = w403_view_of(row->key), .values = v};
    f->id = w403_key_find(f->name, &f->param);
    while (rest.p && rest.n && f->n < 4) {
        v[f->n++] = w403_view_cut(&rest, ',');
    }
    f->present = w403_bool(f->n > 0);
}

static void some_request(w403_arena *a, bool resource_policy, request *out)
{
    static const char *const asked[] = {"s3:GetObject", "s3:PutObject", "s3:ListBucket"};
    static const char *const objects[] = {"arn:aws:s3:::bbb/a", "arn:aws:s3:::bbb/a/x", "arn:aws:s3:::bbb/zx", "arn:aws:s3:::bbb/b"};
    w403_key_fact *f = w403_arena_zalloc(a, (ROWS + 8) * sizeof *f);
    *out = (request){.caller = {.who = some_caller(resource_policy)}};
    out->caller.who.partition = W403_LIT("aws");
    out->caller.who.unique_id = W403_LIT("AIDAEXAMPLEOTHERID");
    out->caller.name = out->caller.who.arn;
    if (!f || !w403_caller_facts(a, &out->caller.who, &out->all)) {
        abort();
    }
    memcpy(f + ROWS, out->all.facts, out->all.n_facts * sizeof *f);
    for (size_t i = 0; i < ROWS; i++) {
        set_fact(a, &f[i], &value_rows[i]);
    }
    out->all.facts = f;
    out->all.n_facts += ROWS;
    out->classes[0] = &out->all;
    out->r.caller = &out->caller;
    out->r.action = w403_action_find(w403_view_of(PICK(asked)));
    out->r.resource = out->r.action == W403_ACTION_S3_LISTBUCKET ? W403_LIT("arn:aws:s3:::bbb") : w403_view_of(PICK(objects));
}

/* ---- judging ---- */

typedef struct tally {
    size_t requests, impossible, differ, pairs, unknown;
} tally;

static void one_request(w403_arena *a, w403_document_diff *d, bool resource_policy, tally *t)
{
    request q;
    w403_context ctx;
    uint32_t *slots = w403_arena_zalloc(a, (d->documents.space.dims.n + 1) * sizeof *slots);
    some_request(a, resource_policy, &q);
    q.r.classes = q.classes;
    q.r.assignment = (w403_assignment){q.classes, 1};
    w403_assignment_context(&q.r.assignment, a, &ctx);
    w403_request_place at = {&ctx, &q.caller.who, q.r.action, q.r.resource};
    if (!slots || !w403_documents_locate(&d->documents, &at, slots)) {
        t->impossible++;
        return;
    }
    uint8_t label = w403_diagram_at(&d->diagram, slots);
    uint64_t hidden[W403_HIDDEN_KEYS + 64];
    memset(hidden, 0xff, sizeof hidden);
    for (size_t i = 0; i < d->documents.space.dims.n; i++) {
        const w403_dim *dim = &d->documents.space.dims.at[i];
        for (size_t h = 0; h < d->documents.space.n_hidden; h++) {
            hidden[h] &= dim->classes.at[dim->slot_class[slots[i]]].hidden[h];
            if (!hidden[h]) { /* a request that nobody can make */
                t->impossible++;
                return;
            }
        }
    }
    w403_say old = w403_documents_ask(&d->documents, 0, &q.r), new = w403_documents_ask(&d->documents, 1, &q.r);
    bool wrong = label != w403_says(old, new) && !(old == new && label / 4 == label % 4);
    for (size_t i = 0; i < d->boxes.n; i++) {
        wrong |= old == new && w403_box_has(&d->documents.space, &d->boxes.at[i].box, slots);
    }
    if (old == W403_SAYS_ALLOW && new == W403_SAYS_NOTHING) {
        wrong |= d->answers[W403_NO_LONGER_ALLOWED] != W403_YES;
    }
    if (old != W403_SAYS_ALLOW && old != W403_SAYS_UNKNOWN && new == W403_SAYS_ALLOW) {
        wrong |= d->answers[W403_NEWLY_ALLOWED] != W403_YES;
    }
    t->requests++;
    t->differ += wrong;
    if (wrong) {
        printf("differs: %s %.*s by %.*s: %d -> %d, label %u\nold %.*s\nnew %.*s\n", w403_action_at(q.r.action)->name,
               W403_ARG(q.r.resource), W403_ARG(q.caller.name), (int)old, (int)new, label,
               W403_ARG(d->documents.policy[0]->doc.text), W403_ARG(d->documents.policy[1]->doc.text));
        for (uint32_t i = 0; i < q.all.n_facts; i++) {
            if (q.all.facts[i].n) {
                printf("  %.*s = %.*s\n", W403_ARG(q.all.facts[i].name), W403_ARG(q.all.facts[i].values[0]));
            }
        }
    }
}

static w403_document_diff *diff(w403_arena *a, const w403_policy *old, const w403_policy *new, tally *t)
{
    w403_document_diff *d = w403_arena_zalloc(a, sizeof *d);
    w403_budget *budget = w403_arena_zalloc(a, sizeof *budget);
    w403_error err;
    if (!d || !budget) {
        abort();
    }
    w403_budget_init(budget);
    budget->max_ms = 60000;
    w403_budget_start(budget);
    d->documents = (w403_documents){
        .arena = a, .policy = {old, new}, .kind = new->kind, .partition = W403_LIT("aws")};
    if (w403_diff_documents(d, budget, &err) != W403_OK) {
        printf("differs: %s\nold %.*s\nnew %.*s\n", err.message, W403_ARG(old ? old->doc.text : W403_LIT("")),
               W403_ARG(new->doc.text));
        t->differ++;
        return NULL;
    }
    return d;
}

static bool none(const w403_document_diff *d)
{
    return !d || (d->answers[0] == W403_NO && d->answers[1] == W403_NO && d->answers[2] == W403_NO && d->answers[3] == W403_NO);
}

static void law(const char *name, bool holds, const w403_policy *p, tally *t)
{
    t->differ += !holds;
    if (!holds) {
        printf("differs: %s\n%.*s\n", name, W403_ARG(p->doc.text));
    }
}

/* One statement as a document that allows what the statement matches. */
static const w403_policy *alone(w403_arena *a, const w403_policy *p, uint32_t i)
{
    w403_policy *one = w403_arena_alloc(a, sizeof *one);
    w403_statement *st = w403_arena_alloc(a, sizeof *st);
    if (!one || !st) {
        abort();
    }
    *st = p->statements[i];
    st->effect = W403_EFFECT_ALLOW;
    *one = *p;
    one->statements = st;
    one->n_statements = 1;
    return one;
}

/* Covered means: as documents, the one allows nothing that the other does not. */
static void relations(w403_arena *a, const w403_policy *p, tally *t)
{
    w403_relations r;
    w403_budget budget;
    w403_error err;
    w403_tri covered, meet, back, alive;
    w403_budget_init(&budget);
    budget.max_ms = 60000;
    w403_budget_start(&budget);
    if (w403_relations_open(&r, a, p, &budget, &err) != W403_OK) {
        abort();
    }
    for (uint32_t i = 0; i + 1 < p->n_statements; i++) {
        uint64_t by = UINT64_C(2) << i;
        const w403_document_diff *d = diff(a, alone(a, p, i + 1), alone(a, p, i), t);
        const w403_document_diff *any = diff(a, NULL, alone(a, p, i), t);
        if (!d || !any || w403_relations_covered(&r, i, &by, &covered, &err) != W403_OK ||
            w403_relations_meet(&r, i, i + 1, &meet, &err) != W403_OK ||
            w403_relations_meet(&r, i + 1, i, &back, &err) != W403_OK ||
            w403_relations_alive(&r, i, &alive, &err) != W403_OK) {
            abort();
        }
        w403_tri wider = d->answers[W403_NEWLY_ALLOWED];
        law("a statement that is covered allows nothing more", covered == w403_not(wider), p, t);
        law("two statements meet both ways", meet == back, p, t);
        law("a statement that is alive allows something", alive == any->answers[W403_NEWLY_ALLOWED], p, t);
        law("a statement that is covered meets the one that covers it",
            !(covered == W403_YES && alive == W403_YES) || meet == W403_YES, p, t);
    }
    w403_relations_close(&r);
}

static void one_pair(w403_arena *a, uint32_t n_requests, tally *t)
{
    bool resource_policy = roll(2);
    w403_policy_kind kind = resource_policy ? W403_POLICY_RESOURCE : W403_POLICY_IDENTITY;
    w403_view text = policy_text(a, (w403_view){NULL, 0}, false, resource_policy);
    bool related = roll(2);
    const w403_policy *old = parse(a, text, kind);
    const w403_policy *new = parse(a, policy_text(a, related ? text : (w403_view){NULL, 0}, false, resource_policy), kind);
    const w403_policy *denies = parse(a, policy_text(a, text, true, resource_policy), kind);
    w403_document_diff *d = diff(a, old, new, t), *back = diff(a, new, old, t), *deny = diff(a, old, denies, t);
    t->pairs++;
    law("a policy against itself", none(diff(a, old, old, t)), old, t);
    if (!d || !back || !deny) {
        return;
    }
    for (int i = 0; i < W403_CHANGES; i++) {
        t->unknown += d->answers[i] == W403_UNKNOWN;
    }
    law("a Deny more widens", deny->answers[W403_NEWLY_ALLOWED] != W403_YES && deny->answers[W403_NO_LONGER_DENIED] != W403_YES,
        denies, t);
    bool wider = d->answers[W403_NEWLY_ALLOWED] == W403_YES, taken = back->answers[W403_NO_LONGER_ALLOWED] == W403_YES ||
                                                                   back->answers[W403_NEWLY_DENIED] == W403_YES;
    law("what is newly allowed is taken away the other way round", !wider || taken, new, t);
    relations(a, denies, t);
    for (uint32_t i = 0; i < n_requests; i++) {
        one_request(a, d, resource_policy, t);
    }
}

int main(int argc, char **argv)
{
    size_t pairs = argc > 1 ? strtoul(argv[1], NULL, 10) : 280;
    tally t = {0};
    seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (size_t i = 0; i < pairs && t.differ < 20; i++) {
        w403_arena *a = w403_arena_new(0);
        if (!a) {
            return 2;
        }
        one_pair(a, 1000, &t);
        w403_arena_free(a);
    }
    printf("%zu requests of %zu pairs (%zu more that nobody can make), %zu differ, %zu answers unknown\n", t.requests, t.pairs,
           t.impossible, t.differ, t.unknown);
    return t.differ > 0;
}
