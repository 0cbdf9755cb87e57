"""./gw people: who may sign in to the pages of a running gateway, as its operator says."""

import json
from typing import Any
from urllib.parse import quote

import click

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token

_WAITS = "the account does nothing until a colleague of the rescue centre or the desk confirms it on the page Colleagues (the first two: each other)"
_KINDS = ["carrier", "viewer", "recipient", "operator", "desk", "rescue"]


@click.group()
def people() -> None:
    """People who sign in with a password and a code of their phone. A link, shown once, is how each of them begins."""


@people.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice(_KINDS), required=True, help="What they may do; a viewer is a duty officer of a port."
)
@click.option(
    "--subject", required=True, help="Whom they act for: a carrier's or recipient's id, a port (UN/LOCODE), an office."
)
@click.option("--email", default="", help="Where to reach them.")
@AT
@AS_OPERATOR
def add(name: str, role: str, subject: str, email: str, url: str, token: str | None) -> None:
    """Adds NAME (a-z, 0-9, and . _ - within) and prints the link to set up the sign-in with."""
    body = json.dumps({"name": name, "kind": role, "subject": subject, "email": email}).encode()
    _tell(url, ask("POST", f"{url.rstrip('/')}/v1/people", token=local_token(token), body=body))


@people.command()
@click.argument("name")
@click.option("--role", type=click.Choice(_KINDS), required=True, help="What they may do from now on.")
@click.option(
    "--subject", required=True, help="Whom they act for: a carrier's or recipient's id, a port (UN/LOCODE), an office."
)
@AT
@AS_OPERATOR
def role(name: str, role: str, subject: str, url: str, token: str | None) -> None:
    """Another role for NAME, whose password and phone stay; they are signed out everywhere."""
    body = json.dumps({"kind": role, "subject": subject}).encode()
    one = ask("POST", f"{url.rstrip('/')}/v1/people/{quote(name, safe='')}/role", token=local_token(token), body=body)
    click.echo(f"{one['name']} is {one['kind']} {one['subject']} from now on")
    if one["waits"]:
        click.echo(_WAITS, err=True)


@people.command("link")
@click.argument("name")
@AT
@AS_OPERATOR
def link_(name: str, url: str, token: str | None) -> None:
    """A new link for NAME, who has lost the phone: the password, phone and sessions of before are good no more."""
    _tell(
        url, ask("POST", f"{url.rstrip('/')}/v1/people/{quote(name, safe='')}/link", token=local_token(token), body=b"")
    )


@people.command()
@click.argument("name")
@AT
@AS_OPERATOR
def disable(name: str, url: str, token: str | None) -> None:
    """Lets NAME in no more, and ends every session of theirs."""
    ask("DELETE", f"{url.rstrip('/')}/v1/people/{quote(name, safe='')}", token=local_token(token))
    click.echo(f"{name} is signed out everywhere and is not let in again")


@people.command("log")
@AT
@AS_OPERATOR
def log_(url: str, token: str | None) -> None:
    """What the tamper-evident log tells of people: who was added, confirmed, let in or held up, and who asked for names. The last 200 entries."""
    for one in reversed(ask("GET", f"{url.rstrip('/')}/v1/people/log", token=local_token(token))["entries"]):
        about = " ".join(f"{name}={value}" for name, value in one["about"].items())
        click.echo(f"{one['at'][:19]}Z {one['event']:<24} {about}")


@people.command("list")
@AT
@AS_OPERATOR
def list_(url: str, token: str | None) -> None:
    """Everybody there is or was."""
    found = ask("GET", f"{url.rstrip('/')}/v1/people", token=local_token(token))["people"]
    for one in found:
        click.echo(f"{one['name']:<24} {one['kind']:<10} {one['subject']:<20} {_state(one)}")
    if not found:
        click.echo("nobody yet; ./gw people add NAME --role … --subject …")


def _state(one: dict[str, Any]) -> str:
    if one["disabled_at"]:
        return f"disabled {one['disabled_at'][:10]}"
    if one["waits"]:
        return (
            "waits for a colleague to confirm it"
            if one["enrolled_at"]
            else "has a link, or needs a new one; then a colleague confirms it"
        )
    if one["provider"]:
        return f"signs in with {one['provider']}"
    return f"since {one['enrolled_at'][:10]}" if one["enrolled_at"] else "has a link, or needs a new one"


def _tell(url: str, made: dict[str, Any]) -> None:
    click.echo(url.rstrip("/") + made["link"])
    click.echo(f"for {made['name']} ({made['kind']} {made['subject']}) alone: good once, until {made['expires_at'][:16]} UTC; it is not shown again", err=True)  # fmt: skip
    if made["waits"]:
        click.echo(_WAITS, err=True)
