"""The worlds that are served: examples/account, and those that are made here, each for one kind of trouble."""
import hashlib
import json

from replay.answers_s3 import CONFIGURATIONS
from replay.world import World

WORKLOADS, LOGS, MANAGEMENT = "111122223333", "444455556666", "999988887777"
# What S3 answers for a setting that was never made.
NEVER = {name: otherwise for name, otherwise in CONFIGURATIONS.values()}
KINDS = [k for k in NEVER if k not in ("abac", "tagging")]


def canonical(account):
    return hashlib.sha256(f"canonical {account}".encode()).hexdigest()


def error(code, message="said by the world"):
    return {"error": {"code": code, "message": message}}


def text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def statement(**more):
    return {"Version": "2012-10-17", "Statement": [{"Sid": "S1", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}]}


def acl(owner):
    return {"Owner": {"ID": owner}, "Grants": [
        {"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"},
        {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": "WRITE"}]}


def block_of(name, on=True):
    return {name: {k: on for k in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")}}


def block(on=True):
    return block_of("PublicAccessBlockConfiguration", on)


def bucket(files, account, name, region="us-east-1", **held):
    """All eleven files; `held` instead of what is usual: policy="text", versioning={...}."""
    folder = f"accounts/{account}/s3/{name}/"
    usual = {"location": {"LocationConstraint": None if region == "us-east-1" else region}, "policy": error("NoSuchBucketPolicy"),
             "acl": acl(canonical(account)), "public-access-block": block(),
             "ownership-controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
             "encryption": {"ServerSideEncryptionConfiguration": {"Rules": [
                 {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}},
             "request-payment": {"Payer": "BucketOwner"}, "versioning": {"Status": "Suspended"}, "logging": {},
             "object-lock-configuration": error("ObjectLockConfigurationNotFoundError"), "abac": {"AbacStatus": {"Status": "Disabled"}}}
    for kind, value in {**usual, **held}.items():
        kind = kind.replace("_", "-")
        files[f"{folder}{kind}.json"] = {"Policy": value} if kind == "policy" and isinstance(value, str) else value


def role(account, name, partition="aws", path="/", **more):
    return {"Path": path, "RoleName": name, "RoleId": "AROA" + hashlib.sha256(name.encode()).hexdigest()[:17].upper(),
            "Arn": f"arn:{partition}:iam::{account}:role{path}{name}", "CreateDate": "2024-03-04T10:15:00+00:00",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"}, "Action": "sts:AssumeRole"}]},
            "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [], **more}


def account(files, number, partition="aws", **lists):
    files[f"accounts/{number}/account.json"] = {"CanonicalId": canonical(number), "Name": f"account-{number[:4]}"}
    files[f"accounts/{number}/s3control/public-access-block.json"] = error("NoSuchPublicAccessBlockConfiguration")
    held = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role(number, "app", partition)], "Policies": []}
    files[f"accounts/{number}/iam/authorization-details.json"] = {**held, **lists}


def key(files, number, region, name, partition="aws", **more):
    arn = f"arn:{partition}:kms:{region}:{number}:"
    files[f"accounts/{number}/kms/{region}/{name}.json"] = {
        "KeyMetadata": {"AWSAccountId": number, "KeyId": name, "Arn": f"{arn}key/{name}", "CreationDate": "2024-03-01T12:00:00.123000+00:00",
                        "Enabled": True, "Description": "", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS",
                        "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
                        "MultiRegion": False},
        "Policy": text(statement(Action="kms:*", Principal={"AWS": f"arn:{partition}:iam::{number}:root"})),
        "Aliases": [{"AliasName": f"alias/{name[:8]}", "AliasArn": f"{arn}alias/{name[:8]}", "TargetKeyId": name,
                     "CreationDate": "2024-03-01T12:00:00+00:00"}],
        "Grants": [{"KeyId": f"{arn}key/{name}", "GrantId": hashlib.sha256(f"{n}".encode()).hexdigest(), "Name": f"grant {n}",
                    "CreationDate": "2024-04-01T00:00:00+00:00", "GranteePrincipal": f"arn:{partition}:iam::{number}:role/app",
                    "IssuingAccount": f"arn:{partition}:iam::{number}:root", "Operations": ["Decrypt", "GenerateDataKey"],
                    "Constraints": {"EncryptionContextSubset": {"aws:s3:arn": "arn:aws:s3:::example-a"}}} for n in range(2)], **more}


def organization(files, tree, attached, policies, types=("SERVICE_CONTROL_POLICY",), partition="aws"):
    base = f"arn:{partition}:organizations::{MANAGEMENT}"
    files["organization/organization.json"] = {"Organization": {
        "Id": "o-exampleorgid", "Arn": f"{base}:organization/o-exampleorgid", "FeatureSet": "ALL",
        "MasterAccountArn": f"{base}:account/o-exampleorgid/{MANAGEMENT}", "MasterAccountId": MANAGEMENT,
        "MasterAccountEmail": "aws@example.com", "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}}
    files["organization/roots.json"] = {"Roots": [{"Id": "r-ab12", "Arn": f"{base}:root/o-exampleorgid/r-ab12", "Name": "Root",
                                                   "PolicyTypes": [{"Type": t, "Status": "ENABLED"} for t in types]}]}
    files["organization/parents.json"] = tree
    files["organization/attachments.json"] = attached
    files["organization/accounts.json"] = {"Accounts": [
        {"Id": a, "Arn": f"{base}:account/o-exampleorgid/{a}", "Name": f"account-{a[:4]}", "Status": "ACTIVE", "State": "ACTIVE",
         "JoinedMethod": "CREATED", "JoinedTimestamp": "2024-03-01T12:00:00.500000+00:00"} for a in sorted(tree) if a.isdigit()]}
    for name, (kind, content) in policies.items():
        files[f"organization/policies/{name}.json"] = {"Policy": {
            "PolicySummary": {"Id": name, "Arn": f"{base}:policy/o-exampleorgid/{kind.lower()}/{name}", "Name": name, "Description": "",
                              "Type": kind, "AwsManaged": "Full" in name}, "Content": content}}


def three_accounts():
    files = {"snapshot.json": {"format": 1, "collected_at": "2026-11-21T09:30:00Z", "partition": "aws"}}
    for number, region in ((WORKLOADS, "us-east-1"), (LOGS, "eu-west-1"), (MANAGEMENT, "ap-northeast-2")):
        account(files, number)
        for n in range(3):
            bucket(files, number, f"example-{number[:4]}-{n}", region if n else "us-east-1", policy=text(statement(Principal="*")))
        key(files, number, region, f"1234abcd-12ab-34cd-56ef-{number}")
        files[f"accounts/{number}/ec2/{region}/vpc-endpoints.json"] = {"VpcEndpoints": [
            {"VpcEndpointId": f"vpce-{n}123456789abcdef0", "VpcEndpointType": "Gateway", "VpcId": "vpc-11223344556677889",
             "ServiceName": f"com.amazonaws.{region}.s3", "State": "available", "PolicyDocument": text(statement(Principal="*")),
             "RouteTableIds": ["rtb-1", "rtb-2"], "OwnerId": number, "RequesterManaged": False, "PrivateDnsEnabled": False,
             "Tags": [{"Key": "Name", "Value": "a & b"}], "CreationTimestamp": "2024-03-01T12:00:00+00:00"} for n in range(2)]}
    full = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    rcp = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
    units = ["ou-ab12-1111111a", "ou-ab12-2222222b", "ou-ab12-3333333c"]
    organization(files, {units[0]: "r-ab12", units[1]: units[0], units[2]: "r-ab12", WORKLOADS: units[1], LOGS: units[2], MANAGEMENT: "r-ab12"},
                 {t: ["p-FullAWSAccess", "p-RCPFullAWSAccess"] + (["p-deny0001"] if t == units[1] else [])
                  for t in ("r-ab12", *units, WORKLOADS, LOGS, MANAGEMENT)},
                 {"p-FullAWSAccess": ("SERVICE_CONTROL_POLICY", text(full)), "p-RCPFullAWSAccess": ("RESOURCE_CONTROL_POLICY", text(rcp)),
                  "p-deny0001": ("SERVICE_CONTROL_POLICY", text(statement(Effect="Deny", Action="s3:DeleteBucket")))},
                 ("RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY"))
    return files


def china():
    files = {"snapshot.json": {"format": 1, "collected_at": "2026-11-21T09:30:00Z", "partition": "aws-cn"}}
    account(files, WORKLOADS, "aws-cn")
    bucket(files, WORKLOADS, "example-cn-north", "cn-north-1", policy=text(statement(Principal="*", Resource="arn:aws-cn:s3:::example-cn-north/*")))
    bucket(files, WORKLOADS, "example-cn-northwest", "cn-northwest-1")
    key(files, WORKLOADS, "cn-northwest-1", "1234abcd-12ab-34cd-56ef-1234567890ab", "aws-cn")
    return files


def every_error():
    """Each setting of a bucket refused, throttled, failed, of a code that nobody knows; each never made."""
    files = {"snapshot.json": {"format": 1, "collected_at": "2026-11-21T09:30:00Z", "partition": "aws"}}
    account(files, WORKLOADS)
    files[f"accounts/{WORKLOADS}/s3control/public-access-block.json"] = error("AccessDenied")
    for kind in KINDS:
        for code in ("AccessDenied", "MethodNotAllowed", "SomethingNewException"):
            bucket(files, WORKLOADS, f"example-{kind}-{code.lower()[:6]}", **{kind: error(code)})
    bucket(files, WORKLOADS, "example-never", **{
        kind: error(value) if isinstance(value, str) else value for kind, value in NEVER.items() if kind in KINDS and value is not None})
    bucket(files, WORKLOADS, "example-locked-out", **{kind: error("AccessDenied") for kind in KINDS + ["abac"]})
    return files


def odd_names():
    files = {"snapshot.json": {"format": 1, "collected_at": "2026-11-21T09:30:00Z", "partition": "aws"}}
    odd = "Grüße \"quoted\" \\back\\ 'single' <tag> & ]]> \u65e5\u672c \U0001f600 \t|"
    names = ["user.name+tag=x,y@example.com", "a", "A" * 64, "_-", "Mixed_Case"]
    account(files, WORKLOADS, UserDetailList=[
        {"Path": "/a/b%20c/!~/", "UserName": n, "UserId": f"AIDA{i}", "Arn": f"arn:aws:iam::{WORKLOADS}:user/a/b%20c/!~/{n}",
         "CreateDate": "2024-03-04T10:15:00+00:00", "UserPolicyList": [{"PolicyName": f"p+={n[:5]}", "PolicyDocument": statement(Sid="", Resource=f"arn:aws:s3:::b/{odd}")}],
         "GroupList": ["G,1"], "AttachedManagedPolicies": [], "Tags": [{"Key": odd[:10], "Value": odd}, {"Key": "empty", "Value": ""}]}
        for i, n in enumerate(names)], GroupDetailList=[
        {"Path": "/", "GroupName": "G,1", "GroupId": "AGPA1", "Arn": f"arn:aws:iam::{WORKLOADS}:group/G,1", "CreateDate": "2024-03-04T10:15:00+00:00",
         "GroupPolicyList": [], "AttachedManagedPolicies": []}],
        RoleDetailList=[role(WORKLOADS, n, path="/service-role/x/") for n in names])
    buckets = ["example.with.dots", "1starts-with-digit", "x" * 63, "abc", "192-168-5-4", "latest", "a--b", "v20180820", "federation"]
    policies = [odd, "line\nfeed\r\nand\ttab", "percent %41 %2F %", "", "\u00e9 e\u0301", "{\"a\":1}"]
    for n, name in enumerate(buckets):
        bucket(files, WORKLOADS, name, policy=text(statement(Sid=policies[n % len(policies)], Principal="*")))
    # Bytes of a policy are AWS's: as they were put, blanks and all.
    bucket(files, WORKLOADS, "example-layout", policy=json.dumps(statement(Principal="*"), indent=4) + "\n\n")
    for name in ("daily", "a.b-c_d", "Z" * 64):
        files[f"accounts/{WORKLOADS}/s3/abc/inventory/{name}.json"] = {"InventoryConfiguration": {
            "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::abc", "Format": "Parquet", "Encryption": {"SSEKMS": {"KeyId": f"arn:aws:kms:us-east-1:{WORKLOADS}:key/x"}}}},
            "IsEnabled": False, "Filter": {"Prefix": "a&b/<c>"}, "Id": name, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Weekly"}}}
    for name in ("finance", "ap-1", "z" * 50):
        files[f"accounts/{WORKLOADS}/s3control/access-points/us-east-1/{name}.json"] = {
            "Name": name, "Bucket": "abc", "NetworkOrigin": "Internet", **block(), "CreationDate": "2025-06-02T09:00:00+00:00",
            "Alias": f"{name[:7]}-8f3kq2hx1exampleuse1a-s3alias", "AccessPointArn": f"arn:aws:s3:us-east-1:{WORKLOADS}:accesspoint/{name}",
            "Endpoints": {"ipv4": "s3-accesspoint.us-east-1.amazonaws.com", "dualstack": "s3-accesspoint.dualstack.us-east-1.amazonaws.com"},
            "BucketAccountId": WORKLOADS, **({"Policy": text(statement(Sid=odd, Principal="*"))} if name != "ap-1" else {})}
    key(files, WORKLOADS, "us-east-1", "mrk-1234abcd12ab34cd56ef1234567890ab")
    return files


def big():
    """At AWS's own limits: a policy of 20 KB, an SCP of 10,240 characters, 300 roles."""
    files = {"snapshot.json": {"format": 1, "collected_at": "2026-11-21T09:30:00Z", "partition": "aws"}}
    wide = [f"arn:aws:s3:::example-big/{'日本語é' * 20}{n}" for n in range(400)]
    policy = statement(Principal="*")
    while len(text(policy).encode()) < 20 * 1024 - 400:
        policy["Statement"].append({**policy["Statement"][0], "Sid": f"S{len(policy['Statement'])}", "Resource": wide[len(policy["Statement"])]})
    scp = statement(Effect="Deny", Action=[])
    while len(text(scp)) < 10240 - 30:
        scp["Statement"][0]["Action"].append(f"s3:Get{len(scp['Statement'][0]['Action']):08d}*")
    scp["Statement"][0]["Sid"] += "x" * (10240 - len(text(scp)))
    account(files, WORKLOADS, RoleDetailList=[role(WORKLOADS, f"role-{n:04d}", RolePolicyList=[
        {"PolicyName": "inline", "PolicyDocument": statement(Resource=wide[n])}]) for n in range(300)])
    account(files, MANAGEMENT)
    bucket(files, WORKLOADS, "example-big", policy=text(policy))
    organization(files, {WORKLOADS: "r-ab12", MANAGEMENT: "r-ab12"},
                 {t: ["p-FullAWSAccess", "p-big00001"] if t != MANAGEMENT else ["p-FullAWSAccess"] for t in ("r-ab12", WORKLOADS, MANAGEMENT)},
                 {"p-FullAWSAccess": ("SERVICE_CONTROL_POLICY", text(statement())), "p-big00001": ("SERVICE_CONTROL_POLICY", text(scp))})
    return files


def extras():
    """What is collected only where it is asked for, and the lists of the newest kinds."""
    files = {"snapshot.json": {"format": 1, "collected_at": "2026-11-21T09:30:00Z", "partition": "aws"}}
    account(files, WORKLOADS)
    base = f"accounts/{WORKLOADS}/"
    bucket(files, WORKLOADS, "example-a", policy=text(statement(Principal="*")), abac={"AbacStatus": {"Status": "Enabled"}},
           tagging={"TagSet": [{"Key": "team", "Value": "a & b"}, {"Key": "\u65e5\u672c", "Value": ""}]})
    files[f"{base}s3control/multi-region-access-points/world.json"] = {
        "Name": "world", "Alias": "mfzwi23gnjvgw.mrap", "CreatedAt": "2025-06-02T09:00:00+00:00", **block_of("PublicAccessBlock"), "Status": "READY",
        "Regions": [{"Bucket": "example-a", "Region": "us-east-1", "BucketAccountId": WORKLOADS}],
        "Policy": {"Established": {"Policy": text(statement(Principal="*"))}, "Proposed": {"Policy": text(statement(Principal="*", Sid="New"))}}}
    files[f"{base}s3control/object-lambda/us-east-1/lambda-ap.json"] = {
        "Name": "lambda-ap", **block(), "CreationDate": "2025-06-02T09:00:00+00:00", "Alias": {"Value": "ol-xyz--ol-s3", "Status": "READY"},
        "Configuration": {"SupportingAccessPoint": f"arn:aws:s3:us-east-1:{WORKLOADS}:accesspoint/finance", "CloudWatchMetricsEnabled": False,
                          "AllowedFeatures": ["GetObject-Range"], "TransformationConfigurations": [
                              {"Actions": ["GetObject"], "ContentTransformation": {"AwsLambda": {"FunctionArn": "arn:aws:lambda:us-east-1:1:function:f"}}}]},
        "Policy": text(statement(Principal="*"))}
    grants = f"{base}s3control/access-grants/us-east-1/"
    arn = f"arn:aws:s3:us-east-1:{WORKLOADS}:access-grants/default"
    files[grants + "instance.json"] = {"AccessGrantsInstanceArn": arn, "AccessGrantsInstanceId": "default", "CreatedAt": "2025-06-02T09:00:00+00:00"}
    files[grants + "resource-policy.json"] = {"Policy": text(statement(Principal="*")), "CreatedAt": "2025-06-02T09:00:00+00:00"}
    files[grants + "locations.json"] = {"AccessGrantsLocationsList": [
        {"CreatedAt": "2025-06-02T09:00:00+00:00", "AccessGrantsLocationId": f"default{n}", "AccessGrantsLocationArn": f"{arn}/location/{n}",
         "LocationScope": f"s3://example-a/{n}/*", "IAMRoleArn": f"arn:aws:iam::{WORKLOADS}:role/app"} for n in range(3)]}
    files[grants + "grants.json"] = {"AccessGrantsList": [
        {"CreatedAt": "2025-06-02T09:00:00+00:00", "AccessGrantId": f"g{n}", "AccessGrantArn": f"{arn}/grant/g{n}", "Permission": "READ",
         "Grantee": {"GranteeType": "IAM", "GranteeIdentifier": f"arn:aws:iam::{WORKLOADS}:role/app"}, "AccessGrantsLocationId": "default0",
         "AccessGrantsLocationConfiguration": {"S3SubPrefix": "a/*"}, "GrantScope": "s3://example-a/0/a/*"} for n in range(3)]}
    for name in ("policy", "encryption"):
        files[f"{base}s3express/example--use1-az4--x-s3/{name}.json"] = {"policy": {"Policy": text(statement(Principal="*", Action="s3express:*"))}, "encryption": {
            "ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]}}}[name]
    return files


def many_accounts(accounts, units, policies):
    """An organization of which no account is held: 16 tops at most, the rest of the OUs below them."""
    ids = [f"{200000000000 + n}" for n in range(accounts)]
    ous = [f"ou-ab12-{n:08x}" for n in range(units)]
    tree = {ou: "r-ab12" if n < 16 else ous[n % 16] for n, ou in enumerate(ous)}
    tree.update({a: ous[n % units] for n, a in enumerate(ids)})
    tree[MANAGEMENT] = "r-ab12"
    names = [f"p-{n:08x}" for n in range(policies - 1)]
    attached = {t: ["p-FullAWSAccess"] + ([names[n % len(names)]] if n % 2 else []) for n, t in enumerate(["r-ab12", *tree])}
    content = text(statement(Effect="Deny", Action="s3:DeleteBucket"))
    files = {"snapshot.json": {"format": 1, "partition": "aws"}}
    organization(files, tree, attached, {n: ("SERVICE_CONTROL_POLICY", content) for n in ["p-FullAWSAccess", *names]})
    account(files, MANAGEMENT)
    return files


def all_of(root):
    return {"account": World.load(root / "examples/account"), "organization": World(three_accounts(), "organization"),
            "china": World(china(), "china"), "errors": World(every_error(), "errors"), "names": World(odd_names(), "names"),
            "big": World(big(), "big"), "extras": World(extras(), "extras")}
