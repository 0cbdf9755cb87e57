"""Kinds of travel document, out of words and of letters that mean different things in different systems.

In: a list's text and the dialect that its format or carrier profile names: "api" (WCO/IATA/ICAO guide), "un1001"
(UN/EDIFACT 1001 in EMSWe), "uk" (the FAL templates), "spms" (Oracle's table for eNOAD, CARICOM, eBorder), "mrz".
Out: a `DocumentType`, "visa" (a document of its own in every target), or None. `I` is an identity card for the United
Kingdom and an INS pass in SPMS, so without a dialect only P, I and O and whole words are read.
"""

from functools import cache, lru_cache
from typing import Literal

from gateway.codes import tables
from gateway.codes.letters import folded
from gateway.manifest import DocumentType

Dialect = Literal["api", "un1001", "uk", "spms", "mrz"]
Kind = DocumentType | Literal["visa"]

_LETTERS_OF_ANYONE = "uk"  # P, I and O
_LONGEST = 100

_UN1001 = {
    DocumentType.PASSPORT: "39",
    DocumentType.IDENTITY_CARD: "36",
    DocumentType.RESIDENCE_DOCUMENT: "101",
    DocumentType.SEAFARER_BOOK: "718",
}
_API = {
    DocumentType.PASSPORT: "P",
    DocumentType.IDENTITY_CARD: "I",
    DocumentType.RESIDENCE_DOCUMENT: "A",
    DocumentType.SEAFARER_BOOK: "AC",
    DocumentType.OTHER: "F",
}


@lru_cache(maxsize=4096)
def document_type(text: str, dialect: str | None = None) -> Kind | None:
    """The kind of document that `text` names in `dialect`; None where that is not known.

    A dialect's own code goes before a word; a word is read in every dialect.
    """
    code = text.strip().upper()
    kind = _codes().get((dialect or _LETTERS_OF_ANYONE, code))
    if kind is None and dialect == "spms" and code.startswith("EDL_"):  # EDL_NY: an enhanced driver licence of a state
        kind = DocumentType.OTHER
    if kind is None and dialect == "mrz":  # the second letter is the issuing state's own (Doc 9303-4, 4.2.2.3)
        kind = _codes().get((dialect, code[:1]))
    if kind is None and len(text) <= _LONGEST:
        kind = _words().get(folded(text))
    return kind


def un1001(kind: DocumentType | None) -> str | None:
    """The UN/EDIFACT 1001 code that EMSWe takes; None for what it has no code for."""
    return _UN1001.get(kind) if kind else None


def api_letter(kind: DocumentType | None) -> str | None:
    """The code of the WCO/IATA/ICAO guide (PAXLST DOC with 110:111): P, I, A, AC, and F for anything else."""
    return _API.get(kind) if kind else None


def _kind(name: str) -> Kind:
    return "visa" if name == "visa" else DocumentType(name)


@cache
def _codes() -> dict[tuple[str, str], Kind]:
    return {(row["dialect"], row["code"]): _kind(row["type"]) for row in tables.rows("document_codes")}


@cache
def _words() -> dict[str, Kind]:
    return {
        folded(word): _kind(row["type"]) for row in tables.rows("document_words") for word in row["words"].split("|")
    }
