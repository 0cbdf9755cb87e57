"""The worker: claims a submission, does the work in a thread, records what came of it in one transaction.

In: the database's submissions, one at a time. Out: rows (see `record`). A crash anywhere leaves the submission to be
claimed again; its delivery ids are derived from it, so nothing can be owed twice.
"""

import asyncio
import logging
from collections import Counter

import msgspec

from gateway.alerts import Concerns
from gateway.catalogue import Catalogue
from gateway.mistakes import Trouble, said
from gateway.process.answer import answer_of, seal_answer
from gateway.process.as_before import as_before
from gateway.process.complete import completed, lacks_parts
from gateway.process.done import Done
from gateway.process.drifted import UNREADABLE, Alarm, compared_with_last, kinds_of, unreadable_of
from gateway.process.ended import without_ended
from gateway.process.keep import keeping
from gateway.process.notices import series_beside, without_numbers
from gateway.process.order import in_order, numbered, series_of
from gateway.process.owe import NO_KEY
from gateway.process.parts import list_name, same_sailing
from gateway.process.record import deliveries_of, new_manifests, receipt_with_rules
from gateway.process.visits import with_visits
from gateway.process.whole import behind, with_wholes
from gateway.process.work import work
from gateway.settings import utc_now
from gateway.store import SUBMISSION, UNAVAILABLE, Connection, Database, Pool, log, transaction
from gateway.store.alarms import close_about, raise_alarm
from gateway.store.calls import calls_between
from gateway.store.deliveries import add_deliveries, filed_for
from gateway.store.later_calls import AROUND, adopt
from gateway.store.manifests import (
    NewManifest,
    SealedCurrent,
    add_manifests,
    currents,
    filed_purposes,
    keep_current,
    next_versions,
    outdate,
    sailings_of,
    sealed_manifest,
)
from gateway.store.shapes import add_shape, shapes_before
from gateway.store.submissions import (
    ClaimedSubmission,
    LeaseLost,
    add_finding_counts,
    claim_submissions,
    settle_submission,
    try_submission_later,
)
from gateway.store.wake import listening

_POLL_SECONDS, _AFTER_TROUBLE_SECONDS = 5.0, 1.0

_log = logging.getLogger(__name__)


async def process_one(pool: Pool, catalogue: Catalogue, claimed: ClaimedSubmission) -> None:
    """One claimed submission, start to end; `LeaseLost` if another worker took it over."""
    async with pool.acquire(timeout=10) as connection:
        around = (claimed.received_at - AROUND[0], claimed.received_at + AROUND[1])
        calls = await calls_between(connection, *around, carrier=claimed.carrier)
    done = await asyncio.to_thread(work, claimed, calls, catalogue)
    async with transaction(pool) as connection:
        await adopt(connection, claimed.carrier, claimed.received_at)
    async with transaction(pool) as connection:
        if lacks_parts(done):
            done = await completed(connection, claimed, done, calls, catalogue)
        done, kept = await _ordered(connection, claimed, done, catalogue)
        done, ended = without_ended(claimed, done, await filed_for(connection, series_of(done)), catalogue)
        done = without_numbers(done, await filed_for(connection, series_beside(done)))
        done = with_visits(done)
        earlier = {
            kind: await shapes_before(connection, claimed.carrier, claimed.arrival, kind=kind)
            for kind in kinds_of(done)
        }
        done, alarms = compared_with_last(claimed, done, earlier, catalogue.identity)
        answer = answer_of(claimed, done, utc_now())
        receipt = receipt_with_rules(claimed, claimed.receipt, done, catalogue)
        await settle_submission(connection, claimed.id, claimed.lease, seal_answer(answer, catalogue), receipt)
        manifests = await asyncio.to_thread(new_manifests, claimed, done, catalogue)
        await _add(connection, claimed, done, manifests, kept)
        await add_deliveries(connection, await asyncio.to_thread(deliveries_of, claimed, done, manifests, catalogue))
        for alarm in (*alarms, *ended, *_keyless(done)):
            await raise_alarm(connection, *alarm)
        if done.understood.lists:
            because = "a later file of the line could be read"
            await close_about(connection, [UNREADABLE], unreadable_of(claimed.carrier), because)
        subject = {"submission": str(claimed.id), "carrier": claimed.carrier}
        await log.append(connection, "submission-processed", subject, utc_now())
    if None in done.calls:  # a schedule may have come meanwhile
        async with transaction(pool) as connection:
            await adopt(connection, claimed.carrier, claimed.received_at)


async def _ordered(
    connection: Connection, claimed: ClaimedSubmission, done: Done, catalogue: Catalogue
) -> tuple[Done, dict[str, SealedCurrent]]:
    """Each list in its place; nobody else adds to these series before the transaction ends."""
    done = await _of_their_sailings(connection, claimed, done)
    names = series_of(done)
    done = numbered(done, await next_versions(connection, names))
    filed, known = await filed_purposes(connection, names), await currents(connection, names)
    done = await asyncio.to_thread(as_before, claimed, done, filed, catalogue)
    done, kept = await asyncio.to_thread(in_order, claimed, done, known, catalogue)
    stored = {id: sealed for id in behind(claimed, done) if (sealed := await sealed_manifest(connection, id))}
    done = await asyncio.to_thread(with_wholes, claimed, done, stored, catalogue)
    return await asyncio.to_thread(keeping, claimed, done, filed, catalogue), kept


async def _of_their_sailings(connection: Connection, claimed: ClaimedSubmission, done: Done) -> Done:
    """Lists whose call is not known, in the series of their sailing."""
    since = claimed.received_at - AROUND[1]
    voyages = {part.voyage for parts in done.parts for part in parts if part.voyage and part.voyage.voyage_number}
    known = {one: await sailings_of(connection, one, since) for one in sorted(voyages, key=str)}
    parts = tuple(
        tuple(same_sailing(part, known.get(part.voyage, ()) if part.voyage else ()) for part in one)
        for one in done.parts
    )
    return msgspec.structs.replace(done, parts=parts)


async def _add(
    connection: Connection,
    claimed: ClaimedSubmission,
    done: Done,
    manifests: list[NewManifest],
    kept: dict[str, SealedCurrent],
) -> None:
    """The lists, which of them count now, what they look like, and how often which mistake was made."""
    await add_manifests(connection, manifests)
    for name, sealed in sorted(kept.items()):
        await keep_current(connection, name, claimed.received_at, sealed)
    for one, parts, new in zip(done.understood.lists, done.parts, manifests, strict=True):
        for part in parts:
            if part.placed.overtakes is not None:
                await outdate(connection, part.placed.overtakes, part.series)
        if not one.cut:
            await add_shape(connection, new.filing, list_name(one.manifest), one.shape)
    counts = Counter((finding.code, finding.severity.value) for finding in done.understood.findings)
    await add_finding_counts(connection, claimed.id, counts)


def _keyless(done: Done) -> list[Alarm]:
    recipients = sorted({who for one in done.owed for who, why in one.not_sent if why == NO_KEY})
    return [
        Alarm("recipient-without-key", who, f"{NO_KEY}; mend keys/{who}, then process again", Concerns(recipient=who))
        for who in recipients
    ]


async def run(
    pool: Pool, database: Database, catalogue: Catalogue, *, lease_seconds: float, stop: asyncio.Event
) -> None:
    """Processes what comes, one at a time, until `stop`. More workers are more processes."""
    trouble = Trouble(_log, "claiming submissions")
    async with listening(database, [SUBMISSION], stop) as wake:
        while not stop.is_set():
            try:
                claimed = await claim_submissions(pool, lease_seconds=lease_seconds, limit=1)
                trouble.over()
            except UNAVAILABLE as error:
                trouble.met(error)
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                continue
            for one in claimed:
                await _attempt(pool, catalogue, one, lease_seconds, stop)
            if not claimed:
                await wake.wait(_POLL_SECONDS)


async def _attempt(
    pool: Pool, catalogue: Catalogue, claimed: ClaimedSubmission, lease_seconds: float, stop: asyncio.Event
) -> None:
    """Whatever goes wrong, the next list has its turn. Attempts run out, and then a person is told (`claim_submissions`)."""
    until = asyncio.get_running_loop().time() + lease_seconds
    try:
        await process_one(pool, catalogue, claimed)
    except LeaseLost:
        return
    except Exception as error:  # the store is away, the list is not ours to open, or it is a mistake of ours
        _log.warning("submission %s: %s", claimed.id, said(error))
        await _give_back(pool, claimed, until, stop)


async def _give_back(pool: Pool, claimed: ClaimedSubmission, until: float, stop: asyncio.Event) -> None:
    """It need not wait for its lease to end, which would be a minute for a store that was away for a second."""
    while not stop.is_set() and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
        try:
            async with transaction(pool) as connection:
                return await try_submission_later(connection, claimed.id, claimed.lease, seconds=0)
        except LeaseLost:
            return None
        except UNAVAILABLE:
            continue
    return None
