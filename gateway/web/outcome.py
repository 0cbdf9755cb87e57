"""What became of what was sent, in words: accepted as complete for what, delivered to whom, by when what is still due.

In: a stored answer, its lists and deliveries, how the duties of its sailings stand, the time. Out: an `Outcome` for the page, in the
language of the request. Counts, states and places; no person. Deadlines are told by the clock of the port that they hang on, with UTC beside.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateway.catalogue import Catalogue
from gateway.changes import Changes
from gateway.obligations import ExpectedCall
from gateway.process.answer import Answer, ListAnswer
from gateway.store.deliveries import Delivery
from gateway.store.manifests import Filing
from gateway.track import Standing
from gateway.web import words
from gateway.web.deadlines import Deadline, deadline, port_name
from gateway.web.handed import Handed, handed, recipient_name
from gateway.web.mending import Duties, Kind, is_open, kinds
from gateway.web.moments import span
from gateway.web.pages import quoted
from gateway.web.words import mark, say, say_count

KINDS: Final = {"passengers": mark("passenger list"), "crew": mark("crew list"), "mixed": mark("passengers and crew")}
PURPOSES: Final = {"border": mark("border checks"), "safety": mark("safety at sea"), "booking": mark("booking data")}


class Duty(msgspec.Struct, frozen=True):
    """What a law asks of the sailing, and whether it is met; `late`: how long after its deadline."""

    title: str
    clause: str
    is_met: bool
    is_counted: bool
    deadline: Deadline | None
    late: str = ""


class One(msgspec.Struct, frozen=True, kw_only=True):
    """One list of what was sent."""

    kind: str
    persons: str
    ship: str
    ends: str
    purposes: str
    call: str
    page_of_call: str
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
    standings = [one for each in answer.lists for one in known.duties.get(each.call or "", ())]
    tone, headline, advice = _verdict(answer, found, standings)
    deadlines = {one.due.obligation: deadline for one in standings if (deadline := _deadline(one, now))}
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
            say("A list was held back, and nobody got it. Mend what stands first below, and send it again.")
            if held
            else say("Mend them in your own file and send it again; only what is new counts as changed.")
        )
        return ("bad" if held else "mend"), said, advice
    met = [one for one in standings if one.received_at is not None]
    late = [one for one in met if one.due.counted and one.lateness]
    waiting = [one for one in standings if is_open(one) and one.due.counted]
    if waiting:
        said = say("%(persons)s, no errors; something is still due.", persons=persons)
        return "mend", said, say("Not met yet: %(duties)s.", duties=_titles(waiting))
    if late:
        said = say("Accepted as complete, but after the deadline: %(duties)s.", duties=_titles(late))
        return "mend", said, say("%(persons)s. Being late counts; nothing more is due for them.", persons=persons)
    if met:
        return "good", say("Accepted as complete for: %(duties)s.", duties=_titles(met)), persons
    advice = _no_call(answer) if standings == [] else ""
    return "good", say("%(persons)s, no errors.", persons=persons), advice


def _titles(standings: Sequence[Standing]) -> str:
    return ", ".join(dict.fromkeys(say(one.due.title) for one in standings))


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
        page_of_call=f"/calls/{quoted(each.call or '')}",
        call_reason=each.call_reason,
        version=_version(each),
        held=each.held,
        not_sent=tuple((recipient_name(id, catalogue), why) for id, why in each.not_sent),
        duties=tuple(_duty(one, now) for one in duties),
        handed=handed(each, _filing(each, known), answer.verdicts, known.deliveries, catalogue),
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


def _duty(one: Standing, now: datetime) -> Duty:
    late = span(one.lateness) if one.received_at and one.lateness else ""
    return Duty(one.due.title, one.due.clause, one.received_at is not None, one.due.counted, _deadline(one, now), late)


def _deadline(one: Standing, now: datetime) -> Deadline | None:
    at = one.due.deadline
    return deadline(at, one.due.clock, now) if at else None
