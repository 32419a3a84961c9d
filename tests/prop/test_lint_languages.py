#!/usr/bin/env python3
"""What `why403 lint` says in Korean and French is whole, and says the same: every message of data/lint-checks.tsv and every word
of src/lint and of its output has a translation with the same named places, quoted words and numbers; on all cases codes, places,
carets and exit status are those of the English text, no English sentence is left, and what programs read is the same byte for byte.

Usage: test_lint_languages.py WHY403 SOURCE-ROOT. Prints TAP.
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

PROGRAM, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
LANGUAGES = ("ko", "fr")
KINDS = {"IDENTITY_POLICY": "identity", "SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
MACHINE = ("json", "validate-policy", "sarif", "junit", "tap", "github")
results = []


def ok(name, why):
    why = list(why)
    results.append(not why)
    print(f"{'not ok' if why else 'ok'} {len(results)} - {name}")
    for line in why[:12]:
        print(f"#   {line}")


def run(*arguments, **environment):
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "WHY403_LANG")}
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=600,
                          env={**clean, **environment})


def unquoted(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), text)


def catalogue(language):
    """(context, English) -> translations."""
    found = {}
    for entry in (ROOT / f"po/{language}.po").read_text(encoding="utf-8").split("\n\n"):
        lines = dict(re.findall(r'^(msgctxt|msgid|msgstr|msgstr\[\d\]) "(.*)"$', entry, re.M))
        if "msgid" in lines:
            said = [unquoted(v) for k, v in lines.items() if k.startswith("msgstr")]
            found[lines.get("msgctxt"), unquoted(lines["msgid"])] = said
    return found


def english():
    """(context, text) of everything that lint says."""
    rows = [l.split("\t") for l in (ROOT / "data/lint-checks.tsv").read_text(encoding="utf-8").splitlines() if l and l[0] != "#"]
    column = rows[0].index("message")
    yield from ((None, re.sub(r"\{;[^}]*\}", "", row[column])) for row in rows[1:])
    files = [*(ROOT / "src/lint").glob("*.c"), *(ROOT / "src/cli").glob("lint_*.c"), ROOT / "src/cli/cmd_lint.c"]
    for source in sorted(files):
        text = source.read_text(encoding="utf-8")
        string = r'"((?:[^"\\]|\\.)*)"'
        for context, said in re.findall(rf"(?:NC_\(|w403_word_in\([^,\n]*, ){string}, {string}", text):
            yield context, unquoted(said)
        for said in re.findall(rf"w403_(?:say|word)\([^,\n]*, {string}", text):
            yield None, unquoted(said)
        for said in re.findall(rf"w403_say_plural\([^,\n]*, [^,\n]*, {string}", text):
            yield None, unquoted(said)


def places(text):
    return sorted(re.findall(r"\{[a-z/]+\}", text))


def literals(text):
    """What is never translated: quoted and backticked words, numbers, names with a colon in them."""
    flat = re.sub(r"(?<=\d)[\u00a0,](?=\d{3})", "", text)
    return sorted(re.findall(r'"[^"]*"|`[^`]*`|\d{2,}|\b[a-z0-9-]+:[A-Za-z]\w*', flat, re.ASCII))


def check_catalogues():
    said = set(english())
    for language in LANGUAGES:
        words = catalogue(language)
        missing = [f"{c}|{t}" for c, t in sorted(said, key=str) if not words.get((c, t)) or "" in words[c, t]]
        ok(f"{language}: all {len(said)} texts have a translation", missing)
        pairs = [(t, x) for c, t in said for x in words.get((c, t), [])]
        ok(f"{language}: the same named places", [f"{t} -> {x}" for t, x in pairs if places(t) != places(x)])
        ok(f"{language}: the same quoted words and numbers", [f"{t} -> {x}" for t, x in pairs if literals(t) != literals(x)])
        if language == "ko":
            particle = re.compile(r"\}(은|는|이|가|을|를|과|와|로|으로)(?![가-힣])")
            ok("ko: no particle behind a place, no other style", [x for _, x in pairs if particle.search(x) or re.search(
                r"[가-힣]요[.]|개체|접근|암시적|위탁자", x) or unicodedata.normalize("NFC", x) != x])
        else:
            bad = re.compile(r"[^\u00a0][:;!?](?=\s|$)|\b(le|la|du|de|que) ?\{|\bbucket\b(?!/)|stratégie|déclaration|subvention|directeur")
            ok("fr: blanks before marks, no article before a place", [x for _, x in pairs if bad.search(
                re.sub(r'"[^"]*": ?|"[^"]*"|\{bucket/object\}|\barn:|For\w+Values?:', "", x))])


def cases():
    """Kind -> policies; a key of Korean letters among them, whose carets need two columns a syllable."""
    out = collections.defaultdict(list)
    for path in sorted((ROOT / "tests/cases-lint").glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            kind = KINDS.get(case["policy_type"]) or case.get("resource_type") or "resource"
            out[kind].append(case["text"] if "text" in case else json.dumps(case["policy"], ensure_ascii=False, indent=1))
    out["identity"].append('{"Version":"2012-10-17",\n"Statement":[{"Effect":"Allow","Action":["s3:한글", "s3:GetObjekt"],"Resource":"*"}]}')
    return out


def facts(text):
    """Codes, places and excerpts: every line but those of words."""
    lines = []
    for line in text.splitlines():
        code = re.match(r"\S.*?\[([A-Z0-9_]+)\]\s*:", line)
        if code:
            lines.append(code.group(1))
        elif re.match(r"\s*(\d* \||-->)", line):
            lines.append(re.sub(r" \(.*byte.*\)$| \(.*octet.*\)$| \(.*바이트\)$", "", line))
    return lines


def sentences(text):
    return [m.group(1).strip() for m in re.finditer(r"^\S[^\n[]*\[[A-Z0-9_]+\]\s*:\s*(.*)$", text, re.M)]


def check_text(kind, folder):
    known = run("lint", "--lang", "en", "--pedantic", "--type", kind, folder)
    for language in LANGUAGES:
        said = run("lint", "--locale", language, "--pedantic", "--type", kind, folder)
        yield from (f"{language} {kind}: exit status" for _ in range(said.returncode != known.returncode))
        a, b = facts(known.stdout), facts(said.stdout)
        yield from (f"{language} {kind}: {x!r} is {y!r}" for x, y in zip(a, b) if x != y)
        yield from (f"{language} {kind}: other lines" for _ in range(len(a) != len(b)))
        for x, y in zip(sentences(known.stdout), sentences(said.stdout)):
            if x == y or (language == "ko" and not re.search(r"[가-힣]", y)):
                yield f"{language} {kind}: still English: {y}"


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def check_columns(folder):
    (folder / "x.json").write_text(cases()["identity"][-1], encoding="utf-8")
    lines = run("lint", "--lang", "ko", "--only", "INVALID_ACTION", "--type", "identity", folder / "x.json").stdout.splitlines()
    for source, carets in zip(lines, lines[1:]):
        if "^" in carets and "GetObjekt" in source:
            start = carets.index("^")
            word = '"s3:한글"' if start == width(source[:source.index('"s3:한글"')]) else '"s3:GetObjekt"'
            if start != width(source[:source.index(word)]) or carets.count("^") != width(word):
                yield f"{source} / {carets}"


def main():
    check_catalogues()
    text, machine = [], []
    for kind, texts in sorted(cases().items()):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            for i, document in enumerate(texts):
                (folder / f"{i:03}.json").write_text(document, encoding="utf-8")
            text += check_text(kind, folder)
            for name in MACHINE:
                wanted = run("lint", "--format", name, "--type", kind, folder, LC_ALL="C").stdout
                for said in (run("lint", "--format", name, "--lang", "ko", "--type", kind, folder),
                             run("lint", "--format", name, "--type", kind, folder, LANG="fr_FR.UTF-8")):
                    machine += [f"{name} of {kind}"] * (said.stdout != wanted)
    ok("codes, places, carets and exit status of all cases are the same in every language, no English is left", text)
    ok("what programs read is the same byte for byte", machine)
    with tempfile.TemporaryDirectory() as place:
        ok("carets stand below Korean letters", check_columns(pathlib.Path(place)))
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


sys.exit(main())
