/* Signatures a second, one core: bench_sign [N]. The key is cached but in the last row; tokens are 1,000 bytes. */
#include <stdio.h>
#include <stdlib.h>

#include "live/sign.h"
#include "measure.h"

typedef struct workload {
    const char *name;
    const char *method, *path, *query, *service, *content_type;
    unsigned    rules;
    bool        token, cached;
    size_t      body;
} workload;

static const workload rows[] = {
    {"s3 GET ?acl", "GET", "/amzn-s3-demo-bucket", "acl", "s3", NULL, W403_SIGN_S3, false, true, 0},
    {"s3 GET ?acl, token", "GET", "/amzn-s3-demo-bucket", "acl", "s3", NULL, W403_SIGN_S3, true, true, 0},
    {"kms POST, 60 bytes", "POST", "/", "", "kms", "application/x-amz-json-1.1", W403_SIGN_OTHERS, false, true, 60},
    {"s3 GET ?acl, new key", "GET", "/amzn-s3-demo-bucket", "acl", "s3", NULL, W403_SIGN_S3, false, false, 0},
};

static void must(w403_status status, const w403_error *err)
{
    if (status != W403_OK) {
        (void)fprintf(stderr, "bench_sign: %s\n", err->message);
        exit(2);
    }
}

static void run(w403_signer *signer, const workload *w, long n)
{
    static char     token[1001], body[61];
    w403_error      err;
    w403_signature  out;
    w403_header     type = {W403_LIT("content-type"), w403_view_of(w->content_type)};
    w403_keys       keys = {.id = W403_LIT("ASIAIOSFODNN7EXAMPLE"), .expires = INT64_MAX, .serial = 1,
                            .secret = W403_LIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
    w403_sign_input in = {.method = w403_view_of(w->method), .host = W403_LIT("s3.us-east-1.amazonaws.com"),
                          .path = w403_view_of(w->path), .query = w403_view_of(w->query), .body = {body, w->body},
                          .service = w403_view_of(w->service), .region = W403_LIT("us-east-1"), .headers = &type,
                          .n_headers = w->content_type ? 1 : 0, .rules = w->rules};
    memset(token, 'T', 1000);
    memset(body, 'b', 60);
    keys.token = (w403_view){token, w->token ? 1000 : 0};
    double begin = now_s();
    for (long i = 0; i < n; i++) {
        keys.serial += !w->cached;
        must(w403_sign(signer, &keys, &in, &out, &err), &err);
    }
    double taken = now_s() - begin;
    printf("%-24s %10.0f %8.2f\n", w->name, (double)n / taken, taken / (double)n * 1e6);
}

int main(int argc, char **argv)
{
    long          n = argc > 1 ? strtol(argv[1], NULL, 10) : 300000;
    w403_secrets *secrets;
    w403_signer  *signer;
    w403_error    err;
    must(w403_secrets_open(&secrets, &err), &err);
    must(w403_signer_new(secrets, &signer, &err), &err);
    printf("%-24s %10s %8s\n", "request", "a second", "us each");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run(signer, &rows[i], n);
    }
    w403_signer_free(signer);
    w403_secrets_close(secrets);
    return 0;
}
