"""./gw calls: the expected port calls of a running gateway.

In: a file of any source: a schedule, a calendar, a message to a single window, sightings of AIS; a decision where several calls fit. Out: what
became of it.
"""

from pathlib import Path

import click
import msgspec

from gateway.cli.http import AS_OPERATOR, AT, ask, local_token


@click.group()
def calls() -> None:
    """The expected port calls: what compliance is counted against."""


@calls.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@AT
@AS_OPERATOR
def import_(file: Path, url: str, token: str | None) -> None:
    """Import a schedule, or what else tells of calls. What FILE is shows in its beginning.

    Known calls change, and every time that moves is kept with its history. A source replaces its own word alone: a schedule that is
    imported again does not undo a departure that AIS saw.

    \b
    CSV, JSON   the columns of a schedule: id, carrier, service, vessel, imo, voyage, departure_port, arrival_port, previous_port,
                next_port, departure_visit_id, arrival_visit_id, distance_nm, etd, eta, atd, ata, boarding_closed, <time>_source,
                status, capacity, exemptions
    iCalendar   one VEVENT a sailing. DTSTART and DTEND (or DURATION) are departure and arrival, UID the id; SUMMARY or LOCATION say
                "SPECIMEN STAR FIHEL-EETLL AL33": ship, two UN/LOCODEs, voyage. Any column as X-SAILING-<COLUMN>, as in
                X-SAILING-IMO; on the calendar itself for all its events (X-SAILING-CARRIER, X-SAILING-SERVICE). RRULE (daily and
                weekly), RDATE, EXDATE, RECURRENCE-ID, SEQUENCE and STATUS:CANCELLED are read. A time without a zone is the port's.
    EMSWe       one message VID, SID, NOA, NOD, ATA, ATD or COA, XML or JSON (MIG 1.0 or 2.0). It finds its call by the Visit ID,
                a VID by the ship's IMO number, the port and the time. The answer that accepts a VID gives the call its Visit ID.
    """
    from gateway.expect.intake import MEDIA, kind_of

    body = file.read_bytes()
    is_json = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    headers = {"Content-Type": "application/json" if is_json else MEDIA[kind_of(body)]}
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


@calls.command()
@AT
@AS_OPERATOR
def unplaced(url: str, token: str | None) -> None:
    """What sources say and several calls fit: it counts for none of them until it is decided."""
    found = ask("GET", f"{url.rstrip('/')}/v1/unplaced", token=local_token(token))["unplaced"]
    for one in found:
        click.echo(f"{one['id']:>6}  {one['text']}\n        fits {', '.join(one['calls'])}")
    click.echo(f"{len(found)} wait: ./gw calls place NUMBER CALL" if found else "nothing waits", err=True)


@calls.command("place")
@click.argument("number", type=click.IntRange(min=1))
@click.argument("call", required=False)
@click.option("--none", "is_none", is_flag=True, help="It is none of the sailings that are known.")
@AT
@AS_OPERATOR
def place_(number: int, call: str | None, is_none: bool, url: str, token: str | None) -> None:
    """Decide that NUMBER of ./gw calls unplaced is about CALL. Your decision stands in the log."""
    if (call is None) is not is_none:
        raise click.UsageError("give the id of the call that is meant, or --none")
    body = msgspec.json.encode({"call": call})
    address, headers = f"{url.rstrip('/')}/v1/unplaced/{number}", {"Content-Type": "application/json"}
    became = ask("POST", address, token=local_token(token), body=body, headers=headers)["call"]
    click.echo(f"it is said of {became}" if became else "it is said of no call, and forgotten")
