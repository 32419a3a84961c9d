/* Which policies of an organization are attached where, what they say, and the two maps that come of it. */
#include <stdlib.h>

#include "collect/organization.h"

static w403_run_answer_fn on_targets, on_attached, on_described;

/* ---- attachments ---- */

static unsigned type_of(w403_view name)
{
    unsigned t = 0;
    while (t < W403_RUN_POLICY_TYPES - 1 && !w403_view_eq(name, w403_view_of(w403_run_policy_types[t]))) {
        t++;
    }
    return t;
}

w403_status w403_run_org_lookup(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    bool              by_policy = r->org.way == W403_ORG_BY_POLICY;
    w403_run_request *q;
    unsigned row =
        by_policy ? W403_CALL_ORGANIZATIONS_LISTTARGETSFORPOLICY : W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET;
    W403_TRY(w403_run_org_ask(r, row, by_policy ? on_targets : on_attached, lane, NULL, &q, err));
    q->name = item->name;
    q->part = (uint8_t)type_of(item->extra);
    if (by_policy) {
        w403_run_argument(q, "PolicyId", item->name);
    } else {
        w403_run_argument(q, "TargetId", item->name);
        w403_run_argument(q, "Filter", item->extra);
    }
    return w403_run_ask(r, q, err);
}

/* A policy that is attached somewhere is worth reading. */
static w403_status attach(w403_run *r, w403_view target, w403_view policy, unsigned type, uint32_t order,
                          w403_error *err)
{
    w403_run_org           *o = &r->org;
    w403_view              *id = w403_map_get(&o->policies, policy);
    w403_run_attached *at = W403_PUSH(r->arena, &o->attached);
    W403_NEED(at, err);
    if (!id) {
        id = W403_NEW(r->arena, w403_view);
        W403_NEED(id, err);
        *id = w403_arena_copy(r->arena, policy);
        W403_NEED(id->p && w403_map_put(r->arena, &o->policies, *id, id), err);
        W403_TRY(w403_run_push(r, &o->describe, *id, (w403_view){NULL, 0}, err));
    }
    *at = (w403_run_attached){w403_arena_copy(r->arena, target), *id, (type << 28) + (order & 0xFFFFFFF)};
    W403_NEED(at->target.p, err);
    return W403_OK;
}

/* How far down the list of policies of its type one stands: the order in which they are written. */
static uint32_t place_in_list(const w403_run_org *o, unsigned type, w403_view policy)
{
    uint32_t i = 0;
    while (i < o->types[type].policies.n && !w403_view_eq(o->types[type].policies.at[i], policy)) {
        i++;
    }
    return i;
}

static w403_status on_targets(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    if (a->code.n) {
        W403_TRY(w403_run_org_broken(r, q, a, &r->org.incomplete, err));
    } else {
        uint32_t order = place_in_list(&r->org, q->part, q->name);
        W403_TRY(w403_run_parse(r, a, &doc, err));
        const w403_json *list = w403_json_get(doc.root, "Targets");
        for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
            w403_view id = w403_json_str(v, "TargetId");
            bool      sound = w403_name_is(W403_NAME_ORG_UNIT, id); /* an account's digits are among those */
            W403_TRY(sound ? attach(r, id, q->name, q->part, order, err) : W403_OK);
        }
    }
    if (a->last) {
        w403_run_lane_done(r, q->subject);
    }
    return W403_OK;
}

static w403_status on_attached(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_org *o = &r->org;
    w403_json_doc doc;
    bool          ignored = false;
    if (a->code.n) {
        W403_TRY(w403_run_org_broken(r, q, a, &ignored, err));
        W403_NEED(w403_map_put(r->arena, &o->broken_targets, q->name, r), err);
    } else {
        W403_TRY(w403_run_parse(r, a, &doc, err));
        const w403_json *list = w403_json_get(doc.root, "Policies");
        uint32_t         order = a->page * 1000;
        for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
            bool      sound;
            w403_view id = w403_json_str(v, "Id");
            W403_TRY(w403_run_name(r, NULL, W403_NAME_POLICY, id, &sound, err));
            W403_TRY(sound ? attach(r, q->name, id, q->part, order++, err) : W403_OK);
        }
    }
    if (a->last) {
        w403_run_lane_done(r, q->subject);
    }
    return W403_OK;
}

/* ---- what the policies say ---- */

static w403_status on_described(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    W403_TRY(w403_run_on_file(r, q, a, err));
    if (a->last) {
        w403_run_lane_done(r, q->subject);
    }
    return W403_OK;
}

w403_status w403_run_org_describe(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    w403_run_request *q;
    w403_kept         kept;
    W403_TRY(w403_run_org_ask(r, W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY, on_described, lane, NULL, &q, err));
    W403_TRY(w403_run_path(r, q, item->name, err));
    q->name = item->name;
    w403_run_argument(q, "PolicyId", item->name);
    W403_TRY(w403_run_keeps(r, NULL, q->row, (w403_view){q->path, q->n_path}, item->name, &kept, NULL, NULL, err));
    if (kept == W403_KEPT_NOT) {
        return w403_run_ask(r, q, err);
    }
    w403_run_request_free(r, q);
    w403_run_lane_done(r, lane);
    return W403_OK;
}

/* ---- the files ---- */

static int by_child(const void *x, const void *y)
{
    return w403_view_cmp(((const w403_run_child *)x)->child, ((const w403_run_child *)y)->child);
}

static int by_target(const void *x, const void *y)
{
    const w403_run_attached *a = x, *b = y;
    int c = w403_view_cmp(a->target, b->target);
    return c ? c : a->order < b->order ? -1 : a->order > b->order;
}

static int by_id(const void *x, const void *y)
{
    return w403_view_cmp(*(const w403_view *)x, *(const w403_view *)y);
}

/* What ended it, in the place of a map that nobody could make. */
static w403_status write_failure(w403_run *r, const char *path, w403_error *err)
{
    const w403_run_failure *f = r->org.failures.at;
    return w403_run_write_failure(r, w403_view_of(path), f->row, f->code, f->message, err);
}

static w403_status tell_failures(w403_run *r, w403_error *err)
{
    for (size_t i = 0; i < r->org.failures.n; i++) {
        const w403_run_failure *f = &r->org.failures.at[i];
        W403_TRY(w403_run_unknown(r, W403_UNKNOWN_CALL, f->row, NULL, f->code, f->said, f->name, err));
        if (f->path.n) {
            W403_TRY(w403_run_write_failure(r, f->path, f->row, f->code, f->message, err));
        }
    }
    return W403_OK;
}

static w403_status write_flat(w403_run *r, const char *path, w403_buf *flat, w403_error *err)
{
    w403_buf text = {0};
    w403_compose_file(&text, w403_buf_view(flat), (w403_view){NULL, 0});
    text.failed |= flat->failed;
    w403_status st = w403_run_write(r, w403_view_of(path), &text, err);
    r->report->known++;
    w403_buf_free(&text);
    w403_buf_free(flat);
    return st;
}

static w403_status write_parents(w403_run *r, w403_error *err)
{
    w403_run_org    *o = &r->org;
    w403_buf         flat = {0};
    w403_json_writer w;
    if (o->tree_broken && o->tree.n == 0) {
        return write_failure(r, "organization/parents.json", err);
    }
    qsort(o->tree.at, o->tree.n, sizeof *o->tree.at, by_child);
    w403_jw_init(&w, &flat, false);
    w403_jw_object(&w);
    for (size_t i = 0; i < o->tree.n; i++) {
        if (!i || !w403_view_eq(o->tree.at[i].child, o->tree.at[i - 1].child)) {
            w403_jw_keyv(&w, o->tree.at[i].child);
            w403_jw_str(&w, o->tree.at[i].parent);
        }
    }
    w403_jw_end_object(&w);
    return write_flat(r, "organization/parents.json", &flat, err);
}

/* A target without a line is one whose policies are unknown; one with an empty list has none. */
static w403_status write_attachments(w403_run *r, w403_error *err)
{
    w403_run_org    *o = &r->org;
    w403_buf         flat = {0};
    w403_json_writer w;
    if (o->incomplete) {
        return write_failure(r, "organization/attachments.json", err);
    }
    for (size_t i = 0; i < o->attached.n; i++) {
        W403_TRY(w403_run_org_target(r, o->attached.at[i].target, err));
    }
    qsort(o->targets.at, o->targets.n, sizeof *o->targets.at, by_id);
    qsort(o->attached.at, o->attached.n, sizeof *o->attached.at, by_target);
    w403_jw_init(&w, &flat, false);
    w403_jw_object(&w);
    for (size_t i = 0, k = 0; i < o->targets.n; i++) {
        w403_view target = o->targets.at[i];
        bool      known = !w403_map_get(&o->broken_targets, target);
        if (known) {
            w403_jw_keyv(&w, target);
            w403_jw_array(&w);
        }
        for (; k < o->attached.n && w403_view_eq(o->attached.at[k].target, target); k++) {
            bool twice = k && w403_view_eq(o->attached.at[k - 1].target, target) && /* of a list that began anew */
                         o->attached.at[k - 1].order == o->attached.at[k].order;
            if (known && !twice) {
                w403_jw_str(&w, o->attached.at[k].policy);
            }
        }
        if (known) {
            w403_jw_end_array(&w);
        }
    }
    w403_jw_end_object(&w);
    return write_flat(r, "organization/attachments.json", &flat, err);
}

w403_status w403_run_org_finish(w403_run *r, w403_error *err)
{
    w403_run_org *o = &r->org;
    if (!o->wanted || o->none) {
        return W403_OK;
    }
    W403_TRY(tell_failures(r, err));
    W403_TRY(write_parents(r, err));
    return write_attachments(r, err);
}
