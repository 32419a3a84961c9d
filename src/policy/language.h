/* Which values a pattern matches, as data: for those that ask about all values at once, where match_condition.c and
 * match_resource.c ask about one. Every operator family and comparison has its row here; there is no other list. */
#ifndef W403_POLICY_LANGUAGE_H
#define W403_POLICY_LANGUAGE_H

#include "policy/match.h"

typedef enum w403_language_kind {
    W403_LANGUAGE_NONE,   /* no value */
    W403_LANGUAGE_ALL,    /* every value */
    W403_LANGUAGE_TEXT,   /* this text */
    W403_LANGUAGE_GLOB,   /* texts that a pattern matches */
    W403_LANGUAGE_NUMBER, /* numbers that compare so with `text` */
    W403_LANGUAGE_DATE,   /* instants that compare so with `instant` */
    W403_LANGUAGE_BOOL,   /* `truth`, in any letter case */
    W403_LANGUAGE_NET,    /* addresses in `cidr` */
    W403_LANGUAGE_BYTES,  /* these bytes, plain or in base64 */
    W403_LANGUAGE_HANGS   /* on a variable whose value is not known */
} w403_language_kind;

typedef struct w403_language {
    w403_language_kind kind;
    w403_view text;         /* TEXT, GLOB, NUMBER, BYTES */
    const uint8_t *literal; /* GLOB: byte i is no wildcard; NULL: as it stands */
    bool ignore_case;
    bool arn;               /* GLOB: of six parts; wildcards of the first five stop at colons (R2, Arn1) */
    bool open;              /* GLOB with arn: a short ARN, any further parts (R8) */
    w403_compare compare;   /* NUMBER, DATE */
    w403_instant instant;
    bool truth;
    w403_cidr cidr;
} w403_language;

/* What one value of a condition matches, its operator read as positive (`negated` is the caller's). Variables are
 * replaced through `ctx`; NULL: any variable makes it HANG. Null has no values to match: NONE. */
w403_language w403_condition_language(const w403_condition *c, const w403_condition_value *v,
                                      const w403_context *ctx);
/* What one entry of Resource matches, of a policy of that kind. */
w403_language w403_resource_language(w403_policy_kind kind, const w403_resource_pattern *p, const w403_context *ctx);

#endif
