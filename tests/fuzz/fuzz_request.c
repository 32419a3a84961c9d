/* Requests as JSON: whatever is read holds views into the text or the arena. */
#include <stdlib.h>

#include "evidence/request_json.h"

static unsigned read_all(w403_view v)
{
    unsigned sum = 0;
    for (size_t i = 0; i < v.n; i++) {
        sum += (unsigned char)v.p[i];
    }
    return sum;
}

static unsigned read_pairs(const w403_pair *pairs, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += read_all(pairs[i].name) + read_all(pairs[i].value);
    }
    return sum;
}

static unsigned read_request(const w403_request *r)
{
    unsigned sum = read_all(r->operation) + read_all(r->action) + read_all(r->resource) + read_all(r->principal) +
                   read_all(r->at) + read_all(r->signed_at) + read_all(r->upload_kms_key) +
                   read_all(r->body_policy) + read_all(r->body_acl) + read_all(r->version_id);
    sum += read_pairs(r->headers, r->n_headers) + read_pairs(r->query, r->n_query) + read_pairs(r->body, r->n_body);
    for (size_t i = 0; i < r->n_body_keys; i++) {
        sum += read_all(r->body_keys[i].key) + read_all(r->body_keys[i].version_id);
    }
    for (size_t i = 0; i < r->n_context; i++) {
        sum += read_all(r->context[i].key);
        for (size_t k = 0; k < r->context[i].n_values; k++) {
            sum += read_all(r->context[i].values[k]);
        }
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static volatile unsigned sink;
    w403_arena   *a = w403_arena_new((size_t)64 << 20);
    w403_view     text = {(const char *)data, n};
    w403_json_doc doc;
    w403_request  request;
    w403_error    err;
    if (a && w403_json_parse(a, W403_LIT("request"), text, NULL, &doc, NULL, &err) == W403_OK) {
        for (int complete = 0; complete < 2; complete++) {
            w403_status status = w403_request_from_json(a, &doc, doc.root, complete, &request, &err);
            if (status == W403_OK) {
                sink = sink + read_request(&request);
            } else if (status != W403_NOMEM && (err.line == 0 || err.offset > n || err.message[0] == '\0')) {
                abort(); /* every refusal has its place */
            }
        }
    }
    w403_arena_free(a);
    return 0;
}
