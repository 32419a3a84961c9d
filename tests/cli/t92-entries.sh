#!/bin/sh
# Entries of a snapshot or of a folder of logs that are there and cannot be read; files that hold what a failed call left;
# one bad file among many.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
cd "$scratch" || exit 2
make() { # a snapshot whose bucket `data` denies what `other` does not
    chmod -R u+rwx s 2>/dev/null
    rm -rf s
    acct=s/accounts/111122223333
    mkdir -p $acct/iam $acct/s3/data $acct/s3/other
    echo '{"UserDetailList": [{"UserName": "alice", "UserId": "AIDAEXAMPLE", "Path": "/", "Arn": "'$alice'",
     "UserPolicyList": [{"PolicyName": "all", "PolicyDocument": {"Version": "2012-10-17",
     "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}]}' >$acct/iam/authorization-details.json
    for bucket in data other; do
        echo '{"LocationConstraint": null}' >$acct/s3/$bucket/location.json
        echo '{"error": {"code": "NoSuchBucketPolicy"}}' >$acct/s3/$bucket/policy.json
    done
    policy=$acct/s3/data/policy.json
}
get() { run explain GetObject "s3://$1/k" --as $alice --from 203.0.113.9 --snapshot s; }

make
get data
expect "as it should be" 0 '!2:warning'

# ---- a file that is there and is none ----
odd() { # NAME WHY
    get data
    expect "$1: unknown" 3 "2:policy.json. is $2" '^UNDETERMINED' 'policy.json'
    get other
    expect "$1: of another bucket" 0 "2:policy.json. is $2" '^ALLOWED'
}
rm $policy && ln -s /nonexistent/policy.json $policy
odd "a link to nothing" 'a link to nothing'
rm $policy && ln -s policy.json $policy
odd "a link to itself" 'a link that leads to itself'
rm $policy && mkfifo $policy
odd "a FIFO" 'a FIFO'
rm $policy && mkdir $policy
odd "a folder" 'a folder, where a file belongs'
rmdir $policy && ln -s /dev/null $policy
odd "a device" 'a device'
if [ "$(id -u)" -ne 0 ]; then
    rm $policy && echo '{}' >$policy && chmod 0 $policy
    get data
    expect "a file that may not be read" 3 '2:permission denied' '^UNDETERMINED'
    make
    chmod 0 $acct/s3/data
    get other
    refused "a folder that may not be listed" '2:cannot list'
else
    skip "a file that may not be read" "root may read all"
    skip "a folder that may not be listed" "root may list all"
fi
make
rm -r $acct/s3/data && ln -s /nonexistent $acct/s3/data
get other
refused "a folder that is a link to nothing" '2:data. is a link to nothing'
make
rm $acct/iam/authorization-details.json && ln -s nowhere $acct/iam/authorization-details.json
get data
refused "a file on which all hangs" '2:authorization-details.json. is a link to nothing'

# ---- links that lead somewhere ----
make
echo '{"Version": "2012-10-17", "Statement": [{"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}' >deny.json
rm $policy && ln -s ../../../../../deny.json $policy
get data
expect "a link to a file" 1 'No'
make
mv $acct/s3/data elsewhere && ln -s ../../../../elsewhere $acct/s3/data
cp deny.json elsewhere/policy.json
get data
expect "a link to a folder" 1 'No'
rm -r elsewhere
make
ln -s .. $acct/s3/data/up
get data
expect "a link that leads back ends" 0 '2:not a file of a snapshot'

# ---- what a failed call left ----
make
echo 'An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist' >$policy
get data
expect "the CLI's own text: not configured" 0 '!2:warning'
printf '\naws: [ERROR]: An error occurred (AccessDenied) when calling the GetBucketPolicy operation: Access Denied\n' >$policy
get data
expect "the CLI's own text: not allowed" 3 'AccessDenied' '!2:warning'
: >$policy
get data
expect "an empty file" 3 '2:the file is empty: what it would say is unknown' 'the file is empty'
for i in 1 2 3 4; do
    mkdir $acct/s3/more$i
    : >$acct/s3/more$i/policy.json
    : >$acct/s3/more$i/encryption.json
done
get other
expect "many are told at once" 0 '2:warning: 9 files are empty, and what they would say is unknown: policy.json 5, encryption.json 4'
[ "$(grep -c warning "$err")" = 1 ] && ok "... in one warning" || bad "... in one warning"
python3 - <<'END' >one.json
import json, os
print(json.dumps({"accounts/111122223333/iam/authorization-details.json": json.load(open("s/accounts/111122223333/iam/authorization-details.json")),
 "accounts/111122223333/s3/data/location.json": {"LocationConstraint": None},
 "accounts/111122223333/s3/data/policy.json": "\nAn error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: ..."}))
END
run explain GetObject s3://data/k --as $alice --from 203.0.113.9 --snapshot one.json
expect "in one file too" 0 '!2:warning'

# ---- one bad file ----
make
printf '{"Statement": [' >$policy
get other
expect "broken JSON of another bucket" 0 '2:warning: .*' '2:data/policy.json:1:' '^ALLOWED'
get data
refused "broken JSON of this one" '2:data/policy.json:1:'
printf '{"Statement": "x"}' >$policy
get other
expect "another type than it should be" 0 '2:must be an object' '^ALLOWED'
get data
refused "... of this one" '2:must be an object'
echo '{"action":"s3:GetObject","resource":"arn:aws:s3:::data/k","principal":"'$alice'"}' >lines
status=0
why403 decide --snapshot s <lines >"$out" 2>"$err" || status=$?
expect "decide" 0 '"decision":"undetermined"' 'policy.json' '"warnings"'
printf '{"x' >$acct/iam/authorization-details.json
get other
refused "a file on which all hangs is fatal" '2:authorization-details.json'

# ---- a slip of the pen in a name ----
make
sed -i 's/UserPolicyList/UserPolicyLis/' $acct/iam/authorization-details.json
get data
expect "a member that is nearly one" 1 '2:warning: `UserPolicyLis` is no member that is read: did you mean `UserPolicyList`'
make
sed -i 's/"Path"/"CreateDate": "2026", "path": "x", "Path"/' $acct/iam/authorization-details.json
get data
expect "members of AWS's, and one that is there twice" 0 '!2:warning'

# ---- more than are told ----
mkdir many
for i in $(seq 260); do : >many/f$i.txt; done
run explain GetObject s3://x/y --as $alice --snapshot many
refused "many foreign files" '2:260 files are not of a snapshot' '2:error: .*is no snapshot'
mkdir -p many/accounts/111122223333/iam
printf '{' >many/accounts/111122223333/iam/authorization-details.json
python3 - <<'END'
import json
json.dump({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetObjekt", "Resource": "*"}] * 260}, open("warns.json", "w"))
json.dump({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}, open("allow.json", "w"))
END
run explain GetObject s3://x/y --as $alice --snapshot many
refused "the error comes before all warnings" '2:error: .' '2:authorization-details.json:1:'
for command in "logs logs.ndjson" "inventory data" "runbook AWSSupport-TroubleshootS3AccessSameAccount --parameters S3Action=GetObject" \
    "sweep list.csv --schema Bucket,Key --as $alice" "replay logs.ndjson --against many" "who-can GetObject s3://x/y" decide; do
    echo '{}' >logs.ndjson
    printf '"x","y"\n' >list.csv
    # shellcheck disable=SC2086 # many words
    run $command --snapshot many
    refused "${command%% *}: a load that failed says why" '2:authorization-details.json:1:'
done
for command in explain decide; do
    status=0
    why403 $command $([ $command = explain ] && echo GetObject s3://x/y --as $alice --resource-account 111122223333) --no-snapshot \
        --identity-policy allow.json --identity-policy warns.json <lines >"$out" 2>"$err" || status=$?
    expect "$command: more warnings than are told" 0 '2:more problems'
done

# ---- logs ----
mkdir logs
printf '{"Records": []}' >logs/a.json
ln -s nowhere logs/b.json
run logs logs --no-snapshot
refused "a log that is a link to nothing" '2:b.json. is a link to nothing'
rm logs/b.json && mkfifo logs/b.json
run logs logs --no-snapshot
refused "a log that is a FIFO" '2:b.json. is a FIFO'
rm logs/b.json && mkdir cases && ln -s nowhere cases/c.json
run test cases
refused "a case that is a link to nothing" '2:c.json. is a link to nothing'
finish
