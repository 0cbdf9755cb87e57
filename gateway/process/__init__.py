"""process: the sentence itself. open -> read -> normalise -> check -> route -> write -> seal -> record.

In: a submission that `receive` stored. Out, in one transaction: the lists (sealed, versioned), what is wrong with them
(sealed), deliveries already sealed to each recipient, the facts for compliance, a log entry. The pure part runs in a
thread, so that the worker's lease and its database stay awake. A crash anywhere leaves the submission to be claimed
again; its delivery ids are derived from it, so nothing can be owed twice.
"""

import asyncio
from collections import Counter
from datetime import timedelta

import msgspec

from gateway.catalogue import Catalogue
from gateway.manifest import ListKind, Manifest, Purpose
from gateway.obligations import Due, ExpectedCall, due
from gateway.process.answer import answer_of, seal_answer
from gateway.process.done import Done
from gateway.process.owe import NO_KEY, owed
from gateway.process.record import deliveries_of, new_manifests, receipt_with_rules, series_of
from gateway.process.understand import Hints, Known, understand
from gateway.seal import Refused, Sealed
from gateway.sent import opened
from gateway.settings import utc_now
from gateway.store import SUBMISSION, UNAVAILABLE, Database, Pool, log, transaction
from gateway.store.alarms import raise_alarm
from gateway.store.calls import calls_between
from gateway.store.deliveries import add_deliveries
from gateway.store.manifests import add_manifests, next_versions
from gateway.store.submissions import (
    ClaimedSubmission,
    LeaseLost,
    add_finding_counts,
    claim_submissions,
    settle_submission,
)
from gateway.store.wake import listening
from gateway.track import match

_BEFORE, _AFTER = timedelta(days=14), timedelta(days=45)  # of receipt: the sailings a list may be for
_POLL_SECONDS, _AFTER_TROUBLE_SECONDS = 5.0, 1.0


def work(claimed: ClaimedSubmission, calls: list[ExpectedCall], catalogue: Catalogue) -> Done:
    """From sealed bytes to written messages: no I/O but the jail's."""
    carrier = catalogue.carriers.get(claimed.carrier)
    named = next((call for call in calls if call.id == claimed.options.get("call")), None)

    def call_of(manifest: Manifest) -> tuple[ExpectedCall | None, str]:
        if named is not None:
            return named, "named by the sender"
        found = match(msgspec.structs.replace(manifest, carrier=claimed.carrier), calls, claimed.received_at)
        return next((call for call in calls if call.id == found.call), None), found.reason

    def known_of(manifest: Manifest) -> Known:
        call = call_of(manifest)[0]
        return Known(_purposes(due(call, catalogue.law)), _header_of(call)) if call else Known()

    files = opened(Sealed(claimed.wrapped or b"", claimed.sealed, claimed.key_id), claimed.id, catalogue)
    understood = understand(files, carrier=carrier, now=claimed.received_at, hints=_hints(claimed), known_of=known_of)
    matched = [call_of(one.manifest) for one in understood.lists]
    to_send = tuple(
        owed(
            one, number, claimed.id, catalogue.recipients.values(),
            at=claimed.received_at, service=call.service if call else carrier.service if carrier else None,
        )
        for number, (one, (call, _)) in enumerate(zip(understood.lists, matched, strict=True), 1)
    )  # fmt: skip
    return Done(understood, tuple(call for call, _ in matched), tuple(reason for _, reason in matched), to_send)


def _purposes(dues: list[Due]) -> tuple[Purpose, ...]:
    """What the law in force asks these lists for; where nothing is counted, what is shown as advice."""
    asking = [one for one in dues if one.counted] or dues
    return tuple(sorted({purpose for one in asking for purpose in one.purposes}))


def _hints(claimed: ClaimedSubmission) -> Hints:
    options = claimed.options
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


async def process_one(pool: Pool, catalogue: Catalogue, claimed: ClaimedSubmission) -> None:
    """One claimed submission, start to end; `LeaseLost` if another worker took it over."""
    async with pool.acquire(timeout=10) as connection:
        around = (claimed.received_at - _BEFORE, claimed.received_at + _AFTER)
        calls = await calls_between(connection, *around, carrier=claimed.carrier)
    done = await asyncio.to_thread(work, claimed, calls, catalogue)
    async with transaction(pool) as connection:
        versions = await next_versions(connection, series_of(claimed, done))
        answer = answer_of(claimed, done, versions, utc_now())
        receipt = receipt_with_rules(claimed, claimed.receipt, done, catalogue)
        await settle_submission(connection, claimed.id, claimed.lease, seal_answer(answer, done, catalogue), receipt)
        manifests = new_manifests(claimed, done, versions, catalogue)
        await add_manifests(connection, manifests)
        await add_deliveries(connection, await asyncio.to_thread(deliveries_of, claimed, done, manifests, catalogue))
        counts = Counter((finding.code, finding.severity.value) for finding in done.understood.findings)
        await add_finding_counts(connection, claimed.id, counts)
        for recipient in sorted({who for one in done.owed for who, why in one.not_sent if why == NO_KEY}):
            await raise_alarm(
                connection, "recipient-without-key", recipient, f"{NO_KEY}; mend keys/{recipient}, then process again"
            )
        subject = {"submission": str(claimed.id), "carrier": claimed.carrier}
        await log.append(connection, "submission-processed", subject, utc_now())


async def run(
    pool: Pool, database: Database, catalogue: Catalogue, *, lease_seconds: float, stop: asyncio.Event
) -> None:
    """Processes what comes, one at a time, until `stop`. More workers are more processes."""
    async with listening(database, [SUBMISSION], stop) as wake:
        while not stop.is_set():
            try:
                claimed = await claim_submissions(pool, lease_seconds=lease_seconds, limit=1)
                for one in claimed:
                    await process_one(pool, catalogue, one)
            except LeaseLost:
                continue
            except Refused:
                await asyncio.sleep(
                    _AFTER_TROUBLE_SECONDS
                )  # not ours to open: the attempts run out and a person is told
                continue
            except UNAVAILABLE:
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                continue
            if not claimed:
                await wake.wait(_POLL_SECONDS)
