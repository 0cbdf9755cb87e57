"""Sightings that the gateway does not have yet: on disk as soon as they are seen, so that they outlive this process.

In: sightings, and a folder. Out: the oldest of them, until they are done with. Each is a file of its own, which appears whole or not at all;
what another process left in the folder is sent by the next. Sent twice by two of them, a sighting is still one: it adds nothing to itself.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from gateway.ais.ships import Sighting

_MOST: Final = 10_000  # a day of a large port without the gateway


class Waiting:
    """What was left in `folder` waits from the beginning. `tell`: where a disk that fails is said; `lost`: how many were too many."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder, self.lost, self._tell = folder, 0, tell
        self._guard = threading.Lock()  # one thread hears, another one sends
        folder.mkdir(parents=True, exist_ok=True)
        self._them: dict[Path, Sighting] = {}
        for path in sorted(folder.glob("*.json")):
            with suppress(OSError, msgspec.MsgspecError):  # sent by another meanwhile; no sighting
                self._them[path] = msgspec.json.decode(path.read_bytes(), type=Sighting)

    def __len__(self) -> int:
        return len(self._them)

    def add(self, one: Sighting) -> None:
        """On return it is on disk; where the disk fails, in memory."""
        path = self.folder / f"{time.time_ns():020}-{os.getpid()}.json"
        try:
            _write(path, msgspec.json.encode(one))
        except OSError as error:
            self._tell(f"{self.folder} cannot be written ({error.strerror}): what waits is lost if this ends now")
        with self._guard:
            self._them[path] = one
            first = next(iter(self._them)) if len(self._them) > _MOST else None
        if first is not None:
            self.lost += 1
            self.done([first])

    def first(self, count: int) -> dict[Path, Sighting]:
        """The oldest ones."""
        with self._guard:
            return dict(islice(self._them.items(), count))

    def done(self, paths: Sequence[Path]) -> None:
        """The gateway has these."""
        for path in paths:
            with suppress(OSError):  # then it is sent once more some day
                path.unlink(missing_ok=True)
            with self._guard:
                self._them.pop(path, None)


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
