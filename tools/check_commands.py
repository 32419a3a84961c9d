#!/usr/bin/env python3
"""Commands that are printed are built from words (src/base/command.h), not by printf: no string of src/ that is a format
begins with the name of a program, and none holds a pipe to one or a here-document. check_commands.py [ROOT]"""
import pathlib
import re
import sys

PROGRAMS = r"(?:aws|jq|cat|zcat|zgrep|grep|xargs|curl|gunzip|why403)"
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*|/\*.*?\*/', re.S)
JOIN = re.compile(r"\s*(?:PRI[a-zA-Z0-9]+\s*)?\Z")
CONVERSION = re.compile(r"%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+)?)?(?:hh|h|ll|l|z|j|t)?[diouxXcsfgep]")
BUILDER = {"src/base/command.c"}


def literals(text):
    """(offset, value) of each string literal; neighbours are joined as the compiler joins them."""
    out, end = [], None
    for m in STRING.finditer(text):
        if m.group()[0] != '"':
            continue
        value = m.group()[1:-1]
        if out and end is not None and JOIN.match(text[end:m.start()]):
            out[-1] = (out[-1][0], out[-1][1] + value)
        else:
            out.append((m.start(), value))
        end = m.end()
    return out


def is_command(value):
    begins = re.match(rf"(?:\\n|\s)*(?:%\.?\*?s )?{PROGRAMS} ", value)
    holds = re.search(rf"[|&;] *{PROGRAMS} |<<'|\bcat >", value)
    return bool((begins or holds) and CONVERSION.search(value))


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    found, seen = [], 0
    for path in sorted((root / "src").rglob("*.[ch]")):
        name = str(path.relative_to(root))
        text = path.read_text()
        for at, value in literals(text):
            seen += 1
            if name not in BUILDER and is_command(value):
                found.append(f"{name}:{text.count(chr(10), 0, at) + 1}: a command printed by a format: \"{value[:80]}\"")
    print("\n".join(found) or f"commands: {seen} strings, none prints one")
    if seen < 1000:
        sys.exit(f"only {seen} strings were found: is `{root}` the project?")
    sys.exit(1 if found else 0)


main()
