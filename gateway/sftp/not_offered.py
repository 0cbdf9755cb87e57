"""What of SFTP is not offered. `asyncssh.SFTPServer` would do each of these on this machine's own file system."""

from typing import NoReturn

import asyncssh
from asyncssh import SFTPAttrs, SFTPServer


class NotOffered(SFTPServer):
    """Answers with "operation not supported" to all that a folder without a file system cannot do."""

    def map_path(self, path: bytes) -> bytes:
        """Nothing here is a path of this machine."""
        _no()

    def reverse_map_path(self, path: bytes) -> bytes:
        """As `map_path`."""
        _no()

    async def open56(self, path: bytes, desired_access: int, flags: int, attrs: SFTPAttrs) -> object:
        """Version 3 is spoken, this is of version 5."""
        _no()

    async def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        _no()

    async def rmdir(self, path: bytes) -> None:
        _no()

    async def readlink(self, path: bytes) -> bytes:
        _no()

    async def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        _no()

    async def link(self, oldpath: bytes, newpath: bytes) -> None:
        _no()

    async def lock(self, file_obj: object, offset: int, length: int, flags: int) -> None:
        _no()

    async def unlock(self, file_obj: object, offset: int, length: int) -> None:
        _no()

    async def statvfs(self, path: bytes) -> asyncssh.SFTPVFSAttrs:
        _no()

    async def fstatvfs(self, file_obj: object) -> asyncssh.SFTPVFSAttrs:
        _no()


def _no() -> NoReturn:
    raise asyncssh.SFTPOpUnsupported("this is not offered: files are put here, and answers fetched")
