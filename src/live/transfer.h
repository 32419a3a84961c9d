/* One request on its way, with the libcurl handle that carries it: what comes back is counted, bounded and read as it
 * arrives. */
#ifndef W403_LIVE_TRANSFER_H
#define W403_LIVE_TRANSFER_H

#include <curl/curl.h>

#include "base/limits.h"
#include "live/answer.h"
#include "live/http.h"
#include "live/wire.h"

enum {
    W403_SAMPLE = 80, /* bytes of an answer that is none, for the report */
};

typedef struct w403_transfer {
    CURL              *easy;
    struct curl_slist *sent; /* headers */
    w403_arena        *arena; /* of this request and its answer */
    void              *job;
    bool               prepared, tls;
    bool               raw; /* the body is kept as it is: no call of the table */
    w403_wire_reply    reply;
    w403_header        headers[W403_LIMIT_LIVE_HEADERS];
    size_t             head_bytes;
    w403_xml          *xml;
    w403_buf           body;
    size_t             received, most;
    const char        *cut; /* the code of why we stopped reading; NULL: we did not */
    char               sample[W403_SAMPLE];
    size_t             n_sample;
    char               why[CURL_ERROR_SIZE];
} w403_transfer;

typedef struct w403_transfer_input {
    unsigned           row; /* W403_CALL_COUNT: raw */
    w403_view          method, url, body;
    const w403_header *headers;
    size_t             n_headers;
    unsigned           timeout_ms;
    bool               tls;
    const w403_http_options *http;
} w403_transfer_input;

/* With a libcurl handle of its own, which it keeps. */
W403_NODISCARD w403_status w403_transfer_new(w403_transfer **out, w403_error *err);
void                       w403_transfer_free(w403_transfer *t); /* NULL is fine */

/* Sets the handle up; texts of `in` must live until the transfer is cleared, but for the headers. */
W403_NODISCARD w403_status w403_transfer_set(w403_transfer *t, const w403_transfer_input *in, w403_error *err);
/* What came: the JSON is appended to `json`. Texts live until the transfer is cleared. */
W403_NODISCARD w403_status w403_transfer_read(w403_transfer *t, CURLcode result, w403_buf *json, w403_reading *out,
                                              w403_error *err);
/* Forgets request and answer; with `secret` it overwrites what it had of them. */
void w403_transfer_clear(w403_transfer *t, bool secret);

#endif
