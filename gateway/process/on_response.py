"""on_response: what a recipient answered is put to the delivery that it answers, before anyone says that we have it.

In: an answer, who gave it, within the transaction that remembers its message. Out: a row, a log entry; an alarm where it
names no delivery of ours. Two-Way/Push-and-Push: the answer refers to the message that it answers (RefToMessageId), stands in
its conversation, or names it as FormalityInfo.CorrelationId, as RIM's control messages do. What it says is read elsewhere.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from gateway import answered as kept
from gateway.answered import Answered
from gateway.as4.rim import CORRELATION
from gateway.catalogue import Catalogue
from gateway.store import Connection, log
from gateway.store.alarms import raise_alarm
from gateway.store.answers import DeliveryAnswer, add_answer, delivery_named

RECEIVED = "answer-received"


async def on_response(
    connection: Connection,
    catalogue: Catalogue,
    answered: Answered,
    *,
    partner: str,
    recipients: Sequence[str],
    at: datetime,
) -> UUID | None:
    """The delivery that this answers, if it is one to these recipients. `partner`: the party that signed it."""
    delivery = await delivery_named(connection, recipients, list(named_deliveries(answered)))
    id = uuid4()
    sealed = kept.sealed(answered, id, catalogue)
    new = DeliveryAnswer(
        id=id,
        delivery_id=delivery,
        partner=partner,
        message_id=answered.message_id,
        received_at=at,
        sealed=sealed.ciphertext,
        wrapped=sealed.wrapped,
        key_id=sealed.key_id,
    )
    await add_answer(connection, new)
    subject = {"answer": str(id), "partner": partner} | ({"delivery": str(delivery)} if delivery else {})
    await log.append(connection, RECEIVED, subject, at)
    if delivery is None:
        text = f"{partner} sent an answer that names no delivery of ours; it is kept: ask the partner what it is about"
        await raise_alarm(connection, "answer-to-nothing", partner, text)
    return delivery


def named_deliveries(answered: Answered) -> Iterator[UUID]:
    """What it may be an answer to, the surest first. Our message ids are delivery ids, bare or before an @."""
    names = [answered.ref_to, *(part.properties.get(CORRELATION) for part in answered.parts), answered.conversation]
    for name in names:
        try:
            yield UUID((name or "").partition("@")[0])
        except ValueError:
            continue
