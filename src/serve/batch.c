/* POST /v1/batch: requests as NDJSON, verdicts as NDJSON. Lines are answered as they come, all by the world of the first. */
#include <stdlib.h>

#include "door/ask.h"
#include "serve/route.h"

typedef struct batch {
    w403_buf held; /* what came of a line whose end has not come */
    bool     skipping; /* the rest of a line that is too long */
    uint64_t lines, errors;
} batch;

void w403_route_batch(w403_serving *q)
{
    batch *b = calloc(1, sizeof *b);
    if (!b) {
        w403_refuse(q, 503, "overload", "out of memory", NULL);
        return;
    }
    q->batch = b;
    q->x->streams = true;
    w403_answer(q, 200, "application/x-ndjson");
    q->x->status = 0;
}

void w403_batch_end(w403_serving *q)
{
    batch *b = q->batch;
    if (b) {
        w403_buf_free(&b->held);
        free(b);
        q->batch = NULL;
    }
}

static void put_error(w403_serving *q, const char *message)
{
    w403_json_writer w;
    batch           *b = q->batch;
    w403_jw_init(&w, &q->x->out, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_key(&w, "error");
    w403_jw_object(&w);
    w403_jw_word(&w, "message", message);
    w403_jw_number(&w, "line", b->lines);
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(&q->x->out, '\n');
    b->errors++;
}

static w403_view question(const w403_server *s)
{
    return s->options.dialect == W403_DIALECT_RGW     ? W403_LIT("{\"ask\":\"decide\",\"dialect\":\"rgw\"}")
           : s->options.dialect == W403_DIALECT_MINIO ? W403_LIT("{\"ask\":\"decide\",\"dialect\":\"minio\"}")
                                                      : W403_LIT("{\"ask\":\"decide\"}");
}

/* Whole lines, each with its end. */
static void answer_lines(w403_serving *q, w403_view lines)
{
    w403_error err;
    w403_reply reply;
    batch     *b = q->batch;
    if (lines.n == 0) {
        return;
    }
    w403_status status = w403_ask_lines_from(q->world->world, question(q->server), lines, b->lines, q->arena, &reply, &b->errors, &err);
    for (size_t i = 0; i < lines.n; i++) {
        b->lines += lines.p[i] == '\n';
    }
    if (status == W403_OK) {
        w403_buf_put(&q->x->out, reply.text);
    } else {
        put_error(q, err.message);
    }
}

static void hold(w403_serving *q, w403_view rest)
{
    batch *b = q->batch;
    if (!b->skipping && b->held.n + rest.n > q->server->options.limits.line) {
        b->skipping = true;
        w403_buf_free(&b->held);
        b->lines++;
        put_error(q, "a line is longer than it may be");
    }
    if (!b->skipping) {
        w403_buf_put(&b->held, rest);
    }
}

static void take(w403_serving *q, w403_view bytes)
{
    batch      *b = q->batch;
    const char *last = bytes.n ? memrchr(bytes.p, '\n', bytes.n) : NULL;
    if (!last) {
        hold(q, bytes);
        return;
    }
    size_t    first = w403_view_find_char(bytes, '\n') + 1, end = (size_t)(last - bytes.p) + 1;
    w403_view head = w403_view_sub(bytes, 0, first);
    if (b->skipping) {
        b->skipping = false;
    } else {
        hold(q, head);
        if (!b->skipping) {
            answer_lines(q, w403_buf_view(&b->held));
        }
        b->skipping = false;
    }
    w403_buf_clear(&b->held);
    answer_lines(q, w403_view_sub(bytes, first, end));
    hold(q, w403_view_sub(bytes, end, bytes.n));
}

void w403_batch_piece(w403_serving *q, w403_view bytes, bool last)
{
    batch *b = q->batch;
    q->x->status = 200;
    take(q, bytes);
    if (last) {
        if (b->held.n && !b->skipping) {
            w403_buf_putc(&b->held, '\n');
            answer_lines(q, w403_buf_view(&b->held));
        }
        w403_buf_printf(&q->x->out, "{\"end\":true,\"n\":%llu,\"errors\":%llu}\n", (unsigned long long)b->lines, (unsigned long long)b->errors);
    }
}
