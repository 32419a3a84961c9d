#include "base/error.h"

#include <stdio.h>

#include "base/array.h"
#include "base/limits.h"
#include "base/redact.h"
#include "base/utf8.h"

/* A message that was cut must not end in half a character. */
static void end_on_character(char *text, size_t room, int wanted)
{
    if (wanted < 0) {
        text[0] = '\0';
    } else if ((size_t)wanted >= room) {
        size_t n = room - 1, at = n;
        while (at > 0 && n - at < 4 && ((unsigned char)text[at - 1] & 0xC0) == 0x80) {
            at--;
        }
        if (at > 0 && (unsigned char)text[at - 1] >= 0xC0 &&
            w403_utf8_valid((w403_view){text + at - 1, n - at + 1}) < n - at + 1) {
            text[at - 1] = '\0';
        }
    }
}

/* By way of a copy: the arguments may be texts of the very error that is filled. */
static void format(char *out, size_t room, const char *fmt, va_list args) __attribute__((format(printf, 3, 0)));

static void format(char *out, size_t room, const char *fmt, va_list args)
{
    char text[sizeof((w403_error *)NULL)->message];
    room = room < sizeof text ? room : sizeof text;
    int wanted = vsnprintf(text, room, fmt, args);
    end_on_character(text, room, wanted);
    w403_redact(text, strlen(text)); /* messages quote what people paste */
    memcpy(out, text, strlen(text) + 1);
}

w403_status w403_error_setv(w403_error *err, w403_status code, const char *fmt, va_list args)
{
    if (err) {
        format(err->message, sizeof err->message, fmt, args);
        err->code = code;
        err->line = err->column = 0;
        err->offset = err->length = 0;
        err->source[0] = err->hint[0] = '\0';
    }
    return code;
}

w403_status w403_error_set(w403_error *err, w403_status code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    w403_error_setv(err, code, fmt, args);
    va_end(args);
    return code;
}

w403_status w403_error_nomem(w403_error *err)
{
    return w403_error_set(err, W403_NOMEM, "out of memory");
}

void w403_error_hint(w403_error *err, const char *fmt, ...)
{
    if (err) {
        va_list args;
        va_start(args, fmt);
        format(err->hint, sizeof err->hint, fmt, args);
        va_end(args);
    }
}

void w403_lines_find(w403_lines *l, w403_view text, size_t offset, uint32_t *line, uint32_t *column)
{
    size_t end = offset < text.n ? offset : text.n;
    if (l->line == 0 || l->text.p != text.p || l->text.n != text.n || end < l->at) {
        *l = (w403_lines){.text = text, .line = 1};
    }
    for (const char *lf; l->at < end && (lf = memchr(text.p + l->at, '\n', end - l->at)) != NULL; l->line++) {
        l->at = l->start = (size_t)(lf - text.p) + 1;
    }
    l->at = end;
    *line = l->line;
    *column = (uint32_t)(end - l->start) + 1;
}

void w403_line_column(w403_view text, size_t offset, uint32_t *line, uint32_t *column)
{
    w403_lines all = {0};
    w403_lines_find(&all, text, offset, line, column);
}

void w403_error_place(w403_error *err, w403_view source, w403_view text, size_t offset, size_t length)
{
    if (!err) {
        return;
    }
    /* A name longer than the field keeps its end: that is the part which tells files apart. */
    size_t keep = source.n < sizeof err->source ? source.n : sizeof err->source - 1;
    if (keep) {
        memcpy(err->source, source.p + source.n - keep, keep);
    }
    err->source[keep] = '\0';
    err->offset = offset;
    err->length = length;
    w403_line_column(text, offset, &err->line, &err->column);
}

bool w403_problems_take(const w403_problems *ps, bool warning)
{
    return (ps->n < W403_LIMIT_PROBLEMS && !(warning && ps->full)) || (!warning && ps->warnings > 0);
}

static void drop_last_warning(w403_problems *ps)
{
    size_t at = ps->n - 1;
    while (!ps->at[at].warning) {
        at--;
    }
    memmove(&ps->at[at], &ps->at[at + 1], (ps->n - at - 1) * sizeof *ps->at);
    ps->n--;
    ps->warnings--;
    ps->dropped++;
}

void w403_problems_add(w403_problems *ps, bool warning, const w403_error *err)
{
    ps->errors += !warning;
    if (!w403_problems_take(ps, warning)) {
        ps->dropped++;
        return;
    }
    if (ps->n >= W403_LIMIT_PROBLEMS) {
        drop_last_warning(ps);
    }
    w403_problem *p = W403_PUSH(ps->arena, ps);
    if (!p) {
        ps->dropped++;
        return;
    }
    ps->warnings += warning;
    p->warning = warning;
    p->error = *err;
}

w403_status w403_problems_first(const w403_problems *ps, w403_error *err)
{
    for (size_t i = 0; i < ps->n; i++) {
        if (!ps->at[i].warning) {
            if (err) {
                *err = ps->at[i].error;
            }
            return ps->at[i].error.code;
        }
    }
    return w403_error_nomem(err);
}
