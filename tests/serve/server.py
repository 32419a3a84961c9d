"""A why403 serve of its own for tests: `with Server(why403, "--snapshot", ...) as s: s.post("/v1/ask", {...}, token="ask")`."""
import hashlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

TOKENS = {"pdp": "pdp", "ask": "ask,metrics", "admin": "admin,ask"}
JSON = "application/json"


class Answer:
    """Status, headers and body of one answer."""
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, {k.lower(): v for k, v in headers}, body

    def json(self):
        return json.loads(self.body)


class Server:
    def __init__(self, why403, *options, tokens=True, port=0, tls=None, env=None):
        self.folder = tempfile.TemporaryDirectory(prefix="w403-serve-")
        here = pathlib.Path(self.folder.name)
        words = [str(why403), "serve", *map(str, options)]
        self.unix = next((str(o) for o in options if str(o).endswith(".sock")), None)
        if not any(str(o) in ("--listen", "--socket") for o in options):
            words += ["--listen", f"127.0.0.1:{port}"]
        if tokens:
            path = here / "tokens"
            path.write_text("".join(f"{n} {s} {hashlib.sha256(n.encode()).hexdigest()}\n" for n, s in TOKENS.items()), encoding="ascii")
            path.chmod(0o600)
            words += ["--tokens", str(path)]
        self.tls, self.words, self.env = tls, words, env
        self.err = here / "err"

    def __enter__(self):
        with open(self.err, "wb") as err:
            self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=err, env={**os.environ, "WHY403_SNAPSHOT": "", **(self.env or {})})
        if self.unix:
            self.port, self.start = 0, None
            while not os.path.exists(self.unix) and self.process.poll() is None:
                time.sleep(0.01)
            return self
        self.start = self.process.stdout.readline().decode().strip()
        found = re.match(r"https?://127\.0\.0\.1:(\d+)/\?token=", self.start)
        if not found:
            raise AssertionError(f"no start address: {self.start!r}, {self.log()}")
        self.port = int(found[1])
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def stop(self, sig=signal.SIGTERM, within=15):
        """The exit status."""
        self.process.send_signal(sig)
        return self.process.wait(within)

    def log(self):
        return self.err.read_text(encoding="utf-8")

    def connect(self):
        if self.unix:
            s = socket.socket(socket.AF_UNIX)
            s.connect(self.unix)
            s.settimeout(20)
            return s
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def connection(self):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, method, path, body=None, token=None, headers=None, connection=None):
        """`body`: bytes, a text, or what becomes JSON."""
        c = connection or self.connection()
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        h = {"Content-Type": JSON} if body is not None else {}
        if token:
            h["Authorization"] = f"Bearer {token}"
        h.update(headers or {})
        c.request(method, path, body, {k: v for k, v in h.items() if v is not None})
        r = c.getresponse()
        answer = Answer(r.status, r.getheaders(), r.read())
        if not connection:
            c.close()
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body, **more):
        return self.ask("POST", path, body, **more)

    def raw(self, text, wait=20, half_close=False):
        """What comes back for these bytes, until the other side closes or `wait` seconds."""
        with self.connect() as s:
            s.settimeout(wait)
            s.sendall(text.encode("latin-1") if isinstance(text, str) else text)
            if half_close:
                s.shutdown(socket.SHUT_WR)
            got = b""
            try:
                while more := s.recv(65536):
                    got += more
            except (TimeoutError, ConnectionResetError):
                pass
            return got

    def metric(self, name):
        """The sum of a metric over its labels; `name` may be a whole series."""
        text = self.get("/metrics", token="ask").body.decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))
