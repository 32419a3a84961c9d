#!/bin/sh
# Nothing is lost in silence: a statement that AWS would not store is told by every command in every format, with its
# place; so is what of a snapshot cannot be read.
. "${0%/*}/lib.sh" || exit 2

mkdir "$scratch/w"
cd "$scratch/w" || exit 2
alice=arn:aws:iam::111122223333:user/alice
cat >allow.json <<'END'
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
END
cat >typo.json <<'END'
{"Version": "2012-10-17", "Statement": [
  {"Sid": "Keep", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
   "Condition": {"StringEqual": {"aws:SourceVpc": "vpc-1"}}}]}
END
sed 's/StringEqual/StringEquals/' typo.json >good.json
sed 's/"Action": "s3:\*"/"Action": "s3:PutObject"/' typo.json >other.json
told='`StringEqual` is no condition operator'
options="--as $alice --from 203.0.113.9 --no-snapshot --resource-account 111122223333 --identity-policy allow.json"
snapshot="accounts/111122223333"
mkdir -p s/$snapshot/iam s/$snapshot/s3/data
cat >s/$snapshot/iam/authorization-details.json <<'END'
{"UserDetailList": [{"UserName": "alice", "UserId": "AIDAEXAMPLE", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/alice",
 "UserPolicyList": [{"PolicyName": "all", "PolicyDocument": {"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}]}
END
echo '{"LocationConstraint": null}' >s/$snapshot/s3/data/location.json
python3 - typo.json <<'END' >s/$snapshot/s3/data/policy.json
import json, sys
print(json.dumps({"Policy": json.dumps(json.load(open(sys.argv[1])))}))
END
python3 - <<'END' >s.json
import json, os
print(json.dumps({os.path.relpath(os.path.join(d, f), "s"): json.load(open(os.path.join(d, f)))
                  for d, _, fs in os.walk("s") for f in fs}))
END

# shellcheck disable=SC2086 # $options are many words
{
# ---- explain: each format, each way in ----
explain() { run explain s3:GetObject s3://data/k $options "$@"; }
explain --bucket-policy typo.json
expect "explain, text" 3 "2:warning: $told" '2:typo.json:3:' '^UNDETERMINED' 'statement 1 \(Keep\) of typo.json'
explain --bucket-policy typo.json --format json
expect "explain, JSON" 3 '"warnings":\[\{"message":"`StringEqual`' '"source":"typo.json","line":3,"column":18' '"hint":"did you mean'
explain --bucket-policy typo.json --format sarif
expect "explain, SARIF" 3 '"toolExecutionNotifications"' '"text": "`StringEqual` is no' '"uri": "typo.json"'
explain --bucket-policy typo.json --format html
expect "explain, HTML" 3 '<h2 id="warnings-title">Warnings' '<code>StringEqual</code>'
explain --bucket-policy good.json --format json
expect "a statement that AWS stores: no warning" 0 '!"warnings"' '!2:warning'
explain --bucket-policy other.json
expect "it is told where it does not matter too" 0 "2:warning: $told" '^ALLOWED'
for kind in boundary session-policy scp; do
    sed 's/"Principal": "\*", //' typo.json >no-principal.json
    more=
    [ $kind = boundary ] || more="--$kind allow.json" # only one can be attached
    explain $more --$kind no-principal.json
    expect "--$kind" "$([ $kind = boundary ] && echo 1 || echo 3)" "2:warning: $told"
done
explain --identity-policy typo.json
expect "a Principal in an identity-based policy" 3 '2:`Principal` is not allowed in this kind of policy'
sed 's/"StringEqual": {"aws:SourceVpc": "vpc-1"}//; s/"Action"/"NotAction"/; s/s3:\*/s3:PutObject/' typo.json >rcp.json
explain --rcp rcp.json
expect "an RCP with NotAction" 3 '2:takes no `NotAction`' '^UNDETERMINED'
for form in s s.json; do
    run explain GetObject s3://data/k --as $alice --from 203.0.113.9 --snapshot $form
    expect "the same in a snapshot: $form" 3 "2:warning: .*$told" '^UNDETERMINED' 'statement 1 \(Keep\)'
done

# ---- a list of Denies lives beside FullAWSAccess ----
printf '%s' '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:Delete*", "Resource": "*"}]}' >denies.json
explain --scp denies.json
expect "--scp with Denies only" 0 'FullAWSAccess is attached beside the service control policies given for level 0'
explain --scp 1:denies.json
expect "a level that is not given" 0 'FullAWSAccess alone is attached at level 0' 'given for level 1, which only'
explain --rcp denies.json
expect "--rcp with Denies only" 0 '!FullAWSAccess is' '2:without `Principal`'
printf '%s' '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}' >allows.json
explain --scp denies.json --scp 1:allows.json
expect "no Allow is put into a list of Denies" 1 'no-allow|No service control policy|SCP' '!allow s3:GetObject .*denies.json'
printf '%s' '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}' >trust.json
run explain sts:AssumeRole arn:aws:iam::111122223333:role/x --as service:lambda.amazonaws.com --no-snapshot \
    --resource-account 111122223333 --bucket-policy trust.json
expect "a trust policy has no Resource" 0 '!2:warning'

# ---- the other commands ----
request='{"action":"s3:GetObject","resource":"arn:aws:s3:::data/k","principal":"'$alice'","resource_account":"111122223333"}'
decide() {
    status=0
    printf '%s\n' "$request" "$request" | why403 decide --no-snapshot --identity-policy allow.json "$@" >"$out" 2>"$err" || status=$?
}
decide --bucket-policy typo.json
expect "decide" 0 "2:warning: $told" '"decision":"undetermined"' '"warnings":\[\{"message":"`StringEqual`'
[ "$(grep -c '"warnings"' "$out")" = 2 ] && ok "... in each line" || bad "... in each line"
decide --bucket-policy typo.json --full
expect "decide --full" 0 '"warnings":\[\{"message":"`StringEqual`'
decide --bucket-policy good.json
expect "decide: a good one" 0 '!warnings' '!2:warning'
printf '"data","k"\n' >list.csv
sweep() { run sweep list.csv --schema 'Bucket, Key' $options --quiet "$@"; }
sweep --bucket-policy typo.json
expect "sweep" 3 "2:warning: $told" 'undetermined +1'
sweep --bucket-policy typo.json --format json
expect "sweep, JSON" 3 '"warnings":\[\{"message":"`StringEqual`'
sweep --bucket-policy typo.json --format csv
expect "sweep, CSV" 3 "2:warning: $told"
printf '%s\n' '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"'$alice'","accountId":"111122223333","userName":"alice"},"eventTime":"2026-11-20T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","errorCode":"AccessDenied","errorMessage":"Access Denied","requestParameters":{"bucketName":"data","key":"k"},"eventID":"11111111-2222-3333-4444-555555555555","eventType":"AwsApiCall","recipientAccountId":"111122223333"}' >events.ndjson
for format in text json csv html; do
    run logs events.ndjson --snapshot s --format $format
    expect "logs, $format" 1 "2:warning: .*$told"
done
run logs events.ndjson --snapshot s --format json
expect "logs, JSON: a member" 1 '"warnings":\[\{"message":"`StringEqual`'
run logs events.ndjson --snapshot s --format html
expect "logs, HTML: a section" 1 'warnings-title'
run replay events.ndjson --snapshot s --against s --format json
expect "replay" 3 "2:warning: .*$told" '"warnings":\[\{"message"'
run replay events.ndjson --snapshot s --policy arn:aws:s3:::data=typo.json
refused "a plan that AWS would not store is none" "2:$told"
run runbook AWSSupport-TroubleshootS3AccessSameAccount --snapshot s --format json --from 203.0.113.9 \
    --parameters "S3ResourceArn=arn:aws:s3:::data/k,S3Action=GetObject,RequesterArn=$alice"
expect "runbook" 3 "2:warning: .*$told" '"warnings":\[\{"message"'
mkdir -p s/$snapshot/s3/data/inventory
echo '{"InventoryConfiguration": {"Id": "daily", "IsEnabled": true, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"},
 "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::data", "Format": "CSV"}}}}' >s/$snapshot/s3/data/inventory/daily.json
run inventory data daily --snapshot s --format json
expect "inventory" "$status" "2:warning: .*$told" '"warnings":\[\{"message"'

run who-can GetObject s3://data/k --snapshot s --format json
expect "who-can" "$status" "2:warning: .*$told" '"warnings":'
run what-can $alice --snapshot s --format json
expect "what-can" "$status" "2:warning: .*$told" '"warnings":'
run public data --snapshot s --format json
expect "public" "$status" "2:warning: .*$told" '"warnings":'

# ---- test ----
printf '{"name": "a", "policies": {"resource": %s, "identity": [%s]}, "request": %s, "expect": {"decision": "undetermined"}}\n' \
    "$(cat typo.json)" "$(cat allow.json)" "$request" >case.json
run test case.json
expect "test: policies of a case" 0 "^# warning: case.json:3:18: $told" '^ok 1'
printf '{"name": "a", "snapshot": %s, "request": {"operation":"GetObject","resource":"arn:aws:s3:::data/k","principal":"%s","from":"203.0.113.9"}, "expect": {"decision": "undetermined"}}\n' \
    "$(cat s.json)" "$alice" >case.json
run test case.json
expect "test: the snapshot of a case" 0 "^# warning: case.json.*$told" '^ok 1'
printf '{"name": "a", "snapshot": "s", "request": {"operation":"GetObject","resource":"arn:aws:s3:::data/k","principal":"%s","from":"203.0.113.9"}, "expect": {"decision": "undetermined"}}\n' \
    "$alice" >case.json
run test case.json
expect "test: a snapshot that a case names" 0 "^# warning: .*policy.json.*$told" '^ok 1'

# ---- nothing judged is nothing shown ----
echo '[]' >none.json
run test none.json
refused "test of no case" '2:no cases'
run test case.json none.json
refused "one file of them has none" '2:no cases in `none.json`'
run replay events.ndjson --snapshot s --against s --bucket no-such-bucket
expect "replay of nothing" 3 '2:there is no request to replay' '^0 requests'
}
finish
