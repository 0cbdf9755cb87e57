"""What a segment of PAXLST means where a person, or one of the person's documents, is open.

In: a segment's text. Out: the columns that its values go to. Most segments of a list repeat word for word (nationalities,
ports, dates of expiry), so each text is worked out once and remembered: in one `Scope` for the person and one for each
document, since DTM 36 means another column in each. References and dates differ from person to person; for them what
stands before the value is remembered.
"""

from typing import Final

from gateway.findings import Rule, Severity
from gateway.formats.edifact import TAGS, cut
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_columns import OTHERS, Column, Hit, Table
from gateway.formats.paxlst_segments import KNOWN, NO_TAG, Of, Target, joined, misses_its_format, person_says, text_at
from gateway.formats.raw import FIELDS

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
RULES = (TOO_MANY, UNKNOWN_SEGMENT, DATE_FORMAT)

_DOCUMENTS: Final = ("document", "document2", "document3")
_VISAS: Final = ("visa", "visa2")


class Scope(dict[str, tuple[Hit, ...] | None]):
    """What each segment's text means where a person, or the document `prefix`, is open; None for DOC, never kept."""

    def __init__(self, table: Table, message: Message, prefix: str = "") -> None:
        super().__init__()
        self._table, self._message, self._prefix = table, message, prefix
        self._separators = message.interchange.separators
        self._component = self._separators.component
        self._heads: dict[str, Column] = {}  # "RFF+ABO" -> the column of what stands behind it
        self._columns: dict[str, Column] = {}

    def __missing__(self, segment: str) -> tuple[Hit, ...] | None:
        if segment.startswith("DOC"):
            return None
        head, _, rest = segment.partition(self._component)
        column = self._heads.get(head)  # known, and nothing released or behind the value: the usual case
        if column is not None:
            text, _, code = rest.partition(self._component)
            if text.isalnum() and (not code or (code == "102" and len(text) == 8 and head.startswith("DTM"))):
                self[segment] = hits = ((column.values, column.where, text, column),)
                return hits
        return self._worked_out(segment, head)

    def _worked_out(self, segment: str, head: str) -> tuple[Hit, ...]:
        parts = cut(segment, self._separators)
        tag = parts[0][0].rstrip()
        found = [self._value(target, text) for target, text in person_says(tag, parts) if text]
        hits = tuple((column.values, column.where, text, column) for column, text in found)
        if tag == "DTM" and (code := misses_its_format(parts)):
            self._table.findings.append(DATE_FORMAT.at(self._table.place_of(segment, self._message), code=code))
            return hits  # not remembered, so that each such date is reported
        if tag not in KNOWN:
            name = tag if tag in TAGS else NO_TAG
            place = self._table.place_of(segment, self._message)
            self._table.report_once(UNKNOWN_SEGMENT.at(place, tag=name), name)
        if tag in ("DTM", "RFF") and len(found) == 1 and found[0][0].label != OTHERS:
            self._heads[head] = found[0][0]
        self[segment] = hits
        return hits

    def column(self, name: str) -> Column:
        """The open document's column; a visa's issue, and all of a further document, are extras."""
        if name not in self._columns:
            field = f"{self._prefix}.{name}"
            self._columns[name] = self._table.column(field) if field in FIELDS else self._table.beside(field)
        return self._columns[name]

    def _value(self, target: Target, text: str) -> tuple[Column, str]:
        column = self._column(target)
        return (column, text) if column.label != OTHERS else (column, f"{target.name} {text}")

    def _column(self, target: Target) -> Column:
        if target.of is Of.PERSON:
            return self._table.column(target.name)
        if target.of is Of.DOCUMENT and self._prefix:
            return self.column(target.name)
        return self._table.beside(target.name if target.of is Of.EXTRA else f"document {target.name}")


class Documents:
    """The documents of one message's persons, one person after another."""

    def __init__(self, table: Table, message: Message) -> None:
        self._table, self._message = table, message
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
        self._table.put(scope.column("number"), person, number, self._message, index)
        if type_:
            self._table.put(scope.column("type"), person, type_, self._message, index)
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
                self._table.put(scope.column(name), person, value, self._message, index)
        if more := joined([parts[1][4:], parts[2][1:], *parts[3:]]):
            self._table.put(self._table.beside("DOC more"), person, more, self._message, index)
        if len(parts) == 3 and len(parts[1]) < 4 and len(parts[2]) == 1:
            self._kinds[head] = series, values["type"]
        return scope

    def _next(self, series: tuple[str, ...], person: int, index: int) -> "Scope":
        """The scope of the next document in a series; one that was opened and got nothing is used again."""
        at = self._opened.get(series, 0)
        if at and self._is_empty(series[at - 1], person):
            at -= 1
        if at == len(series):
            place = self._message.interchange.place(index, self._message.number, person + 1)
            self._table.findings.append(TOO_MANY.at(place, limit=len(series)))
            prefix = "further document"
        else:
            prefix = series[at]
            self._opened[series] = at + 1
        if prefix not in self._scopes:
            self._scopes[prefix] = Scope(self._table, self._message, prefix)
        return self._scopes[prefix]

    def _is_empty(self, prefix: str, person: int) -> bool:
        columns = self._table.columns
        fields = (f"{prefix}.{name}" for name in ("number", "type", "expiry", "issued", "issuer"))
        return all(columns[field].values[person] is None for field in fields if field in columns)
