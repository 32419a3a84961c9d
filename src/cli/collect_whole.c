#include "cli/collect_whole.h"

#include <signal.h>
#include <stdlib.h>

#include "cli/collect_output.h"
#include "cli/input.h"
#include "cli/live_session.h"
#include "live/calls.h"

enum { INTERRUPTED = 130, DEFAULT_JOBS = 64, TOLD_BYTES = 8 << 20 };

static volatile sig_atomic_t interrupted;
static const w403_cli_live  *session; /* of the run at hand, for the handler */

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
    if (session && session->session) {
        session->module->stop(session->session);
    }
}

/* ---- options ---- */

static w403_view given(const w403_cli *cli, w403_option_id id)
{
    const char *value = w403_args_value(&cli->args, id);
    return value ? w403_view_of(value) : (w403_view){NULL, 0};
}

/* Words of a list with commas, each a bit. `bit` gives 0 for a word that is none. */
static w403_status read_words(const w403_cli *cli, w403_option_id id, uint32_t (*bit)(w403_view), const char *words,
                              uint32_t *out, w403_error *err)
{
    size_t            at = 0;
    const w403_given *g;
    while ((g = w403_args_each(&cli->args, id, &at)) != NULL) {
        for (w403_view rest = w403_view_of(g->value); rest.p;) {
            w403_view word = w403_view_cut(&rest, ',');
            uint32_t  one = bit(word);
            if (!one) {
                (void)w403_error_set(err, W403_SEMANTIC, "`--%s`: there is no `%.*s`", w403_option_at(id)->name,
                                     W403_CUT(word));
                w403_error_hint(err, "%s", words);
                return W403_SEMANTIC;
            }
            *out |= one;
        }
    }
    return W403_OK;
}

static uint32_t service_bit(w403_view word)
{
    static const uint8_t taken[] = {W403_SERVICE_S3,  W403_SERVICE_IAM,           W403_SERVICE_KMS,
                                    W403_SERVICE_EC2, W403_SERVICE_ORGANIZATIONS, W403_SERVICE_S3CONTROL};
    for (size_t i = 0; i < sizeof taken; i++) {
        if (w403_view_eq(word, w403_view_of(w403_services[taken[i]]))) {
            return 1u << taken[i];
        }
    }
    return 0;
}

static uint32_t with_bit(w403_view word)
{
    static const struct { const char *word; uint32_t bit; } words[] = {
        {"access-grants", W403_WITH_ACCESS_GRANTS}, {"object-lambda", W403_WITH_OBJECT_LAMBDA},
        {"directory-buckets", W403_WITH_DIRECTORY_BUCKETS}, {"events", W403_WITH_EVENTS}, {"tags", W403_WITH_TAGS},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (w403_view_eq(word, w403_view_of(words[i].word))) {
            return words[i].bit;
        }
    }
    return 0;
}

static w403_status read_accounts(w403_cli *cli, w403_collect_options *o, w403_error *err)
{
    W403_ARRAY(w403_view) ids = {0};
    size_t            at = 0;
    const w403_given *g;
    while ((g = w403_args_each(&cli->args, W403_OPT_COLLECT_ACCOUNT, &at)) != NULL) {
        for (w403_view rest = w403_view_of(g->value); rest.p;) {
            w403_view  id = w403_view_cut(&rest, ',');
            w403_view *slot = W403_PUSH(cli->arena, &ids);
            uint64_t   number;
            W403_NEED(slot, err);
            if (id.n != 12 || !w403_view_u64(id, &number)) {
                return w403_error_set(err, W403_SEMANTIC, "`--account`: `%.*s` is no account: 12 digits", W403_CUT(id));
            }
            *slot = id;
        }
    }
    o->accounts = ids.at;
    o->n_accounts = ids.n;
    return W403_OK;
}

static w403_status read_regions(w403_cli *cli, w403_collect_options *o, w403_error *err)
{
    W403_ARRAY(w403_view) names = {0};
    size_t            at = 0;
    const w403_given *g;
    while ((g = w403_args_each(&cli->args, W403_OPT_REGION, &at)) != NULL) {
        w403_view *slot = W403_PUSH(cli->arena, &names);
        W403_NEED(slot, err);
        *slot = w403_view_of(g->value);
    }
    o->regions = names.at;
    o->n_regions = names.n;
    return W403_OK;
}

/* Hours where no unit stands. */
static w403_status read_age(const w403_cli *cli, w403_instant *out, w403_error *err)
{
    w403_view text = given(cli, W403_OPT_MAX_AGE);
    uint64_t  hours = 24;
    if (text.p && !w403_view_u64(text, &hours) && w403_read_span(text, out)) {
        return W403_OK;
    }
    if (text.p && (!w403_view_u64(text, &hours) || hours == 0 || hours > 1000000)) {
        (void)w403_error_set(err, W403_SEMANTIC, "`--max-age`: `%.*s` is no time", W403_CUT(text));
        w403_error_hint(err, "as `24h`, `90m` or `2d`");
        return W403_SEMANTIC;
    }
    *out = (w403_instant)hours * 3600 * 1000000;
    return W403_OK;
}

static w403_status exclude(const w403_cli *cli, w403_option_id one, w403_option_id other, w403_error *err)
{
    return w403_args_has(&cli->args, one) && w403_args_has(&cli->args, other)
               ? w403_error_set(err, W403_SEMANTIC, "`--%s` and `--%s`: give one of the two", w403_option_at(one)->name,
                                w403_option_at(other)->name)
               : W403_OK;
}

/* A store that speaks S3 has no accounts of AWS's, and perhaps no identities. */
static bool is_store(const w403_cli *cli)
{
    return w403_args_has(&cli->args, W403_OPT_ENDPOINT_URL) || w403_args_has(&cli->args, W403_OPT_NO_SIGN_REQUEST) ||
           getenv("AWS_ENDPOINT_URL") || getenv("AWS_ENDPOINT_URL_S3");
}

static w403_status check(const w403_cli *cli, const w403_collect_options *o, w403_error *err)
{
    W403_TRY(exclude(cli, W403_OPT_ORGANIZATION, W403_OPT_COLLECT_ACCOUNT, err));
    bool members = o->organization || (o->n_accounts && !o->store);
    if (members && !o->role.n) {
        (void)w403_error_set(err, W403_SEMANTIC, "accounts are entered by a role: `--role` is missing");
        w403_error_hint(err, "`--role NAME` is taken in each of them; its trust policy must name who collects");
        return W403_SEMANTIC;
    }
    if (o->organization && w403_view_find_char(o->role, ':') != SIZE_MAX) {
        return w403_error_set(err, W403_SEMANTIC, "`--role`: a name, as the role is called in every account, and no ARN");
    }
    if (o->probe && !o->dry) {
        return w403_error_set(err, W403_SEMANTIC, "`--probe` goes with `--dry-run`");
    }
    return W403_OK;
}

static w403_status read_options(w403_cli *cli, w403_collect_options *o, w403_error *err)
{
    const w403_args *args = &cli->args;
    if (args->operands.n > 1) {
        (void)w403_error_set(err, W403_SEMANTIC, "one folder at most: `%.200s` is one too many", args->operands.at[1]);
        w403_error_hint(err, "`--for OPERATION RESOURCE` collects for one question");
        return W403_SEMANTIC;
    }
    *o = (w403_collect_options){.path = args->operands.n ? args->operands.at[0] : "snapshot",
                                .organization = w403_args_has(args, W403_OPT_ORGANIZATION),
                                .role = given(cli, W403_OPT_ROLE),
                                .all_regions = w403_args_has(args, W403_OPT_ALL_REGIONS),
                                .store = is_store(cli),
                                .bucket = given(cli, W403_OPT_COLLECT_BUCKET),
                                .resume = w403_args_has(args, W403_OPT_RESUME),
                                .refresh = w403_args_has(args, W403_OPT_REFRESH),
                                .force = w403_args_has(args, W403_OPT_FORCE),
                                .dry = w403_args_has(args, W403_OPT_DRY_RUN),
                                .probe = w403_args_has(args, W403_OPT_PROBE),
                                .stop = &interrupted,
                                .progress = w403_collect_page_progress,
                                .note = w403_collect_page_note};
    W403_TRY(read_accounts(cli, o, err));
    W403_TRY(read_regions(cli, o, err));
    W403_TRY(read_age(cli, &o->max_age, err));
    W403_TRY(read_words(cli, W403_OPT_COLLECT_ONLY, service_bit, "s3, iam, kms, ec2, organizations or s3control", &o->only,
                        err));
    W403_TRY(read_words(cli, W403_OPT_WITH, with_bit,
                        "access-grants, object-lambda, directory-buckets, events or tags; the headers of one object come with "
                        "`--for`",
                        &o->with, err));
    o->path = o->dry ? NULL : o->path;
    return check(cli, o, err);
}

/* ---- the run ---- */

static w403_status run(w403_cli *cli, w403_collect_page *page, w403_collect_options *o, w403_collect_report *report,
                       w403_live_counts *counts, w403_error *err)
{
    w403_cli_live    live;
    struct sigaction act = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}; /* a second Ctrl-C ends it */
    W403_TRY(w403_cli_live_open(cli, &live, err));
    session = &live;
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    w403_status st = w403_collect(cli->arena, live.module, live.session, o, report, err);
    session = NULL;
    if (live.module->count) {
        live.module->count(live.session, counts);
    }
    w403_collect_page_close(page);
    w403_cli_live_close(&live);
    return st;
}

static void tell(void *user, bool warning, const w403_error *problem)
{
    if (warning) { /* what could not be had is in the report */
        w403_diag(user, true, problem);
    }
}

/* What every command will say of the policies that were collected. A large collection is not loaded for that: the report names the
 * command that says it (`why403 lint DIR`), and memory stays what the collection takes. */
static void tell_policies(w403_cli *cli, const char *path, const w403_live_counts *counts)
{
    if (counts->bytes > TOLD_BYTES) {
        return;
    }
    w403_snapshot *snapshot = NULL;
    w403_error     err;
    cli->source_root = path;
    if (w403_snapshot_load(path, tell, cli, &snapshot, &err) == W403_OK) {
        w403_snapshot_free(snapshot);
    }
}

int w403_collect_whole(w403_cli *cli)
{
    w403_error           err = {0};
    w403_collect_options options;
    w403_collect_report  report;
    w403_collect_page    page;
    w403_live_counts     counts = {0};
    uint64_t             jobs = DEFAULT_JOBS;
    w403_status st = read_options(cli, &options, &err);
    st = st == W403_OK ? w403_input_number(cli, W403_OPT_JOBS, 1024, &jobs, &err) : st;
    if (st == W403_OK) {
        w403_collect_page_open(&page, cli, &options);
        options.user = &page;
        st = run(cli, &page, &options, &report, &counts, &err);
    }
    if (st != W403_OK) {
        return interrupted ? INTERRUPTED : w403_diag_exit(cli, &err);
    }
    if (options.dry) {
        w403_collect_page_estimate(&page, &report, (unsigned)jobs);
    } else {
        w403_collect_page_report(&page, &report, &counts);
        tell_policies(cli, options.path, &counts);
    }
    return report.interrupted ? INTERRUPTED : report.unknown ? W403_EXIT_FOUND : W403_EXIT_GOOD;
}
