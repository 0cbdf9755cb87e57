"""What is wrong with a list, said to the person who can mend it.

In: a rule and a place. Out: a `Finding`: stable code, severity, place, what was expected, what to do, the clause.
A finding never holds a passenger's value: `shape` turns one into its pattern ("9 letters"), and that is all that
leaves sealed data. Readers, `normalise` and `checks` all speak in findings; an exception means a bug of ours.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

import msgspec


class Severity(StrEnum):
    """ERROR: the list, or a person on it, cannot be reported as it is. WARNING: it can, someone should look. INFO: said once."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Where something stands in what was sent. Only the parts that the format has are filled.

    `file` counts the files of one submission from 1; `member` is the path of a file inside an archive; `message` the messages or lists in a file; `person` is the
    person's position in the list, from 1; `field` a name of `formats.raw.FIELDS`.
    """

    file: int | None = None
    member: str | None = None
    message: int | None = None
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    column: str | None = None
    segment: int | None = None
    tag: str | None = None
    path: str | None = None
    person: int | None = None
    field: str | None = None

    def within(self, file: int | None, member: str | None) -> "Place":
        """The place with its file and its path in an archive, unless it is known to stand in another file."""
        if self.file is not None or (file is None and member is None):
            return self
        return msgspec.structs.replace(self, file=file, member=self.member or member)

    def __str__(self) -> str:
        parts: list[str] = []
        if self.file is not None:
            parts.append(f"file {self.file}")
        if self.member is not None:
            parts.append(f'"{self.member}"')
        if self.message is not None:
            parts.append(f"message {self.message}")
        if self.sheet is not None:
            parts.append(f'sheet "{self.sheet}"')
        if self.cell is not None:
            parts.append(f"cell {self.cell}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            parts.append(f'column "{self.column}"')
        if self.segment is not None:
            parts.append(f"segment {self.segment}")
        if self.tag is not None:
            parts.append(self.tag)
        if self.path is not None:
            parts.append(self.path)
        if self.person is not None and self.cell is None and self.line is None:
            parts.append(f"person {self.person}")
        return ", ".join(parts) if parts else "the list as a whole"


WHOLE = Place()


class Finding(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One mistake, or one thing worth knowing, at one place.

    `text` says what is wrong and what was expected, `hint` what to do, `cites` the clause that asks for it,
    `shape` the pattern of the offending value. `tolerated` is the carrier profile's reason, where it lowered an
    error to a warning.
    """

    code: str
    severity: Severity
    text: str
    place: Place = WHOLE
    hint: str = ""
    cites: str = ""
    shape: str = ""
    tolerated: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of finding: everything about it that does not depend on one list.

    `text` and `hint` may hold `{named}` parts, filled by `at`; never fill one with a value from a person.
    """

    id: str
    severity: Severity
    text: str
    hint: str = ""
    cites: str = ""

    def at(self, place: Place = WHOLE, *, shape: str = "", **parts: object) -> Finding:
        """This rule's finding at `place`; `parts` fill the named parts of text and hint."""
        text, hint = self.text, self.hint
        if parts:
            text, hint = text.format(**parts), hint.format(**parts)
        return Finding(self.id, self.severity, text, place, hint, self.cites, shape)


_KINDS: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (str.isalpha, "letter", "letters"),
    (str.isdigit, "digit", "digits"),
    (str.isspace, "space", "spaces"),
)


def shape(value: Any) -> str:
    """The pattern of a value, without the value: "2 letters, 7 digits", "8 digits", "empty".

    Runs are counted in order; at most six are named, then "…", so that a long text does not become a fingerprint.
    """
    text = "" if value is None else str(value)
    if not text:
        return "empty"
    runs: list[tuple[str, str, int]] = []
    for char in text[:256]:
        one, many = next(((one, many) for is_kind, one, many in _KINDS if is_kind(char)), (f"'{char}'", f"'{char}'"))
        if not char.isprintable():
            one = many = "control character"
        elif not (char.isalnum() or char.isspace()) and char not in "-/.,:;'+()<>#*&@_":
            one, many = "sign", "signs"
        if runs and runs[-1][0] == one:
            runs[-1] = (one, many, runs[-1][2] + 1)
        else:
            runs.append((one, many, 1))
    named = [(one if one.startswith("'") and n == 1 else f"{n} {one if n == 1 else many}") for one, many, n in runs[:6]]
    return ", ".join(named) + (", …" if len(runs) > 6 or len(text) > 256 else "")


def alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings with those together that say the same of the same column of the same list, in the order of their first."""
    found: dict[tuple[Any, ...], list[Finding]] = {}
    for one in findings:
        place, of_column = one.place, one.place.person is not None or one.place.line is not None
        column = (
            (place.file, place.member, place.message, place.sheet, place.column, place.field) if of_column else place
        )
        key = (one.severity, one.code, one.text, one.hint, one.shape, one.tolerated, column)
        found.setdefault(key, []).append(one)
    return list(found.values())


_NAMED_PLACES = 3


def places(same: Sequence[Finding]) -> str:
    """Where findings that are alike stand: the first place, how many more there are, and which the next are."""
    first, more = same[0].place, [_short(one.place) for one in same[1:]]
    if not more:
        return str(first)
    named = ", ".join(more[:_NAMED_PLACES]) + (", …" if len(more) > _NAMED_PLACES else "")
    return f"{first}, and {counted(len(more), 'more place', 'more places')}: {named}"


def _short(place: Place) -> str:
    """The place in its column."""
    if place.cell is not None:
        return place.cell
    for name, number in (("line", place.line), ("segment", place.segment), ("person", place.person)):
        if number is not None:
            return f"{name} {number}"
    return str(place)


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 person", "2 persons", "1,200 persons"; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The gravest severity among `findings`, or None."""
    found = {finding.severity for finding in findings}
    return next((s for s in (Severity.ERROR, Severity.WARNING, Severity.INFO) if s in found), None)
