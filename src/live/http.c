#include "live/http.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"

enum { FIRST_ROOM = 16 << 10, CONNECT_MS = 3000, SLOW_BYTES = 100, SLOW_SECONDS = 5 };

struct w403_http {
    w403_secrets            *secrets;
    const w403_http_options *options;
    CURL                    *curl;
    char                     reason[CURL_ERROR_SIZE];
    /* of the answer that is coming in */
    char             *body;
    size_t            n, room;
    bool              too_large;
    w403_http_answer *answer;
};

/* ---- memory of the libraries: answers and headers pass through it, and so it is wiped as it is freed ---- */

static void wipe_and_free(void *p)
{
    if (p) {
        explicit_bzero(p, malloc_usable_size(p));
        free(p);
    }
}

static void *wiped_realloc(void *p, size_t size)
{
    void *fresh = malloc(size ? size : 1);
    if (fresh && p) {
        size_t old = malloc_usable_size(p);
        memcpy(fresh, p, old < size ? old : size);
        wipe_and_free(p);
    }
    return fresh;
}

static void *of_openssl(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(size);
}

static void *of_openssl_again(void *p, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size == 0) {
        wipe_and_free(p);
        return NULL;
    }
    return wiped_realloc(p, size);
}

static void free_of_openssl(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    wipe_and_free(p);
}

static CURLcode begun;

static void begin(void)
{
    (void)CRYPTO_set_mem_functions(of_openssl, of_openssl_again, free_of_openssl); /* refused where it is in use already */
    begun = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_and_free, wiped_realloc, strdup, calloc);
}

bool w403_http_begin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return pthread_once(&once, begin) == 0 && begun == CURLE_OK;
}

/* ---- a handle ---- */

static bool set_security(CURL *c, const w403_http_options *o, bool tls)
{
    return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, tls ? "https" : "http") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           (o->ca_bundle.n == 0 || curl_easy_setopt(c, CURLOPT_CAINFO, o->ca_bundle.p) == CURLE_OK);
}

bool w403_http_prepare(CURL *c, const w403_http_options *o, bool tls, bool direct)
{
    return set_security(c, o, tls) &&
           curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, NULL) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "why403/" W403_VERSION) == CURLE_OK &&
           (o->no_proxy.n == 0 || curl_easy_setopt(c, CURLOPT_NOPROXY, o->no_proxy.p) == CURLE_OK) &&
           (!direct || curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK);
}

struct curl_slist *w403_http_headers(const w403_header *headers, size_t n)
{
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t size = headers[i].name.n + headers[i].value.n + 3;
        char  *line = w403_malloc(size);
        if (line) { /* `name;` is how libcurl writes an empty one */
            memcpy(line, headers[i].name.p, headers[i].name.n);
            memcpy(line + headers[i].name.n, headers[i].value.n ? ": " : ";", headers[i].value.n ? 3 : 2);
            if (headers[i].value.n) {
                memcpy(line + headers[i].name.n + 2, headers[i].value.p, headers[i].value.n);
                line[size - 1] = '\0';
            }
        }
        struct curl_slist *longer = line ? curl_slist_append(list, line) : NULL;
        if (line) {
            explicit_bzero(line, size);
            w403_free(line);
        }
        if (!longer) {
            w403_http_headers_free(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

void w403_http_headers_free(struct curl_slist *list)
{
    for (struct curl_slist *l = list; l; l = l->next) {
        explicit_bzero(l->data, strlen(l->data));
    }
    curl_slist_free_all(list);
}

w403_status w403_http_open(w403_secrets *secrets, const w403_http_options *o, w403_http **out, w403_error *err)
{
    w403_http *h = w403_malloc(sizeof *h);
    W403_NEED(h, err);
    *h = (w403_http){.secrets = secrets, .options = o};
    h->curl = w403_http_begin() ? curl_easy_init() : NULL;
    if (!h->curl) {
        w403_free(h);
        return w403_error_nomem(err);
    }
    *out = h;
    return W403_OK;
}

void w403_http_close(w403_http *h)
{
    if (h) {
        curl_easy_cleanup(h->curl);
        w403_free(h);
    }
}

/* The answer may hold secrets: it grows in the block. */
static size_t on_body(char *p, size_t size, size_t count, void *user)
{
    w403_http *h = user;
    size_t     n = size * count, room = h->room ? h->room : FIRST_ROOM;
    h->too_large = n > W403_LIMIT_LIVE_ANSWER_BYTES - h->n;
    if (h->too_large) {
        return 0;
    }
    while (room < h->n + n) {
        room *= 2;
    }
    if (room > h->room) {
        char *larger = w403_secrets_take(h->secrets, room);
        if (!larger) {
            return 0;
        }
        if (h->n) {
            memcpy(larger, h->body, h->n);
        }
        w403_secrets_wipe(h->secrets, h->body, h->room);
        h->body = larger;
        h->room = room;
    }
    memcpy(h->body + h->n, p, n);
    h->n += n;
    return n;
}

static size_t on_header(char *p, size_t size, size_t count, void *user)
{
    w403_http *h = user;
    w403_view  line = {p, size * count}, name = w403_view_cut(&line, ':');
    line = w403_view_trim(line);
    if (w403_view_ieq(name, W403_LIT("date")) && line.n < sizeof h->answer->date) {
        memcpy(h->answer->date, line.p, line.n);
        h->answer->date[line.n] = '\0';
    }
    return size * count;
}

static bool set_request(w403_http *h, const w403_http_request *r, struct curl_slist *headers)
{
    CURL *c = h->curl;
    bool  tls = w403_view_starts(r->url, W403_LIT("https://"));
    bool  good = w403_http_prepare(c, h->options, tls, r->direct) &&
                curl_easy_setopt(c, CURLOPT_URL, r->url.p) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->reason) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_WRITEDATA, h) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_HEADERDATA, h) == CURLE_OK;
    if (r->body.n || w403_view_eq(r->method, W403_LIT("POST"))) {
        good = good && curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)r->body.n) == CURLE_OK &&
               curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "") == CURLE_OK;
    }
    if (w403_view_eq(r->method, W403_LIT("PUT"))) {
        good = good && curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "PUT") == CURLE_OK;
    }
    return good;
}

/* What stands between scheme and path: enough to say who did not answer. */
static w403_view host_of(w403_view url)
{
    size_t from = w403_view_find(url, W403_LIT("://"));
    from = from == SIZE_MAX ? 0 : from + 3;
    size_t to = from;
    while (to < url.n && url.p[to] != '/') {
        to++;
    }
    return w403_view_sub(url, from, to);
}

static w403_status finish(w403_http *h, const w403_http_request *r, CURLcode code, w403_error *err)
{
    long status = 0;
    (void)curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    h->answer->status = (int)status;
    if (code == CURLE_OK) {
        h->answer->body = w403_secrets_copy(h->secrets, (w403_view){h->body, h->n});
        W403_NEED(h->answer->body.p, err);
        return W403_OK;
    }
    w403_view host = host_of(r->url);
    if (h->too_large) {
        return w403_error_set(err, W403_LIMIT, "`%.*s` answers with more than %d KiB", W403_CUT(host),
                              W403_LIMIT_LIVE_ANSWER_BYTES >> 10);
    }
    const char *why = h->reason[0] ? h->reason : curl_easy_strerror(code);
    return w403_error_set(err, W403_IO, "`%.*s` does not answer: %c%s", W403_CUT(host), w403_lower(*why), why + 1);
}

w403_status w403_http_send(w403_http *h, const w403_http_request *r, w403_http_answer *out, w403_error *err)
{
    struct curl_slist *headers = w403_http_headers(r->headers, r->n_headers);
    *out = (w403_http_answer){0};
    h->answer = out;
    h->body = NULL;
    h->n = h->room = 0;
    h->too_large = false;
    h->reason[0] = '\0';
    curl_easy_reset(h->curl); /* connections stay */
    w403_status status;
    if ((r->n_headers && !headers) || !set_request(h, r, headers)) {
        status = w403_error_nomem(err);
    } else {
        status = finish(h, r, curl_easy_perform(h->curl), err);
    }
    w403_secrets_wipe(h->secrets, h->body, h->room);
    w403_http_headers_free(headers);
    return status;
}
