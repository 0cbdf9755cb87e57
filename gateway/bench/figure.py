"""One measured figure, and how times are taken: best and median of several runs, garbage collection as it is."""

import statistics
import time
from collections.abc import Callable

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`value` in `unit`; `aim` in words; `peer` and `ratio` where something comparable ran beside it."""

    what: str
    value: float
    unit: str
    aim: str = ""
    peer: str = ""
    ratio: float | None = None

    def __str__(self) -> str:
        beside = (
            f"  ({self.ratio:.1f} x {self.peer})" if self.ratio is not None else f"  ({self.peer})" if self.peer else ""
        )
        aim = f"  [aim: {self.aim}]" if self.aim else ""
        return f"{self.what:<64} {self.value:>12,.4g} {self.unit}{beside}{aim}"


class Times(msgspec.Struct, frozen=True):
    """Seconds of one run."""

    best: float
    median: float


def timed(run: Callable[[], object], runs: int) -> Times:
    """`run` several times in this process; the first, which fills caches, is not counted."""
    run()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return Times(min(seconds), statistics.median(seconds))
