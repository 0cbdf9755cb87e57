"""Machine-readable zones of travel documents: ICAO Doc 9303 (8th edition 2021), parts 3 to 7.

In: the lines of a zone as a list carries them, in two or three texts or in one. Out: an `Mrz` with its fields as
printed (fillers removed) and which check digits hold, or None where the lines are no zone at all. TD1 is 3 lines of
30, TD2 and MRV-B 2 of 36, TD3 and MRV-A 2 of 44. A wrong check digit does not stop the reading: it is `checks`.

A check digit cannot see a swap of characters whose values agree modulo 10 (0, A, K, U and `<`; 1, B, L and V; …).
Dates are six digits, in which `<` stands for what is not known; `birth_date` and `expiry_date` give them a century.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import cycle
from operator import mul
from typing import Literal, NamedTuple

import msgspec

Layout = Literal["TD1", "TD2", "TD3", "MRV-A", "MRV-B"]

_VALUES = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_LETTERS = frozenset(_VALUES)


class Mrz(msgspec.Struct, frozen=True, gc=False):
    """What a zone says. `issuer` and `nationality` are ICAO codes as printed (`D`, `GBN`).

    `truncated` says that the name fills its field, so that it may go on. `checks`: field -> whether its digit holds,
    of number, birth, expiry, optional and composite, as far as the layout has them. `printed`: of the first three, the text
    that its digit is for, and the digit, as they stand in the zone.
    """

    layout: Layout
    document_code: str
    issuer: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    optional: str
    family_name: str
    given_names: str
    truncated: bool
    checks: Mapping[str, bool]
    printed: Mapping[str, tuple[str, str]] = {}

    @property
    def is_consistent(self) -> bool:
        return all(self.checks.values())

    def __repr__(self) -> str:
        return f"<Mrz {self.layout}>"


class _Field(NamedTuple):
    """Characters [start:end] of a line, and where its check digit stands."""

    line: int
    start: int
    end: int
    check: int | None = None


_TWO_LINES = {  # TD2, TD3 and the visas put these at the same places
    "issuer": _Field(0, 2, 5),
    "number": _Field(1, 0, 9, 9),
    "nationality": _Field(1, 10, 13),
    "birth": _Field(1, 13, 19, 19),
    "sex": _Field(1, 20, 21),
    "expiry": _Field(1, 21, 27, 27),
}
_LAYOUTS: dict[Layout, dict[str, _Field]] = {
    "TD1": {
        "issuer": _Field(0, 2, 5),
        "number": _Field(0, 5, 14, 14),
        "optional": _Field(0, 15, 30),
        "birth": _Field(1, 0, 6, 6),
        "sex": _Field(1, 7, 8),
        "expiry": _Field(1, 8, 14, 14),
        "nationality": _Field(1, 15, 18),
        "optional2": _Field(1, 18, 29),
        "name": _Field(2, 0, 30),
    },
    "TD2": _TWO_LINES | {"name": _Field(0, 5, 36), "optional": _Field(1, 28, 35)},
    "TD3": _TWO_LINES | {"name": _Field(0, 5, 44), "optional": _Field(1, 28, 42, 42)},
    "MRV-A": _TWO_LINES | {"name": _Field(0, 5, 44), "optional": _Field(1, 28, 44)},
    "MRV-B": _TWO_LINES | {"name": _Field(0, 5, 36), "optional": _Field(1, 28, 36)},
}
_COMPOSITES: dict[str, tuple[tuple[_Field, ...], int]] = {  # what it covers, and its place in the second line
    "TD1": ((_Field(0, 5, 30), _Field(1, 0, 7), _Field(1, 8, 15), _Field(1, 18, 29)), 29),
    "TD2": ((_Field(1, 0, 10), _Field(1, 13, 20), _Field(1, 21, 35)), 35),
    "TD3": ((_Field(1, 0, 10), _Field(1, 13, 20), _Field(1, 21, 43)), 43),
}


def check_digit(text: str) -> str:
    """The check digit of `text` (Doc 9303-3, section 4.9): weights 7, 3, 1; modulo 10."""
    return str(sum(map(mul, map(_VALUES.__getitem__, text), cycle((7, 3, 1)))) % 10)


def decode(lines: Sequence[str]) -> Mrz | None:
    """The zone that `lines` hold, or None: not the lengths or not the characters of a zone."""
    zone = _lines(lines)
    if zone is None:
        return None
    layout = _layout(zone)
    fields = _LAYOUTS[layout]
    text = {name: zone[field.line][field.start : field.end] for name, field in fields.items()}
    printed = {
        name: (text[name], zone[field.line][field.check]) for name, field in fields.items() if field.check is not None
    }
    number, optional = _long_number(layout, zone, text, printed)
    checks = {name: _holds(*one) for name, one in printed.items()}
    if layout in _COMPOSITES:
        parts, place = _COMPOSITES[layout]
        covered = "".join(zone[part.line][part.start : part.end] for part in parts)
        checks["composite"] = check_digit(covered) == zone[1][place]
    family, _, given = text["name"].rstrip("<").partition("<<")
    return Mrz(
        layout=layout,
        document_code=_plain(zone[0][:2]),
        issuer=_plain(text["issuer"]),
        number=number,
        nationality=_plain(text["nationality"]),
        birth=text["birth"],
        sex=text["sex"],
        expiry=text["expiry"],
        optional=" ".join(part for part in (optional, _plain(text.get("optional2", ""))) if part),
        family_name=_plain(family),
        given_names=_plain(given),
        truncated=not text["name"].endswith("<<"),  # one filler may stand before a word that was cut away
        checks=checks,
        printed=printed,
    )


def birth_date(six: str, today: date) -> str | None:
    """A birth date as ISO 8601, as precise as it is: "1974-08-12", "1974-08", "1974"; None where even that is missing.

    The century is the latest in which the birth is not after `today`.
    """
    year = six[:2]
    if not (six.isascii() and year.isdigit()):
        return None
    for century in (today.year // 100 * 100, today.year // 100 * 100 - 100):
        found = _dated(century + int(year), six[2:])
        if found is None or found <= today.isoformat()[: len(found)]:
            return found
    return None


def expiry_date(six: str, today: date) -> str | None:
    """An expiry date as ISO 8601; the century is the one that puts it nearest to `today`."""
    if not (len(six) == 6 and six.isascii() and six.isdigit()):
        return None
    years = (today.year // 100 * 100 + century + int(six[:2]) for century in (-100, 0, 100))
    return _dated(min(years, key=lambda year: abs(year - today.year)), six[2:])


def _dated(year: int, month_day: str) -> str | None:
    month, day = month_day[:2], month_day[2:]
    if not month.isdigit() or month == "00":
        return f"{year:04}"
    if not 1 <= int(month) <= 12:
        return None
    if not day.isdigit() or day == "00":
        return f"{year:04}-{month}"
    try:
        return date(year, int(month), int(day)).isoformat()
    except ValueError:
        return None


def is_zone_text(text: str) -> bool:
    """Whether `text` has only the letters of a zone."""
    return text.isascii() and _LETTERS.issuperset(text)


def _lines(given: Sequence[str]) -> tuple[str, ...] | None:
    """Two or three whole lines, however they came: apart, in one text, with spaces, in small letters, with « for <<, or
    without the fillers at the end of a line, which say nothing."""
    lines = ["".join(part.split()) for line in given[:8] for part in line[:200].upper().replace("«", "<<").splitlines()]
    lines = [line for line in lines if line]
    text = "".join(lines)
    if not is_zone_text(text):
        return None
    width = {90: 30, 72: 36, 88: 44}.get(len(text))
    if width:
        return tuple(text[at : at + width] for at in range(0, len(text), width))
    return _filled_up(lines)


def _filled_up(lines: list[str]) -> tuple[str, ...] | None:
    """The line that ends with a check digit is never short: it tells how long the others are."""
    if len(lines) not in (2, 3):
        return None
    width = len(lines[1])
    if (
        width not in ((30,) if len(lines) == 3 else (36, 44))
        or max(map(len, lines)) > width
        or min(map(len, lines)) < 6
    ):
        return None
    return tuple(line.ljust(width, "<") for line in lines)


def _layout(zone: tuple[str, ...]) -> Layout:
    if len(zone) == 3:
        return "TD1"
    if zone[0][0] == "V":
        return "MRV-A" if len(zone[0]) == 44 else "MRV-B"
    return "TD3" if len(zone[0]) == 44 else "TD2"


def _holds(text: str, digit: str) -> bool:
    return check_digit(text) == digit or (digit == "<" and not text.strip("<"))


def _long_number(
    layout: Layout, zone: tuple[str, ...], text: dict[str, str], printed: dict[str, tuple[str, str]]
) -> tuple[str, str]:
    """(number, optional data). A number of more than nine characters goes on, with its check digit, in the optional data.

    Doc 9303-5, 4.2.2, note j, and 9303-6, 4.2.2, note j: `<` then stands for the number's check digit.
    """
    number, optional = text["number"], text["optional"]
    rest = optional.partition("<")[0]
    where = _LAYOUTS[layout]["number"]
    if layout not in ("TD1", "TD2") or zone[where.line][9 + where.start] != "<" or len(rest) < 2:
        return _plain(number), _plain(optional)
    number += rest[:-1]
    printed["number"] = number, rest[-1]
    return _plain(number), _plain(optional[len(rest) :])


def _plain(text: str) -> str:
    return " ".join(text.replace("<", " ").split())
