/* Documents in the place of others: where they go, what else the file holds, what is said, short memory. */
#include "snapshot_test.h"

#include "snapshot/places.h"

#define DENY(sid) "{\"Statement\":[{\"Sid\":\"" sid "\",\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"
#define DENY_B(sid)                                                                                                  \
    "{\"Statement\":{\"Sid\":\"" sid "\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":"     \
    "\"arn:aws:s3:::b/*\"}}"

static const char base_text[] =
    "{'snapshot.json':{'format':1},"
    "'" ACCOUNT "iam/authorization-details.json':{'UserDetailList':[{'UserName':'u','Arn':'arn:aws:iam::" A ":user/x/u',"
    "'UserPolicyList':[{'PolicyName':'one','PolicyDocument':" ALLOW_ALL "},{'PolicyName':'two','PolicyDocument':" ALLOW_ALL "}],"
    "'AttachedManagedPolicies':[{'PolicyArn':'arn:aws:iam::" A ":policy/m'}]}],"
    "'Policies':[{'PolicyName':'m','Arn':'arn:aws:iam::" A ":policy/m','DefaultVersionId':'v2','PolicyVersionList':["
    "{'VersionId':'v1','Document':1},{'VersionId':'v2','Document':" ALLOW_ALL "}]},"
    "{'PolicyName':'free','Arn':'arn:aws:iam::" A ":policy/free','PolicyVersionList':[{'IsDefaultVersion':true,"
    "'Document':'%7B%22Statement%22%3A%5B%5D%7D'}]}]},"
    "'" BUCKET "location.json':{'LocationConstraint':null},"
    "'" ACCOUNT "kms/eu-west-1/k1.json':{'KeyMetadata':{'KeyState':'Enabled'}}}";

typedef struct overlay_test {
    w403_arena   *a;
    w403_overlay  o;
    w403_snapshot *changed;
} overlay_test;

static void open_test(overlay_test *t)
{
    assert_int_equal(try_load(base_text), W403_OK);
    *t = (overlay_test){.a = w403_arena_new(0)};
    t->o = (w403_overlay){.arena = t->a, .base = snapshot};
    problems[0] = 0;
}

static void close_test(overlay_test *t)
{
    w403_snapshot_free(t->changed);
    w403_arena_free(t->a);
}

static w403_status put(overlay_test *t, const char *where, const char *file, const char *text)
{
    return w403_overlay_add(&t->o, w403_view_of(where), W403_POLICY_KINDS, w403_view_of(file), w403_view_of(text), NULL,
                            &failure);
}

static w403_status reload(overlay_test *t)
{
    return w403_snapshot_with(snapshot, t->o.files.at, t->o.files.n, note, NULL, &t->changed, &failure);
}

#define SID(policy) ((policy)->statements[0].sid)
#define assert_view(view, text) assert_true(w403_view_eq((view), w403_view_of(text)))

static void two_documents_in_one_file(void **state)
{
    overlay_test t;
    (void)state;
    open_test(&t);
    assert_int_equal(put(&t, "arn:aws:iam::" A ":user/x/u/two", "f1", DENY("Two")), W403_OK);
    assert_int_equal(put(&t, "arn:aws:iam::" A ":policy/m", "f2", DENY("Managed")), W403_OK);
    assert_int_equal(t.o.files.n, 1);
    assert_int_equal(reload(&t), W403_OK);
    const w403_entity *u = w403_snapshot_entity(t.changed, W403_LIT("arn:aws:iam::" A ":user/x/u"));
    assert_non_null(u);
    assert_int_equal(u->identity.n, 3);
    assert_int_equal(SID(u->identity.at[0]).n, 0);
    assert_view(SID(u->identity.at[1]), "Two");
    assert_view(SID(u->identity.at[2]), "Managed");
    u = w403_snapshot_entity(snapshot, W403_LIT("arn:aws:iam::" A ":user/x/u"));
    assert_int_equal(SID(u->identity.at[1]).n, 0); /* the base is as it was */
    assert_view(t.o.done.at[0].name, "arn:aws:iam::" A ":user/x/u/two");
    assert_view(t.o.done.at[0].pointer, "/UserDetailList/0/UserPolicyList/1/PolicyDocument");
    close_test(&t);
}

static void places_that_were_empty(void **state)
{
    overlay_test t;
    (void)state;
    open_test(&t);
    assert_int_equal(put(&t, NULL, "x/b/policy.json", DENY_B("B")), W403_OK);
    assert_int_equal(put(&t, NULL, "x/k1.json", DENY_B("K")), W403_OK);
    assert_int_equal(reload(&t), W403_OK);
    const w403_bucket  *b = w403_snapshot_bucket(t.changed, W403_LIT("b"));
    const w403_kms_key *k = w403_snapshot_key(t.changed, W403_LIT("k1"), W403_LIT("eu-west-1"), W403_LIT(A));
    assert_view(SID(b->policy), "B");
    assert_view(SID(k->policy), "K");
    assert_int_equal(k->fact.state, W403_FACT_KNOWN); /* KeyMetadata is still there */
    assert_null(w403_snapshot_bucket(snapshot, W403_LIT("b"))->policy);
    close_test(&t);
}

static void whole_files(void **state)
{
    overlay_test t;
    (void)state;
    open_test(&t);
    assert_int_equal(put(&t, NULL, "new/" BUCKET "acl.json", "{\"Grants\":1}"), W403_OK);
    assert_int_equal(reload(&t), W403_SEMANTIC);
    assert_non_null(strstr(problems, "error new/" BUCKET "acl.json:1:11 "));
    assert_non_null(strstr(problems, "error")); /* and nothing of the other files */
    assert_null(strstr(problems, "iam/"));
    close_test(&t);
    open_test(&t);
    assert_int_equal(put(&t, NULL, "kms/eu-west-1/k1.json", "{\"KeyMetadata\":{\"KeyState\":\"Disabled\"}}"), W403_OK);
    assert_int_equal(reload(&t), W403_OK);
    assert_int_equal(w403_snapshot_key(t.changed, W403_LIT("k1"), W403_LIT("eu-west-1"), W403_LIT(A))->state,
                     W403_KEY_DISABLED);
    close_test(&t);
}

static void refused(void **state)
{
    static const struct {
        const char *where, *file, *text;
        w403_status status;
        const char *message, *hint;
    } rows[] = {
        {"nobody", "f", DENY("X"), W403_NOT_FOUND, "no place `nobody`", "arn:aws:"},
        {"arn:aws:iam::" A ":user/x/u", "f", DENY("X"), W403_SEMANTIC, "2 documents", "user/x/u/one"},
        {NULL, "f", DENY("X"), W403_NOT_FOUND, "neither its path nor its content", "PLACE=FILE"},
        {NULL, "f", "[", W403_SYNTAX, "", ""},
        {"b", "f", "{\"Statement\":1}", W403_SEMANTIC, "", ""},
        {"b", "f", DENY("X"), W403_SEMANTIC, "without `Principal`", ""}, /* AWS would not store it */
        {"m", "f", "{}", W403_SEMANTIC, "Statement", ""},
        {"m", "f", "{\"error\":{\"code\":\"X\"}}", W403_SEMANTIC, "Statement", ""}, /* of one policy, not of the file */
        {ACCOUNT "kms/eu-west-1/k2.json", "f", DENY("X"), W403_SEMANTIC, "no place for one", ""},
        {ACCOUNT "s3/other/policy.json", "f", DENY_B("X"), W403_NOT_FOUND, "no bucket other", ""},
        {"accounts/999988887777/account.json", "f", "{}", W403_NOT_FOUND, "no account 999988887777", ""},
        {NULL, "authorization-details.json", "{}", W403_SEMANTIC, "Statement", ""},
        {NULL, "authorization-details.json", DENY("X"), W403_SEMANTIC, "4 documents", "policy/m"},
    };
    overlay_test t;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_test(&t);
        assert_int_equal(put(&t, rows[i].where, rows[i].file, rows[i].text), rows[i].status);
        assert_non_null(strstr(failure.message, rows[i].message));
        assert_non_null(strstr(failure.hint, rows[i].hint));
        assert_int_equal(t.o.files.n, 0);
        close_test(&t);
    }
    open_test(&t);
    assert_int_equal(put(&t, "b", "one", DENY_B("B")), W403_OK);
    assert_int_equal(put(&t, NULL, "two", DENY_B("C")), W403_SEMANTIC); /* by its content the same place */
    assert_non_null(strstr(failure.message, "`one` and `two`"));
    close_test(&t);
}

static void managed_documents(void **state)
{
    overlay_test t;
    (void)state;
    open_test(&t);
    w403_view m = w403_managed_document(t.a, snapshot, W403_LIT("arn:aws:iam::" A ":policy/m"));
    w403_view nobody = w403_managed_document(t.a, snapshot, W403_LIT("arn:aws:iam::" A ":policy/free"));
    assert_true(w403_view_find(m, W403_LIT("\"Allow\"")) != SIZE_MAX);
    assert_view(nobody, "{\"Statement\":[]}"); /* decoded, and attached to nobody */
    assert_null(w403_managed_document(t.a, snapshot, W403_LIT("arn:aws:iam::" A ":policy/f")).p);
    close_test(&t);
}

static void every_allocation_may_fail(void **state)
{
    overlay_test t;
    w403_status  st = W403_NOMEM;
    uint64_t     nth = 1;
    (void)state;
    for (; st != W403_OK; nth++) {
        open_test(&t);
        w403_malloc_fail_after(nth);
        st = put(&t, "m", "f1", DENY("X"));
        st = st == W403_OK ? reload(&t) : st;
        w403_malloc_fail_after(0);
        assert_true(st == W403_OK || st == W403_NOMEM);
        close_test(&t);
    }
    assert_true(nth > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {T(two_documents_in_one_file), T(places_that_were_empty), T(whole_files), T(refused),
                                       T(managed_documents), T(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
