#include "render/warnings.h"

#include <stdio.h>

#include "render/html.h"
#include "render/sarif.h"

w403_view w403_warning_line(w403_arena *a, const w403_error *e)
{
    return e->source[0] && e->line ? w403_arena_printf(a, "%s:%u:%u: %s", e->source, e->line, e->column, e->message)
                                   : w403_arena_printf(a, "%s", e->message);
}

static void dropped_message(char *out, size_t room, size_t n)
{
    (void)snprintf(out, room, "%zu more warnings are not kept", n);
}

/* ---- JSON ---- */

static void json_one(w403_json_writer *w, const w403_error *e)
{
    w403_jw_object(w);
    w403_jw_text(w, "message", w403_view_of(e->message));
    if (e->hint[0]) {
        w403_jw_text(w, "hint", w403_view_of(e->hint));
    }
    if (e->source[0]) {
        w403_jw_text(w, "source", w403_view_of(e->source));
    }
    if (e->source[0] && e->line) {
        w403_jw_number(w, "line", e->line);
        w403_jw_number(w, "column", e->column);
    }
    w403_jw_end_object(w);
}

void w403_warnings_json(w403_json_writer *w, const w403_problems *ps)
{
    if (!ps || ps->n + ps->dropped == 0) {
        return;
    }
    w403_jw_key(w, "warnings");
    w403_jw_array(w);
    for (size_t i = 0; i < ps->n; i++) {
        json_one(w, &ps->at[i].error);
    }
    if (ps->dropped) {
        w403_error more = {0};
        dropped_message(more.message, sizeof more.message, ps->dropped);
        json_one(w, &more);
    }
    w403_jw_end_array(w);
}

/* ---- SARIF ---- */

static void sarif_place(w403_json_writer *w, w403_arena *a, const w403_error *e)
{
    w403_jw_key(w, "locations");
    w403_jw_array(w);
    w403_jw_object(w);
    w403_jw_key(w, "physicalLocation");
    w403_jw_object(w);
    w403_sarif_artifact(w, a, w403_view_of(e->source));
    w403_jw_key(w, "region");
    w403_jw_object(w);
    w403_jw_number(w, "startLine", e->line);
    w403_jw_number(w, "startColumn", e->column);
    w403_jw_number(w, "byteOffset", e->offset);
    w403_jw_number(w, "byteLength", e->length);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
}

void w403_warnings_sarif(w403_json_writer *w, const w403_problems *ps)
{
    if (!ps || ps->n == 0) {
        return;
    }
    w403_jw_key(w, "invocations");
    w403_jw_array(w);
    w403_jw_object(w);
    w403_jw_flag(w, "executionSuccessful", true);
    w403_jw_key(w, "toolExecutionNotifications");
    w403_jw_array(w);
    for (size_t i = 0; i < ps->n; i++) {
        const w403_error *e = &ps->at[i].error;
        w403_jw_object(w);
        w403_jw_text(w, "level", W403_LIT("warning"));
        w403_jw_key(w, "message");
        w403_jw_object(w);
        w403_jw_text(w, "text", w403_view_of(e->message));
        w403_jw_end_object(w);
        if (e->source[0] && e->line) {
            sarif_place(w, ps->arena, e);
        }
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
}

/* ---- HTML ---- */

void w403_warnings_html(const w403_html *h, const w403_problems *ps)
{
    if (!ps || ps->n == 0) {
        return;
    }
    w403_html_raw(h, "<section id=\"warnings\" aria-labelledby=\"warnings-title\">\n"
                     "<h2 id=\"warnings-title\">Warnings</h2>\n<ul class=\"plain\">\n");
    for (size_t i = 0; i < ps->n; i++) {
        w403_view line = w403_warning_line(ps->arena, &ps->at[i].error);
        w403_html_prose(h, "li", line.p ? line : w403_view_of(ps->at[i].error.message));
    }
    if (ps->dropped) {
        char more[80];
        dropped_message(more, sizeof more, ps->dropped);
        w403_html_element(h, "li", w403_view_of(more));
    }
    w403_html_raw(h, "</ul>\n</section>\n");
}
