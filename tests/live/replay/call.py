"""One request that was understood: service, operation, whose, where, with what."""
import json
import urllib.parse

from . import answers_iam, answers_json, answers_s3, answers_s3control
from .models import SERVICES, api
from .world import Refused

ANSWERS = {"s3": answers_s3.ANSWERS, "s3control": answers_s3control.ANSWERS, "iam": answers_iam.ANSWERS, "sts": answers_iam.STS,
           **answers_json.ANSWERS}
TARGETS = {"TrentService": "kms", "AWSOrganizationsV20161128": "organizations",
           "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101": "cloudtrail"}
HOSTS = {"s3-control": "s3control", "s3express-control": "s3"}
VERSIONS = {"2010-05-08": "iam", "2011-06-15": "sts", "2016-11-15": "ec2"}


class Unknown(Exception):
    """No service of ours."""


def host_parts(host):
    """(service, region, bucket) that a real host name tells; each may be None."""
    labels = host.split(":")[0].split(".")
    for number, label in enumerate(labels[:-2]):
        if label in (*SERVICES, *HOSTS) or label.removesuffix("-fips") in (*SERVICES, *HOSTS):
            rest = [x for x in labels[number + 1:] if x not in ("dualstack", "api")]
            region = rest[0] if rest[0].count("-") >= 2 else None
            before = ".".join(labels[:number]) or None
            label = label.removesuffix("-fips")
            return HOSTS.get(label, label), region, before if label == "s3" else None
    return None, None, labels[0] if len(labels) == 2 and labels[1] == "localhost" else None


class Call:
    def __init__(self, server, request, scope):
        self.server, self.request, self.scope = server, request, scope
        self.signed = scope is not None
        self.head = request.method == "HEAD"
        self.headers_in = dict(request.headers)
        self.headers = {}  # of the answer, beyond those of the model
        self.query = request.query
        self.body, self.parameters = {}, {}
        self.identity = self.account = self.world = None
        named, self.host_region, bucket = host_parts(self.headers_in.get("host", ""))
        self.read(named, bucket)
        self.api = api(self.service)
        self.region = scope.region if scope else self.host_region

    def read(self, named, bucket):
        """Which service and operation it is."""
        request = self.request
        target = self.headers_in.get("x-amz-target")
        if target:
            prefix, _, self.operation = target.rpartition(".")
            if prefix not in TARGETS:
                raise Unknown(f"target {target}")
            self.service = TARGETS[prefix]
            self.body = json.loads(request.body or b"{}")
            self.parameters = self.body
        elif request.method == "POST" and self.headers_in.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            self.parameters = dict(urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True))
            self.service = VERSIONS.get(self.parameters.get("Version"), named)
            self.operation = self.parameters.get("Action")
            if self.service not in VERSIONS.values():
                raise Unknown(f"version {self.parameters.get('Version')}")
        else:
            control = named == "s3control" or (request.path.startswith("/v20180820/") and "x-amz-account-id" in self.headers_in)
            self.service = "s3control" if control else "s3"
            path = f"/{bucket}{request.raw_path}" if bucket else request.raw_path
            query = request.query
            if path == "/" and self.scope and self.scope.service == "s3express":
                self.operation, self.parameters = "ListDirectoryBuckets", {}
                return
            found = api(self.service).route(request.method, path, query)
            if not found:
                raise Unknown(f"{self.service}: {request.method} {request.target}")
            self.operation, self.parameters = found

    def text(self):
        """What faults and refusals are matched against."""
        given = {k: v for k, v in self.parameters.items() if k not in ("Action", "Version", "WebIdentityToken")} \
            if self.api.protocol != "rest-xml" else {}
        return (f"{self.service}:{self.operation} {self.request.target} {urllib.parse.urlencode(given, doseq=True)} "
                f"account={self.account} region={self.region}")

    def owner_of(self, bucket):
        for world in [self.world, *self.server.worlds] if self.world else self.server.worlds:
            account = world.owner_of(bucket)
            if account:
                return world, account
        return None

    def limit(self, asked, most):
        size = min(int(asked), most) if asked not in (None, "") else most
        return max(1, min(size, self.server.page or size))

    def page(self, rows, token, asked):
        """(rows of this page, token of the next one or None); small ones when the server was told so."""
        start = 0
        if token:
            if not token.startswith("page+/=") or not token[7:].isdigit():
                raise Refused("InvalidArgument" if self.service == "s3" else "ValidationError", "the token is not valid", 400)
            start = int(token[7:])
        end = start + self.limit(asked, 1000)
        return rows[start:end], f"page+/={end}" if end < len(rows) else None

    def members(self, name, between=".member"):
        found, number = [], 1
        while f"{name}{between}.{number}" in self.parameters:
            found.append(self.parameters[f"{name}{between}.{number}"])
            number += 1
        return found

    def answer(self):
        known = ANSWERS[self.service].get(self.operation)
        if not known:
            code = {"query": "InvalidAction", "ec2": "InvalidAction", "json": "UnknownOperationException"}.get(self.api.protocol,
                                                                                                          "NotImplemented")
            raise Refused(code, f"{self.operation} is not answered here", 501 if code == "NotImplemented" else 400)
        return known(self)
