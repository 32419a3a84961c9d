#!/bin/sh
# why403 runbook: AWS's two runbooks with their parameters, their documents, and what AWS's refuse.
. "${0%/*}/lib.sh" || exit 2

same=AWSSupport-TroubleshootS3AccessSameAccount
public=AWSSupport-TroubleshootS3PublicRead
alice=arn:aws:iam::111122223333:user/alice
bob=arn:aws:iam::111122223333:user/bob
key=arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
finance="S3ResourceArn=arn:aws:s3:::example-reports/finance/q3.csv,S3Action=GetObject,RequesterArn=$alice"

account() { run runbook "$@" --snapshot examples/account; }

run runbook
expect "the list" 0 "$same" "$public" AWS-AttachExcludeConditionToS3DenyPolicies
run runbook $same
expect "the parameters of one" 0 'S3ResourceArn \(String, required\)' 'ContextKeyList \(MapList\)'

# ---- the same-account runbook ----
account $same --from 203.0.113.9 --parameters "$finance"
expect "denied" 1 '^DENIED' 'FinanceOnlyFromTheVpc' '^Fix' ' 1 IAMCheckTypeset +Success' '16 EvaluatePolicy +Success +explicitDeny'
account $same --parameters "$finance"
expect "undetermined, as AWS would simulate it" 3 '^UNDETERMINED' 'EvaluatePolicy +Success +explicitDeny' 'AWS.s simulation'
account $same --parameters "$finance,VpcEndpointId=vpce-0123456789abcdef0"
expect "allowed through the endpoint" 0 '^ALLOWED' 'FetchVPCePolicy +Success' 'EvaluatePolicy +Success +allowed'
account $same --from 203.0.113.9 --format json --parameters "$finance"
python3 - "$out" <<'END' 2>"$err" || status=9
import json, sys
whole = json.load(open(sys.argv[1], encoding="utf-8"))
e = whole["AutomationExecution"]
steps = """IAMCheckTypeset ResourceTypeCheck UaBoOoAccountCheck KeyDetailsChecker ACLBucketCheck ConditionSetter
FetchIAMPolicy branchOnACLCheck FetchBucketPolicy branchOnKMSCheck FetchKMSPolicy branchOnVPCeCheck FetchVPCePolicy
FetchSCPPolicy PolicyModifier EvaluatePolicy""".split()
assert [s["StepName"] for s in e["StepExecutions"]] == steps
assert e["AutomationExecutionStatus"] == "Success" and e["Parameters"]["S3Action"] == ["GetObject"]
assert e["Outputs"]["EvaluatePolicy.final_decision"] == ["explicitDeny"]
for step in e["StepExecutions"]:
    for values in step["Outputs"].values():
        assert isinstance(values, list) and all(isinstance(v, str) for v in values)
denied = json.loads(e["Outputs"]["EvaluatePolicy.denied_statements_array"][0])
allowed = json.loads(e["Outputs"]["EvaluatePolicy.allowed_statements_array"][0])
assert [d["Statement"]["Sid"] for d in denied] == ["FinanceOnlyFromTheVpc"] and denied[0]["StartPosition"]["Column"] > 1
assert any(a["Statement"].get("Sid") == "ReadReports" for a in allowed)
assert whole["why403"]["decision"] == "denied" and whole["why403"]["result"]["cause"] == "deny.bucket-policy"
END
expect "AWS's document" 1
cp "$out" "$scratch/execution.json"
run explain --event "$scratch/execution.json" --from 203.0.113.9 --snapshot examples/account
expect "and it reads its own" 1 '^From the runbook execution' 'FinanceOnlyFromTheVpc'
printf '{"S3ResourceArn": ["arn:aws:s3:::example-reports/finance/q3.csv"], "S3Action": ["GetObject"], "RequesterArn": "%s"}' \
    $alice >"$scratch/parameters.json"
account $same --from 203.0.113.9 --parameters "$scratch/parameters.json"
expect "parameters from a JSON file" 1 '^DENIED'
account $same --from 203.0.113.9 --parameters "file://$scratch/parameters.json"
expect "and by the CLI's file://" 1 '^DENIED'
account $same --from 203.0.113.9 --parameters "$scratch/execution.json"
expect "and from an execution" 1 '^DENIED'
account $same --from 203.0.113.9 --parameters \
    "S3ResourceArn=arn:aws:s3:::example-data/uploads/a.csv,S3Action=PutObject,RequesterArn=$bob,KmsKeyArn=$key"
expect "an upload with a key" 1 'kms:GenerateDataKey +denied' 'FetchKMSPolicy +Success' 'implicitDeny'
account $same --from 203.0.113.9 --parameters "S3ResourceArn=arn:aws:s3:::example-data/app/state.json,S3Action=GetObject,\
RequesterArn=arn:aws:iam::111122223333:role/service/app,RequesterRoleSessionName=nightly,\
S3ObjectVersionId=3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY"
expect "a version, read by a role session" 1 's3:GetObjectVersion'
account $same --parameters "$finance,ContextKeyList=[{\"ContextKeyName\":\"aws:SourceVpce\",\
\"ContextKeyValues\":[\"vpce-0123456789abcdef0\"],\"ContextKeyType\":\"string\"}]"
expect "a context key" 0 '^ALLOWED'
account $same --from 203.0.113.9 --parameters "$finance,\
SCPPolicy={\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"
expect "an SCP" 1 'denies +root: statement 1 of SCPPolicy'

# ---- what AWS's runbook refuses ----
account $same --parameters "S3ResourceArn=arn:aws:s3:::example-reports/finance/q3 (1), new.csv,S3Action=GetObject,\
RequesterArn=$alice,VpcEndpointId=vpce-1a2b3c4d"
expect "a strange key, an old endpoint id" 1 'q3 \(1\), new\.csv' 'refuses .\(. in S3ResourceArn' 'endpoint ids of 8 digits'
account $same --parameters "S3ResourceArn=arn:aws:s3:::example-data/app/state.json,S3Action=s3:GetObject,\
RequesterArn=arn:aws:iam::111122223333:root"
expect "an IAM action, a root user" 0 'it wants an API name' 'users and roles only'
account $same --parameters "S3ResourceArn=arn:aws:s3:::example-data/app/state.json,S3Action=GetObject,\
RequesterArn=arn:aws:iam::444455556666:user/eve"
expect "another account" 1 'AWS.s runbook stops at a bucket of another account'
account $same --from 203.0.113.9 --parameters "$finance,ContextKeyList={\"ContextKeyName\":\"s3:x-amz-acl\",\
\"ContextKeyValues':[\"private'],\"ContextKeyType\":\"string'}"
expect "wrong quotes, named" 1 "character 51 is ' where a \" belongs" '^DENIED'
many=
for name in a b c d e f; do
    many="$many${many:+,}{\"ContextKeyName\":\"aws:RequestTag/$name\",\"ContextKeyValues\":[\"1\"],\"ContextKeyType\":\"string\"}"
done
account $same --from 203.0.113.9 --parameters "$finance,ContextKeyList=[$many]"
expect "six context keys" 1 'at most 5 context keys; these are 6'

# ---- the public-read runbook ----
account $public --parameters S3BucketName=example-reports,Verbose=true
expect "public read" 1 '^NOT READABLE BY EVERYONE' '\[E01\]' '\[I02\]' '\[E10\].*403' '\[E12\] 2 of 2' 'AnalyzeObjects +Success'
account $public --parameters S3BucketName=example-reports
expect "not verbose" 1 '!\[I' '\[E19\]'
account $public --parameters S3BucketName=example-data,S3PrefixName=app/
expect "KMS" 1 '\[E09\]' 'app/state.json'
account $public --parameters S3BucketName=example-reports,S3PrefixName=nothing/
expect "no object" 1 '\[E11\]'
account $public --parameters S3BucketName=example-reports,MaxObjects=1 --format json
python3 - "$out" <<'END' 2>"$err" || status=9
import json, sys
whole = json.load(open(sys.argv[1], encoding="utf-8"))
e = whole["AutomationExecution"]
assert e["StepExecutions"][-1]["StepName"] == "AnalyzeObjects" and len(e["StepExecutions"]) == 11
lines = e["Outputs"]["AnalyzeObjects.objects"][0].split("\n")
assert lines[0] == "finance/q3.csv" and any(l.startswith("[ERROR] [E10]") for l in lines)
assert "1 of 1 objects" in e["Outputs"]["AnalyzeObjects.bucket"][0]
END
expect "AWS's document of it" 1
cp "$out" "$scratch/public.json"
run explain --event "$scratch/public.json" --from 203.0.113.9 --snapshot examples/account
expect "read back" 1 '^From the runbook execution' 'GetObject on arn:aws:s3:::example-reports/finance/q3.csv' 'for anonymous'
cat >"$scratch/open.json" <<'END'
{"accounts/111122223333/s3/site/location.json": {"LocationConstraint": null},
 "accounts/111122223333/s3/site/policy.json": {"Policy": {"Version": "2012-10-17", "Statement": [
   {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}]}},
 "accounts/111122223333/s3/site/objects.json": [{"Key": "index.html"}, {"Key": "img/"}, {"Key": "a.css"}]}
END
run runbook $public --parameters S3BucketName=site --snapshot "$scratch/open.json"
expect "a public site" 0 '^READABLE BY EVERYONE' 'index.html' '!img/$'

# ---- what makes no sense ----
account Nope --parameters "$finance"
refused "a runbook that is none" "2:$same"
account AWS-DisableS3BucketPublicReadWrite --parameters "$finance"
refused "a relative" '2:makes a bucket private'
for bad in "S3Action=GetObject" "S3Acton=GetObject" "xyzzy" "{" "{\"S3Action\": 1, \"S3Action\": 2}" "[1]" "=" \
    "S3ResourceArn=x,S3Action=GetObject,RequesterArn=$alice" \
    "S3ResourceArn=arn:aws:s3:::example-data/k,S3Action=GetObjekt,RequesterArn=$alice" \
    "S3ResourceArn=arn:aws:s3:::example-data/k,S3Action=GetObject,RequesterArn=alice" \
    "S3ResourceArn=arn:aws:s3:::example-data,S3Action=GetObject,RequesterArn=$alice" \
    "S3ResourceArn=arn:aws:s3:::example-data/k,S3Action=GetBucketAcl,RequesterArn=$alice" \
    "$finance,S3Action=PutObject" "$finance,VpcEndpointId=vpce-1" "$finance,KmsKeyArn=alias/aws/s3" \
    "$finance,RequesterRoleSessionName=x" "$finance,SCPPolicy={\"Version\":1}" "$finance,ContextKeyList=[1]" \
    "$finance,ContextKeyList=[{\"ContextKeyName\":\"aws:SourceIp\"}]" \
    "$finance,ContextKeyList=[{\"ContextKeyName\":\"aws:x\",\"ContextKeyValues\":[\"y\"],\"ContextKeyType\":\"strings\"}]" \
    "$finance,ContextKeyList=[{\"ContextKeyName\":\"aws:x\"" ; do
    account $same --parameters "$bad"
    refused "refused: $bad"
done
for bad in "S3BucketName=s3://example-reports" "S3BucketName=example-report" "S3BucketName=example-reports,MaxObjects=0" \
    "S3BucketName=example-reports,HttpGet=maybe" "S3PrefixName=x"; do
    account $public --parameters "$bad"
    refused "refused: $bad"
done
run runbook $same --parameters "$finance" --no-snapshot
refused "nothing to run it on" '2:--snapshot'
finish
