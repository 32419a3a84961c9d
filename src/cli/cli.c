#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/config.h"
#include "cli/front.h"
#include "cli/links.h"
#include "cli/pager.h"

enum { DEFAULT_WIDTH = 100, HELP_WIDTH = 80 };
/* Commands whose text is written at the end, all at once. */
#define PAGED \
    (W403_FOR_EXPLAIN | W403_FOR_INVENTORY | W403_FOR_LOGS | W403_FOR_REPLAY | W403_FOR_RUNBOOK | W403_FOR_WHO_CAN | W403_FOR_WHAT_CAN | \
     W403_FOR_PUBLIC | W403_FOR_DIFF | W403_FOR_CHECK | W403_FOR_LINT | W403_FOR_HELP)

bool w403_want_color(const char *when, int fd)
{
    if (when && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if ((no_color && *no_color) || (term && strcmp(term, "dumb") == 0)) {
        return false;
    }
    return isatty(fd) == 1;
}

/* 0: nobody says. */
static int terminal_width(void)
{
#ifdef TIOCGWINSZ
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
#endif
    const char *columns = getenv("COLUMNS");
    uint64_t    n = 0;
    return columns && w403_view_u64(w403_view_of(columns), &n) && n > 0 && n < 1000 ? (int)n : 0;
}

/* A locale without a charset (`C`, unset: containers, CI) says nothing of the terminal, and nearly all are UTF-8. */
static bool ascii_only(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale) {
            return w403_locale_is_no_utf8(locale);
        }
    }
    return false;
}

w403_render_options w403_cli_look(const w403_cli *cli)
{
    return (w403_render_options){.color = cli->color_out,
                                 .ascii = ascii_only(),
                                 .width = cli->width,
                                 .full = w403_args_has(&cli->args, W403_OPT_FULL)};
}

bool w403_cli_flush(w403_cli *cli)
{
    if (cli->host) {
        return w403_buf_ok(&cli->out); /* who asked takes it */
    }
    if (cli->broken) {
        return false;
    }
    if (cli->links && w403_buf_ok(&cli->out)) {
        w403_buf linked = {0};
        w403_links_put(cli, &linked, w403_buf_view(&cli->out));
        w403_buf_free(&cli->out);
        cli->out = linked;
    }
    if (w403_buf_ok(&cli->out) && w403_pager_write(cli)) {
        w403_buf_clear(&cli->out);
        return true;
    }
    errno = 0;
    bool good = w403_buf_ok(&cli->out) &&
                fwrite(cli->out.p ? cli->out.p : "", 1, cli->out.n, stdout) == cli->out.n && fflush(stdout) == 0;
    if (!good) {
        cli->broken = true;
        if (!w403_buf_ok(&cli->out)) {
            w403_diag_text(cli, false, "out of memory");
        } else if (errno != EPIPE) {
            w403_diag_text(cli, false, "cannot write to standard output: %s", w403_errno_text(errno, (char[128]){0}, 128));
        }
    }
    w403_buf_clear(&cli->out);
    return good;
}

w403_status w403_cli_read(w403_cli *cli, const char *path, w403_view *out, w403_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    if (standard && cli->stdin_text.p) { /* it was read already */
        *out = cli->stdin_text;
        return W403_OK;
    }
    W403_TRY(w403_text_set_read(w403_cli_texts(cli), cli->arena, path, out, err));
    if (standard) {
        cli->stdin_text = *out;
    }
    return W403_OK;
}

/* `why403 --help` and `why403 --version` are what people type first. */
static const char *command_name(const char *arg)
{
    if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
        return "help";
    }
    return strcmp(arg, "--version") == 0 || strcmp(arg, "-V") == 0 || strcmp(arg, "-v") == 0 ? "version" : arg;
}

/* `why403 __man [COMMAND]`: for the build, so in no table. */
static int man_command(w403_cli *cli, int argc, char *const *argv)
{
    const w403_command *command = argc > 2 ? w403_command_find(w403_view_of(argv[2])) : NULL;
    if (argc > 2 && !command) {
        w403_error err;
        (void)w403_command_unknown(w403_view_of(argv[2]), &err);
        return w403_diag_exit(cli, &err);
    }
    w403_man_page(cli->arena, &cli->out, command);
    return W403_EXIT_GOOD;
}

/* What programs read is the same in every language. */
static bool for_people(const w403_cli *cli)
{
    if (cli->command->bit & (W403_FOR_DECIDE | W403_FOR_TEST | W403_FOR_MCP | W403_FOR_COMPLETION | W403_FOR_VERSION)) {
        return false;
    }
    w403_option_id id = w403_option_find(cli->command->bit, W403_LIT("format"));
    const char *format = id != W403_OPTIONS ? w403_args_value(&cli->args, id) : NULL;
    return !format || strcmp(format, "text") == 0 || strcmp(format, "html") == 0 || strcmp(format, "markdown") == 0;
}

/* In the terminal's language, or the one that is asked for. */
static void speak(w403_cli *cli)
{
    const char *given = w403_args_value(&cli->args, W403_OPT_LANG);
    const char *language = given ? given : w403_args_value(&cli->args, W403_OPT_LOCALE);
    if (for_people(cli)) {
        bool said = language && strcmp(language, "auto") != 0;
        cli->language = said ? w403_language_of(w403_view_of(language)) : w403_language_of_environment();
        w403_arena_speak(cli->arena, cli->language);
    }
}

static int run(w403_cli *cli, int argc, char *const *argv)
{
    w403_error err;
    if (w403_front(cli, &argc, &argv, &err) != W403_OK) {
        return w403_diag_exit(cli, &err);
    }
    if (argc < 2) {
        w403_diag_text(cli, false, "no command given");
        w403_buf usage = {0};
        w403_help_overview(&usage, cli->help_width, cli->color_err);
        (void)fwrite(usage.p, 1, usage.n, stderr);
        w403_buf_free(&usage);
        return W403_EXIT_USAGE;
    }
    if (strcmp(argv[1], "__complete") == 0) {
        return w403_complete_command(cli, argc, argv);
    }
    if (strcmp(argv[1], "__man") == 0) {
        return man_command(cli, argc, argv);
    }
    const char *name = command_name(argv[1]);
    if (name[0] == '-') {
        w403_error_set(&err, W403_SEMANTIC, "the command comes first, then `%.80s`", name);
        w403_error_hint(&err, "`why403 help` lists the commands");
        return w403_diag_exit(cli, &err);
    }
    cli->command = w403_command_find(w403_view_of(name));
    if (!cli->command) {
        (void)w403_command_unknown(w403_view_of(name), &err);
        return w403_diag_exit(cli, &err);
    }
    if (w403_args_parse(cli->arena, cli->command, argc - 2, argv + 2, &cli->args, &err) != W403_OK ||
        (!w403_args_has(&cli->args, W403_OPT_HELP) && w403_config_apply(cli, &err) != W403_OK)) {
        return w403_diag_exit(cli, &err);
    }
    const char *when = w403_args_value(&cli->args, W403_OPT_COLOR);
    cli->color_out = w403_want_color(when, STDOUT_FILENO);
    cli->color_err = w403_want_color(when, STDERR_FILENO);
    speak(cli);
    cli->pages = for_people(cli) && (cli->command->bit & PAGED);
    const char *links = w403_args_value(&cli->args, W403_OPT_HYPERLINKS);
    cli->links = for_people(cli) && w403_want_links(links, STDOUT_FILENO);
    cli->links_err = w403_want_links(links, STDERR_FILENO);
    if (w403_args_has(&cli->args, W403_OPT_HELP)) {
        w403_help_command(cli->arena, &cli->out, cli->command, cli->help_width, cli->color_out);
        return W403_EXIT_GOOD;
    }
    return cli->command->run(cli);
}

int w403_cli_main(int argc, char *const *argv)
{
    int      width = terminal_width();
    w403_cli cli = {.width = width ? width : DEFAULT_WIDTH,
                    .help_width = width ? width : HELP_WIDTH,
                    .color_err = w403_want_color(NULL, STDERR_FILENO),
                    .refused = w403_malloc_refused()};
    cli.arena = w403_arena_new(0);
    if (!cli.arena) {
        w403_diag_text(&cli, false, "out of memory");
        return W403_EXIT_USAGE;
    }
    w403_problems warnings = {.arena = cli.arena};
    cli.warnings = &warnings;
    int status = run(&cli, argc, argv);
    if (w403_cli_short(&cli) && status != W403_EXIT_USAGE) { /* a text may be missing from the answer */
        w403_buf_clear(&cli.out);
        w403_diag_text(&cli, false, "out of memory");
        status = W403_EXIT_USAGE;
    }
    if (!w403_cli_flush(&cli)) {
        status = W403_EXIT_USAGE;
    }
    w403_buf_free(&cli.out);
    w403_source_text_close(&cli.source);
    w403_arena_free(cli.arena);
    return status;
}
