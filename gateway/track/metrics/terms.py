"""The published terms of the score: weights, thresholds, how long a point may be contested. Data, with an edition.

In: the TOML of `schemas/scoring/terms.toml`. Out: `Terms`, or what is wrong with the file in one line.
"""

import tomllib
from datetime import timedelta
from typing import Annotated

import msgspec

from gateway.obligations.calls import Service

_Weight = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of 100."""

    timeliness: _Weight
    sufficiency: _Weight
    agreement: _Weight


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`manifest_percent`: of a list's persons. `correction`: after the error notice. `eta_notice`: before a deadline. `contest_days`: after
    the deadline at which a point was lost."""

    manifest_percent: Annotated[int, msgspec.Meta(ge=1, le=100)]
    correction: timedelta
    eta_notice: timedelta
    contest_days: Annotated[int, msgspec.Meta(ge=1, le=366)]


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`early`: by service, how long before a deadline lists can be ready at all."""

    edition: str
    weights: Weights
    thresholds: Thresholds
    early: dict[Service, timedelta]

    @property
    def contest_window(self) -> timedelta:
        return timedelta(days=self.thresholds.contest_days)


def parse_terms(text: str) -> Terms | str:
    """The terms, or why they cannot be used."""
    try:
        terms = msgspec.convert(tomllib.loads(text), Terms)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        return f"the terms of the score cannot be read: {error}"
    weights = terms.weights
    if weights.timeliness + weights.sufficiency + weights.agreement != 100:
        return "the terms of the score cannot be used: the three weights make 100 together"
    if set(terms.early) != {"cruise", "ferry", "other"}:
        return "the terms of the score cannot be used: [early] names cruise, ferry and other"
    return terms
