#!/usr/bin/env python3
"""tests/errors: error texts of real clients, and what must be read from each.

check_errors.py PROGRAM DIR. expect.json says per text: operation, operation_in, resource, bucket, principal, error_code_in,
request_id, query, look_empty (no policy is named as a place to look), action_or_operation. One line a finding, exit
status 1 when there is any.
"""
import json
import pathlib
import subprocess
import sys


def answer(program, text):
    run = subprocess.run([program, "explain", "--no-snapshot", "--error", "-", "-f", "json"], input=text, text=True,
                         capture_output=True, check=False, timeout=60)
    try:
        return json.loads(run.stdout)["evidence"], run.returncode
    except ValueError:
        return None, run.returncode


def findings(want, evidence):
    facts = {}
    for source in evidence["sources"]:
        for fact in source["facts"]:
            facts.setdefault(fact["name"], fact["value"])
    readings = evidence["readings"]
    operations = [r["operation"] for r in readings]
    actions = [r["action"] for r in readings]
    have = {
        "operation": operations,
        "operation_in": operations,
        "action_or_operation": operations + actions,
        "resource": [r["resource"] for r in readings],
        "bucket": [facts.get("bucket")],
        "principal": [facts.get("principal")] + [r["principal"] for r in readings],
        "error_code_in": [facts.get("error code")],
        "request_id": [facts.get("request id")],
        "look_empty": [not evidence.get("look")],
        "refused": [False],
    }
    for name, value in want.items():
        if name == "query":
            for key, v in value.items():
                if facts.get(key) != v and all(r["query"].get(key) != v for r in readings):
                    yield f"query {key}: want {v}"
        elif not set(value if isinstance(value, list) else [value]) & set(have[name]):
            yield f"{name}: want {value}, have {have[name]}"


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    bad = 0
    cases = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
    for name, case in sorted(cases.items()):
        evidence, status = answer(program, (folder / f"{name}.txt").read_text(encoding="utf-8"))
        found = [f"not read, exit status {status}"] if evidence is None else list(findings(case["expect"], evidence))
        for line in found:
            bad += 1
            print(f"{name}: {line}")
    print(f"{len(cases)} texts, {bad} findings")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
