"""Columns of one list that have the very same header: told apart by what stands in them and by their order, and said.

In: a sheet and its header. Out: the header, with what the twins were taken for in `twins`, or in `doubled` what stays unread.
"Name" and "Name" of one word each are the family name and the given names, in this order; of two "No." the one that counts the
persons is their number; a second nationality may stand under the same header, a second document without a number may not.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

from gateway.formats.grid import Sheet
from gateway.formats.tables.headers import Header
from gateway.formats.tables.words import key

_SAMPLE = 200  # rows
_MOST, _NEARLY_ALL = 0.5, 0.8
_LONGEST = 7  # digits of a position in a list


def settle(sheet: Sheet, header: Header, named: Mapping[str, str]) -> Header:
    """`named`: the profile's columns, by `key`: nothing is guessed of those."""
    by_words: dict[str, list[int]] = defaultdict(list)
    for column, text in header.texts.items():
        if (words := key(text)) and words not in named and _values(sheet, header, column):
            by_words[words].append(column)
    for columns in by_words.values():
        if len(columns) > 1:
            _names(sheet, header, columns)
            _numbers(sheet, header, columns)
            _second_ones(header, columns)
    return header


def _values(sheet: Sheet, header: Header, column: int) -> list[str]:
    texts = sheet.columns[column].texts[header.row + 1 : header.row + 1 + _SAMPLE]
    return [text.strip() for text in texts if text and text.strip()]


def _names(sheet: Sheet, header: Header, columns: list[int]) -> None:
    first, second = columns[:2]
    fields = header.columns
    if (
        fields.get("full_name") != first
        or second not in header.doubled
        or {"family_name", "given_names"} & fields.keys()
    ):
        return
    texts = _values(sheet, header, first) + _values(sheet, header, second)
    if sum(" " in text or "," in text for text in texts) < _MOST * len(texts):
        fields["family_name"], fields["given_names"] = fields.pop("full_name"), second
        header.doubled.remove(second)
        header.twins.append(second)


def _numbers(sheet: Sheet, header: Header, columns: list[int]) -> None:
    """The first one is read, unless only another counts the persons."""
    first = header.columns.get("sequence")
    if first not in columns or _counts(sheet, header, first):
        return
    counting = [column for column in columns if column in header.doubled and _counts(sheet, header, column)]
    if len(counting) == 1:
        header.columns["sequence"] = counting[0]
        header.doubled[header.doubled.index(counting[0])] = first


def _counts(sheet: Sheet, header: Header, column: int) -> bool:
    texts = _values(sheet, header, column)
    numbers = [int(text) if text.isdecimal() and len(text) <= _LONGEST else None for text in texts]
    steps = [(one, other) for one, other in pairwise(numbers) if one is not None and other is not None]
    return bool(steps) and sum(other - one == 1 for one, other in steps) >= _NEARLY_ALL * (len(texts) - 1)


def _second_ones(header: Header, columns: list[int]) -> None:
    """What was taken for a part of a second document, though nothing else is said of one, says the same as the first."""
    for field, column in list(header.columns.items()):
        slot, _, part = field.partition(".")
        if column not in columns[1:]:
            continue
        if slot.startswith("nationality"):
            header.twins.append(column)
        elif (
            slot in ("document2", "document3", "visa2") and part != "number" and f"{slot}.number" not in header.columns
        ):
            del header.columns[field]
            header.doubled.append(column)
