"""Our column of docs/comparison.md: every row has a command here that must do what the row says. TAP."""
import os
import re
import subprocess
import sys

program, root = map(os.path.abspath, sys.argv[1:])
ALICE = ["--as", "arn:aws:iam::111122223333:user/alice", "--from", "203.0.113.9", "--snapshot", "examples/account"]
DENIED = ["explain", "GetObject", "s3://example-reports/finance/q3.csv", *ALICE]
TRAIL = ["examples/trail/logs", "--snapshot", "examples/trail/snapshot"]
CHECKS = {  # row: arguments, exit status, what is printed
    "Decides a request by all layers, offline": (DENIED, 1, r"Organization \(SCP\)(.|\n)*Identity policies(.|\n)*Bucket policy"),
    "Session policies, KMS key and grants, ACLs, Block Public Access together": (
        ["test", "-q", "tests/cases"], 0, r"^[0-9]+ passed, 0 failed$"),
    "Points at the bytes that deny": (DENIED, 1, r"\^\^\^\^ aws:SourceVpce is absent"),
    "Unknown is a verdict of its own": (["explain", "GetObject", "s3://nowhere/k", *ALICE], 3, r"^UNDETERMINED"),
    "Proposes a change and proves it by deciding again": (DENIED, 1, r"Decided again with this change: allowed"),
    "Starts from an error text, an event, a log line, a command": (
        ["explain", "--event", "examples/evidence/denied-event.json", "--snapshot", "examples/account"], 0, r"From the CloudTrail event"),
    "Root causes in CloudTrail and access logs, and the change that began them": (["logs", *TRAIL], 1, r"began with PutBucketPolicy"),
    "A changed policy judged on real traffic": (["replay", *TRAIL, "--against", "examples/trail/snapshot"], 0, r"requests replayed"),
    "Who can": (["who-can", "GetObject", "s3://example-reports/finance/q3.csv", "--snapshot", "examples/account"], 0, r"user/alice"),
    "What does a change newly allow, over all requests": (
        ["diff", "examples/seeds/inventory-deny-by-ip.json", "examples/seeds/inventory-deny-by-ip-updated.json"], 1, r"denied"),
    "Checks of a policy without a request": (["lint", "examples/lint/bucket-policy.json"], 1, r"error"),
    "ValidatePolicy's codes, offline": (["lint", "--aws-only", "-f", "validate-policy", "examples/lint/bucket-policy.json"], None, r"findings"),
    "Terraform plans and CloudFormation templates": (
        ["explain", "GetObject", "s3://amzn-s3-demo-reports/k", "--as", "alice", "--from", "198.51.100.1", "--from-terraform",
         "tests/sources/plan.json"], 1, r"OnlyFromTheOffice"),
    "Policy tests for CI": (["test", "examples/cases"], 0, r"^ok 1"),
    "SARIF, JUnit, annotations": (["lint", "-f", "sarif", "examples/lint/bucket-policy.json"], 1, r"%SRCROOT%"),
    "Collects an account, read-only": (["collect", "--print-policy"], 0, r"s3:GetBucketPolicy"),
}

rows = {}
for line in open(f"{root}/docs/comparison.md", encoding="utf-8"):
    cells = [c.strip() for c in line.strip().strip("|").split("|")]
    if line.startswith("| ") and len(cells) > 2 and cells[0]:
        rows[cells[0]] = cells[1]
said = [name for name, ours in rows.items() if ours == "yes"]
failed = 0
print(f"1..{len(said) + 1}")
for n, name in enumerate(said, 1):
    good, why = name in CHECKS, "no check of this row"
    if good:
        words, status, pattern = CHECKS[name]
        done = subprocess.run([program, *words], cwd=root, capture_output=True, text=True)
        good = status in (None, done.returncode) and re.search(pattern, done.stdout, re.M) is not None
        why = f"exit {done.returncode}: {done.stdout[:300]!r} {done.stderr[:300]!r}"
    failed += not good
    print(f"{'ok' if good else 'not ok'} {n} - {name}" + ("" if good else f"\n# {why}"))
left = set(CHECKS) - set(said)
print(f"{'not ok' if left else 'ok'} {len(said) + 1} - no check without a row" + (f"\n# {left}" if left else ""))
sys.exit(failed > 0 or bool(left))
