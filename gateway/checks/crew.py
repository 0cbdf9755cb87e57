"""Checks on who is crew: ranks, the master, who stands on which list.

In: facts about a list. Out: hits on `rank`, `rank_code`, `role`. FAL Convention 2.6.1 and FAL.14(46) form 5, EMSWe CWA (IMO crew
roles), R-PXA-002; the UK's FAL 5 and FAL 6 templates put supernumeraries among the passengers.
"""

from gateway.checks.check import BORDER, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import person, unchanged
from gateway.checks.facts import Facts
from gateway.codes import ranks
from gateway.manifest import ListKind, Role

YOUNGEST = 16


@check(
    "P-80",
    WARNING,
    "the rank or rating is missing",
    hint="give what the person does on board, as the articles of agreement have it",
    cites="FAL Convention 2.6.1; UK NMSW template FAL 5; EMSWe G-PXA-001",
    good=unchanged,
    bad=person(1, rank=None, rank_code=None),
    purposes=BORDER,
    example_kind=ListKind.CREW,
)
def rank_missing(facts: Facts) -> Hits:
    rank, code = facts.column("rank"), facts.column("rank_code")
    return at("rank", [i for i in facts.crew if not rank[i] and not code[i]])


@check(
    "P-81",
    INFO,
    "the rank has no code of the IMO crew roles",
    hint="nothing has to be done; a code spares the authority from reading",
    cites="IMO Compendium BR 00, IMO0043; EMSWe G-GENERAL-007",
    good=unchanged,
    bad=person(1, rank="Ice sculptor", rank_code=None),
    purposes=BORDER,
    example_kind=ListKind.CREW,
)
def rank_without_code(facts: Facts) -> Hits:
    rank, code = facts.column("rank"), facts.column("rank_code")
    return at("rank", [i for i in facts.crew if rank[i] and not code[i]])


@check(
    "P-82",
    WARNING,
    "the code is none of the IMO crew roles",
    hint="compare it with the published list, or give the rank in words",
    cites="EMSWe DE-035-14; IMO Compendium IMO0043",
    good=unchanged,
    bad=person(1, rank_code="99999"),
    example_kind=ListKind.CREW,
)
def rank_code_unknown(facts: Facts) -> Hits:
    wrong = facts.where("rank_code", lambda code: not ranks.is_known(code))
    return at("rank_code", wrong, facts.column("rank_code"))


@check(
    "P-83",
    WARNING,
    "nobody on the crew list is the master",
    hint="list the master too, with the rank or the code of a master",
    cites="FAL Convention 2.6.1; EMSWe DE-035-14",
    good=unchanged,
    bad=person(master=False, rank="Third engineer", rank_code="10222"),
    purposes=BORDER,
    example_kind=ListKind.CREW,
)
def no_master(facts: Facts) -> Hits:
    if facts.manifest.kind is not ListKind.CREW or not facts.persons:
        return []
    found = any(facts.column("master")) or any(map(ranks.is_master, facts.distinct("rank_code")))
    return [] if found else [Hit("rank")]


@check(
    "P-84",
    ERROR,
    "more than one person is the master",
    hint="a ship has one master; a second one on board is crew with another rank, or a passenger",
    cites="FAL Convention 2.6.1",
    good=unchanged,
    bad=person(1, master=True),
    example_kind=ListKind.CREW,
)
def several_masters(facts: Facts) -> Hits:
    masters = [index for index, is_master in enumerate(facts.column("master")) if is_master]
    return at("rank", masters[1:])


@check(
    "P-85",
    ERROR,
    "the master is listed as somebody who is not crew",
    hint="give the master's role as crew",
    cites="FAL Convention 2.6.1; EMSWe R-PXA-002",
    good=unchanged,
    bad=person(role=Role.PASSENGER),
    example_kind=ListKind.CREW,
)
def master_not_crew(facts: Facts) -> Hits:
    role = facts.column("role")
    return at("role", [i for i, is_master in enumerate(facts.column("master")) if is_master and role[i] != Role.CREW])


@check(
    "P-86",
    WARNING,
    "by the date of birth this crew member is younger than 16",
    hint="correct the date of birth, or the role: a child on board is a passenger",
    cites="EMSWe ERR-024",
    good=unchanged,
    bad=person(1, birth_date="2016-12-02"),
    example_kind=ListKind.CREW,
)
def young_crew(facts: Facts) -> Hits:
    born = facts.column("birth_date")
    latest = f"{facts.context.today.year - YOUNGEST:04}{facts.today[4:]}"
    return at("birth_date", [i for i in facts.crew if born[i] and latest < born[i] <= facts.today])


@check(
    "P-87",
    INFO,
    "a passenger has a rank",
    hint="if the person works on board, list them as crew; a supernumerary may stay among the passengers",
    cites="UK NMSW template FAL 6; EMSWe R-PXA-002",
    good=unchanged,
    bad=person(rank="Dancer"),
)
def passenger_with_rank(facts: Facts) -> Hits:
    rank = facts.column("rank")
    return at("rank", [i for i in facts.passengers if rank[i]]) if facts.distinct("rank") else []


@check(
    "P-88",
    WARNING,
    "a crew member stands on a passenger list",
    hint="move the person to the crew list; crew of another ship and supernumeraries are listed as such",
    cites="EMSWe R-PXA-002; FAL Convention 2.7.3",
    good=person(role=Role.OTHER_SHIP_CREW),
    bad=person(role=Role.CREW),
)
def crew_among_passengers(facts: Facts) -> Hits:
    return at("role", facts.crew) if facts.manifest.kind is ListKind.PASSENGERS else []


@check(
    "P-89",
    WARNING,
    "a passenger stands on a crew list",
    hint="move the person to the passenger list, or give their role on board",
    cites="FAL Convention 2.6.1; EMSWe R-PXA-002",
    good=unchanged,
    bad=person(1, role=Role.PASSENGER),
    example_kind=ListKind.CREW,
)
def passenger_among_crew(facts: Facts) -> Hits:
    return at("role", facts.passengers) if facts.manifest.kind is ListKind.CREW else []


CHECKS = (
    rank_missing,
    rank_without_code,
    rank_code_unknown,
    no_master,
    several_masters,
    master_not_crew,
    young_crew,
    passenger_with_rank,
    crew_among_passengers,
    passenger_among_crew,
)
