"""Worlds and the questions that can be asked of them."""

from __future__ import annotations

import json
import os
from itertools import islice
from typing import Any, Dict, Iterable, Iterator, Mapping, Optional, Sequence, Union, cast

from . import _why403
from ._errors import error_of
from ._tables import rows_of
from ._types import Document, Evidence, Policies, Request, Verdict

__all__ = ["Answer", "Swept", "World"]

_BATCH = 512  # requests that go through the door at once: what lies in a near cache


class Answer(Dict[str, Any]):
    """What ``why403 ... --format json`` prints, as a dict; a notebook shows the page instead.

    ``exit_status`` is that of the command: 0 allowed or fine, 1 denied or found, 2 in part unreadable, 3 undetermined.
    """

    def __init__(self, members: Mapping[str, Any], exit_status: int, world: "World", question: Mapping[str, Any]) -> None:
        super().__init__(members)
        self.exit_status = exit_status
        self._world = world
        self._question = dict(question)

    def _as(self, form: str) -> str:
        return self._world.ask_text({**self._question, "format": form})

    def text(self) -> str:
        """The answer for a terminal, without colours."""
        return self._as("text")

    def html(self) -> str:
        """One self-contained page, where the command has one (explain, logs, replay, lint and the questions of all requests)."""
        return self._as("html")

    def _repr_html_(self) -> Optional[str]:
        import html

        try:
            page = self.html()
        except ValueError:
            return None  # this command has no page
        return f'<iframe sandbox srcdoc="{html.escape(page)}" style="width:100%;height:32em;border:0"></iframe>'


class World(_why403.World):
    """A snapshot, loaded once; never changed. Any number of threads may ask at the same time.

    ``World.load(path)`` takes a snapshot folder or file, ``World.parse(files)`` its single-file form as a dict or text, ``World.empty()``
    is one without a snapshot, for questions that bring their policies.
    """

    @classmethod
    def load(cls, path: Union[str, "os.PathLike[str]"]) -> "World":
        """Raises Error when there is no snapshot, or none of it can be read. What is wrong with single files stands in ``warnings``
        of every answer."""
        return _taken(cls._load(os.fspath(path)))

    @classmethod
    def parse(cls, files: Union[Mapping[str, Any], str, bytes]) -> "World":
        return _taken(cls._parse(_bytes(files)))

    @classmethod
    def empty(cls) -> "World":
        return _taken(cls._parse(b""))

    # ---- any question ----

    def ask(self, question: Mapping[str, Any]) -> Answer:
        """One question, as docs/library.md describes it; the other methods are names for the commonest ones."""
        text, status = self._answer(question)
        return Answer(_members(text), status, self, question)

    def ask_text(self, question: Mapping[str, Any]) -> str:
        """The answer as the command prints it: JSON, or the form that the question's ``format`` names."""
        text, _ = self._answer(question)
        if question.get("format", "json") != "json" and text.startswith(b'{"format":1,"text":'):
            return cast(str, json.loads(text)["text"])
        return text.decode("utf-8", "replace")

    def _answer(self, question: Mapping[str, Any]) -> tuple[bytes, int]:
        text, status, error = self._ask(_bytes(question))
        if text is None:
            raise error_of(error)
        return text, status

    def _question(self, ask: str, members: Mapping[str, Any], options: Mapping[str, Any]) -> Answer:
        question = {"ask": ask}
        question.update((k, v) for k, v in members.items() if v is not None)
        question.update((k.rstrip("_"), v) for k, v in options.items() if v is not None)
        return self.ask(question)

    # ---- one request ----

    def explain(self, request: Optional[Request] = None, *, policies: Optional[Policies] = None,
                evidence: Optional[Evidence] = None, overlay: Optional[Mapping[str, Any]] = None, **options: Any) -> Answer:
        """Decides one request and says why, with fixes. ``options`` are those of ``why403 explain`` (``from_`` for ``from``, ``as_`` for
        ``as``)."""
        return self._question("explain", {"request": request, "policies": policies, "evidence": evidence, "overlay": overlay}, options)

    def fixes(self, request: Optional[Request] = None, **options: Any) -> Sequence[Mapping[str, Any]]:
        """The changes that would allow it, each decided again."""
        return cast(Sequence[Mapping[str, Any]], self.explain(request, **options)["fixes"])

    def decide(self, request: Request, *, policies: Optional[Policies] = None, full: bool = False) -> Verdict:
        """The verdict alone."""
        text, _ = self._answer({"ask": "decide", "request": request, **_decide_options(policies, full)})
        return Verdict(text.rstrip())

    def decide_many(self, requests: Iterable[Request], *, policies: Optional[Policies] = None, full: bool = False) -> Iterator[Verdict]:
        """Verdicts in order, lazily; a request that is none is answered in its place by one with ``error``. The interpreter's lock
        is free while the engine works."""
        question = _bytes({"ask": "decide", **_decide_options(policies, full)})
        encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode  # in ASCII
        source = iter(requests)
        while batch := list(islice(source, _BATCH)):
            verdicts, error = self._decide(question, batch, encode, Verdict)
            if verdicts is None:
                raise error_of(error)
            yield from verdicts

    def decide_lines(self, lines: bytes, question: bytes = b'{"ask":"decide"}') -> bytes:
        """``why403 decide`` on bytes: requests as NDJSON in, verdicts as NDJSON out, nothing parsed on the way."""
        text, _, error = self._ask_lines(question, lines)
        if text is None:
            raise error_of(error)
        return text

    # ---- all requests ----

    def who_can(self, action: str, resource: str, **options: Any) -> Answer:
        """Every caller that can do it, and when."""
        return self._question("who-can", {"operands": [action, resource]}, options)

    def what_can(self, principal: str, action: Optional[str] = None, **options: Any) -> Answer:
        """Everything that a caller can do."""
        return self._question("what-can", {"operands": [principal] + ([action] if action else [])}, options)

    def public(self, bucket: Optional[str] = None, **options: Any) -> Answer:
        """Is a bucket public, and by what; without one: every bucket."""
        return self._question("public", {"operands": [bucket] if bucket else [], "all": None if bucket else True}, options)

    # ---- reports and logs ----

    def logs(self, files: Mapping[str, Union[str, bytes]], **options: Any) -> Answer:
        """Every denial of logs by root cause; ``files`` maps names to contents (gzip or plain)."""
        return self._question("logs", {"files": _files(files)}, options)

    def replay(self, files: Mapping[str, Union[str, bytes]], policy: Mapping[str, Document], **options: Any) -> Answer:
        """What would change for the requests of these logs if the documents ``policy`` (by place) stood."""
        return self._question("replay", {"files": _files(files), "policy": policy}, options)

    def logs_table(self, table: Any, *, columns: Optional[Mapping[str, str]] = None, name: str = "table", **options: Any) -> Answer:
        """``logs`` on records that lie in columns: exports of Athena, CloudTrail Lake and Amazon Security Lake in Parquet or ORC.

        ``table`` is whatever gives an Arrow stream. Its columns are those of AWS's own tables of CloudTrail events (structs as they are, or
        ``useridentity.arn`` and the like), of OCSF, or of access logs; ``columns`` says what one is that has another name:
        ``{"who": "useridentity.arn"}``. Choose columns and rows beforehand: what is given is held in memory as text.
        """
        return self._question("logs", {"files": {name: rows_of(table, columns).decode("ascii")}}, options)

    def replay_table(self, table: Any, policy: Mapping[str, Document], *, columns: Optional[Mapping[str, str]] = None, name: str = "table",
                     **options: Any) -> Answer:
        """``replay`` on records that lie in columns, as ``logs_table`` takes them."""
        return self._question("replay", {"files": {name: rows_of(table, columns).decode("ascii")}, "policy": policy}, options)

    def sweep(self, files: Mapping[str, Union[str, bytes]], **options: Any) -> Answer:
        """Which objects of CSV inventories cannot be reached; needs ``as_``."""
        return self._question("sweep", {"files": _files(files)}, options)

    def sweep_table(self, table: Any, **options: Any) -> "Swept":
        """``why403 sweep`` on rows that lie in columns: Parquet and ORC inventories, tables of S3 Metadata.

        ``table`` is whatever gives an Arrow stream (``__arrow_c_stream__``: a table or reader of pyarrow, a frame of Polars, a relation of
        DuckDB) with the columns ``bucket`` and ``key`` and what else S3 Inventory writes. The answer gives one: row for row ``decision``,
        ``cause``, ``action`` and ``problem``; batch by batch, so any number of rows. Needs ``as_``; ``operation`` is GetObject by default.
        """
        question = _bytes({"ask": "sweep", **{k.rstrip("_"): v for k, v in options.items() if v is not None}})
        capsule, error = self._sweep_arrow(question, table.__arrow_c_stream__())
        if capsule is None:
            raise error_of(error)
        return Swept(capsule)

    def inventory(self, bucket: str, configuration: Optional[str] = None, **options: Any) -> Answer:
        """Why reports of S3 Inventory do not come."""
        return self._question("inventory", {"operands": [bucket] + ([configuration] if configuration else [])}, options)

    def runbook(self, name: str, parameters: Mapping[str, Any], **options: Any) -> Answer:
        """One of AWS's runbooks."""
        return self._question("runbook", {"operands": [name], "parameters": parameters}, options)


class Swept:
    """Answers of a sweep as an Arrow stream, to be read once: ``pyarrow.RecordBatchReader.from_stream(swept)``, ``polars.from_arrow``,
    ``duckdb.from_arrow``; ``arrow()`` is the first of these, ``table()`` all of it."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        capsule, self._capsule = self._capsule, None
        if capsule is None:
            raise ValueError("this stream was read already")
        return capsule

    def arrow(self) -> Any:
        """A ``pyarrow.RecordBatchReader`` (``pip install why403[arrow]``)."""
        import pyarrow  # type: ignore[import-untyped,unused-ignore]

        return pyarrow.RecordBatchReader.from_stream(self)

    def table(self) -> Any:
        return self.arrow().read_all()


def _bytes(value: Union[Mapping[str, Any], str, bytes]) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _decide_options(policies: Optional[Policies], full: bool) -> Mapping[str, Any]:
    return {**({"policies": policies} if policies else {}), **({"full": True} if full else {})}


def _members(text: bytes) -> Any:
    """Answers of several documents come one after the other (lint): then ``answers`` lists them."""
    told, at, decoder = text.decode("utf-8"), 0, json.JSONDecoder()
    found: list[Any] = []
    while told[at:].strip():
        while told[at].isspace():
            at += 1
        value, at = decoder.raw_decode(told, at)
        found.append(value)
    return found[0] if len(found) == 1 else {"format": 1, "answers": found}


def _files(files: Mapping[str, Union[str, bytes]]) -> Mapping[str, Any]:
    import base64

    return {name: {"base64": base64.b64encode(text).decode()} if isinstance(text, bytes) else text for name, text in files.items()}


def _taken(result: tuple[Any, Any]) -> World:
    world, error = result
    if world is None:
        raise error_of(error)
    return cast(World, world)
