"""KMS, Organizations, CloudTrail (json-1.1) and EC2."""
import fnmatch

from .world import ABSENT, Refused, error_of, raised

KEY_MEMBERS = {"GetKeyPolicy": "Policy", "ListGrants": "Grants", "ListResourceTags": "Tags"}
FULL_ACCESS = {"SERVICE_CONTROL_POLICY": ("p-FullAWSAccess", "FullAWSAccess", {"Effect": "Allow", "Action": "*", "Resource": "*"}),
               "RESOURCE_CONTROL_POLICY": ("p-RCPFullAWSAccess", "RCPFullAWSAccess",
                                           {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})}


# KMS

def keys(call):
    return call.world.under(f"accounts/{call.account}/kms/{call.region}/")


def marked(call, rows, name, size=100):
    page, token = call.page(rows, call.body.get("Marker"), call.body.get("Limit", size))
    answer = {name: page, "Truncated": token is not None}
    return {**answer, "NextMarker": token} if token else answer


def list_keys(call):
    arn = f"arn:{call.world.partition}:kms:{call.region}:{call.account}:key/"
    return marked(call, [{"KeyId": k, "KeyArn": arn + k} for k in sorted(keys(call))], "Keys")


def aliases(call):
    rows = []
    for name, value in sorted(keys(call).items()):
        if isinstance(value, dict) and not error_of(value.get("Aliases")) and call.body.get("KeyId", name).endswith(name):
            rows += value.get("Aliases", [])
    return marked(call, rows, "Aliases", 50)


def key_of(call):
    """The file of a key by id, ARN or alias; of another account only by ARN."""
    asked = call.body.get("KeyId", "")
    world, account, region = call.world, call.account, call.region
    if asked.startswith("arn:"):
        parts = asked.split(":", 5)
        account, region, asked = parts[4], parts[3], parts[5].split("/", 1)[1] if parts[5].startswith("key/") else parts[5]
        world = call.server.world_of(account, call.world)
        if world is None:
            raise Refused("AccessDeniedException", f"{call.identity.arn} is not authorized to perform: kms:{call.operation}")
        if region != call.region:
            raise Refused("NotFoundException", f"Invalid arn {region}")
    held = world.under(f"accounts/{account}/kms/{region}/")
    if asked.startswith("alias/"):
        for name, value in held.items():
            rows = value.get("Aliases", []) if isinstance(value, dict) else []
            if not error_of(rows) and any(row.get("AliasName") == asked for row in rows):
                asked = name
    if asked not in held:
        if account != call.account:
            raise Refused("AccessDeniedException", f"{call.identity.arn} is not authorized to perform: kms:{call.operation}")
        raise Refused("NotFoundException", f"Key 'arn:aws:kms:{region}:{account}:key/{asked}' does not exist")
    if account != call.account and call.operation == "GetKeyPolicy":
        raise Refused("AccessDeniedException", f"{call.identity.arn} is not authorized to perform: kms:GetKeyPolicy")
    return raised(held[asked])


def describe_key(call):
    value = key_of(call)
    if "KeyMetadata" not in value:
        raise Refused("AccessDeniedException", "not authorized to perform: kms:DescribeKey")
    return {"KeyMetadata": raised(value["KeyMetadata"])}


def key_member(call):
    name = KEY_MEMBERS[call.operation]
    value = key_of(call).get(name, ABSENT)
    if value is ABSENT and name != "Grants":
        raise Refused("AccessDeniedException", f"not authorized to perform: kms:{call.operation}")
    value = [] if value is ABSENT else raised(value)
    value = value.get(name, []) if isinstance(value, dict) and name != "Policy" else value  # all of what `aws` printed
    if name == "Policy":
        return {"Policy": value, "PolicyName": "default"}
    return marked(call, value, name, 50)


# Organizations

def tokens(call, rows, name):
    page, token = call.page(rows, call.body.get("NextToken"), call.body.get("MaxResults", 20))
    return {name: page, "NextToken": token} if token else {name: page}


def managed(call):
    """Lists are for the management account, and whom it has made an administrator."""
    organization = call.world.organization().get("Organization", {})
    if call.account not in (organization.get("MasterAccountId"), *call.server.delegated):
        raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
    return organization


def roots(call):
    organization = managed(call)
    value = call.world.get("organization/roots.json")
    if value is not ABSENT:
        return tokens(call, raised(value)["Roots"], "Roots")
    root, types = call.world.root(), {"SERVICE_CONTROL_POLICY"}
    attached = call.world.get("organization/attachments.json", {})
    if not error_of(attached):
        types = {call.world.policy_type(p) for ids in attached.values() for p in ids}
    if not types:  # nobody knows whether all are off
        raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
    return tokens(call, [{"Id": root, "Arn": f"{organization.get('Arn', '').replace(':organization/', ':root/')}/{root}", "Name": "Root",
                          "PolicyTypes": [{"Type": t, "Status": "ENABLED"} for t in sorted(types)]}], "Roots")


def account_row(call, account):
    listed = call.world.get("organization/accounts.json", {})
    for row in listed.get("Accounts", []) if isinstance(listed, dict) else []:
        if row["Id"] == account:
            return row
    held = call.world.get(f"accounts/{account}/account.json", {})
    name = held.get("Name") if isinstance(held, dict) else None
    organization = call.world.organization()["Organization"]
    return {"Id": account, "Arn": f"{organization['MasterAccountArn'].rsplit('/', 1)[0]}/{account}", "Name": name or account,
            "Email": f"{account}@example.com", "Status": "ACTIVE", "State": "ACTIVE", "JoinedMethod": "CREATED",
            "JoinedTimestamp": "2024-03-01T12:00:00+00:00"}


def accounts(call):
    managed(call)
    value = call.world.get("organization/accounts.json")
    if value is not ABSENT:
        return tokens(call, raised(value)["Accounts"], "Accounts")
    ids = {c for c in call.world.parents() if c.isdigit()} | {call.world.organization()["Organization"]["MasterAccountId"]}
    return tokens(call, [account_row(call, a) for a in sorted(ids)], "Accounts")


def children(call):
    managed(call)
    wanted = call.body["ParentId"]
    found = sorted(c for c, p in call.world.parents().items() if p == wanted)
    if call.operation == "ListAccountsForParent":
        return tokens(call, [account_row(call, c) for c in found if c.isdigit()], "Accounts")
    base = call.world.organization()["Organization"]["Arn"].replace(":organization/", ":ou/")
    return tokens(call, [{"Id": c, "Arn": f"{base}/{c}", "Name": c} for c in found if c.startswith("ou-")], "OrganizationalUnits")


def parent(call):
    managed(call)
    up = call.world.parents().get(call.body["ChildId"])
    if up is None:
        raise Refused("ChildNotFoundException", "You specified a child that doesn't exist.")
    return {"Parents": [{"Id": up, "Type": "ROOT" if up.startswith("r-") else "ORGANIZATIONAL_UNIT"}]}


def summary(call, policy):
    value = call.world.get(f"organization/policies/{policy}.json", {})
    found = value.get("Policy", {}).get("PolicySummary") if isinstance(value, dict) else None
    kind = call.world.policy_type(policy)
    return {"Id": policy, "Name": policy, "Type": kind, "AwsManaged": policy.startswith(("p-Full", "p-RCPFull")),
            "Arn": f"arn:aws:organizations::aws:policy/{kind.lower()}/{policy}", **(found or {})}


def attachments(call):
    managed(call)
    return call.world.need("organization/attachments.json", "AccessDeniedException")


def policies_for_target(call):
    held = attachments(call)
    target = call.body["TargetId"]
    if target not in held:  # not known, so nobody may ask
        raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
    return tokens(call, [summary(call, p) for p in held[target] if call.world.policy_type(p) == call.body["Filter"]], "Policies")


def policies(call):
    ids = {p for held in attachments(call).values() for p in held} | set(call.world.under("organization/policies/"))
    return tokens(call, [summary(call, p) for p in sorted(ids) if call.world.policy_type(p) == call.body["Filter"]], "Policies")


def targets(call):
    def kind(target):
        return "ACCOUNT" if target.isdigit() else "ROOT" if target.startswith("r-") else "ORGANIZATIONAL_UNIT"
    rows = [{"TargetId": t, "Arn": f"arn:aws:organizations::111122223333:target/{t}", "Name": t, "Type": kind(t)}
            for t, held in sorted(attachments(call).items()) if call.body["PolicyId"] in held]
    return tokens(call, rows, "Targets")


def describe_policy(call):
    managed(call)
    wanted = call.body["PolicyId"]
    value = call.world.get(f"organization/policies/{wanted}.json")
    for kind, (policy, name, statement) in FULL_ACCESS.items():
        if value is ABSENT and wanted == policy:
            return {"Policy": {"PolicySummary": {"Id": policy, "Arn": f"arn:aws:organizations::aws:policy/{kind.lower()}/{policy}",
                                                 "Name": name, "Type": kind, "AwsManaged": True},
                               "Content": {"Version": "2012-10-17", "Statement": [statement]}}}
    if value is ABSENT:
        raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
    return raised(value)


def effective(call):
    call.world.organization()
    wanted = call.body.get("TargetId", call.account)
    if wanted != call.account:
        managed(call)
    return call.world.need(f"organization/effective/{wanted}/{call.body['PolicyType']}.json", "EffectivePolicyNotFoundException",
                           "The requested effective policy does not exist.")


# CloudTrail

def events(call):
    wanted = {a["AttributeKey"]: a["AttributeValue"] for a in call.body.get("LookupAttributes", [])}
    rows = {}
    for _, value in sorted(call.world.under(f"accounts/{call.account}/cloudtrail/{call.region}/").items()):
        for event in raised(value).get("Events", []):
            names = {r.get("ResourceName") for r in event.get("Resources", [])}
            fits = {"ResourceName": lambda v, n=names: v in n}
            if all(fits.get(k, lambda v, e=event, k=k: str(e.get(k)) == v)(v) for k, v in wanted.items()):
                rows[event.get("EventId", len(rows))] = event
    found = sorted(rows.values(), key=lambda e: str(e.get("EventTime")), reverse=True)
    page, token = call.page(found, call.body.get("NextToken"), min(int(call.body.get("MaxResults", 50)), 50))
    return {"Events": page, "NextToken": token} if token else {"Events": page}


# EC2

def endpoints(call):
    value = raised(call.world.get(f"accounts/{call.account}/ec2/{call.region}/vpc-endpoints.json", {"VpcEndpoints": []}))
    rows, ids = value.get("VpcEndpoints", []), call.members("VpcEndpointId", "")
    missing = [i for i in ids if not any(r.get("VpcEndpointId") == i for r in rows)]
    if missing:
        raise Refused("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{missing[0]}' does not exist", 400)
    known = {"service-name": "ServiceName", "vpc-id": "VpcId", "vpc-endpoint-id": "VpcEndpointId", "vpc-endpoint-type": "VpcEndpointType"}
    rows = [r for r in rows if not ids or r.get("VpcEndpointId") in ids]
    number = 1
    while f"Filter.{number}.Name" in call.parameters:
        field, values = known[call.parameters[f"Filter.{number}.Name"]], call.members(f"Filter.{number}.Value", "")
        rows = [r for r in rows if any(fnmatch.fnmatchcase(str(r.get(field)), v) for v in values)]
        number += 1
    page, token = call.page(rows, call.parameters.get("NextToken"), call.parameters.get("MaxResults", 1000))
    return {"VpcEndpoints": page, "NextToken": token}


def regions(call):
    world = call.world
    found = {world.home, *world.regions(call.account, "ec2"), *world.regions(call.account, "kms"),
             *world.regions(call.account, "s3control/access-points"),
             *(world.bucket_region(call.account, b) for b in world.buckets(call.account))}
    return {"Regions": [{"RegionName": r, "Endpoint": f"ec2.{r}.{world.suffix}", "OptInStatus": "opt-in-not-required"}
                        for r in sorted(found)]}


ANSWERS = {
    "kms": {"ListKeys": list_keys, "ListAliases": aliases, "DescribeKey": describe_key, **{k: key_member for k in KEY_MEMBERS}},
    "organizations": {"DescribeOrganization": lambda call: call.world.organization(), "ListRoots": roots, "ListAccounts": accounts,
                      "ListOrganizationalUnitsForParent": children, "ListAccountsForParent": children, "ListParents": parent,
                      "ListPoliciesForTarget": policies_for_target, "ListPolicies": policies, "ListTargetsForPolicy": targets,
                      "DescribePolicy": describe_policy, "DescribeEffectivePolicy": effective},
    "cloudtrail": {"LookupEvents": events},
    "ec2": {"DescribeVpcEndpoints": endpoints, "DescribeRegions": regions},
}
