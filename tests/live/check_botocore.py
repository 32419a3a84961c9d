#!/usr/bin/env python3
"""Is the replay server right? AWS's own client reads each world back, page by page, every call signed and verified, and what it read
must be the world. check_botocore.py ROOT [WORLD...]. Skipped without botocore (PyPI's, tools/venv.sh) or AWS's models."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

try:
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)

import equal  # noqa: E402
import worlds  # noqa: E402
from replay.models import NoModels  # noqa: E402
from replay.server import Server  # noqa: E402

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
ENDS = {"sts": "sts.{r}", "iam": "iam", "s3": "s3.{r}", "s3control": "s3-control.{r}", "kms": "kms.{r}", "ec2": "ec2.{r}",
        "organizations": "organizations.{h}"}
BUCKET = {"policy": "get_bucket_policy", "acl": "get_bucket_acl", "public-access-block": "get_public_access_block",
          "ownership-controls": "get_bucket_ownership_controls", "encryption": "get_bucket_encryption",
          "request-payment": "get_bucket_request_payment", "versioning": "get_bucket_versioning", "logging": "get_bucket_logging",
          "object-lock-configuration": "get_object_lock_configuration", "abac": "get_bucket_abac", "location": "get_bucket_location"}


class Reader:
    """botocore, whose requests go to the server under their real names: an http proxy sees the name and keeps the host."""

    def __init__(self, server, world):
        self.server, self.world = server, world
        self.session = botocore.session.Session()
        self.clients = {}
        self.files = {}

    def client(self, service, account, region):
        key = (service, account, region)
        if key not in self.clients:
            host = ENDS[service].format(r=region, h=self.world.home)
            if service == "iam" and self.world.partition == "aws-cn":
                host = "iam.cn-north-1"
            self.clients[key] = self.session.create_client(
                service, region_name=region, endpoint_url=f"http://{host}.{self.world.suffix}", aws_access_key_id=f"AKIA{account}TEST",
                aws_secret_access_key=SECRET, config=Config(proxies={"http": self.server.url}, retries={"max_attempts": 1, "mode": "standard"},
                                                            s3={"addressing_style": "path"}))
        return self.clients[key]

    def ask(self, client, name, **given):
        """The answer as `aws` would print it, pages joined; an error as the snapshot keeps it."""
        try:
            if client.can_paginate(name):
                answer = client.get_paginator(name).paginate(**given).build_full_result()
            else:
                answer = getattr(client, name)(**given)
        except ClientError as error:
            return {"error": {"code": error.response["Error"]["Code"]}}
        answer.pop("ResponseMetadata", None)
        return timed(answer)

    def walk(self, client, name, rows, token_out, token_in, **given):
        """A list for which botocore has no paginator."""
        found, more = [], {}
        while True:
            answer = self.ask(client, name, **given, **more)
            found += answer.get(rows, [])
            if not answer.get(token_out):
                return found
            more = {token_in: answer[token_out]}

    def bucket(self, account, name, region):
        client, folder = self.client("s3", account, region), f"accounts/{account}/s3/{name}/"
        for file, operation in BUCKET.items():
            self.files[f"{folder}{file}.json"] = self.ask(client, operation, Bucket=name)
        for row in self.walk(client, "list_bucket_inventory_configurations", "InventoryConfigurationList", "NextContinuationToken",
                             "ContinuationToken", Bucket=name):
            self.files[f"{folder}inventory/{row['Id']}.json"] = {"InventoryConfiguration": row}

    def account(self, account):
        world, home, folder = self.world, self.world.home, f"accounts/{account}/"
        listed = self.ask(self.client("s3", account, home), "list_buckets", PaginationConfig={"PageSize": 1})
        for row in listed["Buckets"]:
            self.bucket(account, row["Name"], row["BucketRegion"])
        self.files[folder + "account.json"] = {"CanonicalId": listed["Owner"]["ID"]}
        self.files[folder + "iam/authorization-details.json"] = self.ask(self.client("iam", account, home),
                                                                         "get_account_authorization_details")
        self.files[folder + "s3control/public-access-block.json"] = self.ask(self.client("s3control", account, home),
                                                                             "get_public_access_block", AccountId=account)
        regions = self.ask(self.client("ec2", account, home), "describe_regions")["Regions"]
        for region in [r["RegionName"] for r in regions]:
            self.region(account, region, folder)
        return world

    def region(self, account, region, folder):
        kms, control = self.client("kms", account, region), self.client("s3control", account, region)
        self.files[f"{folder}ec2/{region}/vpc-endpoints.json"] = self.ask(self.client("ec2", account, region), "describe_vpc_endpoints")
        aliases = self.ask(kms, "list_aliases").get("Aliases", [])
        for key in self.ask(kms, "list_keys").get("Keys", []):
            held = self.ask(kms, "describe_key", KeyId=key["KeyId"])
            held["Policy"] = self.ask(kms, "get_key_policy", KeyId=key["KeyId"], PolicyName="default").get("Policy")
            held["Grants"] = self.ask(kms, "list_grants", KeyId=key["KeyId"]).get("Grants", [])
            held["Aliases"] = [a for a in aliases if a.get("TargetKeyId") == key["KeyId"]]
            self.files[f"{folder}kms/{region}/{key['KeyId']}.json"] = held
        for point in self.walk(control, "list_access_points", "AccessPointList", "NextToken", "NextToken", AccountId=account):
            held = self.ask(control, "get_access_point", AccountId=account, Name=point["Name"])
            policy = self.ask(control, "get_access_point_policy", AccountId=account, Name=point["Name"])
            self.files[f"{folder}s3control/access-points/{region}/{point['Name']}.json"] = {**held, **({} if "error" in policy else policy)}

    def extras(self, account):
        """Lists and parts that `collect` asks for with --with, and where ABAC is on."""
        base, home = f"accounts/{account}/", self.world.home
        west, control = (self.client("s3control", account, r) for r in ("us-west-2", home))
        given = {"AccountId": account}
        for row in self.walk(west, "list_multi_region_access_points", "AccessPoints", "NextToken", "NextToken", **given):
            policy = self.ask(west, "get_multi_region_access_point_policy", Name=row["Name"], **given)
            self.files[f"{base}s3control/multi-region-access-points/{row['Name']}.json"] = {**row, **policy}
        for row in self.walk(control, "list_access_points_for_object_lambda", "ObjectLambdaAccessPointList", "NextToken", "NextToken", **given):
            name = {"Name": row["Name"], **given}
            self.files[f"{base}s3control/object-lambda/{home}/{row['Name']}.json"] = {
                **self.ask(control, "get_access_point_for_object_lambda", **name),
                **self.ask(control, "get_access_point_configuration_for_object_lambda", **name),
                **self.ask(control, "get_access_point_policy_for_object_lambda", **name)}
        folder = f"{base}s3control/access-grants/{home}/"
        if f"{folder}instance.json" in self.world.files:
            self.files[f"{folder}instance.json"] = self.ask(control, "get_access_grants_instance", **given)
            self.files[f"{folder}resource-policy.json"] = self.ask(control, "get_access_grants_instance_resource_policy", **given)
            for name, operation, rows in (("locations", "list_access_grants_locations", "AccessGrantsLocationsList"),
                                          ("grants", "list_access_grants", "AccessGrantsList")):
                self.files[f"{folder}{name}.json"] = {rows: self.walk(control, operation, rows, "NextToken", "NextToken", **given)}
        for bucket in self.world.buckets(account):
            tags = self.ask(self.client("s3", account, self.world.bucket_region(account, bucket)), "get_bucket_tagging", Bucket=bucket)
            if "error" not in tags:
                self.files[f"{base}s3/{bucket}/tagging.json"] = tags

    def organization(self, account):
        client = self.client("organizations", account, self.world.home)
        self.files["organization/organization.json"] = self.ask(client, "describe_organization")
        roots = self.ask(client, "list_roots")["Roots"]
        parents, attachments, policies = {}, {}, set()
        waiting = [r["Id"] for r in roots]
        while waiting:
            parent = waiting.pop()
            units = self.ask(client, "list_organizational_units_for_parent", ParentId=parent)["OrganizationalUnits"]
            accounts = self.ask(client, "list_accounts_for_parent", ParentId=parent)["Accounts"]
            parents.update({row["Id"]: parent for row in units + accounts})
            waiting += [u["Id"] for u in units]
        for target in {*parents, *(r["Id"] for r in roots)}:
            held = []
            for kind in [t["Type"] for r in roots for t in r["PolicyTypes"]]:
                held += [p["Id"] for p in self.ask(client, "list_policies_for_target", TargetId=target, Filter=kind)["Policies"]]
            attachments[target] = held
            policies |= set(held)
        self.files["organization/parents.json"] = parents
        self.files["organization/attachments.json"] = attachments
        for policy in policies:
            self.files[f"organization/policies/{policy}.json"] = self.ask(client, "describe_policy", PolicyId=policy)


def timed(value):
    if isinstance(value, dict):
        return {k: timed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [timed(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def principals(reader, world, account):
    """The single reads of IAM say what the whole list said."""
    client, found = reader.client("iam", account, world.home), []
    held = world.get(f"accounts/{account}/iam/authorization-details.json", {})
    for kind in ("User", "Role", "Group"):
        for row in held.get(f"{kind}DetailList", []) if isinstance(held, dict) else []:
            name, low = row[f"{kind}Name"], kind.lower()
            inline = row.get(f"{kind}PolicyList", [])
            names = reader.ask(client, f"list_{low}_policies", **{f"{kind}Name": name})["PolicyNames"]
            bodies = [reader.ask(client, f"get_{low}_policy", **{f"{kind}Name": name, "PolicyName": p}) for p in names]
            bodies = [{k: b[k] for k in ("PolicyName", "PolicyDocument")} for b in bodies]
            found += equal.unlike(name, "inline", equal.plain(inline), equal.plain(bodies))
            attached = reader.ask(client, f"list_attached_{low}_policies", **{f"{kind}Name": name})["AttachedPolicies"]
            found += equal.unlike(name, "attached", row.get("AttachedManagedPolicies", []), attached)
            if kind == "User":
                groups = reader.ask(client, "list_groups_for_user", UserName=name)["Groups"]
                found += equal.unlike(name, "groups", row.get("GroupList", []), [g["GroupName"] for g in groups])
    return found


def objects(reader, world, account):
    """The versions that are listed, and each object's headers, are the rows of objects.json."""
    found = []
    for name in world.buckets(account):
        path = f"accounts/{account}/s3/{name}/objects.json"
        held = world.get(path, [])
        rows = held.get("Objects", []) if isinstance(held, dict) else held
        client = reader.client("s3", account, world.bucket_region(account, name))
        listed = reader.ask(client, "list_object_versions", Bucket=name) if rows else {}
        got = {r["Key"]: r for kind in ("Versions", "DeleteMarkers") for r in listed.get(kind, [])}
        for row in rows:
            for member in ("Size", "StorageClass", "Owner", "VersionId", "IsLatest"):
                if member in row and got.get(row["Key"], {}).get(member) != row[member]:
                    found.append((path, f"{row['Key']}: {member}"))
            head = reader.ask(client, "head_object", Bucket=name, Key=row["Key"])
            if row.get("IsDeleteMarker"):
                found += [] if head.get("error", {}).get("code") == "404" else [(path, f"{row['Key']} is deleted")]
                continue
            for member in ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "VersionId"):
                if member in row and head.get(member) != row[member]:
                    found.append((path, f"{row['Key']}: {member} {head}"))
    return found


def read_back(world):
    found = []
    with Server([world], page_size=1, verify_with=SECRET) as server:
        reader = Reader(server, world)
        for account in sorted(a for a in world.accounts if f"accounts/{a}/iam/authorization-details.json" in world.files):
            reader.account(account)
            if world.partition == "aws":
                reader.extras(account)
            found += principals(reader, world, account) + objects(reader, world, account)
        if "organization/organization.json" in world.files:
            reader.organization(world.organization()["Organization"]["MasterAccountId"])
        found += equal.differences(world.files, reader.files, ignore=r"/objects\.json$|/account\.json$|^organization/(roots|accounts|effective)|s3express")
        found += [("server", trouble) for trouble in server.troubles]
        found += [("server", f"AWS's model has no {name}") for name in sorted(server.unknown)]
        return found, len(server.log)


def main():
    root = pathlib.Path(sys.argv[1])
    wanted = sys.argv[2:]
    failed = 0
    made = worlds.all_of(root)
    print(f"1..{len(made)}")
    for number, (name, world) in enumerate(made.items(), 1):
        if wanted and name not in wanted:
            continue
        found, calls = read_back(world)
        print(f"{'not ok' if found else 'ok'} {number} - {name}: {calls} requests by botocore, {len(found)} differences")
        for path, what in found[:20]:
            print(f"#   {path} {what}")
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoModels as error:
        print(f"1..0 # SKIP {error}")
