/* who-can as text (reason 4). */
#include "cli/reason_rows.h"
#include "render/style.h"
#include "render/warnings.h"

const char w403_rows_strangers[] =
    "ACLs grant something to canonical ids that are no account's of the snapshot: who these are is not known, they are not listed";

/* ---- resources ---- */

bool w403_rows_sets(w403_rows *r, const w403_row_block *b, w403_row_sets *out)
{
    w403_arena *a = r->cli->arena;
    for (size_t i = 0; i < b->resources.n; i++) {
        const w403_row_resource *x = &b->resources.at[i];
        bool again = false;
        for (size_t k = 0; k < i; k++) {
            again |= x->of && b->resources.at[k].of == x->of;
        }
        w403_set *set = again ? NULL : W403_PUSH(a, out);
        if (again) {
            continue;
        }
        if (!set) {
            return false;
        }
        *set = (w403_set){.whole = true};
        if (!x->of) {
            w403_view *slot = W403_PUSH(a, &set->in);
            if (!slot) {
                return false;
            }
            *slot = x->arn;
            continue;
        }
        bool *in = W403_NEW_N(a, bool, x->of->list.n + 1), *out_of = W403_NEW_N(a, bool, x->of->list.n + 1);
        if (!in || !out_of) {
            return false;
        }
        for (size_t k = 0; k < b->resources.n; k++) {
            in[b->resources.at[k].of == x->of ? b->resources.at[k].element : x->of->list.n] = true;
        }
        bool objects = w403_view_find_char(x->arn, '/') != SIZE_MAX;
        for (size_t k = 0; k < x->of->list.n; k++) { /* a bucket is no object: it is of no account among them */
            bool same_kind = (w403_view_find_char(x->of->list.at[k].value, '/') != SIZE_MAX) == objects;
            out_of[k] = same_kind && !in[k];
        }
        if (!w403_set_of_elements(a, x->of, in, out_of, set)) {
            return false;
        }
        if (!set->in.n && !set->not_in && set->like.n == 1 && w403_view_eq(set->like.at[0], W403_LIT("*"))) {
            w403_view base = w403_view_sub(x->arn, 0, w403_view_find_char(x->arn, '/'));
            set->like.at[0] = w403_arena_printf(a, "%.*s/*", W403_ARG(base));
        } else if (set->not_in && objects) {
            w403_view base = w403_view_sub(x->arn, 0, w403_view_find_char(x->arn, '/'));
            w403_view *slot = W403_PUSH(a, &set->like);
            set->unlike.at = set->in.at;
            set->unlike.n = set->in.n;
            set->in.n = 0;
            set->not_in = false;
            if (!slot) {
                return false;
            }
            *slot = w403_arena_printf(a, "%.*s/*", W403_ARG(base));
        }
    }
    return true;
}

/* `from`: bytes of an ARN to leave out: `arn:aws:s3:::`, or 0. */
w403_view w403_rows_sets_words(w403_arena *a, const w403_row_sets *sets, size_t from)
{
    w403_buf all = {0};
    for (size_t i = 0; i < sets->n; i++) {
        const w403_set *s = &sets->at[i];
        w403_texts shown = {0}, less = {0};
        const w403_texts *lists[3] = {&s->in, &s->like, &s->unlike};
        for (size_t l = 0; l < 3; l++) {
            for (size_t k = 0; k < lists[l]->n; k++) {
                w403_view v = lists[l]->at[k];
                w403_view *slot = W403_PUSH(a, l < 2 ? &shown : &less);
                if (slot) {
                    *slot = w403_view_starts(v, W403_LIT("arn:")) && v.n > from ? w403_view_sub(v, from, v.n) : v;
                }
            }
        }
        w403_buf_puts(&all, i ? "; " : "");
        w403_buf_put(&all, w403_texts_words(a, &shown, "and"));
        if (less.n) {
            w403_buf_puts(&all, " but not ");
            w403_buf_put(&all, w403_texts_words(a, &less, "and"));
        }
    }
    return w403_buf_take(&all, a);
}

bool w403_rows_class(w403_rows *r, const w403_resource_class *on, const w403_elements *of, w403_view *words, w403_view *json)
{
    w403_row_block b = {0};
    w403_row_sets sets = {0};
    w403_buf out = {0};
    w403_json_writer w;
    w403_row_resource *slot = W403_PUSH(r->cli->arena, &b.resources);
    if (!slot) {
        return false;
    }
    *slot = (w403_row_resource){.arn = on->resource, .one = on->one, .of = of, .element = on->element};
    if (!w403_rows_sets(r, &b, &sets)) {
        return false;
    }
    w403_jw_init(&w, &out, false);
    w403_reason_set_json(&w, &sets.at[0]);
    *json = w403_buf_take(&out, r->cli->arena);
    *words = w403_rows_sets_words(r->cli->arena, &sets, 0);
    return words->p && json->p;
}

/* ---- text ---- */

static w403_view bucket_account(const w403_rows *r, w403_view resource)
{
    const w403_bucket *b = w403_bucket_behind(r->realm.snap[0], resource);
    w403_arn arn = w403_arn_split(resource); /* a key, a role */
    return b && b->account ? b->account->id : arn.n == 6 && arn.part[4].n ? arn.part[4] : (w403_view){NULL, 0};
}

w403_view w403_rows_caller(const w403_rows *r, const w403_asker *a, w403_view account)
{
    if (a->kind == W403_ASKER_ROOT) {
        return w403_arena_printf(r->cli->arena, "root of %.*s", W403_ARG(a->account));
    }
    if (a->kind == W403_ASKER_KNOWN && account.p && w403_view_eq(a->account, account)) {
        return w403_arn_split(a->name).part[5];
    }
    return a->name;
}

w403_view w403_rows_granted(const w403_rows *r, const w403_row *row)
{
    if (row->granted_by) {
        return w403_reason_statement_words(r->cli->arena, row->granted_by);
    }
    const w403_bucket *b = r->resources.n ? w403_bucket_behind(r->realm.snap[0], r->resources.at[0].arn) : NULL;
    bool own = b && b->account && row->asker->kind == W403_ASKER_ROOT && w403_view_eq(row->asker->account, b->account->id);
    return own ? W403_LIT("account of the bucket") : W403_LIT("");
}

w403_view w403_rows_when(const w403_rows *r, const w403_row *row)
{
    w403_view all = W403_LIT("");
    if (row->state == W403_ALWAYS) {
        return W403_LIT("always");
    }
    if (row->state == W403_ACCESS_UNKNOWN) {
        return W403_LIT("perhaps");
    }
    for (size_t i = 0; i < row->boxes.n; i++) {
        w403_view w = row->boxes.at[i].words;
        w = w403_view_eq(w, W403_LIT("always")) && row->asker->kind != W403_ASKER_KNOWN ? W403_LIT("some of them") : w;
        all = i == 0 ? w : w403_arena_printf(r->cli->arena, "%.*s; or %.*s", W403_ARG(all), W403_ARG(w));
    }
    return row->left_out ? w403_arena_printf(r->cli->arena, "%.*s; and %zu more", W403_ARG(all), row->left_out) : all;
}

static void put_row(w403_rows *r, const w403_row *row, w403_view account)
{
    enum { COLUMN = 30 }; /* where the statements begin */
    w403_buf *out = &r->cli->out;
    w403_view name = w403_rows_caller(r, row->asker, account), by = w403_rows_granted(r, row);
    const char *own = row->asker->needs_own ? ", if its own account allows it too" : "";
    w403_buf_puts(out, "    ");
    w403_style_text(out, name);
    if (by.n || *own) {
        size_t at = 4 + w403_style_columns(name);
        w403_style_blanks(out, at < COLUMN ? COLUMN - at : 2);
        at = at < COLUMN ? COLUMN : at + 2;
        w403_view line = w403_arena_printf(r->cli->arena, "%.*s%s", W403_ARG(by.n ? by : W403_LIT("-")), own);
        if (at + w403_style_columns(line) > (size_t)r->cli->width) { /* the whole of it on lines of its own */
            w403_buf_puts(out, "\n        ");
            at = 8;
        }
        (void)w403_style_wrap(out, line, at, 8, (size_t)r->cli->width);
    }
    w403_buf_putc(out, '\n');
}

static void put_groups(w403_rows *r, const w403_row_block *b, w403_view account)
{
    w403_view *whens = W403_NEW_N(r->cli->arena, w403_view, b->rows.n + 1);
    static const w403_access order[] = {W403_ALWAYS, W403_CONDITIONAL, W403_ACCESS_UNKNOWN};
    for (size_t i = 0; whens && i < b->rows.n; i++) {
        whens[i] = b->rows.at[i].state == W403_NEVER ? (w403_view){NULL, 0} : w403_rows_when(r, &b->rows.at[i]);
    }
    for (size_t o = 0; whens && o < 3; o++) {
        for (size_t i = 0; i < b->rows.n; i++) {
            if (b->rows.at[i].state != order[o] || !whens[i].p) {
                continue;
            }
            w403_view group = whens[i];
            w403_buf_puts(&r->cli->out, "  ");
            w403_style_lines(&r->cli->out, group, 2, 2, (size_t)r->cli->width);
            for (size_t k = i; k < b->rows.n; k++) {
                if (b->rows.at[k].state == order[o] && whens[k].p && w403_view_eq(whens[k], group)) {
                    put_row(r, &b->rows.at[k], account);
                    whens[k].p = NULL;
                }
            }
        }
    }
}

static void put_cannot(w403_rows *r, const w403_row_block *b, w403_view account)
{
    size_t known = 0, outside = 0, all_outside = 0;
    for (size_t i = 0; i < b->rows.n; i++) {
        bool inside = b->rows.at[i].asker->kind == W403_ASKER_KNOWN || b->rows.at[i].asker->kind == W403_ASKER_ROOT;
        bool never = b->rows.at[i].state == W403_NEVER;
        known += inside && never;
        outside += !inside && never;
        all_outside += !inside;
    }
    if (known + outside == 0) {
        return;
    }
    w403_buf_printf(&r->cli->out, "  cannot: %zu known caller%s, %s\n", known, known == 1 ? "" : "s",
                    outside == all_outside ? "every outside caller" : outside ? "some outside callers" : "no outside caller");
    for (size_t i = 0; i < b->rows.n && w403_args_has(&r->cli->args, W403_OPT_NEAR); i++) {
        const w403_row *row = &b->rows.at[i];
        if (row->state != W403_NEVER || row->asker->kind != W403_ASKER_KNOWN) {
            continue;
        }
        w403_view near = row->nearest ? w403_reason_statement_words(r->cli->arena, row->nearest) : W403_LIT("");
        w403_view line = w403_arena_printf(r->cli->arena, "%.*s: %.*s%s%.*s", W403_ARG(w403_rows_caller(r, row->asker, account)),
                                           W403_ARG(row->cause_words), near.n ? "; nearest: " : "", W403_ARG(near));
        w403_buf_puts(&r->cli->out, "    ");
        w403_style_lines(&r->cli->out, line, 4, 6, (size_t)r->cli->width);
    }
}

static void put_limits(w403_rows *r, const w403_row_block *b)
{
    W403_ARRAY(const w403_statement *) seen = {0};
    for (size_t i = 0; i < b->rows.n; i++) {
        for (size_t k = 0; k < b->rows.at[i].limited_by.n; k++) {
            const w403_statement *st = b->rows.at[i].limited_by.at[k];
            bool again = false;
            for (size_t s = 0; s < seen.n; s++) {
                again |= seen.at[s] == st;
            }
            const w403_statement **slot = again ? NULL : W403_PUSH(r->cli->arena, &seen);
            if (!slot) {
                continue;
            }
            *slot = st;
            w403_buf_puts(&r->cli->out, seen.n == 1 ? "\nLimited by\n  " : "  ");
            w403_style_lines(&r->cli->out, w403_reason_statement_words(r->cli->arena, st), 2, 4, (size_t)r->cli->width);
        }
    }
}

static void put_title(w403_rows *r, const w403_row_block *b)
{
    w403_texts names = {0};
    w403_row_sets resources = {0};
    for (size_t i = 0; i < b->whats.n; i++) {
        w403_view *slot = W403_PUSH(r->cli->arena, &names);
        if (slot) {
            *slot = b->whats.at[i].name;
        }
    }
    (void)w403_rows_sets(r, b, &resources);
    size_t width = (size_t)r->cli->width;
    w403_view on = w403_rows_sets_words(r->cli->arena, &resources, 0);
    w403_buf_puts(&r->cli->out, "WHO CAN  ");
    size_t at = w403_style_wrap(&r->cli->out, w403_texts_words(r->cli->arena, &names, "and"), 9, 9, width);
    bool fits = at + 2 + w403_style_columns(on) <= width;
    w403_buf_puts(&r->cli->out, fits ? "  " : "\n    ");
    w403_style_lines(&r->cli->out, on, fits ? at + 2 : 4, 4, width);
    w403_buf_puts(&r->cli->out, "\n");
}

static bool can(const w403_rows *r, const w403_asker *who)
{
    for (size_t b = 0; b < r->blocks.n; b++) {
        for (size_t i = 0; i < r->blocks.at[b].rows.n; i++) {
            const w403_row *row = &r->blocks.at[b].rows.at[i];
            if (row->asker == who && (row->state == W403_ALWAYS || row->state == W403_CONDITIONAL)) {
                return true;
            }
        }
    }
    return false;
}

static void put_quiet(w403_rows *r)
{
    for (size_t i = 0; i < r->askers.n; i++) {
        if (can(r, &r->askers.at[i])) {
            w403_style_text(&r->cli->out, r->askers.at[i].name);
            w403_buf_putc(&r->cli->out, '\n');
        }
    }
}

w403_status w403_rows_text(w403_rows *r, w403_error *err)
{
    (void)err;
    if (w403_args_has(&r->cli->args, W403_OPT_QUIET)) {
        put_quiet(r);
        return W403_OK;
    }
    for (size_t i = 0; i < r->blocks.n; i++) {
        const w403_row_block *b = &r->blocks.at[i];
        w403_view account = bucket_account(r, b->resources.at[0].arn);
        w403_buf_puts(&r->cli->out, i ? "\n" : "");
        put_title(r, b);
        put_groups(r, b, account);
        put_cannot(r, b, account);
        put_limits(r, b);
        const char *reason;
        w403_view words = w403_rows_unknown(r, b, &reason);
        if (reason) {
            w403_buf_puts(&r->cli->out, "\n");
            w403_style_lines(&r->cli->out, w403_arena_printf(r->cli->arena, "UNKNOWN: what is not listed for certain %.*s",
                                                             W403_ARG(words)), 0, 2, (size_t)r->cli->width);
        }
    }
    w403_buf_puts(&r->cli->out, "\nAssuming\n  ");
    w403_style_lines(&r->cli->out, W403_LIT("no session policy narrows a role; endpoints outside the snapshot have the default policy"),
                     2, 2, (size_t)r->cli->width);
    if (r->realm.mentions.strangers) {
        w403_buf_puts(&r->cli->out, "  ");
        w403_style_lines(&r->cli->out, w403_view_of(w403_rows_strangers), 2, 2, (size_t)r->cli->width);
    }
    for (size_t b = 0; b < r->blocks.n; b++) {
        for (size_t i = 0; i < r->blocks.at[b].rows.n; i++) {
            if (r->blocks.at[b].rows.at[i].boxes.n) {
                w403_buf_puts(&r->cli->out, "Try\n  ");
                w403_style_command_lines(&r->cli->out, r->blocks.at[b].rows.at[i].boxes.at[0].command, 2,
                                         (size_t)r->cli->width);
                w403_buf_putc(&r->cli->out, '\n');
                return W403_OK;
            }
        }
    }
    return W403_OK;
}
