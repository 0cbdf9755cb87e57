"""./gw ais: tells a running gateway which passenger ships left and arrived, by what AIS receivers hear.

In: NMEA from a receiver (TCP, UDP) or a recorded log. Out: sightings to the gateway, over its API; what became of the lines, for people.
A sighting is on disk before it is sent, and until the gateway has it: neither a gateway that is away nor the end of this process loses it.
Of a receiver's lines one thread hears while another sends, so that a slow gateway costs no datagram.
"""

import math
import signal
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

import click
import msgspec

from gateway.ais.feed import Line, listening, of_file, of_tcp, of_udp
from gateway.ais.nearest import Ports
from gateway.catalogue import read_carriers
from gateway.cli.environment import settings
from gateway.cli.http import AS_OPERATOR, AT, ask, local_token
from gateway.codes.ports import is_sea_port, position

try:
    from gateway.ais.sentences import Sentences
    from gateway.ais.ships import Fleet
    from gateway.ais.waiting import Waiting
except ImportError:
    raise click.ClickException("./gw ais needs pyais: install the extra 'ais'") from None

_TELL_EVERY: Final = 600.0
_MOST_AT_ONCE: Final = 100
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_LAST_WORD: Final = 10.0  # seconds that a gateway has at the end

_tell = partial(click.echo, err=True)


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
    desk = Desk(url, local_token(token), _wanted(), ports)
    if log is not None:
        desk.play(of_file(log))
        return
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    host, number = _address(tcp or udp or "", "127.0.0.1" if udp else None)
    if tcp:
        desk.follow(of_tcp(host, number, stop, _tell))
        return
    try:
        heard = listening(host, number)
    except OSError as error:
        raise click.ClickException(
            f"{host}:{number} cannot be listened on ({error.strerror}); give an address of this machine and a port that is free"
        ) from None
    desk.follow(of_udp(heard, stop))


class Desk:
    """Follows the lines, and sends what they show."""

    def __init__(self, url: str, token: str, wanted: frozenset[str], ports: tuple[str, ...]) -> None:
        self._url, self._token = f"{url.rstrip('/')}/v1/calls", token
        self._sentences, self._fleet = Sentences(), Fleet(Ports(dict(map(_port, ports))), wanted)
        self._waiting = _waiting(url)
        self._sent = 0
        self._over = threading.Event()
        self._news = threading.Event()

    def play(self, lines: Iterable[Line]) -> None:
        """A log, to its end. A gateway that does not answer ends it too: the log can be played again."""
        for line in lines:
            self._hear(*line)
            if len(self._waiting) >= _MOST_AT_ONCE:
                self.send()
        self.send()
        self._sum_up()

    def follow(self, lines: Iterable[Line | None]) -> None:
        """A receiver, until its lines end; a gateway that does not answer is asked again."""
        sender = threading.Thread(target=self._keep_sending, daemon=True)  # one that hangs does not hold up the end
        sender.start()
        tell_at = time.monotonic() + _TELL_EVERY
        for line in lines:
            if line is not None:
                self._hear(*line)
            if time.monotonic() >= tell_at:
                self._sum_up()
                tell_at = time.monotonic() + _TELL_EVERY
        self._over.set()
        self._news.set()
        sender.join(_LAST_WORD)
        self._sum_up()
        if self._waiting:
            _tell(
                f"{len(self._waiting)} sightings wait in {self._waiting.folder}; ./gw ais sends them when it runs again"
            )

    def _hear(self, line: bytes, at: datetime | None) -> None:
        message = self._sentences.line(line, at)
        for one in self._fleet.hear(message) if message else ():
            self._waiting.add(one)
            self._news.set()

    def _keep_sending(self) -> None:
        """As soon as there is something; after a failure later and later, and at the end once more."""
        pause, is_last = _FIRST_PAUSE, False
        self._news.set()  # what an earlier process left
        while not is_last:
            self._news.wait()
            self._news.clear()
            is_last = self._over.is_set()
            try:
                self.send()
                pause = _FIRST_PAUSE
            except click.ClickException as error:
                _tell(f"not sent yet, {len(self._waiting)} wait: {error.message}")
                self._over.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                self._news.set()

    def send(self) -> None:
        """Sends what is there, and says what the gateway says of it."""
        while batch := self._waiting.first(_MOST_AT_ONCE):
            body = msgspec.json.encode({"sightings": list(batch.values())})
            answer = ask("POST", self._url, token=self._token, body=body, headers={"Content-Type": "application/json"})
            if not isinstance(answer, dict) or "findings" not in answer:
                raise click.ClickException(f"what answers at {self._url} is no gateway")
            self._waiting.done(list(batch))
            self._sent += len(batch)
            for finding in answer["findings"]:
                click.echo(f"{finding['code']}  {finding['severity']:<7}  {finding['text']}; {finding['hint']}")

    def _sum_up(self) -> None:
        """What became of the lines."""
        counts = {**self._sentences.counts, **self._fleet.counts, "lost for want of the gateway": self._waiting.lost}
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        click.echo(f"{self._sent} sightings sent, {len(self._fleet)} ships heard; {said}")


def _waiting(url: str) -> Waiting:
    """Of each gateway that is told of ships its own folder."""
    folder = settings().state / "sightings" / quote(url.rstrip("/"), safe="")
    try:
        return Waiting(folder, _tell)
    except OSError as error:
        raise click.ClickException(
            f"{folder} cannot be used ({error.strerror}): sightings wait there until the gateway has them; set GATEWAY_STATE to a folder that is yours"
        ) from None


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
