/* Two states of an account: every caller, every action and every class of keys of every bucket that either has. */
#include "cli/diff_output.h"
#include "cli/reason_html.h"
#include "cli/diff_states.h"

#include "cli/diff_input.h"
#include "cli/reason_rows.h"
#include "decide/residual.h"
#include "render/style.h"
#include "render/warnings.h"

enum { CHANGES = 6 };

/* What changed for one caller on one class of resources. */
typedef struct state_change {
    const char *change;
    w403_view caller, resource, words;
    w403_view on, on_json; /* the class of resources: in words, as a set */
    w403_view members;     /* of the box's JSON besides: network and keys */
    w403_tri wider, narrower;
    uint64_t actions[8];
    w403_request witness;
    w403_diff_bys by;
} state_change;

typedef struct states {
    w403_cli *cli;
    w403_diff_input *in;
    w403_realm realm;
    w403_budget budget;
    w403_arena *scratch, *trial;
    W403_ARRAY(state_change) list;
    w403_policy_list policies[2]; /* of each state: those that could speak of the bucket at hand */
    bool unknown;
    const char *reason;
    w403_error *err;
} states;

static const struct {
    const char *name;
    uint8_t from, to;
    w403_tri wider, narrower; /* is it? */
} changes[CHANGES] = {
    {"newly-allowed", W403_DENIED, W403_ALLOWED, W403_YES, W403_NO},
    {"newly-denied", W403_ALLOWED, W403_DENIED, W403_NO, W403_YES},
    {"newly-undetermined", W403_DENIED, W403_UNDETERMINED, W403_UNKNOWN, W403_NO},
    {"newly-undetermined", W403_ALLOWED, W403_UNDETERMINED, W403_NO, W403_UNKNOWN},
    {"no-longer-undetermined", W403_UNDETERMINED, W403_ALLOWED, W403_UNKNOWN, W403_NO},
    {"no-longer-undetermined", W403_UNDETERMINED, W403_DENIED, W403_NO, W403_UNKNOWN},
};

/* One class of resources of a bucket. */
typedef struct place {
    w403_resource_class on;
    const w403_elements *of;
} place;

/* The class as a set, in words and as JSON. */
static bool describe(states *x, const place *at, state_change *c)
{
    w403_rows r = {.cli = x->cli};
    return w403_rows_class(&r, &at->on, at->of, &c->on, &c->on_json);
}

/* Network and keys of a box: the members of an object, without its braces. */
static bool describe_box(states *x, const w403_realm_reply *r, const w403_box *b, state_change *c)
{
    w403_buf json = {0};
    w403_json_writer w;
    w403_jw_init(&w, &json, false);
    w403_jw_object(&w);
    w403_reason_box_json(&w, &r->space, b);
    w403_jw_end_object(&w);
    w403_view all = w403_buf_take(&json, x->cli->arena);
    c->members = all.n >= 2 ? w403_view_sub(all, 1, all.n - 1) : all;
    return all.p != NULL;
}

static state_change *change_of(states *x, size_t kind, const w403_asker *who, const place *at, w403_view words)
{
    for (size_t i = 0; i < x->list.n; i++) {
        state_change *c = &x->list.at[i];
        if (c->change == changes[kind].name && c->wider == changes[kind].wider && w403_view_eq(c->caller, who->name) &&
            w403_view_eq(c->resource, at->on.resource) && w403_view_eq(c->words, words)) {
            return c;
        }
    }
    state_change *c = W403_PUSH(x->cli->arena, &x->list);
    if (c) {
        *c = (state_change){.change = changes[kind].name, .wider = changes[kind].wider, .narrower = changes[kind].narrower,
                            .caller = who->name, .resource = at->on.resource, .words = w403_arena_copy(x->cli->arena, words)};
    }
    return c && describe(x, at, c) ? c : NULL;
}

static w403_status note(states *x, const w403_realm_reply *r, const w403_asker *who, const place *at,
                        uint16_t action)
{
    uint64_t labels = w403_diagram_labels(&r->diagram);
    x->unknown |= !r->diagram.whole || r->incomplete;
    x->reason = r->reason ? r->reason : x->reason;
    for (size_t k = 0; k < CHANGES; k++) {
        uint8_t label = (uint8_t)(changes[k].from * 4 + changes[k].to);
        w403_boxes boxes = {0};
        bool cut;
        if (!(labels >> label & 1)) {
            continue;
        }
        W403_NEED(w403_boxes_of(&r->diagram, UINT64_C(1) << label, &boxes, &cut), x->err);
        for (size_t i = 0; i < boxes.n; i++) {
            state_change *c = change_of(x, k, who, at, w403_reason_box_words(x->scratch, &r->space, &boxes.at[i]));
            w403_request q;
            W403_NEED(c, x->err);
            W403_TRY(w403_realm_request(r, boxes.at[i].witness, &q, x->err));
            w403_bit_set(c->actions, action);
            W403_NEED(c->members.p || describe_box(x, r, &boxes.at[i], c), x->err);
            if (!c->witness.resource.p) {
                w403_diff_between between = {r, &q, (w403_verdict)changes[k].from, (w403_verdict)changes[k].to, x->policies,
                                             x->trial};
                w403_arena_reset(x->trial);
                W403_TRY(w403_diff_behind_states(x->cli->arena, &between, &c->by, x->err));
                W403_NEED(w403_request_copy(x->cli->arena, &q, &c->witness), x->err);
            }
        }
    }
    return W403_OK;
}

static w403_status ask(states *x, const w403_asker *who, const place *at, uint16_t action)
{
    const w403_operation *op = w403_operation_for(action);
    w403_wanted wanted = {.resource = at->on.resource};
    w403_realm_reply r;
    if (op) {
        wanted.operation = w403_view_of(op->name);
    } else {
        wanted.action = w403_view_of(w403_action_at(action)->name);
    }
    w403_arena_reset(x->scratch);
    w403_status st = w403_realm_ask(&x->realm, who, &wanted, x->scratch, &r, x->err);
    if (st == W403_SEMANTIC || st == W403_NOT_FOUND) {
        return W403_OK;
    }
    return st == W403_OK ? note(x, &r, who, at, action) : st;
}

static bool add_all(states *x, w403_policy_list *list, const w403_policy *const *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const w403_policy **slot = W403_PUSH(x->cli->arena, list);
        if (!slot) {
            return false;
        }
        *slot = at[i];
    }
    return true;
}

static w403_status one_bucket(states *x, const w403_bucket *b, const w403_asker_list *askers)
{
    w403_policy_list policies = {0};
    w403_resource_classes classes = {0};
    for (int side = 0; side < 2; side++) {
        const w403_snapshot *s = x->realm.snap[side];
        const w403_bucket *mine = w403_snapshot_bucket(s, b->name);
        w403_policy_list *list = &x->policies[side];
        list->n = 0;
        W403_NEED(!mine || w403_bucket_policies(&x->realm, s, mine, list), x->err);
        for (size_t i = 0; i < s->entities.cap; i++) {
            const w403_entity *e = s->entities.slots[i].value;
            W403_NEED(!e || add_all(x, list, e->identity.at, e->identity.n), x->err);
        }
        W403_NEED(add_all(x, &policies, list->at, list->n), x->err);
    }
    W403_NEED(w403_bucket_classes(&x->realm, x->realm.snap[0], b, policies.at, policies.n, (w403_view){NULL, 0}, &classes),
              x->err);
    for (size_t a = 0; a < askers->n; a++) {
        for (uint16_t action = 0; action < W403_ACTION_COUNT; action++) {
            w403_action_on on = w403_action_target(action);
            if (on == W403_ON_NEITHER || strncmp(w403_action_at(action)->name, "s3:", 3) != 0) {
                continue;
            }
            for (size_t i = 0; i < classes.list.n && w403_budget_time(&x->budget); i++) {
                bool bucket = w403_view_find_char(classes.list.at[i].resource, '/') == SIZE_MAX;
                if (bucket == (on == W403_ON_BUCKETS)) {
                    const place at = {classes.list.at[i], classes.elements};
                    W403_TRY(ask(x, &askers->at[a], &at, action));
                }
            }
        }
    }
    return W403_OK;
}

static w403_status all_askers(states *x, w403_asker_list *out)
{
    w403_asker_list more = {0};
    W403_NEED(w403_askers_all(x->cli->arena, x->realm.snap[0], &x->realm.mentions, false, out) &&
                  w403_askers_all(x->cli->arena, x->realm.snap[1], &x->realm.mentions, false, &more),
              x->err);
    size_t first = out->n;
    for (size_t i = 0; i < more.n; i++) {
        bool again = false;
        for (size_t k = 0; k < first; k++) {
            again |= w403_view_eq(out->at[k].name, more.at[i].name);
        }
        w403_asker *slot = again ? NULL : W403_PUSH(x->cli->arena, out);
        W403_NEED(again || slot, x->err);
        if (slot) {
            *slot = more.at[i];
        }
    }
    return W403_OK;
}

static w403_status compare(states *x)
{
    w403_asker_list askers = {0};
    const w403_snapshot *const *s = x->realm.snap;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < s[side]->buckets.cap; i++) {
            const w403_bucket *b = s[side]->buckets.slots[i].value;
            W403_NEED(!b || w403_realm_mention(&x->realm, s[side], b), x->err);
        }
    }
    W403_TRY(all_askers(x, &askers));
    for (int side = 0; side < 2; side++) {
        for (uint32_t a = 0; a < s[side]->n_accounts; a++) {
            for (uint32_t i = 0; i < s[side]->account_list[a]->n_buckets; i++) {
                const w403_bucket *b = w403_account_bucket(s[side], s[side]->account_list[a], i);
                bool twice = side == 1 && w403_snapshot_bucket(s[0], b->name);
                W403_TRY(twice || b->missing ? W403_OK : one_bucket(x, b, &askers));
            }
        }
    }
    x->unknown |= x->budget.spent;
    return W403_OK;
}

/* ---- output ---- */

static w403_texts names(states *x, const state_change *c)
{
    w403_texts out = {0};
    (void)w403_action_names(x->cli->arena, c->actions, c->actions, &out);
    return out;
}

static bool is_wider(const state_change *c)
{
    return c->wider != W403_NO;
}

static bool shown(const states *x, const state_change *c)
{
    return is_wider(c) || !w403_args_has(&x->cli->args, W403_OPT_WIDER_ONLY);
}

static void put_text(states *x)
{
    w403_buf *out = &x->cli->out;
    bool markdown = w403_reason_format_is(x->cli, "markdown");
    size_t n = 0;
    for (size_t i = 0; i < x->list.n; i++) {
        n += shown(x, &x->list.at[i]);
    }
    w403_buf_printf(out, "%s%zu change%s%s\n", markdown ? "### Access: " : "", n, n == 1 ? "" : "s",
                    x->unknown ? "; some could not be decided" : "");
    for (size_t i = 0; i < x->list.n; i++) {
        const state_change *c = &x->list.at[i];
        w403_texts actions = names(x, c);
        w403_view what = w403_texts_words(x->cli->arena, &actions, "and");
        bool always = w403_view_eq(c->words, W403_LIT("always"));
        if (!shown(x, c)) {
            continue;
        }
        w403_view line = w403_arena_printf(x->cli->arena, "%.*s: %.*s on %.*s%s%.*s", W403_ARG(c->caller), W403_ARG(what),
                                           W403_ARG(c->on), always ? "" : ", ",
                                           always ? 0 : (int)c->words.n, c->words.p);
        w403_buf_printf(out, markdown ? "- **%s** " : "\n  %s\n    ", c->change);
        if (markdown) {
            w403_markdown_cell(out, c->by.n ? w403_arena_printf(x->cli->arena, "%.*s; by %.*s", W403_ARG(line),
                                                                W403_ARG(w403_diff_bys_words(x->cli->arena, &c->by)))
                                            : line);
            w403_buf_putc(out, '\n');
        } else {
            w403_style_lines(out, line, 4, 6, (size_t)x->cli->width);
            w403_diff_bys_text(x->cli, &c->by);
        }
    }
}

static void put_html(states *x, w403_tri wider)
{
    static const char *const columns[] = {"Change", "Caller", "Actions", "Resource", "When", "Because of", NULL};
    w403_reason_page p;
    w403_page_open(&p, x->cli, "diff", wider == W403_NO ? "allowed" : wider == W403_YES ? "denied" : "undetermined",
                   W403_LIT("What changes for whom"));
    w403_page_table(&p, W403_LIT(""), columns);
    for (size_t i = 0; i < x->list.n; i++) {
        const state_change *c = &x->list.at[i];
        w403_texts actions = names(x, c);
        if (shown(x, c)) {
            w403_page_row(&p, (const w403_view[]){w403_view_of(c->change), c->caller, w403_texts_words(x->cli->arena, &actions, "and"),
                                                  c->on, c->words, w403_diff_bys_words(x->cli->arena, &c->by)}, 6);
        }
    }
    w403_page_table_end(&p);
    w403_page_note(&p, x->unknown ? W403_LIT("Some could not be decided.") : W403_LIT(""));
    w403_page_close(&p);
}

static void change_json(states *x, w403_json_writer *w, const state_change *c)
{
    w403_json_writer inner;
    w403_buf box = {0};
    w403_texts actions = names(x, c);
    w403_jw_init(&inner, &box, false);
    w403_jw_object(&inner);
    w403_reason_class_json(&inner, &actions, c->on_json, c->caller, c->members);
    w403_jw_text(&inner, "text", c->words);
    w403_jw_key(&inner, "witness");
    w403_reason_request_json(&inner, &c->witness);
    w403_jw_end_object(&inner);
    w403_jw_object(w);
    w403_jw_word(w, "change", c->change);
    w403_jw_key(w, "box");
    w403_jw_raw(w, w403_buf_take(&box, x->cli->arena));
    w403_diff_bys_json(w, &c->by);
    w403_jw_end_object(w);
}

static void put_json(states *x, int status, w403_tri wider, w403_tri narrower, bool lines)
{
    w403_json_writer w;
    const char *const words[] = {[W403_NO] = "no", [W403_YES] = "yes", [W403_UNKNOWN] = "unknown"};
    for (size_t i = 0; lines && i < x->list.n; i++) {
        if (!shown(x, &x->list.at[i])) {
            continue;
        }
        w403_jw_init(&w, &x->cli->out, false);
        change_json(x, &w, &x->list.at[i]);
        w403_buf_putc(&x->cli->out, '\n');
    }
    w403_jw_init(&w, &x->cli->out, !lines);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_word(&w, "question", "diff");
    w403_jw_word(&w, "kind", "snapshot");
    w403_jw_key(&w, "answers");
    w403_jw_object(&w);
    w403_jw_word(&w, "newly_allowed", words[wider]);
    w403_jw_word(&w, "newly_denied", words[narrower]);
    w403_jw_end_object(&w);
    if (!lines) {
        w403_jw_key(&w, "changes");
        w403_jw_array(&w);
        for (size_t i = 0; i < x->list.n; i++) {
            if (shown(x, &x->list.at[i])) {
                change_json(x, &w, &x->list.at[i]);
            }
        }
        w403_jw_end_array(&w);
    }
    w403_reason_unknown_json(&w, &x->budget, x->reason, NULL);
    w403_jw_number(&w, "exit", (uint64_t)status);
    w403_warnings_json(&w, x->cli->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(&x->cli->out, '\n');
}

/* ---- the run ---- */

static w403_status run(states *x, int *status)
{
    w403_tri wider = W403_NO, narrower = W403_NO;
    W403_TRY(w403_reason_options(x->cli, &x->budget, &x->realm.when, &x->realm.n_when, x->err));
    W403_TRY(w403_realm_open(&x->realm, x->err));
    W403_TRY(compare(x));
    for (size_t i = 0; i < x->list.n; i++) {
        wider = w403_or(wider, x->list.at[i].wider);
        narrower = w403_or(narrower, x->list.at[i].narrower);
    }
    wider = wider == W403_NO && x->unknown ? W403_UNKNOWN : wider;
    narrower = narrower == W403_NO && x->unknown ? W403_UNKNOWN : narrower;
    *status = w403_diff_exit(x->cli, wider, narrower);
    bool lines = w403_reason_format_is(x->cli, "ndjson");
    if (lines || w403_reason_format_is(x->cli, "json")) {
        put_json(x, *status, wider, narrower, lines);
    } else if (w403_reason_format_is(x->cli, "html")) {
        put_html(x, wider);
    } else {
        put_text(x);
    }
    return W403_OK;
}

int w403_diff_states(w403_cli *cli)
{
    w403_error err = {0};
    states x = {.cli = cli, .err = &err};
    int status = W403_EXIT_USAGE;
    x.scratch = w403_arena_new(0);
    x.trial = w403_arena_new(0);
    x.realm = (w403_realm){.n = 2, .budget = &x.budget, .arena = cli->arena};
    x.in = x.scratch && x.trial ? w403_diff_input_open(cli) : NULL;
    for (int side = 0; side < 2 && x.in; side++) {
        x.realm.snap[side] = w403_diff_input_at(x.in, side);
    }
    if (x.in && run(&x, &status) != W403_OK) {
        w403_buf_clear(&cli->out);
        status = w403_diag_exit(cli, &err);
    }
    w403_realm_close(&x.realm);
    w403_arena_free(x.scratch);
    w403_arena_free(x.trial);
    w403_diff_input_close(x.in);
    return status;
}
