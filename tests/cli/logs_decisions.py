#!/usr/bin/env python3
"""Asks `why403 explain` about each denied line of an access log by itself, and compares with what `why403 logs` says of
all of them together.

    logs_decisions.py PROGRAM ACCESS.log SNAPSHOT
"""
import json
import subprocess
import sys
from collections import Counter


def run(*args):
    return subprocess.run(args, capture_output=True, text=True, check=False).stdout


def role(arn):
    return arn.rsplit("/", 1)[0] if ":assumed-role/" in arn else arn


def main():
    program, log, snapshot = sys.argv[1:]
    alone, together = Counter(), Counter()
    with open(log, encoding="utf-8") as f:
        for line in f:
            if " 403 AccessDenied " in line:
                fields = line.split(" ")
                d = json.loads(run(program, "explain", "--log-line", line.rstrip("\n"), "--snapshot", snapshot,
                                   "--format", "json").splitlines()[0])
                who = "anonymous" if fields[5] == "-" else role(fields[5])
                alone[d["decision"], d.get("cause"), who, fields[1]] += 1
    for c in json.loads(run(program, "logs", log, "--snapshot", snapshot, "--format", "json"))["causes"]:
        bucket = c["resource"].split(":::", 1)[1].split("/", 1)[0]
        together[c.get("snapshot_decision"), c.get("snapshot_cause"), c["principal"], bucket] += c["count"]
    for key in sorted(set(alone) | set(together), key=str):
        if alone[key] != together[key]:
            print(*key, "alone", alone[key], "together", together[key])
    if alone != together:
        return 1
    print(f"{sum(alone.values())} denials decided alike, in {len(alone)} kinds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
