"""How carriers do: the metrics of `METRICS` per carrier, route and period, the points that were lost, the score.

`sailing_of` measures one expected sailing, `cards` makes scorecards of them, `lost_points` the evidence, `report` and `heatmap` what is shown.
"""

from gateway.track.metrics.card import cards
from gateway.track.metrics.definitions import CONTESTABLE, METRICS, Metric
from gateway.track.metrics.lost import lost_points
from gateway.track.metrics.report import Heat, Report, Row, heatmap, report, table
from gateway.track.metrics.sailing import Checked, Facts, Messages, Sailing, sailing_of
from gateway.track.metrics.sufficiency import Submissions
from gateway.track.metrics.terms import Terms, parse_terms
from gateway.track.metrics.values import FEWEST_FOR_A_SHARE, Card, Filled, Lost, Period, Value

__all__ = [
    "CONTESTABLE",
    "FEWEST_FOR_A_SHARE",
    "METRICS",
    "Card",
    "Checked",
    "Facts",
    "Filled",
    "Heat",
    "Lost",
    "Messages",
    "Metric",
    "Period",
    "Report",
    "Row",
    "Sailing",
    "Submissions",
    "Terms",
    "Value",
    "cards",
    "heatmap",
    "lost_points",
    "parse_terms",
    "report",
    "sailing_of",
    "table",
]
