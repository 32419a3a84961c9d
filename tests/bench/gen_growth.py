#!/usr/bin/env python3
"""Inputs of one kind in any size, to see how time and memory grow with it.

gen_growth.py KIND N FOLDER: writes FOLDER/..., N of what the kind is about; the same bytes every time. Kinds:
  one-line   snapshot.json: a snapshot of about N * 2,750 bytes on one line, with N statements that warn
  denies     policy.json: N Denies that match, each with a condition of its own;  allow.json: what would allow it
  networks   the same, each with a NotIpAddress; arns: each with an ARN pattern
  glob       policy.json: StringLike `*aaa...ab` of N/5 bytes;  requests.ndjson: a User-Agent of N `a`
  globs      the same with `*a*a*a...b`, N/50 stars
  statements snapshot.json: a user with N statements, one of which allows;  residual: the same, and objects.csv of 20,000 keys
  principals a bucket policy that names N;  conditions: N of a statement;  values: N of a condition
  groups     a user in N groups, each with a policy;  levels: an account below N OUs, each with an SCP
  causes     access.log: denials with N causes;  snapshot.json
"""
import json
import pathlib
import sys

ACCOUNT, BUCKET = "111122223333", "amzn-s3-demo-bucket"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def policy(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def deny(condition, **more):
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition, **more}


def authorization(users):
    return {"UserDetailList": users, "RoleDetailList": [], "GroupDetailList": [], "Policies": []}


def alice(document, **more):
    return {"UserName": "alice", "Arn": ALICE, "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": document}], **more}


def world(to, users, bucket=None, groups=(), **more):
    details = {"UserDetailList": users, "RoleDetailList": [], "GroupDetailList": list(groups), "Policies": []}
    files = {f"accounts/{ACCOUNT}/iam/authorization-details.json": details,
             f"accounts/{ACCOUNT}/s3/{BUCKET}/location.json": {"LocationConstraint": None}, **more}
    if bucket:
        files[f"accounts/{ACCOUNT}/s3/{BUCKET}/policy.json"] = bucket
    (to / "snapshot.json").write_text(json.dumps(files, indent=1))


def allow(resource):
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/{resource}"}


def statements(n, to):
    world(to, [alice(policy([allow(f"{'abcd'[i % 4]}{i}/*") for i in range(n - 1)] + [allow("k")]))])


def residual(n, to):
    statements(n, to)
    keys = (f"{BUCKET},{'abcd'[i % 4]}{i % 97}/logs/{i}.csv\n" for i in range(20000))
    (to / "objects.csv").write_text("bucket,key\n" + "".join(keys))


def principals(n, to):
    named = [f"arn:aws:iam::{ACCOUNT}:role/team-{i}" for i in range(n - 1)] + [ALICE]
    world(to, [alice(policy([allow("other")]))], policy([{**allow("*"), "Principal": {"AWS": named}}]))


def conditions(n, to):
    tags = {f"aws:PrincipalTag/tag-{i}": "x" for i in range(n)}
    world(to, [alice(policy([{**allow("*"), "Condition": {"StringNotEquals": tags}}]))])


def values(n, to):
    nets = [f"10.{i // 250}.{i % 250}.0/24" for i in range(n - 1)] + ["203.0.113.0/24"]
    world(to, [alice(policy([{**allow("*"), "Condition": {"IpAddress": {"aws:SourceIp": nets}}}]))])


def groups(n, to):
    lists = [{"GroupName": f"g-{i}", "Arn": f"arn:aws:iam::{ACCOUNT}:group/g-{i}", "AttachedManagedPolicies": [], "GroupPolicyList": [
        {"PolicyName": "p", "PolicyDocument": policy([allow("k" if i == n - 1 else f"other-{i}")])}]} for i in range(n)]
    world(to, [alice(policy([allow("other")]), GroupList=[g["GroupName"] for g in lists])], groups=lists)


def levels(n, to):
    ous = [f"ou-ab12-{i:08}" for i in range(n)]
    parents = dict(zip(ous, ["r-ab12", *ous]), **{ACCOUNT: ous[-1]})
    scp = [f"p-{i:08}" for i in range(n)]
    documents = {f"organization/policies/{p}.json": {"Policy": {"PolicySummary": {"Id": p, "Name": p, "Type": "SERVICE_CONTROL_POLICY"},
                                                                "Content": json.dumps(ALLOW)}} for p in scp}
    world(to, [alice(policy([allow("k")]))], **{
        "organization/organization.json": {"Organization": {"Id": "o-exampleorgid", "MasterAccountId": "999988887777", "FeatureSet": "ALL"}},
        "organization/parents.json": parents,
        "organization/attachments.json": {"r-ab12": scp[:1], ACCOUNT: scp[:1], **{o: [p] for o, p in zip(ous, scp)}}, **documents})


def one_line(n, to):
    buckets = {}
    for i in range(n // 20):
        wrong = [{"Sid": f"S{k}", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObjekt",
                  "Resource": f"arn:aws:s3:::b-{i}/" + "x" * 2560} for k in range(20)]
        buckets[f"accounts/{ACCOUNT}/s3/b-{i}/policy.json"] = policy(wrong)
    (to / "snapshot.json").write_text(json.dumps({
        f"accounts/{ACCOUNT}/iam/authorization-details.json": authorization([alice(ALLOW)]), **buckets,
        f"accounts/{ACCOUNT}/s3/{BUCKET}/policy.json": policy([deny({"Bool": {"aws:SecureTransport": "true"}})])}))


def denies(condition):
    def write(n, to):
        (to / "policy.json").write_text(json.dumps(policy([deny(condition(i)) for i in range(n)])))
        (to / "allow.json").write_text(json.dumps(ALLOW))
    return write


def glob(pattern):
    def write(n, to):
        (to / "policy.json").write_text(json.dumps(policy([deny({"StringLike": {"aws:UserAgent": pattern(n)}})])))
        (to / "allow.json").write_text(json.dumps(ALLOW))
        request = {"action": "s3:GetObject", "resource": f"arn:aws:s3:::{BUCKET}/k", "principal": ALICE,
                   "resource_account": ACCOUNT, "headers": {"user-agent": "a" * n}}
        (to / "requests.ndjson").write_text(json.dumps(request) + "\n")
    return write


def causes(n, to):
    owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    lines, names = [], [f"user-{i:05}" for i in range(n)]
    for i, name in enumerate(names):
        lines.append(f'{owner} {BUCKET} [06/Feb/2026:00:{i // 60 % 60:02}:{i % 60:02} +0000] 192.0.2.3 '
                     f'arn:aws:iam::{ACCOUNT}:user/{name} {i:016X} REST.GET.OBJECT k/{i} "GET /{BUCKET}/k/{i} HTTP/1.1" '
                     f'403 AccessDenied 243 - 18 - "-" "aws-cli/2" - hostid SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader '
                     f's3.eu-central-1.amazonaws.com TLSv1.2 - -\n')
    (to / "access.log").write_text("".join(lines))
    users = [{"UserName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "UserPolicyList": [
        {"PolicyName": "p", "PolicyDocument": policy([{"Effect": "Allow", "Action": "s3:GetObject",
                                                       "Resource": f"arn:aws:s3:::{BUCKET}/other/*"}])}]} for name in names]
    (to / "snapshot.json").write_text(json.dumps({
        f"accounts/{ACCOUNT}/iam/authorization-details.json": authorization(users),
        f"accounts/{ACCOUNT}/s3/{BUCKET}/policy.json": policy([
            deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}, Sid="Org")])}))


KINDS = {
    "one-line": one_line,
    "denies": denies(lambda i: {"StringNotEquals": {"aws:PrincipalArn": f"x{i}"}}),
    "networks": denies(lambda i: {"NotIpAddress": {"aws:SourceIp": f"10.{i // 250}.{i % 250}.0/24"}}),
    "arns": denies(lambda i: {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/team-{i}-*"}}),
    "glob": glob(lambda n: "*" + "a" * (n // 5) + "b"),
    "globs": glob(lambda n: "*a" * (n // 50) + "b"),
    "causes": causes,
    "statements": statements,
    "residual": residual,
    "principals": principals,
    "conditions": conditions,
    "values": values,
    "groups": groups,
    "levels": levels,
}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    to = pathlib.Path(sys.argv[3])
    to.mkdir(parents=True, exist_ok=True)
    KINDS[sys.argv[1]](int(sys.argv[2]), to)


if __name__ == "__main__":
    main()
