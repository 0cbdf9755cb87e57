"""on_response: what a recipient answered is put to the delivery that it answers, before anyone says that we have it.

In: an AS4 message, who sent it, within the transaction that remembers it. Out: a row, a log entry; an alarm where it
names no delivery of ours. Two-Way/Push-and-Push: the answer refers to the message that it answers (RefToMessageId), stands in
its conversation, or names it as FormalityInfo.CorrelationId, as RIM's control messages do. What it says, `verdicts` reads.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from gateway.as4.rim import CORRELATION
from gateway.catalogue import Catalogue
from gateway.heard import MESSAGE, Message, kept
from gateway.store import Connection, log
from gateway.store.alarms import raise_alarm
from gateway.store.responses import add_response, delivery_named

RECEIVED = "answer-received"


async def on_response(
    connection: Connection,
    catalogue: Catalogue,
    message: Message,
    *,
    partner: str,
    recipients: Sequence[str],
    at: datetime,
) -> UUID | None:
    """The delivery that this answers, if it is one to these recipients. `partner`: the party that signed it."""
    named = await delivery_named(connection, recipients, list(named_deliveries(message)))
    delivery, form = named or (None, "")
    new = kept(message, delivery, form=form, channel=MESSAGE, at=at, seal_to=catalogue.identity.seal_to)
    await add_response(connection, new)
    subject = {"answer": str(new.id), "partner": partner} | ({"delivery": str(delivery)} if delivery else {})
    await log.append(connection, RECEIVED, subject, at)
    if delivery is None:
        text = f"{partner} sent an answer that names no delivery of ours; it is kept: ask the partner what it is about"
        await raise_alarm(connection, "answer-to-nothing", partner, text)
    return delivery


def named_deliveries(message: Message) -> Iterator[UUID]:
    """What it may be an answer to, the surest first. Our message ids are delivery ids, bare or before an @."""
    names = [message.ref_to, *(part.properties.get(CORRELATION) for part in message.parts), message.conversation]
    for name in names:
        try:
            yield UUID((name or "").partition("@")[0])
        except ValueError:
            continue
