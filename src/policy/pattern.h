/* Text with wildcards and policy variables: Action, Resource and condition values (semantics 1.6 to 1.8). */
#ifndef W403_POLICY_PATTERN_H
#define W403_POLICY_PATTERN_H

#include "policy/policy.h"

/* One `${...}`. Views point into the text that was scanned. */
typedef struct w403_variable {
    w403_view key;      /* aws:username, without the blanks around it; empty for ${*} ${?} ${$} */
    w403_view fallback; /* of ${key, 'text'} (PV5) */
    bool has_fallback;
    bool well_formed; /* else: no key can have that name, so it is never resolved */
    char literal;     /* the character of ${*} ${?} ${$} (PV4), else 0 */
    size_t end;       /* offset after its `}` */
} w403_variable;

/* The variable whose `${` stands at text[at]. False when there is no `${` or its `}` is missing: then it is plain
 * text (PV8). O(length). */
bool w403_variable_at(w403_view text, size_t at, w403_variable *out);

/* Finds wildcards outside variables, and variables at or after `variables_from` (SIZE_MAX: none, as under Version
 * 2008-10-17, V2). *literal (nullable) is how many bytes stand before the first of either. O(length). */
w403_template w403_template_scan(w403_view text, size_t variables_from, size_t *literal);

/* Sets bit i for each catalog action i that the pattern matches; false when it matches none of them. */
bool w403_action_bits(const w403_action_pattern *pattern, uint64_t bits[8]);
/* Of a pattern without a service: may it have meant this action, by all of its name or by what follows the service? */
bool w403_action_may_be(const w403_action_pattern *pattern, w403_view action);

#endif
