"""why403 serve: its own API, sessions and tokens, framing, limits, reload and drain. own.py SOURCE_ROOT WHY403"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from server import Server

ROOT, WHY403 = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
ACCOUNT = ROOT / "examples/account"
REQUEST = {"operation": "GetObject", "resource": "arn:aws:s3:::example-reports/finance/q3.csv",
           "principal": "arn:aws:iam::111122223333:user/alice", "from": "203.0.113.9"}
QUESTION = {"ask": "explain", "request": REQUEST}


class Own(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(WHY403, "--snapshot", ACCOUNT)
        cls.s = cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_ask_is_the_command(self):
        got = self.s.post("/v1/ask", QUESTION, token="ask")
        self.assertEqual(got.status, 200)
        command = [WHY403, "explain", "GetObject", "s3://example-reports/finance/q3.csv", "--as", REQUEST["principal"], "--from", "203.0.113.9",
                   "--snapshot", ACCOUNT, "--format", "json"]
        self.assertEqual(got.json()["cause"], json.loads(subprocess.run(command, capture_output=True, check=False).stdout)["cause"])
        self.assertEqual(got.headers["x-why403-exit-status"], "1")
        self.assertRegex(got.headers["x-why403-snapshot"], r"^1-[0-9a-f]{12}$")

    def test_errors_have_one_form(self):
        for body, code, status in (("{\"ask\":\"explain\",,}", "syntax", 400), ({"ask": "nothing"}, "semantic", 400), ({}, "semantic", 400),
                                   ({"ask": "explain", "request": dict(REQUEST, principal="arn:aws:iam::111122223333:user/alicee")}, "not-found", 422)):
            got = self.s.post("/v1/ask", body, token="ask")
            self.assertEqual((got.status, got.headers["content-type"], got.json()["code"]), (status, "application/problem+json", code), body)
        self.assertEqual(self.s.get("/nothing").status, 404)
        got = self.s.get("/v1/ask", token="ask")
        self.assertEqual((got.status, got.headers["allow"]), (405, "POST"))
        self.assertEqual(self.s.post("/v1/ask", json.dumps(QUESTION), token="ask", headers={"Content-Type": "text/plain"}).status, 415)

    def test_batch(self):
        lines = "\n".join([json.dumps(dict(REQUEST, id=7)), "nope", json.dumps({"id": "x"}), "", json.dumps(dict(REQUEST, id=[1]))])
        got = self.s.post("/v1/batch", lines, token="ask", headers={"Content-Type": "application/x-ndjson"})
        rows = [json.loads(line) for line in got.body.splitlines()]
        self.assertEqual([r.get("id") for r in rows[:-1]], [7, None, "x", None, [1]])
        self.assertEqual([("error" in r) for r in rows[:-1]], [False, True, True, True, False])
        self.assertEqual([r["error"]["line"] for r in rows if "error" in r], [2, 3, 4])
        self.assertEqual(rows[-1], {"end": True, "n": 5, "errors": 3})

    def test_batch_answers_before_its_end(self):
        line = json.dumps(dict(REQUEST, id=1)).encode() + b"\n"
        with self.s.connect() as c:
            c.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ask\r\nContent-Type: application/x-ndjson\r\n"
                      b"Transfer-Encoding: chunked\r\n\r\n")
            c.sendall(b"%x\r\n%s\r\n" % (len(line), line))
            got = b""
            while b'{"id":1' not in got:
                got += c.recv(65536)
            self.assertNotIn(b'"end":true', got)
            c.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(line), line))
            while more := c.recv(65536):
                got += more
            self.assertIn(b'{"end":true,"n":2,"errors":0}', got)

    def test_large_batch_for_a_slow_reader(self):
        line = json.dumps(REQUEST).encode() + b"\n"
        n = 40000
        with self.s.connect() as c:
            c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            sender = threading.Thread(target=lambda: c.sendall(
                b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ask\r\nContent-Type: application/x-ndjson\r\n"
                b"Content-Length: %d\r\n\r\n" % (n * len(line)) + line * n))
            sender.start()
            time.sleep(1)  # the answer has nowhere to go
            self.assertEqual(self.s.get("/healthz").status, 200)
            got = b""
            while more := c.recv(1 << 20):
                got = (got + more)[-200:]
            sender.join()
            self.assertIn(b'"n":%d,"errors":0}' % n, got)

    def test_large_batch_of_who_sends_all_before_he_reads(self):
        n = 40000
        got = self.s.post("/v1/batch", (json.dumps(REQUEST) + "\n") * n, token="ask", headers={"Content-Type": "application/x-ndjson"})
        self.assertEqual((got.status, got.body.count(b"\n")), (200, n + 1))
        self.assertEqual(json.loads(got.body.splitlines()[-1]), {"end": True, "n": n, "errors": 0})

    def test_rights(self):
        self.assertEqual(self.s.post("/v1/ask", QUESTION).status, 401)
        self.assertEqual(self.s.post("/v1/ask", QUESTION, token="wrong").status, 401)
        self.assertEqual(self.s.post("/v1/ask", QUESTION, token="pdp").status, 403)
        self.assertEqual(self.s.get("/v1/snapshot/files?path=snapshot.json", token="ask").status, 403)
        self.assertEqual(self.s.post("/v1/reload", {}, token="ask").status, 403)
        self.assertEqual(self.s.get("/").status, 401)
        for path in ("/healthz", "/readyz", "/v1/openapi.json"):
            self.assertEqual(self.s.get(path).status, 200, path)

    def test_hosts(self):
        for host, status in (("evil.example", 403), ("localhost:1", 200), ("[::1]:8403", 200), ("127.0.0.1", 200), ("localhost.evil.example", 403),
                             ("127.0.0.1.nip.io", 403)):
            self.assertEqual(self.s.get("/healthz", headers={"Host": host}).status, status, host)

    def test_request_ids(self):
        self.assertEqual(self.s.get("/healthz", headers={"X-Request-Id": "a-1_b.c"}).headers["x-request-id"], "a-1_b.c")
        made = [self.s.get("/healthz", headers={"X-Request-Id": bad}).headers["x-request-id"] for bad in ("a b", "x" * 129, "<x>", "")]
        self.assertTrue(all(len(m) == 26 for m in made))
        self.assertEqual(len(set(made)), len(made))

    def test_framing(self):
        head = "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ask\r\nContent-Type: application/json\r\n"
        for text, status in (
                (head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                (head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
                (head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
                (head + "Transfer-Encoding: xchunked\r\n\r\n", 400),
                (head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
                (head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
                ("GET /healthz HTTP/1.1\r\n\r\n", 400),
                ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
                ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", 400),
                ("GET /healthz HTTP/1.1\nHost: localhost\r\n\r\n", 400),
                ("GET /healthz HTTP/1.1\r\nHost: localhost\nX: a\r\n\r\n", 400),
                ("GET /healthz HTTP/1.1\r\nHost: localhost\nContent-Length: 5\r\n\r\n", 400),
                ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + "".join(f"X-{i}: 1\r\n" for i in range(100)) + "\r\n", 431),
                ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + "a" * 40000 + "\r\n\r\n", 431)):
            got = self.s.raw(text)
            self.assertEqual(got[:12], b"HTTP/1.1 %d" % status, (text[:300], got))
            if b"problem+json" in got:
                self.assertEqual(got.count(b"HTTP/1.1"), 1, text)
            if b"Content-Type: application/problem+json" in got:
                self.assertIn(b"Connection: close", got, text)

    def test_pipelined(self):
        one = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        got = self.s.raw(one * 3 + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
        self.assertEqual(got.count(b"HTTP/1.1 200"), 4)

    def test_sessions(self):
        with Server(WHY403, "--snapshot", ACCOUNT) as s:
            path = s.start[s.start.index("/?"):]
            self.assertEqual(s.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status, 403)
            got = s.get(path)
            self.assertEqual((got.status, got.headers["location"]), (303, "/"))
            cookie = got.headers["set-cookie"]
            for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
                self.assertIn(word, cookie)
            self.assertTrue(cookie.startswith(f"why403-{s.port}="))
            self.assertEqual(s.get(path).status, 403, "the token works once")
            jar = {"Cookie": "other=1; " + cookie.split(";")[0]}
            same = {"Sec-Fetch-Site": "same-origin", **jar}
            origin = {"Origin": f"http://127.0.0.1:{s.port}", **jar}
            page = s.get("/", headers=jar)
            self.assertEqual(page.status, 200)
            self.assertIn("default-src 'none'", page.headers["content-security-policy"])
            self.assertEqual(s.post("/v1/ask", QUESTION, headers=same).status, 200)
            self.assertEqual(s.post("/v1/ask", QUESTION, headers=origin).status, 200)
            for bad in (jar, {"Sec-Fetch-Site": "cross-site", **jar}, {"Sec-Fetch-Site": "same-site", **jar}, {"Origin": "null", **jar},
                        {"Origin": f"http://127.0.0.1:{s.port + 1}", **jar}, {"Origin": "http://evil.example", **same},
                        {"Sec-Fetch-Site": "none", **jar}):
                self.assertEqual(s.post("/v1/ask", QUESTION, headers=bad).status, 403, bad)
            self.assertEqual(s.post("/v1/ask", json.dumps(QUESTION), headers={"Content-Type": "text/plain", **same}).status, 415)
            file = s.get("/v1/snapshot/files?path=accounts%2F111122223333%2Fs3%2Fexample-reports%2Fpolicy.json", headers=same)
            self.assertEqual(file.body, (ACCOUNT / "accounts/111122223333/s3/example-reports/policy.json").read_bytes())
            for path in ("../../../README.md", "/etc/passwd", "snapshot.json%00", ""):
                self.assertEqual(s.get("/v1/snapshot/files?path=" + path, headers=same).status, 404, path)
            self.assertNotIn("access-control-allow-origin", page.headers)
            s.process.send_signal(signal.SIGUSR1)
            again = s.process.stdout.readline().decode()
            self.assertNotEqual(again, s.start)
            self.assertEqual(s.get(again.strip()[again.index("/?"):]).status, 303)
            secrets = [cookie.split("=", 1)[1].split(";")[0], s.start.rsplit("=", 1)[1]]
            self.assertFalse([x for x in secrets if x in s.log()])

    def test_description(self):
        got = self.s.get("/v1/openapi.json").json()
        self.assertEqual(got["openapi"], "3.1.0")
        for path, methods in got["paths"].items():
            for method in methods:
                asked = self.s.ask(method.upper(), path.replace("{rest}", "x"))
                self.assertNotIn(asked.status, (405, 500), (path, method))


class Limits(unittest.TestCase):
    def test_at_the_limit_and_beyond(self):
        with Server(WHY403, "--snapshot", ACCOUNT, "--max-body", "1000", "--max-line", "300", "--max-depth", "5", "--max-nodes", "20") as s:
            body = json.dumps(QUESTION)
            for size, status in ((1000, 200), (1001, 413)):
                padded = body + " " * (size - len(body))
                self.assertEqual(s.post("/v1/ask", padded, token="ask").status, status, size)
                chunked = ("POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ask\r\nContent-Type: application/json\r\n"
                           f"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n{padded}\r\n0\r\n\r\n")
                self.assertEqual(s.raw(chunked)[:12], b"HTTP/1.1 %d" % status)
            for depth, status in ((5, "semantic"), (6, "limit")):
                got = s.post("/v1/ask", "[" * depth + "]" * depth, token="ask")
                self.assertEqual((got.status, got.json()["code"]), (400, status), depth)
            for values, status in ((19, "semantic"), (20, "limit")):
                got = s.post("/v1/ask", "[" + ",".join("1" * values) + "]", token="ask")
                self.assertEqual((got.status, got.json()["code"]), (400, status), values)
            line = json.dumps(dict(REQUEST, id=1))
            for size, errors in ((300, 0), (301, 1)):
                text = line + " " * (size - 1 - len(line)) + "\n"
                got = s.post("/v1/batch", text + line, token="ask", headers={"Content-Type": "application/x-ndjson"})
                self.assertEqual(json.loads(got.body.splitlines()[-1]), {"end": True, "n": 2, "errors": errors}, size)

    def test_time(self):
        """Whatever drips in, a request has a second here."""
        head = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ask\r\nContent-Type: application/json\r\n"
        with Server(WHY403, "--snapshot", ACCOUNT, "--request-time", "1s", "--idle-time", "5s", "--keep-alive", "2s") as s:
            held = [(s.connect(), begin) for begin in (b"", b"GET /heal", b"GET /healthz HTTP/1.1\r\nHost: loc",
                                                       head + b"Content-Length: 100\r\n\r\n{")]
            ends, began = {}, time.monotonic()
            for c, begin in held:
                c.sendall(begin)
            while len(ends) < len(held) and time.monotonic() - began < 10:
                time.sleep(0.2)
                for i, (c, _) in enumerate(held):
                    try:
                        if i not in ends:
                            c.sendall(b"X")
                            ends[i] = c.recv(100, socket.MSG_DONTWAIT)
                    except BlockingIOError:
                        pass
                    except OSError:
                        ends[i] = b""
            self.assertEqual(len(ends), len(held))
            for c, _ in held:
                c.close()
            self.assertLess(time.monotonic() - began, 6)
            self.assertTrue(ends[3] == b"" or ends[3].startswith(b"HTTP/1.1 408"), ends)
            self.assertEqual(s.get("/healthz").status, 200)
            self.assertGreater(s.metric('why403_refused_total{reason="slow"}'), 0)

    def test_crowd(self):
        with Server(WHY403, "--snapshot", ACCOUNT, "--max-connections", "8", "--threads", "2") as s:
            held = [s.connect() for _ in range(200)]  # idle
            for _ in range(20):
                self.assertEqual(s.get("/healthz").status, 200)
            self.assertLess(s.metric("why403_connections"), 160)
            for c in held:
                c.close()


class Life(unittest.TestCase):
    def test_reload(self):
        with tempfile.TemporaryDirectory() as folder:
            world = pathlib.Path(folder) / "world"
            shutil.copytree(ACCOUNT, world)
            policy = world / "accounts/111122223333/s3/example-reports/policy.json"
            with Server(WHY403, "--snapshot", world) as s:
                self.assertEqual(s.post("/v1/ask", QUESTION, token="ask").json()["decision"], "denied")
                saved = policy.read_text(encoding="utf-8")
                policy.write_text("{", encoding="utf-8")
                policy.write_text(saved.replace("FinanceOnlyFromTheVpc", "Renamed"), encoding="utf-8")
                self.wait(s, 2)
                self.assertIn("Renamed", s.post("/v1/ask", QUESTION, token="ask").body.decode())
                s.process.send_signal(signal.SIGHUP)
                self.wait(s, 3)
                self.assertEqual(s.post("/v1/reload", {}, token="admin").status, 202)
                self.wait(s, 4)
                shutil.rmtree(world)
                s.process.send_signal(signal.SIGHUP)
                for _ in range(100):
                    if s.get("/readyz").json()["stale"]:
                        break
                    time.sleep(0.05)
                self.assertTrue(s.get("/readyz").json()["stale"])
                self.assertIn("Renamed", s.post("/v1/ask", QUESTION, token="ask").body.decode(), "the old one stays")
                self.assertGreaterEqual(s.metric('why403_snapshot_reloads_total{result="error"}'), 1)

    def wait(self, s, generation):
        for _ in range(200):
            if s.get("/readyz").json()["generation"] >= generation:
                return
            time.sleep(0.05)
        self.fail(f"generation {generation} did not come: {s.log()}")

    def test_drain(self):
        with Server(WHY403, "--snapshot", ACCOUNT) as s:
            body = json.dumps(QUESTION).encode()
            with s.connect() as c:
                c.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ask\r\nContent-Type: application/json\r\n"
                          b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
                time.sleep(0.3)
                s.process.send_signal(signal.SIGTERM)
                time.sleep(0.3)
                with self.assertRaises(OSError):
                    with s.connect() as other:
                        other.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        if not other.recv(1):
                            raise ConnectionResetError
                c.sendall(body[10:])
                got = b""
                while more := c.recv(65536):
                    got += more
                self.assertTrue(got.startswith(b"HTTP/1.1 200"), got[:100])
            self.assertEqual(s.process.wait(12), 0)

    def test_second_signal(self):
        with Server(WHY403, "--snapshot", ACCOUNT) as s, s.connect() as c:
            c.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ask\r\nContent-Type: application/json\r\n"
                      b"Content-Length: 100\r\n\r\n{")
            time.sleep(0.3)
            s.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            began = time.monotonic()
            self.assertEqual(s.stop(within=5), 0)
            self.assertLess(time.monotonic() - began, 4)

    def test_socket_of_systemd(self):
        with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryDirectory() as folder:
            notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            notify.bind(folder + "/notify")
            notify.settimeout(20)
            child = os.fork()
            if child == 0:
                os.dup2(listener.fileno(), 3)
                os.set_inheritable(3, True)
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, 1)
                os.dup2(null, 2)
                os.execve(WHY403, [str(WHY403), "serve", "--snapshot", str(ACCOUNT)],
                          {**os.environ, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "NOTIFY_SOCKET": folder + "/notify"})
            self.assertEqual(notify.recv(100), b"READY=1")
            with socket.create_connection(listener.getsockname()) as c:
                c.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                self.assertTrue(c.recv(100).startswith(b"HTTP/1.1 200"))
            os.kill(child, signal.SIGTERM)
            self.assertEqual(notify.recv(100), b"STOPPING=1")
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            notify.close()

    def test_open_starts_a_browser(self):
        with tempfile.TemporaryDirectory() as folder:
            browser = pathlib.Path(folder) / "browser"
            browser.write_text(f"#!/bin/sh\necho \"$1\" > {folder}/url.new\nmv {folder}/url.new {folder}/url\n", encoding="ascii")
            browser.chmod(0o755)
            with Server(WHY403, "--snapshot", ACCOUNT, "--open", env={"BROWSER": str(browser)}) as s:
                for _ in range(200):
                    if pathlib.Path(folder, "url").exists():
                        break
                    time.sleep(0.05)
                self.assertEqual(pathlib.Path(folder, "url").read_text(encoding="ascii").strip(), s.start)

    def test_names_in_the_log(self):
        body = {"input": REQUEST}
        for how, there in (("plain", True), ("hash", False), ("none", False)):
            with Server(WHY403, "--snapshot", ACCOUNT, "--log-names", how) as s:
                s.post("/v1/data/s3/authz", body, token="pdp")
                line = next(json.loads(line) for line in s.log().splitlines() if '"msg":"decision"' in line)
                self.assertEqual((REQUEST["principal"] in s.log(), "principal" in line), (there, how != "none"))
                self.assertEqual((line["route"], line["decision"], line["cause"], line["gen"]), ("opa", "denied", "deny.bucket-policy", 1))

    def test_offline_commands_do_without(self):
        said = subprocess.run(["ldd", WHY403], capture_output=True, text=True, check=False).stdout
        self.assertNotIn("microhttpd", said)
        self.assertNotIn("gnutls", said)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([WHY403, "serve", "--no-snapshot", "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=20, check=False,
                                  env={**os.environ, "WHY403_SERVE_MODULE": folder + "/none.so"})
            self.assertEqual(done.returncode, 2)
            self.assertIn("libmicrohttpd", done.stderr)

    def test_what_would_leave_it_open_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            open_tokens = pathlib.Path(folder) / "tokens"
            open_tokens.write_text("", encoding="ascii")
            open_tokens.chmod(0o644)
            for words in (["--listen", "0.0.0.0:0"], ["--listen", "0.0.0.0:0", "--behind-proxy"], ["--listen", "[::]:0", "--no-auth"],
                          ["--tokens", str(open_tokens)], ["--cert", "x"], ["--listen", "nowhere"], ["--public-url", "http://pdp.example"],
                          ["--max-body", "0"], ["--max-depth", "129"], ["extra"], ["--snapshot", folder + "/none"]):
                done = subprocess.run([WHY403, "serve", *words], capture_output=True, timeout=20, check=False)
                self.assertEqual(done.returncode, 2, words)
                self.assertTrue(done.stderr.startswith(b"error: "), (words, done.stderr))


if __name__ == "__main__":
    if not (WHY403.parent / "src/serve/serve.so").exists():
        print("1..0 # SKIP this build has no module for serve")
        sys.exit(0)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
