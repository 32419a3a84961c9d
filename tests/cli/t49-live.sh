#!/bin/sh
# Commands that ask AWS, answered by a module that has a snapshot for a world (tests/prop/world_module.c).
. "${0%/*}/lib.sh"

export WHY403_LIVE_MODULE="$2/tests/prop/world_module.so" WORLD="$top/examples/account" WORLD_ACCOUNT=111122223333
app=arn:aws:iam::111122223333:role/service/app
bob=arn:aws:iam::111122223333:user/bob

run explain DeleteBucket s3://example-data --as "$bob" --from 203.0.113.9 --live
expect "as by the whole snapshot" 1 '^DENIED  403 AccessDenied  DeleteBucket' 'OnlyDeployRemovesBuckets of KeepBuckets' \
    '2:^note: asked AWS as arn:aws:iam::111122223333:user/collector: [0-9]+ calls in 1 round$'
run explain GetObject s3://example-data/x --live
expect "the credentials' own caller, where nobody is named" 2 '2:account 111122223333 has no user `collector`'
run explain GetObject s3://example-data/x --as arn:aws:iam::111122223333:role/nobody --live
refused "a role that AWS does not know" '2:account 111122223333 has no role `nobody`'
text="User: $bob is not authorized to perform: s3:DeleteBucket on resource: \"arn:aws:s3:::example-data\" because no identity-based policy allows the s3:DeleteBucket action"
run explain --error "An error occurred (AccessDenied) when calling the DeleteBucket operation: $text" --live
expect "from what was printed" 1 '^DENIED .*DeleteBucket' "for $bob" '2:note: asked AWS'
printf 'An error occurred (AccessDenied) when calling the DeleteBucket operation: %s' "$text" >"$scratch/error"
status=0
"$program" explain --error - --live <"$scratch/error" >"$out" 2>"$err" || status=$?
expect "from standard input" 1 '^DENIED .*DeleteBucket'

# what AWS does not tell
export WORLD_DENIED=iam:GetRole,s3:GetBucketPolicy
run explain GetObject s3://example-data/x --as "$app" --live
expect "what is refused stays unknown, and is named" 3 '^UNDETERMINED' 's3:GetBucketPolicy answered AccessDenied' \
    '2:AWS did not answer iam:GetRole of app .AccessDenied.; it takes the permission iam:GetRole'
export WORLD_DENIED=organizations:DescribeOrganization
run explain GetObject s3://example-data/x --as "$app" --live
expect "without rights on the organization" 1 '^DENIED' 'organization/organization.json'
export WORLD_DENIED=

# kept
run explain GetObject s3://example-data/x --as "$app" --live --save "$scratch/kept" --format json
expect "what was collected is kept" 1 '"decision": *"denied"'
cp "$out" "$scratch/live.json"
run explain GetObject s3://example-data/x --as "$app" --snapshot "$scratch/kept" --format json
expect "and gives the same answer" 1 '"decision": *"denied"' '!2:.'
if cmp -s "$out" "$scratch/live.json"; then ok "to the byte"; else bad "to the byte" "the two answers differ"; fi
run explain GetObject s3://example-data/other --as "$app" --snapshot "$scratch/kept"
expect "for another key it does not know whether it is there" 1 '^DENIED'
run explain GetObject s3://example-reports/finance/q3.csv --as "$bob" --snapshot "$scratch/kept"
expect "of what was not asked it knows nothing" 3 '^UNDETERMINED'
modes=$(find "$scratch/kept" -printf '%m\n' | sort -u | tr '\n' ' ')
if [ "$modes" = "600 700 " ]; then ok "for its owner alone"; else bad "for its owner alone" "$modes"; fi
run explain GetObject s3://example-data/x --as "$app" --live --save "$scratch/kept"
refused "never over another" '2:is not empty'
run explain GetObject s3://example-data/x --as "$app" --live --snapshot "$scratch/kept"
refused "AWS or a snapshot" '2:does not go with `--snapshot`'

# collect
run collect --for GetObject s3://example-data/x --as "$app" "$scratch/collected"
expect "collect --for" 0 '2:note: asked AWS' '!.'
run explain GetObject s3://example-data/x --as "$app" --snapshot "$scratch/collected"
expect "its folder" 1 '^DENIED'
export WORLD_DENIED=s3:GetBucketPolicy
run collect --for GetObject s3://example-data/x --as "$app" "$scratch/partly"
expect "with something refused" 1 '2:s3:GetBucketPolicy of example-data'
export WORLD_DENIED=
run collect --for GetObject s3://example-data/x --as "$app" "$scratch/collected"
refused "collect --for never over another" '2:is not empty'
run collect --for GetObject
refused "half a question" '2:takes an operation and a resource'
run collect --for GetObject s3://example-data/x a b --as "$app"
refused "an argument too many" '2:one argument too many: `b`'

# the least policies
run collect --print-policy --for GetObject s3://example-data/x --as "$app" --trusted arn:aws:iam::444455556666:root
expect "the least policy of one question" 0 'arn:aws:iam::111122223333:role/service/app' 's3:GetBucketPolicy' '!iam:GetUser' \
    '!s3:GetObject"' '!kms:Decrypt' '!sts:AssumeRole",' '!2:.'
run collect --print-policy --role auditor
expect "the least policies of a collector" 0 'role/auditor' 'iam:GetAccountAuthorizationDetails' 'organizations:ListPolicies' \
    '2:--trusted ARN'

# inventory
run inventory example-reports --live --at 2026-11-21T10:00:00Z
live=$status
cp "$out" "$scratch/live"
run inventory example-reports --snapshot "$top/examples/account" --at 2026-11-21T10:00:00Z
if [ "$live" = "$status" ] && [ "$(head -n 1 "$scratch/live")" = "$(head -n 1 "$out")" ]; then
    ok "inventory --live"
else
    bad "inventory --live" "$(head -n 5 "$scratch/live")"
fi

# how much is asked: a role with an inline and two managed policies, three levels
mkdir -p "$scratch/world"
python3 - "$scratch/world" <<'X'
import json, os, sys
a, root = "111122223333", sys.argv[1]
def put(path, value):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(value, f)
def policy(*s):
    return {"Version": "2012-10-17", "Statement": list(s)}
allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
arns = [f"arn:aws:iam::{a}:policy/{n}" for n in "mn"]
put(f"accounts/{a}/iam/authorization-details.json", {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [
    {"RoleName": "r", "RoleId": "AROA", "Path": "/", "Arn": f"arn:aws:iam::{a}:role/r", "AssumeRolePolicyDocument": policy(),
     "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy(allow)}],
     "AttachedManagedPolicies": [{"PolicyName": x[-1], "PolicyArn": x} for x in arns]}],
    "Policies": [{"PolicyName": x[-1], "Arn": x, "DefaultVersionId": "v1",
                  "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": policy(allow)}]} for x in arns]})
put(f"accounts/{a}/s3/data/location.json", {"LocationConstraint": None})
put(f"accounts/{a}/s3/data/policy.json", {"Policy": json.dumps(policy({"Effect": "Allow", "Principal": {"AWS": a}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}))})
put("organization/organization.json", {"Organization": {"Id": "o-exampleorgid", "MasterAccountId": "999988887777", "FeatureSet": "ALL"}})
put("organization/roots.json", {"Roots": [{"Id": "r-ab12", "PolicyTypes": [{"Type": f"{t}_CONTROL_POLICY", "Status": "ENABLED"} for t in ("SERVICE", "RESOURCE")]}]})
put("organization/parents.json", {a: "ou-ab12-11111111", "ou-ab12-11111111": "r-ab12"})
put("organization/attachments.json", {t: ["p-FullAWSAccess", "p-RCPFullAWSAccess"] for t in ("r-ab12", "ou-ab12-11111111", a)})
X
export WORLD="$scratch/world"
most() { # NAME CALLS ROUNDS
    calls=$(sed -n 's/.*: \([0-9]*\) calls in .*/\1/p' "$err")
    rounds=$(sed -n 's/.* calls in \([0-9]*\) round.*/\1/p' "$err")
    if [ "${calls:-999}" -le "$2" ] && [ "${rounds:-99}" -le "$3" ]; then
        ok "$1: at most $2 calls"
    else
        bad "$1: at most $2 calls" "$calls calls in $rounds rounds"
    fi
}
run explain GetObject s3://data/x --as arn:aws:iam::111122223333:role/r --live
expect "a listing does not say how the object is encrypted" 3 '^UNDETERMINED' 'the encryption of the object' \
    'aws s3api head-object --bucket data --key x' '2:note: `--with head-object`'
most "a role, three levels" 25 6
run explain GetObject s3://data/x --as arn:aws:iam::111122223333:role/r --live --with head-object
expect "its headers do" 0 '^ALLOWED'
most "with its headers" 25 6
run explain GetObject s3://data/x --as arn:aws:iam::111122223333:role/r --live --with tags
refused "nothing else is asked beside" '2:`--live` head-object'
export WORLD_DENIED=organizations:DescribeOrganization
run explain GetObject s3://data/x --as arn:aws:iam::111122223333:role/r --live
expect "without rights on the organization nothing is taken for no policy" 3 '^UNDETERMINED' 'organization/organization.json'
most "without rights on the organization" 15 6
export WORLD_DENIED=

WHY403_LIVE_MODULE=/nonexistent.so
run explain GetObject s3://data/x --as arn:aws:iam::111122223333:role/r --live
refused "without the module" '2:the module that calls AWS could not be opened'
run explain GetObject s3://data/x --as arn:aws:iam::111122223333:role/r --snapshot "$scratch/world"
expect "and all else works" 0 '^ALLOWED'
finish
