#!/usr/bin/env python3
"""Decisions of why403 serve under wrk: serve_load.py PROGRAM ROOT [SECONDS]. One thread of it on one core, wrk on another; requests a second,
p99 at full load, and what one request costs the server's processor (which other load does not change)."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "serve"))
from server import Server  # pylint: disable=wrong-import-position

WHY403, ROOT = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
SECONDS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
REQUEST = {"operation": "GetObject", "resource": "arn:aws:s3:::example-data/k", "principal": "arn:aws:iam::111122223333:user/bob",
           "from": "203.0.113.9"}
DENIED = dict(REQUEST, resource="arn:aws:s3:::example-reports/finance/q3.csv", principal="arn:aws:iam::111122223333:user/alice")


def zen(r):
    return {"subject": {"type": "iam_user", "id": r["principal"]}, "action": {"name": "s3:GetObject"},
            "resource": {"type": "s3_object", "id": r["resource"]}, "context": {"aws:SourceIp": r["from"]}}


LOADS = [("OPA, allowed", "/v1/data/s3/authz", {"input": REQUEST}, "pdp"), ("OPA, denied", "/v1/data/s3/authz", {"input": DENIED}, "pdp"),
         ("AuthZEN, allowed", "/access/v1/evaluation", zen(REQUEST), "pdp"), ("AuthZEN, denied", "/access/v1/evaluation", zen(DENIED), "pdp"),
         ("ask decide", "/v1/ask", {"ask": "decide", "request": REQUEST}, "ask"), ("ask explain", "/v1/ask", {"ask": "explain", "request": DENIED}, "ask")]


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(s, path, body, token, connections=16):
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f'wrk.method="POST"\nwrk.headers["Content-Type"]="application/json"\nwrk.headers["Authorization"]="Bearer {token}"\n'
                     f"wrk.body=[[{json.dumps(body)}]]\n")
        script.flush()
        before = cpu(s.process.pid)
        done = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", script.name,
                               f"http://127.0.0.1:{s.port}{path}"], capture_output=True, text=True, check=True)
        used = cpu(s.process.pid) - before
    total = int(re.search(r"(\d+) requests in", done.stdout)[1])
    assert "Non-2xx" not in done.stdout, done.stdout
    p99 = re.search(r"99%\s+(\S+)", done.stdout)[1]
    return {"requests_per_s": round(float(re.search(r"Requests/sec:\s+(\S+)", done.stdout)[1])), "p99": p99, "cpu_us": round(used / total * 1e6, 1),
            "per_cpu_s": round(total / used) if used else None}


def batch(s):
    """Lines of /v1/batch beside those of `why403 decide`, per second of processor time."""
    lines = (json.dumps(REQUEST) + "\n").encode() * 200000
    before = cpu(s.process.pid)
    got = s.post("/v1/batch", lines, token="ask", headers={"Content-Type": "application/x-ndjson"})
    assert got.body.endswith(b'{"end":true,"n":200000,"errors":0}\n'), got.body[-100:]
    served = cpu(s.process.pid) - before
    times = os.times()
    subprocess.run([str(WHY403), "decide", "--jobs", "1", "--quiet", "--snapshot", str(ROOT / "examples/account")], input=lines, stdout=subprocess.DEVNULL,
                   check=True)
    after = os.times()
    decided = after.children_user + after.children_system - times.children_user - times.children_system
    return {"lines": 200000, "served_cpu_s": round(served, 2), "decide_cpu_s": round(decided, 2), "ratio": round(decided / served, 2)}


def main():
    if not shutil.which("wrk") or not shutil.which("taskset"):
        print("wrk or taskset is missing")
        return 0
    with Server(WHY403, "--snapshot", ROOT / "examples/account", "--threads", "1", "--quiet") as s:
        subprocess.run(["taskset", "-acp", "0", str(s.process.pid)], check=True, stdout=subprocess.DEVNULL)
        for name, path, body, token in LOADS:
            print(name, json.dumps(load(s, path, body, token)), flush=True)
        print("batch", json.dumps(batch(s)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
