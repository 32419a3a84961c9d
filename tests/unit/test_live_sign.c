/* Signature Version 4: AWS's published requests get AWS's published signatures; what lies in the block of secrets is
 * wiped. The argument is tests/live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>

#include <cmocka.h>

#include "base/file.h"
#include "json/json.h"
#include "live/sign.h"

#define EQ(got, want)                                                                                                \
    do {                                                                                                             \
        w403_view v_ = (got), w_ = w403_view_of(want);                                                               \
        assert_int_equal(v_.n, w_.n);                                                                                \
        assert_memory_equal(v_.p, w_.p, w_.n);                                                                       \
    } while (0)

static const char *vectors = "tests/live";

typedef struct world {
    w403_arena   *arena;
    w403_secrets *secrets;
    w403_signer  *signer;
} world;

static int open_world(void **state)
{
    static world w;
    w403_error   err;
    w.arena = w403_arena_new(0);
    assert_int_equal(w403_secrets_open(&w.secrets, &err), W403_OK);
    assert_int_equal(w403_signer_new(w.secrets, &w.signer, &err), W403_OK);
    *state = &w;
    return 0;
}

static int close_world(void **state)
{
    world *w = *state;
    w403_signer_free(w->signer);
    w403_secrets_close(w->secrets);
    w403_arena_free(w->arena);
    return 0;
}

static void expect_signature(world *w, const w403_keys *keys, const w403_sign_input *in, w403_view want, const char *name)
{
    w403_signature got;
    w403_error     err;
    assert_int_equal(w403_sign(w->signer, keys, in, &got, &err), W403_OK);
    if (!w403_view_ends(got.authorization, want)) {
        fail_msg("%s: %.*s, not %.*s", name, W403_ARG(got.authorization), W403_ARG(want));
    }
    assert_int_equal(got.body_hash.n, in->rules & W403_SIGN_BODY_HEADER ? 64 : 0);
    assert_true(w403_view_eq(got.token, keys->token));
}

/* One request of the file. */
static void one_vector(world *w, const w403_json *suite, const w403_json *v, w403_keys keys)
{
    w403_header            headers[8];
    w403_sign_input        in = {.method = w403_json_str(v, "method"), .host = w403_json_str(suite, "host"),
                                 .path = w403_json_str(v, "path"), .query = w403_json_str(v, "query"),
                                 .body = w403_json_str(v, "body"), .service = w403_json_str(suite, "service"),
                                 .region = w403_json_str(suite, "region"), .headers = headers};
    const w403_json *list = w403_json_get(v, "headers");
    for (const w403_json *h = list ? list->first : NULL; h; h = h->next) {
        headers[in.n_headers++] = (w403_header){h->first->text, h->first->next->text};
    }
    if (w403_view_eq(in.service, W403_LIT("s3"))) {
        in.rules = W403_SIGN_S3;
    } else {
        in.rules = (w403_json_bool(v, "normalize", false) ? W403_SIGN_NORMALIZE : 0) |
                   (w403_json_bool(v, "body_header", false) ? W403_SIGN_BODY_HEADER : 0);
    }
    keys.token = w403_json_str(v, "token");
    w403_view want = w403_arena_printf(w->arena, ", Signature=%.*s", W403_ARG(w403_json_str(v, "signature")));
    expect_signature(w, &keys, &in, want, w403_arena_copy(w->arena, w403_json_str(v, "name")).p);
}

static void test_vectors(void **state)
{
    world        *w = *state;
    w403_error    err;
    w403_view     text;
    w403_json_doc doc;
    size_t        n = 0;
    char          path[4096];
    (void)snprintf(path, sizeof path, "%s/sigv4-vectors.json", vectors);
    assert_int_equal(w403_file_read(w->arena, path, &text, &err), W403_OK);
    assert_int_equal(w403_json_parse(w->arena, w403_view_of(path), text, NULL, &doc, NULL, &err), W403_OK);
    uint32_t serial = 0;
    for (const w403_json *suite = doc.root->first; suite; suite = suite->next) {
        w403_instant now;
        assert_true(w403_instant_parse(w403_json_str(suite, "date"), &now));
        w403_signer_fix_time(w->signer, now);
        w403_keys keys = {.id = w403_json_str(suite, "access_key_id"), .secret = w403_json_str(suite, "secret_access_key"),
                          .expires = INT64_MAX, .serial = ++serial};
        for (const w403_json *v = w403_json_get(suite, "vectors")->first; v; v = v->next, n++) {
            one_vector(w, suite, v, keys);
        }
    }
    assert_int_equal(n, 42);
}

/* The parts of the header, and a key that is cached for what it was made of only. */
static void test_header_and_cache(void **state)
{
    world          *w = *state;
    w403_keys       keys = {.id = W403_LIT("AKIDEXAMPLE"), .secret = W403_LIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                            .expires = INT64_MAX, .serial = 7};
    w403_sign_input in = {.method = W403_LIT("GET"), .host = W403_LIT("example.amazonaws.com"), .path = W403_LIT("/"),
                          .service = W403_LIT("service"), .region = W403_LIT("us-east-1"), .rules = W403_SIGN_OTHERS};
    w403_signature  got;
    w403_error      err;
    w403_instant    now;
    assert_true(w403_instant_parse(W403_LIT("2015-08-30T12:36:00Z"), &now));
    w403_signer_fix_time(w->signer, now);
    char first[512], again[512];
    const char *vanilla = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                          "SignedHeaders=host;x-amz-date, "
                          "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    for (int round = 0; round < 2; round++) {
        assert_int_equal(w403_sign(w->signer, &keys, &in, &got, &err), W403_OK);
        EQ(got.authorization, vanilla);
        EQ(got.date, "20150830T123600Z");
        assert_int_equal(got.token.n, 0);
    }
    /* another secret under another serial, another region, service, day: another signature each */
    (void)snprintf(first, sizeof first, "%s", vanilla);
    for (int change = 0; change < 4; change++) {
        w403_keys       k = keys;
        w403_sign_input i = in;
        if (change == 0) {
            k.serial = 8;
            k.secret = W403_LIT("other");
        } else if (change == 1) {
            i.region = W403_LIT("us-east-2");
        } else if (change == 2) {
            i.service = W403_LIT("services");
        } else {
            w403_signer_fix_time(w->signer, now + 86400 * (w403_instant)1000000);
        }
        assert_int_equal(w403_sign(w->signer, &k, &i, &got, &err), W403_OK);
        (void)snprintf(again, sizeof again, "%.*s", W403_ARG(got.authorization));
        assert_string_not_equal(again, first);
        memcpy(first, again, sizeof first);
    }
    static char huge[4096];
    memset(huge, 'x', sizeof huge);
    keys.secret = (w403_view){huge, sizeof huge};
    assert_int_equal(w403_sign(w->signer, &keys, &in, &got, &err), W403_LIMIT);
}

static char told[4096];

static void tell(void *user, w403_view text)
{
    (void)user;
    (void)snprintf(told, sizeof told, "%.*s", W403_ARG(text));
}

/* --debug-sign says everything but secrets. */
static void test_debug(void **state)
{
    world          *w = *state;
    w403_keys       keys = {.id = W403_LIT("AKIDEXAMPLE"), .secret = W403_LIT("verysecret"), .token = W403_LIT("verytoken"),
                            .expires = INT64_MAX, .serial = 3};
    w403_sign_input in = {.method = W403_LIT("GET"), .host = W403_LIT("s3.us-east-1.amazonaws.com"),
                          .path = W403_LIT("/b/a%20%C3%A9"), .query = W403_LIT("acl"), .service = W403_LIT("s3"),
                          .region = W403_LIT("us-east-1"), .rules = W403_SIGN_S3};
    w403_signature  got;
    w403_error      err;
    w403_instant    now;
    assert_true(w403_instant_parse(W403_LIT("2015-08-30T12:36:00Z"), &now));
    w403_signer_fix_time(w->signer, now);
    w403_signer_debug(w->signer, tell, NULL);
    assert_int_equal(w403_sign(w->signer, &keys, &in, &got, &err), W403_OK);
    w403_signer_debug(w->signer, NULL, NULL);
    assert_non_null(strstr(told, "canonical request:\nGET\n/b/a%20%C3%A9\nacl=\nhost:s3.us-east-1.amazonaws.com\n"
                                 "x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
                                 "x-amz-date:20150830T123600Z\nx-amz-security-token:<token>\n\n"
                                 "host;x-amz-content-sha256;x-amz-date;x-amz-security-token\n"));
    assert_non_null(strstr(told, "to be signed:\nAWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/s3/aws4_request\n"));
    assert_null(strstr(told, "very"));
}

/* A clock that is off by more than four minutes, by the header Date; the same answer again is nothing new. */
static void test_skew(void **state)
{
    world  *w = *state;
    int64_t off = 0;
    assert_false(w403_signer_skew(w->signer, W403_LIT("yesterday"), &off));
    assert_false(w403_signer_skew(w->signer, W403_LIT("Mon, 30 Nov 2026 21:00:00 CET"), &off));
    assert_false(w403_signer_skew(w->signer, W403_LIT("Mon, 30 Nix 2026 21:00:00 GMT"), &off));
    assert_false(w403_signer_skew(w->signer, W403_LIT("Mon, -1 Nov 2026 21:00:00 GMT"), &off));
    assert_true(w403_signer_skew(w->signer, W403_LIT("Sat, 01 Jan 2000 00:00:00 GMT"), &off));
    assert_true(off > 25 * 365 * 86400LL);
    assert_false(w403_signer_skew(w->signer, W403_LIT("Sat, 01 Jan 2000 00:00:01 GMT"), &off));
    w403_keys       keys = {.id = W403_LIT("A"), .secret = W403_LIT("s"), .serial = 1};
    w403_sign_input in = {.method = W403_LIT("GET"), .host = W403_LIT("h"), .service = W403_LIT("s3"),
                          .region = W403_LIT("r"), .rules = W403_SIGN_S3};
    w403_signature  got;
    w403_error      err;
    w403_signer_fix_time(w->signer, 0);
    assert_int_equal(w403_sign(w->signer, &keys, &in, &got, &err), W403_OK);
    assert_true(w403_view_starts(got.date, W403_LIT("20000101T0")));
}

/* Views come and go; what goes is wiped; nobody may look into the process meanwhile. */
static void test_secrets(void **state)
{
    world    *w = *state;
    w403_view kept = w403_secrets_copy(w->secrets, W403_LIT("kept"));
    w403_view gone = w403_secrets_copy(w->secrets, W403_LIT("a secret that is longer than the smallest room, which has 64"));
    EQ(kept, "kept");
    assert_int_equal(kept.p[kept.n], 0);
    const char *where = gone.p;
    w403_secrets_drop(w->secrets, &gone);
    assert_null(gone.p);
    for (size_t i = sizeof(void *); i < 64; i++) {
        assert_int_equal(where[i], 0);
    }
    w403_view next = w403_secrets_copy(w->secrets, W403_LIT("next"));
    assert_ptr_equal(next.p, where); /* the room is used again */
    assert_null(w403_secrets_take(w->secrets, (size_t)1 << 30));
    w403_view empty = w403_secrets_copy(w->secrets, (w403_view){NULL, 0});
    assert_non_null(empty.p);
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    size_t taken = 0;
    while (w403_secrets_take(w->secrets, 1 << 20)) {
        taken++;
    }
    assert_true(taken > 20 && taken < 32);
    w403_secrets *second;
    w403_error    err;
    assert_int_equal(w403_secrets_open(&second, &err), W403_OK);
    w403_secrets_close(second);
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        vectors = argv[1];
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_vectors, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_header_and_cache, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_debug, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_skew, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_secrets, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
