#include "door/question.h"

#include "base/encode.h"
#include "base/nearest.h"
#include "evidence/request_json.h"

typedef struct reader {
    w403_arena    *a;
    w403_question *q;
    w403_error    *err;
} reader;

/* ---- values ---- */

static w403_status wrong(reader *r, const w403_json *v, const char *wanted)
{
    return w403_json_error(&r->q->doc, v, r->err, "this must be %s", wanted);
}

/* As options have it: it ends in NUL, and holds none. */
static w403_status word_of(reader *r, const w403_json *v, const char **out)
{
    if (v->type != W403_JSON_STRING && v->type != W403_JSON_NUMBER) {
        return wrong(r, v, "a string");
    }
    if (memchr(v->text.p, '\0', v->text.n)) {
        return w403_json_error(&r->q->doc, v, r->err, "a text with a NUL");
    }
    *out = w403_arena_copy(r->a, v->text).p;
    W403_NEED(*out, r->err);
    return W403_OK;
}

static w403_view bytes_of(const reader *r, const w403_json *v)
{
    return w403_view_sub(r->q->doc.text, v->span.off, (size_t)v->span.off + v->span.len);
}

/* A document: an object or a list as it stands in the question, or a string that holds it; {"base64": "..."}: bytes. */
static w403_status text_of(reader *r, const w403_json *v, w403_view *out)
{
    const w403_json *packed = v->type == W403_JSON_OBJECT && v->count == 1 ? w403_json_get(v, "base64") : NULL;
    if (w403_json_is(packed, W403_JSON_STRING)) {
        *out = w403_base64_decode(r->a, packed->text);
        return out->p ? W403_OK : wrong(r, packed, "base64");
    }
    *out = v->type == W403_JSON_STRING ? v->text : bytes_of(r, v);
    return v->type == W403_JSON_STRING || v->type == W403_JSON_OBJECT || v->type == W403_JSON_ARRAY
               ? W403_OK
               : wrong(r, v, "a document, or a string that holds it");
}

/* Adds a text under a name that ends in NUL. */
static w403_status add_text(reader *r, w403_view name, const w403_json *v)
{
    w403_named_text *t = W403_PUSH(r->a, &r->q->texts);
    W403_NEED(t && name.p, r->err);
    t->name = name;
    return text_of(r, v, &t->text);
}

static w403_status give(reader *r, const w403_json *at, w403_option_id id, const char *value)
{
    w403_status status = w403_args_give(r->a, r->q->command, id, value, &r->q->args, r->err);
    if (status == W403_SEMANTIC) { /* the same words, with the place */
        w403_view message = w403_arena_copy(r->a, w403_view_of(r->err->message));
        w403_view hint = w403_arena_copy(r->a, w403_view_of(r->err->hint));
        status = w403_json_error(&r->q->doc, at, r->err, "%.*s", W403_CUT(message));
        w403_error_hint(r->err, "%.*s", W403_CUT(hint));
    }
    return status;
}

/* ---- policies, as a case has them ---- */

typedef struct policy_member {
    const char    *name;
    w403_option_id id;
    unsigned       depth; /* of lists: 0 a document, 1 several, 2 several of several levels */
} policy_member;

static const policy_member policy_members[] = {
    {"identity", W403_OPT_IDENTITY_POLICY, 1},     {"boundary", W403_OPT_BOUNDARY, 0},
    {"session", W403_OPT_SESSION_POLICY, 1},       {"scp", W403_OPT_SCP, 2},
    {"rcp", W403_OPT_RCP, 2},                      {"resource", W403_OPT_BUCKET_POLICY, 0},
    {"vpc_endpoint", W403_OPT_VPCE_POLICY, 0},     {"access_point", W403_OPT_ACCESS_POINT_POLICY, 0},
    {"key", W403_OPT_KEY_POLICY, 0},               {"trust", W403_OPT_TRUST_POLICY, 0},
};

static w403_status add_policy(reader *r, const policy_member *m, const w403_json *v, w403_view name, unsigned level)
{
    w403_view value = level ? w403_arena_printf(r->a, "%u:%.*s", level, W403_ARG(name)) : name;
    W403_NEED(value.p, r->err);
    W403_TRY(add_text(r, name, v));
    return give(r, v, m->id, value.p);
}

static w403_status add_policies_of(reader *r, const policy_member *m, const w403_json *v)
{
    unsigned level = 0;
    if (m->depth == 0) {
        return add_policy(r, m, v, w403_arena_printf(r->a, "policies.%s", m->name), 0);
    }
    if (v->type != W403_JSON_ARRAY) {
        return wrong(r, v, m->depth == 1 ? "a list of documents" : "a list of levels, the root's first, each a list");
    }
    for (const w403_json *x = v->first; x; x = x->next, level++) {
        if (m->depth == 1) {
            W403_TRY(add_policy(r, m, x, w403_arena_printf(r->a, "policies.%s[%u]", m->name, level), 0));
            continue;
        }
        unsigned n = 0;
        if (x->type != W403_JSON_ARRAY) {
            return wrong(r, x, "a list of documents");
        }
        for (const w403_json *y = x->first; y; y = y->next, n++) {
            W403_TRY(add_policy(r, m, y, w403_arena_printf(r->a, "policies.%s[%u][%u]", m->name, level, n), level));
        }
    }
    return W403_OK;
}

static w403_status read_policies(reader *r, const w403_json *v)
{
    enum { N = sizeof policy_members / sizeof *policy_members };
    const char *names[N];
    if (v->type != W403_JSON_OBJECT) {
        return wrong(r, v, "an object");
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        size_t i = 0;
        while (i < N && !w403_view_eq(m->key, w403_view_of(policy_members[i].name))) {
            names[i] = policy_members[i].name;
            i++;
        }
        if (i == N) {
            return w403_json_unknown_member(&r->q->doc, m, "`policies`", names, N, r->err);
        }
        W403_TRY(add_policies_of(r, &policy_members[i], m));
    }
    return W403_OK;
}

/* ---- options ---- */

/* Those that write files, and those that only a terminal or a command line has a use for. */
bool w403_question_takes(w403_option_id id)
{
    static const w403_option_id list[] = {
        W403_OPT_SNAPSHOT, W403_OPT_NO_SNAPSHOT, W403_OPT_WRITE_FIXES, W403_OPT_WRITE_BASELINE, W403_OPT_FIX,
        W403_OPT_COLOR,    W403_OPT_HELP,        W403_OPT_QUIET,       W403_OPT_SETTLE_SCRIPT,  W403_OPT_LIVE};
    if (w403_option_at(id)->group == W403_GROUP_LIVE && id != W403_OPT_WITH) {
        return false; /* nothing is sent anywhere; what the answer holds is another matter */
    }
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (list[i] == id) {
            return false;
        }
    }
    return true;
}

w403_view w403_question_member(w403_arena *a, w403_option_id id)
{
    w403_view name = w403_arena_copy(a, w403_view_of(w403_option_at(id)->name));
    char     *p = (char *)(uintptr_t)name.p;
    for (size_t i = 0; p && i < name.n; i++) {
        p[i] = p[i] == '-' ? '_' : p[i];
    }
    return name;
}

/* secure-transport as a member: secure_transport. */
static w403_view option_name(reader *r, w403_view member)
{
    w403_view name = w403_arena_copy(r->a, member);
    char     *p = (char *)(uintptr_t)name.p;
    for (size_t i = 0; p && i < name.n; i++) {
        p[i] = p[i] == '_' ? '-' : p[i] == '-' ? '_' : p[i];
    }
    return name;
}

static w403_status unknown_member(reader *r, const w403_json *m)
{
    const char *names[W403_OPTIONS + 8];
    size_t      n = 0;
    static const char *const own[] = {"ask", "request", "policies", "operands", "files", "overlay", "snapshot", "evidence"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        names[n++] = own[i];
    }
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        if ((w403_option_at(id)->commands & r->q->command->bit) && w403_question_takes(id)) {
            w403_view name = w403_question_member(r->a, id);
            W403_NEED(name.p, r->err);
            names[n++] = name.p;
        }
    }
    return w403_json_unknown_member(&r->q->doc, m, "this question", names, n, r->err);
}

/* Options that name a file, in whose place the text stands. */
bool w403_question_takes_text(w403_option_id id)
{
    return w403_option_at(id)->complete == W403_COMPLETE_FILE && id != W403_OPT_PARAMETERS;
}

/* --policy PLACE=FILE: {"PLACE": document, ...} */
static w403_status give_documents(reader *r, const w403_json *v)
{
    unsigned n = 0;
    if (v->type != W403_JSON_OBJECT) {
        return wrong(r, v, "an object that maps places to documents");
    }
    for (const w403_json *m = v->first; m; m = m->next, n++) {
        w403_view name = w403_arena_printf(r->a, "policy[%u]", n);
        w403_view value = w403_arena_printf(r->a, "%.*s=%.*s", W403_ARG(m->key), W403_ARG(name));
        W403_NEED(value.p, r->err);
        W403_TRY(add_text(r, name, m));
        W403_TRY(give(r, m, W403_OPT_POLICY, value.p));
    }
    return W403_OK;
}

static w403_status give_one(reader *r, const w403_json *v, w403_option_id id, w403_view name)
{
    const w403_option *o = w403_option_at(id);
    const char        *value = NULL;
    if (v->type == W403_JSON_FALSE || v->type == W403_JSON_NULL) {
        return W403_OK; /* as if it were not there */
    }
    if (v->type == W403_JSON_TRUE) {
        return o->arg == W403_ARG_REQUIRED ? wrong(r, v, "a value") : give(r, v, id, NULL);
    }
    if (o->arg == W403_ARG_NONE) {
        return wrong(r, v, "true or false");
    }
    if (w403_question_takes_text(id)) {
        W403_TRY(add_text(r, name, v));
        return give(r, v, id, name.p);
    }
    if (id == W403_OPT_PARAMETERS && v->type == W403_JSON_OBJECT) {
        w403_view text = w403_arena_copy(r->a, bytes_of(r, v));
        W403_NEED(text.p, r->err);
        return give(r, v, id, text.p);
    }
    W403_TRY(word_of(r, v, &value));
    return give(r, v, id, value);
}

static w403_status read_option(reader *r, const w403_json *m)
{
    w403_view name = option_name(r, m->key);
    W403_NEED(name.p, r->err);
    w403_option_id id = w403_option_find(r->q->command->bit, name);
    if (id == W403_OPTIONS || !w403_question_takes(id)) {
        return unknown_member(r, m);
    }
    if (id == W403_OPT_POLICY) {
        return give_documents(r, m);
    }
    bool documents = w403_question_takes_text(id) && w403_option_at(id)->times != W403_MANY; /* a list is one document */
    if (m->type != W403_JSON_ARRAY || documents) {
        return give_one(r, m, id, w403_arena_copy(r->a, m->key));
    }
    unsigned n = 0;
    for (const w403_json *v = m->first; v; v = v->next, n++) {
        W403_TRY(give_one(r, v, id, w403_arena_printf(r->a, "%.*s[%u]", W403_ARG(m->key), n)));
    }
    return W403_OK;
}

/* ---- the other members ---- */

static w403_status read_operands(reader *r, const w403_json *v)
{
    const w403_json *first = v->type == W403_JSON_ARRAY ? v->first : v;
    for (const w403_json *x = first; x; x = v->type == W403_JSON_ARRAY ? x->next : NULL) {
        const char **operand = W403_PUSH(r->a, &r->q->args.operands);
        W403_NEED(operand, r->err);
        W403_TRY(word_of(r, x, operand));
    }
    return W403_OK;
}

/* Files that operands name; those that none names are operands themselves, in order. */
static w403_status read_files(reader *r, const w403_json *v)
{
    bool named = w403_json_get(r->q->doc.root, "operands") != NULL;
    if (v->type != W403_JSON_OBJECT) {
        return wrong(r, v, "an object that maps names to texts");
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        w403_view name = w403_arena_copy(r->a, m->key);
        W403_TRY(add_text(r, name, m));
        if (!named) {
            const char **operand = W403_PUSH(r->a, &r->q->args.operands);
            W403_NEED(operand, r->err);
            *operand = name.p;
        }
    }
    return W403_OK;
}

static w403_status read_overlay(reader *r, const w403_json *v)
{
    if (v->type != W403_JSON_OBJECT) {
        return wrong(r, v, "an object that maps paths of the snapshot to their contents");
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        w403_file_text *f = W403_PUSH(r->a, &r->q->overlay);
        W403_NEED(f, r->err);
        *f = (w403_file_text){.path = m->key};
        W403_TRY(text_of(r, m, &f->text));
    }
    return W403_OK;
}

static w403_status read_evidence(reader *r, const w403_json *v)
{
    if (v->type != W403_JSON_OBJECT) {
        return wrong(r, v, "an object");
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        W403_TRY(read_option(r, m));
    }
    return W403_OK;
}

static w403_status read_member(reader *r, const w403_json *m)
{
    static const struct {
        const char *name;
        w403_status (*read)(reader *, const w403_json *);
    } own[] = {{"policies", read_policies}, {"operands", read_operands}, {"files", read_files},
               {"overlay", read_overlay},   {"evidence", read_evidence}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (w403_view_eq(m->key, w403_view_of(own[i].name))) {
            return own[i].read(r, m);
        }
    }
    if (w403_view_eq(m->key, W403_LIT("ask"))) {
        return W403_OK;
    }
    if (w403_view_eq(m->key, W403_LIT("snapshot"))) {
        return text_of(r, m, &r->q->snapshot);
    }
    bool decides = r->q->command->bit == W403_FOR_DECIDE;
    if (decides && (w403_view_eq(m->key, W403_LIT("request")) || w403_view_eq(m->key, W403_LIT("lines")))) {
        return text_of(r, m, &r->q->lines);
    }
    return read_option(r, m);
}

/* ---- the whole ---- */

enum {
    ASKABLE = W403_FOR_EXPLAIN | W403_FOR_DECIDE | W403_FOR_INVENTORY | W403_FOR_SWEEP | W403_FOR_LOGS | W403_FOR_REPLAY |
              W403_FOR_RUNBOOK | W403_FOR_QUESTIONS | W403_FOR_TEST | W403_FOR_LINT | W403_FOR_VERSION
};

bool w403_question_asks(const w403_command *c)
{
    return (c->bit & ASKABLE) != 0;
}

static w403_status find_command(reader *r)
{
    const w403_json *root = r->q->doc.root, *ask = w403_json_get(root, "ask");
    if (!w403_json_is(root, W403_JSON_OBJECT) || !w403_json_is(ask, W403_JSON_STRING)) {
        w403_status status = w403_json_error(&r->q->doc, ask ? ask : root, r->err, "a question is an object with `ask`");
        w403_error_hint(r->err, "{\"ask\": \"explain\", \"request\": {\"operation\": \"GetObject\", ...}}");
        return status;
    }
    bool same = w403_view_eq(ask->text, W403_LIT("fix")) || w403_view_eq(ask->text, W403_LIT("evidence"));
    const w403_command *c = w403_command_find(same ? W403_LIT("explain") : ask->text);
    if (!c || !(c->bit & ASKABLE)) {
        const char *names[32];
        size_t      n = 0;
        for (size_t i = 0; w403_command_at(i) && n < 32; i++) {
            if (w403_command_at(i)->bit & ASKABLE) {
                names[n++] = w403_command_at(i)->name;
            }
        }
        const char *nearest = w403_nearest(ask->text, names, n);
        w403_status status = w403_json_error(&r->q->doc, ask, r->err, "there is no question `%.*s`", W403_CUT(ask->text));
        if (nearest) {
            w403_error_hint(r->err, "did you mean `%s`?", nearest);
        }
        return status;
    }
    r->q->command = c;
    return W403_OK;
}

w403_option_id w403_door_json_option(const w403_command *command)
{
    w403_option_id id = w403_option_find(command->bit, W403_LIT("format"));
    return id != W403_OPTIONS && w403_option_takes(w403_option_at(id), "json") ? id : W403_OPTIONS;
}

/* Answers are JSON unless the question wants another form; threads are the caller's matter. */
static w403_status give_defaults(reader *r)
{
    const w403_args *args = &r->q->args;
    w403_option_id   format = w403_door_json_option(r->q->command);
    w403_option_id   jobs = w403_option_find(r->q->command->bit, W403_LIT("jobs"));
    if (format != W403_OPTIONS && !w403_args_has(args, format)) {
        W403_TRY(give(r, r->q->doc.root, format, "json"));
    }
    if (jobs != W403_OPTIONS && !w403_args_has(args, jobs)) {
        W403_TRY(give(r, r->q->doc.root, jobs, "1"));
    }
    return W403_OK;
}

w403_status w403_question_read(w403_arena *a, w403_view text, w403_question *out, w403_error *err)
{
    reader r = {.a = a, .q = out, .err = err};
    *out = (w403_question){0};
    W403_TRY(w403_json_parse(a, W403_LIT("question"), text, NULL, &out->doc, NULL, err));
    W403_TRY(find_command(&r));
    for (const w403_json *m = out->doc.root->first; m; m = m->next) {
        W403_TRY(read_member(&r, m));
    }
    return give_defaults(&r);
}
