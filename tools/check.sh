#!/bin/sh
# `make check`: one build with ASan and UBSan, one without; every test in both; the cases; then one line that
# counts them all. check.sh SAN_DIR PLAIN_DIR JOBS
set -u
san=$1 plain=$2 jobs=$3
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
passed=0
failed=0

give_up() { # REASON: nothing was tested, which is a failure too
    echo "error: $1" >&2
    echo
    echo "0 passed, 1 failed"
    exit 1
}

configure() { # DIR OPTIONS...
    dir=$1
    shift
    [ -f "$dir/build.ninja" ] || meson setup "$dir" -Dwerror=true "$@" >"$dir.log" 2>&1 || {
        cat "$dir.log"
        give_up "$dir cannot be configured"
    }
    ninja -C "$dir" -j"$jobs" >"$dir.log" 2>&1 || {
        tail -60 "$dir.log"
        give_up "$dir does not build"
    }
}

count() { # LINE: adds "N passed, N failed"
    if ! expr "$1" : '[0-9]* passed, [0-9]* failed$' >/dev/null; then
        failed=$((failed + 1))
        return
    fi
    passed=$((passed + ${1%% *}))
    rest=${1#*, }
    failed=$((failed + ${rest%% *}))
}

run() { # NAME DIR MESON_ARGUMENTS...
    name=$1 dir=$2
    shift 2
    echo "== $name"
    meson test -C "$dir" --no-rebuild --num-processes "$jobs" --print-errorlogs "$@" >"$dir.tests.log" 2>&1
    grep -E '(FAIL|TIMEOUT|ERROR|UNEXPECTEDPASS)' "$dir.tests.log" >/dev/null && cat "$dir.tests.log"
    line=$(python3 tools/count_tests.py "$dir/meson-logs/testlog.json")
    echo "$line"
    count "$line"
}

# The engine as WebAssembly, whole and small, as a package that could be published; without clang's WebAssembly parts it is skipped.
wasm() {
    [ -f /usr/lib/wasm32-wasi/libc.a ] || [ -d /usr/include/wasm32-wasi ] || return 0
    configure build/wasm -Dwerror=false --cross-file bindings/js/wasi/cross.ini --buildtype=release -Doptimization=2 -Db_lto=true
    configure build/wasm-core -Dwerror=false --cross-file bindings/js/wasi/cross.ini --cross-file bindings/js/wasi/core.ini
    tools/package_js.sh build/wasm build/wasm-core build/js
}

# The page, where there is npm and it can have its packages; its tests are skipped otherwise.
page() {
    command -v npm >/dev/null || return 0
    tools/web.sh "$jobs" >build/page.log 2>&1
    case $? in
    0) ;;
    77) echo "== the page: not built, its tests are skipped: $(tail -n 1 build/web.log)" ;;
    *)
        tail -40 build/page.log
        give_up "the page does not build"
        ;;
    esac
}

mkdir -p build
page
configure "$san" -Db_sanitize=address,undefined
configure "$plain" -Dpython=enabled
wasm

run "unit, cli, corpora, diff and docs, with sanitizers" "$san" --no-suite cases --no-suite fixes --no-suite lint --no-suite once
run "everything, as it is shipped" "$plain" --no-suite cases

echo "== cases"
"$plain/why403" test tests/cases tests/cases-reason tests/cases-lint >"$plain.cases.log" 2>"$plain.cases.err"
cat "$plain.cases.err" >&2
grep -vE '^(ok |1\.\.)' "$plain.cases.log" | sed '$d'
line=$(tail -n 1 "$plain.cases.log")
echo "$line"
count "$line"

echo "== cases, with sanitizers"
"$san/why403" test -q tests/cases tests/cases-reason tests/cases-lint >"$san.cases.log" 2>"$san.cases.err"
grep -A40 -E 'AddressSanitizer|LeakSanitizer|runtime error' "$san.cases.err"
line=$(tail -n 1 "$san.cases.log")
echo "$line"
count "$line"

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
