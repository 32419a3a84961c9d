# Helpers of the command line tests: TAP on stdout. Each test is a shell script that begins with
#     . "${0%/*}/lib.sh"
# and ends with `finish`. why403 is the program given as $1, the working directory the top of the tree.
# shellcheck shell=sh disable=SC2034

program=$1
case $program in /*) ;; *) program=$PWD/$program ;; esac
cd "$(dirname "$0")/../.." || exit 2 # the script is named by its full path
top=$PWD
scratch=$(mktemp -d)
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
out=$scratch/.out err=$scratch/.err
count=0 failures=0 status=0
unset WHY403_SNAPSHOT
export WHY403_CONFIG= # nothing of the user's
export NO_COLOR=1 COLUMNS=100 LC_ALL=C.UTF-8

why403() { "$program" "$@"; }

# run ARGUMENTS...: runs why403; then $status, $out and $err (files) are what came of it.
run() {
    status=0
    "$program" "$@" >"$out" 2>"$err" </dev/null || status=$?
}

# ok NAME / bad NAME REASON: one result each.
ok() {
    count=$((count + 1))
    echo "ok $count - $1"
}

bad() {
    count=$((count + 1))
    failures=$((failures + 1))
    echo "not ok $count - $1"
    shift
    for line in "$@"; do echo "#   $line"; done
    echo "#   exit status $status; stdout:"
    head -c 2000 "$out" 2>/dev/null | sed 's/^/#     /'
    echo "#   stderr:"
    head -c 2000 "$err" 2>/dev/null | sed 's/^/#     /'
}

skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

# expect NAME STATUS [PATTERN...]: judges the last run. A PATTERN is an extended regular expression that a line of
# stdout must match; one that begins with `2:` is looked for on stderr, one that begins with `!` must not be found.
expect() {
    name=$1 wanted=$2
    shift 2
    if [ "$status" -ne "$wanted" ]; then
        bad "$name" "exit status $wanted was expected"
        return
    fi
    for pattern in "$@"; do
        looked_at=$out absent=
        case $pattern in !*) absent=1 pattern=${pattern#!} ;; esac
        case $pattern in 2:*) looked_at=$err pattern=${pattern#2:} ;; esac
        if grep -Eq -- "$pattern" "$looked_at"; then found=1; else found=; fi
        if [ "$found" = "$absent" ]; then
            bad "$name" "${absent:+not }expected in $(basename "$looked_at"): $pattern"
            return
        fi
    done
    ok "$name"
}

# refused NAME [PATTERN...]: exit status 2, nothing on stdout, `error: ` on stderr, no crash.
refused() {
    name=$1
    shift
    if [ -s "$out" ]; then
        bad "$name" "nothing was expected on stdout"
        return
    fi
    expect "$name" 2 '2:^error: ' '!2:(Sanitizer|runtime error)' "$@"
}

finish() {
    echo "1..$count"
    [ "$failures" -eq 0 ]
}
