"""place -> seal: every list of a submission put into its series, one after the other.

In: what `work` made, the versions that its lists got, the sealed versions that counted so far. Out: `Done` with what is
said about the order and without the messages of lists that do not count; and the versions that count now, sealed. A
version that can no longer be opened is one to compare with no more: that is no reason to keep a list back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec

from gateway.catalogue import Catalogue
from gateway.findings import Finding
from gateway.process.done import Done
from gateway.process.owe import Owed
from gateway.process.place import Current, Placed, issued_at, place, rival, takes_a_place
from gateway.process.understand import Understood, UnderstoodList
from gateway.seal import Refused, open_at_rest, seal_at_rest
from gateway.seal import Sealed as SealedAtRest
from gateway.store.submissions import ClaimedSubmission, Sealed

_CLOCKS: Final = timedelta(days=1)  # how far a sender's clock may be ahead of ours


def manifest_id(claimed: ClaimedSubmission, at: int) -> UUID:
    """The same in every attempt. `at` counts from 0."""
    return uuid5(claimed.id, str(at + 1))


def in_order(
    claimed: ClaimedSubmission,
    done: Done,
    names: Sequence[str],
    versions: Sequence[int],
    known: Mapping[str, Sealed],
    catalogue: Catalogue,
) -> tuple[Done, dict[str, Sealed]]:
    """`names` and `versions` go with the lists. Sealed: series -> the version that counts from now on."""
    currents = {name: _opened(name, sealed, catalogue) for name, sealed in known.items()}
    changed: set[str] = set()
    placed: list[Placed] = []
    rivals = _rivals(done.understood.lists, names)
    for at, (one, name) in enumerate(zip(done.understood.lists, names, strict=True)):
        if at in rivals:
            placed.append(rival(one, claimed.arrival))
            continue
        found = place(
            _believed(one, claimed.received_at),
            currents.get(name),
            id=manifest_id(claimed, at),
            version=versions[at],
            arrival=claimed.arrival,
            is_known=done.calls[at] is not None,
        )
        placed.append(found)
        if found.current is not None:
            currents[name] = found.current
            changed.add(name)
    kept = {name: _sealed(name, current, catalogue) for name in changed if (current := currents[name])}
    return _told(done, placed), kept


def _rivals(lists: Sequence[UnderstoodList], names: Sequence[str]) -> set[int]:
    """Lists of one submission that would replace each other, none the newer by its own word: decks or coaches in files of
    their own. The same list twice is no such case."""
    together: dict[tuple[str, str | None], list[int]] = {}
    for at, (one, name) in enumerate(zip(lists, names, strict=True)):
        if takes_a_place(one):
            together.setdefault((name, one.manifest.issued), []).append(at)

    def differ(ones: Sequence[int]) -> bool:
        return any(lists[at].manifest.persons != lists[ones[0]].manifest.persons for at in ones)

    return {at for ones in together.values() if differ(ones) for at in ones}


def _believed(one: UnderstoodList, received_at: datetime) -> UnderstoodList:
    """A list issued in the future would be newer than all to come: such a time says nothing about the order."""
    issued = issued_at(one.manifest)
    if issued is None or issued <= received_at + _CLOCKS:
        return one
    return msgspec.structs.replace(one, manifest=msgspec.structs.replace(one.manifest, issued=None))


def _told(done: Done, placed: Sequence[Placed]) -> Done:
    owed = tuple(Owed(held=one.held) if one.held else own for one, own in zip(placed, done.owed, strict=True))
    understood = with_findings(done.understood, [one.said for one in placed])
    return msgspec.structs.replace(done, understood=understood, owed=owed, placed=tuple(placed))


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
    return msgspec.structs.replace(finding, place=msgspec.structs.replace(finding.place, file=file, member=member))


def _opened(name: str, sealed: Sealed, catalogue: Catalogue) -> Current | None:
    if sealed.wrapped is None:
        return None
    try:
        kept = open_at_rest(
            SealedAtRest(sealed.wrapped, sealed.sealed, sealed.key_id), catalogue.identity, context=_context(name)
        )
    except Refused:
        return None
    return msgspec.msgpack.decode(kept, type=Current)


def _sealed(name: str, current: Current, catalogue: Catalogue) -> Sealed:
    made = seal_at_rest(msgspec.msgpack.encode(current), catalogue.identity.seal_to, context=_context(name))
    return Sealed(made.ciphertext, made.wrapped, made.key_id)


def _context(name: str) -> bytes:
    return b"series/" + name.encode()
