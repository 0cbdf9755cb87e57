"""APERAK, the answer of an application to any EDIFACT message (UN/EDIFACT D.05B), as ports in Spain answer passenger lists.

In: what is said of one message, or of an interchange without any. Out: a message. It says how the *gateway* took the list.

    BGM+<962|963>+<our number>+<30|27>   962 answer, 30 accepted; 963 error, 27 not accepted (UN/EDIFACT 1001, 1225)
    DTM+137                              when it was made, in UTC
    RFF+ACW, RFF+AGO, RFF+TN             UNH 0062 (else UNB 0020), BGM 1004 and RFF+TN of what is answered; SG2 stands 9 times at most
    ERC+<code of the finding>            with FTX+AAO+++ what is wrong, and what to do
    RFF+ACW:<0062>:<number>              its segment, by its number (1156), which counts from UNH as 1

A list that was taken is accepted with its errors told: a gateway cannot refuse a person. SG4 (ERC-FTX-SG5) stands 99,999 times.
"""

from collections.abc import Iterator
from datetime import UTC
from itertools import islice
from typing import Final

from gateway.answers.messages import Said, text
from gateway.formats.edifact import write_segment

_MOST_ERRORS: Final = 9_999
_MOST_TRANSACTIONS: Final = 7  # SG2 stands 9 times


def message(said: Said, reference: str) -> str:
    """UNH to UNT. `reference`: of this message, in its interchange."""
    kind, function = ("963", "27") if said.is_refused else ("962", "30")
    segments = [
        write_segment("UNH", reference, ["APERAK", "D", "05B", "UN"]),
        write_segment("BGM", kind, said.own, function),
        write_segment("DTM", ["137", said.at.astimezone(UTC).strftime("%Y%m%d%H%M"), "203"]),
        *[write_segment("RFF", [code, one]) for code, one in _references(said)],
        *_errors(said),
    ]
    return "".join([*segments, write_segment("UNT", str(len(segments) + 1), reference)])


def _references(said: Said) -> Iterator[tuple[str, str]]:
    yield "ACW", said.reference
    if said.document:
        yield "AGO", said.document
    yield from (("TN", own) for own in islice(said.transactions(), _MOST_TRANSACTIONS))


def _errors(said: Said) -> Iterator[str]:
    for finding in said.findings[:_MOST_ERRORS]:
        yield write_segment("ERC", finding.code)
        yield write_segment("FTX", "AAO", "", "", text(finding))
        number = said.position(finding)
        if number is not None:
            yield write_segment("RFF", ["ACW", said.reference, str(number)])
    if len(said.findings) > _MOST_ERRORS:
        yield write_segment("ERC", "MORE")
        yield write_segment("FTX", "AAO", "", "", ["more findings are in the answer as JSON"])
