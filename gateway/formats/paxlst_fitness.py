"""What GTAS' and goTravel's intake would choke on, asked before anything is written: one bad person loses a whole file.

In: a person and the list it is on, or a list. Out: what the person lacks, who is then left out and named to the sender; or why the
list cannot be said at all. GTAS: its parser and load checks (commit dba5100). goTravel: what the public cleaner of its
authors, `ediclean` 0.1.4, asks of a message: ATT, NAT and DOC somewhere in each.
"""

from datetime import date, timedelta
from typing import Final

from gateway.codes.surrogates import surrogate
from gateway.formats.paxlst_profiles import PERSONS_IN_A_FILE, PROFILES, local_moment
from gateway.formats.paxlst_writer import MOST_PARTS, slices_of
from gateway.formats.paxlst_writer_header import departs
from gateway.formats.paxlst_writer_people import names
from gateway.manifest import Call, Function, Manifest, Person

_GTAS: Final = PROFILES["paxlst-gtas"]
_LATE: Final = timedelta(days=31)  # a list may be loaded so long after it sailed

NO_WITHDRAWAL: Final = (
    "GTAS and goTravel only add persons, and have no message that withdraws a list: tell their operator in person"
)
NOBODY: Final = "a list without persons says nothing to GTAS or goTravel: it takes nobody off an earlier one"
TOO_MANY: Final = "the list is longer than 99 messages of 500 persons"
NO_PAPERS: Final = (
    "goTravel's intake wants a sex, a nationality and a document in each message of 500 persons, and one has none"
)


def lacking(person: Person, manifest: Manifest) -> list[str]:
    """Why GTAS would lose the file that this person is in, or take them for somebody else."""
    found = []
    if not has_name(person):
        found.append("family_name")
    if not _is_of_this_century(person.birth_date, departs(manifest)):
        found.append("birth_date within the 100 years before the sailing")
    return found


def has_name(person: Person) -> bool:
    """Whether there is a name once it is in Latin letters; FNU stands for a given name that is not there."""
    return all(_GTAS.text(name or "") for name in names(person, _GTAS)[:2])


def refuses(manifest: Manifest) -> str:
    """Why GTAS cannot be told this list, or an empty text."""
    if manifest.function is Function.CANCEL:
        return NO_WITHDRAWAL
    if not manifest.persons:
        return NOBODY
    if len(manifest.persons) > MOST_PARTS * PERSONS_IN_A_FILE:
        return TOO_MANY
    for which, call in (("departure", manifest.voyage.departure), ("arrival", manifest.voyage.arrival)):
        if not _has_surrogate(call):
            return f"the port of {which} is not a sea port of UN/LOCODE, so it has no code that stands for it in GTAS (./gw ports gtas)"
    time, call = departs(manifest), manifest.voyage.departure
    if not (time and call and local_moment(time, call.port)):
        return "the time of departure is missing, and GTAS knows a sailing by its day"
    return ""


def gotravel_refuses(manifest: Manifest) -> str:
    """Why goTravel cannot be told this list, or an empty text."""
    if reason := refuses(manifest):
        return reason
    for persons in slices_of(manifest, PERSONS_IN_A_FILE):
        has_document = any(_has_document(one) for one in persons)
        if not (has_document and any(one.sex for one in persons) and any(one.nationalities for one in persons)):
            return NO_PAPERS
    return ""


def _has_document(person: Person) -> bool:
    return any(one.number for one in person.documents[:3]) or any(one.number for one in person.visas[:2])


def _has_surrogate(call: Call | None) -> bool:
    return bool(call and call.port.code and surrogate(call.port.code))


def _is_of_this_century(born: str | None, sails: str | None) -> bool:
    """Two digits of a year are read as the last such year before today. A date without its day is not written at all."""
    day, sailing = _date(born), _date(sails and sails[:10])
    if day is None or sailing is None:
        return True
    latest = sailing + _LATE if sailing < date.max - _LATE else sailing
    return day <= sailing and (day.year + 100, day.month, day.day) > (latest.year, latest.month, latest.day)


def _date(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        return None
