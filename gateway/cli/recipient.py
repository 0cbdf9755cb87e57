"""./gw recipient new: a recipient's key and the folder it hands to the gateway's operator."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gateway.cli.exits import Unusable

if TYPE_CHECKING:
    from gateway.keyring import KeyForm, RecipientKind

_KINDS = ("nsw", "piu", "port", "sar")


@click.group()
def recipient() -> None:
    """For an authority that is to receive lists: its own key, and what it hands over."""


@recipient.command()
@click.argument("id")
@click.option("--kind", type=click.Choice(_KINDS), default="piu", show_default=True, help="What the authority is.")
@click.option("--country", required=True, help="ISO 3166-1 alpha-2, such as FI.")
@click.option("--name", help="What people call it; its id, unless said.")
@click.option(
    "--form",
    type=click.Choice(["envelope", "jwe"]),
    default="envelope",
    show_default=True,
    help="How lists are sealed to it: envelope (safe against a later quantum computer) or jwe (JOSE; opens in a shell too).",
)
@click.option("--url", help="Where deliveries are posted to; without it they are fetched from a feed.")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where to make the folder."
)
def new(id: str, kind: str, country: str, name: str | None, form: str, url: str | None, into: Path) -> None:
    """Make the folder ID: secret.pem stays with you, hand-over/ID goes to the gateway's operator. Overwrites nothing."""
    from gateway.catalogue import SENDERS_FOLDER
    from gateway.keyring.draft import Draft, draft_recipient
    from gateway.settings import utc_now

    if id == SENDERS_FOLDER:
        raise Unusable(f"keys/{SENDERS_FOLDER}/ holds the carriers' certificates; give the recipient another id")
    made = draft_recipient(
        id, name or id, cast("RecipientKind", kind), country, cast("KeyForm", form), url, utc_now().date()
    )
    if not isinstance(made, Draft):
        raise Unusable("\n".join(f"{one.place}: {one.text}; {one.hint}" for one in made))
    folder = into / id
    public = folder / "hand-over" / id
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise Unusable(
            f"{folder} is there already, and a key that is lost opens nothing any more; give another place"
        ) from None
    public.mkdir(parents=True)
    _write(folder / "secret.pem", made.secret.pem, 0o600)
    for file, data in made.folder.items():
        _write(public / file, data, 0o644)
    click.echo(f"{folder / 'secret.pem'}: your private key. It stays here; keep a copy where only you can read it.")
    click.echo(f"{public}: give this folder to the gateway's operator, who puts it into keys/.")
    click.echo(f"fingerprint {made.secret.public.fingerprint}: compare it with the operator by telephone.")
    token = "" if url else f", and for a token (./gw token new recipient {id})"
    click.echo(f"Ask the operator for the gateway's signature key (./gw receipt key) and its fingerprint{token}.")


def _write(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
