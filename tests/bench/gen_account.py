#!/usr/bin/env python3
"""A large account as a snapshot directory, the same for the same seed.

gen_account.py DIRECTORY [--roles 5000] [--buckets 2000] [--statements 20000] [--seed 1] [--objects 0] [--outside 0]
               [--policies 1]

The statements are spread over the roles' inline policies and the bucket policies; one role in ten has a boundary.
Of --outside buckets in a hundred the policies speak to callers of other accounts; a role has --policies inline policies.
Prints the bytes of JSON written.
"""
import argparse
import json
import pathlib
import random

ACCOUNT = "111122223333"
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketLocation",
           "s3:GetObjectTagging", "s3:PutObjectAcl", "kms:Decrypt", "kms:GenerateDataKey", "s3:Get*", "s3:List*"]
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def condition(rng):
    kind = rng.randrange(4)
    if kind == 0:
        return {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    if kind == 1:
        return {"IpAddress": {"aws:SourceIp": [f"10.{rng.randrange(256)}.0.0/16", "192.0.2.0/24"]}}
    if kind == 2:
        return {"StringNotEquals": {"aws:SourceVpce": f"vpce-{rng.randrange(16 ** 17):017x}"}}
    return None


def statement(rng, number, resource, principal=None):
    st = {"Sid": f"S{number}", "Effect": "Deny" if rng.random() < 0.1 else "Allow"}
    if principal:
        st["Principal"] = principal
    st["Action"] = sorted(rng.sample(ACTIONS[:7] if principal else ACTIONS, rng.randint(1, 4)))
    st["Resource"] = resource
    cond = condition(rng)
    if cond:
        st["Condition"] = cond
    return st


def document(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def bucket_name(i):
    return f"team-{i % 97:02d}-data-{i:05d}"


class Writer:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.bytes = 0

    def __call__(self, path, value):
        text = json.dumps(value, indent=4) + "\n"
        at = self.root / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(text)
        self.bytes += len(text)


OUTSIDE = ["*", {"AWS": "444455556666"}, {"AWS": "arn:aws:iam::444455556666:role/partner"},
           {"Service": "logging.s3.amazonaws.com"}]


def role(rng, i, statements, buckets, policies):
    resources = [bucket_name(rng.randrange(buckets)) for _ in statements]
    inline = [statement(rng, n, [f"arn:aws:s3:::{b}", f"arn:aws:s3:::{b}/app-{i}/*"])
              for n, b in zip(statements, resources)]
    detail = {"Path": "/", "RoleName": f"app-{i:05d}", "RoleId": f"AROAEXAMPLE{i:010d}",
              "Arn": f"arn:aws:iam::{ACCOUNT}:role/app-{i:05d}", "CreateDate": "2026-01-01T00:00:00+00:00",
              "AssumeRolePolicyDocument": document([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
                                                     "Action": "sts:AssumeRole"}]),
              "InstanceProfileList": [], "RolePolicyList": inline_policies(inline, policies),
              "AttachedManagedPolicies": [], "Tags": [{"Key": "team", "Value": f"team-{i % 97:02d}"}],
              "RoleLastUsed": {}}
    if i % 10 == 0:
        detail["PermissionsBoundary"] = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy",
                                         "PermissionsBoundaryArn": BOUNDARY}
    return detail


def inline_policies(statements, n):
    parts = [statements[k::n] for k in range(n)]
    return [{"PolicyName": "app" if n == 1 else f"app-{k}", "PolicyDocument": document(part)}
            for k, part in enumerate(parts) if part]


def write_bucket(write, rng, i, statements, args):
    at = f"accounts/{ACCOUNT}/s3/{bucket_name(i)}/"
    arn = f"arn:aws:s3:::{bucket_name(i)}"
    sts = [statement(rng, n, [arn, arn + "/*"],
                     {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app-{rng.randrange(args.roles):05d}"}) for n in statements]
    if i * 37 % 100 < args.outside:
        for k, st in enumerate(sts):
            st["Principal"] = OUTSIDE[(i + k) % len(OUTSIDE)]
    write(at + "location.json", {"LocationConstraint": "eu-west-1"})
    write(at + "policy.json", {"Policy": json.dumps(document(sts))})
    write(at + "ownership-controls.json", {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}})
    write(at + "public-access-block.json",
          {"PublicAccessBlockConfiguration": dict.fromkeys(
              ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)})
    if args.objects:
        write(at + "objects.json", [{"Key": f"{n % 100:02d}/{n:08d}.csv", "Size": n, "StorageClass": "STANDARD"}
                                    for n in range(args.objects)])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("directory")
    for name, value in (("roles", 5000), ("buckets", 2000), ("statements", 20000), ("seed", 1), ("objects", 0),
                        ("outside", 0), ("policies", 1)):
        p.add_argument("--" + name, type=int, default=value)
    args = p.parse_args()
    rng = random.Random(args.seed)
    write = Writer(args.directory)
    holders = args.roles + args.buckets
    share = [list(range(h, args.statements, holders)) or [h] for h in range(holders)]
    roles = [role(rng, i, share[i], args.buckets, args.policies) for i in range(args.roles)]
    boundary = document([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])
    write(f"accounts/{ACCOUNT}/account.json", {"CanonicalId": "79a59df900b949e5" * 4, "Name": "large"})
    write(f"accounts/{ACCOUNT}/iam/authorization-details.json",
          {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles,
           "Policies": [{"PolicyName": "boundary", "Arn": BOUNDARY, "DefaultVersionId": "v1",
                         "PolicyVersionList": [{"Document": boundary, "VersionId": "v1", "IsDefaultVersion": True}]}]})
    for i in range(args.buckets):
        write_bucket(write, rng, i, share[args.roles + i], args)
    print(write.bytes)


if __name__ == "__main__":
    main()
