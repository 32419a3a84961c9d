"""Why did Amazon S3 say 403, and what change makes it work.

>>> import why403
>>> answer = why403.explain({"operation": "GetObject", "resource": "arn:aws:s3:::bucket/key", "principal": "anonymous"},
...                         policies={"resource": {"Version": "2012-10-17", "Statement": []}})
>>> answer["decision"], answer["cause"]
('denied', 'no-allow.bucket-policy')
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ._errors import Error, InputError, NotFoundError, QuestionError
from ._types import Cause, Decision, Document, Evidence, Policies, Request, Verdict
from ._why403 import version as _version
from ._world import Answer, Swept, World

__version__: str = _version()
__all__ = ["Answer", "Cause", "Decision", "Document", "Error", "Evidence", "InputError", "NotFoundError", "Policies", "QuestionError",
           "Request", "Swept", "Verdict", "World", "check", "diff", "explain", "lint"]

_nothing: Optional[World] = None


def _empty() -> World:
    global _nothing
    if _nothing is None:
        _nothing = World.empty()
    return _nothing


def explain(request: Optional[Request] = None, **options: Any) -> Answer:
    """``World.explain`` without a snapshot: the policies come with the question, or the evidence alone speaks."""
    return _empty().explain(request, **options)


def lint(policy: Document, *, name: str = "policy.json", **options: Any) -> Answer:
    """Is a policy well-formed, and does it say what is meant. ``type="bucket"`` and so on where it cannot be guessed."""
    return _empty()._question("lint", {"files": {name: policy}}, options)


def diff(old: Document, new: Document, **options: Any) -> Answer:
    """What a changed policy newly allows, with a request that shows it."""
    return _empty()._question("diff", {"files": {"old.json": old, "new.json": new}}, options)


def check(question: str, *documents: Document, **options: Any) -> Answer:
    """``no-public-access``, ``access-not-granted``, ``no-new-access``: as ``why403 check``."""
    files: Mapping[str, Document] = {f"policy-{n}.json": document for n, document in enumerate(documents)}
    return _empty()._question("check", {"operands": [question, *files], "files": files}, options)
