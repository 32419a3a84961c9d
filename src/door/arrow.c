/* A sweep over a stream of Arrow batches: a batch out for each batch in, row for row. */
#include <errno.h>
#include <stdio.h>

#include "cli/sweep_request.h"
#include "door/asking.h"
#include "inventory/arrow.h"
#include "inventory/sweep.h"

enum { DECISION, CAUSE, ACTION, PROBLEM, COLUMNS };
static const char *const column_names[COLUMNS] = {"decision", "cause", "action", "problem"};

typedef struct sweeper {
    w403_asking             asking;
    w403_arena             *arena; /* of the question */
    w403_input              in;
    w403_sweep_shared       shared;
    w403_sweep             *sweep;
    w403_sweep_columns      columns;
    w403_arrow_columns      named;
    struct ArrowArrayStream from;
    struct ArrowSchema      schema; /* of `from` */
    uint64_t                rows;
    char                    last_error[1200];
} sweeper;

/* ---- what is given out ---- */

/* A column of texts; room for the offsets and the validity of every row is there from the start. */
typedef struct column {
    int32_t *offsets;
    uint8_t *valid;
    w403_buf bytes;
    int64_t  nulls;
} column;

/* Everything of one batch; freed by the release of its outermost array. */
typedef struct batch {
    column            columns[COLUMNS];
    struct ArrowArray arrays[COLUMNS], *children[COLUMNS];
    const void       *buffers[COLUMNS][3], *none[1];
} batch;

static bool make_room(column *c, uint64_t rows)
{
    if (rows > INT32_MAX) {
        return false;
    }
    c->offsets = w403_malloc((rows + 1) * sizeof *c->offsets);
    c->valid = w403_malloc(rows / 8 + 1);
    if (c->offsets && c->valid) {
        c->offsets[0] = 0;
        memset(c->valid, 0, rows / 8 + 1);
    }
    return c->offsets && c->valid;
}

static void put_cell(column *c, uint64_t row, w403_view text)
{
    if (text.p) {
        c->valid[row / 8] = (uint8_t)(c->valid[row / 8] | 1 << (row % 8));
        w403_buf_put(&c->bytes, text);
    }
    c->nulls += !text.p;
    c->offsets[row + 1] = (int32_t)c->bytes.n; /* looked at when the batch is whole */
}

static void free_batch(batch *b)
{
    for (int i = 0; i < COLUMNS; i++) {
        w403_free(b->columns[i].offsets);
        w403_free(b->columns[i].valid);
        w403_buf_free(&b->columns[i].bytes);
    }
    w403_free(b);
}

static void release_batch(struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->n_children; i++) {
        if (a->children[i]->release) {
            a->children[i]->release(a->children[i]);
        }
    }
    free_batch(a->private_data);
    a->release = NULL;
}

/* A child that was moved away is not ours to free: its buffers live with the whole. */
static void release_child(struct ArrowArray *a)
{
    a->release = NULL;
}

static void give_out(batch *b, int64_t rows, struct ArrowArray *out)
{
    for (int i = 0; i < COLUMNS; i++) {
        column *c = &b->columns[i];
        b->buffers[i][0] = c->valid;
        b->buffers[i][1] = c->offsets;
        b->buffers[i][2] = c->bytes.p ? c->bytes.p : "";
        b->arrays[i] = (struct ArrowArray){.length = rows, .null_count = c->nulls, .n_buffers = 3, .buffers = b->buffers[i],
                                           .release = release_child};
        b->children[i] = &b->arrays[i];
    }
    *out = (struct ArrowArray){.length = rows, .n_buffers = 1, .buffers = b->none, .n_children = COLUMNS, .children = b->children,
                               .release = release_batch, .private_data = b};
}

/* ---- a batch ---- */

static void put_row(batch *b, uint64_t row, const w403_sweep_group *g, const w403_error *bad)
{
    const w403_view none = {NULL, 0};
    put_cell(&b->columns[DECISION], row, g ? w403_view_of(w403_verdict_name(g->verdict)) : none);
    put_cell(&b->columns[CAUSE], row, g && g->cause ? w403_view_of(g->cause) : none);
    put_cell(&b->columns[ACTION], row, g && g->action.n ? g->action : none);
    put_cell(&b->columns[PROBLEM], row, bad->code != W403_OK ? w403_view_of(bad->message) : none);
}

static w403_status judge_rows(sweeper *s, const struct ArrowArray *in, batch *b, w403_error *err)
{
    uint64_t   refused = w403_malloc_refused();
    char       room[W403_INV_COLUMNS][W403_ARROW_CELL];
    w403_view  cells[W403_INV_COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        W403_NEED(make_room(&b->columns[i], (uint64_t)in->length), err);
    }
    for (int64_t i = 0; i < in->length; i++) {
        const w403_sweep_group *group;
        w403_error              bad;
        w403_arrow_row(&s->named, in, (uint64_t)i, s->columns.wanted, s->columns.n, room, cells);
        const w403_report_row row = {.at = cells, .n = s->columns.n, .number = ++s->rows};
        W403_TRY(w403_sweep_one(s->sweep, &s->columns, &row, &group, &bad, err));
        put_row(b, (uint64_t)i, group, &bad);
    }
    bool good = true;
    for (int i = 0; i < COLUMNS; i++) {
        column *c = &b->columns[i];
        good = good && w403_buf_ok(&c->bytes);
        if (c->bytes.n > INT32_MAX) {
            return w403_error_set(err, W403_LIMIT, "a batch whose answers are larger than 2 GiB: give smaller ones");
        }
    }
    W403_NEED(good && w403_malloc_refused() == refused, err);
    return W403_OK;
}

/* ---- the stream ---- */

static int told(sweeper *s, int code, const char *message)
{
    (void)snprintf(s->last_error, sizeof s->last_error, "%s", message ? message : "the stream of rows gave no reason");
    return code;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    sweeper          *s = stream->private_data;
    struct ArrowArray in = {0};
    w403_error        err = {.message = "out of memory"};
    *out = (struct ArrowArray){0};
    int code = s->from.get_next(&s->from, &in);
    if (code != 0) {
        return told(s, code, s->from.get_last_error(&s->from));
    }
    if (!in.release) {
        return 0; /* the end: `out` is released already */
    }
    batch *b = w403_malloc(sizeof *b);
    w403_status status = b ? W403_OK : w403_error_nomem(&err);
    if (b) {
        memset(b, 0, sizeof *b);
        status = judge_rows(s, &in, b, &err);
    }
    if (status == W403_OK) {
        give_out(b, in.length, out);
    } else if (b) {
        free_batch(b);
    }
    in.release(&in);
    return status == W403_OK ? 0 : told(s, status == W403_NOMEM ? ENOMEM : EINVAL, err.message);
}

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++) {
        w403_free(schema->children[i]);
    }
    w403_free(schema->children);
    schema->release = NULL;
}

static void release_column(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct ArrowSchema **children = w403_malloc(COLUMNS * sizeof *children);
    *out = (struct ArrowSchema){.format = "+s", .name = "", .children = children, .release = release_schema};
    for (int i = 0; children && i < COLUMNS; i++) {
        children[i] = w403_malloc(sizeof **children);
        if (!children[i]) {
            break;
        }
        *children[i] = (struct ArrowSchema){.format = "u", .name = column_names[i], .flags = ARROW_FLAG_NULLABLE, .release = release_column};
        out->n_children++;
    }
    if (out->n_children < COLUMNS) {
        release_schema(out);
        return told(stream->private_data, ENOMEM, "out of memory");
    }
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    const sweeper *s = stream->private_data;
    return s->last_error[0] ? s->last_error : NULL;
}

static void close_sweeper(sweeper *s)
{
    w403_sweep_free(s->sweep);
    if (s->schema.release) {
        s->schema.release(&s->schema);
    }
    if (s->from.release) {
        s->from.release(&s->from);
    }
    w403_input_close(&s->in);
    w403_asking_close(&s->asking);
    w403_arena_free(s->arena);
    w403_free(s);
}

static void release_stream(struct ArrowArrayStream *stream)
{
    close_sweeper(stream->private_data);
    stream->release = NULL;
}

/* ---- opening ---- */

/* Of files: there are none. */
static void on_problem(void *user, const w403_error *problem)
{
    (void)user;
    (void)problem;
}

static w403_status start(sweeper *s, const w403_world *world, w403_view question, w403_error *err)
{
    w403_view text = w403_arena_copy(s->arena, question); /* the caller's ends with the call */
    W403_NEED(text.p, err);
    W403_TRY(w403_asking_open(&s->asking, world, text, s->arena, err));
    w403_cli *cli = &s->asking.cli;
    if (cli->command->bit != W403_FOR_SWEEP) {
        return w403_error_set(err, W403_SEMANTIC, "rows in columns are asked of `sweep` only");
    }
    if (!w403_input_open(cli, &s->in)) {
        return w403_problems_first(&s->asking.errors, err);
    }
    W403_TRY(w403_input_needed(&s->in, err));
    s->shared.snapshot = s->in.snapshot;
    s->shared.policies = s->in.policies;
    s->shared.problem = on_problem;
    W403_TRY(w403_sweep_request(cli, s->in.snapshot, &s->shared.request, err));
    if (s->from.get_schema(&s->from, &s->schema) != 0) {
        const char *why = s->from.get_last_error(&s->from);
        s->schema.release = NULL;
        return w403_error_set(err, W403_IO, "the stream gives no schema: %.300s", why ? why : "it does not say why");
    }
    W403_TRY(w403_arrow_columns_find(&s->schema, &s->named, err));
    w403_sweep_columns_choose(&s->named.schema, true, true, &s->columns);
    s->sweep = w403_sweep_new(&s->shared, s);
    W403_NEED(s->sweep, err);
    return W403_OK;
}

W403_API w403_status w403_sweep_arrow(const w403_world *world, w403_view question, struct ArrowArrayStream *in,
                                      struct ArrowArrayStream *out, w403_error *err)
{
    sweeper *s = w403_malloc(sizeof *s);
    *out = (struct ArrowArrayStream){0};
    if (s) {
        memset(s, 0, sizeof *s);
        s->from = *in; /* moved: it is ours to release */
        in->release = NULL;
        s->arena = w403_arena_new(0);
    }
    w403_status status = s && s->arena ? start(s, world, question, err) : w403_error_nomem(err);
    if (status == W403_OK) {
        *out = (struct ArrowArrayStream){.get_schema = get_schema, .get_next = get_next, .get_last_error = get_last_error,
                                         .release = release_stream, .private_data = s};
    } else if (s) {
        close_sweeper(s);
    } else if (in->release) {
        in->release(in);
    }
    return status;
}
