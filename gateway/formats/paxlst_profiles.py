"""What differs between the recipients of PAXLST D.05B: one `Profile` each, in `PROFILES`. The mechanism is `paxlst_writer`.

| | |
|---|---|
| `paxlst-sea` | port authorities and single windows: LOCODEs with their list, UN document codes, the ship in C222, dates in full |
| `paxlst-gtas` | GTAS (US-CBP, read at commit dba5100): a flight of four characters between two ports with surrogate codes |
| `paxlst-gotravel` | goTravel (formats not published): as GTAS, with contacts and every nationality |

GTAS' parser takes a closed list of qualifiers in a fixed order and drops a whole message for one surprise: its profile is
what its grammar allows (tests/gtas_oracle.py is that grammar). It ignores date formats and reads two-digit years in the 80
years before and the 20 after its own day; it cuts at a separator behind a released release sign, so that sign is left out.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.codes import documents, surrogates
from gateway.codes.letters import latin_letters
from gateway.codes.names import latin
from gateway.codes.ports import port_zone
from gateway.formats.edifact import released
from gateway.manifest import DocumentType, Port, Role

Code = tuple[str | None, ...]
"""A code with its list and agency (1131, 3055), and in the fourth place a text."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of recipient wants it. `at_most`: persons of one message, which then is alone in its interchange; None: all,
    the messages of passengers, crew and stowaways in one interchange. `day` gives no text for a day that it cannot say.
    """

    syntax: tuple[str, str]
    encoding: str
    release: tuple[str, ...]  # S009 behind the message's name
    application: Callable[[], str]  # UNB 0026
    text: Callable[[str], str]
    port: Callable[[Port], Code]
    country: Callable[[str, str | None], Code]  # with a place in it
    document: Callable[[DocumentType | None, str | None], Code]
    visa: Code
    moment: Callable[[str, Port | None], tuple[str, str] | None]  # 2380 and 2379 of a time in a port
    born: Callable[[str], Code | None]
    day: Callable[[str], Code | None]
    roles: Mapping[tuple[Role, bool], str]  # (role, in transit) -> NAD 3035
    references: Mapping[str, str]  # RFF 1153 -> field of a person
    is_flight: bool = False
    at_most: int | None = None
    nationalities: int | None = None
    with_contacts: bool = True
    with_issue_date: bool = True
    with_vehicle: bool = True
    with_given_name: bool = False  # someone of one name needs another


def iso_moment(iso: str, _port: Port | None = None) -> tuple[str, str]:
    """(text, format code): ISO 8601 of any precision as UN/EDIFACT 2379 has it. Seconds are left out."""
    day, _, time = iso.partition("T")
    digits = day.replace("-", "")
    if not time:
        return digits, {4: "602", 6: "610"}.get(len(digits), "102")
    clock, offset = time[:5].replace(":", ""), time[5:].lstrip(":.0123456789").replace(":", "")
    if not offset:
        return digits + clock, "203"
    return digits + clock + ("+0000" if offset == "Z" else offset), "205"


def local_moment(iso: str, port: Port | None) -> tuple[str, str] | None:
    """A time on the clocks of its port, in the six and ten digits that airlines' systems read; None for what is no time."""
    moment = _parsed(iso)
    if moment is None:
        return None
    if "T" not in iso:
        return moment.strftime("%y%m%d"), "101"
    zone = port_zone(port.code) if port and port.code else None
    if moment.tzinfo is not None and zone is not None and date.min < moment.date() < date.max:
        moment = moment.astimezone(ZoneInfo(zone))
    return moment.strftime("%y%m%d%H%M"), "201"


def _parsed(iso: str) -> datetime | None:
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return None


_DAY: Final = re.compile(r"\d\d(\d\d)-(\d\d)-(\d\d)")


def short_day(iso: str) -> Code | None:
    """Six digits, which is all that is read; a month or a year alone cannot be said."""
    whole = _DAY.fullmatch(iso)
    return ("".join(whole.groups()),) if whole else None


def short_expiry(iso: str) -> Code | None:
    """As `short_day`; what ends after 2045 would be read as a day of the last century (20 years ahead, from 2026 on)."""
    return short_day(iso) if "1947" <= iso[:4] <= "2045" else None


def latin1(text: str) -> str:
    """A component: one line in ISO 8859-1; what is in other letters as ICAO Doc 9303-3 writes it."""
    if text.isascii() and text.isprintable():
        return released(text)
    line = _line(text)
    try:
        line.encode("iso8859-1")
    except UnicodeEncodeError:
        return released(latin(line))
    return released(line)


_UNUSED: Final = re.compile(r"[^!-~]|[?~]")


def capitals(text: str) -> str:
    """A component: one line of ASCII capitals, no release sign among them: GTAS' tokeniser does not undo two."""
    if text.isascii() and text.isalnum():
        return text.upper()
    if not text.isascii():
        text = "".join(char if char.isascii() else latin_letters(char) for char in _line(text))
    return released(" ".join(_UNUSED.sub(" ", text.upper()).split()))


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _sea_port(port: Port) -> Code:
    return (port.code, "139", "6") if port.code else ("", None, None, port.name)


def _surrogate_port(port: Port) -> Code:
    """Three characters; a place that has none by its own code, or by its name, which is stored but means no country."""
    return (surrogates.surrogate(port.code) or port.code,) if port.code else ("", None, None, port.name)


def _sea_document(kind: DocumentType | None, native: str | None) -> Code:
    code = documents.un1001(kind)
    return (code,) if code else ("", None, None, native or kind or "other")


def _letter_document(kind: DocumentType | None, _native: str | None) -> Code:
    return (documents.api_letter(kind) or "F", "110", "111")


_SEA_ROLES: Final = {
    (Role.PASSENGER, False): "FL",
    (Role.PASSENGER, True): "DDU",
    (Role.CREW, False): "FM",
    (Role.CREW, True): "DDT",
    (Role.OTHER_SHIP_CREW, False): "DFY",
    (Role.OTHER_SHIP_CREW, True): "DFY",
    (Role.STOWAWAY, False): "DEE",
    (Role.STOWAWAY, True): "DEE",
}
FLIGHT_ROLES: Final = {
    (role, transit): (("DDT" if transit else "FM") if role is Role.CREW else "DDU" if transit else "FL")
    for role in Role
    for transit in (False, True)
}
PERSONS_IN_A_FILE: Final = 500  # one bad segment loses its file, and GTAS' loader works on one in one transaction

_SEA: Final = Profile(
    syntax=("UNOC", "3"),
    encoding="iso8859-1",
    release=("D", "05B", "UN"),
    application=lambda: "APIS",
    text=latin1,
    port=_sea_port,
    country=lambda code, place: (code, "162", "5", place) if code else ("", None, None, place),
    document=_sea_document,
    visa=("V",),
    moment=iso_moment,
    born=iso_moment,
    day=iso_moment,
    roles=_SEA_ROLES,
    references={"AVF": "booking_reference", "ABO": "carrier_reference", "SEA": "cabin", "YZY": "ticket_number"},
)
_GTAS: Final = Profile(
    syntax=("UNOA", "4"),
    encoding="ascii",
    release=("D", "05B", "UN", "IATA"),
    application=surrogates.mark,
    text=capitals,
    port=_surrogate_port,
    country=lambda code, place: (code, None, None, place) if place else (code,),
    document=_letter_document,
    visa=("V", "110", "111"),
    moment=local_moment,
    born=short_day,
    day=short_expiry,
    roles=FLIGHT_ROLES,
    references={"AVF": "booking_reference", "SEA": "cabin"},
    is_flight=True,
    at_most=PERSONS_IN_A_FILE,
    nationalities=1,  # the last one wins
    with_contacts=False,
    with_issue_date=False,
    with_vehicle=False,
    with_given_name=True,
)
PROFILES: Final = {
    "paxlst-sea": _SEA,
    "paxlst-gtas": _GTAS,
    "paxlst-gotravel": msgspec.structs.replace(_GTAS, nationalities=None, with_contacts=True, with_issue_date=True),
}
