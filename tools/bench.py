#!/usr/bin/env python3
"""Runs the benchmarks of a release build on generated data: one table each, and everything in BUILD/bench.json.

bench.py BUILD [NAME...]: names of the list below, else all. The data are seeded: the same bytes on every machine; they lie
in BUILD/data while it runs. Nothing here passes or fails: figures are for reading beside each other in one run.
"""
import contextlib
import datetime
import json
import math
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS = 3  # of each command measured from outside; the median counts
STARTS = 200
EXPLAIN = ["explain", "GetObject", "s3://example-reports/finance/q3.csv", "--as",
           "arn:aws:iam::111122223333:user/alice", "--from", "203.0.113.9", "--snapshot", ROOT / "examples/account"]


# A process of its own starts what is measured: of a child, the kernel counts what its parent had when it was started. This has 8 MB.
MEASURE = """import os, resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)"""


def measured(command, **more):
    """(exit status, MB resident at most, processor seconds)"""
    found = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, *map(str, command)], check=True, text=True,
                           **{"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, **more}).stdout.split()
    return int(found[0]), round(float(found[1]), 1), float(found[2])


class Machine:
    """The built programs, and a folder for data."""

    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        self.data = self.build / "data"
        self.why403 = self.build / "why403"

    def output(self, *command):
        return subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, text=True).stdout

    def tool(self, name, *arguments):
        return self.output(self.build / "tests/bench" / name, *arguments)

    def generated(self, script, *arguments):
        return self.output(sys.executable, ROOT / "tests/bench" / script, *arguments)

    def folder(self, name):
        made = self.data / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def usage(self, *command, stdin=subprocess.DEVNULL):
        """The most that it had resident, in MB, and its processor time in ms."""
        _, mb, cpu = measured(command, stdin=stdin)
        return mb, round(cpu * 1e3, 1)

    def seconds(self, *command, stdin=subprocess.DEVNULL):
        """Median wall-clock time; the exit status may say anything but bad input."""
        taken = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            with open(stdin, "rb") if stdin != subprocess.DEVNULL else open(os.devnull, "rb") as source:
                done = subprocess.run([str(c) for c in command], stdin=source, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, check=False)
            taken.append(time.perf_counter() - begin)
            if done.returncode not in (0, 1, 3):
                sys.exit(f"{command}: exit status {done.returncode}\n{done.stderr.decode()}")
        return statistics.median(taken)


def threads():
    """1, and all processors."""
    return sorted({1, os.cpu_count() or 1})


def decisions(m):
    """Decisions in the library, one core (bench_decide)"""
    return json.loads(m.tool("bench_decide", "--json"))["rows"]


def decide(m):
    """why403 decide, NDJSON in and out, from start to end"""
    rows = []
    for statements, requests in ((100, 200000), (1000, 100000)):
        at = m.folder(f"decide-{statements}")
        m.tool("gen_world", statements, requests, at)
        for jobs in threads():
            taken = m.seconds(m.why403, "decide", "--jobs", jobs, "--snapshot", at / "snapshot.json",
                              stdin=at / "requests.ndjson")
            rows.append({"statements": statements, "requests": requests, "threads": jobs, "seconds": round(taken, 3),
                         "requests_per_s": round(requests / taken)})
    return rows


def inventory(m):
    """S3 Inventory reports read, 1,000,000 rows; the floor is the first row of each (bench_inventory)"""
    rows = []
    for name, options in (("csv", ["--plain"]), ("csv.gz", []), ("csv.gz with ACLs", ["--acl"])):
        made = m.tool("gen_inventory", m.folder("inventory-" + name.replace(" ", "-")), "--rows", 1000000, "--files", 2, *options)
        for row in json.loads(m.tool("bench_inventory", "--json", made.strip()))["rows"]:
            rows.append({"report": name, **row})
    return rows


def residual(m):
    """A bucket's residual over 1,000,000 keys, beside a memchr walk of the same bytes (bench_residual)"""
    columns = ("memchr_ns", "ns_per_key", "ratio", "classes")
    lines = m.tool("bench_residual").splitlines()[2:]  # a sentence and a header
    return [{"patterns": line[:28].strip(), **dict(zip(columns, map(float, line[28:].split())))} for line in lines]


def sign(m):
    """Signatures of requests to AWS, one core (bench_sign)"""
    lines = m.tool("bench_sign").splitlines()[1:]  # a header
    return [{"request": line[:24].strip(), **dict(zip(("per_s", "us_each"), map(float, line[24:].split())))} for line in lines]


class LiveServer:
    """live_server with generated answers; `with LiveServer(m, folder, latency, tls) as s: s.url`, and s.requests, s.connections after it."""

    def __init__(self, m, answers, latency, tls=None):
        more = [tls.certificate("127.0.0.1", None), tls.leaf_key] if tls else []
        self.process = subprocess.Popen([m.build / "tests/bench/live_server", answers / "answers", str(latency), *more], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.requests = self.connections = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        told = self.process.communicate()[1]
        self.requests, self.connections = map(int, re.search(r"(\d+) requests, (\d+) connections", told).groups())


def collected(m, url, folder, words=(), account="111122223333", **more):
    """(seconds, processor seconds, MB) of one `why403 collect`; nobody's configuration but this."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(m.data), "AWS_ACCESS_KEY_ID": f"AKIA{account}TEST", "AWS_SECRET_ACCESS_KEY": "secret",
                   "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": url, **more}
    begin = time.perf_counter()
    with open(m.data / "collect.err", "wb") as errors:
        status, mb, cpu = measured([m.why403, "collect", folder, "--progress", "none", *words], env=environment, stdin=subprocess.DEVNULL,
                                   stderr=errors)
    taken = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"collect: exit status {status}\n{(m.data / 'collect.err').read_text()[-2000:]}")
    return round(taken, 2), round(cpu, 2), mb


def floor(m, like, folder):
    """(seconds, processor seconds) of nothing but as many files, in as many folders, as the collection `like` has of its buckets."""
    files = [path for path in (like / "accounts/111122223333/s3").rglob("*") if path.is_file()]
    folders = len({path.parent for path in files})
    found = json.loads(m.tool("bench_files", folder, folders, round(len(files) / folders), round(sum(p.stat().st_size for p in files) / len(files))))
    return round(found["seconds"], 2), round(found["cpu_s"], 2)


def live(m):
    """why403 collect: 20 ms a request, 2,000 buckets x 11 and 5,000 roles (55 MB) in pages; files_*: as many files alone (bench_files)"""
    sys.path.insert(0, str(ROOT / "tests/live"))
    import tls_proxy  # pylint: disable=import-outside-toplevel
    account, rows = m.folder("live-account"), []
    m.generated("gen_live.py", account, "--buckets", 2000, "--roles", 5000)
    with contextlib.ExitStack() as stack:
        places = [("disk", m.folder("live-out"))]
        if os.access("/dev/shm", os.W_OK):
            places.append(("memory", pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="w403-", dir="/dev/shm")))))
        for where, out in places:  # nothing is deleted before all is measured
            for name, tls in (("http", None), ("https", tls_proxy.Authority(m.folder(f"live-tls-{where}")))):
                with LiveServer(m, account, 20, tls) as server:
                    more = {"AWS_CA_BUNDLE": str(tls.bundle)} if tls else {}
                    taken, cpu, mb = collected(m, server.url, out / name, **more)
                alone, alone_cpu = floor(m, out / name, out / f"{name}-floor")
                rows.append({"files": where, "over": name, "seconds": taken, "cpu_s": cpu, "files_s": alone, "files_cpu_s": alone_cpu, "mb": mb,
                             "requests": server.requests, "connections": server.connections})
    return rows


def keys(m):
    """why403 collect of KMS keys, no latency: the listing alone (--dry-run --probe), then all of it, at AWS's rates: 80 lists of grants a second"""
    rows = []
    for number in (1000, 10000, 100000):
        held = m.folder(f"live-keys-{number}")
        m.generated("gen_live.py", held, "--keys", number)
        for what, words in (("listing", ["--dry-run", "--probe"]), ("all", [])):
            with LiveServer(m, held, 0) as server:
                taken, cpu, mb = collected(m, server.url, m.data / f"keys-{number}-{what}", ["--region", "us-east-1", *words])
            rows.append({"keys": number, "what": what, "seconds": taken, "cpu_s": cpu, "mb": mb, "requests": server.requests})
    return rows


def organization(m):
    """why403 collect --organization: 500 accounts in 50 OUs, 200 policies, by a server that enforces AWS's documented rates"""
    sys.path.insert(0, str(ROOT / "tests/live"))
    import worlds  # pylint: disable=import-outside-toplevel
    from replay.limits import Limits  # pylint: disable=import-outside-toplevel
    from replay.server import Server  # pylint: disable=import-outside-toplevel
    from replay.world import World  # pylint: disable=import-outside-toplevel
    with Server([World(worlds.many_accounts(500, 50, 200))], limits=Limits(documented=True)) as server:
        taken, cpu, mb = collected(m, server.url, m.data / "organization-out", ["--only", "organizations"], worlds.MANAGEMENT)
        refused = sum("TooMany" in row.get("code", "") for row in server.log)
        return [{"accounts": 500, "ous": 50, "policies": 200, "seconds": taken, "cpu_s": cpu, "mb": mb, "requests": len(server.log),
                 "throttled": refused}]


def aws_cli(m):
    """The aws command making the same calls one by one: 20 of them, and what 22,000 would take"""
    aws = pathlib.Path("/usr/bin/aws")
    if not aws.exists():
        return [{"calls": 0, "seconds_each": "no aws at /usr/bin/aws", "hours_of_22000": ""}]
    held = m.folder("live-account-small")
    m.generated("gen_live.py", held, "--buckets", 10)
    with LiveServer(m, held, 20) as server:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(m.data), "AWS_ACCESS_KEY_ID": "AKIA111122223333TEST", "AWS_SECRET_ACCESS_KEY": "s",
                       "AWS_REGION": "us-east-1", "AWS_PAGER": ""}
        begin = time.perf_counter()
        for number in range(20):
            subprocess.run([aws, "--endpoint-url", server.url, "s3api", "get-bucket-acl", "--bucket", f"b{number}"], env=environment, check=True,
                           stdout=subprocess.DEVNULL)
        each = (time.perf_counter() - begin) / 20
    return [{"calls": 20, "seconds_each": round(each, 2), "hours_of_22000": round(each * 22000 / 3600, 1)}]


def sweep(m):
    """why403 sweep over 1,000,000 objects, gzip, from start to end; and beside decompression alone (bench_sweep)"""
    made = m.tool("gen_inventory", m.folder("sweep"), "--rows", 1000000, "--files", 4).strip()
    rows = []
    for jobs in threads():
        taken = m.seconds(m.why403, "sweep", made, "--quiet", "--jobs", jobs, "--as",
                          "arn:aws:iam::111122223333:role/app", "--from", "203.0.113.9", "--resource-account",
                          "111122223333", "--no-snapshot", "--identity-policy", ROOT / "examples/seeds/session-policy.json")
        rows.append({"what": f"why403 sweep --jobs {jobs}", "seconds": round(taken, 3), "m_objects_per_s": round(1 / taken, 2)})
    for name, taken in re.findall(r"^(\S.*?) +([\d.]+) s\b", m.tool("bench_sweep", made), re.MULTILINE):
        rows.append({"what": f"{name}, processor time", "seconds": float(taken), "m_objects_per_s": round(1 / float(taken), 2)})
    return rows


def logs(m):
    """Server access logs and CloudTrail trees read (bench_logs)"""
    rows = []
    access, trail, packed = m.folder("access"), m.folder("trail"), m.folder("trail-gz")
    for seed in range(1, 5):
        m.generated("gen_logs.py", "access", access / f"2026-11-0{seed}-00-00-00-EXAMPLE", "--lines", 100000, "--seed", seed)
    m.generated("gen_logs.py", "trail", trail, "--events", 100000)
    m.generated("gen_logs.py", "trail", packed, "--events", 100000, "--gzip")
    one = m.folder("access-one") / "access.log"
    with one.open("wb") as all_of_them:
        for part in sorted(access.iterdir()):
            all_of_them.write(part.read_bytes())
    for name, path in (("access log", access), ("access log, one file", one), ("CloudTrail", trail),
                       ("CloudTrail, gzip", packed)):
        for want in ("denied", "all"):
            for jobs in threads():
                found = json.loads(m.tool("bench_logs", want, jobs, path, "--json"))
                del found["bench"]
                rows.append({"logs": name, "wanted": want, "threads": jobs, **found})
    return rows


def unpack(m):
    """CloudTrail in gzip: whole commands beside the decompressor alone, on the same files"""
    trail, snapshot = m.folder("unpack"), m.folder("unpack-snapshot") / "snapshot.json"
    m.generated("gen_logs.py", "trail", trail, "--events", 200000, "--gzip")
    m.generated("gen_logs.py", "snapshot", snapshot)
    files = sorted(trail.rglob("*.gz"))
    tool = shutil.which("igzip") or shutil.which("gzip")
    alone = m.seconds(tool, "-dc", *files)
    rows = [{"command": f"{pathlib.Path(tool).name} -dc", "seconds": round(alone, 3), "times": 1.0}]
    commands = [("bench_logs denied 1", [m.build / "tests/bench/bench_logs", "denied", 1, trail])]
    for jobs in threads():
        commands.append((f"why403 logs --jobs {jobs}", [m.why403, "logs", "--jobs", jobs, trail]))
        commands.append((f"why403 logs --jobs {jobs} --snapshot", [m.why403, "logs", "--jobs", jobs, "--snapshot", snapshot, trail]))
    for name, command in commands:
        taken = m.seconds(*command)
        rows.append({"command": name, "seconds": round(taken, 3), "times": round(taken / alone, 2)})
    return rows


def survey(m):
    """Denials by root cause, decisions included (bench_logs_decide)"""
    rows = []
    snapshot, access, trail = m.folder("survey") / "snapshot.json", m.folder("survey") / "access.log", m.folder("survey-trail")
    m.generated("gen_logs.py", "snapshot", snapshot)
    m.generated("gen_logs.py", "access", access, "--lines", 400000)
    m.generated("gen_logs.py", "trail", trail, "--events", 100000)
    line = re.compile(r"^(\S.*?) +([\d.]+) s +([\d.]+) M records/s +([\d.]+) GB/s", re.MULTILINE)
    for name, path, judged in (("access log", access, snapshot), ("CloudTrail", trail, snapshot),
                               ("CloudTrail, AWS's words", trail, "-")):
        for jobs in threads():
            for clock, taken, rate, bytes_rate in line.findall(m.tool("bench_logs_decide", jobs, judged, path)):
                rows.append({"logs": name, "threads": jobs, "clock": clock, "seconds": float(taken),
                             "m_records_per_s": float(rate), "gb_per_s": float(bytes_rate)})
    return rows


def load(m):
    """Snapshots loaded: the first decision on a large account, from start to end"""
    rows = []
    for roles, buckets, statements in ((100, 50, 500), (1000, 500, 5000)):
        at = m.folder(f"account-{roles}")
        size = int(m.generated("gen_account.py", at, "--roles", roles, "--buckets", buckets, "--statements", statements))
        bucket = min(p.name for p in (at / "accounts/111122223333/s3").iterdir())
        taken = m.seconds(m.why403, "explain", "GetObject", f"s3://{bucket}/key", "--as",
                          "arn:aws:iam::111122223333:role/app-00000", "--from", "203.0.113.9", "--snapshot", at)
        rows.append({"roles": roles, "buckets": buckets, "statements": statements, "mb": round(size / 1e6, 1),
                     "ms": round(taken * 1e3, 1)})
    return rows


def pairs(m):
    """What one policy allows that another does not, parsing included, in the library (bench_questions); cvc5 beside it"""
    rows = []
    for kind, n in (("mutants", 280), ("random", 100)):
        at = m.folder("pairs") / f"{kind}.ndjson"
        m.generated("gen_pairs.py", kind, at, "--pairs", n)
        found = json.loads(m.tool("bench_questions", at))
        rows.append({"kind": kind, **found, "cvc5_median_ms": "", "times": ""})
    if shutil.which("cvc5"):  # one query of the four that a pair makes
        taken = [cvc5_ms(json.loads(line)) for line in at.read_text(encoding="utf-8").splitlines()[:25]]
        rows[-1]["cvc5_median_ms"] = round(statistics.median(taken), 1)
        rows[-1]["times"] = round(4 * rows[-1]["cvc5_median_ms"] / rows[-1]["median_ms"])
    return rows


def cvc5_ms(pair):
    sys.path.insert(0, str(ROOT / "tests/prop"))
    import cvc5_documents  # pylint: disable=import-outside-toplevel
    text = cvc5_documents.query(pair["old"], pair["new"], "newly_allowed")
    begin = time.perf_counter()
    cvc5_documents.ask_cvc5(text)
    return (time.perf_counter() - begin) * 1e3


def questions(m):
    """Questions about all requests on generated accounts, from start to end; memory beside one explain of the same snapshot"""
    rows = []
    large = {"roles": 5000, "buckets": 2000, "statements": 20000, "outside": 10}
    small = {"roles": 10, "buckets": 10, "statements": 200, "policies": 10}
    caller = "arn:aws:iam::111122223333:role/app-00000"
    for name, size, asked in (("who-can", large, ["who-can", "GetObject", "s3://team-00-data-00000/key"]),
                              ("public --all", large, ["public", "--all"]),
                              ("what-can", large, ["what-can", caller]),
                              ("what-can, 10 policies", small, ["what-can", caller])):
        at = m.folder(f"questions-{size['roles']}")
        if not any(at.iterdir()):
            m.generated("gen_account.py", at, *(str(x) for k, v in size.items() for x in (f"--{k}", v)))
        one = ["explain", "GetObject", "s3://team-00-data-00000/key", "--as", caller, "--from", "203.0.113.9"]
        (base_mb, base_ms), (mb, cpu_ms) = [m.usage(m.why403, *c, "--snapshot", at) for c in (one, asked)]
        rows.append({"question": name, "roles": size["roles"], "buckets": size["buckets"],
                     "ms": round(m.seconds(m.why403, *asked, "--snapshot", at) * 1e3, 1), "cpu_ms": cpu_ms,
                     "cpu_ms_beside_explain": round(cpu_ms - base_ms, 1), "mb": mb, "times_explain_mb": round(mb / base_mb, 2)})
    return rows


def lint(m):
    """Policies checked, one core; parliament and checkov beside it where $PARLIAMENT and $CHECKOV say their commands. $MANAGED: a
    folder of AWS's managed policies, a file each, without those that parliament does not survive (it stops at the first one)"""
    rows, at = [], m.folder("lint")

    def add(name, command, policies, size):
        taken = m.seconds(*command)
        rows.append({"what": name, "policies": policies, "bytes": size, "seconds": round(taken, 4),
                     "cpu_ms": m.usage(*command)[1], "policies_per_s": round(policies / taken)})
    for policies in (1500, 300):
        size = int(m.generated("gen_policies.py", at / str(policies), "--policies", policies))
        here = at / str(policies)
        tools = [("why403 lint", [m.why403, "lint", here / "policies"])]
        tools.append(("why403 lint, template", [m.why403, "lint", here / "template.json"]))
        if policies == 300 and os.environ.get("PARLIAMENT"):
            tools.append(("parliament", [*os.environ["PARLIAMENT"].split(), "--directory", here / "policies"]))
        if policies == 300 and os.environ.get("CHECKOV"):
            tools.append(("checkov", [*os.environ["CHECKOV"].split(), "--framework", "cloudformation", "--quiet", "--compact",
                                      "--skip-download", "-f", here / "template.json"]))
        for name, command in tools:
            add(name, command, policies, size)
    if os.environ.get("MANAGED"):
        managed = pathlib.Path(os.environ["MANAGED"])
        sizes = [path.stat().st_size for path in managed.iterdir()]
        add("why403 lint", [m.why403, "lint", managed], len(sizes), sum(sizes))
        if os.environ.get("PARLIAMENT"):
            add("parliament", [*os.environ["PARLIAMENT"].split(), "--directory", managed], len(sizes), sum(sizes))
    first = {row["policies"]: row["cpu_ms"] for row in rows if row["what"] == "why403 lint"}
    for row in rows:
        row["times_why403"] = round(row["cpu_ms"] / first[row["policies"]], 1)  # of processor time
    return rows


def bindings(m):
    """The engine from Python and Node, user time, the best of three runs; $WHY403_JS: a staged npm package, $IAM_SIMULATE: node_modules with the peer"""
    at = m.folder("bindings")
    m.tool("gen_world", 100, 200000, at)
    objects = at / "objects.csv"
    with open(objects, "w", encoding="utf-8") as f:
        f.write("bucket,key\n")
        f.writelines(f"amzn-s3-demo-bucket,{'abcd'[n % 4]}{n % 97}/logs/{n}.csv\n" for n in range(1000000))
    requests, snapshot = at / "requests.ndjson", at / "snapshot.json"

    def best(*command, stdin=None):
        taken = []
        for _ in range(3):
            begin = os.times()
            with open(stdin or os.devnull, "rb") as source:
                subprocess.run(command, stdin=source, stdout=subprocess.DEVNULL, check=False)
            taken.append(os.times().children_user - begin.children_user)
        return max(min(taken), 0.001)

    def row(what, n, taken, beside):
        return {"what": what, "n": n, "seconds": round(taken, 3), "per_s": round(n / taken), "times": round(beside / taken, 2)}

    decide = best(m.why403, "decide", "--jobs", "1", "--snapshot", snapshot, stdin=requests)
    policy = at / "policy.json"
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [
        "arn:aws:s3:::*/a*", "arn:aws:s3:::*/logs/*"]}]}))
    sweep = best(m.why403, "sweep", objects, "--jobs", "1", "-q", "--as", "arn:aws:iam::111122223333:role/app", "--from", "203.0.113.9",
                 "--resource-account", "111122223333", "--no-snapshot", "--identity-policy", policy)
    rows = [row("why403 decide --jobs 1", 200000, decide, decide), row("why403 sweep --jobs 1", 1000000, sweep, sweep)]
    python = ROOT / "build/venv/bin/python"
    if python.exists() and (m.build / "bindings/python").exists():
        told = subprocess.run([python, ROOT / "tests/bench/bench_bindings.py", snapshot, requests, objects], stdout=subprocess.PIPE, text=True, check=True,
                              env={**os.environ, "PYTHONPATH": str(m.build / "bindings/python")})
        for line in map(json.loads, told.stdout.splitlines()):
            rows.append(row(line["what"], line["n"], line["seconds"], sweep if "sweep" in line["what"] else decide))
    package = os.environ.get("WHY403_JS", str(ROOT / "build/js"))
    if shutil.which("node") and os.path.exists(f"{package}/lib/why403.wasm"):
        peer = [os.environ["IAM_SIMULATE"]] if os.environ.get("IAM_SIMULATE") else []
        told = [json.loads(line) for line in m.output("node", ROOT / "tests/bench/bench_bindings.mjs", package, snapshot, requests, *peer).splitlines()]
        public = next((line for line in told if line["what"].startswith("iam-simulate run")), None)
        for line in told:  # the peer and its scenario beside what the peer makes public; the others beside `why403 decide`
            peer = public and ("scenario" in line["what"] or "iam-simulate" in line["what"])
            each = public["seconds"] / public["n"] if peer else decide / 200000
            rows.append(row(line["what"], line["n"], line["seconds"], line["n"] * each))
    return rows


def start(m):
    """A cold start beside `true`: median of 200 starts in turn"""
    commands = {"true": ["/bin/true"], "why403 version": [m.why403, "version"],
                "why403 explain": [m.why403, *EXPLAIN]}
    times = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           check=False)
            times[name].append((time.perf_counter() - begin) * 1e3)
    base = statistics.median(times["true"])
    return [{"command": name, "ms": round(statistics.median(taken), 2),
             "ms_beside_true": round(statistics.median(taken) - base, 2)} for name, taken in times.items()]


def growth(m):
    """How processor time and memory grow with one thing alone: the slope of their logarithms (1: in proportion)"""
    asked = ["GetObject", "s3://amzn-s3-demo-bucket/k", "--as", "arn:aws:iam::111122223333:user/alice", "--from", "203.0.113.9"]
    given = ["--no-snapshot", "--resource-account", "111122223333"]

    def denied(at):
        return ["explain", *asked, *given, "--identity-policy", at / "allow.json", "--bucket-policy", at / "policy.json"], None

    def one(at):
        return ["explain", *asked, "--snapshot", at / "snapshot.json"], None

    def matched(at):
        return (["decide", "--no-snapshot", "--identity-policy", at / "allow.json", "--bucket-policy", at / "policy.json"],
                at / "requests.ndjson")

    def causes(at):
        return ["logs", at / "access.log", "--snapshot", at / "snapshot.json"], None

    def swept(at):
        return ["sweep", at / "objects.csv", "--quiet", "--jobs", "1", "--as", asked[3], "--from", asked[5], "--snapshot", at / "snapshot.json"], None

    rows = []
    for kind, sizes, command in (("one-line", (500, 4000), one), ("denies", (16, 1000, 3000), denied), ("networks", (100, 1000), denied),
                                 ("arns", (100, 1000), denied), ("glob", (20000, 100000), matched), ("globs", (20000, 100000), matched),
                                 ("causes", (60, 1000), causes), ("statements", (500, 4000), one), ("residual", (50, 400, 3000), swept),
                                 ("principals", (500, 10000), one), ("conditions", (500, 4000), one), ("values", (1000, 20000), one),
                                 ("groups", (200, 2000), one), ("levels", (5, 50), one)):
        before = None
        for n in sizes:
            at = m.folder(f"growth-{kind}-{n}")
            m.generated("gen_growth.py", kind, n, at)
            arguments, source = command(at)
            runs = []
            for _ in range(ROUNDS):
                with open(source or os.devnull, "rb") as stdin:
                    runs.append(m.usage(m.why403, *arguments, stdin=stdin))
            mb, taken = max(r[0] for r in runs), min(r[1] for r in runs) / 1e3
            row = {"kind": kind, "n": n, "seconds": round(taken, 4), "mb": mb, "slope": "", "mb_slope": ""}
            if before:
                more = math.log(n / before["n"])
                row["slope"] = round(math.log(max(taken, 0.001) / max(before["seconds"], 0.001)) / more, 2)
                row["mb_slope"] = round(math.log(row["mb"] / before["mb"]) / more, 2)
            rows.append(before := row)
    return rows


BENCHES = [decisions, decide, residual, inventory, sweep, logs, unpack, survey, load, growth, pairs, questions, lint, sign, bindings,
           live, organization, aws_cli, start]
LONG = [keys]  # 23 minutes: only by its name


def show(title, rows):
    """A table with a column for each member; numbers to the right."""
    columns = list(rows[0])
    cells = [[f"{row[c]:,}" if isinstance(row[c], (int, float)) else str(row[c]) for c in columns] for row in rows]
    widths = [max(len(column), *(len(row[i]) for row in cells)) for i, column in enumerate(columns)]
    right = [isinstance(rows[0][c], (int, float)) for c in columns]
    print("\n" + title)
    for line in [columns, *cells]:
        print("  " + "  ".join(t.rjust(w) if r else t.ljust(w) for t, w, r in zip(line, widths, right)).rstrip())
    sys.stdout.flush()


def machine():
    """What the figures depend on."""
    model = platform.processor() or platform.machine()
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"), "commit": commit or None,
            "cpu": model, "processors": os.cpu_count(), "load": [round(x, 2) for x in os.getloadavg()]}


def main():
    names = {bench.__name__: bench for bench in BENCHES + LONG}
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(names):
        sys.exit(f"usage: bench.py BUILD [{' | '.join(names)}]...")
    m = Machine(sys.argv[1])
    result = {"format": 1, "machine": machine(), "benches": {}}
    print("  ".join(f"{name}: {value}" for name, value in result["machine"].items()))
    try:
        for name in sys.argv[2:] or [bench.__name__ for bench in BENCHES]:
            result["benches"][name] = rows = names[name](m)
            show(f"{name}: {names[name].__doc__}", rows)
    finally:
        shutil.rmtree(m.data, ignore_errors=True)
    target = m.build / "bench.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"\n{target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
