"""./gw simulate: a season of invented ships through a running training gateway."""

import asyncio
import hashlib
import signal
import ssl
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from gateway.cli.http import AS_OPERATOR, AT, local_token

if TYPE_CHECKING:
    from gateway.cli.driving import Drive
    from gateway.simulate import Laid

_MOST_SHOWN = 40


@click.command()
@AT
@AS_OPERATOR
@click.option(
    "--speed", type=click.FloatRange(1, 1000), default=1.0, show_default=True,
    help="How densely sailings follow each other: at 60, a day's in 24 minutes. Each keeps its own timing.",
)  # fmt: skip
@click.option("--days", type=click.IntRange(1, 120), default=7, show_default=True, help="Days of the season.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same season.")
@click.option("--lines", type=click.IntRange(1), help="Only so many of the lines.")
@click.option("--only", type=click.Choice(["ferry", "cruise"]), help="Only ferries, or only cruise ships.")
@click.option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The season's first day. Without it, the season begins now.",
)
@click.option(
    "--size", type=click.IntRange(1, 100), default=100, show_default=True, help="How full ships are, in per cent."
)
@click.option(
    "--ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The certificate the gateway's own is checked with.",
)
@click.option("--print", "only_print", is_flag=True, help="Print what will happen, and drive nothing.")
@click.option(
    "--prepare", type=click.Path(path_type=Path, file_okay=False),
    help="Write the lines' profiles into this folder, with an empty one for keys, say how to start a training gateway with them, and end.",
)  # fmt: skip
def simulate(
    url: str, token: str | None, speed: float, days: int, seed: int, lines: int | None, only: Literal["ferry", "cruise"] | None,
    since: datetime | None, size: int, ca: Path | None, only_print: bool, prepare: Path | None,
) -> None:  # fmt: skip
    """Sail a season of 40 cruise ships and 300 ferry sailings a day through a running training gateway.

    Ctrl-C stops; the same command goes on. Exit status 0: the gateway's board said all along what was true; 1: it did not.
    """
    from gateway.simulate.fleet import LINES

    if prepare is not None:
        return _prepare(prepare)
    chosen = tuple(line.id for line in LINES.values() if only in (None, line.service))[:lines]
    wanted = Wanted(
        seed=seed, days=days, speed=speed, since=since.date() if since else None, service=only, lines=chosen, size=size
    )
    if only_print:
        return _print(wanted)
    drive = asyncio.run(_drive(wanted, url, local_token(token), ca))
    raise click.exceptions.Exit(_summary(drive))


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which season, as it was asked for. `since`: its first day, None for whenever it begins."""

    seed: int
    days: int
    speed: float
    since: date | None
    service: Literal["ferry", "cruise"] | None
    lines: tuple[str, ...]
    size: int

    @property
    def key(self) -> str:
        """What a gateway remembers it by: another season has another."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]

    def laid(self, begin: datetime) -> "Laid":
        """The season, if it begins then."""
        from gateway.simulate import LEAD, Laid, Order, season

        first = datetime.combine(self.since, time(), UTC) if self.since else begin + LEAD
        order = Order(
            seed=self.seed, since=first, days=self.days, service=self.service, lines=self.lines, size=self.size / 100
        )
        return Laid(season=season(order), begin=begin, speed=self.speed)


def _prepare(folder: Path) -> None:
    from gateway.cli.whole import put
    from gateway.simulate.fleet import LINES, profile

    carriers, keys = folder / "carriers", folder / "keys"
    for made in (carriers, keys):
        made.mkdir(parents=True, exist_ok=True)
    for id in LINES:
        put(carriers / f"{id}.toml", profile(id).encode())
    click.echo(f"""{len(LINES)} lines are in {carriers}. A training gateway beside your own, with its own database and without your recipients:

  GATEWAY_NAME=training GATEWAY_STATE={folder / "state"} GATEWAY_CARRIERS={carriers} GATEWAY_KEYS={keys} GATEWAY_PORT=8461 ./gw run

and, while it runs:

  GATEWAY_STATE={folder / "state"} ./gw simulate --to http://127.0.0.1:8461 --speed 60 --days 7""")


def _print(wanted: Wanted) -> None:
    for turn in wanted.laid(_now()).turns():
        leg = turn.sailing.leg
        where = f"{leg.ship.name}, {leg.departure} to {leg.arrival}, {turn.sailing.voyage}"
        click.echo(f"{turn.at:%Y-%m-%d %H:%M:%S}  {where}: {turn.step.says}")


def _now() -> datetime:
    from gateway.settings import utc_now

    return utc_now().replace(microsecond=0)


async def _drive(wanted: Wanted, url: str, operator: str, ca: Path | None) -> "Drive":
    import aiohttp

    from gateway.cli.driving import Drive
    from gateway.cli.training import Refused, Training

    stop, now = asyncio.Event(), _now()
    _stop_on_signals(stop)
    tls = ssl.create_default_context(cafile=str(ca)) if ca else None
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session:
        gateway = Training(session, url, operator, tls)
        try:
            recipients = await gateway.prove()
            laid = wanted.laid(await gateway.admit(wanted.lines, wanted.key, now, wanted.days + 3))
            click.echo(_told(wanted, laid, now, has_recipients=bool(recipients)))
            drive = Drive(laid, gateway, recipients)
            await drive.run(stop)
            await gateway.leave()
        except Refused as why:
            raise click.ClickException(str(why)) from None
    if stop.is_set():
        click.echo("stopped; the same command goes on with this season")
    return drive


def _stop_on_signals(stop: asyncio.Event) -> None:
    """The first asks for an end, the second makes one."""
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)


def _told(wanted: Wanted, laid: "Laid", now: datetime, *, has_recipients: bool) -> str:
    """What a trainee should know first."""
    if laid.end < now:
        raise click.UsageError(
            f"this season ended here at {laid.end:%Y-%m-%d %H:%M} UTC; sail another with --seed {wanted.seed + 1}"
        )
    many, goes_on = len(laid.season.sailings), "goes on; it began" if laid.begin < now else "begins"
    return f"""season {wanted.seed} {goes_on} at {laid.begin:%Y-%m-%d %H:%M:%S} UTC and ends at {laid.end:%Y-%m-%d %H:%M} UTC: {many} sailings
At speed {wanted.speed:g} sailings follow each other {wanted.speed:g} times as densely as in life. Each keeps its own timing: a quarter of an hour is one.
{"Recipients go away and come back." if has_recipients else "This gateway has no recipients, so there are no outages of any."}"""


def _summary(drive: "Drive") -> int:
    """What was true, what the board says otherwise; the exit status."""
    found, sent = drive.compared, drive.sent
    click.echo(
        f"\n{sent['passengers']} passenger lists, {sent['crew']} crew lists and {sent['count']} numbers on board were sent: {sent['persons']:,} persons listed"
    )
    click.echo("What is true of the sailings on the board:")
    for state, many in sorted(found.stand.items()):
        click.echo(f"  {state:<12} {many:>6}")
    if found.unknown:
        click.echo(
            f"The gateway also counts {', '.join(found.unknown)}, of which this season knows nothing; not compared"
        )
    wrong = [*drive.wrong, *(f"{id}: {'; '.join(said)}" for id, said in found.differences.items())]
    if drive.drift_missed:
        wrong.append(f"the export of {drive.laid.season.drift[0]} changed, and no answer said so (H-10)")
    for one in wrong[:_MOST_SHOWN]:
        click.echo(f"not as it should be: {one}")
    if len(wrong) > _MOST_SHOWN:
        click.echo(f"… and {len(wrong) - _MOST_SHOWN} more")
    click.echo(f"{len(wrong)} not as it should be" if wrong else "the gateway's board says what is true")
    return 1 if wrong else 0
