"""Checks on the dates of documents, and on visas and residence permits.

In: facts about a list. Out: hits on `document.expiry`, `document.issued`, `visa.*`, `permit.*`. EMSWe MIG 2.0 (DE-035-21, -22: an expiry
cannot be left out; DE-039-04, -09 to -11), R-GENERAL-006, ERR-011, ERR-024. An expired document is reported, never withheld.
"""

from collections.abc import Callable

from gateway.checks.check import BORDER, ERROR, WARNING, Hit, Hits, check
from gateway.checks.examples import document, permit, unchanged, visa
from gateway.checks.facts import Facts, Leave, Paper
from gateway.checks.moments import is_date
from gateway.codes import countries
from gateway.manifest import DocumentType

FAR_PASSPORT, FAR_OTHER = 15, 60  # years; a passport runs ten at most, some cards of the elderly for life
FOR_LIFE = "9999"


def _dated(facts: Facts, part: str, found: Callable[[Paper], object], value: bool = False) -> list[Hit]:
    return [
        Hit(paper.field(part), paper.person, getattr(paper.document, part) if value else None)
        for paper in facts.papers
        if getattr(paper.document, part) and found(paper)
    ]


def _years_on(facts: Facts, years: int) -> str:
    return f"{facts.context.today.year + years:04}{facts.today[4:]}"


@check(
    "D-30",
    ERROR,
    "the passport's date of expiry is missing",
    hint="give the date as printed; every passport has one",
    cites="FAL.14(46) forms 5 and 6; EMSWe DE-035-22 (1..1)",
    good=document(type=DocumentType.IDENTITY_CARD, expiry="2030-01-31"),
    bad=document(expiry=None),
    purposes=BORDER,
)
def passport_expiry_missing(facts: Facts) -> Hits:
    passports = [p for p in facts.papers if not p.document.expiry and p.document.type is DocumentType.PASSPORT]
    return [Hit(p.field("expiry"), p.person) for p in passports]


@check(
    "D-31",
    WARNING,
    "the document's date of expiry is missing",
    hint="give the date; a document without one cannot be told to the European single window",
    cites="FAL.14(46) forms 5 and 6; EMSWe DE-035-22 (1..1)",
    good=document(type=DocumentType.IDENTITY_CARD),
    bad=document(type=DocumentType.IDENTITY_CARD, expiry=None),
    purposes=BORDER,
)
def other_expiry_missing(facts: Facts) -> Hits:
    others = [p for p in facts.papers if not p.document.expiry and p.document.type is not DocumentType.PASSPORT]
    return [Hit(p.field("expiry"), p.person) for p in others]


@check(
    "D-32",
    ERROR,
    "this is not a date of the calendar: expected the form 2030-12-31",
    hint="write year, month and day; day and month may be swapped",
    cites="EMSWe R-GENERAL-006",
    good=unchanged,
    bad=document(expiry="2031-15-04"),
)
def not_a_date(facts: Facts) -> Hits:
    return [
        hit
        for part in ("expiry", "issued")
        for hit in _dated(facts, part, lambda p, part=part: not is_date(getattr(p.document, part)), value=True)
    ]


@check(
    "D-33",
    WARNING,
    "the document expires before the ship arrives",
    hint="compare the date with the document; if it is right, the person should see the border guards before boarding",
    cites="FAL.14(46) forms 5 and 6; EMSWe DE-035-22",
    good=document(expiry="2026-11-25"),
    bad=document(expiry="2026-11-24"),
    purposes=BORDER,
)
def expired(facts: Facts) -> Hits:
    return _dated(facts, "expiry", lambda p: is_date(p.document.expiry) and p.document.expiry < facts.arrival_day)


@check(
    "D-34",
    WARNING,
    "the document would be valid for longer than such documents are",
    hint="compare the year with the document; a date of birth may stand in the wrong column",
    cites="EMSWe ERR-024",
    good=document(type=DocumentType.IDENTITY_CARD, expiry="9999-12-31"),
    bad=document(expiry="2061-04-15"),
)
def far_expiry(facts: Facts) -> Hits:
    near, far = _years_on(facts, FAR_PASSPORT), _years_on(facts, FAR_OTHER)

    def is_far(paper: Paper) -> bool:
        expiry = paper.document.expiry or ""
        if paper.document.type is DocumentType.PASSPORT:
            return expiry > near
        return expiry > far and not expiry.startswith(FOR_LIFE)

    return _dated(facts, "expiry", is_far)


@check(
    "D-35",
    ERROR,
    "the document would expire before it was issued",
    hint="correct one of the two dates; they may stand in each other's column",
    cites="EMSWe DE-035-21, DE-035-22, ERR-012",
    good=document(issued="2031-04-14"),
    bad=document(issued="2021-04-15", expiry="2021-04-14"),
)
def expiry_before_issue(facts: Facts) -> Hits:
    return _dated(facts, "issued", lambda p: p.document.expiry and p.document.expiry < p.document.issued)


@check(
    "D-36",
    ERROR,
    "the document would be issued in the future",
    hint="correct the date; issue and expiry may stand in each other's column",
    cites="EMSWe DE-035-21, ERR-011",
    good=document(issued="2026-11-21"),
    bad=document(issued="2026-11-22"),
)
def issued_in_the_future(facts: Facts) -> Hits:
    return _dated(facts, "issued", lambda p: p.document.issued > facts.today)


@check(
    "D-37",
    WARNING,
    "the document would be older than its holder",
    hint="correct the date of issue or the date of birth",
    cites="EMSWe DE-035-05, DE-035-21, ERR-024",
    good=unchanged,
    bad=document(issued="1970-04-15"),
)
def older_than_holder(facts: Facts) -> Hits:
    born = facts.column("birth_date")
    return _dated(facts, "issued", lambda p: born[p.person] and p.document.issued < born[p.person])


def _leaves(
    facts: Facts, part: str, found: Callable[[Leave], object], kinds: tuple[str, ...] = ("visa", "permit")
) -> list[Hit]:
    return [Hit(one.field(part), one.person) for one in facts.leaves if one.kind in kinds and found(one)]


@check(
    "D-40",
    WARNING,
    "the visa's number is missing",
    hint="give the number as printed on the sticker, or leave the visa out",
    cites="FAL.14(46) form 6; EMSWe DE-039-10 (1..1)",
    good=visa(number="SCH047114", issuer="FRA", expiry="2027-01-31"),
    bad=visa(number=None, issuer="FRA"),
)
def visa_number_missing(facts: Facts) -> Hits:
    return _leaves(facts, "number", lambda one: not one.permit.number, ("visa",))


@check(
    "D-41",
    WARNING,
    "the State that issued the visa is missing",
    hint="give its three-letter code",
    cites="EMSWe DE-039-11 (1..1)",
    good=visa(number="SCH047114", issuer="FRA"),
    bad=visa(number="SCH047114"),
    purposes=BORDER,
)
def visa_issuer_missing(facts: Facts) -> Hits:
    return _leaves(facts, "issuer", lambda one: one.permit.number and not one.permit.issuer, ("visa",))


@check(
    "D-42",
    WARNING,
    "the residence permit is not complete: a number and the State that issued it belong together",
    hint="give both, or leave the permit out",
    cites="EMSWe DE-039-04, DE-039-09 (1..1)",
    good=permit(number="RP1047114", issuer="NLD"),
    bad=permit(number="RP1047114"),
    purposes=BORDER,
)
def permit_incomplete(facts: Facts) -> Hits:
    return [
        Hit(one.field("issuer" if one.permit.number else "number"), one.person)
        for one in facts.leaves
        if one.kind == "permit" and not (one.permit.number and one.permit.issuer)
    ]


@check(
    "D-43",
    WARNING,
    "the visa or residence permit expires before the ship arrives",
    hint="compare the date with the document; if it is right, the person should see the border guards before boarding",
    cites="EMSWe DE-039-09, DE-039-10; Schengen Borders Code Annex VI 3.2",
    good=visa(number="SCH047114", issuer="FRA", expiry="2026-11-25"),
    bad=visa(number="SCH047114", issuer="FRA", expiry="2026-11-24"),
    purposes=BORDER,
)
def leave_expired(facts: Facts) -> Hits:
    return _leaves(facts, "expiry", lambda one: one.permit.expiry and one.permit.expiry < facts.arrival_day)


@check(
    "D-44",
    WARNING,
    "this code is no State that issues visas or residence permits",
    hint="give the three-letter code of the State",
    cites="EMSWe DE-039-04, DE-039-11",
    good=visa(number="SCH047114", issuer="FRA"),
    bad=visa(number="SCH047114", issuer="QQQ"),
)
def leave_issuer_unknown(facts: Facts) -> Hits:
    return _leaves(facts, "issuer", lambda one: one.permit.issuer and countries.country(one.permit.issuer) is None)


@check(
    "D-45",
    WARNING,
    "the visa has the same number as the travel document",
    hint="give the number on the visa itself; the passport's number is often copied into its field",
    cites="EMSWe DE-035-17, DE-039-10",
    good=visa(number="SCH047114", issuer="FRA"),
    bad=visa(number="L898902C3", issuer="FRA"),
)
def visa_is_passport(facts: Facts) -> Hits:
    documents = facts.column("documents")
    return _leaves(
        facts,
        "number",
        lambda one: one.permit.number and any(d.number == one.permit.number for d in documents[one.person]),
        ("visa",),
    )


CHECKS = (
    passport_expiry_missing,
    other_expiry_missing,
    not_a_date,
    expired,
    far_expiry,
    expiry_before_issue,
    issued_in_the_future,
    older_than_holder,
    visa_number_missing,
    visa_issuer_missing,
    permit_incomplete,
    leave_expired,
    leave_issuer_unknown,
    visa_is_passport,
)
