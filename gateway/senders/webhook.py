"""Send an alert to a webhook: a JSON document, posted and signed like any delivery (`signature`), under an id of its own.

In: the address, the document's bytes, its id and attempt. Out: an `Outcome`, as `https` tells it. The id is the Idempotency-Key and the
same in every attempt. The same program checks the signature: deploy/recipient/verify_push.py. What the other end says is not kept.
"""

from uuid import UUID

import msgspec
from aiohttp import ClientResponse

from gateway.senders import https
from gateway.senders.outcome import Accepted, Means, Outcome, Refused, TryLater
from gateway.senders.signature import signed_headers
from gateway.settings import utc_now

_SECONDS = 10.0
_UNTRUSTED = "the webhook's TLS certificate is not trusted: nothing was sent"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    url: str
    body: bytes
    attempt: int
    seconds: float = _SECONDS


async def send(note: Note, means: Means) -> Outcome:
    """One attempt; the address, which may be a secret, is in none of its words."""
    id = str(note.id)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": id,
        "Gateway-Delivery": id,
        "Gateway-Attempt": str(note.attempt),
    }
    try:
        signed = signed_headers(note.url, headers, note.body, means.signer, utc_now())
    except ValueError:
        return Refused("the webhook's address cannot be posted to")
    outcome = await https.post(https.Call(note.url, signed, note.body, note.seconds, trust=True), means, _outcome)
    if isinstance(outcome, TryLater) and outcome.needs_person:
        return TryLater(_UNTRUSTED, needs_person=True)
    return outcome


async def _outcome(response: ClientResponse) -> Outcome:
    """The status alone decides; nothing of the body is wanted."""
    if 200 <= response.status < 300:
        return Accepted(response.status)
    said = https.by_status(response)
    reason = f"the webhook answered {response.status}"
    return TryLater(reason, said.status, said.after) if isinstance(said, TryLater) else Refused(reason, said.status)
