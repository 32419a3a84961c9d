/* Any bytes as a source to excerpt, as a key, and as a bucket policy: what is drawn stays within its lines and has no
 * power over a terminal; the JSON is JSON; the page has the one script that is its own. */
#include <stdlib.h>

#include "render/excerpt.h"
#include "render/render.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void excerpt(w403_view text, const uint8_t *place)
{
    w403_buf out = {0};
    w403_excerpt_mark also = {.offset = place[2], .length = place[3], .label = text};
    w403_excerpt e = {.source = text,
                      .text = text,
                      .offset = place[0],
                      .length = place[1],
                      .label = text,
                      .also = &also,
                      .n_also = 1};
    w403_excerpt_put(&out, &e, false, place[0]);
    for (size_t i = 0; i < out.n; i++) {
        check((unsigned char)out.p[i] >= 0x20 || out.p[i] == '\n');
    }
    w403_buf_free(&out);
}

static size_t count(w403_view text, w403_view needle)
{
    size_t times = 0;
    for (size_t at; (at = w403_view_find(text, needle)) != SIZE_MAX; times++) {
        text = w403_view_sub(text, at + 1, text.n);
    }
    return times;
}

static void show(w403_arena *a, const w403_render_input *in)
{
    w403_buf out = {0};
    w403_json_doc doc;
    const w403_render_options opt = {.full = true, .width = 80};
    check(w403_render_text(&out, in, &opt, NULL) == W403_OK);
    w403_buf_clear(&out);
    check(w403_render_json(&out, in, &opt, NULL) == W403_OK);
    check(w403_json_parse(a, W403_LIT("json"), w403_buf_view(&out), NULL, &doc, NULL, NULL) == W403_OK);
    w403_buf_clear(&out);
    check(w403_render_sarif(&out, in, &opt, NULL) == W403_OK);
    check(w403_json_parse(a, W403_LIT("sarif"), w403_buf_view(&out), NULL, &doc, NULL, NULL) == W403_OK);
    w403_buf_clear(&out);
    check(w403_render_html(&out, in, &opt, NULL) == W403_OK);
    check(count(w403_buf_view(&out), W403_LIT("<script")) == 1);
    check(count(w403_buf_view(&out), W403_LIT("<mark")) == count(w403_buf_view(&out), W403_LIT("</mark>")));
    w403_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 4 || n > 1 << 16) {
        return 0;
    }
    w403_view text = {(const char *)data + 4, n - 4};
    w403_arena *a = w403_arena_new(0);
    w403_policies *policies = w403_policies_new();
    w403_request request;
    w403_decision d;
    w403_explanation x;
    excerpt(text, data);
    w403_request_init(&request);
    request.operation = W403_LIT("GetObject");
    request.resource = a ? w403_arena_printf(a, "arn:aws:s3:::example/%.*s", (int)(text.n < 64 ? text.n : 64), text.p)
                         : (w403_view){NULL, 0};
    request.principal = W403_LIT("arn:aws:iam::111122223333:user/alice");
    request.resource_account = W403_LIT("111122223333");
    request.from = data[0] & 1 ? W403_LIT("203.0.113.9") : (w403_view){NULL, 0};
    if (a && policies &&
        w403_policies_add(policies, W403_POLICY_RESOURCE, 0, W403_LIT("fuzz"), text, NULL) == W403_OK &&
        w403_decide(NULL, policies, &request, W403_DETAIL_FULL, a, &d, NULL) == W403_OK &&
        w403_explain(&request, &d, a, &x, NULL) == W403_OK) {
        show(a, &(w403_render_input){.policies = policies, .request = &request, .decision = &d, .explanation = &x});
    }
    w403_policies_free(policies);
    w403_arena_free(a);
    return 0;
}
