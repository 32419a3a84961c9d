"""The rates that AWS documents, enforced: a bucket of tokens for each account, region and operation.
AWS Organizations User Guide, "Quotas and service limits"; AWS KMS Developer Guide, "Request quotas"; Amazon EC2 Developer
Guide, "Request throttling"; AWS CloudTrail User Guide, "Quotas". Read 2026-11-30."""
import random
import threading
import time

RATES = {  # requests a second, burst
    "organizations:DescribePolicy": (2, 2), "organizations:ListPoliciesForTarget": (5, 8), "organizations:ListPolicies": (5, 8),
    "organizations:ListTargetsForPolicy": (5, 8), "organizations:ListParents": (5, 8), "organizations:ListAccountsForParent": (5, 8),
    "organizations:ListOrganizationalUnitsForParent": (5, 8), "organizations:ListAccounts": (8, 12), "organizations:ListRoots": (1, 2),
    "organizations:DescribeOrganization": (1, 2), "organizations:DescribeAccount": (20, 30),
    "kms:DescribeKey": (2000, 2000), "kms:GetKeyPolicy": (1000, 1000), "kms:ListKeys": (500, 500), "kms:ListAliases": (500, 500),
    "kms:ListGrants": (100, 100), "ec2:DescribeVpcEndpoints": (20, 100), "ec2:DescribeRegions": (20, 100),
    "cloudtrail:LookupEvents": (2, 2)}
CODES = {"s3": ("SlowDown", 503), "s3control": ("SlowDown", 503), "iam": ("Throttling", 400), "sts": ("Throttling", 400),
         "ec2": ("RequestLimitExceeded", 503), "organizations": ("TooManyRequestsException", 400),
         "kms": ("ThrottlingException", 400), "cloudtrail": ("ThrottlingException", 400)}


class Limits:
    """`documented`: the rates above. `share`: that part of what is asked is refused the first time, whatever its rate."""

    def __init__(self, documented=False, share=0.0, seed=1):
        self.documented, self.share = documented, share
        self.random = random.Random(seed)
        self.held, self.asked = {}, set()
        self.lock = threading.Lock()

    def refused(self, call, text):
        service, operation, account, region = call.service, call.operation, call.account, call.region
        with self.lock:
            if self.share and text not in self.asked:
                self.asked.add(text)
                if self.random.random() < self.share:
                    return CODES[service]
            rate = RATES.get(f"{service}:{operation}") if self.documented else None
            if not rate:
                return None
            now = time.monotonic()
            key = (service, operation, account, region)
            tokens, then = self.held.get(key, (rate[1], now))
            tokens = min(rate[1], tokens + (now - then) * rate[0])
            self.held[key] = (tokens - 1 if tokens >= 1 else tokens, now)
            return None if tokens >= 1 else CODES[service]
