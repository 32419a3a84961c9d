"""What fuzzing found and what comes near it, through every way in: an answer, or an Error with its words and its place."""
import json
import os
import pathlib
import random

import pytest

import why403

ROOT = pathlib.Path(os.environ["WHY403_SOURCE"])
CORPUS = sorted(p for p in (ROOT / "tests/fuzz/corpus").rglob("*") if p.is_file())
REQUEST = {"operation": "GetObject", "resource": "arn:aws:s3:::b/k", "principal": "arn:aws:iam::111122223333:user/a", "from": "203.0.113.9"}
PLACE = "accounts/111122223333/s3/b/policy.json"
EVIDENCE = ("error", "event", "log_line", "command", "curl", "session_events", "caller_identity", "configure_list")
empty = why403.World.empty()


def spoiled(data, seed):
    """Cut, turned, doubled: the same each time."""
    rng = random.Random(seed)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        data = rng.choice([data[:at], data[:at] + bytes([rng.randrange(256)]) + data[at + 1:], data[:at] + data[at:at + 40] * 3 + data[at:],
                           data[:at] + rng.choice([b"\0", b'"', b"{", b"[", b"\\u", b"\xff", b"1e999"]) + data[at:]])
    return data


def ask(question, world=empty):
    try:
        return world.ask(question)
    except why403.Error as error:
        assert error.message and "gave no answer" not in error.message
        return error


def tried(data):
    text = data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode("utf-8")
    for member in EVIDENCE:
        ask({"ask": "evidence", "evidence": {member: text}})
    for kind in ("identity", "resource", "scp", "trust"):
        policies = {"identity": [text], "scp": [[text]]}.get(kind, text)
        ask({"ask": "explain", "request": REQUEST, "policies": {kind: policies}})
    for command in ("lint", "logs", "sweep", "test"):
        ask({"ask": command, "files": {"f": text}, **({"as": REQUEST["principal"]} if command == "sweep" else {})})
    ask({"ask": "explain", "request": REQUEST, "snapshot": {PLACE: text}})
    for parse in (why403.World.parse, empty.decide_lines):
        try:
            parse(data)
        except why403.Error as error:
            assert error.message
    try:
        world_text, status, error = empty._ask(data)
    except UnicodeError:
        return
    assert (world_text is None) == (error is not None) and status in (0, 1, 2, 3)


@pytest.mark.parametrize("folder", sorted({p.parent.name for p in CORPUS}))
def test_the_corpus(folder):
    for n, path in enumerate(p for p in CORPUS if p.parent.name == folder):
        data = path.read_bytes()[:20000]
        tried(data)
        tried(spoiled(data, f"{folder}{n}"))


def test_what_is_wrong_has_its_place():
    for text, line in (('{"ask":"explain",\n"request": tru}', 2), ('{"ask":"decide",\n\n"request":{"operation":}}', 3), ("[1,\n2", 2), ("{", 1)):
        _, _, error = empty._ask(text.encode())
        assert error is not None and error[2] == "question" and error[3] == line, error
    with pytest.raises(why403.InputError) as caught:
        empty.explain(REQUEST, policies={"resource": '{"Version":"2012-10-17",\n"Statement":[}'})
    assert (caught.value.source, caught.value.line) == ("policies.resource", 2)
    with pytest.raises(why403.QuestionError) as caught:
        empty.ask({"ask": "explain", "reqest": {}})
    assert caught.value.hint == "did you mean `request`?" and caught.value.column > 0


def test_things_that_are_no_json():
    for bad in ({"ask": "explain", "request": {1, 2}}, {"ask": object()}):
        with pytest.raises(TypeError):
            empty.ask(bad)
    deep = json.loads("[" * 500 + "]" * 500)
    assert isinstance(ask({"ask": "explain", "request": deep}), why403.Error)
    assert isinstance(ask({"ask": "explain", "request": {**REQUEST, "resource": "\ud800"}}), (why403.Error, why403.Answer))
    assert isinstance(ask({"ask": "lint", "files": {"f": {"base64": "!!"}}}), why403.Error)
    assert why403.lint({"a": 9})["answers"] == []
