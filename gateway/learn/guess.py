"""What columns may be whose headers say nothing: by their values, by their neighbours, and by elimination.

In: the columns of a table, and which of them are known. Out: a `Guess` for those of which there is one. A guess is proven only
where two sorts of evidence in the values agree; the others are offered for a person to confirm.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec

from gateway.learn.sheets import Column
from gateway.learn.values import Look, Values

_ENOUGH = 0.8
_COUPLES = 20  # values that come again: fewer say nothing of a rule
_PURE, _MIXED = 0.97, 0.85
_SHARED = 0.1
_FEW_WORDS = 4  # a column of no more different words is one of codes


class Guess(msgspec.Struct, frozen=True):
    field: str
    why: str
    proven: bool = False


class _Open(msgspec.Struct):
    """What is settled so far. `free` are the columns that are not; `at`: field -> column; `all`: by their places."""

    all: dict[int, Column]
    free: list[Column]
    at: dict[str, int]
    found: dict[int, Guess] = {}

    def take(self, column: Column, field: str, why: str, proven: bool = False) -> None:
        if field not in self.at and column in self.free:
            self.free.remove(column)
            self.at[field] = column.at
            self.found[column.at] = Guess(field, why, proven)

    def like(self, kind: str, least: float = _ENOUGH) -> list[tuple[Column, Look]]:
        """The open columns that look so, in their order."""
        pairs = [(column, look) for column in self.free if (look := column.look(kind)) and look.share >= least]
        return [(column, look) for column, look in pairs if column.values.filled > 1]


def fields(columns: Sequence[Column], known: Mapping[int, str]) -> dict[int, Guess]:
    """A guess for each column of which there is one."""
    free = [column for column in columns if column.at not in known and column.values.filled]
    state = _Open({column.at: column for column in columns}, free, {field: at for at, field in known.items() if field})
    for step in _STEPS:
        step(state)
    _sex_and_names(state)
    return state.found


def _plain(state: _Open) -> None:
    """What its own form tells."""
    for kind, field in (
        ("mrz1", "mrz1"), ("mrz2", "mrz2"), ("mrz3", "mrz3"), ("email", "email"), ("sequence", "sequence"), ("sex", "sex"),
        ("role", "role"), ("care", "special_care"), ("phone", "phone"),
    ):  # fmt: skip
        for column, look in sorted(
            state.like(kind, 0.6 if kind in ("care", "sex") else _ENOUGH), key=lambda pair: -pair[1].share
        ):
            if kind == "phone" and _is_day(column):
                continue
            if kind != "sex" or look.share >= _ENOUGH or len(column.values.different) == 1:
                state.take(column, field, look.said, look.proven)


def _days(state: _Open) -> None:
    """Births, expiries, issues, days of travel; a second column of a kind is left alone."""
    for kind, names in (
        ("birth", ("birth_date",)),
        ("expiry", ("document.expiry",)),
        ("issued", ("document.issued",)),
        ("travel", ("embarked_at", "disembarks_on")),
    ):
        alike = [(column, look) for column, look in state.like(kind, 0.6) if not _is_other(column, kind)]
        if len(alike) <= len(names):
            for (column, look), field in zip(alike, names, strict=False):
                state.take(column, field, look.said, look.proven)


def _is_other(column: Column, kind: str) -> bool:
    """Whether it looks still more like something else."""
    return column.looks[0].kind not in (kind, "number", "cabin", "booking")


def _documents(state: _Open) -> None:
    for column, look in state.like("document"):
        if column.share("sex") < look.share or len(column.values.different) > 2:
            state.take(column, "document.type", look.said)
    numbers = [
        column
        for column, look in state.like("number")
        if not column.share("phone", "sequence") >= _ENOUGH and not _is_day(column)
    ]
    if numbers and "document.number" not in state.at:
        papers = [
            state.at[field]
            for field in ("document.type", "document.expiry", "document.issued", "document.issuer")
            if field in state.at
        ]
        best = min(numbers, key=lambda column: (_distance(column.at, papers), _is_digits(column), column.at))
        beside = ", beside the document's other columns" if papers and _distance(best.at, papers) <= 2 else ""
        state.take(best, "document.number", f"{_said(best, 'number')}{beside}")


def _is_day(column: Column) -> bool:
    return column.share("birth", "expiry", "issued", "travel", "day") >= _ENOUGH


def _is_digits(column: Column) -> bool:
    return column.values.share(str.isdigit) > 0.9


def _said(column: Column, kind: str) -> str:
    look = column.look(kind)
    return look.said if look else ""


def _distance(at: int, others: Sequence[int]) -> int:
    return min((abs(at - other) for other in others), default=99)


def _countries(state: _Open) -> None:
    """One is the nationality; of several, the one beside the document is its issuer, the one beside the birth its country."""
    alike = [
        column
        for column, look in state.like("country")
        if column.looks[0].share <= look.share or column.looks[0].kind == "letters"
    ]
    numbers = [state.at["document.number"]] if "document.number" in state.at else []
    papers = numbers + [state.at[field] for field in ("document.expiry", "document.type") if field in state.at]
    births = [state.at[field] for field in ("birth_date", "birth_place") if field in state.at]
    if "nationality" not in state.at and len(alike) == 1:
        state.take(alike[0], "nationality", f"{_said(alike[0], 'country')}, and no other column has them")
        return
    worded = [column for column in alike if "words" in _said(column, "country")]
    if len(alike) > 1 and len(worded) == 1:
        alike.remove(worded[0])
        state.take(worded[0], "nationality", f"{_said(worded[0], 'country')}, and the others are codes")
    if len(alike) > 1 and numbers and "document.issuer" not in state.at:
        number = state.all[numbers[0]].values
        gone = [column for column in alike if _is_blank_with(column.values, number)]
        if len(gone) == 1:
            alike.remove(gone[0])
            state.take(
                gone[0], "document.issuer", f"{_said(gone[0], 'country')}, and it is blank where the document is"
            )
    if alike and papers and "document.issuer" not in state.at:
        nearest = min(alike, key=lambda column: (_distance(column.at, numbers), _distance(column.at, papers)))
        if _distance(nearest.at, papers) <= 2:
            alike.remove(nearest)
            state.take(nearest, "document.issuer", f"{_said(nearest, 'country')}, beside the document's other columns")
    if len(alike) > 1 and births:
        nearest = min(alike, key=lambda column: _distance(column.at, births))
        if _distance(nearest.at, births) == 1:
            alike.remove(nearest)
            state.take(nearest, "birth_country", f"{_said(nearest, 'country')}, beside the birth")
    if len(alike) == 2 and numbers and not {"nationality", "document.issuer"} & state.at.keys():
        for column, field in zip(alike, ("nationality", "document.issuer"), strict=True):
            state.take(
                column,
                field,
                f"{_said(column, 'country')}, {'first' if field == 'nationality' else 'second'} of two columns",
            )
    elif len(alike) == 1:
        field = "nationality" if "nationality" not in state.at or not numbers else "document.issuer"
        state.take(alike[0], field, f"{_said(alike[0], 'country')}, and no other is left")


def _is_blank_with(values: Values, other: Values) -> bool:
    """Whether this column is blank exactly where the other one is, and somewhere it is."""
    blank = [text is None for text in values.texts]
    return any(blank) and blank == [text is None for text in other.texts]


def _ports(state: _Open) -> None:
    """Two: where they come on board and where they leave; of one alone nobody can tell."""
    alike = [column for column, look in state.like("port") if _is_code(column) or column.values.variety < 0.3]
    for column, field in zip(alike, ("embarkation", "disembarkation"), strict=False):
        if len(alike) > 1 or {"embarkation", "disembarkation"} & state.at.keys():
            state.take(
                column,
                field,
                f"{_said(column, 'port')}, {'first' if field == 'embarkation' else 'second'} of two columns",
            )
            state.take(column, "disembarkation", _said(column, "port"))


def _is_code(column: Column) -> bool:
    return column.values.share(lambda text: len(text) == 5 and text.isupper()) > 0.9


def _names(state: _Open) -> None:
    """By elimination among the columns of letters: names vary, a family stands together, places come again and again."""
    lettered = [column for column, _ in state.like("letters", 0.9) if not _is_coded(column)]
    for column in lettered:
        if column.share("rank") >= 0.5:
            state.take(column, "rank", _said(column, "rank"))
    names = [column for column in lettered if column in state.free and _is_varied(column)]
    missing = [field for field in ("family_name", "given_names") if field not in state.at]
    if "full_name" in state.at or not missing:
        return
    if len(missing) == 2 and len(names) == 1 and _is_whole(names[0].values):
        state.take(names[0], "full_name", "the only column of names, and most have two words or more")
    elif len(missing) == 2 and len(names) > 1:
        _two_names(state, names[0], names[1])
    elif len(missing) == 1 and len(names) == 1:
        state.take(names[0], missing[0], "the only column of names that is left")


def _two_names(state: _Open, first: Column, second: Column) -> None:
    """Which goes with one sex is the given name, which neighbours share is the family's; where neither shows, the family name comes
    first, as on most lists."""
    why = "the first of two columns of names", "the second of two columns of names"
    shared = first.values.beside_equal - second.values.beside_equal
    pure = 0.0
    if "sex" in state.at:
        sexes = state.all[state.at["sex"]].values
        pure = _purity(second.values, sexes) - _purity(first.values, sexes)
    if abs(shared) > _SHARED or abs(pure) > _SHARED:
        why = (
            "a name that neighbours share, or that goes with both sexes",
            "a name that goes with one sex, or each has their own",
        )
        first, second = (first, second) if shared + pure > 0 else (second, first)
    state.take(first, "family_name", why[0])
    state.take(second, "given_names", why[1])


def _is_coded(column: Column) -> bool:
    return (
        column.share("country", "document", "role", "answer", "care") >= _ENOUGH
        or column.share("port") >= _ENOUGH > column.values.variety
    )


def _is_varied(column: Column) -> bool:
    return column.values.filled < 6 or len(column.values.different) >= max(6, column.values.filled * 0.02)


def _is_whole(values: Values) -> bool:
    return values.share(lambda text: " " in text or "," in text) > 0.8


def _rest(state: _Open) -> None:
    """What is left by its form: places, bookings, cabins, plates, transit."""
    worded = [column for column, _ in state.like("letters", 0.9) if not _is_coded(column) and column.values.filled > 3]
    places = [column for column in worded if len(column.values.different) > _FEW_WORDS] or worded
    beside = [column for column in places if abs(column.at - state.at.get("birth_date", -9)) <= 2]
    if beside:
        state.take(beside[0], "birth_place", "words of letters beside the date of birth")
    elif (
        len(places) == 1
        and len(places[0].values.different) > _FEW_WORDS
        and {"full_name", "given_names"} & state.at.keys()
    ):
        state.take(places[0], "birth_place", "the only words of letters that are no names, and more than a few")
    for column, look in state.like("sex digits"):
        if column.values.different.keys() == {"1", "2"}:  # 0 and 1 may as well be no and yes
            state.take(column, "sex", look.said)
    for kind, field in (
        ("answer", "transit"),
        ("booking", "booking_reference"),
        ("plate", "vehicle_registration"),
        ("cabin", "cabin"),
    ):
        for column, look in state.like(kind, 0.9):
            if not _is_day(column) and column.share("country", "sex", "port") < look.share:
                state.take(column, field, look.said)


_STEPS: tuple[Callable[[_Open], None], ...] = (_plain, _days, _documents, _countries, _ports, _names, _rest)


def _sex_and_names(state: _Open) -> None:
    """A given name goes with one sex, a family name with both: where that is so, the letters of the sexes are proven."""
    by_at = state.all
    at = state.at.get("sex", -1)
    names = [by_at[state.at[field]] for field in ("family_name", "given_names") if field in state.at]
    if at not in state.found or len(names) < 2 or by_at[at].share("sex") < 0.95:
        return
    low, high = sorted(_purity(column.values, by_at[at].values) for column in names)
    if high >= _PURE and low <= _MIXED:
        state.found[at] = Guess("sex", f"{state.found[at].why}, and each given name goes with one", True)


def _purity(names: Values, sexes: Values) -> float:
    """How often a first name that comes again comes with its commonest sex; 0.9 where too few come again."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for name, sex in zip(names.texts, sexes.texts, strict=True):
        if name and sex:
            seen[name.split()[0].casefold()][sex] += 1
    again = [count for count in seen.values() if count.total() > 1]
    total = sum(count.total() for count in again)
    return sum(max(count.values()) for count in again) / total if total >= _COUPLES else 0.9
