"""Archives handed back: a zip of the same structure, or a gzip, in which each file is its own copy.

In: the archive as it was sent, and how one file of it is copied. Out: a `Copy`. A form that has no place for findings stays as it
was sent, with its findings in a file beside it (`archive.OURS`). The archive was opened under the guards of `formats.archive`,
and nothing but copies of what came out of it goes in. PKWARE APPNOTE 6.3; RFC 1952.
"""

import gzip
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gateway import jail
from gateway.answers import Copy, NotMade, Repair, documents
from gateway.findings import Finding
from gateway.formats import archive
from gateway.formats.archive import Member

_OF_NO_FILE: Final = "archive" + archive.OURS
_THEN: Final = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip can state
_ZIP, _GZIP = "application/zip", "application/gzip"


def members_of(data: bytes) -> Sequence[Member]:
    """The files of an archive that could be opened; none where this is no archive, or was refused."""
    is_archive = len(data) <= jail.MOST_BYTES and archive.recognise(data) is not None
    return archive.unpack(data).members if is_archive else ()


def marked(members: Sequence[Member], findings: Sequence[Finding], mark: Callable[[Member], Copy]) -> Copy:
    """Each file marked; what was found of none of them in a file of its own."""
    if members[0].name is None:
        copy = mark(members[0])
        return copy if copy.ending == archive.OURS else _gzipped(copy)
    pack = _Pack()
    for member in members:
        copy = mark(member)
        if copy.ending == archive.OURS:
            pack.put(member.path, member.data)
            pack.put(member.path + archive.OURS, copy.data)
        else:
            pack.put(_named(member.path, copy.ending), copy.data)
    whole = [one for one in findings if one.place.member is None]
    if whole:
        pack.put(_OF_NO_FILE, documents.listed(whole).data)
    return pack.copy()


def corrected(members: Sequence[Member], correct: Callable[[Member], Copy]) -> Copy:
    """Each file corrected; what cannot be stays as it was sent. `NotMade` where none of them can."""
    if members[0].name is None:
        return _gzipped(correct(members[0]))
    pack, refused = _Pack(), []
    for member in members:
        try:
            copy = correct(member)
        except NotMade as problem:
            refused.append(problem)
            pack.put(member.path, member.data)
            continue
        pack.put(_named(member.path, copy.ending), copy.data, copy.repairs)
    if len(refused) == len(members):
        raise refused[0]
    return pack.copy()


def _named(path: str, ending: str) -> str:
    """`crew/list.xls` and ".xlsx" -> `crew/list.xlsx`"""
    return str(PurePosixPath(path).with_suffix("")) + ending


class _Pack:
    """A zip on its way. Two files that would come by one name are told apart by a number."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._repairs: list[Repair] = []

    def put(self, path: str, data: bytes, repairs: Sequence[Repair] = ()) -> None:
        at, free = 1, path
        while free in self._files:
            at += 1
            whole = PurePosixPath(path)
            free = str(whole.with_name(f"{whole.stem}-{at}{whole.suffix}"))
        self._files[free] = data
        self._repairs += repairs

    def copy(self) -> Copy:
        out = BytesIO()
        with ZipFile(out, "w") as zipped:
            for path, data in self._files.items():
                zipped.writestr(ZipInfo(path, _THEN), data, ZIP_DEFLATED)
        return Copy(data=out.getvalue(), media_type=_ZIP, ending=".zip", repairs=tuple(self._repairs))


def _gzipped(copy: Copy) -> Copy:
    data = gzip.compress(copy.data, mtime=0)
    return Copy(data=data, media_type=_GZIP, ending=f"{copy.ending}.gz", repairs=copy.repairs)
