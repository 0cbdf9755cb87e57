"""Deliver by HTTPS: POST the envelope, signed (`signature`), with the delivery id as Idempotency-Key (IETF httpapi draft).

In: an `Outgoing`. Out: an `Outcome`. 2xx (208 for a repeat too) is accepted once the whole answer is there; 408, 425, 429
and 5xx mean later (Retry-After of RFC 9110 section 10.2.3 is obeyed, at most a day); everything else, a redirect too, is
refused: following one would send passengers' data to an address that no register names. A certificate that does not match
the pin means that nothing is sent at all; it is tried later, because the register, not the message, must change.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from ssl import SSLContext
from typing import NamedTuple

import aiohttp
from aiohttp import ClientResponse, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from gateway.senders.outcome import MOST_ANSWER, Accepted, Means, Outcome, Outgoing, Refused, TryLater
from gateway.senders.signature import signed_headers
from gateway.settings import utc_now

_LATER = frozenset((408, 425, 429))
_LONGEST_WAIT = timedelta(days=1)
_CONNECT_SECONDS = 10.0
_NO_ADDRESS = "the recipient's address cannot be posted to; mend recipient.toml"


def session() -> ClientSession:
    """As many connections as there are lanes: a common limit would let recipients that hang hold up the others."""
    return ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=ClientTimeout(total=None),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def send(outgoing: Outgoing, means: Means) -> Outcome:
    """One attempt; what went wrong is said without the address, which may hold a secret path."""
    url = outgoing.recipient.https.url if outgoing.recipient.https else ""
    try:
        headers = signed_headers(url, _headers(outgoing), outgoing.body, means.signer, utc_now())
    except ValueError:
        return Refused(_NO_ADDRESS)
    call = Call(url, headers, outgoing.body, outgoing.timeout_seconds, pin(outgoing.recipient.tls))
    return await post(call, means, _outcome)


class Call(NamedTuple):
    """One POST. `trust`: whom the server must be, as aiohttp takes it."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    trust: aiohttp.Fingerprint | SSLContext | bool


async def post(call: Call, means: Means, read: Callable[[ClientResponse], Awaitable[Outcome]]) -> Outcome:
    """What `read` makes of the answer, or what came in its way. No redirect is followed."""
    seconds = call.seconds
    try:
        async with means.session.post(
            call.url,
            data=call.body,
            headers=call.headers,
            allow_redirects=False,
            timeout=ClientTimeout(total=seconds, sock_connect=min(_CONNECT_SECONDS, seconds)),
            ssl=call.trust,
        ) as response:
            return await read(response)
    except aiohttp.ServerFingerprintMismatch:
        return TryLater(
            "the recipient's TLS certificate is not the one in its folder: nothing was sent; check with the recipient",
            needs_person=True,
        )
    except aiohttp.ClientConnectorCertificateError:
        return TryLater(
            "the recipient's TLS certificate is not trusted: nothing was sent; put its certificate into its folder",
            needs_person=True,
        )
    except TimeoutError:
        return TryLater(f"no answer within {seconds:g} s")
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        return Refused(_NO_ADDRESS)
    except (aiohttp.ClientError, OSError) as error:
        return TryLater(f"the connection failed ({type(error).__name__})")


def _headers(outgoing: Outgoing) -> dict[str, str]:
    return {
        "Content-Type": outgoing.media_type,
        "Idempotency-Key": outgoing.delivery_id,
        "Gateway-Delivery": outgoing.delivery_id,
        "Gateway-Attempt": str(outgoing.attempt),
    }


@lru_cache(maxsize=256)
def pin(tls: bytes | None) -> aiohttp.Fingerprint | bool:
    """The one certificate (PEM) that the server may show; without one the system's trust store decides."""
    if tls is None:
        return True
    return aiohttp.Fingerprint(sha256(load_pem_x509_certificate(tls).public_bytes(Encoding.DER)).digest())


async def _outcome(response: ClientResponse) -> Outcome:
    status = response.status
    if 200 <= status < 300:
        return Accepted(status, await beginning(response))
    refused = by_status(response)
    if isinstance(refused, TryLater):
        return refused
    try:
        said = await beginning(response)
    except (aiohttp.ClientError, OSError):  # a refusal counts even where its reasons break off
        said = b""
    return Refused(refused.reason, status, said)


def by_status(response: ClientResponse) -> TryLater | Refused:
    """What a status that is no success asks for."""
    status = response.status
    if status in _LATER or status >= 500:
        return TryLater(f"the recipient answered {status}", status, _wait(response))
    return Refused(f"the recipient answered {status}", status)


async def beginning(response: ClientResponse) -> bytes:
    """The answer's body, cut at `MOST_ANSWER`. One that breaks off raises: what the recipient said is then not known."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= MOST_ANSWER:
            break
    return bytes(body[:MOST_ANSWER])


def _wait(response: ClientResponse) -> timedelta | None:
    """Retry-After: seconds, or a date, which is counted from the recipient's own Date."""
    said = response.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said[:9]), _LONGEST_WAIT.total_seconds()))
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(response.headers.get("Date", ""))
    except (ValueError, TypeError):  # no such date; TypeError where only one of them names its zone
        return None
    return min(max(wait, timedelta()), _LONGEST_WAIT)
