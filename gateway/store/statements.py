"""The statements of `queries.sql` by name, and rows as Structs.

In `queries.sql` a statement starts with a line `-- name: purpose` and ends where the next one starts.
"""

import re
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import TypeVar

import asyncpg
import msgspec

_HEAD = re.compile(r"^-- (\w+): .+$", re.MULTILINE)
Row = TypeVar("Row", bound=msgspec.Struct)


def _load() -> dict[str, str]:
    text = (resources.files(__package__) / "queries.sql").read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    statements = {head[1]: text[head.start() : end].strip() for head, end in zip(heads, ends, strict=True)}
    if len(statements) != len(heads):
        raise ValueError("queries.sql: a name is used twice")
    return statements


SQL: Mapping[str, str] = _load()


def row(kind: type[Row], record: asyncpg.Record | None) -> Row | None:
    """The record as a `kind`, whose fields are the record's columns; None where there is none."""
    return kind(**dict(record)) if record is not None else None


def rows(kind: type[Row], records: Iterable[asyncpg.Record]) -> list[Row]:
    return [kind(**dict(record)) for record in records]
