"""One thing of a world is spoiled: a slip of the pen in a name, a value of another type, a member that nobody knows, a
file that is cut off, empty, a link to nothing or a folder. The answer stays, or something is said of it: a warning,
*undetermined*, or an error. test_nothing_lost.py WHY403 ROOT [MUTATIONS]"""
import copy
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

why403, root = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
most = int(sys.argv[3]) if len(sys.argv) > 3 else 600
rng = random.Random(403)
account = root / "examples" / "account"
texts = {str(p.relative_to(account)): p.read_text() for p in sorted(account.rglob("*.json"))}
files = {path: json.loads(text) for path, text in texts.items() if text.strip()} # the CLI prints nothing where nothing is set
USER = "arn:aws:iam::111122223333:user/"
requests = [
    ["GetObject", "s3://example-reports/finance/q3.csv", "--as", USER + "alice", "--from", "203.0.113.9"],
    ["GetObject", "s3://example-reports/public/a.csv", "--as", USER + "alice", "--from", "203.0.113.9"],
    ["PutObject", "s3://example-data/uploads/a.csv", "--as", USER + "bob", "--from", "203.0.113.9"],
    ["GetObject", "s3://example-data/uploads/a.csv", "--as", USER + "alice", "--from", "203.0.113.9"],
    ["DeleteBucket", "s3://example-data", "--as", USER + "bob", "--from", "203.0.113.9"],
    ["GetObject", "s3://example-data/a.csv", "--as", "anonymous", "--from", "203.0.113.9"],
    ["ListObjectsV2", "s3://example-data", "--as", USER + "alice", "--via", "vpce-0123456789abcdef0"],
]


def ask(snapshot, request):
    """(exit status, decision and cause, was something said)"""
    run = subprocess.run([why403, "explain", *request, "--snapshot", str(snapshot), "--format", "json"],
                         capture_output=True, text=True, errors="replace", timeout=60, check=False)
    if run.returncode == 2:
        return 2, None, True
    answer = json.loads(run.stdout)
    return run.returncode, (answer["decision"], answer.get("cause")), "warning:" in run.stderr


def places(value, path=()):
    """Every member of every object: the path to the object, and its name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield path, name
            yield from places(inner, path + (name,))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places(inner, path + (i,))


def renamed(holder, old, new):
    items = [(new if k == old else k, v) for k, v in holder.items()]
    holder.clear()
    holder.update(items)


def spoil_name(holder, name):
    if len(name) < 5:
        return None
    at = rng.randrange(1, len(name))
    renamed(holder, name, name[:at] + name[at + 1:])
    return "a letter of the name is missing"


def spoil_case(holder, name):
    new = name[0].swapcase() + name[1:]
    if new == name:
        return None
    renamed(holder, name, new)
    return "the name begins in another case"


def spoil_type(holder, name):
    value = holder[name]
    if value is None: # a Region may be any word
        return None
    holder[name] = 7 if isinstance(value, (str, dict, list)) else "maybe"
    return "a value of another type"


def spoil_word(holder, name):
    closed = {"Effect", "ObjectOwnership", "SSEAlgorithm", "Payer", "Status", "ObjectLockEnabled", "Permission", "Type"}
    if name not in closed or not isinstance(holder[name], str):
        return None
    holder[name] = holder[name][:-1]
    return "a word of a closed list, cut"


def add_member(holder, _name):
    holder["Unexpected"] = 1
    return "a member that nobody knows"


def mutations():
    """(what, path of the file, text or None, kind of entry)"""
    made = []
    for path, content in files.items():
        text = json.dumps(content)
        made.append(("cut off", path, text[:len(text) // 2], "file"))
        made.append(("empty", path, "", "file"))
        made.append(("a link to nothing", path, None, "link"))
        made.append(("a folder", path, None, "folder"))
        for where, name in places(content):
            for spoil in (spoil_name, spoil_case, spoil_type, spoil_word, add_member):
                changed = copy.deepcopy(content)
                holder = changed
                for step in where:
                    holder = holder[step]
                what = spoil(holder, name)
                if what:
                    made.append((f"{what}: {'/'.join(map(str, where + (name,)))}", path, json.dumps(changed), "file"))
    return made


def write(folder, mutation):
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path != mutation[1]:
            target.write_text(text)
        elif mutation[3] == "link":
            target.symlink_to("/nonexistent")
        elif mutation[3] == "folder":
            target.mkdir()
        else:
            target.write_text(mutation[2])


def judge(mutation, before):
    lost = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, mutation)
        for request, (_, answer, _) in zip(requests, before):
            status, after, said = ask(folder, request)
            if status not in (2, 3) and after != answer and not said:
                lost.append(f"{request[0]} {request[1]}: {answer} became {after}")
    return lost


with tempfile.TemporaryDirectory() as clean:
    write(Path(clean), (None, None, None, None))
    base = [ask(clean, r) for r in requests]
chosen = mutations()
whole = [m for m in chosen if m[3] != "file" or ":" not in m[0]]
part = [m for m in chosen if m not in whole]
chosen = whole + rng.sample(part, min(most, len(part)))
failures = 0
with ThreadPoolExecutor(max_workers=2) as pool:
    for mutation, lost in zip(chosen, pool.map(lambda m: judge(m, base), chosen)):
        for line in lost:
            failures += 1
            print(f"# {mutation[1]}: {mutation[0]}: {line}")
print(f"# {len(chosen)} of {len(whole) + len(part)} mutations, {len(requests)} requests each")
print(f"{'not ok' if failures else 'ok'} 1 - nothing is lost in silence")
print("1..1")
sys.exit(failures > 0)
