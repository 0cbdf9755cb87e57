"""What stands before the first person in PAXLST: the list's kind and references, the ship, the leg and the other calls.

In: a message, and where its header ends. Out: a `Header` of texts with their places. Airline forms (voyage and carrier in
TDT, LOC 125 and 87 with DTM 189 and 232) and sea forms (IMO number, call sign or MMSI in C222, qualified LOCODEs, LOC 5,
60, 61, 94, 153, several TDT for one ship) are read alike; in which order the segments come is not prescribed.

Left out on purpose: who sent it and how to reach them (NAD MS, CTA, COM: the carrier's profile knows), mode and stage of
transport, code lists and agencies, the revision of a reference (1060). All else that has no field is a finding.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.edifact import TAGS
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_segments import NO_TAG, date_text, label, text_at
from gateway.formats.raw import HeaderValue, RawCall

NO_LEG = Rule(
    id="E-20", severity=Severity.WARNING, text="the message does not say between which two ports it is reported: LOC 125 (last place before the border) or LOC 87 (first place behind it) is missing",
    hint="mark the leg with LOC 125 and LOC 87, the other calls with LOC 92", cites="WCO/IATA/ICAO PAXLST guide 6.0",
)  # fmt: skip
TWO_LEGS = Rule(
    id="E-21", severity=Severity.WARNING, text="LOC {qualifier} marks more than one place; the first was taken, the others count as calls on the way",
    hint="send one list for each border that the voyage crosses",
)  # fmt: skip
NOT_KEPT = Rule(
    id="E-22", severity=Severity.INFO, text="{label} in the header has no field in a list, or another value has it already; it was not kept",
    hint="nothing, if no authority asked for it",
)  # fmt: skip
RULES = (NO_LEG, TWO_LEGS, NOT_KEPT)

TIMES: Final = ("issued", "departure.estimated", "departure.actual", "arrival.estimated", "arrival.actual", "itinerary")
"""The header's fields that are dates or times."""

_DEPARTURE_PORTS: Final = ("125", "5", "9")  # best first: departure and loading where the border leg is not marked
_ARRIVAL_PORTS: Final = ("87", "60", "11", "153")
_CALLS: Final = frozenset((*_DEPARTURE_PORTS, *_ARRIVAL_PORTS, "92", "61", "94", "130", "164"))
_DEPARTURE_TIMES: Final = {"estimated": ("189", "133"), "actual": ("136", "186")}  # UN/EDIFACT 2005
_ARRIVAL_TIMES: Final = {"estimated": ("232", "132"), "actual": ("178",)}
_DEPARTED: Final = ("189", "133", "136", "186")
_ARRIVED: Final = ("232", "132", "178")
_REFERENCES: Final = {"TN": "reference", "ATZ": "voyage.visit_id", "VON": "voyage.number", "AF": "voyage.number"}
_SHIP_LISTS: Final = {"146": "vessel.imo", "IMO": "vessel.imo", "103": "vessel.call_sign", "MMSI": "vessel.mmsi"}
_RIVER_LISTS: Final = frozenset(("ENI", "ERN", "OFS"))  # EU 2019/1744: numbers of inland vessels
_LEFT_OUT: Final = frozenset(("NAD", "CTA", "COM"))

_VARIANTS: Final = {
    "745": frozenset(("CP", "XR", "RP")),
    "250": frozenset(("C", "CC", "B", "BC", "A", "D", "E", "EC", "F", "FC")),
    "336": frozenset(("G", "H", "I")),
    "266": frozenset(("CL", "CLNB", "CLOB", "XF", "CF")),
}
_CHANGES: Final = frozenset(("CP", "CC", "BC", "EC", "FC", "G", "I"))
_CHANGE: Final = "4"  # UN/EDIFACT 1225


class Header(msgspec.Struct, kw_only=True):
    """`document` is BGM 1001, `variant` 1004 where it is one of the guides' letters and not a number."""

    document: str = ""
    variant: str = ""
    values: dict[str, HeaderValue] = {}
    itinerary: list[RawCall] = []


class _Stop(msgspec.Struct, kw_only=True):
    """A LOC of the header and the times behind it; `leg` counts the TDT before it."""

    qualifier: str
    code: str
    name: str
    place: Place
    leg: int
    times: dict[str, HeaderValue] = {}

    def take(self, qualifiers: Sequence[str]) -> HeaderValue | None:
        found = next((qualifier for qualifier in qualifiers if qualifier in self.times), None)
        return self.times.pop(found) if found else None


def read_header(message: Message, end: int, findings: list[Finding]) -> Header:
    """Everything from UNH to the segment before `end`."""
    reader = _Reader(message, findings)
    for index in range(message.start + 1, end):
        reader.segment(index)
    reader.leg_and_calls()
    reader.prepared_at()
    return reader.header


class _Reader:
    """Goes down the segments; what a DTM belongs to depends on what was opened before it."""

    def __init__(self, message: Message, findings: list[Finding]) -> None:
        self.header = Header()
        self._message, self._findings = message, findings
        self._said: set[str] = set()
        self._stops: list[_Stop] = []
        self._transports: list[tuple[list[list[str]], Place]] = []
        self._leg_times: dict[int, dict[str, HeaderValue]] = {}

    def segment(self, index: int) -> None:
        parts = self._message.interchange.cut(index)
        place = self._message.interchange.place(index, self._message.number)
        tag = parts[0][0].rstrip()
        if tag == "BGM":
            self._beginning(parts, place)
        elif tag == "RFF":
            self._reference(parts, place)
        elif tag == "DTM":
            self._time(parts, place)
        elif tag == "TDT":
            self._transports.append((parts, place))
        elif tag == "LOC" and text_at(parts, 1) in _CALLS:
            code, name = text_at(parts, 2), text_at(parts, 2, 3)
            leg = len(self._transports) - 1
            self._stops.append(_Stop(qualifier=text_at(parts, 1), code=code, name=name, place=place, leg=leg))
        elif tag not in _LEFT_OUT:
            # What stands where a tag should but is none may be a name behind a stray separator: it is not repeated.
            self._not_kept(label(tag, parts) if tag in TAGS else NO_TAG, place)

    def _beginning(self, parts: list[list[str]], place: Place) -> None:
        document, number, function = text_at(parts, 1), text_at(parts, 2), text_at(parts, 3)
        self.header.document = document
        if number.upper() in _VARIANTS.get(document, ()):
            self.header.variant = number.upper()
            function = function or (_CHANGE if self.header.variant in _CHANGES else "")
        else:
            self._put("reference", number, place, "BGM 1004")
        self._put("function", function, place, "BGM 1225")

    def _reference(self, parts: list[list[str]], place: Place) -> None:
        code, text = text_at(parts, 1), text_at(parts, 1, 1)
        if code == "VM":
            self._put(_ship_field(text, ""), text, place, "RFF VM")
        elif code in _REFERENCES:
            if code == "TN":  # answers repeat it, so it goes before the document's number
                self.header.values.pop("reference", None)
            self._put(_REFERENCES[code], text, place, f"RFF {code}")
        else:
            self._not_kept(label("RFF", parts), place)

    def _time(self, parts: list[list[str]], place: Place) -> None:
        qualifier, time = text_at(parts, 1), HeaderValue(date_text(parts), place)
        leg = len(self._transports) - 1
        if qualifier == "137":
            self._put("issued", time.text, place, "DTM 137")
        elif not time.text or qualifier not in (*_DEPARTED, *_ARRIVED):
            self._not_kept(label("DTM", parts), place)
        elif self._stops and self._stops[-1].leg == leg:
            self._stops[-1].times.setdefault(qualifier, time)
        else:
            self._leg_times.setdefault(leg, {}).setdefault(qualifier, time)

    def leg_and_calls(self) -> None:
        """The two ports of the border leg, the ship that sails it, and the other calls in the order of travel."""
        self._spread_leg_times()
        departure, arrival = self._border(_DEPARTURE_PORTS), self._border(_ARRIVAL_PORTS)
        if departure is None or arrival is None:
            self._findings.append(NO_LEG.at(self._message.place))
        self._border_port("departure", departure, _DEPARTURE_TIMES)
        self._border_port("arrival", arrival, _ARRIVAL_TIMES)
        others = [stop for stop in self._stops if stop is not departure and stop is not arrival]
        for field, qualifier, known in (("last_port", "94", departure), ("next_port", "61", arrival)):
            for stop in [stop for stop in others if stop.qualifier == qualifier and known is None]:
                self._put(field, stop.code or stop.name, stop.place, f"LOC {qualifier}")
        self.header.itinerary = _itinerary(others)
        self._transport(next((stop.leg for stop in (departure, arrival) if stop), 0))
        for stop in self._stops:
            for time in stop.times.values():
                self._not_kept("DTM", time.place)

    def prepared_at(self) -> None:
        """UNB 0017 and 0019, where no DTM 137 says when the list was made."""
        interchange = self._message.interchange
        if "issued" not in self.header.values and interchange.segments[0].startswith("UNB"):
            parts = interchange.cut(0)
            text = text_at(parts, 4) + text_at(parts, 4, 1)
            self._put("issued", text, interchange.place(0), "UNB")

    def _spread_leg_times(self) -> None:
        """A DTM right behind TDT (D.02B has it there) belongs to the leg's first and last port."""
        for leg, times in self._leg_times.items():
            stops = [stop for stop in self._stops if stop.leg == leg]
            for qualifier, time in times.items():
                if stops:
                    stops[-1 if qualifier in _ARRIVED else 0].times.setdefault(qualifier, time)
                else:
                    self._not_kept("DTM", time.place)

    def _border(self, qualifiers: Sequence[str]) -> _Stop | None:
        for qualifier in qualifiers:
            found = [stop for stop in self._stops if stop.qualifier == qualifier and (stop.code or stop.name)]
            if len(found) > 1 and qualifier in ("125", "87"):
                self._findings.append(TWO_LEGS.at(found[1].place, qualifier=qualifier))
            if found:
                return found[0]
        return None

    def _border_port(self, side: str, stop: _Stop | None, times: Mapping[str, Sequence[str]]) -> None:
        if stop is None:
            return
        self._put(f"{side}.port", stop.code, stop.place, "LOC")
        self._put(f"{side}.port_name", stop.name, stop.place, "LOC")
        for kind, qualifiers in times.items():
            if time := stop.take(qualifiers):
                self._put(f"{side}.{kind}", time.text, time.place, "DTM")

    def _transport(self, leg: int) -> None:
        """TDT of the border leg: 8028 the voyage, C040 who operates it, C222 the ship."""
        if not self._transports:
            return
        parts, place = self._transports[max(leg, 0)]
        self._put("voyage.number", text_at(parts, 2), place, "TDT 8028")
        self._put("voyage.operator", text_at(parts, 5) or text_at(parts, 5, 3), place, "TDT C040")
        number, name, flag = text_at(parts, 8), text_at(parts, 8, 3), text_at(parts, 8, 4)
        field = _ship_field(number, text_at(parts, 8, 1).upper())
        self._put(field, number, place, "TDT 8213")
        self._put("vessel.name", name, place, "TDT 8212")
        self._put("vessel.flag", flag, place, "TDT 8453")

    def _put(self, field: str, text: str, place: Place, what: str) -> None:
        if text and (not field or self.header.values.setdefault(field, HeaderValue(text, place)).text != text):
            self._not_kept(what, place)

    def _not_kept(self, what: str, place: Place) -> None:
        if what not in self._said:
            self._findings.append(NOT_KEPT.at(place, label=what))
        self._said.add(what)


def _ship_field(number: str, code_list: str) -> str:
    """Which of a ship's numbers this is: by its code list, else by its form. An inland vessel's has no field."""
    if code_list in _RIVER_LISTS:
        return ""
    digits = number.upper().removeprefix("IMO").strip()
    if code_list in _SHIP_LISTS:
        return _SHIP_LISTS[code_list]
    if digits.isdecimal() and len(digits) in (7, 9):
        return "vessel.imo" if len(digits) == 7 else "vessel.mmsi"
    return "vessel.call_sign" if len(number) < 8 and number.isalnum() else "vessel.name"


def _itinerary(stops: Sequence[_Stop]) -> list[RawCall]:
    """A call may be two LOCs: where one leg arrives and the next departs. Sorted by time where every call has one."""
    calls: list[RawCall] = []
    for stop in stops:
        port, arrival, departure = stop.code or stop.name, stop.take(_ARRIVED), stop.take(_DEPARTED)
        if not port:
            continue
        before = calls[-1] if calls else None
        if before and before.port == port and before.departure is None and arrival is None and departure:
            calls[-1] = msgspec.structs.replace(before, departure=departure.text)
            continue
        calls.append(
            RawCall(
                port=port,
                arrival=arrival.text if arrival else None,
                departure=departure.text if departure else None,
                place=stop.place,
            )
        )
    moments = [_moment(call.arrival or call.departure or "") for call in calls]
    return (
        [call for _, call in sorted(zip(moments, calls, strict=True), key=lambda pair: pair[0])]
        if all(moments)
        else calls
    )


def _moment(text: str) -> str:
    """CCYYMMDDHHMM of a time of 6, 8, 10 or 12 digits."""
    digits = text[:12] if text[:12].isdecimal() else text
    full = digits if len(digits) in (8, 12) else "20" + digits
    return full.ljust(12, "0") if digits.isdecimal() and len(full) in (8, 12) else ""
