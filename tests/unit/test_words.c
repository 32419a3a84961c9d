/* Texts in a language: the catalogue's reader, named places, plurals, and which language the environment asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
// cmocka.h needs the four above
#include <cmocka.h>

#include "base/buf.h"
#include "words/mo.h"
#include "words/words.h"

/* Pairs sorted by key, as msgfmt writes them. */
static w403_view catalogue(w403_buf *out, const char (*pairs)[2][64], const size_t (*sizes)[2], uint32_t n)
{
    uint32_t head[7] = {0x950412deu, 0, n, 28, 28 + n * 8, 0, 0}, at = 28 + n * 16;
    w403_buf_put(out, (w403_view){(const char *)head, sizeof head});
    for (unsigned side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < n; i++) {
            uint32_t row[2] = {(uint32_t)sizes[i][side], at};
            w403_buf_put(out, (w403_view){(const char *)row, sizeof row});
            at += row[0] + 1;
        }
    }
    for (unsigned side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < n; i++) {
            w403_buf_put(out, (w403_view){pairs[i][side], sizes[i][side] + 1});
        }
    }
    return w403_buf_view(out);
}

static const char pairs[][2][64] = {
    {"allow {action} on {resource}", "{resource} 리소스에 {action} 허용"},
    {"gate\004unknown", "gate ?"},
    {"one thing\0{n} things", "{n} chose\0{n} choses"},
    {"unknown", "?"},
};
static const size_t sizes[][2] = {{28, 39}, {12, 6}, {20, 20}, {7, 1}};

typedef struct state {
    w403_buf mo;
    struct w403_language words;
    w403_arena *arena;
} state;

static int setup(void **user)
{
    state *s = calloc(1, sizeof *s);
    s->words.name = "qps";
    s->words.mo = catalogue(&s->mo, pairs, sizes, 4);
    s->arena = w403_arena_new(0);
    w403_arena_speak(s->arena, &s->words);
    *user = s;
    return s->arena ? 0 : 1;
}

static int teardown(void **user)
{
    state *s = *user;
    w403_arena_free(s->arena);
    w403_buf_free(&s->mo);
    free(s);
    return 0;
}

static void assert_said(w403_view said, const char *wanted)
{
    assert_int_equal(said.n, strlen(wanted));
    assert_memory_equal(said.p, wanted, said.n);
}

static void places_stand_where_the_language_wants_them(void **user)
{
    state *s = *user;
    w403_part action = W403_S("action", "s3:GetObject"), resource = W403_S("resource", "{action}");
    assert_said(w403_say(s->arena, "allow {action} on {resource}", action, resource),
                "{action} 리소스에 s3:GetObject 허용"); /* what fills a place is never filled itself */
    w403_arena_speak(s->arena, NULL);
    assert_said(w403_say(s->arena, "allow {action} on {resource}", action, resource), "allow s3:GetObject on {action}");
    assert_said(w403_say(s->arena, "{\"a\": {x}} and {", action), "{\"a\": {x}} and {"); /* braces that are no places */
}

static void a_text_without_translation_is_english(void **user)
{
    state *s = *user;
    assert_string_equal(w403_word(s->arena, "unknown"), "?");
    assert_string_equal(w403_word(s->arena, "unknow"), "unknow");
    assert_string_equal(w403_word(s->arena, "unknown "), "unknown ");
    assert_string_equal(w403_word(s->arena, ""), "");
    assert_string_equal(w403_word(NULL, "unknown"), "unknown");
    assert_string_equal(w403_word_in(s->arena, "gate", "unknown"), "gate ?");
    assert_string_equal(w403_word_in(s->arena, "layer", "unknown"), "unknown");
}

static void plurals_follow_the_rule_of_the_language(void **user)
{
    state *s = *user;
    static const char *const french[] = {"0 chose", "1 chose", "2 choses"}, *const one[] = {"0 chose", "1 chose", "2 chose"},
                             *const english[] = {"0 things", "one thing", "2 things"};
    for (unsigned n = 0; n < 3; n++) {
        s->words.one_is_many = false;
        w403_arena_speak(s->arena, &s->words);
        assert_said(w403_say_plural(s->arena, n, "one thing", "{n} things"), french[n]);
        s->words.one_is_many = true;
        assert_said(w403_say_plural(s->arena, n, "one thing", "{n} things"), one[n]);
        w403_arena_speak(s->arena, NULL);
        assert_said(w403_say_plural(s->arena, n, "one thing", "{n} things"), english[n]);
    }
}

/* Every byte changed, every length: another text at worst, nothing read outside. */
static void a_broken_catalogue_says_nothing_or_english(void **user)
{
    state *s = *user;
    w403_view whole = s->words.mo;
    for (size_t n = 0; n <= whole.n; n++) {
        char *copy = malloc(n ? n : 1);
        memcpy(copy, whole.p, n);
        w403_view found = w403_mo_find((w403_view){copy, n}, NULL, "unknown");
        assert_true(n == whole.n || found.n == 0 || n + 16 > whole.n);
        free(copy);
    }
    for (size_t i = 0; i < whole.n; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            s->mo.p[i] = (char)(s->mo.p[i] ^ 1 << bit);
            (void)w403_mo_find(whole, "gate", "unknown");
            (void)w403_say_plural(s->arena, 2, "one thing", "{n} things");
            s->mo.p[i] = (char)(s->mo.p[i] ^ 1 << bit);
        }
    }
}

static const char *spoken(const char *own, const char *list, const char *all, const char *lang)
{
    const char *const names[] = {"WHY403_LANG", "LANGUAGE", "LC_ALL", "LANG", "LC_MESSAGES"}, *const values[] = {own, list, all, lang, NULL};
    for (size_t i = 0; i < 5; i++) {
        if (values[i]) {
            setenv(names[i], values[i], 1);
        } else {
            unsetenv(names[i]);
        }
    }
    return w403_language_name(w403_language_of_environment());
}

static void the_environment_names_the_language(void **user)
{
    (void)user;
    if (!w403_language_of(W403_LIT("ko"))) {
        skip(); /* built without languages */
    }
    assert_string_equal(spoken(NULL, NULL, NULL, NULL), "en");
    assert_string_equal(spoken(NULL, NULL, NULL, "ko_KR.UTF-8"), "ko");
    assert_string_equal(spoken(NULL, NULL, NULL, "fr_CA.utf8"), "fr");
    assert_string_equal(spoken(NULL, NULL, NULL, "ko_KR.EUC-KR"), "en"); /* what it prints would not be read */
    assert_string_equal(spoken(NULL, NULL, "fr_FR", "ko_KR.UTF-8"), "fr");
    assert_string_equal(spoken(NULL, "de:ko:fr", NULL, "de_DE.UTF-8"), "ko");
    assert_string_equal(spoken(NULL, "en:ko", NULL, "ko_KR.UTF-8"), "en");
    assert_string_equal(spoken(NULL, "ko", "C.UTF-8", NULL), "en"); /* as gettext does */
    assert_string_equal(spoken("ko", NULL, "C", NULL), "ko");
    assert_string_equal(spoken("en", NULL, "ko_KR.UTF-8", NULL), "en");
    assert_string_equal(spoken("xx", NULL, "ko_KR.UTF-8", NULL), "en");
    assert_true(w403_language_known(W403_LIT("en")) && w403_language_known(W403_LIT("KO")) && !w403_language_known(W403_LIT("de")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places_stand_where_the_language_wants_them, setup, teardown),
        cmocka_unit_test_setup_teardown(a_text_without_translation_is_english, setup, teardown),
        cmocka_unit_test_setup_teardown(plurals_follow_the_rule_of_the_language, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broken_catalogue_says_nothing_or_english, setup, teardown),
        cmocka_unit_test(the_environment_names_the_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
