"""One row of a schedule on its way to an `ExpectedCall`.

In: a row, column -> text, as `schedule` describes the columns. Out: the call, or None where something is missing without
which no sailing can be expected; every problem goes to the findings. A bad cell that is not required costs only itself.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from gateway.codes import imo
from gateway.codes.ports import port
from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.obligations.calls import Exemption, ExpectedCall, Moment, derived_id, local_date, zone_of

LONGEST_TEXT = 400
LONGEST_VISIT_ID = 35  # DE-014-01

# Each time, and the column of the port whose local time it is.
TIMES = {
    "etd": "departure_port",
    "atd": "departure_port",
    "boarding_closed": "departure_port",
    "eta": "arrival_port",
    "ata": "arrival_port",
}

REQUIRED = Rule(
    id="S-03",
    severity=Severity.ERROR,
    text="{what} is missing, so this call is left out",
    hint="fill it and import the schedule again",
)
UNREADABLE = Rule(
    id="S-04",
    severity=Severity.ERROR,
    text="{what} could not be read; expected {expected}",
    hint="correct it and import again",
)
NO_SUCH_LOCAL_TIME = Rule(
    id="S-05",
    severity=Severity.ERROR,
    text="this local time does not exist in the port: the clocks are put forward over it",
    hint="write the time with its offset, as in 2026-03-29T03:30+03:00",
)
TWICE_LOCAL_TIME = Rule(
    id="S-06",
    severity=Severity.WARNING,
    text="this local time comes twice in the port, as the clocks are put back; the first is taken",
    hint="write the time with its offset, as in 2026-10-25T03:30+02:00",
)
NO_ZONE = Rule(
    id="S-07",
    severity=Severity.ERROR,
    text="the port's time zone is not certain, so a time needs its offset",
    hint="write the time with its offset, as in 2026-10-25T03:30+02:00",
)
WRONG_ORDER = Rule(
    id="S-08",
    severity=Severity.WARNING,
    text="the arrival is not after the departure; the arrival is left out",
    hint="check both times and their offsets",
)

Row = Mapping[str, str]


class SailingRow:
    """One row, where it stands, and the findings about it."""

    def __init__(self, row: Row, place: Place, source: str, findings: list[Finding]) -> None:
        self.row, self.place, self.source, self.findings = row, place, source, findings

    def call(self) -> ExpectedCall | None:
        """The call, or None where something is missing without which no sailing can be expected."""
        carrier, vessel = self.word("carrier"), self.word("vessel")
        service = self.one_of("service", ("cruise", "ferry", "other"))
        ports = {name: self.port(name) for name in ("departure_port", "arrival_port", "previous_port", "next_port")}
        times: dict[str, Any] = {name: self.time(name, ports[beside]) for name, beside in TIMES.items()}
        number, leaves, arrives = self.imo(), ports["departure_port"], ports["arrival_port"]
        planned = times["etd"] or times["atd"]
        needed = {"carrier": carrier, "service": service, "vessel or imo": vessel or number}
        needed |= {"departure_port": leaves, "arrival_port": arrives, "etd or atd": planned}
        for what in (name for name, value in needed.items() if value is None and not self.was_given(name)):
            self.findings.append(REQUIRED.at(self.place, what=what))
        if not (carrier and service and (vessel or number) and leaves and arrives and planned):
            return None
        self.drop_early_arrivals(times)
        day = local_date(planned.at, leaves)
        derived = derived_id(carrier, number or vessel or "", self.word("voyage"), (leaves, arrives), day)
        return ExpectedCall(
            id=self.word("id") or derived,
            carrier=carrier,
            service=service,
            vessel=vessel,
            imo=number,
            voyage=self.word("voyage"),
            departure_port=leaves,
            arrival_port=arrives,
            previous_port=ports["previous_port"],
            next_port=ports["next_port"],
            departure_visit_id=self.visit_id("departure_visit_id"),
            arrival_visit_id=self.visit_id("arrival_visit_id"),
            distance_nm=self.number("distance_nm", 25_000),
            status=self.one_of("status", ("planned", "cancelled")) or "planned",
            passenger_capacity=self.whole("capacity", 20_000),
            exemptions=self.exemptions(),
            **times,
        )

    def was_given(self, what: str) -> bool:
        """Given but unreadable has a finding already."""
        return any(name in self.row for name in what.split(" or "))

    def bad(self, column: str, expected: str) -> None:
        place = Place(line=self.place.line, path=self.place.path, column=column)
        self.findings.append(UNREADABLE.at(place, shape=shape(self.row[column]), what=column, expected=expected))

    def word(self, column: str) -> str | None:
        text = self.row.get(column)
        if text and (len(text) > LONGEST_TEXT or not text.isprintable()):
            self.bad(column, "one short line of text")
            return None
        return text

    def visit_id(self, column: str) -> str | None:
        text = self.word(column)
        if text and len(text) > LONGEST_VISIT_ID:
            self.bad(column, f"at most {LONGEST_VISIT_ID} characters (EMSWe DE-014-01)")
            return None
        return text

    def one_of(self, column: str, choices: tuple[Any, ...]) -> Any:
        text = self.row.get(column, "").casefold()
        if text and text not in choices:
            self.bad(column, f"one of {', '.join(choices)}")
            return None
        return text or None

    def number(self, column: str, most: float) -> float | None:
        text = self.row.get(column)
        if text is None:
            return None
        if re.fullmatch(r"[0-9]{1,9}([.,][0-9]{1,9})?", text) and (number := float(text.replace(",", "."))) <= most:
            return number
        self.bad(column, "a number")
        return None

    def whole(self, column: str, most: int) -> int | None:
        number = self.number(column, most)
        if number is None or number == int(number):
            return None if number is None else int(number)
        self.bad(column, "a whole number")
        return None

    def imo(self) -> str | None:
        text = self.row.get("imo")
        if text is None:
            return None
        number = imo.compact(text)
        if imo.is_valid(number):
            return number
        self.bad("imo", "an IMO number of 7 digits whose check digit is right")
        return None

    def port(self, column: str) -> str | None:
        text = self.row.get(column)
        if text is None:
            return None
        found = port(text)
        if found.code is not None and found.status in ("code", "name", "alias"):
            return found.code
        self.bad(column, "a UN/LOCODE, or the name of one sea port only")
        return None

    def time(self, column: str, beside: str | None) -> Moment | None:
        text = self.row.get(column)
        if text is None:
            return None
        try:
            stated = datetime.fromisoformat(text.replace("Z", "+00:00")) if len(text) > 10 else None
        except ValueError:
            stated = None
        if stated is None or not 1990 <= stated.year <= 2200:
            self.bad(column, "a date and a time in ISO 8601, as in 2026-11-21T18:00")
            return None
        at = stated.astimezone(UTC) if stated.tzinfo else self.at_port(column, stated, beside)
        return Moment(at, self.word(f"{column}_source") or self.source) if at else None

    def at_port(self, column: str, stated: datetime, beside: str | None) -> datetime | None:
        """A local time as an instant; in the nights when the clocks change it may not exist, or come twice."""
        place = Place(line=self.place.line, path=self.place.path, column=column)
        zone = zone_of(beside) if beside else None
        if zone is None:
            self.findings.append(NO_ZONE.at(place))
            return None
        first, second = stated.replace(tzinfo=zone, fold=0), stated.replace(tzinfo=zone, fold=1)
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == stated
        self.findings.append((TWICE_LOCAL_TIME if exists else NO_SUCH_LOCAL_TIME).at(place))
        return first.astimezone(UTC) if exists else None

    def drop_early_arrivals(self, times: dict[str, Moment | None]) -> None:
        for leaves, arrives in (("etd", "eta"), ("atd", "ata")):
            start, end = times[leaves], times[arrives]
            if start and end and end.at <= start.at:
                self.findings.append(WRONG_ORDER.at(Place(line=self.place.line, path=self.place.path, column=arrives)))
                times[arrives] = None

    def exemptions(self) -> tuple[Exemption, ...]:
        held: list[Exemption] = []
        for text in filter(None, (part.strip() for part in self.row.get("exemptions", "").split(";"))):
            found = re.fullmatch(r"([\w.*-]+)(?:\s+until\s+(\d{4}-\d\d-\d\d))?\s*(?::\s*(.{1,200}))?", text)
            until = _date(found[2]) if found else None
            if found is None or (found[2] and until is None):
                self.bad("exemptions", 'an obligation, as in "EU-9841-LIST until 2027-05-31: certificate 12"')
            else:
                held.append(Exemption(found[1], found[3] or "exemption in the schedule", until))
        return tuple(held)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
