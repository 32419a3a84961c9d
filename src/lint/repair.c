/* Findings into edits, and edits into a new text. */
#include <stdlib.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/decimal.h"
#include "base/glob.h"
#include "lint/check.h"
#include "lint/repair.h"

typedef struct repairer {
    w403_arena *a;
    const w403_lint_report *report;
    const char *wanted;
    w403_lint_edits list;
    size_t code; /* of the finding at hand */
    size_t weight[W403_LINT_CODES]; /* places of the findings of each code, this round and the last one */
    size_t before[W403_LINT_CODES];
    bool mended[W403_LINT_CODES];   /* the last round made an edit for it */
    bool in_vain[W403_LINT_CODES];  /* an edit for it mended nothing: not tried again */
    w403_budget budget; /* of all proofs */
    bool refused;       /* this round's edits were not proved */
    bool proving;       /* this round's edits keep the meaning, or are taken back */
    bool nomem;
} repairer;

/* ---- which repairs are made unasked (lint 8) ---- */

static const char *const unasked[] = {
    "drop-covered", "drop-statement", "cidr-mask",  "effect-case", "element-case", "operator-near", "action-near",
    "key-near",     "value-case",     "lower-service", "arn-trim", "trim-value",   "trim-variable", "drop-slash",
    "percent-decode", "s3-colons",    "arn-prefix", "ap-object",   "sid-chars",    "sid-number",    "quote-values",
    "trailing-comma", "wrap-aws",     "principal-star", "move-to-service", "merge-keys", "smart-quote",
};

bool w403_lint_fix_named(const char *list, const char *fix)
{
    w403_view rest = w403_view_of(list);
    while (rest.p) {
        if (w403_view_eq(w403_view_trim(w403_view_cut(&rest, ',')), w403_view_of(fix)))
            return true;
    }
    return false;
}

static bool is_empty_element(const w403_finding *f)
{
    return strcmp(f->check->code, "EMPTY_SID_VALUE") == 0 || strcmp(f->check->code, "EMPTY_OBJECT_CONDITION") == 0;
}

static bool may(const repairer *r, const w403_finding *f, const char *fix)
{
    bool version = strcmp(fix, "version") == 0 || strcmp(fix, "add-version") == 0;
    if (r->wanted) /* by the repair, or by what it mends */
        return w403_lint_fix_named(r->wanted, fix) || w403_lint_fix_named(r->wanted, f->check->code);
    if (version) /* `${` was plain text before and is a variable then */
        return w403_view_find(r->report->doc.text, W403_LIT("${")) == SIZE_MAX;
    if (strcmp(fix, "drop-element") == 0)
        return is_empty_element(f);
    for (size_t i = 0; i < sizeof unasked / sizeof *unasked; i++) {
        if (strcmp(unasked[i], fix) == 0)
            return true;
    }
    return false;
}

/* ---- edits ---- */

static void add(repairer *r, w403_span at, w403_view text, const char *fix)
{
    w403_lint_edit *e = W403_PUSH(r->a, &r->list);
    r->nomem = r->nomem || !e;
    if (e)
        *e = (w403_lint_edit){at, text, fix, r->code};
}

static w403_view quoted(repairer *r, w403_view v)
{
    w403_view out = w403_json_quote(r->a, v);
    r->nomem = r->nomem || !out.p;
    return out;
}

/* A member or element, with the comma that goes with it. */
static w403_span with_comma(w403_view text, w403_span at)
{
    size_t from = at.off, to = (size_t)at.off + at.len, next = to;
    while (next < text.n && strchr(" \t\r\n", text.p[next]) && text.p[next])
        next++;
    if (next < text.n && text.p[next] == ',') {
        to = next + 1;
        while (to < text.n && strchr(" \t\r\n", text.p[to]) && text.p[to])
            to++;
        return (w403_span){(uint32_t)from, (uint32_t)(to - from)};
    }
    while (from && strchr(" \t\r\n", text.p[from - 1]))
        from--;
    if (from && text.p[from - 1] == ',')
        from--;
    return (w403_span){(uint32_t)from, (uint32_t)(to - from)};
}

static void remove_value(repairer *r, const w403_json *v, const char *fix)
{
    w403_span at = v->span;
    if (v->key.p) {
        at.off = v->key_span.off;
        at.len = v->span.off + v->span.len - at.off;
    }
    add(r, with_comma(r->report->doc.text, at), (w403_view){"", 0}, fix);
}

/* ---- repairs of several places ---- */

/* Of several numbers that a condition compares with, all but the one that counts. */
static void drop_numbers(repairer *r, const w403_finding *f)
{
    const w403_json *list = f->at[0].node;
    w403_lint_condition c = {0};
    const w403_json *block = w403_json_parent(&r->report->doc, list);
    (void)w403_lint_operator(block ? block->key : (w403_view){NULL, 0}, &c);
    bool greatest = c.op && (c.op->compare == W403_CMP_LT || c.op->compare == W403_CMP_LE);
    const w403_json *kept = w403_lint_first_scalar(list);
    W403_LINT_EACH_SCALAR(v, list) {
        int order = w403_decimal_cmp(v->text, kept->text);
        kept = (greatest ? order > 0 : order < 0) ? v : kept;
    }
    W403_LINT_EACH_SCALAR(v, list) {
        if (v != kept) {
            remove_value(r, v, "drop-covered");
            return;
        }
    }
}

/* What another value of the group covers; of equal ones the first stays. One a round: the commas of neighbours are shared. */
static void drop_covered(repairer *r, const w403_finding *f)
{
    size_t code = (size_t)(f->check - w403_lint_checks);
    bool ignore_case = code == W403_L_REDUNDANT_ACTION;
    if (code == W403_L_REDUNDANT_CONDITION_VALUE_NUM) {
        drop_numbers(r, f);
        return;
    }
    if (!ignore_case && code != W403_L_REDUNDANT_RESOURCE) { /* the value itself */
        remove_value(r, f->at[0].node, "drop-covered");
        return;
    }
    for (uint32_t i = 0; i < f->n_at; i++) {
        w403_view v = f->at[i].node->text;
        for (uint32_t k = 0; k < f->n_at; k++) {
            w403_view o = f->at[k].node->text;
            bool covers = k != i && w403_lint_includes(&r->budget, o, v, ignore_case);
            if (covers && !(w403_lint_includes(&r->budget, v, o, ignore_case) && k > i)) {
                remove_value(r, f->at[i].node, "drop-covered");
                return;
            }
        }
    }
}

static void number_sid(repairer *r, const w403_finding *f)
{
    for (unsigned n = 2; n < 1000; n++) {
        w403_view sid = w403_arena_printf(r->a, "%.*s%u", W403_ARG(f->at[0].node->text), n);
        w403_view text = quoted(r, sid);
        if (text.p && w403_view_find(r->report->doc.text, text) == SIZE_MAX) {
            add(r, f->at[0].span, text, "sid-number");
            return;
        }
    }
}

static void quote_values(repairer *r, const w403_finding *f)
{
    for (const w403_json *v = f->at[0].node->first; v; v = v->next) {
        if (v->type != W403_JSON_STRING)
            add(r, v->span, quoted(r, v->text), "quote-values");
    }
}

/* {"AWS": "s3.amazonaws.com"} becomes {"Service": ...}, where it is the only one and there is no Service yet. */
static void move_to_service(repairer *r, const w403_finding *f)
{
    const w403_json *value = f->at[0].node, *parent = w403_json_parent(&r->report->doc, value);
    const w403_json *aws = parent && parent->type == W403_JSON_ARRAY ? parent : value;
    const w403_json *principal = w403_json_parent(&r->report->doc, aws);
    if (!principal || !w403_view_eq(aws->key, W403_LIT("AWS")) || w403_json_get(principal, "Service") ||
        (aws->type == W403_JSON_ARRAY && aws->count != 1))
        return;
    add(r, aws->key_span, W403_LIT("\"Service\""), "move-to-service");
}

static void add_version(repairer *r)
{
    const w403_json *root = r->report->doc.root;
    bool any = root->first != NULL;
    w403_view text = any ? W403_LIT("\"Version\": \"2012-10-17\", ") : W403_LIT("\"Version\": \"2012-10-17\"");
    uint32_t at = any ? root->first->key_span.off : root->span.off + 1;
    add(r, (w403_span){at, 0}, text, "add-version");
}

/* Wherever the finding is: one language for the whole document. */
static void set_version(repairer *r)
{
    const w403_json *version = w403_json_get(r->report->doc.root, "Version");
    if (version)
        add(r, version->span, W403_LIT("\"2012-10-17\""), "version");
    else
        add_version(r);
}

/* ---- one finding ---- */

static void one(repairer *r, const w403_finding *f, const char *fix)
{
    const w403_lint_place *at = &f->at[0];
    size_t before = r->list.n;
    if (!w403_lint_rebuild(r->a, r->report, f, fix, &r->list))
        r->nomem = true;
    for (size_t i = before; i < r->list.n; i++)
        r->list.at[i].code = r->code;
    if (r->list.n > before)
        return;
    if (strcmp(fix, "drop-covered") == 0) {
        drop_covered(r, f);
    } else if (!at->node) {
        w403_lint_edit e[2];
        size_t n = w403_lint_repaired_text(r->report, f, fix, e);
        for (size_t i = 0; i < n; i++)
            add(r, e[i].at, e[i].text, fix);
    } else if (strcmp(fix, "drop-statement") == 0) {
        remove_value(r, f->at[f->n_at - 1].node, fix);
    } else if (strcmp(fix, "drop-element") == 0) {
        remove_value(r, at->node, fix);
    } else if (strcmp(fix, "sid-number") == 0) {
        number_sid(r, f);
    } else if (strcmp(fix, "quote-values") == 0) {
        quote_values(r, f);
    } else if (strcmp(fix, "move-to-service") == 0) {
        move_to_service(r, f);
    } else if (strcmp(fix, "add-version") == 0 || strcmp(fix, "version") == 0) {
        set_version(r);
    } else if (strcmp(fix, "wrap-aws") == 0 && at->node->type == W403_JSON_STRING) {
        w403_view text = quoted(r, at->node->text);
        add(r, at->span, w403_arena_printf(r->a, "{\"AWS\": %.*s}", W403_ARG(text)), fix);
    } else if (strcmp(fix, "principal-star") == 0) {
        add(r, at->span, W403_LIT("\"*\""), fix);
    } else if (at->key) {
        w403_view name = w403_lint_repaired_name(f, fix);
        if (name.p)
            add(r, at->span, quoted(r, name), fix);
    } else if (at->node->type == W403_JSON_STRING) {
        w403_view value = w403_lint_repaired_value(r->a, f, fix);
        if (value.p && !w403_view_eq(value, at->node->text))
            add(r, at->span, quoted(r, value), fix);
    }
}

static void collect(repairer *r)
{
    for (size_t i = 0; i < r->report->n && !r->nomem; i++) {
        const w403_finding *f = &r->report->at[i];
        w403_view rest = w403_view_of(f->check->fix);
        size_t before = r->list.n, code = (size_t)(f->check - w403_lint_checks);
        r->weight[code] += f->n_at;
        r->code = code;
        while (rest.n && r->list.n == before && !r->in_vain[code]) {
            w403_view fix = w403_arena_copy(r->a, w403_view_trim(w403_view_cut(&rest, ',')));
            if (!fix.p)
                r->nomem = true;
            else if (may(r, f, fix.p))
                one(r, f, fix.p);
        }
    }
}

w403_status w403_lint_fix_of(w403_arena *a, w403_lint_proving *p, const w403_lint_report *report, const w403_finding *f,
                             w403_lint_fix *out, w403_error *err)
{
    repairer *r = W403_NEW(a, repairer);
    *out = (w403_lint_fix){.id = NULL};
    W403_NEED(r, err);
    r->a = a;
    r->report = report;
    w403_budget_init(&r->budget);
    for (int asked = 0; asked < 2 && !out->n; asked++) { /* those that --fix makes come first */
        w403_view rest = w403_view_of(f->check->fix);
        while (rest.n && !out->n) {
            w403_view fix = w403_arena_copy(a, w403_view_trim(w403_view_cut(&rest, ',')));
            W403_NEED(fix.p, err);
            r->list = (w403_lint_edits){0};
            if (may(r, f, fix.p) == !asked)
                one(r, f, fix.p);
            W403_NEED(!r->nomem, err);
            if (!r->list.n || (p && !w403_lint_mends(p, report, f, r->list.at, &r->list.n)))
                continue;
            *out = (w403_lint_fix){fix.p, !asked, r->list.at, r->list.n};
        }
    }
    return W403_OK;
}

/* ---- applying ---- */

static w403_view apply(repairer *r, w403_view text, size_t *made)
{
    w403_view v = w403_lint_patched(r->a, text, r->list.at, &r->list.n);
    for (size_t i = 0; i < r->list.n; i++)
        r->mended[r->list.at[i].code] = true;
    *made += r->list.n;
    r->nomem = r->nomem || !v.p;
    return v;
}

/* ---- proving ---- */

/* Such edits have a round for themselves, before all others. */
static void sort_out(repairer *r)
{
    size_t n = 0;
    for (size_t i = 0; !r->wanted && i < r->list.n; i++) { /* by name, much may be dropped */
        if (w403_lint_keeps_meaning(r->list.at[i].fix))
            r->list.at[n++] = r->list.at[i];
    }
    r->proving = n > 0;
    r->list.n = n ? n : r->list.n;
}

/* Rounds at most: a long list of covered values loses one a round. */
enum { ROUNDS = 500 };

/* *out is the text with this round's edits, `text` itself when there are none. */
static w403_status round_of(repairer *r, w403_view source, w403_view text, const w403_lint_reading *how,
                            const w403_lint_options *options, w403_view *out, size_t *made, w403_error *err)
{
    w403_lint_documents docs = {0};
    w403_lint_report report;
    *made = 0;
    *out = text;
    r->refused = false;
    r->list = (w403_lint_edits){0};
    memcpy(r->before, r->weight, sizeof r->before);
    memset(r->weight, 0, sizeof r->weight);
    W403_TRY(w403_lint_read(r->a, source, text, how, &docs, err));
    for (size_t i = 0; i < docs.n; i++) {
        const w403_lint_document *d = &docs.at[i];
        if (d->doc.text.p != text.p)
            continue; /* a text within a string */
        W403_TRY(w403_lint_check_document(r->a, d, options, &report, err));
        r->report = &report;
        collect(r);
    }
    W403_NEED(!r->nomem, err);
    sort_out(r);
    if (r->list.n)
        *out = apply(r, text, made);
    W403_NEED(!r->nomem, err);
    if (r->proving && !w403_lint_same_meaning(&r->budget, source, text, *out, how)) {
        for (size_t code = 0; code < W403_LINT_CODES; code++)
            r->in_vain[code] = r->in_vain[code] || r->mended[code];
        *out = text;
        *made = 0;
        r->refused = true;
    }
    return W403_OK;
}

/* Did each edit of the last round take a place of its finding away? Those that did not are given up. One syntax error
 * may uncover the next. */
static bool helped(repairer *r, const bool *mended)
{
    bool good = true;
    for (size_t code = 0; code < W403_LINT_CODES; code++) {
        if (mended[code] && code != W403_L_JSON_SYNTAX_ERROR && r->weight[code] >= r->before[code]) {
            r->in_vain[code] = true;
            good = false;
        }
    }
    return good;
}

/* What was in vain when others were mended beside it may not be now. False: nothing was. */
static bool forget_vain(repairer *r)
{
    bool any = false;
    for (size_t code = 0; code < W403_LINT_CODES; code++)
        any = any || r->in_vain[code];
    memset(r->in_vain, 0, sizeof r->in_vain);
    return any;
}

w403_status w403_lint_repair(w403_arena *a, w403_view source, w403_view text, const w403_lint_reading *how,
                             const w403_lint_options *options, const char *wanted, w403_view *out, size_t *n,
                             w403_error *err)
{
    repairer *r = W403_NEW(a, repairer);
    bool mended[W403_LINT_CODES];
    size_t last = 0;
    w403_view kept = text, retried = text; /* text: nothing has been mended since */
    W403_NEED(r, err);
    r->a = a;
    r->wanted = wanted;
    w403_budget_init(&r->budget);
    *n = 0;
    *out = text;
    for (int i = 0; i < ROUNDS; i++) {
        w403_view next;
        size_t made;
        memcpy(mended, r->mended, sizeof mended);
        memset(r->mended, 0, sizeof r->mended);
        w403_status status = round_of(r, source, *out, how, options, &next, &made, err);
        if (status != W403_OK && i == 0)
            return status;
        if (status != W403_OK || !helped(r, mended)) { /* take the last round back */
            *out = kept;
            *n -= last;
            last = 0;
            if (status != W403_OK)
                return status == W403_NOMEM ? status : W403_OK;
            memset(r->mended, 0, sizeof r->mended);
            continue;
        }
        if (r->refused) {
            memset(r->mended, 0, sizeof r->mended);
            last = 0;
            kept = *out;
            continue;
        }
        if (!made && (retried.p == out->p || !forget_vain(r)))
            return W403_OK;
        if (!made) {
            retried = *out;
            continue;
        }
        kept = *out;
        *out = next;
        last = made;
        *n += made;
    }
    return W403_OK;
}
