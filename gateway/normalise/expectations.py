"""Whether a list looks as this line's lists usually do. If not, their export has probably changed without a word.

In: the columns as sent, the profile's `[expect]`. Out: warnings about the list as a whole.
"""

from gateway.carrier import Expectation
from gateway.findings import WHOLE, Rule, Severity, counted
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


def compare(draft: Draft, expected: Expectation) -> None:
    size = draft.raw.size
    if size < (expected.fewest or 0) or (expected.most is not None and size > expected.most):
        fewest, most = expected.fewest or 0, expected.most
        usual = f"{fewest} to {most}" if most is not None else f"{fewest} or more"
        draft.say_of_list(UNUSUAL_SIZE, WHOLE, size=counted(size, "person"), usual=usual)
    for field, usual_share in expected.filled.items():
        share = sum(map(bool, draft.raw.columns.get(field, ()))) / size if size else 1.0
        if share < usual_share:
            draft.say_of_list(UNUSUALLY_EMPTY, WHOLE, field=field, share=share, usual=usual_share)
