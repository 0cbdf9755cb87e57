"""Checks on who stands on a list twice, or on two lists at once.

In: facts about one list, or about the lists of one submission. Out: hits on the document's number or the family name, each of which
names the other places. The key is issuing State and document number, as the UK's templates have it; the number alone is none,
for two States may issue the same. Who has no document is told by name and date of birth, which is a reason to look, no proof.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from gateway.checks.check import ERROR, WARNING, Example, Hit, Hits, check
from gateway.checks.examples import counts, document, person, repeated, unchanged
from gateway.checks.facts import Facts
from gateway.checks.papers import is_placeholder
from gateway.findings import Place, Rule
from gateway.manifest import Function

_KEY = "UK NMSW templates FAL 5 and FAL 6 (document number and issuing country)"
NAMED = 3  # other places named in a finding


class Entry(NamedTuple):
    """One person on one of the lists, by the field in which they are found again."""

    facts: Facts
    person: int
    field: str

    @property
    def place(self) -> Place:
        return self.facts.place(self.field, self.person)

    def hit(self, others: str) -> Hit:
        return Hit(self.field, self.person, parts={"others": others})


def by_document(facts: Facts) -> Iterable[tuple[Hashable, Entry]]:
    """Each document's issuing State and number, as far as it is a number."""
    for paper in facts.papers:
        number = paper.document.number
        if number and not is_placeholder(number):
            compact = number if number.isalnum() else "".join(filter(str.isalnum, number))
            yield (paper.document.issuer, compact.upper()), Entry(facts, paper.person, paper.field("number"))


def by_name(facts: Facts) -> Iterable[tuple[Hashable, Entry]]:
    """Each person's name and whole date of birth, where all are given."""
    columns = (facts.column(name) for name in ("family_name", "given_names", "birth_date"))
    for index, (family, given, born) in enumerate(zip(*columns, strict=True)):
        if family and given and born and len(born) == 10:
            yield (family.upper(), given.upper(), born), Entry(facts, index, "family_name")


def groups(entries: Iterable[tuple[Hashable, Entry]]) -> list[list[Entry]]:
    """The entries that share a key, where there are several."""
    found: dict[Hashable, list[Entry]] = defaultdict(list)
    for key, entry in entries:
        found[key].append(entry)
    return [same for same in found.values() if len(same) > 1] if len(found) else []


def _others(group: Sequence[Entry], entry: Entry, name: Callable[[Entry], str]) -> str:
    others = [name(other) for other in group[: NAMED + 1] if other is not entry][:NAMED]
    more = len(group) - 1 - len(others)
    return "; ".join(others) + (f"; and {more} more" if more > 0 else "")


def _is_one_person(group: Sequence[Entry]) -> bool:
    """Whether all entries agree in name or in date of birth."""
    persons = [entry.facts.persons[entry.person] for entry in group]
    return all(
        (a.family_name == b.family_name and a.given_names == b.given_names) or a.birth_date == b.birth_date
        for a, b in pairwise(persons)
    )


def _within(facts: Facts, one_person: bool) -> list[Hit]:
    hits = []
    for group in groups(by_document(facts)):
        if len({entry.person for entry in group}) > 1 and _is_one_person(group) is one_person:
            hits += [entry.hit(_others(group, entry, lambda other: str(other.place))) for entry in group]
    return hits


@check(
    "C-20",
    ERROR,
    "this person is listed more than once, with the same document: see {others}",
    hint="keep one entry; who moved to another cabin is still one person",
    cites=_KEY,
    good=unchanged,
    bad=repeated(1),
)
def person_twice(facts: Facts) -> Hits:
    return _within(facts, one_person=True)


@check(
    "C-21",
    ERROR,
    "the same document is given for different persons: see {others}",
    hint="compare both with their documents; a child may have been given a parent's number",
    cites=_KEY,
    good=document(1, number="L898902C3"),  # the same number, of another State
    bad=document(1, number="L898902C3", issuer="SWE"),
)
def document_twice(facts: Facts) -> Hits:
    return _within(facts, one_person=False)


@check(
    "C-22",
    WARNING,
    "another person on the list has the same name and the same date of birth: see {others}",
    hint="if it is one person, keep one entry; if there are two, nothing is to be done",
    cites="98/41/EC art. 4 and 5; EMSWe ERR-028",
    good=repeated(1, birth_date="1975-08-12", documents=()),
    bad=repeated(1, documents=()),
)
def name_twice(facts: Facts) -> Hits:
    hits = []
    for group in groups(by_name(facts)):
        if not _share_a_document(group):
            hits += [entry.hit(_others(group, entry, lambda other: str(other.place))) for entry in group]
    return hits


def _share_a_document(group: Sequence[Entry]) -> bool:
    numbers = [{(d.issuer, d.number) for d in e.facts.persons[e.person].documents if d.number} for e in group]
    return any(first & second for first, second in pairwise(numbers))


CHECKS = (person_twice, document_twice, name_twice)


class AcrossCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A rule about several lists of one leg. `find` gives each hit with the list it belongs to.

    The examples are changes of a passenger list and of a crew list of the same leg.
    """

    rule: Rule
    find: Callable[[Sequence[Facts]], Iterable[tuple[Facts, Hit]]]
    good: tuple[Example, Example]
    bad: tuple[Example, Example]


def legs(lists: Sequence[Facts]) -> list[list[Facts]]:
    """The lists that speak of the same ship, leg and direction, where there are several; withdrawals list nobody."""
    same: dict[Hashable, list[Facts]] = defaultdict(list)
    for facts in lists:
        if not facts.withdrawn and facts.manifest.function is Function.ORIGINAL:
            voyage = facts.manifest.voyage
            ports = tuple(call.port.code or call.port.name for _, call in facts.ends)
            ship = facts.manifest.vessel.imo or facts.manifest.vessel.name
            same[(ship, ports, voyage.number, voyage.direction)].append(facts)
    return [leg for leg in same.values() if len(leg) > 1]


def _between(leg: Sequence[Facts], key: Callable[[Facts], Iterable[tuple[Hashable, Entry]]]) -> list[list[Entry]]:
    entries = (pair for facts in leg for pair in key(facts))
    return [group for group in groups(entries) if len({id(entry.facts) for entry in group}) > 1]


def _named(entry: Entry) -> str:
    return f"the {entry.facts.manifest.kind} list, {entry.place}"


def _hits_between(group: Sequence[Entry]) -> list[tuple[Facts, Hit]]:
    return [(e.facts, e.hit(_others([o for o in group if o.facts is not e.facts or o is e], e, _named))) for e in group]


def _document_on_two_lists(leg: Sequence[Facts]) -> Iterable[tuple[Facts, Hit]]:
    return [hit for group in _between(leg, by_document) for hit in _hits_between(group)]


def _name_on_two_lists(leg: Sequence[Facts]) -> Iterable[tuple[Facts, Hit]]:
    return [hit for group in _between(leg, by_name) if not _share_a_document(group) for hit in _hits_between(group)]


def _different_counts(leg: Sequence[Facts]) -> Iterable[tuple[Facts, Hit]]:
    stated = [facts.manifest.counts.on_board for facts in leg if facts.manifest.counts.on_board is not None]
    return [(leg[-1], Hit("counts.on_board"))] if len(set(stated)) > 1 else []


ACROSS = (
    AcrossCheck(
        rule=Rule(
            id="C-30",
            severity=ERROR,
            text="the same document stands on another list of this voyage: see {others}",
            hint="list each person once: those who work on board as crew, all others as passengers",
            cites=_KEY,
        ),
        find=_document_on_two_lists,
        good=(unchanged, unchanged),
        bad=(document(number="FT5520187", issuer="FIN"), unchanged),
    ),
    AcrossCheck(
        rule=Rule(
            id="C-31",
            severity=WARNING,
            text="a person with the same name and date of birth stands on another list of this voyage: see {others}",
            hint="if it is one person, keep one entry; if there are two, nothing is to be done",
            cites="98/41/EC art. 4 and 5; EMSWe ERR-028",
        ),
        find=_name_on_two_lists,
        good=(unchanged, unchanged),
        bad=(person(family_name="SAMPLE", given_names="JOHAN", birth_date="1971-03-09"), unchanged),
    ),
    AcrossCheck(
        rule=Rule(
            id="C-32",
            severity=ERROR,
            text="the lists of this voyage declare different numbers of persons on board",
            hint="declare on every list the number of everybody on board",
            cites="98/41/EC art. 4; EMSWe DE-034-01",
        ),
        find=_different_counts,
        good=(unchanged, unchanged),
        bad=(unchanged, counts(on_board=9, passengers=6)),
    ),
)
