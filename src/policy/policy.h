/* The IAM policy language as data: one document, parsed once, then immutable and shared by threads.
 * Grammar and rules: semantics 1. Matching: match.h. */
#ifndef W403_POLICY_POLICY_H
#define W403_POLICY_POLICY_H

#include "base/decimal.h"
#include "base/ip.h"
#include "base/time.h"
#include "json/json.h"

/* A piece of the source: span into w403_policy.doc.text. */

typedef enum w403_principal_kind {
    W403_PE_STAR,           /* "*" or {"AWS":"*"} */
    W403_PE_ACCOUNT,        /* 123456789012 or arn:..:iam::123456789012:root */
    W403_PE_USER,           /* arn:..:iam::A:user/path/name */
    W403_PE_ROLE,           /* arn:..:iam::A:role/path/name */
    W403_PE_SESSION,        /* arn:..:sts::A:assumed-role/name/session */
    W403_PE_FEDERATED_USER, /* arn:..:sts::A:federated-user/name */
    W403_PE_UNIQUE_ID,      /* AIDA..., AROA... */
    W403_PE_SERVICE,        /* {"Service": ...} */
    W403_PE_CANONICAL,      /* {"CanonicalUser": ...} */
    W403_PE_FEDERATED,      /* {"Federated": ...}: an identity provider, of role trust policies */
    W403_PE_INVALID         /* AWS would refuse it: wildcards, groups, a service under AWS */
} w403_principal_kind;

typedef struct w403_principal_entry {
    w403_principal_kind kind;
    w403_view text;    /* as written, decoded */
    w403_view account; /* of an ARN or account principal */
    w403_span span;
} w403_principal_entry;

typedef struct w403_action_pattern {
    w403_view text; /* `*` or service:name, case as written */
    w403_span span;
    bool valid; /* `*`, or something on both sides of a colon; else it matches nothing (A4) */
    bool open;  /* a wildcard in the service's name, `*:GetObject`: whether AWS takes it for any service is not said */
    bool bare;  /* no service, where it could deny: whose action was meant is not known (A4) */
} w403_action_pattern;

/* One part of an ARN pattern or a condition value: literal text, wildcards and variables. */
typedef struct w403_template {
    w403_view text;
    uint8_t has_wildcard;
    uint8_t has_variable; /* Version 2012-10-17 and a well-formed ${...} (PV1, PV8) */
} w403_template;

typedef struct w403_resource_pattern {
    w403_template whole;
    w403_view part[6]; /* split on the first five ':' (R2); of a short ARN fewer */
    uint8_t n_parts;   /* 0: lone `*`, or no ARN at all */
    uint8_t is_star;
    w403_span span;
    w403_view prefix; /* literal prefix of `whole`: a quick reject */
} w403_resource_pattern;

typedef enum w403_operator_family {
    W403_OP_STRING,
    W403_OP_NUMERIC,
    W403_OP_DATE,
    W403_OP_BOOL,
    W403_OP_BINARY,
    W403_OP_IP,
    W403_OP_ARN,
    W403_OP_NULL,
    W403_OP_NONE
} w403_operator_family;

typedef enum w403_compare {
    W403_CMP_EQ,
    W403_CMP_EQ_ICASE,
    W403_CMP_LIKE,
    W403_CMP_LT,
    W403_CMP_LE,
    W403_CMP_GT,
    W403_CMP_GE
} w403_compare;

typedef struct w403_operator { /* one row of the operator table (operators.c) */
    const char *name;          /* without ForAnyValue: and IfExists */
    w403_operator_family family;
    w403_compare compare;
    bool negated;
    bool if_exists_ok;
} w403_operator;

typedef enum w403_set_qualifier { W403_SET_NONE, W403_SET_ANY, W403_SET_ALL } w403_set_qualifier;

typedef struct w403_condition_value {
    w403_template text; /* the exact lexeme of a number or boolean */
    w403_span span;
    bool valid; /* parses under the operator: a CIDR, a number, a date, base64, true/false */
    bool zoneless; /* a date without a time zone: u.instant takes it for UTC, which AWS does not say (Dt1) */
    union {
        w403_cidr cidr;
        w403_instant instant;
        w403_view binary;
        bool boolean;
    } u;
} w403_condition_value;

/* One operator applied to one key; a statement's Condition is the AND of these. */
typedef struct w403_condition {
    const w403_operator *op;
    w403_set_qualifier set;
    bool if_exists;
    uint16_t key_id;     /* catalog id, 0 = not in the catalog */
    w403_view key;       /* as written */
    w403_view key_param; /* what follows `/` of aws:PrincipalTag/..., or {NULL,0} */
    w403_span op_span, key_span, values_span;
    const w403_condition_value *values;
    uint32_t n_values;
    bool of_deny; /* a value that cannot be read may match: what was meant to be kept out is not let in for it */
} w403_condition;

typedef enum w403_effect { W403_EFFECT_ALLOW, W403_EFFECT_DENY } w403_effect;

#define W403_UNREAD(element) (1u << (element)) /* W403_ELEMENT_STATEMENT: its Effect */

typedef struct w403_policy w403_policy;

struct w403_statement {
    const w403_policy *policy;
    uint32_t index; /* from 0 */
    w403_view sid;  /* {NULL,0} when there is none */
    w403_span span;
    w403_effect effect;
    bool inert; /* AWS would not have stored it (design 4): it never certainly applies, and may where all else fits */
    uint8_t unread;  /* of an inert one, W403_UNREAD: what could be anything */
    w403_view doubt; /* what AWS would refuse in it, in words; an entry of a statement that is not inert too */
    bool has_principal, not_principal, not_action, not_resource;
    w403_span principal_span, action_span, resource_span, condition_span; /* of the values; len 0: absent */
    const w403_principal_entry *principals;
    uint32_t n_principals;
    const w403_action_pattern *actions;
    uint32_t n_actions;
    const w403_resource_pattern *resources;
    uint32_t n_resources; /* 0 and no element: see has_resource */
    bool has_resource;
    const w403_condition *conditions;
    uint32_t n_conditions;
    uint64_t catalog_actions[8]; /* bit i: catalog action i is matched by Action/NotAction, or may be */
    bool open_actions;           /* a wildcard stands in a service's name (A1): ask w403_match_action_id */
};

struct w403_policy {
    w403_policy_kind kind;
    w403_json_doc doc; /* source name and text; spans point into doc.text. root may be NULL after load */
    w403_view id;      /* Id element */
    w403_view arn;     /* managed policy, SCP, RCP: its ARN; else {NULL,0} */
    w403_view name;    /* inline or managed policy's name; else {NULL,0} */
    bool version_2012; /* variables are replaced (V1, V2) */
    const w403_statement *statements;
    uint32_t n_statements;
    /* Where a document that was itself a JSON string or URL-encoded stands: the file, and whether doc.text
     * is decoded text (then positions are of the decoded document). */
    w403_view file;
    bool embedded;
    w403_span file_span; /* of the value in `file` */
    w403_view pointer;   /* RFC 6901 pointer of the value inside `file`, "" = the whole file */
};

/* Parses a document from its text. `source` names it. Problems that AWS would refuse to store go to `warnings`
 * (nullable) and make the statement inert; broken JSON, wrong types and duplicate keys are errors.
 * `source` and `text` must outlive the policy. O(n). */
w403_status w403_policy_parse(w403_arena *a, w403_policy_kind kind, w403_view source, w403_view text,
                              w403_problems *warnings, w403_policy **out, w403_error *err);

/* The same from a value that is already parsed (a document inside a snapshot file). doc->source and doc->text must
 * outlive the policy, the JSON nodes need not. */
w403_status w403_policy_from_json(w403_arena *a, w403_policy_kind kind, const w403_json_doc *doc,
                                  const w403_json *value, w403_problems *warnings, w403_policy **out,
                                  w403_error *err);

/* A value of a snapshot that holds a policy: an object, a JSON string, or a URL-encoded JSON string. The text of the
 * last two is decoded into the arena; places in it are named `file#pointer`. */
w403_status w403_policy_from_value(w403_arena *a, w403_policy_kind kind, const w403_json_doc *doc,
                                   const w403_json *value, w403_problems *warnings, w403_policy **out,
                                   w403_error *err);

/* The document in such a string; {NULL,0} when it is not URL-encoded properly or memory is short. */
w403_view w403_policy_decode(w403_arena *a, w403_view text);
/* The document itself, as an object or a string, or the one inside what an `aws` command prints; NULL: there is none. */
const w403_json *w403_policy_document(const w403_json *root);

/* The operator table; NULL for a name that is none (case ignored). */
const w403_operator *w403_operator_find(w403_view base_name);
/* The whole table. */
const w403_operator *w403_operators(size_t *n);

/* What may have been meant by the name of an action that there is not: an API operation's permissions, or the nearest
 * name, as a sentence for a hint. */
bool w403_action_suggest(w403_view text, char *hint, size_t room);

/* Names of the kinds as users know them: "bucket policy", "identity-based policy" ... */
const char *w403_policy_kind_name(w403_policy_kind k);

#endif
