/* What what-can prints for people: a table as wide as the terminal, each cell filled within its column. */
#include "cli/reason_rows.h"
#include "render/style.h"

enum { LEVEL, ACTIONS, RESOURCES, WHEN, BY, COLUMNS };
enum { INDENT = 2, GAP = 2 };

typedef struct table {
    const w403_what_row *rows;
    size_t n, width, columns;
    size_t wide[COLUMNS]; /* of each column */
} table;

static w403_view cell(const w403_what_row *row, size_t column)
{
    const w403_view cells[COLUMNS] = {row->level, row->actions, row->resources, row->when, row->by};
    return cells[column];
}

/* The next words that fit; a longer one alone. */
static w403_view next_line(w403_view *rest, size_t width)
{
    size_t end = 0;
    while (end < rest->n) {
        size_t blank = w403_view_find_char(w403_view_sub(*rest, end, rest->n), ' ');
        size_t next = blank == SIZE_MAX ? rest->n : end + blank;
        if (end && w403_style_columns(w403_view_sub(*rest, 0, next)) > width) {
            break;
        }
        end = next + (next < rest->n);
    }
    w403_view line = w403_view_sub(*rest, 0, end);
    *rest = w403_view_sub(*rest, end, rest->n);
    return w403_view_trim(line);
}

static size_t longest_word(w403_view text)
{
    size_t most = 0;
    while (text.n) {
        size_t columns = w403_style_columns(next_line(&text, 0));
        most = columns > most ? columns : most;
    }
    return most;
}

/* How wide the columns are: all on one line if there is room, else filled. False: not even that. */
static bool measure(table *t, size_t columns, bool filled)
{
    size_t most[COLUMNS] = {0}, least[COLUMNS] = {0}, used = INDENT + (columns - 1) * GAP;
    for (size_t c = 0; c < columns; c++) {
        for (size_t i = 0; i < t->n; i++) {
            size_t all = w403_style_columns(cell(&t->rows[i], c)), word = longest_word(cell(&t->rows[i], c));
            most[c] = all > most[c] ? all : most[c];
            least[c] = word > least[c] ? word : least[c];
        }
        t->wide[c] = filled ? least[c] : most[c];
        used += t->wide[c];
    }
    if (used > t->width) {
        return false;
    }
    for (bool grew = true; grew;) { /* what is left goes to those that want it, in turn */
        grew = false;
        for (size_t c = 0; c < columns && used < t->width; c++) {
            bool more = t->wide[c] < most[c];
            t->wide[c] += more;
            used += more;
            grew = grew || more;
        }
    }
    t->columns = columns;
    return true;
}

static void put_row(w403_buf *out, const table *t, const w403_what_row *row)
{
    w403_view rest[COLUMNS];
    bool more = true;
    for (size_t c = 0; c < t->columns; c++) {
        rest[c] = cell(row, c);
    }
    while (more) {
        size_t blanks = INDENT;
        more = false;
        for (size_t c = 0; c < t->columns; c++) {
            w403_view line = next_line(&rest[c], t->wide[c]);
            more = more || rest[c].n;
            if (line.n) { /* no blanks at the end of a line */
                w403_style_blanks(out, blanks);
                w403_style_text(out, line);
                blanks = 0;
            }
            blanks += t->wide[c] - (line.n ? w403_style_columns(line) : 0) + GAP;
        }
        w403_buf_putc(out, '\n');
    }
    if (t->columns <= BY && row->by.n) {
        size_t at = INDENT + t->wide[LEVEL] + GAP;
        w403_style_blanks(out, at);
        w403_buf_puts(out, "by ");
        w403_style_lines(out, row->by, at + 3, at + 3, t->width);
    }
}

/* Names too long for columns: one below the other. */
static void put_block(w403_buf *out, const w403_what_row *row, size_t width)
{
    w403_buf_printf(out, "\n  %.*s\n    ", W403_ARG(row->level));
    w403_style_lines(out, row->actions, 4, 4, width);
    w403_buf_puts(out, "    on ");
    w403_style_lines(out, row->resources, 7, 7, width);
    w403_buf_puts(out, "    ");
    w403_style_lines(out, row->when, 4, 4, width);
    if (row->by.n) {
        w403_buf_puts(out, "    by ");
        w403_style_lines(out, row->by, 7, 7, width);
    }
}

void w403_rows_what_text(w403_rows *r, const w403_what_row *rows, size_t n, bool not)
{
    w403_buf *out = &r->cli->out;
    table t = {.rows = rows, .n = n, .width = (size_t)r->cli->width};
    w403_buf_puts(out, "WHAT  ");
    w403_style_text(out, r->askers.at[0].name);
    w403_buf_puts(out, not ? "  CANNOT DO\n" : "  CAN DO\n");
    if (n == 0) {
        w403_buf_puts(out, not ? "\n  nothing\n" : "\n  nothing that was asked about\n");
        return;
    }
    if (measure(&t, COLUMNS, false) || measure(&t, BY, true)) {
        w403_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < n; i++) {
        if (t.columns) {
            put_row(out, &t, &rows[i]);
        } else {
            put_block(out, &rows[i], t.width);
        }
    }
}
