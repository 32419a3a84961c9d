/* Text, JSON, SARIF and HTML of decided requests: well-formed whatever the policies hold, and right about places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/fixes.h"
#include "render/render.h"
#include "json/json.h"

#define VIEW(s) w403_view_of(s)
#define HOSTILE "</script><img src=x onerror=alert(1)>"

typedef w403_status render_fn(w403_buf *, const w403_render_input *, const w403_render_options *, w403_error *);

/* One question and its answer. */
typedef struct asked {
    w403_arena *arena;
    w403_policies *policies;
    w403_request request;
    w403_decision decision;
    w403_explanation explanation;
    w403_render_input in;
} asked;

static void ask(asked *q, const char *identity, const char *bucket, const char *from, const char *key)
{
    *q = (asked){.arena = w403_arena_new(0), .policies = w403_policies_new()};
    assert_non_null(q->arena);
    assert_non_null(q->policies);
    w403_error err = {0};
    if (identity) {
        assert_int_equal(
            w403_policies_add(q->policies, W403_POLICY_IDENTITY, 0, W403_LIT("identity.json"), VIEW(identity), &err),
            W403_OK);
    }
    if (bucket) {
        assert_int_equal(
            w403_policies_add(q->policies, W403_POLICY_RESOURCE, 0, W403_LIT("bucket.json"), VIEW(bucket), &err),
            W403_OK);
    }
    w403_request_init(&q->request);
    q->request.operation = W403_LIT("GetObject");
    q->request.resource = w403_arena_printf(q->arena, "arn:aws:s3:::example/%s", key);
    q->request.resource_account = W403_LIT("111122223333");
    q->request.principal = W403_LIT("arn:aws:iam::111122223333:user/alice");
    q->request.from = VIEW(from);
    assert_int_equal(w403_decide(NULL, q->policies, &q->request, W403_DETAIL_FULL, q->arena, &q->decision, &err),
                     W403_OK);
    assert_int_equal(w403_explain(&q->request, &q->decision, q->arena, &q->explanation, &err), W403_OK);
    q->in = (w403_render_input){
        .policies = q->policies, .request = &q->request, .decision = &q->decision, .explanation = &q->explanation};
}

static void close_asked(asked *q)
{
    w403_policies_free(q->policies);
    w403_arena_free(q->arena);
}

static const char *render(render_fn *fn, w403_buf *out, const w403_render_input *in, bool full)
{
    w403_render_options opt = {.width = 90, .full = full, .ascii = true};
    w403_error err;
    w403_buf_clear(out);
    assert_int_equal(fn(out, in, &opt, &err), W403_OK);
    w403_buf_putc(out, '\0');
    return out->p;
}

static const w403_json *parse(asked *q, w403_buf *out)
{
    w403_json_doc doc;
    w403_error err = {0};
    w403_status status =
        w403_json_parse(q->arena, W403_LIT("out"), (w403_view){out->p, out->n - 1}, NULL, &doc, NULL, &err);
    if (status != W403_OK) {
        fail_msg("%s", err.message);
    }
    return doc.root;
}

static uint64_t number(const w403_json *object, const char *name)
{
    uint64_t n = 0;
    const w403_json *v = w403_json_get(object, name);
    assert_true(w403_json_is(v, W403_JSON_NUMBER));
    assert_true(w403_view_u64(v->text, &n));
    return n;
}

static void assert_text(w403_view actual, const char *expected)
{
    if (!w403_view_eq(actual, VIEW(expected))) {
        fail_msg("`%.*s` is not `%s`", (int)actual.n, actual.p, expected);
    }
}

static const char bucket_deny[] =
    "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"OnlyOffice\",\n"
    "      \"Effect\": \"Deny\",\n      \"Principal\": \"*\",\n      \"Action\": \"s3:GetObject\",\n"
    "      \"Resource\": \"arn:aws:s3:::example/*\",\n"
    "      \"Condition\": {\"NotIpAddress\": {\"aws:SourceIp\": \"192.0.2.0/24\"}}\n    }\n  ]\n}\n";
static const char identity_allow[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";

/* ---- JSON ---- */

static void json_denied(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow, bucket_deny, "203.0.113.9", "k");
    (void)render(w403_render_json, &out, &q.in, false);
    assert_true(strchr(out.p, '\n') == out.p + out.n - 2); /* one line */
    const w403_json *o = parse(&q, &out), *s = w403_json_get(o, "statement");
    assert_int_equal(number(o, "format"), 1);
    assert_int_equal(number(o, "status"), 403);
    assert_text(w403_json_str(o, "decision"), "denied");
    assert_text(w403_json_str(o, "error_code"), "AccessDenied");
    assert_text(w403_json_str(o, "cause"), "deny.bucket-policy");
    assert_text(w403_json_str(o, "action"), "s3:GetObject");
    assert_text(w403_json_str(s, "policy"), "bucket.json");
    assert_text(w403_json_str(s, "sid"), "OnlyOffice");
    assert_int_equal(number(s, "index"), 0);
    assert_int_equal(number(s, "line"), 4);
    assert_int_equal(number(s, "column"), 5);
    assert_int_equal(bucket_deny[number(s, "offset")], '{');
    assert_int_equal(bucket_deny[number(s, "offset") + number(s, "length") - 1], '}');

    const w403_json *cause = w403_json_get(o, "causes")->first, *b = w403_json_get(cause, "blame");
    assert_text(w403_json_str(cause, "cause"), "deny.bucket-policy");
    assert_text((w403_view){bucket_deny + number(b, "offset"), number(b, "length")}, "\"192.0.2.0/24\"");
    assert_int_equal(number(b, "line"), 10);
    assert_true(w403_json_str(b, "label").n > 0);
    bool seen = false;
    for (const w403_json *l = w403_json_get(o, "layers")->first; l; l = l->next) {
        if (w403_view_eq(w403_json_str(l, "layer"), W403_LIT("identity"))) {
            assert_text(w403_json_str(l, "verdict"), "allow");
            const w403_json *st = w403_json_get(l, "statements")->first;
            assert_true(w403_json_is(w403_json_get(st, "sid"), W403_JSON_NULL));
            seen = true;
        }
    }
    assert_true(seen);
    assert_int_equal(w403_json_get(o, "checks")->count, 1);
    assert_text(w403_json_str(w403_json_get(o, "checks")->first, "decision"), "denied");
    assert_int_equal(w403_json_get(o, "fixes")->count, 0);
    (void)render(w403_render_json, &out, &q.in, true);
    (void)parse(&q, &out);
    close_asked(&q);
    w403_buf_free(&out);
}

static void json_allowed(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow, NULL, "203.0.113.9", "k");
    (void)render(w403_render_json, &out, &q.in, false);
    const w403_json *o = parse(&q, &out);
    assert_text(w403_json_str(o, "decision"), "allowed");
    assert_true(w403_json_is(w403_json_get(o, "cause"), W403_JSON_NULL));
    assert_true(w403_json_is(w403_json_get(o, "statement"), W403_JSON_NULL));
    assert_int_equal(w403_json_get(o, "causes")->count, 0);
    close_asked(&q);
    w403_buf_free(&out);
}

/* ---- nothing to say ---- */

static void empty_answers(void **state)
{
    (void)state;
    static const w403_decision nothing = {.verdict = W403_UNDETERMINED};
    w403_render_input in = {.decision = &nothing};
    render_fn *all[] = {w403_render_text, w403_render_json, w403_render_sarif, w403_render_html};
    w403_buf out = {0};
    for (size_t i = 0; i < 4; i++) {
        assert_true(strlen(render(all[i], &out, &in, true)) > 0);
    }
    asked q;
    ask(&q, identity_allow, NULL, "203.0.113.9", "k");
    (void)render(w403_render_json, &out, &in, true);
    assert_true(w403_json_is(w403_json_get(parse(&q, &out), "action"), W403_JSON_NULL));
    /* a gate without a check, a cause without a statement */
    w403_gate gate = {.cause = "presigned-expired",
                      .closed = W403_YES,
                      .status = 403,
                      .check = -1,
                      .detail = W403_LIT("it expired")};
    w403_cause cause = {.id = "presigned-expired", .gate = &gate, .sentence = W403_LIT("Too late.")};
    w403_decision d = {
        .verdict = W403_DENIED, .status = 403, .error_code = "AccessDenied", .gates = &gate, .n_gates = 1};
    w403_explanation x = {.decision = &d, .causes = &cause, .n_causes = 1};
    in = (w403_render_input){.decision = &d, .explanation = &x};
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(strstr(render(all[i], &out, &in, true), "presigned"));
    }
    close_asked(&q);
    w403_buf_free(&out);
}

/* ---- text ---- */

static void text_denied(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow, bucket_deny, "203.0.113.9", "k");
    const char *t = render(w403_render_text, &out, &q.in, false);
    assert_true(strncmp(t, "DENIED  403 AccessDenied  GetObject on arn:aws:s3:::example/k", 61) == 0);
    assert_non_null(strstr(t, "for arn:aws:iam::111122223333:user/alice\n"));
    assert_non_null(strstr(t, "  + Identity policies  allows          statement 1 of identity.json\n"));
    assert_non_null(strstr(t, "  x Bucket policy      denies          OnlyOffice\n"));
    assert_non_null(strstr(t, "\nWhy\n  "));
    assert_non_null(strstr(t, "--> bucket.json:10:54\n"));
    assert_non_null(strstr(t, "^^^^^^^^^^^^^^"));
    assert_null(strchr(t, '\x1b'));
    for (const char *p = t; *p; p++) {
        assert_true((unsigned char)*p < 0x80); /* as asked: ASCII only */
    }
    for (w403_view rest = VIEW(t), line; rest.p;) {
        line = w403_view_cut(&rest, '\n');
        assert_true(line.n <= 90 && !w403_view_ends(line, W403_LIT(" ")));
    }
    w403_render_options opt = {.width = 90, .color = true};
    w403_error err;
    w403_buf_clear(&out);
    assert_int_equal(w403_render_text(&out, &q.in, &opt, &err), W403_OK);
    assert_true(w403_view_starts(w403_buf_view(&out), W403_LIT("\x1b[1;31mDENIED\x1b[0m")));
    close_asked(&q);
    w403_buf_free(&out);
}

static void text_undetermined(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow, bucket_deny, NULL, "k"); /* from where, nobody said */
    const char *t = render(w403_render_text, &out, &q.in, false);
    assert_true(strncmp(t, "UNDETERMINED  GetObject on", 26) == 0);
    assert_non_null(strstr(t, "  ? Bucket policy      unknown"));
    assert_non_null(strstr(t, "OnlyOffice may deny it"));
    assert_non_null(strstr(t, "--> bucket.json:10:54\n"));
    assert_non_null(strstr(t, "- aws:SourceIp: `--from IP` says it\n"));
    close_asked(&q);
    w403_buf_free(&out);
}

static void text_is_harmless(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow,
        "{\"Statement\":[{\"Sid\":\"\\u001b[2J\\u202e\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\","
        "\"Resource\":\"*\"}]}",
        "203.0.113.9", "\x1b]0;title\x07");
    const char *t = render(w403_render_text, &out, &q.in, true);
    assert_null(strchr(t, '\x1b'));
    assert_null(strchr(t, '\x07'));
    assert_null(strstr(t, "\xE2\x80\xAE"));
    (void)render(w403_render_json, &out, &q.in, true);
    (void)parse(&q, &out);
    (void)render(w403_render_sarif, &out, &q.in, true);
    (void)parse(&q, &out);
    close_asked(&q);
    w403_buf_free(&out);
}

/* ---- SARIF ---- */

static void sarif(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, NULL, bucket_deny, "203.0.113.9", "k");
    (void)render(w403_render_sarif, &out, &q.in, false);
    const w403_json *o = parse(&q, &out);
    assert_text(w403_json_str(o, "version"), "2.1.0");
    assert_true(w403_view_ends(w403_json_str(o, "$schema"), W403_LIT("sarif-2.1.0.json")));
    assert_int_equal(w403_json_get(o, "runs")->count, 1);
    const w403_json *run = w403_json_get(o, "runs")->first;
    const w403_json *driver = w403_json_path(run, "tool", "driver", NULL);
    assert_text(w403_json_str(driver, "name"), "why403");
    assert_text(w403_json_str(driver, "version"), w403_version());
    const w403_json *rules = w403_json_get(driver, "rules");
    for (const w403_json *r = rules->first; r; r = r->next) {
        assert_non_null(w403_cause_info_find(w403_json_str(r, "id")));
        assert_true(w403_json_str(w403_json_get(r, "shortDescription"), "text").n > 0);
        assert_true(w403_view_starts(w403_json_str(r, "helpUri"), W403_LIT("https://")));
    }
    assert_int_equal(w403_json_get(run, "results")->count, q.explanation.n_causes);
    const w403_json *result = w403_json_get(run, "results")->first;
    assert_text(w403_json_str(result, "ruleId"), "deny.bucket-policy");
    const w403_json *rule = rules->first;
    for (uint64_t i = number(result, "ruleIndex"); i > 0; i--) {
        rule = rule->next;
    }
    assert_text(w403_json_str(rule, "id"), "deny.bucket-policy");
    assert_text(w403_json_str(result, "level"), "error");
    assert_true(w403_json_str(w403_json_get(result, "message"), "text").n > 0);
    const w403_json *place = w403_json_get(w403_json_get(result, "locations")->first, "physicalLocation");
    assert_text(w403_json_str(w403_json_get(place, "artifactLocation"), "uri"), "bucket.json");
    const w403_json *region = w403_json_get(place, "region");
    assert_int_equal(number(region, "startLine"), 10);
    assert_int_equal(number(region, "endLine"), 10);
    assert_int_equal(number(region, "startColumn"), 54);
    assert_int_equal(number(region, "endColumn"), 68);
    assert_text((w403_view){bucket_deny + number(region, "byteOffset"), number(region, "byteLength")},
                "\"192.0.2.0/24\"");
    assert_int_equal(w403_json_str(w403_json_get(result, "partialFingerprints"), "why403/v1").n, 16);
    close_asked(&q);
    w403_buf_free(&out);
}

static void sarif_counts_characters(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, NULL,
        "{\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Resource\":"
        "\"arn:aws:s3:::example/\xC3\xA4*\",\"Action\":\"*\"}]}",
        "203.0.113.9", "\xC3\xA4");
    (void)render(w403_render_sarif, &out, &q.in, false);
    const w403_json *run = w403_json_get(parse(&q, &out), "runs")->first;
    const w403_json *place = w403_json_get(w403_json_get(run, "results")->first, "locations")->first;
    const w403_json *region = w403_json_path(place, "physicalLocation", "region", NULL);
    assert_int_equal(number(region, "startColumn"),
                     number(region, "byteOffset")); /* from 1, less the one of the umlaut */
    close_asked(&q);
    w403_buf_free(&out);
}

/* ---- HTML ---- */

static size_t count(const char *text, const char *needle)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, needle)); p++) {
        n++;
    }
    return n;
}

static void html_escapes(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow,
        "{\"Statement\":[{\"Sid\":\"" HOSTILE "\",\"Effect\":\"Deny\",\"Principal\":{\"AWS\":[\"*\",\"" HOSTILE
        "\"]},\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":{\"aws:username\":\"" HOSTILE
        "'\\\"\"}}}]}",
        "203.0.113.9", HOSTILE);
    const char *t = render(w403_render_html, &out, &q.in, true);
    assert_int_equal(count(t, "<script>"), 1);
    assert_int_equal(count(t, "</script>"), 1);
    assert_int_equal(count(t, "<img"), 0);
    assert_int_equal(count(t, "style="), 0);
    assert_int_equal(count(t, "http://") + count(t, "https://"), 0); /* nothing to be fetched */
    assert_true(count(t, "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;") >= 4);
    assert_int_equal(count(t, "<mark"), count(t, "</mark>"));
    assert_true(count(t, "<mark data-blame=\"0\"") >= 1);
    assert_int_equal(count(t, "<section"), count(t, "</section>"));
    assert_non_null(strstr(t, "default-src 'none'; style-src 'sha256-"));
    close_asked(&q);
    w403_buf_free(&out);
}

static void html_of_huge_lines(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0}, policy = {0};
    w403_buf_puts(&policy,
                  "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":[");
    for (int i = 0; i < 2000; i++) {
        w403_buf_printf(&policy, "\"arn:aws:s3:::other-%d/*\",", i);
    }
    w403_buf_puts(&policy, "\"*\"],\"Condition\":{\"StringNotEquals\":{\"aws:username\":\"bob\"}}}]}");
    w403_buf_putc(&policy, '\0');
    ask(&q, identity_allow, policy.p, "203.0.113.9", "k");
    const char *t = render(w403_render_html, &out, &q.in, true);
    assert_true(strlen(t) < 40000);
    assert_non_null(strstr(t, "<mark data-blame=\"0\">&quot;bob&quot;</mark>"));
    close_asked(&q);
    w403_buf_free(&policy);
    w403_buf_free(&out);
}

/* ---- fixes ---- */

#define TEXT(s)                                                                                                      \
    {                                                                                                                \
        (s), sizeof(s) - 1                                                                                           \
    } /* as W403_LIT, for objects that live as long as the program */

static const w403_view command = TEXT("aws s3api put-bucket-policy --bucket '" HOSTILE "'"),
                       here_document = TEXT("cat > p.json <<'EOF'\n{}\nEOF"), more = TEXT("everyone"),
                       side_effect = TEXT("Others may read `k` as well.");

static const w403_fix_step steps[] = {
    {.kind = W403_FIX_POLICY,
     .id = "narrow-deny",
     .title = TEXT("exempt the office"),
     .owner = TEXT("111122223333"),
     .policy = TEXT("bucket.json"),
     .before = TEXT("{\n a\n}\n"),
     .after = TEXT("{\n b\n}\n"),
     .diff = TEXT("--- a\n+++ b\n@@ -1,3 +1,3 @@\n {\n- a\n+ b<i>\n }\n"),
     .patch = TEXT("[{\"op\":\"remove\",\"path\":\"/a\"}]"),
     .commands = &command,
     .n_commands = 1,
     .rollback = &here_document,
     .n_rollback = 1,
     .side_effects = &side_effect,
     .n_side_effects = 1},
    {.kind = W403_FIX_REQUEST,
     .id = "send-header",
     .title = TEXT("send the header"),
     .file = TEXT("p.json"),
     .commands = &here_document,
     .n_commands = 1},
};

static const w403_fix_refusal refusal = {TEXT("open the bucket"), TEXT("it would be public")};

static void fixes(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow, bucket_deny, "203.0.113.9", "k");
    w403_fix one = {.id = W403_LIT("narrow-deny"),
                    .title = W403_LIT("exempt the office"),
                    .owner = steps[0].owner,
                    .steps = steps,
                    .n_steps = 1,
                    .proof = W403_ALLOWED,
                    .status = 200,
                    .also_allows = &more,
                    .n_also_allows = 1,
                    .also_capped = true};
    w403_fix_list list = {.at = &one, .n = 1, .refused = &refusal, .n_refused = 1};
    q.in.fixes = &list;
    const char *t = render(w403_render_text, &out, &q.in, true);
    assert_non_null(strstr(t, "\nFix\n  1. exempt the office (account 111122223333)\n\n     bucket.json\n"
                              "     @@ -1,3 +1,3 @@\n      {\n     - a\n     + b<i>\n      }\n\n     aws s3api "));
    assert_non_null(strstr(t, "\n     To take it back:\ncat > p.json <<'EOF'\n{}\nEOF\n"));
    assert_non_null(
        strstr(t, "     Decided again with this change: allowed (200).\n     It also allows everyone.\n"));
    assert_non_null(strstr(t, "\nNot proposed\n  - open the bucket: it would be public\n"));

    (void)render(w403_render_json, &out, &q.in, false);
    const w403_json *o = parse(&q, &out), *f = w403_json_get(o, "fixes")->first;
    assert_text(w403_json_str(f, "owner"), "111122223333");
    assert_text(w403_json_str(f, "policy"), "bucket.json");
    assert_text(w403_json_str(w403_json_get(f, "patch")->first, "op"), "remove");
    assert_text(w403_json_str(w403_json_get(f, "proof"), "decision"), "allowed");
    assert_int_equal(w403_json_get(f, "commands")->count, 1);
    assert_int_equal(w403_json_get(o, "not_proposed")->count, 1);

    t = render(w403_render_html, &out, &q.in, false);
    assert_int_equal(count(t, "<img") + count(t, "<i>"), 0);
    assert_int_equal(count(t, "data-copy="), 3); /* the command, the way back, AWS's message */
    assert_non_null(strstr(t, "<ins class=\"line add\" data-n=\"+\"> b&lt;i&gt;\n</ins>"));
    close_asked(&q);
    w403_buf_free(&out);
}

static void fixes_are_short(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0}, diff = {0};
    const w403_view more_than_five[] = {more, more, more, more, more, more, more};
    ask(&q, identity_allow, bucket_deny, "203.0.113.9", "k");
    w403_buf_puts(&diff, "@@ -1,1 +1,1 @@\n-");
    for (int i = 0; i < 20; i++) {
        w403_buf_puts(&diff, "0123456789");
    }
    w403_buf_puts(&diff, "\"s3:Get\"]\n+");
    for (int i = 0; i < 20; i++) {
        w403_buf_puts(&diff, "0123456789");
    }
    w403_buf_puts(&diff, "\"s3:Get\",\"s3:Put\"]\n");
    w403_fix_step step = {.kind = W403_FIX_POLICY,
                          .policy = TEXT("p.json"),
                          .file = TEXT("p.json"),
                          .diff = w403_buf_view(&diff),
                          .commands = &here_document,
                          .n_commands = 1};
    w403_fix fix = {.steps = &step, .n_steps = 1, .also_allows = more_than_five, .n_also_allows = 7};
    w403_fix_list list = {.at = &fix, .n = 1};
    q.in.fixes = &list;
    const char *t = render(w403_render_text, &out, &q.in, false);
    w403_view lines = w403_buf_view(&diff); /* never shortened, whatever the width */
    while (lines.n > 0) {
        w403_view one = w403_arena_copy(q.arena, w403_view_cut(&lines, '\n'));
        assert_non_null(strstr(t, one.p));
    }
    assert_non_null(strstr(t, "\n     # p.json: the whole document, so changed; --full prints it\n"));
    assert_int_equal(count(t, "It also allows everyone.\n"), 5);
    assert_int_equal(count(t, "It also allows 2 more; --full names them.\n"), 1);
    t = render(w403_render_text, &out, &q.in, true);
    assert_int_equal(count(t, "It also allows everyone.\n"), 7);
    assert_non_null(strstr(t, "\ncat > p.json <<'EOF'\n{}\nEOF\n"));
    close_asked(&q);
    w403_buf_free(&diff);
    w403_buf_free(&out);
}

static void fixes_of_several_steps_and_none(void **state)
{
    (void)state;
    asked q;
    w403_buf out = {0};
    ask(&q, identity_allow, bucket_deny, "203.0.113.9", "k");
    w403_fix two = {.id = W403_LIT("a+b"),
                    .title = W403_LIT("both"),
                    .steps = steps,
                    .n_steps = 2,
                    .proof = W403_ALLOWED,
                    .is_public = true};
    w403_fix_list list = {.at = &two, .n = 1};
    q.in.fixes = &list;
    const char *t = render(w403_render_text, &out, &q.in, false);
    assert_non_null(strstr(t, "  1. both\n\n     exempt the office (account 111122223333):\n"));
    assert_non_null(strstr(t, "\n     send the header:\n\n     # p.json: the whole document, so changed"));
    assert_non_null(strstr(t, "Decided again with these changes: allowed.\n     This lets anyone in.\n"));
    (void)render(w403_render_json, &out, &q.in, false);
    const w403_json *f = w403_json_get(parse(&q, &out), "fixes")->first;
    assert_int_equal(w403_json_get(f, "steps")->count, 2);
    assert_int_equal(w403_json_get(f, "commands")->count, 2);
    assert_text(w403_json_str(w403_json_get(f, "steps")->first->next, "kind"), "request");
    assert_non_null(strstr(render(w403_render_html, &out, &q.in, false), "<h4>Send the header</h4>"));

    list = (w403_fix_list){.none = W403_LIT("An SCP of another account denies it.")};
    assert_non_null(
        strstr(render(w403_render_text, &out, &q.in, false), "\nFix\n  An SCP of another account denies it.\n"));
    (void)render(w403_render_json, &out, &q.in, false);
    assert_text(w403_json_str(parse(&q, &out), "no_fix"), "An SCP of another account denies it.");
    assert_non_null(
        strstr(render(w403_render_html, &out, &q.in, false), "<p>An SCP of another account denies it.</p>"));
    close_asked(&q);
    w403_buf_free(&out);
}

/* ---- memory ---- */

static void short_memory(void **state)
{
    (void)state;
    asked q;
    render_fn *all[] = {w403_render_text, w403_render_json, w403_render_sarif, w403_render_html};
    ask(&q, identity_allow, bucket_deny, "203.0.113.9", "k");
    for (size_t i = 0; i < 4; i++) {
        w403_status status = W403_NOMEM;
        for (uint64_t n = 1; n < 500 && status != W403_OK; n++) {
            w403_buf out = {0};
            w403_render_options opt = {.full = true};
            w403_malloc_fail_after(n);
            status = all[i](&out, &q.in, &opt, NULL);
            w403_malloc_fail_after(0);
            assert_true(status == W403_OK || status == W403_NOMEM);
            w403_buf_free(&out);
        }
        assert_int_equal(status, W403_OK);
    }
    close_asked(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_denied),
        cmocka_unit_test(json_allowed),
        cmocka_unit_test(empty_answers),
        cmocka_unit_test(text_denied),
        cmocka_unit_test(text_undetermined),
        cmocka_unit_test(text_is_harmless),
        cmocka_unit_test(sarif),
        cmocka_unit_test(sarif_counts_characters),
        cmocka_unit_test(html_escapes),
        cmocka_unit_test(html_of_huge_lines),
        cmocka_unit_test(fixes),
        cmocka_unit_test(fixes_are_short),
        cmocka_unit_test(fixes_of_several_steps_and_none),
        cmocka_unit_test(short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
