#!/bin/sh
# What people hand in as a policy: single statements, other tools' code, templates, placeholders, names of operations;
# policies that are about another bucket.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
cd "$scratch" || exit 2
echo '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}' >allow.json
with() { run explain GetObject s3://data/k --as $alice --no-snapshot --resource-account 111122223333 --identity-policy allow.json "$@"; }
deny='{"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}'

# ---- statements without their policy ----
echo "$deny" >one.json
with --bucket-policy one.json
expect "one statement" 1 '2:warning: a statement without a policy around: read as one of Version 2012-10-17' 'No'
printf '[\n%s,\n%s]\n' "$deny" "$deny" >list.json
with --bucket-policy list.json --format json
expect "a list of them" 1 '2:a list of statements' '"warnings":\[\{"message":"a list of statements'
printf '%s' '{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
"Resource": "*", "Condition": {"StringEqual": {"a:b": "c"}}}' >flaw.json
with --bucket-policy flaw.json
expect "its places are those of the file" 3 '2:flaw.json:2:32'
printf '{"Effect": "Deny", "Principal": "*", "Action": 7, "Resource": "*"}' >flaw.json
with --bucket-policy flaw.json
refused "its errors too" '2:flaw.json:1:48'
echo '[{"a": 1}]' >flaw.json
with --bucket-policy flaw.json
refused "a list of something else" '2:must be an object, not an array'

# ---- other tools ----
form() { # NAME PATTERN HINT
    with --bucket-policy text
    refused "$1" "2:^error: .*$2" "2:^help: .*$3"
}
printf '{ // all\n "Version": "2012-10-17"}' >text
form "comments" 'comment' 'Delete'
printf '{“Version”: “2012-10-17”}' >text
form "typographic quotes" 'typographic quote' 'plain double quote'
printf '{"Version": "2012-10-17",}' >text
form "a trailing comma" 'trailing comma' 'Delete the comma'
printf 'policy = jsonencode({\n  Version = "2012-10-17"\n})\n' >text
form "jsonencode" "Terraform's HCL" 'terraform'
printf '{\n  Version = "2012-10-17"\n  Statement = []\n}\n' >text
form "an object of HCL" "Terraform's HCL" 'terraform'
printf 'policy = <<-EOF\n  {"Version": "2012-10-17"}\nEOF\n' >text
form "a heredoc" "Terraform's HCL" 'terraform'
printf '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": {"Fn::Sub": "arn:aws:s3:::${B}/*"}}]}' >text
form "Fn::Sub" 'CloudFormation template' 'get-bucket-policy'
printf 'Statement:\n  - Effect: Deny\n    Resource: !Sub "arn:aws:s3:::${B}/*"\n' >text
form "a template in YAML" 'CloudFormation template' 'get-bucket-policy'
printf '{"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [%s]}}}' "$deny" >text
with --bucket-policy text
expect "a resource of a template whose policy is whole" 1 'No'

# ---- placeholders ----
hole() { # NAME RESOURCE
    printf '{"Version": "2012-10-17", "Statement": [{"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "%s"}]}' "$2" >hole.json
    with --bucket-policy hole.json
    expect "$1" 3 '2:warning: .*holds a placeholder|2:warning: .*is no ARN' '^UNDETERMINED' 'statement 1 \(No\) of hole.json'
}
hole "an angle bracket" 'arn:aws:s3:::<bucket>/*'
hole "no ARN at all" '<bucket-arn>/*'
hole "CloudFormation's" 'arn:aws:s3:::b-${AWS::AccountId}/*'
hole "CloudFormation's, in the key" 'arn:aws:s3:::data/logs/${AWS::AccountId}/*'
hole "Terraform's" 'arn:aws:s3:::${aws_s3_bucket.b.id}/*'
hole "a template engine's" 'arn:aws:s3:::{{ bucket }}/*'
slip() { # SAID STATUS ARN: a Deny of a bucket policy on an ARN with a slip
    printf '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "%s"}]}' "$3" >hole.json
    with --bucket-policy hole.json
    expect "$3" "$2" "2:$1"
}
slip 'has 5 of the six parts' 3 'arn:aws:s3::data/*'
slip '.aw. is no partition' 3 'arn:aw:s3:::data/*'
slip 'names no service' 3 'arn:aws::::data/*'
slip 'INVALID_ARN_SERVICE_CASE' 0 'arn:aws:S3:::data/*'
slip 'ARN_REGION_NOT_ALLOWED' 0 'arn:aws:s3:us-east-1:111122223333:data/*'
printf '%s' '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:*"}]}' >hole.json
with --bucket-policy hole.json
expect "a short ARN that ends in a wildcard" 1 '!2:warning'
printf '%s' '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::data/${aws:username}/*"}]}' >hole.json
with --bucket-policy hole.json
expect "a variable of IAM's is none" 0 '!2:warning'

# ---- what `aws` prints around a document ----
all='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
text=$(printf '%s' "$all" | jq -Rs .)
around() { # NAME JSON: an identity-based policy in what a command printed
    printf '%s' "$2" >around.json
    run explain GetObject s3://data/k --as $alice --no-snapshot --resource-account 111122223333 --identity-policy around.json
    expect "$1" 0 '!2:error'
}
around "--query Policy, without --output text" "$text"
around "URL-encoded" "$(printf '%s' "$all" | jq -Rrs @uri)"
around "URL-encoded, as a string" "\"$(printf '%s' "$all" | jq -Rrs @uri)\""
around "get-policy-version" "{\"PolicyVersion\": {\"Document\": $all}}"
around "get-inline-policy-for-permission-set" "{\"InlinePolicy\": $text}"
around "Terraform's attribute" "{\"policy\": $text}"
printf '%s' '%7B%22Version' >around.json
run explain GetObject s3://data/k --as $alice --no-snapshot --identity-policy around.json
expect "URL-encoded and cut off" 2 '2:around.json:1'
trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]}'
printf '%s' "{\"Role\": {\"RoleName\": \"r\", \"AssumeRolePolicyDocument\": $trust}}" >role.json
run explain sts:AssumeRole arn:aws:iam::111122223333:role/r --as $alice --no-snapshot --trust-policy role.json
expect "get-role" "$status" '!2:no policy document'
printf '%s' "{\"VpcEndpoints\": [{\"VpcEndpointId\": \"vpce-1\", \"PolicyDocument\": $text}]}" >vpce.json
run explain GetObject s3://data/k --as $alice --no-snapshot --vpce-policy vpce.json --via vpce-0123456789abcdef0
expect "describe-vpc-endpoints" "$status" '!2:no policy document'

# ---- names of operations ----
printf '%s' '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:ListObjects", "s3:HeadObject", "s3:CopyObject", "s3:GetObjekt"], "Resource": "*"}]}' >ops.json
run explain ListObjectsV2 s3://data --as $alice --no-snapshot --resource-account 111122223333 --identity-policy ops.json
expect "the permission that was meant" 1 '2:ListObjects is an API operation; what it needs is `s3:ListBucket`' \
    '2:HeadObject is .* `s3:GetObject`' '2:CopyObject is .* `s3:GetObject` and `s3:PutObject`' '2:did you mean `s3:GetObject`'

# ---- policies that the request never meets ----
for kind in vpce access-point key; do
    with --$kind-policy one.json --from 203.0.113.9
    expect "--$kind-policy takes no part" 0 '2:warning: `one.json` \(.*\) takes no part in this request'
done
with --vpce-policy allow.json --via vpce-0123456789abcdef0
expect "through the endpoint it does" "$status" '!2:takes no part'
with --bucket-policy one.json
expect "a bucket policy does" 1 '!2:takes no part'
printf '%s' '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}' >trust.json
with --bucket-policy trust.json
expect "a trust policy is none of a bucket" 0 "2:trust.json. is a role's trust policy, which .--trust-policy. takes"
printf '%s' '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": [], "Resource": "*"}]}' >empty.json
with --bucket-policy empty.json
expect "an empty list" 0 '2:`Action` is an empty list'

# ---- another bucket ----
policy() { printf '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", %s"Action": "s3:GetObject", "Resource": %s}]}' "$1" "$2"; }
policy '' '["arn:aws:s3:::data2/*"]' >id2.json
policy '"Principal": "*", ' '["arn:aws:s3:::data2", "arn:aws:s3:::data2/*"]' >b2.json
about() { run explain GetObject s3://data/k --as $alice --no-snapshot --resource-account 111122223333 "$@"; }
about --identity-policy id2.json --bucket-policy b2.json
expect "every policy is about another bucket" 1 '2:every policy that was given is about another bucket, `data2`' \
    '!put-bucket-policy --bucket data( |$)' 'S3 would refuse the policy for bucket data: it names data2'
about --identity-policy id2.json --bucket-policy b2.json --format json
expect "in JSON too" 1 '"warnings":\[.*another bucket'
about --identity-policy allow.json --bucket-policy b2.json
expect "the bucket policy alone" 0 '2:`b2.json` names bucket `data2`: S3 would not have stored it as the policy of `data`' '!2:every policy'
policy '' '["arn:aws:s3:::data*"]' >id3.json
about --identity-policy id3.json
expect "a pattern that holds the bucket" 0 '!2:warning'
policy '' '["arn:aws:s3:::${aws:username}/*"]' >id4.json
about --identity-policy id4.json
expect "a variable may be any bucket" 1 '!2:another bucket'
about --identity-policy id2.json --bucket-policy allow.json
expect "one of the policies is about all" 1 '!2:another bucket'
finish
