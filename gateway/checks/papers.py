"""Checks on travel documents: there, complete, with a number that can be one, issued by someone who issues.

In: facts about a list. Out: hits on `document.*`, `document2.*`, … Asked for border checks only: under 98/41/EC a passenger
without any document is in order. FAL Convention 2.6.1 and 2.7.3, FAL.14(46), EMSWe PXA and CWA (MIG 2.0: a document is all or
nothing), ICAO Doc 9303, the UK's templates.
"""

import re
from collections.abc import Callable

from gateway.checks.check import BORDER, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import both, document, person, unchanged
from gateway.checks.facts import Facts, Paper
from gateway.codes import countries
from gateway.manifest import Document, DocumentType, Nationality, NationalityKind

_NUMBER = re.compile(r"[A-Z0-9]+(?:[ ./\-]?[A-Z0-9]+)*")
_FLOAT = re.compile(r"[0-9]+\.0|[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
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
_NO_ISSUER = {
    NationalityKind.STATELESS,
    NationalityKind.REFUGEE,
    NationalityKind.UNSPECIFIED,
    NationalityKind.FORMER_STATE,
}
_SECOND = Document(DocumentType.PASSPORT, "TP8812046", "SWE", "2030-01-31")


def _hits(facts: Facts, part: str, found: Callable[[Document], object], value: bool = False) -> list[Hit]:
    """A hit at `part` of every document such that `found`; with `value` its shape is told."""
    return [
        Hit(paper.field(part), paper.person, getattr(paper.document, part) if value else None)
        for paper in facts.papers
        if found(paper.document)
    ]


@check(
    "D-01",
    ERROR,
    "no travel document is given",
    hint="give type, number, issuing State and expiry of the document that the person travels on",
    cites="FAL Convention 2.6.1 and 2.7.3; EMSWe G-PXA-001",
    good=unchanged,
    bad=person(documents=()),
    purposes=BORDER,
)
def no_document(facts: Facts) -> Hits:
    return at("document.number", facts.missing("documents"))


@check(
    "D-02",
    ERROR,
    "the document's number is missing",
    hint="give the number as it is printed in the document",
    cites="FAL Convention 2.6.1 and 2.7.3; EMSWe DE-035-17",
    good=unchanged,
    bad=document(number=None),
    purposes=BORDER,
)
def number_missing(facts: Facts) -> Hits:
    return _hits(facts, "number", lambda d: not d.number)


@check(
    "D-03",
    ERROR,
    "the document's type is missing",
    hint="say what it is: passport, identity card, residence document or seafarer's book",
    cites="FAL Convention 2.6.1 and 2.7.3; EMSWe DE-035-16",
    good=unchanged,
    bad=document(type=None),
    purposes=BORDER,
)
def type_missing(facts: Facts) -> Hits:
    return _hits(facts, "type", lambda d: d.type is None)


@check(
    "D-04",
    WARNING,
    "the single window knows no document of this type",
    hint="give the passport, identity card, residence document or seafarer's book instead, if there is one",
    cites="EMSWe R-GENERAL-007",
    good=document(type=DocumentType.SEAFARER_BOOK),
    bad=document(type=DocumentType.OTHER, native_type="Driving licence"),
    purposes=BORDER,
)
def other_type(facts: Facts) -> Hits:
    return _hits(facts, "type", lambda d: d.type is DocumentType.OTHER)


@check(
    "D-05",
    WARNING,
    "the document is of another type, and it is not said of which",
    hint="say in words what it is",
    cites="UK NMSW templates FAL 5 and FAL 6, column B",
    good=document(type=DocumentType.OTHER, native_type="Driving licence"),
    bad=document(type=DocumentType.OTHER, native_type=None),
    purposes=BORDER,
)
def other_type_unsaid(facts: Facts) -> Hits:
    return _hits(facts, "type", lambda d: d.type is DocumentType.OTHER and not d.native_type)


@check(
    "D-06",
    ERROR,
    "the State that issued the document is missing",
    hint="give its three-letter code from the machine-readable zone",
    cites="FAL.14(46) forms 5 and 6; EMSWe DE-035-18; Finland NR-PXA-001",
    good=unchanged,
    bad=document(issuer=None),
    purposes=BORDER,
)
def issuer_missing(facts: Facts) -> Hits:
    return _hits(facts, "issuer", lambda d: not d.issuer)


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
    return _hits(facts, "number", lambda d: d.number and not _NUMBER.fullmatch(d.number.upper()), value=True)


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
    return _hits(facts, "number", lambda d: d.number and len(d.number) < 5, value=True)


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
    return _hits(
        facts,
        "number",
        lambda d: d.number and len(d.number) > 9 and d.type is DocumentType.PASSPORT and len(d.number) <= 35,
        value=True,
    )


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
    return _hits(facts, "number", lambda d: d.number and len(d.number) > 35, value=True)


@check(
    "D-11",
    ERROR,
    "a placeholder stands where the document's number should be",
    hint="give the number as printed, or leave the whole document out",
    cites="EMSWe principles P33 and P35",
    good=document(number="A00000047"),
    bad=document(number="000000000"),
)
def number_placeholder(facts: Facts) -> Hits:
    return _hits(facts, "number", lambda d: d.number and is_placeholder(d.number), value=True)


def is_placeholder(number: str) -> bool:
    """One sign over and over, 123456…, or a word instead of a number."""
    if len(number) >= 4 and number == number[0] * len(number):
        return True
    return (len(number) >= 5 and (number in _RUN or number[::-1] in _RUN)) or _letters(number) in _WORDS


def _letters(number: str) -> str:
    return "" if number[-1:].isdigit() else number.upper().replace(" ", "").replace("-", "")


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
    return _hits(
        facts, "number", lambda d: d.number and not d.number.isalnum() and _FLOAT.fullmatch(d.number), value=True
    )


def _kind(code: str) -> NationalityKind | None:
    state = countries.country(code)
    return state.kind if state else None


@check(
    "D-13",
    ERROR,
    "this code is no issuing State or organisation",
    hint="give the three-letter code from the machine-readable zone; Germany's D is DEU here",
    cites="ICAO Doc 9303-3",
    good=document(issuer="UNO"),
    bad=document(issuer="QQQ"),
)
def issuer_unknown(facts: Facts) -> Hits:
    return _hits(facts, "issuer", lambda d: d.issuer and _kind(d.issuer) is None, value=True)


@check(
    "D-14",
    WARNING,
    "the code stands for a kind of person or for a former State, which issue no documents",
    hint="give the State that issued the document; stateless and refugee are nationalities",
    cites="ICAO Doc 9303-3",
    good=both(document(issuer="SWE"), person(nationalities=(Nationality("XXB", kind=NationalityKind.REFUGEE),))),
    bad=document(issuer="XXB"),
)
def issuer_is_none(facts: Facts) -> Hits:
    return _hits(facts, "issuer", lambda d: d.issuer and _kind(d.issuer) in _NO_ISSUER, value=True)


@check(
    "D-15",
    ERROR,
    "the document was issued by Utopia, ICAO's example of a State",
    hint="remove specimen and training records from the list",
    cites="ICAO Doc 9303-3",
    good=unchanged,
    bad=document(issuer="UTO"),
)
def specimen(facts: Facts) -> Hits:
    if facts.context.test:
        return []
    return _hits(facts, "issuer", lambda d: d.issuer and _kind(d.issuer) is NationalityKind.SPECIMEN)


@check(
    "D-16",
    INFO,
    "the passport was issued by another State than the person's own",
    hint="compare both with the document; a person may have a second nationality, which can be given too",
    cites="ICAO Doc 9303-3; FAL Convention 2.7.3",
    good=document(type=DocumentType.RESIDENCE_DOCUMENT, issuer="DEU"),
    bad=document(issuer="DEU"),
)
def issuer_is_another_state(facts: Facts) -> Hits:
    nationalities = facts.column("nationalities")
    return [
        Hit(paper.field("issuer"), paper.person)
        for paper in facts.papers
        if paper.document.type is DocumentType.PASSPORT and _is_foreign(paper, nationalities[paper.person])
    ]


def _is_foreign(paper: Paper, nationalities: tuple[Nationality, ...]) -> bool:
    issuer = paper.document.issuer
    if issuer is None or any(issuer in (n.code, n.iso3) for n in nationalities):
        return False
    states = all(n.kind is NationalityKind.STATE for n in nationalities)
    return bool(nationalities) and states and _kind(issuer) is NationalityKind.STATE


@check(
    "D-17",
    INFO,
    "the person has more than one passport; a single window takes one document",
    hint="put first the one that the person travels on",
    cites="EMSWe DE-035-16 to DE-035-22 (0..1)",
    good=unchanged,
    bad=lambda m: person(documents=(*m.persons[0].documents, _SECOND))(m),
    purposes=BORDER,
)
def several_passports(facts: Facts) -> Hits:
    passports = [p for p in facts.papers if p.nth > 1 and p.document.type is DocumentType.PASSPORT]
    documents = facts.column("documents")
    return [Hit(p.field("number"), p.person) for p in passports if documents[p.person][0].type is DocumentType.PASSPORT]


@check(
    "D-18",
    WARNING,
    "a passenger travels on a seafarer's book",
    hint="if the person works on board, list them as crew; otherwise give the passport or identity card",
    cites="EMSWe R-GENERAL-007; FAL Convention 2.7.3",
    good=unchanged,
    bad=document(type=DocumentType.SEAFARER_BOOK),
    purposes=BORDER,
)
def seafarer_book(facts: Facts) -> Hits:
    books = [p for p in facts.papers if p.nth == 1 and p.document.type is DocumentType.SEAFARER_BOOK]
    passengers = frozenset(facts.passengers) if books else frozenset()
    return [Hit(p.field("type"), p.person) for p in books if p.person in passengers]


CHECKS = (
    no_document,
    number_missing,
    type_missing,
    other_type,
    other_type_unsaid,
    issuer_missing,
    number_signs,
    number_short,
    number_long_for_passport,
    number_too_long,
    number_placeholder,
    number_was_a_float,
    issuer_unknown,
    issuer_is_none,
    specimen,
    issuer_is_another_state,
    several_passports,
    seafarer_book,
)
