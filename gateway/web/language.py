"""GET /language/{name}: which language the pages speak from now on. `words` does the speaking.

In: a language and the page to go back to. Out: a cookie that says nothing about anybody, and the way back.
"""

from typing import Final

from aiohttp import web

from gateway.web import parameters
from gateway.web.words import COOKIE, LANGUAGES

_YEAR_SECONDS: Final = 365 * 86400


async def choose(request: web.Request) -> web.Response:
    """Remembers the choice, if there is such a language, and goes back to the page."""
    parameters.only_known(request, "to")
    name = request.match_info["name"]
    response = web.Response(status=303, headers={"Location": own_address(request.query.get("to", "/"))})
    if name in LANGUAGES:
        response.set_cookie(
            COOKIE, name, max_age=_YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.secure, path="/"
        )
    return response


def own_address(to: str) -> str:
    """`to`, if it is a path of this site; a redirect leads nowhere else (CWE-601)."""
    is_path = to.startswith("/") and not to.startswith("//") and "\\" not in to
    return to if is_path and to.isascii() and to.isprintable() else "/"
