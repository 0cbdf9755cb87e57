"""./gw submissions again: a submission that no worker could process is tried anew."""

from uuid import UUID

import click

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token


@click.group()
def submissions() -> None:
    """Submissions of a running gateway that need a person."""


@submissions.command()
@click.argument("id", type=click.UUID)
@AT
@AS_OPERATOR
def again(id: UUID, url: str, token: str | None) -> None:
    """Process submission ID again, which had failed. Its alarm goes when it is processed."""
    found = ask("POST", f"{url.rstrip('/')}/v1/submissions/{id}/again", token=local_token(token))
    click.echo(f"{found['id']} of {found['carrier']} is {found['state']}: it is processed again")
