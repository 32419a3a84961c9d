#!/bin/sh
# Bad files: a located message, exit status 2, nothing on stdout, whatever the option that named them.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
bad=$scratch/bad
mkdir "$bad"
: >"$bad/empty.json"
head -c 4096 /dev/urandom | tr -d '\n' | sed 's/^/\x01/' >"$bad/binary.json"
printf '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Act' >"$bad/truncated.json"
python3 - "$bad" <<'EOF'
import sys
bad = sys.argv[1]
open(bad + "/deep.json", "w").write("[" * 10000 + "]" * 10000)
open(bad + "/large.json", "w").write('{"Statement": "' + "x" * (100 << 20) + '"')
EOF
printf '{"Version": "2012-10-17",\n "Version": "2012-10-17", "Statement": []}' >"$bad/duplicate.json"
printf '{"Version": "2012-10-17", "Statement": 7}' >"$bad/type.json"
printf '{"Version": "2012-10-17", "Statement": [],}' >"$bad/comma.json"
printf '"\303\050"' >"$bad/utf8.json"
printf '{} {}' >"$bad/two.json"
mkdir "$bad/folder.json"

place='2:--> .*:[0-9]+:[0-9]+$'
for kind in empty binary truncated deep duplicate type comma utf8 two large; do
    file=$bad/$kind.json
    # 100 MB are over the limit of one policy document; elsewhere they are text like any other.
    [ "$kind" = large ] && where='2:large' || where=$place
    options="identity-policy boundary scp bucket-policy key-policy"
    [ "$kind" = large ] && options=bucket-policy
    for option in $options; do
        run explain GetObject s3://b/k --as "$alice" --no-snapshot --$option "$file"
        refused "$kind as --$option" "$where"
    done
    [ "$kind" = type ] && where='2:' || where=$place
    run explain --request "$file" --snapshot examples/account
    refused "$kind as --request" "$where"
    run explain GetObject s3://b/k --as "$alice" --snapshot "$file"
    refused "$kind as --snapshot"
    run test "$file"
    refused "$kind as a case file" "$place"
done

for option in identity-policy request snapshot; do
    run explain GetObject s3://b/k --as "$alice" "--$option" "$scratch/missing.json"
    refused "a missing file as --$option" '2:missing.json'
done
run test "$scratch/missing.json"
refused "a missing case file" '2:missing.json'
for option in identity-policy request; do
    run explain GetObject s3://b/k --as "$alice" --no-snapshot "--$option" "$bad/folder.json"
    refused "a directory as --$option" '2:folder.json'
done
mkdir "$scratch/nothing"
run test "$scratch/nothing"
refused "a folder without cases" '2:no cases in'

cp tests/cases/kms.json "$scratch/locked.json"
chmod 0 "$scratch/locked.json"
if [ "$(id -u)" -eq 0 ]; then
    skip "an unreadable file" "root reads everything"
else
    run test "$scratch/locked.json"
    refused "an unreadable file" '2:locked.json'
fi

# The excerpt shows the line and underlines the place.
run explain GetObject s3://b/k --as "$alice" --no-snapshot --identity-policy "$bad/duplicate.json"
refused "an excerpt" '2:^2 \|  "Version"' '2:\^\^\^'
# Every broken policy file is named, not the first only.
run explain GetObject s3://b/k --as "$alice" --no-snapshot --identity-policy "$bad/type.json" \
    --bucket-policy "$bad/comma.json"
refused "all broken files are named" '2:type.json' '2:comma.json'

# So are all broken files of a snapshot.
cp -R examples/account "$scratch/snapshot"
printf '{"Policy": ' >"$scratch/snapshot/accounts/111122223333/s3/example-reports/policy.json"
printf '{"UserDetailList": 7}' >"$scratch/snapshot/accounts/111122223333/iam/authorization-details.json"
run explain GetObject s3://example-reports/k --as "$alice" --from 203.0.113.9 --snapshot "$scratch/snapshot"
refused "all broken files of a snapshot" '2:--> .*example-reports/policy.json:1:' \
    '2:--> .*authorization-details.json:1:'

# Wrong members and types of a request, each at its place.
while IFS='|' read -r name json pattern; do
    printf '%s' "$json" >"$scratch/request.json"
    run explain --request "$scratch/request.json" --snapshot examples/account
    refused "request: $name" "2:$pattern"
done <<'EOF'
an unknown member|{"operaton":"GetObject"}|did you mean `operation`
a number for a string|{"operation":7}|`operation` must be a string, not a number
an array|[]|must be an object
a string for seconds|{"presigned":{"expires_in":"soon"}}|whole number of seconds
a negative age|{"mfa":{"age":-1}}|whole number of seconds
an object as a header|{"headers":{"a":{}}}|`a` must be a string
null in a context list|{"context":{"k":[null]}}|context key `k`
keys without names|{"body":{"keys":[{}]}}|`Key`
an empty principal|{"principal":""}|`principal` is empty
EOF

# Wrong cases.
while IFS='|' read -r name json pattern; do
    printf '%s' "$json" >"$scratch/case.json"
    run test "$scratch/case.json"
    refused "case: $name" "2:$pattern"
done <<'EOF'
no name|{"request":{"operation":"GetObject","resource":"*","principal":"anonymous"},"expect":{"decision":"denied"}}|no `name`
no expect|{"name":"a","request":{"operation":"GetObject","resource":"*","principal":"anonymous"}}|no `expect`
no request|{"name":"a","expect":{"decision":"denied"}}|a `request`, an `inventory` or a `question`
an incomplete request|{"name":"a","request":{"operation":"GetObject"},"expect":{"decision":"denied"}}|no `resource`
operation and action|{"name":"a","request":{"operation":"a","action":"b","resource":"*","principal":"anonymous"},"expect":{"decision":"denied"}}|not both
an unknown decision|{"name":"a","request":{"operation":"GetObject","resource":"*","principal":"anonymous"},"expect":{"decision":"deny"}}|one of "allowed"
a member misspelled|{"name":"a","expects":{}}|did you mean `expect`
levels that are none|{"name":"a","policies":{"scp":[{}]},"request":{},"expect":{}}|must be a list of policies
a status of 99|{"name":"a","request":{"operation":"GetObject","resource":"*","principal":"anonymous"},"expect":{"decision":"denied","status":99}}|HTTP status
EOF

finish
