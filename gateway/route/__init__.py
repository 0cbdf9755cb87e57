"""Routing: who is owed a list, in which form, on which legal basis, and how much of it each may see.

In: a manifest and the recipients with their route registers. Out: `Routing` (`owed.py`), the manifest cut down to
what the purpose allows (`projection.py`), the one border that a Passenger Information Unit is told of (`leg.py`), and what of a list
may be passed on to another recipient (`onward.py`). Pure: the day is told, nothing is sent here.
"""

from gateway.route.leg import border_leg
from gateway.route.onward import Barred, barred, passed_on
from gateway.route.owed import (
    NONE_KEPT,
    NOTICES,
    OF_A_VISIT,
    ONE_FILING,
    Kept,
    NotSent,
    Owed,
    Reason,
    Routing,
    filing_of,
    list_kinds,
    merged,
    owed,
    with_purposes,
)
from gateway.route.projection import list_of, project

__all__ = [
    "NONE_KEPT", "NOTICES", "OF_A_VISIT", "ONE_FILING", "Barred", "Kept", "NotSent", "Owed", "Reason", "Routing", "barred", "border_leg", "filing_of",
    "list_kinds", "list_of", "merged", "owed", "passed_on", "project", "with_purposes",
]  # fmt: skip
