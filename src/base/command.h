/* Command lines to be copied into a shell. They are built from words, and each word is quoted as it is put in: what a
 * bucket, a key, a log or a report is called reaches the program as it is and is never run. Pipes, redirections and
 * here-documents are structure, and put by functions of their own. */
#ifndef W403_BASE_COMMAND_H
#define W403_BASE_COMMAND_H

#include "base/buf.h"

/* `text` as one word of a POSIX shell: bare where nothing in it means anything there, else in single quotes; with
 * characters that a terminal would act upon, as $'...'. A newline of a command's text is therefore never a word's.
 * {NULL,0}: memory is short. */
w403_view w403_shell_word(w403_arena *a, w403_view text);

/* A command line that grows: begin with {.arena = a}. Errors stick until w403_command_end. */
typedef struct w403_command {
    w403_arena *arena;
    w403_buf    text;
    w403_buf    json;   /* of aws: members that no option can say */
    size_t      option; /* 1 + where the option begins whose value comes next; 0: none does */
    bool        is_aws, unsayable;
} w403_command;

/* What `<name>` of a pattern stands for. {NULL,0}: only the user knows; NAME then stands in the command, in capitals. */
typedef w403_view w403_command_value(void *user, w403_view name);

/* A program with its words. `pattern` is text of ours: words with one blank between them, each taken as it stands
 * but for `<name>`, a value, `<"name>`, the value as a JSON string, and `<{name>`, a JSON document laid out flat. `bucket=<name>` is one word whatever the value
 * holds. A value that begins with `-` is joined to its option by `=`; one that aws would read from a file or fetch
 * (`file://...`) is sent as --cli-input-json. */
void w403_command_fill(w403_command *c, const char *program, const char *pattern, w403_command_value *value, void *user);
/* The same; `values` are those of the pattern's names, in their order. */
void w403_command_run(w403_command *c, const char *program, const char *pattern, const w403_view *values, size_t n);
/* More words of the same program. */
void w403_command_run_on(w403_command *c, const char *pattern, const w403_view *values, size_t n);
void w403_command_word(w403_command *c, w403_view word);
/* `--name value`; {NULL,0}: `--name` alone. */
void w403_command_option(w403_command *c, const char *name, w403_view value);
/* A remark behind the command or in its place: words of a pattern behind `# `. */
void w403_command_remark(w403_command *c, const char *pattern, const w403_view *values, size_t n);
void w403_command_pipe(w403_command *c);  /* what it prints goes to the program that comes next */
void w403_command_then(w403_command *c);  /* the next one runs if this one worked */
void w403_command_next(w403_command *c);  /* another command, on a line of its own */
void w403_command_break(w403_command *c); /* it goes on in the next line */
/* `cat > FILE` and a here-document with the JSON text: characters that a terminal would act upon become \uXXXX. */
void w403_command_document(w403_command *c, w403_view file, w403_view text);
/* The text, in the arena; {NULL,0}: memory is short. A word that no shell can hold (a NUL byte) makes a remark of it. */
w403_view w403_command_end(w403_command *c);

/* Values for the calls above: one or more. */
#define W403_VALUES(...) (const w403_view[]){__VA_ARGS__}, sizeof((const w403_view[]){__VA_ARGS__}) / sizeof(w403_view)

/* A command of one program: W403_AWS(arena, "s3api get-bucket-policy --bucket <bucket>", name); words of ours alone have
 * no values: NULL, 0. */
w403_view w403_command_of(w403_arena *a, const char *program, const char *pattern, const w403_view *values, size_t n);
#define W403_AWS(a, pattern, ...) w403_command_of((a), "aws", (pattern), W403_VALUES(__VA_ARGS__))
/* A remark alone: W403_REMARK(arena, "leave --<option> out of the command", name). */
w403_view w403_command_remark_of(w403_arena *a, const char *pattern, const w403_view *values, size_t n);
#define W403_REMARK(a, pattern, ...) w403_command_remark_of((a), (pattern), W403_VALUES(__VA_ARGS__))

/* A JSON string, as a filter of jq takes it. */
w403_view w403_command_json(w403_arena *a, w403_view text);
/* Is there a here-document in it? Its lines must stand where lines begin; those of other commands can be indented. */
bool w403_command_has_document(w403_view command);
/* A file's name that no program takes for an option: `./-x` for `-x`. */
w403_view w403_command_path(w403_arena *a, w403_view path);

#endif
