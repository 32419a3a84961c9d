/* Wrong facts are worse than none. Every text of tests/forms and tests/errors is wrapped, cut, escaped, prefixed, joined,
 * indented, quoted and coloured: no fact may be read that the text does not hold, and most must still be read.
 * Argument: the source root. */
#include "evidence_test.h"
#include "forms_data.h"

#include <dirent.h>
#include <stdlib.h>

static const char *root;

typedef struct facts {
    w403_evidence e;
    bool          read;
} facts;

typedef struct tally {
    size_t kept, lost, wrong, inferred;
} tally;

static w403_arena *texts_arena;
static form_cases  texts; /* id, text */

static void load(void)
{
    char path[4096];
    form_cases_read(texts_arena, root, &texts);
    snprintf(path, sizeof path, "%s/tests/errors", root);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
        size_t n = strlen(d->d_name);
        if (n > 4 && strcmp(d->d_name + n - 4, ".txt") == 0) {
            form_case *c = W403_PUSH(texts_arena, &texts);
            snprintf(path, sizeof path, "%s/tests/errors/%s", root, d->d_name);
            c->id = w403_arena_copy(texts_arena, VIEW(d->d_name));
            c->text = whole_file(texts_arena, path);
        }
    }
    closedir(dir);
}

static facts read_text(w403_arena *a, w403_view text)
{
    facts      f;
    w403_error err;
    f.read = w403_evidence_error(a, text, &f.e, &err) == W403_OK;
    return f;
}

static bool has_fact(const facts *f, const char *name, w403_view value)
{
    for (size_t i = 0; f->read && i < f->e.n_facts; i++) {
        if (strcmp(f->e.facts[i].name, name) == 0 && w403_view_eq(f->e.facts[i].value, value)) {
            return true;
        }
    }
    return false;
}

/* Keys of URLs are read decoded. */
static w403_view decoded(w403_view text)
{
    static char out[1 << 16];
    size_t      n = 0;
    for (size_t i = 0; i < text.n && n < sizeof out; i++) {
        bool blank = i + 2 < text.n && text.p[i] == '%' && text.p[i + 1] == '2' && text.p[i + 2] == '0';
        out[n++] = blank ? ' ' : text.p[i];
        i += blank ? 2 : 0;
    }
    return (w403_view){out, n};
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Does the text hold the value, as it stands and not as a part of a word? */
static bool holds(w403_view text, w403_view value)
{
    for (size_t from = 0; value.n && from < text.n;) {
        size_t at = w403_view_find(w403_view_sub(text, from, text.n), value);
        if (at == SIZE_MAX) {
            return false;
        }
        at += from;
        bool before = at == 0 || !word_char(text.p[at - 1]);
        bool after = at + value.n >= text.n || !word_char(text.p[at + value.n]);
        if (before && after) {
            return true;
        }
        from = at + 1;
    }
    return false;
}

/* A value that the cut itself made shorter, at the very end: nobody can know. */
static bool ends_in_it(w403_view text, w403_view value)
{
    while (text.n && strchr(".,;:)]}'\"` \n", text.p[text.n - 1])) {
        text.n--;
    }
    return w403_view_ends(text, value) || w403_view_ends(decoded(text), value);
}

typedef struct mutation {
    const char *name;
    const facts *one, *two;   /* of the texts as they were; two: NULL but for joined ones */
    w403_view    text, other; /* those texts */
    w403_view    made;
    bool         cut;
} mutation;

static void check(const mutation *m, w403_view id, tally *t)
{
    w403_arena *a = w403_arena_new(0);
    facts       f = read_text(a, m->made);
    for (size_t i = 0; f.read && i < f.e.n_facts; i++) {
        const w403_evidence_fact *x = &f.e.facts[i];
        bool ok = has_fact(m->one, x->name, x->value) || (m->two && has_fact(m->two, x->name, x->value)) ||
                  holds(m->text, x->value) || (m->two && holds(m->other, x->value)) ||
                  (m->cut && (x->inferred || ends_in_it(m->made, x->value)));
        if (!ok && x->inferred && strcmp(m->name, "wrapped") == 0) {
            t->inferred++; /* a use of the URL, where the name of the call fell apart */
        } else if (!ok) {
            if (t->wrong++ < 12) {
                print_error("%.*s, %s: %s `%.*s` is not in the text:\n%.*s\n", W403_ARG(id), m->name, x->name,
                            W403_ARG(x->value), W403_CUT(m->made));
            }
        }
    }
    for (size_t i = 0; m->one->read && i < m->one->e.n_facts; i++) {
        const w403_evidence_fact *x = &m->one->e.facts[i];
        *(has_fact(&f, x->name, x->value) ? &t->kept : &t->lost) += 1;
    }
    w403_arena_free(a);
}

/* ---- mutations ---- */

enum { ROOM = 1 << 16 };
static char room[ROOM];

static w403_view wrapped(w403_view text, size_t width)
{
    size_t n = 0, column = 0;
    for (size_t i = 0; i < text.n && n + 2 < ROOM; i++) {
        bool starts = ((unsigned char)text.p[i] & 0xc0) != 0x80;
        if (text.p[i] == '\n') {
            column = 0;
        } else if (starts && column++ == width) {
            room[n++] = '\n';
            column = 1;
        }
        room[n++] = text.p[i];
    }
    return (w403_view){room, n};
}

static w403_view each_line(w403_view text, const char *before, const char *after)
{
    size_t n = 0;
    while (text.p && n + 512 < ROOM) {
        w403_view line = w403_view_cut(&text, '\n');
        n += (size_t)snprintf(room + n, ROOM - n, "%s%.*s%s%s", before, W403_ARG(line), after, text.p ? "\n" : "");
    }
    return (w403_view){room, n < ROOM ? n : ROOM - 1};
}

static w403_view escaped(w403_view text)
{
    size_t n = (size_t)snprintf(room, ROOM, "{\"level\":\"error\",\"message\":\"");
    for (size_t i = 0; i < text.n && n + 16 < ROOM; i++) {
        char c = text.p[i];
        if (c == '"' || c == '\\') {
            room[n++] = '\\';
            room[n++] = c;
        } else if (c == '\n' || c == '\t' || c == '\r') {
            room[n++] = '\\';
            room[n++] = c == '\n' ? 'n' : c == '\t' ? 't' : 'r';
        } else {
            room[n++] = c;
        }
    }
    n += (size_t)snprintf(room + n, ROOM - n, "\"}\n");
    return (w403_view){room, n};
}

/* Colours round every word that is long enough to be one. */
static w403_view coloured(w403_view text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n && n + 32 < ROOM; i++) {
        bool begins = word_char(text.p[i]) && (i == 0 || !word_char(text.p[i - 1]));
        bool ends = !word_char(text.p[i]) && i > 0 && word_char(text.p[i - 1]);
        n += begins ? (size_t)snprintf(room + n, ROOM - n, "\x1b[1;31m") : 0;
        n += ends ? (size_t)snprintf(room + n, ROOM - n, "\x1b[0m") : 0;
        room[n++] = text.p[i];
    }
    return (w403_view){room, n};
}

static w403_view joined(w403_view a, w403_view b, const char *between)
{
    int n = snprintf(room, ROOM, "%.*s%s%.*s", W403_ARG(a), between, W403_ARG(b));
    return (w403_view){room, n > 0 && n < ROOM ? (size_t)n : 0};
}

static void expect_tally(const char *what, const tally *t, unsigned percent)
{
    size_t all = t->kept + t->lost;
    print_message("%s: %zu facts, %zu kept (%zu%%), %zu wrong\n", what, all, t->kept, all ? 100 * t->kept / all : 0, t->wrong);
    assert_int_equal(t->wrong, 0);
    assert_true(t->inferred <= all / 5000);
    assert_true(100 * t->kept >= percent * all);
}

typedef w403_view mutate(w403_view text, size_t parameter);

static void over_all(const char *name, mutate *change, size_t parameter, bool cut, tally *t)
{
    for (size_t i = 0; i < texts.n; i++) {
        w403_arena *a = w403_arena_new(0);
        facts       one = read_text(a, texts.at[i].text);
        mutation    m = {.name = name, .one = &one, .text = texts.at[i].text, .cut = cut};
        m.made = change(m.text, parameter);
        check(&m, texts.at[i].id, t);
        w403_arena_free(a);
    }
}

/* ---- the properties ---- */

static void wrapped_anywhere(void **state)
{
    (void)state;
    tally t = {0};
    for (size_t width = 24; width <= 132; width += 7) {
        over_all("wrapped", wrapped, width, false, &t);
    }
    expect_tally("wrapped", &t, 60);
}

static w403_view cut_at(w403_view text, size_t parts)
{
    return w403_view_sub(text, 0, text.n * parts / 32);
}

static void cut_anywhere(void **state)
{
    (void)state;
    tally t = {0};
    for (size_t parts = 1; parts < 32; parts++) {
        over_all("cut", cut_at, parts, true, &t);
    }
    expect_tally("cut", &t, 15);
}

static w403_view prefix_of(w403_view text, size_t which)
{
    static const char *const prefixes[][2] = {
        {"    ", ""},           {"\t", ""},
        {"> ", ""},             {"> > ", ""},
        {"│ ", ""},             {"  │  ", "   │"},
        {"\x1b[31m", "\x1b[0m"}, {"", "\r"},
    };
    return each_line(text, prefixes[which][0], prefixes[which][1]);
}

static void dressed(void **state)
{
    (void)state;
    tally t = {0};
    for (size_t which = 0; which < 8; which++) {
        over_all("dressed", prefix_of, which, false, &t);
    }
    expect_tally("indented, quoted, boxed", &t, 99);
}

static w403_view log_line(w403_view text, size_t which)
{
    static const char *const prefixes[] = {
        "2026-11-30T19:00:00.123Z stderr F ", "[2026-11-30 19:00:00,123] ERROR [main] - ", "Nov 30 19:00:00 host app[123]: ",
        "app-7d9f8b6c5-x2x4z app ",           "2026/11/30 19:00:00 ",
    };
    return each_line(text, prefixes[which], "");
}

static void in_logs(void **state)
{
    (void)state;
    tally t = {0};
    for (size_t which = 0; which < 5; which++) {
        over_all("in a log", log_line, which, false, &t);
    }
    expect_tally("in logs", &t, 85);
}

static w403_view escape_it(w403_view text, size_t times)
{
    static char kept[ROOM];
    for (; times > 0; times--) {
        text = escaped(text);
        memcpy(kept, text.p, text.n);
        text.p = kept;
    }
    return text;
}

static void in_json(void **state)
{
    (void)state;
    tally t = {0};
    for (size_t times = 1; times <= 2; times++) {
        over_all("escaped", escape_it, times, false, &t);
    }
    expect_tally("in JSON", &t, 97);
}

static w403_view colour_it(w403_view text, size_t unused)
{
    (void)unused;
    return coloured(text);
}

static void in_colours(void **state)
{
    (void)state;
    tally t = {0};
    over_all("coloured", colour_it, 0, false, &t);
    expect_tally("in colours", &t, 99);
}

/* Facts of two errors are facts of one or the other, and a place is of the error that its call is of. */
static void two_errors(void **state)
{
    (void)state;
    static const char *const between[] = {"\n", "\n\n", " ", "\n----\n"};
    tally t = {0};
    for (size_t i = 0; i < texts.n; i++) {
        w403_arena *a = w403_arena_new(0);
        const form_case *one = &texts.at[i], *two = &texts.at[(i * 7 + 3) % texts.n];
        facts    f = read_text(a, one->text), g = read_text(a, two->text);
        mutation m = {.name = "joined", .one = &f, .two = &g, .text = one->text, .other = two->text};
        for (size_t k = 0; k < 4; k++) {
            m.made = joined(one->text, two->text, between[k]);
            check(&m, one->id, &t);
        }
        w403_arena_free(a);
    }
    expect_tally("joined", &t, 60);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dressed),    cmocka_unit_test(in_colours),       cmocka_unit_test(in_json),
        cmocka_unit_test(in_logs),    cmocka_unit_test(wrapped_anywhere), cmocka_unit_test(two_errors),
        cmocka_unit_test(cut_anywhere),
    };
    root = argc > 1 ? argv[1] : ".";
    texts_arena = w403_arena_new(0);
    load();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    w403_arena_free(texts_arena);
    return failed;
}
