#!/usr/bin/env python3
"""The replay server itself: what it refuses, how it errs, and the faults that the other tests rely on. check_server.py ROOT."""
import http.client
import json
import pathlib
import ssl
import sys
import tempfile
import urllib.error
import urllib.request

import client
import tls_proxy
from replay.call import host_parts
from replay.faults import Faults
from replay.limits import Limits
from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import run, same, skip_all, test

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
KEY = "AKIA111122223333TEST"


def ask(server, method, target, headers=None, body=b"", sign=True, key=KEY, secret=SECRET, **scope):
    return client.ask(server.port, method, target, headers, body, key if sign else None, secret, **scope)


@test
def signatures(world):
    """a signature of another secret, key, scope, request or day is refused"""
    with Server([world], verify_with=SECRET) as server:
        same(ask(server, "GET", "/example-data?acl")[0], 200)
        for more, code in (({"secret": "another"}, "SignatureDoesNotMatch"), ({"key": "AKIAIOSFODNN7EXAMPLE"}, "InvalidAccessKeyId"),
                           ({"service": "iam"}, "SignatureDoesNotMatch"), ({"key": "ASIA1111222233330000"}, "InvalidAccessKeyId")):
            status, _, body = ask(server, "GET", "/example-data?acl", **more)
            same((status, code in body), (403, True))
        same(ask(server, "GET", "/example-data?acl", sign=False)[0], 403)
        rows = client.signed("GET", "/example-data?acl", {"host": f"127.0.0.1:{server.port}"}, KEY, SECRET)
        same(ask(server, "GET", "/example-data?acl", {**rows, "x-amz-meta-a": "not signed"}, sign=False)[0], 403)
        same(ask(server, "GET", "/example-data?policy", rows, sign=False)[0], 403)
        late = dict(rows)
        late["x-amz-date"] = "20200101T000000Z"
        same(ask(server, "GET", "/example-data?acl", late, sign=False)[0], 403)


@test
def regions(world):
    """a bucket tells its region to everybody, and refuses another one"""
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
    """what is denied, and what is not answered, in the manner of each service"""
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
    """documented rates are enforced"""
    with Server([world], limits=Limits(documented=True)) as server:
        asked = [ask(server, "POST", "/", {"x-amz-target": "AWSOrganizationsV20161128.DescribeOrganization"}, b"{}", service="organizations")
                 for _ in range(4)]
        same([a[0] for a in asked[:2]], [200, 200])
        assert any("TooManyRequestsException" in a[2] for a in asked[2:])


@test
def wrong_answers(world):
    """faults: status, body, an end in the middle, drops, sizes"""
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
    """instance, container and portal give credentials that work"""
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


@test
def certificates(world):
    """the proxy ends TLS under any name, with a certificate that is right or has the one fault asked for"""
    with tempfile.TemporaryDirectory() as folder, Server([world]) as server:
        authority = tls_proxy.Authority(folder)
        for trouble in (None, *tls_proxy.TROUBLES):
            with tls_proxy.Proxy(server.port, authority, {".*": trouble} if trouble else {}) as proxy:
                opener = urllib.request.build_opener(
                    urllib.request.ProxyHandler({"https": proxy.url}),
                    urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=proxy.bundle)))
                try:
                    opener.open("https://s3.us-east-1.amazonaws.com/example-data", timeout=5)
                    raise AssertionError("unsigned, and allowed")
                except urllib.error.HTTPError as error:
                    same((error.code, trouble), (403, None))
                except urllib.error.URLError as error:
                    assert trouble and isinstance(error.reason, ssl.SSLCertVerificationError), (trouble, error)
                same(proxy.hosts(), ["s3.us-east-1.amazonaws.com"])


if __name__ == "__main__":
    try:
        sys.exit(run(World.load(pathlib.Path(sys.argv[1]) / "examples/account"), only=sys.argv[2:]))
    except NoModels as error:
        skip_all(error)
