"""Decisions and sweeps from Python, processor time of this process: bench_bindings.py SNAPSHOT REQUESTS.ndjson OBJECTS.csv; one JSON object a
line. The package is on PYTHONPATH."""
import json
import sys
import time

import why403


def timed(what, n, run):
    begin = time.process_time()
    run()
    taken = time.process_time() - begin
    print(json.dumps({"what": what, "n": n, "seconds": round(taken, 3), "per_s": round(n / taken)}))


world = why403.World.load(sys.argv[1])
lines = open(sys.argv[2], "rb").read()
requests = [json.loads(line) for line in lines.splitlines()]
timed("Python decide_lines", len(requests), lambda: world.decide_lines(lines))
timed("Python decide_many", len(requests), lambda: sum(1 for _ in world.decide_many(requests)))
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
