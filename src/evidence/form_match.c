/* Tries a form at a place of the text. */
#include "evidence/form_parts.h"

#include <string.h>

typedef struct match {
    const w403_clean *c;
    w403_hit         *hit;
    size_t            i;
    char              quote; /* the quote that was opened just before i, 0: none */
} match;

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* The literal at m->i; on success m->i stands behind it. A quote opens, the same again closes. */
static bool literal(match *m, const char *lit)
{
    const w403_view text = m->c->text;
    size_t          i = m->i;
    char            quote = m->quote;
    for (; *lit; lit++) {
        if (*lit == ' ') {
            if (i >= text.n || !blank(text.p[i])) {
                return false;
            }
            while (i < text.n && blank(text.p[i])) {
                i++;
            }
        } else if (*lit == '"') {
            if (i >= text.n || !is_quote(text.p[i])) {
                return false;
            }
            bool closes = quote && (quote == text.p[i] || quote == '`');
            quote = closes ? 0 : text.p[i];
            i++;
        } else if (i < text.n && w403_lower(text.p[i]) == *lit) {
            i++;
        } else {
            return false;
        }
    }
    m->i = i;
    m->quote = quote;
    return true;
}

static bool choice(match *m, const w403_form_item *item)
{
    for (const char *word = item->text; *word; word += strlen(word) + 1) {
        if (literal(m, word)) {
            return true;
        }
    }
    return item->optional;
}

static void blanks(match *m)
{
    while (m->i < m->c->text.n && blank(m->c->text.p[m->i])) {
        m->i++;
    }
}

/* Between a name and its value: `: `, `=`, `" => "`, and R's `: chr "`. */
static bool is(match *m)
{
    const w403_view text = m->c->text;
    size_t          i = m->i;
    i += i < text.n && is_quote(text.p[i]);
    while (i < text.n && blank(text.p[i])) {
        i++;
    }
    if (i >= text.n || (text.p[i] != ':' && text.p[i] != '=')) {
        return false;
    }
    i++;
    i += i < text.n && (text.p[i] == '>' || text.p[i] == '=');
    while (i < text.n && blank(text.p[i])) {
        i++;
    }
    m->i = i;
    m->quote = 0;
    (void)literal(m, "some(");
    (void)literal(m, "optional(");
    (void)literal(m, "[");
    if (literal(m, "chr ")) {
        blanks(m);
    }
    if (m->i < text.n && is_quote(text.p[m->i])) {
        m->quote = text.p[m->i++];
    }
    return true;
}

static bool simple(match *m, const w403_form_item *item)
{
    switch ((w403_form_op)item->op) {
    case W403_ITEM_LITERAL:
        return literal(m, item->text);
    case W403_ITEM_CHOICE:
        return choice(m, item);
    case W403_ITEM_IS:
        return is(m);
    case W403_ITEM_BLANKS:
        blanks(m);
        return true;
    case W403_ITEM_LINE_END:
        return m->i >= m->c->text.n || m->c->marks[m->i] & W403_MARK_BREAK;
    case W403_ITEM_END:
    case W403_ITEM_PART:
    case W403_ITEM_GAP:
        break;
    }
    return true;
}

static bool is_simple(const w403_form_item *item)
{
    return item->op != W403_ITEM_END && item->op != W403_ITEM_PART && item->op != W403_ITEM_GAP;
}

/* Does what follows a part or a gap stand at `i`? Looks as far as the next part. */
static bool follows(const match *m, const w403_form_item *next, size_t i)
{
    match probe = *m;
    probe.i = i;
    if (next->op == W403_ITEM_PART) {
        return w403_part_run(next->part, m->c->text, i) > i;
    }
    for (; is_simple(next); next++) {
        if (!simple(&probe, next)) {
            return false;
        }
    }
    return true;
}

static bool gap(match *m, const w403_form_item *item)
{
    size_t end = m->c->text.n - m->i > item->max ? m->i + item->max : m->c->text.n;
    for (size_t i = m->i; i <= end; i++) {
        if (follows(m, item + 1, i)) {
            m->i = i;
            return true;
        }
    }
    return false;
}

static bool closes(const match *m, size_t i)
{
    char c = m->c->text.p[i];
    return c == m->quote || (m->quote == '`' && c == '\'');
}

/* A part that stands in quotes, or that may hold blanks, ends where its quote or what follows it stands. */
static size_t whole_end(const match *m, const w403_form_item *item)
{
    enum { LONGEST = 1100 }; /* a key has 1024 bytes */
    const w403_view text = m->c->text;
    size_t          end = text.n - m->i > LONGEST ? m->i + LONGEST : text.n;
    for (size_t i = m->i; i < end; i++) {
        if (item->whole ? follows(m, item + 1, i) : closes(m, i)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool part(match *m, const w403_form_item *item)
{
    const w403_view text = m->c->text;
    size_t          from = m->i, end;
    bool            closed = m->quote && w403_part_is_free(item->part);
    if (closed || item->whole) {
        end = whole_end(m, item);
        if (end == SIZE_MAX) {
            return false;
        }
    } else {
        end = w403_part_run(item->part, text, from);
        if (item[1].op != W403_ITEM_END && !follows(m, item + 1, end)) {
            size_t i = from + 1; /* what follows may be made of the same characters */
            while (i < end && !follows(m, item + 1, i)) {
                i++;
            }
            if (i >= end) {
                size_t short_end = w403_part_trim(item->part, text, from, end);
                i = follows(m, item + 1, short_end) ? short_end : end;
            }
            end = i;
        } else if (item[1].op == W403_ITEM_END) {
            end = w403_part_trim(item->part, text, from, end);
        }
    }
    if (!w403_part_accept(m->hit, item->part, item->text, m->c, from, end)) {
        return false;
    }
    m->i = end;
    return true;
}

/* The part before the first literal: the word that ends there. */
static bool lead(match *m, size_t at)
{
    const w403_wording *form = m->hit->form;
    const w403_view  text = m->c->text;
    size_t           end = at, from;
    end -= end > 0 && is_quote(text.p[end - 1]);
    from = end;
    while (from > 0 && end - from < 128 && w403_part_char(form->lead, text.p[from - 1])) {
        from--;
    }
    return from < end && w403_part_accept(m->hit, form->lead, form->lead_set, m->c, from, end);
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool ends_with(w403_view v, const char *word)
{
    w403_view w = w403_view_of(word);
    return v.n >= w.n && w403_view_ieq(w403_view_sub(v, v.n - w.n, v.n), w);
}

bool w403_form_match(const w403_wording *form, const w403_clean *c, size_t at, w403_hit *out)
{
    match m = {.c = c, .hit = out, .i = at};
    if (!form->inside && at > 0 && word_char(form->first[0]) && word_char(c->text.p[at - 1])) {
        return false;
    }
    if (!literal(&m, form->first) ||
        (form->not_behind && ends_with(w403_view_sub(c->text, 0, at), form->not_behind))) {
        return false;
    }
    memset(out, 0, sizeof *out);
    out->form = form;
    out->from = at;
    if (form->lead && !lead(&m, at)) {
        return false;
    }
    for (const w403_form_item *item = form->items; item->op != W403_ITEM_END; item++) {
        bool ok = item->op == W403_ITEM_PART  ? part(&m, item)
                  : item->op == W403_ITEM_GAP ? gap(&m, item)
                                              : simple(&m, item);
        if (!ok) {
            return false;
        }
    }
    out->to = m.i;
    return true;
}

void w403_forms_find(const w403_clean *c, bool (*found)(void *user, const w403_hit *hit), void *user)
{
    for (size_t i = 0; i < c->text.n; i++) {
        unsigned char first = (unsigned char)w403_lower(c->text.p[i]);
        first = is_quote((char)first) ? '"' : first;
        for (uint16_t k = w403_form_starts[first]; k < w403_form_starts[first + 1]; k++) {
            w403_hit hit;
            if (w403_form_match(&w403_forms[w403_form_order[k]], c, i, &hit) && !found(user, &hit)) {
                return;
            }
        }
    }
}
