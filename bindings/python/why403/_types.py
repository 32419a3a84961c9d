"""The shapes of questions and answers that have names. Every member is described in docs/library.md and docs/cases.md."""

from __future__ import annotations

import json
from typing import Any, Iterator, Literal, Mapping, Sequence, TypedDict, Union, cast

from ._why403 import Line

__all__ = ["Cause", "Decision", "Document", "Evidence", "Policies", "Request", "Verdict"]

Decision = Literal["allowed", "denied", "undetermined"]
#: A policy: an object, or its text.
Document = Union[Mapping[str, Any], str]


Request = TypedDict("Request", {
    "operation": str, "action": str, "resource": str, "principal": str, "resource_account": str, "from": str, "via": str,
    "headers": Mapping[str, str], "query": Mapping[str, str], "version_id": str, "session_name": str, "issuer": str, "mfa": Any,
    "secure": bool, "at": str, "presigned": Mapping[str, Any], "upload": Mapping[str, Any], "body": Mapping[str, Any],
    "context": Mapping[str, Any], "id": Any}, total=False)
"""One request: ``operation`` (``GetObject``) or ``action`` (``s3:GetObject``), ``resource``, ``principal``, and what else is known."""


class Policies(TypedDict, total=False):
    """Documents given by hand, by kind; of SCPs and RCPs a list of levels, the root's first."""

    identity: Sequence[Document]
    boundary: Document
    session: Sequence[Document]
    scp: Sequence[Sequence[Document]]
    rcp: Sequence[Sequence[Document]]
    resource: Document
    vpc_endpoint: Document
    access_point: Document
    key: Document
    trust: Document


class Evidence(TypedDict, total=False):
    """What a denied request left behind; each as the option of ``why403 explain`` of that name."""

    error: str
    event: Document
    log_line: str
    command: str
    curl: str
    session_events: Document
    caller_identity: Document
    configure_list: str


class Cause(TypedDict, total=False):
    cause: str
    action: str
    resource: str
    sentence: str
    statement: Any


class Verdict(Line, Mapping[str, Any]):
    """One line of ``why403 decide``: ``id``, ``decision``, ``status``, ``error_code``, ``cause``, ``causes``, ``assumptions``, ``unknown``,
    ``warnings``, or ``error``. ``text`` is the line; it is parsed when a member other than ``decision`` is first looked at."""

    __slots__ = ("_parsed",)
    _parsed: dict[str, Any]

    @property
    def members(self) -> dict[str, Any]:
        """As a dict, for what takes no other mapping."""
        try:
            return self._parsed
        except AttributeError:
            self._parsed = cast("dict[str, Any]", json.loads(self.text))
            return self._parsed

    def __getitem__(self, name: str) -> Any:
        if name == "decision" and (said := self.decision):
            return said
        return self.members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        return f"Verdict({self.text.decode('utf-8', 'replace')})"
