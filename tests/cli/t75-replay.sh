#!/bin/sh
# why403 replay: a changed policy judged on the traffic of the example trail.
. "${0%/*}/lib.sh" || exit 2
trail=examples/trail/logs
snapshot=examples/trail/snapshot
policy=$snapshot/accounts/111122223333/s3/example-inventory/policy.json

# The state before carol's change: the policy with its first statement only.
cp -r $snapshot "$scratch/old"
old=$scratch/old/accounts/111122223333/s3/example-inventory/policy.json
python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); d["Statement"]=d["Statement"][:1]; json.dump(d,open(sys.argv[2],"w"))' $policy "$old"

run replay $trail --snapshot "$scratch/old" --against $snapshot
expect "the change would have broken the reports" 1 'requests replayed: 1[0-9] would break' 'Worked, and would be denied' \
    'deny\.bucket-policy' 'by service:s3\.amazonaws\.com' 'denied by OnlyFromTheOffice'
run replay $trail --snapshot "$scratch/old" --bucket-policy $policy
expect "the same by its policy alone" 1 'requests replayed: 1[0-9] would break' 'denied by OnlyFromTheOffice of'
run replay $trail --snapshot $snapshot --against "$scratch/old"
expect "the way back breaks nothing, and mends" 0 '0 would break, [1-9][0-9]* would be allowed'
run replay $trail --snapshot $snapshot --against $snapshot
expect "no change" 0 '0 would break, 0 would be allowed'
run replay $trail --snapshot "$scratch/old" --against $snapshot --format json
expect "JSON" 1 '"breaks":1[0-9]' '"change":"breaks"' '"cause":"deny.bucket-policy"'
run replay $trail --snapshot "$scratch/old" --against $snapshot --format csv
expect "CSV" 1 '^Count,Change,Cause' '"breaks","deny.bucket-policy"'
run replay $trail --snapshot "$scratch/old" --against $snapshot --format junit
expect "JUnit" 1 '<testsuite name="why403 replay" tests="[0-9]+" failures="[1-9]' 'message="worked, and would be denied"'
python3 -c 'import sys, xml.dom.minidom as m; s=m.parse(sys.argv[1]).documentElement; t=s.getElementsByTagName
assert len(t("testcase")) == int(s.getAttribute("tests")) and len(t("failure")) == int(s.getAttribute("failures"))
assert len(t("skipped")) == int(s.getAttribute("skipped"))' "$out" && ok "JUnit counts what it holds" || bad "JUnit counts what it holds"
run replay $trail --snapshot "$scratch/old" --bucket-policy $policy --bucket example-nowhere
refused "a bucket that is not there"
run replay $trail --snapshot $snapshot
refused "no change is given" '2:no change to replay'
run replay $trail --snapshot $snapshot --key-policy $policy
refused "a policy that replay does not take" '2:--key-policy'
printf '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}' >"$scratch/scp.json"
run replay $trail --snapshot "$scratch/old" --scp "1:$scratch/scp.json"
expect "an SCP with its level" 1 '[1-9][0-9]* would break' 'deny\.scp'
run replay --snapshot $snapshot --against $snapshot
refused "no logs"
finish
