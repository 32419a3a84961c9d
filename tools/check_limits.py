#!/usr/bin/env python3
"""Limits stand in src/base/limits.h: check_limits.py [ROOT]

Elsewhere nothing that is named as a limit (..._LIMIT, ..._MAX, MAX_..., MOST) may be given a number, but what is listed below
with its reason; and every limit of the file is used. One line a finding, exit status 1 when there is any.
"""
import pathlib
import re
import sys

NAMED = re.compile(r"\b((?:[A-Z0-9]+_)*(?:LIMIT|MAX|MOST)(?:_[A-Z0-9]+)*)\b\s*(?:=\s*|\s+)([(0-9][^,}\n]*)")
# Neither input nor what is kept of it.
ELSEWHERE = {
    ("render/text.c", "MAX_WIDTH"): "columns of a page",
    ("logs/bins.c", "SHIFT_MAX"): "a shift of a 64-bit number",
    ("base/nearest.c", "NAME_MAX_BYTES"): "a longer name has no likely slip of the pen",
    ("base/decimal.c", "EXPONENT_LIMIT"): "the range of a 64-bit exponent",
    ("policy/parse_common.c", "MOST"): "bytes of the user's text in a message",
    ("snapshot/lookup.c", "MOST"): "of a hint",
    ("fix/allow.c", "MOST"): "names in a sentence",
    ("fix/ownership.c", "MOST"): "names in a sentence",
    ("evidence/reading.c", "MOST"): "readings that are compared: those of one line",
    ("evidence/keys.c", "EDITS_MAX"): "the distance of a slip of the pen",
    ("evidence/endpoint.c", "LABELS_MAX"): "labels of a host name: DNS has 127 of one letter, AWS's have 10",
    ("evidence/request_json.c", "MEMBERS_MAX"): "members of a table of our own",
    ("evidence/evidence.h", "W403_CLAIMS_MAX"): "kinds of evidence",
    ("symbolic/document_targets.c", "TYPES_MAX"): "bits of a word",
    ("inventory/resolve.c", "MAX_UP"): "folders between a manifest and the bucket's root, by AWS's layout",
    ("inventory/resolve.c", "MAX_PARTS"): "parts of a key that may be folders",
    ("inventory/acl_column.c", "MOST"): "distinct ACLs that are remembered: a cache",
    ("inventory/acl_column.c", "MOST_BYTES"): "of that cache",
    ("explain/blame.c", "LABEL_VALUE_MAX"): "bytes of the user's text in a label",
}


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    limits = root / "src/base/limits.h"
    found, used = [], set()
    for path in sorted((root / "src").rglob("*.[ch]")):
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(root / "src"))
        if path == limits:
            continue
        used |= set(re.findall(r"\bW403_LIMIT_\w+", text))
        for number, line in enumerate(text.splitlines(), 1):
            code = line.split("/*")[0]
            if not re.search(r"\benum\b|#define|^ +W403_\w+ = ", code):
                continue
            for match in NAMED.finditer(code):
                if (name, match.group(1)) not in ELSEWHERE and "W403_LIMIT_" not in match.group(2):
                    found.append(f"{path}:{number}: {match.group(1)} is a limit: it belongs into src/base/limits.h")
    for limit in re.findall(r"\bW403_LIMIT_\w+", limits.read_text(encoding="utf-8")):
        if limit not in used:
            found.append(f"{limits}: nobody looks at {limit}")
    print("\n".join(found) if found else "limits: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
