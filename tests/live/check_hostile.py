#!/usr/bin/env python3
"""Answers that no server should give. Each is recorded as unknown (never as "not configured"), the run goes on, nothing is written
outside the folder, no other host is asked, memory stays small. check_hostile.py PROGRAM ROOT [TEST...]."""
import json
import pathlib
import re
import socket
import sys
import threading

import worlds
from program import ACCOUNT, SECRET, Program, files_of
from replay.faults import Faults
from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import run, same, skip_all, test

BUCKET = "example-a"
PACE = ["--max-attempts", "2", "--timeout", "2s"]
MEMORY = 64 << 20


def small():
    files = {"snapshot.json": {"format": 1, "partition": "aws"}}
    worlds.account(files, ACCOUNT)
    worlds.bucket(files, ACCOUNT, BUCKET, policy=worlds.text(worlds.statement(Principal="*")))
    worlds.bucket(files, ACCOUNT, "example-b")
    return World(files)


class Elsewhere:
    """A listener that nobody has any business with."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.seen = self.socket.getsockname()[1], []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.seen.append(connection.recv(4096))
            connection.close()


def collected(program, rules, words=(), status=(0, 1), world=None, pace=PACE, **server):
    """(run, files, server) of a collection with these faults."""
    with Server([world or small()], verify_with=SECRET, faults=Faults(rules), **server) as served:
        place = program.folder()
        place.mkdir()  # what is beside the snapshot is looked at, too
        done = program.run("collect", place / "snapshot", *pace, *words, environment=program.environment(served))
        assert done.status in status, done.said()
        if not program.sanitized:
            assert done.memory < MEMORY, f"{done.memory >> 20} MiB"
        same([p.name for p in place.iterdir()], ["snapshot"])
        return done, files_of(place / "snapshot"), served


def of_bucket(files, kind="policy", bucket=BUCKET):
    value = files.get(f"accounts/{ACCOUNT}/s3/{bucket}/{kind}.json")
    return value["error"]["code"] if isinstance(value, dict) and "error" in value else value


def others_are_whole(files):
    same(of_bucket(files, bucket="example-b"), "NoSuchBucketPolicy")
    same(of_bucket(files, "request-payment"), {"Payer": "BucketOwner"})


def policy(program, rule, codes, tries=None):
    """One answer to GetBucketPolicy of one bucket; its file says one of `codes`."""
    rule = {"match": f"s3:GetBucketPolicy /{BUCKET}", **rule}
    done, files, server = collected(program, [rule], status=(1,))
    same(of_bucket(files) in codes, True, f"{of_bucket(files)} of {json.dumps(rule)[:200]}")
    others_are_whole(files)
    if tries:
        same(len([r for r in server.asked("s3:GetBucketPolicy") if BUCKET in r["target"]]), tries, "requests")
    return done


INVALID, CUT, LARGE, LATE = "why403.InvalidResponse", "why403.Truncated", "why403.TooLarge", "why403.Timeout"
HTML = "<html><body><h1>It works!</h1></body></html>"


@test
def html(program):
    """500 with HTML is tried again, then unknown; 200 with HTML is no answer"""
    policy(program, {"status": 500, "body": HTML, "headers": {"content-type": "text/html"}},
           {INVALID, "InternalError", "InternalServerError", "500", "why403.Http500"}, tries=2)
    done = policy(program, {"body": HTML, "headers": {"content-type": "text/html"}}, {INVALID})
    assert "It works" in done.out + done.err, done.said()


@test
def once(program):
    """what went wrong once is right the second time"""
    rules = [{"match": f"s3:GetBucketPolicy /{BUCKET}", "times": 1, **r} for r in (
        {"status": 503, "body": ""},)] + [{"match": "s3:GetBucketAcl", "times": 1, "cut": 30}, {"match": "iam:", "times": 1, "drop": 0},
                                          {"match": "s3:GetBucketVersioning", "times": 1, "drop": 100}]
    _, files, _ = collected(program, rules, status=(0,))
    assert "Policy" in of_bucket(files), files
    others_are_whole(files)


@test
def truncated(program):
    """XML and JSON that end early; a length that is not the body's; chunks without an end"""
    for name, kind in (("GetBucketAcl", "acl"), ("GetBucketPolicy", "policy")):
        for rule, codes in (({"cut": 40}, {CUT}), ({"length": "none", "replace": [r"(?s)(^.{60}).*", r"\1"]}, {CUT, INVALID}),
                            ({"replace": [r"(?s)(^.{60}).*", r"\1"]}, {CUT, INVALID}),
                            ({"chunked": "open"}, {CUT, LATE}), ({"drop": 60}, {CUT, INVALID, "why403.ConnectFailed"})):
            _, files, _ = collected(program, [{"match": f"s3:{name} /{BUCKET}", **rule}], status=(1,))
            assert of_bucket(files, kind) in codes, (name, rule, of_bucket(files, kind))
            others_are_whole(files)
    _, files, _ = collected(program, [{"match": f"s3:GetBucketAcl /{BUCKET}", "length": 60}], status=(1,))
    assert of_bucket(files, "acl") in (CUT, INVALID), of_bucket(files, "acl")


@test
def another_root(program):
    """200 with the answer of another operation is not "not configured", and not an empty setting"""
    listing = ('<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>'
               "<IsTruncated>false</IsTruncated></ListBucketResult>")
    for name, kind in (("GetBucketEncryption", "encryption"), ("GetBucketOwnershipControls", "ownership-controls"),
                       ("GetBucketAbac", "abac"), ("GetBucketVersioning", "versioning"), ("GetBucketLogging", "logging")):
        done, files, _ = collected(program, [{"match": f"s3:{name} /{BUCKET}", "body": listing}], status=(1,))
        same(of_bucket(files, kind), INVALID, name)
        assert "ListBucketResult" in done.out + done.err, done.said()


@test
def redirects(program):
    """nobody is followed to another host, and nothing is sent there"""
    elsewhere = Elsewhere()
    for status in (301, 302, 303, 307, 308):
        for where in (f"http://127.0.0.1:{elsewhere.port}/x", "file:///etc/passwd", "http://169.254.169.254/latest/meta-data/"):
            policy(program, {"status": status, "body": "", "headers": {"location": where}}, {"why403.Redirect"})
    body = ("<Error><Code>PermanentRedirect</Code><Message>m</Message><Endpoint>127.0.0.1:%d</Endpoint><Bucket>b</Bucket></Error>" %
            elsewhere.port)
    policy(program, {"status": 301, "body": body}, {"why403.Redirect", "PermanentRedirect"})
    same(elsewhere.seen, [])


@test
def doctypes(program):
    """a DOCTYPE ends it: no entity is ever expanded, none is fetched"""
    elsewhere = Elsewhere()
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for body in ('<!DOCTYPE a [<!ENTITY l0 "lol">' + laughs + "]><AccessControlPolicy>&l9;</AccessControlPolicy>",
                 f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{elsewhere.port}/a.dtd"><AccessControlPolicy/>',
                 '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><AccessControlPolicy><Owner><ID>&x;</ID></Owner></AccessControlPolicy>',
                 '<!DOCTYPE AccessControlPolicy><AccessControlPolicy><Owner><ID>1</ID></Owner></AccessControlPolicy>'):
        _, files, _ = collected(program, [{"match": f"s3:GetBucketAcl /{BUCKET}", "body": '<?xml version="1.0"?>' + body}], status=(1,))
        same(of_bucket(files, "acl"), INVALID)
        assert "root:" not in json.dumps(files)
    same(elsewhere.seen, [])


@test
def shapes(program):
    """a million levels, ten million attributes, names without end"""
    start = '<?xml version="1.0"?><AccessControlPolicy>'
    for rule in ({"body": start, "repeat": ["<a>", 1000000]}, {"body": start + "<Owner ", "repeat": ["a{n}='' ".replace("{n}", ""), 700000],
                                                               "tail": "/></AccessControlPolicy>"},
                 {"body": start + "<", "repeat": ["abcdefgh", 900000], "tail": "/></AccessControlPolicy>"},
                 {"body": start, "repeat": ["<a/>", 1900000], "tail": "</AccessControlPolicy>"},
                 {"body": start + "<Owner><ID>", "repeat": ["x", 7000000], "tail": "</ID></Owner></AccessControlPolicy"}):
        _, files, _ = collected(program, [{"match": f"s3:GetBucketAcl /{BUCKET}", **rule}], pace=["--max-attempts", "1", "--timeout", "20s"])
        assert of_bucket(files, "acl") in (INVALID, LARGE, CUT), (rule["repeat"][0], str(of_bucket(files, "acl"))[:100])
        others_are_whole(files)


@test
def json_shapes(program):
    """the same in JSON: depth, size, an array in place of an object, two values, no value"""
    for rule in ({"body": "[" * 100000}, {"body": '{"Keys":', "repeat": ["[", 1000000]}, {"body": "[]"}, {"body": '{"Keys":[]} {}'},
                 {"body": ""}, {"body": '{"Keys":{"a":1}}'}, {"body": '{"Keys":[1,2,"x",null]}'}, {"body": "\x00\x01"},
                 {"body": '{"Keys":[{"KeyId":"a\\ud800b"}]}'}, {"body": "{" + '"a":1,' * 100000 + '"Keys":[]}'}):
        done, files, _ = collected(program, [{"match": "kms:ListKeys", **rule}])
        assert not any("/kms/" in path for path in files), done.said()
        others_are_whole(files)


@test
def endless(program):
    """ten gigabytes, a bomb of gzip, a byte now and then, no answer, an end at once"""
    policy(program, {"repeat": ["x" * 1000, 10_000_000]}, {LARGE})
    policy(program, {"repeat": ["x" * 1000, 10_000_000], "length": "none"}, {LARGE})
    policy(program, {"repeat": ["x" * 1000, 10_000_000], "chunked": True}, {LARGE})
    policy(program, {"body": "\x1f\x8b", "repeat": ["\x00", 100000], "headers": {"content-encoding": "gzip"}}, {INVALID})
    policy(program, {"drip": 2}, {LATE})
    policy(program, {"hang": True}, {LATE})
    policy(program, {"drop": 0}, {"why403.ConnectFailed", CUT})


@test
def paging(program):
    """the same token again, two in turn, pages without anything on them"""
    for name, token, empty in (("iam:GetAccountAuthorizationDetails", "Marker", ("accounts/%s/iam/authorization-details.json" % ACCOUNT)),
                               ("s3:ListBucketInventoryConfigurations", "NextContinuationToken", None),
                               ("ec2:DescribeVpcEndpoints", "nextToken", f"accounts/{ACCOUNT}/ec2/us-east-1/vpc-endpoints.json")):
        pattern = (r"<IsTruncated>false</IsTruncated>" if token != "nextToken" else r"<vpcEndpointSet></vpcEndpointSet>")
        for text in ("page+/=0", "page+/={n}"):
            put = f"<IsTruncated>true</IsTruncated><{token}>{text}</{token}>" if token != "nextToken" else f"<vpcEndpointSet/><{token}>{text}</{token}>"
            rules = [{"match": name, "replace": [pattern, put]}]
            if "{n}" in text:  # after three, the first one again
                rules = [{"match": name, "replace": [pattern, put], "times": 3},
                         {"match": name, "replace": [pattern, put.replace("{n}", "1")]}]
            done, files, server = collected(program, rules, status=(1,))
            assert "why403.PagingLoop" in done.out + done.err + json.dumps(files), (name, text, done.said())
            assert len(server.asked(name)) < 30, len(server.asked(name))
            if empty:
                same(files[empty].get("error", {}).get("code"), "why403.PagingLoop")


def forever(program):
    """pages with a new token each, without end: the listing is given up after 100,000 (the long check)"""
    rules = [{"match": "s3:ListBucketInventoryConfigurations /example-a", "replace": [
        "<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated><NextContinuationToken>page+/={n}</NextContinuationToken>"]}]
    with Server([small()], verify_with=SECRET, faults=Faults(rules)) as server:
        done = program.run("collect", program.folder(), environment=program.environment(server), timeout=1800)
        same(done.status, 1, done.said())
        assert "why403.PagingLoop" in done.out + done.err and len(server.log) < 101000, (len(server.log), done.said())
        assert program.sanitized or done.memory < MEMORY, done.memory


if "forever" in sys.argv:
    test(forever)


@test
def names(program):
    """names from the network are no paths"""
    def listed(*buckets):
        rows = "".join(f"<Bucket><Name>{n}</Name><CreationDate>2024-01-01T00:00:00Z</CreationDate><BucketRegion>us-east-1</BucketRegion>"
                       "</Bucket>" for n in buckets)
        return ('<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult><Owner><ID>a</ID></Owner><Buckets>'
                f"{rows}</Buckets></ListAllMyBucketsResult>")

    for bad in ("../../etc", "..", ".", "a/b", "/etc/passwd", "a" * 256, "a" * (1 << 20), "-rf", "a\\b", "..%2f", "%2e%2e", "a\nb", "", "a b",
                "caf\u00e9", "snapshot.json"):
        done, files, _ = collected(program, [{"match": "s3:ListBuckets", "body": listed(bad, "example-b")}])
        folders = {p.split("/")[3] for p in files if "/s3/" in p}
        assert folders <= {"example-b", bad} and (bad not in folders or re.fullmatch(r"[A-Za-z0-9._-]{3,255}", bad)), (bad[:40], folders)
        others_are = files.get(f"accounts/{ACCOUNT}/s3/example-b/policy.json", {})
        same(others_are.get("error", {}).get("code"), "NoSuchBucketPolicy")
        if bad and bad not in folders:
            same(done.status, 1, done.said()[:500])
    for bad in ("../../x", "a/b", "..", "a" * 300, "x\\u0000y", "%2e%2e%2f"):
        _, files, _ = collected(program, [{"match": "kms:ListKeys", "body": '{"Keys":[{"KeyId":"%s","KeyArn":"arn"}]}' % bad}], status=(1,))
        assert not any("/kms/" in path for path in files), sorted(files)
    for bad in ("..%2f", "../x", "a/../../b", "&#x1;", ""):
        body = ("<ListInventoryConfigurationsResult><InventoryConfiguration><Id>%s</Id></InventoryConfiguration><IsTruncated>false</IsTruncated>"
                "</ListInventoryConfigurationsResult>" % bad)
        _, files, _ = collected(program, [{"match": "s3:ListBucketInventory", "body": body}], status=(1,))
        assert not any("/inventory/" in path and "error" not in value for path, value in files.items()), sorted(files)
    for bad in ("../x", "a&#x2F;b", "..", "a" * 300, "a&#0;b", "a\x00b"):
        body = f"<ListAccessPointsResult><AccessPointList><AccessPoint><Name>{bad}</Name></AccessPoint></AccessPointList></ListAccessPointsResult>"
        _, files, _ = collected(program, [{"match": "s3control:ListAccessPoints ", "body": body}], status=(1,))
        assert not any("/access-points/" in path for path in files), sorted(files)


@test
def case(program):
    """two buckets whose names differ in case are two"""
    files = dict(small().files)
    worlds.bucket(files, ACCOUNT, "Example-A", versioning={"Status": "Enabled"})
    _, found, _ = collected(program, [], world=World(files), status=(0,))
    same((of_bucket(found, "versioning"), of_bucket(found, "versioning", "Example-A")), ({"Status": "Suspended"}, {"Status": "Enabled"}))


@test
def headers(program):
    """a header of a megabyte, ten thousand of them, line feeds in a token, waits of centuries and before now"""
    policy(program, {"headers": {"x-long": "a" * (1 << 20)}, "status": 200}, {INVALID, LARGE, "why403.ConnectFailed", CUT})
    policy(program, {"headers": [[f"x-{n}", "v"] for n in range(100000)]}, {INVALID, LARGE, "why403.ConnectFailed", CUT})
    for wait in ("-5", "1000000000", "abc", "999999999999999999999", "1e3"):
        rules = [{"match": f"s3:GetBucketPolicy /{BUCKET}", "code": "ServiceUnavailable", "headers": {"x-amz-retry-after": wait}, "times": 1}]
        _, files, _ = collected(program, rules, status=(0,))
        assert "Policy" in of_bucket(files)
    token = [{"match": "iam:GetAccount", "times": 1, "replace": [r"<IsTruncated>false</IsTruncated>",
                                                                   "<IsTruncated>true</IsTruncated><Marker>a&#13;&#10;Evil: yes&amp;Action=DeleteUser</Marker>"]}]
    _, _, server = collected(program, token, status=(0, 1))
    assert not any("evil" in row["headers"] for row in server.log) and not server.asked("iam:DeleteUser"), server.log
    for name in ("content-length", "transfer-encoding"):
        policy(program, {"headers": {name: "-1"}, "body": "x"}, {INVALID, CUT, LATE, "why403.ConnectFailed", "why403.TooLarge"})


@test
def clock(program):
    """a clock that is an hour off is found, told, and the run is whole"""
    for off in (3600, -3600):
        done, files, server = collected(program, [], status=(0,), clock=off)
        others_are_whole(files)
        assert re.search("clock", done.err), done.said()
        refused = [r for r in server.log if r["status"] == 403 and "why" in r]
        assert 1 <= len(refused) <= len(server.log) / 2, len(refused)


@test
def vanishing(program):
    """a bucket that goes away while it is read is gone, not an error"""
    rules = [{"match": f"s3:GetBucket[A-Z][A-Za-z]* /{BUCKET}|s3:Get(Public|Object)[A-Za-z]* /{BUCKET}|s3:List[A-Za-z]* /{BUCKET}", "after": 3,
              "code": "NoSuchBucket", "status": 404}]
    done, files, _ = collected(program, rules)
    held = {p.rsplit("/", 1)[1]: v for p, v in files.items() if f"/s3/{BUCKET}/" in p}
    same(held, {"location.json": {"error": held["location.json"]["error"]}}, done.said())
    same(held["location.json"]["error"]["code"], "NoSuchBucket")
    others = files[f"accounts/{ACCOUNT}/s3/example-b/policy.json"]
    same(others["error"]["code"], "NoSuchBucketPolicy")


@test
def refused_at_once(program):
    """whose key it is that nobody knows: exit 2, and where it came from"""
    for more, code in (({"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch"), ({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"},
                                                                                       "InvalidClientTokenId")):
        with Server([small()], verify_with=SECRET) as server:
            folder = program.folder()
            done = program.run("collect", folder, *PACE, environment=program.environment(server, **more))
            same(done.status, 2, done.said())
            assert code in done.err and "AWS_ACCESS_KEY_ID" in done.err, done.said()
            assert "AKIAIOSFODNN7EXAMPLE" not in done.err and not folder.exists(), done.said()


if __name__ == "__main__":
    try:
        small()
        Server([small()]).listener.server_close()
        sys.exit(run(Program(sys.argv[1]), only=sys.argv[3:]))
    except NoModels as problem:
        skip_all(problem)
