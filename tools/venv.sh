#!/bin/sh
# A virtual environment of Python with what Debian does not have in a version that the tests can use: venv.sh DIR NAME...
# installs the sets of tests/requirements/NAME.txt that are not there yet. Nothing outside DIR is touched. Where the package
# index cannot be reached it says so and succeeds: the tests that need it are skipped.
set -u
dir=$1
shift
here=$(cd "$(dirname "$0")/.." && pwd)
[ -x "$dir/bin/python" ] || /usr/bin/python3 -m venv "$dir" || exit 1
for name in "$@"; do
    wanted=$here/tests/requirements/$name.txt
    cmp -s "$wanted" "$dir/$name.installed" && continue
    echo "installing into $dir: $(grep -v '^#' "$wanted" | tr '\n' ' ')" >&2
    if "$dir/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" >"$dir/$name.log" 2>&1; then
        cp "$wanted" "$dir/$name.installed"
    else
        tail -n 3 "$dir/$name.log" >&2
        echo "warning: the tests that need $name are skipped" >&2
    fi
done
