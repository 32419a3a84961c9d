#!/bin/sh
# `make bench`: a release build, then tools/bench.py. bench.sh BUILD_DIR JOBS [BENCH...]
set -eu
build=$1 jobs=$2
shift 2
mkdir -p build
[ -f "$build/build.ninja" ] || meson setup "$build" --buildtype=release -Dwerror=false >build/bench.log 2>&1 || {
    cat build/bench.log
    exit 1
}
ninja -C "$build" -j"$jobs" >build/bench.log 2>&1 || {
    tail -40 build/bench.log
    exit 1
}
exec python3 tools/bench.py "$build" "$@"
