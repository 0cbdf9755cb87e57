"""What sources say of a call and differ about, other than its times: who says what, in the language of whoever looks.

In: a call, and the claims of all sources about it. Out: `FactLine`s, in the order in which a call is described. A fact about which all agree is on the page anyway.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from gateway.expect import COMPARED, Claim
from gateway.obligations import ExpectedCall
from gateway.web.lines import place_name
from gateway.web.words import mark, say

NAMES: Final = {
    "carrier": mark("Shipping line"),
    "vessel": mark("Ship"),
    "imo": mark("IMO number"),
    "voyage": mark("Voyage number"),
    "departure_port": mark("Port of departure"),
    "arrival_port": mark("Port of arrival"),
    "previous_port": mark("Port before"),
    "next_port": mark("Port after"),
    "departure_visit_id": mark("Visit ID at departure"),
    "arrival_visit_id": mark("Visit ID at arrival"),
    "distance_nm": mark("Distance in nautical miles"),
    "passenger_capacity": mark("Passengers it may carry"),
    "status": mark("Takes place"),
}
_STATUS: Final = {"planned": mark("yes"), "cancelled": mark("cancelled")}


class Version(msgspec.Struct, frozen=True):
    """A value, and all who say it."""

    value: str
    sources: tuple[str, ...]


class FactLine(msgspec.Struct, frozen=True):
    """One fact. `counts`: what the call has, and who says that; `others`: what it has not."""

    name: str
    counts: Version
    others: tuple[Version, ...]


def fact_lines(call: ExpectedCall, said: Sequence[Claim], carriers: Mapping[str, str]) -> list[FactLine]:
    """Those about which somebody differs. `carriers`: id -> name."""
    lines = []
    for name in COMPARED:
        its = [one for one in said if one.what == name]
        if its:
            agreed = tuple(_source(one) for one in its if one.counts)
            counts = Version(_shown(name, getattr(call, name), carriers), agreed)
            lines.append(FactLine(say(NAMES[name]), counts, _versions(name, its, carriers)))
    return lines


def _versions(name: str, said: Sequence[Claim], carriers: Mapping[str, str]) -> tuple[Version, ...]:
    """What others say, each value once."""
    by_value: dict[str, list[str]] = {}
    for one in said:
        if not one.counts:
            by_value.setdefault(_shown(name, one.value, carriers), []).append(_source(one))
    return tuple(Version(value, tuple(sources)) for value, sources in by_value.items())


def _source(one: Claim) -> str:
    return one.source if one.voice in ("", one.source) else f"{one.source} ({one.voice})"


def _shown(name: str, value: object, carriers: Mapping[str, str]) -> str:
    text = str(value)
    if name.endswith("_port"):
        return f"{place_name(text)} ({text})"
    return say(_STATUS[text]) if name == "status" else carriers.get(text, text) if name == "carrier" else text
