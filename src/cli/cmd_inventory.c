/* why403 inventory: why a report of S3 Inventory is not delivered. */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/inventory_output.h"
#include "cli/live_narrow.h"
#include "evidence/evidence.h"

typedef struct run {
    w403_cli *cli;
    const w403_snapshot *snapshot;
    const w403_policies *policies;
    w403_inv_question question;
    w403_view reported; /* date of --error */
    w403_reported said; /* all of it */
    w403_narrow *live;  /* NULL: AWS is not asked */
    w403_deliveries delivered;
    w403_verdict worst;
} run;

static w403_view option(const w403_cli *cli, w403_option_id id)
{
    const char *value = w403_args_value(&cli->args, id);
    return value ? w403_view_of(value) : (w403_view){NULL, 0};
}

/* The console's text says which day it was; that day is looked at unless --at says another. */
static w403_status read_error_text(run *r, w403_error *err)
{
    w403_view text = option(r->cli, W403_OPT_INVENTORY_ERROR);
    w403_evidence e;
    if (!text.p) {
        return W403_OK;
    }
    W403_TRY(w403_evidence_error(r->cli->arena, text, &e, err));
    if (!e.reported.inventory_date.p) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`--error`: this text is not about an inventory export");
        w403_error_hint(err,
                        "expected: `Inventory export for 2021-02-19 failed ...`, in any language; for other texts "
                        "see `why403 explain`");
        return st;
    }
    r->reported = e.reported.inventory_date;
    r->said = e.reported;
    if (!r->question.at.p) {
        r->question.at = w403_arena_printf(r->cli->arena, "%.*sT23:59:59Z", (int)r->reported.n, r->reported.p);
        W403_NEED(r->question.at.p, err);
    }
    return W403_OK;
}

static w403_status read_delivered(run *r, w403_error *err)
{
    const char *dir = w403_args_value(&r->cli->args, W403_OPT_DELIVERED);
    w403_problems problems = {.arena = r->cli->arena};
    if (!dir) {
        return W403_OK;
    }
    W403_TRY(w403_deliveries_list(r->cli->arena, dir, r->question.bucket, (w403_view){NULL, 0}, &problems,
                                  &r->delivered, err));
    for (size_t i = 0; i < problems.n; i++) {
        w403_diag(r->cli, true, &problems.at[i].error);
    }
    r->question.delivered = &r->delivered;
    return W403_OK;
}

/* The text alone: it names no bucket, but it does say something. */
static bool unnamed(const run *r)
{
    return r->cli->args.operands.n == 0 && w403_args_has(&r->cli->args, W403_OPT_INVENTORY_ERROR);
}

static bool as_json(const run *r)
{
    const char *format = w403_args_value(&r->cli->args, W403_OPT_INVENTORY_FORMAT);
    return format && strcmp(format, "json") == 0;
}

static w403_status read_command_line(run *r, w403_error *err)
{
    const w403_args *args = &r->cli->args;
    if (unnamed(r)) {
        return read_error_text(r, err);
    }
    if (args->operands.n == 0 || args->operands.n > 2) {
        w403_status st = w403_error_set(err, W403_SEMANTIC,
                                        args->operands.n ? "one argument too many: `%.200s`" : "no bucket given%.0s",
                                        args->operands.n ? args->operands.at[2] : "");
        w403_error_hint(err, "usage: why403 inventory BUCKET [CONFIG]");
        return st;
    }
    w403_view bucket = w403_view_of(args->operands.at[0]);
    static const w403_view forms[] = {{"s3://", 5}, {"arn:aws:s3:::", 13}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (w403_view_starts(bucket, forms[i])) {
            bucket = w403_view_sub(bucket, forms[i].n, bucket.n);
        }
    }
    while (bucket.n && bucket.p[bucket.n - 1] == '/') {
        bucket.n--;
    }
    r->question = (w403_inv_question){.bucket = bucket,
                                      .configuration = args->operands.n > 1 ? w403_view_of(args->operands.at[1])
                                                                            : (w403_view){NULL, 0},
                                      .at = option(r->cli, W403_OPT_AT),
                                      .created_at = option(r->cli, W403_OPT_CREATED_AT),
                                      .configurer = option(r->cli, W403_OPT_AS)};
    W403_TRY(read_error_text(r, err));
    return read_delivered(r, err);
}

/* ---- asked of AWS ---- */

/* The bucket, then its configurations. */
static w403_status ask_source(run *r, w403_error *err)
{
    if (!r->live || !r->question.bucket.n) {
        return W403_OK;
    }
    W403_TRY(w403_narrow_ask_bucket(r->live, r->question.bucket, (w403_view){NULL, 0}, err));
    W403_TRY(w403_narrow_fetch(r->live, err));
    W403_TRY(w403_narrow_ask_inventory(r->live, r->question.bucket, r->question.configuration, err));
    W403_TRY(w403_narrow_fetch(r->live, err));
    r->snapshot = w403_narrow_snapshot(r->live);
    return W403_OK;
}

/* What the put of the report needs, which names more as more is known: the destination, then its key. */
static w403_status ask_delivery(run *r, w403_inv_diagnosis *d, w403_error *err)
{
    enum { ROUNDS = 4 };
    for (unsigned i = 0; i < ROUNDS && r->live && d->request.resource.n; i++) {
        unsigned calls = w403_narrow_count(r->live).calls;
        W403_TRY(w403_narrow_ask(r->live, r->policies, &d->request, err));
        if (calls == w403_narrow_count(r->live).calls) {
            break;
        }
        r->snapshot = w403_narrow_snapshot(r->live);
        *d = (w403_inv_diagnosis){0};
        W403_TRY(w403_inventory_decide(r->snapshot, r->policies, &r->question, r->cli->arena, d, err));
    }
    return W403_OK;
}

static w403_status answer(run *r, w403_view configuration, w403_error *err)
{
    w403_cli *cli = r->cli;
    w403_inv_diagnosis *d = W403_NEW(cli->arena, w403_inv_diagnosis);
    w403_inv_remedies remedies;
    w403_fix_list fixes;
    W403_NEED(d, err);
    r->question.configuration = configuration;
    W403_TRY(w403_inventory_decide(r->snapshot, r->policies, &r->question, cli->arena, d, err));
    W403_TRY(ask_delivery(r, d, err));
    W403_TRY(w403_inventory_remedies(r->snapshot, d, cli->arena, &remedies, err));
    w403_inventory_answer x = {.diagnosis = d, .remedies = &remedies, .reported = r->reported};
    if (d->put.n_causes && d->delivery.verdict == W403_DENIED) { /* what a policy must change, proven */
        const w403_fix_options smallest = {.max = 1};
        W403_TRY(w403_fix_find(r->snapshot, r->policies, &d->request, &d->delivery, &d->put, &smallest, cli->arena,
                               &fixes, err));
        x.fixes = &fixes;
    }
    static const uint8_t rank[] = {[W403_ALLOWED] = 0, [W403_UNDETERMINED] = 1, [W403_DENIED] = 2};
    r->worst = rank[d->decision.verdict] > rank[r->worst] ? d->decision.verdict : r->worst;
    if (as_json(r)) {
        w403_inventory_json(cli, &x);
        return W403_OK;
    }
    w403_buf_puts(&cli->out, cli->out.n ? "\n" : "");
    return w403_inventory_text(cli, &x, err);
}

/* The configuration that was named, else each of the bucket. */
static w403_status answer_all(run *r, w403_error *err)
{
    if (r->question.configuration.p) {
        return answer(r, r->question.configuration, err);
    }
    const w403_bucket *b = w403_snapshot_bucket(r->snapshot, r->question.bucket);
    unsigned judged = 0;
    for (uint32_t i = 0; b && i < b->n_inventory; i++) {
        if (b->inventory[i].fact.state != W403_FACT_NONE) {
            W403_TRY(answer(r, b->inventory[i].id, err));
            judged++;
        }
    }
    return judged ? W403_OK : answer(r, W403_LIT("*"), err); /* says what is missing */
}

static int judge(w403_cli *cli, const w403_snapshot *snapshot, const w403_policies *policies, w403_cli_narrow *live)
{
    static const int status[] = {
        [W403_ALLOWED] = W403_EXIT_GOOD, [W403_DENIED] = W403_EXIT_FOUND, [W403_UNDETERMINED] = W403_EXIT_UNKNOWN};
    w403_error err = {0};
    run r = {.cli = cli, .snapshot = snapshot, .policies = policies, .worst = W403_ALLOWED, .live = live ? live->narrow : NULL};
    w403_status st = read_command_line(&r, &err);
    bool alone = st == W403_OK && unnamed(&r);
    st = st == W403_OK ? ask_source(&r, &err) : st;
    if (alone) {
        st = w403_inventory_unnamed(cli, snapshot, &r.said, as_json(&r), &err);
        r.worst = W403_UNDETERMINED;
    } else if (st == W403_OK && !snapshot) {
        st = w403_error_set(&err, W403_SEMANTIC, "the configuration is read from a snapshot, and there is none");
        w403_error_hint(&err, "name one with `--snapshot DIR`");
    }
    if (st == W403_OK && !alone) {
        st = answer_all(&r, &err);
    }
    if (st != W403_OK) {
        w403_buf_clear(&cli->out); /* no partial verdict */
        return w403_diag_exit(cli, &err);
    }
    if (live) {
        w403_cli_narrow_report(cli, live, r.worst == W403_UNDETERMINED);
    }
    return status[r.worst];
}

static int judge_live(w403_cli *cli, const w403_policies *policies)
{
    w403_cli_narrow live;
    w403_error err;
    const char *dir = w403_args_value(&cli->args, W403_OPT_SAVE);
    w403_status st = w403_cli_narrow_open(cli, &live, &err);
    int status = st == W403_OK ? judge(cli, w403_narrow_snapshot(live.narrow), policies, &live) : w403_diag_exit(cli, &err);
    if (st == W403_OK && status != W403_EXIT_USAGE && w403_cli_narrow_save(&live, dir, &err) != W403_OK) {
        status = w403_diag_exit(cli, &err);
    }
    w403_cli_narrow_close(&live);
    return status;
}

int w403_cmd_inventory(w403_cli *cli)
{
    w403_input in;
    int status = W403_EXIT_USAGE;
    if (w403_input_open(cli, &in)) {
        bool live = w403_args_has(&cli->args, W403_OPT_LIVE);
        status = live ? judge_live(cli, in.policies) : judge(cli, in.snapshot, in.policies, NULL);
    }
    w403_input_close(&in);
    return status;
}
