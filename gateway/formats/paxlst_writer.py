"""PAXLST D.05B: the interchanges of a list, in the profile of whoever takes it (`paxlst_profiles`).

In: a `Manifest` and a `WriteOrder`. Out: for ports one interchange with a message for passengers, one for crew and one for
stowaways, each with its own count, as the guides ask (EU 2019/1744, appendix 2); for GTAS and goTravel one message in one
interchange, since GTAS loads no second one, and of a long list several, as parts 01:C to nn:F with a common access reference
(UNH 0068, S010). `separate` takes them apart again: each becomes a file. Segments stand in the order that strict readers want.

Not in a message, for want of a segment: remarks, special care, emergency contacts, MRZ, residence permits, extras,
times of embarkation, more than three documents and two visas (D.05B: five DOC), the ship's call sign and MMSI beside
its IMO number, actual times of other calls. In the profiles of GTAS and goTravel also, because GTAS rejects or mistakes it:
the list's reference, function and time of issue, visit id, direction, all calls but the border leg, flag, operator (the ship's
name, IMO number and voyage stand in NAD MS as text), roles of stowaways and other ships' crew (passengers), dates of birth
without a day, expiry after 2045, kinds of document without a letter of the guide, vehicles, ticket number and
`carrier_reference`; for GTAS also telephone and mail, dates of issue and every nationality but the first.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Final

from gateway.formats.edifact import write_segment
from gateway.formats.paxlst_profiles import PROFILES, Profile
from gateway.formats.paxlst_writer_header import header_segments
from gateway.formats.paxlst_writer_people import person_segments, segment
from gateway.formats.writing import WriteOrder
from gateway.manifest import ListKind, Manifest, Person, Role

MOST_PARTS: Final = 99  # S010 0070, n..2
_SERVICE: Final = "UNA:+.? '"
_PASSENGERS, _CREW = ("745", "42"), ("250", "41")  # BGM 1001, CNT 6069
_LISTS: Final = {
    Role.PASSENGER: (_PASSENGERS, 0),
    Role.OTHER_SHIP_CREW: (_PASSENGERS, 0),
    Role.CREW: (_CREW, 1),
    Role.STOWAWAY: (_PASSENGERS, 2),
}
_REFERENCE_LENGTH: Final = 35  # 0068

Part = tuple[tuple[str, str], list[Person], str]
"""BGM 1001 and CNT 6069, the persons, and UNH S010 as written."""


def write(manifest: Manifest, order: WriteOrder, profile: str = "paxlst-sea") -> bytes:
    """The interchanges, one behind the other, without line breaks."""
    form = PROFILES[profile]
    if form.at_most is None:
        return _interchange(manifest, order, form, [(*one, "01:F") for one in _lists(manifest)])
    slices = slices_of(manifest, form.at_most)
    parts = [(_codes(manifest), persons, _numbered(at, len(slices))) for at, persons in enumerate(slices, 1)]
    return b"".join(_interchange(manifest, order, form, [part], at) for at, part in enumerate(parts))


def separate(body: bytes) -> list[bytes]:
    """The interchanges of what `write` made. A separator within a text is released, so none begins there."""
    service = _SERVICE.encode()
    return [service + one for one in body.split(service)[1:]]


def slices_of(manifest: Manifest, at_most: int) -> list[list[Person]]:
    """The persons, so many to a message; one empty message where there is nobody."""
    persons = list(manifest.persons)
    return [persons[at : at + at_most] for at in range(0, len(persons), at_most)] or [[]]


def _interchange(manifest: Manifest, order: WriteOrder, form: Profile, parts: list[Part], at: int = 0) -> bytes:
    """`at` counts interchanges of one order from 0."""
    messages = [_message(str(number), manifest, order, part, form) for number, part in enumerate(parts, 1)]
    made = order.at.astimezone(UTC)
    moment = (made.strftime("%y%m%d"), made.strftime("%H%M"))
    sender, recipient = (order.sender, "ZZ"), (order.recipient, "ZZ")
    control = f"{order.control:09}" + (f"-{at + 1}" if at else "")
    test = ("", "", "", "1") if order.test else ()
    return "".join(
        (
            _SERVICE,
            segment(form, "UNB", form.syntax, sender, recipient, moment, control, "", form.application(), *test),
            segment(form, "UNG", "PAXLST", sender, recipient, moment, "1", "UN", ("D", "05B")),
            *messages,
            segment(form, "UNE", str(len(messages)), "1"),
            segment(form, "UNZ", "1", control),
        )
    ).encode(form.encoding)


def _codes(manifest: Manifest) -> tuple[str, str]:
    return _CREW if manifest.kind is ListKind.CREW else _PASSENGERS


def _numbered(at: int, many: int) -> str:
    """S010: part `at` of `many`."""
    return f"{at:02}" + (":F" if at == many else ":C" if at == 1 else "")


def _lists(manifest: Manifest) -> Iterable[tuple[tuple[str, str], list[Person]]]:
    """Passengers, crew, stowaways; one empty list where nobody is on board."""
    lists: dict[int, tuple[tuple[str, str], list[Person]]] = {}
    for person in manifest.persons:
        codes, position = _LISTS[person.role]
        lists.setdefault(position, (codes, []))[1].append(person)
    return [lists[position] for position in sorted(lists)] or [(_codes(manifest), [])]


def _message(number: str, manifest: Manifest, order: WriteOrder, part: Part, form: Profile) -> str:
    (document, count), persons, sequence = part
    reference = order.message_id[:_REFERENCE_LENGTH]
    segments = [
        segment(form, "UNH", number, ("PAXLST", *form.release), reference, tuple(sequence.split(":"))),
        *header_segments(manifest, order, document, form),
        *_people(persons, order, form),
        write_segment("CNT", (count, str(len(persons) or _declared(manifest, count)))),
    ]
    return "".join((*segments, write_segment("UNT", str(len(segments) + 1), number)))


def _declared(manifest: Manifest, count: str) -> int:
    """How many are on board where only that is reported, and no list."""
    return (manifest.counts.passengers if count == "42" else manifest.counts.crew) or 0


def _people(persons: Sequence[Person], order: WriteOrder, form: Profile) -> Iterator[str]:
    """The first person bears the terms of the whole list: the directory has no FTX before group 4."""
    for index, person in enumerate(persons):
        yield from person_segments(person, form, order.terms if index == 0 else None)
