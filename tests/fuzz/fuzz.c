#include "fuzz.h"

#include <stdlib.h>

#include "json/json.h"
#include "policy/policies.h"
#include "snapshot/load.h"

void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ---- commands ---- */

static bool is_bare(char c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || (c && strchr("_@%+=:,./-", c)) || (unsigned char)c >= 0x80;
}

/* Behind the quote at `i`, or the text's end, which is wrong. `dollar`: $'...' has escapes. */
static size_t quoted(w403_view v, size_t i, bool dollar)
{
    for (i++; i < v.n && v.p[i] != '\''; i++) {
        i += dollar && v.p[i] == '\\';
    }
    must(i < v.n);
    return i + 1;
}

/* `cat > FILE <<'WORD'` has lines up to WORD. */
static size_t here_document(w403_view v, size_t i)
{
    must(w403_view_starts(w403_view_sub(v, i, v.n), W403_LIT("<<'")));
    size_t end = quoted(v, i + 2, false);
    w403_view word = w403_view_sub(v, i + 3, end - 1);
    must(word.n > 0 && end < v.n && v.p[end] == '\n');
    w403_view rest = w403_view_sub(v, end + 1, v.n);
    while (rest.p) {
        w403_view line = w403_view_cut(&rest, '\n');
        if (w403_view_eq(line, word)) {
            return rest.p ? (size_t)(rest.p - v.p) - 1 : v.n;
        }
    }
    must(false);
    return v.n;
}

static bool is_ours(w403_view program)
{
    static const char *const ours[] = {"aws", "jq", "cat", "zcat", "grep", "why403", "xargs", "gzip", "zstd", "xz", "bzip2", "sed",
                                       "head", "parquet-tools", "duckdb", "unzip", "curl"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (w403_view_eq(program, w403_view_of(ours[i]))) {
            return true;
        }
    }
    return false;
}

/* One word at `i`. */
static size_t word(w403_view v, size_t i)
{
    while (i < v.n && (is_bare(v.p[i]) || v.p[i] == '\'' || v.p[i] == '$' || v.p[i] == '\\')) {
        if (v.p[i] == '$') {
            must(i + 1 < v.n && v.p[i + 1] == '\'');
            i = quoted(v, i + 1, true);
        } else if (v.p[i] == '\'') {
            i = quoted(v, i, false);
        } else if (v.p[i] == '\\') {
            must(i + 1 < v.n && (v.p[i + 1] == '\n' || v.p[i + 1] == '\''));
            i += 2;
        } else {
            i++;
        }
    }
    return i;
}

void must_be_words(w403_view v)
{
    bool first = true;
    for (size_t i = 0; i < v.n;) {
        char c = v.p[i];
        if (c == ' ') {
            i++;
        } else if (c == '\n' || c == '|' || c == '&') {
            must(c != '&' || (i + 1 < v.n && v.p[i + 1] == '&'));
            i += c == '&' ? 2 : 1;
            first = true;
        } else if (c == '#') {
            must(i == 0 || v.p[i - 1] == ' ' || v.p[i - 1] == '\n');
            while (i < v.n && v.p[i] != '\n') {
                i++;
            }
        } else if (c == '>') {
            i++;
        } else if (c == '<') {
            i = here_document(v, i);
        } else {
            size_t end = word(v, i);
            must(end > i);
            must(!first || is_ours(w403_view_sub(v, i, end)));
            first = false;
            i = end;
        }
    }
}

/* ---- fixes ---- */

static void must_be_json(w403_arena *a, w403_view text)
{
    w403_json_doc doc;
    w403_status status = w403_json_parse(a, W403_LIT("fix"), text, NULL, &doc, NULL, NULL);
    must(status == W403_OK || status == W403_NOMEM);
}

void must_be_fixes(w403_arena *a, const w403_fix_list *list)
{
    must(list->n > 0 || list->none.n > 0);
    for (uint32_t i = 0; i < list->n; i++) {
        const w403_fix *f = &list->at[i];
        must(f->proof == W403_ALLOWED && f->n_steps > 0);
        for (uint32_t k = 0; k < f->n_steps; k++) {
            const w403_fix_step *s = &f->steps[k];
            must(s->title.n > 0 && s->id);
            if (s->kind == W403_FIX_POLICY) {
                must_be_json(a, s->after);
                must_be_json(a, s->patch);
            }
            for (uint32_t j = 0; j < s->n_commands; j++) {
                must_be_words(s->commands[j]);
            }
            for (uint32_t j = 0; j < s->n_rollback; j++) {
                must_be_words(s->rollback[j]);
            }
        }
    }
}

/* ---- renderers ---- */

static size_t count(w403_view text, w403_view needle)
{
    size_t times = 0;
    for (size_t at; (at = w403_view_find(text, needle)) != SIZE_MAX; times++) {
        text = w403_view_sub(text, at + 1, text.n);
    }
    return times;
}

void must_render(w403_arena *a, const w403_render_input *in)
{
    w403_buf out = {0};
    const w403_render_options opt = {.full = true, .width = 80};
    must(w403_render_text(&out, in, &opt, NULL) == W403_OK);
    for (size_t i = 0; i < out.n; i++) {
        must((unsigned char)out.p[i] >= 0x20 || out.p[i] == '\n');
    }
    w403_buf_clear(&out);
    must(w403_render_json(&out, in, &opt, NULL) == W403_OK);
    must_be_json(a, w403_buf_view(&out));
    w403_buf_clear(&out);
    must(w403_render_sarif(&out, in, &opt, NULL) == W403_OK);
    must_be_json(a, w403_buf_view(&out));
    w403_buf_clear(&out);
    must(w403_render_html(&out, in, &opt, NULL) == W403_OK);
    must(count(w403_buf_view(&out), W403_LIT("<script")) == 1);
    w403_buf_free(&out);
}

/* ---- a case ---- */

static w403_policies *policies_of(const w403_case *c)
{
    w403_policies *ps = c->n_policies ? w403_policies_new() : NULL;
    for (size_t i = 0; ps && i < c->n_policies; i++) {
        const w403_case_policy *p = &c->policies[i];
        if (p->text.p && w403_policies_add(ps, p->kind, p->level, p->name, p->text, NULL) != W403_OK) {
            w403_policies_free(ps);
            return NULL;
        }
    }
    return ps;
}

static void ask(w403_arena *a, const w403_snapshot *snapshot, const w403_policies *policies, const w403_request *request)
{
    w403_decision d;
    w403_explanation x;
    w403_fix_list fixes = {0};
    if (w403_decide(snapshot, policies, request, W403_DETAIL_FULL, a, &d, NULL) != W403_OK ||
        w403_explain(request, &d, a, &x, NULL) != W403_OK) {
        return;
    }
    must(d.verdict != W403_DENIED || x.n_causes > 0);
    if (w403_fix_find(snapshot, policies, request, &d, &x, NULL, a, &fixes, NULL) != W403_OK) {
        return;
    }
    must_be_fixes(a, &fixes);
    must_render(a, &(w403_render_input){.snapshot = snapshot, .policies = policies, .request = request, .decision = &d,
                                        .explanation = &x, .fixes = &fixes});
}

void ask_case(w403_arena *a, const w403_case *c)
{
    w403_snapshot *snapshot = NULL;
    w403_problems problems = {.arena = a};
    if (c->is_inventory || c->lint || c->question ||
        (c->snapshot && w403_snapshot_from_json(c->doc, c->snapshot, &problems, &snapshot, NULL) != W403_OK)) {
        return;
    }
    w403_policies *policies = policies_of(c);
    if (policies || c->n_policies == 0) {
        ask(a, snapshot, policies, &c->request);
    }
    w403_policies_free(policies);
    w403_snapshot_free(snapshot);
}
