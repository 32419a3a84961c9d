/* One run of `why403 lint`: the documents, what was found in them, and what is shown of it. */
#ifndef W403_CLI_LINT_RUN_H
#define W403_CLI_LINT_RUN_H

#include "base/array.h"
#include "cli/cli.h"
#include "lint/document.h"
#include "lint/repair.h"

typedef struct w403_linted { /* one document and its findings */
    const char *path;        /* the file as the user named it; "-" for standard input */
    w403_view file;          /* the text of the file */
    w403_lint_document document;
    w403_lint_report report;
    bool *shown;             /* of each finding */
    size_t n_shown;
    const w403_store_error *store; /* with --store: NULL is stored */
    w403_lines *lines;             /* where the last place was */
    struct w403_lint_counted *counted; /* characters up to it */
} w403_linted;

/* From the beginning of a line, so that a long line is not counted anew for each of its places. */
typedef struct w403_lint_counted {
    size_t start, at;
    uint32_t n;
} w403_lint_counted;

typedef struct w403_lint_files {
    w403_cli *cli;
    struct w403_linted *at;
    size_t n, cap;
    w403_arena *reading; /* of the file at hand: forgotten when nothing was found in it, else kept */
    W403_ARRAY(w403_arena *) kept;
    size_t skipped; /* files that hold no policy */
    size_t unknown; /* policies of a plan that are known only after it was applied */
    bool failed;    /* something could not be read: said on stderr */
} w403_lint_files;

/* The kind that --type, --policy-type and --resource-type say; not `given` when they say none. False: it was said on
 * stderr that there is no such kind. */
bool w403_lint_kind_given(w403_cli *cli, w403_lint_kind *out);
/* What the options say of how policies are read and judged. False: memory is short. */
bool w403_lint_context(w403_cli *cli, w403_lint_reading *how, w403_lint_options *options);

/* lint_input.c: reads the operands, or the snapshot. Problems are said on stderr. */
void w403_lint_files_open(w403_cli *cli, w403_lint_files *out);
void w403_lint_files_close(w403_lint_files *files);

/* lint_select.c: which findings are shown: levels, --only, --ignore, files .why403-lint, --baseline. What leaves nothing
 * out is said on stderr. */
W403_NODISCARD w403_status w403_lint_select(w403_lint_files *files, w403_error *err);
W403_NODISCARD w403_status w403_lint_write_baseline(const w403_lint_files *files, const char *path, w403_error *err);
/* Told apart from other findings of the file, wherever its lines move to. */
uint64_t w403_lint_fingerprint(const w403_linted *d, const w403_finding *f);
/* A level's name as options write it, `none` above all; -1: no such level. */
int w403_lint_level_of(const char *name);

/* lint_fix.c: mends the files, or prints a patch with --diff; *mended counts the repairs. */
W403_NODISCARD w403_status w403_lint_fix_files(const w403_lint_files *files, size_t *mended, w403_error *err);

/* The formats. All append to cli->out. */
void w403_lint_text(const w403_lint_files *files);     /* lint_output.c */
void w403_lint_github(const w403_lint_files *files);
void w403_lint_markdown(const w403_lint_files *files);
void w403_lint_tap(const w403_lint_files *files);
void w403_lint_json(const w403_lint_files *files);     /* lint_formats.c */
void w403_lint_validate(const w403_lint_files *files);
void w403_lint_junit(const w403_lint_files *files);
void w403_lint_html(const w403_lint_files *files);
void w403_lint_sarif(const w403_lint_files *files);    /* lint_sarif.c */

/* The row's page: AWS's, or the one that ships with the program. */
w403_view w403_lint_help_uri(w403_arena *a, const w403_lint_check *check);
/* What a proof of repairs needs: how files were read and judged, and how much was read for it. */
typedef struct w403_lint_offers {
    w403_lint_reading how;
    w403_lint_options options;
    w403_lint_work work;
} w403_lint_offers;
w403_lint_offers w403_lint_offers_open(w403_cli *cli);
/* The finding's repair, where its document stands in the file as it is; `o` NULL: not proved. */
w403_lint_fix w403_lint_fix_in(w403_cli *cli, const w403_linted *d, const w403_finding *f, w403_lint_offers *o);

/* "3 errors, 1 warning in 4 policies". */
w403_view w403_lint_sum(const w403_lint_files *files);
/* error, security warning ... in the language of the arena. */
const char *w403_lint_level_word(const w403_arena *a, w403_lint_level level);
/* Where the finding's first place stands in its document; the column counts bytes. */
void w403_lint_where(const w403_linted *d, const w403_finding *f, uint32_t *line, uint32_t *column);
/* Where an offset of the document stands; the column counts characters, as tools that show files want it. */
typedef struct w403_lint_spot {
    uint32_t line, column;
} w403_lint_spot;
w403_lint_spot w403_lint_spot_of(const w403_linted *d, size_t offset);

#endif
