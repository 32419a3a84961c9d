"""Where credentials come from on a machine: the instance (IMDSv2), a container, the SSO portal. No request here is signed."""
import json
import secrets


def page(status, value, kind="application/json", **headers):
    body = value if isinstance(value, str) else json.dumps(value)
    return status, {"content-type": kind, **{n.replace("_", "-"): v for n, v in headers.items()}}, body.encode()


class Sources:
    """`role`: whom the instance, the container and the portal give. Tokens are the tests' own."""

    def __init__(self, keys, role="arn:aws:iam::111122223333:role/collector", container_token=None, sso_token="sso-access-token"):
        self.keys, self.container_token, self.sso_token = keys, container_token, sso_token
        self.partition, self.account, self.name = role.split(":")[1], role.split(":")[4], role.rsplit("/", 1)[1]
        self.imds_tokens = set()

    def handed(self, account=None, name=None, session="i-0123456789abcdef0"):
        return self.keys.session(self.partition, account or self.account, name or self.name, session)

    def answer(self, request):
        """(name for the log, status, headers, body), or None: not one of these."""
        path = request.path
        if path.startswith("/latest/"):
            return ("imds:" + path.split("/", 2)[2], *self.imds(request))
        if path.startswith(("/v1/credentials", "/v2/credentials")):
            return ("container:Credentials", *self.container(request))
        if path == "/federation/credentials":
            return ("sso:GetRoleCredentials", *self.portal(request))
        if path == "/token" and request.method == "POST":
            return ("sso-oidc:CreateToken", *self.token(request))
        return None

    def imds(self, request):
        held = dict(request.headers)
        if "x-forwarded-for" in held:
            return page(403, "", "text/plain")
        if request.path == "/latest/api/token":
            life = held.get("x-aws-ec2-metadata-token-ttl-seconds", "")
            if request.method != "PUT" or not life.isdigit() or not 1 <= int(life) <= 21600:
                return page(400 if request.method == "PUT" else 405, "", "text/plain")
            token = secrets.token_urlsafe(40)
            self.imds_tokens.add(token)
            return page(200, token, "text/plain", x_aws_ec2_metadata_token_ttl_seconds=life)
        if held.get("x-aws-ec2-metadata-token") not in self.imds_tokens:  # IMDSv1 is switched off
            return page(401, "", "text/plain")
        base = "/latest/meta-data/iam/security-credentials/"
        if request.path in (base, base[:-1]):
            return page(200, self.name, "text/plain")
        if request.path == base + self.name:
            made = self.handed()
            return page(200, {"Code": "Success", "LastUpdated": "2026-11-30T00:00:00Z", "Type": "AWS-HMAC",
                              "AccessKeyId": made.key, "SecretAccessKey": made.secret, "Token": made.token,
                              "Expiration": made.expiration()}, "text/plain")
        if request.path == "/latest/meta-data/placement/region":
            return page(200, "eu-central-1", "text/plain")
        if request.path == "/latest/meta-data/placement/availability-zone":
            return page(200, "eu-central-1b", "text/plain")
        return page(404, "", "text/plain")

    def container(self, request):
        told = dict(request.headers).get("authorization")
        if self.container_token is not None and told != self.container_token:
            return page(401, {"code": "InvalidAuthorization", "message": "no such token"})
        made = self.handed(session="task")
        return page(200, {"AccessKeyId": made.key, "SecretAccessKey": made.secret, "Token": made.token, "AccountId": made.account,
                          "Expiration": made.expiration(), "RoleArn": f"arn:aws:iam::{made.account}:role/{self.name}"})

    def portal(self, request):
        if dict(request.headers).get("x-amz-sso_bearer_token") != self.sso_token:
            return page(401, {"message": "Session token not found or invalid", "__type": "com.amazonaws.switchboard.portal#UnauthorizedException"})
        account, role = request.query.get("account_id"), request.query.get("role_name")
        if not account or not role:
            return page(400, {"message": "Request parameters are invalid"})
        made = self.handed(account, f"AWSReservedSSO_{role}_0123456789abcdef", "me@example.com")
        return page(200, {"roleCredentials": {"accessKeyId": made.key, "secretAccessKey": made.secret, "sessionToken": made.token,
                                              "expiration": int(made.expires * 1000)}})

    def token(self, request):
        asked = json.loads(request.body or b"{}")
        if asked.get("grantType") != "refresh_token" or asked.get("refreshToken") != "sso-refresh-token":
            return page(400, {"error": "invalid_grant", "error_description": "Invalid grant provided"})
        return page(200, {"accessToken": self.sso_token, "expiresIn": 3600, "refreshToken": "sso-refresh-token", "tokenType": "Bearer"})
