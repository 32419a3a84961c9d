"""why403 serve under load and faults: hard.py SOURCE_ROOT WHY403 [QUICK]. Ten thousand idle connections; a reload every 100 ms while requests
come, each answered by one generation; a drain under load; memory over many requests. QUICK: seconds in place of minutes."""
import json
import pathlib
import re
import resource
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
QUICK = "QUICK" in sys.argv
ACCOUNT = ROOT / "examples/account"
REQUEST = {"operation": "GetObject", "resource": "arn:aws:s3:::example-reports/finance/q3.csv",
           "principal": "arn:aws:iam::111122223333:user/alice", "from": "203.0.113.9"}
POLICY = "accounts/111122223333/s3/example-reports/policy.json"


def ask(s, connection=None):
    return s.post("/v1/data/s3/authz", {"input": REQUEST}, token="pdp", connection=connection)


class Hard(unittest.TestCase):
    def test_idle_connections(self):
        n = 1000 if QUICK else 10000
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, n + 1000), hard))
        with Server(WHY403, "--snapshot", ACCOUNT, "--quiet") as s:
            held, slowest = [], 0
            for i in range(n):
                held.append(socket.create_connection(("127.0.0.1", s.port), timeout=20))
                if i % (n // 20) == 0:
                    began = time.monotonic()
                    self.assertEqual(ask(s).status, 200)
                    slowest = max(slowest, time.monotonic() - began)
            print(f"# {n} idle connections: the slowest of 20 requests between took {slowest * 1000:.0f} ms")
            for c in held:
                c.close()
            self.assertEqual(ask(s).status, 200)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def test_reload_under_load(self):
        """Two worlds take turns; what is said must be wholly of the one that X-Why403-Snapshot names."""
        seconds = 3 if QUICK else 60
        with tempfile.TemporaryDirectory() as folder:
            world = pathlib.Path(folder) / "world"
            shutil.copytree(ACCOUNT, world)
            text = (world / POLICY).read_text(encoding="utf-8")
            names = ("FinanceOnlyFromTheVpc", "AnotherNameOfTheSame")
            with Server(WHY403, "--snapshot", world, "--quiet") as s:
                stop, answers, failures = threading.Event(), {}, []

                def client():
                    c = s.connection()
                    while not stop.is_set():
                        try:
                            got = ask(s, c)
                            sid = re.search("|".join(names), got.body.decode())
                            answers.setdefault(got.headers["x-why403-snapshot"], set()).add(sid and sid[0])
                            if got.status != 200:
                                failures.append(got.status)
                        except Exception as e:  # pylint: disable=broad-except
                            failures.append(repr(e))
                            c = s.connection()

                def batches():
                    while not stop.is_set():
                        got = s.post("/v1/batch", "\n".join([json.dumps(REQUEST)] * 2000), token="ask", headers={"Content-Type": "application/x-ndjson"})
                        rows = [json.loads(line) for line in got.body.splitlines()]
                        if rows[-1] != {"end": True, "n": 2000, "errors": 0} or len({json.dumps(r) for r in rows[:-1]}) != 1:
                            failures.append("a batch of two worlds")

                threads = [threading.Thread(target=client) for _ in range(3)] + [threading.Thread(target=batches)]
                for t in threads:
                    t.start()
                turns, until = 0, time.monotonic() + seconds
                while time.monotonic() < until:
                    turns += 1
                    new = world / (POLICY + ".new")
                    new.write_text(text.replace(names[0], names[turns % 2]), encoding="utf-8")
                    new.rename(world / POLICY)
                    s.process.send_signal(signal.SIGHUP)
                    time.sleep(0.1)
                stop.set()
                for t in threads:
                    t.join()
                generations = s.metric("why403_snapshot_generation")
            self.assertEqual(failures, [])
            self.assertTrue(all(len(v) == 1 and None not in v for v in answers.values()), answers)
            hashes = {}
            for name, sids in answers.items():
                hashes.setdefault(name.split("-")[1], set()).update(sids)
            self.assertTrue(all(len(v) == 1 for v in hashes.values()), hashes)
            self.assertGreater(generations, turns / 3)
            print(f"# {turns} changes, {generations:.0f} generations, answers of {len(answers)}: none mixed, none lost")

    def test_drain_under_load(self):
        for _ in range(1 if QUICK else 10):
            with Server(WHY403, "--snapshot", ACCOUNT, "--quiet") as s:
                lost, done = [], []

                def client():
                    c = s.connection()
                    try:
                        c.connect()
                    except OSError:
                        return
                    for _ in range(100000):
                        try:
                            got = ask(s, c)
                            done.append(got.status)
                            if got.headers.get("connection", "").lower() == "close":
                                return
                        except (ConnectionError, OSError, Exception) as e:  # pylint: disable=broad-except
                            if "without response" not in repr(e) and "refused" not in repr(e) and "reset" not in repr(e).lower() and "Broken" not in repr(e):
                                lost.append(repr(e))
                            return
                threads = [threading.Thread(target=client) for _ in range(4)]
                for t in threads:
                    t.start()
                time.sleep(0.3)
                self.assertEqual(s.stop(), 0)
                for t in threads:
                    t.join()
                self.assertEqual(lost, [])
                self.assertEqual(set(done), {200})

    def test_memory(self):
        if "libasan" in subprocess.run(["ldd", WHY403], capture_output=True, text=True, check=False).stdout:
            self.skipTest("AddressSanitizer keeps what was freed")
        n = 20000 if QUICK else 1000000
        with Server(WHY403, "--snapshot", ACCOUNT, "--quiet") as s:
            body = json.dumps({"input": REQUEST}).encode()
            one = (b"POST /v1/data/s3/authz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer pdp\r\nContent-Type: application/json\r\n"
                   b"Content-Length: %d\r\n\r\n" % len(body)) + body
            sizes, c, left = [], s.connect(), 0
            for i in range(0, n, 100):
                c.sendall(one * 100)
                left += 100
                while left:
                    left -= c.recv(1 << 20).count(b"HTTP/1.1 200")
                if i % (n // 10) == 0:
                    sizes.append(int(pathlib.Path(f"/proc/{s.process.pid}/statm").read_text(encoding="ascii").split()[1]) * 4)
            print(f"# resident KB while {n} requests came: {sizes}")
            self.assertLess(sizes[-1], sizes[1] * 1.1 + 1024)


if __name__ == "__main__":
    if not (WHY403.parent / "src/serve/serve.so").exists():
        print("1..0 # SKIP this build has no module for serve")
        sys.exit(0)
    unittest.main(argv=sys.argv[:1] + [a for a in sys.argv[3:] if a != "QUICK"])
