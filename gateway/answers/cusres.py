"""CUSRES, the answer to a PAXLST in its own language (UN/EDIFACT D.05B, in the order of the WCO/IATA/ICAO guide, appendix II B).

In: what is said of one PAXLST. Out: a message. It says how the *gateway* took the list, never whether somebody may board.

    BGM+962+<BGM 1004 of the list>+11+<4343>   962 answer, 11 response; AP accepted, CA accepted but for the errors, RE refused
    RFF+TN, RFF+ACW                            the list's own TN, and the message reference of its UNH (0062)
    ERP+1, ERC+0                               nothing was found
    ERP+<section>:<segment's tag>:<number>     section 1 heading, 2 persons; the number counts from UNH, which is 1
    ERC+<code of the finding>  FTX+AAO+++      what is wrong, and what to do

SG4 (ERP-ERC-FTX) may stand 99 times in D.05B: the gravest findings are told, and the last group how many more there are.
"""

from collections.abc import Iterator
from typing import Final

from gateway.answers.messages import Said, printable, text
from gateway.findings import Finding, Severity, worst
from gateway.formats.edifact import write_segment

_MOST_GROUPS: Final = 99


def message(said: Said, reference: str) -> str:
    """UNH to UNT. `reference`: of this message, in its interchange."""
    access = printable(said.message.access) if said.message else ""
    segments = [
        write_segment("UNH", reference, ["CUSRES", "D", "05B", "UN", "IATA"], access or None),
        write_segment("BGM", "962", said.document, "11", _verdict(said)),
        *[write_segment("RFF", ["TN", own]) for own in said.transactions()],
        write_segment("RFF", ["ACW", said.reference]),
        *_groups(said),
    ]
    return "".join([*segments, write_segment("UNT", str(len(segments) + 1), reference)])


def _verdict(said: Said) -> str:
    """UN/EDIFACT 4343."""
    if said.is_refused:
        return "RE"
    return "CA" if worst(said.findings) is Severity.ERROR else "AP"


def _groups(said: Said) -> Iterator[str]:
    found = said.findings
    if not found:
        yield from (write_segment("ERP", "1"), write_segment("ERC", "0"))
        return
    told = found if len(found) <= _MOST_GROUPS else found[: _MOST_GROUPS - 1]
    for finding in told:
        yield write_segment("ERP", _point(said, finding))
        yield write_segment("ERC", finding.code)
        yield write_segment("FTX", "AAO", "", "", text(finding))
    if len(told) < len(found):
        yield from (write_segment("ERP", "1"), write_segment("ERC", "MORE"))
        yield write_segment("FTX", "AAO", "", "", [f"{len(found) - len(told)} more findings are in the answer as JSON"])


def _point(said: Said, finding: Finding) -> list[str | None]:
    """C701: the section, the segment's tag and its number in the message."""
    section, number = "2" if finding.place.person is not None else "1", said.position(finding)
    return [section, finding.place.tag or "", str(number)] if number is not None else [section]
