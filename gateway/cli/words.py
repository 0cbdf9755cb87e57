"""How findings are shown at a terminal: the same words wherever they come from.

In: a `Finding`, or one as the API gives it. Out: lines of text: code, severity and place first, then what to do.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.findings import Finding, Severity

_INDENT = " " * 15


_MOST_OF_A_KIND = 5
_GRAVEST_FIRST = {severity: at for at, severity in enumerate((Severity.ERROR, Severity.WARNING, Severity.INFO))}


def shown(findings: Iterable[Finding]) -> Iterator[str]:
    """What a person should see: errors first, those of a kind together, at most five of a kind at length."""
    kinds: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: _GRAVEST_FIRST[finding.severity]):
        kinds.setdefault((finding.severity, finding.code, finding.text), []).append(finding)
    for (severity, code, _), alike in kinds.items():
        for finding in alike[:_MOST_OF_A_KIND]:
            yield from lines(finding)
        if len(alike) > _MOST_OF_A_KIND:
            yield f"{code}  {severity:<7}  the same at {len(alike) - _MOST_OF_A_KIND:,} more places"


def lines(finding: Finding) -> Iterator[str]:
    """What a person at a terminal is told."""
    shape = f" ({finding.shape})" if finding.shape else ""
    yield f"{finding.code}  {finding.severity:<7}  {finding.place}: {finding.text}{shape}"
    if finding.hint:
        yield f"{_INDENT}hint: {finding.hint}"
    if finding.cites:
        yield f"{_INDENT}{finding.cites}"
    if finding.tolerated:
        yield f"{_INDENT}tolerated: {finding.tolerated}"


def from_api(document: Mapping[str, Any]) -> Finding:
    """A finding out of an answer of the API."""
    import msgspec

    return msgspec.convert(document, Finding)
