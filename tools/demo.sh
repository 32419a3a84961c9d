#!/bin/sh
# `make demo`: builds, then shows one real denial of the example account. demo.sh BUILD_DIR JOBS
set -eu
build=$1 jobs=$2
mkdir -p build
[ -f "$build/build.ninja" ] || meson setup "$build" -Dtests=false -Dwerror=false >"build/setup.log" 2>&1 || {
    cat build/setup.log
    exit 1
}
ninja -C "$build" -j"$jobs" >build/ninja.log 2>&1 || {
    tail -40 build/ninja.log
    exit 1
}
set -- explain GetObject s3://example-reports/finance/q3.csv \
    --as arn:aws:iam::111122223333:user/alice --from 203.0.113.9
echo "\$ why403 $*"
echo
status=0
"$build/why403" "$@" --snapshot examples/account || status=$?
echo
echo "exit status $status (0 allowed, 1 denied, 2 bad input, 3 undetermined)"
[ "$status" -eq 1 ]
