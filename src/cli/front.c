/* What people type first, before they know the commands: the error text itself, an `aws` command, a URL, on the command
 * line or on standard input; options before the command. It is made into the arguments of a command. */
#include "cli/front.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/command.h"
#include "evidence/automation.h"
#include "evidence/evidence.h"
#include "logs/access_log.h"

typedef W403_ARRAY(char *) words;

typedef struct front {
    w403_cli   *cli;
    w403_error *err;
    bool        nomem;
} front;

static void add(front *f, words *list, const char *text)
{
    w403_view copy = w403_arena_copy(f->cli->arena, w403_view_of(text)); /* ends in NUL */
    char **slot = copy.p ? W403_PUSH(f->cli->arena, list) : NULL;
    f->nomem |= !slot;
    if (slot) {
        *slot = (char *)(uintptr_t)copy.p;
    }
}

/* ---- what a text is ---- */

static bool begins(w403_view v, const char *word)
{
    w403_view w = w403_view_of(word);
    return v.n > w.n && w403_view_starts(v, w) && (unsigned char)v.p[w.n] <= ' ';
}

static bool is_url(w403_view v)
{
    bool blank = false;
    for (size_t i = 0; i < v.n; i++) {
        blank |= (unsigned char)v.p[i] <= ' ';
    }
    return !blank && (w403_view_starts(v, W403_LIT("https://")) || w403_view_starts(v, W403_LIT("http://")));
}

static bool is_log_line(front *f, w403_view v)
{
    w403_record r;
    w403_error  unused;
    (void)f;
    return w403_view_find_char(v, '\n') == SIZE_MAX && w403_access_log_parse(v, &r, &unused) == W403_OK;
}

static bool tells_a_denial(front *f, w403_view v)
{
    w403_evidence e;
    w403_error    unused;
    return w403_evidence_error(f->cli->arena, v, &e, &unused) == W403_OK;
}

/* The option that reads such a text; NULL: nothing here is known. */
static const char *option_for(front *f, w403_view text)
{
    w403_view v = w403_view_trim(text);
    if (v.n == 0) {
        return NULL;
    }
    if (v.p[0] == '{' || v.p[0] == '[') {
        bool event = w403_view_find(v, W403_LIT("\"eventName\"")) != SIZE_MAX || w403_is_automation(v);
        bool line = w403_view_find(v, W403_LIT("\"request_uri\"")) != SIZE_MAX;
        return event ? "--event" : line ? "--log-line" : tells_a_denial(f, v) ? "--error" : NULL;
    }
    bool lines = w403_view_find_char(v, '\n') != SIZE_MAX;
    if (!lines && begins(v, "aws")) {
        return "--command";
    }
    if (is_url(v) || begins(v, "curl")) {
        return "--curl";
    }
    if (is_log_line(f, v)) {
        return "--log-line";
    }
    return tells_a_denial(f, v) ? "--error" : NULL;
}

/* `--event` reads files: a text that was typed stands for standard input there. */
static void add_evidence(front *f, words *out, const char *option, w403_view text)
{
    bool file = strcmp(option, "--event") == 0;
    w403_view copy = w403_arena_copy(f->cli->arena, text);
    f->nomem |= !copy.p;
    if (file && copy.p) {
        f->cli->stdin_text = copy;
    }
    add(f, out, option);
    add(f, out, file ? "-" : copy.p ? copy.p : "");
}

/* ---- standard input ---- */

/* A pipe or a file: somebody has put something there. */
static bool is_fed(void)
{
    struct stat st;
    return fstat(STDIN_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size > 0));
}

static const char *from_stdin(front *f, w403_view *text)
{
    w403_error unused;
    if (!is_fed() || w403_cli_read(f->cli, "-", text, &unused) != W403_OK || w403_view_trim(*text).n == 0) {
        return NULL;
    }
    return option_for(f, *text);
}

/* ---- the arguments, one by one ---- */

typedef struct shape {
    int command;  /* index of the command's word; 0: none */
    int operand;  /* of the first operand behind it */
    int operands; /* how many */
    bool evidence; /* an option of evidence is there, or --request, or --help */
} shape;

/* How many arguments does the option at `i` take up? */
static int width(int argc, char *const *argv, int i, bool *evidence)
{
    const char *arg = argv[i];
    w403_view name = w403_view_of(arg + 2);
    bool joined = w403_view_find_char(name, '=') != SIZE_MAX;
    name = w403_view_cut(&name, '=');
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        const w403_option *o = w403_option_at(id);
        bool is_long = arg[1] == '-' && w403_view_eq(name, w403_view_of(o->name));
        bool is_short = arg[1] != '-' && o->letter && arg[1] == o->letter;
        if (!is_long && !is_short) {
            continue;
        }
        bool says = o->group == W403_GROUP_EVIDENCE || id == W403_OPT_REQUEST || id == W403_OPT_HELP;
        *evidence |= says && (o->commands & W403_FOR_EXPLAIN);
        bool value = o->arg == W403_ARG_REQUIRED && (is_long ? !joined : arg[2] == '\0');
        return value && i + 1 < argc ? 2 : 1;
    }
    return 1;
}

static shape look(int argc, char *const *argv)
{
    shape s = {0};
    for (int i = 1; i < argc;) {
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            i += width(argc, argv, i, &s.evidence);
            continue;
        }
        if (!s.command && !s.operands && w403_command_exists(w403_view_of(argv[i]))) {
            s.command = i++;
            continue;
        }
        s.operand = s.operands++ ? s.operand : i;
        i++;
    }
    return s;
}

/* ---- `why403 explain aws s3 cp ... --as X`: whose option is which ---- */

static bool is_tool(const char *word)
{
    return strcmp(word, "s3") == 0 || strcmp(word, "s3api") == 0 || strcmp(word, "s3control") == 0;
}

static bool has_own_option(int argc, char *const *argv, int from)
{
    bool found = false;
    for (int i = from; i < argc && !found; i++) {
        found = strcmp(argv[i], "--bucket") == 0 || w403_view_starts(w403_view_of(argv[i]), W403_LIT("--bucket="));
    }
    return found;
}

/* aws ..., curl ..., s3 cp ..., s3api get-object --bucket ... */
static bool is_command(int argc, char *const *argv, int at)
{
    bool aws = at + 1 < argc && (strcmp(argv[at], "aws") == 0 || strcmp(argv[at], "curl") == 0);
    bool high = at + 1 < argc && strcmp(argv[at], "s3") == 0 && argv[at + 1][0] != '-';
    return aws || high || (at + 1 < argc && is_tool(argv[at]) && has_own_option(argc, argv, at));
}

/* Words of aws have no short options; a long one is aws's where aws has it. */
static bool is_ours(const char *arg)
{
    w403_view name = w403_view_of(arg + (arg[1] == '-' ? 2 : 1));
    name = w403_view_cut(&name, '=');
    if (arg[0] != '-' || arg[1] == '\0') {
        return false;
    }
    if (arg[1] != '-') {
        return true;
    }
    bool known = false;
    for (w403_option_id id = 0; id < W403_OPTIONS && !known; id++) {
        const w403_option *o = w403_option_at(id);
        known = (o->commands & W403_FOR_EXPLAIN) && w403_view_eq(name, w403_view_of(o->name));
    }
    return known && !w403_is_aws_option(name);
}

static void add_command(front *f, words *out, int argc, char *const *argv, int at)
{
    bool curl = strcmp(argv[at], "curl") == 0, evidence = false;
    w403_buf line = {0};
    if (is_tool(argv[at])) {
        w403_buf_puts(&line, "aws");
    }
    for (int i = at; i < argc;) {
        int n = argv[i][0] == '-' ? width(argc, argv, i, &evidence) : 1;
        bool ours = !curl && is_ours(argv[i]);
        for (int k = 0; k < (ours ? n : 1); k++) {
            if (ours) {
                add(f, out, argv[i + k]);
            } else {
                w403_view word = w403_shell_word(f->cli->arena, w403_view_of(argv[i]));
                w403_buf_puts(&line, line.n ? " " : "");
                w403_buf_put(&line, word);
            }
        }
        i += ours ? n : 1;
    }
    w403_view text = w403_buf_ok(&line) ? w403_arena_copy(f->cli->arena, w403_buf_view(&line)) : (w403_view){NULL, 0};
    f->nomem |= !text.p;
    w403_buf_free(&line);
    add(f, out, curl ? "--curl" : "--command");
    add(f, out, text.p ? text.p : "");
}

/* ---- the ways in ---- */

static bool has_blank(const char *text)
{
    bool found = false;
    for (const char *c = text; *c && !found; c++) {
        found = (unsigned char)*c <= ' ';
    }
    return found;
}

/* Operands that hold a text are evidence; the others stay. */
static bool add_texts(front *f, words *out, int argc, char *const *argv, int from, bool alone)
{
    bool found = false;
    for (int i = from; i < argc; i++) {
        bool option = argv[i][0] == '-' && argv[i][1] != '\0', evidence = false;
        int n = option ? width(argc, argv, i, &evidence) : 1;
        w403_view v = w403_view_of(argv[i]);
        bool text = !option && (has_blank(argv[i]) || v.p[0] == '{' || (alone && is_url(v)));
        const char *as = text && !found ? option_for(f, v) : NULL;
        if (as) {
            add_evidence(f, out, as, v);
            found = true;
            continue;
        }
        for (int k = 0; k < n && i + k < argc; k++) {
            add(f, out, argv[i + k]);
        }
        i += n - 1;
    }
    return found;
}

/* An error text whose words the shell has taken apart. */
static bool add_joined(front *f, words *out, int argc, char *const *argv)
{
    w403_buf line = {0};
    for (int i = 1; i < argc; i++) {
        w403_buf_puts(&line, line.n ? " " : "");
        w403_buf_puts(&line, argv[i]);
    }
    w403_view text = w403_buf_ok(&line) ? w403_arena_copy(f->cli->arena, w403_buf_view(&line)) : (w403_view){NULL, 0};
    w403_buf_free(&line);
    const char *as = text.p ? option_for(f, text) : NULL;
    if (as) {
        add_evidence(f, out, as, text);
    }
    return as != NULL;
}

static bool make(front *f, words *out, int argc, char *const *argv)
{
    const shape s = look(argc, argv);
    w403_view text;
    bool explain = s.command && strcmp(argv[s.command], "explain") == 0;
    add(f, out, argv[0]);
    if (s.command > 1) { /* options before the command */
        add(f, out, argv[s.command]);
        for (int i = 1; i < argc; i++) {
            if (i != s.command) {
                add(f, out, argv[i]);
            }
        }
        return true;
    }
    if (s.command && !explain) {
        return false;
    }
    add(f, out, "explain");
    if (s.operands > 0 && is_command(argc, argv, s.operand) && !s.evidence) {
        for (int i = 1; i < s.operand; i++) {
            if (i != s.command) {
                add(f, out, argv[i]);
            }
        }
        add_command(f, out, argc, argv, s.operand);
        return true;
    }
    if (s.operands == 0 && !s.evidence && (explain || argc < 2)) {
        const char *as = from_stdin(f, &text);
        for (int i = s.command + 1; as && i < argc; i++) {
            add(f, out, argv[i]);
        }
        if (as) {
            add(f, out, as);
            add(f, out, "-");
        }
        return as != NULL;
    }
    bool text_first = s.operands > 0 && !s.command && (has_blank(argv[s.operand]) || argv[s.operand][0] == '{' ||
                                                      is_url(w403_view_of(argv[s.operand])));
    bool first = (explain && s.operands > 0) || (text_first && s.operand == 1);
    words kept = *out;
    if (first && add_texts(f, out, argc, argv, s.command + 1, s.operands == 1 && !s.evidence)) {
        return true;
    }
    *out = kept;
    return !s.command && argc > 2 && argv[1][0] != '-' && add_joined(f, out, argc, argv);
}

w403_status w403_front(w403_cli *cli, int *argc, char *const **argv, w403_error *err)
{
    front f = {.cli = cli, .err = err};
    words out = {.at = NULL};
    bool made = make(&f, &out, *argc, *argv);
    W403_NEED(!f.nomem, err);
    if (made) {
        *argc = (int)out.n;
        *argv = out.at;
    }
    return W403_OK;
}
