"""Bytes that two HTTP readers could take for different requests (RFC 9112 section 11.2), over a bare socket.

Each payload is one request in the eyes of the stricter reader. Whatever we make of it: at most one answer, never 500, and
what was hidden behind it is never acted on.
"""

import asyncio
import logging
import re

import pytest

from tests.web.world import CARRIER, Gateway

_WANTED = b'{"kind":"operator","subject":"HIDDEN"}'
HIDDEN = b"POST /v1/tokens HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer TOKEN\r\nContent-Length: %d\r\n\r\n%b" % (
    len(_WANTED),
    _WANTED,
)
_START = b"POST /v1/submissions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer CARRIER\r\n"
_CHUNKED = b"4\r\nlist\r\n0\r\n\r\n"
_ANSWER = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


def post(*headers: bytes, body: bytes) -> bytes:
    return _START + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


PAYLOADS = {
    "both lengths, chunks win": post(b"Content-Length: 4", b"Transfer-Encoding: chunked", body=_CHUNKED + HIDDEN),
    "both lengths, length wins": post(b"Transfer-Encoding: chunked", b"Content-Length: 300", body=_CHUNKED + HIDDEN),
    "two lengths": post(b"Content-Length: 4", b"Content-Length: 200", body=b"list" + HIDDEN),
    "two equal lengths": post(b"Content-Length: 4", b"Content-Length: 4", body=b"list" + HIDDEN),
    "a list of lengths": post(b"Content-Length: 4, 4", body=b"list" + HIDDEN),
    "a length with a sign": post(b"Content-Length: +4", body=b"list" + HIDDEN),
    "a negative length": post(b"Content-Length: -1", body=b"list" + HIDDEN),
    "a length in hexadecimal": post(b"Content-Length: 0x4", body=b"list" + HIDDEN),
    "a length with an underscore": post(b"Content-Length: 0_4", body=b"list" + HIDDEN),
    "a huge length": post(b"Content-Length: 18446744073709551620", body=b"list" + HIDDEN),
    "a length in other digits": post("Content-Length: ４".encode(), body=b"list" + HIDDEN),
    "space before the colon": post(b"Content-Length : 4", b"Transfer-Encoding: chunked", body=_CHUNKED + HIDDEN),
    "space before the coding's colon": post(b"Content-Length: 4", b"Transfer-Encoding : chunked", body=_CHUNKED + HIDDEN),
    "a folded header": post(b"X: y", b" Content-Length: 4", b"Transfer-Encoding: chunked", body=_CHUNKED + HIDDEN),
    "a folded coding": post(b"Transfer-Encoding:\r\n chunked", b"Content-Length: 4", body=b"list" + HIDDEN),
    "unknown coding": post(b"Transfer-Encoding: xchunked", b"Content-Length: 4", body=b"list" + HIDDEN),
    "chunked is not last": post(b"Transfer-Encoding: chunked, identity", body=_CHUNKED + HIDDEN),
    "chunked twice": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=_CHUNKED + HIDDEN),
    "chunked and another": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=_CHUNKED + HIDDEN),
    "coding with a vertical tab": post(b"Transfer-Encoding: \x0bchunked", body=_CHUNKED + HIDDEN),
    "coding in quotes": post(b'Transfer-Encoding: "chunked"', body=_CHUNKED + HIDDEN),
    "underscored coding": post(b"Transfer_Encoding: chunked", b"Content-Length: 4", body=b"list" + HIDDEN),
    "underscored length": post(b"Content_Length: 4", b"Transfer-Encoding: chunked", body=_CHUNKED + HIDDEN),
    "underscored identity": post(b"X_Forwarded_User: operator", b"Content-Length: 4", body=b"list" + HIDDEN),
    "HTTP/1.0 with chunks": post(b"Transfer-Encoding: chunked", b"Connection: keep-alive", body=_CHUNKED + HIDDEN).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "HTTP/0.9": b"GET /v1/log/head\r\n" + HIDDEN,
    "HTTP/2 in disguise": _START.replace(b"HTTP/1.1", b"HTTP/2.0") + b"Content-Length: 4\r\n\r\nlist" + HIDDEN,
    "HTTP/1.2": _START.replace(b"HTTP/1.1", b"HTTP/1.2") + b"Content-Length: 4\r\n\r\nlist" + HIDDEN,
    "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN,
    "bare line feeds": post(b"Content-Length: 4", body=b"list").replace(b"\r\n", b"\n") + HIDDEN.replace(b"\r\n", b"\n"),
    "a bare carriage return": post(b"X: y\rContent-Length: 4", b"Content-Length: 9", body=b"list" + HIDDEN),
    "a NUL in a name": post(b"Content-Length\x00: 4", b"Transfer-Encoding: chunked", body=_CHUNKED + HIDDEN),
    "a NUL in a value": post(b"X: \x00", b"Content-Length: 4", body=b"list" + HIDDEN),
    "a chunk size with a sign": post(b"Transfer-Encoding: chunked", body=b"+4\r\nlist\r\n0\r\n\r\n" + HIDDEN),
    "a chunk size with 0x": post(b"Transfer-Encoding: chunked", body=b"0x4\r\nlist\r\n0\r\n\r\n" + HIDDEN),
    "a chunk size with an underscore": post(b"Transfer-Encoding: chunked", body=b"0_4\r\nlist\r\n0\r\n\r\n" + HIDDEN),
    "a huge chunk size": post(b"Transfer-Encoding: chunked", body=b"fffffffffffffffff4\r\nlist\r\n0\r\n\r\n" + HIDDEN),
    "a chunk longer than it says": post(b"Transfer-Encoding: chunked", body=b"2\r\nlist\r\n0\r\n\r\n" + HIDDEN),
    "a chunk ended by a line feed": post(b"Transfer-Encoding: chunked", body=b"4\nlist\n0\n\n" + HIDDEN),
    "a chunk extension with a line feed": post(b"Transfer-Encoding: chunked", body=b"4;a\nb\r\nlist\r\n0\r\n\r\n" + HIDDEN),
    "no host": _START.replace(b"Host: a\r\n", b"") + b"Content-Length: 4\r\n\r\nlist" + HIDDEN,
    "two hosts": post(b"Host: b", b"Content-Length: 4", body=b"list" + HIDDEN),
    "two callers": post(b"Authorization: Bearer x", b"Content-Length: 4", body=b"list" + HIDDEN),
    "two keys": post(b"Idempotency-Key: a", b"Idempotency-Key: b", b"Content-Length: 4", body=b"list" + HIDDEN),
    "space before the first header": b"GET /healthz HTTP/1.1\r\n Content-Length: 4\r\nHost: a\r\n\r\nlist" + HIDDEN,
    "an answer in the request": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
}  # fmt: skip


async def say(gateway: Gateway, payload: bytes) -> tuple[list[int], bytes]:
    """The statuses that came back until the gateway closed the connection or fell silent, and all the bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    operator, carrier = await gateway.token("operator", "desk"), await gateway.token("carrier", CARRIER)
    writer.write(payload.replace(b"TOKEN", operator.encode()).replace(b"CARRIER", carrier.encode()))
    answer = b""
    try:
        while chunk := await asyncio.wait_for(reader.read(65536), 0.3):
            answer += chunk
    except (TimeoutError, ConnectionError):
        pass
    writer.close()
    return [int(status) for status in _ANSWER.findall(answer)], answer


async def test_what_can_be_read_in_two_ways_is_answered_once_at_most_and_never_acted_on(gateway: Gateway) -> None:
    spoken = await asyncio.gather(*[say(gateway, payload) for payload in PAYLOADS.values()])
    answered = dict(zip(PAYLOADS, (statuses for statuses, _ in spoken), strict=True))
    assert {name: found for name, found in answered.items() if len(found) > 1 or any(s >= 500 for s in found)} == {}
    assert await gateway.pool.fetchval("SELECT count(*) FROM access_token WHERE subject = 'HIDDEN'") == 0
    refused = {name for name, found in answered.items() if found and 400 <= found[0] < 500}
    assert {name: answered[name] for name in set(PAYLOADS) - refused} == {}
    for _, answer in spoken:
        assert b"HIDDEN" not in answer
        assert b"application/problem+json" in answer
        assert b"x-content-type-options: nosniff" in answer.lower()
    assert await gateway.pool.fetchval("SELECT count(*) FROM submission") == 0


async def test_what_is_hidden_would_be_acted_on_if_it_were_seen(gateway: Gateway) -> None:
    assert (await say(gateway, HIDDEN))[0] == [201]
    assert (await say(gateway, post(b"Content-Length: 4", body=b"list" + HIDDEN)))[0] == [202, 201]


async def test_two_honest_requests_on_one_connection_are_answered_in_turn(gateway: Gateway) -> None:
    get = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    assert (await say(gateway, get + get))[0] == [200, 200]
    both = post(b"Content-Length: 4", body=b"list") + get
    assert (await say(gateway, both))[0] == [202, 200]
    assert (await say(gateway, post(b"Transfer-Encoding: chunked", body=_CHUNKED) + get))[0] == [202, 200]


async def test_bytes_that_are_no_request_are_repeated_nowhere(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    length_of_less = post(b"Content-Length: 4", body=b"listNAD+FL+++CANARYBIRD:ANNA\r\nDOC+P'\x00\r\n\r\n")
    statuses, answer = await say(gateway, length_of_less)
    assert statuses[-1] == 400
    assert b"CANARYBIRD" not in answer
    for line in (b"CANARYBIRD\r\n\r\n", b"\x16\x03\x01CANARYBIRD", b"GET /CANARYBIRD\x00 HTTP/1.1\r\n\r\n"):
        assert b"CANARYBIRD" not in (await say(gateway, line))[1]
    assert "CANARYBIRD" not in caplog.text
    assert caplog.records == [] or all(record.exc_info is None for record in caplog.records)


async def test_odd_bytes_where_text_is_expected_are_a_callers_mistake(shared_gateway: Gateway) -> None:
    for start in (
        b"GET /v1/calls?port=\xff HTTP/1.1",
        b"GET /v1/calls?port=%ff%00 HTTP/1.1",
        b"GET /v1/calls/\xff/ledger HTTP/1.1",
        b"GET /v1/submissions/%00 HTTP/1.1",
        b"GET /v1/\xff HTTP/1.1",
        b"BREW /v1/calls HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"CONNECT a:443 HTTP/1.1",
        b"GET http://elsewhere.example/v1/nothing HTTP/1.1",
        b"GET " + b"/" * 9000 + b" HTTP/1.1",
    ):
        request = start + b"\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer CARRIER\r\n\r\n"
        statuses, _ = await say(shared_gateway, request)
        assert len(statuses) == 1, start
        assert 400 <= statuses[0] < 500, start
    for header in (b"Authorization: Bearer \xff", b"Cookie: gateway=\xff", b"Idempotency-Key: \xff", b"Prefer: wait=\xff",
                   b"Content-Type: multipart/\xff; boundary=\xff", b"Expect: the unexpected"):  # fmt: skip
        request = (
            b"POST /v1/submissions HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n"
            + header
            + b"\r\n\r\nlist"
        )
        statuses, _ = await say(shared_gateway, request)
        assert len(statuses) == 1, header
        assert 400 <= statuses[0] < 500, header


async def test_many_headers_or_long_ones_are_refused(shared_gateway: Gateway) -> None:
    for headers in (b"X: y\r\n" * 500, b"X: " + b"y" * 9000 + b"\r\n"):
        statuses, _ = await say(shared_gateway, b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n")
        assert statuses == [400]
