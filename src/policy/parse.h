/* What the files that read a policy document share. Private to the room. */
#ifndef W403_POLICY_PARSE_H
#define W403_POLICY_PARSE_H

#include "policy/pattern.h"

/* One load. JSON nodes may be gone afterwards: what is kept is copied out of them (w403_parse_keep). */
typedef struct w403_parser {
    w403_arena *arena; /* of the policy */
    const w403_json_doc *doc;
    w403_policy *policy;
    w403_problems *warnings; /* nullable */
    w403_error *err;
} w403_parser;

/* What differs from kind to kind. */
typedef struct w403_kind_rules {
    const char *name;
    bool principal; /* required in every statement; else forbidden (G10) */
    bool iam;       /* stored by IAM or Organizations: alphanumeric, unique Sids (G11), Latin-1 (G15) */
    bool v2012;     /* must carry Version 2012-10-17 (V4) */
} w403_kind_rules;

const w403_kind_rules *w403_kind_rules_of(w403_policy_kind k);

/* For "%.*s": user text cut to a length that leaves room for the rest of a message, on a character's end. */
int w403_shown(w403_view v);
#define W403_SHOW(v) w403_shown(v), ((v).p ? (v).p : "")

/* Would a warning be kept? If not, what is costly to find out need not be found. */
bool w403_parse_warns(const w403_parser *p);
/* `hint` may be NULL. */
void w403_parse_warn(w403_parser *p, w403_span at, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* AWS would not have stored the statement: it applies to nothing for certain, and a warning says why (design 4).
 * `unread`: the element that could be anything; W403_ELEMENT_NONE: all are taken as they stand. */
void w403_parse_refuse(w403_parser *p, w403_statement *st, w403_element unread, w403_span at, const char *hint,
                       const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* The same of one entry of an element, which matches nothing for certain; the statement stays good. */
void w403_parse_doubt(w403_parser *p, w403_statement *st, w403_span at, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The first blank that a reader would not see, or that stands at an end of the text, is warned about with its place
 * (004-22, 004-23). Plain spaces are looked for in text[0..visible_until) too. */
void w403_parse_blanks(w403_parser *p, const w403_json *str, w403_view text, size_t visible_until);

/* The text of a value or key, in memory that outlives the JSON nodes. */
w403_status w403_parse_keep(w403_parser *p, w403_view v, w403_view *out);
/* A string element; any other type is an error. */
w403_status w403_parse_string(w403_parser *p, const w403_json *v, const char *element, w403_view *out);

/* A value or a list of them (G4). Visit `n` values from `first` by ->next. */
typedef struct w403_list {
    const w403_json *first;
    uint32_t n;
} w403_list;
#define W403_TYPES_STRING (1u << W403_JSON_STRING)
#define W403_TYPES_SCALAR (W403_TYPES_STRING | 1u << W403_JSON_NUMBER | 1u << W403_JSON_TRUE | 1u << W403_JSON_FALSE)
/* `types`: what each value may be. */
w403_status w403_parse_list(w403_parser *p, const w403_json *v, const char *element, unsigned types, w403_list *out);

/* One element, or its Not- twin, of a statement each; NULL = not there. */
w403_status w403_parse_principals(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *not_v);
w403_status w403_parse_actions(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *not_v);
w403_status w403_parse_resources(w403_parser *p, w403_statement *st, const w403_json *v, const w403_json *not_v);
w403_status w403_parse_conditions(w403_parser *p, w403_statement *st, const w403_json *v);

/* The operator that was meant by a name that is none, or NULL. */
const char *w403_operator_nearest(w403_view base_name);

#endif
