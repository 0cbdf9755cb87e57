"""What became of what was sent, in words: accepted as complete for what, delivered to whom, by when what is still due.

In: a stored answer, its lists and deliveries, how the duties of its sailings stand, the time. Out: an `Outcome` for the page, in the
language of the request. Counts, states and places; no person. Deadlines are told in the zone of the port of arrival with UTC beside.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from gateway.catalogue import Catalogue
from gateway.changes import Changes
from gateway.codes.ports import port
from gateway.obligations import ExpectedCall
from gateway.obligations.calls import zone_of
from gateway.process.answer import Answer, ListAnswer, Verdict
from gateway.store.deliveries import Delivery
from gateway.store.manifests import Filing
from gateway.track import Standing
from gateway.web import words
from gateway.web.lines import left
from gateway.web.mending import Duties, Kind, is_open, kinds
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
KINDS: Final = {"passengers": mark("passenger list"), "crew": mark("crew list"), "mixed": mark("passengers and crew")}
PURPOSES: Final = {"border": mark("border checks"), "safety": mark("safety at sea"), "booking": mark("booking data")}


class Deadline(msgspec.Struct, frozen=True):
    """`left` is how long, in words; send.js says the same as it ticks."""

    at: datetime
    local: str
    utc: str
    left: str
    is_over: bool


class Duty(msgspec.Struct, frozen=True):
    """What a law asks of the sailing, and whether it is met."""

    title: str
    clause: str
    is_met: bool
    is_counted: bool
    deadline: Deadline | None


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


class One(msgspec.Struct, frozen=True, kw_only=True):
    """One list of what was sent."""

    kind: str
    persons: str
    ship: str
    ends: str
    purposes: str
    call: str
    call_reason: str
    version: str
    held: str
    not_sent: tuple[tuple[str, str], ...]
    duties: tuple[Duty, ...]
    handed: tuple[Handed, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`tone`: good, mend or bad."""

    tone: str
    headline: str
    advice: str
    lists: tuple[One, ...]
    kinds: tuple[Kind, ...]
    deadlines: Mapping[str, Deadline]


class Known(msgspec.Struct, frozen=True):
    """What the store knows beside the answer; nothing of it in the sandbox."""

    filings: Sequence[Filing] = ()
    deliveries: Sequence[Delivery] = ()
    calls: Mapping[str, ExpectedCall] = {}
    duties: Duties = {}


def outcome(answer: Answer, known: Known, catalogue: Catalogue, now: datetime) -> Outcome:
    """All that the page of one submission says."""
    answer = msgspec.structs.replace(answer, lists=tuple(_of_its_call(each, known) for each in answer.lists))
    found = kinds(answer.findings, answer.lists, known.duties)
    standings = [(each.call or "", one) for each in answer.lists for one in known.duties.get(each.call or "", ())]
    tone, headline, advice = _verdict(answer, found, [one for _, one in standings])
    deadlines = {
        one.due.obligation: deadline for call, one in standings if (deadline := _deadline(one, known.calls[call], now))
    }
    lists = tuple(_one(each, answer, known, catalogue, now) for each in answer.lists)
    return Outcome(tone=tone, headline=headline, advice=advice, lists=lists, kinds=tuple(found), deadlines=deadlines)


def _of_its_call(each: ListAnswer, known: Known) -> ListAnswer:
    """A schedule may have come since, and with it the call."""
    filing = _filing(each, known)
    return msgspec.structs.replace(each, call=filing.call_id) if filing and filing.call_id else each


def _filing(each: ListAnswer, known: Known) -> Filing | None:
    return next((one for one in known.filings if one.number == each.number), None)


def _verdict(answer: Answer, found: Sequence[Kind], standings: Sequence[Standing]) -> tuple[str, str, str]:
    if not answer.lists:
        return (
            "bad",
            say("No list could be read in this."),
            say("Nothing was passed on. Mend what stands first below, and send it again."),
        )
    persons = say_count("%(number)s person", "%(number)s persons", answer.persons)
    if answer.errors:
        errors = say_count("%(number)s error", "%(number)s errors", answer.errors)
        said = say("%(persons)s, %(errors)s: mend these first.", persons=persons, errors=errors)
        held = any(each.held for each in answer.lists)
        advice = (
            say("A list was held back, because it may lack persons. Send it whole.")
            if held
            else say("Mend them in your own file and send it again; only what is new counts as changed.")
        )
        return ("bad" if held else "mend"), said, advice
    met = list(dict.fromkeys(one.due.title for one in standings if one.received_at is not None))
    waiting = [one for one in standings if is_open(one) and one.due.counted]
    if waiting:
        missing = ", ".join(dict.fromkeys(one.due.title for one in waiting))
        said = say("%(persons)s, no errors; something is still due.", persons=persons)
        return "mend", said, say("Not met yet: %(duties)s.", duties=missing)
    if met:
        return "good", say("Accepted as complete for: %(duties)s.", duties=", ".join(met)), persons
    advice = _no_call(answer) if standings == [] else ""
    return "good", say("%(persons)s, no errors.", persons=persons), advice


def _no_call(answer: Answer) -> str:
    if any(each.call is None for each in answer.lists):
        return say("It is not known which sailing this is for, so nothing can be said about deadlines yet.")
    return ""


def _one(each: ListAnswer, answer: Answer, known: Known, catalogue: Catalogue, now: datetime) -> One:
    call = known.calls.get(each.call or "")
    duties = known.duties.get(each.call or "", ()) if call else ()
    return One(
        kind=say(KINDS[each.kind]),
        persons=say_count("%(number)s person", "%(number)s persons", each.persons),
        ship=each.vessel or each.imo or say("ship not named"),
        ends=" → ".join(port_name(code) for code in (each.departure, each.arrival)),
        purposes=", ".join(say(PURPOSES[one]) for one in each.purposes),
        call=each.call or "",
        call_reason=each.call_reason,
        version=_version(each),
        held=each.held,
        not_sent=tuple((_name(id, catalogue), why) for id, why in each.not_sent),
        duties=tuple(_duty(one, call, now) for one in duties) if call else (),
        handed=_handed(each, _filing(each, known), answer.verdicts, known.deliveries, catalogue),
    )


def _version(each: ListAnswer) -> str:
    if not each.version:
        return ""
    said = say("version %(number)s", number=words.figure(each.version))
    return f"{said}: {changed(each.changes)}" if each.changes else said


def changed(found: Changes) -> str:
    """2 added, 1 removed, 4 changed since version 2."""
    counts = (
        (found.added, say_count("%(number)s added", "%(number)s added", found.added)),
        (found.removed, say_count("%(number)s removed", "%(number)s removed", found.removed)),
        (found.changed, say_count("%(number)s changed", "%(number)s changed", found.changed)),
    )
    what = ", ".join(said for count, said in counts if count) or say("nothing changed")
    return say("%(what)s since version %(version)s", what=what, version=words.figure(found.against_version))


def _handed(
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
                recipient=_name(one.recipient, catalogue), form=one.form, persons=words.figure(one.persons),
                left_out=_left_out(len(one.left_out)), state=say("would be sent"), tone="",
            )
            for one in each.deliveries
        )  # fmt: skip
    return tuple(
        Handed(
            recipient=_name(one.recipient, catalogue),
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


def _duty(one: Standing, call: ExpectedCall, now: datetime) -> Duty:
    deadline = _deadline(one, call, now)
    return Duty(one.due.title, one.due.clause, one.received_at is not None, one.due.counted, deadline)


def _deadline(one: Standing, call: ExpectedCall, now: datetime) -> Deadline | None:
    at = one.due.deadline
    return deadline(at, call.arrival_port, now) if at else None


def deadline(at: datetime, code: str, now: datetime) -> Deadline:
    """In the zone of the port, with UTC beside."""
    zone = zone_of(code)
    if zone is None:
        return Deadline(at, "", moment(at), left(at - now), at <= now)
    there = at.astimezone(zone)
    local = say("%(time)s in %(port)s, %(day)s", time=words.clock(there), port=port_name(code), day=words.day(there))
    is_same_day = there.date() == at.astimezone(UTC).date()
    utc = f"{words.clock(at.astimezone(UTC))} UTC" if is_same_day else moment(at)
    return Deadline(at, local, utc, left(at - now), at <= now)


def moment(at: datetime) -> str:
    """Sun 22 Nov, 12:04 UTC"""
    there = at.astimezone(UTC)
    return f"{words.day(there)}, {words.clock(there)} UTC"


def _name(id: str, catalogue: Catalogue) -> str:
    found = catalogue.recipients.get(id)
    return found.name if found else id


def port_name(code: str | None) -> str:
    return (port(code).name or code) if code else "?"
