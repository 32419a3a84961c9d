/* A question that is collected for narrowly must have the answer that the whole snapshot gives: for every case with a
 * snapshot, the snapshot answers the calls of a narrow collection, which then decides. With some of the calls denied
 * the verdict is the same or undetermined, never another.
 *
 * prop_narrow [-r ROUNDS] CASE-FILE...   prints counts; exit 1 when an answer is another one. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "collect/narrow.h"
#include "evidence/case_file.h"
#include "explain/explain.h"
#include "narrow_world.h"
#include "policy/match.h"

typedef struct tally {
    unsigned asked[W403_CALL_COUNT];
    size_t same, unknown, other, denied, apart, calls, most_calls, most_rounds, unnamed;
} tally;

typedef struct outcome {
    w403_status st;
    w403_verdict verdict;
    int status;
    const char *cause;
    char hangs_on[200]; /* what is unknown, the first */
    bool unnamed;       /* undetermined, and nothing is named on which it hangs */
} outcome;

static outcome decide(w403_arena *a, const w403_snapshot *s, const w403_request *r)
{
    w403_error err = {0};
    w403_decision d;
    w403_explanation x = {0};
    outcome o = {.st = w403_decide(s, NULL, r, W403_DETAIL_FULL, a, &d, &err)};
    if (o.st == W403_OK) {
        o.st = w403_explain(r, &d, a, &x, &err);
        o.verdict = d.verdict;
        o.status = d.status;
        o.unnamed = d.verdict == W403_UNDETERMINED && d.n_unknown == 0;
        o.cause = x.n_causes ? x.causes[0].id : "";
        (void)snprintf(o.hangs_on, sizeof o.hangs_on, "%.*s", d.n_unknown ? (int)d.unknown[0].n : 0,
                       d.n_unknown ? d.unknown[0].p : "");
    }
    return o;
}

/* ---- some calls are denied ---- */

/* At random, or every call of some rows. */
typedef struct refuser {
    uint64_t seed;
    unsigned percent;
    unsigned rows[2];
} refuser;

static bool denied(void *user, unsigned row, w403_view about)
{
    const refuser *r = user;
    uint64_t h = w403_hash(about.p, about.n) ^ (r->seed * 0x9E3779B97F4A7C15u) ^ ((uint64_t)row << 32);
    h = w403_hash(&h, sizeof h);
    return row != W403_CALL_STS_GETCALLERIDENTITY && h % 100 < r->percent;
}

static bool denied_row(void *user, unsigned row, w403_view about)
{
    const refuser *r = user;
    (void)about;
    return row == r->rows[0] || row == r->rows[1];
}

static void note_unnamed(const w403_case *c, const outcome *o, tally *t)
{
    t->unnamed += o->unnamed;
    if (o->unnamed) {
        printf("%.*s:%u %.*s: undetermined, and nothing is named as unknown\n", W403_ARG(c->doc->source), c->line,
               W403_ARG(c->name));
    }
}

/* ---- one question ---- */

/* Whose credentials: of the account of what is asked for, as a collector of that account would have them. */
static w403_view account_for(const w403_snapshot *s, const w403_request *r)
{
    w403_arn arn = w403_arn_split(r->resource), who = w403_arn_split(r->principal);
    w403_view rest = arn.n == 6 ? arn.part[5] : W403_LIT("");
    const w403_bucket *b = arn.n == 6 ? w403_snapshot_bucket(s, w403_view_cut(&rest, '/')) : NULL;
    return b && b->account                              ? b->account->id
           : arn.n == 6 && arn.part[4].n == 12          ? arn.part[4]
           : who.n == 6 && who.part[4].n == 12          ? who.part[4]
           : s->n_accounts                              ? s->account_list[0]->id
                                                        : W403_LIT("111122223333");
}

static outcome narrow(w403_arena *a, narrow_world *world, const w403_request *r, bool head,
                      w403_narrow_counts *counts)
{
    const w403_narrow_options options = {.live = &narrow_world_live,
                                         .session = narrow_world_session(world),
                                         .other_accounts = true,
                                         .head_object = head};
    w403_error err = {0};
    w403_narrow *n = NULL;
    outcome o = {.st = w403_narrow_open(&options, &n, &err)};
    if (o.st == W403_OK) {
        o.st = w403_narrow_ask(n, NULL, r, &err);
    }
    if (o.st == W403_OK) {
        *counts = w403_narrow_count(n);
        o = decide(a, w403_narrow_snapshot(n), r);
    }
    w403_narrow_close(n);
    return o;
}

/* Snapshots that contradict themselves as no account of AWS's can: an effective policy that is not what the
 * attachments come to, an access point whose file does not say whose bucket it is on. */
static bool impossible(w403_view name)
{
    static const char *const names[] = {"org-s3-policy-effective-none", "org-s3-policy-effective-not-found",
                                        "org-bpa-of-foreign-access-point-account",
                                        "org-bpa-of-foreign-access-point-blocks-acl"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_eq(name, w403_view_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static bool same(const outcome *x, const outcome *y)
{
    return x->st == y->st && x->verdict == y->verdict && x->status == y->status &&
           (x->verdict == W403_UNDETERMINED || strcmp(x->cause, y->cause) == 0);
}

static const char *name_of(const outcome *o)
{
    return o->st == W403_OK ? w403_verdict_name(o->verdict) : "error";
}

static void with_some_denied(const w403_case *c, const w403_snapshot *s, const outcome *whole, const char *which,
                             unsigned i, bool (*no)(void *, unsigned, w403_view), refuser *r, tally *t)
{
    static const char *const codes[] = {"AccessDenied", "AccessDeniedException", "why403.ConnectFailed",
                                        "TooManyRequestsException"};
    w403_arena *a = w403_arena_new(0);
    narrow_world world = {.s = s, .a = a, .account = account_for(s, &c->request), .denied = no, .user = r,
                          .code = codes[i % (sizeof codes / sizeof *codes)], .shuffle = i};
    w403_narrow_counts counts = {0};
    outcome o = narrow(a, &world, &c->request, i % 2, &counts);
    bool fine = o.st != W403_OK || o.verdict == W403_UNDETERMINED || whole->verdict == W403_UNDETERMINED ||
                o.verdict == whole->verdict;
    t->denied++;
    t->other += !fine;
    note_unnamed(c, &o, t);
    if (!fine) {
        printf("%.*s:%u %.*s: %s, with calls denied (%s %u) %s\n", W403_ARG(c->doc->source), c->line,
               W403_ARG(c->name), name_of(whole), which, i, name_of(&o));
    }
    w403_arena_free(a);
}

static void with_refusals(const w403_case *c, const w403_snapshot *s, const outcome *whole, unsigned rounds, tally *t)
{
    for (unsigned i = 0; i < rounds; i++) {
        refuser r = {.seed = w403_hash(c->name.p, c->name.n) + i, .percent = 10 + i * 20 % 80};
        with_some_denied(c, s, whole, "seed", i, denied, &r, t);
    }
}

/* Each call about the organization denied by itself, and each two of them: what is not known of it never is "no
 * policy". */
static void without_organization(const w403_case *c, const w403_snapshot *s, const outcome *whole, tally *t)
{
    static const unsigned rows[] = {
        W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION,  W403_CALL_ORGANIZATIONS_LISTROOTS,
        W403_CALL_ORGANIZATIONS_LISTPARENTS,           W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET,
        W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY,        W403_CALL_ORGANIZATIONS_DESCRIBEEFFECTIVEPOLICY,
        W403_CALL_S3CONTROL_GETPUBLICACCESSBLOCK};
    enum { ROWS = sizeof rows / sizeof *rows };
    for (unsigned i = 0; i < ROWS * ROWS && w403_map_get(&s->files, W403_LIT("organization/organization.json"));
         i++) {
        refuser r = {.rows = {rows[i / ROWS], rows[i % ROWS]}};
        if (i / ROWS <= i % ROWS) {
            with_some_denied(c, s, whole, "of the organization", i, denied_row, &r, t);
        }
    }
}

static void one_case(const w403_case *c, const w403_snapshot *s, unsigned rounds, tally *t)
{
    w403_arena *a = w403_arena_new(0);
    narrow_world world = {.s = s, .a = a, .account = account_for(s, &c->request)};
    w403_narrow_counts counts = {0};
    outcome whole = decide(a, s, &c->request);
    if (whole.st != W403_OK) {
        t->apart++;
        w403_arena_free(a);
        return;
    }
    outcome o = narrow(a, &world, &c->request, true, &counts);
    note_unnamed(c, &whole, t);
    note_unnamed(c, &o, t);
    for (unsigned i = 0; i < W403_CALL_COUNT; i++) {
        t->asked[i] += world.asked[i];
    }
    bool unknown = o.st == W403_OK && o.verdict == W403_UNDETERMINED && whole.verdict != W403_UNDETERMINED;
    bool more =
        o.st == W403_OK && whole.verdict == W403_UNDETERMINED; /* a default stands for what is not in the snapshot */
    bool equal = more || same(&whole, &o);
    t->same += equal;
    t->unknown += unknown && !equal;
    t->other += !equal && !unknown;
    t->calls += counts.calls;
    t->most_calls = counts.calls > t->most_calls ? counts.calls : t->most_calls;
    t->most_rounds = counts.rounds > t->most_rounds ? counts.rounds : t->most_rounds;
    if (!equal) {
        printf("%.*s:%u %.*s: %s %d %s, narrowly %s %d %s%s\n", W403_ARG(c->doc->source), c->line, W403_ARG(c->name),
               name_of(&whole), whole.status, whole.cause, name_of(&o), o.status, o.cause ? o.cause : "", o.hangs_on);
    }
    w403_arena_free(a);
    with_refusals(c, s, &whole, rounds, t);
    without_organization(c, s, &whole, t);
}

static void one_file(const char *path, unsigned rounds, tally *t)
{
    w403_arena *a = w403_arena_new(0);
    w403_cases cases = {0};
    w403_error err;
    w403_view text;
    if (w403_file_read(a, path, &text, &err) != W403_OK ||
        w403_case_file_parse(a, w403_view_of(path), text, &cases, &err) != W403_OK) {
        printf("%s: %s\n", path, err.message);
        t->other++;
    }
    for (size_t i = 0; i < cases.n; i++) {
        const w403_case *c = &cases.at[i];
        w403_snapshot *s = NULL;
        if (!c->snapshot || c->question || c->is_inventory || c->n_policies) {
            t->apart++;
            continue;
        }
        w403_view json = w403_view_sub(text, c->snapshot->span.off, c->snapshot->span.off + c->snapshot->span.len);
        bool loaded = w403_snapshot_parse(w403_view_of(path), json, NULL, NULL, &s, &err) == W403_OK;
        if (loaded && !s->narrow && !s->unfinished && !impossible(c->name)) {
            one_case(c, s, rounds, t);
        }
        w403_snapshot_free(s);
    }
    w403_arena_free(a);
}

/* Every call that is made narrowly is of mode `n`, and every call of that mode is made by some case: neither more nor
 * less is in the policy that `collect --print-policy` prints. */
static bool calls_fit(const tally *t)
{
    static const unsigned apart[] = {/* of other commands, those of the module itself, and what is asked for where the
                                      * account's own setting was refused */
                                     W403_CALL_S3_GETBUCKETINVENTORYCONFIGURATION,
                                     W403_CALL_ORGANIZATIONS_DESCRIBEEFFECTIVEPOLICY,
                                     W403_CALL_S3_HEADOBJECT /* --with head-object */,
                                     W403_CALL_S3CONTROL_LISTACCESSPOINTS /* by an alias: tests/live asks by one */,
                                     W403_CALL_STS_ASSUMEROLE,
                                     W403_CALL_STS_ASSUMEROLEWITHWEBIDENTITY};
    bool fit = true;
    for (unsigned i = 0; i < W403_CALL_COUNT; i++) {
        bool narrowly = w403_calls[i].modes & W403_CALL_NARROW, known = false;
        for (size_t k = 0; k < sizeof apart / sizeof *apart; k++) {
            known |= apart[k] == i;
        }
        if (!known && narrowly != (t->asked[i] > 0)) {
            printf("%s:%s is %s\n", w403_calls[i].service, w403_calls[i].operation,
                   narrowly ? "of mode n, and no case asks for it" : "asked for, and not of mode n");
            fit = false;
        }
    }
    return fit;
}

int main(int argc, char **argv)
{
    tally t = {0};
    unsigned rounds = 1;
    int i = 1;
    if (i + 1 < argc && strcmp(argv[i], "-r") == 0) {
        rounds = (unsigned)strtoul(argv[i + 1], NULL, 10);
        i += 2;
    }
    for (; i < argc; i++) {
        one_file(argv[i], rounds, &t);
    }
    printf("%zu the same, %zu undetermined, %zu another, %zu with calls denied, %zu not comparable; %.1f calls each, "
           "at most "
           "%zu, %zu rounds\n",
           t.same, t.unknown, t.other, t.denied, t.apart, (double)t.calls / (double)(t.same + t.unknown + 1),
           t.most_calls, t.most_rounds);
    return t.other > 0 || t.unnamed > 0 || t.same == 0 || !calls_fit(&t);
}
