"""complete: lists in parts that come in several submissions, in whatever order.

In: a claimed submission that holds some parts of a list, and the earlier ones that hold others, sealed as they came. Out: `Done`
with what is there of the list so far: whole, and then it goes its way, or held with a word on what is missing. Of a part that
came twice the later one counts. What waited longer than `WAITS` is not put to a list any more: 0068 may come again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final

from gateway.catalogue import Catalogue
from gateway.formats.edifact_files import Key, are_whole, open_parts
from gateway.formats.edifact_parts import MISSING
from gateway.obligations import ExpectedCall
from gateway.process.done import Done
from gateway.process.unpack import unpacked
from gateway.process.work import work
from gateway.seal import Refused, Sealed
from gateway.sent import opened
from gateway.store import Connection
from gateway.store.submissions import ClaimedSubmission
from gateway.store.waiting_lists import Holder, are_done, holders, wait_for

WAITS: Final = timedelta(days=1)

Waiting = dict[Key, dict[int, bytes]]


def lacks_parts(done: Done) -> bool:
    return any(one.cut.startswith(MISSING.id) for one in done.understood.lists)


async def completed(
    connection: Connection, claimed: ClaimedSubmission, done: Done, calls: list[ExpectedCall], catalogue: Catalogue
) -> Done:
    """`done`, or what becomes of the submission together with the parts that came before; within the transaction that settles it."""
    own = await asyncio.to_thread(
        _open, Sealed(claimed.wrapped or b"", claimed.sealed, claimed.key_id), claimed, catalogue
    )
    keys = {_digest(claimed.carrier, key): key for key in own}
    earlier = await holders(connection, keys, claimed.received_at - WAITS)
    waiting = await asyncio.to_thread(_waiting, earlier, own, claimed, catalogue)
    if waiting:
        done = await asyncio.to_thread(work, claimed, calls, catalogue, waiting)
    whole = [digest for digest, key in keys.items() if are_whole({**waiting.get(key, {}), **own[key]})]
    await are_done(connection, whole, claimed.carrier)
    still = keys.keys() - set(whole)
    await wait_for(connection, still, claimed.id, claimed.carrier, claimed.arrival, claimed.received_at)
    return done


def _waiting(
    earlier: Sequence[Holder], own: Mapping[Key, Mapping[int, bytes]], claimed: ClaimedSubmission, catalogue: Catalogue
) -> Waiting:
    """The parts of the lists of this submission; of each the one that came last."""
    found: Waiting = {}
    for one in earlier:
        if one.wrapped is None or one.id == claimed.id:
            continue
        for key, parts in _open(Sealed(one.wrapped, one.sealed, one.key_id), one, catalogue).items():
            if key in own:
                found.setdefault(key, {}).update(parts)
    return found


def _open(sealed: Sealed, of: ClaimedSubmission | Holder, catalogue: Catalogue) -> Waiting:
    """The parts of unfinished lists in a submission; none where it can no longer be opened."""
    try:
        files = opened(sealed, of.id, catalogue)
    except Refused:
        return {}
    found: Waiting = {}
    for file in unpacked(files):
        for part in file.parts:
            for key, parts in open_parts(part.data).items():
                found.setdefault(key, {}).update(parts)
    return found


def _digest(carrier: str, key: Key) -> bytes:
    """What the parts of one list share, without a word of the sender's."""
    return sha256("\0".join((carrier, *key)).encode("utf-8", "surrogatepass")).digest()
