"""./gw send: submit files to a running gateway and show its answer."""

import json
import secrets
from pathlib import Path
from urllib.parse import urlencode

import click

from gateway.cli.http import ask


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "url", required=True, help="The gateway, e.g. http://127.0.0.1:8460")
@click.option(
    "--token", required=True, envvar="GATEWAY_TOKEN", help="The carrier's token (or GATEWAY_TOKEN… in the environment)."
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
    target = f"{url.rstrip('/')}/v1/submissions{'?' + urlencode({'call': call}) if call else ''}"
    headers = {"Content-Type": media, "Prefer": f"wait={wait}", "Idempotency-Key": secrets.token_hex(16)}
    answer = ask("POST", target, token=token, body=body, headers=headers, ca=ca).document
    id = answer.get("submission") or answer.get("id")
    click.echo(f"submission {id}")
    if receipt:
        receipt.write_text(
            json.dumps(
                ask("GET", f"{url.rstrip('/')}/v1/submissions/{id}/receipt", token=token, ca=ca).document, indent=1
            )
            + "\n"
        )
        click.echo(f"receipt kept in {receipt}")
    if "lists" not in answer:
        click.echo("received and stored; not processed yet: ask again for the answer")
        return
    for one in answer["lists"]:
        click.echo(
            f"{one['format']}: {one['kind']}, {one['persons']:,} persons, call {one.get('call') or 'unknown: ' + one.get('call_reason', '')}"
        )
        for delivery in one.get("deliveries", ()):
            click.echo(f"  to {delivery['recipient']} as {delivery['form']}: {delivery['persons']:,} persons")
        if one.get("held"):
            click.echo(f"  held back: {one['held']}")
    for finding in answer["findings"]:
        click.echo(f"{finding['code']}  {finding['severity']:<7}  {_place(finding)}: {finding['text']}")
        if finding.get("hint"):
            click.echo(f"               hint: {finding['hint']}")
    click.echo(f"{answer['persons']:,} persons, {answer['errors']} errors, {answer['warnings']} warnings")
    raise click.exceptions.Exit(1 if answer["errors"] else 0)


def _place(finding: dict[str, dict[str, object]]) -> str:
    import msgspec

    from gateway.findings import Place

    return str(msgspec.convert(finding.get("place", {}), Place))


def _body(files: tuple[Path, ...]) -> tuple[bytes, str]:
    if len(files) == 1:
        return files[0].read_bytes(), "application/octet-stream"
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'.encode()
        + path.read_bytes()
        + b"\r\n"
        for path in files
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
