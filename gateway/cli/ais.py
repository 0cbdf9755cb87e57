"""./gw ais: tells a running gateway which passenger ships left and arrived, by what AIS receivers hear.

In: NMEA from a receiver (TCP, UDP) or a recorded log. Out: sightings to the gateway, over its API; what became of the lines, for people.
What could not be sent is sent with the next, so a gateway that is away for a while misses nothing.
"""

import math
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import click
import msgspec

from gateway.ais.feed import Line, of_file, of_tcp, of_udp
from gateway.ais.nearest import Ports
from gateway.catalogue import read_carriers
from gateway.cli.environment import settings
from gateway.cli.http import AS_OPERATOR, AT, ask, local_token
from gateway.codes.ports import is_sea_port, position

try:
    from gateway.ais.sentences import Sentences
    from gateway.ais.ships import Fleet, Sighting
except ImportError:
    raise click.ClickException("./gw ais needs pyais: install the extra 'ais'") from None

_SEND_EVERY: Final = 10.0
_TELL_EVERY: Final = 600.0
_MOST_AT_ONCE: Final = 100
_MOST_KEPT: Final = 10_000  # a day of a large port without the gateway


@click.command()
@click.option(
    "--tcp", metavar="HOST:PORT", help="A receiver that sends to whoever connects; connected to again when it breaks."
)
@click.option(
    "--udp", metavar="[HOST:]PORT", help="Listen for datagrams; on this machine's own address unless HOST is given."
)
@click.option("--file", "log", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A recorded log.")
@click.option(
    "--port",
    "ports",
    multiple=True,
    required=True,
    metavar="LOCODE[=LAT,LON]",
    help="A port to watch; several with --port again.",
)
@AT
@AS_OPERATOR
def ais(
    tcp: str | None, udp: str | None, log: Path | None, ports: tuple[str, ...], url: str, token: str | None
) -> None:
    """Tell the gateway which passenger ships left a port and which arrived, as AIS shows it.

    A ship arrives when it lies still in a port (within 5 nautical miles of its position in UN/LOCODE) for five minutes, and leaves when it
    is three miles away from where it lay; the times are those at which it stopped and started. Only ships of class A that say an IMO
    number count, and of these passenger ships, high-speed craft and what stands in [vessels] of a carrier's file.

    \b
    Name the ports that your receivers reach, with their position where UN/LOCODE has none or means the town:
      ./gw ais --tcp receiver.example:10110 --port EETLL --port FIHEL=60.155,24.955
    \b
    A log's lines have a tag block with a time (\\c:1732190400*hh\\), or a time before or after the sentence, in seconds or ISO 8601.
    A ship that AIS saw and nobody had announced stands on the board as such.
    """
    if sum(one is not None for one in (tcp, udp, log)) != 1:
        raise click.UsageError("give one of --tcp, --udp and --file")
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    desk = Desk(url, local_token(token), _wanted(), ports)
    if log is not None:
        desk.follow(of_file(log), patient=False)
        desk.send()
    else:
        host, number = _address(tcp or udp or "", "127.0.0.1" if udp else None)
        desk.follow((of_tcp if tcp else of_udp)(host, number, stop), patient=True)
    desk.tell()


class Desk:
    """Follows the lines, and sends what they show."""

    def __init__(self, url: str, token: str, wanted: frozenset[str], ports: tuple[str, ...]) -> None:
        self._url, self._token = f"{url.rstrip('/')}/v1/calls", token
        self._sentences, self._fleet = Sentences(), Fleet(Ports(dict(map(_port, ports))), wanted)
        self._kept: deque[Sighting] = deque(maxlen=_MOST_KEPT)
        self._sent = self._lost = 0

    def follow(self, lines: Iterable[Line | None], *, patient: bool) -> None:
        """Until they end. `patient`: a gateway that does not answer is asked again later."""
        send_at, tell_at = time.monotonic() + _SEND_EVERY, time.monotonic() + _TELL_EVERY
        for line in lines:
            if line is not None:
                self._hear(*line)
            if patient and time.monotonic() >= send_at:
                self._try()
                send_at = time.monotonic() + _SEND_EVERY
            elif not patient and len(self._kept) >= _MOST_AT_ONCE:
                self.send()
            if time.monotonic() >= tell_at:
                self.tell()
                tell_at = time.monotonic() + _TELL_EVERY
        if patient:
            self._try()

    def _hear(self, line: bytes, at: datetime | None) -> None:
        message = self._sentences.line(line, at)
        for one in self._fleet.hear(message) if message else ():
            self._lost += len(self._kept) == _MOST_KEPT
            self._kept.append(one)

    def _try(self) -> None:
        try:
            self.send()
        except click.ClickException as error:
            click.echo(f"not sent yet, {len(self._kept)} wait: {error.message}", err=True)

    def send(self) -> None:
        """Sends what is there, and says what the gateway says of it."""
        while self._kept:
            batch = [self._kept[number] for number in range(min(_MOST_AT_ONCE, len(self._kept)))]
            body = msgspec.json.encode({"sightings": batch})
            answer = ask("POST", self._url, token=self._token, body=body, headers={"Content-Type": "application/json"})
            for _ in batch:
                self._kept.popleft()
            self._sent += len(batch)
            for finding in answer["findings"]:
                click.echo(f"{finding['code']}  {finding['severity']:<7}  {finding['text']}; {finding['hint']}")

    def tell(self) -> None:
        """What became of the lines."""
        counts = {**self._sentences.counts, **self._fleet.counts, "lost for want of the gateway": self._lost}
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        click.echo(f"{self._sent} sightings sent, {len(self._fleet)} ships heard; {said}")


def _wanted() -> frozenset[str]:
    """The ships of all carriers."""
    return frozenset(number for one in read_carriers(settings().carriers, []).values() for number in one.vessels)


def _port(text: str) -> tuple[str, tuple[float, float]]:
    code, _, place = text.partition("=")
    known = position(code.upper())
    if place:
        try:
            latitude, longitude = map(float, place.split(","))
        except ValueError:
            latitude, longitude = math.nan, math.nan
        known = (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
    if not is_sea_port(code.upper()):
        raise click.UsageError(f"{code!r} is no sea port of UN/LOCODE")
    if known is None:
        raise click.UsageError(
            f"no position is known of {code}: give it in degrees, as in {code.upper()}=60.155,24.955"
        )
    return code.upper(), known


def _address(text: str, host: str | None) -> tuple[str, int]:
    given, _, port = text.rpartition(":")
    given = given.strip("[]") or host or ""
    if not given or not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.UsageError(f"{text!r} is no address; expected HOST:PORT, as in receiver.example:10110")
    return given, int(port)
