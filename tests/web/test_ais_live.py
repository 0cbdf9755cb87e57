"""From a receiver to the board: `./gw ais` as a process of its own, fed over TCP and UDP by receivers that are away, break and send junk."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.ais.sentences import Message
from gateway.settings import utc_now
from tests.ais.voyage import IMO, MINUTE, lies, lines, sails, static
from tests.cli.desk import PROJECT
from tests.web.world import Gateway, call

DESK = ("operator", "desk")
HERE, NEXT = (36.0, 15.0), (36.15, 15.0)  # nine miles apart, so that it is sailed in minutes
PORTS = ("--port", "GRPIR=36.0,15.0", "--port", "MTMLA=36.15,15.0")
OTHER = static(mmsi=240_000_111, imo=8_814_275)


def begun() -> datetime:
    """What a receiver says of a time is believed for ten minutes either way, so a voyage begins eight ago."""
    return utc_now().replace(second=0, microsecond=0) - 8 * MINUTE


def leaves(at: datetime) -> list[Message]:
    """Six minutes at the quay, then away."""
    return [*lies(HERE, at, 6), *sails(HERE, NEXT, at + 6 * MINUTE, 0.2)]


def comes(at: datetime) -> list[Message]:
    return [*sails(HERE, NEXT, at, 0.2)[-6:], *lies(NEXT, at + 12 * MINUTE, 6)]


class Ais:
    """A running `./gw ais`, and all that it said so far."""

    def __init__(self, running: Process) -> None:
        self.running, self.said = running, b""
        self._readers = [asyncio.create_task(self._read(pipe)) for pipe in (running.stdout, running.stderr) if pipe]

    async def _read(self, pipe: asyncio.StreamReader) -> None:
        while piece := await pipe.read(1000):
            self.said += piece

    async def says(self, words: str) -> None:
        await until(lambda: words.encode() in self.said, lambda: self.said.decode())

    async def ends(self, sign: signal.Signals) -> str:
        """How it ends, and its last words."""
        self.running.send_signal(sign)
        assert await asyncio.wait_for(self.running.wait(), 20) == 0, self.said
        await asyncio.gather(*self._readers)
        assert b"Traceback" not in self.said
        return self.said.decode()


async def until(holds: Callable[[], Any], shown: Callable[[], Any]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(shown())


async def seen_by(look: Callable[[], Awaitable[Any]]) -> Any:
    """What there is to see, as soon as there is something."""
    for _ in range(300):
        if found := await look():
            return found
        await asyncio.sleep(0.05)
    return None


@asynccontextmanager
async def gw_ais(*words: str, to: str, token: str, state: Path) -> AsyncIterator[Ais]:
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "GATEWAY_STATE": str(state)}
    command = (sys.executable, "-m", "gateway", "ais", *words, *PORTS, "--to", to, "--token", token)
    running = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environment, cwd=PROJECT)
    try:
        yield Ais(running)
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def the(gateway: Gateway, time: str) -> Any:
    return (await gateway.ask("GET", "/v1/calls/C1", DESK)).json["call"].get(time)


async def test_a_departure_over_tcp_is_on_the_board_although_the_receiver_was_away_and_broke(
    gateway: Gateway, tmp_path: Path
) -> None:
    """It is away at first; it breaks within a sentence; it sends junk; two ships' messages of two parts come interleaved."""
    await gateway.expect(call("C1", leaves=0, imo=f"{IMO}"))
    port, feeds = free_port(socket.SOCK_STREAM), asyncio.Queue[bytes]()

    async def feed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await feeds.get())
        if feeds.empty():
            await reader.read()  # it hears until it ends
        writer.close()

    async with gw_ais(
        "--tcp", f"127.0.0.1:{port}", to=gateway.url, token=await gateway.token(*DESK), state=tmp_path
    ) as ais:
        await ais.says(f"the receiver at 127.0.0.1:{port}: Connection refused; tried again in 1 s")
        at = begun()
        moves = list(lines(leaves(at)))
        parts = [[*lines([static(at)])], [*lines([OTHER, OTHER])][2:]]
        mixed = [part for pair in zip(*parts, strict=True) for part in pair]
        feeds.put_nowait(b"\xff\x00 junk\r\n" + moves[0][:40])
        feeds.put_nowait(moves[0][40:] + b"$GPGGA,1*00\r\n" + b"".join([*mixed, *moves]))
        async with await asyncio.start_server(feed, "127.0.0.1", port):
            await ais.says("it closed the connection; tried again in 1 s")
            seen = await seen_by(lambda: the(gateway, "atd"))
            said = await ais.ends(signal.SIGTERM)
    assert seen == {"at": f"{at + 7 * MINUTE:%Y-%m-%dT%H:%M:%SZ}", "source": "AIS"}, said
    assert "1 sightings sent, 2 ships heard" in said
    assert "4 no AIS sentence" in said  # the junk, both halves of the sentence, another instrument's
    assert "SPECIMEN STAR" in (await gateway.ask("GET", "/", DESK)).body.decode()
    assert list(tmp_path.rglob("*.json")) == []


async def test_an_arrival_over_udp_that_the_gateway_did_not_take_outlives_the_process(
    gateway: Gateway, tmp_path: Path
) -> None:
    """It says that a sighting waits, and is stopped; the next one has it sent, although it hears nothing."""
    await gateway.expect(call("C1", leaves=-6, arrives=0.1, imo=f"{IMO}"))
    port = free_port(socket.SOCK_DGRAM)
    expired = await gateway.token(*DESK, days=-1)
    async with gw_ais("--udp", f"{port}", to=gateway.url, token=expired, state=tmp_path) as ais:
        at = begun()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            heard = [b"\xff junk", *lines([static(at), *comes(at)])]
            for _ in range(100):  # whoever sends datagrams does not know whether anybody listens yet
                for line in heard:
                    receiver.sendto(line, ("127.0.0.1", port))
                await asyncio.sleep(0.1)
                if b"not sent yet, 1 wait" in ais.said:
                    break
        said = await ais.ends(signal.SIGINT)
    assert f"1 sightings wait in {tmp_path}/" in said
    assert await the(gateway, "ata") is None
    async with gw_ais("--udp", f"{port}", to=gateway.url, token=await gateway.token(*DESK), state=tmp_path) as ais:
        await until(lambda: not list(tmp_path.rglob("*.json")), lambda: ais.said)
        said = await ais.ends(signal.SIGTERM)
    assert "1 sightings sent, 0 ships heard" in said
    assert await the(gateway, "ata") == {"at": f"{at + 12 * MINUTE:%Y-%m-%dT%H:%M:%SZ}", "source": "AIS"}
