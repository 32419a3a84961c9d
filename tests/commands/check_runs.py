#!/usr/bin/env python3
"""Every `why403 ...` that the program prints is run as it is, and answers as the answer did that printed it.
check_runs.py PROGRAM ROOT. What logs prints for each cause, and what sweep prints under Repair, with the policies and the
options of the call; the list that goes to aws through jq and xargs, where aws is a stand-in."""
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

import printed
import worlds

ALICE, OWN = "arn:aws:iam::111122223333:user/alice", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
OTHER = "c1daf1b7b5aa85feacc2d8a3a4b0f7f1c2f54b1e7cf0430f33d72579fd1611c9"


def allow(*actions):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def deny(resource, **condition):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resource,
                                                    **({"Condition": condition} if condition else {})}]}


class Shell:
    """The printed words in bash; why403 answers in JSON, aws writes down what it got."""

    def __init__(self, program, folder):
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        self.seen = folder / "aws.seen"
        for name, text in (("why403", f'case $1 in explain) set -- "$@" --format json;; esac\nexec {program} "$@"'),
                           ("aws", f"printf '%s\\0' \"$@\" '' >>{self.seen}")):
            (bin_folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (bin_folder / name).chmod(0o755 | stat.S_IXUSR)
        self.env = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}

    def run(self, command, cwd, env=()):
        done = subprocess.run(["bash", "--noprofile", "--norc", "-c", command], capture_output=True, check=False, cwd=cwd,
                              env={**self.env, **dict(env)}, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode(), done.stderr.decode()


def logs(program, folder, shell):
    """(what is wrong, commands run)"""
    bad, ran, compared = [], 0, 0
    for hostile in (False, True):
        own = folder / f"logs{hostile}"
        own.mkdir()
        name_of = worlds.HOSTILE
        worlds.HOSTILE = name_of if hostile else ""
        printed.HOSTILE = worlds.HOSTILE
        for line, name in worlds.log_worlds(own):
            done = subprocess.run([program, *line, "--format", "json"], capture_output=True, check=False)
            for group in json.loads(done.stdout).get("causes", []):
                if "explain" not in group:
                    continue
                ran += 1
                status, out, err = shell.run(group["explain"], folder)
                answer = json.loads(out) if out else {}
                want = group.get("snapshot_decision"), group.get("snapshot_cause")
                got = answer.get("decision"), (answer.get("cause") or {}).get("id") if isinstance(
                    answer.get("cause"), dict) else answer.get("cause")
                compared += want[0] is not None and got[0] is not None
                if status not in (0, 1, 3) or (want[0] and want[0] != got[0]) or (want[1] and want[1] != got[1]):
                    bad.append(f"logs: {name}: {want} became {got}, exit {status}, by {group['explain']!r}: {err[-300:]}")
        worlds.HOSTILE = printed.HOSTILE = name_of
    if compared < 60:
        bad.append(f"logs: only {compared} verdicts could be compared")
    return bad, ran


def sweeps(folder):
    """(name, words of the call, environment): the same question by all the ways of naming what it is judged by."""
    snapshot = {
        "accounts/111122223333/account.json": {"CanonicalId": OWN}, "accounts/444455556666/account.json": {"CanonicalId": OTHER},
        "accounts/111122223333/s3/src/location.json": {"LocationConstraint": None},
        "accounts/111122223333/s3/src/ownership-controls.json": {"OwnershipControls": {"Rules": [
            {"ObjectOwnership": "ObjectWriter"}]}},
        "accounts/111122223333/s3/src/policy.json": {"Policy": json.dumps(deny("arn:aws:s3:::src/secret/*"))}}
    files = {"allow.json": allow("s3:*"), "deny.json": deny("arn:aws:s3:::src/secret/*"), "scp.json": deny("x"), "snap.json": snapshot,
             "by-agent.json": deny("arn:aws:s3:::src/*", StringEquals={"aws:UserAgent": "it's $HOME!"}),
             "by-mfa.json": deny("arn:aws:s3:::src/*", NumericGreaterThan={"aws:MultiFactorAuthAge": "100"}),
             "by-vpce.json": deny("arn:aws:s3:::src/*", StringEquals={"aws:SourceVpce": "vpce-1"})}
    files["scp.json"] = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]}
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value))
    (folder / "snapshot" / "accounts/111122223333/s3/src").mkdir(parents=True)
    for path, value in snapshot.items():
        (folder / "snapshot" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "snapshot" / path).write_text(json.dumps(value))
    (folder / "r.csv").write_text(f'"src","secret/a b\'c $x","{OWN}"\n"src","theirs/""q""","{OTHER}"\n"src","open","{OWN}"\n')
    (folder / "old.csv").write_text('"src","secret/old","v0","false"\n"src","secret/new","v1","true"\n')
    report = ["r.csv", "--schema", "Bucket, Key, ObjectOwner"]
    who, given = ["--as", ALICE], ["--no-snapshot", "--resource-account", "111122223333", "--identity-policy", "allow.json"]
    yield "a snapshot", [*report, *who, "-s", "snap.json", "--identity-policy", "allow.json"], {}
    yield "a snapshot that is there", [*report, *who, "--identity-policy=allow.json"], {}
    yield "one of the environment", [*report, *who, "--identity-policy", "allow.json"], {"WHY403_SNAPSHOT": "snap.json"}
    yield "policies alone", [*report, *who, *given, "--bucket-policy", "deny.json"], {}
    yield "an SCP with its level", [*report, *who, *given, "--scp", "1:scp.json", "--scp", "0:scp.json"], {}
    yield "an address", [*report, *who, *given, "--bucket-policy", "deny.json", "--from", "203.0.113.9"], {}
    yield "a header", [*report, *who, *given, "--bucket-policy", "by-agent.json", "-H", "user-agent: it's $HOME!"], {}
    yield "a context", [*report, *who, *given, "--bucket-policy", "by-agent.json", "-caws:UserAgent=it's $HOME!"], {}
    yield "MFA", [*report, *who, *given, "--bucket-policy", "by-mfa.json", "--mfa=200"], {}
    yield "an endpoint", [*report, *who, *given, "--bucket-policy", "by-vpce.json", "--via", "vpce-1"], {}
    yield "an action", [*report, *who, *given, "--bucket-policy", "deny.json", "--action", "s3:GetObjectAcl"], {}
    yield "an operation", [*report, *who, *given, "--bucket-policy", "deny.json", "--operation", "DeleteObject"], {}
    yield "older versions", ["old.csv", "--schema", "Bucket, Key, VersionId, IsLatest", *who, *given, "--bucket-policy",
                             "deny.json"], {}


def sweep(program, folder, shell):
    bad, ran, listed = [], 0, 0
    for name, words, env in sweeps(folder):
        line = [program, "sweep", *words, "--quiet"]
        text, answer = (subprocess.run([*line, *extra], capture_output=True, check=False, cwd=folder,
                                       env={**os.environ, **env}).stdout.decode() for extra in ([], ["--format", "json"]))
        denied = [g for g in json.loads(answer)["causes"] if g["decision"] == "denied"]
        commands = [c for c in printed.in_text(text[text.find("\nRepair"):]) if "why403 " in c]
        if len(commands) != len(denied) or not denied:
            bad.append(f"sweep: {name}: {len(denied)} causes, {len(commands)} commands")
        for group, command in zip(denied, commands):
            ran += 1
            shell.seen.unlink(missing_ok=True)
            status, out, err = shell.run(command, folder, {"WHY403_SNAPSHOT": ""})
            if "--list" in command:
                words = shell.seen.read_text().split("\0") if shell.seen.exists() else []
                asked = [json.loads(w) for w in words if w.startswith("{")]
                listed += len(asked)
                good = status == 0 and [a["Key"] for a in asked] == group["examples"] and all(
                    a["Bucket"] == group["bucket"] and a["ACL"] == "bucket-owner-full-control" for a in asked)
                bad += [] if good else [f"sweep: {name}: {words} for {group} by {command!r}: {err[-300:]}"]
                continue
            found = json.loads(out) if out else {}
            ids = {c.get("cause") or c.get("id") for c in found.get("causes", [])} | {found.get("cause")}
            if status != 1 or group["cause"] not in ids:
                bad.append(f"sweep: {name}: {group['cause']} became {ids}, exit {status}, by {command!r}: {err[-300:]}")
    return bad, ran, listed


def main():
    if not shutil.which("jq"):
        print("SKIP jq is not installed")
        sys.exit(77)
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    os.chdir(root)
    os.environ.pop("WHY403_SNAPSHOT", None)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shell = Shell(program, folder)
        bad, n_logs = logs(program, folder, shell)
        more, n_sweep, listed = sweep(program, folder, shell)
        bad += more
    print(f"{n_logs} commands of logs and {n_sweep} of sweep were run, {listed} objects reached aws; {len(bad)} wrong")
    print("\n".join(f"  {b}" for b in bad[:20]))
    sys.exit(1 if bad or n_logs < 80 or n_sweep < 12 or not listed else 0)


main()
