/* Files of the world that answers, and parts of them. */
#include "narrow_answers.h"

const w403_json *world_file(narrow_world *w, w403_view path, w403_view *text)
{
    const w403_json_doc *doc = w403_map_get(&w->s->files, path);
    w403_json_doc *parsed = W403_NEW(w->a, w403_json_doc);
    w403_error err;
    if (!doc || !parsed || w403_json_parse(w->a, path, doc->text, NULL, parsed, NULL, &err) != W403_OK) {
        return NULL;
    }
    *text = doc->text;
    return parsed->root;
}

w403_view world_raw(w403_view text, const w403_json *v)
{
    return w403_view_sub(text, v->span.off, v->span.off + v->span.len);
}

/* The error that a value stands for. */
bool world_error_of(const w403_json *v, reply *out)
{
    w403_view code = w403_json_str(w403_json_get(v, "error"), "code");
    if (code.n) {
        *out = (reply){.code = code};
    }
    return code.n > 0;
}

w403_view world_arg(const narrow_call *c, const char *name)
{
    for (size_t i = 0; i < c->call.n_arguments; i++) {
        if (w403_view_eq(c->arguments[i].name, w403_view_of(name))) {
            return c->arguments[i].value;
        }
    }
    return W403_LIT("");
}

w403_view world_account(const narrow_world *w, const narrow_call *c)
{
    w403_view id = world_arg(c, "AccountId");
    return id.n ? id : c->call.account.n ? c->call.account : w->account;
}

/* The members of an object but for some. */
w403_view world_without(narrow_world *w, w403_view text, const w403_json *v, const char *const *names)
{
    w403_buf out = {0};
    bool first = true;
    w403_buf_putc(&out, '{');
    for (const w403_json *m = v->first; m; m = m->next) {
        bool left = false;
        for (size_t i = 0; names[i]; i++) {
            left |= w403_view_eq(m->key, w403_view_of(names[i]));
        }
        if (!left) {
            w403_buf_puts(&out, first ? "" : ", ");
            w403_buf_json_string(&out, m->key);
            w403_buf_puts(&out, ": ");
            w403_buf_put(&out, world_raw(text, m));
            first = false;
        }
    }
    w403_buf_putc(&out, '}');
    return w403_buf_take(&out, w->a);
}

const w403_json *world_named(const w403_json *list, const char *member, w403_view name)
{
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        if (w403_view_eq(w403_json_str(v, member), name)) {
            return v;
        }
    }
    return NULL;
}

reply world_plain_file(narrow_world *w, w403_view path, const char *absent)
{
    w403_view text;
    reply out;
    const w403_json *v = world_file(w, path, &text);
    return !v || v->type == W403_JSON_NULL ? refused(absent)
           : world_error_of(v, &out)       ? out
                                           : good(world_raw(text, v));
}
