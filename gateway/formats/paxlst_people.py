"""Groups 4 to 7 of PAXLST: the persons of a list -> columns, with the place of every value.

In: messages and where their persons start. Out: a column per field, `extras` for what the schema has no field for.
Grouping is by trigger, not by the directory's order, since senders differ: NAD opens a person, DOC one of the person's
documents, and what follows goes to whichever is open: `paxlst_scopes` knows where, `paxlst_segments` what it says.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from gateway.findings import Rule, Severity, shape
from gateway.formats import paxlst_columns, paxlst_scopes
from gateway.formats.edifact_messages import Message
from gateway.formats.paxlst_columns import Table
from gateway.formats.paxlst_scopes import Documents, Scope
from gateway.formats.paxlst_segments import joined, text_at

UNKNOWN_PERSON = Rule(
    id="E-25", severity=Severity.WARNING, text="NAD opens a person with a code that is not one for persons (UN/EDIFACT 3035)",
    hint="use FL for a passenger, FM for a crew member, DDU or DDT for persons in transit, CPE for the master",
)  # fmt: skip
RULES = (UNKNOWN_PERSON, *paxlst_scopes.RULES, *paxlst_columns.RULES)

PERSONS: Final = frozenset(("FL", "FM", "DDU", "DDT", "CPE", "VW", "ZZZ", "DEE", "DFY"))
"""NAD 3035 of persons. VW (responsible party) and ZZZ say that it is one, not which kind: the list's kind does."""

CREW: Final = frozenset(("FM", "DDT", "CPE"))

_NAMES: Final = ("family_name", "given_names", "middle_names")


class People:
    """Reads the persons of one message after another into `table`."""

    def __init__(self, table: Table, usual_role: str) -> None:
        self.table = table
        self._usual_role = usual_role
        self._roles: dict[str, str] = {}  # "NAD+FL++" -> the role, where nothing but a plain name stands behind

    def add(self, message: Message, blocks: Sequence[tuple[int, int]]) -> None:
        """Adds the persons of `blocks`: where each one's NAD stands, and where the segments behind it end."""
        segments, first = message.interchange.segments, message.interchange.first
        table = self.table
        own, documents = Scope(table, message), Documents(table, message)
        for start, stop in blocks:
            person = len(table.opened_at)
            table.opened_at.append(first + start)
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
                        table.again(column, person, value, message, index)

    def _open(self, person: int, message: Message, index: int) -> None:
        """NAD: the role, the name, and the address as an extra."""
        segment, separators = message.interchange.segments[index], message.interchange.separators
        head, _, name = segment.rpartition(separators.element)
        role, names = self._roles.get(head), name.split(separators.component)
        if role is None or not 1 < len(names) < 4 or not name.isprintable():
            self._open_odd(person, message, index, head)
            return
        self.table.column("role").values[person] = role
        for field, text in zip(_NAMES, names, strict=False):
            if text and (text := text.strip()):
                self.table.column(field).values[person] = text

    def _open_odd(self, person: int, message: Message, index: int, head: str) -> None:
        """NAD in all its forms; what stands before a plain name is remembered with the role it means."""
        parts = message.interchange.cut(index)
        code = text_at(parts, 1).upper()
        if code not in PERSONS:
            self.table.findings.append(
                UNKNOWN_PERSON.at(message.interchange.place(index, message.number, person + 1), shape=shape(code))
            )
        role = code if code in PERSONS and code not in ("ZZZ", "VW") else self._usual_role
        self.table.column("role").values[person] = role
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
        if code in PERSONS and len(parts) == 5 and parts[2:4] == [[""], [""]] and len(parts[4]) < 4:
            self._roles[head] = role


def _name(parts: list[list[str]]) -> Iterable[tuple[str, str]]:
    """C080: family, given and middle names in components, or all in one; without it C058, the name as a text."""
    if not _is_structured(parts):
        text = joined(parts[3:4])
        return (("full_name", text),) if text else ()
    names = [text.strip() for text in parts[4][:3]]
    if len(names) == 1 and any(sign in names[0] for sign in " /,"):
        return (("full_name", names[0]),)
    return [(field, name) for field, name in zip(_NAMES, names, strict=False) if name]


def _is_structured(parts: list[list[str]]) -> bool:
    return any(text.strip() for part in parts[4:5] for text in part[:3])
