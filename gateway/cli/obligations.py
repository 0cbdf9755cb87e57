"""./gw obligations: the law that sailings are judged by, what it asks of one of them, and what other law would make of many.

In: schemas/obligations/, a schedule or a running gateway, perhaps proposed law. Out: lists and sentences; exit status 1 where
the law has problems, or where something would fail.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import click

from gateway.cli.exits import Unusable
from gateway.cli.http import AS_OPERATOR, AT, ask, local_token

if TYPE_CHECKING:
    from gateway.obligations import Due, ExpectedCall, Law
    from gateway.track.what_if import Failing, Outcome, Sums

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_SCHEDULE = click.option("--schedule", type=_FILE, help="Sailings from a file (CSV or JSON), instead of a gateway's.")
_MOST_SHOWN = 40


@click.group(invoke_without_command=True)
@click.pass_context
def obligations(context: click.Context) -> None:
    """Check the law in schemas/obligations/ and list it: what is due, by when, and whether it is counted."""
    if context.invoked_subcommand is not None:
        return
    law = _law()
    for one in law.obligations:
        counted = "counted" if one.is_enforcing else f"shown only ({one.status}, {one.confidence})"
        click.echo(f"{one.id:<18} {one.product:<14} {counted:<34} {one.title}")
        click.echo(
            f"{'':<18} {one.clause}; from {one.valid.since}{f' until {one.valid.until}' if one.valid.until else ''}"
        )
    counting = sum(one.is_enforcing for one in law.obligations)
    click.echo(f"{len(law.obligations)} obligations, {counting} of them counted", err=True)


@obligations.command()
@click.argument("call")
@_SCHEDULE
@AT
@AS_OPERATOR
def explain(call: str, schedule: Path | None, url: str, token: str | None) -> None:
    """What is due for CALL, by which clause, by when in the port's time and in UTC, and with which fields."""
    from gateway.obligations import due

    if schedule is not None:
        found = next((one for one in _sailings(schedule) if one.id == call), None)
        if found is None:
            raise click.UsageError(f"{schedule} has no call with the id {call}")
    else:
        found = _of_gateway(
            ask("GET", f"{url.rstrip('/')}/v1/calls/{quote(call, safe='')}", token=local_token(token))["call"]
        )
    for line in _said_of_call(found):
        click.echo(line)
    dues = due(found, _law())
    for one in dues:
        click.echo("")
        for line in _said_of_due(one):
            click.echo(line)
    if not dues:
        click.echo("no obligation here applies to it")


@obligations.command("what-if")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Judge every sailing by the law of this day.")
@click.option("--with", "with_", type=_FILE, help="Proposed law (TOML), taken as if it bound everybody.")
@click.option(
    "--days",
    type=click.IntRange(1, 400),
    default=30,
    show_default=True,
    help="How far back a gateway's sailings are replayed.",
)
@_SCHEDULE
@AT
@AS_OPERATOR
def what_if(
    on: datetime | None, with_: Path | None, days: int, schedule: Path | None, url: str, token: str | None
) -> None:
    """Replay past sailings, or invented ones, under other law, and show what would fail.

    For example, a law that is only proposed: --with schemas/obligations/proposed/imo-fal51.toml
    """
    from gateway.obligations.what_if import NOTHING

    day = on.date() if on else None
    proposed = _text(with_) if with_ else ""
    new = _proposed(with_.name, proposed) if with_ else NOTHING
    if schedule is not None:
        found = _replayed(schedule, new, day)
    else:
        query = urlencode({"days": days} | ({"on": str(day)} if day else {}))
        found = _outcome(
            ask(
                "POST",
                f"{url.rstrip('/')}/v1/what-if?{query}",
                token=local_token(token),
                body=proposed.encode(),
                headers={"Content-Type": "text/plain"},
            )
        )
    _show(found, frozenset(one.id for one in new.obligations) if with_ else None)
    raise click.exceptions.Exit(1 if found.failing else 0)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Unusable(f"{path} is no text in UTF-8; proposed law is TOML, as in schemas/obligations/") from None


def _law() -> "Law":
    from gateway.catalogue import CatalogueError, read_law

    try:
        return read_law()
    except CatalogueError as problem:
        raise click.ClickException(str(problem)) from None


def _sailings(path: Path) -> "list[ExpectedCall]":
    from gateway.findings import Severity
    from gateway.obligations import parse_schedule

    calls, findings = parse_schedule(path.read_bytes(), "json" if path.suffix.lower() == ".json" else "csv")
    for finding in findings:
        if finding.severity is Severity.ERROR:
            click.echo(f"{finding.code}  {finding.place}: {finding.text}; {finding.hint}", err=True)
    if not calls:
        raise Unusable(f"{path} holds no sailing that can be read")
    return calls


def _proposed(name: str, text: str) -> "Law":
    from gateway.obligations import parse_law

    law, problems = parse_law(name, text)
    if problems:
        raise click.ClickException("the proposed law cannot be used as it is:\n" + "\n".join(problems))
    return law


def _replayed(schedule: Path, proposed: "Law", on: date | None) -> "Outcome":
    """Nothing was filed for sailings from a file: what their deadlines were or will be is all that can be said."""
    from gateway.obligations import due
    from gateway.obligations.what_if import law_as
    from gateway.settings import utc_now
    from gateway.track.what_if import outcome

    other = law_as(_law(), proposed, on)
    return outcome([one for call in _sailings(schedule) for one in due(call, other)], (), utc_now())


def _of_gateway(stated: Any) -> "ExpectedCall":
    import msgspec

    from gateway.obligations import ExpectedCall

    return msgspec.convert(stated, ExpectedCall)


def _outcome(stated: Any) -> "Outcome":
    import msgspec

    from gateway.track.what_if import Outcome

    return msgspec.convert(stated, Outcome)


def _said_of_call(call: "ExpectedCall") -> list[str]:
    ship = " ".join(filter(None, (call.vessel, f"(IMO {call.imo})" if call.imo else None)))
    times = (
        f"{name} {moment.at:%Y-%m-%d %H:%M} UTC ({moment.source})"
        for name in ("etd", "atd", "eta", "ata", "boarding_closed")
        if (moment := getattr(call, name)) is not None
    )
    return [
        f"{call.id}: {ship}, {call.service} of {call.carrier}, {call.departure_port} to {call.arrival_port}",
        *times,
    ]


def _said_of_due(one: "Due") -> list[str]:
    counted = "counted" if one.counted else "shown only"
    lines = [f"{one.obligation} ({counted}): {one.title}", f"  {one.clause}", f"  {one.explanation}"]
    lines.append(f"  {one.product} for {' and '.join(one.purposes)}, to {', '.join(one.recipients)}")
    if one.fields:
        lines.append(f"  with {', '.join(one.fields)}")
    if one.satisfied_by:
        lines.append(f"  met as well by what is filed for {', '.join(one.satisfied_by)}")
    if one.excused:
        lines.append(f"  excused: {one.excused}")
    return lines + (["  the sailing is cancelled"] if one.cancelled else [])


def _show(found: "Outcome", new: frozenset[str] | None) -> None:
    """`new`: the obligations of a proposed law, which stand first and are marked; None where none is tried."""
    if not found.sums:
        click.echo(
            "nothing was due by this law for the sailings that were looked at: there are none, or none that it binds"
        )
    if new is None:
        _sums(found.sums)
        _failures(found.failing)
        return
    ours, others = (
        [one for one in found.sums if one.obligation in new],
        [one for one in found.sums if one.obligation not in new],
    )
    failing = [one for one in found.failing if one.obligation in new]
    unbound = ", ".join(sorted(new - {one.obligation for one in ours}))
    click.echo("by the proposed law (marked +):")
    _sums(ours, "+ ")
    if unbound:
        click.echo(f"  no sailing that was looked at is bound by {unbound}")
    if failing:
        first = min(failing, key=lambda one: (one.deadline is None, one.deadline, one.call))
        when = f"{first.deadline:%Y-%m-%d %H:%M} UTC" if first.deadline else "with no deadline that can be told"
        click.echo(f"what would change first: {first.call}, {when}: {first.obligation} would be {first.state}")
        _failures(failing, "+ ")
    elif ours:
        click.echo("nothing would fail by it")
    click.echo("by the law in force, with or without it:")
    _sums(others, "  ")
    if rest := len(found.failing) - len(failing):
        click.echo(f"  of these {rest} fail; leave --with out to see them")


def _sums(sums: "Sequence[Sums]", mark: str = "") -> None:
    from gateway.findings import counted

    for one in sums:
        click.echo(
            f"{mark}{one.obligation:<18} {counted(one.sailings, 'sailing'):>12}: {one.met} met, {one.late} late, {one.incomplete} incomplete, "
            f"{one.missing} missing, {one.open} open"
        )
        if one.fields:
            click.echo(f"{mark}{'':<18} lacking: {_counted(one.fields.items())}")


def _failures(failing: "Sequence[Failing]", mark: str = "  ") -> None:
    for one in failing[:_MOST_SHOWN]:
        why = [f"no {kind} list" for kind in one.lists] + ([_counted(one.fields.items())] if one.fields else [])
        reason = f" ({'; '.join(why)})" if why else ""
        click.echo(f"{mark}{one.call}: {one.obligation} {one.state}{reason}; {one.explanation}")
    if len(failing) > _MOST_SHOWN:
        click.echo(f"  and {len(failing) - _MOST_SHOWN} more")


def _counted(fields: "Sequence[tuple[str, int]] | Any") -> str:
    return ", ".join(f"{name} of {count}" for name, count in fields)
