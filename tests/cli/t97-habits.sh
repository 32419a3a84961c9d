#!/bin/sh
# What people set once and expect everywhere: settings, pager, version, completions, hyperlinks, Ctrl-C.
. "${0%/*}/lib.sh" || exit 2
account=$top/examples/account
key=s3://example-reports/finance/q3.csv

# ---- settings ----
cat >"$scratch/config" <<EOF
# mine
snapshot = $account
as = alice
from = 203.0.113.9
format = json
EOF
export WHY403_CONFIG="$scratch/config"
cd "$scratch" || exit 2
run explain GetObject $key
expect "settings: snapshot, caller and address; the format is for terminals" 1 '^DENIED' 'user/alice' 'FinanceOnlyFromTheVpc'
run explain GetObject $key --as arn:aws:iam::111122223333:role/deploy --via vpce-0123456789abcdef0
expect "settings: what is said wins" 0 '^ALLOWED' 'role/deploy'
run explain --event "$top/examples/evidence/denied-event.json"
expect "settings: evidence says itself who asked" 0 '!user/alice' 'assumed-role/app'
run who-can GetObject $key
expect "settings: commands without a caller take the rest" 0 '^WHO CAN' 'user/alice'
printf '{"operation":"GetObject","resource":"arn:aws:s3:::example-reports/k","principal":"anonymous"}\n' >in.ndjson
status=0; "$program" decide <in.ndjson >"$out" 2>"$err" || status=$?
refused "settings: nothing of them for programs" '2:no snapshot'
printf 'snapshto = x\n' >"$scratch/wrong"
WHY403_CONFIG="$scratch/wrong"
run explain GetObject $key
refused "settings: a name that is none" '2:`snapshto` is no setting' '2:wrong:1:1' '2:did you mean `snapshot`'
printf '\n\ncolor = pink\n' >"$scratch/wrong"
run explain GetObject $key
refused "settings: a value that is none" '2:--color. does not take `pink`' '2:wrong:3:1'
printf 'snapshot\n' >"$scratch/wrong"
run explain GetObject $key
refused "settings: half a line" '2:name = value'
run version
expect "settings: a broken file is in nobody's way who does not need it" 0
run explain --help
expect "settings: nor is help" 0
WHY403_CONFIG="$scratch/nowhere"
run explain GetObject $key
refused "settings: a file that was named must be there"
unset WHY403_CONFIG
mkdir -p "$scratch/home/.config/why403" && cp "$scratch/config" "$scratch/home/.config/why403/config"
HOME=$scratch/home XDG_CONFIG_HOME='' "$program" explain GetObject $key >"$out" 2>"$err" </dev/null; status=$?
expect "settings: below ~/.config" 1 'user/alice'
HOME=/nowhere XDG_CONFIG_HOME=$scratch/home/.config "$program" explain GetObject $key >"$out" 2>"$err" </dev/null; status=$?
expect "settings: below XDG_CONFIG_HOME" 1 'user/alice'
HOME=$scratch/home WHY403_CONFIG='' "$program" explain GetObject $key --as anonymous --snapshot "$account" >"$out" 2>"$err" </dev/null; status=$?
expect "settings: left out" 1 '!user/alice'
export WHY403_CONFIG=''
cd "$top" || exit 2

# ---- version ----
run --version
expect "version: and what the build is" 0 '^why403 [0-9]' '^built for [a-z0-9_]+-[a-z]+ by ' '^with(out)? '
for form in -V -v version; do
    "$program" $form | cmp -s - "$out" && ok "version: $form" || bad "version: $form"
done

# ---- global options anywhere ----
run --snapshot examples/account --color never explain GetObject $key --as alice --from 203.0.113.9
expect "options before the command" 1 '^DENIED'

# ---- completions ----
run __complete expl
expect "complete: commands" 0 '^explain$' '!^lint$'
run __complete explain GetObjectA
expect "complete: operations" 0 '^GetObjectAcl$' '!^PutObject$'
run __complete explain s3:GetObjectA
expect "complete: actions" 0 '^s3:GetObjectAcl$'
run __complete explain -s examples/account GetObject s3://example-r
expect "complete: buckets of the snapshot" 0 '^s3://example-reports/$' '!example-data'
run __complete explain --snapshot=examples/account GetObject s3://example-reports/fin
expect "complete: keys" 0 '^s3://example-reports/finance/q3.csv$' '!holidays'
run __complete explain -s examples/account --as al
expect "complete: principals" 0 '^alice$'
run __complete explain -s examples/account --as arn:aws:iam::111122223333:user/al
expect "complete: principals by ARN" 0 '^arn:aws:iam::111122223333:user/alice$'
run __complete who-can GetObject s3://b --when aws:SourceIp
expect "complete: condition keys" 0 '^aws:SourceIp$'
run __complete explain --format ''
expect "complete: words of an option" 0 '^sarif$'
run __complete lint --fo
expect "complete: options" 0 '^--format$'
run __complete explain -s /nowhere GetObject s3://
expect "complete: no snapshot, no word" 0 '!.' '!2:.'
if command -v bash >/dev/null; then
    cat >"$scratch/complete.bash" <<EOF
export PATH="$(dirname "$program"):\$PATH"
eval "\$(why403 completion bash)"
ask() { COMP_LINE=\$1 COMP_POINT=\${#1}; COMP_WORDS=(\$1); COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1)); _why403 2>/dev/null; echo "\${COMPREPLY[*]}"; }
ask "why403 explain GetObjectLe"
ask "why403 explain -s examples/account GetObject s3://example-reports/fin"
ask "why403 explain --as arn:aws:iam::111122223333:user/al"
EOF
    export WHY403_SNAPSHOT=examples/account
    bash "$scratch/complete.bash" >"$out" 2>"$err"; status=$?
    expect "complete: in bash, whose words end at colons" 0 '^GetObjectLegalHold$' '^//example-reports/finance/q3.csv$' '^user/alice$'
    unset WHY403_SNAPSHOT
fi

# ---- hyperlinks ----
run --hyperlinks always lint examples/lint/bucket-policy.json
expect "links: the whole path, and what is shown stays" 1 "$(printf '\033')]8;;file://[^ ]*$top/examples/lint/bucket-policy.json" ':8:24$'
run --hyperlinks always --format json lint examples/lint/bucket-policy.json
expect "links: none for programs" 1 "!$(printf '\033')"
run lint examples/lint/bucket-policy.json
expect "links: none without a terminal" 1 "!$(printf '\033')"

# ---- a terminal ----
python3 - "$program" "$scratch" >"$out" 2>"$err" <<'EOF'
import fcntl, os, pty, struct, sys, termios
program, scratch = sys.argv[1:]
def on_terminal(words, **env):
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        for n in ("PAGER", "WHY403_PAGER", "VTE_VERSION", "TERM_PROGRAM"):
            os.environ.pop(n, None)
        os.environ.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **env})
        os.execv(program, [program, *words])
    text = b""
    while True:
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        text += more
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text.decode()
long = ["who-can", "GetObject", "s3://example-reports/finance/q3.csv", "--snapshot", "examples/account"]
mark = {"PAGER": "sed s/^/PAGED:/"}
status, text = on_terminal(long, **mark)
print("pager", "PAGED:" in text, status)
print("status kept", status == on_terminal(long, PAGER="")[0])
print("short", "PAGED:" in on_terminal(["version"], **mark)[1])
print("json", "PAGED:" in on_terminal([*long, "-f", "json"], **mark)[1])
print("never", "PAGED:" in on_terminal([*long, "--pager", "never"], **mark)[1])
print("own", "MINE:" in on_terminal(long, WHY403_PAGER="sed s/^/MINE:/", **mark)[1])
print("quit", on_terminal(long, PAGER="head -1")[0] == status)
print("missing", "WHO CAN" in on_terminal(long, PAGER="no-such-pager-here")[1])
print("links", "\033]8;;file://" in on_terminal(["lint", "examples/lint/bucket-policy.json"], VTE_VERSION="7200", PAGER="")[1])
open(scratch + "/format", "w").write("format = json\n")
print("format", '"format":1' in on_terminal(["explain", "GetObject", "s3://example-reports/k", "--as", "anonymous", "--snapshot",
      "examples/account"], WHY403_CONFIG=scratch + "/format")[1])
EOF
status=$?
expect "terminal: pager and links" 0 '^pager True' '^status kept True' '^short False' '^json False' '^never False' '^own True' '^quit True' \
    '^missing True' '^links True' '^format True'

# ---- Ctrl-C ----
python3 - "$program" "$scratch" >"$out" 2>"$err" <<'EOF'
import glob, gzip, os, signal, subprocess, sys, time
program, scratch = sys.argv[1:]
texts = [open(p, "rb").read() for p in sorted(glob.glob("examples/trail/logs/**/*", recursive=True)) if os.path.isfile(p)]
texts = [gzip.decompress(t) if t[:2] == b"\x1f\x8b" else t for t in texts]
for words in ([], ["--format", "json"]):
    p = subprocess.Popen([program, "logs", "-", "-s", "examples/trail/snapshot", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    for t in texts:
        p.stdin.write(t + b"\n")
    p.stdin.write(b'{"Records": [{"eventName": "cut')
    p.stdin.flush()
    time.sleep(0.7)
    p.send_signal(signal.SIGINT)
    said, why = p.communicate(timeout=60)
    print(p.returncode, said.decode().split("\n")[0][:60], "in the warnings" if b"interrupted" in said else "", why.decode())
EOF
status=$?
expect "Ctrl-C: logs tell what they read" 0 '^130 .*denials from [1-9]' '^130 \{.*in the warnings' 'warning: interrupted: only what was read' \
    '!cannot be read' '!Traceback'
finish
