#!/usr/bin/env python3
"""The document of `what-can --format policy` against everything that it stands for. Prints TAP.

test_what_policy.py PROGRAM SOURCE_ROOT [STEP]: requests of the example account's callers are decided by the whole account
and by an account that has nothing but the document; both must allow the same. Then every STEP-th snapshot of the cases: a
document that allows more or less than its caller may do must never come out.
"""
import collections
import concurrent.futures
import copy
import glob
import itertools
import json
import os
import subprocess
import sys
import tempfile

PROGRAM, ROOT = os.path.abspath(sys.argv[1]), sys.argv[2]
STEP = int(sys.argv[3]) if len(sys.argv) > 3 else 1
OPERATIONS = ["GetObject", "PutObject", "DeleteObject", "GetObjectTagging", "ListBucket", "GetBucketPolicy", "DeleteBucket"]
KEYS = ["a", "finance/q3.csv", "finance/", "uploads/x", "app/1", "app", "reports/2026/a.csv"]
NETWORKS = [{"from": "203.0.113.9"}, {"from": "2001:db8::1"}, {"via": "vpce-0123456789abcdef0"}, {"via": "vpce-0a1b2c3d4e5f67890"}]
count = failed = 0


def say(good, about, notes=()):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {about}")
    for note in notes:
        print(f"#   {note}")


def run(args, text=None):
    return subprocess.run([PROGRAM, *args], input=text, capture_output=True, text=True, check=False)


def policy_of(caller, snapshot):
    return run(["what-can", caller, "--snapshot", snapshot, "--format", "policy", "--max-ms", "20000"])


# ---- requests, by the account and by the document alone ----

def verdicts(requests, snapshot):
    lines = "".join(json.dumps(r) + "\n" for r in requests)
    return [json.loads(line).get("decision") for line in run(["decide", "--snapshot", snapshot], lines).stdout.splitlines()]


def alone(details, arn, document):
    """The account with this one caller, who has this one policy, and with buckets that say nothing."""
    out = {"UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [], "Policies": []}
    for kind, inline in (("UserDetailList", "UserPolicyList"), ("RoleDetailList", "RolePolicyList")):
        for entity in details.get(kind, []):
            if entity["Arn"] == arn:
                entity = copy.deepcopy(entity)
                for member in ("AttachedManagedPolicies", "GroupList", "UserPolicyList", "RolePolicyList"):
                    entity[member] = [] if member in entity or member == inline else entity.get(member, [])
                entity.pop("PermissionsBoundary", None)
                entity[inline] = [{"PolicyName": "all", "PolicyDocument": document}]
                out[kind] = [entity]
    return out


def example_account(scratch):
    account = os.path.join(ROOT, "examples/account")
    folder = "accounts/111122223333"
    with open(os.path.join(account, folder, "iam/authorization-details.json"), encoding="utf-8") as f:
        details = json.load(f)
    buckets = sorted(os.listdir(os.path.join(account, folder, "s3")))
    for entity in details["UserDetailList"] + details["RoleDetailList"]:
        arn = entity["Arn"]
        made = policy_of(arn, account)
        if made.returncode not in (0, 1):
            say(False, arn, [made.stderr])
            continue
        world = {f"{folder}/iam/authorization-details.json": alone(details, arn, json.loads(made.stdout))}
        for bucket in buckets:
            world[f"{folder}/s3/{bucket}/ownership-controls.json"] = {
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}
        path = os.path.join(scratch, "alone.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(world, f)
        requests = []
        for operation, bucket, key, network in itertools.product(OPERATIONS, buckets, KEYS, NETWORKS):
            resource = f"arn:aws:s3:::{bucket}" + (f"/{key}" if "Object" in operation else "")
            requests.append({"action": f"s3:{operation}", "resource": resource, "principal": arn, **network})
        whole, by_document = verdicts(requests, account), verdicts(requests, path)
        differ = [f"{json.dumps(r)}: {a} by the account, {b} by the document"
                  for r, a, b in zip(requests, whole, by_document) if (a == "allowed") != (b == "allowed")]
        allowed = sum(v == "allowed" for v in whole)
        say(len(whole) == len(by_document) == len(requests) and not differ,
            f"{arn}: {len(requests)} requests, {allowed} allowed", differ[:5])


# ---- the snapshots of the cases ----

def snapshots():
    seen = set()
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/cases/*.json")) + glob.glob(os.path.join(ROOT, "tests/cases-reason/*.json"))):
        with open(path, encoding="utf-8") as f:
            cases = json.load(f)
        for case in cases if isinstance(cases, list) else cases.get("cases", [cases]):
            world = case.get("snapshot")
            text = json.dumps(world, sort_keys=True)
            if not isinstance(world, dict) or text in seen:
                continue
            seen.add(text)
            arns = sorted({e["Arn"] for p, v in world.items() if p.endswith("authorization-details.json") and isinstance(v, dict)
                           for k in ("UserDetailList", "RoleDetailList") for e in v.get(k) or [] if isinstance(e, dict) and e.get("Arn")})
            yield from ((case.get("name"), text, arn) for arn in arns[:2])


def one_case(job):
    name, text, arn = job
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        f.write(text)
        f.flush()
        made = policy_of(arn, f.name)
    wrong = made.returncode not in (0, 1, 3) or "would allow too much" in made.stderr or "allows less" in made.stderr
    return ("wrong" if wrong else "equal" if made.returncode < 2 else "not certain"), f"{name}, {arn}: {made.stderr[-300:]}"


def all_cases():
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(one_case, list(snapshots())[::STEP]))
    kinds = collections.Counter(kind for kind, _ in answers)
    say(not kinds["wrong"] and kinds["equal"] > 3 * kinds["not certain"],
        f"{kinds['equal']} documents are equal, {kinds['not certain']} are of callers of whom not all is certain",
        [note for kind, note in answers if kind == "wrong"][:5])


with tempfile.TemporaryDirectory() as folder:
    example_account(folder)
all_cases()
print(f"1..{count}")
sys.exit(1 if failed else 0)
