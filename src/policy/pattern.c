#include "policy/pattern.h"

#include "base/glob.h"
#include "catalog/catalog.h"

/* Names of context keys: `service:name`, the free part of a tag key takes nearly everything. */
static bool is_key_name(w403_view v)
{
    size_t colon = w403_view_find_char(v, ':');
    return colon != SIZE_MAX && colon > 0 && colon + 1 < v.n && w403_view_find_char(v, '{') == SIZE_MAX &&
           w403_view_find_char(v, '$') == SIZE_MAX;
}

bool w403_variable_at(w403_view text, size_t at, w403_variable *out)
{
    if (at + 1 >= text.n || text.p[at] != '$' || text.p[at + 1] != '{') {
        return false;
    }
    size_t length = w403_view_find_char(w403_view_sub(text, at + 2, text.n), '}');
    if (length == SIZE_MAX) {
        return false;
    }
    w403_view inside = w403_view_sub(text, at + 2, at + 2 + length);
    *out = (w403_variable){.end = at + 3 + length};
    if (inside.n == 1 && (*inside.p == '*' || *inside.p == '?' || *inside.p == '$')) { /* PV4 */
        out->literal = *inside.p;
        out->well_formed = true;
        return true;
    }
    size_t comma = w403_view_find_char(inside, ',');
    bool fallback_ok = true;
    out->key = w403_view_trim(comma == SIZE_MAX ? inside : w403_view_sub(inside, 0, comma));
    if (comma != SIZE_MAX) { /* PV5 */
        w403_view v = w403_view_trim(w403_view_sub(inside, comma + 1, inside.n));
        fallback_ok = v.n >= 2 && v.p[0] == '\'' && v.p[v.n - 1] == '\'';
        if (fallback_ok) {
            out->fallback = w403_view_sub(v, 1, v.n - 1);
            out->has_fallback = true;
        }
    }
    out->well_formed = fallback_ok && is_key_name(out->key);
    return true;
}

w403_template w403_template_scan(w403_view text, size_t variables_from, size_t *literal)
{
    w403_template t = {.text = text};
    size_t first = text.n, i = 0;
    while (i < text.n) {
        w403_variable var;
        char c = text.p[i];
        if (c == '*' || c == '?') {
            t.has_wildcard = 1;
        } else if (c != '$' || i < variables_from || !w403_variable_at(text, i, &var)) {
            i++;
            continue;
        } else {
            t.has_variable = 1;
        }
        first = i < first ? i : first;
        i = c == '$' ? var.end : i + 1;
    }
    if (literal) {
        *literal = first;
    }
    return t;
}

/* From its end: names of one service begin alike. */
static bool starts_icase(w403_view name, w403_view prefix)
{
    size_t i = prefix.n;
    if (name.n < prefix.n) {
        return false;
    }
    while (i && w403_lower(name.p[i - 1]) == w403_lower(prefix.p[i - 1])) {
        i--;
    }
    return i == 0;
}

/* What follows the last wildcard. */
static w403_view literal_tail(w403_view text)
{
    size_t i = text.n;
    while (i > 0 && text.p[i - 1] != '*' && text.p[i - 1] != '?') {
        i--;
    }
    return w403_view_sub(text, i, text.n);
}

static bool ends_icase(w403_view name, w403_view tail)
{
    return name.n >= tail.n && w403_view_ieq(w403_view_sub(name, name.n - tail.n, name.n), tail);
}

bool w403_action_may_be(const w403_action_pattern *pattern, w403_view action)
{
    w403_view name = action;
    (void)w403_view_cut(&name, ':');
    return w403_iglob(pattern->text, action) || (name.p && w403_iglob(pattern->text, name));
}

_Static_assert(W403_ACTION_COUNT <= 512, "catalog_actions has 512 bits");

bool w403_action_bits(const w403_action_pattern *pattern, uint64_t bits[8])
{
    w403_view text = pattern->text;
    if (!pattern->valid) {
        return false; /* A4 */
    }
    if (!w403_has_wildcard(text)) {
        uint16_t id = w403_action_find(text);
        if (id != W403_ACTION_NONE) {
            bits[id / 64] |= UINT64_C(1) << id % 64;
        }
        return id != W403_ACTION_NONE;
    }
    size_t literal;
    (void)w403_template_scan(text, SIZE_MAX, &literal);
    w403_view prefix = w403_view_sub(text, 0, literal), tail = literal_tail(text);
    bool tail_only = literal + 1 == text.n && text.p[literal] == '*', any = false;
    const w403_action *action = w403_action_at(0); /* the table is dense */
    char last = prefix.n ? w403_lower(prefix.p[prefix.n - 1]) : '\0';
    for (uint16_t id = 0; id < W403_ACTION_COUNT; id++, action++) {
        w403_view name = {action->name, action->name_n};
        if (name.n < prefix.n || (prefix.n && w403_lower(name.p[prefix.n - 1]) != last)) {
            continue; /* most of them */
        }
        if (starts_icase(name, prefix) && (tail_only || (ends_icase(name, tail) && w403_iglob(text, name)))) { /* A1 */
            bits[id / 64] |= UINT64_C(1) << id % 64;
            any = true;
        }
    }
    return any;
}
