#!/usr/bin/env python3
"""The sentences of data/ as C for xgettext: po_data.py ROOT. One N_("...") a text; the row's id stands in a comment."""
import pathlib
import re
import sys

# table: the columns that people read, and what names a row
COLUMNS = {
    "causes.tsv": ("id", ["title", "sentence", "way_out"]),
    "lint-checks.tsv": ("code", ["message"]),
    "looks.tsv": ("what", ["what"]),
    "open-questions.tsv": ("id", ["assumption"]),
}


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def rows(path):
    lines = [l for l in path.read_text(encoding="utf-8").splitlines() if l and not l.startswith("#")]
    head = lines[0].split("\t")
    for line in lines[1:]:
        yield dict(zip(head, line.split("\t")))


def main():
    root = pathlib.Path(sys.argv[1])
    for table, (name, columns) in sorted(COLUMNS.items()):
        for row in rows(root / "data" / table):
            for column in columns:
                text = re.sub(r"\{;[^}]*\}", "", row[column])  # what is told beside a message of lint
                if text not in ("", "-"):
                    print(f"/* TRANSLATORS: {column} of {row[name]} */\nN_({quoted(text)})")


if __name__ == "__main__":
    main()
