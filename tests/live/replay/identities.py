"""Whose key it is. A long-lived key names its account: AKIA, twelve digits, four characters of any kind; a session's key
(ASIA) is known from when it was handed out."""
import datetime
import hashlib
import re
import threading
import time

from .sigv4 import BadSignature


class Identity:
    def __init__(self, key, secret, account, arn, user_id, token=None, expires=None):
        self.key, self.secret, self.account, self.arn, self.user_id = key, secret, account, arn, user_id
        self.token, self.expires = token, expires

    def expiration(self):
        return datetime.datetime.fromtimestamp(self.expires, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def credentials(self):
        return {"AccessKeyId": self.key, "SecretAccessKey": self.secret, "SessionToken": self.token, "Expiration": self.expiration()}


class Keys:
    """`secret` None: signatures are not looked at. `lasts`: no session is longer."""

    def __init__(self, partition="aws", secret=None, user="collector", lasts=None):
        self.partition, self.secret, self.user, self.lasts = partition, secret, user, lasts
        self.sessions = {}
        self.lock = threading.Lock()

    def session(self, partition, account, role, name, seconds=3600):
        with self.lock:
            number = len(self.sessions)
            key = f"ASIA{account}{number:04d}"
            seed = hashlib.sha256(key.encode()).hexdigest()
            made = Identity(key, f"sessionsecret{seed[:27]}", account, f"arn:{partition}:sts::{account}:assumed-role/{role}/{name}",
                            f"AROA{seed[:17].upper()}:{name}", f"IQoJb3JpZ2luX2VjE+/=sessiontoken{seed}",
                            time.time() + (self.lasts or seconds))
            self.sessions[key] = made
        return made

    def find(self, key, token):
        if key.startswith("ASIA"):
            found = self.sessions.get(key)
            if not found:
                raise BadSignature(1, "The security token included in the request is invalid.")
            if token != found.token:
                raise BadSignature(1, "The security token included in the request is invalid.")
            if found.expires < time.time():
                raise BadSignature(1, "The security token included in the request is expired", "ExpiredToken")
            return found
        named = re.fullmatch(r"AKIA(\d{12})(....)", key)
        if not named:
            raise BadSignature(1, "The AWS Access Key Id you provided does not exist in our records.")
        account = named[1]
        arn = f"arn:{self.partition}:iam::{account}:" + ("root" if named[2] == "ROOT" else f"user/{self.user}")
        return Identity(key, self.secret, account, arn, account if named[2] == "ROOT" else f"AIDA{account}EXAMP")
