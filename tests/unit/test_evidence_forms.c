/* The forms of error texts: each row of data/error-forms.tsv is found in a text of its own wording (tests/forms/forms.tsv),
 * and what must be read from it is read. Argument: the source root. */
#include "evidence_test.h"
#include "forms_data.h"

#include "evidence/error_text.h"

static const char *root;

typedef struct seen {
    const w403_wording *forms[1024];
    size_t              n;
} seen;

static bool note(void *user, const w403_hit *hit)
{
    seen *s = user;
    if (s->n < sizeof s->forms / sizeof *s->forms) {
        s->forms[s->n++] = hit->form;
    }
    return true;
}

static bool found(const seen *s, w403_view id)
{
    bool is = false;
    for (size_t i = 0; i < s->n; i++) {
        is |= w403_view_eq(VIEW(s->forms[i]->id), id);
    }
    return is;
}

static w403_view fact_of(const w403_evidence *e, w403_view name)
{
    const w403_reported *r = &e->reported;
    static char status[16];
    if (w403_view_eq(name, VIEW("status"))) {
        snprintf(status, sizeof status, "%d", r->status);
        return VIEW(status);
    }
    if (w403_view_eq(name, VIEW("cause"))) {
        return VIEW(r->n_causes ? r->causes[0] : NULL);
    }
    for (size_t i = 0; i < e->n_facts; i++) {
        bool code = w403_view_eq(name, VIEW("code")) && strcmp(e->facts[i].name, "error code") == 0;
        bool id = w403_view_eq(name, VIEW("request-id")) && strcmp(e->facts[i].name, "request id") == 0;
        bool host = w403_view_eq(name, VIEW("host-id")) && strcmp(e->facts[i].name, "host id") == 0;
        if (code || id || host || w403_view_eq(VIEW(e->facts[i].name), name)) {
            return e->facts[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

/* `operation=PutObject key=a b.txt`: a value goes up to the next name. */
static bool meets(const form_case *c, const w403_evidence *e)
{
    bool ok = true;
    w403_view rest = c->expect;
    while (rest.n && rest.p[0] != '-') {
        w403_view value = rest;
        w403_view name = w403_view_cut(&value, '=');
        size_t    end = value.n;
        for (size_t i = 0; i < value.n; i++) {
            w403_view word = w403_view_sub(value, i, value.n);
            size_t    equals = w403_view_find_char(word, '='), blank = w403_view_find_char(w403_view_sub(word, 1, word.n), ' ');
            if (word.p[0] == ' ' && equals < word.n && equals < blank && equals > 1) {
                end = i;
                break;
            }
        }
        w403_view want = w403_view_sub(value, 0, end), have = fact_of(e, name);
        if (!w403_view_eq(want, have)) {
            print_error("%.*s: %.*s: expected `%.*s`, have `%.*s`: %.*s\n", W403_ARG(c->id), W403_ARG(name), W403_ARG(want),
                        W403_ARG(have), W403_ARG(c->text));
            ok = false;
        }
        rest = end < value.n ? w403_view_sub(value, end + 1, value.n) : (w403_view){NULL, 0};
    }
    return ok;
}

static void each_row(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    form_cases  list;
    form_cases_read(a, root, &list);
    bool failed = false;
    for (size_t i = 0; i < list.n; i++) {
        w403_arena   *one = w403_arena_new(0);
        w403_evidence e;
        w403_error    err = {0};
        w403_build    b;
        seen          s = {.n = 0};
        w403_build_init(&b, one, &e, W403_EVIDENCE_ERROR);
        w403_clean clean = w403_error_clean(&b, list.at[i].text);
        w403_forms_find(&clean, note, &s);
        if (!found(&s, list.at[i].id)) {
            print_error("%.*s is not found in its own text: %.*s\n", W403_ARG(list.at[i].id), W403_ARG(list.at[i].text));
            failed = true;
        } else if (w403_evidence_error(one, list.at[i].text, &e, &err) != W403_OK) {
            print_error("%.*s: %s\n", W403_ARG(list.at[i].id), err.message);
            failed = true;
        } else {
            failed |= !meets(&list.at[i], &e);
        }
        w403_arena_free(one);
    }
    assert_false(failed);
    w403_arena_free(a);
}

/* Every row has its text, and every text its row. */
static void rows_and_texts(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    form_cases  list;
    form_cases_read(a, root, &list);
    for (uint16_t f = 0; f < w403_n_forms; f++) {
        bool has = false;
        for (size_t i = 0; i < list.n && !has; i++) {
            has = w403_view_eq(list.at[i].id, VIEW(w403_forms[f].id));
        }
        if (!has) {
            fail_msg("%s has no text in tests/forms/forms.tsv", w403_forms[f].id);
        }
    }
    w403_arena_free(a);
}

/* What a row looks like is not what it is: each of these holds one thing less. */
static void no_facts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fact;
    } rows[] = {
        {"<RequestId>FD6981 (truncated...) AccessDenied", "request-id"},
        {"Access Denied RequestId: null", "request-id"},
        {"Access Denied, Request ID: 0yDrTpUqT4c1h7nvFm0X7Yy3EXAMPLE==", "request-id"},
        {"Access Denied s3://...", "bucket"},
        {"Access Denied s3://amzn-s3-demo-buc...", "bucket"},
        {"Access Denied s3://${BUCKET}/x", "bucket"},
        {"Access Denied https://docs.aws.amazon.com/AmazonS3/latest/userguide/x.html", "bucket"},
        {"Access Denied https://s3.amazonaws.com/", "bucket"},
        {"Access Denied: Access Key: 'AKIAIOSFODNN7EXAMPLE', secret key = 'x'", "key"},
        {"403 Forbidden: Code: something went wrong", "code"},
        {"Access Denied when calling GetObjects", "operation"},
        {"Access Denied: s3:PutObject and PutObject or GetObject", "operation"},
        {"Access Denied at org.example.PutObject", "operation"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        print_message("# %s\n", rows[i].text);
        assert_int_equal(w403_evidence_error(a, VIEW(rows[i].text), &e, NULL), W403_OK);
        expect_view(rows[i].fact, fact_of(&e, VIEW(rows[i].fact)), NULL);
        w403_arena_free(a);
    }
}

static void spellings(void **state)
{
    (void)state;
    static const char *const codes[] = {"AccessDenied", "ACCESS_DENIED", "access-denied", "accessDenied"};
    static const char *const puts[] = {"PutObject", "putObject", "put_object", "put-object", "PUTOBJECT"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_string_equal(w403_code_spelled(VIEW(codes[i]))->code, "AccessDenied");
    }
    for (size_t i = 0; i < sizeof puts / sizeof *puts; i++) {
        assert_string_equal(w403_client_operation(NULL, VIEW(puts[i]))->name, "PutObject");
    }
    assert_string_equal(w403_client_operation(NULL, VIEW("getObjectMetadata"))->name, "HeadObject");
    assert_string_equal(w403_client_operation("s3a", VIEW("getFileStatus"))->name, "HeadObject");
    assert_null(w403_client_operation("s3a", VIEW("PutBucketPolicy")));
    assert_null(w403_client_operation(NULL, VIEW("getFileStatus")));
    assert_null(w403_client_operation(NULL, VIEW("")));
    assert_null(w403_code_spelled(VIEW("Denied")));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_texts), cmocka_unit_test(each_row),
        cmocka_unit_test(no_facts),       cmocka_unit_test(spellings),
    };
    root = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
