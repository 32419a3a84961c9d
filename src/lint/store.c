/* What a service answers when a document is stored (lint 3.5). */
#include "lint/document.h"

static const char *service_of(const w403_lint_document *d)
{
    if (d->policy == W403_LINT_SCP || d->policy == W403_LINT_RCP)
        return "organizations";
    if (d->resource & W403_LINT_S3)
        return "s3";
    if (d->resource == W403_LINT_KEY)
        return "kms";
    return d->policy == W403_LINT_IDENTITY || d->resource == W403_LINT_TRUST ? "iam" : NULL;
}

/* Organizations refuses every document with an error of its type's syntax, with one sentence. */
static const w403_store_error organizations = {
    "organizations", "", "MalformedPolicyDocumentException",
    "The provided policy document does not meet the requirements of the specified policy type."};

const w403_store_error *w403_lint_refusal(const w403_finding *f, const w403_lint_document *d)
{
    const char *service = service_of(d);
    if (!service)
        return NULL;
    if (strcmp(service, "organizations") == 0 && f->check->level == W403_LINT_ERROR)
        return &organizations;
    for (const w403_store_error *row = w403_store_errors; row->service; row++) {
        if (strcmp(row->service, service) == 0 && strcmp(row->finding, f->check->code) == 0)
            return row;
    }
    return NULL;
}

const w403_store_error *w403_lint_store(const w403_lint_report *report, const w403_lint_document *d)
{
    const w403_store_error *first = NULL;
    for (size_t i = 0; !first && i < report->n; i++)
        first = w403_lint_refusal(&report->at[i], d);
    return first;
}
