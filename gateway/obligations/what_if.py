"""Law as it would be: another day's, or with obligations that are only proposed.

In: a `Law`, proposed law, a day. Out: the law to judge sailings by instead. What is proposed is taken as if it bound everybody, so
that it shows whom it would catch; an obligation of the same id takes the place of the one in force. With a day, every sailing
is judged by what is valid on that day, whenever it sailed. Nothing that comes of it is ever counted against a carrier.
"""

from datetime import date

import msgspec

from gateway.obligations.law import Law, Obligation, Validity

NOTHING = Law()
_ALWAYS = Validity(since=date.min)


def law_as(law: Law, proposed: Law = NOTHING, on: date | None = None) -> Law:
    """`law` with what is `proposed`, as it is on the day `on`; without a day, what is proposed holds already."""
    new = {one.id: _bound(one) for one in proposed.obligations}
    both = [*(one for one in law.obligations if one.id not in new), *new.values()]
    if on is None:
        both = [_always(one) if one.id in new else one for one in both]
    else:
        both = [_always(one) for one in both if one.valid.covers(on)]
    return Law(tuple(both), (*law.requests, *proposed.requests))


def _bound(one: Obligation) -> Obligation:
    return msgspec.structs.replace(one, status="enforcing", confidence="confirmed")


def _always(one: Obligation) -> Obligation:
    return msgspec.structs.replace(one, valid=_ALWAYS)
