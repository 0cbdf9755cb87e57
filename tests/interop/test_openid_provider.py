"""People of an OpenID provider that no one here wrote sign in, in a real browser, from another site and back."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from gateway.store import Database, Pool
from gateway.web.caller import COOKIE
from gateway.web.provider import OPENID
from tests.interop import openid_provider
from tests.web.browsing import ARGUMENTS, CHROMIUM, NEEDS_BROWSER
from tests.web.world import Gateway, make_folders
from tests.web.world import running as gateway_running

pytestmark = NEEDS_BROWSER
CLIENT, SECRET = "gateway of the port", "a secret/+ for the test"
ROLES = '[multi_factor]\namr = ["otp"]\n[[role]]\nclaim = "groups"\nis = "duty"\nkind = "viewer"\nsubject = "MTMLA"\n'


@pytest.fixture(scope="session")
def installed() -> Path:
    try:
        return openid_provider.install()
    except openid_provider.CannotInstall as why:
        pytest.skip(str(why))


@pytest.fixture
async def gateway(installed: Path, tmp_path: Path, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    """A gateway and its provider. Each must know the other's address first: the gateway's way back is set once it listens."""
    folders, issuer = make_folders(tmp_path), openid_provider.free_issuer()
    (folders.settings.keys / "people.toml").write_text(ROLES)
    (tmp_path / "secret").write_text(SECRET)
    settings = msgspec.structs.replace(
        folders.settings, oidc_issuer=issuer, oidc_client_id=CLIENT, oidc_client_secret_file=tmp_path / "secret", public_url="http://127.0.0.1"
    )  # fmt: skip
    async with gateway_running(settings, database, pool) as found:
        openid, back = found.runner.app[OPENID], f"{found.url}/sign-in/callback"
        openid.us = msgspec.structs.replace(openid.us, back=back)
        with openid_provider.running(installed, issuer, back, CLIENT, SECRET):
            yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        await found.close()


async def at_the_provider(gateway: Gateway, browser: Browser, who: str) -> Page:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    page.set_default_timeout(10_000)
    await page.goto(gateway.url + "/?port=MTMLA")
    await page.get_by_role("link", name="Sign in with localhost").click()
    await page.get_by_label("Who").fill(who)
    await page.get_by_role("button", name="In").click()
    return page


async def test_there_and_back_and_on_to_the_page(gateway: Gateway, browser: Browser) -> None:
    page = await at_the_provider(gateway, browser, "anna")
    await expect(page).to_have_url(gateway.url + "/?port=MTMLA")
    await expect(page.get_by_role("heading", name="Arrivals and departures")).to_be_visible()
    await expect(page.get_by_role("link", name="anna.eriksson")).to_be_visible()
    [cookie] = [
        one for one in await page.context.cookies(gateway.url) if one["name"].startswith(COOKIE)
    ]  # that of the way is gone
    assert (cookie["name"], cookie["sameSite"], cookie["httpOnly"]) == (COOKIE, "Strict", True)
    await page.go_back()
    await page.goto(gateway.url + "/account")
    await expect(page.get_by_text("Port duty officer: MTMLA")).to_be_visible()


async def test_whom_no_role_is_for_stays_outside(gateway: Gateway, browser: Browser) -> None:
    page = await at_the_provider(gateway, browser, "boris")
    await expect(page.get_by_role("alert")).to_contain_text("no role here is yours")
    assert [one["name"] for one in await page.context.cookies(gateway.url) if one["name"].startswith(COOKIE)] == []


async def test_a_code_is_good_once(gateway: Gateway, browser: Browser) -> None:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    used: list[str] = []
    page.on("request", lambda request: used.append(request.url) if "/sign-in/callback" in request.url else None)
    await page.goto(gateway.url + "/sign-in/provider")
    await page.get_by_label("Who").fill("anna")
    await page.get_by_role("button", name="In").click()
    await expect(page.get_by_role("heading", name="Arrivals and departures")).to_be_visible()
    await page.goto(used[0])
    await expect(page.get_by_role("alert")).to_contain_text("did not succeed")
