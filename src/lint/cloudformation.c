/* Templates: Ref, Fn::Sub and Fn::Join filled in from parameters; what only a deployment knows becomes opaque. */
#include "base/array.h"
#include "lint/document.h"

typedef struct resolver {
    w403_arena *a;
    const w403_json *parameters; /* of the template */
    const w403_json *resources;  /* of it, where names are filled in */
    unsigned depth;              /* names in names */
    const w403_lint_reading *how;
    bool nomem;
} resolver;

static w403_view opaque(void)
{
    return W403_LIT(W403_LINT_OPAQUE);
}

static w403_json *resolve(resolver *r, const w403_json *v);

enum { NAMES_DEEP = 4 }; /* a name of a name: no circle goes on */

static const struct {
    const char *type, *name, *arn; /* arn: what stands before the path in it; of a bucket nothing */
} named[] = {{"AWS::S3::Bucket", "BucketName", ""},
             {"AWS::IAM::Role", "RoleName", "role"},
             {"AWS::IAM::User", "UserName", "user"},
             {"AWS::IAM::Group", "GroupName", "group"}};

static w403_view joined(resolver *r, w403_view a, w403_view b);
static w403_view pseudo_parameter(const resolver *r, w403_view name);

/* arn:P:s3:::NAME, arn:P:iam::ACCOUNT:role/PATH/NAME */
static w403_view arn_of(resolver *r, size_t kind, const w403_json *properties, w403_view name)
{
    w403_view arn = joined(r, joined(r, W403_LIT("arn:"), pseudo_parameter(r, W403_LIT("AWS::Partition"))), W403_LIT(":"));
    if (kind == 0)
        return joined(r, joined(r, arn, W403_LIT("s3:::")), name);
    const w403_json *path = w403_json_get(properties, "Path"), *known = path ? resolve(r, path) : NULL;
    arn = joined(r, joined(r, arn, W403_LIT("iam::")), pseudo_parameter(r, W403_LIT("AWS::AccountId")));
    arn = joined(r, joined(r, arn, W403_LIT(":")), w403_view_of(named[kind].arn));
    return joined(r, joined(r, arn, known && known->text.n ? known->text : W403_LIT("/")), name);
}

/* What Ref or (`arn`) Fn::GetAtt Arn of a resource gives; {NULL,0}: the deployment gives the name. */
static w403_view resource(resolver *r, w403_view logical, bool arn)
{
    const w403_json *at = w403_json_is(r->resources, W403_JSON_OBJECT) ? r->resources->first : NULL;
    while (at && !w403_view_eq(at->key, logical))
        at = at->next;
    const w403_json *properties = w403_json_get(at, "Properties");
    w403_view type = w403_json_str(at, "Type"), found = {NULL, 0};
    for (size_t i = 0; i < sizeof named / sizeof *named && r->depth < NAMES_DEEP; i++) {
        const w403_json *name = w403_view_eq(type, w403_view_of(named[i].type)) ? w403_json_get(properties, named[i].name) : NULL;
        if (name) {
            r->depth++;
            const w403_json *known = resolve(r, name);
            if (known && known->type == W403_JSON_STRING)
                found = arn ? arn_of(r, i, properties, known->text) : known->text;
            r->depth--;
        }
    }
    return found;
}

/* --parameter NAME=VALUE, else the parameter's Default; opaque without either. */
static w403_view parameter(resolver *r, w403_view name)
{
    for (size_t i = 0; i < r->how->n_parameters; i++) {
        w403_view value = r->how->parameters[i], key = w403_view_cut(&value, '=');
        if (w403_view_eq(key, name) && value.p)
            return value;
    }
    const w403_json *p = w403_json_is(r->parameters, W403_JSON_OBJECT) ? r->parameters->first : NULL;
    while (p && !w403_view_eq(p->key, name))
        p = p->next;
    const w403_json *fallback = w403_json_get(p, "Default");
    if (fallback && fallback->type == W403_JSON_STRING)
        return fallback->text;
    bool arn = w403_view_ends(name, W403_LIT(".Arn")); /* as Fn::Sub has it */
    w403_view own = resource(r, arn ? w403_view_sub(name, 0, name.n - 4) : name, arn);
    return own.p ? own : opaque();
}

/* AWS::AccountId and its like. */
static w403_view pseudo_parameter(const resolver *r, w403_view name)
{
    w403_view value = w403_view_eq(name, W403_LIT("AWS::AccountId"))   ? r->how->account
                      : w403_view_eq(name, W403_LIT("AWS::Partition")) ? r->how->partition
                                                                       : (w403_view){NULL, 0};
    return value.p ? value : opaque();
}

static w403_view joined(resolver *r, w403_view a, w403_view b)
{
    w403_view out = w403_arena_printf(r->a, "%.*s%.*s", W403_ARG(a), W403_ARG(b));
    r->nomem = r->nomem || !out.p;
    return out;
}

/* ${Name} of a parameter, ${!Literal}; ${aws:...} is IAM's own, ${Resource.Attribute} and the rest are opaque. */
static w403_view substitute(resolver *r, w403_view text)
{
    w403_view out = {"", 0};
    for (size_t at = w403_view_find(text, W403_LIT("${")); at != SIZE_MAX && !r->nomem;
         at = w403_view_find(text, W403_LIT("${"))) {
        w403_view rest = w403_view_sub(text, at + 2, text.n);
        size_t close = w403_view_find_char(rest, '}');
        if (close == SIZE_MAX)
            break;
        w403_view name = w403_view_sub(rest, 0, close), value;
        bool pseudo = w403_view_starts(name, W403_LIT("AWS::"));
        if (name.n && name.p[0] == '!')
            value = w403_arena_printf(r->a, "${%.*s}", W403_ARG(w403_view_sub(name, 1, name.n)));
        else if (!pseudo && w403_view_find_char(name, ':') != SIZE_MAX)
            value = w403_view_sub(text, at, at + close + 3);
        else
            value = pseudo ? pseudo_parameter(r, name) : parameter(r, name);
        out = joined(r, joined(r, out, w403_view_sub(text, 0, at)), value);
        text = w403_view_sub(rest, close + 1, rest.n);
    }
    return out.n ? joined(r, out, text) : text;
}

static w403_view join(resolver *r, const w403_json *args)
{
    const w403_json *delimiter = w403_json_is(args, W403_JSON_ARRAY) ? args->first : NULL;
    const w403_json *list = delimiter ? delimiter->next : NULL;
    w403_view out = {"", 0};
    if (!w403_json_is(delimiter, W403_JSON_STRING) || !w403_json_is(list, W403_JSON_ARRAY))
        return opaque();
    for (const w403_json *item = list->first; item && !r->nomem; item = item->next) {
        const w403_json *part = resolve(r, item);
        w403_view text = part && part->type == W403_JSON_STRING ? part->text : opaque();
        out = joined(r, item == list->first ? out : joined(r, out, delimiter->text), text);
    }
    return out;
}

/* An object with one member that is a function. */
static bool is_function(const w403_json *v)
{
    return v->type == W403_JSON_OBJECT && v->count == 1 &&
           (w403_view_eq(v->first->key, W403_LIT("Ref")) || w403_view_starts(v->first->key, W403_LIT("Fn::")) ||
            w403_view_eq(v->first->key, W403_LIT("Condition")));
}

static w403_view call(resolver *r, const w403_json *f)
{
    const w403_json *args = f->first;
    if (w403_view_eq(args->key, W403_LIT("Ref")) && args->type == W403_JSON_STRING)
        return w403_view_starts(args->text, W403_LIT("AWS::")) ? pseudo_parameter(r, args->text) : parameter(r, args->text);
    if (w403_view_eq(args->key, W403_LIT("Fn::Sub"))) {
        const w403_json *text = args->type == W403_JSON_ARRAY ? args->first : args;
        return text && text->type == W403_JSON_STRING ? substitute(r, text->text) : opaque();
    }
    if (w403_view_eq(args->key, W403_LIT("Fn::GetAtt"))) {
        const w403_json *of = w403_json_is(args, W403_JSON_ARRAY) ? args->first : NULL;
        w403_view whole = of && of->next ? joined(r, joined(r, of->text, W403_LIT(".")), of->next->text) : args->text;
        return whole.n && w403_view_ends(whole, W403_LIT(".Arn")) ? parameter(r, whole) : opaque();
    }
    return w403_view_eq(args->key, W403_LIT("Fn::Join")) ? join(r, args) : opaque();
}

/* A copy; as deep as the parser lets a document be. */
static w403_json *resolve(resolver *r, const w403_json *v)
{
    w403_json *copy = w403_arena_alloc(r->a, sizeof *copy), **link;
    if (!copy) {
        r->nomem = true;
        return NULL;
    }
    *copy = *v;
    copy->next = NULL;
    if (is_function(v)) {
        copy->type = W403_JSON_STRING;
        copy->text = call(r, v);
        if (w403_view_find(copy->text, opaque()) != SIZE_MAX)
            copy->mark = W403_LINT_OPAQUE_MARK;
        copy->first = NULL;
        copy->count = 0;
        return copy;
    }
    link = &copy->first;
    for (const w403_json *m = v->first; m && !r->nomem; m = m->next) {
        *link = resolve(r, m);
        if (*link)
            link = &(*link)->next;
    }
    return copy;
}

const w403_json *w403_lint_resolve(w403_arena *a, const w403_json *template, const w403_json *policy,
                                   const w403_lint_reading *how)
{
    resolver r = {.a = a, .parameters = w403_json_get(template, "Parameters"),
                  .resources = how->names ? w403_json_get(template, "Resources") : NULL, .how = how};
    w403_json *out = resolve(&r, policy);
    return r.nomem ? NULL : out;
}
