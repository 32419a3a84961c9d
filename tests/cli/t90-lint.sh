#!/bin/sh
# why403 lint: kinds, containers, formats, selection, rubbish, exit statuses.
. "${0%/*}/lib.sh" || exit 2

good='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}'
bad='{"Version":"2012-10-17","Statement":[{"Sid":"X","Effect":"Allow","Action":"s3:PutObjects","Resource":"*"}]}'
printf '%s' "$good" >"$scratch/good.json"
printf '%s' "$bad" >"$scratch/bad.json"

run lint "$scratch/good.json"
expect "a good policy: 0" 0 '^nothing found in 1 policy$'
run lint "$scratch/bad.json"
expect "an error: 1, with the place and what was meant" 1 '^error\[INVALID_ACTION\]' 'bad.json:1:' 'did you mean `s3:PutObject`'
run lint --deny-level none "$scratch/bad.json"
expect "--deny-level none: 0" 0 'INVALID_ACTION'
run lint --aws-only --level error "$scratch/bad.json"
expect "--level" 1 '^1 error in 1 policy \(1 fixable\)$'
run lint --ignore 'INVALID_*' "$scratch/bad.json"
expect "--ignore" 0 '^nothing found'
run lint --ignore 'INVALID_ACTION@/Statement/0/Action@*/bad.json' "$scratch/bad.json"
expect "--ignore at a pointer in a file" 0
run lint --ignore 'INVALID_ACTION@/Statement/1/*' "$scratch/bad.json"
expect "--ignore elsewhere leaves nothing out" 1
run lint --only W403_PUBLIC "$scratch/bad.json"
expect "--only" 0 '^nothing found'

run lint --write-baseline "$scratch/base.json" "$scratch/bad.json"
expect "a baseline is written" 1
printf '\n\n%s' "$bad" >"$scratch/bad.json"
run lint --baseline "$scratch/base.json" "$scratch/bad.json"
expect "moved lines stay in the baseline" 0 '^nothing found'
printf '%s' "$bad" | sed 's/PutObjects/PutObjectz/' >"$scratch/bad.json"
run lint --baseline "$scratch/base.json" "$scratch/bad.json"
expect "another mistake does not" 1 INVALID_ACTION
printf '%s' "$bad" >"$scratch/bad.json"

mkdir -p "$scratch/tree/sub"
cp "$scratch/bad.json" "$scratch/tree/sub/"
echo '{"not": "a policy"}' >"$scratch/tree/other.json"
echo 'rubbish' >"$scratch/tree/rubbish.yaml"
run lint "$scratch/tree"
expect "a folder: what holds no policy is passed over" 1 '^1 error in 1 policy \(1 fixable\)$'
echo 'INVALID_ACTION sub/*.json # known' >"$scratch/tree/.why403-lint"
run lint "$scratch/tree"
expect ".why403-lint above" 0 '^nothing found'
echo 'MISSING_EFFECT sub/*.json # gone' >>"$scratch/tree/.why403-lint"
run lint "$scratch/tree"
expect "a line that leaves nothing out is said" 0 '2:leaves nothing out: `MISSING_EFFECT`'

# A snapshot's own files are read or told; what a failed call left holds no policy.
mkdir -p "$scratch/snap/accounts/111122223333/s3/b-1" "$scratch/snap/accounts/111122223333/s3/b-2"
echo 'An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: none' >"$scratch/snap/accounts/111122223333/s3/b-1/policy.json"
: >"$scratch/snap/accounts/111122223333/s3/b-2/policy.json"
echo '{ // of another tool' >"$scratch/snap/notes.json"
run lint --snapshot "$scratch/snap"
expect "--snapshot: failed calls and other files are passed over" 0 '^nothing found in 0 policies$'
echo '{"Version":' >"$scratch/snap/accounts/111122223333/s3/b-2/policy.json"
run lint --snapshot "$scratch/snap"
expect "--snapshot: a policy that cannot be read is told" 2 '2:b-2/policy.json:1:'
run lint "$scratch/snap"
expect "as a folder it is passed over" 0
run lint --snapshot "$scratch/tree"
expect "--snapshot of what is none" 2 '2:is no snapshot'

ln -s /nonexistent "$scratch/tree/dangling.json"
run lint "$scratch/tree"
expect "a dangling link is told, the rest is read" 2 '2:a link to nothing'
rm "$scratch/tree/dangling.json"

# What `aws` prints: the policy in a string.
printf '{"Policy": "{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":\\"*\\",\\"Action\\":\\"s3:GetObject\\",\\"Resource\\":\\"arn:aws:s3:::b-1/*\\"}]}"}' \
    >"$scratch/get-bucket-policy.json"
run lint -f json "$scratch/get-bucket-policy.json"
expect "get-bucket-policy: guessed a bucket's, public" 1 '"pointer":"/Policy"' '"resource_type":"AWS::S3::Bucket"' W403_PUBLIC
printf '{"Role": {"RoleName": "r", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}}}' >"$scratch/role.json"
run lint "$scratch/role.json"
expect "get-role: a trust policy" 1 ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL
printf '{"PolicyList": [{"PolicyDocument": "%%7B%%22Version%%22%%3A%%222012-10-17%%22%%2C%%22Statement%%22%%3A%%5B%%5D%%7D"}]}' >"$scratch/encoded.json"
run lint "$scratch/encoded.json"
expect "percent-encoded documents" 1 MISSING_STATEMENT
printf '{"Policy": {"PolicySummary": {"Type": "SERVICE_CONTROL_POLICY"}, "Content": "{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Deny\\",\\"Principal\\":\\"*\\",\\"Action\\":\\"s3:DeleteBucket\\",\\"Resource\\":\\"*\\"}]}"}}' >"$scratch/scp.json"
run lint "$scratch/scp.json"
expect "describe-policy: an SCP" 1 SCP_SYNTAX_ERROR_PRINCIPAL

# Infrastructure code.
cat >"$scratch/plan.json" <<'END'
{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
  {"address": "aws_iam_policy.p", "type": "aws_iam_policy", "values": {"policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObjekt\",\"Resource\":\"*\"}]}"}},
  {"address": "aws_s3_bucket_policy.b", "type": "aws_s3_bucket_policy", "values": {"bucket": "x"}}],
  "child_modules": [{"resources": [{"type": "aws_kms_key", "values": {"policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"}}]}]}}}
END
run lint "$scratch/plan.json"
expect "a Terraform plan, child modules too" 1 INVALID_ACTION MISSING_STATEMENT '^1 policy of the plan is known only after it is applied$'
echo 'resource "aws_iam_policy" "p" {}' >"$scratch/main.tf"
run lint "$scratch/main.tf"
expect "HCL is named, and the plan" 2 '2:Terraform source' '2:terraform show -json plan \| why403 lint -'
cat >"$scratch/cfn.yaml" <<'END'
Parameters:
  Name: {Type: String}
Resources:
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}, Action: s3:ListBucket, Resource: !GetAtt Bucket.Arn}
          - Effect: Deny
            Principal: "*"
            Action: s3:PutObjekt
            Resource: !Join ["", ["arn:aws:s3:::", !Ref Name, "/*"]]
END
run lint "$scratch/cfn.yaml"
expect "a template: nothing is said of what only a deployment knows" 1 'INVALID_ACTION' 'cfn.yaml:13:21' '^1 error in 1 policy$'
run lint --parameter 'Name=a b' "$scratch/cfn.yaml"
expect "--parameter fills in" 1 W403_ARN_BLANK
cat >"$scratch/meta.yaml" <<'END'
Metadata: {why403: {lint: {ignore: [INVALID_REGION]}}}
Resources:
  P:
    Type: AWS::S3::BucketPolicy
    Metadata: {why403: {lint: {ignore: ["INVALID_ACT*"]}}}
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Deny, Principal: "*", Action: s3:GetObjekt, Resource: !Sub "arn:${AWS::Partition}:s3:::b-1/*"}
  K:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::444455556666:root"}, Action: "kms:*", Resource: "*"}
END
run lint "$scratch/meta.yaml"
expect "Metadata of a resource leaves its findings out, what leaves nothing out is said once" 0 '^nothing found in 2' \
    '2:leaves nothing out: `INVALID_REGION`'
run lint --account 111122223333 --partition aws --deny-level warning "$scratch/meta.yaml"
expect "--account: the root of another account is no delegation" 1 W403_KMS_NO_ROOT_DELEGATION
run lint --account 444455556666 --partition aws --deny-level warning "$scratch/meta.yaml"
expect "of the same it is" 0 '^nothing found'
run lint --account 1111 "$scratch/meta.yaml"
expect "--account is checked" 2 '2:`1111` is no account id'
run lint --partition aws-typo "$scratch/meta.yaml"
expect "--partition too" 2 '2:`aws-typo` is no partition'
printf 'a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e]\ng: &g [*f, *f, *f, *f, *f, *f, *f, *f]\nh: [*g, *g, *g, *g, *g, *g, *g, *g]\n' >"$scratch/bomb.yaml"
run lint "$scratch/bomb.yaml"
expect "a bomb of anchors ends" 2 '2:aliases stand for more than'
printf 'a: &a [*a]\n' >"$scratch/loop.yaml"
run lint "$scratch/loop.yaml"
expect "an anchor within itself" 2 '2:loop.yaml:1:'

# Rubbish.
: >"$scratch/empty.json"
run lint "$scratch/empty.json"
expect "an empty file" 2 '2:empty'
run lint --type bucket "$scratch/empty.json"
expect "with its kind said: a finding" 1 JSON_SYNTAX_ERROR
printf '{"Version": "2012-10-17", "Statement": [' >"$scratch/cut.json"
run lint "$scratch/cut.json"
expect "cut JSON" 2 '2:cut.json:1:'
run lint
expect "no path" 2 '2:no policies given'
run lint --type nonsense "$scratch/good.json"
expect "no such kind" 2 '2:no kind of policy'
run lint --policy-type RESOURCE_POLICY --resource-type AWS::KMS::Key -f json "$scratch/good.json"
expect "AWS's own names of kinds" 1 '"resource_type":"AWS::KMS::Key"'
GITHUB_ACTIONS=true; export GITHUB_ACTIONS
run lint "$scratch/bad.json"
expect "annotations on GitHub" 1 '^::error file='
unset GITHUB_ACTIONS
run lint --explain NONSENSE
expect "no such check" 2 '2:no check is called'
run lint --explain public
expect "--explain, without W403_" 0 '^W403_PUBLIC'

# Repairs.
cat >"$scratch/mend.json" <<'END'
{
    "Statement": [
        {"Sid": "", "Effect": "allow", "Action": ["s3:Put*", "s3:PutObject", "s3:GetObjekt"], "Resource": ["arn:aws:S3:::demo ", "arn:aws:s3::demo-x"],
         "Condition": {"StringEqual": {"aws:PrincipalOrgIDs": "o-abcdefghij "}}},
    ]
}
END
cp "$scratch/mend.json" "$scratch/mended.json"
run lint --type identity --fix --diff "$scratch/mend.json"
expect "--fix --diff: a patch" 0 '^\+\+\+ ' '^\+ .*"Effect": "Allow"' '^\+ .*"Version": "2012-10-17"'
cmp "$scratch/mend.json" "$scratch/mended.json" && expect "and nothing is written" 0
run lint --type identity --fix "$scratch/mended.json"
expect "--fix: what is left is shown" 0 '!error\[' '2:findings were mended'
run lint --type identity --fix "$scratch/mended.json"
expect "nothing is left to mend" 0 '!2:mended'
mkdir "$scratch/linked"
cp "$scratch/mend.json" "$scratch/linked/real.json"
chmod 600 "$scratch/linked/real.json"
ln -s real.json "$scratch/linked/link.json"
run lint --type identity --fix --quiet "$scratch/linked/link.json"
[ -L "$scratch/linked/link.json" ] && [ "$(stat -c %a "$scratch/linked/real.json")" = 600 ] && [ "$(ls "$scratch/linked" | wc -l)" = 2 ] &&
    cmp -s "$scratch/linked/real.json" "$scratch/mended.json" && expect "a link stays one, rights stay, nothing is left beside" 0
printf '%s' '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/${aws:username}"}]}' >"$scratch/old.json"
run lint --type identity --fix --diff "$scratch/old.json"
expect "a version is not changed where that makes a variable" 0 '!2012'
run lint --type identity --fix=version --diff "$scratch/old.json"
expect "but by name, and there alone" 0 '^\+.*"Version":"?.*2012-10-17.*username'
printf '%s' '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRol","Resource":"*"},{"Effect":"Allow","Action":"ec2:Foo","Resource":"*"}]}' >"$scratch/far.json"
run lint --type identity --fix --diff "$scratch/far.json"
expect "a near name is mended, a far one is not" 0 'iam:PassRole' 'ec2:Foo'

# What can be mended, for programs; and what other commands say of a policy.
run lint -f json --type identity "$scratch/far.json"
expect "json: details and the patch" 1 '"details":\{"action":"iam:PassRol"\}' \
    '"fix":\{"id":"action-near","by_name":false,"patch":\[\{"offset":[0-9]+,"length":13,"text":"\\"iam:PassRole\\""\}\]\}'
run lint -f json --type identity "$scratch/old.json"
expect "what changes the meaning is by name" 1 '"offset":11,"length":12,"text":"."2012-10-17."' '"id":"version","by_name":true'
run lint -f sarif --type identity "$scratch/far.json"
expect "sarif: fixes" 1 '"fixes":\[' '"insertedContent":\{"text":"\\"iam:PassRole\\""\}'
printf '%s' '{"Statement":[{"Effect":"Allow","Action":["s3:GetObjekt","s3:ListBucket"],"Resource":"arn:aws:s3:::b-1/${aws:username}/*"}]}' >"$scratch/noted.json"
run explain GetObject s3://b-1/x --as arn:aws:iam::111122223333:user/u --identity-policy "$scratch/noted.json"
expect "explain warns with lint's words and codes" 1 '2:s3:GetObjekt does not exist \(INVALID_ACTION\)' \
    '2:did you mean `s3:GetObject`' '2:\(VARIABLE_UNSUPPORTED_IN_VERSION\)' '2:\(W403_ACTION_RESOURCE_MISMATCH\)'
run explain GetObject s3://b-1/x --as arn:aws:iam::111122223333:user/u --identity-policy "$scratch/good.json"
expect "of a good policy nothing" 1 '!2:warning'

printf '%s' '{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"iam:PassRol","Resource":"*"}]}' >"$scratch/two.json"
run lint --type identity --fix=INVALID_ACTION --diff "$scratch/two.json"
expect "--fix=CODE: what mends it, and nothing else" 0 '^\+.*"allow".*iam:PassRole'

printf '%s' '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::%20b-1/*"}]}' >"$scratch/unproved.json"
run lint -f json --type identity --only W403_ARN_PERCENT_ENCODED "$scratch/unproved.json"
expect "what would bring an error instead is not offered" 0 '"code":"W403_ARN_PERCENT_ENCODED"' '!"fix"'
run lint --type identity --fix --diff "$scratch/far.json"
expect "a patch of an absolute path is applied from the root, as git's" 0 "^--- a$scratch/far.json" "^\+\+\+ b$scratch/far.json"
(cd / && git apply --check "$out") && expect "git takes it" 0

# What changes the meaning, by name: operators move, statements are split, halves are added; the rest stays as it was written.
mended() { # mended "what" TYPE FIX POLICY WANTED-LINE
    printf '%s\n' "$4" >"$scratch/named.json"
    run lint --type "$2" --fix="$3" --diff "$scratch/named.json"
    grep -qF -- "$5" "$out" && expect "$1" 0 || bad "$1: $(cat "$out")"
}
mended "drop-qualifier: the operator, not the key" identity drop-qualifier \
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}}}' \
    '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}'
mended "ifexists: a key among others moves" identity ifexists \
    '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false","aws:SecureTransport":"true"}}}}' \
    '"Condition":{"Bool":{"aws:SecureTransport":"true"},"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}'
mended "null-operator" identity null-operator \
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalOrgID":"*"}}}}' \
    '"Condition":{"Null":{"aws:PrincipalOrgID":"false"}}}'
mended "arn-operator" identity arn-operator \
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringNotLikeIfExists":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/a*"}}}}' \
    '{"ArnNotLikeIfExists":{"aws:PrincipalArn"'
mended "add-half" identity add-half \
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::example-data"}}' \
    '"Resource":["arn:aws:s3:::example-data","arn:aws:s3:::example-data/*"]'
mended "add-list-bucket: a statement more, the Principal with it" bucket add-list-bucket \
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::example-data/*"}]}' \
    '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::example-data"}]'
mended "split-resource" bucket split-resource \
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::example-data"}]}' \
    '"Resource":"arn:aws:s3:::example-data/*"}'
mended "split-statement" bucket split-statement \
    '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["s3:ListBucket","s3:GetBucketLocation"],"Resource":"arn:aws:s3:::example-data","Condition":{"StringEquals":{"s3:prefix":"a"}}}]}' \
    '{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["s3:GetBucketLocation"],"Resource":"arn:aws:s3:::example-data"}]}'
mended "exempt-service" bucket exempt-service \
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::example-data/*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}}]}' \
    ',"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}'
printf '{"Version":"2012-10-17","Statement":[{\342\200\234Effect\342\200\235:"Allow","Action":"s3:*","Resource":"*"}]}' >"$scratch/curly.json"
run lint --type identity --fix --diff "$scratch/curly.json"
expect "quotes of a text editor are straightened" 0 '^\+.*\{"Effect":"Allow"'
printf '%s' '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Action":"s3:*","Resource":"*"}]}' >"$scratch/twice.json"
run lint --type identity --fix --diff "$scratch/twice.json"
expect "a member that is there twice goes once" 0 '^\+.*"Action":\["s3:\*"\],"Resource"'
printf '%s' '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Action":"s3:*","Resource":"*"}]}' >"$scratch/twice.json"
run lint --type identity --fix --diff --deny-level none "$scratch/twice.json"
expect "two that differ stay" 0 '!Action'

# Places: characters for tools that show files, each of several places.
printf '{"Version":"2012-10-17","Statement":[{"Sid":"%s","Effect":"Allow","Action":["s3:Get*","s3:GetObject","s3:GetBucketAcl"],"Resource":"*"}]}' \
    'clé' >"$scratch/places.json"
run lint -f sarif --type identity "$scratch/places.json"
expect "sarif: columns count characters" 1 '"columnKind":"unicodeCodePoints"' \
    '"ruleId":"REDUNDANT_ACTION".*"startColumn":78,"endLine":1,"endColumn":87,"byteOffset":78,"byteLength":9' \
    '"relatedLocations":\[\{"id":1,.*"id":2,'
run lint -f github --type identity --only REDUNDANT_ACTION "$scratch/places.json"
expect "github: columns too" 0 ',line=1,col=78,endColumn=87,title=REDUNDANT_ACTION'
printf '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{\n}}]}' >"$scratch/lines.json"
run lint -f github --type scp "$scratch/lines.json"
expect "github: of several lines their numbers" 0 'line=1,endLine=2,title='
run lint --type identity --only REDUNDANT_ACTION "$scratch/places.json"
expect "text: the other places by themselves" 0 '^note: the other places' '\^{14}$' '-{17}$'

run lint --store "$scratch/scp.json"
expect "--store in text" 1 '= Organizations would refuse this: '
run lint -f json --type trust --store "$scratch/two.json"
expect "--store: what the service would say to each" 1 '"store":"Syntax errors in policy."' '"store":\{"accepted":false'

# Formats, with names that bite.
evil='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:X\u001b[31m|`\n<b>","Resource":"*"}]}'
printf '%s' "$evil" >"$scratch/evil.json"
for format in text json validate-policy sarif github junit markdown html tap; do
    run lint -f $format "$scratch/evil.json"
    if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$out"; then
        bad "$format: no control characters"
    else
        expect "$format: no control characters" 1
    fi
done
for format in json validate-policy sarif; do
    run lint -f $format "$scratch/evil.json"
    python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$out" && expect "$format is JSON" 1
done
run lint -f junit "$scratch/evil.json"
python3 -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' "$out" && expect "junit is XML" 1

finish
