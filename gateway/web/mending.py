"""What is to be mended first? The findings of an answer by kind, in the order in which they are worth a sender's time.

In: findings, the lists they are about, how the duties of their sailings stand. Out: `Kind`s: first what keeps a duty from being
met, errors first and of them the nearest deadline, then the other errors by how many there are, then warnings, then notes. Places and
shapes only.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from gateway.findings import Finding, Severity
from gateway.process.answer import ListAnswer
from gateway.process.understand import CUT, NO_LIST
from gateway.track import Standing, State
from gateway.track.filing import SHARED_CELLS, WHOLE_LIST
from gateway.track.standing import LISTS
from gateway.web.place_words import place_in_words, shape_in_words

SHOWN = 20
"""Places of one kind that are shown before the reader asks for all."""

_OPEN = (State.DUE, State.NOT_DUE, State.INCOMPLETE, State.MISSING)
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTHING = ("", "empty")


class Where(msgspec.Struct, frozen=True):
    """One place, as it is said, and the shape of what stands there."""

    place: str
    shape: str


class Saying(msgspec.Struct, frozen=True):
    """What is wrong in one wording, what to do, and everywhere it is so: `findings`, of which only the place and the shape differ."""

    text: str
    hint: str
    tolerated: str
    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        return len(self.findings)

    @property
    def first(self) -> tuple[Where, ...]:
        return _places(self.findings[:SHOWN])

    @property
    def all(self) -> tuple[Where, ...]:
        return _places(self.findings)


def _places(findings: Iterable[Finding]) -> tuple[Where, ...]:
    return tuple(Where(place_in_words(one.place), shape_in_words(one.shape)) for one in findings)


class Kind(msgspec.Struct, frozen=True):
    """All findings of one code. `keeps`: the duties that they keep from being met, the nearest deadline first."""

    code: str
    severity: Severity
    cites: str
    sayings: tuple[Saying, ...]
    keeps: tuple[Standing, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.sayings)


Duties = Mapping[str, Sequence[Standing]]
"""The id of a call -> how its duties stand."""


def is_open(one: Standing) -> bool:
    """Whether something is still to be done for it. What is excused or cancelled is not."""
    return one.received_at is None and one.if_counted in _OPEN and one.state not in (State.EXCUSED, State.CANCELLED)


def kinds(findings: Iterable[Finding], lists: Sequence[ListAnswer], duties: Duties) -> list[Kind]:
    """The kinds, what to do first coming first."""
    by_kind: dict[tuple[Severity, str], list[Finding]] = {}
    for one in findings:
        by_kind.setdefault((one.severity, one.code), []).append(one)
    open_duties = [
        (each, standing) for each in lists for standing in duties.get(each.call or "", ()) if is_open(standing)
    ]
    return sorted((_kind(found, open_duties) for found in by_kind.values()), key=_urgency)


def _kind(found: Sequence[Finding], open_duties: Sequence[tuple[ListAnswer, Standing]]) -> Kind:
    different = {(one.place.file, one.place.member, one.place.field, one.shape in _NOTHING): one for one in found}
    kept = {
        (standing.due.call, standing.due.obligation): standing
        for one in different.values()  # thousands are of one column
        for each, standing in open_duties
        if _is_of(one, each) and _keeps(one, each, standing)
    }
    first = found[0]
    return Kind(first.code, first.severity, first.cites, _sayings(found), tuple(sorted(kept.values(), key=_deadline)))


def _sayings(found: Sequence[Finding]) -> tuple[Saying, ...]:
    said: dict[tuple[str, str, str], list[Finding]] = {}
    for one in found:
        said.setdefault((one.text, one.hint, one.tolerated), []).append(one)
    return tuple(Saying(*words, tuple(same)) for words, same in said.items())


def _is_of(one: Finding, each: ListAnswer) -> bool:
    """Whether the finding may be about this list: it stands in one of its files, or in none in particular."""
    return (one.place.file is None and one.place.member is None) or any(
        one.place.file in (None, file) and one.place.member in (None, member) for file, member in each.sources
    )


def _keeps(one: Finding, each: ListAnswer, standing: Standing) -> bool:
    """Whether the duty cannot be met for as long as this is so: as `track.standing` counts errors and missing fields."""
    if one.severity is Severity.ERROR and one.code in CUT | NO_LIST:
        return True
    fields = _fields(one)
    if standing.due.product == "count":
        return one.severity is not Severity.INFO and any(field.startswith("counts.") for field in fields)
    if each.kind != "mixed" and each.kind not in LISTS[standing.due.product]:
        return False
    if one.severity is Severity.ERROR and fields & {WHOLE_LIST, *standing.due.fields}:
        return standing.errors > 0
    return one.shape in _NOTHING and not fields.isdisjoint(standing.missing)


def _fields(one: Finding) -> set[str]:
    field = one.place.field or WHOLE_LIST
    return set(SHARED_CELLS.get(field, (field,)))


def _deadline(one: Standing) -> tuple[bool, datetime, str]:
    return not one.due.counted, one.due.deadline or _NEVER, one.due.obligation


def _urgency(one: Kind) -> tuple[bool, int, tuple[bool, datetime, str], int, str]:
    deadline = _deadline(one.keeps[0]) if one.keeps else (True, _NEVER, "")
    return not one.keeps, _ORDER.index(one.severity), deadline, -one.count, one.code
