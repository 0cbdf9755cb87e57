"""Is my feed healthy, is the gateway? What is wrong stands first, and nothing of anybody else is shown."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.async_api import expect

from gateway import store
from gateway.settings import utc_now
from gateway.store.alarms import open_alarms, raise_alarm
from gateway.store.pulse import hours_until
from gateway.web.hours import HEIGHT, hours
from tests.web.browsing import NEEDS_BROWSER, accessible
from tests.web.conftest import Open
from tests.web.world import CARRIER, FEED, POSTED, Gateway, call, list_of


async def fill(gateway: Gateway) -> None:
    """Three deliveries in the feed, the last of them acknowledged; one submission that failed; an alarm."""
    for at in range(3):
        await gateway.expect(call(f"C{at}", leaves=at))
        await gateway.send(list_of(reference=f"SPECIMEN-{at}"), path=f"/v1/submissions?call=C{at}")
    await gateway.process()
    feed = (await gateway.ask("GET", f"/v1/feeds/{FEED}", ("recipient", FEED))).json["deliveries"]
    last = f'{{"deliveries":["{feed[-1]["id"]}"]}}'.encode()
    await gateway.ask("POST", f"/v1/feeds/{FEED}/ack", ("recipient", FEED), data=last)
    received = (await gateway.send(list_of(reference="SPECIMEN-9"))).json["id"]
    await gateway.pool.execute("UPDATE submission SET state = 'failed', attempts = 3 WHERE id = $1", received)
    async with store.transaction(gateway.pool) as connection:
        await raise_alarm(
            connection,
            "submission-failed",
            received,
            "a submission was tried 3 times and no attempt came back: look at it, then retry it",
        )


async def test_a_recipient_sees_what_it_has_not_got(gateway: Gateway) -> None:
    await fill(gateway)
    page = (await gateway.look("/feed", await gateway.cookie("recipient", FEED))).body.decode()
    assert "Deliveries wait for you to fetch them" in page
    assert "Nobody has fetched this feed yet" not in page
    assert page.count("passed over in your feed") == 2
    assert "position 3 of 3" in page
    assert "?after=0" in page
    assert "mt-border" in page
    assert "in force" in page
    assert CARRIER not in page.replace("SPECIMEN", "")
    assert POSTED not in page


async def test_a_feed_that_nobody_ever_fetched_says_how_to_begin(gateway: Gateway) -> None:
    await gateway.send(list_of())
    await gateway.process()
    await gateway.pool.execute("UPDATE delivery SET created_at = now() - interval '9 days'")
    page = (await gateway.look("/feed", await gateway.cookie("recipient", FEED))).body.decode()
    assert "Deliveries wait for you to fetch them" in page
    assert f"Ask for GET /v1/feeds/{FEED} with your access token" in page


async def test_a_feed_is_its_own_recipient_s_alone(gateway: Gateway) -> None:
    await fill(gateway)
    page = (await gateway.look("/feed", await gateway.cookie("recipient", POSTED))).body.decode()
    assert "Everything is delivered" in page
    assert FEED not in page
    assert (await gateway.look("/feed", await gateway.cookie("recipient", "nobody"))).status == 404


@pytest.mark.parametrize(("sql", "title", "to_do"), [
    ("UPDATE delivery SET created_at = now() - interval '1 h' WHERE state = 'waiting'", "Deliveries wait", "Fetch your feed"),
    ("UPDATE delivery SET last_outcome = 'no answer within 30 s' WHERE state = 'waiting'", "Deliveries do not get through", "no answer within 30 s"),
    ("INSERT INTO recipient_pause VALUES ('ut-nsw', now(), 'desk', 'key exchange')", "paused your feed", "key exchange"),
])  # fmt: skip
async def test_what_is_wrong_is_said_first_and_what_to_do(gateway: Gateway, sql: str, title: str, to_do: str) -> None:
    await fill(gateway)
    await gateway.pool.execute(sql)
    page = (await gateway.look("/feed", await gateway.cookie("recipient", FEED))).body.decode()
    verdict = page.partition('class="verdict')[2].partition("</div>")[0]
    assert title in verdict
    assert to_do in verdict


async def test_what_ends_soon_is_said(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.web import feed_page

    cookie = await gateway.cookie("recipient", FEED)
    for days, word in ((0, "in force"), (80, "ends in 10 days"), (89, "ends in 1 day"), (91, "ended"), (-9, "from ")):
        monkeypatch.setattr(feed_page, "utc_now", lambda days=days: utc_now() + timedelta(days=days))
        page = (await gateway.look("/feed", cookie)).body.decode()
        assert page.partition("mt-border")[2].count(f">{word}") == 2, (days, "the entry and the key")


async def test_an_operator_sees_what_needs_a_person_and_does_it(gateway: Gateway) -> None:
    await fill(gateway)
    operator = await gateway.person("ops", "operator")
    page = (await gateway.look("/health", operator)).body.decode()
    verdict = page.partition('class="verdict')[2].partition("</div>")[0]
    assert "1 submission could not be processed" in verdict
    assert "1 alarm is open" in verdict
    failed = await gateway.pool.fetchval("SELECT id FROM submission WHERE state = 'failed'")
    async with gateway.pool.acquire() as connection:
        [alarm] = await open_alarms(connection)
    assert (await gateway.submit("/health/again", operator, submission=str(failed))).status == 303
    assert (await gateway.submit("/health/acknowledge", operator, alarm=str(alarm.id))).status == 303
    assert (
        await gateway.submit("/health/recipient", operator, recipient=FEED, do="pause", reason="key exchange")
    ).status == 303
    page = (await gateway.look("/health", operator)).body.decode()
    assert "could not be processed" not in page.partition('class="verdict')[2].partition("</div>")[0]
    assert "by ops: key exchange" in page
    assert (await gateway.submit("/health/recipient", operator, recipient=FEED, do="resume")).status == 303
    events = [row["event"] for row in await gateway.pool.fetch("SELECT event FROM log_entry ORDER BY id")]
    assert [one for one in events if one.startswith(("recipient-", "submission-tried"))] == [
        "submission-tried-again",
        "recipient-paused",
        "recipient-resumed",
    ]
    assert await gateway.process() == 1


@pytest.mark.parametrize(("path", "fields", "status"), [
    ("/health/again", {"submission": "x"}, 400), ("/health/again", {"submission": str(uuid4())}, 303), ("/health/acknowledge", {"alarm": "-1"}, 400),
    ("/health/acknowledge", {"alarm": "9" * 18}, 303), ("/health/recipient", {"recipient": FEED, "do": "stop"}, 400),
    ("/health/recipient", {"recipient": "nobody", "do": "pause", "reason": "x"}, 404), ("/health/recipient", {"recipient": FEED, "do": "pause", "reason": " "}, 400),
])  # fmt: skip
async def test_what_makes_no_sense_changes_nothing(
    gateway: Gateway, path: str, fields: dict[str, str], status: int
) -> None:
    assert (await gateway.submit(path, await gateway.person("ops", "operator"), **fields)).status == status
    assert await gateway.pool.fetchval("SELECT count(*) FROM log_entry") == 0


async def test_only_an_operator_does_these_things(gateway: Gateway) -> None:
    for kind in ("desk", "viewer", "carrier", "recipient", "rescue"):
        cookie = await gateway.cookie(kind, {"carrier": CARRIER, "recipient": FEED}.get(kind, "MTMLA"))
        assert (await gateway.look("/health", cookie)).status == 403
        for path in ("/health/again", "/health/acknowledge", "/health/recipient"):
            assert (await gateway.submit(path, cookie)).status == 403


def test_a_day_has_24_hours_and_nought_is_a_number() -> None:
    now = utc_now()
    starts = hours_until(now)
    assert (len(starts), starts[-1] <= now < starts[-1] + timedelta(hours=1)) == (24, True)
    drawn = hours([(start, 10 if at == 3 else 5 if at == 4 else 0) for at, start in enumerate(starts)])
    assert [bar.height for bar in drawn.bars[2:6]] == [0, HEIGHT, HEIGHT / 2, 0]
    assert (drawn.most, drawn.total) == (10, 15)
    assert hours([(start, 0) for start in starts]).most == 0


@NEEDS_BROWSER
async def test_both_pages_in_a_browser(gateway: Gateway, open_page: Open) -> None:
    await fill(gateway)
    feed = await open_page("/feed", who=("recipient", FEED))
    await feed.locator("summary").press("Enter")
    await expect(feed.get_by_role("columnheader", name="Hour, UTC")).to_be_visible()
    await accessible(feed, "feed")
    page = await open_page("/health", who=("operator", "ops"))
    await expect(page.get_by_role("heading", name="Submissions that could not be processed")).to_be_visible()
    await accessible(page, "health")
    await page.get_by_role("button", name="Try again").press("Enter")
    await expect(page.get_by_role("heading", name="Submissions that could not be processed")).to_be_hidden()
    await page.evaluate(
        "document.getElementById('now').setAttribute('data-old', '1'); htmx.trigger('#now', 'every'); htmx.ajax('GET', '/health', {target: '#now', swap: 'outerHTML'})"
    )
    await expect(page.locator("#now:not([data-old])")).to_be_visible()
    await page.get_by_role("button", name="I look after it").press("Enter")
    await expect(page.get_by_text("None. An alarm appears here")).to_be_visible()
