"""Which field each column of a table is, and how sure that is.

In: a `Table`. Out: a `Meaning` for each column. Certain is what two independent sorts of evidence agree on, its header and its
values, or two sorts in the values (a form and a check digit); or a header that is a word of ours while the values do not speak
against it. Likely is what one sort of evidence says. Everything else is unknown. Certain is never a matter of points.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from gateway.formats.tables.words import key
from gateway.learn import guess, hints
from gateway.learn.days import DAYS
from gateway.learn.sheets import Column, Table
from gateway.learn.values import Look

_KINDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("birth_date", "embarked_at", "disembarks_on"), DAYS),
    **dict.fromkeys(("sex",), frozenset(("sex", "sex digits"))),
    **dict.fromkeys(("nationality", "nationality2", "nationality3", "residence_country", "birth_country"), frozenset(("country",))),
    **dict.fromkeys(("embarkation", "disembarkation", "departure.port", "arrival.port", "last_port", "next_port"), frozenset(("port",))),
    **dict.fromkeys(("family_name", "given_names", "middle_names", "full_name"), frozenset(("letters",))),
    "sequence": frozenset(("sequence",)),
    "role": frozenset(("role",)),
    "transit": frozenset(("answer",)),
    "email": frozenset(("email",)),
    "rank": frozenset(("rank", "letters")),
    "mrz1": frozenset(("mrz1",)), "mrz2": frozenset(("mrz2",)), "mrz3": frozenset(("mrz3",)),
}  # fmt: skip
_PARTS = {"expiry": DAYS, "issued": DAYS, "issuer": frozenset(("country",)), "type": frozenset(("document",))}
_HINTED = {
    "number": frozenset(("number",)), "cabin": frozenset(("cabin",)), "booking_reference": frozenset(("booking",)),
    "phone": frozenset(("phone",)), "vehicle_registration": frozenset(("plate",)), "special_care": frozenset(("care",)),
}  # fmt: skip
"""What supports a hint, and is too narrow to be asked of a column whose header is plain."""
_UNMISTAKABLE = frozenset(
    ("birth", "expiry", "issued", "travel", "sex", "country", "email", "mrz1", "mrz2", "sequence")
)
_DIGITS = frozenset(("number", "phone", "vehicle_registration"))
_AGAINST = 0.9
_FOR = 0.5
_FEW = 5  # values: from fewer, content says little
_MANY = 20


class Sure(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    UNKNOWN = "unknown"


class Meaning(msgspec.Struct, frozen=True):
    """`field` is an empty text where it is unknown. `why` is for a person."""

    column: Column
    field: str
    sure: Sure
    why: str


def kinds_of(field: str) -> frozenset[str]:
    """The kinds of values that a field has; none where anything may stand there."""
    return _KINDS.get(field) or _PARTS.get(field.partition(".")[2], frozenset())


def meanings(table: Table) -> list[Meaning]:
    """All columns, in their order on the sheet."""
    found = {column.at: _by_word(column, _is_told_apart(column, table)) for column in table.columns if column.field}
    rest = [column for column in table.columns if column.at not in found]
    hinted = [one for column in rest if column.values.filled and (one := _hinted(column))]
    claims = Counter([one.field for one in (*found.values(), *hinted)])
    found |= {one.column.at: one for one in hinted if claims[one.field] == 1}
    guessed = guess.fields(table.columns, {at: one.field for at, one in found.items()})
    for column in table.columns:
        if column.at not in found:
            found[column.at] = _guessed(column, guessed)
    return [found[column.at] for column in table.columns]


def _is_told_apart(column: Column, table: Table) -> bool:
    """Whether all columns of its header are parts of documents that each have a number."""
    twins = [other for other in table.columns if key(other.header) == key(column.header) and other.values.filled]
    return all(f"{other.field.partition('.')[0]}.number" in table.header.columns for other in twins)


def _by_word(column: Column, told_apart: bool) -> Meaning:
    """Its header is a word of ours; its values may speak against it, and so may another column of the very same header."""
    field, values = column.field, column.values
    kinds = kinds_of(field)
    if not values.filled:
        return Meaning(column, field, Sure.CERTAIN, "by its header; empty here")
    fits = column.share(*kinds) if kinds else 1.0
    against = _against(column, field)
    if against and (fits < _FOR or not kinds or kinds == DAYS or field == "full_name"):
        return Meaning(column, field, Sure.LIKELY, f"so says the header, but {against}")
    if kinds and fits < _FOR and values.filled >= 3:
        return Meaning(
            column, field, Sure.LIKELY, f"so says the header, but few of its {values.filled} values read as that"
        )
    if column.is_twin and not told_apart:
        return Meaning(column, field, Sure.LIKELY, "so says the header, and another column has the same")
    if hints.says_little(column.header) and (not kinds or fits < _AGAINST):
        return Meaning(column, field, Sure.LIKELY, "so says the header, and many things are called so")
    look = column.look(*kinds) if kinds else None
    return Meaning(column, field, Sure.CERTAIN, f"header; {look.said}" if look and fits >= _FOR else "by its header")


def _against(column: Column, field: str) -> str:
    """What the values are instead, where that is plain."""
    kinds, part = kinds_of(field), field.rpartition(".")[2]
    if column.values.filled < _FEW:
        return ""
    if part in _DIGITS and column.values.share(_has_digit) < 1 - _AGAINST:
        return "hardly any of its values has a digit"
    if field == "full_name" and column.values.share(_is_whole) < _FOR:
        return "most of its values are one word"
    for look in column.looks:
        if look.share < _AGAINST or look.kind not in _UNMISTAKABLE:
            continue
        if look.kind in DAYS and kinds == DAYS:
            if _is_other_day(look, field, column.values.filled):
                return look.said
        elif look.kind not in kinds and (kinds or look.kind in DAYS or look.kind in ("email", "mrz1", "mrz2")):
            return look.said
    return ""


def _is_other_day(look: Look, field: str, number: int) -> bool:
    """Births are never to come, and a population's are no expiries; the finer differences take many values to see."""
    own = {"birth_date": "birth", "expiry": "expiry", "issued": "issued"}.get(field.rpartition(".")[2], "travel")
    plain = look.proven or (look.kind == "expiry" and own in ("birth", "issued"))
    return look.kind != own and (plain or (number >= _MANY and look.kind in ("issued", "travel")))


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _is_whole(text: str) -> bool:
    return " " in text or "," in text


def _hinted(column: Column) -> Meaning | None:
    """Its header resembles a word of ours, and its values are of the kind that this word has."""
    hint = hints.hint(column.header)
    possible = [field for field in hint.fields if not _against(column, field)]
    agreeing = [field for field in possible if column.share(*_supporting(field)) >= _AGAINST]
    if len(agreeing) != 1:
        vague = [field for field in possible if not kinds_of(field)]
        is_one = not agreeing and len(vague) == 1 == len(possible)
        return Meaning(column, vague[0], Sure.LIKELY, "the header resembles its word") if is_one else None
    field = agreeing[0]
    look = column.look(*_supporting(field))
    is_plain = (
        hint.whole
        and not column.is_twin
        and column.values.filled >= _FEW
        and kinds_of(field) != frozenset(("letters",))
    )
    why = f"the header resembles its word; {look.said if look else ''}"
    return Meaning(column, field, Sure.CERTAIN if is_plain else Sure.LIKELY, why)


def _supporting(field: str) -> frozenset[str]:
    return kinds_of(field) or _HINTED.get(field) or _HINTED.get(field.partition(".")[2], frozenset())


def _guessed(column: Column, guessed: Mapping[int, guess.Guess]) -> Meaning:
    found = guessed.get(column.at)
    if found:
        is_certain = found.proven and not column.is_twin
        return Meaning(column, found.field, Sure.CERTAIN if is_certain else Sure.LIKELY, found.why)
    look = column.looks[0] if column.looks else None
    said = look.said if look and look.share >= _FOR else f"{column.values.filled} of {len(column.values.texts)} filled"
    return Meaning(column, "", Sure.UNKNOWN, said if column.values.filled else "empty here")
