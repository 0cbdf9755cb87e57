"""./gw open and ./gw receipt verify: what a recipient and a carrier do with what the gateway gave them, offline."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.exits import Unfit, Unusable

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("open")
@click.argument("file", type=_FILE)
@click.option(
    "--identity", "secrets_", required=True, multiple=True, type=_FILE, help="A recipient's private key (PEM)."
)
@click.option(
    "--key", "keys", required=True, multiple=True, type=_FILE, help="The gateway's public signature key (PEM)."
)
def open_(file: Path, secrets_: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Open the sealed envelope in FILE: the payload to stdout, its handling header to stderr."""
    import msgspec

    from gateway.cli.pem import public_keys, secret_keys
    from gateway.seal import Refused, open_envelope

    try:
        opened = open_envelope(file.read_bytes(), secret_keys(secrets_), public_keys(keys))
    except Refused as why:
        raise Unusable(str(why)) from None
    for name, value in msgspec.to_builtins(opened.handling).items():
        for line in _said(value):
            click.echo(f"{name}: {line}", err=True)
    click.echo(opened.payload, nl=False)


def _said(value: Any) -> list[str]:
    """A member of the header: texts of one kind on one line, what has parts on a line each."""
    if not isinstance(value, list | tuple):
        return [str(value)]
    if all(isinstance(one, str) for one in value):
        return [", ".join(value)]
    return [", ".join(f"{name} {text}" for name, text in one.items()) for one in value]


@click.group()
def receipt() -> None:
    """Signed receipts."""


@receipt.command()
@click.argument("file", type=_FILE)
@click.option(
    "--key", "keys", required=True, multiple=True, type=_FILE, help="The gateway's public signature key (PEM)."
)
@click.option("--original", "originals", multiple=True, type=_FILE, help="A file that was submitted.")
def verify(file: Path, keys: tuple[Path, ...], originals: tuple[Path, ...]) -> None:
    """Check the receipt in FILE, and that it is for the files given. Needs no network. Exit status 0 only if all is true."""
    from gateway.cli.pem import public_keys
    from gateway.receipts import verify_receipt

    verdict = verify_receipt(file.read_bytes(), public_keys(keys), [path.read_bytes() for path in originals])
    for problem in verdict.problems:
        click.echo(f"not proved: {problem}")
    if verdict.receipt is None or verdict.problems:
        raise click.exceptions.Exit(1)
    said = verdict.receipt
    click.echo(
        f"true: {said.carrier} submitted {len(said.files)} file(s) to {said.gateway} at {said.received_at.isoformat()}"
    )
    for one in said.files:
        click.echo(f"  sha256 {one.sha256}, {one.size:,} bytes")
    for rule in said.rules:
        click.echo(f"  in force: {rule.id}, due {rule.due.isoformat() if rule.due else 'without a time'}")


@receipt.command()
def key() -> None:
    """Print this gateway's public signature key (PEM): publish it, and its fingerprint, to carriers and recipients."""
    from gateway.cli.environment import settings
    from gateway.identity import BadIdentity, read_identity
    from gateway.settings import utc_now

    try:
        public = read_identity(settings().state, utc_now().date()).verify_keys[0]
    except BadIdentity as why:
        raise Unfit(str(why)) from None
    click.echo(public.pem.decode(), nl=False)
    click.echo(f"fingerprint {public.fingerprint}", err=True)
