"""The columns that PAXLST's persons are read into: a value and its segment per person, and nothing overwritten.

In: values one by one. Out: `columns` by field, `extras` by label. A second value for the same field of the same person
goes into the next column, where the schema has one, or is kept beside and said.
"""

from typing import Final

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.edifact_messages import Message

TWICE = Rule(
    id="E-26", severity=Severity.WARNING, text="{tag} is given twice for one person with different values; the first was taken, the other kept beside it",
    hint="send each value once",
)  # fmt: skip
RULES = (TWICE,)

_MAX_EXTRAS: Final = 64  # columns; beyond, one column takes all, or a file of odd qualifiers would fill the memory
OTHERS: Final = "other segments"
_FOLLOWING: Final = {"nationality": "nationality2", "nationality2": "nationality3"}
_OFTEN: Final = frozenset(("phone", "email", "nationality3"))  # several are usual, the schema has one

Hit = tuple["Column", str]
"""A column, and the value to put there."""


class Column:
    """One field's values and their segments, an entry per person."""

    __slots__ = ("label", "values", "where")

    def __init__(self, label: str, size: int) -> None:
        self.label = label
        self.values: list[str | None] = [None] * size
        self.where: list[int] = [0] * size


class Table:
    """The persons of one list, which may come in several messages; `size` is how many there are."""

    def __init__(self, size: int, findings: list[Finding]) -> None:
        self.columns: dict[str, Column] = {}
        self.extras: dict[str, Column] = {}
        self.opened_at: list[int] = []  # the segment of each person's NAD
        self.reading = 0  # the person whose segments are being read
        self._size = size
        self.findings = findings
        self._once: set[str] = set()
        self._further: dict[tuple[Column, int], list[str]] = {}

    def finish(self) -> None:
        """Joins what was kept beside."""
        for (column, person), values in self._further.items():
            column.values[person] = "; ".join((column.values[person] or "", *values))

    def column(self, field: str) -> Column:
        if field not in self.columns:
            self.columns[field] = Column(field, self._size)
        return self.columns[field]

    def beside(self, label: str) -> Column:
        """The column of extras with this label."""
        if label not in self.extras:
            if len(self.extras) >= _MAX_EXTRAS:
                label = OTHERS
            self.extras.setdefault(label, Column(label, self._size))
        return self.extras[label]

    def put(self, column: Column, person: int, value: str, message: Message, index: int) -> None:
        if column.values[person] is None:
            column.values[person] = value
            column.where[person] = message.interchange.first + index
        else:
            self.again(column, person, value, message, index)

    def put_all(
        self, column: Column, persons: list[int], values: list[str | None], message: Message, indexes: list[int]
    ) -> None:
        """A value of each of these persons, who have none in this column yet, unless it is that of all other segments."""
        if column.label == OTHERS or None in values:
            for person, value, index in zip(persons, values, indexes, strict=True):
                if value is not None:
                    self.put(column, person, value, message, index)
            return
        first, column_values, where = message.interchange.first, column.values, column.where
        for person, value, index in zip(persons, values, indexes, strict=True):
            column_values[person] = value
            where[person] = first + index

    def again(self, column: Column, person: int, value: str, message: Message, index: int) -> None:
        """Another value for what one person has already: into the next column, or kept beside; never lost."""
        if column.values[person] == value:
            return
        if following := _FOLLOWING.get(column.label):
            self.put(self.column(following), person, value, message, index)
        elif self.extras.get(column.label) is column:
            self._further.setdefault((column, person), []).append(value)
        else:
            if column.label not in _OFTEN:
                place = message.interchange.place(index, message.number, person + 1)
                self.findings.append(TWICE.at(place, tag=place.tag))
            self.put(self.beside(f"{column.label}, another"), person, value, message, index)

    def report_once(self, finding: Finding, what: str) -> None:
        if what not in self._once:
            self._once.add(what)
            self.findings.append(finding)

    def place_of(self, segment: str, message: Message) -> Place:
        """Where this text stands among the segments of the person who is open."""
        interchange = message.interchange
        index = interchange.segments.index(segment, self.opened_at[self.reading] - interchange.first)
        return interchange.place(index, message.number, self.reading + 1)
