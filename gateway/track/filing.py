"""A filing: what is kept of one received list to judge it, without a word about any person.

In: a `Manifest` and the findings about it. Out: numbers: how many persons, which fields are empty how often, how many errors
touch which field. They stay readable after the list itself is sealed.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from gateway.changes import Changes
from gateway.findings import Finding, Severity
from gateway.manifest import Counts, ListKind, Manifest, Purpose, Role
from gateway.track.fields import ABSENT, OF_CREW, OF_PASSENGERS
from gateway.track.quality import Quality

WHOLE_LIST = ""
"""The key in `Filing.errors` of what is wrong with the list as a whole."""

# A cell that holds two fields: an error there touches both.
SHARED_CELLS: dict[str, tuple[str, ...]] = {
    "full_name": ("family_name", "given_names"),
    "birth": ("birth_date", "birth_place"),
    "document.combined": ("document.type", "document.number"),
    "mrz1": ("family_name", "given_names", "document.type", "document.issuer"),
    "mrz2": ("document.number", "nationality", "birth_date", "sex", "document.expiry"),
}


class Filing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One version of one list of one call, as received: of passengers or of crew. Empty `purposes` means for any.

    `of_everybody`: it came as a part of one list of all persons on board.

    `received_at` is the gateway's own clock at receipt, the only time that counts. `missing`: field -> persons without
    it. `errors`: field -> error findings on it. `deadlines`: obligation -> the deadline that was in force on receipt, so
    that a schedule moved later cannot make a timely list late. `withdrawn` marks a message that takes the list back.
    `is_change` one that changes some persons of an earlier list: `persons` are then those on the list with it, or 0 where
    that is not known, and it is no list by itself. `changes` counts what became of the persons of the version before. `quality`: None in what was
    processed before it was kept. `answered_at`: when its sender could read what was wrong with it.
    """

    call: str
    submission: str
    kind: ListKind
    of_everybody: bool = False
    received_at: datetime
    version: int = 1
    purposes: tuple[Purpose, ...] = ()
    persons: int = 0
    counts: Counts = Counts()
    missing: Mapping[str, int] = {}
    errors: Mapping[str, int] = {}
    deadlines: Mapping[str, datetime] = {}
    withdrawn: bool = False
    is_change: bool = False
    changes: Changes | None = None
    quality: Quality | None = None
    answered_at: datetime | None = None

    @property
    def order(self) -> tuple[datetime, int, str]:
        return self.received_at, self.version, self.submission

    @property
    def counted(self) -> int | None:
        """Persons on board as declared."""
        if self.counts.on_board is None and self.counts.passengers is not None and self.counts.crew is not None:
            return self.counts.passengers + self.counts.crew
        return self.counts.on_board


OF_LIST: dict[str, Callable[[Manifest], bool]] = {
    "counts.on_board": lambda m: m.counts.on_board is None and None in (m.counts.passengers, m.counts.crew),
    "counts.passengers": lambda m: m.counts.passengers is None,
    "counts.crew": lambda m: m.counts.crew is None,
    "vessel.name": lambda m: m.vessel.name is None,
    "vessel.imo": lambda m: m.vessel.imo is None,
    "voyage.number": lambda m: m.voyage.number is None,
}


def missing_fields(manifest: Manifest, fields: Iterable[str] = (*ABSENT, *OF_LIST)) -> dict[str, int]:
    """How many persons lack each of `fields`, where any do; 1 for a field of the list as a whole."""
    crew = [person for person in manifest.persons if person.role is Role.CREW]
    others = [person for person in manifest.persons if person.role is not Role.CREW]
    found: dict[str, int] = {}
    for field in fields:
        if field in OF_LIST:
            found[field] = int(OF_LIST[field](manifest))
            continue
        asked = crew if field in OF_CREW else others if field in OF_PASSENGERS else manifest.persons
        found[field] = len(ABSENT[field](asked))
    return {field: count for field, count in found.items() if count}


def errors_by_field(findings: Iterable[Finding]) -> dict[str, int]:
    """How many errors touch each field; what touches none in particular is under `WHOLE_LIST`."""
    found: dict[str, int] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR:
            for one in touched(finding.place.field or WHOLE_LIST):
                found[one] = found.get(one, 0) + 1
    return found


def touched(field: str) -> tuple[str, ...]:
    """What an error at this field is about: a cell may hold several."""
    return SHARED_CELLS.get(field, (field,))
