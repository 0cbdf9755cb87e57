"""Whoever makes accounts makes none alone that comes near names: a colleague confirms each, at the start the first two each other."""

import re

import asyncpg
import msgspec
import pytest
from playwright.async_api import expect

from gateway.rescue.colleagues import read_out
from gateway.settings import PROJECT
from gateway.store.alarms import open_alarms
from gateway.web.caller import COOKIE
from tests.web.browsing import NEEDS_BROWSER, accessible
from tests.web.conftest import Open
from tests.web.people import DESK, cookie_in, enrolled, events, link_for, sign_in, wrong_on
from tests.web.world import Gateway, Reply

PAGES = ("/", "/wall", "/board/events", "/scorecards", "/alarms", "/rescue", "/rescue/ask?call=C1", "/calls/C1", "/colleagues", "/v1/calls", "/v1/contests")  # fmt: skip


async def rescuer(gateway: Gateway, name: str, kind: str = "rescue") -> str:
    """The cookie of somebody whom an operator added, who is in: as after an enrolment, without its hashes."""
    await link_for(gateway, name, kind, "mrcc")
    return await gateway.person(name, kind, confirmed=False)


async def code_of(gateway: Gateway, cookie: str) -> str:
    """What an account's own page shows its owner."""
    page = await gateway.look("/account", cookie)
    found = re.search(r"<code>(\d{4} \d{4})</code>", page.body.decode())
    return found[1] if found else ""


async def confirm(gateway: Gateway, cookie: str, name: str, code: str = "", do: str = "confirm") -> Reply:
    return await gateway.submit("/colleagues", cookie, name=name, code=code, do=do)


async def statuses(gateway: Gateway, cookie: str, paths: tuple[str, ...] = PAGES) -> set[int]:
    return {(await gateway.look(path, cookie)).status for path in paths}


async def alarm_texts(gateway: Gateway) -> list[str]:
    async with gateway.pool.acquire() as connection:
        return [one.text for one in await open_alarms(connection) if one.kind == "account-waits"]


async def test_one_operator_with_two_accounts_comes_nowhere(gateway: Gateway) -> None:
    await gateway.person("chief", "rescue")  # somebody was confirmed here once
    one = await enrolled(gateway, "one", "rescue", "mrcc")
    two = await rescuer(gateway, "two", "desk")
    assert await statuses(gateway, one.cookie) == {403}
    assert (await gateway.look("/account", one.cookie)).body.count(b'<a href="/rescue"') == 0
    for form, fields in (("/rescue/ask", {"call": "C1"}), ("/scorecards/close", {}), ("/alarms", {"alarm": "1"})):
        assert (await gateway.submit(form, two, **fields)).problem == "not-confirmed"
    for a, b, name in ((one.cookie, two, "two"), (two, one.cookie, "one"), (one.cookie, one.cookie, "one")):
        assert (await confirm(gateway, a, name, await code_of(gateway, b))).problem == "not-confirmed"
    again = await sign_in(gateway, one, to="/rescue")
    assert again.headers["Location"] == "/account", "where the code is"
    assert await statuses(gateway, cookie_in(again), ("/rescue",)) == {403}
    assert len(await alarm_texts(gateway)) == 2, "and others know of it"
    assert not any(event == "person-confirmed" for event, about in await events(gateway) if about["by"] != "a.colleague")  # fmt: skip


async def test_a_colleague_who_was_read_the_code_confirms(gateway: Gateway) -> None:
    chief = await gateway.person("chief", "desk")
    new = (await enrolled(gateway, "new", "rescue", "mrcc")).cookie
    code, [text] = await code_of(gateway, new), await alarm_texts(gateway)
    assert "new (rescue mrcc), by desk: does nothing until a colleague" in text
    assert read_out(code.replace(" ", "")) == code
    assert code.encode() not in (await gateway.look("/colleagues", chief)).body
    assert b"waits to be confirmed by one of you" in (await gateway.look("/rescue", chief)).body
    assert code.replace(" ", "") not in str((await gateway.ask("GET", "/v1/people", DESK)).json)
    wrong = await confirm(gateway, chief, "new", "0000 0000" if code != "0000 0000" else "1")
    assert (wrong.status, "not the code" in wrong_on(wrong)) == (400, True)
    assert await statuses(gateway, new, ("/rescue",)) == {403}
    assert (await confirm(gateway, chief, "new", code)).status == 303
    assert await statuses(gateway, new, ("/rescue", "/colleagues")) == {200}
    assert await code_of(gateway, new) == ""
    assert await alarm_texts(gateway) == []
    assert b"waits to be confirmed by one of you" not in (await gateway.look("/rescue", chief)).body
    assert (await confirm(gateway, chief, "new", code)).status == 409, "once"
    about = {"by": "chief", "name": "new", "kind": "rescue", "subject": "mrcc"}
    assert [subject for event, subject in await events(gateway) if event == "person-confirmed"][1:] == [about]
    [listed] = [one for one in (await gateway.ask("GET", "/v1/people", DESK)).json["people"] if one["name"] == "new"]
    assert (listed["waits"], listed["confirmed_by"]) == (False, "chief")


async def test_the_first_two_confirm_each_other_and_there_is_no_second_first_time(gateway: Gateway) -> None:
    one, two, three = [await rescuer(gateway, name) for name in ("one", "two", "three")]
    assert (await confirm(gateway, one, "one", await code_of(gateway, one))).status == 409
    assert (await confirm(gateway, one, "two", do="refuse")).status == 409, "who waits refuses nobody"
    assert (await confirm(gateway, one, "two", await code_of(gateway, two))).status == 303
    assert (await confirm(gateway, one, "three", await code_of(gateway, three))).status == 403
    assert (await confirm(gateway, two, "one", await code_of(gateway, one))).status == 303
    assert await statuses(gateway, one, ("/rescue",)) == {200}
    told = [about for event, about in await events(gateway) if event == "person-confirmed"]
    assert [(about["by"], about["name"], about.get("first")) for about in told] == [("one", "two", "yes"), ("two", "one", None)]  # fmt: skip
    await gateway.ask("DELETE", "/v1/people/one", DESK)
    await gateway.ask("POST", "/v1/people/two/link", DESK)
    four = await rescuer(gateway, "four")
    assert (await confirm(gateway, three, "four", await code_of(gateway, four))).status == 403


async def test_the_runbook_s_statement_begins_anew(gateway: Gateway) -> None:
    chief, anna = await gateway.person("chief", "rescue"), await gateway.person("anna", "operator")
    await gateway.person("gone", "desk")
    await gateway.ask("DELETE", "/v1/people/gone", DESK)
    await gateway.pool.execute((PROJECT / "deploy/README.md").read_text().partition("```sql")[2].partition("```")[0])
    assert (await statuses(gateway, chief, ("/rescue",)), await statuses(gateway, anna, ("/",))) == ({403}, {200})
    new = await rescuer(gateway, "new")
    assert (await confirm(gateway, chief, "new", await code_of(gateway, new))).status == 303
    assert (await confirm(gateway, new, "chief", await code_of(gateway, chief))).status == 303
    assert await statuses(gateway, chief, ("/rescue",)) == {200}


async def test_an_account_that_an_operator_takes_over_waits_again(gateway: Gateway) -> None:
    chief, new = await gateway.person("chief", "rescue"), await rescuer(gateway, "new")
    old_code = await code_of(gateway, new)
    await confirm(gateway, chief, "new", old_code)
    await gateway.ask("POST", "/v1/people/new/link", DESK)
    assert await statuses(gateway, new, ("/rescue",)) == {303}
    assert (await confirm(gateway, chief, "new", old_code)).status == 400, "the code is another one"
    assert len(await alarm_texts(gateway)) == 1
    reply = await confirm(gateway, chief, "new", do="refuse")
    assert reply.status == 303
    assert await alarm_texts(gateway) == []
    assert ("person-refused", {"by": "chief", "name": "new", "kind": "rescue"}) in await events(gateway)
    assert (await gateway.ask("POST", "/v1/people/new/link", DESK)).problem == "no-such-person", "it is disabled"


async def test_another_role_is_another_trust(gateway: Gateway) -> None:
    chief, anna = await gateway.person("chief", "rescue"), await enrolled(gateway)

    async def becomes(kind: str, subject: str = "mrcc") -> Reply:
        wanted = msgspec.json.encode({"kind": kind, "subject": subject})
        return await gateway.ask("POST", "/v1/people/anna/role", DESK, data=wanted)

    assert (await becomes("viewer", "MTMLA")).status == 200
    assert await statuses(gateway, anna.cookie, ("/",)) == {200}, "the same role changes nothing"
    changed = await becomes("rescue")
    assert (changed.status, changed.json["kind"], changed.json["waits"]) == (200, "rescue", True)
    assert [one.partition(",")[0] for one in await alarm_texts(gateway)] == ["anna (rescue mrcc)"]
    assert await statuses(gateway, anna.cookie, ("/account",)) == {303}, "signed out everywhere"
    cookie = cookie_in(await sign_in(gateway, anna))
    assert await statuses(gateway, cookie, ("/rescue",)) == {403}
    await confirm(gateway, chief, "anna", await code_of(gateway, cookie))
    assert await statuses(gateway, cookie, ("/rescue",)) == {200}
    assert (await becomes("desk")).json["waits"], "from one to the other too"
    assert not (await becomes("operator", "office")).json["waits"]
    assert await alarm_texts(gateway) == []
    told = [(about["was"], about["kind"]) for event, about in await events(gateway) if event == "person-role"]
    assert told == [("viewer MTMLA", "rescue"), ("rescue mrcc", "desk"), ("desk mrcc", "operator")]
    assert (await becomes("carrier", "nobody")).problem == "no-such-subject"
    assert (await becomes("king")).problem == "bad-role-request"


async def test_the_table_itself_knows_no_such_account_that_nobody_confirmed(gateway: Gateway) -> None:
    await link_for(gateway, "anna", "rescue", "mrcc")
    for change in ("confirm_code = NULL", "confirm_code = '1'", "confirm_code = NULL, confirmed_by = 'x'"):
        with pytest.raises(asyncpg.CheckViolationError):
            await gateway.pool.execute(f"UPDATE account SET {change} WHERE name = 'anna'")
    await link_for(gateway, "beth", "viewer", "MTMLA")
    with pytest.raises(asyncpg.CheckViolationError):
        await gateway.pool.execute("UPDATE account SET kind = 'desk' WHERE name = 'beth'")


@NEEDS_BROWSER
async def test_a_colleague_is_confirmed_in_a_browser(gateway: Gateway, open_page: Open) -> None:
    new = await gateway.person("new.officer", "rescue", confirmed=False)
    code = await code_of(gateway, new)
    chief = await open_page("/sign-in", who=None)
    await chief.context.add_cookies([{"name": COOKIE, "value": await gateway.person("chief", "rescue"), "url": gateway.url}])  # fmt: skip
    await chief.goto(gateway.url + "/colleagues")
    await accessible(chief, "colleagues")
    await chief.get_by_label("Code that new.officer reads to you").fill(code)
    await chief.keyboard.press("Enter")
    await expect(chief.get_by_text("Nobody waits.")).to_be_visible()
    await expect(chief.get_by_role("row", name="new.officer")).to_contain_text("chief")
    assert await statuses(gateway, new, ("/rescue",)) == {200}
