/* GET /v1/openapi.json: the description of the server, made from the table that dispatches. */
#include <string.h>

#include "serve/openapi.h"

static void put_ref(w403_json_writer *w, const char *schema)
{
    w403_buf text = {0};
    w403_jw_key(w, "schema");
    w403_jw_object(w);
    w403_buf_printf(&text, "#/components/schemas/%s", schema);
    w403_jw_text(w, "$ref", w403_buf_view(&text));
    w403_jw_end_object(w);
    w403_buf_free(&text);
}

static void put_content(w403_json_writer *w, const char *type, const char *schema, const char *example)
{
    w403_jw_key(w, "content");
    w403_jw_object(w);
    w403_jw_key(w, type);
    w403_jw_object(w);
    put_ref(w, schema);
    if (example) {
        w403_jw_key(w, "example");
        w403_jw_raw(w, w403_view_of(example));
    }
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

static const char *error_type(const w403_serve_route *r)
{
    return r->form == W403_FORM_PROBLEM ? "application/problem+json" : r->form == W403_FORM_GATE ? "text/plain" : "application/json";
}

static const char *error_schema(const w403_serve_route *r)
{
    return r->form == W403_FORM_PROBLEM   ? "Problem"
           : r->form == W403_FORM_OPA     ? "OpaError"
           : r->form == W403_FORM_AUTHZEN ? "ErrorText"
                                          : "Text";
}

static const char *answer_type(const w403_serve_route *r)
{
    return r->body == W403_BODY_LINES                     ? "application/x-ndjson"
           : r->answer && strcmp(r->answer, "Page") == 0  ? "text/html"
           : r->answer && strcmp(r->answer, "Text") == 0  ? "text/plain"
                                                          : "application/json";
}

static void put_answers(w403_json_writer *w, const w403_serve_route *r)
{
    bool reload = strcmp(r->id, "reload") == 0;
    w403_jw_key(w, "responses");
    w403_jw_object(w);
    w403_jw_key(w, reload ? "202" : "200");
    w403_jw_object(w);
    w403_jw_word(w, "description", "The answer");
    if (r->answer) {
        put_content(w, answer_type(r), r->answer, NULL);
    }
    w403_jw_end_object(w);
    if (r->form == W403_FORM_GATE) {
        w403_jw_key(w, "403");
        w403_jw_object(w);
        w403_jw_word(w, "description", "Denied: for S3 clients an Error in XML, and X-Why403-Message");
        w403_jw_end_object(w);
    }
    if (strcmp(r->id, "page") == 0) {
        w403_jw_key(w, "303");
        w403_jw_object(w);
        w403_jw_word(w, "description", "The token of the start address became a session");
        w403_jw_end_object(w);
    }
    w403_jw_key(w, "default");
    w403_jw_object(w);
    w403_jw_word(w, "description", "A refusal");
    put_content(w, error_type(r), error_schema(r), NULL);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

static void put_security(w403_json_writer *w, const w403_serve_route *r)
{
    static const char *const names[] = {"bearer", "xAuthToken", "why403Token"};
    w403_jw_key(w, "security");
    w403_jw_array(w);
    for (size_t i = 0; r->scopes && i < sizeof names / sizeof *names; i++) {
        bool not_here = i == 0 && r->form == W403_FORM_GATE; /* Authorization is the client's */
        if (not_here || r->scopes == W403_SCOPE_SESSION) {
            continue;
        }
        w403_jw_object(w);
        w403_jw_key(w, names[i]);
        w403_jw_array(w);
        w403_jw_end_array(w);
        w403_jw_end_object(w);
    }
    if (r->scopes & (W403_SCOPE_SESSION | W403_SCOPE_ASK | W403_SCOPE_METRICS)) {
        w403_jw_object(w);
        w403_jw_key(w, "session");
        w403_jw_array(w);
        w403_jw_end_array(w);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void put_parameters(w403_json_writer *w, const w403_serve_route *r)
{
    bool prefix = strchr(r->path, '*') != NULL, file = strcmp(r->id, "file") == 0;
    if (prefix || file) {
        w403_jw_key(w, "parameters");
        w403_jw_array(w);
        w403_jw_object(w);
        w403_jw_word(w, "name", prefix ? "rest" : "path");
        w403_jw_word(w, "in", prefix ? "path" : "query");
        w403_jw_flag(w, "required", true);
        w403_jw_key(w, "schema");
        w403_jw_raw(w, W403_LIT("{\"type\":\"string\",\"minLength\":1}"));
        w403_jw_end_object(w);
        w403_jw_end_array(w);
    }
}

static void put_operation(w403_json_writer *w, const w403_serve_route *r, const char *method)
{
    w403_buf id = {0};
    w403_buf_puts(&id, r->id);
    if (r->methods[0] == '*') {
        w403_buf_printf(&id, "-%s", method);
    }
    w403_jw_key(w, method);
    w403_jw_object(w);
    w403_jw_text(w, "operationId", w403_buf_view(&id));
    w403_buf_free(&id);
    w403_jw_word(w, "summary", r->summary);
    put_parameters(w, r);
    if (r->request) {
        w403_jw_key(w, "requestBody");
        w403_jw_object(w);
        w403_jw_flag(w, "required", true);
        put_content(w, r->body == W403_BODY_LINES ? "application/x-ndjson" : "application/json", r->request, r->example);
        w403_jw_end_object(w);
    }
    put_answers(w, r);
    put_security(w, r);
    w403_jw_end_object(w);
}

/* What begins so: `/v1/data/{rest}`. */
static void put_path(w403_json_writer *w, const w403_serve_route *r)
{
    static const char *const any[] = {"get", "put", "post", "delete", "head"};
    w403_buf                 path = {0};
    size_t                   n = strlen(r->path);
    bool                     prefix = r->path[n - 1] == '*';
    w403_buf_put(&path, (w403_view){r->path, n - prefix});
    w403_buf_puts(&path, prefix ? "{rest}" : "");
    w403_jw_name(w, w403_buf_view(&path));
    w403_buf_free(&path);
    w403_jw_object(w);
    if (r->methods[0] == '*') {
        for (size_t i = 0; i < sizeof any / sizeof *any; i++) {
            put_operation(w, r, any[i]);
        }
    } else {
        put_operation(w, r, r->methods[0] == 'G' ? "get" : "post");
    }
    w403_jw_end_object(w);
}

void w403_openapi_write(w403_buf *out)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "openapi", "3.1.0");
    w403_jw_key(&w, "info");
    w403_jw_object(&w);
    w403_jw_word(&w, "title", "why403 serve");
    w403_jw_word(&w, "version", w403_version());
    w403_jw_word(&w, "description", "Why did Amazon S3 answer 403: questions about a snapshot, and decisions for stores and proxies");
    w403_jw_end_object(&w);
    w403_jw_key(&w, "paths");
    w403_jw_object(&w);
    for (unsigned i = 0; i < w403_n_routes; i++) {
        put_path(&w, &w403_routes[i]);
    }
    w403_jw_end_object(&w);
    w403_jw_key(&w, "components");
    w403_jw_object(&w);
    w403_jw_key(&w, "schemas");
    w403_jw_object(&w);
    for (size_t i = 0; i < w403_n_openapi_schemas; i++) {
        w403_jw_key(&w, w403_openapi_schemas[i].name);
        w403_jw_raw(&w, w403_view_of(w403_openapi_schemas[i].json));
    }
    w403_jw_end_object(&w);
    w403_jw_key(&w, "securitySchemes");
    w403_jw_raw(&w, W403_LIT("{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"why403-8403\"},\"bearer\":{\"type\":\"http\","
                             "\"scheme\":\"bearer\"},\"xAuthToken\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-Auth-Token\"},"
                             "\"why403Token\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-Why403-Token\"}}"));
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

void w403_route_openapi(w403_serving *q)
{
    w403_openapi_write(&q->x->out);
    w403_answer(q, 200, "application/json");
}
