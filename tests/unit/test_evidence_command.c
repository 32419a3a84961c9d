/* aws command lines: which requests they send, aimed at what, with which headers. */
#include "evidence_test.h"

#include "evidence/shell.h"

typedef struct command_case {
    const char *text;
    uint64_t    size;
    const char *readings; /* `Operation resource`, one a line, in order */
} command_case;

#define UNKNOWN UINT64_MAX
#define B "arn:aws:s3:::b"

static const command_case cases[] = {
    {"aws s3 ls", UNKNOWN, "ListBuckets *\n"},
    {"aws s3 ls s3://b", UNKNOWN, "ListObjectsV2 " B "\n"},
    {"aws s3 ls s3://b/p/ --recursive --human-readable", UNKNOWN, "ListObjectsV2 " B "\n"},
    {"aws s3 cp a.txt s3://b/k", 100, "PutObject " B "/k\n"},
    {"aws s3 cp a.txt s3://b/k", (uint64_t)8 << 20,
     "CreateMultipartUpload " B "/k\nUploadPart " B "/k\nCompleteMultipartUpload " B "/k\n"},
    {"aws s3 cp a.txt s3://b/k", ((uint64_t)8 << 20) - 1, "PutObject " B "/k\n"},
    {"aws s3 cp a.txt s3://b/k", UNKNOWN,
     "PutObject " B "/k\nCreateMultipartUpload " B "/k\nUploadPart " B "/k\nCompleteMultipartUpload " B "/k\n"},
    {"aws s3 cp dir/a.txt s3://b", 1, "PutObject " B "/a.txt\n"},
    {"aws s3 cp dir/a.txt s3://b/p/", 1, "PutObject " B "/p/a.txt\n"},
    {"aws s3 cp - s3://b/k", 1, "PutObject " B "/k\n"},
    {"aws s3 cp s3://b/k .", UNKNOWN, "HeadObject " B "/k\nGetObject " B "/k\n"},
    {"aws s3 cp 's3://b/my file%20+x.txt' ./", UNKNOWN, "HeadObject " B "/my file%20+x.txt\nGetObject " B
                                                        "/my file%20+x.txt\n"},
    {"aws s3 cp s3://b/p dir --recursive", UNKNOWN, "ListObjectsV2 " B "\nGetObject " B "/p/*\n"},
    {"aws s3 cp --recursive dir s3://b/p", 1, "PutObject " B "/p/*\n"},
    {"aws s3 cp s3://a/k s3://b/", 1, "HeadObject arn:aws:s3:::a/k\nCopyObject " B "/k\n"},
    {"aws s3 cp s3://a/k s3://b/k --copy-props none", (uint64_t)9 << 20,
     "HeadObject arn:aws:s3:::a/k\nCreateMultipartUpload " B "/k\nUploadPartCopy " B "/k\nCompleteMultipartUpload " B
     "/k\n"},
    {"aws s3 cp s3://a/k s3://b/k", (uint64_t)9 << 20,
     "HeadObject arn:aws:s3:::a/k\nCreateMultipartUpload " B "/k\nUploadPartCopy " B "/k\nCompleteMultipartUpload " B
     "/k\nGetObjectTagging arn:aws:s3:::a/k\nPutObjectTagging " B "/k\n"},
    {"aws s3 cp --recursive s3://a/p s3://b/q", 1,
     "ListObjectsV2 arn:aws:s3:::a\nCopyObject " B "/q/*\n"},
    {"aws s3 mv a.txt s3://b/k", 1, "PutObject " B "/k\n"},
    {"aws s3 mv s3://b/k a.txt", 1, "HeadObject " B "/k\nGetObject " B "/k\nDeleteObject " B "/k\n"},
    {"aws s3 mv s3://a/k s3://b/k", 1,
     "HeadObject arn:aws:s3:::a/k\nCopyObject " B "/k\nDeleteObject arn:aws:s3:::a/k\n"},
    {"aws s3 sync dir s3://b/p", 1, "ListObjectsV2 " B "\nPutObject " B "/p/*\n"},
    {"aws s3 sync dir s3://b/p --delete", 1, "ListObjectsV2 " B "\nPutObject " B "/p/*\nDeleteObject " B "/p/*\n"},
    {"aws s3 sync s3://b/p dir --delete", 1, "ListObjectsV2 " B "\nGetObject " B "/p/*\n"},
    {"aws s3 sync s3://a s3://b", 1,
     "ListObjectsV2 arn:aws:s3:::a\nListObjectsV2 " B "\nCopyObject " B "/*\n"},
    {"aws s3 rm s3://b/k", UNKNOWN, "DeleteObject " B "/k\n"},
    {"aws s3 rm s3://b/p --recursive", UNKNOWN, "ListObjectsV2 " B "\nDeleteObject " B "/p/*\n"},
    {"aws s3 mb s3://b --region eu-west-1", UNKNOWN, "CreateBucket " B "\n"},
    {"aws s3 rb s3://b", UNKNOWN, "DeleteBucket " B "\n"},
    {"aws s3 rb s3://b --force", UNKNOWN, "ListObjectsV2 " B "\nDeleteObject " B "/*\nDeleteBucket " B "\n"},
    {"aws s3 website s3://b --index-document i.html", UNKNOWN, "PutBucketWebsite " B "\n"},
    {"aws s3 presign s3://b/k", UNKNOWN, "GetObject " B "/k\n"},
    /* access points, aliases, partitions */
    {"aws s3 cp a s3://arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/x/y", 1,
     "PutObject arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/object/x/y\n"},
    {"aws s3 ls s3://arn:aws:s3:us-west-2:111122223333:accesspoint/ap1", 1,
     "ListObjectsV2 arn:aws:s3:us-west-2:111122223333:accesspoint/ap1\n"},
    {"aws s3 cp a s3://ap1-hash-s3alias/k", 1, "PutObject arn:aws:s3:::ap1-hash-s3alias/k\n"},
    {"aws s3 rm s3://b/k --region cn-north-1", 1, "DeleteObject arn:aws-cn:s3:::b/k\n"},
    {"aws --region us-gov-west-1 s3 rm s3://b/k", 1, "DeleteObject arn:aws-us-gov:s3:::b/k\n"},
    /* surroundings */
    {"$ AWS_PROFILE=prod sudo /usr/local/bin/aws s3 rm \\\n  s3://b/k # gone", 1, "DeleteObject " B "/k\n"},
    {"aws s3 rm \"s3://b/a 'quoted' key\" 2>/dev/null", 1, "DeleteObject " B "/a 'quoted' key\n"},
    {"aws s3 rm s3://b/k && aws s3 ls", 1, "DeleteObject " B "/k\n"},
    {"aws s3 rm $'s3://b/tab\\tkey'", 1, "DeleteObject " B "/tab\tkey\n"},
    {"aws s3 rm \xe2\x80\x9cs3://b/a k\xe2\x80\x9d", 1, "DeleteObject " B "/a k\n"},
    {"aws s3 rm --unheard-of value s3://b/k", 1, "DeleteObject " B "/k\n"},
    /* s3api */
    {"aws s3api get-object --bucket b --key k out", UNKNOWN, "GetObject " B "/k\n"},
    {"aws s3api get-object --bucket=b --key=k --version-id v1 out", UNKNOWN, "GetObject " B "/k\n"},
    {"aws s3api head-object --bucket DOC-EXAMPLE-BUCKET --key exampleobject.jpg", UNKNOWN,
     "HeadObject arn:aws:s3:::DOC-EXAMPLE-BUCKET/exampleobject.jpg\n"},
    {"aws s3api head-bucket --bucket b", UNKNOWN, "HeadBucket " B "\n"},
    {"aws s3api list-buckets --query Owner.ID", UNKNOWN, "ListBuckets *\n"},
    {"aws s3api list-objects-v2 --bucket b --prefix p/ --delimiter /", UNKNOWN, "ListObjectsV2 " B "\n"},
    {"aws s3api put-bucket-policy --bucket b --policy '{\"Version\":\"2012-10-17\"}'", UNKNOWN,
     "PutBucketPolicy " B "\n"},
    {"aws s3api get-bucket-lifecycle-configuration --bucket b", UNKNOWN, "GetBucketLifecycleConfiguration " B "\n"},
    {"aws s3api get-object --bucket arn:aws:s3:us-west-2:111122223333:accesspoint/ap1 --key x out", UNKNOWN,
     "GetObject arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/object/x\n"},
    {"aws s3api get-object --bucket arn:aws:s3-object-lambda:us-west-2:111122223333:accesspoint/ol --key x out", UNKNOWN,
     "GetObject arn:aws:s3-object-lambda:us-west-2:111122223333:accesspoint/ol\n"},
    {"aws s3api get-object --bucket s3://b --key x out", UNKNOWN, "GetObject " B "/x\n"},
    {"aws s3control get-public-access-block --account-id 111122223333", UNKNOWN, "GetPublicAccessBlock *\n"},
};

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        w403_error    err = {0};
        char          have[2000];
        size_t        n = 0;
        print_message("# %s\n", cases[i].text);
        if (w403_evidence_command(a, VIEW(cases[i].text), cases[i].size, &e, &err) != W403_OK) {
            fail_msg("%s", err.message);
        }
        have[0] = '\0';
        for (size_t k = 0; k < e.n_readings; k++) {
            const w403_request *r = &e.readings[k].request;
            n += (size_t)snprintf(have + n, sizeof have - n, "%.*s %.*s\n", (int)r->operation.n, r->operation.p,
                                  (int)r->resource.n, r->resource.p);
            assert_true(e.readings[k].why.n > 0);
        }
        assert_string_equal(have, cases[i].readings);
        assert_true(missing(&e, "principal"));
        w403_arena_free(a);
    }
}

static w403_arena *read_one(const char *text, uint64_t size, w403_evidence *e)
{
    w403_arena *a = w403_arena_new(0);
    w403_error  err = {0};
    if (w403_evidence_command(a, VIEW(text), size, e, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    return a;
}

static void upload_headers(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_one("aws s3 cp big s3://b/k --sse aws:kms --sse-kms-key-id "
                               "arn:aws:kms:us-east-1:111122223333:key/k1 --acl bucket-owner-full-control --request-payer "
                               "--grants read=uri=http://acs.amazonaws.com/groups/global/AllUsers full=id=abc "
                               "--storage-class STANDARD_IA",
                               UINT64_MAX, &e);
    static const char *const creating[] = {"PutObject", "CreateMultipartUpload"};
    for (size_t i = 0; i < 2; i++) {
        const w403_request *r = reading_of(&e, creating[i]);
        assert_string_equal(header_of(r, "x-amz-server-side-encryption"), "aws:kms");
        assert_string_equal(header_of(r, "x-amz-server-side-encryption-aws-kms-key-id"),
                            "arn:aws:kms:us-east-1:111122223333:key/k1");
        assert_string_equal(header_of(r, "x-amz-acl"), "bucket-owner-full-control");
        assert_string_equal(header_of(r, "x-amz-request-payer"), "requester");
        assert_string_equal(header_of(r, "x-amz-grant-read"), "uri=http://acs.amazonaws.com/groups/global/AllUsers");
        assert_string_equal(header_of(r, "x-amz-grant-full-control"), "id=abc");
        assert_string_equal(header_of(r, "x-amz-storage-class"), "STANDARD_IA");
    }
    const w403_request *part = reading_of(&e, "UploadPart");
    assert_null(header_of(part, "x-amz-acl"));
    assert_null(header_of(part, "x-amz-server-side-encryption"));
    assert_string_equal(header_of(part, "x-amz-request-payer"), "requester");
    expect_view("key", part->upload_kms_key, "arn:aws:kms:us-east-1:111122223333:key/k1");
    expect_view("key", reading_of(&e, "CompleteMultipartUpload")->upload_kms_key,
                "arn:aws:kms:us-east-1:111122223333:key/k1");
    assert_true(missing(&e, "size"));
    w403_arena_free(a);

    a = read_one("aws s3 cp a s3://b/k --sse-c --sse-c-key fileb://key", UINT64_MAX, &e);
    assert_string_equal(header_of(reading_of(&e, "UploadPart"), "x-amz-server-side-encryption-customer-algorithm"), "AES256");
    w403_arena_free(a);
    a = read_one("aws s3 cp a s3://b/k --sse", 1, &e);
    assert_string_equal(header_of(reading_of(&e, "PutObject"), "x-amz-server-side-encryption"), "AES256");
    w403_arena_free(a);
    /* seed 004-47, word for word */
    a = read_one("aws s3 cp exampleobject.jpg s3://DOC-EXAMPLE-BUCKET/exampleobject.jpg --request-payer requester", 1, &e);
    assert_string_equal(header_of(reading_of(&e, "PutObject"), "x-amz-request-payer"), "requester");
    expect_view("resource", e.readings[0].request.resource, "arn:aws:s3:::DOC-EXAMPLE-BUCKET/exampleobject.jpg");
    w403_arena_free(a);
}

static void copy_headers(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_one("aws s3 cp s3://a/x/k s3://b/k --metadata-directive REPLACE --acl private", 1, &e);
    const w403_request *r = reading_of(&e, "CopyObject");
    assert_string_equal(header_of(r, "x-amz-copy-source"), "a/x/k");
    assert_string_equal(header_of(r, "x-amz-metadata-directive"), "REPLACE");
    assert_null(header_of(reading_of(&e, "HeadObject"), "x-amz-acl"));
    w403_arena_free(a);
    a = read_one("aws s3api copy-object --bucket b --key k --copy-source /a/k?versionId=7 --tagging-directive REPLACE "
                 "--tagging 'team=x' --expected-bucket-owner 111122223333",
                 1, &e);
    r = reading_of(&e, "CopyObject");
    assert_string_equal(header_of(r, "x-amz-copy-source"), "a/k?versionId=7");
    assert_string_equal(header_of(r, "x-amz-tagging"), "team=x");
    assert_string_equal(header_of(r, "x-amz-expected-bucket-owner"), "111122223333");
    w403_arena_free(a);
}

static void listing(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_one("aws s3 ls s3://b", 1, &e);
    assert_string_equal(query_of(&e.readings[0].request, "prefix"), "");
    assert_string_equal(query_of(&e.readings[0].request, "delimiter"), "/");
    w403_arena_free(a);
    a = read_one("aws s3 ls s3://b/home/ --recursive --page-size 10", 1, &e);
    assert_string_equal(query_of(&e.readings[0].request, "prefix"), "home/");
    assert_string_equal(query_of(&e.readings[0].request, "max-keys"), "10");
    assert_null(query_of(&e.readings[0].request, "delimiter"));
    w403_arena_free(a);
    a = read_one("aws s3 sync d s3://b/p", 1, &e);
    assert_string_equal(query_of(&e.readings[0].request, "prefix"), "p/");
    assert_true(missing(&e, "key"));
    w403_arena_free(a);
}

static void network(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_one("aws s3 ls s3://b --endpoint-url "
                               "https://bucket.vpce-0123456789abcdef0-abcdefgh.s3.us-east-1.vpce.amazonaws.com --profile p",
                               1, &e);
    expect_view("via", e.readings[0].request.via, "vpce-0123456789abcdef0");
    assert_false(missing(&e, "network"));
    assert_int_equal(e.readings[0].request.secure, W403_YES);
    w403_arena_free(a);
    a = read_one("aws s3 ls s3://b --endpoint-url http://localhost:9000", 1, &e);
    assert_true(noted(&e, "no endpoint of Amazon S3"));
    assert_int_equal(e.readings[0].request.secure, W403_NO);
    w403_arena_free(a);
    a = read_one("aws s3 cp s3://b/k . --no-sign-request", 1, &e);
    expect_view("principal", e.readings[0].request.principal, "anonymous");
    assert_false(missing(&e, "principal"));
    w403_arena_free(a);
}

static void bodies(void **state)
{
    (void)state;
    w403_evidence e;
    w403_arena   *a = read_one("aws s3api put-bucket-policy --bucket b --policy '{\"Version\":\"2012-10-17\"}'", 1, &e);
    expect_view("policy", e.readings[0].request.body_policy, "{\"Version\":\"2012-10-17\"}");
    w403_arena_free(a);
    a = read_one("aws s3api put-bucket-policy --bucket b --policy file://p.json", 1, &e);
    assert_true(missing(&e, "policy"));
    w403_arena_free(a);
    static const char *const deletes[] = {
        "aws s3api delete-objects --bucket b --delete 'Objects=[{Key=a,VersionId=v},{Key=c}],Quiet=true'",
        "aws s3api delete-objects --bucket b --delete '{\"Objects\":[{\"Key\":\"a\",\"VersionId\":\"v\"},{\"Key\":\"c\"}]}' "
        "--bypass-governance-retention",
    };
    for (size_t i = 0; i < 2; i++) {
        a = read_one(deletes[i], 1, &e);
        const w403_request *r = &e.readings[0].request;
        assert_int_equal(r->n_body_keys, 2);
        expect_view("key", r->body_keys[0].key, "a");
        expect_view("version", r->body_keys[0].version_id, "v");
        expect_view("key", r->body_keys[1].key, "c");
        expect_view("version", r->body_keys[1].version_id, NULL);
        w403_arena_free(a);
    }
    a = read_one("aws s3api create-bucket --bucket b --object-lock-enabled-for-bucket --create-bucket-configuration "
                 "LocationConstraint=eu-west-1",
                 1, &e);
    assert_string_equal(header_of(&e.readings[0].request, "x-amz-bucket-object-lock-enabled"), "true");
    assert_int_equal(e.readings[0].request.n_body, 2);
    w403_arena_free(a);
    a = read_one("aws s3api put-object-tagging --bucket b --key k --tagging '{\"TagSet\":[{\"Key\":\"a\",\"Value\":\"1\"}]}'", 1,
                 &e);
    assert_null(header_of(&e.readings[0].request, "x-amz-tagging"));
    w403_arena_free(a);
    a = read_one("aws s3 presign s3://b/k --expires-in 60", 1, &e);
    assert_true(e.readings[0].request.presigned);
    assert_int_equal(e.readings[0].request.expires_in_s, 60);
    w403_arena_free(a);
}

static void garbage(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } texts[] = {
        {"", "no aws command line"},
        {"ls -l", "no aws command line"},
        {"aws", "no aws command line"},
        {"aws ec2 describe-instances", "no command for Amazon S3"},
        {"aws s3", "no command for Amazon S3"},
        {"aws s3 frobnicate s3://b", "is no command"},
        {"aws s3 cp a b", "at least one path"},
        {"aws s3 cp s3://b/k", "two paths"},
        {"aws s3 cp s3:// x", "a bucket in its S3 path"},
        {"aws s3 cp s3://b x", "a key in its source path"},
        {"aws s3 rm s3://b", "a key in its S3 path"},
        {"aws s3 cp 'a s3://b/k", "never closed"},
        {"aws s3api get-object --bucket b", "needs --key"},
        {"aws s3api get-object --key b", "needs --bucket"},
        {"aws s3api get-object --bucket", "has no value"},
        {"aws s3api get-objekt --bucket b", "no command of Amazon S3"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        w403_error    err = {0};
        assert_int_equal(w403_evidence_command(a, VIEW(texts[i].text), 0, &e, &err), W403_SYNTAX);
        if (!strstr(err.message, texts[i].message)) {
            fail_msg("`%s`: %s", texts[i].text, err.message);
        }
        assert_true(err.hint[0] != '\0');
        w403_arena_free(a);
    }
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } lines[] = {
        {"a b  c", "a|b|c|"},
        {"'a b' \"c d\"e f\\ g", "a b|c de|f g|"},
        {"'' \"\"", "||"},
        {"a\\\nb", "ab|"},
        {"a \\\r\n b", "a|b|"},
        {"a ^\n b `\n c", "a|b|c|"},
        {"\"a\\\"b\\$c\\n\"", "a\"b$c\\n|"},
        {"'a'\\''b'", "a'b|"},
        {"$'a\\tb\\'c'", "a\tb'c|"},
        {"a#b #c", "a#b|"},
        {"a; b", "a|"},
        {"a 2>&1", "a|"},
        {"\n\n a", "a|"},
        {"a\\", "a\\|"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        w403_arena *a = w403_arena_new(0);
        w403_words  w = {0};
        char        have[200];
        size_t      n = 0;
        assert_int_equal(w403_shell_split(a, VIEW(lines[i].text), &w, NULL, NULL), W403_OK);
        have[0] = '\0';
        for (size_t k = 0; k < w.n; k++) {
            n += (size_t)snprintf(have + n, sizeof have - n, "%.*s|", (int)w.at[k].n, w.at[k].p);
        }
        assert_string_equal(have, lines[i].words);
        w403_arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases), cmocka_unit_test(upload_headers), cmocka_unit_test(copy_headers),
        cmocka_unit_test(listing),   cmocka_unit_test(network),        cmocka_unit_test(bodies),
        cmocka_unit_test(garbage),   cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
