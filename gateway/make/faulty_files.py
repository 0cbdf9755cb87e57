"""Faults of files: cut, garbled, miscounted on the way.

In: nothing. Out: `FAULTS`, put into the bytes. All of them hide or change what else would be found, so each comes alone.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from gateway.make.draft import Draft, Fault
from gateway.make.targets import ANY_SIGN, Family

_UTF8_READ_AS: Final = "windows-1252"


def _file(
    name: str, means: str, codes: str, families: Sequence[Family], spoil: Callable[[bytes], bytes], needs: Sequence[str] = ()
) -> Fault:  # fmt: skip
    """`spoil` gives other bytes, or the same where it does not fit."""

    def apply(draft: Draft) -> Sequence[tuple[int | None, str]]:
        spoilt = spoil(draft.data)
        if spoilt == draft.data:
            return ()
        draft.data = spoilt
        return ((None, ""),)

    return Fault(
        name=name, means=means, codes=tuple(codes.split()), stage="file", apply=apply, needs=frozenset(needs),
        families=frozenset(families), is_alone=True,
    )  # fmt: skip


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _without(segment: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(rb"'" + segment + rb"[^']*'$", b"'", data)


def _counted(tag: bytes) -> Callable[[bytes], bytes]:
    """The first number in the first such segment is seven more."""
    pattern = re.compile(rb"('" + tag + rb"\+(?:\d+:)?)(\d+)")
    return lambda data: pattern.sub(lambda found: found[1] + str(int(found[2]) + 7).encode(), data, count=1)


def _garbled(data: bytes) -> bytes:
    """UTF-8 that was read as Windows-1252 and written as UTF-8 once more; unchanged where it has no letters for that."""
    try:
        text = data.decode("utf-8").encode("utf-8").decode(_UTF8_READ_AS)
    except UnicodeDecodeError:
        return data
    return text.encode("utf-8")


def _quote(data: bytes) -> bytes:
    """A quotation mark is opened before the last line's first value, and never closed."""
    lines = data.rstrip(b"\r\n").split(b"\r\n")
    lines[-1] = b'"' + lines[-1]
    return b"\r\n".join(lines) + b"\r\n"


_JSON: Final[tuple[Family, ...]] = ("common-json",)
_PAXLST: Final[tuple[Family, ...]] = ("paxlst",)

FAULTS: Final = (
    _file("message-cut", "the second half of the message is missing", "E-14", _PAXLST, _cut),
    _file("json-cut", "the end of the JSON is missing", "J-01", _JSON, _cut),
    _file("workbook-cut", "the end of the workbook is missing", "T-03 T-05", ("workbook",), _cut),
    _file("interchange-open", "UNZ is missing", "E-07", _PAXLST, _without(b"UNZ")),
    _file("segments-miscounted", "UNT states another number of segments", "E-08", _PAXLST, _counted(b"UNT")),
    _file("persons-miscounted", "CNT states another number of persons", "E-17", _PAXLST, _counted(b"CNT")),
    _file("member-unknown", "a member that the schema has not", "J-04", _JSON, lambda data: data.replace(b'"kind"', b'"colour":"x","kind"', 1)),
    _file("member-twice", "a member stands twice in one object", "J-01", _JSON, lambda data: data.replace(b'"kind"', b'"kind":"crew","kind"', 1)),
    _file("letters-garbled", "UTF-8 was read as Windows-1252", "N-12", ("text",), _garbled, (ANY_SIGN,)),
    _file("quote-open", "a quotation mark is never closed", "T-42", ("text",), _quote),
)  # fmt: skip
