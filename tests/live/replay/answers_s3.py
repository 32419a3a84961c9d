"""S3 and S3 control: values of a world as the API's output."""
from .world import ABSENT, Refused, raised

# operation -> (file, what is answered when it is not there: a code, or a value)
CONFIGURATIONS = {
    "GetBucketPolicy": ("policy", "NoSuchBucketPolicy"),
    "GetBucketAcl": ("acl", None),
    "GetPublicAccessBlock": ("public-access-block", "NoSuchPublicAccessBlockConfiguration"),
    # Where no file says it, the setting is that of every new bucket; the code is for buckets that are older.
    "GetBucketOwnershipControls": ("ownership-controls", {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}),
    "GetBucketEncryption": ("encryption", "ServerSideEncryptionConfigurationNotFoundError"),
    "GetBucketRequestPayment": ("request-payment", {"Payer": "BucketOwner"}),
    "GetBucketVersioning": ("versioning", {}),
    "GetBucketLogging": ("logging", {}),
    "GetObjectLockConfiguration": ("object-lock-configuration", "ObjectLockConfigurationNotFoundError"),
    "GetBucketAbac": ("abac", {"AbacStatus": {"Status": "Disabled"}}),
    "GetBucketTagging": ("tagging", "NoSuchTagSet"),
}
EMPTY_IS_A_VALUE = {"GetBucketVersioning", "GetBucketLogging"}


def directory_bucket(call):
    """On the control endpoint of directory buckets: their own folder."""
    name = call.parameters["Bucket"]
    folder = f"accounts/{call.account}/s3express/{name}/"
    if not any(path.startswith(folder) for path in call.world.files):
        raise Refused("NoSuchBucket", "The specified bucket does not exist", BucketName=name)
    return call.world, call.account, folder


def owned(call):
    """(account, folder) of the bucket asked for, in the region of the call, by its owner."""
    bucket = call.parameters["Bucket"]
    if call.scope and call.scope.service == "s3express":
        return directory_bucket(call)
    owner = call.owner_of(bucket)
    if owner is None:
        raise Refused("NoSuchBucket", "The specified bucket does not exist", BucketName=bucket)
    world, account = owner
    region = world.bucket_region(account, bucket)
    told = {"x-amz-bucket-region": region}
    if call.head and not call.signed:
        raise Refused("AccessDenied", "Access Denied", 403, **told)
    if region != call.region:
        if call.host_region not in (None, region):
            raise Refused("PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified "
                          "endpoint. Please send all future requests to this endpoint.", 301, Bucket=bucket,
                          Endpoint=f"{bucket}.s3.{region}.{world.suffix}", **told)
        raise Refused("AuthorizationHeaderMalformed", f"The authorization header is malformed; the region '{call.region}' is "
                      f"wrong; expecting '{region}'", 400, Region=region, **told)
    if world.vanished(account, bucket):
        raise Refused("NoSuchBucket", "The specified bucket does not exist", BucketName=bucket)
    if account != call.account:
        raise Refused("AccessDenied", "Access Denied", 403, **(told if call.head else {}))
    return world, account, f"accounts/{account}/s3/{bucket}/"


def full_control(world, account, owner=None):
    owner = owner or world.canonical_id(account)
    return {"Owner": {"ID": owner},
            "Grants": [{"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]}


def configuration(call):
    world, account, folder = owned(call)
    name, otherwise = CONFIGURATIONS[call.operation]
    value = world.get(f"{folder}{name}.json")
    if value is ABSENT:
        if isinstance(otherwise, str):
            raise Refused(otherwise, "The configuration does not exist", BucketName=call.parameters["Bucket"])
        return full_control(world, account) if otherwise is None else otherwise
    if value == {} and call.operation not in EMPTY_IS_A_VALUE:
        raise Refused("AccessDenied", "Access Denied")
    raised(value)
    if call.operation == "GetBucketPolicy" and (isinstance(value, str) or "Policy" not in value):
        return {"Policy": value}  # the document by itself
    return value


def list_buckets(call):
    world = call.world
    names = world.buckets(call.account)
    paged = "max-buckets" in call.query or "continuation-token" in call.query
    prefix, region = call.query.get("prefix", ""), call.query.get("bucket-region")
    rows = [{"Name": n, "CreationDate": "2024-05-06T07:08:09.000Z", "BucketRegion": world.bucket_region(call.account, n)}
            for n in names if n.startswith(prefix)]
    rows = [r for r in rows if region in (None, r["BucketRegion"])]
    if not paged:  # then S3 tells no region
        rows = [{"Name": r["Name"], "CreationDate": r["CreationDate"]} for r in rows]
    page, token = call.page(rows, call.query.get("continuation-token"), call.query.get("max-buckets")) if paged else (rows, None)
    return {"Buckets": page, "Owner": {"ID": world.canonical_id(call.account)}, "ContinuationToken": token}


def head_bucket(call):
    world, account, _ = owned(call)
    call.headers["x-amz-bucket-region"] = world.bucket_region(account, call.parameters["Bucket"])
    return {}


def location(call):
    world, _, folder = owned(call)
    value = raised(world.get(f"{folder}location.json", {"LocationConstraint": None}))
    return {"LocationConstraint": value.get("LocationConstraint") or ""}


def inventories(call):
    world, _, folder = owned(call)
    found = world.under(f"{folder}inventory/")
    if call.operation == "GetBucketInventoryConfiguration":
        if call.query["id"] not in found:
            raise Refused("NoSuchConfiguration", "The specified configuration does not exist.")
        return raised(found[call.query["id"]])
    rows = [raised(v)["InventoryConfiguration"] for _, v in sorted(found.items())]
    page, token = call.page(rows, call.query.get("continuation-token"), 100)
    return {"InventoryConfigurationList": page, "IsTruncated": token is not None, "NextContinuationToken": token}


def objects(call):
    """The rows of objects.json, and whether they are all."""
    world, account, folder = owned(call)
    value = raised(world.get(f"{folder}objects.json", []))
    rows = value.get("Objects", []) if isinstance(value, dict) else value
    return world, account, rows, isinstance(value, dict) and value.get("complete") is True


def as_by_default(world, account, bucket, key):
    """An object that is not listed is as its bucket's defaults have it."""
    rule = {"SSEAlgorithm": "AES256"}
    held = world.get(f"accounts/{account}/s3/{bucket}/encryption.json", {})
    for found in held.get("ServerSideEncryptionConfiguration", {}).get("Rules", []) if isinstance(held, dict) else []:
        rule = found.get("ApplyServerSideEncryptionByDefault", rule)
    region = world.bucket_region(account, bucket)
    row = {"Key": key, "Size": 1, "StorageClass": "STANDARD", "ServerSideEncryption": rule.get("SSEAlgorithm", "AES256")}
    if row["ServerSideEncryption"] != "AES256":
        key_id = rule.get("KMSMasterKeyID") or f"arn:{world.partition}:kms:{region}:{account}:alias/aws/s3"
        row["SSEKMSKeyId"] = key_id if key_id.startswith("arn:") else f"arn:{world.partition}:kms:{region}:{account}:key/{key_id}"
    return row


def list_versions(call):
    world, account, rows, complete = objects(call)
    prefix = call.query.get("prefix", "")
    rows = [r for r in rows if r.get("Key", "").startswith(prefix)]
    if not rows and not complete and prefix:
        rows = [as_by_default(world, account, call.parameters["Bucket"], prefix)]
    rows = [{"VersionId": "null", "IsLatest": True, "LastModified": "2024-05-06T07:08:09.000Z",
             "Owner": {"ID": world.canonical_id(account)}, **r} for r in sorted(rows, key=lambda r: r["Key"].encode())]
    marker = call.query.get("key-marker", "")
    token = f"{marker}\n{call.query.get('version-id-marker', '')}" if marker else None
    size = call.limit(call.query.get("max-keys"), 1000)
    start = next((i + 1 for i, r in enumerate(rows) if token and f"{r['Key']}\n{r['VersionId']}" == token), 0)
    page = rows[start:start + size]
    more = start + size < len(rows)
    plain = ("Key", "VersionId", "IsLatest", "LastModified", "Owner")
    listed = (*plain, "ETag", "Size", "StorageClass")
    answer = {"Name": call.parameters["Bucket"], "Prefix": prefix, "MaxKeys": size, "IsTruncated": more,
              "Versions": [{k: r[k] for k in listed if k in r} for r in page if not r.get("IsDeleteMarker")],
              "DeleteMarkers": [{k: r[k] for k in plain if k in r} for r in page if r.get("IsDeleteMarker")]}
    if more:
        answer.update(NextKeyMarker=page[-1]["Key"], NextVersionIdMarker=page[-1]["VersionId"])
    return answer


def one_object(call):
    world, account, rows, complete = objects(call)
    wanted, version = call.parameters["Key"], call.query.get("versionId")
    found = [r for r in rows if r.get("Key") == wanted and version in (None, r.get("VersionId", "null"))]
    if not found and not complete and version is None:
        found = [as_by_default(world, account, call.parameters["Bucket"], wanted)]
    if not found or found[0].get("IsDeleteMarker"):
        marker = {"x-amz-delete-marker": "true"} if found else {}
        raise Refused("NoSuchKey", "The specified key does not exist.", 404, Key=wanted, **marker)
    return world, account, found[0]


def head_object(call):
    row = one_object(call)[2]
    shape = call.api.output("HeadObject")["members"]
    answer = {k: v for k, v in row.items() if k in shape}
    answer["ContentLength"] = row.get("Size", 0)
    answer.setdefault("LastModified", "2024-05-06T07:08:09.000Z")
    return answer


def object_acl(call):
    world, account, row = one_object(call)
    private = full_control(world, account, row.get("Owner", {}).get("ID"))
    return {"Owner": private["Owner"], "Grants": row.get("Grants", private["Grants"])}


def object_tagging(call):
    row = one_object(call)[2]
    tags = row.get("TagSet", row.get("Tags", []))
    return {"TagSet": tags if isinstance(tags, list) else [{"Key": k, "Value": v} for k, v in tags.items()]}


def directory_buckets(call):
    names = sorted({p.split("/")[3] for p in call.world.files if p.startswith(f"accounts/{call.account}/s3express/")
                    and not p.startswith(f"accounts/{call.account}/s3express/access-points/")})
    rows = [{"Name": n, "CreationDate": "2024-05-06T07:08:09.000Z"} for n in names]
    page, token = call.page(rows, call.query.get("continuation-token"), call.query.get("max-directory-buckets"))
    return {"Buckets": page, "ContinuationToken": token}


ANSWERS = {**{name: configuration for name in CONFIGURATIONS}, "ListBuckets": list_buckets, "HeadBucket": head_bucket,
           "GetBucketLocation": location, "GetBucketInventoryConfiguration": inventories,
           "ListBucketInventoryConfigurations": inventories, "ListObjectVersions": list_versions, "HeadObject": head_object,
           "GetObjectAcl": object_acl, "GetObjectTagging": object_tagging, "ListDirectoryBuckets": directory_buckets}
