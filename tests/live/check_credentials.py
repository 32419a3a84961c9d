#!/usr/bin/env python3
"""Every source of credentials against a server on loopback: who is the caller, in which order, what is refused and how.

check_credentials.py CREDENTIALS_OF [TEST...]. No answer, error or note may hold a secret of the configuration.
"""
import contextlib
import datetime
import hashlib
import http.server
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tls_proxy import Authority, Proxy
from tap import run, same, skip_all, test

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
ACCOUNTS = ("111122223333", "444455556666")
KEY = f"AKIA{ACCOUNTS[0]}TEST"
ROLE = f"arn:aws:iam::{ACCOUNTS[0]}:role/"


class Machine:
    """A home directory, an environment and a server."""

    def __init__(self, program, server, home):
        self.program, self.server, self.home = program, server, pathlib.Path(home)
        (self.home / ".aws/sso/cache").mkdir(parents=True)

    def file(self, name, text, mode=0o600):
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def environment(self, **more):
        base = {"HOME": str(self.home), "PATH": f"{self.home}/bin:/usr/bin:/bin", "AWS_ENDPOINT_URL": self.server.url,
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1"}
        base.update(more)
        kept = {n: v for n, v in os.environ.items() if n.endswith("SAN_OPTIONS")}
        return {**kept, **{n: v for n, v in base.items() if v is not None}}

    def ask(self, *options, **more):
        done = subprocess.run([self.program, *options], env=self.environment(**more), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
        assert done.returncode in (0, 2), f"exit status {done.returncode}: {done.stderr}"
        said = json.loads(done.stdout)
        told = json.dumps({n: v for n, v in said.items() if n in ("error", "hint", "notes", "source")}) + done.stderr
        for secret in (SECRET, "sessionsecret", "sessiontoken", "sso-access-token", "web-identity-token"):
            assert secret not in told, f"a secret is told: {told}"
        return said

    def is_role(self, said, role, account=ACCOUNTS[0]):
        assert "id" in said, said
        caller = self.server.keys.sessions[said["id"]]
        same((caller.arn.split("/")[1], caller.account), (role, account))
        same((said["secret"], said["token"], said["expires"]), (caller.secret, caller.token, int(caller.expires)))
        return caller


@contextlib.contextmanager
def machine(program, config="", credentials="", **options):
    worlds = [World({f"accounts/{a}/account.json": {}, "snapshot.json": {"format": 1}}) for a in ACCOUNTS]
    with tempfile.TemporaryDirectory() as home, Server(worlds, **{"verify_with": SECRET, **options}) as server:
        m = Machine(program, server, home)
        m.file(".aws/config", config)
        m.file(".aws/credentials", credentials)
        yield m


KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
STATIC = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"


def wrong(said, *parts):
    """An error that says all of it."""
    assert "error" in said, said
    for part in parts:
        assert part in said["error"] + " | " + said["hint"] + " | " + said["notes"], f"{part!r} is not in {said}"
    return said


@test
def environment(program):
    """1: the environment; --profile beats it, AWS_PROFILE does not"""
    with machine(program, credentials=f"[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = x\n") as m:
        said = m.ask(**KEYS)
        same((said["id"], said["secret"], said.get("token", ""), said["expires"], said["origin"]),
             (KEY, SECRET, "", None, "AWS_ACCESS_KEY_ID in the environment, key AKIA...TEST"))
        same(m.ask(**KEYS, AWS_SESSION_TOKEN="t")["token"], "t")
        same(m.ask(**KEYS, AWS_SESSION_TOKEN="t", AWS_SECURITY_TOKEN="old")["token"], "old")
        same(m.ask("--profile", "dev", **KEYS)["id"], "AKIADEV")
        same(m.ask(**KEYS, AWS_PROFILE="dev")["id"], KEY)
        same(m.ask(AWS_PROFILE="dev")["id"], "AKIADEV")
        same(m.ask(AWS_DEFAULT_PROFILE="dev")["id"], "AKIADEV")
        wrong(m.ask(AWS_ACCESS_KEY_ID=KEY), "AWS_SECRET_ACCESS_KEY is not")
        wrong(m.ask(**KEYS, AWS_CREDENTIAL_EXPIRATION="2020-01-01T00:00:00Z"), "expired", "2020-01-01")
        same(m.ask(**KEYS, AWS_CREDENTIAL_EXPIRATION="2099-01-01T00:00:00+00:00")["expires"], 4070908800)
        wrong(m.ask(AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY="two\nlines"), "secret access key is none")
        wrong(m.ask("--profile", "none"), "there is no profile `none` (--profile)")
        wrong(m.ask(**KEYS, AWS_PROFILE="none"), "there is no profile `none` (AWS_PROFILE)")
        same("id" in m.ask("--no-sign-request"), False)


@test
def roles(program):
    """2: roles of profiles: source_profile, chains, credential_source, external id, session name, duration"""
    config = (f"[profile base]\n{STATIC}[profile a]\nrole_arn = {ROLE}a\nsource_profile = base\nrole_session_name = me\n"
              f"external_id = x-1\nduration_seconds = 900\n"
              f"[profile b]\nrole_arn = {ROLE}b\nsource_profile = a\nexternal_id = x-1\n"
              f"[profile c]\nrole_arn = {ROLE}c\ncredential_source = Environment\nexternal_id = x-1\n"
              f"[profile self]\nrole_arn = {ROLE}self\nsource_profile = self\nexternal_id = x-1\n{STATIC}"
              f"[profile no]\nrole_arn = {ROLE}no\nsource_profile = base\n")
    with machine(program, config, external_id="x-1") as m:
        caller = m.is_role(m.ask("--profile", "a"), "a")
        assert caller.arn.endswith("/me"), caller.arn
        assert 600 < caller.expires - m.server.now() <= 900, caller.expires
        caller = m.is_role(m.ask("--profile", "b"), "b")
        assert len(m.server.asked("sts:AssumeRole")) == 3, m.server.log
        name = caller.arn.rsplit("/", 1)[1]
        assert len(name) == 15 and name.startswith("why403-") and int(name[7:], 16) >= 0, name
        m.is_role(m.ask("--profile", "c", **KEYS), "c")
        m.is_role(m.ask("--profile", "self"), "self")
        wrong(m.ask("--profile", "no"), "profile `no`: sts:AssumeRole for", "is refused: AccessDenied: User: ")
        wrong(m.ask("--profile", "c"), "takes its credentials from Environment, which has none")


@test
def role_errors(program):
    """2: circles, missing profiles and settings that exclude each other are errors with their place"""
    config = (f"[profile a]\nrole_arn = {ROLE}a\nsource_profile = b\n[profile b]\nrole_arn = {ROLE}b\nsource_profile = c\n"
              f"[profile c]\nrole_arn = {ROLE}c\nsource_profile = a\n[profile self]\nrole_arn = {ROLE}s\nsource_profile = self\n"
              f"[profile gone]\nrole_arn = {ROLE}s\nsource_profile = nobody\n"
              f"[profile both]\nrole_arn = {ROLE}s\nsource_profile = a\ncredential_source = Environment\n"
              f"[profile neither]\nrole_arn = {ROLE}s\n[profile odd]\nrole_arn = {ROLE}s\ncredential_source = Moon\n"
              f"[profile empty]\nregion = x\n[profile poor]\nrole_arn = {ROLE}s\nsource_profile = empty\n"
              f"[profile long]\nrole_arn = {ROLE}s\nsource_profile = empty\nduration_seconds = forever\n"
              f"[profile half]\naws_access_key_id = {KEY}\n" +
              "".join(f"[profile deep{i}]\nrole_arn = {ROLE}s\nsource_profile = deep{i + 1}\n" for i in range(40)))
    with machine(program, config) as m:
        said = wrong(m.ask("--profile", "a"), "profiles take their credentials from each other: `a` -> `b` -> `c` -> `a`")
        same((said["source"], said["line"]), ("~/.aws/config", 9))
        wrong(m.ask("--profile", "self"), "from each other: `self` -> `self`")
        same(wrong(m.ask("--profile", "gone"), "from `nobody`, and there is no such profile")["line"], 15)
        same(wrong(m.ask("--profile", "both"), "both source_profile and credential_source")["line"], 19)
        wrong(m.ask("--profile", "neither"), "neither source_profile nor credential_source")
        wrong(m.ask("--profile", "odd"), "`Moon` is no credential_source")
        wrong(m.ask("--profile", "poor"), "from `empty`, which has none")
        wrong(m.ask("--profile", "long"), "`forever` is no number of seconds")
        wrong(m.ask("--profile", "half"), "and no secret access key")
        wrong(m.ask("--profile", "deep0"), "the chain of profiles is too long")
        same(m.server.log, [])


@test
def web_identity(program):
    """3: web identity, of the environment (IRSA) and of a profile; the token's file is read anew"""
    with machine(program, f"[profile w]\nrole_arn = {ROLE}w\nweb_identity_token_file = TOKEN\nrole_session_name = pod\n"
                          f"[profile bad]\nweb_identity_token_file = TOKEN\n") as m:
        token = m.file("token", "web-identity-token\n")
        m.file(".aws/config", (m.home / ".aws/config").read_text().replace("TOKEN", str(token)))
        irsa = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": ROLE + "irsa"}
        m.is_role(m.ask(**irsa), "irsa")
        assert m.is_role(m.ask(**irsa, AWS_ROLE_SESSION_NAME="named"), "irsa").arn.endswith("/named")
        assert m.is_role(m.ask("--profile", "w", **irsa), "w").arn.endswith("/pod")
        same(m.ask(**irsa, **KEYS)["id"], KEY)
        wrong(m.ask("--profile", "bad"), "and no role for it")
        wrong(m.ask(AWS_WEB_IDENTITY_TOKEN_FILE="/nonexistent", AWS_ROLE_ARN=ROLE + "irsa"), "cannot open `/nonexistent`")
        m.file("token", "two words")
        wrong(m.ask(**irsa), "holds no token")
        m.file("token", "expired")
        wrong(m.ask(**irsa), "sts:AssumeRoleWithWebIdentity", "InvalidIdentityToken")


def cached(name, token="sso-access-token", hours=1, **more):
    """A file of ~/.aws/sso/cache, as the aws command writes it."""
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return (f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json",
            json.dumps({"accessToken": token, "expiresAt": until.strftime("%Y-%m-%dT%H:%M:%SZ"), **more}))


SSO = (f"[profile s]\nsso_session = corp\nsso_account_id = {ACCOUNTS[1]}\nsso_role_name = Admin\n"
       "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n"
       f"[profile old]\nsso_start_url = https://old.example\nsso_region = us-east-1\nsso_account_id = {ACCOUNTS[0]}\nsso_role_name = View\n"
       f"[profile gone]\nsso_session = none\nsso_account_id = {ACCOUNTS[0]}\nsso_role_name = View\n"
       f"[profile less]\nsso_account_id = {ACCOUNTS[0]}\nsso_role_name = View\nsso_region = us-east-1\n")


@test
def sso(program):
    """4: SSO by session and by start URL; a token that is not there, old, refused or anybody's is said"""
    with machine(program, SSO) as m:
        path = m.file(*cached("corp"))
        m.file(*cached("https://old.example"))
        m.is_role(m.ask("--profile", "s"), "AWSReservedSSO_Admin_0123456789abcdef", ACCOUNTS[1])
        m.is_role(m.ask("--profile", "old"), "AWSReservedSSO_View_0123456789abcdef")
        wrong(m.ask("--profile", "gone"), "the sso-session `none`, and there is none")
        wrong(m.ask("--profile", "less"), "has no sso_start_url")
        m.file(*cached("corp", hours=-1))
        wrong(m.ask("--profile", "s"), "there is no SSO token: it has expired", "aws sso login --profile s")
        m.file(*cached("corp", token="another"))
        wrong(m.ask("--profile", "s"), "there is no SSO token: it is refused")
        path.write_text("{\"accessToken\": \"sso-access-token\"", encoding="utf-8")
        wrong(m.ask("--profile", "s"), "cannot be read")
        m.file(*cached("corp"), mode=0o666)
        wrong(m.ask("--profile", "s"), "everyone may write into")
        path.unlink()
        wrong(m.ask("--profile", "s"), "there is no SSO token: nobody has signed in")
        os.mkfifo(path)
        wrong(m.ask("--profile", "s"), "nobody has signed in")


AWS = """#!/bin/sh
[ "$1 $2 $3 $4 $5" = "configure export-credentials --format process --profile" ] || exit 252
case $6 in
s|login) echo '{"Version": 1, "AccessKeyId": "ASIAEXPORT", "SecretAccessKey": "x", "SessionToken": "y", "Expiration": "2099-01-01T00:00:00+00:00"}' ;;
*) exit 253 ;;
esac
"""


@test
def export(program):
    """3.4: what only the aws command can get is had from it: `aws login`, an SSO token that it can refresh"""
    config = SSO + "[profile login]\nlogin_session = arn:aws:iam::111122223333:user/a\n[profile other]\nlogin_session = x\n"
    with machine(program, config) as m:
        wrong(m.ask("--profile", "login", PATH=f"{m.home}/bin"), "cannot run `aws`", "aws login --profile login")
        m.file("bin/aws", AWS, 0o755)
        said = m.ask("--profile", "login")
        same((said["id"], said["token"], said["expires"]), ("ASIAEXPORT", "y", 4070908800))
        m.file(*cached("corp", hours=-1))
        same(m.ask("--profile", "s")["id"], "ASIAEXPORT")
        wrong(m.ask("--profile", "old"), "nobody has signed in", "aws sso login --profile old")
        wrong(m.ask("--profile", "other"), "`aws configure export-credentials` ended with exit status 253")


@test
def files(program):
    """5 and 8: static keys; the credentials file beats credential_process, which beats the configuration file"""
    both = "[profile p]\naws_access_key_id = CONFIG\naws_secret_access_key = c\n"
    with machine(program, both, "[p]\naws_access_key_id = CREDENTIALS\naws_secret_access_key = d\naws_session_token = t\n") as m:
        said = m.ask("--profile", "p")
        same((said["id"], said["secret"], said["token"], said["origin"]), ("CREDENTIALS", "d", "t", "profile `p`"))
    with machine(program, both) as m:
        same(m.ask("--profile", "p")["id"], "CONFIG")
        said = m.ask("--profile", "p", AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="~/.aws/config")
        wrong(said, "there is no profile `p`")
        m.file("other", "[p]\naws_access_key_id = OTHER\naws_secret_access_key = d\n")
        same(m.ask("--profile", "p", AWS_SHARED_CREDENTIALS_FILE="$HOME/other")["id"], "OTHER")
        m.file("printed", '{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "s"}')
        m.file(".aws/config", both + f"credential_process = cat '{m.home}/printed'\n")
        same(m.ask("--profile", "p")["id"], "PROCESS")
        m.file(".aws/credentials", "[p]\naws_access_key_id = CREDENTIALS\naws_secret_access_key = d\n")
        same(m.ask("--profile", "p")["id"], "CREDENTIALS")
        m.file(".aws/credentials", f"[p]\naws_access_key_id = {KEY}\naws_secret_access_key {SECRET.replace('=', '')}\n")
        said = wrong(m.ask("--profile", "p"), "neither a section nor a setting")
        same((said["source"], said["line"], said["column"]), ("~/.aws/credentials", 3, 1))


@test
def process(program):
    """7: credential_process: words without a shell, exit status, what it prints; nothing of that is repeated"""
    with machine(program) as m:
        def told(command, *options):
            m.file(".aws/config", f"[default]\ncredential_process = {command}\n")
            return m.ask(*options)
        printer = m.file("bin/print me", "#!/bin/sh\nprintf '%s' \"$1\"; [ -z \"$2\" ] || exit \"$2\"\n", 0o755)
        good = '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "$HOME `id` \\\\u002f", "SessionToken": null}'.replace(" `id` ", "")
        said = told(f"\"{printer}\" '{good}'")
        same((said["id"], said["secret"], said["expires"]), ("A", "$HOME\\u002f", None))
        same(told(f"'print me' '{good}'")["id"], "A")
        wrong(told(f"'print me' '{SECRET}' 3"), "credential_process ended with exit status 3")
        wrong(told(f"'print me' '{SECRET}'"), "the answer is no JSON")
        wrong(told("'print me' '{\"Version\": 2, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\"}'"), "no `Version` of 1")
        wrong(told("'print me' '{\"Version\": 1, \"AccessKeyId\": \"A\"}'"), "no AccessKeyId or no SecretAccessKey")
        wrong(told("'print me' '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\", \"Expiration\": \"soon\"}'"), "is no time")
        wrong(told("'print me' '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"s\", \"Expiration\": \"2020-01-01T00:00:00Z\"}'"),
              "have expired")
        said = wrong(told("'not closed"), "credential_process is no command", "not closed")
        same((said["source"], said["line"]), ("~/.aws/config", 2))
        wrong(told("/nonexistent/program"), "cannot run `/nonexistent/program`")
        wrong(told("head -c 400000 /dev/zero"), "prints more than 256 KiB")
        wrong(told("/usr/bin/aws configure export-credentials"), "asks the aws command for this very profile")
        wrong(told("aws configure export-credentials --profile=default --format process"), "asks the aws command for this very profile")
        wrong(told("sh -c 'kill -9 $$'"), "exit status 137")
        wrong(told("sh -c 'cat; exit 4'"), "exit status 4")  # nothing stands on its standard input


@test
def container(program):
    """9: containers: which hosts are asked, which token is sent"""
    with machine(program, source={"container_token": "pod-token"}) as m:
        here = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": m.server.url + "/v1/credentials"}
        token = m.file("pod", "pod-token")
        m.is_role(m.ask(**here, AWS_CONTAINER_AUTHORIZATION_TOKEN="pod-token"), "collector")
        m.is_role(m.ask(**here, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token), AWS_CONTAINER_AUTHORIZATION_TOKEN="no"), "collector")
        wrong(m.ask(**here), "the answer is HTTP 401")
        wrong(m.ask(**here, AWS_CONTAINER_AUTHORIZATION_TOKEN="a\r\nX-Evil: b"), "a line end or a control character")
        m.file("pod", "pod-token\n")
        wrong(m.ask(**here, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token)), "a line end or a control character")
        for host in ("http://evil.example/x", "http://169.254.169.254/x", "http://127.0.0.1.evil.example/", "http://10.0.0.1/",
                     "http://localhost@evil.example/"):
            said = m.ask(AWS_CONTAINER_CREDENTIALS_FULL_URI=host)
            assert "plain http" in said["error"] or "is no address" in said["error"], said
        wrong(m.ask(AWS_CONTAINER_CREDENTIALS_FULL_URI="file:///etc/passwd"), "is no address")
        wrong(m.ask(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="@evil.example/"), "is no address")
        config = f"[default]\nrole_arn = {ROLE}task\ncredential_source = EcsContainer\n"
        m.file(".aws/config", config)
        m.is_role(m.ask(**here, AWS_CONTAINER_AUTHORIZATION_TOKEN="pod-token"), "task")


@test
def metadata(program):
    """10: EC2 metadata, version 2 alone; the instance's region; no proxy is asked"""
    with machine(program) as m:
        here = {"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": m.server.url + "/"}
        said = m.ask(**here, http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1")
        m.is_role(said, "collector")
        said = m.ask(**here, AWS_REGION=None)
        same(said["region"], "eu-central-1")
        m.file(".aws/config", f"[default]\nrole_arn = {ROLE}ec2\ncredential_source = Ec2InstanceMetadata\n"
                              f"ec2_metadata_service_endpoint = {m.server.url}\n")
        m.is_role(m.ask(AWS_EC2_METADATA_DISABLED=None), "ec2")
        m.file(".aws/config", "")
        said = wrong(m.ask(AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:9"),
                     "no credentials for AWS were found", "`127.0.0.1:9` does not answer")
        same([line.split(":")[1].strip() for line in said["notes"].splitlines()][1:],
             ["environment", "profile `default`", "web identity", "container", "`127.0.0.1"])
        wrong(m.ask(AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT="http://evil.example"),
              "`evil.example` is not asked in plain http")


@test
def nothing(program):
    """nothing: each place that was looked at, and why it has none, in order"""
    with machine(program, "[default]\nregion = eu-west-1\n") as m:
        said = wrong(m.ask(), "no credentials for AWS were found", "--profile NAME")
        same(said["notes"].splitlines()[1:], [
            "note: environment: AWS_ACCESS_KEY_ID is not set",
            "note: profile `default`: no role_arn, web_identity_token_file, sso_account_id, aws_access_key_id, login_session or "
            "credential_process",
            "note: web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
            "note: container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
            "note: EC2 instance metadata: AWS_EC2_METADATA_DISABLED is true"])


@test
def mfa(program):
    """3.5: a code from --mfa-code, once; without one and without a terminal an error that says so"""
    config = (f"[profile base]\n{STATIC}[profile m]\nrole_arn = {ROLE}m\nsource_profile = base\n"
              f"mfa_serial = arn:aws:iam::{ACCOUNTS[0]}:mfa/me\n")
    with machine(program, config, mfa_code="123456") as m:
        m.is_role(m.ask("--profile", "m", "--mfa-code", "123456"), "m")
        wrong(m.ask("--profile", "m", "--mfa-code", "654321"), "MultiFactorAuthentication failed")
        wrong(m.ask("--profile", "m", "--mfa-code", "12345"), "an MFA code has 6 digits")
        without = shutil.which("setsid")
        if without:
            m.program = without
            done = subprocess.run([without, "-w", program, "--profile", "m"], env=m.environment(), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, text=True, check=False)
            wrong(json.loads(done.stdout), "there is no terminal to ask on", "--mfa-code")


def on_terminal(m, typed, *options):
    """What is printed there, typed text answered with."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(m.program, [m.program, *options], m.environment())
    printed = b""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 4096):
            printed += piece
            if typed and b"MFA code for" in printed and printed.endswith(b": "):
                time.sleep(0.1)  # until the echo is off
                os.write(terminal, typed)
                typed = b""
    os.close(terminal)
    os.waitpid(child, 0)
    return printed.decode()


@test
def mfa_asked(program):
    """3.5: a code that is asked on the terminal, without echo; Ctrl-C ends it"""
    config = (f"[profile base]\n{STATIC}[profile m]\nrole_arn = {ROLE}m\nsource_profile = base\n"
              f"mfa_serial = arn:aws:iam::{ACCOUNTS[0]}:mfa/me\n")
    with machine(program, config, mfa_code="123456") as m:
        printed = on_terminal(m, b"1299\x7f\x7f3456\n", "--profile", "m")
        assert f"MFA code for arn:aws:iam::{ACCOUNTS[0]}:mfa/me: \r\n" in printed, printed
        m.is_role(json.loads(printed[printed.index("{"):]), "m")
        assert "123456" not in printed, printed
        printed = on_terminal(m, b"12\x03", "--profile", "m")
        wrong(json.loads(printed[printed.index("{"):]), "no MFA code of")


@test
def accounts(program):
    """accounts that are entered by a role: by name, path and ARN; who is refused; renewal"""
    with machine(program, external_id="x-1", roles="audit") as m:
        given = ("--account", ACCOUNTS[1], "--external-id", "x-1")
        caller = m.is_role(m.ask(*given, "--role", "audit", **KEYS), "audit", ACCOUNTS[1])
        assert caller.arn.rsplit("/", 1)[1].startswith("why403-"), caller.arn
        m.is_role(m.ask(*given, "--role", "path/to/audit", "--role-session-name", "n", **KEYS), "audit", ACCOUNTS[1])
        m.is_role(m.ask(*given, "--role", ROLE + "audit", **KEYS), "audit", ACCOUNTS[1])
        same(m.ask(*given, "--role", "other", **KEYS)["refused"], "AccessDenied")
        same(m.ask("--account", ACCOUNTS[1], "--role", "audit", **KEYS)["refused"], "AccessDenied")
        same(m.ask("--account", ACCOUNTS[1], **KEYS)["id"], KEY)
        wrong(m.ask("--account", "1234", "--role", "audit", **KEYS), "`1234` is no account")
        caller = m.is_role(m.ask(*given, "--role", "audit", **KEYS, AWS_REGION="cn-north-1"), "audit", ACCOUNTS[1])
        assert caller.arn.startswith("arn:aws-cn:"), caller.arn
        said = m.ask(*given, "--role", "audit", "--again-after", "1", **KEYS)
        m.is_role(said["again"], "audit", ACCOUNTS[1])
        assert said["again"]["id"] != said["id"]


@test
def renewal(program):
    """keys that run out are had anew, a chain's from its beginning"""
    config = f"[profile base]\n{STATIC}[profile a]\nrole_arn = {ROLE}a\nsource_profile = base\n[profile b]\nrole_arn = {ROLE}b\nsource_profile = a\n"
    with machine(program, config, lasts=100) as m:
        said = m.ask("--profile", "b", "--again-after", "1")
        m.is_role(said, "b")
        m.is_role(said["again"], "b")
        assert said["again"]["id"] != said["id"]


@test
def clock(program):
    """a clock that is an hour off: found, told, and signed for"""
    config = f"[profile base]\n{STATIC}[profile a]\nrole_arn = {ROLE}a\nsource_profile = base\n"
    with machine(program, config, clock=7200.0, lasts=14400) as m:
        said = m.ask("--profile", "a")
        assert re.search("the clock of this machine is (7199|7200) seconds behind: requests are signed", said["notes"]), said
        same("id" in said, True)


@test
def overrides(program):
    """addresses in place of AWS's are told; plain http to another machine is refused"""
    with machine(program) as m:
        same(m.ask(**KEYS)["notes"], f"note: every service goes to {m.server.url} (AWS_ENDPOINT_URL in the environment)\n")
        wrong(m.ask(**KEYS, AWS_ENDPOINT_URL="http://other.example"), "plain http to another machine", "--allow-http")
        same("id" in m.ask("--allow-http", **KEYS, AWS_ENDPOINT_URL="http://other.example"), True)
        wrong(m.ask("--ca-bundle", "/nonexistent", **KEYS), "the certificates to trust cannot be read", "--ca-bundle")
        wrong(m.ask(**KEYS, AWS_CA_BUNDLE="/nonexistent"), "AWS_CA_BUNDLE")
        said = m.ask(**KEYS, AWS_REGION=None)
        assert "no region is configured: us-east-1 is taken" in said["notes"], said


@test
def secure(program):
    """real host names by way of a proxy and TLS; a certificate with anything wrong is refused, and so is none of the bundle"""
    config = f"[profile base]\n{STATIC}[profile a]\nrole_arn = {ROLE}a\nsource_profile = base\n[profile b]\nrole_arn = {ROLE}b\n" \
             f"source_profile = base\nca_bundle = ~/ca/ca.pem\n" + SSO
    with machine(program, config) as m:
        ca = Authority(m.home / "ca")
        with Proxy(m.server.port, ca) as proxy:
            far = {"AWS_ENDPOINT_URL": None, "HTTPS_PROXY": proxy.url, "AWS_CA_BUNDLE": proxy.bundle, "AWS_REGION": "eu-west-1"}
            m.file(*cached("corp"))
            m.is_role(m.ask("--profile", "a", **far), "a")
            m.is_role(m.ask("--profile", "s", **far), "AWSReservedSSO_Admin_0123456789abcdef", ACCOUNTS[1])
            same(proxy.hosts(), ["portal.sso.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com"])
            assert not any("uthorization" in head or "AKIA" in head or "bearer" in head for head in proxy.heads), proxy.heads
            m.is_role(m.ask("--profile", "b", **{**far, "AWS_CA_BUNDLE": None}), "b")
            m.is_role(m.ask("--profile", "a", "--ca-bundle", proxy.bundle, **{**far, "AWS_CA_BUNDLE": "/dev/null"}), "a")
            before = len(m.server.log)
            wrong(m.ask("--profile", "a", **{**far, "AWS_CA_BUNDLE": None}), "`sts.eu-west-1.amazonaws.com` does not answer", "certificate")
            same(len(m.server.log), before)
        for trouble in ("wrong-host", "expired", "not-yet", "self-signed"):
            with Proxy(m.server.port, ca, troubles={"sts": trouble}) as proxy:
                wrong(m.ask("--profile", "a", **{**far, "HTTPS_PROXY": proxy.url}), "`sts.eu-west-1.amazonaws.com` does not answer", "ertificate")
        same(len(m.server.log), before)
        m.is_role(m.ask("--profile", "a", http_proxy="http://127.0.0.1:1", all_proxy="http://127.0.0.1:1"), "a")


@test
def forgotten(program):
    """when a session is closed its secrets are nowhere in the process's memory, the libraries' included"""
    config = (f"[profile base]\n{STATIC}[profile a]\nrole_arn = {ROLE}a\nsource_profile = base\n"
              f"[profile b]\nrole_arn = {ROLE}b\nsource_profile = a\n") + SSO
    with machine(program, config) as m:
        m.file(*cached("corp"))
        m.file("printed", '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "sessionsecret\\/x", "SessionToken": "sessiontoken"}')
        m.file(".aws/config", config + f"[profile p]\ncredential_process = cat '{m.home}/printed'\n")
        here = {"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": m.server.url}
        for name, said in (("role", m.ask("--profile", "b", "--scan")), ("sso", m.ask("--profile", "s", "--scan")),
                           ("process", m.ask("--profile", "p", "--scan")), ("metadata", m.ask("--scan", **here)),
                           ("account", m.ask("--scan", "--role", "x", "--account", ACCOUNTS[1], "--profile", "b"))):
            assert said["held"] > 0, (name, said)
            same(said["left"], 0, name)
        with Proxy(m.server.port, Authority(m.home / "ca")) as proxy:
            said = m.ask("--profile", "b", "--scan", AWS_ENDPOINT_URL=None, HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle)
            same(said["left"], 0, "TLS")


@test
def debugging(program):
    """--debug-sign tells the canonical request and no secret"""
    config = f"[profile base]\n{STATIC}[profile a]\nrole_arn = {ROLE}a\nsource_profile = base\n[profile b]\nrole_arn = {ROLE}b\nsource_profile = a\n"
    with machine(program, config) as m:
        said = m.ask("--profile", "b", "--debug-sign")
        assert "canonical request:\nPOST\n/\n" in said["notes"] and "x-amz-security-token:<token>" in said["notes"], said


@test
def hostile(program):
    """a file that is too large, a portal or agent that answers with anything else: errors, nothing leaks, nothing hangs"""
    with machine(program, "[default]\nregion = x\n") as m:
        with open(m.home / ".aws/config", "a", encoding="utf-8") as f:
            f.truncate(200 << 20)
        wrong(m.ask(**KEYS), "is larger than 1024 KiB")
        m.file(".aws/config", "\xff\xfe")
        (m.home / ".aws/config").write_bytes(b"[default]\nx = \xff\n")
        said = wrong(m.ask(**KEYS), "this is no UTF-8 text")
        same((said["line"], said["column"]), (2, 5))
    for body in (b"", b"<html>", b"{", b'{"AccessKeyId": "A"}', b'["a"]', b'{"AccessKeyId": "A\\n", "SecretAccessKey": "s"}',
                 b'{"AccessKeyId": 1, "SecretAccessKey": {}}', b"[" * 100000, b'{"Code": "Failed"}', b"\x00" * 500000):
        with raw_server(body) as url, machine(program) as m:
            said = m.ask(AWS_CONTAINER_CREDENTIALS_FULL_URI=url)
            assert "error" in said, (body[:40], said)


@contextlib.contextmanager
def raw_server(body):
    """Answers everything with these bytes."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # pylint: disable=invalid-name
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_):  # pylint: disable=arguments-differ
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


if __name__ == "__main__":
    try:
        with Server([World({"snapshot.json": {"format": 1}, f"accounts/{ACCOUNTS[0]}/account.json": {}})]):
            pass
    except NoModels as missing:
        skip_all(missing)
    sys.exit(run(sys.argv[1], only=sys.argv[2:]))
