"""The sender's own file, handed back: marked with what was found, or corrected where nobody has to decide anything.

In: a file as it was sent, what was said of it, the carrier. Out: a copy (`gateway.answers`). A corrected copy is read again
before it is handed back: everything that was read before must read the same. Blocks for seconds: use a thread.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from gateway import answers
from gateway.answers import Copy, NotMade
from gateway.carrier import Carrier
from gateway.findings import Finding, Severity
from gateway.manifest import Person
from gateway.normalise.text import tidy
from gateway.process.understand import Hints, Understood, understand
from gateway.sent import File

_OTHERWISE = (
    "corrected, this file would be read otherwise than as it was sent, so it was left alone; mend it by the findings"
)


def of_file(findings: Sequence[Finding], number: int) -> list[Finding]:
    """What was found in one of several files, from 1."""
    return [finding for finding in findings if finding.place.file in (None, number)]


def marked(
    file: File, format: str | None, findings: Sequence[Finding], carrier: Carrier | None, at: datetime, *, is_read: bool
) -> Copy:
    """The file with its mistakes in place; `is_read`: any list was found in it. `NotMade` where that cannot be."""
    return answers.marked(file.data, format, findings, is_read=is_read, options=_options(carrier), at=at)


def corrected(file: File, carrier: Carrier | None, hints: Hints, now: datetime) -> Copy:
    """The file with every safe repair made, proven to say the same. `NotMade` where that cannot be."""
    before = understand([file], carrier=carrier, now=now, hints=hints, apart=True)
    if not before.lists:
        raise NotMade("no list was found in this file, so that there is nothing to correct; mend it by the findings")
    format = hints.format or before.formats[0]
    lists = [(one.manifest, one.lineage, one.findings) for one in before.lists]
    copy = answers.corrected(file.data, format, lists, before.findings, options=_options(carrier))
    after = understand([File(copy.data)], carrier=carrier, now=now, hints=hints, apart=True)
    if not _says_the_same(before, after):
        raise NotMade(_OTHERWISE)
    return copy


def _options(carrier: Carrier | None) -> Any:
    return carrier.options_for("table") if carrier else {}


def _says_the_same(before: Understood, after: Understood) -> bool:
    """The same lists of the same persons, nothing that was read lost or changed, and not more errors."""
    if len(before.lists) != len(after.lists) or before.count(Severity.ERROR) < after.count(Severity.ERROR):
        return False
    pairs = [(one.manifest.persons, two.manifest.persons) for one, two in zip(before.lists, after.lists, strict=True)]
    return all(len(ones) == len(twos) and all(map(_is_same, ones, twos)) for ones, twos in pairs)


def _is_same(before: Person, after: Person) -> bool:
    return before == after or _holds(msgspec.to_builtins(before), msgspec.to_builtins(after))


def _holds(before: Any, after: Any) -> bool:
    """Whether all that was read is still there; what was unread may be there now."""
    if before is None or before == after:
        return True
    if isinstance(before, str) and isinstance(after, str):
        return tidy(before)[0] == after
    if isinstance(before, dict) and isinstance(after, dict):
        return all(_holds(value, after.get(name)) for name, value in before.items())
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return len(before) <= len(after) and all(map(_holds, before, after))
    return False
