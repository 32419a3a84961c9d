/* The fast scanner against the strict parser: on generated documents they see the same events, and damage to one
 * event never costs another, whatever the damage. Seeded; a failure prints its seed and round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "logs/trail_scan.h"

enum { EVENTS_MAX = 12, ROUNDS = 6000 };

typedef enum shape { RECORDS, LINES, ARRAY, SHAPES } shape;

typedef struct document {
    w403_buf text;
    shape shape;
    size_t n, from[EVENTS_MAX], to[EVENTS_MAX];
} document;

static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

/* ---- documents ---- */

static void put_blanks(w403_buf *b, bool pretty)
{
    while (pretty && pick(3) == 0) {
        w403_buf_puts(b, pick(2) ? " " : "\n  ");
    }
}

static void put_string(w403_buf *b)
{
    static const char *const PIECES[] = {"a", "e",        "{",         "}",        "[",    "]",   ",",
                                         ":", " ",        "event",     "\\\"",     "\\\\", "\\n", "\\u0041",
                                         "/", "\xC3\xA9", "errorCode", "\\\\\\\"", "x"};
    w403_buf_putc(b, '"');
    for (unsigned i = pick(9); i > 0; i--) {
        w403_buf_puts(b, PIECES[pick(sizeof PIECES / sizeof *PIECES)]);
    }
    w403_buf_putc(b, '"');
}

static void put_value(w403_buf *b, bool pretty, unsigned depth)
{
    unsigned kind = pick(depth > 3 ? 4 : 6);
    char name[16];

    if (kind < 2) {
        put_string(b);
    } else if (kind < 4) {
        w403_buf_puts(b, kind == 2 ? "null" : "-1.5e3");
    } else {
        w403_buf_putc(b, kind == 4 ? '[' : '{');
        unsigned n = pick(4);
        for (unsigned i = 0; i < n; i++) {
            put_blanks(b, pretty);
            if (kind == 5) {
                snprintf(name, sizeof name, "\"e%u\":", i);
                w403_buf_puts(b, i == 0 && pick(3) == 0 ? "\"eventName\":" : name);
                put_blanks(b, pretty);
            }
            put_value(b, pretty, depth + 1);
            w403_buf_puts(b, i + 1 < n ? "," : "");
        }
        w403_buf_putc(b, kind == 4 ? ']' : '}');
    }
}

static void put_event(w403_buf *b, bool pretty)
{
    static const char *const ERRORS[] = {"\"AccessDenied\"", "null", "\"a\\u0062\"", "17"};

    w403_buf_puts(b, "{\"eventVersion\":\"1.11\",");
    put_blanks(b, pretty);
    for (unsigned i = 0; i < pick(5); i++) {
        w403_buf_printf(b, "\"k%u\":", i);
        put_value(b, pretty, 0);
        w403_buf_putc(b, ',');
    }
    w403_buf_printf(b, "\"eventName\":\"Name%u\",", pick(100));
    if (pick(3) == 0) {
        w403_buf_puts(b, "\"errorCode\"");
        put_blanks(b, pretty);
        w403_buf_printf(b, ":%s,", ERRORS[pick(4)]);
    }
    w403_buf_puts(b, "\"eventSource\":\"s3.amazonaws.com\",\"last\":");
    put_value(b, pretty, 0);
    w403_buf_putc(b, '}');
}

static void put_document(document *d)
{
    bool pretty = pick(3) == 0;

    w403_buf_clear(&d->text);
    d->shape = (shape)pick(SHAPES);
    d->n = 1 + pick(EVENTS_MAX);
    w403_buf_puts(&d->text, d->shape == RECORDS ? "{\"Records\":[" : d->shape == ARRAY ? "[" : "");
    for (size_t i = 0; i < d->n; i++) {
        put_blanks(&d->text, pretty);
        d->from[i] = d->text.n;
        put_event(&d->text, pretty && d->shape != LINES);
        d->to[i] = d->text.n;
        put_blanks(&d->text, pretty);
        w403_buf_puts(&d->text, d->shape == LINES ? "\n" : i + 1 < d->n ? "," : "");
    }
    w403_buf_puts(&d->text, d->shape == RECORDS ? "]}" : d->shape == ARRAY ? "]" : "");
    assert_true(w403_buf_ok(&d->text));
}

/* ---- what the scanner sees ---- */

typedef struct capture {
    w403_arena *arena;
    bool parse_all; /* every item is parsed, or only the doubtful */
    unsigned items, damage, lies;
    size_t n;
    w403_view raw[4 * EVENTS_MAX]; /* copies */
    bool valid[4 * EVENTS_MAX];
} capture;

static void check_glance(capture *c, const w403_glance *g, const w403_json *root)
{
    const struct {
        const char *name;
        w403_view seen;
    } members[] = {{"eventName", g->operation}, {"errorCode", g->error_code}, {"eventSource", g->event_source}};

    for (unsigned i = 0; i < 3 && !g->doubt; i++) {
        c->lies += !w403_view_eq(members[i].seen, w403_json_str(root, members[i].name));
    }
}

static w403_status on_item(void *user, const w403_glance *g, bool *broken, w403_error *err)
{
    capture *c = user;
    w403_json_doc doc;

    (void)err;
    bool valid = w403_json_parse(c->arena, W403_LIT("t"), g->raw, NULL, &doc, NULL, NULL) == W403_OK;
    if (valid) {
        check_glance(c, g, doc.root);
    }
    *broken = !valid && (g->doubt || c->parse_all);
    c->items++;
    if (!*broken && c->n < sizeof c->raw / sizeof *c->raw) {
        c->valid[c->n] = valid;
        c->raw[c->n++] = w403_arena_copy(c->arena, g->raw);
    }
    return W403_OK;
}

static void on_damage(void *user, uint64_t offset, uint64_t length, const char *what)
{
    capture *c = user;
    (void)offset;
    (void)length;
    (void)what;
    c->damage++;
}

/* Scans to the end, over lines that are no JSON. */
static void scan_text(capture *c, w403_arena *a, w403_view text, bool parse_all)
{
    const w403_trail_sink sink = {.user = c, .item = on_item, .damage = on_damage};
    w403_window w = {0};

    memset(c, 0, sizeof *c);
    c->arena = a;
    c->parse_all = parse_all;
    assert_int_equal(w403_window_open(&w, NULL, text, NULL), W403_OK);
    while (w.begin < w.end) {
        size_t before = w.begin;
        assert_int_equal(w403_trail_scan(&w, &sink, NULL), W403_OK);
        if (w.begin < w.end) {
            c->damage++;
            size_t skip = w403_view_find_char(w403_window_held(&w), '\n');
            size_t json =
                w403_trail_find_start(w403_view_sub(w403_window_held(&w), before == w.begin, w.end - w.begin));
            skip = skip == SIZE_MAX ? w.end - w.begin : skip + 1;
            w.begin += json < skip ? json + (before == w.begin) : skip;
        }
    }
    w403_window_free(&w);
}

/* Was it seen on its own, or as a true part of another (a lost bracket can make it that)? */
static bool has(const capture *c, w403_view event)
{
    for (size_t i = 0; i < c->n; i++) {
        if (w403_view_eq(c->raw[i], event) || (c->valid[i] && w403_view_find(c->raw[i], event) != SIZE_MAX)) {
            return true;
        }
    }
    return false;
}

static void test_same_events(void **state)
{
    w403_arena *a = w403_arena_new(0);
    document d = {0};
    capture c;

    (void)state;
    seed = 0x9E3779B97F4A7C15u;
    for (int round = 0; round < ROUNDS; round++) {
        w403_arena_reset(a);
        put_document(&d);
        scan_text(&c, a, w403_buf_view(&d.text), false);
        if (c.items != d.n || c.damage != 0 || c.lies != 0) {
            fail_msg("round %d: %u items of %zu, %u damage, %u lies\n%.*s", round, c.items, d.n, c.damage, c.lies,
                     (int)d.text.n, d.text.p);
        }
        for (size_t i = 0; i < d.n; i++) {
            assert_true(w403_view_eq(c.raw[i], w403_view_sub(w403_buf_view(&d.text), d.from[i], d.to[i])));
        }
    }
    w403_buf_free(&d.text);
    w403_arena_free(a);
}

/* One to three bytes of event k deleted, replaced or added. */
static void damage_event(const document *d, size_t k, w403_buf *out)
{
    static const char BYTES[] = "\"\"\"{}[],:\\\nxe \xff";
    size_t at[3];
    unsigned n = 1 + pick(3);

    for (unsigned i = 0; i < n; i++) {
        at[i] = d->from[k] + pick((unsigned)(d->to[k] - d->from[k]));
    }
    w403_buf_clear(out);
    for (size_t i = 0; i < d->text.n; i++) {
        bool keep = true;
        for (unsigned e = 0; e < n; e++) {
            if (at[e] == i) {
                unsigned how = pick(3);
                keep = keep && how == 2;
                if (how > 0) {
                    w403_buf_putc(out, BYTES[pick(sizeof BYTES - 1)]);
                }
            }
        }
        if (keep) {
            w403_buf_putc(out, d->text.p[i]);
        }
    }
}

static void test_damage_costs_one(void **state)
{
    w403_arena *a = w403_arena_new(0);
    document d = {0};
    w403_buf broken = {0};
    capture c;

    (void)state;
    seed = 88172645463325252u;
    for (int round = 0; round < ROUNDS; round++) {
        w403_arena_reset(a);
        put_document(&d);
        size_t k = pick((unsigned)d.n);
        damage_event(&d, k, &broken);
        for (int parse_all = 0; parse_all < 2; parse_all++) {
            scan_text(&c, a, w403_buf_view(&broken), parse_all);
            assert_int_equal(c.lies, 0);
            for (size_t i = 0; i < d.n; i++) {
                w403_view event = w403_view_sub(w403_buf_view(&d.text), d.from[i], d.to[i]);
                if (i != k && !has(&c, event)) {
                    fail_msg("round %d, parse_all %d: event %zu of %zu is lost, %zu was damaged\n%.*s", round,
                             parse_all, i, d.n, k, (int)broken.n, broken.p);
                }
            }
        }
    }
    w403_buf_free(&d.text);
    w403_buf_free(&broken);
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_events), cmocka_unit_test(test_damage_costs_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
