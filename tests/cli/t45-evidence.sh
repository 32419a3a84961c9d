#!/bin/sh
# why403 explain from what a user has: an error text, an event, a log line, a command, a URL, credentials, a session.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
bob=arn:aws:iam::111122223333:user/bob
evidence=examples/evidence
snapshot="--snapshot examples/account"
denied="User: $alice is not authorized to perform: s3:GetObject on resource: \
\"arn:aws:s3:::example-reports/finance/q3.csv\" with an explicit deny in a resource-based policy"
message="An error occurred (AccessDenied) when calling the GetObject operation: $denied"

# shellcheck disable=SC2086 # $snapshot is two words
{
# ---- error texts ----
run explain --error "$message" --from 203.0.113.9 $snapshot
expect "an error text, decided" 1 '^From the error text' '^DENIED' 'FinanceOnlyFromTheVpc' 'agrees with what AWS said'
printf '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>%s</Message></Error>' "$denied" >"$scratch/error.xml"
status=0
"$program" explain --error - --from 203.0.113.9 $snapshot <"$scratch/error.xml" >"$out" 2>"$err" || status=$?
expect "S3's XML body from standard input" 1 '^DENIED' 'FinanceOnlyFromTheVpc'
run explain --error "접근이 거부되었습니다: $message (요청 실패)" --from 203.0.113.9 $snapshot
expect "the text in another language around it" 1 'FinanceOnlyFromTheVpc'
run explain --error "$message" $snapshot
expect "the network is not known, and said so" 3 '^Not known' 'network: .*--from IP or --via vpce-ID'
run explain --error "$message" --via vpce-0123456789abcdef0 $snapshot
expect "the snapshot would allow it" 0 'The snapshot would allow what was denied' 'PutBucketPolicy DeleteBucketPolicy'
run explain --error "$message" --as arn:aws:iam::111122223333:role/deploy --from 203.0.113.9 $snapshot
expect "another caller than the one that was meant" 1 'The request was made by .*alice, not by the identity' \
    'role/deploy, the identity that was meant, the same request is'
run explain --error "$message" --no-snapshot
expect "the message alone" 3 '^What the message alone says' 'resource-based policy, an explicit Deny' \
    'aws s3api get-bucket-policy --bucket example-reports' '^UNDETERMINED'
run explain --error 'fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden' --no-snapshot
expect "a bare 403" 3 'AWS does not say which policy' 'resource: ' 'principal: '
run explain --error 'An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired.' \
    $snapshot
expect "an expired session" 1 'session token of the request has expired .ExpiredToken.' 'aws sso login'
run explain --error "$message" --from 203.0.113.9 $snapshot --format json
python3 - "$out" <<'END' 2>"$err" || status=9
import json, sys
e = json.load(open(sys.argv[1], encoding="utf-8"))["evidence"]
assert e["judged"] and e["agreement"] == "agrees", e
assert [r["chosen"] for r in e["readings"]] == [True, False]
assert e["reported"]["explicit_deny"] and e["reported"]["layer"] == "resource-based policy"
assert {"name": "operation", "value": "GetObject"}.items() <= e["sources"][0]["facts"][1].items()
END
expect "evidence in JSON" 1
run explain --error "$message" --no-snapshot --format json
python3 - "$out" <<'END' 2>"$err" || status=9
import json, sys
a = json.load(open(sys.argv[1], encoding="utf-8"))
assert a["decision"] == "undetermined" and not a["evidence"]["judged"]
assert a["evidence"]["look"][0]["command"].startswith("aws s3api get-bucket-policy")
END
expect "the message alone in JSON" 3
run explain --error "$message" --from 203.0.113.9 $snapshot --format html
expect "evidence in HTML" 1 '<section id="evidence"' 'From the error text'
run explain --error "$message" --no-snapshot --format sarif
expect "evidence in SARIF" 3 '"version": ?"2\.1\.0"'

# ---- events and sessions ----
run explain --event $evidence/denied-event.json $snapshot
expect "an event whose session policy is not known" 0 'session policy: .*--session-events FILE' \
    'the request is of 2026-11-21T08:05:00Z, the snapshot' 'AssumeRole'
run explain --event $evidence/denied-event.json --session-events $evidence/assume-role.json $snapshot
expect "the session's inline policy counts" 1 '^From the session' 'Session policy +does not allow' \
    'because no session policy'
run explain GetObject s3://example-data/app/state.json --from 203.0.113.9 \
    --session-events $evidence/assume-role.json $snapshot
expect "the session says who asks" 1 'for arn:aws:sts::111122223333:assumed-role/app/nightly' \
    'The session policy AssumeRole of 2026-11-21T08:00:00Z'
sed 's/"policy": ".*"/"policyArns": [{"arn": "arn:aws:iam::111122223333:policy\/workload-boundary"}]/' \
    $evidence/assume-role.json >"$scratch/managed.json"
run explain --event $evidence/denied-event.json --session-events "$scratch/managed.json" $snapshot
expect "a managed session policy of the snapshot" 0 'Session policy +allows'
sed 's/workload-boundary"}/of-nobody"}/' "$scratch/managed.json" >"$scratch/nobody.json"
run explain --event $evidence/denied-event.json --session-events "$scratch/nobody.json" $snapshot
expect "a managed session policy that is nowhere" 3 '^UNDETERMINED' 'of-nobody'
run explain --event $evidence/denied-event.json --session-events $evidence/denied-event.json $snapshot
refused "no event made a session" '2:no event .* made a session'
run explain --event $evidence/automation-execution.json --from 203.0.113.9 $snapshot
expect "an execution of AWS's runbook" 1 '^From the runbook execution' 'explicitDeny' 'FinanceOnlyFromTheVpc'
sed 's/TroubleshootS3AccessSameAccount/TroubleshootEC2/' $evidence/automation-execution.json >"$scratch/other.json"
run explain --event "$scratch/other.json" $snapshot
refused "an execution of another runbook" '2:TroubleshootEC2'

# ---- log lines ----
run explain --log-line "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be example-reports \
[21/Nov/2026:09:00:38 +0000] 203.0.113.9 $alice 3E57427F3EXAMPLE REST.GET.OBJECT finance/q3.csv \
\"GET /finance/q3.csv HTTP/1.1\" 403 AccessDenied 243 - 7 - \"-\" \"aws-cli/2.15\" - hostid= SigV4 \
ECDHE-RSA-AES128-GCM-SHA256 AuthHeader example-reports.s3.us-east-1.amazonaws.com TLSV1.2 - -" $snapshot
expect "a log line" 1 '^From the access log line' 'finance/q3.csv' 'FinanceOnlyFromTheVpc'

run explain --log-line "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be example-reports \
[21/Nov/2026:09:00:38 +0000] 203.0.113.9 delivery.logs.amazonaws.com 3E57427F3EXAMPLE REST.PUT.OBJECT logs/1 \
\"PUT /logs/1 HTTP/1.1\" 403 AccessDenied 243 - 7 - \"-\" \"-\" - hostid= SigV4 \
ECDHE-RSA-AES128-GCM-SHA256 AuthHeader example-reports.s3.us-east-1.amazonaws.com TLSV1.2 - -" $snapshot
expect "a log line of a service" 1 'service:delivery\.logs\.amazonaws\.com' '!canonical id' '!--as PRINCIPAL'

# ---- commands and URLs ----
head -c 9000000 /dev/zero >"$scratch/big.bin"
echo small >"$scratch/small.bin"
run explain --command "aws s3 cp $scratch/big.bin s3://example-data/uploads/" --as $bob --from 203.0.113.9 $snapshot
expect "a large file goes in parts" 1 'CreateMultipartUpload on' '!sends PutObject'
run explain --command "aws s3 cp $scratch/small.bin s3://example-data/uploads/" --as $bob --from 203.0.113.9 $snapshot
expect "a small file does not" 1 'PutObject on' '!CreateMultipartUpload'
run explain --command 'aws s3 cp no-such-file s3://example-data/uploads/' --as $bob --from 203.0.113.9 $snapshot
expect "a file that is not there: both" 1 'size: ' 'PutObject' 'CreateMultipartUpload'
run explain --command 'aws s3 cp no-such-file s3://example-data/uploads/x' --from 203.0.113.9 $snapshot --error \
    "An error occurred (AccessDenied) when calling the CreateMultipartUpload operation: User: $bob is not authorized to \
perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab \
because no identity-based policy allows the kms:GenerateDataKey action"
expect "a command and its error" 1 'CreateMultipartUpload on' 'kms:GenerateDataKey'
run explain --command 'aws s3api get-object --bucket example-reports --key finance/q3.csv out' --as $alice \
    --from 203.0.113.9 $snapshot
expect "an s3api command" 1 'GetObject on' 'FinanceOnlyFromTheVpc'
run explain --curl 'https://example-reports.s3.us-east-1.amazonaws.com/finance/q3.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20261121%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T100000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=abc' \
    --as $alice --via vpce-0123456789abcdef0 --at 2026-11-21T12:00:00Z $snapshot
expect "a presigned URL that has expired" 1 'presigned-expired'

# ---- credentials ----
run explain GetObject s3://example-data/app/state.json --as arn:aws:iam::111122223333:role/service/app \
    --from 203.0.113.9 --caller-identity $evidence/caller-identity.json $snapshot
expect "other credentials than meant" 1 "The request was made by $bob, not by" 'the identity that was meant, the same request'
run explain GetObject s3://example-reports/public/holidays.csv --from 203.0.113.9 \
    --caller-identity $evidence/caller-identity.json --configure-list $evidence/configure-list.txt $snapshot
expect "the credentials say who asks" 0 "for $bob" 'credentials of type .env.'
printf '\nAn error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: %s\n' \
    'The security token included in the request is invalid.' >"$scratch/invalid.txt"
run explain GetObject s3://example-data/app/state.json --as $alice --caller-identity "$scratch/invalid.txt" $snapshot
expect "credentials that are not valid" 1 'not valid'

# ---- keys that look missing ----
run explain GetObject s3://example-data/App/state.json --as $bob --from 203.0.113.9 $snapshot
expect "a key of other case" 0 'there is a key .app/state.json.: differs by upper and lower case'
run explain GetObject 's3://example-data/app%2Fstate.json' --as $bob --from 203.0.113.9 $snapshot
expect "a key that was encoded" 0 'there is a key .app/state.json.'

# ---- what makes no sense ----
for option in error log-line command curl; do
    run explain --$option 'xyzzy %%%' $snapshot
    refused "--$option: garbage" '2:^help: expected'
    run explain --$option '' $snapshot
    refused "--$option: nothing" '2:^help: expected'
done
echo garbage >"$scratch/garbage"
echo '{"a": 1}' >"$scratch/object.json"
for option in event session-events caller-identity configure-list; do
    for file in garbage object.json; do
        run explain GetObject s3://example-data/app/state.json --as $alice --$option "$scratch/$file" $snapshot
        refused "--$option: $file"
    done
done
run explain --error "$message" --event $scratch/nowhere.json $snapshot
refused "an event that is not there" '2:nowhere.json'
run explain --event $evidence/denied-event.json --command 'aws s3 ls' $snapshot
refused "two requests" '2:two requests'
run explain --error "$message" --request $evidence/denied-event.json $snapshot
refused "a whole request beside evidence" '2:--request'
}
finish
