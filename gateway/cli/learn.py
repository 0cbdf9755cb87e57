"""./gw learn: study sample files of a line and draft its profile."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.exits import Unusable
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
    samples = [_sample(path) for path in files]
    given = core.Given(id=id_ or (out.stem if out else ""), name=name, contact=contact, service=service or "")
    draft = core.draft(samples, utc_now().date(), given)
    text = _accepted(given.id, toml(draft))
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
        click.echo(f"{out}:")
    for line in summary(draft):
        click.echo(line, err=out is None)
    raise click.exceptions.Exit(0 if draft.is_certain else 1)


def _accepted(id_: str, text: str) -> str:
    """The profile, if the gateway takes it: what the user gave may not fit."""
    from gateway import carrier

    parsed = carrier.parse(id_ or "draft", text)
    if isinstance(parsed, list):
        raise Unusable("\n".join(parsed))
    return text


def _sample(path: Path) -> "Sample":
    """One file, decoded as the gateway does it: workbooks only in the jail."""
    from msgspec import MsgspecError

    from gateway import formats, jail
    from gateway.formats import delimited, encodings, grid, workbook
    from gateway.formats.grid import Grid
    from gateway.learn import Sample, of_table

    try:
        data = path.read_bytes()
    except OSError as problem:
        raise Unusable(f"{path}: {problem.strerror}") from None
    format = formats.recognise(data) if len(data) <= jail.MOST_BYTES else None
    if format is workbook:
        cells, _ = jail.grid_of(workbook, data)
        with suppress(MsgspecError):  # not a whole grid: the reader below says so
            if cells is not None and not (parsed := grid.parse(cells)).problem:
                return of_table(path.name, workbook.NAME, parsed)
    elif format is delimited:
        parted = delimited.part(data, {})
        encoding, guessed = encodings.encoding_of(data)
        if not parted.problem:
            sheet = Grid(sheets=[parted.sheet])
            return of_table(
                path.name, delimited.NAME, sheet, encoding=encoding, guessed=bool(guessed), delimiter=parted.delimiter
            )
    reading = jail.read_file(data)
    if reading.lists and format is not None:
        return Sample(name=path.name, format=format.NAME, reading=reading)
    raise Unusable(f"{path} cannot be read:\n" + "\n".join(shown(reading.findings)))
