#include "cli/public_boxes.h"

static w403_view members_of(w403_rows *r, const w403_public_told *told)
{
    w403_buf json = {0};
    w403_json_writer w;
    w403_jw_init(&w, &json, false);
    w403_jw_object(&w);
    w403_reason_box_json(&w, &told->reply->space, told->box);
    w403_jw_end_object(&w);
    w403_view all = w403_buf_take(&json, r->cli->arena);
    return all.n >= 2 ? w403_view_sub(all, 1, all.n - 1) : all;
}

/* Actions with the same answer on the same resources are one box. */
w403_status w403_public_box_add(void *user, const w403_public_told *told, w403_error *err)
{
    w403_public_boxes *b = user;
    w403_arena *a = b->rows->cli->arena;
    w403_public_shown s = {.finding = told->finding, .members = members_of(b->rows, told)};
    s.when = w403_arena_copy(a, w403_reason_box_words(a, &told->reply->space, told->box));
    W403_NEED(s.members.p && s.when.p && w403_rows_class(b->rows, &told->on, told->of, &s.on, &s.on_json), err);
    for (size_t i = 0; i < b->list.n; i++) {
        w403_public_shown *o = &b->list.at[i];
        if (o->finding == s.finding && w403_view_eq(o->on_json, s.on_json) && w403_view_eq(o->members, s.members)) {
            w403_bit_set(o->actions, told->action);
            return W403_OK;
        }
    }
    w403_public_shown *slot = W403_PUSH(a, &b->list);
    W403_NEED(slot, err);
    w403_bit_set(s.actions, told->action);
    *slot = s;
    return W403_OK;
}

static w403_texts actions_of(const w403_public_boxes *b, const w403_public_shown *s)
{
    w403_texts out = {0};
    (void)w403_action_names(b->rows->cli->arena, s->actions, s->actions, &out);
    return out;
}

w403_view w403_public_box_words(const w403_public_boxes *b, const w403_public_shown *s)
{
    w403_texts actions = actions_of(b, s);
    w403_arena *a = b->rows->cli->arena;
    bool always = w403_view_eq(s->when, W403_LIT("always"));
    return w403_arena_printf(a, "%.*s on %.*s%s%.*s", W403_ARG(w403_texts_words(a, &actions, "and")), W403_ARG(s->on),
                             always ? "" : ", ", always ? 0 : (int)s->when.n, s->when.p);
}

static void box_json(w403_json_writer *w, const w403_public_boxes *b, const w403_public_finding *f, const w403_public_shown *s)
{
    w403_json_writer inner;
    w403_buf box = {0};
    w403_texts actions = actions_of(b, s);
    w403_jw_init(&inner, &box, false);
    w403_jw_object(&inner);
    w403_reason_class_json(&inner, &actions, s->on_json, f->asker.name, s->members);
    w403_jw_text(&inner, "text", w403_public_box_words(b, s));
    w403_jw_end_object(&inner);
    w403_jw_raw(w, w403_buf_take(&box, b->rows->cli->arena));
}

void w403_public_boxes_json(w403_json_writer *w, const w403_public_boxes *b, const w403_public *p, size_t finding)
{
    size_t shown = 0, more = 0;
    w403_jw_key(w, "boxes");
    w403_jw_array(w);
    for (size_t i = 0; i < b->list.n; i++) {
        if (b->list.at[i].finding != finding) {
            continue;
        }
        if (shown++ < b->rows->budget.max_boxes) {
            box_json(w, b, &p->findings.at[finding], &b->list.at[i]);
        } else {
            more++;
        }
    }
    w403_jw_end_array(w);
    if (more) {
        w403_jw_number(w, "truncated", more);
    }
}
