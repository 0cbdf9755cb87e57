"""Lists in parts that came as several files of one submission.

In: the bytes of the files. Out: which of them are to be read as one, because each holds only some parts of a list (UNH 0068
and S010: 1 C, 2, ... n F) and the others hold the rest. Files whose lists are whole, or whose missing parts came in none of the
others, stay as they are: what is missing is then said by the reader. Nothing is opened that is no EDIFACT.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.findings import Finding, Rule, Severity
from gateway.formats import edifact, edifact_messages
from gateway.formats.edifact_messages import Message

CONTINUED = Rule(
    id="E-37", severity=Severity.INFO, text="the parts of a list came in several files ({files}), which were read as one: messages and segments are counted through them in this order",
    hint="send all parts of a list in one file", cites="ISO 9735-1, S010",
)  # fmt: skip
RULES = (CONTINUED,)

_HEAD = 1 << 16
_MOST_BYTES = 32 << 20  # of files that are read as one: what one file may have


class Together(NamedTuple):
    """Files to read as one. `number`: of the first, from 1; `findings` say what was put together."""

    number: int
    data: bytes
    findings: tuple[Finding, ...] = ()


def together(files: Sequence[bytes], names: Sequence[str] = ()) -> list[Together]:
    """The files, those that belong together as one, in the order in which they came. `names`: what the sender knows them by, where
    that is not their number."""
    names = names or [str(number) for number in range(1, len(files) + 1)]
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


def _open_lists(files: Sequence[bytes]) -> dict[tuple[str, str], list[int]]:
    """Type and 0068 of every list that is not whole in its file -> the files that hold parts of it."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, data in enumerate(files):
        if edifact.recognise(data[:_HEAD]) and len(data) < _MOST_BYTES:
            for key in _parts_without_the_rest(data):
                found.setdefault(key, []).append(at)
    return found


def _parts_without_the_rest(data: bytes) -> set[tuple[str, str]]:
    ignored: list[Finding] = []  # the reader says them again
    parts: dict[tuple[str, str], list[Message]] = {}
    number = 1
    for interchange in edifact.interchanges(data, ignored):
        for message in edifact_messages.messages(interchange, number, ignored):
            number += 1
            if message.part is not None and message.access:
                parts.setdefault((message.type, message.access), []).append(message)
    return {key for key, messages in parts.items() if not _is_whole(messages)}


def _is_whole(messages: Sequence[Message]) -> bool:
    numbers = {message.part for message in messages}
    last = next((message.part for message in messages if message.letter == "F"), None)
    return last is not None and numbers >= set(range(1, last + 1))
