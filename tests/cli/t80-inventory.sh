#!/bin/sh
# why403 inventory: the table, every cause, fixes and remedies, the console's text, deliveries, exit statuses.
. "${0%/*}/lib.sh" || exit 2

snapshot="--snapshot examples/account"
# shellcheck disable=SC2086 # $snapshot is two words
{
run inventory example-reports daily $snapshot --created-at 2026-11-01T00:00:00Z --at 2026-11-21T00:00:00Z
expect "the bucket policy and the key policy, both" 1 '^NOT DELIVERED' '^  ok +configuration +enabled, CSV, daily' \
    '^  ok +Region' '^  fails +destination policy' '^  fails +key policy' '^  1\. The bucket policy' '^  2\. The key policy' \
    'Decided again with these changes: allowed' 'put-bucket-policy' 'put-key-policy' '"aws:SourceArn": "arn:aws:s3:::example-reports"'
run inventory example-reports $snapshot
expect "every configuration of the bucket" 1 'inventory `daily` of bucket example-reports'
run inventory s3://example-reports/ $snapshot
expect "the bucket as people write it" 1 'inventory `daily`'
run inventory example-reports daily $snapshot --as arn:aws:iam::111122223333:user/alice
expect "who sets it up is a remark" 1 'note +setting it up +arn:aws:iam::111122223333:user/alice'
run inventory example-reports daily $snapshot --format json
expect "json" 1 '^\{"format":1,"decision":"denied"' '"cause":"no-allow.bucket-policy"' '"findings":\[' '"fixes":\['
python3 - "$out" <<'END' 2>"$err" || status=9
import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
assert len(lines) == 1, "one object on one line"
answer = json.loads(lines[0])
assert [c["cause"] for c in answer["causes"]] == ["no-allow.bucket-policy", "no-allow.key-policy"]
assert answer["fixes"][0]["proof"]["decision"] == "allowed"
END
expect "the JSON is whole" 1

run inventory $snapshot
refused "no bucket" '2:no bucket given'
run inventory a b c $snapshot
refused "an argument too many" '2:one argument too many'
run inventory example-report $snapshot
refused "a bucket misspelled" '2:did you mean `example-reports`'
run inventory example-reports dayly $snapshot
refused "a configuration misspelled" '2:`daily`'
run inventory example-data $snapshot
refused "a bucket without configurations" '2:inventory/<id>.json'
run inventory example-reports daily $snapshot --at yesterday
refused "a date that is none" '2:`yesterday`'
run inventory example-reports daily $snapshot --delivered nowhere
refused "a folder that is not there" '2:nowhere'

# The console's text, in the languages of the articles.
text="Access denied Inventory export for 2021-02-19 failed because S3 doesn't have access to the destination bucket or KMS key."
run inventory example-reports daily $snapshot --error "$text"
expect "the console's text" 1 'export of 2021-02-19 as failed'
text="Accès refusé L'exportation d'inventaire pour le 19-02-2021 a échoué, car S3 n'a pas accès au compartiment de destination ou à la clé KMS."
run inventory example-reports daily $snapshot --error "$text"
expect "in French" 1 'export of 2021-02-19 as failed'
run inventory example-reports daily $snapshot --error "Access Denied"
refused "a text about something else" '2:not about an inventory export'
run inventory --error "$text" --no-snapshot
expect "the text alone" 3 '^UNDETERMINED' 'inventory export of 2021-02-19' 'no-allow.bucket-policy' 'get-bucket-policy --bucket BUCKET' \
    'list-bucket-inventory-configurations' '^Not known' 'bucket: .*why403 inventory BUCKET'
run inventory --error "$text" $snapshot
expect "the configurations it may be about" 3 'why403 inventory example-reports daily'
run inventory --error "$text" $snapshot --format json
expect "as JSON" 3 '"decision":"undetermined","reported":"2021-02-19"' '"option":"why403 inventory BUCKET"'
run inventory --error "Access Denied" --no-snapshot
refused "something else alone" '2:not about an inventory export'
}

# ---- a world of our own: config OPTIONS... writes $scratch/s.json ----
world() { # POLICY CONFIG [MORE]: JSON texts
    cat >"$scratch/s.json" <<END
{"accounts/111122223333/account.json": {"CanonicalId": "aa"},
 "accounts/111122223333/s3/src/location.json": {"LocationConstraint": null},
 "accounts/111122223333/s3/dst/location.json": {"LocationConstraint": ${region:-null}},
 "accounts/111122223333/s3/near/location.json": {"LocationConstraint": null},
 "accounts/111122223333/s3/dst/policy.json": {"Policy": {"Version": "2012-10-17", "Statement": [$1]}},
 "accounts/111122223333/s3/src/inventory/weekly.json": {"InventoryConfiguration": {"Id": "weekly", "IsEnabled": true,
   "IncludedObjectVersions": "Current", "Schedule": {"Frequency": "Weekly"}, "Destination": {"S3BucketDestination":
   {"AccountId": "111122223333", "Bucket": "arn:aws:s3:::dst", "Format": "CSV"}}$2}}$3}
END
}
allow='{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::dst/*"}'
deny='{"Sid": "IPAllow", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::dst/*", "Condition": {"NotIpAddress": {"aws:SourceIp": "54.240.143.0/24"}}}'
tls='{"Sid": "Org", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}'
diagnose() { run inventory src weekly --snapshot "$scratch/s.json" --at 2026-11-21T00:00:00Z --created-at "${created:-2026-11-01}" "$@"; }

world "$allow" ""
diagnose
expect "nothing is wrong" 0 '^WOULD BE DELIVERED' 'weekly \(Sundays, UTC\)'
created=2026-11-18T10:00:00Z; diagnose; created=
expect "too early: a Sunday, and 48 hours" 1 'wait until 2026-11-24T00:00:00Z' 'Wait until 2026-11-24' '!put-bucket'
world "$allow, $deny, $tls" ""
diagnose
expect "every Deny, with the exception for each" 1 '2 statements deny' '^  1\. Statement `IPAllow`' '^  2\. Statement `Org`' \
    'ArnNotLike' 'Decided again with .*: allowed'
if [ "$(grep '^ *+' "$out" | grep -o '"aws:SourceArn": "arn:aws:s3:::src"' | wc -l)" -ge 2 ]; then ok "both get it"; else bad "both get it"; fi
region='"eu-west-1"' world "$allow, $deny" ""
diagnose
expect "another Region, and a Deny" 1 '^  1\. .*Region' '^  2\. Statement `IPAllow`' 'Deliver to bucket near' \
    '"Bucket": "arn:aws:s3:::near"' 'put-bucket-inventory-configuration --bucket src --id weekly'
world "$allow" ', "Filter": {"Prefix": "/reports/"}' ', "accounts/111122223333/s3/src/objects.json": {"complete": true, "Objects": [{"Key": "reports/a"}, {"Key": "logs/b"}]}'
diagnose
expect "a prefix that matches nothing" 1 'matches none of 2 keys: it begins with a slash' 'did you mean `reports/`' \
    '"Prefix": "reports/"'
world "$allow" "" ', "accounts/111122223333/s3/dst/object-lock-configuration.json": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}}, "accounts/111122223333/s3/dst/request-payment.json": {"Payer": "Requester"}'
diagnose
expect "Object Lock and Requester Pays are remarks" 0 'note +Object Lock' 'note +Requester Pays'
world "$allow" "" ', "accounts/111122223333/s3/dst/encryption.json": {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/reports"}}]}}'
diagnose
expect "a default key that only has a name" 3 'unknown +encryption +the destination.s default key is named alias/reports' \
    '^To settle it' '^ +aws kms describe-key --key-id alias/reports' 'put-bucket-encryption --bucket dst'

# ---- what did arrive ----
world "$allow" ""
at="$scratch/dst/src/weekly/2026-11-15T01-00Z"
mkdir -p "$at"
printf '{"sourceBucket":"src","destinationBucket":"arn:aws:s3:::dst","version":"2016-11-30","creationTimestamp":"1","fileFormat":"CSV","fileSchema":"Bucket, Key","files":[]}' >"$at/manifest.json"
md5sum <"$at/manifest.json" | cut -c1-32 >"$at/manifest.checksum"
created=2026-11-14 diagnose --delivered "$scratch/dst"
expect "a delivery: its age is of no account" 0 '^  ok +deliveries +the last one, complete, is of 2026-11-15T01:00:00Z' '!too'
run inventory src weekly --snapshot "$scratch/s.json" --at 2026-12-21 --delivered "$scratch/dst"
expect "overdue since" 0 'fails +deliveries .* a later one is' 'reports came until 2026-11-15'
mkdir "$scratch/empty"
diagnose --delivered "$scratch/empty"
expect "none at all" 0 'fails +deliveries +no manifest.json'

finish
