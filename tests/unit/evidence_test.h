/* Shared by the tests of the evidence room. */
#ifndef W403_EVIDENCE_TEST_H
#define W403_EVIDENCE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "evidence/evidence.h"

#define VIEW(s) w403_view_of(s)

/* A view equals a string; NULL stands for "not given". */
static inline void expect_view(const char *what, w403_view have, const char *want)
{
    if (!want) {
        if (have.n != 0) {
            fail_msg("%s: expected nothing, have `%.*s`", what, (int)have.n, have.p);
        }
        return;
    }
    if (!w403_view_eq(have, VIEW(want))) {
        fail_msg("%s: expected `%s`, have `%.*s`", what, want, (int)have.n, have.p ? have.p : "");
    }
}

static inline const char *header_of(const w403_request *r, const char *name)
{
    static char text[2048];
    for (size_t i = 0; i < r->n_headers; i++) {
        if (w403_view_eq(r->headers[i].name, VIEW(name))) {
            snprintf(text, sizeof text, "%.*s", (int)r->headers[i].value.n, r->headers[i].value.p);
            return text;
        }
    }
    return NULL;
}

static inline const char *query_of(const w403_request *r, const char *name)
{
    static char text[2048];
    for (size_t i = 0; i < r->n_query; i++) {
        if (w403_view_eq(r->query[i].name, VIEW(name))) {
            snprintf(text, sizeof text, "%.*s", (int)r->query[i].value.n, r->query[i].value.p);
            return text;
        }
    }
    return NULL;
}

static inline const w403_context_entry *context_of(const w403_request *r, const char *key)
{
    for (size_t i = 0; i < r->n_context; i++) {
        if (w403_view_eq(r->context[i].key, VIEW(key))) {
            return &r->context[i];
        }
    }
    return NULL;
}

static inline void expect_context(const w403_request *r, const char *key, const char *value)
{
    const w403_context_entry *c = context_of(r, key);
    assert_non_null(c);
    assert_int_equal(c->present, W403_YES);
    assert_int_equal(c->n_values, 1);
    expect_view(key, c->values[0], value);
}

static inline bool missing(const w403_evidence *e, const char *name)
{
    for (size_t i = 0; i < e->n_missing; i++) {
        if (w403_view_eq(VIEW(e->missing[i].name), VIEW(name))) {
            assert_non_null(e->missing[i].option);
            return true;
        }
    }
    return false;
}

static inline bool noted(const w403_evidence *e, const char *part)
{
    for (size_t i = 0; i < e->n_notes; i++) {
        if (w403_view_find(e->notes[i], VIEW(part)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static inline bool claimed(const w403_evidence *e, const char *cause)
{
    for (unsigned i = 0; i < e->reported.n_causes; i++) {
        if (w403_view_eq(VIEW(e->reported.causes[i]), VIEW(cause))) {
            return true;
        }
    }
    return false;
}

/* A reading of this operation (or action) and resource; NULL: none. */
static inline const w403_request *reading_of(const w403_evidence *e, const char *name)
{
    for (size_t i = 0; i < e->n_readings; i++) {
        const w403_request *r = &e->readings[i].request;
        if (w403_view_eq(r->operation, VIEW(name)) || w403_view_eq(r->action, VIEW(name))) {
            return r;
        }
    }
    return NULL;
}

#endif
