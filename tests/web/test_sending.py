"""Send a list: the form, what came of it, and that nothing on these pages is anybody's business but the line's."""

import re

import aiohttp

from gateway.settings import utc_now
from gateway.web.caller import COOKIE
from tests.web.world import CARRIER, RIVAL, Gateway, Reply, call, list_of

OURS = ("carrier", CARRIER)
CSV = "Surname;First name;Sex;Nationality\nERIKSSON;ÅSA;female;Norway\n".encode()
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


async def cookie(gateway: Gateway, who: tuple[str, str] = OURS) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={await gateway.token(*who)}"}


async def look(gateway: Gateway, path: str, who: tuple[str, str] = OURS, accept: str = "text/html") -> Reply:
    return await gateway.ask("GET", path, headers=await cookie(gateway, who) | {"Accept": accept})


async def token(gateway: Gateway, path: str = "/send", who: tuple[str, str] = OURS) -> str:
    found = _TOKEN.search((await look(gateway, path, who)).body.decode())
    assert found is not None
    return found[1]


async def hand_in(
    gateway: Gateway,
    *files: bytes,
    path: str = "/send",
    who: tuple[str, str] = OURS,
    accept: str = "text/html",
    csrf: str | None = None,
    **fields: str,
) -> Reply:
    """As a browser sends the form."""
    body = aiohttp.FormData(quote_fields=False)
    body.add_field("csrf", await token(gateway, path, who) if csrf is None else csrf)
    for name, value in fields.items():
        body.add_field(name, value)
    for at, file in enumerate(files):
        body.add_field("file", file, filename=f"list-{at}.dat", content_type="application/octet-stream")
    headers = await cookie(gateway, who) | {"Accept": accept, "Sec-Fetch-Site": "same-origin"}
    return await gateway.ask("POST", path, headers=headers, data=body)


async def rows(gateway: Gateway) -> list[tuple[str, int, dict[str, str]]]:
    found = await gateway.pool.fetch("SELECT channel, files, options FROM submission ORDER BY arrival")
    return [(one["channel"], one["files"], one["options"]) for one in found]


async def test_a_form_becomes_a_submission_and_leads_to_it(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    reply = await hand_in(gateway, list_of(), CSV, call="C1", purpose="border safety", list="passengers")
    assert reply.status == 303
    assert re.fullmatch(r"/sent/[0-9a-f-]{36}", reply.headers["Location"])
    assert await rows(gateway) == [("page", 2, {"call": "C1", "list": "passengers", "purposes": ["border", "safety"]})]
    await gateway.process()
    page = (await look(gateway, reply.headers["Location"])).body.decode()
    assert "passenger list" in page
    assert "Sandbox" in page


async def test_what_was_sent_is_found_by_call_day_and_outcome(gateway: Gateway) -> None:
    assert "Nothing was sent yet." in (await look(gateway, "/sent")).body.decode()
    await gateway.expect(call("C1"))
    clean = (await hand_in(gateway, list_of(), call="C1")).headers["Location"]
    spoilt = (await hand_in(gateway, CSV)).headers["Location"]
    await gateway.process()
    waiting = (await hand_in(gateway, b"nothing that is known")).headers["Location"]
    today = f"{utc_now():%Y-%m-%d}"
    for query, found in (
        ("", {clean, spoilt, waiting}), ("?call=C1", {clean}), ("?call=none", set()), (f"?day={today}", {clean, spoilt, waiting}),
        ("?day=2020-01-01", set()), ("?outcome=errors", {spoilt}), ("?outcome=clean", {clean}), ("?outcome=waiting", {waiting}),
        ("?outcome=failed", set()), (f"?call=C1&day={today}&outcome=clean", {clean}),
    ):  # fmt: skip
        page = (await look(gateway, f"/sent{query}")).body.decode()
        assert {one for one in (clean, spoilt, waiting) if f'href="{one}"' in page} == found, query
    for query in ("?outcome=x", "?day=yesterday", "?before=x", "?who=me"):
        assert (await look(gateway, f"/sent{query}")).status == 400, query
    assert clean not in (await look(gateway, "/sent", ("carrier", RIVAL))).body.decode()


async def test_many_are_turned_page_by_page(gateway: Gateway) -> None:
    for number in range(27):
        await gateway.send(list_of(reference=f"SPECIMEN-{number}"))
    first = (await look(gateway, "/sent")).body.decode()
    assert first.count('<td class="when"') == 25
    older = re.search(r'href="(/sent\?before=\d+)"', first)
    assert older is not None
    second = (await look(gateway, older[1])).body.decode()
    assert second.count('<td class="when"') == 2
    assert "To the newest" in second
