"""Query parameters: only those that exist, each once, each in its form.

In: a request and what a route takes. Out: values, or a problem that says what would do. An unknown parameter is a mistake
that would otherwise go unseen; text with control characters is nothing that the store could hold.
"""

import re
from datetime import date

from aiohttp import web

from gateway.web.problems import Problem

MOST = 2**63 - 1  # PostgreSQL's bigint
_WAIT = re.compile(r"\bwait=(\d{1,4})\b")
_DIGITS = re.compile(r"[0-9]{1,19}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PORT = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")  # UN/LOCODE (UNECE Recommendation 16)


def only_known(request: web.Request, *names: str, repeated: frozenset[str] = frozenset()) -> None:
    """400 unless every parameter is one of `names` and comes once (those in `repeated` may come again)."""
    unknown = set(request.query) - set(names)
    if unknown:
        there_are = f"there are {', '.join(names)}" if names else "there are none here"
        raise bad(f"there is no parameter of this name; {there_are}")
    for name in names:
        if len(request.query.getall(name, [])) > 1 and name not in repeated:
            raise bad(f"'{name}' came more than once")


def text(request: web.Request, name: str, *, longest: int = 200) -> str | None:
    """One line of text; None where it is absent or empty."""
    value = request.query.get(name) or None
    if value is not None and (len(value) > longest or not value.isprintable()):
        raise bad(f"'{name}' is a line of at most {longest} characters")
    return value


def number(request: web.Request, name: str, *, default: int, least: int = 0, most: int = MOST) -> int:
    """A whole number in decimal digits."""
    value = request.query.get(name)
    if value is None:
        return default
    if _DIGITS.fullmatch(value) is None or not least <= int(value) <= most:
        raise bad(f"'{name}' is a whole number from {least} to {most}")
    return int(value)


def wait(request: web.Request, *, most: float) -> float:
    """Seconds of `Prefer: wait=N` (RFC 7240 section 4.3); what is longer, or no number, is a wish that cannot be met whole."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(float(found[1]), most) if found else 0.0


def day(request: web.Request, name: str) -> date | None:
    """A day as RFC 3339 writes it (full-date)."""
    value = request.query.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError:
        raise bad(f"'{name}' is a day, as in 2028-06-01") from None


def port(request: web.Request) -> str | None:
    """A UN/LOCODE as people type it; None for all ports."""
    value = locode(text(request, "port") or "")
    if value is None:
        raise bad("'port' is a UN/LOCODE: two letters of the country and three of the place, e.g. FIHEL")
    return value or None


def locode(typed: str) -> str | None:
    """A UN/LOCODE in its form, or nothing where nothing was typed; None for what is none."""
    value = typed.replace(" ", "").upper()
    return value if not value or _PORT.fullmatch(value) else None


def bad(detail: str) -> Problem:
    return Problem(400, "bad-parameter", detail)
