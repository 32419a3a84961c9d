#!/usr/bin/env python3
"""Counts the denials of generated logs line by line, as slowly and plainly as can be, and compares with what
`why403 logs --no-snapshot --format json` found.

    logs_reference.py LOG|FOLDER FOUND.json
"""
import gzip
import json
import os
import re
import sys
from collections import Counter

LINE = re.compile(r'\S+ (\S+) \[[^]]*\] \S+ (\S+) (\S+) (\S+) (\S+) "[^"]*" (\d+) (\S+) ')
ACTIONS = {
    "REST.GET.OBJECT": "s3:GetObject", "REST.HEAD.OBJECT": "s3:GetObject", "REST.PUT.OBJECT": "s3:PutObject",
    "REST.GET.BUCKET": "s3:ListBucket", "REST.PUT.PART": "s3:PutObject", "REST.DELETE.OBJECT": "s3:DeleteObject",
    "REST.GET.OBJECT_TAGGING": "s3:GetObjectTagging",
}


def role(arn):
    return arn.rsplit("/", 1)[0] if ":assumed-role/" in arn else arn


def access(path, kinds):
    seen = set()
    with open(path, encoding="utf-8") as f:
        for line in f:
            bucket, who, request, operation, key, status, _ = LINE.match(line).groups()
            if status == "403" and (request, operation, key) not in seen:
                seen.add((request, operation, key))
                kinds["anonymous" if who == "-" else role(who), ACTIONS[operation], bucket] += 1


def trail(path, kinds):
    seen = set()
    for folder, _, names in os.walk(path):
        for name in names:
            with gzip.open(os.path.join(folder, name), "rt", encoding="utf-8") as f:
                for e in json.load(f)["Records"]:
                    if e.get("errorCode") == "AccessDenied" and e["eventID"] not in seen:
                        seen.add(e["eventID"])
                        action = re.search(r"perform: (\S+)", e["errorMessage"]).group(1)
                        kinds[role(e["userIdentity"]["arn"]), action, e["requestParameters"]["bucketName"]] += 1


def main():
    kinds, found = Counter(), Counter()
    (trail if os.path.isdir(sys.argv[1]) else access)(sys.argv[1], kinds)
    with open(sys.argv[2], encoding="utf-8") as f:
        result = json.load(f)
    for c in result["causes"]:
        bucket = c["resource"].split(":::", 1)[1].split("/", 1)[0]
        found[c["principal"], c["action"], bucket] += c["count"]
    if kinds != found or result["denied"] != sum(kinds.values()):
        for key in sorted(set(kinds) | set(found)):
            if kinds[key] != found[key]:
                print(*key, "expected", kinds[key], "found", found[key])
        return 1
    print(f"{sum(kinds.values())} denials, {len(kinds)} kinds agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
