#!/usr/bin/env python3
"""Identity policies as accounts have them, the same for the same seed: each a file, and all as one CloudFormation template.

gen_policies.py DIRECTORY [--policies 1500] [--seed 1]

DIRECTORY/policies/*.json and DIRECTORY/template.json. One value in 250 has a slip of the pen, one list in 30 holds what
another of its values covers. Prints the bytes of the policies.
"""
import argparse
import json
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KEYS = [("StringEquals", "aws:RequestedRegion", "us-east-1"), ("Bool", "aws:SecureTransport", "true"),
        ("StringEquals", "aws:PrincipalTag/team", "blue"), ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/app-*")]


def rows(name):
    lines = (ROOT / "data" / name).read_text(encoding="utf-8").splitlines()
    lines = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def services():
    """Actions and ARNs of the services that have both."""
    actions, arns = {}, {}
    for row in rows("reference-actions.tsv"):
        actions.setdefault(row["prefix"], []).extend(row["actions"].split())
    for row in rows("reference-resource-types.tsv"):
        arn = row["arn_format"].replace("${Partition}", "aws").replace("${Region}", "*").replace("${Account}", "111122223333")
        arns.setdefault(row["prefix"], []).append(re.sub(r"\$\{\w+\}", "app-*", arn))
    return [(s, sorted(actions[s]), sorted(arns[s])) for s in sorted(actions) if s in arns and len(actions[s]) >= 8]


def slip(rng, name):
    at = rng.randrange(1, len(name))
    return name[:at] + name[at - 1] + name[at:]


def statement(rng, known):
    service, actions, arns = rng.choice(known)
    picked = rng.sample(actions, rng.randint(1, min(24, len(actions))))
    listed = [f"{service}:{slip(rng, a) if rng.random() < 0.004 else a}" for a in sorted(picked)]
    if rng.random() < 0.03:
        listed.append(f"{service}:{picked[0][:4]}*")
    st = {"Effect": "Allow", "Action": listed, "Resource": "*" if rng.random() < 0.5 else rng.sample(arns, min(2, len(arns)))}
    if rng.random() < 0.3:
        operator, key, value = rng.choice(KEYS)
        st["Condition"] = {operator: {key: value}}
    return st


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--policies", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, known, total, resources = random.Random(options.seed), services(), 0, {}
    folder = options.directory / "policies"
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(options.policies):
        policy = {"Version": "2012-10-17", "Statement": [statement(rng, known) for _ in range(rng.randint(1, 6))]}
        text = json.dumps(policy)
        (folder / f"policy-{i:05}.json").write_text(text, encoding="utf-8")
        resources[f"Policy{i}"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}
        total += len(text)
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    (options.directory / "template.json").write_text(json.dumps(template, indent=1), encoding="utf-8")
    print(total)


if __name__ == "__main__":
    main()
