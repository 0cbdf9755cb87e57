"""Several lists of one kind for one sailing that came together: decks, coaches, groups, each in a file or sheet of its own.

In: all lists of a submission, normalised and not yet checked. Out: the same, those that are parts of one list as that list, where
the first of them stood. They are parts only if nothing speaks for versions: the same sailing as far as they say, the same
purposes and function, none issued later than another, and next to nobody on two of them. Whatever else came together is left
as it is, and `order` holds it back if one would take the place of another. (Rule H-07.)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from gateway.changes import overlaps
from gateway.drift import Shape, together
from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.raw import JoinedPlaces, OneOf, Own
from gateway.manifest import Counts, Function, Manifest, Person, Purpose, Role
from gateway.normalise import Lineage
from gateway.process.join import differences

MERGED: Final = Rule(
    id="H-11",
    severity=Severity.INFO,
    text="{lists} lists of the same kind for the same sailing name different persons; they were taken together as one list of {persons} persons",
    hint="nothing to do, if they are parts of one list; where one of them was to replace another, send that one alone",
)
RULES = (MERGED,)

_FEW: Final = 20  # of so many persons of the shorter list one may be on both: a party that changed coaches
_MOST: Final = 100  # lists of one submission; more are no decks, and each is compared with each
_REPLACING: Final = (Function.ORIGINAL, Function.REPLACE)

S = TypeVar("S", bound=msgspec.Struct)


class Single(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it stands in its file. `number`: the file's, from 1; `file`: the same, None where there is but one. `findings`: of
    reading and normalising. `asked`: what the law asks its sailing for. `unread`: as `Normalised`
    has it. `cut`: why it may not be whole."""

    manifest: Manifest
    lineage: Lineage
    places: Own
    header_places: Mapping[str, Place]
    number: int
    file: int | None
    member: str | None
    findings: tuple[Finding, ...]
    asked: tuple[Purpose, ...]
    shape: Shape
    unread: Mapping[str, frozenset[int]] = {}
    cut: str = ""

    def __repr__(self) -> str:
        return f"<Single {self.manifest!r}>"

    def origin(self, field: str) -> Place | None:
        """Where it says so, with its file."""
        place = self.header_places.get(field)
        return place and self.here(place)

    def here(self, place: Place) -> Place:
        return msgspec.structs.replace(place, file=place.file or self.file, member=place.member or self.member)


def merged(lists: Sequence[Single]) -> list[Single | None]:
    """For each list itself, or the whole that it is the first part of; None where it went into one before it."""
    found: list[Single | None] = list(lists)
    for group in _groups(lists) if len(lists) <= _MOST else ():
        ones = [lists[at] for at in group]
        if len(ones) > 1 and _name_different_persons(ones):
            found[group[0]] = _one_of(ones)
            for at in group[1:]:
                found[at] = None
    return found


def _groups(lists: Sequence[Single]) -> list[list[int]]:
    """Lists that would replace each other, none the newer by its own word."""
    groups: list[list[int]] = []
    for at, one in enumerate(lists):
        if one.manifest.persons and one.manifest.function in _REPLACING:
            fitting = (group for group in groups if all(_are_alike(lists[other], one) for other in group))
            group = next(fitting, None)
            if group is None:
                groups.append(group := [])
            group.append(at)
    return groups


def _are_alike(one: Single, other: Single) -> bool:
    first, second = one.manifest, other.manifest
    return (
        (first.kind, first.function, first.issued, first.purposes)
        == (second.kind, second.function, second.issued, second.purposes)
        and not differences(first, second)
        and all(a == b or None in (a, b) for a, b in zip(_times(first), _times(second), strict=True))
    )


def _times(manifest: Manifest) -> list[str | None]:
    """Several ferries leave in a day."""
    leaves, arrives = manifest.voyage.departure, manifest.voyage.arrival
    return [leaves.estimated_departure if leaves else None, arrives.estimated_arrival if arrives else None]


def _name_different_persons(ones: Sequence[Single]) -> bool:
    people = [one.manifest.persons for one in ones]
    shared = overlaps(people)
    return all(number <= min(len(people[a]), len(people[b])) // _FEW for (a, b), number in shared.items())


def _one_of(ones: Sequence[Single]) -> Single:
    first = ones[0]
    persons = _numbered([one.manifest.persons for one in ones])
    said = MERGED.at(first.here(first.lineage.whole), lists=len(ones), persons=len(persons))
    lineage = Lineage(
        format=first.lineage.format,
        places=JoinedPlaces(tuple(OneOf(one.file, one.member, len(one.manifest.persons), one.places) for one in ones)),
        header={
            field: (text, one.here(place))
            for one in reversed(ones)
            for field, (text, place) in one.lineage.header.items()
        },
        lists=tuple(one.lineage for one in ones),
    )
    return msgspec.structs.replace(
        first,
        manifest=msgspec.structs.replace(
            _filled([one.manifest for one in ones]), persons=persons, counts=_counts(ones)
        ),
        lineage=lineage,
        header_places={field: one.here(place) for one in reversed(ones) for field, place in one.header_places.items()},
        findings=(*(finding for one in ones for finding in one.findings), said),
        shape=together([one.shape for one in ones]),
        unread=_unread(ones),
        cut=next((one.cut for one in ones if one.cut), ""),
    )


def _unread(ones: Sequence[Single]) -> dict[str, frozenset[int]]:
    """As each says it, by the persons' places in the whole list."""
    found: dict[str, frozenset[int]] = {}
    before = 0
    for one in ones:
        for field, persons in one.unread.items():
            found[field] = found.get(field, frozenset()) | {before + person for person in persons}
        before += len(one.manifest.persons)
    return found


def _numbered(people: Sequence[tuple[Person, ...]]) -> tuple[Person, ...]:
    """Everybody, one list behind the other. Where each list counts from 1, the numbers go on through all."""
    numbers = [person.sequence for persons in people for person in persons]
    own = [len({person.sequence for person in persons}) for persons in people]
    if len(set(numbers)) == sum(own):
        return tuple(person for persons in people for person in persons)
    found: list[Person] = []
    for persons in people:
        before = len(found)
        found += [msgspec.structs.replace(person, sequence=before + person.sequence) for person in persons]
    return tuple(found)


def _filled(manifests: Sequence[Manifest]) -> Manifest:
    """What any of them says of ship and voyage: where two speak, they agree in what matters, and the first is taken."""
    whole = manifests[0]
    for other in manifests[1:]:
        vessel, voyage = gaps_filled(whole.vessel, other.vessel), gaps_filled(whole.voyage, other.voyage)
        whole = msgspec.structs.replace(whole, vessel=vessel, voyage=voyage)
    return whole


def gaps_filled(one: S, other: S) -> S:
    """`one`, with what only `other` says."""
    more: dict[str, object] = {}
    for field in type(one).__struct_fields__:
        own, theirs = getattr(one, field), getattr(other, field)
        if own is None or own == ():
            more[field] = theirs
        elif isinstance(own, msgspec.Struct) and type(own) is type(theirs):
            more[field] = gaps_filled(own, theirs)
    return msgspec.structs.replace(one, **more)


def _counts(ones: Sequence[Single]) -> Counts:
    """The numbers for all of them. Those that are each a list's own are added up; any other is the ship's."""
    sizes: dict[str, Callable[[Manifest], int]] = {"on_board": _all, "passengers": _passengers, "crew": _crew}
    declared: dict[str, int] = {}
    for name, size in sizes.items():
        given = [one for one in ones if getattr(one.manifest.counts, name) is not None]
        numbers = [getattr(one.manifest.counts, name) for one in given]
        if given:
            is_own = all(number and number == size(one.manifest) for one, number in zip(given, numbers, strict=True))
            is_one = len(given) > 1 and len({one.origin(f"counts.{name}") for one in given}) == 1  # a form beside them
            declared[name] = sum(size(one.manifest) for one in ones) if is_own and not is_one else numbers[0]
    basis = next((one.manifest.counts.basis for one in ones if one.manifest.counts.basis), None)
    return Counts(**declared, basis=basis)


def _all(manifest: Manifest) -> int:
    return len(manifest.persons)


def _crew(manifest: Manifest) -> int:
    return sum(person.role is Role.CREW for person in manifest.persons)


def _passengers(manifest: Manifest) -> int:
    return _all(manifest) - _crew(manifest)
