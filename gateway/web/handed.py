"""Who got a list, who would get it, and what they said, in plain words.

In: a list of an answer, its deliveries and verdicts as they are stored; in the sandbox the answer alone. Out: `Handed`, a line each.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from gateway.catalogue import Catalogue
from gateway.process.answer import ListAnswer, Verdict
from gateway.store.deliveries import Delivery
from gateway.store.manifests import Filing
from gateway.web import words
from gateway.web.deadlines import moment
from gateway.web.words import mark, say, say_count

_STATES: Final = {
    "waiting": mark("on its way"),
    "accepted": mark("handed over"),
    "refused": mark("refused"),
    "superseded": mark("not needed any more: a newer list took its place"),
    "given-up": mark("could not be handed over; the operator has been told"),
}
_TONES: Final = {"waiting": "due", "accepted": "on-time", "refused": "missing", "given-up": "missing"}
_VERDICTS: Final = {
    "accepted": mark("The authority accepted it."),
    "conditional": mark("The authority accepted it with remarks; they stand among the findings."),
    "rejected": mark("The authority rejected it; why stands among the findings."),
    "incomplete": mark("The authority calls it incomplete; what is missing stands among the findings."),
    "": mark("The authority answered without a verdict."),
}


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery. `is_owed`: it is what would be sent, in the sandbox."""

    recipient: str
    form: str
    persons: str
    left_out: str
    state: str
    tone: str
    outcome: str = ""
    verdict: str = ""


def handed(
    each: ListAnswer,
    filing: Filing | None,
    verdicts: Iterable[Verdict],
    deliveries: Sequence[Delivery],
    catalogue: Catalogue,
) -> tuple[Handed, ...]:
    """What is stored, or else (in the sandbox) what would be sent."""
    owed = {one.id: one for one in each.deliveries}
    said = {one.delivery: one for one in verdicts}
    stored = [one for one in deliveries if filing is not None and one.manifest_id == filing.id]
    if filing is None:
        return tuple(
            Handed(
                recipient=recipient_name(one.recipient, catalogue), form=one.form, persons=words.figure(one.persons),
                left_out=_left_out(len(one.left_out)), state=say("would be sent"), tone="",
            )
            for one in each.deliveries
        )  # fmt: skip
    return tuple(
        Handed(
            recipient=recipient_name(one.recipient, catalogue),
            form=one.form,
            persons=words.figure(owed[str(one.id)].persons) if str(one.id) in owed else "",
            left_out=_left_out(len(owed[str(one.id)].left_out)) if str(one.id) in owed else "",
            state=_state(one),
            tone=_TONES.get(one.state, ""),
            outcome=one.last_outcome or "" if one.state in ("refused", "given-up") else "",
            verdict=_judged(said.get(str(one.id))),
        )
        for one in stored
    )


def _state(one: Delivery) -> str:
    at = f", {moment(one.settled_at)}" if one.settled_at and one.state == "accepted" else ""
    tried = (
        say_count(" (tried %(number)s time)", " (tried %(number)s times)", one.attempts)
        if one.state == "waiting" and one.attempts
        else ""
    )
    return say(_STATES[one.state]) + at + tried


def _judged(one: Verdict | None) -> str:
    if one is None:
        return ""
    number = " " + say("Its number there: %(number)s.", number=one.reference) if one.reference else ""
    return say(_VERDICTS[one.verdict]) + number


def _left_out(count: int) -> str:
    if not count:
        return ""
    return say_count(
        "without %(number)s person, who lacks what this form needs",
        "without %(number)s persons, who lack what this form needs",
        count,
    )


def recipient_name(id: str, catalogue: Catalogue) -> str:
    found = catalogue.recipients.get(id)
    return found.name if found else id
