#!/bin/sh
# The npm package, ready to be packed: package_js.sh WASM_BUILD CORE_BUILD OUT. Copies bindings/js and the two built modules to OUT.
set -eu
module=$1/bindings/js/wasi/why403.wasm core=$2/bindings/js/wasi/why403-core.wasm out=$3
here=$(cd "$(dirname "$0")/.." && pwd)
rm -rf "$out"
mkdir -p "$out"
cp -R "$here/bindings/js/lib" "$here/bindings/js/bin" "$here/bindings/js/test" "$here/bindings/js/package.json" "$here/bindings/js/README.md" "$out"
cp "$module" "$core" "$out/lib/"
