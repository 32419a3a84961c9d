#include "render/style.h"

#include "base/command.h"
#include "base/utf8.h"

static const char *const codes[] = {
    [W403_STYLE_BOLD] = "\033[1m",       [W403_STYLE_DIM] = "\033[2m",     [W403_STYLE_ERROR] = "\033[1;31m",
    [W403_STYLE_WARNING] = "\033[1;33m", [W403_STYLE_GOOD] = "\033[1;32m", [W403_STYLE_NOTE] = "\033[36m",
};

void w403_style_begin(w403_buf *out, bool color, w403_style style)
{
    if (color) {
        w403_buf_puts(out, codes[style]);
    }
}

void w403_style_end(w403_buf *out, bool color)
{
    if (color) {
        w403_buf_puts(out, "\033[0m");
    }
}

void w403_style_word(w403_buf *out, bool color, w403_style style, const char *text)
{
    w403_style_begin(out, color, style);
    w403_buf_puts(out, text);
    w403_style_end(out, color);
}

uint32_t w403_style_shown(uint32_t cp)
{
    bool blank = cp == '\t' || cp == '\n' || cp == '\r';
    return blank ? ' ' : w403_utf8_steers(cp) ? 0xFFFD : cp;
}

/* Where the printable ASCII that begins at `i` ends: a byte is a column, and shown as it is. */
static size_t ascii_end(w403_view text, size_t i)
{
    while (i < text.n && text.p[i] >= 0x20 && text.p[i] < 0x7F) {
        i++;
    }
    return i;
}

void w403_style_text(w403_buf *out, w403_view text)
{
    for (size_t i = 0; i < text.n;) {
        size_t end = ascii_end(text, i);
        if (end > i) {
            w403_buf_put(out, w403_view_sub(text, i, end));
            i = end;
            continue;
        }
        char bytes[4];
        size_t n = w403_utf8_put(bytes, w403_style_shown(w403_utf8_next(text, &i)));
        w403_buf_put(out, (w403_view){bytes, n});
    }
}

size_t w403_style_columns(w403_view text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.n;) {
        size_t end = ascii_end(text, i);
        columns += end - i;
        i = end;
        columns += i < text.n ? (size_t)w403_utf8_width(w403_style_shown(w403_utf8_next(text, &i))) : 0;
    }
    return columns;
}

void w403_style_blanks(w403_buf *out, size_t n)
{
    while (n-- > 0) {
        w403_buf_putc(out, ' ');
    }
}

void w403_style_pad(w403_buf *out, w403_view text, size_t columns)
{
    size_t used = w403_style_columns(text);
    w403_style_text(out, text);
    w403_style_blanks(out, used < columns ? columns - used : 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static w403_view next_word(w403_view text, size_t *i)
{
    while (*i < text.n && is_blank(text.p[*i])) {
        ++*i;
    }
    size_t from = *i;
    while (*i < text.n && !is_blank(text.p[*i])) {
        ++*i;
    }
    return w403_view_sub(text, from, *i);
}

size_t w403_style_wrap(w403_buf *out, w403_view text, size_t at, size_t indent, size_t width)
{
    bool fresh = true; /* nothing of the text stands on this line yet */
    for (size_t i = 0; i < text.n;) {
        w403_view word = next_word(text, &i);
        size_t columns = w403_style_columns(word);
        if (word.n == 0) {
            break;
        }
        if (!fresh && at + 1 + columns > width) {
            w403_buf_putc(out, '\n');
            w403_style_blanks(out, indent);
            at = indent;
            fresh = true;
        }
        if (!fresh) {
            w403_buf_putc(out, ' ');
            at++;
        }
        w403_style_text(out, word);
        at += columns;
        fresh = false;
    }
    return at;
}

void w403_style_lines(w403_buf *out, w403_view text, size_t at, size_t indent, size_t width)
{
    (void)w403_style_wrap(out, text, at, indent, width);
    w403_buf_putc(out, '\n');
}

void w403_style_command(w403_buf *out, w403_view command, size_t indent)
{
    indent = w403_command_has_document(command) ? 0 : indent;
    while (command.p && command.n) {
        w403_style_blanks(out, indent);
        w403_style_text(out, w403_view_cut(&command, '\n'));
        w403_buf_putc(out, '\n');
    }
}

static void skip_blanks(w403_view command, size_t *i)
{
    while (*i < command.n && command.p[*i] == ' ') {
        ++*i;
    }
}

/* The next word of a command, with what is quoted in it. */
static w403_view next_argument(w403_view command, size_t *i)
{
    char quote = 0;
    size_t from = *i;
    for (; *i < command.n && (quote || command.p[*i] != ' '); ++*i) {
        char c = command.p[*i];
        if (c == '\\' && quote != '\'' && *i + 1 < command.n) {
            ++*i;
        } else if (quote ? c == quote : c == '\'' || c == '"') {
            quote = quote ? 0 : c;
        }
    }
    return w403_view_sub(command, from, *i);
}

void w403_style_command_lines(w403_buf *out, w403_view command, size_t indent, size_t width)
{
    enum { END = 2, MORE = 4 }; /* ` \`; what further lines are indented besides */
    size_t at = indent, i = 0;
    if (w403_view_find_char(command, '\n') != SIZE_MAX) {
        w403_style_command(out, command, indent);
        return;
    }
    w403_style_blanks(out, indent);
    skip_blanks(command, &i);
    for (size_t n = 0; i < command.n; n++) {
        size_t from = i, next;
        w403_view word = next_argument(command, &i);
        skip_blanks(command, &i);
        next = i;
        if (w403_view_starts(word, W403_LIT("--")) && i < command.n && command.p[i] != '-') { /* with its value */
            (void)next_argument(command, &next);
            word = w403_view_sub(command, from, next);
            skip_blanks(command, &next);
            i = next;
        }
        size_t columns = w403_style_columns(word);
        if (n && at + 1 + columns + END > width) {
            w403_buf_puts(out, " \\\n");
            w403_style_blanks(out, indent + MORE);
            at = indent + MORE;
        } else if (n) {
            w403_buf_putc(out, ' ');
            at++;
        }
        w403_style_text(out, word);
        at += columns;
    }
    w403_buf_putc(out, '\n');
}

void w403_style_diff(w403_buf *out, bool color, w403_view diff, size_t indent)
{
    for (bool named = false; diff.p && diff.n > 0;) {
        w403_view one = w403_view_cut(&diff, '\n');
        char mark = one.n > 0 ? one.p[0] : ' ';
        w403_style style = mark == '+' ? W403_STYLE_GOOD : mark == '-' ? W403_STYLE_ERROR : W403_STYLE_NOTE;
        named |= mark == '@';
        if (!named || mark == '\\') { /* `\ No newline at end of file`: for patch, not for people */
            continue;
        }
        w403_style_blanks(out, indent);
        w403_style_begin(out, color && mark != ' ', style);
        w403_style_text(out, one);
        w403_style_end(out, color && mark != ' ');
        w403_buf_putc(out, '\n');
    }
}

void w403_style_title(w403_buf *out, bool color, const char *text)
{
    w403_buf_putc(out, '\n');
    w403_style_word(out, color, W403_STYLE_BOLD, text);
    w403_buf_putc(out, '\n');
}
