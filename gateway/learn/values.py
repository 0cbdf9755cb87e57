"""The values of one column, counted once each, so that whatever looks at them asks a vocabulary once for a thousand equal ones.

In: a column of persons. Out: `Values`, and `Look`: what a recogniser saw in them. Neither shows a value: a `Look` says how many
values have which form, and nothing else leaves this package but header words and code words (see `gateway.learn`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

_LONGEST = 120  # characters that are looked at: no value of a list is longer, and remarks are remarks


class Values:
    """`texts`: one a person, None where empty. `different`: each text and how often it is there."""

    def __init__(self, texts: Iterable[str | None]) -> None:
        self.texts: Sequence[str | None] = [
            " ".join(text[:_LONGEST].split()) or None if text else None for text in texts
        ]
        self.different = Counter(text for text in self.texts if text is not None)
        self.filled = sum(self.different.values())

    def __repr__(self) -> str:
        return f"<Values {self.filled} of {len(self.texts)}>"

    def count(self, is_so: Callable[[str], bool]) -> int:
        """How many of the values, equal ones counted each time."""
        return sum(number for text, number in self.different.items() if is_so(text))

    def share(self, is_so: Callable[[str], bool]) -> float:
        return self.count(is_so) / self.filled if self.filled else 0.0

    @property
    def variety(self) -> float:
        """1 where no value comes twice."""
        return len(self.different) / self.filled if self.filled else 0.0

    @property
    def beside_equal(self) -> float:
        """The share of values that stand right below an equal one, as those of one booking or family do."""
        pairs = zip(self.texts, self.texts[1:], strict=False)
        return sum(one is not None and one == other for one, other in pairs) / self.filled if self.filled else 0.0


class Look(msgspec.Struct, frozen=True):
    """What the values look like. `share` (0 to 1) of them have the form of `kind`; `said` is that in words, without a value.

    `proven`: two independent sorts of evidence in the values agree, such as a form and a check digit.
    """

    kind: str
    share: float
    said: str
    proven: bool = False


def of(values: Values, count: int) -> str:
    """ "all 212" or "208 of 212"."""
    return f"all {values.filled}" if count == values.filled else f"{count} of {values.filled}"


def looked(values: Values, kind: str, is_so: Callable[[str], bool], words: str) -> Look:
    """The look of a kind that every value has or has not by itself."""
    count = values.count(is_so)
    return Look(kind, count / values.filled if values.filled else 0.0, f"{of(values, count)} are {words}")
