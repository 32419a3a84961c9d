#!/usr/bin/env python3
"""A server that is asked too much: everything is collected nevertheless, with few calls more, and none at all refused where AWS documents
the rate. check_limits.py PROGRAM ROOT."""
import pathlib
import sys

import equal
import worlds
from program import SECRET, Program, files_of
from replay.faults import Faults
from replay.limits import Limits
from replay.models import NoModels
from replay.server import Server
from tap import run, same, skip_all, test

WORDS = ["--organization", "--role", "collector"]


def collected(program, world, limits, status=0, words=(), **server):
    with Server([world], verify_with=SECRET, limits=limits, **server) as served:
        folder = program.folder()
        done = program.run("collect", folder, *WORDS, *words, environment=program.environment(served, worlds.MANAGEMENT), timeout=240)
        same(done.status, status, done.said())
        return done, files_of(folder), served


@test
def throttled(program, world):
    """three calls of ten are refused once: the whole is there, with at most 1.3 times the calls"""
    _, _, plain = collected(program, world, Limits())
    done, files, server = collected(program, world, Limits(share=0.3))
    assert not equal.differences(world.files, files), done.said()
    refused = [r for r in server.log if r.get("code") in ("SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException",
                                                         "RequestLimitExceeded")]
    assert len(refused) > 10, len(refused)
    assert len(server.log) <= len(plain.log) * 1.3 + 10, (len(server.log), len(plain.log))


@test
def documented(program, world):
    """under the rates that AWS documents nothing is refused at all"""
    done, files, server = collected(program, world, Limits(documented=True))
    assert not equal.differences(world.files, files), done.said()
    same([r["operation"] for r in server.log if r["status"] != 200 and "Too" in r.get("code", "") + r.get("code", "")], [])


@test
def for_good(program, world):
    """what is always refused is unknown after all attempts; the rest is there"""
    with Server([world], verify_with=SECRET, faults=Faults(
            [{"match": "GetBucketVersioning /example-4444-1", "code": "SlowDown"}])) as server:
        folder = program.folder()
        done = program.run("collect", folder, *WORDS, "--max-attempts", "2", environment=program.environment(server, worlds.MANAGEMENT))
        same(done.status, 1, done.said())
        found = equal.differences(world.files, files_of(folder))
        same([p for p, _ in found], [f"accounts/{worlds.LOGS}/s3/example-4444-1/versioning.json"])
        assert "SlowDown" in done.out + done.err
        same(len(server.asked("s3:GetBucketVersioning")), 10)


if __name__ == "__main__":
    try:
        sys.exit(run(Program(sys.argv[1]), worlds.all_of(pathlib.Path(sys.argv[2]).resolve())["organization"], only=sys.argv[3:]))
    except NoModels as error:
        skip_all(error)
