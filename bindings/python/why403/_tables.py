"""Tables of log records as the rows that ``why403 logs`` reads."""

from __future__ import annotations

import datetime
import decimal
import difflib
import json
from typing import Any, Iterator, Mapping, Optional

from ._errors import QuestionError


def rows_of(table: Any, columns: Optional[Mapping[str, str]]) -> bytes:
    """One JSON object a row, by the names of the columns or what ``columns`` calls them; a null is left out."""
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

    reader = table if isinstance(table, pa.RecordBatchReader) else pa.RecordBatchReader.from_stream(table)
    names = _names(reader.schema.names, columns or {})
    encode = json.JSONEncoder(separators=(",", ":"), default=_cell, check_circular=False).encode
    return "".join(line + "\n" for batch in reader for line in _lines(batch, names, encode)).encode("ascii")


def _lines(batch: Any, names: Mapping[str, str], encode: Any) -> Iterator[str]:
    for row in batch.to_pylist(maps_as_pydicts="strict"):
        yield encode({names[name]: value for name, value in row.items() if value is not None})


def _names(there: list[str], columns: Mapping[str, str]) -> Mapping[str, str]:
    for name in columns:
        if name not in there:
            near = difflib.get_close_matches(name, there, 1)
            raise QuestionError(f"`columns` names `{name}`, and the table has no such column", "question",
                                hint=f"did you mean `{near[0]}`?" if near else "its columns: " + ", ".join(there[:20]))
    names = {name: columns.get(name, name) for name in there}
    for name in names.values():
        if list(names.values()).count(name) > 1:
            raise QuestionError(f"two columns of the table would be `{name}`", "question", hint="name one of them otherwise in `columns`")
    return names


def _cell(value: Any) -> Any:
    """What JSON has no form of: times as CloudTrail writes them."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        text = value.astimezone(datetime.timezone.utc).isoformat(timespec="microseconds").removesuffix("+00:00")
        return text.removesuffix(".000000") + "Z"
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError(f"a value of {type(value).__name__} is in no log")
