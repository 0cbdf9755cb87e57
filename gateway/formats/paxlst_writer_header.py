"""Groups 0 to 3 of PAXLST D.05B: list, sender, ship and leg, as ports take them, and as a flight for systems of airlines.

In: a manifest and a `WriteOrder`. Out: segments from BGM to the last call. For a flight the ship stands in NAD MS, the only
field of the header that GTAS keeps and shows; a voyage has four characters (`voyage_code`), and only the border leg is said.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from gateway.formats.paxlst_profiles import Code, Profile
from gateway.formats.paxlst_writer_people import contacts, segment
from gateway.formats.writing import WriteOrder
from gateway.manifest import Call, Function, Manifest, Vessel

CARRIER: Final = "ZZ"  # no airline's (IATA), so that a ship's sailing never meets a flight
_CARRIER_SIGNS: Final = "0123456789ABCDEFGHJKLNPQRSTUVWXY"  # 32; GTAS takes ZZ and MCL out of a flight number
_NAME_LENGTH: Final = 35  # 3036
_REFERENCE_LENGTH: Final = 35  # 1004
_FUNCTIONS: Final = {
    Function.ORIGINAL: "9",
    Function.REPLACE: "5",
    Function.CHANGE: "4",
    Function.CANCEL: "1",
    Function.FINAL: "22",
}


def header_segments(manifest: Manifest, order: WriteOrder, document: str, form: Profile) -> Iterator[str]:
    """`document` is BGM 1001."""
    return (_flight if form.is_flight else _sea)(manifest, order, document, form)


def departs(manifest: Manifest) -> str | None:
    """When the leg begins: as planned, else as it was."""
    call = manifest.voyage.departure
    return (call.estimated_departure or call.actual_departure) if call else None


def arrives(manifest: Manifest) -> str | None:
    """When the leg ends: as planned, else as it was."""
    call = manifest.voyage.arrival
    return (call.estimated_arrival or call.actual_arrival) if call else None


def voyage_code(manifest: Manifest) -> str:
    """Four characters for a voyage of a ship of an operator, the same in every version of its list: 20 bits of a digest, since
    GTAS takes two sailings of one number, day and pair of ports for one. Where a voyage has no number, the time tells it.
    """
    voyage, vessel = manifest.voyage, manifest.vessel
    ship = vessel.imo or vessel.call_sign or vessel.mmsi or vessel.name or ""
    known = "\0".join((voyage.operator or "", ship, voyage.number or departs(manifest) or ""))
    number = int.from_bytes(blake2b(known.upper().encode(errors="replace"), digest_size=4).digest(), "big")
    return "".join(_CARRIER_SIGNS[number >> shift & 31] for shift in (0, 5, 10, 15))


def _flight(manifest: Manifest, order: WriteOrder, document: str, form: Profile) -> Iterator[str]:
    yield segment(form, "BGM", document)
    yield segment(form, "RFF", ("TN", order.message_id))  # a later version has another digest, whatever changed in it
    yield segment(form, "NAD", "MS", None, None, _shown(manifest) or order.sender)
    party = order.declarant
    if party and (reached := contacts(party.phone, party.email)):
        yield segment(form, "COM", *reached)
    yield segment(form, "TDT", "20", CARRIER + voyage_code(manifest), None, None, CARRIER)
    legs = (
        ("125", "189", manifest.voyage.departure, departs(manifest)),
        ("87", "232", manifest.voyage.arrival, arrives(manifest)),
    )
    for qualifier, code, call, time in legs:
        if call is not None:
            yield segment(form, "LOC", qualifier, form.port(call.port))
            if time and (moment := form.moment(time, call.port)):
                yield segment(form, "DTM", (code, *moment))


def _shown(manifest: Manifest) -> Code:
    """The ship and the voyage for who looks at it, in components of C080."""
    vessel, number = manifest.vessel, manifest.voyage.number
    known = (("IMO", vessel.imo), ("VOYAGE", number))
    texts = (vessel.name, " ".join(f"{word} {text}" for word, text in known if text))
    return tuple(text[:_NAME_LENGTH] for text in texts if text)


def _sea(manifest: Manifest, order: WriteOrder, document: str, form: Profile) -> Iterator[str]:
    reference = manifest.reference or order.message_id
    yield segment(form, "BGM", document, reference[:_REFERENCE_LENGTH], _FUNCTIONS[manifest.function])
    if visit := order.visit_id or manifest.voyage.visit_id:
        yield segment(form, "RFF", ("ATZ", visit))
    if manifest.issued and (issued := form.moment(manifest.issued, None)):
        yield segment(form, "DTM", ("137", *issued))
    yield from _declarant(order, form)
    yield _transport(manifest, form)
    voyage = manifest.voyage
    yield from _border_call("125", voyage.departure, form)
    yield from _border_call("87", voyage.arrival, form)
    for call in voyage.itinerary:
        yield segment(form, "LOC", "92", form.port(call.port))
        yield from _times(call, form, (("232", call.estimated_arrival), ("189", call.estimated_departure)))


def _declarant(order: WriteOrder, form: Profile) -> Iterator[str]:
    party = order.declarant
    if party is None:
        yield segment(form, "NAD", "MS", None, None, order.sender)
        return
    yield segment(form, "NAD", "MS", party.id, None, party.name or order.sender)
    if party.contact_name:
        yield segment(form, "CTA", "IC", ("", party.contact_name))
    if reached := contacts(party.phone, party.email):
        yield segment(form, "COM", *reached)


def _transport(manifest: Manifest, form: Profile) -> str:
    operator = manifest.voyage.operator or ""
    is_code = len(operator) <= 4 and operator.isalnum() and operator.isupper()
    carrier: Code = (operator, "172", "20") if is_code else ("", None, None, operator)
    number = manifest.voyage.number
    return segment(
        form, "TDT", "20", number, "1", None, carrier if operator else None, None, None, _ship(manifest.vessel)
    )


def _ship(vessel: Vessel) -> Code:
    """C222: the IMO number, else the call sign, else the MMSI; name and flag."""
    known: Code = next(
        (
            code
            for code in ((vessel.imo, "146", "11"), (vessel.call_sign, "103", None), (vessel.mmsi, None, None))
            if code[0]
        ),
        ("", None, None),
    )
    return (*known, vessel.name, vessel.flag)


def _border_call(qualifier: str, call: Call | None, form: Profile) -> Iterator[str]:
    if call is None:
        return
    yield segment(form, "LOC", qualifier, form.port(call.port))
    leaves = qualifier == "125"
    estimated, actual = ("189", "136") if leaves else ("232", "178")
    times = (
        (estimated, call.estimated_departure if leaves else call.estimated_arrival),
        (actual, call.actual_departure if leaves else call.actual_arrival),
    )
    yield from _times(call, form, times)


def _times(call: Call, form: Profile, times: tuple[tuple[str, str | None], ...]) -> Iterator[str]:
    for code, time in times:
        if time and (moment := form.moment(time, call.port)):
            yield segment(form, "DTM", (code, *moment))
