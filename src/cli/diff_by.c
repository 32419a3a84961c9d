#include "cli/diff_by.h"

#include "render/style.h"

/* ---- which, and what was done to them ---- */

static w403_view text_of(const w403_statement *st)
{
    return w403_view_sub(st->policy->doc.text, st->span.off, st->span.off + st->span.len);
}

const char *w403_diff_edit(const w403_policy *other, const w403_statement *st, bool old)
{
    const char *edit = old ? "removed" : "added";
    for (uint32_t i = 0; other && i < other->n_statements; i++) {
        if (w403_view_eq(text_of(&other->statements[i]), text_of(st))) {
            return NULL;
        }
        if (st->sid.n && w403_view_eq(other->statements[i].sid, st->sid)) {
            edit = "changed";
        }
    }
    return edit;
}

static bool add(w403_arena *a, w403_diff_bys *out, const w403_statement *st, bool old, const char *edit)
{
    for (size_t i = 0; i < out->n; i++) {
        if (out->at[i].statement == st) {
            return true;
        }
    }
    w403_diff_by *slot = W403_PUSH(a, out);
    if (slot) {
        *slot = (w403_diff_by){st, old ? "old" : "new", edit};
    }
    return slot != NULL;
}

/* ---- of two documents ---- */

static bool matches(const w403_documents *d, size_t bit, const w403_box *b)
{
    for (size_t dim = 0; dim < d->space.dims.n; dim++) {
        const w403_dim *x = &d->space.dims.at[dim];
        if (!w403_bit(x->classes.at[x->slot_class[b->witness[dim]]].yes, bit)) {
            return false;
        }
    }
    return true;
}

bool w403_diff_behind(const w403_document_diff *d, const w403_changed_box *b, w403_diff_bys *out)
{
    const w403_documents *docs = &d->documents;
    for (int side = 1; side >= 0; side--) {
        const w403_policy *p = docs->policy[side];
        for (uint32_t i = 0; p && i < p->n_statements; i++) {
            const w403_statement *st = &p->statements[i];
            bool deny = st->effect == W403_EFFECT_DENY, old = side == 0;
            bool counts = (b->change == W403_NEWLY_ALLOWED && deny == old) ||
                          (b->change == W403_NO_LONGER_DENIED && old && deny) ||
                          (b->change == W403_NEWLY_DENIED && deny == !old) ||
                          (b->change == W403_NO_LONGER_ALLOWED && old && !deny);
            const char *edit = counts && matches(docs, docs->first[side] + i, &b->box)
                                   ? w403_diff_edit(docs->policy[!side], st, old)
                                   : NULL;
            if (edit && !add(docs->arena, out, st, old, edit)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- of two states ---- */

/* Could a statement of that effect, in the state of that side, be why the verdict is another one? */
static bool counts(const w403_diff_between *x, bool old, bool deny)
{
    if (x->from == W403_UNDETERMINED || x->to == W403_UNDETERMINED) {
        return true;
    }
    return x->to == W403_ALLOWED ? deny == old : deny != old;
}

/* Does the other state's decision rest on the same words? */
static bool rests_on(const w403_decision *d, w403_layer_kind kind, const w403_statement *st)
{
    for (uint32_t c = 0; c < d->n_checks; c++) {
        for (uint32_t l = 0; l < d->checks[c].n_layers; l++) {
            const w403_layer *layer = &d->checks[c].layers[l];
            for (uint32_t m = 0; layer->kind == kind && m < layer->n_matches; m++) {
                const w403_statement *other = layer->matches[m].statement;
                if (other && layer->matches[m].verdict != W403_NO && w403_view_eq(text_of(other), text_of(st))) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Against the policy that stands in its policy's place on the other side, if there is one. Where that says the same, it
 * is attached to others there. */
static const char *edit_between(const w403_policy_list *others, const w403_statement *st, bool old)
{
    const char *edit = old ? "removed" : "added";
    for (size_t i = 0; i < others->n; i++) {
        const w403_policy *p = others->at[i];
        if (p->kind == st->policy->kind && w403_view_eq(p->name, st->policy->name) && w403_view_eq(p->arn, st->policy->arn)) {
            const char *found = w403_diff_edit(p, st, old);
            edit = found && strcmp(found, "changed") == 0 ? found : edit;
        }
    }
    return edit;
}

static bool of_layer(w403_arena *a, const w403_diff_between *x, bool old, const w403_layer *layer, const w403_decision *other,
                     w403_diff_bys *out)
{
    for (uint32_t m = 0; m < layer->n_matches; m++) {
        const w403_match *k = &layer->matches[m];
        bool taken = k->statement && w403_view_eq(k->statement->policy->doc.source, W403_LIT("the caller's own account"));
        if (!k->statement || taken || k->verdict == W403_NO || !counts(x, old, k->deny) ||
            rests_on(other, layer->kind, k->statement)) {
            continue;
        }
        if (!add(a, out, k->statement, old, edit_between(&x->policies[old], k->statement, old))) {
            return false;
        }
    }
    return true;
}

w403_status w403_diff_behind_states(w403_arena *a, const w403_diff_between *x, w403_diff_bys *out, w403_error *err)
{
    w403_decision d[2];
    for (int side = 0; side < 2; side++) {
        W403_TRY(w403_realm_decide(x->reply, side, x->request, W403_DETAIL_CAUSES, x->scratch, &d[side], err));
    }
    for (int side = 1; side >= 0; side--) {
        for (uint32_t c = 0; c < d[side].n_checks; c++) {
            for (uint32_t l = 0; l < d[side].checks[c].n_layers; l++) {
                W403_NEED(of_layer(a, x, side == 0, &d[side].checks[c].layers[l], &d[!side], out), err);
            }
        }
    }
    return W403_OK;
}

/* ---- output ---- */

/* Its place follows, so a policy without a name need not be told by it. */
static w403_view short_name(w403_arena *a, const w403_statement *st)
{
    return st->policy->name.n ? w403_reason_statement_words(a, st)
           : st->sid.n        ? st->sid
                              : w403_arena_printf(a, "statement %u", st->index + 1);
}

void w403_diff_bys_text(w403_cli *cli, const w403_diff_bys *bys)
{
    for (size_t i = 0; i < bys->n; i++) {
        const w403_diff_by *by = &bys->at[i];
        uint32_t line = 0, column = 0;
        w403_view words = short_name(cli->arena, by->statement);
        w403_line_column(by->statement->policy->doc.text, by->statement->span.off, &line, &column);
        w403_view text = w403_arena_printf(cli->arena, "%.*s (%s, %s) %.*s:%u:%u", W403_ARG(words), by->side, by->edit,
                                           W403_ARG(by->statement->policy->doc.source), line, column);
        w403_buf_puts(&cli->out, "       ");
        w403_style_lines(&cli->out, text, 7, 9, (size_t)cli->width);
    }
}

void w403_diff_bys_json(w403_json_writer *w, const w403_diff_bys *bys)
{
    w403_jw_key(w, "by");
    w403_jw_array(w);
    for (size_t i = 0; i < bys->n; i++) {
        w403_jw_object(w);
        w403_jw_word(w, "side", bys->at[i].side);
        w403_jw_key(w, "statement");
        w403_reason_statement_json(w, bys->at[i].statement);
        w403_jw_word(w, "edit", bys->at[i].edit);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

w403_view w403_diff_bys_words(w403_arena *a, const w403_diff_bys *bys)
{
    w403_view all = W403_LIT("");
    for (size_t k = 0; k < bys->n && k < 4; k++) {
        w403_view st = w403_reason_statement_words(a, bys->at[k].statement);
        all = w403_arena_printf(a, "%.*s%s%.*s (%s)", W403_ARG(all), k ? ", " : "", W403_ARG(st), bys->at[k].edit);
    }
    return all;
}
