/* The door for WebAssembly: texts in and out of linear memory by address and length, all 32 bits. One question at a time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

#define EXPORT(name) __attribute__((export_name(#name), used)) name

enum { ABI = 1, ERROR_ROOM = 4096 };

/* The last answer, or the last error as JSON. */
static struct {
    w403_arena *arena;
    w403_view   text;
    int         exit_status;
    char        error[ERROR_ROOM];
} out;

int EXPORT(w403_js_abi)(void);
void *EXPORT(w403_js_alloc)(uint32_t n);
void EXPORT(w403_js_free)(void *p);
w403_world *EXPORT(w403_js_world)(const char *text, uint32_t n);
void EXPORT(w403_js_world_free)(w403_world *w);
int EXPORT(w403_js_ask)(const w403_world *w, const char *question, uint32_t n);
int EXPORT(w403_js_ask_lines)(const w403_world *w, const char *question, uint32_t n, const char *lines, uint32_t n_lines);
const char *EXPORT(w403_js_out)(void);
uint32_t EXPORT(w403_js_out_n)(void);
int EXPORT(w403_js_exit_status)(void);

int w403_js_abi(void)
{
    return ABI;
}

void *w403_js_alloc(uint32_t n)
{
    return malloc(n ? n : 1);
}

void w403_js_free(void *p)
{
    free(p);
}

static void put_error(const w403_error *e)
{
    w403_buf         buf = {0};
    w403_json_writer w;
    w403_jw_init(&w, &buf, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "code", (uint64_t)e->code);
    w403_jw_text(&w, "message", w403_view_of(e->message));
    w403_jw_text(&w, "hint", w403_view_of(e->hint));
    w403_jw_text(&w, "source", w403_view_of(e->source));
    w403_jw_number(&w, "line", e->line);
    w403_jw_number(&w, "column", e->column);
    w403_jw_number(&w, "offset", e->offset);
    w403_jw_number(&w, "length", e->length);
    w403_jw_end_object(&w);
    out.text = W403_LIT("{\"code\":6,\"message\":\"out of memory\"}");
    if (w403_buf_ok(&buf) && buf.n < sizeof out.error) {
        memcpy(out.error, buf.p, buf.n);
        out.text = (w403_view){out.error, buf.n};
    }
    w403_buf_free(&buf);
}

w403_world *w403_js_world(const char *text, uint32_t n)
{
    w403_world *w = NULL;
    w403_error  err = {.code = W403_NOMEM, .message = "out of memory"};
    if (w403_world_parse((w403_view){text, n}, &w, &err) != W403_OK) {
        put_error(&err);
    }
    return w;
}

void w403_js_world_free(w403_world *w)
{
    w403_world_free(w);
}

/* The status of the library; 0: an answer. What is kept for it is given back at the next question. */
static int answered(w403_status status, const w403_reply *reply, const w403_error *err)
{
    out.exit_status = reply->exit_status;
    if (status != W403_OK) {
        put_error(err);
        return (int)status;
    }
    out.text = reply->text;
    return 0;
}

static bool begin(void)
{
    if (out.arena) {
        w403_arena_reset(out.arena);
    } else {
        out.arena = w403_arena_new(0);
    }
    return out.arena != NULL;
}

int w403_js_ask(const w403_world *w, const char *question, uint32_t n)
{
    w403_error  err = {.code = W403_NOMEM, .message = "out of memory"};
    w403_reply  reply = {.exit_status = 2};
    w403_status status = begin() ? w403_ask(w, (w403_view){question, n}, out.arena, &reply, &err) : W403_NOMEM;
    return answered(status, &reply, &err);
}

int w403_js_ask_lines(const w403_world *w, const char *question, uint32_t n, const char *lines, uint32_t n_lines)
{
    w403_error  err = {.code = W403_NOMEM, .message = "out of memory"};
    w403_reply  reply = {.exit_status = 2};
    w403_status status = begin() ? w403_ask_lines(w, (w403_view){question, n}, (w403_view){lines, n_lines}, out.arena, &reply, &err)
                                 : W403_NOMEM;
    return answered(status, &reply, &err);
}

const char *w403_js_out(void)
{
    return out.text.p;
}

uint32_t w403_js_out_n(void)
{
    return (uint32_t)out.text.n;
}

int w403_js_exit_status(void)
{
    return out.exit_status;
}

#ifndef W403_CORE /* where the host lends files */

w403_world *EXPORT(w403_js_world_load)(const char *path);
int EXPORT(w403_js_main)(int argc, char **argv, const char *folder);

w403_world *w403_js_world_load(const char *path)
{
    w403_world *w = NULL;
    w403_error  err = {.code = W403_NOMEM, .message = "out of memory"};
    if (w403_world_load(path, &w, &err) != W403_OK) {
        put_error(&err);
    }
    return w;
}

/* The command line (`npx why403`); relative paths begin at `folder`. */
int w403_js_main(int argc, char **argv, const char *folder)
{
    (void)chdir(folder);
    return w403_cli_main(argc, argv);
}

#endif

/* ---- what wasi-libc only declares ---- */

int getpid(void);

int getpid(void)
{
    return 1;
}

/* There are no links to follow that lead out of what the host lends. */
char *realpath(const char *path, char *room)
{
    return room ? strcpy(room, path) : strdup(path);
}

/* Of commands that only a real system can run (collect, --live, --fix): refused where they are met. */
int dup(int fd);
int syncfs(int fd);
int fchmod(int fd, unsigned mode);
char *mkdtemp(char *name);
char *secure_getenv(const char *name);

int dup(int fd)
{
    (void)fd;
    errno = ENOSYS;
    return -1;
}

int syncfs(int fd)
{
    (void)fd;
    errno = ENOSYS;
    return -1;
}

int fchmod(int fd, unsigned mode)
{
    (void)fd;
    (void)mode;
    return 0; /* there are no rights to keep */
}

char *mkdtemp(char *name)
{
    (void)name;
    errno = ENOSYS;
    return NULL;
}

char *secure_getenv(const char *name)
{
    return getenv(name);
}
