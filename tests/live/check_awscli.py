#!/usr/bin/env python3
"""Debian's `aws` asks the same server, through TLS and under AWS's own names, and prints what `why403 collect` wrote (and what the world
holds). check_awscli.py PROGRAM ROOT. Skipped where no `aws` of version 2 is at /usr/bin/aws."""
import json
import pathlib
import subprocess
import sys

import equal
import worlds
from program import ACCOUNT, SECRET, Program, files_of
from replay.models import NoModels
from replay.server import Server
from tap import run, same, skip_all, test
from tls_proxy import Proxy

AWS = "/usr/bin/aws"
# What Debian's command of December 2022 does not know yet, so that it does not print it.
NEWER = {"BlockedEncryptionTypes", "BucketRegion", "Paths", "State"}


def calls(files):
    """(words of aws, path of the file, member of the file or None)"""
    for path in sorted(files):
        parts = path.split("/")
        if parts[:2] == ["accounts", ACCOUNT] and parts[2] == "s3" and len(parts) == 5:
            name = parts[4].removesuffix(".json")
            operation = {"public-access-block": "get-public-access-block", "object-lock-configuration": "get-object-lock-configuration"}.get(
                name, f"get-bucket-{name}")
            if name not in ("objects", "abac"):
                yield ["s3api", operation, "--bucket", parts[3]], path, None
        elif parts[-2:-1] == ["inventory"]:
            yield ["s3api", "get-bucket-inventory-configuration", "--bucket", parts[3], "--id", parts[5].removesuffix(".json")], path, None
        elif parts[-1] == "authorization-details.json":
            yield ["iam", "get-account-authorization-details"], path, None
        elif parts[-1] == "vpc-endpoints.json":
            yield ["ec2", "describe-vpc-endpoints", "--region", parts[3]], path, None
        elif parts[2:3] == ["kms"]:
            words = ["--key-id", parts[4].removesuffix(".json"), "--region", parts[3]]
            for operation, member in (("describe-key", "KeyMetadata"), ("get-key-policy", "Policy"), ("list-grants", "Grants"),
                                      ("list-aliases", "Aliases")):
                yield ["kms", operation, *words, *(["--policy-name", "default"] if member == "Policy" else [])], path, member
        elif parts[2:4] == ["s3control", "public-access-block.json"]:
            yield ["s3control", "get-public-access-block", "--account-id", ACCOUNT], path, None
        elif parts[3:4] == ["access-points"]:
            words = ["--account-id", ACCOUNT, "--name", parts[5].removesuffix(".json"), "--region", parts[4]]
            yield ["s3control", "get-access-point", *words], path, "*"
            if "Policy" in files[path]:
                yield ["s3control", "get-access-point-policy", *words], path, "Policy"
        elif path == "organization/organization.json":
            yield ["organizations", "describe-organization"], path, None
        elif parts[:2] == ["organization", "policies"]:
            yield ["organizations", "describe-policy", "--policy-id", parts[2].removesuffix(".json")], path, None


def printed(words, environment):
    done = subprocess.run([AWS, *words, "--output", "json"], env=environment, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        code = done.stderr.partition("(")[2].partition(")")[0]
        assert code, done.stderr
        return {"error": {"code": code}}
    return json.loads(done.stdout or "{}")


def older(value):
    if isinstance(value, dict):
        return {k: older(v) for k, v in value.items() if k not in NEWER}
    return [older(v) for v in value] if isinstance(value, list) else value


def compared(program, world, most):
    with Server([world], verify_with=SECRET, page_size=2, delegated=[ACCOUNT]) as server, Proxy(server.port, program.scratch / "ca") as proxy:
        environment = program.environment(None, HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle, AWS_PAGER="", TZ="Asia/Seoul")
        folder = program.folder()
        done = program.run("collect", folder, environment=environment)
        assert done.status in (0, 1), done.said()
        files, wrong, number = files_of(folder), [], 0
        for words, path, member in list(calls(files))[:most]:
            got, wanted = printed(words, environment), files[path]
            number += 1
            if "error" in got:
                same(equal.code_of(wanted), got["error"]["code"], path)
                continue
            if member == "*":
                wanted = {k: v for k, v in wanted.items() if k not in ("Policy", "Tags")}
            elif member:
                got, wanted = got[member], wanted.get(member, [])
            got, wanted = (equal.ordered(path, older(equal.plain(v, member or ""))) for v in (got, wanted))
            wrong += equal.unlike(path, " ".join(words[:2]), wanted, got)
        assert not wrong, wrong[:10]
        print(f"# {number} calls of aws")


@test
def account(program, made):
    """examples/account"""
    compared(program, made["account"], 1000)


@test
def names(program, made):
    """names of every form"""
    compared(program, made["names"], 15)


if __name__ == "__main__":
    if not pathlib.Path(AWS).exists() or "aws-cli/2" not in subprocess.run([AWS, "--version"], capture_output=True, text=True, check=False).stdout:
        skip_all("no aws of version 2 at /usr/bin/aws (apt-get install awscli)")
    try:
        sys.exit(run(Program(sys.argv[1]), worlds.all_of(pathlib.Path(sys.argv[2]).resolve()), only=sys.argv[3:]))
    except NoModels as error:
        skip_all(error)
