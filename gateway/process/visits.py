"""visits: what the single window of each port calls this visit (EMSWe DE-014-01), without which it cannot place a list.

In: the expected call of a list, what is owed of it. Out: the Visit ID of either end, and a word to the sender where there is none or
where the list names another. The list's own is sent: it comes from whoever reported the ship, as the call's does. And what a window calls
the visit in its answer to a list that it took (RES, RE-004-01): from then on the call has it, and so have the lists that follow.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from gateway.expect import Origin, Said
from gateway.findings import Finding, Rule, Severity
from gateway.formats.emswe_fields import LISTS
from gateway.formats.emswe_response import Response, Status
from gateway.manifest import Direction
from gateway.obligations import ExpectedCall
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT
from gateway.process.done import Done
from gateway.process.order import with_findings
from gateway.process.owe import Owed
from gateway.process.understand import UnderstoodList
from gateway.route import OF_A_VISIT
from gateway.store import Connection
from gateway.store.calls import call, say
from gateway.store.responses import ClaimedResponse

NONE_KNOWN: Final = Rule(
    id="X-58",
    severity=Severity.WARNING,
    text="the single window's Visit ID of this call is not known; it will hardly take a list without one",
    hint="state it in the list, or let the operator import it with the expected call (arrival_visit_id, departure_visit_id)",
    cites="EMSWe MIG 2.0, C-MAI-002",
)
ANOTHER: Final = Rule(
    id="X-59",
    severity=Severity.WARNING,
    text="the Visit ID is not that of the expected call; the list's own was sent",
    hint="compare it with the single window's answer to the ship's request for a visit (VID)",
    cites="EMSWe MIG 2.0, G-MAI-001",
)
RULES = (NONE_KNOWN, ANOTHER)

_ENDS: Final = {"NOA": "arrival", "NOD": "departure"} | {name: end for name, (end, _) in LISTS.items() if end}
_NUMBER: Final = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9/_.-]{0,34}")
"""DE-014-01 as windows number their visits. Whatever else stands there may be anybody's name, and a call is readable."""


def visits_of(call: ExpectedCall | None) -> dict[Direction, str]:
    """What is known of either end."""
    if call is None:
        return {}
    ends = {Direction.ARRIVAL: call.arrival_visit_id, Direction.DEPARTURE: call.departure_visit_id}
    return {direction: id for direction, id in ends.items() if id}


def with_visits(done: Done) -> Done:
    """With what the senders should know of it, of the messages that go."""
    said = [_said(*one) for one in zip(done.understood.lists, done.owed, done.calls, strict=True)]
    return msgspec.structs.replace(done, understood=with_findings(done.understood, said))


def _said(one: UnderstoodList, owed: Owed, call: ExpectedCall | None) -> Sequence[Finding]:
    """Nothing, where the list goes to no single window."""
    filings = [payload for payload in owed.payloads if payload.route.form in OF_A_VISIT]
    if not filings:
        return []
    place = one.lineage.header_places.get("voyage.visit_id", one.lineage.whole)
    if any(payload.is_of_no_visit for payload in filings):
        return [NONE_KNOWN.at(place)]
    stated = one.manifest.voyage.visit_id
    known = visits_of(call).get(one.manifest.voyage.direction or Direction.ARRIVAL)
    is_other = stated and known and stated.casefold() != known.casefold()  # P34: identifiers, in either case
    return [ANOTHER.at(place)] if is_other else []


async def take_visit(connection: Connection, claimed: ClaimedResponse, response: Response) -> None:
    """What the window calls the visit in its answer is its word about the call from now on."""
    end = _ENDS.get(response.formality)
    is_taken = response.status in (Status.ACCEPTED, Status.CONDITIONAL)
    if end is None or not is_taken or claimed.call_id is None or not _NUMBER.fullmatch(response.visit):
        return
    known, name = await call(connection, claimed.call_id), f"{end}_visit_id"
    if known is None or (getattr(known, name) or "").casefold() == response.visit.casefold():
        return
    blank = ExpectedCall(id="", carrier=NOBODY, service="other", departure_port=UNKNOWN_PORT, arrival_port=UNKNOWN_PORT)
    one = Said(
        voice=f"EMSWe FRM, {end}",
        origin=Origin.WINDOW,
        by=claimed.recipient,
        at=claimed.received_at,
        call=msgspec.structs.replace(blank, **{name: response.visit}),
        founds=False,
    )
    await say(connection, [one], claimed.received_at, {one.subject: known.id})
