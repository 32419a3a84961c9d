#!/usr/bin/env python3
"""Pairs of policies, old and new, one a line, the same for the same seed.

gen_pairs.py mutants FILE [--pairs 280]   a policy of examples/seeds and one with a small change
gen_pairs.py random FILE [--pairs 100]    the pairs that tests/prop/cvc5_documents.py asks about
"""
import argparse
import copy
import importlib.util
import json
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def cvc5_documents():
    spec = importlib.util.spec_from_file_location("cvc5_documents", ROOT / "tests/prop/cvc5_documents.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seeds():
    for path in sorted((ROOT / "examples/seeds").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        if "s3.amazonaws.com" not in json.dumps([st.get("Principal", {}).get("AWS") for st in statements
                                                 if isinstance(st.get("Principal"), dict)]):  # AWS would not store it
            yield {**document, "Statement": statements}


def listed(value):
    return value if isinstance(value, list) else [value]


def mutate(rng, document):
    new = copy.deepcopy(document)
    st = rng.choice(new["Statement"])
    kind = rng.randrange(8)
    block = st.get("Condition", {})
    if kind == 0 and len(new["Statement"]) > 1:
        new["Statement"].remove(st)
    elif kind == 1:
        st["Effect"] = "Deny" if st["Effect"] == "Allow" else "Allow"
    elif kind == 2 and "Resource" in st:
        st["Resource"] = [v.split("/")[0].rstrip("*") + "*" for v in listed(st["Resource"])]
    elif kind == 3 and "Action" in st:
        st["Action"] = [rng.choice(["s3:*", "s3:Get*", "s3:PutObject"])]
    elif kind == 4 and block:
        del block[rng.choice(sorted(block))]
    elif kind == 5 and block:
        op = rng.choice(sorted(block))
        block[op + "IfExists" if not op.endswith("IfExists") and op != "Null" else op] = block.pop(op)
    elif kind == 6:
        block.setdefault("IpAddress", {})["aws:SourceIp"] = rng.choice(["203.0.113.0/24", "0.0.0.0/1"])
        st["Condition"] = block
    else:
        more = copy.deepcopy(st)
        more["Effect"] = "Deny"
        more["Condition"] = {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
        more.pop("Sid", None)
        new["Statement"].append(more)
    return new


def pairs(kind, n, seed):
    if kind == "random":
        judge = cvc5_documents()
        for number in range(n):
            rng = random.Random(seed * 1000003 + number)
            old = judge.policy(rng)
            yield old, judge.policy(rng, old)
        return
    rng = random.Random(seed)
    documents = list(seeds())
    for number in range(n):
        old = documents[number % len(documents)]
        yield old, mutate(rng, old)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("kind", choices=["mutants", "random"])
    p.add_argument("file")
    p.add_argument("--pairs", type=int, default=280)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    with open(args.file, "w", encoding="utf-8") as out:
        for old, new in pairs(args.kind, args.pairs, args.seed):
            out.write(json.dumps({"old": old, "new": new}) + "\n")


if __name__ == "__main__":
    main()
