"""Checks on who stands on a list twice, or on two lists at once.

In: facts about one list, or about the lists of one submission. Out: hits on the document's number or the family name, each of which
names the other places. The key is issuing State and document number, as the UK's templates have it; the number alone is none,
for two States may issue the same. Who has no document is told by name and date of birth, which is a reason to look, no proof.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import msgspec

from gateway.checks.check import ERROR, WARNING, Example, Hit, Hits, check
from gateway.checks.examples import counts, document, person, repeated, unchanged
from gateway.checks.facts import Facts
from gateway.checks.numbers import is_filler
from gateway.findings import Place, Rule
from gateway.manifest import Function, Purpose

_KEY = "UK NMSW templates FAL 5 and FAL 6 (document number and issuing country)"
NAMED = 3  # other places named in a finding


class Entry(NamedTuple):
    """One person on one of the lists, and the field by which they were found again."""

    facts: Facts
    person: int
    field: str

    @property
    def place(self) -> Place:
        return self.facts.place(self.field, self.person)

    def hit(self, others: str) -> Hit:
        return Hit(self.field, self.person, parts={"others": others})


class Keyed(NamedTuple):
    """The keys of one list, None where there is none, and what has made each of them."""

    keys: list[Hashable]
    entry: Callable[[int], Entry]


def by_document(facts: Facts) -> Keyed:
    """Each document's issuing State and number, as far as it is a number."""
    papers, issuers, numbers = facts.papers, facts.paper_column("issuer"), facts.paper_column("number")
    if facts.number_signs():
        numbers = [number and "".join(filter(str.isalnum, number)).upper() for number in numbers]
    keys = [(issuer, number) if number else None for issuer, number in zip(issuers, numbers, strict=True)]
    return Keyed(list(keys), lambda nth: Entry(facts, papers[nth].person, papers[nth].field("number")))


def by_name(facts: Facts, dates: Container[str]) -> Keyed:
    """Each person's name and date of birth, where both are given and the date is one of `dates`."""
    columns = zip(*(facts.column(name) for name in ("birth_date", "family_name", "given_names")), strict=True)
    whole = [(b, f.upper(), g.upper()) if b in dates and f and g else None for b, f, g in columns]
    return Keyed(list(whole), lambda index: Entry(facts, index, "family_name"))


def _dates_of_several(lists: Sequence[Facts]) -> set[str]:
    """The whole dates of birth that occur more than once: only who shares one can be the same person."""
    seen = Counter(chain.from_iterable(facts.column("birth_date") for facts in lists))
    return {date for date, many in seen.items() if many > 1 and date and len(date) == 10}


def groups(lists: Sequence[Keyed]) -> list[list[Entry]]:
    """The entries that share a key, on one list or on several."""
    seen = Counter(chain.from_iterable(keyed.keys for keyed in lists))
    again = {key for key, many in seen.items() if many > 1 and key is not None}
    if not again:
        return []
    found: dict[Hashable, list[Entry]] = defaultdict(list)
    for keyed in lists:
        for nth, key in enumerate(keyed.keys):
            if key in again:
                found[key].append(keyed.entry(nth))
    return list(found.values())


def _see_each_other(group: Sequence[Entry], name: Callable[[Entry], str]) -> list[tuple[Entry, Hit]]:
    """A hit for each entry, which names some of the others."""
    named = [name(entry) for entry in group[: NAMED + 1]]
    hits = []
    for nth, entry in enumerate(group):
        others = [text for at, text in enumerate(named) if at != nth][:NAMED]
        more = len(group) - 1 - len(others)
        hits.append((entry, entry.hit("; ".join(others) + (f"; and {more} more" if more else ""))))
    return hits


def _is_one_person(group: Sequence[Entry]) -> bool:
    """Whether all entries agree in name or in date of birth."""
    persons = [entry.facts.persons[entry.person] for entry in group]
    return all(
        (a.family_name == b.family_name and a.given_names == b.given_names) or a.birth_date == b.birth_date
        for a, b in pairwise(persons)
    )


def _within(groups: Iterable[Sequence[Entry]]) -> list[Hit]:
    return [hit for group in groups for _, hit in _see_each_other(group, lambda other: str(other.place))]


def _same_document(facts: Facts) -> list[list[Entry]]:
    """Persons with one document; a placeholder is none, and a document given twice for one person does no harm."""
    numbers = facts.paper_column("number")
    if not facts.number_signs() and len(set(numbers)) == len(numbers):
        return []
    shared = groups([by_document(facts)])
    return [group for group in shared if len({entry.person for entry in group}) > 1 and not _is_no_number(group[0])]


def _is_no_number(entry: Entry) -> bool:
    person = entry.facts.persons[entry.person]
    return any(document.number and is_filler(document.number) for document in person.documents)


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
    return _within(group for group in _same_document(facts) if _is_one_person(group))


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
    return _within(group for group in _same_document(facts) if not _is_one_person(group))


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
    dates = _dates_of_several([facts])
    return _within(group for group in groups([by_name(facts, dates)]) if not _share_a_document(group)) if dates else []


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
    """The lists that speak of the same ship, leg and direction, where there are several; withdrawals list nobody.

    Bookings are apart: who booked is expected on the passenger list too."""
    same: dict[Hashable, list[Facts]] = defaultdict(list)
    for facts in lists:
        if not facts.withdrawn and facts.manifest.function is Function.ORIGINAL:
            voyage = facts.manifest.voyage
            ports = tuple(call.port.code or call.port.name for _, call in facts.ends)
            ship = facts.manifest.vessel.imo or facts.manifest.vessel.name
            of_bookings = facts.purposes == {Purpose.BOOKING}
            same[(ship, ports, voyage.number, voyage.direction, of_bookings)].append(facts)
    return [leg for leg in same.values() if len(leg) > 1]


def _between(keyed: Sequence[Keyed]) -> list[list[Entry]]:
    return [group for group in groups(keyed) if len({id(entry.facts) for entry in group}) > 1]


def _named(entry: Entry) -> str:
    return f"the {entry.facts.manifest.kind} list, {entry.place}"


def _hits(groups: Iterable[Sequence[Entry]]) -> list[tuple[Facts, Hit]]:
    return [(entry.facts, hit) for group in groups for entry, hit in _see_each_other(group, _named)]


def _document_on_two_lists(leg: Sequence[Facts]) -> Iterable[tuple[Facts, Hit]]:
    return _hits(group for group in _between([by_document(facts) for facts in leg]) if not _is_no_number(group[0]))


def _name_on_two_lists(leg: Sequence[Facts]) -> Iterable[tuple[Facts, Hit]]:
    dates = _dates_of_several(leg)
    shared = _between([by_name(facts, dates) for facts in leg])
    return _hits(group for group in shared if not _share_a_document(group))


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
