"""When a list says that it was issued and that its ship sails: texts of ISO 8601, compared only where that is sure.

In: a manifest. Out: times. One without an offset is local to its port, or the line's own clock: two of them can be compared with
each other, and neither with one that has an offset.
"""

from datetime import datetime, timedelta
from typing import Final

from gateway.manifest import Manifest

_SAME_SAILING: Final = timedelta(hours=12)  # a voyage number comes again; a sailing is not moved further


def issued_at(manifest: Manifest) -> datetime | None:
    """When the list was issued, where that is a moment: with an offset from UTC."""
    issued = time_of(manifest.issued)
    return issued if issued is not None and issued.tzinfo is not None else None


def sails_at(manifest: Manifest) -> str | None:
    """When it leaves, else when it arrives, as the list says."""
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    leaves = departure and (departure.estimated_departure or departure.actual_departure)
    return leaves or (arrival and (arrival.estimated_arrival or arrival.actual_arrival)) or None


def departs_at(manifest: Manifest) -> str | None:
    departure = manifest.voyage.departure
    return _a_time(departure.estimated_departure, departure.actual_departure) if departure else None


def arrives_at(manifest: Manifest) -> str | None:
    arrival = manifest.voyage.arrival
    return _a_time(arrival.estimated_arrival, arrival.actual_arrival) if arrival else None


def _a_time(*stated: str | None) -> str | None:
    """The first that is one, as the list says; a text that is none may hold anything."""
    return next((text for text in stated if text and time_of(text) is not None), None)


def is_near(stated: str | None, known: str | None) -> bool:
    """Whether two times of departure may be of one sailing: both with an offset from UTC, or both the line's own clock."""
    one, other = time_of(stated), time_of(known)
    if one is None or other is None or (one.tzinfo is None) != (other.tzinfo is None):
        return False
    return abs(one - other) <= _SAME_SAILING


def time_of(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
