"""/enrol: with a link that is good once, a person chooses a password and shows that their phone has the secret.

In: the link that the operator handed over, a password, a code. Out: an account that can sign in, ten recovery codes that are shown this once,
and a session. Before the code is typed nothing changes; whoever had a password keeps it until then.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import segno
from aiohttp import web

from gateway.people import (
    LEAST,
    MOST,
    Fault,
    faults_of,
    fingerprint,
    hashed,
    matched_step,
    new_recovery_codes,
    recovery_fingerprint,
    totp_uri,
)
from gateway.people.totp import typed_secret
from gateway.settings import utc_now
from gateway.store import accounts, log, transaction
from gateway.store.accounts import Credentials, Link
from gateway.store.sessions import end_sessions
from gateway.web import pages, parameters, sessions
from gateway.web.context import CONTEXT
from gateway.web.credentials import opened_secret
from gateway.web.limits import count_sign_in, in_turn
from gateway.web.problems import Problem
from gateway.web.sign_in import first_page
from gateway.web.visitor import fields_of, refuse_other_sites
from gateway.web.words import figure, say


async def form(request: web.Request) -> web.Response:
    """GET /enrol?link=…"""
    parameters.only_known(request, "link")
    secret = request.query.get("link", "")
    return _form(request, secret, await _link(request, secret))


async def enrol(request: web.Request) -> web.Response:
    """POST /enrol"""
    refuse_other_sites(request)
    count_sign_in(request)
    fields = await fields_of(request)
    secret, now = fields.get("link", ""), utc_now()
    link = await _link(request, secret)
    step = matched_step(_app_secret(request, link), fields.get("code", ""), now, 0)
    wrong = await new_password_wrong(request, fields, link.name, link.email)
    if not wrong and step is None:
        wrong = say(
            "The code is not the one that the app shows now. Check that the phone's clock is right, and type the next one."
        )
    if wrong or step is None:
        return _form(request, secret, link, wrong, status=400)
    return await _enrolled(request, secret, link, fields["password"], step, now)


async def _enrolled(
    request: web.Request, secret: str, link: Link, password: str, step: int, now: datetime
) -> web.Response:
    codes = new_recovery_codes()
    kept = Credentials(
        password=await in_turn(request, partial(hashed, password)),
        totp=link.sealed,
        used=step,
        recovery=[recovery_fingerprint(one) for one in codes],
    )
    async with transaction(request.app[CONTEXT].pool) as connection:
        if not await accounts.use_link(connection, fingerprint(secret), now):
            raise _gone()
        await accounts.enrol(connection, link.id, kept, now)
        await end_sessions(connection, link.id)
        session = await sessions.begin(request, connection, link.kind, account=link.id)
        await log.append(connection, "person-enrolled", {"by": link.name}, now)
    response = pages.html(
        request, "recovery.html", codes=codes, name=link.name, to=first_page(link.kind, waits=link.waits)
    )
    sessions.set_cookie(request, response, session, link.kind, is_person=True)
    return response


async def new_password_wrong(request: web.Request, fields: Mapping[str, str], *own: str) -> str:
    """What is wrong with `password` and `again`, in words; "" where nothing is. `own`: what an attacker would try first."""
    password = fields.get("password", "")
    faults = await in_turn(request, partial(faults_of, password, request.app[CONTEXT].settings.name, *own))
    words: Mapping[Fault, str] = {
        "too-short": say("A password has at least %(least)s characters. Some words that do not belong together are easy to keep in mind.", least=figure(LEAST)),
        "too-long": say("A password has at most %(most)s characters.", most=figure(MOST)),
        "too-common": say("This password is among the first that attackers try. Choose words that do not belong together."),
    }  # fmt: skip
    if faults:
        return words[faults[0]]
    return "" if fields.get("again", "") == password else say("The two passwords are not the same.")


def _form(request: web.Request, secret: str, link: Link, wrong: str = "", *, status: int = 200) -> web.Response:
    app_secret = _app_secret(request, link)
    code = segno.make(totp_uri(app_secret, link.name, request.app[CONTEXT].settings.name), micro=False)
    return pages.html(
        request, "enrol.html", status=status, wrong=wrong, link=secret, back=f"/enrol?link={secret}", name=link.name, least=LEAST,
        qr=code.svg_inline(scale=4, light="#fff"), app_secret=typed_secret(app_secret),
    )  # fmt: skip


def _app_secret(request: web.Request, link: Link) -> bytes:
    return opened_secret(link.sealed, request.app[CONTEXT].catalogue.identity, link.id)


async def _link(request: web.Request, secret: str) -> Link:
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await accounts.find_link(connection, fingerprint(secret), utc_now())
    if found is None:
        raise _gone()
    return found


def _gone() -> Problem:
    return Problem(
        404, "no-such-link", "this link is unknown, used or too old; ask the operator of the gateway for a new one"
    )
