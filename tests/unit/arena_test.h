/* cmocka, and one arena for all tests of a program: cmocka_run_group_tests(tests, setup, teardown). */
#ifndef ARENA_TEST_H
#define ARENA_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"

static w403_arena *arena;

static inline int setup(void **state)
{
    (void)state;
    arena = w403_arena_new(0);
    return arena ? 0 : -1;
}

static inline int teardown(void **state)
{
    (void)state;
    w403_arena_free(arena);
    return 0;
}

#endif
