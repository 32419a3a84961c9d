/* A snapshot in one text, written with ' for ", and the problems of its load as lines of text. */
#ifndef SNAPSHOT_TEST_H
#define SNAPSHOT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "snapshot/inventory_config.h"
#include "snapshot/load.h"

#define A "111122223333"
#define ACCOUNT "accounts/111122223333/"
#define BUCKET ACCOUNT "s3/b/"
#define ALLOW_ALL "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}"
#define ERROR(code) "{'error':{'code':'" code "'}}"

static w403_snapshot *snapshot;
static char           problems[8192]; /* "error snap.json:2:7 text\n" each */
static char           last_problem[512];
static w403_error     failure;

static inline void note(void *user, bool warning, const w403_error *e)
{
    (void)user;
    (void)snprintf(last_problem, sizeof last_problem, "%s", e->message);
    size_t n = strlen(problems);
    (void)snprintf(problems + n, sizeof problems - n, "%s %s:%u:%u %s\n", warning ? "warning" : "error", e->source,
                   e->line, e->column, e->message);
}

static inline void forget(void)
{
    w403_snapshot_free(snapshot);
    snapshot = NULL;
    problems[0] = '\0';
    failure = (w403_error){0};
}

static inline int forget_after(void **state)
{
    (void)state;
    forget();
    return 0;
}

static inline w403_status try_load(const char *text)
{
    size_t n = strlen(text);
    char  *json = malloc(n + 1);
    forget();
    assert_non_null(json);
    for (size_t i = 0; i <= n; i++) {
        json[i] = text[i] == '\'' ? '"' : text[i];
    }
    w403_status st = w403_snapshot_parse(W403_LIT("snap.json"), (w403_view){json, n}, note, NULL, &snapshot, &failure);
    free(json);
    return st;
}

/* Loads what must load, with no problem but the warnings that `problems` then holds. */
static inline void load(const char *text)
{
    if (try_load(text) != W403_OK) {
        fail_msg("%s\n%s", failure.message, problems);
    }
}

#define assert_text(v, s)                                                                             \
    do {                                                                                              \
        w403_view text_ = (v);                                                                        \
        if (!w403_view_eq(text_, w403_view_of(s))) {                                                  \
            fail_msg("`%.*s` instead of `%s`", (int)text_.n, text_.p ? text_.p : "", s);              \
        }                                                                                             \
    } while (0)
#define assert_problem(s)                                                       \
    do {                                                                        \
        if (!strstr(problems, (s))) {                                           \
            fail_msg("no `%s` among these problems:\n%s", (s), problems);       \
        }                                                                       \
    } while (0)
#define assert_no_problem() assert_string_equal(problems, "")

static inline w403_account *the_account(void)
{
    w403_account *account = w403_snapshot_account(snapshot, W403_LIT(A));
    assert_non_null(account);
    return account;
}

static inline w403_bucket *the_bucket(void)
{
    w403_bucket *b = w403_snapshot_bucket(snapshot, W403_LIT("b"));
    assert_non_null(b);
    return b;
}

/* Every test cleans up after itself. */
#define T(f) cmocka_unit_test_teardown(f, forget_after)

#endif
