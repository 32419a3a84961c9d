/* What the tests of the policy parser share: documents written with ' for ", and ` for '. */
#ifndef W403_TESTS_POLICY_PARSE_TEST_H
#define W403_TESTS_POLICY_PARSE_TEST_H

#include <stdio.h>

#include "arena_test.h"

#include "base/limits.h"
#include "catalog/catalog.h"
#include "policy/match.h"
#include "policy/policies.h"

static w403_problems warnings;
static w403_policy *policy;
static w403_error err;

static inline w403_view quoted(const char *text)
{
    w403_view v = w403_arena_copy(arena, w403_view_of(text));
    char     *p = w403_arena_alloc(arena, v.n + 1);
    assert_non_null(v.p);
    assert_non_null(p);
    for (size_t i = 0; i < v.n; i++) {
        p[i] = v.p[i] == '\'' ? '"' : v.p[i] == '`' ? '\'' : v.p[i];
    }
    return (w403_view){p, v.n};
}

static inline w403_status load(w403_policy_kind kind, const char *text)
{
    warnings = (w403_problems){.arena = arena};
    return w403_policy_parse(arena, kind, W403_LIT("policy.json"), quoted(text), &warnings, &policy, &err);
}

/* A document that loads; its first statement. */
static inline const w403_statement *statement(w403_policy_kind kind, const char *text)
{
    if (load(kind, text) != W403_OK) {
        fail_msg("%s", err.message);
    }
    assert_true(policy->n_statements > 0);
    return &policy->statements[0];
}

/* The first warning that holds `part`; NULL when there is none. */
static inline const w403_error *warned(const char *part)
{
    for (size_t i = 0; i < warnings.n; i++) {
        assert_true(warnings.at[i].warning);
        if (strstr(warnings.at[i].error.message, part)) {
            return &warnings.at[i].error;
        }
    }
    return NULL;
}

/* The buckets of these tests have short names. */
static inline void assert_clean(void)
{
    for (size_t i = 0; i < warnings.n; i++) {
        if (!strstr(warnings.at[i].error.message, "W403_BUCKET_NAME_INVALID")) {
            fail_msg("unexpected warning: %s", warnings.at[i].error.message);
        }
    }
}

static inline void assert_text(w403_view v, const char *expected)
{
    if (!w403_view_eq(v, w403_view_of(expected))) {
        fail_msg("`%.*s` instead of `%s`", (int)v.n, v.p ? v.p : "", expected);
    }
}

/* The source text of a span. */
static inline void assert_span(w403_span span, const char *expected)
{
    w403_view v = quoted(expected);
    assert_true(w403_view_eq(w403_view_sub(policy->doc.text, span.off, span.off + span.len), v));
}

static inline bool has_action(const w403_statement *st, const char *name)
{
    uint16_t id = w403_action_find(w403_view_of(name));
    assert_int_not_equal(id, W403_ACTION_NONE);
    return st->catalog_actions[id / 64] >> id % 64 & 1;
}

#endif
