"""Persons of PAXLST whose segments are alike: rows of a table, read a position at a time instead of a segment at a time.

In: a message and where its persons start. Out: `Rows`: which persons can be read so, and the values of each position. A program
writes nearly all persons of a list in a few shapes: of 5,000 all but some twenty are rows. Left to be read one by one
(`paxlst_people`) are rare shapes, whoever has anything odd, and the first of a shape with a value of some kind: so columns and
findings come in the order of the list.
"""

from collections.abc import Sequence
from itertools import compress
from typing import Final, NamedTuple

from gateway.formats.edifact import cut
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_opening import NAMES, Series, document_of, is_plain_person, role_of
from gateway.formats.paxlst_segments import Of, Target, says

_FEWEST: Final = 8  # persons of a shape; fewer are as quickly read one by one
_HEAD: Final = 6  # letters: NAD+FL, RFF+AV, DOC+39, LOC+17; what stands behind is a value, or tells no more

Values = list[str | None]
Found = dict[Target, Values]
"""What one position says, a value for each person."""


class Cells(NamedTuple):
    """One kind of value at one position: `offset` from the person's NAD, `prefix` of the document that it belongs to."""

    offset: int
    prefix: str
    target: Target
    values: Values


class Rows(NamedTuple):
    """Persons, as their places among the blocks of the message, and their values in the same order."""

    persons: list[int]
    cells: list[Cells]


def rows_of(message: Message, blocks: Sequence[tuple[int, int]], usual_role: str) -> list[Rows]:
    """The persons of `blocks` who are alike; everybody else is to be read one by one."""
    segments = message.interchange.segments
    shapes: dict[tuple[str, ...], list[int]] = {}
    for person, (start, stop) in enumerate(blocks):
        shapes.setdefault(tuple([text[:_HEAD] for text in segments[start:stop]]), []).append(person)
    known: dict[str, dict[Target, str] | None] = {}
    return [
        _Shape(message, usual_role, known).read(persons, [blocks[person][0] for person in persons], len(shape))
        for shape, persons in shapes.items()
        if len(persons) >= _FEWEST
    ]


class _Shape:
    """Reads the persons of one shape. `known`: what a segment's text says, None where that is odd."""

    def __init__(self, message: Message, usual_role: str, known: dict[str, dict[Target, str] | None]) -> None:
        self._segments, self._separators = message.interchange.segments, message.interchange.separators
        self._usual_role, self._known = usual_role, known
        self._odd: set[int] = set()
        self._opened: dict[Series, int] = {}  # how many of each series a person has

    def read(self, persons: list[int], starts: list[int], width: int) -> Rows:
        cells: list[Cells] = []
        prefix = ""
        for offset in range(width):
            texts = [self._segments[start + offset] for start in starts]
            if offset == 0:
                found = self._names(texts)
            elif texts[0].startswith("DOC"):
                prefix, found = self._document(texts)
            else:
                found = self._said(texts)
            cells += [
                Cells(offset, prefix if target.of is Of.DOCUMENT else "", target, values)
                for target, values in found.items()
            ]
        if len({(cell.prefix, cell.target) for cell in cells}) < len(cells):
            return Rows([], [])  # each person has something twice
        return self._usual(persons, cells)

    def _usual(self, persons: list[int], cells: list[Cells]) -> Rows:
        """Without the odd ones, and the first of each kind of value."""
        for cell in cells:
            self._odd.add(next((row for row, value in enumerate(cell.values) if value is not None), 0))
        usual = [row not in self._odd for row in range(len(persons))]
        kept = [cell._replace(values=list(compress(cell.values, usual))) for cell in cells]
        return Rows(list(compress(persons, usual)), kept)

    def _names(self, texts: list[str]) -> Found:
        """NAD: the role, and the names where they are plain."""
        element, parts = self._separators.element, cut(texts[0], self._separators)
        if not is_plain_person(parts):
            return self._all_odd(texts)
        head = texts[0].rpartition(element)[0] + element
        plain = [text.removeprefix(head) for text in texts]
        names = [name.split(self._separators.component) for name in plain]
        self._odd |= {
            row
            for row, name in enumerate(plain)
            if element in name or not 1 < len(names[row]) <= len(NAMES) or not name.isprintable()
        }
        found: Found = {Target(Of.PERSON, "role"): [role_of(parts, self._usual_role)] * len(texts)}
        for at, field in enumerate(NAMES):
            given = [(name[at].strip() or None) if at < len(name) else None for name in names]
            if any(given):
                found[Target(Of.PERSON, field)] = given
        return found

    def _document(self, texts: list[str]) -> tuple[str, Found]:
        """DOC: the prefix of the document that it opens, its kind, and its number where that is plain."""
        element = self._separators.element
        opened = document_of(cut(texts[0], self._separators))
        at = self._opened.get(opened.series, 0)
        if not opened.is_plain or at == len(opened.series):
            return "", self._all_odd(texts)
        self._opened[opened.series] = at + 1
        head = texts[0].rpartition(element)[0] + element
        numbers = [text.removeprefix(head) for text in texts]
        self._odd |= {row for row, number in enumerate(numbers) if not number.isalnum()}
        found: Found = {Target(Of.DOCUMENT, "number"): list(numbers)}
        if type_ := opened.values["type"]:
            found[Target(Of.DOCUMENT, "type")] = [type_] * len(texts)
        return opened.series[at], found

    def _said(self, texts: list[str]) -> Found:
        """Any other segment. References and dates differ from person to person; other texts repeat, and each is cut once."""
        if texts[0].startswith(("RFF", "DTM")) and (said := self._what(texts[0])) and len(said) == 1:
            return self._behind_head(texts, *next(iter(said.items())))
        known = {text: self._what(text) for text in dict.fromkeys(texts)}
        if None in known.values():
            self._odd |= {row for row, text in enumerate(texts) if known[text] is None}
        targets = dict.fromkeys(target for one in known.values() for target in one or ())
        of_text = {
            target: {text: one.get(target) if one else None for text, one in known.items()} for target in targets
        }
        return {target: list(map(values.__getitem__, texts)) for target, values in of_text.items()}

    def _behind_head(self, texts: list[str], target: Target, value: str) -> Found:
        """A plain value, with the same before and behind it for everybody: "RFF+AVF:" and nothing, "DTM+329:" and ":102"."""
        head = texts[0].partition(self._separators.component)[0] + self._separators.component
        tail = texts[0].removeprefix(head).removeprefix(value)
        size = len(value) if texts[0].startswith("DTM") else None
        plain = [text.removeprefix(head).removesuffix(tail) for text in texts]
        return {
            target: [
                value if value.isalnum() and size in (None, len(value)) else self._alone(row, texts[row], target)
                for row, value in enumerate(plain)
            ]
        }

    def _alone(self, row: int, text: str, target: Target) -> str | None:
        said = self._what(text)
        if said is None or said.keys() - {target}:
            self._odd.add(row)
            return None
        return said.get(target)

    def _what(self, text: str) -> dict[Target, str] | None:
        if text not in self._known:
            self._known[text] = says(text, self._separators)
        return self._known[text]

    def _all_odd(self, texts: list[str]) -> Found:
        self._odd |= set(range(len(texts)))
        return {}
