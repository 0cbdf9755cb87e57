"""The folder that a carrier sees by SFTP. It is in no file system: nothing that is done here touches a disk of this machine.

`/` takes files; `/answers/` gives receipts and answers. A file is handed in when its client closes it, and the close is answered
when it is stored. One whose name begins with "." or ends in `.part`, `.tmp` or `.filepart` waits to be renamed, and the rename
is what is answered. What was handed in is shown with its size until the client goes, and cannot be read back or removed.
"""

import posixpath
import stat
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Final, NoReturn

import asyncssh
import msgspec
from asyncssh import FXF_APPEND, FXF_READ, FXF_WRITE, SFTPAttrs, SFTPName, SSHServerChannel

from gateway.settings import utc_now
from gateway.sftp.desk import Desk
from gateway.sftp.not_offered import NotOffered
from gateway.sftp.uploads import NotTaken, Room, Upload

_ANSWERS: Final = "answers"
_WAITING: Final = (".part", ".tmp", ".filepart")
_MOST_OPEN, _MOST_SHOWN, _LONGEST_NAME = 8, 1000, 255


class Writing(msgspec.Struct, eq=False):
    """A file that is open for writing."""

    name: str
    upload: Upload


class Reading(msgspec.Struct, eq=False):
    """A paper that is open for reading. It takes its room, for a client may open as many as it likes and close none."""

    data: bytes

    def __repr__(self) -> str:
        return f"<Reading {len(self.data)} bytes>"


class HandedIn(msgspec.Struct, frozen=True):
    """A file that was stored as a submission."""

    size: int
    at: datetime


class Files(NotOffered):
    """One client's view. `carrier` is whose key it showed, `is_there` whether its connection lives. Every operation of `SFTPServer` is answered here, not there."""

    def __init__(
        self, channel: SSHServerChannel[bytes], carrier: str, desk: Desk, room: Room, is_there: Callable[[], bool]
    ) -> None:
        super().__init__(channel)
        self._own_channel, self._carrier, self._desk, self._room = channel, carrier, desk, room
        self._is_there = is_there
        self._open: set[Writing] = set()
        self._reading: set[Reading] = set()
        self._waiting: dict[str, Upload] = {}
        self._handed_in: dict[str, HandedIn] = {}

    # -- writing

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> Writing | Reading:
        folder, name = _place(path)
        if folder == _ANSWERS:
            if pflags & FXF_WRITE:
                _denied("answers/ is for reading")
            return self._opened(await self._paper(name))
        if not pflags & FXF_WRITE:
            _denied("what was handed in cannot be read back; its receipt and answer are in answers/")
        if pflags & (FXF_APPEND | FXF_READ):
            raise asyncssh.SFTPOpUnsupported("a file is written whole; nothing can be added to one")
        if name in ("", _ANSWERS):
            _denied("this is a folder")
        if len(self._open) + len(self._waiting) >= _MOST_OPEN:
            raise asyncssh.SFTPFailure(f"more than {_MOST_OPEN} files at once; finish one first")
        self._forget(name)
        writing = Writing(name, Upload(self._desk.most, self._room))
        self._open.add(writing)
        return writing

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        if not isinstance(file_obj, Writing):
            _denied("this is open for reading")
        try:
            file_obj.upload.write(offset, data)
        except NotTaken as why:
            raise asyncssh.SFTPFailure(str(why)) from None
        return len(data)

    async def close(self, file_obj: object) -> None:
        """Answered when what was written is stored."""
        if isinstance(file_obj, Reading):
            self._forget_reading(file_obj)
        if not isinstance(file_obj, Writing):
            return
        self._open.discard(file_obj)
        if self._is_cut():
            file_obj.upload.drop()
        elif _waits(file_obj.name):
            self._waiting[file_obj.name] = file_obj.upload
        else:
            await self._hand_in(file_obj.name, file_obj.upload)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        (old_folder, old), (new_folder, new) = _place(oldpath), _place(newpath)
        if old_folder or new_folder or new in ("", _ANSWERS):
            _denied("answers/ is for reading")
        if old not in self._waiting:
            _missing() if old not in self._handed_in else _denied("it was handed in under this name")
        upload = self._waiting.pop(old)
        self._forget(new)
        if _waits(new):
            self._waiting[new] = upload
        else:
            await self._hand_in(new, upload)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        await self.rename(oldpath, newpath)

    async def remove(self, path: bytes) -> None:
        folder, name = _place(path)
        if folder or name not in self._waiting:
            _denied("what was handed in stays; to withdraw a list, send its cancellation")
        self._forget(name)

    async def exit(self) -> None:
        """The client is gone, and what it had not handed in with it."""
        for writing in self._open:
            writing.upload.drop()
        for name in list(self._waiting):
            self._forget(name)
        for reading in list(self._reading):
            self._forget_reading(reading)

    async def _hand_in(self, name: str, upload: Upload) -> None:
        try:
            data = upload.whole()
            await self._desk.hand_in(self._carrier, name, data)
        except NotTaken as why:
            raise asyncssh.SFTPFailure(str(why)) from None
        finally:
            upload.drop()
        if len(self._handed_in) < _MOST_SHOWN:
            self._handed_in[name] = HandedIn(len(data), utc_now())

    def _forget(self, name: str) -> None:
        if upload := self._waiting.pop(name, None):
            upload.drop()

    def _opened(self, paper: bytes) -> Reading:
        try:
            if self._is_cut():  # nobody would give the room back
                raise NotTaken("the channel has ended")
            self._room.take(len(paper))
        except NotTaken as why:
            raise asyncssh.SFTPFailure(str(why)) from None
        reading = Reading(paper)
        self._reading.add(reading)
        return reading

    def _forget_reading(self, reading: Reading) -> None:
        if reading in self._reading:
            self._reading.discard(reading)
            self._room.give_back(len(reading.data))

    def _is_cut(self) -> bool:
        """asyncssh closes what is open when a client is gone, or has ended its channel: that must not pass for the client's own
        close, after which the file is whole. A close that comes together with the end is not believed, and not answered."""
        return not self._is_there() or self._own_channel._recv_state != "open"

    # -- looking

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        if not isinstance(file_obj, Reading):
            _denied("this is open for writing")
        return file_obj.data[offset : offset + min(size, 1 << 18)]

    async def stat(self, path: bytes) -> SFTPAttrs:
        folder, name = _place(path)
        if (folder, name) in (("", ""), ("", _ANSWERS)):
            return _folder()
        if folder == _ANSWERS:
            return _file(len(await self._paper(name)), None)
        found = self._files().get(name)
        return found if found is not None else _missing()

    async def lstat(self, path: bytes) -> SFTPAttrs:
        return await self.stat(path)

    async def fstat(self, file_obj: object) -> SFTPAttrs:
        if isinstance(file_obj, Writing):
            return _file(file_obj.upload.size, None)
        return _file(len(file_obj.data) if isinstance(file_obj, Reading) else 0, None)

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        folder, name = _place(path)
        if folder or name not in ("", _ANSWERS):
            _missing()
        for dots in (b".", b".."):
            yield SFTPName(dots, attrs=_folder())
        if name == _ANSWERS:
            for paper in await self._papers():
                yield SFTPName(paper.name.encode(), attrs=_file(paper.size, paper.at))
            return
        yield SFTPName(_ANSWERS.encode(), attrs=_folder())
        for own, attrs in self._files().items():
            yield SFTPName(own.encode(), attrs=attrs)

    async def realpath(self, path: bytes) -> bytes:
        folder, name = _place(path)
        return "/".join(("", *filter(None, (folder, name)))).encode() or b"/"

    def _files(self) -> dict[str, SFTPAttrs]:
        found = {name: _file(one.size, one.at) for name, one in self._handed_in.items()}
        found |= {name: _file(upload.size, None) for name, upload in self._waiting.items()}
        return found | {one.name: _file(one.upload.size, None) for one in self._open}

    async def _paper(self, name: str) -> bytes:
        try:
            found = await self._desk.read(self._carrier, name)
        except NotTaken as why:
            raise asyncssh.SFTPFailure(str(why)) from None
        return found if found is not None else _missing()

    async def _papers(self) -> list[Any]:
        try:
            return await self._desk.papers(self._carrier)
        except NotTaken as why:
            raise asyncssh.SFTPFailure(str(why)) from None

    # -- what clients do out of habit

    async def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Times and modes that a client wants to keep: there is nothing to keep them on."""
        await self.stat(path)

    async def lsetstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        await self.stat(path)

    async def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """As `setstat`."""

    async def fsync(self, file_obj: object) -> None:
        """What the close is answered for is on the disk."""


def _place(path: bytes) -> tuple[str, str]:
    """(folder, name) of a path, wherever its dots lead: ("", "") is the top, above which there is nothing."""
    parts = [part for part in posixpath.normpath(b"/" + path).split(b"/") if part]
    names = [part.decode("utf-8", "replace") for part in parts]
    if len(names) > 2 or (len(names) == 2 and names[0] != _ANSWERS):
        _missing()
    if any(len(part) > _LONGEST_NAME for part in parts) or not "".join(names).isprintable():
        raise asyncssh.SFTPFailure("a name has 1 to 255 bytes and no control characters")
    return (names[0], names[1]) if len(names) == 2 else ("", names[0] if names else "")


def _waits(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_WAITING)


def _folder() -> SFTPAttrs:
    return SFTPAttrs(permissions=stat.S_IFDIR | 0o700, uid=0, gid=0, size=0)


def _file(size: int | None, at: datetime | None) -> SFTPAttrs:
    time = int((at or utc_now()).timestamp())
    return SFTPAttrs(permissions=stat.S_IFREG | 0o600, uid=0, gid=0, size=size, atime=time, mtime=time)


def _denied(why: str) -> NoReturn:
    raise asyncssh.SFTPPermissionDenied(why)


def _missing() -> NoReturn:
    raise asyncssh.SFTPNoSuchFile("there is no such file or folder")
