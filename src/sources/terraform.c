/* `terraform show -json`: modules, resources, references. */
#include "sources/terraform.h"

enum { DEEPEST = 32 }; /* modules in modules */

/* ---- references ---- */

static w403_view key_of(w403_tf *t, w403_view module, w403_view type, w403_view name)
{
    w403_view key = w403_arena_printf(t->made.a, "%.*s\n%.*s.%.*s", W403_ARG(module), W403_ARG(type), W403_ARG(name));
    t->made.nomem |= !key.p;
    return key;
}

static bool same_index(const w403_json *x, const w403_json *y)
{
    return x == y || (x && y && x->type == y->type && w403_view_eq(x->text, y->text));
}

/* `aws_s3_bucket.x.id`, `aws_s3_bucket.x[0].id`: the instance of one's own index, or the only one. */
static const w403_tf_resource *referred(w403_tf *t, const w403_tf_resource *from, w403_view reference)
{
    w403_view rest = reference, type = w403_view_cut(&rest, '.');
    w403_view name = rest.p ? w403_view_cut(&rest, '.') : (w403_view){NULL, 0};
    size_t bracket = name.p ? w403_view_find_char(name, '[') : SIZE_MAX;
    name = bracket != SIZE_MAX ? w403_view_sub(name, 0, bracket) : name;
    if (!name.n) {
        return NULL;
    }
    const w403_tf_resource *first = w403_map_get(&t->by_name, key_of(t, from->module, type, name));
    for (const w403_tf_resource *r = first; r; r = r->next) {
        if (r->index && same_index(r->index, from->index)) {
            return r;
        }
    }
    return first && !first->next ? first : NULL;
}

/* By what the others name it. */
static w403_view name_of(w403_tf *t, const w403_tf_resource *r)
{
    static const char *const members[] = {"bucket", "arn", "name", "key_id"};
    bool bucket = w403_view_eq(r->type, W403_LIT("aws_s3_bucket"));
    bool policy = w403_view_eq(r->type, W403_LIT("aws_iam_policy"));
    if (policy && !w403_made_str(r->values, "arn").p && w403_made_str(r->values, "name").p) {
        return w403_made_arn(&t->made, W403_MADE_POLICY, t->account, w403_made_str(r->values, "path"),
                             w403_made_str(r->values, "name"));
    }
    return w403_made_str(r->values, bucket ? members[0] : policy ? members[1] : members[2]);
}

w403_view w403_tf_text(w403_tf *t, const w403_tf_resource *r, const char *attribute)
{
    w403_view v = w403_made_str(r->values, attribute);
    if (v.p) {
        return v;
    }
    const w403_json *expression = w403_json_get(r->expressions, attribute);
    const w403_json *constant = w403_json_get(expression, "constant_value");
    if (w403_json_is(constant, W403_JSON_STRING)) {
        return constant->text;
    }
    const w403_json *list = w403_json_get(expression, "references");
    for (const w403_json *ref = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; ref; ref = ref->next) {
        const w403_tf_resource *to = ref->type == W403_JSON_STRING ? referred(t, r, ref->text) : NULL;
        if (to) {
            return name_of(t, to);
        }
    }
    return (w403_view){NULL, 0};
}

const w403_json *w403_tf_document(const w403_tf_resource *r, const char *attribute)
{
    const w403_json *v = w403_json_get(r->values, attribute);
    return v && v->type == W403_JSON_STRING && w403_view_trim(v->text).n ? v : NULL;
}

/* ---- modules ---- */

/* `module.a["x.y"].module.b[0]` -> b. */
static w403_view last_module(w403_view address)
{
    w403_view name = address;
    bool quoted = false;
    size_t end = address.n, depth = 0;
    for (size_t i = 0; i < address.n; i++) {
        char c = address.p[i];
        quoted ^= c == '"';
        depth += !quoted && c == '[';
        depth -= !quoted && c == ']' && depth;
        if (!quoted && depth == 0 && c == '.') {
            name = w403_view_sub(address, i + 1, address.n);
        }
    }
    end = w403_view_find_char(name, '[');
    return end != SIZE_MAX ? w403_view_sub(name, 0, end) : name;
}

static const w403_json *expressions_of(const w403_json *config, w403_view type, w403_view name)
{
    const w403_json *list = w403_json_get(config, "resources");
    for (const w403_json *c = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; c; c = c->next) {
        if (w403_view_eq(w403_json_str(c, "type"), type) && w403_view_eq(w403_json_str(c, "name"), name) &&
            !w403_view_eq(w403_json_str(c, "mode"), W403_LIT("data"))) {
            return w403_json_get(c, "expressions");
        }
    }
    return NULL;
}

static void add_resource(w403_tf *t, w403_view module, const w403_json *json, const w403_json *config)
{
    w403_tf_resource **slot, *r;
    const w403_json *values = w403_json_get(json, "values");
    w403_view type = w403_json_str(json, "type"), name = w403_json_str(json, "name");
    if (!values || !type.n || !name.n || w403_view_eq(w403_json_str(json, "mode"), W403_LIT("data"))) {
        return;
    }
    r = W403_NEW(t->made.a, w403_tf_resource);
    slot = r ? W403_PUSH(t->made.a, &t->resources) : NULL;
    if (!slot) {
        t->made.nomem = true;
        return;
    }
    *r = (w403_tf_resource){.module = module, .type = type, .name = name, .address = w403_json_str(json, "address"),
                            .index = w403_json_get(json, "index"), .values = values,
                            .expressions = expressions_of(config, type, name)};
    r->created = w403_map_get(&t->changes, r->address) != NULL;
    w403_view key = key_of(t, module, type, name);
    r->next = w403_map_get(&t->by_name, key);
    t->made.nomem |= !w403_map_put(t->made.a, &t->by_name, key, r);
    *slot = r;
}

static w403_status walk(w403_tf *t, const w403_json *module, const w403_json *config, unsigned depth, w403_error *err)
{
    const w403_json *resources = w403_json_get(module, "resources"), *children = w403_json_get(module, "child_modules");
    w403_view address = w403_json_str(module, "address");
    if (depth > DEEPEST) {
        return w403_error_set(err, W403_LIMIT, "`%.*s`: modules stand more than %d deep in each other", W403_CUT(t->name), DEEPEST);
    }
    address = address.p ? address : W403_LIT("");
    for (const w403_json *r = w403_json_is(resources, W403_JSON_ARRAY) ? resources->first : NULL; r; r = r->next) {
        add_resource(t, address, r, config);
    }
    for (const w403_json *c = w403_json_is(children, W403_JSON_ARRAY) ? children->first : NULL; c; c = c->next) {
        const w403_json *calls = w403_json_get(config, "module_calls"), *call = NULL;
        w403_view name = last_module(w403_json_str(c, "address"));
        for (call = w403_json_is(calls, W403_JSON_OBJECT) ? calls->first : NULL; call && !w403_view_eq(call->key, name);) {
            call = call->next;
        }
        W403_TRY(walk(t, c, w403_json_get(call, "module"), depth + 1, err));
    }
    return W403_OK;
}

/* ---- what the plan does ---- */

static void read_changes(w403_tf *t, const w403_json *root)
{
    const w403_json *list = w403_json_get(root, "resource_changes");
    for (const w403_json *c = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; c; c = c->next) {
        const w403_json *actions = w403_json_path(c, "change", "actions", NULL);
        bool creates = false;
        for (const w403_json *a = w403_json_is(actions, W403_JSON_ARRAY) ? actions->first : NULL; a; a = a->next) {
            creates |= w403_view_eq(a->text, W403_LIT("create"));
        }
        if (creates) {
            t->made.nomem |= !w403_map_put(t->made.a, &t->changes, w403_json_str(c, "address"), (void *)(uintptr_t)actions);
        }
    }
}

static bool digits12(w403_view v)
{
    bool good = v.n == 12;
    for (size_t i = 0; i < v.n; i++) {
        good = good && v.p[i] >= '0' && v.p[i] <= '9';
    }
    return good;
}

/* The account of an ARN that has one. */
static w403_view account_of(w403_view arn)
{
    w403_view part = {NULL, 0};
    for (int i = 0; i < 5 && arn.p; i++) {
        part = w403_view_cut(&arn, ':');
    }
    return digits12(part) ? part : (w403_view){NULL, 0};
}

static w403_view caller_account(const w403_json *module)
{
    const w403_json *list = w403_json_get(module, "resources");
    for (const w403_json *r = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; r; r = r->next) {
        w403_view id = w403_json_str(w403_json_get(r, "values"), "account_id");
        if (w403_view_eq(w403_json_str(r, "type"), W403_LIT("aws_caller_identity")) && digits12(id)) {
            return id;
        }
    }
    return (w403_view){NULL, 0};
}

/* It is asked for (data aws_caller_identity), or an ARN of IAM's says it. */
static w403_status find_account(w403_tf *t, const w403_json *root, w403_error *err)
{
    t->account = t->made.options->account;
    const w403_json *prior = w403_json_path(root, "prior_state", "values", "root_module", NULL);
    const w403_json *state = w403_json_path(root, "values", "root_module", NULL);
    t->account = t->account.n ? t->account : caller_account(prior);
    t->account = t->account.n ? t->account : caller_account(state);
    for (size_t i = 0; i < t->resources.n; i++) {
        w403_view arn = w403_made_str(t->resources.at[i]->values, "arn"), rest = arn;
        if (w403_view_starts(arn, W403_LIT("arn:"))) {
            (void)w403_view_cut(&rest, ':');
            t->made.partition = w403_view_cut(&rest, ':');
        }
        if (!t->account.n && w403_view_starts(t->resources.at[i]->type, W403_LIT("aws_iam_"))) {
            t->account = account_of(arn);
        }
    }
    if (t->account.n) {
        return W403_OK;
    }
    (void)w403_error_set(err, W403_SEMANTIC, "`%.*s` does not say which account it is for", W403_CUT(t->name));
    w403_error_hint(err, "name it with `--account ID`, or read `data \"aws_caller_identity\"` in the configuration");
    return W403_SEMANTIC;
}

w403_status w403_source_terraform(w403_arena *a, w403_view name, w403_view text, const w403_source_options *o, w403_view *out,
                                  w403_error *err)
{
    w403_json_doc doc;
    w403_tf t = {.made = {.a = a, .options = o, .partition = W403_LIT("aws")}, .name = name};
    W403_TRY(w403_json_parse(a, name, text, NULL, &doc, NULL, err));
    const w403_json *planned = w403_json_path(doc.root, "planned_values", "root_module", NULL);
    const w403_json *module = planned ? planned : w403_json_path(doc.root, "values", "root_module", NULL);
    if (!module) {
        (void)w403_error_set(err, W403_SEMANTIC, "`%.*s` is no plan: it has no `planned_values`", W403_CUT(name));
        w403_error_hint(err, "`terraform show -json PLAN` prints one");
        return W403_SEMANTIC;
    }
    read_changes(&t, doc.root);
    W403_TRY(walk(&t, module, w403_json_path(doc.root, "configuration", "root_module", NULL), 0, err));
    W403_TRY(find_account(&t, doc.root, err));
    size_t read = 0;
    for (int round = 0; round < 2; round++) { /* those that have names of their own, then what is put on them */
        for (size_t i = 0; i < t.resources.n; i++) {
            bool named = w403_json_get(t.resources.at[i]->values, "name") || w403_view_eq(t.resources.at[i]->type, W403_LIT("aws_s3_bucket"));
            if (named == (round == 0)) {
                read += w403_tf_s3(&t, t.resources.at[i]) || w403_tf_iam(&t, t.resources.at[i]);
            }
        }
    }
    if (!read) {
        w403_made_tell(&t.made, "`%.*s` holds no bucket, key, principal or policy", W403_CUT(name));
    }
    return w403_made_text(&t.made, out, err);
}
