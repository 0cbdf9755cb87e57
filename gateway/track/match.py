"""Which expected call a list belongs to.

In: a manifest, the calls it might be for, when it came. Out: one call, or none and the reason in words. A list is never
put with a sailing on a guess: either one sailing fits, or a person is told which ones would.

A call fits unless something contradicts it: carrier, ship, ports, times. Where several fit, the voyage number narrows
them, then how near the times are. A ferry may sail the same leg every hour, so near is judged down to ten minutes.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from gateway.expect.same import NEAR, letters, narrowed, ship_name
from gateway.manifest import Call, Manifest
from gateway.obligations.calls import UNKNOWN_PORT, ExpectedCall, Moment, local_date, zone_of

EARLIEST = timedelta(days=30)  # before departure: cruise lines file ahead, and correct
LATEST = timedelta(days=3)  # after arrival: corrections after the voyage


class Match(msgspec.Struct, frozen=True):
    """The call's id, or why there is none."""

    call: str | None
    reason: str


def match(manifest: Manifest, calls: Iterable[ExpectedCall], received_at: datetime) -> Match:
    """The only call that fits."""
    fitting = [call for call in calls if _fits(manifest, call, received_at)]
    if not fitting:
        return Match(None, "no expected sailing has this ship, these ports, this voyage number and these times")
    fitting = narrowed(fitting, _narrower(manifest))
    if len(fitting) > 1:
        some = ", ".join(sorted(call.id for call in fitting)[:5])
        return Match(
            None,
            f"{len(fitting)} expected sailings fit: {some}; a voyage number or a departure time would tell them apart",
        )
    return Match(fitting[0].id, "the only expected sailing that fits")


def contradictions(manifest: Manifest, call: ExpectedCall) -> tuple[str, ...]:
    """In what a list speaks of another sailing than this one: "ship", "ports", "times"."""
    said = {
        "ship": _same_ship(manifest, call) is False,
        "ports": not _same_ports(manifest, call),
        "times": any(gap is not None and gap > NEAR[0] for gap in _gaps(manifest, call)),
    }
    return tuple(fact for fact, differs in said.items() if differs)


def distance(manifest: Manifest, call: ExpectedCall) -> timedelta | None:
    """How far the times of a list are from this sailing's; None where they cannot be compared."""
    return max((gap for gap in _gaps(manifest, call) if gap is not None), default=None)


def _fits(manifest: Manifest, call: ExpectedCall, received_at: datetime) -> bool:
    """Nothing contradicts, and the ship or the voyage number agrees.

    Lines number a voyage in several ways, so another number is let pass where a time shows that it is the sailing.
    """
    ship, voyage, gaps = _same_ship(manifest, call), _same_voyage(manifest, call), _gaps(manifest, call)
    is_timed = any(gap is not None and gap <= NEAR[1] for gap in gaps)
    return (
        (manifest.carrier is None or manifest.carrier == call.carrier)
        and ship is not False
        and (voyage is not False or is_timed)
        and (ship or bool(voyage))
        and _same_ports(manifest, call)
        and _in_season(call, received_at)
        and all(gap is None or gap <= NEAR[0] for gap in gaps)
    )


def _same_ship(manifest: Manifest, call: ExpectedCall) -> bool | None:
    if manifest.vessel.imo and call.imo:
        return manifest.vessel.imo == call.imo
    if manifest.vessel.name and call.vessel:
        return ship_name(manifest.vessel.name) == ship_name(call.vessel)
    return None


def _same_voyage(manifest: Manifest, call: ExpectedCall) -> bool | None:
    if manifest.voyage.number is None or call.voyage is None:
        return None
    stated, expected = letters(manifest.voyage.number), letters(call.voyage)
    return stated == expected or (
        _digits(stated) == _digits(expected) != "" and (stated.isdigit() or expected.isdigit())
    )


def _same_ports(manifest: Manifest, call: ExpectedCall) -> bool:
    stated = (manifest.voyage.departure, manifest.voyage.arrival)
    expected = (call.departure_port, call.arrival_port)
    pairs = zip(stated, expected, strict=True)
    return all(s is None or e == UNKNOWN_PORT or s.port.code in (None, e) for s, e in pairs)


def _in_season(call: ExpectedCall, received_at: datetime) -> bool:
    start, end = call.departs_at or call.arrives_at, call.arrives_at or call.departs_at
    return start is not None and end is not None and start.at - EARLIEST <= received_at <= end.at + LATEST


def _gaps(manifest: Manifest, call: ExpectedCall) -> list[timedelta | None]:
    """How far the stated times are from the expected ones, the planned or the actual, whichever is nearer."""
    leaves, arrives = manifest.voyage.departure, manifest.voyage.arrival
    return [
        _gap(_times(leaves, "departure"), (call.etd, call.atd), call.departure_port),
        _gap(_times(arrives, "arrival"), (call.eta, call.ata), call.arrival_port),
    ]


def _times(call: Call | None, end: str) -> tuple[str, ...]:
    stated = (getattr(call, f"{kind}_{end}") for kind in ("estimated", "actual")) if call else ()
    return tuple(text for text in stated if text)


def _gap(stated: Sequence[str], expected: Sequence[Moment | None], port: str) -> timedelta | None:
    gaps = [_distance(text, moment.at, port) for text in stated for moment in expected if moment]
    return min((gap for gap in gaps if gap is not None), default=None)


def _distance(text: str, at: datetime, port: str) -> timedelta | None:
    """A day alone is at no distance from any time of it. A time without an offset is local to its port."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == 10:
        return timedelta(days=abs((time.date() - local_date(at, port)).days))
    zone = zone_of(port)
    if time.tzinfo is None:
        if zone is None:
            return None
        time = time.replace(tzinfo=zone)
    return abs(time - at)


def _narrower(manifest: Manifest) -> list[Callable[[ExpectedCall], bool]]:
    def within(span: timedelta) -> Callable[[ExpectedCall], bool]:
        return lambda call: all(gap is None or gap <= span for gap in _gaps(manifest, call))

    return [lambda call: _same_voyage(manifest, call) is True, *(within(span) for span in NEAR[1:])]


def _digits(text: str) -> str:
    """The number in a voyage number: "AL33" at one desk is "0033" at another."""
    return "".join(char for char in text if char.isdigit()).lstrip("0")
