"""Routing: who is owed a list, in which form, on which legal basis, and how much of it each may see.

In: a manifest and the recipients with their route registers. Out: `Routing` (`owed.py`), the manifest cut down to
what the purpose allows (`projection.py`), and the one border that a Passenger Information Unit is told of (`leg.py`). Pure: the day is told, nothing is sent here.
"""

from gateway.route.leg import border_leg
from gateway.route.owed import ONE_FILING, NotSent, Owed, Reason, Routing, owed, with_purposes
from gateway.route.projection import list_of, project

__all__ = [
    "ONE_FILING",
    "NotSent",
    "Owed",
    "Reason",
    "Routing",
    "border_leg",
    "list_of",
    "owed",
    "project",
    "with_purposes",
]
