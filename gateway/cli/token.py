"""./gw token: make an access token in a running gateway."""

import json

import click

from gateway.cli.http import AT, ask, local_token


@click.group()
def token() -> None:
    """Access tokens. The gateway keeps their SHA-256 only, so a token is shown once."""


@token.command()
@click.argument("kind", type=click.Choice(["carrier", "viewer", "recipient", "operator", "desk", "rescue"]))
@click.argument("subject")
@click.option("--days", type=click.IntRange(1, 730), default=365, show_default=True, help="How long it is valid.")
@click.option("--note", default="", help="What it is for.")
@AT
@click.option("--token", "own", envvar="GATEWAY_TOKEN", help="An operator's token; by default the one on this machine.")
def new(kind: str, subject: str, days: int, note: str, url: str, own: str | None) -> None:
    """A token for SUBJECT: a carrier's or recipient's id, a port, a person's office."""
    body = json.dumps({"kind": kind, "subject": subject, "days": days, "note": note}).encode()
    made = ask("POST", f"{url.rstrip('/')}/v1/tokens", token=local_token(own), body=body)
    click.echo(made["token"])
    click.echo(f"for {kind} {subject}, until {made['expires_at']}; it is not shown again", err=True)
