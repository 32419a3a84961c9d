/* Policies in files as people have them: a plain document, what `aws` printed, a CloudFormation or SAM template (JSON,
 * YAML), a Terraform plan, a file of a snapshot. Each is found, its kind told or guessed, and checked where it stands. */
#ifndef W403_LINT_DOCUMENT_H
#define W403_LINT_DOCUMENT_H

#include "lint/lint.h"

typedef struct w403_policy_holder { /* a row of data/policy-holders.tsv */
    const char *format, *type, *member, *policy, *resource;
} w403_policy_holder;
extern const w403_policy_holder w403_policy_holders[]; /* ends with a NULL format */

typedef struct w403_store_error { /* a row of data/store-errors.tsv */
    const char *service, *finding, *code, *message;
} w403_store_error;
extern const w403_store_error w403_store_errors[]; /* ends with a NULL service */

typedef struct w403_lint_document {
    w403_json_doc doc;  /* source: the file, or `file#pointer` of a decoded text; text: what spans point into */
    w403_view pointer;  /* of the policy in the file, "" = the whole file */
    w403_view broken;   /* not NULL: the text of a policy that is no JSON; doc.root is NULL then */
    w403_lint_policy policy;
    w403_lint_resource resource;
    bool guessed;
    w403_view bucket;   /* whose policy it is, where the place says so */
    const w403_json *accepted[2]; /* codes that a template's Metadata leaves out: of its resource, of all; or NULL */
} w403_lint_document;

typedef struct w403_lint_documents {
    w403_lint_document *at;
    size_t n, cap;
    size_t unknown; /* attributes of a plan that are known only after it was applied */
    bool policies;  /* the file is of a kind that holds policies, even if it holds none */
} w403_lint_documents;

/* A kind that was said: then nothing is guessed. */
typedef struct w403_lint_kind {
    bool given;
    w403_lint_policy policy;
    w403_lint_resource resource;
} w403_lint_kind;

/* bucket, access-point, trust, key, scp, ... or AWS's own names. */
bool w403_lint_kind_find(w403_view name, w403_lint_kind *out);

typedef struct w403_lint_reading {
    w403_lint_kind kind;
    bool yaml;                    /* the file's name says YAML */
    const w403_view *parameters;  /* NAME=VALUE of a template; may be NULL */
    size_t n_parameters;
    w403_view account, partition; /* where a template is deployed; {NULL,0}: not known */
    bool names;                   /* Ref and Fn::GetAtt Arn of a resource that has a name of its own give it */
} w403_lint_reading;

/* The kind of policy that a path in a snapshot holds, and the bucket whose policy it is. False: the path says nothing. */
bool w403_lint_kind_of_path(w403_view path, w403_lint_kind *kind, w403_view *bucket);

/* Appends the policies of one file; a file that holds none appends nothing. `source` and `text` must outlive them.
 * A text that is no JSON (nor YAML) is a document with `broken` when its kind was said, else the error is returned.
 * Errors: W403_SYNTAX, W403_LIMIT, W403_NOMEM. Cost: O(text). */
W403_NODISCARD w403_status w403_lint_read(w403_arena *a, w403_view source, w403_view text,
                                          const w403_lint_reading *how, w403_lint_documents *out, w403_error *err);

/* Checks one of them. */
W403_NODISCARD w403_status w403_lint_check_document(w403_arena *a, const w403_lint_document *d,
                                                    const w403_lint_options *options, w403_lint_report *out,
                                                    w403_error *err);

/* What the service would answer to what is found there if the document were stored; NULL: not known to be refused. */
const w403_store_error *w403_lint_refusal(const w403_finding *f, const w403_lint_document *d);
/* What the service would answer first if the document were stored; NULL: nothing is known to be refused. */
const w403_store_error *w403_lint_store(const w403_lint_report *report, const w403_lint_document *d);

/* ---- cloudformation.c ---- */
/* A part that only a deployment knows (Ref, Fn::GetAtt): one such character. No check says anything of such a value. */
#define W403_LINT_OPAQUE "\xEF\xBF\xBC"
enum { W403_LINT_OPAQUE_MARK = 1 }; /* `mark` of a value that holds one */
/* The policy with Ref, Fn::Sub and Fn::Join filled in or made opaque; NULL when memory is short. */
const w403_json *w403_lint_resolve(w403_arena *a, const w403_json *template, const w403_json *policy,
                                   const w403_lint_reading *how);

/* ---- yaml.c ---- */
bool w403_lint_has_yaml(void);
/* YAML as a JSON tree: spans into `text`, `!Sub x` as {"Fn::Sub": x}; anchors are shared, and bounded. */
W403_NODISCARD w403_status w403_lint_yaml(w403_arena *a, w403_view source, w403_view text, w403_json_doc *out,
                                          w403_error *err);

#endif
