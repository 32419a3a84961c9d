#!/bin/sh
# why403 logs: each kind of change that can begin denials, what is proved of it, and the fix that undoes it.
. "${0%/*}/lib.sh" || exit 2

status=0
python3 tests/cli/logs_changes.py "$program" >"$out" 2>"$err" || status=$?
expect "every kind of change: proof, statement, undoing" 0 '^[45][0-9] changes proved as expected, 0 not$' '^1[0-9] of them checked'

status=0
python3 tests/cli/logs_changes.py "$program" --china >"$out" 2>"$err" || status=$?
expect "the same in another partition" 0 '^[45][0-9] changes proved as expected, 0 not$' '^1[0-9] of them checked'
finish
