"""A case: somebody asks for the list of a sailing, a second person grants it, both may open it until it ends.

In: a `Case` as it is stored, who wants what, the time. Out: its state, and why somebody may not do a thing. The clock ends a case by
itself; nothing has to run for that. Nobody decides on what he asked for: two accounts with the same name, or with the same e-mail
address, are one person here.
"""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

WAITS: Final = timedelta(hours=12)
"""How long a case waits for the second person; who needs the list later asks again."""

SHORTEST, USUAL, LONGEST = 1, 4, 24
"""Hours for which a list may be opened, from when it is granted."""


class Reason(StrEnum):
    """Why a rescue centre needs names (SAR Convention 1979, Annex 1.3; SOLAS V/7)."""

    DISTRESS = "distress"
    EVACUATION = "evacuation"
    OVERBOARD = "person-missing"
    MEDICAL = "medical"
    RECEPTION = "reception"


class Refusal(StrEnum):
    """Why the second person did not grant it."""

    NO_CASE = "no-case"
    OTHER_SAILING = "other-sailing"
    COUNT_IS_ENOUGH = "count-is-enough"


class State(StrEnum):
    """`LAPSED`: nobody decided in time. `OPEN`: the two may open the list. `WITHDRAWN`: who asked did not need it any more."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    REFUSED = "refused"
    OPEN = "open"
    CLOSED = "closed"
    EXPIRED = "expired"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """`call_id`: the sailing; where its lists belong to no expected call, one of them is `manifest_id`. `asked_email`, `decided_email`: of the
    account, lower case, or "". `until`: when a granted case ends."""

    id: UUID
    call_id: str | None
    manifest_id: UUID | None
    carrier: str
    vessel: str
    reason: Reason
    case_number: str
    hours: int
    asked_by: str
    asked_email: str = ""
    asked_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    refusal: Refusal | None = None
    until: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None

    @property
    def sailing(self) -> str:
        """What the case is about, as the log names it."""
        return self.call_id or f"list {self.manifest_id}"


class Deny(StrEnum):
    """Why somebody may not decide, or open."""

    SAME_PERSON = "same-person"
    DECIDED = "decided"
    LAPSED = "lapsed"
    NOT_GRANTED = "not-granted"
    REFUSED = "refused"
    CLOSED = "closed"
    OVER = "over"
    NOT_ONE_OF_THE_TWO = "not-one-of-the-two"


def state_of(case: Case, now: datetime) -> State:
    """How the case stands at `now`."""
    if case.until is not None:
        if case.closed_at is not None:
            return State.CLOSED
        return State.OPEN if now < case.until else State.EXPIRED
    if case.decided_at is not None:
        return State.REFUSED
    if case.closed_at is not None:
        return State.WITHDRAWN
    return State.ASKED if now < case.asked_at + WAITS else State.LAPSED


def decision_denied(case: Case, name: str, email: str, now: datetime) -> Deny | None:
    """Why this person may neither grant nor refuse it; None where he may."""
    if is_same_person(case.asked_by, case.asked_email, name, email):
        return Deny.SAME_PERSON
    state = state_of(case, now)
    if state is State.LAPSED:
        return Deny.LAPSED
    return None if state is State.ASKED else Deny.DECIDED


def opening_denied(case: Case, name: str, now: datetime) -> Deny | None:
    """Why this person may not see the names; None where he may."""
    if name not in (case.asked_by, case.decided_by):
        return Deny.NOT_ONE_OF_THE_TWO
    state = state_of(case, now)
    if state is State.OPEN:
        return None
    if state is State.ASKED:
        return Deny.NOT_GRANTED
    return {State.REFUSED: Deny.REFUSED, State.CLOSED: Deny.CLOSED, State.WITHDRAWN: Deny.CLOSED}.get(state, Deny.OVER)


def may_close(case: Case, name: str, now: datetime) -> bool:
    """Either of the two ends a granted case; who asked takes back what nobody decided yet."""
    return name in (case.asked_by, case.decided_by) and state_of(case, now) in (State.ASKED, State.OPEN)


def is_same_person(one: str, one_email: str, other: str, other_email: str) -> bool:
    """Whether two accounts are one person's as far as can be told: the same name, or the same e-mail address."""
    return _folded(one) == _folded(other) or bool(one_email and _folded(one_email) == _folded(other_email))


def _folded(text: str) -> str:
    """Without what makes two spellings of one text differ (Unicode NFKC and case folding)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
