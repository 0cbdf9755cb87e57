"""The board as bytes: its headers, its filters, its stream; and that nobody is named on it."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
import msgspec
import pytest

from gateway.arrivals import Arrivals
from gateway.obligations import Moment
from gateway.settings import utc_now
from gateway.web import lines
from tests.specimen import passenger_manifest
from tests.web.world import CARRIER, FEED, RIVAL, Gateway, call, list_of

DESK, LINE = ("operator", "desk"), ("carrier", CARRIER)
PUBLIC = (
    "/sign-in",
    "/static/gateway.css",
    "/static/board.js",
    "/static/wall.css",
    "/static/icon.svg",
    "/healthz",
    "/nowhere",
)


async def test_every_answer_is_closed_to_frames_guesses_and_caches(shared_gateway: Gateway) -> None:
    for path in ("/", "/v1/calls", "/metrics", *PUBLIC):
        reply = await shared_gateway.ask("GET", path, DESK)
        assert reply.headers["X-Content-Type-Options"] == "nosniff", path
        is_page = reply.headers["Content-Type"].startswith("text/html")
        assert reply.headers["Referrer-Policy"] == ("same-origin" if is_page else "no-referrer")
        assert (
            reply.headers["Cross-Origin-Opener-Policy"]
            == reply.headers["Cross-Origin-Resource-Policy"]
            == "same-origin"
        )
        assert "geolocation=()" in reply.headers["Permissions-Policy"]
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Cache-Control"] == ("no-cache" if path.startswith("/static/") else "no-store")
        assert reply.headers["Server"] == "gateway"


async def test_pages_hold_no_script_or_style_of_their_own(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    for path in ("/", "/?as=timeline", "/wall", "/sign-in"):
        page = (await gateway.ask("GET", path, DESK)).body.decode()
        assert re.findall(r"<script(?! src=\"/static/(?:board|wall).js\" defer></script>)|<style|style=|\son\w+=|javascript:", page) == []  # fmt: skip


async def test_nobody_is_named_on_the_board(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    await gateway.send(list_of(), path="/v1/submissions?call=C1")
    await gateway.process()
    page = (await gateway.ask("GET", "/", DESK)).body.decode()
    assert "SPECIMEN STAR" in page
    for person in passenger_manifest().persons:
        for value in (person.family_name, person.given_names, person.documents[0].number, person.birth_date, person.birth_place, person.booking_reference):  # fmt: skip
            assert value is not None
            assert not re.search(rf"\b{re.escape(value)}\b(?! STAR)", page), value


async def test_what_others_wrote_is_escaped(gateway: Gateway) -> None:
    await gateway.expect(
        call("<b>C1</b>", vessel='<script>alert("x")</script>', voyage='"><img src=x onerror=alert(1)>')
    )
    page = (await gateway.ask("GET", "/", DESK)).body.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


async def sign_in(gateway: Gateway, token: str, **headers: str) -> aiohttp.ClientResponse:
    form = urlencode({"token": token}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    return await gateway.session.post(
        gateway.url + "/sign-in/screen", data=form, headers=headers, allow_redirects=False
    )


async def test_signing_in_and_out(gateway: Gateway) -> None:
    for kind, name, room in (
        ("viewer", CARRIER, "/"),
        ("operator", CARRIER, "/"),
        ("carrier", CARRIER, "/"),
        ("recipient", FEED, "/feed"),
    ):
        reply = await sign_in(gateway, " " + await gateway.token(kind, name) + "\n")
        assert (reply.status, reply.headers["Location"]) == (303, room)
        cookie = reply.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        page = await gateway.ask("GET", room, headers={"Cookie": cookie.split(";")[0]})
        assert page.status == 200
    wrong = await sign_in(gateway, "no such token")
    assert (wrong.status, b'role="alert"' in await wrong.read()) == (401, True)
    nobody = await sign_in(gateway, await gateway.token("rescue", "MRCC"))
    assert (nobody.status, "Set-Cookie" in nobody.headers) == (403, False), "a person signs in by name"
    out = await gateway.ask("POST", "/sign-out")
    assert (out.status, out.headers["Location"]) == (303, "/sign-in")
    assert 'gateway=""' in out.headers["Set-Cookie"]


async def test_another_site_cannot_sign_anyone_in_or_out(shared_gateway: Gateway) -> None:
    token = await shared_gateway.token("operator", "desk")
    for site in ("cross-site", "same-site"):
        assert (await sign_in(shared_gateway, token, **{"Sec-Fetch-Site": site})).status == 403
        assert (await shared_gateway.ask("POST", "/sign-out", headers={"Sec-Fetch-Site": site})).status == 403
    assert (await sign_in(shared_gateway, token, **{"Sec-Fetch-Site": "same-origin"})).status == 303


@pytest.mark.parametrize("body", [b"", b"token=%00", b"\xff\xfe", b"token=a&token=b", b"&" * 9000, b"x" * 70_000])
async def test_an_odd_form_is_answered_with_the_form(shared_gateway: Gateway, body: bytes) -> None:
    for media in ("application/x-www-form-urlencoded; charset=nonsense", "multipart/form-data", "text/plain"):
        for path in ("/sign-in", "/sign-in/screen"):
            reply = await shared_gateway.ask("POST", path, data=body, headers={"Content-Type": media})
            assert reply.status == {70_000: 413, 9000: 400}.get(len(body), 401)


async def shown(gateway: Gateway, who: tuple[str, str], query: str = "") -> list[str]:
    page = await gateway.ask("GET", f"/{query}", who)
    assert page.status == 200
    return re.findall(r'<tbody[^>]* id="call-([^"]*)"', page.body.decode())


async def test_calls_are_shown_by_time_and_narrowed_by_port_day_line_and_state(gateway: Gateway) -> None:
    await gateway.expect(
        call("over", leaves=-47, arrives=-44),
        call("now", leaves=-1, arrives=0.01),
        call("later", leaves=20, arrives=30, departure_port="FIHEL", arrival_port="EETLL"),
        call("theirs", leaves=40, arrives=50, carrier=RIVAL, arrival_port="FIHEL"),
    )
    assert await shown(gateway, DESK) == ["now", "later"]  # six hours ago to a day ahead
    assert await shown(gateway, DESK, "?day=all") == ["over", "now", "later", "theirs"]
    assert await shown(gateway, LINE, "?day=all") == ["over", "now", "later"]
    assert await shown(gateway, DESK, f"?day=all&carrier={RIVAL}") == ["theirs"]
    assert await shown(gateway, LINE, f"?day=all&carrier={RIVAL}") == [
        "over",
        "now",
        "later",
    ]  # its own, whatever it asks
    assert await shown(gateway, DESK, "?day=all&port=FIHEL") == ["later", "theirs"]
    assert await shown(gateway, DESK, "?port=fihel&state=due") == await shown(gateway, DESK, "?port=FIHEL&state=due")
    by_state = [await shown(gateway, DESK, f"?day=all&state={state}") for state in lines.WORDS]
    assert sorted(id for ids in by_state for id in ids) == ["later", "now", "over", "theirs"]
    for query in ("?state=sunk", "?port=%00", "?ports=FIHEL", "?port=FIHEL&port=FIHEL", "?day=never", "?as=song", "?show=0"):  # fmt: skip
        assert (await gateway.ask("GET", f"/{query}", DESK)).status == 400


async def test_a_day_is_that_of_the_port_that_is_looked_at(gateway: Gateway) -> None:
    tonight = (utc_now() + timedelta(days=1)).replace(
        hour=22, minute=30, second=0, microsecond=0
    )  # past midnight in Finland, not in Malta
    here, there = tonight.date(), tonight.date() + timedelta(days=1)
    leaves = Moment(tonight, "test")
    await gateway.expect(
        call("C1", departure_port="FIHEL", etd=leaves, eta=Moment(tonight + timedelta(days=2), "test"))
    )
    assert await shown(gateway, DESK, f"?port=FIHEL&day={there}") == ["C1"]
    assert await shown(gateway, DESK, f"?port=FIHEL&day={here}") == []
    assert await shown(gateway, DESK, f"?port=MTMLA&day={here + timedelta(days=2)}") == ["C1"]


async def test_a_long_board_is_sent_in_parts(gateway: Gateway) -> None:
    await gateway.expect(*(call(f"C{n:03}", arrives=6 + n / 100) for n in range(130)))
    page = (await gateway.ask("GET", "/", DESK)).body.decode()
    assert re.findall(r'id="call-(C\d+)"', page) == [f"C{n:03}" for n in range(100)]
    assert "130 calls" in page
    [more] = re.findall(r'class="button" href="(/[^"]*)"', page)
    assert len(await shown(gateway, DESK, more.removeprefix("/").replace("&amp;", "&"))) == 130


async def test_a_board_without_calls_says_so(shared_gateway: Gateway) -> None:
    assert b"No calls are expected" in (await shared_gateway.ask("GET", "/", DESK)).body
    assert b"No calls like this" in (await shared_gateway.ask("GET", "/?port=FIHEL", DESK)).body


def test_time_left_in_words() -> None:
    said = [lines.left(timedelta(seconds=seconds)) for seconds in (0, 59, 600, 3599, 3600, 90000, -7260)]
    assert said == ["0 min 00 s", "0 min 59 s", "10 min", "59 min", "1 h 00 min", "1 d 1 h", "2 h 01 min overdue"]


async def read_event(stream: aiohttp.ClientResponse) -> str:
    """The next event that carries calls: all of them, or those that moved."""
    event: list[str] = []
    while True:
        line = (await asyncio.wait_for(stream.content.readline(), 5)).decode()
        if not line:
            return ""
        event.append(line)
        if line == "\n":
            if event[0] in ("event: calls\n", "event: moved\n"):
                return "".join(event)
            event = []


async def listen(gateway: Gateway, token: str, query: str = "") -> aiohttp.ClientResponse:
    stream = await gateway.stream("/board/events" + query, token)
    assert (stream.status, stream.content_type) == (200, "text/event-stream")
    return stream


async def test_the_stream_says_what_moved_to_those_whom_it_concerns(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    desk = await listen(gateway, await gateway.token(*DESK))
    rival = await listen(gateway, await gateway.token("carrier", RIVAL))
    assert "call-C1" in await read_event(desk)
    assert "call-C1" not in await read_event(rival)
    changed = msgspec.structs.replace(
        call("C1"), vessel="SPECIMEN MOON", eta=Moment(utc_now() + timedelta(hours=9), "AIS")
    )
    await gateway.expect(changed)
    assert "SPECIMEN MOON" in await read_event(desk)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read_event(rival), 0.4)


async def test_what_a_screen_shows_already_is_not_sent_again(gateway: Gateway) -> None:
    await gateway.expect(call("C1", leaves=0.05))
    token = await gateway.token(*DESK)
    page = (await gateway.ask("GET", "/", token)).body.decode()
    found = re.search(r'data-events="/board/events(\?[^"]*seen=[0-9a-f]{16})"', page)
    assert found is not None
    stream = await listen(gateway, token, found[1].replace("&amp;", "&"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read_event(stream), 1.3)  # though the countdown in it has moved on
    assert "call-C1" in await read_event(await listen(gateway, token, "?seen=something-else"))


async def test_whoever_was_shut_out_is_told_nothing_more(gateway: Gateway) -> None:
    token = await gateway.token("viewer", "FIHEL")
    stream = await listen(gateway, token)
    assert await read_event(stream)
    await gateway.pool.execute("UPDATE access_token SET revoked_at = now() WHERE kind = 'viewer'")
    await gateway.expect(call("C1"))
    assert await read_event(stream) == ""


async def test_only_what_moved_is_sent(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2", arrives=7), call("C3", arrives=8))
    stream = await listen(gateway, await gateway.token(*DESK))
    assert (await read_event(stream)).startswith("event: calls\n")
    await gateway.expect(call("C2", arrives=7, vessel="SPECIMEN MOON"))
    event = await read_event(stream)
    assert event.startswith("event: moved\n")
    assert re.findall(r'id="call-(C\d)"', event) == ["C2"]
    await gateway.expect(call("C4", arrives=7.5))  # a call more: everything is sent
    assert re.findall(r'id="call-(C\d)"', await read_event(stream)) == ["C1", "C2", "C4", "C3"]


async def test_a_screen_hears_something_when_nothing_moves(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    token = await gateway.token(*DESK)
    first = await read_event(await listen(gateway, token))
    mark = first.split("id: ")[1].splitlines()[0]
    stream = await listen(gateway, token, f"?seen={mark}")
    assert await asyncio.wait_for(stream.content.readline(), 5) == b"event: beat\n"


async def test_many_screens_cost_one_look(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    rows = Arrivals.rows

    async def counted(*args: object) -> object:
        nonlocal looked
        looked += 1
        return await rows(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Arrivals, "rows", counted)
    token = await gateway.token(*DESK)
    streams = [await listen(gateway, token, query) for query in ("", "", "", "?port=FIHEL", "?state=due") * 4]
    for stream in streams:
        await read_event(stream)
    looked = 0
    await gateway.expect(call("C1", departure_port="FIHEL"))
    for stream in streams[:4]:
        assert "call-C1" in await read_event(stream)
    assert looked == 1
