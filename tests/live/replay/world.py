"""A snapshot as a database: what AWS knows of the accounts in it. A folder, or one JSON object of path -> content."""
import hashlib
import json
import pathlib

PARTITIONS = {"aws": ("us-east-1", "amazonaws.com"), "aws-cn": ("cn-north-1", "amazonaws.com.cn"),
              "aws-us-gov": ("us-gov-west-1", "amazonaws.com"), "aws-eusc": ("eusc-de-east-1", "amazonaws.eu")}
ABSENT = object()


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, code, message="", status=None, **extra):
        super().__init__(code)
        self.code, self.message, self.status, self.extra = code, message, status, extra


def error_of(value):
    """(code, message) of a file that keeps a failure; None."""
    if isinstance(value, dict) and isinstance(value.get("error"), (dict, str)):
        told = value["error"]
        return (told, "") if isinstance(told, str) else (told.get("code", "AccessDenied"), told.get("message", ""))
    return None


def raised(value):
    """The value, or its error as an answer."""
    found = error_of(value)
    if found:
        raise Refused(found[0], found[1] or found[0])
    return value


class World:
    def __init__(self, files, name="world"):
        self.files = files
        self.name = name
        head = self.get("snapshot.json", {})
        self.partition = head.get("partition", "aws") if isinstance(head, dict) else "aws"
        self.home, self.suffix = PARTITIONS.get(self.partition, PARTITIONS["aws"])
        self.accounts = {p.split("/")[1] for p in files if p.startswith("accounts/") and p.count("/") >= 2}
        self.bucket_names = {}
        for path in files:
            parts = path.split("/")
            if len(parts) >= 5 and parts[0] == "accounts" and parts[2] == "s3":
                self.bucket_names.setdefault(parts[1], {})[parts[3]] = None

    @classmethod
    def load(cls, place):
        place = pathlib.Path(place)
        if place.is_file():
            return cls(json.loads(place.read_text()), place.stem)
        files = {}
        for path in sorted(place.rglob("*.json")):
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            try:
                files[path.relative_to(place).as_posix()] = json.loads(text) if text.strip() else {}
            except ValueError:
                files[path.relative_to(place).as_posix()] = {"error": {"code": "AccessDenied", "message": "not JSON"}}
        return cls(files, place.name)

    def get(self, path, default=ABSENT):
        return self.files.get(path, default)

    def need(self, path, code, message=""):
        """What the file holds; its own error, or `code` when it is not there."""
        value = self.get(path)
        if value is ABSENT:
            raise Refused(code, message or code)
        return raised(value)

    def under(self, prefix):
        """name -> value of the JSON files right below a folder."""
        found = {}
        for path, value in self.files.items():
            rest = path[len(prefix):]
            if path.startswith(prefix) and "/" not in rest and rest.endswith(".json"):
                found[rest[:-5]] = value
        return found

    def regions(self, account, kind):
        prefix = f"accounts/{account}/{kind}/"
        return sorted({p[len(prefix):].split("/")[0] for p in self.files if p.startswith(prefix)})

    def canonical_id(self, account):
        value = self.get(f"accounts/{account}/account.json", {})
        known = value.get("CanonicalId") if isinstance(value, dict) else None
        return known or hashlib.sha256(account.encode()).hexdigest()

    # Buckets

    def owner_of(self, bucket):
        for account, names in self.bucket_names.items():
            if bucket in names:
                return account
        return None

    def buckets(self, account):
        return sorted(self.bucket_names.get(account, {}))

    def bucket_region(self, account, bucket):
        value = self.get(f"accounts/{account}/s3/{bucket}/location.json", {})
        where = value.get("LocationConstraint", ABSENT) if isinstance(value, dict) else ABSENT
        if where is None or where == "" or (where is ABSENT and self.partition == "aws"):
            return "us-east-1"
        return {"EU": "eu-west-1", ABSENT: self.home}.get(where, where)

    def vanished(self, account, bucket):
        found = error_of(self.get(f"accounts/{account}/s3/{bucket}/location.json"))
        return bool(found and found[0] == "NoSuchBucket")

    # Organization

    def organization(self):
        value = self.get("organization/organization.json")
        if value is ABSENT:
            if any(path.startswith("organization/") for path in self.files):  # a member of one, of which nobody knows more
                raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
            raise Refused("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
        return raised(value)

    def parents(self):
        return raised(self.get("organization/parents.json", {}))

    def root(self):
        roots = self.get("organization/roots.json", {})
        for root in roots.get("Roots", []) if isinstance(roots, dict) else []:
            return root["Id"]
        parents = self.parents()
        tops = {p for p in parents.values() if p not in parents}
        attached = self.get("organization/attachments.json", {})
        tops |= {t for t in attached if t.startswith("r-")} if isinstance(attached, dict) else set()
        return sorted(tops)[0] if tops else "r-0000"

    def policy_type(self, policy):
        value = self.get(f"organization/policies/{policy}.json", {})
        summary = value.get("Policy", {}).get("PolicySummary", {}) if isinstance(value, dict) else {}
        return summary.get("Type") or ("RESOURCE_CONTROL_POLICY" if "RCP" in policy else "SERVICE_CONTROL_POLICY")
