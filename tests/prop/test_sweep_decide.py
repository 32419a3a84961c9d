"""why403 sweep and why403 decide agree, object by object: the same objects once as an inventory report, once as
objects.json of the snapshot. test_sweep_decide.py WHY403 [ROWS]"""
import base64
import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote_plus

why403, rows = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20000
rng = random.Random(403)
OWN, OTHER, THIRD = "79" * 32, "c1" * 32, "4e" * 32
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
APP, GUEST = "arn:aws:iam::111122223333:role/app", "arn:aws:iam::444455556666:role/guest"
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


def statement(effect, principal, action, *keys):
    made = {"Effect": effect, "Action": action, "Resource": [f"arn:aws:s3:::{k}" for k in keys]}
    return dict(made, Principal=principal) if principal else made


def role(name, arn, *statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"RoleDetailList": [{"RoleName": name, "RoleId": "AROA" + name.upper(), "Path": "/", "Arn": arn,
                                "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": document}]}]}


def world(objects, ownership):
    bucket = "accounts/111122223333/s3/source/"
    policy = [statement("Allow", {"AWS": "444455556666"}, "s3:*", "source/*"),
              statement("Allow", "*", "s3:GetObject", "source/pub*"),
              statement("Deny", "*", "s3:*", "source/secret/*", "source/*.key", "source/logs/*/raw/*", "source/one"),
              statement("Deny", {"AWS": APP}, "s3:GetObject", "source/a b%/*", "*/pdf/?")]
    sse = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    return {
        "accounts/111122223333/account.json": {"CanonicalId": OWN},
        "accounts/444455556666/account.json": {"CanonicalId": OTHER},
        bucket + "location.json": {"LocationConstraint": None},
        bucket + "ownership-controls.json": {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}},
        bucket + "encryption.json": {"ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": sse}]}},
        bucket + "policy.json": {"Policy": {"Version": "2012-10-17", "Statement": policy}},
        bucket + "objects.json": {"complete": True, "Objects": objects},
        "accounts/111122223333/kms/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab.json": {
            "KeyMetadata": {"Arn": KEY, "KeyManager": "CUSTOMER", "KeyState": "Enabled"},
            "Policy": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}]}},
        "accounts/111122223333/iam/authorization-details.json": role(
            "app", APP, statement("Allow", None, "s3:*", "source/*"),
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}),
        "accounts/444455556666/iam/authorization-details.json": role(
            "guest", GUEST, statement("Allow", None, "s3:*", "source/*")),
    }


def make_object(i):
    folder = rng.choice(["logs/", "secret/", "pub", "pdf/", "a b%/", "", "logs/x/raw/", "é/", "+/"])
    owner = rng.choice([OWN, OWN, OTHER, THIRD])
    grants = [{"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]
    if rng.random() < 0.2:
        grants.append({"Grantee": {"URI": ALL_USERS, "Type": "Group"}, "Permission": "READ"})
    if rng.random() < 0.2:
        grants.append({"Grantee": {"ID": OTHER, "Type": "CanonicalUser"}, "Permission": "READ"})
    made = {"Key": f"{folder}{i}{rng.choice(['', '.key', '.txt'])}", "Owner": {"ID": owner}, "Grants": grants}
    kind = rng.choice(["SSE-S3", "SSE-KMS"])
    made["ServerSideEncryption"] = "AES256" if kind == "SSE-S3" else "aws:kms"
    if kind == "SSE-KMS":
        made["SSEKMSKeyId"] = KEY
    if rng.random() < 0.2:
        made["ObjectLockLegalHoldStatus"] = "ON"
    return made, kind


def row(made, kind):
    grants = [{"permission": g["Permission"], "type": g["Grantee"]["Type"],
               **({"uri": g["Grantee"]["URI"]} if "URI" in g["Grantee"] else {"canonicalId": g["Grantee"]["ID"]})}
              for g in made["Grants"]]
    acl = {"version": "2022-11-10", "status": "AVAILABLE", "grants": grants}
    return ["source", quote_plus(made["Key"], safe="/"), kind, made.get("ObjectLockLegalHoldStatus", ""),
            made["Owner"]["ID"], base64.b64encode(json.dumps(acl).encode()).decode()]


def run(*words, text=None):
    done = subprocess.run([why403, *words], input=text, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 3), done.stderr
    return done.stdout


def compare(folder, operation, principal, ownership):
    made = [make_object(i) for i in range(rows)]
    snapshot, report = folder / "s.json", folder / "r.csv"
    snapshot.write_text(json.dumps(world([m for m, _ in made], ownership)), encoding="utf-8")
    with report.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["Bucket", "Key", "EncryptionStatus", "ObjectLockLegalHoldStatus", "ObjectOwner",
                         "ObjectAccessControlList"])
        writer.writerows(row(m, k) for m, k in made)
    asked = "\n".join(json.dumps({"operation": operation, "resource": f"arn:aws:s3:::source/{m['Key']}",
                                  "principal": principal, "from": "203.0.113.9"}) for m, _ in made)
    decided = [json.loads(x) for x in run("decide", "--snapshot", str(snapshot), text=asked).splitlines()]
    assert len(decided) == len(made)
    listed = run("sweep", str(report), "--as", principal, "--from", "203.0.113.9", "--snapshot", str(snapshot),
                 "--operation", operation, "--list", "--quiet")
    swept = {x["key"]: x for x in map(json.loads, listed.splitlines())}
    for (m, _), want in zip(made, decided):
        got = swept.get(m["Key"], {"decision": "allowed"})
        assert got["decision"] == want["decision"], (m, got, want)
        if want["decision"] == "denied":
            assert got["cause"] == want["cause"] and got["status"] == want["status"], (m, got, want)
    return sum(d["decision"] != "allowed" for d in decided)


questions = [("GetObject", APP, "ObjectWriter"), ("GetObject", GUEST, "ObjectWriter"),
             ("GetObject", "anonymous", "BucketOwnerPreferred"), ("DeleteObject", APP, "BucketOwnerEnforced"),
             ("GetObjectAcl", GUEST, "ObjectWriter")]
print(f"1..{len(questions)}")
for number, question in enumerate(questions, 1):
    with tempfile.TemporaryDirectory() as temporary:
        refused = compare(Path(temporary), *question)
    assert 0 < refused <= rows
    print(f"ok {number} - {' '.join(question)}: {rows} rows, {refused} not allowed")
