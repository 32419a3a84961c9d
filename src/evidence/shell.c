#include "evidence/shell.h"

typedef struct splitter {
    w403_arena *arena;
    w403_view   text;
    size_t      i;
    char       *word; /* as long as the text: a word never outgrows it */
    size_t      n;
    bool        open; /* a word has begun, empty or not */
    bool        repaired;
} splitter;

/* Curly quotes from web pages and chat programs: “ ” ‘ ’ and «». */
static const struct {
    const char *bytes;
    char        quote;
} curly[] = {
    {"\xe2\x80\x9c", '"'}, {"\xe2\x80\x9d", '"'}, {"\xe2\x80\x98", '\''}, {"\xe2\x80\x99", '\''},
};

static char curly_at(w403_view text, size_t i)
{
    w403_view here = w403_view_sub(text, i, text.n);
    for (size_t k = 0; k < sizeof curly / sizeof *curly; k++) {
        if (w403_view_starts(here, w403_view_of(curly[k].bytes))) {
            return curly[k].quote;
        }
    }
    return 0;
}

/* Bytes of a line break at i, 0: none. */
static size_t line_break(w403_view text, size_t i)
{
    if (i < text.n && text.p[i] == '\n') {
        return 1;
    }
    return i + 1 < text.n && text.p[i] == '\r' && text.p[i + 1] == '\n' ? 2 : 0;
}

static bool push_word(splitter *s, w403_words *out)
{
    if (!s->open) {
        return true;
    }
    w403_view *w = W403_PUSH(s->arena, out);
    if (!w) {
        return false;
    }
    *w = w403_arena_copy(s->arena, (w403_view){s->word, s->n});
    s->n = 0;
    s->open = false;
    return w->p != NULL;
}

static w403_status unclosed(const splitter *s, size_t start, char quote, w403_error *err)
{
    w403_error_set(err, W403_SYNTAX, "a quote `%c` in the command is never closed", quote);
    w403_error_place(err, W403_LIT("command"), s->text, start, 1);
    w403_error_hint(err, "close the quote, or paste the whole command");
    return W403_SYNTAX;
}

/* $'...': the escapes that matter in names. */
static char ansi_escape(char c)
{
    static const char from[] = "ntr\\'\"", to[] = "\n\t\r\\'\"";
    for (size_t k = 0; from[k]; k++) {
        if (from[k] == c) {
            return to[k];
        }
    }
    return 0;
}

/* From just behind an opening quote to just behind the closing one. `curled`: it was a typographic quote, and so may
 * the closing one be. */
static w403_status read_quoted(splitter *s, char quote, bool curled, bool ansi, w403_error *err)
{
    size_t start = s->i ? s->i - 1 : 0;
    s->open = true;
    while (s->i < s->text.n) {
        char c = s->text.p[s->i];
        if (curled && curly_at(s->text, s->i) == quote) {
            s->i += 3;
            return W403_OK;
        }
        if (c == quote) {
            s->i++;
            return W403_OK;
        }
        if (c == '\\' && s->i + 1 < s->text.n && (quote == '"' || ansi)) {
            char   next = s->text.p[s->i + 1];
            size_t nl = line_break(s->text, s->i + 1);
            if (ansi && ansi_escape(next)) {
                s->word[s->n++] = ansi_escape(next);
                s->i += 2;
                continue;
            }
            if (!ansi && nl) {
                s->i += 1 + nl;
                continue;
            }
            if (!ansi && (next == '"' || next == '\\' || next == '$' || next == '`')) {
                s->word[s->n++] = next;
                s->i += 2;
                continue;
            }
        }
        s->word[s->n++] = c;
        s->i++;
    }
    return unclosed(s, start, quote, err);
}

/* A backslash, or another shell's continuation sign, outside quotes. */
static void read_escape(splitter *s)
{
    size_t nl = line_break(s->text, s->i + 1);
    if (nl) {
        s->i += 1 + nl;
        return;
    }
    s->open = true;
    if (s->text.p[s->i] == '\\' && s->i + 1 < s->text.n) {
        s->i++;
    }
    s->word[s->n++] = s->text.p[s->i++];
}

static bool ends_command(char c)
{
    return c == ';' || c == '|' || c == '&' || c == '<' || c == '>' || c == '\n';
}

static w403_status split(splitter *s, w403_words *out, w403_error *err)
{
    while (s->i < s->text.n) {
        char c = s->text.p[s->i];
        char curl = curly_at(s->text, s->i);
        bool escape = c == '\\' || ((c == '^' || c == '`') && line_break(s->text, s->i + 1));
        if (c == '\'' || c == '"' || curl) {
            s->repaired |= curl != 0;
            s->i += curl ? 3 : 1;
            W403_TRY(read_quoted(s, curl ? curl : c, curl != 0, false, err));
        } else if (c == '$' && s->i + 1 < s->text.n && s->text.p[s->i + 1] == '\'') {
            s->i += 2;
            W403_TRY(read_quoted(s, '\'', false, true, err));
        } else if (escape) {
            read_escape(s);
        } else if (c == ' ' || c == '\t' || c == '\r') {
            W403_NEED(push_word(s, out), err);
            s->i++;
        } else if (c == '#' && !s->open) {
            while (s->i < s->text.n && s->text.p[s->i] != '\n') {
                s->i++;
            }
        } else if (ends_command(c)) {
            /* leading blank lines and prompts are no end; nor is the `2` of `2>` a word */
            if (out->n || s->open) {
                if ((c == '<' || c == '>') && s->open && s->n == 1 && s->word[0] >= '0' && s->word[0] <= '9') {
                    s->open = false;
                    s->n = 0;
                }
                break;
            }
            s->i++;
        } else {
            s->open = true;
            s->word[s->n++] = c;
            s->i++;
        }
    }
    W403_NEED(push_word(s, out), err);
    return W403_OK;
}

w403_status w403_shell_split(w403_arena *a, w403_view text, w403_words *out, bool *repaired, w403_error *err)
{
    splitter s = {.arena = a, .text = text};
    s.word = w403_arena_alloc(a, text.n + 1);
    W403_NEED(s.word, err);
    W403_TRY(split(&s, out, err));
    if (repaired) {
        *repaired = s.repaired;
    }
    return W403_OK;
}
