#!/bin/sh
# The excerpt below a problem shows the text that is meant: also where the document stands inside a string, in a
# snapshot of one file or of many, URL-encoded or not; and whatever the length of the line.
. "${0%/*}/lib.sh" || exit 2

python3 - "$scratch" <<'EOF'
import json, os, sys, urllib.parse
scratch = sys.argv[1]
ACCOUNT = "111122223333"
padding = {"Sid": "P", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b-1/x"}
bad = {"Version": "2012-10-17", "Statement": [dict(padding, Sid=f"P{i}") for i in range(9)] + [dict(padding, Effect="deny")]}
inline = {"Version": "2012-10-17", "Statement": [{"Sid": "I", "Effect": "allow", "Action": "s3:*", "Resource": "*"}]}
text = json.dumps(bad)
user = {"UserName": "alice", "Arn": f"arn:aws:iam::{ACCOUNT}:user/alice", "UserPolicyList": [
    {"PolicyName": "p", "PolicyDocument": urllib.parse.quote(json.dumps(inline))}]}
files = {f"accounts/{ACCOUNT}/iam/authorization-details.json":
             {"UserDetailList": [user], "RoleDetailList": [], "GroupDetailList": [], "Policies": []},
         f"accounts/{ACCOUNT}/s3/b-1/policy.json": {"Policy": text},
         f"accounts/{ACCOUNT}/s3/c/policy.json": {"Policy": bad}}
for path, content in files.items():
    at = os.path.join(scratch, "folder", path)
    os.makedirs(os.path.dirname(at), exist_ok=True)
    json.dump(content, open(at, "w"))
json.dump(files, open(scratch + "/one.json", "w"))
json.dump(files, open(scratch + "/indented.json", "w"), indent=1)
json.dump({"Policy": text}, open(scratch + "/given.json", "w"))
many = {f"accounts/{ACCOUNT}/s3/b-1{i}/policy.json": {"Policy": text.replace("deny", f"deny{i}")} for i in range(30)}
json.dump(many, open(scratch + "/many.json", "w"))
EOF

alice=arn:aws:iam::111122223333:user/alice
for snapshot in one.json indented.json folder folder/; do
    run explain GetObject s3://b-1/x --as "$alice" --from 203.0.113.9 --snapshot "$scratch/$snapshot"
    for word in deny allow; do
        if grep -A4 "\`$word\` is no Effect" "$err" | grep -q "\"Effect\": \"$word\""; then
            ok "$snapshot: the excerpt shows \"$word\""
        else
            bad "$snapshot: the excerpt shows \"$word\""
        fi
    done
    # the carets stand below the word
    if awk '/"Effect": "(deny|allow)"/ { at = match($0, /"(deny|allow)"/) }
            /\^/ { if (index($0, "^") != at) wrong = 1; seen++ } END { exit wrong || seen < 3 }' "$err"; then
        ok "$snapshot: the carets are below it"
    else
        bad "$snapshot: the carets are below it"
    fi
done

run explain GetObject s3://b-1/x --as "$alice" --from 203.0.113.9 --snapshot "$scratch/many.json"
for i in 0 7 29; do
    if grep -A4 "\`deny$i\` is no Effect" "$err" | grep -q "\"deny$i\""; then
        ok "one string of many: deny$i"
    else
        bad "one string of many: deny$i"
    fi
done

finish
