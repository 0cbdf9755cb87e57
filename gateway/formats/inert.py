"""Texts that a spreadsheet program would run: written so that they stay texts, and read back as they were.

In: a text that is about to be written into a delimited file, or one that was read from it. Out: the same text, with an
apostrophe in front where a program would take it for a formula. The apostrophe is what spreadsheets themselves use for
"this is text", and `plain` takes off exactly what `inert` put on, so that a telephone number keeps its plus sign. A number
with a minus and a hyphen alone are no formulas. OWASP, "CSV Injection"; workbooks have a mark of their own for it (quotePrefix).
"""

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Final

SIGNS: Final = "=+-@\t\r"
"""What a formula, or something that is taken for one, begins with."""

_HARMLESS = re.compile(r"-+|-\d+(?:[.,]\d+)?", re.ASCII)
_GUARDED = re.compile(rf"'+[{re.escape(SIGNS)}]")


def is_active(text: str) -> bool:
    """Whether a spreadsheet program may run this text."""
    return text[:1] in SIGNS and bool(text) and _HARMLESS.fullmatch(text) is None


def inert(text: str) -> str:
    """The text as it can be written into a delimited file. What `plain` would change is guarded as well."""
    return f"'{text}" if is_active(text) or _GUARDED.match(text) else text


def delimited(rows: Iterable[Iterable[object]], delimiter: str) -> str:
    """Rows as delimited text that no program runs anything of: what is written by us is written here (RFC 4180)."""
    out = StringIO(newline="")
    texts = ([inert("" if value is None else str(value)) for value in row] for row in rows)
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(texts)
    return out.getvalue()


def plain(text: str) -> str:
    """The text as it was before `inert`."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text
