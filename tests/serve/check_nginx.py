#!/usr/bin/env python3
"""nginx in front of a store asks why403 serve: check_nginx.py PROGRAM ROOT FOLDER. The configuration is that of docs/serve.md, with other ports; the
denial with its reason reaches `aws s3 cp`. Debian's nginx is unpacked into FOLDER where it is not installed."""
import http.client
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from rgw import Missing, free_port, unpacked  # pylint: disable=wrong-import-position

from server import Server  # pylint: disable=wrong-import-position

WHY403, ROOT, FOLDER = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
KEYS = "AKIAALICEALICEALICE1 arn:aws:iam::111122223333:user/alice\nAKIABOBBOBBOBBOBBOB1 arn:aws:iam::111122223333:user/bob\nAKIADEPLOYDEPLOYDEPL arn:aws:iam::111122223333:role/deploy\n"


class Store(http.server.BaseHTTPRequestHandler):
    """It takes everything, and keeps what it was asked."""
    protocol_version = "HTTP/1.1"
    asked = []

    def answer(self):
        n = 0
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                n += len(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
        else:
            n = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.asked.append((self.command, self.path, n))
        body = b"stored"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def program():
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found:
        return found
    root = unpacked(FOLDER / "nginx", ["nginx-light", "nginx"])
    found = root / "usr/sbin/nginx"
    if not found.exists():
        raise Missing("no nginx among its packages")
    return str(found)


def configuration(place, port, pdp, store):
    """The blocks of the documentation, with our ports."""
    text = (ROOT / "docs/serve.md").read_text(encoding="utf-8")
    block = re.search(r"```nginx\n(.*?)```", text, re.S)[1]
    upstream, rest = block.split("\n", 1)
    upstream = upstream.replace("127.0.0.1:8181", f"127.0.0.1:{pdp}")
    rest = rest.replace('X-Why403-Token "..."', 'X-Why403-Token "pdp"')
    path = pathlib.Path(place) / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    path.write_text(f"""{user} worker_processes 1; daemon off; error_log {place}/error.log; pid {place}/pid;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;
  upstream store {{ server 127.0.0.1:{store}; }}
  {upstream}
  server {{ listen 127.0.0.1:{port};
{rest}
  }}
}}
""", encoding="utf-8")
    return path


def auth(who):
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential=AKIA{who}/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"}


ALICE, BOB, DEPLOY = auth("ALICEALICEALICE1"), auth("BOBBOBBOBBOBBOB1"), auth("DEPLOYDEPLOYDEPL")


def ask(port, method, path, headers, body=None):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request(method, path, body, headers, encode_chunked=hasattr(body, "__next__"))
    r = c.getresponse()
    return r.status, r.read()


def chain(s, port):
    """(what, is it so)"""
    got = ask(port, "GET", "/example-data/k", BOB)
    yield "what is allowed is passed on", got == (200, b"stored")
    status, body = ask(port, "GET", "/example-reports/finance/q3.csv", ALICE)
    yield "a denial is S3's error with the reason", status == 403 and b"<Code>AccessDenied</Code>" in body and b"FinanceOnlyFromTheVpc" in body
    yield "HEAD has the status alone", ask(port, "HEAD", "/example-reports/finance/q3.csv", ALICE) == (403, b"")
    n = len(Store.asked)
    raw = "/example-data/%2e%2e/%252e?x-id=GetObject"
    yield "the address arrives as it was sent", ask(port, "GET", raw, BOB)[0] == 200 and Store.asked[n][1] == raw
    sent = iter([b"x" * (1 << 20)] * 20)
    got = ask(port, "PUT", "/example-data/large", {**DEPLOY, "Transfer-Encoding": "chunked"}, sent)
    yield "20 MB in chunks are passed on", got[0] == 200 and Store.asked[-1][2] == 20 << 20
    yield "a denied PUT does not reach the store", ask(port, "PUT", "/example-data/no", ALICE, b"x")[0] == 403 and Store.asked[-1][1] != "/example-data/no"
    yield "nobody's key is no permission", ask(port, "GET", "/example-data/k", auth("NOBODY"))[0] == 403
    yield from command(port)
    s.stop()
    yield "without the decision point nothing is passed on", ask(port, "GET", "/example-data/k", BOB)[0] == 500


def command(port):
    aws = shutil.which("aws")
    if not aws:
        return
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "AWS_ACCESS_KEY_ID": "AKIAALICEALICEALICE1", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
               "AWS_CONFIG_FILE": folder + "/none", "AWS_SHARED_CREDENTIALS_FILE": folder + "/none", "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run([aws, "--endpoint-url", f"http://127.0.0.1:{port}", "s3api", "get-object", "--bucket", "example-reports", "--key",
                               "finance/q3.csv", folder + "/out"], env=env, capture_output=True, text=True, check=False, timeout=120)
        put = subprocess.run([aws, "--endpoint-url", f"http://127.0.0.1:{port}", "s3", "cp", __file__, "s3://example-reports/finance/q3.csv"], env=env,
                             capture_output=True, text=True, check=False, timeout=120)
    yield "aws s3api prints the reason", "explicit deny" in done.stderr and "FinanceOnlyFromTheVpc" in done.stderr
    yield "aws s3 cp prints the reason", put.returncode != 0 and "bucket policy of example-reports" in put.stderr + done.stderr


def main():
    failed = 0
    with tempfile.TemporaryDirectory(prefix="w403-nginx-") as place:
        binary, port = program(), free_port()
        store = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
        threading.Thread(target=store.serve_forever, daemon=True).start()
        keys = pathlib.Path(place) / "keys"
        keys.write_text(KEYS, encoding="ascii")
        with Server(WHY403, "--snapshot", ROOT / "examples/account", "--keys", keys) as s:
            conf = configuration(place, port, s.port, store.server_port)
            nginx = subprocess.Popen([binary, "-p", place, "-c", str(conf), "-e", place + "/error.log"])
            try:
                for _ in range(100):
                    try:
                        ask(port, "GET", "/", {})
                        break
                    except OSError:
                        time.sleep(0.1)
                for number, (what, good) in enumerate(chain(s, port), 1):
                    print(f"{'ok' if good else 'not ok'} {number} - {what}")
                    failed += not good
                if failed:
                    print("# " + (pathlib.Path(place) / "error.log").read_text(encoding="utf-8")[-1500:].replace("\n", "\n# "))
            finally:
                nginx.terminate()
                nginx.wait()
                store.shutdown()
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Missing as e:
        print(f"1..0 # SKIP {e}")
