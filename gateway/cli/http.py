"""What the commands that speak to a running gateway share: its address, the credentials, the words for its problems.

In: a request. Out: the JSON of the answer, or a sentence and exit status 1. Whatever answers at the address, even if it
is no gateway, does not lead to a traceback.
"""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from gateway.cli.environment import here, settings

AT = click.option("--to", "url", default=here, help="The gateway. By default the one on this machine, at GATEWAY_PORT.")
AS_OPERATOR = click.option(
    "--token", envvar="GATEWAY_TOKEN", help="An operator's token; by default the one on this machine."
)

_SECONDS = 120  # longer than any `wait` of the API


def local_token(given: str | None) -> str:
    """The token that was given, or the operator's own on this machine."""
    from gateway.cli.local_token import FILE

    if given:
        return given
    try:
        return (settings().state / FILE).read_text().strip()
    except OSError:
        raise click.UsageError(
            "give --token, or start the gateway here once (./gw run), which makes an operator's token"
        ) from None


def ask(
    method: str,
    url: str,
    *,
    token: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    ca: Path | None = None,
) -> Any:
    """One request; its answer's JSON. A problem document becomes a sentence and exit status 1."""
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("the gateway's address begins with http:// or https://")
    try:
        request = urllib.request.Request(
            url, data=body, method=method, headers={"Authorization": f"Bearer {token}", **(headers or {})}
        )
        context = ssl.create_default_context(cafile=str(ca)) if ca else None
        with urllib.request.urlopen(request, timeout=_SECONDS, context=context) as response:
            return None if response.status == 204 else json.loads(response.read())
    except urllib.error.HTTPError as error:
        raise click.ClickException(_problem(error)) from None
    except OSError as error:  # URLError is one
        reason = getattr(error, "reason", error)
        raise click.ClickException(f"{url} cannot be reached ({reason}); is the gateway running there?") from None
    except (ValueError, http.client.HTTPException):  # InvalidURL, BadStatusLine, what is no JSON
        raise click.ClickException(f"what answers at {url} is no gateway") from None


def _problem(error: urllib.error.HTTPError) -> str:
    """What a problem document says (RFC 9457)."""
    try:
        problem = json.loads(error.read())
        listed = problem.get("reasons", ()) if isinstance(problem, dict) else ()
        reasons = "".join(f"\n  {one['delivery']}: {one['reason']}" for one in listed)
        return f"{problem['title']}: {problem['detail']}{reasons}"
    except (ValueError, KeyError, TypeError, AttributeError, OSError, http.client.HTTPException):
        return f"the answer was {error.code} without a reason"
