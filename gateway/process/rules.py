"""Every kind of finding that a list can get: from the readers, from `normalise`, from the checks, from the windows' answers.

In: nothing. Out: the `Rule`s, by id.
"""

from functools import cache

from gateway import checks, drift, jail, normalise
from gateway.findings import Rule
from gateway.formats import FORMATS, archive
from gateway.process import as_before, authority, join, keep, merge, place, visits, whole


@cache
def every_rule() -> tuple[Rule, ...]:
    """All rules, in the order of their ids."""
    others = (
        archive.RULES,
        as_before.RULES,
        join.RULES,
        jail.RULES,
        keep.RULES,
        merge.RULES,
        normalise.RULES,
        checks.catalogue(),
        place.RULES,
        visits.RULES,
        whole.RULES,
        drift.RULES,
        authority.RULES,
    )
    found = [rule for rules in (*(module.RULES for module in FORMATS), *others) for rule in rules]
    return tuple(sorted({rule.id: rule for rule in found}.values(), key=lambda rule: rule.id))
