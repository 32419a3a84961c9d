/* A box as the Condition of a policy's statement: sets as operators. What no one statement says (several intervals) is
 * several; what IAM has no operator for (a set of value sets, a header that is no key) is not said at all. */
#include "cli/reason_write.h"

enum { TESTS = 64, WAYS = 16 };

/* One operator on one key. */
typedef struct test {
    w403_view op, key;
    w403_texts values;
} test;

typedef struct conjunction {
    w403_arena *a;
    test at[TESTS];
    size_t n;
    bool failed;
} conjunction;

static test *add_test(conjunction *c, w403_view op, w403_view key)
{
    if (c->n == TESTS || !op.p) {
        c->failed = true;
        return NULL;
    }
    c->at[c->n] = (test){.op = op, .key = key};
    return &c->at[c->n++];
}

static void add_value(conjunction *c, test *t, w403_view v)
{
    w403_view *slot = t && v.p ? W403_PUSH(c->a, &t->values) : NULL;
    if (slot) {
        *slot = v;
    } else {
        c->failed = true;
    }
}

static void add_values(conjunction *c, w403_view op, w403_view key, const w403_texts *values)
{
    test *t = values->n ? add_test(c, op, key) : NULL;
    for (size_t i = 0; i < values->n; i++) {
        add_value(c, t, values->at[i]);
    }
}

static w403_view op_of(conjunction *c, const char *name, bool if_exists)
{
    return w403_arena_printf(c->a, "%s%s", name, if_exists ? "IfExists" : "");
}

static void is_null(conjunction *c, w403_view key, bool yes)
{
    add_value(c, add_test(c, W403_LIT("Null"), key), yes ? W403_LIT("true") : W403_LIT("false"));
}

/* `${` begins a variable wherever texts are compared. */
static void escape(conjunction *c, w403_texts *list)
{
    for (size_t i = 0; i < list->n; i++) {
        size_t at = w403_view_find(list->at[i], W403_LIT("${"));
        if (at != SIZE_MAX) {
            list->at[i] = w403_arena_printf(c->a, "%.*s${$}%.*s", (int)at, list->at[i].p, (int)(list->at[i].n - at - 1),
                                            list->at[i].p + at + 1);
            c->failed |= w403_view_find(w403_view_sub(list->at[i], at + 4, list->at[i].n), W403_LIT("${")) != SIZE_MAX;
        }
    }
}

static bool wild(const w403_texts *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_find_char(list->at[i], '*') != SIZE_MAX || w403_view_find_char(list->at[i], '?') != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static bool everything(const w403_set *s)
{
    return s->like.n > 0 && (w403_view_eq(s->like.at[0], W403_LIT("*")) || w403_view_eq(s->like.at[0], W403_LIT("0.0.0.0/0")));
}

/* Texts and addresses: these, or all others. */
static void put_texts(conjunction *c, w403_view key, const w403_dim *d, w403_set *s)
{
    bool arn = false;
    for (size_t i = 0; d->elements->kind == W403_ELEMENTS_TEXT && i < d->elements->patterns.n; i++) {
        arn |= d->elements->patterns.at[i].arn;
    }
    const char *is = s->net ? "IpAddress" : arn ? "ArnLike" : s->ignore_case ? "StringEqualsIgnoreCase" : "StringLike";
    const char *is_not = s->net ? "NotIpAddress" : arn ? "ArnNotLike" : s->ignore_case ? "StringNotEqualsIgnoreCase" : "StringNotLike";
    c->failed |= s->ignore_case && (arn || wild(&s->unlike) || (wild(&s->like) && !everything(s)));
    c->failed |= arn && wild(&s->in);
    if (s->in.n) {
        escape(c, &s->in);
        const char *op = arn ? (s->not_in ? "ArnNotEquals" : "ArnEquals") : s->not_in ? "StringNotEquals" : "StringEquals";
        add_values(c, op_of(c, op, s->absent && !s->not_in), key, &s->in);
    }
    if (s->like.n && !everything(s)) {
        add_values(c, op_of(c, is, s->absent), key, &s->like);
    }
    add_values(c, op_of(c, is_not, false), key, &s->unlike);
    bool positive = (s->in.n && !s->not_in) || (s->like.n && !everything(s));
    if (!s->absent && !positive) {
        is_null(c, key, false);
    }
}

static void put_interval(conjunction *c, w403_view key, const w403_dim *d, const w403_set *s, size_t which)
{
    const w403_interval *x = &s->intervals.at[which];
    const char *kind = d->elements->kind == W403_ELEMENTS_DATE ? "Date" : "Numeric";
    if (x->from.p) {
        const char *op = x->from_open ? "GreaterThan" : "GreaterThanEquals";
        add_value(c, add_test(c, w403_arena_printf(c->a, "%s%s%s", kind, op, s->absent ? "IfExists" : ""), key), x->from);
    }
    if (x->to.p) {
        const char *op = x->to_open ? "LessThan" : "LessThanEquals";
        add_value(c, add_test(c, w403_arena_printf(c->a, "%s%s%s", kind, op, s->absent ? "IfExists" : ""), key), x->to);
    }
    if (!x->from.p && !x->to.p && !s->absent) {
        is_null(c, key, false);
    }
}

static void put(conjunction *c, const w403_dim *d, w403_set *s, size_t which)
{
    const w403_key *key = w403_key_at(d->id);
    c->failed |= !s->whole || !d->elements || s->keys.n > 0 || (key && key->multi && (s->in.n || s->like.n || s->unlike.n));
    if (c->failed) {
        return;
    }
    if (s->intervals.n) {
        put_interval(c, d->name, d, s, which);
    } else if (s->bools.n) {
        add_values(c, op_of(c, "Bool", s->absent), d->name, &s->bools);
    } else if (s->in.n || s->not_in || s->like.n) {
        put_texts(c, d->name, d, s);
    } else if (s->absent) {
        is_null(c, d->name, true);
    } else {
        c->failed = true;
    }
}

/* {"IpAddress":{"aws:SourceIp":[...]}}: operators in the order of their first key. */
static w403_view as_json(const conjunction *c)
{
    w403_buf out = {0};
    w403_json_writer w;
    w403_jw_init(&w, &out, false);
    w403_jw_object(&w);
    for (size_t i = 0; i < c->n; i++) {
        bool said = false;
        for (size_t k = 0; k < i; k++) {
            said |= w403_view_eq(c->at[k].op, c->at[i].op);
        }
        if (said) {
            continue;
        }
        w403_jw_keyv(&w, c->at[i].op);
        w403_jw_object(&w);
        for (size_t k = i; k < c->n; k++) {
            if (!w403_view_eq(c->at[k].op, c->at[i].op)) {
                continue;
            }
            w403_jw_keyv(&w, c->at[k].key);
            w403_jw_array(&w);
            for (size_t v = 0; v < c->at[k].values.n; v++) {
                w403_jw_str(&w, c->at[k].values.at[v]);
            }
            w403_jw_end_array(&w);
        }
        w403_jw_end_object(&w);
    }
    w403_jw_end_object(&w);
    return c->n ? w403_buf_take(&out, c->a) : (w403_buf_free(&out), W403_LIT(""));
}

/* The dimension's set; false: it is no key, or not restricted. */
static bool restricts(const w403_space *s, const w403_box *b, size_t dim, w403_set *set, bool *failed)
{
    const w403_dim *d = &s->dims.at[dim];
    bool key = d->kind == W403_DIM_KEY && !d->n_parts;
    if (w403_box_full(s, b, dim) || (d->kind == W403_DIM_CALLER && d->classes.n < 2)) {
        return false;
    }
    if (!key || !w403_set_of(s, b, dim, set)) {
        *failed = true;
        return false;
    }
    return !set->any;
}

bool w403_reason_box_condition(w403_arena *a, const w403_space *s, const w403_box *b, w403_texts *out)
{
    size_t ways = 1;
    bool failed = false;
    w403_set set;
    for (size_t dim = 0; dim < s->dims.n; dim++) {
        if (restricts(s, b, dim, &set, &failed)) {
            ways *= set.intervals.n ? set.intervals.n : 1;
        }
        if (failed || ways > WAYS) {
            return false;
        }
    }
    for (size_t way = 0; way < ways; way++) {
        conjunction c = {.a = a};
        size_t rest = way;
        for (size_t dim = 0; dim < s->dims.n && !c.failed; dim++) {
            if (restricts(s, b, dim, &set, &failed)) {
                size_t n = set.intervals.n ? set.intervals.n : 1;
                put(&c, &s->dims.at[dim], &set, rest % n);
                rest /= n;
            }
        }
        w403_view json = c.failed ? (w403_view){NULL, 0} : as_json(&c);
        w403_view *slot = json.p ? W403_PUSH(a, out) : NULL;
        if (!slot) {
            return false;
        }
        *slot = json;
    }
    return true;
}
