"""./gw transfers: lists that one Passenger Information Unit asks to get of another, and the authority's decisions."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token

_DAY = click.DateTime(["%Y-%m-%d"])
_PURPOSE = click.Choice(["border", "safety", "booking"])


@click.group(invoke_without_command=True)
@AT
@AS_OPERATOR
@click.pass_context
def transfers(context: click.Context, url: str, token: str | None) -> None:
    """Requests and what became of them, newest first."""
    if context.invoked_subcommand is None:
        for one in ask("GET", _address(url), token=local_token(token))["transfers"]:
            click.echo(_line(one))


@transfers.command()
@click.argument("id")
@AT
@AS_OPERATOR
def show(id: str, url: str, token: str | None) -> None:
    """One request; for an operator the lists that it means, and what stands against passing each of them on."""
    one = ask("GET", f"{_address(url)}/{id}", token=local_token(token))
    click.echo(_line(one))
    click.echo(f"  legal basis: {one['legal_basis']}")
    for held in one.get("lists", ()):
        ship = held["vessel_name"] or held["vessel_imo"] or "a ship that is not named"
        where = f"{held['departure_port'] or '?'}-{held['arrival_port'] or '?'}"
        newer = ", not the newest" if held["has_newer"] else ""
        click.echo(f"  {held['id']}  {ship}, {where}, {held['persons']:,} persons, version {held['version']}{newer}")
        click.echo(f"    {held['barred'] or 'may be passed on, if that is decided'}")
    for sent in one["deliveries"]:
        click.echo(f"  sent as {sent['id']}: {sent['state']}")


@transfers.command()
@click.option("--holder", required=True, help="The recipient that has the list.")
@click.option("--delivery", type=click.UUID, help="The delivery that the holder got.")
@click.option(
    "--voyage",
    type=(str, str, _DAY),
    metavar="IMO PORT DAY",
    help="Or the ship, the port and the day of its arrival, such as 9999840 GRPIR 2026-11-24.",
)
@click.option("--purpose", "purposes", type=_PURPOSE, multiple=True, required=True)
@click.option("--legal-basis", required=True, help="The act and its article, or the treaty.")
@click.option("--form", default="common-json", show_default=True)
@click.option("--to", "url", required=True, help="The gateway.")
@click.option("--token", required=True, envvar="GATEWAY_TOKEN", help="The token of the recipient that asks.")
def request(
    holder: str,
    delivery: UUID | None,
    voyage: tuple[str, str, datetime] | None,
    purposes: tuple[str, ...],
    legal_basis: str,
    form: str,
    url: str,
    token: str,
) -> None:
    """Ask for a list that another Passenger Information Unit has."""
    if (delivery is None) == (voyage is None):
        raise click.UsageError("say either --delivery or --voyage")
    said: dict[str, Any] = {"holder": holder, "purposes": purposes, "legal_basis": legal_basis, "form": form}
    meant: dict[str, Any] = {"delivery": str(delivery)}
    if voyage:
        imo, port, day = voyage
        meant = {"voyage": {"imo": imo, "arrival_port": port, "day": f"{day:%Y-%m-%d}"}}
    click.echo(_line(ask("POST", _address(url), token=token, body=json.dumps(said | meant).encode())))


@transfers.command()
@click.argument("id")
@click.option("--decision", required=True, help="The number of the originating authority's written decision.")
@click.option(
    "--delivery",
    "deliveries",
    type=click.UUID,
    multiple=True,
    required=True,
    help="A list of the holder's, as `show` tells.",
)
@click.option("--until", type=_DAY, required=True, help="The last day on which it may be sent, such as 2026-12-31.")
@click.option("--purpose", "purposes", type=_PURPOSE, multiple=True, help="Only for these of the purposes asked for.")
@click.option("--transfer-ground", help="Needed where the one who asks is in a third country.")
@AT
@AS_OPERATOR
def grant(
    id: str,
    decision: str,
    deliveries: tuple[UUID, ...],
    until: datetime,
    purposes: tuple[str, ...],
    transfer_ground: str | None,
    url: str,
    token: str | None,
) -> None:
    """Enter the decision that these lists may be passed on; they are sealed to the one who asked at once."""
    said: dict[str, Any] = {
        "granted": True,
        "decision": decision,
        "deliveries": [str(one) for one in deliveries],
        "until": f"{until:%Y-%m-%d}",
    }
    if purposes:
        said["purposes"] = purposes
    if transfer_ground:
        said["transfer_ground"] = transfer_ground
    _decide(id, said, url, token)


@transfers.command()
@click.argument("id")
@click.option("--decision", required=True, help="The number of the originating authority's written decision.")
@click.option("--reason", required=True, help="What the one who asked is told.")
@AT
@AS_OPERATOR
def refuse(id: str, decision: str, reason: str, url: str, token: str | None) -> None:
    """Enter the decision that nothing may be passed on."""
    _decide(id, {"granted": False, "decision": decision, "reason": reason}, url, token)


def _decide(id: str, said: dict[str, Any], url: str, token: str | None) -> None:
    answer = ask("POST", f"{_address(url)}/{id}/decision", token=local_token(token), body=json.dumps(said).encode())
    click.echo(_line(answer))


def _address(url: str) -> str:
    return f"{url.rstrip('/')}/v1/transfers"


def _line(one: dict[str, Any]) -> str:
    voyage = one["voyage"]
    meant = f"{voyage['imo']} into {voyage['arrival_port']} on {voyage['day']}" if voyage else one["delivery"]
    decided = f", decision {one['decision']}" if one["decision"] else ""
    reason = f": {one['reason']}" if one["reason"] else ""
    purposes = "+".join(one["purposes"])
    return (
        f"{one['id']}  {one['state']:<8} {one['requester']} of {one['holder']}: {meant} for {purposes}{decided}{reason}"
    )
