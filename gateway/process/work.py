"""The pure part of `process`: from a claimed submission to written messages, with no I/O but the jail's.

In: the submission, its sender's expected calls, the catalogue. Out: `Done`. A list is matched to the sailing it seems to
be for, and what the law asks of that sailing decides what the list is for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gateway.catalogue import Catalogue
from gateway.formats.edifact_files import Key, Parts
from gateway.manifest import ListKind, Manifest, Purpose
from gateway.obligations import Due, ExpectedCall, due
from gateway.process import visits
from gateway.process.done import Done
from gateway.process.named import Belongs, as_named
from gateway.process.order import with_findings
from gateway.process.owe import Owed, owed
from gateway.process.parts import parts_of
from gateway.process.understand import Hints, Known, Understood, UnderstoodList, understand
from gateway.route import NONE_KEPT, Kept
from gateway.seal import Sealed
from gateway.sent import opened
from gateway.store.submissions import ClaimedSubmission
from gateway.track import match


def work(
    claimed: ClaimedSubmission,
    calls: list[ExpectedCall],
    catalogue: Catalogue,
    waiting: Mapping[Key, Parts] | None = None,
) -> Done:
    """From sealed bytes to written messages: no I/O but the jail's. `waiting`: parts of lists that came before by themselves."""
    carrier = catalogue.carriers.get(claimed.carrier)
    named = next((call for call in calls if call.id == claimed.options.get("call")), None)

    def belongs(manifest: Manifest) -> Belongs:
        theirs = msgspec.structs.replace(manifest, carrier=claimed.carrier)
        if named is not None:
            return as_named(theirs, named, calls, claimed.received_at)
        found = match(theirs, calls, claimed.received_at)
        return Belongs(next((call for call in calls if call.id == found.call), None), found.reason)

    def known_of(manifest: Manifest) -> Known:
        call = belongs(manifest).call
        return Known(_purposes(due(call, catalogue.law)), _header_of(call)) if call else Known()

    files = opened(Sealed(claimed.wrapped or b"", claimed.sealed, claimed.key_id), claimed.id, catalogue)
    understood = understand(
        files,
        carrier=carrier,
        now=claimed.received_at,
        hints=hints_of(claimed.options),
        known_of=known_of,
        waiting=waiting,
    )
    matched = [belongs(one.manifest) for one in understood.lists]
    understood = _with_what_was_said(understood, matched)
    to_send = tuple(
        owed_of(claimed, one, number, theirs.call, catalogue)
        for number, (one, theirs) in enumerate(zip(understood.lists, matched, strict=True), 1)
    )
    return Done(
        understood=understood,
        calls=tuple(theirs.call for theirs in matched),
        reasons=tuple(theirs.reason for theirs in matched),
        owed=to_send,
        wholes=(None,) * len(understood.lists),
        parts=tuple(parts_of(claimed, one, theirs.call) for one, theirs in zip(understood.lists, matched, strict=True)),
    )


def _with_what_was_said(understood: Understood, matched: Sequence[Belongs]) -> Understood:
    """A list that is for neither sailing is held, as one that may not be whole is."""
    lists = tuple(
        one
        if theirs.said is None or theirs.call is not None
        else msgspec.structs.replace(one, cut=one.cut or theirs.reason)
        for one, theirs in zip(understood.lists, matched, strict=True)
    )
    said = [[] if theirs.said is None else [theirs.said] for theirs in matched]
    return with_findings(msgspec.structs.replace(understood, lists=lists), said)


def owed_of(
    claimed: ClaimedSubmission,
    one: UnderstoodList,
    number: int,
    call: ExpectedCall | None,
    catalogue: Catalogue,
    kept: Kept = NONE_KEPT,
    whole: Manifest | None = None,
) -> Owed:
    """What is owed of one list of the submission. `number` counts from 1."""
    carrier = catalogue.carriers.get(claimed.carrier)
    service = call.service if call else carrier.service if carrier else None
    return owed(
        one,
        number,
        claimed.id,
        catalogue.recipients.values(),
        at=claimed.received_at,
        originator=claimed.carrier,
        service=service,
        kept=kept,
        whole=whole,
        visits=visits.visits_of(call),
    )


def _purposes(dues: list[Due]) -> tuple[Purpose, ...]:
    """What the law in force asks these lists for; where nothing is counted, what is shown as advice."""
    asking = [one for one in dues if one.counted] or dues
    return tuple(sorted({purpose for one in asking for purpose in one.purposes}))


def hints_of(options: Mapping[str, Any]) -> Hints:
    """What the sender said beside the files, as it is stored."""
    return Hints(
        format=options.get("format"),
        kind=ListKind(options["list"]) if options.get("list") else None,
        purposes=tuple(Purpose(purpose) for purpose in options.get("purposes", ())),
    )


def _header_of(call: ExpectedCall) -> dict[str, str]:
    """The header fields that an expected call can fill where the file is silent."""
    known = {
        "vessel.name": call.vessel,
        "vessel.imo": call.imo,
        "voyage.number": call.voyage,
        "departure.port": call.departure_port,
        "arrival.port": call.arrival_port,
        "departure.estimated": call.etd.at.isoformat() if call.etd else None,
        "arrival.estimated": call.eta.at.isoformat() if call.eta else None,
    }
    return {field: value for field, value in known.items() if value}
