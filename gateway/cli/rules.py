"""./gw rules: every kind of finding that a list can get, from the readers, from `normalise` and from the checks."""

import click

from gateway.findings import Rule


def every_rule() -> list[Rule]:
    """All rules, by id."""
    from gateway import checks, drift, jail, normalise
    from gateway.formats import FORMATS, archive
    from gateway.process import as_before, authority, join, keep, merge, place, visits, whole

    others = (
        archive.RULES,
        as_before.RULES,
        join.RULES,
        jail.RULES,
        keep.RULES,
        merge.RULES,
        normalise.RULES,
        checks.catalogue(),
        place.RULES,
        visits.RULES,
        whole.RULES,
        drift.RULES,
        authority.RULES,
    )
    found = [rule for rules in (*(module.RULES for module in FORMATS), *others) for rule in rules]
    return sorted({rule.id: rule for rule in found}.values(), key=lambda rule: rule.id)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def rules(as_json: bool) -> None:
    """List every rule: id, severity, what it says, what to do, the clause it stands on."""
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
