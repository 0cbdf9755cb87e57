"""Groups 4 to 7 of PAXLST: the persons of a list -> columns, with the place of every value.

In: messages and where their persons start. Out: a column per field, `extras` for what the schema has no field for.
Grouping is by trigger, not by the directory's order, since senders differ: NAD opens a person, DOC one of the person's
documents, and what follows goes to whichever is open. What a segment says is `paxlst_segments`' business.

Most segments of a list repeat word for word (nationalities, ports, dates of expiry), so each text is worked out once and
remembered: in one `Scope` for the person and one for each document, since DTM 36 means another column in each.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from gateway.findings import Finding, Place, Rule, Severity, shape
from gateway.formats.edifact import cut
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_segments import KNOWN, NO_TAG, Of, Target, joined, misses_its_format, person_says, text_at
from gateway.formats.raw import FIELDS

UNKNOWN_PERSON = Rule(
    id="E-25", severity=Severity.WARNING, text="NAD opens a person with a code that is not one for persons (UN/EDIFACT 3035)",
    hint="use FL for a passenger, FM for a crew member, DDU or DDT for persons in transit, CPE for the master",
)  # fmt: skip
TWICE = Rule(
    id="E-26", severity=Severity.WARNING, text="{tag} is given twice for one person with different values; the first was taken, the other kept beside it",
    hint="send each value once",
)  # fmt: skip
TOO_MANY = Rule(
    id="E-27", severity=Severity.WARNING, text="the person has more documents of this kind than the {limit} that are reported; this one was kept beside them",
    hint="send the documents that the person travels with",
)  # fmt: skip
UNKNOWN_SEGMENT = Rule(
    id="E-28", severity=Severity.INFO, text="{tag} is not part of a person in PAXLST; it was kept as it is and is not reported",
    hint="nothing, if no authority asked for it",
)  # fmt: skip
DATE_FORMAT = Rule(
    id="E-29", severity=Severity.WARNING, text="the date does not have the length that its format code {code} asks for; it was read by its own length",
    hint="write the format code of what you send: 101 for YYMMDD, 102 for CCYYMMDD", cites="UN/EDIFACT 2379",
)  # fmt: skip
MORE = Rule(
    id="E-30",
    severity=Severity.INFO,
    text="{rule} is true {count} more times in this list",
    hint="mend what is listed and send again",
)
RULES = (UNKNOWN_PERSON, TWICE, TOO_MANY, UNKNOWN_SEGMENT, DATE_FORMAT, MORE)

PERSONS: Final = frozenset(("FL", "FM", "DDU", "DDT", "CPE", "VW", "ZZZ", "DEE", "DFY"))
"""NAD 3035 of persons. VW (responsible party) and ZZZ say that it is one, not which kind: the list's kind does."""

CREW: Final = frozenset(("FM", "DDT", "CPE"))

_NAMES: Final = ("family_name", "given_names", "middle_names")
_DOCUMENTS: Final = ("document", "document2", "document3")
_VISAS: Final = ("visa", "visa2")
_MAX_EXTRAS = 64  # columns; beyond, one column takes all, or a file of odd qualifiers would fill the memory
_OTHERS = "other segments"
_MAX_ALIKE = 100  # findings of one kind in a list
_OFTEN = frozenset(("phone", "email", "nationality3"))  # several are usual, the schema has one

Hit = tuple[list[str | None], list[int], str, "Column"]
"""A column's values and segments, the value to put there, and the column."""


class Column:
    """One field's values and their segments, an entry per person; `next` takes a person's second value."""

    __slots__ = ("label", "next", "values", "where")

    def __init__(self, label: str, size: int) -> None:
        self.label = label
        self.values: list[str | None] = [None] * size
        self.where: list[int] = [0] * size
        self.next: Column | None = None


class People:
    """The persons of one list, which may come in several messages; `size` is how many will be added."""

    def __init__(self, size: int, usual_role: str, findings: list[Finding]) -> None:
        self.columns: dict[str, Column] = {}
        self.extras: dict[str, Column] = {}
        self.opened_at: list[int] = []  # the segment of each person's NAD
        self._size = size
        self._usual_role = usual_role
        self._findings = findings
        self._alike: dict[str, int] = {}
        self._once: set[str] = set()
        self._further: dict[tuple[Column, int], list[str]] = {}
        self._roles: dict[str, str] = {}

    def add(self, message: Message, blocks: Sequence[tuple[int, int]]) -> None:
        """Adds the persons of `blocks`: where each one's NAD stands, and where the segments behind it end."""
        segments, first = message.interchange.segments, message.interchange.first
        own, documents = Scope(self, message), Documents(self, message)
        for start, stop in blocks:
            person = len(self.opened_at)
            self.opened_at.append(first + start)
            self._open(person, message, start)
            scope = own
            for index in range(start + 1, stop):
                hits = scope[segments[index]]
                if hits is None:
                    scope = documents.open(person, index)
                    continue
                for values, where, value, column in hits:
                    if values[person] is None:
                        values[person] = value
                        where[person] = first + index
                    else:
                        self._again(column, person, value, message, index)

    def finish(self) -> None:
        """Joins what was kept beside, and says how many findings were left out."""
        for (column, person), values in self._further.items():
            column.values[person] = "; ".join((column.values[person] or "", *values))
        for rule, count in self._alike.items():
            if count > _MAX_ALIKE:
                self._findings.append(MORE.at(rule=rule, count=count - _MAX_ALIKE))

    def column(self, field: str) -> Column:
        if field not in self.columns:
            column = self.columns[field] = Column(field, self._size)
            if following := {"nationality": "nationality2", "nationality2": "nationality3"}.get(field):
                column.next = self.column(following)
        return self.columns[field]

    def beside(self, label: str) -> Column:
        """The column of extras with this label."""
        if label not in self.extras:
            if len(self.extras) >= _MAX_EXTRAS:
                label = _OTHERS
            self.extras.setdefault(label, Column(label, self._size))
        return self.extras[label]

    def put(self, column: Column, person: int, value: str, message: Message, index: int) -> None:
        if column.values[person] is None:
            column.values[person] = value
            column.where[person] = message.interchange.first + index
        else:
            self._again(column, person, value, message, index)

    def _again(self, column: Column, person: int, value: str, message: Message, index: int) -> None:
        """Another value for what one person has already: into the next column, or kept beside; never lost."""
        if column.values[person] == value:
            return
        if column.next is not None:
            self.put(column.next, person, value, message, index)
        elif self.extras.get(column.label) is column:
            self._further.setdefault((column, person), []).append(value)
        else:
            if column.label not in _OFTEN:
                place = self.place(person, message, index)
                self.report(TWICE.at(place, tag=place.tag))
            self.put(self.beside(f"{column.label}, another"), person, value, message, index)

    def place(self, person: int, message: Message, index: int) -> Place:
        return message.interchange.place(index, message.number, person + 1)

    def place_of(self, segment: str, message: Message) -> Place:
        """Where this text stands among the segments of the person who is open."""
        interchange = message.interchange
        index = interchange.segments.index(segment, self.opened_at[-1] - interchange.first)
        return interchange.place(index, message.number, len(self.opened_at))

    def report(self, finding: Finding) -> None:
        self._alike[finding.code] = self._alike.get(finding.code, 0) + 1
        if self._alike[finding.code] <= _MAX_ALIKE:
            self._findings.append(finding)

    def report_once(self, finding: Finding, what: str) -> None:
        if what not in self._once:
            self._once.add(what)
            self.report(finding)

    def _open(self, person: int, message: Message, index: int) -> None:
        """NAD: the role, the name, and the address as an extra."""
        segment, separators = message.interchange.segments[index], message.interchange.separators
        head, _, name = segment.rpartition(separators.element)
        role, names = self._roles.get(head), name.split(separators.component)
        if role is None or not 1 < len(names) < 4 or not name.isprintable():
            self._open_odd(person, message, index, head)
            return
        self.column("role").values[person] = role
        for field, text in zip(_NAMES, names, strict=False):
            if text and (text := text.strip()):
                self.column(field).values[person] = text

    def _open_odd(self, person: int, message: Message, index: int, head: str) -> None:
        """NAD in all its forms; what stands before a plain name is remembered with the role it means."""
        parts = message.interchange.cut(index)
        code = text_at(parts, 1).upper()
        if code not in PERSONS:
            self.report(UNKNOWN_PERSON.at(self.place(person, message, index), shape=shape(code)))
        role = code if code in PERSONS and code not in ("ZZZ", "VW") else self._usual_role
        self.column("role").values[person] = role
        for field, value in _name(parts):
            self.column(field).values[person] = value
        beside = {"NAD party": parts[2:3], "NAD address": parts[5:], "NAD name": [part[3:5] for part in parts[4:5]]}
        for label, kept in beside.items():
            if text := joined(kept):
                self.put(self.beside(label), person, text, message, index)
        if code in PERSONS and len(parts) == 5 and parts[2:4] == [[""], [""]] and len(parts[4]) < 4:
            self._roles[head] = role


def _name(parts: list[list[str]]) -> Iterable[tuple[str, str]]:
    """C080: family, given and middle names in components, or all in one; without it C058, the name as a text."""
    names = [text.strip() for text in parts[4][:3]] if len(parts) > 4 else []
    if not any(names):
        text = joined(parts[3:4])
        return (("full_name", text),) if text else ()
    if len(names) == 1 and any(sign in names[0] for sign in " /,"):
        return (("full_name", names[0]),)
    return [(field, name) for field, name in zip(_NAMES, names, strict=False) if name]


class Documents:
    """The documents of one message's persons, one person after another."""

    def __init__(self, people: People, message: Message) -> None:
        self._people, self._message = people, message
        self._scopes: dict[str, Scope] = {}
        self._person = -1
        self._opened: dict[tuple[str, ...], int] = {}  # how many of each series the person has
        self._kinds: dict[str, tuple[tuple[str, ...], str]] = {}  # "DOC+P:110:111" -> series and type

    def open(self, person: int, index: int) -> "Scope":
        """DOC: the person's next free document, or the next free visa (code V)."""
        if person != self._person:
            self._person, self._opened = person, {}
        segment = self._message.interchange.segments[index]
        head, _, number = segment.rpartition(self._message.interchange.separators.element)
        if head not in self._kinds or not number.isalnum():
            return self._open_odd(person, index, head)
        series, type_ = self._kinds[head]
        scope = self._next(series, person, index)
        self._people.put(scope.column("number"), person, number, self._message, index)
        if type_:
            self._people.put(scope.column("type"), person, type_, self._message, index)
        return scope

    def _open_odd(self, person: int, index: int, head: str) -> "Scope":
        """DOC in all its forms; what stands before a plain number is remembered with what it means."""
        parts = self._message.interchange.cut(index)
        parts += [[""]] * (3 - len(parts))
        code, text, number = text_at(parts, 1), text_at(parts, 1, 3), text_at(parts, 2)
        series = _VISAS if code.upper() == "V" else _DOCUMENTS
        scope = self._next(series, person, index)
        values = {"number": number, "type": code or text, "other_type": text if code else ""}
        if series is _VISAS:
            values = {"number": number, "type": text}
        for name, value in values.items():
            if value:
                self._people.put(scope.column(name), person, value, self._message, index)
        if more := joined([parts[1][4:], parts[2][1:], *parts[3:]]):
            self._people.put(self._people.beside("DOC more"), person, more, self._message, index)
        if len(parts) == 3 and len(parts[1]) < 4 and len(parts[2]) == 1:
            self._kinds[head] = series, values["type"]
        return scope

    def _next(self, series: tuple[str, ...], person: int, index: int) -> "Scope":
        """The scope of the next document in a series; one that was opened and got nothing is used again."""
        at = self._opened.get(series, 0)
        if at and self._is_empty(series[at - 1], person):
            at -= 1
        if at == len(series):
            place = self._people.place(person, self._message, index)
            self._people.report(TOO_MANY.at(place, limit=len(series)))
            prefix = "further document"
        else:
            prefix = series[at]
            self._opened[series] = at + 1
        if prefix not in self._scopes:
            self._scopes[prefix] = Scope(self._people, self._message, prefix)
        return self._scopes[prefix]

    def _is_empty(self, prefix: str, person: int) -> bool:
        columns = self._people.columns
        fields = (f"{prefix}.{name}" for name in ("number", "type", "expiry", "issued", "issuer"))
        return all(columns[field].values[person] is None for field in fields if field in columns)


class Scope(dict[str, tuple[Hit, ...] | None]):
    """What each segment's text means where a person, or the document `prefix`, is open; None for DOC, never kept."""

    def __init__(self, people: People, message: Message, prefix: str = "") -> None:
        super().__init__()
        self._people, self._message, self._prefix = people, message, prefix
        self._separators = message.interchange.separators
        self._component = self._separators.component
        self._heads: dict[str, Column] = {}  # "RFF+ABO" -> the column of what stands behind it
        self._columns: dict[str, Column] = {}

    def __missing__(self, segment: str) -> tuple[Hit, ...] | None:
        if segment.startswith("DOC"):
            return None
        head, _, rest = segment.partition(self._component)
        column = self._heads.get(head)
        if column is not None:
            text, _, code = rest.partition(self._component)
            if text.isalnum() and (not code or (code == "102" and len(text) == 8 and head.startswith("DTM"))):
                hits = self[segment] = (
                    (column.values, column.where, text, column),
                )  # nothing released, nothing behind
                return hits
        return self._worked_out(segment, head)

    def _worked_out(self, segment: str, head: str) -> tuple[Hit, ...]:
        parts = cut(segment, self._separators)
        tag = parts[0][0].rstrip()
        found = [self._value(target, text) for target, text in person_says(tag, parts) if text]
        hits = tuple((column.values, column.where, text, column) for column, text in found)
        if tag == "DTM" and (code := misses_its_format(parts)):
            self._people.report(DATE_FORMAT.at(self._people.place_of(segment, self._message), code=code))
            return hits  # not remembered, so that each such date is reported
        if tag not in KNOWN:
            name = tag if len(tag) == 3 and tag.isalpha() else NO_TAG
            place = self._people.place_of(segment, self._message)
            self._people.report_once(UNKNOWN_SEGMENT.at(place, tag=name), name)
        if tag in ("DTM", "RFF") and len(found) == 1 and found[0][0].label != _OTHERS:
            self._heads[head] = found[0][0]
        self[segment] = hits
        return hits

    def column(self, name: str) -> Column:
        """The open document's column; a visa's issue, and all of a further document, are extras."""
        if name not in self._columns:
            field = f"{self._prefix}.{name}"
            self._columns[name] = self._people.column(field) if field in FIELDS else self._people.beside(field)
        return self._columns[name]

    def _value(self, target: Target, text: str) -> tuple[Column, str]:
        column = self._column(target)
        return (column, text) if column.label != _OTHERS else (column, f"{target.name} {text}")

    def _column(self, target: Target) -> Column:
        if target.of is Of.PERSON:
            return self._people.column(target.name)
        if target.of is Of.DOCUMENT and self._prefix:
            return self.column(target.name)
        return self._people.beside(target.name if target.of is Of.EXTRA else f"document {target.name}")
