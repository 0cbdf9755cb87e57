"""Decoded JSON into our own Structs without giving up at the first mistake.

In: what a JSON library made of some text, and a Struct type. Out: its members that fit, and a `Departure` for each that
does not, that nobody knows, or that is missing. What does not fit is left out, with what cannot stand without it: a
nationality without its code is no nationality. Agrees with the JSON Schema of the same type (`published`), 2020-12.
"""

import re
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, NamedTuple

import msgspec
from msgspec import inspect

from gateway.findings import shape

Steps = tuple[str | int, ...]
"""The way to a value: names of members and positions from 0."""


class Departure(NamedTuple):
    """`told`: what was expected of a misfit, or the name of a member that is missing. `value`: the misfit itself;
    of an unknown member, the names that are known."""

    kind: Literal["misfit", "unknown", "missing"]
    steps: Steps
    told: str = ""
    value: Any = None

    def __repr__(self) -> str:
        return f"<Departure {self.kind}>"


Say = Callable[[Departure], None]
Fit = Callable[[Any, Steps, Say], Any]
"""given value, where it stands, whom to tell -> the value, or NOTHING."""


class _Nothing(Enum):
    NOTHING = "nothing"


NOTHING: Final = _Nothing.NOTHING

_PLAIN_NAME = re.compile(r"[a-z][A-Za-z0-9_]{0,39}")


def members(given: dict[str, Any], kind: type[msgspec.Struct], steps: Steps, say: Say) -> dict[str, Any]:
    """The members of `given` that fit those of `kind`. Whether a required one is missing is for the caller to ask."""
    fits = _members_of(kind)
    kept: dict[str, Any] = {}
    for name, value in given.items():
        fit = fits.get(name)
        if fit is None:
            say(Departure("unknown", (*steps, named(name)), value=fits.keys()))
            continue
        fitted = fit(value, (*steps, name), say)
        if fitted is not NOTHING:
            kept[name] = fitted
    return kept


def required(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The members that one of `kind` cannot be without."""
    return _required(kind)


def named(name: str) -> str:
    """A member's name as it may be shown: one that does not look like a name of a member could be a person's."""
    return name if _PLAIN_NAME.fullmatch(name) else f"({shape(name)})"


@cache
def _members_of(kind: type[msgspec.Struct]) -> dict[str, Fit]:
    return {field.encode_name: _fit(inspect.type_info(field.type)) for field in msgspec.structs.fields(kind)}


@cache
def _required(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind) if field.required)


def _fit(info: inspect.Type, expected: str = "") -> Fit:
    """The function that fits values to a type. `expected`: the type's own description, where it has one."""
    match info:
        case inspect.Metadata():
            return _fit(info.type, (info.extra_json_schema or {}).get("description", ""))
        case inspect.UnionType():
            return _or_null(_fit(next(one for one in info.types if not isinstance(one, inspect.NoneType)), expected))
        case inspect.StructType():
            return _struct(info.cls)
        case inspect.VarTupleType():
            return _list(_fit(info.item_type))
        case inspect.TupleType():
            return _tuple([_fit(item) for item in info.item_types])
        case inspect.DictType():
            return _map(_fit(info.value_type))
        case inspect.EnumType():
            return _one_of({one.value: one for one in info.cls})
        case inspect.LiteralType():
            return _one_of({value: value for value in info.values})
        case inspect.IntType():
            return _integer(info, expected)
        case inspect.BoolType():
            return _of_type(bool, "true or false")
        case inspect.StrType():
            return _text(info, expected)
    raise TypeError(f"the schema has a type that cannot be fitted: {info}")


def _or_null(fit: Fit) -> Fit:
    return lambda given, steps, say: None if given is None else fit(given, steps, say)


def _misfit(given: Any, steps: Steps, say: Say, expected: str) -> _Nothing:
    say(Departure("misfit", steps, expected, given))
    return NOTHING


def _of_type(kind: type, expected: str) -> Fit:
    return lambda given, steps, say: given if isinstance(given, kind) else _misfit(given, steps, say, expected)


def _text(info: inspect.StrType, expected: str) -> Fit:
    if info.pattern is None:
        return _of_type(str, "a text")
    matches = re.compile(info.pattern.strip("^$"), re.ASCII).fullmatch  # as JSON Schema reads it: \d is 0 to 9

    def fit(given: Any, steps: Steps, say: Say) -> Any:
        if isinstance(given, str) and matches(given):
            return given
        return _misfit(given, steps, say, expected)

    return fit


def _integer(info: inspect.IntType, expected: str) -> Fit:
    least, most = info.ge or 0, info.le or 2**53

    def fit(given: Any, steps: Steps, say: Say) -> Any:
        if isinstance(given, float) and given.is_integer():  # 1.0 is an integer in JSON
            given = int(given)
        if isinstance(given, int) and not isinstance(given, bool) and least <= given <= most:
            return given
        return _misfit(given, steps, say, f"a whole number from {least} to {most:,}")

    return fit


def _one_of(values: dict[Any, Any]) -> Fit:
    expected = "one of " + ", ".join(sorted(values))

    def fit(given: Any, steps: Steps, say: Say) -> Any:
        return values[given] if isinstance(given, str) and given in values else _misfit(given, steps, say, expected)

    return fit


def _list(item: Fit) -> Fit:
    def fit(given: Any, steps: Steps, say: Say) -> Any:
        if not isinstance(given, list):
            return _misfit(given, steps, say, "a list")
        fitted = (item(one, (*steps, at), say) for at, one in enumerate(given))
        return tuple(one for one in fitted if one is not NOTHING)

    return fit


def _tuple(items: list[Fit]) -> Fit:
    def fit(given: Any, steps: Steps, say: Say) -> Any:
        if not isinstance(given, list) or len(given) != len(items):
            return _misfit(given, steps, say, f"a list of {len(items)} texts")
        fitted = tuple(item(one, (*steps, at), say) for at, (item, one) in enumerate(zip(items, given, strict=True)))
        return NOTHING if NOTHING in fitted else fitted

    return fit


def _map(value: Fit) -> Fit:
    def fit(given: Any, steps: Steps, say: Say) -> Any:
        if not isinstance(given, dict):
            return _misfit(given, steps, say, "an object")
        fitted = {key: value(one, (*steps, named(key)), say) for key, one in given.items()}
        return {key: one for key, one in fitted.items() if one is not NOTHING}

    return fit


def _struct(kind: type[msgspec.Struct]) -> Fit:
    def fit(given: Any, steps: Steps, say: Say) -> Any:
        if not isinstance(given, dict):
            return _misfit(given, steps, say, "an object")
        kept = members(given, kind, steps, say)
        missing = [name for name in _required(kind) if name not in kept]
        for name in missing:
            if name not in given:
                say(Departure("missing", steps, name))
        return NOTHING if missing else kind(**kept)

    return fit
