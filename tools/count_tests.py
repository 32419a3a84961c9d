#!/usr/bin/env python3
"""Counts meson's testlog.json (one object a line): prints `N passed, N failed`. Skipped tests are neither."""
import json
import sys

GOOD = {"OK", "EXPECTEDFAIL"}
NEITHER = {"SKIP", "IGNORED"}


def main(path):
    passed = failed = 0
    try:
        with open(path, encoding="utf-8") as log:
            for line in log:
                result = json.loads(line)["result"]
                if result in GOOD:
                    passed += 1
                elif result not in NEITHER:
                    failed += 1
    except (OSError, ValueError, KeyError) as problem:
        print(f"error: {path}: {problem}", file=sys.stderr)
        return 1
    print(f"{passed} passed, {failed} failed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
