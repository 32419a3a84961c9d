#!/bin/sh
# why403 replay --policy: one changed document in its place, whatever sort of policy it is.
. "${0%/*}/lib.sh" || exit 2
old=$scratch/old
account=$old/accounts/111122223333
logs=$scratch/logs

# A snapshot with every sort of policy, and requests that all of them allow.
python3 - "$old" "$logs" "$scratch" <<'PYTHON' || exit 2
import json, os, sys
old, logs, new = sys.argv[1:]
A, P = "111122223333", "arn:aws:"
key = P + "kms:us-east-1:" + A + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
def put(path, value, top=None):
    path = os.path.join(top or old, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(value, f, indent=2)
def doc(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}
def allow(action, resource, **more):
    return dict({"Effect": "Allow", "Action": action, "Resource": resource}, **more)
def deny(sid, action, resource, **more):
    return dict(allow(action, resource, **more), Effect="Deny", Sid=sid)
every = {"Principal": "*"}
acc = "accounts/%s/" % A
put("snapshot.json", {"format": 1, "partition": "aws"})
put(acc + "account.json", {"CanonicalId": "a" * 64})
role = P + "iam::" + A + ":role/team/app"
put(acc + "iam/authorization-details.json", {
    "UserDetailList": [{"UserName": "alice", "UserId": "AIDAA", "Path": "/", "Arn": P + "iam::" + A + ":user/alice",
        "GroupList": [], "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": doc(allow(["s3:*", "kms:*"], "*"))},
                           {"PolicyName": "other", "PolicyDocument": doc(allow("s3:GetObject", "arn:aws:s3:::no/*"))}]}],
    "GroupDetailList": [],
    "RoleDetailList": [{"RoleName": "app", "RoleId": "AROAA", "Path": "/team/", "Arn": role, "RolePolicyList": [],
        "AttachedManagedPolicies": [{"PolicyName": "AppAccess", "PolicyArn": P + "iam::" + A + ":policy/team/AppAccess"}],
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": P + "iam::" + A + ":policy/Fence"}}],
    "Policies": [{"PolicyName": name, "Arn": P + "iam::" + A + ":policy/" + path, "DefaultVersionId": "v2",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": False, "Document": doc(deny("Old", "*", "*"))},
                              {"VersionId": "v2", "IsDefaultVersion": True, "Document": doc(allow(["s3:*", "kms:*"], "*"))}]}
        for name, path in (("AppAccess", "team/AppAccess"), ("Fence", "Fence"))]})
put(acc + "s3/data/location.json", {"LocationConstraint": None})
put(acc + "s3/data/policy.json", {"Policy": json.dumps(doc(allow("s3:GetObject", "arn:aws:s3:::data/*", **every)))})
put(acc + "s3/data/public-access-block.json", {"error": {"code": "NoSuchPublicAccessBlockConfiguration"}})
put(acc + "s3/plain/location.json", {"LocationConstraint": None})
put(acc + "s3/sealed/encryption.json", {"ServerSideEncryptionConfiguration": {"Rules": [
    {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]}})
put(acc + "kms/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab.json", {
    "KeyMetadata": {"Arn": key, "KeyId": key[-36:], "KeyState": "Enabled", "KeyManager": "CUSTOMER"},
    "Policy": doc(allow("kms:*", "*", Principal={"AWS": P + "iam::" + A + ":root"})),
    "Aliases": [{"AliasName": "alias/seal", "AliasArn": P + "kms:us-east-1:" + A + ":alias/seal", "TargetKeyId": key[-36:]}]})
put(acc + "s3control/access-points/us-east-1/door.json", {"Name": "door", "Bucket": "plain", "NetworkOrigin": "Internet",
    "BucketAccountId": A, "AccessPointArn": P + "s3:us-east-1:" + A + ":accesspoint/door"})
put(acc + "ec2/us-east-1/vpc-endpoints.json", {"VpcEndpoints": [{"VpcEndpointId": "vpce-0a1b2c3d", "VpcId": "vpc-1",
    "VpcEndpointType": "Gateway", "ServiceName": "com.amazonaws.us-east-1.s3", "PolicyDocument": json.dumps(doc(allow("*", "*", **every)))}]})
put("organization/organization.json", {"Organization": {"Id": "o-exampleorg1", "MasterAccountId": "999999999999", "FeatureSet": "ALL"}})
put("organization/parents.json", {A: "r-root"})
put("organization/attachments.json", {"r-root": ["p-FullAWSAccess", "p-guard123"], A: ["p-FullAWSAccess"]})
put("organization/policies/p-guard123.json", {"Policy": {"PolicySummary": {"Id": "p-guard123", "Name": "Guard",
    "Arn": "arn:aws:organizations::999999999999:policy/o-exampleorg1/service_control_policy/p-guard123",
    "Type": "SERVICE_CONTROL_POLICY"}, "Content": json.dumps(doc(allow("*", "*")))}})
user = {"type": "IAMUser", "arn": P + "iam::" + A + ":user/alice", "accountId": A, "accessKeyId": "AKIAALICE", "userName": "alice"}
session = {"type": "AssumedRole", "arn": P + "sts::" + A + ":assumed-role/app/s1", "accountId": A, "accessKeyId": "ASIAONE",
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": role, "accountId": A, "userName": "app"}, "attributes": {}}}
n = [0]
def event(who, name, bucket, obj, **more):
    n[0] += 1
    return dict({"eventVersion": "1.11", "userIdentity": who, "eventTime": "2026-11-20T10:00:%02dZ" % n[0],
        "eventSource": "s3.amazonaws.com", "eventName": name, "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.9",
        "requestParameters": {"bucketName": bucket, "key": obj}, "responseElements": None, "requestID": "REQ%d" % n[0],
        "eventID": "e-%d" % n[0], "eventType": "AwsApiCall", "recipientAccountId": A, "eventCategory": "Data",
        "resources": [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::%s/%s" % (bucket, obj)}]}, **more)
door = P + "s3:us-east-1:" + A + ":accesspoint/door"
put("t.json", {"Records": [event(user, "GetObject", "data", "open/1"), event(session, "GetObject", "data", "open/2"),
    event(user, "GetObject", "plain", "p/1"), event(user, "PutObject", "sealed", "x/1"),
    event(user, "GetObject", "data", "v/1", vpcEndpointId="vpce-0a1b2c3d"),
    event(user, "GetObject", door, "ap/1", resources=[{"type": "AWS::S3::Object", "ARN": door + "/object/ap/1"},
          {"accountId": A, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::plain"},
          {"accountId": A, "type": "AWS::S3::AccessPoint", "ARN": door}])]}, logs)
through = [{"type": "AWS::S3::Object", "ARN": door + "/object/"}, {"accountId": A, "type": "AWS::S3::AccessPoint", "ARN": door}]
put("t.json", {"Records": [event(user, "GetObject", door, "f/g/" + k, resources=[dict(through[0], ARN=through[0]["ARN"] + "f/g/" + k), through[1]])
                           for k in ("open", "secret", "other")] +
    [event(user, "CopyObject", "data", "c/d/%d" % i, requestParameters={"bucketName": "data", "key": "c/d/%d" % i, "x-amz-copy-source": source})
     for i, source in enumerate(("plain/f/g/open", "plain/f/g/secret", "/plain/f/g/other"))]}, logs + "-keys")
put("door-secret.json", doc(deny("NoSecret", "s3:GetObject", door + "/object/f/g/secret", **every)), new)
put("plain-secret.json", doc(deny("NoSecret", "s3:GetObject", "arn:aws:s3:::plain/f/g/secret", **every)), new)
put("data.json", doc(deny("NoData", "s3:GetObject", "arn:aws:s3:::data/*", **every)), new)
put("two.json", doc(deny("NoTwo", "s3:GetObject", ["arn:aws:s3:::data/*", "arn:aws:s3:::plain/*"], **every)), new)
put("identity.json", doc(deny("NoReads", "s3:GetObject", "*")), new)
put("role-policy.json", {"RoleName": "app", "PolicyName": "own", "PolicyDocument": doc(deny("NoReads", "s3:GetObject", "*"))}, new)
put("all.json", doc(deny("NoAll", "*", "*", **every)), new)
put("door.json", doc(deny("NoDoor", "s3:GetObject", door + "/object/*", **every)), new)
put("repo/1234abcd-12ab-34cd-56ef-1234567890ab.json", {"Policy": json.dumps(doc(deny("NoKey", "kms:*", "*", **every)))}, new)
put("git/accounts/111122223333/s3/plain/policy.json", doc(deny("NoPlain", "s3:GetObject", "arn:aws:s3:::plain/*", **every)), new)
put("git/accounts/111122223333/s3/data/public-access-block.json", {"PublicAccessBlockConfiguration": {}}, new)
put("other/policy.json", doc(deny("NoData", "s3:GetObject", "arn:aws:s3:::data/*", **every)), new)
put("far/policy.json", doc(deny("NoFar", "s3:GetObject", "arn:aws:s3:::far/*", **every)), new)
put("b/data/policy.json", {"error": {"code": "NoSuchBucketPolicy"}}, new)
for where in ("accounts/111122223333/s3/far", "accounts/999988887777/s3/data"):
    put("git/%s/policy.json" % where, doc(deny("NoFar", "s3:GetObject", "arn:aws:s3:::far/*", **every)), new)
put("bad.json", {"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "s3:*", "Resource": "*"}]}, new)
put("none.json", {"Rules": []}, new)
put("a=b.json", doc(deny("NoData", "s3:GetObject", "arn:aws:s3:::data/*", **every)), new)
PYTHON
printf '{\n  "Version": "2012-10-17",\n  "Statement": [,]\n}\n' >"$scratch/broken.json"

# replayed NAME STATUS ARGUMENTS... -- PATTERNS...
replayed() {
    name=$1 wanted=$2
    shift 2
    arguments=
    while [ $# -gt 0 ] && [ "$1" != -- ]; do arguments="$arguments $1"; shift; done
    [ $# -gt 0 ] && shift
    # shellcheck disable=SC2086 # names without blanks
    run replay "$logs" --snapshot "$old" $arguments
    if [ "$wanted" -eq 2 ]; then refused "$name" "$@"; else expect "$name" "$wanted" "$@"; fi
}
change() { name=$1; shift; replayed "$name" 1 --policy "$@"; }

replayed "the snapshot fits the logs" 0 --against "$old" -- '6 requests replayed: 0 would break.* 6 unchanged'

# by path
change "the whole path of a file that was not there" "$scratch/git/accounts/111122223333/s3/plain/policy.json" -- \
    'replayed: 2 would break' 'NoPlain of accounts/111122223333/s3/plain/policy.json'
change "the last name, where only one file has it" "$scratch/repo/1234abcd-12ab-34cd-56ef-1234567890ab.json" -- \
    'replayed: 1 would break' 'kms:GenerateDataKey on' '^ +arn:aws:kms:us-east-1:111122223333:key/1234abcd' 'NoKey'
replayed "any file of a snapshot" 0 --policy "$scratch/git/accounts/111122223333/s3/data/public-access-block.json" -- \
    '0 would break'
cp "$scratch/data.json" "$account/s3/data/new.json" && mkdir "$scratch/data" && mv "$account/s3/data/new.json" "$scratch/data/policy.json"
change "the longest common tail" "$scratch/data/policy.json" -- 'replayed: 3 would break' 'NoData'
replayed "a policy that is taken away" 0 --policy "$scratch/b/data/policy.json" -- '0 would break' ' 6 unchanged'

replayed "of a bucket that the snapshot lacks" 2 --policy "$scratch/git/accounts/111122223333/s3/far/policy.json" -- \
    '2:the snapshot has no bucket far of account 111122223333'
replayed "of an account that it lacks" 2 --policy "$scratch/git/accounts/999988887777/s3/data/policy.json" -- \
    '2:the snapshot has no account 999988887777'
mkdir "$scratch/folder.d"
replayed "a folder" 2 --policy "data=$scratch/folder.d" -- '2:folder\.d'
change "on top of --against" "$scratch/data/policy.json" --against "$old" -- 'replayed: 3 would break'

# by content
change "the bucket that it names" "$scratch/data.json" -- 'replayed: 3 would break' \
    'NoData of accounts/111122223333/s3/data/policy.json' 'arn:aws:s3:::data/'
change "the last name of every bucket policy tells nothing, the content does" "$scratch/other/policy.json" -- 'NoData of'
change "the access point that it names" "$scratch/door.json" -- 'replayed: 1 would break' 'deny\.access-point' 'NoDoor'
replayed "a bucket that the snapshot lacks" 2 --policy "$scratch/far/policy.json" -- '2:neither its path nor its content' '2:help: .*--policy PLACE=FILE'
replayed "two buckets" 2 --policy "$scratch/two.json" -- '2:may take the place of 2 documents' '2:help: .*arn:aws:s3:::data.*arn:aws:s3:::plain|2:arn:aws:s3:::plain.*arn:aws:s3:::data'
replayed "an identity policy does not say whose it is" 2 --policy "$scratch/identity.json" -- '2:neither its path'

# by name
change "a bucket" "data=$scratch/all.json" -- 'replayed: 3 would break' 'deny\.bucket-policy'
change "a bucket's ARN" "arn:aws:s3:::data=$scratch/data.json" -- 'replayed: 3 would break'
change "a path" "accounts/111122223333/s3/data/policy.json=$scratch/data.json" -- 'replayed: 3 would break'
change "a file with a = in its name" "data=$scratch/a=b.json" -- 'replayed: 3 would break'
change "and alone" "$scratch/a=b.json" -- 'replayed: 3 would break'
change "a managed policy" "arn:aws:iam::111122223333:policy/team/AppAccess=$scratch/identity.json" -- \
    'replayed: 1 would break' 'deny\.identity' 'NoReads of AppAccess' 'assumed-role/app'
change "as get-role-policy prints it" "arn:aws:iam::111122223333:policy/team/AppAccess=$scratch/role-policy.json" -- 'deny\.identity'
change "a boundary" "arn:aws:iam::111122223333:policy/Fence=$scratch/identity.json" -- 'replayed: 1 would break' 'deny\.boundary'
change "an inline policy" "arn:aws:iam::111122223333:user/alice/own=$scratch/identity.json" -- 'deny\.identity' 'replayed: 5 would break'
replayed "one of two inline policies" 2 --policy "arn:aws:iam::111122223333:user/alice=$scratch/identity.json" -- \
    '2:may take the place of 2' '2:user/alice/own'
change "an access point without a policy" "door=$scratch/door.json" -- 'deny\.access-point'
change "a key" "alias/seal=$scratch/all.json" -- 'replayed: 1 would break' 'deny\.key-policy'
change "a VPC endpoint" "vpce-0a1b2c3d=$scratch/all.json" -- 'replayed: 1 would break' 'deny\.vpc-endpoint'
change "an SCP" "Guard=$scratch/identity.json" -- 'replayed: 5 would break' 'deny\.scp'
change "an SCP by its path" "organization/policies/p-guard123.json=$scratch/identity.json" -- 'deny\.scp'
change "several at once" "arn:aws:iam::111122223333:policy/Fence=$scratch/identity.json" --policy \
    "arn:aws:iam::111122223333:user/alice/own=$scratch/identity.json" -- 'replayed: 6 would break' 'deny\.boundary' 'deny\.identity'
replayed "the same twice" 2 --policy "data=$scratch/data.json" --policy "$scratch/other/policy.json" -- '2:take the place of the same document'
replayed "a name that is nearly right" 2 --policy "dato=$scratch/data.json" -- '2:no place .dato. for a policy' '2:help: .*arn:aws:s3:::data'

# keys of one folder that only the changed policy tells apart, behind an access point and as the source of a copy
run replay "$logs-keys" --snapshot "$old" --policy "$scratch/door-secret.json"
expect "keys behind an access point" 1 '6 requests replayed: 1 would break.* 5 unchanged' 'accesspoint/door/object/f/g/secret'
run replay "$logs-keys" --snapshot "$old" --policy "$scratch/plain-secret.json"
expect "sources of copies, and what lies behind an access point" 1 '6 requests replayed: 2 would break' 's3:GetObject on arn:aws:s3:::plain/f/g/secret' 'NoSecret of'

# the old option is the same mechanism
replayed "--bucket-policy" 1 --bucket-policy "$scratch/data.json" -- 'replayed: 3 would break'
replayed "--bucket-policy of --bucket" 1 --bucket plain --bucket-policy "$scratch/all.json" -- '[12] would break'
replayed "--bucket-policy is no other policy" 2 --bucket-policy "$scratch/door.json" -- '2:neither its path'

# documents that are none
replayed "broken JSON" 2 --policy "data=$scratch/broken.json" -- '2:--> .*broken\.json:3:17'
replayed "a policy that AWS would not know" 2 --policy "data=$scratch/bad.json" -- '2:--> .*bad\.json:' '2:Perhaps'
replayed "no policy at all" 2 --policy "data=$scratch/none.json" -- '2:--> .*none\.json:'
replayed "and for a managed policy" 2 --policy "Fence=$scratch/none.json" -- '2:--> .*none\.json:'
replayed "a file that is not there" 2 --policy "data=$scratch/nowhere.json" -- '2:nowhere\.json'

# a snapshot in one file
python3 - "$old" "$scratch/one.json" <<'PYTHON' || exit 2
import json, os, sys
top, out = sys.argv[1:]
files = {}
for folder, _, names in os.walk(top):
    for name in names:
        path = os.path.join(folder, name)
        files[os.path.relpath(path, top)] = json.load(open(path))
json.dump(files, open(out, "w"))
PYTHON
run replay "$logs" --snapshot "$scratch/one.json" --policy "Guard=$scratch/identity.json"
expect "a snapshot in one file" 1 'replayed: 5 would break' 'deny\.scp'
run replay "$logs" --snapshot "$scratch/one.json" --policy "$scratch/git/accounts/111122223333/s3/plain/policy.json"
expect "and a file that it lacks" 1 'replayed: 2 would break'
finish
