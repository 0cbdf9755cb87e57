"""Checks on numbers: what was declared against what is listed.

In: facts about a list. Out: hits on `counts.*` and on the list as a whole. 98/41/EC art. 4 (the count) and art. 9 (where it may be an
estimate), EMSWe MIG 2.0 DE-034-01 to -03, R-GENERAL-002. A rescue starts from these numbers, so that a difference is an error.
"""

from gateway.checks.check import AUTHORITY, ERROR, INFO, SAFETY, WARNING, Hit, Hits, check
from gateway.checks.examples import both, counts, listing, repeated, unchanged
from gateway.checks.facts import Facts
from gateway.manifest import Counts, Function, ListKind, Role

MOST = 99_999  # EMSWe DE-001-02: the last sequence number
NOT_KNOWN = 99_999  # SafeSeaNet writes so that the number of persons on board is unknown


@check(
    "C-01",
    ERROR,
    "the number of passengers declared is not the number of passengers listed: {listed} are listed",
    hint="correct the number, or list those who are missing; late boarders count too",
    cites="98/41/EC art. 4 and 5; EMSWe DE-034-02",
    good=unchanged,
    bad=counts(passengers=6, on_board=9),
)
def passengers(facts: Facts) -> Hits:
    declared, listed = facts.manifest.counts.passengers, len(facts.passengers)
    if declared is None or facts.manifest.kind is ListKind.CREW or not facts.persons:
        return []
    # supernumeraries and crew of another ship on a passenger list may be counted either way
    everyone = len(facts.persons) if facts.manifest.kind is ListKind.PASSENGERS else listed
    return [] if declared in (listed, everyone) else [Hit("counts.passengers", parts={"listed": listed})]


@check(
    "C-02",
    ERROR,
    "the number of crew declared is not the number of crew listed: {listed} are listed",
    hint="correct the number, or list those who are missing; the master counts too",
    cites="98/41/EC art. 4; EMSWe DE-034-03",
    good=unchanged,
    bad=counts(crew=4, on_board=9),
    example_kind=ListKind.CREW,
)
def crew(facts: Facts) -> Hits:
    declared, listed = facts.manifest.counts.crew, len(facts.crew)
    if declared is None or facts.manifest.kind is ListKind.PASSENGERS or not facts.persons:
        return []
    return [] if declared == listed else [Hit("counts.crew", parts={"listed": listed})]


@check(
    "C-03",
    ERROR,
    "the numbers of passengers and crew do not add up to the number of persons on board",
    hint="count again: everybody on board is in the total, of any age and in any role",
    cites="98/41/EC art. 4; EMSWe DE-034-01 to DE-034-03",
    good=unchanged,
    bad=counts(on_board=7),
)
def sum_of_both(facts: Facts) -> Hits:
    stated = facts.manifest.counts
    if stated.on_board is None or stated.passengers is None or stated.crew is None:
        return []
    others = len(facts.having(Role.STOWAWAY, Role.OTHER_SHIP_CREW))
    rest = stated.on_board - stated.passengers - stated.crew
    return [] if 0 <= rest <= others else [Hit("counts.on_board")]


@check(
    "C-04",
    ERROR,
    "more persons are listed than are declared to be on board: {listed}",
    hint="correct the number, or remove those who did not board",
    cites="98/41/EC art. 4 and 5; EMSWe DE-034-01",
    good=counts(on_board=5, passengers=None, crew=None),
    bad=counts(on_board=4, passengers=None, crew=None),
)
def too_many(facts: Facts) -> Hits:
    declared, listed = facts.manifest.counts.on_board, len(facts.persons)
    return [Hit("counts.on_board", parts={"listed": listed})] if declared is not None and listed > declared else []


@check(
    "C-05",
    WARNING,
    "the number of persons on board is missing",
    hint="give it before departure, for everybody on board: a list of passengers does not tell it",
    cites="98/41/EC art. 4; EMSWe DE-034-01",
    good=unchanged,
    bad=counts(on_board=None),
    purposes=SAFETY,
)
def on_board_missing(facts: Facts) -> Hits:
    stated = facts.manifest.counts
    complete = facts.manifest.kind is ListKind.MIXED and facts.persons
    return [] if stated.on_board is not None or complete or facts.withdrawn else [Hit("counts.on_board")]


@check(
    "C-06",
    ERROR,
    "nobody is listed, and no number is declared",
    hint="send the list, or the number of persons on board; for an empty ship declare 0 passengers",
    cites="98/41/EC art. 4; FAL Convention 2.6.1 and 2.7.3",
    good=both(listing(persons=()), counts(passengers=0, crew=8)),
    bad=listing(persons=(), counts=Counts()),
)
def nobody(facts: Facts) -> Hits:
    stated = facts.manifest.counts
    declared = any(number is not None for number in (stated.on_board, stated.passengers, stated.crew))
    return [] if facts.persons or declared or facts.withdrawn else [Hit("counts.on_board")]


@check(
    "C-07",
    ERROR,
    "no ship sails with 0 persons on board, or fewer",
    hint="give the number of everybody on board, with the crew; leave the field empty where it is not known",
    cites="EMSWe R-GENERAL-002, DE-034-01",
    good=counts(passengers=0, on_board=None),
    bad=counts(passengers=None, crew=None, on_board=0),
)
def zero(facts: Facts) -> Hits:
    stated = facts.manifest.counts
    wrong = (stated.passengers or 0) < 0, (stated.crew or 0) < 0, stated.on_board is not None and stated.on_board < 1
    return [Hit("counts.on_board")] if any(wrong) else []


@check(
    "C-08",
    WARNING,
    "99,999 persons on board means that the number is not known",
    hint="count, and declare the number before departure",
    cites="SafeSeaNet XML Messaging Reference Guide (PortPlus); 98/41/EC art. 4",
    good=unchanged,
    bad=counts(passengers=None, crew=None, on_board=99_999),
)
def not_known(facts: Facts) -> Hits:
    return [Hit("counts.on_board")] if facts.manifest.counts.on_board == NOT_KNOWN else []


@check(
    "C-09",
    INFO,
    "the number of persons on board is an estimate",
    hint="count heads; an estimate by vehicles is allowed only where the State has exempted the service",
    cites="98/41/EC art. 9",
    good=unchanged,
    bad=counts(basis="estimated"),
    purposes=SAFETY,
)
def estimated(facts: Facts) -> Hits:
    return [Hit("counts.on_board")] if facts.manifest.counts.basis == "estimated" else []


@check(
    "C-10",
    ERROR,
    "the list has more than 99,999 persons",
    hint="send one list for each leg and ship",
    cites="EMSWe DE-001-02, R-GENERAL-048",
    good=unchanged,
    bad=repeated(MOST),
)
def too_long(facts: Facts) -> Hits:
    return [Hit("counts.on_board")] if len(facts.persons) > MOST else []


@check(
    "C-11",
    WARNING,
    "the list withdraws an earlier one, and lists persons nevertheless",
    hint="to withdraw, send the header alone; to correct, send a replacement with everybody on board",
    cites="EMSWe R-MAI-001, G-PXA-003",
    good=listing(function=Function.CANCEL, persons=()),
    bad=listing(function=Function.CANCEL),
    purposes=AUTHORITY,
)
def withdrawal_with_persons(facts: Facts) -> Hits:
    return [Hit("function")] if facts.withdrawn and facts.persons else []


CHECKS = (
    passengers,
    crew,
    sum_of_both,
    too_many,
    on_board_missing,
    nobody,
    zero,
    not_known,
    estimated,
    too_long,
    withdrawal_with_persons,
)
