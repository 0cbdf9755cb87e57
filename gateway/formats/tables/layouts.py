"""Layouts that are known by their looks, and what they fix: date order, code list, the name of the tab.

In: the titles and headers of a sheet. Out: a `Layout`, or None. Finding the columns needs none of this (`headers` does it by
content); a layout only says what the texts alone do not. Facts from the UK National Maritime Single Window's templates and
their fixtures, 2016 to 2023, from the IMO single window's import template (Kystverket, 2025; Antigua and Barbuda uses it), and
from Finland's national spreadsheet 2.0.1 (Traficom, after EMSWe MIG 2.0.1).
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from gateway.findings import Finding, Place, Rule, Severity

WRONG_TAB = Rule(
    id="T-29",
    severity=Severity.WARNING,
    text="this is the UK form {form}, but the name of its tab is not '{form}'; the UK single window refuses such a file",
    hint="name the tab exactly '{form}'",
    cites="UK NMSW templates, 2023",
)
RULES = (WRONG_TAB,)

_UK_TITLE = re.compile(r"\buk nmsw (fal [156])\b")


class Layout(msgspec.Struct, frozen=True):
    """`dialects` as in `RawList`; `form` is the name that the tab must have; `nature` of every document on it. `choices`: codes
    are picked from lists that show their words too, and the title says whose list it is, whatever roles it has."""

    dialects: Mapping[str, str]
    form: str | None = None
    nature: str | None = None
    choices: bool = False


_UK_2023 = {"birth_date": "uk", "document.expiry": "uk", "document.type": "uk", "times": "dmy"}
_UK_EMAIL = {"birth_date": "dmy", "document.expiry": "dmy", "document.type": "uk", "times": "dmy"}


_EMSWE = "european maritime single window environment"
_MIG = {"sex": "emswe", "document.type": "un1001", "birth_date": "dmy", "document.expiry": "dmy", "times": "dmy"}


def known(titles: list[str], headers: frozenset[str]) -> Layout | None:
    """`titles` above the table and `headers` in its header row, both by `words.key`."""
    for title in titles:
        if form := _UK_TITLE.search(title):
            return Layout(_UK_2023, form[1].upper())
    if _EMSWE in titles:
        return Layout(_MIG, choices=True)
    if {"td type", "td number"} <= headers and headers & {"td issuing country", "td issuing state", "td expiry date"}:
        return Layout(_UK_EMAIL)  # the form that was sent by e-mail, 2016 to 2018; its tab was "FAL"
    if {"middle name", "document number", "port debarkation"} <= headers and "sex" in " ".join(headers):
        return Layout({}, nature="passport")  # the IMO single window's import template has no column for another kind
    return None


_CHOICE = re.compile(r"\s*([A-Z]{1,4}|\d{1,5}) ?[–/] ?(\S.*)", re.S)
_CHOSEN = ("role", "sex", "nationality", "birth_country", "document.type", "document.issuer", "transit", "rank")


def codes_of_choices(columns: dict[str, Sequence[str | None]]) -> None:
    """ "39 – Passport" and "1 / Yes" become the code that was picked, in place; a rank keeps its words beside its code."""
    for field in _CHOSEN:
        if texts := columns.get(field):
            picked = [_CHOICE.fullmatch(text) if text else None for text in texts]
            columns[field] = [one[1] if one else text for one, text in zip(picked, texts, strict=True)]
            if field == "rank" and any(picked):
                columns["rank_code"] = [one[1] if one else None for one in picked]
                columns["rank"] = [one[2] if one else text for one, text in zip(picked, texts, strict=True)]


_ENDS = {"pre arrival notification": ("arrival", "departure"), "pre departure notification": ("departure", "arrival")}


def end_of_form(titles: list[str]) -> tuple[str, str] | None:
    """Of Finland's two notifications: the end of the leg that it speaks of, and the end whose time on it is of another leg."""
    return next((_ENDS[title] for title in titles if title in _ENDS), None) if _EMSWE in titles else None


def tab_findings(layout: Layout | None, name: str | None) -> list[Finding]:
    if layout is None or layout.form is None or name is None or name == layout.form:
        return []
    return [WRONG_TAB.at(Place(sheet=name), form=layout.form)]


_HINTS = (
    (re.compile(r"\b[djtg]{1,2}[./ -]m{1,2}[./ -][yajrå]{2,4}\b"), "dmy"),
    (re.compile(r"\bm{1,2}[./ -]d{1,2}[./ -]y{2,4}\b"), "mdy"),
)


def hinted_order(header: str) -> str | None:
    """The order of day and month that a header asks for: "Date of birth (dd/mm/yyyy)". Years first need no hint."""
    return next((order for pattern, order in _HINTS if pattern.search(header.casefold())), None)
