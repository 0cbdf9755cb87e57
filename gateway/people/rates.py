"""How often one may ask: a token bucket for each name, as many names as memory allows.

In: who asks and the time in seconds of any clock that does not go back. Out: 0, or how many seconds to wait. Of more names than `most` the one
that asked longest ago is forgotten: its bucket had the most time to fill.
"""

from collections import OrderedDict


class Rates:
    """`burst` at once, then one each `seconds`."""

    def __init__(self, *, burst: int, seconds: float, most: int = 20_000) -> None:
        self._burst, self._seconds, self._most = burst, seconds, most
        self._full_at: OrderedDict[str, float] = OrderedDict()  # when the bucket will be full again

    def wait(self, name: str, now: float) -> float:
        """0: taken from the bucket; else nothing is, and so many seconds are to be waited."""
        full_at = max(self._full_at.get(name, now), now) + self._seconds
        too_soon = full_at - now - self._burst * self._seconds
        if too_soon > 1e-9:  # a clock's seconds are not added up without error
            return too_soon
        self._full_at[name] = full_at
        self._full_at.move_to_end(name)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return 0.0

    def __len__(self) -> int:
        return len(self._full_at)
