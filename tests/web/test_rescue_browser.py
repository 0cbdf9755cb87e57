"""The rescue pages in a real browser: by keyboard alone, on a phone, on paper."""

import os
from pathlib import Path

import msgspec
from playwright.async_api import Page, expect

from gateway.manifest import Person
from gateway.web.caller import COOKIE
from tests.specimen import crew_manifest, passenger_manifest
from tests.web.browsing import NEEDS_BROWSER, accessible
from tests.web.conftest import Open
from tests.web.world import Gateway, call, list_of

pytestmark = NEEDS_BROWSER


def persons() -> tuple[Person, ...]:
    """The specimen's and more, enough for several sheets of paper; some need care, some are children, some say little."""
    known = passenger_manifest().persons
    care = ("wheelchair user", "deaf; sign language", None, None)
    found = []
    for at in range(34):
        one = known[at % len(known)]
        changes = {
            "sequence": at + 1,
            "documents": (),
            "cabin": f"{5 + at % 6}{at:03}",
            "family_name": f"{one.family_name} {'ABCDEFGHIJKLMNOP'[at % 16]}",
        }
        changes |= {"special_care": care[at]} if at < len(care) else {}
        changes |= (
            {"birth_date": f"20{10 + at % 16}-03-01"} if at % 9 == 4 else {"birth_date": None} if at % 31 == 30 else {}
        )
        changes |= {"emergency_contact": "+30 210 555 0100"} if at % 5 == 0 else {}
        found.append(msgspec.structs.replace(one, **changes))
    return tuple(found)


async def fill(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2", vessel="SPECIMEN SOON", leaves=20, arrives=40))
    await gateway.send(list_of(persons=persons()), path="/v1/submissions?call=C1")
    await gateway.send(msgspec.json.encode(crew_manifest()), path="/v1/submissions?call=C1")
    await gateway.process()


async def as_person(gateway: Gateway, open_page: Open, name: str, kind: str, path: str) -> Page:
    page = await open_page("/sign-in", who=None)
    await page.context.add_cookies([{"name": COOKIE, "value": await gateway.person(name, kind), "url": gateway.url}])
    await page.goto(gateway.url + path)
    return page


async def test_a_case_from_asking_to_paper_by_keyboard_alone(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    one = await as_person(gateway, open_page, "officer.one", "rescue", "/rescue")
    two = await as_person(gateway, open_page, "officer.two", "desk", "/rescue")
    await expect(two.get_by_text("Nobody is asking for a list.")).to_be_visible()
    await one.get_by_label("Ship, IMO number, voyage or call").focus()
    await one.keyboard.type("specimen")
    await one.keyboard.press("Enter")
    await expect(one.get_by_role("link", name="Ask SPECIMEN STAR")).to_be_visible()
    await accessible(one, "rescue-search")
    await one.get_by_role("link", name="Ask SPECIMEN STAR").press("Enter")
    await one.get_by_role("button", name="Ask for the list").focus()
    await one.get_by_label("Ship in distress").press("Space")
    await one.keyboard.press("Tab")
    await one.keyboard.type("SAR 2026/118")
    await one.keyboard.press("Tab")
    await one.keyboard.type("Fire in the engine room, list to starboard, evacuation is being prepared")
    await one.keyboard.press("Tab")
    await one.keyboard.press("Enter")
    await expect(one.get_by_text("You asked for it yourself")).to_be_visible()
    case = one.url
    await two.reload()
    await two.get_by_role("link", name="Look and decide").press("Enter")
    await accessible(two, "rescue-decide")
    await two.get_by_role("button", name="Grant it for 4 hours").press("Enter")
    await expect(two.get_by_role("link", name="Open the list of persons")).to_be_visible()
    await expect(one.get_by_role("link", name="Open the list of persons")).to_be_visible(timeout=8000)
    await accessible(one, "rescue-granted")
    await one.get_by_role("link", name="Open the list of persons").press("Enter")
    await expect(one.get_by_role("rowheader", name="Special care")).to_be_visible()
    await accessible(one, "rescue-list")
    await on_paper(one)
    await two.get_by_role("button", name="Close the case").press("Enter")
    await expect(two.get_by_text("It was ended before its time")).to_be_visible()
    await expect(one).to_have_url(case, timeout=8000)
    operator = await as_person(gateway, open_page, "ops.one", "operator", "/alarms")
    await operator.get_by_role("link", name="The case").first.click()
    await expect(operator.get_by_text("Ask the rescue centre by telephone")).to_be_visible()
    await accessible(operator, "rescue-overseen")


async def on_paper(page: Page) -> None:
    """What is there for the screen alone is gone; the marking is in the head of the table, which repeats on every sheet."""
    await page.get_by_role("link", name="To print").click()
    await expect(page.get_by_role("button", name="Print")).to_be_visible()
    await page.emulate_media(media="print")
    for selector in (".top", ".acts", "footer"):
        await expect(page.locator(selector)).to_be_hidden()
    marking = page.locator("thead .printed")
    await expect(marking).to_contain_text("Restricted")
    await expect(marking).to_contain_text("SAR 2026/118")
    await expect(marking).to_contain_text("officer.one")
    assert (
        await page.evaluate("getComputedStyle(document.querySelector('.roll thead')).display") == "table-header-group"
    )
    if folder := os.environ.get("GATEWAY_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / "rescue-print.png", full_page=True)
        await page.pdf(path=Path(folder) / "rescue-print.pdf", prefer_css_page_size=True)
    await page.emulate_media(media="screen")


async def test_what_was_not_said_right_is_said_beside_its_field(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    page = await as_person(gateway, open_page, "officer.one", "rescue", "/rescue/ask?call=C1")
    await page.evaluate("document.querySelector('.fields').noValidate = true")
    await page.get_by_label("Number of the case").fill("none")
    await page.get_by_role("button", name="Ask for the list").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Choose why names are needed.")
    await accessible(page, "rescue-wrong")
