"""Expected calls from a file: CSV with a header line, or JSON.

In: bytes. Out: the calls that could be read, and every problem with its line (CSV) or path (JSON). No bytes make it raise.
JSON is a list of objects, or an object whose `calls` is one; its keys are the columns of the CSV:

    id               stable identifier; without it one is derived from carrier, vessel, voyage, ports and planned day
    carrier          the carrier's identifier, as in carriers/<id>.toml                                     required
    service          cruise, ferry or other                                                                 required
    vessel, imo      the ship's name, its IMO number                                       at least one is required
    voyage           the carrier's voyage or sailing number
    departure_port   UN/LOCODE, or a name that stands for one port only                                     required
    arrival_port     the next port of call                                                                  required
    previous_port, next_port   the calls before and after this leg
    departure_visit_id, arrival_visit_id   what the single window of either port calls the visit; EMSWe lists need it
    distance_nm      length of the leg in nautical miles
    etd, atd         estimated and actual departure                                        at least one is required
    eta, ata         estimated and actual arrival
    boarding_closed  when boarding was completed, at the departure port
    <time>_source    who said so, for any of the times; else `source`
    status           planned or cancelled; planned if empty
    capacity         how many passengers the ship may carry
    exemptions       "EU-9841-LIST" or "EU-9841-LIST until 2027-05-31: certificate 12", several with ";"; "*" is all

Times are ISO 8601. One without an offset is local to its port.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.obligations.calls import ExpectedCall
from gateway.obligations.sailing import (
    NO_SUCH_LOCAL_TIME,
    NO_ZONE,
    REQUIRED,
    TIMES,
    TWICE_LOCAL_TIME,
    UNREADABLE,
    WRONG_ORDER,
    Row,
    SailingRow,
)

MOST_CALLS = 100_000

COLUMNS = frozenset(
    {
        "id",
        "carrier",
        "service",
        "vessel",
        "imo",
        "voyage",
        "departure_port",
        "arrival_port",
        "previous_port",
        "next_port",
        "departure_visit_id",
        "arrival_visit_id",
    }
    | {"distance_nm", "status", "capacity", "exemptions", *TIMES, *(f"{time}_source" for time in TIMES)}
)
ALIASES = {
    "ship": "vessel",
    "vessel_name": "vessel",
    "imo_number": "imo",
    "voyage_number": "voyage",
    "from": "departure_port",
    "origin": "departure_port",
    "to": "arrival_port",
    "destination": "arrival_port",
    "distance": "distance_nm",
    "passenger_capacity": "capacity",
    "visit_id": "arrival_visit_id",
}

NOT_A_TABLE = Rule(
    id="S-01",
    severity=Severity.ERROR,
    text="this is no schedule: {why}",
    hint="send a CSV with a header line, or a JSON list of calls",
)
UNKNOWN_COLUMN = Rule(
    id="S-02",
    severity=Severity.INFO,
    text="column not used: it has no meaning in a schedule",
    hint="columns: {columns}",
)
TWICE = Rule(
    id="S-09",
    severity=Severity.ERROR,
    text="this call has the id of the one in {first}; only that one is taken",
    hint="give each call an id of its own in the column id",
)
TOO_MANY = Rule(
    id="S-10",
    severity=Severity.ERROR,
    text="more than {most} calls; the rest is left out",
    hint="split the schedule into several files",
)
NO_DISTANCE = Rule(
    id="S-11",
    severity=Severity.INFO,
    text="{count} of {all} calls have no distance, so what hangs on it is not counted: lists of persons on legs over 20 nautical miles",
    hint="fill distance_nm, the length of the leg in nautical miles, and import again",
    cites="Directive 98/41/EC art. 5 and 6",
)
RULES = (
    NO_DISTANCE, NOT_A_TABLE, UNKNOWN_COLUMN, REQUIRED, UNREADABLE, NO_SUCH_LOCAL_TIME, TWICE_LOCAL_TIME, NO_ZONE, WRONG_ORDER, TWICE, TOO_MANY,
)  # fmt: skip


def parse_schedule(
    data: bytes, kind: Literal["csv", "json"], *, source: str = "schedule"
) -> tuple[list[ExpectedCall], list[Finding]]:
    """The calls in `data`, and all that is wrong with it. `source` is who said the times, where the file does not say."""
    findings: list[Finding] = []
    rows = _csv_rows(data, findings) if kind == "csv" else _json_rows(data, findings)
    return calls_of(rows, source, findings), findings


def calls_of(rows: Iterable[tuple[Place, Row]], source: str, findings: list[Finding]) -> list[ExpectedCall]:
    """The calls that the rows hold; what is wrong with them goes to `findings`."""
    calls: dict[str, tuple[ExpectedCall, Place]] = {}
    without_distance = 0
    for number, (place, row) in enumerate(rows):
        if number == MOST_CALLS:
            findings.append(TOO_MANY.at(place, most=MOST_CALLS))
            break
        call = SailingRow(row, place, source, findings).call()
        if call is not None and call.id in calls:
            findings.append(TWICE.at(place, first=calls[call.id][1]))
        elif call is not None:
            calls[call.id] = (call, place)
            without_distance += "distance_nm" not in row
    if without_distance:
        findings.append(NO_DISTANCE.at(count=without_distance, all=len(calls)))
    return [call for call, _ in calls.values()]


def _csv_rows(data: bytes, findings: list[Finding]) -> Iterator[tuple[Place, Row]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [_column(cell) for cell in next(lines, [])]
        if not COLUMNS.intersection(header):
            findings.append(NOT_A_TABLE.at(Place(line=1), why="the first line names no column that we know"))
            return
        findings += _unused(Place(line=1), header)
        for cells in lines:
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
            if row:
                yield Place(line=lines.line_num), row
    except csv.Error:
        findings.append(
            UNREADABLE.at(Place(line=lines.line_num), what="this line", expected="text cells of usual length")
        )


def _json_rows(data: bytes, findings: list[Finding]) -> Iterator[tuple[Place, Row]]:
    try:
        tree = msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        why = "it is not JSON" if isinstance(error, RecursionError) else f"it is not JSON: {error}"
        findings.append(NOT_A_TABLE.at(why=why))
        return
    entries = tree.get("calls") if isinstance(tree, dict) else tree
    base = "/calls" if isinstance(tree, dict) else ""
    if not isinstance(entries, list):
        findings.append(NOT_A_TABLE.at(why="expected a list of calls"))
        return
    for number, entry in enumerate(entries):
        place = Place(path=f"{base}/{number}")
        if isinstance(entry, dict):
            findings += _unused(place, [_column(key) for key in entry])
            yield place, {_column(key): text for key, value in entry.items() if (text := _text(value))}
        else:
            findings.append(UNREADABLE.at(place, what="this call", expected="an object"))


def _column(header: Any) -> str:
    name = re.sub(r"[\s_-]+", "_", str(header).strip().casefold())
    return ALIASES.get(name, name)


def _unused(place: Place, names: list[str]) -> list[Finding]:
    known = ", ".join(sorted(COLUMNS))
    return [
        UNKNOWN_COLUMN.at(Place(line=place.line, path=place.path, column=name[:40]), columns=known)
        for name in dict.fromkeys(names)
        if name and name not in COLUMNS
    ]


def _text(value: Any) -> str:
    """A JSON value as a cell would hold it. A list of exemptions is joined the way a cell lists them."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value).strip()
    return "" if value is None else str(value).strip()
