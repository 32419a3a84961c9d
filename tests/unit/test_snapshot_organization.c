/* Levels of an account's path and their policies (semantics 3.6), organization-wide Block Public Access (4.3). */
#include "snapshot_test.h"

#define ORG(features) "'organization/organization.json':{'Organization':{'Id':'o-1','FeatureSet':'" features "'," \
    "'MasterAccountId':'999988887777'}}"
#define PARENTS "'organization/parents.json':{'" A "':'ou-b','ou-b':'ou-a','ou-a':'r-1'}"
#define ATTACH(root, a, b, account) "'organization/attachments.json':{'r-1':[" root "],'ou-a':[" a "],'ou-b':[" b "],'" A "':[" account "]}"
#define POLICY(id, type, content) "'organization/policies/" id ".json':{'Policy':{'PolicySummary':{'Id':'" id "','Arn':'arn:" id \
    "','Name':'" id "','Type':'" type "'},'Content':" content "}}"
#define FULL "'p-FullAWSAccess'"
#define S3_CONTENT(v) "'{\\'s3_attributes\\':{\\'public_access_block_configuration\\':{\\'@@assign\\':\\'" v "\\'}}}'"
#define DENY "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Action':'s3:*','Resource':'*'}]}"
#define DENY_ALL "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*'}]}"

static void every_level_from_the_root_down(void **state)
{
    (void)state;
    load("{" ORG("ALL") "," PARENTS "," ATTACH(FULL, FULL ",'p-scp','p-tag'", FULL ",'p-rcp','p-RCPFullAWSAccess'", FULL) ","
         POLICY("p-scp", "SERVICE_CONTROL_POLICY", DENY) "," POLICY("p-rcp", "RESOURCE_CONTROL_POLICY", DENY_ALL) ","
         POLICY("p-tag", "TAG_POLICY", "'{}'") "}");
    assert_no_problem();
    const w403_account *a = the_account();
    assert_false(a->collected);
    assert_true(a->in_org);
    assert_false(a->is_management);
    assert_text(a->org_path, "o-1/r-1/ou-a/ou-b/");
    assert_int_equal(a->n_levels, 4);
    const char *ids[] = {"r-1", "ou-a", "ou-b", A};
    const uint32_t scps[] = {1, 2, 1, 1}, rcps[] = {1, 1, 2, 1};
    for (uint32_t i = 0; i < 4; i++) {
        assert_text(a->levels[i].id, ids[i]);
        assert_int_equal(a->levels[i].scps.n, scps[i]);
        assert_int_equal(a->levels[i].rcps.n, rcps[i]);
        assert_int_equal(a->levels[i].scp_fact.state, W403_FACT_KNOWN);
        assert_int_equal(a->levels[i].rcp_fact.state, W403_FACT_KNOWN);
    }
    assert_int_equal(a->levels[1].scps.at[1]->kind, W403_POLICY_SCP);
    assert_text(a->levels[1].scps.at[1]->arn, "arn:p-scp");
    assert_text(a->levels[1].scps.at[1]->name, "p-scp");
    assert_int_equal(a->levels[2].rcps.at[0]->kind, W403_POLICY_RCP);
    assert_text(a->levels[3].rcps.at[0]->name, "RCPFullAWSAccess"); /* implied everywhere */
    assert_text(a->levels[0].scps.at[0]->doc.source, "AWS managed policy FullAWSAccess");
    assert_int_equal(a->org_bpa.fact.state, W403_FACT_NONE);
    const w403_account *m = w403_snapshot_account(snapshot, W403_LIT("999988887777"));
    assert_non_null(m);
    assert_true(m->in_org && m->is_management); /* parents.json lacks it */
}

static void a_level_without_any_scp_is_unknown(void **state)
{
    (void)state;
    load("{" ORG("ALL") "," PARENTS "," ATTACH(FULL, "", FULL, FULL) "}");
    const w403_account *a = the_account();
    assert_int_equal(a->levels[0].scp_fact.state, W403_FACT_KNOWN);
    assert_int_equal(a->levels[1].scp_fact.state, W403_FACT_UNKNOWN);
    assert_int_equal(a->levels[1].rcp_fact.state, W403_FACT_KNOWN);
}

static void a_policy_that_cannot_be_read_may_be_of_any_type(void **state)
{
    (void)state;
    load("{" ORG("ALL") "," PARENTS "," ATTACH(FULL, FULL ",'p-gone'", FULL ",'p-denied'", FULL) ","
         "'organization/policies/p-denied.json':" ERROR("AccessDeniedException") "}");
    const w403_account *a = the_account();
    assert_int_equal(a->levels[0].scp_fact.state, W403_FACT_KNOWN);
    for (uint32_t i = 1; i < 3; i++) {
        assert_int_equal(a->levels[i].scp_fact.state, W403_FACT_UNKNOWN);
        assert_int_equal(a->levels[i].rcp_fact.state, W403_FACT_UNKNOWN);
        assert_int_equal(a->levels[i].scps.n, 1);
    }
    assert_text(a->levels[1].scp_fact.path, "organization/policies/p-gone.json");
    assert_int_equal(a->org_bpa.fact.state, W403_FACT_UNKNOWN);
}

static void without_all_features_there_are_no_policies(void **state)
{
    (void)state;
    load("{" ORG("CONSOLIDATED_BILLING") "," PARENTS "," ATTACH(FULL, FULL, FULL, FULL) "}");
    assert_false(snapshot->org.all_features);
    assert_true(the_account()->in_org);
    assert_text(the_account()->org_path, "o-1/r-1/ou-a/ou-b/");
    assert_int_equal(the_account()->n_levels, 0);
}

static void files_that_are_absent_or_refused(void **state)
{
    (void)state;
    load("{" ORG("ALL") "," PARENTS "}");
    assert_int_equal(the_account()->levels[1].scp_fact.state, W403_FACT_ABSENT);
    assert_text(the_account()->levels[1].scp_fact.path, "organization/attachments.json");
    assert_int_equal(the_account()->org_bpa.fact.state, W403_FACT_ABSENT);
    load("{" ORG("ALL") "," PARENTS ",'organization/attachments.json':" ERROR("AccessDeniedException") "}");
    assert_int_equal(the_account()->levels[3].rcp_fact.state, W403_FACT_UNKNOWN);
    assert_text(the_account()->levels[3].rcp_fact.code, "AccessDeniedException");
    load("{'organization/organization.json':" ERROR("AWSOrganizationsNotInUseException") ",'" ACCOUNT "account.json':{}}");
    assert_int_equal(snapshot->org.fact.state, W403_FACT_NONE);
    assert_false(the_account()->in_org);
    load("{'organization/organization.json':" ERROR("AccessDeniedException") ",'" ACCOUNT "account.json':{}}");
    assert_int_equal(snapshot->org.fact.state, W403_FACT_UNKNOWN);
    assert_int_equal(the_account()->n_levels, 0);
    load("{'" ACCOUNT "account.json':{}}");
    assert_int_equal(snapshot->org.fact.state, W403_FACT_ABSENT);
    assert_text(snapshot->org.fact.path, "organization/organization.json");
    assert_false(the_account()->in_org);
}

/* An organization is known, its members are not: whoever has files may be one of them. */
static void without_parents_the_path_is_unknown(void **state)
{
    (void)state;
    load("{" ORG("ALL") ",'organization/attachments.json':{'" A "':[" FULL "]},'" ACCOUNT "account.json':{}}");
    const w403_account *a = the_account();
    assert_true(a->in_org);
    assert_int_equal(a->n_levels, 2);
    assert_text(a->levels[0].id, "");
    assert_int_equal(a->levels[0].scp_fact.state, W403_FACT_UNKNOWN);
    assert_int_equal(a->levels[0].rcp_fact.state, W403_FACT_UNKNOWN);
    assert_int_equal(a->levels[1].scp_fact.state, W403_FACT_KNOWN);
    assert_null(a->org_path.p);
}

static void an_account_of_nobody_is_not_in_it(void **state)
{
    (void)state;
    load("{" ORG("ALL") "," PARENTS ",'accounts/444455556666/account.json':{}}");
    assert_false(w403_snapshot_account(snapshot, W403_LIT("444455556666"))->in_org);
}

static void cycles_end(void **state)
{
    (void)state;
    load("{" ORG("ALL") ",'organization/parents.json':{'" A "':'ou-a','ou-a':'ou-b','ou-b':'ou-a'},"
         ATTACH(FULL, FULL, FULL, FULL) "}");
    assert_int_equal(the_account()->n_levels, 4);
    assert_text(the_account()->levels[0].id, "");
    assert_int_equal(the_account()->levels[0].scp_fact.state, W403_FACT_UNKNOWN);
}

static void the_nearest_s3_policy_decides(void **state)
{
    (void)state;
    load("{" ORG("ALL") "," PARENTS "," ATTACH(FULL ",'p-all'", FULL ",'p-none'", FULL, FULL) ","
         POLICY("p-all", "S3_POLICY", S3_CONTENT("all")) "," POLICY("p-none", "S3_POLICY", S3_CONTENT("none")) "}");
    assert_no_problem();
    const w403_bpa *bpa = &the_account()->org_bpa;
    assert_int_equal(bpa->fact.state, W403_FACT_KNOWN);
    assert_text(bpa->fact.path, "organization/policies/p-none.json");
    assert_false(bpa->block_public_acls);
    load("{" ORG("ALL") "," PARENTS "," ATTACH(FULL ",'p-all'", FULL, FULL, FULL) ","
         POLICY("p-all", "S3_POLICY", "{'s3_attributes':{'public_access_block_configuration':{'@@assign':'all'}}}") "}");
    bpa = &the_account()->org_bpa;
    assert_true(bpa->block_public_acls && bpa->ignore_public_acls && bpa->block_public_policy &&
                bpa->restrict_public_buckets);
}

static void malformed_files_are_said(void **state)
{
    (void)state;
    assert_int_equal(try_load("{'organization/organization.json':{},'organization/parents.json':{'x':1},"
                              "'organization/attachments.json':{'x':'p','y':[1]},"
                              POLICY("p-1", "S3_POLICY", S3_CONTENT("some")) "," POLICY("p-2", "S3_POLICY", "'{}'") ","
                              POLICY("p-3", "S3_POLICY", "'{'") ","
                              "'organization/policies/p-4.json':{'Policy':{'PolicySummary':{}}},"
                              "'organization/policies/p-5.json':{'Policy':{'PolicySummary':{'Type':'S3_POLICY'}}}}"),
                     W403_SEMANTIC);
    assert_problem("`Organization` is missing");
    assert_problem("`parent` must be a string, found a number");
    assert_problem("`policies of a target` must be an array, found a string");
    assert_problem("`policy id` must be a string, found a number");
    assert_problem("`@@assign` is `some`, expected `all` or `none`");
    assert_problem("no `s3_attributes.public_access_block_configuration.@@assign`");
    assert_problem("`Content` is no JSON");
    assert_problem("`Type` is missing");
    assert_problem("`Content` is missing");
}

#define ROOTS(types) "'organization/roots.json':{'Roots':[{'Id':'r-1','PolicyTypes':[" types "]}]}"

static void types_that_the_root_has_switched_off(void **state)
{
    (void)state;
    load("{" ORG("ALL") "," PARENTS "," ATTACH("'p-scp'", "", "", "") "," POLICY("p-scp", "SERVICE_CONTROL_POLICY", DENY) ","
         ROOTS("{'Type':'RESOURCE_CONTROL_POLICY','Status':'ENABLED'}") "}");
    assert_no_problem();
    assert_int_equal(snapshot->org.scps_on, W403_NO);
    assert_int_equal(snapshot->org.rcps_on, W403_YES);
    assert_int_equal(the_account()->levels[0].scps.n, 0);
    assert_int_equal(the_account()->levels[1].scp_fact.state, W403_FACT_ABSENT);
    load("{" ORG("ALL") "," PARENTS "," ATTACH("'p-scp'", "", "", "") "," POLICY("p-scp", "SERVICE_CONTROL_POLICY", DENY) ","
         ROOTS("{'Type':'SERVICE_CONTROL_POLICY','Status':'PENDING_DISABLE'}") "}");
    assert_int_equal(snapshot->org.scps_on, W403_UNKNOWN);
    assert_int_equal(the_account()->levels[0].scps.n, 1);
    load("{" ORG("ALL") ",'organization/roots.json':{'error':{'code':'AccessDenied'}}}");
    assert_int_equal(snapshot->org.scps_on, W403_UNKNOWN);
    assert_int_equal(try_load("{'organization/roots.json':{'Roots':{}},'organization/accounts.json':{'Accounts':[{'Id':'1'}]},"
          "'organization/effective/" A "/S3_POLICY.json':{'EffectivePolicy':{}}}"), W403_SEMANTIC);
    assert_problem("`Roots` must be an array");
    assert_problem("`Id` is no account");
    assert_problem("`PolicyContent` is missing");
}

static void members_and_effective_policies(void **state)
{
    (void)state;
    load("{" ORG("ALL") ",'organization/parents.json':{},'organization/accounts.json':{'Accounts':[{'Id':'" A "','Name':'prod'}]},"
         "'organization/effective/" A "/S3_POLICY.json':{'EffectivePolicy':{'PolicyContent':"
         "'{\\'s3_attributes\\':{\\'public_access_block_configuration\\':\\'all\\'}}'}}}");
    assert_no_problem();
    assert_true(the_account()->in_org && !the_account()->in_org_unsure);
    assert_text(the_account()->name, "prod");
    assert_int_equal(the_account()->org_bpa.fact.state, W403_FACT_KNOWN);
    assert_true(the_account()->org_bpa.restrict_public_buckets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(every_level_from_the_root_down),
        T(a_level_without_any_scp_is_unknown),
        T(a_policy_that_cannot_be_read_may_be_of_any_type),
        T(without_all_features_there_are_no_policies),
        T(files_that_are_absent_or_refused),
        T(without_parents_the_path_is_unknown),
        T(an_account_of_nobody_is_not_in_it),
        T(cycles_end),
        T(the_nearest_s3_policy_decides),
        T(types_that_the_root_has_switched_off),
        T(members_and_effective_policies),
        T(malformed_files_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
