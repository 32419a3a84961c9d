"""Decisions and sweeps from Python, user time of this process, the best of three runs: bench_bindings.py SNAPSHOT REQUESTS.ndjson OBJECTS.csv; one JSON object a
line. The package is on PYTHONPATH."""
import collections
import json
import resource
import sys

import why403


def timed(what, n, run):
    taken = float("inf")
    for _ in range(3):
        begin = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        run()
        taken = min(taken, resource.getrusage(resource.RUSAGE_SELF).ru_utime - begin)
    print(json.dumps({"what": what, "n": n, "seconds": round(taken, 3), "per_s": round(n / taken)}))


world = why403.World.load(sys.argv[1])
lines = open(sys.argv[2], "rb").read()
requests = [json.loads(line) for line in lines.splitlines()]
timed("Python decide_lines", len(requests), lambda: world.decide_lines(lines))
timed("Python decide_many, decisions", len(requests), lambda: collections.Counter(v.decision for v in world.decide_many(requests)))
timed("Python decide_many, every verdict parsed", len(requests), lambda: collections.Counter(v["status"] for v in world.decide_many(requests)))
try:
    import pyarrow
    import pyarrow.csv
except ImportError:
    sys.exit()
table = pyarrow.csv.read_csv(sys.argv[3])
policies = {"identity": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [
    "arn:aws:s3:::*/a*", "arn:aws:s3:::*/logs/*"]}]}]}
empty = why403.World.empty()
timed("Python sweep_table", table.num_rows, lambda: [b.num_rows for b in empty.sweep_table(
    table, as_="arn:aws:iam::111122223333:role/app", from_="203.0.113.9", resource_account="111122223333", policies=policies).arrow()])
