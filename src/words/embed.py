#!/usr/bin/env python3
"""The compiled catalogues as C arrays: embed.py OUT.c NAME=FILE.mo..."""
import pathlib
import sys

# Whether a language has one text for every number; the rule stands in the head of its catalogue too, and a test compares them.
ONE_TEXT = {"ko", "qps"}
BLANK_BEFORE_COLON = {"fr"}


def main():
    out, *pairs = sys.argv[1:]
    arrays, rows = [], []
    for pair in pairs:
        name, path = pair.split("=", 1)
        data = pathlib.Path(path).read_bytes()
        lines = [", ".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24)]
        arrays.append(f"static const unsigned char {name}_bytes[] = {{\n    " + ",\n    ".join(lines) + ",\n};\n")
        rows.append(f'    {{"{name}", {{(const char *){name}_bytes, sizeof {name}_bytes}}, {str(name in ONE_TEXT).lower()}, '
                    f'{str(name in BLANK_BEFORE_COLON).lower()}}},\n')
    pathlib.Path(out).write_text('#include "words/mo.h"\n\n' + "\n".join(arrays) +
                                 "\nconst struct w403_language w403_catalogues[] = {\n" + "".join(rows) +
                                 "    {NULL, {NULL, 0}, false, false},\n};\n", encoding="ascii")


if __name__ == "__main__":
    main()
