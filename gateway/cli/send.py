"""./gw send: submit files to a running gateway and show its answer."""

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

from gateway.cli.http import ask
from gateway.cli.whole import put
from gateway.cli.words import from_api, shown, summary
from gateway.findings import counted
from gateway.settings import utc_now


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "url", required=True, help="The gateway, e.g. http://127.0.0.1:8460")
@click.option(
    "--token", required=True, envvar="GATEWAY_TOKEN", help="The carrier's token (or GATEWAY_TOKEN in the environment)."
)
@click.option("--call", help="The expected call this is for, where the files do not say.")
@click.option("--wait", default=30, show_default=True, help="Seconds to wait for the whole answer.")
@click.option(
    "--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Keep the signed receipt in this file."
)
@click.option(
    "--ca", type=click.Path(path_type=Path, exists=True), help="The certificate the gateway's own is checked with."
)
def send(
    files: tuple[Path, ...], url: str, token: str, call: str | None, wait: int, receipt: Path | None, ca: Path | None
) -> None:
    """Submit FILES as one submission. Exit status: 0 clean, 1 with errors or refused."""
    body, media = _body(files)
    there = f"{url.rstrip('/')}/v1/submissions"
    headers = {"Content-Type": media, "Prefer": f"wait={wait}", "Idempotency-Key": secrets.token_hex(16)}
    started = utc_now() - timedelta(seconds=5)  # the clocks of two machines differ a little
    target = f"{there}?{urlencode({'call': call})}" if call else there
    answer = ask("POST", target, token=token, body=body, headers=headers, ca=ca)
    id = answer.get("submission") or answer.get("id")
    click.echo(f"submission {id}")
    received_at = answer.get("received_at")
    if received_at and datetime.fromisoformat(received_at) < started:
        click.echo(
            f"these files were received before, at {received_at}: nothing was filed anew. To put an earlier list in "
            "force again, change anything in it, such as its reference"
        )
    if receipt:
        signed = ask("GET", f"{there}/{id}/receipt", token=token, ca=ca)
        put(receipt, (json.dumps(signed, indent=1) + "\n").encode())
        click.echo(f"receipt kept in {receipt}")
    if "lists" not in answer:
        click.echo("received and stored; not processed yet: ask again for the answer")
        return
    _show(answer)
    raise click.exceptions.Exit(1 if answer["errors"] else 0)


def _show(answer: dict[str, Any]) -> None:
    for one in answer["lists"]:
        call = one.get("call") or f"unknown: {one.get('call_reason', '')}"
        click.echo(f"{one['format']}: {one['kind']}, {counted(one['persons'], 'person')}, call {call}")
        for delivery in one.get("deliveries", ()):
            click.echo(f"  to {delivery['recipient']} as {delivery['form']}: {counted(delivery['persons'], 'person')}")
            for person, lacking in delivery.get("left_out", ()):
                click.echo(f"    without person {person}: {', '.join(lacking)} is needed there")
        for recipient, reason in one.get("not_sent", ()):
            click.echo(f"  not to {recipient}: {reason}")
        if one.get("held"):
            click.echo(f"  held back: {one['held']}")
    for verdict in answer.get("verdicts", ()):
        number = f", number {verdict['reference']}" if verdict.get("reference") else ""
        click.echo(f"{verdict['recipient']} answered: {verdict['verdict'] or 'no verdict'}{number}")
    for line in shown(from_api(finding) for finding in answer["findings"]):
        click.echo(line)
    click.echo(summary(answer["persons"], answer["errors"], answer["warnings"]))


def _body(files: tuple[Path, ...]) -> tuple[bytes, str]:
    if len(files) == 1:
        return files[0].read_bytes(), "application/octet-stream"
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quote(path.name)}"\r\n\r\n'.encode()
        + path.read_bytes()
        + b"\r\n"
        for path in files
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
