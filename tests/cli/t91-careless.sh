#!/bin/sh
# A request that AWS could not get is refused with a hint, wherever a request is read: wildcards, lists, account ids,
# times, addresses. What only looks like one is taken as it is.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
cd "$scratch" || exit 2
cat >allow.json <<'END'
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}]}
END
explain() { run explain "$@" --as $alice --no-snapshot --identity-policy allow.json; }
no() { # NAME ACTION RESOURCE HINT
    explain "$2" "$3" --resource-account 111122223333
    refused "$1" "2:^help: .*$4"
}
no "an action with a wildcard" 's3:DeleteObj*' s3://b/k 'name one operation or action'
no "an operation with a wildcard" 'Get*' s3://b/k 'name one operation or action'
no "s3:?etObject" 's3:?etObject' s3://b/k 'name one operation or action'
no "all actions" '*' s3://b/k 'name one operation or action'
no "two actions" 's3:GetObject,s3:PutObject' s3://b/k 'one request a line'
no "two actions with a blank" 's3:GetObject s3:PutObject' s3://b/k 'one request a line'
no "a JSON list" '["s3:GetObject"]' s3://b/k 'one request a line'
no "no name" s3: s3://b/k 'service:Name'
no "a pattern of buckets" s3:GetObject 's3://b*/k' 'pattern'
no "all keys" s3:GetObject 's3://b/*' 'name one key'
no "all keys, as ARN" s3:GetObject 'arn:aws:s3:::b/*' 'name one key'
no "all keys of a folder" GetObject 's3://b/reports/*' 'name one key'
no "keys that begin so" GetObject 's3://b/rep*' 'name one key'
no "a pattern of access points" GetObject 'arn:aws:s3:us-east-1:111122223333:accesspoint/x*/object/k' 'pattern'
no "a pattern of keys of KMS" kms:Decrypt 'arn:aws:kms:us-east-1:111122223333:key/1*' 'pattern|name one key'
no "an object operation on a bucket" GetObject s3://b 'add the key'
no "an object action on a bucket" s3:GetObjectTagging s3://b/ 'add the key'
no "an account in the resource" kms:Decrypt arn:aws:kms:us-east-1:1111:key/x '12 digits'

# ---- the operation by another name ----
by() { # NAME RESOURCE OPERATION
    explain "$1" "$2" --resource-account 111122223333 --from 203.0.113.9
    expect "$1" 0 "^ALLOWED .* $3 on "
}
by get_object s3://b/k GetObject
by list_objects_v2 s3://b ListObjectsV2
by s3:get-object s3://b/k GetObject
by s3api:GetObject s3://b/k GetObject
by REST.GET.OBJECT s3://b/k GetObject
by REST.HEAD.BUCKET s3://b HeadBucket
by 's3 ls' s3://b ListObjectsV2
by 's3 rm' s3://b/k DeleteObject
no "a command with two paths" 's3 cp' s3://b/k 'aws s3 cp SOURCE DESTINATION'
no "its last word" sync s3://b/k 'aws s3 cp SOURCE DESTINATION'
explain s3:GetObjct s3://b/k --resource-account 111122223333
expect "an action that there is not" 0 '2:did you mean `s3:GetObject`'
echo 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied' >told.txt
run explain --error told.txt --no-snapshot
refused "the name of a file for the text" '2:^help: that is the name of a file'

explain GetObject 's3://b/a*b' --resource-account 111122223333
expect "a key with a star in it is a key" 0 'arn:aws:s3:::b/a\*b'
explain GetObject 's3://b/a${*}' --resource-account 111122223333
expect "a key that ends in a star is written as in a policy" 0 'arn:aws:s3:::b/a\* '
explain s3:ListBucket s3://b --resource-account 111122223333
expect "an action on a bucket" 0
explain s3:ListAllMyBuckets '*' --resource-account 111122223333
expect "an action without a resource" 0

option() { # NAME HINT OPTION...
    name=$1 hint=$2
    shift 2
    explain GetObject s3://b/k "$@"
    refused "$name" "2:^help: .*$hint"
}
option "an account of 11 digits" '12 digits' --resource-account 11112222333
option "an account of 13 digits" '12 digits' --resource-account 1111222233334
option "an account with dashes" '12 digits' --resource-account 1111-2222-3333
option "an expected owner" '12 digits' --expected-bucket-owner 42
option "an account in the context" '12 digits' --context aws:SourceAccount=1234
option "a time" '2026-11-21T10:00:00Z' --at tomorrow
option "a month" '2026-11-21T10:00:00Z' --at 2026-13-01
option "before all time" '2026-11-21T10:00:00Z' --at -5
option "when it was signed" '2026-11-21T10:00:00Z' --presigned=soon
option "the time in the context" '2026-11-21T10:00:00Z' --context aws:EpochTime=never
option "an address in the context" 'IP address' --context aws:SourceIp=home
option "a flag in the context" 'true' --context aws:SecureTransport=yes
option "a number in the context" 'number' --context aws:MultiFactorAuthAge=old
option "an endpoint" 'vpce-' --via 123
option "a VPC for an endpoint" 'vpce-' --via vpc-1
run explain GetObject s3://b/k --as 'arn:aws:iam::111122223333:role/*' --no-snapshot --identity-policy allow.json
refused "a pattern of principals" "2:^help: .*role's ARN"
run explain GetObject s3://b/k --as arn:aws:iam::1111:user/a --no-snapshot --identity-policy allow.json
refused "a principal's account"

# ---- the same wherever a request is read ----
printf '%s\n' '{"action":"s3:Get*","resource":"arn:aws:s3:::b/k","principal":"'$alice'"}' \
    '{"action":"s3:GetObject","resource":"arn:aws:s3:::b/*","principal":"'$alice'"}' \
    '{"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","principal":"'$alice'","resource_account":"123"}' \
    '{"action":"s3:GetObject","resource":"arn:aws:s3:::b/a*","principal":"'$alice'","resource_account":"111122223333"}' >lines
status=0
why403 decide --no-snapshot --identity-policy allow.json <lines >"$out" 2>"$err" || status=$?
expect "decide: each line by itself" 2 'no wildcard in its operation.*"line":1' 'is a pattern.*"line":2' 'no account id.*"line":3' \
    '"decision":"allowed"'
printf '{"name":"a","policies":{"identity":[%s]},"request":%s,"expect":{"decision":"allowed"}}\n' "$(cat allow.json)" "$(sed -n 1p lines)" >case.json
run test case.json
expect "a case" 1 '^not ok 1' 'no wildcard in its operation'
sed -n 2p lines >request.json
run explain --request request.json --no-snapshot --identity-policy allow.json
refused "--request" '2:is a pattern' '2:--> request.json:1:'
printf '"b","k"\n' >list.csv
run sweep list.csv --schema 'Bucket, Key' --as $alice --no-snapshot --identity-policy allow.json --action 's3:Get*'
refused "sweep: an action" '2:no wildcard'
run sweep list.csv --schema 'Bucket, Key' --as $alice --no-snapshot --identity-policy allow.json --resource-account 12
refused "sweep: an account" '2:no account id'
printf '"b","x/*"\n"b","y*"\n' >list.csv
run sweep list.csv --schema 'Bucket, Key' --as $alice --no-snapshot --identity-policy allow.json --resource-account 111122223333
expect "keys of a report are what they are" 0 'allowed +2'
finish
