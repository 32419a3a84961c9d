#!/usr/bin/env python3
"""Runs every ```console block of the documentation and compares what it prints.

check_docs.py PROGRAM [ROOT]: PROGRAM is the built why403; its folder comes first in PATH and blocks run in ROOT, with
$SCRATCH an empty folder for files. In a block, a line that starts with `$ ` is a command (a trailing backslash or a
here-document continues it), what follows is its output, stdout and stderr together; a line `...` stands for any lines,
and `...` at the beginning or end of a line for any text. A last line `(exit N)` names an exit status other than 0, 1
and 3. A block after the comment <!-- not run: reason --> is skipped, after <!-- not run with sanitizers: reason --> by a
build that has them; one after <!-- asks AWS: the world is FOLDER --> is run by tests/live/check_pages.py.

A ```c block stands after <!-- from: FILE -->; its lines must be in that file, which other tests compile, as they are;
a line `...` stands for lines left out.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE_DOCUMENT = re.compile(r"<<'(\w+)'")
NOT_RUN = re.compile(r"^<!-- not run( with sanitizers)?: .+ -->$")
ASKS_AWS = re.compile(r"^<!-- asks AWS: the world is (\S+?)(?:, denied: (\S+))? -->$")
FROM = re.compile(r"^<!-- from: (\S+) -->$")


def pages(root):
    yield from (p for p in (root / "README.md", root / "CONTRIBUTING.md") if p.exists())
    yield from sorted((root / "docs").rglob("*.md"))
    yield from sorted((root / "src").rglob("*.md"))
    yield from sorted((root / "examples").rglob("*.md"))


def blocks(page):
    """Yields (kind, line number, the comment before it, [lines]) of each block of code."""
    start, kind, before, previous = None, "", "", ""
    lines = page.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if start is None and line.strip().startswith("```"):
            start, kind, before = number, line.strip()[3:], previous
        elif start is not None and line.strip() == "```":
            yield kind, start + 1, before, lines[start:number - 1]
            start = None
        if line.strip():
            previous = line.strip()


def skipped(before, sanitized):
    comment = NOT_RUN.match(before)
    if ASKS_AWS.match(before): # tests/live/check_pages.py runs it
        return True
    return bool(comment) and (comment.group(1) is None or sanitized)


def quoted(page, line, before, block, root):
    """Does the block of C stand in the file that it is from?"""
    source = FROM.match(before)
    if not source:
        print(f"not ok - {page}:{line}: C from no file: nothing compiles it")
        return False
    text = (root / source.group(1)).read_text(encoding="utf-8")
    at = 0
    for part in "\n".join(block).split("\n...\n"):
        at = text.find(part.strip("\n"), at)
        if at < 0:
            print(f"not ok - {page}:{line}: not in {source.group(1)}:\n#  " + part.replace("\n", "\n#  "))
            return False
    print(f"ok - {page}:{line}")
    return True


def steps(block):
    """Splits a block into (offset, command, expected lines)."""
    found = []
    continued, ending = False, None
    for offset, line in enumerate(block):
        if ending is not None:
            found[-1][1] += "\n" + line
            ending = None if line == ending else ending
        elif continued:
            found[-1][1] += "\n" + line
            continued = line.endswith("\\")
        elif line.startswith("$ "):
            found.append([offset, line[2:], []])
            continued = line.endswith("\\")
            here = HERE_DOCUMENT.search(line)
            ending = here.group(1) if here else None
        elif found:
            found[-1][2].append(line)
    return found


def same_line(expected, actual):
    """A `...` at either end of a line stands for any text there."""
    pattern = re.escape(expected)
    pattern = re.sub(r"^(\\\.){3}", ".*", pattern)
    pattern = re.sub(r"(\\\.){3}$", ".*", pattern)
    return re.fullmatch(pattern, actual) is not None


def matches(expected, actual):
    """Do the lines agree, `...` standing for any run of lines?"""
    if not expected:
        return not actual
    if expected[0].strip() == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and same_line(expected[0].rstrip(), actual[0].rstrip()) and matches(expected[1:], actual[1:])


def run_block(page, line, block, root, environment):
    for offset, command, expected in steps(block):
        while expected and not expected[-1].strip():
            expected.pop()
        allowed = (0, 1, 3)
        status = re.fullmatch(r"\(exit (\d+)\)", expected[-1]) if expected else None
        if status:
            allowed = (int(status.group(1)),)
            expected = expected[:-1]
        done = subprocess.run(["bash", "-c", command], cwd=root, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        actual = done.stdout.decode("utf-8", "replace").rstrip("\n")
        actual = actual.split("\n") if actual else []
        while actual and not actual[-1].strip():
            actual.pop()
        if done.returncode in allowed and matches(expected, actual):
            continue
        print(f"not ok - {page}:{line + offset}: {command.splitlines()[0]}")
        if done.returncode not in allowed:
            print(f"#  exit status {done.returncode}")
        for difference in difflib.unified_diff(expected, actual, "documented", "actual", lineterm="", n=2):
            print("#  " + difference)
        return False
    print(f"ok - {page}:{line}")
    return True


def surroundings(program, scratch):
    """The program first in PATH, the library of its build for compilers and programs, a folder for files."""
    build = str(program.parent)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WHY403_")}
    environment.update(PATH=f"{build}:{environment['PATH']}", NO_COLOR="1", COLUMNS="100", LC_ALL="C.UTF-8",
                       PKG_CONFIG_PATH=f"{build}/meson-uninstalled", LD_LIBRARY_PATH=build, SCRATCH=scratch)
    return environment


def check(root, environment, sanitized):
    good = bad = 0
    for page in pages(root):
        for kind, line, before, block in blocks(page):
            name = page.relative_to(root)
            if kind == "c":
                fine = quoted(name, line, before, block, root)
            elif kind == "console" and not skipped(before, sanitized):
                fine = run_block(name, line, block, root, environment)
            else:
                continue
            good += fine
            bad += not fine
    print(f"{good} passed, {bad} failed")
    return 1 if bad else 0


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ".").resolve()
    with tempfile.TemporaryDirectory() as scratch:
        return check(root, surroundings(program, scratch), b"__asan_init" in program.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
