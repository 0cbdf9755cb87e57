"""What stands above a table, or in a form such as FAL 1: "Name of ship: …", a label with its value beside, below or behind.

In: a sheet and the rows to look at. Out: header field -> text and place, and which boxes were seen and left out. The value is
behind the colon, in the next filled cell to the right (never another label), on the label's second line, or below a row of
labels. FAL forms 1, 5 and 6 (FAL.14(46)), the UK NMSW's FAL 1, and what ships' offices make of them.
"""

import re
from collections.abc import Mapping

import msgspec

from gateway.findings import Place
from gateway.formats.grid import Sheet, letters
from gateway.formats.raw import HeaderValue
from gateway.formats.tables.words import COLUMNS, INSTRUCTION, LABELS, is_worded, key

_FARTHEST = 6  # columns between a label and its value: merged cells leave gaps
_LONGEST = 70
_COLON = re.compile(
    r"((?:[^:(\[]|\([^)]*\)|\[[^\]]*\])*):(.*)"
)  # the first outside brackets: "Time of arrival (hh:mm)"
_ELEMENT = re.compile(r"\s*DE-\d{3}-\d\d\s*")  # EMSWe's number of the data element, which its templates show


class Labels(msgspec.Struct):
    """`header` may hold `this.port` and the like, for `settled`; `left_out` are labels of boxes that a list has no field for;
    `seen` counts all labels, filled or not."""

    header: dict[str, HeaderValue] = {}
    left_out: list[str] = []
    seen: int = 0


class _Found(msgspec.Struct):
    row: int
    column: int
    field: str
    text: str
    behind: str  # the colon
    under: str  # on the label's second line


def find(sheet: Sheet, rows: range) -> Labels:
    """All labels with a value on these rows; the first of a kind counts."""
    seen = {(row, column): label for row in rows for column, label in _row(sheet, row)}
    labels = Labels(seen=len(seen))
    for label in seen.values():
        value = _beside(sheet, label, seen) or _second_line(sheet, label) or _below(sheet, label, seen)
        if value is None:
            continue
        if label.field == "-":
            labels.left_out.append(label.text)
        else:
            labels.header.setdefault(label.field, value)
    return labels


def is_label(text: str) -> bool:
    return _label(0, 0, text) is not None


def _row(sheet: Sheet, row: int) -> list[tuple[int, _Found]]:
    found = []
    for column, text in enumerate(sheet.row(row)):
        if text and (label := _label(row, column, text)):
            found.append((column, label))
    return found


def _label(row: int, column: int, text: str) -> _Found | None:
    line, *more = [part.strip() for part in text.strip().split("\n") if part.strip()] or [""]
    name, behind = (match[1], match[2].strip()) if (match := _COLON.match(line)) else (line, "")
    if len(name) > _LONGEST:
        return None
    for words in (key(name), key(re.sub(r"[(\[].*", " ", name))):
        if field := LABELS.get(words):
            is_value = len(more) == 1 and more[0][0] not in "([" and not INSTRUCTION.match(key(more[0]))
            under = more[0] if is_value else ""
            shown = name if is_worded(name) else re.sub(r"[(\[].*", "", name)
            return _Found(row, column, field, " ".join(shown.split()), behind, under)
    return None


def _value(sheet: Sheet, row: int, column: int, text: str, field: str) -> HeaderValue:
    if sheet.name is None:
        return HeaderValue(text, Place(line=sheet.line(row), field=field))
    return HeaderValue(text, Place(sheet=sheet.name, cell=f"{letters(column)}{row + 1}", field=field))


def _beside(sheet: Sheet, label: _Found, seen: dict[tuple[int, int], _Found]) -> HeaderValue | None:
    """Behind the colon, or the next filled cell to the right."""
    if label.behind:
        return _value(sheet, label.row, label.column, label.behind, label.field)
    for column in range(label.column + 1, min(label.column + 1 + _FARTHEST, len(sheet.columns))):
        if (label.row, column) in seen:
            return None
        if (text := sheet.columns[column].text(label.row)) and not _ELEMENT.fullmatch(text):
            return _value(sheet, label.row, column, text, label.field) if key(text) not in COLUMNS else None
    return None


def _second_line(sheet: Sheet, label: _Found) -> HeaderValue | None:
    return _value(sheet, label.row, label.column, label.under, label.field) if label.under else None


def _below(sheet: Sheet, label: _Found, seen: dict[tuple[int, int], _Found]) -> HeaderValue | None:
    """Only below a row that holds nothing but labels, at least two; and not where labels stand below as well."""
    row = [(column, text) for column, text in enumerate(sheet.row(label.row)) if text is not None]
    labels = sum((label.row, column) in seen or COLUMNS.get(key(text)) == "sequence" for column, text in row)
    if labels < 2 or len(row) > labels or any(place[0] == label.row + 1 for place in seen):
        return None
    text = sheet.columns[label.column].text(label.row + 1)
    return _value(sheet, label.row + 1, label.column, text, label.field) if text else None


def settled(header: dict[str, HeaderValue]) -> tuple[dict[str, HeaderValue], HeaderValue | None]:
    """The header in the words of `HEADER_FIELDS`; and a port or date of which the form does not say whether it is of
    the arrival or of the departure, where there is one."""
    given = dict(header)
    end = _end(given)
    unclear = None
    for part in ("port", "date"):
        if (value := given.pop(f"this.{part}", None)) is not None:
            if end:
                given.setdefault(f"{end}.{part}", value)
            else:
                unclear = unclear or value
    for end in ("arrival", "departure"):
        day, clock = given.pop(f"{end}.date", None), given.pop(f"{end}.time", None)
        if day is not None:
            given.setdefault(f"{end}.estimated", _moment(day, clock))
        elif clock is not None:  # "Departure time", and both stand in it
            given.setdefault(f"{end}.estimated", clock)
    fields = {
        field: HeaderValue(value.text, msgspec.structs.replace(value.place, field=field))
        for field, value in given.items()
    }
    return fields, unclear


def is_of_other_end(one: Mapping[str, HeaderValue], other: Mapping[str, HeaderValue]) -> bool:
    """Whether one is said of an arrival, and the other of a departure."""
    return {_end(one), _end(other)} == {"arrival", "departure"}


def _end(given: Mapping[str, HeaderValue]) -> str:
    said = key(given["direction"].text) if "direction" in given else ""
    return "arrival" if said.startswith(("arr", "arv")) else "departure" if said.startswith("dep") else ""


def _moment(day: HeaderValue, clock: HeaderValue | None) -> HeaderValue:
    if clock is None:
        return day
    between = "T" if re.fullmatch(r"\d{4}-\d\d-\d\d", day.text) else " "
    return HeaderValue(f"{day.text.strip()}{between}{clock.text.strip()}", day.place)
