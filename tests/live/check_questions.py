#!/usr/bin/env python3
"""A question asked of AWS is the question asked of a snapshot: the worlds of the cases are served, `explain --live` gives the verdict and
the cause of `explain --snapshot`, with few calls; with calls denied at random the verdict is the same or undetermined.
check_questions.py PROGRAM ROOT [EACH [SEED]]: every EACH-th case (25)."""
import json
import pathlib
import random
import re
import sys

import worlds
from program import ACCOUNT, SECRET, Program
from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import run, same, skip_all, test

SAID = {"from": "--from", "via": "--via", "resource_account": "--resource-account", "session_name": "--session-name", "version_id": "--version-id"}
OPERATIONS = ["s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetPublicAccessBlock", "s3:GetBucketOwnershipControls", "s3:GetBucketEncryption",
              "s3:HeadBucket", "s3:ListBuckets", "s3:ListObjectVersions", "s3control:", "iam:GetUser ", "iam:GetRole ", "iam:Get[A-Z][a-z]*Policy",
              "iam:List", "kms:", "kms:GetKeyPolicy", "kms:ListGrants", "organizations:", "organizations:ListParents",
              "organizations:ListPoliciesForTarget", "organizations:DescribePolicy", "ec2:", "sts:AssumeRole"]


def servable(case, snapshot, request):
    """Asked by a principal of IAM; the server can answer as the snapshot would, which it cannot for a collection that did not ask for
    all: it says what nobody knows."""
    text = json.dumps(snapshot)
    told = "organization/organization.json" in snapshot or '"organization/' not in text  # else a member of one that is not known
    named = request.get("via", "") in text and request.get("version_id", "") in text
    return (str(request.get("principal", "")).startswith("arn:aws:iam::") and "-s3alias" not in request["resource"] and
            told and named and set(case.get("policies", {})) <= {"identity"} and "<?xml" not in text and
            "collector" not in json.dumps(snapshot.get("snapshot.json", "")))


def cases(root):
    for path in sorted((root / "tests/cases").glob("*.json")):
        held = json.loads(path.read_text())
        for case in held if isinstance(held, list) else held.get("cases", [held]):
            request = case.get("request", {})
            known = {"operation", "action", "resource", "principal", *SAID}
            snapshot = case.get("snapshot")
            if isinstance(snapshot, dict) and set(request) <= known and servable(case, snapshot, request):
                yield f"{path.stem}/{case['name']}", case


def words(case, folder):
    request = case["request"]
    made = [request.get("operation") or request["action"], request["resource"], "--as", request["principal"], "--format", "json"]
    for name, option in SAID.items():
        if name in request:
            made += [option, request[name]]
    for number, policy in enumerate(case.get("policies", {}).get("identity", [])):
        path = folder / f"identity{number}.json"
        path.write_text(json.dumps(policy))
        made += ["--identity-policy", path]
    return made


def verdict(done):
    if done.status not in (0, 1, 3):
        return f"exit {done.status}: {done.err[-300:]}"
    said = json.loads(done.out)
    return said.get("decision"), said.get("cause"), said.get("unknown", [])


def asked(program, server, case, folder, account, *more):
    server.worlds = [World(case["snapshot"])]
    server.delegated = [account]
    server.log.clear()
    return program.run("explain", *words(case, folder), "--live", "--role", "collector", *more,
                       environment=program.environment(server, account))


def account_of(case):
    """Who asks: the owner of the bucket, else of the principal; it may see the organization, too."""
    request = case["request"]
    owner = World(case["snapshot"]).owner_of(request["resource"].rpartition(":::")[2].split("/")[0])
    return owner or next((p for p in (request["resource"], request["principal"]) if re.match(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:", p)), "").split(":")[4]


@test
def same_verdicts(program, root, each, seed):
    """verdict and cause of a sample of the cases"""
    folder, wrong, number = program.folder(), [], 0
    folder.mkdir()
    chosen = list(cases(root))[seed % each::each]
    with Server([World({})], verify_with=SECRET) as server:
        for name, case in chosen:
            path = folder / "snapshot.json"
            path.write_text(json.dumps(case["snapshot"]))
            offline = verdict(program.run("explain", *words(case, folder), "--snapshot", path, environment=program.environment(None)))
            live = verdict(asked(program, server, case, folder, account_of(case), "--with", "head-object"))
            number += 1
            # What a listing does not tell of an object is open, unless it is asked for.
            open_only = live[0] == "undetermined" and live[2] == ["the encryption of the object"]
            # Nobody can ask an account for its canonical id that is not in the world: it may be the one that owns the object.
            stranger = f"accounts/{case['request']['principal'].split(':')[4]}/" not in json.dumps(case["snapshot"])
            canonical = live[2] == [f"the canonical user id of account {case['request']['principal'].split(':')[4]}"]
            open_only = open_only or live[0] == "undetermined" and stranger and canonical and offline[1] == "no-allow.object-acl"
            # What no file says the server says nevertheless: a key exists, a bucket does not, and has no tags.
            said = ("the key exists", "the account that owns", "aws:ResourceTag/")
            invented = any(words in text for text in offline[2] for words in said)
            if live[0] == "undetermined" and not live[2]:
                wrong.append(f"{name}: undetermined, and nothing is named as unknown")
            if offline[:2] != live[:2] and not open_only and not invented:
                wrong.append(f"{name}: {offline} of the snapshot, {live} of AWS, {len(server.log)} calls")
            if len(server.log) > 60:
                wrong.append(f"{name}: {len(server.log)} calls")
    print(f"# {number} cases")
    for trouble in server.troubles[:10]:
        print(f"# {trouble}")
    assert number and not wrong, "\n".join([f"{len(wrong)} of {number}", *wrong[:20]])


@test
def never_turned(program, root, each, seed):
    """with calls denied at random: the same or undetermined, never turned over"""
    folder, wrong, chance = program.folder(), [], random.Random(seed)
    folder.mkdir()
    with Server([World({})], verify_with=SECRET) as server:
        for name, case in list(cases(root))[(seed + 7) % each::each]:
            server.deny = None
            whole = verdict(asked(program, server, case, folder, account_of(case)))
            denied = "|".join(chance.sample(OPERATIONS, chance.randint(1, 6)))
            server.deny = re.compile(denied)
            part = verdict(asked(program, server, case, folder, account_of(case)))
            if part[0] not in (whole[0], "undetermined"):
                wrong.append(f"{name}: {whole} became {part} without {denied}")
    assert not wrong, "\n".join(wrong[:20])


def usual():
    """A role with two managed and one inline policy, three levels of an organization."""
    files = worlds.three_accounts()
    files["organization/parents.json"][ACCOUNT] = "ou-ab12-1111111a"
    arn = f"arn:aws:iam::{ACCOUNT}:policy/p"
    managed = [{"PolicyName": f"p{n}", "PolicyId": f"ANPA{n}", "Arn": f"{arn}{n}", "Path": "/", "DefaultVersionId": "v2", "AttachmentCount": 1,
                "PermissionsBoundaryUsageCount": 0, "IsAttachable": True, "CreateDate": "2024-03-04T10:15:00+00:00",
                "UpdateDate": "2024-03-04T10:15:00+00:00", "PolicyVersionList": [
                    {"VersionId": "v2", "IsDefaultVersion": True, "Document": worlds.statement(Action="ec2:*"),
                     "CreateDate": "2024-03-04T10:15:00+00:00"}]} for n in range(2)]
    worlds.account(files, ACCOUNT, RoleDetailList=[worlds.role(ACCOUNT, "app", RolePolicyList=[
        {"PolicyName": "inline", "PolicyDocument": worlds.statement(Action="s3:ListBucket")}], AttachedManagedPolicies=[
            {"PolicyName": p["PolicyName"], "PolicyArn": p["Arn"]} for p in managed])], Policies=managed)
    worlds.bucket(files, ACCOUNT, "example-data")
    return World(files)


@test
def few_calls(program, *_):
    """a usual question takes 25 calls at most, 15 without rights in the organization"""
    for more, most in (({"delegated": [ACCOUNT]}, 25), ({}, 15)):
        with Server([usual()], verify_with=SECRET, **more) as server:
            done = program.run("explain", "GetObject", "s3://example-data/a", "--live", "--as", f"arn:aws:iam::{ACCOUNT}:role/app",
                               environment=program.environment(server))
            assert done.status in (1, 3), done.said()
            asked_for = [row["operation"] for row in server.log]
            assert len(asked_for) <= most, (len(asked_for), asked_for)


@test
def effective(program, *_):
    """an account that may not see its organization, nor its own Block Public Access, asks what the organization sets for it"""
    world = usual()
    world.files["organization/effective/" + ACCOUNT + "/S3_POLICY.json"] = {"EffectivePolicy": {
        "PolicyContent": json.dumps({"s3_attributes": {"public_access_block_configuration": "all"}}), "TargetId": ACCOUNT, "PolicyType": "S3_POLICY"}}
    worlds.bucket(world.files, ACCOUNT, "example-data", policy=worlds.text(worlds.statement(
        Principal="*", Resource="arn:aws:s3:::example-data/*")), **{"public-access-block": worlds.error("NoSuchPublicAccessBlockConfiguration")})
    question = ["explain", "GetObject", "s3://example-data/a", "--live", "--as", "anonymous", "--format", "json"]
    for denied, expected in (("organizations:DescribeOrganization|s3control:GetPublicAccessBlock", ("denied", "bpa.restrict-public-buckets")),
                             ("organizations:|s3control:GetPublicAccessBlock", ("undetermined", None))):
        with Server([world], verify_with=SECRET, deny=denied) as server:
            done = program.run(*question, environment=program.environment(server))
            same(verdict(done)[:2], expected, done.said())
            same(len(server.asked("organizations:DescribeEffectivePolicy")), 1)


@test
def elsewhere(program, *_):
    """an endpoint that none of the accounts has which are asked: the list of each is named"""
    world, other = usual(), "444455556666"
    world.files[f"accounts/{other}/iam/authorization-details.json"]["RoleDetailList"] = [worlds.role(other, "app", RolePolicyList=[
        {"PolicyName": "all", "PolicyDocument": worlds.statement(Action="s3:*", Resource="*")}])]
    worlds.bucket(world.files, ACCOUNT, "example-data", policy=worlds.text(worlds.statement(
        Principal={"AWS": other}, Action="s3:*", Resource="arn:aws:s3:::example-data/*")))
    with Server([world], verify_with=SECRET, delegated=[ACCOUNT]) as server:
        done = program.run("explain", "GetObject", "s3://example-data/a", "--live", "--role", "collector", "--with", "head-object", "--via",
                           "vpce-0aaaaaaaaaaaaaaaa", "--as", f"arn:aws:iam::{other}:role/app", "--format", "json",
                           environment=program.environment(server))
        decision, _, unknown = verdict(done)
        same((decision, sorted(unknown)), ("undetermined", [
            f"vpc-endpoint (accounts/{account}/ec2/us-east-1/vpc-endpoints.json: InvalidVpcEndpointId.NotFound)" for account in (ACCOUNT, other)]))


@test
def kept(program, *_):
    """--save keeps what was asked for: the question of the folder has the same answer; collect --for makes the same"""
    with Server([usual()], verify_with=SECRET, delegated=[ACCOUNT]) as server:
        folder, other = program.folder(), program.folder()
        question = ["GetObject", "s3://example-data/a"]
        who = ["--as", f"arn:aws:iam::{ACCOUNT}:role/app"]
        environment = program.environment(server)
        done = program.run("explain", *question, "--live", "--save", folder, *who, "--format", "json", environment=environment)
        again = program.run("explain", *question, "--snapshot", folder, *who, "--format", "json", environment=program.environment(None))
        same(verdict(again)[:2], verdict(done)[:2])
        done = program.run("collect", "--for", *question, other, *who, environment=environment)
        assert done.status in (0, 1), done.said()
        again = program.run("explain", *question, "--snapshot", other, *who, "--format", "json", environment=program.environment(None))
        same(verdict(again)[0], "denied", again.said())


if __name__ == "__main__":
    try:
        Server([World({})]).listener.server_close()
        sys.exit(run(Program(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), int(sys.argv[3]) if len(sys.argv) > 3 else 25,
                     int(sys.argv[4]) if len(sys.argv) > 4 else 0))
    except NoModels as error:
        skip_all(error)
