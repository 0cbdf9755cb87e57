"""A list while faults are put into it, and what a fault is.

In: a manifest and a target. A fault changes persons or the whole list before it is written, or cells and rows of its pages, or its
bytes. Each leaves an expectation behind: which finding, at which place. What must not be found is as much of it: a list
with no faults has no errors.
"""

from collections.abc import Callable, Sequence
from datetime import date
from random import Random
from typing import Final, Literal

import msgspec

from gateway.findings import Place
from gateway.make.page import Page
from gateway.make.targets import Family, Target
from gateway.manifest import ListKind, Manifest, Person, Role

Stage = Literal["person", "list", "page", "file"]
STAGES: Final[tuple[Stage, ...]] = ("person", "list", "page", "file")
"""In the order in which faults are applied."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding that must be made: with one of these codes, at this place as far as it is stated."""

    fault: str
    codes: tuple[str, ...]
    place: Place = Place()


class Draft:
    """The list on its way to bytes. `seeded`: (fault, person's index in the manifest or None, field)."""

    def __init__(self, manifest: Manifest, target: Target, random: Random, on: date) -> None:
        self.manifest, self.target, self.random, self.on = manifest, target, random, on
        self.pages: list[Page] = []
        self.data = b""
        self.taken: set[int] = set()
        self.stated_wrong: set[str] = set()  # fields of the header
        self.seeded: list[tuple[Fault, int | None, str]] = []

    def choose(self, fits: Callable[[Person], bool]) -> int | None:
        """A person of whom nothing is wrong yet, by index; None where nobody fits."""
        free = [i for i, person in enumerate(self.manifest.persons) if i not in self.taken and fits(person)]
        if not free:
            return None
        index = self.random.choice(free)
        self.taken.add(index)
        return index

    def put(self, index: int, person: Person) -> None:
        persons = list(self.manifest.persons)
        persons[index] = person
        self.manifest = msgspec.structs.replace(self.manifest, persons=tuple(persons))

    def page_of(self, index: int) -> tuple[Page, int]:
        """The page that a person stands on, and their number there."""
        whose, number = self._list_of(index)
        return self.pages[whose], number

    def place(self, index: int | None, field: str) -> Place:
        """Where a reader sees a field of a person, or of the list."""
        if index is None:
            return Place(field=field) if field else Place()
        if self.pages:
            page, number = self.page_of(index)
            return page.place(number, field) if field in page.fields else Place(person=number, field=field)
        whose, number = self._list_of(index)
        several = self.target.family == "paxlst" and self.manifest.kind is ListKind.MIXED
        return Place(message=whose + 1 if several else None, person=number, field=field)

    def _list_of(self, index: int) -> tuple[int, int]:
        """Which of the lists that the form makes of a mixed one, from 0, and the person's number in it."""
        people = self.manifest.persons
        if self.manifest.kind is not ListKind.MIXED or self.target.family not in ("paxlst", "workbook"):
            return 0, index + 1
        is_crew = people[index].role is Role.CREW
        number = sum((person.role is Role.CREW) is is_crew for person in people[: index + 1])
        crew_first = self.target.family == "workbook"
        return int(is_crew is not crew_first), number


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which lists go wrong.

    `needs`: the fields that the form must carry for it to show; `families`: the forms that it is possible in, empty for all;
    `apply` puts it into the draft and answers where: (person's index or None, field) of each finding expected; nothing where
    it does not fit. `is_alone`: it hides or changes what else would be found.
    """

    name: str
    means: str
    codes: tuple[str, ...]
    stage: Stage
    apply: Callable[[Draft], Sequence[tuple[int | None, str]]]
    needs: frozenset[str] = frozenset()
    families: frozenset[Family] = frozenset()
    kinds: tuple[ListKind, ...] = tuple(ListKind)
    is_alone: bool = False

    def fits(self, target: Target, kind: ListKind) -> bool:
        """Whether the form can show it."""
        families = self.families or _ALL
        return target.family in families and kind in self.kinds and self.needs <= target.carries(kind)


_ALL: Final[frozenset[Family]] = frozenset(("common-json", "common-xml", "emswe", "paxlst", "text", "workbook"))
