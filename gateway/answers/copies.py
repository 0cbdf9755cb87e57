"""What is handed back: a copy of a file, and what was repaired in it. In: nothing. Out: the types."""

from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from gateway.findings import Place

Where = TypeVar("Where")

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Repair(msgspec.Struct, frozen=True):
    """A value that was written anew. `what` says how, never what it was or became."""

    place: Place
    what: str


class Write(NamedTuple, Generic[Where]):
    """A text to write anew: `was` must stand `at` its place, or nothing is written."""

    at: Where
    was: str
    becomes: str
    repair: Repair

    def __repr__(self) -> str:
        return "<Write>"


Change = tuple[Write[Where], ...]
"""What is written together or not at all."""


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """The file to hand back. `ending` goes behind the name of the sender's own: ".xlsx", ".cusres.edi"."""

    data: bytes
    media_type: str
    ending: str
    repairs: tuple[Repair, ...] = ()

    def within(self, member: str | None) -> "Copy":
        """The copy of a file of an archive: each repair has its name."""
        placed = tuple(Repair(msgspec.structs.replace(one.place, member=member), one.what) for one in self.repairs)
        return msgspec.structs.replace(self, repairs=placed)

    def __repr__(self) -> str:
        return f"<Copy {self.ending} {len(self.data)} bytes>"


class NotMade(Exception):
    """There is no such copy of this file; `why` is a sentence for its sender."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
