/* ${...}: closed, named, known (PV1 to PV8)? */
#include "lint/check.h"

static void key_of(w403_view name, bool *known, bool *multi)
{
    w403_lint_condition c;
    w403_lint_key_facts(name, &c);
    size_t colon = w403_view_find_char(name, ':');
    w403_view prefix = colon == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(name, 0, colon);
    bool host = w403_view_find_char(prefix, '.') != SIZE_MAX || w403_view_find_char(prefix, '/') != SIZE_MAX;
    bool other_service = prefix.n && !w403_view_ieq(prefix, W403_LIT("aws")) && w403_lint_service_known(prefix);
    *known = c.known || host || other_service || w403_lint_listed(W403_LIST_UNDOCUMENTED_GLOBAL_KEY, name);
    *multi = c.known && c.multi;
}

static bool has_blank(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == ' ' || v.p[i] == '\t' || v.p[i] == '\n' || v.p[i] == '\r')
            return true;
    }
    return false;
}

/* What stands between `${` and `}`. */
static void inner(w403_lint_run *l, const w403_json *v, w403_view text)
{
    size_t comma = w403_view_find_char(text, ',');
    w403_view name = w403_view_sub(text, 0, comma == SIZE_MAX ? text.n : comma), fallback = {NULL, 0};
    bool known, multi;
    if (text.n == 1 && (text.p[0] == '*' || text.p[0] == '?' || text.p[0] == '$')) /* PV4 */
        return;
    if (text.n == 0) {
        w403_lint_value(l, W403_L_EMPTY_VARIABLE, v, NULL);
        return;
    }
    if (comma != SIZE_MAX)
        fallback = w403_view_trim(w403_view_sub(text, comma + 1, text.n));
    if (has_blank(name)) {
        w403_lint_value(l, W403_L_UNSUPPORTED_SPACE_IN_VARIABLE, v, NULL);
        return;
    }
    if (comma != SIZE_MAX && (fallback.n < 2 || fallback.p[0] != '\'' || fallback.p[fallback.n - 1] != '\'')) {
        w403_lint_value(l, W403_L_MISSING_QUOTE_IN_VARIABLE, v, NULL);
        return;
    }
    key_of(name, &known, &multi);
    if (!known)
        w403_lint_value(l, W403_L_OWN_UNKNOWN_VARIABLE, v,
                        W403_LINT_WORDS({"name", name},
                                        {"variable", w403_arena_printf(l->arena, "${%.*s}", W403_ARG(name))}));
    else if (multi)
        w403_lint_value(l, W403_L_OWN_MULTIVALUED_VARIABLE, v, NULL);
}

void w403_lint_variables(w403_lint_run *l, const w403_json *v)
{
    w403_view rest = v->text;
    for (size_t at = w403_view_find(rest, W403_LIT("${")); at != SIZE_MAX; at = w403_view_find(rest, W403_LIT("${"))) {
        rest = w403_view_sub(rest, at + 2, rest.n);
        if (!l->version_2012) { /* V2 */
            w403_lint_value(l, W403_L_VARIABLE_UNSUPPORTED_IN_VERSION, v, NULL);
            return;
        }
        size_t close = w403_view_find_char(rest, '}'), next = w403_view_find(rest, W403_LIT("${"));
        if (close == SIZE_MAX || next < close) {
            w403_lint_value(l, W403_L_MISSING_BRACE_IN_VARIABLE, v, NULL);
            return;
        }
        inner(l, v, w403_view_sub(rest, 0, close));
        rest = w403_view_sub(rest, close + 1, rest.n);
    }
}
