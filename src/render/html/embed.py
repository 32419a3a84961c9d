#!/usr/bin/env python3
"""The page's style and script as C arrays, with the hashes by which its Content-Security-Policy admits them.

embed.py OUT.c NAME=FILE...
"""
import base64
import hashlib
import pathlib
import sys


def array(name, data):
    if any(b >= 128 for b in data):
        raise SystemExit(f"error: {name}: ASCII only")
    rows = [", ".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24)]
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")
    return (f"static const char {name}_bytes[] = {{\n    " + ",\n    ".join(rows) + ",\n};\n"
            f"const w403_view w403_html_{name} = {{{name}_bytes, sizeof {name}_bytes}};\n"
            f'const char w403_html_{name}_hash[] = "sha256-{digest}";\n')


def main():
    out, *pairs = sys.argv[1:]
    parts = ['#include "render/html.h"\n']
    for pair in pairs:
        name, path = pair.split("=", 1)
        parts.append(array(name, pathlib.Path(path).read_bytes()))
    pathlib.Path(out).write_text("\n".join(parts), encoding="ascii")


if __name__ == "__main__":
    main()
