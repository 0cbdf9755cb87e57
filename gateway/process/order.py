"""place -> seal: every list of a submission put into its series, one after the other.

In: what `work` made, the sealed versions that counted so far. Out: `Done` with what is
said about the order and without the messages of lists that do not count; and the versions that count now, sealed. A
version that can no longer be opened is one to compare with no more: that is no reason to keep a list back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec

from gateway.catalogue import Catalogue
from gateway.changes import names_others
from gateway.findings import Finding
from gateway.manifest import ListKind
from gateway.process.done import Done
from gateway.process.owe import Owed
from gateway.process.parts import Part, narrowed, part_for
from gateway.process.place import Current, place, rival, takes_a_place
from gateway.process.said_times import issued_at
from gateway.process.understand import Understood, UnderstoodList
from gateway.seal import Refused, Sealed, open_at_rest, seal_at_rest
from gateway.store.manifests import SealedCurrent
from gateway.store.submissions import ClaimedSubmission

_CLOCKS: Final = timedelta(days=1)  # how far a sender's clock may be ahead of ours


def manifest_id(claimed: ClaimedSubmission, at: int) -> UUID:
    """The same in every attempt. `at` counts from 0."""
    return uuid5(claimed.id, str(at + 1))


def numbered(done: Done, versions: Sequence[int]) -> Done:
    """`versions` of the parts of all lists, in `series_of`'s order."""
    ours = iter(versions)
    parts = tuple(tuple(msgspec.structs.replace(part, version=next(ours)) for part in one) for one in done.parts)
    return msgspec.structs.replace(done, parts=parts)


def series_of(done: Done) -> list[str]:
    """The series of every part of every list."""
    return [part.series for parts in done.parts for part in parts]


def in_order(
    claimed: ClaimedSubmission, done: Done, known: Mapping[str, SealedCurrent], catalogue: Catalogue
) -> tuple[Done, dict[str, SealedCurrent]]:
    """Every part in its series. `known`: series -> the version that counts so far; the other: those that do from now on."""
    currents = {name: current_of(kept, catalogue) for name, kept in known.items()}
    changed: set[str] = set()
    lists = [
        tuple(_believed(narrowed(one, part.kind), claimed.received_at) for part in parts)
        for one, parts in zip(done.understood.lists, done.parts, strict=True)
    ]
    rivals = _rivals(lists, done)
    placed: list[tuple[Part, ...]] = []
    for at, parts in enumerate(done.parts):
        own = []
        for one, part in zip(lists[at], parts, strict=True):
            if (at, part.kind) in rivals:
                found = rival(one, claimed.arrival)
            else:
                id, is_known = manifest_id(claimed, at), done.calls[at] is not None
                before = currents.get(part.series)
                found = place(one, before, id=id, version=part.version, arrival=claimed.arrival, is_known=is_known)
            if found.current is not None:
                currents[part.series] = found.current
                changed.add(part.series)
            own.append(msgspec.structs.replace(part, placed=found))
        placed.append(tuple(own))
    kept = {name: _sealed(name, current, catalogue) for name in changed if (current := currents[name])}
    return _told(done, placed), kept


def _rivals(lists: Sequence[tuple[UnderstoodList, ...]], done: Done) -> set[tuple[int, ListKind]]:
    """Parts of one submission that would replace each other, none the newer by its own word. The same list twice is no such
    case, nor are the same persons in a list of their kind and in one of everybody: the later of the two counts."""
    together: dict[tuple[str, str | None], list[tuple[int, UnderstoodList]]] = {}
    for at, parts in enumerate(done.parts):
        for one, part in zip(lists[at], parts, strict=True):
            if takes_a_place(one):
                together.setdefault((part.series, one.manifest.issued), []).append((at, one))

    def differ(ones: Sequence[tuple[int, UnderstoodList]]) -> bool:
        of_one_kind = len({done.understood.lists[at].manifest.kind for at, _ in ones}) == 1
        persons = [one.manifest.persons for _, one in ones]
        return any(other != persons[0] if of_one_kind else names_others(persons[0], other) for other in persons[1:])

    return {(at, one.manifest.kind) for ones in together.values() if differ(ones) for at, one in ones}


def _believed(one: UnderstoodList, received_at: datetime) -> UnderstoodList:
    """A list issued in the future would be newer than all to come: such a time says nothing about the order."""
    issued = issued_at(one.manifest)
    if issued is None or issued <= received_at + _CLOCKS:
        return one
    return msgspec.structs.replace(one, manifest=msgspec.structs.replace(one.manifest, issued=None))


def _told(done: Done, placed: Sequence[tuple[Part, ...]]) -> Done:
    owed = tuple(held_back(own, parts) for own, parts in zip(done.owed, placed, strict=True))
    said = [tuple(dict.fromkeys(finding for part in parts for finding in part.placed.said)) for parts in placed]
    understood = with_findings(done.understood, said)
    return msgspec.structs.replace(done, understood=understood, owed=owed, parts=tuple(placed))


def held_back(owed: Owed, parts: Sequence[Part]) -> Owed:
    """Without the messages of those parts that count for nothing."""
    if all(part.placed.held for part in parts):
        return Owed(held=parts[0].placed.held)
    why = [(payload, part_for(parts, payload.kind).placed.held) for payload in owed.payloads]
    held = tuple((payload.recipient.id, f"{payload.route.id}: {reason}") for payload, reason in why if reason)
    return Owed(tuple(payload for payload, reason in why if not reason), (*owed.not_sent, *held), owed.held)


def with_findings(understood: Understood, more: Sequence[Sequence[Finding]]) -> Understood:
    """With these besides, `more` being of each list; of several files, each finding names its own."""
    several = len(understood.formats) > 1
    lists: list[UnderstoodList] = []
    added: list[Finding] = []
    for one, found in zip(understood.lists, more, strict=True):
        named = tuple(_in_file(finding, one.file if several else None, one.member) for finding in found)
        lists.append(msgspec.structs.replace(one, findings=(*one.findings, *named)))
        added += named
    return msgspec.structs.replace(understood, lists=tuple(lists), findings=(*understood.findings, *added))


def _in_file(finding: Finding, file: int | None, member: str | None) -> Finding:
    return msgspec.structs.replace(finding, place=finding.place.within(file, member))


def current_of(kept: SealedCurrent, catalogue: Catalogue) -> Current | None:
    """The version that counts; None once its key was destroyed, or where it is not ours to open."""
    if kept.wrapped is None:
        return None
    sealed = Sealed(kept.wrapped, kept.sealed, kept.key_id)
    try:
        opened = open_at_rest(sealed, catalogue.identity, context=_context(kept.sealed_for))
    except Refused:
        return None
    return msgspec.msgpack.decode(opened, type=Current)


def _sealed(name: str, current: Current, catalogue: Catalogue) -> SealedCurrent:
    made = seal_at_rest(msgspec.msgpack.encode(current), catalogue.identity.seal_to, context=_context(name))
    return SealedCurrent(name, current.manifest, made.ciphertext, made.wrapped, made.key_id)


def _context(name: str) -> bytes:
    return b"series/" + name.encode()
