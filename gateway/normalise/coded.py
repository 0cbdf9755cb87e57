"""Readers of coded values: countries, nationalities, sexes, ports, document types, transit, roles.

In: a text. Out: the code, and what is to be said where the text is no code, or not the code it should be. The tables
are `gateway.codes`; here is only what a sender is told about them. A value that is not known is None, never a guess.
"""

import re
from typing import Literal, NamedTuple

from gateway.codes import countries, documents, ports
from gateway.codes import sex as sexes
from gateway.findings import Rule, Severity
from gateway.manifest import DocumentType, Nationality, Port, Role, Sex
from gateway.normalise import words
from gateway.normalise.draft import Column, Notes, Reader
from gateway.normalise.text import tidy

UNKNOWN_COUNTRY = Rule(
    id="N-20",
    severity=Severity.ERROR,
    text="this is not a country",
    hint="give the three-letter code of ISO 3166-1 or ICAO 9303-3, such as GRC",
    cites="ICAO 9303-3, section 5",
)
COUNTRY_BY_CUSTOM = Rule(
    id="N-21",
    severity=Severity.INFO,
    text="a customary word stands for the country; it was read as the code that it most likely means",
    hint="give the three-letter code of ISO 3166-1 or ICAO 9303-3, such as GBR",
    cites="ICAO 9303-3, section 5",
)
AMBIGUOUS_COUNTRY = Rule(
    id="N-29",
    severity=Severity.ERROR,
    text="more than one country is called so",
    hint="give the three-letter code of ISO 3166-1 or ICAO 9303-3, such as PRK or KOR",
    cites="ICAO 9303-3, section 5",
)
UNKNOWN_SEX = Rule(
    id="N-22",
    severity=Severity.ERROR,
    text="this is not a sex; expected M, F or X, or the words",
    hint="write M, F, or X where the document says unspecified",
    cites="UN/EDIFACT 3499; ICAO 9303-3",
)
AMBIGUOUS_SEX = Rule(
    id="N-15",
    severity=Severity.ERROR,
    text="M may mean a man or a woman here: the column holds H or V and no F; the M were left unread",
    hint="write M and F, or have the letters put into your profile",
    cites="UN/EDIFACT 3499; ICAO 9303-3",
)
AMBIGUOUS_PORT = Rule(
    id="N-23",
    severity=Severity.WARNING,
    text="more than one port has this name; it was kept as a name, without a code",
    hint="give the UN/LOCODE of the port",
    cites="UN/LOCODE",
)
PORT_BY_NAME = Rule(
    id="N-24",
    severity=Severity.INFO,
    text="the port was found by its name, its last three letters or a former code",
    hint="give the UN/LOCODE of the port",
    cites="UN/LOCODE",
)
UNKNOWN_PORT = Rule(
    id="N-25",
    severity=Severity.INFO,
    text="a sign for 'port not known' stands here",
    hint="give the UN/LOCODE as soon as the port is known",
    cites="UN/LOCODE",
)
UNKNOWN_TRANSIT = Rule(
    id="N-26",
    severity=Severity.WARNING,
    text="this says neither yes nor no; whether the person is in transit counts as not given",
    hint="write Y or N",
    cites="IMO FAL 6",
)
UNKNOWN_ROLE = Rule(
    id="N-27",
    severity=Severity.WARNING,
    text="this word for what the person is on board is not known; the kind of the list decided",
    hint="write passenger or crew, or have the word put into your profile",
    cites="UN/EDIFACT 3035",
)
UNKNOWN_DOCUMENT = Rule(
    id="N-28",
    severity=Severity.ERROR,
    text="this is not a type of travel document that is known for this form",
    hint="write passport, identity card, or the codes that the form takes",
    cites="UN/EDIFACT 1001; ICAO 9303",
)
RULES = (
    UNKNOWN_COUNTRY, COUNTRY_BY_CUSTOM, UNKNOWN_SEX, AMBIGUOUS_PORT, PORT_BY_NAME, UNKNOWN_PORT, UNKNOWN_TRANSIT, UNKNOWN_ROLE,
    UNKNOWN_DOCUMENT, AMBIGUOUS_COUNTRY, AMBIGUOUS_SEX,
)  # fmt: skip


_WITHOUT_CODE = re.compile(r"[A-Z]{2} ?XXX")
"""The UK's sign for a place that has no code, NLXXX or XXXXX: known to the ship, and no more than a name to us."""

UNKNOWN_PORT_CODE = "ZZUKN"
"""EMSWe's code for a port that is not known (R-GENERAL-003)."""

_SIGNS = re.compile(r"[^\w\s<.'-]")
"""What belongs in no word for a sex: "Male!" was meant to be something else, or is a slip that only the sender can mend."""

_CODE = re.compile(r"([A-Z]{2})[ -]?([A-Z2-9]{3})")


def alpha3(text: str) -> tuple[str | None, Notes]:
    """A country's code: alpha-3, ICAO's own, or alpha-4 of a former country."""
    found = countries.country(text)
    if found is None:
        return None, _no_country(text)
    return found.code, (COUNTRY_BY_CUSTOM,) if found.match == "alias" else ()


def nationality(text: str) -> tuple[tuple[Nationality, ...] | None, Notes]:
    """As the tuple of one that a person's nationalities usually are."""
    found = countries.country(text)
    if found is None:
        return None, _no_country(text)
    meant = Nationality(found.code, found.iso3, found.kind)
    return (meant,), (COUNTRY_BY_CUSTOM,) if found.match == "alias" else ()


def _no_country(text: str) -> Notes:
    return (AMBIGUOUS_COUNTRY,) if countries.readings(text) else (UNKNOWN_COUNTRY,)


def sex_reader(dialect: str | None, column: Column[str]) -> Reader[Sex]:
    """Without a dialect the whole column tells whether its M are men: H and M, V and M are other pairs than M and F."""
    doubtful = dialect is None and sexes.m_may_be_a_woman(column)

    def read(text: str) -> tuple[Sex | None, Notes]:
        if doubtful and text.strip().upper() == "M":
            return None, (AMBIGUOUS_SEX,)
        found = sexes.sex(text, dialect) if not _SIGNS.search(text) else sexes.UNREADABLE
        return (found, ()) if isinstance(found, Sex) or found is None else (None, (UNKNOWN_SEX,))

    return read


def port_reader(country: str | None = None) -> Reader[Port]:
    """`country` (alpha-2): where a name or three letters alone are looked up first."""

    def read(text: str) -> tuple[Port | None, Notes]:
        stated, notes = tidy(text)
        if stated is None:
            return None, notes
        found = ports.port(stated, country)
        match found.status:
            case "code" if len(stated) == 3:  # the country was taken from the leg
                return Port(found.code), (*notes, PORT_BY_NAME)
            case "code" | "not-a-sea-port":
                return Port(found.code), notes
            case "name" | "alias":
                return Port(found.code), (*notes, PORT_BY_NAME)
            case "placeholder" if _WITHOUT_CODE.fullmatch(stated):
                return Port(name=stated), notes
            case "placeholder":
                return Port(UNKNOWN_PORT_CODE), notes if stated == UNKNOWN_PORT_CODE else (*notes, UNKNOWN_PORT)
            case "ambiguous":
                return Port(name=stated), (*notes, AMBIGUOUS_PORT)
            case "unknown":
                return _unlisted(stated), notes

    return read


def _unlisted(name: str) -> Port:
    """Not in our edition of UN/LOCODE. What has the form of a code of a country stays one: it may be newer."""
    code = _CODE.fullmatch(name)
    is_code = code is not None and (found := countries.country(code[1])) is not None and found.iso2 == code[1]
    return Port(code[1] + code[2]) if code and is_code else Port(name=name)


class PaperType(NamedTuple):
    """What a text says of the type of a paper; `native` is the text where it says more than the type."""

    type: DocumentType | Literal["visa"] | None
    native: str | None


_JUST_OTHER = frozenset(("O", "OTHER", "OTHER DOCUMENT"))


def document_reader(dialect: str | None) -> Reader[PaperType]:
    def read(text: str) -> tuple[PaperType | None, Notes]:
        code, notes = tidy(text)
        if code is None:
            return None, notes
        own = next((one for one in DocumentType if one.value == code.casefold()), None)
        found = own or documents.document_type(code, dialect)
        if (
            found is None and dialect == "api" and code.isdigit()
        ):  # ships write UN/EDIFACT 1001 where airlines write letters
            found = documents.document_type(code, "un1001")
        says_more = found in (None, DocumentType.OTHER) and code.upper() not in _JUST_OTHER
        return PaperType(found, code if says_more else None), notes if found else (*notes, UNKNOWN_DOCUMENT)

    return read


def transit(text: str) -> tuple[bool | None, Notes]:
    said = words.transit(text)
    return said, () if said is not None else (UNKNOWN_TRANSIT,)


def role(text: str) -> tuple[Role | None, Notes]:
    said = words.role(text)
    return said, () if said is not None else (UNKNOWN_ROLE,)
