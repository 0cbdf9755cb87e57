"""EMSWe formalities NOA and NOD, MIG 2.0: how many persons are on board, where no lists of them are sent.

In: a `Manifest` that declares numbers and lists nobody, and a `WriteOrder`. Out: one Envelope, XML or JSON: the ship's notification of
arrival or departure with what the schema asks for and the numbers, nothing else. The number of passengers and of crew may not be
given where both lists are sent (G-NOA-001, G-NOD-001), so a list with persons is refused here, as one without is in `emswe`. A
notification cannot be withdrawn, only replaced (R-MAI-004). Whoever files it for a visit is its only declarant (ERR-006, ERR-007): an
authority puts these forms into its register only for ships whose agent does not file one.

Element order: NOA's XSD 1.0.0, whose order the JSON Schemas 2.0.1.0 leave open. The purpose of the call is passenger movement (8025: 2).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.codes.ports import port_zone
from gateway.formats.emswe import Node, header, json_envelope, xml_document
from gateway.formats.emswe_values import moment, whole
from gateway.formats.writing import WriteOrder
from gateway.manifest import Call, Counts, Direction, Function, ListKind, Manifest, Voyage

_REPEATED: Final = frozenset(("ram:CallPurposeCode", "ram:DefinedTradeContact", "ram:ItineraryStopTransportEvent"))
_PASSENGER_MOVEMENT: Final = "2"  # UN/EDIFACT 8025
_VOYAGE: Final = 17  # DE-014-02, an..17
_MOST, _MOST_CREW = 99_999_999, 9_999  # DE-034-01 and -02 n..8, DE-034-03 n..4; none may be 0 (R-GENERAL-002)
_LAST, _NEXT = -1, 1  # G-GENERAL-001: ports before this one count down, ports after it up


def formality(manifest: Manifest) -> str:
    """NOA or NOD."""
    return "NOD" if manifest.voyage.direction is Direction.DEPARTURE else "NOA"


def refuses(manifest: Manifest) -> str:
    """Why these numbers cannot go as a ship's notification, or an empty text."""
    if manifest.persons:
        return "EMSWe takes numbers of persons only where no lists are sent, and this is a list (G-NOA-001, G-NOD-001)"
    if manifest.function in (Function.CANCEL, Function.CHANGE):
        return "a ship's notification cannot be withdrawn or changed in part (R-MAI-004); send the right numbers"
    if manifest.kind is ListKind.CREW or _on_board(manifest.counts) is None:
        return (
            "a ship's notification has the number of all persons on board; declare it, or those of passengers and crew"
        )
    voyage = manifest.voyage
    if formality(manifest) == "NOD":
        return (
            ""
            if _time(voyage.departure, "estimated_departure")
            else "a NOD needs the estimated time of departure (DE-022-05)"
        )
    if not (_time(voyage.arrival, "estimated_arrival") and _time(voyage.arrival, "estimated_departure")):
        return "a NOA needs when the ship is to arrive and when it is to leave again (DE-022-02, DE-022-05)"
    return "" if _code(voyage.departure) else "a NOA needs the last port of call (R-NOA-004)"


def tree(manifest: Manifest, order: WriteOrder) -> list[Node]:
    """The Envelope's children. Of a manifest that `refuses` lets pass."""
    code = formality(manifest)
    prefix = code.lower()
    body = [(f"{prefix}:SpecifiedLogisticsTransportMovement", list(_movement(code, manifest)))]
    return [("mai:MAI", header(code, order, is_withdrawn=False)), (f"{prefix}:{code}", body)]


def write_xml(manifest: Manifest, order: WriteOrder) -> bytes:
    """The Envelope as XML, UTF-8."""
    return xml_document(tree(manifest, order), formality(manifest), order)


def write_json(manifest: Manifest, order: WriteOrder) -> bytes:
    """The Envelope as JSON in the declarant API's mapping."""
    return msgspec.json.encode(json_envelope(tree(manifest, order), _REPEATED))


def _movement(code: str, manifest: Manifest) -> Iterator[Node]:
    voyage, counts = manifest.voyage, manifest.counts
    if number := whole(voyage.number, _VOYAGE):
        yield ("ram:ID", number)
    yield from _quantity("ram:PassengerQuantity", counts.passengers, _MOST)
    yield from _quantity("ram:CrewQuantity", counts.crew, _MOST_CREW)
    if code == "NOA":
        yield ("ram:CallPurposeCode", _PASSENGER_MOVEMENT)
    yield from _quantity("ram:OnboardPersonQuantity", _on_board(counts), _MOST)
    yield from _itinerary(code, voyage)
    here = voyage.arrival if code == "NOA" else voyage.departure
    times = (
        [("EstimatedTransportMeansArrivalOccurrenceDateTime", _time(here, "estimated_arrival"))]
        if code == "NOA"
        else []
    )
    times.append(("EstimatedTransportMeansDepartureOccurrenceDateTime", _time(here, "estimated_departure")))
    yield ("ram:CallTransportEvent", [(f"ram:{name}", at) for name, at in times])


def _quantity(name: str, number: int | None, most: int) -> Iterator[Node]:
    if number is not None and 0 < number <= most:
        yield (name, number)


def _itinerary(code: str, voyage: Voyage) -> Iterator[Node]:
    other, number = (_code(voyage.departure), _LAST) if code == "NOA" else (_code(voyage.arrival), _NEXT)
    if other:
        stop: list[Node] = [("ram:SequenceNumeric", number), ("ram:OccurrenceLogisticsLocation", [("ram:ID", other)])]
        yield ("ram:ItineraryTransportRoute", [("ram:ItineraryStopTransportEvent", stop)])


def _on_board(counts: Counts) -> int | None:
    """As declared, or the sum of both; 0 says that nobody is on board, which a ship's notification cannot say."""
    known = counts.on_board
    if known is None and counts.passengers is not None and counts.crew is not None:
        known = counts.passengers + counts.crew
    return known or None


def _time(call: Call | None, name: str) -> str | None:
    """A time with its offset (R-GENERAL-001): its own, or that of the port where it is certain."""
    text: str | None = getattr(call, name, None)
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    zone = port_zone(_code(call) or "") if at.tzinfo is None else None
    return moment(at.replace(tzinfo=ZoneInfo(zone)).isoformat() if zone else text)


def _code(call: Call | None) -> str | None:
    return call.port.code if call is not None else None
