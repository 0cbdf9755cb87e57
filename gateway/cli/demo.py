"""./gw demo, and the stand-in recipient that it starts."""

import asyncio
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
    from gateway.demo import run
    from gateway.demo.world import CannotShow

    try:
        wrong = asyncio.run(run(stay=not leave))
    except CannotShow as why:
        raise Unfit(str(why)) from None
    for one in wrong:
        click.echo(f"not as it should be: {one}")
    click.echo(
        "everything came out as it should" if not wrong else f"{len(wrong)} things did not come out as they should"
    )
    raise click.exceptions.Exit(1 if wrong else 0)


@click.command("stand-in")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--port", type=int, required=True)
@click.option("--blind", is_flag=True, help="Take everything and open nothing (for measuring the gateway alone).")
def stand_in(folder: Path, port: int, blind: bool) -> None:
    """A recipient that opens and validates what it gets."""
    from gateway.demo.stand_in import serve

    serve(folder, port, blind=blind)
