"""A recipient of flesh and bone: a real HTTP(S) server on loopback that says what a test tells it to, byte for byte."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

import msgspec

from gateway.demo.folders import certificate
from gateway.keyring import Https, Send
from gateway.keyring import Recipient as Known
from gateway.settings import utc_now


class Request(msgspec.Struct, frozen=True):
    """What arrived. `headers` by name in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def delivery(self) -> str:
        return self.headers["gateway-delivery"]


Script = bytes | Callable[[Request, asyncio.StreamWriter], Awaitable[bytes]]


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP answer; `Retry_After="3"` is the header Retry-After."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Recipient:
    """`script`: an answer for each request to come, `usual` when it is used up. `bytes` counts what came after the handshake."""

    usual: ClassVar[bytes] = answer(201, b"thanks")

    def __init__(self, tls: ssl.SSLContext | None, shown: bytes | None) -> None:
        self.script: deque[Script] = deque()
        self.requests: list[Request] = []
        self.connections = self.bytes = 0
        self.certificate = shown
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/deliveries"

    def known(self, id: str, *, timeout_seconds: int = 5, pinned: bytes | None = None, url: str | None = None) -> Known:
        """As the gateway knows it; `pinned` is another certificate than its own, `url` another address."""
        shown = pinned or self.certificate
        return Known(
            id=id,
            name=id,
            kind="nsw",
            country="GR",
            third_country=False,
            send=Send(transport="https", timeout_seconds=timeout_seconds),
            https=Https(url=self.url if url is None else url, tls="server.pem" if shown else None),
            form="envelope",
            keys=(),
            files={"server.pem": shown} if shown else {},
        )

    async def open(self) -> None:
        """Listens, on the same port as before."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuses connections from now on; those that hang are let go."""
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            request = await self._request(reader)
            self.requests.append(request)
            said = self.script.popleft() if self.script else self.usual
            writer.write(said if isinstance(said, bytes) else await said(request, writer))
            await writer.drain()
        except asyncio.IncompleteReadError as hung_up:
            self.bytes += len(hung_up.partial)
        except OSError:
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Request:
        head = await reader.readuntil(b"\r\n\r\n")
        self.bytes += len(head)
        line, *lines = head.decode("latin-1").split("\r\n")[:-2]
        headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.bytes += len(body)
        return Request(line, headers, body)


@asynccontextmanager
async def recipient(folder: Path | None = None) -> AsyncIterator[Recipient]:
    """A recipient that listens. With a folder for its key it speaks TLS, with a certificate of its own making."""
    tls = shown = None
    if folder is not None:
        shown = certificate(folder / "tls.key", utc_now())
        (folder / "tls.pem").write_bytes(shown)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    made = Recipient(tls, shown)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


class Tap:
    """Counts what goes to a recipient on the wire, handshake and all."""

    def __init__(self) -> None:
        self.bytes = self.port = 0

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counts: bool) -> None:
        try:
            while data := await reader.read(65536):
                self.bytes += len(data) if counts else 0
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def relay(self, to: Recipient, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, on = await asyncio.open_connection("127.0.0.1", to.port)
        await asyncio.gather(self._pass_on(reader, on, counts=True), self._pass_on(back, writer, counts=False))


@asynccontextmanager
async def tapped(to: Recipient) -> AsyncIterator[Tap]:
    """A wire to the recipient, under another port."""
    tap = Tap()
    server = await asyncio.start_server(lambda r, w: tap.relay(to, r, w), "127.0.0.1", 0)
    tap.port = server.sockets[0].getsockname()[1]
    async with server:
        yield tap


async def hang(request: Request, writer: asyncio.StreamWriter) -> bytes:
    """Never says anything."""
    await asyncio.Event().wait()
    return b""
