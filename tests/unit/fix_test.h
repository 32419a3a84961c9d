/* What the tests of fix/ share: texts with ' in place of ", and a question that is decided, explained and fixed. */
#ifndef W403_TESTS_FIX_TEST_H
#define W403_TESTS_FIX_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fix/fix.h"
#include "policy/policy.h"
#include "snapshot/snapshot.h"

#define T(name)           cmocka_unit_test_setup_teardown(name, setup, teardown)
#define SAME(view, text)  assert_true(w403_view_eq((view), w403_view_of(text)))
#define HAS(view, text)   assert_true(w403_view_find((view), w403_view_of(text)) != SIZE_MAX)
#define LACKS(view, text) assert_true(w403_view_find((view), w403_view_of(text)) == SIZE_MAX)

static w403_arena *arena;
static w403_snapshot *snapshot;
static w403_policies *policies;
static w403_request request;
static w403_fix_list list;
static w403_error failure;

static inline int setup(void **state)
{
    (void)state;
    arena = w403_arena_new(0);
    policies = w403_policies_new();
    snapshot = NULL;
    w403_request_init(&request);
    request.at = W403_LIT("2026-11-21T10:00:00Z");
    return arena && policies ? 0 : -1;
}

static inline int teardown(void **state)
{
    (void)state;
    w403_snapshot_free(snapshot);
    w403_policies_free(policies);
    w403_arena_free(arena);
    return 0;
}

/* ' -> " */
static inline w403_view json(const char *text)
{
    w403_view v = w403_arena_copy(arena, w403_view_of(text));
    char *p = (char *)(uintptr_t)v.p;
    for (size_t i = 0; i < v.n; i++) {
        p[i] = p[i] == '\'' ? '"' : p[i];
    }
    return v;
}

static inline void load(const char *text)
{
    assert_int_equal(w403_snapshot_parse(W403_LIT("snap.json"), json(text), NULL, NULL, &snapshot, &failure),
                     W403_OK);
}

static inline void give(w403_policy_kind kind, const char *text)
{
    assert_int_equal(w403_policies_add(policies, kind, 0, W403_LIT("given.json"), json(text), &failure), W403_OK);
}

static inline void ask(const char *action, const char *resource, const char *principal)
{
    request.action = w403_view_of(action);
    request.resource = w403_view_of(resource);
    request.principal = w403_view_of(principal);
}

static inline w403_status find_with(const w403_fix_options *options)
{
    w403_decision d;
    w403_explanation x;
    assert_int_equal(w403_decide(snapshot, policies, &request, W403_DETAIL_FULL, arena, &d, &failure), W403_OK);
    assert_int_equal(w403_explain(&request, &d, arena, &x, &failure), W403_OK);
    return w403_fix_find(snapshot, policies, &request, &d, &x, options, arena, &list, &failure);
}

static inline void find(void)
{
    assert_int_equal(find_with(NULL), W403_OK);
    for (uint32_t i = 0; i < list.n; i++) {
        assert_int_equal(list.at[i].proof, W403_ALLOWED);
        assert_true(list.at[i].n_steps > 0);
    }
}

/* The first fix begins with this change. */
static inline const w403_fix_step *first(const char *id)
{
    assert_true(list.n > 0);
    assert_string_equal(list.at[0].steps[0].id, id);
    return &list.at[0].steps[0];
}

#define A                  "111122223333"
#define B                  "444455556666"
#define ALICE              "arn:aws:iam::" A ":user/alice"
#define OBJECT             "arn:aws:s3:::doc-example-bucket/a.txt"
#define POLICY(statements) "{'Version':'2012-10-17','Statement':[" statements "]}"

#endif
