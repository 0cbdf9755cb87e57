"""The score: published weights over timeliness, sufficiency and agreement, in thousandths.

In: sailings of one carrier, the terms. Out: `Parts` and the points. Each part is a fraction whose denominator is what was expected, so it cannot
move with what a line sends or keeps back; and no filing lowers a numerator. A part that nothing was due of leaves its weight to the others.
"""

from collections.abc import Sequence

import msgspec

from gateway.track.metrics.agreement import best_agreement
from gateway.track.metrics.definitions import AGREEMENT, MANIFESTS, ON_TIME, SCORE
from gateway.track.metrics.sailing import Sailing
from gateway.track.metrics.sufficiency import WHOLE, best_share
from gateway.track.metrics.terms import Terms
from gateway.track.metrics.values import FEWEST_FOR_A_SHARE, Value
from gateway.track.standing import State

THOUSAND = 1000
TOO_FEW = f"fewer than {FEWEST_FOR_A_SHARE} sailings: see what each number counts"


class Part(msgspec.Struct, frozen=True):
    """Of `due` so much was `met`. `sailings`: how many stand behind it."""

    met: int
    due: int
    sailings: int


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    timeliness: Part
    sufficiency: Part
    agreement: Part

    def points(self, terms: Terms) -> int | None:
        """In thousandths, rounded down; None where nothing was due."""
        weights = terms.weights
        weighted = [
            (weights.timeliness, self.timeliness), (weights.sufficiency, self.sufficiency), (weights.agreement, self.agreement),
        ]  # fmt: skip
        there = [(weight, part) for weight, part in weighted if part.due and weight]
        if not there:
            return None
        common = 1
        for _, part in there:
            common *= part.due
        met = sum(weight * part.met * (common // part.due) for weight, part in there)
        return THOUSAND * met // (common * sum(weight for weight, _ in there))


def parts_of(sailings: Sequence[Sailing]) -> Parts:
    return Parts(timeliness=_timeliness(sailings), sufficiency=_sufficiency(sailings), agreement=_agreement(sailings))


def _timeliness(sailings: Sequence[Sailing]) -> Part:
    duties = [one.duties(ON_TIME.id) for one in sailings]
    met = sum(one.state is State.ON_TIME for some in duties for one in some)
    return Part(met, sum(map(len, duties)), sum(map(bool, duties)))


def _sufficiency(sailings: Sequence[Sailing]) -> Part:
    due = [(sailing, one) for sailing in sailings for one in sailing.lists_due(MANIFESTS.id)]
    met = sum(best_share(one, sailing) for sailing, one in due)
    return Part(met, WHOLE * len(due), len({sailing.call.id for sailing, _ in due}))


def _agreement(sailings: Sequence[Sailing]) -> Part:
    due = [(one, one.compared_at) for one in sailings if one.compared_at and not one.is_given_back(AGREEMENT.id)]
    met = sum(best_agreement(sailing, at) for sailing, at in due)
    return Part(met, WHOLE * len(due), len(due))


def score(parts: Parts, terms: Terms, sailings: int) -> list[Value]:
    """The score and its parts as numbers; the score itself only from so many sailings on."""
    points = parts.points(terms)
    if points is None or sailings < FEWEST_FOR_A_SHARE:
        why = "nothing was due" if points is None else TOO_FEW
        whole = Value(metric=SCORE.id, sailings=sailings, reason=why)
    else:
        whole = Value(metric=SCORE.id, numerator=points, denominator=THOUSAND, sailings=sailings)
    named = (("timeliness", parts.timeliness), ("sufficiency", parts.sufficiency), ("agreement", parts.agreement))
    return [
        whole,
        *(
            Value(metric=SCORE.id, part=name, numerator=one.met, denominator=one.due, sailings=one.sailings)
            for name, one in named
        ),
    ]
