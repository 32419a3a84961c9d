/* The snapshot and the policy files that a request is judged by; numbers of the command line. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/input_made.h"
#include "policy/policies.h"
#include "snapshot/load.h"

typedef struct reporter {
    w403_cli *cli;
    size_t    errors;
} reporter;

static void report(void *user, bool warning, const w403_error *problem)
{
    reporter *r = user;
    r->errors += !warning;
    w403_diag(r->cli, warning, problem);
}

/* Is AWS asked in place of a snapshot? `logs` asks for events only. */
static bool asks_aws(const w403_cli *cli)
{
    return w403_args_has(&cli->args, W403_OPT_LIVE) && cli->command->bit != W403_FOR_LOGS;
}

const char *w403_input_snapshot_path(const w403_cli *cli)
{
    if (w403_args_has(&cli->args, W403_OPT_NO_SNAPSHOT) || asks_aws(cli) || cli->host || w403_input_made(cli, 0)) {
        return NULL;
    }
    const char *path = w403_args_value(&cli->args, W403_OPT_SNAPSHOT);
    if (path) {
        return path;
    }
    path = getenv("WHY403_SNAPSHOT");
    if (path && *path) {
        return path;
    }
    return w403_is_directory("snapshot") ? "snapshot" : cli->config_snapshot;
}

enum { OLD_HOURS = 24 };

/* What AWS says changes: of a collection it is known when that was. */
static void tell_age(w403_cli *cli, const w403_snapshot *s)
{
    w403_instant age = s->collected && s->has_collected_at ? w403_instant_now() - s->collected_at : 0;
    int64_t hours = age / ((int64_t)3600 * 1000000);
    if (hours >= OLD_HOURS) {
        w403_diag_note(cli, "the snapshot was collected %" PRId64 " %s ago: `why403 collect --refresh` makes it anew",
                       hours < 2 * OLD_HOURS ? hours : hours / OLD_HOURS, hours < 2 * OLD_HOURS ? "hours" : "days");
    }
}

w403_status w403_input_load(w403_cli *cli, const char *path, w403_problem_fn *fn, void *user, w403_snapshot **out,
                            w403_error *err)
{
    const w403_text_set       *texts = w403_cli_texts(cli);
    const w403_named_text *found = w403_text_set_find(texts, w403_view_of(path));
    *out = NULL;
    if (found) {
        return w403_snapshot_parse(found->name, found->text, fn, user, out, err);
    }
    return texts && texts->sealed ? w403_text_set_missing(path, err) : w403_snapshot_load_usable(path, fn, user, out, err);
}

/* What its load warned about is said again with every answer. */
static w403_status take_hosts(w403_cli *cli, w403_snapshot **out)
{
    const w403_problems *loaded = cli->host->loaded;
    *out = cli->host->snapshot;
    for (size_t i = 0; loaded && *out && i < loaded->n; i++) {
        w403_diag(cli, true, &loaded->at[i].error);
    }
    return W403_OK;
}

/* One source: it is the snapshot. (`diff` compares two, and opens them itself.) */
static w403_status take_made(w403_cli *cli, const w403_given *made, reporter *r, w403_snapshot **out, w403_error *err)
{
    const w403_given *other = w403_input_made(cli, 1);
    if (other || w403_args_has(&cli->args, W403_OPT_SNAPSHOT)) {
        return w403_error_set(err, W403_SEMANTIC, "`--%s` stands in place of a snapshot: `--%s` is one more", w403_option_at(made->id)->name,
                              other ? w403_option_at(other->id)->name : "snapshot");
    }
    return w403_input_make(cli, made, report, r, out, err);
}

w403_status w403_input_snapshot(w403_cli *cli, w403_snapshot **out)
{
    *out = NULL;
    if (cli->host) {
        return take_hosts(cli, out);
    }
    const w403_given *made = w403_input_made(cli, 0);
    const char *path = made ? NULL : w403_input_snapshot_path(cli);
    if (!path && !made) {
        return W403_OK;
    }
    w403_error err;
    reporter   r = {cli, 0};
    cli->source_root = path;
    w403_status status = made ? take_made(cli, made, &r, out, &err) : w403_input_load(cli, path, report, &r, out, &err);
    if (status != W403_OK && r.errors == 0) {
        w403_diag(cli, false, &err);
    }
    if (status == W403_OK) {
        tell_age(cli, *out);
    }
    return status;
}

/* `2:file.json`: the level of an SCP or RCP; a file whose name looks so is given as `./2:file.json`. */
static const char *split_level(const char *value, unsigned *level)
{
    w403_view rest = w403_view_of(value);
    w403_view digits = w403_view_cut(&rest, ':');
    uint64_t  n = 0;
    if (!rest.p || digits.n > 2 || !w403_view_u64(digits, &n)) {
        return value;
    }
    *level = (unsigned)n;
    return rest.p;
}

static w403_status add_policy(w403_cli *cli, w403_policies *ps, w403_policy_kind kind, const char *value,
                              w403_error *err)
{
    unsigned    level = 0;
    const char *path = kind == W403_POLICY_SCP || kind == W403_POLICY_RCP ? split_level(value, &level) : value;
    w403_view   text;
    W403_TRY(w403_cli_read(cli, path, &text, err));
    return w403_policies_add(ps, kind, level, w403_view_of(path), text, err);
}

size_t w403_input_warn(w403_cli *cli, const w403_policies *policies, size_t told)
{
    const w403_problems *ps = policies ? w403_policies_warnings(policies) : NULL;
    for (size_t i = told; ps && i < ps->n; i++) {
        w403_diag(cli, true, &ps->at[i].error);
    }
    if (ps && ps->n >= W403_LIMIT_PROBLEMS && told < ps->n) { /* beyond that they are not looked for */
        w403_diag_text(cli, true, "the policies may have more problems than the %zu shown", ps->n);
    }
    return ps ? ps->n : 0;
}

w403_status w403_input_policies(w403_cli *cli, bool bucket_policy, w403_policies **out)
{
    static const struct {
        w403_option_id   id;
        w403_policy_kind kind;
    } table[] = {
        {W403_OPT_IDENTITY_POLICY, W403_POLICY_IDENTITY},
        {W403_OPT_BOUNDARY, W403_POLICY_BOUNDARY},
        {W403_OPT_SESSION_POLICY, W403_POLICY_SESSION},
        {W403_OPT_SCP, W403_POLICY_SCP},
        {W403_OPT_RCP, W403_POLICY_RCP},
        {W403_OPT_VPCE_POLICY, W403_POLICY_VPC_ENDPOINT},
        {W403_OPT_BUCKET_POLICY, W403_POLICY_RESOURCE},
        {W403_OPT_ACCESS_POINT_POLICY, W403_POLICY_ACCESS_POINT},
        {W403_OPT_KEY_POLICY, W403_POLICY_KEY},
        {W403_OPT_TRUST_POLICY, W403_POLICY_TRUST},
    };
    w403_status first = W403_OK;
    *out = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t            at = 0;
        const w403_given *g;
        if (table[i].id == W403_OPT_BUCKET_POLICY && !bucket_policy) {
            continue;
        }
        while ((g = w403_args_each(&cli->args, table[i].id, &at)) != NULL) {
            w403_error  err;
            w403_status status = W403_OK;
            if (!*out && !(*out = w403_policies_new())) {
                status = w403_error_nomem(&err);
            }
            status = status == W403_OK ? add_policy(cli, *out, table[i].kind, g->value, &err) : status;
            if (status != W403_OK) {
                w403_diag(cli, false, &err); /* and the other files' problems too */
                first = first == W403_OK ? status : first;
            }
        }
    }
    (void)w403_input_warn(cli, *out, 0);
    return first;
}

bool w403_input_open(w403_cli *cli, w403_input *out)
{
    *out = (w403_input){.borrowed = cli->host != NULL};
    w403_status loaded = w403_input_snapshot(cli, &out->snapshot);
    w403_status read = w403_input_policies(cli, true, &out->policies);
    w403_error  err;
    w403_status named = loaded == W403_OK ? w403_input_caller(cli, out->snapshot, &err) : W403_OK;
    if (named != W403_OK) {
        w403_diag(cli, false, &err);
    }
    return loaded == W403_OK && read == W403_OK && named == W403_OK;
}

void w403_input_close(w403_input *in)
{
    w403_policies_free(in->policies);
    if (!in->borrowed) {
        w403_snapshot_free(in->snapshot);
    }
}

w403_status w403_input_needed(const w403_input *in, w403_error *err)
{
    if (in->snapshot || in->policies) {
        return W403_OK;
    }
    w403_status st = w403_error_set(err, W403_SEMANTIC, "nothing to judge requests by: no snapshot and no policies");
    w403_error_hint(err, "name a snapshot with `--snapshot DIR`, or policies, as `--bucket-policy FILE`");
    return st;
}

/* ---- numbers ---- */

w403_status w403_input_number(const w403_cli *cli, w403_option_id id, uint64_t most, uint64_t *out, w403_error *err)
{
    const char *text = w403_args_value(&cli->args, id);
    if (text && (!w403_view_u64(w403_view_of(text), out) || *out < 1 || *out > most)) {
        return w403_error_set(err, W403_SEMANTIC, "`--%s %.80s`: give a number from 1 to %llu",
                              w403_option_at(id)->name, text, (unsigned long long)most);
    }
    return W403_OK;
}

w403_status w403_input_jobs(const w403_cli *cli, unsigned most, unsigned *out, w403_error *err)
{
    long     cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t n = cores < 1 ? 1 : (unsigned long)cores > most ? most : (uint64_t)cores;
    W403_TRY(w403_input_number(cli, W403_OPT_JOBS, most, &n, err));
    *out = (unsigned)n;
    return W403_OK;
}

bool w403_read_span(w403_view text, w403_instant *out)
{
    static const struct {
        char unit;
        w403_instant seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    w403_view digits = {text.p, text.n ? text.n - 1 : 0};
    uint64_t n;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (text.n && text.p[text.n - 1] == units[i].unit && w403_view_u64(digits, &n) && n > 0 && n <= 1000000) {
            *out = (w403_instant)n * units[i].seconds * 1000000;
            return true;
        }
    }
    return false;
}
