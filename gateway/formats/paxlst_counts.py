"""CNT of PAXLST: how many passengers (42) and crew (41) a list says it has, and whether it does.

In: the messages of one list, and how many persons are there. Out: header values, and findings where they differ. In a list of
parts each may count its own part or the whole list. AUT, which proves who wrote the message, is left out; what else stands
behind the last CNT is said.
"""

from collections.abc import Mapping, Sequence

from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_segments import NO_TAG, text_at
from gateway.formats.raw import HeaderValue

COUNT = Rule(
    id="E-17", severity=Severity.WARNING, text="CNT {code} gives {declared} {whom}, but the list holds {counted}",
    hint="check that nobody is missing", cites="UN/EDIFACT PAXLST, CNT",
)  # fmt: skip
UNKNOWN_COUNT = Rule(
    id="E-18", severity=Severity.INFO, text="CNT counts something that is not compared with the list",
    hint="use 42 for passengers and 41 for crew", cites="UN/EDIFACT 6069",
)  # fmt: skip
BEHIND = Rule(
    id="E-36", severity=Severity.INFO, text="{tag} stands behind the count and belongs to nobody; it was not kept",
    hint="put what belongs to a person behind that person's NAD", cites="UN/EDIFACT PAXLST, 4.3",
)  # fmt: skip
RULES = (COUNT, UNKNOWN_COUNT, BEHIND)

Declared = dict[str, list[tuple[int, Place]]]
"""CNT 6069 (41 or 42) -> the numbers given, with their places."""


def declared(messages: Sequence[Message], findings: list[Finding]) -> Declared:
    """What every CNT says; one that counts something else is a finding."""
    found: Declared = {}
    for message in messages:
        for index in message.marks:
            if not message.interchange.segments[index].startswith("CNT"):
                continue
            place, parts = message.interchange.place(index, message.number), message.interchange.cut(index)
            code, text = text_at(parts, 1), text_at(parts, 1, 1) or text_at(parts, 2)
            if code in ("41", "42") and text.isdecimal() and len(text) < 10:
                found.setdefault(code, []).append((int(text), place))
            else:
                findings.append(UNKNOWN_COUNT.at(place, shape=shape(text)))
        _say_what_is_behind(message, findings)
    return found


def _say_what_is_behind(message: Message, findings: list[Finding]) -> None:
    segments = message.interchange.segments
    last = message.marks[-1] if message.marks and segments[message.marks[-1]].startswith("CNT") else message.end
    for index in range(last + 1, message.end):
        if not segments[index].startswith("AUT"):
            place = message.interchange.place(index, message.number)
            findings.append(BEHIND.at(place, tag=place.tag or NO_TAG))
            return


def compared(
    found: Mapping[str, Sequence[tuple[int, Place]]], passengers: int, crew: int, findings: list[Finding]
) -> dict[str, HeaderValue]:
    """The numbers as header values, compared with how many passengers and crew are listed."""
    values: dict[str, HeaderValue] = {}
    total = passengers + crew
    for code, counts in found.items():
        whom, field, counted = (
            ("passengers", "counts.passengers", passengers) if code == "42" else ("crew members", "counts.crew", crew)
        )
        numbers, place = [number for number, _ in counts], counts[-1][1]
        candidates = (numbers[-1], sum(numbers))
        stated = next((n for n in candidates if n == counted), candidates[len(set(numbers)) > 1])
        if stated != counted and len(found) == 1 and total in candidates:
            stated, field, counted = total, "counts.on_board", total  # one count for a mixed list
        if stated != counted:
            findings.append(COUNT.at(place, code=code, declared=stated, whom=whom, counted=counted))
        values[field] = HeaderValue(str(stated), place)
    return values
