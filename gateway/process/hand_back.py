"""The sender's own file, handed back: marked with what was found, or corrected where nobody has to decide anything.

In: a file as it was sent, what was said of it, the carrier. Out: a copy (`gateway.answers`); of an archive, one of all its files
(`packed`). A corrected copy is read again before it is handed back: everything that was read before must read the same (`same`),
and repairs of what would not are left out. Blocks for seconds: use a thread.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from gateway import answers, formats
from gateway.answers import Copy, NotMade, documents
from gateway.carrier import Carrier
from gateway.findings import Finding
from gateway.formats.archive import Member
from gateway.process import packed, same
from gateway.process.understand import Hints, Understood, understand
from gateway.sent import File

_OTHERWISE: Final = (
    "corrected, this file would be read otherwise than as it was sent, so it was left alone; mend it by the findings"
)
_MOST_TRIES: Final = 4
"""A repair that is left out may make another one wrong; a person has few parts that depend on each other."""


class Found(Protocol):
    """A list that was found: as understood here, or as a stored answer has it (which would bring the store along)."""

    @property
    def sources(self) -> Iterable[tuple[int, str | None]]: ...


def of_file(findings: Sequence[Finding], number: int) -> list[Finding]:
    """What was found in one of several files, from 1."""
    return [finding for finding in findings if finding.place.file in (None, number)]


def read_in(lists: Iterable[Found], number: int) -> set[str | None]:
    """The paths of those files of an archive that lists were found in, or None for the file itself."""
    return {member for one in lists for file, member in one.sources if file == number}


def marked(
    file: File,
    format: str | None,
    findings: Sequence[Finding],
    carrier: Carrier | None,
    at: datetime,
    *,
    read: Collection[str | None],
) -> Copy:
    """The file with its mistakes in place; `read`: the files of an archive, or None for the file itself, in which any list was
    found. `NotMade` where there is no such copy."""
    members = packed.members_of(file.data)
    if not members:
        options = _options(carrier)
        return answers.marked(file.data, format, findings, is_read=None in read, options=options, at=at)

    def mark(member: Member) -> Copy:
        own = [one for one in findings if one.place.member == member.name]
        is_read, options = member.name in read, _options(carrier)
        try:
            return answers.marked(member.data, _format_of(member), own, is_read=is_read, options=options, at=at)
        except NotMade:
            return documents.listed(own)

    return packed.marked(members, findings, mark)


def acknowledged(
    file: File, format: str | None, findings: Sequence[Finding], at: datetime, *, read: Collection[str | None]
) -> Copy:
    """EDIFACT answered with APERAK. `NotMade` for everything else."""
    return answers.acknowledged(file.data, format, findings, is_read=bool(read), at=at)


def corrections(copy: Copy) -> Copy:
    """What was repaired in a corrected copy, as JSON."""
    return documents.repairs(copy.repairs)


def corrected(file: File, carrier: Carrier | None, hints: Hints, now: datetime) -> Copy:
    """The file with every safe repair made, proven to say the same. `NotMade` where that cannot be."""
    before = understand([file], carrier=carrier, now=now, hints=hints, apart=True)
    if not before.lists:
        raise NotMade("no list was found in this file, so that there is nothing to correct; mend it by the findings")
    left: frozenset[str] = frozenset()
    for _ in range(_MOST_TRIES):
        copy = _with_repairs(file, before, carrier, hints, left)
        after = understand([File(copy.data, file.name)], carrier=carrier, now=now, hints=hints, apart=True)
        found = same.otherwise(before, after, copy.repairs)
        if not found:
            return copy
        if found <= left or same.ALL in found:
            break
        left |= found
    raise NotMade(_OTHERWISE)


def _with_repairs(file: File, before: Understood, carrier: Carrier | None, hints: Hints, left: Collection[str]) -> Copy:
    def correct(data: bytes, format: str | None, member: str | None) -> Copy:
        lists = [(one.manifest, one.lineage, one.findings) for one in before.lists if one.member == member]
        found = [one for one in before.findings if one.place.member == member]
        return answers.corrected(data, format, lists, found, options=_options(carrier), left=left)

    members = packed.members_of(file.data)
    if not members:
        return correct(file.data, hints.format or before.formats[0], None)
    return packed.corrected(
        members, lambda one: correct(one.data, hints.format or _format_of(one), one.name).within(one.name)
    )


def _format_of(member: Member) -> str | None:
    reader = formats.recognise(member.data)
    return reader.NAME if reader else None


def _options(carrier: Carrier | None) -> Any:
    return carrier.options_for("table") if carrier else {}
