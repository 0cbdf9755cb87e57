"""What a message of a single window says of sailings: of the one that ends in its port, and of the one that begins there.

In: a `Notice`, what is known of its visit, whose ships there are. Out: `Said`s, and what is wrong. A window numbers the stay of a ship in
a port; a sailing is from one port to the next. So a NOA (the ship comes, and is to leave again) is two words, each about a sailing of
its own. Only VID and SID name the ship, and only VID the port: the other messages are about a Visit ID that is known; a VID may come
before its number, which the window's answer to it gives (`answered`).

A call is made of a message only for a ship that carries passengers: one of a carrier's, or one whose NOA says so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from gateway.codes import imo
from gateway.codes.ports import is_sea_port
from gateway.expect.said import Origin, Said
from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats.emswe_notice import Notice
from gateway.formats.emswe_response import Response, Status
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT, ExpectedCall, Moment, Service

NO_VISIT: Final = Rule(
    id="S-15",
    severity=Severity.ERROR,
    text="this {formality} is about a visit that no call has, so it was not taken",
    hint="import the schedule with the Visit ID (arrival_visit_id, departure_visit_id), or send the ship's VID with it; then send this again",
    cites="EMSWe MIG 2.0, C-MAI-002",
)
NOTHING_SAID: Final = Rule(
    id="S-16",
    severity=Severity.ERROR,
    text="this {formality} lacks {what}, without which it says nothing of a sailing",
    hint="send it with {what}; a time needs its offset from UTC",
    cites="EMSWe MIG 2.0",
)
NOT_YOURS: Final = Rule(
    id="S-17",
    severity=Severity.ERROR,
    text="this is about a port in another country than the single window's",
    hint="let the window of the port's own country tell of it",
    cites="Regulation (EU) 2019/1239 art. 5",
)
NUMBERS_NONE: Final = Rule(
    id="S-24",
    severity=Severity.ERROR,
    text="this answer of a single window tells of no call: {why}",
    hint="send the ship's VID, then the answer that accepts it",
    cites="EMSWe MIG 2.0, RE-004-01",
)
RULES = (NO_VISIT, NOTHING_SAID, NOT_YOURS, NUMBERS_NONE)

_ARRIVAL: Final = ("VID", "SID", "NOA", "ATA", "COA")
_DEPARTURE: Final = ("NOA", "NOD", "ATD")
_SOURCE: Final = "single window, {}"
_LONGEST_VISIT: Final = 35  # DE-014-01


class Ship(msgspec.Struct, frozen=True):
    """Whose a ship is."""

    carrier: str
    service: Service
    name: str


class Visit(msgspec.Struct, frozen=True):
    """What is known of a ship's stay in a port: which ship, which port."""

    imo: str | None
    port: str


class Read(msgspec.Struct, frozen=True):
    """The words of one message, and what is wrong with it."""

    said: tuple[Said, ...]
    findings: tuple[Finding, ...]


def sayings_of(
    notice: Notice, visit: Visit | None, ships: Mapping[str, Ship], *, by: str, at: datetime, country: str | None = None
) -> Read:
    """`country`: of the window that sends, which speaks of its own ports only; None where the operator hands it in."""
    number = notice.imo if imo.is_valid(notice.imo) else ""
    port = notice.port if is_sea_port(notice.port) else ""
    known = visit or (Visit(number or None, port) if port else None)
    problem = _problem(notice, known, number)
    if problem is not None:
        return Read((), (problem,))
    if known is not None and country is not None and known.port[:2] != country:
        return Read((), (NOT_YOURS.at(Place(path="/Envelope")),))
    ship = number or (known.imo if known else None) or ""
    owner = ships.get(ship)
    said = [one for end in ("arrival", "departure") if (one := _word(notice, end, known, ship, owner, by=by, at=at))]
    return Read(tuple(said), ())


def _problem(notice: Notice, known: Visit | None, number: str) -> Finding | None:
    place = Place(path="/Envelope")
    needed: dict[str, Any] = {"VID": ("the estimated arrival", notice.eta), "ATA": ("the actual arrival", notice.ata)}
    needed |= {"ATD": ("the actual departure", notice.atd), "NOD": ("the estimated departure", notice.etd)}
    needed |= {"NOA": ("the estimated arrival", notice.eta)}
    what, value = needed.get(notice.formality, ("", True))
    if len(notice.visit) > _LONGEST_VISIT:
        return NOTHING_SAID.at(
            place, formality=notice.formality, what=f"a Visit ID of at most {_LONGEST_VISIT} characters"
        )
    if notice.formality == "VID" and not number:
        return NOTHING_SAID.at(
            place, shape=shape(notice.imo), formality="VID", what="the ship's IMO number, with its check digit right"
        )
    if value is None and not notice.is_withdrawn:
        return NOTHING_SAID.at(place, formality=notice.formality, what=what)
    if known is None:
        lacks_port = notice.formality == "VID"
        return (
            NOTHING_SAID.at(place, shape=shape(notice.port), formality="VID", what="the UN/LOCODE of a sea port")
            if lacks_port
            else NO_VISIT.at(place, shape=shape(notice.visit), formality=notice.formality)
        )
    return None


def _word(
    notice: Notice, end: str, known: Visit | None, ship: str, owner: Ship | None, *, by: str, at: datetime
) -> Said | None:
    if notice.formality not in (_ARRIVAL if end == "arrival" else _DEPARTURE) or known is None:
        return None
    facts = _arriving(notice, known) if end == "arrival" else _leaving(notice, known)
    moment = facts["etd"] or facts["eta"] or facts["atd"] or facts["ata"]
    may_found = bool(moment and ship and (owner or notice.carries_passengers)) and not notice.is_withdrawn
    source = _SOURCE.format(notice.formality)
    times = {name: Moment(time, source) for name in ("etd", "eta", "atd", "ata") if (time := facts.pop(name))}
    call = ExpectedCall(
        id=f"visit-{ship}-{known.port}-{end}-{moment:%Y%m%dT%H%M}".lower() if may_found and moment else "",
        carrier=owner.carrier if owner else NOBODY,
        service=owner.service if owner else "other",
        vessel=notice.vessel or (owner.name if owner else None),
        imo=ship or None,
        voyage=notice.voyage or None,
        status="cancelled" if notice.formality == "COA" and not notice.is_withdrawn else "planned",
        **facts | times,
    )
    said = min(notice.authenticated or at, at)  # nobody has signed tomorrow
    return Said(
        voice=f"EMSWe {notice.formality}, {end}",
        origin=Origin.WINDOW,
        by=by,
        at=said,
        call=call,
        withdrawn=notice.is_withdrawn,
        founds=may_found,
        message=notice.id if notice.formality == "VID" else "",
    )


def answered(word: Said, response: Response, *, at: datetime) -> Said:
    """A request for a visit once its window has numbered it: what it said, with the Visit ID."""
    call = msgspec.structs.replace(word.call, arrival_visit_id=response.visit)
    return msgspec.structs.replace(word, at=max(at, word.at), call=call)


def not_answering(response: Response, words: Sequence[Said], country: str | None) -> Finding | None:
    """What is wrong with an answer that should number a visit; `words`: what was said in the request that it answers."""
    accepts = response.formality == "VID" and response.status in (Status.ACCEPTED, Status.CONDITIONAL)
    if not accepts or not 0 < len(response.visit) <= _LONGEST_VISIT:
        return NUMBERS_NONE.at(why="it does not accept a request for a visit (VID) and give its Visit ID")
    if not words:
        return NUMBERS_NONE.at(why="the request that it answers was not told here")
    is_theirs = country is None or all(one.call.arrival_port[:2] == country for one in words)
    return None if is_theirs else NOT_YOURS.at()


def _arriving(notice: Notice, known: Visit) -> dict[str, Any]:
    """The sailing to the port of the visit, from the last one."""
    last, before = notice.stop(-1), notice.stop(-2)
    return {
        "departure_port": last.port if last and is_sea_port(last.port) else UNKNOWN_PORT,
        "arrival_port": known.port,
        "previous_port": before.port if before and is_sea_port(before.port) else None,
        "next_port": following.port if (following := notice.stop(1)) and is_sea_port(following.port) else None,
        "arrival_visit_id": notice.visit or None,
        "etd": last.departs if last else None,
        "eta": notice.eta,
        "atd": None,
        "ata": notice.ata,
    }


def _leaving(notice: Notice, known: Visit) -> dict[str, Any]:
    """The sailing from the port of the visit, to the next one."""
    following, last = notice.stop(1), notice.stop(-1)
    return {
        "departure_port": known.port,
        "arrival_port": following.port if following and is_sea_port(following.port) else UNKNOWN_PORT,
        "previous_port": last.port if last and is_sea_port(last.port) else None,
        "departure_visit_id": notice.visit or None,
        "etd": notice.etd,
        "eta": following.arrives if following else None,
        "atd": notice.atd,
        "ata": None,
    }
