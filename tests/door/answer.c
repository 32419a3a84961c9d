/* Questions for the door, one a line on standard input; their answers, one a line. An error is {"error":{...}}.
 * answer [--lines QUESTION] [WORLD]: a snapshot folder or file; --lines: standard input is requests for that question. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <why403.h>

static void put_quoted(const char *s)
{
    putchar('"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') {
            putchar('\\');
        }
        putchar((unsigned char)*s < ' ' ? ' ' : *s);
    }
    putchar('"');
}

static void put_error(const w403_error *e)
{
    printf("{\"error\":{\"code\":%d,\"source\":", (int)e->code);
    put_quoted(e->source);
    printf(",\"line\":%u,\"column\":%u,\"message\":", e->line, e->column);
    put_quoted(e->message);
    printf(",\"hint\":");
    put_quoted(e->hint);
    printf("}}\n");
}

static void put_reply(const w403_reply *r)
{
    fwrite(r->text.p, 1, r->text.n, stdout);
    if (r->text.n == 0 || r->text.p[r->text.n - 1] != '\n') {
        putchar('\n');
    }
}

static void ask_each(const w403_world *world, w403_arena *a)
{
    char  *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        w403_error err = {.message = ""};
        w403_reply reply;
        if (w403_ask(world, (w403_view){line, (size_t)n}, a, &reply, &err) == W403_OK) {
            put_reply(&reply);
        } else {
            put_error(&err);
        }
        w403_arena_reset(a);
    }
    if (!feof(stdin)) {
        put_error(&(w403_error){.message = "standard input cannot be read, or memory is short"});
    }
    free(line);
}

static int ask_lines(const w403_world *world, const char *question, w403_arena *a)
{
    char      *all = NULL;
    size_t     room = 0;
    ssize_t    n = getdelim(&all, &room, '\0', stdin);
    w403_error err = {.message = ""};
    w403_reply reply = {.exit_status = 2};
    w403_view  lines = {n > 0 ? all : "", n > 0 ? (size_t)n : 0};
    if (w403_ask_lines(world, (w403_view){question, strlen(question)}, lines, a, &reply, &err) == W403_OK) {
        fwrite(reply.text.p ? reply.text.p : "", 1, reply.text.n, stdout);
    } else {
        put_error(&err);
    }
    free(all);
    return reply.exit_status;
}

int main(int argc, char **argv)
{
    const char *question = argc > 2 && strcmp(argv[1], "--lines") == 0 ? argv[2] : NULL;
    const char *path = question ? (argc > 3 ? argv[3] : NULL) : argc > 1 ? argv[1] : NULL;
    w403_world *world = NULL;
    w403_error  err = {.message = "memory is short"};
    w403_arena *a = w403_arena_new(0);
    int         status = 0;
    if (!a || (path && w403_world_load(path, &world, &err) != W403_OK)) {
        put_error(&err);
        status = 2;
    } else if (question) {
        status = ask_lines(world, question, a);
    } else {
        ask_each(world, a);
    }
    w403_arena_free(a);
    w403_world_free(world);
    return status;
}
