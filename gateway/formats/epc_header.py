"""What an EPC message says besides the persons: the ship, the call, the other ports, the counts.

In: an `EPCMessage`. Out: header fields with their places, the itinerary, findings. ISO 28005-2:2011 and :2021.
The port of call is PortOfArrival or PortOfDeparture, with LastPortOfCall before and NextPortOfCall after it; a time of one of
those is the leg's where the leg's own port has none. A time without a TimeType counts as estimated.

Left out on purpose: who sent it and who signed (the carrier's profile knows), which forms a message serves (its body says it),
berths and facilities, the registration port besides its state, and the declarations that are no lists of persons: cargo,
dangerous goods, waste, security, stores, health. All else that has no field is a finding.
"""

from collections.abc import Iterable
from itertools import islice

import msgspec
from lxml import etree

from gateway.findings import Finding, Rule, Severity
from gateway.formats import epc_ports, xmltree
from gateway.formats.raw import HeaderValue, RawCall
from gateway.formats.xmlpeople import shown

UNKNOWN_COUNT = Rule(
    id="X-18",
    severity=Severity.INFO,
    text="99999 stands for a number of persons that is not known; it counts as not given",
    hint="give the number as soon as it is known",
    cites="Directive 2002/59/EC, as SafeSeaNet carries it",
)
NOT_KEPT = Rule(
    id="X-19",
    severity=Severity.INFO,
    text="{name} has no field in a list, or another value has it already; it was not kept",
    hint="nothing, if no authority asked for it",
)
TIME_TYPE = Rule(
    id="X-22",
    severity=Severity.INFO,
    text="'TimeType' says neither estimated nor actual; the time was taken as estimated",
    hint="write Estimated or Actual",
    cites="ISO 28005-2, TimeType; IMO0063 to IMO0066",
)
FLAG = Rule(
    id="X-23",
    severity=Severity.INFO,
    text="the flag was taken from the state of the ship's port of registry",
    hint="nothing, if the ship flies the flag of that state",
    cites="UNCLOS article 91",
)
MORE = Rule(
    id="X-28",
    severity=Severity.INFO,
    text="{count} further values of the message's header were not kept",
    hint="mend the ones listed first: they usually share a cause",
)
RULES: tuple[Rule, ...] = (UNKNOWN_COUNT, MORE, NOT_KEPT, TIME_TYPE, FLAG, *epc_ports.RULES)

_PLAIN = {
    ("EPCMessageHeader", "ShipMessageId"): "reference",
    ("EPCMessageHeader", "SentTime"): "issued",
    ("EPCMessageHeader", "ArrivalDeparture"): "direction",
    ("EPCRequestBody", "ShipID", "ShipName"): "vessel.name",
    ("EPCRequestBody", "ShipID", "IMONumber"): "vessel.imo",
    ("EPCRequestBody", "ShipID", "CallSign"): "vessel.call_sign",
    ("EPCRequestBody", "ShipID", "MMSINumber"): "vessel.mmsi",
    ("EPCRequestBody", "VoyageNumber"): "voyage.number",
}
_COUNTS = {"numberofpersonsonboard": "on_board", "crew": "crew", "passengers": "passengers"}
_NOT_KNOWN = "99999"
_MOST_TOLD = 30
_MOST_CALLS = 200
_KINDS = {"actual": "actual", "ata": "actual", "atd": "actual", "estimated": "estimated", "eta": "estimated", "etd": "estimated"}  # fmt: skip

_PORTS = {
    "PortOfDeparture": "departure.port",
    "PortOfArrival": "arrival.port",
    "LastPortOfCall": "last_port",
    "NextPortOfCall": "next_port",
}
_LEFT_OUT = {
    "EPCMessageHeader": "ReplyURI SenderId SenderName SenderDuty Authenticator AuthenticatorName MessageType ReportingSystem "
    "RelayReportingSystem Version",
    "EPCRequestBody": "Agent AirDraught AnchorageArrival AnchorageDeparture ArrivalDraught ATP Authenticator BallastStatus Beam "
    "BerthArrival BerthDeparture BulkLoadUnloadData CallPurpose CargoData CargoOverview Company CSO CurrentShipSecurityLevel "
    "DangerousGoodsCargoIndicator DeadWeight DepartureDraught DoubleBottomContent DutiableCrewEffects ETP "
    "GeneralDescriptionOfDG GrossTonnage HasSecurityPlan HealthData IceClass INFClassContent InmarsatCallNumber "
    "ISSCertificate ISSCertificateStatus LengthOverall NavigationalStatus NetTonnage NextReportTime OBOLoadUnloadData "
    "OtherServiceRequest PeriodOfStay PortCallList RadioCommunications RegistryCertificate ReportingEvent ROBBunkers "
    "SecurityOtherMattersToReport ShipClass ShipDefects ShipSanitationControlCertificate "
    "ShipSanitationControlExemptionCertificate ShipStatus ShipStore ShipToShipActivityList ShipType SummerDraught VoyageEvent "
    "WasteDisposalRequirements WasteInformation WayPointList WeatherInformation",
}
_READ = {
    "EPCMessageHeader": "ShipMessageId SentTime ArrivalDeparture",
    "EPCRequestBody": "ShipID VoyageNumber VoyageDescription PersonsOnBoard PersonsOnboard CrewList PassengerList "
    + " ".join(_PORTS),
}
_KNOWN = {parent: frozenset(f"{_LEFT_OUT[parent]} {_READ[parent]}".split()) for parent in _READ}


class Header(msgspec.Struct):
    values: dict[str, HeaderValue] = {}
    itinerary: list[RawCall] = []
    findings: list[Finding] = []


def read_header(message: etree._Element, above: str) -> Header:
    """`above`: the path of the element that the message stands in as text, if it does."""
    reader = _Reader(message, above)
    for path, field in _PLAIN.items():
        reader.put(field, xmltree.child(message, *path))
    reader.flag(xmltree.child(message, "EPCRequestBody", "ShipID", "RegistrationPort", "CountryCode"))
    for body in reader.first(xmltree.children(message, "EPCRequestBody")):
        reader.counts(body)
        reader.voyage(body)
    for parent, known in _KNOWN.items():
        reader.strange(xmltree.child(message, parent), known)
    reader.strange(
        xmltree.child(message, "EPCRequestBody", "ShipID"),
        frozenset(("ShipName", "IMONumber", "CallSign", "MMSINumber", "RegistrationPort")),
    )
    reader.end()
    return reader.header


class _Reader:
    def __init__(self, message: etree._Element, above: str) -> None:
        self.header = Header()
        self._message, self._above, self.more = message, above, 0

    def put(self, field: str, element: etree._Element | None, text: str | None = None) -> None:
        """The element's text, or `text`, as the header's field; the first of a kind counts."""
        stated = text or xmltree.text(element)
        if element is None or not stated:
            return
        if field not in self.header.values:
            self.header.values[field] = HeaderValue(stated, xmltree.place(element, field, self._above))
        elif self.header.values[field].text != stated:
            self.say(NOT_KEPT, element, name=shown(xmltree.local(element)))

    def say(self, rule: Rule, element: etree._Element, name: str = "") -> None:
        if len(self.header.findings) >= _MOST_TOLD:
            self.more += 1
            return
        self.header.findings.append(rule.at(xmltree.place(element, None, self._above), name=name))

    def end(self) -> None:
        if self.more:
            self.header.findings.append(MORE.at(xmltree.place(self._message, None, self._above), count=self.more))

    def flag(self, element: etree._Element | None) -> None:
        if element is not None and xmltree.text(element):
            self.put("vessel.flag", element)
            self.say(FLAG, element)

    def strange(self, parent: etree._Element | None, known: frozenset[str]) -> None:
        """Elements that hold something and are not read: the first of each name."""
        found: dict[str, etree._Element] = {}
        for one in parent if parent is not None else ():
            name = xmltree.local(one)
            if name not in known and name not in found and (one.text or len(one)):
                found[name] = one
        for name, one in found.items():
            self.say(NOT_KEPT, one, name=shown(name))

    def first(self, elements: Iterable[etree._Element]) -> list[etree._Element]:
        """Not more of a kind than any voyage has; the rest is counted."""
        rest = iter(elements)
        wanted = list(islice(rest, _MOST_CALLS))
        self.more += sum(1 for _ in rest)
        return wanted

    def counts(self, body: etree._Element) -> None:
        """`PersonsOnBoard` (2011) or `PersonsOnboard` (2021). 0 is a number."""
        groups = (xmltree.child(body, name) for name in ("PersonsOnBoard", "PersonsOnboard"))
        for group in (one for one in groups if one is not None):
            for one in (group, *self.first(group)):
                text = xmltree.text(one)
                of = "on_board" if one is group else _COUNTS.get(xmltree.local(one).casefold())
                if text == _NOT_KNOWN and of:
                    self.say(UNKNOWN_COUNT, one)
                elif text and of:
                    self.put(f"counts.{of}", one)
                elif text:
                    self.say(NOT_KEPT, one, name=shown(xmltree.local(one)))

    def voyage(self, body: etree._Element) -> None:
        """The ports of the leg, their times, and the calls besides."""
        for name, field in _PORTS.items():
            if (element := xmltree.child(body, name)) is not None:
                self._port(field, element)
                for time in ("ArrivalTime", "DepartureTime"):
                    self._times(element, time, self._end(name, time))
        calls = xmltree.child(body, "VoyageDescription")
        for item in self.first(calls if calls is not None else ()):
            self._call(item)

    def _end(self, port: str, time: str) -> str:
        """Which end of the leg a port's time is about, by the direction of the list; "" for none."""
        direction = self.header.values.get("direction")
        towards = direction.text[:1].upper() if direction else ""
        if time == "DepartureTime":
            return "departure" if port == "PortOfDeparture" or (port == "LastPortOfCall" and towards != "D") else ""
        return "arrival" if port == "PortOfArrival" or (port == "NextPortOfCall" and towards != "A") else ""

    def _port(self, field: str, element: etree._Element) -> None:
        """A port of the leg has a field for its name besides; the last and the next port have one for both."""
        where, port = self._located(element)
        is_leg = field.endswith(".port")
        named = f"{field}_name" if is_leg else field
        self.put(field if xmltree.text(where, "UNLoCode") else named, where, port.port)
        if port.port is None:
            self.put(field, where)
        for part, left in (("Name", port.name), ("CountryCode", port.country)):
            beside = xmltree.child(where, part)
            if left and beside is not None and part == "Name" and is_leg:
                self.put(named, beside)
            elif left and beside is not None and port.rule is None:
                self.say(NOT_KEPT, beside, name=part)

    def _located(self, element: etree._Element) -> tuple[etree._Element, epc_ports.Port]:
        """Where the parts of the port stand, and the port."""
        within = xmltree.child(element, "Location")
        where = element if within is None else within
        port = epc_ports.port(*(xmltree.text(where, part) for part in ("UNLoCode", "CountryCode", "Name")))
        if port.rule:
            self.say(port.rule, where)
        return where, port

    def _times(self, port: etree._Element, name: str, end: str) -> None:
        for time in self.first(xmltree.children(port, name)):
            stated = _moment(time)
            if stated is not None and end:
                self.put(f"{end}.{self._kind(time)}", stated)
            elif stated is not None:
                self.say(NOT_KEPT, time, name=name)

    def _kind(self, time: etree._Element) -> str:
        said = xmltree.text(time, "TimeType")
        kind = _KINDS.get(said.casefold()) if said else "estimated"
        if kind is None:
            self.say(TIME_TYPE, time)
        return kind or "estimated"

    def _call(self, item: etree._Element) -> None:
        """A call of the voyage. Of the leg's own ports only the time can be news."""
        within = xmltree.child(item, "Port")
        where, port = self._located(item if within is None else within)
        time = xmltree.child(item, "ETA")
        eta = _moment(time) if time is not None else None
        ends = [field for field in _PORTS.values() if self._says(field, port.port)]
        if ends and eta is not None:
            is_news = "arrival.port" in ends or ("next_port" in ends and self._end("NextPortOfCall", "ArrivalTime"))
            self.put("arrival.estimated", eta) if is_news else self.say(NOT_KEPT, eta, name="ETA")
        elif port.port and not ends:
            at = xmltree.place(where, "itinerary", self._above)
            self.header.itinerary.append(RawCall(port=port.port, arrival=xmltree.text(eta), place=at))
        elif not ends and len(item):
            self.say(NOT_KEPT, item, name=shown(xmltree.local(item)))

    def _says(self, field: str, text: str | None) -> bool:
        return field in self.header.values and self.header.values[field].text == text


def _moment(time: etree._Element) -> etree._Element | None:
    """The element that holds the time: `DateTime` within, or the element itself; None where there is no time."""
    within = xmltree.child(time, "DateTime")
    stated = time if within is None else within
    return stated if xmltree.text(stated) else None
