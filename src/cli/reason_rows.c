#include "cli/reason_rows.h"

#include "explain/causes.h"
#include "policy/policies.h"
#include "symbolic/allowing.h"

/* Snapshot, policies, options. Else *err, or it was told. */
static w403_status open_rows(w403_rows *r, w403_error *err)
{
    w403_realm *x = &r->realm;
    r->scratch = w403_arena_new(0);
    W403_NEED(r->scratch, err);
    if (!w403_input_open(r->cli, &r->in)) {
        r->told = true;
        return W403_SEMANTIC;
    }
    *x = (w403_realm){.snap = {r->in.snapshot, NULL},
                      .n = 1,
                      .policies = r->in.policies,
                      .budget = &r->budget,
                      .arena = r->cli->arena};
    W403_TRY(w403_reason_options(r->cli, &r->budget, &x->when, &x->n_when, err));
    return w403_realm_open(x, err);
}

static void close_rows(w403_rows *r)
{
    w403_realm_close(&r->realm);
    w403_input_close(&r->in);
    w403_arena_free(r->scratch);
    w403_arena_free(r->trial);
    for (size_t i = 0; i < r->kept.n; i++) {
        w403_arena_free(r->kept.at[i]);
    }
}

int w403_rows_answer(w403_cli *cli, w403_rows_run *run)
{
    w403_rows r = {.cli = cli};
    w403_error err;
    int status = W403_EXIT_USAGE;
    if (open_rows(&r, &err) != W403_OK) {
        status = r.told ? W403_EXIT_USAGE : w403_diag_exit(cli, &err);
    } else if (run(&r, &status, &err) != W403_OK) {
        w403_buf_clear(&cli->out);
        status = w403_diag_exit(cli, &err);
    }
    close_rows(&r);
    return status;
}

bool w403_rows_what(w403_rows *r, w403_view name, bool action)
{
    w403_row_what *slot = W403_PUSH(r->cli->arena, &r->whats);
    if (slot) {
        *slot = (w403_row_what){name, action};
    }
    return slot != NULL;
}

bool w403_rows_resource(w403_rows *r, w403_view arn, bool one)
{
    w403_row_resource *slot = W403_PUSH(r->cli->arena, &r->resources);
    if (slot) {
        *slot = (w403_row_resource){.arn = arn, .one = one, .place = r->resources.n - 1};
    }
    return slot != NULL;
}

bool w403_rows_resources(w403_rows *r, const w403_resource_classes *classes)
{
    for (size_t i = 0; i < classes->list.n; i++) {
        const w403_resource_class *c = &classes->list.at[i];
        if (!w403_rows_resource(r, c->resource, c->one)) {
            return false;
        }
        r->resources.at[r->resources.n - 1].of = classes->elements;
        r->resources.at[r->resources.n - 1].element = c->element;
    }
    return true;
}

static bool add_policy(w403_rows *r, w403_policy_list *list, const w403_policy *p)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->at[i] == p) {
            return true;
        }
    }
    const w403_policy **slot = p ? W403_PUSH(r->cli->arena, list) : NULL;
    if (slot) {
        *slot = p;
    }
    return !p || slot;
}

bool w403_rows_identities(w403_rows *r, w403_policy_list *list)
{
    const w403_snapshot *s = r->realm.snap[0];
    for (size_t i = 0; i < s->entities.cap; i++) {
        const w403_entity *e = s->entities.slots[i].value;
        for (uint32_t k = 0; e && k < e->identity.n; k++) {
            if (!add_policy(r, list, e->identity.at[k])) {
                return false;
            }
        }
        if (e && !add_policy(r, list, e->boundary)) {
            return false;
        }
    }
    return true;
}

/* ---- one answer ---- */

static bool keep_statement(w403_rows *r, w403_row *row, const w403_statement *st)
{
    for (size_t i = 0; i < row->limited_by.n; i++) {
        if (row->limited_by.at[i] == st) {
            return true;
        }
    }
    const w403_statement **slot = W403_PUSH(r->trial, &row->limited_by);
    if (slot) {
        *slot = st;
    }
    return slot != NULL;
}

/* The Allow that lets it through: the identity's, else the resource's. */
static void granted(w403_row *row, const w403_decision *d)
{
    for (uint32_t c = 0; c < d->n_checks && !row->granted_by; c++) {
        for (uint32_t l = 0; l < d->checks[c].n_layers && !row->granted_by; l++) {
            const w403_layer *x = &d->checks[c].layers[l];
            bool grants = x->kind == W403_LAYER_IDENTITY || x->kind == W403_LAYER_RESOURCE ||
                          x->kind == W403_LAYER_ACCESS_POINT || x->kind == W403_LAYER_KEY;
            for (uint32_t m = 0; grants && m < x->n_matches && !row->granted_by; m++) {
                const w403_match *k = &x->matches[m];
                bool taken = k->statement && k->statement->policy->doc.source.n &&
                             w403_view_eq(k->statement->policy->doc.source, W403_LIT("the caller's own account"));
                row->granted_by = !k->deny && k->verdict == W403_YES && !taken ? k->statement : NULL;
            }
        }
    }
}

static w403_status limits(w403_rows *r, w403_row *row, const w403_decision *d, w403_error *err)
{
    for (uint32_t c = 0; c < d->n_checks; c++) {
        for (uint32_t l = 0; l < d->checks[c].n_layers; l++) {
            const w403_layer *x = &d->checks[c].layers[l];
            for (uint32_t m = 0; m < x->n_matches; m++) {
                const w403_match *k = &x->matches[m];
                W403_NEED(!k->deny || !k->statement || k->verdict == W403_NO || keep_statement(r, row, k->statement), err);
            }
        }
    }
    return W403_OK;
}

static w403_status one_box(w403_rows *r, w403_row *row, const w403_realm_reply *x, const w403_box *b, bool first,
                           w403_error *err)
{
    w403_request request;
    w403_decision d;
    w403_arena *a = r->trial;
    w403_row_box *out = W403_PUSH(a, &row->boxes);
    W403_NEED(out, err);
    W403_TRY(w403_realm_request(x, b->witness, &request, err));
    W403_TRY(w403_realm_decide(x, 0, &request, W403_DETAIL_CAUSES, r->scratch, &d, err));
    w403_verdict wanted = row->state == W403_ACCESS_UNKNOWN ? W403_UNDETERMINED : W403_ALLOWED;
    if (d.verdict != wanted) {
        return w403_error_set(err, W403_BUG, "the search and decide disagree about %.*s", W403_ARG(request.principal));
    }
    if (first) {
        granted(row, &d);
    }
    if (wanted == W403_UNDETERMINED && first && d.n_unknown) {
        const w403_target *t = x->sample[0] ? &x->sample[0]->target : NULL;
        bool missing = t && !t->bucket && !t->kms && !t->role;
        row->reason = row->reason ? row->reason : missing ? "missing" : "undocumented";
        row->hangs_on = w403_arena_copy(a, d.unknown[0]);
    }
    w403_buf json = {0};
    w403_json_writer w;
    w403_jw_init(&w, &json, false);
    w403_jw_object(&w);
    w403_reason_box_json(&w, &x->space, b);
    out->words = w403_arena_copy(a, w403_reason_box_words(r->scratch, &x->space, b));
    out->command = w403_reason_command(r->cli, a, &request);
    w403_jw_text(&w, "text", out->words);
    w403_jw_key(&w, "witness");
    w403_reason_request_json(&w, &request);
    w403_jw_text(&w, "command", out->command);
    w403_jw_end_object(&w);
    out->json = w403_buf_ok(&json) ? w403_arena_copy(a, w403_buf_view(&json)) : (w403_view){NULL, 0};
    w403_buf_free(&json);
    W403_NEED(out->json.p && out->words.p, err);
    return W403_OK;
}

static w403_status boxes(w403_rows *r, w403_row *row, const w403_realm_reply *x, w403_error *err)
{
    w403_boxes list = {0};
    bool cut = false;
    w403_verdict label = row->state == W403_ACCESS_UNKNOWN ? W403_UNDETERMINED : W403_ALLOWED;
    W403_NEED(w403_boxes_of(&x->diagram, UINT64_C(1) << label, &list, &cut), err);
    for (size_t i = 0; i < list.n && i < r->budget.max_boxes; i++) {
        W403_TRY(one_box(r, row, x, &list.at[i], i == 0, err));
    }
    row->left_out = list.n > r->budget.max_boxes ? list.n - r->budget.max_boxes : 0;
    return W403_OK;
}

/* All requests of some verdicts, as a policy says them. */
static w403_status conditions(w403_rows *r, const w403_realm_reply *x, uint64_t labels, w403_row_conditions *out, w403_error *err)
{
    w403_boxes list = {0};
    bool cut = false;
    W403_NEED(w403_boxes_of(&x->diagram, labels, &list, &cut), err);
    out->exact = !cut && !x->incomplete && x->diagram.whole;
    for (size_t i = 0; i < list.n; i++) {
        out->exact &= w403_reason_box_condition(r->trial, &x->space, &list.at[i], &out->list);
    }
    return W403_OK;
}

/* What keeps somebody out: of a request that is denied. */
static w403_status refusal(w403_rows *r, w403_row *row, const w403_realm_reply *x, w403_error *err)
{
    w403_boxes list = {0};
    bool cut = false;
    w403_request request;
    w403_decision d;
    w403_explanation e;
    W403_NEED(w403_boxes_of(&x->diagram, UINT64_C(1) << W403_DENIED, &list, &cut), err);
    if (list.n == 0) {
        return W403_OK;
    }
    bool cannot = row->state == W403_NEVER;
    W403_TRY(w403_realm_request(x, list.at[0].witness, &request, err));
    W403_TRY(w403_realm_decide(x, 0, &request, cannot ? W403_DETAIL_FULL : W403_DETAIL_CAUSES, r->scratch, &d, err));
    if (!cannot) {
        return limits(r, row, &d, err);
    }
    W403_TRY(w403_explain(&request, &d, r->scratch, &e, err));
    if (e.n_causes) {
        row->cause = w403_view_of(e.causes[0].id);
        row->cause_words = w403_arena_copy(r->trial, e.causes[0].sentence.p ? e.causes[0].sentence : W403_LIT(""));
        row->nearest = e.causes[0].match ? e.causes[0].match->statement : NULL;
    }
    return W403_OK;
}

static w403_status one_row(w403_rows *r, const w403_asker *who, const w403_wanted *wanted, w403_row_block *block,
                           w403_error *err)
{
    w403_realm_reply x;
    w403_arena_reset(r->scratch);
    w403_row *row = W403_PUSH(r->trial, &block->rows);
    W403_NEED(row, err);
    W403_TRY(w403_realm_ask(&r->realm, who, wanted, r->scratch, &x, err));
    *row = (w403_row){.asker = who, .state = x.state, .reason = x.reason};
    if (block->checks.n == 0 && x.sample[0]) {
        for (size_t i = 0; i < x.sample[0]->checks.n; i++) {
            w403_view *slot = W403_PUSH(r->trial, &block->checks);
            W403_NEED(slot, err);
            *slot = w403_arena_copy(r->trial, x.sample[0]->checks.at[i].action);
        }
    }
    if (row->state == W403_NEVER) {
        bool asked = w403_args_has(&r->cli->args, W403_OPT_NEAR) || w403_args_has(&r->cli->args, W403_OPT_NOT);
        return asked ? refusal(r, row, &x, err) : W403_OK;
    }
    W403_TRY(boxes(r, row, &x, err));
    if (r->as_policy && row->state == W403_CONDITIONAL) {
        W403_TRY(conditions(r, &x, UINT64_C(1) << W403_ALLOWED, &row->allowed, err));
        W403_TRY(conditions(r, &x, UINT64_C(1) << W403_DENIED | UINT64_C(1) << W403_UNDETERMINED, &row->refused, err));
    }
    return row->state == W403_CONDITIONAL ? refusal(r, row, &x, err) : W403_OK;
}

/* Answers that read alike share a block. */
static w403_view signature(w403_rows *r, const w403_row_block *b, w403_view action)
{
    w403_buf out = {0};
    uint16_t id = w403_action_find(action);
    if (r->apart && id != W403_ACTION_NONE) {
        w403_buf_printf(&out, "%s;", w403_action_at(id)->access_level);
    }
    for (size_t i = 0; i < b->rows.n; i++) {
        const w403_row *row = &b->rows.at[i];
        w403_buf_printf(&out, "%d;", (int)row->state);
        if (r->apart) {
            w403_buf_printf(&out, "%p;%.*s;", (const void *)row->granted_by, W403_ARG(row->cause));
        }
        for (size_t k = 0; k < row->boxes.n; k++) {
            w403_buf_put(&out, row->boxes.at[k].words);
            w403_buf_putc(&out, ';');
        }
    }
    w403_view v = w403_buf_ok(&out) ? w403_arena_copy(r->trial, w403_buf_view(&out)) : (w403_view){NULL, 0};
    w403_buf_free(&out);
    return v.p ? v : W403_LIT("");
}

static w403_status add_resource(w403_rows *r, w403_row_block *b, w403_row_resource on, w403_error *err)
{
    w403_row_resource *slot = W403_PUSH(r->cli->arena, &b->resources);
    W403_NEED(slot, err);
    *slot = on;
    return W403_OK;
}

static bool same_resources(const w403_row_block *a, const w403_row_block *b)
{
    bool same = a->resources.n == b->resources.n;
    for (size_t i = 0; i < a->resources.n && same; i++) {
        same = w403_view_eq(a->resources.at[i].arn, b->resources.at[i].arn);
    }
    return same;
}

/* Operations with the same answer on the same resources go together. */
static w403_status merge(w403_rows *r, w403_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->blocks.n; i++) {
        w403_row_block b = r->blocks.at[i];
        w403_row_block *into = NULL;
        for (size_t k = 0; k < kept && !into; k++) {
            w403_row_block *o = &r->blocks.at[k];
            bool same = o->whats.at[0].action == b.whats.at[0].action && w403_view_eq(o->signature, b.signature);
            into = same && same_resources(o, &b) ? o : NULL;
        }
        if (!into) {
            r->blocks.at[kept++] = b;
            continue;
        }
        w403_row_what *slot = W403_PUSH(r->cli->arena, &into->whats);
        W403_NEED(slot, err);
        *slot = b.whats.at[0];
    }
    r->blocks.n = kept;
    return W403_OK;
}

/* Only resources of the kind that the action is asked of. */
bool w403_rows_goes_with(const w403_rows *r, const w403_row_what *what, w403_view resource)
{
    uint16_t id = what->action ? w403_action_find(what->name) : W403_ACTION_NONE;
    const w403_operation *op = what->action ? NULL : w403_operation_find(what->name);
    bool access_point = w403_view_find(resource, W403_LIT(":accesspoint/")) != SIZE_MAX;
    bool object = access_point ? w403_view_find(resource, W403_LIT("/object/")) != SIZE_MAX
                               : w403_view_find_char(w403_arn_split(resource).part[5], '/') != SIZE_MAX;
    if (id == W403_ACTION_NONE && !op) {
        return true;
    }
    w403_action_on on = id == W403_ACTION_NONE ? W403_ON_NEITHER : w403_action_target(id);
    if (what->action && w403_view_eq(resource, W403_LIT("*"))) { /* for what is asked of no resource */
        return on == W403_ON_NEITHER;
    }
    if (what->action && on == W403_ON_NEITHER && !access_point) {
        return !w403_bucket_behind(r->realm.snap[0], resource);
    }
    if (op) {
        on = strcmp(op->resource_kind, "object") == 0   ? W403_ON_OBJECTS
             : strcmp(op->resource_kind, "bucket") == 0 ? W403_ON_BUCKETS
                                                        : W403_ON_NEITHER;
    }
    return on == W403_ON_NEITHER || (on == W403_ON_OBJECTS) == object;
}

static w403_status one_block(w403_rows *r, w403_row_what what, w403_row_resource on, w403_error *err)
{
    w403_row_block block = {.signature = {NULL, 0}};
    r->trial = r->trial ? r->trial : w403_arena_new(0);
    W403_NEED(r->trial, err);
    w403_arena_reset(r->trial);
    w403_wanted wanted = {.resource = on.arn};
    wanted.operation = what.action ? wanted.operation : what.name;
    wanted.action = what.action ? what.name : wanted.action;
    for (size_t i = 0; i < r->askers.n; i++) {
        W403_TRY(one_row(r, &r->askers.at[i], &wanted, &block, err));
    }
    block.signature = signature(r, &block, what.name);
    for (size_t i = 0; i < r->blocks.n; i++) {
        w403_row_block *b = &r->blocks.at[i];
        bool same_way = w403_view_eq(b->resources.at[0].via, on.via);
        if (same_way && w403_view_eq(b->whats.at[0].name, what.name) && w403_view_eq(b->signature, block.signature)) {
            return add_resource(r, b, on, err);
        }
    }
    w403_row_block *slot = W403_PUSH(r->cli->arena, &r->blocks);
    w403_arena **keep = slot ? W403_PUSH(r->cli->arena, &r->kept) : NULL;
    W403_NEED(keep, err);
    *keep = r->trial;
    r->kept_bytes += w403_arena_used(r->trial);
    (void)w403_budget_memory(&r->budget, w403_arena_used(r->cli->arena) + r->kept_bytes);
    r->trial = NULL;
    w403_row_what *w = W403_PUSH(r->cli->arena, &block.whats);
    W403_NEED(w, err);
    *w = what;
    *slot = block;
    return add_resource(r, slot, on, err);
}

/* May somebody be allowed it, as far as what policies name? */
static bool worth_asking(const w403_rows *r, const w403_row_what *what, w403_view resource)
{
    size_t given = 0;
    uint16_t id = what->action ? w403_action_find(what->name) : W403_ACTION_NONE;
    const w403_bucket *b = w403_bucket_behind(r->realm.snap[0], resource);
    (void)w403_policies_list(r->realm.policies, &given);
    bool any = !r->can_only || given > 0 || id == W403_ACTION_NONE || !b;
    for (size_t i = 0; i < r->askers.n && !any; i++) {
        any = w403_may_allow(&r->askers.at[i], b, id, resource);
    }
    return any;
}

w403_status w403_rows_ask(w403_rows *r, w403_error *err)
{
    bool asked = false;
    for (size_t w = 0; w < r->whats.n; w++) {
        for (size_t i = 0; i < r->resources.n; i++) {
            if (!w403_rows_goes_with(r, &r->whats.at[w], r->resources.at[i].arn) && (r->whats.n > 1 || r->resources.n > 1)) {
                continue;
            }
            asked = true;
            if (worth_asking(r, &r->whats.at[w], r->resources.at[i].arn)) {
                W403_TRY(one_block(r, r->whats.at[w], r->resources.at[i], err));
            }
        }
    }
    if (!asked) {
        return w403_error_set(err, W403_SEMANTIC, "nothing of it is asked of such a resource");
    }
    return merge(r, err);
}

w403_view w403_rows_unknown(const w403_rows *r, const w403_row_block *b, const char **reason)
{
    w403_view hangs_on = {NULL, 0};
    *reason = r->budget.spent ? "budget" : NULL;
    for (size_t i = 0; i < b->rows.n; i++) {
        *reason = b->rows.at[i].reason ? b->rows.at[i].reason : *reason;
        hangs_on = b->rows.at[i].hangs_on.p ? b->rows.at[i].hangs_on : hangs_on;
    }
    if (!r->budget.spent && hangs_on.p) {
        return w403_arena_printf(r->cli->arena, "hangs on %.*s", W403_ARG(hangs_on));
    }
    return *reason ? w403_reason_unknown_words(r->cli->arena, &r->budget, *reason, NULL) : W403_LIT("");
}

int w403_rows_exit(const w403_rows *r)
{
    bool some = false, unknown = false;
    for (size_t b = 0; b < r->blocks.n; b++) {
        for (size_t i = 0; i < r->blocks.at[b].rows.n; i++) {
            w403_access s = r->blocks.at[b].rows.at[i].state;
            some |= s == W403_ALWAYS || s == W403_CONDITIONAL;
            unknown |= s == W403_ACCESS_UNKNOWN;
        }
    }
    return some ? W403_EXIT_GOOD : unknown ? W403_EXIT_UNKNOWN : W403_EXIT_FOUND;
}
