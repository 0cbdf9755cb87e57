"""./gw calls: the expected port calls of a running gateway."""

from pathlib import Path

import click

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token


@click.group()
def calls() -> None:
    """The expected port calls: what compliance is counted against."""


@calls.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@AT
@AS_OPERATOR
def import_(file: Path, url: str, token: str | None) -> None:
    """Import a schedule (CSV or JSON). Known calls change, and every time that moves is kept with its history."""
    media = "application/json" if file.suffix.lower() == ".json" else "text/csv"
    body, headers = file.read_bytes(), {"Content-Type": media}
    answer = ask("POST", f"{url.rstrip('/')}/v1/calls", token=local_token(token), body=body, headers=headers)
    for finding in answer["findings"]:
        click.echo(
            f"{finding['code']}  {finding['severity']:<7}  {finding['place']}: {finding['text']}; {finding['hint']}"
        )
    for carrier in answer["carriers_without_profile"]:
        click.echo(f"no profile for carrier {carrier}: add carriers/{carrier}.toml before it sends")
    click.echo(f"{answer['calls']} calls read, {len(answer['changed'])} new or changed")
    raise click.exceptions.Exit(1 if any(f["severity"] == "error" for f in answer["findings"]) else 0)


@calls.command("list")
@AT
@AS_OPERATOR
def list_(url: str, token: str | None) -> None:
    """The calls around now and how they stand."""
    for call in ask("GET", f"{url.rstrip('/')}/v1/calls", token=local_token(token))["calls"]:
        persons = call["on_board"] if call["on_board"] is not None else "-"
        click.echo(
            f"{call['state']:<12} {call['departure_port']}-{call['arrival_port']}  {call['vessel'] or call['imo']:<20} {persons:>6}  {call['id']}"
        )
