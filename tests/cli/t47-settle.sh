#!/bin/sh
# What would settle an undetermined answer: calls and options, and the script that makes a snapshot of them.
. "${0%/*}/lib.sh" || exit 2

bob=arn:aws:iam::111122223333:user/bob
key=1234abcd-12ab-34cd-56ef-1234567890ab
mkdir -p "$scratch/bin"
cat >"$scratch/bin/aws" <<END
#!/bin/sh
key=arn:aws:kms:us-east-1:111122223333:key/$key
case "\$*" in
*get-caller-identity*) echo 111122223333 ;;
"configure get region") echo us-east-1 ;;
*get-bucket-location*) echo '{"LocationConstraint": null}' ;;
*get-bucket-versioning*) ;;
*get-bucket-policy*)
    echo "An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist" >&2
    exit 254 ;;
*get-account-authorization-details*) echo '{"UserDetailList": [{"UserName": "bob", "UserId": "A", "Arn": "$bob", "Path": "/",
    "GroupList": [], "AttachedManagedPolicies": [], "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version":
    "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}]}}]}], "GroupDetailList": [],
    "RoleDetailList": [], "Policies": []}' ;;
*KMSMasterKeyID*) echo "\$key" ;;
*get-bucket-encryption*) echo '{"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault":
    {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "'"\$key"'"}}]}}' ;;
*KeyMetadata.Arn*) echo "\$key" ;;
*describe-key*) echo '{"KeyId": "$key", "Arn": "'"\$key"'", "AWSAccountId": "111122223333", "KeyState": "Enabled",
    "KeyManager": "CUSTOMER"}' ;;
*get-key-policy*) echo '"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":{\\"AWS\\":\\"arn:aws:iam::111122223333:root\\"},\\"Action\\":\\"kms:*\\",\\"Resource\\":\\"*\\"}]}"' ;;
*vpc-endpoints*) echo '{"VpcEndpoints": []}' ;;
*) echo "An error occurred (AccessDenied) when calling the X operation: Access Denied" >&2; exit 254 ;;
esac
END
chmod +x "$scratch/bin/aws"

# ---- the script ----
run explain PutObject "s3://example-data/it's \$(touch evil)" --as $bob --no-snapshot --settle-script
expect "the calls of an upload, as a script" 3 '^get accounts/"\$owner"/s3/example-data/encryption\.json s3api get-bucket-encryption' \
    '^key ' '!evil'
cp "$out" "$scratch/settle.sh"
status=0
(cd "$scratch" && PATH=$scratch/bin:$PATH sh settle.sh) >"$out" 2>"$err" || status=$?
expect "it runs" 0
run explain PutObject s3://example-data/k --as bob --from 203.0.113.9 --snapshot "$scratch/snapshot"
expect "what it wrote decides the request, the key's policy too" 0 '✓ kms:GenerateDataKey' 'Key policy +allows'
grep -q '"NoSuchBucketPolicy"' "$scratch/snapshot/accounts/111122223333/s3/example-data/policy.json" || status=9
expect "a call that failed is kept with its code" 0
run explain --error 'upload failed: ./a to s3://example-data/a An error occurred (AccessDenied) when calling the PutObject operation: Access Denied' \
    --no-snapshot --settle-script
expect "beside evidence too" 3 '^get accounts/.*encryption\.json'
run explain GetObject 's3://example-data/a;b' --as $bob --no-snapshot --settle-script
expect "a read asks for the object's key" 3 "head-object --bucket example-data --key 'a;b'" '!get-bucket-encryption --bucket example-data --query'
run explain PutObject s3://example-data/k --as anonymous --no-snapshot --settle-script
expect "nobody's policies are asked for where nobody asks" 3 '!authorization-details'

# ---- what is named ----
run explain PutObject s3://example-data/k --as $bob --from 203.0.113.9 --no-snapshot --bucket-policy /dev/stdin
refused "an empty policy" '2:'
rm -rf "$scratch/snapshot/accounts/111122223333/kms" "$scratch/snapshot/accounts/111122223333/s3/example-data/public-access-block.json" \
    "$scratch/snapshot/accounts/111122223333/s3control"
run explain PutObject s3://example-data/k --as bob --from 203.0.113.9 --snapshot "$scratch/snapshot"
expect "a key that is not in the snapshot: the call, and its file" 3 \
    "aws kms get-key-policy --key-id $key --policy-name default --region us-east-1" "accounts/111122223333/kms/us-east-1/$key.json"
run explain --error 'An error occurred (AccessDenied) when calling the PutObject operation: Access Denied' s3://example-data/k --no-snapshot
expect "an upload: first its encryption, then the way, then Block Public Access, then policies" 3
tr '\n' ' ' <"$out" | grep -q 'default encryption.*VPC endpoint.*Block Public Access.*the bucket policy.*policies of the user' || status=9
expect "in that order" 3
run explain --error 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied' s3://example-data/k --no-snapshot
tr '\n' ' ' <"$out" | grep -q 'the bucket policy.*policies of the user.*owner and ACL' || status=9
expect "a read: policies first" 3

# ---- what stands in the body, or under another name ----
rm -rf "$scratch/snapshot/accounts/111122223333/s3/example-data/encryption.json"
settles() { # NAME WORDS [OPERATION RESOURCE OPTION...]
    name=$1 words=$2
    shift 2
    run explain "$@" --as bob --from 203.0.113.9 --snapshot "$scratch/snapshot"
    expect "$name" 3 "$words"
}
settles "the keys of a batch are in its body" 'with body\.keys' DeleteObjects s3://example-data
settles "a key by its alias" '^ +aws kms describe-key --key-id alias/data --region us-east-1$' PutObject s3://example-data/k \
    -H 'x-amz-server-side-encryption: aws:kms' -H 'x-amz-server-side-encryption-aws-kms-key-id: alias/data'
settles "an alias of another account" 'the key of arn:aws:kms:us-east-1:444455556666:alias/data' PutObject s3://example-data/k \
    -H 'x-amz-server-side-encryption: aws:kms' \
    -H 'x-amz-server-side-encryption-aws-kms-key-id: arn:aws:kms:us-east-1:444455556666:alias/data'
settles "a key by its ARN is asked for itself" '!describe-key' PutObject s3://example-data/k \
    -H 'x-amz-server-side-encryption: aws:kms' \
    -H "x-amz-server-side-encryption-aws-kms-key-id: arn:aws:kms:us-east-1:444455556666:key/$key"
settles "a Multi-Region Access Point" 'aws s3control list-multi-region-access-points --account-id 111122223333' GetObject \
    arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap/object/k
printf '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:PutObjectTagging","s3:PutObject"],"Resource":"arn:aws:s3:::example-data/*","Condition":{"StringEquals":{"s3:RequestObjectTag/a":"b"}}}]}' \
    >"$scratch/snapshot/accounts/111122223333/s3/example-data/policy.json"
settles "tags in a body are no header" '--context s3:RequestObjectTag/a=VALUE' PutObjectTagging s3://example-data/k

# ---- an answer that is open names on what it hangs ----
asks() { # PRINCIPAL as a JSON member: of another account's bucket
    printf '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": %s, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}' \
        "$1" >"$scratch/bucket.json"
    printf '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}' >"$scratch/identity.json"
    run explain GetObject s3://b/k --as "$2" --no-snapshot --resource-account 444455556666 --bucket-policy "$scratch/bucket.json" \
        --identity-policy "$scratch/identity.json"
}
id=2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b
asks '{"CanonicalUser": "'$id'"}' $bob
expect "a canonical user id, of an account whose id nobody said" 3 'Principal may name' '- the canonical user id of account 111122223333' \
    'aws s3api list-buckets --query Owner'
asks '{"AWS": "AIDAJQABLZS4A3QDU576Q"}' $bob
expect "the unique id of a user" 3 "- the unique id of $bob" 'aws iam get-user --user-name bob --query User.UserId'
asks '{"AWS": "AROAJQABLZS4A3QDU576Q"}' arn:aws:iam::111122223333:role/app
expect "the unique id of a role" 3 '- the unique id of arn:aws:iam::111122223333:role/app' 'aws iam get-role --role-name app'
asks '{"AWS": "arn:aws:sts::111122223333:assumed-role/app/job"}' arn:aws:iam::111122223333:role/app
expect "the name of a role's session" 3 '- the name of the session' '--session-name NAME'
mkdir -p "$scratch/two/accounts/111122223333/ec2/us-east-1" "$scratch/two/accounts/444455556666/ec2/us-east-1"
for account in 111122223333 444455556666; do
    echo '{"error": {"code": "UnauthorizedOperation"}}' >"$scratch/two/accounts/$account/ec2/us-east-1/vpc-endpoints.json"
done
run explain GetObject s3://b/k --as $bob --via vpce-0123456789abcdef0 --snapshot "$scratch/two" --resource-account 111122223333 \
    --identity-policy "$scratch/identity.json"
expect "an endpoint that may be in each of the lists that could not be read" 3 \
    '- vpc-endpoint \(accounts/111122223333/ec2/us-east-1/vpc-endpoints.json: *' '- vpc-endpoint \(accounts/444455556666/ec2/us-east-1/vpc-endpoints.json: *' \
    '# into accounts/111122223333/ec2/us-east-1/vpc-endpoints.json' '# into accounts/444455556666/ec2/us-east-1/vpc-endpoints.json'
asks "{\"AWS\": [\"AIDAJQABLZS4A3QDU576Q\", \"$bob\"]}" $bob
expect "not where another entry lets it in" 0 '!unique id'

finish
