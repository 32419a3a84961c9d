#!/usr/bin/env python3
"""The replay server itself: what it refuses, how it errs, and the faults that the other tests rely on. check_server.py ROOT."""
import hashlib
import hmac
import http.client
import json
import pathlib
import socket
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from replay import sigv4  # noqa: E402
from replay.call import host_parts  # noqa: E402
from replay.faults import Faults  # noqa: E402
from replay.limits import Limits  # noqa: E402
from replay.models import NoModels  # noqa: E402
from replay.server import Server  # noqa: E402
from replay.world import World  # noqa: E402

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
tests = []


def test(function):
    tests.append(function)
    return function


def signed(method, target, headers, body=b"", service="s3", region="us-east-1", secret=SECRET, key="AKIA111122223333TEST"):
    """A signature of the tests' own; it shares `canonical` with the verifier, which botocore checks."""
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    rows = {"x-amz-date": date, "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), **headers}
    names = sorted(rows)
    scope = sigv4.Scope(f"AWS4-HMAC-SHA256 Credential={key}/{date[:8]}/{region}/{service}/aws4_request, SignedHeaders={';'.join(names)}, "
                        f"Signature={'0' * 64}")
    text = sigv4.canonical(method, target, list(rows.items()), names, rows["x-amz-content-sha256"], service == "s3")
    made = sigv4.signature(secret, scope, date, text)
    rows["authorization"] = (f"AWS4-HMAC-SHA256 Credential={key}/{date[:8]}/{region}/{service}/aws4_request, "
                             f"SignedHeaders={';'.join(names)}, Signature={made}")
    return rows


def ask(server, method, target, headers=None, body=b"", sign=True, **more):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    rows = {"host": f"127.0.0.1:{server.port}", **(headers or {})}
    if sign:
        rows = signed(method, target, rows, body, **more)
    connection.request(method, target, body or None, rows)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode("utf-8", "replace")


def same(got, wanted):
    assert got == wanted, f"{got!r} is not {wanted!r}"


@test
def signatures(world):
    with Server([world], verify_with=SECRET) as server:
        same(ask(server, "GET", "/example-data?acl")[0], 200)
        for more, code in (({"secret": "another"}, "SignatureDoesNotMatch"), ({"key": "AKIAIOSFODNN7EXAMPLE"}, "InvalidAccessKeyId"),
                           ({"service": "iam"}, "SignatureDoesNotMatch"), ({"key": "ASIA1111222233330000"}, "InvalidAccessKeyId")):
            status, _, body = ask(server, "GET", "/example-data?acl", **more)
            same((status, code in body), (403, True))
        same(ask(server, "GET", "/example-data?acl", sign=False)[0], 403)
        rows = signed("GET", "/example-data?acl", {"host": f"127.0.0.1:{server.port}"})
        same(ask(server, "GET", "/example-data?acl", {**rows, "x-amz-meta-a": "not signed"}, sign=False)[0], 403)
        same(ask(server, "GET", "/example-data?policy", rows, sign=False)[0], 403)
        late = dict(rows)
        late["x-amz-date"] = "20200101T000000Z"
        same(ask(server, "GET", "/example-data?acl", late, sign=False)[0], 403)
        assert hmac.compare_digest("a", "a")


@test
def regions(world):
    files = dict(world.files)
    files["accounts/111122223333/s3/example-data/location.json"] = {"LocationConstraint": "eu-west-1"}
    with Server([World(files)]) as server:
        status, headers, body = ask(server, "GET", "/example-data?acl")
        same((status, headers["x-amz-bucket-region"], "<Region>eu-west-1</Region>" in body), (400, "eu-west-1", True))
        status, headers, body = ask(server, "GET", "/example-data?acl", {"host": "s3.us-east-1.amazonaws.com"})
        same((status, "PermanentRedirect" in body), (301, True))
        for more in ({"sign": False}, {"region": "eu-west-1"}, {"key": "AKIA444455556666TEST", "region": "eu-west-1"}):
            same(ask(server, "HEAD", "/example-data", **more)[1]["x-amz-bucket-region"], "eu-west-1")
        same(ask(server, "HEAD", "/example-nothing", sign=False)[0], 404)
        same(host_parts("bucket.with.dots.s3.eu-west-1.amazonaws.com"), ("s3", "eu-west-1", "bucket.with.dots"))
        same(host_parts("111122223333.s3-control.us-east-1.amazonaws.com"), ("s3control", "us-east-1", None))
        same(host_parts("iam.amazonaws.com"), ("iam", None, None))


@test
def refusals(world):
    with Server([world], deny="GetBucketAcl|iam:") as server:
        status, _, body = ask(server, "GET", "/example-data?acl")
        same((status, "<Code>AccessDenied</Code>" in body), (403, True))
        form = {"content-type": "application/x-www-form-urlencoded"}
        status, _, body = ask(server, "POST", "/", form, b"Action=GetUser&Version=2010-05-08&UserName=alice", service="iam")
        same((status, "<Code>AccessDenied</Code>" in body), (403, True))
        same([row["code"] for row in server.log], ["AccessDenied"] * 2)
        status, _, body = ask(server, "POST", "/", {"x-amz-target": "TrentService.CreateKey"}, b"{}", service="kms")
        same((status, "UnknownOperationException" in body), (400, True))


@test
def limits(world):
    with Server([world], limits=Limits(documented=True)) as server:
        asked = [ask(server, "POST", "/", {"x-amz-target": "AWSOrganizationsV20161128.DescribeOrganization"}, b"{}", service="organizations")
                 for _ in range(4)]
        same([a[0] for a in asked[:2]], [200, 200])
        assert any("TooManyRequestsException" in a[2] for a in asked[2:])


@test
def wrong_answers(world):
    rules = [{"match": "GetBucketAcl", "body": "<html>", "status": 500, "times": 1}, {"match": "GetBucketAcl", "cut": 20, "times": 1},
             {"match": "GetBucketAcl", "drop": 10, "times": 1}, {"match": "GetBucketAcl", "code": "SlowDown", "times": 1},
             {"match": "GetBucketAcl", "repeat": ["abc", 100000], "times": 1}]
    with Server([world], faults=Faults(rules)) as server:
        same(ask(server, "GET", "/example-data?acl")[::2], (500, "<html>"))
        for wanted in (http.client.IncompleteRead, (http.client.BadStatusLine, http.client.RemoteDisconnected, http.client.HTTPException)):
            try:
                ask(server, "GET", "/example-data?acl")
                raise AssertionError("a whole answer")
            except wanted:
                pass
        status, _, body = ask(server, "GET", "/example-data?acl")
        same((status, "SlowDown" in body), (503, True))
        same(len(ask(server, "GET", "/example-data?acl")[2]), 300000)
        same(ask(server, "GET", "/example-data?acl")[0], 200)


@test
def machines(world):
    with Server([world], verify_with=SECRET, source={"container_token": "let me in"}) as server:
        same(ask(server, "GET", "/latest/meta-data/iam/security-credentials/", sign=False)[0], 401)
        token = ask(server, "PUT", "/latest/api/token", {"x-aws-ec2-metadata-token-ttl-seconds": "21600"}, sign=False)[2]
        name = ask(server, "GET", "/latest/meta-data/iam/security-credentials/", {"x-aws-ec2-metadata-token": token}, sign=False)[2]
        same(name, "collector")
        held = json.loads(ask(server, "GET", f"/latest/meta-data/iam/security-credentials/{name}", {"x-aws-ec2-metadata-token": token},
                              sign=False)[2])
        rows = {"x-amz-security-token": held["Token"]}
        same(ask(server, "GET", "/", rows, key=held["AccessKeyId"], secret=held["SecretAccessKey"])[0], 200)
        same(ask(server, "GET", "/", key=held["AccessKeyId"], secret=held["SecretAccessKey"])[0], 403)
        same(ask(server, "GET", "/v1/credentials", sign=False)[0], 401)
        same(ask(server, "GET", "/v1/credentials", {"authorization": "let me in"}, sign=False)[0], 200)
        same(ask(server, "GET", "/federation/credentials?account_id=111122223333&role_name=R", sign=False)[0], 401)


def main():
    world = World.load(pathlib.Path(sys.argv[1]) / "examples/account")
    failed = 0
    print(f"1..{len(tests)}")
    for number, function in enumerate(tests, 1):
        try:
            function(world)
            print(f"ok {number} - {function.__name__}")
        except (AssertionError, socket.error, http.client.HTTPException) as error:
            failed += 1
            print(f"not ok {number} - {function.__name__}: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoModels as error:
        print(f"1..0 # SKIP {error}")
