#!/bin/sh
# The page: web/dist/site (a static site), web/dist/why403.html (one file), web/dist/web_files.c (what `serve` is linked with).
# web.sh [JOBS]; exit status 77: node is too old, or the packages cannot be had. Needs node, npm and clang's WebAssembly parts; the program alone needs none of them.
set -eu
jobs=${1:-2}
cd "$(dirname "$0")/.."
log=build/web.log
mkdir -p build
: >"$log"
trap 'status=$?; [ "$status" -eq 0 ] || tail -40 "$log" >&2; exit "$status"' EXIT

# Debian 12's own node is 18; the builder of the page (Vite 7) wants 20.19.
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
    echo "node 20.19 or later is needed, this is $(node --version)" >>"$log"
    exit 77
}

# A compiler that is lent a linker of another machine (COMPILER_PATH) would not find clang's own.
unset COMPILER_PATH
module() { # DIR OPTIONS...
    dir=$1
    shift
    [ -f "$dir/build.ninja" ] || meson setup "$dir" -Dwerror=false --cross-file bindings/js/wasi/cross.ini "$@" >>"$log" 2>&1
    ninja -C "$dir" -j"$jobs" >>"$log" 2>&1
}
module build/wasm --buildtype=release -Doptimization=2 -Db_lto=true
module build/wasm-core --cross-file bindings/js/wasi/core.ini
tools/package_js.sh build/wasm build/wasm-core build/js

cd web
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund >>"../$log" 2>&1 || exit 77
npx --no-install tsc --noEmit >>"../$log" 2>&1
npx --no-install vite build >>"../$log" 2>&1
node tools/onefile.mjs ../build/js >>"../$log" 2>&1
[ -f dist/web_files.c ] || touch ../src/serve/meson.build # builds that are configured look again
node tools/embed.mjs >>"../$log" 2>&1
du -h dist/why403.html dist/site | tail -n 3
