"""Every kind of finding that a list can get, and the edition of them all: what "checked" means today.

In: the rules of the readers, of `normalise`, of the checks and of what is done with lists. Out: the rules by id; a digest that changes
with any word of them, so that a certificate says what it was passed against.
"""

import hashlib
from functools import cache

import msgspec

from gateway import checks, drift, jail, normalise
from gateway.findings import Rule
from gateway.formats import FORMATS, archive
from gateway.process import as_before, authority, join, keep, merge, named, place, understand, visits, whole

_DIGITS = 12  # of a digest that nobody forges anything with: the certificate is signed


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
        named.RULES,
        normalise.RULES,
        checks.catalogue(),
        place.RULES,
        understand.RULES,
        visits.RULES,
        whole.RULES,
        drift.RULES,
        authority.RULES,
    )
    found = [rule for rules in (*(module.RULES for module in FORMATS), *others) for rule in rules]
    return tuple(sorted({rule.id: rule for rule in found}.values(), key=lambda rule: rule.id))


@cache
def edition() -> str:
    """The edition of the rules, as 12 hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode(every_rule())).hexdigest()[:_DIGITS]
