"""The server: HTTP/1.1 over threads, on loopback."""
import json
import re
import socket
import socketserver
import threading
import time
import urllib.parse
import uuid
from email.utils import formatdate

from . import models, wire
from .call import Call, Unknown
from .faults import Faults
from .identities import Keys
from .limits import Limits
from .sigv4 import CODES, BadSignature, Scope, verify
from .sources import Sources, page
from .world import Refused

ROOTS = json.loads((models.HERE.parent / "api" / "roots.json").read_text())
REFUSED = {"s3": "AccessDenied", "s3control": "AccessDenied", "iam": "AccessDenied", "sts": "AccessDenied",
           "ec2": "UnauthorizedOperation", "kms": "AccessDeniedException", "organizations": "AccessDeniedException",
           "cloudtrail": "AccessDeniedException"}
REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 429: "Too Many Requests",
           500: "Internal Server Error", 501: "Not Implemented", 503: "Slow Down"}


def status_of(api, code):
    if api.protocol == "json":
        return 400
    if api.service in ("s3", "s3control") and re.search("NoSuch|NotFound|NotExist", code):
        return 404
    if code in ("NoSuchEntity",):
        return 404
    if code in ("SlowDown", "ServiceUnavailable", "RequestLimitExceeded"):
        return 503
    if code in ("InternalError", "InternalFailure"):
        return 500
    if code == "NotImplemented":
        return 501
    return 403 if re.search("Denied|Unauthorized|Forbidden|SignatureDoesNotMatch|AccessKeyId|TokenId|Skewed|MissingAuth", code) else 400


class Request:
    """As it came: `headers` is a list of (lower-case name, value)."""

    def __init__(self, line, headers, body):
        self.method, self.target, _ = line.split(" ", 2)
        if self.target.startswith("http://"):  # to a proxy
            self.target = "/" + self.target.split("/", 3)[3]
        self.raw_path, _, self.raw_query = self.target.partition("?")
        self.path = urllib.parse.unquote(self.raw_path)
        self.query = dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True))
        self.headers, self.body = headers, body


class Connection(socketserver.StreamRequestHandler):
    rbufsize = 1 << 16
    disable_nagle_algorithm = True

    def read(self):
        line = self.rfile.readline(1 << 20).decode("latin-1").rstrip("\r\n")
        if not line:
            return None
        headers = []
        while True:
            row = self.rfile.readline(1 << 20).decode("latin-1").rstrip("\r\n")
            if not row:
                break
            name, _, value = row.partition(":")
            headers.append((name.strip().lower(), value.strip()))
        length = dict(headers).get("content-length", "0")
        return Request(line, headers, self.rfile.read(int(length)))

    def handle(self):
        try:
            while True:
                request = self.read()
                if request is None or not self.server.replay.serve(request, self):
                    return
        except (OSError, ValueError):
            return

    def send(self, status, headers, body, head, fault):
        """False: the connection ends here."""
        fault = fault or {}
        if fault.get("hang"):
            self.wait(3600)
            return False
        if fault.get("delay"):
            self.wait(fault["delay"])
        extra = fault.get("repeat")
        tail = fault.get("tail", "").encode()
        size = len(body) + (len(extra[0].encode()) * extra[1] if extra else 0) + len(tail)
        if "cut" in fault:
            fault = {"length": size, **fault}
            body = body[:fault["cut"]]
        told = fault.get("headers", {})
        rows = [(n, v) for n, v in headers.items()] + list(told.items() if isinstance(told, dict) else told)
        chunked, length = fault.get("chunked"), fault.get("length", size)
        if chunked:
            rows.append(("transfer-encoding", "chunked"))
        elif length != "none" and not any(n.lower() == "content-length" for n, _ in rows):
            rows.append(("content-length", str(length)))
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", f"date: {formatdate(self.server.replay.now(), usegmt=True)}"]
        lines += [f"{n}: {v}" for n, v in rows]
        start = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
        pieces = [] if head else self.pieces(body, extra, tail, chunked)
        if "drop" in fault:
            self.wfile.write((start + b"".join(pieces))[:fault["drop"]])
            return False
        if fault.get("drip"):
            for piece in [start, *pieces]:
                for at in range(0, len(piece)):
                    self.wfile.write(piece[at:at + 1])
                    self.wait(1 / fault["drip"])
            return False
        sent = [start]
        for piece in pieces:
            sent.append(piece)
            if sum(map(len, sent)) > 1 << 16:
                self.wfile.write(b"".join(sent))
                sent = []
        self.wfile.write(b"".join(sent))
        return length == size and chunked != "open" and not {"close", "cut"} & set(fault)

    @staticmethod
    def pieces(body, extra, tail, chunked):
        many = max(1, (1 << 16) // max(1, len(extra[0]))) if extra else 1
        whole, rest = divmod(extra[1], many) if extra else (0, 0)
        def raw():
            yield body
            for _ in range(whole):
                yield extra[0].encode() * many
            yield (extra[0].encode() * rest if extra else b"") + tail
        if not chunked:
            return (p for p in raw() if p)
        def framed():
            for piece in raw():
                for at in range(0, len(piece), 1000):
                    part = piece[at:at + 1000]
                    yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
            if chunked != "open":
                yield b"0\r\n\r\n"
        return framed()

    def wait(self, seconds):
        self.server.replay.stopping.wait(seconds)


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def handle_error(self, request, client_address):
        self.replay.troubles.append(repr(client_address))


class Server:
    """Loopback only. `with Server([World.load(folder)]) as server: ... server.url, server.log`."""

    def __init__(self, worlds, port=0, page_size=None, deny=None, faults=None, verify_with=None, limits=None, log_file=None,
                 roles=".*", external_id=None, mfa_code=None, web_token="web-identity-token", delegated=(), clock=0.0,
                 lasts=None, source=None):
        self.worlds, self.page, self.external_id, self.mfa_code = list(worlds), page_size, external_id, mfa_code
        self.deny = re.compile(deny) if deny else None
        self.faults, self.limits = faults or Faults(), limits or Limits()
        self.keys = Keys(self.worlds[0].partition if self.worlds else "aws", verify_with, lasts=lasts)
        self.verifying, self.roles, self.web_token, self.delegated = verify_with is not None, re.compile(roles), web_token, delegated
        self.sources = Sources(self.keys, **(source or {}))
        self.clock, self.log, self.troubles, self.unknown = clock, [], [], set()
        self.log_file = open(log_file, "a", encoding="utf-8", buffering=1) if log_file else None
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.listener = Listener(("127.0.0.1", port), Connection)
        self.listener.replay = self
        self.port = self.listener.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.listener.shutdown()
        self.listener.server_close()
        if self.log_file:
            self.log_file.close()

    def now(self):
        return time.time() + self.clock

    def world_of(self, account, first=None):
        for world in [first, *self.worlds] if first else self.worlds:
            if account in world.accounts:
                return world
        for world in self.worlds:  # an account of the organization without a folder of its own
            if account in world.parents() or account in str(world.get("organization/organization.json", "")):
                return world
        return self.worlds[0] if len(self.worlds) == 1 else None

    def known(self, account):
        """Is the account in a world, or in the organization of one?"""
        return any(account in w.accounts or account in w.parents() or account in str(w.get("organization/organization.json", ""))
                   for w in self.worlds)

    def asked(self, name=None):
        """The log's rows of one operation (`s3:GetBucketPolicy`), or all."""
        return [row for row in list(self.log) if name in (None, row["operation"])]

    def record(self, row):
        with self.lock:
            row["number"] = len(self.log)
            self.log.append(row)
            if self.log_file:
                self.log_file.write(json.dumps(row) + "\n")

    def serve(self, request, connection):
        """True: the connection goes on."""
        row = {"at": time.time(), "method": request.method, "target": request.target, "host": dict(request.headers).get("host"),
               "agent": dict(request.headers).get("user-agent"), "authorized": any(n == "authorization" for n, _ in request.headers),
               "headers": [n for n, _ in request.headers], "operation": "?", "account": None, "region": None}
        fault, answer = None, self.sources.answer(request) if not row["authorized"] or request.path.startswith("/v") else None
        if answer:
            row["operation"] = answer[0]
            fault = self.faults.find(f"{answer[0]} {request.target}")
            status, headers, body = answer[1:]
        else:
            status, headers, body, fault = self.aws(request, row)
        if fault:
            status, headers, body = self.faulty(fault, status, headers, body)
            row["fault"] = fault["match"]
        row["status"] = status
        self.record(row)
        return connection.send(status, headers, body, request.method == "HEAD", fault)

    def faulty(self, fault, status, headers, body):
        number = str(fault["n"])
        if "replace" in fault:
            body = re.sub(fault["replace"][0].encode(), fault["replace"][1].replace("{n}", number).encode(), body)
        if "file" in fault:
            with open(fault["file"], "rb") as file:
                body = file.read()
        elif "body" in fault or "repeat" in fault:
            body = fault.get("body", "").replace("{n}", number).encode("utf-8", "surrogateescape")
        if "body" in fault or "headers" in fault or "file" in fault:
            told = fault.get("headers", {})
            names = {n.lower() for n, _ in (told.items() if isinstance(told, dict) else told)}
            headers = {n: v for n, v in headers.items() if n not in names}
        return fault.get("status", 200 if "body" in fault or "file" in fault else status), headers, body

    def aws(self, request, row):
        request_id = uuid.uuid4().hex[:16].upper()
        scope = call = None
        try:
            held = dict(request.headers)
            scope = Scope(held["authorization"]) if "authorization" in held else None
            call = Call(self, request, scope)
            row.update(operation=f"{call.service}:{call.operation}", region=call.region)
            if scope:
                row["key"] = scope.key
            self.identify(call, scope, held)
            row["account"] = call.account
            row["arn"] = call.identity.arn if call.identity else None
            text = call.text()
            row["text"] = text
            fault = self.faults.find(text)
            self.refuse(call, text, fault)
            return (*self.good(call, call.answer(), request_id, row), fault)
        except Unknown as error:
            row["unknown"] = str(error)
            self.troubles.append(str(error))
            return *page(400, f"<Error><Code>UnknownService</Code><Message>{wire.escaped(str(error))}</Message></Error>", "text/xml"), None
        except BadSignature as error:
            api = call.api if call else models.api("s3")
            code = error.code or CODES.get(api.service, CODES.get(api.protocol))[error.which]
            row["code"] = code
            row["why"] = str(error)
            fault = self.faults.find(call.text()) if call else None
            return *self.bad(api, Refused(code, str(error).split("\n", 1)[0]), request_id), fault
        except Refused as error:
            row["code"] = error.code
            return *self.bad(call.api, error, request_id), self.faults.find(call.text()) if "text" not in row else fault
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:  # a world in a form that is not foreseen
            self.troubles.append(f"{row['operation']} {request.target}: {error!r}")
            return *self.bad(call.api if call else models.api("s3"), Refused("InternalError", repr(error), 500), request_id), None

    def identify(self, call, scope, held):
        unsigned = call.operation in ("AssumeRoleWithWebIdentity", "HeadBucket")
        if scope is None:
            if not unsigned:
                raise BadSignature(0, "Request is missing Authentication Token")
            call.world = self.worlds[0] if self.worlds else None
            return
        call.identity = self.keys.find(scope.key, held.get("x-amz-security-token"))
        call.account = call.identity.account
        call.world = self.world_of(call.account)
        if call.world is None:
            raise BadSignature(1, "no such account")
        if self.verifying:
            verify(scope, call.request, call.identity.secret, call.api, self.now())

    def refuse(self, call, text, fault):
        refused = self.limits.refused(call, text)
        if refused:
            raise Refused(refused[0], "Rate exceeded", refused[1])
        if self.deny and self.deny.search(text):
            who = call.identity.arn if call.identity else "anonymous"
            message = f"User: {who} is not authorized to perform: {call.service.replace('s3control', 's3')}:{call.operation}"
            raise Refused(REFUSED[call.service], "Access Denied" if call.service == "s3" else message)
        if fault and "code" in fault:
            raise Refused(fault["code"], fault.get("message", fault["code"]), fault.get("status"))

    def good(self, call, value, request_id, row):
        api = call.api
        if api.protocol == "rest-xml":
            headers, body, unknown = wire.rest_xml(api, call.operation, value, ROOTS[call.service])
            headers["x-amz-request-id"] = request_id
        elif api.protocol == "query":
            headers, body, unknown = wire.query(api, call.operation, value, request_id)
        elif api.protocol == "ec2":
            headers, body, unknown = wire.ec2(api, call.operation, value, request_id)
        else:
            headers, body, unknown = wire.json_11(api, call.operation, value)
        headers.update(call.headers)
        headers.setdefault("x-amzn-requestid", request_id)
        if unknown:
            row["no_shape"] = unknown
            self.unknown.update(unknown)
        return 200, headers, body

    @staticmethod
    def bad(api, error, request_id):
        status = error.status or status_of(api, error.code)
        status, headers, body = wire.error(api, status, error.code, error.message, request_id, error.extra)
        headers["x-amz-request-id"] = headers["x-amzn-requestid"] = request_id
        return status, headers, body
