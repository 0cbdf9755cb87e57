"""./gw read: recognise, read, normalise and check files at the sender's own desk, with the gateway's own words."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.exits import Unusable
from gateway.cli.words import shown, summary
from gateway.findings import counted

if TYPE_CHECKING:
    from gateway.carrier import Carrier
    from gateway.process.understand import Understood, UnderstoodList

OUT = click.Path(path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--carrier", "carrier_id", help="The line whose profile to read with (carriers/<id>.toml).")
@click.option("--format", "name", help="Read as this format instead of recognising it.")
@click.option("--json", "as_json", is_flag=True, help="Manifests and findings as JSON on stdout. Holds the people.")
@click.option("--annotate", type=OUT, help="Put a copy with every mistake marked in place into this file or folder.")
@click.option("--correct", type=OUT, help="Put a copy with every safe repair made into this file or folder.")
@click.option("--force", is_flag=True, help="Copies may replace files that are there, but never FILES themselves.")
def read(
    files: tuple[Path, ...],
    carrier_id: str | None,
    name: str | None,
    as_json: bool,
    annotate: Path | None,
    correct: Path | None,
    force: bool,
) -> None:
    """Read FILES ("-" is stdin) as one submission. Exit status: 0 clean, 1 with errors, 2 nothing could be read.

    Copies of several files, or into a folder that is there, are named after the files: list.marked.xlsx,
    list.corrected.csv. PAXLST is answered with CUSRES, EMSWe with FRM. A copy that cannot be made is said, and the status is at least 1.
    """
    from gateway.cli.copies import Desk
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
    desk = Desk(read, files, carrier, Hints(format=name), utc_now())
    wanted = [(kind, out) for kind, out in (("marked", annotate), ("corrected", correct)) if out is not None]
    if annotate and correct and annotate.resolve() == correct.resolve() and len(files) == 1 and not annotate.is_dir():
        raise click.UsageError(f"{annotate} cannot be both copies; give each a name, or a folder for both")
    for _, out in wanted:
        desk.check(out, force)
    understood = understand(read, carrier=carrier, now=desk.now, hints=desk.hints)
    if as_json:
        _print_json(understood)
    else:
        _print_text(understood)
    made = [desk.put(kind, out, understood, force) for kind, out in wanted]
    if not understood.lists:
        raise click.exceptions.Exit(2)
    raise click.exceptions.Exit(1 if understood.count(Severity.ERROR) or not all(made) else 0)


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
    click.echo(summary(understood.persons, errors, warnings))


def _summary(one: "UnderstoodList") -> str:
    manifest, vessel = one.manifest, one.manifest.vessel
    ship = " ".join(filter(None, (vessel.name, f"(IMO {vessel.imo})" if vessel.imo else None))) or "ship not named"
    calls = (manifest.voyage.departure, manifest.voyage.arrival)
    ends = " to ".join((call.port.code or call.port.name or "?") if call else "?" for call in calls)
    return f"{one.format}: {manifest.kind} list, {counted(len(manifest.persons), 'person')}, {ship}, {ends}"
