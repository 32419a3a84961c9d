#!/bin/sh
# who-can, what-can, public, diff, check: answers, formats, exit statuses, and every witness decided again.
. "${0%/*}/lib.sh" || exit 2

account=examples/account
alice=arn:aws:iam::111122223333:user/alice

# Each witness of an answer, decided by `why403 decide`: all verdicts must be the one that is wanted.
witnesses() { # NAME VERDICT
    python3 - "$out" >"$scratch/witnesses" <<'END'
import json, sys
def walk(v):
    if isinstance(v, dict):
        if "witness" in v:
            print(json.dumps(v["witness"]))
        for x in v.values():
            walk(x)
    elif isinstance(v, list):
        for x in v:
            walk(x)
for line in [open(sys.argv[1]).read()] if sys.argv[1] else []:
    decoder, at = json.JSONDecoder(), 0
    while at < len(line.rstrip()):
        value, at = decoder.raw_decode(line, at)
        walk(value)
        while at < len(line) and line[at].isspace():
            at += 1
END
    "$program" decide --snapshot $account <"$scratch/witnesses" >"$scratch/verdicts"
    n=$(grep -c . "$scratch/witnesses") good=$(grep -c "\"decision\":\"$2\"" "$scratch/verdicts")
    if [ "$n" -gt 0 ] && [ "$n" -eq "$good" ]; then ok "$1: $n witnesses are $2"; else bad "$1: $good of $n witnesses are $2"; fi
}

run who-can GetObject s3://example-reports/finance/q3.csv --snapshot $account
expect "who can" 0 'WHO CAN  GetObject' 'role/deploy +statement 1 of AdministratorAccess' \
    'through vpce-0123456789abcdef0' 'cannot: 1 known caller, every outside caller' 'FinanceOnlyFromTheVpc of' 'why403 explain GetObject'
run who-can GetObject s3://example-reports/finance/q3.csv --snapshot $account --near --direct-only
expect "and who cannot" 0 'role/service/app: .*FinanceOnlyFromTheVpc' '!accesspoint/finance'
for words in "get-object s3://example-reports/finance/q3.csv" "s3://example-reports/finance/q3.csv GetObject" \
    "get_object https://example-reports.s3.amazonaws.com/finance/q3.csv"; do
    # shellcheck disable=SC2086
    run who-can $words --snapshot $account
    expect "who-can $words" 0 'WHO CAN  GetObject  arn:aws:s3:::example-reports/finance/q3.csv' 'cannot: 1 known caller'
done
run who-can ListBucket s3://example-reports --snapshot $account
expect "a permission's name: the listing" 0 'WHO CAN  ListObjectsV2' '2:`ListBucket` is a permission'
run who-can GetObjekt s3://example-reports/finance/q3.csv --snapshot $account
refused "a slip of the pen" '2:did you mean `s3:GetObject`'
run who-can GetObject s3://example-reports/finance/q3.csv --snapshot $account -q
expect "callers only" 0 '^arn:aws:iam::111122223333:role/deploy$' '!WHO CAN'
run who-can GetObject s3://example-reports/finance/q3.csv --snapshot $account --format json --direct-only
expect "who can, JSON" 0 '"question": "who-can"' '"state": "conditional"' '"vpce":\{"in":\["vpce-0123456789abcdef0"\]\}' '"needs_own_account": false'
witnesses "who can" allowed
run who-can GetObject s3://example-reports/finance/q3.csv --snapshot $account --format ndjson --direct-only
expect "who can, one caller a line" 0 '^\{"caller":"arn:aws:iam::111122223333:role/deploy","state":"always"' '^\{"format":1,"question":"who-can"'
run who-can 'DeleteObject, s3:GetObjectA*' 's3://example-reports/*' --snapshot $account
expect "a list, a glob and keys" 0 'WHO CAN  DeleteObject  arn:aws:s3:::example-reports/\*' 's3:GetObjectAcl'
run who-can GetObject s3://example-reports/finance/q3.csv --snapshot $account --when aws:SourceVpce --direct-only
expect "only requests without an endpoint" 0 'role/deploy' '!user/alice'
run who-can GetBucketPolicy s3://example-data --snapshot $account --when aws:SourceIp=203.0.113.9
expect "only one address" 0 'role/deploy'

run who-can Frobnicate s3://example-reports/x --snapshot $account
expect "no such operation" 2 '2:is no operation'
run who-can GetObject --snapshot $account
expect "no resource" 2 '2:needs an operation and a resource'
run who-can GetObject s3://example-reports/x --snapshot $account --when nonsense
expect "no such key" 2 '2:is no condition key'
run who-can GetObject s3://example-reports/x --no-snapshot
expect "no snapshot" 2 '2:no snapshot'

run what-can $alice --snapshot $account
expect "what can, a table" 0 '^  List  s3:ListBucket  example-reports  +always$' '^  Read  s3:GetObject   example-reports/finance/\*  +through$' \
    '^        by ReadReports of read-reports$'
run what-can $alice 's3:List*' --snapshot $account
expect "with room, one line a row" 0 '^  List  s3:ListBucket  example-reports  always  ListReports of read-reports$'
run what-can role/deploy --snapshot $account
expect "without, one below the other" 0 '^    on example-reports$' '^    by statement 1 of AdministratorAccess$'
run what-can role/deploy --snapshot $account --format json
expect "a row is of one access level" 0 '"access_level": "Permissions management"' '!Permissions management, Write'
run what-can $alice 's3:*' --snapshot $account --format json
expect "what can, JSON" 0 '"rows": \[' '"access_level": "Read"'
witnesses "what can" allowed
run what-can $alice 's3:Put*' --not --snapshot $account
expect "what cannot" 1 'CANNOT DO' 'no-allow.identity'
run what-can role/service/app 's3:*' --not --snapshot $account
expect "for each cause a row" 0 'CANNOT DO' 'no-allow.boundary' 'deny.scp' 'deny.bucket-policy'
run what-can anonymous --snapshot $account
expect "the public can nothing" 1 'WHAT  anonymous'
run what-can arn:aws:iam::111122223333:user/nobody --snapshot $account
expect "no such user" 2 '2:has no user'

run public --all --snapshot $account
expect "public" 0 'example-reports' 'S3 says: not public' 'nobody outside gets in'
run public no-such-bucket --snapshot $account
expect "no such bucket" 2 '2:has no bucket'
cp -r $account "$scratch/open"
python3 - "$scratch/open" <<'END'
import json, sys
path = sys.argv[1] + "/accounts/111122223333/s3/example-reports/policy.json"
document = {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::example-reports/open/*"}]}
json.dump({"Policy": json.dumps(document)}, open(path, "w"))
END
run public example-reports --snapshot "$scratch/open" --format json
if [ "$status" -eq 1 ] || [ "$status" -eq 0 ]; then ok "an open bucket is judged"; else bad "an open bucket is judged"; fi
cp -r $account "$scratch/partner"
python3 - "$scratch/partner" <<'END'
import json, sys
path = sys.argv[1] + "/accounts/111122223333/s3/example-reports/policy.json"
holder = json.load(open(path))
document = json.loads(holder["Policy"])
document["Statement"] += [{"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::555566667777:root"},
                           "Action": ["s3:GetObject", "s3:GetObjectTagging"], "Resource": "arn:aws:s3:::example-reports/open/*",
                           "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]
holder["Policy"] = json.dumps(document)
json.dump(holder, open(path, "w"))
END
run public example-reports --snapshot "$scratch/partner"
expect "a partner gets in, where and how" 1 'account:555566667777: s3:GetObject on arn:aws:s3:::example-reports/open/\*' 'over TLS'
run public example-reports --snapshot "$scratch/partner" --format json
expect "by the statement that lets it in" 1 '"sid": "Partner"' '!DelegateToAccessPoints' '"aws:SecureTransport": "true"' \
    '"boxes": \[' '"resource":\{"like":\["arn:aws:s3:::example-reports/open/\*"\]\}'
run who-can 's3:Get*' s3://example-reports/finance/q3.csv --snapshot $account -q
expect "only callers, each once" 0 'role/deploy'
if [ -z "$(sort "$out" | uniq -d)" ]; then ok "none twice"; else bad "none twice"; fi
run diff $account "$scratch/open" --max-ms 60000
expect "two states" 1 'newly-allowed' 'example-reports' 'All \(new, added\)' 'accounts/111122223333/s3/example-reports/policy.json'
run diff $account "$scratch/open" --max-ms 60000 --format json
expect "and by which statements" 1 '"by": \[' '"side": "new"' '"sid": "All"' '"edit": "added"' '"sid": "FinanceOnlyFromTheVpc"' '"edit": "removed"' '!"same"'
run diff $account "$scratch/open" --max-ms 60000 --format markdown
expect "in a comment too" 1 'All of .* \(added\)'
cp -r $account "$scratch/requester"
python3 - "$scratch/requester" <<'END'
import sys
path = sys.argv[1] + "/accounts/111122223333/s3/example-reports/ownership-controls.json"
open(path, "w").write('{"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}')
END
run diff $account "$scratch/requester" --max-ms 60000 --format json --fail-on never
expect "what no statement says comes from none" 0 '!"edit"'
run diff $account $account --max-ms 60000
expect "a state against itself" 0 '^0 changes'

old=examples/seeds/inventory-deny-by-ip.json new=examples/seeds/inventory-deny-by-ip-updated.json
run diff $old $new
expect "two policies" 1 '^WIDER  1 change' 'no longer denied' 's3:\* on arn:aws:s3:::destinationbucket' 'IPAllow \(old, changed\)' '!newly allowed'
run diff $old $new --fail-on never
expect "whatever changed" 0 'WIDER'
run diff $new $old
expect "the other way round" 0 'NARROWER' 'newly denied'
run diff $new $old --fail-on any --wider-only
expect "nothing wider to show" 1 '0 changes'
run diff $old $new --format markdown
expect "a comment for a review" 1 '^\| \*\*no longer denied\*\* \|' '^\|---\|'
run diff $old $new --format json
expect "a diff as JSON" 1 '"no_longer_denied": "yes"' '"change": "no-longer-denied"' '"edit": "changed"'
python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$out" 2>"$err" || status=9
expect "the JSON is whole" 1
run diff $old $old
expect "a policy against itself" 0 '^SAME  0 changes'
python3 - "$scratch" <<'END'
import json, sys
arn = "arn:aws:s3:::amzn-s3-demo-bucket/"
tag = {"s3:ExistingObjectTag/team": "${aws:PrincipalTag/team}"}
for name, resource, condition in (("none", [arn + "x"], {}), ("folder", [arn + "home/${aws:username}/*"], {}),
                                  ("or", [arn + "home/${aws:username}/*", arn + "shared/*"], {}),
                                  ("team", [arn + "*"], {"StringEquals": tag}), ("perhaps", [arn + "*"], {"StringEqualsIfExists": tag})):
    st = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource, "Condition": condition}
    json.dump({"Version": "2012-10-17", "Statement": [st if condition else {k: v for k, v in st.items() if k != "Condition"}]},
              open(f"{sys.argv[1]}/same-{name}.json", "w"))
END
run diff "$scratch/same-none.json" "$scratch/same-folder.json" --wider-only --format ndjson
expect "a variable ties the caller to the resource" 1 '"same":\[\["\$\{aws:username\}","resource"\]\]'
run diff "$scratch/same-none.json" "$scratch/same-folder.json" --wider-only --format markdown
expect "in words" 1 'where the folder is the user.s name'
run diff "$scratch/same-none.json" "$scratch/same-or.json" --wider-only --format ndjson
expect "not where another pattern lets it through" 1 '!"same"'
run diff "$scratch/same-none.json" "$scratch/same-team.json" --wider-only --format ndjson
expect "or one key to another" 1 '"same":\[\["\$\{aws:PrincipalTag/team\}","s3:ExistingObjectTag/team"\]\]' '"no_longer_denied":"no"'
run diff "$scratch/same-none.json" "$scratch/same-perhaps.json" --wider-only --format ndjson
expect "not where the key may be absent" 1 '!"same"'
run check access-not-granted "$scratch/same-folder.json" --type IDENTITY_POLICY --action s3:GetObject --format json
expect "in a check too" 1 '"same": \['
run diff $old
expect "one policy" 2 '2:two policies'
echo '{"Version": "2012-10-17", "Statement": [' >"$scratch/broken.json"
run diff $old "$scratch/broken.json"
expect "broken JSON" 2 '2:broken.json:'

run check access-not-granted examples/seeds/inventory-allow.json --type RESOURCE_POLICY --action s3:DeleteObject
expect "not granted" 0 '^PASS  The policy document does not grant access'
run check access-not-granted examples/seeds/inventory-allow.json --type RESOURCE_POLICY --action s3:PutObject --format json --aws-only
expect "granted, as AWS says it" 1 '"result": "FAIL"' '"statementIndex": 0' '!boxes'
run check no-public-access examples/seeds/inventory-allow.json
expect "not public" 0 '^PASS'
run check no-public-access examples/seeds/inventory-allow.json --resource-type AWS::EC2::Instance
expect "a type that AWS refuses" 2 '2:is no resource type'
run check no-new-access $old $new --type RESOURCE_POLICY
expect "nothing new" 0 '^PASS'
run check no-new-access $old --type RESOURCE_POLICY
expect "one policy is not enough" 2 '2:needs the existing policy'
run check nonsense $old
expect "no such check" 2 '2:is no check'

# The empty text is a value to StringLike and none to Null.
condition() { # NAME CONDITION
    printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":%s}]}' \
        "$2" >"$scratch/$1.json"
}
condition like '{"StringLike":{"aws:PrincipalTag/b":"b*"}}'
condition there '{"Null":{"aws:PrincipalTag/b":"false"}}'
run diff "$scratch/like.json" "$scratch/there.json"
expect "a tag that is there and does not begin so" 1 '^WIDER'
condition any '{"StringLike":{"aws:PrincipalTag/b":"*"}}'
run diff "$scratch/any.json" "$scratch/there.json"
expect "an empty tag" 0 '^NARROWER'

# What is too much is unknown, with the reason, in good time.
python3 - "$scratch" <<'END'
import json, sys
def policy(words, effect="Allow"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "s3:GetObject",
            "Resource": [f"arn:aws:s3:::bbb/*{w}*{w[::-1]}*" for w in words]}]}
words = [chr(97 + i) + chr(97 + (i * 7 + 3) % 26) + str(i) for i in range(24)]
json.dump(policy(words), open(sys.argv[1] + "/many.json", "w"))
json.dump(policy(words[:12]), open(sys.argv[1] + "/fewer.json", "w"))
END
run diff "$scratch/fewer.json" "$scratch/many.json" --max-states 2000
if [ "$status" -eq 1 ] || [ "$status" -eq 3 ]; then ok "never a wrong no"; else bad "never a wrong no"; fi
run diff "$scratch/many.json" "$scratch/many.json" --max-states 2000
expect "unknown has its reason" 3 'UNKNOWN: .*24 patterns|UNKNOWN: .*--max-states 2000'

# Many patterns on many keys: the time and the memory end, not the machine's.
python3 - "$scratch" <<'END'
import json, random, sys
keys = ("aws:PrincipalArn", "s3:prefix", "aws:UserAgent", "aws:Referer", "s3:x-amz-acl")
def policy(seed):
    r = random.Random(seed)
    def glob(letters, most):
        return "*" + "".join(r.choice(letters) for _ in range(r.randint(1, most))) + "*"
    def condition():
        return {k: [glob("abc", 6) + r.choice("abc") + "*" for _ in range(8)] for k in keys if r.random() < .6}
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": r.choice(["Allow", "Deny"]), "Principal": "*", "Action": r.choice(["s3:*", "s3:Get*", "s3:*Object*"]),
         "Resource": ["arn:aws:s3:::b/" + glob("abcd", 5) for _ in range(8)],
         "Condition": {r.choice(["StringLike", "StringNotLike"]): condition()}} for _ in range(120)]}
for name, seed in (("hard", 3), ("harder", 4)):
    json.dump(policy(seed), open(f"{sys.argv[1]}/{name}.json", "w"))
END
run diff "$scratch/hard.json" "$scratch/harder.json"
expect "patterns without end are unknown" 3 'needs more than|--max-ms'
if nm "$program" 2>/dev/null | grep -q __asan_init; then
    skip "in 256 MB" "a build with sanitizers"
else
    python3 - "$program" "$scratch" >"$scratch/most" 2>&1 <<'END'
import resource, subprocess, sys
subprocess.run([sys.argv[1], "diff", f"{sys.argv[2]}/hard.json", f"{sys.argv[2]}/harder.json"], stdout=subprocess.DEVNULL)
print("fits" if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 256 * 1024 else "too large")
END
    if grep -q '^fits' "$scratch/most"; then ok "in 256 MB"; else bad "in 256 MB"; fi
fi

# Pages: one for each command, nothing from a network, what stands in a policy is text.
page() { # NAME STATUS WHAT ARGUMENT...
    name=$1 status=$2 what=$3
    shift 3
    run "$@" --format html
    expect "$name as a page" "$status" '^<!doctype html>' "$what" '<table data-filter>' '!<script src' '!https?://[^ ]*\.(js|css)' '!<b>x'
}
cat >"$scratch/one.json" <<'END'
{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/<b>x*"}]}
END
cat >"$scratch/two.json" <<'END'
{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":["s3:GetObject","ec2:RunInstances"],"Resource":"*"}]}
END
page who-can 0 'user/alice' who-can GetObject s3://example-reports/finance/q3.csv --snapshot examples/account
page what-can 0 'example-reports/finance' what-can arn:aws:iam::111122223333:user/alice --snapshot examples/account
page public 0 'example-reports' public --snapshot examples/account
page diff 1 'ec2:RunInstances' diff "$scratch/one.json" "$scratch/two.json"
page "diff of states" 0 'What changes for whom' diff examples/account examples/account
page check 1 'New access in the statement with sid: One' check no-new-access "$scratch/one.json" "$scratch/two.json" --type IDENTITY_POLICY

# Everything but a pattern is said so, and a statement that matches nothing is named.
cat >"$scratch/all.json" <<'END'
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}
END
cat >"$scratch/some.json" <<'END'
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::Old_Bucket/*","arn:aws:s3:::x/*"]},
 {"Sid":"Dead","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::x/*"}]}
END
run diff "$scratch/all.json" "$scratch/some.json"
expect "everything but a pattern" 0 's3:GetObject on every resource but not arn:aws:s3:::Old_Bucket/\* by anybody' \
    'nothing new' 'Dead of' 'asked of has such an ARN'
run diff "$scratch/all.json" "$scratch/some.json" --format json
expect "everything but a pattern, as JSON" 0 '"\*"' '!^ *""'
run diff "$scratch/all.json" "$scratch/some.json" --when aws:SourceIp=nowhere
expect "--when takes values of the key" 2 '2:`nowhere` is no value of aws:SourceIp'

run check no-new-access "$scratch/one.json" "$scratch/two.json" --type IDENTITY_POLICY --format json
expect "check says by which request" 1 '"witness"' '"principal"'
run check no-new-access "$scratch/one.json" "$scratch/two.json" --type IDENTITY_POLICY --format json --aws-only
expect "and AWS's body has none" 1 '!"witness"' '!"boxes"'

# A policy that is public says by which request, a stranger's first.
cat >"$scratch/public.json" <<'END'
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"},
 {"Sid":"Anybody","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*","Condition":{"StringEquals":{"aws:Referer":"https://example.com/"}}}]}
END
cat >"$scratch/shut.json" <<'END'
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"},
 {"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}
END
run check no-public-access "$scratch/public.json" --resource-type AWS::S3::Bucket
expect "a public policy, and what it lets through" 1 'with sid: Anybody' 's3:GetObject on .* by anybody, with the referer'
run check no-public-access "$scratch/public.json" --resource-type AWS::S3::Bucket --format json
expect "by which request" 1 '"witness"' '"principal": "arn:aws:iam::444455556666:root"' '"aws:Referer": "https://example.com/"'
run check no-public-access "$scratch/shut.json" --resource-type AWS::S3::Bucket --format json
expect "public by S3's notion, and nobody gets in" 1 '"result": "FAIL"' '!"witness"'

# Lines of 80 columns; commands go on after a backslash, and are one for a shell.
for asked in 'who-can GetObject s3://example-reports/finance/q3.csv --near' 'what-can user/alice --not' 'public'; do
    if "$program" $asked --snapshot examples/account | awk 'length > 80 && / / && !/^ *[^ ]*$/ { exit 1 }'; then
        ok "80 columns: $asked"
    else
        bad "80 columns: $asked"
    fi
done
run what-can user/alice --snapshot examples/account --format json
expect "a caller by its name" 0 '"caller": "arn:aws:iam::111122223333:user/alice"'
run what-can user/alicia --snapshot examples/account
expect "a name that nobody has" 2 '2:the snapshot has no user' '2:did you mean'
"$program" who-can GetObject s3://example-reports/finance/q3.csv --snapshot examples/account |
    sed -n '/^Try/,$p' | tail -n +2 | sed "s|why403|$program|" >"$scratch/try.sh"
run_sh() { sh "$scratch/try.sh" >"$scratch/out" 2>"$scratch/err"; }
if run_sh && grep -q ALLOWED "$scratch/out"; then
    ok "the command that is shown runs as it stands"
else
    bad "the command that is shown runs as it stands"
fi

# Where AWS's own check may answer otherwise.
cat >"$scratch/org.json" <<'END'
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}}]}
END
run check access-not-granted "$scratch/org.json" --type RESOURCE_POLICY --action s3:PutObject --format json
expect "AWS may differ about organizations" 0 '"may_differ"' 'which accounts are in an organization' '!aws:PrincipalArn for'
run check access-not-granted "$scratch/org.json" --type RESOURCE_POLICY --action s3:PutObject --format json --aws-only
expect "and its body says nothing of it" 0 '!may_differ'

# One document for all that a caller may do.
run what-can user/alice --snapshot examples/account --format policy
expect "what a caller may do as a policy" 0 '"Version": "2012-10-17"' '"Effect": "Deny"' '"arn:aws:s3:::example-reports/finance/\*"' \
    '"StringNotEquals"' '!s3:\*'
run what-can role/deploy 's3:PutObject*' 's3://example-data/*' --snapshot examples/account --format policy
expect "of some actions on some resources" 0 '"s3:PutObjectAcl"' '"arn:aws:s3:::example-data/\*"' '!example-reports'
run what-can user/alice s3:DeleteBucket --snapshot examples/account --format policy
expect "of nothing" 1 '"Statement": \[\]'
run what-can anonymous --snapshot examples/account --format policy
expect "nobody's policy" 2 '2:has no policy of an identity' '2:users and roles'
cat >"$scratch/meet.json" <<'END'
{"accounts/111122223333/iam/authorization-details.json":{"UserDetailList":[{"UserName":"alice","UserId":"AIDAEXAMPLEALICE","Path":"/","Arn":"arn:aws:iam::111122223333:user/alice","UserPolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*z"}]}}],"PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/edge"}}],"RoleDetailList":[],"GroupDetailList":[],"Policies":[{"PolicyName":"edge","Arn":"arn:aws:iam::111122223333:policy/edge","PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/a*"}]}}]}]},
 "accounts/111122223333/s3/data/ownership-controls.json":{"OwnershipControls":{"Rules":[{"ObjectOwnership":"BucketOwnerEnforced"}]}}}
END
run what-can user/alice --snapshot "$scratch/meet.json" --format policy
expect "what no statement says is left out, and named" 3 '"Statement": \[\]' '2:the document allows less than the caller may do' \
    '2:s3:GetObject on arn:aws:s3:::data/a'

# What was denied and is not known any more may be wider.
account=accounts/111122223333
mkdir -p "$scratch/known/$account/iam" "$scratch/known/$account/s3/data"
cat >"$scratch/known/$account/iam/authorization-details.json" <<'END'
{"UserDetailList":[{"UserName":"alice","UserId":"AIDAEXAMPLEALICE","Path":"/","Arn":"arn:aws:iam::111122223333:user/alice"}],"RoleDetailList":[],"GroupDetailList":[],"Policies":[]}
END
echo '{"OwnershipControls":{"Rules":[{"ObjectOwnership":"BucketOwnerEnforced"}]}}' >"$scratch/known/$account/s3/data/ownership-controls.json"
cp -r "$scratch/known" "$scratch/unread"
echo '{"error":{"code":"AccessDenied"}}' >"$scratch/unread/$account/s3/data/policy.json"
run diff "$scratch/known" "$scratch/unread"
expect "denied, then not known" 3 'newly-undetermined' 'user/alice'
run diff "$scratch/known" "$scratch/unread" --fail-on narrower --wider-only --format json
expect "it may be wider, as JSON" 3 '"newly_allowed": "unknown"' '"caller":\["arn:aws:iam::111122223333:user/alice"\]' \
    '"resource":\{"like":\["arn:aws:s3:::data/\*"\]\}'
run diff "$scratch/known" "$scratch/known"
expect "nothing changes" 0 '^0 changes'

# One JSON value, whatever is asked.
for asked in 'GetObject s3://example-reports/finance/q3.csv' 'GetObject,PutObject s3://example-reports/*' 's3:Get* s3://example-reports'; do
    if "$program" who-can $asked --snapshot examples/account --format json | python3 -c 'import json, sys; json.load(sys.stdin)["callers"]'; then
        ok "one JSON value: $asked"
    else
        bad "one JSON value: $asked"
    fi
done

# A variable or a brace where a partition should be is no part of a form: it took all memory once.
for partition in '${aws:Partition}' '{ws'; do
    printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:%s:s3:::b-1/*"}]}' "$partition" \
        >"$scratch/partition.json"
    run diff --kind identity "$scratch/partition.json" "$scratch/partition.json"
    expect "diff: arn:$partition is compared" 0 '^SAME'
done

finish
