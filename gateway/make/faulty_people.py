"""Faults of one person: what a desk gets wrong, whatever form the list then takes.

In: nothing. Out: `FAULTS`. Each is put into somebody of full age whose document is as it should be. Where the machine-readable
zone would give the right value back, or differ from it, the person comes without one.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from msgspec.structs import replace

from gateway.codes.mrz_names import can_be_compared
from gateway.codes.names import latin
from gateway.make.draft import Draft, Fault
from gateway.make.targets import ANY_VALUE, OWN_LETTERS, Family
from gateway.make.zones import LAYOUTS, zone
from gateway.manifest import DocumentType, ListKind, Nationality, Person, Port, Role

Change = Callable[[Person, date], Person]

_UNDER_EMSWE: Final[frozenset[Family]] = frozenset(("common-json", "common-xml", "paxlst", "text", "workbook"))
_WITH_NAMES: Final[frozenset[Family]] = frozenset(("common-json", "common-xml", "text", "workbook"))
_TYPED: Final[frozenset[Family]] = frozenset(("common-json", "common-xml"))


def _fault(
    name: str, means: str, codes: str, field: str, change: Change, *, fits: Callable[[Person], bool] = lambda person: True,
    zoned: bool = False, needs: Sequence[str] = (), families: frozenset[Family] = _UNDER_EMSWE,
    kinds: tuple[ListKind, ...] = tuple(ListKind),
) -> Fault:  # fmt: skip
    """`codes`: one of these is found. `zoned`: the zone stays as it was, and tells."""

    def apply(draft: Draft) -> Sequence[tuple[int | None, str]]:
        index = draft.choose(
            lambda person: _is_plain(person, draft.on) and fits(person) and (not zoned or bool(person.mrz))
        )
        if index is None:
            return ()
        person = change(draft.manifest.persons[index], draft.on)
        draft.put(index, person if zoned else replace(person, mrz=()))
        return ((index, field),)

    wanted = {field, *needs} | ({"mrz1"} if zoned else set())
    return Fault(
        name=name, means=means, codes=tuple(codes.split()), stage="person", apply=apply,
        needs=frozenset(wanted), families=families, kinds=kinds,
    )  # fmt: skip


def _is_plain(person: Person, on: date) -> bool:
    born = person.birth_date or ""
    return born < f"{on.year - 20}" and bool(person.given_names) and not person.master


def _all(**changes: Any) -> Change:
    return lambda person, on: replace(person, **changes)


def _paper(**changes: Any) -> Change:
    return lambda person, on: _papers(person, **changes)


def _papers(person: Person, **changes: Any) -> Person:
    if not person.documents:
        return person
    return replace(person, documents=(replace(person.documents[0], **changes),))


def _days(days: int) -> Callable[[date], str]:
    return lambda on: (on + timedelta(days=days)).isoformat()


def _family(change: Callable[[str], str]) -> Change:
    return lambda person, on: replace(
        person, family_name=change(person.family_name or ""), family_name_latin=change(person.family_name_latin or "")
    )


def _nation(code: str) -> Change:
    return _all(nationalities=(Nationality(code, code),))


def _swapped_names(person: Person, on: date) -> Person:
    return replace(
        person, family_name=person.given_names, family_name_latin=person.given_names_latin,
        given_names=person.family_name, given_names_latin=person.family_name_latin,
    )  # fmt: skip


def _swapped_birth(person: Person, on: date) -> Person:
    year, month, day = (person.birth_date or "").split("-")
    return replace(person, birth_date=f"{year}-{day}-{month}")


def _day_can_be_month(person: Person) -> bool:
    _, month, day = (person.birth_date or "--").split("-")
    return day <= "12" and day != month


def _misread(person: Person, on: date) -> Person:
    """One digit of the zone's date of birth is read as another."""
    lines = list(person.mrz)
    at = 4 if len(lines) == 3 else 17  # the day's first digit
    line = lines[1]
    lines[1] = line[:at] + ("9" if line[at] != "9" else "8") + line[at + 1 :]
    return replace(person, mrz=tuple(lines))


def _other_zone(**changes: Any) -> Change:
    """The zone is of a document with another value; its check digits hold."""

    def change(person: Person, on: date) -> Person:
        other = _papers(person, **changes)
        return replace(person, mrz=zone(person, other.documents[0], LAYOUTS[len(person.mrz[0])]))

    return change


def _other_sex(person: Person, on: date) -> Person:
    return replace(person, sex="F" if person.sex == "M" else "M")


def _is_on_passport(person: Person) -> bool:
    return bool(person.documents) and person.documents[0].type is DocumentType.PASSPORT


def _is_sexed(person: Person) -> bool:
    return person.sex in ("M", "F")


def _is_passenger(person: Person) -> bool:
    return person.role is Role.PASSENGER


def _is_crew(person: Person) -> bool:
    return person.role is Role.CREW


def _before_issue(person: Person, on: date) -> Person:
    issued = date.fromisoformat(person.documents[0].issued or "")
    return _papers(person, expiry=(issued - timedelta(days=200)).isoformat())


_NUMBER, _EXPIRY, _ISSUED, _ISSUER = "document.number", "document.expiry", "document.issued", "document.issuer"
_CREW, _PASSENGERS = (ListKind.CREW,), (ListKind.PASSENGERS,)

FAULTS: Final = (
    _fault("family-name-missing", "the family name is blank", "P-02", "family_name", _all(family_name=None, family_name_latin=None),
           families=_TYPED),
    _fault("given-name-missing", "the given name is blank, and nothing says that there is none", "P-03", "given_names",
           _all(given_names=None, given_names_latin=None), needs=(ANY_VALUE,)),
    _fault("sex-missing", "the sex is blank", "P-20", "sex", _all(sex=None)),
    _fault("birth-date-missing", "the date of birth is blank", "P-21", "birth_date", _all(birth_date=None)),
    _fault("nationality-missing", "the nationality is blank", "P-27", "nationality", _all(nationalities=())),
    _fault("birth-in-future", "the date of birth is to come", "P-23", "birth_date", lambda p, on: replace(p, birth_date=_days(400)(on)),
           families=frozenset(), needs=(ANY_VALUE,)),
    _fault("birth-long-ago", "the person would be 140 years old", "P-24", "birth_date",
           lambda p, on: replace(p, birth_date=f"{on.year - 140}-05-17"), families=frozenset(), needs=(ANY_VALUE,)),
    _fault("birth-not-in-calendar", "born on a 30 February", "P-22 N-33 N-01", "birth_date", _all(birth_date="1980-02-30")),
    _fault("nationality-unknown", "the nationality is no code of any State", "P-31 N-20 J-03", "nationality", _nation("QQQ")),
    _fault("nationality-specimen", "the nationality is Utopia", "P-28", "nationality", _nation("UTO")),
    _fault("nationality-organisation", "the nationality is an organisation's code", "P-30", "nationality", _nation("UNO")),
    _fault("name-with-digit", "a digit stands in the family name", "P-05", "family_name", _family(lambda name: name[:2] + "3" + name[2:]),
           families=_WITH_NAMES, needs=("given_names", OWN_LETTERS)),
    _fault("name-placeholder", "'UNKNOWN' stands for the family name", "P-04 P-12", "family_name", _family(lambda name: "UNKNOWN"),
           families=_WITH_NAMES, needs=(OWN_LETTERS,)),
    _fault("title-in-name", "a title stands before the given names", "P-07 N-14", "given_names",
           lambda p, on: replace(p, given_names=f"Mrs {p.given_names}", given_names_latin=f"MRS {p.given_names_latin}"), families=_WITH_NAMES),
    _fault("name-garbled", "UTF-8 was read as Windows-1252 in one name", "P-13 N-12", "family_name",
           lambda p, on: replace(p, family_name="MÃ¶nsterprov", family_name_latin=latin("MÃ¶nsterprov")), families=_WITH_NAMES, needs=(OWN_LETTERS,)),
    _fault("expired-document", "the document expired forty days ago", "D-33", _EXPIRY,
           lambda p, on: _papers(p, expiry=_days(-40)(on), issued=_days(-1866)(on)), families=frozenset()),
    _fault("document-missing", "no document at all", "D-01", _NUMBER, lambda p, on: replace(p, documents=())),
    _fault("document-number-missing", "the document's number is blank", "D-02", _NUMBER, _paper(number=None)),
    _fault("document-issuer-missing", "the issuing State is blank", "D-06", _ISSUER, _paper(issuer=None)),
    _fault("document-expiry-missing", "a passport's expiry is blank", "D-30", _EXPIRY, _paper(expiry=None), fits=_is_on_passport),
    _fault("document-type-missing", "the kind of document is blank", "D-03", "document.type", _paper(type=None), families=_TYPED),
    _fault("document-issuer-unknown", "the issuing State's code is unknown", "D-13 N-20", _ISSUER, _paper(issuer="QQQ")),
    _fault("document-issuer-specimen", "the document was issued by Utopia", "D-15", _ISSUER, _paper(issuer="UTO")),
    _fault("document-number-short", "the number has lost most of its digits", "D-08", _NUMBER, _paper(number="XS1")),
    _fault("document-number-signs", "the number holds a sign that none has", "D-07", _NUMBER, _paper(number="XS?123456"), needs=(ANY_VALUE,)),
    _fault("document-number-filler", "zeros stand for the number", "D-11 N-42", _NUMBER, _paper(number="000000000")),
    _fault("expiry-not-in-calendar", "the document expires on a 31 April", "D-32 N-33 N-01", _EXPIRY, _paper(expiry="2031-04-31")),
    _fault("expiry-too-far", "the document would be valid for decades", "D-34", _EXPIRY, lambda p, on: _papers(p, expiry=_days(14000)(on)), fits=_is_on_passport, needs=(ANY_VALUE,)),
    _fault("expiry-before-issue", "the document expires before it is issued", "D-35", _ISSUED, _before_issue, needs=(_EXPIRY,)),
    _fault("issued-in-future", "the document would be issued next month", "D-36", _ISSUED, lambda p, on: _papers(p, issued=_days(30)(on)), needs=(ANY_VALUE,)),
    _fault("port-unknown", "the port of embarkation is in no list", "P-42", "embarkation", _all(embarkation=Port(code="GRQQX"))),
    _fault("same-port", "a passenger leaves the ship where they boarded", "P-44", "disembarkation",
           lambda p, on: replace(p, disembarkation=p.embarkation), fits=_is_passenger, needs=("embarkation",), kinds=_PASSENGERS, families=frozenset(("text", "workbook"))),
    _fault("crew-too-young", "a crew member is twelve", "P-86", "birth_date", lambda p, on: replace(p, birth_date=f"{on.year - 12}-01-17"),
           fits=_is_crew, kinds=_CREW),
    _fault("rank-missing", "a crew member has no rank", "P-80", "rank", _all(rank=None, rank_code=None), fits=_is_crew, kinds=_CREW),
    _fault("care-says-none", "special care says that nothing is needed", "P-61", "special_care", _all(special_care="none"),
           fits=_is_passenger, kinds=_PASSENGERS, families=_TYPED),
    _fault("contact-without-number", "the emergency contact has no number", "P-62", "emergency_contact",
           _all(emergency_contact="ask at home"), fits=_is_passenger, kinds=_PASSENGERS),
    _fault("mrz-check-digit", "a digit of the zone was misread", "D-51", "mrz1", _misread, zoned=True),
    _fault("mrz-cut", "the zone's lines are not whole", "D-50", "mrz1", lambda p, on: replace(p, mrz=(p.mrz[0], p.mrz[1][:-7], *p.mrz[2:])), zoned=True),
    _fault("mrz-other-number", "the list's number is not the zone's", "D-52", _NUMBER, _other_zone(number="XS7654321"), zoned=True),
    _fault("mrz-other-birth", "day and month of the birth are swapped against the zone", "D-53", "birth_date", _swapped_birth,
           fits=_day_can_be_month, zoned=True),
    _fault("mrz-other-sex", "the list's sex is not the zone's", "D-55", "sex", _other_sex, fits=_is_sexed, zoned=True),
    _fault("swapped-names", "family and given names are swapped against the zone", "V-52 D-57", "family_name", _swapped_names, zoned=True,
           fits=lambda p: can_be_compared(p.family_name, p.given_names) and p.family_name_latin != p.given_names_latin),
)  # fmt: skip
