#!/bin/sh
# How far reading has come, on a terminal and nowhere else.
# shellcheck source=tests/cli/lib.sh
. "${0%/*}/lib.sh"

line='o b [06/Feb/2019:00:00:38 +0000] 192.0.2.1 - R REST.GET.OBJECT k "GET /k HTTP/1.1" 403 AccessDenied 1 1 1 1 "-" "-" - h'
i=0
while [ $i -lt 2000 ]; do
    echo "$line"
    i=$((i + 1))
done >"$scratch/part"
cat "$scratch/part" "$scratch/part" "$scratch/part" "$scratch/part" "$scratch/part" >"$scratch/log"

# on_terminal COMMAND: stderr is a terminal, and what is written there becomes stdout of the test; the log arrives in
# two parts with some time between them.
on_terminal() {
    script -qec "(cat '$scratch/log'; sleep 0.4; cat '$scratch/log') | $1 >/dev/null" /dev/null >"$out" 2>"$err" </dev/null
    status=$?
}

if script -qec 'test -t 2' /dev/null >/dev/null 2>&1 </dev/null; then
    on_terminal "'$program' logs -"
    expect "a long read shows how far it is" 1 '[0-9] MB, [0-9]+ MB/s'
    on_terminal "'$program' logs --quiet -"
    expect "not with --quiet" 1 '!MB'
else
    skip "a long read shows how far it is" "script(1) finds no terminal"
    skip "not with --quiet" "script(1) finds no terminal"
fi
run logs "$scratch/log"
expect "nor where stderr is no terminal" 1 '!MB/s' '!2:MB'

finish
