"""./gw scores: how the lines do, from a running gateway."""

import urllib.parse
from typing import Any

import click

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--carrier", help="One line only.")
@click.option("--route", metavar="FROM-TO", help="One route only, as UN/LOCODE, such as FIHEL-EETLL.")
@click.option("--from", "since", type=_DAY, help="The first day, in UTC; by default 30 days before the end.")
@click.option("--until", type=_DAY, help="The day after the last; by default now.")
@click.option("--csv", "as_csv", is_flag=True, help="A number a line, for a spreadsheet.")
@AT
@AS_OPERATOR
def scores(
    carrier: str | None, route: str | None, since: Any, until: Any, as_csv: bool, url: str, token: str | None
) -> None:
    """Every metric of every line: what was met of what was expected. Shares from 30 sailings on."""
    from gateway.findings import counted

    chosen = {
        "carrier": carrier,
        "route": route,
        "from": f"{since:%Y-%m-%d}" if since else None,
        "until": f"{until:%Y-%m-%d}" if until else None,
    }
    query = urllib.parse.urlencode({name: value for name, value in chosen.items() if value})
    answer = ask("GET", f"{url.rstrip('/')}/v1/scorecards?{query}", token=local_token(token))
    if as_csv:
        _csv(answer)
        return
    click.echo(f"{answer['from'][:10]} until {answer['until'][:10]}, terms {answer['terms']}{_closed(answer)}")
    for card in answer["cards"]:
        click.echo(f"\n{card['carrier']}: {counted(card['sailings'], 'sailing')}, {card['excused']:,} excused")
        for value in card["values"]:
            name = f"{value['metric']} {value['part'] or ''}"
            click.echo(f"  {name:<36} {_number(value):>20} {_share(value):>8}  {value['reason'] or ''}".rstrip())


def _closed(answer: dict[str, Any]) -> str:
    return f", closed as {answer['closed']}" if answer["closed"] else ", not closed"


def _number(value: dict[str, Any]) -> str:
    if value["seconds"] is not None:
        return f"{value['seconds'] // 60:,} min"
    if value["numerator"] is None:
        return "-"
    return f"{value['numerator']:,} of {value['denominator']:,}"


def _share(value: dict[str, Any]) -> str:
    return "" if value["share"] is None else f"{value['share']:.1%}"


def _csv(answer: dict[str, Any]) -> None:
    from gateway.formats.inert import delimited

    names = ("metric", "part", "numerator", "denominator", "share", "seconds", "sailings", "low", "high", "reason")
    rows = [("carrier", "from", "until", *names)]
    for card in answer["cards"]:
        first = (card["carrier"], answer["from"], answer["until"])
        rows += [(*first, *(value[name] for name in names)) for value in card["values"]]
    click.echo(delimited(rows, ",").replace("\r\n", "\n"), nl=False)
