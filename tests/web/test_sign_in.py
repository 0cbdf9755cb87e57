"""People sign in with name, password and code, and nobody else does; their sessions, links and phones; what is kept of them."""

import asyncio
import hashlib
import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from gateway.people.totp import step_at, totp_code
from gateway.settings import utc_now
from gateway.store.statements import SQL
from gateway.web import credentials
from gateway.web.caller import COOKIE
from tests.web.people import (
    DESK,
    PASSWORD,
    ago,
    cookie_in,
    enrolled,
    events,
    link_for,
    secret_on,
    sign_in,
    wrong_on,
)
from tests.web.world import CARRIER, FEED, Gateway, list_of

EVERY_KIND = (
    ("carrier", CARRIER),
    ("viewer", "MTMLA"),
    ("recipient", FEED),
    ("operator", "desk"),
    ("desk", "compliance"),
    ("rescue", "mrcc"),
)


async def status(gateway: Gateway, cookie: str, path: str = "/account") -> int:
    return (await gateway.look(path, cookie)).status


async def test_a_person_enrols_signs_in_and_out(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    assert await status(gateway, anna.cookie) == 200
    out = await gateway.submit("/sign-out", anna.cookie)
    assert (out.status, out.headers["Location"]) == (303, "/sign-in")
    assert await status(gateway, anna.cookie) == 303  # a stolen cookie is worth nothing after the sign-out
    again = await sign_in(gateway, anna, to="/?port=MTMLA")
    assert (again.status, again.headers["Location"]) == (303, "/?port=MTMLA")
    attributes = {part.strip() for part in again.headers["Set-Cookie"].split(";")[1:]}
    assert attributes == {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"}
    assert await status(gateway, cookie_in(again)) == 200
    told = [event for event, about in await events(gateway) if about.get("by") == "anna"]
    assert told == ["person-enrolled", "signed-in"]


@pytest.mark.parametrize(("kind", "subject"), EVERY_KIND)
async def test_every_kind_of_person_comes_in_as_what_they_are(gateway: Gateway, kind: str, subject: str) -> None:
    person = await enrolled(gateway, f"a.{kind}", kind, subject)
    page = await gateway.look("/account", person.cookie)
    assert (page.status, subject.encode() in page.body) == (200, True)
    assert await status(gateway, person.cookie, "/v1/tokens") == (200 if kind == "operator" else 403)


WRONG: tuple[dict[str, str], ...] = (
    {"password": "ballast-otter-lantern-48"}, {"code": "000000"}, {"code": "0" * 24}, {"name": "nobody"}, {"name": "anna\x00"},
    {"password": ""}, {"code": ""}, {"name": ""}, {"password": "x" * 60_000}, {"name": "n" * 5000, "code": "9" * 5000},
)  # fmt: skip


async def test_whatever_is_wrong_the_answer_is_the_same(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    said = set()
    for fields in WRONG:
        reply = await sign_in(gateway, anna, **fields)
        assert (reply.status, "Set-Cookie" in reply.headers) == (401, False), fields
        said.add(wrong_on(reply))
        await gateway.pool.execute("DELETE FROM sign_in_try")
    assert len(said) == 1
    assert not any(event == "signed-in" for event, _ in await events(gateway))


async def test_an_unknown_name_costs_what_a_known_one_does(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """In structure, not by the clock: the same hash, the same seal, the same codes and the same statements."""
    anna, beth = await enrolled(gateway), await enrolled(gateway, "beth")
    await gateway.ask("DELETE", "/v1/people/beth", DESK)
    await link_for(gateway, "carl", "viewer", "MTMLA")  # has no password yet
    done: list[str] = []

    def watched(name: str) -> None:
        real = getattr(credentials, name)
        monkeypatch.setattr(credentials, name, lambda *args, **kw: (done.append(name), real(*args, **kw))[1])

    for name in ("is_right", "open_at_rest", "matched_step", "recovery_fingerprint"):
        watched(name)
    work = {}
    for name in (anna.name, beth.name, "carl", "nobody"):
        done.clear()
        assert (await sign_in(gateway, anna, name=name, password="a wrong password")).status == 401
        work[name] = tuple(done)
    assert set(work.values()) == {("is_right", "open_at_rest", "matched_step", "recovery_fingerprint")}


async def test_a_code_is_good_once(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    assert (await sign_in(gateway, anna, code=totp_code(anna.secret, anna.used))).status == 401  # the enrolment used it
    code = anna.code()
    replies = await asyncio.gather(*(sign_in(gateway, anna, code=code) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [303, 401, 401]
    recovery = await asyncio.gather(
        *(sign_in(gateway, anna, code=anna.recovery[0].lower().replace("-", " ")) for _ in range(2))
    )
    assert sorted(reply.status for reply in recovery) == [303, 401]
    assert (await sign_in(gateway, anna, code=anna.recovery[1])).status == 303
    assert b"<dd>8</dd>" in (await gateway.look("/account", cookie_in(await sign_in(gateway, anna)))).body


async def test_old_and_future_codes_are_not_taken(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    await gateway.pool.execute("UPDATE account SET totp_used = 0")
    for off in (-3, 3):
        assert (await sign_in(gateway, anna, code=totp_code(anna.secret, step_at(utc_now()) + off))).status == 401


async def test_a_session_that_was_there_before_is_not_the_one_after(gateway: Gateway) -> None:
    """No fixation: the cookie an attacker planted is not the one that is signed in, and is over besides."""
    anna = await enrolled(gateway)
    planted = await gateway.cookie("viewer", "FIHEL")
    form = {"name": anna.name, "password": PASSWORD, "code": anna.code()}
    reply = await gateway.submit("/sign-in", planted, **form)
    assert cookie_in(reply) != planted
    assert await status(gateway, planted, "/") == 303
    invented = "A" * 43
    mine = await gateway.submit("/sign-in", invented, name=anna.name, password=PASSWORD, code=anna.recovery[0])
    assert (mine.status, cookie_in(mine) != invented) == (303, True)
    assert await status(gateway, invented) == 303


async def test_two_browsers_and_out_everywhere(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    other = cookie_in(await sign_in(gateway, anna))
    assert [await status(gateway, one) for one in (anna.cookie, other)] == [200, 200]
    await gateway.submit("/sign-out", anna.cookie)
    assert [await status(gateway, one) for one in (anna.cookie, other)] == [303, 200]
    third = cookie_in(await sign_in(gateway, anna))
    assert (await gateway.submit("/account/sign-out", third)).status == 303
    assert [await status(gateway, one) for one in (other, third)] == [303, 303]


async def test_sessions_end_by_themselves(gateway: Gateway) -> None:
    operator = await enrolled(gateway, "an.operator", "operator", "desk")
    await ago(gateway, "session", "seen_at", timedelta(minutes=29))
    assert await status(gateway, operator.cookie) == 200  # and that was a sign of life
    await ago(gateway, "session", "seen_at", timedelta(minutes=29))
    assert await status(gateway, operator.cookie, "/v1/calls") == 200  # whatever is asked is one too
    await ago(gateway, "session", "seen_at", timedelta(minutes=31))
    assert await status(gateway, operator.cookie) == 303
    anna = await enrolled(gateway)
    await ago(gateway, "session", "seen_at", timedelta(minutes=31))
    assert await status(gateway, anna.cookie) == 200  # a duty officer looks more than touches
    await ago(gateway, "session", "expires_at", timedelta(hours=12))
    assert await status(gateway, anna.cookie) == 303


async def test_a_stream_is_no_sign_that_somebody_is_there(gateway: Gateway) -> None:
    cookie = await gateway.person("anna", "viewer", "MTMLA")
    await ago(gateway, "session", "seen_at", timedelta(minutes=20))
    async with gateway.session.get(
        gateway.url + "/board/events", headers={"Cookie": f"{COOKIE}={cookie}", "Accept": "text/event-stream"}
    ) as stream:
        await stream.content.readuntil(b"\n\n")
        seen = await gateway.pool.fetchval("SELECT seen_at FROM session")
        assert utc_now() - seen > timedelta(minutes=19)


async def test_who_is_disabled_is_out_and_their_open_stream_ends(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    async with gateway.session.get(
        gateway.url + "/board/events", headers={"Cookie": f"{COOKIE}={anna.cookie}"}
    ) as stream:
        await stream.content.readuntil(b"\n\n")
        assert (await gateway.ask("DELETE", "/v1/people/anna", DESK)).status == 204
        async with asyncio.timeout(10):
            await stream.content.read()  # to its end
    assert await status(gateway, anna.cookie) == 303
    assert (await sign_in(gateway, anna)).status == 401
    assert (await sign_in(gateway, anna, code=anna.recovery[0])).status == 401
    assert (await gateway.ask("DELETE", "/v1/people/anna", DESK)).problem == "no-such-person"


async def test_a_session_that_began_while_its_account_was_disabled_is_worth_nothing(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    await gateway.pool.execute("UPDATE account SET disabled_at = now()")
    assert await status(gateway, anna.cookie) == 303


async def test_a_screen_is_in_until_its_token_is_revoked(gateway: Gateway) -> None:
    token = await gateway.token("viewer", "MTMLA", days=60)
    reply = await gateway.submit("/sign-in/screen", token=token, to="//evil.example/")
    assert (reply.status, reply.headers["Location"]) == (303, "/")
    cookie = cookie_in(reply)
    await ago(gateway, "session", "seen_at", timedelta(days=20))
    assert await status(gateway, cookie, "/") == 200
    assert await status(gateway, cookie) == 403  # nothing there for a screen
    await gateway.ask("DELETE", f"/v1/tokens/{hashlib.sha256(token.encode()).hexdigest()}", DESK)
    assert await status(gateway, cookie, "/") == 303
    for kind in ("desk", "rescue"):
        refused = await gateway.submit("/sign-in/screen", token=await gateway.token(kind, "x"))
        assert (refused.status, "Set-Cookie" in refused.headers) == (403, False)


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\\/\\/evil.example", "/\r\nX: y", " //evil.example"])  # fmt: skip
async def test_nobody_is_led_away(gateway: Gateway, to: str) -> None:
    reply = await gateway.submit("/sign-in/screen", token=await gateway.token("viewer", "MTMLA"), to=to)
    assert (reply.status, reply.headers["Location"]) == (303, "/")


async def test_another_language_shows_the_page_again_and_not_the_answer_to_a_form(gateway: Gateway) -> None:
    link = await link_for(gateway, "anna", "viewer", "MTMLA")
    cookie = await gateway.person("beth", "viewer")
    pages = [
        (await gateway.ask("GET", "/sign-in?to=/x"), "/sign-in?to=/x"), (await gateway.submit("/sign-in", name="x"), "/sign-in"),
        (await gateway.submit("/sign-in/screen", token="x"), "/sign-in"), (await gateway.ask("GET", link), link),
        (await gateway.submit("/enrol", link=link.partition("=")[2]), link), (await gateway.submit("/account/password", cookie, new="x"), "/account"),
    ]  # fmt: skip
    for page, back in pages:
        found = re.search(r'href="/language/fr\?to=([^"]*)"', page.body.decode())
        assert found is not None
        assert unquote(html.unescape(found[1])) == back


# --- enrolment and one's own account -------------------------------------------------------------------------------


async def test_a_link_is_good_once_and_for_a_day(gateway: Gateway) -> None:
    link = await link_for(gateway, "anna", "viewer", "MTMLA")
    secret = secret_on(await gateway.ask("GET", link))
    form = {"link": link.partition("=")[2], "password": PASSWORD, "again": PASSWORD}
    for changed, word in (
        ({"again": "other"}, "not the same"),
        ({"password": "short", "again": "short"}, "at least 12"),
        ({"code": "123456"}, "not the one"),
    ):
        reply = await gateway.submit("/enrol", **(form | {"code": totp_code(secret, step_at(utc_now()))} | changed))
        assert (reply.status, word in wrong_on(reply), "Set-Cookie" in reply.headers) == (400, True, False)
        assert PASSWORD.encode() not in reply.body
    replies = await asyncio.gather(
        *(gateway.submit("/enrol", **form, code=totp_code(secret, step_at(utc_now()))) for _ in range(2))
    )
    assert sorted(reply.status for reply in replies) == [200, 404]
    assert (await gateway.ask("GET", link)).problem == "no-such-link"
    late = await link_for(gateway, "beth", "viewer", "MTMLA")
    await ago(gateway, "enrolment", "expires_at", timedelta(hours=24))
    assert (await gateway.ask("GET", late)).problem == "no-such-link"
    assert (await gateway.ask("GET", "/enrol?link=" + "A" * 43)).problem == "no-such-link"


async def test_a_lost_phone(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    made = await gateway.ask("POST", "/v1/people/anna/link", DESK)
    assert made.status == 201
    assert await status(gateway, anna.cookie) == 303
    assert (await sign_in(gateway, anna)).status == 401
    assert (await sign_in(gateway, anna, code=anna.recovery[0])).status == 401
    secret = secret_on(await gateway.ask("GET", made.json["link"]))
    assert secret != anna.secret
    newest = await gateway.ask("POST", "/v1/people/anna/link", DESK)
    assert (await gateway.ask("GET", made.json["link"])).status == 404
    assert (await gateway.ask("GET", newest.json["link"])).status == 200


async def test_another_password_signs_out_every_other_browser(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    other = cookie_in(await sign_in(gateway, anna, code=anna.recovery[0]))
    new = "granite-heron-timetable-9"
    wrong = await gateway.submit(
        "/account/password", anna.cookie, new=new, again=new, password="wrong", code=anna.recovery[1]
    )
    assert (wrong.status, "wrong" in wrong_on(wrong)) == (401, True)
    weak = await gateway.submit(
        "/account/password",
        anna.cookie,
        new="password1234",
        again="password1234",
        password=PASSWORD,
        code=anna.recovery[1],
    )
    assert (weak.status, "first that attackers try" in wrong_on(weak)) == (400, True)
    done = await gateway.submit(
        "/account/password", anna.cookie, new=new, again=new, password=PASSWORD, code=anna.recovery[1]
    )
    assert (done.status, done.headers["Location"]) == (303, "/account?done=password")
    assert [await status(gateway, one) for one in (anna.cookie, other, cookie_in(done))] == [303, 303, 200]
    assert (await sign_in(gateway, anna, code=anna.recovery[2])).status == 401
    assert (await sign_in(gateway, anna, code=anna.recovery[2], password=new)).status == 303


async def test_another_phone(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    refused = await gateway.submit("/account/device", anna.cookie, password="wrong", code=anna.recovery[0])
    assert refused.status == 401
    led = await gateway.submit("/account/device", anna.cookie, password=PASSWORD, code=anna.recovery[0])
    assert led.headers["Location"].startswith("/enrol?link=")
    assert (await sign_in(gateway, anna)).status == 303  # the old phone is good until the new one has shown a code
    link = led.headers["Location"]
    secret = secret_on(await gateway.ask("GET", link))
    form = {
        "link": link.partition("=")[2],
        "password": PASSWORD,
        "again": PASSWORD,
        "code": totp_code(secret, step_at(utc_now())),
    }
    assert (await gateway.submit("/enrol", **form)).status == 200
    assert (await sign_in(gateway, anna, code=totp_code(anna.secret, step_at(utc_now()) + 1))).status == 401
    assert (await sign_in(gateway, anna, code=anna.recovery[1])).status == 401


# --- what is kept, and what is asked for ---------------------------------------------------------------------------


async def test_what_is_stored_lets_nobody_in(gateway: Gateway) -> None:
    anna = await enrolled(gateway)
    stored = ""
    for table in ("account", "enrolment", "session", "sign_in_try", "log_entry"):
        stored += str([dict(row) for row in await gateway.pool.fetch(f"SELECT * FROM {table}")])
    for secret in (PASSWORD, anna.cookie, anna.secret.hex(), str(anna.secret), *anna.recovery):
        assert secret not in stored
    assert "$argon2id$v=19$m=47104,t=1,p=1$" in stored
    account = await gateway.pool.fetchrow("SELECT id, totp, totp_wrapped FROM account")
    other = await enrolled(gateway, "beth")
    await gateway.pool.execute(
        "UPDATE account SET totp = $1, totp_wrapped = $2 WHERE name = 'beth'", account["totp"], account["totp_wrapped"]
    )
    assert (
        await sign_in(gateway, other, code=anna.code())
    ).status == 500  # a seal that was moved to another row does not open


async def test_the_operator_s_list_holds_no_secrets_and_the_log_tells_who_did_what(gateway: Gateway) -> None:
    await enrolled(gateway)
    listed = await gateway.ask("GET", "/v1/people", DESK)
    [one] = listed.json["people"]
    assert set(one) == {
        "name",
        "email",
        "kind",
        "subject",
        "provider",
        "created_at",
        "created_by",
        "enrolled_at",
        "disabled_at",
        "confirmed_by",
        "confirmed_at",
        "waits",
    }
    assert (one["name"], one["created_by"], one["disabled_at"]) == ("anna", "desk", None)
    await gateway.ask("POST", "/v1/people/anna/link", DESK)
    await gateway.ask("DELETE", "/v1/people/anna", DESK)
    assert [event for event, _ in await events(gateway)] == [
        "person-added",
        "person-enrolled",
        "person-link",
        "person-disabled",
    ]
    again = await gateway.ask("POST", "/v1/people", DESK, data=b'{"name":"anna","kind":"desk","subject":"x"}')
    assert (again.status, again.problem) == (422, "name-taken")


BAD: tuple[Any, ...] = (
    b"", b"{", b"[]", b"\xff", {"name": "anna"}, {"name": "Anna", "kind": "viewer", "subject": "x"}, {"name": "a b", "kind": "viewer", "subject": "x"},
    {"name": "anna", "kind": "king", "subject": "x"}, {"name": "anna", "kind": "carrier", "subject": "nobody-knows"},
    {"name": "anna", "kind": "viewer", "subject": "a\x00"}, {"name": "anna", "kind": "viewer", "subject": "x", "email": "no address"},
    {"name": "anna", "kind": "viewer", "subject": "x", "password": "x"},
)  # fmt: skip


@pytest.mark.parametrize("body", BAD)
async def test_nobody_is_added_from_nonsense(shared_gateway: Gateway, body: Any) -> None:
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    reply = await shared_gateway.ask("POST", "/v1/people", DESK, data=data)
    assert (reply.status, reply.problem in ("bad-person-request", "no-such-subject")) == (400, True)


async def test_the_log_of_people_is_there_to_be_read_and_nothing_else_of_the_log(gateway: Gateway) -> None:
    await gateway.send(list_of())
    anna = await enrolled(gateway)
    await sign_in(gateway, anna, password="a wrong password")
    await sign_in(gateway, anna)
    await gateway.integrate()
    for who in (DESK, ("desk", "compliance")):
        told = (await gateway.ask("GET", "/v1/people/log", who)).json
        assert [one["event"] for one in told["entries"]] == ["signed-in", "person-enrolled", "person-added"]
        assert (told["entries"][0]["about"]["failed"], told["before"]) == ("1", None)
        assert told["entries"][0]["position"] is not None, "it is in the tree"
    older = await gateway.ask("GET", f"/v1/people/log?before={told['entries'][1]['id']}", DESK)
    assert [one["event"] for one in older.json["entries"]] == ["person-added"]
    plan = await gateway.pool.fetch("EXPLAIN " + SQL["log_entries_of_people"].replace("$1", "9").replace("$2", "9"))
    assert "log_entry_of_people" in str(plan), "however long the log is"
