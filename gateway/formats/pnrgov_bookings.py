"""PNRGOV from its first SRC on: bookings, their travellers, documents, contacts and legs.

In: the segments of one message. Out: `Booking`s. Read by trigger, not by a grammar: SRC opens a booking, TIF a traveller
or comes back to one, TVL a leg, MSG a service that is no leg, EQN what was split off. A special service request goes to
the travellers that it names, else to whoever is open, else to all of the booking.

Left out on purpose, and said once: payment and prices (FOP, FAR, MON, TXD, PTK, EBD and the texts that belong to them)
and the history of changes (ABI, SAC, LTS and all behind them): this is who travels with whom, when it was booked and how
to reach them, no more. Kept beside (extras): agencies, loyalty numbers, bags, other requests, other texts, other legs.
"""

import re
from collections.abc import Iterator
from typing import Final

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.edifact import TAGS, cut
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_segments import NO_TAG, joined, text_at
from gateway.formats.pnrgov_requests import DOCUMENT_REQUESTS, document_request
from gateway.formats.pnrgov_segments import Leg, Parts, contact, leg, locators, moment, request
from gateway.formats.pnrgov_travellers import Booking, Traveller

LEFT_OUT = Rule(
    id="B-04", severity=Severity.INFO, text="the message tells {what} too; that was left out, since nobody who gets bookings here needs it",
    hint="nothing; send it only to those who ask for it",
)  # fmt: skip
UNKNOWN_SEGMENT = Rule(
    id="B-05", severity=Severity.INFO, text="{tag} is not read in a booking; it was kept as it is and is not reported",
    hint="nothing, if no authority asked for it",
)  # fmt: skip
RUN_TOGETHER = Rule(
    id="B-06", severity=Severity.WARNING, text="a quotation mark of another kind stands where a segment should end; it was read as its end",
    hint="end each segment with the sign that UNA names, usually '", cites="ISO 9735-1, 6",
)  # fmt: skip
NOBODY_MEANT = Rule(
    id="B-07", severity=Severity.WARNING, text="SSR {code} is for a traveller whom the booking does not have; it was kept beside and not read",
    hint="use the numbers that TIF gives the travellers", cites="PNRGOV 11.1, SSR",
)  # fmt: skip
ONLY_IN_DOCUMENT = Rule(
    id="B-08", severity=Severity.INFO, text="an infant is named only in a request for its document (SSR DOCS); it was taken as a traveller",
    hint="name every traveller with TIF, infants too", cites="PNRGOV 11.1, TIF and SSR",
)  # fmt: skip
RULES = (LEFT_OUT, UNKNOWN_SEGMENT, RUN_TOGETHER, NOBODY_MEANT, ONLY_IN_DOCUMENT)

_PAYMENT: Final = frozenset(("FOP", "FAR", "MON", "TXD", "PTK", "EBD"))
_HISTORY: Final = frozenset(("ABI", "SAC", "LTS"))
_OF_LEGS: Final = frozenset(("APD", "TRA", "RPI"))
_PRICES: Final = ("15", "43", "45")  # IFT subjects: fare calculation, sponsor, balance
_KEPT: Final = frozenset(("ORG", "FTI", "TBD", "DAT", "REF", "IFT", "ADD"))
_WRONG_END: Final = re.compile(r"[’‘´`](?=[A-Z]{3}(?:[^A-Za-z0-9 ]|$))")

PRICES, CHANGES = "payment or prices", "the history of changes"


class Bookings:
    """Reads the bookings of one message after another. `voyage`: the leg that the message is about."""

    def __init__(self, voyage: Leg | None, findings: list[Finding]) -> None:
        self.found: list[Booking] = []
        self._voyage = voyage
        self._findings = findings
        self._said: set[str] = set()

    def add(self, message: Message, start: int) -> None:
        """All bookings from segment `start` of the message on."""
        reader = _Reader(self, message)
        for index in range(start, message.end):
            for parts in self._parts(message, index):
                reader.segment(parts, index)
        reader.close()

    def _parts(self, message: Message, index: int) -> Iterator[Parts]:
        """A segment; or the two that a wrong sign at the end of the first has glued together."""
        text = message.interchange.segments[index]
        pieces = _WRONG_END.split(text) if not text.isascii() or "`" in text else [text]
        if len(pieces) > 1:
            self._findings.append(RUN_TOGETHER.at(message.interchange.place(index, message.number)))
        for piece in pieces:
            yield cut(piece, message.interchange.separators)

    def is_voyage(self, one: Leg) -> bool:
        return self._voyage is not None and one.is_part_of(self._voyage)

    def say(self, rule: Rule, place: Place, **parts: str) -> None:
        """Each once: what holds for one booking of a system holds for thousands."""
        key = f"{rule.id} {parts}"
        if key not in self._said:
            self._said.add(key)
            self._findings.append(rule.at(place, **parts))


class _Reader:
    """Goes down the segments of one message; what a segment belongs to depends on what was opened before it."""

    def __init__(self, bookings: Bookings, message: Message) -> None:
        self._all, self._message = bookings, message
        self._booking = Booking(0)
        self._traveller: Traveller | None = None
        self._scope = ""  # booking, traveller, leg, split, service, history
        self._is_payment = self._is_our_leg = False
        self._early: list[tuple[Parts, int]] = []

    def segment(self, parts: Parts, index: int) -> None:
        tag = parts[0][0].strip()
        if tag == "SRC":
            self._open(index)
        elif tag in _HISTORY or self._scope == "history":
            self._scope = "history"
            self._all.say(LEFT_OUT, self._place(index), what=CHANGES)
        elif tag in _PAYMENT:
            self._is_payment = tag == "FOP" or self._is_payment
            self._all.say(LEFT_OUT, self._place(index), what=PRICES)
        elif tag in _READERS:
            _READERS[tag](self, parts, index)
        elif tag not in _OF_LEGS:
            self._other(tag, parts, index)

    def close(self) -> None:
        """The booking is whole: documents that were asked for before any traveller was named go to whom they are for."""
        early, self._early, self._traveller, self._scope = self._early, [], None, ""
        for parts, index in early:
            self._request(parts, index)

    def _open(self, index: int) -> None:
        self.close()
        self._booking = Booking(self._at(index))
        self._all.found.append(self._booking)
        self._scope, self._traveller = "booking", None
        self._is_payment = self._is_our_leg = False

    def _locators(self, parts: Parts, index: int) -> None:
        if self._scope == "split":
            self._beside("EQN", joined(parts[1:]))
        else:
            self._booking.located(locators(parts), self._at(index))

    def _traveller_named(self, parts: Parts, index: int) -> None:
        """TIF: a new traveller, or one who has come before and whose seat or bag follows."""
        self._is_payment = False
        names, reference = (text_at(parts, 1), text_at(parts, 2)), text_at(parts, 2, 2)
        known = self._booking.traveller(reference) if reference else self._booking.named(names)
        if self._scope != "leg":
            self._scope = "traveller"
        if known is None:
            known = Traveller(self._at(index), reference, names)
            self._booking.add(known)
            known.beside("TIF type", text_at(parts, 2, 1))
        self._traveller = known

    def _meant(self, parts: Parts, index: int) -> None:
        """TRI: the traveller of a check-in, by reference."""
        self._traveller = self._booking.traveller(text_at(parts, 2, 3)) or self._traveller

    def _leg(self, parts: Parts, index: int) -> None:
        self._is_payment = False
        if self._scope == "service":
            self._beside("other service", joined(parts[1:]))
            return
        self._scope, self._traveller, found = "leg", None, leg(parts)
        if not (found.origin and found.destination):
            return  # check-in counters repeat only the class
        self._is_our_leg = self._all.is_voyage(found)
        if self._is_our_leg:
            self._booking.put("embarkation", found.origin, self._at(index))
            self._booking.put("disembarkation", found.destination, self._at(index))
        else:
            self._beside("TVL", str(found))

    def _request(self, parts: Parts, index: int) -> None:
        said = request(parts)
        if said.code in DOCUMENT_REQUESTS and not self._booking.travellers and self._scope == "booking":
            self._early.append((parts, index))
            return
        meant = [one for reference, _ in said.travellers if (one := self._booking.traveller(reference))]
        if not meant and self._booking.travellers and any(reference for reference, _ in said.travellers):
            self._all.say(NOBODY_MEANT, self._place(index), code=said.code if said.code.isalpha() else "")
            self._booking.beside("SSR of nobody", f"{said.code} {said.text}".strip())
            return
        meant = meant or ([self._traveller] if self._traveller else [])
        if said.code == "SEAT":
            self._seats(said.travellers, said.ports, index)
        elif said.code in DOCUMENT_REQUESTS and (meant or len(self._booking.travellers) == 1):
            for one in meant or self._booking.travellers:
                self._document(one, said.code, said.text, index)
        elif found := contact(f"{said.code} {said.text}"):
            self._put(meant, *found, index)
        else:
            seats = " ".join(seat for _, seat in said.travellers if seat)
            self._beside(
                f"SSR {said.code}" if said.code.isalnum() else "SSR", f"{said.text} {seats}".strip() or "yes", meant
            )

    def _seats(self, travellers: tuple[tuple[str, str], ...], ports: str, index: int) -> None:
        for reference, seat in travellers:
            if one := self._booking.traveller(reference) or self._traveller:
                self._seat_of(one, seat, ports, index)

    def _seat(self, parts: Parts, index: int) -> None:
        """SSD: the seat, on a ship the cabin, that was given at check-in."""
        if self._traveller:
            self._seat_of(self._traveller, text_at(parts, 1), "", index)

    def _seat_of(self, one: Traveller, seat: str, ports: str, index: int) -> None:
        if self._is_our_leg or self._scope != "leg":
            one.put("cabin", seat, self._at(index))
        else:
            one.beside("seat on another leg", f"{ports} {seat}".strip())

    def _document(self, one: Traveller, code: str, text: str, index: int) -> None:
        infant = document_request(one, code, text, self._at(index), self._booking)
        if infant is not None:
            self._booking.add(infant)
            self._all.say(ONLY_IN_DOCUMENT, self._place(index))

    def _reference(self, parts: Parts, index: int) -> None:
        """REF: the sender's own number of the traveller."""
        if self._traveller:
            for part in parts[1:]:
                self._traveller.put("carrier_reference", text_at([part], 0, 1), self._at(index))
        else:
            self._beside("REF", joined(parts[1:]))

    def _ticket(self, parts: Parts, index: int) -> None:
        number = text_at(parts, 1)
        if self._traveller:
            self._traveller.put("ticket_number", number, self._at(index))
        else:
            self._beside("TKT", number)

    def _text(self, parts: Parts, index: int) -> None:
        """IFT: a contact in words, which holds for the booking; fares and who pays are prices; others stay beside."""
        if self._is_payment or text_at(parts, 1, 1) in _PRICES:
            self._all.say(LEFT_OUT, self._place(index), what=PRICES)
            return
        for part in parts[2:]:
            text = " ".join(filter(None, map(str.strip, part)))
            if found := contact(text):
                self._put([], *found, index)
            else:
                self._beside("IFT", text)

    def _address(self, parts: Parts, index: int) -> None:
        """ADD: purpose, street, town, region twice, country, postal code, telephone."""
        if self._is_payment:
            self._all.say(LEFT_OUT, self._place(index), what=PRICES)
            return
        for part in parts[2:]:
            self._beside("ADD", joined([part[1:7]]))
            self._put([self._traveller] if self._traveller else [], "phone", text_at([part], 0, 7), index)

    def _dates(self, parts: Parts, index: int) -> None:
        for part in parts[1:]:
            code = text_at([part], 0)
            label = f"DAT+{code}" if code.isalnum() and len(code) < 4 else "DAT"
            self._beside(label, moment(text_at([part], 0, 1), text_at([part], 0, 2)))

    def _split(self, parts: Parts, index: int) -> None:
        self._scope, self._traveller = "split", None

    def _service(self, parts: Parts, index: int) -> None:
        self._scope, self._traveller = "service", None

    def _other(self, tag: str, parts: Parts, index: int) -> None:
        name = tag if tag in TAGS else NO_TAG
        if name not in _KEPT:
            self._all.say(UNKNOWN_SEGMENT, self._place(index), tag=name)
        self._beside(name, joined(parts[1:] if tag in TAGS else parts))

    def _put(self, travellers: list[Traveller], field: str, text: str, index: int) -> None:
        if not travellers:
            self._booking.put(field, text, self._at(index))
        for one in travellers:
            one.put(field, text, self._at(index))

    def _beside(self, label: str, text: str, travellers: list[Traveller] | None = None) -> None:
        meant = travellers or ([self._traveller] if self._traveller else [])
        if not meant:
            self._booking.beside(label, text)
        for one in meant:
            one.beside(label, text)

    def _at(self, index: int) -> int:
        return self._message.interchange.first + index

    def _place(self, index: int) -> Place:
        return self._message.interchange.place(index, self._message.number)


_READERS: Final = {
    "RCI": _Reader._locators,
    "TIF": _Reader._traveller_named,
    "TRI": _Reader._meant,
    "TVL": _Reader._leg,
    "SSR": _Reader._request,
    "SSD": _Reader._seat,
    "REF": _Reader._reference,
    "TKT": _Reader._ticket,
    "IFT": _Reader._text,
    "ADD": _Reader._address,
    "DAT": _Reader._dates,
    "EQN": _Reader._split,
    "MSG": _Reader._service,
}
