"""Invented sailings, filings and the shipped law, for the tests of obligations and track."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from gateway.manifest import Counts, ListKind
from gateway.obligations import Due, ExpectedCall, Law, Moment, due, merge, parse_law
from gateway.track import Filing
from gateway.track.standing import LISTS

LAW_FILES = sorted((Path(__file__).parents[1] / "schemas" / "obligations").glob("*.toml"))

REQUEST = """
jurisdiction = "UK"
[[request]]
id = "UK-27B/ARR"
obligation = "UK-27B-ARR"
reference = "letter of 1 June 2026"
valid = { since = 2026-06-01, until = 2026-11-30 }
limits = [{ anchor = "etd", offset = "-PT24H", relation = "by" }]
[[request]]
id = "CA-API/1"
obligation = "CA-API"
reference = "letter of 1 June 2026"
valid = { since = 2026-06-01, until = 2026-11-30 }
limits = [{ anchor = "etd", offset = "-PT24H", relation = "by" }]
[[request]]
id = "UK-27B/DEP"
obligation = "UK-27B-DEP"
reference = "letter of 1 June 2026"
carriers = ["specimen"]
vessels = ["1234567"]
valid = { since = 2026-06-01, until = 2026-11-30 }
limits = [{ anchor = "atd", offset = "PT30M", relation = "by" }]
"""


@cache
def shipped_law() -> Law:
    """All files of schemas/obligations, and three live requests."""
    laws = [parse_law(path.name, path.read_text("utf-8"))[0] for path in LAW_FILES]
    return merge([*laws, parse_law("requests", REQUEST)[0]])[0]


def at(text: str) -> datetime:
    """A time; UTC where it has no offset."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def sailing(route: str = "FIHEL-EETLL", **changes: Any) -> ExpectedCall:
    """A ferry of 44 nm, planned for 10:00 to 12:30 UTC on 20 July 2026, with `changes`. Times may be texts."""
    leaves, arrives = route.split("-")
    known: dict[str, Any] = {
        "id": "S1",
        "carrier": "specimen",
        "service": "ferry",
        "vessel": "SPECIMEN STAR",
        "imo": "1234567",
        "departure_port": leaves,
        "arrival_port": arrives,
        "distance_nm": 44.0,
        "etd": "2026-07-20T10:00",
        "eta": "2026-07-20T12:30",
    } | changes
    times = {name: Moment(at(value), "test") for name, value in known.items() if name in _TIMES and value}
    return ExpectedCall(**({name: value for name, value in known.items() if name not in _TIMES} | times))


_TIMES = ("etd", "eta", "atd", "ata", "boarding_closed")


def duty(obligation: str, call: ExpectedCall, law: Law | None = None) -> Due:
    """The one duty of that name."""
    (found,) = [one for one in due(call, law or shipped_law()) if one.obligation == obligation]
    return found


def filing(kind: ListKind = ListKind.PASSENGERS, **changes: Any) -> Filing:
    """A complete list of 100 persons for any purpose."""
    known: dict[str, Any] = {"call": "S1", "submission": "sub-1", "kind": kind, "persons": 100} | changes
    if isinstance(known["received_at"], str):
        known["received_at"] = at(known["received_at"])
    return Filing(**known)


def count(received_at: datetime | str, on_board: int = 100, **changes: Any) -> Filing:
    """A message with a number only."""
    return filing(received_at=received_at, persons=0, counts=Counts(on_board=on_board), **changes)


def complete(one: Due, received_at: datetime) -> list[Filing]:
    """What meets this duty in full."""
    if not LISTS[one.product]:
        return [count(received_at, call=one.call)]
    return [filing(kind, received_at=received_at, call=one.call) for kind in LISTS[one.product]]


MINUTE = timedelta(minutes=1)
