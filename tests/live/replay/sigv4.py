"""A verifier of Signature Version 4, from AWS's description of it (docs.aws.amazon.com/IAM/latest/UserGuide/
reference_sigv-create-signed-request.html). It trusts nothing that the client computed."""
import calendar
import hashlib
import hmac
import re
import time
import urllib.parse

UNRESERVED = "-._~"
FORM = re.compile(r"AWS4-HMAC-SHA256 +Credential=([^/,]+)/(\d{8})/([^/,]*)/([^/,]+)/aws4_request, *SignedHeaders=([^,]+), *"
                  r"Signature=([0-9a-f]{64})$")
# protocol or service -> (no signature, unknown key, wrong signature)
CODES = {"s3": ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"),
         "s3control": ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"),
         "query": ("MissingAuthenticationToken", "InvalidClientTokenId", "SignatureDoesNotMatch"),
         "ec2": ("MissingAuthenticationToken", "AuthFailure", "AuthFailure"),
         "json": ("MissingAuthenticationTokenException", "UnrecognizedClientException", "InvalidSignatureException")}


class BadSignature(Exception):
    def __init__(self, which, why, code=None):
        super().__init__(why)
        self.which, self.code = which, code


class Scope:
    """What an Authorization header says of itself."""

    def __init__(self, header):
        found = FORM.match(header)
        if not found:
            raise BadSignature(2, "the Authorization header is malformed")
        self.key, self.day, self.region, self.service, names, self.signature = found.groups()
        self.names = names.split(";")


def digest(key, text):
    return hmac.new(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()


def quoted(text, safe=""):
    return urllib.parse.quote(text, safe=safe + UNRESERVED, errors="surrogateescape")


def canonical_path(path, simple):
    if simple:  # S3: as it was sent, each segment encoded once
        return quoted(urllib.parse.unquote(path, errors="surrogateescape"), "/") or "/"
    segments = []
    for segment in path.split("/"):
        if segment == "..":
            segments[-1:] = []
        elif segment not in ("", "."):
            segments.append(segment)
    joined = "/" + "/".join(segments) + ("/" if segments and path.endswith("/") else "")
    return quoted(joined, "/")


def canonical_query(raw):
    pairs = []
    for part in raw.split("&") if raw else []:
        name, _, value = part.partition("=")
        pairs.append((quoted(urllib.parse.unquote(name, errors="surrogateescape")),
                      quoted(urllib.parse.unquote(value, errors="surrogateescape"))))
    return "&".join(f"{n}={v}" for n, v in sorted(pairs))


def canonical(method, target, headers, names, body_hash, simple):
    path, _, query = target.partition("?")
    lines = []
    for name in names:
        values = [" ".join(v.split()) for n, v in headers if n == name]
        lines.append(f"{name}:{','.join(values)}\n")
    return "\n".join([method, canonical_path(path, simple), canonical_query(query), "".join(lines), ";".join(names), body_hash])


def signature(secret, scope, date, text):
    key = digest(digest(digest(digest(b"AWS4" + secret.encode(), scope.day), scope.region), scope.service), "aws4_request")
    hashed = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return digest(key, f"AWS4-HMAC-SHA256\n{date}\n{scope.day}/{scope.region}/{scope.service}/aws4_request\n{hashed}").hex()


def verify(scope, request, secret, api, now=None):
    """Raises BadSignature."""
    simple = api.service in ("s3", "s3control")
    held = dict(request.headers)
    if scope.service not in (api.signing_name, "s3express" if api.service == "s3" else ""):
        raise BadSignature(2, f"Credential should be scoped to correct service: '{api.signing_name}'.")
    if scope.names != sorted(scope.names) or len(set(scope.names)) != len(scope.names):
        raise BadSignature(2, "the signed headers are not sorted")
    must = {"host"} | {n for n in held if n.startswith("x-amz-")}
    if not must <= set(scope.names):
        raise BadSignature(2, f"not signed: {', '.join(sorted(must - set(scope.names)))}", "AccessDenied" if simple else None)
    date = held.get("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", date) or date[:8] != scope.day:
        raise BadSignature(2, "AWS authentication requires a valid Date or x-amz-date header", "AccessDenied" if simple else None)
    off = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ")) - (now if now is not None else time.time())
    if abs(off) > 15 * 60:
        raise BadSignature(2, "The difference between the request time and the current time is too large." if simple else
                           f"Signature expired: {date} is {off:.0f} s off", "RequestTimeTooSkewed" if simple else None)
    body_hash = hashlib.sha256(request.body).hexdigest()
    if simple:
        told = held.get("x-amz-content-sha256")
        if told is None:
            raise BadSignature(2, "Missing required header for this request: x-amz-content-sha256", "InvalidRequest")
        if told not in (body_hash, "UNSIGNED-PAYLOAD"):
            raise BadSignature(2, "The provided 'x-amz-content-sha256' header does not match what was computed.",
                               "XAmzContentSHA256Mismatch")
        body_hash = told
    text = canonical(request.method, request.target, request.headers, scope.names, body_hash, simple)
    if not hmac.compare_digest(signature(secret, scope, date, text), scope.signature):
        raise BadSignature(2, "The request signature we calculated does not match the signature you provided.\n" + text)
