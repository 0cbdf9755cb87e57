"""Groups 4 to 7 of PAXLST: the persons of a list -> columns, with the place of every value.

In: messages and where their persons start. Out: a column per field, `extras` for what the schema has no field for.
Grouping is by trigger, not by the directory's order, since senders differ: NAD opens a person, DOC one of the person's
documents, and what follows goes to whichever is open: `paxlst_scopes` knows where, `paxlst_segments` what it says. Persons who
are alike, nearly all of a list, are read together (`paxlst_rows`): 5,000 in a third of the time that they take one by one.
"""

from collections.abc import Iterable, Sequence

from gateway.findings import Rule, Severity, shape
from gateway.formats import paxlst_columns, paxlst_scopes
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_columns import OTHERS, Table
from gateway.formats.paxlst_opening import NAMES, PERSONS, role_of
from gateway.formats.paxlst_rows import rows_of
from gateway.formats.paxlst_scopes import Documents
from gateway.formats.paxlst_segments import joined, text_at

UNKNOWN_PERSON = Rule(
    id="E-25", severity=Severity.WARNING, text="NAD opens a person with a code that is not one for persons (UN/EDIFACT 3035)",
    hint="use FL for a passenger, FM for a crew member, DDU or DDT for persons in transit, CPE for the master",
)  # fmt: skip
RULES = (UNKNOWN_PERSON, *paxlst_scopes.RULES, *paxlst_columns.RULES)


class People:
    """Reads the persons of one message after another into `table`."""

    def __init__(self, table: Table, usual_role: str) -> None:
        self.table = table
        self._usual_role = usual_role

    def add(self, message: Message, blocks: Sequence[tuple[int, int]]) -> None:
        """Adds the persons of `blocks`: where each one's NAD stands, and where the segments behind it end."""
        table, before = self.table, len(self.table.opened_at)
        table.opened_at += [message.interchange.first + start for start, _ in blocks]
        documents = Documents(table, message)
        found = rows_of(message, blocks, self._usual_role)
        in_rows = {person for rows in found for person in rows.persons}
        for person, (start, stop) in enumerate(blocks):
            if person not in in_rows:
                self._add(before + person, message, start, stop, documents)
        for rows in found:
            persons = [before + person for person in rows.persons]
            starts = [blocks[person][0] for person in rows.persons]
            for cells in rows.cells:
                column = documents.scope(cells.prefix).column_of(cells.target)
                values = (
                    cells.values
                    if column.label != OTHERS
                    else [text and f"{cells.target.name} {text}" for text in cells.values]
                )
                table.put_all(column, persons, values, message, [start + cells.offset for start in starts])

    def _add(self, person: int, message: Message, start: int, stop: int, documents: Documents) -> None:
        """One person, segment by segment."""
        segments, table = message.interchange.segments, self.table
        table.reading = person
        self._open(person, message, start)
        scope = documents.scope("")
        for index in range(start + 1, stop):
            hits = scope[segments[index]]
            if hits is None:
                scope = documents.open(person, index)
                continue
            for column, value in hits:
                table.put(column, person, value, message, index)

    def _open(self, person: int, message: Message, index: int) -> None:
        """NAD: the role, the name, and the address as an extra."""
        parts = message.interchange.cut(index)
        code = text_at(parts, 1).upper()
        if code not in PERSONS:
            self.table.findings.append(
                UNKNOWN_PERSON.at(message.interchange.place(index, message.number, person + 1), shape=shape(code))
            )
        self.table.column("role").values[person] = role_of(parts, self._usual_role)
        for field, value in _name(parts):
            self.table.column(field).values[person] = value
        beside = {
            "NAD party": parts[2:3],
            "NAD text": parts[3:4] if _is_structured(parts) else [],  # without C080 it is the name
            "NAD name": [part[3:5] for part in parts[4:5]],
            "NAD address": parts[5:],
        }
        for label, kept in beside.items():
            if text := joined(kept):
                self.table.put(self.table.beside(label), person, text, message, index)


def _name(parts: list[list[str]]) -> Iterable[tuple[str, str]]:
    """C080: family, given and middle names in components, or all in one; without it C058, the name as a text."""
    if not _is_structured(parts):
        text = joined(parts[3:4])
        return (("full_name", text),) if text else ()
    names = [text.strip() for text in parts[4][:3]]
    if len(names) == 1 and any(sign in names[0] for sign in " /,"):
        return (("full_name", names[0]),)
    return [(field, name) for field, name in zip(NAMES, names, strict=False) if name]


def _is_structured(parts: list[list[str]]) -> bool:
    return any(text.strip() for part in parts[4:5] for text in part[:3])
