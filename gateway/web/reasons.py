"""What is due of a call, under which clause, by when and why, in the language of whoever looks.

In: `track.Standing`s of one call. Out: `DutyLine`s, what must be done first on top. The law's titles are message ids; its clauses are quoted as
they stand. `Due.explanation` says the same in English, for programs.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from gateway.obligations.due import Deadline, Due
from gateway.obligations.law import Anchor
from gateway.track import Standing, State
from gateway.web.lines import KINDS, WORDS, Time, capitalised, time_of
from gateway.web.origins import source_in_words
from gateway.web.score_words import DOWN
from gateway.web.words import mark, say, say_count

ANCHORS: Final[dict[Anchor, str]] = {
    "etd": mark("the estimated departure"),
    "atd": mark("the actual departure"),
    "eta": mark("the estimated arrival"),
    "ata": mark("the actual arrival"),
    "boarding_closed": mark("the end of boarding"),
}
UNKNOWN: Final = (  # what `obligations.applies` and `obligations.due` name as not known, besides the anchors
    mark("the ports before and after this leg"),
    mark("the number of passengers the ship may carry"),
    mark("the distance of the leg"),
    mark("the port of departure"),
    mark("the port of arrival"),
    mark("the time of departure"),
    mark("the time of arrival"),
    mark("the law's time limit"),
)
TO: Final = {
    "nsw": mark("single window"),
    "border": mark("border authority"),
    "sar": mark("rescue centre"),
    "port": mark("port"),
    "piu": mark("passenger information unit"),
    "company": mark("the line's registrar"),
}
_OUTAGE: Final = "declared outage of "
LATE_NOTICE: Final = mark("the estimated arrival came forward too shortly before the deadline")
FIELDS: Final = {  # of the lists, as far as a law asks for them
    "given_names": mark("given names"),
    "family_name": mark("family name"),
    "nationality": mark("nationality"),
    "birth_date": mark("date of birth"),
    "birth_place": mark("place of birth"),
    "sex": mark("sex"),
    "document.number": mark("document number"),
    "document.type": mark("type of document"),
    "document.issuer": mark("issuer of the document"),
    "document.expiry": mark("expiry of the document"),
    "rank": mark("rank or rating"),
    "residence_country": mark("country of residence"),
    "booking_reference": mark("booking reference"),
    "counts.on_board": mark("number of persons on board"),
    "voyage.number": mark("voyage number"),
    "vessel.name": mark("name of the ship"),
    "vessel.imo": mark("IMO number of the ship"),
}
_FIRST: Final = (
    State.MISSING, State.INCOMPLETE, State.DUE, State.LATE, State.NOT_DUE, State.ON_TIME, State.EXCUSED, State.CANCELLED, State.NOT_COUNTED,
)  # fmt: skip


class DutyLine(msgspec.Struct, frozen=True, kw_only=True):
    """One duty. `is_open`: something is still to be done, and the time left counts. `lacks`: what keeps it from being met."""

    obligation: str
    title: str
    clause: str
    to: str
    state: State
    word: str
    is_open: bool
    deadline: Time | None
    is_strict: bool
    why: str
    lacks: tuple[str, ...]
    received: Time | None
    lateness: str
    note: str


def duty_lines(standings: Sequence[Standing], here: str) -> list[DutyLine]:
    """What must be done first on top. `here`: by this port's clock it is told when something was received."""
    far = datetime.max.replace(tzinfo=UTC)
    ordered = sorted(standings, key=lambda one: (_FIRST.index(one.state), one.due.deadline or far, one.due.obligation))
    return [_line(one, here) for one in ordered]


def _line(one: Standing, here: str) -> DutyLine:
    due = one.due
    return DutyLine(
        obligation=due.obligation,
        title=say(due.title),
        clause=due.clause,
        to=", ".join(say(TO[each]) for each in due.recipients),
        state=one.state,
        word=say(WORDS[one.state]),
        is_open=one.state in (State.MISSING, State.INCOMPLETE, State.DUE),
        deadline=time_of(due.basis.at, due.basis.port) if due.basis else None,
        is_strict=due.strict,
        why=_why(due.basis) if due.basis else say("No deadline can be told."),
        lacks=tuple(_lacks(one)),
        received=time_of(one.received_at, here) if one.received_at else None,
        lateness=say("%(length)s after the deadline", length=length(one.lateness)) if one.lateness else "",
        note=_note(due),
    )


def _why(basis: Deadline) -> str:
    """15 min after the actual departure (AIS)."""
    anchor = f"{say(ANCHORS[basis.used])} ({source_in_words(basis.moment.source)})"
    offset = basis.limit.offset
    if not offset:
        said = anchor
    elif offset < timedelta():
        said = say("%(length)s before %(anchor)s", length=length(-offset), anchor=anchor)
    else:
        said = say("%(length)s after %(anchor)s", length=length(offset), anchor=anchor)
    if basis.is_provisional:
        wanted = say(ANCHORS[basis.limit.anchor])
        said += "; " + say("provisional, because %(anchor)s is not known yet", anchor=wanted)
    return said


def length(span: timedelta) -> str:
    """24 h, 15 min, 1 h 30 min."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)) or "0 min"


def _lacks(one: Standing) -> list[str]:
    said = [say("the list of %(kind)s did not come", kind=say(KINDS[kind])) for kind in one.lists]
    said += [
        say_count(
            "%(field)s lacking of %(number)s person",
            "%(field)s lacking of %(number)s persons",
            count,
            field=say(FIELDS[field]) if field in FIELDS else field,
        )
        for field, count in sorted(one.missing.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    if one.errors:
        said.append(say_count("%(number)s error to be mended", "%(number)s errors to be mended", one.errors))
    return [capitalised(text) for text in said]


def _note(due: Due) -> str:
    """What makes it other than usual."""
    said = []
    if due.missing:
        known = {text: say(text) for text in (*ANCHORS.values(), *UNKNOWN)}
        said.append(say("Not known: %(what)s.", what=", ".join(known.get(one, one) for one in due.missing)))
    if due.excused:
        said.append(say("Excused: %(reason)s.", reason=_excuse(due.excused)))
    if not due.counted:
        said.append(say("Shown only: it is held against nobody."))
    if due.request:
        said.append(say("Asked for by request %(id)s.", id=due.request))
    return " ".join(said)


def _excuse(reason: str) -> str:
    """A declared outage of one of our own names; any other reason by its message id, or as the exemption has it."""
    down = DOWN.get(reason.removeprefix(_OUTAGE)) if reason.startswith(_OUTAGE) else None
    return say("declared outage (%(what)s)", what=say(down)) if down else say(reason)
