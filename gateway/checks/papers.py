"""Checks on travel documents: there, complete, with a number that can be one, issued by someone who issues.

In: facts about a list. Out: hits on `document.*`, `document2.*`, … Asked for border checks only: under 98/41/EC a passenger
without any document is in order. FAL Convention 2.6.1 and 2.7.3, FAL.14(46), EMSWe PXA and CWA (MIG 2.0: a document is all or
nothing), ICAO Doc 9303, the UK's templates.
"""

from collections.abc import Iterable

from gateway.checks.check import BORDER, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import both, document, person, unchanged
from gateway.checks.facts import Facts, Paper
from gateway.codes import countries
from gateway.manifest import Document, DocumentType, Nationality, NationalityKind

_NO_ISSUER = {
    NationalityKind.STATELESS,
    NationalityKind.REFUGEE,
    NationalityKind.UNSPECIFIED,
    NationalityKind.FORMER_STATE,
}
_SECOND = Document(DocumentType.PASSPORT, "TP8812046", "SWE", "2030-01-31")


def at_papers(part: str, papers: Iterable[Paper], tell: bool = False) -> list[Hit]:
    """A hit at `part` of each of these documents; with `tell` the shape of what stands there is told."""
    return [Hit(paper.field(part), paper.person, getattr(paper.document, part) if tell else None) for paper in papers]


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
    return at_papers("number", facts.papers_without("number"))


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
    return at_papers("type", facts.papers_without("type"))


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
    return at_papers("type", _of_type(facts, DocumentType.OTHER))


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
    unsaid = [p for p in _of_type(facts, DocumentType.OTHER) if not p.document.native_type]
    if not facts.has_column("document.other_type"):
        return at_papers("type", unsaid)
    return [Hit("document.other_type", p.person) for p in unsaid]


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
    return at_papers("issuer", facts.papers_without("issuer"))


def _of_type(facts: Facts, kind: DocumentType) -> list[Paper]:
    column = facts.paper_column("type")  # not judged by distinct values: an enum is slow to hash
    return (
        [paper for paper, stated in zip(facts.papers, column, strict=True) if stated is kind] if kind in column else []
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
    return at_papers("issuer", facts.papers_where("issuer", lambda code: _kind(code) is None), tell=True)


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
    return at_papers("issuer", facts.papers_where("issuer", lambda code: _kind(code) in _NO_ISSUER), tell=True)


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
    return at_papers("issuer", facts.papers_where("issuer", lambda code: _kind(code) is NationalityKind.SPECIMEN))


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
    own = [every[0].code if every else None for every in nationalities]  # most travel on their first State's passport
    issuers = zip(facts.papers, facts.paper_column("issuer"), strict=True)
    others = [paper for paper, issuer in issuers if issuer != own[paper.person]]
    passports = [paper for paper in others if paper.document.type is DocumentType.PASSPORT]
    return at_papers("issuer", [paper for paper in passports if _is_foreign(paper, nationalities[paper.person])])


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
    passengers = frozenset(facts.passengers)
    books = [p for p in _of_type(facts, DocumentType.SEAFARER_BOOK) if p.nth == 1 and p.person in passengers]
    return at_papers("type", books)


CHECKS = (
    no_document,
    number_missing,
    type_missing,
    other_type,
    other_type_unsaid,
    issuer_missing,
    issuer_unknown,
    issuer_is_none,
    specimen,
    issuer_is_another_state,
    several_passports,
    seafarer_book,
)
