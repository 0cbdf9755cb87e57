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
from gateway.formats.paxlst_segments import KNOWN, Of, Target, joined, misses_its_format, person_says, text_at
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

_SERIES: Final = {"document": ("document", "document2", "document3"), "visa": ("visa", "visa2")}
_MAX_EXTRAS = 64  # columns; beyond, one column takes all, or a file of odd qualifiers would fill the memory
_OTHERS = "other segments"
_MAX_ALIKE = 100  # findings of one kind in a list
_OFTEN = frozenset(("phone", "email", "nationality3"))  # several are usual, the schema has one

Hits = tuple[tuple["Column", str], ...]


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

    def add(self, message: Message, blocks: Sequence[tuple[int, int]]) -> None:
        """Adds the persons of `blocks`: where each one's NAD stands, and where the segments behind it end."""
        interchange = message.interchange
        segments, base = interchange.segments, interchange.first
        own, documents = Scope(self, message), Documents(self, message)
        for start, stop in blocks:
            person = len(self.opened_at)
            self.opened_at.append(base + start)
            self._open(person, interchange.cut(start), interchange.place(start, message.number, person + 1))
            scope = own
            for index in range(start + 1, stop):
                hits = scope[segments[index]]
                if hits is None:
                    scope = documents.open(
                        person, interchange.cut(index), interchange.place(index, message.number, person + 1)
                    )
                    continue
                for column, value in hits:
                    if column.values[person] is None:
                        column.values[person] = value
                        column.where[person] = base + index
                    else:
                        self._again(column, person, value, interchange.place(index, message.number, person + 1))

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
        if label not in self.extras:
            if len(self.extras) >= _MAX_EXTRAS:
                label = _OTHERS
            self.extras.setdefault(label, Column(label, self._size))
        return self.extras[label]

    def put(self, column: Column, person: int, value: str, place: Place) -> None:
        if column.values[person] is None:
            column.values[person] = value
            column.where[person] = place.segment or 0
        else:
            self._again(column, person, value, place)

    def _again(self, column: Column, person: int, value: str, place: Place) -> None:
        """Another value for what one person has already: into the next column, or kept beside; never lost."""
        if column.values[person] == value:
            return
        if column.next is not None:
            self.put(column.next, person, value, place)
        elif self.extras.get(column.label) is column:
            self._further.setdefault((column, person), []).append(value)
        else:
            if column.label not in _OFTEN:
                self.report(TWICE.at(place, tag=place.tag))
            self.put(self.beside(f"{column.label}, another"), person, value, place)

    def report(self, finding: Finding) -> None:
        self._alike[finding.code] = self._alike.get(finding.code, 0) + 1
        if self._alike[finding.code] <= _MAX_ALIKE:
            self._findings.append(finding)

    def place_of(self, segment: str, message: Message) -> Place:
        """Where this text stands among the segments of the person who is open."""
        interchange = message.interchange
        index = interchange.segments.index(segment, self.opened_at[-1] - interchange.first)
        return interchange.place(index, message.number, len(self.opened_at))

    def first_time(self, what: str) -> bool:
        known = what in self._once
        self._once.add(what)
        return not known

    def _open(self, person: int, parts: list[list[str]], place: Place) -> None:
        """NAD: the role, the name, and the address as an extra."""
        code = text_at(parts, 1).upper()
        if code not in PERSONS:
            self.report(UNKNOWN_PERSON.at(place, shape=shape(code)))
        role = code if code in PERSONS and code not in ("ZZZ", "VW") else self._usual_role
        self.put(self.column("role"), person, role, place)
        for field, value in _name(parts):
            self.put(self.column(field), person, value, place)
        beside = {
            "NAD party": parts[2:3],
            "NAD address": parts[5:],
            "NAD name": [parts[4][3:5]] if len(parts) > 4 else [],
        }
        for label, kept in beside.items():
            if kept and (text := joined(kept)):
                self.put(self.beside(label), person, text, place)


def _name(parts: list[list[str]]) -> Iterable[tuple[str, str]]:
    """C080: family, given and middle names in components, or all in one; without it C058, the name as a text."""
    names = [text.strip() for text in parts[4][:3]] if len(parts) > 4 else []
    if not any(names):
        text = joined(parts[3:4])
        return (("full_name", text),) if text else ()
    if len(names) == 1 and any(sign in names[0] for sign in " /,"):
        return (("full_name", names[0]),)
    fields = zip(("family_name", "given_names", "middle_names"), names, strict=False)
    return [(field, name) for field, name in fields if name]


class Documents:
    """The scopes of one message's documents."""

    def __init__(self, people: People, message: Message) -> None:
        self._people, self._message = people, message
        self._scopes: dict[str, Scope] = {}

    def open(self, person: int, parts: list[list[str]], place: Place) -> "Scope":
        """DOC: the person's next free document, or the next free visa (code V)."""
        parts = parts + [[""]] * (3 - len(parts))
        code, text, number = text_at(parts, 1), text_at(parts, 1, 3), text_at(parts, 2)
        series = _SERIES["visa" if code.upper() == "V" else "document"]
        prefix = next((prefix for prefix in series if not self._taken(prefix, person)), None)
        if prefix is None:
            self._people.report(TOO_MANY.at(place, limit=len(series)))
        prefix = prefix or "further document"
        if prefix not in self._scopes:
            self._scopes[prefix] = Scope(self._people, self._message, prefix)
        scope = self._scopes[prefix]
        values = {"number": number, "type": code or text, "other_type": text if code else ""}
        if series == _SERIES["visa"]:
            values = {"number": number, "type": text}
        for name, value in values.items():
            if value:
                self._people.put(scope.document_column(name), person, value, place)
        if more := joined([parts[1][4:], parts[2][1:], *parts[3:]]):
            self._people.put(self._people.beside("DOC more"), person, more, place)
        return scope

    def _taken(self, prefix: str, person: int) -> bool:
        columns = self._people.columns
        fields = (f"{prefix}.{name}" for name in ("number", "type", "expiry", "issued", "issuer"))
        return any(columns[field].values[person] is not None for field in fields if field in columns)


class Scope(dict[str, Hits | None]):
    """What each segment's text means where a person, or the document `prefix`, is open; None for DOC, never kept."""

    def __init__(self, people: People, message: Message, prefix: str = "") -> None:
        super().__init__()
        self._people, self._message, self._prefix = people, message, prefix

    def __missing__(self, segment: str) -> Hits | None:
        if segment.startswith("DOC"):
            return None
        parts = cut(segment, self._message.interchange.separators)
        tag = parts[0][0].rstrip()
        hits = tuple((self._column(target), text) for target, text in person_says(tag, parts) if text)
        if tag == "DTM" and (code := misses_its_format(parts)):
            self._people.report(DATE_FORMAT.at(self._people.place_of(segment, self._message), code=code))
            return hits  # not remembered, so that each such date is reported
        if tag not in KNOWN:
            name = tag if len(tag) == 3 and tag.isalpha() else "a segment without a tag"
            if self._people.first_time(name):
                self._people.report(UNKNOWN_SEGMENT.at(self._people.place_of(segment, self._message), tag=name))
        self[segment] = hits
        return hits

    def document_column(self, name: str) -> Column:
        """The open document's column; a visa's issue, and all of a further document, are extras."""
        field = f"{self._prefix}.{name}"
        return self._people.column(field) if field in FIELDS else self._people.beside(field)

    def _column(self, target: Target) -> Column:
        if target.of is Of.PERSON:
            return self._people.column(target.name)
        if target.of is Of.DOCUMENT and self._prefix:
            return self.document_column(target.name)
        return self._people.beside(target.name if target.of is Of.EXTRA else f"document {target.name}")
