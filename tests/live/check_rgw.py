#!/usr/bin/env python3
"""Ceph's radosgw as the store: it checks signatures for real, and answers some subresources with another operation's answer.
check_rgw.py PROGRAM ROOT FOLDER: Debian's packages are unpacked into FOLDER, nothing is installed."""
import json
import sys

import client
from program import Program, files_of, no_secret
from rgw import Gateway, Missing
from tap import run, same, skip_all, test

POLICY = {"Version": "2012-10-17", "Statement": [
    {"Sid": "BobReads", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam:::user/bob"}, "Action": "s3:ListBucket",
     "Resource": "arn:aws:s3:::example-data"},
    {"Sid": "NotTheSecrets", "Effect": "Deny", "Principal": {"AWS": "arn:aws:iam:::user/bob"}, "Action": "s3:GetObject",
     "Resource": "arn:aws:s3:::example-data/secret/*"}]}


def put(gateway, keys, target, body=b"", **headers):
    status, _, text = client.ask(gateway.port, "PUT", target, headers, body, *keys)
    assert status in (200, 204), (target, status, text)


@test
def store(program, gateway):
    """its buckets, policies and ACLs; what it cannot answer is unknown and not "not configured"; a 403 of its own is explained"""
    alice, bob = gateway.user("alice"), gateway.user("bob")
    for name in ("example-data", "example.with.dots", "a--b"):
        put(gateway, alice, f"/{name}")
    put(gateway, alice, "/example-data?policy=", json.dumps(POLICY).encode())
    put(gateway, alice, "/example-data?versioning=", b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
    put(gateway, alice, "/example-data/secret/a", b"x")
    same(client.ask(gateway.port, "GET", "/example-data/secret/a", key=bob[0], secret=bob[1])[0], 403)
    folder = program.folder()
    environment = program.environment(None, account=None, AWS_ACCESS_KEY_ID=alice[0], AWS_SECRET_ACCESS_KEY=alice[1])
    done = program.run("collect", folder, "--endpoint-url", gateway.url, "--only", "s3", environment=environment)
    same(done.status, 1, done.said())
    no_secret(done.said(), "what was printed", [alice[1]])
    files = files_of(folder)
    base = next(p for p in files if p.endswith("/s3/example-data/policy.json")).rsplit("/", 2)[0]
    same({p.split("/")[3] for p in files if "/s3/" in p}, {"example-data", "example.with.dots", "a--b"})
    same(json.loads(files[f"{base}/example-data/policy.json"]["Policy"]), POLICY)
    same(files[f"{base}/example-data/versioning.json"]["Status"], "Enabled")
    same(files[f"{base}/a--b/policy.json"]["error"]["code"], "NoSuchBucketPolicy")
    same(files[f"{base}/a--b/request-payment.json"], {"Payer": "BucketOwner"})
    assert files[f"{base}/a--b/acl.json"]["Grants"][0]["Permission"] == "FULL_CONTROL"
    for name in ("encryption", "ownership-controls", "abac"):
        code = files[f"{base}/example-data/{name}.json"].get("error", {}).get("code")
        assert code and not code.endswith(("NotFoundError",)) and code != "NoSuchTagSet", (name, code)
    same(files[f"{base}/example-data/encryption.json"]["error"]["code"], "why403.InvalidResponse")
    explained = program.run("explain", "GetObject", "s3://example-data/secret/a", "--as", "arn:aws:iam::123456789012:user/bob", "--snapshot",
                            folder, environment=program.environment(None))
    assert explained.status in (1, 3), explained.said()


@test
def signatures(program, gateway):
    """a wrong secret is told as such, with whose key it is"""
    alice = gateway.user("carol")
    environment = program.environment(None, account=None, AWS_ACCESS_KEY_ID=alice[0], AWS_SECRET_ACCESS_KEY="wrong")
    done = program.run("collect", program.folder(), "--endpoint-url", gateway.url, "--only", "s3", environment=environment)
    same(done.status, 2, done.said())
    assert "SignatureDoesNotMatch" in done.err, done.said()


if __name__ == "__main__":
    PROGRAM = Program(sys.argv[1])
    try:
        with Gateway(sys.argv[3], PROGRAM.scratch / "ceph") as GATEWAY:
            sys.exit(run(PROGRAM, GATEWAY))
    except Missing as error:
        skip_all(error)
