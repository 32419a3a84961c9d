#!/usr/bin/env python3
"""A file of a snapshot changed by `overlay`, and the same snapshot given with that file: the answers must be the same bytes.

overlay.py ANSWER SOURCE_ROOT   TAP. ANSWER is tests/door/answer.c. Most changes are of one bucket, key or access point, which
alone is loaded anew; the others are loaded with everything.
"""
import json
import pathlib
import random
import subprocess
import sys

from golden import cases_of

UNREAD = {"error": {"code": "AccessDenied"}}


def changes(paths, pool, random_of):
    """Texts that may stand in a file's place: another case's of the same name, one that could not be had."""
    for path in random_of.sample(paths, min(len(paths), 2)):
        others = pool[named(path)]
        yield {path: random_of.choice(others)}
        yield {path: UNREAD}
    if len(paths) > 1:
        yield {path: UNREAD for path in random_of.sample(paths, 2)}


def named(path):
    return path.rsplit("/", 1)[1] if "/s3/" in path else path.split("/")[-3] if path.count("/") > 4 else path


def pairs_of(case, pool, random_of):
    snapshot = case["snapshot"]
    paths = sorted(p for p in snapshot if p.startswith("accounts/") and not isinstance(snapshot[p], str))
    base = {"ask": "explain", "request": {"at": "2026-11-21T10:00:00Z", **case["request"]}, "with": ["everything"]}
    if "policies" in case:
        base["policies"] = case["policies"]
    for change in changes(paths, pool, random_of):
        yield {**base, "snapshot": snapshot, "overlay": change}, {**base, "snapshot": {**snapshot, **change}}
    absent = sorted({p.rsplit("/", 1)[0] + "/versioning.json" for p in paths if "/s3/" in p and "/inventory/" not in p} - set(snapshot))
    for path in absent[:1]: # a file that the base has not
        change = {path: {"Status": "Enabled"}}
        yield {**base, "snapshot": snapshot, "overlay": change}, {**base, "snapshot": {**snapshot, **change}}


def without_warnings(line):
    answer = json.loads(line)
    answer.pop("warnings", None) # those of the base are not said again
    return json.dumps(answer)


def main():
    answer, root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    cases = [c for _, c in cases_of(root) if isinstance(c.get("snapshot"), dict)]
    random_of, pool = random.Random(403), {}
    for case in cases:
        for path, content in case["snapshot"].items():
            if not isinstance(content, str):
                pool.setdefault(named(path), []).append(content)
    pairs = [pair for case in cases for pair in pairs_of(case, pool, random_of)]
    text = "".join(json.dumps(q, ensure_ascii=False) + "\n" for pair in pairs for q in pair)
    done = subprocess.run(answer.split(), input=text.encode("utf-8", "surrogatepass"), stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode("utf-8", "surrogatepass").split("\n")[:-1]
    failed = refused = 0
    print("1..1")
    for (over, whole), shared, loaded in zip(pairs, lines[::2], lines[1::2], strict=True):
        if '{"error":' in loaded[:12]: # what cannot be loaded at all: an overlay may leave it unknown
            refused += 1
            continue
        if without_warnings(shared) != without_warnings(loaded):
            failed += 1
            if failed < 4:
                at = next((i for i, (x, y) in enumerate(zip(shared, loaded)) if x != y), 0)
                print(f"# overlay {json.dumps(over['overlay'])[:300]}\n#   request {json.dumps(over['request'])}")
                print(f"#   overlay: ...{shared[max(0, at - 80):at + 200]}\n#   loaded:  ...{loaded[max(0, at - 80):at + 200]}")
    ok = pairs and not failed and refused < len(pairs) // 4
    print(f"{'ok' if ok else 'not ok'} 1 - {len(pairs)} changes, {refused} of them refused, {failed} differ")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
