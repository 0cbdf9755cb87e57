"""./gw alarms: what is open and needs a person; ./gw alarms acknowledge: somebody looks after it."""

from typing import Any

import click

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token


@click.group(invoke_without_command=True)
@AT
@AS_OPERATOR
@click.pass_context
def alarms(context: click.Context, url: str, token: str | None) -> None:
    """Alarms of a running gateway that are not settled, the latest first. Exit status 1 if nobody looks after one of them."""
    if context.invoked_subcommand is not None:
        return
    found = ask("GET", f"{url.rstrip('/')}/v1/alarms", token=local_token(token))["alarms"]
    for one in found:
        click.echo(_lines(one))
    waiting = sum(one["acknowledged_at"] is None for one in found)
    click.echo(f"{len(found)} open, {waiting} that nobody has acknowledged" if found else "no alarms", err=True)
    raise click.exceptions.Exit(1 if waiting else 0)


@alarms.command()
@click.argument("id", type=click.IntRange(min=1))
@AT
@AS_OPERATOR
def acknowledge(id: int, url: str, token: str | None) -> None:
    """Say that you look after alarm ID: nobody further is told. Your name stands in the log."""
    click.echo(_lines(ask("POST", f"{url.rstrip('/')}/v1/alarms/{id}/acknowledge", token=local_token(token))))


def _lines(one: dict[str, Any]) -> str:
    by = f"acknowledged by {one['acknowledged_by']}" if one["acknowledged_at"] else "not acknowledged"
    state = f"{by}; settled: {one['closed_because']}" if one["closed_at"] else by
    times = f", {one['times']} times" if one["times"] > 1 else ""
    return (
        f"{one['id']:>6}  {one['severity']:<8} {one['title']} ({one['kind']}), since {one['since'][:16]}Z{times}; {state}\n"
        f"        {one['text']}\n        {one['to_do']}"
    )
