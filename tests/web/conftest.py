"""A running gateway for each test, on its own database; a browser that looks at it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from gateway import store
from gateway.store import Database, Pool, embedded
from gateway.web.caller import COOKIE
from tests.web.browsing import ARGUMENTS, CHROMIUM, DESKTOP, complaint
from tests.web.world import Folders, Gateway, make_folders, running

PATIENCE = 15_000  # ms: three browsers on two cores; what comes at once costs none of it
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Carriers, recipients and an identity."""
    return make_folders(tmp_path_factory.mktemp("gateway"))


@pytest.fixture
async def gateway(folders: Folders, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    """A gateway with nothing in its store."""
    async with running(folders.settings, database, pool) as found:
        yield found


@pytest.fixture
def tls_folders(tmp_path: Path) -> Folders:
    """Folders of this test's own."""
    return make_folders(tmp_path)


@pytest.fixture(scope="session")
async def shared_gateway(folders: Folders, postgres: embedded.Server) -> AsyncIterator[Gateway]:
    """One gateway for all the requests that are refused: whoever uses it stores nothing."""
    admin = await asyncpg.connect(postgres.database("postgres").url)
    await admin.execute("CREATE DATABASE shared TEMPLATE gateway STRATEGY file_copy")
    await admin.close()
    pool = await store.open(postgres.database("shared"), size=4)
    async with running(folders.settings, postgres.database("shared"), pool) as found:
        yield found
        assert await pool.fetchval("SELECT count(*) FROM submission") == 0
    await store.close(pool)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of pages."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        await found.close()


Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_page(browser: Browser, gateway: Gateway) -> AsyncIterator[Open]:
    """Opens pages, signed in as `who` (kind, subject) unless that is None. Whatever a page complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    async def opened(path: str = "/", *, who: tuple[str, str] | None = ("viewer", "MTMLA"), **options: Any) -> Page:
        context = await browser.new_context(**({"viewport": DESKTOP, "locale": "en-GB"} | options))
        contexts.append(context)
        if who is not None:
            await context.add_cookies([{"name": COOKIE, "value": await gateway.cookie(*who), "url": gateway.url}])
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(gateway.url + path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert [one for one in complaints if one] == []
