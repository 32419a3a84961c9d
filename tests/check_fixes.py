#!/usr/bin/env python3
"""How many denied cases have a proven fix, over the whole suite; fails below the share that is promised.

check_fixes.py PROGRAM ROOT. Every denied case is run again with `allowed_after_fix` expected. One without a fix counts
against the share unless its reason says that there cannot be one: a fact is unknown, it would be public, the call is
the owner's alone, a retention has not ended, an unsigned request.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

SHARE = 0.95
NO_FIX = ("what is not known", "are refused", "only from the account that owns", "compliance retention",
          "only to signed requests",
          "sign the request")


def denied_cases(root):
    for path in sorted((root / "tests/cases").glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        for case in found if isinstance(found, list) else [found]:
            inline = not isinstance(case.get("snapshot"), str)
            if "request" in case and inline and case.get("expect", {}).get("decision") == "denied":
                yield {**case, "name": f"{path.name}: {case['name']}",
                       "expect": {"decision": "denied", "allowed_after_fix": True}}


def reasons(output):
    """Name of each failed case -> what was said in place of `true`."""
    name, failed = None, {}
    for line in output.splitlines():
        if line.startswith("not ok "):
            name = line.split(" - ", 1)[1]
            failed[name] = ""
        elif line.startswith("ok "):
            name = None
        elif name and ("allowed_after_fix" in line or "actual:" in line):
            failed[name] += line
    return failed


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    cases = list(denied_cases(root))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "denied.json"
        path.write_text(json.dumps(cases), encoding="utf-8")
        run = subprocess.run([program, "test", str(path)], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"check_fixes: {run.stderr or run.stdout}")
    failed = reasons(run.stdout)
    open_ones = {n: r for n, r in failed.items() if not any(part in r for part in NO_FIX)}
    fixed, fixable = len(cases) - len(failed), len(cases) - len(failed) + len(open_ones)
    print(f"{len(cases)} denied cases: {fixed} with a proven fix, {len(failed) - len(open_ones)} that can have none, "
          f"{len(open_ones)} without: {fixed / fixable:.1%} of those that can have one")
    for name, reason in sorted(open_ones.items()):
        print(f"  {name}: {reason.strip('# ')}")
    sys.exit(0 if fixable and fixed / fixable >= SHARE else 1)


if __name__ == "__main__":
    main()
