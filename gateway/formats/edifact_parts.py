"""Which messages make one list: PAXLST and PNRGOV lists may be sent in parts (UNH 0068 and S010: 1 C, 2, ... n F).

In: the messages of a file. Out: lists of messages, each in the order of its parts, whatever order they came in. 0068 is
the key, not the interchange. A list that lacks a part is read as far as it goes, and said to be unfinished.
"""

from collections.abc import Sequence

from gateway.findings import Finding, Rule, Severity
from gateway.formats.edifact_messages import Message

MISSING = Rule(
    id="E-31", severity=Severity.ERROR, text="the list is not complete: of its parts, this file lacks {missing}",
    hint="send the parts that are missing; best all parts of a list together, or the list as one message", cites="ISO 9735-1, S010",
)  # fmt: skip
UNMARKED = Rule(
    id="E-32", severity=Severity.INFO, text="the parts of the list are numbered without saying which is the last; those in this file were taken as all",
    hint="mark the first part with C and the last with F (S010 0073)", cites="ISO 9735-1, S010",
)  # fmt: skip
REPEATED = Rule(
    id="E-33", severity=Severity.WARNING, text="part {part} of the list is in this file more than once; {taken}",
    hint="send each part once",
)  # fmt: skip
RULES = (MISSING, UNMARKED, REPEATED)


def whole_lists(messages: Sequence[Message], findings: list[Finding]) -> list[list[Message]]:
    """The messages of each list, in the order in which the lists start."""
    lists: dict[object, list[Message]] = {}
    for message in messages:
        alone = message.part is None or (message.part == 1 and message.letter == "F")
        lists.setdefault(message.number if alone else f"parts of {message.access}", []).append(message)
    return [parts if parts[0].part is None else _in_order(parts, findings) for parts in lists.values()]


def _in_order(messages: Sequence[Message], findings: list[Finding]) -> list[Message]:
    parts: dict[int, Message] = {}
    for message in messages:
        part = message.part or 0
        if part in parts:
            same = _content(parts[part]) == _content(message)
            taken = "both are the same" if same else "they differ, and the later one was taken"
            findings.append(REPEATED.at(message.place, part=part, taken=taken))
        parts[part] = message
    _check_complete(parts, findings)
    return [parts[part] for part in sorted(parts)]


def _check_complete(parts: dict[int, Message], findings: list[Finding]) -> None:
    last = max(parts)
    place = parts[min(parts)].place
    gaps = [str(part) for part in range(1, last) if part not in parts]
    if not gaps and not any(message.letter for message in parts.values()):
        findings.append(UNMARKED.at(place))
        return
    missing = ["number " + ", ".join(gaps[:10]) + (", …" if len(gaps) > 10 else "")] if gaps else []
    if parts[last].letter != "F":
        missing.append(f"those behind number {last}")
    if missing:
        findings.append(MISSING.at(place, missing=" and ".join(missing)))


def _content(message: Message) -> list[str]:
    return message.interchange.segments[message.start + 1 : message.end]
