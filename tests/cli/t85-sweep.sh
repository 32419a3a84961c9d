#!/bin/sh
# why403 sweep: counts, causes, lists, versions, several files and threads, damage, exit statuses.
. "${0%/*}/lib.sh" || exit 2

own=79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be
other=c1daf1b7b5aa85feacc2d8a3a4b0f7f1c2f54b1e7cf0430f33d72579fd1611c9
app=arn:aws:iam::111122223333:role/app
cat >"$scratch/s.json" <<END
{"accounts/111122223333/account.json": {"CanonicalId": "$own"},
 "accounts/444455556666/account.json": {"CanonicalId": "$other"},
 "accounts/111122223333/s3/src/location.json": {"LocationConstraint": null},
 "accounts/111122223333/s3/src/versioning.json": {"Status": "Enabled"},
 "accounts/111122223333/s3/src/ownership-controls.json": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
 "accounts/111122223333/s3/src/policy.json": {"Policy": {"Version": "2012-10-17", "Statement": [
   {"Sid": "Secret", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::src/secret/*"}]}},
 "accounts/111122223333/iam/authorization-details.json": {"RoleDetailList": [{"RoleName": "app", "RoleId": "AROAEXAMPLE",
   "Path": "/", "Arn": "$app", "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17",
   "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}]}}
END
acl() { printf '{"version":"2022-11-10","status":"AVAILABLE","grants":[{"canonicalId":"%s","type":"CanonicalUser","permission":"FULL_CONTROL"}]}' "$1" | base64 -w0; }
a_own=$(acl $own) a_other=$(acl $other)
cat >"$scratch/head.csv" <<END
Bucket,Key,VersionId,IsLatest,IsDeleteMarker,EncryptionStatus,ObjectOwner,ObjectAccessControlList
"src","pub/a","v1","true","false","SSE-S3","$own","$a_own"
"src","pub/a","v0","false","false","SSE-S3","$own","$a_own"
"src","secret/b+c%2Bd","v1","true","false","SSE-S3","$own","$a_own"
"src","theirs/""q""","v1","true","false","SSE-S3","$other","$a_other"
"src","theirs/2","v1","true","false","SSE-S3","$other","$a_other"
"src","gone","v2","true","true","","$own","$a_own"
"src","kms","v1","true","false","SSE-KMS","$own","$a_own"
END
sweep() { run sweep "$@" --as $app --from 203.0.113.9 --snapshot "$scratch/s.json"; }

sweep "$scratch/head.csv"
expect "a CSV with a header" 1 '^GetObject as arn:aws:iam::111122223333:role/app, 7 objects' 'allowed +3 ' 'denied +3 ' \
    'undetermined +1 ' ' 1  of them older versions' '2  no-allow.object-acl s3:GetObject' "owner $other, account" \
    '1  deny.bucket-policy s3:GetObject' 's3://src/secret/b c\+d' 'put-object-acl' 'allowed, but S3 answers 404' \
    'names none' 'why403 explain GetObject'
sweep "$scratch/head.csv" --format json
expect "json" 1 '"objects":7,"allowed":3,"denied":3,"undetermined":1,"older_versions":1' '"cause":"no-allow.object-acl"'
python3 -c 'import json,sys; d=json.loads(open(sys.argv[1]).read()); assert sum(c["objects"] for c in d["causes"])==7' "$out" 2>"$err" || status=9
expect "the JSON is whole" 1
sweep "$scratch/head.csv" --format csv
expect "csv" 1 '^Objects,Bucket,Decision' '^2,"src","denied",403,"no-allow.object-acl","s3:GetObject"'

sweep "$scratch/head.csv" --list
expect "a list of what is not allowed" 1 '"key":"secret/b c\+d","version_id":"v1","decision":"denied","status":403,"cause":"deny.bucket-policy"' \
    '"key":"theirs/\\"q\\""' '"decision":"undetermined"' '2:By cause' '!"key":"pub/a"'
if [ "$(wc -l <"$out")" -eq 4 ]; then ok "one object a line"; else bad "one object a line"; fi
sweep "$scratch/head.csv" --list --format csv -q
expect "the list as CSV" 1 '^Bucket,Key,VersionId' '^"src","theirs/""q""","v1","denied",403' '!2:.'

sweep "$scratch/head.csv" --operation DeleteObject
expect "another operation" 0 'allowed +7'
sweep "$scratch/head.csv" --operation PutObject
expect "no version is put twice" 0 'allowed +6' '1  older versions not asked for'
sweep "$scratch/head.csv" --action s3:GetObjectAcl
expect "one action" 1 '^s3:GetObjectAcl as'
run sweep "$scratch/head.csv" --as anonymous --from 203.0.113.9 --snapshot "$scratch/s.json"
expect "anonymous" 1 'allowed +0'
run sweep "$scratch/head.csv" --as $app --from 203.0.113.9 --snapshot "$scratch/s.json" --operation GetObject --top 1
expect "the largest prefix only" 1 '  theirs/' '\(others\)'

sed 1d "$scratch/head.csv" >"$scratch/bare.csv"
sweep "$scratch/bare.csv" --schema 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, EncryptionStatus, ObjectOwner, ObjectAccessControlList'
expect "columns by --schema" 1 ', 7 objects'
gzip -c "$scratch/head.csv" >"$scratch/head.csv.gz"
sweep "$scratch/head.csv.gz" "$scratch/head.csv" "$scratch/head.csv.gz" --jobs 3
expect "several files at once, gzip or not" 1 ', 21 objects' 'denied +9 '

# ---- a delivery: manifest, data files, damage ----
d="$scratch/dst/inv/src/daily"
mkdir -p "$d/2026-11-21T01-00Z" "$d/data"
for i in 1 2 3; do sed 1d "$scratch/head.csv" | gzip -c >"$d/data/$i.csv.gz"; done
manifest() { # FILES...
    list=
    for i in "$@"; do
        list="$list${list:+,}{\"key\":\"inv/src/daily/data/$i.csv.gz\",\"size\":$(cat "$d/data/$i.csv.gz" 2>/dev/null | wc -c)}"
    done
    printf '{"sourceBucket":"src","destinationBucket":"arn:aws:s3:::dst","version":"2016-11-30","creationTimestamp":"1","fileFormat":"%s","fileSchema":"%s","files":[%s]}' \
        "${kind:-CSV}" "$(head -1 "$scratch/head.csv" | sed 's/,/, /g')" "$list" >"$d/2026-11-21T01-00Z/manifest.json"
    md5sum <"$d/2026-11-21T01-00Z/manifest.json" | cut -c1-32 >"$d/2026-11-21T01-00Z/manifest.checksum"
}
m="$d/2026-11-21T01-00Z/manifest.json"
manifest 1 2 3
sweep "$m" --jobs 2
expect "a delivery" 1 ', 21 objects' '!2:.'
manifest 1 2 3 4
sweep "$m"
expect "a missing file is named, the rest is done" 2 ', 21 objects' '1 of 4 files damaged or missing' '2:4.csv.gz'
head -c 100 "$d/data/2.csv.gz" >"$scratch/cut" && cp "$scratch/cut" "$d/data/2.csv.gz"
sweep "$m" --format json
expect "a damaged one too" 2 '"files":4,"damaged_files":2' '2:2.csv.gz'
kind=ORC manifest 1
sweep "$m"
expect "ORC is refused, with what to do" 2 '2:ORC'
printf 'Bucket,Key\nsrc,good\nsrc,bad%%zz\nsrc\nsrc,"open\n' >"$scratch/bad.csv"
sweep "$scratch/bad.csv"
expect "malformed rows are located and counted" 2 ', 1 object' '3 malformed rows' '2:bad.csv: row 3, byte 20: ' '2:row 4'
sweep "$scratch/nowhere.csv"
expect "a file that is not there" 2 ', 0 objects' '2:nowhere.csv'
sweep "$scratch/bare.csv"
expect "no header and no schema" 2 '2:--schema'

sweep
refused "no report" '2:no report given'
sweep "$scratch"
refused "a folder" '2:manifest.json'
sweep "$scratch/head.csv" --operation GetObject --action s3:GetObject
refused "operation and action" '2:one of the two'
sweep "$scratch/head.csv" --jobs 0
refused "no jobs" '2:--jobs'
sweep "$scratch/head.csv" --schema 'Bucket, Size'
refused "a schema without Key" '2:Key'
run sweep "$scratch/head.csv" --snapshot "$scratch/s.json"
refused "nobody asks" '2:no principal given'
run sweep "$scratch/head.csv" --as arn:aws:iam::111122223333:role/ap --snapshot "$scratch/s.json"
refused "a role that is not there" '2:did you mean .app.'
run sweep "$scratch/head.csv" --as $app --no-snapshot
refused "nothing to judge by" '2:no snapshot and no policies'

# ---- Ctrl-C: what was read is summed up ----
mkfifo "$scratch/pipe"
(echo Bucket,Key; i=0; while [ $i -lt 20000 ]; do echo "src,pub/$i"; i=$((i + 1)); done; exec sleep 20) >"$scratch/pipe" 2>/dev/null &
feeder=$!
"$program" sweep "$scratch/pipe" --as $app --from 203.0.113.9 --snapshot "$scratch/s.json" --format json >"$out" 2>"$err" &
sweeper=$!
sleep 2
kill -INT $sweeper
sleep 0.2
kill $feeder 2>/dev/null
status=0
wait $sweeper || status=$?
if [ -s "$out" ]; then
    expect "Ctrl-C leaves a summary" 130 '"interrupted":true' '"objects":[1-9]'
else # a shell without job control has its background programs ignore SIGINT
    skip "Ctrl-C leaves a summary" "SIGINT is ignored here"
fi

finish
