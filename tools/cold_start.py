#!/usr/bin/env python3
"""How long does a cold `why403 explain` on the example take, beside `true` in the same run? cold_start.py PROGRAM

Each program is started 200 times in turn; the median of the wall-clock times is printed in milliseconds.
"""
import os
import statistics
import subprocess
import sys
import time

RUNS = 200


def once(command):
    begin = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)
    return (time.perf_counter() - begin) * 1000


def main():
    program = os.path.abspath(sys.argv[1])
    explain = [program, "explain", "GetObject", "s3://example-reports/finance/q3.csv", "--as",
               "arn:aws:iam::111122223333:user/alice", "--from", "203.0.113.9", "--snapshot", "examples/account"]
    commands = {"true": ["/bin/true"], "why403 version": [program, "version"], "why403 explain": explain}
    times = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            times[name].append(once(command))
    base = statistics.median(times["true"])
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"cold start  {name:16} {median:6.2f} ms  ({median - base:+.2f} ms beside true)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
