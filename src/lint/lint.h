/* Is a policy well-formed, and does it say what its author meant? The checks of IAM Access Analyzer's ValidatePolicy,
 * offline, and those that only an engine that knows S3 can make. Every check is a row of data/lint-checks.tsv and a
 * few lines in a file of this room. No snapshot, no network; any thread, one arena a call. */
#ifndef W403_LINT_LINT_H
#define W403_LINT_LINT_H

#include "json/json.h"
#include "lint/lint_codes.h" /* generated: W403_L_* */

typedef enum w403_lint_level { W403_LINT_SUGGESTION, W403_LINT_WARNING, W403_LINT_SECURITY, W403_LINT_ERROR } w403_lint_level;
typedef enum w403_lint_default { W403_LINT_ON, W403_LINT_NOTE, W403_LINT_PEDANTIC, W403_LINT_NEVER } w403_lint_default;

/* ValidatePolicy's policyType and validatePolicyResourceType, as bits; KEY and ENDPOINT are ours. */
typedef enum w403_lint_policy {
    W403_LINT_IDENTITY = 1,
    W403_LINT_RESOURCE = 2,
    W403_LINT_SCP = 4,
    W403_LINT_RCP = 8
} w403_lint_policy;
typedef enum w403_lint_resource {
    W403_LINT_ANY = 0,
    W403_LINT_BUCKET = 1,
    W403_LINT_ACCESS_POINT = 2,
    W403_LINT_MRAP = 4,
    W403_LINT_OBJECT_LAMBDA = 8,
    W403_LINT_TRUST = 16,
    W403_LINT_TABLE = 32,
    W403_LINT_KEY = 64,
    W403_LINT_ENDPOINT = 128
} w403_lint_resource;
#define W403_LINT_S3 (W403_LINT_BUCKET | W403_LINT_ACCESS_POINT | W403_LINT_MRAP)

typedef struct w403_lint_check { /* a row of the table */
    const char *code;
    w403_lint_level level;
    w403_lint_default emitted;
    bool ours;          /* no code of AWS's */
    uint8_t policies;   /* w403_lint_policy bits */
    uint16_t resources; /* w403_lint_resource bits; 0: any, or none */
    const char *condition, *location, *message; /* message: a template with {name}s */
    const char *fix;                            /* ids of repairs, "" for none */
    const char *confidence, *source;
} w403_lint_check;
extern const w403_lint_check w403_lint_checks[W403_LINT_CODES];
/* By code, with or without W403_; NULL for none. */
const w403_lint_check *w403_lint_check_find(w403_view code);
/* ERROR, SECURITY_WARNING, WARNING, SUGGESTION. */
const char *w403_lint_level_name(w403_lint_level level);

typedef struct w403_lint_options {
    w403_lint_policy policy;
    w403_lint_resource resource;
    w403_view bucket, account; /* whose policy it is; {NULL,0}: not known */
    bool pedantic, aws_only;
    bool notes; /* only the rows that every command tells */
} w403_lint_options;

/* A place in the document: a value, or the name of a member. `node` NULL is the point at `span`. */
typedef struct w403_lint_place {
    const w403_json *node;
    bool key;
    w403_span span;
} w403_lint_place;

/* A named place of a message's template. */
typedef struct w403_lint_word {
    const char *name; /* "X": the suggestion */
    w403_view text;
} w403_lint_word;

typedef struct w403_finding {
    const w403_lint_check *check;
    const w403_lint_place *at; /* the first is what it is about */
    uint32_t n_at;
    w403_view message;
    w403_view suggestion; /* "did you mean"; {NULL,0} for none */
    const w403_lint_word *words; /* that the message was made of */
    uint32_t n_words;
} w403_finding;

typedef struct w403_lint_report {
    w403_json_doc doc; /* root NULL when the text is no JSON; every place points into it */
    const w403_finding *at; /* by offset, then code */
    size_t n;
    size_t dropped;         /* findings beyond W403_LIMIT_LINT_FINDINGS */
} w403_lint_report;

/* AWS's names of them: IDENTITY_POLICY, AWS::S3::Bucket. False: no such name. */
bool w403_lint_policy_find(w403_view name, w403_lint_policy *out);
bool w403_lint_resource_find(w403_view name, w403_lint_resource *out);
const char *w403_lint_policy_name(w403_lint_policy policy);
const char *w403_lint_resource_name(w403_lint_resource resource); /* NULL for ANY */

/* Checks one document. `source` names it in places; it and `text` must outlive the report, which lives in the arena.
 * A text that is no JSON is a finding (JSON_SYNTAX_ERROR), not an error. Errors: W403_NOMEM, W403_LIMIT (too long,
 * too deep). Cost: O(document), and O(values x actions of a service) where wildcards are. */
W403_NODISCARD w403_status w403_lint(w403_arena *a, w403_view source, w403_view text, const w403_lint_options *options,
                                     w403_lint_report *out, w403_error *err);

/* The same for a document that is parsed already, or stands in another: `doc->root` is the policy, `doc->text` what
 * its spans point into. */
W403_NODISCARD w403_status w403_lint_tree(w403_arena *a, const w403_json_doc *doc, const w403_lint_options *options,
                                          w403_lint_report *out, w403_error *err);

/* The kind that a policy's content speaks of. */
void w403_lint_guess(const w403_json *policy, w403_lint_policy *kind, w403_lint_resource *resource);

/* RFC 6901 pointer of a place, `#key` behind it for a name; "" is the whole document. */
w403_view w403_lint_pointer(w403_arena *a, const w403_json_doc *doc, const w403_lint_place *place);

#endif
