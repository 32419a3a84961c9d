/* The files of `why403 lint`, and the policies in them. */
#include "base/file.h"
#include "cli/lint_run.h"
#include "snapshot/load.h"

static bool ends(w403_view v, const char *suffix)
{
    return w403_view_ends(v, w403_view_of(suffix));
}

static bool is_yaml(w403_view path)
{
    return ends(path, ".yaml") || ends(path, ".yml") || ends(path, ".template");
}

static bool is_hcl(w403_view path)
{
    return ends(path, ".tf") || ends(path, ".hcl");
}

static void told(w403_lint_files *files, const w403_error *err)
{
    w403_diag(files->cli, false, err);
    files->failed = true;
}

bool w403_lint_context(w403_cli *cli, w403_lint_reading *how, w403_lint_options *options)
{
    size_t at = 0, n = 0;
    w403_view *list = W403_NEW_N(cli->arena, w403_view, cli->args.given.n + 1);
    for (const w403_given *g; list && (g = w403_args_each(&cli->args, W403_OPT_PARAMETER, &at));)
        list[n++] = w403_view_of(g->value);
    *options = (w403_lint_options){.bucket = w403_view_of(w403_args_value(&cli->args, W403_OPT_LINT_BUCKET)),
                                   .account = w403_view_of(w403_args_value(&cli->args, W403_OPT_LINT_ACCOUNT)),
                                   .pedantic = w403_args_has(&cli->args, W403_OPT_PEDANTIC),
                                   .aws_only = w403_args_has(&cli->args, W403_OPT_AWS_ONLY)};
    *how = (w403_lint_reading){.parameters = list,
                               .n_parameters = n,
                               .account = options->account,
                               .partition = w403_view_of(w403_args_value(&cli->args, W403_OPT_LINT_PARTITION))};
    (void)w403_lint_kind_given(cli, &how->kind);
    return list != NULL;
}

/* Lines are counted on from where they were: one count for all documents of a text. */
static w403_lines *lines_of(const w403_lint_files *files, w403_arena *a, const w403_linted *x)
{
    const w403_linted *before = x > files->at ? x - 1 : NULL;
    if (before && before->lines && before->report.doc.text.p && before->report.doc.text.p == x->report.doc.text.p)
        return before->lines;
    return W403_NEW(a, w403_lines);
}

static w403_status check(w403_lint_files *files, const char *path, w403_view text, const w403_lint_document *d,
                         const w403_lint_options *options, w403_error *err)
{
    w403_cli *cli = files->cli;
    w403_arena *a = files->reading;
    w403_linted *x = W403_PUSH(cli->arena, files);
    W403_NEED(x, err);
    *x = (w403_linted){.path = path, .file = text, .document = *d};
    W403_TRY(w403_lint_check_document(a, d, options, &x->report, err));
    x->shown = W403_NEW_N(a, bool, x->report.n + 1);
    x->lines = lines_of(files, a, x);
    x->counted = W403_NEW(a, w403_lint_counted);
    W403_NEED(x->shown && x->lines && x->counted, err);
    if (w403_args_has(&cli->args, W403_OPT_STORE))
        x->store = w403_lint_store(&x->report, d);
    if (d->guessed && (d->policy != W403_LINT_IDENTITY || d->resource != W403_LINT_ANY) && files->cli->color_err)
        w403_diag_text(cli, true, "`%s` is taken for a policy of %s; `--type` says it", path,
                       w403_lint_resource_name(d->resource) ? w403_lint_resource_name(d->resource) : "some resource");
    return W403_OK;
}

static bool no_such_kind(w403_cli *cli, const char *name)
{
    w403_error err;
    w403_error_set(&err, W403_SEMANTIC, "`%.200s` is no kind of policy", name);
    w403_error_hint(&err, "one of identity, bucket, access-point, mrap, object-lambda, trust, key, endpoint, table, "
                          "resource, scp, rcp");
    w403_diag(cli, false, &err);
    return false;
}

bool w403_lint_kind_given(w403_cli *cli, w403_lint_kind *out)
{
    const char *type = w403_args_value(&cli->args, W403_OPT_TYPE);
    const char *policy = w403_args_value(&cli->args, W403_OPT_POLICY_TYPE);
    const char *resource = w403_args_value(&cli->args, W403_OPT_RESOURCE_TYPE);
    *out = (w403_lint_kind){0};
    if (type && !w403_lint_kind_find(w403_view_of(type), out))
        return no_such_kind(cli, type);
    if (resource && !w403_lint_kind_find(w403_view_of(resource), out)) /* AWS's names: checked by their table */
        return no_such_kind(cli, resource);
    if (policy) {
        out->given = true;
        (void)w403_lint_policy_find(w403_view_of(policy), &out->policy);
    }
    return true;
}

/* A file that the user named, one that a snapshot has, or one that may hold a policy. */
typedef enum reading { READ_NAMED, READ_OF_SNAPSHOT, READ_IF_POLICY } reading;

static void read_text(w403_lint_files *files, const char *path, w403_view text, bool named)
{
    w403_cli *cli = files->cli;
    w403_lint_reading how;
    w403_lint_options options;
    w403_lint_documents found = {0};
    w403_error err;
    w403_status status = w403_lint_context(cli, &how, &options) ? W403_OK : w403_error_nomem(&err);
    how.yaml = is_yaml(w403_view_of(path));
    if (status == W403_OK)
        status = w403_lint_read(files->reading, w403_view_of(path), text, &how, &found, &err);
    for (size_t i = 0; status == W403_OK && i < found.n; i++)
        status = check(files, path, text, &found.at[i], &options, &err);
    files->unknown += found.unknown;
    if (status != W403_OK && (named || status != W403_SYNTAX))
        told(files, &err);
    else if (!found.n)
        files->skipped++;
}

/* What was found points into what was read; where nothing was, a name and a place are left. */
static w403_status forget(w403_lint_files *files, size_t first, w403_error *err)
{
    w403_arena *a = files->cli->arena;
    bool found = w403_args_has(&files->cli->args, W403_OPT_FIX);
    for (size_t i = first; i < files->n; i++)
        found = found || files->at[i].report.n || files->at[i].report.dropped || files->at[i].document.accepted[0] ||
                files->at[i].document.accepted[1];
    if (found) {
        w403_arena **kept = W403_PUSH(a, &files->kept);
        W403_NEED(kept, err);
        *kept = files->reading;
        files->reading = NULL;
        return W403_OK;
    }
    for (size_t i = first; i < files->n; i++) {
        w403_linted *d = &files->at[i];
        w403_view source = w403_arena_copy(a, d->report.doc.source), pointer = w403_arena_copy(a, d->document.pointer);
        W403_NEED(source.p && pointer.p, err);
        d->file = (w403_view){NULL, 0};
        d->document.doc = d->report.doc = (w403_json_doc){.source = source};
        d->document.pointer = pointer;
        d->shown = NULL;
        d->lines = NULL;
    }
    w403_arena_reset(files->reading);
    return W403_OK;
}

static void read_file(w403_lint_files *files, const char *path, reading how)
{
    w403_error err;
    w403_view text;
    if (is_hcl(w403_view_of(path))) {
        if (how != READ_NAMED)
            return;
        w403_error_set(&err, W403_SEMANTIC, "`%.400s` is a Terraform source, whose values only Terraform knows", path);
        w403_error_hint(&err, "terraform plan -out plan && terraform show -json plan | why403 lint -");
        told(files, &err);
        return;
    }
    size_t first = files->n;
    files->reading = files->reading ? files->reading : w403_arena_new(0);
    if (files->reading)
        w403_arena_speak(files->reading, files->cli->language);
    w403_status status = files->reading ? W403_OK : w403_error_nomem(&err);
    if (status == W403_OK)
        status = strcmp(path, "-") == 0 ? w403_cli_read(files->cli, path, &text, &err)
                                        : w403_text_set_read(w403_cli_texts(files->cli), files->reading, path, &text, &err);
    if (status == W403_OK) {
        if (how == READ_OF_SNAPSHOT && w403_snapshot_is_failure(text))
            files->skipped++;
        else
            read_text(files, path, text, how != READ_IF_POLICY);
        status = forget(files, first, &err);
    }
    if (status != W403_OK)
        told(files, &err);
}

static bool is_candidate(w403_view path)
{
    return ends(path, ".json") || is_yaml(path);
}

static void read_odd(w403_lint_files *files, const char *root, const w403_odd_path *odd)
{
    w403_error err;
    if (!is_candidate(odd->path))
        return;
    w403_error_set(&err, W403_IO, "`%.300s/%.*s` is %.*s", root, W403_CUT(odd->path), W403_CUT(odd->why));
    told(files, &err);
}

/* `whole`: it is given as a snapshot, whose files are read or told, and which is one. */
static void read_folder(w403_lint_files *files, const char *root, bool whole)
{
    w403_listing all = {0};
    w403_error err;
    bool is_one = !whole;
    size_t n = strlen(root);
    while (n > 1 && root[n - 1] == '/')
        n--;
    if (w403_text_set_list(w403_cli_texts(files->cli), files->cli->arena, root, &all, &err) != W403_OK) {
        told(files, &err);
        return;
    }
    for (size_t i = 0; i < all.odd.n; i++)
        read_odd(files, root, &all.odd.at[i]);
    for (size_t i = 0; i < all.files.n; i++) {
        if (!is_candidate(all.files.at[i]))
            continue;
        w403_view path = w403_arena_printf(files->cli->arena, "%.*s/%.*s", (int)n, root, W403_ARG(all.files.at[i]));
        bool part = whole && w403_snapshot_has_file(all.files.at[i]);
        is_one |= part;
        if (path.p)
            read_file(files, path.p, part ? READ_OF_SNAPSHOT : READ_IF_POLICY);
    }
    if (!is_one) {
        w403_error_set(&err, W403_NOT_FOUND, "`%.300s` is no snapshot: none of its paths is one of a snapshot", root);
        w403_error_hint(&err, "without `--snapshot`, any folder is read");
        told(files, &err);
    }
}

static void read_path(w403_lint_files *files, const char *path, bool snapshot)
{
    if (w403_text_set_is_directory(w403_cli_texts(files->cli), path))
        read_folder(files, path, snapshot);
    else
        read_file(files, path, READ_NAMED);
}

void w403_lint_files_open(w403_cli *cli, w403_lint_files *out)
{
    const char *snapshot = w403_args_value(&cli->args, W403_OPT_SNAPSHOT);
    *out = (w403_lint_files){.cli = cli};
    if (snapshot)
        read_path(out, snapshot, true);
    for (size_t i = 0; i < cli->args.operands.n; i++)
        read_path(out, cli->args.operands.at[i], false);
}

void w403_lint_files_close(w403_lint_files *files)
{
    for (size_t i = 0; i < files->kept.n; i++)
        w403_arena_free(files->kept.at[i]);
    w403_arena_free(files->reading);
    *files = (w403_lint_files){.cli = files->cli};
}
