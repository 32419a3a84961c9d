/* Fixes of whole questions: what is proposed, in which words, and what is refused. */
#include "fix_test.h"

#include "fix/change.h"

/* ---- the article's inventory policy (000-10, 000-11) ---- */

#define DELIVERY                                                                                                     \
    "{'Sid':'Allow','Effect':'Allow','Principal':{'Service':'s3.amazonaws.com'},'Action':'s3:PutObject',"            \
    "'Resource':'arn:aws:s3:::dest/*'}"
#define IP_ALLOW                                                                                                     \
    "{'Sid':'IPAllow','Effect':'Deny','Principal':'*','Action':'s3:*','Resource':['arn:aws:s3:::dest','arn:aws:s3::" \
    ":dest/*'],"                                                                                                     \
    "'Condition':{'NotIpAddress':{'aws:SourceIp':'54.240.143.0/24'}}}"

static void deliver(void)
{
    static const w403_view source = {"arn:aws:s3:::sourcebucket", 25};
    static const w403_context_entry context[] = {{{"aws:SourceArn", 13}, W403_YES, &source, 1}};
    ask("s3:PutObject", "arn:aws:s3:::dest/r/x", "service:s3.amazonaws.com");
    request.resource_account = W403_LIT(A);
    request.context = context;
    request.n_context = 1;
}

static void the_articles_deny_gets_the_articles_exception(void **state)
{
    (void)state;
    give(W403_POLICY_RESOURCE, POLICY(DELIVERY "," IP_ALLOW));
    deliver();
    find();
    const w403_fix_step *s = first("narrow-deny");
    SAME(s->owner, A);
    SAME(s->patch, "[{\"op\":\"add\",\"path\":\"/Statement/1/Condition/ArnNotLike\",\"value\":{\"aws:SourceArn\": "
                   "\"arn:aws:s3:::sourcebucket\"}}]");
    assert_int_equal(s->n_removes, 1);
    HAS(s->removes[0], "deny.bucket-policy: s3:PutObject on arn:aws:s3:::dest/r/x");
    assert_int_equal(s->n_commands, 2);
    HAS(s->commands[0], "cat > bucket-policy-dest.json <<'EOF'\n{");
    SAME(s->commands[1], "aws s3api put-bucket-policy --bucket dest --policy file://bucket-policy-dest.json");
    HAS(s->rollback[1], "file://bucket-policy-dest-before.json");
    /* Other addresses are denied as before. */
    w403_policies *fixed = w403_policies_new();
    w403_decision d;
    assert_int_equal(w403_policies_add(fixed, W403_POLICY_RESOURCE, 0, W403_LIT("fixed"), s->after, &failure),
                     W403_OK);
    assert_int_equal(w403_policies_add(fixed, W403_POLICY_IDENTITY, 0, W403_LIT("i"),
                                       json(POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'*'}")), &failure),
                     W403_OK);
    w403_request other = {0};
    w403_request_init(&other);
    other.action = W403_LIT("s3:GetObject");
    other.resource = W403_LIT("arn:aws:s3:::dest/r/x");
    other.principal = W403_LIT(ALICE);
    other.resource_account = W403_LIT(A);
    other.from = W403_LIT("198.51.100.7");
    assert_int_equal(w403_decide(NULL, fixed, &other, W403_DETAIL_VERDICT, arena, &d, &failure), W403_OK);
    assert_int_equal(d.verdict, W403_DENIED);
    w403_policies_free(fixed);
}

static void a_service_under_aws_moves_to_service(void **state)
{
    (void)state;
    give(W403_POLICY_RESOURCE,
         POLICY("{'Effect':'Allow','Principal':{'AWS':['s3.amazonaws.com']},'Action':['s3:PutObject'],"
                "'Resource':['arn:aws:s3:::dest/*']}"));
    deliver();
    find();
    const w403_fix_step *s = first("correct-principal");
    HAS(s->after, "\"Service\"");
    LACKS(s->after, "\"AWS\"");
}

/* ---- broken elements ---- */

static void identity(const char *statement)
{
    give(W403_POLICY_IDENTITY, statement);
    ask("s3:GetObject", OBJECT, ALICE);
    request.resource_account = W403_LIT(A);
}

static void a_blank_goes(void **state)
{
    (void)state;
    identity(POLICY("{'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3::: doc-example-bucket/*'}"));
    find();
    HAS(first("correct-resource")->after, "arn:aws:s3:::doc-example-bucket/*");
}

static void the_bucket_keeps_its_place_beside_its_objects(void **state)
{
    (void)state;
    identity(POLICY(
        "{'Effect':'Allow','Action':['s3:ListBucket','s3:GetObject'],'Resource':'arn:aws:s3:::doc-example-bucket'}"));
    find();
    const w403_fix_step *s = first("correct-resource");
    HAS(s->after, "\"arn:aws:s3:::doc-example-bucket\"");
    HAS(s->after, "\"arn:aws:s3:::doc-example-bucket/*\"");
}

static void other_slips(void **state)
{
    (void)state;
    static const struct {
        const char *resource, *want;
    } rows[] = {{"arn:aws:s3:::doc-example-bucket:*", "doc-example-bucket/*"},
                {"arn:aws-cn:s3:::doc-example-bucket/*", "arn:aws:s3:::doc-example-bucket/*"},
                {"arn:aws:s3:us-east-1:111122223333:doc-example-bucket/*", "arn:aws:s3:::doc-example-bucket/*"},
                {"s3://doc-example-bucket/*", "arn:aws:s3:::doc-example-bucket/*"},
                {"arn:aws:s3:::doc-example-buckt/*", "doc-example-bucket/*"},
                {"arn:aws:s3:::Doc-Example-Bucket/*", "doc-example-bucket/*"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        (void)teardown(NULL);
        assert_int_equal(setup(NULL), 0);
        (void)snprintf(text, sizeof text, POLICY("{'Effect':'Allow','Action':'s3:GetObject','Resource':'%s'}"),
                       rows[i].resource);
        identity(text);
        find();
        HAS(first("correct-resource")->after, rows[i].want);
    }
}

static void a_misspelled_action_and_a_missing_version(void **state)
{
    (void)state;
    identity(POLICY("{'Effect':'Allow','Action':'s3:GetObjects','Resource':'arn:aws:s3:::doc-example-bucket/*'}"));
    find();
    HAS(first("correct-action")->after, "\"s3:GetObject\"");
    (void)teardown(NULL);
    assert_int_equal(setup(NULL), 0);
    identity("{'Statement':[{'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::doc-example-bucket/"
             "${aws:username}/*'}]}");
    request.resource = W403_LIT("arn:aws:s3:::doc-example-bucket/alice/x");
    find();
    HAS(first("correct-version")->after, "2012-10-17");
}

/* ---- a snapshot: places and commands ---- */

#define IAM(user_policies)                                                                                           \
    "'accounts/" A "/iam/authorization-details.json':{'UserDetailList':[{'UserName':'alice','UserId':'AIDAALICE',"   \
    "'Path':'/','Arn':'" ALICE "','UserPolicyList':[" user_policies                                                  \
    "]},{'UserName':'bob','UserId':'AIDABOB','Path':'/',"                                                            \
    "'Arn':'arn:aws:iam::" A                                                                                         \
    ":user/bob','UserPolicyList':[]}],'RoleDetailList':[],'GroupDetailList':[],'Policies':[]}"
#define BUCKET(policy)     "'accounts/" A "/s3/doc-example-bucket/policy.json':{'Policy':" policy "}"
#define INLINE(statements) "{'PolicyName':'p','PolicyDocument':" POLICY(statements) "}"

static void an_inline_policy_gets_the_least_statement(void **state)
{
    (void)state;
    load("{" IAM(INLINE("{'Effect':'Allow','Action':'s3:ListAllMyBuckets','Resource':'*'}")) "," BUCKET(
        POLICY("")) "}");
    ask("s3:GetObject", OBJECT, ALICE);
    find();
    const w403_fix_step *s = first("add-allow");
    HAS(s->after, "AllowGetObject");
    HAS(s->after, "\"" OBJECT "\"");
    HAS(s->commands[1], "aws iam put-user-policy --user-name alice --policy-name p --policy-document file://");
    assert_int_equal(list.at[0].n_also_allows, 0);
}

static void a_user_without_policies_gets_a_new_one(void **state)
{
    (void)state;
    load("{" IAM("") "," BUCKET(POLICY("")) "}");
    ask("s3:GetObject", OBJECT, ALICE);
    find();
    const w403_fix_step *s = first("add-policy");
    assert_null(s->before.p);
    HAS(s->diff, "--- /dev/null");
    SAME(s->rollback[0], "aws iam delete-user-policy --user-name alice --policy-name why403-access");
}

static void a_key_that_is_a_pattern_is_taken_literally(void **state)
{
    (void)state;
    load("{" IAM("") "," BUCKET(POLICY("")) "}");
    ask("s3:GetObject", "arn:aws:s3:::doc-example-bucket/a*b?${c}", ALICE);
    find();
    HAS(first("add-policy")->after, "arn:aws:s3:::doc-example-bucket/a${*}b${?}${$}{c}");
}

static void both_sides_of_an_account_line_are_two_steps(void **state)
{
    (void)state;
    load("{" IAM("") ",'accounts/" B "/s3/other-bucket/policy.json':{'error':{'code':'NoSuchBucketPolicy'}}}");
    ask("s3:GetObject", "arn:aws:s3:::other-bucket/k", ALICE);
    find();
    assert_int_equal(list.at[0].n_steps, 2);
    SAME(list.at[0].steps[0].owner, A);
    SAME(list.at[0].steps[1].owner, B);
    HAS(list.at[0].steps[1].after, ALICE);
    SAME(list.at[0].steps[1].rollback[0], "aws s3api delete-bucket-policy --bucket other-bucket");
}

static void who_else_gains_is_said(void **state)
{
    (void)state;
    load("{" IAM(INLINE("{'Effect':'Allow','Action':'s3:*','Resource':'*'}")) "," BUCKET(
        POLICY("{'Sid':'No','Effect':'Deny','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::doc-"
               "example-bucket/*'},"
               "{'Sid':'Other','Effect':'Deny','Principal':'*','Action':'s3:PutObject','Resource':'arn:aws:s3:::doc-"
               "example-bucket/*'}")) "}");
    ask("s3:GetObject", OBJECT, ALICE);
    const w403_fix_options many = {.max = 8};
    assert_int_equal(find_with(&many), W403_OK);
    assert_int_equal(first("narrow-deny")->n_removes, 1);
    assert_int_equal(list.at[0].n_also_allows, 0);
    const w403_fix *removal = &list.at[list.n - 1];
    assert_string_equal(removal->steps[0].id, "remove-deny");
    assert_int_equal(removal->n_also_allows, 1);
    SAME(removal->also_allows[0], "arn:aws:iam::" A ":root");
    assert_int_equal(removal->steps[0].n_side_effects, 1);
}

/* The same address opens for whoever is let in in another way: a partner's account, and nobody who is allowed nothing. */
static void who_gains_by_another_request_is_said(void **state)
{
    (void)state;
    load("{" IAM(INLINE("{'Effect':'Allow','Action':'s3:*','Resource':'*'}")) "," BUCKET(
        POLICY("{'Sid':'Net','Effect':'Deny','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::doc-"
               "example-bucket/*','Condition':{'NotIpAddress':{'aws:SourceIp':'198.51.100.0/24'}}},"
               "{'Sid':'Partner','Effect':'Allow','Principal':{'AWS':'444455556666'},'Action':'s3:GetObject','Resource':"
               "'arn:aws:s3:::doc-example-bucket/*'}")) "}");
    ask("s3:GetObject", OBJECT, ALICE);
    request.from = W403_LIT("203.0.113.9");
    find();
    const w403_fix *value = NULL;
    for (uint32_t i = 0; i < list.n; i++) {
        value = strcmp(list.at[i].steps[0].id, "add-value") == 0 ? &list.at[i] : value;
        if (strcmp(list.at[i].steps[0].id, "narrow-deny") == 0) {
            assert_int_equal(list.at[i].n_also_allows, 0);
        }
    }
    assert_non_null(value);
    assert_int_equal(value->n_also_allows, 2);
    SAME(value->also_allows[0], "arn:aws:iam::" A ":root");
    SAME(value->also_allows[1], "any principal of account 444455556666, in some requests");
    assert_false(value->also_capped);
}

/* ---- refusals ---- */

static void nothing_is_made_public_unless_asked(void **state)
{
    (void)state;
    load("{" IAM("") "," BUCKET(
        POLICY("{'Sid':'Public','Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':"
               "'arn:aws:s3:::doc-example-bucket/*'},{'Sid':'Stop','Effect':'Deny','Principal':'*','Action':"
               "'s3:GetObject','Resource':'arn:aws:s3:::doc-example-bucket/*'}")) "}");
    ask("s3:GetObject", OBJECT, "anonymous");
    request.from = W403_LIT("203.0.113.9");
    find();
    assert_int_equal(list.n, 0);
    assert_true(list.n_refused > 0);
    HAS(list.refused[0].why, "public");
    HAS(list.none, "refused");
    const w403_fix_options open = {.allow_public = true};
    assert_int_equal(find_with(&open), W403_OK);
    assert_true(list.n > 0);
    assert_true(list.at[0].is_public);
}

static void an_anonymous_caller_is_let_in_from_one_address(void **state)
{
    (void)state;
    load("{" BUCKET(POLICY("")) "}");
    ask("s3:GetObject", OBJECT, "anonymous");
    request.from = W403_LIT("203.0.113.9");
    find();
    HAS(first("add-allow")->after, "\"203.0.113.9/32\"");
    assert_false(list.at[0].is_public);
}

#define KEY_ARN "arn:aws:kms:us-east-1:" A ":key/k"
static void the_last_administrator_of_a_key_stays(void **state)
{
    (void)state;
    w403_decision d;
    w403_world world;
    w403_policy *lost = NULL;
    load("{" IAM(INLINE(
        "{'Effect':'Allow','Action':'kms:*','Resource':'*'}")) ",'accounts/" A
                                                               "/kms/us-east-1/k.json':{'KeyMetadata':"
                                                               "{'KeyId':'k','Arn':'" KEY_ARN
                                                               "','KeyState':'Enabled','KeyManager':'CUSTOMER'},'"
                                                               "Policy':" POLICY("{'Effect':'Allow','Principal':{'"
                                                                                 "AWS':'arn:aws:iam::" A
                                                                                 ":root'},'Action':'kms:PutKeyPolicy'"
                                                                                 ",'Resource':'*'}") "}}");
    ask("kms:Decrypt", KEY_ARN, ALICE);
    find();
    assert_true(list.n > 0);
    HAS(list.at[0].steps[0].after, "PutKeyPolicy");
    /* A change that nobody could take back. */
    assert_int_equal(w403_decide(snapshot, NULL, &request, W403_DETAIL_FULL, arena, &d, &failure), W403_OK);
    assert_int_equal(w403_world_open(&world, snapshot, NULL, &request, arena, &failure), W403_OK);
    assert_int_equal(w403_policy_parse(arena, W403_POLICY_KEY, W403_LIT("k"),
                                       json(POLICY("{'Effect':'Allow','Principal':{'AWS':'" ALICE
                                                   "'},'Action':'kms:Decrypt','Resource':'*'}")),
                                       NULL, &lost, &failure),
                     W403_OK);
    w403_fixer f = {.arena = arena, .world = &world, .decision = &d};
    w403_change c = {
        .kind = W403_FIX_POLICY,
        .place = {.kind = W403_POLICY_KEY,
                  .given = SIZE_MAX,
                  .owner = W403_LIT(A),
                  .key = w403_snapshot_key(world.snapshot, W403_LIT(KEY_ARN), W403_LIT(""), W403_LIT(""))}};
    assert_non_null(c.place.key);
    const w403_policy *before = c.place.key->policy;
    size_t mark = w403_world_mark(&world);
    w403_world_replace(&world, before, lost);
    assert_ptr_equal(c.place.key->policy, lost);
    HAS(w403_guard(&f, &c, before, lost), "nobody would be left");
    w403_world_back(&world, mark);
    assert_ptr_equal(c.place.key->policy, before);
    assert_null(w403_guard(&f, &c, before, before).p);
    w403_world_close(&world);
}

/* ---- requests and settings ---- */

static void a_key_that_is_nearly_there(void **state)
{
    (void)state;
    load("{" IAM(INLINE(
        "{'Effect':'Allow','Action':'s3:GetObject','Resource':'*'}")) ",'accounts/" A
                                                                      "/s3/doc-example-bucket/"
                                                                      "objects.json':{'complete':true,'Objects':[{'"
                                                                      "Key':'my report.csv'},{'Key':'other'}]}}");
    request.operation = W403_LIT("GetObject");
    request.resource = W403_LIT("arn:aws:s3:::doc-example-bucket/my%20report.csv");
    request.principal = W403_LIT(ALICE);
    find();
    HAS(first("use-key")->title, "my report.csv");
    assert_int_equal(list.at[0].status, 200);
    /* Without a near miss: upload it, or let the caller see that it is missing. */
    request.resource = W403_LIT("arn:aws:s3:::doc-example-bucket/quite-another-name");
    find();
    (void)first("upload-object");
    assert_true(list.n > 1);
    assert_int_equal(list.at[1].status, 404);
}

static void the_requester_pays(void **state)
{
    (void)state;
    load("{" IAM(INLINE(
        "{'Effect':'Allow','Action':'s3:*','Resource':'*'}")) ",'accounts/" B
                                                              "/s3/paid/policy.json':{'Policy':" POLICY(
                                                                  "{'Effect':'Allow','Principal':{'AWS':'" ALICE
                                                                  "'},'Action':'s3:GetObject','Resource':'arn:aws:s3:"
                                                                  "::paid/*'}") "},'accounts/" B "/s3/paid/"
                                                                                "request-payment.json':{'Payer':'"
                                                                                "Requester'}}");
    request.operation = W403_LIT("GetObject");
    request.resource = W403_LIT("arn:aws:s3:::paid/k");
    request.principal = W403_LIT(ALICE);
    find();
    const w403_fix_step *s = first("request-payer");
    assert_int_equal(s->kind, W403_FIX_REQUEST);
    assert_null(s->owner.p);
    HAS(s->commands[0], "--request-payer requester");
}

static void a_condition_is_met_by_the_sender_first(void **state)
{
    (void)state;
    give(W403_POLICY_IDENTITY,
         POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'*'},{'Effect':'Deny','Action':'s3:*',"
                "'Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'false'}}}"));
    ask("s3:GetObject", OBJECT, ALICE);
    request.resource_account = W403_LIT(A);
    request.secure = W403_NO;
    find();
    (void)first("use-https");
}

/* 3.5: a session policy is passed with the session; it never stands in a snapshot, though the user behind it does. */
static void a_federated_session_gets_a_session_policy(void **state)
{
    (void)state;
    load("{'accounts/" A "/iam/authorization-details.json':{'UserDetailList':[{'UserName':'alice','Arn':'" ALICE "',"
         "'UserPolicyList':[{'PolicyName':'p','PolicyDocument':" POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'*'}")
         "}]}]},'accounts/" A "/s3/doc-example-bucket/location.json':{}}");
    ask("s3:GetObject", OBJECT, "arn:aws:sts::" A ":federated-user/fed");
    request.issuer = W403_LIT(ALICE);
    find();
    const w403_fix_step *s = first("add-policy");
    assert_int_equal(list.at[0].n_steps, 1);
    SAME(s->policy, "session policy");
    assert_null(s->before.p);
    SAME(s->commands[1], "aws sts get-federation-token --name fed --policy file://session-policy.json");
}

/* Access point and bucket both ask the user's policy: the second edit is of what the first one made. */
static void a_new_policy_is_one_step_with_its_later_edits(void **state)
{
    (void)state;
    load("{'accounts/" A "/iam/authorization-details.json':{'UserDetailList':[{'UserName':'alice','Arn':'" ALICE "'}]},"
         "'accounts/" B "/s3/b/policy.json':{'Policy':{'Statement':[{'Effect':'Allow','Principal':{'AWS':'" ALICE "'},"
         "'Action':'s3:GetObject','Resource':'arn:aws:s3:::b/*'}]}},"
         "'accounts/" B "/s3control/access-points/us-east-1/ap.json':{'Bucket':'b','BucketAccountId':'" B "'}}");
    ask("s3:GetObject", "arn:aws:s3:us-east-1:" B ":accesspoint/ap/object/x", ALICE);
    find();
    assert_int_equal(list.at[0].n_steps, 2);
    const w403_fix_step *s = first("add-policy");
    SAME(s->owner, A);
    assert_null(s->before.p);
    HAS(s->after, "arn:aws:s3:::b/x");
    HAS(s->after, "accesspoint/ap/object/x");
    HAS(s->commands[1], "aws iam put-user-policy --user-name alice --policy-name why403-access");
}

/* Going another way gives nobody a right: it is before every change of a policy. Of several ways of a kind, one. */
static void another_way_goes_before_another_policy(void **state)
{
    (void)state;
    static const struct {
        const char *condition, *ids[3];
    } rows[] = {
        {"'NotIpAddress':{'aws:SourceIp':['198.51.100.0/24','192.0.2.0/24']}", {"use-address", "add-value", "narrow-deny"}},
        {"'StringNotEquals':{'aws:SourceVpce':['vpce-0123456789abcdef0','vpce-0123456789abcdef1']}",
         {"use-endpoint", "narrow-deny", "remove-deny"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        (void)teardown(NULL);
        assert_int_equal(setup(NULL), 0);
        (void)snprintf(text, sizeof text,
                       POLICY("{'Effect':'Allow','Principal':{'AWS':'" ALICE "'},'Action':'s3:GetObject','Resource':'"
                              "arn:aws:s3:::doc-example-bucket/*'},{'Effect':'Deny','Principal':'*','Action':'s3:*',"
                              "'Resource':'arn:aws:s3:::doc-example-bucket/*','Condition':{%s}}"),
                       rows[i].condition);
        give(W403_POLICY_RESOURCE, text);
        ask("s3:GetObject", OBJECT, ALICE);
        request.resource_account = W403_LIT(A);
        request.from = W403_LIT("203.0.113.9");
        find();
        assert_int_equal(list.n, 3);
        for (size_t k = 0; k < 3; k++) {
            assert_string_equal(list.at[k].steps[0].id, rows[i].ids[k]);
        }
    }
}

static void allowed_and_undetermined_have_no_fix(void **state)
{
    (void)state;
    give(W403_POLICY_IDENTITY, POLICY("{'Effect':'Allow','Action':'s3:GetObject','Resource':'*'}"));
    ask("s3:GetObject", OBJECT, ALICE);
    request.resource_account = W403_LIT(A);
    find();
    assert_int_equal(list.n, 0);
    HAS(list.none, "allowed");
    give(W403_POLICY_IDENTITY,
         POLICY("{'Effect':'Deny','Action':'s3:GetObject','Resource':'*','Condition':{'IpAddress':"
                "{'aws:SourceIp':'203.0.113.0/24'}}}"));
    find();
    assert_int_equal(list.n, 0);
    HAS(list.none, "not settled");
}

/* ---- memory ---- */

static void every_allocation_may_fail(void **state)
{
    (void)state;
    uint64_t failed = 0;
    load("{" IAM(INLINE("{'Effect':'Allow','Action':'s3:ListBucket','Resource':'*'}")) "," BUCKET(
        POLICY("{'Sid':'IPAllow','Effect':'Deny','Principal':'*','Action':'s3:*','Resource':"
               "['arn:aws:s3:::doc-example-bucket','arn:aws:s3:::doc-example-bucket/*'],"
               "'Condition':{'NotIpAddress':{'aws:SourceIp':'54.240.143.0/24'}}}")) "}");
    ask("s3:GetObject", OBJECT, ALICE);
    request.from = W403_LIT("203.0.113.9");
    w403_decision d;
    w403_explanation x;
    assert_int_equal(w403_decide(snapshot, policies, &request, W403_DETAIL_FULL, arena, &d, &failure), W403_OK);
    assert_int_equal(w403_explain(&request, &d, arena, &x, &failure), W403_OK);
    assert_int_equal(d.verdict, W403_DENIED);
    find();
    const uint32_t all = list.n;
    assert_true(all > 1);
    for (uint64_t nth = 1;; nth++) {
        w403_arena *own = w403_arena_new(0);
        assert_non_null(own);
        w403_malloc_fail_after(nth);
        w403_status st = w403_fix_find(snapshot, policies, &request, &d, &x, NULL, own, &list, &failure);
        w403_malloc_fail_after(0);
        uint32_t n = list.n;
        w403_arena_free(own);
        if (st == W403_OK && n == all) {
            break;
        }
        assert_true(st == W403_NOMEM || st == W403_OK);
        failed++;
        assert_true(nth < 100000);
    }
    assert_true(failed > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_articles_deny_gets_the_articles_exception),
        T(a_service_under_aws_moves_to_service),
        T(a_blank_goes),
        T(the_bucket_keeps_its_place_beside_its_objects),
        T(other_slips),
        T(a_misspelled_action_and_a_missing_version),
        T(an_inline_policy_gets_the_least_statement),
        T(a_user_without_policies_gets_a_new_one),
        T(a_key_that_is_a_pattern_is_taken_literally),
        T(both_sides_of_an_account_line_are_two_steps),
        T(who_else_gains_is_said),
        T(who_gains_by_another_request_is_said),
        T(nothing_is_made_public_unless_asked),
        T(an_anonymous_caller_is_let_in_from_one_address),
        T(the_last_administrator_of_a_key_stays),
        T(the_requester_pays),
        T(a_key_that_is_nearly_there),
        T(a_condition_is_met_by_the_sender_first),
        T(a_federated_session_gets_a_session_policy),
        T(a_new_policy_is_one_step_with_its_later_edits),
        T(another_way_goes_before_another_policy),
        T(allowed_and_undetermined_have_no_fix),
        T(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
