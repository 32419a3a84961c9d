#include "sources/made.h"

#include <stdarg.h>
#include <stdio.h>

#define UNKNOWN_VALUE "{\"error\": {\"code\": \"NotInTheSource\"}}"

static const struct {
    const char *list, *name, *id, *inline_list, *arn;
} kinds[] = {
    [W403_MADE_USER] = {"UserDetailList", "UserName", "UserId", "UserPolicyList", "user"},
    [W403_MADE_GROUP] = {"GroupDetailList", "GroupName", "GroupId", "GroupPolicyList", "group"},
    [W403_MADE_ROLE] = {"RoleDetailList", "RoleName", "RoleId", "RolePolicyList", "role"},
    [W403_MADE_POLICY] = {"Policies", "PolicyName", "PolicyId", NULL, "policy"},
};

/* ---- principals ---- */

w403_made_entity *w403_made_entity_of(w403_made *m, w403_made_kind kind, w403_view account, w403_view name)
{
    for (size_t i = 0; i < m->entities.n; i++) {
        w403_made_entity *e = m->entities.at[i];
        if (e->kind == kind && w403_view_eq(e->account, account) && w403_view_eq(e->name, name)) {
            return e;
        }
    }
    w403_made_entity **slot = W403_PUSH(m->a, &m->entities), *e = slot ? W403_NEW(m->a, w403_made_entity) : NULL;
    if (!e) {
        m->nomem = true;
        m->entities.n -= slot != NULL;
        return NULL;
    }
    *e = (w403_made_entity){.kind = kind, .account = account, .name = name};
    return *slot = e;
}

void w403_made_add_document(w403_made *m, w403_made_entity *e, w403_view name, const w403_json *document)
{
    w403_made_document *d = e ? W403_PUSH(m->a, &e->documents) : NULL;
    m->nomem |= !d;
    if (d) {
        *d = (w403_made_document){name.n ? name : W403_LIT("inline"), document};
    }
}

static void add_view(w403_made *m, w403_view *slot, w403_view v)
{
    m->nomem |= !slot;
    if (slot) {
        *slot = v;
    }
}

void w403_made_add_attached(w403_made *m, w403_made_entity *e, w403_view arn)
{
    if (e) {
        add_view(m, W403_PUSH(m->a, &e->attached), arn);
    }
}

void w403_made_add_group(w403_made *m, w403_made_entity *e, w403_view name)
{
    if (e) {
        add_view(m, W403_PUSH(m->a, &e->groups), name);
    }
}

w403_view w403_made_arn(w403_made *m, w403_made_kind kind, w403_view account, w403_view path, w403_view name)
{
    w403_view arn = w403_arena_printf(m->a, "arn:%.*s:iam::%.*s:%s%.*s%.*s", W403_ARG(m->partition), W403_ARG(account),
                                      kinds[kind].arn, W403_ARG(path.n ? path : W403_LIT("/")), W403_ARG(name));
    m->nomem |= !arn.p;
    return arn;
}

/* ---- files ---- */

bool w403_made_has(const w403_made *m, w403_view path)
{
    for (size_t i = 0; i < m->files.n; i++) {
        if (w403_view_eq(m->files.at[i].path, path)) {
            return true;
        }
    }
    return false;
}

void w403_made_file_text(w403_made *m, w403_view path, w403_view text)
{
    w403_made_file *f = path.p && text.p && !w403_made_has(m, path) ? W403_PUSH(m->a, &m->files) : NULL;
    m->nomem |= !path.p || !text.p || (!f && !w403_made_has(m, path));
    if (f) {
        *f = (w403_made_file){path, text};
    }
}

static w403_view bucket_path(w403_made *m, w403_view account, w403_view bucket, const char *file)
{
    return w403_arena_printf(m->a, "accounts/%.*s/s3/%.*s/%s", W403_ARG(account), W403_ARG(bucket), file);
}

void w403_made_bucket_file(w403_made *m, w403_view account, w403_view bucket, const char *file, const char *member,
                           const w403_json *value)
{
    w403_buf out = {0};
    w403_json_writer w;
    w403_jw_init(&w, &out, false);
    if (!value) {
        w403_jw_raw(&w, W403_LIT(UNKNOWN_VALUE));
    } else if (member) {
        w403_jw_object(&w);
        w403_jw_key(&w, member);
        w403_jw_value(&w, value);
        w403_jw_end_object(&w);
    } else {
        w403_jw_value(&w, value);
    }
    w403_view text = w403_buf_ok(&out) ? w403_arena_copy(m->a, w403_buf_view(&out)) : (w403_view){NULL, 0};
    w403_buf_free(&out);
    w403_made_file_text(m, bucket_path(m, account, bucket, file), text);
}

void w403_made_bucket(w403_made *m, w403_view account, w403_view bucket)
{
    w403_made_bucket_file(m, account, bucket, "policy.json", NULL, NULL);
}

/* ---- the text ---- */

static void put_document(w403_json_writer *w, const char *name, const w403_json *document)
{
    w403_jw_key(w, name);
    if (document) {
        w403_jw_value(w, document);
    } else {
        w403_jw_raw(w, W403_LIT(UNKNOWN_VALUE));
    }
}

static void put_inline(w403_made *m, w403_json_writer *w, const w403_made_entity *e)
{
    w403_jw_key(w, kinds[e->kind].inline_list);
    w403_jw_array(w);
    for (size_t i = 0; i < e->documents.n; i++) {
        w403_jw_object(w);
        w403_jw_text(w, "PolicyName", e->documents.at[i].name);
        put_document(w, "PolicyDocument", e->documents.at[i].document);
        w403_jw_end_object(w);
    }
    if (e->rest.n) {
        w403_jw_object(w);
        w403_jw_text(w, "PolicyName", w403_arena_printf(m->a, "that %.*s does not hold", W403_ARG(e->rest)));
        put_document(w, "PolicyDocument", NULL);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void put_tags(w403_json_writer *w, const w403_json *tags)
{
    if (!tags || !tags->first) {
        return;
    }
    w403_jw_key(w, "Tags");
    if (tags->type == W403_JSON_ARRAY) {
        w403_jw_value(w, tags);
        return;
    }
    w403_jw_array(w);
    for (const w403_json *t = tags->first; t; t = t->next) {
        if (t->type == W403_JSON_STRING) {
            w403_jw_object(w);
            w403_jw_text(w, "Key", t->key);
            w403_jw_text(w, "Value", t->text);
            w403_jw_end_object(w);
        }
    }
    w403_jw_end_array(w);
}

static void put_principal(w403_made *m, w403_json_writer *w, const w403_made_entity *e)
{
    if (e->kind == W403_MADE_ROLE) {
        put_document(w, "AssumeRolePolicyDocument", e->trust);
    }
    put_inline(m, w, e);
    w403_jw_key(w, "AttachedManagedPolicies");
    w403_jw_array(w);
    for (size_t i = 0; i < e->attached.n; i++) {
        w403_jw_object(w);
        w403_jw_text(w, "PolicyArn", e->attached.at[i]);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    if (e->kind == W403_MADE_USER) {
        w403_jw_texts(w, "GroupList", e->groups.at, e->groups.n);
    }
    if (e->boundary.n || e->boundary_unknown) { /* one that is not there: unknown */
        w403_view arn = e->boundary.n ? e->boundary : w403_made_arn(m, W403_MADE_POLICY, e->account, (w403_view){NULL, 0}, W403_LIT("not-in-the-source"));
        w403_jw_key(w, "PermissionsBoundary");
        w403_jw_object(w);
        w403_jw_word(w, "PermissionsBoundaryType", "Policy");
        w403_jw_text(w, "PermissionsBoundaryArn", arn);
        w403_jw_end_object(w);
    }
    put_tags(w, e->tags);
}

static void put_managed(w403_json_writer *w, const w403_made_entity *e)
{
    w403_jw_word(w, "DefaultVersionId", "v1");
    w403_jw_key(w, "PolicyVersionList");
    w403_jw_array(w);
    w403_jw_object(w);
    put_document(w, "Document", e->document);
    w403_jw_word(w, "VersionId", "v1");
    w403_jw_flag(w, "IsDefaultVersion", true);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
}

static void put_entity(w403_made *m, w403_json_writer *w, const w403_made_entity *e)
{
    w403_jw_object(w);
    w403_jw_text(w, kinds[e->kind].name, e->name);
    w403_jw_text(w, "Arn", e->arn.n ? e->arn : w403_made_arn(m, e->kind, e->account, e->path, e->name));
    w403_jw_text_unless_empty(w, "Path", e->path);
    w403_jw_text_unless_empty(w, kinds[e->kind].id, e->id);
    if (e->kind == W403_MADE_POLICY) {
        put_managed(w, e);
    } else {
        put_principal(m, w, e);
    }
    w403_jw_end_object(w);
}

static void put_account(w403_made *m, w403_json_writer *w, w403_view account)
{
    w403_jw_keyv(w, w403_arena_printf(m->a, "accounts/%.*s/iam/authorization-details.json", W403_ARG(account)));
    w403_jw_object(w);
    if (!m->whole_iam) {
        w403_jw_flag(w, "Partial", true);
    }
    for (w403_made_kind kind = W403_MADE_USER; kind <= W403_MADE_POLICY; kind++) {
        w403_jw_key(w, kinds[kind].list);
        w403_jw_array(w);
        for (size_t i = 0; i < m->entities.n; i++) {
            if (m->entities.at[i]->kind == kind && w403_view_eq(m->entities.at[i]->account, account)) {
                put_entity(m, w, m->entities.at[i]);
            }
        }
        w403_jw_end_array(w);
    }
    w403_jw_end_object(w);
}

static bool first_of_account(const w403_made *m, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (w403_view_eq(m->entities.at[i]->account, m->entities.at[at]->account)) {
            return false;
        }
    }
    return true;
}

w403_status w403_made_text(w403_made *m, w403_view *out, w403_error *err)
{
    w403_buf text = {0};
    w403_json_writer w;
    w403_jw_init(&w, &text, true);
    w403_jw_object(&w);
    w403_jw_key(&w, "snapshot.json");
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_text(&w, "partition", m->partition);
    w403_jw_key(&w, "collector");
    w403_jw_object(&w);
    w403_jw_word(&w, "mode", "narrow");
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    for (size_t i = 0; i < m->files.n; i++) {
        w403_jw_keyv(&w, m->files.at[i].path);
        w403_jw_raw(&w, m->files.at[i].text);
    }
    for (size_t i = 0; i < m->entities.n; i++) {
        if (first_of_account(m, i)) {
            put_account(m, &w, m->entities.at[i]->account);
        }
    }
    w403_jw_end_object(&w);
    *out = w403_buf_ok(&text) && !m->nomem ? w403_arena_copy(m->a, w403_buf_view(&text)) : (w403_view){NULL, 0};
    w403_buf_free(&text);
    W403_NEED(out->p, err);
    return W403_OK;
}

/* ---- small ---- */

void w403_made_tell(w403_made *m, const char *fmt, ...)
{
    va_list list;
    va_start(list, fmt);
    w403_view text = w403_arena_vprintf(m->a, fmt, list);
    va_end(list);
    m->nomem |= !text.p;
    if (text.p && m->options->tell) {
        m->options->tell(m->options->user, text.p);
    }
}

w403_view w403_made_str(const w403_json *object, const char *name)
{
    w403_view v = w403_json_str(object, name);
    return v.n ? v : (w403_view){NULL, 0};
}

const w403_json *w403_made_block(const w403_json *object, const char *name)
{
    const w403_json *v = w403_json_get(object, name);
    return w403_json_is(v, W403_JSON_ARRAY) ? v->first : v && v->type != W403_JSON_NULL ? v : NULL;
}
