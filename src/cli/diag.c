/* Diagnostics, in the shape that rustc made known. */
#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/links.h"
#include "render/excerpt.h"

static void heading(w403_buf *out, bool color, bool warning)
{
    w403_style_word(out, color, warning ? W403_STYLE_WARNING : W403_STYLE_ERROR, warning ? "warning" : "error");
    w403_buf_puts(out, ": ");
}

static void place(w403_cli *cli, w403_buf *out, const w403_error *err, bool warning)
{
    w403_arena *a = w403_arena_new(0);
    w403_view   text = {0};
    if (a && w403_source_text_of(cli, a, err, &text)) {
        w403_excerpt e = {.source = w403_view_of(err->source), .text = text, .offset = err->offset,
                          .length = err->length, .line = err->line, .column = err->column,
                          .style = warning ? W403_STYLE_WARNING : W403_STYLE_ERROR};
        w403_excerpt_put(out, &e, cli->color_err, cli->width);
    } else {
        w403_buf_puts(out, "  --> ");
        w403_style_text(out, w403_view_of(err->source));
        w403_buf_printf(out, ":%u:%u\n", err->line, err->column);
    }
    w403_arena_free(a);
}

/* True: there is nobody to say it to. */
static bool keep(w403_cli *cli, bool warning, const w403_error *err)
{
    if (warning && cli->warnings) {
        w403_problems_add(cli->warnings, true, err);
    } else if (!warning && cli->host) {
        w403_problems_add(cli->host->errors, false, err);
    }
    return cli->host != NULL;
}

/* Without memory for more: the message alone, ASCII only. */
static void without_memory(bool warning, const char *message)
{
    (void)fputs(warning ? "warning: " : "error: ", stderr);
    for (const char *p = message; *p; p++) {
        (void)fputc(*p >= ' ' && *p < 0x7F ? *p : '?', stderr);
    }
    (void)fputc('\n', stderr);
}

static void print(const w403_cli *cli, w403_buf *out, bool warning, const char *message)
{
    if (!w403_buf_ok(out)) {
        without_memory(warning, message);
    } else if (out->n > 0) {
        w403_buf linked = {0};
        if (cli->links_err) {
            w403_links_put(cli, &linked, w403_buf_view(out));
        }
        const w403_buf *shown = cli->links_err && w403_buf_ok(&linked) ? &linked : out;
        (void)fwrite(shown->p, 1, shown->n, stderr);
        w403_buf_free(&linked);
    }
    w403_buf_free(out);
}

void w403_diag(w403_cli *cli, bool warning, const w403_error *err)
{
    w403_buf out = {0};
    if (keep(cli, warning, err)) {
        return;
    }
    heading(&out, cli->color_err, warning);
    w403_style_text(&out, w403_view_of(err->message));
    w403_buf_putc(&out, '\n');
    if (err->source[0] && err->line > 0) {
        place(cli, &out, err, warning);
    }
    if (err->hint[0]) {
        w403_style_word(&out, cli->color_err, W403_STYLE_NOTE, "help");
        w403_buf_puts(&out, ": ");
        w403_style_text(&out, w403_view_of(err->hint));
        w403_buf_putc(&out, '\n');
    }
    print(cli, &out, warning, err->message);
}

int w403_diag_exit(w403_cli *cli, const w403_error *err)
{
    w403_diag(cli, false, err);
    return W403_EXIT_USAGE;
}

void w403_diag_text(w403_cli *cli, bool warning, const char *fmt, ...)
{
    char    text[512];
    va_list list;
    va_start(list, fmt);
    int n = vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    w403_buf out = {0};
    w403_error said = {0};
    (void)w403_error_set(&said, W403_SEMANTIC, "%s", n < 0 ? "" : text);
    if (keep(cli, warning, &said)) {
        return;
    }
    heading(&out, cli->color_err, warning);
    w403_style_text(&out, w403_view_of(n < 0 ? "" : text));
    w403_buf_putc(&out, '\n');
    print(cli, &out, warning, n < 0 ? "" : text);
}

void w403_diag_note(w403_cli *cli, const char *fmt, ...)
{
    char    text[512];
    va_list list;
    va_start(list, fmt);
    int n = vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    if (cli->host) {
        return; /* for people only */
    }
    w403_buf out = {0};
    w403_style_word(&out, cli->color_err, W403_STYLE_NOTE, "note");
    w403_buf_puts(&out, ": ");
    w403_style_text(&out, w403_view_of(n < 0 ? "" : text));
    w403_buf_putc(&out, '\n');
    print(cli, &out, true, n < 0 ? "" : text);
}
