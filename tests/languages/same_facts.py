#!/usr/bin/env python3
"""An answer says the same in every language: same_facts.py WHY403 ROOT [N]. TAP.

Every N-th case that has a snapshot, and a request or an inventory, is asked in English, Korean and French: verdict (exit status), cause ids,
ARNs, actions, condition keys, numbers, commands, diffs and the columns of carets are the same; what programs read is the same to
the byte, whatever the language. A paragraph is no wider than the terminal, unless one word is.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata

FACTS = [
    re.compile(r"\b(?:deny|no-allow|bpa|kms|not-found|credentials|signature|inventory)\.[a-z-]+"),
    re.compile(r"\barn:[a-z-]+:[^\s,;\"'`()]*[^\s,;:.\"'`()]", re.ASCII),
    re.compile(r"\b(?:s3|kms|sts|iam|aws):[A-Z][A-Za-z]+(?:/[\w-]+)?", re.ASCII),
    re.compile(r"(?<![\w.-])\d{3,}(?![\w-])", re.ASCII),
]
VERBATIM = re.compile(r"^ {5}(?:aws |cat >|@@|[-+](?!-)).*$", re.MULTILINE)
PARAGRAPH = re.compile(r"^(?:  |  - )\w(?!.*\S {2,}\S)")  # filled text; rows and excerpts have columns of their own
CARETS = re.compile(r"^ *\| *((?:\^+|-+))", re.MULTILINE)


def cases(root):
    for path in sorted((root / "tests/cases").glob("*.json")):
        whole = json.loads(path.read_text(encoding="utf-8"))
        for case in whole if isinstance(whole, list) else whole.get("cases", []):
            if isinstance(case.get("snapshot"), dict) and (isinstance(case.get("request"), dict) or isinstance(case.get("inventory"), dict)):
                yield f"{path.stem}/{case.get('name')}", case


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def facts(text):
    found = collections.Counter()
    joined = re.sub(r"\s+", " ", text)
    for pattern in FACTS:
        found.update(pattern.findall(joined))
    return found, VERBATIM.findall(text), [(m.start(1) - m.start(), len(m.group(1))) for m in CARETS.finditer(text)]


def ask(program, folder, asked, language, *more, environment=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "WHY403_"))}
    env.update(environment or {})
    command = [program, *asked, "--snapshot", "s.json", *(["--lang", language] if language else []), *more]
    done = subprocess.run(command, capture_output=True, cwd=folder, env=env, check=False)
    return done.returncode, done.stdout.decode("utf-8", "strict")


def problem(program, folder, case):
    full, asked, forms = ["--full"], ["explain", "--request", "r.json"], ("json", "sarif")
    if "inventory" in case:
        about = case["inventory"]
        full, forms = [], ("json",)
        asked = ["inventory", about["bucket"], about.get("configuration") or about.get("id"), "--at", about.get("at", "2026-11-21T10:00:00Z")]
    status, english = ask(program, folder, asked, "en", *full)
    for language in ("ko", "fr"):
        other, said = ask(program, folder, asked, language, *full)
        if other != status:
            return f"{language}: exit status {other}, not {status}"
        for name, ours, theirs in zip(("facts", "commands and diffs", "carets"), facts(english), facts(said)):
            if ours != theirs:
                differ = (ours - theirs) + (theirs - ours) if name == "facts" else [x for x in ours + theirs if (x in ours) != (x in theirs)]
                return f"{language}: other {name}: {list(differ)[:4]}"
        if said == english:
            return f"{language}: said in English"
        for width in ("60", "80", "120"):
            _, narrow = ask(program, folder, asked, language, environment={"COLUMNS": width})
            for line in narrow.splitlines():
                if columns(line) > int(width) and PARAGRAPH.match(line) and max(columns(w) for w in line.split()) < int(width) - 4:
                    return f"{language}: {columns(line)} columns of {width}: {line}"
    for form in forms:
        plain = ask(program, folder, asked, None, "--format", form)
        for language, environment in (("ko", None), (None, {"LANG": "ko_KR.UTF-8"}), (None, {"WHY403_LANG": "fr"})):
            if ask(program, folder, asked, language, "--format", form, environment=environment) != plain:
                return f"{form} is not the same under {language or environment}"
    return None


def main():
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 25
    chosen = list(cases(root))[::every]
    print(f"1..{len(chosen)}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, case) in enumerate(chosen, 1):
            for file, value in (("s.json", case["snapshot"]), ("r.json", case.get("request", {}))):
                pathlib.Path(folder, file).write_text(json.dumps(value), encoding="utf-8")
            wrong = problem(program, folder, case)
            failed += wrong is not None
            print(f"{'not ' if wrong else ''}ok {number} - {name}" + (f"\n# {wrong}" if wrong else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
