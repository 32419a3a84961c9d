#!/usr/bin/env python3
"""The module by itself: every call of the table against the replay server, its JSON beside what the world holds.
check_module.py LIVE_CALL MODULE ROOT [TEST...]."""
import json
import pathlib
import subprocess
import sys

import equal
import worlds
from program import ACCOUNT, SECRET, Program
from replay.faults import Faults
from replay.models import NoModels
from replay.server import Server
from tap import run, same, skip_all, test


class Answer:
    def __init__(self, row):
        self.page, self.last, self.status = row["page"], row["last"], row["status"]
        self.code, self.region, self.message = (row.get(n, "") for n in ("code", "bucket_region", "message"))
        self.newer, self.value = row.get("newer", 0), row.get("json")


class Module:
    def __init__(self, ask, module, root):
        self.ask, self.module, self.root = ask, module, root
        self.program = Program(ask)
        self.worlds = worlds.all_of(root)

    def calls(self, server, calls, *options, account=ACCOUNT, status=0, **more):
        """{number of the call: [answers]}"""
        done = subprocess.run([self.ask, *options], input="\n".join(calls) + "\n", capture_output=True, check=False, text=True,
                              env=self.program.environment(server, account, WHY403_LIVE_MODULE=self.module, **more), timeout=120)
        same(done.returncode, status, done.stderr)
        found = {}
        for line in done.stdout.splitlines():
            row = json.loads(line)
            found.setdefault(row["number"], []).append(Answer(row))
        return {n: found[number] for n, number in enumerate(sorted(found))}


def call(service, operation, region="us-east-1", **arguments):
    """A line of live_call."""
    return " ".join([service, operation, f"region={region}", *(f"{n}={v}" for n, v in arguments.items())])


def joined(pages):
    """One value of all pages: lists one after the other."""
    whole = {}
    for page in pages:
        assert not page.code, (page.code, page.message)
        for name, value in page.value.items():
            whole[name] = whole[name] + value if isinstance(value, list) and name in whole else value
    assert pages[-1].last and not any(p.last for p in pages[:-1])
    return whole


BUCKET = {"GetBucketPolicy": "policy", "GetBucketAcl": "acl", "GetPublicAccessBlock": "public-access-block",
          "GetBucketOwnershipControls": "ownership-controls", "GetBucketEncryption": "encryption", "GetBucketRequestPayment": "request-payment",
          "GetBucketVersioning": "versioning", "GetBucketLogging": "logging", "GetObjectLockConfiguration": "object-lock-configuration",
          "GetBucketAbac": "abac", "GetBucketTagging": "tagging"}


def buckets(module, world, **server):
    """Every setting of every bucket; the server's counts."""
    calls, wanted = [], []
    for name in world.buckets(ACCOUNT):
        for operation, kind in BUCKET.items():
            path = f"accounts/{ACCOUNT}/s3/{name}/{kind}.json"
            if path in world.files:
                calls.append(call("s3", operation, world.bucket_region(ACCOUNT, name), Bucket=name))
                wanted.append((path, world.files[path]))
    with Server([world], verify_with=SECRET, page_size=2, **server) as served:
        answers = module.calls(served, calls, AWS_REGION=world.home)
        for tag, (path, value) in enumerate(wanted):
            got = answers[tag]
            if equal.code_of(value):
                same([a.code for a in got], [equal.code_of(value)], path)
                continue
            found = list(equal.unlike(path, "", equal.plain(value), equal.plain(joined(got))))
            assert not found, found
        assert not served.troubles, served.troubles
        return served


@test
def settings(module):
    """settings of buckets in five worlds: values, codes, documents byte for byte"""
    for name in ("account", "names", "errors", "china", "big"):
        buckets(module, module.worlds[name])


@test
def lists(module):
    """lists by pages of one and two, joined; what only pages is left out"""
    for size in (1, 2, None):
        for name in ("names", "extras", "account"):
            world = module.worlds[name]
            with Server([world], verify_with=SECRET, page_size=size, delegated=[ACCOUNT]) as server:
                calls = [call("s3", "ListBuckets"), call("iam", "GetAccountAuthorizationDetails"), call("kms", "ListKeys"),
                         call("s3control", "ListAccessPoints", AccountId=ACCOUNT), call("ec2", "DescribeVpcEndpoints"),
                         call("s3control", "ListMultiRegionAccessPoints", "us-west-2", AccountId=ACCOUNT),
                         call("s3control", "ListAccessGrants", AccountId=ACCOUNT)]
                answers = module.calls(server, calls)
                same([b["Name"] for b in joined(answers[0])["Buckets"]], world.buckets(ACCOUNT))
                details = f"accounts/{ACCOUNT}/iam/authorization-details.json"
                found = list(equal.unlike(details, "", equal.ordered(details, equal.plain(world.files[details])),
                                          equal.ordered(details, equal.plain(joined(answers[1])))))
                assert not found, found[:5]
                same(sorted(k["KeyId"] for k in joined(answers[2]).get("Keys", [])), sorted(world.under(f"accounts/{ACCOUNT}/kms/us-east-1/")))
                same(sorted(p["Name"] for p in joined(answers[3]).get("AccessPointList", [])),
                     sorted(world.under(f"accounts/{ACCOUNT}/s3control/access-points/us-east-1/")))
                for pages in answers.values():
                    for page in pages:
                        assert not {"NextToken", "Marker", "IsTruncated", "Truncated", "NextMarker", "ContinuationToken"} & set(page.value or {}), \
                            page.value.keys()
                assert not server.troubles, server.troubles


@test
def organizations(module):
    """the tree, attachments and policies of an organization"""
    world = module.worlds["organization"]
    with Server([world], verify_with=SECRET, page_size=1) as server:
        calls = [call("organizations", "ListRoots"), call("organizations", "ListAccounts"),
                 call("organizations", "ListOrganizationalUnitsForParent", ParentId="r-ab12"),
                 call("organizations", "ListPoliciesForTarget", TargetId="ou-ab12-2222222b", Filter="SERVICE_CONTROL_POLICY"),
                 call("organizations", "DescribePolicy", PolicyId="p-deny0001"), call("organizations", "DescribePolicy", PolicyId="p-nothing"),
                 call("organizations", "ListParents", ChildId=ACCOUNT)]
        answers = module.calls(server, calls, account=worlds.MANAGEMENT)
        same(equal.plain(joined(answers[0])), equal.plain(world.files["organization/roots.json"]))
        same(len(joined(answers[1])["Accounts"]), 3)
        assert "Email" not in json.dumps(joined(answers[1])), "an address"
        same([u["Id"] for u in joined(answers[2])["OrganizationalUnits"]], ["ou-ab12-1111111a", "ou-ab12-3333333c"])
        same([p["Id"] for p in joined(answers[3])["Policies"]], ["p-FullAWSAccess", "p-deny0001"])
        same(joined(answers[4])["Policy"]["Content"], world.files["organization/policies/p-deny0001.json"]["Policy"]["Content"])
        same([a.code for a in answers[5]], ["AccessDeniedException"])
        same(joined(answers[6])["Parents"][0]["Id"], "ou-ab12-2222222b")


@test
def regions(module):
    """a bucket of another region is asked again there, once; HeadBucket tells the region whatever else it says"""
    world = module.worlds["organization"]
    with Server([world], verify_with=SECRET) as server:
        answers = module.calls(server, [call("s3", "GetBucketPolicy", "eu-central-1", Bucket="example-1111-1"),
                                        call("s3", "HeadBucket", "eu-central-1", Bucket="example-4444-1"),
                                        call("s3", "HeadBucket", Bucket="example-nowhere")])
        assert joined(answers[0])["Policy"], answers[0]
        same((answers[1][0].region, answers[2][0].code), ("eu-west-1", "NoSuchBucket"))
        same([r["region"] for r in server.asked("s3:GetBucketPolicy")], ["eu-central-1", "us-east-1"])


@test
def roles(module):
    """the credentials of another account, by its role, once for all its calls"""
    with Server([module.worlds["organization"]], verify_with=SECRET) as server:
        calls = [call("iam", "GetAccountAuthorizationDetails", account=worlds.LOGS) for _ in range(5)]
        calls.append(call("sts", "GetCallerIdentity", account=worlds.LOGS))
        answers = module.calls(server, calls, "--role", "collector", account=worlds.MANAGEMENT)
        assert joined(answers[5])["Arn"].startswith(f"arn:aws:sts::{worlds.LOGS}:assumed-role/collector/why403-"), answers[5][0].value
        same(len(server.asked("sts:AssumeRole")), 1)


@test
def newer(module):
    """elements that the table does not know are kept and counted"""
    rules = [{"match": "GetBucketVersioning", "replace": [r"</VersioningConfiguration>",
                                                          "<Later><A>1</A><A>2</A></Later><Status2>x</Status2></VersioningConfiguration>"]}]
    with Server([module.worlds["account"]], verify_with=SECRET, faults=Faults(rules)) as server:
        answer = module.calls(server, [call("s3", "GetBucketVersioning", Bucket="example-data")])[0][0]
        same((answer.newer >= 2, answer.value["Status2"]), (True, "x"), str(answer.value))
        assert answer.value["Later"]["A"] == ["1", "2"], answer.value


if __name__ == "__main__":
    try:
        sys.exit(run(Module(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()), only=sys.argv[4:]))
    except NoModels as error:
        skip_all(error)
