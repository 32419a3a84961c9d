"""Worlds in which every name is hostile, for the commands that have no cases: logs, sweep, evidence."""
import csv
import io
import json
import os
import pathlib
import subprocess
import sys

import printed
from printed import hostile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import logs_changes  # noqa: E402 (its rows: every kind of change with what undoes it)

HOSTILE = printed.HOSTILE
NAMES = ["alice", "never", "team", "data", "Shut", "carol", "reads", "app", "ap", "ou-good", "ou-bad", "g1", "x", "p"]
ALICE = "arn:aws:iam::111122223333:user/alice"


def asked(program, line, name):
    """One answer in JSON and in text; None: the program refused the names, which is as good."""
    out = []
    for extra in (["--format", "json"], []):
        run = subprocess.run([program, *line, *extra], capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if run.returncode not in (0, 1, 3):
            return None
        out.append(run.stdout.decode("utf-8"))
    return name, True, printed.in_json(json.loads(out[0])), printed.in_text(out[1]), out[1]


def log_worlds(folder):
    """(words of the call, name): a trail with each kind of change and a denial, beside a snapshot."""
    for number, (name, data, calls, _, *denied) in enumerate(logs_changes.rows):
        root = folder / f"logs{number} {HOSTILE}"
        root.mkdir()
        denied = hostile(denied[0] if denied else logs_changes.READ, NAMES)
        made = []
        for n, (event, given, source, response, time) in enumerate(hostile([list(c) for c in calls], NAMES)):
            carol = logs_changes.user(ALICE.replace("alice", "carol" + HOSTILE))
            when = time or f"2026-11-19T{9 + n:02d}:00:00Z"
            made.append(logs_changes.event(n, when, source, calls[n][2] and calls[n][0], carol, given, response))
        more = {"errorCode": "AccessDenied", "errorMessage": denied[3] if len(denied) > 3 else "Access Denied"}
        who = json.loads(json.dumps(hostile(denied[2], NAMES)))
        made.append(logs_changes.event(90, "2026-11-20T10:00:00Z", logs_changes.S3, denied[0], who, denied[1], None, **more))
        for event in made:
            event["eventID"] += HOSTILE
        (root / f"-trail{HOSTILE}.json").write_text(json.dumps({"Records": made}))
        (root / "snapshot.json").write_text(json.dumps(hostile(data, NAMES)))
        line = ["logs", str(root / f"-trail{HOSTILE}.json"), "--snapshot", str(root / "snapshot.json")]
        yield line, name


def logs(program, folder):
    for line, name in log_worlds(folder):
        yield asked(program, line, f"logs: {name}")


def sweep(program, folder):
    root = folder / f"sweep {HOSTILE}"
    root.mkdir()
    bucket, text = "src" + HOSTILE, io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL)
    rows.writerows([[bucket, f"secret/{HOSTILE}{n}", "o" + HOSTILE] for n in range(3)])
    rows.writerows([[bucket, f"-theirs/{n}", "o" + HOSTILE] for n in range(3)])
    (root / "r.csv").write_text(text.getvalue(), newline="")
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                                                    "Resource": "arn:aws:s3:::*/secret/*"}]}
    (root / "-allow.json").write_text(json.dumps(allow))
    (root / "deny.json").write_text(json.dumps(deny))
    base = ["sweep", str(root / "r.csv"), "--schema", "Bucket, Key, ObjectOwner", "--as", ALICE + HOSTILE, "--from",
            "203.0.113.9", "--quiet"]
    policies = ["--identity-policy", str(root / "-allow.json"), "--bucket-policy", str(root / "deny.json")]
    yield asked(program, [*base, "--no-snapshot", "--resource-account", "111122223333", *policies], "sweep: policies")
    (root / "snapshot.json").write_text(json.dumps({
        "accounts/111122223333/account.json": {"CanonicalId": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
        f"accounts/111122223333/s3/{bucket}/location.json": {"LocationConstraint": None},
        f"accounts/111122223333/s3/{bucket}/ownership-controls.json": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
        f"accounts/111122223333/s3/{bucket}/policy.json": {"Policy": json.dumps(deny)}}))
    yield asked(program, [*base, "--snapshot", str(root / "snapshot.json"), *policies[:2], "--header",
                          f"user-agent: {HOSTILE}", "-c", f"aws:Referer={HOSTILE}"], "sweep: snapshot")


def evidence(program, folder):
    key = f"finance/{HOSTILE}"
    event = json.dumps(logs_changes.event(1, "2026-11-20T10:00:00Z", logs_changes.S3, "GetObject",
                                          logs_changes.user(ALICE + HOSTILE), {"bucketName": "b" + HOSTILE, "key": key},
                                          None, errorCode="AccessDenied", errorMessage="Access Denied"))
    (folder / "event.json").write_text(event)
    text = (f"User: {ALICE} is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/{key}\" because no "
            "identity-based policy allows the s3:GetObject action")
    shell = "'" + key.replace("'", "'\\''") + "'"
    for option, value in (("event", str(folder / "event.json")), ("error", text),
                          ("command", f"aws s3api get-object --bucket b --key {shell} out"),
                          ("curl", "https://b.s3.amazonaws.com/a%20%24(touch%20PWNED)%0a%27")):
        yield asked(program, ["explain", f"--{option}", value, "--no-snapshot"], f"evidence: {option}")


def runbook(program, folder):
    (folder / "runbook.json").write_text(json.dumps(
        {"accounts/111122223333/s3/b/location.json": {"LocationConstraint": None},
         "accounts/111122223333/s3/b/objects.json": {"Objects": [{"Key": "a/" + HOSTILE}]}}))
    for number, name in enumerate(("b", "b" + HOSTILE)):
        parameters = folder / f"parameters{number}.json"
        parameters.write_text(json.dumps({"S3BucketName": [name], "S3PrefixName": ["a/" + HOSTILE]}))
        yield asked(program, ["runbook", "AWSSupport-TroubleshootS3PublicRead", "--parameters", str(parameters), "--snapshot",
                              str(folder / "runbook.json")], "runbook")


def others(program, folder):
    """Commands that print no commands: their texts must not steer a terminal all the same."""
    bucket, arn = "src" + HOSTILE, "arn:aws:s3:::src" + HOSTILE
    allow = {"Version": "2012-10-17", "Statement": [{"Sid": "A" + HOSTILE, "Effect": "Allow", "Principal": "*", "Action":
             "s3:GetObject", "Resource": arn + "/*", "Condition": {"StringEquals": {"aws:Referer": HOSTILE}}}]}
    deny = {"Version": "2012-10-17", "Statement": [{"Sid": "D" + HOSTILE, "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": arn + "/*", "Condition": {"StringLike": {"aws:Referer": HOSTILE}}}, *allow["Statement"]]}
    for name, value in (("old", allow), ("new", deny)):
        (folder / f"{name}{HOSTILE}.json").write_text(json.dumps(value), encoding="utf-8")
        (folder / f"{name}.snapshot.json").write_text(json.dumps(hostile({
            "accounts/111122223333/s3/src/location.json": {"LocationConstraint": None},
            "accounts/111122223333/s3/src/policy.json": {"Policy": json.dumps(value).replace("src" + json.dumps(HOSTILE)[1:-1], "src")},
            "accounts/111122223333/iam/authorization-details.json": {"UserDetailList": [
                {"UserName": "alice", "UserId": "AIDAEXAMPLE", "Path": "/", "Arn": ALICE, "UserPolicyList": [
                    {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}]}}, ["src", "alice"])))
    snap = ["--snapshot", str(folder / "old.snapshot.json")]
    old, new = str(folder / f"old{HOSTILE}.json"), str(folder / f"new{HOSTILE}.json")
    case = {"name": HOSTILE + "\nok 2 - injected", "request": {"action": "s3:GetObject", "resource": arn + "/k", "principal": ALICE},
            "policies": {"identity": allow}, "expect": {"decision": "allowed", "cause": HOSTILE, "message": HOSTILE}}
    (folder / "case.json").write_text(json.dumps(case))
    for line in (["who-can", "GetObject", f"s3://{bucket}/k", *snap], ["who-can", "GetObject", f"s3://{bucket}/k", "--near", *snap],
                 ["what-can", ALICE + HOSTILE, *snap], ["public", "--all", *snap], ["diff", old, new],
                 ["diff", old, new, "--format", "markdown"], ["lint", old, new], ["test", str(folder / "case.json")],
                 ["check", "no-public-access", old], ["diff", str(folder / "old.snapshot.json"), str(folder / "new.snapshot.json")],
                 ["sweep", str(folder / "none"), "--as", ALICE + HOSTILE], ["logs", str(folder / ("no" + HOSTILE))]):
        run = subprocess.run([program, *line], capture_output=True, check=False, stdin=subprocess.DEVNULL)
        yield f"{line[0]}: {run.returncode}", True, [], [], (run.stdout + run.stderr).decode("utf-8", "replace")


def answers(program, root, folder):
    os.chdir(root)
    return [a for part in (logs, sweep, evidence, runbook, others) for a in part(program, folder) if a]
