"""post: claim -> send -> settle, until told to stop; wakes on NOTIFY, polls to be sure.

In: alerts that `plan` wrote. Out: mails and webhook posts, each with one of three outcomes in its row, and in the log that it left. Every
address has its own turn, so that one that hangs holds up nobody; mails share a few connections. What is given up is an alarm on the
page, of which nobody is alerted. A worker that dies in mid-send leaves a lease that runs out, and the same message goes again
under the same id.
"""

import asyncio
import logging
from random import SystemRandom

import msgspec

from gateway.alerts import Saying, document, mail
from gateway.alerts.parties import Channel
from gateway.keyring.mail import MailServer, parse_mail_server
from gateway.mistakes import Trouble, said
from gateway.senders import Accepted, Means, TryLater, smtp, webhook
from gateway.senders.smtp import Letter, Postbox, Posted
from gateway.senders.webhook import Note
from gateway.settings import Settings, utc_now
from gateway.store import ALERT, UNAVAILABLE, Connection, Database, Pool, log, transaction
from gateway.store.alarms import close_about, raise_alarm
from gateway.store.alerts import ClaimedMessage, claim_messages, sayings_of, send_message_later, settle_message
from gateway.store.submissions import LeaseLost
from gateway.store.wake import Wake, listening

GIVEN_UP = "alert-given-up"
_FIRST_SECONDS, _GROWTH, _LONGEST_SECONDS = 5.0, 3.0, 900.0
_MOST_ATTEMPTS = 40  # 5 + 15 + 45 + 135 + 405 s, then every 15 min: 9 hours, a night without its mail server
_TOLD_AT = 5  # attempts that fail before the page says so
_PEACE_SECONDS = 60.0  # a mailbox gets a mail a minute at most; what comes up meanwhile is one mail
_MAILS_AT_ONCE = 4
_POSTS_AT_ONCE = 200  # addresses, each with a turn of its own
_POLL_SECONDS, _AFTER_TROUBLE_SECONDS, _END_SECONDS = 5.0, 1.0, 3.0
_WITHOUT_SERVER = TryLater("no mail server is set: GATEWAY_SMTP_URL", needs_person=True)

_RANDOM = SystemRandom()
_log = logging.getLogger(__name__)


def postbox_of(settings: Settings) -> Postbox | None:
    """The mail server of the settings, if they name one."""
    server = parse_mail_server(settings.smtp_url) if settings.smtp_url else None
    if not isinstance(server, MailServer) or settings.smtp_from is None:
        return None
    return Postbox(
        server=server,
        sender=settings.smtp_from,
        name=settings.name,
        credentials=settings.smtp_credentials,
        ca=settings.smtp_ca,
    )


def next_attempt(attempts: int, outcome: TryLater, jitter: float) -> float:
    """Seconds to wait after `attempts` tries: 5, 15, 45 … 900, moved by up to a fifth by `jitter` in [0, 1); never before the other
    end's own time."""
    wait = min(_FIRST_SECONDS * _GROWTH ** min(attempts - 1, 20), _LONGEST_SECONDS) * (0.8 + 0.4 * jitter)
    return max(wait, outcome.after.total_seconds()) if outcome.after else wait


class Notifier:
    """The sending half of telling people."""

    def __init__(
        self,
        pool: Pool,
        means: Means,
        settings: Settings,
        *,
        peace_seconds: float = _PEACE_SECONDS,
        postbox: Postbox | None = None,
    ) -> None:
        self._pool, self._means, self._settings, self._peace = pool, means, settings, peace_seconds
        self._postbox = postbox or postbox_of(settings)
        self._mails = 0  # under way

    async def run(self, database: Database, stop: asyncio.Event) -> None:
        """Sends until `stop`, then gives what is under way a moment to end."""
        lanes: set[asyncio.Task[None]] = set()
        async with listening(database, [ALERT], stop) as wake:
            try:
                await self._claim_and_start(wake, stop, lanes)
            finally:
                await _end(lanes)

    async def _claim_and_start(self, wake: Wake, stop: asyncio.Event, lanes: set[asyncio.Task[None]]) -> None:
        trouble = Trouble(_log, "claiming alerts")

        def ended(lane: asyncio.Task[None]) -> None:
            lanes.discard(lane)
            wake.now()

        while not stop.is_set():
            try:
                claimed = await self.claim()
                trouble.over()
            except UNAVAILABLE as error:
                trouble.met(error)
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                continue
            for one in claimed:
                lane = asyncio.create_task(self.deliver(one))
                lanes.add(lane)
                lane.add_done_callback(ended)
            if not claimed:
                await wake.wait(_POLL_SECONDS)

    async def claim(self) -> list[ClaimedMessage]:
        """What is due, no more mails than are sent at once: one that waits here would use up its lease."""
        room: dict[Channel, int] = {"email": _MAILS_AT_ONCE - self._mails, "webhook": _POSTS_AT_ONCE}
        lease = self._settings.lease_seconds
        claimed = await claim_messages(self._pool, room, lease_seconds=lease, peace_seconds=self._peace)
        self._mails += sum(one.channel == "email" for one in claimed)
        return claimed

    async def deliver(self, claimed: ClaimedMessage) -> None:
        """One message, start to end."""
        try:
            await self._attempt(claimed)
        finally:
            self._mails -= claimed.channel == "email"

    async def _attempt(self, claimed: ClaimedMessage) -> None:
        until = asyncio.get_running_loop().time() + self._settings.lease_seconds
        try:
            async with self._pool.acquire(timeout=10) as connection:
                sayings = await sayings_of(connection, claimed.id)
            if not sayings:  # settled in the moment in which it was claimed
                async with transaction(self._pool) as connection:
                    return await settle_message(connection, claimed, "dropped", "settled meanwhile")
            posted = await self._send(claimed, sayings)
        except (*UNAVAILABLE, LeaseLost):
            return None  # the lease ends, and it is claimed again
        return await self._settle(claimed, sayings, posted, until)

    async def _send(self, claimed: ClaimedMessage, sayings: list[Saying]) -> Posted:
        try:
            if claimed.channel == "webhook":
                outcome = await webhook.send(self._note(claimed, sayings), self._means)
                in_doubt = isinstance(outcome, TryLater) and outcome.status is None and not outcome.needs_person
                return Posted(outcome, in_doubt)
            if self._postbox is None:
                return Posted(_WITHOUT_SERVER)
            return await smtp.send(self._letter(claimed, sayings), self._postbox)
        except asyncio.CancelledError:  # we are ending (`_end`); whether it arrived is not known
            return Posted(TryLater("the gateway was stopped in mid-send"), in_doubt=True)
        except Exception as error:
            _log.error("unexpected %s while sending an alert", said(error))
            return Posted(TryLater("the gateway made a mistake, which is in its log", needs_person=True), in_doubt=True)

    def _note(self, claimed: ClaimedMessage, sayings: list[Saying]) -> Note:
        told = document(claimed.id, sayings, gateway=self._settings.name, address=self._settings.public_url)
        seconds = min(10.0, self._settings.lease_seconds * 0.8)
        return Note(
            id=claimed.id,
            url=claimed.address,
            body=msgspec.json.encode(told),
            attempt=claimed.attempts,
            seconds=seconds,
        )

    def _letter(self, claimed: ClaimedMessage, sayings: list[Saying]) -> Letter:
        written = mail(sayings, gateway=self._settings.name, address=self._settings.public_url)
        return Letter(
            id=claimed.id, to=claimed.address, subject=written.subject, text=written.text, at=claimed.created_at
        )

    async def _settle(self, claimed: ClaimedMessage, sayings: list[Saying], posted: Posted, until: float) -> None:
        """Records the outcome, however often the store is away before the lease ends: what is not recorded is sent again."""
        while True:
            try:
                async with transaction(self._pool) as connection:
                    return await _record(connection, claimed, sayings, posted)
            except LeaseLost:
                return None
            except UNAVAILABLE:
                if asyncio.get_running_loop().time() > until:
                    return None
            await asyncio.sleep(_AFTER_TROUBLE_SECONDS)


async def _record(connection: Connection, claimed: ClaimedMessage, sayings: list[Saying], posted: Posted) -> None:
    outcome, whom = posted.outcome, _party(claimed, sayings)
    if isinstance(outcome, TryLater) and claimed.attempts < _MOST_ATTEMPTS:
        wait = next_attempt(claimed.attempts, outcome, _RANDOM.random())
        await send_message_later(connection, claimed, seconds=wait, outcome=outcome.reason, in_doubt=posted.in_doubt)
        if outcome.needs_person or claimed.attempts >= _TOLD_AT:
            text = f"alerts to {whom} do not get through ({outcome.reason}); they are kept and tried again"
            await raise_alarm(connection, GIVEN_UP, whom, text)
        return
    if isinstance(outcome, Accepted):
        await settle_message(connection, claimed, "sent", "accepted")
        await close_about(connection, [GIVEN_UP], whom, "an alert got through")
    else:
        await settle_message(connection, claimed, "given-up", outcome.reason)
        text = (
            f"an alert to {whom} was given up ({outcome.reason}): tell the party by telephone, and correct its address"
        )
        await raise_alarm(connection, GIVEN_UP, whom, text)
    subject = {"message": str(claimed.id), "party": whom, "alarms": " ".join(str(one.alarm.id) for one in sayings)}
    event = "alert-sent" if isinstance(outcome, Accepted) else "alert-given-up"
    await log.append(connection, event, subject, utc_now())


def _party(claimed: ClaimedMessage, sayings: list[Saying]) -> str:
    """Whose address it is, without the address, which may be a secret."""
    return f"{sayings[0].party if sayings else 'a party'} by {claimed.channel}"


async def _end(lanes: set[asyncio.Task[None]]) -> None:
    """First without, then with force; a lane that was cancelled in mid-send still records that it was."""
    for seconds in (_END_SECONDS, _AFTER_TROUBLE_SECONDS):
        if lanes:
            _, late = await asyncio.wait(lanes, timeout=seconds)
            for lane in late:
                lane.cancel()
    if lanes:
        await asyncio.wait(lanes)
