/* Manual pages (roff, man macros), out of the tables of commands and options. */
#include "cli/commands.h"

static const char intro[] =
    "\\fBwhy403\\fR says which policy, setting or missing fact made Amazon S3 answer 403 Access Denied, points at "
    "the exact bytes, and proposes the smallest change that makes the request work. It needs no AWS account: it "
    "works on a \\fIsnapshot\\fR, the JSON that the \\fBaws\\fR command prints, or on plain policy files.\n"
    ".PP\n"
    "What it cannot know it says: a third verdict, \\fIundetermined\\fR, and named assumptions.\n";

/* Text with roff's own characters escaped; `code` becomes bold. A line must not begin with a dot or a quote. */
static void roff(w403_buf *out, w403_view text)
{
    bool bold = false, line_start = true;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (line_start && (c == '.' || c == '\'')) {
            w403_buf_puts(out, "\\&");
        }
        line_start = c == '\n';
        switch (c) {
        case '\\':
            w403_buf_puts(out, "\\e");
            break;
        case '-':
            w403_buf_puts(out, "\\-");
            break;
        case '\'':
            w403_buf_puts(out, "\\(aq");
            break;
        case '~':
            w403_buf_puts(out, "\\(ti");
            break;
        case '^':
            w403_buf_puts(out, "\\(ha");
            break;
        case '`':
            bold = !bold;
            w403_buf_puts(out, bold ? "\\fB" : "\\fR");
            break;
        default:
            w403_buf_putc(out, c);
        }
    }
}

static void roffs(w403_buf *out, const char *text)
{
    roff(out, w403_view_of(text));
}

static void title(w403_buf *out, const char *name)
{
    w403_buf_puts(out, ".TH \"");
    for (const char *c = name; *c; c++) {
        w403_buf_putc(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
    }
    w403_buf_printf(out, "\" \"1\" \"\" \"why403 %s\" \"User Commands\"\n", w403_version());
}

static void exit_statuses(w403_buf *out)
{
    w403_buf_puts(out, ".SH EXIT STATUS\n");
    for (const char *const *line = w403_exit_lines; *line; line++) {
        w403_buf_printf(out, ".TP\n%c\n%s\n", (*line)[0], *line + 3);
    }
}

static void program_page(w403_buf *out)
{
    title(out, "why403");
    w403_buf_puts(out, ".SH NAME\nwhy403 \\- why did Amazon S3 say 403, and what makes it work\n"
                       ".SH SYNOPSIS\n\\fBwhy403\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n.SH DESCRIPTION\n");
    w403_buf_puts(out, intro);
    w403_buf_puts(out, ".SH COMMANDS\n");
    const w403_command *c;
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        w403_buf_printf(out, ".TP\n\\fBwhy403\\-%s\\fR(1)\n", c->name);
        roffs(out, c->summary);
        w403_buf_putc(out, '\n');
    }
    exit_statuses(out);
    w403_buf_puts(out, ".SH ENVIRONMENT\n.TP\n\\fBWHY403_SNAPSHOT\\fR\nthe snapshot that is used without "
                       "\\fB\\-\\-snapshot\\fR\n.TP\n\\fBWHY403_CONFIG\\fR\na file of settings in "
                       "place of ~/.config/why403/config; empty: none\n.TP\n"
                       "\\fBWHY403_PAGER\\fR, \\fBPAGER\\fR\nwhat long text goes through on a terminal; empty: nothing\n.TP\n"
                       "\\fBNO_COLOR\\fR\nwhen set and not empty, no colours\n"
                       ".SH FILES\n.TP\n~/.config/why403/config\nlines of \\fIname\\fR = \\fIvalue\\fR: snapshot, as, from, via, lang, format, "
                       "color, pager, hyperlinks; what the command line says wins\n");
}

static void synopsis(w403_buf *out, const w403_command *c)
{
    w403_buf_printf(out, ".SH SYNOPSIS\n\\fBwhy403 %s\\fR ", c->name);
    roffs(out, c->operands);
    w403_buf_puts(out, *c->operands ? " [\\fIOPTIONS\\fR]\n" : "[\\fIOPTIONS\\fR]\n");
}

static void paragraphs(w403_buf *out, const char *text)
{
    for (w403_view rest = w403_view_of(text); rest.p;) {
        w403_view line = w403_view_cut(&rest, '\n');
        if (line.n == 0) {
            w403_buf_puts(out, ".PP");
        } else {
            roff(out, line);
        }
        w403_buf_putc(out, '\n');
    }
}

static void options_of(w403_arena *a, w403_buf *out, const w403_command *command)
{
    w403_buf_puts(out, ".SH OPTIONS\n");
    w403_option_walk w = {0};
    for (const w403_option *o; (o = w403_option_next(&w, command->bit)) != NULL;) {
        if (w.begins) {
            w403_buf_printf(out, ".SS %s\n", w.begins);
        }
        w403_buf_puts(out, ".TP\n\\fB");
        roff(out, w403_option_usage(a, o));
        w403_buf_puts(out, "\\fR\n");
        roffs(out, o->help);
        w403_buf_putc(out, '\n');
    }
}

static void command_page(w403_arena *a, w403_buf *out, const w403_command *c)
{
    w403_view name = w403_arena_printf(a, "why403-%s", c->name);
    title(out, name.p ? name.p : "");
    w403_buf_printf(out, ".SH NAME\nwhy403\\-%s \\- ", c->name);
    roffs(out, c->summary);
    w403_buf_putc(out, '\n');
    synopsis(out, c);
    w403_buf_puts(out, ".SH DESCRIPTION\n");
    paragraphs(out, c->about);
    options_of(a, out, c);
    w403_buf_puts(out, ".SH EXAMPLES\n");
    for (const w403_example *e = c->examples; e->command; e++) {
        w403_buf_puts(out, ".PP\n");
        roffs(out, e->about);
        w403_buf_puts(out, ":\n.PP\n.in +4n\n.nf\n$ ");
        roffs(out, e->command);
        w403_buf_puts(out, "\n.fi\n.in\n");
    }
    exit_statuses(out);
    w403_buf_puts(out, ".SH SEE ALSO\n\\fBwhy403\\fR(1)\n");
}

void w403_man_page(w403_arena *a, w403_buf *out, const w403_command *command)
{
    if (command) {
        command_page(a, out, command);
    } else {
        program_page(out);
    }
}
