"""The elements of a message by the way that leads to them: the one form in which EMSWe's XML and its JSON are looked at.

In: values with their ways, one person after another. Out: a tree of `Step`s, each a sparse column of texts by person. Senders
invent elements, so there is an end to how many ways are kept apart, and to how deep they lead.
"""

import re
from collections.abc import Iterator
from typing import Final

from gateway.findings import shape

_MOST_STEPS: Final = 512
_DEEPEST: Final = 16  # EMSWe goes to 6
_APART: Final = 4  # values of one element and person that have columns of their own; any more share the last
_PLAIN = re.compile(r"@?[A-Za-z][A-Za-z0-9]{0,79}")


class Strange(Exception):
    """The message nests deeper, or holds more kinds of elements, than any EMSWe message."""


class Step:
    """An element: `path` in local names, `shown` as the sender spells it, `values` person -> text."""

    __slots__ = ("_steps", "again", "below", "depth", "further", "path", "shown", "values")

    def __init__(self, path: str = "", shown: str = "", above: "Step | None" = None) -> None:
        self.path, self.shown = path, shown
        self.values: dict[int, str] = {}
        self.below: dict[str, Step] = {}
        self.again: Step | None = None
        self.further: dict[int, list[str]] = {}
        self.depth: int = above.depth + 1 if above else 0
        self._steps: list[Step] = above._steps if above else []
        if self.depth > _DEEPEST:
            raise Strange

    def into(self, key: str, local: str, spelled: str) -> "Step":
        """The step to a child, made when it is first met. `key`: as the parser names the child."""
        found = self.below.get(key)
        if found is None:
            path, shown = named(local), named(spelled.rpartition(":")[2])
            prefix = spelled.rpartition(":")[0]
            shown = f"{prefix}:{shown}" if prefix and _PLAIN.fullmatch(prefix) else shown
            found = self._new(f"{self.path}/{path}" if self.path else path, f"{self.shown}/{shown}")
            self.below[key] = found
        return found

    def _new(self, path: str, shown: str) -> "Step":
        if len(self._steps) >= _MOST_STEPS:
            raise Strange
        made = Step(path, shown, self)
        self._steps.append(made)
        return made

    def put(self, person: int, text: str) -> None:
        """One more value of this element and person. None is ever lost: the second has a column of its own."""
        if person not in self.values:
            self.values[person] = text
        elif self.path.endswith(f"[{_APART}]"):
            self.further.setdefault(person, []).append(text)
        else:
            if self.again is None:
                whole, _, nth = self.path.removesuffix("]").partition("[")
                self.again = Step(f"{whole}[{int(nth or 1) + 1}]", self.shown)
            self.again.put(person, text)

    def all(self) -> Iterator["Step"]:
        """This step and all below it, as far as they have values."""
        if self.values:
            yield self
        if self.again is not None:
            yield from self.again.all()
        for step in self.below.values():
            yield from step.all()

    def column(self, size: int) -> list[str | None]:
        """The values, an entry a person."""
        column: list[str | None] = [None] * size
        for person, text in self.values.items():
            column[person] = "; ".join((text, *self.further[person])) if person in self.further else text
        return column


def named(name: str) -> str:
    """An element's name as it may be shown: one that does not look like one could be a person's."""
    return name if _PLAIN.fullmatch(name) else f"({shape(name)})"
