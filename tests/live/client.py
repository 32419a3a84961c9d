"""Requests that a test makes itself, signed by the tests' own hand."""
import hashlib
import http.client
import time

from replay import sigv4


def signed(method, target, headers, key, secret, body=b"", service="s3", region="us-east-1"):
    """The headers with a signature; `canonical` is the verifier's, which botocore checks."""
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    rows = {"x-amz-date": date, "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), **headers}
    names = sorted(rows)
    head = f"AWS4-HMAC-SHA256 Credential={key}/{date[:8]}/{region}/{service}/aws4_request, SignedHeaders={';'.join(names)}, Signature="
    text = sigv4.canonical(method, target, list(rows.items()), names, rows["x-amz-content-sha256"], service == "s3")
    rows["authorization"] = head + sigv4.signature(secret, sigv4.Scope(head + "0" * 64), date, text)
    return rows


def ask(port, method, target, headers=None, body=b"", key=None, secret=None, **scope):
    """(status, headers, text); unsigned without a key."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    rows = {"host": f"127.0.0.1:{port}", **(headers or {})}
    if key:
        rows = signed(method, target, rows, key, secret, body, **scope)
    connection.request(method, target, body or None, rows)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, answer.headers, text
