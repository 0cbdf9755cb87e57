"""drift: whether a submission's lists look as this line's lists did so far, and what a person must look at.

In: `Done`, and the shapes of the line's last lists of each kind. Out: `Done` with its shapes as they are kept, and a warning on
each list that looks different, and alarms, so that an export that changed is known at its first file and not when a deadline was missed. An alarm names the
line, what changed and the submission since which; never a person.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from gateway.alerts import Concerns
from gateway.drift import EXPORT_CHANGED, FEWEST, Earlier, differences, key_of, keyed
from gateway.findings import Finding
from gateway.keyring import Identity
from gateway.process.done import Done
from gateway.process.order import with_findings
from gateway.process.parts import list_name
from gateway.process.place import HALF_GONE
from gateway.process.understand import UnderstoodList
from gateway.store.submissions import ClaimedSubmission

UNREADABLE: Final = "list-unreadable"


class Alarm(NamedTuple):
    kind: str
    subject: str
    text: str
    concerns: Concerns


def kinds_of(done: Done) -> list[str | None]:
    """Of which lists the earlier ones are wanted; None, of all, where nothing could be read."""
    return list({list_name(one.manifest): None for one in done.understood.lists}) or [None]


def compared_with_last(
    claimed: ClaimedSubmission, done: Done, earlier: Mapping[str | None, Sequence[Earlier]], identity: Identity
) -> tuple[Done, list[Alarm]]:
    """`earlier`: kind -> the line's last lists, the newest first."""
    if not done.understood.lists:
        return done, _unreadable(claimed, done, earlier.get(None, ()))
    done = _kept(done, key_of(identity, claimed.carrier))
    said: list[tuple[Finding, ...]] = []
    alarms: list[Alarm] = []
    for one in done.understood.lists:
        kind = list_name(one.manifest)
        count, found = (0, []) if one.cut else differences(one.shape, earlier[kind])
        what = "; ".join(found)
        said.append((EXPORT_CHANGED.at(one.lineage.whole, count=count, kind=kind, what=what),) if found else ())
        if found:
            text = f"the {kind} lists of {claimed.carrier} look different since submission {claimed.id}: {what}; ask the line, and mend its profile"
            alarms.append(Alarm("export-changed", f"{claimed.carrier}/{one.format}/{kind}", text, _of(claimed)))
        alarms += _halved(claimed, one)
    return msgspec.structs.replace(done, understood=with_findings(done.understood, said)), alarms


def _kept(done: Done, key: bytes) -> Done:
    lists = [msgspec.structs.replace(one, shape=keyed(one.shape, key)) for one in done.understood.lists]
    return msgspec.structs.replace(done, understood=msgspec.structs.replace(done.understood, lists=tuple(lists)))


def _halved(claimed: ClaimedSubmission, one: UnderstoodList) -> list[Alarm]:
    kind = one.manifest.kind.value
    return [
        Alarm(
            "list-halved",
            f"{claimed.carrier}/{kind}",
            f"submission {claimed.id} of {claimed.carrier}: {said.text}; ask the line",
            _of(claimed),
        )
        for said in one.findings
        if said.code == HALF_GONE.id
    ]


def _unreadable(claimed: ClaimedSubmission, done: Done, earlier: Sequence[Earlier]) -> list[Alarm]:
    """There is no list in what the line sent. It has the answer, but who sends by a folder may never look there."""
    sailings = {one.sailing for one in earlier}
    so_far = ", ".join(sorted({one.shape.format for one in earlier}))
    was = f", and its last {len(sailings)} were {so_far}" if len(sailings) >= FEWEST else ""
    now = ", ".join(name or "nothing that is known" for name in done.understood.formats)
    text = f"no list could be read in submission {claimed.id} of {claimed.carrier}: it is {now}{was}; ask the line"
    return [Alarm(UNREADABLE, unreadable_of(claimed.carrier), text, _of(claimed))]


def unreadable_of(carrier: str) -> str:
    """What the alarm is about: one a line, however many of its files cannot be read."""
    return f"{carrier}/unreadable"


def _of(claimed: ClaimedSubmission) -> Concerns:
    return Concerns(carrier=claimed.carrier)
