"""PAXLST that tells how a list stands and names nobody for it: BGM 266, with CL, CLNB, CLOB, XF or CF in 1004.

In: the messages of one such list, and its header. Out: a list without persons, or None and a finding. A closed list (CL,
CLOB) that counts who is on board changes the numbers of the list before it; a cancelled sailing (XF) withdraws its lists.
Who did not board (CLNB) and what changed (CF) cannot be told of a list that is only taken as a whole: the list is asked for.
"""

from collections.abc import Sequence

from gateway.findings import Finding, Rule, Severity
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_counts import declared
from gateway.formats.paxlst_voyage import TIMES, Header
from gateway.formats.raw import HeaderValue, RawList, SegmentPlaces
from gateway.manifest import ListKind

STATES = Rule(
    id="E-15", severity=Severity.ERROR, text="this is a list of boarding states (BGM 266), which names nobody by itself",
    hint="send the passenger list (745) or the crew list (250) as it was at departure",
)  # fmt: skip
ONLY_NUMBERS = Rule(
    id="E-34", severity=Severity.WARNING, text="this message closes a list (BGM 266) and names nobody by itself: of it, the numbers on board were taken",
    hint="send the passenger list (745) and the crew list (250) as they were at departure too", cites="UN/EDIFACT 1001",
)  # fmt: skip
CANCELLED = Rule(
    id="E-35", severity=Severity.WARNING, text="this message says that the sailing is cancelled (BGM 266 XF): its lists are withdrawn",
    hint="nothing, if it is; if the ship sails, send the lists again", cites="UN/EDIFACT 1001",
)  # fmt: skip
RULES = (STATES, ONLY_NUMBERS, CANCELLED)

_CLOSED = ("CL", "CLOB")
_FIELDS = {"42": "counts.passengers", "41": "counts.crew"}
_CANCEL, _CHANGE = "1", "4"  # UN/EDIFACT 1225


def read_status(messages: Sequence[Message], header: Header, findings: list[Finding]) -> RawList | None:
    place, counts = messages[0].place, declared(messages, findings)
    numbers = {_FIELDS[code]: HeaderValue(str(given[-1][0]), given[-1][1]) for code, given in counts.items()}
    if header.variant == "XF":
        findings.append(CANCELLED.at(place))
        return _list(messages, header, ListKind.MIXED, {**numbers, "function": HeaderValue(_CANCEL, place)})
    if header.variant not in _CLOSED or not numbers:
        findings.append(STATES.at(place))
        return None
    findings.append(ONLY_NUMBERS.at(place))
    kind = ListKind.MIXED if len(counts) > 1 else ListKind.PASSENGERS if "42" in counts else ListKind.CREW
    return _list(messages, header, kind, {**numbers, "function": HeaderValue(_CHANGE, place)})


def _list(messages: Sequence[Message], header: Header, kind: ListKind, values: dict[str, HeaderValue]) -> RawList:
    return RawList(
        format="paxlst",
        kind=kind,
        size=0,
        columns={},
        places=SegmentPlaces(people=[], message=messages[0].number if len(messages) == 1 else None),
        header={**header.values, **values},
        itinerary=header.itinerary,
        dialects=dict.fromkeys(TIMES, "edifact"),
    )
