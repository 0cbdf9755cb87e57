"""The header of a list: the ship, the leg, the counts, and what the list does to earlier ones.

In: header texts with their places, the itinerary, and what is known of the expected call. Out: `Vessel`, `Voyage`,
`Counts`, and the facts of the message. What the expected call knows is used only where the list is silent, and said.
A list names its leg in one of two ways: by the ports of departure and arrival, or by its own port and the last or the
next one (FAL 1, items 5 and 6; UK NMSW FAL 1). Both end up as the two calls of the leg.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.codes import imo
from gateway.findings import Place, Rule, Severity, counted
from gateway.formats.raw import HEADER_FIELDS, HeaderValue
from gateway.manifest import Call, Counts, Direction, Function, Port, Vessel, Voyage
from gateway.normalise.coded import alpha3, port_reader
from gateway.normalise.draft import Draft, Notes, Reader, T, folded
from gateway.normalise.text import tidy
from gateway.normalise.times import read_times
from gateway.normalise.words import direction, function, takes_off

FROM_CALL = Rule(
    id="N-30",
    severity=Severity.INFO,
    text="the list does not say '{field}'; it was taken from the expected call",
    hint="give it in the list, so that both can be compared",
)
UNREADABLE_IMO = Rule(
    id="N-31",
    severity=Severity.ERROR,
    text="this is not an IMO number: it has not seven digits",
    hint="copy it from the ship's certificates; the MMSI number (nine digits) and the official number are others",
    cites="IMO Res. A.1117(30)",
)
UNREADABLE_COUNT = Rule(
    id="N-32",
    severity=Severity.ERROR,
    text="this is not a number of persons",
    hint="write the number in digits; 0 where there is nobody",
    cites="FAL Convention 2.2.2",
)
UNKNOWN_WORD = Rule(
    id="N-34",
    severity=Severity.WARNING,
    text="this value of '{field}' is not known; it counts as not given",
    hint="see the description of the format for the words and codes that may stand here",
)
OTHER_PORT = Rule(
    id="N-35",
    severity=Severity.WARNING,
    text="'{field}' is not the port of {end} that the list gives besides; the port of {end} was kept",
    hint="correct the port that is wrong",
    cites="UK NMSW template FAL 1",
)
TAKES_OFF = Rule(
    id="H-06",
    severity=Severity.ERROR,
    text="this takes persons off an earlier list; a list is only taken as a whole",
    hint="send the whole list again, as a replacement",
    cites="UN/EDIFACT 1225",
)
RULES = (FROM_CALL, UNREADABLE_IMO, UNREADABLE_COUNT, UNKNOWN_WORD, OTHER_PORT, TAKES_OFF)

_EXPECTED = Place(path="expected call")
_TIMES = tuple(field for field in HEADER_FIELDS if field == "issued" or field.endswith((".estimated", ".actual")))


class Header:
    """The header's values, read one by one; what changed is remembered for the lineage."""

    def __init__(self, draft: Draft, defaults: Mapping[str, str]) -> None:
        self.draft = draft
        given = {field: value for field, value in draft.raw.header.items() if value.text and value.text.strip()}
        self.stated = {field: HeaderValue(value.text, _named(value.place, field)) for field, value in given.items()}
        self.places: dict[str, tuple[str, Place]] = {f: (v.text, v.place) for f, v in self.stated.items()}
        for field, text in defaults.items():
            if field not in self.stated and text and not is_said_otherwise(field, self.stated):
                self.stated[field] = HeaderValue(text, _named(_EXPECTED, field))
                draft.say_of_list(FROM_CALL, _named(_EXPECTED, field), field=field)
        self.times = self._times()

    def stands_at(self, field: str, other: str) -> None:
        """The value of `field` is the one that stands where `other` does."""
        if other in self.places:
            self.places.setdefault(field, self.places[other])

    def value(self, field: str, read: Reader[T], lookup: str = "") -> T | None:
        """The field's value; what is to be said of its text is said. `lookup`: the kind of the profile's words that go before
        the reader."""
        given = self.stated.get(field)
        if given is None:
            return None
        value, notes = read(self.draft.words(lookup).get(folded(given.text), given.text))
        for rule in notes:
            self.draft.say_of_list(rule, given.place, given.text, field=field)
        return value

    def text(self, field: str) -> str | None:
        return self.value(field, tidy)

    def _times(self) -> dict[str, str | None]:
        """All times of the list together: one order of day and month holds for them."""
        given = {field: self.stated[field] for field in _TIMES if field in self.stated}
        for index, call in enumerate(self.draft.raw.itinerary):
            for name, text in (("arrival", call.arrival), ("departure", call.departure)):
                if text and text.strip():
                    given[f"itinerary.{index}.{name}"] = HeaderValue(text, _named(call.place, "itinerary"))
        read = read_times((value.text for value in given.values()), self._order_of_times(), self.draft.today)
        for value in given.values():
            for rule in read.notes.get(value.text, ()):
                self.draft.say_of_list(rule, value.place, value.text, order="")
        for rule, texts, meant in read.column:
            first = next(value for value in given.values() if value.text in texts)
            count = sum(value.text in meant for value in given.values())
            self.draft.say_of_list(rule, first.place, first.text, count=counted(count, "date"))
        return {field: read.values[value.text] for field, value in given.items()}

    def _order_of_times(self) -> str | None:
        """Some formats fix the order of each time, some that of all; within a list it is one."""
        fields = ("times", *_TIMES, "itinerary")
        return self.draft.order_of(next((field for field in fields if field in self.draft.raw.dialects), "times"))


def _named(place: Place, field: str) -> Place:
    """The place with the field that stands there: findings about one field are told once."""
    return msgspec.structs.replace(place, field=field)


def is_said_otherwise(field: str, stated: Mapping[str, Any]) -> bool:
    """A port that the list names in words, or as last or next port, is not silent about it."""
    others = {
        "departure.port": ("departure.port_name", "last_port"),
        "arrival.port": ("arrival.port_name", "next_port"),
    }
    return any(other in stated for other in others.get(field, ()))


def vessel(header: Header) -> Vessel:
    return Vessel(
        name=header.text("vessel.name"),
        imo=header.value("vessel.imo", _imo),
        call_sign=header.value("vessel.call_sign", _call_sign),
        mmsi=header.value("vessel.mmsi", _digits),
        flag=header.value("vessel.flag", alpha3, "country"),
    )


def voyage(header: Header) -> Voyage:
    """The leg. Its ports: the departure's and arrival's own, else last and next port by the direction of the list."""
    towards = header.value("direction", _known(direction))
    departure, arrival = _port(header, "departure"), _port(header, "arrival")
    before, after = (header.value(field, port_reader(), "port") for field in ("last_port", "next_port"))
    itinerary = [
        Call(port=port, estimated_arrival=times[0], estimated_departure=times[1])
        for index, call in enumerate(header.draft.raw.itinerary)
        if (port := _read_call(header, call.port, call.place))
        for times in [[header.times.get(f"itinerary.{index}.{end}") for end in ("arrival", "departure")]]
    ]
    if towards is not Direction.DEPARTURE and before:
        departure = _one_of(header, departure, before, "last_port", "departure")
    elif before and before != departure:
        itinerary.insert(0, Call(port=before))
    if towards is not Direction.ARRIVAL and after:
        arrival = _one_of(header, arrival, after, "next_port", "arrival")
    elif after and after != arrival:
        itinerary.append(Call(port=after))
    return Voyage(
        number=header.text("voyage.number"),
        operator=header.text("voyage.operator"),
        visit_id=header.text("voyage.visit_id"),
        direction=towards,
        departure=_call(header, "departure", departure),
        arrival=_call(header, "arrival", arrival),
        itinerary=tuple(itinerary),
    )


def counts(header: Header) -> Counts:
    on_board, passengers, crew = (header.value(f"counts.{of}", _count) for of in ("on_board", "passengers", "crew"))
    return Counts(on_board=on_board, passengers=passengers, crew=crew)


def what_it_does(header: Header) -> Function:
    """Without a word it is a new list. One that takes persons off another is not; `process` sends nothing of it."""
    stated = header.stated.get("function")
    if stated is not None and takes_off(stated.text):
        header.draft.say_of_list(TAKES_OFF, stated.place)
        return Function.CHANGE
    return header.value("function", _known(function)) or Function.ORIGINAL


def _port(header: Header, end: str) -> Port | None:
    header.stands_at(f"{end}.port", f"{end}.port_name")
    header.stands_at(f"{end}.port_name", f"{end}.port")
    coded = header.value(f"{end}.port", port_reader(), "port")
    named = header.value(f"{end}.port_name", port_reader(), "port")
    if coded and not coded.code and named and named.code:
        return named
    return coded or named


def _read_call(header: Header, text: str, place: Place) -> Port | None:
    port, notes = port_reader()(header.draft.words("port").get(folded(text), text))
    for rule in notes:
        header.draft.say_of_list(rule, _named(place, "itinerary"), text, field="itinerary")
    return port


def _one_of(header: Header, leg: Port | None, other: Port, field: str, end: str) -> Port:
    header.stands_at(f"{end}.port", field)
    header.stands_at(f"{end}.port_name", field)
    if leg is not None and leg != other:
        header.draft.say_of_list(OTHER_PORT, header.stated[field].place, field=field, end=end)
    return leg or other


def _call(header: Header, end: str, port: Port | None) -> Call | None:
    estimated, actual = header.times.get(f"{end}.estimated"), header.times.get(f"{end}.actual")
    if port is None and estimated is None and actual is None:
        return None
    if end == "departure":
        return Call(port=port or Port(), estimated_departure=estimated, actual_departure=actual)
    return Call(port=port or Port(), estimated_arrival=estimated, actual_arrival=actual)


def _imo(text: str) -> tuple[str | None, Notes]:
    number = imo.compact(text)
    return (number, ()) if imo.is_well_formed(number) else (None, (UNREADABLE_IMO,))


def _call_sign(text: str) -> tuple[str | None, Notes]:
    """Without spaces; "NA" is how the UK's form says that the ship has none."""
    sign = "".join(text.split()).upper()
    return (None if sign in ("NA", "N/A", "-", "NIL", "NONE") else sign), ()


def _digits(text: str) -> tuple[str | None, Notes]:
    return re.sub(r"\.0$", "", "".join(text.split())) or None, ()


def _count(text: str) -> tuple[int | None, Notes]:
    digits = re.sub(r"[.,]0+$", "", text.strip())
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        return None, (UNREADABLE_COUNT,)
    return int(digits), ()


def _known(read: Any) -> Reader[Any]:
    def reader(text: str) -> tuple[Any, Notes]:
        value = read(text)
        return value, () if value is not None else (UNKNOWN_WORD,)

    return reader
