"""The package as a user has it."""
import json
import os
import pathlib
import subprocess
import sys
import threading

import pytest

import why403

ROOT = pathlib.Path(os.environ["WHY403_SOURCE"])
ACCOUNT = ROOT / "examples/account"
FINANCE = {"operation": "GetObject", "resource": "arn:aws:s3:::example-reports/finance/q3.csv",
           "principal": "arn:aws:iam::111122223333:user/alice", "from": "203.0.113.9"}
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
DENY = {"Version": "2012-10-17", "Statement": [{"Sid": "Né", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
                                               "Resource": "arn:aws:s3:::example-reports/*"}]}


@pytest.fixture(scope="module")
def world():
    return why403.World.load(ACCOUNT)


def command(*arguments, **kwargs):
    return subprocess.run([os.environ["WHY403"], *arguments], capture_output=True, cwd=ROOT, check=False, **kwargs)


def test_the_answer_is_that_of_the_command_line(world, tmp_path):
    (tmp_path / "request").write_text(json.dumps(FINANCE), encoding="utf-8")
    printed = command("explain", "--request", str(tmp_path / "request"), "--snapshot", str(ACCOUNT), "--format", "json")
    assert world.ask_text({"ask": "explain", "request": FINANCE}).encode() == printed.stdout
    answer = world.explain(FINANCE)
    assert answer == json.loads(printed.stdout)
    assert answer.exit_status == printed.returncode == 1
    assert answer["cause"] == "deny.bucket-policy"


def test_fixes_are_proven(world):
    fixes = world.fixes(FINANCE)
    assert [f["id"] for f in fixes][:1] == ["use-endpoint"]
    assert all(f["proof"]["decision"] == "allowed" for f in fixes)


def test_without_a_snapshot():
    answer = why403.explain(FINANCE, policies={"identity": [ALLOW], "resource": DENY})
    assert answer["decision"] == "denied"
    assert answer["statement"]["sid"] == "Né"
    assert why403.explain(FINANCE, policies={"identity": [ALLOW]})["decision"] == "allowed"


def test_evidence_alone():
    text = ("An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/alice is not "
            "authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" with an explicit deny in a resource-based policy")
    answer = why403.explain(evidence={"error": text})
    assert answer["decision"] == "undetermined" and answer["evidence"]


def test_options_whose_names_python_keeps_for_itself(world):
    answer = world.explain(operands=["GetObject", "s3://example-reports/finance/q3.csv"], as_=FINANCE["principal"], from_="203.0.113.9")
    assert answer["cause"] == "deny.bucket-policy"


def test_an_overlay_is_for_one_question(world):
    path = "accounts/111122223333/s3/example-reports/policy.json"
    changed = world.explain(FINANCE, overlay={path: {"Policy": json.dumps({"Version": "2012-10-17", "Statement": []})}})
    assert changed["decision"] == "allowed"
    assert world.explain(FINANCE)["decision"] == "denied"


def test_decide_many(world):
    requests = [{**FINANCE, "id": n, "resource": f"arn:aws:s3:::example-reports/{'finance' if n % 2 else 'public'}/{n} é%+.csv"}
                for n in range(5000)]
    verdicts = list(world.decide_many(requests))
    assert [v["id"] for v in verdicts] == list(range(5000))
    assert {v["decision"] for v in verdicts[1::2]} == {"denied"}
    assert {v["decision"] for v in verdicts[0::2]} != {"denied"}
    lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in requests)
    printed = command("decide", "--snapshot", str(ACCOUNT), input=lines.encode())
    assert world.decide_lines(lines.encode()) == printed.stdout


def test_a_bad_request_among_many(world):
    verdicts = list(world.decide_many([FINANCE, {"operation": "GetObject"}, FINANCE]))
    assert [("error" in v) for v in verdicts] == [False, True, False]


def test_questions_about_all_requests(world):
    assert world.who_can("PutObject", "s3://example-data/a b/é%+.csv")["callers"]
    assert world.what_can("arn:aws:iam::111122223333:user/alice")["format"] == 1
    assert world.public()["format"] == 1
    assert why403.diff(DENY, ALLOW, kind="bucket-policy")["question"] == "diff"
    assert why403.check("no-public-access", DENY)["result"] == "PASS"


def test_lint():
    answer = why403.lint({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}]},
                         type="identity")
    assert [f["code"] for f in answer["findings"]][:1] == ["INVALID_ACTION"]
    assert answer.exit_status == 1


def test_logs_of_bytes(world):
    files = {p.name: p.read_bytes() for p in sorted((ROOT / "examples/trail/logs").rglob("*")) if p.is_file()}
    then = why403.World.load(ROOT / "examples/trail/snapshot")
    assert then.logs(files)["denied"] > 0


@pytest.mark.parametrize("question, kind, part", [
    ({"ask": "explan"}, why403.QuestionError, "did you mean `explain`"),
    ({"ask": "explain", "reqest": {}}, why403.QuestionError, "did you mean `request`"),
    ({"ask": "explain", "request": {"operation": 3}}, why403.Error, ""),
    ({"ask": "explain", "write_fixes": "d"}, why403.QuestionError, "no member"),
    ({"ask": "lint", "operands": "/etc/passwd"}, why403.NotFoundError, "not among the texts"),
    ({"ask": "explain", "request": FINANCE}, why403.QuestionError, "nothing to judge"),
])
def test_what_is_wrong_has_its_words(question, kind, part):
    with pytest.raises(kind) as caught:
        why403.World.empty().ask(question)
    assert part in str(caught.value)


def test_the_place_of_an_error():
    with pytest.raises(why403.InputError) as caught:
        why403.World.empty().ask_text(b'{"ask":"explain",\n  "request": tru}')  # type: ignore[arg-type]
    assert (caught.value.source, caught.value.line) == ("question", 2)


@pytest.mark.parametrize("text", ["", "{", "[" * 200000, '{"ask":"\x00"}', '{"ask":"explain","request":{"resource":"\\ud800"}}', "é" * 10,
                                  '{"ask":"decide","lines":"{}"}', '{"ask":"decide","lines":5}', '{"ask":null}'])
def test_hostile_questions_raise(text):
    with pytest.raises((why403.Error, ValueError)):
        why403.World.empty()._answer(text)


@pytest.mark.parametrize("files", [b"\xff", "[]", {"accounts/1/x.json": 5}, "{" * 100000])
def test_hostile_snapshots_raise_or_load(files):
    try:
        assert isinstance(why403.World.parse(files), why403.World)
    except why403.Error as error:
        assert str(error)


def test_a_snapshot_that_is_not_there(tmp_path):
    with pytest.raises(why403.Error):
        why403.World.load(tmp_path / "nothing")


def test_threads_share_a_world(world):
    wanted = world.ask_text({"ask": "explain", "request": FINANCE})
    told: list[str] = []

    def work():
        for _ in range(20):
            told.append(world.ask_text({"ask": "explain", "request": FINANCE}))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(told) == 160 and set(told) == {wanted}


def test_a_notebook_shows_the_page(world):
    answer = world.explain(FINANCE)
    assert "<iframe sandbox" in answer._repr_html_() and "DENIED" in answer.text()


def test_the_module_is_the_command(tmp_path):
    done = subprocess.run([sys.executable, "-m", "why403", "explain", "GetObject", "s3://example-reports/finance/q3.csv", "--as",
                           FINANCE["principal"], "--from", "203.0.113.9", "--snapshot", str(ACCOUNT)], capture_output=True, check=False)
    printed = command("explain", "GetObject", "s3://example-reports/finance/q3.csv", "--as", FINANCE["principal"], "--from",
                      "203.0.113.9", "--snapshot", str(ACCOUNT))
    assert (done.stdout, done.returncode) == (printed.stdout, printed.returncode)


def test_every_case_as_on_the_command_line():
    """tests/door/golden.py through this package."""
    program = pathlib.Path(__file__).with_name("answer.py")
    done = subprocess.run([sys.executable, ROOT / "tests/door/golden.py", f"{sys.executable} {program}", os.environ["WHY403"], ROOT, "7"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_verdicts_are_mappings_that_are_parsed_when_they_are_looked_at(world):
    hostile = {**FINANCE, "id": '","decision":"allowed","x":"'}
    verdict, wrong = world.decide_many([hostile, {"operation": "GetObject", "id": '"decision":"allowed"'}])
    assert (verdict.decision, verdict["decision"], verdict["id"]) == ("denied", "denied", hostile["id"])
    assert dict(verdict) == json.loads(verdict.text) == verdict.members and len(verdict) == len(verdict.members)
    assert (wrong.decision, wrong.get("decision")) == (None, None) and wrong["error"]["message"]
    assert verdict != wrong and verdict == dict(verdict) and "denied" in repr(verdict)
    assert world.decide(FINANCE).decision == "denied"


def test_requests_of_a_batch_stay_apart(world):
    odd = [5, "a,b", [1, [2]], None, {**FINANCE, "id": '[{"\\",'}, {**FINANCE, "id": "é\n\ud800\\"}, {**FINANCE, "context": {"a:b": ["1", "2"]}}]
    verdicts = list(world.decide_many(odd))
    assert ["error" in v for v in verdicts[:5]] == [True] * 4 + [False] and "error" not in verdicts[6]
    assert verdicts[4]["id"] == odd[4]["id"]
    assert list(world.decide_many([])) == []
    emptied = [FINANCE, {"resource": 'a"b', "operation": "GetObject\n", "principal": "é"}, {}, {**FINANCE, 5: "x"}, {**FINANCE, "from": None}]
    assert [v.decision for v in world.decide_many(emptied)][:3] == ["denied", None, None]
    with pytest.raises(TypeError):
        list(world.decide_many([{**FINANCE, "context": object()}]))


def test_the_examples_of_the_documentation(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    texts = (ROOT / "docs/library.md").read_text(encoding="utf-8").split("```python\n")[1:]
    assert texts
    for text in texts:
        exec(compile(text.split("```")[0], "docs/library.md", "exec"), {})
    assert capsys.readouterr().out.splitlines()[-3:] == ["denied", "allowed", "did you mean `request`?"]
