"""Handing in lists in a real browser: by keyboard, by dragging, over a line that breaks, without scripts."""

from datetime import date
from pathlib import Path

from playwright.async_api import Page, expect

from gateway.make import Order, make
from gateway.settings import utc_now
from tests.web.browsing import NEEDS_BROWSER, accessible
from tests.web.conftest import Open
from tests.web.world import CARRIER, Gateway, call

pytestmark = NEEDS_BROWSER
OURS = ("carrier", CARRIER)
FAULTS = ("birth-not-in-calendar", "nationality-unknown", "document-number-missing")


def workbook(*faults: str, persons: int = 30, on: date | None = None) -> bytes:
    """An invented list of passengers as a workbook."""
    return make(Order(form="fal6-xlsx", persons=persons, seed=7, on=on or utc_now().date(), faults=faults)).data


async def drop(page: Page, name: str, data: bytes) -> None:
    """Files dragged from a desk onto the form."""
    await page.evaluate(
        """([name, bytes]) => { const carried = new DataTransfer(); carried.items.add(new File([new Uint8Array(bytes)], name));
        for (const kind of ["dragenter", "dragover", "drop"])
          document.getElementById("drop").dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true })); }""",
        [name, list(data)],
    )


async def test_see(gateway: Gateway, open_page: Open, tmp_path: Path) -> None:
    for body in (
        workbook(persons=12),
        workbook("birth-not-in-calendar"),
        make(Order(form="paxlst-sea", persons=20, seed=2, on=utc_now().date())).data,
    ):
        await gateway.send(body, path="/v1/sandbox")
    await gateway.try_out()
    page = await open_page("/sandbox", who=OURS)
    await accessible(page, "sandbox")
    await page.get_by_role("link", name="workbook", exact=True).click()
    await accessible(page, "certificate")
    await gateway.expect(call("C1"), call("C2", leaves=20, arrives=30, vessel="SPECIMEN MOON"))
    await gateway.send(list_of(), path="/v1/submissions?call=C1")
    await gateway.send(workbook(*FAULTS))
    await gateway.process()
    await gateway.send(b"not yet")
    await page.goto(gateway.url + "/sent")
    await accessible(page, "past")
