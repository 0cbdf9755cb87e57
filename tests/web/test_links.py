"""Every link and every form of the pages leads somewhere, for a call whose id is not made for addresses."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote, urljoin

import pytest

from gateway.alerts import Concerns
from gateway.store import transaction
from gateway.store.alarms import raise_alarm
from gateway.web.caller import COOKIE
from tests.web.test_rescue import ask, sign_in
from tests.web.world import CARRIER, Gateway, call

ODD = "ad1/2026 1122T1530 ä?#&"
"""A calendar's entry that comes again has a slash in its id; people write blanks and letters of their own."""
HERE = f"/calls/{quote(ODD, safe='')}"
_LINK = re.compile(r'(?:href|hx-get)="([^"]*)"|<form[^>]* method="(post)" action="([^"]*)"')
LEAD_THERE = {
    "viewer": {"/", "/?as=timeline", "/alarms", f"/scorecards/{CARRIER}"},
    "operator": {"/", "/?as=timeline", "/alarms", "/scorecards", f"/scorecards/{CARRIER}"},
    "desk": {"/", "/?as=timeline", "/alarms", "/scorecards", f"/scorecards/{CARRIER}"},
    "carrier": {"/", "/?as=timeline", f"/scorecards/{CARRIER}"},
    "rescue": {"/", "/?as=timeline"},
}
_SEEN_BY = {"viewer": "MTMLA", "operator": "desk", "desk": "compliance", "carrier": CARRIER, "rescue": "mrcc"}


@pytest.fixture
async def odd(gateway: Gateway) -> Gateway:
    """Two sailings with such ids: one at sea; one that arrived without a list, whose lost point is contested."""
    await gateway.expect(call(ODD), call(ODD + "2", leaves=-30, arrives=-22))
    await ask(await sign_in(gateway, "rescue", "one"), "call=" + ODD)
    async with transaction(gateway.pool) as connection:
        await raise_alarm(connection, "filing-missing", "x/MTMLA", "about it", Concerns(call=ODD, ports=("MTMLA",)))
    lost = (await gateway.ask("GET", "/v1/scorecards/lost", ("carrier", CARRIER))).json["lost"]
    point = next(one for one in lost if one["metric"] == "coverage")
    line = await gateway.cookie("carrier", CARRIER)
    named = {name: point[name] for name in ("metric", "call", "obligation")}
    assert (await gateway.submit("/scorecards/contest", line, reason="not-our-sailing", **named)).status == 303
    return gateway


def leads(page: str, at: str) -> Iterator[tuple[str, str]]:
    """Method and address of what a page leads to, as a browser makes them out."""
    for link, method, action in _LINK.findall(page):
        address = urljoin(at, unescape(link or action)).partition("#")[0]
        if address.startswith("/") and not address.startswith(("/static/", "/language/", "/sign-out", "/?day=")):
            yield method.upper() or "GET", address


@pytest.mark.parametrize(("kind", "subject"), _SEEN_BY.items())
async def test_no_link_is_dead_whatever_the_id_of_a_call(odd: Gateway, kind: str, subject: str) -> None:
    cookie = await odd.person("two", kind, subject) if kind in ("rescue", "desk") else await odd.cookie(kind, subject)
    to_do, known, lead_there = [("GET", "/?as=timeline"), ("GET", "/")], set(), set()
    while to_do:
        method, address = to_do.pop(0)
        if (method, address) in known or len(known) > 60:
            continue
        known.add((method, address))
        headers = {"Cookie": f"{COOKIE}={cookie}", "Accept": "text/html"}
        reply = await odd.ask(method, address, headers=headers)
        allowed = (
            (200, 204, 303) if method == "GET" else (400, 403)
        )  # without its token a form does nothing, where there is one
        assert reply.status in allowed, (method, address, reply.status, reply.body[-400:])
        to_do += [("GET", reply.headers["Location"])] if reply.status == 303 else []
        is_page = method == "GET" and reply.headers.get("Content-Type", "").startswith("text/html")
        page = reply.body.decode() if is_page else ""
        to_do += leads(page, address)
        lead_there |= {address} if HERE in page else set()
    assert ("GET", HERE) in known
    assert lead_there >= LEAD_THERE[kind], lead_there
    if kind == "carrier":
        assert ("POST", HERE + "/events") in known
