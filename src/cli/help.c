/* Help pages, out of the tables of commands and options. */
#include "cli/commands.h"
#include "render/style.h"

enum { OPTION_COLUMN = 32, HELP_WIDTH = 100, MIN_TEXT = 30 };

static void heading(w403_buf *out, bool color, const char *text)
{
    w403_buf_putc(out, '\n');
    w403_style_word(out, color, W403_STYLE_BOLD, text);
    w403_buf_puts(out, ":\n");
}

static size_t text_width(int width)
{
    return width < OPTION_COLUMN + MIN_TEXT ? OPTION_COLUMN + MIN_TEXT
           : width < HELP_WIDTH             ? (size_t)width
                                            : HELP_WIDTH;
}

static void exit_statuses(w403_buf *out, size_t width, bool color)
{
    heading(out, color, "Exit status");
    for (const char *const *line = w403_exit_lines; *line; line++) {
        w403_buf_printf(out, "  %.3s", *line); /* the number, and what sets it apart */
        w403_style_lines(out, w403_view_of(*line + 3), 5, 5, width);
    }
}

void w403_help_overview(w403_buf *out, int terminal, bool color)
{
    size_t width = text_width(terminal);
    w403_style_lines(out, W403_LIT("why403 says why Amazon S3 answered 403 Access Denied, and what change makes it work."),
                     0, 0, width);
    heading(out, color, "Usage");
    w403_buf_puts(out, "  why403 COMMAND [ARGUMENTS]\n");
    heading(out, color, "Commands");
    const w403_command *c;
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        w403_buf_printf(out, "  %-12s ", c->name);
        w403_style_lines(out, w403_view_of(c->summary), 15, 15, width);
    }
    exit_statuses(out, width, color);
    w403_buf_putc(out, '\n');
    w403_style_lines(out, W403_LIT("`why403 help COMMAND` shows the options of a command, with examples."), 0, 0, width);
}

static void one_option(w403_arena *a, w403_buf *out, const w403_option *o, size_t width)
{
    w403_view usage = w403_option_usage(a, o);
    w403_style_blanks(out, o->letter ? 2 : 6);
    w403_buf_put(out, usage);
    size_t at = (o->letter ? 2 : 6) + usage.n;
    if (at + 2 > OPTION_COLUMN) {
        w403_buf_putc(out, '\n');
        at = 0;
    }
    w403_style_blanks(out, OPTION_COLUMN - at);
    w403_style_lines(out, w403_view_of(o->help), OPTION_COLUMN, OPTION_COLUMN, width);
}

static void options_of(w403_arena *a, w403_buf *out, const w403_command *command, size_t width, bool color)
{
    w403_option_walk w = {0};
    for (const w403_option *o; (o = w403_option_next(&w, command->bit)) != NULL;) {
        if (w.begins) {
            heading(out, color, w.begins);
        }
        one_option(a, out, o, width);
    }
}

/* A command goes on in the next line before an option, behind a backslash. */
static void example(w403_buf *out, w403_view command, size_t width)
{
    size_t at = 4;
    w403_buf_puts(out, "  $ ");
    while (command.n > 0) {
        size_t n = 1;
        while (n < command.n && command.p[n] != '\n' && !w403_view_starts(w403_view_sub(command, n, command.n), W403_LIT(" --"))) {
            n++;
        }
        w403_view part = w403_view_sub(command, 0, n);
        if (at > 4 && part.p[0] == ' ' && at + part.n + 2 > width) {
            w403_buf_puts(out, " \\\n     ");
            at = 5;
        }
        w403_buf_put(out, part);
        at += part.n;
        command = w403_view_sub(command, n, command.n);
        if (command.n > 0 && command.p[0] == '\n') {
            w403_buf_puts(out, "\n  ");
            at = 2;
            command = w403_view_sub(command, 1, command.n);
        }
    }
    w403_buf_putc(out, '\n');
}

void w403_help_command(w403_arena *a, w403_buf *out, const w403_command *command, int terminal, bool color)
{
    size_t width = text_width(terminal);
    w403_buf_printf(out, "%s %s: ", "why403", command->name);
    w403_style_lines(out, w403_view_of(command->summary), strlen(command->name) + 9, 0, width);
    heading(out, color, "Usage");
    w403_buf_printf(out, "  %s %s%s%s [OPTIONS]\n\n", "why403", command->name, *command->operands ? " " : "",
                    command->operands);
    for (w403_view rest = w403_view_of(command->about); rest.p;) {
        w403_view line = w403_view_cut(&rest, '\n');
        w403_style_lines(out, line, 0, 0, width);
    }
    options_of(a, out, command, width, color);
    heading(out, color, "Examples");
    for (const w403_example *e = command->examples; e->command; e++) {
        w403_buf_puts(out, "  # ");
        w403_style_lines(out, w403_view_of(e->about), 4, 4, width);
        example(out, w403_view_of(e->command), width);
    }
    exit_statuses(out, width, color);
}
