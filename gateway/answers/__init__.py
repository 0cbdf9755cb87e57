""" "Your own file, handed back": a copy of what was sent, with every mistake marked in place, or with safe repairs made.

In: the bytes of one file, the format it was read as, findings, the carrier's options, the time. Out: a `Copy`, in the form
that was sent: a workbook with filled and commented cells, a delimited text with one more column, CUSRES or APERAK for PAXLST, FRM
for EMSWe, JSON for JSON and for what was no list at all. A workbook is opened in the jail's child only. `NotMade` says why there is no copy.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.answers import books, documents, formality, interchanges, lines, trees
from gateway.answers.copies import Change, Copy, NotMade, Repair, Where, Write
from gateway.answers.repairs import Sure, safe
from gateway.findings import Finding
from gateway.formats import commonjson, delimited, emswe_json, emswe_xml, paxlst, pnrgov, workbook
from gateway.formats.raw import CellPlaces
from gateway.manifest import Manifest
from gateway.normalise import Lineage

__all__ = ("Copy", "NotMade", "Repair", "acknowledged", "corrected", "marked")


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
        return interchanges.answer(data, findings, at, is_read=is_read)
    if format is not None and format.startswith("emswe"):
        return formality.answer(data, findings, at, is_read=is_read)
    return documents.listed(findings)


def acknowledged(data: bytes, format: str | None, findings: Sequence[Finding], *, is_read: bool, at: datetime) -> Copy:
    """EDIFACT answered with APERAK, whatever messages it holds."""
    if format not in (paxlst.NAME, pnrgov.NAME):
        raise NotMade("APERAK answers EDIFACT, and this file is none; take the answer as JSON")
    return interchanges.answer(data, findings, at, is_read=is_read, as_aperak=True)


def corrected(
    data: bytes,
    format: str | None,
    lists: Iterable[tuple[Manifest, Lineage, Sequence[Finding]]],
    findings: Sequence[Finding],
    *,
    options: Mapping[str, Any],
    left: Collection[str] = (),
) -> Copy:
    """The file with every safe repair made; which ones, the copy says. `lists`: what was understood, with its own findings;
    `left`: parts of persons (`repairs.part_of`) that stay as they were sent."""
    sure = [(one, lineage) for manifest, lineage, own in lists for one in safe(manifest, lineage, own, left)]
    if format == commonjson.NAME:
        return documents.corrected(data, findings, [change for one, lineage in sure for change in _at_paths(one)])
    if format == workbook.NAME:
        return books.corrected(data, [change for one, _ in sure for change in _in_cells(one)])
    if format == delimited.NAME:
        return lines.corrected(data, [change for one, lineage in sure for change in _in_lines(one, lineage)], options)
    if format in (emswe_xml.NAME, emswe_json.NAME):
        return trees.corrected(data, format, [change for one, lineage in sure for change in _at_paths(one)])
    raise NotMade(
        "corrections are made in workbooks, delimited texts, EMSWe and the common JSON; mend the rest at its source"
    )


def _in_cells(sure: Sure) -> Iterator[Change[books.Cell]]:
    cells = [(one.repair.place.sheet or "", one.repair.place.cell or " ") for one in sure.change]
    if not any(" " in cell for _, cell in cells):
        yield _moved(sure.change, cells)


def _in_lines(sure: Sure, lineage: Lineage) -> Iterator[Change[lines.Value]]:
    places = lineage.places
    if (
        isinstance(places, CellPlaces)
        and sure.index is not None
        and all(one.at in places.columns for one in sure.change)
    ):
        row = places.rows[sure.index]
        yield _moved(sure.change, [(row, _column(places.columns[one.at])) for one in sure.change])


def _column(letters: str) -> int:
    """A is 0."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _at_paths(sure: Sure) -> Iterator[Change[str]]:
    paths = [one.repair.place.path or "" for one in sure.change]
    if all(paths):
        yield _moved(sure.change, paths)


def _moved(change: Change[str], where: Sequence[Where]) -> Change[Where]:
    return tuple(Write(at, *one[1:]) for at, one in zip(where, change, strict=True))
