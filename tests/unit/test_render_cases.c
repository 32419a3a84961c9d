/* Every case of tests/cases in every format: whatever is decided can be shown, and what is shown is well-formed. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/utf8.h"
#include "evidence/case_file.h"
#include "explain/explain.h"
#include "render/render.h"

typedef w403_status render_fn(w403_buf *, const w403_render_input *, const w403_render_options *, w403_error *);

static unsigned shown, with_blame;

static w403_view piece(const w403_case *c, w403_span span)
{
    return w403_view_sub(c->doc->text, span.off, span.off + span.len);
}

static void put(render_fn *fn, w403_buf *out, const w403_render_input *in, bool full)
{
    w403_render_options opt = {.width = full ? 60 : 0, .full = full, .color = full, .ascii = !full};
    w403_error err;
    w403_buf_clear(out);
    assert_int_equal(fn(out, in, &opt, &err), W403_OK);
    assert_true(w403_utf8_valid(w403_buf_view(out)) == out->n);
}

static const w403_json *parsed(w403_arena *a, const w403_buf *out, const w403_case *c)
{
    w403_json_doc doc;
    w403_error err;
    if (w403_json_parse(a, c->name, w403_buf_view(out), NULL, &doc, NULL, &err) != W403_OK) {
        fail_msg("%.*s: %s", (int)c->name.n, c->name.p, err.message);
    }
    return doc.root;
}

/* No line of the text ends in a blank, none holds a control character. */
static void tidy(const w403_buf *out, const w403_case *c)
{
    for (w403_view rest = w403_buf_view(out); rest.p;) {
        w403_view line = w403_view_cut(&rest, '\n');
        for (size_t i = 0; i < line.n; i++) {
            assert_true((unsigned char)line.p[i] >= 0x20);
        }
        if (line.n > 0 && line.p[line.n - 1] == ' ') {
            fail_msg("%.*s: `%.*s`", (int)c->name.n, c->name.p, (int)line.n, line.p);
        }
    }
}

static size_t count(w403_view text, const char *needle)
{
    size_t n = 0, at;
    while ((at = w403_view_find(text, w403_view_of(needle))) != SIZE_MAX) {
        text = w403_view_sub(text, at + 1, text.n);
        n++;
    }
    return n;
}

static void show(w403_arena *a, const w403_case *c, const w403_render_input *in)
{
    w403_buf out = {0};
    put(w403_render_text, &out, in, false);
    tidy(&out, c);
    put(w403_render_text, &out, in, true);
    put(w403_render_json, &out, in, true);
    const w403_json *o = parsed(a, &out, c), *causes = w403_json_get(o, "causes");
    assert_int_equal(causes->count, in->explanation->n_causes);
    for (const w403_json *cause = causes->first; cause; cause = cause->next) {
        with_blame += w403_json_is(w403_json_get(cause, "blame"), W403_JSON_OBJECT);
    }
    put(w403_render_sarif, &out, in, false);
    (void)parsed(a, &out, c);
    put(w403_render_html, &out, in, false);
    w403_view page = w403_buf_view(&out);
    assert_int_equal(count(page, "<mark"), count(page, "</mark>"));
    assert_int_equal(count(page, "<section"), count(page, "</section>"));
    assert_int_equal(count(page, "<script"), 1);
    w403_buf_free(&out);
    shown++;
}

static void one(const w403_case *c)
{
    w403_arena *a = w403_arena_new(0);
    w403_policies *policies = w403_policies_new();
    w403_snapshot *snapshot = NULL;
    w403_error err;
    w403_decision decision;
    w403_explanation explanation;
    w403_status status = W403_OK;
    if (c->snapshot) {
        status = w403_snapshot_parse(c->name, piece(c, c->snapshot->span), NULL, NULL, &snapshot, &err);
    }
    for (size_t i = 0; i < c->n_policies && status == W403_OK; i++) {
        const w403_case_policy *p = &c->policies[i];
        status = p->text.p ? w403_policies_add(policies, p->kind, p->level, p->name, p->text, &err) : W403_NOT_FOUND;
    }
    if (status == W403_OK) {
        status = w403_decide(snapshot, policies, &c->request, W403_DETAIL_FULL, a, &decision, &err);
    }
    if (status == W403_OK) {
        assert_int_equal(w403_explain(&c->request, &decision, a, &explanation, &err), W403_OK);
        show(a, c,
             &(w403_render_input){.snapshot = snapshot,
                                  .policies = policies,
                                  .request = &c->request,
                                  .decision = &decision,
                                  .explanation = &explanation});
    }
    w403_snapshot_free(snapshot);
    w403_policies_free(policies);
    w403_arena_free(a);
}

static void file(const char *path)
{
    w403_arena *a = w403_arena_new(0);
    w403_cases cases = {0};
    w403_view text;
    w403_error err;
    assert_int_equal(w403_file_read(a, path, &text, &err), W403_OK);
    if (w403_case_file_parse(a, w403_view_of(path), text, &cases, &err) != W403_OK) {
        fail_msg("%s: %s", path, err.message);
    }
    for (size_t i = 0; i < cases.n; i++) {
        if (!cases.at[i].is_inventory) {
            one(&cases.at[i]);
        }
    }
    w403_arena_free(a);
}

static void every_case(void **state)
{
    (void)state;
    static const char here[] = __FILE__;
    char path[1024];
    int folder = (int)(strrchr(here, '/') - here);
    assert_true(snprintf(path, sizeof path, "%.*s/../cases", folder, here) < (int)sizeof path);
    DIR *dir = opendir(path);
    if (!dir) {
        skip(); /* not run from the build directory */
    }
    for (const struct dirent *e; (e = readdir(dir));) {
        if (w403_view_ends(w403_view_of(e->d_name), W403_LIT(".json"))) {
            assert_true(snprintf(path, sizeof path, "%.*s/../cases/%s", folder, here, e->d_name) < (int)sizeof path);
            file(path);
        }
    }
    (void)closedir(dir);
    assert_true(shown > 300 && with_blame > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
