"""Expected and received: which call a list is for, how each duty stands, the arrivals board, the persons-on-board ledger.

How carriers do is in `metrics`.
"""

from gateway.track.board import Listed, Row, board
from gateway.track.events import Event, EventKind, EventReason
from gateway.track.excuses import Outage
from gateway.track.filing import Filing, errors_by_field, missing_fields
from gateway.track.ledger import Agreement, Ledger, ledger
from gateway.track.match import Match, contradictions, distance, match
from gateway.track.standing import Standing, State, standing, standings

__all__ = [
    "Agreement",
    "Event",
    "EventKind",
    "EventReason",
    "Filing",
    "Ledger",
    "Listed",
    "Match",
    "Outage",
    "Row",
    "Standing",
    "State",
    "board",
    "contradictions",
    "distance",
    "errors_by_field",
    "ledger",
    "match",
    "missing_fields",
    "standing",
    "standings",
]
