#!/usr/bin/env python3
"""Credentials as people have them: each source against the loopback server, which of two is taken (as botocore takes it), and what is
wrong with files and endpoints. check_credentials.py PROGRAM ROOT [TEST...]. Who asks is seen by the server: `collect --dry-run` makes
one call, GetCallerIdentity."""
import datetime
import hashlib
import itertools
import json
import os
import pathlib
import subprocess
import sys

import worlds
from program import Program, no_secret
from replay.faults import Faults
from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import Skipped, run, same, skip_all, test

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
# One account a source, so that whose credentials were taken is seen.
ACCOUNTS = {name: f"{number:012d}" for number, name in enumerate(
    ("environment", "assumed", "web", "sso", "credentials", "process", "config", "container", "imds", "source", "named"), 100000000001)}


def key(name):
    return f"AKIA{ACCOUNTS[name]}TEST"


def world():
    files = {"snapshot.json": {"format": 1, "partition": "aws"}}
    for account in ACCOUNTS.values():
        worlds.account(files, account)
    return World(files)


class Machine:
    """A home with files of the user's, and a server for everything."""

    def __init__(self, program, **server):
        self.program = program
        self.home = program.folder()
        (self.home / ".aws").mkdir(parents=True, mode=0o700)
        self.server = Server([world()], verify_with=SECRET, **server)
        self.more = {}

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def write(self, name, text, mode=0o600):
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def config(self, text):
        return self.write(".aws/config", text)

    def credentials(self, text):
        return self.write(".aws/credentials", text)

    def environment(self, **more):
        return {**self.program.environment(None, account=None), "HOME": str(self.home), "AWS_ENDPOINT_URL": self.server.url, **self.more, **more}

    def who(self, *words, **more):
        """The ARN that the server saw."""
        before = len(self.server.log)
        done = self.program.run("collect", self.home / "out", "--dry-run", "--max-attempts", "2", "--timeout", "2s", *words,
                                environment={n: v for n, v in self.environment(**more).items() if v is not None})
        self.done, self.log = done, self.server.log[before:]
        asked = [r for r in self.log if r["operation"] == "sts:GetCallerIdentity" and r["status"] == 200]
        return asked[-1]["arn"] if asked and done.status == 0 else f"exit {done.status}"

    def refused(self, *hints, words=(), **more):
        same(self.who(*words, **more), "exit 2", self.done.said())
        for hint in hints:
            assert hint in self.done.err, f"{hint!r} is not said: {self.done.err}"
        assert not [r for r in self.log if r["operation"] == "sts:GetCallerIdentity" and r["status"] == 200]


def user(name):
    return f"arn:aws:iam::{ACCOUNTS[name]}:user/collector"


def role(name, session=None, of="collector"):
    base = f"arn:aws:sts::{ACCOUNTS[name]}:assumed-role/{of}/"
    return base + session if session else base


def static(name):
    return f"aws_access_key_id = {key(name)}\naws_secret_access_key = {SECRET}\n"


def in_environment(name="environment"):
    return {"AWS_ACCESS_KEY_ID": key(name), "AWS_SECRET_ACCESS_KEY": SECRET}


def cached_token(machine, name, minutes=60, token="sso-access-token", **more):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    return machine.write(f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json", json.dumps({
        "startUrl": "https://example.awsapps.com/start", "region": "us-east-1", "accessToken": token,
        "expiresAt": when.strftime("%Y-%m-%dT%H:%M:%SZ"), **more}))


@test
def environment(program):
    """1: keys of the environment, with a session's token under either name"""
    with Machine(program) as m:
        same(m.who(**in_environment()), user("environment"))
        made = m.server.keys.session("aws", ACCOUNTS["environment"], "collector", "shell")
        for name in ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
            same(m.who(AWS_ACCESS_KEY_ID=made.key, AWS_SECRET_ACCESS_KEY=made.secret, **{name: made.token}), role("environment", "shell"))
        m.refused("AWS_SECRET_ACCESS_KEY", AWS_ACCESS_KEY_ID=key("environment"))


@test
def profiles(program):
    """--profile beats the keys of the environment, AWS_PROFILE does not; both files are read, credentials first"""
    with Machine(program) as m:
        m.config(f"[default]\nregion = us-east-1\n[profile named]\n{static('config')}[profile only config]\n")
        m.credentials(f"[default]\n{static('credentials')}\n[named]\n{static('named')}")
        same(m.who("--profile", "named", **in_environment()), user("named"))
        same(m.who(AWS_PROFILE="named", **in_environment()), user("environment"))
        same(m.who(AWS_PROFILE="named"), user("named"))
        same(m.who(AWS_DEFAULT_PROFILE="named"), user("named"))
        same(m.who(), user("credentials"))
        m.refused("nobody", words=["--profile", "nobody"])
        place = m.write("elsewhere/c", f"[default]\n{static('config')}")
        same(m.who(AWS_SHARED_CREDENTIALS_FILE=place), user("config"))
        same(m.who(AWS_SHARED_CREDENTIALS_FILE="~/elsewhere/c"), user("config"))
        same(m.who(AWS_SHARED_CREDENTIALS_FILE="/nowhere", AWS_CONFIG_FILE=place), user("config"))


@test
def files(program):
    """the files' grammar: quotes, comments, CRLF, a BOM, continued lines, nested settings, odd names"""
    with Machine(program) as m:
        m.config("\ufeff# a comment\r\n[profile \"a b\"]\r\n" + static("config").replace("\n", "\r\n") + "s3 =\r\n  addressing_style = path\r\n"
                 "; another\r\n[ profile  'quo ted' ]\r\nregion:us-east-1\r\n" + static("named").replace("\n", "\r\n") +
                 "[preview]\r\ncloudsearch = true\r\n[profile x]\r\nAWS_ACCESS_KEY_ID=" + key("process") +
                 f"\r\naws_secret_access_key={SECRET}\r\n")
        same(m.who("--profile", "a b"), user("config"))
        same(m.who("--profile", "quo ted"), user("named"))
        same(m.who("--profile", "x"), user("process"))
        m.config("region = x\n[default]\n")
        m.refused("config", "1")
        m.config(f"[default]\n{static('config')}this is nothing\n")
        m.refused("config", "4")
        no_secret(m.done.err, "an error of reading")


@test
def roles(program):
    """2: role_arn with a source: a profile, a chain, the environment, the instance, a container"""
    with Machine(program) as m:
        arn = f"arn:aws:iam::{ACCOUNTS['assumed']}:role/collector"
        m.config(f"[profile base]\n{static('source')}[profile one]\nrole_arn = {arn}\nsource_profile = base\nrole_session_name = me\n"
                 f"[profile two]\nrole_arn = arn:aws:iam::{ACCOUNTS['named']}:role/path/deeper\nsource_profile = one\n"
                 f"[profile self]\nrole_arn = {arn}\nsource_profile = self\n{static('source')}"
                 f"[profile a]\nrole_arn = {arn}\nsource_profile = b\n[profile b]\nrole_arn = {arn}\nsource_profile = a\n"
                 f"[profile lost]\nrole_arn = {arn}\nsource_profile = nowhere\n"
                 f"[profile both]\nrole_arn = {arn}\nsource_profile = base\ncredential_source = Environment\n"
                 f"[profile env]\nrole_arn = {arn}\ncredential_source = Environment\n"
                 f"[profile ec2]\nrole_arn = {arn}\ncredential_source = Ec2InstanceMetadata\n"
                 f"[profile ecs]\nrole_arn = {arn}\ncredential_source = EcsContainer\n"
                 f"[profile odd]\nrole_arn = {arn}\ncredential_source = Somewhere\n")
        same(m.who("--profile", "one"), role("assumed", "me"))
        assert m.who("--profile", "two").startswith(role("named", of="deeper")), m.done.said()
        same([r["key"][:16] for r in m.log if r["operation"] == "sts:AssumeRole"], [f"AKIA{ACCOUNTS['source']}", f"ASIA{ACCOUNTS['assumed']}"])
        assert m.who("--profile", "self").startswith(role("assumed")), m.done.said()
        m.refused("a", "b", words=["--profile", "a"])
        m.refused("nowhere", words=["--profile", "lost"])
        m.refused("source_profile", "credential_source", words=["--profile", "both"])
        m.refused("Somewhere", words=["--profile", "odd"])
        assert m.who("--profile", "env", **in_environment()).startswith(role("assumed")), m.done.said()
        assert m.who("--profile", "ec2", AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT=m.server.url).startswith(
            role("assumed")), m.done.said()
        assert m.who("--profile", "ecs", AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{m.server.url}/v1/credentials").startswith(role("assumed"))


@test
def conditions_of_roles(program):
    """an external id, and a code of MFA once for each source; without a terminal the hint"""
    with Machine(program, external_id="ex-1", mfa_code="123456") as m:
        arn = f"arn:aws:iam::{ACCOUNTS['assumed']}:role/collector"
        m.config(f"[profile base]\n{static('source')}[profile r]\nrole_arn = {arn}\nsource_profile = base\nexternal_id = ex-1\n"
                 f"mfa_serial = arn:aws:iam::{ACCOUNTS['source']}:mfa/me\n")
        assert m.who("--profile", "r", "--mfa-code", "123456").startswith(role("assumed")), m.done.said()
        m.refused("--mfa-code", words=["--profile", "r"])
        m.refused("AccessDenied", words=["--profile", "r", "--mfa-code", "654321"])


@test
def web_identity(program):
    """3: IRSA by the environment and by a profile, unsigned; a token that is none"""
    with Machine(program) as m:
        token = m.write("token", "web-identity-token")
        arn = f"arn:aws:iam::{ACCOUNTS['web']}:role/collector"
        same(m.who(AWS_WEB_IDENTITY_TOKEN_FILE=token, AWS_ROLE_ARN=arn, AWS_ROLE_SESSION_NAME="pod"), role("web", "pod"))
        asked = [r for r in m.log if r["operation"] == "sts:AssumeRoleWithWebIdentity"]
        same([r["authorized"] for r in asked], [False])
        m.config(f"[profile w]\nrole_arn = {arn}\nweb_identity_token_file = {token}\n")
        assert m.who("--profile", "w").startswith(role("web")), m.done.said()
        m.write("token", "another")
        m.refused("InvalidIdentityToken", words=["--profile", "w"])
        assert "another" not in m.done.err
        m.refused("nothing-here", AWS_WEB_IDENTITY_TOKEN_FILE=str(m.home / "nothing-here"), AWS_ROLE_ARN=arn)


@test
def sso(program):
    """4: a cached token of the portal, by session and by start URL; run out, refused, not there: what to type"""
    with Machine(program) as m:
        told = f"sso_account_id = {ACCOUNTS['sso']}\nsso_role_name = Reader\n"
        m.config(f"[profile s]\nsso_session = corp\n{told}[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\n"
                 f"sso_region = us-east-1\n[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = us-east-1\n{told}"
                 f"[profile lost]\nsso_session = nowhere\n{told}")
        cached_token(m, "corp")
        cached_token(m, "https://old.awsapps.com/start")
        for profile in ("s", "old"):
            same(m.who("--profile", profile), role("sso", "me@example.com", "AWSReservedSSO_Reader_0123456789abcdef"), m.done.said())
        same([r["authorized"] for r in m.log if r["operation"] == "sso:GetRoleCredentials"], [False])
        m.refused("nowhere", words=["--profile", "lost"])
        m.more["PATH"] = "/nowhere"  # no `aws` that could do it
        cached_token(m, "corp", minutes=-5)
        m.refused("aws sso login --profile s", words=["--profile", "s"])
        cached_token(m, "corp", token="revoked")
        m.refused("aws sso login --profile s", words=["--profile", "s"])
        assert "revoked" not in m.done.err
        for path in (m.home / ".aws/sso/cache").iterdir():
            path.unlink()
        m.refused("aws sso login --profile s", words=["--profile", "s"])


@test
def processes(program):
    """7: credential_process: words as of a shell, no shell; exit status, nonsense, too old are errors without its output"""
    with Machine(program) as m:
        script = m.write("give it.sh", "#!/bin/sh\nprintf '%s' \"$1\" >\"$HOME/told\"\ncat \"$HOME/answer\"\nexit \"$(cat \"$HOME/status\")\"\n", 0o700)
        m.write("status", "0")
        m.config(f"[default]\ncredential_process = \"{script}\" 'a $HOME b;c'\n")
        good = {"Version": 1, "AccessKeyId": key("process"), "SecretAccessKey": SECRET}
        m.write("answer", json.dumps(good))
        same(m.who(), user("process"), "")
        same((m.home / "told").read_text(), "a $HOME b;c")
        made = m.server.keys.session("aws", ACCOUNTS["process"], "collector", "p")
        m.write("answer", json.dumps({**good, "AccessKeyId": made.key, "SecretAccessKey": made.secret, "SessionToken": made.token,
                                      "Expiration": "2099-01-01T00:00:00Z"}))
        same(m.who(), role("process", "p"))
        for answer, status in ((json.dumps({**good, "Version": 2}), "0"), ("hunter2 is the password", "0"), ("{}", "0"), (json.dumps(good), "7"),
                               ("", "0"), (json.dumps({**good, "Expiration": "2001-01-01T00:00:00Z"}), "0")):
            m.write("answer", answer)
            m.write("status", status)
            m.refused("default")
            assert "hunter2" not in m.done.said() and SECRET not in m.done.said(), m.done.said()
        m.config("[default]\ncredential_process = /nowhere/at/all\n")
        m.refused("/nowhere/at/all")


@test
def exported(program):
    """6, 3.4: what is not native goes through `aws configure export-credentials`; never for a profile that calls it itself"""
    with Machine(program) as m:
        folder = m.home / "bin"
        m.write("bin/aws", "#!/bin/sh\necho \"$@\" >>\"$HOME/asked\"\ncat \"$HOME/answer\"\n", 0o700)
        m.write("answer", json.dumps({"Version": 1, "AccessKeyId": key("sso"), "SecretAccessKey": SECRET}))
        m.config(f"[profile l]\nlogin_session = arn:aws:iam::{ACCOUNTS['sso']}:user/me\n[profile loop]\n"
                 "credential_process = aws configure export-credentials --profile loop\n")
        same(m.who("--profile", "l", PATH=f"{folder}:/usr/bin:/bin"), user("sso"))
        asked = (m.home / "asked").read_text().split()
        same((asked[:2], sorted(asked[2:])), (["configure", "export-credentials"], ["--format", "--profile", "l", "process"]))
        (m.home / "asked").unlink()
        m.refused("aws login", words=["--profile", "l"], PATH="/nowhere")


@test
def container(program):
    """9: ECS and EKS: the token of a variable, of a file; a token with a line feed, another host in clear are refused"""
    with Machine(program, source={"role": f"arn:aws:iam::{ACCOUNTS['container']}:role/collector", "container_token": "let me in"}) as m:
        uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{m.server.url}/v1/credentials"}
        same(m.who(**uri, AWS_CONTAINER_AUTHORIZATION_TOKEN="let me in"), role("container", "task"))
        token = m.write("token", "let me in")
        same(m.who(**uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token, AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong"), role("container", "task"))
        m.refused(**uri, AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong")
        m.write("token", "let me in\r\nx-evil: yes")
        m.refused(**uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token)
        assert not [r for r in m.log if "x-evil" in r["headers"]]
        for host in ("http://evil.example.com/", "http://192.0.2.1/", "http://169.254.169.254/", "http://127.0.0.1.evil.example.com/",
                     "http://127.0.0.1@evil.example.com/", "ftp://127.0.0.1/", "file:///etc/passwd"):
            m.refused(AWS_CONTAINER_CREDENTIALS_FULL_URI=host, AWS_CONTAINER_AUTHORIZATION_TOKEN="let me in")


@test
def instance(program):
    """10: IMDSv2: a token by PUT first; never without one; switched off; sixty-four megabytes of an answer"""
    with Machine(program, source={"role": f"arn:aws:iam::{ACCOUNTS['imds']}:role/collector"}) as m:
        on = {"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": m.server.url}
        same(m.who(**on), role("imds", "i-0123456789abcdef0"))
        asked = [r for r in m.log if r["operation"].startswith("imds:")]
        same((asked[0]["method"], asked[0]["target"]), ("PUT", "/latest/api/token"))
        assert all(r["method"] == "PUT" or "x-aws-ec2-metadata-token" in r["headers"] for r in asked), asked
        m.refused(AWS_EC2_METADATA_SERVICE_ENDPOINT=m.server.url)
        assert not [r for r in m.log if r["operation"].startswith("imds:")]
        for rule in ({"match": "PUT|imds:api", "status": 403, "body": ""}, {"match": "imds:", "repeat": ["x" * 1000, 4_000_000]},
                     {"match": "imds:meta", "body": "a\r\nb"}, {"match": "security-credentials/collector", "body": "{}"},
                     {"match": "security-credentials/collector", "body": '{"Code":"AssumeRoleUnauthorizedAccess"}'},
                     {"match": "imds:api", "body": "a\nb: c"}, {"match": "security-credentials/$", "body": "../../../api/token"}):
            m.server.faults = Faults([rule])
            m.refused(**on)


@test
def renewed(program):
    """credentials that run out while it works are renewed, once, and the run is whole"""
    with Machine(program, lasts=2, source={"role": f"arn:aws:iam::{ACCOUNTS['imds']}:role/collector"},
                 faults=Faults([{"match": "s3:ListBuckets", "delay": 2.5, "times": 1}])) as m:
        done = program.run("collect", m.home / "snap", environment={n: v for n, v in m.environment(
            AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT=m.server.url).items() if v is not None})
        same(done.status, 0, done.said())


@test
def nothing(program):
    """none at all: what was looked at, a line each, in order"""
    with Machine(program) as m:
        m.refused("AWS_ACCESS_KEY_ID", ".aws/config", ".aws/credentials", "AWS_CONTAINER_CREDENTIALS", "AWS_EC2_METADATA_DISABLED")


@test
def hostile_files(program):
    """files that are a pipe, of two hundred megabytes, that others may write, that name each other"""
    with Machine(program) as m:
        m.more["PATH"] = "/nowhere"
        told = f"sso_account_id = {ACCOUNTS['sso']}\nsso_role_name = Reader\n"
        m.config(f"[default]\nsso_session = corp\n{told}[sso-session corp]\nsso_start_url = https://e.awsapps.com/start\nsso_region = us-east-1\n")
        path = pathlib.Path(cached_token(m, "corp"))
        path.chmod(0o666)
        m.refused(path.name)
        path.unlink()
        os.mkfifo(path)
        m.refused()
        path.unlink()
        path.symlink_to("/etc/passwd")
        m.refused()
        path.unlink()
        path.write_text("[" * 100000)
        path.chmod(0o600)
        m.refused()
        os.mkfifo(m.home / "pipe")
        m.refused(AWS_CONFIG_FILE=str(m.home / "pipe"))
        with open(m.home / "huge", "wb") as file:
            file.truncate(200 << 20)
        m.refused("huge", AWS_CONFIG_FILE=str(m.home / "huge"))
        m.refused(AWS_SHARED_CREDENTIALS_FILE="/dev/zero", AWS_CONFIG_FILE="/nowhere")
        m.config("".join(f"[profile p{n}]\nrole_arn = arn:aws:iam::{ACCOUNTS['assumed']}:role/collector\nsource_profile = p{n + 1}\n"
                         for n in range(10000)))
        m.refused(words=["--profile", "p0"])


class Oracle:
    """botocore, of build/venv: which key it takes in an environment."""

    CODE = ("import json, os, sys, botocore.session\n"
            "for line in sys.stdin:\n"
            "    os.environ.clear()\n"
            "    os.environ.update(json.loads(line))\n"
            "    try:\n"
            "        c = botocore.session.Session().get_credentials()\n"
            "        print(c.get_frozen_credentials().access_key if c else '-', flush=True)\n"
            "    except Exception as e:\n"
            "        print('error:', type(e).__name__, flush=True)\n")

    def __init__(self):
        for root in (pathlib.Path.cwd(), pathlib.Path(__file__).resolve().parents[2]):
            if (root / "build/venv/botocore.installed").exists():
                self.process = subprocess.Popen([root / "build/venv/bin/python", "-c", self.CODE], stdin=subprocess.PIPE,
                                                stdout=subprocess.PIPE, text=True)
                return
        raise Skipped("no botocore (tools/venv.sh build/venv botocore)")

    def key(self, environment):
        self.process.stdin.write(json.dumps(environment) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@test
def precedence(program):
    """of any two sources that one whom botocore takes is taken"""
    arn = f"arn:aws:iam::{ACCOUNTS['assumed']}:role/collector"
    web = f"arn:aws:iam::{ACCOUNTS['web']}:role/collector"
    sources = {"environment": lambda m: m.more.update(in_environment()),
               "assumed": lambda m: f"role_arn = {arn}\nsource_profile = base\n",
               "web": lambda m: m.more.update(AWS_WEB_IDENTITY_TOKEN_FILE=m.write("token", "web-identity-token"), AWS_ROLE_ARN=web),
               "sso": lambda m: f"sso_session = corp\nsso_account_id = {ACCOUNTS['sso']}\nsso_role_name = Reader\n",
               "credentials": lambda m: m.credentials(f"[default]\n{static('credentials')}") and None,
               "process": lambda m: f"credential_process = /bin/cat {m.write('p', json.dumps({'Version': 1, 'AccessKeyId': key('process'), 'SecretAccessKey': SECRET}))}\n",
               "config": lambda m: static("config"),
               "container": lambda m: m.more.update(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{m.server.url}/v1/credentials"),
               "imds": lambda m: m.more.update(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=m.server.url)}
    wrong, oracle = [], Oracle()
    for pair in itertools.combinations(sources, 2):
        if set(pair) == {"container", "imds"}:
            role_of = "container"
        else:
            role_of = "imds" if "imds" in pair else "container"
        with Machine(program, source={"role": f"arn:aws:iam::{ACCOUNTS[role_of]}:role/collector"}) as m:
            text = "".join(made for name in pair if (made := sources[name](m)))
            m.config(f"[default]\nregion = us-east-1\n{text}[profile base]\n{static('source')}[sso-session corp]\n"
                     "sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n")
            cached_token(m, "corp")
            arn_seen = m.who()
            theirs = oracle.key({n: v for n, v in m.environment().items() if v is not None})
            if (theirs[4:16] if theirs[:4] in ("AKIA", "ASIA") else "-") not in arn_seen:
                wrong.append(f"{pair}: {arn_seen}, botocore {theirs} {m.done.err[-300:]}")
    oracle.close()
    assert not wrong, "\n".join(wrong)


if __name__ == "__main__":
    try:
        Server([world()]).listener.server_close()
        sys.exit(run(Program(sys.argv[1]), only=sys.argv[3:]))
    except NoModels as error:
        skip_all(error)
