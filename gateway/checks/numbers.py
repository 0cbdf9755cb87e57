"""Checks on the numbers of travel documents: can this be one?

In: facts about a list. Out: hits on `document.number`, `document2.number`, … ICAO Doc 9303 (nine characters in a passport's
machine-readable zone), the UK's templates (35 letters and digits), EMSWe MIG 2.0 (P33 and P35: no placeholders). No number is
compared with the pattern of its State: States change theirs, and a wrong refusal is worse than a wrong number.
"""

import re
from collections.abc import Callable

from gateway.checks.check import ERROR, INFO, WARNING, Hit, Hits, check
from gateway.checks.examples import document, unchanged
from gateway.checks.facts import Facts
from gateway.checks.papers import at_papers
from gateway.manifest import DocumentType

IN_PASSPORTS = 9  # Doc 9303-4: characters of the number in a TD3 zone
MOST = 35

_NUMBER = re.compile(r"[A-Z0-9]+(?:[ ./\-]?[A-Z0-9]+)*")
_FLOAT = re.compile(r"[0-9]+\.0|[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")
_WORDS = frozenset(
    [
        "UNKNOWN",
        "NONE",
        "NULL",
        "NA",
        "N/A",
        "TBA",
        "TBC",
        "TEST",
        "PASSPORT",
        "PASS",
        "ID",
        "IDCARD",
        "XXX",
        "NOTKNOWN",
        "NONUMBER",
    ]
)
_RUN = "012345678901234567890"
_RUN_DOWN = _RUN[::-1]


def _at(facts: Facts, found: Callable[[str], object]) -> list[Hit]:
    return at_papers("number", facts.papers_where("number", found), tell=True)


@check(
    "D-07",
    ERROR,
    "the number holds signs that no document number has",
    hint="give letters and digits as printed, without remarks; small letters are taken as capitals",
    cites="ICAO Doc 9303-3; UK NMSW templates FAL 5 and FAL 6",
    good=document(number="12-AB.345/6"),
    bad=document(number="L898902C3 (new)"),
)
def number_signs(facts: Facts) -> Hits:
    return [] if not facts.number_signs() else _at(facts, lambda number: not _NUMBER.fullmatch(number.upper()))


@check(
    "D-08",
    WARNING,
    "the number is shorter than five characters",
    hint="compare it with the document; leading zeros may have been lost in a spreadsheet",
    cites="EMSWe DE-035-17, ERR-028",
    good=document(number="A1047"),
    bad=document(number="047"),
)
def number_short(facts: Facts) -> Hits:
    return _at(facts, lambda number: 0 < len(number) < 5)


@check(
    "D-09",
    INFO,
    "the passport's number is longer than the nine characters of a machine-readable passport",
    hint="compare it with the document; the check digit may have been typed as part of the number",
    cites="ICAO Doc 9303-4",
    good=document(number="L898902C3"),
    bad=document(number="L898902C36"),
)
def number_long_for_passport(facts: Facts) -> Hits:
    longer = facts.papers_where("number", lambda number: IN_PASSPORTS < len(number) <= MOST)
    return at_papers("number", [p for p in longer if p.document.type is DocumentType.PASSPORT], tell=True)


@check(
    "D-10",
    WARNING,
    "the number is longer than 35 characters and cannot be sent everywhere",
    hint="give the number alone",
    cites="UK NMSW templates FAL 5 and FAL 6 (35 characters); EMSWe DE-035-17 (an..70)",
    good=unchanged,
    bad=document(number="L898902C3" * 4),
)
def number_too_long(facts: Facts) -> Hits:
    return _at(facts, lambda number: len(number) > MOST)


@check(
    "D-11",
    WARNING,
    "a placeholder stands where the document's number should be",
    hint="give the number as printed, or leave the whole document out",
    cites="EMSWe principles P33 and P35",
    good=document(number="A00000047"),
    bad=document(number="000000000"),
)
def number_placeholder(facts: Facts) -> Hits:
    return _at(facts, is_placeholder)


def is_placeholder(number: str) -> bool:
    """One sign over and over, 123456…, or a word instead of a number."""
    return (len(number) >= 4 and (number in _RUN or number in _RUN_DOWN)) or is_filler(number)


def is_filler(number: str) -> bool:
    """What stands for no number at all, so that two who have it share nothing: one sign over and over, or a word."""
    if len(number) >= 4 and number == number[0] * len(number):
        return True
    return not number[-1:].isdigit() and number.upper().replace(" ", "").replace("-", "") in _WORDS


@check(
    "D-12",
    ERROR,
    "a spreadsheet turned the document's number into an amount",
    hint="format the column as text, and type the number again: digits may be lost",
    cites="EMSWe DE-035-17; UK NMSW templates FAL 5 and FAL 6",
    good=document(number="123E4567"),
    bad=document(number="1.23457E+08"),
)
def number_was_a_float(facts: Facts) -> Hits:
    return [] if facts.number_signs().isdisjoint(".+") else _at(facts, _FLOAT.fullmatch)


CHECKS = (
    number_signs,
    number_short,
    number_long_for_passport,
    number_too_long,
    number_placeholder,
    number_was_a_float,
)
