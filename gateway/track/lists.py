"""What belongs to which call, and which lists of a call are the newest.

In: dues, filings or events of many calls; the filings of one. Out: the same by call; the newest list of each kind, unless it was taken back.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from gateway.manifest import ListKind
from gateway.track.filing import Filing


class OfCall(Protocol):
    """Anything that names its call."""

    @property
    def call(self) -> str: ...


Owned = TypeVar("Owned", bound=OfCall)


def by_call(items: Iterable[Owned]) -> Mapping[str, Sequence[Owned]]:
    found: dict[str, list[Owned]] = {}
    for item in items:
        found.setdefault(item.call, []).append(item)
    return found


def newest_lists(filings: Iterable[Filing]) -> dict[ListKind, Filing]:
    """The newest list of each kind, unless it was taken back."""
    newest: dict[ListKind, Filing] = {}
    for filing in sorted(filings, key=lambda filing: filing.order):
        if filing.withdrawn:
            newest.pop(filing.kind, None)
        elif filing.persons:
            newest[filing.kind] = filing
    return newest
