"""./gw carriers, keys, schemas: check a data folder before it goes live, and list every problem at once."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import date

    from gateway.catalogue import Problem
    from gateway.keyring import Recipient

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--folder", type=_FOLDER, help="Another folder than carriers/.")
def carriers(folder: Path | None) -> None:
    """Check every carriers/<id>.toml."""
    from gateway.catalogue import Problem, read_carriers
    from gateway.cli.environment import settings
    from gateway.process.rules import every_rule

    problems: list[Problem] = []
    place = folder or settings().carriers
    found = read_carriers(place, problems)
    known = {rule.id for rule in every_rule()}
    for carrier in found.values():
        problems += [
            Problem(str(place / f"{carrier.id}.toml"), f"tolerate: there is no rule {code}; see ./gw rules")
            for code in carrier.tolerate
            if code not in known
        ]
        click.echo(f"{carrier.id:<20} {carrier.service:<7} {carrier.name}")
    _end(problems)


@click.command()
@click.option("--folder", type=_FOLDER, help="Another folder than keys/.")
def keys(folder: Path | None) -> None:
    """Check every recipient's folder, the route register in it, and the senders' certificates."""
    from gateway.catalogue import read_recipients, read_roles, read_senders, read_ssh_senders
    from gateway.cli.environment import settings
    from gateway.settings import utc_now

    problems: list[Problem] = []
    today = utc_now().date()
    place = folder or settings().keys
    for recipient in read_recipients(place, today, problems).values():
        click.echo(f"{recipient.id:<20} {recipient.kind:<4} {recipient.form:<8} {_sealed_to(recipient, today)}")
        for route in recipient.routes:
            state = "in force" if route.in_force(today) else "not in force"
            click.echo(
                f"    {route.id}: {'+'.join(route.lists)} as {route.form}, {state} until {route.until}; {route.legal_basis}"
            )
    senders, _ = read_senders(place / "senders", today, problems)
    for sender in senders.by_key.values():
        click.echo(f"{sender.carrier:<20} sender, certificate until {sender.until:%Y-%m-%d}")
    for carrier in sorted(read_ssh_senders(place / "senders", problems).values()):
        click.echo(f"{carrier:<20} sender, SSH key")
    roles = read_roles(place, problems)
    for role in roles.roles if roles is not None else ():
        click.echo(f"{role.claim + '=' + role.value:<20} person of the provider: {role.kind} {role.subject}")
    _end(problems)


def _sealed_to(recipient: "Recipient", today: "date") -> str:
    """The key or the certificate that two offices compare by telephone."""
    from cryptography.hazmat.primitives.hashes import SHA256

    from gateway.as4 import certificates_of

    if recipient.form == "as4" and recipient.as4 is not None:
        certificate = certificates_of(recipient.files[recipient.as4.encryption])[0]
        return f"certificate {certificate.fingerprint(SHA256()).hex()}"
    key = recipient.key_for(today)
    return f"key {key.fingerprint if key else 'none valid today'}"


@click.command()
@click.option("--write", is_flag=True, help="Put the generated schemas in their place.")
def schemas(write: bool) -> None:
    """Check that schemas/manifest.schema.json and manifest.xsd are what the program's types say."""
    from gateway.catalogue import Problem
    from gateway.catalogue import schemas as folder
    from gateway.formats.published import json_schema_text, xsd_text

    problems: list[Problem] = []
    for name, text in (("manifest.schema.json", json_schema_text()), ("manifest.xsd", xsd_text())):
        path = folder() / name
        if write:
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            problems.append(
                Problem(
                    f"schemas/{name}", "is not what the types say; run ./gw schemas --write and look at the difference"
                )
            )
    _end(problems)


def _end(problems: "list[Problem]") -> None:
    from gateway.findings import counted

    for problem in problems:
        click.echo(f"{problem.where}: {problem.text}")
    click.echo(counted(len(problems), "problem") if problems else "no problems", err=True)
    raise click.exceptions.Exit(1 if problems else 0)
