"""./gw recipients: how each recipient of a running gateway is served; pause, resume, send again."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import click

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token


@click.group(invoke_without_command=True)
@AT
@AS_OPERATOR
@click.pass_context
def recipients(context: click.Context, url: str, token: str | None) -> None:
    """Lag, backlog, last success and state of each recipient. Exit status 1 if one fails, lacks a key or is set aside."""
    if context.invoked_subcommand is not None:
        return
    found = ask("GET", f"{url.rstrip('/')}/v1/recipients", token=local_token(token))["recipients"]
    for one in found:
        click.echo(_line(one))
    bad = [one for one in found if one["state"] in ("failing", "without-key", "set-aside")]
    raise click.exceptions.Exit(1 if bad else 0)


@recipients.command()
@click.argument("recipient")
@click.option("--reason", required=True, help="Why; it is shown to whoever looks.")
@AT
@AS_OPERATOR
def pause(recipient: str, reason: str, url: str, token: str | None) -> None:
    """Send RECIPIENT nothing more for now. What it is owed waits, in its order."""
    click.echo(_line(_change(url, token, recipient, "pause", {"reason": reason})))


@recipients.command()
@click.argument("recipient")
@AT
@AS_OPERATOR
def resume(recipient: str, url: str, token: str | None) -> None:
    """Go on sending to RECIPIENT; what waits is due at once."""
    click.echo(_line(_change(url, token, recipient, "resume", {})))


@recipients.command()
@click.argument("recipient")
@click.option("--delivery", type=click.UUID, help="The one delivery with this id.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]),
    help="Everything settled since then: a time with its offset, 2026-11-22T06:00:00Z.",
)
@AT
@AS_OPERATOR
def replay(recipient: str, delivery: UUID | None, since: datetime | None, url: str, token: str | None) -> None:
    """Send deliveries to RECIPIENT again, under their own ids. Exit status 1 if there was none to send."""
    if (delivery is None) == (since is None):
        raise click.UsageError("say either --delivery or --since")
    wanted = {"since": since.isoformat()} if since else {"delivery": str(delivery)}
    answer = _change(url, token, recipient, "replay", wanted)
    click.echo(_line(answer))
    click.echo(f"{answer['replayed']} sent again; what a newer list replaced, or is no longer kept, is not", err=True)
    raise click.exceptions.Exit(0 if answer["replayed"] else 1)


def _change(url: str, token: str | None, recipient: str, what: str, said: dict[str, Any]) -> Any:
    address = f"{url.rstrip('/')}/v1/recipients/{quote(recipient, safe='')}/{what}"
    return ask("POST", address, token=local_token(token), body=json.dumps(said).encode())


def _line(one: dict[str, Any]) -> str:
    lag = f"lag {one['lag_seconds'] / 60:,.0f} min" if one["waiting"] else "no lag"
    last = f"last success {one['last_success'][:16]}" if one["last_success"] else "no success yet"
    why = one["paused"]["reason"] if one["paused"] else one["last_outcome"] or ""
    return f"{one['id']:<20} {one['state']:<12} {one['waiting']:>6} waiting, {lag}, {last}{f'; {why}' if why else ''}"
