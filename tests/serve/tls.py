"""why403 serve over TLS: versions, a certificate that is renewed under load, certificates of clients. tls.py SOURCE_ROOT WHY403"""
import json
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

from server import Server

ROOT, WHY403 = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
REQUEST = {"operation": "GetObject", "resource": "arn:aws:s3:::example-reports/finance/q3.csv",
           "principal": "arn:aws:iam::111122223333:user/alice", "from": "203.0.113.9"}


def certificate(folder, name):
    """Self-signed, for 127.0.0.1; (certificate, key)."""
    cert, key = (str(pathlib.Path(folder) / f"{name}.{end}") for end in ("pem", "key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days",
                    "30", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:TRUE"],
                   check=True, capture_output=True)
    return cert, key


def context(*authorities, own=None):
    made = ssl.create_default_context(cafile=authorities[0])
    for more in authorities[1:]:
        made.load_verify_locations(more)
    if own:
        made.load_cert_chain(*own)
    return made


class Tls(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="w403-tls-")
        self.addCleanup(self.folder.cleanup)
        self.cert, self.key = certificate(self.folder.name, "one")

    def serve(self, *more, trust=()):
        return Server(WHY403, "--snapshot", ROOT / "examples/account", "--cert", self.cert, "--key", self.key, *more, tls=context(self.cert, *trust))

    def test_answers(self):
        with self.serve() as s:
            self.assertTrue(s.start.startswith("https://"))
            self.assertEqual(s.post("/v1/ask", {"ask": "explain", "request": REQUEST}, token="ask").json()["decision"], "denied")
            self.assertIn("Secure", s.get(s.start[s.start.index("/?"):]).headers["set-cookie"])
            lines = "\n".join([json.dumps(REQUEST)] * 3000)
            got = s.post("/v1/batch", lines, token="ask", headers={"Content-Type": "application/x-ndjson"})
            self.assertEqual(json.loads(got.body.splitlines()[-1]), {"end": True, "n": 3000, "errors": 0})
            self.assertEqual(s.get("/healthz", headers={"Host": "evil.example"}).status, 403)

    def test_versions(self):
        with self.serve() as s:
            for version, good in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
                one = context(self.cert)
                one.set_ciphers("ALL:@SECLEVEL=0")
                one.minimum_version = one.maximum_version = version
                try:
                    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as raw, one.wrap_socket(raw, server_hostname="127.0.0.1"):
                        self.assertTrue(good, version)
                except (ssl.SSLError, ConnectionResetError):
                    self.assertFalse(good, version)
            with socket.create_connection(("127.0.0.1", s.port), timeout=10) as plain:
                plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertNotIn(b"200", plain.recv(100))

    def test_renewed(self):
        with tempfile.TemporaryDirectory() as folder:
            new = certificate(folder, "two")
            with self.serve(trust=(new[0],)) as s:
                old = s.connection()
                self.assertEqual(s.get("/healthz", connection=old).status, 200)
                for path, other in zip((self.cert, self.key), new):
                    pathlib.Path(path).write_bytes(pathlib.Path(other).read_bytes())
                s.process.send_signal(signal.SIGHUP)
                for _ in range(100):
                    c = s.connection()
                    c.connect()
                    name = dict(x[0] for x in c.sock.getpeercert()["subject"])["commonName"]
                    c.close()
                    if name == "two":
                        break
                    time.sleep(0.05)
                self.assertEqual(name, "two")
                self.assertEqual(s.get("/healthz", connection=old).status, 200, "who was there goes on")
                pathlib.Path(self.cert).write_text("nonsense", encoding="ascii")
                s.process.send_signal(signal.SIGHUP)
                time.sleep(0.3)
                self.assertEqual(s.get("/healthz").status, 200, "one that cannot be read changes nothing")
                self.assertIn("certificate not loaded", s.log())
                self.assertEqual(s.stop(), 0)

    def test_clients(self):
        with tempfile.TemporaryDirectory() as folder:
            known, other = certificate(folder, "client"), certificate(folder, "other")
            with self.serve("--client-ca", known[0]) as s:
                for own, good in ((None, False), (other, False), (known, True)):
                    s.tls = context(self.cert, own=own)
                    try:
                        status = s.get("/healthz").status
                    except (ssl.SSLError, ConnectionError, OSError) as e:
                        status = repr(e)
                    except Exception as e:  # pylint: disable=broad-except
                        status = repr(e)
                    self.assertEqual(status == 200, good, (own, status))

    def test_unusable(self):
        for cert, key in ((self.key, self.key), (self.cert, self.cert), ("/none", self.key)):
            done = subprocess.run([WHY403, "serve", "--no-snapshot", "--listen", "127.0.0.1:0", "--cert", cert, "--key", key], capture_output=True,
                                  timeout=20, check=False)
            self.assertEqual((done.returncode, bool(re.match(rb"error: ", done.stderr))), (2, True), done)


if __name__ == "__main__":
    if not (WHY403.parent / "src/serve/serve.so").exists():
        print("1..0 # SKIP this build has no module for serve")
        sys.exit(0)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
