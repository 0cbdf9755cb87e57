"""From an alarm to a mailbox and a webhook, with everything real: once, in order, signed, and a party that is down delays nobody."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.recipient.verify_push import key_id, verify_push
from gateway.keyring.contacts import Desk, Quiet, Step
from gateway.notify import Plan
from gateway.senders import Means, Outcome, webhook
from gateway.senders.webhook import Note
from gateway.settings import utc_now
from gateway.store import Database, Pool, transaction
from gateway.store.alarms import acknowledge_alarm, close_about, open_alarms
from gateway.store.alerts import claim_messages, outbox
from tests.alerts.mailserver import Mailserver, mailserver
from tests.alerts.telling import IDENTITY, desks, due_now, line, notifier, opened, over, plan, states, turn
from tests.flow.processes import until
from tests.senders.recipient import Recipient, answer, recipient

MAIL = "office@specimen.example"
LONG = 30  # seconds after which a test gives up; nothing here is judged by how long it takes
LINE = line(email=(MAIL,))


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.notify.post._END_SECONDS", 0.2)
    monkeypatch.setattr("gateway.notify.plan._PAUSE_SECONDS", 0.05)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Mailserver]:
    async with mailserver(tmp_path) as server:
        yield server


@pytest.fixture
async def hook() -> AsyncIterator[Recipient]:
    async with recipient() as hook:
        yield hook


def subjects(server: Mailserver) -> list[str]:
    return [mail["Subject"] for mail in server.mails]


async def logged(pool: Pool) -> list[tuple[str, Any]]:
    return [
        (row["event"], row["subject"]) for row in await pool.fetch("SELECT event, subject FROM log_entry ORDER BY id")
    ]


# --- by mail -----------------------------------------------------------------------------------------------------


async def test_an_alarm_becomes_a_mail_once(pool: Pool, server: Mailserver) -> None:
    id = await opened(pool, deadline=utc_now())
    async with notifier(pool, server.postbox()) as one:
        for _ in range(3):
            await plan(pool, LINE)
            await turn(one)
            await opened(pool, deadline=utc_now())  # seen again
    [mail] = server.mails
    assert mail["Subject"] == "[Port of Specimen] Deadline passed, not received: about S1/X"
    text = mail.get_content()
    for part in ("about S1/X", "What to do: Line: send the whole list now.", "https://gateway.port.example/calls/S1", f"Alarm {id}, filing-missing"):  # fmt: skip
        assert part in text
    assert await states(pool) == [("opened", "carrier/specimen", "sent")]
    message = mail["Message-ID"].strip("<>").partition("@")[0]
    assert await logged(pool) == [("alert-sent", {"message": message, "party": "carrier/specimen by email", "alarms": str(id)})]  # fmt: skip


async def test_several_at_once_are_one_mail_and_the_next_waits_for_its_turn(pool: Pool, server: Mailserver) -> None:
    for number in range(3):
        await opened(pool, f"S{number}/X")
    async with notifier(pool, server.postbox(), peace=60) as one:
        await plan(pool, LINE)
        assert await turn(one) == 1
        await opened(pool, "S3/X")
        await opened(pool, "S4/X")
        await plan(pool, LINE)
        assert await turn(one) == 0, "a mailbox has its peace for a minute"
        await pool.execute("UPDATE alert_message SET created_at = created_at - interval '61 seconds'")
        assert await turn(one) == 1
    assert [subject.partition(": ")[0] for subject in subjects(server)] == ["[Port of Specimen] 3 alerts", "[Port of Specimen] 2 alerts"]  # fmt: skip
    assert all(f"about S{number}/X" in server.mails[0].get_content() for number in range(3))


async def test_that_it_is_settled_is_told_to_whoever_was_told(pool: Pool, server: Mailserver) -> None:
    told, waiting = await opened(pool), await opened(pool, "S2/X")
    async with notifier(pool, server.postbox()) as one:
        await pool.execute("UPDATE alarm SET told = true WHERE id = $1", waiting)  # nobody is told of this one
        await plan(pool, LINE)
        await turn(one)
        await over(pool, told, waiting, because="the sailing was cancelled")
        for _ in range(2):
            await plan(pool, LINE)
            await turn(one)
    assert subjects(server)[1:] == ["[Port of Specimen] Settled: deadline passed, not received: about S1/X"]
    assert "Nothing more to do: the sailing was cancelled (" in server.mails[1].get_content()


@pytest.mark.parametrize("quietly", [False, True])
async def test_what_is_settled_before_it_was_told_is_never_told(pool: Pool, server: Mailserver, quietly: bool) -> None:
    before, after = await opened(pool), await opened(pool, "S2/X")
    async with notifier(pool, server.postbox()) as one:
        await over(pool, before, quietly=quietly)
        await plan(pool, LINE)
        await over(pool, after, quietly=quietly)
        await plan(pool, LINE)
        assert await turn(one) == 0
    assert await states(pool) == [("opened", "carrier/specimen", "dropped")]


async def test_what_another_alarm_took_the_place_of_ends_without_a_word(pool: Pool, server: Mailserver) -> None:
    id = await opened(pool)
    async with notifier(pool, server.postbox()) as one:
        await plan(pool, LINE)
        await turn(one)
        await over(pool, id, quietly=True)
        await plan(pool, LINE)
        assert await turn(one) == 0


async def test_what_is_settled_in_the_moment_in_which_it_is_claimed_is_not_told(pool: Pool, server: Mailserver) -> None:
    await opened(pool)
    async with notifier(pool, server.postbox()) as one:
        await plan(pool, LINE)
        [claimed] = await one.claim()
        await pool.execute("UPDATE alert SET state = 'dropped'")
        await one.deliver(claimed)
    assert server.mails == []
    assert await pool.fetchval("SELECT state FROM alert_message") == "dropped"


async def test_of_a_mail_that_failed_what_is_settled_meanwhile_falls_away(pool: Pool, server: Mailserver) -> None:
    first, _ = await opened(pool), await opened(pool, "S2/X")
    server.says["DATA"] = "451 later"
    async with notifier(pool, server.postbox()) as one:
        await plan(pool, LINE)
        await turn(one)
        await over(pool, first)
        await plan(pool, LINE)
        server.says.clear()
        await due_now(pool)
        await turn(one)
    assert subjects(server) == ["[Port of Specimen] Deadline passed, not received: about S2/X"]
    assert await states(pool) == [("opened", "carrier/specimen", "dropped"), ("opened", "carrier/specimen", "sent")]


async def test_a_mail_that_may_have_arrived_is_not_taken_back_and_its_end_is_told(
    pool: Pool, server: Mailserver
) -> None:
    id = await opened(pool)
    server.cuts.add("DATA")
    async with notifier(pool, server.postbox()) as one:
        await plan(pool, LINE)
        await turn(one)
        await over(pool, id)
        await plan(pool, LINE)
        server.cuts.clear()
        await due_now(pool)
        while await turn(one):
            pass
    ids = [mail["Message-ID"] for mail in server.mails]
    assert ids[0] == ids[1] != ids[2], "the repeat can be told, the end is another mail"
    assert subjects(server)[2].startswith("[Port of Specimen] Settled: ")


async def test_a_worker_that_dies_in_mid_send_costs_at_most_one_repeat_under_the_same_id(
    pool: Pool, server: Mailserver
) -> None:
    await opened(pool)
    await plan(pool, LINE)
    server.hangs.add("DATA")
    async with notifier(pool, server.postbox()) as dying:
        [claimed] = await dying.claim()
        killed = asyncio.create_task(dying.deliver(claimed))
        while not server.mails:
            await asyncio.sleep(0.01)
        await pool.execute(
            "UPDATE alert_message SET lease = gen_random_uuid()"
        )  # as if it could settle nothing any more
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
    server.hangs.clear()
    async with notifier(pool, server.postbox()) as other:
        assert await turn(other) == 0, "its lease has not ended yet"
        await due_now(pool)
        assert await turn(other) == 1
        await due_now(pool)
        assert await turn(other) == 0
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    assert len(server.mails) == 2
    assert await states(pool) == [("opened", "carrier/specimen", "sent")]


async def test_a_refused_address_is_given_up_and_stands_on_the_page_without_an_alert_about_it(
    pool: Pool, server: Mailserver
) -> None:
    await opened(pool)
    server.says["RCPT"] = "550 no such user"
    async with notifier(pool, server.postbox()) as one:
        for _ in range(3):
            await plan(pool, (*LINE, *desks(Desk(id="op", name="op", role="operator", email=("op@port.example",)))))
            await turn(one)
    async with pool.acquire() as connection:
        page = {alarm.kind: alarm.text for alarm in await open_alarms(connection)}
        assert (await outbox(connection)).failed == 1
    assert page["alert-given-up"] == "an alert to carrier/specimen by email was given up (the mail server refused it (550)): tell the party by telephone, and correct its address"  # fmt: skip
    assert await states(pool) == [("opened", "carrier/specimen", "given-up")]


async def test_without_a_mail_server_it_waits_and_the_page_says_why(pool: Pool) -> None:
    await opened(pool)
    async with notifier(pool) as one:
        await plan(pool, LINE)
        await turn(one)
    async with pool.acquire() as connection:
        assert (
            "no mail server is set"
            in {alarm.kind: alarm.text for alarm in await open_alarms(connection)}["alert-given-up"]
        )
        assert ((await outbox(connection)).waiting, (await outbox(connection)).failed) == (1, 0)


# --- by webhook --------------------------------------------------------------------------------------------------


async def test_a_webhook_gets_it_signed_and_can_believe_it(pool: Pool, hook: Recipient) -> None:
    id = await opened(pool, deadline=utc_now())
    hook.script += [answer(503), answer(204)]
    async with notifier(pool) as one:
        await plan(pool, line(webhook=hook.url))
        await turn(one)
        await due_now(pool)
        await turn(one)
    keys = dict([key_id(IDENTITY.signer.public.pem)])
    bodies = []
    for number, request in enumerate(hook.requests, 1):
        covered = verify_push(hook.url, request.headers.items(), request.body, keys=keys, now=time.time())
        assert covered["gateway-attempt"] == str(number)
        bodies.append(msgspec.json.decode(request.body))
    assert bodies[0] == bodies[1]
    assert hook.requests[0].delivery == hook.requests[1].headers["idempotency-key"] == bodies[0]["id"]
    [told] = bodies[0]["alerts"]
    assert (told["news"], told["alarm"], told["kind"], told["severity"]) == ("opened", id, "filing-missing", "critical")
    assert told["concerns"] == {"carrier": "specimen", "recipient": "ut-nsw", "call": "S1", "ports": ["FIHEL"]}
    assert await states(pool) == [("opened", "carrier/specimen", "sent")]


@pytest.mark.parametrize(("status", "state"), [(200, "sent"), (429, "waiting"), (500, "waiting"), (302, "given-up"), (410, "given-up")])  # fmt: skip
async def test_what_a_webhook_answers(pool: Pool, hook: Recipient, status: int, state: str) -> None:
    await opened(pool)
    hook.script.append(answer(status, b"TESTPERSON", Location=hook.url))
    async with notifier(pool) as one:
        await plan(pool, line(webhook=hook.url))
        await turn(one)
    assert [one[2] for one in await states(pool)] == [state]
    assert len(hook.requests) == 1, "no redirect is followed"
    assert "TESTPERSON" not in str(await pool.fetch("SELECT * FROM alert_message"))


async def test_a_party_that_hangs_delays_no_other(
    pool: Pool, database: Database, server: Mailserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One post that never ends, so that nothing here depends on how long a post may take."""
    posted: list[Note] = []

    async def never(note: Note, means: Means) -> Outcome:
        posted.append(note)
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(webhook, "send", never)
    url = "https://line.example/hook"
    both = (*line(webhook=url), *desks(Desk(id="desk", name="desk", role="desk", email=("desk@port.example",))))
    stop = asyncio.Event()
    async with notifier(pool, server.postbox()) as one:
        running = asyncio.create_task(one.run(database, stop))
        try:
            for number in range(3):
                await opened(pool, f"S{number}/X")
                await plan(pool, both)
                await until(lambda n=number: posted and len(server.mails) > n, LONG)
        finally:
            stop.set()
            running.cancel()  # what it is sending is recorded, and it ends
            await asyncio.gather(running, return_exceptions=True)
    assert len({note.id for note in posted}) == 1, "it has one turn at a time"
    found = await states(pool)
    assert [state for _, party, state in found if party == "desk"] == ["sent"] * 3
    assert {state for _, party, state in found if party == "carrier/specimen"} == {"waiting"}


async def test_two_gateways_plan_and_send_each_thing_once(pool: Pool, server: Mailserver) -> None:
    for number in range(20):
        await opened(pool, f"S{number}/X")
    async with notifier(pool, server.postbox()) as one, notifier(pool, server.postbox()) as other:
        await asyncio.gather(*[plan(pool, LINE) for _ in range(4)])
        await asyncio.gather(*[turn(each) for each in (one, other, one, other)])
        await asyncio.gather(*[turn(each) for each in (one, other)])
    told = "".join(mail.get_content() for mail in server.mails)
    assert [told.count(f"about S{number}/X\r\n") for number in range(20)] == [1] * 20


async def test_all_at_work_a_notice_alone_brings_a_mail_on_its_way(
    pool: Pool, database: Database, server: Mailserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks by the clock here: what comes, comes because it was told of."""
    monkeypatch.setattr("gateway.notify.post._POLL_SECONDS", 3600)
    monkeypatch.setattr("gateway.notify.plan._EVERY_SECONDS", 3600)
    listen = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    stop = asyncio.Event()
    async with notifier(pool, server.postbox()) as one:
        running = [
            asyncio.create_task(one.run(database, stop)),
            asyncio.create_task(Plan(pool, LINE).run(database, stop)),
        ]
        async with asyncio.timeout(LONG):
            while await pool.fetchval(listen) < 2:
                await asyncio.sleep(0.02)
        id = await opened(pool)
        await until(lambda: len(server.mails) == 1, LONG)
        await over(pool, id)
        await until(lambda: len(server.mails) == 2, LONG)
        stop.set()
        await asyncio.gather(*running)


# --- escalation, acknowledgement, quiet hours --------------------------------------------------------------------

CHAIN = desks(
    Desk(id="duty", name="duty", role="duty", ports=("FIHEL",), email=("duty@port.example",), escalation=(Step(to="master", minutes=15),)),
    Desk(id="master", name="master", role="next", email=("master@port.example",)),
)  # fmt: skip


async def test_unacknowledged_it_goes_to_the_next_once(pool: Pool, server: Mailserver) -> None:
    await opened(pool)
    now = utc_now()
    async with notifier(pool, server.postbox()) as one:
        for minutes in (0, 14, 16, 17, 600):
            await plan(pool, CHAIN, now + timedelta(minutes=minutes))
            await pool.execute("UPDATE alert SET due_at = now() WHERE due_at > now() AND state = 'waiting'")
            await turn(one)
            assert len(server.mails) == (1 if minutes < 15 else 2), minutes
    assert server.to == [["duty@port.example"], ["master@port.example"]]
    assert (
        subjects(server)[1] == "[Port of Specimen] Not acknowledged by duty: deadline passed, not received: about S1/X"
    )


@pytest.mark.parametrize("how", ["acknowledged", "settled"])
async def test_acknowledged_or_settled_it_goes_no_further(pool: Pool, how: str) -> None:
    id, now = await opened(pool), utc_now()
    await plan(pool, CHAIN, now)
    await plan(pool, CHAIN, now + timedelta(minutes=20))  # the mail to the master has not left yet
    async with transaction(pool) as connection:
        if how == "acknowledged":
            assert await acknowledge_alarm(connection, id, "A. Specimen", now)
            assert not await acknowledge_alarm(connection, id, "another", now)
        else:
            await close_about(connection, ["filing-missing"], "S1/X", "the list came")
    await plan(pool, CHAIN, now + timedelta(hours=1))
    expected = [("opened", "duty", "waiting"), ("opened", "master", "dropped")]
    assert await states(pool) == (expected if how == "acknowledged" else [(news, party, "dropped") for news, party, _ in expected])  # fmt: skip
    if how == "acknowledged":
        subject = {"alarm": str(id), "kind": "filing-missing", "subject": "S1/X", "by": "A. Specimen"}
        assert await logged(pool) == [("alarm-acknowledged", subject)]
        async with pool.acquire() as connection:
            assert [alarm.acknowledged_by for alarm in await open_alarms(connection)] == ["A. Specimen"], (
                "it is still open"
            )


async def test_in_quiet_hours_it_waits_and_is_dropped_where_it_settles_itself(pool: Pool) -> None:
    now = utc_now()
    local = now.replace(second=0, microsecond=0)
    quiet = Quiet(
        since=f"{local - timedelta(hours=1):%H:%M}", until=f"{local + timedelta(hours=2):%H:%M}", zone="Etc/UTC"
    )
    sleeping = line(email=(MAIL,), quiet=quiet)
    id, _ = await opened(pool), await opened(pool, "S2/X")
    await plan(pool, sleeping, now)
    assert {row[0] for row in await pool.fetch("SELECT due_at FROM alert")} == {local + timedelta(hours=2)}
    room: dict[Any, int] = {"email": 5, "webhook": 5}
    assert await claim_messages(pool, room, lease_seconds=5, peace_seconds=0) == []
    await over(pool, id)
    await plan(pool, sleeping, now)
    assert await states(pool) == [("opened", "carrier/specimen", "dropped"), ("opened", "carrier/specimen", "waiting")]


async def test_what_was_open_before_alerts_were_is_not_told(pool: Pool, server: Mailserver) -> None:
    """As the migration leaves it: an upgrade wakes nobody."""
    await pool.execute(
        "INSERT INTO alarm (kind, subject, text, told, end_told) VALUES ('filing-missing', 'S1/X', 'old', true, true)"
    )
    await plan(pool, desks(Desk(id="d", name="d", role="desk", email=("d@port.example",))))
    assert await states(pool) == []
