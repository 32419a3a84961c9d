#!/usr/bin/env python3
"""`why403 collect --print-policy` against the calls of real collections: what it prints is found sound by our own lint, lets
every call of a recorded run through, and without any one of its actions some call of the run is denied.

Usage: test_print_policy.py WHY403 SOURCE-ROOT MODULE. The module answers from examples/account. Prints TAP.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM, ROOT, MODULE = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]), os.path.abspath(sys.argv[3])
ACCOUNT = "111122223333"
QUESTIONS = [
    ["GetObject", "s3://example-data/uploads/report.csv", "--as", f"arn:aws:iam::{ACCOUNT}:role/service/app"],
    ["PutObject", "s3://example-data/uploads/report.csv", "--as", f"arn:aws:iam::{ACCOUNT}:user/bob"],
    ["ListObjectsV2", "s3://example-data", "--as", f"arn:aws:iam::{ACCOUNT}:user/alice", "--via", "vpce-0123456789abcdef0"],
    ["GetObject", "s3://example-reports/finance/q3.csv", "--as", f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session"],
]
COLLECTOR = f"arn:aws:iam::{ACCOUNT}:user/collector"
results = []


def run(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=120,
                          env={**os.environ, "WHY403_LIVE_MODULE": MODULE, "WORLD": str(ROOT / "examples/account"),
                               "WORLD_ACCOUNT": ACCOUNT, **environment})


def ok(good, name, *why):
    results.append(good)
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}")
    for line in why if not good else ():
        print(f"#   {line}")


def permissions():
    with open(ROOT / "data/collect-calls.tsv", encoding="utf-8") as f:
        for row in csv.DictReader((line for line in f if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE):
            for permission in row["permission"].split(","):
                if ":" in permission:
                    yield f"{row['service']}:{row['operation']}", permission


PERMISSIONS = {}
for operation, permission in permissions():
    PERMISSIONS.setdefault(operation, []).append(permission)


def resource(call, arguments, principal):
    """What the call is about, as an ARN; where the permission knows no resources, that is no matter."""
    if call in ("s3:ListBuckets",):
        return "*"
    if "Key" in arguments:
        return f"arn:aws:s3:::{arguments['Bucket']}/{arguments['Key']}"
    if "Bucket" in arguments:
        return f"arn:aws:s3:::{arguments['Bucket']}"
    if "RoleName" in arguments:
        return principal if ":role/" in principal else f"arn:aws:iam::{ACCOUNT}:role/service/{arguments['RoleName']}"
    if "UserName" in arguments:
        return principal
    if "GroupName" in arguments:
        return f"arn:aws:iam::{ACCOUNT}:group/{arguments['GroupName']}"
    if "PolicyArn" in arguments:
        return arguments["PolicyArn"]
    if call == "kms:ListAliases":
        return "*"
    return arguments.get("KeyId", "*")


def allowed(permission, arn, documents, folder):
    options = []
    for number, document in enumerate(documents):
        path = os.path.join(folder, f"p{number}.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(document, f)
        options += ["--identity-policy", path]
    # KMS asks the key's own policy too, which lets the account decide.
    key = os.path.join(folder, "key.json")
    with open(key, "w", encoding="utf-8") as f:
        json.dump({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                                                           "Action": "kms:*", "Resource": "*"}]}, f)
    options += ["--key-policy", key] if ":key/" in arn else []
    done = run("explain", permission, arn, "--as", COLLECTOR, "--no-snapshot", "--resource-account", ACCOUNT, *options)
    return done.returncode == 0


def without(documents, action):
    left = json.loads(json.dumps(documents))
    for document in left:
        for statement in document["Statement"]:
            statement["Action"] = [a for a in statement["Action"] if a != action]
        document["Statement"] = [s for s in document["Statement"] if s["Action"]]
    return [d for d in left if d["Statement"]]


def clean(document, kind, folder):
    path = os.path.join(folder, f"{kind}.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f)
    done = run("lint", path, "--type", kind)
    return done.returncode == 0 and not done.stderr, done.stdout + done.stderr


def printed(*arguments):
    done = run("collect", "--print-policy", "--trusted", "arn:aws:iam::444455556666:root", "--external-id", "a-secret-between-two",
               *arguments)
    return json.loads(done.stdout)


def lint_all(name, documents, folder):
    for kind, part in (("identity", "collector"), ("identity", "organization"), ("trust", "trust")):
        good, said = clean(documents[part], kind, folder)
        ok(good, f"{name}: {part} is found sound", said)


def actions(documents):
    return {a for d in documents for s in d["Statement"] for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}


def question(arguments, folder):
    name, log = " ".join(arguments[:2]), os.path.join(folder, "log")
    done = run("collect", "--for", *arguments, os.path.join(folder, "snapshot"), WORLD_LOG=log)
    ok(done.returncode in (0, 1), f"{name}: collected", done.stderr)
    documents = printed("--for", *arguments)
    lint_all(name, documents, folder)
    both = [documents["collector"], documents["organization"]]
    needed = {}
    with open(log, encoding="utf-8") as f:
        for line in f:
            call, *rest = line.rstrip("\n").split("\t")
            for permission in PERMISSIONS.get(call, []):
                needed.setdefault(permission, set()).add(resource(call, dict(r.split("=", 1) for r in rest), arguments[3]))
    denied = [f"{p} on {r}" for p, about in needed.items() for r in about if not allowed(p, r, both, folder)]
    ok(not denied, f"{name}: all of its {len(needed)} permissions are given", *denied)
    spare = [p for p, about in needed.items() if all(allowed(p, r, without(both, p), folder) for r in about)]
    ok(not spare, f"{name}: none of them twice", *spare)
    foreign = {a for a in actions(both) if not any(a in p for p in PERMISSIONS.values())}
    ok(not foreign, f"{name}: no action that no call needs", *foreign)


def whole(folder):
    documents = printed("--role", "collector")
    lint_all("all", documents, folder)
    both = [documents["collector"], documents["organization"]]
    with open(ROOT / "data/collect-calls.tsv", encoding="utf-8") as f:
        rows = csv.DictReader((line for line in f if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        wanted = {p for r in rows if "w" in r["modes"] for p in r["permission"].split(",") if ":" in p}
    ok(actions(both) == wanted, "all: the permissions of every call of mode w, and no more", *sorted(actions(both) ^ wanted))
    spare = [a for a in sorted(actions(both)) if a != "sts:AssumeRole" and allowed(a, "*", without(both, a), folder)]
    ok(not spare, "all: none of them twice", *spare)
    reading = [a for a in actions(both) if not a.split(":")[1].startswith(("Get", "List", "Describe")) and a != "sts:AssumeRole"]
    ok(not reading and not {"s3:GetObject", "kms:Decrypt"} & actions(both), "all: nothing but reading, and no data", *reading)
    roles = [s["Resource"] for d in both for s in d["Statement"] if "sts:AssumeRole" in s["Action"]]
    ok(roles == ["arn:aws:iam::*:role/collector"], "all: one role may be taken, the one that was named", *roles)


with tempfile.TemporaryDirectory() as directory:
    for index, one in enumerate(QUESTIONS):
        inner = os.path.join(directory, str(index))
        os.mkdir(inner)
        question(one, inner)
    whole(directory)
print(f"1..{len(results)}")
sys.exit(not all(results))
