/* A command line against the table of options. */
#include "cli/options.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/nearest.h"
#include "cli/commands.h"

typedef struct parser {
    w403_arena         *a;
    const w403_command *command;
    char *const        *argv;
    int                 argc, at;
    w403_args          *out;
    w403_error         *err;
} parser;

static w403_status fail(parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static w403_status fail(parser *p, const char *fmt, ...)
{
    va_list list;
    va_start(list, fmt);
    char message[400];
    int  n = vsnprintf(message, sizeof message, fmt, list);
    va_end(list);
    w403_status status = w403_error_set(p->err, W403_SEMANTIC, "%s", n < 0 ? "bad command line" : message);
    if (p->command) {
        w403_error_hint(p->err, "`why403 help %s` lists the options", p->command->name);
    }
    return status;
}

static bool belongs(const parser *p, const w403_option *o)
{
    return (o->commands & p->command->bit) != 0;
}

static w403_status unknown(parser *p, w403_view name)
{
    const char *names[W403_OPTIONS];
    size_t      n = 0;
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        const w403_option *o = w403_option_at(id);
        if (belongs(p, o)) {
            names[n++] = o->name;
        } else if (w403_view_eq(name, w403_view_of(o->name))) {
            return fail(p, "`why403 %s` has no option `--%s`", p->command->name, o->name);
        }
    }
    w403_status status = fail(p, "unknown option `--%.*s`", (int)(name.n > 80 ? 80 : name.n), name.p);
    const char *nearest = w403_nearest(name, names, n);
    if (nearest) {
        w403_error_hint(p->err, "did you mean `--%s`?", nearest);
    }
    return status;
}

bool w403_option_takes(const w403_option *o, const char *value)
{
    w403_view rest = w403_view_of(o->words);
    while (rest.p) {
        if (w403_view_eq(w403_view_cut(&rest, ' '), w403_view_of(value))) {
            return true;
        }
    }
    return false;
}

static w403_status add(parser *p, w403_option_id id, const char *value)
{
    const w403_option *o = w403_option_at(id);
    if (o->times == W403_ONCE && w403_args_has(p->out, id)) {
        return fail(p, "`--%s` can be given only once", o->name);
    }
    if (o->words && value && !w403_option_takes(o, value)) {
        w403_status status = fail(p, "`--%s` does not take `%.80s`", o->name, value);
        w403_error_hint(p->err, "it is one of: %s", o->words);
        return status;
    }
    w403_given *given = W403_PUSH(p->a, &p->out->given);
    W403_NEED(given, p->err);
    *given = (w403_given){id, value};
    return W403_OK;
}

/* `inline_value`: what stood behind `=` or the letter, NULL when nothing did. */
static w403_status take(parser *p, w403_option_id id, const char *inline_value)
{
    const w403_option *o = w403_option_at(id);
    if (o->arg == W403_ARG_NONE && inline_value) {
        return fail(p, "`--%s` takes no value", o->name);
    }
    if (o->arg == W403_ARG_REQUIRED && !inline_value) {
        if (p->at >= p->argc) {
            return fail(p, "`--%s` needs a value: %s", o->name, o->arg_name);
        }
        inline_value = p->argv[p->at++];
    }
    return add(p, id, inline_value);
}

w403_option_id w403_option_find(uint32_t command, w403_view name)
{
    w403_option_id id = 0;
    while (id < W403_OPTIONS && !((w403_option_at(id)->commands & command) &&
                                  w403_view_eq(name, w403_view_of(w403_option_at(id)->name)))) {
        id++;
    }
    return id;
}

static w403_status take_long(parser *p, const char *text)
{
    w403_view      rest = w403_view_of(text);
    w403_view      name = w403_view_cut(&rest, '=');
    const char    *value = rest.p; /* the rest of an argument: it ends in NUL */
    w403_option_id id = w403_option_find(p->command->bit, name);
    return id == W403_OPTIONS ? unknown(p, name) : take(p, id, value);
}

static w403_status take_short(parser *p, const char *letters)
{
    for (const char *c = letters; *c; c++) {
        w403_option_id id = 0;
        while (id < W403_OPTIONS && (w403_option_at(id)->letter != *c || !belongs(p, w403_option_at(id)))) {
            id++;
        }
        if (id == W403_OPTIONS) {
            return fail(p, "unknown option `-%c`", *c >= ' ' && *c < 0x7F ? *c : '?');
        }
        if (w403_option_at(id)->arg != W403_ARG_NONE) {
            const char *value = c[1] == '=' ? c + 2 : c + 1; /* -s=DIR, as long options have it */
            return take(p, id, c[1] ? value : NULL);
        }
        W403_TRY(take(p, id, NULL));
    }
    return W403_OK;
}

w403_status w403_args_give(w403_arena *a, const w403_command *command, w403_option_id id, const char *value,
                           w403_args *out, w403_error *err)
{
    parser p = {.a = a, .command = command, .out = out, .err = err};
    return add(&p, id, value);
}

w403_status w403_args_parse(w403_arena *a, const w403_command *command, int argc, char *const *argv, w403_args *out,
                            w403_error *err)
{
    *out = (w403_args){0};
    parser p = {.a = a, .command = command, .argv = argv, .argc = argc, .out = out, .err = err};
    bool   only_operands = false;
    while (p.at < argc) {
        const char *arg = argv[p.at++];
        if (only_operands || arg[0] != '-' || arg[1] == '\0') {
            const char **operand = W403_PUSH(a, &out->operands);
            W403_NEED(operand, err);
            *operand = arg;
        } else if (arg[1] != '-') {
            W403_TRY(take_short(&p, arg + 1));
        } else if (arg[2] == '\0') {
            only_operands = true;
        } else {
            W403_TRY(take_long(&p, arg + 2));
        }
    }
    return W403_OK;
}

const char *w403_args_value(const w403_args *args, w403_option_id id)
{
    const char *value = NULL;
    for (size_t i = 0; i < args->given.n; i++) {
        if (args->given.at[i].id == id) {
            value = args->given.at[i].value;
        }
    }
    return value;
}

bool w403_args_has(const w403_args *args, w403_option_id id)
{
    size_t at = 0;
    return w403_args_each(args, id, &at) != NULL;
}

const w403_given *w403_args_each(const w403_args *args, w403_option_id id, size_t *at)
{
    while (*at < args->given.n) {
        const w403_given *g = &args->given.at[(*at)++];
        if (g->id == id) {
            return g;
        }
    }
    return NULL;
}
