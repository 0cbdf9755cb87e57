"""./gw demo, and the stand-in recipient that it starts."""

import asyncio
import signal
from pathlib import Path

import click


@click.command()
@click.option(
    "--exit",
    "leave",
    is_flag=True,
    help="End when all was shown; exit status 0 only if everything came out as it should.",
)
def demo(leave: bool) -> None:
    """Show the whole way, from five lines' own files to a single window and a PIU, on this machine alone."""
    from gateway.cli.exits import Unfit
    from gateway.demo.world import CannotShow

    try:
        wrong = asyncio.run(_show(stay=not leave))
    except CannotShow as why:
        raise Unfit(str(why)) from None
    for one in wrong:
        click.echo(f"not as it should be: {one}")
    click.echo(f"{len(wrong)} not as it should be" if wrong else "everything came out as it should")
    raise click.exceptions.Exit(1 if wrong else 0)


async def _show(*, stay: bool) -> list[str]:
    from gateway.demo.world import world
    from gateway.settings import utc_now

    now, stop = utc_now(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    click.echo("Starting PostgreSQL, the gateway with a worker, a single window and a PIU …", err=True)
    async with world(now, in_memory=True) as running:
        from gateway.demo.tour import tour  # most of a second, in which the processes start

        return await tour(running, now, stop, stay=stay)


@click.command("stand-in")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--port", type=int, required=True)
@click.option("--blind", is_flag=True, help="Take everything and open nothing (for measuring the gateway alone).")
def stand_in(folder: Path, port: int, blind: bool) -> None:
    """A recipient that opens and validates what it gets."""
    from gateway.demo.stand_in import serve

    serve(folder, port, blind=blind)
