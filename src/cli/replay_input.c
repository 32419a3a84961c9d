/* The two states of a replay: snapshots, documents in the place of others, policies on top. */
#include "cli/replay_input.h"

#include <unistd.h>

#include "base/limits.h"
#include "cli/input.h"
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

static w403_status no_state(w403_error *err, const char *which, const char *hint)
{
    w403_status status = w403_error_set(err, W403_SEMANTIC, "no %s", which);
    w403_error_hint(err, "%s", hint);
    return status;
}

/* ---- documents in the place of others ---- */

static bool is_there(const w403_cli *cli, const char *path)
{
    return w403_text_set_find(w403_cli_texts(cli), w403_view_of(path)) || (!cli->host && access(path, F_OK) == 0);
}

/* `PLACE=FILE` or `FILE`: both may hold a `=`, so the files that are there decide. */
static const char *split_place(const w403_cli *cli, const char *value, w403_view *place)
{
    const char *first = strchr(value, '=');
    *place = (w403_view){NULL, 0};
    if (!first || is_there(cli, value)) {
        return value;
    }
    for (const char *at = first; at; at = strchr(at + 1, '=')) {
        if (is_there(cli, at + 1) || strcmp(at + 1, "-") == 0) {
            first = at;
            break;
        }
    }
    *place = (w403_view){value, (size_t)(first - value)};
    return first + 1;
}

static w403_status add_document(reporter *r, w403_replay_states *s, w403_view place, w403_policy_kind kind,
                                const char *path, w403_error *err)
{
    w403_problems warnings = {.arena = r->cli->arena};
    w403_view     text;
    W403_TRY(w403_cli_read(r->cli, path, &text, err));
    w403_status status = w403_overlay_add(&s->overlay, place, kind, w403_view_of(path), text, &warnings, err);
    for (size_t i = 0; i < warnings.n; i++) {
        report(r, warnings.at[i].warning, &warnings.at[i].error);
    }
    return status;
}

static w403_status add_documents(reporter *r, w403_view bucket, w403_replay_states *s, w403_error *err)
{
    const w403_args  *args = &r->cli->args;
    const char       *bucket_policy = w403_args_value(args, W403_OPT_BUCKET_POLICY);
    const w403_given *g;
    size_t            at = 0;
    s->overlay = (w403_overlay){.arena = r->cli->arena, .base = s->against ? s->against : s->old};
    if (bucket_policy) {
        W403_TRY(add_document(r, s, bucket, W403_POLICY_RESOURCE, bucket_policy, err));
    }
    while ((g = w403_args_each(args, W403_OPT_POLICY, &at)) != NULL) {
        w403_view   place;
        const char *path = split_place(r->cli, g->value, &place);
        W403_TRY(add_document(r, s, place, W403_POLICY_KINDS, path, err));
    }
    if (s->overlay.done.n == 0) {
        return W403_OK;
    }
    return w403_snapshot_with(s->overlay.base, s->overlay.files.at, s->overlay.files.n, report, r, &s->changed, err);
}

/* ---- the states ---- */

static w403_status open_states(reporter *r, w403_view bucket, w403_replay_states *s, w403_error *err)
{
    const char *against = w403_args_value(&r->cli->args, W403_OPT_AGAINST);
    if (!s->old) {
        return no_state(err, "snapshot to replay on", "name the state of then with `--snapshot DIR`");
    }
    if (against) {
        W403_TRY(w403_input_load(r->cli, against, report, r, &s->against, err));
    }
    W403_TRY(add_documents(r, bucket, s, err));
    w403_status status = w403_input_policies(r->cli, false, &s->policies); /* says its problems itself */
    r->errors += status != W403_OK;
    W403_TRY(status);
    if (!s->against && !s->changed && !s->policies) {
        return no_state(err, "change to replay",
                        "name the new state with `--against DIR`, or a changed document with `--policy FILE`");
    }
    return W403_OK;
}

w403_status w403_replay_states_open(w403_cli *cli, w403_view bucket, w403_replay_states *out)
{
    reporter   r = {cli, 0};
    w403_error err;
    *out = (w403_replay_states){.borrowed = cli->host != NULL};
    W403_TRY(w403_input_snapshot(cli, &out->old)); /* says its problems itself */
    w403_status status = open_states(&r, bucket, out, &err);
    if (status != W403_OK && r.errors == 0) {
        w403_diag(cli, false, &err);
    }
    return status;
}

void w403_replay_states_close(w403_replay_states *s)
{
    w403_policies_free(s->policies);
    w403_snapshot_free(s->changed);
    w403_snapshot_free(s->against);
    if (!s->borrowed) {
        w403_snapshot_free(s->old);
    }
    *s = (w403_replay_states){0};
}

const w403_snapshot *w403_replay_states_new(const w403_replay_states *s)
{
    return s->changed ? s->changed : s->against ? s->against : s->old;
}
