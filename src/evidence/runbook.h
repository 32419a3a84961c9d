/* AWS's own troubleshooting runbooks: their parameters, read as AWS reads them, made into requests (formats 1).
 *
 * What AWS's runbook would refuse (an 8-character endpoint id, a key with `(`, a root user, a second SCP) is taken
 * where it makes sense, and a note says so. Results live in `arena` and may point into the text given.
 * Threads: any number, each with its own arena. Cost: O(text). */
#ifndef W403_EVIDENCE_RUNBOOK_H
#define W403_EVIDENCE_RUNBOOK_H

#include "json/json.h"

typedef enum w403_runbook_id {
    W403_RUNBOOK_SAME_ACCOUNT, /* AWSSupport-TroubleshootS3AccessSameAccount */
    W403_RUNBOOK_PUBLIC_READ,  /* AWSSupport-TroubleshootS3PublicRead */
    W403_RUNBOOKS
} w403_runbook_id;

typedef struct w403_runbook_parameter {
    const char *name, *type;
    bool required;
    const char *fallback; /* AWS's default */
    const char *about;
} w403_runbook_parameter;

typedef struct w403_runbook {
    const char *name, *about;
    const w403_runbook_parameter *parameters;
    size_t n_parameters;
} w403_runbook;

const w403_runbook *w403_runbook_at(w403_runbook_id id);
/* By name, `Name:version` or document ARN. W403_SEMANTIC: it is neither of the two; the hint has the nearest, or says
 * what one of AWS's other runbooks is about. */
w403_status w403_runbook_find(w403_view name, w403_runbook_id *out, w403_error *err);

/* Other runbooks of AWS's around S3's 403: not run here. */
typedef struct w403_runbook_relative {
    const char *name, *about;
} w403_runbook_relative;
const w403_runbook_relative *w403_runbook_relatives(size_t *n);

enum { W403_RUNBOOK_PARAMETERS = 12 };

typedef struct w403_runbook_value {
    const w403_view *at; /* JSON text where the parameter is one of maps */
    size_t n;            /* 0: not given */
} w403_runbook_value;

typedef struct w403_runbook_input {
    w403_runbook_id id;
    w403_runbook_value given[W403_RUNBOOK_PARAMETERS]; /* in the order of the runbook's parameters */

    /* SAME_ACCOUNT: the request; PUBLIC_READ: an anonymous GetObject, whose resource is the bucket */
    w403_request request;
    w403_view kms_key;     /* {NULL,0}: not given */
    const w403_view *scps; /* texts; the default, which allows everything, is left out */
    size_t n_scps;

    w403_view bucket, prefix, start_after;
    uint64_t max_objects;
    bool ignore_bpa, http_get, verbose;

    const w403_view *notes; /* what AWS's runbook would refuse, and what was repaired */
    size_t n_notes;
} w403_runbook_input;

/* `Name=value,Name=value,...` as `aws ssm start-automation-execution --parameters` takes it, or JSON: an object of
 * lists of strings, bare or below `Parameters`. Errors: W403_SYNTAX with what was expected, W403_SEMANTIC (an unknown
 * or missing parameter, a value that makes no sense), W403_NOMEM. */
W403_NODISCARD w403_status w403_runbook_read(w403_arena *arena, w403_runbook_id id, w403_view source, w403_view text,
                                             w403_runbook_input *out, w403_error *err);
/* The same of a parsed object. */
W403_NODISCARD w403_status w403_runbook_read_json(w403_arena *arena, w403_runbook_id id, const w403_json_doc *doc,
                                                  const w403_json *object, w403_runbook_input *out, w403_error *err);

/* The one value of a parameter, its default when it is not given; {"",0} for one that does not exist. */
w403_view w403_runbook_one(const w403_runbook_input *in, const char *name);

#endif
