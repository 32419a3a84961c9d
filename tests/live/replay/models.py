"""AWS's service models, as Debian's awscli or python3-botocore brings them, with tests/live/api for what is newer."""
import functools
import json
import os
import pathlib
import re
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
DEBIAN = ["/usr/lib/python3/dist-packages/awscli/botocore/data", "/usr/lib/python3/dist-packages/botocore/data"]
SERVICES = ["s3", "s3control", "iam", "sts", "kms", "organizations", "ec2", "cloudtrail"]


class NoModels(Exception):
    """Neither of Debian's packages is installed."""


def data_folder():
    for folder in [os.environ.get("W403_SERVICE_MODELS"), *DEBIAN]:
        if folder and os.path.isdir(folder):
            return pathlib.Path(folder)
    raise NoModels("no service models of AWS's are installed (apt-get install python3-botocore, or awscli)")


def merged(old, new):
    """`new` into `old`: objects member by member, everything else replaced."""
    for name, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(name), dict):
            merged(old[name], value)
        else:
            old[name] = value
    return old


class Route:
    """One rest-xml operation as a request line: /{Bucket}/{Key+}?acl"""

    def __init__(self, name, operation, shapes):
        path, _, query = operation["http"]["requestUri"].partition("?")
        self.name = name
        self.method = operation["http"]["method"]
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        members = shapes[operation["input"]["shape"]] if "input" in operation else {}
        self.needed = [member["locationName"] for key, member in members.get("members", {}).items()
                       if member.get("location") == "querystring" and key in members.get("required", [])]
        # Of two that fit, the one that fixes more: /accesspoint/{name}/policy before /accesspoint/{name+}.
        self.weight = 10 * len(self.query) + 10 * len(self.needed) + len(re.sub(r"\{[^}]*\}", "", path)) + path.count("{")
        pattern = "".join(
            f"(?P<{part[1:-1].rstrip('+')}>{'.+' if part.endswith('+}') else '[^/]+'})" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]*\})", path))
        self.pattern = re.compile(pattern + "/?$" if path != "/" else "/$")

    def match(self, method, path, query):
        if method != self.method or any(query.get(n) is None or (v and query[n] != v) for n, v in self.query.items()):
            return None
        if any(name not in query for name in self.needed):
            return None
        found = self.pattern.match(path)
        return found and {name: urllib.parse.unquote(value) for name, value in found.groupdict().items()}


class Api:
    """One service."""

    def __init__(self, service):
        newest = sorted((data_folder() / service).iterdir())[-1]
        model = json.loads((newest / "service-2.json").read_text())
        newer = HERE.parent / "api" / f"{service}.json"
        if newer.exists():
            merged(model, json.loads(newer.read_text())["model"])
        self.service = service
        self.meta = model["metadata"]
        self.shapes = model["shapes"]
        self.operations = model["operations"]
        self.protocol = self.meta["protocol"]
        self.signing_name = self.meta.get("signingName", self.meta["endpointPrefix"])
        self.routes = []
        if self.protocol == "rest-xml":
            self.routes = sorted((Route(n, o, self.shapes) for n, o in self.operations.items()), key=lambda r: -r.weight)

    def route(self, method, path, query):
        """(operation, parameters of the path), or None."""
        for route in self.routes:
            found = route.match(method, path, query)
            if found is not None:
                return route.name, found
        return None

    def output(self, operation):
        return self.shapes[self.operations[operation]["output"]["shape"]] if "output" in self.operations[operation] else {}


@functools.lru_cache(maxsize=None)
def api(service):
    return Api(service)
