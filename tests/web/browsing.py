"""Pages in a real browser: Debian's chromium through Playwright, and what every page must pass.

`accessible` is axe-core (WCAG 2.2 A and AA) plus the contrast of every text as it is drawn. The fixtures `browser` and `open_page` are in
conftest.py; a module that uses them takes `pytestmark = NEEDS_BROWSER`.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Page, ViewportSize

CHROMIUM = shutil.which("chromium")
NEEDS_BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
SIZES = (DESKTOP, PHONE, ViewportSize(width=320, height=640), ViewportSize(width=768, height=1024))
_AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}

# Every text and what is behind it: the colours as they are drawn, sizes and weights, for WCAG 2.2 (1.4.3).
TEXTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const drawn = new Map();
  const draw = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const rgba = (colour) => { if (!drawn.has(colour)) drawn.set(colour, draw(colour)); return drawn.get(colour); };
  const behind = (element) => { for (let e = element; e; e = e.parentElement) {
    const found = rgba(getComputedStyle(e).backgroundColor); if (found[3] === 255) return found; } return [255, 255, 255, 255]; };
  const light = ([r, g, b]) => { const part = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
  const texts = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.getClientRects().length) continue;
    const [one, two] = [light(rgba(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    texts.push({ text: element.textContent.trim().slice(0, 40), contrast: (one + 0.05) / (two + 0.05) });
  }
  return texts;
}"""


def complaint(message: ConsoleMessage) -> str:
    """What the browser complains of; not that a page was refused, where it was meant to be."""
    meant = {
        "/nowhere": ("status of 404",),
        "/sign-in": ("status of 401",),
        "/sign-in/screen": ("status of 401",),
        "/rescue/ask": ("status of 400",),
        "/enrol": ("status of 400",),
        "/board/events": ("status of 503",),
        "/send": ("status of 413", "ERR_CONNECTION_RESET"),
    }
    is_refusal = any(text in message.text for text in meant.get(urlsplit(message.location["url"]).path, ()))
    return f"{message.text} {message.location}" if message.type in ("error", "warning") and not is_refusal else ""


async def accessible(page: Page, name: str) -> None:
    """Nothing that axe-core finds and no text too faint on a desk or on a phone, light or dark; nothing too wide at any size.

    With GATEWAY_SCREENSHOTS=FOLDER the page is kept there as `name`, on a desk and on a phone: look at it.
    """
    found = []
    for size in SIZES:
        await page.set_viewport_size(size)
        over = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{page.url} {size['width']}: {over} px too wide"] if over > 0 else []
        for scheme in ("light", "dark") if size in (DESKTOP, PHONE) else ():
            await page.emulate_media(color_scheme=scheme)
            where = f"{page.url} {size['width']} {scheme}"
            texts = await page.evaluate(TEXTS)
            found += [f"{where}: {one['text']} {one['contrast']:.1f}" for one in texts if one["contrast"] < 4.5]
            if (size, scheme) in ((DESKTOP, "light"), (PHONE, "dark")):
                found += await _violations(page)
            if folder := os.environ.get("GATEWAY_SCREENSHOTS"):
                await page.screenshot(path=Path(folder) / f"{name}-{size['width']}-{scheme}.png", full_page=True)
    assert found == [], "\n".join(found)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(DESKTOP)


async def _violations(page: Page) -> list[str]:
    """What axe-core holds against the page, and where."""
    found = (await Axe().run(page, options=_AXE)).response["violations"]
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
