"""HTTPS to a recipient: whatever it does is one of three outcomes, and it gets nothing before it has shown who it is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.demo.folders import certificate
from gateway.senders import SENDERS, Accepted, Means, Outcome, Refused, TryLater
from gateway.senders.outcome import MOST_ANSWER
from gateway.settings import utc_now
from tests.senders.delivering import outgoing, sending
from tests.senders.recipient import Recipient, Request, answer, hang, recipient, tapped

ENVELOPE = b"sealed " * 4000


@pytest.fixture
async def means() -> AsyncIterator[Means]:
    async with sending() as means:
        yield means


@pytest.fixture
async def nsw(tmp_path: Path) -> AsyncIterator[Recipient]:
    async with recipient(tmp_path) as nsw:
        yield nsw


async def send(
    to: Recipient, means: Means, seconds: float = 5, url: str | None = None, pinned: bytes | None = None
) -> Outcome:
    one = outgoing(
        to.known("example-nsw", url=url, pinned=pinned), ENVELOPE, form="emswe-json", media_type="application/jose", attempt=3,
        timeout_seconds=seconds,
    )  # fmt: skip
    return await SENDERS["https"](one, means)


async def test_the_envelope_arrives_as_it_is_under_its_id(nsw: Recipient, means: Means) -> None:
    assert await send(nsw, means) == Accepted(201, b"thanks")
    [request] = nsw.requests
    assert request.line == "POST /deliveries HTTP/1.1"
    assert request.body == ENVELOPE
    assert request.headers["content-type"] == "application/jose"
    assert request.headers["gateway-attempt"] == "3"
    assert request.headers["idempotency-key"] == request.delivery == "11111111-2222-5333-8444-555555555555"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 208])
async def test_accepted(nsw: Recipient, means: Means, status: int) -> None:
    nsw.script.append(answer(status))
    assert await send(nsw, means) == Accepted(status)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_later(nsw: Recipient, means: Means, status: int) -> None:
    nsw.script.append(answer(status, b"busy"))
    assert await send(nsw, means) == TryLater(f"the recipient answered {status}", status)


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422])
async def test_refused_and_no_redirect_is_followed(nsw: Recipient, means: Means, status: int) -> None:
    nsw.script.append(answer(status, b"no", Location=nsw.url))
    assert await send(nsw, means) == Refused(f"the recipient answered {status}", status, b"no")
    assert nsw.connections == 1


SATURDAY = "Sat, 21 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("86401", 86400),
        ("9" * 400, 86400),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 21 Nov 2027 12:00:00 GMT", 86400),
        ("Sat, 21 Nov 2026 12:01:30", None),
        ("soon", None),
        ("-5", None),
        ("١٢", None),
        ("", None),
    ],
)
async def test_retry_after(means: Means, said: str, seconds: int | None) -> None:
    async with recipient() as nsw:
        nsw.script.append(answer(503, Retry_After=said, Date=SATURDAY).replace("١".encode(), b"\xd9\xa1"))
        outcome = await send(nsw, means)
    assert isinstance(outcome, TryLater)
    assert outcome.after == (None if seconds is None else timedelta(seconds=seconds))


async def test_a_date_without_the_recipients_own_clock_is_no_date(means: Means) -> None:
    async with recipient() as nsw:
        nsw.script.append(answer(503, Retry_After="Sat, 21 Nov 2026 12:01:30 GMT"))
        assert await send(nsw, means) == TryLater("the recipient answered 503", 503)


async def test_nobody_listens(nsw: Recipient, means: Means) -> None:
    await nsw.close()
    outcome = await send(nsw, means)
    assert outcome == TryLater("the connection failed (ClientConnectorError)")
    await nsw.open()


async def test_it_hangs(nsw: Recipient, means: Means) -> None:
    nsw.script.append(hang)
    assert await send(nsw, means, seconds=0.2) == TryLater("no answer within 0.2 s")


async def test_it_hangs_after_the_first_half_of_its_answer(nsw: Recipient, means: Means) -> None:
    async def half(request: Request, writer: asyncio.StreamWriter) -> bytes:
        writer.write(answer(200, b"a receipt")[:-4])
        return await hang(request, writer)

    nsw.script.append(half)
    assert await send(nsw, means, seconds=0.2) == TryLater("no answer within 0.2 s")


@pytest.mark.parametrize("cut", [5, 30, len(answer(200, b"a receipt")) - 4])
async def test_half_an_answer_is_none(nsw: Recipient, means: Means, cut: int) -> None:
    nsw.script.append(answer(200, b"a receipt")[:cut])
    outcome = await send(nsw, means)
    assert isinstance(outcome, TryLater)
    assert outcome.reason.startswith("the connection failed (")


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 100, b"HTTP/1.1 nothing\r\n\r\n", b""])
async def test_it_speaks_no_http(nsw: Recipient, means: Means, said: bytes) -> None:
    nsw.script.append(said)
    assert isinstance(await send(nsw, means), TryLater)


async def test_of_an_endless_answer_the_beginning_is_kept(nsw: Recipient, means: Means) -> None:
    nsw.script.append(answer(200, b"r" * 5_000_000))
    assert await send(nsw, means) == Accepted(200, b"r" * MOST_ANSWER)


async def test_a_refusal_counts_even_if_its_text_breaks_off(nsw: Recipient, means: Means) -> None:
    nsw.script.append(answer(422, b"because")[:-3])
    assert await send(nsw, means) == Refused("the recipient answered 422", 422)


async def test_another_certificate_than_the_pinned_gets_not_one_byte(
    nsw: Recipient, means: Means, tmp_path: Path
) -> None:
    other = certificate(tmp_path / "other.key", utc_now())
    async with tapped(nsw) as wire:
        url = nsw.url.replace(str(nsw.port), str(wire.port))
        outcome = await send(nsw, means, url=url, pinned=other)
        assert isinstance(outcome, TryLater)
        assert outcome.needs_person
        assert "nothing was sent" in outcome.reason
        handshake = wire.bytes
        assert (nsw.requests, nsw.bytes) == ([], 0)
        assert 100 < handshake < 2000
        assert await send(nsw, means, url=url) == Accepted(201, b"thanks")
        assert nsw.bytes > len(ENVELOPE)
        assert wire.bytes - handshake > len(ENVELOPE)


async def test_a_certificate_nobody_vouches_for_gets_not_one_byte(nsw: Recipient, means: Means) -> None:
    nsw.certificate = None
    outcome = await send(nsw, means)
    assert isinstance(outcome, TryLater)
    assert outcome.needs_person
    assert nsw.bytes == 0


async def test_a_pin_is_not_fooled_by_a_connection_that_another_opened(
    nsw: Recipient, means: Means, tmp_path: Path
) -> None:
    nsw.script.append(answer(201).replace(b"Connection: close", b"Connection: keep-alive"))
    assert isinstance(await send(nsw, means), Accepted)
    sent = nsw.bytes
    assert isinstance(await send(nsw, means, pinned=certificate(tmp_path / "k", utc_now())), TryLater)
    assert nsw.bytes == sent


async def test_plain_text_where_tls_is_asked_for_gets_not_one_byte(means: Means) -> None:
    async with recipient() as plain:
        url = plain.url.replace("http:", "https:")
        assert isinstance(await send(plain, means, 0.3, url=url), TryLater)
        assert plain.requests == []


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1/x", "https://", "http://[::1/x"])
async def test_what_cannot_be_posted_to_is_refused(means: Means, url: str, nsw: Recipient) -> None:
    assert await send(nsw, means, url=url) == Refused(
        "the recipient's address cannot be posted to; mend recipient.toml"
    )


async def test_no_outcome_says_the_address(nsw: Recipient, means: Means) -> None:
    secret = nsw.url.replace("deliveries", "s3cret-path")
    nsw.script += [answer(500), answer(404), answer(200, b"xx")[:-1], b"rubbish"]
    outcomes = [await send(nsw, means, url=secret) for _ in range(4)]
    await nsw.close()
    outcomes.append(await send(nsw, means, url=secret))
    assert not any("s3cret" in str(one) or str(nsw.port) in str(one) for one in outcomes)
    await nsw.open()


def test_what_a_recipient_said_is_in_no_repr() -> None:
    assert "ERIKSSON" not in repr(Accepted(201, b"ERIKSSON")) + repr(Refused("no", 400, b"ERIKSSON"))
