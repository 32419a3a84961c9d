#!/bin/sh
# Version, help, exit statuses, colours, a reader that goes away.
. "${0%/*}/lib.sh" || exit 2

run version
expect "version" 0 '^why403 [0-9]+\.[0-9]+\.[0-9]+$'
run --version
expect "--version is version" 0 '^why403 '
run version surplus
refused "version takes nothing"

run help
expect "help lists the commands" 0 '^  explain ' '^  test ' 'Exit status'
run --help
expect "--help is help" 0 '^  explain '
run
refused "no command" '2:no command given' '2:^  explain '

for command in $(why403 help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
    run help "$command"
    expect "help $command" 0 "^why403 $command: " '^Usage:' '^Examples:' '^Exit status:' "\\$ why403 .*$command"
    cp "$out" "$scratch/help"
    run "$command" --help
    if cmp -s "$out" "$scratch/help"; then ok "$command --help is the same"; else bad "$command --help is the same"; fi
    run "$command" -h
    if cmp -s "$out" "$scratch/help"; then ok "$command -h is the same"; else bad "$command -h is the same"; fi
done

run help explain
awk 'length > 100 { print > "/dev/stderr"; bad = 1 } END { exit bad }' "$out" 2>"$err" || status=1
expect "help fits 100 columns" 0

run help explain --color always
expect "colour when it is asked for" 0 "$(printf '\033')\[1m"
run help explain --color auto
expect "no colour into a file" 0 "!$(printf '\033')"
run explain --color always
expect "coloured diagnostics" 2 "2:$(printf '\033')\[1;31merror"

# A reader that goes away is no error to talk about.
{ why403 test tests/cases 2>"$err" || true; } | head -n 1 >"$out"
status=0
expect "a closed pipe is quiet" 0 '^1\.\.' '!2:.'
python3 - "$program" >"$out" 2>"$err" <<'EOF' && status=0 || status=1
import signal, subprocess, sys
# With SIGPIPE ignored, as some parents leave it.
child = subprocess.Popen([sys.argv[1], "help", "explain"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
child.stdout.close()
error = child.stderr.read()
child.wait()
sys.exit(1 if error else 0)
EOF
expect "a closed pipe is quiet with SIGPIPE ignored" 0
if [ -w /dev/full ]; then
    status=0
    "$program" help >/dev/full 2>"$err" || status=$?
    : >"$out"
    refused "a full disk is said" '2:cannot write'
fi

finish
