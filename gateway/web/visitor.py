"""Who looks at a page, and whether a form is really theirs.

In: a request for a page. Out: the caller, or a redirect to the sign-in, or a problem. A form counts only from our own page (Fetch
Metadata, or the Origin of RFC 6454 where a browser has none) with a token that nobody else can know: an HMAC of the cookie, which no script
can read and no other site sends (SameSite=Strict). OWASP's "signed double submit". How often: `limits`.
"""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

from aiohttp import web

from gateway.sent import File
from gateway.store.tokens import Kind
from gateway.web.access import caller
from gateway.web.body import DOCUMENT_BYTES, form, whole
from gateway.web.caller import CSRF_FIELD, CSRF_HEADER, WHO, Caller, csrf_token
from gateway.web.limits import count_form
from gateway.web.problems import Problem
from gateway.web.rooms import ROLES
from gateway.web.words import mark, say

_MOST_FIELDS = 200


async def visitor(request: web.Request, *kinds: Kind, may_wait: bool = False) -> Caller:
    """Who is signed in, if of one of these kinds; a stranger is led to the sign-in and back, others are refused. So is whose account a colleague has
    not confirmed yet, unless they `may_wait`."""
    is_form = request.method not in ("GET", "HEAD")
    try:
        who = await caller(request, is_form=is_form, may_wait=may_wait)
    except Problem as problem:
        if problem.status != 401 or is_form:
            raise
        raise web.HTTPSeeOther(f"/sign-in?to={quote(request.path_qs, safe='')}") from None
    request[WHO] = who  # before it is known whether the page is theirs: a refusal has their menu as well
    if who.kind not in kinds:
        whom, as_whom = (", ".join(say(ROLES[one]) for one in some) for some in (kinds, (who.kind,)))
        raise Problem(
            403,
            "not-allowed",
            say("this page is for: %(whom)s; you are signed in as: %(kind)s", whom=whom, kind=as_whom),
        )
    return who


async def form_of(request: web.Request, *kinds: Kind, may_wait: bool = False) -> tuple[Caller, Mapping[str, str]]:
    """Who sends this form and what it holds (application/x-www-form-urlencoded); of a name that comes twice the last."""
    refuse_other_sites(request)
    who = await visitor(request, *kinds, may_wait=may_wait)
    count_form(request)
    fields = await fields_of(request)
    refuse_forged(request, fields.get(CSRF_FIELD, ""))
    return who, fields


async def sender_of(request: web.Request, *kinds: Kind) -> Caller:
    """Who sends a form with files; `upload_of` then reads it."""
    refuse_other_sites(request)
    who = await visitor(request, *kinds)
    count_form(request)
    return who


async def upload_of(request: web.Request, fields: dict[str, str]) -> tuple[File, ...]:
    """The files of a form (multipart/form-data); `fields` is filled with what else it holds, as far as it was read when something is
    wrong. The token comes in the header, or as a field before the first file: without it no file is read."""
    return await form(request, fields, lambda: refuse_forged(request, fields.get(CSRF_FIELD, "")))


async def fields_of(request: web.Request) -> Mapping[str, str]:
    """What a form holds, whoever sent it."""
    text = (await whole(request, most=DOCUMENT_BYTES)).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Problem(400, "bad-form", f"a form has at most {_MOST_FIELDS} fields") from None


def refuse_forged(request: web.Request, token: str) -> None:
    """Lets nothing pass whose token (in the form or in the header) is not that of the cookie."""
    sent = request.headers.get(CSRF_HEADER) or token
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), csrf_token(request).encode()):
        raise Problem(
            403,
            "forged-form",
            mark("this form is not one that this page made for you; open the page again and send it from there"),
        )


def refuse_other_sites(request: web.Request) -> None:
    """Nothing is done because another site asks a browser to do it. Who sends neither header is no browser, and has no cookie to abuse."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_ours = (
        site in ("same-origin", "none") if site is not None else origin is None or _host(origin) == request.host.lower()
    )
    if not is_ours:
        raise Problem(403, "other-site", mark("open the gateway's own page and use the form there"))


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
