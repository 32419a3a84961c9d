/* What a sweep found, for programs. */
#include "cli/sweep_output.h"
#include "json/json.h"

static w403_view asked(const w403_sweep_answer *x)
{
    return x->request->operation.p ? x->request->operation : x->request->action;
}

static uint64_t all(const w403_sweep_totals *t)
{
    return t->objects[0] + t->objects[1] + t->objects[2];
}

/* ---- JSON ---- */

static void u64(w403_json_writer *w, const char *name, uint64_t n)
{
    w403_jw_key(w, name);
    w403_jw_u64(w, n);
}

static void str(w403_json_writer *w, const char *name, w403_view v)
{
    if (v.p) {
        w403_jw_key(w, name);
        w403_jw_str(w, v);
    }
}

static void views(w403_json_writer *w, const char *name, const w403_view *at, size_t n)
{
    w403_jw_key(w, name);
    w403_jw_array(w);
    for (size_t i = 0; i < n; i++) {
        w403_jw_str(w, at[i]);
    }
    w403_jw_end_array(w);
}

/* What an answer is, the same for a group and for one object. */
static void verdict_members(w403_json_writer *w, const w403_sweep_group *g)
{
    w403_jw_key(w, "decision");
    w403_jw_cstr(w, w403_verdict_name(g->verdict));
    if (g->status) {
        u64(w, "status", (uint64_t)g->status);
    }
    if (g->cause) {
        w403_jw_key(w, "cause");
        w403_jw_cstr(w, g->cause);
    }
    str(w, g->verdict == W403_UNDETERMINED ? "unknown" : "action", g->action);
    str(w, "owner", g->owner);
}

static void json_groups(w403_json_writer *w, const w403_sweep_totals *t)
{
    w403_jw_key(w, "causes");
    w403_jw_array(w);
    for (size_t i = 0; i < t->groups.n; i++) {
        const w403_sweep_group *g = &t->groups.at[i];
        w403_jw_object(w);
        u64(w, "objects", g->objects);
        str(w, "bucket", g->bucket);
        verdict_members(w, g);
        if (g->older) {
            w403_jw_key(w, "older_versions");
            w403_jw_bool(w, true);
        }
        views(w, "examples", g->examples, g->n_examples);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

void w403_sweep_json(w403_buf *out, const w403_sweep_answer *x)
{
    const w403_sweep_totals *t = x->totals;
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    u64(&w, "format", 1);
    str(&w, x->request->operation.p ? "operation" : "action", asked(x));
    str(&w, "principal", x->request->principal);
    u64(&w, "objects", all(t));
    for (int v = 0; v < 3; v++) {
        u64(&w, w403_verdict_name((w403_verdict)v), t->objects[v]);
    }
    u64(&w, "older_versions", t->older);
    u64(&w, "not_asked", t->not_asked);
    u64(&w, "files", t->files + x->missing);
    u64(&w, "damaged_files", t->damaged + x->missing);
    u64(&w, "malformed_rows", t->malformed);
    w403_jw_key(&w, "interrupted");
    w403_jw_bool(&w, x->interrupted);
    json_groups(&w, t);
    w403_jw_key(&w, "prefixes");
    w403_jw_array(&w);
    for (size_t i = 0; i < t->prefixes.n && i < x->top; i++) {
        w403_jw_object(&w);
        str(&w, "prefix", t->prefixes.at[i].text);
        u64(&w, "denied", t->prefixes.at[i].denied);
        u64(&w, "undetermined", t->prefixes.at[i].undetermined);
        w403_jw_end_object(&w);
    }
    w403_jw_end_array(&w);
    views(&w, "assumptions", t->assumptions.at, t->assumptions.n);
    views(&w, "unknown", t->unknown.at, t->unknown.n);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

void w403_sweep_list_json(w403_buf *out, const w403_sweep_row *row, const w403_sweep_group *g)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    str(&w, "bucket", g->bucket);
    str(&w, "key", row->object.key);
    str(&w, "version_id", row->version_id);
    verdict_members(&w, g);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

/* ---- CSV (RFC 4180) ---- */

static void field(w403_buf *out, w403_view v, char end)
{
    w403_buf_putc(out, '"');
    while (v.n) {
        size_t quote = w403_view_find_char(v, '"');
        size_t n = quote == SIZE_MAX ? v.n : quote + 1;
        w403_buf_put(out, w403_view_sub(v, 0, n));
        if (quote != SIZE_MAX) {
            w403_buf_putc(out, '"');
        }
        v = w403_view_sub(v, n, v.n);
    }
    w403_buf_putc(out, '"');
    w403_buf_putc(out, end);
}

static void verdict_fields(w403_buf *out, const w403_sweep_group *g, char end)
{
    w403_buf_printf(out, "\"%s\",\"%d\",", w403_verdict_name(g->verdict), g->status);
    field(out, w403_view_of(g->cause ? g->cause : ""), ',');
    field(out, g->action, ',');
    field(out, g->owner, end);
}

const char w403_sweep_list_header[] = "Bucket,Key,VersionId,Decision,Status,Cause,Action,Owner\n";

void w403_sweep_list_csv(w403_buf *out, const w403_sweep_row *row, const w403_sweep_group *g)
{
    field(out, g->bucket, ',');
    field(out, row->object.key, ',');
    field(out, row->version_id, ',');
    verdict_fields(out, g, '\n');
}

void w403_sweep_csv(w403_buf *out, const w403_sweep_answer *x)
{
    w403_buf_puts(out, "Objects,Bucket,Decision,Status,Cause,Action,Owner,Example\n");
    for (size_t i = 0; i < x->totals->groups.n; i++) {
        const w403_sweep_group *g = &x->totals->groups.at[i];
        w403_buf_printf(out, "\"%llu\",", (unsigned long long)g->objects);
        field(out, g->bucket, ',');
        verdict_fields(out, g, ',');
        field(out, g->n_examples ? g->examples[0] : (w403_view){"", 0}, '\n');
    }
}
