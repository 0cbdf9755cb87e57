"""One file on its way in by SFTP, in memory, and how much memory all of them may have.

In: pieces at their offsets, in whatever order a client has them sent. Out: the whole, if there is one: a file with a gap, or one
of which a piece was refused, is none, so that half a list never passes for a whole one.
"""

from typing import Final

MOST_PIECES: Final = 1000  # apart from each other; clients write nearly in order


class NotTaken(Exception):
    """A piece, or the whole, is not taken; the text says why, for the person at the other end."""


class Room:
    """Memory for files that are on their way: so much for one carrier, `within` what there is for all of this process."""

    def __init__(self, size: int, within: "Room | None" = None) -> None:
        self.left, self._within = size, within

    def take(self, size: int) -> None:
        if size > self.left:
            raise NotTaken("too much is on its way at once; try again when some of it is done")
        if self._within is not None:
            self._within.take(size)
        self.left -= size

    def give_back(self, size: int) -> None:
        self.left += size
        if self._within is not None:
            self._within.give_back(size)


class Upload:
    """A file that is being written, of at most `most` bytes."""

    def __init__(self, most: int, room: Room) -> None:
        self._most, self._room = most, room
        self._data = bytearray()
        self._pieces: list[tuple[int, int]] = []  # (from, to), in order, none touching another
        self._is_spoilt = False

    @property
    def size(self) -> int:
        return len(self._data)

    def write(self, offset: int, data: bytes) -> None:
        """Puts a piece in its place; `NotTaken` for one that does not fit, and then the file is spoilt."""
        end = offset + len(data)
        try:
            if end > self._most:
                raise NotTaken(f"the file has more than {self._most:,} bytes")
            self._room.take(max(0, end - len(self._data)))
        except NotTaken:
            self._is_spoilt = True
            raise
        if end > len(self._data):
            self._data.extend(bytes(end - len(self._data)))
        self._data[offset:end] = data
        self._add(offset, end)

    def _add(self, start: int, end: int) -> None:
        apart = [piece for piece in self._pieces if piece[1] < start or piece[0] > end]
        joined = [piece for piece in self._pieces if not (piece[1] < start or piece[0] > end)]
        start, end = min([start, *(piece[0] for piece in joined)]), max([end, *(piece[1] for piece in joined)])
        self._pieces = sorted([*apart, (start, end)])
        if len(self._pieces) > MOST_PIECES:
            self._is_spoilt = True
            raise NotTaken("the file comes in too many pieces; write it in order")

    def whole(self) -> bytes:
        """The file; `NotTaken` if it is not whole."""
        if self._is_spoilt:
            raise NotTaken("a part of the file was refused; send it again")
        if not self._data or self._pieces != [(0, len(self._data))]:
            raise NotTaken("the file is empty, or has a gap; send it again")
        return bytes(self._data)

    def drop(self) -> None:
        """Its memory is given back."""
        self._room.give_back(len(self._data))
        self._data, self._pieces, self._is_spoilt = bytearray(), [], True
