"""./gw read: recognise, read, normalise and check files at the sender's own desk, with the gateway's own words."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.exits import Unusable

if TYPE_CHECKING:
    from gateway.process.understand import Understood


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--carrier", "carrier_id", help="The line whose profile to read with (carriers/<id>.toml).")
@click.option("--format", "name", help="Read as this format instead of recognising it.")
@click.option("--json", "as_json", is_flag=True, help="Manifests and findings as JSON on stdout. Holds the people.")
def read(files: tuple[Path, ...], carrier_id: str | None, name: str | None, as_json: bool) -> None:
    """Read FILES as one submission. Exit status: 0 clean, 1 with errors, 2 nothing could be read."""
    from gateway.carrier import Carrier
    from gateway.catalogue import Problem, read_carriers
    from gateway.findings import Severity
    from gateway.formats import FORMATS
    from gateway.process.understand import Hints, understand
    from gateway.sent import File
    from gateway.settings import PROJECT, utc_now

    names = [module.NAME for module in FORMATS]
    if name is not None and name not in names:
        raise click.UsageError(f"no such format: {name}. There are {', '.join(names)}.")
    carrier: Carrier | None = None
    if carrier_id is not None:
        problems: list[Problem] = []
        carriers = read_carriers(PROJECT / "carriers", problems)
        if carrier_id not in carriers:
            said = [problem.text for problem in problems if problem.where == f"carriers/{carrier_id}.toml"]
            raise click.UsageError(
                "\n".join(said) or f"no such carrier: {carrier_id}. There are {', '.join(carriers)}."
            )
        carrier = carriers[carrier_id]
    understood = understand(
        tuple(File(_bytes(path), path.name) for path in files), carrier=carrier, now=utc_now(), hints=Hints(format=name)
    )
    if as_json:
        _print_json(understood)
    else:
        _print_text(understood)
    if not understood.lists:
        raise click.exceptions.Exit(2)
    raise click.exceptions.Exit(1 if understood.count(Severity.ERROR) else 0)


def _bytes(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as problem:
        raise Unusable(f"{path}: {problem.strerror}") from None


def _print_json(understood: "Understood") -> None:
    import msgspec

    manifests = [one.manifest for one in understood.lists]
    sys.stdout.buffer.write(msgspec.json.encode({"manifests": manifests, "findings": understood.findings}) + b"\n")


def _print_text(understood: "Understood") -> None:
    from gateway.findings import Severity

    for one in understood.lists:
        manifest = one.manifest
        ship = " ".join(
            filter(None, (manifest.vessel.name, f"(IMO {manifest.vessel.imo})" if manifest.vessel.imo else None))
        )
        ends = [
            call.port.code or call.port.name or "?" if call else "?"
            for call in (manifest.voyage.departure, manifest.voyage.arrival)
        ]
        click.echo(
            f"{one.format}: {manifest.kind} list, {len(manifest.persons):,} persons, {ship or 'ship not named'}, {' to '.join(ends)}"
        )
    for finding in understood.findings:
        click.echo(
            f"{finding.code}  {finding.severity:<7}  {finding.place}: {finding.text}{f' ({finding.shape})' if finding.shape else ''}"
        )
        for extra in (
            f"hint: {finding.hint}" if finding.hint else "",
            finding.cites,
            f"tolerated: {finding.tolerated}" if finding.tolerated else "",
        ):
            if extra:
                click.echo(f"               {extra}")
    errors, warnings = understood.count(Severity.ERROR), understood.count(Severity.WARNING)
    click.echo(f"{understood.persons:,} persons, {errors} errors, {warnings} warnings")
