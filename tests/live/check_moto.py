#!/usr/bin/env python3
"""moto as AWS: a server that nobody of us wrote. What it answers is collected; what it answers with HTML is unknown, never "not
configured". check_moto.py PROGRAM ROOT, by the Python of build/venv."""
import json
import pathlib
import re
import subprocess
import sys
import time

from program import Program, files_of
from tap import run, same, skip_all, test

try:
    import boto3
    import botocore.exceptions
    import moto
except ImportError as missing:
    skip_all(f"{missing} (tools/venv.sh build/venv botocore moto)")

ACCOUNT = "123456789012"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]}
POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "NoBob", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
                                                  "Resource": "arn:aws:s3:::example-data/*"}]}


class Moto:
    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.url = found[0]
                return self
        raise AssertionError("moto does not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def client(self, service, region="us-east-1"):
        return boto3.client(service, region_name=region, endpoint_url=self.url, aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                            aws_secret_access_key="secret")


def filled(server):
    s3, iam, kms = server.client("s3"), server.client("iam"), server.client("kms")
    s3.create_bucket(Bucket="example-data")
    s3.create_bucket(Bucket="example-west", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_policy(Bucket="example-data", Policy=json.dumps(POLICY))
    s3.put_bucket_versioning(Bucket="example-data", VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(Bucket="example-data", PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True})
    iam.create_user(UserName="bob")
    iam.put_user_policy(UserName="bob", PolicyName="reads", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(TRUST))
    key = kms.create_key(Description="data")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/data", TargetKeyId=key)
    return key


@test
def collected(program):
    """buckets, principals and keys are there as they were made; the rest is unknown and says so"""
    with Moto() as server:
        key = filled(server)
        folder = program.folder()
        done = program.run("collect", folder, "--region", "us-east-1", environment=program.environment(
            None, account=None, AWS_ENDPOINT_URL=server.url, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="secret"))
        assert done.status in (0, 1), done.said()
        files = files_of(folder)
        base = f"accounts/{ACCOUNT}/"
        same(json.loads(files[base + "s3/example-data/policy.json"]["Policy"]), POLICY)
        for name in ("versioning", "request-payment"):  # under a root that is not S3's; with another operation's answer
            value = files[base + f"s3/example-data/{name}.json"]
            assert value.get("Status") == "Enabled" or value.get("error", {}).get("code") == "why403.InvalidResponse", (name, value)
        where = files[base + "s3/example-west/location.json"]  # moto lists no Regions
        assert where in ({"LocationConstraint": "eu-west-1"}, {"error": where.get("error")}), where
        same(files[base + "s3/example-west/policy.json"]["error"]["code"], "NoSuchBucketPolicy")
        same(files[base + "s3/example-data/public-access-block.json"]["PublicAccessBlockConfiguration"]["BlockPublicPolicy"], True)
        iam = files[base + "iam/authorization-details.json"]
        same(([u["UserName"] for u in iam["UserDetailList"]], "app" in [r["RoleName"] for r in iam["RoleDetailList"]]), (["bob"], True))
        held = files[base + f"kms/us-east-1/{key}.json"]
        same((held["KeyMetadata"]["Description"], [a["AliasName"] for a in held["Aliases"]]), ("data", ["alias/data"]))
        explained = program.run("explain", "GetObject", "s3://example-data/a", "--as", f"arn:aws:iam::{ACCOUNT}:user/bob", "--snapshot", folder,
                                environment=program.environment(None))
        assert explained.status == 1 and "NoBob" in explained.out, explained.said()


@test
def as_boto_reads(program):
    """the settings of a bucket are what boto3 reads from the same server"""
    with Moto() as server:
        filled(server)
        folder = program.folder()
        program.run("collect", folder, "--region", "us-east-1", environment=program.environment(
            None, account=None, AWS_ENDPOINT_URL=server.url, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="secret"))
        files, client = files_of(folder), server.client("s3")
        for name in ("acl", "encryption", "ownership-controls", "public-access-block", "logging"):
            operation = "get_public_access_block" if name == "public-access-block" else f"get_bucket_{name.replace('-', '_')}"
            for bucket in ("example-data", "example-west"):
                got = files.get(f"accounts/{ACCOUNT}/s3/{bucket}/{name}.json", {})
                try:
                    theirs = getattr(client, operation)(Bucket=bucket)
                    theirs.pop("ResponseMetadata")
                    same(got, json.loads(json.dumps(theirs, default=str)), f"{bucket} {name}")
                except botocore.exceptions.ClientError as error:
                    same(got.get("error", {}).get("code"), error.response["Error"]["Code"], f"{bucket} {name}")


if __name__ == "__main__":
    print(f"# moto {moto.__version__}, {time.strftime('%F')}")
    sys.exit(run(Program(sys.argv[1]), only=sys.argv[3:]))
