/* POST /v1/ask: the door, one question. */
#include "serve/route.h"

void w403_route_ask(w403_serving *q)
{
    w403_reply    reply;
    w403_error    err;
    w403_json_doc doc;
    w403_watched  watched;
    if (!w403_body_json(q, &doc)) {
        return;
    }
    w403_watch_begin(q->server, &watched, &q->stop);
    w403_arena_stop_when(q->arena, &q->stop);
    w403_status status = w403_ask(q->world->world, q->x->body, q->arena, &reply, &err);
    w403_arena_stop_when(q->arena, NULL);
    w403_watch_end(q->server, &watched);
    if (status != W403_OK) {
        w403_refuse_error(q, &err);
        return;
    }
    char exit_status[2] = {(char)('0' + reply.exit_status), '\0'};
    w403_add_field(q, "X-Why403-Exit-Status", w403_view_of(exit_status));
    w403_view format = w403_json_str(doc.root, "format");
    bool      json = !format.p || w403_view_eq(format, W403_LIT("json")) || w403_view_eq(format, W403_LIT("sarif"));
    w403_answer_text(q, 200, json ? "application/json" : "text/plain; charset=utf-8", reply.text);
}
