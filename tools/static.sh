#!/bin/sh
# static.sh OUT [DIR]: one file that runs anywhere on Linux, in an empty root too: musl, nothing beside it. zlib, libyaml and libmd
# come out of Debian's source packages, built with the same compiler below DIR (default build/static). It does without what opens
# modules: no `live`, no `serve`, no zstd, xz, bzip2. The same sources give the same bytes.
set -eu
cd "$(dirname "$0")/.."
out=$1 dir=${2:-build/static} top=$PWD
case $dir in /*) ;; *) dir=$top/$dir ;; esac
for tool in musl-gcc apt-get dpkg-source meson ninja; do
    command -v $tool >/dev/null || { echo "static.sh: $tool is missing (apt-get install musl-tools dpkg-dev)" >&2; exit 77; }
done
flags="-O2 -fno-pie -ffile-prefix-map=$top=. -ffile-prefix-map=$dir=. -fno-ident"
root=$dir/root
unset COMPILER_PATH

fetch() { # source packages, checked by apt against Debian's signatures
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/src"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" >"$dir/sources.list"
    set -- -qq -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$dir/lists" \
        -o Dir::Cache="$dir/cache" -o APT::Sandbox::User=root "$@"
    (cd "$dir/src" && apt-get "$@" update && for p in zlib libyaml libmd; do
        [ -d "$p" ] || { apt-get "$@" source --download-only $p && dpkg-source --no-check -x ./$p\_*.dsc $p >/dev/null; } || exit 1
    done)
}

library() { # NAME VERSION HEADERS SOURCES FLAGS...: lib<NAME>.a below $root, without the library's own build
    name=$1 version=$2 headers=$3 sources=$4
    shift 4
    [ ! -f "$root/lib/pkgconfig/$name.pc" ] || return 0
    mkdir -p "$root/include" "$root/lib/pkgconfig" "$dir/o/$name"
    # shellcheck disable=SC2086 # lists of files, and flags
    for c in $sources; do
        musl-gcc $flags -w "$@" -c -o "$dir/o/$name/$(basename "$c" .c).o" "$c"
    done
    ar rcsD "$root/lib/lib${name%-*}.a" "$dir/o/$name"/*.o
    # shellcheck disable=SC2086
    cp $headers "$root/include"
    printf 'Name: %s\nDescription: %s\nVersion: %s\nLibs: -L%s/lib -l%s\nCflags: -I%s/include\n' "$name" "$name" "$version" "$root" \
        "${name%-*}" "$root" >"$root/lib/pkgconfig/$name.pc"
}

mkdir -p "$root"
fetch
z=$dir/src/zlib y=$dir/src/libyaml m=$dir/src/libmd
library z 1.2.13 "$z/zlib.h $z/zconf.h" "$(ls "$z"/*.c)" -I"$z" -D_LARGEFILE64_SOURCE=1 -DHAVE_UNISTD_H -DHAVE_STDARG_H
cp "$root/lib/pkgconfig/z.pc" "$root/lib/pkgconfig/zlib.pc"
library yaml-0.1 0.2.5 "$y/include/yaml.h" "$(ls "$y"/src/*.c)" -I"$y/include" -I"$y/src" -DYAML_VERSION_MAJOR=0 -DYAML_VERSION_MINOR=2 \
    -DYAML_VERSION_PATCH=5 '-DYAML_VERSION_STRING="0.2.5"'
: >"$dir/o/config.h"
library md 1.0.4 "$m/include/md5.h" "$m/src/md5.c" -I"$dir/o" -I"$m/include"
cp "$root/lib/pkgconfig/md.pc" "$root/lib/pkgconfig/libmd.pc"
export PKG_CONFIG_LIBDIR="$root/lib/pkgconfig"
if [ ! -f "$dir/why403/build.ninja" ]; then
    CC=musl-gcc meson setup "$dir/why403" --buildtype=release -Dtests=false -Dwerror=false -Db_pie=false -Disal=disabled -Dzstd=disabled \
        -Dbzip2=disabled -Dxz=disabled -Dlive=disabled -Dserve=disabled -Dpython=disabled -Dyaml=enabled -Dmd5=enabled -Dgzip=enabled \
        -Dc_args="$flags -I$root/include" -Dc_link_args="-static -no-pie -L$root/lib -Wl,--build-id=none" >"$dir/setup.log" 2>&1 ||
        { tail -20 "$dir/setup.log" >&2; exit 1; }
fi
ninja -C "$dir/why403" why403 >"$dir/build.log" 2>&1 || { grep -A6 -E 'error|FAILED' "$dir/build.log" | head -30 >&2; exit 1; }
strip -s -R .comment -o "$out" "$dir/why403/why403"
