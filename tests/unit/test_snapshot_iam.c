/* Principals: policies of every origin, boundaries, what is missing (3.5). */
#include "snapshot_test.h"

#define IAM "{'" ACCOUNT "iam/authorization-details.json':"
#define USER(more) "{'UserName':'alice','UserId':'AIDAALICE','Path':'/team/','Arn':'arn:aws:iam::" A ":user/team/alice'" more "}"
#define ROLE(more) "{'RoleName':'app','RoleId':'AROAAPP','Path':'/','Arn':'arn:aws:iam::" A ":role/app'" more "}"
#define MANAGED(name) "{'PolicyName':'" name "','Arn':'arn:aws:iam::" A ":policy/" name "','DefaultVersionId':'v2'," \
    "'PolicyVersionList':[{'VersionId':'v1','IsDefaultVersion':false,'Document':{'Statement':[]}}," \
    "{'VersionId':'v2','Document':" ALLOW_ALL "}]}"

static w403_entity *alice(void)
{
    w403_entity *e = w403_map_get(&the_account()->users, W403_LIT("alice"));
    assert_non_null(e);
    return e;
}

static void a_user_has_three_kinds_of_policies(void **state)
{
    (void)state;
    load(IAM "{'UserDetailList':[" USER(",'UserPolicyList':[{'PolicyName':'own','PolicyDocument':" ALLOW_ALL "}],"
         "'AttachedManagedPolicies':[{'PolicyName':'m','PolicyArn':'arn:aws:iam::" A ":policy/m'}],"
         "'GroupList':['Dev'],'Tags':[{'Key':'team','Value':'x'},{'Key':'empty','Value':''}]") "],"
         "'GroupDetailList':[{'GroupName':'Dev','GroupPolicyList':[{'PolicyName':'g','PolicyDocument':" ALLOW_ALL "}],"
         "'AttachedManagedPolicies':[{'PolicyArn':'arn:aws:iam::" A ":policy/m'}]}],"
         "'Policies':[" MANAGED("m") "]}}");
    assert_no_problem();
    const w403_entity *e = alice();
    assert_int_equal(e->kind, W403_ENTITY_USER);
    assert_text(e->path, "/team/");
    assert_text(e->unique_id, "AIDAALICE");
    assert_ptr_equal(e->account, the_account());
    assert_int_equal(e->identity.n, 4);
    assert_text(e->identity.at[0]->name, "own");
    assert_text(e->identity.at[0]->pointer, "/UserDetailList/0/UserPolicyList/0/PolicyDocument");
    assert_text(e->identity.at[0]->file, ACCOUNT "iam/authorization-details.json");
    assert_text(e->identity.at[1]->arn, "arn:aws:iam::" A ":policy/m");
    assert_text(e->identity.at[1]->pointer, "/Policies/0/PolicyVersionList/1/Document");
    assert_int_equal(e->identity.at[1]->n_statements, 1);
    assert_text(e->identity.at[2]->name, "g");
    assert_text(e->identity.at[2]->pointer, "/GroupDetailList/0/GroupPolicyList/0/PolicyDocument");
    assert_ptr_equal(e->identity.at[3], e->identity.at[1]);
    assert_int_equal(e->n_tags, 2);
    assert_text(e->tags[0].value, "x");
    assert_text(e->tags[1].value, "");
    assert_int_equal(e->n_missing, 0);
    assert_null(e->boundary);
    assert_int_equal(e->boundary_fact.state, W403_FACT_NONE);
    assert_text(e->pointer, "/UserDetailList/0");
    assert_ptr_equal(w403_snapshot_entity(snapshot, W403_LIT("arn:aws:iam::" A ":user/team/alice")), e);
    assert_null(w403_snapshot_entity(snapshot, W403_LIT("arn:aws:iam::" A ":user/alice")));
    assert_ptr_equal(w403_map_get(&the_account()->by_unique_id, W403_LIT("AIDAALICE")), e);
}

static void what_has_no_document_is_missing(void **state)
{
    (void)state;
    load(IAM "{'UserDetailList':[" USER(",'AttachedManagedPolicies':["
         "{'PolicyArn':'arn:aws:iam::aws:policy/ReadOnlyAccess'},{'PolicyArn':'arn:aws:iam::" A ":policy/empty'}],"
         "'GroupList':['Gone']") "],'Policies':[{'PolicyName':'empty','Arn':'arn:aws:iam::" A ":policy/empty'}]}}");
    assert_no_problem();
    assert_int_equal(alice()->identity.n, 0);
    assert_int_equal(alice()->n_missing, 3);
    assert_text(alice()->missing[0], "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert_text(alice()->missing[1], "arn:aws:iam::" A ":policy/empty");
    assert_text(alice()->missing[2], "arn:aws:iam::" A ":group/Gone");
}

static void common_policies_of_aws_are_built_in(void **state)
{
    (void)state;
    load(IAM "{'UserDetailList':[" USER(",'AttachedManagedPolicies':["
         "{'PolicyArn':'arn:aws:iam::aws:policy/AdministratorAccess'},"
         "{'PolicyArn':'arn:aws-cn:iam::aws:policy/AmazonS3FullAccess'},"
         "{'PolicyArn':'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'}]") "]}}");
    assert_no_problem();
    assert_int_equal(alice()->identity.n, 3);
    assert_int_equal(alice()->n_missing, 0);
    assert_text(alice()->identity.at[1]->arn, "arn:aws-cn:iam::aws:policy/AmazonS3FullAccess");
    assert_text(alice()->identity.at[2]->name, "AmazonS3ReadOnlyAccess");
    assert_text(alice()->identity.at[2]->doc.source, "AWS managed policy AmazonS3ReadOnlyAccess");
    assert_int_equal(alice()->identity.at[2]->statements[0].n_actions, 5);
}

static void the_documents_own_version_wins_over_the_built_in(void **state)
{
    (void)state;
    load(IAM "{'UserDetailList':[" USER(",'AttachedManagedPolicies':{'PolicyName':'x',"
         "'PolicyArn':'arn:aws:iam::aws:policy/AdministratorAccess'}") "],'Policies':[{'PolicyName':'AdministratorAccess',"
         "'Arn':'arn:aws:iam::aws:policy/AdministratorAccess','PolicyVersionList':[{'IsDefaultVersion':true,"
         "'Document':{'Statement':[]}}]}]}}");
    assert_int_equal(alice()->identity.n, 1); /* the single object of the CLI's documentation */
    assert_int_equal(alice()->identity.at[0]->n_statements, 0);
}

static void a_boundary_is_a_policy_of_its_own_kind(void **state)
{
    (void)state;
    load(IAM "{'RoleDetailList':[" ROLE(",'AttachedManagedPolicies':[{'PolicyArn':'arn:aws:iam::" A ":policy/m'}],"
         "'PermissionsBoundary':{'PermissionsBoundaryType':'PermissionsBoundaryPolicy',"
         "'PermissionsBoundaryArn':'arn:aws:iam::" A ":policy/m'}") "],'UserDetailList':[" USER(",'PermissionsBoundary':"
         "{'PermissionsBoundaryArn':'arn:aws:iam::" A ":policy/lost'}") "],'Policies':[" MANAGED("m") "]}}");
    assert_no_problem();
    const w403_entity *app = w403_snapshot_entity(snapshot, W403_LIT("arn:aws:sts::" A ":assumed-role/app/i-1"));
    assert_non_null(app);
    assert_int_equal(app->kind, W403_ENTITY_ROLE);
    assert_int_equal(app->boundary_fact.state, W403_FACT_KNOWN);
    assert_int_equal(app->boundary->kind, W403_POLICY_BOUNDARY);
    assert_int_equal(app->identity.at[0]->kind, W403_POLICY_IDENTITY);
    assert_null(alice()->boundary);
    assert_int_equal(alice()->boundary_fact.state, W403_FACT_UNKNOWN);
    assert_null(w403_snapshot_entity(snapshot, W403_LIT("arn:aws:sts::999988887777:assumed-role/app/i-1")));
    assert_null(w403_snapshot_entity(snapshot, W403_LIT("app")));
}

static void documents_come_in_three_codings(void **state)
{
    (void)state;
    load(IAM "{'UserDetailList':[" USER(",'UserPolicyList':["
         "{'PolicyName':'encoded','PolicyDocument':'%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22"
         "%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D'},"
         "{'PolicyName':'string','PolicyDocument':'{\\'Statement\\':{\\'Effect\\':\\'Allow\\',\\'Action\\':\\'s3:*\\',"
         "\\'Resource\\':\\'*\\'}}'}]") "]}}");
    assert_int_equal(alice()->identity.n, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const w403_policy *p = alice()->identity.at[i];
        assert_true(p->embedded);
        assert_int_equal(p->n_statements, 1);
        assert_text(p->statements[0].actions[0].text, "s3:*");
    }
    assert_text(alice()->identity.at[1]->pointer, "/UserDetailList/0/UserPolicyList/1/PolicyDocument");
    assert_text(alice()->identity.at[1]->doc.source,
                ACCOUNT "iam/authorization-details.json#/UserDetailList/0/UserPolicyList/1/PolicyDocument");
}

static void a_problem_in_a_string_is_placed_in_it(void **state)
{
    (void)state;
    assert_int_equal(try_load(IAM "{'RoleDetailList':[" ROLE("") "," ROLE(",'RolePolicyList':[{'PolicyName':'p',"
                              "'PolicyDocument':'{'}]") "]}}"),
                     W403_SYNTAX);
    assert_problem("error snap.json: " ACCOUNT
                   "iam/authorization-details.json#/RoleDetailList/1/RolePolicyList/0/PolicyDocument:1:2 ");
}

static void unreadable_and_odd_files(void **state)
{
    (void)state;
    load(IAM ERROR("AccessDenied") "}");
    assert_int_equal(the_account()->iam.state, W403_FACT_UNKNOWN);
    assert_text(the_account()->iam.code, "AccessDenied");
    load("{'" ACCOUNT "account.json':{}}");
    assert_int_equal(the_account()->iam.state, W403_FACT_ABSENT);
    assert_text(the_account()->iam.path, ACCOUNT "iam/authorization-details.json");
    load(IAM "{'IsTruncated':true,'UserDetailList':[{'UserName':'z','Arn':'arn:aws:iam::444455556666:user/z'}]}}");
    assert_problem("this is one page only");
    assert_problem("is not of account 111122223333");
    assert_int_equal(try_load(IAM "{'UserDetailList':[{'Arn':'x'},7],'GroupDetailList':[{}],'Policies':[{}],"
                              "'RoleDetailList':[" ROLE(",'RolePolicyList':[{}],'AttachedManagedPolicies':[{}],"
                              "'Tags':[{}]") "]}}"),
                     W403_SEMANTIC);
    assert_problem("`UserName` is missing");
    assert_problem("`UserDetailList` must be an object, found a number");
    assert_problem("`GroupName` is missing");
    assert_problem("`Arn` is missing");
    assert_problem("`PolicyDocument` is missing");
    assert_problem("`PolicyArn` is missing");
    assert_problem("`Key` is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_user_has_three_kinds_of_policies),
        T(what_has_no_document_is_missing),
        T(common_policies_of_aws_are_built_in),
        T(the_documents_own_version_wins_over_the_built_in),
        T(a_boundary_is_a_policy_of_its_own_kind),
        T(documents_come_in_three_codings),
        T(a_problem_in_a_string_is_placed_in_it),
        T(unreadable_and_odd_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
