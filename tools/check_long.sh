#!/bin/sh
# `make check-long`: every fuzz target for FUZZ_SECONDS (default 600), the engine against the second evaluator on
# DIFF_WORLDS worlds (default 50,000 of 20 requests each, with seeds of their own), unit tests and all cases under
# valgrind, fuzz targets under MemorySanitizer, every n-th failure, the parallel commands under ThreadSanitizer, the printed
# `aws` commands by its own parser, a million questions through each binding, the HTML report in a browser, `collect` killed a hundred times and beside servers and
# clients that are not ours. TAP, then "N passed, N failed";
# what failed is in build/long.log. check_long.sh JOBS
set -u
jobs=$1
seconds=${FUZZ_SECONDS:-600}
worlds=${DIFF_WORLDS:-50000}
passed=0 failed=0
log=build/long.log
valgrind='valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite'
mkdir -p build
: >"$log"

step() { # NAME COMMAND...: one result
    name=$1 status=0
    shift
    "$@" >build/step.log 2>&1 || status=$?
    grep -q '^1\.\.0 # SKIP' build/step.log && [ $status -eq 0 ] && status=77
    case $status in
    0)
        passed=$((passed + 1))
        echo "ok $((passed + failed)) - $name"
        return 0
        ;;
    77)
        echo "# skipped: $name: $(grep -o 'SKIP .*' build/step.log | head -n 1)"
        return 0
        ;;
    esac
    failed=$((failed + 1))
    echo "not ok $((passed + failed)) - $name"
    { echo "== $name: exit status $status"; cat build/step.log; } >>"$log"
    tail -40 build/step.log | sed 's/^/#  /'
    return 1
}

built() { # NAME DIR MESON_OPTIONS...: configured and built
    name=$1 dir=$2
    shift 2
    if [ ! -f "$dir/build.ninja" ]; then
        step "$name: configured" meson setup "$dir" "$@" || return 1
    fi
    step "$name: built" ninja -C "$dir" -j"$jobs"
}

fuzz() {
    export CC=clang
    built "clang, fuzz targets" build/fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
    status=$?
    unset CC
    [ $status -eq 0 ] || return
    for target in build/fuzz/tests/fuzz/fuzz_*; do
        if [ ! -x "$target" ] || [ ! -f "$target" ]; then continue; fi
        name=$(basename "$target")
        mkdir -p "build/corpus/$name"
        step "$name, $seconds s" "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
            -artifact_prefix="build/$name-" "build/corpus/$name" "tests/fuzz/corpus/${name#fuzz_}"
    done
}

# Seeds beyond those of `make check`.
differential() {
    [ -x build/test/tests/diff/test_diff ] || return
    step "$worlds worlds, 20 requests each, against the second evaluator" build/test/tests/diff/test_diff \
        --worlds "$worlds" --requests 20 --seed 1000000
    step "properties" meson test -C build/test --no-rebuild --suite prop --timeout-multiplier 60
    step "worlds with one thing spoiled" python3 tests/prop/test_nothing_lost.py build/test/why403 . 5000
    step "policies in pairs, all requests against many" build/test/tests/prop/prop_documents 3000 1000000
    for peer in iam-simulate minio seaweedfs versitygw; do
        step "decisions beside those of $peer" python3 tests/peers/peers.py build/test/why403 build/peers "$peer"
    done
    step "policies in pairs against cvc5" python3 tests/prop/cvc5_documents.py build/test/why403 2000 1000000
}

memory() {
    step "unit tests under valgrind" meson test -C build/test --no-rebuild --suite unit --timeout-multiplier 30 \
        --num-processes "$jobs" --wrapper "$valgrind"
    for cases in tests/cases/*.json; do
        # shellcheck disable=SC2086 # options are words
        step "$(basename "$cases") under valgrind" $valgrind build/test/why403 test -q "$cases"
    done
}

decide_in_parallel() { # both must say the same, whatever the number of threads
    build/tsan/tests/bench/gen_world 100 20000 build/tsan-data &&
        build/tsan/why403 decide -j4 --snapshot build/tsan-data/snapshot.json \
            <build/tsan-data/requests.ndjson >build/tsan-data/four
    [ $? -le 3 ] || return 1
    build/tsan/why403 decide -j1 --snapshot build/tsan-data/snapshot.json \
        <build/tsan-data/requests.ndjson >build/tsan-data/one
    cmp build/tsan-data/one build/tsan-data/four && [ "$(wc -l <build/tsan-data/four)" -eq 20000 ]
}

# In whatever order the threads come by the files, and the pieces of a long one.
logs_in_parallel() { # COMMAND OPTIONS...
    python3 tests/bench/gen_logs.py access build/tsan-data/access.log --lines 20000 >/dev/null
    for n in 1 4 4 4; do
        build/tsan/why403 "$@" examples/trail/logs build/tsan-data/access.log --snapshot examples/trail/snapshot \
            --format json -j"$n" >"build/tsan-data/logs.$n"
        [ $? -le 1 ] && cmp build/tsan-data/logs.1 "build/tsan-data/logs.$n" || return 1
    done
}

sweep_in_parallel() {
    manifest=$(build/tsan/tests/bench/gen_inventory build/tsan-data/inventory --rows 50000 --files 4)
    for n in 1 4; do
        build/tsan/why403 sweep "$manifest" --as arn:aws:iam::111122223333:role/app --from 203.0.113.9 --no-snapshot \
            --resource-account 111122223333 --identity-policy examples/seeds/session-policy.json -q -j"$n" \
            --format json >"build/tsan-data/sweep.$n"
        [ $? -le 3 ] && cmp build/tsan-data/sweep.1 "build/tsan-data/sweep.$n" || return 1
    done
}

threads() {
    export TSAN_OPTIONS=halt_on_error=1:exitcode=66
    built "ThreadSanitizer" build/tsan -Db_sanitize=thread || return
    mkdir -p build/tsan-data
    step "why403 decide -j4 under ThreadSanitizer" decide_in_parallel
    step "why403 logs -j4 under ThreadSanitizer" logs_in_parallel logs
    step "why403 replay -j4 under ThreadSanitizer" logs_in_parallel replay --against examples/trail/snapshot
    step "why403 sweep -j4 under ThreadSanitizer" sweep_in_parallel
    step "why403 test -j4 under ThreadSanitizer" build/tsan/why403 test -q -j4 tests/cases
    step "tests of threads under ThreadSanitizer" meson test -C build/tsan --no-rebuild --timeout-multiplier 10 \
        logs_tree logs_feed logs_shapes logs_replay logs_sessions inventory_sweep
    rm -rf build/tsan-data
}

# Where the sanitizer does not see what writes (the inflaters, MD5, libyaml), it would report what is none.
uninitialised() {
    export CC=clang
    built "MemorySanitizer" build/msan -Dfuzz=true -Db_sanitize=memory -Db_lundef=false -Dharden=false \
        -Dc_args=-fsanitize-memory-track-origins -Dzstd=disabled -Dxz=disabled -Dbzip2=disabled -Dyaml=disabled
    status=$?
    unset CC
    [ $status -eq 0 ] || return
    for target in build/msan/tests/fuzz/fuzz_*; do
        if [ ! -x "$target" ] || [ ! -f "$target" ]; then continue; fi
        name=$(basename "$target")
        case $name in fuzz_stream | fuzz_manifest) continue ;; esac
        mkdir -p "build/corpus/$name"
        step "$name, uninitialised memory, $((seconds / 10)) s" "$target" -max_total_time="$((seconds / 10))" -timeout=20 \
            -rss_limit_mb=4096 -artifact_prefix="build/$name-" "build/corpus/$name" "tests/fuzz/corpus/${name#fuzz_}"
    done
}

# Every allocation and system call of whole commands, each made to fail.
torture() {
    step "the n-th failure, for every n" python3 tests/torture/torture.py --all --shim build/test/tests/torture/w403_fail.so --door build/test/tests/door/door_answer \
        build/test/why403 .
    built "sanitizers" build/san -Db_sanitize=address,undefined &&
        step "the n-th failure, for every n, with sanitizers" python3 tests/torture/torture.py --all \
            --door build/san/tests/torture/door_torture build/san/tests/torture/why403_torture .
}

# A million questions through each binding: memory as it was, nothing lost, nothing read that is not there.
python_under_valgrind() { # the interpreter's own blocks are none of ours
    PYTHONMALLOC=malloc PYTHONPATH=build/test/bindings/python valgrind --leak-check=full --show-leak-kinds=definite \
        --log-file=build/python.valgrind build/venv/bin/python bindings/python/tests/soak.py 5000 --no-rss || return 1
    ! grep -E ' (w403_|world_|line_|kept_)' build/python.valgrind
}

soak() {
    step "a million questions, C" build/test/tests/door/door_soak 1000000
    step "a million questions, Python" env PYTHONPATH=build/test/bindings/python build/venv/bin/python bindings/python/tests/soak.py 1000000
    if [ -f build/js/test/soak.mjs ]; then step "a million questions, JavaScript" node build/js/test/soak.mjs 1000000; fi
    # shellcheck disable=SC2086 # options are words
    step "questions, C, under valgrind" $valgrind build/test/tests/door/door_soak 20000 --no-rss
    step "questions, Python, under valgrind" python_under_valgrind
    if [ -x build/san/tests/door/door_soak ]; then step "questions, C, with sanitizers" build/san/tests/door/door_soak 200000 --no-rss; fi
}

fuzz
wheel() {
    rm -rf build/wheel && build/venv/bin/python -m pip wheel --quiet --no-deps -w build/wheel . &&
        python3 -m venv --clear build/wheel/venv && build/wheel/venv/bin/pip install --quiet --no-deps build/wheel/*.whl &&
        (cd / && "$OLDPWD/build/wheel/venv/bin/why403" version)
}

uninitialised
step "Python wheel, installed elsewhere" wheel
if built "gcc" build/test; then
    step "narrow collections of every case, 40 sets of refusals each" build/test/tests/prop/prop_narrow -r 40 tests/cases/*.json
    torture
    differential
    memory
    soak
    step "printed commands, read by aws" python3 tests/commands/check_aws.py build/test/why403 .
    step "the HTML report in a browser" sh tests/html/run.sh build/test/why403
    step "the page: 20 error texts, every fix, widths, keystrokes" python3 tests/web/run.py . long
    step "whose credentials, beside botocore" build/venv/bin/python tests/live/credentials_oracle.py \
        build/test/tests/live/credentials_of 2000 2
    step "whose credentials, beside the aws command" /usr/bin/python3 tests/live/credentials_oracle.py \
        build/test/tests/live/credentials_of 60 3 --aws
    step "collect, killed at 100 random points and resumed" python3 tests/live/check_resume.py build/test/why403 . 100 404
    step "every third case by --live and by snapshot, with refusals" python3 tests/live/check_questions.py build/test/why403 . 3 1
    step "collect beside Debian's aws" python3 tests/live/check_awscli.py build/test/why403 .
    step "collect from moto" build/venv/bin/python tests/live/check_moto.py build/test/why403 .
    step "why403 serve under load and faults" python3 tests/serve/hard.py . build/test/why403
    step "nginx asks why403 serve" python3 tests/serve/check_nginx.py build/test/why403 . build/nginx
    step "the description of why403 serve, by schemathesis" python3 tests/serve/check_description.py build/test/why403 . build/venv
    step "Ceph's radosgw asks why403 serve" python3 tests/serve/check_rgw.py build/test/why403 . build/ceph 1000
    step "collect from Ceph's radosgw" python3 tests/live/check_rgw.py build/test/why403 . build/ceph
    step "10,000 signatures beside botocore" build/venv/bin/python tests/live/sign_diff.py build/test/tests/live/sign_lines 10000 2
fi
threads
step "musl, aarch64, 32 bits, release and plain builds, the static library" sh tests/builds/builds.sh build/test/why403 build/other
step "packages, each installed where nothing else is" sh tests/packages/packages.sh build/packages

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
