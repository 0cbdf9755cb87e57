"""Enrolling, signing out and in again, and one's account, in a real browser: by keyboard, without scripts, at every size."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from gateway.people.totp import step_at, totp_code
from gateway.settings import utc_now
from tests.web.browsing import NEEDS_BROWSER, PHONE, accessible
from tests.web.conftest import Open
from tests.web.people import PASSWORD, link_for, secret_on
from tests.web.world import Gateway

pytestmark = NEEDS_BROWSER


async def tab_to(page: Page, id: str) -> None:
    for _ in range(30):
        if await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()") == id:
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not come to {id}")


async def test_enrolling_and_signing_in_by_keyboard_alone(gateway: Gateway, open_page: Open) -> None:
    link = await link_for(gateway, "anna.eriksson", "viewer", "MTMLA")
    secret = secret_on(await gateway.ask("GET", link))
    page = await open_page(link, who=None)
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await tab_to(page, "code")
    step = step_at(utc_now()) - 1
    await page.keyboard.type(totp_code(secret, step))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    assert len(set(re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}", await page.locator(".codes").inner_text()))) == 10
    await tab_to(page, "I have kept them; go on")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Arrivals and departures")).to_be_visible()
    await tab_to(page, "anna.eriksson")
    await tab_to(page, "Sign out")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Name")).to_be_focused()
    await page.keyboard.type("Anna.Eriksson")
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password")
    await page.keyboard.press("Tab")
    await page.keyboard.type("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("the password or the code is wrong")
    await expect(page.get_by_label("Name")).to_have_value("Anna.Eriksson")
    await expect(page.get_by_label("Password")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Tab")
    await page.keyboard.type(totp_code(secret, step + 1))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Arrivals and departures")).to_be_visible()
    await expect(page.locator("#live")).to_have_text("live")


async def test_a_screen_signs_in_without_scripts(gateway: Gateway, open_page: Open) -> None:
    page = await open_page("/sign-in?screen=1&to=/?port=MTMLA", who=None, java_script_enabled=False)
    await page.get_by_label("Access token").fill("wrong")
    await page.get_by_role("button", name="Sign in this screen").click()
    await expect(page.get_by_role("alert")).to_contain_text("unknown, expired or revoked")
    await page.get_by_label("Access token").fill(await gateway.token("viewer", "MTMLA"))
    await page.get_by_role("button", name="Sign in this screen").click()
    await expect(page).to_have_url(gateway.url + "/?port=MTMLA")


async def test_every_page_of_signing_in_is_accessible_at_every_size(gateway: Gateway, open_page: Open) -> None:
    """The first of them, /sign-in, is looked at in test_browser."""
    link = await link_for(gateway, "anna", "desk", "compliance")
    secret = secret_on(await gateway.ask("GET", link))
    page = await open_page(link, who=None, viewport=PHONE)
    await page.get_by_label("Password", exact=True).fill("password1234")
    await page.get_by_label("The same password again").fill("password1234")
    await page.get_by_label("Code that the app shows now").fill(totp_code(secret, step_at(utc_now())))
    await page.get_by_role("button", name="Set up").click()
    await expect(page.get_by_role("alert")).to_contain_text("first that attackers try")
    await accessible(page, "enrol-wrong")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("The same password again").fill(PASSWORD)
    await page.get_by_label("Code that the app shows now").fill(totp_code(secret, step_at(utc_now())))
    await page.get_by_role("button", name="Set up").click()
    await expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    await accessible(page, "recovery")
    await page.goto(gateway.url + "/account")
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    await accessible(page, "account")
    await page.get_by_role("button", name="Sign out everywhere").click()
    await expect(page).to_have_url(gateway.url + "/sign-in")


async def test_the_picture_is_the_key(gateway: Gateway, open_page: Open, tmp_path: Path) -> None:
    """The browser draws the code, and nothing of it is drawn outside of its frame."""
    page = await open_page(await link_for(gateway, "anna", "desk", "compliance"), who=None, viewport=PHONE)
    box, frame = await page.locator(".qr svg").bounding_box(), await page.locator(".qr").bounding_box()
    assert box is not None
    assert frame is not None
    assert box["width"] == box["height"] >= 150
    assert box["width"] <= frame["width"]
