"""The board in a real browser: Debian's chromium through Playwright; skipped, with the reason, where it is absent."""

from datetime import timedelta

import msgspec
from playwright.async_api import expect

from gateway.obligations import Moment
from gateway.settings import utc_now
from tests.specimen import crew_manifest, passenger_manifest
from tests.web.browsing import NEEDS_BROWSER, PHONE, TEXTS, accessible
from tests.web.conftest import Open
from tests.web.world import RIVAL, Gateway, call, list_of

pytestmark = NEEDS_BROWSER


async def fill(gateway: Gateway) -> None:
    """Calls in several states: one missing, one on its way with its lists, one due in minutes, one tomorrow."""
    left = Moment(utc_now() - timedelta(minutes=5), "test")
    await gateway.expect(
        call("missing", leaves=-30, arrives=-1, vessel="SPECIMEN LOST"),
        call("reported", leaves=-0.09, arrives=8, atd=left),
        call("soon", leaves=0.1, arrives=4, vessel="SPECIMEN SOON", departure_port="FIHEL", arrival_port="EETLL", distance_nm=44.0),
        call("later", leaves=30, arrives=40, carrier=RIVAL, vessel="SPECIMEN OF THE LONG AND VERY LONG NAME"),
    )  # fmt: skip
    await gateway.send(list_of(), path="/v1/submissions?call=reported")
    await gateway.send(msgspec.json.encode(crew_manifest()), path="/v1/submissions?call=reported")
    await gateway.send(list_of(persons=passenger_manifest().persons[:4]), path="/v1/submissions?call=reported")
    await gateway.process()


async def test_signing_in_by_keyboard_alone_and_out_again(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/", who=None)
    await expect(page).to_have_url(gateway.url + "/sign-in?to=/")
    await expect(page.get_by_label("Name")).to_be_focused()
    for _ in range(6):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Access token")).to_be_focused()
    await page.keyboard.type(await gateway.token("viewer", "MTMLA"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Arrivals and departures")).to_be_visible()
    await expect(page.locator("#live")).to_have_text("live")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="To the content")).to_be_focused()
    await page.keyboard.press("Enter")
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.closest('tbody.call')?.id") == "call-reported":
            break
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(gateway.url + "/calls/reported")
    await expect(page.get_by_role("heading", name="What is due")).to_be_visible()
    await page.get_by_role("link", name="Arrivals", exact=True).press("Enter")
    await page.get_by_role("button", name="Sign out").press("Enter")
    await expect(page).to_have_url(gateway.url + "/sign-in")
    await page.goto(gateway.url + "/")
    await expect(page).to_have_url(gateway.url + "/sign-in?to=/")


async def test_the_board_shows_what_is_expected_and_who_has_reported(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page()
    await expect(page.get_by_role("table", name="Expected calls")).to_be_visible()
    reported = page.locator("#call-reported")
    for text in ("SPECIMEN STAR", "Piraeus", "Valletta", "passengers", "crew"):
        await expect(reported).to_contain_text(text)
    await expect(reported.locator(".change")).to_have_text("Passengers, version 2: 1 removed since version 1")
    await expect(reported.locator("td.number")).to_have_text("8 7 listed")
    await expect(page.locator("#call-missing .chip").first).to_have_text("missing")
    await expect(page.locator("#call-missing .left")).to_contain_text("overdue")
    await expect(page.locator("#call-soon")).to_contain_text("none yet")


async def test_what_moves_in_the_store_moves_on_the_board_without_a_reload(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/?day=all")
    await expect(page.locator("#live")).to_have_text("live")
    await page.evaluate("window.isTheSamePage = true")
    ship = page.locator("#call-later .ship a")
    await ship.focus()
    await gateway.expect(call("later", leaves=30, arrives=40, carrier=RIVAL, vessel="SPECIMEN MOON"), call("new", vessel="SPECIMEN NEW"))  # fmt: skip
    await expect(page.locator("#call-later")).to_contain_text("SPECIMEN MOON")
    await expect(page.locator("#call-new")).to_be_visible()
    await expect(page.locator("#call-new")).to_have_class("call missing moved")
    await expect(ship).to_be_focused()  # the keyboard is where it was
    await gateway.expect(call("later", leaves=30, arrives=40, carrier=RIVAL, vessel="SPECIMEN SUN"))
    await expect(page.locator("#call-later")).to_contain_text("SPECIMEN SUN")  # one call anew, and nothing else
    await expect(page.locator("#call-later")).to_have_class("call due moved")
    await expect(ship).to_be_focused()
    assert await page.evaluate("window.isTheSamePage")


async def test_a_stream_that_was_refused_is_asked_for_again(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/sign-in")
    await page.clock.install()
    await page.route("**/board/events*", lambda route: route.fulfill(status=503), times=1)
    await page.goto(gateway.url + "/")
    await expect(page.locator("#live")).to_have_text("connection lost, trying again")
    await gateway.expect(call("new", vessel="SPECIMEN NEW"))
    await page.clock.fast_forward("00:11")
    await expect(page.locator("#live")).to_have_text("live")
    await expect(page.locator("#call-new")).to_be_visible()


async def test_the_countdown_ticks(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page()
    left = page.locator("#call-soon .left")
    await expect(left).to_have_class("left soon")
    first = await left.text_content()
    assert first is not None
    assert first.endswith(" s")
    await expect(left).not_to_have_text(first)
    await page.clock.install()
    await page.goto(gateway.url + "/")
    await page.clock.fast_forward("30:00")
    await expect(left).to_contain_text("overdue")
    await expect(left).to_have_class("left over")


async def test_filters(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page()
    await page.get_by_role("link", name="1 missing").click()
    await expect(page.locator("tbody.call")).to_have_count(1)
    await expect(page.get_by_role("link", name="1 missing")).to_have_attribute("aria-current", "true")
    await page.get_by_role("link", name="all", exact=True).click()
    await expect(page.locator("tbody.call")).to_have_count(3)
    await page.wait_for_load_state()  # else what is chosen may be chosen on the page that goes
    await page.get_by_label("Port").select_option("FIHEL")
    await expect(page).to_have_url(gateway.url + "/?port=FIHEL&carrier=")
    await expect(page.locator("tbody.call")).to_have_count(1)
    await gateway.expect(call("elsewhere"), call("here", departure_port="FIHEL", arrival_port="EETLL"))
    await expect(page.locator("#call-here")).to_be_visible()  # the stream has the same filter
    await expect(page.locator("#call-elsewhere")).to_have_count(0)


async def test_every_size_is_whole_and_every_text_legible(gateway: Gateway, open_page: Open) -> None:
    for path, who, name in (
        ("/", ("viewer", "MTMLA"), "board-empty"),
        ("/sign-in", None, "sign-in"),
        ("/nowhere", None, "nowhere"),
    ):
        await accessible(await open_page(path, who=who), name)
    await fill(gateway)
    page = await open_page()
    await accessible(page, "board")
    assert len(await page.evaluate(TEXTS)) > 60


async def test_fingers_find_what_they_touch(gateway: Gateway, open_page: Open) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels at least."""
    await fill(gateway)
    page = await open_page(viewport=PHONE, has_touch=True)
    for target in await page.locator(
        "button:visible, select:visible, .tally a:visible, .days a:visible, .faces a:visible, tbody.call a:visible"
    ).all():
        box = await target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, await target.text_content()


async def test_without_scripts_the_page_is_whole(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await open_page("/", who=None, java_script_enabled=False)
    await page.get_by_text("Sign in a wall screen").click()
    await page.get_by_label("Access token").fill(await gateway.token("viewer", "MTMLA"))
    await page.get_by_role("button", name="Sign in this screen").click()
    await expect(page.locator("tbody.call")).to_have_count(3)
    await expect(page.locator("#call-soon .left")).to_contain_text("min")
    await page.locator("#call-soon .ship a").click()
    await expect(page.locator("article.duty").first).to_be_visible()
    await page.get_by_role("link", name="All arrivals").click()
    await page.get_by_label("Port").select_option("FIHEL")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("tbody.call")).to_have_count(1)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(gateway.url + "/sign-in")
