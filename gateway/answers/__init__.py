""" "Your own file, handed back": a copy of what was sent, with every mistake marked in place, or with safe repairs made.

In: the bytes of one file, the format it was read as, findings, the carrier's options, the time. Out: a `Copy`, in the form
that was sent: a workbook with filled and commented cells, a delimited text with one more column, CUSRES for PAXLST, FRM for
EMSWe, JSON for JSON and for what was no list at all. A workbook is opened in the jail's child only. `NotMade` says why there is no copy.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.answers import books, cusres, documents, formality, lines
from gateway.answers.copies import Copy, NotMade, Repair
from gateway.answers.repairs import Sure, safe
from gateway.findings import Finding
from gateway.formats import commonjson, delimited, paxlst, workbook
from gateway.formats.raw import CellPlaces
from gateway.manifest import Manifest
from gateway.normalise import Lineage

__all__ = ("Copy", "NotMade", "Repair", "corrected", "marked")


def marked(
    data: bytes,
    format: str | None,
    findings: Sequence[Finding],
    *,
    is_read: bool,
    options: Mapping[str, Any],
    at: datetime,
) -> Copy:
    """The file with its mistakes in place; the findings alone, as JSON, where its form has no place for them. `is_read`: whether
    any list was found in it."""
    if format == workbook.NAME:
        return books.marked(data, findings)
    if format == delimited.NAME:
        return lines.marked(data, findings, options)
    if format == paxlst.NAME:
        return cusres.answer(data, findings, at, is_read=is_read)
    if format is not None and format.startswith("emswe"):
        return formality.answer(data, findings, at, is_read=is_read)
    return documents.listed(findings)


def corrected(
    data: bytes,
    format: str | None,
    lists: Iterable[tuple[Manifest, Lineage, Sequence[Finding]]],
    findings: Sequence[Finding],
    *,
    options: Mapping[str, Any],
) -> Copy:
    """The file with every safe repair made; which ones, the copy says. `lists`: what was understood, with its own findings."""
    if format == commonjson.NAME:
        return documents.corrected(data, findings)
    sure = [(one, lineage) for manifest, lineage, own in lists for one in safe(manifest, lineage, own)]
    if format == workbook.NAME:
        return books.corrected(data, [change for one, _ in sure for change in _cells(one)])
    if format == delimited.NAME:
        return lines.corrected(data, [change for one, lineage in sure for change in _values(one, lineage)], options)
    raise NotMade("corrections are made in workbooks, delimited texts and the common JSON; mend the rest at its source")


def _cells(sure: Sure) -> Iterable[books.Change]:
    place = sure.repair.place
    if place.sheet is not None and place.cell is not None and " " not in place.cell:
        yield books.Change(place.sheet, place.cell, sure.was, sure.becomes, sure.repair)


def _values(sure: Sure, lineage: Lineage) -> Iterable[lines.Change]:
    places = lineage.places
    if isinstance(places, CellPlaces) and sure.index is not None and sure.field in places.columns:
        column = 0
        for letter in places.columns[sure.field]:
            column = column * 26 + ord(letter) - 64
        yield lines.Change(places.rows[sure.index], column - 1, sure.was, sure.becomes, sure.repair)
