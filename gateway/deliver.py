"""deliver: claim -> send -> settle, until told to stop; wakes on NOTIFY, polls to be sure.

In: deliveries that `process` sealed. Out: one of three outcomes each, in the row and in the log. Every recipient has
lanes of its own, so that one that hangs holds up nobody. The attempt is counted at the claim; a worker that dies in
mid-send leaves a lease that runs out, and the stable delivery id lets the recipient drop the repeat. A recipient whose
folder was set aside gets no room: its deliveries wait. So do those of a recipient that is paused, and an envelope that is not
sealed to the recipient's key of today, or whose entry of the register has ended: `process.renew` makes it anew or ends it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from random import SystemRandom

from gateway.alerts import Concerns
from gateway.formats.emswe_response import read
from gateway.heard import kept
from gateway.keyring import Recipient
from gateway.mistakes import Trouble, said
from gateway.route import OF_A_VISIT
from gateway.senders import SENDERS, Accepted, Means, Outcome, Outgoing, Refused, TryLater
from gateway.settings import utc_now
from gateway.store import DELIVERY, UNAVAILABLE, Connection, Database, Pool, log, transaction
from gateway.store.alarms import raise_alarm
from gateway.store.deliveries import (
    ClaimedDelivery,
    claim_deliveries,
    settle_accepted,
    settle_refused,
    settle_try_later,
    today_of,
)
from gateway.store.responses import add_response, has_accepted, lost_verdict
from gateway.store.submissions import LeaseLost
from gateway.store.wake import Wake, listening

_FIRST_SECONDS, _GROWTH, _LONGEST_SECONDS = 5.0, 3.0, 4 * 3600.0
_TOLD_AT = 5  # attempts that fail before a person hears of it: 5 + 15 + 45 + 135 s, longer than a restart takes
_AT_ONCE = 4  # sends to one recipient at a time
_POLL_SECONDS = 5.0
_AFTER_TROUBLE_SECONDS = 1.0
_END_SECONDS = 3.0  # what is under way gets this long when we are told to stop

_RANDOM = SystemRandom()
_log = logging.getLogger(__name__)


def next_attempt(attempts: int, outcome: TryLater, jitter: float) -> timedelta:
    """How long to wait after `attempts` tries: 5 s, 15 s, 45 s … 4 h. `jitter` in [0, 1) moves it by up to a fifth
    either way, so that what failed together does not come back together. Never before the recipient's own time."""
    wait = min(_FIRST_SECONDS * _GROWTH ** min(attempts - 1, 20), _LONGEST_SECONDS)
    spread = timedelta(seconds=wait * (0.8 + 0.4 * jitter))
    return max(spread, outcome.after) if outcome.after else spread


class Deliverer:
    """The delivering half of a worker."""

    def __init__(
        self,
        pool: Pool,
        database: Database,
        recipients: Mapping[str, Recipient],
        means: Means,
        lease_seconds: float,
    ) -> None:
        self._pool, self._database, self._means, self._lease_seconds = pool, database, means, lease_seconds
        self._recipients = {id: one for id, one in recipients.items() if one.send.transport in SENDERS}
        self._under_way: Counter[str] = Counter()

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers until `stop` is set, then gives what is under way a moment to end."""
        lanes: set[asyncio.Task[None]] = set()
        async with listening(self._database, [DELIVERY], stop) as wake:
            try:
                await self._claim_and_start(wake, stop, lanes)
            finally:
                await _end(lanes)

    async def _claim_and_start(self, wake: Wake, stop: asyncio.Event, lanes: set[asyncio.Task[None]]) -> None:
        trouble = Trouble(_log, "claiming deliveries")

        def ended(lane: asyncio.Task[None]) -> None:
            lanes.discard(lane)
            wake.now()

        while not stop.is_set():
            try:
                claimed = await self._claim(utc_now().date())
                trouble.over()
            except UNAVAILABLE as error:
                trouble.met(error)
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                continue
            for one in claimed:
                self._under_way[one.recipient] += 1
                lane = asyncio.create_task(self._deliver(one))
                lanes.add(lane)
                lane.add_done_callback(ended)
            if not claimed:
                await wake.wait(_POLL_SECONDS)

    def _room(self) -> dict[str, int]:
        return {id: room for id in self._recipients if (room := _AT_ONCE - self._under_way[id]) > 0}

    async def _claim(self, day: date) -> list[ClaimedDelivery]:
        """What may be sent as it is; the rest `process.renew` seals again."""
        today = {id: today_of(one, day) for id, one in self._recipients.items()}
        return await claim_deliveries(self._pool, self._room(), today, day, lease_seconds=self._lease_seconds)

    async def _deliver(self, claimed: ClaimedDelivery) -> None:
        until = asyncio.get_running_loop().time() + self._lease_seconds
        try:
            await self._settle(claimed, await self._send(claimed), until)
        finally:
            self._under_way[claimed.recipient] -= 1

    async def _send(self, claimed: ClaimedDelivery) -> Outcome:
        recipient = self._recipients[claimed.recipient]
        seconds = min(float(recipient.send.timeout_seconds), self._lease_seconds * 0.8)
        try:
            return await SENDERS[recipient.send.transport](_outgoing(claimed, recipient, seconds), self._means)
        except asyncio.CancelledError:  # we are ending (`_end`); whether the recipient has it is not known
            return TryLater("the gateway was stopped in mid-send")
        except Exception as error:
            _log.error("unexpected %s while sending to %s", said(error), claimed.recipient)
            return TryLater("the gateway made a mistake, which is in its log", needs_person=True)

    async def _settle(self, claimed: ClaimedDelivery, outcome: Outcome, until: float) -> None:
        """Records the outcome, however often the store is away before the lease ends: what is not recorded is sent again."""
        while True:
            try:
                async with transaction(self._pool) as connection:
                    await self._record(connection, claimed, outcome)
                    return
            except LeaseLost:
                return
            except UNAVAILABLE:
                if asyncio.get_running_loop().time() > until:
                    return
            await asyncio.sleep(_AFTER_TROUBLE_SECONDS)

    async def _record(self, connection: Connection, claimed: ClaimedDelivery, outcome: Outcome) -> None:
        if isinstance(outcome, TryLater):
            await _again(connection, claimed, outcome)
            return
        id, lease, recipient = claimed.id, claimed.lease, claimed.recipient
        if isinstance(outcome, Refused) and await _has_it(connection, claimed, outcome):
            outcome = Accepted(outcome.status, outcome.answer)
        if isinstance(outcome, Accepted):
            event, answer = "delivery-accepted", outcome.receipt
            await settle_accepted(connection, id, lease, outcome="accepted", status=outcome.status)
        else:
            event, answer = "delivery-refused", outcome.answer
            await settle_refused(connection, id, lease, outcome=outcome.reason, status=outcome.status)
        now = utc_now()
        if answer:
            channel = self._recipients[recipient].send.transport
            await add_response(
                connection,
                kept(answer, id, form=claimed.form, channel=channel, at=now, seal_to=self._means.identity.seal_to),
            )
        subject = {"delivery": str(id), "manifest": str(claimed.manifest_id), "recipient": recipient}
        await log.append(connection, event, subject, now)


async def _has_it(connection: Connection, claimed: ClaimedDelivery, refused: Refused) -> bool:
    """A single window takes no message twice. One that it has accepted it refuses when that is replayed, and one whose answer was lost
    on its way when that is tried again: it has it all the same."""
    response = await asyncio.to_thread(read, refused.answer) if claimed.form in OF_A_VISIT else None
    if response is None or not response.is_repeated:
        return False
    if await has_accepted(connection, claimed.id):
        return True
    is_lost = await lost_verdict(connection, claimed.id, claimed.attempts)
    if is_lost:
        text = (
            f"{claimed.recipient} has delivery {claimed.id} from an earlier attempt, and what it answered to that was lost:"
            " ask it for its verdict, or have the line send the list again"
        )
        await raise_alarm(connection, "verdict-unknown", str(claimed.id), text, Concerns(recipient=claimed.recipient))
    return is_lost


async def _again(connection: Connection, claimed: ClaimedDelivery, outcome: TryLater) -> None:
    wait = next_attempt(claimed.attempts, outcome, _RANDOM.random())
    await settle_try_later(
        connection,
        claimed.id,
        claimed.lease,
        seconds=wait.total_seconds(),
        outcome=outcome.reason,
        status=outcome.status,
    )
    if outcome.needs_person or claimed.attempts >= _TOLD_AT:
        who = claimed.recipient
        text = f"deliveries to {who} do not get through ({outcome.reason}); they are kept and tried again"
        await raise_alarm(connection, "recipient-out-of-reach", who, text, Concerns(recipient=who))


def _outgoing(claimed: ClaimedDelivery, recipient: Recipient, seconds: float) -> Outgoing:
    return Outgoing(
        recipient=recipient,
        delivery_id=str(claimed.id),
        manifest_id=str(claimed.manifest_id),
        route_id=claimed.route_id,
        form=claimed.form,
        purpose=claimed.purpose,
        legal_basis=claimed.legal_basis,
        version=claimed.version,
        created_at=claimed.created_at,
        media_type=claimed.media_type,
        body=claimed.envelope,
        attempt=claimed.attempts,
        timeout_seconds=seconds,
    )


async def _end(lanes: set[asyncio.Task[None]]) -> None:
    """First without, then with force; a lane that was cancelled in mid-send still records that it was."""
    for seconds in (_END_SECONDS, _AFTER_TROUBLE_SECONDS):
        if lanes:
            _, late = await asyncio.wait(lanes, timeout=seconds)
            for lane in late:
                lane.cancel()
    if lanes:
        await asyncio.wait(lanes)
