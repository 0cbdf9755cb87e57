"""The page of alarms in a real browser: it passes axe-core, and a duty officer finds the button by the keyboard."""

from playwright.async_api import expect

from gateway.alerts import Concerns
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.alarms import acknowledge_alarm, raise_alarm
from tests.web.browsing import NEEDS_BROWSER, accessible
from tests.web.conftest import Open
from tests.web.world import Gateway

pytestmark = NEEDS_BROWSER
TEXT = "SPECIMEN STAR, GRPIR to MTMLA (call C1): List of persons on board was due, and nothing has come. Deadline: 2026-11-22 08:15 Europe/Athens (2026-11-22 06:15 UTC)."  # fmt: skip


async def test_what_is_open_is_seen_by_everybody(gateway: Gateway, open_page: Open) -> None:
    about = Concerns(call="C1", carrier="specimen", ports=("MTMLA",))
    async with transaction(gateway.pool) as connection:
        for kind in ("filing-missing", "filing-due-soon", "filing-late"):
            await raise_alarm(connection, kind, "C1/X", TEXT, about)
        seen = await raise_alarm(connection, "filing-incomplete", "C1/X", TEXT, about)
        await acknowledge_alarm(connection, seen, "A. Specimen", utc_now())
    page = await open_page("/alarms", who=("operator", "desk"))
    await expect(page.get_by_role("heading", level=3)).to_have_count(4)
    await expect(page.get_by_role("heading", level=3).first).to_contain_text("Deadline passed, not received")
    await expect(page.get_by_role("button", name="I look after alarm")).to_have_count(3)
    await accessible(page, "alarms")
