"""What to expect, from all who tell of it: sayings of several sources are placed on one call and merged into it.

`Said` is what one source says of one sailing, `place` finds the call it is about, `merged` makes the call of all that is said,
`claims` shows who says what and where they contradict one another, `unions` makes one call of two that turn out to be one sailing.
"""

from gateway.expect.merge import COMPARED, Claim, claims, merged
from gateway.expect.place import Placed, place, search_of
from gateway.expect.said import Origin, Said, restated, scheduled
from gateway.expect.twins import Union, unions

__all__ = [
    "COMPARED",
    "Claim",
    "Origin",
    "Placed",
    "Said",
    "Union",
    "claims",
    "merged",
    "place",
    "restated",
    "scheduled",
    "search_of",
    "unions",
]
