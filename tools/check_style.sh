#!/bin/sh
# What the compiler does not see: unsafe calls, leftovers, long files, rooms without a README, tabs and trailing
# blanks. One line a finding, exit status 1 when there is any. check_style.sh [ROOT]
set -u
cd "${1:-.}" || exit 2
found=$(mktemp)
trap 'rm -f "$found"' EXIT

sources=$(find src include tests -name '*.[ch]' -not -path '*/corpus/*' | sort)
texts=$(find src include tests tools docs .ci -type f \
    \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.md' -o -name 'meson.build' \) \
    -not -path '*/corpus/*' | sort)

note() { sed "s|\$|  <- $1|" >>"$found"; }

# Unbounded copies, hidden state, numbers without errors; and shells, but in tests.
unsafe='strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|alloca|tmpnam|mktemp'
# shellcheck disable=SC2086,SC2046 # word splitting is meant
{
grep -nE "(^|[^A-Za-z0-9_])($unsafe)[[:space:]]*\(" $sources | note "unsafe call"
grep -nE '(^|[^A-Za-z0-9_])(system|popen)[[:space:]]*\(' $(printf '%s\n' $sources | grep -v ^tests/) | note "a shell"
grep -nE '(^|[^X])X''XX([^X]|$)' $texts | note "leftover"
grep -nE '(TO''DO|FIX''ME|not implem''ented|unimplem''ented|st''ub)' $texts | note "leftover"
grep -nE '[[:blank:]]+$' $texts | note "trailing blank"
grep -nP '\t' $(printf '%s\n' $texts | grep -E '\.([ch]|py)$|meson.build$') /dev/null | note "tab"
wc -l $sources | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines" }' | note "over 800 lines"
}
for room in src/*/; do
    [ -f "${room}README.md" ] || echo "$room" | note "room without README.md"
    # One line a file: every source is named in its room's README.
    [ -f "${room}README.md" ] || continue
    for file in "$room"*.[ch]; do
        [ -e "$file" ] || continue
        stem=$(basename "${file%.?}")
        grep -qF -e "$stem" -e "${stem%%_*}_*" "${room}README.md" || # by name, or as `context_*.c`
            echo "$file" | note "not named in ${room}README.md"
    done
done

if [ -s "$found" ]; then
    cat "$found"
    exit 1
fi
echo "style: fine"
