/* The closed lists, and names of services. */
#include "base/glob.h"
#include "lint/check.h"

bool w403_lint_listed(unsigned list, w403_view v)
{
    size_t slash = w403_view_find_char(v, '/');
    return w403_list_has(list, v) || (slash != SIZE_MAX && w403_list_has(list, w403_view_sub(v, 0, slash + 1)));
}

uint32_t w403_lint_service_of(w403_lint_run *l, w403_view prefix)
{
    if (!l->last_prefix.p || !w403_view_eq(prefix, l->last_prefix)) {
        l->last_prefix = prefix;
        l->last_service = w403_ref_service(prefix);
    }
    return l->last_service;
}

bool w403_lint_service_known(w403_view prefix)
{
    return w403_ref_key_service(prefix) != W403_REF_NONE;
}

bool w403_lint_is_service_principal(w403_view v)
{
    w403_view suffix;
    for (size_t at = 0; (suffix = w403_list_next(W403_LIST_SERVICE_PRINCIPAL_SUFFIX, &at)).p;) {
        if (v.n > suffix.n && w403_view_ieq(w403_view_sub(v, v.n - suffix.n, v.n), suffix))
            return true;
    }
    return false;
}

/* Lower-case labels before a suffix of AWS's. */
bool w403_lint_service_name(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'))
            return false;
    }
    return w403_lint_is_service_principal(v);
}

bool w403_lint_action_is(const w403_json *value, const char *action)
{
    w403_view v = value->text;
    bool begins = v.n && (v.p[0] == '*' || v.p[0] == '?' || w403_lower(v.p[0]) == w403_lower(action[0]));
    return begins && w403_iglob(v, w403_view_of(action)); /* of another service, as most are: no need to look further */
}
