#!/bin/sh
# Installs the Debian packages of the named sets (build, test, web, long, packages; default build) that are missing. It needs nothing
# but a bare Debian, make is among the packages. As root directly, else through sudo. Silent when nothing is missing.
# Elsewhere than on Debian it only says what it would need.
set -eu
[ $# -gt 0 ] || set -- build

needed() {
    for set_name in "$@"; do
        case $set_name in
        build) echo "make gcc libc6-dev meson ninja-build pkg-config python3 zlib1g-dev libyaml-dev libisal-dev libmd-dev libzstd-dev libbz2-dev liblzma-dev libcurl4-openssl-dev libssl-dev libexpat1-dev libmicrohttpd-dev libgnutls28-dev gettext" ;;
         test) echo "libcmocka-dev jq python3-botocore python3-venv openssl python3-dev clang lld llvm wasi-libc libclang-rt-14-dev-wasm32 $(command -v node >/dev/null || echo nodejs) chromium" ;;
         web) echo "clang lld llvm wasi-libc libclang-rt-14-dev-wasm32 $(command -v node >/dev/null || echo nodejs) $(command -v npm >/dev/null || echo npm)" ;;
         packages) echo "dpkg-dev debhelper dh-python fakeroot lintian debootstrap musl-tools" ;;
         long) echo "clang libclang-rt-14-dev llvm valgrind awscli jq cvc5 strace musl-tools gcc-aarch64-linux-gnu gcc-i686-linux-gnu qemu-user-static" ;;
        *) echo "deps.sh: unknown set $set_name" >&2; exit 2 ;;
        esac
    done
}

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "not a Debian system; these packages (or their like) must be there: $(needed "$@" | tr '\n' ' ')" >&2
    exit 0
fi

missing=
for package in $(needed "$@"); do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "installing:$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "error: these packages are missing:$missing" >&2
        echo "help: install them as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

install() {
    # shellcheck disable=SC2086 # word splitting is meant
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1
}

# A fresh machine has no list of packages yet, or an old one.
if ! install && ! { $as_root apt-get update -qq && install; }; then
    cat "$log" >&2
    exit 1
fi
