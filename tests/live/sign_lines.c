/* Signs what stands on standard input, a request a line as JSON, and prints the header Authorization of each: for the
 * comparison with other signers (sign_diff.py). */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "json/json.h"
#include "live/sign.h"

static void must(w403_status status, const w403_error *err)
{
    if (status != W403_OK) {
        (void)fprintf(stderr, "sign_lines: %s\n", err->message);
        exit(2);
    }
}

static void sign_line(w403_arena *a, w403_signer *signer, w403_view line, uint32_t serial)
{
    w403_error      err;
    w403_json_doc   doc;
    w403_header     headers[32];
    w403_signature  out;
    w403_instant    now;
    must(w403_json_parse(a, W403_LIT("line"), line, NULL, &doc, NULL, &err), &err);
    const w403_json *v = doc.root, *list = w403_json_get(v, "headers");
    w403_keys       keys = {.id = w403_json_str(v, "id"), .secret = w403_json_str(v, "secret"),
                            .token = w403_json_str(v, "token"), .expires = INT64_MAX, .serial = serial};
    w403_sign_input in = {.method = w403_json_str(v, "method"), .host = w403_json_str(v, "host"),
                          .path = w403_json_str(v, "path"), .query = w403_json_str(v, "query"),
                          .body = w403_json_str(v, "body"), .service = w403_json_str(v, "service"),
                          .region = w403_json_str(v, "region"), .headers = headers,
                          .rules = w403_json_bool(v, "s3", false) ? W403_SIGN_S3 : W403_SIGN_OTHERS};
    for (const w403_json *h = list ? list->first : NULL; h && in.n_headers < 32; h = h->next) {
        headers[in.n_headers++] = (w403_header){h->first->text, h->first->next->text};
    }
    if (!w403_instant_parse(w403_json_str(v, "date"), &now)) {
        exit(2);
    }
    w403_signer_fix_time(signer, now);
    must(w403_sign(signer, &keys, &in, &out, &err), &err);
    printf("%.*s\n", W403_ARG(out.authorization));
}

int main(void)
{
    w403_arena   *text = w403_arena_new(0), *a = w403_arena_new(0);
    w403_secrets *secrets;
    w403_signer  *signer;
    w403_error    err;
    w403_view     rest;
    must(w403_secrets_open(&secrets, &err), &err);
    must(w403_signer_new(secrets, &signer, &err), &err);
    must(w403_file_read(text, "-", &rest, &err), &err);
    for (uint32_t serial = 1; rest.n; serial++) {
        w403_arena_reset(a);
        sign_line(a, signer, w403_view_cut(&rest, '\n'), serial);
    }
    w403_signer_free(signer);
    w403_secrets_close(secrets);
    w403_arena_free(a);
    w403_arena_free(text);
    return 0;
}
