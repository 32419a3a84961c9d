#!/usr/bin/env python3
"""What an answer holds for those who ask for more, over all cases: it must agree with itself.

more.py ANSWER SOURCE_ROOT   TAP. ANSWER is tests/door/answer.c, or any other program with its line protocol.
"""
import json
import pathlib
import subprocess
import sys

from golden import cases_of

KINDS = ["scp", "rcp", "vpc-endpoint", "identity", "session", "boundary", "access-point", "bucket-policy", "key-policy", "key-grant",
         "bucket-acl", "object-acl", "trust-policy"]


def ask(answer, questions):
    asked = "".join(json.dumps(q, ensure_ascii=False) + "\n" for q in questions)
    done = subprocess.run(answer.split(), input=asked.encode("utf-8", "surrogatepass"), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode("utf-8", "surrogatepass").split("\n")[:-1]]


def question_of(case, **more):
    question = {"ask": "explain", "request": case["request"], **more}
    question.update({m: case[m] for m in ("snapshot", "policies") if m in case})
    return question


def combined(tris):
    return "no" if "no" in tris else "unknown" if "unknown" in tris else "yes"


def check_statement(answer, s, problems):
    document = answer["documents"].get(s["document"])
    if document is None:
        problems.append(f"no document {s['document']}")
        return
    text = document["text"].encode("utf-8", "surrogatepass")

    def piece(x):
        return json.loads(text[x["offset"] - document["offset"]:][:x["length"]].decode("utf-8", "surrogatepass"))
    try:
        whole = piece(s)
        for e in s["elements"]:
            piece(e)
    except ValueError as e:
        problems.append(f"{s['document']}: a span is no JSON value: {e}")
        return
    if whole.get("Sid", s["sid"]) != s["sid"]:
        problems.append(f"{s['document']}: the span is another statement's")
    if s["elements"] and s.get("element") != "Statement" and combined([e["matches"] for e in s["elements"]]) != s["matches"]:
        problems.append(f"{s['document']} statement {s['index']}: {s['matches']}, elements {[e['matches'] for e in s['elements']]}")


def check_answer(answer, problems):
    if "layers" in answer:
        problems.append("`layers` at the top, though it was left out")
    for check in answer["checks"]:
        kinds = [layer["layer"] for layer in check["layers"]]
        if sorted(set(kinds)) != sorted(KINDS):
            problems.append(f"layers {kinds}")
        for layer in check["layers"]:
            if layer["verdict"] == "not-applicable" and not layer["said"]:
                problems.append(f"{layer['layer']} is not in play, and nothing says why")
            for s in layer["statements"] + layer.get("near", []):
                if "document" in s:
                    check_statement(answer, s, problems)
        for key in check["context"]:
            if (key["state"] in ("absent", "unknown")) != (not key["values"]) and key["state"] != "derived":
                problems.append(f"key {key}")
    for fix in answer["fixes"]:
        for step in fix["steps"]:
            if step["kind"] == "policy" and not step["document"]:
                problems.append(f"no document after {step['title']}")
    if answer["branches"] and answer["decision"] != "undetermined":
        problems.append("branches of an answer that is settled")


def documents_of(answer):
    """The policies of snapshot files, as an overlay that changes nothing."""
    return {name: d["text"] for name, d in answer.get("documents", {}).items() if d["pointer"] and "#/" in name}


def applied(answer):
    """The documents of the first fix, as an overlay; None: it has steps of another kind, or documents that came with the question."""
    for fix in answer.get("fixes", [])[:1]:
        if all(s["kind"] == "policy" and s["file"] and s["file"].startswith(("accounts/", "organization/")) and s["pointer"] for s in fix["steps"]):
            return {f"{s['file']}#{s['pointer']}": s["document"] for s in fix["steps"]}
    return None


def without_echo(answer):
    return {k: v for k, v in answer.items() if k not in ("request", "evidence", "warnings")}


def main():
    answer, root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    cases = [case for _, case in cases_of(root)]
    first = ask(answer, [question_of(c, **{"with": ["everything"], "without": "layers"}) for c in cases])
    plain = ask(answer, [question_of(c) for c in cases])
    again = ask(answer, [question_of({**c, "request": a.get("request", {})}) for c, a in zip(cases, plain)])
    same = ask(answer, [question_of(c, overlay=documents_of(a)) for c, a in zip(cases, first)])
    fixed = [(c, applied(a)) for c, a in zip(cases, first) if isinstance(c.get("snapshot"), dict) and applied(a)]
    after = ask(answer, [question_of(c, overlay=o) for c, o in fixed])
    failed = branches = overlaid = 0
    print("1..1")
    for case, more, less, echo, over in zip(cases, first, plain, again, same, strict=True):
        problems = []
        if "error" in more or "error" in less:
            if ("error" in more) != ("error" in less):
                problems.append("an error by one question, an answer by the other")
        else:
            check_answer(more, problems)
            branches += len(more["branches"])
            for member in ("decision", "status", "cause", "causes", "message", "unknown", "assumptions"):
                if more[member] != less[member]:
                    problems.append(f"`{member}` differs when more is asked for")
            secret = any(h.lower() in ("authorization", "cookie") or "customer-key" in h.lower() or h.lower().startswith("x-amz-s")
                         for h in case["request"].get("headers", {}))
            overlaid += len(documents_of(more))
            if "at" in less["request"] and without_echo(over) != without_echo(less):
                problems.append("the documents of the answer, put back into their places, have another answer")
            if not secret and "at" in less["request"] and without_echo(echo) != without_echo(less):
                problems.append("the request of the answer, asked again, has another answer")
        for p in problems[:3]:
            print(f"# {case['name']}: {p}")
        failed += bool(problems)
    for (case, overlay), told in zip(fixed, after, strict=True):
        if told.get("decision") != "allowed":
            failed += 1
            print(f"# {case['name']}: with the documents of its fix, {list(overlay)}, it is {told.get('decision', told.get('error'))}")
    ok = not failed and cases and branches and fixed
    print(f"{'ok' if ok else 'not ok'} 1 - {len(cases)} cases asked for everything, {branches} branches, {overlaid} documents put back, {len(fixed)} fixes applied, {failed} do not agree with themselves")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
