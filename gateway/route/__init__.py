"""Routing: who is owed a list, in which form, on which legal basis, and how much of it each may see.

In: a manifest and the recipients with their route registers. Out: `Routing` (`owed.py`), and the manifest cut down to
what the purpose allows (`projection.py`). Pure: the day is told, nothing is sent here.
"""

from gateway.route.owed import (
    NONE_KEPT,
    ONE_FILING,
    Kept,
    NotSent,
    Owed,
    Reason,
    Routing,
    filing_of,
    list_kinds,
    owed,
    with_purposes,
)
from gateway.route.projection import project

__all__ = [
    "NONE_KEPT",
    "ONE_FILING",
    "Kept",
    "NotSent",
    "Owed",
    "Reason",
    "Routing",
    "filing_of",
    "list_kinds",
    "owed",
    "project",
    "with_purposes",
]
