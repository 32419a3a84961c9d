#!/usr/bin/env python3
"""Random configurations: botocore, which is what the aws command uses, and this program must be the same caller, or both refuse.

credentials_oracle.py CREDENTIALS_OF [N [SEED [--aws]]]. In the virtual environment (in_venv.py); skipped without botocore. --aws:
the aws command itself is asked, about what it can have without a server: Debian's knows no AWS_ENDPOINT_URL.
"""
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import skip_all

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
PROFILES = ["default", "a", "b", "c d", "e"]
NAMES = {"default": "default", "c d": "profile 'c d'"}


def key(rng):
    return f"AKIA{ACCOUNT}{rng.randrange(10000):04d}"


def static(rng):
    lines = {"aws_access_key_id": key(rng), "aws_secret_access_key": SECRET}
    if rng.random() < 0.2:
        lines["aws_session_token"] = "t"
    if rng.random() < 0.05:
        del lines[rng.choice(list(lines))]
    return lines


LOCAL = ("process", "config", "credentials")


def profile(rng, home, parts):
    """(settings of the configuration file, of the credentials file)."""
    config, credentials = {}, {}
    for chance, part in ((0.35, "role"), (0.15, "web"), (0.2, "sso"), (0.2, "process"), (0.3, "config"), (0.35, "credentials")):
        if rng.random() > chance or (parts and part not in parts):
            continue
        if part == "role":
            config["role_arn"] = ROLE + rng.choice(["r1", "r2", "refused"])
            if rng.random() < 0.8:
                config["source_profile"] = rng.choice(PROFILES + ["nobody"])
            if rng.random() < 0.3:
                config["credential_source"] = rng.choice(["Environment", "EcsContainer", "Ec2InstanceMetadata", "environment"])
            if rng.random() < 0.3:
                config["role_session_name"] = "named"
        elif part == "web":
            config["web_identity_token_file"] = str(home / rng.choice(["token", "token", "none"]))
            if rng.random() < 0.5:
                config["role_arn"] = ROLE + "web"
        elif part == "sso":
            if rng.random() < 0.5:
                config["sso_session"] = rng.choice(["corp", "corp", "other"])
            else:
                config.update({"sso_start_url": "https://start.example", "sso_region": "us-east-1"})
            config.update({"sso_account_id": ACCOUNT, "sso_role_name": "Sso"})
        elif part == "process":
            config["credential_process"] = f"'{home}/printer' \"{key(rng)}\""
        elif part == "config":
            config.update(static(rng))
        else:
            credentials.update(static(rng))
    return config, credentials


def written(rng, sections):
    """The text of a file, in one of the ways that people write them."""
    out = []
    for name, settings in sections:
        if rng.random() < 0.3:
            out.append(rng.choice(["# a comment", "; another", "", "   "]))
        out.append(f"[{name}]")
        rows = list(settings.items())
        rng.shuffle(rows)
        for setting, value in rows:
            mark = rng.choice([" = ", "=", " : ", "= ", " ="])
            out.append((setting.upper() if rng.random() < 0.1 else setting) + mark + value + rng.choice(["", "", "  "]))
            if rng.random() < 0.1:
                out.append(rng.choice(["", "  # indented", "# a comment = x"]))
    return rng.choice(["\n", "\n", "\r\n"]).join(out) + "\n"


def world(rng, home, server, parts=()):
    """Writes the files; the environment and the --profile of one question."""
    config, credentials = [], []
    for name in PROFILES:
        if rng.random() < 0.85:
            ours, theirs = profile(rng, home, parts)
            config.append((NAMES.get(name, f"profile {name}"), ours))
            if theirs:
                credentials.append((name, theirs))
    config.append(("sso-session corp", {"sso_region": "us-east-1", "sso_start_url": "https://start.example"}))
    (home / ".aws/config").write_text(written(rng, config), encoding="utf-8")
    (home / ".aws/credentials").write_text(written(rng, credentials), encoding="utf-8")
    env = {"AWS_EC2_METADATA_DISABLED": "true"}
    if rng.random() < 0.2:
        env.update({"AWS_ACCESS_KEY_ID": key(rng), "AWS_SECRET_ACCESS_KEY": SECRET})
        if rng.random() < 0.3:
            env["AWS_SESSION_TOKEN"] = "e"
    if rng.random() < 0.1 and not parts:
        env.update({"AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"), "AWS_ROLE_ARN": ROLE + "irsa"})
    if rng.random() < 0.3:
        env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url + "/v1/credentials"
    if rng.random() < 0.3:
        env["AWS_PROFILE"] = rng.choice(PROFILES)
    if rng.random() < 0.2 and not parts:
        env.update({"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url})
    return env, rng.choice(PROFILES) if rng.random() < 0.6 else None


def caller(server, found, token):
    """What two callers have in common if they are the same one: the key, or the role and the name of its session."""
    session = server.keys.sessions.get(found)
    if session is None:
        return found, token or ""
    name = session.arn.rsplit("/", 1)[1]
    ours = name.startswith(("why403-", "botocore-session-"))
    return session.arn.rsplit("/", 1)[0], "ours" if ours else name


def of_botocore(server, env, named):
    import botocore.session
    kept = dict(os.environ)
    os.environ.clear()
    os.environ.update(env)
    try:
        found = botocore.session.Session(profile=named).get_credentials()
        if found is None:
            return "none", ""
        found = found.get_frozen_credentials()
        return caller(server, found.access_key, found.token)
    except Exception as error:  # pylint: disable=broad-except
        return "error", f"{type(error).__name__}: {error}"
    finally:
        os.environ.clear()
        os.environ.update(kept)


def of_aws(server, env, named):
    done = subprocess.run(["aws", "configure", "export-credentials", "--format", "process", *(["--profile", named] if named else [])],
                          env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return ("none", "") if "no credentials found" in done.stderr else ("error", done.stderr)
    said = json.loads(done.stdout)
    return caller(server, said["AccessKeyId"], said.get("SessionToken"))


def of_us(program, server, env, named):
    done = subprocess.run([program, *(["--profile", named] if named else [])], env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, timeout=60)
    said = json.loads(done.stdout)
    if "error" in said:
        return ("none", "") if said["error"].startswith("no credentials for AWS") else ("error", said["error"])
    return caller(server, said["id"], said.get("token"))


def main():
    program, count, seed = sys.argv[1], *(int(sys.argv[i]) if len(sys.argv) > i else d for i, d in ((2, 150), (3, 1)))
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as made, Server([World({f"accounts/{ACCOUNT}/account.json": {}})], verify_with=SECRET,
                                                      roles="(?!refused).*") as server:
        home = pathlib.Path(made)
        os.environ["HOME"] = made  # botocore asks for it as it is imported
        try:
            import botocore.session  # noqa: F401  pylint: disable=unused-import
        except ImportError:
            if "--aws" not in sys.argv:
                skip_all("no botocore")
        parts, other = (LOCAL, of_aws) if "--aws" in sys.argv else ((), of_botocore)
        (home / ".aws/sso/cache").mkdir(parents=True)
        for name in ("corp", "https://start.example"):
            path = home / f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json"
            path.write_text(json.dumps({"accessToken": "sso-access-token", "expiresAt": "2099-01-01T00:00:00Z"}), encoding="utf-8")
        (home / "token").write_text("web-identity-token", encoding="utf-8")
        (home / "printer").write_text("#!/bin/sh\necho \"{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"$1\\\", "
                                      "\\\"SecretAccessKey\\\": \\\"s\\\"}\"\n", encoding="utf-8")
        (home / "printer").chmod(0o755)
        print("1..1")
        wrong, kinds = [], {}
        for number in range(count):
            env, named = world(rng, home, server, parts)
            env = {"HOME": made, "PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL": server.url, "AWS_DEFAULT_REGION": "us-east-1",
                   "AWS_MAX_ATTEMPTS": "1", **env}
            theirs, ours = other(server, env, named), of_us(program, server, env, named)
            kinds[theirs[0].split("/")[-1][:12]] = kinds.get(theirs[0].split("/")[-1][:12], 0) + 1
            # botocore looks for a bearer token as it makes the client of STS, whose call needs none: not a word on credentials
            bearer = theirs[0] == "error" and "SSO token provider" in theirs[1]
            if theirs != ours and not theirs[0] == ours[0] == "error" and not bearer:
                wrong.append((number, named, {n: v for n, v in env.items() if n not in ("HOME", "PATH", "AWS_ENDPOINT_URL")}, theirs, ours))
                if len(wrong) == 1:
                    files = (home / ".aws/config").read_text() + "---\n" + (home / ".aws/credentials").read_text()
        print(f"{'not ok' if wrong else 'ok'} 1 - {count} configurations, seed {seed}: the same caller as {'aws' if parts else 'botocore'}")
        print(f"# {len({k for k in kinds})} kinds of callers; errors of both: {kinds.get('error', 0)}, none: {kinds.get('none', 0)}")
        for number, named, env, theirs, ours in wrong[:5]:
            print(f"# {number}: --profile {named} {env}\n#   botocore: {theirs}\n#   we:       {ours}")
        for line in files.splitlines() if wrong else []:
            print(f"#   {line}")
        return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoModels as missing:
        skip_all(missing)
