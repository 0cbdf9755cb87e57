"""Expected and received: which call a list is for, how each duty stands, the arrivals board and the carriers' scores."""

from gateway.track.board import Listed, Row, board
from gateway.track.filing import Filing, errors_by_field, missing_fields
from gateway.track.match import Match, match
from gateway.track.scorecard import Filled, Period, Score, Tally, scorecard
from gateway.track.standing import Standing, State, standing, standings

__all__ = [
    "Filing",
    "Filled",
    "Listed",
    "Match",
    "Period",
    "Row",
    "Score",
    "Standing",
    "State",
    "Tally",
    "board",
    "errors_by_field",
    "match",
    "missing_fields",
    "scorecard",
    "standing",
    "standings",
]
