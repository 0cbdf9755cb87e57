"""./gw certificate verify: whether a pass certificate of the sandbox is the gateway's own and unchanged. Offline."""

from pathlib import Path

import click

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def certificate() -> None:
    """Pass certificates of the sandbox."""


@certificate.command()
@click.argument("file", type=_FILE)
@click.option(
    "--key", "keys", required=True, multiple=True, type=_FILE, help="The gateway's public signature key (PEM)."
)
@click.option("--rules", help="The edition of the rules that must hold, as the gateway's sandbox states it.")
def verify(file: Path, keys: tuple[Path, ...], rules: str | None) -> None:
    """Check the certificate in FILE. Needs no network. Exit status 0 only if it is true, and of the edition asked for."""
    from gateway.cli.pem import public_keys
    from gateway.receipts import NotTrue, verify_certificate

    try:
        said = verify_certificate(file.read_bytes(), public_keys(keys))
    except NotTrue as why:
        click.echo(f"not proved: {why}")
        raise click.exceptions.Exit(1) from None
    if rules is not None and rules != said.rules:
        click.echo(
            f"not valid any more: passed against rules {said.rules}, and {rules} is asked for; pass again in the sandbox"
        )
        raise click.exceptions.Exit(1)
    edition = f" ({said.edition})" if said.edition else ""
    click.echo(f"true: {said.name} ({said.carrier}) passed with {said.format}{edition} on {said.issued_at.isoformat()}")
    click.echo(f"  {said.passengers:,} passengers, {said.crew:,} crew{''.join(f', {one}' for one in said.exercised)}")
    click.echo(f"  {said.gateway}, version {said.software}; valid while its rules are edition {said.rules}")
    for digest in said.tries:
        click.echo(f"  sha256 {digest}")
