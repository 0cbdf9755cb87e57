"""EDIFACT answered in EDIFACT: for each interchange that came one goes back, sender and recipient exchanged, with an answer to each
of its messages (ISO 9735-3; UN/EDIFACT D.05B).

In: the interchanges as they came, and the findings about them. Out: a `Copy`. An interchange that holds a PAXLST is answered with
CUSRES, which answers that message alone (WCO/IATA/ICAO guide, appendix II B). One that holds none, or no message that could be
told from the rest, is answered with APERAK, which may answer any message; so is every one where the sender asks for it, as ports
in Spain answer passenger lists.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from gateway.answers import aperak, cusres
from gateway.answers.copies import Copy, NotMade
from gateway.answers.messages import Said, printable
from gateway.answers.said import gravest_first
from gateway.findings import Finding
from gateway.formats import edifact
from gateway.formats.edifact import Interchange, write_segment
from gateway.formats.edifact_messages import Message, messages

_MEDIA: Final = "application/edifact"
_LIST: Final = "PAXLST"
_WRITE: Final[dict[str, Callable[[Said, str], str]]] = {"CUSRES": cusres.message, "APERAK": aperak.message}


class _Envelope(NamedTuple):
    """UNB of what came: the parties, its reference, and whether it was a test."""

    sender: list[str]
    recipient: list[str]
    reference: str
    is_test: bool


def answer(data: bytes, findings: Sequence[Finding], at: datetime, *, is_read: bool, as_aperak: bool = False) -> Copy:
    """The answer to every message in `data`. `at`: the time of the answer; control references are made of it. `is_read`:
    whether any list was found. `as_aperak`: APERAK for PAXLST too."""
    found: list[Interchange] = list(edifact.interchanges(data, []))
    if not found:
        raise NotMade("no EDIFACT interchange was found in this file; take the answer as JSON")
    answers, kinds, number = [], set(), 1
    for order, interchange in enumerate(found):
        listed = messages(interchange, number, [])
        number += len(listed)
        kind = "CUSRES" if any(one.type == _LIST for one in listed) and not as_aperak else "APERAK"
        kinds.add(kind)
        control = f"{at.astimezone(UTC):%y%m%d%H%M%S}{order % 100:02}"
        said = _said(interchange, listed, findings, at, control, is_read)
        answers.append(_interchange(_envelope(interchange), list(said), kind, at, control))
    ending = "cusres" if "CUSRES" in kinds else "aperak"
    return Copy(data=b"".join(answers), media_type=_MEDIA, ending=f".{ending}.edi")


def _said(
    interchange: Interchange, listed: Sequence[Message], findings: Sequence[Finding], at: datetime, control: str, is_read: bool
) -> Iterator[Said]:  # fmt: skip
    reference = _envelope(interchange).reference
    if not listed:
        yield Said(None, gravest_first(findings), False, reference, f"{control}-1", at)
    for number, message in enumerate(listed, 1):
        own = _about(message, listed, findings)
        yield Said(message, own, is_read, reference, f"{control}-{number}", at)


def _interchange(envelope: _Envelope, said: Sequence[Said], kind: str, at: datetime, control: str) -> bytes:
    moment = at.astimezone(UTC)
    day = [moment.strftime("%y%m%d"), moment.strftime("%H%M")]
    parties = (envelope.recipient, envelope.sender)
    test = ("", "", "", "1") if envelope.is_test else ()
    texts = [
        "UNA:+.? '",
        write_segment("UNB", ["UNOC", "3"], *parties, day, control, "", "", *test),
        write_segment("UNG", kind, *parties, day, "1", "UN", ["D", "05B"]),
        *[_WRITE[kind](one, str(number)) for number, one in enumerate(said, 1)],
        write_segment("UNE", str(len(said)), "1"),
        write_segment("UNZ", "1", control),
    ]
    return "".join(texts).encode("iso8859-1")


def _envelope(interchange: Interchange) -> _Envelope:
    parts = interchange.cut(0) if interchange.segments[:1] and interchange.segments[0].startswith("UNB") else []
    sender, recipient, reference = (_plain(parts[at]) if at < len(parts) else [] for at in (2, 3, 5))
    return _Envelope(sender or ["SENDER"], recipient or ["GATEWAY"], "".join(reference[:1]), parts[11:12] == [["1"]])


def _plain(components: Sequence[str]) -> list[str]:
    """As this interchange can write it, in ISO 8859-1."""
    return [printable(text.strip()) for text in components] if any(map(str.strip, components)) else []


def _about(message: Message, listed: Sequence[Message], findings: Sequence[Finding]) -> list[Finding]:
    """What was found about this message; what names none belongs to the first of its interchange."""
    first, last = message.interchange.first, message.interchange.first + len(message.interchange.segments)
    own = []
    for finding in findings:
        place = finding.place
        if place.segment is not None:
            is_here = first + message.start <= place.segment <= first + message.end
            stray = (
                message is listed[0] and first <= place.segment < last and not _is_in_any(place.segment - first, listed)
            )
        else:
            is_here = place.message == message.number or (place.message is None and message.number == 1)
            stray = False
        own += [finding] if is_here or stray else []
    return gravest_first(own)


def _is_in_any(index: int, listed: Sequence[Message]) -> bool:
    return any(message.start <= index <= message.end for message in listed)
