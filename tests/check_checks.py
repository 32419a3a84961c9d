#!/usr/bin/env python3
"""docs/checks.md: every row of the articles has a command or a proof, and what it names is there.

check_checks.py PROGRAM ROOT. One line a finding, exit status 1 when there is any.
"""
import json
import pathlib
import re
import subprocess
import sys

ROWS = {"000": 28, "001": 20, "002": 17, "003": 33, "004": 51}  # how many checks each article has
WITHOUT = {"000-28", "003-22", "004-51"}  # about no request: a date, labels, the foot of a page
ROW = re.compile(r"^\| (\d{3}-\d{2}) \| (.*?) \| (.*?) \| (.*?) \|$")


def case_names(root):
    names = set()
    for path in (root / "tests/cases").glob("*.json"):
        found = json.loads(path.read_text(encoding="utf-8"))
        names.update(case["name"] for case in (found if isinstance(found, list) else [found]))
    return names


def commands(program):
    text = subprocess.run([program, "help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  ([a-z]+) {2,}", text, re.MULTILINE))


def problems(program, root):
    rows = {}
    for line in (root / "docs/checks.md").read_text(encoding="utf-8").splitlines():
        found = ROW.match(line)
        if found:
            rows.setdefault(found.group(1), []).append(found.groups()[1:])
    wanted = [f"{article}-{n:02d}" for article, count in ROWS.items() for n in range(1, count + 1)]
    yield from (f"{row}: no row" for row in wanted if row not in rows)
    yield from (f"{row}: not a check of an article" for row in rows if row not in wanted)
    yield from (f"{row}: twice" for row, found in rows.items() if len(found) > 1)
    cases, known = case_names(root), commands(program)
    for row, found in rows.items():
        what, command, proof = found[0]
        if not what:
            yield f"{row}: says nothing"
        if row in WITHOUT:
            continue
        named = re.findall(r"case `([^`]+)`", proof)
        files = [f for f in re.findall(r"`([^`]+)`", proof) if "/" in f]
        yield from (f"{row}: no case `{name}`" for name in named if name not in cases)
        yield from (f"{row}: no file `{name}`" for name in files if not (root / name).is_file())
        verb = re.match(r"`why403 ([a-z]+)", command)
        works = verb and verb.group(1) in known
        if not works and not named and not files:
            yield f"{row}: neither a command nor a case"


def main():
    found = list(problems(sys.argv[1], pathlib.Path(sys.argv[2])))
    print("\n".join(found) or "checks: every row has its command or case")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
