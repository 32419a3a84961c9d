#!/bin/sh
# `make bench`: the benchmarks of tests/bench, then a cold start of the program beside that of `true`.
# bench.sh BUILD_DIR JOBS
set -eu
build=$1 jobs=$2
mkdir -p build
[ -f "$build/build.ninja" ] || meson setup "$build" --buildtype=release -Dwerror=false >build/bench.log 2>&1 || {
    cat build/bench.log
    exit 1
}
ninja -C "$build" -j"$jobs" >build/bench.log 2>&1 || {
    tail -40 build/bench.log
    exit 1
}
if [ "$(meson introspect --benchmarks "$build")" != "[]" ]; then
    meson test -C "$build" --benchmark --no-rebuild --verbose 2>&1 |
        grep -vE '^(ninja|Full log|Ok:|Fail:|Expected|Unexp|Skip|Time)' || true
fi
python3 tools/cold_start.py "$build/why403"
