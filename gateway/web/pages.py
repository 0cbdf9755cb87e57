"""Pages: templates rendered on the server, useful without scripts, closed to everything that is not ours.

In: a template's name and its values. Out: HTML in the language of the request (`words`), with a content security policy that lets in
our own style, script and picture and nothing else (W3C CSP 3). Everything that is put into a template is escaped. Compressed: the
cookie goes to no other site's request (SameSite=Strict), so nobody can make a browser guess at what is in it (BREACH).
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from aiohttp import web

from gateway.web import words
from gateway.web.caller import WHO, csrf_token
from gateway.web.rooms import open_to
from gateway.web.rule_words import in_words


def quoted(id: str) -> str:
    """An id as a part of an address."""
    return quote(id, safe="")


_HERE = Path(__file__).parent
STATIC, TEMPLATES = _HERE / "static", _HERE / "templates"
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_TEMPLATES.policies["ext.i18n.trimmed"] = True
_TEMPLATES.globals |= {
    "gettext": words.say, "ngettext": words.say_count, "_": words.say, "figure": words.figure, "day": words.day, "long_day": words.long_day,
    "clock": words.clock, "in_words": in_words,
}  # fmt: skip
_TEMPLATES.filters["quoted"] = quoted  # Jinja's own urlencode leaves "/" alone, and ids of calls have it
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def render(template: str, **values: Any) -> str:
    """A piece of a page."""
    return _TEMPLATES.get_template(template).render(**values)


def html(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page, with the navigation of whoever looks at it. `back`: where it is found again, if not at the address of the request."""
    who = request.get(WHO)
    frame = {
        "who": who,
        "rooms": open_to(who.kind) if who and not who.waits else (),
        "here": request.path,
        "back": request.path_qs,
        "csrf": csrf_token(request),
        "language": words.language(),
        "languages": words.LANGUAGES,
    }
    return fragment(render(template, **(frame | values)), status=status)


def fragment(text: str, *, status: int = 200) -> web.Response:
    """A rendered piece by itself, for htmx to put in its place."""
    response = web.Response(
        status=status,
        text=text,
        content_type="text/html",
        headers={
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "same-origin",  # with "no-referrer" a browser says of our own forms that they come from nowhere (Fetch, Origin)
            "Vary": "Accept-Language, Cookie",
        },
    )
    response.enable_compression()
    return response


def see_other(address: str) -> web.Response:
    """After a form, or where signing in comes first (RFC 9110 section 15.4.4)."""
    return web.Response(status=303, headers={"Location": address})
