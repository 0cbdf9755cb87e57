"""Deliver by HTTPS: POST the envelope, with the delivery id as Idempotency-Key (IETF httpapi draft).

In: an `Outgoing`. Out: an `Outcome`. 2xx and 208 are accepted; 408, 425, 429 and 5xx mean later (Retry-After of
RFC 9110 section 10.2.3 is obeyed, at most a day); everything else, a redirect too, is refused: following one would send
passengers' data to an address that no register names. A certificate that does not match the pin means that nothing
is sent at all; it is tried later, because the register, not the message, must change.
"""

import asyncio
from datetime import timedelta

import aiohttp
from aiohttp import ClientSession, ClientTimeout

from gateway.senders.outcome import Accepted, Outcome, Outgoing, Refused, TryLater

_LATER = frozenset((408, 425, 429))
_MOST_RECEIPT = 64 * 1024
_LONGEST_WAIT = timedelta(days=1)


async def send(outgoing: Outgoing, session: ClientSession) -> Outcome:
    """One attempt; what went wrong is said without the address, which may hold a secret path."""
    headers = {
        "Content-Type": outgoing.media_type,
        "Idempotency-Key": outgoing.delivery_id,
        "Gateway-Delivery": outgoing.delivery_id,
        "Gateway-Attempt": str(outgoing.attempt),
    }
    try:
        async with session.post(
            outgoing.url,
            data=outgoing.body,
            headers=headers,
            allow_redirects=False,
            timeout=ClientTimeout(total=outgoing.timeout_seconds, sock_connect=min(10.0, outgoing.timeout_seconds)),
            ssl=aiohttp.Fingerprint(outgoing.pinned) if outgoing.pinned else True,
        ) as response:
            answer = await response.content.read(_MOST_RECEIPT)
            return _outcome(response.status, answer, response.headers.get("Retry-After"))
    except aiohttp.ServerFingerprintMismatch:
        return TryLater(
            "the recipient's TLS certificate is not the one in its folder: nothing was sent; check with the recipient"
        )
    except aiohttp.ClientConnectorCertificateError:
        return TryLater(
            "the recipient's TLS certificate is not trusted: nothing was sent; put its certificate into its folder"
        )
    except TimeoutError:
        return TryLater(f"no answer within {outgoing.timeout_seconds:g} s")
    except aiohttp.InvalidURL:
        return Refused("the recipient's address is not a URL; mend recipient.toml")
    except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
        return TryLater(f"the connection failed ({type(error).__name__})")


def _outcome(status: int, answer: bytes, retry_after: str | None) -> Outcome:
    if 200 <= status < 300:
        return Accepted(status, answer)
    if status in _LATER or status >= 500:
        return TryLater(f"the recipient answered {status}", status, _wait(retry_after))
    return Refused(f"the recipient answered {status}", status)


def _wait(retry_after: str | None) -> timedelta | None:
    """Retry-After in seconds; its other form, a date, is rare enough to be treated as not given."""
    if retry_after is None or not retry_after.isdigit() or len(retry_after) > 9:
        return None
    return min(timedelta(seconds=int(retry_after)), _LONGEST_WAIT)
