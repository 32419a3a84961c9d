"""A great many questions, one interpreter: soak.py N [--no-rss]. Resident memory after a tenth of them is what it is at the
end; under valgrind, --no-rss, what was not given back counts."""
import json
import sys

import why403

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}
REQUEST = {"operation": "GetObject", "resource": "arn:aws:s3:::b/k", "principal": "arn:aws:iam::111122223333:user/a", "from": "203.0.113.9",
           "at": "2026-11-21T10:00:00Z"}
FILES = {"accounts/111122223333/s3/b/policy.json": DENY}
EVENT = {"t": json.dumps({"Records": [{"eventTime": "2026-11-21T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
                                       "errorCode": "AccessDenied"}]})}


def resident_kb():
    with open("/proc/self/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def wrong(ask):
    try:
        ask()
    except why403.Error:
        return 1
    return 0


world, asked, turn, early, refused, decisions = why403.World.parse(FILES), 0, 0, 0, 0, 0
while asked < n:
    batch = min(900, n - asked)
    decisions += sum(v.decision == "denied" and v["status"] == 403 for v in world.decide_many([REQUEST] * batch))
    world.decide(REQUEST)
    world.explain(REQUEST, policies={"resource": DENY})
    world.explain(REQUEST, overlay={**FILES}).text()
    world.logs(EVENT)
    world.replay(EVENT, FILES)
    why403.lint(DENY, type="bucket")
    refused += wrong(lambda: world.ask({"ask": "explan"})) + wrong(lambda: why403.World.parse("{")) + wrong(lambda: world.ask({}))
    asked += batch + 9
    turn += 1
    if turn % 10 == 0:
        world = why403.World.parse(FILES)
    if not early and asked >= n // 10:
        early = resident_kb()
late = resident_kb()
print(f"{asked} questions, {refused} refused; resident {early} kB after a tenth, {late} kB at the end")
flat = late <= early + 4096 or "--no-rss" in sys.argv
sys.exit(0 if flat and decisions and refused else 1)
