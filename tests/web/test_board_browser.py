"""The wall screen, the timeline and a call's page in a real browser: for days, by keyboard alone, in every language."""

import re
from datetime import timedelta

import msgspec
from playwright.async_api import expect

from gateway.expect import Origin, Said
from gateway.obligations import Moment
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.calls import say
from gateway.store.unplaced import keep_unplaced
from tests.web.browsing import NEEDS_BROWSER, PHONE, accessible
from tests.web.conftest import Open
from tests.web.test_browser import fill
from tests.web.world import CARRIER, Gateway, call

pytestmark = NEEDS_BROWSER


async def test_the_wall_pages_through_what_does_not_fit_and_has_nothing_to_press(
    gateway: Gateway, open_page: Open
) -> None:
    await gateway.expect(*(call(f"C{n:02}", arrives=1 + n / 10) for n in range(30)))
    page = await open_page("/sign-in", viewport={"width": 1920, "height": 1080})
    await page.clock.install()
    await page.goto(gateway.url + "/wall")
    shown = page.locator("tbody.call:visible")
    first = await shown.count()
    assert 5 < first < 30
    await expect(page.locator("#turn")).to_have_text(re.compile(r"page 1 of \d"))
    assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    assert await page.locator("a:visible, button:visible, select:visible, input:visible").count() == 0
    seen = {await one.get_attribute("id") for one in await shown.all()}
    for _ in range(8):
        await page.clock.run_for(12_000)
        seen |= {await one.get_attribute("id") for one in await shown.all()}
    assert len(seen) == 30
    height = await page.locator("tbody.call:visible th strong").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert height >= 1080 / 30  # capital letters are 0.7 of it: a fortieth of the screen and more


async def test_a_screen_that_hears_nothing_says_so_plainly_and_comes_back(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/sign-in")
    await page.clock.install()
    await page.goto(gateway.url + "/wall")
    await expect(page.locator("#live")).to_have_text("live")
    await expect(page.locator("#stale")).to_be_hidden()
    await page.clock.fast_forward("02:00")
    await expect(page.get_by_role("alert")).to_contain_text("No contact with the gateway since")
    await expect(page.locator("#live")).to_have_text("connection lost, trying again")
    await gateway.expect(call("new", vessel="SPECIMEN NEW"))
    await expect(page.locator("#call-new")).to_be_attached()
    await expect(page.locator("#stale")).to_be_hidden()


async def test_a_screen_loads_itself_anew_when_the_gateway_was_renewed(gateway: Gateway, open_page: Open) -> None:
    page = await open_page("/sign-in")
    body = "event: beat\ndata: one\n\nevent: beat\ndata: other\n\n"
    await page.route(
        "**/board/events*", lambda route: route.fulfill(content_type="text/event-stream", body=body), times=1
    )
    async with page.expect_navigation(url="**/wall"):
        await page.goto(gateway.url + "/wall")
    await page.wait_for_load_state()
    await expect(page.locator("#live")).to_have_text("live")


async def test_the_clock_ticks_in_the_language_of_the_page_and_the_time_of_the_port(
    gateway: Gateway, open_page: Open
) -> None:
    await gateway.expect(call("C1", leaves=-30, arrives=3, arrival_port="FIHEL"))
    page = await open_page("/?port=FIHEL", locale="fr-FR")
    await expect(page.locator("#live")).to_have_text("en direct")
    await expect(page.locator("#call-C1 .left")).to_have_text(re.compile(r"^retard de 1 j \d+ h$"))
    await expect(page.locator("#call-C1 .chip")).to_have_text("manquant")
    helsinki = await page.evaluate(
        "new Date().toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Helsinki'})"
    )
    await expect(page.locator("#here")).to_have_text(helsinki)


async def test_the_timeline_has_a_lane_for_each_call_and_the_same_in_a_table(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/?day=all")
    await page.get_by_role("link", name="Timeline").click()
    await expect(page.locator("svg g.lane")).to_have_count(4)
    await expect(page.get_by_role("img", name="Timeline of 4 calls")).to_be_visible()
    reported = page.locator("svg g.lane", has_text="SPECIMEN STAR")
    await expect(reported.locator("circle.came")).to_have_count(3)
    lines = page.locator("details.figures tbody tr")
    await expect(lines).to_have_count(4)
    await expect(lines.filter(has_text="SPECIMEN STAR")).to_contain_text("Passengers, version 2")
    lane = lines.filter(has_text="SPECIMEN STAR")
    assert await lane.locator("td").nth(2).locator("span").count() == await reported.locator("circle.came").count()
    missing = page.locator("svg g.lane", has_text="SPECIMEN LOST").locator("g.deadline.missing line").first
    assert await missing.evaluate("e => getComputedStyle(e).stroke") == "rgb(148, 23, 27)"
    await gateway.expect(call("new", vessel="SPECIMEN NEW"))
    await expect(page.locator("svg g.lane")).to_have_count(5)


async def test_a_line_tells_of_an_event_by_keyboard_alone(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/calls/reported", who=("carrier", CARRIER))
    await expect(page.locator("#live")).to_have_text("live")
    await page.get_by_label("What", exact=True).focus()
    await page.keyboard.type("birth")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("textbox", name="Persons")).to_be_focused()
    await page.keyboard.type("1")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(gateway.url + "/calls/reported#on-board")
    await expect(page.locator(".events")).to_contain_text("birth: 1")


async def test_a_call_s_page_keeps_up_and_what_was_opened_stays_open(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/calls/reported", viewport=PHONE)
    await expect(page.locator("#live")).to_have_text("live")
    await page.locator("summary").first.press("Enter")
    await expect(page.locator(".findings").first).to_be_visible()
    left = Moment(utc_now() - timedelta(minutes=4), "port office")
    await gateway.expect(call("reported", leaves=-0.09, arrives=8, atd=left, vessel="SPECIMEN MOON"))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("SPECIMEN MOON")
    await expect(page.locator(".findings").first).to_be_visible()
    await expect(page.locator("summary").first).to_be_focused()


async def test_they_are_accessible_at_every_size(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    await accessible(await open_page("/?day=all&as=timeline"), "timeline")
    await accessible(await open_page("/wall?port=MTMLA"), "wall")
    now = utc_now()
    other = call("", vessel="SPECIMEN UNDER QUITE ANOTHER NAME", arrival_port="ITPMO", arrival_visit_id="IT-7")
    noa = Said(voice="EMSWe NOA, arrival", origin=Origin.WINDOW, by="it-nsw", at=now, call=other)
    async with transaction(gateway.pool) as connection:
        await say(connection, [noa], now, {noa.subject: "reported"})
        await keep_unplaced(connection, [(msgspec.structs.replace(noa, call=call("x")), ["reported", "C01"])], now)
    page = await open_page("/calls/reported", who=("carrier", CARRIER), locale="es-ES")
    await expect(page.locator("#facts, #unclear")).to_have_count(2)
    await page.locator("summary").first.click()
    await accessible(page, "call")
