#!/usr/bin/env python3
"""What why403, parliament and checkov find in the cases of tests/cases-lint that are identity or bucket policies.

compare_lint.py WHY403: PARLIAMENT and CHECKOV in the environment are their commands. Prints the table of docs/lint.md: of the
policies with a mistake, in how many does a tool say anything about it; of those that nearly have it, in how many does it say
something all the same. What a tool says of every policy (Resource "*", data exfiltration, credentials) does not count.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Of parliament: opinions on what a policy grants, not on whether it is well-formed.
OPINIONS = {"RESOURCE_STAR", "RESOURCE_EFFECTIVELY_STAR", "CREDENTIALS_EXPOSURE", "PERMISSIONS_MANAGEMENT_ACTIONS",
            "PRIVILEGE_ESCALATION", "SENSITIVE_ACCESS"}


def cases():
    for path in sorted((ROOT / "tests/cases-lint").glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            kind = case.get("resource_type")
            plain = case["policy_type"] == "IDENTITY_POLICY" or kind == "AWS::S3::Bucket"
            if plain and "policy" in case and not case.get("options"):
                yield case


def output(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, **options).stdout


def why403(program, folder, chosen):
    found = {}
    for case in chosen:
        kind = "identity" if case["policy_type"] == "IDENTITY_POLICY" else "bucket"
        answer = json.loads(output([program, "lint", "--type", kind, "--format", "json", str(folder / f"{case['name']}.json")]))
        found[case["name"]] = {f["code"] for f in answer["findings"]}
    return found


# Its command ends at the first policy that it cannot take apart; as a library it goes on. Such a policy counts as found.
ASK_PARLIAMENT = '''
import json, pathlib, sys
from parliament import analyze_policy_string
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    try:
        issues = [f.issue for f in analyze_policy_string(path.read_text(encoding="utf-8")).findings]
    except Exception as problem:
        issues = [type(problem).__name__]
    print(json.dumps([path.stem, issues]))
'''


def parliament(folder, chosen):
    python = pathlib.Path(os.environ["PARLIAMENT"]).parent / "python3"
    found = {case["name"]: set() for case in chosen}
    for line in output([str(python), "-c", ASK_PARLIAMENT, str(folder)]).splitlines():
        name, issues = json.loads(line)
        found[name] |= set(issues) - OPINIONS
    return found


def checkov(folder, chosen):
    resources = {}
    for i, case in enumerate(chosen):
        identity = case["policy_type"] == "IDENTITY_POLICY"
        properties = {"PolicyDocument": case["policy"], **({} if identity else {"Bucket": "amzn-s3-demo-bucket"})}
        resources[f"Case{i}"] = {"Type": "AWS::IAM::ManagedPolicy" if identity else "AWS::S3::BucketPolicy",
                                 "Properties": properties}
    template = folder / "template.cfn"
    template.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}), encoding="utf-8")
    text = output([*os.environ["CHECKOV"].split(), "--framework", "cloudformation", "-o", "json", "--quiet", "--compact",
                   "--skip-download", "-f", str(template.rename(folder / "template.template"))])
    answer, found = json.loads(text), {case["name"]: set() for case in chosen}
    for check in answer.get("results", {}).get("failed_checks", []):
        found[chosen[int(check["resource"].split("Case")[1])]["name"]].add(check["check_id"])
    return found


def main():
    chosen = list(cases())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for case in chosen:
            (folder / f"{case['name']}.json").write_text(json.dumps(case["policy"], ensure_ascii=False), encoding="utf-8")
        tools = {"why403": why403(sys.argv[1], folder, chosen)}
        if os.environ.get("PARLIAMENT"):
            tools["parliament"] = parliament(folder, chosen)
        if os.environ.get("CHECKOV"):
            tools["checkov"] = checkov(folder, chosen)
    families = {"AWS's errors": ("ERROR", False), "AWS's warnings and suggestions": (None, False), "ours": (None, True)}
    print("| policies of the cases | n | " + " | ".join(tools) + " |\n|---|---|" + "---|" * len(tools))
    for title, (level, ours) in families.items():
        these = [c for c in chosen if c["expect"] and c["expect"][0]["code"].startswith("W403_") == ours and
                 (ours or (c["expect"][0]["type"] == "ERROR") == (level == "ERROR"))]
        counts = [sum(bool(found[c["name"]]) for c in these) for found in tools.values()]
        print(f"| with a mistake: {title} | {len(these)} | " + " | ".join(map(str, counts)) + " |")
    fine = [c for c in chosen if not c["expect"]]
    print(f"| fine, something is said all the same | {len(fine)} | " +
          " | ".join(str(sum(bool(found[c["name"]]) for c in fine)) for found in tools.values()) + " |")


if __name__ == "__main__":
    main()
