/* Templates: what a stack makes, with parameters filled in. What only the deployment knows is unknown. */
#include "lint/document.h"
#include "sources/made.h"

typedef struct stack {
    w403_made           made;
    w403_view           name, account;
    const w403_json    *template;
    w403_lint_reading   how;
} stack;

/* Does anything in it hang on the deployment? As deep as the parser lets a document be. */
static bool is_open(const w403_json *v)
{
    for (const w403_json *c = v ? v->first : NULL; c; c = c->next) {
        if (is_open(c)) {
            return true;
        }
    }
    return v && v->mark == W403_LINT_OPAQUE_MARK;
}

/* A property, filled in; NULL: it is not there, or not known before the deployment. */
static const w403_json *known(stack *s, const w403_json *properties, const char *name)
{
    const w403_json *v = w403_json_get(properties, name), *filled = v ? w403_lint_resolve(s->made.a, s->template, v, &s->how) : NULL;
    s->made.nomem |= v && !filled;
    return filled && !is_open(filled) ? filled : NULL;
}

static w403_view text_of(stack *s, const w403_json *properties, const char *name)
{
    const w403_json *v = known(s, properties, name);
    return v && v->type == W403_JSON_STRING ? v->text : (w403_view){NULL, 0};
}

static void put_setting(stack *s, w403_view bucket, const w403_json *properties, const char *name, const char *file, const char *member)
{
    if (w403_json_get(properties, name)) {
        w403_made_bucket_file(&s->made, s->account, bucket, file, member, known(s, properties, name));
    }
}

/* {"ServerSideEncryptionConfiguration": [rule]} and {"Rules": [...]} lack the level that S3's answer has. */
static void put_wrapped(stack *s, w403_view bucket, const w403_json *value, bool there, const char *file, const char *member)
{
    w403_json *inner = NULL, *object = NULL;
    if (value && (inner = W403_NEW(s->made.a, w403_json)) && (object = W403_NEW(s->made.a, w403_json))) {
        *inner = *value;
        inner->key = W403_LIT("Rules");
        inner->next = NULL;
        *object = (w403_json){.type = W403_JSON_OBJECT, .count = 1, .first = inner};
    }
    if (there) {
        w403_made_bucket_file(&s->made, s->account, bucket, file, member, object);
    }
}

/* ServerSideEncryptionByDefault of a template is ApplyServerSideEncryptionByDefault of S3's answers. */
static const w403_json *as_answered(const w403_json *rules)
{
    for (const w403_json *rule = rules ? rules->first : NULL; rule; rule = rule->next) {
        for (w403_json *m = rule->first; m; m = m->next) {
            if (w403_view_eq(m->key, W403_LIT("ServerSideEncryptionByDefault"))) {
                m->key = W403_LIT("ApplyServerSideEncryptionByDefault");
            }
        }
    }
    return rules;
}

/* Logical ids of resources whose names the deployment makes up are of no use to a question. */
static bool named(stack *s, const w403_json *resource, const char *property, w403_view *out)
{
    *out = text_of(s, w403_json_get(resource, "Properties"), property);
    if (!out->p) {
        w403_made_tell(&s->made, "`%.*s` has a name that only the deployment knows: it is left out", W403_CUT(resource->key));
    }
    return out->p != NULL;
}

static void put_bucket(stack *s, const w403_json *resource)
{
    w403_view name;
    const w403_json *p = w403_json_get(resource, "Properties"), *encryption = w403_json_get(p, "BucketEncryption"),
                    *ownership = w403_json_get(p, "OwnershipControls");
    if (!named(s, resource, "BucketName", &name)) {
        return;
    }
    put_setting(s, name, p, "PublicAccessBlockConfiguration", "public-access-block.json", "PublicAccessBlockConfiguration");
    put_setting(s, name, p, "VersioningConfiguration", "versioning.json", NULL);
    put_wrapped(s, name, as_answered(known(s, encryption, "ServerSideEncryptionConfiguration")), encryption != NULL, "encryption.json",
                "ServerSideEncryptionConfiguration");
    put_wrapped(s, name, known(s, ownership, "Rules"), ownership != NULL, "ownership-controls.json", "OwnershipControls");
}

static void put_bucket_policy(stack *s, const w403_json *resource)
{
    w403_view name;
    if (named(s, resource, "Bucket", &name)) {
        w403_made_bucket_file(&s->made, s->account, name, "policy.json", "Policy",
                              known(s, w403_json_get(resource, "Properties"), "PolicyDocument"));
    }
}

/* Inline policies of a principal, or of several. */
static void put_inlines(stack *s, w403_made_entity *e, const w403_json *properties)
{
    const w403_json *policies = w403_json_get(properties, "Policies"), *arns = w403_json_get(properties, "ManagedPolicyArns");
    if (policies && policies->type != W403_JSON_ARRAY) {
        e->rest = s->name;
    }
    for (const w403_json *p = w403_json_is(policies, W403_JSON_ARRAY) ? policies->first : NULL; p; p = p->next) {
        w403_made_add_document(&s->made, e, text_of(s, p, "PolicyName"), known(s, p, "PolicyDocument"));
    }
    const w403_json *filled = arns ? w403_lint_resolve(s->made.a, s->template, arns, &s->how) : NULL;
    if (arns && !w403_json_is(filled, W403_JSON_ARRAY)) {
        e->rest = s->name;
    }
    for (const w403_json *p = w403_json_is(filled, W403_JSON_ARRAY) ? filled->first : NULL; p; p = p->next) {
        if (is_open(p) || p->type != W403_JSON_STRING) {
            e->rest = s->name;
        } else {
            w403_made_add_attached(&s->made, e, p->text);
        }
    }
}

static void put_principal(stack *s, const w403_json *resource, w403_made_kind kind, const char *property)
{
    w403_view name;
    const w403_json *p = w403_json_get(resource, "Properties"), *groups = w403_json_get(p, "Groups");
    w403_made_entity *e = named(s, resource, property, &name) ? w403_made_entity_of(&s->made, kind, s->account, name) : NULL;
    if (!e) {
        return;
    }
    e->path = text_of(s, p, "Path");
    e->trust = known(s, p, "AssumeRolePolicyDocument");
    e->boundary = text_of(s, p, "PermissionsBoundary");
    e->boundary_unknown = !e->boundary.p && w403_json_get(p, "PermissionsBoundary");
    e->tags = known(s, p, "Tags");
    e->tags = w403_json_is(e->tags, W403_JSON_ARRAY) ? e->tags : NULL;
    put_inlines(s, e, p);
    const w403_json *filled = groups ? known(s, p, "Groups") : NULL;
    for (const w403_json *g = w403_json_is(filled, W403_JSON_ARRAY) ? filled->first : NULL; g; g = g->next) {
        w403_made_add_group(&s->made, e, g->text);
    }
    if (groups && !filled) {
        e->rest = s->name;
    }
}

/* Is it one of this template, whose name the deployment makes up? Then it is left out, and what is put on it too. */
static bool is_left_out(const stack *s, const w403_json *holder)
{
    w403_view name = w403_json_str(holder, "Ref");
    const w403_json *resources = w403_json_get(s->template, "Resources"), *r = w403_json_is(resources, W403_JSON_OBJECT) ? resources->first : NULL;
    while (r && !w403_view_eq(r->key, name)) {
        r = r->next;
    }
    return r != NULL;
}

/* Of whom it is only the deployment knows: it may be anybody's of that kind. */
static void put_on_all(stack *s, w403_made_kind kind)
{
    for (size_t i = 0; i < s->made.entities.n; i++) {
        if (s->made.entities.at[i]->kind == kind) {
            s->made.entities.at[i]->rest = s->name;
        }
    }
}

/* Policies that name their holders: `one` inline (AWS::IAM::Policy, RolePolicy ...), else attached. */
static void put_on(stack *s, const w403_json *properties, const char *list, w403_made_kind kind, w403_view name, const w403_json *document,
                   w403_view arn)
{
    const w403_json *v = w403_json_get(properties, list), *filled = v ? w403_lint_resolve(s->made.a, s->template, v, &s->how) : NULL;
    bool list_of = w403_json_is(filled, W403_JSON_ARRAY) && w403_json_is(v, W403_JSON_ARRAY);
    const w403_json *at = list_of ? filled->first : filled, *raw = list_of ? v->first : v;
    for (; at && raw; at = list_of ? at->next : NULL, raw = raw->next) {
        if (at->type != W403_JSON_STRING || is_open(at)) {
            if (!is_left_out(s, raw)) {
                put_on_all(s, kind);
            }
            continue;
        }
        size_t before = s->made.entities.n;
        w403_made_entity *e = w403_made_entity_of(&s->made, kind, s->account, at->text);
        if (e && s->made.entities.n > before) { /* of another stack: there is more to it */
            e->rest = s->name;
            e->boundary_unknown = true;
        }
        if (arn.p) {
            w403_made_add_attached(&s->made, e, arn);
        } else {
            w403_made_add_document(&s->made, e, name, document);
        }
    }
}

static void put_policy(stack *s, const w403_json *resource, bool managed)
{
    const w403_json *p = w403_json_get(resource, "Properties"), *document = known(s, p, "PolicyDocument");
    w403_view name = text_of(s, p, managed ? "ManagedPolicyName" : "PolicyName"), arn = {NULL, 0};
    if (managed) {
        w403_made_entity *e = w403_made_entity_of(&s->made, W403_MADE_POLICY, s->account, name.n ? name : resource->key);
        if (!e) {
            return;
        }
        e->path = text_of(s, p, "Path");
        e->document = document;
        arn = w403_made_arn(&s->made, W403_MADE_POLICY, s->account, e->path, e->name);
    }
    put_on(s, p, "Users", W403_MADE_USER, name, document, arn);
    put_on(s, p, "UserName", W403_MADE_USER, name, document, arn);
    put_on(s, p, "Groups", W403_MADE_GROUP, name, document, arn);
    put_on(s, p, "GroupName", W403_MADE_GROUP, name, document, arn);
    put_on(s, p, "Roles", W403_MADE_ROLE, name, document, arn);
    put_on(s, p, "RoleName", W403_MADE_ROLE, name, document, arn);
}

static bool is(const w403_json *resource, const char *type)
{
    return w403_view_eq(w403_json_str(resource, "Type"), w403_view_of(type));
}

static bool put_resource(stack *s, const w403_json *r)
{
    if (is(r, "AWS::S3::Bucket")) {
        put_bucket(s, r);
    } else if (is(r, "AWS::S3::BucketPolicy")) {
        put_bucket_policy(s, r);
    } else if (is(r, "AWS::IAM::Role")) {
        put_principal(s, r, W403_MADE_ROLE, "RoleName");
    } else if (is(r, "AWS::IAM::User")) {
        put_principal(s, r, W403_MADE_USER, "UserName");
    } else if (is(r, "AWS::IAM::Group")) {
        put_principal(s, r, W403_MADE_GROUP, "GroupName");
    } else if (is(r, "AWS::IAM::ManagedPolicy") || is(r, "AWS::IAM::Policy") || is(r, "AWS::IAM::RolePolicy") ||
               is(r, "AWS::IAM::UserPolicy") || is(r, "AWS::IAM::GroupPolicy")) {
        put_policy(s, r, is(r, "AWS::IAM::ManagedPolicy"));
    } else {
        return false;
    }
    return true;
}

/* Principals before the policies that name them; last, buckets of whose policy nothing is said. */
static void put_all(stack *s, const w403_json *resources)
{
    size_t read = 0;
    for (int round = 0; round < 3; round++) {
        for (const w403_json *r = resources->first; r; r = r->next) {
            bool policy = w403_view_ends(w403_json_str(r, "Type"), W403_LIT("Policy"));
            w403_view bucket = round == 2 && is(r, "AWS::S3::Bucket") ? text_of(s, w403_json_get(r, "Properties"), "BucketName") : (w403_view){NULL, 0};
            if (bucket.p) {
                w403_made_bucket(&s->made, s->account, bucket);
            }
            if (round == 2 || policy != (round == 1)) {
                continue;
            }
            if (w403_json_get(r, "Condition") && policy) { /* it may not be made */
                w403_made_tell(&s->made, "`%.*s` hangs on a condition: it is left out", W403_CUT(r->key));
                continue;
            }
            read += put_resource(s, r);
        }
    }
    if (!read) {
        w403_made_tell(&s->made, "`%.*s` holds no bucket, principal or policy", W403_CUT(s->name));
    }
}

w403_status w403_source_cloudformation(w403_arena *a, w403_view name, w403_view text, const w403_source_options *o, w403_view *out,
                                       w403_error *err)
{
    w403_json_doc doc;
    w403_view first = w403_view_trim(text);
    bool json = first.n && first.p[0] == '{';
    stack s = {.made = {.a = a, .options = o, .partition = W403_LIT("aws")}, .name = name, .account = o->account};
    W403_TRY(json ? w403_json_parse(a, name, text, NULL, &doc, NULL, err) : w403_lint_yaml(a, name, text, &doc, err));
    const w403_json *resources = w403_json_get(doc.root, "Resources");
    if (!w403_json_is(resources, W403_JSON_OBJECT)) {
        (void)w403_error_set(err, W403_SEMANTIC, "`%.*s` is no template: it has no `Resources`", W403_CUT(name));
        return W403_SEMANTIC;
    }
    if (!o->account.n) {
        (void)w403_error_set(err, W403_SEMANTIC, "a template does not say which account it is for");
        w403_error_hint(err, "name it with `--account ID`");
        return W403_SEMANTIC;
    }
    s.template = doc.root;
    s.how = (w403_lint_reading){.parameters = o->parameters, .n_parameters = o->n_parameters, .account = o->account,
                                .partition = s.made.partition, .names = true};
    put_all(&s, resources);
    return w403_made_text(&s.made, out, err);
}
