"""What a segment of PAXLST means where a person, or one of the person's documents, is open.

In: a segment's text. Out: the columns that its values go to. Most segments of a list repeat word for word (nationalities,
ports, dates of expiry), so each text is worked out once and remembered: in one `Scope` for the person and one for each
document, since DTM 36 means another column in each.
"""

from gateway.findings import Rule, Severity
from gateway.formats.edifact import TAGS, cut
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_columns import OTHERS, Column, Hit, Table
from gateway.formats.paxlst_opening import Series, document_of
from gateway.formats.paxlst_segments import KNOWN, NO_TAG, Of, Target, misses_its_format, person_says
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


class Scope(dict[str, tuple[Hit, ...] | None]):
    """What each segment's text means where a person, or the document `prefix`, is open; None for DOC, never kept."""

    def __init__(self, table: Table, message: Message, prefix: str = "") -> None:
        super().__init__()
        self._table, self._message, self._prefix = table, message, prefix
        self._columns: dict[str, Column] = {}

    def __missing__(self, segment: str) -> tuple[Hit, ...] | None:
        if segment.startswith("DOC"):
            return None
        parts = cut(segment, self._message.interchange.separators)
        tag = parts[0][0].rstrip()
        hits = tuple(self._hit(target, text) for target, text in person_says(tag, parts) if text)
        if tag == "DTM" and (code := misses_its_format(parts)):
            self._table.findings.append(DATE_FORMAT.at(self._table.place_of(segment, self._message), code=code))
            return hits  # not remembered, so that each such date is reported
        if tag not in KNOWN:
            name = tag if tag in TAGS else NO_TAG
            place = self._table.place_of(segment, self._message)
            self._table.report_once(UNKNOWN_SEGMENT.at(place, tag=name), name)
        self[segment] = hits
        return hits

    def column(self, name: str) -> Column:
        """The open document's column; a visa's issue, and all of a further document, are extras."""
        if name not in self._columns:
            field = f"{self._prefix}.{name}"
            self._columns[name] = self._table.column(field) if field in FIELDS else self._table.beside(field)
        return self._columns[name]

    def _hit(self, target: Target, text: str) -> Hit:
        column = self.column_of(target)
        return (column, text) if column.label != OTHERS else (column, f"{target.name} {text}")

    def column_of(self, target: Target) -> Column:
        """Where such a value goes while this is open."""
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
        self._opened: dict[Series, int] = {}  # how many of each series the person has

    def scope(self, prefix: str) -> Scope:
        """What holds while the document with this prefix is open, or, without one, the person alone."""
        if prefix not in self._scopes:
            self._scopes[prefix] = Scope(self._table, self._message, prefix)
        return self._scopes[prefix]

    def open(self, person: int, index: int) -> Scope:
        """DOC: the person's next free document, or the next free visa (code V)."""
        if person != self._person:
            self._person, self._opened = person, {}
        opened = document_of(self._message.interchange.cut(index))
        scope = self._next(opened.series, person, index)
        for name, value in opened.values.items():
            if value:
                self._table.put(scope.column(name), person, value, self._message, index)
        if opened.more:
            self._table.put(self._table.beside("DOC more"), person, opened.more, self._message, index)
        return scope

    def _next(self, series: Series, person: int, index: int) -> Scope:
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
        return self.scope(prefix)

    def _is_empty(self, prefix: str, person: int) -> bool:
        columns = self._table.columns
        fields = (f"{prefix}.{name}" for name in ("number", "type", "expiry", "issued", "issuer"))
        return all(columns[field].values[person] is None for field in fields if field in columns)
