"""What the commands that speak to a running gateway share: the address, the credentials, the words for its problems."""

import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from gateway.settings import PROJECT


class Answer:
    """An HTTP answer that is JSON: `status` and `document`."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.document: Any = json.loads(body) if body else {}


def local_token(given: str | None) -> str:
    """The token that was given, or the operator's own on this machine."""
    path = PROJECT / ".gateway" / "operator.token"
    if given:
        return given
    if not path.exists():
        raise click.UsageError(
            "give --token, or start the gateway here once (./gw run), which makes an operator's token"
        )
    return path.read_text().strip()


def ask(
    method: str,
    url: str,
    *,
    token: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    ca: Path | None = None,
) -> Answer:
    """One request; a problem document becomes a sentence and exit status 1."""
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("the gateway's address begins with http:// or https://")
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url, data=body, method=method, headers={"Authorization": f"Bearer {token}", **(headers or {})}
    )
    context = ssl.create_default_context(cafile=str(ca)) if ca else None
    try:
        with urllib.request.urlopen(request, timeout=120, context=context) as response:  # noqa: S310
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        try:
            problem = json.loads(error.read())
            said = f"{problem['title']}: {problem['detail']}"
        except (ValueError, KeyError):
            said = f"the answer was {error.code} without a reason"
        raise click.ClickException(said) from None
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(f"{url} cannot be reached ({reason}); is the gateway running there?") from None
