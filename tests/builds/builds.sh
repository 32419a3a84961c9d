#!/bin/sh
# builds.sh NATIVE DIR [NAME...]: the program for other machines and by other ways of building, each run over cases, and a program that
# is linked with the static library: its answers must be those of NATIVE, a build/.../why403 of this machine, byte for byte.
#   musl     static, by musl-gcc          aarch64   cross, run by qemu-user
#   i686     cross, 32 bits (no __int128) release, plain   other build types of meson
# A way whose compiler is not there is skipped. TAP.
set -u
native=$1 dir=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
count=0 failures=0
mkdir -p "$dir"
without='-Dtests=false -Dgzip=disabled -Dmd5=disabled -Dlive=disabled -Dserve=disabled -Dlanguages=disabled -Disal=disabled -Dyaml=disabled'

result() { # STATUS NAME
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failures=$((failures + 1)); fi
}

cross_file() { # NAME COMPILER CPU WRAPPER
    cat <<END
[binaries]
c = '$2'
ar = '$(case $2 in *-gnu-gcc) echo "${2%gcc}ar" ;; *) echo ar ;; esac)'
pkg-config = 'false'
$([ -z "$4" ] || echo "exe_wrapper = [$4]")
[properties]
needs_exe_wrapper = $([ -n "$4" ] && echo true || echo false)
[host_machine]
system = 'linux'
cpu_family = '$3'
cpu = '$3'
endian = 'little'
END
}

# Requests whose answers are compared: those of the examples, and hashes and addresses by way of inventories of keys and nets.
questions() {
    python3 - "$root" <<'END'
import json, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1], "tests/cases").glob("*.json"))[::6]:
    loaded = json.loads(path.read_text(encoding="utf-8"))
    for case in (loaded if isinstance(loaded, list) else [loaded])[:6]:
        if "request" in case and isinstance(case.get("snapshot", {}), dict) and '.json"' not in json.dumps([case.get("policies", {})]):
            case["request"].setdefault("at", "2026-11-21T10:00:00Z")
            print(json.dumps({"ask": "explain", **{m: case[m] for m in ("request", "snapshot", "policies") if m in case}}))
nets = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
        "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/33", "198.51.100.7"]}}}]}
print(json.dumps({"ask": "who-can", "operands": ["GetObject", "s3://b/k"], "policies": {"resource": nets}, "resource_account": "111122223333"}))
END
}

try() { # NAME COMPILER CPU WRAPPER MESON_OPTIONS...
    name=$1 compiler=$2 cpu=$3 wrapper=$4
    shift 4
    for program in "$compiler" ${wrapper%% *}; do
        if ! command -v "$program" >/dev/null 2>&1; then
            count=$((count + 1))
            echo "ok $count - $name # SKIP no $program"
            return
        fi
    done
    quoted=$(for w in $wrapper; do printf "'%s'," "$w"; done)
    [ "$cpu" = native ] || cross_file "$name" "$compiler" "$cpu" "$quoted" >"$dir/$name.ini"
    [ -f "$dir/$name/build.ninja" ] || # shellcheck disable=SC2086 # options are words
        meson setup "$dir/$name" "$root" $([ "$cpu" = native ] || echo --cross-file "$dir/$name.ini") -Ddefault_library=static $without "$@" \
            >"$dir/$name.log" 2>&1
    ninja -C "$dir/$name" why403 libwhy403.a >>"$dir/$name.log" 2>&1
    result $? "$name: built ($dir/$name.log)"
    [ -x "$dir/$name/why403" ] || return
    # shellcheck disable=SC2086
    $wrapper "$dir/$name/why403" test -q "$root/examples/cases" "$root/tests/cases/"c*.json >>"$dir/$name.log" 2>&1
    result $? "$name: cases"
    # shellcheck disable=SC2086
    "$compiler" -std=gnu17 ${static:-} -I"$root/include" -o "$dir/$name.answer" "$root/tests/door/answer.c" "$dir/$name/libwhy403.a" \
        -pthread -ldl >>"$dir/$name.log" 2>&1 && $wrapper "$dir/$name.answer" <"$dir/questions" >"$dir/$name.answers" &&
        cmp "$dir/$name.answers" "$dir/native.answers"
    result $? "$name: a program with the static library answers as this machine's"
}

questions >"$dir/questions"
"$(dirname "$native")/tests/door/door_answer" <"$dir/questions" >"$dir/native.answers" || exit 2
for name in ${*:-musl aarch64 i686 release plain}; do
    static=
    case $name in
    musl) static=-static && try musl musl-gcc x86_64 "" --buildtype=plain -Dharden=false -Dc_link_args=-static ;;
    aarch64) static=-static && try aarch64 aarch64-linux-gnu-gcc aarch64 "qemu-aarch64-static -L /usr/aarch64-linux-gnu" --buildtype=plain ;;
    i686) static=-static && try i686 i686-linux-gnu-gcc x86 "" --buildtype=plain ;;
    release) try release cc native "" --buildtype=release ;;
    plain) try plain cc native "" --buildtype=plain ;;
    esac
done
echo "1..$count"
[ "$failures" -eq 0 ]
