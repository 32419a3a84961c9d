/* Answers become files: one answer, its pages joined, or several answers in one. */
#include "collect/state.h"

w403_status w403_run_write(w403_run *r, w403_view path, const w403_buf *text, w403_error *err)
{
    W403_NEED(w403_buf_ok(text), err);
    return r->folder ? w403_folder_write(r->folder, path, w403_buf_view(text), err) : W403_OK;
}

static w403_compose_failure failure_of(w403_run *r, unsigned row, w403_view code, w403_view message)
{
    if (w403_meaning_of(row, code) != W403_MEANS_UNKNOWN) { /* AWS's own word for "there is none" says it all */
        return (w403_compose_failure){.code = code};
    }
    return (w403_compose_failure){code, message, w403_place_call_name(r->scratch, row), r->at};
}

w403_status w403_run_write_failure(w403_run *r, w403_view path, unsigned row, w403_view code, w403_view message,
                                   w403_error *err)
{
    w403_buf text = {0};
    w403_arena_reset(r->scratch);
    w403_compose_failure why = failure_of(r, row, code, message);
    w403_compose_error(&text, &why, 0);
    w403_buf_putc(&text, '\n');
    w403_status st = w403_run_write(r, path, &text, err);
    w403_buf_free(&text);
    return st;
}

/* ---- one call, one file ---- */

/* Of ListAccounts the mail addresses are left out: nobody needs them to decide anything. */
static w403_view left_out(unsigned row)
{
    return row == W403_CALL_ORGANIZATIONS_LISTACCOUNTS ? W403_LIT("Email") : (w403_view){NULL, 0};
}

/* It is read, so that what is written is JSON, but not kept: an answer may have a million parts. */
static w403_status check_page(w403_run *r, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc     doc = {0};
    w403_arena       *below = w403_arena_new(0);
    w403_json_options opt = {.below = below};
    w403_arena_reset(r->page);
    w403_status st = below ? w403_json_parse(r->page, W403_LIT("answer"), a->json, &opt, &doc, NULL, err)
                           : w403_error_nomem(err);
    w403_arena_free(below);
    return st;
}

static w403_status write_one_page(w403_run *r, const w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_buf text = {0};
    W403_TRY(check_page(r, a, err));
    w403_compose_file(&text, a->json, left_out(q->row));
    w403_status st = w403_run_write(r, (w403_view){q->path, q->n_path}, &text, err);
    w403_buf_free(&text);
    return st;
}

w403_status w403_run_take_page(w403_run *r, w403_run_request *q, const w403_live_answer *a, bool *whole,
                               w403_error *err)
{
    *whole = a->last;
    if (!r->folder) {
        return W403_OK;
    }
    if (q->anew) {
        w403_join_close(q->join);
        q->join = NULL;
    }
    if (a->page == 0 && a->last) {
        return write_one_page(r, q, a, err);
    }
    if (!q->join) {
        W403_TRY(w403_join_open(r->folder, (w403_view){q->path, q->n_path}, left_out(q->row), &q->join, err));
    }
    W403_TRY(w403_join_page(q->join, a->json, err));
    return a->last ? w403_join_write(q->join, err) : W403_OK;
}

w403_status w403_run_on_file(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    bool whole;
    if (!a->code.n) {
        W403_TRY(w403_run_take_page(r, q, a, &whole, err));
        r->report->known += whole;
        return W403_OK;
    }
    if (w403_meaning_of(q->row, a->code) == W403_MEANS_NOT_CONFIGURED) {
        r->report->not_configured++;
    } else {
        W403_TRY(w403_run_unknown(r, W403_UNKNOWN_CALL, q->row, q->account, a->code, w403_run_said(a),
                                  q->name.n ? q->name : q->region, err));
    }
    return w403_run_write_failure(r, (w403_view){q->path, q->n_path}, q->row, a->code, a->message, err);
}

/* ---- several calls, one file ---- */

w403_run_unit *w403_run_unit_new(w403_run *r, w403_run_lane *lane, w403_view name, w403_view path)
{
    w403_run_unit *u = r->free_units ? r->free_units : w403_arena_alloc(r->arena, sizeof *u);
    if (!u || path.n > sizeof u->path) {
        return NULL;
    }
    bool           again = u == r->free_units;
    w403_run_unit *older = again ? u->older : r->units;
    r->free_units = again ? u->next : r->free_units;
    r->units = again ? r->units : u;
    memset(u, 0, offsetof(w403_run_unit, path));
    u->older = older;
    u->lane = lane;
    u->name = name;
    u->n_path = path.n;
    memcpy(u->path, path.p, path.n);
    return u;
}

static w403_status unit_write(w403_run *r, w403_run_unit *u, w403_error *err)
{
    w403_compose_part parts[W403_RUN_PARTS];
    w403_buf flat = {0}, text = {0};
    for (unsigned i = 0; i < u->n; i++) {
        if (u->part[i].list) {
            w403_buf_putc(&u->part[i].value, ']');
        }
        W403_NEED(w403_buf_ok(&u->part[i].value), err);
        parts[i] = (w403_compose_part){u->part[i].name, w403_buf_view(&u->part[i].value)};
    }
    w403_compose_members(&flat, parts, u->n);
    w403_compose_file(&text, w403_buf_view(&flat), (w403_view){NULL, 0});
    text.failed |= flat.failed;
    w403_status st = w403_run_write(r, (w403_view){u->path, u->n_path}, &text, err);
    w403_buf_free(&flat);
    w403_buf_free(&text);
    return st;
}

/* Everything that was asked has come. */
static w403_status unit_finish(w403_run *r, w403_run_unit *u, w403_error *err)
{
    bool        whole = !u->gone && !u->refused;
    w403_status st = whole ? unit_write(r, u, err) : W403_OK;
    r->report->known += whole;
    r->report->gone += u->gone;
    for (unsigned i = 0; i < u->n; i++) {
        w403_buf_free(&u->part[i].value);
    }
    u->next = r->free_units;
    r->free_units = u;
    w403_run_lane_done(r, u->lane);
    return st;
}

w403_status w403_run_unit_ask(w403_run *r, w403_run_unit *u, w403_run_request *q, w403_error *err)
{
    W403_NEED(q, err);
    q->part = (uint8_t)u->n;
    u->part[u->n++].name = w403_place_member(q->row);
    u->waiting++;
    return w403_run_ask(r, q, err);
}

w403_status w403_run_unit_part(w403_run *r, w403_run_unit *u, const char *name, w403_view json, w403_error *err)
{
    (void)r;
    u->part[u->n].name = w403_view_of(name);
    w403_buf_put(&u->part[u->n].value, json);
    W403_NEED(w403_buf_ok(&u->part[u->n].value), err);
    u->n++;
    return W403_OK;
}

/* The member that the part is, of an answer that has others too; the answer itself, where it has no such member. */
static w403_status put_part(w403_run *r, w403_run_unit *u, const w403_run_request *q, const w403_live_answer *a,
                            w403_error *err)
{
    w403_json_doc doc;
    w403_buf     *out = &u->part[q->part].value;
    W403_TRY(w403_run_parse(r, a, &doc, err));
    if (q->anew) {
        w403_buf_clear(out);
        u->part[q->part].list = false;
    }
    const w403_json *v = doc.root;
    for (const w403_json *m = u->part[q->part].name.n && v->type == W403_JSON_OBJECT ? v->first : NULL; m;
         m = m->next) {
        v = w403_view_eq(m->key, u->part[q->part].name) ? m : v;
    }
    w403_view text = w403_view_sub(a->json, v->span.off, v->span.off + v->span.len);
    if (v->type == W403_JSON_ARRAY) {
        w403_view inner = w403_view_trim(w403_view_sub(text, 1, text.n - 1));
        w403_buf_puts(out, !u->part[q->part].list ? "[" : out->n > 1 && inner.n ? "," : "");
        w403_buf_put(out, inner);
        u->part[q->part].list = true;
    } else if (a->page == 0) {
        w403_buf_put(out, text);
    }
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}

/* There is no such thing any more: an access point or key that was deleted after it had been listed, or it has no
 * such part: an access point without a policy. */
static w403_status part_missing(w403_run *r, w403_run_unit *u, const w403_run_request *q, const w403_live_answer *a,
                                w403_error *err)
{
    bool key = w403_calls[q->row].service_id == W403_SERVICE_KMS;
    bool base = u->part[q->part].name.n == 0;
    if (key && !u->gone) {
        W403_TRY(w403_run_write_failure(r, (w403_view){u->path, u->n_path}, q->row, a->code, a->message, err));
    }
    u->gone |= key || base;
    return W403_OK;
}

static w403_status part_failed(w403_run *r, w403_run_unit *u, const w403_run_request *q, const w403_live_answer *a,
                               w403_error *err)
{
    if (w403_meaning_of(q->row, a->code) == W403_MEANS_NOT_CONFIGURED) {
        return part_missing(r, u, q, a, err);
    }
    W403_TRY(w403_run_unknown(r, W403_UNKNOWN_CALL, q->row, q->account, a->code, w403_run_said(a), u->name, err));
    if (u->part[q->part].name.n == 0) { /* what the others belong to */
        u->refused = true;
        return w403_run_write_failure(r, (w403_view){u->path, u->n_path}, q->row, a->code, a->message, err);
    }
    w403_arena_reset(r->scratch);
    w403_compose_failure why = failure_of(r, q->row, a->code, a->message);
    w403_buf_clear(&u->part[q->part].value);
    u->part[q->part].list = false;
    w403_compose_error_flat(&u->part[q->part].value, &why);
    W403_NEED(w403_buf_ok(&u->part[q->part].value), err);
    return W403_OK;
}

w403_status w403_run_on_part(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_unit *u = q->subject;
    if (a->code.n) {
        W403_TRY(part_failed(r, u, q, a, err));
    } else {
        W403_TRY(put_part(r, u, q, a, err));
    }
    return a->last && --u->waiting == 0 ? unit_finish(r, u, err) : W403_OK;
}
