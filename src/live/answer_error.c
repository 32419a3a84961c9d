/* The errors of the five protocols: AWS's code, message, and for S3 the region where the bucket is. */
#include "base/limits.h"
#include "live/answer.h"

static bool is_code(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (!(w403_lower(c) >= 'a' && w403_lower(c) <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }
    return v.n > 0 && v.n <= 128;
}

/* com.amazon.coral.service#AccessDeniedException:http://internal.amazon.com/coral/ */
static w403_view short_code(w403_view v)
{
    size_t hash = w403_view_find_char(v, '#');
    if (hash != SIZE_MAX) {
        v = w403_view_sub(v, hash + 1, v.n);
    }
    size_t colon = w403_view_find_char(v, ':');
    return colon == SIZE_MAX ? v : w403_view_sub(v, 0, colon);
}

/* <Error>, <ErrorResponse><Error>, <Response><Errors><Error> */
static const w403_xml_node *error_element(const w403_xml_node *root)
{
    if (root && w403_view_eq(root->name, W403_LIT("Error"))) {
        return root;
    }
    const w403_xml_node *errors = w403_xml_child(root, "Errors");
    return w403_xml_child(errors ? errors : root, "Error");
}

static void read_xml(const w403_wire_reply *reply, w403_reading *out)
{
    const w403_xml_node *error = reply->xml == W403_XML_GOOD ? error_element(reply->root) : NULL;
    w403_view            code = w403_xml_text(error, "Code");
    if (is_code(code)) {
        out->code = code;
        out->message = w403_xml_text(error, "Message");
        out->region = w403_xml_text(error, "Region");
    }
}

static void read_json(w403_arena *arena, const w403_wire_reply *reply, w403_reading *out)
{
    static const char *const messages[] = {"message", "Message", "errorMessage"};
    w403_json_doc            doc;
    w403_view                code = {NULL, 0};
    if (reply->body.n <= W403_LIMIT_LIVE_ERROR &&
        w403_json_parse(arena, W403_LIT(""), reply->body, NULL, &doc, NULL, NULL) == W403_OK) {
        code = w403_json_str(doc.root, "__type");
        code = code.n > 0 ? code : w403_json_str(doc.root, "code");
        for (size_t i = 0; i < sizeof messages / sizeof *messages && out->message.n == 0; i++) {
            out->message = w403_json_str(doc.root, messages[i]);
        }
    }
    code = short_code(code.n > 0 ? code : w403_header_find(reply->headers, reply->n_headers, "x-amzn-errortype"));
    if (is_code(code)) {
        out->code = code;
    }
}

/* HEAD has no body: the status is all there is. */
static void read_status(const w403_wire_reply *reply, w403_reading *out)
{
    bool bucket = !strchr(w403_calls[reply->row].path + 1, '/');
    switch (reply->status) {
    case 301:
        out->code = W403_LIT("PermanentRedirect");
        return;
    case 400:
        out->code = W403_LIT("BadRequest");
        return;
    case 403:
        out->code = W403_LIT("AccessDenied");
        return;
    case 404:
        out->code = bucket ? W403_LIT("NoSuchBucket") : W403_LIT("NotFound");
        return;
    case 405:
        out->code = W403_LIT("MethodNotAllowed");
        return;
    case 412:
        out->code = W403_LIT("PreconditionFailed");
        return;
    case 503:
        out->code = W403_LIT("SlowDown");
        return;
    default:
        out->code = reply->status >= 500 ? W403_LIT("InternalError") : (w403_view){NULL, 0};
    }
}

void w403_answer_error(w403_arena *arena, const w403_wire_reply *reply, w403_reading *out)
{
    const w403_call_row *row = &w403_calls[reply->row];
    if (row->answer == W403_ANSWER_HEADERS) {
        read_status(reply, out);
    } else if (row->protocol == W403_PROTOCOL_JSON) {
        read_json(arena, reply, out);
    } else {
        read_xml(reply, out);
    }
    if (out->code.n == 0) { /* not AWS's words */
        out->code = reply->status >= 300 && reply->status < 400 ? W403_LIT("why403.Redirect")
                                                                : W403_LIT("why403.InvalidResponse");
        out->broken = reply->status >= 500;
        out->message = (w403_view){NULL, 0};
    }
}
