"""What changed between two commits, and what why403 says of it."""
import io
import json
import os
import subprocess
import tarfile

EMPTY = '{"Version": "2012-10-17", "Statement": []}\n'
ENDINGS = (".json", ".yaml", ".yml", ".template")
BAD = 2  # why403's exit status for what it cannot read


class Problem(Exception):
    """Something that ends the review, with what to do about it."""


def git(*words):
    done = subprocess.run(["git", *words], capture_output=True)
    if done.returncode:
        raise Problem("git " + words[0] + ": " + done.stderr.decode(errors="replace").strip())
    return done.stdout


def why403(program, *words):
    """Exit status and output; what it says on stderr goes where ours goes."""
    try:
        done = subprocess.run([program, *words], stdout=subprocess.PIPE, env={**os.environ, "NO_COLOR": "1"})
    except OSError as error:
        raise Problem(f"cannot run {program}: {error.strerror}") from error
    if done.returncode < 0:
        raise Problem(f"{program} {words[0]} ended by signal {-done.returncode}")
    return done.returncode, done.stdout.decode(errors="replace")


def merge_base(base):
    try:
        return git("merge-base", base, "HEAD").decode().strip()
    except Problem as problem:
        raise Problem(f"no common commit with {base}: check out the whole history (`fetch-depth: 0`)") from problem


def below(path, folder):
    return folder in (".", "") or path == folder or path.startswith(folder.rstrip("/") + "/")


def changed_files(base, folders):
    """[(old path or None, new path or None)] of files that may hold policies."""
    words = git("diff", "--name-status", "-z", "-M", base, "HEAD", "--").decode(errors="surrogateescape").split("\0")
    found, at = [], 0
    while at + 1 < len(words):
        status = words[at]
        moved = status[:1] in ("R", "C")
        old, new = words[at + 1], words[at + (2 if moved else 1)]
        at += 3 if moved else 2
        pair = (None if status[0] == "A" else old, None if status[0] == "D" else new)
        name = pair[1] or pair[0]
        if name.endswith(ENDINGS) and any(below(name, folder) for folder in folders):
            found.append(pair)
    return found


def tree_at(base, folder, into):
    """The folder as it was at `base`; None: it was not there."""
    try:
        packed = git("archive", "--format=tar", base, "--", folder)
    except Problem:
        return None
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        members = [m for m in tar.getmembers() if m.isfile() or m.isdir()]
        for m in members:
            if os.path.isabs(m.name) or ".." in m.name.split("/"):
                raise Problem(f"a path that leads out of the repository: {m.name}")
        tar.extractall(into, members)
    return os.path.join(into, folder)


def is_policy(text):
    """Is this one policy, bare or as `aws` printed it? Templates and plans hold many, and are linted only."""
    try:
        document = json.loads(text)
    except ValueError:
        return False
    for name in (None, "Policy", "PolicyDocument"):
        inner = document if name is None else document.get(name) if isinstance(document, dict) else None
        if isinstance(inner, str):
            try:
                inner = json.loads(inner)
            except ValueError:
                inner = None
        if isinstance(inner, dict) and "Statement" in inner:
            return True
    return False


def read_at(base, path):
    return EMPTY if path is None else git("show", f"{base}:{path}").decode(errors="replace")


def diff_documents(run, base, pair, scratch):
    """The answer of `why403 diff` on one changed policy; None: it is none."""
    old, new = pair
    was = read_at(base, old)
    now = EMPTY if new is None else open(new, encoding="utf-8", errors="replace").read()
    sides = [text for text, path in ((was, old), (now, new)) if path is not None]
    if not any(is_policy(text) for text in sides):
        return None
    names = []
    for side, text in (("base", was), ("head", now)):
        name = os.path.join(scratch, side, new or old)  # messages name it so
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        names.append(name)
    if new is not None:
        names[1] = new
    status, text = why403(run.program, "diff", *names, "--format", "json", "--fail-on", run.fail_on)
    return {"file": new or old, "status": status, "answer": parse(text, status)}


def diff_states(run, base, scratch):
    """The answer of `why403 diff` on the snapshot as it was and as it is."""
    was = tree_at(base, run.snapshot, os.path.join(scratch, "base-tree"))
    if was is None:
        return None
    status, text = why403(run.program, "diff", was, run.snapshot, "--format", "json", "--fail-on", run.fail_on)
    return {"file": run.snapshot, "status": status, "answer": parse(text, status), "was": was}


def replay(run, was):
    status, text = why403(run.program, "replay", run.logs, "--snapshot", was, "--against", run.snapshot,
                          "--format", "json", "--quiet")
    return {"status": status, "answer": parse(text, status)}


def lint_some(run, files):
    words = ["--deny-level", run.deny_level, "--", *files]
    status, sarif = why403(run.program, "lint", "--format", "sarif", *words)
    log = parse(sarif, status)
    lines = why403(run.program, "lint", "--format", "github", *words)[1] if log else ""
    return {"status": status, "sarif": log, "annotations": lines, "unreadable": []}


def lint(run, files):
    """SARIF, and GitHub's annotations, of the files that are there. One that cannot be read hides no other's findings."""
    all_of = lint_some(run, files)
    if all_of["sarif"] or len(files) == 1:
        return {**all_of, "unreadable": [] if all_of["sarif"] else files}
    for one in (lint_some(run, [file]) | {"file": file} for file in files):
        if not one["sarif"]:
            all_of["unreadable"].append(one["file"])
        elif not all_of["sarif"]:
            all_of["sarif"] = one["sarif"]
        else:
            into, more = all_of["sarif"]["runs"][0], one["sarif"]["runs"][0]
            into["results"] += more["results"]
            have = {r["id"] for r in into["tool"]["driver"]["rules"]}
            into["tool"]["driver"]["rules"] += [r for r in more["tool"]["driver"]["rules"] if r["id"] not in have]
        all_of["annotations"] += one["annotations"]
    return all_of


def test(run):
    status, text = why403(run.program, "test", "--format", "junit", *run.cases)
    return {"status": status, "junit": text}


def parse(text, status):
    try:
        return json.loads(text)
    except ValueError:
        if status == BAD:
            return None
        raise Problem("why403 printed no JSON") from None
