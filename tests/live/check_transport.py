#!/usr/bin/env python3
"""What the module makes of answers that are wrong, late, endless or hostile. check_transport.py ROOT LIVE_CALL MODULE [NAME...]

Each call is made by live_call, against the replay server with a fault, or against a listener that must never hear anything.
"""
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import tls_proxy
from replay.faults import Faults
from replay.limits import Limits
from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import run, same, skip_all, test

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
KEY = "AKIA111122223333TEST"
ROOT, PROGRAM, MODULE = (pathlib.Path(p) for p in sys.argv[1:4])
BUCKET = "s3 GetBucketVersioning Bucket=example-data"
POLICY = "s3 GetBucketPolicy Bucket=example-data"


class Answers(list):
    """What live_call printed, by call; `text` is the standard error."""
    text = ""

    def codes(self):
        return [a.get("code") for a in self]


def make(server, calls, *options, environment=None):
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": KEY,
           "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
           "WHY403_LIVE_MODULE": str(MODULE), **(environment or {})}
    env = {name: value for name, value in env.items() if value}
    env.update({name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS") if name in os.environ})
    calls = [calls] if isinstance(calls, str) else calls
    done = subprocess.run([PROGRAM, *options], input="\n".join(calls) + "\n", text=True, capture_output=True, env=env, timeout=100,
                          check=False)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    answers = Answers(sorted((json.loads(line) for line in done.stdout.splitlines()), key=lambda a: a["number"]))
    answers.text = done.stderr
    assert SECRET not in done.stdout + done.stderr
    return answers


def serving(*rules, **more):
    return Server([World.load(ROOT / "examples/account")], verify_with=SECRET, faults=Faults(rules), **more)


def fault(match="GetBucketVersioning", **rule):
    return {"match": match, **rule}


def outcome(rule, call=BUCKET, *options):
    """(code, how often it was asked)"""
    with serving(rule) as server:
        answers = make(server, call, *(options or ("--timeout", "1500")))
        same(len(answers), 1)
        return answers[0].get("code", "good"), len(server.asked(":".join(call.split()[:2])))


def hear(server):
    """Connections to a listener, as bytes that they brought."""
    heard = []

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connection.settimeout(1)
            try:
                heard.append(connection.recv(65536))
            except OSError:
                heard.append(b"")
            connection.close()
    threading.Thread(target=accept, daemon=True).start()
    return heard


@test
def good():
    """a call is answered"""
    with serving() as server:
        same(make(server, BUCKET)[0]["json"], {"Status": "Enabled"})


@test
def html():
    """a page of HTML is asked for again, then it is no answer"""
    same(outcome(fault(status=500, body="<html><body>oops</body></html>")), ("why403.InvalidResponse", 5))
    same(outcome(fault(status=200, body="<html><body>welcome</body></html>")), ("why403.InvalidResponse", 5))
    same(outcome(fault(status=200, body="<!DOCTYPE html><html></html>")), ("why403.InvalidResponse", 5))
    same(outcome(fault(status=500, body="<html>", times=2)), ("good", 3))
    same(outcome(fault("ListKeys", status=200, body="<html></html>"), "kms ListKeys"), ("why403.InvalidResponse", 5))


@test
def short():
    """what is cut off is asked for again, then it is Truncated"""
    same(outcome(fault(cut=40)), ("why403.Truncated", 5))
    same(outcome(fault(cut=40, times=1)), ("good", 2))
    same(outcome(fault(body="<VersioningConfiguration><Status>Ena", status=200)), ("why403.Truncated", 5))
    same(outcome(fault("ListKeys", body='{"Keys": [', status=200), "kms ListKeys"), ("why403.Truncated", 5))
    same(outcome(fault(body="<VersioningConfiguration/>", length=100000)), ("why403.Truncated", 5))
    same(outcome(fault(body="<VersioningConfiguration/>", length=10)), ("why403.Truncated", 5))
    same(outcome(fault(body="<VersioningConfiguration>", chunked="open")), ("why403.Truncated", 5))


@test
def other_root():
    """another operation's answer is none, and is not asked for again"""
    same(outcome(fault(body="<ListBucketResult><Name>b</Name></ListBucketResult>", status=200)), ("why403.InvalidResponse", 1))
    same(outcome(fault("GetBucketEncryption", body="<ListBucketResult/>", status=200),
                 "s3 GetBucketEncryption Bucket=example-data"), ("why403.InvalidResponse", 1))


@test
def redirects():
    """no redirect is followed, and nothing is sent where it points"""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard = hear(listener)
        port = listener.getsockname()[1]
        for status in (301, 302, 303, 307, 308):
            for place in (f"http://127.0.0.1:{port}/x", f"//127.0.0.1:{port}/", "file:///etc/passwd", "http://169.254.169.254/"):
                same(outcome(fault(status=status, body="", headers={"Location": place})), ("why403.Redirect", 1))
        body = "<Error><Code>PermanentRedirect</Code><Endpoint>127.0.0.1:%d</Endpoint><Region>127.0.0.1:%d/</Region></Error>"
        same(outcome(fault(status=301, body=body % (port, port))), ("PermanentRedirect", 1))
        same(heard, [])


@test
def elsewhere():
    """a bucket of another region is asked for once more, there"""
    with serving() as server:
        answers = make(server, [BUCKET, POLICY, "s3 HeadBucket Bucket=example-data"], environment={"AWS_REGION": "eu-west-1"})
        same(answers.codes(), [None, "NoSuchBucketPolicy", None])
        same(len(server.log), 6)


@test
def region_by_head():
    """HEAD says where a bucket is by a header, whatever its status; what is no region's name is not followed"""
    for status in (301, 400):
        rule = fault("HeadBucket", status=status, body="", headers={"x-amz-bucket-region": "us-east-1"}, times=1)
        same(outcome(rule, "s3 HeadBucket Bucket=example-data region=us-west-2"), ("good", 2), str(status))
    for region in ("127.0.0.1", "evil.example/", "EU-WEST-1", "x" * 64):
        rule = fault("HeadBucket", status=400, body="", headers={"x-amz-bucket-region": region})
        same(outcome(rule, "s3 HeadBucket Bucket=example-data"), ("BadRequest", 1), region)


@test
def stopped():
    """a run that is stopped ends within moments, with what has come"""
    with serving(fault(hang=True)) as server:
        env = {"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1",
               "HOME": "/nonexistent", "WHY403_LIVE_MODULE": str(MODULE), "AWS_EC2_METADATA_DISABLED": "true"}
        with subprocess.Popen([PROGRAM, "--timeout", "60000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=env) as client:
            client.stdin.write("s3 GetBucketAcl Bucket=example-data\n" + f"{BUCKET}\n" * 100)
            client.stdin.close()
            assert '"GetBucketAcl"' in client.stdout.readline()
            client.send_signal(signal.SIGINT)
            began = time.monotonic()
            same(client.wait(30), 0)
            assert time.monotonic() - began < 20
            same(client.stdout.read(), "")


@test
def hostile_xml():
    """DOCTYPE, entities, depth, attributes, millions of values: refused, in bounded memory"""
    laughs = "<!DOCTYPE a [<!ENTITY b 'lol'>" + "".join(f"<!ENTITY b{i} '{'&b' + str(i - 1) * bool(i - 1) + ';'}&b;'>" for i in
                                                       range(1, 9)) + "]><VersioningConfiguration>&b8;</VersioningConfiguration>"
    same(outcome(fault(body=laughs, status=200), BUCKET, "--timeout", "20000")[0], "why403.InvalidResponse")
    same(outcome(fault(body='<!DOCTYPE a SYSTEM "file:///etc/passwd"><VersioningConfiguration/>', status=200), BUCKET, "--timeout", "20000")[0],
         "why403.InvalidResponse")
    same(outcome(fault(body="", repeat=["<a>", 1000000], status=200), BUCKET, "--timeout", "20000")[0], "why403.TooLarge")
    same(outcome(fault(body="<a ", repeat=["b='1' ", 1000000], tail="/>", status=200), BUCKET, "--timeout", "20000")[0], "why403.TooLarge")
    same(outcome(fault(body="<a>", repeat=["<b/>", 1900000], tail="</a>", status=200), BUCKET, "--timeout", "20000")[0], "why403.TooLarge")
    same(outcome(fault("ListKeys", body='{"Keys": [', repeat=["{},", 2500000], tail="{}]}", status=200), "kms ListKeys", "--timeout",
                 "20000")[0], "why403.TooLarge")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert b"__asan_init" in MODULE.read_bytes() or peak < 64 * 1024, f"{peak} KB"


@test
def too_much():
    """ten gigabytes, bombs, endless heads"""
    same(outcome(fault(body="<VersioningConfiguration>", repeat=["x" * 65536, 160000], length="none"), BUCKET, "--timeout", "9000"),
         ("why403.TooLarge", 1))
    same(outcome(fault(body="x", length=10 ** 10)), ("why403.TooLarge", 1))
    same(outcome(fault(headers={"x-large": "y" * (1 << 20)}, body="<VersioningConfiguration/>"))[0], "why403.TooLarge")
    same(outcome(fault(headers=[[f"x-{i}", "y"] for i in range(10000)], body="<VersioningConfiguration/>"))[0], "why403.TooLarge")
    # what is packed is not unpacked
    same(outcome(fault(headers={"Content-Encoding": "gzip"}, body="\x1f\x8b\x08\x00", status=200))[0], "why403.InvalidResponse")


@test
def slow():
    """an answer that never comes, or drop by drop, ends with its time"""
    same(outcome(fault(hang=True), BUCKET, "--timeout", "300"), ("why403.Timeout", 5))
    same(outcome(fault(drip=1), BUCKET, "--timeout", "300", "--max-attempts", "2"), ("why403.Timeout", 2))
    same(outcome(fault(hang=True, times=1), BUCKET, "--timeout", "300"), ("good", 2))


@test
def gone():
    """a connection that is closed; nobody there"""
    same(outcome(fault(drop=0)), ("why403.ConnectFailed", 5))
    same(outcome(fault(drop=0, times=2)), ("good", 3))
    same(outcome(fault(drop=60))[0][:7], "why403.")
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with serving() as server:
        answers = make(server, [f"s3 GetBucketAcl Bucket=b{i}" for i in range(200)], environment={"AWS_ENDPOINT_URL": url})
        same(set(answers.codes()), {"why403.ConnectFailed"})
        same(len(answers), 200)
        sent = int(re.search(r"(\d+) requests", answers.text).group(1))
        assert sent < 200, f"{sent} requests to a host where nobody is"


@test
def throttled():
    """what is too fast is asked for later"""
    same(outcome(fault(code="SlowDown", status=503, times=2), BUCKET), ("good", 3))
    same(outcome(fault("ListKeys", code="ThrottlingException", status=400, times=1), "kms ListKeys"), ("good", 2))
    same(outcome(fault(code="SlowDown", status=503, headers={"x-amz-retry-after": "-5"}, times=1)), ("good", 2))
    same(outcome(fault(code="SlowDown", status=503), BUCKET, "--max-attempts", "2"), ("SlowDown", 2))
    same(outcome(fault(code="AccessDenied", status=403)), ("AccessDenied", 1))


@test
def paging():
    """every page is delivered in order; a listing that never ends is none"""
    with serving(page_size=1) as server:
        pages = make(server, "iam GetAccountAuthorizationDetails")
        same([p["page"] for p in pages], list(range(len(pages))))
        same([p["last"] for p in pages], [False] * (len(pages) - 1) + [True])
        assert len(pages) > 5
    body = '{"Keys": [], "Truncated": true, "NextMarker": "again"}'
    with serving(fault("ListKeys", body=body, status=200)) as server:
        pages = make(server, "kms ListKeys")
        same(pages.codes(), [None, None, "why403.PagingLoop"])
    with serving(fault("ListKeys", body='{"Keys": [], "NextMarker": "n{n}"}', status=200, times=30)) as server:
        same(len(make(server, "kms ListKeys")), 31)
    with serving(fault("ListBuckets.*max-buckets=1", body="<ListAllMyBucketsResult><Buckets/><ContinuationToken>t</ContinuationToken>"
                       "</ListAllMyBucketsResult>", status=200)) as server:
        same(len(make(server, "s3 ListBuckets MaxBuckets=1")), 1)
    # a token that has expired: from the start, once
    with serving(fault("GetAccountAuthorizationDetails", code="InvalidMarkerException", status=400, after=1, times=1),
                 page_size=2) as server:
        pages = make(server, "iam GetAccountAuthorizationDetails")
        same([p["page"] for p in pages], [0] + list(range(len(pages) - 1)))
        same(set(pages.codes()), {None})
    with serving(fault("GetAccountAuthorizationDetails", code="InvalidMarkerException", status=400, after=1), page_size=2) as server:
        same(make(server, "iam GetAccountAuthorizationDetails").codes()[-1], "InvalidMarkerException")


@test
def clock():
    """a clock that is off is put right once, and told"""
    with serving(clock=3600) as server:
        answers = make(server, [BUCKET, POLICY])
        same(answers[0].get("json"), {"Status": "Enabled"})
        assert "the clock of this machine is" in answers.text, answers.text


@test
def accounts():
    """an account's role is assumed once, for all its calls; one that refuses refuses them all"""
    with serving() as server:
        calls = [f"s3 {o} Bucket=example-data account=111122223333" for o in ("GetBucketVersioning", "GetBucketAcl")]
        answers = make(server, calls + ["sts GetCallerIdentity account=111122223333"], "--role", "Collector")
        same(answers.codes(), [None] * 3)
        same(len(server.asked("sts:AssumeRole")), 1)
    with serving(fault("AssumeRole", code="AccessDenied", status=403)) as server:
        answers = make(server, calls, "--role", "Collector")
        same(answers.codes(), ["AccessDenied"] * 2)
        same(len(server.log), 1)
    with serving(fault("AssumeRole", code="Throttling", status=400, times=1)) as server:
        same(make(server, calls, "--role", "Collector").codes(), [None] * 2)


@test
def off():
    """a region that is not enabled is found out once"""
    with serving(fault("region=af-south-1", code="UnrecognizedClientException", status=400)) as server:
        calls = ["kms ListKeys region=us-east-1"] + [f"kms DescribeKey KeyId={i} region=af-south-1" for i in range(50)]
        answers = make(server, calls, "--jobs", "2")
        same(set(answers.codes()[1:]), {"UnrecognizedClientException"})
        same(answers.text.count("region af-south-1 is not enabled"), 1)
        assert len(server.log) < 5, len(server.log)


@test
def limits():
    """what AWS publishes as its limits is kept, and nobody complains"""
    with serving(limits=Limits(documented=True)) as server:
        answers = make(server, [f"organizations DescribePolicy PolicyId=p-{i}" for i in range(6)] +
                       [f"organizations ListTargetsForPolicy PolicyId=p-{i}" for i in range(12)])
        same(len(answers), 18)
        assert " 0 throttled" in answers.text, answers.text


@test
def many_throttled():
    """a third of all that is asked is refused at first: it completes, and little is asked twice"""
    with serving(limits=Limits(share=0.3)) as server:
        answers = make(server, [f"s3 GetBucketVersioning Bucket=example-data ExpectedBucketOwner={i:012}" for i in range(150)])
        same(set(answers.codes()), {None})
        assert len(server.log) <= 1.35 * 150, len(server.log)


def behind_tls(proxy, **more):
    """No endpoint of our own: AWS's host names, through the proxy."""
    return {"AWS_ENDPOINT_URL": "", "HTTPS_PROXY": proxy.url, "AWS_CA_BUNDLE": proxy.bundle, **more}


@test
def tls():
    """AWS's own host names over TLS: one host for all buckets; certificates that are wrong are refused at once"""
    calls = [f"s3 {o} Bucket=example-data" for o in ("GetBucketVersioning", "GetBucketAcl", "GetBucketEncryption")] + [
        "s3control GetPublicAccessBlock AccountId=111122223333", "iam GetUser UserName=alice", "kms ListKeys region=eu-west-1"]
    with tempfile.TemporaryDirectory() as folder, serving() as server, tls_proxy.Proxy(server.port, folder) as proxy:
        answers = make(server, calls, environment=behind_tls(proxy))
        same(answers.codes(), [None, None, None, "NoSuchPublicAccessBlockConfiguration", None, None])
        same(proxy.hosts(), ["111122223333.s3-control.us-east-1.amazonaws.com", "iam.amazonaws.com",
                             "kms.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com"])
        answers = make(server, calls[:3] * 3, "--addressing", "virtual", environment=behind_tls(proxy))
        same(answers.codes(), [None] * 9)
        assert "example-data.s3.us-east-1.amazonaws.com" in proxy.hosts(), proxy.hosts()
        same(proxy.handshakes["example-data.s3.us-east-1.amazonaws.com"], 1, "connections to a host of one bucket")
        same(make(server, BUCKET, environment=behind_tls(proxy, AWS_CA_BUNDLE="/etc/ssl/certs/ca-certificates.crt")).codes(),
             ["why403.TlsFailed"])
        asked = len(server.log)
        for trouble in tls_proxy.TROUBLES:
            proxy.troubles = {r"s3\.us-west-2.*": trouble}
            same(make(server, BUCKET + " region=us-west-2", environment=behind_tls(proxy)).codes(), ["why403.TlsFailed"], trouble)
        same(len(server.log), asked, "nothing is sent to who cannot say who he is")


@test
def renewed():
    """credentials that have expired are renewed once, and the call made again"""
    with serving(lasts=8) as server:
        calls = ["sts GetCallerIdentity account=111122223333"]
        same(make(server, calls, "--role", "Collector").codes(), [None])
    with serving(fault("GetBucketVersioning", code="ExpiredToken", status=400, times=1)) as server:
        answers = make(server, BUCKET + " account=111122223333", "--role", "Collector")
        same((answers.codes(), len(server.asked("sts:AssumeRole"))), ([None], 2))
    with serving(fault("GetBucketVersioning", code="ExpiredToken", status=400)) as server:
        same(make(server, BUCKET + " account=111122223333", "--role", "Collector").codes(), ["ExpiredToken"])
        same(make(server, BUCKET).codes(), ["ExpiredToken"])  # keys of the environment: there are no others


@test
def refused_before():
    """an argument that would make another request is refused before anything is sent"""
    with serving() as server:
        for call in ("s3 GetBucketPolicy Bucket=..", "s3 GetBucketPolicy", "s3 DeleteBucket Bucket=b",
                     "s3 GetBucketPolicy Bucket=b Policy=x", "s3control GetAccessPoint Name=a AccountId=evil.example"):
            done = subprocess.run([PROGRAM], input=call, text=True, capture_output=True, timeout=60, check=False,
                                  env={"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
                                       "HOME": "/nonexistent", "WHY403_LIVE_MODULE": str(MODULE)})
            assert done.returncode == 2 and "error: " in done.stderr, f"{call}: {done}"
        same(server.log, [])


if __name__ == "__main__":
    try:
        sys.exit(run(only=sys.argv[4:]))
    except NoModels as reason:
        skip_all(reason)
