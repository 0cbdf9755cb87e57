"""Whether a gateway's board says what is true of a season.

In: what was told and received of each sailing, and the board as `GET /v1/calls` gives it. Out: every difference in words, and how many
sailings stand how. Sailings that the board does not show any more are not compared.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from gateway.simulate.laid import Known
from gateway.simulate.season import Sailing
from gateway.simulate.truth import DUTIES, Received, on_board, states

WORST_FIRST: Final = ("missing", "incomplete", "late", "due", "on-time", "cancelled")
NOTHING_DUE: Final = "nothing due"


class Happened(msgspec.Struct, frozen=True):
    """What a gateway was told of a sailing last, and what it has received."""

    sailing: Sailing
    known: Known
    received: tuple[Received, ...] = ()


class Compared(msgspec.Struct, frozen=True):
    """`stand`: state -> sailings, as is true. `differences`: sailing's id -> what the board says otherwise. `unknown`: duties that
    the gateway counts and the season knows nothing of."""

    stand: Mapping[str, int]
    differences: Mapping[str, Sequence[str]]
    unknown: Sequence[str]


def compared(happened: Iterable[Happened], board: Iterable[Mapping[str, Any]], now: datetime) -> Compared:
    """The board against the truth, at the moment `now` at which it was read."""
    rows = {row["id"]: row for row in board}
    shown = [one for one in happened if one.sailing.id in rows]
    stand: Counter[str] = Counter()
    differences, unknown = {}, set[str]()
    for one in shown:
        row, true = rows[one.sailing.id], states(one.sailing, one.known, one.received, now)
        stand[worst(true.values())] += 1
        counted = {due["obligation"]: due["state"] for due in row["due"] if due["counted"]}
        unknown |= counted.keys() - set(DUTIES)
        if found := [*_duties(true, counted), *_persons(one, row)]:
            differences[one.sailing.id] = found
    return Compared(stand, differences, sorted(unknown))


def worst(states: Iterable[str]) -> str:
    """The state of a sailing: that of its duty which stands worst."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), NOTHING_DUE)


def _duties(true: Mapping[Any, str], board: Mapping[str, str]) -> list[str]:
    return [
        f"{duty} is {board.get(duty, 'not there')}, expected {state}"
        for duty, state in true.items()
        if board.get(duty) != state
    ]


def _persons(one: Happened, row: Mapping[str, Any]) -> list[str]:
    expected = on_board(one.received)
    if expected is None or row["on_board"] == expected:
        return []
    return [f"{row['on_board']} on board, expected {expected}"]
