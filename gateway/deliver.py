"""deliver: claim -> send -> settle, until told to stop; wakes on NOTIFY, polls to be sure.

In: deliveries that `process` sealed. Out: one of three outcomes each, in the row and in the log. Every recipient has a
lane of its own, so that one that hangs holds up nobody. The attempt is counted at the claim; a worker that dies in
mid-send leaves a lease that runs out, and the stable delivery id lets the recipient drop the repeat. A recipient whose
folder was set aside gets no room: its deliveries wait.
"""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.keyring import Recipient
from gateway.senders import SENDERS, Accepted, Outcome, Outgoing, Refused, TryLater
from gateway.settings import utc_now
from gateway.store import DELIVERY, UNAVAILABLE, Database, Pool, log, transaction
from gateway.store.deliveries import (
    ClaimedDelivery,
    claim_deliveries,
    settle_accepted,
    settle_refused,
    settle_try_later,
)
from gateway.store.submissions import LeaseLost
from gateway.store.wake import listening

_FIRST_SECONDS, _GROWTH, _LONGEST_SECONDS = 5.0, 3.0, 4 * 3600.0
_AT_ONCE = 4  # sends to one recipient at a time
_POLL_SECONDS = 5.0
_AFTER_TROUBLE_SECONDS = 1.0


def next_attempt(attempts: int, outcome: TryLater, jitter: float) -> timedelta:
    """How long to wait after `attempts` tries. `jitter` in [0, 1) spreads retries over the last fifth of the wait."""
    wait = min(_FIRST_SECONDS * _GROWTH ** (attempts - 1), _LONGEST_SECONDS)
    spread = timedelta(seconds=wait * (0.8 + 0.4 * jitter))
    return max(spread, outcome.after) if outcome.after else spread


class Deliverer:
    """The delivering half of a worker."""

    def __init__(
        self, pool: Pool, database: Database, recipients: Mapping[str, Recipient], lease_seconds: float
    ) -> None:
        self._pool, self._database, self._lease_seconds = pool, database, lease_seconds
        self._recipients = {id: one for id, one in recipients.items() if one.send.transport in SENDERS}
        self._pins = {id: _pin(one) for id, one in self._recipients.items()}
        self._under_way: Counter[str] = Counter()

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers until `stop` is set, then lets what is under way end."""
        timeout = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(
                timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            ) as session,
            listening(self._database, [DELIVERY], stop) as wake,
            asyncio.TaskGroup() as lanes,
        ):
            while not stop.is_set():
                try:
                    claimed = await claim_deliveries(self._pool, self._room(), lease_seconds=self._lease_seconds)
                except UNAVAILABLE:
                    await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                    continue
                for one in claimed:
                    self._under_way[one.recipient] += 1
                    lanes.create_task(self._deliver(one, session)).add_done_callback(lambda _: wake.now())
                if not claimed:
                    await wake.wait(_POLL_SECONDS)

    def _room(self) -> dict[str, int]:
        return {id: room for id in self._recipients if (room := _AT_ONCE - self._under_way[id]) > 0}

    async def _deliver(self, claimed: ClaimedDelivery, session: aiohttp.ClientSession) -> None:
        try:
            outcome = await self._send(claimed, session)
            await self._settle(claimed, outcome)
        except (LeaseLost, *UNAVAILABLE):
            pass  # the lease runs out and the delivery is sent again; its id stays the same
        finally:
            self._under_way[claimed.recipient] -= 1

    async def _send(self, claimed: ClaimedDelivery, session: aiohttp.ClientSession) -> Outcome:
        recipient = self._recipients[claimed.recipient]
        outgoing = Outgoing(
            delivery_id=str(claimed.id),
            url=recipient.send.url or "",
            media_type=claimed.media_type,
            body=claimed.envelope,
            attempt=claimed.attempts,
            timeout_seconds=min(float(recipient.send.timeout_seconds), self._lease_seconds * 0.8),
            pinned=self._pins[claimed.recipient],
        )
        return await SENDERS[recipient.send.transport](outgoing, session)

    async def _settle(self, claimed: ClaimedDelivery, outcome: Outcome) -> None:
        id, lease = claimed.id, claimed.lease
        async with transaction(self._pool) as connection:
            if isinstance(outcome, TryLater):
                wait = next_attempt(claimed.attempts, outcome, random.random())  # noqa: S311 - spreading, not secrecy
                await settle_try_later(
                    connection, id, lease, seconds=wait.total_seconds(), outcome=outcome.reason, status=outcome.status
                )
                return
            if isinstance(outcome, Accepted):
                await settle_accepted(
                    connection, id, lease, outcome="accepted", status=outcome.status, receipt=outcome.receipt
                )
            else:
                await settle_refused(connection, id, lease, outcome=outcome.reason, status=outcome.status)
            event = "delivery-refused" if isinstance(outcome, Refused) else "delivery-accepted"
            subject = {"delivery": str(id), "manifest": str(claimed.manifest_id), "recipient": claimed.recipient}
            await log.append(connection, event, subject, utc_now())


def _pin(recipient: Recipient) -> bytes | None:
    """SHA-256 of the pinned server certificate, or None where the system's trust store decides."""
    if recipient.tls is None:
        return None
    return hashlib.sha256(x509.load_pem_x509_certificate(recipient.tls).public_bytes(Encoding.DER)).digest()
