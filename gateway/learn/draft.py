"""What is drafted, before it is written: entries of columns merged over all samples, and everything else with its reasons.

In: meanings of all tables. Out: one `Entry` a header. Two samples that say different things of a header make it a question.
"""

from typing import NamedTuple

import msgspec

from gateway.formats.tables.words import key
from gateway.learn.facts import Said
from gateway.learn.meaning import Meaning, Sure

_SURER = {Sure.CERTAIN: 2, Sure.LIKELY: 1, Sure.UNKNOWN: 0}


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said of the line; an empty text where nothing."""

    id: str = ""
    name: str = ""
    contact: str = ""
    service: str = ""

    def filled_in(self) -> "Given":
        """With something where the user said nothing, to see whether all the rest is a profile."""
        return Given(
            id=self.id or "draft",
            name=self.name or "The line",
            contact=self.contact or "lists@line.example",
            service=self.service or "ferry",
        )


class Entry(msgspec.Struct):
    """One header of the line's. `own_words`: its words say it better than a line of the profile could. `filled`: it has values."""

    header: str
    field: str
    sure: Sure
    why: str
    filled: bool
    is_named: bool = True
    own_words: bool = False


class Values(NamedTuple):
    """How many values stand in a field: without a profile, with the draft, and with what is likely taken as well."""

    without: int = 0
    drafted: int = 0
    likely: int = 0


class Draft(msgspec.Struct):
    """`service`: the likeliest kind and why. `files`: a line each."""

    given: Given
    service: tuple[str, str]
    files: list[str]
    entries: list[Entry]
    reads: list[Said]
    vessels: list[Said]
    dates: list[Said]
    codes: list[Said]
    lookups: dict[str, list[Said]]
    expect: list[Said]
    values: Values = Values()

    def of(self, sure: Sure) -> list[Entry]:
        """The entries that are so sure; those without any value count as settled."""
        return [entry for entry in self.entries if entry.sure is sure and (entry.filled or entry.field)]

    @property
    def is_a_list(self) -> bool:
        """Whether anything of a list was found in the samples."""
        return self.values != Values() or bool(self.entries or self.vessels)

    @property
    def is_certain(self) -> bool:
        """Whether nothing about the lists is left to answer; who the line is, is another matter."""
        said = [*self.dates, *self.codes, *(one for words in self.lookups.values() for one in words)]
        columns = self.of(Sure.LIKELY) + self.of(Sure.UNKNOWN)
        return self.is_a_list and not columns and all(one.sure is Sure.CERTAIN for one in said)


def merged(meanings: list[Meaning]) -> list[Entry]:
    """One entry a header, in the order in which they were met."""
    found: dict[str, Entry] = {}
    for one in meanings:
        column = one.column
        new = Entry(column.named, one.field, one.sure, one.why, column.values.filled > 0, column.is_nameable)
        old = found.setdefault(key(column.named), new)
        if old is not new:
            _merge(old, new)
    unmapped = [one for one in found.values() if not one.is_named and one.field]
    for entry in unmapped:  # a profile names columns by their headers
        entry.sure, entry.why = (
            Sure.UNKNOWN,
            f"{entry.why}; it looks like {entry.field} and has no header to name it by",
        )
        entry.field = ""
    return list(found.values())


def _merge(old: Entry, new: Entry) -> None:
    """Two columns of the same header: what the surer one says, unless they contradict each other."""
    if old.field and new.field and old.field != new.field and not (old.sure is new.sure is Sure.CERTAIN):
        old.sure, old.why = Sure.LIKELY, f"two columns have this header, and the other looks like {new.field}"
    elif old.field and new.field and old.field != new.field:
        old.own_words = True
    elif _SURER[new.sure] > _SURER[old.sure] or (new.filled and not old.filled and new.field == old.field):
        old.field, old.sure, old.why = new.field, new.sure, new.why
    old.filled |= new.filled
