"""named: whether a list is for the sailing that its sender chose for it.

In: a list, the sailing that was named with it, what else the line is expected to sail. Out: the sailing that it belongs to, why, and a finding
where the two contradict each other. People choose the wrong line of a menu; a list that counted for that sailing would tell a rescue centre of
people who are on another ship, and leave the ship they are on without its list. So a list that fits another sailing, or that contradicts the one
named in two ways, counts for neither. A ship alone that differs, at the very time, is a ship that was exchanged: that is said, and believed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from gateway.findings import Finding, Rule, Severity
from gateway.manifest import Manifest
from gateway.obligations import ExpectedCall
from gateway.track import contradictions, distance, match

OF_ANOTHER = Rule(
    id="H-20",
    severity=Severity.ERROR,
    text="the list was sent for the sailing {call}, but it is for {other} ({facts}); it was kept but not sent",
    hint="send it again for the sailing that it is for; or correct the list, if it names the wrong one",
)
OF_NONE = Rule(
    id="H-21",
    severity=Severity.ERROR,
    text="the list was sent for the sailing {call}, but differs from it ({facts}); it was kept but not sent",
    hint="choose the sailing that the list is for, and send it again; if the schedule is wrong, tell the port",
)
EXCHANGED = Rule(
    id="H-22",
    severity=Severity.WARNING,
    text="the list was sent for the sailing {call} and differs from it ({facts}); it was taken for that sailing",
    hint="nothing, if the ship, the port or the time was changed: then tell the port; else send the list for the right sailing",
)
RULES = (OF_ANOTHER, OF_NONE, EXCHANGED)

_WORDS: Final = {
    ("ship",): "ship",
    ("ports",): "ports",
    ("times",): "times",
    ("ship", "ports"): "ship and ports",
    ("ship", "times"): "ship and times",
    ("ports", "times"): "ports and times",
    ("ship", "ports", "times"): "ship, ports and times",
}
_AT_THE_TIME: Final = timedelta(hours=1)


class Belongs(NamedTuple):
    """The sailing of a list, why it is that one or none, and what is said of it."""

    call: ExpectedCall | None
    reason: str
    said: Finding | None = None


def as_named(manifest: Manifest, named: ExpectedCall, calls: Sequence[ExpectedCall], received_at: datetime) -> Belongs:
    """`calls`: what else the line is expected to sail."""
    facts = contradictions(manifest, named)
    if not facts:
        return Belongs(named, "named by the sender")
    words = _WORDS[facts]
    found = match(manifest, calls, received_at).call
    other = next((call for call in calls if call.id == found), None)
    if other is not None and not _is_exchanged(manifest, facts, named, other):
        return _neither(OF_ANOTHER.at(call=named.id, facts=words, other=other.id))
    if len(facts) > 1:
        return _neither(OF_NONE.at(call=named.id, facts=words))
    return Belongs(named, "named by the sender", EXCHANGED.at(call=named.id, facts=words))


def _is_exchanged(manifest: Manifest, facts: Sequence[str], named: ExpectedCall, other: ExpectedCall) -> bool:
    """Another ship at the very time of the sailing that was named, and not at that of the other."""
    near, far = distance(manifest, named), distance(manifest, other)
    return facts == ("ship",) and near is not None and near <= _AT_THE_TIME and (far is None or near < far)


def _neither(said: Finding) -> Belongs:
    return Belongs(None, f"{said.code}: {said.text}", said)
