/* One run of the program: its arguments, its memory, its output. */
#ifndef W403_CLI_CLI_H
#define W403_CLI_CLI_H

#include "base/buf.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/source_text.h"
#include "render/render.h"
#include "words/words.h"

enum { W403_EXIT_GOOD = 0, W403_EXIT_FOUND = 1, W403_EXIT_USAGE = 2, W403_EXIT_UNKNOWN = 3 };

typedef struct w403_cli {
    w403_arena                *arena; /* lives as long as the run */
    const struct w403_command *command;
    w403_args                  args;
    w403_buf                   out;       /* results: written to stdout by w403_cli_flush and at the end */
    bool                       color_out; /* is stdout to be coloured; is stderr */
    bool                       color_err;
    const w403_language *language; /* the language of what people read; NULL: English */
    int                        width;     /* columns of the terminal */
    int                         help_width; /* of pages made to be read: 80 columns where there is no terminal */
    const char                *source_root; /* where diagnostics look for sources, NULL: the working directory only */
    w403_view                  stdin_text;  /* what was read from `-`, for diagnostics */
    w403_source_text           source;      /* the file that the last diagnostic showed a piece of */
    bool                       broken;    /* stdout is gone or full: nothing more is written */
    w403_problems             *warnings;  /* all that was said so far; of copies of this struct too */
    const char                *config_snapshot; /* of the configuration file: where nothing else names one; NULL: none */
    bool                       pages;     /* the output is text that a person reads from its beginning */
    bool                       links_err; /* the same on stderr */
    bool                       links;     /* places of files are hyperlinks: the terminal knows them */
    const w403_host           *host;      /* NULL: a terminal and a command line */
    uint64_t                   refused;   /* w403_malloc_refused() when the run began */
} w403_cli;

/* Is it the name of a command? */
bool w403_command_exists(w403_view name);

/* The program: parses argv, runs the command, gives the exit status. */
int w403_cli_main(int argc, char *const *argv);

/* Was memory refused since the run began? Then something may be missing from what was made, and nothing of it is an answer. */
static inline bool w403_cli_short(const w403_cli *cli)
{
    return !w403_arena_ok(cli->arena) || w403_malloc_refused() != cli->refused;
}

/* Writes cli->out to stdout and empties it. False when that failed; the reason was said on stderr, unless the
 * reader has simply gone away. */
bool w403_cli_flush(w403_cli *cli);

/* The texts that stand for files; NULL: there are files alone. */
static inline const w403_text_set *w403_cli_texts(const w403_cli *cli)
{
    return cli->host ? &cli->host->texts : NULL;
}

/* The text of a file that the user named (`-`: standard input), kept for diagnostics. */
w403_status w403_cli_read(w403_cli *cli, const char *path, w403_view *out, w403_error *err);

/* What rustc would print, on stderr: `error: message`, the place with its source, `help: hint`. */
void w403_diag(w403_cli *cli, bool warning, const w403_error *err);
/* The same, and the exit status to return for it. */
int w403_diag_exit(w403_cli *cli, const w403_error *err);
/* `warning: text` or `error: text` without a place. */
void w403_diag_text(w403_cli *cli, bool warning, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What may be good to know, and is no fault. */
void w403_diag_note(w403_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Is a stream to be coloured? `when` is auto, always, never or NULL (auto: a terminal, NO_COLOR not set). */
bool w403_want_color(const char *when, int fd);

/* How answers are to look: color, width, `--full`, and ASCII alone where the locale names another charset than UTF-8. */
w403_render_options w403_cli_look(const w403_cli *cli);

#endif
