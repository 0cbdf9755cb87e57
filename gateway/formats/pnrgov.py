"""PNRGOV: bookings in UN/EDIFACT syntax (PADIS 11.1 on), as far as they say who travels with whom, when it was booked and
how to reach them.

In: the bytes of one or more interchanges. Out: a `RawList` for every list of bookings, also where it comes in several
messages: a person for each traveller, with the booking's reference, so that those with the same reference travel together.
What it is for is booking, whatever is said beside it: it never serves a border list. The message is read without a grammar.

The voyage is the TVL before the first booking: PNRGOV knows no ship. `pnrgov_bookings` reads the rest, with
`pnrgov_segments`, `pnrgov_requests` and `pnrgov_travellers`; `edifact` has the syntax, `edifact_parts` joins parts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats import edifact, edifact_messages, edifact_parts, pnrgov_bookings
from gateway.formats.edifact_findings import MORE, Findings
from gateway.formats.edifact_messages import CUT_OFF, Message
from gateway.formats.paxlst_segments import text_at
from gateway.formats.pnrgov_bookings import Bookings
from gateway.formats.pnrgov_segments import Leg, leg
from gateway.formats.pnrgov_travellers import columns
from gateway.formats.raw import HeaderValue, RawList, Reading, SegmentPlaces
from gateway.manifest import ListKind, Purpose

NAME = "pnrgov"
MEDIA: tuple[str, ...] = ("application/edifact",)
JAILED = False

OTHER_MESSAGE = Rule(
    id="B-01", severity=Severity.ERROR, text="a {type} message stands among bookings (PNRGOV); it was not read",
    hint="send each kind of message in a file of its own",
)  # fmt: skip
COUNT = Rule(
    id="B-02", severity=Severity.WARNING, text="EQN gives {declared} bookings, but the message holds {counted}",
    hint="check that no booking is missing", cites="PNRGOV 11.1, EQN",
)  # fmt: skip
NO_LEG = Rule(
    id="B-03", severity=Severity.WARNING, text="the message does not say for which leg it is: there is no TVL with two ports before the first SRC",
    hint="give the leg before the bookings: TVL with times, ports, company and number", cites="PNRGOV 11.1, TVL",
)  # fmt: skip
NO_TRAVELLER = Rule(
    id="B-09", severity=Severity.WARNING, text="the booking names no traveller: there is no TIF in it",
    hint="name every traveller of the booking; leave out bookings that hold none", cites="PNRGOV 11.1, TIF",
)  # fmt: skip
NOBODY = Rule(
    id="B-10", severity=Severity.WARNING, text="the message holds no booking: there is no SRC in it",
    hint="send the bookings of the voyage; where there are none, nothing need be sent",
)  # fmt: skip
RULES: tuple[Rule, ...] = (
    *edifact.RULES, *edifact_messages.RULES, *edifact_parts.RULES, *pnrgov_bookings.RULES,
    OTHER_MESSAGE, COUNT, NO_LEG, NO_TRAVELLER, NOBODY, MORE,
)  # fmt: skip

_FUNCTIONS: Final = {"22": "9", "141": "4"}  # MSG 1225: all bookings, an update -> UN/EDIFACT 1225
_TIMES: Final = ("booked_at", "departure.estimated", "arrival.estimated", "issued")
_TAGS: Final = {
    "booking_reference": "RCI", "booked_at": "RCI", "full_name": "TIF", "carrier_reference": "REF", "ticket_number": "TKT",
    "embarkation": "TVL", "disembarkation": "TVL",
}  # fmt: skip


def recognise(head: bytes) -> bool:
    return edifact.recognise(head) and edifact.message_type(head) == "PNRGOV"


def read(data: bytes, options: Mapping[str, Any]) -> Reading:
    """Every list in `data`, and every finding. The format has no options."""
    findings = Findings()
    messages: list[Message] = []
    for interchange in edifact.interchanges(data, findings):
        messages += edifact_messages.messages(interchange, len(messages) + 1, findings)
    readable = [message for message in messages if _is_readable(message, findings)]
    lists = [_read_list(parts, findings) for parts in edifact_parts.whole_lists(readable, findings)]
    return Reading(lists=lists, findings=findings.finished())


def _is_readable(message: Message, findings: list[Finding]) -> bool:
    if message.type != "PNRGOV":
        type_ = message.type if message.type.isalpha() and len(message.type) == 6 else "nameless"
        findings.append(OTHER_MESSAGE.at(message.place, type=type_))
    elif not message.whole:
        findings.append(CUT_OFF.at(message.place))
    else:
        return True
    return False


def _read_list(messages: Sequence[Message], findings: list[Finding]) -> RawList:
    first, voyage = _header(messages[0])
    if voyage is None:
        findings.append(NO_LEG.at(messages[0].place))
    bookings = Bookings(voyage, findings)
    for message in messages:
        bookings.add(message, _first_booking(message))
    _check_bookings(messages, bookings, findings)
    travellers = [traveller for booking in bookings.found for traveller in booking.finish()]
    values, where, extras = columns(travellers)
    return RawList(
        format=NAME,
        kind=ListKind.PASSENGERS,
        size=len(travellers),
        columns={**values},
        places=SegmentPlaces(
            people=[traveller.opened for traveller in travellers],
            segments=where,
            tags={field: _TAGS.get(field, "SSR") for field in where},
            message=messages[0].number if len(messages) == 1 else None,
        ),
        header=first,
        dialects={**dict.fromkeys(_TIMES, "edifact"), "sex": "edifact", "document.type": "api"},
        extras={**extras},
        purposes=(Purpose.BOOKING,),
    )


def _first_booking(message: Message) -> int:
    segments = message.interchange.segments
    return next((at for at in range(message.start, message.end) if segments[at].startswith("SRC")), message.end)


def _header(message: Message) -> tuple[dict[str, HeaderValue], Leg | None]:
    """What stands before the first booking: the leg, and what the message does. ORG (who sends) is left out."""
    values: dict[str, HeaderValue] = {}
    voyage: Leg | None = None
    interchange = message.interchange
    for index in range(message.start + 1, _first_booking(message)):
        parts, place = interchange.cut(index), interchange.place(index, message.number)
        tag = parts[0][0].strip()
        if tag == "MSG" and (function := _FUNCTIONS.get(text_at(parts, 1, 1))):
            values["function"] = HeaderValue(function, place)
        elif tag == "TVL" and voyage is None and (found := leg(parts)).origin and found.destination:
            voyage = found
            values |= {field: HeaderValue(text, place) for field, text in _of_voyage(found) if text}
    if message.access:
        values["reference"] = HeaderValue(message.access, message.place)
    if interchange.segments[0].startswith("UNB"):
        parts = interchange.cut(0)
        if text := text_at(parts, 4) + text_at(parts, 4, 1):
            values["issued"] = HeaderValue(text, interchange.place(0))
    return values, voyage


def _of_voyage(one: Leg) -> tuple[tuple[str, str], ...]:
    return (
        ("voyage.number", one.number), ("voyage.operator", one.company),
        ("departure.port", one.origin), ("departure.estimated", one.departs),
        ("arrival.port", one.destination), ("arrival.estimated", one.arrives),
    )  # fmt: skip


def _check_bookings(messages: Sequence[Message], bookings: Bookings, findings: list[Finding]) -> None:
    """EQN of the header: each part of a list may count its own bookings, or those of the whole list."""
    counts: list[int] = []
    for message in messages:
        for index in range(message.start, _first_booking(message)):
            if message.interchange.segments[index].startswith("EQN"):
                place, text = (
                    message.interchange.place(index, message.number),
                    text_at(message.interchange.cut(index), 1),
                )
                counts.append(int(text) if text.isdecimal() and len(text) < 8 else -1)
    counted = len(bookings.found)
    if counts and counted not in (counts[-1], sum(counts)):
        declared = str(counts[-1]) if counts[-1] >= 0 else "no number of"
        findings.append(
            COUNT.at(place, declared=declared, counted=counted, shape="" if counts[-1] >= 0 else shape(text))
        )
    if not counted:
        findings.append(NOBODY.at(messages[0].place))
    for booking in bookings.found:
        if not booking.travellers:
            findings.append(NO_TRAVELLER.at(_place_of(booking.opened, messages)))


def _place_of(segment: int, messages: Sequence[Message]) -> Place:
    for message in messages:
        index = segment - message.interchange.first
        if message.start <= index < message.end:
            return message.interchange.place(index, message.number)
    return messages[0].place
