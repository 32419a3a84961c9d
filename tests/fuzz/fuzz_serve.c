/* A request to `why403 serve`, as the module hands it over: a line `METHOD TARGET`, lines `Name: value`, an empty line, the body.
 * Every protocol is reached by its address. Whatever comes: an answer, never a 500, never anything but a boolean for radosgw. */
#include <stdio.h>
#include <stdlib.h>

#include "serve/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char world[] =
    "{\"accounts/111122223333/account.json\":{\"CanonicalId\":\"1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a\"},"
    "\"accounts/111122223333/iam/authorization-details.json\":{\"UserDetailList\":[{\"Path\":\"/\",\"UserName\":\"bob\",\"UserId\":"
    "\"AIDABOB0000000000000\",\"Arn\":\"arn:aws:iam::111122223333:user/bob\",\"UserPolicyList\":[],\"GroupList\":[],"
    "\"AttachedManagedPolicies\":[]}],\"GroupDetailList\":[],\"RoleDetailList\":[],\"Policies\":[]},"
    "\"accounts/111122223333/s3/example-data/location.json\":{\"LocationConstraint\":null},"
    "\"accounts/111122223333/s3/example-data/policy.json\":{\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
    "\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"arn:aws:iam::111122223333:user/bob\\\"},\\\"Action\\\":\\\"s3:*\\\",\\\"Resource\\\":\\\"arn:aws:s3:::"
    "example-data/*\\\",\\\"Condition\\\":{\\\"IpAddress\\\":{\\\"aws:SourceIp\\\":\\\"203.0.113.0/24\\\"}}}]}\"}}";

static w403_server *server_new(void)
{
    static w403_http none;
    w403_server     *s = calloc(1, sizeof *s);
    w403_error       err;
    w403_token      *t;
    if (!s || w403_auth_open(&s->auth, NULL, &err) != W403_OK || w403_worlds_open(&s->worlds, NULL, &err) != W403_OK ||
        !(t = W403_PUSH(s->auth.arena, &s->auth.tokens))) {
        abort();
    }
    w403_world_free(s->worlds.now->world);
    if (w403_world_parse(W403_LIT(world), &s->worlds.now->world, &err) != W403_OK) {
        abort();
    }
    *t = (w403_token){.name = W403_LIT("all"), .scopes = W403_SCOPE_PDP | W403_SCOPE_ASK | W403_SCOPE_ADMIN | W403_SCOPE_METRICS};
    w403_sha256_of(W403_LIT("all"), t->hash);
    s->http = &none;
    s->wake = -1;
    s->options.public_url = W403_LIT("https://pdp.example");
    s->options.limits = (w403_serve_limits){.body = 1 << 20, .pdp_body = 1 << 18, .line = 1 << 16, .depth = 128, .nodes = 20000, .evaluations = 20,
                                            .page = 100, .memory = 64 << 20, .answer_ms = 2000};
    s->keys.arena = s->auth.arena;
    w403_log_open(&s->log, -1, true, W403_LOG_NONE);
    w403_watch_open(&s->watch);
    (void)pthread_mutex_init(&s->running_lock, NULL);
    return s;
}

/* Values end in NUL where the module's do. */
static void read_head(w403_exchange *x, w403_view head)
{
    w403_view target = w403_view_cut(&head, '\n');
    x->method = w403_view_cut(&target, ' ');
    x->target = target.p ? target : W403_LIT("/");
    x->fields[x->n_fields++] = (w403_pair){W403_LIT("x-why403-token"), W403_LIT("all")};
    x->fields[x->n_fields++] = (w403_pair){W403_LIT("host"), W403_LIT("localhost")};
    x->fields[x->n_fields++] = (w403_pair){W403_LIT("content-type"), W403_LIT("application/json")};
    while (head.n > 0) {
        w403_view value = w403_view_cut(&head, '\n');
        w403_view name = w403_view_cut(&value, ':');
        if (x->n_fields < W403_HTTP_FIELDS) {
            x->fields[x->n_fields] = (w403_pair){name, value.p ? w403_view_trim(value) : (w403_view){"", 0}};
        }
        x->n_fields++;
    }
}

static void check(const w403_exchange *x)
{
    w403_view body = w403_buf_view(&x->out);
    if (x->status < 200 || x->status == 500) {
        abort();
    }
    if (w403_view_starts(x->target, W403_LIT("/v1/data/ceph/authz?")) && x->status == 200 && !w403_view_eq(body, W403_LIT("{\"result\":true}")) &&
        !w403_view_eq(body, W403_LIT("{\"result\":false}"))) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static w403_server *s;
    w403_http_ops       ops = w403_serve_ops;
    w403_view           text = {(const char *)data, n};
    size_t              end = w403_view_find(text, W403_LIT("\n\n"));
    w403_exchange       x = {.version = W403_LIT("HTTP/1.1"), .peer = "127.0.0.1", .local = true};
    s = s ? s : server_new();
    read_head(&x, end == SIZE_MAX ? text : w403_view_sub(text, 0, end));
    x.body = end == SIZE_MAX ? (w403_view){"", 0} : w403_view_sub(text, end + 2, n);
    ops.head(s, &x);
    if (!x.status && x.streams) {
        size_t half = x.body.n / 2;
        ops.piece(s, &x, w403_view_sub(x.body, 0, half), false);
        ops.piece(s, &x, w403_view_sub(x.body, half, x.body.n), false);
        ops.piece(s, &x, (w403_view){"", 0}, true);
    } else if (!x.status && x.body.n > x.body_limit) {
        ops.too_large(s, &x);
    } else if (!x.status) {
        ops.whole(s, &x);
    }
    check(&x);
    ops.done(s, &x, true);
    w403_buf_free(&x.out);
    return 0;
}
