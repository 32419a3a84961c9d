#!/usr/bin/env python3
"""A room of src/ may include only itself and the rooms below it; the library's header includes none.

Prints one line a violation (file:line), exit status 1 when there is any.
"""
import pathlib
import re
import sys

ROOMS = ["base", "words", "json", "live", "catalog", "policy", "snapshot", "decide", "explain", "symbolic", "evidence", "fix", "logs",
         "inventory", "lint", "sources", "collect", "render", "cli", "door", "serve"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def problems(root):
    for room in sorted(p for p in (root / "src").iterdir() if p.is_dir()):
        if room.name not in ROOMS:
            yield f"{room}: no room of this name; the list is in tools/check_includes.py"
            continue
        for source in sorted(room.rglob("*.[ch]")):
            for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
                found = INCLUDE.match(line)
                if not found:
                    continue
                where = f"{source.relative_to(root)}:{number}"
                target = found.group(1)
                owner = target.split("/")[0]
                if "/" not in target:
                    yield f'{where}: include "{target}" as "{room.name}/{target}"'
                elif owner not in ROOMS:
                    yield f'{where}: "{target}" is in no room'
                elif ROOMS.index(owner) > ROOMS.index(room.name):
                    yield f"{where}: {room.name} may not include {owner}: it lies above"
    for header in sorted((root / "include").glob("*.h")):
        for number, line in enumerate(header.read_text(encoding="utf-8").splitlines(), 1):
            if INCLUDE.match(line):
                yield f"{header.relative_to(root)}:{number}: the public header includes system headers only"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(problems(root))
    print("\n".join(found) if found else "include order: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
