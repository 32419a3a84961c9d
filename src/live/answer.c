#include "live/answer.h"

#include "base/error.h"
#include "base/limits.h"

#define INVALID W403_LIT("why403.InvalidResponse")

static bool is_good(int status)
{
    return status >= 200 && status <= 299;
}

static void fail(w403_reading *out, w403_view code, bool broken)
{
    out->code = code;
    out->broken = broken;
    out->next[0] = (w403_view){NULL, 0};
}

/* A page that is no XML at all: cut off, or a proxy's. False: it is XML. */
static bool no_xml(const w403_wire_reply *reply, w403_reading *out)
{
    if (reply->xml == W403_XML_GOOD && reply->root && !w403_view_ieq(reply->root->name, W403_LIT("html"))) {
        return false;
    }
    fail(out, reply->xml == W403_XML_CUT     ? W403_LIT("why403.Truncated")
              : reply->xml == W403_XML_LIMIT ? W403_LIT("why403.TooLarge")
                                             : INVALID,
         reply->xml != W403_XML_LIMIT);
    return true;
}

static void read_xml(w403_answer_writer *w, w403_reading *out)
{
    if (!no_xml(w->reply, out)) {
        w403_answer_xml(w, w->reply->root);
    }
}

/* Why is it no JSON: does it only end too early? The parser's place is at its end then. */
static bool is_cut(w403_view body, const w403_error *err)
{
    w403_view shown = w403_view_trim(body);
    return shown.n > 0 && (shown.p[0] == '{' || shown.p[0] == '[') &&
           err->offset + err->length >= (size_t)(shown.p + shown.n - body.p);
}

static void read_json(w403_answer_writer *w, w403_reading *out, w403_arena *tree)
{
    const w403_json_options keep = {.keep_duplicates = w403_calls[w->reply->row].answer == W403_ANSWER_TEXT};
    w403_json_doc           doc;
    w403_error              why = {0};
    w403_status             st = w403_json_parse(tree, W403_LIT(""), w->reply->body, &keep, &doc, NULL, &why);
    if (st == W403_NOMEM || st == W403_LIMIT) {
        fail(out, W403_LIT("why403.TooLarge"), false);
        return;
    }
    if (st != W403_OK) {
        fail(out, is_cut(w->reply->body, &why) ? W403_LIT("why403.Truncated") : INVALID, true);
        return;
    }
    if (!keep.keep_duplicates) {
        w403_answer_json(w, doc.root);
        return;
    }
    if (doc.root->type != W403_JSON_OBJECT) {
        w->wrong = true;
        return;
    }
    w403_jw_object(&w->json); /* a bucket policy: the bytes are the member */
    w403_jw_key(&w->json, w403_shape_members[w403_shapes[w403_shape_answers[w->reply->row].shape].first].name);
    w403_jw_str(&w->json, w->reply->body);
    w403_jw_end_object(&w->json);
}

static void read_good(w403_answer_writer *w, w403_reading *out)
{
    w403_arena *tree;
    switch ((w403_answer_kind)w403_calls[w->reply->row].answer) {
    case W403_ANSWER_XML:
        read_xml(w, out);
        return;
    case W403_ANSWER_JSON:
    case W403_ANSWER_TEXT:
        tree = w403_arena_new(W403_LIMIT_LIVE_JSON);
        w->wrong = !tree;
        if (tree) {
            read_json(w, out, tree);
        }
        w403_arena_free(tree);
        return;
    case W403_ANSWER_HEADERS:
        w403_jw_object(&w->json);
        w403_answer_headers(w);
        w403_jw_end_object(&w->json);
        return;
    }
}

w403_status w403_answer_read(w403_arena *arena, const w403_wire_reply *reply, w403_buf *json, w403_reading *out, w403_error *err)
{
    *out = (w403_reading){0};
    W403_NEED(reply->xml != W403_XML_NOMEM, err);
    if (!is_good(reply->status)) {
        w403_answer_error(arena, reply, out);
    } else {
        size_t             before = json->n;
        w403_answer_writer w = {.arena = arena, .reply = reply, .reading = out, .scratch = w403_arena_new(0)};
        W403_NEED(w.scratch, err);
        w403_jw_init(&w.json, json, false);
        read_good(&w, out);
        bool enough = w403_arena_ok(w.scratch);
        w403_arena_free(w.scratch);
        W403_NEED(enough && w403_buf_ok(json), err);
        if (w.wrong) {
            fail(out, INVALID, false);
        }
        if (out->code.n > 0) {
            json->n = before;
        }
    }
    W403_NEED(w403_arena_ok(arena), err);
    return W403_OK;
}
