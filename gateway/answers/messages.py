"""What CUSRES and APERAK have in common: what is said of one message, in texts that an interchange of ours can carry.

In: a message as it came, and the findings about it. Out: references, verdicts, texts in ISO 8859-1 (UNOC, ISO 9735-1).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from anyascii import anyascii

from gateway.findings import Finding, Severity
from gateway.formats.edifact_messages import Message

_LONGEST: Final = 512  # a component of FTX C108
_NOT_READ: Final = frozenset(("E-12", "E-13", "E-14", "E-15", "E-16", "E-31"))
"""After one of these the list was refused: it is another message, a piece of one, or takes persons off."""


class Said(NamedTuple):
    """What is said of one message. `message` None: the interchange holds none. `is_read`: any list was found in the file.
    `interchange`: the reference of what came (UNB 0020); `own`: what identifies this answer; `at`: its time."""

    message: Message | None
    findings: Sequence[Finding]
    is_read: bool
    interchange: str
    own: str
    at: datetime

    @property
    def is_refused(self) -> bool:
        """Nothing of it was taken."""
        return not self.is_read or any(
            one.code in _NOT_READ and one.severity is Severity.ERROR for one in self.findings
        )

    @property
    def reference(self) -> str:
        """UNH 0062 of the message, else UNB 0020."""
        if self.message is None:
            return self.interchange
        parts = self.message.interchange.cut(self.message.start)
        return printable(parts[1][0].strip()) if len(parts) > 1 else ""

    @property
    def document(self) -> str:
        """BGM 1004: the sender's own number of the list."""
        if self.message is None:
            return ""
        for parts in _segments(self.message, "BGM"):
            return printable(parts[2][0].strip()) if len(parts) > 2 else ""
        return ""

    def transactions(self) -> Iterator[str]:
        """RFF+TN of the list's heading."""
        for parts in _segments(self.message, "RFF") if self.message else ():
            if len(parts) > 1 and parts[1][0].strip() == "TN" and len(parts[1]) > 1:
                yield printable(parts[1][1].strip())

    def position(self, finding: Finding) -> int | None:
        """The number of the segment in the message, in which UNH is 1; None for what is not of one segment of it."""
        if self.message is None or finding.place.segment is None:
            return None
        number = finding.place.segment - self.message.interchange.first - self.message.start + 1
        return number if 1 <= number <= self.message.end - self.message.start + 1 else None


def _segments(message: Message, tag: str) -> Iterator[list[list[str]]]:
    """Those of the heading: persons begin at NAD."""
    for index in range(message.start, message.end):
        segment = message.interchange.segments[index]
        if segment.startswith("NAD"):
            return
        if segment.startswith(tag):
            yield message.interchange.cut(index)


def text(finding: Finding) -> list[str | None]:
    """What is wrong, what to do, and the clause, each a component of FTX C108."""
    shape = f" ({finding.shape})" if finding.shape else ""
    texts = (finding.text + shape, finding.hint, finding.cites)
    return [printable(text)[:_LONGEST] for text in texts if text]


def printable(text: str) -> str:
    """Letters outside ISO 8859-1 in Latin ones; nothing that could not be printed."""
    known = "".join(sign if sign < "\u0100" else anyascii(sign) for sign in text)
    return "".join(sign for sign in known if sign.isprintable())
