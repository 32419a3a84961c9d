#!/usr/bin/env python3
"""Ceph's radosgw asks why403 serve: check_rgw.py PROGRAM ROOT FOLDER [REQUESTS]. Two users send requests; each is answered as
`why403 decide --dialect rgw` says. Debian's packages are unpacked into FOLDER, nothing is installed."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
import client  # pylint: disable=wrong-import-position
from rgw import Gateway, Missing  # pylint: disable=wrong-import-position

from server import Server  # pylint: disable=wrong-import-position

WHY403, ROOT, FOLDER = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
REQUESTS = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
BUCKET, ACCOUNT = "example-data", "111122223333"
ARN = f"arn:aws:iam::{ACCOUNT}:user/"

# What we decide by: conditions on what radosgw says, and on what it does not say.
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": ARN + "alice"}, "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]},
    {"Effect": "Allow", "Principal": {"AWS": ARN + "bob"}, "Action": ["s3:GetObject", "s3:ListBucket"],
     "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/open/*"]},
    {"Effect": "Allow", "Principal": {"AWS": ARN + "bob"}, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/drop/*"},
    {"Effect": "Deny", "Principal": {"AWS": ARN + "alice"}, "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{BUCKET}/kept/*"},
    {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}",
     "Condition": {"StringLike": {"s3:prefix": "secret/*"}}},
    {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/near/*",
     "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
    {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/vpc/*",
     "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}}]}
# The store's own lets both do everything: what is refused was refused by us.
OWN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/alice", "arn:aws:iam:::user/bob"]},
                                               "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]}]}


def world(path):
    user = {"Path": "/", "UserPolicyList": [], "GroupList": [], "AttachedManagedPolicies": []}
    at = f"accounts/{ACCOUNT}/"
    path.write_text(json.dumps({
        at + "account.json": {"CanonicalId": "1a" * 32},
        at + "iam/authorization-details.json": {"UserDetailList": [dict(user, UserName=n, UserId="AIDA" + n.upper().ljust(16, "0"), Arn=ARN + n)
                                                                   for n in ("alice", "bob")], "GroupDetailList": [], "RoleDetailList": [], "Policies": []},
        at + f"s3/{BUCKET}/location.json": {"LocationConstraint": None},
        at + f"s3/{BUCKET}/policy.json": {"Policy": json.dumps(POLICY)}}), encoding="utf-8")


def requests(random_of):
    """(user, method, target, body, the request as ours)"""
    folders = ("open", "drop", "kept", "near", "vpc", "secret", "other")
    for _ in range(REQUESTS):
        user, folder = random_of.choice(("alice", "bob")), random_of.choice(folders)
        key = f"{folder}/{random_of.choice(('a', 'b c', '%', 'é', 'x*'))}"
        raw = urllib.parse.quote(key)
        written = key.replace("*", "${*}")
        kind = random_of.choice(("get", "get", "put", "head", "delete", "list", "list", "acl"))
        base = {"principal": ARN + user, "unsaid": ["headers"], "secure": {"unknown": True}}
        one = f"arn:aws:s3:::{BUCKET}/{written}"
        if kind == "list":
            prefix = random_of.choice(("", folder + "/"))
            yield user, "GET", f"/{BUCKET}?list-type=2&prefix={prefix.replace('/', '%2F')}", b"", dict(
                base, operation="ListObjectsV2", resource=f"arn:aws:s3:::{BUCKET}", query={"list-type": "2", "prefix": prefix})
        elif kind == "acl":
            yield user, "GET", f"/{BUCKET}/{raw}?acl=", b"", dict(base, operation="GetObjectAcl", resource=one)
        else:
            method = {"get": "GET", "put": "PUT", "head": "HEAD", "delete": "DELETE"}[kind]
            operation = {"get": "GetObject", "put": "PutObject", "head": "HeadObject", "delete": "DeleteObject"}[kind]
            yield user, method, f"/{BUCKET}/{raw}", b"x" if kind == "put" else b"", dict(base, operation=operation, resource=one)


def main():
    with tempfile.TemporaryDirectory(prefix="w403-rgw-") as scratch:
        snapshot = pathlib.Path(scratch) / "world.json"
        world(snapshot)
        with Server(WHY403, "--snapshot", snapshot) as s:
            settings = f"rgw_use_opa_authz = true\nrgw_opa_url = http://127.0.0.1:{s.port}/v1/data/ceph/authz\nrgw_opa_token = pdp\nrgw_opa_verify_ssl = false"
            with Gateway(FOLDER, pathlib.Path(scratch) / "ceph", settings) as gateway:
                return compare(s, gateway, snapshot)


def compare(s, gateway, snapshot):
    keys = {name: gateway.user(name) for name in ("alice", "bob")}
    for method, target, body in (("PUT", f"/{BUCKET}", b""), ("PUT", f"/{BUCKET}?policy=", json.dumps(OWN).encode())):
        status = client.ask(gateway.port, method, target, {}, body, *keys["alice"])[0]
        assert status in (200, 204), (method, target, status)
    rows = list(requests(random.Random(403)))
    lines = "\n".join(json.dumps({k: v for k, v in r[4].items() if k != "secure"}) for r in rows)
    decided = subprocess.run([str(WHY403), "decide", "--snapshot", str(snapshot), "--dialect", "rgw", "--quiet"], input=lines, capture_output=True,
                             text=True, check=False)
    wanted = [json.loads(line)["decision"] for line in decided.stdout.splitlines()]
    wrong, seen, there = [], {}, set()
    for (user, method, target, body, _), want in zip(rows, wanted):
        here = target.split("?")[0]
        if here.count("/") > 1 and here not in there:  # what is not there is a 404 of the store, which asks nobody
            put = client.ask(gateway.port, "PUT", here, {}, b"x", *keys["alice"])[0]
            assert put == 200, (here, put)
            there.add(here)
        status = client.ask(gateway.port, method, target, {}, body, *keys[user])[0]
        if method == "DELETE":
            there.discard(here)
        allowed = status != 403
        seen[want] = seen.get(want, 0) + 1
        if allowed != (want == "allowed"):
            wrong.append((user, method, target, want, status))
    asked = s.metric('why403_decisions_total{protocol="rgw"')
    print(f"1..1\n# {len(rows)} requests of two users, {asked:.0f} questions of radosgw; decided: {seen}")
    for row in wrong[:20]:
        print("#", row)
    print("not ok 1 - radosgw answers as we decide" if wrong or asked < len(rows) else "ok 1 - radosgw answers as we decide")
    return 1 if wrong or asked < len(rows) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Missing as e:
        print(f"1..0 # SKIP {e}")
