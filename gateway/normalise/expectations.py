"""Whether a list looks as this line's lists usually do. If not, their export has probably changed without a word.

In: the columns as sent, what became of them, the profile's `[expect]`. Out: warnings about the list as a whole. The profile
speaks of the lists of passengers that report a sailing: of crew, of bookings alone, or of what is withdrawn or changed it says nothing.
"""

from gateway.carrier import Expectation
from gateway.findings import WHOLE, Rule, Severity, counted
from gateway.manifest import Function, ListKind, Manifest, Purpose
from gateway.normalise.draft import Draft

UNUSUAL_SIZE = Rule(
    id="N-60",
    severity=Severity.WARNING,
    text="the list holds {size}; this line's lists usually hold {usual}",
    hint="check that the list is whole and that it is this sailing's; if the line has grown, have its profile changed",
)
UNUSUALLY_EMPTY = Rule(
    id="N-61",
    severity=Severity.WARNING,
    text="'{field}' is given for {share:.0%} of the persons; in this line's lists usually for {usual:.0%} or more",
    hint="look for a column that was renamed, moved or left out of the export",
)
RULES = (UNUSUAL_SIZE, UNUSUALLY_EMPTY)


def compare(draft: Draft, manifest: Manifest, expected: Expectation) -> None:
    if not _is_spoken_of(manifest):
        return
    size = draft.raw.size
    if size < (expected.fewest or 0) or (expected.most is not None and size > expected.most):
        fewest, most = expected.fewest or 0, expected.most
        usual = f"{fewest} to {most}" if most is not None else f"{fewest} or more"
        draft.say_of_list(UNUSUAL_SIZE, WHOLE, size=counted(size, "person"), usual=usual)
    for field, usual_share in expected.filled.items():
        share = sum(map(bool, draft.raw.columns.get(field, ()))) / size if size else 1.0
        if share < usual_share:
            draft.say_of_list(UNUSUALLY_EMPTY, WHOLE, field=field, share=share, usual=usual_share)


def _is_spoken_of(manifest: Manifest) -> bool:
    """Whether this is a whole list of passengers, alone or with the crew."""
    is_whole = manifest.function not in (Function.CANCEL, Function.CHANGE)
    return is_whole and manifest.kind is not ListKind.CREW and manifest.purposes != (Purpose.BOOKING,)
