"""The code tables of `schemas/codes`, read once each: the only files that the core reads, constants of the program.

In: a table's name. Out: its rows as text, or its lines. Every table starts with comment lines that say its edition
and its source; `edition` gives the first of them, for a manifest's `code_lists`.
"""

import csv
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


@cache
def _folder() -> Traversable:
    installed = files("gateway") / "_schemas"  # in the wheel; in a checkout the tables stand beside the package
    return (installed if installed.is_dir() else Path(__file__).parents[2] / "schemas") / "codes"


def _text(file_name: str) -> str:
    return (_folder() / file_name).read_text(encoding="utf-8")


def _body(text: str) -> str:
    """`text` without the comment lines at its head."""
    start = 0
    while text.startswith("#", start):
        start = text.index("\n", start) + 1
    return text[start:]


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of `<name>.csv`, by the table's own column names."""
    return list(csv.DictReader(_body(_text(f"{name}.csv")).splitlines()))


def lines(name: str) -> list[str]:
    """The lines of `<name>.tsv`, for the big tables that are split by their reader; not kept."""
    return _body(_text(f"{name}.tsv")).splitlines()


@cache
def edition(name: str) -> str:
    """What the table says of its edition: "UN/LOCODE 2023-1"."""
    found = (f for f in (f"{name}.csv", f"{name}.tsv") if (_folder() / f).is_file())
    first = _text(next(found)).split("\n", 1)[0]
    return first.removeprefix("# edition:").strip()
