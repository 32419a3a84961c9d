/* The n-th allocation fails, for every n: a session's parts are opened or the error says that memory is short, and nothing
 * leaks or crashes. Files with roles, SSO and services; the credentials are static, so that nobody is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "live/credentials.h"

static const char config[] =
    "[default]\nregion = eu-west-1\nservices = local\ns3 =\n  addressing_style = path\n"
    "[profile \"a b\"]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = default\n"
    "[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:1\n[sso-session x]\nsso_region = us-east-1\n"
    "[profile a]\nregion = 1\nregion = 2\n";
static const char credentials[] = "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\naws_session_token = t\n";

static void say(void *user, w403_live_note kind, w403_view text)
{
    (void)user;
    (void)kind;
    assert_true(text.n > 0);
}

static void write_file(const char *dir, const char *name, const char *text, const char *variable)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    setenv(variable, path, 1);
}

/* Everything that a session asks of its parts before the first request. */
static w403_status use(w403_parts *p, w403_arena *a, w403_error *err)
{
    w403_credentials_found found;
    w403_endpoint          to;
    w403_endpoint_query    query = {.service = W403_SERVICE_S3, .bucket = W403_LIT("amzn-s3-demo-bucket")};
    w403_signature         signature;
    W403_TRY(w403_credentials_find(p->credentials, W403_LIT(""), &found, err));
    W403_TRY(w403_endpoint_find(p->endpoints, a, &query, &to, err));
    w403_sign_input in = {.method = W403_LIT("GET"), .host = to.host, .path = to.path, .query = W403_LIT("acl"),
                          .service = to.signing_name, .region = to.region, .rules = to.rules};
    W403_TRY(w403_sign(p->signer, found.keys, &in, &signature, err));
    W403_TRY(w403_credentials_find(p->credentials, W403_LIT("444455556666"), &found, err));
    assert_int_equal(found.how, W403_CREDENTIALS_SEND);
    W403_TRY(w403_credentials_answer(p->credentials, W403_LIT("444455556666"), W403_LIT("<x/>"), W403_LIT(""), W403_LIT(""), err));
    return w403_credentials_find(p->credentials, W403_LIT("444455556666"), &found, err);
}

static void test_failures(void **state)
{
    (void)state;
    char dir[] = "/tmp/w403-memory-XXXXXX";
    assert_non_null(mkdtemp(dir));
    write_file(dir, "config", config, "AWS_CONFIG_FILE");
    write_file(dir, "credentials", credentials, "AWS_SHARED_CREDENTIALS_FILE");
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_PROFILE");
    unsetenv("AWS_WEB_IDENTITY_TOKEN_FILE");
    w403_live_options options = {.role = W403_LIT("audit"), .say = say, .debug_sign = true};
    w403_status       status = W403_NOMEM;
    uint64_t          n = 1;
    for (; status == W403_NOMEM && n < 10000; n++) {
        w403_parts *p = NULL;
        w403_error  err = {0};
        w403_arena *a = w403_arena_new(0);
        assert_non_null(a);
        w403_malloc_fail_after(n);
        status = w403_parts_open(&options, &p, &err);
        status = status == W403_OK ? use(p, a, &err) : status;
        w403_malloc_fail_after(0);
        assert_true(status == W403_OK || status == W403_NOMEM);
        assert_true(status == W403_OK || err.message[0]);
        w403_parts_close(p);
        w403_arena_free(a);
    }
    assert_int_equal(status, W403_OK);
    assert_true(n > 10);
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
