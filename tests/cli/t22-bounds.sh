#!/bin/sh
# Limits that are met are said, and one below them nothing is: many statements that deny, long values against patterns,
# many problems on one line. Nothing here is timed: what took minutes would run into the test's own limit.
. "${0%/*}/lib.sh" || exit 2

grow() { python3 tests/bench/gen_growth.py "$1" "$2" "$scratch/$1-$2"; }
denied() { # KIND N
    grow "$1" "$2"
    run explain GetObject s3://amzn-s3-demo-bucket/k --as arn:aws:iam::111122223333:user/alice --from 203.0.113.9 --no-snapshot \
        --resource-account 111122223333 --identity-policy "$scratch/$1-$2/allow.json" --bucket-policy "$scratch/$1-$2/policy.json"
}

denied denies 16
expect "16 Denies: a fix of 16 changes" 1 '^DENIED' '!limit of 16 changes' 'Fix'
denied denies 17
expect "17 Denies: one change of the policy that they all stand in" 1 '^DENIED' '!limit of 16 changes' 'from 17 Denies of the'
for kind in denies networks arns; do
    denied $kind 1000
    expect "1,000 Denies ($kind): the same" 1 '^DENIED' '!limit of 16 changes' 'from 1000 Denies of the' 'arn:aws:iam::111122223333:user/alice"$'
done
python3 -c '
import json, sys
policy = json.load(open(sys.argv[1]))
for st in policy["Statement"]:
    del st["Principal"]
json.dump(policy, open(sys.argv[2], "w"))' "$scratch/denies-17/policy.json" "$scratch/own.json"
run explain GetObject s3://amzn-s3-demo-bucket/k --as arn:aws:iam::111122223333:user/alice --from 203.0.113.9 --no-snapshot \
    --resource-account 111122223333 --identity-policy "$scratch/denies-17/allow.json" --identity-policy "$scratch/own.json"
expect "Denies that bind nobody else: the limit is said" 1 '^DENIED' 'limit of 16 changes'

for kind in glob globs; do
    grow $kind 100000
    status=0
    "$program" decide --no-snapshot --identity-policy "$scratch/$kind-100000/allow.json" --bucket-policy \
        "$scratch/$kind-100000/policy.json" <"$scratch/$kind-100000/requests.ndjson" >"$out" 2>"$err" || status=$?
    expect "a header of 100 KB against $kind" 0 '"decision":"allowed"'
done

grow one-line 400
run explain GetObject s3://amzn-s3-demo-bucket/k --as arn:aws:iam::111122223333:user/alice --from 203.0.113.9 \
    --snapshot "$scratch/one-line-400/snapshot.json"
expect "400 problems on one line: 200 are told, the rest counted" 1 '^DENIED' '2:200 more problems'
grow causes 60
run logs "$scratch/causes-60/access.log" --snapshot "$scratch/causes-60/snapshot.json"
expect "60 causes" 1 '^60 denials'
finish
