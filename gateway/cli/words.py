"""How findings are shown at a terminal: the same words wherever they come from.

In: a `Finding`, or one as the API gives it. Out: lines of text: code, severity and place first, then what to do.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.findings import Finding

_INDENT = " " * 15


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
