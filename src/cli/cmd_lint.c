/* why403 lint: check policies, offline. */
#include <stdlib.h>
#include <unistd.h>

#include "catalog/reference.h"
#include "cli/commands.h"
#include "cli/lint_run.h"
#include "render/style.h"
#include "words/words.h"

typedef struct format {
    const char *name;
    void (*write)(const w403_lint_files *files);
} format;

static const format formats[] = {
    {"text", w403_lint_text},         {"json", w403_lint_json},   {"validate-policy", w403_lint_validate},
    {"sarif", w403_lint_sarif},       {"github", w403_lint_github}, {"junit", w403_lint_junit},
    {"markdown", w403_lint_markdown}, {"html", w403_lint_html},   {"tap", w403_lint_tap},
};

/* ---- --explain CODE ---- */

enum { TITLE = 10 }; /* columns of the titles */

static void paragraph(w403_cli *cli, const char *title, const char *text)
{
    size_t used = w403_style_columns(w403_view_of(title));
    w403_buf_printf(&cli->out, "  %s", title);
    w403_style_blanks(&cli->out, used < TITLE ? TITLE - used + 1 : 1);
    w403_style_lines(&cli->out, w403_view_of(text), TITLE + 3, TITLE + 3, (size_t)cli->width);
}

static int explain(w403_cli *cli, const char *code)
{
    const w403_lint_check *check = w403_lint_check_find(w403_view_of(code));
    if (!check) {
        w403_diag_text(cli, false, "no check is called `%.200s`", code);
        return W403_EXIT_USAGE;
    }
    const w403_arena *a = cli->arena;
    w403_buf_printf(&cli->out, "%s  %s", check->code, w403_lint_level_name(check->level));
    w403_buf_printf(&cli->out, check->emitted == W403_LINT_PEDANTIC ? " (%s)\n\n" : "\n\n", w403_word(a, "with --pedantic"));
    paragraph(cli, w403_word_in(a, "heading", "when"), w403_word(a, check->condition));
    paragraph(cli, w403_word_in(a, "heading", "where"), w403_word(a, check->location));
    paragraph(cli, w403_word_in(a, "heading", "says"), w403_word(a, check->message));
    if (check->fix[0])
        paragraph(cli, "--fix", check->fix);
    paragraph(cli, w403_word_in(a, "heading", "certainty"), check->confidence);
    paragraph(cli, w403_word_in(a, "heading", "source"), check->source);
    return W403_EXIT_GOOD;
}

/* ---- the run ---- */

static bool denied(const w403_lint_files *files)
{
    const char *name = w403_args_value(&files->cli->args, W403_OPT_DENY_LEVEL);
    int level = name ? w403_lint_level_of(name) : W403_LINT_SECURITY;
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            if (files->at[i].shown[k] && (int)files->at[i].report.at[k].check->level >= level)
                return true;
        }
    }
    return false;
}

/* Annotations where GitHub reads them, unless a format is asked for. */
static const char *format_of(const w403_cli *cli)
{
    const char *name = w403_args_value(&cli->args, W403_OPT_LINT_FORMAT), *actions = getenv("GITHUB_ACTIONS");
    if (name)
        return name;
    return actions && strcmp(actions, "true") == 0 && !isatty(STDOUT_FILENO) ? "github" : "text";
}

/* Annotations are asked for by nobody's words: what reads them is a program. */
static void speak(w403_cli *cli)
{
    if (strcmp(format_of(cli), "github") == 0)
        cli->language = NULL;
    w403_arena_speak(cli->arena, cli->language);
}

static void write_all(w403_cli *cli, const w403_lint_files *files)
{
    const char *name = format_of(cli);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0)
            formats[i].write(files);
    }
}

/* Mended files are read again, so that what is shown is what is left. */
static w403_status mend(w403_cli *cli, w403_lint_files *files, w403_error *err)
{
    size_t n;
    W403_TRY(w403_lint_fix_files(files, &n, err));
    if (w403_args_has(&cli->args, W403_OPT_DIFF) || !n)
        return W403_OK;
    if (!w403_args_has(&cli->args, W403_OPT_QUIET))
        w403_diag_text(cli, true, "%zu finding%s mended; what is left:", n, n == 1 ? " was" : "s were");
    bool failed = files->failed;
    w403_lint_files_close(files);
    w403_lint_files_open(cli, files);
    files->failed = files->failed || failed;
    return W403_OK;
}

static int run(w403_cli *cli, w403_lint_files *files)
{
    bool fix = w403_args_has(&cli->args, W403_OPT_FIX);
    const char *baseline = w403_args_value(&cli->args, W403_OPT_WRITE_BASELINE);
    w403_error err;
    w403_status status = fix ? mend(cli, files, &err) : W403_OK;
    if (status == W403_OK && fix && w403_args_has(&cli->args, W403_OPT_DIFF))
        return files->failed ? W403_EXIT_USAGE : W403_EXIT_GOOD;
    if (status == W403_OK)
        status = w403_lint_select(files, &err);
    if (status == W403_OK && baseline)
        status = w403_lint_write_baseline(files, baseline, &err);
    if (status != W403_OK)
        return w403_diag_exit(cli, &err);
    if (!files->n && !files->failed && cli->args.operands.n == 1 && !w403_args_has(&cli->args, W403_OPT_QUIET))
        w403_diag_text(cli, true, "`%s` holds no policy", cli->args.operands.at[0]);
    write_all(cli, files);
    return files->failed ? W403_EXIT_USAGE : denied(files) ? W403_EXIT_FOUND : W403_EXIT_GOOD;
}

/* Whom the policies are for must be somebody: a slip of the pen would be taken for one of the policies'. */
static bool place_is_good(w403_cli *cli)
{
    w403_view account = w403_view_of(w403_args_value(&cli->args, W403_OPT_LINT_ACCOUNT));
    w403_view partition = w403_view_of(w403_args_value(&cli->args, W403_OPT_LINT_PARTITION));
    size_t digits = 0;
    while (digits < account.n && account.p[digits] >= '0' && account.p[digits] <= '9')
        digits++;
    bool good = !account.p || (digits == 12 && account.n == 12);
    if (!good)
        w403_diag_text(cli, false, "`%.200s` is no account id: it has 12 digits", account.p);
    else if (partition.p && !(good = w403_ref_partition(partition)))
        w403_diag_text(cli, false, "`%.200s` is no partition of AWS", partition.p);
    return good;
}

int w403_cmd_lint(w403_cli *cli)
{
    const char *explained = w403_args_value(&cli->args, W403_OPT_EXPLAIN);
    w403_lint_files files;
    w403_lint_kind kind;
    if (explained)
        return explain(cli, explained);
    if (!cli->args.operands.n && !w403_args_has(&cli->args, W403_OPT_SNAPSHOT)) {
        w403_diag_text(cli, false, "no policies given: why403 lint PATH...");
        return W403_EXIT_USAGE;
    }
    if (!w403_lint_kind_given(cli, &kind) || !place_is_good(cli))
        return W403_EXIT_USAGE;
    speak(cli);
    w403_lint_files_open(cli, &files);
    int code = run(cli, &files);
    w403_lint_files_close(&files);
    return code;
}
