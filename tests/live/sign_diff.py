#!/usr/bin/env python3
"""Random requests with hostile names, signed by botocore and by us: every header Authorization is the same.

sign_diff.py SIGN_LINES [N [SEED]]. In the virtual environment (in_venv.py), which has botocore.
"""
import json
import random
import subprocess
import sys
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

ALPHABET = ["a", "Z", "0", "-", ".", "_", "~", " ", "+", "=", "*", "/", "//", "./", "../", "%", "%2F", "&", "?", "#", "'", "(", ")", "!",
            "\"", "<", "\\", "|", "`", "^", "{", "}", "[", "]", ":", ";", "@", "$", ",", "\u00e9", "\u4e16", "\U0001f600", "\t", "\x7f"]
S3_SAFE = "-._~"


def text(rng, longest, alphabet=None):
    return "".join(rng.choice(alphabet or ALPHABET) for _ in range(rng.randrange(longest + 1)))


def token(rng, longest):
    return text(rng, longest, "abcXYZ019/+=")


def request(rng):
    s3 = rng.random() < 0.6
    path = "/" + urllib.parse.quote(text(rng, 12), safe=S3_SAFE + "/")
    pairs = [(text(rng, 5) or "k", text(rng, 6)) for _ in range(rng.randrange(5))]
    query = "&".join(urllib.parse.quote(n, safe=S3_SAFE) + "=" + urllib.parse.quote(v, safe=S3_SAFE) for n, v in pairs)
    headers = {}
    if rng.random() < 0.5:
        headers["X-Amz-Account-Id"] = "111122223333"
    if not s3:
        headers["Content-Type"] = "application/x-amz-json-1.1"
        headers["X-Amz-Target"] = "Service." + text(rng, 5, "abcDEF") + "  twice   blank "
    return {"s3": s3, "method": rng.choice(["GET", "HEAD", "POST"]), "path": path, "query": query,
            "host": rng.choice(["s3.us-east-1.amazonaws.com", "127.0.0.1:9000", "b.s3.eu-west-1.amazonaws.com", "[::1]:8080"]),
            "headers": list(headers.items()), "body": "" if rng.random() < 0.5 else text(rng, 40),
            "service": "s3" if s3 else rng.choice(["kms", "iam", "organizations"]),
            "region": rng.choice(["us-east-1", "eu-central-1", "us-gov-west-1"]),
            "id": "AKIA" + text(rng, 16, "ABCDEF234567"), "secret": token(rng, 90) or "s",
            "token": token(rng, 1200) if rng.random() < 0.5 else ""}


def signed_by_botocore(r):
    """The header, and the time that it was made for."""
    sent = botocore.awsrequest.AWSRequest(
        method=r["method"], url=f"http://{r['host']}{r['path']}" + (f"?{r['query']}" if r["query"] else ""),
        headers=dict(r["headers"]), data=r["body"].encode())
    sent.headers["host"] = r["host"]
    who = botocore.credentials.Credentials(r["id"], r["secret"], r["token"] or None)
    signer = botocore.auth.S3SigV4Auth if r["s3"] else botocore.auth.SigV4Auth
    signer(who, r["service"], r["region"]).add_auth(sent)
    t = sent.headers["X-Amz-Date"]
    date = f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[9:11]}:{t[11:13]}:{t[13:15]}Z"
    return sent.headers["Authorization"], date


def main():
    count, seed = (int(a) for a in (sys.argv[2:] + ["2000", "1"])[:2])
    rng = random.Random(seed)
    requests, wanted = [], []
    for _ in range(count):
        r = request(rng)
        answer, r["date"] = signed_by_botocore(r)
        requests.append(r)
        wanted.append(answer)
    lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in requests)
    got = subprocess.run([sys.argv[1]], input=lines, stdout=subprocess.PIPE, text=True, check=True, encoding="utf-8").stdout.splitlines()
    wrong = [(r, w, g) for r, w, g in zip(requests, wanted, got) if w != g]
    bad = wrong or len(got) != count
    print(f"1..1\n{'not ok' if bad else 'ok'} 1 - {count} requests, seed {seed}: {len(wrong)} signatures differ")
    for r, w, g in wrong[:5]:
        print(f"# {json.dumps(r)}\n#   botocore: {w}\n#   we:       {g}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
