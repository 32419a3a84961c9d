#include "cli/diff_output.h"

#include "cli/reason_html.h"
#include "render/style.h"
#include "render/warnings.h"
#include "symbolic/document_actions.h"

static const char *title(w403_change c)
{
    static const char *const titles[W403_CHANGES] = {"newly allowed", "no longer denied", "newly denied",
                                                     "no longer allowed"};
    return titles[c];
}

static bool wider(w403_change c)
{
    return c == W403_NEWLY_ALLOWED || c == W403_NO_LONGER_DENIED;
}

/* ---- words ---- */

static w403_view actions_words(w403_arena *a, const w403_space *s, const w403_box *b, size_t dim)
{
    w403_texts list = {0};
    return w403_box_action_names(s, b, dim, &list) ? w403_texts_words(a, &list, "and") : W403_LIT("");
}

static w403_view resource_words(w403_arena *a, const w403_space *s, const w403_box *b, size_t dim)
{
    w403_set set;
    if (!w403_set_of(s, b, dim, &set) || set.any) {
        return W403_LIT("every resource");
    }
    w403_view in = w403_texts_words(a, set.in.n ? &set.in : &set.like, "and");
    if (set.not_in) {
        return w403_arena_printf(a, "everything but %.*s", W403_ARG(in));
    }
    in = w403_view_eq(in, W403_LIT("*")) ? W403_LIT("every resource") : in.n ? in : W403_LIT("no resource (*)");
    return set.unlike.n ? w403_arena_printf(a, "%.*s but not %.*s", W403_ARG(in),
                                            W403_ARG(w403_texts_words(a, &set.unlike, "and")))
                        : in;
}

static bool add_text(w403_arena *a, w403_texts *list, w403_view v)
{
    w403_view *slot = W403_PUSH(a, list);
    if (slot) {
        *slot = v;
    }
    return slot != NULL;
}

static w403_view callers_words(w403_arena *a, const w403_space *s, const w403_box *b, size_t dim, w403_view example)
{
    w403_texts list = {0};
    const w403_dim *d = &s->dims.at[dim];
    w403_set set;
    bool good = true, others = false;
    if (w403_box_full(s, b, dim)) {
        return W403_LIT("anybody");
    }
    for (size_t i = 0; i < d->classes.n; i++) {
        const w403_caller_class *c = d->classes.at[i].caller;
        others |= c->who.kind == W403_CALLER_SERVICE && !c->is_set;
    }
    if (d->elements && w403_set_of(s, b, dim, &set)) {
        const w403_texts *from = set.in.n ? &set.in : &set.like;
        w403_view in = w403_texts_words(a, from, "and");
        w403_view less = w403_texts_words(a, &set.unlike, "and");
        good = (!from->n && !set.not_in) ||
               add_text(a, &list,
                        set.not_in     ? w403_arena_printf(a, "every principal but %.*s", W403_ARG(in))
                        : !set.whole   ? w403_arena_printf(a, "callers such as %.*s", W403_ARG(example))
                        : set.unlike.n ? w403_arena_printf(a, "%.*s but not %.*s", W403_ARG(in), W403_ARG(less))
                                       : in);
    }
    for (size_t i = 0; i < d->classes.n && good; i++) {
        const w403_caller_class *c = d->classes.at[i].caller;
        if (d->classes.at[i].element == UINT32_MAX && w403_bit(b->live[dim], d->classes.at[i].slot)) {
            good = add_text(a, &list, !w403_view_eq(c->name, W403_LIT("service:any")) ? c->name
                                      : others                                       ? W403_LIT("any other AWS service")
                                                                                     : W403_LIT("any AWS service"));
        }
    }
    return w403_texts_words(a, &list, "and");
}

w403_view w403_diff_box_words(w403_arena *a, const w403_document_diff *d, const w403_changed_box *b)
{
    const w403_space *s = &d->documents.space;
    w403_view actions = W403_LIT(""), resource = W403_LIT(""), callers = W403_LIT("anybody");
    for (size_t i = 0; i < s->dims.n; i++) {
        const w403_dim *x = &s->dims.at[i];
        if (x->n_parts) { /* tied by a variable: the witness stands for them */
            resource = w403_arena_printf(a, "resources such as %.*s", W403_ARG(b->request.resource));
            callers = w403_arena_printf(a, "callers such as %.*s", W403_ARG(b->request.caller->name));
        } else if (x->kind == W403_DIM_ACTION) {
            actions = actions_words(a, s, &b->box, i);
        } else if (x->kind == W403_DIM_RESOURCE) {
            resource = resource_words(a, s, &b->box, i);
        } else if (x->kind == W403_DIM_CALLER) {
            callers = callers_words(a, s, &b->box, i, b->request.caller->name);
        }
    }
    w403_view when = w403_reason_box_words(a, s, &b->box);
    bool always = w403_view_eq(when, W403_LIT("always"));
    bool trust = d->documents.kind == W403_POLICY_TRUST; /* it is about its role, and names no resource */
    w403_view same = w403_reason_same_words(a, &d->documents, &b->box);
    return w403_arena_printf(a, "%.*s%s%.*s by %.*s%s%.*s%s%.*s", W403_ARG(actions), trust ? "" : " on ",
                             W403_ARG(trust ? W403_LIT("") : resource), W403_ARG(callers), always ? "" : ", ", always ? 0 : (int)when.n, when.p,
                             same.n ? ", " : "", W403_ARG(same));
}

/* ---- text ---- */

static const char *headline(const w403_document_diff *d)
{
    bool more = d->answers[W403_NEWLY_ALLOWED] == W403_YES || d->answers[W403_NO_LONGER_DENIED] == W403_YES;
    bool less = d->answers[W403_NEWLY_DENIED] == W403_YES || d->answers[W403_NO_LONGER_ALLOWED] == W403_YES;
    bool unknown = false;
    for (int i = 0; i < W403_CHANGES; i++) {
        unknown |= d->answers[i] == W403_UNKNOWN;
    }
    return more && less ? "WIDER AND NARROWER" : more ? "WIDER" : less ? "NARROWER" : unknown ? "UNKNOWN" : "SAME";
}

static size_t shown(const w403_document_diff *d, bool wider_only)
{
    size_t n = 0;
    for (size_t i = 0; i < d->boxes.n; i++) {
        n += !wider_only || wider(d->boxes.at[i].change);
    }
    return n;
}

static w403_view why_dead(w403_arena *a, w403_view part)
{
    return w403_view_eq(part, W403_LIT("caller"))     ? W403_LIT("its Principal names nobody")
           : w403_view_eq(part, W403_LIT("action"))   ? W403_LIT("AWS has no such action")
           : w403_view_eq(part, W403_LIT("resource")) ? W403_LIT("nothing that its actions are asked of has such an ARN")
                                                      : w403_arena_printf(a, "none has such a value of %.*s", W403_ARG(part));
}

/* A statement that is not the same in both, and matches no request at all. */
static void nothing_new(w403_cli *cli, const w403_document_diff *d)
{
    const w403_documents *docs = &d->documents;
    for (size_t i = 0; i < docs->n_statements && !docs->incomplete && !docs->space.budget->spent; i++) {
        const w403_statement *st = w403_documents_statement(docs, i);
        int side = st->policy == docs->policy[1];
        w403_view part = w403_documents_dead(docs, i);
        if (!part.p || !w403_diff_edit(docs->policy[!side], st, !side)) {
            continue;
        }
        w403_buf_puts(&cli->out, "\n  nothing new\n    ");
        w403_style_lines(&cli->out,
                         w403_arena_printf(cli->arena, "%.*s matches no request: %.*s",
                                           W403_ARG(w403_reason_statement_words(cli->arena, st)),
                                           W403_ARG(why_dead(cli->arena, part))),
                         4, 6, (size_t)cli->width);
    }
}

void w403_diff_documents_text(w403_cli *cli, const w403_document_diff *d, bool wider_only)
{
    size_t n = shown(d, wider_only), put = 0;
    const w403_budget *budget = d->documents.space.budget;
    w403_buf_printf(&cli->out, "%s  %zu change%s\n", headline(d), n, n == 1 ? "" : "s");
    for (size_t i = 0; i < d->boxes.n; i++) {
        const w403_changed_box *b = &d->boxes.at[i];
        w403_diff_bys bys = {0};
        if ((wider_only && !wider(b->change)) || put == budget->max_boxes) {
            continue;
        }
        put++;
        w403_buf_printf(&cli->out, "\n  %s\n    ", title(b->change));
        w403_style_lines(&cli->out, w403_diff_box_words(cli->arena, d, b), 4, 6, (size_t)cli->width);
        if (w403_diff_behind(d, b, &bys)) {
            w403_diff_bys_text(cli, &bys);
        }
    }
    if (put < n) {
        w403_buf_printf(&cli->out, "\n%zu more: --max-boxes shows them\n", n - put);
    }
    nothing_new(cli, d);
    for (w403_change c = 0; c < W403_CHANGES; c++) {
        if (d->answers[c] == W403_UNKNOWN && (!wider_only || wider(c))) {
            w403_view why = w403_reason_unknown_words(cli->arena, budget, d->documents.reason, d->documents.blamed);
            w403_view text = w403_arena_printf(cli->arena, "UNKNOWN: whether something is %s %.*s", title(c), W403_ARG(why));
            w403_buf_putc(&cli->out, '\n');
            w403_style_lines(&cli->out, text, 0, 2, (size_t)cli->width);
        }
    }
}

/* ---- markdown ---- */

void w403_markdown_cell(w403_buf *out, w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        if (c < ' ') {
            w403_buf_putc(out, ' ');
        } else if (strchr("|*_`<>[]\\", c)) {
            w403_buf_printf(out, "&#%u;", c);
        } else {
            w403_buf_putc(out, (char)c);
        }
    }
}

void w403_diff_documents_markdown(w403_cli *cli, const w403_document_diff *d, bool wider_only)
{
    size_t n = shown(d, wider_only);
    w403_buf *out = &cli->out;
    w403_buf_printf(out, "### Policy change: %s, %zu change%s\n", headline(d), n, n == 1 ? "" : "s");
    if (n) {
        w403_buf_puts(out, "\n| Change | What | Because of |\n|---|---|---|\n");
    }
    for (size_t i = 0; i < d->boxes.n; i++) {
        const w403_changed_box *b = &d->boxes.at[i];
        w403_diff_bys bys = {0};
        if (wider_only && !wider(b->change)) {
            continue;
        }
        const char *strong = wider(b->change) ? "**" : "";
        w403_buf_printf(out, "| %s%s%s | ", strong, title(b->change), strong);
        w403_markdown_cell(out, w403_diff_box_words(cli->arena, d, b));
        w403_buf_puts(out, " | ");
        if (w403_diff_behind(d, b, &bys)) {
            w403_markdown_cell(out, w403_diff_bys_words(cli->arena, &bys));
        }
        w403_buf_puts(out, " |\n");
    }
    for (w403_change c = 0; c < W403_CHANGES; c++) {
        if (d->answers[c] == W403_UNKNOWN && (!wider_only || wider(c))) {
            w403_buf_printf(out, "\nWhether something is %s could not be decided.\n", title(c));
        }
    }
}

/* ---- HTML ---- */

static w403_view because(w403_arena *a, const w403_document_diff *d, const w403_changed_box *b)
{
    w403_diff_bys bys = {0};
    return w403_diff_behind(d, b, &bys) ? w403_diff_bys_words(a, &bys) : W403_LIT("");
}

void w403_diff_documents_html(w403_cli *cli, const w403_document_diff *d, bool wider_only)
{
    static const char *const columns[] = {"Change", "What", "Because of", NULL};
    size_t n = shown(d, wider_only);
    const char *line = headline(d);
    const char *tone = strncmp(line, "WIDER", 5) == 0 ? "denied" : strcmp(line, "UNKNOWN") == 0 ? "undetermined" : "allowed";
    w403_reason_page p;
    w403_page_open(&p, cli, "diff", tone, w403_arena_printf(cli->arena, "%s: %zu change%s", line, n, n == 1 ? "" : "s"));
    w403_page_table(&p, W403_LIT(""), columns);
    for (size_t i = 0; i < d->boxes.n; i++) {
        const w403_changed_box *b = &d->boxes.at[i];
        if (!wider_only || wider(b->change)) {
            w403_page_row(&p, (const w403_view[]){w403_view_of(title(b->change)), w403_diff_box_words(cli->arena, d, b),
                                                  because(cli->arena, d, b)}, 3);
        }
    }
    w403_page_table_end(&p);
    for (w403_change c = 0; c < W403_CHANGES; c++) {
        if (d->answers[c] == W403_UNKNOWN && (!wider_only || wider(c))) {
            w403_view why = w403_reason_unknown_words(cli->arena, d->documents.space.budget, d->documents.reason,
                                                      d->documents.blamed);
            w403_page_note(&p, w403_arena_printf(cli->arena, "Whether something is %s %.*s.", title(c), W403_ARG(why)));
        }
    }
    w403_page_close(&p);
}

/* ---- JSON ---- */

static const char *word(w403_tri t)
{
    return t == W403_YES ? "yes" : t == W403_NO ? "no" : "unknown";
}

void w403_diff_request_json(w403_arena *a, w403_json_writer *w, const w403_document_request *r)
{
    w403_jw_object(w);
    if (r->action != W403_ACTION_NONE) {
        w403_jw_text(w, "action", w403_action_word(a, r->action));
    }
    w403_jw_text(w, "resource", r->resource);
    w403_jw_text(w, "principal", r->caller->who.kind == W403_CALLER_SERVICE ? r->caller->name : r->caller->who.arn);
    w403_jw_key(w, "context");
    w403_jw_object(w);
    for (size_t i = 0; i < r->assignment.n; i++) {
        const w403_class *c = r->assignment.classes[i];
        for (uint32_t k = 0; k < c->n_facts && !c->caller; k++) {
            const w403_key_fact *f = &c->facts[k];
            w403_jw_keyv(w, f->name);
            if (f->present != W403_YES) {
                w403_jw_null(w);
            } else if (f->n == 1) {
                w403_jw_str(w, f->values[0]);
            } else {
                w403_jw_array(w);
                for (uint32_t v = 0; v < f->n; v++) {
                    w403_jw_str(w, f->values[v]);
                }
                w403_jw_end_array(w);
            }
        }
    }
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

static void change_json(w403_cli *cli, w403_json_writer *w, const w403_document_diff *d, const w403_changed_box *b)
{
    w403_diff_bys bys = {0};
    w403_jw_object(w);
    w403_jw_word(w, "change", w403_change_name(b->change));
    w403_jw_key(w, "box");
    w403_jw_object(w);
    w403_reason_box_json(w, &d->documents.space, &b->box);
    w403_reason_same_json(cli->arena, w, &d->documents, &b->box);
    w403_jw_text(w, "text", w403_diff_box_words(cli->arena, d, b));
    w403_jw_key(w, "witness");
    w403_diff_request_json(cli->arena, w, &b->request);
    w403_jw_end_object(w);
    bool known = w403_diff_behind(d, b, &bys);
    w403_diff_bys_json(w, known ? &bys : &(w403_diff_bys){0});
    w403_jw_end_object(w);
}

void w403_diff_documents_json(w403_cli *cli, const w403_document_diff *d, const char *kind, int exit, bool wider_only,
                              bool lines)
{
    static const char *const names[W403_CHANGES] = {"newly_allowed", "no_longer_denied", "newly_denied",
                                                    "no_longer_allowed"};
    w403_json_writer w;
    for (size_t i = 0; lines && i < d->boxes.n; i++) {
        if (!wider_only || wider(d->boxes.at[i].change)) {
            w403_jw_init(&w, &cli->out, false);
            change_json(cli, &w, d, &d->boxes.at[i]);
            w403_buf_putc(&cli->out, '\n');
        }
    }
    w403_jw_init(&w, &cli->out, !lines);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_word(&w, "question", "diff");
    w403_jw_word(&w, "kind", kind);
    w403_jw_key(&w, "answers");
    w403_jw_object(&w);
    for (w403_change c = 0; c < W403_CHANGES; c++) {
        w403_jw_word(&w, names[c], word(d->answers[c]));
    }
    w403_jw_end_object(&w);
    if (!lines) {
        w403_jw_key(&w, "changes");
        w403_jw_array(&w);
        for (size_t i = 0; i < d->boxes.n; i++) {
            if (!wider_only || wider(d->boxes.at[i].change)) {
                change_json(cli, &w, d, &d->boxes.at[i]);
            }
        }
        w403_jw_end_array(&w);
    }
    w403_reason_unknown_json(&w, d->documents.space.budget, d->documents.reason, d->documents.blamed);
    w403_jw_number(&w, "exit", (uint64_t)exit);
    w403_warnings_json(&w, cli->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(&cli->out, '\n');
}
