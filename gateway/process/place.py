"""place: what a list is to those of its series that came before: the newest, an older one that came late, or a change.

In: an understood list of passengers or of crew (of a mixed list, one after the other), its version, and the version that counts so far (`Current`). Out: `Placed`: what changed, whether it
counts, what is said to the sender, and the `Current` from now on. Which of two lists is newer is decided by when they were
issued, where both say so (PAXLST DTM 137, EMSWe authentication time, `issued` of our own JSON); else by the order of
receipt. Lists are compared only where it is known that they are for the same sailing.

| UN/EDIFACT 1225 | `Function` | what it does here |
|---|---|---|
| 9 original, or nothing | original | a whole list; it takes the place of the one before (EMSWe PurposeCode 9, MIG principle P13) |
| 5 replace | replace | a whole list; it takes the place even of a final one |
| 2 addition, 4 change, 36 heading | change | changes some persons of the list before and adds others; nobody leaves. It is no list by itself: how a duty stands is judged by whole lists. Who takes whole lists only gets the list before with the changes in it (`whole`) |
| 22 final | final | a whole list, the last of the sailing: only replace, cancel or another final one comes after it |
| 1 cancellation | cancel | nobody is on the list any more (EMSWe PurposeCode 1) |
| 3 deletion, PAXLST lists XR, RP, H, 266 | none | not read: a list is only taken as a whole |
"""

from secrets import token_bytes
from typing import Final
from uuid import UUID

import msgspec

from gateway.changes import KEY_SIZE, Changes, Marks, applied, compared, marks_of
from gateway.findings import Finding, Rule, Severity, counted
from gateway.manifest import Function, ListKind, Manifest, Private, Purpose
from gateway.process.said_times import is_near, sails_at, time_of
from gateway.process.understand import UnderstoodList

LATE = Rule(
    id="H-01",
    severity=Severity.WARNING,
    text="a newer list of the {whom} of this sailing, issued {newer}, is already here; this one, issued {older}, was kept but not sent",
    hint="nothing, if it was only delayed; else send the right list again with the time at which it was made",
    cites="UN/EDIFACT 2005, 137; EMSWe MIG 2.0.1 principle P13",
)
NO_BASE = Rule(
    id="H-02",
    severity=Severity.WARNING,
    text="this changes some persons of an earlier list, but no earlier list of the sailing is here",
    hint="send the whole list, with UN/EDIFACT 1225 = 9 (original) or 5 (replace)",
    cites="UN/EDIFACT 1225",
)
AFTER_FINAL = Rule(
    id="H-03",
    severity=Severity.ERROR,
    text="version {version} was said to be the final list of this sailing; this one was kept but not sent",
    hint="if it is a correction of the final list, send it as a replacement (UN/EDIFACT 1225 = 5)",
    cites="UN/EDIFACT 1225",
)
ONLY_SOME = Rule(
    id="H-04",
    severity=Severity.INFO,
    text="this changes some persons of version {version}; the list holds {listed} now; whether it is complete is judged by whole lists",
    hint="send the whole list again, if something was missing in it",
    cites="UN/EDIFACT 1225",
)
HALF_GONE = Rule(
    id="H-05",
    severity=Severity.WARNING,
    text="{removed} of the {before} persons of version {version} are not on this list any more, and {added} are new",
    hint="check that the list is whole and that it is this sailing's; if it is not, send the right one",
)
RIVALS = Rule(
    id="H-07",
    severity=Severity.ERROR,
    text="another list of the {whom} of the same sailing came with it and names other persons; which of them counts cannot be told, so none was sent",
    hint="send all persons of a kind in one list; where one list replaces another, send that one alone",
)
WITHDRAWN = Rule(
    id="H-12",
    severity=Severity.WARNING,
    text="this changes some persons of a list of the {whom}, but version {version} withdrew that list; no whole list can be made of it",
    hint="send the whole list, with UN/EDIFACT 1225 = 9 (original) or 5 (replace)",
    cites="UN/EDIFACT 1225",
)
RULES = (LATE, NO_BASE, AFTER_FINAL, ONLY_SOME, HALF_GONE, RIVALS, WITHDRAWN)

_FEW: Final = 10  # persons; of fewer, half may well stay ashore


class Current(Private, frozen=True, kw_only=True):
    """The version of a series that counts. `key` is the series' own; `sails` and `issued` as the list said, ISO 8601.

    `whole`: a whole list is behind `marks`; False after nothing but changes. `lists`: that list and the changes since, in the
    order in which they count, `manifest` the last of them that came. `gone`: the list was withdrawn.
    """

    version: int
    arrival: int
    manifest: UUID
    purposes: tuple[Purpose, ...]
    issued: str | None
    sails: str | None
    final: bool
    whole: bool
    key: bytes
    marks: Marks
    lists: tuple[UUID, ...] = ()
    gone: bool = False


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list in its series. `listed`: persons on the list once it has been taken in.

    `outdated`: it counts for nothing, and `held` says why it is not sent. `overtakes`: a list that was taken for newer.
    `rank`: the `arrival` that its deliveries go by. `current` is None where nothing is to be remembered.
    """

    listed: int
    rank: int
    current: Current | None = None
    changes: Changes | None = None
    outdated: bool = False
    held: str = ""
    overtakes: UUID | None = None
    said: tuple[Finding, ...] = ()


def by_itself(one: UnderstoodList, arrival: int) -> Placed:
    """A list that is compared with no other."""
    return Placed(listed=0 if _is_partial(one.manifest) else len(one.manifest.persons), rank=arrival)


def place(
    one: UnderstoodList, before: Current | None, *, id: UUID, version: int, arrival: int, is_known: bool
) -> Placed:
    """`is_known`: an expected call was found for the list, so that all of its series is the same sailing's."""
    manifest = one.manifest
    alone = by_itself(one, arrival)
    if one.cut or not _is_list(manifest) or not (is_known or _names_sailing(manifest)):
        return alone
    if before is not None and not is_known and not is_near(sails_at(manifest), before.sails):
        before = None
    new = _current(manifest, before, id=id, version=version, arrival=arrival)
    if before is None:
        return _placed(alone, new, said=(_say(one, NO_BASE),) if _is_partial(manifest) else ())
    if not _is_newer(new, before):
        return _older(one, alone, new, before)
    if before.final and manifest.function in (Function.ORIGINAL, Function.CHANGE):
        return _held(alone, _say(one, AFTER_FINAL, version=before.version))
    return _newer(one, alone, new, before)


def rival(one: UnderstoodList, arrival: int) -> Placed:
    """One of several lists that came together and would each take the place of the other."""
    return _held(by_itself(one, arrival), _say(one, RIVALS, whom=whom(one.manifest)))


def whom(manifest: Manifest) -> str:
    """Whom a list names, for people."""
    return "crew" if manifest.kind is ListKind.CREW else "passengers"


def takes_a_place(one: UnderstoodList) -> bool:
    """Whether the list, if it counts, takes the place of the one before: a whole one with persons."""
    manifest = one.manifest
    is_new = manifest.function in (Function.ORIGINAL, Function.REPLACE)
    return is_new and not one.cut and _is_list(manifest) and bool(manifest.persons)


def _newer(one: UnderstoodList, alone: Placed, new: Current, before: Current) -> Placed:
    overtakes = before.manifest if new.arrival < before.arrival else None
    new = msgspec.structs.replace(new, arrival=max(new.arrival, before.arrival))
    ranked = msgspec.structs.replace(alone, overtakes=overtakes, rank=new.arrival)
    if not _is_partial(one.manifest):
        changes = compared(before.marks, new.marks, before.version) if before.whole else None
        return _placed(ranked, new, changes=changes, said=_half_gone(one, changes))
    marks, changes = applied(before.marks, new.marks, before.version)
    is_whole = before.whole and not before.gone
    lists = (*before.lists, *new.lists) if before.lists or not is_whole else ()
    new = msgspec.structs.replace(new, marks=marks, whole=is_whole, final=before.final, gone=before.gone, lists=lists)
    if before.gone:
        return _placed(ranked, new, said=(_say(one, WITHDRAWN, whom=whom(one.manifest), version=before.version),))
    if not before.whole:
        return _placed(ranked, new, said=(_say(one, NO_BASE),))
    said = _say(one, ONLY_SOME, version=before.version, listed=counted(len(marks), "person"))
    return _placed(msgspec.structs.replace(ranked, listed=len(marks)), new, changes=changes, said=(said,))


def _older(one: UnderstoodList, alone: Placed, new: Current, before: Current) -> Placed:
    """Late at the door, or only processed late: then its deliveries are superseded like those of any older list."""
    if not (before.whole or before.gone) and new.whole:  # the list that those changes were for
        marks = applied(new.marks, before.marks, new.version)[0]
        lists = (*new.lists, *before.lists)
        return _placed(alone, msgspec.structs.replace(before, marks=marks, whole=True, lists=lists))
    if new.arrival < before.arrival or not before.whole or not set(new.purposes) & set(before.purposes):
        return alone
    return _held(alone, _say(one, LATE, whom=whom(one.manifest), newer=before.issued, older=new.issued))


def _held(alone: Placed, said: Finding) -> Placed:
    return msgspec.structs.replace(alone, outdated=True, held=f"{said.code}: {said.text}", said=(said,))


def _placed(
    ranked: Placed,
    new: Current,
    *,
    changes: Changes | None = None,
    said: tuple[Finding, ...] = (),
) -> Placed:
    return msgspec.structs.replace(ranked, current=new, changes=changes, said=said)


def _half_gone(one: UnderstoodList, changes: Changes | None) -> tuple[Finding, ...]:
    if changes is None or one.manifest.function is Function.CANCEL:
        return ()
    before = changes.removed + changes.changed + changes.unchanged
    if before < _FEW or 2 * changes.removed <= before:
        return ()
    parts = {"removed": changes.removed, "added": changes.added, "before": before, "version": changes.against_version}
    return (_say(one, HALF_GONE, **parts),)


def _current(manifest: Manifest, before: Current | None, *, id: UUID, version: int, arrival: int) -> Current:
    key = before.key if before else token_bytes(KEY_SIZE)
    is_gone = manifest.function is Function.CANCEL
    return Current(
        version=version,
        arrival=arrival,
        manifest=id,
        purposes=manifest.purposes,
        issued=manifest.issued,
        sails=sails_at(manifest),
        final=manifest.function is Function.FINAL,
        whole=not _is_partial(manifest),
        key=key,
        marks=Marks() if is_gone else marks_of(manifest.persons, key),
        lists=(id,),
        gone=is_gone,
    )


def _is_newer(new: Current, before: Current) -> bool:
    """Times without an offset are the line's own clock, so two of them can be compared; one with and one without cannot."""
    issued, known = time_of(new.issued), time_of(before.issued)
    if issued is None or known is None or (issued.tzinfo is None) != (known.tzinfo is None) or issued == known:
        return (new.arrival, new.version) > (before.arrival, before.version)
    is_day_alone = "T" not in f"{new.issued}" or "T" not in f"{before.issued}"
    if is_day_alone and issued.date() == known.date():
        return (new.arrival, new.version) > (before.arrival, before.version)
    return issued > known


def _names_sailing(manifest: Manifest) -> bool:
    return manifest.voyage.number is not None and sails_at(manifest) is not None


def _is_partial(manifest: Manifest) -> bool:
    return manifest.function is Function.CHANGE


def _is_list(manifest: Manifest) -> bool:
    """Not a message with numbers only, which leaves the list as it is."""
    declared = manifest.counts.crew if manifest.kind is ListKind.CREW else manifest.counts.passengers
    return bool(manifest.persons) or declared == 0 or manifest.function is Function.CANCEL


def _say(one: UnderstoodList, rule: Rule, **parts: int | str | None) -> Finding:
    where = one.lineage.header_places.get("issued") or one.lineage.whole
    return rule.at(where, shape="", **parts)
