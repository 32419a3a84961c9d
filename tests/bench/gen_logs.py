#!/usr/bin/env python3
"""Writes server access logs and CloudTrail trees with realistic fields and a known number of denials.

    gen_logs.py access OUT --lines 1000000 [--seed 1] [--denied 0.02]
    gen_logs.py trail DIR --events 200000 [--seed 1] [--denied 0.005] [--per-file 2000] [--gzip]
    gen_logs.py snapshot OUT.json [--seed 1]     the account that the callers and buckets of the same seed belong to

The same arguments give the same bytes. What is in them is printed on stdout as one JSON object.
"""
import argparse
import datetime
import gzip
import io
import json
import os
import random
import urllib.parse

ACCOUNT = "111122223333"
OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
START = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)
AGENTS = [
    "aws-cli/2.15.30 Python/3.11.8 Linux/5.10.210 exe/x86_64.amzn.2 prompt/off command/s3.cp",
    "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#6.1.79 md/arch#x86_64 lang/python#3.12.2",
    "S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.10.197 OpenJDK_64-Bit_Server_VM",
    "aws-sdk-go-v2/1.25.3 os/linux lang/go#1.22.1 md/GOOS#linux md/GOARCH#arm64 api/s3#1.51.4",
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/604.1',
]
# operation, method, query, CloudTrail event, weight
OPERATIONS = [
    ("REST.GET.OBJECT", "GET", "", "GetObject", 55),
    ("REST.HEAD.OBJECT", "HEAD", "", "HeadObject", 15),
    ("REST.PUT.OBJECT", "PUT", "", "PutObject", 12),
    ("REST.GET.BUCKET", "GET", "?list-type=2&prefix=data%2F", "ListObjects", 8),
    ("REST.PUT.PART", "PUT", "?partNumber=7&uploadId=ibZBv_75gd9r8lH_gqXatLdxMVpAlj6ZQjEs.OwyF3953YdwbcQnMA", "UploadPart", 5),
    ("REST.DELETE.OBJECT", "DELETE", "", "DeleteObject", 3),
    ("REST.GET.OBJECT_TAGGING", "GET", "?tagging", "GetObjectTagging", 2),
]


class World:
    """The callers, buckets and keys that all records draw from."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.buckets = [f"example-bucket-{i:02d}" for i in range(12)]
        self.callers = [f"arn:aws:sts::{ACCOUNT}:assumed-role/app-{i:02d}/i-{self.r.getrandbits(64):017x}" for i in range(40)]
        self.callers += [f"arn:aws:iam::{ACCOUNT}:user/user-{i:02d}" for i in range(20)]
        self.hosts = [f"10.{self.r.randrange(256)}.{self.r.randrange(256)}.{self.r.randrange(1, 255)}" for _ in range(200)]
        self.cumulative = []
        total = 0
        for op in OPERATIONS:
            total += op[4]
            self.cumulative.append(total)

    def operation(self):
        return self.r.choices(OPERATIONS, cum_weights=self.cumulative)[0]

    def key(self):
        r = self.r
        name = f"data/year=2026/month={r.randrange(1, 13):02d}/part-{r.getrandbits(40):010x}.parquet"
        return name if r.random() < 0.93 else f"reports/Année {r.randrange(2000, 2030)}/total & more+{r.randrange(999)}.pdf"

    def token(self, n):
        return "".join(self.r.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=n))


def access_line(w, at, denied):
    r = w.r
    op, method, query, _, _ = w.operation()
    bucket = r.choice(w.buckets)
    key = None if op == "REST.GET.BUCKET" else w.key()
    once = urllib.parse.quote(key) if key else ""
    logged = urllib.parse.quote(once) if key else "-"
    requester = r.choice(w.callers) if r.random() < 0.97 else "-"
    status, code = (403, "AccessDenied") if denied else (200, "-")
    if not denied and r.random() < 0.02:
        status, code = 404, "NoSuchKey"
    size = 243 if denied else r.randrange(1, 1 << 24)
    host_id = "".join(r.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=75)) + "="
    return (f'{OWNER} {bucket} [{at.strftime("%d/%b/%Y:%H:%M:%S +0000")}] {r.choice(w.hosts)} {requester} {w.token(16)} '
            f'{op} {logged} "{method} /{once}{query} HTTP/1.1" {status} {code} {size} {"-" if denied else size} '
            f'{r.randrange(4, 300)} {"-" if denied else r.randrange(3, 200)} "-" "{r.choice(AGENTS)}" - {host_id} SigV4 '
            f'TLS_AES_128_GCM_SHA256 {"AuthHeader" if requester != "-" else "-"} {bucket}.s3.us-west-2.amazonaws.com TLSv1.3 - - us-west-2\n')


def trail_event(w, at, denied):
    r = w.r
    _, _, _, name, _ = w.operation()
    bucket = r.choice(w.buckets)
    key = None if name == "ListObjects" else w.key()
    caller = r.choice(w.callers)
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    host = f"{bucket}.s3.us-west-2.amazonaws.com"
    if ":user/" in caller:
        identity = {"type": "IAMUser", "principalId": "AIDA" + "X" * 17, "arn": caller, "accountId": ACCOUNT,
                    "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": caller.rsplit("/", 1)[1]}
    else:
        role, session = caller.split("/")[1:]
        identity = {"type": "AssumedRole", "principalId": f"AROA{'X' * 17}:{session}", "arn": caller, "accountId": ACCOUNT,
                    "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
                    "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": f"AROA{'X' * 17}",
                                                         "arn": f"arn:aws:iam::{ACCOUNT}:role/service/{role}",
                                                         "accountId": ACCOUNT, "userName": role},
                                       "attributes": {"creationDate": stamp, "mfaAuthenticated": "false"}}}
    event = {"eventVersion": "1.11", "userIdentity": identity, "eventTime": stamp, "eventSource": "s3.amazonaws.com",
             "eventName": name, "awsRegion": "us-west-2", "sourceIPAddress": r.choice(w.hosts),
             "userAgent": f"[{r.choice(AGENTS)}]"}
    if denied:
        event["errorCode"] = "AccessDenied"
        event["errorMessage"] = (f'User: {caller} is not authorized to perform: s3:{name} on resource: '
                                 f'"arn:aws:s3:::{bucket}/{key or ""}" because no identity-based policy allows the s3:{name} action')
    event["requestParameters"] = {"bucketName": bucket, "Host": host, **({"key": key} if key else {"list-type": "2", "prefix": "data/"})}
    event["responseElements"] = None
    event["additionalEventData"] = {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": 0,
                                    "AuthenticationMethod": "AuthHeader", "x-amz-id-2": w.token(76),
                                    "bytesTransferredOut": 0 if denied else r.randrange(1 << 24)}
    event["requestID"] = w.token(16)
    event["eventID"] = "%08x-%04x-4%03x-a%03x-%012x" % (r.getrandbits(32), r.getrandbits(16), r.getrandbits(12), r.getrandbits(12), r.getrandbits(48))
    event["readOnly"] = name.startswith(("Get", "Head", "List"))
    resources = [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}]
    if key:
        resources.insert(0, {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"})
    event.update(resources=resources, eventType="AwsApiCall", managementEvent=False, recipientAccountId=ACCOUNT, eventCategory="Data",
                 tlsDetails={"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host})
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def write_access(a, w):
    denied = 0
    with open(a.out, "w", encoding="utf-8", newline="\n") as f:
        for i in range(a.lines):
            d = w.r.random() < a.denied
            denied += d
            f.write(access_line(w, START + datetime.timedelta(seconds=i // 10), d))
    return {"lines": a.lines, "denied": denied, "bytes": os.path.getsize(a.out)}


def write_trail(a, w):
    denied = plain = files = 0
    for first in range(0, a.events, a.per_file):
        events = []
        for i in range(first, min(first + a.per_file, a.events)):
            d = w.r.random() < a.denied
            denied += d
            events.append(trail_event(w, START + datetime.timedelta(seconds=i // 10), d))
        body = ('{"Records":[' + ",".join(events) + "]}").encode()
        plain += len(body)
        at = START + datetime.timedelta(seconds=first // 10)
        folder = os.path.join(a.out, "AWSLogs", ACCOUNT, "CloudTrail", "us-west-2", at.strftime("%Y/%m/%d"))
        os.makedirs(folder, exist_ok=True)
        name = f"{ACCOUNT}_CloudTrail_us-west-2_{at.strftime('%Y%m%dT%H%MZ')}_{w.token(16)}.json"
        if a.gzip:
            packed = io.BytesIO()
            with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, mtime=0) as z:
                z.write(body)
            name, body = name + ".gz", packed.getvalue()
        with open(os.path.join(folder, name), "wb") as f:
            f.write(body)
        files += 1
    return {"events": a.events, "denied": denied, "bytes": plain, "files": files}


def write_snapshot(a, w):
    """Half of the callers may read everything; the buckets deny reports/ to roles, and deletes from outside."""
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    users, roles = [], {}
    for i, caller in enumerate(w.callers):
        name = caller.split("/")[1]
        policies = [{"PolicyName": "all", "PolicyDocument": allow}] if i % 2 else []
        if ":user/" in caller:
            users.append({"Path": "/", "UserName": name, "UserId": "AIDA" + name.upper(), "Arn": caller, "GroupList": [],
                          "AttachedManagedPolicies": [], "UserPolicyList": policies})
        else:
            roles[name] = {"Path": "/service/", "RoleName": name, "RoleId": "AROA" + name.upper(),
                           "Arn": f"arn:aws:iam::{ACCOUNT}:role/service/{name}", "RolePolicyList": policies,
                           "AttachedManagedPolicies": [], "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}
    files = {"snapshot.json": {"format": 1, "partition": "aws"},
             f"accounts/{ACCOUNT}/account.json": {"CanonicalId": OWNER},
             f"accounts/{ACCOUNT}/iam/authorization-details.json":
                 {"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": list(roles.values()), "Policies": []}}
    for b in w.buckets:
        deny = [{"Sid": "NoReports", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
                 "Resource": f"arn:aws:s3:::{b}/reports/*",
                 "Condition": {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}},
                {"Sid": "OfficeOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject",
                 "Resource": f"arn:aws:s3:::{b}/*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/9"]}}}]
        files[f"accounts/{ACCOUNT}/s3/{b}/location.json"] = {"LocationConstraint": "us-west-2"}
        files[f"accounts/{ACCOUNT}/s3/{b}/policy.json"] = {"Version": "2012-10-17", "Statement": deny}
    with open(a.out, "w", encoding="utf-8") as f:
        json.dump(files, f)
    return {"users": len(users), "roles": len(roles), "buckets": len(w.buckets)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="kind", required=True)
    for kind, unit, count, share in (("access", "lines", 100000, 0.02), ("trail", "events", 20000, 0.005)):
        s = sub.add_parser(kind)
        s.add_argument("out")
        s.add_argument("--" + unit, type=int, default=count)
        s.add_argument("--seed", type=int, default=1)
        s.add_argument("--denied", type=float, default=share)
        if kind == "trail":
            s.add_argument("--per-file", type=int, default=2000)
            s.add_argument("--gzip", action="store_true")
    s = sub.add_parser("snapshot")
    s.add_argument("out")
    s.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    result = {"access": write_access, "trail": write_trail, "snapshot": write_snapshot}[a.kind](a, World(a.seed))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
