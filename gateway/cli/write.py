"""./gw write FORM [FILE]: a common manifest in another form."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from gateway.cli.exits import Unusable
from gateway.cli.whole import put
from gateway.cli.words import lines

if TYPE_CHECKING:
    from gateway.formats.forms import Form
    from gateway.manifest import Manifest

_ENDINGS = {"application/json": "json", "application/xml": "xml", "application/edifact": "edi"}


@click.command()
@click.argument("form")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--sender", default="XX0", help="Who writes: EORI number (EMSWe) or interchange address (EDIFACT).")
@click.option("--recipient", default="NSW", help="The interchange address of the recipient (EDIFACT).")
@click.option("--visit", help="The visit id that the single window gave (EMSWe, PAXLST).")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    help="Put each message in a file of its own here. Needed where there are several.",
)
def write(form: str, file: Path | None, sender: str, recipient: str, visit: str | None, folder: Path | None) -> None:
    """Write the manifests in FILE (or stdin; our JSON) in FORM.

    EMSWe, GTAS and goTravel take passengers and crew apart, so that a mixed list becomes two messages; for GTAS and goTravel a
    long list becomes several files. Persons whom the form cannot carry are named by their place. Exit status: 0 all written, 1 with mistakes or not all, 2 nothing written.
    """
    from gateway.formats.forms import FORMS
    from gateway.formats.writing import WriteOrder
    from gateway.settings import utc_now

    if form not in FORMS:
        raise click.UsageError(f"no such form: {form}. There are {', '.join(FORMS)}.")
    given, is_clean = _given(file)
    found = [part for manifest in given for part in _written(manifest, FORMS[form])]
    messages = [(manifest, manifest_is_whole) for manifest, manifest_is_whole in found if manifest is not None]
    if not messages:
        raise Unusable("nothing could be written")
    files: list[tuple[str, bytes]] = []
    for number, (manifest, _) in enumerate(messages, 1):
        order = WriteOrder(
            message_id=str(uuid4()),
            at=utc_now(),
            sender=sender,
            recipient=recipient,
            purposes=manifest.purposes,
            visit_id=visit or manifest.voyage.visit_id,
        )
        parted = FORMS[form].separate(FORMS[form].write(manifest, order))
        for part, data in enumerate(parted, 1):
            name = f"{number}-{manifest.kind}" + (f"-{part:02}" if len(parted) > 1 else "")
            files.append((f"{name}.{_ENDINGS[FORMS[form].media_type]}", data))
    _put(files, folder)
    raise click.exceptions.Exit(0 if is_clean and all(is_whole for _, is_whole in found) else 1)


def _put(files: list[tuple[str, bytes]], folder: Path | None) -> None:
    """Each into a file of its own, or the only one to stdout."""
    if folder is None:
        if len(files) > 1:
            raise click.UsageError(f"this makes {len(files)} messages; say --folder, and each gets a file")
        click.echo(files[0][1], nl=False)
        return
    for name, data in files:
        put(folder / name, data)
        click.echo(folder / name, err=True)


def _given(file: Path | None) -> "tuple[list[Manifest], bool]":
    """The manifests, and whether nothing was wrong with them."""
    from gateway.formats import commonjson
    from gateway.manifest import Manifest

    data = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    reading = commonjson.read(data, {})
    for finding in reading.findings:
        for line in lines(finding):
            click.echo(line, err=True)
    return [one for one in reading.lists if isinstance(one, Manifest)], not reading.findings


def _written(manifest: "Manifest", form: "Form") -> "Iterator[tuple[Manifest | None, bool]]":
    """What of a manifest the form can carry, in the parts that it takes, and whether that is all of it."""
    from gateway.formats.forms import fitting, parts

    for part in parts(manifest, form):
        whole, left_out = fitting(part, form)
        for index, lacking in left_out:
            click.echo(
                f"person {index + 1} of the {part.kind} is left out: {form.name} needs {', '.join(lacking)}", err=True
            )
        if reason := form.refuses(whole):
            click.echo(f"the {part.kind} cannot be written: {reason}", err=True)
        yield (None if reason else whole), not (left_out or reason)
