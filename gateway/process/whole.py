"""whole: a list that changes some persons, put on the list that it changes, for those who take whole lists only (EMSWe).

In: `Done` with every list in its place; the stored lists that are behind a change, sealed. Out: `Done` with the whole list beside
each change. Nothing is guessed: where a list behind it was withdrawn or can no longer be opened, there is none, and the sender
is told; nor is anybody reported for more than the list was for that he was on. Who takes changes gets the change as it came.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from gateway.catalogue import Catalogue
from gateway.changes import put_on
from gateway.findings import Finding, Rule, Severity
from gateway.manifest import Function, ListKind, Manifest, Person, Purpose, Role
from gateway.process.done import Done
from gateway.process.kept_list import opened_list
from gateway.process.merge import gaps_filled
from gateway.process.order import manifest_id, with_findings
from gateway.process.parts import Part
from gateway.process.understand import UnderstoodList
from gateway.store.submissions import ClaimedSubmission, Sealed

NOT_OPENED: Final = Rule(
    id="H-13",
    severity=Severity.WARNING,
    text="the list of the {whom} that this changes can no longer be opened, so no whole list could be made of both; recipients that take whole lists only were sent nothing",
    hint="send the whole list, with UN/EDIFACT 1225 = 9 (original) or 5 (replace)",
    cites="UN/EDIFACT 1225; EMSWe MIG 2.0.1 principle P13",
)
OTHER_PURPOSE: Final = Rule(
    id="H-18",
    severity=Severity.WARNING,
    text="this list of the {whom} is for {own}, and the one that it belongs with was for {other}; no whole list was made of both, so recipients that take whole lists only were not sent the change",
    hint="send the whole list for everything that it is for; a change cannot make the persons that it does not name reported for more",
    cites="Directive 98/41/EC art. 5(4); EMSWe G-PXA-003",
)
RULES = (NOT_OPENED, OTHER_PURPOSE)


def behind(claimed: ClaimedSubmission, done: Done) -> set[UUID]:
    """The stored lists that the changes in `done` are to be put on."""
    here = {manifest_id(claimed, at) for at in range(len(done.parts))}
    return {id for at in range(len(done.parts)) for part in _changing(done, at) for id in _lists(part)} - here


def with_wholes(claimed: ClaimedSubmission, done: Done, stored: Mapping[UUID, Sealed], catalogue: Catalogue) -> Done:
    """`stored`: the lists that `behind` asks for."""
    opened = {id: opened_list(sealed, id, catalogue) for id, sealed in stored.items()}
    known = {id: kept.manifest if kept else None for id, kept in opened.items()}
    known |= {manifest_id(claimed, at): one.manifest for at, one in enumerate(done.understood.lists)}
    wholes: list[Manifest | None] = []
    said: list[list[Finding]] = []
    for at, one in enumerate(done.understood.lists):
        others = {part.kind: _others(part, manifest_id(claimed, at), known) for part in _changing(done, at)}
        wider = {kind: had for kind, had in others.items() if had and not set(one.manifest.purposes) <= had}
        made = {part.kind: _whole(part, known) for part in _changing(done, at) if part.kind not in wider}
        missing = [kind for kind, persons in made.items() if persons is None]
        said.append([NOT_OPENED.at(one.lineage.whole, whom=kind.value) for kind in missing])
        said[at] += [_for_more(one, kind, had) for kind, had in wider.items()]
        found = [person for part in done.parts[at] for person in made.get(part.kind, _alone(one.manifest, part)) or ()]
        base = next((known.get(id) for part in _changing(done, at) for id in _lists(part)), None)
        wholes.append(_as_list(one.manifest, base, found) if made and found else None)
    return msgspec.structs.replace(
        done, wholes=tuple(wholes), understood=with_findings(done.understood, said) if any(said) else done.understood
    )


def _changing(done: Done, at: int) -> list[Part]:
    """The parts of a list that change a list whose whole is known; or that are a whole list whose changes came first."""
    return [
        part for part in done.parts[at] if len(_lists(part)) > 1 and part.placed.current and part.placed.current.whole
    ]


def _alone(manifest: Manifest, part: Part) -> list[Person]:
    """Whom a part names that has nothing to do with others: nobody, where it names some persons of a list that is not known."""
    return [] if manifest.function is Function.CHANGE or part.placed.held else _of_kind(manifest, part.kind)


def _lists(part: Part) -> tuple[UUID, ...]:
    return part.placed.current.lists if part.placed.current is not None else ()


def _others(part: Part, own: UUID, known: Mapping[UUID, Manifest | None]) -> set[Purpose]:
    """What the other lists of a whole were for."""
    return {purpose for id in _lists(part) if id != own and (one := known.get(id)) for purpose in one.purposes}


def _for_more(one: UnderstoodList, kind: ListKind, had: set[Purpose]) -> Finding:
    own, other = (" and ".join(sorted(purposes)) for purposes in (one.manifest.purposes, had))
    return OTHER_PURPOSE.at(one.lineage.whole, whom=kind.value, own=own, other=other)


def _whole(part: Part, known: Mapping[UUID, Manifest | None]) -> tuple[Person, ...] | None:
    """Everybody of the part's kind; None where any list behind it is lost."""
    return everybody([known.get(id) for id in _lists(part)], part.kind)


def everybody(lists: Sequence[Manifest | None], kind: ListKind) -> tuple[Person, ...] | None:
    """Everybody of a kind on a list and the changes to it, in the order in which they count; None where any of them is lost."""
    if not lists or None in lists:
        return None
    persons: tuple[Person, ...] = ()
    for one in lists:
        persons = put_on(persons, _of_kind(one, kind)) if one is not None else persons
    return persons


def _of_kind(manifest: Manifest, kind: ListKind) -> list[Person]:
    """A list of one kind is that kind's, whatever it calls each person."""
    if manifest.kind is not ListKind.MIXED:
        return list(manifest.persons)
    return [person for person in manifest.persons if (person.role is Role.CREW) == (kind is ListKind.CREW)]


def _as_list(change: Manifest, base: Manifest | None, persons: list[Person]) -> Manifest:
    """The change's own header, and where it is silent that of the list that it changes."""
    vessel, voyage = change.vessel, change.voyage
    if base is not None:
        vessel, voyage = gaps_filled(vessel, base.vessel), gaps_filled(voyage, base.voyage)
    return msgspec.structs.replace(
        change,
        function=Function.ORIGINAL if change.function is Function.CHANGE else change.function,
        vessel=vessel,
        voyage=voyage,
        persons=tuple(persons),
    )
