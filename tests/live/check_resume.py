#!/usr/bin/env python3
"""kill -9 at any point, then --resume: what an uninterrupted run would have made. check_resume.py PROGRAM ROOT [TIMES [SEED]]."""
import json
import pathlib
import random
import signal
import sys
import time

import equal
import worlds
from program import SECRET, Program, files_of
from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import run, same, skip_all, test

WORDS = ["--organization", "--role", "collector"]


def whole(program, world):
    with Server([world], verify_with=SECRET) as server:
        folder = program.folder()
        done = program.run("collect", folder, *WORDS, environment=program.environment(server, worlds.MANAGEMENT))
        same(done.status, 0, done.said())
        return files_of(folder), len(server.log)


def whole_files(folder):
    """Every file that has its name is whole, at any moment."""
    for path in folder.rglob("*.json"):
        if not path.name.startswith("."):
            text = path.read_text()
            assert not text.strip() or json.loads(text) is not None, path


def killed(program, server, folder, after, words):
    """True: it was still running when so many requests had been made."""
    process = program.start("collect", folder, *WORDS, *words, environment=program.environment(server, worlds.MANAGEMENT))
    while len(server.log) < after and process.poll() is None:
        time.sleep(0.0005)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return alive


def times(program, world, number, chance):
    expected, requests = whole(program, world)
    died = 0
    for _ in range(number):
        folder = program.folder()
        with Server([world], verify_with=SECRET) as server:
            for turn in range(chance.randint(1, 3)):
                died += killed(program, server, folder, len(server.log) + chance.randint(1, requests), ["--resume"] if turn else [])
                if folder.exists():
                    whole_files(folder)
            resume = ["--resume"] if (folder / "snapshot.json").exists() else []
            done = program.run("collect", folder, *WORDS, *resume, environment=program.environment(server, worlds.MANAGEMENT))
            same(done.status, 0, done.said())
            found = equal.differences(expected, files_of(folder))
            found += equal.differences(files_of(folder), expected)
            assert not found, found[:5]
            assert "incomplete" not in files_of(folder)["snapshot.json"].get("collector", {})
    assert died, "it was never killed in the middle"
    return died


@test
def kills(program, world, number, seed):
    """killed at random points and resumed: the same snapshot, no file that is left or half"""
    died = times(program, world, number, random.Random(seed))
    print(f"# killed {died} times in the middle")


@test
def one_run(program, world, number, seed):
    """one run, killed again and again, each time a few requests further on"""
    expected, requests = whole(program, world)
    chance, folder, died = random.Random(seed), program.folder(), 0
    with Server([world], verify_with=SECRET) as server:
        for _ in range(number):
            resume = ["--resume"] if (folder / "snapshot.json").exists() else []
            died += killed(program, server, folder, len(server.log) + chance.randint(1, max(10, 2 * requests // number)), resume)
            if folder.exists():
                whole_files(folder)
        done = program.run("collect", folder, *WORDS, "--resume", environment=program.environment(server, worlds.MANAGEMENT))
        same(done.status, 0, done.said())
        found = equal.differences(expected, files_of(folder)) + equal.differences(files_of(folder), expected)
        assert not found, found[:5]
        assert not [p for p in folder.rglob(".*") if ".tmp." in p.name]
    print(f"# killed {died} times in the middle, {number} in all")


@test
def interrupted(program, world, *_):
    """SIGINT: exit 130, what was written is kept, and taken up again"""
    with Server([world], verify_with=SECRET) as server:
        folder = program.folder()
        process = program.start("collect", folder, *WORDS, environment=program.environment(server, worlds.MANAGEMENT))
        while len(server.log) < 20 and process.poll() is None:
            time.sleep(0.0005)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        same(process.returncode, 130, (out + err).decode())
        held = files_of(folder)
        assert held["snapshot.json"]["collector"]["incomplete"] is True, held["snapshot.json"]
        before = len(server.log)
        done = program.run("collect", folder, *WORDS, "--resume", environment=program.environment(server, worlds.MANAGEMENT))
        same(done.status, 0, done.said())
        assert not equal.differences(world.files, files_of(folder)), done.said()
        assert len(server.log) > before


@test
def asked_again(program, world, *_):
    """--resume asks again only for what is missing or was never answered; refusals stay"""
    policy = f"/accounts/{worlds.WORKLOADS}/s3/example-1111-1/policy.json"
    with Server([world], verify_with=SECRET, deny="GetBucketAcl /example-1111-2") as server:
        folder = program.folder()
        done = program.run("collect", folder, *WORDS, environment=program.environment(server, worlds.MANAGEMENT))
        same(done.status, 1, done.said())
        path = pathlib.Path(str(folder) + policy)
        path.write_text('{"error": {"code": "why403.Timeout"}}')
        path.chmod(0o600)
        head = json.loads((folder / "snapshot.json").read_text())
        head["collector"]["incomplete"] = True
        (folder / "snapshot.json").write_text(json.dumps(head))
        before = len(server.log)
        done = program.run("collect", folder, *WORDS, "--resume", environment=program.environment(server, worlds.MANAGEMENT))
        asked = [r["operation"] + " " + r["target"] for r in server.log[before:]]
        assert any("GetBucketPolicy" in a for a in asked), asked
        assert not any("GetBucketAcl" in a for a in asked), asked
        assert "Policy" in json.loads(path.read_text())


@test
def another_caller(program, world, *_):
    """--resume of another caller's run is refused; a folder of somebody else's is not written to"""
    with Server([World(worlds.three_accounts())], verify_with=SECRET) as server:
        folder = program.folder()
        killed(program, server, folder, 15, [])
        done = program.run("collect", folder, *WORDS, "--resume", environment=program.environment(server, worlds.MANAGEMENT, suffix="ROOT"))
        same(done.status, 2, done.said())
        other = program.folder()
        other.mkdir()
        (other / "notes.txt").write_text("mine")
        done = program.run("collect", other, environment=program.environment(server, worlds.MANAGEMENT))
        same((done.status, [p.name for p in other.iterdir()]), (2, ["notes.txt"]), done.said())


@test
def refreshed(program, world, *_):
    """--refresh replaces the whole at once; a failed one leaves what was there"""
    with Server([world], verify_with=SECRET) as server:
        folder = program.folder()
        environment = program.environment(server, worlds.MANAGEMENT)
        same(program.run("collect", folder, *WORDS, environment=environment).status, 0)
        (folder / "accounts" / worlds.LOGS / "account.json").unlink()
        done = program.run("collect", folder, *WORDS, environment={**environment, "AWS_SECRET_ACCESS_KEY": "wrong"}, cwd=program.scratch)
        assert done.status == 2, done.said()
        done = program.run("collect", folder, *WORDS, "--refresh", environment={**environment, "AWS_SECRET_ACCESS_KEY": "wrong"})
        same(done.status, 2, done.said())
        assert not (folder / "accounts" / worlds.LOGS / "account.json").exists()
        done = program.run("collect", folder, *WORDS, "--refresh", environment=environment)
        same(done.status, 0, done.said())
        assert not equal.differences(world.files, files_of(folder)), done.said()
        assert not [p for p in folder.parent.iterdir() if p.name.startswith((folder.name + ".", "." + folder.name))]


if __name__ == "__main__":
    try:
        WORLD = worlds.all_of(pathlib.Path(sys.argv[2]).resolve())["organization"]
        sys.exit(run(Program(sys.argv[1]), WORLD, int(sys.argv[3]) if len(sys.argv) > 3 else 10,
                     int(sys.argv[4]) if len(sys.argv) > 4 else 403))
    except NoModels as error:
        skip_all(error)
