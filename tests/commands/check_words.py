#!/usr/bin/env python3
"""Every printed command of the suite is run by bash where aws, jq, cat, zcat, why403, xargs and grep are stand-ins and no
other program can be found. check_words.py PROGRAM ROOT [EVERY so-manyth case]. Names that a shell would act upon must reach the stand-ins whole,
nothing else may be started or written, and no text may hold what steers a terminal."""
import json
import pathlib
import subprocess
import sys
import tempfile

import printed
import worlds

# A stand-in writes its words, NUL-terminated, to a file of its own: those of a pipe run at once. A here-document goes
# where the command puts it.
BASH = r"""
told() { printf '%s\0' "$@" >"$got/$number.$BASHPID.$1"; }
command_not_found_handle() { told STARTED "$*"; }
for name in aws jq zcat why403 xargs grep; do
    eval "$name() { told $name \"\$@\"; }"
done
cat() { if [ $# -gt 0 ]; then told cat "$@"; else IFS= read -r -d '' text; printf '%s' "$text"; fi; }
number=0
while IFS= read -r -d '' line <&8; do
    eval "$line" </dev/null || told FAILED "$line"
    number=$((number + 1))
done
"""


def run(commands, folder):
    """For each command the words that its programs got."""
    work = folder / "work"
    work.mkdir()
    (folder / "bash").write_text(BASH)
    (folder / "commands").write_bytes(b"".join(c.encode() + b"\0" for c in commands))
    got = folder / "got"
    got.mkdir()
    script = f"exec 8<{folder}/commands; got={got} PATH={folder}/none; cd {work} && . {folder}/bash && printf %s $number"
    done = subprocess.run(["bash", "--noprofile", "--norc", "-c", script], capture_output=True, check=False)
    if done.stdout.decode() != str(len(commands)):
        sys.exit(f"bash stopped after {done.stdout.decode()} of {len(commands)} commands: {done.stderr.decode()[-500:]}")
    out = [[] for _ in commands]
    for path in got.iterdir():
        out[int(path.name.split(".")[0])].append(path.read_bytes().decode().split("\0")[:-1])
    return out, work, done.stderr.decode()


def pieces(word):
    """Is there a part of a hostile name in the word that is not whole? Documents and ARNs inside JSON count too."""
    candidates = [word]
    if word[:1] in "{[\"" or "select(" in word:
        for text in (word, *(p for p in word.split('"'))):
            try:
                candidates.append(json.dumps(json.loads(text), ensure_ascii=False))
            except ValueError:
                pass
    if word.startswith("file://") or "select(" in word:
        return False
    whole = any(printed.BEGIN in c and strip(c).count(printed.BEGIN) == 0 for c in candidates)
    touched = printed.BEGIN in word or "PWNED" in word or printed.END in word
    return touched and not whole


def strip(text):
    for form in (printed.HOSTILE, json.dumps(printed.HOSTILE, ensure_ascii=False)[1:-1], json.dumps(printed.HOSTILE)[1:-1]):
        text = text.replace(form, "")
    return text


def sees():
    """The check finds what it looks for."""
    with tempfile.TemporaryDirectory() as name:
        got, work, _ = run([f"aws {printed.HOSTILE.split(chr(39))[0]}", "aws $(touch PWNED)", "aws s3 'a b'"], pathlib.Path(name))
        assert [g[-1] for g in got[2:]] == [["aws", "s3", "a b"]], got
        assert any(w[0] == "STARTED" for w in got[1]), got
        assert any(pieces(w) for words in got[0] for w in words), got
    assert not pieces("s3://b/" + printed.HOSTILE) and not pieces(json.dumps({"Key": printed.HOSTILE}))
    assert pieces("PWNED)") and pieces("a" + printed.HOSTILE[:-2])


def main():
    sees()
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    bad, commands, origin, hostile_seen = [], [], [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        found = []
        for hostile in (False, True):
            found += [(n, hostile, printed.in_json(j), printed.in_text(t), t)
                      for n, _, j, t in printed.answers(program, root, folder, hostile, every)]
        found += worlds.answers(program, root, folder)
        for n, hostile, from_json, from_text, text in found:
            for c in dict.fromkeys([*from_json, *from_text]):
                commands.append(c)
                origin.append(n)
                hostile_seen += printed.BEGIN in c
            raw = [ch for ch in text if (ord(ch) < 0x20 and ch != "\n") or 0x7F <= ord(ch) < 0xA0 or ch in "\u202e\u200f"]
            if "\nok 2 - injected" in text:
                bad.append(f"{n}: a name added a line of TAP")
            if raw:
                bad.append(f"{n}: the text holds {raw[0]!r}")
        got, work, stderr = run(commands, folder)
        for n, c, programs in zip(origin, commands, got):
            for words in programs:
                if words[0] in ("STARTED", "FAILED"):
                    bad.append(f"{n}: {words[0].lower()}: {words[1]!r} by {c!r}")
                bad += [f"{n}: {w!r} arrived of {c!r}" for w in words if pieces(w)]
            if not programs and not c.lstrip().startswith(("#", "cat >")):
                bad.append(f"{n}: no program was started by {c!r}")
        written = {p.name for p in work.rglob("*")}
        named = {c.split("\n")[0].split("cat > ")[1].split(" <<")[0].strip("'") for c in commands if c.startswith("cat > ")}
        bad += [f"`{f}` was written" for f in written - named]
    print(f"{len(commands)} commands of {len(found)} answers, {hostile_seen} with hostile names; {len(bad)} wrong")
    for line in bad[:30]:
        print(f"  {line}")
    if stderr.strip():
        print("bash said:", stderr[:2000])
    sys.exit(1 if bad or stderr.strip() or len(commands) < 3000 or hostile_seen < 500 else 0)


main()
