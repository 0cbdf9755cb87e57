"""A folder that another program empties (GTAS' input folder): files appear in it whole, once, and never half.

In: the files of one delivery, by its id. Out: the files in the folder. All of a delivery are first made in a hidden folder beside
their place, on the same file system; one rename says that they are complete, one rename each moves them out, and a last one
says that all have gone. So at every moment the folders alone tell what is still to be done: a process killed anywhere is carried
on by the next, and what the reader has taken away meanwhile is not made again. Names with a leading dot are passed over by GTAS.

    .gateway-drop/making/<id>/   not complete: made anew
    .gateway-drop/ready/<id>/    complete: what is still in it is moved out
    .gateway-drop/done/<id>/     empty: all went; a delivery that comes again is not made again
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from gateway.settings import utc_now

HIDDEN: Final = ".gateway-drop"
_REMEMBERED: Final = timedelta(days=90)  # longer than a gateway keeps a delivery
_MODE: Final = 0o640  # the reader is often another user of the same group


class Busy(Exception):
    """Another process drops into this folder."""


class DropFolder:
    """Opened by `drop_folder`, which holds the lock."""

    def __init__(self, into: Path) -> None:
        self._into, own = into, into / HIDDEN
        self._making, self._ready, self._done = (own / name for name in ("making", "ready", "done"))
        self._position = own / "position"
        for folder in (self._making, self._ready, self._done):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def carry_on(self) -> list[str]:
        """Finishes what an earlier process left; the ids of deliveries that are now whole in the folder."""
        for left in (*self._making.iterdir(), *self._long_done()):
            shutil.rmtree(left)
        found = sorted(one.name for one in self._ready.iterdir())
        for id in found:
            self._move_out(id)
        return found

    def put(self, id: str, files: Mapping[str, bytes]) -> bool:
        """The files of a delivery, by name. False where they went before. OSError where there is no room: then nothing has gone."""
        if (self._done / id).is_dir():
            return False
        if (self._ready / id).is_dir():
            self._move_out(id)
            return True
        made = self._making / id
        try:
            made.mkdir(mode=0o700)
            for name, data in files.items():
                _write(made / name, data)
            _sync(made)
        except OSError:
            with suppress(OSError):
                shutil.rmtree(made)
            raise
        os.rename(made, self._ready / id)
        _sync(self._ready)
        self._move_out(id)
        return True

    def _move_out(self, id: str) -> None:
        ready = self._ready / id
        for name in sorted(os.listdir(ready)):
            os.rename(ready / name, self._into / name)
        _sync(self._into)
        os.rename(ready, self._done / id)
        _sync(self._done)

    def _long_done(self) -> list[Path]:
        before = (utc_now() - _REMEMBERED).timestamp()
        return [one for one in self._done.iterdir() if one.stat().st_mtime < before]

    @property
    def position(self) -> int:
        """How far the feed was read to its end; 0 where that is not known, which only makes for more to fetch."""
        try:
            return int(self._position.read_text())
        except (OSError, ValueError):
            return 0

    def reached(self, position: int) -> None:
        """Everything up to here has been dropped and acknowledged."""
        new = self._position.with_suffix(".new")
        new.write_text(str(position))
        os.rename(new, self._position)


@contextmanager
def drop_folder(into: Path) -> Iterator[DropFolder]:
    """The folder, for this process alone, with nothing left half done. `Busy` where another one has it."""
    (into / HIDDEN).mkdir(mode=0o700, exist_ok=True)
    with open(into / HIDDEN / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        folder = DropFolder(into)
        folder.carry_on()
        yield folder


def _write(path: Path, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
