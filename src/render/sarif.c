/* SARIF 2.1.0 for code scanning: one run, one rule a cause, one result a cause that was found. */
#include "base/encode.h"
#include "base/hash.h"
#include "render/answer.h"
#include "fix/edit.h"
#include "fix/fix.h"
#include "json/json.h"
#include "policy/policies.h"
#include "render/sarif.h"
#include "render/warnings.h"

/* `"name": {"text": ...}` */
static void message(w403_json_writer *w, const char *name, w403_view v)
{
    w403_jw_key(w, name);
    w403_jw_object(w);
    w403_jw_text(w, "text", v);
    w403_jw_end_object(w);
}

/* ---- the tool ---- */

/* deny.bucket-policy becomes DenyBucketPolicy. */
static w403_view rule_name(w403_arena *a, const char *id)
{
    w403_view name = w403_arena_copy(a, w403_view_of(id));
    char *p = name.p ? (char *)w403_arena_alloc(a, name.n + 1) : NULL;
    size_t n = 0;
    bool up = true;
    for (size_t i = 0; p && i < name.n; i++) {
        char c = name.p[i];
        if (c == '.' || c == '-') {
            up = true;
            continue;
        }
        p[n++] = up && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        up = false;
    }
    return p ? (w403_view){p, n} : (w403_view){"", 0};
}

/* The sentence has places that only a result fills: of a rule the title is said, and what ends it. */
static w403_view full_description(w403_arena *a, const w403_cause_info *info)
{
    w403_view title = w403_view_of(info->title), end = w403_view_of(info->way_out ? info->way_out : "");
    if (title.n == 0) {
        return end;
    }
    char first = title.p[0] >= 'a' && title.p[0] <= 'z' ? (char)(title.p[0] - 'a' + 'A') : title.p[0];
    return w403_arena_printf(a, "%c%.*s.%s%.*s", first, W403_ARG(w403_view_sub(title, 1, title.n)), end.n ? " " : "",
                             W403_ARG(end));
}

static void rule(w403_json_writer *w, w403_arena *a, const w403_cause_info *info)
{
    w403_jw_object(w);
    w403_jw_text(w, "id", w403_view_of(info->id));
    w403_jw_text(w, "name", rule_name(a, info->id));
    message(w, "shortDescription", w403_view_of(info->title));
    message(w, "fullDescription", full_description(a, info));
    w403_jw_text(w, "helpUri", w403_view_of(info->page));
    w403_jw_key(w, "defaultConfiguration");
    w403_jw_object(w);
    w403_jw_text(w, "level", W403_LIT("error"));
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

static void tool(w403_json_writer *w, w403_arena *a)
{
    w403_jw_key(w, "tool");
    w403_jw_object(w);
    w403_jw_key(w, "driver");
    w403_jw_object(w);
    w403_jw_text(w, "name", W403_LIT("why403"));
    w403_jw_text(w, "version", w403_view_of(w403_version()));
    w403_jw_text(w, "semanticVersion", w403_view_of(w403_version()));
    w403_jw_key(w, "rules");
    w403_jw_array(w);
    for (unsigned i = 0; w403_cause_info_at(i); i++) {
        rule(w, a, w403_cause_info_at(i));
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

/* Index of the rule in the list above; -1: none. */
static int64_t rule_index(const w403_cause_info *info)
{
    for (unsigned i = 0; w403_cause_info_at(i); i++) {
        if (w403_cause_info_at(i) == info) {
            return i;
        }
    }
    return -1;
}

/* ---- places ---- */

/* Columns of SARIF count characters (columnKind below). */
static uint32_t characters(w403_view text, size_t end)
{
    uint32_t n = 1;
    for (size_t i = end; i > 0 && text.p[i - 1] != '\n'; i--) {
        n += ((unsigned char)text.p[i - 1] & 0xC0) != 0x80;
    }
    return n;
}

static void region(w403_json_writer *w, const char *name, w403_view text, w403_span span)
{
    w403_place p = w403_answer_place(text, span);
    size_t from = span.off < text.n ? span.off : text.n;
    size_t to = span.len < text.n - from ? from + span.len : text.n;
    w403_jw_key(w, name);
    w403_jw_object(w);
    w403_jw_number(w, "startLine", p.line);
    w403_jw_number(w, "startColumn", characters(text, from));
    w403_jw_number(w, "endLine", p.end_line);
    w403_jw_number(w, "endColumn", characters(text, to));
    w403_jw_number(w, "byteOffset", from);
    w403_jw_number(w, "byteLength", to - from);
    w403_jw_end_object(w);
}

/* Paths as the user gave them: relative to the working directory, in CI the root of the repository. A file of the
 * snapshot stands below the folder that was named. */
static void artifact(w403_json_writer *w, const w403_answer *r, w403_view path)
{
    const w403_snapshot *snap = r->in->snapshot;
    w403_view folder = r->in->snapshot_folder;
    if (snap && w403_map_get(&snap->files, path)) {
        while (folder.n > 1 && folder.p[folder.n - 1] == '/') {
            folder.n--;
        }
        path = !folder.p ? (snap->root.n ? snap->root : path)
                         : w403_arena_printf(r->arena, "%.*s/%.*s", W403_ARG(folder), W403_ARG(path));
    }
    while (w403_view_starts(path, W403_LIT("./"))) {
        path = w403_view_sub(path, 2, path.n);
    }
    w403_sarif_artifact(w, r->arena, path);
}

/* A document that is a JSON string in a file has no lines of its own there: the string is the place. */
static void physical(w403_json_writer *w, const w403_answer *r, const w403_policy *p, w403_span span)
{
    const w403_snapshot *snap = r->in->snapshot;
    w403_view path = p->file.n > 0 ? p->file : p->doc.source, text = p->doc.text;
    if (p->embedded) {
        const w403_json_doc *file = snap ? (const w403_json_doc *)w403_map_get(&snap->files, path) : NULL;
        text = file ? file->text : (w403_view){NULL, 0};
        span = p->file_span;
    }
    w403_jw_key(w, "physicalLocation");
    w403_jw_object(w);
    artifact(w, r, path);
    if (text.p) {
        region(w, "region", text, span);
    }
    w403_jw_end_object(w);
}

static void logical(w403_json_writer *w, w403_view name)
{
    w403_jw_key(w, "logicalLocations");
    w403_jw_array(w);
    w403_jw_object(w);
    w403_jw_text(w, "fullyQualifiedName", name);
    w403_jw_text(w, "kind", W403_LIT("resource"));
    w403_jw_end_object(w);
    w403_jw_end_array(w);
}

/* The blamed bytes; else the file that says it; always the resource. */
static void location(w403_json_writer *w, const w403_answer *r, const w403_answer_cause *rc)
{
    const w403_cause *c = rc->cause;
    w403_view file = c->gate ? c->gate->source : c->layer ? c->layer->source : (w403_view){NULL, 0};
    w403_jw_key(w, "locations");
    w403_jw_array(w);
    w403_jw_object(w);
    if (rc->n_blames > 0) {
        physical(w, r, rc->blames[0].policy, rc->blames[0].span);
    } else if (file.n > 0) {
        w403_jw_key(w, "physicalLocation");
        w403_jw_object(w);
        artifact(w, r, file);
        w403_jw_end_object(w);
    }
    logical(w, c->resource);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
}

static void related_place(w403_json_writer *w, const w403_answer *r, uint64_t id, const w403_policy *p,
                          w403_span span, w403_view text)
{
    w403_jw_object(w);
    w403_jw_number(w, "id", id);
    physical(w, r, p, span);
    message(w, "message", text);
    w403_jw_end_object(w);
}

/* The other blames, and the statements that came near. */
static void related(w403_json_writer *w, const w403_answer *r, const w403_answer_cause *rc)
{
    enum { NEAR = 8 };
    const w403_cause *c = rc->cause;
    uint64_t id = 1;
    w403_jw_key(w, "relatedLocations");
    w403_jw_array(w);
    for (uint32_t i = 1; i < rc->n_blames; i++) {
        const w403_blame *b = &rc->blames[i];
        related_place(w, r, id++, b->policy, b->span, b->label.n ? b->label : W403_LIT("also blamed"));
    }
    for (uint32_t i = 0; c->check && c->layer && i < c->layer->n_near && i < NEAR; i++) {
        const w403_match *m = &c->layer->near[i];
        if (m->statement && m != c->match) {
            w403_view why = w403_match_why(c->check, m, r->arena);
            related_place(w, r, id++, m->statement->policy,
                          w403_answer_element(m->statement, (w403_element)m->failed),
                          why.n ? why : W403_LIT("does not apply"));
        }
    }
    w403_jw_end_array(w);
}

/* ---- fixes: those that change nothing but documents of files that are there ---- */

static w403_view file_text(const w403_answer *r, w403_view path)
{
    const w403_snapshot *snap = r->in->snapshot;
    const w403_json_doc *file = snap ? (const w403_json_doc *)w403_map_get(&snap->files, path) : NULL;
    size_t n = 0;
    const w403_given_policy *given = r->in->policies ? w403_policies_list(r->in->policies, &n) : NULL;
    for (size_t i = 0; i < n && !file; i++) {
        if (w403_view_eq(given[i].policy->file, path)) {
            return given[i].policy->embedded ? (w403_view){NULL, 0} : given[i].policy->doc.text;
        }
    }
    return file ? file->text : (w403_view){NULL, 0};
}

/* Bytes that both texts begin or end with are left as they are; a character is not cut. */
static void narrow(w403_view file, w403_span *at, w403_view *text)
{
    w403_view old = {file.p + at->off, at->len};
    size_t most = old.n < text->n ? old.n : text->n, head = 0, tail = 0;
    while (head < most && old.p[head] == text->p[head]) {
        head++;
    }
    while (head > 0 && head < old.n && ((unsigned char)old.p[head] & 0xC0) == 0x80) {
        head--;
    }
    while (tail < most - head && old.p[old.n - 1 - tail] == text->p[text->n - 1 - tail]) {
        tail++;
    }
    while (tail > 0 && ((unsigned char)old.p[old.n - tail] & 0xC0) == 0x80) {
        tail--;
    }
    *at = (w403_span){(uint32_t)(at->off + head), (uint32_t)(old.n - head - tail)};
    *text = w403_view_sub(*text, head, text->n - tail);
}

static bool step_change(w403_json_writer *w, const w403_answer *r, const w403_fix_step *s, bool write)
{
    w403_span at;
    w403_view text, file = s->kind == W403_FIX_POLICY ? file_text(r, s->source_file) : (w403_view){NULL, 0};
    bool good = file.p && w403_fix_in_file(r->arena, s, file, &at, &text);
    if (!good || !write) {
        return good;
    }
    narrow(file, &at, &text);
    w403_jw_object(w);
    artifact(w, r, s->source_file);
    w403_jw_key(w, "replacements");
    w403_jw_array(w);
    w403_jw_object(w);
    region(w, "deletedRegion", file, at);
    message(w, "insertedContent", text);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
    w403_jw_end_object(w);
    return true;
}

static bool is_document_change(w403_json_writer *w, const w403_answer *r, const w403_fix *f)
{
    for (uint32_t i = 0; i < f->n_steps; i++) {
        if (!step_change(w, r, &f->steps[i], false)) {
            return false;
        }
    }
    return f->n_steps > 0;
}

static void fixes(w403_json_writer *w, const w403_answer *r)
{
    const w403_fix_list *list = r->in->fixes;
    bool any = false;
    for (uint32_t i = 0; list && i < list->n; i++) {
        const w403_fix *f = &list->at[i];
        if (!is_document_change(w, r, f)) {
            continue;
        }
        if (!any) {
            w403_jw_key(w, "fixes");
            w403_jw_array(w);
        }
        any = true;
        w403_jw_object(w);
        message(w, "description", f->title);
        w403_jw_key(w, "artifactChanges");
        w403_jw_array(w);
        for (uint32_t k = 0; k < f->n_steps; k++) {
            (void)step_change(w, r, &f->steps[k], true);
        }
        w403_jw_end_array(w);
        w403_jw_end_object(w);
    }
    if (any) {
        w403_jw_end_array(w);
    }
}

/* ---- results ---- */

/* The same finding in a later run: the cause, what was asked, and the statement without its place. */
static w403_view fingerprint(const w403_answer *r, const w403_cause *c)
{
    const w403_statement *s = c->match ? c->match->statement : NULL;
    uint64_t h = w403_hash(c->id, c->id ? strlen(c->id) : 0);
    w403_view parts[] = {c->action, c->resource, r->request->principal,
                         s ? s->policy->doc.source : (w403_view){"", 0}, s ? s->sid : (w403_view){"", 0}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        uint64_t pair[2] = {h, w403_hash(parts[i].n ? parts[i].p : "", parts[i].n)};
        h = w403_hash(pair, sizeof pair);
    }
    return w403_arena_printf(r->arena, "%016llx", (unsigned long long)h);
}

static void result(w403_json_writer *w, const w403_answer *r, const w403_answer_cause *rc)
{
    const w403_cause *c = rc->cause;
    int64_t index = rule_index(rc->info);
    w403_verdict v = r->decision->verdict;
    w403_jw_object(w);
    w403_jw_text(w, "ruleId", w403_view_of(c->id));
    if (index >= 0) {
        w403_jw_key(w, "ruleIndex");
        w403_jw_i64(w, index);
    }
    w403_jw_text(w, "level", w403_view_of(v == W403_DENIED ? "error" : v == W403_UNDETERMINED ? "warning" : "note"));
    w403_view label = rc->n_blames > 0 ? rc->blames[0].label : (w403_view){NULL, 0};
    message(w, "message",
            label.n
                ? w403_arena_printf(r->arena, "%.*s (%.*s)", (int)c->sentence.n, c->sentence.p, (int)label.n, label.p)
                : c->sentence);
    location(w, r, rc);
    related(w, r, rc);
    fixes(w, r);
    w403_jw_key(w, "partialFingerprints");
    w403_jw_object(w);
    w403_jw_text(w, "why403/v1", fingerprint(r, c));
    w403_jw_end_object(w);
    w403_jw_key(w, "properties");
    w403_jw_object(w);
    w403_jw_text(w, "action", c->action);
    w403_jw_text(w, "resource", c->resource);
    w403_jw_text(w, "principal", r->request->principal);
    w403_jw_text(w, "decision", w403_view_of(w403_verdict_name(v)));
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

w403_status w403_render_sarif(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                              w403_error *err)
{
    (void)opt;
    w403_answer r;
    w403_json_writer w;
    W403_TRY(w403_answer_open(&r, in, err));
    w403_jw_init(&w, out, true);
    w403_jw_object(&w);
    w403_jw_text(&w, "$schema", W403_LIT("https://json.schemastore.org/sarif-2.1.0.json"));
    w403_jw_text(&w, "version", W403_LIT("2.1.0"));
    w403_jw_key(&w, "runs");
    w403_jw_array(&w);
    w403_jw_object(&w);
    tool(&w, r.arena);
    w403_sarif_bases(&w);
    w403_warnings_sarif(&w, in->warnings);
    w403_jw_text(&w, "columnKind", W403_LIT("unicodeCodePoints"));
    w403_jw_key(&w, "results");
    w403_jw_array(&w);
    for (uint32_t i = 0; i < r.n_causes; i++) {
        result(&w, &r, &r.causes[i]);
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
    w403_answer_close(&r);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}
