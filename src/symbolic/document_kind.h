/* Which kind of policy a document is, and a document read as that kind. */
#ifndef W403_SYMBOLIC_DOCUMENT_KIND_H
#define W403_SYMBOLIC_DOCUMENT_KIND_H

#include "policy/policy.h"

/* The names of `--kind`, separated by blanks. */
extern const char w403_document_kind_names[];
/* W403_SEMANTIC: there is no such kind; the hint has the names. */
w403_status w403_document_kind_find(w403_view name, w403_policy_kind *out, w403_error *err);
const char *w403_document_kind_name(w403_policy_kind k);

/* A document of a file or a case as it stands in JSON. */
typedef struct w403_document_text {
    const w403_json_doc *doc;
    const w403_json *value;
} w403_document_text;

/* What two versions of a document look like: no Principal, sts:AssumeRole, access points, kms: only, else a bucket's.
 * Errors: of the documents. */
w403_status w403_document_kind_guess(w403_arena *a, const w403_document_text *at, size_t n, w403_policy_kind *out,
                                     w403_error *err);
w403_status w403_document_read(w403_arena *a, w403_policy_kind kind, const w403_document_text *at,
                               w403_problems *warnings, const w403_policy **out, w403_error *err);
/* The partition of the first ARN in a document; `aws` where there is none. */
w403_view w403_document_partition(const w403_policy *p);

#endif
