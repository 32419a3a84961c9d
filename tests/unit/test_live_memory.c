/* A session's parts and memory. The n-th allocation fails, for every n: they are opened or the error says that memory is short,
 * and nothing leaks or crashes. And when they are closed no secret is left anywhere in the process. Files with roles, SSO and
 * services; the credentials are static, so that nobody is asked. */
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

/* Secrets that this program knows letter by letter alone: it must not find its own copy of them. */
enum { LETTERS = 40 };

static char letter(char which, unsigned i)
{
    return (char)('A' + (i * 7 + (unsigned char)which * 5) % 26);
}

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

static void write_secret(int fd, const char *name, char which)
{
    char line[64 + LETTERS];
    int  n = snprintf(line, 64, "%s = ", name);
    for (unsigned i = 0; i < LETTERS; i++) {
        line[n++] = letter(which, i);
    }
    line[n++] = '\n';
    assert_int_equal(write(fd, line, (size_t)n), n);
    explicit_bzero(line, sizeof line);
}

/* How often it stands in [p, end). */
__attribute__((no_sanitize("address"))) static unsigned count_in(const char *p, const char *end, char which)
{
    unsigned found = 0;
    for (; end - p >= LETTERS; p++) {
        unsigned i = 0;
        while (i < LETTERS && p[i] == letter(which, i)) {
            i++;
        }
        found += i == LETTERS;
    }
    return found;
}

/* Everywhere that this process can write. */
static unsigned count_everywhere(char which)
{
    char     line[512];
    unsigned found = 0;
    FILE    *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char          rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && rights[0] == 'r' && rights[1] == 'w' &&
            to - from < 1UL << 32) { /* not the sanitizer's shadow */
            found += count_in((const char *)from, (const char *)to, which);
        }
    }
    fclose(maps);
    return found;
}

static void test_nothing_is_left(void **state)
{
    (void)state;
    char path[] = "/tmp/w403-secret-XXXXXX";
    int  fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char head[] = "[default]\naws_access_key_id = AKIA\n";
    assert_int_equal(write(fd, head, sizeof head - 1), sizeof head - 1);
    write_secret(fd, "aws_secret_access_key", 's');
    write_secret(fd, "aws_session_token", 't');
    close(fd);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    setenv("AWS_CONFIG_FILE", "/dev/null", 1);
    w403_live_options options = {.role = W403_LIT("audit"), .say = say, .debug_sign = true};
    w403_arena       *a = w403_arena_new(0);
    w403_parts       *p;
    w403_error        err;
    assert_int_equal(w403_parts_open(&options, &p, &err), W403_OK);
    assert_int_equal(use(p, a, &err), W403_OK);
    assert_true(count_everywhere('s') > 0 && count_everywhere('t') > 0); /* they can be found */
    w403_parts_close(p);
    assert_int_equal(count_everywhere('s'), 0);
    assert_int_equal(count_everywhere('t'), 0);
    w403_arena_free(a);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_failures), cmocka_unit_test(test_nothing_is_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
