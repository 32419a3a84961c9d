#!/usr/bin/env python3
"""collect(world) is the world: the replay server serves it, `why403 collect` asks page by page, and the two snapshots say the same.
check_collect.py PROGRAM ROOT [TEST...]."""
import pathlib
import sys

import equal
import worlds
from program import ACCOUNT, SECRET, Program, files_of
from replay.models import NoModels
from replay.server import Server
from tap import run, same, skip_all, test
from tls_proxy import Proxy

WRITES = ("Put", "Create", "Delete", "Update", "Attach", "Detach", "Set", "Add", "Remove", "Tag", "Untag", "Enable", "Disable")


def only_reads(server):
    for row in server.log:
        assert row["method"] in ("GET", "HEAD", "POST"), row
        name = row["operation"].split(":")[1]
        assert not name.startswith(WRITES), row
        assert "unknown" not in row, row


def round_trip(program, world, account=ACCOUNT, words=(), region=None, status=0, ignore=None, **server):
    """The run; its snapshot is the world."""
    with Server([world], page_size=2, verify_with=SECRET, **server) as served:
        folder = program.folder()
        done = program.run("collect", folder, *words, environment=program.environment(served, account, region or world.home))
        same(done.status, status, done.said())
        found = equal.differences(world.files, files_of(folder), ignore)
        assert not found, "\n".join(f"{path} {what}" for path, what in found[:20]) + "\n" + done.said()
        only_reads(served)
        assert not served.troubles and not served.unknown, (served.troubles, served.unknown)
        return done, served, folder


@test
def account(program, made):
    """examples/account, asked by a delegated administrator of its organization"""
    round_trip(program, made["account"], delegated=[ACCOUNT], ignore="objects.json$")


@test
def organization(program, made):
    """three accounts of an organization, each entered by its role"""
    _, server, folder = round_trip(program, made["organization"], worlds.MANAGEMENT, ["--organization", "--role", "collector"])
    asked = {row["account"] for row in server.asked("iam:GetAccountAuthorizationDetails")}
    same(asked, {worlds.WORKLOADS, worlds.LOGS, worlds.MANAGEMENT})
    assert (folder / "organization/policies/p-deny0001.json").exists()


@test
def refused_account(program, made):
    """an account that cannot be entered is named, the others are complete"""
    world = made["organization"]
    ignore = f"accounts/{worlds.LOGS}/"
    done, _, folder = round_trip(program, world, worlds.MANAGEMENT, ["--organization", "--role", "collector"], status=1, ignore=ignore,
                                 deny=f"sts:AssumeRole .*{worlds.LOGS}")
    assert worlds.LOGS in done.out + done.err, done.said()
    held = files_of(folder)
    same({p for p in held if p.startswith(ignore)}, {f"accounts/{worlds.LOGS}/account.json"})
    same(held[f"accounts/{worlds.LOGS}/account.json"]["error"]["code"], "AccessDenied")


@test
def china(program, made):
    """the partition aws-cn"""
    round_trip(program, made["china"])


@test
def errors(program, made):
    """every setting refused, of a code that is new, never made: kept as what it is"""
    done, _, _ = round_trip(program, made["errors"], status=1)
    assert "AccessDenied" in done.out + done.err and "SomethingNewException" in done.out + done.err, done.said()


@test
def names(program, made):
    """names of every form, policies with every character"""
    round_trip(program, made["names"])


@test
def big(program, made):
    """documents at AWS's own limits, 300 roles"""
    round_trip(program, made["big"], worlds.MANAGEMENT, ["--organization", "--role", "collector"])


@test
def real_names(program, made):
    """through TLS, under the real names of AWS's hosts"""
    world = made["account"]
    with Server([world], page_size=1, verify_with=SECRET, delegated=[ACCOUNT]) as server, \
            Proxy(server.port, program.scratch / "ca") as proxy:
        folder = program.folder()
        done = program.run("collect", folder, environment=program.environment(None, HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle))
        same(done.status, 0, done.said())
        found = equal.differences(world.files, files_of(folder), "objects.json$")
        assert not found, found
        hosts = proxy.hosts()
        for host in ("s3.us-east-1.amazonaws.com", "iam.amazonaws.com", f"{ACCOUNT}.s3-control.us-east-1.amazonaws.com",
                     "organizations.us-east-1.amazonaws.com", "kms.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com"):
            assert host in hosts, (host, hosts)
        assert all(h.endswith(".amazonaws.com") for h in hosts), hosts
        asked = ["explain", "GetObject", "s3://example-reports/finance/q3.csv", "--as", f"arn:aws:iam::{ACCOUNT}:user/alice", "--from",
                 "203.0.113.9", "--snapshot"]
        told = [program.run(*asked, s, environment=program.environment(None)).out.replace(str(s), "") for s in (made["account folder"], folder)]
        assert told[0] == told[1] and "FinanceOnlyFromTheVpc" in told[0], told[1]


@test
def real_names_of_china(program, made):
    """the same in aws-cn"""
    world = made["china"]
    with Server([world], page_size=1, verify_with=SECRET) as server, Proxy(server.port, program.scratch / "ca-cn") as proxy:
        folder = program.folder()
        done = program.run("collect", folder, environment=program.environment(
            None, region="cn-north-1", HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle))
        same(done.status, 0, done.said())
        assert not equal.differences(world.files, files_of(folder)), done.said()
        assert all(h.endswith(".amazonaws.com.cn") for h in proxy.hosts()), proxy.hosts()


if __name__ == "__main__":
    try:
        ROOT = pathlib.Path(sys.argv[2]).resolve()
        sys.exit(run(Program(sys.argv[1]), {**worlds.all_of(ROOT), "account folder": ROOT / "examples/account"}, only=sys.argv[3:]))
    except NoModels as error:
        skip_all(error)
