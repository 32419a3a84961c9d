/* What a sweep found, for programs. */
#include "cli/csv.h"
#include "cli/sweep_output.h"
#include "json/json.h"
#include "render/warnings.h"

static w403_view asked(const w403_sweep_answer *x)
{
    return x->request->operation.p ? x->request->operation : x->request->action;
}

static uint64_t all(const w403_sweep_totals *t)
{
    return t->objects[0] + t->objects[1] + t->objects[2];
}

/* ---- JSON ---- */

/* What an answer is, the same for a group and for one object. */
static void verdict_members(w403_json_writer *w, const w403_sweep_group *g)
{
    w403_jw_key(w, "decision");
    w403_jw_cstr(w, w403_verdict_name(g->verdict));
    if (g->status) {
        w403_jw_number(w, "status", (uint64_t)g->status);
    }
    if (g->cause) {
        w403_jw_key(w, "cause");
        w403_jw_cstr(w, g->cause);
    }
    w403_jw_text(w, g->verdict == W403_UNDETERMINED ? "unknown" : "action", g->action);
    w403_jw_text(w, "owner", g->owner);
}

static void json_groups(w403_json_writer *w, const w403_sweep_totals *t)
{
    w403_jw_key(w, "causes");
    w403_jw_array(w);
    for (size_t i = 0; i < t->groups.n; i++) {
        const w403_sweep_group *g = &t->groups.at[i];
        w403_jw_object(w);
        w403_jw_number(w, "objects", g->objects);
        w403_jw_text(w, "bucket", g->bucket);
        verdict_members(w, g);
        if (g->older) {
            w403_jw_flag(w, "older_versions", true);
        }
        w403_jw_texts(w, "examples", g->examples, g->n_examples);
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
    w403_jw_number(&w, "format", 1);
    w403_jw_text(&w, x->request->operation.p ? "operation" : "action", asked(x));
    w403_jw_text(&w, "principal", x->request->principal);
    w403_jw_number(&w, "objects", all(t));
    for (int v = 0; v < 3; v++) {
        w403_jw_number(&w, w403_verdict_name((w403_verdict)v), t->objects[v]);
    }
    w403_jw_number(&w, "older_versions", t->older);
    w403_jw_number(&w, "not_asked", t->not_asked);
    w403_jw_number(&w, "files", t->files + x->missing);
    w403_jw_number(&w, "damaged_files", t->damaged + x->missing);
    w403_jw_number(&w, "malformed_rows", t->malformed);
    w403_jw_flag(&w, "interrupted", x->interrupted);
    json_groups(&w, t);
    w403_jw_key(&w, "prefixes");
    w403_jw_array(&w);
    for (size_t i = 0; i < t->prefixes.n && i < x->top; i++) {
        w403_jw_object(&w);
        w403_jw_text(&w, "prefix", t->prefixes.at[i].text);
        w403_jw_number(&w, "denied", t->prefixes.at[i].denied);
        w403_jw_number(&w, "undetermined", t->prefixes.at[i].undetermined);
        w403_jw_end_object(&w);
    }
    w403_jw_end_array(&w);
    w403_jw_texts(&w, "assumptions", t->assumptions.at, t->assumptions.n);
    w403_jw_texts(&w, "unknown", t->unknown.at, t->unknown.n);
    w403_jw_texts(&w, "limits", t->limits.at, t->limits.n);
    w403_warnings_json(&w, x->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

void w403_sweep_list_json(w403_buf *out, const w403_sweep_row *row, const w403_sweep_group *g)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_text(&w, "bucket", g->bucket);
    w403_jw_text(&w, "key", row->object.key);
    w403_jw_text(&w, "version_id", row->version_id);
    verdict_members(&w, g);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

/* ---- CSV ---- */

static void verdict_fields(w403_buf *out, const w403_sweep_group *g, char end)
{
    w403_csv_cell(out, w403_view_of(w403_verdict_name(g->verdict)), ',');
    w403_csv_number(out, (uint64_t)g->status, ',');
    w403_csv_cell(out, w403_view_of(g->cause ? g->cause : ""), ',');
    w403_csv_cell(out, g->action, ',');
    w403_csv_cell(out, g->owner, end);
}

const char w403_sweep_list_header[] = "Bucket,Key,VersionId,Decision,Status,Cause,Action,Owner\n";

void w403_sweep_list_csv(w403_buf *out, const w403_sweep_row *row, const w403_sweep_group *g)
{
    w403_csv_cell(out, g->bucket, ',');
    w403_csv_cell(out, row->object.key, ',');
    w403_csv_cell(out, row->version_id, ',');
    verdict_fields(out, g, '\n');
}

void w403_sweep_csv(w403_buf *out, const w403_sweep_answer *x)
{
    w403_buf_puts(out, "Objects,Bucket,Decision,Status,Cause,Action,Owner,Example\n");
    for (size_t i = 0; i < x->totals->groups.n; i++) {
        const w403_sweep_group *g = &x->totals->groups.at[i];
        w403_csv_number(out, g->objects, ',');
        w403_csv_cell(out, g->bucket, ',');
        verdict_fields(out, g, ',');
        w403_csv_cell(out, g->n_examples ? g->examples[0] : (w403_view){"", 0}, '\n');
    }
}
