"""Documents, visas and permits: several columns become one paper of a person.

In: the columns `document.*`, `document2.*`, `visa.*`, `permit.*` and so on. Out: for each person the documents, visas and
residence permits. A document said to be a visa goes to the visas. Numbers keep their spaces and hyphens; letters are
upper case, as documents print them. What a spreadsheet did to a number is said, and repaired only where nothing is lost.
"""

import re
from collections.abc import Sequence

from gateway.codes.documents import document_type
from gateway.findings import Rule, Severity
from gateway.manifest import Document, DocumentType, Permit
from gateway.normalise.coded import PaperType, alpha3, document_reader
from gateway.normalise.dateforms import Meaning
from gateway.normalise.draft import Column, Draft, Notes, T
from gateway.normalise.text import is_tidy, tidy

FLOAT = Rule(
    id="N-40",
    severity=Severity.WARNING,
    text="a program wrote this document number as a decimal number (with '.0'); leading zeros may be lost",
    hint="format the column as text before the numbers are entered, and compare this one with the document",
)
ROUNDED = Rule(
    id="N-41",
    severity=Severity.ERROR,
    text="a spreadsheet rounded this document number (scientific notation); its digits are lost",
    hint="format the column as text and enter the number again",
)
NO_NUMBER = Rule(
    id="N-42",
    severity=Severity.WARNING,
    text="a placeholder stands for the document number; it counts as not given",
    hint="give the number, or leave the value out",
)
UNDIVIDED_PAPER = Rule(
    id="N-43",
    severity=Severity.ERROR,
    text="nature and number of the document stand in one value and cannot be divided",
    hint="send them apart, or as 'Passport L898902C3'",
    cites="IMO FAL 5, item 12 (before 2018)",
)
DIVIDED_PAPER = Rule(
    id="N-44",
    severity=Severity.INFO,
    text="nature and number of the document stood in one value and were divided",
    hint="send them apart",
    cites="IMO FAL 5, item 12 (before 2018)",
)
RULES = (FLOAT, ROUNDED, NO_NUMBER, UNDIVIDED_PAPER, DIVIDED_PAPER)

_PLACEHOLDERS = frozenset(
    ("N/A", "NA", "NONE", "NIL", "NULL", "-", "--", ".", "UNKNOWN", "X", "XX", "XXX", "TBA", "TBC", "?")
)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.I)
_COMBINED = re.compile(
    r"(?P<type>[^\d]*?)[\s:#/,.-]*\b(?:no\.?|nr\.?|number|№)?[\s:#/,-]*(?P<number>[A-Z]{0,4}[- ]?\d[\w-]*)\s*", re.I
)

_PREFIXES = ("document", "document2", "document3")
_PARTS = ("type", "other_type", "number", "issuer", "expiry", "issued", "issuer_name", "combined")
Papers = tuple[list[tuple[Document, ...]], list[tuple[Permit, ...]], list[tuple[Permit, ...]]]


def number(text: str) -> tuple[str | None, Notes]:
    """A document's number, as printed: upper case, no padding."""
    kept, notes = tidy(text)
    if kept is None:
        return None, notes
    kept = kept.upper()
    if kept in _PLACEHOLDERS:
        return None, (*notes, NO_NUMBER)
    if kept.isalnum() or ("." not in kept and "+" not in kept):
        return kept, notes
    if _ROUNDED.fullmatch(kept):
        return None, (*notes, ROUNDED)
    if kept.endswith(".0") and kept[:-2].isdigit():
        return kept[:-2], (*notes, FLOAT)
    return kept, notes


def _is_normal(joined: str) -> bool:
    """Whether `number` changes nothing about any of these numbers, joined by line breaks."""
    return (
        is_tidy(joined)
        and not any(sign in joined for sign in ".+")
        and joined == joined.upper()
        and _PLACEHOLDERS.isdisjoint(joined.split("\n"))
    )


def papers(draft: Draft) -> Papers:
    """The documents, the visas and the residence permits of every person."""
    documents: list[list[tuple[Document, ...]]] = []
    visas: list[list[tuple[Permit, ...]]] = []
    for prefix in _PREFIXES:
        if any(draft.texts(f"{prefix}.{part}") for part in _PARTS):
            of_prefix, as_visas = _documents(draft, prefix)
            documents.append(of_prefix)
            visas += [as_visas] if any(as_visas) else []
    visas += [permits for permits in (_permits(draft, "visa"), _permits(draft, "visa2")) if any(permits)]
    return _together(documents, draft), _together(visas, draft), _permits(draft, "permit")


def _documents(draft: Draft, prefix: str) -> tuple[list[tuple[Document, ...]], list[tuple[Permit, ...]]]:
    types = draft.column(f"{prefix}.type", document_reader(draft.dialect_of("document.type")), "document")
    others = draft.text_column(f"{prefix}.other_type", tidy, is_tidy)
    numbers = draft.text_column(f"{prefix}.number", number, _is_normal)
    if combined := draft.texts(f"{prefix}.combined"):
        types, numbers = _divided(draft, f"{prefix}.combined", combined)
    issuers = draft.column(f"{prefix}.issuer", alpha3, "country")
    expiries = draft.dates(f"{prefix}.expiry", Meaning.AROUND)
    issued = draft.dates(f"{prefix}.issued", Meaning.PAST)
    names = draft.text_column(f"{prefix}.issuer_name", tidy, is_tidy)
    documents: list[tuple[Document, ...]] = []
    visas: list[tuple[Permit, ...]] = [()] * draft.raw.size
    for index, (kind, other, no, issuer, expiry, made, name) in enumerate(
        zip(types, others, numbers, issuers, expiries, issued, names, strict=True)
    ):
        document: tuple[Document, ...] = ()
        if kind is not None and kind.type == "visa":
            visas[index] = (Permit(no, issuer, expiry),)
        elif kind or other or no or issuer or expiry or made or name:
            stated, native = _type(kind, other)
            document = (Document(stated, no, issuer, expiry, made, name, native),)
        documents.append(document)
    return documents, visas


def _type(kind: PaperType | None, other: str | None) -> tuple[DocumentType | None, str | None]:
    """The type, and the sender's own words where they say more. "Other" beside "SID" is a seafarer's book."""
    stated = kind.type if kind and kind.type != "visa" else None
    if not other:
        return stated, kind.native if kind else None
    by_word = document_type(other, None) if stated in (None, DocumentType.OTHER) else None
    return by_word if by_word and by_word != "visa" else stated, other


def _divided(draft: Draft, field: str, texts: Column[str]) -> tuple[Column[PaperType], Column[str]]:
    """Nature and number in one cell, as older crew lists have them: "Passport L898902C3", "P/123456"."""
    read_type = document_reader(draft.dialect_of("document.type"))
    types: dict[str | None, PaperType | None] = {None: None}
    numbers: dict[str | None, str | None] = {None: None}
    notes: dict[str, Notes] = {}
    for text in filter(None, set(texts)):
        found = _COMBINED.fullmatch(" ".join(text.split()))
        if found is None:
            types[text] = numbers[text] = None
            notes[text] = (UNDIVIDED_PAPER,)
            continue
        nature = found["type"].strip(" -:/,.")
        types[text], said = read_type(nature) if nature else (None, ())
        numbers[text], more = number(found["number"])
        notes[text] = (*said, *more, DIVIDED_PAPER)
    draft.note(field, texts, notes)
    draft.keep(field, texts, numbers)
    return [types.get(text) for text in texts], [numbers.get(text) for text in texts]


def _permits(draft: Draft, prefix: str) -> list[tuple[Permit, ...]]:
    numbers = draft.text_column(f"{prefix}.number", number, _is_normal)
    issuers = draft.column(f"{prefix}.issuer", alpha3, "country")
    expiries = draft.dates(f"{prefix}.expiry", Meaning.AROUND)
    if numbers is issuers is expiries:
        return [()] * draft.raw.size
    rows = zip(numbers, issuers, expiries, strict=True)
    return [(Permit(*row),) if any(row) else () for row in rows]


def _together(columns: Sequence[list[tuple[T, ...]]], draft: Draft) -> list[tuple[T, ...]]:
    """First, second and third paper of a person, side by side."""
    if not columns:
        return [()] * draft.raw.size
    return columns[0] if len(columns) == 1 else [sum(row, ()) for row in zip(*columns, strict=True)]
