/* The table of commands. Dispatch, help, man pages and completions are made from it. */
#ifndef W403_CLI_COMMANDS_H
#define W403_CLI_COMMANDS_H

#include "cli/cli.h"

typedef struct w403_example {
    const char *about;   /* what it does, one line */
    const char *command; /* as typed after `$ ` */
} w403_example;

typedef struct w403_command {
    const char         *name;
    uint32_t            bit;      /* W403_FOR_*: selects its options */
    const char         *summary;  /* one line, lower case, no full stop */
    const char         *operands; /* "PATH..." */
    const char         *about;    /* paragraphs, separated by an empty line; `code` in backticks */
    const w403_example *examples; /* ends with one whose command is NULL */
    w403_complete       complete; /* of its operands */
    const char         *words;
    int (*run)(w403_cli *cli);    /* gives the exit status */
} w403_command;

extern const w403_command w403_commands[];
extern const size_t       w403_commands_count;
/* NULL at the end. Hidden commands (those for the build) are not in it. */
const w403_command *w403_command_at(size_t i);
/* NULL when there is none of that name. */
const w403_command *w403_command_find(w403_view name);
/* W403_SEMANTIC: there is no such command; the hint names the nearest. */
w403_status w403_command_unknown(w403_view name, w403_error *err);

/* One file each: cmd_<name>.c */
int w403_cmd_explain(w403_cli *cli);
int w403_cmd_decide(w403_cli *cli);
int w403_cmd_inventory(w403_cli *cli);
int w403_cmd_sweep(w403_cli *cli);
int w403_cmd_logs(w403_cli *cli);
int w403_cmd_replay(w403_cli *cli);
int w403_cmd_runbook(w403_cli *cli);
int w403_cmd_who_can(w403_cli *cli);
int w403_cmd_what_can(w403_cli *cli);
int w403_cmd_public(w403_cli *cli);
int w403_cmd_diff(w403_cli *cli);
int w403_cmd_check(w403_cli *cli);
int w403_cmd_collect(w403_cli *cli);
int w403_cmd_test(w403_cli *cli);
int w403_cmd_lint(w403_cli *cli);
int w403_cmd_mcp(w403_cli *cli); /* door/mcp.c */
int w403_cmd_serve(w403_cli *cli); /* serve/run.c */
int w403_cmd_completion(w403_cli *cli);
int w403_cmd_help(w403_cli *cli);
int w403_cmd_version(w403_cli *cli);

/* ---- pages made from the tables ---- */
void w403_help_overview(w403_buf *out, int width, bool color);
void w403_help_command(w403_arena *a, w403_buf *out, const w403_command *command, int width, bool color);
/* roff; NULL is the page of the program itself. */
void w403_man_page(w403_arena *a, w403_buf *out, const w403_command *command);
/* False when the shell is none of bash, zsh, fish. */
bool w403_completion(w403_buf *out, w403_view shell);

/* Exit statuses, one line each, for help and man pages. */
extern const char *const w403_exit_lines[];

#endif
