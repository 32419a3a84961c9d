#!/bin/sh
# --write-fixes DIR: the whole new document and a patch for each fix, which applies; nothing is overwritten, nothing is
# written elsewhere. Policies on one line are laid out, diffs are never shortened.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
question="GetObject s3://example-reports/finance/q3.csv --as $alice --from 203.0.113.9"
# shellcheck disable=SC2086 # words
account() { run explain $question --snapshot "$scratch/account" "$@"; }
cp -r examples/account "$scratch/account"

account --write-fixes "$scratch/fixes"
expect "it says what it wrote" 1 '2:^wrote .*fixes/fix-2$' '2:^wrote .*fixes/fix-3$' '!2:fix-1$' '^DENIED'
doc_name=bucket-policy-example-reports
ls "$scratch/fixes/fix-2" >"$out"
expect "three files a document" 1 "^$doc_name.json\$" "^$doc_name-before.json\$" "^$doc_name.patch\$"

# The patch is of the snapshot's file: applied, the request is allowed.
for tool in "patch -s -p1" "git apply"; do
    command -v "${tool%% *}" >/dev/null 2>&1 || continue
    rm -rf "$scratch/account"
    cp -r examples/account "$scratch/account"
    status=0
    (cd "$scratch/account" && $tool <"$scratch/fixes/fix-2/$doc_name.patch") >"$out" 2>"$err" || status=$?
    expect "${tool%% *} applies it" 0
    account
    expect "and the request is allowed" 0 '^ALLOWED'
done
rm -rf "$scratch/account"
cp -r examples/account "$scratch/account"
python3 - "$scratch" "$doc_name" <<'END' >"$out" 2>"$err" || status=9
import json, sys
at = f"{sys.argv[1]}/fixes/fix-2/{sys.argv[2]}"
now, was = json.load(open(at + ".json")), json.load(open(at + "-before.json"))
stored = json.loads(json.load(open(sys.argv[1] + "/account/accounts/111122223333/s3/example-reports/policy.json"))["Policy"])
assert was == stored and now != was and len(open(at + ".json").read().splitlines()) > 30
END
expect "the documents are whole, and laid out" 0

# What is there stays.
account --write-fixes "$scratch/fixes"
expect "the same again" 1 '^DENIED' '!2:wrote'
echo mine >"$scratch/fixes/fix-2/$doc_name.json"
account --write-fixes "$scratch/fixes"
expect "another file of the name is not overwritten" 2 "2:has another .$doc_name.json., which is not overwritten" '!.'
[ "$(cat "$scratch/fixes/fix-2/$doc_name.json")" = mine ] && status=0
expect "and is as it was" 0
mkdir "$scratch/links" "$scratch/elsewhere"
ln -s "$scratch/elsewhere" "$scratch/links/fix-2"
account --write-fixes "$scratch/links"
expect "a link is not followed out of the folder" 2 '2:cannot write' '!.'
ls "$scratch/elsewhere" >"$out"
[ -s "$out" ] || status=0
expect "nothing is there" 0
account --write-fixes "$scratch/no/such/folder"
expect "a folder that cannot be made" 2 '2:no/such/folder'

# Policies by hand: on one line, and laid out; in a file of another form.
one='{"Version":"2012-10-17","Statement":[{"Sid":"Office","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}'
printf '%s' "$one" >"$scratch/one.json"
python3 -m json.tool "$scratch/one.json" "$scratch/many.json"
printf '{"Policy": %s}\n' "$(python3 -c 'import json,sys; print(json.dumps(sys.argv[1]))' "$one")" >"$scratch/string.json"
printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' >"$scratch/allow.json"
for file in one many string; do
    (cd "$scratch" && "$program" explain s3:GetObject s3://b/k --as $alice --from 198.51.100.7 --no-snapshot --resource-account \
        111122223333 --identity-policy allow.json --bucket-policy $file.json --write-fixes "fixes-$file" >"$out" 2>"$err")
    status=$?
    expect "$file: laid out, and whole" 1 '^ *[0-9]+ \| +"aws:SourceIp": "203.0.113.0/24"' '!\.\.\.["a-z]' '!["a-z:]\.\.\.'
    found=$(find "$scratch/fixes-$file" -name '*.patch' | sort | head -n 1)
    (cd "$scratch" && cp $file.json kept.json && patch -s -p1 <"$found" && mv $file.json new.json && mv kept.json $file.json) \
        >"$out" 2>"$err"
    status=$?
    expect "$file: the patch applies" 0
    (cd "$scratch" && "$program" explain s3:GetObject s3://b/k --as $alice --from 198.51.100.7 --no-snapshot --resource-account \
        111122223333 --identity-policy allow.json --bucket-policy new.json >"$out" 2>"$err")
    status=$?
    expect "$file: and helps" 0 '^ALLOWED'
done

# An inline policy inside a larger file.
run explain PutObject s3://example-reports/new.csv --as $alice --from 203.0.113.9 --snapshot "$scratch/account" \
    --write-fixes "$scratch/inline"
expect "an inline policy" 1 '2:wrote'
found=$(find "$scratch/inline" -name '*.patch' | sort | head -n 1)
(cd "$scratch/account" && patch -s -p1 <"$found") >"$out" 2>"$err"
status=$?
expect "its patch is of the large file" 0
run explain PutObject s3://example-reports/new.csv --as $alice --from 203.0.113.9 --snapshot "$scratch/account"
expect "and it helps" 0 '^ALLOWED'

run logs examples/trail/logs --snapshot examples/trail/snapshot --write-fixes "$scratch/logs"
expect "logs" 1 '2:^wrote .*cause-[0-9]+-fix-1$'
finish
