"""The persons of a list: columns of values become `Person`s.

In: the columns of a `Draft`, the kind of list, the leg. Out: one `Person` a row, in the list's order. Who is crew is
said by the role, else by the kind of the list, else (in a mixed list) by having a rank. The first crew member with the
master's role or rank is the master. Columns that the schema has no field for stay with the person as extras.
"""

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from gateway.codes import ranks
from gateway.codes.names import is_placeholder, latin, missing_reason
from gateway.findings import Rule, Severity
from gateway.manifest import ListKind, Nationality, Person, Role, Sex, Voyage
from gateway.normalise import coded, names, words
from gateway.normalise.dateforms import Meaning
from gateway.normalise.draft import Column, Draft, Notes, folded
from gateway.normalise.mrz import from_mrz
from gateway.normalise.papers import papers
from gateway.normalise.text import is_tidy, tidy

UNDIVIDED_BIRTH = Rule(
    id="N-50",
    severity=Severity.ERROR,
    text="date and place of birth stand in one value and cannot be divided",
    hint="send them apart",
    cites="IMO FAL 5, items 10 and 11",
)
SEQUENCE = Rule(
    id="N-51",
    severity=Severity.INFO,
    text="the running numbers are not whole numbers from 1 to 99999, each once; persons were counted in the order of the list",
    hint="number the persons from 1",
    cites="IMO0044; EMSWe DE-001-02",
)
RULES = (UNDIVIDED_BIRTH, SEQUENCE)

_TEXTS = (
    "cabin", "booking_reference", "carrier_reference", "ticket_number", "emergency_contact", "phone", "email",
    "vehicle_registration", "remarks",
)  # fmt: skip
_DAY = r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{1,2}[-/. ]?[^\W\d_]{3,}\.?[-/. ]?\d{2,4}|\d{8}|\d{6}|\d{4}"
_BIRTH = re.compile(
    rf"(?:(?P<day>{_DAY})[\s,;/()-]*(?P<place>[^\d]*)|(?P<place2>[^\d]*?)[\s,;/()-]*(?P<day2>{_DAY}))\)?"
)


def persons(draft: Draft, kind: ListKind, voyage: Voyage) -> tuple[Person, ...]:
    """Everyone on the list."""
    columns: dict[str, Sequence[Any]] = {field: draft.text_column(field, free, _is_free) for field in _TEXTS}
    columns |= _names(draft)
    columns |= _birth(draft)
    columns["sex"] = _sex(draft)
    columns["nationalities"] = _nationalities(draft)
    columns["residence_country"] = draft.column("residence_country", coded.alpha3, "country")
    columns |= dict(zip(("documents", "visas", "residence_permits"), papers(draft), strict=True))
    columns |= _journey(draft, voyage)
    columns |= _duty(draft, kind)
    columns["special_care"] = draft.column("special_care", _special_care)
    columns["extras"] = _extras(draft)
    columns["sequence"] = _sequence(draft)
    columns |= from_mrz(draft, columns)
    columns |= _latin(columns["family_name"], columns["given_names"])
    told = {field: column for field, column in columns.items() if field == "transit" or any(column)}
    return tuple([Person(**dict(zip(told, row, strict=True))) for row in zip(*told.values(), strict=True)])


def free(text: str) -> tuple[str | None, Notes]:
    """Any text. A number that a spreadsheet made of it (4117.0) loses its fraction again."""
    kept, notes = tidy(text)
    return (kept[:-2] if kept and kept.endswith(".0") and kept[:-2].isdigit() else kept), notes


def _is_free(joined: str) -> bool:
    return ".0" not in joined and is_tidy(joined)


def _sex(draft: Draft) -> Column[Sex]:
    words_ = draft.words("sex")
    known = [text for text in set(draft.texts("sex") or ()) if text and folded(text) not in words_]
    return draft.column("sex", coded.sex_reader(draft.dialect_of("sex"), known), "sex")


def _special_care(text: str) -> tuple[str | None, Notes]:
    """ "No" says that none is needed, which the schema says by silence."""
    kept, notes = tidy(text)
    return (None if kept and (words.transit(kept) is False or kept in ("-", "none", "None", "NONE")) else kept), notes


def _names(draft: Draft) -> dict[str, Sequence[Any]]:
    family = list(draft.text_column("family_name", names.name, names.is_normal))
    given = _joined(
        draft.text_column("given_names", names.name, names.is_normal),
        draft.text_column("middle_names", names.name, names.is_normal),
        draft,
    )
    _divide(draft, "full_name", family, given, lambda index, text: not (family[index] or given[index]))
    if not any(given):
        _divide(draft, "family_name", family, given, lambda index, text: _HOLDS_TWO.search(text) is not None)
    reasons: list[Any] = list(draft.nobody)
    says_unknown_for_none = (
        draft.dialect_of("birth_date") == "uk"
    )  # UK templates: "enter UNKNOWN if there is no forename"
    missing = {name for name in {*family, *given} if name and is_placeholder(name)}
    for index, pair in enumerate(zip(family, given, strict=True)) if missing else ():
        if missing.isdisjoint(pair):
            continue
        reasons[index] = missing_reason(*pair)
        if says_unknown_for_none and reasons[index] == "unknown" and missing.intersection(pair) != set(pair):
            reasons[index] = "no family name" if pair[0] in missing else "no given name"
        family[index], given[index] = (None if name in missing else name for name in pair)
    _say_placeholders(draft, reasons)
    return {"family_name": family, "given_names": given, "name_reason": reasons}


def _joined(first: Column[str], middle: Column[str], draft: Draft) -> list[str | None]:
    if middle is draft.nobody:
        return list(first)
    return [" ".join(filter(None, pair)) or None for pair in zip(first, middle, strict=True)]


_HOLDS_TWO = re.compile(r"\S\s*(?:,|/|<<)\s*\S")


def _divide(
    draft: Draft,
    field: str,
    family: list[str | None],
    given: list[str | None],
    is_whole: Callable[[int, str], bool],
) -> None:
    """Where both names stand in one value: in a column of its own, or in the family name's while nobody has a given name."""
    texts = draft.texts(field) or ()
    notes: dict[str, Notes] = {}
    for index, text in enumerate(texts):
        if not text or text.isspace() or not is_whole(index, text):
            continue
        stated_family, stated_given, said = names.divided(text)
        family[index], more = names.name(stated_family)
        given[index], rest = names.name(stated_given) if stated_given else (None, ())
        notes[text] = tuple(dict.fromkeys((*said, *more, *rest)))
    if notes:
        draft.note(field, texts, notes)
        draft.changed[field] = list(texts)


def _say_placeholders(draft: Draft, reasons: Sequence[Any]) -> None:
    persons = [index for index, reason in enumerate(reasons) if reason]
    if persons:
        draft.say_once(names.PLACEHOLDER, "given_names", persons)


_PLAIN_NAME = re.compile(r"[A-Z]+(?:[ '-][A-Z]+)*", re.IGNORECASE | re.ASCII)


def _latin(family: Sequence[str | None], given: Sequence[str | None]) -> dict[str, Sequence[Any]]:
    return {
        "family_name_latin": [_latin_form(name) if name else None for name in family],
        "given_names_latin": [_latin_form(name) if name else None for name in given],
    }


def _latin_form(name: str) -> str | None:
    """Most names need no table."""
    return name.upper() if _PLAIN_NAME.fullmatch(name) else latin(name) or None


def _birth(draft: Draft) -> dict[str, Sequence[Any]]:
    places = draft.text_column("birth_place", names.place_name, names.is_normal)
    country = draft.column("birth_country", coded.alpha3, "country")
    both = draft.texts("birth")
    dates = draft.dates("birth_date", Meaning.PAST)
    if both is None:
        return {"birth_date": dates, "birth_place": places, "birth_country": country}
    parts = {text: _birth_parts(text) for text in set(both) if text and not text.isspace()}
    draft.note("birth", both, {text: (UNDIVIDED_BIRTH,) for text, part in parts.items() if part is None})
    days = draft.dates("birth", Meaning.PAST, [(parts.get(text or "") or (None, None))[0] for text in both])
    stated = [(parts.get(text or "") or (None, None))[1] for text in both]
    draft.changed["birth"] = list(both)
    if "birth" in draft.unread:
        draft.unread["birth_date"] = draft.unread["birth"] | draft.unread.get("birth_date", frozenset())
    return {
        "birth_date": [one or other for one, other in zip(dates, days, strict=True)],
        "birth_place": [one or other for one, other in zip(places, stated, strict=True)],
        "birth_country": country,
    }


def _birth_parts(text: str) -> tuple[str, str | None] | None:
    found = _BIRTH.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    return found["day"] or found["day2"], (found["place"] or found["place2"] or "").strip(" ,;/-(") or None


def _nationalities(draft: Draft) -> list[tuple[Nationality, ...]]:
    columns = [
        draft.column(field, coded.nationality, "country") for field in ("nationality", "nationality2", "nationality3")
    ]
    if columns[1] is columns[2]:
        return [found or () for found in columns[0]]
    return [tuple(dict.fromkeys(chain(*filter(None, row)))) for row in zip(*columns, strict=True)]


def _journey(draft: Draft, voyage: Voyage) -> dict[str, Sequence[Any]]:
    here, there = ((call.port.code or "")[:2] or None if call else None for call in (voyage.departure, voyage.arrival))
    return {
        "embarkation": draft.column("embarkation", coded.port_reader(here), "port"),
        "disembarkation": draft.column("disembarkation", coded.port_reader(there), "port"),
        "booked_at": draft.times("booked_at"),
        "embarked_at": draft.times("embarked_at"),
        "disembarks_on": draft.times("disembarks_on"),
    }


def _duty(draft: Draft, kind: ListKind) -> dict[str, Sequence[Any]]:
    """Role, master, transit, rank."""
    rank = draft.column("rank", free, "rank")
    codes = _rank_codes(draft, rank)
    stated = draft.column("role", coded.role, "role")
    usual = Role.CREW if kind is ListKind.CREW else Role.PASSENGER
    if kind is ListKind.MIXED and any(rank):
        roles = [role or (Role.CREW if has_rank else usual) for role, has_rank in zip(stated, rank, strict=True)]
    else:
        roles = [role or usual for role in stated]
    found: dict[str, Sequence[Any]] = {"role": roles, "rank": rank, "rank_code": codes}
    transit = draft.column("transit", coded.transit, "transit")
    texts = draft.texts("role") or ()
    masters = {text for text in set(texts) if text and words.is_master_role(text)}
    in_transit = {text for text in set(texts) if text and words.folded(text) in words.IN_TRANSIT}
    if in_transit:
        transit = [True if text in in_transit else said for text, said in zip(texts, transit, strict=True)]
    found["transit"] = transit
    found["master"] = _master(draft, roles, [text in masters for text in texts], rank, codes)
    return found


def _rank_codes(draft: Draft, rank: Column[str]) -> Column[str]:
    """The code that the list gives, else the one that the rank's words mean."""
    stated = draft.column("rank_code", free)
    codes = {text: ranks.rank(text)[0] for text in {*rank, *stated} if text}
    if stated is draft.nobody and not any(codes.values()):
        return draft.nobody
    by_words = [codes.get(text) if text else None for text in rank]
    return [(codes[code] or code) if code else meant for code, meant in zip(stated, by_words, strict=True)]


def _master(
    draft: Draft, roles: Sequence[Role], said: Sequence[bool], rank: Column[str], codes: Column[str]
) -> Sequence[bool]:
    masters = {text for text in {*rank, *codes} if text and ranks.is_master(text)}
    is_master = [False] * draft.raw.size
    for index, (role, is_said, of_rank, code) in enumerate(
        zip(roles, said or is_master, rank, codes, strict=True) if any(said) or masters else ()
    ):
        if role is Role.CREW and (is_said or of_rank in masters or code in masters):
            is_master[index] = True
            break
    return is_master


def _extras(draft: Draft) -> list[tuple[tuple[str, str], ...]]:
    extras = {header: column for header, column in draft.raw.extras.items() if any(column)}
    if not extras:
        return [()] * draft.raw.size
    return [
        tuple((header, text) for header, text in zip(extras, row, strict=True) if text and not text.isspace())
        for row in zip(*extras.values(), strict=True)
    ]


def _sequence(draft: Draft) -> Sequence[int]:
    texts = draft.texts("sequence")
    counted = list(range(1, draft.raw.size + 1))
    if texts is None:
        return counted
    stated = [
        int(text)
        for text in (re.sub(r"[.,]0*$", "", (t or "").strip()) for t in texts)
        if re.fullmatch(r"[1-9]\d{0,4}", text, re.A)
    ]
    if len(set(stated)) == draft.raw.size:
        return stated
    draft.say(SEQUENCE, "sequence", 0)
    return counted
