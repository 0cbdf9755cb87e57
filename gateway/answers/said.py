"""How findings are said in a copy of the sender's file: in a comment, in a line of a table, in one cell.

In: findings of one file. Out: texts in plain words: how grave, what is wrong and what was expected, what to do, the clause.
The gravest come first. No finding holds a passenger's value, so neither does a text.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.findings import Finding, Severity, alike, places

TITLE: Final = "Findings of the passenger-data gateway"
CORRECTED: Final = "Corrections of the passenger-data gateway"

_RANK: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_WORDS: Final = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "NOTE"}
_CELL: Final = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_ROW: Final = re.compile(r"row ([1-9]\d{0,6})")
_MOST_IN_ONE: Final = 12
_MOST_LISTED: Final = 20_000


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def by_cell(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """(sheet, cell) -> what is wrong there, the gravest first. What is wrong with a row, without a column of its own, stands
    under "row 5"."""
    cells: dict[tuple[str, str], list[Finding]] = {}
    for finding in gravest_first(findings):
        place = finding.place
        if (
            place.sheet is not None
            and place.cell is not None
            and (_CELL.fullmatch(place.cell) or _ROW.fullmatch(place.cell))
        ):
            cells.setdefault((place.sheet, place.cell), []).append(finding)
    return cells


def comment(findings: Sequence[Finding]) -> str:
    """All that is wrong at one cell, a paragraph each."""
    return "\n\n".join(_few(findings, [_paragraph(finding) for finding in findings[:_MOST_IN_ONE]]))


def in_one_line(findings: Sequence[Finding], placed: bool = False) -> str:
    """All that is wrong with one line; `placed`: each with its places, where they are of the whole list."""
    groups = alike(findings)
    said = [
        (f"{places(same)}: " if placed else _column(same[0])) + _sentence(same[0]) for same in groups[:_MOST_IN_ONE]
    ]
    return " | ".join(_few(groups, said))


def table(findings: Iterable[Finding]) -> list[list[str]]:
    """Every finding as a line: place, severity, code, text, hint, clause, and the cell that the place leads to. Those that say the
    same of one column share a line."""
    listed = alike(gravest_first(findings))
    lines = [["Place", "How grave", "Code", "What is wrong", "What to do", "Clause", ""]]
    lines += [
        [places(same), _WORDS[one.severity], one.code, _text(one), one.hint, one.cites, _link(one)]
        for same in listed[:_MOST_LISTED]
        for one in same[:1]
    ]
    if len(listed) > _MOST_LISTED:
        lines.append([f"{len(listed) - _MOST_LISTED:,} more are in the answer as JSON", ""])
    return lines


def _few(findings: Sequence[object], said: list[str]) -> list[str]:
    return said if len(findings) <= _MOST_IN_ONE else [*said, f"and {len(findings) - _MOST_IN_ONE} more"]


def _text(finding: Finding) -> str:
    shape = f" ({finding.shape})" if finding.shape else ""
    tolerated = f"; tolerated: {finding.tolerated}" if finding.tolerated else ""
    return f"{finding.text}{shape}{tolerated}"


def _paragraph(finding: Finding) -> str:
    lines = (
        f"{_WORDS[finding.severity]} {finding.code}: {_text(finding)}",
        finding.hint and f"To do: {finding.hint}",
        finding.cites and f"Clause: {finding.cites}",
    )
    return "\n".join(filter(None, lines))


def _sentence(finding: Finding) -> str:
    hint = f". To do: {finding.hint}" if finding.hint else ""
    cites = f" ({finding.cites})" if finding.cites else ""
    return " ".join(f"{_WORDS[finding.severity]} {finding.code}: {_text(finding)}{hint}{cites}".split())


def _column(finding: Finding) -> str:
    return f"{finding.place.column}: " if finding.place.column else ""


def _link(finding: Finding) -> str:
    place = finding.place
    if place.sheet is None or place.cell is None:
        return ""
    row, tab = _ROW.fullmatch(place.cell), place.sheet.replace("'", "''")
    cell = f"{row[1]}:{row[1]}" if row else place.cell
    return f"'{tab}'!{cell}" if row or _CELL.fullmatch(place.cell) else ""
