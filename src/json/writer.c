#include "json/json.h"

void w403_jw_init(w403_json_writer *w, w403_buf *out, bool pretty)
{
    *w = (w403_json_writer){.out = out, .pretty = pretty};
}

static void line(w403_json_writer *w)
{
    if (w->pretty) {
        w403_buf_putc(w->out, '\n');
        for (uint32_t i = 0; i < w->depth; i++) {
            w403_buf_puts(w->out, "  ");
        }
    }
}

/* What stands before a value or a name: nothing at the top or after a name, else a comma and a new line. */
static void separate(w403_json_writer *w)
{
    if (w->depth && !w->named) {
        if (w->comma) {
            w403_buf_putc(w->out, ',');
        }
        line(w);
    }
    w->named = false;
    w->comma = true;
}

static void open_bracket(w403_json_writer *w, char c)
{
    separate(w);
    w403_buf_putc(w->out, c);
    w->depth++;
    w->comma = false;
}

static void close_bracket(w403_json_writer *w, char c)
{
    w->depth--;
    if (w->comma) {
        line(w);
    }
    w403_buf_putc(w->out, c);
    w->comma = true;
}

void w403_jw_object(w403_json_writer *w)
{
    open_bracket(w, '{');
}

void w403_jw_end_object(w403_json_writer *w)
{
    close_bracket(w, '}');
}

void w403_jw_array(w403_json_writer *w)
{
    open_bracket(w, '[');
}

void w403_jw_end_array(w403_json_writer *w)
{
    close_bracket(w, ']');
}

static void end_name(w403_json_writer *w)
{
    w403_buf_putc(w->out, ':');
    if (w->pretty) {
        w403_buf_putc(w->out, ' ');
    }
    w->named = true;
}

void w403_jw_keyv(w403_json_writer *w, w403_view name)
{
    separate(w);
    w403_buf_json_string(w->out, name);
    end_name(w);
}

void w403_jw_name(w403_json_writer *w, w403_view name)
{
    separate(w);
    w403_buf_quoted(w->out, name);
    end_name(w);
}

void w403_jw_str(w403_json_writer *w, w403_view v)
{
    separate(w);
    w403_buf_json_string(w->out, v);
}

void w403_jw_cstr(w403_json_writer *w, const char *s)
{
    w403_jw_str(w, w403_view_of(s));
}

void w403_jw_raw(w403_json_writer *w, w403_view v)
{
    separate(w);
    w403_buf_put(w->out, v);
}

void w403_jw_u64(w403_json_writer *w, uint64_t v)
{
    separate(w);
    w403_buf_u64(w->out, v);
}

void w403_jw_i64(w403_json_writer *w, int64_t v)
{
    separate(w);
    w403_buf_printf(w->out, "%lld", (long long)v);
}

void w403_jw_bool(w403_json_writer *w, bool v)
{
    w403_jw_raw(w, w403_view_of(v ? "true" : "false"));
}

void w403_jw_null(w403_json_writer *w)
{
    w403_jw_raw(w, W403_LIT("null"));
}

/* Recursion is bounded: a parsed tree is at most W403_LIMIT_JSON_DEPTH deep. */
void w403_jw_value(w403_json_writer *w, const w403_json *v)
{
    bool object = v->type == W403_JSON_OBJECT;
    if (v->type == W403_JSON_STRING) {
        w403_jw_str(w, v->text);
    } else if (!object && v->type != W403_JSON_ARRAY) {
        w403_jw_raw(w, v->text);
    } else {
        open_bracket(w, object ? '{' : '[');
        for (const w403_json *child = v->first; child; child = child->next) {
            if (object) {
                w403_jw_keyv(w, child->key);
            }
            w403_jw_value(w, child);
        }
        close_bracket(w, object ? '}' : ']');
    }
}

void w403_jw_text(w403_json_writer *w, const char *name, w403_view v)
{
    if (v.p) {
        w403_jw_key(w, name);
        w403_jw_str(w, v);
    }
}

void w403_jw_text_unless_empty(w403_json_writer *w, const char *name, w403_view v)
{
    w403_jw_text(w, name, v.n ? v : (w403_view){NULL, 0});
}

void w403_jw_text_or_null(w403_json_writer *w, const char *name, w403_view v)
{
    w403_jw_key(w, name);
    if (v.p) {
        w403_jw_str(w, v);
    } else {
        w403_jw_null(w);
    }
}

void w403_jw_word(w403_json_writer *w, const char *name, const char *s)
{
    w403_jw_text(w, name, w403_view_of(s));
}

void w403_jw_word_or_null(w403_json_writer *w, const char *name, const char *s)
{
    w403_jw_text_or_null(w, name, w403_view_of(s));
}

void w403_jw_number(w403_json_writer *w, const char *name, uint64_t v)
{
    w403_jw_key(w, name);
    w403_jw_u64(w, v);
}

void w403_jw_flag(w403_json_writer *w, const char *name, bool v)
{
    w403_jw_key(w, name);
    w403_jw_bool(w, v);
}

void w403_jw_texts(w403_json_writer *w, const char *name, const w403_view *at, size_t n)
{
    w403_jw_key(w, name);
    w403_jw_array(w);
    for (size_t i = 0; i < n; i++) {
        w403_jw_str(w, at[i]);
    }
    w403_jw_end_array(w);
}

w403_view w403_json_quote(w403_arena *a, w403_view text)
{
    w403_buf b = {0};
    w403_buf_json_string(&b, text);
    return w403_buf_take(&b, a);
}
