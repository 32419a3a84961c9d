/* Any bytes through the writers of TAP, CSV and shell commands: one line stays one line, a cell one cell, a word one word,
 * and nothing in them has power over a terminal, a spreadsheet or a shell. */
#include "fuzz.h"

#include "base/command.h"
#include "base/utf8.h"
#include "cli/csv.h"
#include "cli/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must_be_plain(w403_view v)
{
    for (size_t i = 0; i < v.n;) {
        must(!w403_utf8_steers(w403_utf8_next(v, &i)));
    }
}

static void tap(w403_buf *out, w403_view text)
{
    w403_tap_result(out, true, 7, text);
    must(out->n > 0 && out->p[out->n - 1] == '\n');
    w403_view line = {out->p, out->n - 1};
    must(w403_view_starts(line, W403_LIT("ok 7")));
    must_be_plain(line);
    for (size_t i = 1; i < line.n; i++) {
        must(line.p[i] != '#' || line.p[i - 1] == '\\'); /* no directive */
    }
    w403_buf_clear(out);
    w403_tap_comment(out, text);
    must(out->n > 1 && out->p[0] == '#' && out->p[out->n - 1] == '\n');
    must_be_plain((w403_view){out->p, out->n - 1});
}

static void csv(w403_buf *out, w403_view text)
{
    w403_csv_cell(out, text, ',');
    must(out->n > 2 && out->p[0] == '"' && out->p[out->n - 1] == ',' && out->p[out->n - 2] == '"');
    w403_view inside = {out->p + 1, out->n - 3};
    must(inside.n == 0 || !strchr("=+-@", inside.p[0]));
    for (size_t i = 0; i < inside.n; i++) { /* quotes come in pairs */
        if (inside.p[i] == '"') {
            must(i + 1 < inside.n && inside.p[i + 1] == '"');
            i++;
        }
    }
}

static void shell(w403_arena *a, w403_view text)
{
    w403_view word = w403_shell_word(a, text), value[2] = {text, text};
    must(word.p != NULL);
    if (memchr(text.p, '\0', text.n)) {
        return; /* no shell can hold it */
    }
    w403_view line = w403_command_of(a, "aws", "s3api get-object --bucket <bucket> --key <key> out", value, 2);
    must_be_words(line);
    line = w403_command_of(a, "jq", "-c select(.eventID==<\"id>)", value, 1);
    must_be_words(line);
    line = w403_command_remark_of(a, "leave <option> out", value, 1);
    must_be_words(line);
    must_be_plain(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_view text = {(const char *)data, n};
    w403_buf out = {0};
    w403_arena *a = w403_arena_new(0);
    must(a != NULL);
    text.p = n ? text.p : "";
    tap(&out, text);
    w403_buf_clear(&out);
    csv(&out, text);
    shell(a, text);
    w403_buf_free(&out);
    w403_arena_free(a);
    return 0;
}
