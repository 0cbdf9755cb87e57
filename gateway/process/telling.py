"""How findings are told to the sender: each of its list, each at its place, each once, and tolerated where that was agreed.

In: findings as readers, `normalise` and checks make them. Out: the same, as they stand in the answer.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from gateway.carrier import Carrier
from gateway.findings import Finding, Place, Severity
from gateway.formats.raw import CellPlaces, JoinedPlaces, Own, Places


def told(finding: Finding, where: Place, carrier: Carrier | None, now: datetime) -> Finding:
    """The finding with its file and its name in an archive, unless it is known to stand in another; tolerated or not."""
    place = finding.place.within(where.file, where.member)
    placed = finding if place is finding.place else msgspec.structs.replace(finding, place=place)
    return _tolerated(placed, carrier, now)


def list_of(place: Place, lists: Sequence[Places]) -> int | None:
    """Which list of a file a finding of its reader is about: the only one, or the one of that message or sheet."""
    if len(lists) == 1:
        return 0
    for at, places in enumerate(lists):
        if isinstance(places, CellPlaces):
            if place.sheet is not None and place.sheet == places.sheet:
                return at
        elif isinstance(places, JoinedPlaces):  # of several files: none of it is one list's alone
            continue
        elif place.message is not None and place.message == places.message:
            return at
    return None


def whole(places: Own) -> Place:
    """Where to look for what concerns a list as a whole: its sheet, or its message."""
    return Place(sheet=places.sheet) if isinstance(places, CellPlaces) else Place(message=places.message)


def not_said(checked: Sequence[Finding], found: Sequence[Finding]) -> list[Finding]:
    """What the checks add. A value that could not be read is one mistake: that it is missing now is not another."""
    unreadable = {
        _value(one.place) for one in found if one.place.field and (one.severity is Severity.ERROR or one.tolerated)
    }
    return [one for one in checked if _value(one.place) not in unreadable]


def _value(place: Place) -> tuple[int | str | None, ...]:
    """Which value of which list: of several that became one, each counts its own persons."""
    if place.person is None:
        return (None, place.field)
    return (place.person, place.field, place.file, place.member, place.message, place.sheet)


def _tolerated(finding: Finding, carrier: Carrier | None, now: datetime) -> Finding:
    """An error that the carrier's profile tolerates is a warning that says why."""
    if carrier is None or finding.severity is not Severity.ERROR:
        return finding
    reason = carrier.tolerated(finding.code, now.date())
    return msgspec.structs.replace(finding, severity=Severity.WARNING, tolerated=reason) if reason else finding


def not_told_yet(found: Sequence[Finding], told: set[Finding]) -> list[Finding]:
    """Without what an earlier list said of the very same cell or line: a form's box is one box, whichever lists it speaks for."""
    fresh = []
    for one in found:
        if (one.place.cell or one.place.line) and one.place.person is None:
            if one in told:
                continue
            told.add(one)
        fresh.append(one)
    return fresh
