#!/usr/bin/env python3
"""Answers for live_server: an account with many buckets and roles, or keys; written from AWS's service models by tests/live/replay.
gen_live.py FOLDER [--buckets N] [--roles N] [--role-bytes N] [--keys N]. The same options give the same bytes."""
import argparse
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
import worlds  # noqa: E402
from replay import wire  # noqa: E402
from replay.answers_s3 import CONFIGURATIONS  # noqa: E402
from replay.models import api  # noqa: E402
from replay.server import ROOTS  # noqa: E402

ACCOUNT = "111122223333"


class Answers:
    def __init__(self, folder):
        self.folder, self.rows = folder, []
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, key, headers, body, status="200 OK"):
        path = self.folder / f"{len(self.rows):05d}"
        head = "".join(f"{n}: {v}\r\n" for n, v in {**headers, "content-length": len(body), "x-amz-request-id": "0123456789ABCDEF"}.items())
        path.write_bytes(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)
        self.rows.append(f"{key}\t{path}\n")

    def value(self, service, operation, key, value):
        model = api(service)
        if model.protocol == "rest-xml":
            self.add(key, *wire.rest_xml(model, operation, value, ROOTS[service])[:2])
        elif model.protocol == "json":
            self.add(key, *wire.json_11(model, operation, value)[:2])
        else:
            self.add(key, *(wire.query if model.protocol == "query" else wire.ec2)(model, operation, value, "0123456789ABCDEF")[:2])

    def error(self, service, key, status, code):
        _, headers, body = wire.error(api(service), status, code, "said by the bench", "0123456789ABCDEF", {})
        self.add(key, headers, body, f"{status} No")

    def pages(self, service, operation, key, rows, size, page):
        """`page(rows, next token or None)`: the value; tokens are t1, t2 ..."""
        for number, at in enumerate(range(0, max(1, len(rows)), size)):
            more = f"t{number + 1}" if at + size < len(rows) else None
            self.value(service, operation, key + (f" t{number}" if number else ""), page(rows[at:at + size], more))

    def done(self):
        (self.folder / "answers").write_text("".join(self.rows))


def buckets(answers, number):
    rows = [{"Name": f"team-{n % 40:02d}-data-{n:05d}", "CreationDate": "2024-05-06T07:08:09.000Z", "BucketRegion": "us-east-1"}
            for n in range(number)]
    answers.pages("s3", "ListBuckets", "/", rows, 1000, lambda page, more: {
        "Buckets": page, "Owner": {"ID": worlds.canonical(ACCOUNT)}, "ContinuationToken": more})
    files = {}
    worlds.bucket(files, ACCOUNT, "b", policy=worlds.text(worlds.statement(Principal="*", Resource="arn:aws:s3:::team-00/" + "x" * 800)))
    queries = {"policy": "policy", "acl": "acl", "public-access-block": "publicAccessBlock", "ownership-controls": "ownershipControls",
               "encryption": "encryption", "request-payment": "requestPayment", "versioning": "versioning", "logging": "logging",
               "object-lock-configuration": "object-lock", "abac": "abac"}
    for operation, (kind, _) in CONFIGURATIONS.items():
        if kind not in queries:
            continue
        value = files[f"accounts/{ACCOUNT}/s3/b/{kind}.json"]
        if "error" in value:
            answers.error("s3", f"?{queries[kind]}", 404, value["error"]["code"])
        else:
            answers.value("s3", operation, f"?{queries[kind]}", value)
    answers.value("s3", "ListBucketInventoryConfigurations", "?inventory", {"IsTruncated": False})


def roles(answers, number, size):
    document = worlds.statement(Action=["s3:GetObject", "s3:ListBucket"], Resource="arn:aws:s3:::team-00-data-00000/" + "y" * size)
    rows = [worlds.role(ACCOUNT, f"app-{n:05d}", RolePolicyList=[{"PolicyName": "inline", "PolicyDocument": document}]) for n in range(number)]
    answers.pages("iam", "GetAccountAuthorizationDetails", "GetAccountAuthorizationDetails", rows, 100, lambda page, more: {
        "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": page, "Policies": [], "IsTruncated": more is not None, "Marker": more})


def keys(answers, number):
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/"
    ids = [hashlib.md5(str(n).encode()).hexdigest() for n in range(number)]
    ids = [f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}" for i in ids]
    answers.pages("kms", "ListKeys", "ListKeys", [{"KeyId": i, "KeyArn": arn + i} for i in ids], 100, lambda page, more: {
        "Keys": page, "Truncated": more is not None, **({"NextMarker": more} if more else {})})
    answers.value("kms", "ListAliases", "ListAliases", {"Aliases": [], "Truncated": False})
    files = {}
    worlds.key(files, ACCOUNT, "us-east-1", "1234abcd-12ab-34cd-56ef-1234567890ab")
    held = next(iter(files.values()))
    answers.value("kms", "DescribeKey", "DescribeKey", {"KeyMetadata": held["KeyMetadata"]})
    answers.value("kms", "GetKeyPolicy", "GetKeyPolicy", {"Policy": held["Policy"], "PolicyName": "default"})
    answers.value("kms", "ListGrants", "ListGrants", {"Grants": [], "Truncated": False})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    for name, default in (("--buckets", 0), ("--roles", 0), ("--role-bytes", 10000), ("--keys", 0)):
        parser.add_argument(name, type=int, default=default)
    given = parser.parse_args()
    answers = Answers(given.folder.resolve())
    answers.value("sts", "GetCallerIdentity", "GetCallerIdentity",
                  {"UserId": "AIDAEXAMPLE", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/bench"})
    answers.error("organizations", "DescribeOrganization", 400, "AWSOrganizationsNotInUseException")
    answers.value("iam", "ListAccountAliases", "ListAccountAliases", {"AccountAliases": ["bench"], "IsTruncated": False})
    answers.error("s3control", "/v20180820/configuration/publicAccessBlock", 404, "NoSuchPublicAccessBlockConfiguration")
    answers.value("s3control", "ListAccessPoints", "/v20180820/accesspoint", {"AccessPointList": []})
    answers.value("s3control", "ListMultiRegionAccessPoints", "/v20180820/mrap/instances", {"AccessPoints": []})
    answers.value("ec2", "DescribeVpcEndpoints", "DescribeVpcEndpoints", {"VpcEndpoints": []})
    answers.value("ec2", "DescribeRegions", "DescribeRegions", {"Regions": [{"RegionName": "us-east-1", "Endpoint": "ec2.us-east-1.amazonaws.com"}]})
    buckets(answers, given.buckets)
    roles(answers, given.roles, given.role_bytes)
    keys(answers, given.keys)
    answers.error("s3", "*", 404, "NoSuchBucket")
    answers.done()
    print(json.dumps({"bytes": sum(p.stat().st_size for p in answers.folder.iterdir()), "answers": len(answers.rows)}))


if __name__ == "__main__":
    main()
