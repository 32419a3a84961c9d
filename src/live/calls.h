/* Every call that `collect` and `--live` can make, from data/collect-calls.tsv: what it asks, who may, what comes back and
 * where that stands in a snapshot. The module makes these calls and no others; the planner reads the rest of the row. */
#ifndef W403_LIVE_CALLS_H
#define W403_LIVE_CALLS_H

#include "base/view.h"
#include "live/call_ids.h"

typedef enum w403_protocol {
    W403_PROTOCOL_REST, /* S3 and its control plane: XML comes back */
    W403_PROTOCOL_QUERY,
    W403_PROTOCOL_EC2,
    W403_PROTOCOL_JSON,
} w403_protocol;

typedef enum w403_method { W403_METHOD_GET, W403_METHOD_HEAD, W403_METHOD_POST } w403_method;

typedef enum w403_answer_kind {
    W403_ANSWER_XML,
    W403_ANSWER_JSON,
    W403_ANSWER_TEXT,    /* the body is the one member, byte for byte: a bucket policy */
    W403_ANSWER_HEADERS, /* there is no body: HEAD */
} w403_answer_kind;

enum { /* modes */
    W403_CALL_WHOLE = 1,
    W403_CALL_NARROW = 2,
    W403_CALL_ASKED = 4, /* only with `--with` */
};
enum { W403_CALL_NO_WAVE = 255 };

typedef enum w403_argument_place {
    W403_ARGUMENT_IN_PATH,
    W403_ARGUMENT_IN_QUERY,
    W403_ARGUMENT_IN_HEADER,
    W403_ARGUMENT_IN_BODY,
} w403_argument_place;

typedef enum w403_argument_kind {
    W403_ARGUMENT_STRING,
    W403_ARGUMENT_NUMBER,
    W403_ARGUMENT_BOOLEAN,
    W403_ARGUMENT_TIME,       /* as ISO 8601 or in epoch seconds */
    W403_ARGUMENT_LIST,       /* of strings: given once for each */
    W403_ARGUMENT_STRUCTURES, /* Filters.1.Name, Filters.1.Values.1 */
    W403_ARGUMENT_SIZE,       /* elements of a page; who gives one gets one page and no more */
    W403_ARGUMENT_TOKEN,      /* of the next page: the module's own */
} w403_argument_kind;

typedef struct w403_call_argument {
    const char *member, *wire;
    uint8_t     place, kind;
} w403_call_argument;

/* Lists end in NULL; texts that the table does not have are "". */
typedef struct w403_call_row {
    const char               *service, *operation;
    const char               *path;    /* /{Bucket}/{Key+} */
    const char               *query;   /* what every request of this call has: "versions&encoding-type=url" */
    const char               *target;  /* X-Amz-Target of protocol JSON */
    const char               *version; /* Version of protocols QUERY and EC2 */
    const char               *more;    /* the member that is true when a page is not the last one */
    const char               *scope;   /* what it is asked of: "bucket", "policy type" */
    const char               *words;   /* what of the answer goes where */
    const char               *note;
    const char               *since; /* 1.29.27: Debian 12's aws knows it; "newer" */
    const char *const        *permissions;
    const char *const        *outputs;
    const char *const        *not_configured;
    const char *const        *page_in;  /* names on the wire */
    const char *const        *page_out; /* members of the answer */
    const char *const        *lists;    /* members that pages are joined by */
    const char *const        *roots;
    const w403_call_argument *arguments;
    uint8_t                   n_arguments;
    uint8_t                   service_id; /* enum w403_service_id */
    uint8_t                   protocol, method, answer;
    uint8_t                   modes, wave;
    uint16_t                  rate, burst; /* documented requests a second and at once; 0: not published */
    uint16_t                  page_size;   /* 0: AWS's own */
} w403_call_row;

extern const w403_call_row w403_calls[W403_CALL_COUNT];
extern const char *const   w403_services[W403_SERVICE_COUNT];

/* The row (enum w403_call_id) by names as in the table ("s3", "GetBucketPolicy"); W403_CALL_COUNT when there is none. */
unsigned w403_call_find(w403_view service, w403_view operation);
/* Does this error code of the call say that there is no
 * such thing, and not that it could not be read? */
bool w403_call_not_configured(unsigned row, w403_view code);

#endif
