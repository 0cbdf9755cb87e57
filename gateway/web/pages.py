"""Pages: templates rendered on the server, useful without scripts, closed to everything that is not ours.

In: a template's name and its values. Out: HTML with a content security policy that lets in our own style, script and
picture and nothing else (W3C CSP 3). Everything that is put into a template is escaped.
"""

from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def render(template: str, **values: Any) -> str:
    return _TEMPLATES.get_template(template).render(**values)


def html(template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page."""
    return web.Response(
        status=status,
        text=render(template, **values),
        content_type="text/html",
        headers={"Content-Security-Policy": _POLICY},
    )


def see_other(address: str) -> web.Response:
    """After a form, or where signing in comes first (RFC 9110 section 15.4.4)."""
    return web.Response(status=303, headers={"Location": address})
