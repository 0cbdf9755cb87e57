"""A carrier contests a lost point, and the compliance desk decides: both are in the tamper-evident log, and nothing else changes a score.

In: which point, why; which contest, how it is decided. Out: the `Contest`, or why it is not taken. Reasons come out of closed lists, so that there is
no place for a passenger's name.
"""

from datetime import datetime
from typing import get_args
from uuid import UUID, uuid4

import msgspec

from gateway.catalogue import Catalogue
from gateway.compliance.measured import lost_of
from gateway.store import Connection, log
from gateway.store.compliance import (
    Contest,
    ContestReason,
    DecisionReason,
    RejectedReason,
    UpheldReason,
    closed_period_in,
    contest,
    contest_to_decide,
    decide,
    hold_periods,
    last_withdrawn,
)
from gateway.track.metrics import Lost


class Refused(Exception):
    """It cannot be contested or decided; `kind` is a stable name, the text says why and what would do."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lost point is meant."""

    metric: str
    call: str
    obligation: str


async def contest_point(
    connection: Connection,
    catalogue: Catalogue,
    carrier: str,
    point: Point,
    reason: ContestReason,
    submission: UUID | None,
    now: datetime,
) -> Contest:
    """The carrier contests a point of its own, once, within the days that the terms give; within the caller's transaction."""
    await hold_periods(connection)
    lost = await _lost(connection, catalogue, carrier, point, now)
    taken_back = await last_withdrawn(connection, lost.deadline, lost.deadline, carrier)
    if now > max(lost.deadline, taken_back or lost.deadline) + catalogue.terms.contest_window:
        days = catalogue.terms.thresholds.contest_days
        raise Refused("too-late", f"a point can be contested for {days} days after it was lost")
    if await closed_period_in(connection, lost.deadline, lost.deadline) is not None:
        raise Refused("period-closed", "the period of this point is closed, and its scores do not change any more")
    made = Contest(
        id=uuid4(),
        carrier=carrier,
        metric=point.metric,
        call_id=point.call,
        obligation=point.obligation,
        lost_at=lost.deadline,
        reason=reason,
        submission_id=submission,
        contested_at=now,
    )
    if not await contest(connection, made):
        raise Refused("already-contested", "this point was contested before; GET /v1/contests shows what was decided")
    await log.append(connection, "point-contested", _subject(made), now)
    return made


async def decide_contest(
    connection: Connection, id: UUID, *, upheld: bool, reason: DecisionReason, by: str, now: datetime
) -> Contest | None:
    """The desk's decision, once; None where there is no such contest. Upheld, the point leaves every count. Within the caller's transaction."""
    await hold_periods(connection)
    asked = await contest_to_decide(connection, id)
    if asked is None:
        return None
    if asked.state != "open":
        raise Refused("already-decided", f"this contest was {asked.state}; a decision stands")
    fitting: tuple[str, ...] = get_args(UpheldReason if upheld else RejectedReason)
    if reason not in fitting:
        outcome = "given back" if upheld else "left lost"
        raise Refused(
            "reason-does-not-fit",
            f"a point is not {outcome} because of '{reason}'; the reasons for that are {', '.join(fitting)}",
        )
    state = "upheld" if upheld else "rejected"
    decided = msgspec.structs.replace(asked, state=state, decided_by=by, decided_at=now, decision=reason)
    await decide(connection, decided)
    await log.append(
        connection, "contest-decided", _subject(decided) | {"state": state, "by": by, "decision": reason}, now
    )
    return decided


async def _lost(connection: Connection, catalogue: Catalogue, carrier: str, point: Point, now: datetime) -> Lost:
    for one in await lost_of(connection, catalogue, point.call, now):
        if (one.carrier, one.metric, one.obligation) == (carrier, point.metric, point.obligation):
            return one
    raise Refused("no-such-point", "no such point of yours was lost; GET /v1/scorecards/lost lists them")


def _subject(one: Contest) -> dict[str, str]:
    told = {"contest": str(one.id), "carrier": one.carrier, "metric": one.metric, "call": one.call_id}
    told |= {"obligation": one.obligation, "reason": one.reason}
    return told | ({"submission": str(one.submission_id)} if one.submission_id else {})
