#!/usr/bin/env python3
"""Proofs: where it connects, what it sends, what it starts and opens, what it leaves; TLS that is wrong is refused; nobody but the user says
where requests go. check_security.py PROGRAM MODULE ROOT [TEST...]."""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import equal
import worlds
from program import ACCOUNT, SECRET, Program, files_of, no_secret
from replay.models import SERVICES, NoModels, api
from replay.server import Server
from tap import Skipped, run, same, skip_all, test
from tls_proxy import TROUBLES, Authority, Proxy

WRITING = re.compile("^(Put|Create|Delete|Update|Attach|Detach|Set|Add|Remove|Tag|Untag|Enable|Disable|Upload|Copy|Change|Schedule|Cancel|"
                     "Start|Stop|Restore|Write|Modify|Import|Move|Register|Deregister|Revoke|Retire|Rotate|Replicate|Submit|Terminate|Run|"
                     "Leave|Invite|Accept|Decline|Encrypt|Decrypt|Sign|Generate|ReEncrypt|Abort|Complete|Reset|Resync|Associate|Disassociate)[A-Z]")


class Told:
    def __init__(self, program, module, root):
        self.program, self.module, self.root = program, pathlib.Path(module), root
        self.world = worlds.all_of(root)["account"]
        self.authority = Authority(program.scratch / "authority")


def table(root, file):
    lines = [line.split("\t") for line in (root / "data" / file).read_text().splitlines() if line and not line.startswith("#")]
    return [dict(zip(lines[0], row)) for row in lines[1:]]


def traced(told, words, environment):
    """(exit status, out, err, lines of strace); without leak detection, which does not work under ptrace."""
    if not shutil.which("strace"):
        raise Skipped("no strace")
    log = told.program.scratch / f"strace{time.monotonic_ns()}"
    options = (environment.get("ASAN_OPTIONS", "") + ":detect_leaks=0").lstrip(":")
    done = subprocess.run(["strace", "-f", "-s", "100000", "-e", "trace=execve,openat,connect,sendto,sendmsg,write,writev,prctl,mlock", "-o", log,
                           told.program.path, *words], env={**environment, "ASAN_OPTIONS": options}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False, cwd=told.program.scratch)
    if not log.exists() or "ptrace" in done.stderr and done.returncode == 1:
        raise Skipped("strace may not trace here")
    return done.returncode, done.stdout, done.stderr, log.read_text(errors="replace").splitlines()


@test
def traces(told):
    """by strace: the proxy alone is connected to, the hosts are AWS's, no secret is in an argv or a file or goes out in clear, no process starts"""
    with Server([told.world], verify_with=SECRET, delegated=[ACCOUNT]) as server, Proxy(server.port, told.authority) as proxy:
        folder = told.program.folder()
        environment = told.program.environment(None, HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle)
        status, out, err, lines = traced(told, ["collect", str(folder)], environment)
        same(status, 0, out + err)
        port = proxy.url.rsplit(":", 1)[1]
        for line in lines:
            if " connect(" in line and "AF_INET" in line:
                assert f"htons({port})" in line and "127.0.0.1" in line, line
            if " execve(" in line:
                assert told.program.path in line, line
            environment_shown = " execve(" in line
            if not environment_shown:
                no_secret(line, "a system call")
        assert sum(" execve(" in line for line in lines) == 1
        assert any("PR_SET_DUMPABLE" in line and "DUMP_DISABLE" in line or "PR_SET_DUMPABLE, 0" in line for line in lines), "dumpable"
        hosts = set(proxy.hosts())
        known = {row["host"].replace("<region>", region).replace("<account>", ACCOUNT)
                 for row in table(told.root, "collect-endpoints.tsv") for region in ("us-east-1", "us-west-2")}
        same(hosts - known, set())
        no_secret(out + err, "what was printed")
        files_of(folder)


@test
def operations(told):
    """every request is a GET or HEAD, or a POST of an operation of the table"""
    known = {f"{row['service']}:{row['operation']}" for row in table(told.root, "collect-calls.tsv")}
    with Server([told.world], verify_with=SECRET, delegated=[ACCOUNT]) as server:
        done = told.program.run("collect", told.program.folder(), "--with", "access-grants,object-lambda,directory-buckets,events,tags",
                                environment=told.program.environment(server))
        assert done.status in (0, 1), done.said()
        for row in server.log:
            assert row["operation"] in known, row
            assert row["method"] in ("GET", "HEAD") or (row["method"] == "POST" and row["target"] == "/"), row
        assert len(server.log) > 40


@test
def no_write_inside(told):
    """the module does not hold the name of any operation that changes something: it cannot write"""
    if not told.module.is_file():
        raise Skipped("no module")
    binary = told.module.read_bytes()
    words = set(re.findall(rb"[A-Z][A-Za-z0-9]{4,60}", binary))
    bad = {name for service in SERVICES for name in api(service).operations if WRITING.match(name) and name.encode() in words}
    same(bad - {"GenerateDataKey"}, set())
    assert {b"GetBucketPolicy", b"GetAccountAuthorizationDetails"} <= words


@test
def wrong_certificates(told):
    """TLS of another name, out of date, not yet in date, signed by itself, of a CA that is not ours: no request is sent"""
    for trouble in TROUBLES:
        with Server([told.world], verify_with=SECRET) as server, Proxy(server.port, told.authority, {".*": trouble}) as proxy:
            environment = told.program.environment(None, HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle)
            done = told.program.run("collect", told.program.folder(), "--max-attempts", "1", environment=environment)
            same(done.status, 2, done.said())
            same(server.log, [], trouble)
            assert "why403.TlsFailed" in done.err or "certificate" in done.err.lower(), done.said()
    with Server([told.world], verify_with=SECRET) as server, Proxy(server.port, told.authority) as proxy:
        done = told.program.run("collect", told.program.folder(), "--max-attempts", "1",
                                environment=told.program.environment(None, HTTPS_PROXY=proxy.url))
        same((done.status, server.log), (2, []), done.said())
    with Server([told.world], verify_with=SECRET) as server, Proxy(server.port, told.authority, {r"^s3\.": "expired"}) as proxy:
        folder = told.program.folder()
        done = told.program.run("collect", folder, "--max-attempts", "1", environment=told.program.environment(
            None, HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle))
        assert done.status == 1 and "why403.TlsFailed" in done.out + done.err, done.said()
        assert not server.asked("s3:ListBuckets") and server.asked("iam:GetAccountAuthorizationDetails")


@test
def where_requests_go(told):
    """an endpoint is told before the first call; credentials do not go to another host in clear; a folder's own files say nothing"""
    with Server([told.world], verify_with=SECRET) as server:
        done = told.program.run("collect", told.program.folder(), environment=told.program.environment(server))
        assert server.url in done.err and "AWS_ENDPOINT_URL" in done.err, done.said()
        for url in ("http://192.0.2.1", "http://s3.example.com:9000", "http://127.0.0.1.example.com", "http://localhost.example.com",
                    "http://[::2]", "http://127.0.0.1@192.0.2.1", "http://0.0.0.0", "ftp://127.0.0.1", "file:///etc/passwd", "127.0.0.1", ""):
            if not url:
                continue
            before = len(server.log)
            done = told.program.run("collect", told.program.folder(), "--max-attempts", "1", "--timeout", "1s",
                                    environment=told.program.environment(None, AWS_ENDPOINT_URL=url))
            same((done.status, len(server.log) - before), (2, 0), done.said())
        here = told.program.scratch / "here"
        for place in (here / ".aws", here):
            place.mkdir(parents=True, exist_ok=True)
            for name in ("config", "credentials"):
                (place / name).write_text(f"[default]\nendpoint_url = http://127.0.0.1:1\nregion = eu-west-3\n[profile default]\nregion=eu-west-3\n")
        done = told.program.run("collect", told.program.folder(), environment=told.program.environment(server), cwd=here)
        assert "127.0.0.1:1\n" not in done.err and "eu-west-3" not in done.said(), done.said()
        assert not [r for r in server.log if r["region"] == "eu-west-3"]


@test
def no_core(told):
    """a crash leaves no core file while it holds secrets"""
    from replay.faults import Faults
    with Server([told.world], verify_with=SECRET, faults=Faults([{"match": "iam:", "hang": True}])) as server:
        here = told.program.scratch / "core"
        here.mkdir()
        process = told.program.start("collect", told.program.folder(), environment=told.program.environment(server), cwd=here,
                                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2))
        while not server.asked("iam:GetAccountAuthorizationDetails") and process.poll() is None:
            time.sleep(0.005)
        if os.geteuid():
            assert os.stat(f"/proc/{process.pid}/mem").st_uid == 0, "others of the same user may read its memory"
        process.send_signal(signal.SIGSEGV)
        _, status = os.waitpid(process.pid, 0)
        assert not os.WCOREDUMP(status) and not list(here.iterdir()), status
        process.returncode = -signal.SIGSEGV
        process.communicate()


@test
def debugged(told):
    """--debug-sign shows what is signed, and no secret; keys are shown by their last four characters"""
    with Server([told.world], verify_with=SECRET) as server:
        done = told.program.run("collect", told.program.folder(), "--debug-sign", environment=told.program.environment(server))
        assert done.status in (0, 1) and "AWS4-HMAC-SHA256" in done.err and "host;" in done.err, done.said()
        assert f"AKIA{ACCOUNT}" not in done.out + done.err, done.said()


@test
def offline(told):
    """what does not ask AWS links nothing of the network, and works without the module"""
    ldd = subprocess.run(["ldd", told.program.path], capture_output=True, text=True, check=False)
    if ldd.returncode:
        raise Skipped("no ldd")
    assert not re.search("libcurl|libssl|libcrypto|libexpat", ldd.stdout), ldd.stdout
    done = told.program.run("explain", "DeleteBucket", "s3://example-data", "--as", f"arn:aws:iam::{ACCOUNT}:user/bob", "--snapshot",
                            told.root / "examples/account", environment=told.program.environment(None))
    same(done.status, 1, done.said())


@test
def written_as_aws_does(told):
    """the snapshot answers as the world does"""
    with Server([told.world], verify_with=SECRET, delegated=[ACCOUNT]) as server:
        folder = told.program.folder()
        done = told.program.run("collect", folder, environment=told.program.environment(server))
        same(done.status, 0, done.said())
        asked = ["explain", "DeleteBucket", "s3://example-data", "--as", f"arn:aws:iam::{ACCOUNT}:user/bob", "--from", "203.0.113.9",
                 "--snapshot"]
        old = told.program.run(*asked, told.root / "examples/account", environment=told.program.environment(None))
        new = told.program.run(*asked, folder, environment=told.program.environment(None))
        for part in ("\n", "Why\n"):  # what follows are places in the files, which are laid out anew
            same(*[done.out.partition(part)[0 if part == "\n" else 2].partition("-->")[0] for done in (new, old)])
        assert not equal.differences(told.world.files, files_of(folder), "objects.json$"), json.dumps(sorted(files_of(folder)))


if __name__ == "__main__":
    try:
        sys.exit(run(Told(Program(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]).resolve()), only=sys.argv[4:]))
    except NoModels as problem:
        skip_all(problem)
