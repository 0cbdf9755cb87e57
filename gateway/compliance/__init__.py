"""Compliance: how carriers do, what they contest, what is decided, and periods that are closed.

`scorecards` and `lost` ask, `contest_point` and `decide_contest` change what counts, `close` ends a period; `report_event`, `enter_check` and
`declare` take in what is told beside the lists, and `withdraw` takes an outage back.
"""

from gateway.compliance.contests import Point, Refused, contest_point, decide_contest
from gateway.compliance.measured import Asked, lost, lost_of, measured, scorecards
from gateway.compliance.onboard import declare, enter_check, report_event, withdraw
from gateway.compliance.periods import NotToBeClosed, close, closed_cards, ensure_closable

__all__ = [
    "Asked",
    "NotToBeClosed",
    "Point",
    "Refused",
    "close",
    "closed_cards",
    "contest_point",
    "decide_contest",
    "declare",
    "ensure_closable",
    "enter_check",
    "lost",
    "lost_of",
    "measured",
    "report_event",
    "scorecards",
    "withdraw",
]
