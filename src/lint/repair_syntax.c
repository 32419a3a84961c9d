/* Repairs of the text itself: a comma before a bracket, what a text editor made of quotes and dashes. */
#include "lint/check.h"
#include "lint/repair.h"

static const struct {
    const char *curly, *plain;
} plain_forms[] = {{"\xE2\x80\x98", "'"}, {"\xE2\x80\x99", "'"}, {"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""},
                   {"\xE2\x80\x90", "-"}, {"\xE2\x80\x91", "-"}, {"\xE2\x80\x93", "-"}, {"\xE2\x80\x94", "-"},
                   {"\xE2\x80\xA6", "..."}};

static const char *plain_form(w403_view text, size_t at)
{
    for (size_t i = 0; i < sizeof plain_forms / sizeof *plain_forms; i++) {
        if (w403_view_starts(w403_view_sub(text, at, text.n), w403_view_of(plain_forms[i].curly)))
            return plain_forms[i].plain;
    }
    return NULL;
}

/* Where no string began: curly quotes around one. Inside of one: the character in its plain form. */
static size_t smart_quote(w403_view text, size_t at, bool inside, w403_lint_edit out[2])
{
    const char *plain = plain_form(text, at);
    size_t n = 0;
    if (!plain || (!inside && plain[0] != '"'))
        return 0;
    out[n++] = (w403_lint_edit){.at = {(uint32_t)at, 3},
                                .text = plain[0] == '"' && inside ? W403_LIT("\\\"") : w403_view_of(plain)};
    for (size_t i = at + 3; !inside && i < text.n && text.p[i] != '\n' && text.p[i] != '"'; i++) {
        const char *end = plain_form(text, i);
        if (end && end[0] == '"') {
            out[n++] = (w403_lint_edit){.at = {(uint32_t)i, 3}, .text = W403_LIT("\"")};
            break;
        }
    }
    return n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* At the comma, or at the bracket behind it, by where the parser stopped. */
static size_t trailing_comma(w403_view text, size_t at, w403_lint_edit out[2])
{
    size_t comma = at;
    bool bracket = text.p[at] == '}' || text.p[at] == ']';
    while (bracket && comma && is_blank(text.p[comma - 1]))
        comma--;
    comma -= bracket && comma;
    if (text.p[comma] != ',')
        return 0;
    out[0] = (w403_lint_edit){.at = {(uint32_t)comma, 1}, .text = {"", 0}};
    return 1;
}

size_t w403_lint_repaired_text(const w403_lint_report *report, const w403_finding *f, const char *fix, w403_lint_edit out[2])
{
    w403_view text = report->doc.text;
    size_t at = f->at[0].span.off;
    if (at >= text.n)
        return 0;
    if (strcmp(fix, "smart-quote") == 0)
        return smart_quote(text, at, report->doc.root != NULL, out);
    return strcmp(fix, "trailing-comma") == 0 ? trailing_comma(text, at, out) : 0;
}
