"""A line's lists of one sailing, one after the other, through receipt and worker to the rows of a real database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from gateway.catalogue import Catalogue, load
from gateway.keyring import Recipient
from gateway.manifest import Call, Manifest, Port, Voyage
from gateway.obligations import ExpectedCall, Moment
from gateway.process.answer import Answer, open_answer
from gateway.process.worker import process_one
from gateway.receive import receive
from gateway.seal import open_envelope
from gateway.sent import File
from gateway.settings import Settings, utc_now
from gateway.store import Pool, transaction
from gateway.store.calls import upsert_calls
from gateway.store.later_calls import adopt
from gateway.store.submissions import claim_submissions, sealed_answer
from gateway.track import Row
from gateway.watch import rows
from tests.process.office import secret_key
from tests.specimen import TODAY

CARRIER = "meridian-line"


def catalogue(folder: Path, *recipients: Recipient) -> Catalogue:
    """A gateway whose recipients are these."""
    known = load(Settings(state=folder, keys=folder), utc_now().date())
    return msgspec.structs.replace(known, recipients={one.id: as_of_today(one) for one in recipients})


def as_of_today(one: Recipient) -> Recipient:
    """The recipient, as valid today as it is on the specimens' day."""
    since = utc_now().date() - TODAY

    def moved(dated: Any) -> Any:
        return msgspec.structs.replace(dated, since=dated.since + since, until=dated.until + since)

    return msgspec.structs.replace(one, keys=tuple(map(moved, one.keys)), routes=tuple(map(moved, one.routes)))


def leaves(days: float = 2) -> datetime:
    """When the sailing leaves: so many days from now, at the full hour."""
    return (utc_now() + timedelta(days=days)).astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def voyage(days: float = 2) -> Voyage:
    return Voyage(
        number="SP1147",
        departure=Call(port=Port(code="GRPIR"), estimated_departure=leaves(days).isoformat()),
        arrival=Call(port=Port(code="MTMLA"), estimated_arrival=leaves(days + 1).isoformat()),
    )


def call(id: str = "C1", days: float = 2) -> ExpectedCall:
    return ExpectedCall(
        id=id, carrier=CARRIER, service="ferry", departure_port="GRPIR", arrival_port="MTMLA", vessel="SPECIMEN STAR",
        imo="1234567", voyage="SP1147", etd=Moment(leaves(days), "test"), eta=Moment(leaves(days + 1), "test"),
    )  # fmt: skip


class Desk:
    """Whoever sends, and whoever looks at what came of it."""

    def __init__(self, pool: Pool, known: Catalogue) -> None:
        self.pool, self.known = pool, known

    async def expect(self, *calls: ExpectedCall) -> None:
        """The schedule is imported."""
        async with transaction(self.pool) as connection:
            await upsert_calls(connection, calls, utc_now())
            await adopt(connection, CARRIER, utc_now())

    async def put(self, *lists: Manifest | File, **options: Any) -> Answer:
        """One submission, a file a list, received and processed; the answer."""
        files = [one if isinstance(one, File) else File(msgspec.json.encode(one)) for one in lists]
        added = await receive(
            self.pool, self.known, files, carrier=CARRIER, channel="api", gateway="test", options=options, call=None,
            idempotency_key=None, now=utc_now(),
        )  # fmt: skip
        [claimed] = await claim_submissions(self.pool, lease_seconds=60, limit=1)
        await process_one(self.pool, self.known, claimed)
        async with self.pool.acquire() as connection:
            kept = await sealed_answer(connection, added.row.id)
        opened = kept and open_answer(kept, str(added.row.id), self.known)
        assert opened
        return msgspec.json.decode(opened, type=Answer)

    async def owed(self, recipient: str) -> list[tuple[str, str]]:
        """(purposes, state) of what this recipient is owed, oldest first."""
        found = await self.pool.fetch(
            "SELECT purpose, state FROM delivery WHERE recipient = $1 ORDER BY arrival, version, sequence_key",
            recipient,
        )
        return [(row["purpose"], row["state"]) for row in found]

    async def bodies(self, recipient: str) -> list[bytes]:
        """The messages that this recipient gets if it asks now, oldest first."""
        found = await self.pool.fetch(
            "SELECT envelope FROM delivery WHERE recipient = $1 AND state <> 'superseded'"
            " ORDER BY arrival, version, sequence_key", recipient
        )  # fmt: skip
        keys = self.known.identity.verify_keys
        return [open_envelope(row["envelope"], [secret_key()], keys).payload for row in found]

    async def board(self) -> Row:
        async with self.pool.acquire() as connection:
            [row] = await rows(connection, self.known, utc_now())
        return row


def codes(answer: Answer, area: str = "H-") -> list[str]:
    return [finding.code for finding in answer.findings if finding.code.startswith(area)]
