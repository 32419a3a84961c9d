/* authorization-details.json of those that were asked for: what the single calls of IAM said, as
 * get-account-authorization-details would have it. */
#include "collect/narrow_state.h"
#include "snapshot/loader.h"

static const struct list {
    w403_narrow_kind kind;
    const char *list, *inline_list;
} lists[] = {
    {W403_NARROW_USER, "UserDetailList", "UserPolicyList"},
    {W403_NARROW_GROUP, "GroupDetailList", "GroupPolicyList"},
    {W403_NARROW_ROLE, "RoleDetailList", "RolePolicyList"},
};

static void put_name(w403_buf *out, const char *name)
{
    w403_buf_printf(out, ", \"%s\": ", name);
}

static void put_values(w403_buf *out, const char *name, const w403_text_list *values, w403_view error)
{
    put_name(out, name);
    if (error.n) {
        w403_buf_put(out, error);
        return;
    }
    w403_buf_putc(out, '[');
    for (size_t i = 0; i < values->n; i++) {
        w403_buf_puts(out, i ? ", " : "");
        w403_buf_put(out, values->at[i]);
    }
    w403_buf_putc(out, ']');
}

static void put_documents(w403_buf *out, const char *name, const w403_narrow_entity *e)
{
    put_name(out, name);
    if (e->inline_error.n) {
        w403_buf_put(out, e->inline_error);
        return;
    }
    w403_buf_putc(out, '[');
    for (size_t i = 0; i < e->documents.n; i++) {
        w403_buf_puts(out, i ? ", {\"PolicyName\": " : "{\"PolicyName\": ");
        w403_buf_json_string(out, e->documents.at[i].name);
        w403_buf_puts(out, ", \"PolicyDocument\": ");
        w403_buf_put(out, e->documents.at[i].json);
        w403_buf_putc(out, '}');
    }
    w403_buf_putc(out, ']');
}

static void put_entities(w403_buf *out, const w403_narrow_iam *iam, const struct list *l)
{
    bool first = true;
    put_name(out, l->list);
    w403_buf_putc(out, '[');
    for (size_t i = 0; i < iam->entities.n; i++) {
        const w403_narrow_entity *e = iam->entities.at[i];
        if (e->kind != l->kind || e->refused.n || !e->members.n) {
            continue;
        }
        w403_buf_puts(out, first ? "{" : ", {");
        first = false;
        w403_buf_put(out, e->members);
        put_documents(out, l->inline_list, e);
        put_values(out, "AttachedManagedPolicies", &e->attached, e->attached_error);
        if (e->kind == W403_NARROW_USER) {
            put_values(out, "GroupList", &e->groups, e->groups_error);
        }
        w403_buf_putc(out, '}');
    }
    w403_buf_putc(out, ']');
}

static void put_managed(w403_buf *out, const w403_narrow_iam *iam)
{
    bool first = true;
    put_name(out, "Policies");
    w403_buf_putc(out, '[');
    for (size_t i = 0; i < iam->managed.n; i++) {
        const w403_narrow_managed *m = iam->managed.at[i];
        bool error = w403_view_starts(m->version, W403_LIT("{\"error\""));
        if (error && w403_builtin_document(m->arn).p) {
            continue; /* AWS's own, known without asking */
        }
        w403_buf_puts(out, first ? "{" : ", {");
        first = false;
        w403_buf_put(out, m->members);
        if (!m->members.n) {
            w403_buf_puts(out, "\"Arn\": ");
            w403_buf_json_string(out, m->arn);
        }
        put_name(out, "PolicyVersionList");
        w403_buf_puts(out, error ? "" : "[");
        w403_buf_put(out, m->version);
        w403_buf_puts(out, error ? "}" : "]}");
    }
    w403_buf_putc(out, ']');
}

/* The one thing that was asked for was refused: so is the file, and says by which call. */
static w403_view refused(const w403_narrow_iam *iam)
{
    w403_view error = {NULL, 0};
    for (size_t i = 0; i < iam->entities.n; i++) {
        const w403_narrow_entity *e = iam->entities.at[i];
        if (e->kind != W403_NARROW_GROUP && !e->refused.n) {
            return (w403_view){NULL, 0};
        }
        error = e->refused.n ? e->refused : error;
    }
    return error;
}

w403_status w403_narrow_iam_write(w403_narrow *n, w403_error *err)
{
    for (size_t i = 0; i < n->iam.n; i++) {
        w403_narrow_iam *iam = n->iam.at[i];
        w403_buf flat = {0};
        w403_view error = refused(iam);
        w403_view path =
            w403_arena_printf(n->a, "accounts/%.*s/iam/authorization-details.json", W403_ARG(iam->account));
        W403_NEED(path.p, err);
        if (!iam->changed) {
            continue;
        }
        iam->changed = false;
        if (error.n) {
            w403_buf_put(&flat, error);
        } else {
            w403_buf_puts(&flat, "{\"Partial\": true");
            for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
                put_entities(&flat, iam, &lists[k]);
            }
            put_managed(&flat, iam);
            w403_buf_putc(&flat, '}');
        }
        W403_TRY(w403_narrow_put_json(n, path, &flat, err));
    }
    return W403_OK;
}
