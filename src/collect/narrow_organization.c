/* The organization as an account sees it: the way up to the root, and what is attached on it. Each call waits for
 * those that say whether it makes sense, so that an account without the right to ask makes two. */
#include "base/limits.h"
#include "collect/names.h"
#include "collect/narrow_state.h"
#include "snapshot/loader.h"

static w403_status send(w403_narrow *n, w403_inquiry ask, const w403_live_argument *arguments, size_t count,
                        w403_error *err)
{
    return w403_narrow_send(n, ask, (w403_view){NULL, 0}, (w403_view){NULL, 0}, arguments, count, err);
}

static w403_status add_text(w403_narrow *n, w403_text_list *list, w403_view text, w403_error *err)
{
    w403_view *slot = W403_PUSH(n->a, list);
    W403_NEED(slot && text.p, err);
    *slot = text;
    return W403_OK;
}

/* ---- what is attached ---- */

static w403_status policy_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    w403_buf flat = {0};
    w403_view path = w403_arena_printf(n->a, "organization/policies/%.*s.json", W403_ARG(ask->about));
    w403_view text = page->root ? w403_narrow_raw(page, page->root) : w403_narrow_error(n, ask, page);
    W403_NEED(path.p && text.p, err);
    w403_buf_put(&flat, text);
    return w403_narrow_put_json(n, path, &flat, err);
}

/* Two of AWS's own are known by heart. */
static w403_status describe(w403_narrow *n, w403_view id, w403_error *err)
{
    if (w403_builtin_document(id).p || !w403_name_is(W403_NAME_POLICY, id) || !w403_narrow_once(n, "policy", id)) {
        return W403_OK;
    }
    w403_live_argument argument = {W403_LIT("PolicyId"), id};
    return send(n,
                (w403_inquiry){.answered = policy_came, .row = W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY, .about = id},
                &argument, 1, err);
}

static w403_narrow_level *level_of(w403_narrow *n, w403_view id)
{
    for (size_t i = 0; i < n->org.levels.n; i++) {
        if (w403_view_eq(n->org.levels.at[i].id, id)) {
            return &n->org.levels.at[i];
        }
    }
    return NULL;
}

static w403_status attached_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    w403_narrow_level *level = level_of(n, ask->about);
    const w403_json *list = w403_json_get(page->root, "Policies");
    n->org.changed = true;
    if (!page->root) {
        return add_text(n, &level->policies, w403_narrow_error(n, ask, page), err);
    }
    for (const w403_json *p = list ? list->first : NULL; p; p = p->next) {
        const w403_json *id = w403_json_get(p, "Id");
        if (w403_json_is(id, W403_JSON_STRING)) {
            W403_TRY(add_text(n, &level->policies, w403_narrow_raw(page, id), err));
            W403_TRY(describe(n, id->text, err));
        }
    }
    return W403_OK;
}

/* Once the root has said which types of policies are on. */
static w403_status list_levels(w403_narrow *n, w403_error *err)
{
    for (size_t i = 0; i < n->org.levels.n && n->org.rooted; i++) {
        w403_narrow_level *level = &n->org.levels.at[i];
        for (size_t t = 0; t < n->org.types.n && !level->asked; t++) {
            w403_live_argument arguments[] = {{W403_LIT("TargetId"), level->id},
                                              {W403_LIT("Filter"), n->org.types.at[t]}};
            w403_inquiry ask = {.answered = attached_came,
                            .row = W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET,
                            .about = level->id,
                            .word = n->org.types.at[t]};
            W403_TRY(send(n, ask, arguments, 2, err));
        }
        level->asked = true;
    }
    return W403_OK;
}

static w403_status add_level(w403_narrow *n, w403_view id, w403_error *err)
{
    if (!level_of(n, id)) {
        w403_narrow_level *level = W403_PUSH(n->a, &n->org.levels);
        W403_NEED(level, err);
        level->id = id;
    }
    return list_levels(n, err);
}

static w403_status roots_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    static const char *const used[] = {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "S3_POLICY"};
    const w403_json *roots = w403_json_get(page->root, "Roots");
    const w403_json *types = w403_json_get(roots ? roots->first : NULL, "PolicyTypes");
    w403_buf flat = {0};
    w403_view text = page->root ? w403_narrow_raw(page, page->root) : w403_narrow_error(n, ask, page);
    W403_NEED(text.p, err);
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        bool on = !types; /* not told: each may be on */
        for (const w403_json *t = types ? types->first : NULL; t; t = t->next) {
            on |= w403_view_eq(w403_json_str(t, "Type"), w403_view_of(used[i]));
        }
        if (on) {
            W403_TRY(add_text(n, &n->org.types, w403_view_of(used[i]), err));
        }
    }
    w403_buf_put(&flat, text);
    W403_TRY(w403_narrow_put_json(n, W403_LIT("organization/roots.json"), &flat, err));
    n->org.rooted = true;
    return list_levels(n, err);
}

/* ---- the way up ---- */

static w403_status climb(w403_narrow *n, w403_view child, w403_error *err);

static w403_status add_parent(w403_narrow *n, w403_view child, w403_view parent, w403_error *err)
{
    w403_narrow_parent *p = W403_PUSH(n->a, &n->org.parents);
    W403_NEED(p, err);
    *p = (w403_narrow_parent){child, parent};
    n->org.changed = true;
    return W403_OK;
}

static w403_status parent_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const w403_json *list = w403_json_get(page->root, "Parents");
    w403_view parent = w403_json_str(list ? list->first : NULL, "Id");
    /* Which is a member, or DescribeOrganization had said otherwise. */
    bool own = w403_view_eq(ask->about, n->account);
    if (w403_view_eq(page->code, W403_LIT("ChildNotFoundException")) && !own) {
        return add_parent(n, ask->about, W403_LIT(""), err);
    }
    if (!page->root) {
        n->org.error = n->org.error.n || n->org.parents.n ? n->org.error : w403_narrow_error(n, ask, page);
        n->org.changed = true;
        return W403_OK;
    }
    if (!w403_name_is(W403_NAME_ORG_UNIT, parent)) {
        return W403_OK;
    }
    if (w403_narrow_once(n, "roots", W403_LIT(""))) {
        W403_TRY(
            send(n, (w403_inquiry){.answered = roots_came, .row = W403_CALL_ORGANIZATIONS_LISTROOTS}, NULL, 0, err));
    }
    W403_TRY(add_parent(n, ask->about, parent, err));
    W403_TRY(add_level(n, ask->about, err));
    bool root = w403_view_starts(parent, W403_LIT("r-"));
    return root ? add_level(n, parent, err) : climb(n, parent, err);
}

static w403_status climb(w403_narrow *n, w403_view child, w403_error *err)
{
    w403_live_argument argument = {W403_LIT("ChildId"), child};
    if (n->org.parents.n > (size_t)W403_LIMIT_ORG_LEVELS * 4 || !w403_narrow_once(n, "parent", child)) {
        return W403_OK;
    }
    return send(n,
                (w403_inquiry){.answered = parent_came, .row = W403_CALL_ORGANIZATIONS_LISTPARENTS, .about = child},
                &argument, 1, err);
}

static w403_status described(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const w403_json *org = w403_json_get(page->root, "Organization");
    w403_view text = page->root ? w403_narrow_raw(page, page->root) : w403_narrow_error(n, ask, page);
    w403_view features = w403_json_str(org, "FeatureSet");
    w403_buf flat = {0};
    W403_NEED(text.p, err);
    w403_buf_put(&flat, text);
    W403_TRY(w403_narrow_put_json(n, W403_LIT("organization/organization.json"), &flat, err));
    n->org.works = org && (!features.n || w403_view_eq(features, W403_LIT("ALL")));
    for (size_t i = 0; i < n->org.waiting.n && n->org.works; i++) {
        W403_TRY(climb(n, n->org.waiting.at[i], err));
    }
    return W403_OK;
}

w403_status w403_narrow_org_ask(w403_narrow *n, w403_view account, w403_error *err)
{
    w403_view copy = w403_arena_copy(n->a, account);
    if (!w403_is_account_id(account) || !w403_narrow_once(n, "account of the organization", account)) {
        return W403_OK;
    }
    if (n->org.works) {
        return climb(n, copy, err);
    }
    W403_TRY(add_text(n, &n->org.waiting, copy, err));
    if (n->org.asked) {
        return W403_OK;
    }
    n->org.asked = true;
    return send(n, (w403_inquiry){.answered = described, .row = W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION}, NULL,
                0, err);
}

/* ---- its two files ---- */

static w403_status write_parents(w403_narrow *n, w403_error *err)
{
    w403_buf flat = {0};
    w403_buf_putc(&flat, '{');
    for (size_t i = 0; i < n->org.parents.n; i++) {
        w403_buf_puts(&flat, i ? ", " : "");
        w403_buf_json_string(&flat, n->org.parents.at[i].child);
        w403_buf_puts(&flat, ": ");
        w403_buf_json_string(&flat, n->org.parents.at[i].parent);
    }
    w403_buf_putc(&flat, '}');
    return w403_narrow_put_json(n, W403_LIT("organization/parents.json"), &flat, err);
}

static w403_status write_attachments(w403_narrow *n, w403_error *err)
{
    w403_buf flat = {0};
    w403_buf_putc(&flat, '{');
    for (size_t i = 0; i < n->org.levels.n; i++) {
        const w403_narrow_level *level = &n->org.levels.at[i];
        w403_buf_puts(&flat, i ? ", " : "");
        w403_buf_json_string(&flat, level->id);
        w403_buf_puts(&flat, ": [");
        for (size_t p = 0; p < level->policies.n; p++) {
            w403_buf_puts(&flat, p ? ", " : "");
            w403_buf_put(&flat, level->policies.at[p]);
        }
        w403_buf_putc(&flat, ']');
    }
    w403_buf_putc(&flat, '}');
    return w403_narrow_put_json(n, W403_LIT("organization/attachments.json"), &flat, err);
}

w403_status w403_narrow_org_write(w403_narrow *n, w403_error *err)
{
    static const char *const files[] = {"organization/parents.json", "organization/attachments.json"};
    if (!n->org.changed) {
        return W403_OK;
    }
    n->org.changed = false;
    for (size_t i = 0; i < 2 && n->org.error.n; i++) {
        w403_buf flat = {0};
        w403_buf_put(&flat, n->org.error);
        W403_TRY(w403_narrow_put_json(n, w403_view_of(files[i]), &flat, err));
    }
    if (n->org.error.n) {
        return W403_OK;
    }
    W403_TRY(write_parents(n, err));
    return write_attachments(n, err);
}
