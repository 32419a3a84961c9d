#!/usr/bin/env python3
"""Repairs of `why403 lint` on the policies of its cases, of a seeded mutator and, where a folder is given, on those in it: each
patch takes a place of its finding away and brings no new error, `--fix` leaves nothing that it could mend, a repair that
keeps the meaning changes no answer to any request (`why403 diff`), and every other byte stays.

Usage: test_lint_fix.py WHY403 SOURCE-ROOT [FOLDER]. Prints TAP.
"""
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

PROGRAM, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
KEEPING = {"drop-covered", "drop-statement", "drop-element", "cidr-mask"}
MUTANTS, DIFFS, SEED = 400, 60, 16
TYPES = {"IDENTITY_POLICY": "identity", "SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
results = []


def ok(good, name, why=()):
    results.append(not why and good)
    print(f"{'ok' if results[-1] else 'not ok'} {len(results)} - {name}")
    for line in list(why)[:12]:
        print(f"#   {line}")


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=600)


def lint(folder, kind):
    """Findings by file name."""
    out = run("lint", "--type", kind, "--format", "json", "--deny-level", "none", folder).stdout
    found = collections.defaultdict(list)
    for line in out.splitlines():
        answer = json.loads(line)
        found[pathlib.Path(answer["file"]).name] += answer["findings"]
    return found


def places(findings):
    count = collections.Counter()
    for f in findings:
        count[f["code"]] += len(f.get("paths", [f["path"]]))
    return count


def patched(data, patch):
    for edit in sorted(patch, key=lambda e: -e["offset"]):
        data = data[:edit["offset"]] + edit["text"].encode() + data[edit["offset"] + edit["length"]:]
    return data


def policies():
    """Kind -> texts."""
    out = collections.defaultdict(list)
    for path in sorted((ROOT / "tests/cases-lint").glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            kind = TYPES.get(case["policy_type"]) or case.get("resource_type") or "resource"
            text = case["text"] if "text" in case else json.dumps(case["policy"], ensure_ascii=False)
            out[kind].append(text)
    generator = random.Random(SEED)
    for _ in range(MUTANTS):
        out["identity"].append(json.dumps(mutant(generator), indent=generator.choice((None, 1, 4))))
    for path in sorted(pathlib.Path(sys.argv[3]).glob("*.json")) if len(sys.argv) > 3 else ():
        out["identity"].append(path.read_text(encoding="utf-8"))
    return out


def mutant(g):
    """A policy with what people get wrong, and with what covers and repeats itself."""
    actions = ["s3:GetObject", "s3:Get*", "s3:*", "s3:PutObjekt", "S3:getobject", "kms:Decrypt", "kms:?ecrypt", "s3:?etObject", "ec2:*"]
    resources = ["arn:aws:s3:::example-data", "arn:aws:s3:::example-data/*", "arn:aws:s3:::example-*", "arn:aws:s3:::example-data/a?c",
                 "arn:aws:s3:::example-data/a*c", "arn:aws:S3:::example-data", " arn:aws:s3:::example-data/x", "*"]
    conditions = [{"IpAddress": {"aws:SourceIp": "203.0.113.9/24"}}, {"Bool": {"aws:SecureTransport": "true"}}, {},
                  {"StringEqual": {"aws:PrincipalOrgID": "o-abcdefghij "}}, {"StringLike": {"s3:prefix": ["a*", "ab*", "*"]}}]

    def some(values):
        chosen = g.choices(values, k=g.randint(1, 4))
        return chosen[0] if len(chosen) == 1 and g.random() < 0.5 else chosen
    statements = []
    for i in range(g.randint(1, 3)):
        st = {"Sid": g.choice(["", f"S{i}", "Same", "a b"])} if g.random() < 0.6 else {}
        st.update(Effect=g.choice(["Allow", "Allow", "Deny", "allow"]), Action=some(actions), Resource=some(resources))
        if g.random() < 0.5:
            st["Condition"] = g.choice(conditions)
        statements.append(st)
    if g.random() < 0.3:
        statements.append(dict(statements[0]))
    document = {"Statement": statements}
    return {"Version": "2012-10-17", **document} if g.random() < 0.8 else document


def refused(scratch, data, fix):
    """Rightly: by ARN fields the meaning changes, where AWS compares resources as whole texts."""
    old, new = scratch / "old.json", scratch / "new.json"
    old.write_bytes(data)
    new.write_bytes(patched(data, fix["patch"]))
    answer = run("diff", old, new, "--format", "json").stdout
    return fix["id"] in KEEPING and answer != "" and "yes" in json.loads(answer)["answers"].values()


def check_patches(kind, files, before, scratch):
    """Each patch alone."""
    folder, origin, kept = scratch / "patched", {}, []
    folder.mkdir()
    for name, findings in before.items():
        for i, f in enumerate(findings):
            if "fix" in f:
                data = patched(files[name], f["fix"]["patch"])
                origin[f"{i}-{name}"] = (name, f)
                (folder / f"{i}-{name}").write_bytes(data)
                if f["fix"]["id"] in KEEPING and not f["fix"]["by_name"]:
                    kept.append(f"{i}-{name}")
    kept = random.Random(SEED).sample(kept, min(len(kept), DIFFS))
    after, bad, changed = lint(folder, kind), [], []
    for name, (source, f) in origin.items():
        was, now = places(before[source]), places(after[name])
        if now[f["code"]] >= was[f["code"]] and f["code"] != "JSON_SYNTAX_ERROR":
            bad.append(f"{f['code']} {f['fix']['id']} mends nothing: {files[source].decode()[:300]}")
    for name in kept:
        answer = run("diff", scratch / "before" / origin[name][0], folder / name, "--format", "json").stdout
        said = json.loads(answer).get("answers", {}) if answer else {}
        if "yes" in said.values():
            changed.append(f"{origin[name][1]['fix']['id']}: {said}: {files[origin[name][0]].decode()[:300]}")
    return len(origin), len(kept), bad, changed


def main():
    totals, bad, changed, worse, left, again = collections.Counter(), [], [], [], [], []
    for kind, texts in sorted(policies().items()):
        with tempfile.TemporaryDirectory() as place:
            scratch = pathlib.Path(place)
            for name in ("before", "after"):
                (scratch / name).mkdir()
            files = {f"{i}.json": text.encode() for i, text in enumerate(texts)}
            for name, data in files.items():
                (scratch / "before" / name).write_bytes(data)
                (scratch / "after" / name).write_bytes(data)
            before = lint(scratch / "before", kind)
            patches, kept, wrong, other = check_patches(kind, files, before, scratch)
            totals.update(policies=len(files), patches=patches, kept=kept)
            bad += wrong
            changed += other
            run("lint", "--type", kind, "--fix", "--quiet", "--deny-level", "none", scratch / "after")
            after = lint(scratch / "after", kind)
            mended = {name: (scratch / "after" / name).read_bytes() for name in files}
            run("lint", "--type", kind, "--fix", "--quiet", "--deny-level", "none", scratch / "after")
            for name, data in files.items():
                errors = [sum(f["type"] == "ERROR" for f in found.get(name, [])) for found in (before, after)]
                syntax = any(f["code"] == "JSON_SYNTAX_ERROR" for f in before.get(name, []))
                if errors[1] > errors[0] and not syntax:
                    worse.append(f"{errors}: {data.decode()[:300]}")
                if mended[name] != (scratch / "after" / name).read_bytes():
                    again.append(data.decode()[:300])
                totals["mended"] += mended[name] != data
                left += [f"{f['code']} {f['fix']['id']}: {data.decode()[:300]}" for f in after.get(name, [])
                         if f.get("fix", {"by_name": True})["by_name"] is False and not refused(scratch, mended[name], f["fix"])]
    ok(not bad, f"each of {totals['patches']} patches takes a place of its finding away", bad)
    ok(not changed, f"{totals['kept']} that keep the meaning change no answer", changed)
    ok(not worse, f"{totals['mended']} of {totals['policies']} policies mended, none has more errors", worse)
    ok(not again, "mended once, mended for good", again)
    ok(not left, "nothing is left that could be mended unasked", left)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


sys.exit(main())
