"""What is told to a single window of a ship's call: VID, SID, NOA, NOD, ATA, ATD and COA (EMSWe MIG 1.0 and 2.0), as far as it is about when and where.

In: bytes, XML or JSON. Out: a `Notice`, or None where they are no such message. Of persons nothing is read: neither the master nor
whoever declares. A time without an offset is none (the MIG asks for one), and what cannot be read is as if it were not there; whether
enough is left is for `expect.notices` to say. Texts that are kept are the ship's name and identifiers.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from gateway.formats.emswe_tree import Tree, all_of, first, text, tree_of

FORMALITIES: Final = ("VID", "SID", "NOA", "NOD", "ATA", "ATD", "COA")
_LONGEST: Final = 70  # DE-005-01
_MOST_STOPS: Final = 200


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Another port of the voyage. `number`: 1 is the next one, -1 the last one, never 0 (G-GENERAL-001)."""

    number: int
    port: str
    arrives: datetime | None
    departs: datetime | None


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One message about a call. `id`: the message's own; `authenticated`: when it was signed, which says what is newer (MIG P14).

    `visit`: the window's number for the call, "" in a request for one. `carries_passengers`: it says that there are some.
    """

    formality: str
    id: str
    visit: str
    is_withdrawn: bool
    authenticated: datetime | None
    imo: str = ""
    vessel: str = ""
    port: str = ""
    voyage: str = ""
    eta: datetime | None = None
    etd: datetime | None = None
    ata: datetime | None = None
    atd: datetime | None = None
    stops: tuple[Stop, ...] = ()
    carries_passengers: bool = False

    def stop(self, number: int) -> Stop | None:
        return next((one for one in self.stops if one.number == number), None)


def read(data: bytes) -> Notice | None:
    """The message in `data`; None if there is none."""
    envelope = first(tree_of(data), "Envelope")
    head = first(envelope, "MAI")
    document = first(head, "ExchangedDocument")
    formality = text(document, "TypeCode").upper()
    if formality not in FORMALITIES:
        return None
    movement = first(first(envelope, formality), "SpecifiedLogisticsTransportMovement")
    call, ship = first(movement, "CallTransportEvent"), first(movement, "UsedLogisticsTransportMeans")
    signed = first(document, "FirstSignatoryDocumentAuthentication")
    return Notice(
        formality=formality,
        id=text(document, "ID")[:_LONGEST],
        visit=text(head, "SpecifiedLogisticsTransportMovement", "CallTransportEvent", "ID"),
        is_withdrawn=text(document, "PurposeCode") == "1",
        authenticated=_time(signed, "FormattedActualDateTime") or _time(signed, "ActualDateTime"),
        imo=text(ship, "IMOID"),
        vessel=text(ship, "Name")[:_LONGEST],
        port=_port(call),
        voyage=text(movement, "ID")[:_LONGEST],
        eta=_time(call, "EstimatedTransportMeansArrivalOccurrenceDateTime"),
        etd=_time(call, "EstimatedTransportMeansDepartureOccurrenceDateTime"),
        ata=_time(call, "ActualArrivalRelatedDateTime"),
        atd=_time(call, "ActualDepartureRelatedDateTime"),
        stops=_stops(movement),
        carries_passengers=_has_passengers(movement, call),
    )


def _has_passengers(movement: Tree, call: Tree) -> bool:
    return text(movement, "PassengerQuantity").strip("0") != "" or text(call, "CruiseShipIndicator") in ("1", "true")


def _stops(movement: Tree) -> tuple[Stop, ...]:
    events = all_of(first(movement, "ItineraryTransportRoute"), "ItineraryStopTransportEvent")
    return tuple(one for event in events[:_MOST_STOPS] if (one := _stop(event)))


def _stop(event: Tree) -> Stop | None:
    number, port = text(event, "SequenceNumeric"), _port(event)
    if not port or not number.removeprefix("-").isdecimal() or len(number) > 6:
        return None
    return Stop(
        number=int(number),
        port=port,
        arrives=_time(event, "ArrivalRelatedDateTime"),
        departs=_time(event, "EstimatedTransportMeansDepartureOccurrenceDateTime"),
    )


def _port(event: Tree) -> str:
    return text(event, "OccurrenceLogisticsLocation", "ID").upper()


def _time(tree: Tree, name: str) -> datetime | None:
    """With its offset. MIG 1.0 puts it into an element of its own."""
    inner = first(tree, name)
    stated = text(tree, name) or text(inner, "DateTimeString") or text(inner, "DateTime")
    try:
        at = datetime.fromisoformat(stated[:40])
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo and 1990 <= at.year <= 2200 else None
