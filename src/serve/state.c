/* What the server says of itself: its snapshot, its health, its numbers. */
#include <time.h>

#include "base/encode.h"
#include "serve/route.h"

static void begin(w403_serving *q, w403_json_writer *w)
{
    w403_jw_init(w, &q->x->out, false);
    w403_jw_object(w);
}

static void end(w403_serving *q, w403_json_writer *w, int status)
{
    w403_jw_end_object(w);
    w403_buf_putc(&q->x->out, '\n');
    w403_answer(q, status, "application/json");
}

static void put_problems(w403_json_writer *w, const w403_problems *ps)
{
    w403_jw_key(w, "problems");
    w403_jw_array(w);
    for (size_t i = 0; i < ps->n; i++) {
        const w403_error *e = &ps->at[i].error;
        w403_jw_object(w);
        w403_jw_word(w, "level", ps->at[i].warning ? "warning" : "error");
        w403_jw_word(w, "message", e->message);
        w403_jw_text_unless_empty(w, "hint", w403_view_of(e->hint));
        if (e->line) {
            w403_jw_word(w, "source", e->source);
            w403_jw_number(w, "line", e->line);
            w403_jw_number(w, "column", e->column);
        }
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

void w403_route_snapshot(w403_serving *q)
{
    static const w403_problems none;
    const w403_generation     *g = q->world;
    const w403_snapshot       *s = g->world->snapshot;
    w403_json_writer           w;
    begin(q, &w);
    w403_jw_number(&w, "format", 1);
    w403_jw_number(&w, "generation", g->number);
    w403_jw_word(&w, "hash", g->hash);
    w403_jw_flag(&w, "loaded", s != NULL);
    w403_jw_number(&w, "files", g->files);
    w403_jw_number(&w, "bytes", g->bytes);
    w403_jw_text(&w, "loaded_at", w403_instant_format(q->arena, g->loaded_at * 1000000));
    if (g->collected_at) {
        w403_jw_text(&w, "collected_at", w403_instant_format(q->arena, g->collected_at * 1000000));
    }
    if (s) {
        w403_jw_text(&w, "partition", s->partition);
        w403_jw_number(&w, "accounts", s->n_accounts);
        w403_jw_number(&w, "buckets", s->buckets.n);
        w403_jw_number(&w, "principals", s->entities.n);
        w403_jw_key(&w, "paths");
        w403_jw_array(&w);
        for (uint32_t i = 0; i < s->n_files; i++) {
            w403_jw_str(&w, w403_generation_path(g, s->file_list[i]->source));
        }
        w403_jw_end_array(&w);
    }
    put_problems(&w, s ? &g->world->loaded : &none);
    end(q, &w, 200);
}

void w403_route_file(w403_serving *q)
{
    const w403_snapshot *s = q->world->world->snapshot;
    w403_view            path = w403_query_value(q->arena, q->query, "path");
    for (uint32_t i = 0; s && path.p && i < s->n_files; i++) { /* of those that were loaded, so no path leads elsewhere */
        if (w403_view_eq(w403_generation_path(q->world, s->file_list[i]->source), path)) {
            w403_answer_text(q, 200, "application/json", s->file_list[i]->text);
            return;
        }
    }
    w403_refuse(q, path.p ? 404 : 400, path.p ? "not-found" : "semantic",
                path.p ? "the snapshot has no file of this path" : "`path` names a file of the snapshot", NULL);
}

void w403_route_reload(w403_serving *q)
{
    if (!q->server->worlds.path) {
        w403_refuse(q, 409, "no-snapshot", "there is no snapshot to load anew", NULL);
        return;
    }
    if (!w403_server_reload(q->server)) {
        w403_refuse(q, 409, "reloading", "the snapshot is being loaded", NULL);
        return;
    }
    w403_answer_text(q, 202, "application/json", W403_LIT("{\"reloading\":true}\n"));
}

void w403_route_alive(w403_serving *q)
{
    w403_answer_text(q, 200, "application/json", W403_LIT("{\"status\":\"ok\"}\n"));
}

void w403_route_ready(w403_serving *q)
{
    w403_json_writer w;
    w403_worlds     *ws = &q->server->worlds;
    if (atomic_load(&q->server->draining)) {
        w403_refuse(q, 503, "draining", "the server is stopping", NULL);
        return;
    }
    (void)pthread_mutex_lock(&ws->lock);
    bool stale = ws->stale;
    (void)pthread_mutex_unlock(&ws->lock);
    begin(q, &w);
    w403_jw_word(&w, "status", "ok");
    w403_jw_number(&w, "generation", q->world->number);
    w403_jw_flag(&w, "stale", stale);
    end(q, &w, 200);
}

void w403_route_metrics(w403_serving *q)
{
    w403_metrics_write(q->server, &q->x->out);
    w403_answer(q, 200, "text/plain; version=0.0.4; charset=utf-8");
}
