"""Checks on the dates of travel documents: there, of the calendar, in order, not over before the ship is in.

In: facts about a list. Out: hits on `document.expiry` and `document.issued`. EMSWe MIG 2.0 (DE-035-21, -22: an expiry cannot be left
out), R-GENERAL-006, ERR-011, ERR-024. An expired document is reported, never withheld.
"""

from gateway.checks.check import BORDER, ERROR, WARNING, Hits, check
from gateway.checks.examples import document, unchanged
from gateway.checks.facts import Facts
from gateway.checks.moments import is_date
from gateway.checks.papers import at_papers
from gateway.manifest import DocumentType

FAR_PASSPORT, FAR_OTHER = 15, 60  # years; a passport runs ten at most, some cards of the elderly for life
FOR_LIFE = "9999"


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
    without = facts.papers_without("expiry")
    return at_papers("expiry", [p for p in without if p.document.type is DocumentType.PASSPORT])


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
    without = facts.papers_without("expiry")
    return at_papers("expiry", [p for p in without if p.document.type is not DocumentType.PASSPORT])


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
        for hit in at_papers(part, facts.papers_where(part, lambda date: not is_date(date)), tell=True)
    ]


@check(
    "D-33",
    WARNING,
    "the document is no longer valid {when}",
    hint="compare the date with the document; if it is right, the person should see the border guards before boarding",
    cites="FAL.14(46) forms 5 and 6; EMSWe DE-035-22",
    good=document(expiry="2026-11-25"),
    bad=document(expiry="2026-11-24"),
    purposes=BORDER,
)
def expired(facts: Facts) -> Hits:
    over = facts.papers_where("expiry", lambda date: date < facts.arrival_day and is_date(date))
    return [hit._replace(parts={"when": facts.on_arrival_day}) for hit in at_papers("expiry", over)]


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
    distant = facts.papers_where("expiry", lambda date: date > near)
    passports = [p for p in distant if p.document.type is DocumentType.PASSPORT]
    others = [p for p in distant if p.document.type is not DocumentType.PASSPORT and (p.document.expiry or "") > far]
    return at_papers("expiry", passports + [p for p in others if not (p.document.expiry or "").startswith(FOR_LIFE)])


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
    dates = zip(facts.papers, facts.paper_column("issued"), facts.paper_column("expiry"), strict=True)
    return at_papers("issued", [paper for paper, issued, expiry in dates if issued and expiry and expiry < issued])


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
    return at_papers("issued", facts.papers_where("issued", lambda date: date > facts.today))


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
    dates = zip(facts.papers, facts.paper_column("issued"), strict=True)
    return at_papers("issued", [paper for paper, issued in dates if issued and issued < (born[paper.person] or "")])


CHECKS = (
    passport_expiry_missing,
    other_expiry_missing,
    not_a_date,
    expired,
    far_expiry,
    expiry_before_issue,
    issued_in_the_future,
    older_than_holder,
)
