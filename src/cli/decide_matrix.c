#include "cli/decide_matrix.h"

#include "evidence/request_json.h"
#include "render/warnings.h"
#include "snapshot/snapshot.h"
#include "symbolic/targets.h"

enum { MATRIX_CELLS = 1000000, MATRIX_ERRORS = 100 };

typedef struct matrix {
    w403_cli *cli;
    const w403_input *in;
    w403_json_doc doc;
    const w403_json *principals, *actions;
    w403_view resource, bucket; /* bucket: of an object, its bucket's ARN; else the same */
    w403_request base;
    w403_arena *arena; /* of one cell */
    w403_json_writer w;
    W403_ARRAY(const w403_json *) failed; /* principals and actions of which no request can be made, and why */
    W403_ARRAY(w403_error) why;
} matrix;

/* ---- what is asked ---- */

static w403_status read_names(matrix *m, const char *name, const w403_json **out, w403_error *err)
{
    const w403_json *list = w403_json_get(m->doc.root, name);
    if (!w403_json_is(list, W403_JSON_ARRAY)) {
        return w403_json_error(&m->doc, list ? list : m->doc.root, err, "a matrix has `%s`, a list of strings", name);
    }
    for (const w403_json *v = list->first; v; v = v->next) {
        if (v->type != W403_JSON_STRING || v->text.n == 0) {
            return w403_json_error(&m->doc, v, err, "each of `%s` must be a string that is not empty", name);
        }
    }
    *out = list;
    return W403_OK;
}

static w403_status refuse_others(matrix *m, w403_error *err)
{
    static const char *const names[] = {"principals", "actions", "resource", "request"};
    for (const w403_json *v = m->doc.root->first; v; v = v->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            known |= w403_view_eq(v->key, w403_view_of(names[i]));
        }
        if (!known) {
            return w403_json_unknown_member(&m->doc, v, "a matrix", names, sizeof names / sizeof *names, err);
        }
    }
    return W403_OK;
}

/* What all cells have in common: a request without who and what; its resource is read as that of any request. */
static w403_status read_base(matrix *m, w403_error *err)
{
    const w403_json *request = w403_json_get(m->doc.root, "request"), *resource = w403_json_get(m->doc.root, "resource");
    static const char *const cells[] = {"operation", "action", "principal", "resource"};
    w403_request_init(&m->base);
    if (request) {
        W403_TRY(w403_request_from_json(m->cli->arena, &m->doc, request, false, &m->base, err));
    }
    for (size_t i = 0; request && i < sizeof cells / sizeof *cells; i++) {
        const w403_json *v = w403_json_get(request, cells[i]);
        if (v) {
            return w403_json_error(&m->doc, v, err, "`%s` is what the matrix says of each cell", cells[i]);
        }
    }
    if (!w403_json_is(resource, W403_JSON_STRING) || resource->text.n == 0) {
        return w403_json_error(&m->doc, resource ? resource : m->doc.root, err, "a matrix has `resource`, an ARN or s3://bucket/key");
    }
    w403_view partition = m->in->snapshot ? m->in->snapshot->partition : (w403_view){NULL, 0};
    if (w403_input_resource(m->cli->arena, resource->text, partition, &m->resource, err) != W403_OK) {
        w403_error said = *err;
        w403_status st = w403_json_error(&m->doc, resource, err, "%s", said.message);
        w403_error_hint(err, "%s", said.hint);
        return st;
    }
    m->bucket = m->resource;
    w403_arn arn = w403_arn_split(m->resource);
    size_t slash = arn.n == 6 && w403_view_eq(arn.part[2], W403_LIT("s3")) && !w403_view_starts(arn.part[5], W403_LIT("accesspoint"))
                       ? w403_view_find_char(m->resource, '/')
                       : SIZE_MAX;
    m->bucket.n = slash == SIZE_MAX ? m->bucket.n : slash;
    return W403_OK;
}

static w403_status read_matrix(matrix *m, w403_view text, const char *file, w403_error *err)
{
    W403_TRY(w403_json_parse(m->cli->arena, w403_view_of(file), text, NULL, &m->doc, NULL, err));
    if (!w403_json_is(m->doc.root, W403_JSON_OBJECT)) {
        return w403_json_error(&m->doc, m->doc.root, err, "a matrix is an object with `principals`, `actions` and `resource`");
    }
    W403_TRY(refuse_others(m, err));
    W403_TRY(read_names(m, "principals", &m->principals, err));
    W403_TRY(read_names(m, "actions", &m->actions, err));
    if ((uint64_t)m->principals->count * m->actions->count > MATRIX_CELLS) {
        return w403_error_set(err, W403_LIMIT, "a matrix of %zu principals and %zu actions: at most %d cells are asked at once",
                              (size_t)m->principals->count, (size_t)m->actions->count, MATRIX_CELLS);
    }
    return read_base(m, err);
}

/* ---- cells ---- */

static w403_action_on target_of(w403_view name, const w403_operation *op)
{
    uint16_t id = op ? W403_ACTION_NONE : w403_action_find(name);
    if (op) {
        return strcmp(op->resource_kind, "object") == 0   ? W403_ON_OBJECTS
               : strcmp(op->resource_kind, "bucket") == 0 ? W403_ON_BUCKETS
                                                          : W403_ON_NEITHER;
    }
    return id == W403_ACTION_NONE ? W403_ON_NEITHER : w403_action_target(id);
}

/* What is asked of a bucket is asked of the object's. False: it is asked of objects, and the resource is a bucket. */
static bool place(const matrix *m, w403_view name, w403_request *r)
{
    bool action = w403_view_find_char(name, ':') != SIZE_MAX;
    w403_action_on on = target_of(name, action ? NULL : w403_operation_find(name));
    bool object = m->bucket.n < m->resource.n;
    bool bucket = !object && w403_view_starts(m->resource, W403_LIT("arn:")) &&
                  w403_view_eq(w403_arn_split(m->resource).part[2], W403_LIT("s3")) &&
                  w403_view_find_char(m->resource, '/') == SIZE_MAX;
    r->action = action ? name : (w403_view){NULL, 0};
    r->operation = action ? (w403_view){NULL, 0} : name;
    r->resource = on == W403_ON_BUCKETS ? m->bucket : m->resource;
    return on != W403_ON_OBJECTS || !bucket;
}

static w403_status keep_error(matrix *m, const w403_json *of, const w403_error *why, w403_error *err)
{
    if (m->failed.n >= MATRIX_ERRORS) {
        return W403_OK;
    }
    const w403_json **who = W403_PUSH(m->cli->arena, &m->failed);
    w403_error *slot = W403_PUSH(m->cli->arena, &m->why);
    W403_NEED(who && slot, err);
    *who = of;
    *slot = *why;
    return W403_OK;
}

/* The same trouble all along a column, or a row, is told once. */
static w403_status no_request(matrix *m, const w403_json *of, bool told, const w403_error *why, w403_error *err)
{
    w403_jw_null(&m->w);
    return told ? W403_OK : keep_error(m, of, why, err);
}

static w403_status cell(matrix *m, const w403_json *principal, const w403_json *action, bool *told, w403_error *err)
{
    w403_request r = m->base;
    w403_decision d;
    w403_explanation e;
    w403_error why;
    r.principal = principal->text;
    w403_arena_reset(m->arena);
    if (!place(m, action->text, &r)) {
        (void)w403_error_set(&why, W403_SEMANTIC, "`%.*s` is asked of objects, and the resource is a bucket", W403_CUT(action->text));
        return no_request(m, action, principal != m->principals->first, &why, err);
    }
    w403_status st = w403_decide(m->in->snapshot, m->in->policies, &r, W403_DETAIL_CAUSES, m->arena, &d, &why);
    st = st == W403_OK ? w403_explain(&r, &d, m->arena, &e, &why) : st;
    if (st == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (st != W403_OK) {
        bool once = *told;
        *told = true;
        return no_request(m, principal, once, &why, err);
    }
    w403_jw_array(&m->w);
    w403_jw_cstr(&m->w, w403_verdict_name(d.verdict));
    if (e.n_causes) {
        w403_jw_cstr(&m->w, e.causes[0].id);
    } else {
        w403_jw_null(&m->w);
    }
    w403_jw_end_array(&m->w);
    return W403_OK;
}

static void names(matrix *m, const char *name, const w403_json *list)
{
    w403_jw_key(&m->w, name);
    w403_jw_array(&m->w);
    for (const w403_json *v = list->first; v; v = v->next) {
        w403_jw_str(&m->w, v->text);
    }
    w403_jw_end_array(&m->w);
}

static void errors(matrix *m)
{
    w403_jw_key(&m->w, "errors");
    w403_jw_array(&m->w);
    for (size_t i = 0; i < m->failed.n; i++) {
        w403_jw_object(&m->w);
        w403_jw_text(&m->w, "of", m->failed.at[i]->text);
        w403_jw_word(&m->w, "message", m->why.at[i].message);
        if (m->why.at[i].hint[0]) {
            w403_jw_word(&m->w, "hint", m->why.at[i].hint);
        }
        w403_jw_end_object(&m->w);
    }
    w403_jw_end_array(&m->w);
}

static w403_status cells(matrix *m, w403_error *err)
{
    w403_jw_key(&m->w, "cells");
    w403_jw_array(&m->w);
    for (const w403_json *p = m->principals->first; p; p = p->next) {
        bool told = false; /* a row's first trouble is enough */
        w403_jw_array(&m->w);
        for (const w403_json *a = m->actions->first; a; a = a->next) {
            W403_TRY(cell(m, p, a, &told, err));
        }
        w403_jw_end_array(&m->w);
    }
    w403_jw_end_array(&m->w);
    return W403_OK;
}

w403_status w403_decide_matrix(w403_cli *cli, const w403_input *in, const char *file, w403_buf *out, w403_error *err)
{
    matrix m = {.cli = cli, .in = in};
    w403_view text;
    W403_TRY(w403_input_needed(in, err));
    W403_TRY(w403_cli_read(cli, file, &text, err));
    W403_TRY(read_matrix(&m, text, file, err));
    m.arena = w403_arena_new(0);
    W403_NEED(m.arena, err);
    w403_jw_init(&m.w, out, false);
    w403_jw_object(&m.w);
    w403_jw_number(&m.w, "format", 1);
    w403_jw_text(&m.w, "resource", m.resource);
    names(&m, "principals", m.principals);
    names(&m, "actions", m.actions);
    w403_status status = cells(&m, err);
    errors(&m);
    w403_warnings_json(&m.w, cli->warnings);
    w403_jw_end_object(&m.w);
    w403_buf_putc(out, '\n');
    w403_arena_free(m.arena);
    W403_TRY(status);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}
