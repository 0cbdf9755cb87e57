"""Which values of a list can be written anew without anybody having to decide anything.

In: a manifest, its lineage (what was sent, and where) and the findings about it. Out: repairs: the place, the text as sent, the
text that is normal. Safe is what `normalise` read with certainty and reads alone as well, without its neighbours: a country's own
name (not a customary word for it), a date in the order that its column proved (not one with two digits of the year), a word for
M, F or X (not where M may be a woman), a port by its only name, padding and signs that nobody can see, and family and given
names in each other's place where machine-readable zones prove it. A wrong check digit, and a title in a name, is the sender's
to mend. `Spelling` is how a form writes codes. ISO 3166-1, ISO 8601, UN/LOCODE, UN/EDIFACT 3499.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from gateway.answers.copies import Change, Repair, Write
from gateway.answers.spelling import Spelling, spelling_of
from gateway.answers.swapped import swapped
from gateway.codes import ports
from gateway.findings import Finding
from gateway.formats.raw import PERSON_FIELDS
from gateway.manifest import Call, Manifest, Person, Port
from gateway.normalise import Lineage, coded, dates
from gateway.normalise.coded import UNKNOWN_PORT_CODE
from gateway.normalise.dateforms import Meaning, possible_dates, two_digit_year
from gateway.normalise.text import CONTROL, INVISIBLE, tidy

COUNTRY: Final = "the country's name was replaced by its code"
DATE: Final = "the date was written as YYYY-MM-DD"
SEX: Final = "the word was replaced by the code for the sex"
PORT: Final = "the port's name was replaced by its UN/LOCODE"
TRIMMED: Final = "spaces and signs that cannot be seen were put in order"
SWAPPED: Final = "family and given names changed places: the machine-readable zone has the same names, and they stand the other way round in it"
ALL_SWAPPED: Final = "family and given names changed places in the whole list: they stand the other way round in the machine-readable zones of others"

EXCHANGED: Final = frozenset((SWAPPED, ALL_SWAPPED))

_COUNTRIES: Final = ("nationality", "nationality2", "nationality3", "residence_country", "birth_country")
_PORTS: Final = ("embarkation", "disembarkation")
_NAMES: Final = ("family_name", "given_names")
_LEFT_ALONE: Final = ("sequence", "mrz1", "mrz2", "mrz3")
_DOUBTED: Final = {dates.EXCHANGED.id, dates.TWO_ORDERS.id, dates.AMBIGUOUS.id, coded.AMBIGUOUS_SEX.id}
"""After one of these no value of the column is certain."""


class Sure(msgspec.Struct, frozen=True):
    """Texts that are written otherwise from now on, each at its field. `index`: the person's, from 0; None for a value of the
    whole list."""

    index: int | None
    change: Change[str]

    def __repr__(self) -> str:
        return f"<Sure {', '.join(write.at for write in self.change)}>"


def part_of(field: str) -> str:
    """The part of a person that a field makes: an attribute of `Person`, or "names" for all that is of names."""
    if field.startswith(("family_name", "given_names", "middle_names", "name_reason", "full_name")):
        return "names"
    families = {"nationalit": "nationalities", "document": "documents", "visa": "visas", "permit": "residence_permits"}
    return next((part for start, part in families.items() if field.startswith(start)), field)


def safe(
    manifest: Manifest, lineage: Lineage, findings: Sequence[Finding], left: Collection[str] = ()
) -> Iterator[Sure]:
    """Every safe repair of one list, but those of the parts that are `left` alone. Only columns in which `normalise` changed a
    text can hold any, and names."""
    yield from (sure for sure in _safe(manifest, lineage, findings) if part_of(sure.change[0].at) not in left)


def _safe(manifest: Manifest, lineage: Lineage, findings: Sequence[Finding]) -> Iterator[Sure]:
    doubted = {finding.place.field for finding in findings if finding.code in _DOUBTED}
    exchanged = list(_exchanged(manifest, lineage))
    turned = {sure.index for sure in exchanged}
    spelling = spelling_of(lineage.format)
    for field in [field for field in PERSON_FIELDS if field in lineage.raw and field not in _LEFT_ALONE]:
        column = lineage.raw[field]
        if lineage.dialects.get(field) == "uk" or _some_dates_stay(field, column):
            doubted.add(field)
        for index, was in enumerate(column):
            if was is None or not was.strip() or (field in _NAMES and index in turned):
                continue
            found = None if field in doubted else _coded(field, was, manifest.persons[index], spelling)
            becomes, what = found or (trimmed(was), TRIMMED)
            if becomes != was:
                yield Sure(index, (Write(field, was, becomes, Repair(lineage.places.at(field, index), what)),))
    yield from exchanged
    yield from _of_the_list(manifest, lineage)


def _exchanged(manifest: Manifest, lineage: Lineage) -> Iterator[Sure]:
    """Both names at once, or neither."""
    persons, is_whole = swapped(manifest.persons)
    for index in sorted(persons):
        family, given = (_sent(lineage, field, index, manifest.persons[index]) for field in _NAMES)
        what = ALL_SWAPPED if is_whole and not manifest.persons[index].mrz else SWAPPED
        yield Sure(
            index,
            tuple(
                Write(field, was, trimmed(becomes), Repair(lineage.places.at(field, index), what))
                for field, was, becomes in (("family_name", family, given), ("given_names", given, family))
            ),
        )


def _sent(lineage: Lineage, field: str, index: int, person: Person) -> str:
    """The text as it came; the lineage keeps columns in which any text changed."""
    column = lineage.raw.get(field)
    return (column[index] if column is not None else getattr(person, field)) or ""


def _some_dates_stay(field: str, column: Sequence[str | None]) -> bool:
    """A date that stays as it is may owe its order to those that would be written anew."""
    return is_date(field) and any(text and re.search(r"\d", text) and two_digit_year(text) for text in column)


def is_country(field: str) -> bool:
    return field in _COUNTRIES or (field.startswith(("document", "visa", "permit")) and field.endswith(".issuer"))


def is_date(field: str) -> bool:
    is_paper = field.startswith(("document", "visa", "permit"))
    return field == "birth_date" or (is_paper and field.endswith((".expiry", ".issued")))


def _of_the_list(manifest: Manifest, lineage: Lineage) -> Iterator[Sure]:
    """Ports and the flag in the header. A column that says the same of everyone is left alone: one cell is not all of it."""
    ends = {"departure.port": manifest.voyage.departure, "arrival.port": manifest.voyage.arrival}
    for field, (was, place) in lineage.header.items():
        if place.person is not None or (place.cell is None and place.line is None):
            continue
        found = None
        if field == "vessel.flag":
            found = _country(was, manifest.vessel.flag)
        elif field in ends or field.removesuffix("_name") in ends:
            found = _port(was, _port_of(ends[field.removesuffix("_name")]))
        if found and found[0] != was:
            yield Sure(None, (Write(field, was, found[0], Repair(place, found[1])),))


def _coded(field: str, was: str, person: Person, spelling: Spelling) -> tuple[str, str] | None:
    """The code or date that stands for this text, and what was done; None where that is not sure."""
    if is_country(field):
        read = _country(was, _read(field, person))
        code = spelling.country(field, read[0]) if read else None
        return (code, COUNTRY) if code else None
    if is_date(field):
        return _date(was, _read(field, person))
    if field == "sex" and person.sex is not None:
        return spelling.sex(person.sex), SEX
    if field in _PORTS:
        return _port(was, getattr(person, field))
    return None


def _read(field: str, person: Person) -> str | None:
    """What `normalise` read in this field of a person."""
    if field.startswith("nationality"):
        at = int(field.removeprefix("nationality") or 1) - 1
        return person.nationalities[at].code if at < len(person.nationalities) else None
    paper, _, part = field.partition(".")
    if not part:
        found = getattr(person, field)
    else:
        family = {"document": person.documents, "visa": person.visas, "permit": person.residence_permits}
        papers = family[paper.rstrip("23")]
        at = int(paper[-1]) - 1 if paper[-1].isdigit() else 0
        found = getattr(papers[at], part, None) if at < len(papers) else None
    return found if isinstance(found, str) else None


@lru_cache(maxsize=4096)
def _country(was: str, read: str | None) -> tuple[str, str] | None:
    code, notes = coded.alpha3(was)
    return (code, COUNTRY) if code and code == read and not notes else None


def _date(was: str, read: str | None) -> tuple[str, str] | None:
    """Whole dates only. One that begins as it is read is a spreadsheet's own, or has a time behind it that is not ours to drop."""
    if read is None or len(read) != 10 or was.strip().startswith(read) or two_digit_year(was):
        return None
    found = possible_dates(was, Meaning.AROUND, date.min)
    return (read, DATE) if found == read or (isinstance(found, dict) and read in found.values()) else None


def _port_of(call: Call | None) -> Port | None:
    return call.port if call else None


@lru_cache(maxsize=4096)
def _port(was: str, read: Port | None) -> tuple[str, str] | None:
    found = ports.port(was.strip())
    if read is None or not read.code or read.code == UNKNOWN_PORT_CODE or found.code != read.code:
        return None
    return (read.code, PORT) if found.status in ("code", "name", "not-a-sea-port") else None


@lru_cache(maxsize=4096)
def trimmed(text: str) -> str:
    """Without padding and signs that nobody can see; as it is where letters were lost, which hides what else is wrong."""
    kept, notes = tidy(text)
    return kept if kept and set(notes) <= {INVISIBLE, CONTROL} else text
