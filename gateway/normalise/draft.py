"""One list while it is being normalised: its raw columns, what was found wrong, and what was changed.

In: a `RawList` and the carrier's profile. Out, bit by bit: columns of values, findings with their places, and the raw
text of every column that changed (the lineage). A column is read text by text, each different text once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec

from gateway.carrier import EVERY_DATE, Carrier
from gateway.findings import Finding, Place, Rule, Severity, counted, shape
from gateway.formats.raw import RawList
from gateway.normalise.dateforms import Meaning
from gateway.normalise.dates import ReadDates, order_in_words, read_dates
from gateway.normalise.times import read_times

T = TypeVar("T")
Notes = tuple[Rule, ...]
Reader = Callable[[str], tuple[T | None, Notes]]
"""text -> value and what is to be said of the text."""

Column = Sequence[T | None]

_FIXED = frozenset(("iso", "edifact", "uk"))
"""Ways to write dates that belong to a format. A plain order in a file is a hint of its headers, and may be wrong."""


class Draft:
    """The list under way. Not frozen and not kept: it lives as long as one call of `normalise`."""

    def __init__(self, raw: RawList, carrier: Carrier | None, today: date) -> None:
        self.raw = raw
        self.carrier = carrier
        self.today = today
        self.findings: list[Finding] = []
        self.changed: dict[str, list[str | None]] = {}
        self.nobody: list[None] = [None] * raw.size
        self.unread: dict[str, frozenset[int]] = {}

    def texts(self, field: str) -> Column[str] | None:
        """The column as it was sent; None when nobody has a value in it."""
        column = self.raw.columns.get(field)
        return column if column is not None and any(column) else None

    def text_column(self, field: str, read: Reader[str], is_normal: Callable[[str], bool]) -> Column[str]:
        """A column of free texts. `is_normal`: whether nothing is to be done about any of the texts, joined by line breaks;
        where thousands of names are in order, that is one look instead of thousands."""
        texts = self.texts(field)
        if texts is None:
            return self.nobody
        given = [text for text in texts if text is not None]
        joined = "\n".join(given)
        if joined.count("\n") == len(given) - 1 and "\n\n" not in joined and is_normal(joined):
            return texts
        return self.column(field, read)

    def column(self, field: str, read: Reader[T], lookup: str = "") -> Column[T]:
        """The column's values. `lookup`: the kind of the profile's words that go before the reader."""
        texts = self.texts(field)
        if texts is None:
            return self.nobody
        words = self.words(lookup)
        values: dict[str | None, T | None] = {None: None}
        notes: dict[str, Notes] = {}
        for text in set(texts):
            if text is None or not text.strip():
                values[text] = None
                continue
            values[text], said = read(words.get(folded(text), text) if words else text)
            if said:
                notes[text] = said
        self.note(field, texts, notes)
        return self.keep(field, texts, values)

    def dates(self, field: str, meaning: Meaning, texts: Column[str] | None = None) -> Column[str]:
        """A column of dates, in the one order that it was written in. `texts`: instead of the column as it was sent."""
        texts = texts if texts is not None else self.texts(field)
        if texts is None:
            return self.nobody
        given = {text for text in texts if text and not text.isspace()}
        return self._dated(field, texts, read_dates(given, meaning, self.order_of(field), self.today))

    def times(self, field: str) -> Column[str]:
        """A column of dates that may hold a time of day."""
        texts = self.texts(field)
        if texts is None:
            return self.nobody
        given = {text for text in texts if text and not text.isspace()}
        return self._dated(field, texts, read_times(given, self.order_of(field), self.today))

    def _dated(self, field: str, texts: Column[str], read: ReadDates) -> Column[str]:
        self.note(field, texts, read.notes, order=order_in_words(read.order))
        for rule, said, meant in read.column:
            first = next(index for index, text in enumerate(texts) if text in said)
            these = frozenset(meant)
            cells = sum(text in these for text in texts)
            self.say(rule, field, first, texts[first] or "", count=counted(cells, "date"))
        values: dict[str | None, str | None] = {None: None}
        values.update(read.values)
        left = (
            {text for text, day in read.values.items() if day is None and text not in read.notes} if read.column else ()
        )
        if left:
            self.unread[field] = frozenset(index for index, text in enumerate(texts) if text in left)
        return self.keep(field, texts, values)

    def order_of(self, field: str) -> str | None:
        """How dates are written here: as the format fixes it, else as agreed in the profile, else as the file hints."""
        dialects = self.raw.dialects
        agreed = self.carrier.dates if self.carrier else {}
        said = dialects.get(field) or dialects.get("dates")
        return said if said in _FIXED else agreed.get(field) or agreed.get(EVERY_DATE) or said

    def dialect_of(self, field: str) -> str | None:
        """The code list of a coded field: the profile's word before the format's."""
        agreed = self.carrier.codes if self.carrier else {}
        return agreed.get(field) or self.raw.dialects.get(field)

    def words(self, kind: str) -> Mapping[str, str]:
        """The profile's own words of a kind, folded."""
        if not self.carrier or kind not in self.carrier.lookups:
            return {}
        return {folded(theirs): ours for theirs, ours in self.carrier.lookups[kind].items()}

    def keep(self, field: str, texts: Column[str], values: Mapping[str | None, T | None]) -> Column[T]:
        """Text by text into values; the raw column is kept when any text changed."""
        if any(text is not None and _spelled(value) != text for text, value in values.items()):
            self.changed[field] = list(texts)
        return [values.get(text) for text in texts]

    def note(self, field: str, texts: Column[str], notes: Mapping[str, Notes], *, order: str = "") -> None:
        """What is to be said of some texts: each place for a mistake, once a column for what is only worth knowing."""
        if not notes:
            return
        seen: dict[Rule, list[int]] = {}
        for index, text in enumerate(texts):
            for rule in notes.get(text, ()) if text is not None else ():
                if rule.severity is Severity.INFO:
                    seen.setdefault(rule, []).append(index)
                else:
                    self.say(rule, field, index, text or "", order=order)
        for rule, indexes in seen.items():
            self.say_once(rule, field, indexes)

    def say(self, rule: Rule, field: str, index: int, text: str = "", /, **parts: Any) -> None:
        """One finding about one person's value."""
        self.findings.append(rule.at(self.raw.places.at(field, index), shape=shape(text) if text else "", **parts))

    def say_once(self, rule: Rule, field: str, indexes: Sequence[int], /, **parts: Any) -> None:
        """One finding for all these persons, at the first of them."""
        finding = rule.at(self.raw.places.at(field, indexes[0]), **parts)
        if len(indexes) > 1:
            finding = msgspec.structs.replace(finding, text=f"{finding.text} ({len(indexes)} persons)")
        self.findings.append(finding)

    def say_of_list(self, rule: Rule, place: Place, text: str = "", /, **parts: Any) -> None:
        """One finding about a value of the whole list."""
        self.findings.append(rule.at(place, shape=shape(text) if text else "", **parts))


def folded(text: str) -> str:
    """For comparing words of a profile with words of a list."""
    return " ".join(text.casefold().split())


def _spelled(value: Any) -> Any:
    """The text that stands for a value where it is normal already."""
    if isinstance(value, str):
        return value
    return getattr(value[0] if isinstance(value, tuple) and value else value, "code", None)
