"""./gw rules: every kind of finding that a list can get, from the readers, from `normalise` and from the checks."""

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def rules(as_json: bool) -> None:
    """List every rule: id, severity, what it says, what to do, the clause it stands on."""
    from gateway.process.rules import every_rule

    listed = every_rule()
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(listed))
        return
    for rule in listed:
        click.echo(f"{rule.id}  {rule.severity:<7}  {rule.text}")
        for line in filter(None, (rule.hint and f"hint: {rule.hint}", rule.cites)):
            click.echo(f"               {line}")
    click.echo(f"{len(listed)} rules", err=True)
