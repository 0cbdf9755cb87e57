"""Checks on visas and residence permits: number and State together, still valid, not the passport over again.

In: facts about a list. Out: hits on `visa.*` and `permit.*`. FAL.14(46) form 6, EMSWe MIG 2.0 DE-039-04 and -09 to -11. Whether somebody
needs a visa is for the authority to say.
"""

from collections.abc import Callable

from gateway.checks.check import BORDER, WARNING, Hit, Hits, check
from gateway.checks.examples import permit, visa
from gateway.checks.facts import Facts, Leave
from gateway.codes import countries


def _leaves(
    facts: Facts, part: str, found: Callable[[Leave], object], kinds: tuple[str, ...] = ("visa", "permit")
) -> list[Hit]:
    return [Hit(one.field(part), one.person) for one in facts.leaves if one.kind in kinds and found(one)]


@check(
    "D-40",
    WARNING,
    "the visa's number is missing",
    hint="give the number as printed on the sticker, or leave the visa out",
    cites="FAL.14(46) form 6; EMSWe DE-039-10 (1..1)",
    good=visa(number="SCH047114", issuer="FRA", expiry="2027-01-31"),
    bad=visa(number=None, issuer="FRA"),
)
def visa_number_missing(facts: Facts) -> Hits:
    return _leaves(facts, "number", lambda one: not one.permit.number, ("visa",))


@check(
    "D-41",
    WARNING,
    "the State that issued the visa is missing",
    hint="give its three-letter code",
    cites="EMSWe DE-039-11 (1..1)",
    good=visa(number="SCH047114", issuer="FRA"),
    bad=visa(number="SCH047114"),
    purposes=BORDER,
)
def visa_issuer_missing(facts: Facts) -> Hits:
    return _leaves(facts, "issuer", lambda one: one.permit.number and not one.permit.issuer, ("visa",))


@check(
    "D-42",
    WARNING,
    "the residence permit is not complete: a number and the State that issued it belong together",
    hint="give both, or leave the permit out",
    cites="EMSWe DE-039-04, DE-039-09 (1..1)",
    good=permit(number="RP1047114", issuer="NLD"),
    bad=permit(number="RP1047114"),
    purposes=BORDER,
)
def permit_incomplete(facts: Facts) -> Hits:
    return [
        Hit(one.field("issuer" if one.permit.number else "number"), one.person)
        for one in facts.leaves
        if one.kind == "permit" and not (one.permit.number and one.permit.issuer)
    ]


@check(
    "D-43",
    WARNING,
    "the visa or residence permit is no longer valid {when}",
    hint="compare the date with the document; if it is right, the person should see the border guards before boarding",
    cites="EMSWe DE-039-09, DE-039-10; Schengen Borders Code Annex VI 3.2",
    good=visa(number="SCH047114", issuer="FRA", expiry="2026-11-25"),
    bad=visa(number="SCH047114", issuer="FRA", expiry="2026-11-24"),
    purposes=BORDER,
)
def leave_expired(facts: Facts) -> Hits:
    over = _leaves(facts, "expiry", lambda one: one.permit.expiry and one.permit.expiry < facts.arrival_day)
    return [hit._replace(parts={"when": facts.on_arrival_day}) for hit in over]


@check(
    "D-44",
    WARNING,
    "this code is no State that issues visas or residence permits",
    hint="give the three-letter code of the State",
    cites="EMSWe DE-039-04, DE-039-11",
    good=visa(number="SCH047114", issuer="FRA"),
    bad=visa(number="SCH047114", issuer="QQQ"),
)
def leave_issuer_unknown(facts: Facts) -> Hits:
    return _leaves(facts, "issuer", lambda one: one.permit.issuer and countries.country(one.permit.issuer) is None)


@check(
    "D-45",
    WARNING,
    "the visa has the same number as the travel document",
    hint="give the number on the visa itself; the passport's number is often copied into its field",
    cites="EMSWe DE-035-17, DE-039-10",
    good=visa(number="SCH047114", issuer="FRA"),
    bad=visa(number="L898902C3", issuer="FRA"),
)
def visa_is_passport(facts: Facts) -> Hits:
    documents = facts.column("documents")
    return _leaves(
        facts,
        "number",
        lambda one: one.permit.number and any(d.number == one.permit.number for d in documents[one.person]),
        ("visa",),
    )


CHECKS = (
    visa_number_missing,
    visa_issuer_missing,
    permit_incomplete,
    leave_expired,
    leave_issuer_unknown,
    visa_is_passport,
)
