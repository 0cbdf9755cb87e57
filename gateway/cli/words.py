"""How findings are shown at a terminal: the same words wherever they come from.

In: a `Finding`, or one as the API gives it. Out: lines of text: code, severity and place first, then what to do.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.findings import Finding, Severity, alike, counted, places

_INDENT = " " * 15


_MOST_OF_A_KIND = 5
_GRAVEST_FIRST = {severity: at for at, severity in enumerate((Severity.ERROR, Severity.WARNING, Severity.INFO))}


def shown(findings: Iterable[Finding]) -> Iterator[str]:
    """What a person should see: errors first, those of a kind together, the same of one column once, at most five of a kind at
    length."""
    kinds: dict[tuple[str, str, str], list[list[Finding]]] = {}
    for same in alike(sorted(findings, key=lambda finding: _GRAVEST_FIRST[finding.severity])):
        kinds.setdefault((same[0].severity, same[0].code, same[0].text), []).append(same)
    for (severity, code, _), groups in kinds.items():
        for same in groups[:_MOST_OF_A_KIND]:
            yield from lines(same[0], places(same))
        if more := sum(map(len, groups[_MOST_OF_A_KIND:])):
            yield f"{code}  {severity:<7}  the same at {counted(more, 'more place')}"


def lines(finding: Finding, place: str = "") -> Iterator[str]:
    """What a person at a terminal is told. `place`: in words, where it is more than the finding's own."""
    shape = f" ({finding.shape})" if finding.shape else ""
    yield f"{finding.code}  {finding.severity:<7}  {place or finding.place}: {finding.text}{shape}"
    if finding.hint:
        yield f"{_INDENT}hint: {finding.hint}"
    if finding.cites:
        yield f"{_INDENT}{finding.cites}"
    if finding.tolerated:
        yield f"{_INDENT}tolerated: {finding.tolerated}"


def summary(persons: int, errors: int, warnings: int) -> str:
    """ "1 person, 2 errors, 0 warnings" """
    return ", ".join((counted(persons, "person"), counted(errors, "error"), counted(warnings, "warning")))


def from_api(document: Mapping[str, Any]) -> Finding:
    """A finding out of an answer of the API."""
    import msgspec

    return msgspec.convert(document, Finding)
