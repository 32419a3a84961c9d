#!/usr/bin/env python3
"""Runs whole commands of tests/runs/*.json and searches what they print; TAP.

    runs.py PROGRAM [FILE...]

A row: `name`, `args`, `files` (name to text or JSON, written into an empty directory that the command runs in), `stdin`,
and `want`: `rc`, `has` (all of these), `any` (one of these), `lacks` (none of these). The text form and the JSON form are
searched together, blanks folded."""
import json
import os
import re
import subprocess
import sys
import tempfile


def look(program, row, directory):
    out, rc = "", None
    for more in ([], ["--format", "json"]) if row.get("json", True) else ([],):
        p = subprocess.run([program] + row["args"] + more, input=row.get("stdin", ""), capture_output=True, text=True,
                           cwd=directory, timeout=60, check=False)
        out += p.stdout + p.stderr
        rc = p.returncode
    return re.sub(r"\s+", " ", out), rc


def faults(program, row):
    want = row["want"]
    with tempfile.TemporaryDirectory() as directory:
        for name, text in row.get("files", {}).items():
            path = os.path.join(directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text if isinstance(text, str) else json.dumps(text))
        flat, rc = look(program, row, directory)
    found = ["lacks: " + s for s in want.get("has", []) if s not in flat]
    found += ["says: " + s for s in want.get("lacks", []) if s in flat]
    if "rc" in want and rc != want["rc"]:
        found.append(f"exit status {rc}, {want['rc']} was expected")
    if want.get("any") and not any(s in flat for s in want["any"]):
        found.append("lacks all of: " + " | ".join(want["any"]))
    return found + (["output: " + flat[:2000]] if found else [])


def main():
    os.environ.update(NO_COLOR="1", COLUMNS="100", LC_ALL="C.UTF-8")
    os.environ.pop("WHY403_SNAPSHOT", None)
    program = os.path.abspath(sys.argv[1])
    count = failed = 0
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as f:
            rows = json.load(f)
        for row in rows:
            count += 1
            found = faults(program, row)
            failed += bool(found)
            print(f"{'not ok' if found else 'ok'} {count} - {row['name']}")
            for line in found:
                print("#   " + line)
    print(f"1..{count}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
