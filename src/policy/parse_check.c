/* Warnings about what is legal, but does not do what its author meant. Nothing here changes a policy. */
#include <stdio.h>

#include "base/glob.h"
#include "base/nearest.h"
#include "catalog/catalog.h"
#include "catalog/reference.h"
#include "policy/parse.h"

/* ---- actions ---- */

/* Is it needed by the plain form of the operation: always, or where no version is named? */
static bool plain_need(const w403_permission *p)
{
    w403_view when = w403_view_of(p->when_text ? p->when_text : "");
    bool plain = !p->when || (w403_view_starts(when, W403_LIT("!")) && w403_view_ends(when, W403_LIT(":versionId")) &&
                              w403_view_find_char(when, ' ') == SIZE_MAX);
    return plain && p->need == W403_NEED_REQUIRED && p->bucket_type == W403_BT_GENERAL;
}

/* "`s3:GetObject` and `s3:PutObject`" */
static void name_needs(const w403_operation *op, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (uint16_t i = 0; i < op->n_permissions; i++) {
        const w403_permission *p = &op->permissions[i];
        char quoted[80];
        (void)snprintf(quoted, sizeof quoted, "`%s`", p->action);
        if (!plain_need(p) || w403_view_find(w403_view_of(out), w403_view_of(quoted)) != SIZE_MAX) {
            continue;
        }
        int more = snprintf(out + n, room - n, "%s%s", n ? " and " : "", quoted);
        n += more > 0 && (size_t)more < room - n ? (size_t)more : 0;
    }
    if (n == 0) {
        (void)snprintf(out, room, "`%s`", op->permissions[0].action);
    }
}

bool w403_action_suggest(w403_view text, char *hint, size_t room)
{
    size_t colon = w403_view_find_char(text, ':');
    const w403_operation *op = w403_operation_find(w403_view_sub(text, colon + 1, text.n));
    if (op && op->n_permissions && w403_view_ieq(w403_view_sub(text, 0, colon), W403_LIT("s3"))) {
        char needs[160];
        name_needs(op, needs, sizeof needs);
        (void)snprintf(hint, room, "%s is an API operation; what it needs is %s", op->name, needs);
        return true;
    }
    const char *best = NULL;
    unsigned best_distance = w403_edit_tolerance(text) + 1;
    for (uint16_t id = 0; id < W403_ACTION_COUNT; id++) {
        const char *name = w403_action_at(id)->name;
        unsigned d = w403_edit_distance(text, w403_view_of(name), best_distance);
        if (d < best_distance) {
            best = name;
            best_distance = d;
        }
    }
    if (best) {
        (void)snprintf(hint, room, "did you mean `%s`?", best);
    }
    return best != NULL;
}

void w403_parse_check_action(w403_parser *p, const w403_json *str, const w403_action_pattern *action, bool known)
{
    w403_view text = action->text;
    if (known || !w403_parse_warns(p)) { /* no such name has a blank or a comma, and no pattern with one matches */
        return;
    }
    w403_parse_blanks(p, str, text, SIZE_MAX);
    if (!action->valid) { /* A4 */
        w403_parse_warn(p, str->span, "write service:Name, as in s3:GetObject",
                        "`%.*s` is no action: it matches nothing", W403_SHOW(text));
    } else if (w403_view_find_char(text, ',') != SIZE_MAX) {
        w403_parse_warn(p, str->span, "write a list of strings, one for each action",
                        "`%.*s` is one action with a comma in its name: it matches nothing", W403_SHOW(text));
    } else if (w403_action_exists(text) == W403_NO) { /* A3 */
        char hint[256];
        bool found = w403_action_suggest(text, hint, sizeof hint);
        w403_parse_warn(p, str->span, found ? hint : NULL, "AWS has no action `%.*s`: it matches nothing",
                        W403_SHOW(text));
    }
}

/* ---- resources ---- */

static bool has(w403_view v, char c)
{
    return v.n && w403_view_find_char(v, c) != SIZE_MAX;
}

static bool is_s3(const w403_resource_pattern *r)
{
    return r->n_parts == 6 && w403_view_eq(r->part[2], W403_LIT("s3"));
}

/* Does a type of resource of S3 with an account begin so: accesspoint, job ...? */
static bool has_account(w403_view first)
{
    uint32_t type, end;
    w403_ref_types(w403_ref_service(W403_LIT("s3")), &type, &end);
    for (; type < end; type++) {
        w403_ref_format format = w403_ref_type_format(type);
        if (format.account && w403_view_eq(w403_view_cut(&format.resource, '/'), first)) {
            return true;
        }
    }
    return false;
}

static void check_s3(w403_parser *p, const w403_json *str, const w403_resource_pattern *r)
{
    w403_view rest = r->part[5], bucket = w403_view_cut(&rest, '/');
    if (has(bucket, ':') && !r->whole.has_variable) {
        w403_parse_warn(p, str->span, "a `/` separates bucket and key: arn:aws:s3:::bucket/*",
                        "`%.*s` names no bucket and no object: names of buckets have no `:`",
                        W403_SHOW(r->whole.text));
    } else if ((r->part[3].n || r->part[4].n) && !w403_has_wildcard(bucket) && !has(bucket, '$') &&
               !w403_has_wildcard(r->part[3]) && !w403_has_wildcard(r->part[4]) && !has_account(bucket)) {
        w403_parse_warn(p, str->span, "leave Region and account empty: arn:aws:s3:::bucket",
                        "`%.*s` names no bucket: their ARNs hold neither Region nor account",
                        W403_SHOW(r->whole.text));
    }
}

void w403_parse_check_resource(w403_parser *p, const w403_json *str, const w403_resource_pattern *r)
{
    w403_view text = r->whole.text;
    if (!w403_parse_warns(p) || r->is_star) {
        return;
    }
    size_t slash = w403_view_find_char(text, '/'); /* keys of objects may hold spaces, what stands before may not */
    w403_parse_blanks(p, str, text, slash == SIZE_MAX ? text.n : slash);
    if (r->n_parts > 3 && r->part[2].n && !has(r->part[2], '$') && !w403_ref_arn_service(r->part[2])) {
        w403_parse_warn(p, str->span, NULL, "AWS has no service `%.*s`, which `%.*s` names: it matches nothing",
                        W403_SHOW(r->part[2]), W403_SHOW(text));
    } else if (r->n_parts > 0 && r->n_parts < 6 && !r->whole.has_wildcard) { /* R8 */
        w403_parse_warn(p, str->span, "an ARN has six parts: arn:partition:service:region:account:resource",
                        "`%.*s` has %u of the six parts of an ARN", W403_SHOW(text), r->n_parts);
    } else if (is_s3(r)) {
        check_s3(p, str, r);
    }
}

/* ---- variables ---- */

void w403_parse_check_variables(w403_parser *p, const w403_json *str, w403_view text, size_t from)
{
    if (!w403_parse_warns(p)) {
        return;
    }
    for (size_t i = 0; i + 1 < text.n; i++) {
        w403_variable var;
        if (text.p[i] != '$' || text.p[i + 1] != '{') {
            continue;
        }
        if (!w403_variable_at(text, i, &var)) { /* PV8 */
            w403_parse_warn(p, str->span, "close it with `}`", "`%.*s`: a variable without its end is plain text",
                            W403_SHOW(text));
            return;
        }
        w403_view whole = w403_view_sub(text, i, var.end);
        if (!p->policy->version_2012) { /* V2 */
            w403_parse_warn(p, str->span, "add \"Version\": \"2012-10-17\"",
                            "`%.*s` is plain text: variables need Version `2012-10-17`", W403_SHOW(whole));
            return;
        }
        if (i < from) { /* PV1 */
            w403_parse_warn(p, str->span, NULL, "`%.*s` is plain text: variables count after the fifth colon only",
                            W403_SHOW(whole));
        } else if (!var.well_formed) {
            w403_parse_warn(p, str->span, "write ${service:key} or ${service:key, 'text'}",
                            "`%.*s` is no variable that AWS could resolve", W403_SHOW(whole));
        }
        i = var.end - 1;
    }
}

/* ---- actions and resources together ---- */

/* Is one of the blank-separated words of `types` this, or this and a `*`? */
static bool has_type(const char *types, w403_view type)
{
    w403_view rest = w403_view_of(types);
    while (rest.p) {
        w403_view word = w403_view_cut(&rest, ' ');
        if (word.n && word.p[word.n - 1] == '*') {
            word.n--;
        }
        if (w403_view_eq(word, type)) {
            return true;
        }
    }
    return false;
}

typedef struct scope {
    bool object, bucket, other; /* could some resource of the statement be one? */
} scope;

static scope scope_of(const w403_statement *st)
{
    scope out = {false, false, false};
    for (uint32_t i = 0; i < st->n_resources; i++) {
        const w403_resource_pattern *r = &st->resources[i];
        if (!is_s3(r) || r->part[3].n || r->part[4].n || r->whole.has_variable || w403_has_wildcard(r->part[1])) {
            out.other = true;
            continue;
        }
        size_t slash = w403_view_find_char(r->part[5], '/');
        w403_view bucket = slash == SIZE_MAX ? r->part[5] : w403_view_sub(r->part[5], 0, slash);
        bool open = w403_has_wildcard(bucket); /* R6: b* is buckets and objects */
        out.object |= slash != SIZE_MAX || open;
        out.bucket |= slash == SIZE_MAX || (open && has(bucket, '*'));
    }
    return out;
}

static void check_scope(w403_parser *p, const w403_statement *st, const w403_action_pattern *a, scope reach)
{
    uint16_t id = w403_has_wildcard(a->text) ? W403_ACTION_NONE : w403_action_find(a->text);
    if (id == W403_ACTION_NONE || !w403_view_starts(w403_view_of(w403_action_at(id)->name), W403_LIT("s3:"))) {
        return;
    }
    const char *types = w403_action_at(id)->resource_types;
    bool object = has_type(types, W403_LIT("object")), bucket = has_type(types, W403_LIT("bucket"));
    w403_view text = st->resources[0].whole.text;
    if (object && !bucket && !reach.object) { /* R6 */
        w403_parse_warn(p, a->span, "add the objects: arn:aws:s3:::bucket/*",
                        "`%.*s` is asked for objects, and `%.*s` is a bucket: it matches nothing", W403_SHOW(a->text),
                        W403_SHOW(text));
    } else if (bucket && !object && !reach.bucket) {
        w403_parse_warn(p, a->span, "add the bucket itself: arn:aws:s3:::bucket",
                        "`%.*s` is asked for buckets, and `%.*s` is objects: it matches nothing", W403_SHOW(a->text),
                        W403_SHOW(text));
    }
}

void w403_parse_check_scope(w403_parser *p, const w403_statement *st)
{
    if (!w403_parse_warns(p) || st->inert || st->not_action || st->not_resource || !st->n_resources) {
        return;
    }
    scope reach = scope_of(st);
    if (reach.other) {
        return;
    }
    for (uint32_t i = 0; i < st->n_actions; i++) {
        const w403_action_pattern *a = &st->actions[i];
        w403_view rest = a->text;
        if (p->policy->kind == W403_POLICY_RESOURCE && w403_view_ieq(w403_view_cut(&rest, ':'), W403_LIT("kms"))) {
            w403_parse_warn(p, a->span, "write it in the key policy", /* 001-04 */
                            "`%.*s` in a bucket policy has no effect: only the key's policy speaks about the key",
                            W403_SHOW(a->text));
        } else {
            check_scope(p, st, a, reach);
        }
    }
}
