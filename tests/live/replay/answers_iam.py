"""IAM and STS, from authorization-details.json."""
import re

from .world import Refused, raised

LISTS = {"User": ("UserDetailList",), "Role": ("RoleDetailList",), "Group": ("GroupDetailList",)}


def details(call):
    return call.world.need(f"accounts/{call.account}/iam/authorization-details.json", "AccessDenied",
                           "User is not authorized to perform this operation on the account")


def authorization_details(call):
    value = details(call)
    if value.get("Partial"):  # who is not in it is not known, and the whole would say that he is not there
        raise Refused("AccessDenied", "User is not authorized to perform: iam:GetAccountAuthorizationDetails")
    kinds = call.members("Filter")
    rows = []
    for kind, name in (("User", "UserDetailList"), ("Group", "GroupDetailList"), ("Role", "RoleDetailList"), (None, "Policies")):
        for row in value.get(name, []):
            of = kind or ("AWSManagedPolicy" if ":iam::aws:" in row.get("Arn", "") else "LocalManagedPolicy")
            if not kinds or of in kinds:
                rows.append((name, row))
    page, token = call.page(rows, call.parameters.get("Marker"), call.parameters.get("MaxItems", 100))
    answer = {name: [] for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")}
    for name, row in page:
        answer[name].append(row)
    answer.update(IsTruncated=token is not None, Marker=token)
    return answer


def find(call, kind):
    name = call.parameters[f"{kind}Name"]
    value = details(call)
    for row in value.get(f"{kind}DetailList", []):
        if row.get(f"{kind}Name") == name:
            return row
    if value.get("Partial"):
        raise Refused("AccessDenied", f"User is not authorized to perform: iam:Get{kind}")
    raise Refused("NoSuchEntity", f"The {kind.lower()} with name {name} cannot be found.", 404)


def get(kind):
    inline = ("UserPolicyList", "GroupPolicyList", "RolePolicyList", "AttachedManagedPolicies", "GroupList", "InstanceProfileList")
    return lambda call: {kind: {k: v for k, v in find(call, kind).items() if k not in inline}}


def paged(call, rows, name):
    page, token = call.page(rows, call.parameters.get("Marker"), call.parameters.get("MaxItems", 100))
    return {name: page, "IsTruncated": token is not None, "Marker": token}


def inline(call, kind):
    """By name; a world that leaves it out has a policy all the same."""
    return {p.get("PolicyName", f"inline{n}"): p for n, p in enumerate(find(call, kind).get(f"{kind}PolicyList", []))}


def inline_names(kind):
    return lambda call: paged(call, list(inline(call, kind)), "PolicyNames")


def inline_policy(kind):
    def answer(call):
        name = call.parameters["PolicyName"]
        if name not in inline(call, kind):
            raise Refused("NoSuchEntity", "The policy cannot be found.", 404)
        return {f"{kind}Name": call.parameters[f"{kind}Name"], "PolicyName": name, **inline(call, kind)[name]}
    return answer


def attached(kind):
    return lambda call: paged(call, find(call, kind).get("AttachedManagedPolicies", []), "AttachedPolicies")


def groups(call):
    names = find(call, "User").get("GroupList", [])
    known = {g.get("GroupName"): g for g in details(call).get("GroupDetailList", [])}
    arn = f"arn:{call.world.partition}:iam::{call.account}:group/"
    rows = [{k: v for k, v in known.get(n, {"GroupName": n, "Path": "/", "Arn": arn + n}).items()
             if k in ("Path", "GroupName", "GroupId", "Arn", "CreateDate")} for n in names]
    return paged(call, rows, "Groups")


def managed(call):
    arn = call.parameters["PolicyArn"]
    for row in details(call).get("Policies", []):
        if row.get("Arn") == arn:
            return row
    if details(call).get("Partial") or ":iam::aws:" in arn:  # AWS's own is always there: what it says is not known
        raise Refused("AccessDenied", "User is not authorized to perform: iam:GetPolicy")
    raise Refused("NoSuchEntity", f"Policy {arn} was not found.", 404)


def version_of(row):
    versions = row.get("PolicyVersionList", [])
    return row.get("DefaultVersionId") or next((v.get("VersionId", "v1") for v in versions if v.get("IsDefaultVersion")), "v1")


def policy_version(call):
    for version in managed(call).get("PolicyVersionList", []):
        if version.get("VersionId", "v1") == call.parameters["VersionId"]:
            return {"PolicyVersion": version}
    raise Refused("NoSuchEntity", "The policy version cannot be found.", 404)


def policy(call):
    row = managed(call)
    return {"Policy": {**{k: v for k, v in row.items() if k != "PolicyVersionList"}, "DefaultVersionId": version_of(row)}}


def aliases(call):
    value = raised(call.world.get(f"accounts/{call.account}/account.json", {}))
    names = [value["Name"]] if re.fullmatch("[a-z0-9-]{3,63}", str(value.get("Name", ""))) else []
    return paged(call, names, "AccountAliases")


ANSWERS = {"GetAccountAuthorizationDetails": authorization_details, "ListAccountAliases": aliases, "GetPolicy": policy,
           "GetPolicyVersion": policy_version, "ListGroupsForUser": groups}
for KIND in ("User", "Group", "Role"):
    ANSWERS[f"List{KIND}Policies"] = inline_names(KIND)
    ANSWERS[f"Get{KIND}Policy"] = inline_policy(KIND)
    ANSWERS[f"ListAttached{KIND}Policies"] = attached(KIND)
    if KIND != "Group":
        ANSWERS[f"Get{KIND}"] = get(KIND)


# STS: whose key it is

def caller(call):
    who = call.identity
    return {"UserId": who.user_id, "Account": who.account, "Arn": who.arn}


def handed_out(call, role, arn=None):
    """A session of the role, if its account is in a world and lets itself be entered."""
    found = re.fullmatch(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(.*)", role)
    if not found:
        raise Refused("ValidationError", f"{role} is invalid", 400)
    refusal = Refused("AccessDenied", f"User: {arn or 'anonymous'} is not authorized to perform: sts:AssumeRole on resource: {role}", 403)
    world = call.server.world_of(found[2])
    if world is None or not call.server.known(found[2]) or not call.server.roles.fullmatch(found[3].rsplit("/", 1)[-1]):
        raise refusal
    raised(world.get(f"accounts/{found[2]}/account.json", {}))
    name = call.parameters.get("RoleSessionName", "session")
    session = call.server.keys.session(found[1], found[2], found[3].rsplit("/", 1)[-1], name,
                                       int(call.parameters.get("DurationSeconds", 3600)))
    return {"Credentials": session.credentials(),
            "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn}, "PackedPolicySize": 0}


def assume_role(call):
    wanted = call.server.external_id
    if wanted and call.parameters.get("ExternalId") != wanted:
        raise Refused("AccessDenied", f"User: {call.identity.arn} is not authorized to perform: sts:AssumeRole", 403)
    code = call.server.mfa_code
    if code and (call.parameters.get("TokenCode") != code or not call.parameters.get("SerialNumber")):
        raise Refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", 403)
    return handed_out(call, call.parameters.get("RoleArn", ""), call.identity.arn)


def web_identity(call):
    if call.signed:
        raise Refused("InvalidRequest", "this call is not signed", 400)
    if call.parameters.get("WebIdentityToken") != call.server.web_token:
        raise Refused("InvalidIdentityToken", "No OpenIDConnect provider found in your account for the issuer", 400)
    return {**handed_out(call, call.parameters.get("RoleArn", "")), "SubjectFromWebIdentityToken": "system:serviceaccount:default:app",
            "Audience": "sts.amazonaws.com", "Provider": "arn:aws:iam::111122223333:oidc-provider/oidc.example.com"}


def decode(call):
    messages = call.world.get("encoded-messages.json", {})
    text = messages.get(call.parameters.get("EncodedMessage"))
    if text is None:
        raise Refused("InvalidAuthorizationMessageException", "Message is not valid", 400)
    return {"DecodedMessage": text}


STS = {"GetCallerIdentity": caller, "AssumeRole": assume_role, "AssumeRoleWithWebIdentity": web_identity,
       "DecodeAuthorizationMessage": decode}
