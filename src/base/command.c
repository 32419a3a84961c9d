#include "base/command.h"

#include "base/utf8.h"

/* ---- one word ---- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_-./:@=+,%", c) != NULL);
}

/* Is there anything in it that a terminal would not show as it is? */
static bool is_shown(w403_view text)
{
    if (w403_utf8_valid(text) < text.n) {
        return false;
    }
    for (size_t i = 0; i < text.n;) {
        if (w403_utf8_steers(w403_utf8_next(text, &i))) {
            return false;
        }
    }
    return true;
}

/* $'...': of bash, zsh, ksh, busybox and POSIX.1-2024. `!` too: an interactive bash looks for it before all else. */
static void put_escaped(w403_buf *out, w403_view text)
{
    w403_buf_puts(out, "$'");
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        uint32_t cp = w403_utf8_next(text, &i);
        bool broken = cp == 0xFFFD && i == from + 1;
        const char *short_form = cp == '\n' ? "\\n" : cp == '\r' ? "\\r" : cp == '\t' ? "\\t" : NULL;
        if (short_form) {
            w403_buf_puts(out, short_form);
        } else if (broken || w403_utf8_steers(cp) || cp == '!') {
            for (size_t k = from; k < i; k++) {
                w403_buf_printf(out, "\\%03o", (unsigned char)text.p[k]);
            }
        } else {
            w403_buf_puts(out, cp == '\\' || cp == '\'' ? "\\" : "");
            w403_buf_put(out, w403_view_sub(text, from, i));
        }
    }
    w403_buf_putc(out, '\'');
}

static void put_quoted(w403_buf *out, w403_view text)
{
    w403_buf_putc(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'') {
            w403_buf_puts(out, "'\\''");
        } else {
            w403_buf_putc(out, text.p[i]);
        }
    }
    w403_buf_putc(out, '\'');
}

static void put_word(w403_buf *out, w403_view text)
{
    bool plain = text.n > 0 && text.p[0] != '='; /* zsh: =name is the path of a program */
    for (size_t i = 0; i < text.n && plain; i++) {
        plain = is_plain(text.p[i]);
    }
    if (plain) {
        w403_buf_put(out, text);
    } else if (is_shown(text)) {
        put_quoted(out, text);
    } else {
        put_escaped(out, text);
    }
}

w403_view w403_shell_word(w403_arena *a, w403_view text)
{
    w403_buf b = {0};
    put_word(&b, text);
    return w403_buf_take(&b, a);
}

w403_view w403_command_path(w403_arena *a, w403_view path)
{
    return w403_view_starts(path, W403_LIT("-")) ? w403_arena_printf(a, "./%.*s", W403_ARG(path)) : path;
}

/* ---- JSON inside a word ---- */

static void put_json(w403_buf *out, w403_view text)
{
    w403_buf_putc(out, '"');
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        uint32_t cp = w403_utf8_next(text, &i);
        if (cp == '"' || cp == '\\') {
            w403_buf_putc(out, '\\');
        }
        if (w403_utf8_steers(cp) || (cp == 0xFFFD && i == from + 1)) {
            w403_buf_printf(out, "\\u%04x", (unsigned)cp);
        } else {
            w403_buf_put(out, w403_view_sub(text, from, i));
        }
    }
    w403_buf_putc(out, '"');
}

w403_view w403_command_json(w403_arena *a, w403_view text)
{
    w403_buf b = {0};
    put_json(&b, text);
    return w403_buf_take(&b, a);
}

/* ---- words of a command ---- */

static void gap(w403_command *c)
{
    size_t n = c->text.n;
    if (n > 0 && c->text.p && c->text.p[n - 1] != '\n' && c->text.p[n - 1] != ' ') {
        w403_buf_putc(&c->text, ' ');
    }
}

/* --version-id: VersionId, as the API has it. */
static void put_member(w403_buf *out, w403_view option)
{
    bool up = true;
    for (size_t i = 0; i < option.n; i++) {
        char c = option.p[i];
        if (c == '-') {
            up = true;
        } else {
            w403_buf_putc(out, (char)(up && c >= 'a' && c <= 'z' ? c & ~0x20 : c));
            up = false;
        }
    }
}

/* What the aws command line would replace by a file or a page. */
static bool is_fetched(w403_view value)
{
    static const char *const schemes[] = {"file://", "fileb://", "http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (w403_view_starts(value, w403_view_of(schemes[i]))) {
            return true;
        }
    }
    return false;
}

/* The option that stands last is taken back and sent as a member. */
static void as_json(w403_command *c, w403_view value)
{
    w403_view option = w403_view_sub(w403_buf_view(&c->text), c->option - 1, c->text.n);
    w403_buf_puts(&c->json, c->json.n ? "," : "{");
    w403_buf_putc(&c->json, '"');
    put_member(&c->json, option);
    w403_buf_puts(&c->json, "\":");
    put_json(&c->json, value);
    c->text.n = c->option - 1;
}

/* `ours`: its first byte is of the pattern, not of a value. */
static void word(w403_command *c, w403_view text, bool ours)
{
    bool value = !ours && c->option > 0;
    c->unsayable |= w403_view_find_char(text, '\0') != SIZE_MAX;
    if (value && c->is_aws && is_fetched(text) && w403_buf_ok(&c->text)) {
        as_json(c, text);
    } else if (value && w403_view_starts(text, W403_LIT("-"))) {
        w403_buf_putc(&c->text, '=');
        put_word(&c->text, text);
    } else {
        bool option = ours && w403_view_starts(text, W403_LIT("--")) && w403_view_find_char(text, '=') == SIZE_MAX;
        gap(c);
        c->option = option ? c->text.n + 1 : 0;
        put_word(&c->text, text);
        return;
    }
    c->option = 0;
}

void w403_command_word(w403_command *c, w403_view text)
{
    word(c, text, false);
}

void w403_command_option(w403_command *c, const char *name, w403_view value)
{
    w403_buf b = {0};
    w403_buf_puts(&b, "--");
    w403_buf_puts(&b, name);
    c->text.failed |= b.failed;
    word(c, w403_buf_view(&b), true);
    w403_buf_free(&b);
    if (value.p) {
        word(c, value, false);
    }
    c->option = 0;
}

/* ---- patterns ---- */

static void put_capitals(w403_buf *out, w403_view name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        w403_buf_putc(out, c == '-' ? '_' : (char)(c >= 'a' && c <= 'z' ? c & ~0x20 : c));
    }
}

/* A JSON document on one line: a raw line end and what indents the next line can only stand between its parts. */
static void put_flat(w403_buf *out, w403_view text)
{
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        uint32_t cp = w403_utf8_next(text, &i);
        if (cp == '\n' || cp == '\r' || cp == '\t') {
            while (i < text.n && memchr(" \n\r\t", text.p[i], 4)) {
                i++;
            }
            w403_buf_putc(out, ' ');
        } else if (cp != 0 && w403_utf8_steers(cp)) {
            w403_buf_printf(out, "\\u%04x", (unsigned)cp);
        } else {
            w403_buf_put(out, w403_view_sub(text, from, i));
        }
    }
}

static void put_value(w403_buf *out, w403_view name, w403_command_value *value, void *user)
{
    bool json = w403_view_starts(name, W403_LIT("\"")), document = w403_view_starts(name, W403_LIT("{"));
    name = json || document ? w403_view_sub(name, 1, name.n) : name;
    w403_view v = value(user, name);
    w403_buf capitals = {0};
    if (!v.p) {
        put_capitals(&capitals, name);
        v = w403_buf_view(&capitals);
    }
    if (json) {
        put_json(out, v);
    } else if (document) {
        put_flat(out, v);
    } else {
        w403_buf_put(out, v);
    }
    out->failed |= capitals.failed;
    w403_buf_free(&capitals);
}

static void put_pattern(w403_command *c, const char *pattern, w403_command_value *value, void *user)
{
    w403_buf one = {0};
    w403_view rest = w403_view_of(pattern);
    while (rest.p && rest.n) {
        w403_view token = w403_view_cut(&rest, ' ');
        bool ours = !w403_view_starts(token, W403_LIT("<")) || w403_view_starts(token, W403_LIT("<\"")) ||
                    w403_view_starts(token, W403_LIT("<{"));
        w403_buf_clear(&one);
        while (token.p && token.n) {
            w403_buf_put(&one, w403_view_cut(&token, '<'));
            if (token.p) {
                put_value(&one, w403_view_cut(&token, '>'), value, user);
            }
        }
        c->text.failed |= one.failed;
        word(c, one.n ? w403_buf_view(&one) : W403_LIT(""), ours);
    }
    w403_buf_free(&one);
}

void w403_command_fill(w403_command *c, const char *program, const char *pattern, w403_command_value *value, void *user)
{
    c->is_aws = strcmp(program, "aws") == 0;
    word(c, w403_view_of(program), true);
    put_pattern(c, pattern, value, user);
}

typedef struct in_order {
    const w403_view *at;
    size_t n, used;
} in_order;

static w403_view next_value(void *user, w403_view name)
{
    in_order *o = user;
    (void)name;
    return o->used < o->n ? o->at[o->used++] : (w403_view){NULL, 0};
}

void w403_command_run(w403_command *c, const char *program, const char *pattern, const w403_view *values, size_t n)
{
    in_order o = {.at = values, .n = n};
    w403_command_fill(c, program, pattern, next_value, &o);
}

void w403_command_run_on(w403_command *c, const char *pattern, const w403_view *values, size_t n)
{
    in_order o = {.at = values, .n = n};
    put_pattern(c, pattern, next_value, &o);
}

/* ---- structure ---- */

/* What no option could say goes behind the others. */
static void finish(w403_command *c)
{
    c->option = 0;
    if (c->json.n) {
        w403_buf_putc(&c->json, '}');
        w403_view json = w403_buf_view(&c->json);
        word(c, W403_LIT("--cli-input-json"), true);
        c->option = 0;
        word(c, json, true);
    }
    c->text.failed |= c->json.failed;
    w403_buf_clear(&c->json);
    c->is_aws = false;
}

static void structure(w403_command *c, const char *text)
{
    finish(c);
    w403_buf_puts(&c->text, text);
}

void w403_command_pipe(w403_command *c)
{
    structure(c, " | ");
}

void w403_command_then(w403_command *c)
{
    structure(c, " && ");
}

void w403_command_next(w403_command *c)
{
    structure(c, "\n");
}

void w403_command_break(w403_command *c)
{
    size_t n = c->text.n;
    bool blank = n > 0 && c->text.p[n - 1] == ' ';
    w403_buf_puts(&c->text, blank ? "\\\n  " : " \\\n  ");
}

void w403_command_remark(w403_command *c, const char *pattern, const w403_view *values, size_t n)
{
    in_order o = {.at = values, .n = n};
    finish(c);
    bool alone = c->text.n == 0 || c->text.p[c->text.n - 1] == '\n';
    w403_buf_puts(&c->text, alone ? "#" : "  #");
    put_pattern(c, pattern, next_value, &o);
}

/* A line of its own that the document does not have. */
static void put_end_mark(w403_buf *mark, w403_view text)
{
    w403_buf_puts(mark, "EOF");
    for (w403_view rest = text; rest.p && w403_buf_ok(mark);) {
        if (w403_view_eq(w403_view_cut(&rest, '\n'), w403_buf_view(mark))) {
            w403_buf_putc(mark, '_');
            rest = text;
        }
    }
}

static void put_document(w403_buf *out, w403_view text)
{
    size_t run = 0;
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        uint32_t cp = w403_utf8_next(text, &i);
        bool layout = cp == '\n' || cp == '\t' || cp == '\r';
        if (!layout && cp != 0 && w403_utf8_steers(cp)) {
            w403_buf_put(out, w403_view_sub(text, run, from));
            w403_buf_printf(out, "\\u%04x", (unsigned)cp);
            run = i;
        }
    }
    w403_buf_put(out, run < text.n ? w403_view_sub(text, run, text.n) : (w403_view){NULL, 0});
}

void w403_command_document(w403_command *c, w403_view file, w403_view text)
{
    w403_buf mark = {0};
    finish(c);
    c->unsayable |= w403_view_find_char(text, '\0') != SIZE_MAX || w403_view_find_char(file, '\0') != SIZE_MAX;
    put_end_mark(&mark, text);
    w403_buf_puts(&c->text, "cat > ");
    put_word(&c->text, file);
    w403_buf_puts(&c->text, " <<'");
    w403_buf_put(&c->text, w403_buf_view(&mark));
    w403_buf_puts(&c->text, "'\n");
    put_document(&c->text, text);
    w403_buf_putc(&c->text, '\n');
    w403_buf_put(&c->text, w403_buf_view(&mark));
    c->text.failed |= mark.failed;
    w403_buf_free(&mark);
}

/* Such a line ends in <<'EOF'; what a word ends in that looks so has its quotes doubled. */
bool w403_command_has_document(w403_view command)
{
    while (command.p && command.n) {
        w403_view line = w403_view_cut(&command, '\n');
        size_t at = w403_view_find(line, W403_LIT(" <<'EOF"));
        while (at != SIZE_MAX) {
            line = w403_view_sub(line, at + 7, line.n);
            while (w403_view_starts(line, W403_LIT("_"))) {
                line = w403_view_sub(line, 1, line.n);
            }
            if (w403_view_eq(line, W403_LIT("'"))) {
                return true;
            }
            at = w403_view_find(line, W403_LIT(" <<'EOF"));
        }
    }
    return false;
}

w403_view w403_command_end(w403_command *c)
{
    finish(c);
    w403_buf_free(&c->json);
    if (c->unsayable) {
        w403_buf_clear(&c->text);
        w403_buf_puts(&c->text, "# no command line can hold the NUL byte that a name has here");
    }
    return w403_buf_take(&c->text, c->arena);
}

w403_view w403_command_of(w403_arena *a, const char *program, const char *pattern, const w403_view *values, size_t n)
{
    w403_command c = {.arena = a};
    w403_command_run(&c, program, pattern, values, n);
    return w403_command_end(&c);
}

w403_view w403_command_remark_of(w403_arena *a, const char *pattern, const w403_view *values, size_t n)
{
    w403_command c = {.arena = a};
    w403_command_remark(&c, pattern, values, n);
    return w403_command_end(&c);
}
