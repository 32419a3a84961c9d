"""S3 control: the account's Block Public Access, access points of every kind, access grants."""
from .world import ABSENT, Refused, raised


def account_of(call):
    asked = call.headers_in.get("x-amz-account-id")
    if not asked:
        raise Refused("InvalidRequest", "Missing required header for this request: x-amz-account-id", 400)
    if asked != call.account:
        raise Refused("AccessDenied", "Access Denied", 403)
    return f"accounts/{asked}/s3control/"


def public_access_block(call):
    return call.world.need(account_of(call) + "public-access-block.json", "NoSuchPublicAccessBlockConfiguration",
                           "The public access block configuration was not found")


def plain(value, *without):
    return {k: v for k, v in value.items() if k not in without}


def list_of(call, rows, name, size_name="maxResults"):
    page, token = call.page(rows, call.query.get("nextToken"), call.query.get(size_name))
    return {name: page, "NextToken": token}


def access_points(call):
    rows = []
    for name, value in sorted(call.world.under(f"{account_of(call)}access-points/{call.region}/").items()):
        value = value if isinstance(value, dict) and "error" not in value else {}
        if call.query.get("bucket") in (None, value.get("Bucket")):
            listed = ("NetworkOrigin", "VpcConfiguration", "Bucket", "AccessPointArn", "Alias", "BucketAccountId")
            rows.append({"Name": name, **{k: value[k] for k in listed if k in value}})
    return list_of(call, rows, "AccessPointList")


def part(folder, member, absent, without=("Policy", "Tags", "Configuration")):
    """An operation that answers one member of a file, or the file without the members that others answer."""
    def answer(call):
        name = call.parameters["name"].rsplit("/", 1)[-1]
        where = f"{account_of(call)}{folder}/" + (f"{call.region}/" if folder != "multi-region-access-points" else "")
        value = call.world.need(f"{where}{name}.json", "NoSuchAccessPoint", "The specified accesspoint does not exist")
        if member is None:
            return plain(value, *without)
        found = value.get(member, {} if folder == "multi-region-access-points" else ABSENT)
        if found is ABSENT or found is None:
            raise Refused(absent, "The specified accesspoint does not have an associated policy")
        return {member: raised(found)}
    return answer


def multi_region(call):
    if call.region != "us-west-2" and call.world.partition == "aws":
        raise Refused("InvalidRequest", "Multi-Region Access Point requests go to us-west-2", 400)
    found = call.world.under(f"{account_of(call)}multi-region-access-points/")
    return list_of(call, [plain(v, "Policy") for _, v in sorted(found.items())], "AccessPoints")


def object_lambda(call):
    found = call.world.under(f"{account_of(call)}object-lambda/{call.region}/")
    rows = [{"Name": n, "ObjectLambdaAccessPointArn":
             f"arn:{call.world.partition}:s3-object-lambda:{call.region}:{call.account}:accesspoint/{n}"} for n in sorted(found)]
    return list_of(call, rows, "ObjectLambdaAccessPointList")


def grants(name, absent, rows=None):
    def answer(call):
        value = call.world.need(f"{account_of(call)}access-grants/{call.region}/{name}.json", absent,
                                "Access Grants Instance does not exist")
        return list_of(call, value.get(rows, []), rows) if rows else value
    return answer


def tags(call):
    arn = call.parameters["resourceArn"]
    name = arn.rsplit("/", 1)[-1]
    value = call.world.need(f"{account_of(call)}access-points/{call.region}/{name}.json", "NoSuchResource")
    if "Tags" not in value:
        raise Refused("AccessDenied", "Access Denied", 403)
    return {"Tags": raised(value["Tags"])}


NO_GRANTS = "AccessGrantsInstanceNotExistsError"
ANSWERS = {
    "GetPublicAccessBlock": public_access_block,
    "ListAccessPoints": access_points,
    "GetAccessPoint": part("access-points", None, None),
    "GetAccessPointPolicy": part("access-points", "Policy", "NoSuchAccessPointPolicy"),
    "ListAccessPointsForDirectoryBuckets": lambda call: list_of(call, [], "AccessPointList"),
    "ListMultiRegionAccessPoints": multi_region,
    "GetMultiRegionAccessPointPolicy": part("multi-region-access-points", "Policy", "NoSuchMultiRegionAccessPoint"),
    "ListAccessPointsForObjectLambda": object_lambda,
    "GetAccessPointForObjectLambda": part("object-lambda", None, None),
    "GetAccessPointConfigurationForObjectLambda": part("object-lambda", "Configuration", "NoSuchAccessPoint"),
    "GetAccessPointPolicyForObjectLambda": part("object-lambda", "Policy", "NoSuchAccessPointPolicy"),
    "GetAccessGrantsInstance": grants("instance", NO_GRANTS),
    "GetAccessGrantsInstanceResourcePolicy": grants("resource-policy", NO_GRANTS),
    "ListAccessGrantsLocations": grants("locations", NO_GRANTS, "AccessGrantsLocationsList"),
    "ListAccessGrants": grants("grants", NO_GRANTS, "AccessGrantsList"),
    "ListTagsForResource": tags,
}
