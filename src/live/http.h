/* One request and its answer, waited for: for the few that a session's own credentials need. What every connection of the
 * module has in common is here too. */
#ifndef W403_LIVE_HTTP_H
#define W403_LIVE_HTTP_H

#include <curl/curl.h>

#include "live/sign.h"

typedef struct w403_http_options {
    w403_view ca_bundle; /* a file, ends in NUL; empty: the system's */
    w403_view no_proxy;  /* hosts that no proxy is asked for, as libcurl has them; ends in NUL */
} w403_http_options;

/* Before anything of libcurl or OpenSSL is used: once for the process. False: it cannot be. */
bool w403_http_begin(void);

/* No redirects, no compression, TLS 1.2 and certificates always, `https` alone (or `http` alone, where the URL is one that
 * w403_endpoints let through). Proxies as the environment says, but where `direct`, and never for this machine: what goes to
 * it in plain text would go to the proxy. False: memory is short. */
bool w403_http_prepare(CURL *curl, const w403_http_options *o, bool tls, bool direct);

typedef struct w403_http_request {
    w403_view          method; /* GET, POST, PUT */
    w403_view          url;    /* ends in NUL */
    const w403_header *headers;
    size_t             n_headers;
    w403_view          body;
    unsigned           timeout_ms;
    bool               direct; /* no proxy: what lies on this machine or beside it */
} w403_http_request;

typedef struct w403_http_answer {
    int       status;
    w403_view body;     /* of the block of secrets: goes back by w403_secrets_drop */
    char      date[32]; /* the header Date; "" */
} w403_http_answer;

typedef struct w403_http w403_http; /* keeps its connection */

W403_NODISCARD w403_status w403_http_open(w403_secrets *secrets, const w403_http_options *o, w403_http **out, w403_error *err);
void                       w403_http_close(w403_http *h); /* NULL is fine */
/* W403_IO: nothing came, or not all of it; W403_LIMIT: more than W403_LIMIT_LIVE_ANSWER_BYTES. */
W403_NODISCARD w403_status w403_http_send(w403_http *h, const w403_http_request *r, w403_http_answer *out, w403_error *err);

/* A list of header lines, which is wiped as it is freed: one of them may be a token. */
struct curl_slist *w403_http_headers(const w403_header *headers, size_t n); /* NULL: memory is short, or n is 0 */
void               w403_http_headers_free(struct curl_slist *list);         /* NULL is fine */

#endif
