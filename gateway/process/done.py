"""What the pure part of `process` hands to the part that records."""

import msgspec

from gateway.manifest import Manifest
from gateway.obligations import ExpectedCall
from gateway.process.owe import Owed
from gateway.process.parts import Part
from gateway.process.understand import Understood


class Done(msgspec.Struct, frozen=True):
    """What the pure part made of a submission. `calls`, `reasons`, `owed`, `parts` and `wholes` go with the lists, one each.
    `wholes`: beside a list that changes some persons, the whole list that it makes, where that is known."""

    understood: Understood
    calls: tuple[ExpectedCall | None, ...]
    reasons: tuple[str, ...]
    owed: tuple[Owed, ...]
    parts: tuple[tuple[Part, ...], ...]
    wholes: tuple[Manifest | None, ...]
