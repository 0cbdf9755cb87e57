"""keep: no version of a list withdraws, by saying less, what an earlier one was filed for.

In: what `work` made, with the whole list beside each change, and for what each series was filed so far. Out: `Done` with every
purpose and every person kept whose absence a single window would take for a withdrawal (EMSWe G-PXA-003, P13), and a word to the
sender. Only a withdrawal of the whole list ends a purpose.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.catalogue import Catalogue
from gateway.findings import Finding, Rule, Severity
from gateway.manifest import Function, Manifest, Purpose
from gateway.process.done import Done
from gateway.process.order import held_back, with_findings
from gateway.process.owe import Owed
from gateway.process.work import owed_of
from gateway.route import Kept
from gateway.store.submissions import ClaimedSubmission

KEPT: Final = Rule(
    id="X-57",
    severity=Severity.WARNING,
    text="an earlier version of this list was for {purposes} as well, and this one does not say so; it was filed for that again",
    hint="state every purpose in each version; to end one, withdraw the list and send it anew",
    cites="EMSWe MIG 2.0, G-PXA-003",
)
RULES = (KEPT,)

_FILED: Final = frozenset((Purpose.BORDER, Purpose.SAFETY))  # bookings are no part of that filing


def keeping(
    claimed: ClaimedSubmission, done: Done, before: Mapping[str, frozenset[Purpose]], catalogue: Catalogue
) -> Done:
    """`before`: series -> for what it was filed since it was last withdrawn."""
    filed = dict(before)
    owed, said = list(done.owed), list[list[Finding]]()
    for at, (one, parts) in enumerate(zip(done.understood.lists, done.parts, strict=True)):
        manifest = one.manifest
        kept = {part.kind: kept_purposes(manifest, filed.get(part.series, frozenset())) for part in parts}
        said.append([])
        whole = done.wholes[at]
        if (any(kept.values()) or whole is not None) and not owed[at].held:
            made = owed_of(claimed, one, at + 1, done.calls[at], catalogue, kept, whole)
            owed[at] = held_back(made, parts)
            said[at] = _said(owed[at], kept)
        for part in parts:
            if not (owed[at].held or part.placed.held):
                is_withdrawn = manifest.function is Function.CANCEL
                known = filed.get(part.series, frozenset())
                filed[part.series] = frozenset() if is_withdrawn else known.union(manifest.purposes)
    return msgspec.structs.replace(done, owed=tuple(owed), understood=with_findings(done.understood, said))


def kept_purposes(manifest: Manifest, filed: frozenset[Purpose]) -> frozenset[Purpose]:
    """What a list must go on being filed for, though it does not say so."""
    if manifest.function is Function.CANCEL or not _FILED.intersection(manifest.purposes):
        return frozenset()
    return (filed & _FILED).difference(manifest.purposes)


def _said(owed: Owed, kept: Kept) -> list[Finding]:
    """Only where it went out so."""
    sent = {
        one for payload in owed.payloads for one in kept.get(payload.kind, frozenset()) & set(payload.route.purposes)
    }
    purposes = " and ".join(purpose for purpose in Purpose if purpose in sent)
    return [KEPT.at(purposes=purposes)] if purposes else []
