"""What the values of known columns say besides their meaning: the order of dates, code lists, words without a meaning of ours,
and how full the lists usually are.

In: meanings with their columns. Out: `Said` lines for the draft: a key, a value, how sure, and why.

A word of a list is shown only where it is a code word and no value of a person: in a column of sexes, countries, kinds of
document or ports whose header says so or most of whose values our tables know, of letters alone, in five rows or more.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

import msgspec

from gateway.carrier import EVERY_DATE
from gateway.codes import countries, documents
from gateway.learn import days, vocabulary
from gateway.learn.days import DAYS
from gateway.learn.meaning import Meaning, Sure, kinds_of
from gateway.learn.values import Values
from gateway.manifest import DocumentType

_ROWS_OF_A_WORD = 5
_LONGEST_WORD = 30
_MOST_WORDS = 12
_ENOUGH_PERSONS = 20
_WORTH_WATCHING = ("sex", "birth_date", "nationality", "document.number")
_KNOWN = {
    "sex": lambda text: vocabulary.sexes(Values([text])).share > 0,
    "country": vocabulary.is_country,
    "document": vocabulary.is_document,
    "port": vocabulary.is_port,
}


class Said(msgspec.Struct, frozen=True):
    """One line of the draft. Only what is certain becomes a line that counts; the rest are comments to choose from."""

    key: str
    value: str
    sure: Sure
    why: str


def dates(meanings: Iterable[Meaning], fixed: Iterable[str], today: date) -> list[Said]:
    """The order of day and month of each field of dates that needs one; of all, where they agree. `fixed`: by the format."""
    given = [m for m in meanings if m.field and kinds_of(m.field) == DAYS and m.field not in fixed]
    orders = [
        (m, order) for m in given if (order := days.order(m.column.values, m.field, today)).order or order.is_open
    ]
    proven = {order.order for m, order in orders if order.order}
    if len(orders) > 1 and len(proven) == 1 and not any(order.is_open for _, order in orders):
        return [Said(EVERY_DATE, proven.pop(), Sure.CERTAIN, orders[0][1].said)]  # whatever each column is of
    said = []
    for m, order in orders:
        like = proven.copy().pop() if len(proven) == 1 else ""
        if order.order:
            said.append(Said(m.field, order.order, m.sure, order.said))
        elif "two orders" in order.said:
            said.append(Said(m.field, "", Sure.UNKNOWN, order.said))
        else:
            other = f"{order.said}; another column of the file has this order" if like else order.said
            said.append(Said(m.field, like, Sure.LIKELY if like else Sure.UNKNOWN, other))
    return said


def codes(meanings: Iterable[Meaning], fixed: Iterable[str]) -> list[Said]:
    """The code lists that sexes and kinds of document are written in, where words and plain letters do not tell."""
    said = []
    for m in meanings:
        different = m.column.values.different
        if m.field == "sex" and "sex" not in fixed and different and different.keys() <= vocabulary.DIGITS_OF_SEX:
            said.append(_digits_of_sex(set(different)))
        if m.field == "document.type" and "document.type" not in fixed:
            unread = [text for text in different if documents.document_type(text) is None]
            said += _dialects(list(different), unread)
    return said


def _digits_of_sex(digits: set[str]) -> Said:
    """0 and 1 may as well be no and yes: only both 1 and 2 look like the standard."""
    if {"1", "2"} <= digits:
        return Said("sex", "iso5218", Sure.LIKELY, "only digits, and ISO/IEC 5218 has 1 for male and 2 for female")
    return Said("sex", "", Sure.UNKNOWN, "only digits, and no list of codes is known that has just these")


def _dialects(different: Sequence[str], unread: Sequence[str]) -> list[Said]:
    if not unread or len(unread) > 12 or any(text in {one.value for one in DocumentType} for text in unread):
        return []
    reading = [
        d for d in vocabulary.DIALECTS if all(documents.document_type(text, d) is not None for text in different)
    ]
    if not reading:
        return []
    why = f"{len(unread)} codes are not plain letters or words, and of the lists we know only {' and '.join(reading)} has all of them"
    return [Said("document.type", reading[0], Sure.LIKELY, why)]


def lookups(meanings: Iterable[Meaning], coded: Iterable[str]) -> dict[str, list[Said]]:
    """Kind of lookup -> words that our tables do not know. `coded`: fields for which a code list is proposed instead."""
    found: dict[str, list[Said]] = {}
    for m in meanings:
        kind = "sex" if m.field == "sex" else next(iter(kinds_of(m.field)), "")
        if kind not in _KNOWN or m.field in coded or not _is_coded(m, kind):
            continue
        values = m.column.values
        pair = vocabulary.PAIRS.get(frozenset(values.different)) if kind == "sex" else None
        already = {one.key for one in found.get(kind, [])}
        unread = [
            (text, number)
            for text, number in values.different.most_common()
            if not _KNOWN[kind](text) or (pair and text in pair)
        ]
        for text, number in unread[:_MOST_WORDS]:
            if number >= _ROWS_OF_A_WORD and _is_word(text) and text not in already:
                ours = (pair or {}).get(text, "") or (_country(text) if kind == "country" else "")
                sure = Sure.LIKELY if ours else Sure.UNKNOWN
                found.setdefault(kind, []).append(Said(text, ours, sure, f"in {number} of {values.filled} rows"))
    return found


def _is_coded(m: Meaning, kind: str) -> bool:
    """Whether the column is surely one of codes: its header says so, or most of what stands in it is known."""
    known = m.column.values.share(_KNOWN[kind])
    return (
        known >= 0.6
        or (m.sure is Sure.CERTAIN and bool(m.column.field))
        or (kind == "sex" and m.column.share("sex") == 1)
    )


def _is_word(text: str) -> bool:
    return len(text) <= _LONGEST_WORD and text.replace(" ", "").replace("-", "").replace(".", "").isalpha()


def _country(word: str) -> str:
    """The one country whose word begins as this one does: an adjective of a language that our tables lack."""
    stems = [word[:-cut] for cut in (1, 2, 3) if len(word) - cut >= 4]
    codes = {found.code for stem in stems for end in ("", "a", "ia", "an") if (found := countries.country(stem + end))}
    return codes.pop() if len(codes) == 1 else ""


def people(sizes: Sequence[int]) -> Said | None:
    """How many persons a list holds: a third of the fewest to three times the most seen."""
    if not sizes:
        return None
    fewest, most = max(1, min(sizes) // 3), _rounded(max(sizes) * 3)
    lists = f"{len(sizes)} list{'s' if len(sizes) > 1 else ''} of {min(sizes):,}" + (
        f" to {max(sizes):,}" if len(sizes) > 1 else ""
    )
    sure = Sure.CERTAIN if min(sizes) >= _ENOUGH_PERSONS else Sure.UNKNOWN
    why = f"seen: {lists} persons" if sure is Sure.CERTAIN else f"seen: {lists} persons, too few to tell"
    return Said("people", f"{{ min = {fewest}, max = {most} }}", sure, why)


def _rounded(number: int) -> int:
    step = int("1" + "0" * (len(str(number)) - 2))
    return -(-number // step) * step


def shares(meanings: Sequence[Meaning]) -> list[Said]:
    """How full the columns are that a list lives by; five hundredths less, so that a good list is not called strange."""
    said = []
    for field in _WORTH_WATCHING:
        columns = [m.column.values for m in meanings if m.field == field and m.sure is Sure.CERTAIN]
        total, full = sum(len(values.texts) for values in columns), sum(values.filled for values in columns)
        if total >= _ENOUGH_PERSONS and full / total >= 0.5:
            share = int((full / total - 0.05) * 20) / 20
            said.append(Said(f'filled."{field}"', f"{share:.2f}", Sure.CERTAIN, f"seen: {full:,} of {total:,}"))
    return said


def service(fields: AbstractSet[str]) -> tuple[str, str]:
    """Cruise or ferry, and why: vehicles and lists without documents are ferries', visas and transit cruises'."""
    if "vehicle_registration" in fields:
        return "ferry", "vehicles stand beside persons"
    if {"visa.number", "transit"} & fields:
        return "cruise", "visas or transit stand beside persons"
    return ("cruise", "there are documents") if "document.number" in fields else ("ferry", "there are no documents")
