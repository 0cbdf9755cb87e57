"""What single segments of PNRGOV say (PADIS 11.1 on): bookings' locators, travellers, legs, and the texts of SSR.

In: a segment cut into elements, or the text of a special service request. Out: plain values, blank where nothing is said.
Dates are DDMMYY here and are turned into YYMMDD, as every other EDIFACT reader has them; a date in words (12JUL64), which
the texts of SSR hold, stays as it is. Times of day keep hours and minutes.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from gateway.formats.paxlst_segments import joined, text_at

Parts = list[list[str]]

_DIGITS = re.compile(r"\d{6}", re.ASCII)
_CONTACT = re.compile(r"CTC([A-Z])\b[ -]*(.+)", re.DOTALL)
_MAIL_SIGNS: Final = (("//", "@"), ("..", "_"), ("./", "-"))  # AIRIMP has no @, _ or - in texts
_TEXT_AT: Final = 8  # the component of SSR's first element where its text starts


class Locator(NamedTuple):
    """RCI: a booking's reference in the system of one company, and when it was made there."""

    company: str
    reference: str
    made: str


class Leg(NamedTuple):
    """TVL: from where to where, with which company under which number, and when (YYMMDDHHMM, or as written)."""

    departs: str
    arrives: str
    origin: str
    destination: str
    company: str
    number: str

    def is_part_of(self, voyage: "Leg") -> bool:
        """Whether it is a leg of this voyage: the same number on the same day, however many zeros stand before it."""
        same_number = self.number.lstrip("0") == voyage.number.lstrip("0") != ""
        return same_number and self.departs[:6] == voyage.departs[:6]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.company, self.number, self.origin, self.destination, self.departs)))


class Request(NamedTuple):
    """SSR: its code, its text, and the travellers it is for by their references, each with a seat where it names one."""

    code: str
    text: str
    ports: str
    travellers: tuple[tuple[str, str], ...]


def locators(parts: Parts) -> list[Locator]:
    found = [
        Locator(text_at([part], 0), text_at([part], 0, 1), moment(text_at([part], 0, 3), text_at([part], 0, 4)))
        for part in parts[1:]
    ]
    return [locator for locator in found if locator.reference]


def leg(parts: Parts) -> Leg:
    return Leg(
        departs=moment(text_at(parts, 1), text_at(parts, 1, 1)),
        arrives=moment(text_at(parts, 1, 2), text_at(parts, 1, 3)),
        origin=text_at(parts, 2),
        destination=text_at(parts, 3),
        company=text_at(parts, 4),
        number=text_at(parts, 5),
    )


def moment(day: str, clock: str = "") -> str:
    """DDMMYY and HHMM as YYMMDDHHMM; what is no such date as it was written."""
    if not _DIGITS.fullmatch(day):
        return " ".join(filter(None, (day, clock)))
    return day[4:] + day[2:4] + day[:2] + (clock[:4] if len(clock) in (4, 6) and clock.isdecimal() else "")


def request(parts: Parts) -> Request:
    first = parts[1] if len(parts) > 1 else []
    travellers = tuple((text_at(parts, at, 2), text_at(parts, at)) for at in range(2, len(parts)))
    return Request(
        code=text_at(parts, 1).upper(),
        text=" ".join(text.strip() for text in first[_TEXT_AT:] if text.strip()),
        ports=joined([first[6:_TEXT_AT]]),
        travellers=tuple(one for one in travellers if any(one)),
    )


def fields(text: str, names: Sequence[str]) -> dict[str, str]:
    """The strokes of DOCS, DOCO and DOCA: `/P/GBR/…` by name; what is blank is not there."""
    return {name: value for name, part in zip(names, text.split("/")[1:], strict=False) if (value := part.strip())}


def contact(text: str) -> tuple[str, str] | None:
    """("email" or "phone", the address or number) of CTCE, CTCM and their kin; None for what is neither."""
    found = _CONTACT.match(text)
    if found is None:
        return None
    said = found[2].strip()
    if found[1] == "E":
        return "email", mail_address(said)
    return ("phone", said) if found[1] != "A" and sum(map(str.isdecimal, said)) >= 5 else None


def mail_address(text: str) -> str:
    """With the signs that airline texts have to spell: `//` is @, `..` is _, `./` is -."""
    if "@" in text:
        return text
    for spelled, sign in _MAIL_SIGNS:
        text = text.replace(spelled, sign)
    return text
