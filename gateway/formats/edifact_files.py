"""Lists in parts that came as several files, of one submission or of several.

In: the bytes of the files, and the parts of lists that wait since earlier submissions. Out: which files are to be read as one,
because each holds only some parts of a list (UNH 0068 and S010: 1 C, 2, ... n F) and the others hold the rest; and behind them
what waited. Files whose lists are whole, or whose missing parts came in none of the others, stay as they are: what is missing is
then said by the reader. Nothing is opened that is no EDIFACT.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.findings import Finding, Rule, Severity
from gateway.formats import edifact, edifact_messages
from gateway.formats.edifact_messages import Message

CONTINUED = Rule(
    id="E-37", severity=Severity.INFO, text="the parts of a list came in several files ({files}), which were read as one: messages and segments are counted through them in this order",
    hint="send all parts of a list in one file", cites="ISO 9735-1, S010",
)  # fmt: skip
EARLIER = Rule(
    id="H-15", severity=Severity.INFO, text="{count} parts of a list that came before by themselves were put to those in this file, which is counted first: their messages follow it",
    hint="send all parts of a list together", cites="ISO 9735-1, S010",
)  # fmt: skip
RULES = (CONTINUED, EARLIER)

Key = tuple[str, str]
"""Type of message and UNH 0068: what the parts of one list share."""

Parts = Mapping[int, bytes]
"""Part of a list -> an interchange of that message alone."""

_HEAD = 1 << 16
_MOST_BYTES = 32 << 20  # of files that are read as one: what one file may have


class Together(NamedTuple):
    """Files to read as one. `number`: of the first, from 1; `findings` say what was put together."""

    number: int
    data: bytes
    findings: tuple[Finding, ...] = ()


def together(
    files: Sequence[bytes], names: Sequence[str] = (), waiting: Mapping[Key, Parts] | None = None
) -> list[Together]:
    """The files, those that belong together as one, in the order in which they came, with what waited for them behind. `names`: what
    the sender knows them by, where that is not their number."""
    found = _of_one_submission(files, names or [str(number) for number in range(1, len(files) + 1)])
    return [_with_earlier(one, waiting) for one in found] if waiting else found


def open_parts(data: bytes) -> dict[Key, dict[int, bytes]]:
    """The parts of every list that is not whole in this file."""
    if not edifact.recognise(data[:_HEAD]) or len(data) >= _MOST_BYTES:
        return {}
    return {
        key: {message.part: _alone(message) for message in messages if message.part is not None}
        for key, messages in _lists(data).items()
        if not _is_whole(messages)
    }


def are_whole(parts: Mapping[int, bytes]) -> bool:
    """Whether these parts of a list are all of it."""
    return _is_whole(_lists(b"\n".join(parts.values())).popitem()[1]) if parts else False


def _with_earlier(own: Together, waiting: Mapping[Key, Parts]) -> Together:
    missing = [
        data
        for key, parts in open_parts(own.data).items()
        for part, data in sorted(waiting.get(key, {}).items())
        if part not in parts
    ]
    if not missing or len(own.data) + sum(map(len, missing)) >= _MOST_BYTES:
        return own
    return Together(own.number, b"\n".join((own.data, *missing)), (*own.findings, EARLIER.at(count=len(missing))))


def _alone(message: Message) -> bytes:
    """An interchange of this message, with the default separators."""
    interchange = message.interchange
    segments = [
        interchange.cut(index) for index in range(message.start, min(message.end + 1, len(interchange.segments)))
    ]
    reference = segments[0][1][0] if len(segments[0]) > 1 else "1"
    if segments[-1][0] != ["UNT"]:
        segments.append([["UNT"], [str(len(segments) + 1)], [reference]])
    envelope = (
        interchange.cut(0) if interchange.segments[0].startswith("UNB") else [["UNB"], ["UNOA", "3"], ["X"], ["X"]]
    )
    control = envelope[5][0] if len(envelope) > 5 else "1"
    written = [[["UNB"], ["UNOY", "4"], *envelope[2:]], *segments, [["UNZ"], ["1"], [control]]]
    return "".join(edifact.write_segment(*segment) for segment in written).encode()


def _of_one_submission(files: Sequence[bytes], names: Sequence[str]) -> list[Together]:
    open_lists = _open_lists(files) if len(files) > 1 else {}
    group_of = list(range(len(files)))  # file -> the first file of its group
    for keys in open_lists.values():
        holders = sorted({group_of[at] for at in keys})
        if (
            len(keys) > 1
            and sum(len(files[at]) + 1 for at, first in enumerate(group_of) if first in holders) < _MOST_BYTES
        ):
            group_of = [holders[0] if first in holders else first for first in group_of]
    return [
        _joined(files, names, [at for at in range(len(files)) if group_of[at] == first])
        for first in sorted(set(group_of))
    ]


def _joined(files: Sequence[bytes], names: Sequence[str], members: Sequence[int]) -> Together:
    if len(members) == 1:
        return Together(members[0] + 1, files[members[0]])
    said = CONTINUED.at(files=", ".join(names[at] for at in members))
    return Together(members[0] + 1, b"\n".join(files[at] for at in members), (said,))


def _open_lists(files: Sequence[bytes]) -> dict[Key, list[int]]:
    """Every list that is not whole in its file -> the files that hold parts of it."""
    found: dict[Key, list[int]] = {}
    for at, data in enumerate(files):
        if edifact.recognise(data[:_HEAD]) and len(data) < _MOST_BYTES:
            for key in (key for key, messages in _lists(data).items() if not _is_whole(messages)):
                found.setdefault(key, []).append(at)
    return found


def _lists(data: bytes) -> dict[Key, list[Message]]:
    """The lists in parts that are in this file."""
    ignored: list[Finding] = []  # the reader says them again
    parts: dict[Key, list[Message]] = {}
    number = 1
    for interchange in edifact.interchanges(data, ignored):
        for message in edifact_messages.messages(interchange, number, ignored):
            number += 1
            if message.part is not None and message.access:
                parts.setdefault((message.type, message.access), []).append(message)
    return parts


def _is_whole(messages: Sequence[Message]) -> bool:
    numbers = {message.part for message in messages}
    last = next((message.part for message in messages if message.letter == "F"), None)
    return last is not None and numbers >= set(range(1, last + 1))
