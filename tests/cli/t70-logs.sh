#!/bin/sh
# why403 logs: the example trail solved, counts against a slow reference, damage, formats.
. "${0%/*}/lib.sh" || exit 2
trail=examples/trail/logs
json() { python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print($1)" "$out" >"$scratch/value" 2>"$err" && cp "$scratch/value" "$out"; }

run logs $trail --snapshot examples/trail/snapshot
expect "the trail is solved: cause, statement, actor, time" 1 '^21 denials from 7 causes' \
    'deny\.bucket-policy +the bucket policy denies it \[service\]' 'by service:s3\.amazonaws\.com' \
    'began with PutBucketPolicy on example-inventory by arn:aws:iam::111122223333:user/carol' 'at 2026-11-19 15:42:07' \
    'proved: the first request is allowed' 'OnlyFromTheOffice' 'aws s3api put-bucket-policy --bucket example-inventory' \
    'masked-404' 'presigned-expired' '\[anonymous\]' 'no-allow\.session' 'session assumed by arn:aws:iam::111122223333:user/alice' '^Timeline' \
    '1 record was there twice' '1 denial is told by two logs'

run logs $trail --no-snapshot --format json
json '[(c["cause"],c["began"]["actor"],c["began"]["time"],c["began"]["proof"],c["began"]["statement"]) for c in d["causes"] if c.get("kind")=="service"]'
expect "without a snapshot the documents prove it" 1 "'deny.bucket-policy', .*user/carol', '2026-11-19T15:42:07Z', 'proved', 'OnlyFromTheOffice'"

for n in 1 2 4; do
    run logs $trail --snapshot examples/trail/snapshot --format json --jobs $n
    cp "$out" "$scratch/jobs.$n"
done
status=0
{ cmp "$scratch/jobs.1" "$scratch/jobs.2" && cmp "$scratch/jobs.1" "$scratch/jobs.4"; } >"$out" 2>"$err" || status=1
expect "as many threads as you like: the same bytes" 0

run logs $trail --format csv --no-snapshot
expect "CSV" 1 '^Count,Cause,Kind,' '^8,"[a-z.-]+","service"' '^6,"no-allow.identity","policy","arn:aws:iam::111122223333:user/bob"'
run logs $trail --snapshot examples/trail/snapshot --format html
expect "HTML" 1 '^<!doctype html>' '<svg viewBox' 'deny\.bucket-policy' 'OnlyFromTheOffice' '!<script src' '!https?://[^ ]*\.(js|css)'
run logs $trail --color always --snapshot examples/trail/snapshot
expect "a sparkline where there are colours" 1 '█'
run logs $trail --bucket example-data --principal arn:aws:iam::111122223333:user/bob --no-snapshot
expect "one bucket, one caller" 1 '^6 denials from 1 cause'
run logs $trail --since 2026-11-21 --no-snapshot
expect "since" 1 '^4 denials'
for past in 999999d 900000w; do
    run logs $trail --since $past --no-snapshot
    expect "since $past ago, before all of them" 1 '^[1-9][0-9]* denials'
done
for past in yesterday today 1h 90m; do
    run logs $trail --since $past --until 9999999999 --no-snapshot
    expect "since $past" 0 '!--since'
done
for past in 0d d 2y -1h; do
    run logs $trail "--since=$past"
    refused "since $past" '2:is no time' '2:yesterday'
done
run logs $trail --until 2026-11-17 --no-snapshot
expect "nothing denied" 0 '^0 denials'

# The line that AWS's article prints: its operation and its URI contradict each other.
status=0
why403 logs - --no-snapshot >"$out" 2>"$err" <<'LINE' || status=$?
79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be awsexamplebucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 891CE47D2EXAMPLE REST.PUT.BUCKETPOLICY - "GET /awsexamplebucket1?logging HTTP/1.1" 200 - 242 - 11 - "-" "S3Console/0.4" - 9vKBE6vMhrNiWHZmb2L0mXOcqPGzQOI5XLnCtZNPxev+Hf+7tpT6sxDwDty4LHBUOZJG96N1234= SigV2 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader awsexamplebucket1.s3.us-west-1.amazonaws.com TLSV1.1
LINE
expect "the article's line: no change, and what is odd in it" 0 '^0 denials from 0 causes in 1 record of 1 file' \
    'operation and request URI contradict' 'Signature Version 2' 'a TLS version below 1\.2' '!Timeline'

# What worked before it was denied: 20 reads in 100 minutes, then four denials in the last quarter of an hour.
for time in 08:00 08:05 08:10 08:15 08:20 08:25 08:30 08:35 08:40 08:45 08:50 08:55 \
    09:00 09:05 09:10 09:15 09:20 09:25 09:30 09:35 09:40 09:45 09:50 09:55; do
    case $time in 09:[45]*) answer='403 AccessDenied' ;; *) answer='200 -' ;; esac
    echo "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be data [20/Nov/2026:$time:00 +0000] 198.51.100.7" \
        "arn:aws:iam::111122223333:user/alice R$time REST.GET.OBJECT k \"GET /k HTTP/1.1\" $answer 243 - 9 - \"-\" \"curl/8\" -" \
        "HOST= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader data.s3.us-east-1.amazonaws.com TLSv1.3 - - us-east-1"
done >"$scratch/worked.log"
run logs "$scratch/worked.log" --no-snapshot
expect "what worked before, and how often" 1 'worked 12 an hour before, denied 4 an hour since' 'worked 20 times before and 0 since'
run logs "$scratch/worked.log" --no-snapshot --format json
expect "the same in JSON" 1 '"rate_after":4\.000,"worked_rate":12\.000,"worked_before":20' '!rate_before' '!"fixes"'
run logs "$scratch/worked.log" --no-snapshot --format csv
expect "in CSV" 1 ',WorkedRate,DeniedRate,' '"12\.000","4\.000"'
run logs "$scratch/worked.log" --no-snapshot --format html
expect "in HTML" 1 'worked 12 an hour before, denied 4 an hour since' '!Fix:'

# A group's fix, and the command that explains it in full.
run logs $trail --snapshot examples/trail/snapshot
expect "the undoing is the fix, decided again" 1 'fix: undo PutBucketPolicy of 2026-11-19T15:42:07Z: put back what was there before' \
    'Decided again with this change: allowed\.' "jq -c 'first\(" 'explain --event - --snapshot examples/trail/snapshot' \
    'grep -m1 -F B0B0000000000001 .*explain --log-line -'
sed -n 's/^ *\(grep -m1 -F B0B0000000000001 .*\)/\1/p' "$out" | sed "s|why403 explain|'$program' explain|" >"$scratch/hint.sh"
status=0
sh "$scratch/hint.sh" >"$out" 2>"$err" || status=$?
expect "that command works" 1 '^From the access log line' 'Decided again with this change: allowed'
if command -v jq >"$out"; then
    run logs $trail --snapshot examples/trail/snapshot
    sed -n 's/^ *\(cat .* jq -c .*aws:SourceArn.*\)/\1/p' "$out" | sed "s|why403 explain|'$program' explain|" >"$scratch/hint.sh"
    status=0
    sh "$scratch/hint.sh" >"$out" 2>"$err" || status=$?
    expect "and that for an event, with what only the survey knows" 1 '^From the CloudTrail event' 'OnlyFromTheOffice' \
        'Decided again with this change: allowed'
fi
run logs $trail --snapshot examples/trail/snapshot --format json
json '[(f["id"],f["proof"]["decision"],len(f["commands"])) for c in d["causes"] if c["kind"]=="service" for f in c["fixes"]]'
expect "fixes in JSON" 1 "'undo-change', 'allowed', 1" "'allowed'"
run logs $trail --snapshot examples/trail/snapshot --no-fixes --format json
expect "none are looked for" 1 '!"undo-change"' '"causes"'
run logs $trail --snapshot examples/trail/snapshot --format csv
expect "fixes in CSV" 1 ',Requests,Fix,FixCommands$' '"undo PutBucketPolicy of [^"]*","aws s3api put-bucket-policy'
run logs $trail --snapshot examples/trail/snapshot --format html
expect "fixes in HTML" 1 'Fix: undo PutBucketPolicy' 'Decided again with this change: allowed'

# Counts against a reference that does it slowly.
python3 tests/bench/gen_logs.py access "$scratch/access.log" --lines 4000 --denied 0.1 >"$out" 2>"$err"
python3 tests/bench/gen_logs.py trail "$scratch/trail" --events 2000 --denied 0.1 --gzip >>"$out" 2>>"$err"
for kind in access.log trail; do
    run logs "$scratch/$kind" --no-snapshot --format json
    cp "$out" "$scratch/found.json"
    status=0
    python3 tests/cli/logs_reference.py "$scratch/$kind" "$scratch/found.json" >"$out" 2>"$err" || status=$?
    expect "counts as the reference has them: $kind" 0 '^[0-9]+ denials, [0-9]+ kinds agree$'
done

# Decided together as each would be alone.
python3 tests/bench/gen_logs.py access "$scratch/few.log" --lines 600 --denied 0.12 --seed 7 >"$out" 2>"$err"
python3 tests/bench/gen_logs.py snapshot "$scratch/account.json" --seed 7 >>"$out" 2>>"$err"
status=0
python3 tests/cli/logs_decisions.py "$program" "$scratch/few.log" "$scratch/account.json" >"$out" 2>"$err" || status=$?
expect "decided together as each alone" 0 '^[1-9][0-9]* denials decided alike'

# What cannot be read is said, and the rest goes on.
run logs "$scratch/access.log" --no-snapshot
denials=$(head -n 1 "$out" | cut -d' ' -f1)
mkdir "$scratch/mixed"
cp "$scratch/access.log" "$scratch/mixed/a.log"
find "$scratch/trail" -name '*.gz' | head -n 1 | while read -r f; do head -c 3000 "$f" >"$scratch/mixed/cut.json.gz"; done
head -c 5000 /dev/urandom >"$scratch/mixed/noise"
head -c 600000 /dev/zero | tr '\0' x >"$scratch/mixed/long"
echo >>"$scratch/mixed/long"
head -n 5 "$scratch/access.log" >>"$scratch/mixed/long"
run logs "$scratch/mixed" --no-snapshot
expect "a truncated gzip, noise, and a line of 600 KB" 2 '2:warning: .*cut\.json\.gz' '!2:(Sanitizer|runtime error)'
found=$(head -n 1 "$out" | cut -d' ' -f1)
if [ "$found" -ge "$denials" ]; then ok "and the rest is counted"; else bad "and the rest is counted" "$found of $denials"; fi

status=0
why403 logs - --no-snapshot <"$scratch/access.log" >"$out" 2>"$err" || status=$?
expect "standard input" 1 "^$denials denials"

run logs README.md --no-snapshot
expect "a file that is no log" 2 '2:warning: .*no.* log'

run logs
refused "no logs" '2:no logs to read'
run logs "$scratch/nowhere"
refused "a path that is not there"
run logs $trail --since soon
refused "a time that is none" '2:--since soon'
run logs $trail --status 4o3
refused "a status that is none"
run logs $trail --jobs 0
refused "no threads"
finish
