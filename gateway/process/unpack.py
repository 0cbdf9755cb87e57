"""The files of a submission, with archives replaced by what they hold: what `understand` reads one by one.

In: the files as they were sent. Out: for each, what it is and its parts: the file itself, or the members of an archive. File
numbers stay those of what was sent; a member is named besides.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from gateway import formats, jail
from gateway.findings import Finding
from gateway.formats import archive
from gateway.formats.edifact_files import Key, Parts, together
from gateway.sent import File


class Part(msgspec.Struct, frozen=True):
    """Bytes to read as one. `number` is of the file that was sent, from 1; `member` the path inside an archive."""

    data: bytes
    name: str | None
    number: int
    member: str | None = None

    def __repr__(self) -> str:
        return f"<Part of file {self.number}>"


class SentFile(msgspec.Struct, frozen=True):
    """One file that was sent. `format` as it was recognised; an archive has as many parts as it holds files."""

    number: int
    format: str | None
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = ()


def unpacked(files: Sequence[File], waiting: Mapping[Key, Parts] | None = None) -> list[SentFile]:
    """All files, in order. What all archives of a submission hold together is bounded as that of one is. `waiting`: parts of lists
    that came before by themselves."""
    found: list[SentFile] = []
    budget = archive.MOST_BYTES
    for number, file in enumerate(files, 1):
        sent = _sent(file, number, budget)
        found.append(sent)
        if sent.format in (archive.ZIP, archive.GZIP):
            budget -= sum(len(part.data) for part in sent.parts)
    return _together(found, waiting)


def _together(sent: Sequence[SentFile], waiting: Mapping[Key, Parts] | None) -> list[SentFile]:
    """Lists in parts that came as several files are read where the first of them stands."""
    parts = [part for file in sent for part in file.parts]
    names = [str(part.number) + (f' "{part.member}"' if part.member else "") for part in parts]
    kept = {one.number - 1: one for one in together([part.data for part in parts], names, waiting)}
    at, found = 0, []
    for file in sent:
        here = {n: kept[n] for n in range(at, at + len(file.parts)) if n in kept}
        at += len(file.parts)
        own = tuple(msgspec.structs.replace(parts[n], data=one.data) for n, one in here.items())
        said = [finding for one in here.values() for finding in one.findings]
        found.append(msgspec.structs.replace(file, parts=own, findings=(*file.findings, *said)))
    return found


def _sent(file: File, number: int, budget: int) -> SentFile:
    kind = archive.recognise(file.data) if len(file.data) <= jail.MOST_BYTES else None
    if kind is None:
        reader = formats.recognise(file.data)
        return SentFile(number, reader.NAME if reader else None, (Part(file.data, file.name, number),))
    came = archive.unpack(file.data, budget)
    parts = tuple(Part(one.data, _name(one.name, file), number, one.name) for one in came.members)
    return SentFile(number, kind, parts, came.findings)


def _name(member: str | None, file: File) -> str | None:
    if member is not None:
        return PurePosixPath(member).name
    return file.name.removesuffix(".gz") if file.name else None
