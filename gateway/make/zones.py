"""Machine-readable zones for invented documents: ICAO Doc 9303 (8th edition 2021), parts 4 to 6.

In: a person with Latin names and a document. Out: the lines of TD3 (passports), TD1 or TD2 (cards), with their check digits.
A zone is printed without accents, in capitals; a name that is too long is cut where the field ends.
"""

from typing import Final, Literal

from gateway.codes.mrz import check_digit
from gateway.codes.names import mrz_name
from gateway.manifest import Document, Person, Sex

Layout = Literal["TD1", "TD2", "TD3"]

LAYOUTS: Final[dict[int, Layout]] = {30: "TD1", 36: "TD2", 44: "TD3"}
"""By the length of their lines."""

_ICAO = {"DEU": "D"}  # the one State whose code in a zone is not ISO's


def zone(person: Person, document: Document, layout: Layout) -> tuple[str, ...]:
    """Two or three lines; the person has a whole date of birth, the document number, issuer and expiry."""
    issuer = _icao(document.issuer or "")
    number = _digit(f"{document.number or '':<<9}"[:9])
    birth, expiry = _digit(_six(person.birth_date)), _digit(_six(document.expiry))
    sex = "<" if person.sex in (None, Sex.UNSPECIFIED) else str(person.sex)
    nation = _icao(person.nationalities[0].code if person.nationalities else "")
    names = "<<".join(mrz_name(part) for part in (person.family_name_latin, person.given_names_latin) if part)
    if layout == "TD1":
        upper, middle = f"I<{issuer}{number}{'':<<15}", f"{birth}{sex}{expiry}{nation}{'':<<11}"
        composite = check_digit(upper[5:30] + birth + expiry + middle[18:29])
        return upper, middle + composite, _cut(names, 30)
    if layout == "TD2":
        lower = f"{number}{nation}{birth}{sex}{expiry}{'':<<7}"
        return f"I<{issuer}{_cut(names, 31)}", lower + check_digit(number + birth + lower[21:35])
    lower = f"{number}{nation}{birth}{sex}{expiry}{'':<<15}"
    return f"P<{issuer}{_cut(names, 39)}", lower + check_digit(number + birth + lower[21:43])


def _icao(code: str) -> str:
    return f"{_ICAO.get(code, code):<<3}"


def _six(iso: str | None) -> str:
    return (iso or "").replace("-", "")[2:]


def _digit(text: str) -> str:
    return text + check_digit(text)


def _cut(names: str, width: int) -> str:
    return f"{names[:width]:<<{width}}"
