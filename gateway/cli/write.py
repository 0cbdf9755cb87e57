"""./gw write FORM [FILE]: a common manifest in another form."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("form")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--sender", default="XX0", help="Who writes: EORI number (EMSWe) or interchange address (EDIFACT).")
@click.option("--recipient", default="NSW", help="The interchange address of the recipient (EDIFACT).")
@click.option("--visit", help="The visit id that the single window gave (EMSWe, PAXLST).")
def write(form: str, file: Path | None, sender: str, recipient: str, visit: str | None) -> None:
    """Write the manifest in FILE (or stdin; our JSON) in FORM. Persons whom the form cannot carry are named by number."""
    from gateway.formats import commonjson
    from gateway.formats.forms import FORMS, fitting, parts
    from gateway.formats.writing import WriteOrder
    from gateway.manifest import Manifest
    from gateway.settings import utc_now

    if form not in FORMS:
        raise click.UsageError(f"no such form: {form}. There are {', '.join(FORMS)}.")
    data = file.read_bytes() if file else sys.stdin.buffer.read()
    reading = commonjson.read(data, {})
    for finding in reading.findings:
        click.echo(f"{finding.code}  {finding.severity}  {finding.place}: {finding.text}", err=True)
    if not reading.lists:
        raise click.exceptions.Exit(2)
    left = 0
    for manifest in (one for one in reading.lists if isinstance(one, Manifest)):
        for part in parts(manifest, FORMS[form]):
            whole, left_out = fitting(part, FORMS[form])
            for index, lacking in left_out:
                click.echo(f"person {index + 1} is left out: {form} needs {', '.join(lacking)}", err=True)
            left += len(left_out)
            order = WriteOrder(
                message_id=f"{manifest.reference or 'MANIFEST'}-{part.kind}",
                at=utc_now(),
                sender=sender,
                recipient=recipient,
                purposes=manifest.purposes,
                visit_id=visit or manifest.voyage.visit_id,
            )
            sys.stdout.buffer.write(FORMS[form].write(whole, order))
    raise click.exceptions.Exit(1 if left or reading.findings else 0)
