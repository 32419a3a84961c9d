"""The shapes of questions and answers that have names. Every member is described in docs/library.md and docs/cases.md."""

from __future__ import annotations

from typing import Any, Literal, Mapping, Sequence, TypedDict, Union

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


class Verdict(TypedDict, total=False):
    """One line of ``why403 decide``."""

    id: Any
    format: int
    decision: Decision
    status: int
    error_code: str
    cause: str
    causes: Sequence[Cause]
    assumptions: Sequence[str]
    unknown: Sequence[str]
    warnings: Sequence[Any]
    error: Mapping[str, Any]
