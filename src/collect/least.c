#include "collect/least.h"

#include "base/array.h"
#include "catalog/reference.h"
#include "collect/compose.h"
#include "live/calls.h"

/* What a permission is asked on: each kind is a statement of its own, so that every action stands beside resources
 * that it knows. */
typedef enum kind { ANY, BUCKET, OBJECT, ACCESS_POINT, USER, ROLE, GROUP, MANAGED, KEY, KINDS } kind;

typedef struct least {
    w403_arena *a;
    const w403_least_options *o;
    w403_json_writer w;
} least;

typedef W403_ARRAY(w403_view) text_list;

static bool takes(const w403_call_row *row, const char *member)
{
    for (unsigned i = 0; i < row->n_arguments; i++) {
        if (strcmp(row->arguments[i].member, member) == 0) {
            return true;
        }
    }
    return false;
}

/* Has the action resource types? Else only `*` fits it (service reference). */
static bool has_resources(w403_view permission)
{
    w403_view name = permission, prefix = w403_view_cut(&name, ':');
    uint32_t service = w403_ref_service(prefix);
    uint32_t action = service == W403_REF_NONE ? W403_REF_NONE : w403_ref_action(service, name);
    return action != W403_REF_NONE && w403_ref_action_types(action)[0] != 0;
}

/* What the call is about, by the members that it takes. */
static kind about(const w403_call_row *row)
{
    static const struct {
        const char *member;
        kind kind;
    } members[] = {
        {"UserName", USER}, {"RoleName", ROLE}, {"GroupName", GROUP}, {"PolicyArn", MANAGED}, {"KeyId", KEY}};
    if (takes(row, "Bucket")) {
        return takes(row, "Key") ? OBJECT : BUCKET;
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (takes(row, members[i].member)) {
            return members[i].kind;
        }
    }
    bool point = takes(row, "Name") || takes(row, "ResourceArn");
    return strcmp(row->service, "s3control") == 0 && point ? ACCESS_POINT : ANY;
}

/* On which resources the permission can be given. */
static kind kind_of(const least *l, const w403_call_row *row, w403_view permission)
{
    return l->o->narrow && has_resources(permission) ? about(row) : ANY;
}

static w403_view resource_of(const least *l, kind k)
{
    const w403_least_options *o = l->o;
    w403_view p = o->partition.n ? o->partition : W403_LIT("aws");
    w403_view account = o->account.n ? o->account : W403_LIT("*"),
              bucket = o->bucket.n && !w403_view_ends(o->bucket, W403_LIT("-s3alias")) ? o->bucket : W403_LIT("*");
    switch (k) {
    case BUCKET:
        return w403_arena_printf(l->a, "arn:%.*s:s3:::%.*s", W403_ARG(p), W403_ARG(bucket));
    case OBJECT:
        return w403_arena_printf(l->a, "arn:%.*s:s3:::%.*s/%.*s", W403_ARG(p), W403_ARG(bucket),
                                 o->key.n ? (int)o->key.n : 1, o->key.n ? o->key.p : "*");
    case ACCESS_POINT:
        return o->access_point.n
                   ? o->access_point
                   : w403_arena_printf(l->a, "arn:%.*s:s3:*:%.*s:accesspoint/*", W403_ARG(p), W403_ARG(account));
    case USER:
        return o->user.n ? o->user
                         : w403_arena_printf(l->a, "arn:%.*s:iam::%.*s:user/*", W403_ARG(p), W403_ARG(account));
    case ROLE:
        return o->role.n ? o->role
                         : w403_arena_printf(l->a, "arn:%.*s:iam::%.*s:role/*", W403_ARG(p), W403_ARG(account));
    case GROUP:
        return w403_arena_printf(l->a, "arn:%.*s:iam::%.*s:group/*", W403_ARG(p), W403_ARG(account));
    case MANAGED:
        return w403_arena_printf(l->a, "arn:%.*s:iam::*:policy/*", W403_ARG(p));
    case KEY:
        return w403_arena_printf(l->a, "arn:%.*s:kms:*:*:key/*", W403_ARG(p));
    case ANY:
    case KINDS:
        break;
    }
    return W403_LIT("*");
}

/* Is the call made at all for this question? Of users, groups and roles only the caller's kind is asked about. */
static bool concerns(const least *l, unsigned row)
{
    const w403_least_options *o = l->o;
    bool multi = row == W403_CALL_S3CONTROL_LISTMULTIREGIONACCESSPOINTS ||
                 row == W403_CALL_S3CONTROL_GETMULTIREGIONACCESSPOINTPOLICY;
    if (!o->narrow) {
        return true;
    }
    bool alias = w403_view_ends(o->bucket, W403_LIT("-s3alias"));
    if (row == W403_CALL_S3CONTROL_LISTACCESSPOINTS) {
        return alias;
    }
    if (!multi && alias && about(&w403_calls[row]) == ACCESS_POINT) {
        return true;
    }
    if (multi || about(&w403_calls[row]) == ACCESS_POINT) { /* arn:aws:s3::ACCOUNT:... has no Region */
        return o->access_point.n && multi == (w403_view_find(o->access_point, W403_LIT(":s3::")) != SIZE_MAX);
    }
    switch (about(&w403_calls[row])) {
    case USER:
    case GROUP:
        return o->user.n || !o->role.n;
    case ROLE:
        return o->role.n || !o->user.n;
    case ACCESS_POINT:
        return o->access_point.n > 0;
    case OBJECT:
        return o->key.n > 0 || o->access_point.n > 0;
    case ANY:
    case BUCKET:
    case MANAGED:
    case KEY:
    case KINDS:
        break;
    }
    bool listing = row == W403_CALL_S3_LISTOBJECTVERSIONS;
    return !(listing && !o->key.n && !o->access_point.n) && row != W403_CALL_S3_GETBUCKETINVENTORYCONFIGURATION &&
           (o->endpoint || row != W403_CALL_EC2_DESCRIBEVPCENDPOINTS);
}

static bool of_organization(const w403_call_row *row)
{
    /* These two any account may ask about itself. */
    return strcmp(row->service, "organizations") == 0 && strcmp(row->operation, "DescribeOrganization") != 0 &&
           strcmp(row->operation, "DescribeEffectivePolicy") != 0;
}

static w403_status add(const least *l, text_list *list, w403_view text, w403_error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_eq(list->at[i], text)) {
            return W403_OK;
        }
    }
    w403_view *slot = W403_PUSH(l->a, list);
    W403_NEED(slot, err);
    *slot = text;
    return W403_OK;
}

static w403_status actions_of(const least *l, const char *service, kind k, bool organization, text_list *out,
                              w403_error *err)
{
    for (unsigned i = 0; i < W403_CALL_COUNT; i++) {
        const w403_call_row *row = &w403_calls[i];
        if (!(row->modes & l->o->modes) || of_organization(row) != organization) {
            continue;
        }
        for (const char *const *p = row->permissions; *p; p++) {
            w403_view permission = w403_view_of(*p), rest = permission, prefix = w403_view_cut(&rest, ':');
            /* A statement of its own, where it is done. */
            bool taking = w403_view_eq(permission, W403_LIT("sts:AssumeRole"));
            bool here = w403_view_eq(prefix, w403_view_of(service)) && kind_of(l, row, permission) == k;
            if (here && !taking && concerns(l, i)) {
                W403_TRY(add(l, out, permission, err));
            }
        }
    }
    return W403_OK;
}

static void statement(least *l, w403_view sid, const text_list *actions, w403_view resource)
{
    w403_json_writer *w = &l->w;
    w403_jw_object(w);
    w403_jw_text(w, "Sid", sid);
    w403_jw_word(w, "Effect", "Allow");
    w403_jw_texts(w, "Action", actions->at, actions->n);
    w403_jw_text(w, "Resource", resource);
    w403_jw_end_object(w);
}

/* `Kms`, `S3Bucket`. */
static w403_view sid_of(const least *l, const char *service, kind k)
{
    static const char *const of[KINDS] = {[BUCKET] = "Bucket", [OBJECT] = "Object", [ACCESS_POINT] = "AccessPoint",
                                          [USER] = "User",     [ROLE] = "Role",     [GROUP] = "Groups",
                                          [MANAGED] = "ManagedPolicies", [KEY] = "Keys"};
    return w403_arena_printf(l->a, "%c%s%s", service[0] - ('a' - 'A'), service + 1, of[k] ? of[k] : "");
}

static w403_status statements(least *l, bool organization, w403_error *err)
{
    static const char *const services[] = {"s3",  "s3express",  "iam", "kms",
                                           "ec2", "cloudtrail", "sts", "organizations"};
    for (size_t s = 0; s < sizeof services / sizeof *services; s++) {
        for (unsigned k = 0; k < KINDS; k++) {
            text_list actions = {0};
            w403_view resource = resource_of(l, (kind)k), sid = sid_of(l, services[s], (kind)k);
            W403_TRY(actions_of(l, services[s], (kind)k, organization, &actions, err));
            W403_NEED(resource.p && sid.p, err);
            if (actions.n) {
                statement(l, sid, &actions, resource);
            }
        }
    }
    return W403_OK;
}

/* The role that is taken in the accounts, and no other. */
static w403_status take_role(least *l, w403_error *err)
{
    static w403_view action = {"sts:AssumeRole", sizeof "sts:AssumeRole" - 1};
    const text_list actions = {.at = &action, .n = 1};
    w403_view role = l->o->taken, p = l->o->partition.n ? l->o->partition : W403_LIT("aws");
    if (!role.n) {
        return W403_OK;
    }
    if (!w403_view_starts(role, W403_LIT("arn:"))) {
        role = w403_arena_printf(l->a, "arn:%.*s:iam::*:role/%.*s", W403_ARG(p), W403_ARG(role));
        W403_NEED(role.p, err);
    }
    statement(l, W403_LIT("TakeTheRole"), &actions, role);
    return W403_OK;
}

static w403_status document(least *l, const char *name, bool organization, w403_error *err)
{
    w403_json_writer *w = &l->w;
    w403_jw_key(w, name);
    w403_jw_object(w);
    w403_jw_word(w, "Version", "2012-10-17");
    w403_jw_key(w, "Statement");
    w403_jw_array(w);
    W403_TRY(statements(l, organization, err));
    if (!organization) {
        W403_TRY(take_role(l, err));
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
    return W403_OK;
}

/* Until somebody is named AWS stores it for nobody. */
static void trust(least *l)
{
    w403_json_writer *w = &l->w;
    w403_jw_key(w, "trust");
    w403_jw_object(w);
    w403_jw_word(w, "Version", "2012-10-17");
    w403_jw_key(w, "Statement");
    w403_jw_array(w);
    w403_jw_object(w);
    w403_jw_word(w, "Sid", "Collector");
    w403_jw_word(w, "Effect", "Allow");
    w403_jw_key(w, "Principal");
    w403_jw_object(w);
    w403_jw_text(w, "AWS", l->o->trusted.n ? l->o->trusted : W403_LIT("WHO-TAKES-THE-ROLE"));
    w403_jw_end_object(w);
    w403_jw_word(w, "Action", "sts:AssumeRole");
    if (l->o->external_id.n) {
        w403_jw_key(w, "Condition");
        w403_jw_object(w);
        w403_jw_key(w, "StringEquals");
        w403_jw_object(w);
        w403_jw_text(w, "sts:ExternalId", l->o->external_id);
        w403_jw_end_object(w);
        w403_jw_end_object(w);
    }
    w403_jw_end_object(w);
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

w403_status w403_least_policies(w403_arena *a, const w403_least_options *o, w403_buf *out, w403_error *err)
{
    w403_buf flat = {0};
    least l = {.a = a, .o = o};
    w403_jw_init(&l.w, &flat, false);
    w403_jw_object(&l.w);
    w403_status st = document(&l, "collector", false, err);
    st = st == W403_OK ? document(&l, "organization", true, err) : st;
    if (st != W403_OK) {
        w403_buf_free(&flat);
        return st;
    }
    trust(&l);
    w403_jw_end_object(&l.w);
    w403_view text = w403_buf_take(&flat, a);
    W403_NEED(text.p, err);
    w403_compose_file(out, text, (w403_view){NULL, 0});
    return w403_buf_ok(out) ? W403_OK : w403_error_nomem(err);
}
