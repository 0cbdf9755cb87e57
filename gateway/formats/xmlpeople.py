"""The persons of an XML list as columns: each path below a person's element is one.

In: the persons' elements. Out: path of local names -> a text per person ("Name/FamilyName", "PersonIdDocument[2]/IdNumber",
"Duty/@listID"); nothing is left out and nothing overwritten. A dialect's table then says which path is which field, and what
no table names stays with the person as extras, under its path. Attributes of XML Schema itself (xsi:nil) say nothing of a
person and are not read. Paths that are too many or too long share one column: a file of odd names must not fill the memory.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from lxml import etree

from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats.raw import ElementPlaces
from gateway.formats.xmltree import XSI, bare

TOO_MANY = Rule(
    id="X-11",
    severity=Severity.ERROR,
    text="the list holds more than {most:,} persons, so it was not read",
    hint="send the lists of one sailing in one file",
    cites="IMO Compendium IMO0044",
)
TWICE = Rule(
    id="X-12",
    severity=Severity.WARNING,
    text="the value is given in two elements and they differ ({count} persons); the first was taken, the other kept beside it",
    hint="send each value once",
)
STRANGE = Rule(
    id="X-20",
    severity=Severity.INFO,
    text="{count} kinds of element have no field in a list; what they hold was kept beside the persons as extras: {names}",
    hint="nothing, if no authority asked for it; else use the standard's own elements",
)
RULES: tuple[Rule, ...] = (TOO_MANY, TWICE, STRANGE)

MOST_PERSONS = 99_999  # IMO0044 ends there
OTHERS = "other elements"
_MOST_PATHS = 200
_LONGEST_PATH = 200
_MOST_NAMED = 8
_LONGEST_SHOWN = 60

Columns = dict[str, list[str | None]]


class _Node:
    """An element's path in all persons; `values` are there once somebody has a text in it."""

    __slots__ = ("below", "path", "values")

    def __init__(self, path: str) -> None:
        self.path = path
        self.values: list[str | None] | None = None
        self.below: dict[str | tuple[str, int], _Node] = {}


def columns_of(people: Sequence[etree._Element], aliases: Mapping[str, str] | None = None) -> Columns:
    """Path -> text of each person, in the order in which the paths were met. `aliases`: elements that count as others."""
    table = _Table(len(people), aliases or {})
    for index, person in enumerate(people):
        table.add(index, person)
    return table.finished()


class _Table:
    def __init__(self, size: int, aliases: Mapping[str, str]) -> None:
        self._size, self._aliases = size, aliases
        self._columns: Columns = {}
        self._root, self._other = _Node(""), _Node(OTHERS)
        self._nodes = 0
        self._further: dict[int, list[str]] = {}
        self._local: dict[str, str] = {}

    def add(self, index: int, person: etree._Element) -> None:
        """Everything that stands in one person's element. Goes by the breadth, so that no depth can exhaust the stack."""
        local = self._local
        self._beside(index, self._root, person)
        if person.text and (text := person.text.strip()):
            self._put(index, self._step(self._root, "text()", 1), text)
        below = [(self._root, person)]
        for node, element in below:
            seen: dict[str, int] = {}
            for one in element:
                tag = str(one.tag)
                name = local.get(tag) or local.setdefault(tag, self._aliases.get(bare(tag), bare(tag)))
                times = seen[name] = seen.get(name, 0) + 1
                own = node.below.get(name if times == 1 else (name, times)) or self._step(node, name, times)
                if (text := one.text or "") and (text := text.strip()):
                    if own.values is not None:
                        own.values[index] = text
                    else:
                        self._put(index, own, text)
                if len(one):
                    below.append((own, one))
                if one.keys():
                    self._beside(index, own, one)
                if (text := one.tail or "") and (text := text.strip()):
                    times = seen["text()"] = seen.get("text()", 1) + 1
                    self._put(index, self._step(node, "text()", times), text)

    def _beside(self, index: int, node: _Node, element: etree._Element) -> None:
        """The attributes."""
        names: list[str] = []
        for name, text in element.items():
            if not name.startswith(XSI) and (text := text.strip()):
                names.append(bare(name))
                self._put(index, self._step(node, f"@{names[-1]}", names.count(names[-1])), text)

    def _step(self, node: _Node, name: str, times: int) -> _Node:
        key = name if times == 1 else (name, times)
        if (known := node.below.get(key)) is not None:
            return known
        step = name if times == 1 else f"{name}[{times}]"
        if node is self._other or self._nodes >= _MOST_PATHS or len(node.path) + len(step) >= _LONGEST_PATH:
            return self._other
        self._nodes += 1
        made = node.below[key] = _Node(f"{node.path}/{step}" if node.path else step)
        return made

    def _put(self, index: int, node: _Node, text: str) -> None:
        if node is self._other:
            self._further.setdefault(index, []).append(text)
            return
        if node.values is None:
            node.values = self._columns[node.path] = [None] * self._size
        node.values[index] = text

    def finished(self) -> Columns:
        if self._further:
            self._columns[OTHERS] = [
                "; ".join(self._further[index]) if index in self._further else None for index in range(self._size)
            ]
        return self._columns


class Fields(msgspec.Struct):
    """Columns by field, where each stands below a person's element, and what has no field."""

    size: int
    columns: Columns = {}
    names: dict[str, str] = {}
    extras: Columns = {}
    twice: dict[str, list[int]] = {}

    def take(self, field: str, path: str, values: list[str | None]) -> None:
        """One more column of the field: it fills what is empty; a second, other value for the same person stays beside."""
        mine = self.columns.setdefault(field, [None] * self.size)
        before = self.names.setdefault(field, path)
        if before != path:
            self.names[field] = f"({before.strip('()')}|{path})"
        for index, text in enumerate(values):
            if text is None or mine[index] == text:
                continue
            if mine[index] is None:
                mine[index] = text
            else:
                self.extras.setdefault(path, [None] * self.size)[index] = text
                self.twice.setdefault(path, []).append(index)

    def findings(self, places: ElementPlaces, known: Iterable[str] = ()) -> list[Finding]:
        """What is to be said of the columns; `known`: paths, or their beginnings, that may well be extras."""
        usual = tuple(known)
        found = [
            TWICE.at(
                Place(message=places.message, path=f"{places.people}[{persons[0] + 1}]/{path}", person=persons[0] + 1),
                count=len(persons),
            )
            for path, persons in self.twice.items()
        ]
        strange = [path for path in self.extras if path not in self.twice and not path.startswith(usual)]
        if strange:
            names = ", ".join(shown(path) for path in strange[:_MOST_NAMED])
            names += ", …" if len(strange) > _MOST_NAMED else ""
            place = Place(message=places.message, path=places.people)
            found.append(STRANGE.at(place, count=len(strange), names=names))
        return found


def sorted_out(columns: Mapping[str, list[str | None]], size: int, fields: Mapping[str, str]) -> Fields:
    """The columns by what `fields` (path -> field) makes of them; what is not in it goes to the extras."""
    found = Fields(size)
    for path, field in fields.items():
        if path in columns:
            found.take(field, path, columns[path])
    found.extras |= {path: values for path, values in columns.items() if path not in fields}
    return found


def shown(path: str) -> str:
    """Names of elements as they may be shown: they are no personal values, but a long text might hold one."""
    return path if len(path) <= _LONGEST_SHOWN else f"{path[:12]}… ({shape(path)})"
