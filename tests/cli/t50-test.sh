#!/bin/sh
# why403 test: what counts as a case, TAP, filters, jobs, snapshots and policies named by path.
. "${0%/*}/lib.sh" || exit 2

cd "$scratch" || exit 2
mkdir -p suite/sub suite/policies
cat >suite/policies/read.json <<'EOF'
{"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject",
 "Resource": "arn:aws:s3:::bucket/*"}]}
EOF
request='"request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key",
 "resource_account": "111122223333", "principal": "arn:aws:iam::111122223333:user/alice"}'
cat >suite/one.json <<EOF
{"name": "allowed by a file", "policies": {"identity": ["policies/read.json"]}, $request,
 "expect": {"decision": "allowed"}}
EOF
cat >suite/sub/two.json <<EOF
[{"name": "denied without it", $request, "policies": {"identity": []},
  "expect": {"decision": "denied", "cause": "no-allow.identity", "causes": ["no-allow.identity"]}},
 {"name": "wrong on purpose", "policies": {"identity": ["../policies/read.json"]}, $request,
  "expect": {"decision": "denied", "cause": "deny.scp", "sid": "Nobody"}}]
EOF

run test suite/one.json
expect "one file" 0 '^1\.\.1$' '^ok 1 - allowed by a file$' '^1 passed, 0 failed$'
run test suite
expect "a folder and those below" 1 '^1\.\.3$' '^ok 1 - ' '^ok 2 - ' '^not ok 3 - wrong on purpose$' \
    '^# .*suite/sub/two.json:4$' '^# \* decision +denied +allowed$' '^# \* sid +Nobody +\(none\)$' \
    '^2 passed, 1 failed$'
tail -n 1 "$out" | grep -q '^2 passed, 1 failed$' || status=9
expect "the count is the last line" 1
run test suite/
expect "a trailing slash" 1 '^2 passed, 1 failed$' '!//'
run test --format junit suite
expect "JUnit" 1 '<testsuite name="why403 test" tests="3" failures="1" errors="0" skipped="0">' '<failure type="case" message="[^"]' '!^ok '
python3 -c 'import sys, xml.dom.minidom as m; assert len(m.parse(sys.argv[1]).getElementsByTagName("testcase")) == 3' "$out" &&
    ok "JUnit is XML" || bad "JUnit is XML"
run test --quiet suite
expect "quiet" 1 '!^ok ' '^not ok 3 - ' '^2 passed, 1 failed$'
run test --filter 'by a file' suite
expect "a filter" 0 '^1\.\.1$' '^1 passed, 0 failed$'
run test --filter 'nothing has this name' suite
refused "a filter that nothing matches" '2:nothing has this name'
run test suite/one.json suite/sub
expect "several paths" 1 '^2 passed, 1 failed$'

cd "$top" || exit 2
run test --jobs 1 tests/cases
cp "$out" "$scratch/serial"
run test --jobs 8 tests/cases
if cmp -s "$out" "$scratch/serial"; then ok "the order is that of the files"; else bad "the order is that of the files"; fi

# A snapshot by path, relative to the case file; the snapshot's own files are no cases.
cd "$scratch" || exit 2
mkdir with
cp -R "$top/examples/account" with/account
cat >with/snapshot-by-path.json <<'EOF'
{"name": "alice from the internet", "snapshot": "account",
 "request": {"operation": "GetObject", "resource": "arn:aws:s3:::example-reports/finance/q3.csv",
             "principal": "arn:aws:iam::111122223333:user/alice", "from": "203.0.113.9"},
 "expect": {"decision": "denied", "cause": "deny.bucket-policy"}}
EOF
run test with
expect "a snapshot by path" 0 '^1 passed, 0 failed$'
sed 's/"account"/"elsewhere"/' with/snapshot-by-path.json >with/broken.json
run test with/broken.json
refused "a snapshot that is not there" '2:elsewhere'

# One broken file: nothing is run, every problem is told.
printf '{"name": ' >suite/broken.json
printf '[]x' >suite/sub/broken.json
run test suite
refused "broken files" '2:suite/broken.json:1:' '2:suite/sub/broken.json:1:3'

cd "$top" || exit 2
finish
