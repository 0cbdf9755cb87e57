"""What recipients are owed: sealed envelopes, claimed with a lease, sent until the recipient has them.

In: envelopes only their recipient can open, within the transaction that settles the submission. Out: claims, outcomes.
A delivery keeps its id through every attempt. Within a sequence (recipient, purpose, series) an older one is never sent
after a newer one has been: a newer one is not claimed while an older one waits or is under way, and an older one that a
newer one replaces is superseded wherever it still waits. What nobody asked for (superseded, given up) is logged here;
what the caller decides (accepted, refused) the caller logs, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from gateway.alerts import Concerns
from gateway.keyring import Recipient
from gateway.manifest import Purpose
from gateway.seal import Envelope
from gateway.store import DELIVERY, Connection, Pool, alarms, log, transaction
from gateway.store.statements import SQL, row, rows
from gateway.store.submissions import LeaseLost

State = Literal["waiting", "accepted", "refused", "superseded", "given-up"]


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """An envelope to deliver. `arrival` and `version` are its manifest's.

    `replaces`: a whole list or a cancellation, so that older ones need not go any more; False for a change to an
    older list, which must go first. `lists` and `handling` say what of the manifest is in it and on which terms, so that
    it can be made again; `sealed_to` is the fingerprint of the recipient's key. `transfer_id` and `sent_until`: the decision
    under which a list is passed on and its last day, where no entry of the register owes it.
    """

    id: UUID
    manifest_id: UUID
    recipient: str
    route_id: str
    form: str
    purpose: str
    legal_basis: str
    media_type: str
    envelope: bytes
    sequence_key: str
    arrival: int
    version: int
    replaces: bool
    max_attempts: int
    lists: Sequence[str]
    handling: Mapping[str, Any]
    sealed_to: str | None = None
    transfer_id: UUID | None = None
    sent_until: date | None = None


class ClaimedDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery to send before its lease ends. Settle it with `lease`. `attempts` includes this one."""

    id: UUID
    manifest_id: UUID
    recipient: str
    route_id: str
    form: str
    purpose: str
    legal_basis: str
    media_type: str
    envelope: bytes
    version: int
    attempts: int
    max_attempts: int
    created_at: datetime
    lease: UUID


OURSELVES = "ourselves"
"""`sealed_to` of what waits sealed to us, until an AS4 message seals it on its way."""


class Today(msgspec.Struct, frozen=True):
    """What holds for a recipient today: the fingerprint of the key to seal to, the entries of its register in force.

    An envelope that is sealed to another key, or owed under an entry that has ended, is not sent as it is (`stale`)."""

    recipient: str
    key: str | None = None
    routes: Sequence[str] = ()

    @property
    def columns(self) -> tuple[str, str | None, str]:
        """As the statements take it."""
        return self.recipient, self.key, "+".join(self.routes)


class StaleDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that waits and may not be sent as it is, its list, sealed, and the call that this is for. `wrapped` is None
    once it was destroyed."""

    id: UUID
    manifest_id: UUID
    recipient: str
    route_id: str
    form: str
    media_type: str
    sealed_to: str
    lists: Sequence[str]
    handling: Mapping[str, Any]
    sent_until: date | None
    received_at: datetime
    sealed: bytes
    wrapped: bytes | None
    key_id: str
    call: Any | None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as shown to people."""

    id: UUID
    manifest_id: UUID
    recipient: str
    route_id: str
    form: str
    purpose: str
    legal_basis: str
    media_type: str
    version: int
    state: State
    attempts: int
    max_attempts: int
    run_at: datetime
    is_being_sent: bool
    last_outcome: str | None
    last_status: int | None
    created_at: datetime
    settled_at: datetime | None


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery in the feed of a recipient that fetches."""

    position: int
    id: UUID
    manifest_id: UUID
    form: str
    purpose: str
    legal_basis: str
    media_type: str
    version: int
    envelope: bytes
    state: State
    created_at: datetime


def sequence_key(recipient: str, purpose: str, series: str) -> str:
    """The name of the sequence in which this recipient gets the lists of a series for a purpose."""
    return f"{recipient}/{purpose}/{series}"


async def filed_for(connection: Connection, names: Sequence[str]) -> dict[str, frozenset[Purpose]]:
    """Sequence -> for what its recipient has, or may have, a list of these series; only under `next_versions`' lock."""
    found = await connection.fetch(SQL["deliveries_filed"], list(set(names)))
    return {record["sequence_key"]: frozenset(map(Purpose, record["purposes"])) for record in found}


async def add_deliveries(connection: Connection, new: Sequence[NewDelivery]) -> None:
    """Owes these envelopes. Call it after `manifests.next_versions`, whose lock keeps a sequence's order."""
    for one in new:
        inserted = await connection.fetchrow(SQL["delivery_add"], *msgspec.structs.astuple(one))
        overtaken = [inserted] if inserted and inserted["state"] == "superseded" else []
        if one.replaces:
            key = (one.sequence_key, one.arrival, one.version)
            overtaken += await connection.fetch(SQL["delivery_supersede"], *key)
        for record in overtaken:
            await _log(connection, "delivery-superseded", record)
    if new:
        await connection.execute(SQL["notify"], DELIVERY)


def today_of(recipient: Recipient, day: date) -> Today:
    """What holds for a recipient on a day."""
    key = recipient.key_for(day)
    sealed_to = OURSELVES if recipient.form == "as4" else key.fingerprint if key else None
    routes = [entry.id for entry in recipient.routes if entry.in_force(day)]
    return Today(recipient.id, sealed_to, routes)


async def claim_deliveries(
    pool: Pool, room: Mapping[str, int], today: Mapping[str, Today], day: date, *, lease_seconds: float
) -> list[ClaimedDelivery]:
    """Takes due deliveries for `lease_seconds`, for each recipient in `room` up to that many.

    A recipient that is slow or down has its own room and so never holds up another. One that is paused has none. A delivery
    that has had its last attempt is given up, with an alarm and a log entry; it stays stored.
    """
    wanted = _columns([today[id] for id in room])
    async with transaction(pool) as connection:
        for record in await connection.fetch(SQL["delivery_give_up_exhausted"], list(room)):
            await _tell(connection, record)
        claimed = await connection.fetch(SQL["delivery_claim"], *wanted, list(room.values()), day, lease_seconds)
        return rows(ClaimedDelivery, claimed)


async def settle_accepted(
    connection: Connection,
    id: UUID,
    lease: UUID,
    *,
    outcome: str,
    status: int | None = None,
) -> None:
    """The recipient has it, so what was open about it is settled; or `LeaseLost`."""
    record = await _settle(connection, id, lease, "accepted", outcome, status)
    await _has_it(connection, record)


async def settle_refused(
    connection: Connection,
    id: UUID,
    lease: UUID,
    *,
    outcome: str,
    status: int | None = None,
) -> None:
    """The recipient will not take it, however often it is sent; a person is told; or `LeaseLost`."""
    record = await _settle(connection, id, lease, "refused", outcome, status)
    text = f"{record['recipient']} refused a delivery: see its answer, mend the cause, then send it again"
    await alarms.raise_alarm(connection, "delivery-refused", str(id), text, Concerns(recipient=record["recipient"]))


async def settle_try_later(
    connection: Connection, id: UUID, lease: UUID, *, seconds: float, outcome: str, status: int | None = None
) -> State:
    """Not this time: "waiting" again for `seconds`, "given-up" after the last attempt, or "superseded"; or `LeaseLost`."""
    record = await connection.fetchrow(SQL["delivery_try_later"], id, lease, seconds, outcome, status)
    if record is None:
        raise LeaseLost("another worker has claimed the delivery since")
    state: State = record["state"]
    if state == "given-up":
        await _tell(connection, record)
    if state == "superseded":
        await _log(connection, "delivery-superseded", record)
    return state


async def stale_delivery(
    connection: Connection, today: Sequence[Today], day: date, *, after: UUID
) -> StaleDelivery | None:
    """The next delivery (by its id) that waits and may not be sent as it is; nobody else has it before the transaction ends."""
    return row(StaleDelivery, await connection.fetchrow(SQL["delivery_stale"], *_columns(today), day, after))


async def sealed_again(connection: Connection, id: UUID, envelope: Envelope, *, sealed_to: str) -> None:
    """The delivery may be sent again, in another envelope."""
    values = (envelope.body, envelope.media_type, sealed_to)
    record = await connection.fetchrow(SQL["delivery_sealed_again"], id, *values)
    if record is not None:
        await _log(connection, "delivery-sealed-again", record)
        await connection.execute(SQL["notify"], DELIVERY)


async def delivery_ended(connection: Connection, id: UUID, reason: str) -> None:
    """Nothing allows it any more: given up without having been sent, and a person is told."""
    record = await connection.fetchrow(SQL["delivery_ended"], id, reason)
    if record is not None:
        text = f"a delivery to {record['recipient']} was not sent: {reason}"
        await alarms.raise_alarm(connection, "delivery-ended", str(id), text, Concerns(recipient=record["recipient"]))
        await _log(connection, "delivery-ended", record)


async def deliveries_of(connection: Connection, manifest_ids: Sequence[UUID]) -> list[Delivery]:
    return rows(Delivery, await connection.fetch(SQL["deliveries_of_manifests"], list(manifest_ids)))


async def feed(pool: Pool, today: Today, day: date, *, after: int = 0, limit: int = 100) -> list[FeedItem]:
    """The recipient's deliveries after a position, oldest first. Reading again from any position replays."""
    recipient = today.recipient
    async with transaction(pool) as connection:
        await connection.execute(SQL["feed_lock"], recipient)
        await connection.execute(SQL["feed_number"], recipient)
        return rows(
            FeedItem,
            await connection.fetch(SQL["feed_page"], recipient, after, limit, *today.columns[1:], day),
        )


async def feed_ended(pool: Pool, recipient: str, *, after: int) -> int:
    """How many acknowledged deliveries after a position can no longer be replayed, because their retention has ended."""
    count: int = await pool.fetchval(SQL["feed_ended"], recipient, after)
    return count


async def acknowledge(connection: Connection, recipient: str, ids: Sequence[UUID]) -> list[UUID]:
    """The recipient has these; returns those for which that is new."""
    records = await connection.fetch(SQL["feed_acknowledge"], recipient, list(ids))
    for record in records:
        await _has_it(connection, record)
    return [record["id"] for record in records]


def _columns(today: Sequence[Today]) -> list[list[str | None]]:
    """A list each of recipients, keys, routes."""
    return [[one.columns[at] for one in today] for at in range(3)]


async def _settle(connection: Connection, id: UUID, lease: UUID, state: State, *answer: Any) -> asyncpg.Record:
    record = await connection.fetchrow(SQL["delivery_settle"], id, lease, state, *answer)
    if record is None:
        raise LeaseLost("another worker has claimed the delivery since")
    return record


async def _has_it(connection: Connection, record: asyncpg.Record) -> None:
    """It can be reached, and needs no older one."""
    kinds = ("delivery-refused", "delivery-given-up")
    await alarms.close_accepted(connection, record["id"], kinds, "the recipient has it, or a newer one")
    await alarms.close_reached(connection, record["recipient"], "deliveries get through again")


async def _tell(connection: Connection, record: asyncpg.Record) -> None:
    text = f"a delivery to {record['recipient']} had its last attempt: find out why, then send it again"
    concerns = Concerns(recipient=record["recipient"])
    await alarms.raise_alarm(connection, "delivery-given-up", str(record["id"]), text, concerns)
    await _log(connection, "delivery-given-up", record)


async def _log(connection: Connection, event: str, record: asyncpg.Record) -> None:
    subject = {"delivery": str(record["id"]), "manifest": str(record["manifest_id"]), "recipient": record["recipient"]}
    at: datetime = await connection.fetchval(SQL["clock"])
    await log.append(connection, event, subject, at)
