/* What fuzz_live_xml and fuzz_live_json share. */
#ifndef LIVE_ANSWER_H
#define LIVE_ANSWER_H

#include "live/answer.h"

/* Takes the line off that says what it is the answer to. */
static inline w403_wire_reply fuzz_reply(w403_view *body, const char *fallback)
{
    static w403_header header;
    header = (w403_header){W403_LIT("x-amz-meta-a"), W403_LIT("1")};
    w403_view          rest = *body, line = w403_view_cut(&rest, '\n'), service = w403_view_cut(&line, ' ');
    unsigned           row = w403_call_find(service, w403_view_cut(&line, ' '));
    uint64_t           status = 200;
    if (row != W403_CALL_COUNT && rest.p) {
        *body = rest;
        (void)w403_view_u64(line, &status);
    }
    for (unsigned i = 0; row == W403_CALL_COUNT; i++) {
        row = strcmp(w403_calls[i].operation, fallback) == 0 ? i : row;
    }
    return (w403_wire_reply){.row = row, .status = (int)(status % 600), .headers = &header, .n_headers = 1};
}

static inline void fuzz_read(w403_arena *a, const w403_wire_reply *reply)
{
    w403_buf      json = {0};
    w403_reading  reading;
    w403_json_doc doc;
    w403_error    err;
    if (w403_answer_read(a, reply, &json, &reading, &err) != W403_OK) {
        abort();
    }
    if ((reading.code.n > 0) != (json.n == 0)) { /* an error, or an answer */
        abort();
    }
    if (json.n > 0 && (reply->status < 200 || reply->status > 299 ||
                       w403_json_parse(a, W403_LIT("json"), w403_buf_view(&json), NULL, &doc, NULL, &err) != W403_OK ||
                       doc.root->type != W403_JSON_OBJECT)) {
        abort();
    }
    w403_buf_free(&json);
}

#endif
