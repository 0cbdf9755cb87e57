"""./gw read: recognise, read, normalise and check files at the sender's own desk, with the gateway's own words."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.exits import Unusable
from gateway.cli.words import shown

if TYPE_CHECKING:
    from gateway.carrier import Carrier
    from gateway.process.understand import Understood, UnderstoodList


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--carrier", "carrier_id", help="The line whose profile to read with (carriers/<id>.toml).")
@click.option("--format", "name", help="Read as this format instead of recognising it.")
@click.option("--json", "as_json", is_flag=True, help="Manifests and findings as JSON on stdout. Holds the people.")
def read(files: tuple[Path, ...], carrier_id: str | None, name: str | None, as_json: bool) -> None:
    """Read FILES ("-" is stdin) as one submission. Exit status: 0 clean, 1 with errors, 2 nothing could be read."""
    from gateway.findings import Severity
    from gateway.formats import FORMATS
    from gateway.process.understand import Hints, understand
    from gateway.sent import File
    from gateway.settings import utc_now

    names = [module.NAME for module in FORMATS]
    if name is not None and name not in names:
        raise click.UsageError(f"no such format: {name}. There are {', '.join(names)}.")
    carrier = profile(carrier_id) if carrier_id is not None else None
    read = tuple(File(_bytes(path), path.name) for path in files)
    understood = understand(read, carrier=carrier, now=utc_now(), hints=Hints(format=name))
    if as_json:
        _print_json(understood)
    else:
        _print_text(understood)
    if not understood.lists:
        raise click.exceptions.Exit(2)
    raise click.exceptions.Exit(1 if understood.count(Severity.ERROR) else 0)


def profile(id: str) -> "Carrier":
    """The profile of a line of ours; an error of use where there is none."""
    from gateway.catalogue import Problem, read_carriers
    from gateway.cli.environment import settings

    problems: list[Problem] = []
    carriers = read_carriers(settings().carriers, problems)
    if id in carriers:
        return carriers[id]
    said = [
        f"{problem.where}: {problem.text}"
        for problem in problems
        if problem.where == str(settings().carriers / f"{id}.toml")
    ]
    raise click.UsageError("\n".join(said) or f"no such carrier: {id}. There are {', '.join(carriers) or 'none'}.")


def _bytes(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as problem:
        raise Unusable(f"{path}: {problem.strerror}") from None


def _print_json(understood: "Understood") -> None:
    import msgspec

    manifests = [one.manifest for one in understood.lists]
    click.echo(msgspec.json.encode({"manifests": manifests, "findings": understood.findings}))


def _print_text(understood: "Understood") -> None:
    from gateway.findings import Severity

    for one in understood.lists:
        click.echo(_summary(one))
    for line in shown(understood.findings):
        click.echo(line)
    errors, warnings = understood.count(Severity.ERROR), understood.count(Severity.WARNING)
    click.echo(f"{understood.persons:,} persons, {errors} errors, {warnings} warnings")


def _summary(one: "UnderstoodList") -> str:
    manifest, vessel = one.manifest, one.manifest.vessel
    ship = " ".join(filter(None, (vessel.name, f"(IMO {vessel.imo})" if vessel.imo else None))) or "ship not named"
    calls = (manifest.voyage.departure, manifest.voyage.arrival)
    ends = " to ".join((call.port.code or call.port.name or "?") if call else "?" for call in calls)
    return f"{one.format}: {manifest.kind} list, {len(manifest.persons):,} persons, {ship}, {ends}"
