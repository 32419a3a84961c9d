#!/bin/sh
# `make check-long`: every fuzz target for FUZZ_SECONDS (default 60), the differential tests with many more seeds,
# and the unit tests and a sample of the cases under valgrind. check_long.sh JOBS
set -u
jobs=$1
seconds=${FUZZ_SECONDS:-60}
failed=0
mkdir -p build

step() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >build/long.log 2>&1; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        tail -40 build/long.log | sed 's/^/#  /'
        failed=$((failed + 1))
    fi
}

[ -f build/fuzz/build.ninja ] ||
    CC=clang meson setup build/fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >build/long.log 2>&1 ||
    { cat build/long.log; exit 1; }
step "no warnings from clang" ninja -C build/fuzz -j"$jobs"
for target in build/fuzz/tests/fuzz/fuzz_*; do
    if [ ! -x "$target" ] || [ ! -f "$target" ]; then continue; fi
    name=$(basename "$target")
    corpus=build/corpus/$name
    mkdir -p "$corpus"
    step "$name, $seconds s" "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="build/" "$corpus" "tests/fuzz/corpus/${name#fuzz_}"
done

[ -f build/test/build.ninja ] || meson setup build/test >build/long.log 2>&1 || { cat build/long.log; exit 1; }
step "build" ninja -C build/test -j"$jobs"
WHY403_TEST_ROUNDS=${WHY403_TEST_ROUNDS:-200} step "property and differential tests" \
    meson test -C build/test --no-rebuild --suite prop --suite diff --timeout-multiplier 60
step "unit tests under valgrind" meson test -C build/test --no-rebuild --suite unit --timeout-multiplier 30 \
    --wrapper 'valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite'
for cases in tests/cases/same-account.json tests/cases/kms.json tests/cases/organization.json; do
    step "$cases under valgrind" valgrind --quiet --error-exitcode=9 --leak-check=full \
        --errors-for-leak-kinds=definite build/test/why403 test -q "$cases"
done

[ "$failed" -eq 0 ]
