"""CUSRES, the answer to a PAXLST in its own language (UN/EDIFACT D.05B, in the order of the WCO/IATA/ICAO guide, appendix II B).

In: the PAXLST as it came, and the findings about it. Out: for each of its interchanges one with a CUSRES for each message,
sender and recipient exchanged. It says how the *gateway* took the list, never whether somebody may board.

    BGM+962+<BGM 1004 of the list>+11+<4343>   962 answer, 11 response; AP accepted, CA accepted but for the errors, RE refused
    RFF+TN, RFF+ACW                            the list's own TN, and the message reference of its UNH (0062)
    ERP+1, ERC+0                               nothing was found
    ERP+<section>:<segment's tag>:<number>     section 1 heading, 2 persons; the number counts from UNH, which is 1
    ERC+<code of the finding>  FTX+AAO+++      what is wrong, and what to do

SG4 (ERP-ERC-FTX) may stand 99 times in D.05B: the gravest findings are told, and the last group how many more there are.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from anyascii import anyascii

from gateway.answers.copies import Copy, NotMade
from gateway.answers.said import gravest_first
from gateway.findings import Finding, Severity, worst
from gateway.formats import edifact
from gateway.formats.edifact import Interchange, write_segment
from gateway.formats.edifact_messages import Message, messages

_MEDIA: Final = "application/edifact"
_MOST_GROUPS: Final = 99
_LONGEST: Final = 512  # a component of FTX C108
_NOT_READ: Final = frozenset(("E-12", "E-13", "E-14", "E-15", "E-16", "E-31"))
"""After one of these the list was refused: it is another message, a piece of one, or takes persons off."""


class _Envelope(NamedTuple):
    """UNB of the list: the syntax and the parties."""

    sender: list[str]
    recipient: list[str]
    is_test: bool


def answer(data: bytes, findings: Sequence[Finding], at: datetime, *, is_read: bool) -> Copy:
    """The answer to every message in `data`. `at`: the time of the answer; control references are made of it. `is_read`:
    whether any list was found."""
    found: list[Interchange] = list(edifact.interchanges(data, []))
    if not found:
        raise NotMade("no EDIFACT interchange was found in this file; take the answer as JSON")
    answers, number = [], 1
    for order, interchange in enumerate(found):
        listed = messages(interchange, number, [])
        number += len(listed)
        answers.append(_interchange(interchange, listed, findings, at, order, is_read))
    return Copy(data=b"".join(answers), media_type=_MEDIA, ending=".cusres.edi")


def _interchange(
    interchange: Interchange,
    listed: Sequence[Message],
    findings: Sequence[Finding],
    at: datetime,
    order: int,
    is_read: bool,
) -> bytes:
    envelope = _envelope(interchange)
    moment = at.astimezone(UTC)
    day, control = [moment.strftime("%y%m%d"), moment.strftime("%H%M")], f"{moment:%y%m%d%H%M%S}{order % 100:02}"
    parties = (envelope.recipient, envelope.sender)
    test = ("", "", "", "1") if envelope.is_test else ()
    texts = [
        "UNA:+.? '",
        write_segment("UNB", ["UNOC", "3"], *parties, day, control, "", "", *test),
        write_segment("UNG", "CUSRES", *parties, day, "1", "UN", ["D", "05B"]),
        *[
            _message(message, reference, _about(message, listed, findings), is_read)
            for reference, message in enumerate(listed, 1)
        ],
        write_segment("UNE", str(len(listed)), "1"),
        write_segment("UNZ", "1", control),
    ]
    return "".join(texts).encode("iso8859-1")


def _envelope(interchange: Interchange) -> _Envelope:
    parts = interchange.cut(0) if interchange.segments[:1] and interchange.segments[0].startswith("UNB") else []
    sender, recipient = (_plain(parts[at]) if at < len(parts) else [] for at in (2, 3))
    return _Envelope(sender or ["SENDER"], recipient or ["GATEWAY"], parts[11:12] == [["1"]])


def _plain(components: Sequence[str]) -> list[str]:
    """As this interchange can write it, in ISO 8859-1."""
    return [_latin1(text.strip()) for text in components] if any(map(str.strip, components)) else []


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


def _message(message: Message, number: int, found: Sequence[Finding], is_read: bool) -> str:
    reference = str(number)
    parts = message.interchange.cut(message.start)
    segments = [
        write_segment("UNH", reference, ["CUSRES", "D", "05B", "UN", "IATA"], _latin1(message.access) or None),
        write_segment("BGM", "962", _latin1(_component(message, "BGM", 2)), "11", _verdict(found, is_read)),
        *[write_segment("RFF", ["TN", own]) for own in _references(message)],
        write_segment("RFF", ["ACW", _latin1(parts[1][0].strip()) if len(parts) > 1 else ""]),
        *_groups(message, found),
    ]
    return "".join([*segments, write_segment("UNT", str(len(segments) + 1), reference)])


def _verdict(found: Sequence[Finding], is_read: bool) -> str:
    """UN/EDIFACT 4343."""
    if not is_read or any(one.code in _NOT_READ and one.severity is Severity.ERROR for one in found):
        return "RE"
    return "CA" if worst(found) is Severity.ERROR else "AP"


def _component(message: Message, tag: str, element: int) -> str:
    for index in range(message.start, message.end):
        if message.interchange.segments[index].startswith(tag):
            parts = message.interchange.cut(index)
            return parts[element][0].strip() if element < len(parts) else ""
    return ""


def _references(message: Message) -> Iterator[str]:
    """RFF+TN of the list's heading."""
    for index in range(message.start, message.end):
        if message.interchange.segments[index].startswith("NAD"):
            return
        if message.interchange.segments[index].startswith("RFF"):
            parts = message.interchange.cut(index)
            if len(parts) > 1 and parts[1][0].strip() == "TN" and len(parts[1]) > 1:
                yield _latin1(parts[1][1].strip())


def _groups(message: Message, found: Sequence[Finding]) -> Iterator[str]:
    if not found:
        yield from (write_segment("ERP", "1"), write_segment("ERC", "0"))
        return
    told = found if len(found) <= _MOST_GROUPS else found[: _MOST_GROUPS - 1]
    for finding in told:
        yield write_segment("ERP", _point(message, finding))
        yield write_segment("ERC", finding.code)
        yield write_segment("FTX", "AAO", "", "", _text(finding))
    if len(told) < len(found):
        yield from (write_segment("ERP", "1"), write_segment("ERC", "MORE"))
        yield write_segment("FTX", "AAO", "", "", [f"{len(found) - len(told)} more findings are in the answer as JSON"])


def _point(message: Message, finding: Finding) -> list[str | None]:
    """C701: the section, the segment's tag and its number in the message."""
    place = finding.place
    section = "2" if place.person is not None else "1"
    number = (place.segment or 0) - message.interchange.first - message.start + 1
    if place.segment is None or not 1 <= number <= message.end - message.start + 1:
        return [section]
    return [section, place.tag or "", str(number)]


def _text(finding: Finding) -> list[str | None]:
    shape = f" ({finding.shape})" if finding.shape else ""
    texts = (finding.text + shape, finding.hint, finding.cites)
    return [_latin1(text)[:_LONGEST] for text in texts if text]


def _latin1(text: str) -> str:
    """Letters outside ISO 8859-1 in Latin ones; nothing that could not be printed."""
    known = "".join(sign if sign < "\u0100" else anyascii(sign) for sign in text)
    return "".join(sign for sign in known if sign.isprintable())
