"""Many sayings, one call: which of them counts for each time and each fact.

In: what every voice says now. Out: the call, with the source of each time; and the claims, with those that contradict. The order in
which sayings came decides nothing, only what they are and since when they are said.

| what | who is believed first | why |
|---|---|---|
| ATD, ATA | port office, AIS, single window, carrier, schedule | who watched the ship goes before who answers for it: a window's ATD is what the ship's agent declared, and deadlines hang on it |
| ETD, ETA | the newest of port office, single window and carrier; then schedule; then AIS | the law counts from the time that was notified; a schedule is older by nature, even imported today; AIS's own ETA is typed by hand on board and never moves a deadline that somebody vouches for |
| end of boarding | as ATD | |
| ship, leg, carrier | schedule, carrier, port office, single window, AIS | the operator's own expectation says what is counted against whom |
| Visit IDs | single window first | it issues them |
| cancelled | whoever says so; unless the port or AIS saw the ship sail | nothing that a carrier says can make a sailing vanish that took place |
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from gateway.expect.said import TIMES, Origin, Said
from gateway.expect.same import ship_name
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT, ExpectedCall, Moment

_ACTUAL: Final = (Origin.PORT, Origin.AIS, Origin.WINDOW, Origin.CARRIER, Origin.SCHEDULE)
_NOTIFIED: Final = (Origin.PORT, Origin.WINDOW, Origin.CARRIER)
_FACTS_BY: Final = (Origin.SCHEDULE, Origin.CARRIER, Origin.PORT, Origin.WINDOW, Origin.AIS)
_VISITS_BY: Final = (Origin.WINDOW, Origin.SCHEDULE, Origin.CARRIER, Origin.PORT, Origin.AIS)
_WATCHED: Final = (Origin.PORT, Origin.AIS)

_PORTS: Final = ("departure_port", "arrival_port", "previous_port", "next_port")
_OTHERS: Final = ("vessel", "imo", "voyage", "distance_nm", "passenger_capacity", "exemptions")
_VISITS: Final = ("departure_visit_id", "arrival_visit_id")
COMPARED: Final = (
    *("carrier", "vessel", "imo", "voyage", "departure_port", "arrival_port", "previous_port", "next_port"),
    *(*_VISITS, "distance_nm", "passenger_capacity", "status"),
)
"""The facts of which it is shown when sources differ. The kind of service is nobody's word: it follows from the carrier."""
_UNSAID: Final = (None, NOBODY, UNKNOWN_PORT, ())


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One voice's word for one time or fact (`what`). `counts`: the call has it from here. `contradicts`: it is another than that."""

    what: str
    value: datetime | str
    source: str
    voice: str
    by: str
    since: datetime
    counts: bool
    contradicts: bool


def merged(id: str, sayings: Iterable[Said]) -> ExpectedCall:
    """The call of which all of these speak; at least one of them. What was taken back counts only where all was, and then the
    call stays known, as cancelled."""
    known = sorted(sayings, key=lambda one: one.voice)
    standing = _standing(known)
    lead = _by_rank(standing, _FACTS_BY)
    facts: dict[str, Any] = {name: _first(lead, name) for name in (*_PORTS, *_OTHERS)}
    facts |= {name: _first(_by_rank(standing, _VISITS_BY), name) for name in _VISITS}
    times: dict[str, Any] = {name: found[1] for name in TIMES if (found := _believed(standing, name))}
    owner = next((one.call for one in lead if one.call.carrier != NOBODY), lead[0].call)
    given = {name: value for name, value in facts.items() if value is not None}
    return ExpectedCall(
        id=id,
        carrier=owner.carrier,
        service=owner.service,
        status=_status(standing),
        announced=any(one.origin is not Origin.AIS for one in standing),
        **{"departure_port": UNKNOWN_PORT, "arrival_port": UNKNOWN_PORT} | given | times,
    )


def claims(sayings: Iterable[Said]) -> list[Claim]:
    """Every time that a voice states, and every fact about which they differ, the one that counts first."""
    known = sorted(sayings, key=lambda one: one.voice)
    call = merged("", known)
    standing = _standing(known)
    found = [_time_claim(one, name, _believed(standing, name)) for name in TIMES for one in standing if one.time(name)]
    for name in COMPARED:
        said = [one for one in standing if getattr(one.call, name) not in _UNSAID]
        if len({_comparable(name, getattr(one.call, name)) for one in said}) > 1:
            found += [_fact_claim(one, name, getattr(call, name)) for one in said]
    return sorted(found, key=lambda one: (one.what, not one.counts, one.voice))


def _standing(known: Sequence[Said]) -> list[Said]:
    """What was not taken back. Where all was, it is all there is to say of the call."""
    return [one for one in known if not one.withdrawn] or list(known)


def _status(standing: Sequence[Said]) -> Any:
    is_told = any(one.call.status == "cancelled" or one.withdrawn for one in standing)
    return "cancelled" if is_told and not any(_has_seen_it(one) for one in standing) else "planned"


def _has_seen_it(one: Said) -> bool:
    """Whether somebody who watched says that the ship sailed."""
    actual = [moment for name in ("atd", "ata") if (moment := one.time(name))]
    return not one.withdrawn and any(one.origin_of(moment) in _WATCHED for moment in actual)


def _by_rank(sayings: Sequence[Said], order: tuple[Origin, ...]) -> list[Said]:
    return sorted(sayings, key=lambda one: (order.index(one.origin), -one.at.timestamp(), one.voice))


def _first(sayings: Sequence[Said], name: str) -> Any:
    return next((value for one in sayings if (value := getattr(one.call, name)) not in _UNSAID), None)


def _believed(standing: Sequence[Said], name: str) -> tuple[Said, Moment] | None:
    """The saying that counts for this time, and the time."""
    said = [(one, moment) for one in standing if (moment := one.time(name))]
    return min(said, key=lambda pair: _order(pair[0], pair[1], name), default=None)


def _order(one: Said, moment: Moment, name: str) -> tuple[int, float, str]:
    origin = one.origin_of(moment)
    if name in ("etd", "eta"):
        rank = 0 if origin in _NOTIFIED else 2 if origin is Origin.AIS else 1
    else:
        rank = _ACTUAL.index(origin)
    return rank, -one.said_since(name).timestamp(), one.voice


def _time_claim(one: Said, name: str, believed: tuple[Said, Moment] | None) -> Claim:
    moment = one.time(name)
    if moment is None or believed is None:
        raise ValueError("only of a time that is said")
    return Claim(
        what=name,
        value=moment.at,
        source=moment.source,
        voice=one.voice,
        by=one.by,
        since=one.said_since(name),
        counts=believed[0] is one,
        contradicts=moment.at != believed[1].at,
    )


def _fact_claim(one: Said, name: str, believed: Any) -> Claim:
    value = getattr(one.call, name)
    is_same = _comparable(name, value) == _comparable(name, believed)
    return Claim(
        what=name,
        value=str(value),
        source=one.origin.value,
        voice=one.voice,
        by=one.by,
        since=one.at,
        counts=is_same,
        contradicts=not is_same,
    )


def _comparable(name: str, value: Any) -> str:
    return ship_name(value) if name == "vessel" and value else str(value).casefold()
