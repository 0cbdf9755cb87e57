"""The findings of one EDIFACT file: all of them, but of one kind no more than a person can use or a memory hold."""

from typing import Final

from gateway.findings import Finding, Rule, Severity

MORE = Rule(
    id="E-30", severity=Severity.INFO, text="{rule} is true {count} more times in this file",
    hint="mend what is listed and send again",
)  # fmt: skip

_MOST: Final = 100


class Findings(list[Finding]):
    """A list that keeps the first hundred of a kind and counts the others."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}

    def append(self, finding: Finding, /) -> None:
        count = self._counts[finding.code] = self._counts.get(finding.code, 0) + 1
        if count <= _MOST:
            super().append(finding)

    def finished(self) -> list[Finding]:
        """The findings, and how many were left out."""
        more = [MORE.at(rule=code, count=count - _MOST) for code, count in self._counts.items() if count > _MOST]
        return [*self, *more]
