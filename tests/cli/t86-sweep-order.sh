#!/bin/sh
# A sweep of several files prints the same bytes for any number of threads and in any run: counts, examples, the list,
# what is said of malformed rows and of files that are not there, and the exit status.
. "${0%/*}/lib.sh" || exit 2

python3 - "$scratch" <<'EOF'
import json, sys
to = sys.argv[1] + "/"
ACCOUNT = "111122223333"
policy = lambda *statements: {"Version": "2012-10-17", "Statement": list(statements)}
allow = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
deny = policy(*({"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
                 "Resource": f"arn:aws:s3:::amzn-s3-demo-bucket/{p}/*"} for p in ("b", "finance")))
user = {"UserName": "alice", "Arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": allow}]}
json.dump({f"accounts/{ACCOUNT}/iam/authorization-details.json":
               {"UserDetailList": [user], "RoleDetailList": [], "GroupDetailList": [], "Policies": []},
           f"accounts/{ACCOUNT}/s3/amzn-s3-demo-bucket/policy.json": deny}, open(to + "s.json", "w"))
for i in range(7):  # the first files are the longest: another thread is done with a later one before
    with open(f"{to}w{i}.csv", "w") as out:
        for k in range(9000 - 1400 * i):
            out.write('bad"row\n' if k % 1000 == 999 else
                      f'"amzn-s3-demo-bucket","{"ab"[k > 8990 - 1400 * i]}/k{i}-{k}","{k % 7:064x}"\n')
        out.write(f'"amzn-s3-demo-bucket","finance/{i}","{1:064x}"\n')
        out.write(f'"bucket-{i % 2}","{i}","{1:064x}"\n')
EOF

for options in '' '--format json' '--format csv' '--list' '--list --format csv' '--list --operation HeadObject'; do
    reference=
    same=0
    for jobs in 1 2 3 5 8 8 8; do
        # shellcheck disable=SC2086 # options are words
        run sweep "$scratch"/w[0-3].csv "$scratch/none.csv" "$scratch"/w[4-6].csv --schema 'Bucket, Key, ObjectOwner' \
            --as arn:aws:iam::111122223333:user/alice --from 203.0.113.9 --snapshot "$scratch/s.json" $options -j$jobs
        sum=$(echo $status | cat - "$out" "$err" | cksum)
        reference=${reference:-$sum}
        [ "$sum" = "$reference" ] && [ "$status" -eq 2 ] && same=$((same + 1))
    done
    if [ $same -eq 7 ]; then
        ok "the same with any -j: ${options:-text}"
    else
        bad "the same with any -j: ${options:-text}" "$same of 7"
    fi
done
expect "malformed rows are told as far as 20, in order" 2 '2:w0.csv: row 1000' '2:w0.csv: row 9000' '2:none.csv' \
    '2:further ones are only counted' '!2:w6.csv: row'
finish
