"""The pages there are, one a question, and whose they are: navigation, and where somebody is led after signing in.

In: a kind of caller. Out: the pages open to it, in the order of the navigation. Each page asks `visitor` for the same kinds.
"""

from typing import Final, get_args

import msgspec

from gateway.store.tokens import Kind
from gateway.web.words import mark

EVERYBODY: Final[tuple[Kind, ...]] = get_args(Kind)

ROLES: Final[dict[Kind, str]] = {
    "carrier": mark("Shipping line"),
    "viewer": mark("Port duty officer"),
    "recipient": mark("Authority that receives lists"),
    "operator": mark("Operator of the gateway"),
    "desk": mark("Compliance desk"),
    "rescue": mark("Rescue officer"),
}


class Room(msgspec.Struct, frozen=True):
    """One page of the navigation. `title` is a message id."""

    path: str
    title: str
    kinds: tuple[Kind, ...]


BOARD: Final = Room("/", mark("Arrivals"), ("viewer", "operator", "carrier", "desk", "rescue"))
SCORECARDS: Final = Room("/scorecards", mark("Scorecards"), ("desk", "operator", "viewer", "carrier"))
FEED: Final = Room("/feed", mark("My feed"), ("recipient",))
HEALTH: Final = Room("/health", mark("Gateway"), ("operator",))
RESCUE: Final = Room("/rescue", mark("Rescue"), ("rescue", "desk"))
COLLEAGUES: Final = Room("/colleagues", mark("Colleagues"), ("rescue", "desk"))
ALARMS: Final = Room("/alarms", mark("Alarms"), ("viewer", "operator", "desk"))
SEND: Final = Room("/send", mark("Send a list"), ("carrier",))
SENT: Final = Room("/sent", mark("What was sent"), ("carrier",))
SANDBOX: Final = Room("/sandbox", mark("Sandbox"), ("carrier",))
ROOMS: Final = (BOARD, SCORECARDS, ALARMS, SEND, SENT, SANDBOX, FEED, HEALTH, RESCUE, COLLEAGUES)


def open_to(kind: Kind) -> tuple[Room, ...]:
    """The pages of this kind of caller."""
    return tuple(room for room in ROOMS if kind in room.kinds)
