#!/usr/bin/env python3
"""Commands whose n-th allocation or n-th system call fails:
torture.py [--all] [--shim FAIL.SO] [--door PROGRAM] [--only NAME] PROGRAM ROOT

What a failure may lead to: the same answer to the byte; an error (exit status 2, with words on stderr); an undetermined
verdict (3); or the same verdict with a warning that names what could not be read. Never another verdict, never exit status 0 or 1 with something missing, a signal, a sanitizer's report, or
a block that is not freed. `--all` tries every n, else some of each kind. TAP.
"""
import argparse
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ALICE = ["--as", "arn:aws:iam::111122223333:user/alice", "--from", "203.0.113.9"]
KINDS = {"open": ["EACCES", "EMFILE"], "read": ["EIO", "EINTR", "short"], "fstat": ["EIO"], "fstatat": ["EACCES"], "stat": ["EACCES"],
         "opendir": ["EACCES"], "readdir": ["EIO"], "write": ["ENOSPC", "short"], "flush": ["ENOSPC"],
         "malloc": ["ENOMEM", "ENOMEM:more"]}
DOOR = "the door: tests/door/answer.c is run, a question a line"
SAME = {"EINTR"}  # these are no failures: the answer must be the same
SOME, FEW = 6, 2  # of each kind and error, when not all; of one format among many
USUAL = {0, 1, 3}


def scenarios(root, to):
    account, trail = root / "examples/account", root / "examples/trail"
    report = to / "report.csv.gz"
    with gzip.GzipFile(report, "w", mtime=0) as packed:
        packed.write((root / "examples/inventory/example-reports.csv").read_bytes())
    whole = {str(p.relative_to(account)): json.loads(p.read_text() or '""') for p in sorted(account.rglob("*.json"))}
    (to / "whole.json").write_text(json.dumps(whole))
    (to / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}))
    denied = ["GetObject", "s3://example-reports/finance/q3.csv", *ALICE]
    request = {"operation": "GetObject", "resource": "arn:aws:s3:::example-reports/finance/q3.csv",
               "principal": "arn:aws:iam::111122223333:user/alice", "from": "203.0.113.9"}
    logs = [trail / "logs", "--snapshot", trail / "snapshot"]
    return {
        "explain, folder": (["explain", *denied, "--snapshot", account], None),
        "explain, one file": (["explain", *denied, "--snapshot", to / "whole.json", "--format", "html"], None),
        "explain, allowed": (["explain", "GetObject", "s3://b/k", *ALICE, "--no-snapshot", "--resource-account", "111122223333",
                              "--bucket-policy", to / "policy.json", "--format", "json"], None),
        "explain, event": (["explain", "--event", root / "examples/evidence/denied-event.json", "--snapshot", account,
                            "--format", "sarif"], None),
        "decide": (["decide", "--snapshot", account, "-j1"], "".join(json.dumps(request) + "\n" for _ in range(5))),
        "logs": (["logs", *logs, "--format", "json", "-j1"], None),
        "logs, threads": (["logs", *logs, "-j2"], None),
        "replay": (["replay", *logs, "--against", trail / "snapshot", "-j1"], None),
        "sweep": (["sweep", report, root / "examples/inventory/example-reports.csv", *ALICE, "--snapshot", account, "-j1", "-q"], None),
        "sweep, list": (["sweep", report, *ALICE, "--snapshot", account, "--list", "-q"], None),
        "inventory": (["inventory", "example-data", "daily", "--snapshot", trail / "snapshot", "--created-at",
                       "2026-11-01T00:00:00Z", "--delivered", to], None),
        "runbook": (["runbook", "AWSSupport-TroubleshootS3PublicRead", "--snapshot", account, "--parameters",
                     "S3BucketName=example-data,S3PrefixName=app/"], None),
        "test": (["test", root / "tests/cases/more-found.json", "-j1"], None),
    }


def formats(root):
    """All that has not been asked above: each command, each of its formats; and at the door."""
    account, trail = root / "examples/account", root / "examples/trail"
    denied = ["GetObject", "s3://example-reports/finance/q3.csv", *ALICE]
    logs = [trail / "logs", "--snapshot", trail / "snapshot"]
    snapshot = ["--snapshot", account]
    seeds = root / "examples/seeds"
    old, new = seeds / "inventory-deny-by-ip.json", seeds / "inventory-deny-by-ip-updated.json"
    reads = [seeds / "inventory-allow.json", "--type", "RESOURCE_POLICY"]
    bucket = ["--type", "bucket", "--bucket", "example-data", root / "examples/lint/bucket-policy.json"]
    sweep = ["sweep", root / "examples/inventory/example-reports.csv", *ALICE, *snapshot, "-j1", "-q"]
    questions = {
        "who-can": ["who-can", "GetObject", "s3://example-reports/finance/q3.csv", *snapshot],
        "what-can": ["what-can", "arn:aws:iam::111122223333:user/alice", *snapshot],
        "public": ["public", "example-reports", *snapshot],
        "diff": ["diff", old, new],
        "diff, states": ["diff", *snapshot, "--policy", f"accounts/111122223333/s3/example-reports/policy.json={new}"],
        "check": ["check", "access-not-granted", *reads, "--action", "s3:PutObject"],
    }
    found = {}
    for name, words in questions.items():
        forms = ["text"] if name == "diff, states" else ["text", "json", "html", "ndjson"] + ["markdown"] * (name == "diff")
        for form in forms:
            found[f"{name}, {form}"] = ([*words, "--max-ms", "600000", "--format", form], None)  # no answer may hang on the load
    for form in ("text", "json", "validate-policy", "sarif", "github", "junit", "markdown", "html", "tap"):
        found[f"lint, {form}"] = (["lint", *bucket, "--store", "--format", form], None)
    found["lint, template"] = (["lint", root / "examples/lint/template.yaml"], None)
    found["lint, patch"] = (["lint", *bucket, "--fix", "--diff"], None)
    for form in ("text", "json", "sarif", "html"):
        found[f"explain, all of it, {form}"] = (["explain", *denied, *snapshot, "--full", "--allow-public", "--format", form], None)
    found["explain, error"] = (["explain", "--error", "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: "
                                "s3:GetObject on resource: \"arn:aws:s3:::example-reports/finance/q3.csv\" with an explicit deny "
                                "in a resource-based policy", *snapshot], None)
    found["explain, command"] = (["explain", "--command", "aws s3 cp s3://example-reports/finance/q3.csv .", *ALICE, *snapshot], None)
    for form in ("html", "csv"):
        found[f"logs, {form}"] = (["logs", *logs, "--format", form, "-j1"], None)
    for form in ("json", "csv"):
        found[f"replay, {form}"] = (["replay", *logs, "--against", root / "examples/trail/snapshot", "--format", form, "-j1"], None)
        found[f"sweep, {form}"] = ([*sweep, "--format", form], None)
        found[f"sweep, list, {form}"] = ([*sweep, "--list", "--format", form], None)
    found["inventory, json"] = (["inventory", "example-data", "daily", "--snapshot", root / "examples/trail/snapshot", "--created-at",
                                 "2026-11-01T00:00:00Z", "--format", "json"], None)
    found["runbook, json"] = (["runbook", "AWSSupport-TroubleshootS3PublicRead", *snapshot, "--parameters",
                               "S3BucketName=example-reports,S3PrefixName=finance/q3.csv", "--format", "json"], None)
    found["runbooks"] = (["runbook"], None)
    request = {"operation": "GetObject", "resource": "arn:aws:s3:::example-reports/finance/q3.csv",
               "principal": "arn:aws:iam::111122223333:user/alice", "from": "203.0.113.9", "id": 7}
    found["decide, all of it"] = (["decide", *snapshot, "--full", "-j1"], (json.dumps(request) + "\n") * 3)
    found["mcp"] = (["mcp", *snapshot], "".join(json.dumps({"jsonrpc": "2.0", "id": n, "method": "tools/call", "params": {
        "name": "explain", "arguments": {"request": request}}}) + "\n" for n in (1, 2)))
    found["help"] = (["help", "explain"], None)
    return {**found, **door(account, request)}


def door(account, request):
    old = json.loads((account / "../seeds/inventory-deny-by-ip.json").read_text())
    new = json.loads((account / "../seeds/inventory-deny-by-ip-updated.json").read_text())
    ask = [{"ask": "explain", "request": request}, {"ask": "explain", "request": request, "format": "html"},
           {"ask": "lint", "files": {"p.json": old}, "operands": ["p.json"]},
           {"ask": "diff", "files": {"old.json": old, "new.json": new}, "operands": ["old.json", "new.json"]},
           {"ask": "who-can", "operands": ["GetObject", "s3://example-reports/finance/q3.csv"]},
           {"ask": "decide", "request": request}]
    return {f"door, {i + 1}: {q['ask']}": ([DOOR, account], json.dumps(q) + "\n") for i, q in enumerate(ask)}


class Run:
    def __init__(self, options, to):
        self.options, self.to = options, to
        self.counts_file = to / "counts"

    def __call__(self, arguments, stdin, plan=None):
        environment = {**os.environ, "W403_FAIL_COUNTS": str(self.counts_file), "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
        environment.pop("W403_FAIL", None)
        if plan:
            environment["W403_FAIL"] = plan
        if self.options.shim:
            environment["LD_PRELOAD"] = str(self.options.shim)
        self.counts_file.unlink(missing_ok=True)
        program = [self.options.door, *arguments[1:]] if arguments[0] == DOOR else [self.options.program, *arguments]
        done = subprocess.run([str(a) for a in program], input=(stdin or "").encode(), env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        counts = {}
        if self.counts_file.exists():
            counts = {k: int(n) for k, n in (line.split() for line in self.counts_file.read_text().splitlines())}
        return done, counts


def verdicts(output):
    return re.findall(rb'^\{"format":1,"decision":"(\w+)"', output, re.MULTILINE)


def is_told(reference, done, said):
    """The file that cannot be read is named, and no verdict became another one."""
    was, now = verdicts(reference.stdout), verdicts(done.stdout)
    kept = len(was) == len(now) and all(b in (a, b"undetermined") for a, b in zip(was, now))
    # A replay whose old state is unknown goes by what the log says: a request that worked may then be one that would break.
    same = done.returncode == reference.returncode or (b"requests replayed" in done.stdout and done.returncode == 1)
    return kept and same and re.search(r"^(warning|error): cannot \w+ ", said, re.MULTILINE)


def door_tells(reference, done):
    """An error in place of an answer; or a world in which a file could not be read, and no other verdict."""
    was, now = (re.findall(rb'"decision": ?"(\w+)"', r.stdout) for r in (reference, done))
    kept = all(b in was or b == b"undetermined" for b in now)
    return re.search(rb'^\{("jsonrpc":"2.0",)?("id":\d,)?("format":1,)?"error":\{', done.stdout, re.MULTILINE) or b'"isError":true' in done.stdout or (
        kept and re.search(rb"cannot (open|read|list|look at)", done.stdout))


def complaint(reference, done, blocks, left, plan):
    """What is wrong with a run; None: nothing."""
    said = done.stderr.decode(errors="replace")
    if done.returncode < 0 or done.returncode not in (0, 1, 2, 3):
        return f"exit status {done.returncode}"
    if "Sanitizer" in said or "runtime error" in said:
        return "a sanitizer's report"
    if blocks is not None and left is not None and left > blocks:
        return f"{left - blocks} blocks are not freed"
    if done.returncode == reference.returncode and done.stdout == reference.stdout:
        return None
    if plan.split(":")[2] in SAME:
        return "another answer, although nothing failed"
    if is_told(reference, done, said):
        return None
    if done.returncode == 2:
        word = said.strip() or b'"error":{' in done.stdout or plan.startswith("write")
        return None if word else "an error without a word"
    if door_tells(reference, done):
        return None
    if b"error: out of memory" in done.stdout and done.returncode == 1 and b"not ok" in done.stdout:
        return None  # a case that could not be judged
    if done.returncode == 3 and (reference.returncode == 3 or said.strip() or b"ndetermined" in done.stdout.lower()):
        return None
    return f"exit status {done.returncode} for {reference.returncode}, and another output"


def chosen(n, some):
    if not some or n <= some:
        return range(1, n + 1)
    return sorted({1 + i * (n - 1) // (some - 1) for i in range(some)})


def torture(run, name, arguments, stdin, some):
    reference, counts = run(arguments, stdin)
    if reference.returncode not in USUAL:
        return 1, [f"{name}: exit status {reference.returncode} without any failure: {reference.stderr.decode()[:300]}"]
    wrong, tried = [], 0
    hook = not run.options.shim  # base/arena.h counts down, and says nothing of how many there were
    for kind, errors in KINDS.items():
        if arguments[0] == DOOR and kind in ("write", "flush"):
            continue  # whoever asks writes
        n = 600 if kind == "malloc" and hook else counts.get(kind, 0)
        for error in errors:
            if hook and error == "ENOMEM":
                continue
            for at in chosen(n, some):
                plan = f"{kind}:{at}:{error}"
                done, left = run(arguments, stdin, plan)
                tried += 1
                what = complaint(reference, done, counts.get("blocks"), left.get("blocks"), plan)
                if what:
                    wrong.append(f"{name}: {plan}: {what}: {done.stderr.decode(errors='replace').strip()[-400:]}")
                elif kind == "malloc" and hook and done.stdout == reference.stdout:
                    break  # there were not so many
    return tried, wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--shim", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--door", type=pathlib.Path)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("root", type=pathlib.Path)
    options = parser.parse_args()
    options.program, options.root = options.program.resolve(), options.root.resolve()
    options.door = options.door and options.door.resolve()
    to = pathlib.Path(tempfile.mkdtemp())
    bad = count = 0
    try:
        run = Run(options, to)
        todo = [(SOME, one) for one in scenarios(options.root, to).items()] + [(FEW, one) for one in formats(options.root).items()]
        for some, (name, (arguments, stdin)) in todo:
            if options.only not in name or (arguments[0] == DOOR and not options.door):
                continue
            tried, wrong = torture(run, name, arguments, stdin, 0 if options.all else some)
            count += 1
            bad += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {count} - {name}: {tried} failures")
            for line in wrong[:20]:
                print("#  ", line.replace("\n", "\n#      "))
            if len(wrong) > 20:
                print(f"#   and {len(wrong) - 20} more")
            sys.stdout.flush()
    finally:
        shutil.rmtree(to, ignore_errors=True)
    print(f"1..{count}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
