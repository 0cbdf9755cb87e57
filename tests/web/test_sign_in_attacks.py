"""Signing in under attack: forged forms, forced doors, too many tries, a stranger who would cost us dear or shut somebody out."""

import asyncio
import hashlib
import threading
import time
from datetime import timedelta

import msgspec
import pytest

from gateway.people import Rates
from gateway.settings import utc_now
from gateway.store import Database, Pool
from gateway.store.alarms import open_alarms
from gateway.watch import settle_sign_ins
from gateway.web import credentials
from gateway.web.caller import COOKIE
from gateway.web.limits import LIMITS
from tests.web.people import (
    Person,
    ago,
    enrolled,
    events,
    sign_in,
)
from tests.web.world import Folders, Gateway, Reply, running


async def status(gateway: Gateway, cookie: str, path: str = "/account") -> int:
    return (await gateway.look(path, cookie)).status


# --- forged forms --------------------------------------------------------------------------------------------------


FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
)  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN)
async def test_no_other_site_sends_our_forms(gateway: Gateway, headers: dict[str, str]) -> None:
    anna = await enrolled(gateway)
    for path in (
        "/sign-in",
        "/sign-in/screen",
        "/sign-out",
        "/enrol",
        "/account/password",
        "/account/device",
        "/account/sign-out",
    ):
        reply = await gateway.submit(path, anna.cookie, headers=headers, token=await gateway.token("viewer", "MTMLA"))
        assert (reply.status, reply.problem) == (403, "other-site"), path
    assert await status(gateway, anna.cookie) == 200


@pytest.mark.parametrize(("origin", "is_ours"), [("http://{host}", True), ("http://{host}0", False), ("null", False), ("http://evil.example/{host}", False), ("http://[", False)])  # fmt: skip
async def test_a_browser_without_fetch_metadata_says_where_a_form_comes_from(
    gateway: Gateway, origin: str, is_ours: bool
) -> None:
    cookie = await gateway.person("anna", "viewer")
    data = {"csrf": (await _token_on(gateway, cookie))}
    sent = {"Cookie": f"{COOKIE}={cookie}", "Origin": origin.format(host=gateway.url.removeprefix("http://"))}
    reply = await gateway.ask("POST", "/account/sign-out", headers=sent, data=data)
    assert reply.status == (303 if is_ours else 403)


async def _token_on(gateway: Gateway, cookie: str) -> str:
    page = (await gateway.look("/account", cookie)).body.decode()
    return page.partition('name="csrf" value="')[2].partition('"')[0]


async def test_a_form_needs_the_token_of_its_own_session(gateway: Gateway) -> None:
    anna, beth = [await gateway.person(name, "viewer") for name in ("anna", "beth")]
    for forged in ("", "0" * 64, await _token_on(gateway, beth), "é" * 64):
        reply = await gateway.submit("/account/sign-out", anna, csrf=forged)
        assert (reply.status, reply.problem) == (403, "forged-form")
    assert await status(gateway, anna) == 200
    header = {"X-CSRF-Token": await _token_on(gateway, anna)}
    assert (await gateway.submit("/account/sign-out", anna, csrf="", headers=header)).status == 303


async def test_a_cookie_that_is_none_is_no_one(gateway: Gateway) -> None:
    for cookie in ("", "x", "A" * 42, "A" * 43, "A" * 5000, "\u00e9" * 43, await gateway.token("viewer", "MTMLA")):
        assert await status(gateway, cookie, "/") == 303
        assert (await gateway.submit("/account/sign-out", headers={"Cookie": f"{COOKIE}={cookie}"})).status == 401


# --- too many tries ------------------------------------------------------------------------------------------------


async def tries(gateway: Gateway, person: Person, times: int, **fields: str) -> list[Reply]:
    return [await sign_in(gateway, person, **({"password": "wrong", "code": "123456"} | fields)) for _ in range(times)]


async def test_after_some_wrong_tries_one_waits_even_with_the_right_ones(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    assert [reply.status for reply in await tries(gateway, anna, 6)] == [401] * 5 + [429]
    right = await sign_in(gateway, anna)
    assert (right.status, right.headers["Retry-After"], "Set-Cookie" in right.headers) == (429, "5", False)
    strangers = await tries(gateway, anna, 6, name="nobody")
    assert [reply.status for reply in strangers] == [401] * 5 + [429]  # a name that nobody has tells nothing
    await ago(gateway, "sign_in_try", "last_at", timedelta(seconds=6))
    anna.used -= 1
    assert (await sign_in(gateway, anna)).status == 303
    assert [reply.status for reply in await tries(gateway, anna, 1)] == [401]  # all is forgiven


async def test_tries_at_once_are_counted_before_they_are_looked_at(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    replies = await asyncio.gather(*(sign_in(gateway, anna, password="wrong", code="123456") for _ in range(12)))
    assert sorted(reply.status for reply in replies) == [401] * 5 + [429] * 7


async def test_an_attacker_elsewhere_does_not_shut_out_who_is_known_here(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    assert (await sign_in(gateway, anna, code=anna.recovery[0])).status == 303  # known from here
    digest = hashlib.sha256(b"anna").digest()
    await gateway.pool.execute("INSERT INTO sign_in_try VALUES ($1, '203.0.113.9', 5000, now())", digest)
    assert (await sign_in(gateway, anna, code=anna.recovery[1])).status == 303
    await gateway.pool.execute("UPDATE sign_in_try SET known_at = NULL")
    assert (await sign_in(gateway, anna, code=anna.recovery[2])).status == 429  # from a place where nobody knows her


async def test_however_many_try_two_passwords_are_hashed_at_once(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, guard = 0, 0, threading.Lock()

    def slow(password: str, kept: str) -> bool:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with guard:
            running -= 1
        return False

    monkeypatch.setattr(credentials, "is_right", slow)
    tried = [gateway.submit("/sign-in", name=f"name-{number}", password="x", code="1") for number in range(16)]
    healthy = gateway.ask("GET", "/healthz")  # the loop is free meanwhile
    replies = await asyncio.gather(*tried, healthy)
    assert [reply.status for reply in replies] == [401] * 16 + [200]
    assert most == 2


async def test_a_full_queue_of_hashes_says_so_and_counts_nothing(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    limits = gateway.runner.app[LIMITS]
    limits.waiting = 24
    reply = await sign_in(gateway, anna, password="wrong", code="123456")
    assert (reply.status, reply.problem) == (503, "busy")
    limits.waiting = 0
    assert await gateway.pool.fetchval("SELECT coalesce(sum(failures), 0) FROM sign_in_try") == 0
    assert (await sign_in(gateway, anna)).status == 303
    assert limits.waiting == 0


async def test_one_network_may_not_ask_too_often(gateway: Gateway) -> None:
    limits = gateway.runner.app[LIMITS]
    limits.sign_in, limits.session = Rates(burst=3, seconds=60), Rates(burst=2, seconds=60)
    replies = [await gateway.submit("/sign-in", name="x", password="", code="") for _ in range(4)]
    assert [reply.status for reply in replies] == [401, 401, 401, 429]
    assert (replies[-1].problem, replies[-1].headers["Retry-After"]) == ("too-often", "60")
    spoofed = await gateway.submit(
        "/sign-in", headers={"X-Forwarded-For": "203.0.113.7"}, name="x", password="", code=""
    )
    assert spoofed.status == 429  # nobody here believes that header
    cookie = await gateway.person("anna", "viewer")
    forms = [await gateway.submit("/account/password", cookie, new="short") for _ in range(3)]
    assert [reply.status for reply in forms] == [400, 400, 429]


async def test_behind_our_own_proxy_the_cookie_is_for_tls_alone(
    folders: Folders, database: Database, pool: Pool
) -> None:
    settings = msgspec.structs.replace(folders.settings, proxies="127.0.0.0/8")
    async with running(settings, database, pool) as gateway:
        token = await gateway.token("viewer", "MTMLA")
        tls = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7, 203.0.113.7"}
        reply = await gateway.submit("/sign-in/screen", headers=tls, token=token)
        name, _, rest = reply.headers["Set-Cookie"].partition("=")
        assert (name, "Secure" in rest, "Strict-Transport-Security" in reply.headers) == ("__Host-gateway", True, True)
        cookie = {"Cookie": f"{name}={rest.partition(';')[0]}"}
        assert (await gateway.ask("GET", "/", headers=tls | cookie)).status == 200
        assert (await gateway.ask("GET", "/", headers=cookie)).status == 303  # over a plain connection it is not ours
        plain = {"Cookie": f"{COOKIE}={rest.partition(';')[0]}"}
        assert (await gateway.ask("GET", "/", headers=tls | plain)).status == 303
        await gateway.submit("/sign-in", headers=tls, name="anna", password="x", code="y")
        assert [row["network"] for row in await pool.fetch("SELECT network FROM sign_in_try")] == ["203.0.113.7"]


# --- and somebody learns of it -------------------------------------------------------------------------------------


async def watched(gateway: Gateway) -> list[tuple[str, str]]:
    """One round of the watch; what is open then."""
    await settle_sign_ins(gateway.pool, utc_now())
    async with gateway.pool.acquire() as connection:
        return sorted((one.kind, one.subject) for one in await open_alarms(connection))


async def logged(gateway: Gateway) -> list[tuple[str, dict[str, str]]]:
    return [one for one in await events(gateway) if one[0].startswith("sign-in-") or one[0] == "signed-in"]


async def test_an_account_that_is_tried_in_vain_is_an_alarm_and_one_entry_in_the_log(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    await tries(gateway, anna, 4)
    assert await watched(gateway) == []
    await tries(gateway, anna, 1)
    for _ in range(3):
        assert await watched(gateway) == [("sign-in-held-up", "anna")]
    async with gateway.pool.acquire() as connection:
        [alarm] = await open_alarms(connection)
    assert alarm.text == "anna: 5 wrong tries, most from 127.0.0.1 (networks in all: 1); who tries is made to wait"
    await ago(gateway, "sign_in_try", "last_at", timedelta(seconds=6))
    assert (await sign_in(gateway, anna)).status == 303
    assert await watched(gateway) == []
    assert await logged(gateway) == [
        ("sign-in-held-up", {"name": "anna", "failures": "5", "networks": "1"}),
        ("signed-in", {"by": "anna", "kind": "viewer", "with": "code", "failed": "5"}),
        ("sign-in-held-up-over", {"name": "anna"}),
    ]
    assert (await sign_in(gateway, anna)).status == 303
    assert (await logged(gateway))[-1][1].get("failed") is None


async def test_a_flood_of_tries_is_one_alarm_and_one_entry_whatever_the_names(gateway: Gateway) -> None:
    """From many networks, at many names: no account is held up, and still somebody is told. The log does not grow with it."""
    await gateway.person("anna", "viewer")
    digests = [hashlib.sha256(f"name-{n}".encode()).digest() for n in range(99)]
    add = "INSERT INTO sign_in_try SELECT d, '203.0.113.' || (row_number() OVER ())::text, 1, now() FROM unnest($1::bytea[]) d"
    await gateway.pool.execute(add, digests)
    assert await watched(gateway) == []
    await gateway.pool.execute(add, [hashlib.sha256(b"anna").digest()])
    for _ in range(3):
        assert await watched(gateway) == [("sign-in-burst", "sign-in")]
    counts = {"failures": "100", "names": "100", "networks": "99"}
    assert await logged(gateway) == [("sign-in-burst", counts)]
    assert not any(b"203.0.113" in row["body"] for row in await gateway.pool.fetch("SELECT body FROM log_entry"))
    await ago(gateway, "sign_in_try", "last_at", timedelta(hours=1))
    assert await watched(gateway) == []
    assert [event for event, _ in await logged(gateway)] == ["sign-in-burst", "sign-in-burst-over"]


async def test_tries_from_everywhere_hold_an_account_up_too(gateway: Gateway) -> None:
    await gateway.person("anna", "viewer")
    add = (
        "INSERT INTO sign_in_try SELECT $1, '203.0.113.' || n, 4, now() - interval '2 h' FROM generate_series(1, $2) n"
    )
    await gateway.pool.execute(add, hashlib.sha256(b"anna").digest(), 24)
    assert await watched(gateway) == []
    await gateway.pool.execute("UPDATE sign_in_try SET failures = 9 WHERE network LIKE '%.1'")
    assert await watched(gateway) == [("sign-in-held-up", "anna")], "9 from one network"
    await gateway.pool.execute("UPDATE sign_in_try SET failures = 4")
    assert await watched(gateway) == []
    await gateway.pool.execute("INSERT INTO sign_in_try SELECT name, '198.51.100.1', 4, now() FROM sign_in_try LIMIT 1")
    assert await watched(gateway) == [("sign-in-held-up", "anna")], "100 from all"
