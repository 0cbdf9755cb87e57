"""Handing in lists in a real browser: by keyboard, by dragging, over a line that breaks, without scripts."""

import asyncio
from datetime import UTC, datetime, time, timedelta

from playwright.async_api import FileChooser, FilePayload, Page, Route, expect

from gateway.make import Order, make
from gateway.obligations import ExpectedCall, Moment
from gateway.settings import utc_now
from tests.answers.reading import comments
from tests.web.browsing import NEEDS_BROWSER, accessible
from tests.web.conftest import Open
from tests.web.world import CARRIER, MAX_BODY, Gateway, call, list_of

pytestmark = NEEDS_BROWSER
OURS = ("carrier", CARRIER)
FAULTS = ("birth-not-in-calendar", "nationality-unknown", "document-number-missing")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*faults: str, persons: int = 30) -> bytes:
    """An invented list of passengers as a workbook."""
    return make(Order(form="fal6-xlsx", persons=persons, seed=7, on=utc_now().date(), faults=faults)).data


def sample(id: str) -> ExpectedCall:
    """The sailing of that workbook."""
    leaves = Moment(datetime.combine(utc_now().date(), time(16), UTC), "test")
    return call(
        id, vessel="Sample Star", imo="9999840", voyage="XS326", departure_port="EGALY", arrival_port="GRPIR",
        etd=leaves, eta=Moment(leaves.at + timedelta(hours=38), "test"),
    )  # fmt: skip


def named(name: str, data: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType=XLSX, buffer=data)


async def drop(page: Page, name: str, data: bytes) -> None:
    """A file dragged from a desk onto the form."""
    await page.evaluate(
        """([name, bytes]) => { const carried = new DataTransfer(); carried.items.add(new File([new Uint8Array(bytes)], name));
        for (const kind of ["dragenter", "dragover", "drop"])
          document.getElementById("drop").dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true })); }""",
        [name, list(data)],
    )


async def tab_to(page: Page, what: str) -> None:
    """The keyboard alone, until what is focused fits the selector."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"the keyboard does not come to {what}")


async def test_by_keyboard_alone_from_the_file_to_the_marked_workbook(gateway: Gateway, open_page: Open) -> None:
    await gateway.expect(call("C1"), sample("C2"))
    page = await open_page("/send", who=OURS)
    choosers: asyncio.Queue[FileChooser] = asyncio.Queue()
    page.on("filechooser", choosers.put_nowait)
    await tab_to(page, "#call")
    await page.keyboard.type("Sample")
    await tab_to(page, "#file")
    await page.keyboard.press("Enter")
    await (await asyncio.wait_for(choosers.get(), 5)).set_files([named("list.xlsx", workbook(*FAULTS))])
    await tab_to(page, "button.strong")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/sent/*")
    await expect(page.locator("#answer")).to_contain_text("It is being read")
    await page.evaluate("window.isTheSamePage = true")
    await gateway.process()
    await expect(page.locator("#verdict")).to_have_text("30 persons, 3 errors: mend these first.")
    assert "H-2" not in await page.locator("main").inner_text()  # the sailing that was chosen is the list's own
    await expect(page.locator("#told")).to_have_text("30 persons, 3 errors: mend these first.")
    assert await page.evaluate("window.isTheSamePage")
    await expect(page.locator(".kind-of").first).to_have_class("kind-of error")
    await tab_to(page, "a[href*='as=marked']")
    async with page.expect_download() as download:
        await page.keyboard.press("Enter")
    found = await download.value
    assert found.suggested_filename.endswith(".xlsx")
    assert len(comments((await found.path()).read_bytes())) >= 2


async def test_what_is_dragged_onto_the_form_is_chosen_and_can_be_left_out(gateway: Gateway, open_page: Open) -> None:
    page = await open_page("/send", who=OURS)
    await drop(page, "one.json", list_of())
    await drop(page, "two.json", list_of(reference="B"))
    await expect(page.locator("#chosen li")).to_have_count(2)
    await page.get_by_role("button", name="Leave out: one.json").press("Enter")
    await expect(page.locator("#chosen li")).to_have_count(1)
    await expect(page.get_by_label("Your list, as you have it")).to_be_focused()
    await page.get_by_role("button", name="Send", exact=True).dblclick()
    await page.wait_for_url("**/sent/*")
    assert await gateway.pool.fetchval("SELECT count(*) FROM submission") == 1


async def test_what_cannot_be_sent_is_said_before_it_is_sent(gateway: Gateway, open_page: Open) -> None:
    page = await open_page("/send", who=OURS)
    send, wrong = page.get_by_role("button", name="Send", exact=True), page.get_by_role("alert")
    await send.click()
    await expect(wrong).to_have_text("Choose a file that is not empty.")
    await expect(page.get_by_label("Your list, as you have it")).to_be_focused()
    await drop(page, "empty.csv", b"")
    await expect(wrong).to_have_text("Choose a file that is not empty.")
    await page.get_by_role("button", name="Leave out").click()
    await drop(page, "large.csv", b"x" * (MAX_BODY + 1))
    await expect(wrong).to_contain_text("This is too large: at most 0.1 MB together.")
    await accessible(page, "send-wrong")
    await page.get_by_role("button", name="Leave out").click()
    await drop(page, "picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    await expect(wrong).to_be_hidden()
    await send.click()
    await page.wait_for_url("**/sent/*")
    await gateway.process()
    await expect(page.locator("#verdict")).to_have_text("No list could be read in this.")


async def test_a_line_that_breaks_leaves_the_form_as_it_is(gateway: Gateway, open_page: Open) -> None:
    await gateway.expect(call("C1"))
    page = await open_page("/send", who=OURS)
    await page.get_by_label("For which sailing?").select_option("C1")
    await drop(page, "list.json", list_of())

    async def broken(route: Route) -> None:
        await route.abort("connectionreset")

    await page.route("**/send", broken)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("The connection was lost and nothing was sent.")
    await expect(page.locator("#chosen li")).to_have_count(1)
    assert await page.locator("#call").input_value() == "C1"
    await page.unroute("**/send")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_url("**/sent/*")
    assert await gateway.pool.fetchval("SELECT count(*) FROM submission") == 1


async def test_two_tabs_that_send_the_same_send_once(gateway: Gateway, open_page: Open) -> None:
    one, two = await open_page("/send", who=OURS), await open_page("/send", who=OURS)
    for page in (one, two):
        await drop(page, "list.json", list_of())
    await asyncio.gather(*(page.get_by_role("button", name="Send", exact=True).click() for page in (one, two)))
    for page in (one, two):
        await page.wait_for_url("**/sent/*")
    assert one.url == two.url
    assert await gateway.pool.fetchval("SELECT count(*) FROM submission") == 1


async def test_without_scripts_everything_works(gateway: Gateway, open_page: Open) -> None:
    await gateway.expect(sample("C1"))
    page = await open_page("/send", who=OURS, java_script_enabled=False)
    await page.get_by_label("For which sailing?").select_option("C1")
    await page.get_by_label("What is it for?").select_option("safety")
    file = page.get_by_label("Your list, as you have it")
    await file.set_input_files(named("large.csv", b"x" * (MAX_BODY + 1)))
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("This is too large")
    assert await page.get_by_label("For which sailing?").input_value() == "C1"
    assert await page.get_by_label("What is it for?").input_value() == "safety"
    await file.set_input_files(named("list.xlsx", workbook(*FAULTS)))
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#answer")).to_contain_text("It is being read")
    await gateway.process()
    await expect(page.locator("#verdict")).to_be_visible(timeout=8000)  # the page asks anew by itself
    await page.get_by_role("link", name="What is repaired in it").click()
    await expect(page.get_by_role("heading", name="What is repaired in the corrected copy")).to_be_visible()


async def test_every_page_is_whole_and_legible(gateway: Gateway, open_page: Open) -> None:
    for body in (workbook(persons=12), workbook(*FAULTS)):
        await gateway.send(body, path="/v1/sandbox")
    await gateway.try_out()
    await gateway.expect(call("C1"), sample("C2"))
    await gateway.send(list_of(), path="/v1/submissions?call=C1")
    spoilt = (await gateway.send(workbook(*FAULTS), path="/v1/submissions?call=C2")).json["id"]
    await gateway.process()
    await gateway.send(b"not yet")
    page = await open_page("/send", who=OURS)
    for path, name in (("/sandbox", "sandbox"), ("/sandbox/certificates/workbook", "certificate"), ("/sent", "past"), (f"/sent/{spoilt}", "sent")):  # fmt: skip
        await page.goto(gateway.url + path)
        await accessible(page, name)
