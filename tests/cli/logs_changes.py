#!/usr/bin/env python3
"""Each kind of change once: a snapshot of the state after it, a trail with the call and a denial. `why403 logs` must say
which change began it and how sure that is, and the fix that undoes it must be decided again.

usage: logs_changes.py WHY403 [--china] [PART OF A NAME...]"""
import copy
import json
import os
import shlex
import subprocess
import sys
import tempfile

A, B = "111122223333", "444455556666"
OWNER, OTHER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", "b" * 64
ALICE, EVE = f"arn:aws:iam::{A}:user/alice", f"arn:aws:iam::{B}:user/eve"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:us-east-1:{A}:key/{KEY}"
S3, IAM, KMS, ORG = ("s3.amazonaws.com", "iam.amazonaws.com", "kms.amazonaws.com", "organizations.amazonaws.com")


def doc(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def st(effect, action, resource="*", sid=None, **more):
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {"Sid": sid, **one} if sid else one


def inline(*statements):
    return [{"PolicyName": "p", "PolicyDocument": doc(*statements)}]


def managed(name, *statements, older=()):
    versions = [{"VersionId": f"v{len(older) + 1}", "IsDefaultVersion": True, "Document": doc(*statements)}]
    versions += [{"VersionId": f"v{n + 1}", "IsDefaultVersion": False, "Document": d} for n, d in enumerate(older)]
    return {"PolicyName": name, "Arn": f"arn:aws:iam::{A}:policy/{name}", "DefaultVersionId": versions[0]["VersionId"],
            "PolicyVersionList": versions}


READS = st("Allow", "s3:GetObject", "arn:aws:s3:::data/*", "Reads")
NEVER = st("Deny", "s3:GetObject", "arn:aws:s3:::data/*", "Never")
ALL = st("Allow", "*", "*", "All")
POLICY = f"arn:aws:iam::{A}:policy/"


def snapshot(alice=None, group=None, policies=(), role=None, files=None, bucket=None):
    user = {"UserName": "alice", "UserId": "AIDAALICE", "Path": "/", "Arn": ALICE, "GroupList": [],
            "AttachedManagedPolicies": [], "UserPolicyList": []}
    user.update(alice or {})
    team = {"GroupName": "team", "GroupId": "AGPATEAM", "Path": "/", "Arn": f"arn:aws:iam::{A}:group/team",
            "AttachedManagedPolicies": [], "GroupPolicyList": []}
    team.update(group or {})
    roles = [{"RoleName": "app", "RoleId": "AROAAPP", "Path": "/service/", "Arn": f"arn:aws:iam::{A}:role/service/app",
              "AssumeRolePolicyDocument": doc(), "AttachedManagedPolicies": [], "RolePolicyList": [], **(role or {})}]
    other = {"UserName": "eve", "UserId": "AIDAEVE", "Path": "/", "Arn": EVE, "GroupList": [],
             "AttachedManagedPolicies": [], "UserPolicyList": inline(ALL)}
    out = {
        "snapshot.json": {"format": 1, "partition": "aws"},
        f"accounts/{A}/account.json": {"CanonicalId": OWNER},
        f"accounts/{B}/account.json": {"CanonicalId": OTHER},
        f"accounts/{A}/iam/authorization-details.json": {
            "UserDetailList": [user], "GroupDetailList": [team], "RoleDetailList": roles, "Policies": list(policies)},
        f"accounts/{B}/iam/authorization-details.json": {
            "UserDetailList": [other], "GroupDetailList": [], "RoleDetailList": [], "Policies": []},
        f"accounts/{A}/s3/data/location.json": {"LocationConstraint": None},
    }
    for name, value in (bucket or {}).items():
        out[f"accounts/{A}/s3/data/{name}.json"] = value
    out.update(files or {})
    return out


def user(arn):
    return {"type": "IAMUser", "arn": arn, "accountId": arn.split(":")[4], "accessKeyId": "AKIAEXAMPLE",
            "userName": arn.split("/")[-1]}


ROLE = {"type": "AssumedRole", "arn": f"arn:aws:sts::{A}:assumed-role/app/i-1", "accountId": A,
        "accessKeyId": "ASIAEXAMPLE", "principalId": "AROAAPP:i-1",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{A}:role/service/app", "accountId": A,
                                             "userName": "app", "principalId": "AROAAPP"}}}
ANONYMOUS = {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}


def event(n, time, source, name, who, parameters, response=None, **more):
    return {"eventVersion": "1.11", "userIdentity": who, "eventTime": time, "eventSource": source, "eventName": name,
            "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.9", "userAgent": "x", "requestParameters": parameters,
            "responseElements": response, "requestID": f"R{n}", "eventID": f"e-{n}", "eventType": "AwsApiCall",
            "recipientAccountId": A, "eventCategory": "Management", **more}


def call(name, parameters, source=IAM, response=None, time=None):
    return (name, parameters, source, response, time)


def bpa(on):
    return {"RestrictPublicBuckets": on, "BlockPublicPolicy": False, "BlockPublicAcls": False, "IgnorePublicAcls": on}


def rule(ownership):
    return {"OwnershipControls": {"Rule": {"ObjectOwnership": ownership}}, "bucketName": "data"}


def grant(canonical, permission):
    return {"Grantee": {"xsi:type": "CanonicalUser", "ID": canonical}, "Permission": permission}


def acl(*grants):
    return {"bucketName": "data", "AccessControlPolicy": {"Owner": {"ID": OWNER},
                                                          "AccessControlList": {"Grant": list(grants)}}, "acl": ""}


ODD_KEY = "a b/\u00fc '\"100%25+c$(x)`y`\\/\u65e5.txt"
QUOTES = st("Allow", "s3:PutObject", "arn:aws:s3:::data/o'brien \"$HOME\"*", "Quotes", Principal={"AWS": f"arn:aws:iam::{A}:root"})
PUBLIC = doc(st("Allow", "s3:GetObject", "arn:aws:s3:::data/*", "Everybody", Principal="*"))
KEY_POLICY = doc(st("Allow", "kms:*", "*", "Root", Principal={"AWS": f"arn:aws:iam::{A}:root"}))
KEY_FILE = f"accounts/{A}/kms/us-east-1/{KEY}.json"


def key(state="Enabled", grants=(), policy=None):
    return {KEY_FILE: {"KeyMetadata": {"KeyId": KEY, "Arn": KEY_ARN, "AWSAccountId": A, "KeyState": state,
                                       "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT"},
                       "Policy": policy or KEY_POLICY, "Grants": list(grants)}}


SSE = {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {
    "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}}]}}
SSE_CALL = {"bucketName": "data", "ServerSideEncryptionConfiguration": {"Rule": {
    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}}}}
WRITES = st("Allow", ["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::data/*", "Writes")


def scp(name, *statements):
    return {"Policy": {"PolicySummary": {"Id": name, "Arn": f"arn:aws:organizations::{A}:policy/o-a/x/{name}", "Name": name,
                                         "Type": "SERVICE_CONTROL_POLICY"}, "Content": json.dumps(doc(*statements))}}


def organization(account=("p-FullAWSAccess",), parent="ou-good", never=NEVER):
    return {
        "organization/organization.json": {"Organization": {"Id": "o-a", "FeatureSet": "ALL", "MasterAccountId": "999999999999"}},
        "organization/parents.json": {A: parent, B: "r-1", "ou-good": "r-1", "ou-bad": "r-1"},
        "organization/attachments.json": {"r-1": ["p-FullAWSAccess"], "ou-good": ["p-FullAWSAccess"],
                                          "ou-bad": ["p-FullAWSAccess", "p-never"], A: list(account), B: ["p-FullAWSAccess"]},
        "organization/policies/p-FullAWSAccess.json": scp("p-FullAWSAccess", ALL),
        "organization/policies/p-never.json": scp("p-never", *([never] if never else [ALL]))}


# name, snapshot, calls (the last one is the culprit), what is expected, and what is denied if not alice's GetObject
READ = ("GetObject", {"bucketName": "data", "key": "x"}, user(ALICE))
PUT = ("PutObject", {"bucketName": "data", "key": "x"}, user(ALICE))
LIST_EVE = ("ListObjects", {"bucketName": "data"}, user(EVE))
READ_ANY = ("GetObject", {"bucketName": "data", "key": "x"}, ANONYMOUS)
READ_ROLE = ("GetObject", {"bucketName": "data", "key": "x"}, ROLE)
own = {"UserPolicyList": inline(READS)}
rows = [
    ("a user's policy is detached", snapshot(policies=[managed("reads", READS)]),
     [call("DetachUserPolicy", {"userName": "alice", "policyArn": POLICY + "reads"})],
     {"proof": "proved", "cause": "no-allow.identity", "statement": "Reads",
      "undo": f"aws iam attach-user-policy --user-name alice --policy-arn {POLICY}reads"}),
    ("a policy with a Deny is attached", snapshot(
        {**own, "AttachedManagedPolicies": [{"PolicyArn": POLICY + "never"}]}, policies=[managed("never", NEVER)]),
     [call("AttachUserPolicy", {"userName": "alice", "policyArn": POLICY + "never"})],
     {"proof": "proved", "cause": "deny.identity", "statement": "Never",
      "undo": f"aws iam detach-user-policy --user-name alice --policy-arn {POLICY}never"}),
    ("a role with a path loses its policy", snapshot(policies=[managed("reads", READS)]),
     [call("DetachRolePolicy", {"roleName": "app", "policyArn": POLICY + "reads"})],
     {"proof": "proved", "cause": "no-allow.identity"}, READ_ROLE),
    ("a role gets a policy with a Deny", snapshot(
        policies=[managed("never", NEVER)],
        role={"RolePolicyList": inline(READS), "AttachedManagedPolicies": [{"PolicyArn": POLICY + "never"}]}),
     [call("AttachRolePolicy", {"roleName": "app", "policyArn": POLICY + "never"})],
     {"proof": "proved", "cause": "deny.identity"}, READ_ROLE),
    ("a user of the same name as the role is not the role", snapshot(policies=[managed("reads", READS)]),
     [call("DetachUserPolicy", {"userName": "app", "policyArn": POLICY + "reads"})], {"proof": None}, READ_ROLE),
    ("a group's policy is detached", snapshot({"GroupList": ["team"]}, policies=[managed("reads", READS)]),
     [call("DetachGroupPolicy", {"groupName": "team", "policyArn": POLICY + "reads"})],
     {"proof": "proved", "cause": "no-allow.identity", "statement": "Reads"}),
    ("of a group that she is not in", snapshot(policies=[managed("reads", READS)]),
     [call("DetachGroupPolicy", {"groupName": "team", "policyArn": POLICY + "reads"})], {"proof": None}),
    ("a group gets a policy with a Deny", snapshot(
        {**own, "GroupList": ["team"]}, {"AttachedManagedPolicies": [{"PolicyArn": POLICY + "never"}]},
        [managed("never", NEVER)]),
     [call("AttachGroupPolicy", {"groupName": "team", "policyArn": POLICY + "never"})],
     {"proof": "proved", "cause": "deny.identity"}),
    ("a group's inline policy is deleted", snapshot({"GroupList": ["team"]}),
     [call("PutGroupPolicy", {"groupName": "team", "policyName": "p", "policyDocument": json.dumps(doc(READS))}),
      call("DeleteGroupPolicy", {"groupName": "team", "policyName": "p"})],
     {"proof": "proved", "cause": "no-allow.identity", "statement": "Reads"}),
    ("a user leaves a group", snapshot(group={"GroupPolicyList": inline(READS)}),
     [call("RemoveUserFromGroup", {"userName": "alice", "groupName": "team"})],
     {"proof": "proved", "cause": "no-allow.identity",
      "undo": "aws iam add-user-to-group --group-name team --user-name alice"}),
    ("a user joins a group", snapshot({**own, "GroupList": ["team"]}, {"GroupPolicyList": inline(NEVER)}),
     [call("AddUserToGroup", {"userName": "alice", "groupName": "team"})],
     {"proof": "proved", "cause": "deny.identity",
      "undo": "aws iam remove-user-from-group --group-name team --user-name alice"}),
    ("a boundary is set where one was taken away before", snapshot(
        {**own, "PermissionsBoundary": {"PermissionsBoundaryArn": POLICY + "fence"}},
        policies=[managed("fence", st("Allow", "ec2:*"))]),
     [call("DeleteUserPermissionsBoundary", {"userName": "alice"}),
      call("PutUserPermissionsBoundary", {"userName": "alice", "permissionsBoundary": POLICY + "fence"})],
     {"proof": "proved", "cause": "no-allow.boundary",
      "undo": "aws iam delete-user-permissions-boundary --user-name alice"}),
    ("a boundary is set, and the logs begin there", snapshot(
        {**own, "PermissionsBoundary": {"PermissionsBoundaryArn": POLICY + "fence"}},
        policies=[managed("fence", st("Allow", "ec2:*"))]),
     [call("PutUserPermissionsBoundary", {"userName": "alice", "permissionsBoundary": POLICY + "fence"})],
     {"proof": "denies-after", "cause": "no-allow.boundary", "without": "allowed"}),
    ("a version of a managed policy", snapshot(
        {"AttachedManagedPolicies": [{"PolicyArn": POLICY + "p"}]}, policies=[managed("p", NEVER, older=[doc(READS)])]),
     [call("SetDefaultPolicyVersion", {"policyArn": POLICY + "p", "versionId": "v1"}),
      call("CreatePolicyVersion", {"policyArn": POLICY + "p", "policyDocument": json.dumps(doc(NEVER)), "setAsDefault": True})],
     {"proof": "proved", "statement": "Never",
      "undo": f"aws iam set-default-policy-version --policy-arn {POLICY}p --version-id v1"}),
    ("a version that is not the default changes nothing", snapshot(
        {"AttachedManagedPolicies": [{"PolicyArn": POLICY + "p"}]}, policies=[managed("p", NEVER, older=[doc(READS)])]),
     [call("SetDefaultPolicyVersion", {"policyArn": POLICY + "p", "versionId": "v1"}),
      call("SetDefaultPolicyVersion", {"policyArn": POLICY + "p", "versionId": "v2"}),
      call("CreatePolicyVersion", {"policyArn": POLICY + "p", "policyDocument": json.dumps(doc()), "setAsDefault": False})],
     {"proof": "proved", "event": "SetDefaultPolicyVersion", "statement": "Never"}),
    ("an SCP is attached", snapshot(own, files=organization(("p-FullAWSAccess", "p-never"))),
     [call("AttachPolicy", {"policyId": "p-never", "targetId": A}, ORG)],
     {"proof": "proved", "cause": "deny.scp", "statement": "Never",
      "undo": f"aws organizations detach-policy --policy-id p-never --target-id {A}"}),
    ("an SCP that allowed is detached", snapshot(own, files=organization(("p-never",), never=st("Allow", "ec2:*"))),
     [call("DetachPolicy", {"policyId": "p-FullAWSAccess", "targetId": A}, ORG)],
     {"proof": "proved", "cause": "no-allow.scp",
      "undo": f"aws organizations attach-policy --policy-id p-FullAWSAccess --target-id {A}"}),
    ("an SCP gets another text", snapshot(own, files=organization(("p-FullAWSAccess", "p-never"))),
     [call("UpdatePolicy", {"policyId": "p-never", "content": json.dumps(doc(st("Deny", "ec2:*")))}, ORG),
      call("UpdatePolicy", {"policyId": "p-never", "content": json.dumps(doc(NEVER))}, ORG)],
     {"proof": "proved", "cause": "deny.scp", "statement": "Never"}),
    ("an account is moved below an OU with a Deny", snapshot(own, files=organization(parent="ou-bad")),
     [call("MoveAccount", {"accountId": A, "sourceParentId": "ou-good", "destinationParentId": "ou-bad"}, ORG)],
     {"proof": "proved", "cause": "deny.scp", "statement": "Never",
      "undo": f"aws organizations move-account --account-id {A} --source-parent-id ou-bad --destination-parent-id ou-good"}),
    ("a type of policy is enabled", snapshot(own, files=organization(("p-FullAWSAccess", "p-never"))),
     [call("EnablePolicyType", {"rootId": "r-1", "policyType": "SERVICE_CONTROL_POLICY"}, ORG)],
     {"proof": "likely", "cause": "deny.scp", "why": "in no log"}),
    ("ACLs are switched off", snapshot(bucket={
        "acl": {"Owner": {"ID": OWNER}, "Grants": [grant(OTHER, "READ")]},
        "ownership-controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}}),
     [call("PutBucketOwnershipControls", rule("ObjectWriter"), S3), call("PutBucketOwnershipControls", rule("BucketOwnerEnforced"), S3)],
     {"proof": "proved", "undo": "aws s3api put-bucket-ownership-controls --bucket data --ownership-controls "
                                 "'Rules=[{ObjectOwnership=ObjectWriter}]'"}, LIST_EVE),
    ("ACLs are switched off after the controls were deleted", snapshot(bucket={
        "acl": {"Owner": {"ID": OWNER}, "Grants": [grant(OTHER, "READ")]},
        "ownership-controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}}),
     [call("DeleteBucketOwnershipControls", {"bucketName": "data"}, S3), call("PutBucketOwnershipControls", rule("BucketOwnerEnforced"), S3)],
     {"proof": "proved", "undo": "aws s3api delete-bucket-ownership-controls --bucket data"}, LIST_EVE),
    ("a bucket's ACL loses a grant", snapshot(bucket={
        "acl": {"Owner": {"ID": OWNER}, "Grants": []},
        "ownership-controls": {"error": {"code": "OwnershipControlsNotFoundError"}}}),
     [call("PutBucketAcl", acl(grant(OWNER, "FULL_CONTROL"), grant(OTHER, "READ")), S3),
      call("PutBucketAcl", {"bucketName": "data", "x-amz-acl": ["private"], "acl": ""}, S3)], {"proof": "proved"}, LIST_EVE),
    ("a bucket's canned ACL is made private", snapshot(bucket={
        "acl": {"Owner": {"ID": OWNER}, "Grants": []},
        "ownership-controls": {"error": {"code": "OwnershipControlsNotFoundError"}}}),
     [call("PutBucketAcl", {"bucketName": "data", "x-amz-acl": "public-read", "acl": ""}, S3),
      call("PutBucketAcl", acl(grant(OWNER, "FULL_CONTROL")), S3)],
     {"proof": "proved", "undo": "aws s3api put-bucket-acl --bucket data --acl public-read"}, LIST_EVE),
    ("an object's owner takes it from the bucket's owner", snapshot({"UserPolicyList": inline(READS)}, bucket={
        "ownership-controls": {"error": {"code": "OwnershipControlsNotFoundError"}},
        "objects": [{"Key": "x", "Owner": {"ID": OTHER}, "Grants": [grant(OTHER, "FULL_CONTROL")]}]}),
     [call("PutObjectAcl", {"bucketName": "data", "key": "x", "x-amz-acl": ["bucket-owner-full-control"], "acl": ""}, S3),
      call("PutObjectAcl", {"bucketName": "data", "key": "y", "x-amz-acl": ["private"], "acl": ""}, S3),
      call("PutObjectAcl", {"bucketName": "data", "key": "x", "x-amz-acl": ["private"], "acl": ""}, S3)],
     {"proof": "proved", "cause": "no-allow.object-acl", "time": "2026-11-19T11:00:00Z",
      "undo": "aws s3api put-object-acl --bucket data --key x --acl bucket-owner-full-control"}),
    ("default encryption with a key that she may not use", snapshot(
        {"UserPolicyList": inline(WRITES)}, bucket={"encryption": SSE}, files=key()),
     [call("DeleteBucketEncryption", {"bucketName": "data"}, S3), call("PutBucketEncryption", SSE_CALL, S3)],
     {"proof": "proved", "undo": "aws s3api delete-bucket-encryption --bucket data"}, PUT),
    ("the public is blocked, on the bucket", snapshot(bucket={
        "policy": PUBLIC, "public-access-block": {"PublicAccessBlockConfiguration": bpa(True)}}),
     [call("PutBucketPublicAccessBlock", {"bucketName": "data", "PublicAccessBlockConfiguration": bpa(False)}, S3),
      call("PutBucketPublicAccessBlock", {"bucketName": "data", "PublicAccessBlockConfiguration": bpa(True)}, S3)],
     {"proof": "proved", "cause": "bpa.restrict-public-buckets",
      "undo": "aws s3api put-public-access-block --bucket data --public-access-block-configuration "
              "BlockPublicAcls=false,IgnorePublicAcls=false,BlockPublicPolicy=false,RestrictPublicBuckets=false"}, READ_ANY),
    ("the public is blocked, and the logs begin there", snapshot(bucket={
        "policy": PUBLIC, "public-access-block": {"PublicAccessBlockConfiguration": bpa(True)}}),
     [call("PutBucketPublicAccessBlock", {"bucketName": "data", "PublicAccessBlockConfiguration": bpa(True)}, S3)],
     {"proof": "denies-after", "cause": "bpa.restrict-public-buckets", "without": "allowed"}, READ_ANY),
    ("the same block is set once more", snapshot(bucket={
        "policy": PUBLIC, "public-access-block": {"PublicAccessBlockConfiguration": bpa(True)}}),
     [call("DeleteBucketPublicAccessBlock", {"bucketName": "data"}, S3),
      call("PutBucketPublicAccessBlock", {"bucketName": "data", "PublicAccessBlockConfiguration": bpa(True)}, S3, time="2026-11-19T09:30:00Z"),
      call("PutBucketPublicAccessBlock", {"bucketName": "data", "PublicAccessBlockConfiguration": bpa(True)}, S3)],
     {"proof": "proved", "time": "2026-11-19T09:30:00Z",
      "undo": "aws s3api delete-public-access-block --bucket data", "undo_makes_public": True}, READ_ANY),
    ("the public is blocked, on the account", snapshot(
        bucket={"policy": PUBLIC}, files={f"accounts/{A}/s3control/public-access-block.json": {
            "PublicAccessBlockConfiguration": bpa(True)}}),
     [call("DeleteAccountPublicAccessBlock", {"accountId": A}, S3),
      call("PutAccountPublicAccessBlock", {"accountId": A, "PublicAccessBlockConfiguration": bpa(True)}, S3)],
     {"proof": "proved", "cause": "bpa.restrict-public-buckets",
      "undo": f"aws s3control delete-public-access-block --account-id {A}", "undo_makes_public": True}, READ_ANY),
    ("the requester has to pay", snapshot(own, bucket={"request-payment": {"Payer": "Requester"}, "policy": doc(
        st("Allow", "s3:ListBucket", "arn:aws:s3:::data", Principal={"AWS": EVE}))}),
     [call("PutBucketRequestPayment", {"bucketName": "data", "RequestPaymentConfiguration": {"Payer": "BucketOwner"}}, S3),
      call("PutBucketRequestPayment", {"bucketName": "data", "RequestPaymentConfiguration": {"Payer": "Requester"}}, S3)],
     {"proof": "proved", "cause": "requester-pays",
      "undo": "aws s3api put-bucket-request-payment --bucket data --request-payment-configuration Payer=BucketOwner"}, LIST_EVE),
    ("a key is disabled, named by its bare id", snapshot(
        {"UserPolicyList": inline(WRITES, st("Allow", "kms:*"))}, bucket={"encryption": SSE}, files=key("Disabled")),
     [call("DisableKey", {"keyId": KEY}, KMS)],
     {"proof": "proved", "cause": "kms.key-disabled", "undo": f"aws kms enable-key --key-id {KEY}"}, PUT),
    ("a key is to be deleted", snapshot(
        {"UserPolicyList": inline(WRITES, st("Allow", "kms:*"))}, bucket={"encryption": SSE}, files=key("PendingDeletion")),
     [call("ScheduleKeyDeletion", {"keyId": KEY_ARN, "pendingWindowInDays": 7}, KMS)],
     {"proof": "proved", "cause": "kms.key-pending-deletion",
      "undo": f"aws kms cancel-key-deletion --key-id {KEY_ARN} --region us-east-1\naws kms enable-key --key-id {KEY_ARN} --region us-east-1"}, PUT),
    ("a grant is revoked", snapshot({"UserPolicyList": inline(WRITES)}, bucket={"encryption": SSE}, files=key()),
     [call("CreateGrant", {"keyId": KEY_ARN, "granteePrincipal": ALICE, "operations": ["GenerateDataKey", "Decrypt"]}, KMS,
           {"grantId": "g1"}),
      call("RevokeGrant", {"keyId": KEY, "grantId": "g1"}, KMS)], {"proof": "proved"}, PUT),
    ("a grant is revoked that was made before the logs", snapshot(
        {"UserPolicyList": inline(WRITES)}, bucket={"encryption": SSE}, files=key()),
     [call("RevokeGrant", {"keyId": KEY_ARN, "grantId": "g1"}, KMS)],
     {"proof": "likely", "why": "does not hold what the grant allowed"}, PUT),
    ("a bucket policy is deleted that was written before the logs", snapshot(),
     [call("DeleteBucketPolicy", {"bucketName": "data"}, S3)], {"proof": "likely", "why": "what was there before is in no log"}),
    ("another bucket's policy is deleted", snapshot(), [call("DeleteBucketPolicy", {"bucketName": "else"}, S3)], {"proof": None}),
    ("a key policy is written, the key named by its bare id", snapshot(
        {"UserPolicyList": inline(WRITES)}, bucket={"encryption": SSE}, files=key()),
     [call("PutKeyPolicy", {"keyId": KEY_ARN, "policyName": "default", "policy": json.dumps(doc(
         st("Allow", "kms:*", "*", "AliceToo", Principal={"AWS": [f"arn:aws:iam::{A}:root", ALICE]})))}, KMS),
      call("PutKeyPolicy", {"keyId": KEY, "policy": json.dumps(KEY_POLICY)}, KMS)],
     {"proof": "proved", "statement": "AliceToo"}, PUT),
    ("a bucket policy is deleted", snapshot(),
     [call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": PUBLIC}, S3), call("DeleteBucketPolicy", {"bucketName": "data"}, S3)],
     {"proof": "proved", "statement": "Everybody", "undo_makes_public": True}),
    ("an access point's policy is deleted", snapshot(bucket={"policy": doc(
        st("Allow", "s3:*", ["arn:aws:s3:::data", "arn:aws:s3:::data/*"], "Delegated", Principal="*",
           Condition={"StringEquals": {"s3:DataAccessPointAccount": A}}))}, files={
               f"accounts/{A}/s3control/access-points/us-east-1/ap.json": {
                   "Name": "ap", "Bucket": "data", "NetworkOrigin": "Internet", "BucketAccountId": A,
                   "AccessPointArn": f"arn:aws:s3:us-east-1:{A}:accesspoint/ap"}}),
     [call("PutAccessPointPolicy", {"accountId": A, "name": "ap", "Policy": json.dumps(doc(
         st("Allow", "s3:GetObject", f"arn:aws:s3:us-east-1:{A}:accesspoint/ap/object/*", "ByPoint",
            Principal={"AWS": EVE})))}, S3),
      call("DeleteAccessPointPolicy", {"accountId": A, "name": "ap"}, S3)],
     {"proof": "proved", "cause": "no-allow.access-point"},
     ("GetObject", {"bucketName": f"arn:aws:s3:us-east-1:{A}:accesspoint/ap", "key": "x"}, user(EVE))),
    ("a document with quotes, a key with everything", snapshot(bucket={"policy": doc(QUOTES)}),
     [call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": doc(QUOTES, {**PUBLIC["Statement"][0], "Sid": "Gone", "Principal": {"AWS": ALICE}})}, S3),
      call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": doc(QUOTES)}, S3)],
     {"proof": "proved", "statement": "Gone", "resource": "arn:aws:s3:::data/" + ODD_KEY},
     ("GetObject", {"bucketName": "data", "key": ODD_KEY}, user(ALICE))),
    # ---- what is not known, and what is confusing ----
    ("the document of what was detached is nowhere", snapshot(),
     [call("DetachUserPolicy", {"userName": "alice", "policyArn": POLICY + "gone"})],
     {"proof": "likely", "why": "not in the snapshot"}),
    ("attached once more: the first time counts", snapshot(
        {**own, "AttachedManagedPolicies": [{"PolicyArn": POLICY + "never"}]}, policies=[managed("never", NEVER)]),
     [call("AttachUserPolicy", {"userName": "alice", "policyArn": POLICY + "never"}, time="2026-11-19T08:30:00Z"),
      call("AttachUserPolicy", {"userName": "alice", "policyArn": POLICY + "never"})],
     {"proof": "proved", "time": "2026-11-19T08:30:00Z"}),
    ("undone and done again: the last time counts", snapshot(
        {**own, "AttachedManagedPolicies": [{"PolicyArn": POLICY + "never"}]}, policies=[managed("never", NEVER)]),
     [call("AttachUserPolicy", {"userName": "alice", "policyArn": POLICY + "never"}),
      call("DetachUserPolicy", {"userName": "alice", "policyArn": POLICY + "never"}),
      call("AttachUserPolicy", {"userName": "alice", "policyArn": POLICY + "never"}, time="2026-11-19T11:00:00Z")],
     {"proof": "proved", "time": "2026-11-19T11:00:00Z"}),
    ("mended since: the snapshot allows it, the proof still stands", snapshot(
        {"AttachedManagedPolicies": [{"PolicyArn": POLICY + "reads"}]}, policies=[managed("reads", READS)]),
     [call("DetachUserPolicy", {"userName": "alice", "policyArn": POLICY + "reads"}, time="2026-11-19T11:00:00Z"),
      call("AttachUserPolicy", {"userName": "alice", "policyArn": POLICY + "reads"}, time="2026-11-21T11:00:00Z")],
     {"proof": "proved", "event": "DetachUserPolicy", "time": "2026-11-19T11:00:00Z"},
     READ + ("User: " + ALICE + " is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::data/x\" because "
             "no identity-based policy allows the s3:GetObject action",)),
    ("logged half a minute after the denial: two clocks", snapshot(policies=[managed("reads", READS)]),
     [call("DetachUserPolicy", {"userName": "alice", "policyArn": POLICY + "reads"}, time="2026-11-20T10:00:30Z")],
     {"proof": "proved", "clock_skew": True}),
    ("logged two minutes after the denial: another cause", snapshot(policies=[managed("reads", READS)]),
     [call("DetachUserPolicy", {"userName": "alice", "policyArn": POLICY + "reads"}, time="2026-11-20T10:02:00Z")],
     {"proof": None}),
    ("the same of a membership", {**snapshot({"GroupList": ["team"]}, {"GroupPolicyList": inline(READS)}),
                                  "snapshot.json": {"format": 1, "partition": "aws", "collected_at": "2026-11-01T00:00:00Z"}},
     [call("RemoveUserFromGroup", {"userName": "alice", "groupName": "team"})],
     {"proof": "proved", "undo": "aws iam add-user-to-group --group-name team --user-name alice"}, READ + (
         "User: " + ALICE + " is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::data/x\" because no "
         "identity-based policy allows the s3:GetObject action",)),
    ("two changes in one second, both needed", snapshot(group={"GroupPolicyList": inline(READS)}, bucket={"policy": doc(
        st("Allow", "s3:GetObject", "arn:aws:s3:::data/*", "Others", Principal={"AWS": f"arn:aws:iam::{A}:user/bob"}))}),
     [call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": PUBLIC}, S3, time="2026-11-18T00:00:00Z"),
      call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": doc(st(
          "Allow", "s3:GetObject", "arn:aws:s3:::data/*", "Others", Principal={"AWS": f"arn:aws:iam::{A}:user/bob"}))}, S3,
           time="2026-11-19T09:00:00Z"),
      call("RemoveUserFromGroup", {"userName": "alice", "groupName": "team"}, time="2026-11-19T09:00:00Z")],
     {"proof": "proved", "before": "allowed"}),
    ("an older version of the snapshot: what was there is what it has", {**snapshot(bucket={"policy": doc(
        st("Allow", "s3:GetObject", "arn:aws:s3:::data/*", "AliceReads", Principal={"AWS": ALICE}))}),
        "snapshot.json": {"format": 1, "partition": "aws", "collected_at": "2026-11-01T00:00:00Z"}},
     [call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": doc(
         st("Deny", "s3:GetObject", "arn:aws:s3:::data/*", "Shut", Principal="*"))}, S3)],
     {"proof": "proved", "statement": "Shut"}, READ + (
         "User: " + ALICE + " is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::data/x\" with an "
         "explicit deny in a resource-based policy",)),
    ("two changes in one second, each alone enough", snapshot(
        {**own, "AttachedManagedPolicies": [{"PolicyArn": POLICY + "never"}]}, policies=[managed("never", NEVER)],
        bucket={"policy": doc(st("Deny", "s3:*", "arn:aws:s3:::data/*", "Shut", Principal="*"))}),
     [call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": doc()}, S3, time="2026-11-18T00:00:00Z"),
      call("PutBucketPolicy", {"bucketName": "data", "bucketPolicy": doc(
          st("Deny", "s3:*", "arn:aws:s3:::data/*", "Shut", Principal="*"))}, S3, time="2026-11-19T09:00:00Z"),
      call("AttachUserPolicy", {"userName": "alice", "policyArn": POLICY + "never"}, time="2026-11-19T09:00:00Z")],
     {"proof": "proved", "before": "denied"}),
]


def run(program, root, data, calls, denied, options=(), region="us-east-1"):
    name, parameters, who = denied[:3]
    events = []
    for n, (event_name, given, source, response, time) in enumerate(calls):
        carol = user(f"arn:aws:iam::{A}:user/carol")  # who she is does not matter
        events.append(event(n, time or f"2026-11-19T{9 + n:02d}:00:00Z", source, event_name, carol, given, response))
    more = {"errorCode": "AccessDenied", "errorMessage": denied[3] if len(denied) > 3 else "Access Denied"}
    resources = {"resources": [{"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::data", "accountId": A}]}
    events.append(event(90, "2026-11-20T10:00:00Z", S3, name, who, parameters, None, **more, **resources))
    for one in events:
        one["awsRegion"] = region
    with open(os.path.join(root, "trail.json"), "w") as f:
        json.dump({"Records": events}, f)
    with open(os.path.join(root, "snapshot.json"), "w") as f:
        json.dump(data, f)
    done = subprocess.run([program, "logs", os.path.join(root, "trail.json"), "--snapshot", os.path.join(root, "snapshot.json"),
                           "--format", "json", *options], capture_output=True, text=True, check=False)
    if done.returncode != 1:
        return None, f"exit {done.returncode}: {done.stderr}"
    return json.loads(done.stdout), done.stderr


def without(data, name, given):
    """The snapshot before a call that only adds a thing or takes it away, made by hand; None: not one of those."""
    data, account = copy.deepcopy(data), "accounts/" + A + "/iam/authorization-details.json"
    iam, adds = data[account], not name.startswith(("Detach", "Remove"))
    lists = {"userName": ("UserDetailList", "UserName"), "roleName": ("RoleDetailList", "RoleName"),
             "groupName": ("GroupDetailList", "GroupName")}
    if name.endswith(("UserPolicy", "RolePolicy", "GroupPolicy")) and name.startswith(("Attach", "Detach")):
        where, by = lists[next(k for k in lists if k in given)]
        holder = next(e for e in iam[where] if e[by] in given.values())
        attached = [p for p in holder["AttachedManagedPolicies"] if p["PolicyArn"] != given["policyArn"]]
        holder["AttachedManagedPolicies"] = attached + ([] if adds else [{"PolicyArn": given["policyArn"]}])
    elif name in ("AddUserToGroup", "RemoveUserFromGroup"):
        holder = next(e for e in iam["UserDetailList"] if e["UserName"] == given["userName"])
        holder["GroupList"] = [] if adds else [given["groupName"]]
    elif name in ("AttachPolicy", "DetachPolicy"):
        attached = data["organization/attachments.json"][given["targetId"]]
        if adds:
            attached.remove(given["policyId"])
        else:
            attached.append(given["policyId"])
    elif name == "MoveAccount":
        data["organization/parents.json"][given["accountId"]] = given["sourceParentId"]
    elif name in ("DisableKey", "ScheduleKeyDeletion"):
        next(v for k, v in data.items() if "/kms/" in k)["KeyMetadata"]["KeyState"] = "Enabled"
    else:
        return None
    return data


def compare(found, expected, last, partition):
    group = found["causes"][0]
    began = group.get("began", {})
    wrong = []
    for name, value in expected.items():
        if name == "cause":
            have = group.get("cause")
        elif name == "undo":
            have = began.get("undo")
        elif name == "resource":
            have = group["resource"]
        elif name == "why":
            have = value if value in began.get("why", "") else began.get("why")
        else:
            have = began.get(name)
        if have != value:
            wrong.append(f"{name} is {have!r}, expected {value!r}")
    if expected["proof"] and "event" not in expected and began.get("event") != last:
        wrong.append(f"event is {began.get('event')!r}, expected {last!r}")
    first = (group.get("fixes") or [{}])[0]
    for command in began.get("undo", "").split("\n"):
        words = shlex.split(command)
        for option, value in zip(words, words[1:]):
            if option in ("--policy", "--policy-document", "--content") and json.loads(value) != json.loads(began["document_before"]):
                wrong.append(f"{option} is {value}")
    undoes = first.get("id") == "undo-change"
    if undoes and (first["proof"]["decision"] != "allowed" or first["commands"] != began["undo"].split("\n")):
        wrong.append("the undoing is not decided again, or has other commands")
    if undoes != (began.get("proof") == "proved" and began.get("before") == "allowed" and "undo" in began and
                  not began.get("undo_makes_public") and group.get("snapshot_decision") == "denied"):
        wrong.append(f"undone as the first fix: {undoes}")
    refused = [r["title"] for r in group.get("not_proposed", []) if r["title"].startswith("undo ")]
    if bool(refused) != bool(began.get("undo_makes_public")):
        wrong.append(f"not proposed: {refused}")
    if not group["resource"].startswith(partition + ":"):
        wrong.append(f"resource is {group['resource']}")
    if len(found["causes"]) != 1:
        wrong.append(f"{len(found['causes'])} causes")
    return wrong, group


def elsewhere(value):
    """The same in the partition of China."""
    text = json.dumps(value).replace("arn:aws:", "arn:aws-cn:").replace("us-east-1", "cn-north-1")
    text = text.replace('"LocationConstraint": null', '"LocationConstraint": "cn-north-1"')
    return json.loads(text.replace('"partition": "aws"', '"partition": "aws-cn"'))


def main():
    program, failed, checked = os.path.abspath(sys.argv[1]), 0, 0
    china = "--china" in sys.argv
    only = [word for word in sys.argv[2:] if word != "--china"]
    with tempfile.TemporaryDirectory() as root:
        for name, data, calls, expected, *denied in rows:
            if only and not any(o in name for o in only):
                continue
            denied = denied[0] if denied else READ
            if china:
                data, calls, expected, denied = elsewhere(data), elsewhere(calls), elsewhere(expected), elsewhere(denied)
            found, said = run(program, root, copy.deepcopy(data), calls, denied, region="cn-north-1" if china else "us-east-1")
            calls_made = [tuple(c) for c in calls]
            before = None
            if found and expected["proof"] == "proved" and found["causes"][0].get("snapshot_decision") == "denied":
                before = without(data, *calls_made[-1][:2])
            wrong, group = compare(found, expected, calls[-1][0], "arn:aws-cn" if china else "arn:aws") if found else ([said], None)
            if before:
                checked += 1
                again, said = run(program, root, before, calls, denied, region="cn-north-1" if china else "us-east-1")
                verdict = again["causes"][0].get("snapshot_decision") if again else said
                # an upload refused without a word may have carried what needs more than s3:PutObject
                optional = denied[0] == "PutObject" and verdict == "undetermined" and group["began"]["before"] == "allowed"
                if verdict != group["began"]["before"] and not optional:
                    wrong.append(f"made by hand, the snapshot before the change says {verdict}")
            if wrong:
                failed += 1
                print(f"not as expected: {name}: {'; '.join(wrong)}")
                if only:
                    print(json.dumps(group, indent=1), said)
    print(f"{len(rows) - failed} changes proved as expected, {failed} not")
    print(f"{checked} of them checked on a snapshot made by hand")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
