#include "cli/case_run.h"

#include "base/array.h"
#include "base/file.h"
#include "cli/tap.h"
#include "fix/fix.h"
#include "inventory/diagnose.h"
#include "policy/policies.h"
#include "render/style.h"

/* What is compared: one row a property, as text. */
typedef struct row {
    const char *name;
    w403_view   expected, actual;
    bool        same;
} row;

typedef struct comparison {
    w403_arena *a;
    row         rows[12];
    size_t      n;
} comparison;

static void compare(comparison *c, const char *name, w403_view expected, w403_view actual)
{
    if (expected.p && c->n < sizeof c->rows / sizeof *c->rows) {
        c->rows[c->n++] = (row){name, expected, actual, w403_view_eq(expected, actual)};
    }
}

static bool holds(const w403_view *set, size_t n, w403_view id)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_eq(set[i], id)) {
            return true;
        }
    }
    return false;
}

static w403_view joined(w403_arena *a, const w403_view *ids, size_t n)
{
    w403_view all = W403_LIT("(none)");
    for (size_t i = 0; i < n && all.p; i++) {
        all = i == 0 ? ids[i]
                     : w403_arena_printf(a, "%.*s %.*s", (int)all.n, all.p, (int)ids[i].n, ids[i].p);
    }
    return all;
}

/* As sets: the order and repeats are of no account. */
static void compare_causes(comparison *c, const w403_expect *expect, const w403_explanation *x)
{
    w403_view *actual = W403_NEW_N(c->a, w403_view, x->n_causes);
    if (!expect->has_causes || !actual) {
        return;
    }
    size_t n = 0;
    for (uint32_t i = 0; i < x->n_causes; i++) {
        w403_view id = w403_view_of(x->causes[i].id);
        if (!holds(actual, n, id)) {
            actual[n++] = id;
        }
    }
    bool same = true;
    for (size_t i = 0; i < n; i++) {
        same = same && holds(expect->causes, expect->n_causes, actual[i]);
    }
    for (size_t i = 0; i < expect->n_causes; i++) {
        same = same && holds(actual, n, expect->causes[i]);
    }
    compare(c, "causes", joined(c->a, expect->causes, expect->n_causes), joined(c->a, actual, n));
    c->rows[c->n - 1].same = same;
}

static w403_view number(w403_arena *a, int n)
{
    return w403_arena_printf(a, "%d", n);
}

static w403_view or_none(w403_view v)
{
    return v.p ? v : W403_LIT("(none)");
}

/* Is there a change that makes the request work, proven by deciding again? */
static w403_status compare_fix(comparison *c, const w403_case *k, const w403_snapshot *snapshot,
                               const w403_policies *policies, const w403_decision *d, const w403_explanation *x,
                               w403_error *err)
{
    bool      proven;
    w403_view why;
    if (k->expect.allowed_after_fix == W403_UNKNOWN) {
        return W403_OK;
    }
    W403_TRY(w403_fix_proves(snapshot, policies, &k->request, d, x, c->a, &proven, &why, err));
    bool wanted = k->expect.allowed_after_fix == W403_YES;
    compare(c, "allowed_after_fix", wanted ? W403_LIT("true") : W403_LIT("false"),
            proven ? W403_LIT("true") : wanted && why.p ? why : W403_LIT("false"));
    return W403_OK;
}

static void compare_all(comparison *c, const w403_expect *expect, const w403_decision *d, const w403_explanation *x)
{
    const w403_cause     *first = x->n_causes > 0 ? &x->causes[0] : NULL;
    const w403_statement *statement = first && first->match ? first->match->statement : NULL;
    compare(c, "decision", w403_view_of(w403_verdict_name(expect->decision)),
            w403_view_of(w403_verdict_name(d->verdict)));
    if (expect->status) {
        compare(c, "status", number(c->a, expect->status), number(c->a, d->status));
    }
    compare(c, "cause", expect->cause, first ? w403_view_of(first->id) : W403_LIT("(none)"));
    compare(c, "action", expect->action, first ? or_none(first->action) : W403_LIT("(none)"));
    compare(c, "sid", expect->sid, statement ? or_none(statement->sid) : W403_LIT("(none)"));
    compare_causes(c, expect, x);
    compare(c, "message", expect->message, or_none(x->message));
}

/* ---- the report of a failure ---- */

enum { SIDE_BY_SIDE = 44 };

static void write_row(w403_buf *out, const row *r, int width)
{
    const char *mark = r->same ? " " : "*";
    if (r->expected.n <= SIDE_BY_SIDE && r->actual.n <= SIDE_BY_SIDE) {
        w403_tap_commentf(out, "%s %-17s %-*.*s  %.*s", mark, r->name, width, W403_ARG(r->expected), W403_ARG(r->actual));
        return;
    }
    w403_tap_commentf(out, "%s %-17s expected: %.*s", mark, r->name, W403_ARG(r->expected));
    w403_tap_commentf(out, "  %-17s actual:   %.*s", "", W403_ARG(r->actual));
}

static void write_report(w403_buf *out, const w403_case *c, const comparison *rows)
{
    int width = 8;
    for (size_t i = 0; i < rows->n; i++) {
        size_t n = rows->rows[i].expected.n;
        width = n <= SIDE_BY_SIDE && (int)n > width ? (int)n : width;
    }
    w403_tap_commentf(out, "%.*s:%u", W403_ARG(c->doc->source), c->line);
    w403_tap_commentf(out, "  %-17s %-*s  %s", "", width, "expected", "actual");
    for (size_t i = 0; i < rows->n; i++) {
        write_row(out, &rows->rows[i], width);
    }
}

static void write_error(w403_buf *out, const w403_case *c, const w403_error *err)
{
    w403_tap_commentf(out, "%.*s:%u", W403_ARG(c->doc->source), c->line);
    w403_tap_commentf(out, "  error: %s", err->message);
    if (err->source[0] && err->line > 0) {
        w403_tap_commentf(out, "    --> %s:%u:%u", err->source, err->line, err->column);
    }
    if (err->hint[0]) {
        w403_tap_commentf(out, "  help: %s", err->hint);
    }
}

/* ---- what the case is decided by ---- */

w403_view w403_case_path(w403_arena *a, w403_view folder, w403_view path)
{
    bool absolute = path.n > 0 && path.p[0] == '/';
    return absolute || folder.n == 0
               ? w403_arena_copy(a, path)
               : w403_arena_printf(a, "%.*s/%.*s", (int)folder.n, folder.p, (int)path.n, path.p);
}

/* The place of an error in a piece of the case file, as one of the file. */
static w403_status in_case(const w403_case *c, w403_span piece, w403_status status, w403_error *err)
{
    if (status != W403_OK && err->line > 0 && w403_view_eq(w403_view_of(err->source), c->doc->source)) {
        w403_error_place(err, c->doc->source, c->doc->text, piece.off + (size_t)err->offset, (size_t)err->length);
    }
    return status;
}

void w403_case_put_warning(w403_buf *out, const w403_error *warning)
{
    w403_buf_puts(out, "# warning: ");
    if (warning->source[0] && warning->line > 0) {
        w403_style_text(out, w403_view_of(warning->source));
        w403_buf_printf(out, ":%u:%u: ", warning->line, warning->column);
    }
    w403_style_text(out, w403_view_of(warning->message));
    w403_buf_putc(out, '\n');
}

/* Those of a document that stands in the case have their place in it. */
static void put_warnings(const w403_case *c, const w403_policies *ps, size_t from, const w403_case_policy *p,
                         w403_case_result *out)
{
    const w403_problems *all = w403_policies_warnings(ps);
    for (size_t i = from; i < all->n; i++) {
        w403_error e = all->at[i].error;
        if (!p->path.p && e.line > 0) {
            w403_error_place(&e, c->doc->source, c->doc->text, p->span.off + (size_t)e.offset, (size_t)e.length);
        }
        w403_case_put_warning(&out->warnings, &e);
    }
}

static w403_status add_policies(w403_arena *a, const w403_case *c, w403_case_place at, w403_policies *ps,
                                w403_case_result *out, w403_error *err)
{
    for (size_t i = 0; i < c->n_policies; i++) {
        const w403_case_policy *p = &c->policies[i];
        size_t told = w403_policies_warnings(ps)->n;
        if (p->path.p) {
            w403_view path = w403_case_path(a, at.folder, p->path), text;
            W403_NEED(path.p, err);
            W403_TRY(w403_text_set_read(at.texts, a, path.p, &text, err));
            W403_TRY(w403_policies_add(ps, p->kind, p->level, path, text, err));
        } else {
            w403_status status = w403_policies_add(ps, p->kind, p->level, p->name, p->text, err);
            if (status != W403_OK && err->line > 0) {
                w403_error_place(err, c->doc->source, c->doc->text, p->span.off + (size_t)err->offset,
                                 (size_t)err->length);
            }
            W403_TRY(status);
        }
        put_warnings(c, ps, told, p, out);
    }
    return W403_OK;
}

/* What is warned about in the snapshot of a case, with its place in the case. */
typedef struct reporter {
    const w403_case *c;
    w403_case_result *out;
} reporter;

static void report(void *user, bool warning, const w403_error *problem)
{
    const reporter *r = user;
    const w403_case *c = r->c;
    if (warning) {
        w403_error e = *problem;
        if (e.line > 0 && w403_view_eq(w403_view_of(e.source), c->doc->source)) {
            w403_error_place(&e, c->doc->source, c->doc->text, c->snapshot->span.off + (size_t)e.offset,
                             (size_t)e.length);
        }
        w403_case_put_warning(&r->out->warnings, &e);
    }
}

/* Would this inventory be delivered? */
static w403_status deliver(comparison *rows, const w403_case *c, const w403_snapshot *snapshot,
                           const w403_policies *policies, w403_error *err)
{
    const w403_inv_question question = {.bucket = c->inventory.bucket, .configuration = c->inventory.configuration,
                                        .at = c->inventory.at, .created_at = c->inventory.created_at};
    w403_inv_diagnosis     *d = W403_NEW(rows->a, w403_inv_diagnosis);
    W403_NEED(d, err);
    W403_TRY(w403_inventory_decide(snapshot, policies, &question, rows->a, d, err));
    compare_all(rows, &c->expect, &d->decision, &d->explanation);
    if (c->expect.allowed_after_fix == W403_UNKNOWN) {
        return W403_OK;
    }
    /* A policy can be mended and tried again; a Region or a prefix cannot. */
    w403_case put = *c;
    put.request = d->request;
    if (d->put.n_causes > 0 && d->put.n_causes == d->explanation.n_causes) {
        return compare_fix(rows, &put, snapshot, policies, &d->delivery, &d->put, err);
    }
    compare(rows, "allowed_after_fix", c->expect.allowed_after_fix == W403_YES ? W403_LIT("true") : W403_LIT("false"),
            W403_LIT("false"));
    return W403_OK;
}

static w403_status decide(w403_arena *a, const w403_case *c, const w403_snapshot *snapshot,
                          const w403_policies *policies, w403_case_result *out, w403_error *err)
{
    comparison       rows = {.a = a};
    w403_decision    d;
    w403_explanation x;
    if (c->is_inventory) {
        W403_TRY(deliver(&rows, c, snapshot, policies, err));
    } else {
        W403_TRY(w403_decide(snapshot, policies, &c->request, W403_DETAIL_FULL, a, &d, err));
        W403_TRY(w403_explain(&c->request, &d, a, &x, err));
        compare_all(&rows, &c->expect, &d, &x);
        if (d.verdict == W403_UNDETERMINED && d.n_settle == 0) { /* of every case: what would settle it is always said */
            compare(&rows, "settle", W403_LIT("something"), W403_LIT("nothing"));
        }
        W403_TRY(compare_fix(&rows, c, snapshot, policies, &d, &x, err));
    }
    out->passed = true;
    for (size_t i = 0; i < rows.n; i++) {
        out->passed = out->passed && rows.rows[i].same;
    }
    if (!out->passed) {
        write_report(&out->report, c, &rows);
    }
    return W403_OK;
}

static w403_status run(w403_arena *a, const w403_case *c, w403_case_place at, const w403_snapshot *snapshot,
                       w403_snapshot **own, w403_policies **policies, w403_case_result *out, w403_error *err)
{
    if (c->snapshot && !c->question) { /* a question loads its own, or two */
        w403_view text = w403_view_sub(c->doc->text, c->snapshot->span.off,
                                       c->snapshot->span.off + c->snapshot->span.len);
        W403_TRY(in_case(c, c->snapshot->span,
                         w403_snapshot_parse(c->doc->source, text, report, &(reporter){c, out}, own, err), err));
        snapshot = *own;
    }
    if (c->n_policies > 0) {
        *policies = w403_policies_new();
        W403_NEED(*policies, err);
        W403_TRY(add_policies(a, c, at, *policies, out, err));
    }
    return c->question ? w403_case_question(a, c, snapshot, *policies, out, err)
                       : decide(a, c, snapshot, *policies, out, err);
}

void w403_case_run(w403_arena *a, const w403_case *c, w403_case_place at, const w403_snapshot *snapshot,
                   w403_case_result *out)
{
    w403_snapshot *own = NULL;
    w403_policies *policies = NULL;
    w403_error     err;
    *out = (w403_case_result){0};
    if ((c->lint ? w403_case_lint(a, c, out, &err) : run(a, c, at, snapshot, &own, &policies, out, &err)) != W403_OK) {
        out->passed = false;
        write_error(&out->report, c, &err);
    }
    out->out_of_memory = !w403_arena_ok(a) || !w403_buf_ok(&out->report) || !w403_buf_ok(&out->warnings);
    w403_policies_free(policies);
    w403_snapshot_free(own);
}
