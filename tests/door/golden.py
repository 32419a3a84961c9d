#!/usr/bin/env python3
"""Every case as a question at the door and as a command line: the answers must be the same bytes.

golden.py ANSWER WHY403 SOURCE_ROOT [EVERY]   EVERY: only each n-th case (default 1). TAP.
ANSWER is tests/door/answer.c, or any other program with its line protocol (a binding).
"""
import json
import pathlib
import subprocess
import sys
import tempfile

OPTIONS = {"identity": "identity-policy", "boundary": "boundary", "session": "session-policy", "scp": "scp", "rcp": "rcp",
           "resource": "bucket-policy", "vpc_endpoint": "vpce-policy", "access_point": "access-point-policy", "key": "key-policy",
           "trust": "trust-policy"}


def documents(policies):
    """(option, level, name, document) of each policy, named as the door names them."""
    for member, value in policies.items():
        option = OPTIONS[member]
        if member in ("scp", "rcp"):
            for level, documents_of in enumerate(value):
                for n, document in enumerate(documents_of):
                    yield option, level, f"policies.{member}[{level}][{n}]", document
        elif member in ("identity", "session"):
            for n, document in enumerate(value):
                yield option, 0, f"policies.{member}[{n}]", document
        else:
            yield option, 0, f"policies.{member}", value


def text_of(document):
    return document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)


def by_command_line(why403, case, folder):
    args = [str(why403), "explain", "--request", "request", "--format", "json"]
    (folder / "request").write_text(json.dumps(case["request"]), encoding="utf-8", errors="surrogatepass")
    if "snapshot" in case:
        (folder / "snapshot").write_text(text_of(case["snapshot"]), encoding="utf-8", errors="surrogatepass")
        args += ["--snapshot", "snapshot"]
    else:
        args += ["--no-snapshot"]
    for option, level, name, document in documents(case.get("policies", {})):
        (folder / name).write_text(text_of(document), encoding="utf-8", errors="surrogatepass")
        args += [f"--{option}", f"{level}:{name}" if level else name]
    done = subprocess.run(args, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout


def question_of(case):
    question = {"ask": "explain", "request": case["request"]}
    for member in ("snapshot", "policies"):
        if member in case:
            question[member] = case[member]
    return json.dumps(question, ensure_ascii=False)


def cases_of(root):
    for path in sorted((root / "tests/cases").glob("*.json")):
        loaded = json.loads(path.read_text(encoding="utf-8"))
        for case in loaded if isinstance(loaded, list) else [loaded]:
            paths = json.dumps([case.get("policies", {})])
            if "request" not in case or isinstance(case.get("snapshot"), str) or '.json"' in paths:
                continue  # questions about inventories, or files beside the case
            yield path.name, case


def main():
    answer, why403, root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
    every = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    chosen = list(cases_of(root))[::every]
    asked = "".join(question_of(case) + "\n" for _, case in chosen)
    done = subprocess.run(answer.split(), input=asked.encode("utf-8", "surrogatepass"), stdout=subprocess.PIPE, check=True)
    answers = done.stdout.split(b"\n")[:-1]
    failed = []
    for (file, case), told in zip(chosen, answers, strict=True):
        with tempfile.TemporaryDirectory() as folder:
            printed = by_command_line(why403, case, pathlib.Path(folder)).rstrip(b"\n")
        refused = not printed and b'{"error":' in told
        if printed != told and not refused:
            failed.append((f"{file}: {case['name']}", printed, told))
    print("1..1")
    for name, printed, told in failed[:5]:
        at = next((i for i, (x, y) in enumerate(zip(printed, told)) if x != y), min(len(printed), len(told)))
        print(f"# {name}\n#   command line: ...{printed[max(0, at - 60):at + 80]!r}\n#   door:         ...{told[max(0, at - 60):at + 80]!r}")
    print(f"{'not ok' if failed or not chosen else 'ok'} 1 - {len(chosen)} cases, the door as the command line, {len(failed)} differ")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
