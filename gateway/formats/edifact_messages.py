"""Envelopes of an interchange (ISO 9735, versions 1 to 4): UNB..UNZ, UNG..UNE and UNH..UNT, and whether they add up.

In: `Interchange`s. Out: `Message`s, each knowing its type, its part of a longer list (UNH 0068 and S010) and whether it
was closed. Counts and references that disagree are warnings: they are often wrong in files that are otherwise right.
"""

import msgspec

from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats.edifact import TOO_LARGE, Interchange

_MAX_MESSAGES = 2_000

NO_UNZ = Rule(
    id="E-07", severity=Severity.WARNING, text="the interchange is not closed: UNZ is missing, so nothing proves that all of it arrived",
    hint="check that the file was transferred whole", cites="ISO 9735-1, 8",
)  # fmt: skip
COUNT = Rule(
    id="E-08", severity=Severity.WARNING, text="{tag} gives {declared} {things}, but {counted} are there",
    hint="check that nothing was lost on the way; if nothing was, mend the count in your system", cites="ISO 9735-1, 8",
)  # fmt: skip
REFERENCE = Rule(
    id="E-09", severity=Severity.WARNING, text="{tag} does not repeat the reference of its {opening}",
    hint="check that the file was not put together from two", cites="ISO 9735-1, 8",
)  # fmt: skip
TEST = Rule(
    id="E-10", severity=Severity.WARNING, text="the sender marked this interchange as a test (UNB 0035)",
    hint="leave the mark out of lists that are meant",
)  # fmt: skip
NO_UNT = Rule(
    id="E-11", severity=Severity.WARNING, text="the message is not closed: UNT is missing; it was read up to the end of its envelope",
    hint="close each message with UNT", cites="ISO 9735-1, 8",
)  # fmt: skip
CUT_OFF = Rule(
    id="E-14", severity=Severity.ERROR, text="the message stops before its end: UNT is missing, and so is the end of the interchange; the list was not read",
    hint="send the file again, whole", cites="ISO 9735-1, 8",
)  # fmt: skip
NO_MESSAGE = Rule(
    id="E-49", severity=Severity.ERROR, text="the interchange holds no message: there is no UNH in it",
    hint="send the list; where nobody is on board, a list that says so", cites="ISO 9735-1, 8",
)  # fmt: skip
RULES = (NO_UNZ, COUNT, REFERENCE, TEST, NO_UNT, CUT_OFF, NO_MESSAGE)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """UNH..UNT: the segments `start` to `end` (exclusive, UNT left out) of its interchange; `number` counts in the file.

    `marks` are the positions of its own opening and closing segments (NAD, CNT, UNS), in order.
    `access` is UNH 0068, which the parts of one list share; `part` and `letter` are S010: 1 C, 2, ... n F.
    `whole` is False where the message stops without UNT and without an end of its envelope: it was cut off.
    """

    number: int
    interchange: Interchange
    start: int
    end: int
    marks: list[int]
    type: str
    access: str = ""
    part: int | None = None
    letter: str = ""
    whole: bool = True

    @property
    def place(self) -> Place:
        return self.interchange.place(self.start, self.number)


def messages(interchange: Interchange, number: int, findings: list[Finding]) -> list[Message]:
    """Every message of the interchange; the first is number `number` of the file."""
    found: list[Message] = []
    groups = in_group = 0
    opened = {"UNB": "", "UNG": ""}
    for at, index in enumerate(interchange.marks):
        tag = interchange.segments[index][:3]
        if tag == "UNH":
            if number + len(found) > _MAX_MESSAGES:
                findings.append(TOO_LARGE.at(interchange.place(index), limit=_MAX_MESSAGES, things="messages"))
                break
            found.append(_message(interchange, at, number + len(found), findings))
            in_group += 1
        elif tag in opened:
            opened[tag] = _reference(interchange, index, tag)
            groups, in_group = groups + (tag == "UNG"), 0 if tag == "UNG" else in_group
            if tag == "UNB" and interchange.cut(index)[11:12] == [["1"]]:
                findings.append(TEST.at(interchange.place(index)))
        elif tag == "UNE":
            _check_end(interchange, index, (in_group,), "messages", "UNG", opened["UNG"], findings)
        elif tag == "UNZ":
            counted = (groups, len(found)) if groups else (len(found),)
            _check_end(interchange, index, counted, "messages or groups", "UNB", opened["UNB"], findings)
    if not (interchange.marks and interchange.segments[interchange.marks[-1]].startswith("UNZ")):
        findings.append(NO_UNZ.at(Place(segment=interchange.first + len(interchange.segments) - 1)))
    if not found:
        findings.append(NO_MESSAGE.at(interchange.place(0)))
    return found


def _message(interchange: Interchange, at: int, number: int, findings: list[Finding]) -> Message:
    segments, marks, start = interchange.segments, interchange.marks, interchange.marks[at]
    closes = next((n for n in range(at + 1, len(marks)) if segments[marks[n]][:3] in _ENDS), len(marks))
    end = marks[closes] if closes < len(marks) else len(segments)
    closing = segments[end][:3] if end < len(segments) else ""
    parts = interchange.cut(start)
    reference, type_, access = (_component(parts, element) for element in (1, 2, 3))
    if closing == "UNT":
        _check_end(interchange, end, (end - start + 1,), "segments", "UNH", reference, findings, number)
    elif closing:
        findings.append(NO_UNT.at(interchange.place(start, number)))
    part = _component(parts, 4)
    return Message(
        number=number,
        interchange=interchange,
        start=start,
        end=end,
        marks=marks[at + 1 : closes],
        type=type_.upper(),
        access=access,
        part=int(part) if part.isdecimal() and len(part) < 4 else None,
        letter=_component(parts, 4, 1).upper(),
        whole=bool(closing),
    )


_ENDS = frozenset(("UNH", "UNT", "UNE", "UNG", "UNZ"))


def _reference(interchange: Interchange, index: int, tag: str) -> str:
    """UNB 0020 and UNG 0048 are the fifth element of their segments."""
    return _component(interchange.cut(index), 5)


def _component(parts: list[list[str]], element: int, component: int = 0) -> str:
    try:
        return parts[element][component].strip()
    except IndexError:
        return ""


def _check_end(
    interchange: Interchange, index: int, counted: tuple[int, ...], things: str,
    opening: str, reference: str, findings: list[Finding], message: int | None = None,
) -> None:  # fmt: skip
    """Compares a closing segment's count (its first element) and reference (its second) with what is there."""
    place, parts = interchange.place(index, message), interchange.cut(index)
    count, repeated = _component(parts, 1), _component(parts, 2)
    if not count.isdecimal():
        findings.append(
            COUNT.at(
                place, tag=place.tag, declared="no number of", things=things, counted=counted[-1], shape=shape(count)
            )
        )
    elif int(count[:9]) not in counted:
        findings.append(COUNT.at(place, tag=place.tag, declared=int(count[:9]), things=things, counted=counted[-1]))
    if reference and repeated.replace(" ", "") != reference.replace(" ", ""):
        findings.append(REFERENCE.at(place, tag=place.tag, opening=opening))
