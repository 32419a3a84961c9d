/* The folder that a run writes to, and its snapshot.json: whose it is, and may this run write there? */
#include "collect/state.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"

/* What the snapshot.json of a folder says. */
typedef struct meta {
    bool         there, ours, incomplete;
    w403_view    caller, partition, started;
    w403_instant at;
} meta;

static const char *made_path(w403_run *r)
{
    const char *path = r->opt->path;
    size_t      n = strlen(path);
    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    return r->opt->refresh ? w403_arena_printf(r->arena, "%.*s.new", (int)n, path).p : path;
}

static w403_status read_meta(w403_run *r, const char *folder, meta *out, w403_error *err)
{
    w403_json_doc doc = {0};
    w403_error    ignored = {0};
    struct stat   info;
    *out = (meta){0};
    w403_view path = w403_arena_printf(r->arena, "%s/snapshot.json", folder);
    W403_NEED(path.p, err);
    if (stat(path.p, &info) != 0 || w403_file_read(r->arena, path.p, &doc.text, &ignored) != W403_OK ||
        w403_json_parse(r->arena, path, doc.text, NULL, &doc, NULL, &ignored) != W403_OK) {
        return W403_OK;
    }
    const w403_json *c = w403_json_get(doc.root, "collector");
    out->there = true;
    out->ours = w403_json_is(c, W403_JSON_OBJECT) && w403_json_get(c, "version");
    out->incomplete = w403_json_bool(c, "incomplete", false);
    out->caller = w403_json_str(c, "caller");
    out->partition = w403_json_str(doc.root, "partition");
    out->started = w403_json_str(c, "started");
    if (!w403_instant_parse(out->started, &out->at)) {
        out->at = 0;
    }
    return W403_OK;
}

static w403_status taken(const char *path, const meta *m, w403_error *err)
{
    if (!m->ours) {
        w403_status st =
            w403_error_set(err, W403_SEMANTIC, "`%.300s` holds files that `why403 collect` has not made", path);
        w403_error_hint(err, "name another folder; `--force` writes into this one all the same");
        return st;
    }
    w403_status st = w403_error_set(err, W403_SEMANTIC, m->incomplete ? "`%.300s` holds an interrupted collection"
                                                                      : "`%.300s` holds a snapshot",
                                    path);
    w403_error_hint(err, m->incomplete ? "`--resume` goes on with it, `--refresh` begins anew"
                                       : "`--refresh` replaces it");
    return st;
}

/* What can be known before AWS is asked. */
w403_status w403_run_check_folder(w403_run *r, w403_error *err)
{
    meta m;
    if (!r->opt->path || r->opt->force || w403_folder_is_empty(r->opt->path)) {
        return W403_OK;
    }
    W403_TRY(read_meta(r, r->opt->path, &m, err));
    if (m.ours && (r->opt->resume || r->opt->refresh)) {
        return W403_OK;
    }
    return taken(r->opt->path, &m, err);
}

/* An assumed role's ARN ends in the name of its session, which is another one every time. */
static w403_view who(w403_view arn)
{
    if (w403_view_find(arn, W403_LIT(":assumed-role/")) != SIZE_MAX) {
        while (arn.n && arn.p[arn.n - 1] != '/') {
            arn.n--;
        }
    }
    return arn;
}

static w403_status may_go_on(w403_run *r, const char *path, const meta *m, w403_error *err)
{
    if (!w403_view_eq(who(m->caller), who(r->report->caller)) || !w403_view_eq(m->partition, r->report->partition)) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.300s` was begun by %.*s, and this is %.*s", path,
                                        W403_CUT(m->caller), W403_CUT(r->report->caller));
        w403_error_hint(err, "take the same credentials, or begin anew with `--refresh`");
        return st;
    }
    if (r->report->started - m->at > r->opt->max_age) {
        w403_status st =
            w403_error_set(err, W403_SEMANTIC, "the collection in `%.300s` began at %.*s, which is too long ago",
                           path, W403_CUT(m->started));
        w403_error_hint(err, "begin anew with `--refresh`, or allow a longer time with `--max-age`");
        return st;
    }
    r->report->started = m->at; /* the snapshot is as old as its oldest part */
    return W403_OK;
}

w403_status w403_run_open_folder(w403_run *r, w403_error *err)
{
    meta m;
    if (!r->opt->path || r->opt->dry) {
        return W403_OK;
    }
    const char *path = made_path(r);
    W403_NEED(path, err);
    if (r->opt->refresh && !r->opt->resume &&
        !w403_folder_is_empty(path)) { /* of a refresh that did not come to its end */
        W403_TRY(read_meta(r, path, &m, err));
        W403_TRY(m.ours || r->opt->force ? w403_folder_delete(path, err) : taken(path, &m, err));
    }
    W403_TRY(read_meta(r, path, &m, err));
    if (r->opt->resume && m.ours) {
        W403_TRY(may_go_on(r, path, &m, err));
        W403_TRY(w403_folder_clean(path, err));
    }
    r->report->folder = w403_view_of(path);
    W403_TRY(w403_folder_open(path, &r->folder, err));
    W403_TRY(w403_run_meta(r, false, err));
    return w403_folder_settle(r->folder, err);
}

/* ---- snapshot.json ---- */

static void put_accounts(const w403_run *r, w403_json_writer *w)
{
    w403_jw_key(w, "accounts");
    w403_jw_array(w);
    for (const w403_run_account *a = r->accounts; a; a = a->next) {
        w403_jw_str(w, a->id);
    }
    w403_jw_end_array(w);
}

static void put_regions(w403_run *r, w403_json_writer *w)
{
    w403_map seen = {0};
    w403_jw_key(w, "regions");
    w403_jw_array(w);
    for (const w403_run_account *a = r->accounts; a; a = a->next) {
        for (w403_run_region *g = a->regions; g; g = g->next) {
            if (!w403_map_get(&seen, g->name) && w403_map_put(r->arena, &seen, g->name, g)) {
                w403_jw_str(w, g->name);
            }
        }
    }
    w403_jw_end_array(w);
}

static void put_counts(const w403_run *r, w403_json_writer *w)
{
    w403_jw_text(w, "finished", w403_instant_format(r->arena, r->report->finished));
    w403_jw_number(w, "known", r->report->known);
    w403_jw_number(w, "not_configured", r->report->not_configured);
    w403_jw_number(w, "unknown", r->report->unknown);
}

/* A run that left services or buckets out says so: what is not there is then unknown. */
static const char *mode_of(const w403_run *r)
{
    return r->opt->only || r->opt->bucket.n || r->store ? "narrow" : r->opt->organization ? "organization" : "whole";
}

w403_status w403_run_meta(w403_run *r, bool finished, w403_error *err)
{
    w403_buf         flat = {0}, text = {0};
    w403_json_writer w;
    w403_view        started = w403_instant_format(r->arena, r->report->started);
    w403_jw_init(&w, &flat, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_text(&w, "collected_at", started);
    w403_jw_text(&w, "partition", r->report->partition);
    w403_jw_key(&w, "collector");
    w403_jw_object(&w);
    w403_jw_word(&w, "version", W403_VERSION);
    w403_jw_text(&w, "caller", r->report->caller);
    w403_jw_word(&w, "mode", mode_of(r));
    put_accounts(r, &w);
    put_regions(r, &w);
    w403_jw_text(&w, "started", started);
    if (finished) {
        put_counts(r, &w);
    } else {
        w403_jw_flag(&w, "incomplete", true);
    }
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    w403_compose_file(&text, w403_buf_view(&flat), (w403_view){NULL, 0});
    text.failed |= flat.failed || !w403_arena_ok(r->arena);
    w403_status st = w403_run_write(r, W403_LIT("snapshot.json"), &text, err);
    w403_buf_free(&flat);
    w403_buf_free(&text);
    return st;
}

/* The last word: all files are on the disk before snapshot.json says that they are. */
w403_status w403_run_close_folder(w403_run *r, w403_error *err)
{
    if (!r->folder) {
        return W403_OK;
    }
    W403_TRY(w403_folder_settle(r->folder, err));
    if (r->report->interrupted) {
        return W403_OK;
    }
    W403_TRY(w403_run_meta(r, true, err));
    W403_TRY(w403_folder_settle(r->folder, err));
    if (r->opt->refresh) {
        W403_TRY(w403_folder_exchange(r->report->folder.p, r->opt->path, err));
        r->report->folder = w403_view_of(r->opt->path);
    }
    return W403_OK;
}
