/* Directories and single files, the table of paths, and what is said about malformed ones. */
#include "snapshot_test.h"

#include <sys/stat.h>
#include <unistd.h>

static void an_empty_object_is_an_empty_snapshot(void **state)
{
    (void)state;
    load("{}");
    assert_no_problem();
    assert_int_equal(snapshot->n_accounts, 0);
    assert_text(snapshot->partition, "aws");
    assert_text(snapshot->root, "snap.json");
    assert_false(snapshot->has_collected_at);
    assert_null(w403_snapshot_account(snapshot, W403_LIT(A)));
    assert_null(w403_snapshot_bucket(snapshot, W403_LIT("b")));
    assert_null(w403_snapshot_account(NULL, W403_LIT(A)));
}

static void meta_names_the_partition_of_every_arn(void **state)
{
    (void)state;
    load("{'" ACCOUNT "kms/cn-north-1/k1.json':{'Grants':[]},"
         "'snapshot.json':{'format':1,'collected_at':'2026-11-21T10:00:00Z','partition':'aws-cn'}}");
    assert_no_problem();
    assert_text(snapshot->partition, "aws-cn");
    assert_true(snapshot->has_collected_at);
    assert_non_null(w403_snapshot_key(snapshot, W403_LIT("arn:aws-cn:kms:cn-north-1:" A ":key/k1"),
                                      W403_LIT(""), W403_LIT("")));
}

static void a_later_format_is_refused(void **state)
{
    (void)state;
    assert_int_equal(try_load("{'snapshot.json':{'format':2,'collected_at':'soon'}}"), W403_SEMANTIC);
    assert_problem("error snap.json:1:28 `snapshot.json`: format 2 is not known");
    assert_problem("`collected_at` is no ISO 8601 time");
    assert_null(snapshot);
}

static void every_problem_is_listed(void **state)
{
    (void)state;
    assert_int_equal(try_load("{\n"
                              "'" BUCKET "versioning.json':{'Status':'Off'},\n"
                              "'" BUCKET "request-payment.json':{'Payer':1},\n"
                              "'" BUCKET "acl.json':[],\n"
                              "'" ACCOUNT "s3control/public-access-block.json':{'BlockPublicAcls':'yes'},\n"
                              "'accounts/nobody/account.json':{},\n"
                              "'readme.txt':{}\n"
                              "}"),
                     W403_SEMANTIC);
    assert_problem("error snap.json:2:56 `accounts/111122223333/s3/b/versioning.json`: `Status` is `Off`, expected "
                   "`Enabled` or `Suspended`");
    assert_problem("error snap.json:3:60 `accounts/111122223333/s3/b/request-payment.json`: `Payer` must be a string");
    assert_problem("`acl.json` must be an object, found an array");
    assert_problem("`BlockPublicAcls` must be true or false, found a string");
    assert_problem("warning snap.json:6:1 `accounts/nobody/account.json`: not a file of a snapshot");
    assert_problem("warning snap.json:7:1 `readme.txt`: not a file of a snapshot");
    assert_string_equal(failure.source, "snap.json");
    assert_int_equal(failure.line, 2);
}

static void broken_json_says_where(void **state)
{
    (void)state;
    assert_int_equal(try_load("{'" BUCKET "acl.json': {,}}"), W403_SYNTAX);
    assert_problem("error snap.json:1:");
    assert_int_equal(try_load("[]"), W403_SEMANTIC);
    assert_problem("an object that maps paths to contents");
    assert_int_equal(try_load(""), W403_SYNTAX);
}

static void a_policy_is_no_snapshot(void **state)
{
    (void)state;
    assert_int_equal(try_load("{'Version':'2012-10-17','Statement':[]}"), W403_NOT_FOUND);
    assert_problem("`snap.json` is no snapshot");
}

static void unknown_names_beside_known_ones_are_ignored(void **state)
{
    (void)state;
    load("{'" BUCKET "location.json':{'LocationConstraint':null},'" BUCKET "cors.json':{},"
         "'" BUCKET "inventory/a/b.json':{},'" ACCOUNT "lambda.json':{}}");
    assert_problem("`accounts/111122223333/s3/b/cors.json`: not a file");
    assert_problem("`accounts/111122223333/s3/b/inventory/a/b.json`: not a file");
    assert_problem("`accounts/111122223333/lambda.json`: not a file");
    assert_int_equal(snapshot->n_files, 1);
}

static void the_text_of_every_file_stays(void **state)
{
    (void)state;
    load("{'" BUCKET "location.json': {'LocationConstraint' : 'EU'} }");
    const w403_json_doc *doc = w403_map_get(&snapshot->files, W403_LIT(BUCKET "location.json"));
    assert_non_null(doc);
    assert_text(doc->text, "{\"LocationConstraint\" : \"EU\"}");
    assert_text(doc->source, BUCKET "location.json");
    assert_null(doc->root);
    assert_ptr_equal(snapshot->file_list[0], doc);
}

static void nothing_is_what_two_calls_print(void **state)
{
    (void)state;
    load("{'" BUCKET "versioning.json':'','" BUCKET "logging.json':''}");
    assert_no_problem();
    assert_int_equal(the_bucket()->versioning_fact.state, W403_FACT_NONE);
    assert_int_equal(the_bucket()->logging_fact.state, W403_FACT_NONE);
    assert_int_equal(try_load("{'" BUCKET "acl.json':''}"), W403_SEMANTIC);
    assert_problem("`acl.json` must be an object, found a string");
}

static void an_error_without_a_code_is_a_mistake(void **state)
{
    (void)state;
    assert_int_equal(try_load("{'" BUCKET "acl.json':{'error':{}}}"), W403_SEMANTIC);
    assert_problem("`code` is missing");
    assert_int_equal(try_load("{'" BUCKET "acl.json':{'error':'AccessDenied'}}"), W403_SEMANTIC);
    assert_problem("`error` must be an object, found a string");
}

static void accounts_are_in_order(void **state)
{
    (void)state;
    load("{'accounts/444455556666/account.json':{'CanonicalId':'c4','Name':'four'},"
         "'accounts/111122223333/account.json':{'Owner':{'ID':'c1'}}}");
    assert_no_problem();
    assert_int_equal(snapshot->n_accounts, 2);
    assert_text(snapshot->account_list[0]->id, A);
    assert_text(snapshot->account_list[0]->canonical_id, "c1");
    assert_text(snapshot->account_list[1]->name, "four");
    assert_true(snapshot->account_list[1]->collected);
    assert_ptr_equal(w403_map_get(&snapshot->by_canonical, W403_LIT("c4")), snapshot->account_list[1]);
}

static void from_a_value_of_another_document(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_view     text = W403_LIT("[{\"snapshot\": {\"" BUCKET "policy.json\":\n {\"Statement\": 7}}}]");
    w403_json_doc doc;
    assert_int_equal(w403_json_parse(a, W403_LIT("cases.json"), text, NULL, &doc, NULL, &failure), W403_OK);
    w403_problems ps = {.arena = a};
    assert_int_equal(w403_snapshot_from_json(&doc, w403_json_get(doc.root->first, "snapshot"), &ps, &snapshot, &failure),
                     W403_SEMANTIC);
    assert_null(snapshot);
    assert_int_equal(ps.errors, 1);
    assert_string_equal(ps.at[0].error.source, "cases.json");
    assert_int_equal(ps.at[0].error.line, 2);
    assert_int_equal(ps.at[0].error.column, 16);
    w403_arena_free(a);
}

/* ---- directories ---- */

static char root[64];

static void write_file(const char *path, const char *text)
{
    char full[256];
    int  n = snprintf(full, sizeof full, "%s/%s", root, path);
    assert_true(n > 0 && (size_t)n < sizeof full);
    for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        (void)mkdir(full, 0700);
        *p = '/';
    }
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    (void)fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int make_root(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/w403-snapshot-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", root);
    return forget_after(state) | system(command);
}

static void a_directory_is_read_file_by_file(void **state)
{
    (void)state;
    write_file(BUCKET "location.json", "{\"LocationConstraint\": \"eu-west-1\"}\n");
    write_file(BUCKET "policy.json", "{\"Version\": \"2012-10-17\",\n \"Statement\": []}\n");
    write_file(BUCKET "versioning.json", "\n");
    write_file(ACCOUNT "s3/b-2/logging.json", "");
    write_file("snapshot.json", "{\"partition\": \"aws-us-gov\"}");
    assert_int_equal(w403_snapshot_load(root, note, NULL, &snapshot, &failure), W403_OK);
    assert_text(snapshot->root, root);
    assert_text(snapshot->partition, "aws-us-gov");
    assert_text(the_bucket()->region, "eu-west-1");
    assert_int_equal(the_bucket()->versioning_fact.state, W403_FACT_NONE);
    assert_int_equal(the_account()->n_buckets, 2);
    assert_text(the_account()->buckets[0]->name, "b");
    assert_text(the_account()->buckets[1]->name, "b-2");
    assert_int_equal(snapshot->n_files, 5);
    assert_text(the_bucket()->policy->file, BUCKET "policy.json");
    char where[256];
    (void)snprintf(where, sizeof where, "warning %s/" BUCKET "policy.json:1:1 a policy without statements", root);
    assert_problem(where);
}

static void a_directory_lists_all_its_mistakes(void **state)
{
    (void)state;
    char where[256];
    write_file(BUCKET "acl.json", "");
    write_file(BUCKET "policy.json", "{\"Statement\":\n [,]}");
    write_file(ACCOUNT "account.json", "{\"Name\": true}");
    write_file("notes.txt", "x");
    assert_int_equal(w403_snapshot_load(root, note, NULL, &snapshot, &failure), W403_SEMANTIC);
    (void)snprintf(where, sizeof where, "warning %s/" BUCKET "acl.json:1:1 the file is empty", root);
    assert_problem(where);
    (void)snprintf(where, sizeof where, "error %s/" BUCKET "policy.json:2:3 ", root);
    assert_problem(where);
    (void)snprintf(where, sizeof where, "error %s/" ACCOUNT "account.json:1:10 `Name` must be", root);
    assert_problem(where);
    (void)snprintf(where, sizeof where, "warning %s/notes.txt:1:1 not a file of a snapshot", root);
    assert_problem(where);
}

/* Read ahead by a second thread: the same snapshot, and the same problems. */
static void a_large_directory(void **state)
{
    (void)state;
    enum { MANY = 700 };
    char path[128], text[128], where[256];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(path, sizeof path, ACCOUNT "s3/b%03d/location.json", i);
        (void)snprintf(text, sizeof text, "{\"LocationConstraint\": \"r-%d\"}", i);
        write_file(path, text);
    }
    write_file(ACCOUNT "s3/b350/notes.txt", "x");
    write_file("snapshot.json", "{\"partition\": \"aws-us-gov\"}");
    assert_int_equal(w403_snapshot_load(root, note, NULL, &snapshot, &failure), W403_OK);
    assert_text(snapshot->partition, "aws-us-gov");
    assert_int_equal(the_account()->n_buckets, MANY);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(text, sizeof text, "r-%d", i);
        assert_text(the_account()->buckets[i]->region, text);
    }
    const w403_file_text other = {W403_LIT(ACCOUNT "s3/b007/location.json"), W403_LIT("{\"LocationConstraint\": \"else\"}"), {NULL, 0}};
    w403_snapshot *variant = NULL;
    assert_int_equal(w403_snapshot_with(snapshot, &other, 1, note, NULL, &variant, &failure), W403_OK);
    assert_text(w403_snapshot_bucket(variant, W403_LIT("b007"))->region, "else");
    w403_snapshot_free(variant);
    assert_text(w403_snapshot_bucket(snapshot, W403_LIT("b008"))->region, "r-8");
    w403_snapshot_free(snapshot);
    snapshot = NULL;
    write_file(ACCOUNT "s3/b500/location.json", "{\"LocationConstraint\":\n ,}");
    assert_int_equal(w403_snapshot_load(root, note, NULL, &snapshot, &failure), W403_SYNTAX);
    (void)snprintf(where, sizeof where, "error %s/" ACCOUNT "s3/b500/location.json:2:2 ", root);
    assert_problem(where);
}

static void a_long_root_keeps_its_end(void **state)
{
    (void)state;
    char path[1200], part[202] = "/";
    memset(part + 1, 'd', 200);
    part[201] = '\0';
    write_file("s/notes.txt", "x");
    size_t n = (size_t)snprintf(path, sizeof path, "%s", root);
    for (int i = 0; i < 5; i++) {
        n += (size_t)snprintf(path + n, sizeof path - n, "%s", part);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    (void)snprintf(path + n, sizeof path - n, "/readme.txt");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    path[n] = '\0';
    assert_int_equal(w403_snapshot_load(path, note, NULL, &snapshot, &failure), W403_NOT_FOUND);
    assert_problem("ddd/readme.txt:1:1 not a file of a snapshot");
}

static void a_directory_that_is_none(void **state)
{
    (void)state;
    assert_int_equal(w403_snapshot_load(root, note, NULL, &snapshot, &failure), W403_NOT_FOUND);
    assert_int_equal(w403_snapshot_load("/nonexistent/snapshot", note, NULL, &snapshot, &failure), W403_IO);
    write_file("one.json", "{\"" BUCKET "location.json\": \"eu-west-3\"}");
    char file[80];
    (void)snprintf(file, sizeof file, "%s/one.json", root);
    assert_int_equal(w403_snapshot_load(file, note, NULL, &snapshot, &failure), W403_OK);
    assert_text(the_bucket()->region, "eu-west-3");
}

static void problems_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    enum { MANY = 250 };
    w403_buf text = {0};
    for (int i = 0; i < MANY; i++) {
        w403_buf_printf(&text, "%c'" ACCOUNT "s3/b%d/acl.json':[]", i ? ',' : '{', i);
    }
    w403_buf_putc(&text, '}');
    w403_buf_putc(&text, '\0');
    assert_true(w403_buf_ok(&text));
    assert_int_equal(try_load(text.p), W403_SEMANTIC);
    w403_buf_free(&text);
    assert_string_equal(last_problem, "50 more problems are not shown");
    assert_string_equal(failure.message, "`" ACCOUNT "s3/b0/acl.json`: `acl.json` must be an object, found an array");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_empty_object_is_an_empty_snapshot),
        T(meta_names_the_partition_of_every_arn),
        T(a_later_format_is_refused),
        T(every_problem_is_listed),
        T(broken_json_says_where),
        T(a_policy_is_no_snapshot),
        T(unknown_names_beside_known_ones_are_ignored),
        T(the_text_of_every_file_stays),
        T(nothing_is_what_two_calls_print),
        T(an_error_without_a_code_is_a_mistake),
        T(accounts_are_in_order),
        T(from_a_value_of_another_document),
        T(problems_beyond_the_limit_are_counted),
        cmocka_unit_test_setup_teardown(a_directory_is_read_file_by_file, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_directory_lists_all_its_mistakes, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_large_directory, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_long_root_keeps_its_end, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_directory_that_is_none, make_root, remove_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
