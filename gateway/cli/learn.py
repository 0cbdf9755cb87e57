"""./gw learn: study sample files of a line and draft its profile."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.exits import Unusable
from gateway.cli.whole import put
from gateway.cli.words import shown

if TYPE_CHECKING:
    from gateway.learn import Sample


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write it here, such as carriers/<id>.toml."
)
@click.option("--force", is_flag=True, help="Write over a profile that is there.")
@click.option("--id", "id_", default="", help="The line's identifier; else the name of the file that is written.")
@click.option("--name", default="", help="The line's name.")
@click.option("--contact", default="", help="The e-mail address to which mistakes in its lists are sent.")
@click.option("--service", type=click.Choice(["cruise", "ferry"]), help="Its kind of service.")
def learn(
    files: tuple[Path, ...], out: Path | None, force: bool, id_: str, name: str, contact: str, service: str | None
) -> None:
    """Draft a profile from sample FILES of one line: columns, date order, codes, ships.

    Exit status: 0 all about the lists is certain, 1 something is unsure, 2 a file cannot be read.
    """
    from gateway import learn as core
    from gateway.learn.profile import summary, toml
    from gateway.settings import utc_now

    if out is not None and out.exists() and not force:
        raise Unusable(f"{out} is there already; choose another name, or say --force")
    samples = [sample for path in files for sample in _samples(path)]
    given = core.Given(id=id_ or (out.stem if out else ""), name=name, contact=contact, service=service or "")
    draft = core.draft(samples, utc_now().date(), given)
    text = toml(draft)
    if isinstance(problems := core.checked(draft), list):
        raise Unusable("\n".join(problems))
    if out is None:
        click.echo(text, nl=False)
    else:
        put(out, text.encode())
        click.echo(f"{out}:")
    for line in summary(draft):
        click.echo(line, err=out is None)
    raise click.exceptions.Exit(0 if draft.is_certain else 1)


def _samples(path: Path) -> "list[Sample]":
    """What one file holds: itself, or the members of an archive."""
    from gateway.process.unpack import unpacked
    from gateway.sent import File

    try:
        sent = unpacked([File(path.read_bytes(), path.name)])[0]
    except OSError as problem:
        raise Unusable(f"{path}: {problem.strerror}") from None
    if not sent.parts:
        raise Unusable(f"{path} cannot be read:\n" + "\n".join(shown(sent.findings)))
    return [
        _sample(f"{path}: {part.member}" if part.member else str(path), part.data, part.name or path.name)
        for part in sent.parts
    ]


def _sample(where: str, data: bytes, name: str) -> "Sample":
    """One file, decoded as the gateway does it: workbooks only in the jail."""
    from msgspec import MsgspecError

    from gateway import formats, jail
    from gateway.formats import delimited, encodings, grid, workbook
    from gateway.formats.grid import Grid
    from gateway.learn import Sample, of_table

    format = formats.recognise(data) if len(data) <= jail.MOST_BYTES else None
    if format is workbook:
        cells, _ = jail.grid_of(workbook, data)
        with suppress(MsgspecError):  # not a whole grid: the reader below says so
            if cells is not None and not (parsed := grid.parse(cells)).problem:
                return of_table(name, workbook.NAME, parsed)
    elif format is delimited:
        parted = delimited.part(data, {})
        encoding, guessed = encodings.encoding_of(data)
        if not parted.problem:
            sheet = Grid(sheets=[parted.sheet])
            return of_table(
                name, delimited.NAME, sheet, encoding=encoding, guessed=bool(guessed), delimiter=parted.delimiter
            )
    reading = jail.read_file(data)
    if reading.lists and format is not None:
        return Sample(name=name, format=format.NAME, reading=reading)
    raise Unusable(f"{where} cannot be read:\n" + "\n".join(shown(reading.findings)))
