#include "door/schema.h"

#include "door/question.h"

/* Members of a request (docs/cases.md). A type in JSON Schema's words. */
static const struct {
    const char *name, *type, *about;
} request_members[] = {
    {"operation", "string", "S3's API name, as GetObject: stands for every permission that it needs; or `action`"},
    {"action", "string", "one IAM action of any service, as s3:GetObject; or `operation`"},
    {"resource", "string", "ARN, access point ARN or alias, or *"},
    {"principal", "string", "who asks: an ARN, `anonymous`, or `service:NAME`"},
    {"resource_account", "string", "account that owns the resource, where nothing else says so"},
    {"from", "string", "source address of a request over the internet"},
    {"via", "string", "VPC endpoint that it goes through"},
    {"headers", NULL, "request headers by name, or a list of pairs"},
    {"query", NULL, "query parameters by name, or a list of pairs"},
    {"version_id", "string", "version of the object"},
    {"session_name", "string", "name of the role session"},
    {"issuer", "string", "the IAM user behind a federated user"},
    {"mfa", NULL, "{\"age\": seconds}, true or false"},
    {"secure", "boolean", "sent over TLS"},
    {"at", "string", "when: ISO 8601 in UTC, or epoch seconds"},
    {"presigned", "object", "{\"signed_at\", \"expires_in\"}"},
    {"upload", "object", "{\"initiator\", \"kms_key\", \"checksum\"} of a multipart upload"},
    {"body", "object", "{\"policy\", \"acl\", \"keys\"} and other elements that the operation sends"},
    {"context", "object", "condition keys: a value, a list, null (absent) or {\"unknown\": true}"},
    {"unsaid", "array", "what is not known rather than not there: headers, query, policies"},
    {"dialect", "string", "whose rules decide: aws, rgw or minio"},
    {"id", NULL, "comes back with the answer"},
};

static const struct {
    const char *name;
    unsigned    depth; /* of lists */
} policy_kinds[] = {{"identity", 1},     {"boundary", 0},     {"session", 1}, {"scp", 2}, {"rcp", 2},
                    {"resource", 0},     {"vpc_endpoint", 0}, {"access_point", 0}, {"key", 0}, {"trust", 0}};

/* ---- pieces ---- */

static void typed(w403_json_writer *w, const char *type, const char *about)
{
    w403_jw_object(w);
    if (type) {
        w403_jw_word(w, "type", type);
    }
    if (about) {
        w403_jw_word(w, "description", about);
    }
    w403_jw_end_object(w);
}

static void types(w403_json_writer *w, const char *const *names, size_t n)
{
    w403_jw_key(w, "type");
    w403_jw_array(w);
    for (size_t i = 0; i < n; i++) {
        w403_jw_cstr(w, names[i]);
    }
    w403_jw_end_array(w);
}

/* An object, a list or the text of one. */
static void document(w403_json_writer *w, const char *about)
{
    static const char *const forms[] = {"object", "array", "string"};
    w403_jw_object(w);
    types(w, forms, sizeof forms / sizeof *forms);
    if (about) {
        w403_jw_word(w, "description", about);
    }
    w403_jw_end_object(w);
}

static void list_of(w403_json_writer *w, unsigned depth, void (*item)(w403_json_writer *, const char *))
{
    for (unsigned i = 0; i < depth; i++) {
        w403_jw_object(w);
        w403_jw_word(w, "type", "array");
        w403_jw_key(w, "items");
    }
    item(w, NULL);
    for (unsigned i = 0; i < depth; i++) {
        w403_jw_end_object(w);
    }
}

static void map_of_documents(w403_json_writer *w, const char *name, const char *about)
{
    w403_jw_key(w, name);
    w403_jw_object(w);
    w403_jw_word(w, "type", "object");
    w403_jw_word(w, "description", about);
    w403_jw_key(w, "additionalProperties");
    document(w, NULL);
    w403_jw_end_object(w);
}

static void open_closed(w403_json_writer *w, const char *about)
{
    w403_jw_object(w);
    w403_jw_word(w, "type", "object");
    if (about) {
        w403_jw_word(w, "description", about);
    }
    w403_jw_flag(w, "additionalProperties", false);
    w403_jw_key(w, "properties");
    w403_jw_object(w);
}

static void close_closed(w403_json_writer *w)
{
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

/* ---- members ---- */

static void request(w403_json_writer *w)
{
    w403_jw_key(w, "request");
    open_closed(w, "one request, as in a case");
    for (size_t i = 0; i < sizeof request_members / sizeof *request_members; i++) {
        w403_jw_key(w, request_members[i].name);
        typed(w, request_members[i].type, request_members[i].about);
    }
    close_closed(w);
}

static void policies(w403_json_writer *w)
{
    w403_jw_key(w, "policies");
    open_closed(w, "documents given by hand, by kind; of SCPs and RCPs a list of levels, the root's first");
    for (size_t i = 0; i < sizeof policy_kinds / sizeof *policy_kinds; i++) {
        w403_jw_key(w, policy_kinds[i].name);
        list_of(w, policy_kinds[i].depth, document);
    }
    close_closed(w);
}

static void words(w403_json_writer *w, const char *list)
{
    w403_view rest = w403_view_of(list);
    w403_jw_key(w, "enum");
    w403_jw_array(w);
    while (rest.p) {
        w403_jw_str(w, w403_view_cut(&rest, ' '));
    }
    w403_jw_end_array(w);
}

static void option_value(w403_json_writer *w, w403_option_id id)
{
    static const char *const one[] = {"string", "number"}, *const maybe[] = {"string", "number", "boolean"};
    const w403_option *o = w403_option_at(id);
    if (w403_question_takes_text(id)) {
        document(w, o->help);
        return;
    }
    w403_jw_object(w);
    if (o->arg == W403_ARG_NONE) {
        w403_jw_word(w, "type", "boolean");
    } else if (o->words) {
        words(w, o->words);
    } else if (o->times == W403_MANY) {
        static const char *const many[] = {"string", "array"};
        types(w, many, 2);
        w403_jw_key(w, "items");
        typed(w, "string", NULL);
    } else {
        types(w, o->arg == W403_ARG_OPTIONAL ? maybe : one, o->arg == W403_ARG_OPTIONAL ? 3 : 2);
    }
    w403_jw_word(w, "description", o->help);
    w403_jw_end_object(w);
}

static void option(w403_json_writer *w, w403_arena *a, w403_option_id id)
{
    w403_view name = w403_question_member(a, id);
    if (!name.p) {
        w->out->failed = true;
        return;
    }
    w403_jw_keyv(w, name);
    if (id == W403_OPT_POLICY) {
        w403_jw_object(w);
        w403_jw_word(w, "type", "object");
        w403_jw_word(w, "description", w403_option_at(id)->help);
        w403_jw_end_object(w);
    } else {
        option_value(w, id);
    }
}

static void own_members(w403_json_writer *w, const w403_command *c)
{
    static const char *const operand_forms[] = {"string", "array"};
    if (c->bit & (W403_FOR_EXPLAIN | W403_FOR_DECIDE)) {
        request(w);
    }
    if (c->bit == W403_FOR_DECIDE) {
        w403_jw_key(w, "lines");
        typed(w, "string", "requests, one a line");
    }
    if (w403_option_find(c->bit, W403_LIT("identity-policy")) != W403_OPTIONS) {
        policies(w);
    }
    if (c->bit == W403_FOR_EXPLAIN) {
        w403_jw_key(w, "evidence");
        typed(w, "object", "options that hold evidence, together: error, event, log_line, command, curl ...");
    }
    if (*c->operands) {
        w403_jw_key(w, "operands");
        w403_jw_object(w);
        types(w, operand_forms, 2);
        w403_jw_word(w, "description", c->operands);
        w403_jw_end_object(w);
    }
    map_of_documents(w, "files", "texts in place of files, by name; {\"base64\": ...} for bytes");
    map_of_documents(w, "overlay", "files of the snapshot that stand in place of those that it has");
    w403_jw_key(w, "snapshot");
    document(w, "a snapshot for this question alone: an object that maps paths to contents");
}

static void members(w403_json_writer *w, w403_arena *a, const w403_command *c)
{
    own_members(w, c);
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        if ((w403_option_at(id)->commands & c->bit) && w403_question_takes(id) && id != W403_OPT_REQUEST) {
            option(w, a, id);
        }
    }
}

static void question(w403_json_writer *w, w403_arena *a, const w403_command *c)
{
    open_closed(w, c->summary);
    w403_jw_key(w, "ask");
    w403_jw_object(w);
    w403_jw_word(w, "const", c->name);
    w403_jw_end_object(w);
    members(w, a, c);
    w403_jw_end_object(w);
    w403_jw_key(w, "required");
    w403_jw_array(w);
    w403_jw_cstr(w, "ask");
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

void w403_schema_tool(w403_json_writer *w, w403_arena *a, const w403_command *c)
{
    static const char *const forms[] = {"string", "array"};
    open_closed(w, c->summary);
    w403_jw_key(w, "paths");
    w403_jw_object(w);
    types(w, forms, 2);
    w403_jw_word(w, "description", "files or folders to read, of those that the user lends (--folder)");
    w403_jw_end_object(w);
    members(w, a, c);
    close_closed(w);
}

void w403_schema_questions(w403_json_writer *w, w403_arena *a)
{
    w403_jw_object(w);
    w403_jw_word(w, "$schema", "https://json-schema.org/draft/2020-12/schema");
    w403_jw_word(w, "title", "a question to why403");
    w403_jw_key(w, "oneOf");
    w403_jw_array(w);
    for (size_t i = 0; w403_command_at(i); i++) {
        if (w403_question_asks(w403_command_at(i))) {
            question(w, a, w403_command_at(i));
        }
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}
