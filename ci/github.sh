#!/bin/sh
# What action.yml runs: its inputs, in the environment, as the options of tools/review. Reads no network but to comment.
set -f # words are split at blanks, and no pattern is filled in
here=$(dirname "$0")/..
sarif=${RUNNER_TEMP:-/tmp}/why403.sarif
set -- --base "$W403_BASE" --fail-on "${W403_FAIL_ON:-wider}" --deny-level "${W403_DENY_LEVEL:-security-warning}" \
    --sarif "$sarif" --annotate
for folder in ${W403_PATHS:-.}; do set -- "$@" --path "$folder"; done
for path in $W403_CASES; do set -- "$@" --cases "$path"; done
[ -z "$W403_SNAPSHOT" ] || set -- "$@" --snapshot "$W403_SNAPSHOT"
[ -z "$W403_LOGS" ] || set -- "$@" --logs "$W403_LOGS"
[ "$W403_COMMENT" != true ] || set -- "$@" --post
[ -z "$W403_COMMENT_FILE" ] || set -- "$@" --comment "$W403_COMMENT_FILE"
status=0
python3 "$here/tools/review/review.py" "$@" || status=$?
if [ -f "$sarif" ] && [ -n "$GITHUB_OUTPUT" ]; then echo "sarif=$sarif" >>"$GITHUB_OUTPUT"; fi
exit "$status"
