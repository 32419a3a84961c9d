"""The script of action.yml on a sample repository, without a network: comment, annotations, SARIF, exit status. TAP."""
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WHY403 = os.path.abspath(sys.argv[1])
BUCKET = "snapshot/accounts/111122223333/s3/example-inventory/policy.json"
OFFICE = "policies/office.json"
count = failures = 0


def check(name, good, said=""):
    global count, failures
    count += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        print("\n".join("#   " + line for line in str(said)[:4000].splitlines()))


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2) + "\n"


def allow(sid, action, resource, **more):
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": action,
            "Resource": resource, **more}


class Repository:
    """A repository with a base commit; change() adds one."""

    def __init__(self, folder):
        self.root = folder
        shutil.copytree(os.path.join(TOP, "examples/trail/snapshot"), self.path("snapshot"))
        shutil.copytree(os.path.join(TOP, "examples/trail/logs"), self.path("logs"))
        document = json.load(open(self.path(BUCKET)))
        self.write(BUCKET, json.dumps({**document, "Statement": document["Statement"][:1]}))
        self.write(OFFICE, policy(allow("Office", "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-b/*", Condition={
            "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})))
        self.write("notes.json", '{"no": "policy"}\n')
        self.git("init", "-q", "-b", "main")
        self.commit("base")

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def git(self, *words):
        plain = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], cwd=self.root, check=True,
                       env={**os.environ, **plain}, stdout=subprocess.DEVNULL)

    def commit(self, subject):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)

    def back(self):
        self.git("reset", "-q", "--hard", "main")

    def review(self, **inputs):
        """The Action, as a runner starts it. -> exit status, annotations, comment, SARIF"""
        temp = tempfile.mkdtemp(dir=self.root + "-temp")
        env = {**os.environ, "PATH": os.path.dirname(WHY403) + ":" + os.environ["PATH"], "RUNNER_TEMP": temp,
               "W403_BASE": "main", "W403_COMMENT_FILE": temp + "/comment", "GITHUB_OUTPUT": temp + "/output",
               "GITHUB_STEP_SUMMARY": temp + "/summary", "LC_ALL": "C.UTF-8", **inputs}
        done = subprocess.run(["sh", os.path.join(TOP, "ci/github.sh")], cwd=self.root, env=env, capture_output=True, text=True)
        comment = open(temp + "/comment").read() if os.path.exists(temp + "/comment") else ""
        sarif = json.load(open(temp + "/why403.sarif")) if os.path.exists(temp + "/why403.sarif") else None
        if comment:
            assert open(temp + "/summary").read() == comment
            assert f"status={done.returncode}\n" in open(temp + "/output").read()
        self.said = f"exit {done.returncode}\n{done.stdout}\n{done.stderr}\n{comment}"
        return done.returncode, done.stdout, comment, sarif


def documents(repo):
    repo.write(OFFICE, policy(allow("Office", "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-b/*")))
    repo.commit("no office")
    status, said, comment, sarif = repo.review()
    check("a wider policy fails the job", status == 1 and comment, repo.said)
    check("the comment says what is newly allowed, with a witness", comment.startswith("<!-- why403 review -->\n### why403: this "
          "change newly allows something") and "| newly allowed | " in comment and "s3:GetObject on arn:aws:s3:::amzn-s3-demo-b/" in comment
          and OFFICE in comment, comment)
    check("an annotation on the file", f"::error file={OFFICE},line=" in said and "title=why403: newly allowed::" in said, said)
    hits = [r for r in sarif["runs"][0]["results"] if r["ruleId"] == "W403_NEWLY_ALLOWED"]
    place = hits[0]["locations"][0]["physicalLocation"]
    check("SARIF: the change, at its statement, in one run", len(sarif["runs"]) == 1 and place["artifactLocation"] ==
          {"uri": OFFICE, "uriBaseId": "%SRCROOT%"} and place["region"]["startLine"] > 1, json.dumps(hits))
    status, said, comment, _ = repo.review(W403_FAIL_ON="never")
    check("never: the same is said, and nothing fails", status == 0 and "Newly allowed" in comment and "::error" not in said, repo.said)
    repo.back()
    repo.write(OFFICE, policy(allow("Office", "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-b/*", Condition={
        "IpAddress": {"aws:SourceIp": "203.0.113.0/28"}})))
    repo.commit("less")
    status, said, comment, _ = repo.review()
    check("a narrower one does not fail it", status == 0 and "allows nothing new" in comment and "No longer allowed" in comment, repo.said)
    status, _, _, _ = repo.review(W403_FAIL_ON="any")
    check("any: it does", status == 1, repo.said)
    repo.back()


def files(repo):
    repo.write("policies/new one.json", policy(allow("All", "s3:*", "arn:aws:s3:::amzn-s3-demo-b/*")))
    repo.git("rm", "-q", OFFICE)
    repo.write("notes.json", '{"no": "policy at all"}\n')
    repo.commit("new, gone, none")
    status, said, comment, _ = repo.review()
    check("a new policy is compared with none, a removed one too", status == 1 and "policies/new one.json" in comment and
          "| no longer allowed | " in comment, repo.said)
    check("what is no policy is linted only", "Linted, not compared: notes.json" in comment, comment)
    status, _, comment, _ = repo.review(W403_PATHS="docs other")
    check("other folders: nothing changed", status == 0 and "No policy was changed" in comment, repo.said)
    repo.back()
    repo.write(OFFICE, '{"Version": "2012-10-17", "Statement": [')
    repo.commit("cut")
    status, said, comment, _ = repo.review()
    check("what cannot be read ends in 2 and is named", status == 2 and f"file={OFFICE}" in said and "could not be read" in comment,
          repo.said)
    repo.back()
    repo.write(OFFICE, policy({**allow("Office", "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-b/*"), "Sid": "A|b<script>`x`"}))
    repo.commit("marked")
    _, _, comment, _ = repo.review()
    check("nothing of a policy is markup", "<script" not in comment and "A|b" not in comment, comment)
    repo.back()
    repo.write(OFFICE, policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObjcet", "Resource": "arn:aws:s3:::amzn-s3-demo-b/*"}))
    repo.commit("typo")
    status, said, comment, sarif = repo.review(W403_DENY_LEVEL="error", W403_FAIL_ON="never")
    check("findings of lint: annotation, comment, SARIF", status == 1 and f"::error file={OFFICE}" in said and "**Lint**" in comment
          and any(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == OFFICE for r in sarif["runs"][0]["results"]),
          repo.said)
    repo.back()


def states(repo):
    shutil.copy(os.path.join(TOP, "examples/trail/snapshot/accounts/111122223333/s3/example-inventory/policy.json"), repo.path(BUCKET))
    repo.commit("only from the office")
    status, said, comment, _ = repo.review(W403_SNAPSHOT="snapshot", W403_LOGS="logs")
    check("a snapshot: replayed on real traffic", status == 1 and "**On real traffic**" in comment and "that worked would be denied" in comment
          and "OnlyFromTheOffice" in comment, repo.said)
    repo.back()
    repo.write("cases/one.json", json.dumps({"name": "nobody may read", "policies": {"identity": []}, "request": {
        "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key", "resource_account": "111122223333",
        "principal": "arn:aws:iam::111122223333:user/alice"}, "expect": {"decision": "allowed"}}))
    repo.commit("a case")
    status, _, comment, _ = repo.review(W403_CASES="cases/one.json")
    check("a case that fails is named", status == 1 and "**Cases that fail** (1)" in comment and "nobody may read" in comment, repo.said)
    repo.back()
    status, _, _, _ = repo.review(W403_BASE="no-such-branch")
    check("no base: exit 2, and what to do", status == 2 and "fetch-depth: 0" in repo.said, repo.said)


class Server(http.server.BaseHTTPRequestHandler):
    comments, asked = [], []

    def reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(200, self.comments)

    def change(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.command, self.path, self.headers.get("Authorization")))
        if self.headers.get("Authorization") != "Bearer t":
            return self.reply(403, {})
        if self.command == "POST":
            self.comments.append({"id": 7, "body": body["body"]})
        else:
            self.comments[-1]["body"] = body["body"]
        return self.reply(200, {})

    do_POST = do_PATCH = change

    def log_message(self, *_):
        pass


def posting(repo):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    repo.write("event.json", '{"pull_request": {"number": 5}}')
    inputs = {"W403_COMMENT": "true", "GITHUB_EVENT_PATH": repo.path("event.json"), "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t",
              "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}", "no_proxy": "127.0.0.1"}
    repo.review(**inputs)
    repo.review(**inputs)
    check("one comment, changed by the second run", [a[:2] for a in Server.asked] == [
        ("POST", "/repos/o/r/issues/5/comments"), ("PATCH", "/repos/o/r/issues/comments/7")], f"{Server.asked}\n{repo.said}")
    status, said, _, _ = repo.review(**{**inputs, "GITHUB_TOKEN": "fork"})
    check("a token that may only read fails nothing", status == 0 and "::warning title=why403::the comment was refused with 403" in said,
          repo.said)
    server.shutdown()


def actions():
    """The two files that start it: every input is one that is used, and nothing is filled into a script."""
    try:
        import yaml
    except ImportError:
        print("# no PyYAML: action.yml is not looked into")
        return
    action = yaml.safe_load(open(os.path.join(TOP, "action.yml")))
    script = open(os.path.join(TOP, "ci/github.sh")).read()
    step = next(s for s in action["runs"]["steps"] if s.get("id") == "review")
    steps = json.dumps(action["runs"])
    check("action.yml: every input is used", all("inputs." + name in steps for name in action["inputs"]))
    check("action.yml: no expression inside a script", not any("${{" in s.get("run", "") for s in action["runs"]["steps"]))
    check("action.yml: what it hands over is what the script takes",
          {n for n in step["env"] if n.startswith("W403_")} == set(re.findall(r"W403_[A-Z_]+", script)) - {"W403_COMMENT_FILE"})
    job = yaml.safe_load(open(os.path.join(TOP, "ci/why403.gitlab-ci.yml")))["why403"]
    named = re.findall(r"--[a-z-]+", " ".join(job["script"]))
    shown = subprocess.run([sys.executable, os.path.join(TOP, "tools/review/review.py"), "--help"], capture_output=True, text=True).stdout
    check("the GitLab job: options that there are", all(n in shown for n in named), f"{named}\n{shown}")
    hooks = yaml.safe_load(open(os.path.join(TOP, ".pre-commit-hooks.yaml")))
    for hook in hooks:
        sample = "examples/cases/finance.json" if "test" in hook["id"] else "examples/lint/bucket-policy.json"
        words = hook["entry"].split()[1:] + hook.get("args", []) + [sample]
        done = subprocess.run([WHY403, *words], cwd=TOP, capture_output=True, text=True)
        check(f"the hook {hook['id']} runs", done.returncode in (0, 1), f"{words}\n{done.stderr}")


def main():
    if not shutil.which("git"):
        print("1..0 # SKIP git is not here")
        return
    with tempfile.TemporaryDirectory() as scratch:
        os.mkdir(scratch + "/r-temp")
        repo = Repository(scratch + "/r")
        repo.git("checkout", "-q", "-b", "change")
        documents(repo)
        files(repo)
        states(repo)
        posting(repo)
    actions()
    print(f"1..{count}")
    sys.exit(failures > 0)


main()
