#!/bin/sh
# What `why403 collect` leaves in a snapshot beside what the aws CLI prints: parts of an account, calls that failed, how
# far it came and when.
. "${0%/*}/lib.sh"

account=$scratch/world/accounts/111122223333
alice=arn:aws:iam::111122223333:user/alice
mkdir -p "$account/iam" "$account/s3/data"
cat >"$account/iam/authorization-details.json" <<'X'
{"Partial": true, "UserDetailList": [{"Path": "/", "UserName": "alice", "UserId": "AIDAEXAMPLE",
 "Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument":
 {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}],
 "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
X
echo '{"LocationConstraint": null}' >"$account/s3/data/location.json"
echo '{"error": {"code": "NoSuchBucketPolicy"}}' >"$account/s3/data/policy.json"

ask() { run explain GetObject s3://data/k --as "$1" --snapshot "$scratch/world"; }

ask "$alice"
expect "the one that was asked for" 0 '^ALLOWED' '!2:.'
ask arn:aws:iam::111122223333:user/bob
expect "another one is unknown" 3 'only a part of the account was collected' 'get-account-authorization-details'
run who-can GetObject s3://data/k --snapshot "$scratch/world"
expect "others of the account may be able to" 0 'user/alice' 'account:111122223333'

echo '{"error": {"code": "AccessDenied", "call": "s3:GetBucketPolicy", "at": "2026-11-30T10:00:00Z"}}' >"$account/s3/data/policy.json"
ask "$alice"
expect "the call that failed" 3 'get-bucket-policy --bucket data' 's3:GetBucketPolicy answered AccessDenied'
echo '{"error": {"code": "NoSuchBucketPolicy"}}' >"$account/s3/data/policy.json"

rm -r "$account/iam"
echo '{"error": {"code": "AccessDenied", "call": "sts:AssumeRole"}}' >"$account/account.json"
ask "$alice"
expect "an account that could not be entered" 3 'sts:AssumeRole answered AccessDenied'

collected() { printf '{"format": 1, "partition": "aws", "collected_at": "%s", "collector": {%s}}' "$1" "$2" >"$scratch/world/snapshot.json"; }
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
collected "$now" '"mode": "whole", "incomplete": true'
ask "$alice"
expect "a collection that did not end" 3 '2:warning: the collection did not come to its end' 's3/data/encryption.json'
collected "$now" '"mode": "narrow"'
ask "$alice"
expect "a narrow one" 3 '!2:warning' 's3/data/objects.json'
collected 2026-01-02T03:04:05Z '"mode": "whole", "version": "0.1"'
ask "$alice"
expect "an old one" 3 '2:^note: the snapshot was collected [0-9]+ days ago'
echo '{"format": 1, "collected_at": "2026-01-02T03:04:05Z"}' >"$scratch/world/snapshot.json"
ask "$alice"
expect "one made by hand is as old as it is" 3 '!2:note'

for f in s3control/access-grants/us-east-1/grants s3control/multi-region-access-points/m s3control/object-lambda/us-east-1/o \
    s3express/fast--use1-az4--x-s3/policy s3express/access-points/us-east-1/a cloudtrail/us-east-1/EventName-PutBucketPolicy; do
    mkdir -p "$(dirname "$account/$f")"
    echo '{}' >"$account/$f.json"
done
ask "$alice"
expect "nothing that is collected is ignored" 3 '!2:ignored'
mkdir -p "$account/s3control/other"
echo '{}' >"$account/s3control/other/x.json"
ask "$alice"
expect "a stranger is" 3 '2:not a file of a snapshot: ignored'
finish
