#include "evidence/look_rows.h"

#include "base/array.h"
#include "base/command.h"
#include "catalog/catalog.h"
#include "evidence/target.h"

static bool stands_for(const w403_look_row *w, w403_view cause)
{
    w403_view list = w403_view_of(w->causes);
    while (list.p) {
        w403_view id = w403_view_cut(&list, ' ');
        bool any = w403_view_ends(id, W403_LIT("*"));
        if (any ? w403_view_starts(cause, w403_view_sub(id, 0, id.n - 1)) : w403_view_eq(cause, id)) {
            return true;
        }
    }
    return false;
}

/* What an ARN of S3 names: bucket/key, or accesspoint/NAME/object/key. */
typedef struct target_parts {
    w403_view bucket, key, access_point;
} target_parts;

static target_parts place_of(w403_view arn)
{
    target_parts p = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    w403_view rest = w403_arn_part(arn, 5);
    if (!w403_view_starts(w403_arn_part(arn, 2), W403_LIT("s3"))) {
        return p;
    }
    if (w403_view_starts(rest, W403_LIT("accesspoint/"))) {
        p.key = w403_view_sub(rest, sizeof "accesspoint/" - 1, rest.n);
        p.access_point = w403_view_cut(&p.key, '/');
        p.key =
            w403_view_starts(p.key, W403_LIT("object/")) ? w403_view_sub(p.key, 7, p.key.n) : (w403_view){NULL, 0};
        return p;
    }
    p.key = rest;
    p.bucket = w403_view_cut(&p.key, '/');
    return p;
}

/* <account> is the principal's, <owner> that of the resource. */
w403_view w403_look_value(void *user, w403_view name)
{
    const w403_request *r = user;
    target_parts p = place_of(r->resource);
    bool kms = w403_view_eq(w403_arn_part(r->resource, 2), W403_LIT("kms"));
    const struct {
        const char *name;
        w403_view value;
    } fillings[] = {
        {"bucket", p.bucket},
        {"key", p.key},
        {"access-point", p.access_point},
        {"account", w403_arn_account(r->principal)},
        {"owner", r->resource_account.n ? r->resource_account : w403_arn_account(r->resource)},
        {"endpoint", r->via},
        {"region", w403_arn_part(r->resource, 3)},
        {"key-id", kms ? r->resource : (w403_view){NULL, 0}},
    };
    for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++) {
        if (w403_view_eq(name, w403_view_of(fillings[i].name))) {
            return fillings[i].value.n ? fillings[i].value : (w403_view){NULL, 0};
        }
    }
    return (w403_view){NULL, 0};
}

static w403_status command(w403_arena *arena, const w403_request *r, const char *pattern, w403_view *out,
                           w403_error *err)
{
    w403_command c = {.arena = arena};
    w403_command_fill(&c, "aws", pattern, w403_look_value, (void *)(uintptr_t)r);
    *out = w403_command_end(&c);
    W403_NEED(out->p, err);
    return W403_OK;
}

/* A service by itself: it has no policies of its own, and no SCP binds it. */
static bool is_service(const w403_request *r)
{
    return w403_view_starts(r->principal, W403_LIT("service:"));
}

static bool is_of_caller(const char *cause)
{
    static const char *const LAYERS[] = {"identity", "boundary", "session", "scp"};
    const char *layer = strchr(cause, '.');
    for (size_t i = 0; layer && i < sizeof LAYERS / sizeof *LAYERS; i++) {
        if (strcmp(layer + 1, LAYERS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- what a request hangs on when nothing is claimed ---- */

/* upload, read, list, delete, other: by the permission that comes first. */
const char *w403_look_kind(const w403_request *r)
{
    const w403_operation *op = r->operation.p ? w403_operation_find(r->operation) : NULL;
    w403_view action = op && op->n_permissions ? w403_view_of(op->permissions[0].action) : r->action;
    static const struct {
        const char *begins, *kind;
    } kinds[] = {{"s3:PutObject", "upload"}, {"s3:GetObject", "read"}, {"s3:ListBucket", "list"}, {"s3:DeleteObject", "delete"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && action.p; i++) {
        if (w403_view_starts(action, w403_view_of(kinds[i].begins))) {
            return kinds[i].kind;
        }
    }
    return "other";
}

/* "upload=5 read=1": the place of a kind; UINT64_MAX: none. */
static uint64_t usual_place(const w403_look_row *row, const char *kind)
{
    w403_view list = w403_view_of(row->usual);
    while (list.p && list.n) {
        w403_view place = w403_view_cut(&list, ' ');
        w403_view name = w403_view_cut(&place, '=');
        uint64_t n = 0;
        if (w403_view_eq(name, w403_view_of(kind)) && w403_view_u64(place, &n)) {
            return n;
        }
    }
    return UINT64_MAX;
}

static bool is_public_block(const w403_look_row *row)
{
    return stands_for(row, W403_LIT("bpa.restrict-public-buckets"));
}

static bool is_endpoint(w403_view via)
{
    return w403_view_starts(via, W403_LIT("vpce-"));
}

bool w403_look_is_of_use(const w403_look_row *row, const w403_request *r)
{
    target_parts p = place_of(r->resource);
    bool anonymous = w403_view_eq(r->principal, W403_LIT("anonymous")), service = is_service(r);
    w403_view who = w403_view_of(row->who);
    if (w403_view_eq(who, W403_LIT("principal"))) {
        return !anonymous && !service;
    }
    if (w403_view_eq(who, W403_LIT("caller"))) {
        return !service;
    }
    if (w403_view_eq(who, W403_LIT("session"))) {
        return w403_view_find(r->principal, W403_LIT(":assumed-role/")) != SIZE_MAX;
    }
    if (w403_view_eq(who, W403_LIT("object"))) {
        return p.key.n > 0 && !service;
    }
    if (w403_view_eq(who, W403_LIT("access-point"))) {
        return p.access_point.n > 0;
    }
    return !w403_view_eq(who, W403_LIT("way")) || (r->from.n == 0 && !service && (!r->via.n || is_endpoint(r->via)));
}

/* The rows for a request like this, in their order; how many. */
size_t w403_look_usual(const w403_request *r, const w403_look_row *rows, size_t n_rows, w403_look_rank *out)
{
    const char *kind = w403_look_kind(r);
    bool anonymous = w403_view_eq(r->principal, W403_LIT("anonymous"));
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        uint64_t place = anonymous && is_public_block(&rows[i]) ? 1 : usual_place(&rows[i], kind);
        size_t at = n;
        if (place == UINT64_MAX || !w403_look_is_of_use(&rows[i], r)) {
            continue;
        }
        while (at > 0 && out[at - 1].place > place) {
            out[at] = out[at - 1];
            at--;
        }
        out[at] = (w403_look_rank){place, i};
        n++;
    }
    return n;
}

/* ---- the list ---- */

typedef struct looks {
    w403_arena *arena;
    const w403_request *r;
    w403_look *at;
    size_t n;
    w403_error *err;
} looks;

static w403_status add_row(looks *l, const w403_look_row *row)
{
    w403_look *look = &l->at[l->n++];
    *look = (w403_look){.what = row->what, .changes = *row->changes ? row->changes : NULL};
    return *row->command ? command(l->arena, l->r, row->command, &look->command, l->err) : W403_OK;
}

static w403_status add_claims(looks *l, const w403_look_row *rows, size_t n_rows, const char *const *causes, size_t n)
{
    bool *seen = W403_NEW_N(l->arena, bool, n_rows);
    bool through_access_point = place_of(l->r->resource).access_point.n > 0;
    W403_NEED(seen, l->err);
    for (size_t i = 0; i < n; i++) {
        const w403_cause_info *info = causes[i] ? w403_cause_info_find(w403_view_of(causes[i])) : NULL;
        bool before = info && info->stage == W403_STAGE_BEFORE; /* no policy was asked: its way out is told with the cause */
        if (!causes[i] || before || (is_service(l->r) && is_of_caller(causes[i]))) {
            continue;
        }
        for (size_t k = 0; k < n_rows; k++) {
            bool elsewhere = n > 1 && strstr(rows[k].causes, "access-point") && !through_access_point;
            if (seen[k] || elsewhere || !stands_for(&rows[k], w403_view_of(causes[i]))) {
                continue;
            }
            seen[k] = true;
            W403_TRY(add_row(l, &rows[k]));
        }
    }
    return W403_OK;
}

w403_status w403_evidence_looks(w403_arena *arena, const w403_request *r, const char *const *causes, size_t n,
                                const w403_look **out, size_t *n_out, w403_error *err)
{
    size_t n_rows = 0;
    const w403_look_row *rows = w403_look_rows(&n_rows);
    looks l = {.arena = arena, .r = r, .at = W403_NEW_N(arena, w403_look, n_rows), .err = err};
    w403_look_rank *usual = W403_NEW_N(arena, w403_look_rank, n_rows);
    W403_NEED(l.at && usual, err);
    if (n > 0) {
        W403_TRY(add_claims(&l, rows, n_rows, causes, n));
    } else {
        n = w403_look_usual(r, rows, n_rows, usual);
        for (size_t i = 0; i < n; i++) {
            W403_TRY(add_row(&l, &rows[usual[i].row]));
        }
    }
    *out = l.at;
    *n_out = l.n;
    return W403_OK;
}
