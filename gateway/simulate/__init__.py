"""A training season: invented lines and ships between real ports, what goes well and what goes wrong, all from one seed.

`season` makes it, `Laid` puts it on a gateway's clock, `paper` writes what the lines send, and `states` says what must have come of it.
Pure: values in, values out; no clock, no network. `./gw simulate` drives it through a running gateway.
"""

from gateway.simulate.compare import Compared, Happened, compared, worst
from gateway.simulate.laid import LEAD, Known, Laid, Turn
from gateway.simulate.papers import expected_call, paper
from gateway.simulate.season import Order, Sailing, Season, season
from gateway.simulate.story import Report, Step
from gateway.simulate.truth import Received, on_board, states

__all__ = [
    "LEAD", "Compared", "Happened", "Known", "Laid", "Order", "Received", "Report", "Sailing", "Season", "Step", "Turn", "compared", "expected_call", "on_board", "paper",
    "season", "states", "worst",
]  # fmt: skip
