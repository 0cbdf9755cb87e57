"""What AIS saw of ships: where and when they left and arrived. JSON, as `./gw ais` sends it.

In: bytes, whose ships there are. Out: `Said`s, and what is wrong. No bytes make it raise. A sighting is taken of passenger ships alone:
one of a carrier's, or one that says so of itself (AIS ship type 60 to 69, or a high-speed craft, 40 to 49; ITU-R M.1371-5 table 53).

    {"sightings": [{"imo": "9074729", "vessel": "SPECIMEN STAR", "ship_type": 60, "departure_port": "FIHEL",
                    "atd": "2026-11-21T16:04:00Z", "arrival_port": "EETLL", "ata": "2026-11-21T18:31:00Z"}]}

A port and a time belong together; either pair may be missing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from gateway.codes import imo
from gateway.codes.ports import is_sea_port
from gateway.expect.notices import Ship
from gateway.expect.said import Origin, Said
from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.obligations.calls import NOBODY, UNKNOWN_PORT, ExpectedCall, Moment

NOT_A_SIGHTING: Final = Rule(
    id="S-18",
    severity=Severity.ERROR,
    text="this sighting was not taken; expected {expected}",
    hint="send the IMO number of the ship, the UN/LOCODE of the port, and the time with its offset from UTC",
)
NO_PASSENGER_SHIP: Final = Rule(
    id="S-19",
    severity=Severity.INFO,
    text="this ship is in no carrier's [vessels] and does not say that it carries passengers, so the sighting was not taken",
    hint="add its IMO number to [vessels] of the carrier's file, if it is a line's",
)
RULES = (NOT_A_SIGHTING, NO_PASSENGER_SHIP)

VOICE: Final = "AIS"
PASSENGER_TYPES: Final = frozenset((*range(40, 50), *range(60, 70)))
MOST: Final = 1_000
_SKEW: Final = timedelta(minutes=15)
_NAME: Final = 70
_ENDS: Final = (("departure_port", "atd"), ("arrival_port", "ata"))


def read(data: bytes, ships: Mapping[str, Ship], *, by: str, at: datetime) -> tuple[list[Said], list[Finding]]:
    """`at`: when they came, since nothing was seen later than that."""
    findings: list[Finding] = []
    try:
        tree = msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        tree = None
    entries = tree.get("sightings") if isinstance(tree, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST:
        return [], [NOT_A_SIGHTING.at(expected=f'an object with a list "sightings" of at most {MOST}')]
    said = [
        _said(entry, Place(path=f"/sightings/{number}"), ships, by, at, findings)
        for number, entry in enumerate(entries)
    ]
    return [one for one in said if one is not None], findings


def _said(
    entry: Any, place: Place, ships: Mapping[str, Ship], by: str, at: datetime, findings: list[Finding]
) -> Said | None:
    if not isinstance(entry, dict):
        findings.append(NOT_A_SIGHTING.at(place, expected="an object"))
        return None
    number = str(entry.get("imo", ""))
    if not imo.is_valid(number):
        findings.append(
            NOT_A_SIGHTING.at(place, shape=shape(number), expected="an IMO number whose check digit is right")
        )
        return None
    ends = [_end(entry, port, time, at) for port, time in _ENDS]
    if not any(ends) or any(end is None and entry.get(time) for end, (_, time) in zip(ends, _ENDS, strict=True)):
        findings.append(
            NOT_A_SIGHTING.at(place, expected="a sea port and a time that has passed, for a departure or an arrival")
        )
        return None
    if number not in ships and entry.get("ship_type") not in PASSENGER_TYPES:
        findings.append(NO_PASSENGER_SHIP.at(place))
        return None
    left, came = ends
    first_port, first_at = left or came or (UNKNOWN_PORT, at)
    owner = ships.get(number)
    name = entry.get("vessel")
    vessel = name.strip()[:_NAME] if isinstance(name, str) and name.isprintable() else ""
    call = ExpectedCall(
        id=f"seen-{number}-{first_port}-{'departure' if left else 'arrival'}-{first_at:%Y%m%dT%H%M}".lower(),
        carrier=owner.carrier if owner else NOBODY,
        service=owner.service if owner else "other",
        vessel=(owner.name if owner else "") or vessel or None,
        imo=number,
        departure_port=left[0] if left else UNKNOWN_PORT,
        arrival_port=came[0] if came else UNKNOWN_PORT,
        atd=Moment(left[1], VOICE) if left else None,
        ata=Moment(came[1], VOICE) if came else None,
    )
    return Said(voice=VOICE, origin=Origin.AIS, by=by, at=at, call=call)


def _end(entry: dict[str, Any], port: str, time: str, now: datetime) -> tuple[str, datetime] | None:
    code, stated = entry.get(port), entry.get(time)
    if not isinstance(code, str) or not isinstance(stated, str) or not is_sea_port(code):
        return None
    try:
        at = datetime.fromisoformat(stated[:40])
    except ValueError:
        return None
    if at.tzinfo is None or at.year < 1990 or at > now + _SKEW:
        return None
    return code, at.astimezone(UTC).replace(second=0, microsecond=0)
