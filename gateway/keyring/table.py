"""Takes a TOML file apart into Structs and tells every problem at once, each with its place.

In: bytes and the Struct that the file must look like. Out: the Struct, or None with findings. msgspec converts each
value alone, so one wrong setting does not hide the next; a setting nobody knows is a problem too, for it is most
often a misspelt one.
"""

import tomllib
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from gateway.findings import Finding, Place, Rule, Severity

T = TypeVar("T", bound=msgspec.Struct)

UNREADABLE = Rule(
    id="K-02", severity=Severity.ERROR, text="the file is not valid TOML ({why})", hint="correct the file at that place"
)
UNKNOWN = Rule(
    id="K-03",
    severity=Severity.ERROR,
    text='"{name}" is not a setting here',
    hint="remove it, or correct its spelling; these are known: {known}",
)
MISSING = Rule(
    id="K-04", severity=Severity.ERROR, text='"{name}" is missing', hint="add it; keys/README.md says what it is"
)
WRONG = Rule(
    id="K-05", severity=Severity.ERROR, text='"{name}" cannot be used ({why})', hint="keys/README.md says what it is"
)


def read_table(data: bytes, kind: type[T], file: str, found: list[Finding]) -> T | None:
    """The file as a `kind`, or None; what is wrong is added to `found`."""
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error) or "nested too deeply"
        found.append(UNREADABLE.at(Place(path=file), why=why))
        return None
    return _take(table, kind, file, found)


def _take(table: dict[str, Any], kind: type[T], where: str, found: list[Finding]) -> T | None:
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
    for field in fields:
        name = field.encode_name
        if name in table:
            taken[field.name] = _value(table[name], hints[field.name], name, where, found)
        elif field.required:
            found.append(MISSING.at(Place(path=where), name=name))
    return kind(**taken) if len(found) == before else None


def _value(value: Any, kind: Any, name: str, where: str, found: list[Finding]) -> Any:
    """One setting: a table or a list of tables is taken apart in turn, anything else converted as it is."""
    inner, several = _struct_in(kind), get_origin(kind) is tuple
    if inner is not None and not several and isinstance(value, dict):
        return _take(value, inner, f"{where}, [{name}]", found)
    if inner is not None and several and isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return tuple(_take(row, inner, f"{where}, [[{name}]] {n}", found) for n, row in enumerate(value, start=1))
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        found.append(WRONG.at(Place(path=where), name=name, why=str(error).replace("`", "").replace("$", name)))
        return None


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct in `S`, `S | None` or `tuple[S, ...]`."""
    options = get_args(kind) if get_origin(kind) in (tuple, UnionType) else (kind,)
    return next((option for option in options if isinstance(option, type) and issubclass(option, msgspec.Struct)), None)
