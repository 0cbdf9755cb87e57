"""open -> route -> write -> seal, again: deliveries that wait and may not be sent as they are.

In: envelopes sealed to a key that no longer counts, or owed under an entry that is no longer in force. Out: the same
deliveries, made anew from the stored list exactly as at first (same id, same purposes, same terms) and sealed to the key of
today; or, where the register no longer grants them, given up without having been sent, and said. Terms are those that stand
in the row: they outlive the entry that they came from (WCO-UNOCT Arrangement, Article 4.10). A recipient without a valid key
keeps its deliveries as they are, and a person is told.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from gateway import route
from gateway.alerts import Concerns
from gateway.catalogue import Catalogue
from gateway.keyring import Form, Handling, PublicKey, Recipient, Route, Terms
from gateway.manifest import ListKind
from gateway.mistakes import Trouble, said
from gateway.obligations import ExpectedCall
from gateway.process.kept_list import opened_list
from gateway.process.owe import NO_KEY, Payload, written
from gateway.process.record import sealed
from gateway.process.visits import visits_of
from gateway.seal import Envelope
from gateway.settings import utc_now
from gateway.store import UNAVAILABLE, Connection, Pool, transaction
from gateway.store.alarms import close_others, raise_alarm
from gateway.store.deliveries import OURSELVES, StaleDelivery, delivery_ended, sealed_again, stale_delivery, today_of
from gateway.store.recipients import served
from gateway.store.submissions import Sealed

ENDED = "the register no longer has an entry in force that grants it as it was made"
DECISION_ENDED = "the decision under which it may be passed on has ended"
FORGOTTEN = "its list is no longer kept, so it cannot be sealed to the recipient's key of today"
_EVERY_SECONDS = 30.0
_FIRST = UUID(int=0)

_log = logging.getLogger(__name__)


async def run(pool: Pool, catalogue: Catalogue, stop: asyncio.Event) -> None:
    """Looks again and again until `stop`. What is to be done changes with the day and with the catalogue at a start."""
    trouble = Trouble(_log, "sealing deliveries again")
    while not stop.is_set():
        try:
            await renew(pool, catalogue, utc_now(), stop)
            trouble.over()
        except UNAVAILABLE as error:
            trouble.met(error)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


async def renew(pool: Pool, catalogue: Catalogue, now: datetime, stop: asyncio.Event | None = None) -> int:
    """Makes every delivery anew that may not be sent as it is, one transaction each, until `stop`; how many were looked at."""
    today = [today_of(one, now.date()) for one in catalogue.recipients.values()]
    await _tell_of_keyless(pool, [one.recipient for one in today if one.key is None])
    today = [one for one in today if one.key is not None]
    after, count = _FIRST, 0
    while stop is None or not stop.is_set():
        async with transaction(pool) as connection:
            one = await stale_delivery(connection, today, now.date(), after=after)
            if one is None:
                return count
            try:
                await _renewed(connection, one, catalogue, now)
            except UNAVAILABLE:
                raise
            except Exception as error:  # a mistake of ours with one delivery must not keep the others from being sent
                _log.error("unexpected %s while sealing delivery %s again", said(error), one.id)
        after, count = one.id, count + 1
    return count


async def _tell_of_keyless(pool: Pool, recipients: Sequence[str]) -> None:
    """Once it has a key again, the alarm is closed."""
    async with transaction(pool) as connection:
        await close_others(connection, ["recipient-without-key"], recipients, "it has a valid key")
        for one in await served(connection, recipients):
            if one.recipient in recipients and one.waiting:
                text = f"{NO_KEY}; what it is owed waits; mend keys/{one.recipient} and start the gateway again"
                concerns = Concerns(recipient=one.recipient)
                await raise_alarm(connection, "recipient-without-key", one.recipient, text, concerns)


async def _renewed(connection: Connection, one: StaleDelivery, catalogue: Catalogue, now: datetime) -> None:
    recipient = catalogue.recipients[one.recipient]
    if why := ended(recipient, one, now):
        return await delivery_ended(connection, one.id, why)
    key = recipient.key_for(now.date())
    made = await asyncio.to_thread(sealed_anew, one, recipient, key, catalogue, now)
    if isinstance(made, str):
        return await delivery_ended(connection, one.id, made)
    return await sealed_again(connection, one.id, made, sealed_to=key.fingerprint if key else OURSELVES)


def ended(recipient: Recipient, one: StaleDelivery, now: datetime) -> str:
    """Why nothing allows this delivery today; an empty text where it is as it was."""
    if one.sent_until is not None:
        return "" if one.sent_until >= now.date() else DECISION_ENDED
    names = one.route_id.split("+")
    entries = [entry for entry in recipient.routes if entry.id in names and entry.in_force(now.date())]
    if len(entries) != len(names):
        return ENDED
    whole, terms = route.merged(entries), msgspec.convert(one.handling, Terms)
    grants = set(terms.purposes) <= set(whole.purposes) and set(one.lists) <= {*whole.lists, ListKind.MIXED}
    return "" if grants and whole.form == one.form else ENDED


def sealed_anew(
    one: StaleDelivery, recipient: Recipient, key: PublicKey | None, catalogue: Catalogue, now: datetime
) -> Envelope | str:
    """The envelope; or why there can be none. Without a key it is sealed to ourselves, for a recipient that gets it over AS4."""
    kept = opened_list(Sealed(one.sealed, one.wrapped, one.key_id), one.manifest_id, catalogue)
    if kept is None:
        return FORGOTTEN
    handling = msgspec.convert(one.handling, Handling)
    terms = msgspec.convert(one.handling, Terms)
    entry = one_off(terms, one.route_id, one.lists, one.form, now)
    wide = route.with_purposes(kept.for_form(one.form), terms.purposes)
    call = msgspec.convert(one.call, ExpectedCall) if one.call else None
    due, visits = route.Owed(recipient, entry), visits_of(call)
    made = written(wide, due, key, terms, id=one.id, at=one.received_at, visits=visits)
    return sealed(made, handling, catalogue) if isinstance(made, Payload) else made


def one_off(terms: Terms, id: str, lists: Sequence[str], form: str, now: datetime) -> Route:
    """The entry of a register that owes just this, on just this day: what to write is in the terms."""
    return Route(
        id=id,
        lists=tuple(map(ListKind, lists)),
        purposes=terms.purposes,
        form=msgspec.convert(form, Form),
        legal_basis=terms.legal_basis,
        since=now.date(),
        until=now.date(),
        reviewer=terms.originator,
        marking=terms.marking,
        onward=terms.onward,
    )
