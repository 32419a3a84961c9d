#!/bin/sh
# why403 explain: the example account and plain policy files, every format, the exit status.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
snapshot="--snapshot examples/account"

# shellcheck disable=SC2086 # $snapshot is two words
{
run explain GetObject s3://example-reports/finance/q3.csv --as $alice --from 203.0.113.9 $snapshot
expect "denied by the bucket policy" 1 '^DENIED' 'bucket policy' 'accounts/111122223333/s3/example-reports/policy.json'
run explain GetObject s3://example-reports/finance/q3.csv --as $alice --via vpce-0123456789abcdef0 $snapshot
expect "allowed through the endpoint" 0 '^ALLOWED'
run explain GetObject s3://example-reports/finance/q3.csv --as $alice $snapshot
expect "undetermined without the network" 3 '^UNDETERMINED' 'aws:SourceVpce'
run explain GetObject s3://example-reports/finance/q3.csv --as arn:aws:iam::111122223333:user/alcie $snapshot
refused "a user that is not there" '2:alcie' '2:alice'
run explain GetObjekt s3://example-reports/finance/q3.csv --as $alice $snapshot
expect "an operation that is none" 3 '^UNDETERMINED' '2:GetObjekt' '2:`GetObject`'

set -- explain GetObject s3://example-reports/finance/q3.csv --as $alice --from 203.0.113.9 $snapshot
run "$@"
expect "with fixes" 1 '^DENIED' 'Fix'
run "$@" --no-fixes
expect "without: only the answer" 1 '^DENIED' '!Fix'
run "$@" --no-fixes --format json
expect "an empty list" 1 '"fixes":\[\]' '!"no_fix"'
run "$@" --format json
expect "json" 1 '"format":1' '"decision":"denied"' '"cause":"deny.bucket-policy"'
python3 - "$out" <<'EOF' 2>"$err" || status=9
import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
assert len(lines) == 1, "one object on one line"
answer = json.loads(lines[0])
statement = answer["statement"]
assert answer["status"] == 403 and answer["causes"][0]["cause"] == answer["cause"]
assert {"offset", "length", "line", "column", "index"} <= set(statement)
EOF
expect "json is what it says" 1
run "$@" --format sarif
expect "sarif" 1 '"version": ?"2\.1\.0"' 'deny.bucket-policy'
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$out" 2>"$err" || status=9
expect "sarif is JSON" 1
python3 - "$out" "$scratch/mended" <<'EOF' 2>"$err" || status=9
import json, os, shutil, sys
text = open(sys.argv[1], encoding="utf-8").read()
run = json.loads(text)["runs"][0]
rules = run["tool"]["driver"]["rules"]
assert not any("{" in json.dumps(r["fullDescription"]["text"]) for r in rules), "rules hold no templates"
assert "%SRCROOT%" in run["originalUriBaseIds"]
result = run["results"][0]
place = result["locations"][0]["physicalLocation"]["artifactLocation"]
assert place["uriBaseId"] == "%SRCROOT%" and os.path.isfile(place["uri"]), place
fix = result["fixes"][0]["artifactChanges"]
shutil.copytree("examples/account", sys.argv[2])
for change in fix:
    path = change["artifactLocation"]["uri"]
    assert os.path.isfile(path)
    bytes_ = open(path, "rb").read()
    for r in change["replacements"]:
        at, n = r["deletedRegion"]["byteOffset"], r["deletedRegion"]["byteLength"]
        bytes_ = bytes_[:at] + r["insertedContent"]["text"].encode() + bytes_[at + n:]
    open(sys.argv[2] + path[len("examples/account"):], "wb").write(bytes_)
EOF
expect "sarif: files of the repository, rules without templates, fixes" 1
run explain GetObject s3://example-reports/finance/q3.csv --as $alice --from 203.0.113.9 --snapshot "$scratch/mended"
expect "sarif: what a fix writes is allowed" 0 '^ALLOWED'
run "$@" --format sarif
cp "$out" "$scratch/plain.sarif"
run explain GetObject s3://example-reports/finance/q3.csv --as $alice --from 203.0.113.9 --snapshot ./examples/account/ --format sarif
cmp -s "$out" "$scratch/plain.sarif" && ok "sarif: one file, however its folder is spelled" || bad "sarif: one file, however its folder is spelled"
run "$@" --format html
expect "html" 1 '^<!doctype html>' '!<script src' '!https?://[^ ]*\.(js|css)'
run "$@" --color always
expect "colours" 1 "$(printf '\033')\["
WHY403_SNAPSHOT=examples/account
export WHY403_SNAPSHOT
run explain GetObject s3://example-reports/finance/q3.csv --as $alice --from 203.0.113.9
expect "the snapshot of the environment" 1 '^DENIED'
unset WHY403_SNAPSHOT
}

# Plain policy files, no snapshot at all.
read=$scratch/read.json
cat >"$read" <<'EOF'
{"Version": "2012-10-17",
 "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}]}
EOF
sed 's/"Allow"/"Deny"/; s/"Read"/"No"/' "$read" >"$scratch/deny.json"
set -- explain s3:GetObject s3://bucket/key --as "$alice" --resource-account 111122223333 --no-snapshot
run "$@" --identity-policy "$read"
expect "allowed by a file" 0 '^ALLOWED'
status=0
"$program" "$@" --identity-policy - <"$read" >"$out" 2>"$err" || status=$?
expect "allowed by standard input" 0 '^ALLOWED'
run "$@" --identity-policy "$read" --boundary "$scratch/deny.json"
expect "a boundary that denies" 1 '^DENIED' 'deny.json:2:'
run "$@" --identity-policy "$read" --scp "$read" --scp "1:$scratch/deny.json"
expect "an SCP of the second level denies" 1 '^DENIED'
printf '{"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key", "principal": "%s",
 "resource_account": "111122223333"}' "$alice" >"$scratch/request.json"
run explain --request "$scratch/request.json" --no-snapshot --identity-policy "$read"
expect "a request from a file" 0 '^ALLOWED'
run explain s3:PutObject --request "$scratch/request.json" --no-snapshot --identity-policy "$read"
expect "an operand wins over the file" 1 '^DENIED'
run explain GetObject s3://b/k --as arn:aws-cn:iam::111122223333:user/alice --snapshot examples/account
refused "a user of another partition" '2:the user of that name is `arn:aws:iam::111122223333:user/alice`'
run explain GetObject s3://b/k --as arn:aws:iam::111122223333:role/app --snapshot examples/account
refused "a role without its path" '2:the role of that name is `arn:aws:iam::111122223333:role/service/app`'
key=arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
run explain kms:GenerateDataKey $key --as service:s3.amazonaws.com --snapshot examples/account
expect "a service gets no statement that was made for others" 1 '^  1[.] allow kms:GenerateDataKey' '!to the principals'

run explain kms:Decrypt $key --as "$alice" --no-snapshot --identity-policy "$read"
expect "what is unknown is named once" 3 '^  - key-policy [(]not in the snapshot[)]'

# glyphs beyond ASCII only where the terminal has them
set -- explain s3:GetObject s3://bucket/key --as "$alice" --resource-account 111122223333 --no-snapshot
status=0
LC_ALL=de_DE.ISO-8859-1 "$program" "$@" --identity-policy "$read" >"$out" 2>"$err" || status=$?
expect "another charset" 0 '^  [+] Identity'
LC_ALL=C.utf8 "$program" "$@" --identity-policy "$read" >"$out" 2>"$err" || status=$?
expect "UTF-8" 0 '^  ✓ Identity'
finish
