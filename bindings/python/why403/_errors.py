"""What can go wrong with a question. A denial is an answer, never an error."""

from __future__ import annotations

from typing import Optional

__all__ = ["Error", "InputError", "NotFoundError", "QuestionError"]


class Error(Exception):
    """A question that could not be answered, with its place.

    Attributes: ``message`` and ``hint`` (may be empty) in plain words; ``source`` names the text that is wrong ("question", or the
    name of a document in it), ``line`` and ``column`` count from 1 (0: no place), the column in bytes; ``offset`` and ``length`` are
    bytes of the source.
    """

    def __init__(self, message: str, source: str = "", line: int = 0, column: int = 0, offset: int = 0, length: int = 0,
                 hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.line = line
        self.column = column
        self.offset = offset
        self.length = length
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}:{self.column}: " if self.source and self.line else ""
        return f"{place}{self.message}" + (f" ({self.hint})" if self.hint else "")


class InputError(Error, ValueError):
    """Text that is not what it should be: JSON, a policy, an ARN; or beyond a limit."""


class QuestionError(Error, ValueError):
    """A question that makes no sense: an unknown member, a wrong type, nothing to judge by."""


class NotFoundError(Error, LookupError):
    """A user, role, bucket or text that is not there."""


# w403_status of include/why403.h
_CLASSES: dict[int, type[Error]] = {1: InputError, 2: QuestionError, 3: InputError, 4: NotFoundError, 5: NotFoundError}
_NO_MEMORY = 6


def error_of(parts: Optional[tuple[int, str, str, int, int, int, int, str]]) -> BaseException:
    assert parts is not None
    code, message, source, line, column, offset, length, hint = parts
    if code == _NO_MEMORY:
        return MemoryError(message)
    return _CLASSES.get(code, Error)(message, source, line, column, offset, length, hint)
