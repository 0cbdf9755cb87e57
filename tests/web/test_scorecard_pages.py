"""Scorecards on their pages: a line sees itself alone; each lost point leads to what shows it; the line contests, the desk decides."""

import os
import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from playwright.async_api import expect

from gateway.settings import utc_now
from gateway.store.compliance import ContestReason, ContestState, DecisionReason
from gateway.track.excuses import DOWN
from gateway.track.metrics import METRICS, Value
from gateway.track.metrics.report import PARTS
from gateway.web import score_words
from gateway.web.caller import COOKIE
from gateway.web.score_words import number, share, title
from tests.specimen import crew_manifest
from tests.web.browsing import NEEDS_BROWSER, accessible
from tests.web.conftest import Open
from tests.web.world import CARRIER, FEED, RIVAL, Gateway, call, list_of


async def fill(gateway: Gateway) -> None:
    """Yesterday's sailings: one with its lists in time, two without, one of a rival, and one of the week before last month."""
    old = {"leaves": -40 * 24, "arrives": -40 * 24 + 8}
    await gateway.expect(
        call("GOOD", leaves=-30, arrives=-22), call("SILENT", leaves=-31, arrives=-23), call("ALSO", leaves=-32, arrives=-24, arrival_port="ITBRI"),
        call("RIVAL", leaves=-33, arrives=-25, carrier=RIVAL), call("OLD", **old),
    )  # fmt: skip
    for name in ("GOOD", "OLD"):
        await gateway.send(list_of(reference=f"SPECIMEN-{name}"), path=f"/v1/submissions?call={name}")
        await gateway.send(
            msgspec.json.encode(crew_manifest(reference=f"SPECIMEN-{name}")), path=f"/v1/submissions?call={name}"
        )
    await gateway.process()
    await gateway.pool.execute(
        "UPDATE manifest m SET received_at = c.departs_at - interval '2 hours' FROM call c WHERE c.id = m.call_id"
    )


async def look(gateway: Gateway, path: str, kind: str, subject: str) -> str:
    cookie = await gateway.person("desk.one", "desk") if kind == "desk" else await gateway.cookie(kind, subject)
    reply = await gateway.look(path, cookie)
    assert reply.status == 200, (path, reply.status, reply.body[-300:])
    return unescape(reply.body.decode())


async def test_the_desk_sees_every_line_and_a_line_itself_alone(gateway: Gateway) -> None:
    await fill(gateway)
    everything = await look(gateway, "/scorecards", "desk", "compliance")
    assert "Specimen (invented)" in everything
    assert "Example-Line (invented)" in everything
    own = await gateway.cookie("carrier", CARRIER)
    reply = await gateway.look("/scorecards", own)
    assert (reply.status, reply.headers["Location"]) == (303, f"/scorecards/{CARRIER}")
    for path in (f"/scorecards/{CARRIER}", "/scorecards/report"):
        page = await look(gateway, path, "carrier", CARRIER)
        assert "Specimen (invented)" in page
        assert RIVAL not in page.lower(), path
    for path in (f"/scorecards/{RIVAL}", f"/scorecards/report?carrier={RIVAL}", "/scorecards/nobody"):
        assert (await gateway.look(path, own)).status == 404


async def test_a_duty_officer_sees_what_sails_from_or_to_the_port(gateway: Gateway) -> None:
    await fill(gateway)
    page = await look(gateway, f"/scorecards/{CARRIER}", "viewer", "ITBRI")
    assert "ALSO" in page
    assert "SILENT" not in page
    assert "Nothing fell due" in await look(gateway, "/scorecards", "viewer", "FIHEL")


async def test_each_lost_point_leads_to_what_shows_it(gateway: Gateway) -> None:
    await fill(gateway)
    await gateway.send(list_of(reference="SPECIMEN-LATE"), path="/v1/submissions?call=SILENT")
    await gateway.process()
    page = await look(gateway, f"/scorecards/{CARRIER}", "carrier", CARRIER)
    lost = page.partition('id="lost"')[2]
    assert 'href="/calls/SILENT"' in lost
    assert 'href="/calls/ALSO"' in lost
    assert 'href="/calls/GOOD"' not in lost
    assert "nothing was received" in lost
    for address in set(re.findall(r'href="(/v1/[^"]+)"', lost)):
        assert (await gateway.ask("GET", address, ("carrier", CARRIER))).status in (200, 404), address
    assert re.search(r"/v1/submissions/[0-9a-f-]{36}/receipt", lost)


async def test_small_numbers_are_numbers(gateway: Gateway) -> None:
    await fill(gateway)
    page = await look(gateway, "/scorecards", "desk", "compliance")
    assert "1 of 3" in page
    assert "33.3 %" not in page.partition('id="heat"')[0]
    many = Value(metric="on-time", numerator=27, denominator=30, sailings=30)
    assert (number(many), share(many)) == ("27 of 30", "90 %")
    assert share(Value(metric="on-time", numerator=27, denominator=30, sailings=29)) == ""


async def test_a_line_contests_and_the_desk_decides(gateway: Gateway) -> None:
    await fill(gateway)
    line, desk = await gateway.cookie("carrier", CARRIER), await gateway.person("desk.one", "desk")
    page = await look(gateway, f"/scorecards/{CARRIER}", "carrier", CARRIER)
    form = re.search(
        r'name="metric" value="(coverage)".*?name="call" value="(SILENT)".*?name="obligation" value="([^"]+)"',
        page,
        re.DOTALL,
    )
    assert form
    point = {
        "metric": form[1],
        "call": form[2],
        "obligation": form[3],
        "reason": "sailing-cancelled",
        "to": f"/scorecards/{CARRIER}",
    }
    assert (await gateway.submit("/scorecards/contest", await gateway.cookie("carrier", RIVAL), **point)).status == 404
    assert (await gateway.submit("/scorecards/contest", desk, **point)).status == 403
    reply = await gateway.submit("/scorecards/contest", line, **point)
    assert (reply.status, reply.headers["Location"]) == (303, f"/scorecards/{CARRIER}")
    assert (await gateway.submit("/scorecards/contest", line, **point)).status == 422
    id = str(await gateway.pool.fetchval("SELECT id FROM contest"))
    decision = {"contest": id, "upheld": "yes", "reason": "evidence-confirms", "to": "/scorecards"}
    for who in (line, await gateway.cookie("operator", "ops"), await gateway.cookie("viewer", "MTMLA")):
        assert (await gateway.submit("/scorecards/decide", who, **decision)).status == 403
    for upheld, reason in (
        ("yes", "evidence-does-not"),
        ("yes", "not-excused"),
        ("no", "evidence-confirms"),
        ("no", "gateway-fault"),
    ):
        other = await gateway.submit("/scorecards/decide", desk, **(decision | {"upheld": upheld, "reason": reason}))
        assert (other.status, other.problem) == (422, "reason-does-not-fit"), "a decision and its reason say the same"
    forms = re.findall(
        r'name="upheld" value="(yes|no)".*?</form>', await look(gateway, "/scorecards", "desk", "compliance"), re.DOTALL
    )
    assert forms == ["yes", "no"]
    assert (await gateway.submit("/scorecards/decide", desk, **decision)).status == 303
    assert (await gateway.submit("/scorecards/decide", desk, **decision)).status == 422
    assert "the point is given back" in await look(gateway, f"/scorecards/{CARRIER}", "carrier", CARRIER)
    assert "desk.one" in await look(gateway, "/scorecards", "operator", "ops")
    events = [row["event"] for row in await gateway.pool.fetch("SELECT event FROM log_entry ORDER BY id DESC LIMIT 2")]
    assert events == ["contest-decided", "point-contested"]


async def test_an_outage_is_declared_and_a_period_closed(gateway: Gateway) -> None:
    await fill(gateway)
    desk, operator = await gateway.person("desk.one", "desk"), await gateway.cookie("operator", "ops")
    around = utc_now() - timedelta(hours=31)
    down = {
        "what": "single-window",
        "from": f"{around - timedelta(hours=1.5):%Y-%m-%dT%H:%M}",
        "until": f"{around + timedelta(hours=1.5):%Y-%m-%dT%H:%M}",
    }
    assert "/calls/SILENT" in await look(gateway, f"/scorecards/{CARRIER}", "carrier", CARRIER)
    assert (await gateway.submit("/scorecards/outage", await gateway.cookie("carrier", CARRIER), **down)).status == 403
    asked = await look(gateway, f"/scorecards/outage?{urlencode(down)}", "operator", "ops")
    points = (await gateway.ask("GET", "/v1/scorecards/lost", ("desk", "compliance"))).json["lost"]
    within = [one for one in points if abs(datetime.fromisoformat(one["deadline"]) - around) <= timedelta(hours=1.5)]
    assert f"{len(within)} lost points have their deadline in this time" in asked
    assert 1 < len(within) < len(points)
    assert await gateway.pool.fetchval("SELECT count(*) FROM outage") == 0, "looking declares nothing"
    assert (await gateway.submit("/scorecards/outage", operator, **fields_of(asked))).status == 303
    page = await look(gateway, "/scorecards", "operator", "ops")
    assert "The single window" in page
    assert "/calls/SILENT" not in await look(gateway, f"/scorecards/{CARRIER}", "carrier", CARRIER)
    back = {"outage": page.partition('name="outage" value="')[2].partition('"')[0], "to": "/scorecards"}
    line = await gateway.cookie("carrier", CARRIER)
    assert (await gateway.submit("/scorecards/outage/withdraw", line, **back)).status == 403
    statuses = [(await gateway.submit("/scorecards/outage/withdraw", operator, **back)).status for _ in range(2)]
    assert statuses == [303, 422]
    assert "taken back by ops" in await look(gateway, "/scorecards", "viewer", "FIHEL")
    assert "/calls/SILENT" in await look(gateway, f"/scorecards/{CARRIER}", "carrier", CARRIER)
    day = utc_now().date()
    assert (
        await gateway.submit("/scorecards/close", operator, **{"from": "2026-01-01", "last": "2026-01-31"})
    ).status == 403
    assert (
        await gateway.submit("/scorecards/close", desk, **{"from": f"{day - timedelta(days=9)}", "last": f"{day}"})
    ).status == 422
    first, last = day - timedelta(days=120), day - timedelta(days=100)
    page = await look(gateway, f"/scorecards/close?from={first}&last={last - timedelta(days=1)}", "desk", "compliance")
    assert f"{first:%-d %B %Y} to {last - timedelta(days=1):%-d %B %Y}" in page
    assert "This cannot be taken back" in page
    assert await gateway.pool.fetchval("SELECT count(*) FROM period") == 0, "looking closes nothing"
    assert (await gateway.submit("/scorecards/close", desk, **fields_of(page))).status == 303
    again = await gateway.look(f"/scorecards/close?from={first}&last={last}", desk)
    assert (again.status, "is closed and shares days with it" in again.body.decode()) == (422, True)
    assert "SHA-256 in the log" in await look(gateway, f"/scorecards?from={first}&until={last}", "desk", "compliance")


def fields_of(page: str) -> dict[str, str]:
    """What the form on a page sends, without its token."""
    form = page.partition("<main")[2].partition('method="post"')[2]
    return {
        name: value
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
        if name != "csrf"
    }


async def test_what_was_refused_is_said_in_the_frame_of_the_pages(gateway: Gateway) -> None:
    desk = await gateway.person("desk.one", "desk")
    asked = {"what": "api", "from": "2026-01-02T00:00", "until": "2026-01-01T00:00"}
    headers = {"Cookie": f"{COOKIE}={desk}", "Accept": "text/html"}
    for there, back in (
        (f"{gateway.url}/scorecards?from=2026-10-01", 'href="/scorecards?from=2026-10-01"'),
        ("https://evil.example/scorecards", None),
        (f"{gateway.url}//evil.example", None),
        ("", None),
    ):
        reply = await gateway.ask("GET", f"/scorecards/outage?{urlencode(asked)}", headers=headers | {"Referer": there})
        page = unescape(reply.body.decode())
        assert (reply.status, "evil" in page) == (400, False)
        assert '<nav class="rooms"' in page
        assert "Something in the form is not right" in page
        assert "The outage ends before it begins" in page
        assert ("Back to the page before" in page) == (back is not None), there
        assert back is None or back in page
    choices = (
        "/scorecards",
        "/scorecards?route=abc",
    )  # a choice that makes no sense leads back to the page without it, not to itself
    ways = [
        (await gateway.ask("GET", choices[1], headers=headers | {"Referer": gateway.url + one})).body.decode()
        for one in choices
    ]
    assert ["Back to the page before" in one for one in ways] == [True, False]
    paused = {"recipient": FEED, "do": "pause", "reason": ""}
    health = await gateway.submit(
        "/health/recipient",
        await gateway.cookie("operator", "ops"),
        headers={"Accept": "text/html", "Referer": f"{gateway.url}/health"},
        **paused,
    )
    assert (health.status, b'href="/health">Back' in health.body) == (400, True)
    stranger = await gateway.ask("GET", "/nowhere", headers={"Accept": "text/html"})
    assert b"<nav" not in stranger.body


@pytest.mark.parametrize(("path", "fields"), [
    ("/scorecards/decide", {"contest": "x", "upheld": "yes", "reason": "excused"}), ("/scorecards/decide", {"upheld": "perhaps", "reason": "excused"}),
    ("/scorecards/close", {"from": "yesterday", "last": "2026-01-01"}), ("/scorecards/close", {"from": "2026-02-01", "last": "2026-01-01"}),
    ("/scorecards/outage", {"what": "the coffee machine", "from": "2026-01-01T00:00", "until": "2026-01-02T00:00"}),
    ("/scorecards/outage", {"what": "api", "from": "2026-01-02T00:00", "until": "2026-01-01T00:00"}),
    ("/scorecards/outage", {"what": "api", "from": "2026-01-01T00:00", "until": "2026-01-02T00:00", "carrier": "nobody"}),
])  # fmt: skip
async def test_what_makes_no_sense_is_not_taken(gateway: Gateway, path: str, fields: dict[str, str]) -> None:
    reply = await gateway.submit(path, await gateway.person("desk.one", "desk"), **fields)
    assert (reply.status, reply.problem) == (400, "bad-form")


@pytest.mark.parametrize(("language", "words"), [("fr", ("Compagnies", "La passerelle va-t-elle bien", "Mon flux", "Restreinte|restreinte")), ("es", ("Navieras", "Está sana la pasarela", "Mi canal", "limitada"))])  # fmt: skip
async def test_the_pages_speak_every_language(gateway: Gateway, language: str, words: tuple[str, ...]) -> None:
    await fill(gateway)
    one, two = await gateway.person("one", "rescue"), await gateway.person("two", "desk")
    fields = {"call": "GOOD", "reason": "medical", "case": "SAR 1", "words": "An invented accident", "hours": "1"}
    case = (await gateway.submit("/rescue/ask", one, **fields)).headers["Location"]
    await gateway.submit(f"{case}/decision", two, decision="grant")
    operator, feed, line = [
        await gateway.cookie(*who) for who in (("operator", "ops"), ("recipient", FEED), ("carrier", CARRIER))
    ]
    pages = [
        ("/scorecards", two), ("/health", operator), ("/feed", feed), (f"{case}/list", one), (f"/scorecards/{CARRIER}", line), ("/scorecards/report", two),
        ("/rescue?q=specimen", one), ("/rescue/ask?call=GOOD", one), (case, two),
    ]  # fmt: skip
    said = []
    for path, cookie in pages:
        headers = {"Cookie": f"{COOKIE}={cookie}", "Accept": "text/html", "Accept-Language": language}
        reply = await gateway.ask("GET", path, headers=headers)
        assert reply.status == 200, path
        said.append(unescape(reply.body.decode()))
        assert f'<html lang="{language}"' in said[-1]
    for text, word in zip(said, words, strict=False):
        assert re.search(word, text), word


def test_every_metric_part_and_reason_has_its_words() -> None:
    assert set(score_words.METRICS) == {one.id for one in METRICS}
    assert set(score_words.PARTS) == set(PARTS)
    assert all(title(one.id, part) for one in METRICS for part in one.parts)
    for words, kind in (
        (score_words.CONTEST_REASONS, ContestReason),
        (score_words.DECISION_REASONS, DecisionReason),
        (score_words.CONTEST_STATES, ContestState),
    ):
        assert set(words) == set(kind.__args__)
    assert set(score_words.DOWN) == set(DOWN)


@NEEDS_BROWSER
async def test_the_pages_in_a_browser_and_on_paper(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    desk = await open_page("/scorecards", who=("desk", "compliance"))
    await accessible(desk, "scorecards")
    await desk.get_by_role("link", name="Specimen (invented)").press("Enter")
    await expect(desk.get_by_role("heading", name="Lost points")).to_be_visible()
    line = await open_page("/scorecards", who=("carrier", CARRIER))
    await line.locator("summary", has_text="Contest it").first.press("Enter")
    await accessible(line, "scorecard")
    await line.get_by_role("button", name="Contest it").first.press("Enter")
    await expect(line.get_by_role("heading", name="Contested points")).to_be_visible()
    await desk.goto(f"{gateway.url}/scorecards/report")
    await accessible(desk, "scorecards-report")
    await desk.emulate_media(media="print")
    for selector in (".top", ".acts", "footer"):
        await expect(desk.locator(selector)).to_be_hidden()
    assert await desk.evaluate(
        "[...document.querySelectorAll('.sheet + .sheet')].every((one) => getComputedStyle(one).breakBefore === 'page')"
    )
    if folder := os.environ.get("GATEWAY_SCREENSHOTS"):
        await desk.screenshot(path=Path(folder) / "scorecards-print.png", full_page=True)
