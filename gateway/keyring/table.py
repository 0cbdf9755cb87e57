"""Takes a TOML file apart into Structs and tells every problem at once, each with its place.

In: bytes and the Struct that the file must look like. Out: the Struct if it is whole, and beside it every part that is
known, so that one wrong setting hides neither the next nor what can be asked of the others. A setting nobody knows is a
problem too, for it is most often a misspelt one.
"""

import re
import tomllib
from datetime import date
from enum import EnumMeta
from types import UnionType
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from gateway.findings import Finding, Place, Rule, Severity

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

UNREADABLE = Rule(
    id="K-02",
    severity=Severity.ERROR,
    text="the file cannot be read: {why}",
    hint='correct it there and save it as UTF-8; texts stand in "quotation marks", dates do not, lists in [ ]',
)
UNKNOWN = Rule(
    id="K-03",
    severity=Severity.ERROR,
    text='"{name}" is not a setting here',
    hint="remove it, or correct its spelling; these are known: {known}",
)
MISSING = Rule(
    id="K-04",
    severity=Severity.ERROR,
    text='"{name}" is missing: expected {expected}',
    hint="add it; keys/README.md says what it is",
)
WRONG = Rule(
    id="K-05",
    severity=Severity.ERROR,
    text='"{name}" cannot be used: expected {expected}',
    hint="correct it; keys/README.md says what it is",
)

_AT_LINE = re.compile(r"\(at line (\d+)")
_FAULTS = (
    (re.compile("twice|overwrite|mutate|already|duplicate", re.I), "what stands there was said before"),
    (re.compile("date", re.I), "there is no such date or time"),
    (re.compile("at end of document"), "the text ends where something is still expected"),
)


class Read(NamedTuple, Generic[T]):
    """`whole` where nothing was wrong. `parts`: what is known by field, defaults too; of a table in it its own parts, of a
    list of tables those that are whole, and None for the others."""

    whole: T | None
    parts: Any


def read_table(data: bytes, kind: type[S], file: str, found: list[Finding]) -> Read[S]:
    """The file as a `kind`; what is wrong is added to `found`."""
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found.append(UNREADABLE.at(_line(file, data.count(b"\n", 0, error.start) + 1), why="it is not UTF-8 text"))
    except RecursionError:
        found.append(UNREADABLE.at(Place(path=file), why="lists or tables stand in each other too deeply"))
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        number = int(line[1]) if line else data.rstrip().count(b"\n") + 1
        why = next((ours for theirs, ours in _FAULTS if theirs.search(str(error))), "this is not how TOML is written")
        found.append(UNREADABLE.at(_line(file, number), why=why))
    else:
        return take_table(table, kind, file, found)
    return Read(None, {})


def _line(file: str, number: int) -> Place:
    return Place(path=f"{file}, line {number}")


def take_table(table: dict[str, Any], kind: type[S], where: str, found: list[Finding]) -> Read[S]:
    """A table that was read already, as a `kind`."""
    fields = msgspec.structs.fields(kind)
    hints = get_type_hints(kind, include_extras=True)
    known = {field.encode_name for field in fields}
    before = len(found)
    found.extend(
        UNKNOWN.at(Place(path=where), name=name[:60], known=", ".join(sorted(known)))
        for name in table
        if name not in known
    )
    taken: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    for field in fields:
        name, hint = field.encode_name, hints[field.name]
        if name in table:
            read = _value(table[name], hint, name, where, found)
            if read is not None:
                taken[field.name], parts[field.name] = read
        elif field.required:
            found.append(MISSING.at(Place(path=where), name=name, expected=_expected(hint, name)))
        else:
            parts[field.name] = field.default
    return Read(kind(**taken) if len(found) == before else None, parts)


def _value(value: Any, kind: Any, name: str, where: str, found: list[Finding]) -> Read[Any] | None:
    """One setting: a table or a list of tables is taken apart in turn, anything else converted as it is."""
    inner, several = _struct_in(kind), get_origin(kind) is tuple
    if inner is not None and not several and isinstance(value, dict):
        return take_table(value, inner, f"{where}, [{name}]", found)
    if inner is not None and several and isinstance(value, list) and all(isinstance(row, dict) for row in value):
        rows = tuple(
            take_table(row, inner, f"{where}, [[{name}]] {n}", found).whole for n, row in enumerate(value, start=1)
        )
        return Read(rows, rows)
    try:
        converted = msgspec.convert(value, kind)
    except msgspec.ValidationError:
        found.extend(_wrong(value, kind, name, where))
        return None
    return Read(converted, converted)


def _wrong(value: Any, kind: Any, name: str, where: str) -> list[Finding]:
    """Every wrong entry of a list of values, else the setting as a whole."""
    one = _entry(kind)
    if one is not None and isinstance(value, list):
        wrong = [n for n, entry in enumerate(value, start=1) if not _fits(entry, one)]
        if wrong:
            place = [Place(path=f'{where}, "{name}", entry {n}') for n in wrong]
            return [WRONG.at(at, name=name, expected=_expected(one, name)) for at in place]
    return [WRONG.at(Place(path=where), name=name, expected=_expected(kind, name))]


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct in `S`, `S | None` or `tuple[S, ...]`."""
    options = get_args(kind) if get_origin(kind) in (tuple, UnionType) else (kind,)
    return next((option for option in options if isinstance(option, type) and issubclass(option, msgspec.Struct)), None)


def _entry(kind: Any) -> Any:
    """What a list of values holds, or None where `kind` is no such list."""
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_args(bare)[0] if get_origin(bare) is tuple and _struct_in(bare) is None else None


def _expected(kind: Any, name: str) -> str:
    """What may stand there, in words for the person who writes it."""
    if get_origin(kind) is UnionType:
        kind = get_args(kind)[0]  # S | None: TOML has no None
    if _struct_in(kind) is not None:
        return f"a table for each, [[{name}]]" if get_origin(kind) is tuple else f"a table, [{name}]"
    one = _entry(kind)
    if one is not None:
        return f"a list in [ ] with an entry at least, each {_expected(one, name)}"
    if get_origin(kind) is Annotated:
        range = get_args(kind)[1]
        return range.description or f"a whole number from {range.ge} to {range.le}"
    choices = get_args(kind) if get_origin(kind) is Literal else kind if isinstance(kind, EnumMeta) else ()
    if choices:
        return "one of " + ", ".join(f'"{choice}"' for choice in choices)
    return {bool: "true or false", date: "a date such as 2027-01-31"}.get(kind, "a text in quotation marks")
