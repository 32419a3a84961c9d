"""why403 serve: every protocol's requests and their exact answers (golden/*.json), secrets that must not stay, the scenario of AuthZEN's
certification. protocols.py SOURCE_ROOT WHY403 [--write]: with it the answers are written as they are."""
import json
import pathlib
import re
import sys
import tempfile
import time
import unittest

from server import Server

ROOT, WHY403 = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
HERE = pathlib.Path(__file__).parent
KEYS = "# access keys\nAKIAALICE arn:aws:iam::111122223333:user/alice\nAKIABOB  arn:aws:iam::111122223333:user/bob\n"
FIELDS = ("content-type", "x-why403-decision", "x-why403-message")


def server(folder, *more, snapshot=ROOT / "examples/account"):
    keys = pathlib.Path(folder) / "keys"
    keys.write_text(KEYS, encoding="ascii")
    return Server(WHY403, "--snapshot", snapshot, "--keys", keys, "--public-url", "https://pdp.example", *more)


def answer(s, row):
    token = row.get("token", "pdp") if row["path"].startswith(("/v1", "/access")) else None
    body = row.get("body")
    got = s.ask(row["method"], row["path"], body if body is None or isinstance(body, str) else json.dumps(body), token=token, headers=row.get("headers"))
    text = re.sub(r'"decision_id":"[0-9A-Z]{26}"', '"decision_id":"-"', got.body.decode())
    text = re.sub(r"<RequestId>[0-9A-Z]{26}<", "<RequestId>-<", text)
    return {"status": got.status, "fields": {f: got.headers[f] for f in FIELDS if f in got.headers}, "answer": text}


class Golden(unittest.TestCase):
    maxDiff = None

    def test_every_answer(self):
        for path in sorted((HERE / "golden").glob("*.json")):
            rows = json.loads(path.read_text(encoding="utf-8"))
            with tempfile.TemporaryDirectory() as folder, server(folder) as s:
                for row in rows:
                    got = answer(s, row)
                    if WRITE:
                        row.update(got)
                    else:
                        with self.subTest(protocol=path.stem, case=row["name"]):
                            self.assertEqual(got, {k: row[k] for k in got})
                self.assertNotIn("CANARY", s.log())
                self.assertNotIn("CANARY", s.get("/metrics", token="ask").body.decode())
                memory = pathlib.Path(f"/proc/{s.process.pid}/mem")
                if path.stem in ("rgw", "minio") and not WRITE:
                    self.assertEqual(canaries(s.process.pid, memory), 0, path.stem)
            if WRITE:
                path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")

    def test_undetermined_for_a_store_that_decides_too(self):
        rows = [r for r in json.loads((HERE / "golden/rgw.json").read_text(encoding="utf-8")) if r["name"] in ("a user that nobody knows", "no JSON")]
        with tempfile.TemporaryDirectory() as folder, server(folder, "--undetermined", "allow") as s:
            for row in rows: # nobody was asked about: no permission either
                self.assertEqual(answer(s, row)["answer"], '{"result":false}')

    def test_old_snapshots_settle_nothing(self):
        with tempfile.TemporaryDirectory() as folder, server(folder, "--max-age", "1h") as s:
            row = next(r for r in json.loads((HERE / "golden/opa.json").read_text(encoding="utf-8")) if r["name"] == "allowed")
            got = json.loads(answer(s, row)["answer"])["result"]
            self.assertEqual((got["allow"], got["decision"]), (False, "undetermined"))
            self.assertEqual(s.metric('why403_undetermined_total{protocol="opa",fact="snapshot-age"}'), 1)

    def test_hosts_of_the_store(self):
        row = next(r for r in json.loads((HERE / "golden/nginx.json").read_text(encoding="utf-8")) if r["name"] == "allowed")
        with tempfile.TemporaryDirectory() as folder, server(folder, "--store-host", "store.example") as s:
            for host, path, status in (("store.example", "/example-data/k", 200), ("example-data.store.example:80", "/k", 200), ("127.0.0.1", "/example-data/k", 403),
                                       ("no-such-bucket.store.example", "/example-data/k", 403), ("other.example", "/example-data/k", 403)):
                got = answer(s, dict(row, headers=dict(row["headers"], **{"X-Original-Host": host, "X-Original-URI": path})))
                self.assertEqual(got["status"], status, (host, path, got))

    def test_trusted_proxy(self):
        row = next(r for r in json.loads((HERE / "golden/envoy.json").read_text(encoding="utf-8")) if r["name"].startswith("the address"))
        with tempfile.TemporaryDirectory() as folder, server(folder, "--trust-proxy") as s:
            self.assertEqual(answer(s, row)["fields"]["x-why403-decision"], "denied")
            row["headers"]["X-Forwarded-For"] = "203.0.113.9, unknown"
            self.assertEqual(answer(s, row)["fields"]["x-why403-decision"], "undetermined")

    def test_evaluations_at_the_limit(self):
        with tempfile.TemporaryDirectory() as folder, server(folder, "--max-evaluations", "3") as s:
            for n, status in ((3, 200), (4, 413)):
                self.assertEqual(s.post("/access/v1/evaluations", {"evaluations": [{}] * n}, token="pdp").status, status)

    def test_pages(self):
        ask = {"subject": {"type": "iam_user", "id": "bob"}, "resource": {"type": "s3_object", "id": "example-data/k"},
               "context": {"aws:SourceIp": "203.0.113.9"}}
        with tempfile.TemporaryDirectory() as folder, server(folder) as s:
            whole = s.post("/access/v1/search/action", dict(ask, page={"limit": 1000}), token="ask").json()
            found, token = [], ""
            while True:
                page = s.post("/access/v1/search/action", dict(ask, page={"limit": 2, "token": token} if token else {"limit": 2}), token="ask").json()
                self.assertEqual(page["page"]["total"], whole["page"]["total"])
                found += page["results"]
                token = page["page"]["next_token"]
                if not token:
                    break
                last = token
            self.assertEqual(found, whole["results"])
            self.assertGreater(len(found), 2)
            self.assertEqual(s.post("/access/v1/search/resource", dict(ask, action={"name": "s3:GetObject"}, page={"token": last}), token="ask").status, 400)

    def test_no_auth(self):
        row = next(r for r in json.loads((HERE / "golden/opa.json").read_text(encoding="utf-8")) if r["name"] == "denied")
        with Server(WHY403, "--snapshot", ROOT / "examples/account", "--no-auth", tokens=False) as s:
            self.assertEqual(s.post(row["path"], row["body"]).status, 200)
            self.assertEqual(s.post("/v1/ask", {"ask": "version"}).status, 401)
            self.assertEqual(s.post("/access/v1/search/subject", {}).status, 401)

    def test_listener_of_decision_points(self):
        with Server(WHY403, "--snapshot", ROOT / "examples/account", "--listen", "127.0.0.1:0", "--pdp-listen", "127.0.0.1:0") as s:
            while len(ports := re.findall(r'"detail":"127\.0\.0\.1:(\d+)"', s.log())) < 2:
                time.sleep(0.01)
            s.port = int(ports[1])
            self.assertEqual(s.post("/v1/data/s3/authz", {"input": {}}, token="pdp").status, 400)
            self.assertEqual(s.post("/v1/ask", {"ask": "version"}, token="ask").status, 404)
            self.assertEqual(s.get("/healthz").status, 200)

    def test_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder, Server(WHY403, "--snapshot", ROOT / "examples/account", "--no-auth", "--socket", folder + "/w.sock",
                                                             tokens=False) as s:
            self.assertIn(b"HTTP/1.1 200", s.raw("GET /healthz HTTP/1.1\r\nHost: anything.example\r\nConnection: close\r\n\r\n"))
            self.assertEqual(pathlib.Path(folder, "w.sock").stat().st_mode & 0o777, 0o600)
            self.assertEqual(s.stop(), 0)
            self.assertFalse(pathlib.Path(folder, "w.sock").exists())


class Certification(unittest.TestCase):
    """The eight decisions, the searches and the structure of the scenario, with a snapshot and words made for it."""
    def test_scenario(self):
        tag, soft = "s3:ExistingObjectTag/status", "aws:RequestTag/soft"
        record = "arn:aws:s3:::records/*"

        def allow(principal, action, condition=None):
            return {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::111122223333:user/{principal}"}, "Action": action, "Resource": record,
                    **({"Condition": condition} if condition else {})}
        policy = {"Version": "2012-10-17", "Statement": [
            allow("alice", "s3:GetObject"), allow("bob", "s3:GetObject"), allow("alice", "s3:PutObject", {"StringNotEquals": {tag: "archived"}}),
            allow("bob", "s3:PutObject", {"StringEquals": {"aws:PrincipalTag/role": "admin", tag: "archived"}}),
            allow("alice", "s3:DeleteObject", {"StringEquals": {soft: "true"}})]}
        user = {"Path": "/", "UserPolicyList": [], "GroupList": [], "AttachedManagedPolicies": []}
        with tempfile.TemporaryDirectory() as folder:
            world = pathlib.Path(folder) / "world.json"
            at = "accounts/111122223333/"
            owner = {"ID": "1a" * 32}
            world.write_text(json.dumps({
                at + "account.json": {"CanonicalId": owner["ID"]},
                at + "iam/authorization-details.json": {"UserDetailList": [
                    dict(user, UserName=n, UserId="AIDA" + n.upper() + "0" * 12, Arn=f"arn:aws:iam::111122223333:user/{n}",
                         **({"Tags": [{"Key": "role", "Value": "admin"}]} if n == "bob" else {})) for n in ("alice", "bob")],
                    "GroupDetailList": [], "RoleDetailList": [], "Policies": []},
                at + "s3/records/location.json": {"LocationConstraint": None},
                at + "s3/records/policy.json": {"Policy": json.dumps(policy)},
                at + "s3/records/objects.json": {"complete": True, "Objects": [
                    {"Key": "record-1", "TagSet": [{"Key": "status", "Value": "active"}]}, {"Key": "record-2", "TagSet": [{"Key": "status", "Value": "archived"}]}]},
            }), encoding="utf-8")
            with server(folder, "--authzen", HERE / "authzen-words.json", snapshot=world) as s:
                self.decisions(s)
                self.searches(s)

    def decisions(self, s):
        def ask(subject, action, resource, **more):
            got = s.post("/access/v1/evaluation", {"subject": subject, "action": action, "resource": resource, **more}, token="pdp", headers={"X-Request-ID": "r-1"})
            self.assertEqual((got.status, got.headers["x-request-id"]), (200, "r-1"), got.body)
            return got.json()["decision"]
        alice, bob = {"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}
        one, two = {"type": "record", "id": "record-1"}, {"type": "record", "id": "record-2", "properties": {"status": "archived"}}
        read, write = {"name": "read"}, {"name": "write"}
        admin = dict(bob, properties={"role": "admin"})
        for want, got in ((True, (alice, read, one)), (True, (alice, write, one)), (True, (bob, read, one)), (False, (bob, write, one)),
                          (False, (alice, write, two)), (True, (admin, write, two)), (True, (alice, {"name": "delete", "properties": {"soft": True}}, one)),
                          (False, (alice, {"name": "delete", "properties": {"soft": False}}, one))):
            self.assertEqual(ask(*got), want, got)
        self.assertTrue(ask(alice, read, one, context={"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}, foo="bar", futureField={"nested": True}))
        got = s.post("/access/v1/evaluations", {"subject": alice, "action": read, "evaluations": [{"resource": one}, {"resource": two}]}, token="pdp").json()
        self.assertEqual([type(e["decision"]) for e in got["evaluations"]], [bool, bool])

    def searches(self, s):
        def ids(kind, body, name="id"):
            got = s.post("/access/v1/search/" + kind, body, token="ask")
            self.assertEqual(got.status, 200, got.body)
            return [r[name] for r in got.json()["results"]] or self.fail(got.body)
        one, two = {"type": "record", "id": "record-1"}, {"type": "record", "id": "record-2", "properties": {"status": "archived"}}
        admin = {"type": "user", "id": "bob", "properties": {"role": "admin"}}
        self.assertEqual(sorted(ids("subject", {"subject": {"type": "user"}, "action": {"name": "read"}, "resource": one})), ["alice", "bob"])
        self.assertIn("record-1", ids("resource", {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record"}}))
        self.assertLessEqual({"read", "write"}, set(ids("action", {"subject": {"type": "user", "id": "alice"}, "resource": one}, "name")))
        self.assertIn("bob", ids("subject", {"subject": {"type": "user"}, "action": {"name": "write"}, "resource": two}))
        self.assertIn("record-2", ids("resource", {"subject": admin, "action": {"name": "write"}, "resource": {"type": "record"}}))
        self.assertIn("write", ids("action", {"subject": admin, "resource": two}, "name"))


def canaries(pid, memory):
    """How often a secret of a request is still in the memory of the process; needs the right to look."""
    found = 0
    try:
        with open(memory, "rb", 0) as mem, open(f"/proc/{pid}/maps", encoding="ascii") as maps:
            for line in maps:
                bounds, rights = line.split()[:2]
                begin, end = (int(x, 16) for x in bounds.split("-"))
                if end - begin > 1 << 40:
                    return 0  # a sanitizer's shadow: what was freed is kept there
                if "rw" not in rights:
                    continue
                try:
                    mem.seek(begin)
                    found += mem.read(end - begin).count(b"CANARY")
                except (OSError, ValueError):
                    pass
    except PermissionError:
        return 0
    return found


if __name__ == "__main__":
    if not (WHY403.parent / "src/serve/serve.so").exists():
        print("1..0 # SKIP this build has no module for serve")
        sys.exit(0)
    WRITE = "--write" in sys.argv
    unittest.main(argv=sys.argv[:1] + [a for a in sys.argv[3:] if a != "--write"] + (["Golden.test_every_answer"] if WRITE else []))
