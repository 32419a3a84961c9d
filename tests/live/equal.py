"""Whether two snapshots say the same: values, not bytes. What may differ is what the format leaves open: a document as an object
or as the text that AWS sent, an instant in another zone, an empty answer, a file that is not there and one that says so."""
import datetime
import json
import re
import urllib.parse

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$")
DOCUMENTS = {"Policy", "PolicyDocument", "AssumeRolePolicyDocument", "Document", "Content", "CloudTrailEvent", "PolicyContent"}
# What a bucket has that was never configured, by the name of the file.
NOT_CONFIGURED = {
    "policy": ["NoSuchBucketPolicy"], "public-access-block": ["NoSuchPublicAccessBlockConfiguration"],
    "ownership-controls": [{"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}], "encryption": ["ServerSideEncryptionConfigurationNotFoundError"],
    "request-payment": [{"Payer": "BucketOwner"}], "versioning": [{}], "logging": [{}],
    "object-lock-configuration": ["ObjectLockConfigurationNotFoundError"], "abac": [{"AbacStatus": {"Status": "Disabled"}}],
    "tagging": ["NoSuchTagSet"], "vpc-endpoints": [{"VpcEndpoints": []}], "location": [{"LocationConstraint": None}],
    "organization": ["AWSOrganizationsNotInUseException"], "S3_POLICY": ["EffectivePolicyNotFoundException"]}
# Written by the collector; or asked of AWS where the world says nothing.
FREE = re.compile(r"^snapshot\.json$|^organization/(roots|accounts)\.json$|/(acl|objects)\.json$|/account\.json$")


def plain(value, name=""):
    if isinstance(value, dict):
        return {k: plain(v, k) for k, v in value.items() if v is not None or k == "LocationConstraint"}
    if isinstance(value, list):
        return [plain(v, name) for v in value]
    if isinstance(value, str) and name in DOCUMENTS:
        for text in (value, urllib.parse.unquote(value)):
            try:
                return plain(json.loads(text))
            except ValueError:
                continue
    if isinstance(value, str) and TIME.match(value):
        return datetime.datetime.fromisoformat(value).astimezone(datetime.timezone.utc).timestamp()
    return value


def code_of(value):
    told = value.get("error") if isinstance(value, dict) else None
    return told.get("code") if isinstance(told, dict) else told


def ordered(path, value):
    """Lists whose order says nothing."""
    if path == "organization/attachments.json":
        return {k: sorted(v) for k, v in value.items()}
    if path.startswith("accounts/") and "/kms/" in path and isinstance(value, dict):
        return {k: v for k, v in value.items() if not (k in ("Grants", "Aliases", "Tags") and v == [])}
    if path.endswith("authorization-details.json"):
        return {k: v for k, v in value.items() if v != []}
    return value


def differences(world, collected, ignore=None):
    """[(path, what)]; both are path -> value. `ignore`: a pattern of paths."""
    found = []
    for path in sorted({*world, *collected}):
        if ignore and re.search(ignore, path):
            continue
        stem = path.rsplit("/", 1)[-1].removesuffix(".json")
        if path not in collected:
            if path != "snapshot.json" and code_of(world[path]) is None:
                found.append((path, "was not collected"))
            continue
        got = collected[path]
        if path not in world:
            if FREE.search(path) or code_of(got) in NOT_CONFIGURED.get(stem, []) or plain(got) in NOT_CONFIGURED.get(stem, []):
                continue
            found.append((path, f"is not in the world: {json.dumps(got)[:200]}"))
            continue
        if path == "snapshot.json":
            continue
        if code_of(world[path]) or code_of(got):
            if code_of(world[path]) != code_of(got):
                found.append((path, f"error {code_of(world[path])} against {code_of(got)}"))
            continue
        old, new = ordered(path, plain(world[path])), ordered(path, plain(got))
        found.extend(unlike(path, "", old, new))
    return found


def unlike(path, where, old, new):
    if type(old) is not type(new) and not (isinstance(old, (int, float)) and isinstance(new, (int, float))):
        yield path, f"{where or '.'}: {json.dumps(old)[:100]} against {json.dumps(new)[:100]}"
    elif isinstance(old, dict):
        for name in sorted({*old, *new}):
            if name not in new or name not in old:
                if old.get(name, new.get(name)) not in ([], {}):
                    yield path, f"{where}.{name}: only {'in the world' if name in old else 'collected'}"
            else:
                yield from unlike(path, f"{where}.{name}", old[name], new[name])
    elif isinstance(old, list):
        if len(old) != len(new):
            yield path, f"{where}: {len(old)} elements against {len(new)}"
        for number, (a, b) in enumerate(zip(old, new)):
            yield from unlike(path, f"{where}[{number}]", a, b)
    elif old != new:
        yield path, f"{where or '.'}: {json.dumps(old)[:100]} against {json.dumps(new)[:100]}"
