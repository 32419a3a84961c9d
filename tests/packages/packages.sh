#!/bin/sh
# Each package built, and installed where nothing else is: Debian's in a debootstrap chroot with their tests, the static binary in an
# empty root, the Containerfile's steps without an engine, a release twice. TAP. packages.sh BUILD_DIR
# Needs root, Debian's archive, and debhelper, lintian, debootstrap, musl-tools (tools/deps.sh packages).
set -u
cd "$(dirname "$0")/../.." || exit 2
dir=$1
for tool in dpkg-buildpackage dh lintian debootstrap musl-gcc; do
    command -v $tool >/dev/null || { echo "1..0 # SKIP no $tool"; exit 0; }
done
[ "$(id -u)" -eq 0 ] || { echo "1..0 # SKIP a chroot needs root"; exit 0; }
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
mkdir -p "$dir"
count=0 failures=0
unset COMPILER_PATH

step() { # NAME COMMAND...
    count=$((count + 1)) name=$1
    shift
    if "$@" >"$dir/step.log" 2>&1; then
        echo "ok $count - $name"
    else
        failures=$((failures + 1))
        echo "not ok $count - $name"
        tail -25 "$dir/step.log" | sed 's/^/#   /'
        return 1
    fi
}

debs() {
    rm -rf "$dir/deb" && mkdir -p "$dir/deb/why403" && git archive HEAD | tar x -C "$dir/deb/why403" || return 1
    version=$(sed -n "1s/.*(\(.*\)-.*/\1/p" debian/changelog)
    tar cJf "$dir/deb/why403_$version.orig.tar.xz" -C "$dir/deb" --exclude=debian why403 || return 1
    (cd "$dir/deb/why403" && DEB_BUILD_OPTIONS=parallel=2 dpkg-buildpackage -b -us -uc)
}

clean() { # nothing that lintian calls an error or a warning
    lintian --fail-on error,warning --profile debian "$dir"/deb/*.changes
}

chrooted() {
    rm -rf "$dir/chroot"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$dir/chroot" http://deb.debian.org/debian || return 1
    mkdir -p "$dir/chroot/debs" "$dir/chroot/tests" && cp "$dir"/deb/*.deb "$dir/chroot/debs" && cp debian/tests/* "$dir/chroot/tests"
    rm -f "$dir"/chroot/debs/*dbgsym*
    chroot "$dir/chroot" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends /debs/*.deb gcc libc6-dev pkg-config'
}

inside() { # TEST
    chroot "$dir/chroot" env LC_ALL=C.UTF-8 WHY403_CONFIG= "/tests/$1"
}

removed() { # and nothing is left
    chroot "$dir/chroot" sh -c 'dpkg --purge python3-why403 libwhy403-dev libwhy403-0 why403 >/dev/null && ! ls -d /usr/lib/*/why403 /usr/bin/why403 2>/dev/null'
}

static() {
    tools/static.sh "$dir/why403" "$dir/static" && [ "$(stat -c %s "$dir/why403")" -le 5242880 ] && ! readelf -l "$dir/why403" | grep -q INTERP
}

front_door() { # ROOT PROGRAM: the front page's question in a root that has nothing but the program
    rm -rf "$1/account" && cp -r examples/account "$1/account" || return 1
    said=$(chroot "$1" "$2" explain GetObject s3://example-reports/finance/q3.csv --as alice --from 203.0.113.9 --snapshot /account)
    [ $? -eq 1 ] && echo "$said" | grep -q FinanceOnlyFromTheVpc
}

empty_root() {
    rm -rf "$dir/empty" && mkdir -p "$dir/empty" && cp "$dir/why403" "$dir/empty" && front_door "$dir/empty" /why403
}

container() { # FROM debian: the chroot; COPY . and RUN as they stand; FROM scratch: an empty root
    rm -rf "$dir/chroot/src" && mkdir "$dir/chroot/src" && git archive HEAD | tar x -C "$dir/chroot/src" || return 1
    grep '^RUN ' Containerfile | sed 's/^RUN //' >"$dir/chroot/steps"
    chroot "$dir/chroot" sh -ec 'cd /src; . /steps' && rm -rf "$dir/scratch" && mkdir "$dir/scratch" &&
        cp "$dir/chroot/why403" "$dir/scratch/why403" && front_door "$dir/scratch" /why403
}

twice() {
    rm -rf "$dir/release.1" "$dir/release.2"
    tools/release "$dir/release.1" && tools/release "$dir/release.2" && diff -r "$dir/release.1" "$dir/release.2" &&
        (cd "$dir/release.1" && sha256sum -c SHA256SUMS && python3 -c 'import json, glob; d = json.load(open(glob.glob("*.spdx.json")[0]))
assert d["spdxVersion"] == "SPDX-2.3" and len(d["files"]) == 3 and all(f["checksums"] for f in d["files"])')
}

if step "Debian's packages are built" debs; then
    step "lintian finds nothing" clean
    if step "installed where nothing else is" chrooted; then
        for t in front-door library python; do step "autopkgtest $t" inside $t; done
        step "purged, and nothing is left" removed
        step "the Containerfile's steps, without an engine" container
    fi
fi
step "a static binary of at most 5 MB" static && step "it runs in an empty root" empty_root
step "a release twice: the same bytes" twice
echo "1..$count"
[ $failures -eq 0 ]
